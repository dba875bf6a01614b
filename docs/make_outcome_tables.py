"""Write the tables of outcomes and of monthly series in ``docs/odd.md``.

Run it from any folder after a change of `smpsim.results.outcomes.table` or `smpsim.vocabulary`::

    python docs/make_outcome_tables.py
"""

from __future__ import annotations

from pathlib import Path

from page_parts import filled, table

from smpsim.results.outcomes import OUTCOMES, SUMS, Outcome
from smpsim.vocabulary import SERIES, STAGES

FILE = Path(__file__).resolve().parent / "odd.md"
BETTER = {"high": "more", "low": "less", None: ""}
TOGETHER = {"sum": "sum", "mean": "mean", "distinct": "each once"}


def outcomes() -> str:
    """Return the table of outcomes."""
    heads = ("Outcome", "In words", "Unit", "Better", "Without a value", "Definition")
    return table(heads, [row_of(row) for row in (*OUTCOMES.values(), *SUMS.values())])


def row_of(row: Outcome) -> tuple[str, ...]:
    """Return the cells of an outcome."""
    meaning = row.meaning
    if row.sum_of:
        meaning = f"{' + '.join(row.sum_of)}; in searches only"
    unit = row.unit.replace("currency", "the scenario's currency")
    return f"`{row.name}`", row.label, unit, BETTER[row.better], row.undefined, meaning


def series() -> str:
    """Return the table of monthly series; stages are one row together."""
    heads = ("Series", "In words", "Unit", "Of several programmes")
    rows = [
        (f"`{one.name}`", one.label, one.unit, TOGETHER[one.together])
        for one in SERIES.values()
        if one.name not in STAGES
    ]
    stages = ", ".join(f"`{stage}`" for stage in STAGES)
    first = (stages, "in that stage at the end of the month", "people", "sum")
    return table(heads, [first, *rows])


TABLES = {"outcomes": outcomes, "series": series}


def written(text: str) -> str:
    """Return the page with its tables made anew."""
    return filled(text, TABLES, "make_outcome_tables")


def main() -> None:
    """Write the page."""
    FILE.write_text(written(FILE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
