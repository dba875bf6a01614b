"""Persons: the attributes that are drawn once for each who applies, joined by a copula (E5)."""

from __future__ import annotations

import math

from smpsim.agents.trainee import EMPLOYED_BEFORE, PATIENCE_CLASSES
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import ATTRIBUTES, NONE, UNLIMITED, place
from smpsim.world.luck import (
    APPLY,
    APTITUDE,
    CREDIT,
    SAVINGS,
    STANDARD_NORMAL,
    WOMEN,
    draw,
    unit,
)
from smpsim.world.people import numbers_of_applicant
from smpsim.world.state import (
    attribute_luck,
    behaviour,
    called_row,
    joint_score,
    programme_terms,
    quantile,
)

OF_JOB = place("prior_employment", ATTRIBUTES)
OF_WAGE = place("prior_wage", ATTRIBUTES)
OF_ATTACHMENT = place("attachment", ATTRIBUTES)
OF_IMPATIENCE = place("impatience", ATTRIBUTES)
OF_SAVINGS = place("savings", ATTRIBUTES)
OF_CREDIT = place("credit", ATTRIBUTES)
OF_APTITUDE = place("aptitude", ATTRIBUTES)
OF_MOTIVATION = place("motivation", ATTRIBUTES)
OF_AGE = place("age", ATTRIBUTES)
OF_SCHOOLING = place("schooling", ATTRIBUTES)
OF_LANGUAGE = place("language_aptitude", ATTRIBUTES)
OF_DEPENDANTS = place("dependants", ATTRIBUTES)
OF_WOMEN = place("women", ATTRIBUTES)
COUNT = len(ATTRIBUTES)
# attributes that are drawn of everybody who is reached: none of them follows others in base
DECIDING = 1 << OF_JOB | 1 << OF_WAGE | 1 << OF_ATTACHMENT | 1 << OF_IMPATIENCE | 1 << OF_DEPENDANTS
OF_APTITUDE_BIT = 1 << OF_APTITUDE
CLOSEST = 1e-12  # how near 0 and 1 a uniform number may come


@rule
def normal_share(score):
    """Return the share of the normal distribution below a score."""
    u = 0.5 * math.erfc(-score / 1.4142135623730951)
    return min(max(u, CLOSEST), 1.0 - CLOSEST)


@inlined
def luck_of_attribute(w, k):
    """Return the uniform number that attribute k of the person in hand is drawn at."""
    return attribute_luck(w, k).value


@rule
def throw(w, p, intake, number):
    """Put the uniform numbers of all attributes of a person in hand, joined by the copula."""
    one, two, three, four = numbers_of_applicant(w, p, intake, number, APTITUDE >> 2)
    attribute_luck(w, OF_APTITUDE).value = unit(one)
    attribute_luck(w, OF_AGE).value = unit(two)
    attribute_luck(w, OF_JOB).value = unit(three)
    attribute_luck(w, OF_MOTIVATION).value = unit(four)
    terms = programme_terms(w, p)
    if terms.households_vary == 0:
        return
    one, _, _, _ = numbers_of_applicant(w, p, intake, number, SAVINGS >> 2)
    attribute_luck(w, OF_SAVINGS).value = unit(one)
    _, two, three, four = numbers_of_applicant(w, p, intake, number, APPLY >> 2)
    attribute_luck(w, OF_ATTACHMENT).value = unit(two)
    attribute_luck(w, OF_IMPATIENCE).value = unit(three)
    attribute_luck(w, OF_DEPENDANTS).value = unit(four)
    one, two, three, four = numbers_of_applicant(w, p, intake, number, CREDIT >> 2)
    attribute_luck(w, OF_CREDIT).value = unit(one)
    attribute_luck(w, OF_LANGUAGE).value = unit(two)
    attribute_luck(w, OF_SCHOOLING).value = unit(three)
    attribute_luck(w, OF_WAGE).value = unit(four)
    one, _, _, _ = numbers_of_applicant(w, p, intake, number, WOMEN >> 2)
    attribute_luck(w, OF_WOMEN).value = unit(one)
    joined = behaviour(w).people_joined
    if joined != 0:
        join(w, joined)


@rule
def joined_luck(w, k):
    """Return the number of attribute k that its joint score gives: a sum of independent ones."""
    score = 0.0
    for j in range(k + 1):
        weight = joint_score(w, 0, k * COUNT + j).value
        if weight != 0.0:
            score += weight * draw(w, STANDARD_NORMAL, attribute_luck(w, j).value)
    return normal_share(score)


@rule
def join(w, joined):
    """Replace the numbers of attributes that follow others by those of their joint scores."""
    # from the last to the first: what an attribute follows stands before it, still as thrown
    for k in range(COUNT - 1, -1, -1):
        if joined >> k & 1:
            attribute_luck(w, k).value = joined_luck(w, k)


@rule
def give_attributes(w, person):
    """Draw the attributes of a person (E5)."""
    b = behaviour(w)
    terms = programme_terms(w, person.programme)
    if terms.people_vary or terms.households_vary:
        throw(w, int(person.programme), int(person.intake), int(person.number))
    if terms.people_vary:
        person.aptitude = draw(w, b.people_aptitude, luck_of_attribute(w, OF_APTITUDE))
        person.age = draw(w, terms.entrants_age, luck_of_attribute(w, OF_AGE))
        person.motivation = draw(w, b.people_motivation, luck_of_attribute(w, OF_MOTIVATION))
        if luck_of_attribute(w, OF_JOB) < terms.entrants_prior_employment:
            person.marks |= EMPLOYED_BEFORE
    else:
        person.aptitude = quantile(w, b.people_aptitude, 1)
        person.age = quantile(w, terms.entrants_age, 1)
        person.motivation = quantile(w, b.people_motivation, 1)
    if terms.households_vary:
        give_household(w, person, terms)
    else:
        person.schooling = quantile(w, terms.entrants_schooling, 1)
        person.language_aptitude = quantile(w, terms.entrants_language_aptitude, 1)
        person.savings = UNLIMITED
        if terms.entrants_savings != NONE:
            person.savings = quantile(w, terms.entrants_savings, 1)
        person.credit = quantile(w, terms.entrants_credit, 1)
        person.attachment = quantile(w, terms.entrants_attachment, 1)
        person.impatience = quantile(w, terms.entrants_impatience, 1)
        person.patience_class = 0
        person.prior_wage = quantile(w, terms.entrants_prior_wage, 1) * terms.wage_at_home
        person.female = 0
        person.dependants = 0
    if person.marks & EMPLOYED_BEFORE == 0:
        person.prior_wage = 0.0


@rule
def throw_called(w, p, intake, first, count):
    """Draw the luck of people whom a call reaches one after the other: what decides on applying.

    In a loop of its own, where the processor works on the numbers of several at a time.
    """
    for n in range(count):
        luck = called_row(w, n)
        number = first + n
        _, _, three, _ = numbers_of_applicant(w, p, intake, number, APTITUDE >> 2)
        luck.prior_employment = unit(three)
        one, two, three, four = numbers_of_applicant(w, p, intake, number, APPLY >> 2)
        luck.applying = unit(one)
        luck.attachment = unit(two)
        luck.impatience = unit(three)
        luck.dependants = unit(four)
        one, _, _, four = numbers_of_applicant(w, p, intake, number, CREDIT >> 2)
        luck.credit = unit(one)
        luck.prior_wage = unit(four)
        one, _, _, _ = numbers_of_applicant(w, p, intake, number, SAVINGS >> 2)
        luck.savings = unit(one)


@rule
def give_first_attributes(w, person, luck):
    """Draw of a person what decides on applying, means apart, the same as `give_attributes`.

    A few draws, as most people whom a call reaches are not admitted.
    """
    b = behaviour(w)
    terms = programme_terms(w, person.programme)
    if b.people_joined & DECIDING or not (terms.people_vary or terms.households_vary):
        person.marks = 0
        give_attributes(w, person)
        return
    person.prior_wage = 0.0
    if terms.people_vary and luck.prior_employment < terms.entrants_prior_employment:
        person.prior_wage = terms.wage_at_home * quantile(w, terms.entrants_prior_wage, 1)
    person.patience_class = 0
    person.dependants = 0
    person.attachment = quantile(w, terms.entrants_attachment, 1)
    if terms.households_vary:
        person.attachment = draw(w, terms.entrants_attachment, luck.attachment)
        person.patience_class = patience_class(luck.impatience)
        person.dependants = 1 if luck.dependants < terms.entrants_dependants else 0
        if person.prior_wage > 0.0 and quantile(w, terms.entrants_prior_wage, 0) == 0.0:
            wage = draw(w, terms.entrants_prior_wage, luck.prior_wage)
            person.prior_wage = terms.wage_at_home * wage


@rule
def give_aptitude(w, person):
    """Draw the aptitude of a person, the same as `give_attributes`."""
    b = behaviour(w)
    terms = programme_terms(w, person.programme)
    if b.people_joined & OF_APTITUDE_BIT:
        person.marks = 0
        give_attributes(w, person)
    elif terms.people_vary == 0:
        person.aptitude = quantile(w, b.people_aptitude, 1)
    else:
        p, intake, number = int(person.programme), int(person.intake), int(person.number)
        one, _, _, _ = numbers_of_applicant(w, p, intake, number, APTITUDE >> 2)
        person.aptitude = draw(w, b.people_aptitude, unit(one))


@rule
def give_means(w, person, terms, luck):
    """Draw the savings and the credit of a person who is asked for an own cost."""
    if terms.entrants_savings == NONE:
        person.savings = UNLIMITED
        return
    if terms.households_vary == 0:
        person.savings = quantile(w, terms.entrants_savings, 1)
        person.credit = quantile(w, terms.entrants_credit, 1)
        return
    of_savings, of_credit = luck.savings, luck.credit
    joined = behaviour(w).people_joined
    if joined >> OF_SAVINGS & 1 or joined >> OF_CREDIT & 1:
        take_in_hand(w, luck)
        if joined >> OF_SAVINGS & 1:
            of_savings = joined_luck(w, OF_SAVINGS)
        if joined >> OF_CREDIT & 1:
            of_credit = joined_luck(w, OF_CREDIT)
    person.savings = draw(w, terms.entrants_savings, of_savings)
    person.credit = draw(w, terms.entrants_credit, of_credit)


@inlined
def take_in_hand(w, luck):
    """Put the uniform numbers in hand of which those of means are made."""
    attribute_luck(w, OF_JOB).value = luck.prior_employment
    attribute_luck(w, OF_WAGE).value = luck.prior_wage
    attribute_luck(w, OF_ATTACHMENT).value = luck.attachment
    attribute_luck(w, OF_IMPATIENCE).value = luck.impatience
    attribute_luck(w, OF_DEPENDANTS).value = luck.dependants
    attribute_luck(w, OF_SAVINGS).value = luck.savings
    attribute_luck(w, OF_CREDIT).value = luck.credit


@rule
def give_household(w, person, terms):
    """Draw what people differ in besides aptitude, age, motivation and a job held before."""
    person.schooling = draw(w, terms.entrants_schooling, luck_of_attribute(w, OF_SCHOOLING))
    person.language_aptitude = draw(
        w, terms.entrants_language_aptitude, luck_of_attribute(w, OF_LANGUAGE)
    )
    person.savings = UNLIMITED
    if terms.entrants_savings != NONE:
        person.savings = draw(w, terms.entrants_savings, luck_of_attribute(w, OF_SAVINGS))
    person.credit = draw(w, terms.entrants_credit, luck_of_attribute(w, OF_CREDIT))
    person.attachment = draw(w, terms.entrants_attachment, luck_of_attribute(w, OF_ATTACHMENT))
    u = luck_of_attribute(w, OF_IMPATIENCE)
    person.patience_class = patience_class(u)
    person.impatience = draw(w, terms.entrants_impatience, patience_middle(person.patience_class))
    wage = draw(w, terms.entrants_prior_wage, luck_of_attribute(w, OF_WAGE))
    person.prior_wage = wage * terms.wage_at_home
    person.female = 1 if luck_of_attribute(w, OF_WOMEN) < terms.entrants_women else 0
    cares = luck_of_attribute(w, OF_DEPENDANTS) < terms.entrants_dependants
    person.dependants = 1 if cares else 0


@inlined
def patience_class(u):
    """Return the class of impatience of a uniform number."""
    return min(int(u * PATIENCE_CLASSES), PATIENCE_CLASSES - 1)


@inlined
def patience_middle(number):
    """Return the uniform number in the middle of a class of impatience."""
    return (number + 0.5) / PATIENCE_CLASSES
