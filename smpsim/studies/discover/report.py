"""A discovery in sentences: what counts as failing, where it happens, and how far that holds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smpsim.results.units import shown
from smpsim.studies.discover.boxes import ERRORS, Limit
from smpsim.studies.discover.cases import FEWEST
from smpsim.studies.discover.held_out import Judged, held_out_of

if TYPE_CHECKING:
    from smpsim.studies.discover.result import Discovery

OFTEN = 0.7
"""A limit that reappears in a smaller share of the halves is named as doubtful."""
UNSURE = 0.05
"""Error of the base rate, by the worlds that were drawn, above which more runs are advised."""
FEW_WORLDS = 40
"""Runs of each design that are advised where nothing says how worlds differ."""
NAMES = {"prim": "PRIM", "cart": "CART"}


def sentences(found: Discovery) -> list[str]:
    """Return what was looked for, what was found and what to keep in mind."""
    return [_asked(found), *_found(found), *_worlds(found), *_doubt(found)]


def hundred(share: float) -> str:
    """Return a share as so many of 100 runs."""
    if 0 < share < 0.005:
        return "fewer than 1 of 100 runs"
    if 0.995 < share < 1:
        return "more than 99 of 100 runs"
    return f"{100 * share:.0f} of 100 runs"


def error_in_words(error: float) -> str:
    """Return a standard error of a share, so many of 100 runs."""
    return f"standard error {100 * error:.1f}" if math.isfinite(error) else "no standard error"


def limit_in_words(limit: Limit) -> str:
    """Return a limit as part of a sentence: "training: months is at least 18 months"."""
    key = limit.key
    if not key.numeric:
        others = [one for one in key.values if one not in limit.allowed]
        if len(others) < len(limit.allowed):
            return f"{key.label} is not {' or '.join(others)}"
        return f"{key.label} is {' or '.join(limit.allowed)}"
    if limit.low is not None and limit.high is not None:
        if limit.low == limit.high:
            return f"{key.label} is {key.amount(limit.low)}"
        return f"{key.label} is between {key.amount(limit.low)} and {key.amount(limit.high)}"
    if limit.low is not None:
        return f"{key.label} is at least {key.amount(limit.low)}"
    return f"{key.label} is at most {key.amount(limit.high or 0.0)}"


def _runs(number: int) -> str:
    return f"{number:,} run{'' if number == 1 else 's'}"


def _listed(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]


def _asked(found: Discovery) -> str:
    cases = found.cases
    conditions = " or ".join(one.words(found.currency) for one in found.conditions)
    whose = f", programme {found.programme}" if found.programme else ""
    text = [
        f"A run fails if {conditions} ({found.title}{whose}: {len(cases):,} designs with "
        f"{_runs(found.runs)} each). It does in {hundred(found.base)}{_how_sure(found)}."
    ]
    if cases.endless:
        text.append(
            f"In {_runs(cases.endless)} nobody is placed for whom a cost or a time could be "
            "counted: this counts as above every number."
        )
    if cases.unknown:
        text.append(
            f"Unknown, so neither failed nor not: {_runs(cases.unknown)} in which the outcome of "
            "a condition cannot be observed by the end; the shares refer to the others."
        )
    return " ".join(text)


def _how_sure(found: Discovery) -> str:
    if found.base in (0, 1):
        return ""
    parts = found.base_spread
    if not math.isfinite(parts.by_worlds):
        return " (no standard error, as all of them are in one world)"
    drawn = "designs" if parts.by_designs > parts.by_worlds else f"{found.cases.worlds} worlds"
    return f" ({error_in_words(found.base_error)}: which {drawn} were drawn matters most)"


def _found(found: Discovery) -> list[str]:
    base, threshold = found.base, found.search.threshold
    if base == 0:
        return ["Nothing was found: no run fails."]
    if base == 1:
        return ["Nothing was found: every run fails, everywhere in the ranges."]
    if not found.found:
        if threshold is not None:
            densest = found.curve["density"].max() if len(found.curve) else base
            reached = f"the densest one reached {hundred(float(densest))}"
            return [f"Nothing was found: no box fails in {hundred(threshold)}; {reached}."]
        return [
            "Nothing was found: in no part of the ranges do runs fail clearly more often than in "
            "all of them." + _other_method(found)
        ]
    if not found.confirmed:
        one = found.found[0]
        elsewhere = f"{held_out_of(found.cases)} by which it was not found"
        held = f"nowhere on {elsewhere}"
        if math.isfinite(one.held_out_density):
            held = f"in {hundred(one.held_out_density)} on {elsewhere}, {_beside_all(one)}"
        return [
            f"Nothing was found that holds: the best box fails in {hundred(one.density)} on the "
            f"designs by which it was found, but {held}." + _other_method(found)
        ]
    said = [
        _of_box(found, number, one) for number, one in enumerate(found.found, 1) if one.confirmed
    ]
    if len(said) > 1 and found.together is not None:
        whole = found.together
        said.append(
            f"Together the boxes contain {shown(whole.coverage, 'share')} of all failures and "
            f"{shown(whole.mass, 'share')} of the designs."
        )
    others = len(found.found) - len(found.confirmed)
    if others:
        what, it = (
            ("One more box does", "it was")
            if others == 1
            else (f"{others} more boxes do", "they were")
        )
        said.append(f"{what} not hold on designs by which {it} not found.")
    return said


def _other_method(found: Discovery) -> str:
    if found.search.method != "prim":
        return ""
    return " PRIM may miss failures at both ends of a key; cart is another method."


def _of_box(found: Discovery, number: int, one: Judged) -> str:
    where = _listed([limit_in_words(limit) for limit in one.limits])
    which = f"Box {number}: the" if len(found.found) > 1 else "The"
    if number > 1 and found.search.method == "prim":
        which = f"Box {number}, outside the earlier boxes: the"
    text = (
        f"{which} programme fails in {hundred(one.density)} ({100 * found.base:.0f} in all "
        f"designs) where {where}; this box contains {shown(one.coverage, 'share')} of all failures "
        f"and {shown(one.mass, 'share')} of the designs. On {held_out_of(found.cases)} that "
        f"were not used to find it, it fails in {100 * one.held_out_density:.0f} of 100 "
        f"({error_in_words(one.held_out_error)}), {_beside_all(one)}."
    )
    doubtful = [
        f"{limit.key.label}, {found_in_words(one, limit, found.halves)}"
        for limit in one.limits
        if _share(one, limit) < OFTEN
    ]
    if doubtful:
        text += f" Least certain: {'; '.join(doubtful)}."
    return text


def _beside_all(one: Judged) -> str:
    """Return how many more runs fail than in all designs in the same worlds."""
    more = round(100 * one.held_out_gap)
    said = f"{abs(more)} {'more' if more > 0 else 'fewer'} than" if more else "as many as"
    return f"{said} in all designs ({error_in_words(one.held_out_gap_error)})"


def _share(one: Judged, limit: Limit) -> float:
    return min(one.reappears[limit.key.name, end] for end in limit.ends)


def found_in_words(one: Judged, limit: Limit, halves: int) -> str:
    """Return how often a limit reappears."""
    return f"limited in {round(_share(one, limit) * halves)} of {halves} halves of the designs"


def _worlds(found: Discovery) -> list[str]:
    """Say if the worlds that were drawn decide how often the programme fails."""
    if found.base in (0, 1):
        return []
    worlds, variance = found.cases.worlds, found.base_spread.by_worlds
    if not math.isfinite(variance):
        return [
            "All runs are in one world, and how often the programme fails in another one is not "
            f"known: run the study in more of them (--replications {FEW_WORLDS})."
        ]
    if variance <= UNSURE**2:
        return []
    needed = 10 * math.ceil(worlds * variance / UNSURE**2 / 10)
    return [
        f"In {worlds} other worlds quite another share of the runs may fail (standard error "
        f"{100 * variance**0.5:.0f} of 100): more runs of each design would tell it better "
        f"(--replications {needed})."
    ]


def _doubt(found: Discovery) -> list[str]:
    if not found.confirmed:
        few = len(found.cases) < 5 * FEWEST
        return ["So few designs show strong effects only."] if few and 0 < found.base < 1 else []
    return [
        f"{NAMES[found.search.method]}. A box says where runs fail among the designs tried, with "
        "the probabilities that the study gave them; it does not say what makes them fail. Its "
        "limits are no sharper than the spacing of the designs. Held-out: "
        f"{found.halves} halves of the {held_out_of(found.cases)}, each tested on the other; a box "
        f"counts if it fails more often than all designs there by {ERRORS:g} standard errors."
    ]
