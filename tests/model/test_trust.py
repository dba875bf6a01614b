"""Trust of employers: three beliefs, one step for each hire, drift, priors (E4, E13)."""

import math

import numba
import numpy as np
import pytest
from worlds import bare, ensemble, one_run, within_three_errors

import smpsim
from smpsim.agents import belief, employer
from smpsim.agents.belief import BELIEF
from smpsim.vocabulary import VOUCHING

UNSURE = {
    "origin_uncertainty": 0.5,
    "programme_uncertainty": 0.6,
    "school_uncertainty": 0.7,
}


# rules that call others can't be called from Python


@numba.njit
def observe(row, success, weight):
    belief.observe(row, success, weight)


@numba.njit
def observe_sum(one, two, three, success, weight):
    belief.observe_sum(one, two, three, success, weight)


@numba.njit
def learn(one, two, three, success, weight, failure_weight):
    employer.learn(one, two, three, success, weight, failure_weight)


def beliefs(*rows):
    """Return rows of beliefs, each of a mean and a variance."""
    return np.array([(*row, 0) for row in rows], BELIEF).view(np.recarray)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def logit(share):
    return np.log(share / (1 - share))


@pytest.mark.parametrize("success", [True, False])
@pytest.mark.parametrize("weight", [1.0, 0.2])
def test_each_case_is_one_step_of_the_filter(success, weight):
    (one,) = beliefs((-0.4, 1.3))
    observe(one, success, weight)
    chance = logistic(-0.4)
    variance = 1 / (1 / 1.3 + weight * chance * (1 - chance))
    assert one.variance == pytest.approx(variance)
    assert one.logit == pytest.approx(-0.4 + variance * weight * (success - chance))


def test_three_beliefs_move_by_their_shares_of_the_variance():
    three = beliefs((0.1, 0.2), (-0.5, 0.6), (0.3, 0.4))
    (whole,) = beliefs((-0.1, 1.2))
    observe(whole, True, 1.0)
    before = [float(one.logit) for one in three]
    observe_sum(*three, True, 1.0)
    moved = np.array([one.logit - mean for one, mean in zip(three, before, strict=True)])
    # together they move as one belief in the sum does
    assert moved.sum() == pytest.approx(whole.logit + 0.1)
    assert moved / moved.sum() == pytest.approx(np.array([0.2, 0.6, 0.4]) / 1.2)


def test_cases_make_a_belief_more_certain_and_more_accurate():
    luck = np.random.default_rng(1)
    (one,) = beliefs((logit(0.3), 1.0))
    precision = 1.0
    for success in luck.random(2000) < 0.8:
        chance = logistic(one.logit)
        precision += chance * (1 - chance)
        observe(one, success, 1.0)
        assert one.variance == pytest.approx(1 / precision)
    assert logistic(one.logit) == pytest.approx(0.8, abs=0.03)


def test_a_failure_weighs_as_much_as_it_should():
    heavy, light = beliefs((0.0, 0.5), (0.0, 0.5), (0.0, 0.5)), beliefs(*3 * [(0.0, 0.5)])
    learn(*heavy, False, 0.5, 3.0)
    observe_sum(*light, False, 1.5)
    assert heavy.tobytes() == light.tobytes()
    praised, same = beliefs(*3 * [(0.0, 0.5)]), beliefs(*3 * [(0.0, 0.5)])
    learn(*praised, True, 0.5, 3.0)
    observe_sum(*same, True, 0.5)
    assert praised.tobytes() == same.tobytes()


def test_variances_drift_up_to_the_prior_whatever_the_steps():
    drifted = belief.drifted
    assert drifted(0.1, 0.5, 0.02, 10) == pytest.approx(0.1 + 0.02 * 0.5 * 10)
    assert drifted(drifted(0.1, 0.5, 0.02, 4), 0.5, 0.02, 6) == pytest.approx(
        drifted(0.1, 0.5, 0.02, 10)
    )
    assert drifted(0.1, 0.5, 0.02, 500) == 0.5
    assert drifted(0.1, 0.5, 0.0, 500) == 0.1


def test_the_engine_takes_the_same_step_for_each_hire():
    scenario = bare(
        {
            "behaviour.retention.quit": 0.06,
            "behaviour.trust": {"observation_months": 6, **UNSURE},
            "employers.firms.trust_prior_mean": 0.4,
            "employers.firms.count": 1,
            "institutions.schools.count": 1,
            "programmes.pilot.intakes.seats": 1,
        }
    )
    seen = set()
    for replication in range(30):
        world = one_run(scenario, replication=replication)
        (partnership,) = world.partnerships
        success = partnership["successes"] == 1
        assert partnership["successes"] + partnership["failures"] == 1
        three = beliefs((0, 0.25), (logit(0.4), 0.36), (0, 0.49))
        observe_sum(*three, success, 1.0)
        assert partnership["trust"] == pytest.approx(logistic(three["logit"].sum()))
        for name, mine in zip(("origin", "programme", "school"), three, strict=True):
            table = world.tables[f"{name}_beliefs"].reshape(-1)
            found = table[0]  # the origin is the first government
            assert found["logit"] == pytest.approx(mine.logit)
            assert found["variance"] == pytest.approx(mine.variance)
        seen.add(bool(success))
    assert seen == {True, False}


def test_without_uncertainty_nothing_is_learnt():
    changes = {"behaviour.retention.quit": 0.06, "employers.firms.trust_prior_mean": 0.4}
    world = one_run(bare({**changes, "behaviour.trust.neighbour_weight": 0.5}))
    assert world.partnerships["successes"].sum() > 0
    np.testing.assert_allclose(world.series("mean_trust"), 0.4)


def test_first_opinions_differ_by_employer_around_the_channels():
    scenario = bare(
        {
            "employers.firms.count": 2000,
            "employers.firms.trust_prior_mean": 0.3,
            "behaviour.trust.spread": 0.5,
            "programmes.pilot.intakes.number": 0,
        },
        months=1,
    )
    found = logit(one_run(scenario).partnerships["trust"])
    assert within_three_errors(found, logit(0.3))
    assert found.std() == pytest.approx(0.5, rel=0.06)


def test_channels_rank_as_in_the_survey():
    vouching = smpsim.load("reference").behaviour.trust.vouching
    levels = [getattr(vouching, channel) for channel in VOUCHING]
    assert levels == sorted(levels, reverse=True)
    changes = {
        "behaviour.trust": {"vouching": vouching.model_dump(), "spread": 0.5},
        "employers.firms.count": 300,
        "programmes.pilot.intakes.number": 0,
    }
    for channel in VOUCHING:
        world = one_run(bare({**changes, "employers.firms.vouching": channel}, months=1))
        found = logit(world.partnerships["trust"])
        assert within_three_errors(found, logit(getattr(vouching, channel)))


def two_schools(mapped=False, months=60, **trust):
    """Return a world in which one of two schools teaches what is needed, the other does not."""
    return bare(
        {
            "institutions": [
                {"name": "good", "origin": "origin", "alignment": 0.9, "mapped": mapped},
                {"name": "poor", "origin": "origin", "alignment": 0.1, "mapped": mapped},
            ],
            "programmes.pilot.institutions": ["good", "poor"],
            "programmes.pilot.entrants.initial_skill": 0.5,
            "behaviour.readiness": {"needed": 0.25, "noise": 0.05},
            "behaviour.trust": {**UNSURE, **trust},
        },
        months=months,
    )


def test_schools_are_judged_by_their_own_graduates():
    world = one_run(two_schools())
    good, poor = world.school_beliefs["logit"].T
    assert (good > poor).all()
    # half of the hires were failures, so that the programme keeps a middling name
    assert 0.3 < world.partnerships["trust"].mean() < 0.7
    strict = one_run(two_schools(failure_weight=3.0))
    assert strict.partnerships["trust"].mean() < world.partnerships["trust"].mean()


def test_a_visit_shows_the_quality_of_schools_before_anybody_is_hired():
    world = one_run(two_schools(mapped=True, months=1, mapping_strength=8))
    good, poor = world.school_beliefs["logit"].T
    assert (good > 0).all()
    assert (poor < 0).all()
    # what was shown leaves the precision of eight hires, spread over the three beliefs
    assert (world.school_beliefs["variance"] < UNSURE["school_uncertainty"] ** 2).all()


def test_a_late_arrival_is_not_counted_against_the_school():
    slow = {
        "governments.destination.visa.lanes.standard.months": 12,
        "behaviour.channel.promise_slack_months": 0,
        "behaviour.trust": UNSURE,
    }
    world = one_run(bare(slow))
    assert world.people["marks"].astype(int).max() & 8  # late
    assert (world.partnerships["failures"] == 0).all()
    assert (world.partnerships["trust"] > 0.5).all()


def test_neighbours_hear_of_hires():
    ring = {
        "employers.firms.count": 40,
        "employers.firms.initial_vacancies": 1,
        "programmes.pilot.intakes.seats": 5,
        "behaviour.awareness.network_neighbours": 4,
        "behaviour.trust": {**UNSURE, "neighbour_weight": 0.2},
    }
    world = one_run(bare(ring))
    hired = world.employers["hired"] > 0
    trust = world.partnerships["trust"]
    assert hired.sum() == 5
    heard = trust[~hired] > 0.5 + 1e-9
    assert 0 < heard.sum() < (~hired).sum()
    assert trust[hired].mean() > trust[~hired][heard].mean() > 0.5


def test_bad_hires_lower_trust_and_good_ones_raise_it():
    skill = {"behaviour.readiness.needed": 0.4, "behaviour.trust": UNSURE}
    low, high = (
        ensemble(bare({**skill, "programmes.pilot.entrants.initial_skill": value}), 20)
        for value in (0.1, 0.9)
    )
    assert low.last("mean_trust").max() < 0.5 < high.last("mean_trust").min()


def test_the_logit_of_a_belief_is_that_of_its_share():
    assert belief.logit(0.25) == pytest.approx(math.log(1 / 3))
    assert belief.logit(0.0) == -belief.LARGEST_LOGIT
    assert belief.logit(1.0) == belief.LARGEST_LOGIT
