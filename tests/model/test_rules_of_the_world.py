"""Rules of what happens between agents, in worlds so small that the outcome can be counted."""

import math
from types import SimpleNamespace as Row

import numpy as np
import pytest
from scipy import stats
from worlds import bare, ensemble, one_run

from smpsim.agents.trainee import ASSISTANT, FOUND_READY, NEVER, PARTLY_RECOGNISED
from smpsim.vocabulary import NONE, STAGES
from smpsim.world import (
    channels,
    decisions_of_employers,
    decisions_of_people,
    expectations,
    followed,
    interventions,
    luck,
    people,
    persons,
    prospects,
    recognition,
    selection,
    terms,
    waiting,
)
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World

approx = pytest.approx


def test_logarithms_of_ratios_of_any_size():
    assert terms.log_ratio(6.0, 3.0) == approx(math.log(2))
    for value, base in ((0.0, 3.0), (3.0, 0.0), (-1.0, 3.0), (3.0, -1.0)):
        assert terms.log_ratio(value, base) == 0.0
    assert terms.log_ratio(1e200, 1e-200) == approx(400 * math.log(10))
    assert terms.log_ratio(1e-200, 1e200) == approx(-400 * math.log(10))
    assert terms.log_ratio(0.5, 1.0) == approx(-math.log(2))


def test_months_to_save_what_the_journey_was_for():
    saving = {"savings_target": 30, "saved_share": 0.25}
    scenario = bare({"behaviour.retention": saving})
    assert terms.months_to_target(scenario, 200.0, 800.0) == 30 * 200 / (0.25 * 800)
    assert terms.months_to_target(scenario, 200.0, 0.0) == terms.LONGEST
    assert terms.months_to_target(scenario, 200.0, 1e-9) == terms.LONGEST
    assert terms.months_to_target(bare(), 200.0, 800.0) == terms.LONGEST


def test_funders_wait_for_training_and_visa_to_the_next_month():
    delay = {"months": 2.5}
    changes = {"governments.destination.visa.lanes.standard": delay}
    changes["programmes.pilot.departure_months"] = 1
    design = bare({**changes, "programmes.pilot.training.months_after_offer": 2})
    programme = design.programmes[0]
    expected = math.ceil(6 + 3 + terms.expected_visa_delay(design, programme))
    assert terms.months_to_arrive(design, programme, 3.0) == expected
    fixed = bare({"programmes.pilot.renewal.arrival_months": 7})
    assert terms.months_to_arrive(fixed, fixed.programmes[0], 3.0) == 7


def test_a_recruit_is_expected_to_cost_what_is_paid_for_each_month_and_step():
    costs = {"selection": 3, "language": 5, "stipend": 7, "exam": 11, "visa": 13, "travel": 17}
    changes = {
        "institutions.schools.cost_per_trainee_month": 100,
        "governments.destination.recognition.cost": 19,
        "programmes.pilot.costs": {**costs, "adaptation": 23},
        "programmes.pilot.intakes.applicants_per_seat": 4,
        "programmes.pilot.training.months_after_arrival": 2,
        "behaviour.applying.longest_list": 2.5,
    }
    expected = {
        "selection": 3 * 2.5,
        "training": 600,
        "language": 30,
        "stipend": 42,
        "exam": 11,
        "recognition": 19,
        "visa": 13,
        "travel": 17,
        "adaptation": 46,
    }
    for recognised, exam in (("before_departure", True), ("none", False)):
        sat = {"programmes.pilot.training.exam": exam, "programmes.pilot.recognition": recognised}
        design = bare({**changes, **sat})
        if not exam:
            expected |= {"recognition": 0, "exam": 0}
        found = terms.unit_costs(design, design.programmes[0])
        assert found == expected
        # the donor pays what nobody else does
        assert terms.cost_of(found, design.programmes[0], "donor") == expected


def test_whether_people_vary():
    same, other = Row(kind="constant"), Row(kind="exponential")
    assert not terms.vary([same, None, same])
    assert terms.vary([same, None, other])


@pytest.mark.parametrize("u", [1e-9, 0.003, 0.019, 0.021, 0.4, 0.5, 0.6, 0.981, 1 - 1e-9])
def test_luck_follows_the_distributions_of_theory(u):
    assert luck.normal(u) == approx(stats.norm.ppf(u), abs=1e-9)
    assert persons.normal_share(stats.norm.ppf(u)) == approx(u)
    for mean in (0.3, 4.0, 90.0):
        assert luck.poisson(mean, u) == stats.poisson(mean).ppf(u)
    assert luck.poisson(0.0, u) == luck.binomial(0, 0.5, u) == luck.binomial(9, 0.0, u) == 0
    assert luck.binomial(9, 1.0, u) == 9
    for trials, chance in ((1, 0.5), (12, 0.05), (30, 0.9)):
        assert luck.binomial(trials, chance, u) == stats.binom(trials, chance).ppf(u)
    if 1e-3 < u < 1 - 1e-3:
        # the normal limit
        assert luck.poisson(900.0, u) == approx(stats.poisson(900).ppf(u), abs=2)
        assert luck.binomial(2000, 0.5, u) == approx(stats.binom(2000, 0.5).ppf(u), abs=1)
    assert luck.threshold(u) == approx(stats.expon.isf(u))


def test_shares_of_the_normal_distribution_are_never_quite_none_or_all():
    assert persons.normal_share(-40.0) == persons.CLOSEST
    assert persons.normal_share(40.0) == 1.0 - persons.CLOSEST


def test_classes_of_impatience_share_people_evenly():
    count = persons.PATIENCE_CLASSES
    assert [persons.patience_class((k + 0.5) / count) for k in range(count)] == list(range(count))
    assert persons.patience_class(1.0) == count - 1
    for k in range(count):
        assert persons.patience_middle(k) == approx((k + 0.5) / count)


def test_what_is_due_happens_in_the_month_that_it_ends_in():
    due = [
        people.whole_months(m) for m in (0.0, 0.3, 1.0, 1.1, 2.0 + 1e-12, 9999.5, 10001.0, math.inf)
    ]
    assert due == [1, 1, 1, 2, 2, 10000, NEVER, NEVER]


def test_small_decisions_in_numbers():
    assert channels.opening_month(Row(new_channel_months=24, dialogue=0.5)) == 18.0
    assert [decisions_of_employers.selection_control(s) for s in range(3)].count(0.0) == 1
    assert decisions_of_employers.expected_readiness(Row(readiness_needed=NONE)) == 0.5
    assert decisions_of_employers.expected_readiness(Row(readiness_needed=0.3)) == 0.3
    b = Row(participation_tenure_horizon_months=48, applying_longest_list=2.5)
    for months, counted in ((0, 48.0), (12, 12.0), (60, 48.0)):
        assert expectations.post_months(b, Row(contract_months=months)) == counted
        assert expectations.stake_of(b, Row(contract_months=months)) == counted / 48
    assert [selection.looked_at(b, reached, 5) for reached in (12, 13, 14)] == [12, 13, 13]
    assert selection.looked_at(Row(applying_longest_list=NONE), 99, 5) == 99
    person = Row(attachment=100.0, dependants=1)
    assert prospects.felt_attachment(Row(applying_dependants=0.5), person) == 150.0
    for grades in range(1, 1 << 10):
        assert waiting.top_grade(grades) == grades.bit_length() - 1
    assert waiting.top_grade(0) == -1


def test_who_is_where():
    assert [s for n, s in enumerate(STAGES) if interventions.is_holding_offer(n)] == [
        "offer_held",
        "in_recognition",
        "in_visa_queue",
    ]
    kinds = {stage: followed.kind_of(n) for n, stage in enumerate(STAGES)}
    assert kinds.pop("in_training") == followed.TRAINING_NOW
    assert kinds.pop("working_at_origin") == followed.AT_HOME
    assert kinds.pop("returned") == followed.BACK
    for stage in ("adapting", "employed", "employed_elsewhere"):
        assert kinds.pop(stage) == followed.ABROAD
    assert set(kinds.values()) == {followed.NO_GAIN}
    both = PARTLY_RECOGNISED | ASSISTANT
    assert recognition.is_bridging(Row(marks=both, decides=9))
    assert not recognition.is_bridging(Row(marks=both, decides=NEVER))
    assert not recognition.is_bridging(Row(marks=ASSISTANT, decides=9))
    assert not recognition.is_bridging(Row(marks=PARTLY_RECOGNISED, decides=9))


def test_what_binds_workers_abroad():
    b = Row(
        retention_quit=0.02,
        retention_saved_share=0.2,
        recognition_assistant_wage=0.75,
        retention_rehired_unready=0.3,
        retention_contract_readiness=0.8,
        retention_contract_tenure=0.5,
        readiness_needed=0.4,
    )
    rule = decisions_of_people
    assert [rule.base_quit(b, Row(quit=q)) for q in (NONE, 0.0, 0.05)] == [0.02, 0.0, 0.05]
    person = Row(savings=300.0, arrived=5, since=5 + 25, marks=FOUND_READY, readiness=0.7)
    owed = Row(trainee_cost=1500.0, net_wage=100.0, contract_permit_bound=True)
    assert rule.debt_of(b, person, owed, 10) == 1500 - 300 - 10 * 0.2 * 100
    assert rule.years_abroad(person) == 2.0
    # after two years 1200 - 24 x 20 are left
    assert rule.absconds(None, b, person, owed)
    owed.net_wage = 250.0
    assert not rule.absconds(None, b, person, owed)
    owed.net_wage, owed.contract_permit_bound = 100.0, False
    assert not rule.absconds(None, b, person, owed)
    saved = [rule.has_saved_enough(person, Row(months_to_target=m)) for m in (23.9, 24.0, 24.1)]
    assert saved == [1.0, 1.0, 0.0]
    wages = Row(log_net_wage_ratio=0.9)
    assert rule.wage_ratio(b, person, wages) == 0.9
    assert rule.wage_ratio(b, Row(marks=ASSISTANT), wages) == approx(0.9 + math.log(0.75))
    b.recognition_assistant_wage = 0.0
    assert rule.wage_ratio(b, Row(marks=ASSISTANT), wages) == approx(0.9 + math.log(1e-3))
    assert [rule.wanted_of(b, Row(marks=m)) for m in (FOUND_READY, 0)] == [1.0, 0.3]
    later = Row(month=5 + 24)
    assert rule.merit_of(later, b, person) == approx(0.8 * (0.7 - 0.4) + 0.5 * 2)
    b.retention_contract_tenure, b.readiness_needed = 0.0, NONE
    assert rule.merit_of(later, b, person) == approx(0.8 * (0.7 - 0.5))
    b.retention_contract_readiness = -0.8
    assert rule.merit_of(later, b, person) == approx(-0.8 * (0.7 - 0.5))
    b.retention_contract_readiness = 0.0
    assert rule.merit_of(later, b, person) == 0.0


def test_of_those_level_with_the_bar_the_first_to_apply_are_taken():
    world = one_run(
        bare({"programmes.pilot.intakes": {"seats": 7, "applicants_per_seat": 3}}, months=1)
    )
    np.testing.assert_array_equal(world.people["number"], range(7))


def test_who_loses_by_every_hire_does_not_engage_however_bad_the_alternative():
    behaviour = {"steepness": 1.0, "alternative_value": -1e9}
    for margin, placed in ((-100.0, 0), (0.0, 0), (100.0, 100)):
        changes = {"behaviour.participation": behaviour, "employers.firms.margin_per_month": margin}
        world = one_run(bare(changes, months=9))
        assert (world.people["arrived"] >= 0).sum() == placed


def test_a_world_that_begins_anew_forgets_the_run_before():
    world = World(blueprint(bare(months=9)))
    for months in (9, 4):
        world.advance(months, 1, 0)
        assert world.months_done == months
    world.advance(3, 1)
    assert world.months_done == 7
    with pytest.raises(AttributeError, match="nothing"):
        world.nothing  # noqa: B018


def test_employers_reckon_with_the_refund_of_who_leaves_early():
    pilot = "programmes.pilot"
    for share, months in ((0.0, 12), (0.5, 12), (0.5, 1), (0.5, 0)):
        world = one_run(
            bare(
                {
                    f"{pilot}.fee_per_recruit": 1000,
                    f"{pilot}.refund_share": share,
                    f"{pilot}.refund_months": months,
                    "behaviour.retention.quit": 0.03,
                    "behaviour.participation.steepness": 1.0,
                    "employers.firms.size": "large",
                },
                months=2,
            )
        )
        expected = 1000 * (1 - share * (1 - math.exp(-0.03 * months)))
        assert world.partnerships["cost"] == approx(expected)


def test_each_lane_of_an_office_has_a_background_of_its_own():
    lanes = {"standard": {}, "priority": {"background_per_month": 2.5, "decisions_per_month": 1}}
    world = one_run(bare({"governments.destination.visa.lanes": lanes}, months=5))
    assert world.lanes["lodged"].tolist() == [0.0, 12.0]
    assert world.lanes["carried"].tolist() == [0.0, 0.5]


def test_employers_know_how_many_work_for_them():
    changes = {
        "behaviour.retention": {"quit": 0.05, "stay_in_destination": 0.5},
        "programmes.pilot.training.months_after_arrival": 3,
    }
    for months in (6, 8, 20):
        world = one_run(bare(changes, months=months))
        stages = [STAGES.index(stage) for stage in ("adapting", "employed")]
        at_work = world.people[np.isin(world.people["stage"], stages)]
        assert (
            world.employers["workers"].tolist()
            == np.bincount(at_work["employer"], minlength=4).tolist()
        )
        assert len(at_work) > 10


def test_seats_that_setting_up_moves_beyond_the_horizon_are_lost():
    intakes = {"seats": 2.5, "every_months": 6, "number": 4}
    found = ensemble(
        bare({"programmes.pilot.intakes": intakes, "programmes.pilot.setup_months": 6}, months=20),
        runs=1,
    )
    # of ten seats in four intakes seven were planned before the last
    assert found.count("lost_set_up").tolist() == [3]
    assert found.count("enrolled").tolist() == [7]


@pytest.mark.parametrize("other", ["motivation", "attachment", "savings"])
def test_who_selects_without_error_takes_the_most_apt_whatever_goes_with_aptitude(other):
    unit = {"beta": {"mean": 0.5, "sd": 0.2}}
    changes = {
        "behaviour.people": {
            "aptitude": unit,
            other: unit if other == "motivation" else {"lognormal": {"median": 9, "sigma": 0.5}},
            "correlations": {other: {"aptitude": -0.7}},
        }
    }

    def people_of(seats):
        intakes = {"seats": seats, "applicants_per_seat": 30 / seats}
        return one_run(bare({**changes, "programmes.pilot.intakes": intakes}, months=1)).people

    everybody, taken = people_of(30), people_of(10)
    best = everybody["number"][np.argsort(-everybody["aptitude"])[:10]]
    assert set(taken["number"]) == set(best)


def test_a_world_begins_with_rows_for_all_whom_its_intakes_may_take():
    for months, intakes in ((20, 4), (200, 9)):
        design = bare(
            {"programmes.pilot.intakes": {"seats": 2.5, "every_months": 6, "number": 9}},
            months=months,
        )
        # a seat more for a carried fraction, and one person who is looked at
        assert terms.people_at_first(design) == 3 * intakes + 1
