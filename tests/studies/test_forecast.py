"""Forecasts: reports and their errors, conditioning, actions that leave the past unchanged."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from phones import check_phone
from worlds import bare

import smpsim
from smpsim.results.intervals import share_interval
from smpsim.scenario import ScenarioError
from smpsim.scenario.later_actions import from_month
from smpsim.scenario.parameters import AT_CENTRE, parameters
from smpsim.studies.forecast.adjusting import Halves, adjusted, targets
from smpsim.studies.forecast.conditioning import condition, weighted_quantiles
from smpsim.studies.forecast.observed import TOGETHER, read_observed
from smpsim.studies.forecast.particles import designs, run, spreads, work
from smpsim.studies.forecast.signs import early_signs

DROPOUT = "behaviour.training.dropout"
NOW = 11
LOOKS = {"visas": (5, NOW), "exam_pass_rate": (5, NOW)}


def world(**changes):
    """Return a small programme whose dropout nobody knows."""
    return bare(
        {
            "programmes.pilot.intakes": {"seats": 20, "every_months": 3, "number": 8},
            "programmes.pilot.planned": {"placed": 120},
            "programmes.pilot.costs.overhead": 1000,
            DROPOUT: 0.04,
            **changes,
        },
        months=36,
    )


def reported(dropout=0.08, error=0.5):
    """Return what a run of the world with a known dropout reports, and its placements."""
    truth = smpsim.run(world(**{DROPOUT: dropout}), 1, 77)
    rows = [
        {"month": month, "outcome": name, "value": truth.series(name)[0, month, 0], "error": error}
        for month in (5, 8, NOW)
        for name in ("enrolled", "dropped_out", "placed")
    ]
    return pd.DataFrame(rows), truth.series("placed")[0, -1, 0]


@pytest.fixture(scope="module")
def found():
    return smpsim.forecast(
        world(),
        reported()[0],
        400,
        seed=3,
        vary=[f"{DROPOUT}=uniform(0, 0.12)"],
        actions=["early_engagement", "mapping_institutions"],
        threads=1,
    )


def faults(text, folder, scenario=None):
    """Return the messages about a file of reports, without its folder."""
    file = folder / "seen.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_observed(file, scenario or world())
    return [line.partition("seen.csv")[2] for line in str(caught.value).splitlines()]


def test_errors_in_a_file_are_reported_with_line_and_nearest_name(tmp_path):
    text = (
        "# a comment\nmonth,outcome,value\n3,plased,5\n35,placed,5\n4,placed,-1\n"
        "5,placed,many\n6,placed,2\n6,placed,3\n1999-01,placed,2\n,placed,\n"
    )
    said = faults(text, tmp_path)
    assert said[0].startswith(":3: outcome: got 'plased'; allowed: ")
    assert said[0].endswith("did you mean 'placed'?")
    assert said[1].startswith(":4: month: got '35'; allowed: 0 to 34, or 2024-01 to 2026-11")
    assert said[2].startswith(":5: value: got '-1'; allowed: a number of 0 or more")
    assert said[3].startswith(":6: value: got 'many'")
    assert said[4].startswith(":8: outcome: got placed of month 6 a second time, after line 7")
    assert said[5].startswith(":9: month: got '1999-01'")
    assert said[6:] == [
        ":10: month: no value; allowed: 0 to 34, or 2024-01 to 2026-11, so that a later month "
        "can be forecast",
        ":10: value: no value; allowed: a number of 0 or more, with a decimal point",
    ]
    (said,) = faults("month,outcom,value\n", tmp_path)[:1]
    assert "did you mean 'outcome'?" in said
    assert "no row" in faults("month,outcome,value\n", tmp_path)[0]
    with pytest.raises(ScenarioError, match=r"no such file.*did you mean 'seen.csv'"):
        read_observed(tmp_path / "sen.csv", world())


def test_files_written_by_spreadsheets_are_read(tmp_path):
    file = tmp_path / "seen.csv"
    file.write_text("\ufeffMonth;Outcome;Value;Error\n2024-06;cost_total;1000;\n3;placed;7;2\n")
    one, other = read_observed(file, world(), error=0.1)
    assert (one.month, one.outcome, one.value, one.error) == (3, "placed", 7.0, 2.0)
    assert (other.month, other.outcome, other.error) == (5, "cost_cumulative", 100.0)


def test_outcomes_without_a_series_are_those_of_a_run_ending_then():
    ready = work(world(), designs(world(), {}, 3, 5), 1, ["placed"], 5, AT_CENTRE, None, LOOKS)
    values, looks = run(ready, world(), threads=1)
    assert {month for _, month in looks} == {5, NOW, 35}
    for month in (5, NOW):
        ended = smpsim.run(world(), 3, 5, overrides={"months": month + 1}, parameters="centre")
        for name in LOOKS:
            np.testing.assert_array_equal(looks[name, month][:, 0], ended.outcomes()[name])
    assert values.shape == (3, 1, 36, 1)


def test_any_outcome_can_be_reported_and_is_informative():
    rows = [(NOW, "placement_rate", 0.2, 0.01), (NOW, "visas", 9, 1), (5, "retained_12", 0.9, 0.1)]
    seen = pd.DataFrame(rows, columns=["month", "outcome", "value", "error"])
    found = smpsim.forecast(world(), seen, 60, seed=3, vary=[f"{DROPOUT}=uniform(0, 0.12)"])
    table = found.agreement().set_index("outcome")
    assert list(table["unit"]) == ["share after 12 months", "share of enrolled", "people"]
    # nobody can have been seen for a year by then, and nothing is learnt of it
    assert np.isnan(table.loc["retained_12", "median"])
    assert np.isfinite(found.after).all()
    assert not table.loc["retained_12", "explained"]
    assert table.loc["placement_rate", "before_high"] <= 1.0


def test_several_programmes_are_separate_or_added_up(tmp_path):
    two = world().model_dump(mode="json")
    two["programmes"].append({**two["programmes"][0], "name": "second"})
    scenario = smpsim.load(two)
    table = pd.DataFrame({"month": [1, 2], "outcome": "placed", "value": 1.0})
    table["programme"] = ["second", None]
    assert [one.programme for one in read_observed(table, scenario)] == ["second", TOGETHER]
    (said,) = faults("month,outcome,value\n1,employers_aware,3\n", tmp_path, scenario)
    assert "allowed: pilot, second, as employers_aware does not add up" in said
    (said,) = faults("month,outcome,value,programme\n1,placed,3,secnd\n", tmp_path, scenario)
    assert said.endswith("did you mean 'second'?")
    found = smpsim.forecast(scenario, table, 50, seed=1, vary={DROPOUT: {"uniform": [0, 0.1]}})
    last = found.values()["median"].xs(("placed", 35), level=("outcome", "month"))
    assert list(last.index) == ["pilot", "second", TOGETHER]
    assert found.plan().loc[(TOGETHER, "placed"), "planned"] == 240


def test_conditioning_agrees_with_the_closed_form():
    """All figures are lognormal, so the distribution of the target is known exactly."""
    luck = np.random.default_rng(5)
    state, later = luck.normal(size=(2, 20_000))
    logs = 8 + state + 0.5 * luck.normal(size=(3, 20_000))
    target = 9 + 0.8 * state + 0.3 * later
    seen = np.array([8.9, 9.2, 9.0])
    found = condition(np.exp(logs).T, np.exp(seen), np.exp(target)[:, None])
    after = np.log(found.adjusted(np.exp(target)))
    precision = 1 + 3 / 0.25
    mean = 9 + 0.8 * (seen - 8).sum() / 0.25 / precision
    spread = np.sqrt(0.8**2 / precision + 0.3**2)
    got = found.weights @ after
    assert got == pytest.approx(mean, abs=0.03)
    low, high = found.quantiles(after, (0.05, 0.95))
    assert (high - low) / 2 == pytest.approx(1.645 * spread, rel=0.06)


def test_errors_measure_how_other_runs_move_medians_changes_and_shares():
    def forecast(seed):
        luck = np.random.default_rng(seed)
        future = luck.lognormal(4.0, 0.5, 1500)
        reports = np.maximum(future[:, None] * 0.1 + luck.normal(0, 2.0, (1500, 6)), 0.0)
        reported = np.full(6, 7.0)
        shown = future[:, None, None, None]
        kept = condition(reports, reported, targets(shown, -1))
        after = adjusted(kept, shown, ["placed"])
        halves = Halves.of(reports, reported, shown, ["placed"], -1)
        # what an action adds depends on the world
        with_it = (1.3 * future + luck.normal(10.0, 5.0, 1500).clip(0.0))[:, None, None]
        change = np.tensordot(kept.weights, kept.adjusted(with_it) - after[:, :, -1], axes=1)
        middle = kept.quantiles(after, (0.5,))[0]
        share = kept.weights @ (after[:, 0, 0, 0] >= 75.0)
        found = middle, halves.medians_error(), change, halves.change_error(with_it)
        return [*(one.item() for one in found), share, halves.runs_of_share(0, 0, 75.0)]

    medians, errors, changes, change_errors, shares, runs = np.transpose(
        [forecast(seed) for seed in range(30)]
    )
    # thirty forecasts tell how far they lie apart to an eighth
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(medians.std(ddof=1), rel=0.5)
    assert np.sqrt(np.mean(change_errors**2)) == pytest.approx(changes.std(ddof=1), rel=0.5)
    share_errors = np.sqrt(shares.mean() * (1.0 - shares.mean()) / runs)
    assert np.sqrt(np.mean(share_errors**2)) == pytest.approx(shares.std(ddof=1), rel=0.5)
    assert min(errors.min(), change_errors.min(), share_errors.min()) > 0


def test_weighted_quantiles_equal_a_hand_calculation():
    values = np.array([3.0, 1.0, 2.0, 100.0])
    weights = np.array([1.0, 1.0, 1.0, 0.0]) / 3
    assert weighted_quantiles(values, weights, (0.5,))[0] == 2.0
    equal = np.full(1001, 1 / 1001)
    assert weighted_quantiles(np.arange(1001.0), equal, (0.9,))[0] == pytest.approx(900, abs=1)


def test_an_event_never_observed_has_an_interval():
    assert share_interval(0.0, 100, 0.9) == (0.0, pytest.approx(1 - 0.05**0.01))
    assert share_interval(100.0, 100, 0.9)[1] == 1.0


def test_reports_narrow_the_forecast_towards_the_truth(found):
    truth = reported()[1]
    row = found.values().loc[("pilot", "placed", 35)]
    # whether ranges hold what they say needs many programmes: see the trial below
    before, after = ((row[f"{one}_low"] + row[f"{one}_high"]) / 2 for one in ("before", "run"))
    assert abs(after - truth) < 0.5 * abs(before - truth)
    wide = row["before_high"] - row["before_low"]
    assert row["run_high"] - row["run_low"] < 0.6 * wide
    plan = found.plan().loc[("pilot", "placed")]
    assert plan["probability"] < plan["before"]
    assert found.agreement()["explained"].all()
    # running totals never fall, and no run goes beyond what is possible
    assert (np.diff(found.after[..., 0], axis=2) >= 0).all()
    assert "is met with a probability of" in found.sentences[0]


def test_reports_that_the_model_does_not_explain_are_flagged():
    table = pd.DataFrame({"month": [6, 9, 11], "outcome": "enrolled", "value": [400, 500, 600.0]})
    found = smpsim.forecast(world(), table, 50, seed=1, vary={DROPOUT: {"uniform": [0, 0.1]}})
    assert not found.agreement()["explained"].any()
    assert any("does not explain 3 of the 3 reports" in one for one in found.sentences)


def test_actions_leave_the_past_as_it_was():
    base = world(**{"behaviour.awareness.initially_aware": 0.3})
    later = from_month(base, ["early_engagement"], NOW + 1)
    assert later.changed == ("programmes.pilot.selection", "programmes.pilot.costs.overhead")
    assert later.setup == {"pilot": 60_000}
    assert any(key.endswith("founding_share") for key in later.fixed)
    assert not any("likely_ranges" in key for key in later.fixed)
    one = smpsim.run(base, 2, 5)
    other = smpsim.run(base, 2, 5, overrides={"timeline": later.timeline})
    # not a number where nothing is known yet
    mine, others = (of.trajectory_array[:, : NOW + 1] for of in (one, other))
    np.testing.assert_array_equal(mine, others)
    assert (one.ledger_array[:, : NOW + 1] == other.ledger_array[:, : NOW + 1]).all()
    assert not (one.ledger_array == other.ledger_array).all()


def test_an_action_also_applies_to_later_changes_in_the_timeline():
    timeline = [{"month": 20, "set": {"programmes.pilot.promotion": 0.02}}]
    base = bare({"timeline": timeline})
    later = from_month(base, ["campaigns"], 10)
    both = smpsim.load(base, actions=["campaigns"])
    assert later.timeline[-1]["set"] == both.timeline[-1].set
    assert later.timeline[0]["month"] == 10


def test_the_effects_of_each_action_are_listed(found):
    table = found.actions()
    assert list(dict.fromkeys(table.index.get_level_values("actions"))) == [
        "early_engagement",
        "mapping_institutions",
        "early_engagement + mapping_institutions",
    ]
    # schools are known from the start or not at all, and what can do nothing is not paid for
    nothing = table.loc["mapping_institutions"]
    assert (nothing["difference"] == 0).all()
    assert any("mapping institutions cannot change anything" in one for one in found.sentences)
    dearer = table.loc[("early_engagement", "pilot", "cost_cumulative")]
    assert dearer["ci_low"] > 0
    together = table.loc[("early_engagement + mapping_institutions", "pilot", "cost_cumulative")]
    assert together["difference"] == dearer["difference"]


def test_early_signs_find_what_separates_runs():
    luck = np.random.default_rng(2)
    placed = luck.integers(0, 101, 600).astype(float)
    met = placed + luck.normal(0, 8, 600) >= 60
    figures = {("placed", 12): placed, ("refused", 12): luck.random(600) * 50}
    found = early_signs(figures, met, np.full(600, 1 / 600), "EUR")
    assert list(found["sign"]) == ["placed"]
    row = found.iloc[0]
    assert row["side"] == "at least"
    assert 50 <= row["threshold"] <= 70
    assert row["met_on_this_side"] > 0.8 > 0.2 > row["met_on_the_other"]
    falling = early_signs({("refused", 9): -placed + 100}, met, np.full(600, 1 / 600), "EUR")
    assert falling.iloc[0]["side"] == "less than"
    assert early_signs(figures, np.ones(600, bool), np.full(600, 1 / 600), "EUR").empty


def test_spreads_are_read_as_typed():
    typed, written = (
        spreads(["a.b=uniform(1, 2)"]),
        spreads({"a.b": {"uniform": {"low": 1, "high": 2}}}),
    )
    assert typed == written
    with pytest.raises(ScenarioError, match=r"a.b: got distribution 'unifrm'.*did you mean"):
        spreads(["a.b=unifrm(1, 2)"])
    with pytest.raises(ScenarioError, match=r"vary: behaviour.trainin: got unknown key"):
        smpsim.forecast(world(), reported()[0], 50, vary=["behaviour.trainin=uniform(0, 1)"])


def test_a_forecast_folder_can_be_verified(found, tmp_path):
    files = {one.name for one in found.write(tmp_path, pictures=True)}
    assert {"fan.png", "signs.png", "values.csv", "actions.csv", "trajectories.parquet"} <= files
    assert smpsim.verify(tmp_path, threads=1).same
    assert "recipe" in found.provenance
    check_phone(found.plot)


def test_intervals_have_their_stated_coverage():
    """The trial of docs/forecast.md, on a small scale: programmes whose outcome is known."""
    path = Path(__file__).parents[2] / "benchmarks" / "forecast_trial.py"
    spec = importlib.util.spec_from_file_location("forecast_trial", path)
    trial = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(trial)
    luck = np.random.default_rng(1)
    draws = pd.DataFrame({DROPOUT: luck.uniform(0, 0.12, 400)})
    found = trial.trial(
        world(),
        80,
        320,
        (5, 8, 11, 14, 17),
        1,
        parameters(draws),
        ("enrolled", "dropped_out", "placed"),
    )
    placed = found[found["outcome"] == "placed"]
    # of 80 at 90 %: 66 or more in 99 of 100 trials
    assert placed["covered"].sum() >= 66
    means = placed.mean(numeric_only=True)
    assert means["crps"] < 0.8 * means["crps_before"]
    assert means["crps"] < means["crps_trend"]
    assert means["width"] < means["width_before"]


def test_the_example_can_be_read():
    file = Path(__file__).parents[2] / "scenarios" / "examples" / "monitored_programme.csv"
    found = read_observed(file, smpsim.load("monitored_programme"))
    assert (len(found), found[-1].month) == (30, 17)
    assert {one.outcome for one in found} >= {"enrolled", "placed", "cost_cumulative"}
