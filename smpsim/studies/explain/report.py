"""Why two designs place unlike numbers, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from smpsim.results.report import in_digits, signed
from smpsim.scenario.meanings import plain_names
from smpsim.studies.explain.persons import NOT_THERE, STEPS, UNDER_WAY

if TYPE_CHECKING:
    from smpsim.studies.explain.result import Explanation

MOST_SAID = 3  # steps, causes or changes that a sentence names
LEAST_SAID = 0.05  # people: fewer are no step worth a word
NEARLY_ALL = 0.95  # share of a step from which one cause is that of all
LEAST_SHARE = 0.02  # of those whom only one design places
DID = STEPS | {
    "not_admitted": "are not admitted",
    "training": "drop out of training",
    "exam": "fail the exam",
    "domestic_track": "take the domestic track",
    "pool": "leave without an offer",
    "offer": "leave with an offer",
    "recognition": "are lost in recognition",
    "visa": "are lost in the visa procedure",
    "own_way": "go abroad on their own",
    UNDER_WAY: "are still under way at the end",
}


def sentences(found: Explanation) -> list[str]:
    """Return how the designs differ, who switched, what it is due to, which change mattered."""
    several = len(found.comparison.pairs) > 1
    said = list(found.comparison.sentences)
    waterfall = found.waterfall()
    placements, lost = found.placements(), found.lost()
    for pair in found.comparison.pairs:
        name = pair.label
        parts = []
        if name in found.programmes:
            parts.append(_persons(placements.loc[name]))
            parts += [_lost(lost, name, who) for who in "AB"]
        parts.append(_causes(waterfall.loc[name]))
        said += [f"{name}: {text}" if several else text for text in parts if text]
    return [*said, *_changes(found)]


def _persons(table: Any) -> str:
    count: Any = table["people"]
    if not count.sum():
        return "Nobody is admitted in either design."
    text = (
        f"Of the same people, {in_digits(count['both'])} are placed in both designs, "
        f"{in_digits(count['b_only'])} in B only and {in_digits(count['a_only'])} in A only; "
        f"{in_digits(count['neither'])} are placed in neither"
    )
    return f"{text} (means over runs)."


def _lost(lost: pd.DataFrame, programme: str, who: str) -> str:
    """Return at which steps a design lost those whom only the other one places."""
    flat: Any = lost.reset_index()
    mine = flat[(flat["programme"] == programme) & (flat["lost_by"] == who)]
    total = float(mine["people"].sum())
    if total < LEAST_SAID:
        return ""
    # who is not admitted is one answer, whether the intake is there or not
    step = mine["step"].where(~mine["step"].isin(NOT_THERE), "not_admitted")
    steps = mine.assign(step=step).groupby("step", sort=False)
    counts = steps["people"].sum().sort_values(ascending=False, kind="stable").head(MOST_SAID)
    counts = counts[counts >= LEAST_SHARE * total]
    parts = []
    for name, people in counts.items():
        text = f"{in_digits(people)} {DID[str(name)]}"
        part = steps.get_group(name)
        known = part[part["cause"] != ""].sort_values("people", ascending=False)
        if name in ("pool", "visa") and len(known):
            first = known.iloc[0]
            # the words of the account say whom it counts before the colon
            why = str(first["cause_label"]).rpartition(": ")[2]
            all_of_them = float(first["people"]) >= NEARLY_ALL * float(people)
            text += (
                f" ({why})" if all_of_them else f" ({in_digits(first['people'])} of them: {why})"
            )
        parts.append(text)
    other = "B" if who == "A" else "A"
    most = "the largest groups are: " if len(steps) > len(counts) else ""
    said = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"In {who}, of the {in_digits(total)} whom only {other} places, {most}{said}."


def _causes(table: Any) -> str:
    """Return the groups of causes that make most of the difference, if that is no luck."""
    steps: Any = table[~table.index.str.startswith("placed")]
    apart = steps[(steps["ci_low"] > 0) | (steps["ci_high"] < 0)]
    if apart.empty:
        return ""
    order = apart["effect"].abs().sort_values(ascending=False, kind="stable").index[:MOST_SAID]
    difference = float(table["effect"].iloc[-1] - table["effect"].iloc[0])
    parts = ", ".join(f"{name} {_signed(apart.loc[name, 'effect'])}" for name in order)
    more = len(apart) > MOST_SAID
    return (
        f"By cause, the difference of {_signed(difference)} is {'mainly ' if more else ''}{parts}."
    )


def _changes(found: Explanation) -> list[str]:
    """Return which change mattered."""
    if not found.changes:
        # the comparison has said that they are the same
        return []
    plain = _plain(found)
    if len(found.changes) == 1:
        only = found.changes[0]
        if len(only.keys) > 1:
            return [
                f"The designs differ in {len(only.keys)} values that do not make a valid "
                "scenario one by one, so which of them mattered cannot be said."
            ]
        name = plain[only.name]
        return [f"The designs differ in one change only: {name}, from {only.a} to {only.b}."]
    table: Any = found.switched()
    total = found.difference()["difference"]
    ranked = largest_first(table[table["alone"].notna()])
    if ranked.empty:
        return [f"None of the {len(found.changes)} changes can be tried alone."]
    said = []
    first = ranked.index[0]
    apart = (ranked["alone_ci_low"] > 0) | (ranked["alone_ci_high"] < 0)
    if found.runs == 1:
        said.append(
            f"In a single pair of runs, {plain[first]} changes most: {_alone(ranked.iloc[0])}."
        )
    elif not apart.any():
        said.append("No change alone has an effect on placements that can be told apart from none.")
    else:
        clear = ranked[apart]
        parts = [
            f"{plain[str(name)]} {_alone(row)}" for name, row in clear.head(MOST_SAID).iterrows()
        ]
        said.append(f"Alone in A, these changes matter most: {'; '.join(parts)}.")
    without = table[(table["left_out_ci_low"] > 0) | (table["left_out_ci_high"] < 0)]
    if len(without):
        missed = without["left_out"].abs().idxmax()
        effect = float(without.loc[missed, "left_out"])
        amount = f"{in_digits(abs(effect))} {'fewer' if effect > 0 else 'more'}"
        said.append(f"Without the change of {plain[str(missed)]}, B would place {amount}.")
    if table["alone"].notna().all() and found.runs > 1:
        alone = float(table["alone"].sum())
        said.append(
            f"Each alone, the {len(table)} changes add up to {_signed(alone)}; together they bring "
            f"{_signed(float(total))}."
        )
    return said


def _plain(found: Explanation) -> dict[str, str]:
    """Return what each change is called in sentences: a single value by its plain name."""
    single = [one.name for one in found.changes if [key for key, _, _ in one.keys] == [one.name]]
    quoted = {name: f'"{plain}"' for name, plain in plain_names(single).items()}
    return {one.name: one.name for one in found.changes} | quoted


def largest_first(table: pd.DataFrame) -> pd.DataFrame:
    """Return the changes of `Explanation.switched`, those that do most alone first."""
    return table.sort_values("alone", key=abs, ascending=False, kind="stable")


def _alone(row: Any) -> str:
    ends = row["alone_ci_low"], row["alone_ci_high"]
    text = _signed(row["alone"])
    return text if ends[0] != ends[0] else f"{text} ({_signed(ends[0])} to {_signed(ends[1])})"


def _signed(value: float) -> str:
    return signed(float(value))
