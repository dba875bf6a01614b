"""The beginning of a run: empty tables, and the attributes that are drawn once."""

from __future__ import annotations

import math

from smpsim.agents.belief import logit
from smpsim.agents.employer import AWARE, UNAWARE
from smpsim.agents.programme import AT_DESIGN
from smpsim.compiled import rule
from smpsim.vocabulary import CONCERNS, FOLLOWED, GRADES, NONE
from smpsim.world.beliefs import begin_belief, begin_trust
from smpsim.world.cycle import begin_cycle
from smpsim.world.decisions_of_employers import own_value
from smpsim.world.decisions_of_offices import own_curricula
from smpsim.world.effort import begin_effort
from smpsim.world.luck import (
    CHARACTER,
    EMPLOYER_GROUP,
    GOVERNMENT_LUCK,
    HABITS,
    INSTITUTION_GROUP,
    PARTNER,
    STANDARD_NORMAL,
    draw,
    four_numbers,
    threshold,
    uniform,
    unit,
)
from smpsim.world.prospects import begin_prospects
from smpsim.world.queues import NOBODY, clear_lists
from smpsim.world.state import (
    behaviour,
    clear_emptied,
    concern_share,
    copy_plan,
    employer_group,
    employer_row,
    employer_terms,
    employers_refusal,
    followed,
    government_row,
    government_terms,
    in_grade,
    institution_row,
    institution_terms,
    lane_row,
    partner_of,
    partnership_row,
    programme_row,
    programme_terms,
    site_row,
)
from smpsim.world.turns import change_vacancies, take_turn

CONCERN_COUNT = len(CONCERNS)


@rule
def begin(w):
    """Bring a world to the start of month 0 of one replication."""
    clear_lists(w)
    w.month = 0
    w.segment = 0
    w.people = 0
    w.available = 0
    w.turn_head = 0
    w.turn_count = 0
    w.free_block = NOBODY
    w.used_blocks = 0
    w.failure = 0
    w.discount = w.discount_step ** (w.horizon - 1)
    clear_emptied(w)
    copy_plan(w, 0)
    begin_governments(w)
    begin_institutions(w)
    begin_programmes(w)
    begin_employers(w)
    begin_trust(w)
    note_curricula(w)


@rule
def begin_governments(w):
    """Empty the offices."""
    for g in range(w.government_count):
        government = government_row(w, g)
        government.granted_this_year = 0
        government.capacity_factor = 1.0
        government.signal = 0.0
        government.mood = 1.0
        government.channel_is_open = 0
        government.channel_hazard = 0.0
        luck = four_numbers(w, GOVERNMENT_LUCK, government.luck, 0, 0)[0]
        government.luck_channel = threshold(unit(luck))
        government.gone = 0
        government.outflow = 0.0
        government.kept_home = 0.0
        government.recognition_room = 0.0
    for number in range(w.lane_count):
        lane = lane_row(w, number)
        lane.lodged = 0.0
        lane.decided = 0.0
        lane.carried = 0.0
        lane.waiting = 0
        lane.wait_sum = 0.0
        lane.wait_count = 0


@rule
def drawn_quality(w, i, distribution):
    """Return the teaching quality of institution i."""
    row = institution_row(w, i)
    return draw(
        w,
        distribution,
        uniform(w, INSTITUTION_GROUP, row.luck, row.number, 0),
    )


@rule
def drawn_alignment(w, i, distribution):
    """Return the initial alignment of institution i."""
    row = institution_row(w, i)
    return draw(
        w,
        distribution,
        uniform(w, INSTITUTION_GROUP, row.luck, row.number, 1),
    )


@rule
def begin_institutions(w):
    """Draw quality and alignment."""
    for i in range(w.institution_count):
        institution = institution_row(w, i)
        terms = institution_terms(w, institution.group)
        institution.quality = drawn_quality(w, i, terms.quality)
        institution.alignment = drawn_alignment(w, i, terms.alignment)
        institution.quality_from = terms.quality
        institution.alignment_from = terms.alignment
        institution.enrolled = 0
        institution.graduates = 0
        institution.placements = 0
        institution.ended = 0
        institution.graduates_before = 0
        institution.placements_before = 0
        institution.ended_before = 0
        begin_effort(w, i)
    for s in range(w.site_count):
        site_row(w, s).enrolled = 0
        site_row(w, s).waiting = 0
        site_row(w, s).grades = 0
        site_row(w, s).top = -1
        for grade in range(GRADES):
            in_grade(w, s, grade).value = 0


@rule
def draw_employers(w):
    """Draw what employers pay at most and how long they wait, with each employer's luck."""
    for p in range(w.programme_count):
        programme_row(w, p).willing = 1
    for e in range(w.employer_count):
        employer = employer_row(w, e)
        terms = employer_terms(w, employer.group)
        employer.willingness = math.inf
        employer.patience = math.inf
        if terms.willingness_to_pay == NONE and terms.patience_months == NONE:
            continue
        one, two, _, _ = four_numbers(w, EMPLOYER_GROUP, employer.luck, employer.number, 0)
        if terms.willingness_to_pay != NONE:
            for p in range(w.programme_count):
                if partner_of(w, p, e) >= 0:
                    programme_row(w, p).willing = 0
            employer.willingness = draw(w, terms.willingness_to_pay, unit(one))
        if terms.patience_months != NONE:
            employer.patience = draw(w, terms.patience_months, unit(two))


@rule
def draw_characters(w):
    """Draw what kind of an employer each is: opinion, openness, concern, plans (E2 to E4)."""
    b = behaviour(w)
    for e in range(w.employer_count):
        employer = employer_row(w, e)
        employer.opinion = 0.0
        employer.open_to_it = 1
        employer.concern = 0
        employer.luck_served = 1.0
        employer.plans_in = 0
    drawn = b.participation_steepness != NONE or b.participation_open_share < 1.0
    if not drawn and b.trust_spread == 0.0 and not own_value():
        return
    for e in range(w.employer_count):
        employer = employer_row(w, e)
        luck, number = employer.luck, employer.number
        one, two, three, four = four_numbers(w, EMPLOYER_GROUP, luck, number, CHARACTER)
        employer.opinion = b.trust_spread * draw(w, STANDARD_NORMAL, unit(one))
        employer.open_to_it = unit(two) < b.participation_open_share
        left = unit(three)
        for concern in range(CONCERN_COUNT):
            left -= concern_share(w, 0, concern).value
            if left < 0.0:
                employer.concern = concern
                break
        employer.luck_served = unit(four)
        one, _, _, _ = four_numbers(w, EMPLOYER_GROUP, luck, number, HABITS)
        employer.plans_in = int(12.0 * unit(one))


@rule
def note_alignment(w, p):
    """Note the mean alignment of a programme's institutions."""
    record = programme_row(w, p)
    total = 0.0
    for s in range(record.first_site, record.first_site + record.sites):
        total += institution_row(w, site_row(w, s).institution).alignment
    record.mean_alignment = total / record.sites


@rule
def note_curricula(w):
    """Note whether the terms in force let alignment or quality change."""
    b = behaviour(w)
    changes = (
        b.alignment_gain_design > 0.0
        or b.alignment_gain_late > 0.0
        or b.alignment_gain_none > 0.0
        or b.alignment_drift > 0.0
        or own_curricula()
    )
    for g in range(w.government_count):
        changes = changes or government_terms(w, g).quality_assurance > 0.0
    for i in range(w.institution_count):
        terms = institution_terms(w, institution_row(w, i).group)
        changes = changes or terms.paid_per != NONE
    w.curricula_change = changes
    for p in range(w.programme_count):
        note_alignment(w, p)


@rule
def begin_employers(w):
    """Open the first vacancies."""
    draw_employers(w)
    draw_characters(w)
    for g in range(w.employer_group_count):
        employer_group(w, g).carried = 0.0
        begin_cycle(w, g)
    for e in range(w.employer_count):
        employer = employer_row(w, e)
        first = employer_terms(w, employer.group).initial_vacancies
        employer.open_vacancies = 0
        employer.opened = first
        employer.filled_locally = 0
        employer.hired = 0
        employer.workers = 0
        employer.in_turn = 0
        change_vacancies(w, e, first, 0)
        take_turn(w, e)


@rule
def begin_programmes(w):
    """Set programmes and partnerships to their first month."""
    b = behaviour(w)
    for p in range(w.programme_count):
        record = programme_row(w, p)
        terms = programme_terms(w, p)
        clear_programme(record)
        begin_prospects(w, p)
        record.next_intake = terms.months_to_set_up
        record.first_followed = record.first_cohort
        for kind in range(len(FOLLOWED)):
            followed(w, p, kind).value = 0
        record.ramp = terms.intakes_pilot_share
        for k in range(record.first_partnership, record.first_partnership + record.partnerships):
            partnership = partnership_row(w, k)
            employer = employer_row(w, partnership.employer)
            one, two, three, four = four_numbers(
                w, PARTNER, employer.luck, employer.number, record.luck
            )
            founds = unit(two) < terms.founding_share
            knows = unit(one) < b.awareness_initially_aware or founds
            partnership.founds = founds and terms.employer_involvement == AT_DESIGN
            partnership.state = AWARE if knows else UNAWARE
            if knows:
                record.aware += 1
            partnership.luck_aware = threshold(unit(three))
            partnership.luck_engage = unit(four)
            partnership.aware_hazard = 0.0
            partnership.trust = 0.0
            partnership.trust_then = 0.0
            partnership.decides = 0
            partnership.active_neighbours = 0
            partnership.heard_successes = 0.0
            partnership.heard_failures = 0.0
            partnership.believed_delay = b.channel_believed_months
            partnership.delay_variance = b.channel_uncertainty_months**2
            partnership.delay_seen = 0
            partnership.believed_refusal = b.channel_believed_refusal
            refusal = logit(b.channel_believed_refusal)
            begin_belief(employers_refusal(w, k), refusal, b.channel_refusal_uncertainty)
            partnership.reliability = 1.0
            partnership.value = 0.0
            partnership.cost = 0.0
            partnership.successes = 0.0
            partnership.failures = 0.0
            partnership.committed_seats = 0
            partnership.wanted = 0
            partnership.committed_now = 0
            partnership.last_hire = -1
            partnership.withdrew_in = -1


@rule
def clear_programme(record):
    """Set the counts of a programme to zero."""
    record.next_site = 0
    record.next_partner = 0
    record.opened = 0
    record.intakes_due = 0
    record.stopped_by = NONE
    record.planned = 0
    record.lost = 0
    record.running = 1
    record.active = 1
    record.factor = 1.0
    record.grown = 0.0
    record.carried = 0.0
    record.carried_plan = 0.0
    record.spent = 0.0
    record.applicants = 0
    record.enrolled = 0
    record.exam_sittings = 0
    record.graduated = 0
    record.offers = 0
    record.offers_cancelled = 0
    record.visas = 0
    record.placed = 0
    record.migrated = 0
    record.domestic = 0
    record.rehired = 0
    record.converted = 0
    record.left_without_notice = 0
    record.assistants = 0
    record.partly_recognised = 0
    record.unrecognised = 0
    record.engaged = 0
    record.aware = 0
    record.settled = 0
    record.successes = 0.0
    record.failures = 0.0
    record.vacancies_open = 0
    record.vacancies_filled = 0
    record.seats_committed = 0
    record.trust_total = 0.0
    record.margin = 0.0
    clear_month(record)


@rule
def clear_month(record):
    """Set the counts of a month to zero."""
    record.new_applicants = 0
    record.training_cost = 0.0
    record.trainee_months = 0
    record.exams = 0
    record.recognitions = 0
    record.visa_applications = 0
    record.departures = 0
    record.new_placed = 0
    record.new_placed_small = 0
    record.adaptation_months = 0
    record.returnees = 0
    record.refunds = 0
    record.own_cost = 0.0
    record.new_migrated = 0
    record.enrolled_before = record.enrolled
