"""Outcomes of a user's own: the same numbers in every verb and executor, and what is refused."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from own_outcomes import AGE, ALL, LATE, PEAK, PER_VISA, mean_age, placed_late

import smpsim
from smpsim import Outcome
from smpsim.errors import RequestError
from smpsim.results.outcomes import Counts, is_own, measured, outcome_of

NAMES = [one.name for one in ALL]
SCENARIO = smpsim.load("reference", {"likely_ranges": {}})
DESIGNS = pd.DataFrame({"months": [48, 60]})


@pytest.fixture(scope="module")
def result():
    return smpsim.run(SCENARIO, 6, 1, own_outcomes=ALL, trainees=True)


def two_programmes():
    pilot = smpsim.load("bare_pipeline").model_dump(mode="json")["programmes"][0]
    return smpsim.load("bare_pipeline", {"programmes": [pilot, {**pilot, "name": "other"}]})


def test_a_run_has_them_beside_those_of_the_model(result):
    runs = result.outcomes()
    assert list(runs.columns[-4:]) == NAMES
    plain = smpsim.run(SCENARIO, 6, 1)
    pd.testing.assert_frame_equal(runs.drop(columns=NAMES), plain.outcomes())
    life = result.trainees()
    late = life[life["arrived"] - life["enrolled"] >= 12]
    # those who found work abroad by themselves arrive, but are not placed
    assert (runs["placed_late"] <= late.groupby("run").size().reindex(range(6))).all()
    assert runs["placed_late"].sum() > 0
    enrolled = life[life["enrolled"].notna()]
    np.testing.assert_allclose(runs["mean_age"], enrolled.groupby("run")["age"].mean())
    backlog = result.series("visa_backlog")[:, :, 0]
    np.testing.assert_array_equal(runs["peak_backlog"], backlog.max(axis=1))
    np.testing.assert_allclose(runs["cost_per_visa"], runs["cost_total"] / runs["visas"])


def test_they_are_shown_with_unit_and_label(result):
    summary = result.summary().loc["pilot"]
    assert summary.loc[NAMES, "unit"].tolist() == ["people", "years", "applications", "EUR"]
    runs = result.outcomes()
    pooled = runs["cost_total"].sum() / runs["visas"].sum()
    assert summary.loc["cost_per_visa", "mean"] == pytest.approx(pooled)
    array = result.to_xarray("outcomes")
    assert array["placed_late"].attrs == {"units": "people", "long_name": "placed after a year"}
    assert outcome_of("mean_age").label == "mean age"
    facts = result.provenance["own_outcomes"]
    assert "waits[..., 13:]" in facts["placed_late"]["compute"]


def test_threads_processes_and_a_cluster_give_the_numbers_of_a_run(result):
    asked = {"replications": 6, "outcomes": ["placed", LATE], "own_outcomes": [AGE, PEAK, PER_VISA]}
    threads = smpsim.evaluate(SCENARIO, DESIGNS, **asked)
    assert list(threads.columns[4:]) == ["placed", "placed_late", "mean_age", *NAMES[2:]]
    found = smpsim.evaluate(SCENARIO, DESIGNS, **asked, executor="processes", threads=2)
    pd.testing.assert_frame_equal(found, threads)
    longest = threads[threads["design"] == 1][NAMES].reset_index(drop=True)
    direct = smpsim.run(SCENARIO, 6, 1, own_outcomes=ALL, overrides={"months": 60}).outcomes()
    pd.testing.assert_frame_equal(longest, direct[NAMES], check_dtype=False, check_exact=True)


@pytest.mark.slow
def test_a_cluster_takes_functions_of_any_module_and_lambdas():
    pytest.importorskip("distributed")
    own = Outcome("offers_twice", "people", compute=lambda counts: 2 * counts["offers"])
    found = smpsim.evaluate(
        SCENARIO, DESIGNS, replications=3, own_outcomes=[own, LATE], cluster="local:1"
    )
    np.testing.assert_array_equal(found["offers_twice"], 2 * found["offers"])


def test_comparisons_and_rankings_have_them():
    found = smpsim.compare(
        SCENARIO, actions_b=["campaigns"], own_outcomes=ALL, precision={"placed_late": 1e6}
    )
    table = found.differences().loc["pilot"]
    assert list(table.index[-4:]) == NAMES
    a, b = found.a.outcomes(), found.b.outcomes()
    by_hand = b["placed_late"].mean() - a["placed_late"].mean()
    assert table.loc["placed_late", "difference"] == pytest.approx(by_hand)
    ratio = b["cost_total"].sum() / b["visas"].sum()
    assert table.loc["cost_per_visa", "mean_b"] == pytest.approx(ratio)
    assert "placed after a year" in found.stopping.sentence()
    # what only one of two results has is not compared
    alone = smpsim.compare(SCENARIO, SCENARIO, replications=2)
    assert not set(NAMES) & set(alone.differences().loc["pilot"].index)
    ranked = smpsim.rank(
        SCENARIO, 5, actions=["campaigns"], pairs=False, own_outcomes=[LATE, PER_VISA]
    )
    row = ranked.differences().loc["campaigns"]
    assert {"placed_late", "placed_late_p_holm", "cost_per_visa_ci_low"} <= set(row.index)
    assert (
        ranked.base["placed_late"]
        == smpsim.run(SCENARIO, 5, own_outcomes=[LATE]).outcomes()["placed_late"].mean()
    )


def test_sensitivity_search_and_conditions_take_them(tmp_path):
    key = "behaviour.exam.pass_probability"
    found = smpsim.sensitivity(
        "bare_pipeline",
        samples=2,
        replications=3,
        keys={key: (0.2, 0.9)},
        only=True,
        outcomes=["placed", PER_VISA],
        own_outcomes=[LATE],
    )
    assert found.outcomes == ("placed", "cost_per_visa", "placed_late")
    study = tmp_path / "study.yaml"
    study.write_text(
        "name: late\nscenario: bare_pipeline\nlevers:\n  programmes.pilot.intakes.seats: "
        "{list: [20, 40]}\nobjectives: {placed: maximize, placed_late: minimize}\n"
        "constraints: [cost_per_visa < 1e9]\nworlds: 2\nreplications: 2\npopulation: 4\n"
        "generations: 1\nfresh_worlds: 2\nfresh_replications: 2\n"
    )
    searched = smpsim.search(study, own_outcomes=[LATE, PER_VISA])
    assert "placed_late" in searched.pareto().columns


def test_a_calibration_counts_them(tmp_path):
    reports = tmp_path / "reports.yaml"
    reports.write_text(
        "outcomes:\n  - name: late\n    scenario: bare_pipeline\n    count: [placed_late]\n"
        "    of: [enrolled]\n    source: made up for a test\n    reported: {share: 0.1}\n"
    )
    study = tmp_path / "study.yaml"
    study.write_text(
        "name: test\npriors: {behaviour.exam.pass_probability: {uniform: {low: 0.2, high: 0.9}}}\n"
        "draws: 20\n"
    )
    found = smpsim.calibrate(study, reports, own_outcomes=[LATE])
    assert len(found.shares) == 20


STUDY = """
name: own
scenario: bare_pipeline
vary: {programmes.pilot.intakes.seats: {grid: [20, 40]}}
outcomes: [placed, placed_late]
fails: [placed_late < 5]
replications: 4
"""


def test_a_sweep_keeps_them_and_another_process_reads_what_they_are(tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text(STUDY)
    folder = tmp_path / "sweep"
    found = smpsim.sweep(study, folder, own_outcomes=[LATE, PEAK])
    assert found.outcomes == ("placed", "placed_late", "peak_backlog")
    code = (
        "import smpsim, sys\n"
        "table = smpsim.read_sweep(sys.argv[1]).summary()\n"
        "print(sorted(set(zip(table['outcome'], table['unit']))))\n"
        "from smpsim.results.units import label_of\n"
        "print(label_of('placed_late'))\n"
        "try:\n"
        "    smpsim.evaluate('bare_pipeline', __import__('pandas').DataFrame({'months': [20]}),"
        " replications=1, outcomes=['placed_late'])\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    root = Path(smpsim.__file__).parents[1]
    printed = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    ).stdout
    assert "('peak_backlog', 'applications'), ('placed', 'people')" in printed
    assert "placed after a year" in printed
    assert "own_outcomes: placed_late: got its description without a function" in printed
    # another function under the same name is another sweep
    other = Outcome("placed_late", "people", compute=lambda counts: counts["placed"])
    with pytest.raises(smpsim.ScenarioError, match="own_outcomes: placed_late"):
        smpsim.sweep(study, folder, own_outcomes=[other, PEAK])
    smpsim.run("bare_pipeline", 1, own_outcomes=[LATE])


def nothing(counts):
    """Return no value."""


def failing(counts):
    """Ask for something that is not there."""
    return counts["placd"]


REFUSED = {
    "a name of the model": ({"name": "placed"}, "placed: got a name that smpsim already uses"),
    "a name of a sum": (
        {"name": "npv_all_60m"},
        "npv_all_60m: got a name that smpsim already uses",
    ),
    "a name of a column": ({"name": "run"}, "run: got a name that smpsim already uses"),
    "a name with blanks": ({"name": "placed late"}, "got the name 'placed late'"),
    "no unit": ({"unit": ""}, "mine: unit: got ''"),
    "no function": ({"compute": None}, "mine: got none of them"),
    "two functions": ({"people": mean_age}, "mine: got 2 of them"),
    "no callable": ({"compute": 3}, "mine: got 3; allowed: a function"),
    "too many arguments": ({"compute": lambda a, b: 0}, "mine: got missing a required argument"),
    "unknown parts": (
        {"compute": None, "parts": ("placed", "enroled")},
        "mine: parts: got 'enroled'.*did you mean 'enrolled'",
    ),
    "one part": ({"compute": None, "parts": ("placed",)}, "mine: parts: got .*two outcomes"),
    "pooled alone": ({"pooled": True}, "mine: got pooled without parts"),
    "better": ({"better": "more"}, "mine: better: got 'more'; allowed: None, high, low"),
    "series": ({"series": "plced"}, "mine: series: got 'plced'"),
    "no value": ({"compute": nothing}, r"mine: got (an array|nan|TypeError)"),
    "a shape": ({"compute": lambda counts: [1, 2, 3]}, r"mine: got an array of shape \(3,\)"),
    "not a number": (
        {"compute": lambda counts: [np.nan]},
        "mine: got nan .run ., programme pilot",
    ),
    "infinite": (
        {"compute": lambda counts: [np.inf], "undefined": "never"},
        "mine: got inf .run ., programme pilot",
    ),
    "text": ({"compute": lambda counts: "many"}, "mine: got ValueError"),
    "a fault": ({"compute": failing}, "mine: got .*placd.*did you mean 'placed'"),
    "a written table": (
        {"compute": lambda counts: counts.paid.fill(0.0)},
        "mine: got ValueError: assignment destination is read-only",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_wrong_is_refused_by_the_name_of_the_outcome(why):
    changes, message = REFUSED[why]
    given = {"name": "mine", "unit": "people", "compute": placed_late, **changes}
    with pytest.raises(RequestError, match=f"own_outcomes: {message}"):
        smpsim.run("bare_pipeline", 2, 1, own_outcomes=[Outcome(**given)])


def test_lists_of_outcomes_are_refused_in_words():
    for given, message in (
        (LATE, "got an Outcome; allowed: a list"),
        ([placed_late], "got placed_late; allowed: smpsim.Outcome objects"),
        ([LATE, LATE], "placed_late: got twice"),
    ):
        with pytest.raises(RequestError, match=f"own_outcomes: {message}"):
            smpsim.run("bare_pipeline", 2, 1, own_outcomes=given)


def test_processes_refuse_functions_that_they_could_not_find():
    own = Outcome("mine", "people", compute=lambda counts: counts["placed"])
    with pytest.raises(RequestError, match=r"mine: got .*lambda.*, which no other process"):
        smpsim.evaluate(
            "bare_pipeline", DESIGNS, replications=2, own_outcomes=[own], executor="processes"
        )


def test_of_several_programmes_each_has_its_value_and_people_add_up():
    both = two_programmes()
    result = smpsim.run(both, 4, 1, own_outcomes=ALL)
    runs = result.outcomes()
    assert len(runs) == 8
    single = Outcome("mine", "people", compute=lambda counts: 1.0)
    with pytest.raises(RequestError, match=r"mine: got an array of shape \(\)"):
        smpsim.run(both, 1, 1, own_outcomes=[single])
    found = smpsim.sensitivity(
        both,
        samples=2,
        replications=2,
        keys={"behaviour.exam.pass_probability": (0.2, 0.9)},
        only=True,
        outcomes=[LATE, PER_VISA],
    )
    assert found.outcomes == ("placed_late", "cost_per_visa")
    with pytest.raises(RequestError, match="mean_age"):
        smpsim.sensitivity(both, samples=2, replications=2, outcomes=[AGE])
    with pytest.raises(RequestError, match="mean_age"):
        smpsim.rank(both, 2, actions=["campaigns"], pairs=False, own_outcomes=[AGE])


def test_a_later_outcome_replaces_one_of_its_name():
    first = Outcome("mine", "people", "the first", compute=placed_late)
    smpsim.run("bare_pipeline", 1, own_outcomes=[first])
    assert is_own("mine")
    assert outcome_of("mine").label == "the first"
    second = Outcome("mine", "share of placed", "the second", parts=("placed_late", "placed"))
    smpsim.run("bare_pipeline", 2, own_outcomes=[second, LATE])
    assert outcome_of("mine").label == "the second"
    # verbs that are given none do not compute it
    assert "mine" not in smpsim.run("bare_pipeline", 1).outcomes()


def test_outcomes_may_be_divided_by_each_other():
    rate = Outcome("late_rate", "share of placed", parts=("placed_late", "placed"))
    runs = smpsim.run("reference", 3, 1, own_outcomes=[rate, LATE]).outcomes()
    np.testing.assert_allclose(runs["late_rate"], runs["placed_late"] / runs["placed"])


def test_counts_give_what_the_documentation_says(result):
    seen = {}

    def look(counts: Counts):
        seen["programmes"] = counts.programmes
        seen["amount"] = counts.amount("training", "donor")
        seen["all"] = counts.amount()
        seen["present"] = counts.amount("training", present_value=True)
        seen["cost"] = counts.outcome("cost_total"), counts.series("cost").sum(axis=0)
        seen["planned"], seen["exams"] = counts.planned, counts.exams
        seen["paid"] = counts.paid.shape
        return counts["placed"]

    mine = Outcome("mine", "people", compute=look)
    one = smpsim.run(SCENARIO, 1, 1, own_outcomes=[mine])
    runs, ledger = one.outcomes(), one.ledger()
    assert runs["mine"].equals(runs["placed"].rename("mine"))
    paid = ledger[(ledger["item"] == "training") & (ledger["payer"] == "donor")]["amount"].sum()
    assert seen["amount"] == pytest.approx([paid])
    assert seen["all"] == pytest.approx([ledger["amount"].sum()])
    assert 0 < seen["present"][0] <= ledger[ledger["item"] == "training"]["amount"].sum()
    assert seen["cost"][0] == pytest.approx(seen["cost"][1])
    assert seen["cost"][0][0] == runs["cost_total"][0]
    assert seen["programmes"] == ("pilot",)
    assert seen["planned"][0] == pytest.approx(
        runs["shortfall"][0] + runs["placed"][0], nan_ok=True
    )


def test_measured_computes_nothing_for_nobody():
    assert measured((), None, lambda: None, 0) == {}
