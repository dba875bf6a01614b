"""Discovery on sweeps whose failing box is known, on pure noise, and what users get wrong."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from phones import check_phone
from scipy import stats

import smpsim
from smpsim.errors import RequestError
from smpsim.results.conditions import Condition, failing
from smpsim.results.files import StoreError, read_provenance
from smpsim.results.units import labels_of
from smpsim.scenario import ScenarioError
from smpsim.studies.discover.boxes import clear, spread, standard_error
from smpsim.studies.discover.cases import Cases
from smpsim.studies.discover.discover import discover
from smpsim.studies.sweep.prepare import prepare
from smpsim.studies.sweep.result import Sweep
from smpsim.studies.sweep.sampling import designs_of
from smpsim.studies.sweep.study import SweepStudy, named
from smpsim.studies.sweep.study_file import load_study
from smpsim.studies.sweep.sweep import sweep

SEATS = "programmes.pilot.intakes.seats"
MONTHS = "programmes.pilot.training.months_before_departure"
DROPOUT = "behaviour.training.dropout"
INVOLVED = "programmes.pilot.employer_involvement"
FAILS = ["placement_rate < 0.3"]
RUNS = 10
PLAN = {
    "name": "Known box",
    "scenario": "bare_pipeline",
    "vary": {
        SEATS: {"uniform": {"low": 10, "high": 110}},
        MONTHS: {"uniform": {"low": 0.5, "high": 24.5}},
        DROPOUT: {"uniform": {"low": 0.0, "high": 0.05}},
        INVOLVED: {"list": ["none", "late", "design"]},
    },
    "design": {"method": "latin_hypercube", "samples": 60, "seed": 2},
    "replications": RUNS,
}


def swept(chance, plan=PLAN, **outcomes):
    """Return a sweep as one that was run, whose runs fail with a chance given by the design.

    Chances are of the shape (designs,) or, where they differ between worlds, (designs, worlds).
    """
    study = SweepStudy.model_validate(plan)
    scenarios = named(study.sources)
    designs = designs_of(study, list(scenarios.values()))
    count = study.replications
    rows = [(s, d, r) for s in scenarios for d in designs.index for r in range(count)]
    luck = np.random.default_rng(5)
    found = [np.asarray(chance(designs, name)).reshape(len(designs), -1) for name in scenarios]
    chances = np.concatenate([(one * np.ones(count)).ravel() for one in found])
    columns = {
        "design": pa.array([d for _, d, _ in rows], pa.int32()),
        "scenario": [s for s, _, _ in rows],
        "programme": ["pilot"] * len(rows),
        "replication": pa.array([r for *_, r in rows], pa.int32()),
        "placement_rate": np.where(luck.random(len(rows)) < chances, 0.1, 0.6),
        **outcomes,
    }
    return Sweep(study, scenarios, designs, None, pa.table(columns))


def known(designs, _):
    box = (designs[SEATS] <= 60) & (designs[MONTHS] >= 9) & (designs[INVOLVED] != "design")
    return np.where(box, 0.85, 0.1)


@pytest.fixture(scope="module")
def source():
    return swept(known)


@pytest.fixture(scope="module", params=["prim", "cart"])
def found(request, source):
    return discover(source, FAILS, request.param, splits=2)


def limits(found):
    return found.boxes().set_index(["box", "key"])


# the boxes


def test_a_known_box_is_found_with_its_limits(found):
    table = limits(found).loc[1]
    assert set(table.index) == {SEATS, MONTHS, INVOLVED}
    assert table.loc[SEATS, "high"] == pytest.approx(60, abs=8)
    assert np.isnan(table.loc[SEATS, "low"])
    # whole numbers are limited at whole numbers
    assert table.loc[MONTHS, "low"] in (8.0, 9.0, 10.0)
    assert set(table.loc[INVOLVED, "allowed"].split(" | ")) == {"none", "late"}
    assert table.loc[MONTHS, "unit"] == "months"
    assert (table["reappears"] >= 0.5).all()
    first = found.judgement().set_index("box").loc["1"]
    assert first["confirmed"]
    assert first["density"] == pytest.approx(0.85, abs=0.1)
    # from halves of the designs, which do not find its edges as well
    assert found.base + 0.25 < first["held_out_density"] < 0.95
    assert first["coverage"] > 0.5
    assert first["mass"] == pytest.approx(15.5 / 24 / 3, abs=0.06)


def test_figures_are_those_of_the_runs_inside(found, source):
    table = source.by_run().merge(source.designs.reset_index(), on="design")
    box = limits(found).loc[1]
    inside = (
        (table[SEATS] <= box.loc[SEATS, "high"])
        & (table[MONTHS] >= box.loc[MONTHS, "low"])
        & table[INVOLVED].isin(box.loc[INVOLVED, "allowed"].split(" | "))
    )
    fails = table["placement_rate"] < 0.3
    first = found.judgement().set_index("box").loc["1"]
    assert first["density"] == pytest.approx(fails[inside].mean())
    assert first["coverage"] == pytest.approx(fails[inside].sum() / fails.sum())
    assert first["mass"] == pytest.approx(inside.mean())
    assert found.base == pytest.approx(fails.mean())
    designs = found.designs()
    assert designs.loc[designs["box"] == 1, "failed"].sum() == fails[inside].sum()


def test_words_name_limits_units_and_what_was_held_out(found):
    text = " ".join(found.sentences)
    assert "A run fails if share of trainees placed is below 30 %" in text
    assert "180 designs with 10 runs each" in text
    assert "training: months before departure is at least" in text
    assert " months" in text
    assert "pilot: employer involvement is not design" in text
    assert "On designs and worlds that were not used to find it, it fails in" in text
    assert "more than in all designs (standard error" in text
    assert "which designs were drawn matters most" in text
    assert "it does not say what makes them fail" in text


def test_the_trade_off_goes_from_all_designs_to_dense_ones(found):
    curve = found.peeling()
    part = curve[curve["box"] == 1] if found.search.method == "prim" else curve
    ends = part.sort_values("coverage").iloc[[0, -1]]
    assert ends["coverage"].iloc[1] == pytest.approx(1.0)
    assert ends["density"].iloc[1] == pytest.approx(found.base)
    assert ends["density"].iloc[0] > found.base + 0.3


def test_pictures_show_limits_with_units(found):
    (panel, *_) = found.plot.boxes().axes
    labels = [tick.get_text().replace("\n", " ") for tick in panel.get_yticklabels()]
    assert "training: months before departure (months)" in labels
    assert "held out" in panel.get_legend().get_texts()[0].get_text()
    scatter = found.plot.scatter("seats", "months_before_departure").axes[0]
    assert "seats" in scatter.get_xlabel()
    assert len(scatter.patches) >= 1
    words = found.plot.scatter(y="employer_involvement").axes[0]
    assert [one.get_text() for one in words.get_yticklabels()] == ["none", "late", "design"]
    assert "coverage" in found.plot.tradeoff().axes[0].get_xlabel()
    check_phone(found.plot)
    with pytest.raises(ValueError, match="allowed: "):
        found.plot.scatter("visas")
    with pytest.raises(ValueError, match="different keys"):
        found.plot.scatter("seats", SEATS)


def test_everything_is_written_with_its_origin(found, tmp_path):
    found.write(tmp_path, extra={"picture.png": b"x"})
    assert pd.read_csv(tmp_path / "discover_boxes.csv").columns.tolist() == list(
        found.boxes().columns
    )
    facts = read_provenance(tmp_path / "discover_judgement.parquet")
    assert facts["fails"] == FAILS
    assert "ema_workbench" in facts["versions"]
    assert (tmp_path / "discover.txt").read_text().splitlines() == found.sentences


def test_two_boxes_are_told_apart():
    def two(designs, _):
        short = (designs[MONTHS] <= 6) & (designs[SEATS] <= 50)
        late = (designs[MONTHS] >= 19) & (designs[SEATS] >= 60)
        return np.where(short | late, 0.9, 0.05)

    # enough designs to find both ends, whatever their luck
    many = {**PLAN, "design": {**PLAN["design"], "samples": 128}}
    found = discover(swept(two, many), FAILS, "cart", splits=2)
    table = limits(found)
    assert {tuple(table.loc[n].index.sort_values()) for n in (1, 2)} == {(SEATS, MONTHS)}
    ends = sorted(table.loc[n].loc[MONTHS, ["low", "high"]].max() for n in (1, 2))
    assert ends[0] == pytest.approx(6, abs=1)
    assert ends[1] == pytest.approx(19, abs=1)
    assert "Together the boxes contain" in " ".join(found.sentences)


def test_which_scenario_may_be_a_limit():
    plan = {**PLAN, "scenario": None, "scenarios": ["bare_pipeline", "reference"]}
    plan["design"] = {**PLAN["design"], "samples": 30}
    plan["vary"] = {key: PLAN["vary"][key] for key in (SEATS, MONTHS)}
    source = swept(lambda designs, name: np.full(len(designs), 0.9 * (name == "reference")), plan)
    found = discover(source, FAILS, "cart", splits=1)
    assert limits(found).loc[(1, "scenario"), "allowed"] == "reference"
    alone = discover(source, FAILS, "cart", scenario="bare_pipeline", splits=1)
    assert alone.sentences[1] == "Nothing was found: no run fails."


# nothing to be found


def noise(designs, _):
    """Designs differ, for no reason that was varied."""
    return np.random.default_rng(106).uniform(0, 0.8, len(designs)) ** 2


def test_what_is_found_in_noise_does_not_hold_on_other_designs():
    found = discover(swept(noise), FAILS, splits=2)
    (one,) = found.found
    assert one.density > found.base + 0.04
    # it falls back to all designs where it was not looked for
    assert one.held_out_gap == pytest.approx(0, abs=0.03)
    assert found.confirmed == ()
    assert "Nothing was found that holds: the best box" in found.sentences[1]
    assert "does not hold" in " ".join(found.plot.boxes().get_supxlabel().split())


def test_a_tree_of_noise_has_no_leaves():
    found = discover(swept(noise), FAILS, "cart")
    assert found.found == ()
    assert "Nothing was found: in no part of the ranges" in found.sentences[1]
    for picture in ("boxes", "scatter", "tradeoff"):
        assert getattr(found.plot, picture)().axes


# worlds, which all designs share


def logistic(values):
    return 1 / (1 + np.exp(-values))


def in_worlds(effect, runs, seed=3):
    """Return a sweep in which worlds decide more than designs do."""

    def chance(designs, _):
        worlds = np.random.default_rng(seed).normal(0, 2.5, runs)
        return logistic(worlds + effect(designs, runs))

    return swept(chance, {**PLAN, "replications": runs})


def cases_in(worlds, rng, designs=60):
    inputs = pd.DataFrame({"x": rng.random(designs)})
    between = rng.normal(0, 1.5, worlds) + rng.normal(0, 0.5, designs)[:, None]
    fate = rng.random(between.shape) < logistic(between)
    return Cases((), inputs, fate.astype(float), np.arange(designs))


def test_the_error_of_a_share_counts_the_worlds_that_were_drawn():
    rng = np.random.default_rng(1)
    # far more worlds and designs than a sweep has
    truth = cases_in(4000, rng, 1000).base
    inside = np.ones(60, bool)
    drawn = [cases_in(12, rng) for _ in range(400)]
    away = np.abs([one.base - truth for one in drawn])
    reach = stats.t.ppf(0.975, 11)
    covered = away < reach * np.array([standard_error(one, inside) for one in drawn])
    by_designs = [math.sqrt(spread(one, inside).by_designs) for one in drawn]
    assert 0.92 < covered.mean() < 0.98
    assert (away < 2 * np.array(by_designs)).mean() < 0.6
    # and all designs are never a box, whatever is rounded
    assert not any(clear(one, inside) for one in drawn)


def test_what_all_designs_share_in_a_world_does_not_hide_a_box():
    def box(designs, _):
        return np.where(known(designs, _) > 0.5, 2.0, -2.0)[:, None]

    found = discover(in_worlds(box, 30), FAILS, "cart", splits=2)
    first = found.judgement().set_index("box").loc["1"]
    assert set(limits(found).loc[1].index) == {SEATS, MONTHS, INVOLVED}
    assert first["confirmed"]
    assert first["held_out_gap_error"] < 0.8 * first["held_out_error"]
    text = " ".join(found.sentences)
    assert "which 30 worlds were drawn matters most" in text
    base = found.judgement().set_index("box").loc["base"]
    assert base["held_out_density"] == found.base
    advised = 10 * math.ceil(30 * found.base_spread.by_worlds / 0.05**2 / 10)
    assert f"(--replications {advised})" in text


@pytest.mark.parametrize("seed", [4, 6])
def test_what_is_the_luck_of_ten_worlds_holds_in_no_other_ones(seed):
    def signs(designs, runs):
        """In each world keys matter, but on average of all worlds they do not."""
        keys = designs[[SEATS, MONTHS, DROPOUT]].rank(pct=True).to_numpy() - 0.5
        return keys @ np.random.default_rng(seed).normal(0, 4, (3, runs))

    found = discover(in_worlds(signs, 10, seed), FAILS, "cart", splits=2)
    assert found.confirmed == ()


def test_of_a_single_world_no_error_of_levels_is_stated():
    found = discover(swept(known, {**PLAN, "replications": 1}), FAILS, "cart", splits=2)
    text = " ".join(found.sentences)
    assert "no standard error, as all of them are in one world" in text
    assert "(--replications 40)" in text
    table = found.judgement().set_index("box")
    assert table["held_out_error"].isna().all()
    assert table.loc["1", "held_out_gap_error"] > 0
    assert found.facts["base_rate_error"] is None


@pytest.mark.parametrize("method", ["prim", "cart"])
@pytest.mark.parametrize(("chance", "says"), [(0.0, "no run fails"), (1.0, "every run fails")])
def test_where_none_or_all_fail_that_is_said(method, chance, says):
    found = discover(swept(lambda d, _: np.full(len(d), chance)), FAILS, method)
    assert found.found == ()
    assert says in " ".join(found.sentences)
    assert len(found.boxes()) == 0
    assert found.plot.tradeoff().axes
    assert found.plot.boxes().axes


def test_a_threshold_is_reached_or_it_is_said_that_it_is_not(source):
    found = discover(source, FAILS, threshold=0.6, splits=1, most=1)
    wide = found.judgement().set_index("box").loc["1"]
    assert wide["density"] >= 0.6
    assert wide["coverage"] >= discover(source, FAILS, "cart", splits=1).found[0].coverage
    never = discover(source, FAILS, threshold=1.0, splits=1)
    assert "no box fails in 100 of 100 runs; the densest one reached" in never.sentences[1]


# repeatable and quiet


def test_the_same_again_bit_for_bit(source):
    first, second = (discover(source, FAILS, "cart", splits=2) for _ in range(2))
    pd.testing.assert_frame_equal(first.boxes(), second.boxes(), check_exact=True)
    pd.testing.assert_frame_equal(first.judgement(), second.judgement(), check_exact=True)


SCRIPT = """
import sys
sys.path[:0] = {paths!r}
from test_discover import FAILS, discover, known, swept
found = discover(swept(known), FAILS, splits=1, most=1)
print(found.boxes().to_json(double_precision=15), found.judgement().to_json(double_precision=15))
"""


@pytest.mark.slow
def test_prim_is_the_same_in_another_process(source):
    """The order of sets of text differs between processes, and must not matter."""
    import os

    found = discover(source, FAILS, splits=1, most=1)
    # what this file imports is found beside it and in the folder above
    here = os.path.dirname(__file__)
    script = SCRIPT.format(paths=[here, os.path.dirname(here), os.getcwd()])
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    boxes = f"{found.boxes().to_json(double_precision=15)} "
    assert done.stdout.strip() == boxes + found.judgement().to_json(double_precision=15)
    # neither logging nor warnings of packages that are not needed
    assert done.stderr == ""


def test_nothing_else_is_changed(source):
    import logging

    before = dict(mpl.rcParams), list(warnings.filters), logging.getLogger().handlers[:]
    state = np.random.get_state()[1].tolist()
    discover(source, FAILS, splits=1, most=1)
    assert dict(mpl.rcParams) == before[0]
    assert warnings.filters == before[1]
    assert logging.getLogger().handlers == before[2]
    assert np.random.get_state()[1].tolist() == state


def test_the_command_line_does_not_load_the_search():
    code = (
        "import sys, smpsim, smpsim.cli, smpsim.studies.discover.discover; "
        "print([m for m in ('ema_workbench', 'sklearn', 'seaborn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# conditions


def test_conditions_are_read_and_said():
    names = ["placement_rate", "cost_total", "placed"]
    one = Condition.parse(" placement_rate<=0.25 ", names)
    assert (one.outcome, one.sign, one.bound) == ("placement_rate", "<=", 0.25)
    assert one.words("EUR") == "share of trainees placed is at most 25 %"
    money = Condition.parse("cost_total > 4e4", names)
    assert money.words("EUR") == "total cost is above 40,000 EUR"
    assert str(money) == "cost_total > 40000"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("placment_rate < 0.3", "did you mean 'placement_rate'"),
        ("placement_rate = 0.3", "got '=' in .* allowed: <, <=, >, >="),
        ("placement_rate != 0.3", "allowed: <, <=, >, >="),
        ("placement_rate < 30 %", "shares between 0 and 1"),
        ("placement_rate < 30", "a share between 0 and 1"),
        ("placement_rate < 0,3", "got '0,3' .* a number such as"),
        ("placement_rate < nan", "a number such as"),
        ("placement_rate <", "no number"),
        ("0.3 > placement_rate", "got outcome|OUTCOME, one of"),
        ("placement_rate", "OUTCOME, one of"),
        (3, "OUTCOME, one of"),
    ],
)
def test_a_wrong_condition_is_explained(text, message, source):
    with pytest.raises(RequestError, match=message):
        discover(source, [text])


def test_missing_costs_are_endless_and_missing_shares_unknown():
    nan = np.nan
    runs = pd.DataFrame(
        {
            "cost_per_placement": [nan, 5.0, 50.0],
            "retained_12": [nan, 0.9, 0.9],
            "months_to_placement_median": [nan, 3.0, 9.0],
        }
    )
    names = list(runs.columns)

    def fate(*texts):
        return failing(runs, [Condition.parse(text, names) for text in texts]).tolist()

    assert fate("cost_per_placement > 40") == [1.0, 0.0, 1.0]
    assert fate("cost_per_placement < 40") == [0.0, 1.0, 0.0]
    assert fate("months_to_placement_median >= 6") == [1.0, 0.0, 1.0]
    assert np.array_equal(fate("retained_12 < 0.5"), [nan, 0, 0], equal_nan=True)
    # what is unknown does not matter where another condition holds, nor hides that it might
    assert fate("retained_12 < 0.5", "cost_per_placement > 40") == [1.0, 0.0, 1.0]
    unknown = fate("retained_12 < 0.5", "cost_per_placement < 4")
    assert np.array_equal(unknown, [nan, 0, 0], equal_nan=True)


def test_runs_of_which_nothing_is_known_are_left_out(source):
    count = len(source.designs) * RUNS
    kept = np.where(np.arange(count) % RUNS < 5, np.nan, 0.9)
    other = swept(known, retained_12=kept)
    found = discover(other, ["retained_12 < 0.5"], "cart")
    assert found.cases.judged.tolist() == [5] * len(source.designs)
    assert f"neither failed nor not: {count // 2:,} runs" in found.sentences[0]
    nothing = swept(known, retained_12=np.full(count, np.nan))
    with pytest.raises(RequestError, match="no run in which retained_12 is known"):
        discover(nothing, ["retained_12 < 0.5"])


# what users get wrong


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"fails": []}, "fails: no condition"),
        ({"fails": None}, "nor under fails in the study"),
        ({"fails": ["placed < 3"]}, "got 'placed', which the sweep does not keep; allowed: plac"),
        ({"method": "prism"}, "did you mean 'prim'"),
        ({"scenario": "bare_pipelin"}, "did you mean 'bare_pipeline'"),
        ({"programme": "pilto"}, "did you mean 'pilot'"),
        ({"threshold": 30}, "above 0 and up to 1"),
        ({"threshold": 0.1}, "above the share of all runs that fail, 0.2"),
        ({"most": 0}, "most: got 0"),
        ({"splits": 0}, "splits: got 0"),
    ],
)
def test_a_wrong_request_is_explained(wrong, message, source):
    with pytest.raises(RequestError, match=message):
        discover(source, **{"fails": FAILS, **wrong})


def test_too_few_designs_and_nothing_varied():
    few = {**PLAN, "design": {**PLAN["design"], "samples": 5}}
    with pytest.raises(RequestError, match="got 15 designs; allowed: 20 or more"):
        discover(swept(known, few), FAILS)
    with pytest.raises(StoreError, match="no such file"):
        discover("no/such/folder", FAILS)


def test_several_programmes_must_be_named(source):
    table = source.table
    second = table.set_column(2, "programme", pa.array(["other"] * len(table)))
    pilot = source.scenarios["bare_pipeline"]
    other = pilot.programmes[0].model_copy(update={"name": "other"})
    two = pilot.model_copy(update={"programmes": [*pilot.programmes, other]})
    both = Sweep(
        source.study,
        {"bare_pipeline": two},
        source.designs,
        None,
        pa.concat_tables([table, second]),
    )
    with pytest.raises(
        RequestError, match="2 programmes, of which none is named; allowed: one of pilot"
    ):
        discover(both, FAILS, "cart")
    one = discover(both, FAILS, "cart", programme="other", splits=1)
    pd.testing.assert_frame_equal(
        one.boxes(), discover(source, FAILS, "cart", splits=1).boxes(), check_exact=True
    )


def test_labels_are_as_long_as_tells_keys_apart():
    lane = "governments.germany.visa.lanes.standard.minimum_months"
    names = ["a.x.low", "b.x.low", "people.age.lognormal.median", "actions", lane]
    assert labels_of(names) == {
        "a.x.low": "a: x: low",
        "b.x.low": "b: x: low",
        "people.age.lognormal.median": "age: median",
        "actions": "actions",
        lane: "visa standard: minimum months",
    }


# studies


STUDY = """
name: Small
scenario: bare_pipeline
vary:
  programmes.pilot.intakes.seats: {uniform: {low: 10, high: 30}}
design: {samples: 24}
outcomes: [placed, placement_rate]
replications: 4
"""


def test_a_study_says_when_a_run_has_failed(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(STUDY + "fails: [placement_rate < 0.3]\n")
    study, _ = load_study(path)
    assert study.fails == ["placement_rate < 0.3"]
    text = "fails:\n  - placement_rate < 0.3\n  - placment_rate < 0.3\n  - cost_total > 5\n"
    path.write_text(STUDY + text)
    with pytest.raises(ScenarioError) as caught:
        load_study(path)
    wrong = [str(problem) for problem in caught.value.problems]
    assert len(wrong) == 2
    assert f"{path.name}:11:" in wrong[0]
    assert "did you mean 'placement_rate'" in wrong[0]
    assert f"{path.name}:12:" in wrong[1]
    assert "not kept; allowed: placed, placement_rate" in wrong[1]


def test_another_condition_does_not_invalidate_runs(tmp_path):
    path, folder = tmp_path / "small.yaml", tmp_path / "runs"
    path.write_text(STUDY)
    sweep(path, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    chunk = next((folder / "runs").iterdir())
    stamp = chunk.stat().st_mtime_ns
    path.write_text(STUDY + "fails: [placed < 12]\n")
    assert prepare(path).work.facts() == {**manifest["facts"]}
    found = discover(sweep(path, folder), method="cart", splits=1)
    assert chunk.stat().st_mtime_ns == stamp
    assert [str(one) for one in found.conditions] == ["placed < 12"]
    # and a sweep of before there were conditions is still read
    facts = json.loads((folder / "study.json").read_text())
    del facts["fails"]
    (folder / "study.json").write_text(json.dumps(facts))
    assert discover(folder, "placed < 12", "cart", splits=1).base == found.base


def test_it_is_at_the_top_of_the_package():
    assert smpsim.discover is discover
    assert smpsim.Discovery.__name__ == "Discovery"
