"""Outcomes of runs: counts, rates, times, costs and net present values, one row a run.

`table` declares those of the model, `known` finds what is declared by name, `counts` is what they
are computed from, and `own` takes those of a user's own.
"""

from __future__ import annotations

from smpsim.results.outcomes.counts import Counts, discount_factors
from smpsim.results.outcomes.known import (
    COUNTED,
    NOT_YET,
    OUTCOMES,
    SUMS,
    UNDEFINED,
    computed,
    is_own,
    known_outcomes,
    main_outcomes,
    missing,
    outcome_of,
    outcomes_with,
    rate_of,
    rates,
    ratio_of,
    ratios,
    remember,
    with_parts,
)
from smpsim.results.outcomes.outcome import CURRENCY, Outcome, divided
from smpsim.results.outcomes.own import (
    check_travel,
    checked_own,
    described_again,
    facts_of,
    measured,
    needs_people,
    own_in,
    remember_facts,
    to_compute,
)

__all__ = [
    "COUNTED",
    "CURRENCY",
    "NOT_YET",
    "OUTCOMES",
    "SUMS",
    "UNDEFINED",
    "Counts",
    "Outcome",
    "check_travel",
    "checked_own",
    "computed",
    "described_again",
    "discount_factors",
    "divided",
    "facts_of",
    "is_own",
    "known_outcomes",
    "main_outcomes",
    "measured",
    "missing",
    "needs_people",
    "outcome_of",
    "outcomes_with",
    "own_in",
    "rate_of",
    "rates",
    "ratio_of",
    "ratios",
    "remember",
    "remember_facts",
    "to_compute",
    "with_parts",
]
