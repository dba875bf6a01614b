"""Each rule of the agents against its closed form, at cases that tell every term apart.

Rules run as plain Python here, compiled or not, so that these tests take no time: they are the
first that mutants of `smpsim/agents` meet (tests/mutation.py).
"""

import math
from types import SimpleNamespace as Row

import numpy as np
import pytest
from scipy.integrate import trapezoid

from smpsim.agents import belief, employer, government, institution, programme, seat, trainee
from smpsim.agents.trainee import EMPLOYED_BEFORE, GUARANTEED
from smpsim.vocabulary import CONCERNS, ENGAGEMENT, NONE, STAGES, PaidPer, place

approx = pytest.approx


def share(logit):
    return 1 / (1 + math.exp(-logit))


def mean_over_luck(function):
    """Return the mean of a function of a standard normal number, by Gauss-Hermite quadrature."""
    points, weights = np.polynomial.hermite_e.hermegauss(40)
    return sum(w * function(x) for x, w in zip(points, weights, strict=True)) / weights.sum()


# beliefs (E4, E13)


def test_logit_is_the_inverse_of_the_logistic_within_bounds():
    for chance in (1e-9, 0.2, 0.5, 0.8, 1 - 1e-9):
        assert belief.logistic(belief.logit(chance)) == approx(chance, rel=1e-12)
    assert belief.logit(0.8) == approx(math.log(4))
    assert belief.logistic(math.log(4)) == approx(0.8)
    for outside in (0.0, -0.1, 1e-20):
        assert belief.logit(outside) == -30.0
    for outside in (1.0, 1.1):
        assert belief.logit(outside) == 30.0
    assert belief.logistic(1e6) == approx(share(30), rel=1e-15)
    assert belief.logistic(-1e6) == approx(share(-30), rel=1e-12)


def three(variances=(0.5, 1.5, 0.2)):
    return [Row(logit=m, variance=v) for m, v in zip((0.3, -0.4, 0.9), variances, strict=True)]


def conditioned(rows, value_of_slope, information):
    """Return means and variances after a Gaussian observation of the sum, by matrices."""
    prior = np.diag([1 / row.variance for row in rows])
    ones = np.ones(len(rows))
    after = np.linalg.inv(prior + information * np.outer(ones, ones))
    means = np.array([row.logit for row in rows]) + after @ ones * value_of_slope
    return means, np.diag(after)


@pytest.mark.parametrize(("success", "weight"), [(1.0, 1.0), (0.0, 2.5), (1.0, 0.3)])
def test_a_case_moves_beliefs_as_a_laplace_approximation_does(success, weight):
    def check(rows, observe, rest=0.0):
        chance = share(sum(row.logit for row in rows) + rest)
        slope, information = weight * (success - chance), weight * chance * (1 - chance)
        means, variances = conditioned(rows, slope, information)
        observe()
        assert [row.logit for row in rows] == approx(means)
        assert [row.variance for row in rows] == approx(variances)

    rows = three()
    check(rows, lambda: belief.observe_sum(*rows, success, weight))
    two = three()[:2]
    check(two, lambda: belief.observe_two(*two, 0.7, success, weight), 0.7)
    one = three()[:1]
    check(one, lambda: belief.observe(*one, success, weight))


def test_a_value_that_is_shown_conditions_a_gaussian():
    rows, value, precision = three(), 2.2, 1.7
    slope = precision * (value - sum(row.logit for row in rows))
    means, variances = conditioned(rows, slope, precision)
    belief.be_shown(*rows, value, precision)
    assert [row.logit for row in rows] == approx(means)
    assert [row.variance for row in rows] == approx(variances)


def test_beliefs_stay_within_bounds():
    row = Row(logit=29.0, variance=4.0)
    belief.shift(row, 10.0, 100.0)
    assert (row.logit, row.variance) == (30.0, 0.0)
    row = Row(logit=-29.0, variance=4.0)
    belief.shift(row, -10.0, 0.1)
    assert (row.logit, row.variance) == (-30.0, approx(4 - 1.6))
    row = Row(logit=1.0, variance=2.0)
    belief.shift(row, 0.25, 0.125)
    assert (row.logit, row.variance) == (1.5, 1.5)


def test_a_belief_left_alone_drifts_back_to_its_initial_doubt():
    assert belief.drifted(0.5, 2.0, 0.1, 3) == approx(0.5 + 0.1 * 2.0 * 3)
    assert belief.drifted(0.5, 2.0, 0.1, 300) == 2.0
    assert belief.drifted(2.5, 2.0, 0.1, 3) == 2.5


# employers (E1 to E4, E10, E12, E13, E18)


def test_which_employers_take_part():
    assert [word for word in ENGAGEMENT if employer.takes_part(place(word, ENGAGEMENT))] == [
        "engaged",
        "committed",
        "hiring",
    ]


def test_the_hazard_of_awareness_adds_up():
    found = employer.awareness_hazard(0.01, 0.2, 3.0, 0.5, 7.0, 11.0)
    assert found == approx(0.01 + 0.2 + 3.0 * 0.5 + 7.0 * 11.0)


def test_control_of_selection_moves_the_prior_towards_that_of_in_house_hiring():
    assert employer.prior_trust(0.4, NONE, 0.8, 0.5, 0.6) == approx(0.4 + 0.6 * 0.5 * 0.4)
    assert employer.prior_trust(0.4, 0.6, 0.8, 0.5, 0.6) == approx(0.6 + 0.6 * 0.5 * 0.2)
    assert employer.prior_trust(0.9, NONE, 0.8, 0.5, 0.6) == 0.9


def test_low_trust_discounts_readiness():
    assert employer.perceived_readiness(0.8, 0.25, 0.4) == approx(0.8 * (1 - 0.4 * 0.75))


def test_the_chance_that_a_hire_is_found_ready_is_logistic():
    b = Row(readiness_needed=0.6, readiness_noise=0.1)
    assert employer.ready_chance(b, 0.6) == 0.5
    assert employer.ready_chance(b, 0.6 + 0.1 * math.log(3)) == approx(0.75)
    assert employer.ready_chance(Row(readiness_needed=NONE), 0.0) == 1.0
    assert employer.found_ready(b, 0.6, 0.499)
    assert not employer.found_ready(b, 0.6, 0.5)


@pytest.mark.parametrize(("success", "weighs"), [(1.0, 0.5), (0.0, 1.5)])
def test_a_failure_weighs_more_than_a_success(success, weighs):
    found, wanted = three(), three()
    employer.learn(*found, success, 0.5, 3.0)
    belief.observe_sum(*wanted, success, weighs)
    assert found == wanted


def test_a_forecast_is_lognormal_with_the_mean_it_forecasts():
    assert employer.forecast(7.0, 0.0, 2.0) == 7.0
    assert mean_over_luck(lambda z: employer.forecast(7.0, 0.6, z)) == approx(7.0)
    ratio = employer.forecast(7.0, 0.6, 1.0) / employer.forecast(7.0, 0.6, -1.0)
    assert math.log(ratio) == approx(2 * 0.6)


def test_a_case_moves_the_believed_delay_as_a_kalman_filter_does():
    def after(late=False, **start):
        row = Row(**{"believed_delay": 4.0, "delay_variance": 3.0, "reliability": 0.5, **start})
        employer.experience_of_delay(row, 9.0, late, 0.5, 0.25, 0.2)
        return row

    row = after()
    precision = 1 / 3.0 + 0.5 / (0.25 * 4.0) ** 2
    assert row.delay_variance == approx(1 / precision)
    assert row.believed_delay == approx((4.0 / 3.0 + 9.0 * 0.5 / 1.0) / precision)
    assert row.reliability == approx(0.5 + 0.5 * 0.2 * 0.5)
    assert after(late=True).reliability == approx(0.5 - 0.5 * 0.2 * 0.5)
    # a delay of less than a month is as noisy as one of a month
    assert after(believed_delay=0.5).delay_variance == approx(1 / (1 / 3.0 + 0.5 / 0.25**2))
    assert after(delay_variance=0.0).believed_delay == 4.0
    assert after(delay_variance=0.5).delay_variance == approx(1 / (2.0 + 0.5))


def test_the_business_cycle_keeps_its_variance_and_a_mean_of_one():
    assert employer.cycle_after(0.4, 0.9, 0.3, 0.0) == approx(0.36)
    assert employer.cycle_after(0.0, 0.6, 0.3, 2.0) == approx(0.8 * 0.3 * 2.0)
    assert mean_over_luck(lambda z: employer.cycle_factor(0.5 * z, 0.5)) == approx(1.0)
    assert employer.cycle_factor(0.2, 0.4) == approx(math.exp(0.2 - 0.08))
    assert employer.cycle_factor(1e3, 0.4) == approx(math.exp(50.0))
    assert employer.cycle_factor(-1e3, 0.4) == approx(math.exp(-50.0))


def test_a_boom_is_expected_to_fade():
    months = [1 + (1.5 - 1) * 0.8**k for k in range(6)]
    assert employer.factor_expected(1.5, 0.8, 6) == approx(np.mean(months))
    assert employer.factor_expected(1.5, 1.0, 6) == 1.5
    assert employer.factor_expected(1.5, 0.8, 0.0) == 1.5
    assert employer.factor_expected(1.5, 0.8, 0.5) == 1.5  # of less than a month: as it is now


# institutions (E6, E19)


def test_alignment_follows_engagement_and_drifts():
    change = (0.6 * 0.5 + 0.02) * 0.7 - 0.1 * 0.3
    assert institution.aligned(0.3, 0.6, 0.5, 0.02, 0.1) == approx(0.3 + change / 12)
    assert institution.aligned(0.0, 0.0, 1.0, 0.0, 9.0) == 0.0
    assert institution.aligned(0.5, 90.0, 1.0, 0.0, 0.0) == 1.0
    assert institution.aligned(0.5, 0.0, 1.0, 0.0, 90.0) == 0.0
    assert institution.improved_quality(0.4, 0.3) == approx(0.4 + 0.3 * 0.6 / 12)


def test_effort_meets_the_first_order_condition_of_payment():
    b = Row(effort_response=0.8, effort_cost=0.5)
    graduates, placements = belief.logit(0.7), belief.logit(0.4)

    def slope(success):
        return (success(1e-6) - success(-1e-6)) / 2e-6

    paid = {
        "graduate": slope(lambda push: share(graduates + push)),
        "placement": slope(lambda push: share(graduates + push) * share(placements + push)),
    }
    for word, gained in paid.items():
        found = institution.chosen_effort(b, place(word, PaidPer), 0.7, 0.4)
        assert found == approx(0.8 * gained / 0.5, rel=1e-6)
    others = {place(word, PaidPer) for word in PaidPer.__args__} - {
        institution.PER_GRADUATE,
        institution.PER_PLACEMENT,
    }
    assert others
    assert all(institution.chosen_effort(b, other, 0.7, 0.4) == 0.0 for other in others)
    b.effort_cost = 0.01
    assert institution.chosen_effort(b, institution.PER_GRADUATE, 0.7, 0.4) == 1.0


def test_effort_moves_the_logit_of_quality_and_the_error_of_selection():
    b = Row(effort_quality=1.2, effort_selection=0.7)
    for effort in (0.0, 0.2, 1.0):
        push = 2 * effort - 1
        quality = institution.worked_quality(b, 0.3, effort)
        assert belief.logit(quality) == approx(belief.logit(0.3) + 1.2 * push)
        assert institution.worked_noise(b, 0.4, effort) == approx(0.4 * math.exp(-0.7 * push))
    assert institution.worked_quality(b, 0.3, 0.5) == 0.3
    assert [institution.worked_quality(b, end, 1.0) for end in (0.0, 1.0)] == [0.0, 1.0]
    # an end beyond what a share can be is left as it is
    assert [institution.worked_quality(b, end, 1.0) for end in (-0.5, 1.5)] == [-0.5, 1.5]
    assert institution.worked_noise(b, 0.4, 0.5) == 0.4


# governments (E11, E12, E16)


def test_the_office_moves_on_by_its_capacity_among_the_eligible():
    assert government.decided_up_to(10.0, 3.0, 20.0) == 13.0
    assert government.decided_up_to(10.0, 3.0, 11.5) == 11.5
    assert government.decided_up_to(10.0, 3.0, 8.0) == 10.0


def test_recognition_is_logistic_in_alignment():
    b = Row(
        recognition_alignment_needed=0.6,
        recognition_noise=0.05,
        recognition_unbridgeable_gap=0.3,
    )
    assert government.recognition_probability(b, 0.6 + 0.05 * math.log(4)) == approx(0.8)
    assert government.bridging_probability(b, 0.7 + 0.05 * math.log(4)) == approx(0.8)
    assert government.bridging_probability(Row(**{**vars(b), "recognition_noise": 1e-9}), 0.1) == (
        approx(0.0, abs=1e-300)
    )
    assert [government.bridgeable(b, a) for a in (0.69, 0.71)] == [False, True]
    b = Row(recognition_alignment_needed=NONE, recognition_unbridgeable_gap=1.0)
    assert government.recognition_probability(b, 0.0) == 1.0
    assert government.bridging_probability(b, 0.0) == 1.0
    assert government.bridgeable(b, 0.0)  # the whole gap may be bridged


def test_capacity_follows_demonstrated_use_with_a_lag():
    target = (1 + 0.5 * 0.8 * 0.6) * 0.9
    found = government.adapted_factor(1.3, 0.5, 0.8, 0.6, 0.9, 24.0)
    assert found == approx(target + (1.3 - target) * math.exp(-1 / 24))


def test_public_mood_falls_with_those_who_leave_and_with_scarce_jobs():
    terms = Row(mood_without_notice=0.4, mood_downturn=0.7)
    assert government.public_mood(terms, 0.5, 0.3) == approx(math.exp(-0.4 * 0.5 - 0.7 * 0.3))
    assert government.public_mood(terms, 2.5, 0.0) == approx(math.exp(-1.0))
    assert government.public_mood(terms, 0.0, 0.0) == 1.0
    assert government.public_mood(terms, 0.0, -100.0) == 100.0


def test_channels_open_with_dialogue_and_use():
    terms = Row(channel_opening=0.01, channel_dialogue=0.5, dialogue=0.4)
    assert government.opening_hazard(terms, 0.3) == approx(0.01 + 0.5 * 0.4 * 0.3)


def test_the_brake_depends_on_the_excess_outflow():
    terms = Row(brake_stock=1000.0, brake_outflow_from=0.02, brake_strength=0.4)

    def after(outflow):
        return government.kept_at_home(terms, 0.1, outflow, 18.0)

    for outflow, target in ((30.0, 0.2), (10.0, 0.0), (1000.0, 1.0), (20.0, 0.0)):
        assert after(outflow) == approx(target + (0.1 - target) * math.exp(-1 / 18))


# programmes (E5, E17)


def test_applications_respond_to_record_wage_cost_and_guarantee():
    b = Row(
        selection_placement_record=0.5,
        selection_wage_gap=0.3,
        selection_job_guarantee=0.2,
        selection_cost_share=0.7,
        selection_largest_response=3.0,
    )
    push = 0.5 * 0.6 + 0.3 * 0.9 + 0.2 * 0.5 - 0.7 * 0.4
    assert programme.application_response(b, 0.6, 0.9, 0.4, 0.5) == approx(math.exp(push))
    assert programme.application_response(b, 0.6, 1e6, 0.4, 0.5) == 3.0


def test_employers_who_select_see_aptitude_best():
    b = Row(selection_noise_employer=1, selection_noise_shared=2, selection_noise_institution=3)
    found = [
        programme.selection_noise(b, how)
        for how in (programme.BY_EMPLOYER, programme.SHARED, 1 + max(programme.BY_EMPLOYER, 9))
    ]
    assert found == [1, 2, 3]


def test_seats_grow_each_year_with_the_share_of_graduates_offered_work():
    b = Row(scaling_ramp=0.8)
    assert programme.grown_ramp(b, 0.25, 0.5, 6) == approx(0.25 * 1.4**0.5)
    assert programme.grown_ramp(b, 0.25, 7.0, 6) == approx(0.25 * 1.8**0.5)
    assert programme.grown_ramp(b, 0.25, -7.0, 6) == 0.25
    assert programme.grown_ramp(b, 0.9, 1.0, 12) == 1.0


def test_each_doubling_a_year_costs_quality():
    b = Row(scaling_quality_cost=0.3)
    assert programme.quality_of_growth(b, 10, 40, 12) == approx(math.exp(-0.3 * 2))
    assert programme.quality_of_growth(b, 10, 40, 6) == approx(math.exp(-0.3 * 4))
    for before, now in ((0, 40), (40, 40), (40, 10)):
        assert programme.quality_of_growth(b, before, now, 12) == 1.0
    assert programme.quality_of_growth(Row(scaling_quality_cost=0.0), 1, 9, 12) == 1.0


def test_a_renewal_decision_ends_keeps_or_enlarges_a_programme():
    b = Row(
        scaling_end_below=0.25,
        scaling_grow_from=0.75,
        scaling_growth=0.5,
        scaling_largest_growth=2.0,
    )
    renewed = [programme.renewed_factor(b, 1.2, placed, 4.0) for placed in (0.9, 1, 2, 2.9, 3)]
    assert renewed == approx([0.0, 1.2, 1.2, 1.2, 1.8])
    assert programme.renewed_factor(b, 1.6, 3, 4.0) == 2.0
    assert programme.renewed_factor(b, 1.6, 3, 0.0) == 1.6


# a seat (E2, E3)


def test_expected_waits_have_a_logistic_distribution():
    scale = seat.scale_of(2.0)
    assert scale == approx(math.sqrt(3) / math.pi * 2.0 + 0.1, abs=1e-4)
    kept = 0.8 * 0.9
    for beyond in (-2.0, 0.0, 3.0):
        found = seat.arrival_probability(10.0 + beyond, 10.0, 2.0, 0.8, 0.1)
        assert found == approx(kept * share(beyond / scale))
    assert seat.arrival_probability(math.inf, 10.0, 2.0, 0.8, 0.1) == approx(kept)
    assert seat.arrival_probability(0.0, 1e6, 2.0, 0.8, 0.1) == approx(kept * share(-50), rel=1e-9)
    # the expected excess is the area above patience under the chance to outlast it
    for patience in (7.0, 10.0, 13.0):
        months = np.linspace(patience, 60.0, 200_001)
        lasts = 1 / (1 + np.exp((months - 10.0) / scale))
        assert seat.months_beyond(patience, 10.0, 2.0) == approx(trapezoid(lasts, months), rel=1e-6)
    assert seat.months_beyond(math.inf, 10.0, 2.0) == 0.0
    assert seat.months_beyond(3.0, 1e6, 2.0) == 1e6 - 3.0


def test_months_worked_are_the_area_under_survival():
    months = np.linspace(0.0, 24.0, 100_001)
    assert seat.months_worked(0.03, 24.0) == approx(trapezoid(np.exp(-0.03 * months), months))
    assert seat.months_worked(0.0, 24.0) == 24.0
    assert seat.months_worked(1e-11, 24.0) == 24.0
    b = Row(
        participation_unready_output=0.6,
        participation_supervision=50,
        participation_catching_up=0.1,
    )
    lost = (500 * 0.4 + 50) * np.exp(-(0.03 + 0.1) * months)
    assert seat.loss_if_unready(b, 500, 0.03, 24.0) == approx(trapezoid(lost, months))


def test_the_value_of_a_seat_is_its_mean_less_what_is_feared():
    b = Row(
        participation_risk_aversion=0.3, participation_delay_cost=40.0, participation_emphasis=2.5
    )
    trust, arrives, gain, loss, cost, beyond, effort = 0.6, 0.7, 900.0, 400.0, 150.0, 2.0, 30.0
    outcomes, chances = [gain, gain - loss, 0.0], [0.42, 0.28, 0.3]
    mean = np.dot(outcomes, chances)
    feared = {
        "quality": arrives * (1 - trust) * loss,
        "predictability": 0.3 * math.sqrt(np.dot(np.square(outcomes), chances) - mean**2),
        "cost": cost,
        "speed": 40.0 * beyond,
        "simplicity": effort,
    }
    assert set(feared) == set(CONCERNS)
    plain = mean - feared["predictability"] - cost - feared["speed"] - effort
    for concern, part in feared.items():
        found = seat.expected_value(
            trust, arrives, gain, loss, cost, beyond, effort, place(concern, CONCERNS), b
        )
        assert found == approx(plain - 1.5 * part)


def test_participation_is_logistic_in_what_is_gained():
    b = Row(participation_steepness=2.0)
    willing = Row(willingness=100.0, open_to_it=1)

    def chance(value, cost=100.0, who=willing, terms=b):
        return seat.participation_probability(value, 300.0, 50.0, cost, who, terms)

    assert chance(300.0 + 25.0 * math.log(3)) == approx(0.75)
    assert chance(-1e6) == 0.0
    assert chance(1e9) == approx(share(50))
    assert chance(300.0 - 25.0 * 49) == approx(share(-49))
    assert chance(300.0, cost=100.5) == 0.0
    assert chance(300.0, who=Row(willingness=100.0, open_to_it=0)) == 0.0
    assert chance(0.0, terms=Row(participation_steepness=NONE)) == 1.0


def test_a_prior_counts_as_a_number_of_people():
    assert seat.shrunk(3.0, 5.0, 0.4, 10.0) == approx((3 + 0.4 * 10) / 15)


# people: what going is worth (E5, E9, E10)

MONTHLY = 1.07 ** (-1 / 12)


def discounted(months):
    """Return the present value of 1 at the end of each month, added up."""
    return sum(MONTHLY**k for k in range(1, months + 1))


def prospect(**changes):
    row = Row(
        chance=0.6,
        wait=5,
        wage=900.0,
        burden=40.0,
        ties=0.8,
        stipend=120.0,
        idle=70.0,
        home=300.0,
        abroad=discounted(48),
        bound=discounted(18),
        loan=1.4,
    )
    trainee.set_patience(row, 0.07)
    vars(row).update(changes)
    return row


def test_patience_discounts_by_the_month():
    row = prospect()
    assert math.exp(row.log_discount) == approx(MONTHLY)
    assert row.perpetuity == approx(MONTHLY / (1 - MONTHLY))
    assert trainee.present_value(row, 9) == approx(discounted(9))
    trainee.set_patience(row, 0.0)
    assert trainee.present_value(row, 9) == approx(9.0, rel=1e-6)
    assert row.perpetuity == approx(12e9, rel=1e-6)


@pytest.mark.parametrize("attachment", [100.0, 1e4])
def test_the_worth_of_going_is_summed_month_by_month(attachment):
    row, to_train, own = prospect(), 10, 250.0
    trainee.set_worth(row, to_train)
    before = to_train + 5
    stipend = [120.0] * to_train + [70.0] * 5
    way = sum(pay * MONTHLY ** (k + 1) for k, pay in enumerate(stipend))
    arrived = MONTHLY**before
    gain = (900.0 - 300.0) * discounted(48) - 40.0 * discounted(18)
    gain = max(gain - 0.8 * attachment * discounted(48), 0.0)
    going = way + arrived * (300.0 * discounted(48) + 0.6 * gain)
    stays = discounted(before) + arrived * discounted(48)
    assert trainee.worth_of_going(row, own, attachment) == approx(going - own * stays)
    # who has no job has what idle people have
    assert trainee.worth_of_going(row, 0.0, attachment) == approx(going - 70.0 * stays)
    ahead, months = trainee.worth_ahead(row, to_train, 5, 0.6, attachment)
    assert (ahead, months) == (approx(going), approx(stays))


def test_an_offer_is_worth_the_time_abroad_less_what_is_forgone_before():
    gain = (900.0 - 300.0 - 0.8 * 1000.0) * discounted(48) - 40.0 * discounted(18)
    found = trainee.worth_of_offer(prospect(), 4, 0.7, 1000.0)
    assert found == approx((70.0 - 300.0) * discounted(4) + 0.7 * MONTHLY**4 * gain)
    assert found < 0


def test_wages_at_home_are_lognormal():
    assert trainee.chance_above(300.0, 300.0, 0.5) == approx(0.5)
    assert trainee.chance_above(300.0 * math.exp(0.5 * 1.2816), 300.0, 0.5) == approx(0.1, rel=1e-3)
    assert trainee.chance_above(300.0, 0.0, 0.5) == 0.0
    assert trainee.chance_above(0.0, 300.0, 0.5) == 1.0
    assert trainee.chance_above(300.0, 1.0, 0.5) == approx(0.0, abs=1e-9)
    assert trainee.chance_above(1.0, 300.0, 0.5) == approx(1.0, abs=1e-9)


def test_borrowed_money_costs_more():
    row = prospect()
    assert trainee.cost_of_going(row, 500.0, 200.0) == approx(200.0 + 300.0 * 1.4)
    assert trainee.cost_of_going(row, 500.0, 800.0) == 500.0
    assert trainee.cost_of_going(row, 500.0, -100.0) == approx(500.0 * 1.4)


def test_choices_are_logistic_in_worth():
    assert trainee.choice(100.0 * math.log(4), 100.0) == approx(0.8)
    assert trainee.choice(-1e9, 1.0) == approx(0.0, abs=1e-300)
    assert trainee.choice(1e9, 1.0) == 1.0


# people: training, exams, language (E7, E8)


def test_pressure_to_leave_rises_with_lost_worth_and_stress():
    assert trainee.pressure_to_leave(0.5, 300.0, 100.0, 0.2) == approx(math.exp(1.5) * 1.2)
    assert trainee.pressure_to_leave(9.0, 300.0, 100.0, 0.0) == approx(math.exp(5.0))
    assert trainee.pressure_to_leave(-9.0, 300.0, 100.0, 0.0) == approx(math.exp(-5.0))
    assert trainee.stress_of(200.0, 80.0, 300.0, 6.0) == approx((200 - 80 - 50) / 200)
    assert trainee.stress_of(200.0, 80.0, -300.0, 6.0) == approx(120 / 200)
    assert trainee.stress_of(200.0, 80.0, 3000.0, 6.0) == 0.0
    assert trainee.stress_of(0.0, 80.0, 0.0, 6.0) == 0.0
    assert trainee.stress_of(200.0, 80.0, 0.0, 0.0) == 0.0
    assert trainee.stress_of(0.5, 0.0, 0.0, 0.5) == 1.0


def test_skill_grows_by_a_share_of_what_is_missing():
    pace, level = 0.1 * 0.8 * (1 + 0.6 * (0.7 - 0.5)), 0.2
    for _ in range(9):
        level += pace * (1 - level)
    assert trainee.skill_after(0.2, 0.1, 0.8, 0.7, 0.6, 9) == approx(level)
    assert trainee.skill_after(0.2, 9.0, 0.8, 0.7, 0.6, 1) == 1.0
    assert trainee.skill_after(0.2, -9.0, 0.8, 0.7, 0.6, 1) == approx(0.2)
    level = 0.2
    for _ in range(9):
        level += 0.1 * (1 - level)
    assert trainee.skill_at(0.2, 0.1, 9) == approx(level)
    assert trainee.skill_at(0.2, 0.1, -9) == approx(0.2)


HOURS = (100.0, 220.0, 400.0, 650.0, 900.0, 1400.0)


def test_language_levels_are_piecewise_linear_in_hours():
    terms = Row(**{f"level_hours_{n + 1}": hours for n, hours in enumerate(HOURS)})
    for hours in (0.0, 50.0, 100.0, 190.0, 220.0, 333.0, 400.0, 500.0, 650.0, 700.0, 1000.0, 2e3):
        wanted = np.interp(hours, (0.0, *HOURS), range(7))
        assert trainee.language_level(hours, terms) == approx(wanted)
    assert trainee.language_at(80.0, 20.0, 4, terms) == trainee.language_level(160.0, terms)
    assert trainee.language_at(80.0, 20.0, -4, terms) == trainee.language_level(80.0, terms)


def test_dropout_is_a_proportional_hazard():
    b = Row(
        training_dropout=0.02,
        training_dropout_cost_share=0.5,
        training_dropout_age=0.3,
        training_dropout_motivation=0.8,
        training_dropout_no_guarantee=0.4,
        training_dropout_prior_employment=0.7,
    )
    push = 0.5 * 0.6 + 0.3 * (38 - 25) / 10 - 0.8 * (0.9 - 0.5)

    def hazard(marks):
        return trainee.dropout_hazard(b, Row(age=38.0, motivation=0.9, marks=marks), 0.6)

    assert hazard(GUARANTEED) == approx(0.02 * math.exp(push))
    assert hazard(0) == approx(0.02 * math.exp(push + 0.4))
    assert hazard(GUARANTEED | EMPLOYED_BEFORE) == approx(0.02 * math.exp(push + 0.7))
    b.training_dropout = 0.0
    assert hazard(0) == 0.0


def test_the_exam_asks_for_skill_and_language():
    b = Row(
        exam_pass_probability=NONE,
        exam_skill_needed=0.5,
        exam_skill_noise=0.1,
        exam_language_noise=0.4,
    )
    skill, language = 0.5 + 0.1 * math.log(4), 3.0 + 0.4 * math.log(3)
    assert trainee.exam_probability(b, skill, language, 3.0) == approx(0.8 * 0.75)
    assert trainee.exam_probability(b, skill, language, 0.0) == approx(0.8)
    b.exam_pass_probability = 0.3
    assert trainee.exam_probability(b, skill, language, 3.0) == 0.3


def test_part_of_the_exam_score_is_individual():
    # the sum of both parts has the variance of a logistic number with this noise
    assert math.pi / math.sqrt(3) == approx(trainee.LOGISTIC_SD)
    assert trainee.exam_part(0.7, 0.5, 0.1, 0.0, 2.0) == approx(share(2.0))
    own = math.sqrt(0.36) * trainee.LOGISTIC_SD * 0.1 * 0.5
    found = trainee.exam_part(0.7, 0.5, 0.1, 0.36, 0.5)
    assert found == approx(share((0.2 + own) / (math.sqrt(0.64) * 0.1)))
    assert trainee.exam_part(0.5, 0.5, 0.1, 1.0, 1.0) == 1.0
    assert trainee.exam_part(0.5, 0.5, 0.1, 1.0, -1e9) == approx(0.0, abs=1e-300)
    sitting = trainee.exam_part(0.5 + 1e-4, 0.5, 0.1, 1.0, 0.0)
    assert sitting == approx(share(1e-4 / (1e-3 * 0.1)))


# people: leaving, working, going home (E9, E10, E14)


def test_hazards_of_leaving_are_proportional():
    def hazard(base, marks=0):
        person = Row(age=38.0, motivation=0.9, marks=marks)
        return trainee.leaving_hazard(base, 0.7, 0.3, -0.8, person)

    push = 0.3 * 1.3 - 0.8 * 0.4
    assert hazard(0.05) == approx(0.05 * math.exp(push))
    assert hazard(0.05, EMPLOYED_BEFORE) == approx(0.05 * math.exp(push + 0.7))
    assert hazard(0.0) == 0.0


def test_the_time_until_an_event_inverts_the_cumulative_hazard():
    for growth, start, needed in ((0.2, 0.0, 0.5), (0.05, 7.0, 1.3), (0.0, 4.0, 0.9)):
        months = trainee.months_until(0.03, growth, start, needed)
        waited = np.linspace(start, start + months, 10_001)
        area = trapezoid(0.03 * (1 + growth * waited), waited)
        assert area == approx(needed)
        assert trainee.accumulated(0.03, growth, start, start + months) == approx(needed)
    assert trainee.months_until(0.0, 0.2, 0.0, 0.5) == math.inf


def test_language_counts_for_readiness_up_to_the_target():
    assert trainee.language_factor(2.0, 4.0, 1.5) == approx(0.5**1.5)
    assert trainee.language_factor(4.0, 4.0, 1.5) == 1.0
    assert trainee.language_factor(5.0, 4.0, 1.5) == 1.0
    assert trainee.language_factor(-1.0, 4.0, 1.5) == 0.0
    assert trainee.language_factor(2.0, 4.0, 0.0) == 1.0
    assert trainee.language_factor(-1.0, 0.0, 1.5) == 1.0
    assert trainee.language_factor(0.5, 0.5, 1.0) == 1.0


STAYING = Row(
    retention_poaching=0.5,
    retention_wage=0.7,
    retention_readiness=0.9,
    retention_family_rights=0.2,
    retention_integration_support=0.3,
    retention_home_years=0.1,
    retention_home_wage=0.6,
    retention_home_target=0.8,
    retention_home_family=0.4,
    readiness_needed=0.6,
)


def test_quitting_is_a_proportional_hazard():
    def hazard(base=0.02, readiness=0.8, log_wage=0.25, b=STAYING):
        return trainee.quit_hazard(b, base, readiness, log_wage, 0.5, 0.4, 0.3)

    without = 0.5 * 0.3 * 0.8 - 0.7 * 0.25 - 0.2 * 0.5 - 0.3 * 0.4
    assert hazard() == approx(0.02 * math.exp(without - 0.9 * 0.2))
    none = Row(**{**vars(STAYING), "readiness_needed": NONE})
    assert hazard(b=none) == approx(0.02 * math.exp(without - 0.9 * 0.3))
    off = Row(**{**vars(STAYING), "retention_readiness": 0.0})
    assert hazard(b=off) == approx(0.02 * math.exp(without))
    assert hazard(base=0.0) == 0.0
    assert hazard(log_wage=-1e6) == trainee.LARGEST_HAZARD


def test_going_home_is_a_proportional_hazard():
    def hazard(base, years=3.0, saved=1):
        return trainee.home_hazard(STAYING, base, years, 0.9, 0.5, saved)

    push = 0.1 * 3 - 0.6 * 0.9 - 0.4 * 0.5
    assert hazard(0.02) == approx(0.02 * math.exp(push + 0.8))
    assert hazard(0.02, saved=0) == approx(0.02 * math.exp(push))
    assert hazard(0.0) == 0.0
    assert hazard(0.02, years=1e6) == trainee.LARGEST_HAZARD


@pytest.mark.parametrize(("needed", "start"), [(0.1, 0.0), (0.7, 5.0), (2.0, 0.0), (0.5, 30.0)])
def test_workers_leave_when_their_cumulative_hazard_is_reached(needed, start):
    hazard, factor, clause, other = 0.05, 0.3, 24.0, 0.01
    months = trainee.months_until_quit(hazard, factor, clause, start, needed, other)
    worked = np.linspace(start, start + months, 400_001)
    rate = np.where(worked < clause, hazard * factor, hazard) + other
    assert trapezoid(rate, worked) == approx(needed, abs=1e-5)
    end = start + months
    found = trainee.quit_accumulated(hazard, factor, clause, start, end, other)
    assert found == approx(needed)


def test_workers_without_a_reason_to_leave_stay():
    assert trainee.months_until_quit(0.0, 0.3, 24.0, 0.0, 0.5, 0.0) == math.inf
    # a clause that nobody breaks binds to its end
    assert trainee.months_until_quit(0.05, 0.0, 24.0, 4.0, 0.5, 0.0) == approx(20.0 + 0.5 / 0.05)
    assert trainee.months_until_quit(0.05, 0.0, 24.0, 4.0, 0.0, 0.0) == approx(20.0)


def test_a_push_moves_the_logit_of_a_chance():
    assert belief.logit(trainee.chance_at_odds(0.3, 0.8)) == approx(belief.logit(0.3) + 0.8)
    assert belief.logit(trainee.chance_at_odds(0.3, 1.0)) == approx(belief.logit(0.3) + 1.0)
    assert trainee.chance_at_odds(0.3, 0.0) == 0.3
    assert [trainee.chance_at_odds(end, 0.8) for end in (0.0, 1.0)] == [0.0, 1.0]
    assert [trainee.chance_at_odds(end, 0.8) for end in (-0.5, 1.5)] == [-0.5, 1.5]
    assert trainee.chance_at_odds(0.3, 1e9) == approx(1.0)
    assert trainee.chance_at_odds(0.5, -1e9) == approx(share(-50), rel=1e-9)


def test_life_courses_are_in_chronological_order():
    entered = [-1] * len(STAGES[: trainee.ENDED + 1])
    entered[0], entered[1], entered[trainee.ENDED] = 2, 5, 9
    person = Row(entered=entered, stage=trainee.ENDED, stage_name=STAGES[trainee.ENDED])
    found = trainee.Trainee.life_course.fget(person)
    assert list(found.items()) == [(STAGES[0], 2), (STAGES[1], 5), (STAGES[trainee.ENDED], 9)]
    person.stage, entered[trainee.ENDED] = 1, -1
    assert list(trainee.Trainee.life_course.fget(person)) == [STAGES[0], STAGES[1]]
