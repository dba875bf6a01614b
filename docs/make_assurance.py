"""Write the figures of ``docs/assurance.md``: what can be counted of the model's assurance.

Run it from any folder after a change of what it counts: scenarios, rows of evidence, rules, reports
or the reference results::

    python docs/make_assurance.py
"""

from __future__ import annotations

import ast
import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import make_evidence as evidence
import page_parts

from smpsim.results.outcomes import OUTCOMES
from smpsim.scenario import assumptions, names
from smpsim.scenario.marks import Mark, marks
from smpsim.world.rules import RULES

DOCS = Path(__file__).resolve().parent
FILE = DOCS / "assurance.md"
REFERENCE = DOCS.parent / "results" / "reference"
TESTS = DOCS.parent / "tests"
MOST_NAMED = 5
"""Parameters that are named as the most influential."""
STEP = 500
"""To which the number of tests is rounded down, so that the page lives through a new one."""
ROOMS = {
    "model": "rules, closed forms, limits, directions of levers, conservation, another simulator",
    "scenario": "files, messages, ranges, odd and hostile input",
    "studies": "each command against cases with a known answer",
    "results": "outcomes, intervals, tables and files",
    "archives": "results packed, read and run again, bit for bit",
    "cli": "what may be typed, what is printed, what is refused",
    "app": "the cockpit",
    "guided": "drafts of scenarios",
    "plots": "pictures",
    "docs": "that pages say what code and results say",
    "notebooks": "that notebooks run to the end",
    "project": "imports, extras, the package that is installed",
}
"""What the tests of each folder hold."""

Row = Mapping[str, str]


@cache
def table_of(name: str) -> list[Row]:
    """Return the rows of a reference result."""
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def listed(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table of Markdown."""
    return page_parts.table(heads, [[str(cell) for cell in row] for row in rows])


@cache
def own_figures() -> dict[str, list[Mark]]:
    """Return what each programme of the catalogue says of the figures that it states itself."""
    return {
        entry.name: [one for one in marks(entry.name) if not one.shared]
        for entry in names()
        if entry.kind == "programmes"
    }


def shared() -> str:
    """Return how well the numbers of behaviour are known."""
    every = evidence.numbers()
    ranged = [one for one in every if one.ends]
    known = [one for one in ranged if one.status == evidence.KNOWN]
    beside = [one for one in ranged if one.status == evidence.ASSUMED and one.cited]
    fixed = [one for one in every if not one.ends]
    guessed = sum(one.status == evidence.ASSUMED for one in fixed)
    rows = [
        ("numbers in all", len(every)),
        ("with a likely range, from which runs draw", len(ranged)),
        ("- of these resting on what was read", len(known)),
        ("- assumptions beside rows that bear on them", len(beside)),
        ("- assumptions on judgement alone", len(ranged) - len(known) - len(beside)),
        ("held fixed", len(fixed)),
        ("- of these assumptions", guessed),
        ("- scales, rules and switches", len(fixed) - guessed),
    ]
    return listed(("Numbers on behaviour, shared by all programmes", "Count"), rows)


def data() -> str:
    """Return the log of the data: files, what they hold, and how good it is."""
    read = list(evidence.rows().values())
    quality, use = (Counter(row[key] for row in read) for key in ("quality", "use"))
    figures = [one for each in own_figures().values() for one in each]
    origin = Counter(one.origin for one in figures)
    reported = table_of("validation_outcomes")
    rows = [
        (
            "`scenarios/evidence.csv`",
            f"{len(read)} rows of literature and records, "
            f"{sum(bool(row['address']) for row in read)} with an address",
            f"{quality['primary']} primary, {quality['secondary']} secondary, "
            f"{quality['recalled']} recalled without the text at hand; {use['contradicts']} "
            "contradict the value that is used",
        ),
        (
            "`scenarios/base.yaml`",
            f"{len(evidence.numbers())} numbers on behaviour",
            "see the table below; each with its grounds in [What is known](evidence.md)",
        ),
        (
            "`scenarios/programmes/`",
            f"{len(own_figures())} programmes with {len(figures):,} figures of their own",
            f"{origin['source']:,} with a source or a reason, {origin['assumption']:,} "
            f"assumptions, {origin['unsaid']:,} without a note; "
            f"{sum(one.ranged for one in figures):,} have a likely range",
        ),
        (
            "`scenarios/validation.yaml`",
            f"{len(reported)} reported outcomes that are scored, of "
            f"{len({row['scenario'] for row in reported})} programmes",
            _kinds(reported),
        ),
    ]
    return listed(("File", "What it holds", "How good it is"), rows)


def _kinds(reported: Sequence[Row]) -> str:
    figures = sum(bool(row["covered"]) for row in reported)
    addresses = sum(bool(row["address"]) for row in reported)
    return (
        f"{figures} figures and {len(reported) - figures} statements in words; {addresses} with an "
        "address; many are press reports, as each says"
    )


def register() -> str:
    """Return how many assumptions stand in which generated register."""
    fields = len(assumptions())
    own = sum(one.origin == "assumption" for each in own_figures().values() for one in each)
    assumed = sum(one.status == evidence.ASSUMED for one in evidence.numbers())
    rows = [
        (
            "[What is known of each number](evidence.md)",
            "behaviour shared by all programmes",
            f"{assumed} assumptions of {len(evidence.numbers())} numbers, each with its reason",
        ),
        (
            "[Fields of a scenario](fields.md)",
            "defaults of fields that a scenario leaves out",
            f"{fields} defaults without a source",
        ),
        (
            "[Catalogue](catalogue.md), `smpsim show NAME`",
            "programmes",
            f"{own:,} figures marked as assumptions in their files",
        ),
    ]
    return listed(("Register", "Of what", "How many"), rows)


def verification() -> str:
    """Return how many tests there are, rounded down, and what each folder of them holds."""
    found = sum(_tests(file) for file in TESTS.rglob("test_*.py"))
    rows = [(f"`tests/{room}`", said) for room, said in ROOMS.items()]
    return (
        f"More than {found // STEP * STEP:,} test functions, many of them for a series of cases, "
        f"run before a change is accepted. {len(RULES)} decisions are functions that a user can "
        f"replace; {len(OUTCOMES)} outcomes are counted.\n\n"
        + listed(("Folder", "What its tests check"), rows)
    )


def _tests(file: Path) -> int:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return sum(
        isinstance(one, ast.FunctionDef) and one.name.startswith("test_") for one in ast.walk(tree)
    )


def validation() -> str:
    """Return how many reported figures lie inside predictions of each kind, and the scores."""
    naive = {row["outcome"] for row in table_of("calibration_naive") if row["covered"]}
    kinds = {
        "the parameters as they are drawn in any run": "validation_outcomes",
        "the reports on all other programmes, with the error of the model": "calibration_left_out",
        "the likely ranges alone, without calibration": "calibration_uncalibrated",
        "comparable programmes' own figures, without a model": "calibration_naive",
    }
    rows = []
    for said, name in kinds.items():
        figures = [row for row in table_of(name) if row["covered"]]
        words = [row for row in table_of(name) if row["agrees"] and not row["covered"]]
        alike = [float(row["interval_score"]) for row in figures if row["outcome"] in naive]
        (level,) = {float(row["level"]) for row in figures}
        inside = sum(row["covered"] == "True" for row in figures)
        agree = sum(row["agrees"] == "True" for row in words)
        rows.append(
            (
                said,
                f"{inside} of {len(figures)} at {level:.0%}",
                f"{agree} of {len(words)}",
                f"{sum(alike) / len(alike):.2f}",
            )
        )
    verdicts = Counter(row["verdict"] for row in table_of("validation_patterns"))
    heads = (
        "Predicted from",
        "Reported figures inside the interval",
        "Statements in words that get 10 % or more",
        f"Mean interval score of the {len(naive)} figures that all can predict (lower is better)",
    )
    return (
        listed(heads, rows)
        + f"\n\nOf {sum(verdicts.values())} expectations on patterns, {verdicts['holds']} hold, "
        + f"{verdicts['does not hold']} do not, and {verdicts['unclear']} are unclear."
    )


def errors() -> str:
    """Return what the model is known to get wrong."""
    reasons = {row["outcome"]: row for row in table_of("validation_outcomes")}
    rows: list[tuple[str, str, str]] = []
    for row in table_of("calibration_left_out"):
        if row["covered"] == "False":
            reported = reasons[row["outcome"]]
            low, high = (in_reported_form(row[end], reported) for end in ("run_low", "run_high"))
            said = f"reported {reported['reported']}; predicted {low} to {high}"
            rows.append((row["outcome"], said, reported["likely_reason"]))
    for row in table_of("validation_patterns"):
        if row["verdict"] == "does not hold":
            ends = (float(row[end]) for end in ("ci_low", "ci_high"))
            shown = (f"{end:,.0f}" if abs(end) >= 1000 else f"{end:.3g}" for end in ends)
            found = f"does not hold: {' to '.join(shown)}"
            rows.append((f"{row['scenario']}: {row['expectation']}", found, ""))
    cells = [[evidence.cell(text) for text in row] for row in rows]
    return listed(("Outcome or expectation", "What was found", "Likely reason"), cells)


def in_reported_form(value: str, reported: Row) -> str:
    """Return a predicted number in the form of what was reported."""
    number = float(value)
    return f"{100 * number:.3g} %" if reported["reported"].endswith("%") else f"{number:.3g}"


def influence() -> str:
    """Return which numbers decide most in the reference study of sensitivity."""
    found = sorted(table_of("sensitivity_indices"), key=lambda row: -float(row["mu_star"]))
    placed = [row["parameter"] for row in found if row["outcome"] == "placed"]
    named = ", ".join(f"`{one}`" for one in placed[:MOST_NAMED])
    return (
        f"In the reference study of THAMM Germany {len(placed)} numbers were varied; those that "
        f"change the number placed most are {named}."
    )


PARTS: dict[str, Callable[[], str]] = {
    "data": data,
    "shared numbers": shared,
    "registers": register,
    "tests": verification,
    "coverage": validation,
    "influence": influence,
    "known errors": errors,
}
"""What the page takes from files, by the name that stands in its comments."""


def page() -> str:
    """Return the text of the page."""
    return page_parts.filled(FILE.read_text(encoding="utf-8"), PARTS, "make_assurance")


def own_words(text: str) -> str:
    """Return the page without the parts that are made."""
    return page_parts.own_words(text, PARTS, "make_assurance")


def main() -> None:
    """Write the page with its figures."""
    FILE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
