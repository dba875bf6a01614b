"""Decisions about people, each a function of its own that a user's rule can take the place of.

The engine asks these functions and no other, with rows from which all that a rule may read follows
(`smpsim.world.rules`). A function here says what the model itself decides, with the equation's
own function in `smpsim.agents`; compiled into its caller it costs nothing.
"""

from __future__ import annotations

import math

from smpsim.agents.trainee import (
    ASSISTANT,
    FOUND_READY,
    chance_at_odds,
    choice,
    dropout_hazard,
    exam_probability,
    home_hazard,
    language_level,
    leaving_hazard,
    quit_hazard,
    skill_after,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.effort import quality_for
from smpsim.world.luck import SELECTION, STANDARD_NORMAL, draw
from smpsim.world.people import luck_of
from smpsim.world.state import (
    employer_row,
    employer_terms,
    government_row,
    government_terms,
    institution_row,
    institution_terms,
    programme_terms,
    site_row,
)

LEFT_UNSEEN = 0.25  # of the scale of E5, among those who applied (assumption)


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
def own_home():
    """Return whether going home follows a user's rule, which may read how long people stayed."""
    return False


@inlined
def monthly_return():
    """Return whether the hazard of a return from elsewhere is asked for anew each month."""
    return False


# applicants


@inlined
def own_selection():
    """Return whether a user's rules decide on applicants, and so read all of a person."""
    return False


@inlined
def applying_of(w, b, person, worth):
    """Return the chance that somebody who is reached applies (E5)."""
    return choice(worth - b.applying_inertia, b.applying_scale)


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
    return dropout_hazard(b, person, terms.trainee_cost_share) * float(person.pressure)


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
    return language_level(hours, programme_terms(w, person.programme))


@inlined
def exam_of(w, b, person, language, target):
    """Return the chance to pass an attempt at the exam (E8)."""
    return exam_probability(b, person.skill, language, target)


@inlined
def readiness_of(w, b, person, institution, factor):
    """Return readiness at graduation (E10)."""
    return person.skill * institution.alignment * factor


@inlined
def own_exam():
    """Return whether a user's rule says who passes the exam, skill and language at once."""
    return False


# waiting


@inlined
def accepting_of(w, b, person, worth):
    """Return the chance that a graduate accepts an offer worth so much beyond staying (E10).

    What differs between people unseen has mostly shown in who applied: a quarter is left.
    """
    return choice(worth, LEFT_UNSEEN * b.applying_scale)


@inlined
def track_of(w, b, person, worth):
    """Return the chance that the domestic track is taken, worth so much beyond waiting (E9)."""
    return choice(worth, b.applying_scale)


@inlined
def kept_home(w, person):
    """Return the share of graduates that their origin keeps as too many leave (E16)."""
    institution = institution_row(w, site_row(w, person.site).institution)
    return government_row(w, institution_terms(w, institution.group).government).kept_home


@inlined
def domestic_of(w, person, terms):
    """Return the chance that a graduate takes the domestic track (E9), or is kept home (E16)."""
    return terms.domestic_share + (1.0 - terms.domestic_share) * kept_home(w, person)


@inlined
def bound_to_stay(w, person, terms):
    """Return the chance that the origin demands a graduate for its home market (E9, E16)."""
    return terms.mandated_share + (1.0 - terms.mandated_share) * kept_home(w, person)


@inlined
def job_of(w, b, person):
    """Return the hazard of a job at home in the first month of waiting (E9)."""
    return leaving_hazard(
        b.waiting_domestic_job_base,
        b.waiting_domestic_job_prior_employment,
        b.waiting_domestic_job_age,
        b.waiting_domestic_job_motivation,
        person,
    ) * float(person.taking)


@inlined
def withdrawal_of(w, b, person):
    """Return the hazard of a change of mind in the first month of waiting (E9)."""
    return leaving_hazard(
        b.waiting_withdrawal_base,
        b.waiting_withdrawal_prior_employment,
        b.waiting_withdrawal_age,
        b.waiting_withdrawal_motivation,
        person,
    ) * float(person.tiring)


@inlined
def search_of(w, b, person):
    """Return the hazard of an own search abroad, which competes with the programme (E10)."""
    return b.waiting_individual_search


@inlined
def promise_to(w, b, person, partnership, terms, expected):
    """Return the months until arrival that an employer promises (E10)."""
    return max(expected, 0.0) + b.channel_promise_slack_months


# work


@inlined
def family_along(w, person, terms):
    """Return 1 if a person has dependants who may come along and work, else 0 (E14)."""
    rights = government_terms(w, terms.government).family_work_rights
    return rights * person.dependants


@rule
def base_quit(b, group):
    """Return the base hazard of quitting in the sector of a group of employers (E14)."""
    return b.retention_quit if group.quit == NONE else group.quit


@rule
def debt_of(b, person, terms, worked):
    """Return what a worker still owes of the costs of the journey, currency (E14)."""
    borrowed = terms.trainee_cost - person.savings
    return borrowed - worked * b.retention_saved_share * terms.net_wage


@rule
def absconds(w, b, person, terms):
    """Return whether a worker's permit and debts leave no way to quit but without notice (E14)."""
    if not terms.contract_permit_bound:
        return False
    return debt_of(b, person, terms, 12.0 * years_abroad(person)) > 0.0


@inlined
def quit_of(w, b, person, terms, group):
    """Return the hazard that a worker quits, outside a clause (E14)."""
    return quit_hazard(
        b,
        b.retention_without_notice if absconds(w, b, person, terms) else base_quit(b, group),
        person.readiness,
        terms.log_wage_outside,
        family_along(w, person, terms),
        terms.integration_support,
        group.poaching,
    )


@inlined
def years_abroad(person):
    """Return the whole years abroad at the last anniversary, when all was considered (E14)."""
    return float((int(person.since) - int(person.arrived)) // 12)


@inlined
def has_saved_enough(person, terms):
    """Return 1 if the sum saved for was reached by the last anniversary, else 0 (E14)."""
    return 1.0 if 12.0 * years_abroad(person) >= terms.months_to_target else 0.0


@inlined
def wage_ratio(b, person, terms):
    """Return the logarithm of a person's net wage abroad against that at home (E14)."""
    ratio = terms.log_net_wage_ratio
    if person.marks & ASSISTANT and b.recognition_assistant_wage < 1.0:
        ratio += math.log(max(b.recognition_assistant_wage, 1e-3))
    return ratio


@inlined
def home_of(w, b, person, terms, base):
    """Return the hazard that a person abroad goes home, as it was when last considered (E14)."""
    return home_hazard(
        b,
        base,
        years_abroad(person),
        wage_ratio(b, person, terms),
        family_along(w, person, terms),
        has_saved_enough(person, terms),
    )


@inlined
def stay_of(w, b, person):
    """Return the chance to work for another employer after quitting (E14)."""
    return b.retention_stay_in_destination


@rule
def home_from_elsewhere(w, b, person):
    """Return the hazard of going home for those employed elsewhere (E14)."""
    terms = programme_terms(w, person.programme)
    return home_of(w, b, person, terms, b.retention_return_from_elsewhere)


@inlined
def return_of(w, b, person):
    """Return the hazard of a return home from another employer (E14)."""
    return home_from_elsewhere(w, b, person)


@inlined
def wanted_of(b, person):
    """Return how much a sponsor wants to keep a worker whose contract ends, 0 to 1 (E14)."""
    return 1.0 if person.marks & FOUND_READY else b.retention_rehired_unready


@rule
def merit_of(w, b, person):
    """Return by how much readiness and tenure raise the logit of a further contract (E14)."""
    if b.retention_contract_readiness == 0.0 and b.retention_contract_tenure == 0.0:
        return 0.0
    needed = 0.5 if b.readiness_needed == NONE else b.readiness_needed
    tenure = (w.month - person.arrived) / 12.0
    return (
        b.retention_contract_readiness * (person.readiness - needed)
        + b.retention_contract_tenure * tenure
    )


@rule
def rehired_in(w, b, person):
    """Return the share of the sector that is rehired, before readiness and tenure (E14)."""
    own = employer_terms(w, employer_row(w, person.employer).group).rehired
    return b.retention_rehired_after_return if own == NONE else own


@rule
def converted_in(w, b, person):
    """Return the share of permits converted in the country, before readiness and tenure (E14)."""
    own = government_terms(w, programme_terms(w, person.programme).government).permit_converted
    return b.retention_permit_converted if own == NONE else own


@inlined
def rehired_of(w, b, person):
    """Return the chance to be rehired at the end of a contract (E14)."""
    return wanted_of(b, person) * chance_at_odds(rehired_in(w, b, person), merit_of(w, b, person))


@inlined
def converted_of(w, b, person):
    """Return the chance of a permanent permit at the end of a contract (E14)."""
    base = converted_in(w, b, person)
    return wanted_of(b, person) * chance_at_odds(base, merit_of(w, b, person))
