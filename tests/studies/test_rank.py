"""The ranking of actions in cases whose answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from phones import check_phone
from scipy import stats
from worlds import bare

from smpsim.ensemble import run
from smpsim.errors import RequestError
from smpsim.results.files import read_provenance
from smpsim.scenario import load, load_action
from smpsim.scenario.parameters import parameters
from smpsim.scenario.worlds import Worlds
from smpsim.studies.rank.firsts import counted, told_by
from smpsim.studies.rank.inert import settled
from smpsim.studies.rank.rank import designs_of, rank
from smpsim.studies.rank.result import (
    COST,
    GAIN,
    LESS,
    LOSE_LESS,
    LOSE_MORE,
    MORE,
    OUTCOMES,
    PRICE,
    Ranking,
    counted_by_run,
    kind_of,
)
from smpsim.studies.statistics import holm, mean_of, p_of, ratio_of

P, FIRMS, D = "programmes.pilot", "employers.firms", "governments.destination"


def action(folder, name, *changes):
    """Write an action with changes of one value each, and return its file."""
    file = folder / f"{name}.yaml"
    lines = [f"  - {{set: {key}, source: none, {what}}}" for key, what in changes]
    file.write_text("\n".join([f"name: {name}", "patch:", *lines, ""]))
    return str(file)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("actions")
    actions = [
        action(folder, "dearer", ("programmes.*.costs.overhead", "add: 100")),
        action(folder, "more", ("programmes.*.intakes.seats", "times: 2")),
        action(folder, "nothing", ("programmes.*.promotion", "at_least: 0")),
    ]
    return rank("bare_pipeline", 30, 5, actions=actions, overrides={"months": 60})


def by_stem(frame, stem):
    (row,) = (row for name, row in frame.iterrows() if name.endswith(f"{stem}.yaml"))
    return row


# --- the table ------------------------------------------------------------------------------


def test_the_best_action_comes_first(found):
    alone = found.alone()
    assert alone.index[0].endswith("more.yaml")
    best = by_stem(alone, "more")
    # twice the seats, twice the placements, whoever is lucky
    assert best["placed"] == pytest.approx(found.base["placed"], rel=0.1)
    assert best[f"{GAIN}_p_holm"] < 0.001
    assert found.sentences[0].startswith("First: more")


def test_an_action_without_effect_has_differences_of_exactly_zero(found):
    nothing = by_stem(found.alone(), "nothing")
    for outcome in OUTCOMES:
        assert (
            nothing[outcome] == nothing[f"{outcome}_ci_low"] == nothing[f"{outcome}_ci_high"] == 0.0
        )
        assert nothing[f"{outcome}_p"] == nothing[f"{outcome}_p_holm"] == 1.0
    assert np.isnan(nothing["per_cost"])
    assert [name.rpartition("/")[2] for name in found.unchanged] == ["nothing.yaml"]
    assert any(text.endswith("already in place: nothing.") for text in found.sentences)


def test_what_only_costs_is_dearer_and_gains_nothing(found):
    dearer = by_stem(found.alone(), "dearer")
    assert dearer[GAIN] == 0.0
    assert dearer[COST] > 0
    assert dearer[PRICE] == pytest.approx(dearer[COST] / found.base[GAIN])
    assert dearer["per_cost"] == dearer["per_cost_ci_low"] == dearer["per_cost_ci_high"] == 0.0


def test_the_base_is_a_ratio_of_means(found):
    table = found.designs[()]
    assert found.base[PRICE] == pytest.approx(table[COST].mean() / table[GAIN].mean())
    # a design that costs half for as many
    cheap = replace(found, designs={(): table, ("a",): table.assign(cost_total=table[COST] / 2)},
                    actions={"a": "A"}, unchanged=())  # fmt: skip
    assert cheap.alone().loc["a", PRICE] == pytest.approx(-found.base[PRICE] / 2)
    assert any("at a lower total cost" in text for text in cheap.sentences) is False
    more = cheap.designs["a",].assign(retained_placements=table[GAIN] + 1)
    cheap = replace(cheap, designs={(): table, ("a",): more})
    assert any("More placements at a lower total cost: A." in text for text in cheap.sentences)


def test_the_numbers_of_threads_and_pairs_change_no_result(found):
    again = rank(
        "bare_pipeline", 30, 5, actions=list(found.actions), overrides=["months=60"], threads=3,
        pairs=False,
    )  # fmt: skip
    for parts, table in again.designs.items():
        pd.testing.assert_frame_equal(table, found.designs[parts])
    assert len(again.interactions()) == 0


def test_overrides_belong_to_the_scenario_that_actions_meet(tmp_path):
    sets = {f"{P}.promotion": 0.3}
    file = action(tmp_path, "louder", ("programmes.*.promotion", "add: 0.1"))
    ranked = rank(bare(), 2, actions=[file], overrides=sets)
    assert ranked.unchanged == ()
    assert rank(bare(), 2, actions=["campaigns", "campaigns"]).actions.keys() == {"campaigns"}


# --- pairs ----------------------------------------------------------------------------------


def test_pairs_of_independent_actions_add_up(found):
    pairs = found.interactions()
    assert len(pairs) == 3
    assert np.all(pairs["interaction"] == 0.0)
    assert not pairs["only_together"].any()
    assert "No pair achieves more than the sum of its two actions beyond doubt." in found.sentences


def test_pairs_that_only_work_together_are_found(tmp_path):
    # a channel without vacancies, and vacancies without a channel, place nobody
    closed = load(
        "bare_pipeline",
        {
            "months": 60,
            "programmes.0.channel": "none",
            "employers.0.vacancies_per_year": 0,
            "employers.0.initial_vacancies": 0,
        },
    )
    ranked = rank(
        closed,
        20,
        1,
        actions=[
            action(tmp_path, "channel", ("programmes.*.channel", "to: existing")),
            action(tmp_path, "vacancies", ("employers.*.initial_vacancies", "to: 20")),
        ],
    )
    alone = ranked.alone()
    assert np.all(alone["placed"] == 0.0)
    # nobody is kept, so that there is nothing by which the cost could be divided
    assert alone[PRICE].isna().all()
    assert np.isnan(ranked.base[PRICE])
    (pair,) = ranked.interactions().to_dict("records")
    assert pair["interaction"] == pair["together"] > 5
    assert pair["only_together"]
    assert "Only together: channel with vacancies." in ranked.sentences
    assert ranked.sentences[0].startswith("No action alone changes the placements that are kept")
    for picture in (ranked.plot.alone(), ranked.plot.pairs()):
        assert picture.get_axes()


def test_an_interaction_equals_a_hand_calculation():
    runs = {
        (): [1.0, 2.0, 3.0],
        ("a",): [2.0, 2.0, 5.0],
        ("b",): [1.0, 3.0, 3.0],
        ("a", "b"): [4.0, 6.0, 5.0],
    }
    tables = {
        parts: pd.DataFrame({"placed": v, GAIN: v, COST: np.multiply(v, 10.0) + len(parts)})
        for parts, v in runs.items()
    }
    ranked = Ranking("x", "EUR", {"a": "A", "b": "B"}, (), tables)
    (pair,) = ranked.interactions().to_dict("records")
    # both less each: 3 - 1 - 0, 4 - 0 - 1, 2 - 2 - 0
    assert pair["interaction"] == pytest.approx(np.mean([2, 3, 0]))
    assert pair["together"] == pytest.approx(3)
    assert (pair["gain_first"], pair["gain_second"]) == (pytest.approx(1), pytest.approx(1 / 3))
    half = stats.t.ppf(0.975, 2) * np.std([2, 3, 0], ddof=1) / 3**0.5
    assert pair["ci_high"] - pair["interaction"] == pytest.approx(half)
    assert pair["p"] == pytest.approx(stats.ttest_1samp([2, 3, 0], 0).pvalue)


def test_designs_are_no_action_each_action_and_each_pair():
    assert designs_of(["a", "b", "c"], True) == [
        (), ("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"),
    ]  # fmt: skip
    assert designs_of(["a", "b"], False) == [(), ("a",), ("b",)]
    assert len(designs_of(list("abcdefgh"), True)) == 1 + 8 + 28


# --- what is counted ------------------------------------------------------------------------


def test_without_missing_values_the_outcome_is_that_of_a_run():
    result = run("thamm_germany", 8, 1)
    counted = counted_by_run(result.outcome_table)
    for name in ("placed", GAIN, COST):
        np.testing.assert_allclose(counted[name], result.outcome_table[name])


def test_runs_in_which_placements_come_late_are_not_left_out():
    result = run(bare({"behaviour.retention.quit": 0.05}), 4, 1)
    table = result.outcome_table
    table["placed"], table[GAIN] = [10, 30, 5, 0], [5, 27, np.nan, 0]
    ranked = Ranking("x", "EUR", {}, (), {(): counted_by_run(result.outcome_table)})
    # 5 + 27 of 40 were kept, so 4 of 5; a run without a placement keeps none
    assert ranked.base[GAIN] == pytest.approx((5 + 27 + 4 + 0) / 4)
    assert ranked.used == {(): 3}
    # what is not seen is not written down as if it were
    np.testing.assert_array_equal(ranked.by_run()[GAIN], [5, 27, np.nan, 0])
    table[GAIN] = [np.nan, np.nan, np.nan, 0]
    ranked = replace(ranked, designs={(): counted_by_run(result.outcome_table)})
    assert np.isnan(ranked.base[GAIN])


def test_programmes_are_added_up():
    second = {**bare().model_dump(mode="json")["programmes"][0], "name": "second"}
    both = load(bare(), {"programmes": [bare().model_dump(mode="json")["programmes"][0], second]})
    result = run(both, 3, 1)
    table = result.outcome_table
    sums = table.groupby("run")[["placed", COST]].sum()
    ranked = Ranking("x", "EUR", {}, (), {(): counted_by_run(result.outcome_table)})
    assert ranked.base["placed"] == pytest.approx(sums["placed"].mean())
    assert ranked.base[COST] == pytest.approx(sums[COST].mean())
    assert ranked.runs == 3


def test_a_horizon_less_than_a_year_after_arrival_is_reported():
    ranked = rank(bare(months=10), 3, actions=["campaigns"])
    assert ranked.base["placed"] > 0
    assert np.isnan(ranked.base[GAIN])
    (sentence,) = ranked.sentences
    assert "the horizon is too short" in sentence
    assert ranked.plot.alone().get_axes()


# --- statistics -----------------------------------------------------------------------------


def test_holm_by_hand():
    # sorted .01 .02 .03 .04 times 4 3 2 1, never falling
    adjusted = holm(np.array([0.04, 0.01, np.nan, 0.03, 0.02]))
    np.testing.assert_allclose(adjusted, [0.06, 0.04, np.nan, 0.06, 0.06])
    assert holm(np.array([0.9, 0.8])).max() == 1.0


def test_p_values_are_those_of_the_t_test():
    values = np.array([1.0, -0.5, 2.0, 0.7])
    found = mean_of(np.append(values, np.nan), 0.9)
    known = stats.ttest_1samp(values, 0)
    interval = known.confidence_interval(0.9)
    assert found["p"] == pytest.approx(known.pvalue)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((interval.low, interval.high))
    assert np.isnan(mean_of(np.array([1.0]), 0.9)["p"])
    assert (p_of(0.0, 0.0, 5), p_of(2.0, 0.0, 5)) == (1.0, 0.0)


def test_ratios_have_fiellers_interval():
    generator = np.random.default_rng(1)
    bottom = generator.normal(4, 2, 60)
    top = 3 * bottom + generator.normal(0, 3, 60)
    ratio, low, high = ratio_of(top, bottom, 0.95)
    assert ratio == pytest.approx(top.mean() / bottom.mean())
    # at its ends the mean of top - r bottom is just significantly different from zero
    for end in (low, high):
        assert stats.ttest_1samp(top - end * bottom, 0).pvalue == pytest.approx(0.05)
    assert low < ratio < high
    # a denominator that may be zero allows for any ratio
    assert np.isnan(ratio_of(top, bottom - bottom.mean(), 0.95)).all()
    # a known cost divides the interval of the gain
    gain = mean_of(top, 0.95)
    assert ratio_of(top, np.full(60, 2.0), 0.95) == pytest.approx(
        tuple(gain[key] / 2 for key in ("mean", "ci_low", "ci_high"))
    )


def test_fiellers_interval_covers_the_ratio():
    generator = np.random.default_rng(2)
    covered = 0
    for _ in range(600):
        bottom = generator.normal(1, 2, 40)
        low, high = ratio_of(0.5 * bottom + generator.normal(0, 1, 40), bottom, 0.9)[1:]
        covered += bool(low <= 0.5 <= high) or bool(np.isnan(low))
    assert covered / 600 == pytest.approx(0.9, abs=0.04)


@pytest.mark.slow
def test_actions_without_effect_are_found_significant_no_more_often_than_stated():
    generator = np.random.default_rng(3)
    deceived = 0
    for _ in range(150):
        base = pd.DataFrame({"placed": 1.0, GAIN: generator.normal(50, 5, 30), COST: 1.0})
        runs = {(): base}
        for name in "abcdefgh":
            runs[name,] = base.assign(**{GAIN: base[GAIN] + generator.normal(0, 2, 30)})
        ranked = Ranking("x", "EUR", {name: name for name in "abcdefgh"}, (), runs)
        deceived += bool((ranked.alone()[f"{GAIN}_p_holm"] < 0.05).any())
    assert deceived / 150 < 0.1


@pytest.mark.parametrize(
    ("given", "error"),
    [({"actions": []}, "actions: got none"), ({"level": 1.0}, "level: got 1.0")],
)
def test_what_cannot_be_ranked_is_refused(given, error):
    with pytest.raises(RequestError, match=error):
        rank("bare_pipeline", 2, **given)


# --- the eight ------------------------------------------------------------------------------

# where an action must help: its own mechanism is what holds placements back
CASES = {
    "demand_driven": {f"{P}.occupation_match": 0.15, f"{FIRMS}.initial_vacancies": 0},
    "early_engagement": {f"{P}.employer_involvement": "late", f"{P}.late_from_month": 60},
    "funding_and_guarantees": {
        f"{P}.refund_share": 0.0,
        f"{P}.fee_per_recruit": 4000,
        f"{P}.job_guarantee": False,
    },
    "business_associations": {
        f"{FIRMS}.vouching": "public_agency",
        f"{P}.founding_share": 0.0,
        f"{P}.promotion": 0.0,
        f"{P}.association_reach": 0.0,
    },
    # good schools that employers do not know
    "mapping_institutions": {
        f"{FIRMS}.vouching": "trade_union",
        "institutions.schools.quality": 0.95,
        "institutions.schools.alignment": 0.95,
    },
    "regular_dialogue": {
        f"{D}.dialogue": 0.0,
        f"{D}.new_channel_months": 60,
        f"{P}.channel": "new",
    },
    "intermediaries": {f"{P}.setup_months": 60, f"{FIRMS}.vouching": "public_agency"},
    "campaigns": {f"{P}.founding_share": 0.0, f"{P}.promotion": 0.0, f"{P}.association_reach": 0.0},
}


@pytest.mark.parametrize("name", CASES)
def test_every_action_helps_where_it_must(name):
    ranked = rank("reference", 30, 1, actions=[name], overrides=CASES[name], parameters="centre")
    (row,) = ranked.alone().to_dict("records")
    assert row[f"{GAIN}_ci_low"] > 0, f"{ranked.base[GAIN]:.1f} {row[GAIN]:+.1f}"
    assert row["placed_ci_low"] > 0


# --- files and pictures ---------------------------------------------------------------------


def test_files_state_their_source(found, tmp_path):
    names = {file.name for file in found.write(tmp_path, extra={"a.png": b"x"})}
    assert names == {"designs.parquet", "designs.csv", "pairs.parquet", "pairs.csv",
                     "runs.parquet", "runs.csv", "provenance.json", "datapackage.json",
                     "a.png"}  # fmt: skip
    facts = read_provenance(tmp_path / "designs.parquet")
    assert (facts["seed"], facts["replications"]) == (5, 30)
    assert [one["name"] for one in facts["actions"].values()] == ["dearer", "more", "nothing"]
    runs = pd.read_parquet(tmp_path / "runs.parquet")
    assert len(runs) == 30 * (1 + 3 + 3)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "designs.parquet"),
                                  found.differences())  # fmt: skip
    alone = {parts: table for parts, table in found.designs.items() if len(parts) < 2}
    replace(found, designs=alone).write(tmp_path)
    assert not (tmp_path / "pairs.csv").exists()
    assert not (tmp_path / "pairs.parquet").exists()


def test_pictures_are_drawn(found):
    from smpsim.plots.style import png

    alone, pairs = found.plot.alone(), found.plot.pairs()
    for picture in (alone, pairs):
        assert png(picture).startswith(b"\x89PNG")
    gains = alone.get_axes()[0]
    assert [label.get_text() for label in gains.get_yticklabels()][-1] == "more"
    assert "(people)" in gains.get_xlabel()
    check_phone(found.plot)


def test_a_single_run_has_no_interval():
    ranked = rank("bare_pipeline", 1, actions=["campaigns", "demand_driven"])
    assert ranked.differences()[f"{GAIN}_ci_low"].isna().all()
    assert ranked.sentences[0].startswith("No action alone")
    assert ranked.plot.alone().get_axes()
    assert ranked.plot.pairs().get_axes()


# --- levers that move nothing ---------------------------------------------------------------


def test_an_action_without_effect_is_not_charged_for():
    """Every employer of the bare pipeline takes part from the start: none is left to win over."""
    ranked = rank("bare_pipeline", 5, 1, actions=["campaigns", "funding_and_guarantees"])
    assert ranked.inert == {"campaigns": ("promotion",)}
    assert ranked.unchanged == ()
    alone = ranked.differences().loc["campaigns"]
    for outcome in OUTCOMES:
        assert alone[outcome] == alone[f"{outcome}_ci_high"] == 0.0
    # beside another one it is not paid for either
    pair, other = (ranked.designs[parts] for parts in list(ranked.designs)[:1:-1])
    pd.testing.assert_frame_equal(pair, other)
    (said,) = (text for text in ranked.sentences if "does not bind" in text)
    assert "changes nothing here: its lever (promotion) does not bind" in said
    # with its price it would have cost something
    priced = run("bare_pipeline", 5, 1, actions=["campaigns"]).outcome_table["cost_total"].mean()
    assert priced > ranked.base[COST] + 1000


def test_an_action_of_the_catalogue_that_acts_is_charged_for():
    ranked = rank("thamm_germany", 4, 1, actions=["funding_and_guarantees"])
    assert ranked.inert == {}
    assert ranked.alone()[COST].item() > 0


def test_an_action_that_acts_only_beside_another_is_charged_for_there(tmp_path):
    """More seats fill only with more applicants, who find no seats without them."""
    seats = action(tmp_path, "seats", ("programmes.*.intakes.seats", "times: 2"))
    crowd = action(tmp_path, "crowd", ("programmes.*.promotion", "add: 0.1"))
    found = run("bare_pipeline", 2, 1)
    tables = {
        (): found.outcome_table,
        (seats,): found.outcome_table.copy(),
        (crowd,): found.outcome_table.copy(),
        (seats, crowd): found.outcome_table.assign(placed=found.outcome_table["placed"] + 1),
    }
    read = {name: load_action(name) for name in (seats, crowd)}
    after, idle = settled(load("bare_pipeline"), tables, read, lambda _: found.outcome_table)
    assert idle == {(): set(), (seats,): {seats}, (crowd,): {crowd}, (seats, crowd): set()}
    assert after[seats, crowd].equals(tables[seats, crowd])


@pytest.mark.parametrize(
    ("gains", "kind"),
    [
        ((3.0, 2.0, 9.0), MORE),
        ((3.0, 2.0, 4.0), LESS),
        ((-3.0, -2.0, -4.0), LOSE_LESS),
        ((-3.0, -2.0, -7.0), LOSE_MORE),
        ((5.0, -2.0, -1.0), LESS),
        ((-3.0, 1.0, 0.5), MORE),
    ],
)
def test_pairs_are_described_correctly(gains, kind):
    one, other, both = gains
    row = {"gain_first": one, "gain_second": other, "together": both}
    row["interaction"] = both - one - other
    assert kind_of(row, True) == kind
    assert kind_of(row, False) == "in doubt"


def test_two_overlapping_losses_are_not_reported_as_a_gain():
    rng = np.random.default_rng(1)
    base = pd.DataFrame({"placed": 50.0, GAIN: 40.0, COST: 1.0}, index=range(60))
    noise = rng.normal(0.0, 0.1, 60)
    lost = {(): 0.0, ("a",): -5.0, ("b",): -6.0, ("a", "b"): -7.0}
    designs = {parts: base.assign(**{GAIN: 40.0 + less + noise * len(parts)})
               for parts, less in lost.items()}  # fmt: skip
    found = Ranking("x", "EUR", {"a": "A", "b": "B"}, (), designs)
    said = " ".join(found.sentences)
    assert "Lose less together than apart, but still lose: A with B, -7.0 together beside" in said
    assert "Together more than the sum" not in said
    assert "No pair achieves more placements that are kept a year." in said


def test_worlds_in_which_an_action_is_first_are_counted_and_reported():
    """One action gains where a number is high, the other where it is low; ties count for both."""
    luck = np.random.default_rng(5)
    draws = pd.DataFrame(luck.normal(size=(200, 40)), columns=[f"k{n}" for n in range(40)])
    high = draws["k7"] + 0.3 * luck.normal(size=200)
    gains = pd.DataFrame({"a": high, "b": -high, "none": np.zeros(200)})
    gains.loc[0] = 2.0
    table = counted(gains)
    assert table.loc["a", "first"] + table.loc["b", "first"] == 201
    assert table.loc["none"].to_list() == [1, 1, 200]
    assert (table["better"] == (gains > 0).sum()).all()
    first = (gains["a"] == gains.max(axis=1)).to_numpy()
    key, correlation, noise = told_by(first, draws, 1)
    assert key == "k7"
    assert correlation > 0.6 > noise > 0.1
    assert told_by(~first, draws, 1)[1] == pytest.approx(-correlation)
    # a number that is the same in all worlds tells nothing, nor do few worlds
    assert told_by(first, draws.assign(k7=1.0), 1)[0] != "k7"
    assert told_by(np.arange(200) < 19, draws, 1)[0] == ""


def test_irrelevant_numbers_are_seldom_reported_as_relevant():
    luck = np.random.default_rng(6)
    clear = 0
    for seed in range(100):
        draws = pd.DataFrame(luck.normal(size=(80, 30)))
        _, correlation, noise = told_by(luck.random(80) < 0.5, draws, seed)
        clear += abs(correlation) > noise
    # 5 are expected; 12 or more in one of 200 trials
    assert clear < 12


def test_a_ranking_says_in_how_many_worlds_an_action_is_first():
    names = ["campaigns", "early_engagement"]
    found = rank("thamm_germany", 40, 1, pairs=False, actions=names)
    table = found.worlds()
    assert set(table.index) == set(names)
    # of equal ones both are first; where neither brings anything, none is
    assert 30 <= table["first"].sum() <= 50
    assert (table["first"] <= table["better"]).all()
    best = str(table.index[0])
    said = f"the best single action is {found.actions[best]} in {table.loc[best, 'first']}"
    assert said in " ".join(found.sentences)
    drawn = found.draws()
    worlds = Worlds(load("thamm_germany"), parameters("likely"), 1)
    assert drawn.loc[3].to_dict() == worlds.values(3)
    assert "worlds" in found.tables
    assert len(found.facts["worlds"]) == 2
    centre = rank("thamm_germany", 5, 1, pairs=False, actions=names, parameters="centre")
    assert not centre.in_worlds
    assert "worlds" not in centre.tables
    assert centre.draws().empty
