"""What a decision says, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smpsim.results.report import from_to, in_digits
from smpsim.results.units import labels_of, shown_ends, three_digits
from smpsim.scenario.known import Known
from smpsim.scenario.parameters import SHARED, number_in, shared_ranges
from smpsim.studies.decide.result import Decision

MOST_NAMED = 3


def sentences(found: Decision) -> list[str]:
    """Return what to choose, what that may cost, what to find out first, and how sure that is."""
    return [
        *_choice(found),
        *_against_first(found),
        *_dominated(found),
        *_rare(found),
        *_information(found),
        *_made_of(found),
        *_holds(found),
    ]


def _choice(found: Decision) -> list[str]:
    table = found.table
    best = str(table["objective"].idxmax())
    row: Any = table.loc[best]
    worlds = found.worlds
    placed = f"{in_digits(row['placed'])} placements, likely "
    placed += from_to(row["placed_low"], row["placed_high"])
    says = f"{best} is best on average: {placed}"
    if found.value is not None:
        says = (
            f"{best} is best on average: {amount(found, row['objective'])} if a placement is worth "
            f"{amount(found, found.value)}, less total cost; {placed}"
        )
    if worlds > 1:
        says += f". In {row['best']:,} of {worlds:,} plausible worlds no option is better"
        low, high = row["regret_low"], row["regret"]
        if high == 0:
            says += ", so nothing is lost by choosing it"
        elif _digits(found, high) == "0":
            says += "; next to nothing is lost by choosing it"
        else:
            between = amount(found, low, high)
            says += (
                f"; choosing it loses {between} on average, compared with the best option in each"
            )
    return [f"{says}."]


def amount(found: Decision, *values: float, sign: bool = False) -> str:
    """Return an amount of what options are judged by, or a range of it, with its unit."""
    texts = [_digits(found, value) for value in values]
    if sign and values[0] > 0 and texts[0] != "0":
        texts[0] = f"+{texts[0]}"
    text = " to ".join(dict.fromkeys(texts))
    return f"{text} placements" if found.value is None else f"{found.currency} {text}"


def _digits(found: Decision, value: float) -> str:
    return in_digits(value if found.value is None else three_digits(value))


def _against_first(found: Decision) -> list[str]:
    table, first = found.table, found.names[0]
    said = []
    for name in found.names[1:]:
        row: Any = table.loc[name]
        change = amount(found, row["difference"], sign=True)
        ends = (_digits(found, row[f"difference_{end}"]) for end in ("low", "high"))
        text = f"{name} against {first}: {change} (likely {' to '.join(ends)})"
        if found.worlds > 1:
            text += f"; better in {row['better']:,} of {found.worlds:,} plausible worlds"
            if row["worse"]:
                text += f", worse in {row['worse']:,}"
        said.append(f"{text}.")
    return said


def _dominated(found: Decision) -> list[str]:
    pairs = found.dominance().reset_index()
    said = [
        f"{one['by']} places as many as {one['option']} or more for no more money on average"
        + (
            f", and in {one['in_worlds']:,} of {one['worlds']:,} worlds."
            if found.worlds > 1
            else "."
        )
        for one in pairs.to_dict("records")
        if one["on_average"]
    ]
    return said or ["No option places at least as many as another for no more money."]


def _rare(found: Decision) -> list[str]:
    """Return in which options runs are without a placement, and how often that may be."""
    said = []
    for name, row in found.table.iterrows():
        if not row["nobody"]:
            continue
        share, low, high = (per_cent(row[f"nobody{end}"]) for end in ("", "_low", "_high"))
        if row["nobody"] == 1:
            text = (
                f"{name}: nobody is placed in any of {found.runs:,} runs, so no cost per "
                "placement is given; the chance that somebody is placed is at most "
                f"{per_cent(1 - row['nobody_low'])}"
            )
        else:
            text = f"{name}: nobody is placed in {share} of the runs ({low} to {high})"
            if row["cost_per_placement_why"]:
                text += ", too many for a cost per placement"
        said.append(f"{text}.")
    return said


def _information(found: Decision) -> list[str]:
    table = found.information
    if not len(table):
        return []
    clear = table[table["clear"]]
    if not table["value"].any():
        return [
            "No single figure would change the choice: whatever its value, the same option is "
            "best on average."
        ]
    noise = amount(found, float(table["noise"].iloc[0]))
    if clear.empty:
        return [
            "What to find out first cannot be said: no single figure is worth more than the "
            f"noise of this many worlds ({noise})."
        ]
    names = labels_of([str(key) for key in table.index])
    each = [
        f"{names[str(key)]} ({meant(row)}), worth up to {amount(found, row['value'])}"
        for key, row in clear.head(MOST_NAMED).iterrows()
    ]
    more = len(clear) - MOST_NAMED
    rest = f"; and {more} more" if more > 0 else ""
    return [
        f"Find out first: {'; '.join(each)}{rest}. The worth is how much better the choice would "
        f"be on average if the figure were known beforehand; values up to {noise} are noise."
    ]


def meant(row: Any) -> str:
    """Return what a parameter means, and between which values it is taken to lie."""
    return f"{row['meaning']}; now {shown_ends(row['low'], row['high'], row['unit_of_parameter'])}"


def _made_of(found: Decision) -> list[str]:
    """Return what the spread of placements is made of, of the first option and the best."""
    if found.worlds < 2:
        return []
    said, table = [], found.table
    for name in dict.fromkeys([found.names[0], str(table["objective"].idxmax())]):
        row: Any = table.loc[name]
        if row["chance"] != row["chance"]:
            continue
        ends = f"{100 * row['unknown_low']:.0f} to {per_cent(row['unknown_high'])}"
        text = (
            f"Of the spread in placements of {name}, {per_cent(row['chance'])} is due to chance "
            f"and {per_cent(row['unknown'])} ({ends}) to what is not known"
        )
        if row["assumed"] == row["assumed"] and row["unknown"] > 0:
            text += f"; figures without a source make up {per_cent(row['assumed'])}"
        said.append(f"{text}.")
    if not said:
        why = "each world has one run" if found.replications < 2 else "no run differs from another"
        return [
            f"How much is due to chance and how much to what is not known cannot be said: {why}."
        ]
    shared = list(shared_ranges())
    lacking = len(shared) - len(Known(SHARED).sourced(shared))
    drawn, sourced = (
        len({key for keys in each.values() for key in keys})
        for each in (found.drawn, found.sourced)
    )
    return [
        *said,
        f"The share of what is not known is a minimum: of the {len(shared)} numbers on behaviour "
        f"that all programmes share and that have a likely range, {lacking} have no source. Drawn "
        f"here: {drawn} numbers, including those of the options, of which {sourced} have a "
        "source; all others keep their stated values.",
    ]


def _holds(found: Decision) -> list[str]:
    """Return what the intervals hold, and what is not drawn where."""
    level = f"{100 * found.level:g} %"
    if found.worlds < 2:
        return [
            f'"Likely" is where {level} of {found.runs:,} runs lie. It includes chance only: all '
            "parameters have their stated values."
        ]
    distinct = len(found.draws.drop_duplicates())
    alike = f", {distinct:,} of them distinct" if distinct < found.worlds else ""
    said = [
        f'"Likely" is where {level} of {found.runs:,} runs of an option lie, in {found.worlds:,} '
        f"plausible worlds{alike}. It includes chance and what is not known about the parameters "
        "drawn, which are the same in all options."
    ]
    for name, keys in found.drawn.items():
        option = found.scenarios[name]
        own = [
            key
            for key in map(str, found.draws.columns)
            if key not in keys and number_in(option, key) is not None
        ]
        if own and keys:
            said.append(f"{name} states values of its own, which are not drawn: {_few(own)}.")
        elif own:
            said.append(
                f"{name} states all its values, so nothing is drawn in it: its range "
                "includes chance only."
            )
    return said


def _few(keys: Sequence[str]) -> str:
    names = list(labels_of(keys).values())
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def per_cent(share: float) -> str:
    """Return a share in per cent; of very small ones a digit more."""
    value = 100 * share
    digits = 1 if 0 < value < 10 or 90 < value < 100 else 0
    return f"{value:.{digits}f} %"
