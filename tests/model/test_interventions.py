"""Interventions: nothing changes when nothing changes, luck is kept when something does."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run

import smpsim

LANE = "governments.destination.visa.lanes.standard.decisions_per_month"


@pytest.mark.parametrize("month", [0, 1, 17, 40, 90])
@pytest.mark.parametrize("name", ["reference", "pcms_georgia"])
def test_setting_a_value_to_itself_changes_nothing(name, month):
    plain = smpsim.load(name)
    if month >= plain.months:
        month = plain.months - 1
    value = plain.behaviour.retention.quit
    timeline = [t.model_dump() for t in plain.timeline]
    timeline.append({"month": month, "set": {"behaviour.retention.quit": value}})
    timeline.sort(key=lambda change: change["month"])
    changed = smpsim.load(name, overrides={"timeline": timeline})
    first, second = one_run(plain, replication=2), one_run(changed, replication=2)
    # thresholds are kept in single precision, so a due month may differ where it is met exactly
    assert np.array_equal(first.trajectory, second.trajectory, equal_nan=True)


def test_a_change_acts_from_its_month_on():
    changed = bare(
        {
            "programmes.pilot.intakes.number": 40,
            "timeline": [{"month": 20, "set": {"behaviour.exam.pass_probability": 0.0}}],
        }
    )
    world = one_run(changed)
    graduated = world.people["graduated"]
    assert graduated.max() == 19
    assert (graduated >= 0).sum() == 15 * 100


def test_a_new_hazard_keeps_the_luck_of_those_under_way():
    base = {"behaviour.retention.quit": 0.02, "programmes.pilot.intakes.seats": 4000}
    plain = one_run(bare(base))
    harder = one_run(
        bare({**base, "timeline": [{"month": 30, "set": {"behaviour.retention.quit": 0.04}}]})
    )
    before, after = plain.people["quits"], harder.people["quits"]
    early = before < 30
    assert early.any()
    assert (before[early] == after[early]).all()
    # what is left of the threshold is met twice as fast: months beyond 29 are halved, rounded up
    late = (before >= 30) & (before < 200)
    left_before, left_after = before[late] - 29, after[late] - 29
    assert np.abs(np.ceil(left_before / 2) - left_after).max() <= 1
    assert (left_after < left_before + (left_before == 1)).all()


def test_survival_under_a_changed_hazard_is_piecewise_exponential():
    scenario = bare(
        {
            "behaviour.retention.quit": 0.01,
            "programmes.pilot.intakes.seats": 2000,
            "timeline": [{"month": 25, "set": {"behaviour.retention.quit": 0.05}}],
        }
    )
    found = ensemble(scenario, 30)
    # arrival at the end of month 5: 19 months at 0.01 until the end of month 24, then 0.05
    for month in (24, 40, 59):
        hazard = 0.01 * (min(month, 24) - 5) + 0.05 * max(month - 24, 0)
        share = found.column("employed")[:, month] / 2000
        error = share.std(ddof=1) / np.sqrt(30)
        assert abs(share.mean() - np.exp(-hazard)) < 3.5 * error


def test_closing_the_office_for_a_year_delays_but_does_not_lose():
    base = {LANE: 20, "programmes.pilot.intakes.number": 3}
    shut = [{"month": 6, "set": {LANE: 0}}, {"month": 18, "set": {LANE: 20}}]
    open_all, closed = one_run(bare(base)), one_run(bare({**base, "timeline": shut}))
    placed = closed.trajectory[:, 0, 20]
    assert placed[17] == placed[5]
    assert closed.programmes["placed"][0] == open_all.programmes["placed"][0]


def test_a_changed_distribution_is_drawn_with_the_same_luck():
    scenario = smpsim.load(
        "reference",
        overrides={
            "timeline": [
                {
                    "month": 10,
                    "set": {"institutions.schools.quality": {"beta": {"mean": 0.9, "sd": 0.05}}},
                }
            ]
        },
    )
    model = smpsim.Model(scenario, seed=3)
    for _ in range(10):
        model.step()
    before = model.world.institutions["quality"].copy()
    model.step()
    after = model.world.institutions["quality"]
    assert (after > before).mean() > 0.9
    assert np.array_equal(np.argsort(before), np.argsort(after))
