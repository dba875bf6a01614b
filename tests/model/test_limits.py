"""Limits: what happens with none or one of something."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run

import smpsim
from smpsim.vocabulary import ITEMS

LANE = "governments.destination.visa.lanes.standard"


@pytest.mark.parametrize(
    "changes",
    [
        {"programmes.pilot.intakes.seats": 0},
        {"programmes.pilot.intakes.number": 0},
        {"programmes.pilot.intakes.applicants_per_seat": 0},
        {"institutions.schools.seats": 0},
        {"behaviour.exam.pass_probability": 0},
        {"employers.firms.initial_vacancies": 0},
        {f"{LANE}.decisions_per_month": 0},
        {f"{LANE}.refusal": 1},
        {"governments.destination.visa.quota_per_year": 0},
        {"programmes.pilot.employer_involvement": "none"},
        {"programmes.pilot.channel": "none"},
        {"programmes.pilot.domestic_track_share": 1},
        {"behaviour.trust.minimum_to_hire": 1},
        {"behaviour.readiness.hiring_minimum": 1},
        {"behaviour.waiting.longest_months": 0, "programmes.pilot.late_from_month": 30,
         "programmes.pilot.employer_involvement": "late"},
        {"employers.firms.willingness_to_pay": 10, "programmes.pilot.fee_per_recruit": 11},
        {"governments.destination.new_channel_months": 70, "programmes.pilot.channel": "new"},
        {"behaviour.recognition.unbridgeable_gap": 0.2, "institutions.schools.alignment": 0.7,
         "programmes.pilot.recognition": "before_departure"},
        {"governments.destination.recognition.starts_per_month": 0,
         "programmes.pilot.recognition": "before_departure"},
        {"programmes.pilot.setup_months": 60},
        {"behaviour.training.dropout": 40},
    ],
    ids=lambda c: ",".join(k.rsplit(".", 1)[-1] for k in c),
)  # fmt: skip
def test_nobody_is_placed_when_one_link_is_missing(changes):
    assert ensemble(bare(), 3).last("placed").min() == 100
    found = ensemble(bare(changes), 3)
    assert found.last("placed").max() == 0


def test_without_trust_nobody_is_hired_in_the_full_model():
    free = smpsim.load("reference")
    none = smpsim.load(
        "reference",
        overrides={
            "employers.firms.trust_prior_mean": 1e-6,
            "behaviour.trust.selection_gain": 0,
            "behaviour.trust.neighbour_weight": 0,
        },
    )
    assert ensemble(free, 5).last("placed").min() > 0
    assert ensemble(none, 5).last("placed").max() == 0


def test_one_school_one_vacancy_and_one_seat_make_one_placement():
    changes = {
        "institutions.schools.count": 1,
        "employers.firms.count": 1,
        "employers.firms.initial_vacancies": 1,
        "programmes.pilot.intakes.seats": 1,
    }
    world = one_run(bare(changes))
    (person,) = world.people
    # trained in months 0 to 5, matched, visa and arrival in the month of the exam
    assert list(person["entered"][[0, 1, 3, 4, 6, 9]]) == [0, 0, 5, 5, 5, 5]
    assert world.programmes["placed"][0] == 1


def test_a_run_of_one_month_is_possible():
    world = one_run(bare(months=1))
    assert world.trajectory.shape[0] == 1
    assert world.headcount[0].sum() == 100


def test_a_fraction_of_a_seat_is_carried_over():
    world = one_run(
        bare({"programmes.pilot.intakes.seats": 0.4, "programmes.pilot.intakes.number": 60})
    )
    assert world.programmes["enrolled"][0] == 24


def test_the_quota_holds_in_every_calendar_year():
    scenario = bare(
        {"governments.destination.visa.quota_per_year": 30, "programmes.pilot.intakes.number": 6},
        start="2024-09",
    )
    world = one_run(scenario)
    arrived = np.sort(world.people["arrived"][world.people["arrived"] >= 0])
    years = (arrived + 8) // 12
    assert np.bincount(years).max() == 30
    assert (np.bincount(years)[1:5] == 30).all()


def test_seats_of_institutions_hold_in_every_month():
    scenario = bare({"institutions.schools.seats": 30, "programmes.pilot.intakes.number": 12})
    model = smpsim.Model(scenario, seed=1)
    fullest = 0
    while model.running:
        model.step()
        fullest = max(fullest, int(model.world.institutions["enrolled"].max()))
    assert fullest == 30


def test_a_budget_stops_intakes_but_not_those_under_way():
    scenario = bare(
        {
            "institutions.schools.cost_per_trainee_month": 100,
            "programmes.pilot.intakes.number": 24,
            "programmes.pilot.intakes.budget": 100_000,
        }
    )
    world = one_run(scenario)
    record = world.programmes[0]
    assert 0 < record["opened"] < 24
    # who has begun finishes, so spending ends above the ceiling by what was under way
    assert record["spent"] == record["enrolled"] * 600 >= 100_000
    assert record["placed"] == record["enrolled"]


def test_committed_seats_follow_the_employers_forecast():
    changes = {
        "programmes.pilot.demand": "committed",
        "employers.firms.initial_vacancies": 0,
        "employers.firms.vacancies_per_year": 6,
    }
    world = one_run(bare(changes))
    # 6 a year over 6 months of training, one half opened in month 0: 3 each at 4 firms
    assert world.programmes["enrolled"][0] == 12
    assert world.programmes["placed"][0] == 12


def test_nothing_happens_after_the_horizon():
    model = smpsim.Model(bare(months=5), seed=1)
    model.world.advance(500)
    assert model.month == 5


def test_a_quota_holds_where_the_delay_is_a_distribution():
    scenario = bare(
        {
            "governments.destination.visa.quota_per_year": 30,
            f"{LANE}.months": {"lognormal": {"median": 2, "sigma": 0.5}},
            "programmes.pilot.intakes.number": 3,
        },
        start="2024-09",
    )
    arrived = one_run(scenario).people["arrived"]
    years = np.bincount((arrived[arrived >= 0] + 8) // 12)
    assert years.max() == 30
    assert (years[1:5] == 30).all()


def test_without_training_people_keep_the_skills_they_bring():
    changes = {
        "behaviour.exam": {"pass_probability": None, "skill_needed": 0.5, "skill_noise": 0.01},
        "programmes.pilot.training": {"months_before_departure": 0, "language_target": "A2"},
        "behaviour.people.initial_skill": 0.8,
        "behaviour.people.initial_language_hours": 375,
        "institutions.schools.cost_per_trainee_month": 1000,
    }
    world = one_run(bare(changes))
    assert set(world.people["language"]) == {3.0}
    # a level above the target passes with logistic(1 / 0.4) = 92 %
    assert 80 < world.programmes["placed"][0] < 100
    assert world.programmes["spent"][0] == 0


def test_a_contract_served_to_its_end_counts_as_retention():
    circular = {"programmes.pilot.contract": {"kind": "circular", "months": 12}}
    found = ensemble(bare(circular), 2)
    assert (found.count("retained_12") == found.count("seen_12")).all()
    assert (found.count("retained_24") == 0).all()
    assert (found.count("seen_24") == 100).all()


def test_committed_seats_need_a_legal_channel():
    committed = {"programmes.pilot.demand": "committed"}
    assert ensemble(bare(committed), 2).last("placed").min() == 100
    for channel in ("none", "new"):
        changes = {
            **committed,
            "programmes.pilot.channel": channel,
            "governments.destination.new_channel_months": 70,
        }
        assert ensemble(bare(changes), 2).last("placed").max() == 0


def test_only_fees_that_were_paid_are_refunded():
    world = one_run(
        bare(
            {
                "programmes.pilot.fee_per_recruit": 1000,
                "programmes.pilot.refund_share": 0.4,
                "programmes.pilot.refund_months": 6,
                f"{LANE}.refusal": 0.5,
                "behaviour.retention.quit": 0.05,
            }
        )
    )
    paid = world.ledger.sum(axis=(0, 1, 3))
    fee, refund = paid[ITEMS.index("placement_fee")], paid[ITEMS.index("refund")]
    people = world.people
    early = (people["left"] >= 0) & (people["left"] - people["arrived"] < 6)
    assert fee == 1000 * world.programmes["placed"][0]
    assert refund == 400 * early.sum() > 0


def test_journeys_after_an_independent_search_cost_the_programme_nothing():
    world = one_run(
        bare(
            {
                "programmes.pilot.channel": "none",
                "programmes.pilot.costs.travel": 500,
                "behaviour.waiting.individual_search": 0.1,
            }
        )
    )
    assert world.programmes["migrated"][0] > 50
    assert world.programmes["placed"][0] == 0
    assert world.programmes["spent"][0] == 0
