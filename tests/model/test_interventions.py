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
    placed = closed.series("placed")[:, 0]
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


def test_a_lifted_limit_lets_those_in_line_go_on():
    starts = "governments.destination.recognition.starts_per_month"
    scenario = bare(
        {
            starts: 1,
            "programmes.pilot.recognition": "before_departure",
            "timeline": [{"month": 20, "set": {starts: None}}],
        }
    )
    placed = one_run(scenario).series("placed")[:, 0]
    assert placed[19] == 15
    assert placed[20] == 100


def test_employers_who_are_no_longer_involved_stop_hiring():
    changes = {
        "programmes.pilot.intakes.number": 40,
        "timeline": [{"month": 30, "set": {"programmes.pilot.employer_involvement": "none"}}],
    }
    world = one_run(bare(changes))
    placed = world.series("placed")[:, 0]
    assert placed[29] == placed[-1] == 2500
    assert world.programmes["engaged"][0] == 0


def test_capacity_lapses_when_dialogue_ends():
    changes = {
        "governments.destination.dialogue": 1,
        "behaviour.adaptation": {"responsiveness": 2, "lag_months": 6},
        "programmes.pilot.intakes.number": 60,
        "employers.firms.initial_vacancies": 2000,
    }
    talk = one_run(bare(changes))
    end = [{"month": 30, "set": {"governments.destination.dialogue": 0}}]
    silent = one_run(bare({**changes, "timeline": end}))
    assert talk.governments["capacity_factor"].max() > 2.5
    assert silent.governments["capacity_factor"].max() < 1.05


def test_capacity_lapses_when_the_channel_is_not_used():
    changes = {
        "governments.destination.dialogue": 1,
        "behaviour.adaptation": {"responsiveness": 2, "lag_months": 3},
        "programmes.pilot.intakes.number": 6,
    }
    world = one_run(bare(changes))
    # the last intake that has arrived is more than two years ago
    assert world.governments["capacity_factor"].max() == pytest.approx(1.0, abs=0.01)


def test_language_above_the_target_can_be_lost_without_harm_and_below_not():
    base = {
        "behaviour.people.initial_skill": 0.8,
        "behaviour.waiting.language_decay": 0.05,
        "behaviour.readiness.language_elasticity": 1.0,
        "programmes.pilot.departure_months": 4,
    }
    training = "programmes.pilot.training"
    plan = {"months_before_departure": 6, "language_target": "B1"}
    for hours, expected in ((0, 0.8), (750, 0.8), (375, 0.8 * np.exp(-0.05 * 4))):
        plan["language_target"] = "B1" if hours else "none"
        people = {"behaviour.people.initial_language_hours": hours}
        world = one_run(bare({**base, **people, training: dict(plan)}))
        assert np.allclose(world.people["readiness"], expected, rtol=1e-5)
