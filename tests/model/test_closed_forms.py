"""Closed forms of the specification's section 6, within three Monte Carlo standard errors."""

import numpy as np
import pytest
from scipy import stats
from worlds import bare, ensemble, one_run, within_three_errors

from smpsim.agents import employer, institution, trainee
from smpsim.agents.trainee import EMPLOYED_BEFORE
from smpsim.vocabulary import ITEMS, STAGES

LANE = "governments.destination.visa.lanes.standard"
RUNS = 200


def test_yield_of_the_pipeline_is_a_product_of_probabilities():
    hazard, passed, refusal = 0.03, 0.7, 0.15
    found = ensemble(
        bare(
            {
                "behaviour.training.dropout": hazard,
                "behaviour.exam.pass_probability": passed,
                f"{LANE}.refusal": refusal,
            }
        ),
        RUNS,
    )
    expected = 100 * np.exp(-hazard * 6) * passed * (1 - refusal)
    assert within_three_errors(found.last("placed"), expected)
    # and its spread is that of independent people
    share = expected / 100
    sd = np.sqrt(100 * share * (1 - share))
    chi = found.last("placed").var(ddof=1) / sd**2 * (RUNS - 1)
    assert stats.chi2(RUNS - 1).cdf(chi) == pytest.approx(0.5, abs=0.499)


def test_retakes_make_a_geometric_pass_rate():
    found = ensemble(
        bare({"behaviour.exam": {"pass_probability": 0.4, "retakes": 2, "retake_months": 3}}), RUNS
    )
    graduated = found.column("graduated")
    for attempts, month in ((1, 5), (2, 8), (3, 11)):
        assert within_three_errors(graduated[:, month], 100 * (1 - 0.6**attempts))


def test_competing_exits_of_waiting_form_an_absorbing_chain():
    job, withdrawal, months = 0.05, 0.08, 30
    found = ensemble(
        bare(
            {
                "behaviour.waiting.domestic_job.base": job,
                "behaviour.waiting.withdrawal.base": withdrawal,
                "employers.firms.initial_vacancies": 0,
            }
        ),
        RUNS,
    )
    # graduates of month 5 have waited `months` whole months at the end of month 5 + months
    gone = 100 * -np.expm1(-(job + withdrawal) * months)
    at = 5 + months
    assert within_three_errors(100 - found.column("graduate_pool")[:, at], gone)
    # the first of two exponential exits: in a month both may strike, the sooner one counts
    share = job / (job + withdrawal)
    assert within_three_errors(found.column("working_at_origin")[:, at], gone * share)
    assert within_three_errors(found.column("withdrew")[:, at], gone * (1 - share))


def test_a_hazard_that_grows_with_waiting_has_a_gaussian_survival():
    base, growth = 0.01, 0.2
    found = ensemble(
        bare(
            {
                "behaviour.waiting.withdrawal": {"base": base, "growth": growth},
                "employers.firms.initial_vacancies": 0,
            }
        ),
        RUNS,
    )
    for waited in (3, 12, 25):
        survival = np.exp(-base * (waited + growth * waited**2 / 2))
        assert within_three_errors(found.column("graduate_pool")[:, 5 + waited], 100 * survival)


def test_retention_is_exponential_and_the_clause_bends_it():
    quit_hazard, factor, clause = 0.04, np.exp(-1.2), 18
    found = ensemble(
        bare(
            {
                "behaviour.retention": {"quit": quit_hazard, "inside_clause": 1.2},
                "programmes.pilot.contract.retention_clause_months": clause,
            }
        ),
        RUNS,
    )
    for stayed in (6, 18, 30, 50):
        hazard = quit_hazard * (factor * min(stayed, clause) + max(stayed - clause, 0))
        assert within_three_errors(found.column("employed")[:, 5 + stayed], 100 * np.exp(-hazard))
    kept = found.count("retained_24") / found.count("seen_24")
    assert within_three_errors(kept, np.exp(-quit_hazard * (factor * 18 + 6)))


def mean_md1_wait(load):
    """Return the mean wait before service of M/D/1, in service times (Pollaczek, Khinchine)."""
    return load / (2 * (1 - load))


def office(load, **changes):
    """Return a world in which a Poisson crowd shares an office of one decision a month."""
    return bare(
        {
            f"{LANE}.decisions_per_month": 1,
            f"{LANE}.background_per_month": load,
            f"{LANE}.random_arrivals": True,
            "programmes.pilot.intakes.seats": 1,
            "programmes.pilot.intakes.number": 1,
            **changes,
        },
        months=600,
    )


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_the_visa_office_is_an_m_d_1_queue(load):
    found = ensemble(office(load), 150)
    # after the month's decision those left behind follow M/D/1 as seen at departures
    backlog = found.column("visa_backlog")[:, 100:].mean(axis=1)
    # Poisson arrivals in a slot, one decision at its end: L = load^2 / (2 (1 - load)) are left
    assert within_three_errors(backlog, load * mean_md1_wait(load))


def test_littles_law_holds_at_the_visa_office():
    scenario = bare(
        {
            f"{LANE}.decisions_per_month": 13,
            f"{LANE}.minimum_months": 2,
            "programmes.pilot.intakes.seats": 12,
            "programmes.pilot.intakes.number": 600,
            "behaviour.training.dropout": 0.05,
        },
        months=600,
    )
    world = one_run(scenario)
    people = world.people
    entered = people["entered"]
    applied = entered[:, STAGES.index("in_visa_queue")]
    done = (applied >= 0) & (people["arrived"] >= 0)
    in_line = world.series("in_visa_queue")[:, 0]
    # months spent in line, summed over people or over months, are the same sum
    still = (applied >= 0) & ~done
    waits = (people["arrived"] - applied)[done].sum() + (600 - applied[still]).sum()
    assert in_line.sum() == waits > 0


def test_a_minimum_delays_everybody_by_exactly_that():
    world = one_run(bare({f"{LANE}.minimum_months": 7, "programmes.pilot.departure_months": 2}))
    assert set(world.people["arrived"] - world.people["graduated"]) == {9}


def test_awareness_by_promotion_is_exponential():
    scenario = bare(
        {
            "behaviour.awareness.initially_aware": 0.0,
            "programmes.pilot.promotion": 0.05,
            "employers.firms.count": 200,
        }
    )
    found = ensemble(scenario, RUNS)
    for month in (0, 11, 47):
        expected = 200 * -np.expm1(-0.05 * (month + 1))
        assert within_three_errors(found.column("employers_aware")[:, month], expected)


def test_awareness_by_contact_is_logistic():
    rate, step, share = 0.9, 0.01, 0.02
    # the rule's mean field: hazard x share still unaware, in small steps
    for _ in range(600):
        hazard = employer.awareness_hazard(0.0, 0.0, rate, share, 0.0, 0.0)
        share += step * hazard * (1 - share)
    odds = 0.02 / 0.98 * np.exp(rate * 6.0)
    assert share == pytest.approx(odds / (1 + odds), rel=0.01)


def test_alignment_is_geometric():
    gain, drift, months = 0.6, 0.1, 48
    scenario = bare(
        {
            "behaviour.alignment": {"gain_design": gain, "drift": drift},
            "institutions.schools.alignment": 0.3,
        }
    )
    world = one_run(scenario)
    fixed = gain / (gain + drift)
    ratio = 1 - (gain + drift) / 12
    found = world.series("mean_alignment")[months - 1, 0]
    assert found == pytest.approx(fixed + (0.3 - fixed) * ratio**months, rel=1e-9)
    assert institution.aligned(0.0, 0.0, 1.0, 0.0, 0.5) == 0.0


def test_skill_and_language_grow_as_specified():
    skill = 0.1
    for _ in range(9):
        skill += 0.08 * 0.7 * (1 - skill)
    assert trainee.skill_after(0.1, 0.08, 0.7, 0.5, 0.9, 9) == pytest.approx(skill)
    world = one_run(
        bare(
            {
                "behaviour.training.skill_rate": 0.08,
                "institutions.schools.quality": 0.7,
                "programmes.pilot.training": {
                    "months_before_departure": 10,
                    "language_target": "B1",
                    "language_hours_per_month": 30,
                },
            }
        )
    )
    assert np.allclose(world.people["skill"], 1 - (1 - 0.056) ** 10)
    # 300 hours: A2 at 190, B1 at 375
    assert np.allclose(world.people["language"], 2 + 110 / 185)


def test_selection_takes_the_upper_part_of_a_known_distribution():
    scenario = bare(
        {
            "behaviour.people.aptitude": {"uniform": {"low": 0, "high": 1}},
            "programmes.pilot.intakes.applicants_per_seat": 4,
        }
    )
    world = one_run(scenario)
    everybody = one_run(
        bare(
            {
                "behaviour.people.aptitude": {"uniform": {"low": 0, "high": 1}},
                "programmes.pilot.intakes.seats": 400,
            }
        )
    ).people
    # only who is taken has a row; the same people apply to four times as many seats
    taken = np.isin(everybody["number"], world.people["number"])
    assert taken.sum() == len(world.people) == 100
    assert world.programmes["applicants"][0] == len(everybody) == 400
    assert everybody["aptitude"][taken].min() > everybody["aptitude"][~taken].max()
    means = []
    for replication in range(40):
        people = one_run(scenario, replication=replication).people
        means.append(people["aptitude"].mean())
    # the mean of the top hundred of four hundred uniform numbers
    assert within_three_errors(np.array(means), 1 - 101 / (2 * 401))


def test_circular_contracts_end_on_their_date():
    base = {"programmes.pilot.contract": {"kind": "circular", "months": 12}}
    world = one_run(bare(base))
    returned = world.people["entered"][:, STAGES.index("returned")]
    assert set(returned) == {5 + 12}
    again = ensemble(
        bare(
            {**base, "behaviour.retention": {"rehired_after_return": 0.5, "permit_converted": 0.2}}
        ),
        RUNS,
    )
    assert within_three_errors(again.column("returned")[:, 17], 100 * 0.3)
    # a second contract ends a year later with the same chances
    assert within_three_errors(again.column("returned")[:, 29], 100 * (0.3 + 0.5 * 0.3))
    assert within_three_errors(again.count("rehired"), 100 * (0.5 + 0.25 + 0.125 + 0.0625))


def test_workers_the_firm_did_not_find_ready_are_seldom_rehired():
    circular = {
        "programmes.pilot.contract": {"kind": "circular", "months": 12},
        "behaviour.retention": {"rehired_after_return": 0.5, "rehired_unready": 0.2},
        "behaviour.trust.observation_months": 6,
    }
    # nobody in the bare pipeline has any readiness, and without a bar all are ready enough
    for needed, share in ((None, 0.5), (0.5, 0.5 * 0.2)):
        behaviour = {"behaviour.readiness": {"needed": needed, "noise": 0.01}}
        found = ensemble(bare({**circular, **behaviour}), RUNS)
        assert within_three_errors(found.column("returned")[:, 17], 100 * (1 - share))


def test_without_an_exam_all_who_finish_graduate_and_no_fee_is_paid():
    costs = {"programmes.pilot.costs.exam": 50, "behaviour.exam.pass_probability": 0.4}
    for exam, share in ((True, 0.4), (False, 1.0)):
        found = ensemble(bare({**costs, "programmes.pilot.training.exam": exam}), RUNS)
        assert within_three_errors(found.count("graduated"), 100 * share)
        paid = found.runs.ledger[:, :, :, ITEMS.index("exam"), :].sum(axis=(1, 2, 3))
        assert (paid > 0).all() == exam


def test_entrants_of_a_programme_differ_from_those_of_others():
    own = {"initial_skill": 0.7, "age": 40, "prior_employment": 1.0}
    world = one_run(bare({"programmes.pilot.entrants": own}))
    np.testing.assert_allclose(world.people["skill"], 0.7, rtol=1e-6)
    np.testing.assert_allclose(world.people["age"], 40)
    assert np.all(world.people["marks"] & EMPLOYED_BEFORE)
    shared = one_run(bare({"behaviour.people": own}))
    for field in ("skill", "age", "marks"):
        np.testing.assert_array_equal(world.people[field], shared.people[field])


def test_a_contract_that_is_not_renewable_ends_for_all():
    circular = {
        "programmes.pilot.contract": {"kind": "circular", "months": 12, "renewable": False},
        "behaviour.retention": {"rehired_after_return": 0.5, "permit_converted": 0.5},
    }
    world = one_run(bare(circular))
    assert set(world.people["entered"][:, STAGES.index("returned")]) == {5 + 12}
    assert world.programmes["rehired"][0] == world.programmes["converted"][0] == 0
