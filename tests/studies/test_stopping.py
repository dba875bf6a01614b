"""Sequential stopping: coverage, the precision reached, ceilings, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from smpsim import compare, load
from smpsim.ensemble import bytes_of_runs
from smpsim.results.outcomes import OUTCOMES
from smpsim.studies.compare.pairing import paired_difference
from smpsim.studies.compare.stopping import (
    FIRST,
    GREATEST_GROWTH,
    Stopping,
    Target,
    Width,
    read_targets,
    until_precise,
)

PASS = "behaviour.exam.pass_probability"
Draw = Callable[[np.random.Generator, int], np.ndarray]


def normal(luck: np.random.Generator, size: int) -> np.ndarray:
    return luck.normal(size=size)


def skew(luck: np.random.Generator, size: int) -> np.ndarray:
    return luck.exponential(size=size) - 1.0


class Experiment:
    """Paired draws whose mean difference is 3 and whose variance is 1, as pairs of runs."""

    def __init__(self, luck: np.random.Generator, draw: Draw, half_width: float) -> None:
        self.luck, self.draw, self.half_width = luck, draw, half_width
        self.a = self.b = np.empty(0)
        self.found: dict[str, float] = {}

    def look(self, pairs: int) -> list[Width]:
        more = pairs - len(self.a)
        a = self.luck.normal(10.0, 5.0, more)
        self.a = np.concatenate([self.a, a])
        self.b = np.concatenate([self.b, a + 3.0 + self.draw(self.luck, more)])
        self.found = found = paired_difference(self.a, self.b, 0.95)
        half = (found["ci_high"] - found["ci_low"]) / 2
        return [Width("pilot", "placed", "people", self.half_width, half, int(found["runs"]))]


@pytest.mark.parametrize(
    ("draw", "tolerance"), [(normal, 0.007), (skew, 0.025)], ids=["normal", "skew"]
)
@pytest.mark.parametrize("needed", [110, 250, 600])
def test_intervals_have_their_stated_coverage(draw: Draw, tolerance: float, needed: int) -> None:
    """The rule is at its worst where as many pairs are needed as the first stage has."""
    repetitions, luck = 2000, np.random.default_rng(needed)
    half_width = 1.96 / needed**0.5
    covered, used = 0, []
    for _ in range(repetitions):
        one = Experiment(luck, draw, half_width)
        looks, widths = until_precise(one.look, most=20_000)
        assert widths[0].reached
        assert looks[-1] == len(one.a)
        covered += one.found["ci_low"] <= 3.0 <= one.found["ci_high"]
        used.append(looks[-1])
    chance = 2.6 * (0.95 * 0.05 / repetitions) ** 0.5
    assert covered / repetitions > 0.95 - tolerance - chance
    assert covered / repetitions < 0.95 + chance
    # about as many as who knew the variance would run
    assert 0.95 < np.mean(used) / needed < 1.25


def test_the_number_of_interim_looks_is_bounded() -> None:
    luck = np.random.default_rng(1)
    one = Experiment(luck, normal, 1.96 / 8000**0.5)
    looks, _ = until_precise(one.look, most=50_000)
    assert looks[0] == FIRST
    assert len(looks) <= 6
    assert all(b > a for a, b in pairwise(looks))
    assert looks[1] == GREATEST_GROWTH * FIRST


def test_at_the_ceiling_the_comparison_ends_with_the_precision_reached() -> None:
    one = Experiment(np.random.default_rng(2), normal, 0.01)
    looks, widths = until_precise(one.look, most=300)
    assert looks[-1] == 300
    assert not widths[0].reached
    assert widths[0].half_width == pytest.approx(1.96 / 300**0.5, rel=0.15)
    stopping = Stopping(0.95, 300, looks, widths)
    assert not stopping.reached
    assert "not reached: the limit of 300 pairs of runs came first" in stopping.sentence()
    assert stopping.facts()["half_widths"][0]["reached"] is False
    # a ceiling below the first stage holds too
    assert until_precise(Experiment(one.luck, normal, 0.01).look, most=20)[0] == (20,)


def test_targets_are_absolute_or_relative_to_the_first_mean() -> None:
    known = tuple(OUTCOMES)
    assert read_targets({"placed": 5, "cost_total": "2 %"}, known) == (
        Target("placed", 5.0),
        Target("cost_total", 0.02, relative=True),
    )
    assert read_targets(["placed=5", " npv_donor_60m = 0.5% "], known) == (
        Target("placed", 5.0),
        Target("npv_donor_60m", 0.005, relative=True),
    )
    assert Target("npv_donor_60m", 0.02, relative=True).allowed(-500.0) == 10.0
    assert Target("npv_donor_60m", 3.0).allowed(-500.0) == 3.0


@pytest.mark.parametrize(
    ("precision", "said"),
    [
        ({"place": 5}, "precision: got 'place'.*did you mean 'placed'"),
        ({"placed": 0}, "placed: got 0; allowed: a number above 0"),
        ({"placed": -1}, "placed: got -1; allowed: a number above 0"),
        ({"placed": "-2%"}, "placed: got '-2%'"),
        ({"placed": "narrow"}, "placed: got 'narrow'"),
        ({"placed": float("nan")}, "placed: got nan"),
        ({"placed": float("inf")}, "placed: got inf"),
        ({"placed": True}, "placed: got true"),
        ({"placed": None}, "placed: got null"),
        (["placed"], "got 'placed'; allowed: OUTCOME=HALF-WIDTH"),
        (["placed="], "placed: got ''"),
        (["placed=1", "placed=2"], "placed more than once"),
        ({}, "no outcome"),
    ],
)
def test_bad_requests_are_refused(precision: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        compare("bare_pipeline", overrides_b={PASS: 0.9}, precision=precision)


def test_requests_that_contradict_are_refused() -> None:
    with pytest.raises(ValueError, match="got replications as well"):
        compare("bare_pipeline", "bare_pipeline", replications=10, precision={"placed": 1})
    with pytest.raises(ValueError, match="most: got 1"):
        compare("bare_pipeline", "bare_pipeline", precision={"placed": 1}, most=1)
    with pytest.raises(ValueError, match="level: got 95"):
        compare("bare_pipeline", "bare_pipeline", precision={"placed": 1}, level=95)


def test_an_outcome_defined_in_no_pair_ends_the_comparison_at_once() -> None:
    # the horizon is too short for anybody to be seen for three years
    with pytest.raises(ValueError, match="retained_36: no pair of runs, of 100"):
        compare("bare_pipeline", overrides_b={PASS: 0.9}, precision={"retained_36": 0.1})


def test_the_model_reaches_the_precision_that_is_asked_for() -> None:
    seen: list[int] = []
    found = compare(
        "bare_pipeline",
        overrides_b={PASS: 0.9},
        precision={"placed": 0.3, "cost_per_placement": "0.5%"},
        seed=5,
        progress=seen.append,
    )
    assert found.stopping is not None
    assert found.stopping.reached
    assert found.runs == found.stopping.looks[-1] > FIRST
    table = found.differences().loc["pilot"]
    half = (table["ci_high"] - table["ci_low"]) / 2
    assert half["placed"] <= 0.3
    assert half["cost_per_placement"] <= 0.005 * table.loc["cost_per_placement", "mean_a"]
    # not far more than needed
    assert half["placed"] > 0.2
    assert {width.outcome: width.half_width for width in found.stopping.widths} == pytest.approx(
        half[["placed", "cost_per_placement"]].to_dict()
    )
    assert "Precision reached" in found.notes[-1]
    # every run is done once
    assert sorted(seen) == list(range(1, 2 * found.runs + 1))


def test_runs_continue_so_that_the_result_is_that_of_as_many_at_once() -> None:
    grown = compare("thamm_germany", overrides_b={"months": 50}, precision={"placed": 1}, most=130)
    assert grown.stopping is not None
    assert len(grown.stopping.looks) == 2
    fixed = compare("thamm_germany", overrides_b={"months": 50}, replications=130)
    for one, other in ((grown.a, fixed.a), (grown.b, fixed.b)):
        assert one.runs == other.runs == 130
        assert one.outcomes().equals(other.outcomes())
        assert one.trajectories().equals(other.trajectories())
        assert one.ledger().equals(other.ledger())
        assert one.flows().equals(other.flows())
        assert one.spells().equals(other.spells())
        assert one.provenance["replications"] == 130
    assert grown.differences().equals(fixed.differences())


def test_life_courses_are_those_of_as_many_runs_at_once() -> None:
    changes = {"programmes.pilot.intakes.seats": 3}
    options: dict[str, Any] = {"overrides": changes, "overrides_b": {PASS: 0.9}, "trainees": True}
    grown = compare("bare_pipeline", precision={"placed": 0.001}, most=150, **options)
    fixed = compare("bare_pipeline", replications=150, **options)
    assert grown.trainees().equals(fixed.trainees())


def test_reaching_the_ceiling_is_reported_and_is_not_an_error() -> None:
    found = compare(
        "bare_pipeline", overrides_b={PASS: 0.9}, precision={"placed": 0.01}, most=120, seed=1
    )
    assert found.runs == 120
    assert found.stopping is not None
    assert not found.stopping.reached
    assert "the limit of 120 pairs of runs came first" in found.notes[-1]
    facts = found.provenance["stopping"]
    assert facts["reached"] is False
    assert facts["most"] == 120
    assert facts["half_widths"][0]["half_width"] > 0.01


def test_memory_is_a_ceiling_too(monkeypatch: pytest.MonkeyPatch) -> None:
    most = bytes_of_runs(load("bare_pipeline"), 130)
    monkeypatch.setattr("smpsim.studies.compare.growing.MOST_BYTES", most)
    found = compare("bare_pipeline", overrides_b={PASS: 0.9}, precision={"placed": 0.01})
    assert found.runs == 130
    assert "130 pairs of runs came first, as the results of more would not fit" in found.notes[-1]
    with pytest.raises(ValueError, match=r"replications: got 131.*allowed: 130 or fewer"):
        compare("bare_pipeline", "bare_pipeline", replications=131)


def test_identical_designs_end_after_the_first_stage_without_a_difference() -> None:
    found = compare("bare_pipeline", load("bare_pipeline"), precision={"placed": 1e-9})
    assert found.runs == FIRST
    assert found.stopping is not None
    assert found.stopping.reached
    placed = found.differences().loc[("pilot", "placed")]
    assert placed["difference"] == placed["ci_low"] == placed["ci_high"] == 0.0


def test_a_target_relative_to_zero_is_met_only_without_a_difference() -> None:
    # nobody is placed in A, so any percentage of it is nothing
    found = compare(
        load("bare_pipeline", {PASS: 0.0}),
        load("bare_pipeline", {PASS: 0.5}),
        precision={"placed": "5%"},
        most=150,
        names=("nobody", "some"),
    )
    assert found.runs == 150
    assert found.stopping is not None
    assert found.stopping.widths[0].asked == 0.0


def test_the_level_of_the_intervals_is_the_one_asked_for() -> None:
    options: dict[str, Any] = {"overrides_b": {PASS: 0.9}, "precision": {"placed": 0.4}}
    wide = compare("bare_pipeline", level=0.8, **options)
    narrow = compare("bare_pipeline", level=0.99, **options)
    assert wide.runs < narrow.runs
    for found in (wide, narrow):
        placed = found.differences().loc[("pilot", "placed")]
        assert (placed["ci_high"] - placed["ci_low"]) / 2 <= 0.4
