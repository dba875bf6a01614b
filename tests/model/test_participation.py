"""How employers hear of a programme, what they expect of it and when they decide (E1 to E3, E6)."""

import math

import numba
import numpy as np
import pytest
from worlds import bare, ensemble, one_run

import smpsim
from smpsim.agents import employer, seat
from smpsim.agents.employer import UNAWARE, WITHDRAWN
from smpsim.vocabulary import CONCERNS, ITEMS, PARTIES
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World

P, D = "programmes.pilot", "governments.destination"
LANE = f"{D}.visa.lanes.standard"
PATIENCE = "employers.firms.patience_months"
IN = "behaviour.participation"
# decisions by value where margins are those of two years and all are ready
VALUED = {
    f"{IN}.steepness": 1.0,
    f"{IN}.scale": 2000,
    "employers.firms.margin_per_month": 500,
    "employers.firms.trust_prior_mean": 0.8,
}


@numba.njit
def value(trust, arrives, gain, loss, cost, beyond, effort, concern, b):
    return seat.expected_value(trust, arrives, gain, loss, cost, beyond, effort, concern, b)


@numba.njit
def loss_of(b, margin, hazard, months):
    return seat.loss_if_unready(b, margin, hazard, months)


@pytest.fixture(scope="module")
def b():
    return one_run(smpsim.load("reference", overrides={"months": 1})).behaviour.view(np.recarray)[0]


# hearing of it


def heard(promotion=0.0, firms=400, months=360, open_share=1.0, **behaviour):
    """Return the share of employers who know a programme in which all take part who would."""
    scenario = bare(
        {
            "employers.firms.count": firms,
            f"{P}.promotion": promotion,
            f"{IN}.open_share": open_share,
            f"{P}.intakes.seats": 1,
            "behaviour.awareness": {"initially_aware": 0.02, **behaviour},
        },
        months=months,
    )
    return ensemble(scenario, 8).column("employers_aware").mean(axis=0) / firms


def test_without_promotion_a_practice_spreads_in_an_s_curve_over_10_to_25_years():
    aware = smpsim.load("reference").behaviour.awareness
    # two thirds are open to the idea, and of them all who know take part
    share = heard(
        open_share=0.667,
        contact_rate=aware.contact_rate,
        network_neighbours=aware.network_neighbours,
        network_rewiring=aware.network_rewiring,
    )
    early, middle, late = (np.argmax(share >= level) for level in (0.1, 0.5, 0.9))
    assert 120 <= late - early <= 300
    # slow, fast, slow: the middle third of the time brings most
    speed = np.convolve(np.diff(share), np.ones(24) / 24, "valid")
    assert speed[middle - 12] > 1.3 * speed[: early + 1].mean()
    assert speed[middle - 12] > 1.3 * speed[late - 12]


def test_half_of_a_sector_know_a_promoted_scheme_after_four_years_and_few_an_unpromoted_one():
    # Australian growers, German firms and the fast track (evidence)
    assert 0.45 <= heard(promotion=0.015, months=48)[-1] <= 0.55
    assert 0.13 <= heard(promotion=0.003, months=48)[-1] <= 0.18


def test_word_spreads_from_participants_before_anybody_has_arrived():
    silent = heard(months=6)
    talking = heard(months=6, contact_rate=0.3, network_neighbours=4)
    assert silent[-1] == silent[0]
    assert talking[-1] > 1.5 * silent[-1]


def test_where_there_is_an_association_it_spreads_the_word():
    rates = {"association_rate": 0.5, "network_neighbours": 0}
    assert heard(months=24, **rates)[-1] == heard(months=24)[-1]
    with_one = bare(
        {
            "employers.firms.count": 400,
            f"{P}.association_reach": 1e-9,
            "behaviour.awareness": {"initially_aware": 0.1, "association_rate": 0.5},
        },
        months=24,
    )
    assert ensemble(with_one, 8).last("employers_aware").mean() > 300


# what a seat is worth


def test_the_value_of_a_seat_equals_a_hand_calculation(b):
    found = value(0.8, 0.5, 12000.0, 4000.0, 3000.0, 2.0, 700.0, CONCERNS.index("quality"), b)
    gains = np.array([12000.0, 8000.0, 0.0])
    chances = np.array([0.4, 0.1, 0.5])
    middle = gains @ chances
    spread = math.sqrt(chances @ (gains - middle) ** 2) * b.participation_risk_aversion
    by_hand = middle - spread - 3000 - 2 * b.participation_delay_cost - 700
    by_hand -= (b.participation_emphasis - 1) * 0.1 * 4000
    assert found == pytest.approx(by_hand)


def test_each_type_of_employer_weighs_its_first_concern_most(b):
    """A shortfall in their first concern costs them more than it costs others."""
    good = {"trust": 0.9, "arrives": 0.9, "cost": 1000.0, "beyond": 0.0, "effort": 100.0}
    worse = {
        "quality": {"trust": 0.4},
        "predictability": {"arrives": 0.5},
        "cost": {"cost": 6000.0},
        "speed": {"beyond": 12.0},
        "simplicity": {"effort": 3000.0},
    }

    def worth(concern, **change):
        one = {**good, **change}
        return value(
            *(one["trust"], one["arrives"], 15000.0, 9000.0),
            *(one["cost"], one["beyond"], one["effort"], CONCERNS.index(concern), b),
        )

    for mine, change in worse.items():
        lost = {other: worth(other) - worth(other, **change) for other in CONCERNS}
        assert max(lost, key=lost.get) == mine, lost


def test_an_unready_hire_costs_the_missing_skills_until_they_are_learnt(b):
    hazard, months, margin = 0.02, 36, 600.0
    found = loss_of(b, margin, hazard, float(months))
    time = np.linspace(0, months, 200_001)
    missing = margin * (1 - b.participation_unready_output) + b.participation_supervision
    by_hand = np.trapezoid(missing * np.exp(-(hazard + b.participation_catching_up) * time), time)
    assert found == pytest.approx(by_hand, rel=1e-6)
    worked = np.trapezoid(np.exp(-hazard * time), time)
    assert seat.months_worked(hazard, float(months)) == pytest.approx(worked, rel=1e-6)
    assert seat.months_worked(0.0, 36.0) == 36.0


def test_the_chance_of_timely_arrival_falls_with_waits_doubt_and_refusals():
    chance = seat.arrival_probability
    assert chance(12.0, 6.0, 2.0, 1.0, 0.0) > chance(12.0, 11.0, 2.0, 1.0, 0.0) > 0.5
    assert chance(12.0, 12.0, 2.0, 1.0, 0.0) == pytest.approx(0.5)
    assert chance(12.0, 6.0, 6.0, 1.0, 0.0) < chance(12.0, 6.0, 2.0, 1.0, 0.0)
    assert chance(math.inf, 90.0, 9.0, 0.9, 0.2) == pytest.approx(0.72)
    beyond = seat.months_beyond
    assert beyond(math.inf, 90.0, 9.0) == 0.0
    assert beyond(10.0, 100.0, 1.0) == pytest.approx(90.0)
    assert 0 < beyond(10.0, 8.0, 2.0) < beyond(10.0, 12.0, 2.0)


def test_participation_is_logistic_in_expected_value(b):
    firm = one_run(smpsim.load("reference", overrides={"months": 1})).employers.view(np.recarray)[0]
    firm.willingness, firm.open_to_it = 5000.0, 1
    rule = seat.participation_probability
    for worth in (-9000.0, 2000.0, 30000.0):
        push = b.participation_steepness * (worth - 5000.0) / 2000.0
        found = rule(worth, 5000.0, 2000.0, 4000.0, firm, b)
        assert found == pytest.approx(1 / (1 + np.exp(-push)))
        assert rule(worth, 5000.0, 2000.0, 5001.0, firm, b) == 0.0
    firm.open_to_it = 0
    assert rule(30000.0, 5000.0, 2000.0, 4000.0, firm, b) == 0.0


# what it costs


PAYING = {
    "behaviour.training.dropout": 0.04,
    "behaviour.exam": {"pass_probability": 0.8, "retakes": 1, "retake_months": 2},
    "behaviour.retention.quit": 0.02,
    f"{LANE}.refusal": 0.1,
    "institutions.schools.cost_per_trainee_month": 300,
    f"{P}.intakes": {"seats": 20, "every_months": 3, "number": 24, "applicants_per_seat": 3},
    f"{P}.training.months_after_arrival": 3,
    f"{P}.training.language_target": "B1",
    f"{P}.fee_per_recruit": 900,
    f"{P}.refund_share": 0.5,
    f"{P}.refund_months": 6,
    f"{D}.recognition.cost": 500,
    f"{D}.small_firm_incentive": 400,
    f"{P}.recognition": "before_departure",
    f"{P}.costs": {
        "setup": 60_000,
        "selection": 50,
        "language": 80,
        "stipend": 60,
        "exam": 100,
        "visa": 75,
        "travel": 700,
        "adaptation": 200,
        "overhead": 4000,
    },
    f"{P}.funding": {
        item: {"employer": 0.5, "donor": 0.5}
        for item in (
            *("setup", "selection", "training", "language", "stipend", "exam"),
            *("recognition", "visa", "travel", "adaptation", "overhead"),
        )
    },
    "behaviour.exam.pass_probability": 0.8,
}


@pytest.mark.parametrize("demand", ["committed", "pool"])
def test_employers_are_charged_what_they_expect(demand):
    changes = {
        **PAYING,
        f"{P}.demand": demand,
        f"{IN}.believed_graduation": 0.75,
        f"{IN}.believed_arrival": 0.9,
    }
    scenario = bare(changes, months=110)
    payer = PARTIES.index("employer")
    charged, first, last = [], [], []
    for replication in range(12):
        world = World(blueprint(scenario, 1))
        world.advance(1, 1, replication)
        first.append(world.partnerships["cost"].mean())
        world.advance(109)
        last.append(world.partnerships["cost"].mean())
        paid = world.ledger[:, 0]
        given = paid[:, ITEMS.index("refund")].sum() + paid[:, ITEMS.index("incentive")].sum()
        charged.append((paid[:, :, payer].sum() - given) / world.programmes["placed"][0])
    assert np.mean(first) == pytest.approx(np.mean(charged), rel=0.1)
    assert np.mean(last) == pytest.approx(np.mean(charged), rel=0.1)


# who takes part, and when


def engaged(changes, months=13, runs=20, firms=60):
    """Return the mean share of employers engaged at the end, all of whom know the programme."""
    scenario = bare({"employers.firms.count": firms, **VALUED, **changes}, months=months)
    return ensemble(scenario, runs).last("employers_engaged").mean() / firms


def test_most_engage_where_it_is_worth_it():
    assert engaged({}) > 0.95


@pytest.mark.parametrize(
    "changes",
    [
        {f"{P}.channel": "none"},
        {f"{D}.visa.quota_per_year": 0},
        {"employers.firms.margin_per_month": 0},
        {"employers.firms.margin_per_month": -500},
        {f"{P}.channel": "new", f"{D}.new_channel_months": 200, PATIENCE: 12},
        {f"{IN}.open_share": 0.0},
        {"employers.firms.willingness_to_pay": 1000, f"{P}.fee_per_recruit": 1001},
    ],
    ids=lambda c: ",".join(c),
)  # fmt: skip
def test_nobody_engages_where_nothing_can_be_gained(changes):
    assert engaged(changes) == 0.0


def test_employers_drop_out_once_they_learn_of_refusals():
    learning = {
        f"{LANE}.refusal": 0.97,
        "behaviour.channel": {"believed_refusal": 0.1, "refusal_uncertainty": 1.0},
        f"{P}.intakes": {"seats": 100, "every_months": 3, "number": 20},
        f"{IN}.alternative_value": 5000,
        "employers.firms.vacancies_per_year": 6,
    }
    assert engaged(learning, months=5) > 0.9
    assert engaged(learning, months=60) < 0.2
    # of a refusal that nobody learns of, nobody draws a lesson
    blind = {**learning, "behaviour.channel": {"believed_refusal": 0.1}}
    assert engaged(blind, months=60) > 0.9


def test_employers_who_are_not_open_or_already_served_stay_away():
    assert engaged({f"{IN}.open_share": 0.667}, firms=300) == pytest.approx(0.667, abs=0.03)
    served = {
        f"{IN}.served_value": 1e6,
        f"{IN}.served": {"high": 0.8, "medium": 0.1, "low": 0.0},
    }
    for level, share in (("high", 0.8), ("medium", 0.1), ("low", 0.0)):
        found = engaged({**served, f"{P}.skill_level": level}, firms=300)
        assert found == pytest.approx(1 - share, abs=0.03)


def test_fees_reduce_engagement_and_most_among_small_firms():
    cost = {f"{IN}.fixed_cost.sme": 12000, "employers.firms.vacancies_per_year": 1}
    free, dear = engaged({}), engaged({**cost, "employers.firms.initial_vacancies": 0})
    assert dear < free
    many = engaged({**cost, "employers.firms.initial_vacancies": 20})
    assert dear < many <= free


def test_employers_decide_at_planning_time_or_after_news():
    changes = {**VALUED, "employers.firms.count": 200, "behaviour.awareness.initially_aware": 0.5}
    scenario = bare({**changes, f"{P}.promotion": 0.05, f"{P}.intakes.number": 0}, months=40)
    world = World(blueprint(scenario, 1))
    world.advance(0, 1, 0)
    joined = []
    before = world.partnerships["state"].copy()
    for month in range(40):
        world.advance(1)
        now = world.partnerships["state"]
        plans = world.employers["plans_in"][world.partnerships["employer"]]
        fresh = (now != before) & (now != UNAWARE) & (before <= 1) & (now >= 2)
        if month > 0:
            assert (plans[fresh] == month % 12).all()
            joined.append(fresh.sum())
        before = now.copy()
    assert sum(joined) > 50


def test_changed_terms_are_news():
    closed = {"month": 17, "set": {f"{P}.channel": "none"}, "why": "a law"}
    scenario = bare({**VALUED, "employers.firms.count": 50}, months=24, timeline=[closed])
    found = ensemble(scenario, 5).column("employers_engaged")
    assert (found[:, 16] > 45).all()
    assert (found[:, 17] == 0).all()


def test_founders_take_part_from_the_first_month_if_it_is_worthwhile():
    few = {"behaviour.awareness.initially_aware": 0.0, f"{P}.founding_share": 0.2}
    doubtful = {f"{IN}.alternative_value": 16000, **few}
    scenario = bare({**VALUED, **doubtful, "employers.firms.count": 300}, months=1)
    found = ensemble(scenario, 20)
    assert (found.last("employers_engaged") == found.last("employers_aware")).all()
    assert 40 < found.last("employers_aware").mean() < 80
    scenario = bare({**VALUED, **few, "employers.firms.margin_per_month": -1}, months=1)
    assert ensemble(scenario, 20).last("employers_engaged").max() == 0


def test_a_less_accurate_forecast_never_foresees_more():
    luck = np.random.default_rng(2).standard_normal(400_000)
    for sd in (0.2, 0.6, 1.0):
        found = np.mean([employer.forecast(10.0, sd, z) for z in luck[:100_000]])
        assert found == pytest.approx(10.0, rel=0.03)


def test_curricula_follow_the_number_of_firms_not_their_share():
    def gained(firms, aware=1.0, half=20.0):
        scenario = bare(
            {
                "employers.firms.count": firms,
                "behaviour.awareness.initially_aware": aware,
                "behaviour.alignment": {"gain_design": 0.5, "half_firms": half},
                "institutions.schools.alignment": 0.4,
            },
            months=12,
        )
        return one_run(scenario).series("mean_alignment")[-1, 0]

    few, more, many = (gained(n) for n in (2, 20, 200))
    assert few < more < many
    engagement = 20 / (20 + 20)
    assert more == pytest.approx(1 - 0.6 * (1 - 0.5 * engagement / 12) ** 12)
    assert gained(200, aware=0.1) == pytest.approx(gained(20), rel=0.05)
    # neutral: who is engaged, be it one, brings all of eta
    assert gained(1, half=0.0) == pytest.approx(1 - 0.6 * (1 - 0.5 / 12) ** 12)


def test_a_surprising_delay_gets_the_weight_it_deserves():
    row = one_run(bare(months=1)).partnerships.view(np.recarray)[0]
    row.believed_delay, row.delay_variance, row.reliability = 4.0, 4.0, 1.0
    employer.experience_of_delay(row, 10.0, True, 1.0, 0.5, 0.1)
    gain = 4.0 / (4.0 + (0.5 * 4.0) ** 2)
    assert row.believed_delay == pytest.approx(4.0 + gain * 6.0)
    assert row.delay_variance == pytest.approx((1 - gain) * 4.0)
    assert row.reliability == pytest.approx(0.9)
    row.believed_delay, row.delay_variance = 4.0, 0.0
    employer.experience_of_delay(row, 10.0, False, 1.0, 0.5, 0.1)
    assert row.believed_delay == 4.0


def test_beliefs_about_the_channel_converge_to_its_performance():
    changes = {
        f"{LANE}.months": 9,
        f"{LANE}.refusal": 0.4,
        "behaviour.channel": {
            "believed_months": 3,
            "uncertainty_months": 2,
            "spread": 0.3,
            "believed_refusal": 0.1,
            "refusal_uncertainty": 1.0,
        },
    }
    world = one_run(bare(changes))
    assert world.partnerships["believed_delay"] == pytest.approx(np.full(4, 9.0), rel=0.1)
    assert world.partnerships["believed_refusal"] == pytest.approx(np.full(4, 0.4), abs=0.15)
    assert (world.partnerships["state"] != WITHDRAWN).all()
