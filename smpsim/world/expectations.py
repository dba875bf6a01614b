"""What an employer expects of a seat in a programme, from its beliefs and the terms (E2, E3)."""

from __future__ import annotations

import math

from smpsim.agents.government import (
    bridgeable,
    bridging_probability,
    recognition_probability,
)
from smpsim.agents.programme import AFTER_ARRIVAL
from smpsim.agents.seat import WORTHLESS, loss_if_unready, months_beyond, months_worked
from smpsim.compiled import inlined, rule
from smpsim.world.channels import months_until_open
from smpsim.world.cycle import expected_factor, vacancies_of_month
from smpsim.world.decisions_of_employers import (
    arrival_of,
    expected_home_of,
    expected_quit_of,
    value_of,
)
from smpsim.world.luck import draw
from smpsim.world.state import (
    behaviour,
    employer_row,
    employer_terms,
    fixed_cost,
    government_terms,
    partnership_row,
    programme_row,
    programme_terms,
    served_share,
)

HOPELESS = 1e-6  # chance of an arrival in time that nobody counts with


@inlined
def post_months(b, terms):
    """Return the months that an employer counts: the planning horizon, or a shorter contract."""
    months = float(b.participation_tenure_horizon_months)
    if terms.contract_months > 0:
        months = min(months, float(terms.contract_months))
    return months


@rule
def typical_quit_hazard(w, b, partnership, terms, group, horizon):
    """Return the mean quit hazard that an employer expects of a hire within a horizon (E14)."""
    hazard = expected_quit_of(w, b, partnership, terms, group)
    inside = min(float(terms.contract_retention_clause_months), horizon) / horizon
    home = expected_home_of(w, b, terms)
    return hazard * (inside * b.retention_clause_factor + 1.0 - inside) + home


@rule
def cost_to_employer(w, k, charged):
    """Return C, the cost of each arrival to the employer of a partnership, currency (E2).

    `charged` is what employers are charged in common; the fee comes on top, less what is given
    back on early leave and the incentive for small firms.
    """
    partnership = partnership_row(w, k)
    terms = programme_terms(w, partnership.programme)
    group = employer_terms(w, employer_row(w, partnership.employer).group)
    cost = charged + terms.fee_per_recruit
    months = float(terms.refund_months)
    if terms.refund_share > 0.0 and months > 0.0:
        b = behaviour(w)
        hazard = typical_quit_hazard(w, b, partnership, terms, group, months)
        early = 1.0 - math.exp(-hazard * months)
        cost -= terms.refund_share * terms.fee_per_recruit * early
    if group.large == 0:
        cost -= government_terms(w, terms.government).small_firm_incentive
    return max(cost, 0.0)


@inlined
def doubt_of(w, b, partnership):
    """Return the standard deviation of the delay that an employer believes in, months (E12)."""
    spread = b.channel_spread * partnership.believed_delay
    return math.sqrt(partnership.delay_variance + spread * spread)


@rule
def months_of_output(w, b, terms, hazard, horizon, alignment):
    """Return the months of full output that an employer expects of a ready hire (E2, E11).

    Who is recognised after arrival only works as an assistant until then, and goes on as one, or
    leaves a regulated occupation, if that never comes.
    """
    worked = months_worked(hazard, horizon)
    if terms.recognition != AFTER_ARRIVAL or b.recognition_assistant_margin == 1.0:
        return worked
    months = draw(w, government_terms(w, terms.government).recognition_months, 0.5)
    before = months_worked(hazard, min(months, horizon))
    full = recognition_probability(b, alignment)
    if bridgeable(b, alignment):
        full += (1.0 - full) * bridging_probability(b, alignment)
    never = 0.0 if terms.regulated else b.recognition_assistant_margin
    later = full + (1.0 - full) * never
    return b.recognition_assistant_margin * before + later * (worked - before)


@rule
def value_of_seat(w, p, k, cost):
    """Return what an employer expects of a seat, currency (E2)."""
    partnership = partnership_row(w, k)
    terms = programme_terms(w, p)
    b = behaviour(w)
    employer = employer_row(w, partnership.employer)
    group = employer_terms(w, employer.group)
    # tenure of an average hire under the programme's terms, within the horizon and the contract
    horizon = post_months(b, terms)
    hazard = typical_quit_hazard(w, b, partnership, terms, group, horizon)
    alignment = programme_row(w, p).mean_alignment
    margin = group.margin_per_month * expected_factor(w, employer.group, horizon)
    gain = margin * months_of_output(w, b, terms, hazard, horizon, alignment)
    # nobody plans with a channel that opens by chance
    closed = months_until_open(w, p, math.inf)
    wait = terms.wait_before_visa + partnership.believed_delay
    doubt = doubt_of(w, b, partnership)
    if closed < math.inf:
        wait += max(closed - terms.wait_before_visa, 0.0)
    arrives = arrival_of(w, b, partnership, employer, wait, doubt)
    if closed == math.inf or arrives < HOPELESS or gain <= 0.0:
        return WORTHLESS
    loss = loss_if_unready(b, margin, hazard, horizon)
    hires = employer.open_vacancies + 12.0 * vacancies_of_month(w, employer.group)
    effort = fixed_cost(w, 0, group.large).value / max(hires, 1.0)
    beyond = months_beyond(employer.patience, wait, doubt)
    return value_of(
        w, b, partnership, employer, terms, group, arrives, gain, loss, cost, beyond, effort
    )


@inlined
def stake_of(b, terms):
    """Return how long the post is against the longest that employers plan for, 0 to 1 (E3)."""
    return post_months(b, terms) / b.participation_tenure_horizon_months


@inlined
def alternative_to(w, b, employer, terms):
    """Return the value of an employer's usual ways to fill the post, currency (E3)."""
    value = b.participation_alternative_value
    if employer.luck_served < served_share(w, 0, terms.skill_level).value:
        value = b.participation_served_value
    return value * stake_of(b, terms)
