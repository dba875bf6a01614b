"""Gains (E15): every cohort is followed for the same time, and whoever loses is seen to lose."""

import numpy as np
import pytest
from worlds import bare, one_run

import smpsim
from smpsim.results.outcomes import OUTCOMES
from smpsim.vocabulary import ITEMS, PARTIES, PAYEES
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World

P, G = "programmes.pilot", "behaviour.gains"
WAGES = {
    f"{P}.wages": {"origin": 400, "destination": 2000, "tax": 0.25, "remitted": 0.2},
    "employers.firms.margin_per_month": 300,
}


def totals(changes=None, **top):
    """Return the mean outcomes of one run of the bare pipeline, 100 people for 6 months."""
    result = smpsim.run(bare(changes, **top), replications=1)
    return result.outcome_table.iloc[0]


def test_one_cohort_in_closed_form():
    """100 people arrive with the sixth month: 61 months abroad in the window, then no more."""
    found = totals({**WAGES, "discount_rate": 0.05})
    later = np.array([1.05 ** (-m / 12) for m in range(5, 66)]).sum()
    assert found["npv_employer_60m"] == pytest.approx(100 * 300 * later)
    own = 2000 - 400 - 0.25 * 2000 - 0.2 * 2000
    assert found["npv_trainee_60m"] == pytest.approx(100 * own * later)
    assert found["gain_per_trainee_60m"] == pytest.approx(own * later)
    assert found["npv_destination_state_60m"] == pytest.approx(100 * 500 * later)
    assert found["losing_60m"] == 0


@pytest.mark.parametrize("window", [0, 24, 60])
def test_the_window_decides_and_not_the_horizon(window):
    names = [f"npv_{party}_{window}m" for party in ("employer", "trainee", "origin_households")]
    names += [f"gain_per_trainee_{window}m", f"placed_{window}m"]
    assert all(name in OUTCOMES for name in names)
    found = [
        totals({**WAGES, "months": months, "follow_up_months": window})[names]
        for months in (8, 30, 60, 180)
    ]
    assert found[0][f"npv_employer_{window}m"] == 100 * 300 * (window + 1)
    for other in found[1:]:
        assert other.to_numpy() == pytest.approx(found[0].to_numpy())


def test_an_outcome_of_another_window_is_unknown():
    assert "npv_employer_61m" in OUTCOMES
    assert "npv_nobody_60m" not in OUTCOMES
    table = smpsim.run(bare(WAGES), replications=1).outcome_table
    assert "npv_employer_60m" in table
    assert "npv_employer_61m" not in table


def test_what_counts_neutral_is_nothing():
    """Without a setting of its own no flow beyond wages and margins is booked."""
    world = one_run(bare(WAGES))
    booked = {ITEMS[n] for n in np.nonzero(world.ledger.sum(axis=(0, 1, 3)))[0]}
    assert booked == {"employer_margin", "wage_gain", "tax", "remittances"}


def test_each_flow_in_closed_form():
    """Of 100 with work before, 6 months of training and 61 abroad, nobody returns."""
    changes = {
        **WAGES,
        "behaviour.people.prior_employment": 1,
        f"{G}.pay_forgone": 0.5,
        "behaviour.applying.chance_at_home": 0.9,  # nobody is without work
        f"{P}.wages.price_level": 1.25,
        f"{G}.output_beyond_wage": 0.5,
        f"{G}.backfill": 0.4,
        f"{G}.alternative_share": 0.25,
        f"{G}.alternative_hire": 8000,
        f"{P}.wages.public_training": 1000,
        f"{P}.costs.travel": 600,
        f"{P}.funding": {"travel": {"trainee": 1}},
        f"{G}.borrowed": 0.5,
        "behaviour.people.interest": 0.2,
        f"{G}.credit_months": 24,
        "months": 70,
    }
    world = one_run(bare(changes))
    paid = dict(zip(ITEMS, world.ledger.sum(axis=(0, 1, 3)), strict=True))
    trained, abroad = 100 * 5, 100 * 61  # the month of arrival is the sixth of training
    assert paid["pay_forgone"] == pytest.approx(trained * 400 * 0.5)
    assert paid["living_cost"] == pytest.approx(abroad * (1500 - 1200))
    assert paid["lost_output"] == pytest.approx((trained + abroad) * 400 * 0.5 * 0.6)
    assert paid["alternative_hire"] == pytest.approx(100 * 0.25 * 8000)
    assert paid["employer_margin"] == pytest.approx(abroad * 300 * 0.75)
    assert paid["public_training"] == pytest.approx(100 * 1000)
    assert paid["interest"] == pytest.approx(100 * 600 * 0.5 * 0.2)


def test_returns_bring_skill_home():
    changes = {
        **WAGES,
        f"{P}.contract": {"kind": "circular", "months": 12, "renewable": False},
        f"{P}.wages.skilled_output": 50,
        f"{G}.return_premium": 0.1,
        "months": 80,
    }
    world = one_run(bare(changes))
    paid = dict(zip(ITEMS, world.ledger.sum(axis=(0, 1, 3)), strict=True))
    assert paid["wage_gain"] == pytest.approx(100 * 12 * 1600)
    assert paid["return_premium"] == pytest.approx(100 * 49 * 40)
    assert paid["skilled_output"] == pytest.approx(100 * 49 * 50)


def test_losers_are_seen():
    """A wage abroad below that at home, a negative margin: losses, for people and parties."""
    found = totals({
        f"{P}.wages": {"origin": 1000, "destination": 800},
        "employers.firms.margin_per_month": -500,
    })  # fmt: skip
    assert found["npv_trainee_60m"] == pytest.approx(-100 * 61 * 200)
    assert found["npv_employer_60m"] == pytest.approx(-100 * 61 * 500)
    assert found["losing_60m"] == 100
    assert found["losing_share_60m"] == 1
    result = smpsim.run(bare({f"{P}.wages": {"origin": 1000, "destination": 800}}), replications=2)
    assert result.gains().loc[("pilot", "trainee"), "runs_losing"] == 1
    assert any("100 % of those enrolled lose" in sentence for sentence in result.sentences)


def test_remittances_stay_in_the_household():
    found = [totals({**WAGES, f"{P}.wages.remitted": share}) for share in (0.0, 0.5)]
    sums = [one["npv_trainee_60m"] + one["npv_origin_households_60m"] for one in found]
    assert sums[0] == pytest.approx(sums[1])
    assert found[1]["npv_origin_households_60m"] > 0


def test_those_in_training_at_the_horizon_are_followed():
    """Placed after the horizon: counted as under way, and yet their gains count."""
    found = totals({**WAGES, "months": 3})
    assert found["placed"] == 0
    assert found["under_way"] == 100
    assert found["placed_60m"] == 100
    assert found["npv_employer_60m"] == pytest.approx(100 * 61 * 300)
    assert (
        found["cost_total"] == totals({**WAGES, "months": 3, "follow_up_months": 0})["cost_total"]
    )


@pytest.mark.parametrize("name", ["reference", "thamm_germany", "onodera_user_run"])
def test_euros_are_conserved_to_the_end_of_the_windows(name):
    scenario = smpsim.load(name, overrides={"months": 40})
    world = World(blueprint(scenario))
    world.advance(40, 3, 0)
    people = len(world.people)
    world.header["until"] = world.header["end"]
    while True:
        before = world.months_done
        world._check(month_of(world))
        assert abs(world.accounts.sum(axis=1)).max() < 1e-2
        assert (world.beyond >= 0).all()
        assert (world.programmes["followed"] >= 0).all()
        if world.months_done == before:
            break
    assert before > 40
    assert len(world.people) == people
    opened = world.cohorts[: int(world.programmes["opened"][0])]
    assert set(opened["ends"]) <= {-1, int(world.header["end"][0])}
    if before < world.header["end"]:
        assert (world.programmes["followed"] == 0).all()
        assert abs(world.programmes["margin"]).max() < 1e-6
        assert (world.programmes["assistants"] == 0).all()


def month_of(world):
    """Simulate one month, beyond the horizon too."""
    from smpsim.world import month

    return month.advance(world.header, 1, 0, -1)


def test_one_call_and_many_end_the_windows_alike():
    scenario = smpsim.load("reference", overrides={"months": 50})
    one, other = World(blueprint(scenario)), World(blueprint(scenario))
    for world in (one, other):
        world.advance(50, 5, 0)
    one.follow()
    other.header["until"] = other.header["end"]
    done = -1
    while other.months_done != done:
        done = other.months_done
        month_of(other)
    assert one.beyond.tobytes() == other.beyond.tobytes()
    for field in ("stage", "arrived", "left", "hazard_first"):
        assert np.array_equal(one.people[field], other.people[field]), field
    # and the next run does not know of it
    fresh = World(blueprint(scenario))
    for world in (one, fresh):
        world.advance(50, 5, 1)
    assert one.trajectory.tobytes() == fresh.trajectory.tobytes()
    assert one.ledger.tobytes() == fresh.ledger.tobytes()


def test_the_sum_of_all_parties_is_what_comes_from_outside():
    result = smpsim.run("thamm_germany", replications=5)
    table = result.outcome_table
    npv = table[[name for name in table if name.startswith("npv_")]].sum(axis=1)
    assert np.isfinite(npv).all()
    assert set(PAYEES) <= set(PARTIES)


CASES = [
    ("onodera_user_run", "programmes.pilot"),
    ("thamm_germany", "programmes.pilot"),
    ("tests/reference/nurses.yaml", "programmes.nurses"),
]


@pytest.mark.parametrize(("name", "key"), CASES)
def test_gains_of_a_design_do_not_hang_on_the_horizon(name, key):
    """The same intakes over 60, 96 and 180 months: the same gains of a trainee (E15)."""
    intakes = {f"{key}.intakes.number": 3, f"{key}.intakes.every_months": 12}
    found = [
        smpsim.run(name, replications=30, overrides={**intakes, "months": months}).summary()["mean"]
        for months in (60, 96, 180)
    ]
    which = found[0].index.get_level_values(0)[0]
    for party in ("gain_per_trainee_60m", "npv_employer_60m"):
        values = [one.loc[(which, party)] for one in found]
        assert values[1] == pytest.approx(values[0], rel=0.05)
        assert values[2] == pytest.approx(values[1], rel=0.05)


@pytest.mark.parametrize(("name", "key"), CASES)
def test_when_every_visa_is_refused_nobody_gains(name, key):
    """Trainees gave up pay for nothing, employers paid for nothing; own ways abroad apart."""
    design = smpsim.load(name)
    lanes = {
        f"governments.{place}.visa.lanes.{lane}.refusal": 1
        for place, government in design.governments.items()
        if government.role == "destination"
        for lane in government.visa.lanes
    }
    lanes["behaviour.waiting.individual_search"] = 0
    mean = smpsim.run(name, replications=20, overrides=lanes).summary()["mean"]
    mean = mean.xs(mean.index.get_level_values(0)[0])
    assert mean["placed"] == 0
    assert mean["npv_trainee_60m"] <= 0
    assert mean["npv_employer_60m"] <= 0


def test_mapping_is_paid_for():
    """What an action costs stands in the ledger, whoever gains by it."""
    plain, mapped = (
        smpsim.run("tests/reference/nurses.yaml", replications=20, actions=actions)
        for actions in ((), ("mapping_institutions",))
    )
    paid = [r.ledger().groupby("item")["amount"].sum()["setup"] / 20 for r in (plain, mapped)]
    assert paid[1] - paid[0] == pytest.approx(30_000)


def test_the_origin_gains_next_to_nothing_without_a_channel():
    """Nobody applies for a training that leads nowhere; it was 0.85 million."""
    result = smpsim.run(
        "tests/reference/nurses.yaml",
        replications=20,
        overrides={"programmes.nurses.channel": "none"},
    )
    gains = result.gains().loc["nurses", "mean"]
    assert gains[["origin_state", "origin_households", "trainee"]].sum() < 0.05 * 850_000
