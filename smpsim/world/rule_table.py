"""The rules that a user may exchange: one for each decision of E1 to E17.

An entry says which function of the engine a rule takes the place of, what that function's
arguments give a rule to read, what a rule may return, and when it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smpsim.world import decisions_of_employers as employers
from smpsim.world import decisions_of_offices as offices
from smpsim.world import decisions_of_people as people
from smpsim.world.rule_arguments import (
    APPLICATION,
    CHOICE,
    DESTINATION,
    EMPLOYER,
    GOVERNED,
    LANE,
    NUMBER,
    OF_SITE,
    OWN_INSTITUTION,
    PARTNERSHIP,
    PERSON,
    PROGRAMME,
    SPONSORED,
    TIME,
    TRAINED,
    WAITING,
    WHOLE,
    YES_OR_NO,
    Arguments,
    leaving,
)

LARGEST = 1e15
PROBABILITY = (0.0, 1.0)
LOGIT = (-30.0, 30.0)
NOT_NEGATIVE = (0.0, LARGEST)
ANY_NUMBER = (-LARGEST, LARGEST)

MONTHLY = "each month"
DECIDING = "at a yearly plan, or the month after news"
DATED = "when dated, or each month"
SELECTED = "at selection"


@dataclass(frozen=True)
class Rule:
    """A rule that a user may exchange.

    Parameters
    ----------
    equation : str
    asked : rule
        The function of the engine whose place it takes.
    returns : str
        What it returns, in words.
    when : str
        When it is asked.
    range : tuple of float, optional
        Smallest and greatest value it may return; None where it changes a row and returns nothing.
    arguments : mapping
        What it may read, by name.
    opens : tuple of questions
        Questions of the engine whose answer becomes yes: short cuts that hold for the model's own
        rule only.
    monthly : question, optional
        For a hazard: the question whether it has to be asked each month.
    results : mapping
        Of a rule that changes a row: what it may set, by expression.
    yes_or_no : bool
        Whether the engine asks for a yes or no.
    """

    equation: str
    asked: Any
    returns: str
    when: str
    range: tuple[float, float] | None
    arguments: Arguments
    opens: tuple[Any, ...] = ()
    monthly: Any = None
    results: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    yes_or_no: bool = False


def _hazard(equation: str, asked: Any, returns: str, monthly: Any, **options: Any) -> Rule:
    return Rule(equation, asked, returns, DATED, NOT_NEGATIVE, monthly=monthly, **options)


RULES: dict[str, Rule] = {
    "awareness": Rule(
        *("E1", employers.awareness_of, "hazard of hearing of a programme, per month"),
        *(MONTHLY, NOT_NEGATIVE),
        {
            **PARTNERSHIP,
            "promotion": ("terms.promotion", NUMBER),
            "association_reach": ("terms.association_reach", NUMBER),
            "contact_rate": ("b.awareness_contact_rate", NUMBER),
            "active_share": ("share", NUMBER),
            "association_rate": ("b.awareness_association_rate", NUMBER),
            "active_members": ("members", NUMBER),
        },
    ),
    "arrival": Rule(
        *("E2", employers.arrival_of, "believed chance of arrival on time"),
        *(DECIDING, PROBABILITY),
        {
            **PARTNERSHIP,
            "patience": ("employer.patience", NUMBER),
            "wait": ("wait", NUMBER),
            "doubt": ("doubt", NUMBER),
            "reliability": ("partnership.reliability", NUMBER),
            "refusal": ("partnership.believed_refusal", NUMBER),
        },
    ),
    "expected_quit": Rule(
        *("E2", employers.expected_quit_of, "hazard of quitting that an employer expects"),
        *(DECIDING, NOT_NEGATIVE),
        {
            **PARTNERSHIP,
            "base": ("base_quit(b, group)", NUMBER),
            "readiness": ("expected_readiness(b)", NUMBER),
            "log_wage": ("terms.log_wage_outside", NUMBER),
            "family": ("expected_family(w, terms)", NUMBER),
            "support": ("terms.integration_support", NUMBER),
            "poaching": ("group.poaching", NUMBER),
        },
    ),
    "expected_value": Rule(
        *("E2", employers.value_of, "value of a committed seat, currency"),
        *(DECIDING, ANY_NUMBER),
        {
            **PARTNERSHIP,
            "trust": ("partnership.trust", NUMBER),
            "arrives": ("arrives", NUMBER),
            "gain": ("gain", NUMBER),
            "loss": ("loss", NUMBER),
            "cost": ("cost", NUMBER),
            "beyond": ("beyond", NUMBER),
            "effort": ("effort", NUMBER),
            "concern": ("employer.concern", WHOLE),
        },
    ),
    "participation": Rule(
        *("E3", employers.participation_of, "probability of engaging, and of staying engaged"),
        *(DECIDING, PROBABILITY),
        {
            **PARTNERSHIP,
            "value": ("partnership.value", NUMBER),
            "alternative": ("alternative", NUMBER),
            "scale": ("scale", NUMBER),
            "cost": ("cost", NUMBER),
            "terms": ("group", "employer_terms"),
        },
        opens=(employers.own_value,),
    ),
    "forecast": Rule(
        *("E3", employers.forecast_of, "vacancies foreseen for the end of training"),
        *("before an intake of committed seats", NOT_NEGATIVE),
        {
            **PARTNERSHIP,
            "expected": ("expected", NUMBER),
            "error_sd": ("terms.forecast_error", NUMBER),
            "luck_normal": ("error", NUMBER),
        },
    ),
    "prior_trust": Rule(
        *("E4", employers.prior_of, "mean of the prior trust"),
        *("at the start", PROBABILITY),
        {
            **EMPLOYER,
            **PROGRAMME,
            "channel_mean": ("channel", NUMBER),
            "own_mean": ("group.trust_prior_mean", NUMBER),
            "in_house_mean": ("vouching_mean(w, 0, IN_HOUSE).value", NUMBER),
            "selection_control": ("selection_control(terms.selection)", NUMBER),
            "selection_gain": ("b.trust_selection_gain", NUMBER),
        },
    ),
    "visit": Rule(
        *("E4", employers.visit_of, "chance that a visited institution is found good enough"),
        *("at the start", PROBABILITY),
        {**TIME, "institution": ("institution", "institutions")},
    ),
    "application_response": Rule(
        *("E5", employers.response_of, "applicants relative to the base number"),
        *("at an intake", NOT_NEGATIVE),
        {
            **PROGRAMME,
            "placement_rate": ("placement_rate", NUMBER),
            "log_wage_ratio": ("terms.log_wage_ratio", NUMBER),
            "cost_share": ("terms.trainee_cost_share", NUMBER),
            "guaranteed": ("terms.job_guarantee", WHOLE),
        },
    ),
    "applying": Rule(
        *("E5", people.applying_of, "chance that somebody who is reached applies"),
        *("at an intake, with a scale of choice", PROBABILITY),
        {
            **PERSON,
            "worth": ("worth", NUMBER),
        },
        opens=(people.own_selection,),
    ),
    "affordable": Rule(
        *("E5", people.affordable_for, "1 if an applicant can pay their share, else 0"),
        *(SELECTED, PROBABILITY),
        {**PERSON, "savings": ("savings", NUMBER), "own_cost": ("own_cost", NUMBER)},
        opens=(people.own_selection,),
        yes_or_no=True,
    ),
    "selection_score": Rule(
        *("E5", people.selection_score_of, "score; those with the highest are selected"),
        *(SELECTED, ANY_NUMBER),
        {
            **PERSON,
            "noise": ("noise", NUMBER),
            "luck_normal": ("draw(w, STANDARD_NORMAL, luck_of(w, person, SELECTION))", NUMBER),
        },
        opens=(people.own_selection,),
    ),
    "alignment": Rule(
        *("E6", offices.alignment_of, "alignment after a month"),
        *(MONTHLY, PROBABILITY),
        {
            **OWN_INSTITUTION,
            "alignment": ("institution_row(w, i).alignment", NUMBER),
            "gain": ("gain", NUMBER),
            "engagement": ("engagement", NUMBER),
            "alone": ("alone", NUMBER),
            "drift": ("b.alignment_drift", NUMBER),
        },
        opens=(offices.own_curricula,),
    ),
    "quality": Rule(
        *("E6", offices.quality_of, "teaching quality after a month"),
        *(MONTHLY, PROBABILITY),
        {
            **OWN_INSTITUTION,
            "quality": ("institution_row(w, i).quality", NUMBER),
            "assurance": ("assurance", NUMBER),
        },
        opens=(offices.own_curricula,),
    ),
    "dropout": _hazard(
        *("E7", people.dropout_of, "hazard of dropping out, per month", people.monthly_dropout),
        arguments={**TRAINED, "cost_share": ("terms.trainee_cost_share", NUMBER)},
    ),
    "skill": Rule(
        *("E7", people.skill_of, "skill after training"),
        *("at the end of training", PROBABILITY),
        {
            **TRAINED,
            "skill": ("skill", NUMBER),
            "rate": ("b.training_skill_rate", NUMBER),
            "quality": ("quality_for(w, person, institution)", NUMBER),
            "aptitude": ("person.aptitude", NUMBER),
            "aptitude_effect": ("b.training_aptitude_effect", NUMBER),
            "months": ("months", WHOLE),
        },
        opens=(people.own_skill,),
    ),
    "language": Rule(
        *("E7", people.language_of, "level of language, A1 = 1 to C2 = 6"),
        *("at the end of training, with a language target", (0.0, 6.0)),
        {**TRAINED, "hours": ("hours", NUMBER)},
    ),
    "exam": Rule(
        *("E8", people.exam_of, "chance of passing an attempt"),
        *("at an exam", PROBABILITY),
        {
            **TRAINED,
            "skill": ("person.skill", NUMBER),
            "language": ("language", NUMBER),
            "language_target": ("target", NUMBER),
        },
        opens=(people.own_exam,),
    ),
    "domestic_track": Rule(
        *("E9", people.domestic_of, "chance of the domestic track"),
        *("at graduation", PROBABILITY),
        TRAINED,
    ),
    "home_track": Rule(
        *("E9", people.track_of, "chance that the domestic track is chosen"),
        *("at graduation, with a choice of track", PROBABILITY),
        {**TRAINED, "worth": ("worth", NUMBER)},
    ),
    "accepting": Rule(
        *("E10", people.accepting_of, "chance that a graduate accepts an offer"),
        *("at an offer, where offers may be declined", PROBABILITY),
        {**TRAINED, "worth": ("worth", NUMBER)},
    ),
    "leaving": _hazard(
        *("E9", people.job_of, "`job_at_home` and `withdrawal` at once", people.monthly_job),
        arguments=leaving("domestic_job"),
        opens=(people.own_waiting,),
    ),
    "job_at_home": _hazard(
        *("E9", people.job_of, "hazard of taking a job at home, per month", people.monthly_job),
        arguments=leaving("domestic_job"),
        opens=(people.own_waiting,),
    ),
    "withdrawal": _hazard(
        *("E9", people.withdrawal_of, "hazard of a change of mind, per month"),
        people.monthly_withdrawal,
        arguments=leaving("withdrawal"),
        opens=(people.own_waiting,),
    ),
    "own_search": _hazard(
        *("E10", people.search_of, "hazard of going abroad on one's own, from the pool"),
        people.monthly_search,
        arguments=WAITING,
    ),
    "readiness": Rule(
        *("E10", people.readiness_of, "readiness for the job"),
        *("at graduation", PROBABILITY),
        {
            **TRAINED,
            "skill": ("person.skill", NUMBER),
            "alignment": ("institution.alignment", NUMBER),
            "language_factor": ("factor", NUMBER),
        },
    ),
    "perceived_readiness": Rule(
        *("E10", employers.perceived_by, "readiness of a site's best graduate, as perceived"),
        *("at a choice", ANY_NUMBER),
        {
            **CHOICE,
            "readiness": ("readiness", NUMBER),
            "discount": ("b.trust_signal_discount", NUMBER),
        },
    ),
    "matching": Rule(
        *("E10", employers.matching_of, "value of a site to an employer; below 0: not hired"),
        *("at a choice", ANY_NUMBER),
        {**CHOICE, "perceived": ("perceived", NUMBER)},
    ),
    "promise": Rule(
        *("E10", people.promise_to, "months until arrival that an employer promises"),
        *("at an offer", NOT_NEGATIVE),
        {
            **SPONSORED,
            "partnership": ("partnership", "partnerships"),
            "expected": ("expected", NUMBER),
        },
    ),
    "offer_cancelled": Rule(
        *("E10", employers.cancelled_of, "hazard that an employer cancels an offer, per month"),
        *("at each step of people who hold an offer", NOT_NEGATIVE),
        {**PARTNERSHIP, "withdrawn": ("withdrawn", NUMBER), "downturn": ("downturn", NUMBER)},
    ),
    "recognition": Rule(
        *("E11", offices.recognition_of, "chance of full recognition"),
        *("at the end of a procedure", PROBABILITY),
        {**TRAINED, **DESTINATION, "alignment": ("alignment", NUMBER)},
    ),
    "bridgeable": Rule(
        *("E11", offices.bridgeable_for, "1 if the gap to the standard can be bridged, else 0"),
        *("at the end of a procedure", PROBABILITY),
        {**TRAINED, **DESTINATION, "alignment": ("alignment", NUMBER)},
        yes_or_no=True,
    ),
    "bridging": Rule(
        *("E11", offices.bridging_of, "chance that a partial recognition becomes a full one"),
        *("at the end of bridging, abroad", PROBABILITY),
        {**TRAINED, **DESTINATION, "alignment": ("alignment", NUMBER)},
    ),
    "visa_decisions": Rule(
        *("E12", offices.decisions_of, "place in line up to which a lane decides"),
        *("each month, in lanes with a capacity", NOT_NEGATIVE),
        {
            **LANE,
            "decided": ("lane.decided", NUMBER),
            "capacity": ("capacity", NUMBER),
            "eligible": ("eligible", NUMBER),
        },
    ),
    "visa_priority": Rule(
        *("E12", offices.priority_of, "priority of an application; the highest are first"),
        *("each month, in lanes with a capacity", ANY_NUMBER),
        APPLICATION,
    ),
    "visa_refusal": Rule(
        *("E12", offices.refusal_of, "chance of a refusal"),
        *("at a decision", PROBABILITY),
        APPLICATION,
    ),
    "delay_experience": Rule(
        *("E12", employers.delay_of, "nothing: changes `partnership`"),
        *("at an arrival", None),
        {
            **SPONSORED,
            "partnership": ("partnership", "partnerships"),
            "months": ("months", WHOLE),
            "late": ("late", YES_OR_NO),
            "weight": ("weight", NUMBER),
            "spread": ("b.channel_spread", NUMBER),
            "penalty": ("b.channel_late_penalty", NUMBER),
        },
        results={
            "partnership.believed_delay": NOT_NEGATIVE,
            "partnership.delay_variance": NOT_NEGATIVE,
            "partnership.reliability": PROBABILITY,
        },
    ),
    "trust": Rule(
        *("E13", employers.learn_of, "nothing: changes the three beliefs"),
        *("at a judgement", None),
        {
            **PARTNERSHIP,
            **OF_SITE,
            "origin_belief": ("origin", "origin_beliefs"),
            "programme_belief": ("programme", "programme_beliefs"),
            "school_belief": ("school", "school_beliefs"),
            "success": ("success", YES_OR_NO),
            "weight": ("weight", NUMBER),
            "failure_weight": ("b.trust_failure_weight", NUMBER),
        },
        results={
            f"{whose}.{what}": among
            for whose in ("origin", "programme", "school")
            for what, among in (("logit", LOGIT), ("variance", NOT_NEGATIVE))
        },
    ),
    "fading": Rule(
        *("E13", employers.fading_of, "variance of a belief after months without evidence"),
        *("at a judgement", NOT_NEGATIVE),
        {
            **TIME,
            "variance": ("variance", NUMBER),
            "prior": ("prior", NUMBER),
            "drift": ("b.trust_drift", NUMBER),
            "months": ("months", WHOLE),
        },
    ),
    "found_ready": Rule(
        *("E13", employers.found_ready_of, "1 if a hire who stayed is found ready, else 0"),
        *("at a judgement", PROBABILITY),
        {**SPONSORED, "readiness": ("person.readiness", NUMBER), "u": ("u", NUMBER)},
        opens=(employers.own_judging,),
        yes_or_no=True,
    ),
    "quit": _hazard(
        *("E14", people.quit_of, "hazard of quitting, per month, outside a stay clause"),
        people.monthly_quit,
        arguments={
            **SPONSORED,
            "worked": ("w.month - person.arrived", WHOLE),
            "base": (
                "b.retention_without_notice if absconds(w, b, person, terms) "
                "else base_quit(b, group)",
                NUMBER,
            ),
            "readiness": ("person.readiness", NUMBER),
            "log_wage": ("terms.log_wage_outside", NUMBER),
            "family": ("family_along(w, person, terms)", NUMBER),
            "support": ("terms.integration_support", NUMBER),
            "poaching": ("group.poaching", NUMBER),
        },
    ),
    "stay": Rule(
        *("E14", people.stay_of, "chance of staying in the destination after quitting"),
        *("at a quit", PROBABILITY),
        TRAINED,
    ),
    "going_home": Rule(
        *("E14", people.home_of, "hazard of going home, per month, from the sponsor or elsewhere"),
        *("at arrival and each anniversary", NOT_NEGATIVE),
        {
            **TRAINED,
            "base": ("base", NUMBER),
            "years": ("years_abroad(person)", NUMBER),
            "log_wage_ratio": ("wage_ratio(b, person, terms)", NUMBER),
            "family": ("family_along(w, person, terms)", NUMBER),
            "has_saved_enough": ("has_saved_enough(person, terms)", NUMBER),
        },
        opens=(people.own_home,),
    ),
    "return_home": _hazard(
        *("E14", people.return_of, "hazard of returning home from another employer"),
        people.monthly_return,
        arguments={**TRAINED, "hazard": ("home_from_elsewhere(w, b, person)", NUMBER)},
    ),
    "rehired": Rule(
        *("E14", people.rehired_of, "chance of being rehired"),
        *("at the end of a renewable contract", PROBABILITY),
        {
            **SPONSORED,
            "base": ("rehired_in(w, b, person)", NUMBER),
            "merit": ("merit_of(w, b, person)", NUMBER),
        },
    ),
    "converted": Rule(
        *("E14", people.converted_of, "chance of a permanent permit"),
        *("at the end of a renewable contract", PROBABILITY),
        {
            **SPONSORED,
            "base": ("converted_in(w, b, person)", NUMBER),
            "merit": ("merit_of(w, b, person)", NUMBER),
        },
    ),
    "use_shown": Rule(
        *("E16", employers.shown_by, "use of the channel that an employer shows the government"),
        *(MONTHLY, PROBABILITY),
        PARTNERSHIP,
    ),
    "capacity": Rule(
        *("E16", offices.capacity_of, "capacity of a destination, relative to its terms"),
        *(MONTHLY, NOT_NEGATIVE),
        {
            **GOVERNED,
            "factor": ("government_row(w, g).capacity_factor", NUMBER),
            "dialogue": ("government_terms(w, g).dialogue", NUMBER),
            "responsiveness": ("b.adaptation_responsiveness", NUMBER),
            "signal": ("government_row(w, g).signal", NUMBER),
            "mood": ("government_row(w, g).mood", NUMBER),
            "lag": ("b.adaptation_lag_months", NUMBER),
        },
        opens=(offices.own_capacity,),
    ),
    "mood": Rule(
        *("E16", offices.mood_of, "factor of public mood on capacity and quota"),
        *(MONTHLY, NOT_NEGATIVE),
        {
            **GOVERNED,
            "without_notice": ("without_notice", NUMBER),
            "downturn": ("downturn", NUMBER),
        },
        opens=(offices.own_capacity,),
    ),
    "channel_opening": Rule(
        *("E16", offices.opening_of, "hazard that a new channel opens, per month"),
        *("each month, where a hazard is stated and none has opened", NOT_NEGATIVE),
        {**GOVERNED, "shown": ("shown", NUMBER)},
    ),
    "kept_at_home": Rule(
        *("E16", offices.kept_of, "share of graduates that an origin keeps, beyond its terms"),
        *("each month, where a stock is stated", PROBABILITY),
        {
            **GOVERNED,
            "kept": ("government_row(w, g).kept_home", NUMBER),
            "outflow": ("outflow", NUMBER),
            "lag": ("b.adaptation_lag_months", NUMBER),
        },
    ),
    "effort": Rule(
        *("E19", offices.effort_of, "effort of an institution, 0 to 1"),
        *("each year, where it says what it is paid for", PROBABILITY),
        {
            **OWN_INSTITUTION,
            "paid_per": ("paid_per", WHOLE),
            "graduate_rate": ("graduate_rate", NUMBER),
            "placement_rate": ("placement_rate", NUMBER),
        },
    ),
    "renewal": Rule(
        *("E17", employers.renewal_of, "seats relative to the design; 0 ends the programme"),
        *("at a renewal date", NOT_NEGATIVE),
        {
            **PROGRAMME,
            "factor": ("programme_row(w, p).factor", NUMBER),
            "placed": ("placed", WHOLE),
            "planned": ("planned", NUMBER),
        },
    ),
}
