"""Decisions of employers and programmes, each a function that a user's rule can take the place of.

See `smpsim.world.decisions_of_people`.
"""

from __future__ import annotations

from smpsim.agents.belief import drifted
from smpsim.agents.employer import (
    HIRING,
    awareness_hazard,
    experience_of_delay,
    forecast,
    found_ready,
    learn,
    perceived_readiness,
    prior_trust,
    ready_chance,
    takes_part,
)
from smpsim.agents.programme import BY_EMPLOYER, SHARED, application_response, renewed_factor
from smpsim.agents.seat import arrival_probability, expected_value, participation_probability
from smpsim.agents.trainee import home_hazard, quit_hazard
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE, VOUCHING, place
from smpsim.world.decisions_of_people import base_quit
from smpsim.world.effort import quality_of_work
from smpsim.world.state import government_terms, programme_row, vouching_mean

IN_HOUSE = place("in_house", VOUCHING)
USE_MONTHS = 12  # a hire counts as use of the channel for a year (assumption)


@inlined
def own_value():
    """Return whether a user's rule may read the value of a seat, whatever the steepness."""
    return False


@inlined
def own_judging():
    """Return whether a user's rule finds hires ready, whatever readiness is needed."""
    return False


@rule
def selection_control(selection):
    """Return how much of the selection the employer controls, 0 to 1 (E4)."""
    if selection == BY_EMPLOYER:
        return 1.0
    if selection == SHARED:
        return 0.5
    return 0.0


# whether they take part


@inlined
def awareness_of(w, b, partnership, terms, share, members):
    """Return the hazard a month that an employer hears of a programme (E1)."""
    return awareness_hazard(
        terms.promotion,
        terms.association_reach,
        b.awareness_contact_rate,
        share,
        b.awareness_association_rate,
        members,
    )


@inlined
def arrival_of(w, b, partnership, employer, wait, doubt):
    """Return the believed chance to arrive within the employer's patience (E2)."""
    return arrival_probability(
        employer.patience, wait, doubt, partnership.reliability, partnership.believed_refusal
    )


@inlined
def expected_readiness(b):
    """Return the readiness that an employer expects of a hire who stays: what the job needs."""
    return 0.5 if b.readiness_needed == NONE else b.readiness_needed


@inlined
def expected_family(w, terms):
    """Return the share of hires whose dependants may come along and work (E14)."""
    rights = government_terms(w, terms.government).family_work_rights
    return rights * terms.entrants_dependants


@inlined
def expected_home_of(w, b, terms):
    """Return the hazard of going home that an employer expects of a hire (E14)."""
    ratio = terms.log_net_wage_ratio
    return home_hazard(b, b.retention_home, 0.0, ratio, expected_family(w, terms), 0.0)


@inlined
def expected_quit_of(w, b, partnership, terms, group):
    """Return the hazard of quitting that an employer expects of a hire, outside a clause (E2)."""
    return quit_hazard(
        b,
        base_quit(b, group),
        expected_readiness(b),
        terms.log_wage_outside,
        expected_family(w, terms),
        terms.integration_support,
        group.poaching,
    )


@inlined
def value_of(w, b, partnership, employer, terms, group, arrives, gain, loss, cost, beyond, effort):
    """Return the expected value of a seat, currency (E2)."""
    return expected_value(
        partnership.trust, arrives, gain, loss, cost, beyond, effort, employer.concern, b
    )


@inlined
def participation_of(w, b, partnership, employer, group, cost, alternative, scale):
    """Return the probability that an employer engages (E3)."""
    return participation_probability(partnership.value, alternative, scale, cost, employer, b)


@inlined
def forecast_of(w, partnership, employer, terms, expected, error):
    """Return the vacancies that an employer forecasts for the end of training (E3)."""
    return forecast(expected, terms.forecast_error, error)


@inlined
def shown_by(w, partnership):
    """Return the use and willingness that an employer shows the government, 0 to 1 (E16)."""
    state = partnership.state
    if state == HIRING and w.month - partnership.last_hire <= USE_MONTHS:
        return 1.0
    # willing, but the channel is not used now
    return 0.5 if takes_part(state) else 0.0


@inlined
def cancelled_of(w, b, partnership, withdrawn, downturn):
    """Return the hazard that an employer cancels an offer that is held (E10).

    In full by one that has withdrawn, by the part of its vacancies that is gone in a downturn.
    """
    return b.waiting_offer_cancelled * max(withdrawn, downturn)


# what they believe


@inlined
def prior_of(w, b, e, p, group, terms, channel):
    """Return the mean of an employer's prior trust (E4)."""
    return prior_trust(
        channel,
        group.trust_prior_mean,
        vouching_mean(w, 0, IN_HOUSE).value,
        selection_control(terms.selection),
        b.trust_selection_gain,
    )


@inlined
def visit_of(w, b, institution):
    """Return the chance that who visits an institution finds it good enough (E4)."""
    # a visit is judged by the bar that hires are judged by later
    return ready_chance(b, quality_of_work(w, institution) * institution.alignment)


@inlined
def found_ready_of(w, b, person, u):
    """Return whether an employer finds a hire ready (E13)."""
    return found_ready(b, person.readiness, u)


@inlined
def learn_of(w, b, partnership, s, origin, programme, school, success, weight):
    """Let an employer learn from an observed success or failure (E13)."""
    learn(origin, programme, school, success, weight, b.trust_failure_weight)


@inlined
def fading_of(w, b, variance, prior, months):
    """Return how unsure an employer is of a belief after months without evidence (E13)."""
    return drifted(variance, prior, b.trust_drift, months)


@inlined
def delay_of(w, b, person, partnership, months, late, weight):
    """Update what an employer believes of the visa office after an arrival (E12)."""
    experience_of_delay(partnership, months, late, weight, b.channel_spread, b.channel_late_penalty)


# whom they choose


@inlined
def perceived_by(w, b, e, s, readiness, trust):
    """Return the readiness of a site's best graduate as an employer sees it (E10)."""
    return perceived_readiness(readiness, trust, b.trust_signal_discount)


@inlined
def matching_of(w, b, e, s, perceived, trust):
    """Return what an employer gains by a site's best graduate; below 0 it does not hire (E10)."""
    if trust >= b.trust_minimum_to_hire and perceived >= b.readiness_hiring_minimum:
        # equal in value: the more trusted institution
        return perceived + 1e-9 * trust
    return -1.0


# programmes


@inlined
def response_of(w, b, p, terms, placement_rate):
    """Return applicants against the base number (E5)."""
    return application_response(
        b,
        placement_rate,
        terms.log_wage_ratio,
        terms.trainee_cost_share,
        terms.job_guarantee,
    )


@inlined
def renewal_of(w, b, p, placed, planned):
    """Return the seats against the design after a renewal date; 0 ends the programme (E17)."""
    return renewed_factor(b, programme_row(w, p).factor, placed, planned)
