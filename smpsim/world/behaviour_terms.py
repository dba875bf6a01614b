"""From the behaviour of a scenario to the row that rules read."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from smpsim.agents.behaviour import BEHAVIOUR
from smpsim.scenario.schema import Scenario
from smpsim.vocabulary import VOUCHING
from smpsim.world.tabulated import Quantiles


def fill(row: np.void, values: dict[str, Any]) -> None:
    """Set every field of a row; a field without a value is a fault of ours."""
    assert row.dtype.names is not None
    missing = set(row.dtype.names) ^ set(values)
    if missing:
        raise KeyError(f"fields without a value, or values without a field: {sorted(missing)}")
    for name, value in values.items():
        row[name] = value


def behaviour_row(scenario: Scenario, q: Quantiles) -> np.ndarray:
    """Return the behavioural parameters as one row."""
    b = scenario.behaviour
    row = np.zeros(1, BEHAVIOUR)
    people = b.people
    job, leave = b.waiting.domestic_job, b.waiting.withdrawal

    def unless_none(value: float | None) -> float:
        return -1.0 if value is None else value

    values = {
        "aptitude": q.number(people.aptitude, 0.0, 1.0),
        "motivation": q.number(people.motivation, 0.0, 1.0),
        "savings": q.number(people.savings, 0.0, math.inf),
        "initially_aware": b.awareness.initially_aware,
        "contact_rate": b.awareness.contact_rate,
        "steepness": unless_none(b.participation.steepness),
        "participation_scale": b.participation.scale,
        "alternative_value": b.participation.alternative_value,
        "risk_aversion": b.participation.risk_aversion,
        "tenure_horizon": b.participation.tenure_horizon_months,
        "reconsider_months": b.participation.reconsider_months,
        "vouching": [getattr(b.trust.vouching, name) for name in VOUCHING],
        "prior_strength": b.trust.prior_strength,
        "selection_gain": b.trust.selection_gain,
        "mapping_strength": b.trust.mapping_strength,
        "trust_kept": b.trust.kept_per_month,
        "neighbour_weight": b.trust.neighbour_weight,
        "observation_months": b.trust.observation_months,
        "signal_discount": b.trust.signal_discount,
        "minimum_to_hire": b.trust.minimum_to_hire,
        "apply_record": b.selection.placement_record,
        "apply_wage": b.selection.wage_gap,
        "apply_cost": b.selection.cost_share,
        "apply_guarantee": b.selection.job_guarantee,
        "apply_largest": b.selection.largest_response,
        "noise_employer": b.selection.noise_employer,
        "noise_shared": b.selection.noise_shared,
        "noise_institution": b.selection.noise_institution,
        "gain_design": b.alignment.gain_design,
        "gain_late": b.alignment.gain_late,
        "gain_none": b.alignment.gain_none,
        "drift": b.alignment.drift,
        "skill_rate": b.training.skill_rate,
        "aptitude_effect": b.training.aptitude_effect,
        "hours_a1": b.training.level_hours[0],
        "hours_a2": b.training.level_hours[1],
        "hours_b1": b.training.level_hours[2],
        "hours_b2": b.training.level_hours[3],
        "hours_c1": b.training.level_hours[4],
        "hours_c2": b.training.level_hours[5],
        "dropout": b.training.dropout,
        "dropout_cost_share": b.training.dropout_cost_share,
        "dropout_no_guarantee": b.training.dropout_no_guarantee,
        "dropout_prior_employment": b.training.dropout_prior_employment,
        "dropout_age": b.training.dropout_age,
        "dropout_motivation": b.training.dropout_motivation,
        "exam_fixed": unless_none(b.exam.pass_probability),
        "exam_skill_needed": b.exam.skill_needed,
        "exam_skill_noise": b.exam.skill_noise,
        "exam_language_noise": b.exam.language_noise,
        "retakes": b.exam.retakes,
        "retake_months": b.exam.retake_months,
        "job_base": job.base,
        "job_growth": job.growth,
        "job_prior": job.prior_employment,
        "job_age": job.age,
        "job_motivation": job.motivation,
        "withdraw_base": leave.base,
        "withdraw_growth": leave.growth,
        "withdraw_prior": leave.prior_employment,
        "withdraw_age": leave.age,
        "withdraw_motivation": leave.motivation,
        "individual_search": b.waiting.individual_search,
        "with_offer": b.waiting.with_offer,
        "longest_wait": unless_none(b.waiting.longest_months),
        "language_decay": b.waiting.language_decay,
        "language_elasticity": b.readiness.language_elasticity,
        "hiring_minimum": b.readiness.hiring_minimum,
        "ready_needed": unless_none(b.readiness.needed),
        "ready_noise": b.readiness.noise,
        "alignment_needed": unless_none(b.recognition.alignment_needed),
        "recognition_noise": b.recognition.noise,
        "partial_months": b.recognition.partial_months,
        "unbridgeable_gap": b.recognition.unbridgeable_gap,
        "believed_months": b.channel.believed_months,
        "delay_learning": b.channel.learning,
        "promise_slack": b.channel.promise_slack_months,
        "late_penalty": b.channel.late_penalty,
        "quit": b.retention.quit,
        "quit_readiness": b.retention.readiness,
        "quit_family": b.retention.family_rights,
        "quit_clause_factor": math.exp(-b.retention.inside_clause),
        "quit_support": b.retention.integration_support,
        "quit_poaching": b.retention.poaching,
        "stay_in_destination": b.retention.stay_in_destination,
        "return_from_elsewhere": b.retention.return_from_elsewhere,
        "rehired": b.retention.rehired_after_return,
        "rehired_unready": b.retention.rehired_unready,
        "converted": b.retention.permit_converted,
        "responsiveness": b.adaptation.responsiveness,
        "adaptation_lag": b.adaptation.lag_months,
        "grow_from": b.scaling.grow_from,
        "end_below": b.scaling.end_below,
        "growth": b.scaling.growth,
        "largest_growth": b.scaling.largest_growth,
    }
    fill(row[0], values)
    return row
