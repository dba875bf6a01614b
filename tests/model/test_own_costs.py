"""Costs that a scenario adds: in the ledger, in outcomes, in every verb, in archives."""

import pytest
from worlds import bare

import smpsim
from smpsim.vocabulary import ITEMS

P = "programmes.pilot"
INSURANCE = {
    "label": "Insurance",
    "per": "trainee_month",
    "amount": 20,
    "payee": "outside",
    "payers": {"employer": 0.75, "trainee": 0.25},
}


def paid(own, **changes):
    """Return the result of one run of the bare pipeline with costs of its own."""
    return smpsim.run(bare({f"{P}.own_costs": own, **changes}), replications=1)


@pytest.mark.parametrize(
    ("per", "times"),
    [
        ("enrolled", 100),
        ("trainee_month", 600),
        ("applicant", 100),
        ("arrival", 100),
        ("month", 5),  # until all have arrived
        ("returnee", 100),
    ],
)
def test_each_is_counted_as_it_says(per, times):
    one = {"insurance": {**INSURANCE, "per": per}}
    contract = {"kind": "circular", "months": 6, "renewable": False}
    result = paid(one, **{f"{P}.contract": contract})
    ledger = result.ledger()
    rows = ledger[ledger["item"] == "insurance"]
    assert rows["amount"].sum() == pytest.approx(times * 20)
    assert set(rows["payee"]) == {"outside"}
    assert rows.groupby("payer")["amount"].sum().to_dict() == pytest.approx(
        {"employer": 0.75 * times * 20, "trainee": 0.25 * times * 20}
    )
    table = result.outcome_table.iloc[0]
    assert table["cost_total"] == pytest.approx(times * 20)
    assert table["cost_employer"] == pytest.approx(0.75 * times * 20)
    assert result.series("cost").sum() == pytest.approx(times * 20)


def test_an_institution_spends_it_and_the_donor_pays_what_nobody_does():
    result = paid({"mentors": {"per": "enrolled", "amount": 50, "payee": "institution"}})
    ledger = result.ledger().groupby("item")["amount"].sum()
    assert ledger["mentors"] == ledger["provision_by_institution"] == 5000
    table = result.outcome_table.iloc[0]
    assert table["cost_donor"] == 5000
    assert table["npv_institution_60m"] == 0


def test_without_any_nothing_changes():
    plain, none = (smpsim.run("reference", 3, overrides=o) for o in ({}, {f"{P}.own_costs": {}}))
    assert plain == none


def test_every_verb_takes_it(tmp_path):
    own = {f"{P}.own_costs": {"insurance": INSURANCE}}
    found = smpsim.compare("bare_pipeline", "bare_pipeline", replications=3, overrides_b=own)
    differences = found.differences()
    assert differences.loc[("pilot", "cost_total"), "difference"] > 0
    result = smpsim.run("bare_pipeline", 2, overrides=own, folder=tmp_path / "run")
    again = smpsim.read(tmp_path / "run")
    assert again.ledger().equals(result.ledger())
    assert again.own_items == {"insurance": "outside"}
    assert smpsim.verify(tmp_path / "run").same
    assert "insurance" in (tmp_path / "run" / "provenance.json").read_text()


def test_outcomes_of_ones_own_read_it_by_name():
    def insured(counts):
        return counts.amount("insurance", "trainee")

    one = smpsim.Outcome("insured", "currency", compute=insured)
    result = smpsim.run(
        bare({f"{P}.own_costs": {"insurance": INSURANCE}}), replications=1, own_outcomes=[one]
    )
    assert result.outcome_table["insured"].iloc[0] == pytest.approx(0.25 * 600 * 20)


def test_an_employer_expects_its_share():
    """Where it is more than an employer will pay, nobody takes part (E3)."""
    dear = {"recruiters": {"per": "arrival", "amount": 5000, "payers": {"employer": 1}}}
    willing = {"employers.firms.willingness_to_pay": 4000}
    assert paid(dear, **willing).outcome_table["placed"].iloc[0] == 0
    assert paid(dear).outcome_table["placed"].iloc[0] == 100


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"stipend": INSURANCE}, "not the name of another item"),
        ({"In Surance": INSURANCE}, "lower-case letters"),
        ({"a": {"per": "head", "amount": 1}}, "enrolled"),
        ({"a": {**INSURANCE, "payers": {"donor": 0.5}}}, "add up to 0.5"),
        (dict.fromkeys("abcde", INSURANCE), "4 at most"),
    ],
)
def test_what_is_refused(own, message):
    with pytest.raises(smpsim.Error, match=message):
        bare({f"{P}.own_costs": own})


def test_places_are_no_items_of_users():
    assert not any(
        item.startswith("own_") for item in smpsim.run("bare_pipeline", 1).ledger()["item"]
    )
    assert sum(item.startswith("own_") for item in ITEMS) == 4
