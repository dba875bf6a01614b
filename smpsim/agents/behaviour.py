"""The behavioural parameters as one row, in the form that rules read."""

from __future__ import annotations

import numpy as np

from smpsim.vocabulary import VOUCHING

BEHAVIOUR = np.dtype(
    [
        # who applies: distributions
        ("aptitude", "i8"),
        ("motivation", "i8"),
        ("savings", "i8"),  # -1: nobody is excluded
        # E1
        ("initially_aware", "f8"),
        ("contact_rate", "f8"),
        # E2, E3; a steepness below 0: all engage
        ("steepness", "f8"),
        ("participation_scale", "f8"),
        ("alternative_value", "f8"),
        ("risk_aversion", "f8"),
        ("tenure_horizon", "f8"),
        ("reconsider_months", "i8"),
        # E4, E13
        ("vouching", "f8", (len(VOUCHING),)),
        ("prior_strength", "f8"),
        ("selection_gain", "f8"),
        ("mapping_strength", "f8"),
        ("trust_kept", "f8"),
        ("neighbour_weight", "f8"),
        ("observation_months", "i8"),
        ("signal_discount", "f8"),
        ("minimum_to_hire", "f8"),
        # E5
        ("apply_record", "f8"),
        ("apply_wage", "f8"),
        ("apply_cost", "f8"),
        ("apply_guarantee", "f8"),
        ("apply_largest", "f8"),
        ("noise_employer", "f8"),
        ("noise_shared", "f8"),
        ("noise_institution", "f8"),
        # E6
        ("gain_design", "f8"),
        ("gain_late", "f8"),
        ("gain_none", "f8"),
        ("drift", "f8"),
        # E7
        ("skill_rate", "f8"),
        ("aptitude_effect", "f8"),
        ("hours_a1", "f8"),  # cumulative hours of learning
        ("hours_a2", "f8"),
        ("hours_b1", "f8"),
        ("hours_b2", "f8"),
        ("hours_c1", "f8"),
        ("hours_c2", "f8"),
        ("dropout", "f8"),
        ("dropout_cost_share", "f8"),
        ("dropout_no_guarantee", "f8"),
        ("dropout_prior_employment", "f8"),
        ("dropout_age", "f8"),
        ("dropout_motivation", "f8"),
        # E8; a fixed chance below 0: skill and language decide
        ("exam_fixed", "f8"),
        ("exam_skill_needed", "f8"),
        ("exam_skill_noise", "f8"),
        ("exam_language_noise", "f8"),
        ("retakes", "i8"),
        ("retake_months", "i8"),
        # E9
        ("job_base", "f8"),
        ("job_growth", "f8"),
        ("job_prior", "f8"),
        ("job_age", "f8"),
        ("job_motivation", "f8"),
        ("withdraw_base", "f8"),
        ("withdraw_growth", "f8"),
        ("withdraw_prior", "f8"),
        ("withdraw_age", "f8"),
        ("withdraw_motivation", "f8"),
        ("individual_search", "f8"),
        ("with_offer", "f8"),
        ("longest_wait", "i8"),  # -1: no bound
        ("language_decay", "f8"),
        # E10, E13; needed below 0: all are ready
        ("language_elasticity", "f8"),
        ("hiring_minimum", "f8"),
        ("ready_needed", "f8"),
        ("ready_noise", "f8"),
        # E11; needed below 0: all are recognised
        ("alignment_needed", "f8"),
        ("recognition_noise", "f8"),
        ("partial_months", "i8"),
        ("unbridgeable_gap", "f8"),
        # E12
        ("believed_months", "f8"),
        ("delay_learning", "f8"),
        ("promise_slack", "i8"),
        ("late_penalty", "f8"),
        # E14
        ("quit", "f8"),
        ("quit_readiness", "f8"),
        ("quit_family", "f8"),
        ("quit_clause_factor", "f8"),  # exp(-b3)
        ("quit_support", "f8"),
        ("quit_poaching", "f8"),
        ("stay_in_destination", "f8"),
        ("return_from_elsewhere", "f8"),
        ("rehired", "f8"),
        ("rehired_unready", "f8"),  # factor for those not found ready
        ("converted", "f8"),
        # E16
        ("responsiveness", "f8"),
        ("adaptation_lag", "f8"),
        # E17
        ("grow_from", "f8"),
        ("end_below", "f8"),
        ("growth", "f8"),
        ("largest_growth", "f8"),
    ]
)
