"""Rules in worlds so simple that every life course, and what is recorded of it, is known."""

import math
from types import SimpleNamespace as Row

import numpy as np
import pytest
from scipy import stats
from worlds import BARE, bare, ensemble, one_run

import smpsim
from smpsim.agents.employer import HIRING, UNAWARE, WITHDRAWN
from smpsim.ensemble import simulate
from smpsim.vocabulary import GRADES, STAGES
from smpsim.world import decisions_of_employers, queues, tables, transit
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World

approx = pytest.approx

PAID = {
    "programmes.pilot.funding": {
        item: {"trainee": share, "donor": 1 - share}
        for item, share in (
            *(("training", 1.0), ("language", 0.5), ("exam", 1.0), ("recognition", 1.0)),
            *(("visa", 1.0), ("travel", 1.0), ("stipend", 0.25)),
        )
    },
    "governments.destination.recognition.cost": 90,
    "programmes.pilot.costs": {
        "language": 10,
        "exam": 30,
        "visa": 50,
        "travel": 70,
        "stipend": 400,
    },
    "programmes.pilot.wages": {"origin": 400, "destination": 2000, "tax": 0.25},
    "programmes.pilot.recognition": "before_departure",
    "behaviour.gains": {
        "pay_forgone": 0.5,
        "borrowed": 0.5,
        "credit_months": 12,
        "return_premium": 0.1,
    },
    "behaviour.people.interest": 0.24,
    "behaviour.applying.chance_at_home": 0.6,
    "behaviour.applying.price_level": 1.2,
    "programmes.pilot.intakes.seats": 2,
    "programmes.pilot.training.months_before_departure": 6,
}
INTEREST, EARNED, AT_HOME = 1 + 0.5 * 0.24 * 12 / 24, 400 * 0.75, 0.5 * 0.6 * 400


@pytest.mark.parametrize(
    ("changes", "months", "paid", "trained", "abroad", "back"),
    [
        ({}, 40, 30 + 50 + 70 + 90, 6, 25, 0),
        # whoever is in training at the horizon is followed all the same
        ({}, 4, 30 + 50 + 70 + 90, 6, 25, 0),
        ({"programmes.pilot.recognition": "none"}, 40, 30 + 50 + 70, 6, 25, 0),
        ({"behaviour.training.dropout": 50}, 40, 0, 1, 0, 0),
        ({"behaviour.exam": {"pass_probability": 0, "retakes": 2}}, 40, 3 * 30, 6, 0, 0),
        ({"governments.destination.visa.lanes.standard.refusal": 1}, 40, 30 + 50, 6, 0, 0),
        (
            {"programmes.pilot.contract": {"kind": "circular", "months": 9, "renewable": False}},
            *(40, 30 + 50 + 70 + 90, 6, 9, 16),
        ),
        ({"behaviour.people.prior_employment": 1}, 9, 30 + 50 + 70 + 90, 6, 25, 0),
        ({"behaviour.applying.price_level": 0.8}, 9, 30 + 50 + 70 + 90, 6, 25, 0),
    ],
)
def test_people_lose_when_training_costs_more_than_they_gain_within_the_window(
    changes, months, paid, trained, abroad, back
):
    prices = changes.get("behaviour.applying.price_level", 1.2)
    at_home = 0.5 * 400 if "behaviour.people.prior_employment" in changes else AT_HOME
    # who stays in cheap places has no more than the wage
    worth = min(1500 / prices, 1500) - 400
    gain = trained * (EARNED - at_home) + abroad * worth + back * 0.1 * 400 - paid * INTEREST
    neither = gain / (trained * INTEREST) - 5
    for beyond, losing in ((-0.01, 0), (0.01, 2)):
        cost = {"institutions.schools.cost_per_trainee_month": neither + beyond}
        design = bare({**PAID, **changes, **cost}, months=months, follow_up_months=24)
        assert (
            smpsim.run(design, 1, parameters="centre").outcome_table["losing_24m"].item() == losing
        )


@pytest.mark.parametrize("training", [0, 3])
def test_a_later_start_shifts_life_courses_without_changing_them(training):
    """Constant conditions give everybody the same life course, some months later."""
    hazards = {
        "behaviour.training.dropout": 0.05,
        "behaviour.exam.pass_probability": 0.7,
        "behaviour.exam.retakes": 1,
        "behaviour.retention.quit": 0.05,
        "behaviour.retention.home": 0.02,
        "behaviour.retention.stay_in_destination": 0.5,
        "behaviour.retention.return_from_elsewhere": 0.05,
        "governments.destination.visa.lanes.standard.refusal": 0.2,
        "programmes.pilot.recognition": "after_arrival",
        "governments.destination.recognition.months": 2,
        "programmes.pilot.wages": {"origin": 400, "destination": 700},
        "programmes.pilot.costs": {"travel": 4000, "visa": 50, "stipend": 30},
        "programmes.pilot.funding": {"travel": {"trainee": 1}},
        "programmes.pilot.intakes": {"seats": 9, "every_months": 4, "number": 3},
        "programmes.pilot.training.months_before_departure": training,
    }
    now, later = (
        ensemble(
            bare({**hazards, "programmes.pilot.setup_months": wait}, months=40 + wait),
            runs=2,
        ).runs
        for wait in (0, 5)
    )
    np.testing.assert_array_equal(now.counts, later.counts)
    np.testing.assert_array_equal(now.spells, later.spells[..., :41])
    np.testing.assert_array_equal(now.flows, later.flows)
    np.testing.assert_array_equal(now.trajectories[..., :], later.trajectories[:, 5:])
    assert now.counts.any()


def test_an_employer_whom_nobody_can_reach_in_time_does_not_engage():
    behaviour = {"steepness": 1.0, "alternative_value": -1e9}
    for patience, placed in ((1, 0), (12, 100)):
        changes = {
            "behaviour.participation": behaviour,
            "employers.firms.margin_per_month": 100,
            "employers.firms.patience_months": patience,
            "behaviour.channel.believed_months": 10,
            "behaviour.channel.spread": 0.01,
            "governments.destination.visa.lanes.standard.months": 1,
        }
        world = one_run(bare(changes, months=9))
        assert (world.people["arrived"] >= 0).sum() == placed


@pytest.mark.parametrize("bound", [False, True])
@pytest.mark.parametrize("stay", [0.0, 1.0])
def test_without_a_pull_home_all_who_quit_stay_if_permitted(stay, bound):
    changes = {
        "behaviour.retention": {"quit": 0.2, "stay_in_destination": stay},
        "programmes.pilot.contract.permit_bound": bound,
    }
    world = one_run(bare(changes, months=20))
    stages = np.bincount(world.people["stage"], minlength=len(STAGES))
    left = {name: stages[STAGES.index(name)] for name in ("employed_elsewhere", "returned")}
    assert sum(left.values()) > 50
    assert left["returned" if stay == 1.0 and not bound else "employed_elsewhere"] == 0


def test_quits_and_returns_home_are_in_proportion_to_their_hazards():
    hazards = {"quit": 0.6, "home": 0.3, "stay_in_destination": 1.0}
    world = one_run(bare({"behaviour.retention": hazards}, months=20), seed=2)
    stages = np.bincount(world.people["stage"], minlength=len(STAGES))
    stayed, home = (stages[STAGES.index(name)] for name in ("employed_elsewhere", "returned"))
    assert stayed + home > 95
    assert stats.binomtest(int(stayed), int(stayed + home), 2 / 3).pvalue > 0.01


def test_schools_count_their_trainees_and_never_exceed_their_seats():
    changes = {
        "programmes.pilot.intakes": {"seats": 30, "every_months": 2, "number": 6},
        "institutions.schools.seats": 25,
        "behaviour.training.dropout": 0.1,
    }
    for months in (1, 4, 7, 12):
        world = one_run(bare(changes, months=months))
        learning = world.people[world.people["stage"] == STAGES.index("in_training")]
        at = np.bincount(learning["site"], minlength=2).tolist()
        assert world.sites["enrolled"].tolist() == at
        assert world.institutions["enrolled"].tolist() == at
        assert max(at) <= 25
        assert months < 4 or max(at) > 15


def test_before_the_first_month_nothing_has_happened():
    design = bare({"behaviour.effort.cost": 0.5, "institutions.schools.paid_per": "graduate"})
    world = World(blueprint(design))
    world.advance(0, 1, 0)
    counts = {
        "programmes": ("opened", "enrolled", "graduated", "placed", "offers", "visas", "spent"),
        "institutions": ("enrolled", "ended", "graduates", "placements"),
        "sites": ("enrolled", "waiting", "grades"),
        "partnerships": ("value", "cost", "successes", "failures", "committed_seats"),
        "employers": ("workers", "hired"),
        "governments": ("granted_this_year", "gone", "outflow", "kept_home", "signal"),
        "lanes": ("lodged", "decided", "carried", "waiting", "wait_sum", "wait_count"),
    }
    for table, names in counts.items():
        for name in names:
            assert not getattr(world, table)[name].any(), (table, name)
    assert world.governments["capacity_factor"].tolist() == [1.0, 1.0]
    assert world.governments["mood"].tolist() == [1.0, 1.0]
    assert world.sites["top"].tolist() == [-1, -1]


@pytest.mark.parametrize("pays", [None, 900])
@pytest.mark.parametrize("waits", [None, 7])
def test_willingness_to_pay_and_patience_are_unlimited_unless_stated(pays, waits):
    bounds = {"willingness_to_pay": pays, "patience_months": waits}
    changes = {f"employers.firms.{name}": value for name, value in bounds.items()}
    world = one_run(bare(changes, months=1))
    for name, bound in (("willingness", pays), ("patience", waits)):
        assert world.employers[name] == approx(math.inf if bound is None else bound)
    assert world.programmes["willing"].tolist() == [int(pays is None)]


@pytest.mark.parametrize(
    ("recognition", "fee"), [("none", 0), ("before_departure", 190), ("after_arrival", 190)]
)
def test_employers_expect_to_pay_for_the_file_the_journey_and_any_recognition(recognition, fee):
    paid = {item: {"employer": 1} for item in ("visa", "travel", "recognition", "adaptation")}
    changes = {
        "programmes.pilot.funding": paid,
        "programmes.pilot.costs": {"visa": 23, "travel": 29, "adaptation": 31},
        "programmes.pilot.training.months_after_arrival": 2,
        "programmes.pilot.recognition": recognition,
        "governments.destination.recognition.cost": 190,
        "behaviour.participation.steepness": 1.0,
        "employers.firms.margin_per_month": 1000,
    }
    world = one_run(bare(changes, months=1))
    assert world.partnerships["cost"] == approx(23 + 29 + 2 * 31 + fee)


def test_governments_give_willing_employers_half_weight_and_average_departures_over_a_year():
    firms = {"country": "destination", "initial_vacancies": 9, "count": 2}
    changes = {
        "programmes.pilot.channel": "new",
        "programmes.pilot.fee_per_recruit": 500,
        "programmes.pilot.employers": ["firms", "others"],
        "governments.destination.new_channel_months": 600,
        "governments.destination.channel_opening": 1e-9,
        "governments.destination.channel_dialogue": 1e-4,
        "governments.destination.dialogue": 0.8,
    }
    employers = [{**firms, "name": "firms"}, {**firms, "name": "others", "willingness_to_pay": 400}]
    found = [
        one_run(bare(changes, employers=employers, months=months)).governments["channel_hazard"][1]
        for months in (4, 9)
    ]
    # two of four are willing, and cannot use what is not open yet
    assert found[1] - found[0] == approx(5 * (1e-9 + 1e-4 * 0.8 * 0.5 * 2 / 4))
    brake = {"stock": 1e6, "outflow_from": 0.02, "strength": 1.0}
    for months in (7, 8, 20):
        world = one_run(bare({"governments.origin.brake": brake}, months=months))
        month = 1 - math.exp(-1 / 12)
        # all hundred arrive in the sixth month, and are counted in the seventh
        expected = 12 * 100 * month * math.exp(-(months - 7) / 12)
        assert world.governments["outflow"][0] == approx(expected)


@pytest.mark.parametrize("place", [0, 1])
def test_employers_expect_the_costs_that_a_programme_adds(place):
    pilot = BARE["programmes"][0]
    added = {
        "recruiters": {"per": "arrival", "amount": 700, "payers": {"employer": 0.5, "donor": 0.5}}
    }
    both = [{**pilot, "name": name} for name in ("one", "two")]
    both[place]["own_costs"] = added
    changes = {"behaviour.participation.steepness": 1.0, "employers.firms.margin_per_month": 1000}
    found = one_run(bare(changes, programmes=both, months=1)).partnerships
    expected = np.where(found["programme"] == place, 350.0, 0.0)
    assert found["cost"] == approx(expected)


@pytest.mark.parametrize("asked", [False, True])
def test_life_courses_are_kept_on_request(asked):
    plan = blueprint(bare({"programmes.pilot.intakes.seats": 3}, months=9))
    people = simulate(plan, 1, range(1), trainees=asked, threads=1).people[0]
    assert len(people) == (3 if asked else 0)
    if asked:
        months = dict(zip(STAGES, people["entered"].T.tolist(), strict=False))
        assert months["in_training"] == [0, 0, 0]
        assert months["employed"] == [5, 5, 5]
        assert months["retaking_exam"] == [-1, -1, -1]


def test_an_employer_shows_half_the_use_once_its_last_hire_is_too_long_ago():
    longest = decisions_of_employers.USE_MONTHS
    for state, ago, shown in (
        (HIRING, 0, 1.0),
        (HIRING, longest, 1.0),
        (HIRING, longest + 1, 0.5),
        (WITHDRAWN, 0, 0.0),
        (UNAWARE, 99, 0.0),
    ):
        found = decisions_of_employers.shown_by(Row(month=40), Row(state=state, last_hire=40 - ago))
        assert found == shown


def test_all_lists_of_a_world_are_distinct():
    design = bare({"governments.destination.visa.lanes": {"standard": {}, "fast": {}}})
    plan = blueprint(design)
    world = Row(end=plan.end, site_count=len(plan.sites), lane_count=2)
    pools = [queues.first_pool_list(world) + n for n in range(world.site_count * GRADES)]
    lanes = [transit.lane_list(world, lane) for lane in range(2)]
    offices = [transit.recognition_list(world, g) for g in range(2)]
    calendars = list(range(queues.CALENDARS * plan.end))
    assert [*calendars, *pools, *lanes, *offices] == list(range(tables.list_count(plan)))


@pytest.mark.parametrize(
    ("target", "needed", "learnt"), [("none", "none", 0), ("none", "A2", 2), ("A2", "none", 2)]
)
def test_a_language_is_learnt_where_the_exam_or_the_work_asks_for_it(target, needed, learnt):
    training = {
        "language_target": target,
        "language_needed": needed,
        "language": "german",
        # 205 hours lead to A2
        "language_hours_per_month": 205 / 6,
        "months_before_departure": 6,
    }
    changes = {f"programmes.pilot.training.{name}": value for name, value in training.items()}
    world = one_run(bare({**changes, "programmes.pilot.intakes.seats": 2}, months=9))
    assert world.people["language"] == approx(learnt)


@pytest.mark.parametrize("involved", ["design", "late", "none"])
def test_without_employers_a_curriculum_improves_at_its_own_rate(involved):
    gains = {"gain_none": 0.12, "gain_design": 0, "gain_late": 0, "half_firms": 0, "drift": 0}
    changes = {
        "behaviour.alignment": gains,
        "programmes.pilot.employer_involvement": involved,
        "institutions.schools.alignment": 0.5,
    }
    world = one_run(bare(changes, months=10))
    alone = 0.12 / 12 if involved == "none" else 0.0
    assert world.institutions["alignment"] == approx(1 - 0.5 * (1 - alone) ** 10)
