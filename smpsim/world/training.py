"""Training: enrolment, dropout, what is learned, the exam and graduation (E7, E8)."""

from __future__ import annotations

import numpy as np

from smpsim.agents.employer import takes_part
from smpsim.agents.trainee import (
    BOTH_PASSED,
    DOMESTIC_TRACK_TAKEN,
    DROPPED_OUT,
    FAILED,
    IN_TRAINING,
    LANGUAGE_PASSED,
    NEVER,
    RETAKING_EXAM,
    SKILL_PASSED,
    WORKING_AT_ORIGIN,
    exam_part,
    language_factor,
    pressure_to_leave,
    stress_of,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.channels import channel_open
from smpsim.world.decisions_of_people import (
    bound_to_stay,
    domestic_of,
    dropout_of,
    exam_of,
    language_of,
    monthly_dropout,
    own_exam,
    own_skill,
    readiness_of,
    skill_of,
    track_of,
)
from smpsim.world.growth import cohort_of
from smpsim.world.layout import UNSOUND_READINESS
from smpsim.world.losses import DROPOUT_LOSS, EXAM_LOSS, TRACK_LOSS, lose
from smpsim.world.luck import (
    DOMESTIC_TRACK,
    EARLY_EXAMS,
    EXAM_LANGUAGE,
    EXAM_PERSON,
    EXAM_SPEAKER,
    HOME_TRACK,
    INITIAL_LANGUAGE,
    INITIAL_SKILL,
    LATE_EXAM_LANGUAGE,
    RETAKE,
    STANDARD_NORMAL,
    draw,
    threshold,
    unit,
)
from smpsim.world.people import give_up, luck_of, move, whole_months
from smpsim.world.prospects import STIPEND, worth_in_training, worth_of_track
from smpsim.world.queues import TRAINING_DUE, TRANSIT_DUE, schedule
from smpsim.world.state import (
    behaviour,
    employer_row,
    institution_row,
    institution_terms,
    partner_of,
    partnership_row,
    programme_row,
    programme_terms,
    quantile,
    site_row,
    trainee_row,
    unit_cost,
)
from smpsim.world.transit import accept_offer
from smpsim.world.waiting import decline, declines, enter_pool, weigh_waiting


@inlined
def start_training(w, i, site):
    """Enrol person i at a site; date the dropout or the exam, whichever comes first."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    person.site = site
    site_row(w, site).enrolled += 1
    institution_row(w, site_row(w, site).institution).enrolled += 1
    programme_row(w, person.programme).enrolled += 1
    cohort_of(w, person).enrolled += 1
    move(w, i, IN_TRAINING)
    person.enrolled = w.month
    # the month of entry is the first month of training
    person.since = w.month - 1
    if terms.training_months_before_departure == 0:
        finish_training(w, i, 0)
        return
    decide_to_start(w, person, terms)
    date_training(w, i)
    if monthly_dropout():
        meet_dropout(w, i)


@inlined
def stress_in_training(w, person, terms):
    """Return the part of a trainee's cost of living that nothing at hand covers (E7)."""
    means = float(person.savings) + float(person.credit) - terms.trainee_cost
    stipend = unit_cost(w, np.int64(person.programme), STIPEND).value
    months = float(terms.training_months_before_departure)
    return stress_of(terms.living_cost, stipend, means, months)


@rule
def decide_to_start(w, person, terms):
    """Weigh going on at the start of training, and note when it is weighed again (E7)."""
    b = behaviour(w)
    months = float(terms.training_months_before_departure)
    person.pressure = 1.0 + stress_in_training(w, person, terms)
    person.reconsiders = -1
    if b.applying_scale == NONE:
        return
    half = terms.training_months_before_departure // 2
    # what going on is worth in the middle, as far as known now: what changes it later is news
    person.worth = worth_in_training(w, b, person, months - half)
    if b.training_dropout_worth > 0.0 and months >= 2.0 and not monthly_dropout():
        person.reconsiders = person.since + half


@rule
def reconsider_training(w, i):
    """Weigh going on in the middle of training, by what going is worth now (E7)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    terms = programme_terms(w, person.programme)
    person.hazard_first += (w.month - person.since) * dropout_of(w, b, person, terms)
    end = person.enrolled + terms.training_months_before_departure - 1
    worth = worth_in_training(w, b, person, float(max(end - w.month, 0)))
    person.pressure = pressure_to_leave(
        b.training_dropout_worth,
        float(person.worth) - worth,
        b.applying_scale,
        stress_in_training(w, person, terms),
    )
    person.since = w.month
    person.reconsiders = -1
    date_training(w, i)


@rule
def meet_dropout(w, i):
    """Let person i meet this month's hazard of dropout, by a rule that is asked each month (E7)."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    person.hazard_first += dropout_of(w, behaviour(w), person, terms)
    if person.hazard_first >= threshold(unit(person.luck_dropout)):
        person.leaves = w.month
        person.due = w.month
        schedule(w, TRAINING_DUE, w.month, i)


@inlined
def date_training(w, i):
    """Date the next event of a person in training (E7)."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    hazard = 0.0 if monthly_dropout() else dropout_of(w, behaviour(w), person, terms)
    months = NEVER
    u = unit(person.luck_dropout)
    # -log(u) > 1 - u: where even 1 - u outlasts the training, the threshold need not be taken
    if (
        hazard > 0.0
        and 1.0 - u < person.hazard_first + hazard * terms.training_months_before_departure
    ):
        left = threshold(u) - person.hazard_first
        months = whole_months(left / hazard)
    exam = person.enrolled + terms.training_months_before_departure - 1
    person.leaves = min(np.int64(person.since) + months, NEVER)
    person.due = min(person.leaves, max(exam, person.since + 1))
    if person.reconsiders > person.since:
        person.due = min(person.due, person.reconsiders)
    schedule(w, TRAINING_DUE, person.due, i)


@inlined
def end_training(w, i):
    """Free the seat of a person who leaves training for whatever reason."""
    person = trainee_row(w, i)
    site_row(w, person.site).enrolled -= 1
    institution = institution_row(w, site_row(w, person.site).institution)
    institution.enrolled -= 1
    institution.ended += 1
    if person.employer >= 0:
        k = partner_of(w, np.int64(person.programme), np.int64(person.employer))
        partnership_row(w, k).committed_seats -= 1
        programme_row(w, person.programme).seats_committed -= 1


@rule
def drop_out(w, i):
    """Let person i leave training without an exam (E7)."""
    end_training(w, i)
    trainee_row(w, i).employer = -1
    lose(w, np.int64(trainee_row(w, i).programme), DROPOUT_LOSS)
    move(w, i, DROPPED_OUT)


@rule
def finish_training(w, i, months):
    """Give person i what was learned in some months, then the exam (E7, E8)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    terms = programme_terms(w, person.programme)
    institution = institution_row(w, site_row(w, person.site).institution)
    skill = quantile(w, terms.entrants_initial_skill, 1)
    if quantile(w, terms.entrants_initial_skill, 0) == 0.0:
        skill = draw(w, terms.entrants_initial_skill, luck_of(w, person, INITIAL_SKILL))
    if b.training_skill_rate > 0.0 or own_skill():
        skill = skill_of(w, b, person, institution, skill, months)
    person.skill = skill
    if terms.language_needed > 0.0 or terms.training_language_target > 0.0:
        hours = draw(w, terms.entrants_initial_language_hours, luck_of(w, person, INITIAL_LANGUAGE))
        speed = institution_terms(w, institution.group).language_speed
        speed *= float(person.language_aptitude)
        hours += months * terms.training_language_hours_per_month * speed
        person.hours = hours
        person.language = language_of(w, b, person, hours)
    end_training(w, i)
    if terms.training_exam:
        sit_exam(w, i)
    else:
        graduate(w, i)


@rule
def sit_parts(w, b, person, target):
    """Sit the parts of the exam that are not passed yet; return whether both are now (E8)."""
    if person.attempts > 0:
        learn_between(w, b, person)
    share = b.exam_person_share
    if person.passed & SKILL_PASSED == 0:
        score = 0.0
        if share > 0.0:
            score = draw(w, STANDARD_NORMAL, luck_of(w, person, EXAM_PERSON))
        u = unit(person.luck_exam)
        if person.attempts > 0:
            u = luck_of(w, person, RETAKE + np.int64(person.attempts) - 1)
        if u < exam_part(person.skill, b.exam_skill_needed, b.exam_skill_noise, share, score):
            person.passed |= SKILL_PASSED
    if target <= 0.0:
        person.passed |= LANGUAGE_PASSED
    elif person.passed & LANGUAGE_PASSED == 0:
        score = 0.0
        if share > 0.0:
            score = draw(w, STANDARD_NORMAL, luck_of(w, person, EXAM_SPEAKER))
        decision = EXAM_LANGUAGE + np.int64(person.attempts)
        if person.attempts >= EARLY_EXAMS:
            decision += LATE_EXAM_LANGUAGE - EXAM_LANGUAGE - EARLY_EXAMS
        u = luck_of(w, person, decision)
        if u < exam_part(person.language, target, b.exam_language_noise, share, score):
            person.passed |= LANGUAGE_PASSED
    return person.passed == BOTH_PASSED


@rule
def learn_between(w, b, person):
    """Give a person what is learned between two attempts, a part of that in training (E8)."""
    pace = b.exam_retake_learning
    if pace == 0.0:
        return
    months = b.exam_retake_months
    institution = institution_row(w, site_row(w, person.site).institution)
    skill = float(person.skill)
    if person.passed & SKILL_PASSED == 0:
        learned = skill
        if b.training_skill_rate > 0.0 or own_skill():
            learned = skill_of(w, b, person, institution, skill, months)
        person.skill = skill + pace * (learned - skill)
    if person.passed & LANGUAGE_PASSED == 0:
        terms = programme_terms(w, person.programme)
        speed = institution_terms(w, institution.group).language_speed
        speed *= float(person.language_aptitude) * pace
        person.hours += months * terms.training_language_hours_per_month * speed
        person.language = language_of(w, b, person, float(person.hours))


@rule
def sit_exam(w, i):
    """Let person i make one attempt at the exam (E8)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    target = programme_terms(w, person.programme).training_language_target
    programme_row(w, person.programme).exams += 1
    programme_row(w, person.programme).exam_sittings += 1
    if b.exam_apart and b.exam_pass_probability == NONE and not own_exam():
        passes = sit_parts(w, b, person, target)
    else:
        language = float(person.language) if target > 0.0 else 0.0
        chance = exam_of(w, b, person, language, target)
        u = unit(person.luck_exam)
        if person.attempts > 0:
            u = luck_of(w, person, RETAKE + np.int64(person.attempts) - 1)
        passes = u < chance
    person.attempts += 1
    if passes:
        graduate(w, i)
    elif person.attempts <= b.exam_retakes:
        if person.stage != RETAKING_EXAM:
            move(w, i, RETAKING_EXAM)
        person.due = w.month + b.exam_retake_months
        schedule(w, TRAINING_DUE, person.due, i)
    else:
        person.employer = -1
        lose(w, np.int64(person.programme), EXAM_LOSS)
        move(w, i, FAILED)


@rule
def takes_home_track(w, b, person, terms):
    """Return whether a graduate takes the domestic track: as a duty, by choice or by lot (E9)."""
    p = np.int64(person.programme)
    if not b.waiting_track_choice or b.applying_scale == NONE:
        share = domestic_of(w, person, terms)
        return share > 0.0 and luck_of(w, person, DOMESTIC_TRACK) < share
    duty = bound_to_stay(w, person, terms)
    if duty > 0.0 and luck_of(w, person, DOMESTIC_TRACK) < duty:
        return True
    record = programme_row(w, p)
    if record.domestic + 1 > terms.domestic_share * record.graduated + 1e-9:
        return False
    worth = worth_of_track(w, b, person)
    return luck_of(w, person, HOME_TRACK) < track_of(w, b, person, worth)


@rule
def graduate(w, i):
    """Let person i graduate: home market, a committed seat, or the pool (E9, E10)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    p = np.int64(person.programme)
    terms = programme_terms(w, p)
    institution = institution_row(w, site_row(w, person.site).institution)
    programme_row(w, p).graduated += 1
    institution.graduates += 1
    cohort_of(w, person).graduated += 1
    month = w.month
    person.graduated = month
    person.since = month
    factor = 1.0
    if terms.language_needed > 0.0:
        factor = language_factor(
            person.language, terms.language_needed, b.readiness_language_elasticity
        )
    person.readiness = readiness_of(w, b, person, institution, factor)
    if not person.readiness >= 0.0:
        give_up(w, p, UNSOUND_READINESS)
        return
    person.hazard_first = 0.0
    person.leaves = NEVER
    person.hazard_second = 0.0
    weigh_waiting(w, i)
    if takes_home_track(w, b, person, terms):
        programme_row(w, p).domestic += 1
        lose(w, p, TRACK_LOSS)
        person.employer = -1
        person.cause = DOMESTIC_TRACK_TAKEN
        move(w, i, WORKING_AT_ORIGIN)
        return
    e = np.int64(person.employer)
    if e >= 0:
        k = partner_of(w, p, e)
        willing = takes_part(partnership_row(w, k).state) and channel_open(w, p)
        if willing and employer_row(w, e).open_vacancies > 0:
            if declines(w, i):
                decline(w, i)
                return
            accept_offer(w, i, e)
            schedule(w, TRANSIT_DUE, person.due, i)
            return
        person.employer = -1
    enter_pool(w, i)
