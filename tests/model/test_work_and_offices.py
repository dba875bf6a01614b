"""What was absurd on three programmes of users: recognition, clauses, visas (E10 to E19)."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from worlds import ensemble

import smpsim
from smpsim.vocabulary import ITEMS

REFERENCE = Path(__file__).parents[1] / "reference"
NAMES = ("thamm_germany", "onodera_user_run", str(REFERENCE / "nurses.yaml"))
RUNS = 40
CASES = pytest.mark.parametrize("name", NAMES, ids=lambda n: Path(n).stem)


@lru_cache(maxsize=64)
def found(name, changes=()):
    return ensemble(smpsim.load(name, overrides=dict(changes)), RUNS)


def keys(name):
    """Return key paths of the first programme, its lane and all its institutions."""
    scenario = smpsim.load(name)
    programme = scenario.programmes[0]
    place = f"programmes.{programme.name}"
    lane = f"governments.{programme.destination}.visa.lanes.{programme.visa_lane}"
    return place, lane, [f"institutions.{g}" for g in programme.institutions]


def gains_per_placed(outcome):
    """Return employers' margin and trainees' wage gain for each who was placed."""
    ledger = outcome.runs.ledger.sum(axis=(0, 1, 2, 4))
    placed = outcome.last("placed").sum()
    return ledger[ITEMS.index("employer_margin")] / placed, ledger[
        ITEMS.index("wage_gain")
    ] / placed


def rate(outcome, kept, seen):
    return outcome.count(kept).sum() / max(outcome.count(seen).sum(), 1)


@CASES
def test_a_curriculum_that_nobody_recognises_costs_those_who_work_abroad(name):
    place, _, schools = keys(name)
    common = {
        f"{place}.recognition": "after_arrival",
        f"{place}.demand": "committed",
        # so that as many are hired whatever they were taught
        "behaviour.readiness.hiring_minimum": 0.0,
        "behaviour.readiness.needed": None,
        **{f"behaviour.alignment.{g}": 0.0 for g in ("gain_design", "gain_late", "drift")},
    }
    good, bad = (
        found(name, tuple({**common, **{f"{s}.alignment": a for s in schools}}.items()))
        for a in (0.95, 0.05)
    )
    assert good.count("unrecognised").sum() == 0
    assert bad.count("unrecognised").sum() > 0.5 * bad.last("placed").sum() > 0
    # half the margin and three quarters of the wage, for good
    (margin, wage), (low_margin, low_wage) = gains_per_placed(good), gains_per_placed(bad)
    assert low_margin < 0.75 * margin
    assert low_wage < 0.85 * wage
    ruled = {**common, f"{place}.regulated": True, **{f"{s}.alignment": 0.05 for s in schools}}
    lost = found(name, tuple(ruled.items()))
    assert rate(lost, "retained_12", "seen_12") < 0.2 < rate(bad, "retained_12", "seen_12")


@CASES
@pytest.mark.parametrize("months", [36, 120])
def test_a_clause_keeps_a_few_more_and_not_half_of_those_who_quit(name, months):
    place, _, _ = keys(name)
    clause = f"{place}.contract.retention_clause_months"
    permanent = ((f"{place}.contract.kind", "permanent"), ("months", 96))
    free, bound = (found(name, (*permanent, (clause, m))) for m in (0, months))
    seen = 24 if free.count("seen_24").sum() else 12
    left = [-np.log(rate(f, f"retained_{seen}", f"seen_{seen}")) for f in (free, bound)]
    assert 0.7 < left[1] / left[0] < 1.0


@CASES
def test_quality_moves_retention_trust_and_placements(name):
    place, _, schools = keys(name)
    # from a pool: where employers commit seats for years ahead, they are what limits placements
    longer = ((f"{place}.demand", "pool"),)
    if name.endswith("nurses.yaml"):
        # nine intakes in three years are over before anybody has seen a nurse at work
        longer = (*longer, ("months", 168), (f"{place}.intakes.number", 27))
    poor, good = (
        found(name, (*longer, *((f"{s}.quality", q) for s in schools))) for q in (0.4, 0.95)
    )
    for outcome in ("placed", "mean_trust"):
        difference = good.last(outcome) - poor.last(outcome)
        assert difference.mean() > 2 * difference.std(ddof=1) / np.sqrt(RUNS), outcome
    # where poor teaching places nobody, nobody can leave
    if poor.count("seen_24").sum() > 50:
        assert rate(good, "retained_24", "seen_24") > rate(poor, "retained_24", "seen_24")


@CASES
def test_a_visa_of_two_years_places_fewer_and_later(name):
    _, lane, _ = keys(name)
    soon, late = (found(name, ((f"{lane}.months", m),)) for m in (3, 24))
    assert late.last("placed").mean() < 0.8 * soon.last("placed").mean()


@CASES
def test_committed_seats_are_fewer_and_surer_than_a_pool(name):
    place, _, _ = keys(name)
    # of the same employers: by value fewer commit themselves than hire from a pool
    same = ("behaviour.participation.steepness", None)
    pool, committed = (found(name, (same, (f"{place}.demand", d))) for d in ("pool", "committed"))
    assert committed.last("enrolled").mean() <= pool.last("enrolled").mean() + 1e-9
    surer = committed.last("placed").sum() / max(committed.count("graduated").sum(), 1)
    loose = pool.last("placed").sum() / max(pool.count("graduated").sum(), 1)
    assert surer > 0.95 * loose
