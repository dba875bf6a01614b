"""Employers: whether they know, engage and hire, and what they learn (E1 to E4, E10, E13)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.belief import logistic, observe_sum
from smpsim.agents.view import RowAgent
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import ENGAGEMENT, NONE, place

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
        ("open_to_it", "i8"),  # 1: open to the idea at all
        ("concern", "i8"),  # place in CONCERNS of what it is concerned about first
        ("luck_served", "f8"),  # uniform number against the share that usual channels serve
        ("plans_in", "i8"),  # calendar month of its staffing plan, 0 to 11
    ]
)

EMPLOYER_GROUP = np.dtype(
    [
        ("first", "i8"),  # its employers stand in a row
        ("end", "i8"),  # behind the last
        ("carried", "f8"),  # fraction of a vacancy that none of them has opened yet
        ("sector_luck", "i8"),  # key of its sector's luck, from the sector's name
        ("shock", "f8"),  # state of the business cycle, in logarithms
        ("factor", "f8"),  # of vacancies and margins (E18)
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
        ("trust_then", "f8"),  # when it last decided
        ("founds", "i8"),  # 1: is asked to found the programme, and has not decided yet
        ("decides", "i8"),  # month in which it decides anew
        ("active_neighbours", "i8"),  # neighbours that take part
        ("heard_successes", "f8"),  # hires of the programme of which the association has told it
        ("heard_failures", "f8"),
        ("believed_delay", "f8"),  # months that the visa is believed to take
        ("delay_variance", "f8"),  # of that belief, months squared
        ("delay_seen", "i8"),  # month for which that variance holds
        ("believed_refusal", "f8"),  # share of files
        ("reliability", "f8"),  # believed share of promised dates that are kept
        ("value", "f8"),  # EU of E2, currency
        ("cost", "f8"),  # C of E2: what an arrival costs it, currency
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
def awareness_hazard(
    promotion, association_reach, contact_rate, active_share, association_rate, active_members
):
    """Return the hazard a month that an employer hears of a programme (E1).

    By promotion and from those who take part: Bass 1969, "A new product growth for model consumer
    durables", Management Science 15.
    """
    heard = contact_rate * active_share + association_rate * active_members
    return promotion + association_reach + heard


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
    """Return the vacancies that an employer forecasts for the end of training (Action 1).

    The error is lognormal with mean 1: a worse forecast foresees no more vacancies on average.
    """
    if error_sd == 0.0:
        return expected
    return expected * math.exp(error_sd * luck_normal - 0.5 * error_sd * error_sd)


@rule
def experience_of_delay(partnership, months, late, weight, spread, penalty):
    """Update what an employer believes of the visa office by a case of a given weight (E12).

    One step of a Kalman filter for the mean delay, of which a single one is off by `spread` of it;
    a broken promise costs `penalty` of the believed reliability.
    """
    variance = partnership.delay_variance
    if variance > 0.0:
        noise = spread * max(partnership.believed_delay, 1.0)
        gain = weight * variance / (weight * variance + noise * noise)
        partnership.believed_delay += gain * (months - partnership.believed_delay)
        partnership.delay_variance = (1.0 - gain) * variance
    kept = 0.0 if late else 1.0
    partnership.reliability += weight * penalty * (kept - partnership.reliability)


@rule
def cycle_after(shock, persistence, sd, luck_normal):
    """Return the state of a sector's cycle after a month, AR(1) with deviation sd (E18)."""
    return persistence * shock + math.sqrt(1.0 - persistence * persistence) * sd * luck_normal


@inlined
def cycle_factor(shock, sd):
    """Return vacancies and margins against those of the long run, with mean 1 (E18)."""
    return math.exp(min(max(shock - 0.5 * sd * sd, -50.0), 50.0))


@rule
def factor_expected(factor, persistence, months):
    """Return the mean factor of the months to come, in which it tends back to 1 (E18)."""
    if persistence >= 1.0 or months <= 0.0:
        return factor
    weight = (1.0 - persistence**months) / (months * (1.0 - persistence))
    return 1.0 + (factor - 1.0) * min(weight, 1.0)


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
                return float(logistic(total + world.programme_beliefs["logit"][k]))
        raise ValueError(
            f"got institution {institution}; allowed: one at which a programme of this employer "
            "trains"
        )
