"""The later parts of a report's page: guesses, terms, sources, method and provenance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smpsim.results.provenance import brief
from smpsim.studies.report.page_tables import NOTICED, heads
from smpsim.studies.report.provisions import MOST_DIFFERENCES
from smpsim.studies.report.wording import between, listed, signed

if TYPE_CHECKING:
    from smpsim.studies.report.result import Report

MOST_GUESSES = 8
"""Guesses that a page lists; the workbook and the tables have all."""
FEW_RUNS = 30
"""Below so many runs intervals are rough."""


def counted(report: Report) -> list[str]:
    """Return how many figures of each option are guesses."""
    table = report.origins()
    found = []
    for letter, marks in table.groupby("option", sort=False):
        own = marks[~marks["shared"]]
        shared = marks[marks["shared"]]
        guessed = int((own["origin"] == "assumption").sum())
        unsaid = int((own["origin"] == "unsaid").sum())
        text = (
            f"{letter}: {guessed} of the {len(own)} figures that the scenario states itself are "
            "assumptions"
        )
        if unsaid:
            text += f", and for {unsaid} the file does not say where they come from"
        if len(shared):
            too = int((shared["origin"] == "assumption").sum())
            text += f"; so are {too} of the {len(shared)} figures on behaviour that scenarios share"
        found.append(f"{text}.")
    texts: dict[str, list[str]] = {}
    for text in found:
        letter, _, rest = text.partition(": ")
        texts.setdefault(rest, []).append(letter)
    several = len(report.options) > 1
    said = [
        f"{listed(some)}: {rest}" if several else f"{rest[:1].upper()}{rest[1:]}"
        for rest, some in texts.items()
    ]
    if not found:
        said.append("The scenarios state no figures in a file, so none is marked as an assumption.")
    return said


def guesses(report: Report) -> dict[str, Any]:
    """Return the guesses that matter most, as a table."""
    table = report.guesses()
    marks = report.origins()
    texts = dict(zip(marks["key"], marks["text"], strict=True))
    rows = []
    for _, one in table[table["swing"] >= NOTICED].head(MOST_GUESSES).iterrows():
        ends = [
            f"{signed(one[f'at_{end}'], 'people')} "
            f"({between(one[f'at_{end}_ci_low'], one[f'at_{end}_ci_high'], 'people', sign=True)})"
            for end in ("low", "high")
        ]
        why = next((text for key, text in texts.items() if _same(key, one["key"])), "")
        numbers = [f"{one[name]:,.4g}" for name in ("value", "low", "high")]
        unit = str(one["unit"]).replace("currency", report.options[0].currency)
        cells = [
            plain(f"{numbers[0]}", [why] if why else []),
            plain(f"{numbers[1]}: {ends[0]}"),
            plain(f"{numbers[2]}: {ends[1]}"),
        ]
        rows.append({"name": one["key"], "label": one["label"], "unit": unit, "cells": cells})
    columns = ["figure", "assumed", "if lower: people placed", "if higher: people placed"]
    return {"heads": columns, "align": "left", "rows": rows, "about": "What to find out first"}


def _same(key: str, varied: str) -> bool:
    """Return whether a varied number is a figure, or the middle of it."""
    return varied == key or varied.startswith(f"{key}.")


def plain(text: str, lines: Sequence[str] = ()) -> dict[str, Any]:
    """Return a cell without a number."""
    return {"text": text, "lines": list(lines), "option": "", "value": ""}


def terms(report: Report) -> dict[str, Any]:
    """Return the main terms as a table; those that differ are marked."""
    table = report.terms()
    rows = [
        {
            "name": term,
            "label": term,
            "unit": "",
            "differs": bool(row["differs"]),
            "cells": [plain(str(row[one.letter])) for one in report.options],
        }
        for term, row in table.iterrows()
    ]
    return {"heads": heads(report, ""), "align": "left", "rows": rows, "about": "Terms"}


def changes(report: Report) -> tuple[dict[str, Any], str]:
    """Return the values that differ, where they are few enough to be read, and what is said."""
    table = report.differences()
    columns = ["value", *(one.letter for one in report.options)]
    content: dict[str, Any] = {"heads": columns, "align": "left", "rows": [], "about": "Changes"}
    if len(report.options) == 1:
        return content, ""
    if len(table) > MOST_DIFFERENCES:
        return content, (
            f"Marked terms differ. The options differ in {len(table)} values in all, too many to "
            "list here; the workbook (--xlsx) lists them."
        )
    for key, row in table.iterrows():
        cells = [plain(str(row[one.letter])) for one in report.options]
        content["rows"].append({"name": key, "label": row["label"], "unit": "", "cells": cells})
    return content, "Marked terms differ." if len(
        table
    ) else "The options do not differ in any value."


def sources(report: Report) -> list[dict[str, str]]:
    """Return the sources, those that several options share once."""
    found: dict[tuple[str, str], list[str]] = {}
    for _, row in report.sources().iterrows():
        found.setdefault((row["value"], row["source"]), []).append(row["option"])
    return [
        {"value": value, "source": source, "options": ", ".join(letters)}
        for (value, source), letters in found.items()
    ]


def method(report: Report) -> list[str]:
    """Return how this was calculated."""
    several = len(report.options) > 1
    same = (
        " Run n of every option has the same people and the same chance events, so differences "
        "come from the designs."
        if several
        else ""
    )
    return [
        "An agent-based model of skills mobility partnerships: employers, trainees, institutions "
        "and governments act month by month; rules and equations are in the model description "
        f"of smpsim. Each option was run {report.runs:,} times with seed {report.seed}.{same}",
        f"{held(report)} No interval includes what the model leaves out. "
        + (
            "With so few runs even these intervals are rough."
            if report.runs < FEW_RUNS
            else "More runs would narrow the confidence intervals, not the likely ranges."
        ),
        "Costs per placement are mean cost divided by the mean number of placements, so that "
        "runs in which few are placed count with their cost.",
    ]


def held(report: Report) -> str:
    """Return what ranges hold."""
    chance = "which people apply, who passes, who is hired, how long an office takes"
    drawn = {len(one.ranges) for one in report.results.values() if one.draws}
    if not drawn:
        return (
            f"Likely ranges and confidence intervals include chance only: {chance}. All numbers "
            "keep the values of the scenario, so no interval includes what is not known about "
            "them."
        )
    each = "the same in all options" if len(report.options) > 1 else "anew in each run"
    return (
        f"Likely ranges include chance ({chance}) and what is not known: each run is in a "
        f"plausible world of its own, in which {max(drawn):,} numbers are drawn from their "
        f"likely ranges, {each}. Confidence intervals say how precisely the runs determine a "
        "mean over these worlds."
    )


def provenance(report: Report) -> list[tuple[str, str]]:
    """Return where this comes from, as pairs of what and text."""
    facts = brief(report.provenance)
    versions = facts.get("versions", {})
    found = [
        ("Software", ", ".join(f"{name} {number}" for name, number in versions.items())),
        ("Commit", str(facts.get("commit") or "none: an installed package")),
        ("Model", str(facts.get("model", "unknown"))),
        ("Recipe", str(facts.get("recipe_hash", "unknown"))),
    ]
    for letter, name in report.names.items():
        result = report.results[letter]
        print_ = facts.get("fingerprints", {}).get(letter, result.scenario.fingerprint())
        found.append((f"Option {letter}", f"{name}; fingerprint {print_}"))
    for what, key in (("Values set", "set"), ("Actions", "with")):
        if facts.get(key):
            found.append((what, ", ".join(map(str, facts[key]))))
    found.append(("Runs", f"{report.runs:,} of each option, seed {report.seed}"))
    return found
