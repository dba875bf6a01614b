"""Write the tables of ``docs/evidence.md``: each shared number, and what is known of it.

Run it from any folder after a change of ``scenarios/base.yaml`` or ``scenarios/evidence.csv``::

    python docs/make_evidence.py
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from page_parts import filled, table

from smpsim.scenario.catalogue import find
from smpsim.scenario.keypaths import KeyPath, format_path
from smpsim.scenario.known import Known
from smpsim.scenario.loading import read_document
from smpsim.scenario.meanings import meaning_of
from smpsim.scenario.quantities import KINDS
from smpsim.scenario.ranges import SECTION

FILE = Path(__file__).resolve().parent / "evidence.md"
SHARED = "base"
ROWS = find(SHARED).with_name("evidence.csv")
REPORTS = find(SHARED).with_name("validation.yaml")
CITED = re.compile(r"\[(E\d+)\]")
KNOWN, ASSUMED, SET = "known", "assumption", "set"
CORRELATIONS = ("behaviour", "people", "correlations")
INSIDE = {"sigma": "sd of logarithm"}
"""Units of what describes a distribution, where it is not that of its values."""

FIRST_EDITION = {
    "awareness.contact_rate": 0.1,
    "participation.scale": 8000,
    "participation.alternative_value": 3000,
    "participation.risk_aversion": 0.3,
    "participation.tenure_horizon_months": 36,
    "waiting.domestic_job.base": 0.03,
    "waiting.individual_search": 0.0015,
    "waiting.longest_months": "none",
    "recognition.partial_months": 6,
    "retention.quit": 0.02,
    "retention.family_rights": 0.2,
    "retention.inside_clause": 0.7,
    "retention.poaching": 0.5,
    "retention.return_from_elsewhere": 0.006,
    "retention.rehired_after_return": 0.3,
}
"""What numbers with the same meaning were in the first edition, where they differ now."""


@dataclass(frozen=True)
class Number:
    """A number that all programmes share.

    Parameters
    ----------
    path : tuple of str
        Where it stands in ``base.yaml``, from ``behaviour`` on.
    centre : float or list of float
        Its value, or a table of values.
    ends : list of float or None
        5 % and 95 % of what is believed; none if it is held fixed.
    said : str
        The comment of the file.
    assumed : bool
        Whether that comment speaks of an assumption.
    """

    path: KeyPath
    centre: float | list[float]
    ends: list[float] | None
    said: str
    assumed: bool

    @property
    def key(self) -> str:
        """Key path below ``behaviour``."""
        return format_path(self.path[1:])

    @property
    def field(self) -> KeyPath:
        """The path of the field, without the parts of a distribution."""
        for place, step in enumerate(self.path):
            if step in KINDS:
                return self.path[:place]
        return self.path

    @property
    def cited(self) -> list[str]:
        """Rows that the comment names."""
        return CITED.findall(self.said)

    @property
    def status(self) -> str:
        """Whether it is known, assumed, or set (a convention, scale or switch)."""
        if self.assumed:
            return ASSUMED
        return KNOWN if self.ends or self.cited else SET


@cache
def rows() -> dict[str, dict[str, str]]:
    """Return the rows of evidence by their id."""
    with ROWS.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@cache
def numbers() -> list[Number]:
    """Return every number of the shared behaviour, in the order of the file."""
    known = Known(SHARED)
    data, found = read_document(SHARED).data, []
    for path, value in _numbers(data["behaviour"], ("behaviour",)):
        mark = known.mark(format_path((*path, 0) if isinstance(value, list) else path))
        assert mark is not None, f"{format_path(path)}: no figure"
        ends = data[SECTION].get(format_path(path))
        found.append(Number(path, value, ends, mark.text, mark.origin == "assumption"))
    return found


def _numbers(data: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """Yield path and value of each number and table of numbers."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _numbers(value, (*path, key))
    elif data is not None and not isinstance(data, (bool, str)):
        yield path, data


@cache
def scored_addresses() -> frozenset[str]:
    """Return the addresses of the reports that predictions are compared with."""
    text = REPORTS.read_text(encoding="utf-8")
    return frozenset(_addresses(yaml.safe_load(text)))


def _addresses(data: Any) -> Iterator[str]:
    for key, value in data.items() if isinstance(data, Mapping) else enumerate(data):
        if key == "address":
            yield value
        elif isinstance(value, (Mapping, list)):
            yield from _addresses(value)


def shown(value: Any) -> str:
    """Return a number, or a table of numbers, for readers."""
    if isinstance(value, list):
        return ", ".join(shown(one) for one in value)
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


def linked(text: str) -> str:
    """Return a text whose rows lead to what was read."""

    def link(match: re.Match[str]) -> str:
        address = rows()[match[1]]["address"]
        return f"[{match[1]}]({address})" if address else f"[{match[1]}](#rows-of-evidence)"

    return CITED.sub(link, cell(text))


def cell(text: str) -> str:
    """Return a text that cannot end a cell of a table."""
    return text.replace("|", "\\|").strip()


def in_words(number: Number) -> tuple[str, str]:
    """Return what a number means, and its unit."""
    if number.field[:3] == CORRELATIONS:
        return "Correlation of the normal scores of both", "-"
    meaning, unit = meaning_of(format_path(number.field))
    # what null would do is of no interest where a number stands
    meaning = meaning.partition("; null")[0]
    inside = [str(step) for step in number.path[len(number.field) :]]
    if inside:
        meaning += f" ({inside[-1]})"
        unit = INSIDE.get(inside[-1], unit)
    unit = "-" if unit == "1" else unit.replace("currency", "EUR")
    return cell(meaning), cell(unit)


def line_of(number: Number) -> tuple[str, ...]:
    """Return the cells of a number."""
    low, high = (shown(end) for end in number.ends) if number.ends else ("", "")
    status = f"**{number.status}**" if number.status == KNOWN else number.status
    meaning, unit = in_words(number)
    key = f"`{format_path(number.path[2:])}`"
    return key, meaning, unit, low, shown(number.centre), high, status, linked(number.said)


def counts() -> str:
    """Return in words how many numbers have a range, and how many of these are known."""
    all_of = numbers()
    ranged = [one for one in all_of if one.ends]
    known = sum(one.status == KNOWN for one in ranged)
    helped = sum(one.status == ASSUMED and bool(one.cited) for one in ranged)
    assumed = sum(one.status == ASSUMED for one in all_of if not one.ends)
    return (
        f"Of {len(all_of)} numbers {len(ranged)} have a range ({len(ranged) / len(all_of):.0%}). "
        f"{known} of these ranges rest on what was read, {helped} are assumptions beside rows that "
        f"bear on them, and {len(ranged) - known - helped} rest on judgement alone. "
        f"{len(all_of) - len(ranged)} numbers are held fixed: {assumed} of them are assumptions, "
        "such as how much people differ, tables of hours and shares that must add up; the others "
        "are scales, rules and switches."
    )


def edition() -> str:
    """Return the table of what differs from the first edition."""
    now = {one.key: one for one in numbers()}
    lines = []
    for key, before in FIRST_EDITION.items():
        one = now[key]
        grounds = linked(one.said) if one.cited else "assumption, see below"
        lines.append((f"`{key}`", shown(before), shown(one.centre), grounds))
    return table(("Key", "First edition", "Now", "Grounds"), lines)


def rows_with(wanted: Callable[[dict[str, str]], bool]) -> str:
    """Return a list of some of the rows, each with the number that it bears on."""
    found = []
    for name, row in rows().items():
        if wanted(row):
            figures = "; ".join(
                f"{word} {row[word]}" for word in ("low", "central", "high") if row[word]
            )
            link = linked(f"[{name}]")
            about = f"{row['parameter']}, {row['context']}"
            key = row["key"].removeprefix("behaviour.")
            found.append(f"- `{key}`: {link}, {about}: {figures} {row['unit']}.")
    return "\n".join(found)


def row_lines() -> Iterator[tuple[str, ...]]:
    """Yield the cells of each row of evidence."""
    for name, row in rows().items():
        source = cell(row["source"])
        if row["address"]:
            source = f"[{source}]({row['address']})"
        about = cell(f"{row['parameter']}: {row['context']}")
        key = f"`{row['key'].removeprefix('behaviour.')}`" if row["key"] else ""
        figures = (row["low"], row["central"], row["high"])
        yield (name, key, about, *figures, cell(row["unit"]), source, row["quality"], row["use"])


def number_tables() -> str:
    """Return a table for each section of the behaviour."""
    heads = ("Key", "Meaning", "Unit", "Low", "Centre", "High", "Status", "Grounds")
    parts = []
    for section in dict.fromkeys(one.path[1] for one in numbers()):
        inside = [one for one in numbers() if one.path[1] == section]
        parts.append(f"## `{section}`\n\n{table(heads, map(line_of, inside))}\n")
    return "\n".join(parts)


def evidence_table() -> str:
    """Return the table of all rows of evidence."""
    heads = ("Row", "Key", "What", "Low", "Central", "High", "Unit", "Source", "Quality", "Use")
    return table(heads, row_lines())


PARTS: dict[str, Callable[[], str]] = {
    "counts": counts,
    "first edition": edition,
    "rows that contradict": lambda: rows_with(lambda row: row["use"] == "contradicts"),
    "rows that draw no range": lambda: rows_with(lambda row: row["address"] in scored_addresses()),
    "numbers": number_tables,
    "rows": evidence_table,
}
"""What the page takes from the files, by the name that stands in its comments."""


def page() -> str:
    """Return the text of the page."""
    return filled(FILE.read_text(encoding="utf-8"), PARTS, "make_evidence")


def main() -> None:
    """Write the page with its tables."""
    FILE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
