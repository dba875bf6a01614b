"""Why two designs differ, on cases whose answer is known."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from phones import check_phone
from worlds import BARE, bare

import smpsim
from smpsim.ensemble import run
from smpsim.errors import RequestError
from smpsim.scenario import load, load_data
from smpsim.scenario.values_at_keys import scenario_data
from smpsim.studies.explain.changes import MOST, changes_between, changes_made
from smpsim.studies.explain.explain import plan_of
from smpsim.studies.explain.naming import under_the_names_of
from smpsim.studies.explain.persons import STEPS, causes_of, steps_of

PASS = "behaviour.exam.pass_probability"
REFUSAL = "governments.destination.visa.lanes.standard.refusal"
SEATS = "programmes.pilot.intakes.seats"
EASIER = {PASS: 0.95}


@pytest.fixture(scope="module")
def easier():
    """The bare pipeline with an easier exam: whoever passed passes, so that nobody loses."""
    return smpsim.explain("bare_pipeline", None, 30, 3, overrides_b=EASIER)


@pytest.fixture(scope="module")
def several():
    """Three changes; with fewer visas refused, an easier exam, and more seats."""
    sets = {**EASIER, REFUSAL: 0.3, SEATS: 120}
    return smpsim.explain("bare_pipeline", None, 30, 3, overrides_b=sets)


@pytest.fixture(scope="module")
def rich():
    """Runs of a programme with all mechanisms, with life courses."""
    return run("thamm_germany", 4, 2, trainees=True)


def test_the_same_persons_are_placed_in_both(easier):
    people = easier.placements().loc["pilot", "people"]
    assert people["a_only"] == 0
    # the exam places those whose number lies between the two chances, unless a visa is refused
    assert people["b_only"] == pytest.approx(100 * 0.15 * 0.9, rel=0.15)
    assert people.sum() == pytest.approx(100)
    difference = easier.comparison.differences().loc[("pilot", "placed"), "difference"]
    assert people["b_only"] - people["a_only"] == pytest.approx(difference)


def test_those_gained_were_lost_at_the_exam(easier):
    lost = easier.lost().reset_index()
    assert lost[["lost_by", "step", "cause"]].to_numpy().tolist() == [["A", "exam", "exam"]]
    assert lost["share"].tolist() == [1.0]
    assert lost["people"][0] == easier.placements().loc[("pilot", "b_only"), "people"]


def test_a_count_of_nobody_has_no_interval_and_none_goes_below_zero(easier):
    table = easier.placements().loc["pilot"]
    assert np.isnan(table.loc["a_only", "ci_high"])
    assert (table["ci_low"].dropna() >= 0).all()


def test_one_change_is_said_to_be_the_only_one(easier):
    assert [one.name for one in easier.changes] == [PASS]
    assert (
        'one change only: "Fixed chance of passing an attempt", from 0.8 to 0.95'
        in easier.sentences[-1]
    )
    table = easier.switched()
    whole = easier.difference()
    for name in ("alone", "left_out"):
        assert table[name].tolist() == [whole["difference"]]
    assert set(easier.pictures) == {"waterfall", "flows"}
    assert len(easier.placed) == 2
    assert easier.values().to_numpy().tolist() == [[PASS, PASS, "0.8", "0.95"]]


def test_each_change_is_tried_alone_and_left_out(several):
    table = several.switched()
    assert list(table.index) == [PASS, REFUSAL, SEATS]
    assert table["a"].tolist() == ["0.8", "0.1", "100"]
    assert table["b"].tolist() == ["0.95", "0.3", "120"]
    # 100 x 0.8 x 0.9 = 72 placed; with all, 120 x 0.95 x 0.7 = 79.8
    expected = {"alone": [13.5, -16.0, 14.4], "left_out": [12.6, -22.8, 13.3]}
    for name, values in expected.items():
        assert np.abs(table[name] - values).max() < 3
    # each is what comparing the two designs says
    alone = smpsim.compare("bare_pipeline", replications=30, seed=3, overrides_b={REFUSAL: 0.3})
    row = alone.differences().loc[("pilot", "placed")]
    ends = table.loc[REFUSAL, ["alone", "alone_ci_low", "alone_ci_high"]]
    assert ends.tolist() == pytest.approx(row[["difference", "ci_low", "ci_high"]].tolist())
    assert 'matter most: "Probability that an application is refused (destination)" -' in " ".join(
        several.sentences
    )


def test_designs_that_are_run_already_are_not_run_again():
    plan = plan_of("bare_pipeline", None, own=((), {**EASIER, SEATS: 120}))
    # of two changes, one alone is the other left out
    assert len(plan.changes) == 2
    assert len(plan.switches) == 2


def test_the_waterfall_adds_up(several):
    for table in (
        several.causes(),
        several.waterfall().drop(index=["placed in A", "placed in B"], level=1),
    ):
        total = table["effect"].groupby(level="programme").sum()
        assert total["pilot"] == pytest.approx(several.difference()["difference"])
    steps = several.waterfall().loc["pilot"]
    assert steps.index[0] == "placed in A"
    assert steps.loc["planned seats", "effect"] == 20
    assert steps.loc["visa office", "effect"] < 0 < steps.loc["training", "effect"]
    assert steps["ci_low"].iloc[1:-1].le(steps["effect"].iloc[1:-1] + 1e-9).all()


def test_steps_are_those_of_the_loss_account(rich):
    life = rich.trainees()
    steps = steps_of(life)
    assert set(steps) <= set(STEPS)
    causes = causes_of(life, steps, rich)
    total = rich.outcome_table
    placed = (steps == "placed").groupby(life["run"]).sum()
    assert placed.tolist() == total["placed"].tolist()
    assert (steps == "under_way").groupby(life["run"]).sum().tolist() == total["under_way"].tolist()
    for cause in ("dropout", "exam", "domestic_track", "visa_refused", "own_way", "recognition"):
        found = (causes == cause).groupby(life["run"]).sum()
        assert found.tolist() == total[f"lost_{cause}"].tolist(), cause


def test_causes_that_are_known_are_no_more_than_the_account_has(rich):
    life = rich.trainees()
    steps = steps_of(life)
    causes = causes_of(life, steps, rich)
    known = 0
    for cause in set(causes) - {""}:
        found = (causes == cause).groupby(life["run"]).sum()
        assert (found <= rich.outcome_table[f"lost_{cause}"].to_numpy()).all(), cause
        known += int((causes[steps == "pool"] == cause).sum())
    # every seat of somebody admitted is accounted for: nobody else lost one
    lost = steps.isin([one for one in STEPS if one not in ("placed", "under_way")]).sum()
    after = [name for name in total_of(rich) if name not in BEFORE]
    assert lost == sum(int(rich.outcome_table[name].sum()) for name in after)
    assert known > 0.4 * (steps == "pool").sum()


BEFORE = {
    f"lost_{one}"
    for one in (
        *("budget", "renewal", "growth", "set_up", "uncommitted_not_asked", "uncommitted_unaware"),
        *("uncommitted_unwilling", "uncommitted_no_vacancy", "applicants", "no_room"),
    )
}


def total_of(result):
    return [name for name in result.outcome_table if str(name).startswith("lost_")]


def test_who_is_not_admitted_is_told_from_an_intake_that_is_not_there():
    a = bare({SEATS: 10, "programmes.pilot.intakes.number": 2})
    found = smpsim.explain(
        a, None, 2, overrides_b={"programmes.pilot.intakes.number": 1, SEATS: 15}
    )
    people = found.persons()
    assert set(people.loc[people["intake"] == 1, "step_b"]) == {"no_intake"}
    assert set(people.loc[people["number"] >= 10, "step_a"]) == {"not_admitted"}
    table = found.placements().loc["pilot"]
    assert table["not_admitted_a"].sum() == 5
    assert table["not_admitted_b"].sum() == 10


def test_programmes_of_other_names_have_other_people():
    data = copy.deepcopy(BARE)
    data["programmes"][0]["name"] = "other"
    found = smpsim.explain(bare(), load_data(data), 2)
    assert found.programmes == []
    assert [len(one) for one in (found.persons(), found.lost(), found.placements())] == [0, 0, 0]
    assert "who is placed in only one design cannot be said" in " ".join(found.notes)
    assert "flows" not in found.pictures
    with pytest.raises(RequestError, match="programme: got designs without a programme"):
        found.plot.flows()
    # only a name is another
    assert found.changes == ()


def test_values_that_make_no_scenario_alone_are_one_change():
    a = scenario_data(bare())
    b = copy.deepcopy(a)
    b["employers"].append({**b["employers"][0], "name": "more"})
    b["programmes"][0]["employers"].append("more")
    b["months"] = 70
    changes, renamed = changes_between(load(a), load(b))
    assert [(one.name, len(one.keys)) for one in changes] == [
        ("employers, programmes (2 values)", 2),
        ("months", 1),
    ]
    assert all(one.alone and one.left_out for one in changes)
    assert changes[0].alone.programmes[0].employers == ["firms", "more"]
    assert changes[0].left_out.employers == load(a).employers
    assert changes[0].keys == (
        ("employers.more", "absent", "there"),
        ("programmes.pilot.employers", "['firms']", "['firms', 'more']"),
    )
    assert renamed == load(b)


def test_many_values_are_grouped_by_their_sections():
    a, b = load("triple_win_nurses"), load("western_balkans_germany")
    changes, _ = changes_between(a, b)
    assert 1 < len(changes) <= MOST
    # nothing is lost: all together make B of A
    assert sum(len(one.keys) for one in changes) > MOST


def test_amounts_of_two_currencies_are_not_mixed():
    a = scenario_data(bare())
    changes, _ = changes_between(load(a), load({**a, "currency": "USD", "months": 70}))
    assert [len(one.keys) for one in changes] == [2]


def test_sections_that_stand_for_each_other_have_the_names_of_a():
    a = scenario_data(bare())
    b = copy.deepcopy(a)
    b["governments"] = {
        "here": b["governments"]["origin"],
        "there": b["governments"]["destination"],
    }
    b["governments"]["there"]["visa"]["lanes"] = {
        "fast": a["governments"]["destination"]["visa"]["lanes"]["standard"]
    }
    b["institutions"][0] |= {"name": "colleges", "origin": "here"}
    b["employers"][0] |= {"name": "farms", "country": "there"}
    b["programmes"][0] |= {
        "institutions": ["colleges"],
        "employers": ["farms"],
        "destination": "there",
        "visa_lane": "fast",
    }
    b["timeline"] = [
        {
            "month": 3,
            "set": {"governments.there.visa.lanes.fast.refusal": 0.5, "months": 1},
            "why": "",
        },
        {"month": 4, "set": {"employers.farms.count": 3}, "why": ""},
    ]
    before = copy.deepcopy(b)
    found = under_the_names_of(a, b)
    assert b == before
    timeline = found.pop("timeline")
    assert {**found, "timeline": []} == {**a, "governments": found["governments"]}
    assert found["governments"] == a["governments"]
    assert list(timeline[0]["set"]) == [
        "governments.destination.visa.lanes.standard.refusal",
        "months",
    ]
    assert list(timeline[1]["set"]) == ["employers.firms.count"]


def test_what_both_have_is_no_change():
    own = ({SEATS: 50, "months": 40}, {SEATS: 60, "months": 40})
    changes = changes_made(
        "bare_pipeline", (), own, (["campaigns"], ["campaigns", "early_engagement"])
    )
    assert [(one.name, one.a, one.b) for one in changes] == [
        (SEATS, "50", "60"),
        ("early engagement (action)", "without", "with"),
    ]
    alone = changes[0].alone
    assert (alone.programmes[0].intakes.seats, alone.months) == (60, 40)
    assert alone == load("bare_pipeline", [f"{SEATS}=60", "months=40"], actions=["campaigns"])


def test_the_same_twice_has_nothing_to_explain():
    found = smpsim.explain("bare_pipeline", "bare_pipeline", 2)
    assert found.changes == ()
    assert found.switched().empty
    assert found.lost().empty
    assert "place the same number of people in every pair of runs" in found.sentences[0]


def test_a_single_pair_of_runs_gets_honest_words():
    found = smpsim.explain("bare_pipeline", None, 1, overrides_b={**EASIER, SEATS: 120})
    assert "In a single pair of runs" in found.sentences[-1]
    assert found.switched()["alone_ci_low"].isna().all()
    assert [draw() for draw in found.pictures.values()]


def test_it_is_run_again_bit_for_bit(tmp_path):
    sets = {**EASIER, SEATS: 120}
    smpsim.explain("bare_pipeline", None, 3, overrides_b=sets, folder=tmp_path)
    assert smpsim.verify(tmp_path).same
    table = pd.read_parquet(tmp_path / "changes.parquet")
    table.loc[SEATS, "alone"] += 1e-9
    table.to_parquet(tmp_path / "changes.parquet")
    assert not smpsim.verify(tmp_path).same


def test_designs_under_other_names_are_run_again_too(tmp_path):
    a = scenario_data(bare())
    b = copy.deepcopy(a)
    b["employers"][0]["name"] = "farms"
    b["programmes"][0]["employers"] = ["farms"]
    b["behaviour"]["exam"]["pass_probability"] = 0.5
    b["months"] = 50
    found = smpsim.explain(load(a), load(b), 3)
    assert [one.name for one in found.changes] == ["months", PASS]
    assert found.renamed is not None
    assert any("with these names, B places" in note for note in found.notes)
    found.write(tmp_path)
    assert smpsim.verify(tmp_path).same


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "b: got nothing to compare with"),
        ({"b": "bare_pipeline", "actions": "campaigns"}, "actions: given with two scenarios"),
        ({"overrides_b": EASIER, "level": 1.0}, "level: got 1.0; allowed: between 0 and 1"),
        ({"overrides_b": EASIER, "names": ("x", "x")}, "names: got"),
        ({"overrides_b": EASIER, "replications": 0}, "replications: got 0"),
    ],
)
def test_what_is_refused(arguments, message):
    with pytest.raises(RequestError, match=message):
        smpsim.explain("bare_pipeline", **arguments)


def test_pictures_are_asked_for_by_programme(easier):
    with pytest.raises(RequestError, match=r"programme: got 'nobody'; allowed: pilot"):
        easier.plot.waterfall("nobody")
    check_phone(easier.plot)
    figure = easier.plot.flows()
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert any(text.startswith("failed the exam: ") for text in texts)


def test_the_axis_of_small_steps_leaves_out_zero_and_says_so(easier, several):
    for found, zero in ((several, True), (easier, False)):
        figure = found.plot.waterfall()
        assert (figure.axes[0].get_xlim()[0] <= 0) == zero
        said = figure._supxlabel.get_text().replace("\n", " ")
        assert ("The axis does not begin at zero." in said) != zero


def test_the_page_says_what_its_example_comes_to():
    page = (Path(__file__).parents[2] / "docs" / "explain.md").read_text(encoding="utf-8")
    found = smpsim.explain(
        "thamm_germany", None, 40, overrides_b={SEATS: 60}, actions=["early_engagement"]
    )
    quoted = [line.removeprefix("> ") for line in page.splitlines() if line.startswith("> ")]
    assert quoted == list(found.sentences)
    effects = found.switched().loc["early engagement (action)", ["alone", "left_out"]]
    text = page.replace("\n", " ")
    alone, left_out = (f"{one:.0f}" for one in effects)
    assert (
        f"brings {alone} more placements in the programme as it is, and {left_out} in the smaller"
    ) in text
