"""A month of the world: the phases of the specification, in their order.

`advance` is the one function that both drivers call: `smpsim.Model.step` for one month, the
ensemble for all of them without coming back to Python in between.
"""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.programme import AT_DESIGN, NO_INVOLVEMENT
from smpsim.agents.trainee import (
    ADAPTING,
    APPLICANT,
    EMPLOYED,
    EMPLOYED_ELSEWHERE,
    GRADUATE_POOL,
    IN_RECOGNITION,
    IN_TRAINING,
    IN_VISA_QUEUE,
    OFFER_HELD,
    PRE_DEPARTURE,
    RETAKING_EXAM,
    RETURNED,
)
from smpsim.compiled import entry, inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.beginning import begin, clear_month, note_alignment
from smpsim.world.cycle import margin_factor
from smpsim.world.decisions_of_offices import alignment_of, quality_of
from smpsim.world.effort import gain_of_work, work_by_the_record
from smpsim.world.followed import anybody_followed, close_windows
from smpsim.world.intake import has_rows_for_intakes, open_intake, renew
from smpsim.world.interventions import intervene
from smpsim.world.layout import ROWS_WANTED, UNSOUND_ALIGNMENT, UNSOUND_LEDGER, UNSOUND_TRUST
from smpsim.world.ledger import close_gains, close_month, is_finite
from smpsim.world.luck import HALF, LOW
from smpsim.world.matching import match
from smpsim.world.monthly import meet_monthly_hazards
from smpsim.world.people import give_up
from smpsim.world.queues import (
    CALENDARS,
    LAST,
    NOBODY,
    TRAINING_DUE,
    TRANSIT_DUE,
    WORK_DUE,
    fetch_ahead,
    free_block,
)
from smpsim.world.recruitment import decide_partnerships, open_vacancies
from smpsim.world.state import (
    STAGE_COUNT,
    behaviour,
    block_entry,
    government_terms,
    headcount,
    institution_row,
    institution_terms,
    lane_row,
    lane_terms,
    list_row,
    programme_row,
    programme_terms,
    site_row,
    stage_cell,
    trainee_row,
    trajectory_row,
)
from smpsim.world.training import drop_out, finish_training, reconsider_training, sit_exam
from smpsim.world.transit import (
    decide_or_defer,
    end_procedure,
    seek_recognition,
    stop_waiting,
)
from smpsim.world.visa_office import decide_visas, governments_month, start_procedures
from smpsim.world.waiting import reconsider_waiting
from smpsim.world.work import arrive, come_back, elsewhere_event, work_event

ROUNDING = 1e-6  # by which a mean that is kept up to date may miss its range


@rule
def meet_due(w, phase):
    """Meet everybody whose event is due in a phase of this month."""
    month = w.month
    line = list_row(w, CALENDARS * month + phase)
    block = line.head
    while block != NOBODY:
        place = 0
        # what is met may put more into this list: it is read to its end at that time
        while place < LAST and (block != line.tail or place < line.write):
            i = np.int64(block_entry(w, block, place).value)
            fetch_ahead(w, block, place)
            if phase == TRAINING_DUE:
                training_event(w, i, month)
            elif phase == TRANSIT_DUE:
                transit_event(w, i, month)
            elif trainee_row(w, i).due == month:
                stage = trainee_row(w, i).stage
                if stage in (EMPLOYED, ADAPTING):
                    work_event(w, i)
                elif stage == EMPLOYED_ELSEWHERE:
                    elsewhere_event(w, i)
                elif stage == RETURNED and trainee_row(w, i).employer >= 0:
                    # home between two contracts
                    come_back(w, i)
            place += 1
        following = np.int64(block_entry(w, block, LAST).value) if block != line.tail else NOBODY
        free_block(w, block)
        block = following
    line.head = NOBODY
    line.tail = NOBODY


@inlined
def training_event(w, i, month):
    """Meet a person in training, before a retake, or waiting; skip those who went on."""
    person = trainee_row(w, i)
    stage = person.stage
    if stage == IN_TRAINING:
        if person.due == month:
            if person.leaves <= month:
                drop_out(w, i)
            elif person.reconsiders == month:
                reconsider_training(w, i)
            else:
                # the month of entry is the first month of training
                finish_training(w, i, month - person.enrolled + 1)
    elif stage == RETAKING_EXAM:
        if person.due == month:
            sit_exam(w, i)
    elif GRADUATE_POOL <= stage <= IN_VISA_QUEUE:
        if person.leaves == month:
            stop_waiting(w, i)
        elif person.reconsiders == month and person.leaves > month:
            reconsider_waiting(w, i)


@rule
def transit_event(w, i, month):
    """Meet a person between the offer and arrival; skip those who went on."""
    person = trainee_row(w, i)
    if person.due != month:
        return
    stage = person.stage
    if stage == OFFER_HELD:
        seek_recognition(w, i)
    elif stage == IN_RECOGNITION:
        end_procedure(w, i)
    elif stage == IN_VISA_QUEUE:
        decide_or_defer(w, i)
    elif stage == PRE_DEPARTURE:
        arrive(w, i)


@rule
def institutions_month(w):
    """Let curricula follow employers and age, and quality be assured (E6)."""
    b = behaviour(w)
    for i in range(w.institution_count):
        institution = institution_row(w, i)
        terms = institution_terms(w, institution.group)
        assurance = government_terms(w, terms.government).quality_assurance
        institution.quality = quality_of(w, i, assurance)
        if w.month > 0 and w.month % 12 == 0:
            work_by_the_record(w, i)
        # of several programmes, or the institution itself, the one with most influence shapes it
        most, alone = gain_of_work(w, i), 0.0
        gain, engagement = most, 1.0 if most > 0.0 else 0.0
        for s in range(w.site_count):
            if site_row(w, s).institution == i:
                p = site_row(w, s).programme
                eta, engaged = influence(w, p)
                if eta * engaged > most:
                    most, gain, engagement = eta * engaged, eta, engaged
                if programme_terms(w, p).employer_involvement == NO_INVOLVEMENT:
                    alone = b.alignment_gain_none
        institution.alignment = alignment_of(w, b, i, gain, engagement, alone)
    for p in range(w.programme_count):
        note_alignment(w, p)


@rule
def influence(w, p):
    """Return eta, per year, and engagement of a programme's employers in its curricula (E6).

    Engagement is n / (n + half) of n engaged employers: a few can shape a curriculum, however many
    others there are.
    """
    b = behaviour(w)
    engaged = programme_row(w, p).engaged
    involvement = programme_terms(w, p).employer_involvement
    if engaged == 0 or involvement == NO_INVOLVEMENT:
        return 0.0, 0.0
    gain = b.alignment_gain_design if involvement == AT_DESIGN else b.alignment_gain_late
    return gain, engaged / (engaged + b.alignment_half_firms)


@rule
def count_training(w, p):
    """Count the month's trainees, who cost their training whether or not they finish it."""
    record = programme_row(w, p)
    if headcount(w, p, IN_TRAINING).value == 0:
        return
    for s in range(record.first_site, record.first_site + record.sites):
        site = site_row(w, s)
        if site.enrolled > 0:
            cost = institution_terms(w, site.group).cost_per_trainee_month
            record.trainee_months += site.enrolled
            record.training_cost += site.enrolled * cost


@rule
def is_active(w, p):
    """Return whether a programme has intakes to come or people under way."""
    record = programme_row(w, p)
    more = record.opened < programme_terms(w, p).intakes_number and w.month < w.horizon
    if record.running and more:
        return True
    for stage in range(APPLICANT, ADAPTING + 1):
        if headcount(w, p, stage).value > 0:
            return True
    return False


@rule
def record_month(w, p):
    """Write the month's row of a programme's trajectory."""
    record = programme_row(w, p)
    place = w.month * w.programme_count + p
    for stage in range(STAGE_COUNT):
        stage_cell(w, place, stage).value = headcount(w, p, stage).value
    row = trajectory_row(w, place)
    row.planned = record.planned
    row.lost = record.lost
    row.enrolled = record.enrolled
    row.graduated = record.graduated
    row.placed = record.placed
    row.migrated = record.migrated
    row.domestic = record.domestic
    row.vacancies_open = record.vacancies_open
    row.vacancies_filled = record.vacancies_filled
    row.employers_aware = record.aware
    row.employers_engaged = record.engaged
    row.seats_committed = record.seats_committed
    trust = 0.0
    if record.partnerships > 0:
        trust = record.trust_total / record.partnerships
    if not -ROUNDING <= trust <= 1.0 + ROUNDING:
        give_up(w, p, UNSOUND_TRUST)
    if not -ROUNDING <= record.mean_alignment <= 1.0 + ROUNDING:
        give_up(w, p, UNSOUND_ALIGNMENT)
    row.mean_trust = trust
    row.mean_alignment = record.mean_alignment
    lane = lane_row(w, programme_terms(w, p).lane)
    if lane_terms(w, programme_terms(w, p).lane).months != NONE:
        row.visa_backlog = lane.waiting
    else:
        row.visa_backlog = max(lane.lodged - lane.decided, 0.0)
    row.visa_wait_months = lane.wait_sum / lane.wait_count if lane.wait_count > 0 else math.nan
    row.seats_factor = record.factor * record.ramp


@rule
def close_books(w, p):
    """Close the month of a programme: payments, gains, the trajectory's row (E15)."""
    close_windows(w, p)
    programme_row(w, p).active = is_active(w, p)
    close_month(w, p)
    close_gains(w, p, margin_factor(w, p))
    if not is_finite(w, p):
        give_up(w, p, UNSOUND_LEDGER)
    if w.month < w.horizon:
        record_month(w, p)
    clear_month(programme_row(w, p))


@rule
def anybody_under_way(w):
    """Return whether somebody is between application and arrival."""
    for p in range(w.programme_count):
        for stage in range(APPLICANT, ADAPTING):
            if headcount(w, p, stage).value > 0:
                return True
    return False


@entry
def advance(header, months, seed, replication):
    """Simulate months, not beyond `until`, in the order of section 3 of the specification.

    Parameters
    ----------
    header : world row, shape (1,)
    months : int
        Months to simulate.
    seed, replication : int
        Key of luck of a new replication, which begins first; with a replication below 0 the one
        that the world is in goes on.

    Returns
    -------
    int
        0, or why time stands still (see `World.advance`).
    """
    w = header[0]
    if replication >= 0:
        w.seed_low = np.uint64(seed) & LOW
        w.seed_high = np.uint64(seed) >> HALF
        w.replication = replication
        begin(w)
    if w.failure == ROWS_WANTED:
        # the driver has made the tables larger since
        w.failure = 0
    programmes = w.programme_count
    for _ in range(months):
        if w.month >= w.until or w.failure != 0:
            break
        # after the horizon nobody new comes, and it ends with the last window (E15)
        following = w.month >= w.horizon
        if following:
            if not anybody_followed(w):
                break
            w.discount *= w.discount_step
        # 1 interventions
        if w.segment + 1 < w.segments:
            intervene(w)
        if not following and not has_rows_for_intakes(w):
            break
        meet_monthly_hazards(w)
        # offices and employers matter to those who are under way
        working = not following or anybody_under_way(w)
        if working:
            # 2 governments
            governments_month(w)
            # 3 employers
            open_vacancies(w)
            for p in range(programmes):
                decide_partnerships(w, p)
            # 4 institutions
            if w.curricula_change:
                institutions_month(w)
        for p in range(programmes):
            if not following:
                renew(w, p)
                open_intake(w, p)
            count_training(w, p)
            programme_row(w, p).adaptation_months = headcount(w, p, ADAPTING).value
        # 5 training, exams, waiting
        meet_due(w, TRAINING_DUE)
        # 6 matching
        match(w)
        # 7 recognition, visas, departure and arrival
        meet_due(w, TRANSIT_DUE)
        if working:
            start_procedures(w)
        # procedures that take no time end at once
        meet_due(w, TRANSIT_DUE)
        if working:
            decide_visas(w)
        # 8 work
        meet_due(w, WORK_DUE)
        # 9 the books
        for p in range(programmes):
            close_books(w, p)
        w.month += 1
    return w.failure
