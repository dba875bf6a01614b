"""Every rule of the model as a user would state it: with them in place no number may change."""

from __future__ import annotations

from smpsim.agents import belief, employer, government, institution, programme, seat, trainee
from smpsim.vocabulary import NONE

awareness_hazard = employer.awareness_hazard
arrival_probability = seat.arrival_probability
expected_value_of = seat.expected_value
participation_probability = seat.participation_probability
forecast_of = employer.forecast
prior = employer.prior_trust
ready_chance = employer.ready_chance
perceived = employer.perceived_readiness
late_or_not = employer.experience_of_delay
learned = employer.learn
drifted = belief.drifted
ready = employer.found_ready
response = programme.application_response
renewed = programme.renewed_factor
aligned = institution.aligned
improved = institution.improved_quality
skill_after = trainee.skill_after
language_level = trainee.language_level
dropout_hazard = trainee.dropout_hazard
exam_probability = trainee.exam_probability
leaving_hazard = trainee.leaving_hazard
quit_hazard = trainee.quit_hazard
chosen = trainee.choice
bridging_chance = government.bridging_probability
home_hazard = trainee.home_hazard
chance_at_odds = trainee.chance_at_odds
recognised = government.recognition_probability
bridged = government.bridgeable
decided = government.decided_up_to
adapted = government.adapted_factor
public_mood = government.public_mood
opening_hazard = government.opening_hazard
kept_home = government.kept_at_home
chosen_effort = institution.chosen_effort
FOUND_READY = trainee.FOUND_READY
HIRING = employer.HIRING
takes_part = employer.takes_part


def awareness(
    promotion, association_reach, contact_rate, active_share, association_rate, active_members
):
    return awareness_hazard(
        promotion, association_reach, contact_rate, active_share, association_rate, active_members
    )


def arrival(patience, wait, doubt, reliability, refusal):
    return arrival_probability(patience, wait, doubt, reliability, refusal)


def expected_quit(b, base, readiness, log_wage, family, support, poaching):
    return quit_hazard(b, base, readiness, log_wage, family, support, poaching)


def expected_value(trust, arrives, gain, loss, cost, beyond, effort, concern, b):
    return expected_value_of(trust, arrives, gain, loss, cost, beyond, effort, concern, b)


def participation(value, alternative, scale, cost, employer, b):
    return participation_probability(value, alternative, scale, cost, employer, b)


def forecast(expected, error_sd, luck_normal):
    return forecast_of(expected, error_sd, luck_normal)


def prior_trust(channel_mean, own_mean, in_house_mean, selection_control, selection_gain):
    return prior(channel_mean, own_mean, in_house_mean, selection_control, selection_gain)


def visit(b, institution):
    return ready_chance(b, institution.quality * institution.alignment)


def application_response(b, placement_rate, log_wage_ratio, cost_share, guaranteed):
    return response(b, placement_rate, log_wage_ratio, cost_share, guaranteed)


def applying(worth, b):
    return chosen(worth - b.applying_inertia, b.applying_scale)


def home_track(worth, b):
    return chosen(worth, b.applying_scale)


def accepting(worth, b):
    return chosen(worth, 0.25 * b.applying_scale)


def affordable(savings, own_cost):
    return savings >= own_cost


def selection_score(person, noise, luck_normal):
    score = float(person.aptitude)
    if noise > 0.0:
        score += noise * luck_normal
    return score


def alignment(alignment, gain, engagement, alone, drift):
    return aligned(alignment, gain, engagement, alone, drift)


def quality(quality, assurance):
    return improved(quality, assurance)


def dropout(b, person, cost_share):
    return dropout_hazard(b, person, cost_share) * float(person.pressure)


def skill(skill, rate, quality, aptitude, aptitude_effect, months):
    if rate > 0.0:
        return skill_after(skill, rate, quality, aptitude, aptitude_effect, months)
    return skill


def language(hours, programme_terms):
    return language_level(hours, programme_terms)


def exam(b, skill, language, language_target):
    return exam_probability(b, skill, language, language_target)


def domestic_track(programme_terms):
    return programme_terms.domestic_share


def leaving(base, prior_effect, age_effect, motivation_effect, person):
    return leaving_hazard(base, prior_effect, age_effect, motivation_effect, person)


def offer_cancelled(b, withdrawn, downturn):
    return b.waiting_offer_cancelled * max(withdrawn, downturn)


def own_search(b):
    return b.waiting_individual_search


def readiness(skill, alignment, language_factor):
    return skill * alignment * language_factor


def perceived_readiness(readiness, trust, discount):
    return perceived(readiness, trust, discount)


def matching(b, perceived, trust):
    if trust >= b.trust_minimum_to_hire and perceived >= b.readiness_hiring_minimum:
        return perceived + 1e-9 * trust
    return -1.0


def promise(b, expected):
    return max(expected, 0.0) + b.channel_promise_slack_months


def recognition(b, alignment):
    return recognised(b, alignment)


def bridgeable(b, alignment):
    return bridged(b, alignment)


def bridging(b, alignment):
    return bridging_chance(b, alignment)


def visa_decisions(decided, capacity, eligible, at_least=0.0):
    return max(decided, min(decided + capacity, eligible), at_least)


def visa_priority(month, waited):
    # who came first is first, which is not the same in every sum of numbers
    return waited


def visa_refusal(lane_terms):
    return lane_terms.refusal


def delay_experience(partnership, months, late, weight, spread, penalty):
    late_or_not(partnership, months, late, weight, spread, penalty)


def trust(origin_belief, programme_belief, school_belief, success, weight, failure_weight):
    learned(origin_belief, programme_belief, school_belief, success, weight, failure_weight)


def fading(variance, prior, drift, months):
    return drifted(variance, prior, drift, months)


def found_ready(b, readiness, u):
    return ready(b, readiness, u) if b.readiness_needed != NONE else True


def quit(b, base, readiness, log_wage, family, support, poaching):
    return quit_hazard(b, base, readiness, log_wage, family, support, poaching)


def going_home(b, base, years, log_wage_ratio, family, has_saved_enough):
    return home_hazard(b, base, years, log_wage_ratio, family, has_saved_enough)


def stay(b):
    return b.retention_stay_in_destination


def return_home(hazard):
    return hazard


def rehired(b, person, base, merit):
    wanted = 1.0 if person.marks & FOUND_READY else b.retention_rehired_unready
    return wanted * chance_at_odds(base, merit)


def converted(b, person, base, merit):
    wanted = 1.0 if person.marks & FOUND_READY else b.retention_rehired_unready
    return wanted * chance_at_odds(base, merit)


def use_shown(partnership, month):
    if partnership.state == HIRING and month - partnership.last_hire <= 12:
        return 1.0
    return 0.5 if takes_part(partnership.state) else 0.0


def capacity(factor, dialogue, responsiveness, signal, mood, lag):
    return adapted(factor, dialogue, responsiveness, signal, mood, lag)


def mood(government_terms, without_notice, downturn):
    return public_mood(government_terms, without_notice, downturn)


def channel_opening(government_terms, shown):
    return opening_hazard(government_terms, shown)


def kept_at_home(government_terms, kept, outflow, lag):
    return kept_home(government_terms, kept, outflow, lag)


def effort(b, paid_per, graduate_rate, placement_rate):
    return chosen_effort(b, paid_per, graduate_rate, placement_rate)


def renewal(b, factor, placed, planned):
    return renewed(b, factor, placed, planned)


def job_at_home(base, prior_effect, age_effect, motivation_effect, person, month):
    """Return the same, asked for each month."""
    return leaving_hazard(base, prior_effect, age_effect, motivation_effect, person)


def withdrawal(base, prior_effect, age_effect, motivation_effect, person, waited):
    """Return the same, asked for each month."""
    return leaving_hazard(base, prior_effect, age_effect, motivation_effect, person)


def monthly_dropout(b, person, cost_share, month):
    return dropout_hazard(b, person, cost_share) * float(person.pressure)


def monthly_quit(b, person, base, log_wage, family, support, poaching, month):
    return quit_hazard(b, base, person.readiness, log_wage, family, support, poaching)


def monthly_search(b, month):
    return b.waiting_individual_search + 0.0 * month


def monthly_return(hazard, month):
    return hazard + 0.0 * month


MONTHLY = {
    "dropout": monthly_dropout,
    "job_at_home": job_at_home,
    "withdrawal": withdrawal,
    "own_search": monthly_search,
    "quit": monthly_quit,
    "return_home": monthly_return,
}
"""Hazards that are asked for each month, though nothing in them changes."""

OURS = {
    name: value
    for name, value in list(globals().items())
    if callable(value)
    and getattr(value, "__module__", "") == __name__
    and name not in MONTHLY
    and not name.startswith("monthly_")
} | {"dropout": dropout, "own_search": own_search, "quit": quit, "return_home": return_home}
