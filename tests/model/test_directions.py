"""The direction of every lever, with all else and all luck equal."""

import numpy as np
import pytest
from worlds import bare, ensemble

import smpsim

RUNS = 60
P, D, HOME = "programmes.pilot", "governments.destination", "governments.origin"
LANE = f"{D}.visa.lanes.standard"
B = "behaviour"

# lever, value that should give less, value that should give more, of which outcome
LEVERS = [
    # government at the destination
    (f"{LANE}.decisions_per_month", 18.5, 40, "placed"),
    (f"{LANE}.background_per_month", 21, 5, "placed"),
    (f"{LANE}.minimum_months", 12, 1, "placed"),
    (f"{LANE}.refusal", 0.5, 0.0, "placed"),
    (f"{LANE}.months", {"lognormal": {"median": 18, "sigma": 0.3}}, 1, "placed"),
    (f"{D}.visa.quota_per_year", 5, None, "placed"),
    (f"{D}.recognition.months", 14, 1, "placed"),
    (f"{D}.recognition.starts_per_month", 0.5, None, "placed"),
    (f"{D}.family_work_rights", False, True, "retained_24"),
    (f"{D}.dialogue", 0.0, 1.0, "placed"),
    (f"{D}.small_firm_incentive", 0, 3000, "placed"),
    # government at the origin
    (f"{HOME}.setup_months", 40, 0, "placed"),
    (f"{HOME}.domestic_share", 0.6, 0.0, "placed"),
    (f"{HOME}.domestic_share", 0.0, 0.6, "domestic"),
    (f"{HOME}.outreach", 0.3, 2.0, "graduated"),
    (f"{HOME}.quality_assurance", 0.0, 0.5, "graduated"),
    # institutions
    ("institutions.schools.quality", 0.4, 0.9, "graduated"),
    ("institutions.schools.alignment", 0.3, 0.95, "placed"),
    ("institutions.schools.seats", 1, None, "graduated"),
    ("institutions.schools.language_speed", 0.5, 1.5, "graduated"),
    # employers
    ("employers.firms.vacancies_per_year", 0.4, 6, "placed"),
    ("employers.firms.local_fill", 0.9, 0.0, "placed"),
    ("employers.firms.willingness_to_pay", 2000, None, "placed"),
    ("employers.firms.patience_months", 4, None, "placed"),
    ("employers.firms.vouching", "trade_union", "in_house", "placed"),
    ("employers.firms.trust_prior_mean", 0.2, 0.9, "placed"),
    ("employers.firms.margin_per_month", 200, 1500, "placed"),
    ("employers.firms.poaching", 1.0, 0.0, "retained_24"),
    # the design
    (f"{P}.intakes.seats", 10, 40, "graduated"),
    (f"{P}.intakes.applicants_per_seat", 0.4, 4, "graduate_rate"),
    (f"{P}.training.months_before_departure", 4, 12, "graduate_rate"),
    (f"{P}.training.language_hours_per_month", 15, 60, "graduate_rate"),
    (f"{P}.training.language_target", "C1", "A2", "graduate_rate"),
    (f"{P}.training.exam", True, False, "graduated"),
    (f"{P}.entrants.initial_skill", 0.05, 0.5, "graduate_rate"),
    (f"{P}.entrants.initial_language_hours", 0, 400, "graduate_rate"),
    (f"{P}.entrants.age", 45, 20, "placed"),
    (f"{P}.entrants.prior_employment", 1.0, 0.0, "graduate_rate"),
    (f"{P}.employer_involvement", "late", "design", "placed"),
    (f"{P}.employer_involvement", "none", "late", "placed"),
    (f"{P}.late_from_month", 80, 0, "placed_late"),
    (f"{P}.founding_share", 0.0, 1.0, "placed"),
    (f"{P}.selection", "institution", "employer", "graduated"),
    (f"{P}.occupation_match", 0.1, 1.0, "placed"),
    (f"{P}.forecast_error", 1.5, 0.0, "committed_rate"),
    (f"{P}.job_guarantee", False, True, "graduated"),
    (f"{P}.channel", "none", "existing", "placed"),
    (f"{P}.recognition", "before_departure", "none", "placed"),
    (f"{P}.contract.retention_clause_months", 0, 36, "retained_24"),
    (f"{P}.domestic_track_share", 0.8, 0.0, "placed"),
    (f"{P}.refund_share", 0.0, 1.0, "placed"),
    (f"{P}.integration_support", 0.0, 1.0, "retained_24"),
    (f"{P}.promotion", 0.0, 0.3, "placed"),
    (f"{P}.association_reach", 0.0, 0.3, "placed"),
    (f"{P}.vouching", None, "in_house", "placed"),
    (f"{P}.fee_per_recruit", 6000, 0, "placed"),
    (f"{P}.setup_months", 36, 0, "placed"),
    (f"{P}.intakes.budget", 200_000, None, "placed"),
    (f"{P}.departure_months", 24, 0, "placed"),
    # behaviour
    (f"{B}.people.aptitude", 0.2, 0.8, "graduated"),
    (f"{B}.people.motivation", 0.1, 0.9, "placed"),
    (f"{B}.people.savings", 1, 1e6, "placed"),
    (f"{B}.people.prior_employment", 1.0, 0.0, "graduate_rate"),
    (f"{B}.awareness.initially_aware", 0.0, 1.0, "placed"),
    (f"{B}.awareness.contact_rate", 0.0, 2.0, "employers_aware"),
    (f"{B}.participation.alternative_value", 20000, 0, "placed"),
    (f"{B}.participation.risk_aversion", 2.0, 0.0, "placed"),
    (f"{B}.trust.minimum_to_hire", 0.7, 0.0, "placed"),
    (f"{B}.training.dropout", 0.08, 0.0, "graduated"),
    (f"{B}.exam.retakes", 0, 3, "graduated"),
    (f"{B}.waiting.domestic_job.base", 0.4, 0.0, "placed"),
    (f"{B}.waiting.withdrawal.base", 0.4, 0.0, "placed"),
    (f"{B}.waiting.with_offer", 3.0, 0.0, "placed"),
    (f"{B}.readiness.needed", 0.9, 0.1, "mean_trust"),
    (f"{B}.readiness.hiring_minimum", 0.5, 0.0, "placed"),
    (f"{B}.recognition.unbridgeable_gap", 0.2, 1.0, "placed"),
    (f"{B}.alignment.gain_design", 0.0, 2.0, "mean_alignment"),
    (f"{B}.alignment.drift", 0.5, 0.0, "mean_alignment"),
    (f"{B}.channel.believed_months", 20, 1, "placed"),
    (f"{B}.retention.quit", 0.08, 0.0, "retained_24"),
    (f"{B}.adaptation.responsiveness", 0.0, 4.0, "placed"),
    (f"{B}.scaling.growth", 0.0, 1.0, "seats_factor"),
]  # fmt: skip


def outcome(found, name):
    """Return an outcome of each run."""
    if name == "retained_24":
        return found.count("retained_24") / np.maximum(found.count("seen_24"), 1)
    if name == "graduate_rate":
        return found.last("graduated") / np.maximum(found.last("enrolled"), 1)
    if name == "committed_rate":
        return found.last("placed") / np.maximum(found.last("graduated"), 1)
    if name == "placed_late":
        return found.last("placed")
    return found.last(name)


# a lever acts where its mechanism is in use: what else is set on both sides
CONTEXT = {
    f"{P}.forecast_error": {f"{P}.demand": "committed"},
    f"{P}.late_from_month": {f"{P}.employer_involvement": "late"},
    f"{P}.recognition": {"institutions.schools.alignment": 0.4},
    f"{B}.people.savings": {f"{P}.funding.training": {"trainee": 1.0}},
    f"{P}.refund_share": {f"{P}.fee_per_recruit": 4000},
    # trust decides where it is low and employers are many against graduates
    f"{P}.vouching": {"employers.firms.vouching": "trade_union", f"{B}.trust.minimum_to_hire": 0.4},
    "employers.firms.vouching": {f"{B}.trust.minimum_to_hire": 0.4},
    f"{B}.awareness.contact_rate": {f"{P}.promotion": 0.0, f"{P}.association_reach": 0.0},
    f"{B}.awareness.initially_aware": {f"{P}.promotion": 0.0, f"{P}.association_reach": 0.0},
    f"{LANE}.decisions_per_month": {f"{B}.adaptation.responsiveness": 0.0},
    f"{LANE}.background_per_month": {f"{B}.adaptation.responsiveness": 0.0},
    f"{D}.dialogue": {f"{LANE}.decisions_per_month": 18.5, f"{B}.adaptation.responsiveness": 4.0},
    f"{B}.adaptation.responsiveness": {f"{LANE}.decisions_per_month": 18.5},
}


@pytest.mark.parametrize(
    ("lever", "less", "more", "name"),
    LEVERS,
    ids=lambda v: str(v)[-40:] if isinstance(v, str) else "",
)
def test_each_lever_moves_its_outcome_the_right_way(lever, less, more, name):
    context = CONTEXT.get(lever, {})
    low, high = (
        outcome(ensemble(smpsim.load("reference", overrides={**context, lever: value}), RUNS), name)
        for value in (less, more)
    )
    difference = high - low
    error = difference.std(ddof=1) / np.sqrt(RUNS)
    assert difference.mean() > 2.0 * error, f"{low.mean():.2f} -> {high.mean():.2f}"


BARE_LEVERS = [
    (f"{LANE}.decisions_per_month", [0, 0.5, 1, 2.5, 4, 9, None]),
    (f"{LANE}.refusal", [1, 0.8, 0.4, 0.1, 0]),
    (f"{LANE}.minimum_months", [40, 20, 10, 3, 0]),
    (f"{LANE}.background_per_month", [9, 6, 3, 0]),
    ("governments.destination.visa.quota_per_year", [0, 3, 10, 40, None]),
    ("behaviour.exam.pass_probability", [0, 0.2, 0.5, 0.9, 1]),
    ("behaviour.training.dropout", [1, 0.2, 0.05, 0.01, 0]),
    ("employers.firms.vacancies_per_year", [0, 1, 4, 20, 100]),
    ("institutions.schools.seats", [0, 2, 9, 30, None]),
    ("behaviour.exam.retakes", [0, 1, 2, 3]),
    ("programmes.pilot.domestic_track_share", [1, 0.6, 0.2, 0]),
]  # fmt: skip


BARE_CONTEXT = {"employers.firms.vacancies_per_year": {"employers.firms.initial_vacancies": 0}}


@pytest.mark.parametrize(("lever", "values"), BARE_LEVERS, ids=lambda v: str(v)[-30:])
def test_no_run_of_the_bare_pipeline_places_fewer(lever, values):
    context = {
        "behaviour.exam.pass_probability": 0.7,
        "behaviour.training.dropout": 0.02,
        "programmes.pilot.intakes.seats": 10,
        "programmes.pilot.intakes.number": 40,
        "employers.firms.initial_vacancies": 400,
        "governments.destination.visa.lanes.standard.decisions_per_month": 10,
    }
    placed = np.array(
        [
            ensemble(bare({**context, **BARE_CONTEXT.get(lever, {}), lever: value}), 12).last(
                "placed"
            )
            for value in values
        ]
    )
    assert (np.diff(placed, axis=0) >= 0).all()
    assert (placed[-1] > placed[0]).all()
