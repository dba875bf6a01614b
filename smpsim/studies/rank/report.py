"""What a ranking of actions says, in sentences."""

from __future__ import annotations

from typing import Any

import pandas as pd

from smpsim.scenario.meanings import meaning_of
from smpsim.studies.rank.result import (
    COST,
    GAIN,
    LESS,
    LOSE_LESS,
    LOSE_MORE,
    MORE,
    PER,
    PRICE,
    Ranking,
)

MOST_FIRSTS = 3  # actions of which it is said in how many worlds they are first


def sentences(found: Ranking) -> list[str]:
    """Return what comes first, what is cheapest, what belongs together, and how sure that is."""
    base = found.base[GAIN]
    if base != base:
        return [
            "Nobody could be observed a year after arrival in any run: the horizon is too short "
            "to rank actions by placements that are kept."
        ]
    return [
        *_alone(found),
        *_worlds(found),
        *_pairs(found),
        *_unchanged(found),
        *_unknown(found),
        _doubt(found),
    ]


def _alone(found: Ranking) -> list[str]:
    table, doubt = found.alone(), 1 - found.level
    certain = table[f"{GAIN}_p_holm"] < doubt
    sure, harmful = table[certain & (table[GAIN] > 0)], table[certain & (table[GAIN] < 0)]
    base = found.base[GAIN]
    if not table[GAIN].any() and not table[f"{GAIN}_ci_high"].any():
        text = [
            f"No action alone changes the placements that are kept a year ({base:,.1f}) in any of "
            f"{found.runs:,} paired runs."
        ]
    elif sure.empty:
        text = [
            f"No action alone raises the placements that are kept a year ({base:,.1f} without) "
            f"beyond doubt, in {found.runs:,} paired runs."
        ]
    else:
        best = str(sure.index[0])
        text = [
            f"First: {found.actions[best]}, {_gain(sure.loc[best])} placements kept a year "
            f"against {base:,.1f} without any action."
        ]
        equal = [name for name in found.not_told_apart(best) if name in sure.index]
        if equal:
            text.append(f"Not clearly less effective: {_titles(found, equal)}.")
        text += _cheapest(found, sure, best)
    if not harmful.empty:
        each = [f"{found.actions[str(n)]} ({row[GAIN]:+,.1f})" for n, row in harmful.iterrows()]
        text.append(f"Fewer placements: {', '.join(each)}.")
    return text


def _worlds(found: Ranking) -> list[str]:
    """Return in how many plausible worlds which action is first, and by what these can be told."""
    if not found.in_worlds:
        return []
    table = found.worlds()
    firsts = table[table["first"] > 0].head(MOST_FIRSTS)
    if firsts.empty:
        return []
    each = [f"{found.actions[str(name)]} in {row['first']:,}" for name, row in firsts.iterrows()]
    text = [f"Of {found.runs:,} plausible worlds, the best single action is {', '.join(each)}."]
    for name, row in firsts[firsts["clear"]].iterrows():
        meaning, unit = meaning_of(str(row["number"]))
        side = "high" if row["correlation"] > 0 else "low"
        text.append(
            f"{found.actions[str(name)]} is more often first where this is {side}: {meaning} "
            f"({row['number']}{f', {unit}' if unit else ''}; rank correlation "
            f"{row['correlation']:+.2f}, up to {row['noise']:.2f} may be chance)."
        )
    return text


def _cheapest(found: Ranking, sure: pd.DataFrame, best: str) -> list[str]:
    """Return which gain is bought at the lowest cost, and which need none."""
    text = []
    free = sure.index[sure[f"{COST}_ci_high"] < 0]
    if len(free):
        text.append(f"More placements at a lower total cost: {_titles(found, free)}.")
    priced = sure["per_cost"].dropna()
    if not priced.empty:
        name = str(priced.idxmax())
        row = sure.loc[name]
        subject = "It gains" if name == best else f"Most for its cost: {found.actions[name]},"
        text.append(
            f"{subject} {row['per_cost']:,.1f} ({row['per_cost_ci_low']:,.1f} to "
            f"{row['per_cost_ci_high']:,.1f}) for each additional {PER:,} {found.currency}"
            f"{', the most of all' if name == best and len(priced) > 1 else ''}."
        )
    dearer = sure[(sure[f"{PRICE}_p_holm"] < 1 - found.level) & (sure[PRICE] > 0)].index
    if len(dearer):
        text.append(f"More placements, but each dearer than before: {_titles(found, dearer)}.")
    return text


def _pairs(found: Ranking) -> list[str]:
    table = found.interactions()
    if not len(table):
        return []
    certain = table[table["p_holm"] < 1 - found.level]
    more, less = certain[certain["interaction"] > 0], certain[certain["interaction"] < 0]
    text = []
    top: Any = table["together"].idxmax()
    if table.loc[top, "together"] > 0:
        best = f"{table.loc[top, 'together']:+,.1f} together"
        text.append(f"Best pair: {_titles(found, top, ' with ')}, {best}.")
    else:
        text.append("No pair achieves more placements that are kept a year.")
    if more.empty:
        text.append("No pair achieves more than the sum of its two actions beyond doubt.")
    for kind, words in (
        (MORE, "Together more than the sum"),
        (LOSE_LESS, "Lose less together than apart, but still lose"),
    ):
        same = more[more["kind"] == kind]
        if len(same):
            text.append(f"{words}: {_pair(found, same, same['interaction'].idxmax())}.")
    only = [pair for pair, row in table.iterrows() if row["only_together"]]
    if only:
        names = "; ".join(_titles(found, pair, " with ") for pair in only)
        text.append(f"Only together: {names}.")
    for kind, words in (
        (LESS, "Together less than the sum"),
        (LOSE_MORE, "Lose more together than apart"),
    ):
        same = less[less["kind"] == kind]
        if len(same):
            text.append(f"{words}: {_pair(found, same, same['interaction'].idxmin())}.")
    return text


def _unchanged(found: Ranking) -> list[str]:
    text = []
    if found.unchanged:
        text = [
            "Nothing to change here, as everything asked for is already in place: "
            f"{_titles(found, found.unchanged)}."
        ]
    for name, levers in found.inert.items():
        does = "lever ({}) does" if len(levers) == 1 else "levers ({}) do"
        text.append(
            f"{found.actions[name]} changes nothing here: its {does.format(', '.join(levers))} not "
            "bind. It is not charged for."
        )
    return text


def _unknown(found: Ranking) -> list[str]:
    """Return in how many runs it is not known who is kept a year, if in any."""
    fewest, runs = min(found.used.values()), found.runs
    if fewest == runs:
        return []
    return [
        f"Who is kept a year is known in {fewest:,} of {runs:,} runs of one design or more; "
        "those placed too late to be observed are assumed to stay as often as the others. Ask "
        "for more months to be sure."
    ]


def _doubt(found: Ranking) -> str:
    designs, pairs = len(found.designs) - 1, len(found.interactions())
    both = f"{designs} designs" + (f" and, separately, {pairs} interactions" if pairs else "")
    hold = "chance and what is not known" if "parameters" in found.provenance else "chance alone"
    return (
        f'"Beyond doubt" means at {100 * found.level:g} %, adjusted for the number of '
        f"comparisons: {both}. Intervals are not adjusted, and include {hold}: "
        "how much an action changes, and what it costs, are assumptions of its file."
    )


def _pair(found: Ranking, table: pd.DataFrame, pair: Any) -> str:
    row = table.loc[pair]
    if row["kind"] in (LOSE_LESS, LOSE_MORE):
        return (
            f"{_titles(found, pair, ' with ')}, {row['together']:+,.1f} together beside "
            f"{row['gain_first']:+,.1f} and {row['gain_second']:+,.1f} alone"
        )
    return (
        f"{_titles(found, pair, ' with ')}, {row['interaction']:+,.1f} "
        f"({row['ci_low']:+,.1f} to {row['ci_high']:+,.1f}) beside {row['gain_first']:+,.1f} and "
        f"{row['gain_second']:+,.1f} alone"
    )


def _titles(found: Ranking, names: Any, joined: str = ", ") -> str:
    return joined.join(found.actions[str(name)] for name in names)


def _gain(row: Any) -> str:
    return f"{row[GAIN]:+,.1f} ({row[f'{GAIN}_ci_low']:+,.1f} to {row[f'{GAIN}_ci_high']:+,.1f})"
