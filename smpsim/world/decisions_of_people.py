"""Decisions about people, each a function of its own that a user's rule can take the place of.

The engine asks these functions and no other, with rows from which all that a rule may read follows
(`smpsim.world.rules`). A function here says what the model itself decides, with the equation's
own function in `smpsim.agents`; compiled into its caller it costs nothing.
"""

from __future__ import annotations

import numpy as np

from smpsim.agents.programme import NO_CHANNEL, NO_INVOLVEMENT
from smpsim.agents.trainee import (
    FOUND_READY,
    dropout_hazard,
    exam_probability,
    language_level,
    leaving_hazard,
    quit_hazard,
    skill_after,
)
from smpsim.compiled import inlined
from smpsim.world.growth import quality_for
from smpsim.world.luck import SELECTION, STANDARD_NORMAL, draw
from smpsim.world.people import luck_of
from smpsim.world.state import government_terms, programme_terms


@inlined
def yes():
    """Take the place of a question about a user's rules whose answer is yes."""
    return True


# questions that a user's rules answer: may a short cut be taken that only the model's own allow?


@inlined
def own_skill():
    """Return whether skill follows a user's rule, which may not need a rate of learning."""
    return False


@inlined
def own_waiting():
    """Return whether a user's rules say who leaves while waiting, whatever the base hazards."""
    return False


@inlined
def monthly_dropout():
    """Return whether the hazard of dropout is asked for anew each month."""
    return False


@inlined
def monthly_job():
    """Return whether the hazard of a job at home is asked for anew each month."""
    return False


@inlined
def monthly_withdrawal():
    """Return whether the hazard of a change of mind is asked for anew each month."""
    return False


@inlined
def monthly_search():
    """Return whether the hazard of an own search is asked for anew each month."""
    return False


@inlined
def monthly_quit():
    """Return whether the hazard of quitting is asked for anew each month."""
    return False


@inlined
def monthly_return():
    """Return whether the hazard of a return from elsewhere is asked for anew each month."""
    return False


# applicants


@inlined
def selection_score_of(w, b, person, noise):
    """Return the aptitude that those who select observe (E5)."""
    score = float(person.aptitude)
    if noise > 0.0:
        score += noise * draw(w, STANDARD_NORMAL, luck_of(w, person, SELECTION))
    return score


@inlined
def affordable_for(w, b, person, savings, own_cost):
    """Return whether an applicant can pay a share of the costs (E5)."""
    return not savings < own_cost


# training


@inlined
def dropout_of(w, b, person, terms):
    """Return the hazard of dropout a month (E7)."""
    return dropout_hazard(b, person, terms.trainee_cost_share)


@inlined
def skill_of(w, b, person, institution, skill, months):
    """Return skill after months of training (E7)."""
    return skill_after(
        skill,
        b.training_skill_rate,
        quality_for(w, person, institution),
        person.aptitude,
        b.training_aptitude_effect,
        months,
    )


@inlined
def language_of(w, b, person, hours):
    """Return the CEFR level, a number, after cumulative hours of learning (E7)."""
    return language_level(hours, b)


@inlined
def exam_of(w, b, person, language, target):
    """Return the chance to pass an attempt at the exam (E8)."""
    return exam_probability(b, person.skill, language, target)


@inlined
def readiness_of(w, b, person, institution, factor):
    """Return readiness at graduation (E10)."""
    return person.skill * institution.alignment * factor


# waiting


@inlined
def domestic_of(w, person, terms):
    """Return the chance that a graduate takes the domestic track (E9)."""
    return terms.domestic_share


@inlined
def job_of(w, b, person):
    """Return the hazard of a job at home in the first month of waiting (E9)."""
    return leaving_hazard(
        b.waiting_domestic_job_base,
        b.waiting_domestic_job_prior_employment,
        b.waiting_domestic_job_age,
        b.waiting_domestic_job_motivation,
        person,
    )


@inlined
def withdrawal_of(w, b, person):
    """Return the hazard of a change of mind in the first month of waiting (E9)."""
    return leaving_hazard(
        b.waiting_withdrawal_base,
        b.waiting_withdrawal_prior_employment,
        b.waiting_withdrawal_age,
        b.waiting_withdrawal_motivation,
        person,
    )


@inlined
def search_of(w, b, person):
    """Return the hazard of an own search abroad: only without a channel or employers (E10)."""
    terms = programme_terms(w, np.int64(person.programme))
    if terms.channel == NO_CHANNEL or terms.employer_involvement == NO_INVOLVEMENT:
        return b.waiting_individual_search
    return 0.0


@inlined
def promise_to(w, b, person, partnership, terms, expected):
    """Return the months until arrival that an employer promises (E10)."""
    return max(expected, 0.0) + b.channel_promise_slack_months


# work


@inlined
def quit_of(w, b, person, terms, group):
    """Return the hazard that a worker quits, outside a clause (E14)."""
    rights = government_terms(w, terms.government).family_work_rights
    return quit_hazard(b, person.readiness, rights, terms.integration_support, group.poaching)


@inlined
def stay_of(w, b, person):
    """Return the chance to work for another employer after quitting (E14)."""
    return b.retention_stay_in_destination


@inlined
def return_of(w, b, person):
    """Return the hazard of a return home from another employer (E14)."""
    return b.retention_return_from_elsewhere


@inlined
def wanted_of(b, person):
    """Return how much a sponsor wants to keep a worker whose contract ends, 0 to 1 (E14)."""
    return 1.0 if person.marks & FOUND_READY else b.retention_rehired_unready


@inlined
def rehired_of(w, b, person):
    """Return the chance to be rehired at the end of a contract (E14)."""
    return wanted_of(b, person) * b.retention_rehired_after_return


@inlined
def converted_of(w, b, person):
    """Return the chance of a permanent permit at the end of a contract (E14)."""
    return wanted_of(b, person) * b.retention_permit_converted
