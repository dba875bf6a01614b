"""Employers: whether they know, engage and hire, and what they learn (E1 to E4, E10, E13)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.belief import logistic, observe_sum
from smpsim.agents.view import RowAgent
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import ENGAGEMENT, NONE, place

logistic_of = getattr(logistic, "py_func", logistic)

# a partnership is what an employer has with one programme
UNAWARE = place("unaware", ENGAGEMENT)
AWARE = place("aware", ENGAGEMENT)
ENGAGED = place("engaged", ENGAGEMENT)
COMMITTED = place("committed", ENGAGEMENT)
HIRING = place("hiring", ENGAGEMENT)
WITHDRAWN = place("withdrawn", ENGAGEMENT)

EMPLOYER = np.dtype(
    [
        ("group", "i8"),
        ("luck", "i8"),  # key of the group's luck, from its name
        ("number", "i8"),  # in its group: identity for random draws
        ("willingness", "f8"),  # most it pays per recruit, currency
        ("patience", "f8"),  # months
        ("open_vacancies", "i8"),
        ("opened", "i8"),  # vacancies ever opened
        ("filled_locally", "i8"),
        ("hired", "i8"),  # vacancies now filled or promised through programmes
        ("workers", "i8"),  # sponsored workers now
        ("in_turn", "i8"),  # 1: waits for its turn to choose
        ("opinion", "f8"),  # its first opinion of whoever vouches, against that of all: logit
    ]
)

EMPLOYER_GROUP = np.dtype(
    [
        ("first", "i8"),  # its employers stand in a row
        ("end", "i8"),  # behind the last
        ("carried", "f8"),  # fraction of a vacancy that none of them has opened yet
    ]
)

PARTNERSHIP = np.dtype(
    [
        ("employer", "i8"),
        ("programme", "i8"),
        ("state", "i8"),  # place in ENGAGEMENT
        ("luck_aware", "f8"),  # exponential threshold of E1
        ("luck_engage", "f8"),  # uniform number against the probability of E3
        ("aware_hazard", "f8"),  # accumulated hazard of E1
        ("trust", "f8"),  # in the programme, at the mean of its schools
        ("believed_delay", "f8"),  # months that the visa is believed to take
        ("reliability", "f8"),  # believed share of promised dates that are kept
        ("value", "f8"),  # EU of E2, currency
        ("successes", "f8"),  # hires who stayed and were found ready
        ("failures", "f8"),
        ("committed_seats", "i8"),  # whose trainees are still in training
        ("wanted", "i8"),  # seats still wanted in the intake that opens
        ("committed_now", "i8"),  # seats of that intake not yet given to a trainee
        ("last_hire", "i8"),  # month of the last accepted offer
        ("withdrew_in", "i8"),  # month, -1: not
    ]
)


@inlined
def takes_part(state):
    """Return whether an employer in this state of engagement hires from the programme."""
    return state in (ENGAGED, COMMITTED, HIRING)


@rule
def awareness_hazard(promotion, association_reach, contact_rate, successful_share):
    """Return the hazard a month that an employer hears of a programme (E1)."""
    return promotion + association_reach + contact_rate * successful_share


@rule
def expected_value(trust, arrives_in_time, margin, tenure, cost, refundable, risk_aversion):
    """Return the expected value EU of a committed seat, currency (E2).

    P_ready x P_arrive x margin x E[tenure] - (C - refundable x P_failure) - risk aversion x sd,
    where the sd is that of a gain that comes with probability P_ready x P_arrive.
    """
    chance = trust * arrives_in_time
    gain = margin * tenure
    spread = gain * math.sqrt(chance * (1.0 - chance))
    paid = cost - refundable * (1.0 - chance)
    return chance * gain - paid - risk_aversion * spread


@rule
def arrival_probability(patience, wait, reliability):
    """Return the believed chance to arrive within the employer's patience (E2).

    The wait is spread logistically around its believed mean by a quarter of it (assumption).
    """
    if patience == math.inf:
        return reliability
    spread = 0.25 * 0.5513 * wait + 0.1
    return reliability / (1.0 + math.exp(-(patience - wait) / spread))


@rule
def participation_probability(value, cost, employer, terms, b):
    """Return the probability that an employer engages (E3).

    logistic(k (EU - EU_alternative) / scale) if the cost is within the willingness to pay,
    else 0. This is the rule that a user may exchange: ``Model(..., rules={"participation":
    mine})`` with a function of the same five arguments.
    """
    if cost > employer.willingness:
        return 0.0
    if b.participation_steepness == NONE:
        return 1.0
    push = (
        b.participation_steepness
        * (value - b.participation_alternative_value)
        / b.participation_scale
    )
    return 1.0 / (1.0 + math.exp(-min(max(push, -50.0), 50.0)))


@rule
def prior_trust(channel_mean, own_mean, in_house_mean, selection_control, selection_gain):
    """Return the mean of the prior trust (E4).

    `own_mean`, unless `NONE`, takes the place of the channel's; control of selection moves the
    prior towards that of in-house selection.
    """
    mean = channel_mean if own_mean == NONE else own_mean
    if in_house_mean > mean:
        mean += selection_gain * selection_control * (in_house_mean - mean)
    return mean


@inlined
def perceived_readiness(readiness, trust, discount):
    """Return readiness as an employer sees it: low trust discounts the signal (E10)."""
    return readiness * (1.0 - discount * (1.0 - trust))


@rule
def ready_chance(b, readiness):
    """Return the chance that an employer finds a hire ready, logistic in readiness (E13)."""
    if b.readiness_needed == NONE:
        return 1.0
    return 1.0 / (1.0 + math.exp(-(readiness - b.readiness_needed) / b.readiness_noise))


@rule
def found_ready(b, readiness, u):
    """Return whether an employer finds a hire ready (E13)."""
    return u < ready_chance(b, readiness)


@inlined
def learn(origin, programme, school, success, weight, failure_weight):
    """Move three beliefs by a hire; a failure weighs `failure_weight` as much (E13)."""
    observe_sum(origin, programme, school, success, weight if success else weight * failure_weight)


@rule
def forecast(expected, error_sd, luck_normal):
    """Return the vacancies that an employer forecasts for the end of training (Action 1)."""
    if error_sd == 0.0:
        return expected
    return expected * math.exp(error_sd * luck_normal)


@rule
def experience_of_delay(partnership, months, late, learning, penalty):
    """Update what an employer believes of the visa office after an arrival (E12)."""
    partnership.believed_delay += learning * (months - partnership.believed_delay)
    kept = 0.0 if late else 1.0
    partnership.reliability += penalty * (kept - partnership.reliability)


class Employer(RowAgent):
    """An employer of the destination."""

    table = "employers"
    fields = EMPLOYER
    read_only = ("group", "number", "in_turn")

    @property
    def engagement(self) -> dict[str, str]:
        """State of engagement in words, by programme."""
        rows = self.model.world.partnerships
        names = [programme.name for programme in self.model.scenario.programmes]
        mine = rows[rows["employer"] == self.row]
        return {names[k["programme"]]: ENGAGEMENT[k["state"]] for k in mine}

    def trust_in(self, institution: int) -> float:
        """Return the trust in graduates of an institution, 0 to 1, by its row number.

        Of several programmes that train there, the first with this employer counts.
        """
        world = self.model.world
        sites = world.sites[world.sites["institution"] == institution]
        for programme, group in zip(sites["programme"], sites["group"], strict=True):
            k = world.partner_of[programme, self.row]
            if k >= 0:
                origin = world.institution_terms["government"][group]
                total = world.origin_beliefs["logit"][self.row, origin]
                total += world.school_beliefs["logit"][self.row, institution]
                return float(logistic_of(total + world.programme_beliefs["logit"][k]))
        raise ValueError(f"found no programme of this employer that trains at {institution}")
