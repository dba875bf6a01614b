"""Sensitivity studies on functions whose indices are known, and on the simulator."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from phones import check_phone
from typer.testing import CliRunner
from worlds import bare

from smpsim.cli import app
from smpsim.ensemble import run
from smpsim.errors import RequestError
from smpsim.results.files import read_provenance
from smpsim.scenario import ScenarioError, assumptions, get_value, load
from smpsim.scenario.ranges import ranges_of
from smpsim.studies.sensitivity.indices import sampled
from smpsim.studies.sensitivity.ranges import (
    Parameter,
    parameters_of,
    parse_range,
    with_values,
)
from smpsim.studies.sensitivity.sensitivity import analyse, sensitivity

A, B = 7.0, 0.1
ANGLES = [Parameter(name, 0.5, -np.pi, np.pi) for name in ("one", "two", "three", "idle")]
SEATS, DROPOUT = "programmes.pilot.intakes.seats", "behaviour.training.dropout"


def evaluation(function):
    """Let a function of an array (designs, parameters) stand in for the simulator."""

    def evaluated(designs):
        values = function(designs)
        return pd.DataFrame({"design": np.arange(len(values)), "replication": 0, "placed": values})

    return evaluated


def ishigami(x):
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


# --- known indices --------------------------------------------------------------------------


def test_no_finding_is_reported_where_too_many_designs_are_unknown():
    def seen(x):
        # the same wherever it is seen, and unknown in most of the range
        return np.where(x[:, 0] < -2.0, 5.0, np.nan)

    found = analyse(ANGLES, evaluation(seen), ["placed"], samples=25, seed=1)
    unknown = int(found.means["placed"].isna().sum())
    assert unknown > len(found.means) / 2
    text = found.sentences[1]
    assert text.startswith(f"Placed: no finding, because it is unknown in {unknown} of 125 designs")
    assert "nothing that was varied changes it" not in text
    shown = " ".join(one.get_text() for one in found.plot.indices().texts)
    assert "No finding" in shown.replace("\n", " ")

    def mostly(x):
        return np.where(x[:, 0] < 3.1, 5.0, np.nan)

    # the samples that are known do not vary, which says nothing about the others
    found = analyse(ANGLES, evaluation(mostly), ["placed"], samples=25, seed=1)
    assert 0 < found.used["placed"] < 25
    assert "no finding" in found.sentences[1]
    idle = analyse(ANGLES, evaluation(lambda x: 0 * x[:, 0] + 5.0), ["placed"], samples=4, seed=1)
    assert idle.no_finding("placed") == ""
    assert "nothing that was varied changes it" in idle.sentences[1]


def test_shares_of_variance_above_one_are_not_reported_as_findings():
    # a few huge values: no index is told from so few samples
    found = analyse(
        ANGLES, evaluation(lambda x: np.exp(3.0 * x.sum(axis=1))), ["placed"], "sobol",
        samples=16, seed=3,
    )  # fmt: skip
    why = found.no_finding("placed")
    assert "lies between 0 and 100 %" in why
    assert "too few" in why
    assert "of the variance (" not in found.sentences[1]
    fine = analyse(ANGLES, evaluation(ishigami), ["placed"], "sobol", samples=1024, seed=3)
    assert fine.no_finding("placed") == ""


@pytest.mark.slow
def test_sobol_recovers_the_indices_of_the_ishigami_function():
    found = analyse(ANGLES, evaluation(ishigami), ["placed"], "sobol", samples=2048, seed=3)
    table = found.indices("placed").set_index("parameter")
    # Ishigami and Homma (1990): variances of the terms in closed form
    one = (1 + B * np.pi**4 / 5) ** 2 / 2
    two, both = A**2 / 8, B**2 * np.pi**8 * 8 / 225
    total = one + two + both
    first = {"one": one, "two": two, "three": 0.0, "idle": 0.0}
    whole = {"one": one + both, "two": two, "three": both, "idle": 0.0}
    for name in first:
        assert table.loc[name, "S1"] == pytest.approx(first[name] / total, abs=0.02)
        assert table.loc[name, "ST"] == pytest.approx(whole[name] / total, abs=0.02)
        assert (
            table.loc[name, "S1_ci_low"] <= table.loc[name, "S1"] <= table.loc[name, "S1_ci_high"]
        )
    assert 0 < table.loc["one", "ST_ci_high"] - table.loc["one", "ST_ci_low"] < 0.15
    assert list(table.loc["idle", ["S1", "ST", "ST_ci_low", "ST_ci_high"]]) == [0.0] * 4
    assert list(table.index[:2]) == ["one", "two"]


def test_morris_finds_slopes_in_any_unit_of_a_parameter():
    parameters = [
        Parameter("small", 0.5, 0.0, 1.0),
        Parameter("large", 0.0, -500.0, 500.0),
        Parameter("few", 1, 0, 2, whole=True),
        Parameter("several", 5, 1, 6, whole=True),
        Parameter("idle", 1.0, 0.0, 2.0),
    ]

    def plane(x):
        return 3 * x[:, 0] - 0.01 * x[:, 1] + 2 * x[:, 2] + x[:, 3]

    found = analyse(parameters, evaluation(plane), ["placed"], samples=10)
    table = found.indices().set_index("parameter")
    expected = {"small": 3.0, "large": -10.0, "few": 4.0, "several": 5.0, "idle": 0.0}
    for name, effect in expected.items():
        assert table.loc[name, "mu"] == pytest.approx(effect, abs=1e-9)
        assert table.loc[name, "mu_star"] == pytest.approx(abs(effect), abs=1e-9)
        assert table.loc[name, "sigma"] == pytest.approx(0.0, abs=1e-9)
    assert table.loc["idle", "mu_star"] == table.loc["idle", "mu_star_ci_high"] == 0.0
    swings = found.swings().set_index("parameter")
    assert swings.loc["small", ["at_low", "at_high"]].tolist() == pytest.approx([-1.5, 1.5])
    assert swings.loc["several", ["at_low", "at_high"]].tolist() == pytest.approx([-4.0, 1.0])
    assert "large [-500 to 500], 10.0 (10.0 to 10.0)" in found.sentences[1]
    assert "Without any effect: 1 of 5." in found.sentences[1]


def test_morris_detects_interactions():
    parameters = [Parameter(name, 0.5, -1.0, 1.0) for name in ("one", "other")]
    found = analyse(parameters, evaluation(lambda x: x[:, 0] * x[:, 1]), ["placed"], samples=40)
    table = found.indices()
    assert (table["sigma"] > table["mu_star"]).all()
    assert "2 have effects that vary" in found.sentences[1]


def test_whole_numbers_are_drawn_with_equal_probability():
    values = sampled([Parameter("few", 1, 0, 2, whole=True)], "sobol", 512, 1)[:, 0]
    numbers, counts = np.unique(values, return_counts=True)
    assert numbers.tolist() == [0, 1, 2]
    assert counts / len(values) == pytest.approx(1 / 3, abs=0.02)


def test_samples_in_which_the_outcome_is_unknown_do_not_count():
    def sometimes(x):
        return np.where(x[:, 0] > 3.0, np.nan, ishigami(x))

    found = analyse(ANGLES, evaluation(sometimes), ["placed"], "sobol", samples=64)
    assert 2 < found.used["placed"] < 64
    assert found.indices()["ST"].notna().all()
    assert f"{64 - found.used['placed']} of 64 samples do not count" in found.sentences[1]
    never = analyse(ANGLES, evaluation(lambda x: 0 * x[:, 0] + np.nan), ["placed"], samples=3)
    assert never.indices()["mu_star"].isna().all()
    assert "no finding" in never.sentences[1]
    assert len(never.plot.indices().axes) == 2


def test_extreme_designs_are_warned_of():
    found = analyse(ANGLES, evaluation(lambda x: np.exp(3 * x[:, 0])), ["placed"], samples=10)
    assert "a few extreme designs decide this" in found.sentences[1]
    found = analyse(ANGLES, evaluation(lambda x: 9 + ishigami(x)), ["placed"], samples=10)
    assert "extreme" not in found.sentences[1]


def test_constant_outcomes_have_indices_of_zero():
    for method, count in (("morris", 3), ("sobol", 4)):
        found = analyse(
            ANGLES, evaluation(lambda x: 0 * x[:, 0] + 5), ["placed"], method, samples=count
        )
        words = ["outcome", "parameter", "meaning", "level"]
        assert (found.indices().drop(columns=words) == 0).all(axis=None)
        assert "nothing that was varied changes it" in found.sentences[1]
        found.plot.indices()
        found.plot.tornado()


# --- what is varied -------------------------------------------------------------------------


def test_numbers_of_behaviour_are_varied_within_what_is_allowed():
    plain = {"likely_ranges": {}, "behaviour.selection.noise_shared": 0.8}
    scenario = load("reference", plain)
    found, left_out = parameters_of(scenario)
    by_key = {one.key: one for one in found}
    quit_rate = by_key["behaviour.retention.quit"]
    assert (quit_rate.value, quit_rate.low, quit_rate.high) == pytest.approx((0.012, 0.006, 0.018))
    assert by_key["behaviour.exam.retakes"][2:] == (1, 3, "attempts", True)
    # negative values, shares near 1, and middles of distributions
    motivation = by_key["behaviour.waiting.withdrawal.motivation"]
    assert (motivation.low, motivation.high) == pytest.approx((-1.2, -0.4))
    failures = by_key["behaviour.trust.failure_weight"]
    assert (failures.low, failures.high) == pytest.approx((1.0, 2.25))
    assert by_key["behaviour.people.age.lognormal.median"].low == 12
    assert "behaviour.people.age.lognormal.sigma" not in by_key
    assert "behaviour.training.level_hours[0]" not in by_key
    # shares that add up to one cannot be varied one by one; what is off or at an end stays there
    concerns = [key for key in left_out if key.startswith("behaviour.participation.concerns.")]
    assert len(concerns) == 5
    assert all("does not fit" in left_out[key] for key in concerns)
    assert "0, which switches" in left_out["behaviour.alignment.gain_none"]
    assert "the limit of what is allowed" in left_out["behaviour.gains.pay_forgone"]
    assert len(left_out) == 15
    for one in found:
        assert one.low < one.value < one.high, one
        assert all(load(scenario, {one.key: end}) for end in (one.low, one.high))


def test_every_number_with_a_likely_range_is_varied_over_it():
    scenario = load("thamm_germany")
    by_key = {one.key: one for one in parameters_of(scenario)[0]}
    stated = {key: found for key, (_, found) in ranges_of(scenario).items()}
    assert {key for key in stated if not key.startswith("behaviour.")} <= set(by_key)
    mine = [key for key in stated if key in by_key]
    assert len(mine) > 200
    for key in mine:
        assert by_key[key][1:4] == (stated[key].centre, stated[key].low, stated[key].high), key
    # what somebody sets is known, and what is named has the range that is named
    known = load(scenario, {"employers.hotels and restaurants.margin_per_month": 700})
    assert "employers.hotels and restaurants.margin_per_month" not in {
        one.key for one in parameters_of(known)[0]
    }


def test_parameters_without_effect_are_left_out_with_the_reason():
    found, left_out = parameters_of(load("bare_pipeline"))
    assert left_out["behaviour.training.dropout"].startswith("it is 0")
    assert "600, the limit of what is allowed" in left_out["behaviour.channel.promise_slack_months"]
    assert not {one.key for one in found} & set(left_out)


@pytest.mark.parametrize("name", ["bare_pipeline", "reference", "thamm_germany"])
def test_no_assumption_of_the_schema_is_forgotten(name):
    scenario = load(name)
    found, left_out = parameters_of(scenario)
    known = {one.key for one in found} | set(left_out)
    paths = [one.path for one in assumptions() if one.path.startswith("behaviour.")]
    assert len(paths) > 10
    for path in paths:
        number = isinstance(get_value(scenario, path), (int, float))
        assert not number or path in known, path


def test_user_ranges_replace_and_extend_the_defaults():
    keys = {"behaviour.retention.quit": (0.0, 0.1), SEATS: None}
    found, _ = parameters_of(load("reference"), keys)
    by_key = {one.key: one for one in found}
    assert by_key["behaviour.retention.quit"][2:4] == (0.0, 0.1)
    assert by_key[SEATS][1:] == (30, 15, 45, "trainees per intake", False)
    assert len(by_key) == len(found)
    only, left_out = parameters_of(load("reference"), keys, only=True)
    assert [one.key for one in only] == list(keys)
    assert left_out == {}


def test_values_of_a_sample_are_those_of_single_keys():
    scenario = load("reference")
    parameters, _ = parameters_of(scenario, {SEATS: (10, 40)})
    (values,) = with_values(scenario, parameters, [[one.low for one in parameters]])
    together = load(scenario, values)
    for one in parameters:
        assert get_value(together, one.key) == pytest.approx(one.low)
    one_by_one = load(scenario, {p.key: int(p.low) if p.whole else p.low for p in parameters})
    assert together.fingerprint() == one_by_one.fingerprint()


@pytest.mark.parametrize(
    ("key", "ends", "message"),
    [
        ("behaviour.retention.quitt", (0.0, 0.1), "did you mean 'quit'?"),
        ("programmes.pilott.intakes.seats", (1, 2), "did you mean 'pilot'?"),
        ("behaviour.people", (0, 1), "allowed: a number"),
        ("behaviour.retention.quit", (0.2, 0.1), "LOW below HIGH"),
        ("behaviour.retention.quit", (-1.0, 0.1), "from 0 to 50"),
        ("months", (1.5, 3.0), "whole numbers"),
        ("behaviour.alignment.gain_none", None, "behaviour.alignment.gain_none=LOW:HIGH"),
        ("seed", (1, 2), "allowed: --seed"),
    ],
)
def test_a_key_that_cannot_be_varied_is_named(key, ends, message):
    with pytest.raises(ScenarioError) as caught:
        parameters_of(load("reference"), {key: ends})
    assert message in str(caught.value)
    assert key in str(caught.value)


def test_ranges_are_read_from_text():
    assert parse_range("months") == ("months", None)
    assert parse_range(f"{SEATS} = 10:2e1") == (SEATS, (10.0, 20.0))
    for text in ("months=", "months=3", "months=a:b"):
        with pytest.raises(ScenarioError, match="LOW:HIGH"):
            parse_range(text)


# --- the simulator --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world():
    return bare({DROPOUT: 0.02, "months": 24})


KEYS = {DROPOUT: (0.01, 0.05), SEATS: (60, 120), "behaviour.retention.quit": (0.01, 0.02)}


@pytest.fixture(scope="module")
def found(world):
    outcomes = ["placed", "dropped_out", "cost_per_placement"]
    return sensitivity(
        world, samples=4, replications=5, outcomes=outcomes, keys=KEYS, only=True, seed=7
    )


def test_seats_and_dropout_matter_and_quitting_does_not(found):
    placed = found.indices("placed").set_index("parameter")
    assert placed.index[0] == SEATS
    assert placed.loc[SEATS, "mu"] > 40
    assert placed.loc[DROPOUT, "mu"] < 0
    # nobody's placement hangs on who quits later, and the same luck makes that exact
    assert placed.loc["behaviour.retention.quit", "mu_star"] == 0.0
    assert found.indices("dropped_out")["parameter"].iloc[0] == DROPOUT


def test_designs_give_the_results_of_single_runs(world, found):
    values = found.designs.iloc[3].to_dict()
    table = run(world, 5, 7, overrides=values).outcome_table
    assert found.means["placed"].iloc[3] == table["placed"].mean()
    assert found.means["cost_per_placement"].iloc[3] == pytest.approx(
        table["cost_total"].sum() / table["placed"].sum()
    )


def test_the_same_seed_gives_the_same_numbers(world, found):
    again = sensitivity(
        world,
        samples=4,
        replications=5,
        outcomes=["placed"],
        keys=KEYS,
        only=True,
        seed=7,
        threads=1,
    )
    pd.testing.assert_frame_equal(again.indices(), found.indices("placed"))
    pd.testing.assert_frame_equal(again.swings("placed"), found.swings("placed"))
    other = sensitivity(
        world, samples=4, replications=5, outcomes=["placed"], keys=KEYS, only=True, seed=8
    )
    assert not other.indices().equals(again.indices())


def test_totals_over_programmes_are_sums():
    second = {**bare().model_dump(mode="json")["programmes"][0], "name": "second"}
    first = {**second, "name": "first"}
    both = bare(programmes=[first, second])
    wanted = {"outcomes": ["placed", "placement_rate"], "keys": {"months": (20, 40)}}
    total, one, other = (
        sensitivity(both, samples=2, replications=3, only=True, programme=name, **wanted).means
        for name in (None, "first", "second")
    )
    assert total["placed"].tolist() == (one["placed"] + other["placed"]).tolist()
    assert total["placement_rate"].between(0, 1).all()
    with pytest.raises(RequestError, match="totals have no such outcome"):
        sensitivity(both, outcomes=["retained_12"])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"method": "moris"}, "did you mean 'morris'"),
        ({"method": "sobol", "samples": 100}, "a power of two such as 64 or 128"),
        ({"samples": 1}, "2 or more"),
        ({"samples": 10**6}, "1,000,000 designs or fewer"),
        ({"replications": 0}, "1 or more"),
        ({"outcomes": ["plaed"]}, "did you mean 'placed'"),
        ({"programme": "pilott"}, "did you mean 'pilot'"),
        ({"level": 1.0}, "between 0 and 1"),
    ],
)
def test_a_wrong_request_is_named_before_anything_runs(wrong, message):
    with pytest.raises(RequestError, match=message):
        sensitivity("bare_pipeline", **wrong)


def test_pictures_show_what_matters(found):
    left, right = found.plot.indices("placed").axes
    labels = [tick.get_text() for tick in left.get_yticklabels()]
    # the numbers are those of the points on the right
    assert labels == ["2  Base hazard of dropout", "1  Seats (pilot)"]
    assert sorted(text.get_text() for text in right.texts) == ["1", "2"]
    assert "(people)" in right.get_xlabel()
    (bars,) = found.plot.tornado("cost_per_placement").axes
    assert "(EUR)" in bars.get_xlabel()
    with pytest.raises(RequestError, match="allowed: placed, dropped_out"):
        found.plot.tornado("visas")
    check_phone(found.plot)


def test_effects_of_many_sizes_are_drawn_on_a_logarithmic_scale():
    sizes = np.array([1e6, 1.0, 2.0, 3.0])
    found = analyse(ANGLES, evaluation(lambda x: x @ sizes), ["placed"], samples=4)
    figure = found.plot.indices()
    left, right = figure.axes
    figure.canvas.draw()
    assert left.get_xscale() == right.get_yscale() == "log"
    assert "1,000,000" in [tick.get_text() for tick in left.get_xticklabels()]
    assert "logarithmic" in left.get_xlabel()


# --- the command ----------------------------------------------------------------------------


def typed(*words):
    return CliRunner().invoke(app, ["sensitivity", "bare_pipeline", *words])


def test_the_command_writes_tables_and_pictures(tmp_path):
    done = typed("--samples", "2", "-n", "2", "--outcome", "placed", "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert "parameters varied over their ranges" in done.output
    written = {file.name for file in tmp_path.iterdir()}
    assert {"indices.csv", "swings.csv", "ranges.csv", "samples.parquet"} <= written
    assert {"indices_placed.png", "tornado_placed.png"} <= written
    table = pd.read_csv(tmp_path / "indices.csv")
    assert table["mu_star"].is_monotonic_decreasing
    facts = read_provenance(tmp_path / "indices.parquet")
    assert facts["method"] == "morris"
    assert facts["left_out"]


def test_the_command_prints_json(tmp_path):
    import json

    words = ["--method", "sobol", "--samples", "4", "-n", "2", "--only", "--json"]
    words += ["--key", f"{SEATS}=10:30", "--key", "months=30:60", "--outcome", "placed"]
    done = typed(*words, "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert {row["parameter"] for row in found["indices"]} == {SEATS, "months"}
    assert {"S1", "ST", "ST_ci_low", "outcome"} <= set(found["indices"][0])
    assert found["designs"] == 4 * 4 + 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--key", "behaviour.retention.quitt=0:1"], "did you mean 'quit'?"),
        (["--key", f"{SEATS}=3"], "LOW:HIGH"),
        (["--method", "moris"], "did you mean 'morris'"),
        (["--outcome", "plaed"], "did you mean 'placed'"),
        (["--only"], "at least one key"),
    ],
)
def test_typing_mistakes_are_explained(words, message, tmp_path):
    done = typed(*words, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert message in " ".join(done.output.replace("│", " ").split())
    assert not (tmp_path / "out").exists()
