"""The life course of a trainee, from one stage to the next.

Nobody is visited in vain: a person's next event is dated once, and the person is met again in
that month. Each function here is one step of the course; the decisions are the agents' rules.
"""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.employer import HIRING, experience_of_delay, found_ready, learn, takes_part
from smpsim.agents.government import bridgeable, recognition_probability
from smpsim.agents.programme import (
    AFTER_ARRIVAL,
    BEFORE_DEPARTURE,
    NO_CHANNEL,
    NO_INVOLVEMENT,
)
from smpsim.agents.trainee import (
    ADAPTING,
    CHANGE_OF_MIND,
    DROPPED_OUT,
    EMPLOYED,
    EMPLOYED_ELSEWHERE,
    FAILED,
    GRADUATE_POOL,
    IN_RECOGNITION,
    IN_TRAINING,
    IN_VISA_QUEUE,
    JOB_AT_HOME,
    JUDGED,
    LATE,
    NEVER,
    OFFER_HELD,
    ON_OWN,
    OWN_SEARCH,
    PARTLY_RECOGNISED,
    PRE_DEPARTURE,
    REFUSED,
    RETAKING_EXAM,
    RETURNED,
    WITHDREW,
    WORKING_AT_ORIGIN,
    accumulated,
    dropout_hazard,
    exam_probability,
    language_factor,
    language_level,
    leaving_hazard,
    months_until,
    months_until_quit,
    quit_hazard,
    skill_after,
)
from smpsim.compiled import inlined, rule
from smpsim.world.luck import (
    AFTER_QUIT,
    CONTRACT_END,
    DOMESTIC_JOB,
    DOMESTIC_TRACK,
    FURTHER_CONTRACT,
    INDIVIDUAL_SEARCH,
    INITIAL_LANGUAGE,
    INITIAL_SKILL,
    PERSON,
    READINESS,
    RECOGNITION,
    RECOGNITION_MONTHS,
    RETAKE,
    RETURN,
    VISA_MONTHS,
    WITHDRAWAL,
    draw,
    threshold,
    uniform,
    unit,
)
from smpsim.world.queues import (
    TRAINING_DUE,
    TRANSIT_DUE,
    WORK_DUE,
    append,
    first_pool_list,
    schedule,
)
from smpsim.world.state import (
    GRADES,
    behaviour,
    employer_row,
    employer_terms,
    entered,
    flow,
    government_row,
    government_terms,
    headcount,
    in_grade,
    institution_row,
    institution_terms,
    lane_row,
    lane_terms,
    neighbour_cell,
    neighbour_start_cell,
    partner_of,
    partnership_row,
    programme_row,
    programme_terms,
    quantile,
    site_row,
    trainee_row,
    trust_row,
)
from smpsim.world.turns import change_vacancies, take_turn


@inlined
def luck_of(w, person, decision):
    """Return U(person, decision)."""
    group = np.int64(person.programme) * 1024 + np.int64(person.intake)
    return uniform(w, PERSON, group, np.int64(person.number), decision)


@inlined
def whole_months(months):
    """Return the month, counted from 1, in which something due after `months` happens."""
    return NEVER if months > 10000.0 else max(1, int(math.ceil(months - 1e-9)))


@inlined
def move(w, i, stage):
    """Let person i enter a stage in this month."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    before = np.int64(person.stage)
    headcount(w, p, before).value -= 1
    headcount(w, p, stage).value += 1
    flow(w, p, before, stage).value += 1
    person.stage = stage
    entered(w, i, stage).value = w.month


# --- training and exam (E7, E8) ---


@rule
def start_training(w, i, site):
    """Enrol person i at a site; date the dropout or the exam, whichever comes first."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    person.site = site
    site_row(w, site).enrolled += 1
    institution_row(w, site_row(w, site).institution).enrolled += 1
    programme_row(w, person.programme).enrolled += 1
    move(w, i, IN_TRAINING)
    # the month of entry is the first month of training
    person.since = w.month - 1
    if terms.training_months == 0:
        end_training(w, i)
        sit_exam(w, i)
    else:
        date_training(w, i)


@inlined
def date_training(w, i):
    """Date the next event of a person in training (E7)."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    left = threshold(unit(person.luck_dropout)) - person.hazard_first
    hazard = dropout_hazard(behaviour(w), person, terms.trainee_cost_share)
    months = NEVER if hazard == 0.0 else whole_months(left / hazard)
    exam = entered(w, i, IN_TRAINING).value + terms.training_months - 1
    person.leaves = min(person.since + months, NEVER)
    person.due = min(person.leaves, max(exam, person.since + 1))
    schedule(w, TRAINING_DUE, person.due, i)


@inlined
def end_training(w, i):
    """Free the seat of a person who leaves training for whatever reason."""
    person = trainee_row(w, i)
    site_row(w, person.site).enrolled -= 1
    institution_row(w, site_row(w, person.site).institution).enrolled -= 1
    if person.employer >= 0:
        k = partner_of(w, np.int64(person.programme), np.int64(person.employer))
        partnership_row(w, k).committed_seats -= 1
        programme_row(w, person.programme).seats_committed -= 1


@rule
def drop_out(w, i):
    """Let person i leave training without an exam (E7)."""
    end_training(w, i)
    trainee_row(w, i).employer = -1
    move(w, i, DROPPED_OUT)


@rule
def finish_training(w, i):
    """Give person i what was learned, then the exam (E7, E8)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    terms = programme_terms(w, person.programme)
    institution = institution_row(w, site_row(w, person.site).institution)
    months = w.month - entered(w, i, IN_TRAINING).value + 1
    skill = quantile(w, b.initial_skill, 1)
    if quantile(w, b.initial_skill, 0) == 0.0:
        skill = draw(w, b.initial_skill, luck_of(w, person, INITIAL_SKILL))
    if b.skill_rate > 0.0:
        skill = skill_after(
            skill, b.skill_rate, institution.quality, person.aptitude, b.aptitude_effect, months
        )
    person.skill = skill
    if terms.language_target > 0.0:
        hours = draw(w, b.initial_language, luck_of(w, person, INITIAL_LANGUAGE))
        speed = institution_terms(w, institution.group).language_speed
        hours += months * terms.language_hours * speed
        person.language = language_level(hours, b)
    end_training(w, i)
    sit_exam(w, i)


@rule
def sit_exam(w, i):
    """Let person i make one attempt at the exam (E8)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    target = programme_terms(w, person.programme).language_target
    programme_row(w, person.programme).exams += 1
    chance = exam_probability(b, person.skill, person.language, target)
    u = unit(person.luck_exam)
    if person.attempts > 0:
        u = luck_of(w, person, RETAKE + np.int64(person.attempts) - 1)
    person.attempts += 1
    if u < chance:
        graduate(w, i)
    elif person.attempts <= b.retakes:
        if person.stage != RETAKING_EXAM:
            move(w, i, RETAKING_EXAM)
        person.due = w.month + b.retake_months
        schedule(w, TRAINING_DUE, person.due, i)
    else:
        person.employer = -1
        move(w, i, FAILED)


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
    month = w.month
    person.graduated = month
    person.since = month
    factor = language_factor(person.language, terms.language_target, b.language_elasticity)
    person.readiness = person.skill * institution.alignment * factor
    person.hazard_first = 0.0
    person.leaves = NEVER
    if terms.domestic_share > 0.0 and luck_of(w, person, DOMESTIC_TRACK) < terms.domestic_share:
        programme_row(w, p).domestic += 1
        person.employer = -1
        move(w, i, WORKING_AT_ORIGIN)
        return
    e = np.int64(person.employer)
    if e >= 0:
        k = partner_of(w, p, e)
        if takes_part(partnership_row(w, k).state) and employer_row(w, e).open_vacancies > 0:
            accept_offer(w, i, e)
            schedule(w, TRANSIT_DUE, person.due, i)
            return
        person.employer = -1
    enter_pool(w, i)


# --- waiting (E9) ---


@rule
def enter_pool(w, i):
    """Put a graduate in the pool of the site, by grade of readiness."""
    person = trainee_row(w, i)
    move(w, i, GRADUATE_POOL)
    site = site_row(w, person.site)
    grade = min(int(person.readiness * GRADES), GRADES - 1)
    append(w, first_pool_list(w) + np.int64(person.site) * GRADES + grade, i)
    person.grade = grade
    in_grade(w, person.site, grade).value += 1
    site.grades |= 1 << grade
    site.waiting += 1
    w.available += 1
    date_leaving(w, i, 1.0)


@rule
def date_leaving(w, i, factor):
    """Date the end of waiting by a job at home, a change of mind or an own search (E9)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    month = w.month
    start = month - person.graduated
    soonest = math.inf
    person.cause = JOB_AT_HOME
    if b.job_base > 0.0:
        hazard = factor * leaving_hazard(
            b.job_base, b.job_prior, b.job_age, b.job_motivation, person
        )
        left = threshold(luck_of(w, person, DOMESTIC_JOB)) - person.hazard_first
        soonest = months_until(hazard, b.job_growth, start, left)
    if b.withdraw_base > 0.0:
        hazard = factor * leaving_hazard(
            b.withdraw_base, b.withdraw_prior, b.withdraw_age, b.withdraw_motivation, person
        )
        left = threshold(luck_of(w, person, WITHDRAWAL)) - person.hazard_second
        months = months_until(hazard, b.withdraw_growth, start, left)
        if months < soonest:
            soonest = months
            person.cause = CHANGE_OF_MIND
    if person.stage == GRADUATE_POOL:
        hazard = own_search_hazard(w, np.int64(person.programme))
        if hazard > 0.0:
            left = threshold(luck_of(w, person, INDIVIDUAL_SEARCH)) - person.hazard_third
            if left / hazard < soonest:
                soonest = left / hazard
                person.cause = OWN_SEARCH
    leaves = min(month + whole_months(soonest), NEVER)
    if person.stage == GRADUATE_POOL and b.longest_wait >= 0:
        longest = person.graduated + b.longest_wait + 1
        if longest < leaves:
            leaves = max(longest, month + 1)
            person.cause = JOB_AT_HOME
    person.since = month
    if leaves != person.leaves:
        person.leaves = leaves
        schedule(w, TRAINING_DUE, leaves, i)


@inlined
def own_search_hazard(w, p):
    """Return the hazard of an own search abroad: only without a channel or employers (E10)."""
    terms = programme_terms(w, p)
    if terms.channel == NO_CHANNEL or terms.involvement == NO_INVOLVEMENT:
        return behaviour(w).individual_search
    return 0.0


@rule
def consume_waiting(w, i, b, factor):
    """Book the hazards of waiting that person i has met since the last change (E9).

    `b` are the parameters that held until now.
    """
    person = trainee_row(w, i)
    start = person.since - person.graduated
    end = w.month - person.graduated
    job = factor * leaving_hazard(b.job_base, b.job_prior, b.job_age, b.job_motivation, person)
    withdrawal = factor * leaving_hazard(
        b.withdraw_base, b.withdraw_prior, b.withdraw_age, b.withdraw_motivation, person
    )
    person.hazard_first += accumulated(job, b.job_growth, start, end)
    person.hazard_second += accumulated(withdrawal, b.withdraw_growth, start, end)


@inlined
def leave_pool(w, i):
    """Take person i out of the pool's counts; the list forgets lazily."""
    person = trainee_row(w, i)
    site = site_row(w, person.site)
    site.waiting -= 1
    w.available -= 1
    left = in_grade(w, person.site, person.grade)
    left.value -= 1
    if left.value == 0:
        site.grades &= ~(1 << np.int64(person.grade))


@rule
def stop_waiting(w, i):
    """Let person i leave while waiting, for the reason that came first (E9)."""
    person = trainee_row(w, i)
    if person.stage == GRADUATE_POOL:
        leave_pool(w, i)
    else:
        if person.stage == IN_VISA_QUEUE:
            lane_row(w, programme_terms(w, person.programme).lane).waiting -= 1
        judge(w, i, False)
        reopen_vacancy(w, i)
    if person.cause == OWN_SEARCH:
        person.marks |= ON_OWN
        depart(w, i)
    elif person.cause == CHANGE_OF_MIND:
        move(w, i, WITHDREW)
    else:
        move(w, i, WORKING_AT_ORIGIN)


@rule
def reopen_vacancy(w, i):
    """Give the vacancy of person i back to the employer, who waits for a turn again."""
    e = np.int64(trainee_row(w, i).employer)
    change_vacancies(w, e, 0, -1)
    employer_row(w, e).hired -= 1
    take_turn(w, e)
    trainee_row(w, i).employer = -1


# --- offer, recognition, visa (E10 to E12) ---


@rule
def accept_offer(w, i, e):
    """Let person i accept the offer of employer e, who promises a date (E10)."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    terms = programme_terms(w, p)
    b = behaviour(w)
    partnership = partnership_row(w, partner_of(w, p, e))
    change_vacancies(w, e, 0, 1)
    employer_row(w, e).hired += 1
    programme_row(w, p).offers += 1
    partnership.state = HIRING
    person.employer = e
    waits = b.job_base > 0.0 or b.withdraw_base > 0.0
    if waits and person.stage == GRADUATE_POOL:
        consume_waiting(w, i, b, 1.0)
    expected = terms.wait_before_visa + partnership.believed_delay
    if terms.committed:
        expected -= terms.training_months
    expected = max(expected, 0.0) + b.promise_slack
    month = w.month
    person.promised = min(month + int(math.ceil(expected)), NEVER)
    move(w, i, OFFER_HELD)
    if waits and b.with_offer > 0.0:
        date_leaving(w, i, b.with_offer)
    else:
        person.leaves = NEVER
    # without further preparation it goes on in this month's phase of transit, which is to come
    person.due = month + terms.months_after_offer


@rule
def seek_recognition(w, i):
    """Start the recognition of person i, or go on to the visa where none comes before it."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    if terms.recognition != BEFORE_DEPARTURE:
        apply_for_visa(w, i)
        return
    move(w, i, IN_RECOGNITION)
    person.due = -1
    if government_terms(w, terms.government).recognition_starts == math.inf:
        begin_procedure(w, i)
    else:
        append(w, recognition_list(w, terms.government), i)


@inlined
def lane_list(w, lane):
    """Return the number of the list of a visa lane."""
    return first_pool_list(w) + w.site_count * GRADES + lane


@inlined
def recognition_list(w, government):
    """Return the number of the list of those who wait for a recognition procedure."""
    return lane_list(w, w.lane_count) + government


@rule
def begin_procedure(w, i):
    """Begin a recognition procedure and date its end (E11)."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    programme_row(w, person.programme).recognitions += 1
    distribution = government_terms(w, terms.government).recognition_months
    months = draw(w, distribution, luck_of(w, person, RECOGNITION_MONTHS))
    # a duration of zero is met later in this month's phase of transit
    whole = max(0, int(math.ceil(months - 1e-9)))
    person.due = min(w.month + whole, NEVER)
    schedule(w, TRANSIT_DUE, person.due, i)


@rule
def end_procedure(w, i):
    """Decide on recognition: full, partial, or not in the project's time (E11)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    alignment = institution_row(w, site_row(w, person.site).institution).alignment
    if not bridgeable(b, alignment):
        judge(w, i, False)
        reopen_vacancy(w, i)
        move(w, i, REFUSED)
        return
    if luck_of(w, person, RECOGNITION) >= recognition_probability(b, alignment):
        person.marks |= PARTLY_RECOGNISED
    apply_for_visa(w, i)


@rule
def apply_for_visa(w, i):
    """Lodge the application of person i with the programme's lane (E12)."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    move(w, i, IN_VISA_QUEUE)
    programme_row(w, p).visa_applications += 1
    number = programme_terms(w, p).lane
    lane = lane_row(w, number)
    lane.waiting += 1
    delay = lane_terms(w, number).delay
    if delay < 0:
        lane.lodged += 1.0
        person.place_in_line = int(lane.lodged)
        append(w, lane_list(w, number), i)
        return
    months = draw(w, delay, luck_of(w, person, VISA_MONTHS))
    # a delay of zero is met later in this month's phase of transit
    whole = max(0, int(math.ceil(months - 1e-9)))
    person.due = min(w.month + whole, NEVER)
    schedule(w, TRANSIT_DUE, person.due, i)


@rule
def decide_visa(w, i):
    """Decide on the application of person i (E12)."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    number = programme_terms(w, p).lane
    lane = lane_row(w, number)
    lane.waiting -= 1
    lane.wait_sum += w.month - entered(w, i, IN_VISA_QUEUE).value
    lane.wait_count += 1
    government = government_row(w, lane_terms(w, number).government)
    government.decisions += 1
    if unit(person.luck_visa) < lane_terms(w, number).refusal:
        if programme_terms(w, p).refund_share > 0.0:
            programme_row(w, p).refunds += 1
        reopen_vacancy(w, i)
        move(w, i, REFUSED)
        return
    government.granted_this_year += 1
    government.approved += 1
    programme_row(w, p).visas += 1
    person.leaves = NEVER
    depart(w, i)


# --- departure, arrival, work (E13, E14) ---


@rule
def depart(w, i):
    """Let person i travel, after the months of pre-departure."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    programme_row(w, p).departures += 1
    wait = programme_terms(w, p).departure_months
    if wait == 0:
        arrive(w, i)
        return
    move(w, i, PRE_DEPARTURE)
    person.due = w.month + wait
    schedule(w, TRANSIT_DUE, person.due, i)


@rule
def arrive(w, i):
    """Let person i arrive; with a sponsor this is the placement."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    record = programme_row(w, p)
    month = w.month
    record.migrated += 1
    person.arrived = month
    if person.marks & ON_OWN:
        work_elsewhere(w, i)
        return
    terms = programme_terms(w, p)
    b = behaviour(w)
    employer = employer_row(w, person.employer)
    group = employer_terms(w, employer.group)
    record.placed += 1
    record.new_placed += 1
    if group.large == 0:
        record.new_placed_small += 1
    record.margin += group.margin
    employer.workers += 1
    institution_row(w, site_row(w, person.site).institution).placements += 1
    late = month > person.promised
    if late:
        person.marks |= LATE
    experience_of_delay(
        partnership_row(w, partner_of(w, p, np.int64(person.employer))),
        month - terms.departure_months - entered(w, i, IN_VISA_QUEUE).value,
        late,
        b.delay_learning,
        b.late_penalty,
    )
    if terms.recognition == AFTER_ARRIVAL:
        record.recognitions += 1
        alignment = institution_row(w, site_row(w, person.site).institution).alignment
        if luck_of(w, person, RECOGNITION) >= recognition_probability(b, alignment):
            person.marks |= PARTLY_RECOGNISED
    if b.language_decay > 0.0:
        # what was learned fades between the exam and the first day at work
        waited = month - person.graduated
        person.readiness *= math.exp(-b.language_decay * waited * b.language_elasticity)
    person.contract_end = NEVER
    if terms.contract_months > 0:
        person.contract_end = min(month + terms.contract_months, NEVER)
    move(w, i, ADAPTING if adaptation_months(w, i) > 0 else EMPLOYED)
    person.since = month
    person.hazard_first = 0.0
    date_quit(w, i)
    date_work(w, i)
    if b.observation_months == 0:
        judge(w, i, True)


@inlined
def adaptation_months(w, i):
    """Return the months of training after arrival, more after a partial recognition (E11)."""
    person = trainee_row(w, i)
    months = programme_terms(w, person.programme).months_after_arrival
    if person.marks & PARTLY_RECOGNISED:
        months += behaviour(w).partial_months
    return months


@inlined
def present_quit_hazard(w, b, person, terms, employer_terms):
    """Return the hazard that person quits, outside a clause, under given parameters (E14)."""
    rights = government_terms(w, terms.government).family_work_rights
    return quit_hazard(b, person.readiness, rights, terms.support, employer_terms.poaching)


@inlined
def date_quit(w, i):
    """Date the quit of a sponsored worker from what is left of the threshold (E14)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    if b.quit == 0.0:
        person.quits = NEVER
        return
    terms = programme_terms(w, person.programme)
    group = employer_terms(w, employer_row(w, person.employer).group)
    hazard = present_quit_hazard(w, b, person, terms, group)
    start = person.since - person.arrived
    left = threshold(unit(person.luck_quit)) - person.hazard_first
    months = months_until_quit(hazard, b.quit_clause_factor, terms.clause_months, start, left)
    person.quits = min(person.since + whole_months(months), NEVER)


@inlined
def date_work(w, i):
    """Put the next event of a sponsored worker in the calendar."""
    person = trainee_row(w, i)
    month = w.month
    due = min(person.quits, person.contract_end)
    if person.stage == ADAPTING:
        due = min(due, person.arrived + adaptation_months(w, i))
    if person.marks & JUDGED == 0:
        judged = person.arrived + behaviour(w).observation_months
        if judged > month:
            due = min(due, judged)
    person.due = max(due, month + 1)
    schedule(w, WORK_DUE, person.due, i)


@rule
def work_event(w, i):
    """Meet a sponsored worker in the month of the next event (E13, E14)."""
    person = trainee_row(w, i)
    month = w.month
    if person.quits == month:
        leave_employer(w, i)
        return
    if person.marks & JUDGED == 0 and (month >= person.arrived + behaviour(w).observation_months):
        judge(w, i, True)
    if person.contract_end == month and not prolong(w, i):
        judge(w, i, True)
        end_work(w, i)
        return_home(w, i)
        return
    if person.stage == ADAPTING and month >= person.arrived + adaptation_months(w, i):
        move(w, i, EMPLOYED)
    date_work(w, i)


@rule
def prolong(w, i):
    """Return whether a worker whose contract ends is rehired or gets a permanent permit (E14)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    record = programme_row(w, person.programme)
    decision = CONTRACT_END
    if person.contracts > 0:
        decision = FURTHER_CONTRACT + min(np.int64(person.contracts), 200)
    u = luck_of(w, person, decision)
    if u < b.rehired:
        person.contracts = min(person.contracts + 1, 255)
        length = max(1, programme_terms(w, person.programme).contract_months)
        person.contract_end = min(w.month + length, NEVER)
        record.rehired += 1
        return True
    if u < b.rehired + b.converted:
        person.contract_end = NEVER
        record.converted += 1
        return True
    return False


@inlined
def end_work(w, i):
    """Take a sponsored worker off the employer's books."""
    person = trainee_row(w, i)
    employer = employer_row(w, person.employer)
    employer.workers -= 1
    programme_row(w, person.programme).margin -= employer_terms(w, employer.group).margin


@rule
def leave_employer(w, i):
    """Let a worker quit: a failure if not yet judged, perhaps a refund, then work or home (E14)."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    judge(w, i, False)
    if terms.refund_share > 0.0 and w.month - person.arrived < terms.refund_months:
        programme_row(w, person.programme).refunds += 1
    end_work(w, i)
    if luck_of(w, person, AFTER_QUIT) < behaviour(w).stay_in_destination:
        work_elsewhere(w, i)
    else:
        return_home(w, i)


@rule
def work_elsewhere(w, i):
    """Let person i work for another employer of the destination, perhaps to return later."""
    person = trainee_row(w, i)
    move(w, i, EMPLOYED_ELSEWHERE)
    person.employer = -1
    person.since = w.month
    person.hazard_first = 0.0
    date_return(w, i)


@rule
def date_return(w, i):
    """Date the return of a person employed elsewhere in the destination (E14)."""
    person = trainee_row(w, i)
    hazard = behaviour(w).return_from_elsewhere
    person.due = -1
    if hazard > 0.0:
        left = threshold(luck_of(w, person, RETURN)) - person.hazard_first
        person.due = min(person.since + whole_months(left / hazard), NEVER)
        schedule(w, WORK_DUE, person.due, i)


@rule
def return_home(w, i):
    """Let person i return to the origin, with what reintegration the programme gives."""
    programme_row(w, trainee_row(w, i).programme).returnees += 1
    trainee_row(w, i).employer = -1
    move(w, i, RETURNED)


@rule
def judge(w, i, stayed):
    """Let an employer and its neighbours learn from one hire, once (E13).

    A success is a hire who stayed, arrived in the promised time and is found ready.
    """
    person = trainee_row(w, i)
    if person.marks & JUDGED:
        return
    person.marks |= JUDGED
    b = behaviour(w)
    success = stayed and person.marks & LATE == 0
    if success and b.ready_needed >= 0.0:
        success = found_ready(b, person.readiness, luck_of(w, person, READINESS))
    e = np.int64(person.employer)
    partnership = partnership_row(w, partner_of(w, np.int64(person.programme), e))
    if success:
        partnership.successes += 1.0
    else:
        partnership.failures += 1.0
    institution = site_row(w, person.site).institution
    learn(trust_row(w, e, institution), success, 1.0)
    note_trust(w, e)
    if b.neighbour_weight > 0.0:
        for n in range(neighbour_start_cell(w, e).value, neighbour_start_cell(w, e + 1).value):
            other = neighbour_cell(w, n).value
            learn(trust_row(w, other, institution), success, b.neighbour_weight)
            note_trust(w, other)


@inlined
def note_trust(w, e):
    """Note that the mean trust of employer e in each programme's institutions has changed."""
    for p in range(w.programme_count):
        k = partner_of(w, p, e)
        if k >= 0:
            partnership_row(w, k).trust_changed = 1
