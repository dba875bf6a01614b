"""Write ``docs/verification.md``: what the tests hold against theory, from the tests themselves.

Run it from any folder after a test of these files is added, removed or renamed::

    python docs/make_verification.py
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).resolve().parent
FILE = DOCS / "verification.md"
TESTS = DOCS.parent / "tests"
HEAD = """\
# Verification

Whether the program does what [the model description](odd.md) says: what is held against theory,
against another program, and against itself. Whether the model is like the world is
[validation](validate.md). The page is made from the tests by `docs/make_verification.py`: each line
is a test, its name in words, which fails if that does not hold. Tests of files, messages, commands
and pages are left out; the [assurance sheet](assurance.md) counts all.

```
python -m pytest tests/{first}    # one of these files
```
"""
PARTS = {
    "Closed forms": (
        "Results that theory gives exactly, met within three standard errors of the simulation, "
        "or to the last digit.",
        ["model/test_closed_forms.py", "model/test_luck.py", "model/test_cycle.py"],
    ),
    "Another program": (
        "The same pipeline written in SimPy, by processes and resources, without a line in common.",
        ["model/test_independent.py"],
    ),
    "Nothing is lost": (
        "People and money are conserved, and the loss account adds up.",
        ["model/test_conservation.py", "model/test_losses.py", "model/test_bounds.py"],
    ),
    "Directions and limits": (
        "What each lever does to placements, cost and people, and what happens at the ends of "
        "what is possible.",
        ["model/test_directions.py", "model/test_limits.py"],
    ),
    "Rules": (
        "Single rules, against cases worked by hand.",
        [
            "model/test_participation.py",
            "model/test_trust.py",
            "model/test_applying.py",
            "model/test_people_decide.py",
            "model/test_offers.py",
            "model/test_recognition.py",
            "model/test_staying.py",
            "model/test_governments.py",
            "model/test_growth.py",
            "model/test_effort.py",
        ],
    ),
    "Experiments": (
        "Whether mechanisms act together as [experiments](experiments.md) say.",
        ["model/test_experiments_offices.py", "model/test_experiments_trust.py"],
    ),
    "The same numbers everywhere": (
        "Step by step in Mesa, in one loop, on any number of threads and workers, branched, saved, "
        "interrupted and run again.",
        [
            "model/test_drivers.py",
            "model/test_reuse.py",
            "model/test_plausible_worlds.py",
            "studies/test_killed.py",
            "archives/test_verify.py",
        ],
    ),
    "Statistics": (
        "Estimates and intervals, against formulas, and by how often they hold a known truth.",
        [
            "results/test_intervals.py",
            "results/test_incidence.py",
            "results/test_unknown.py",
            "studies/test_compare.py",
            "studies/test_stopping.py",
            "studies/test_rank.py",
            "studies/test_sensitivity.py",
            "studies/test_decide.py",
            "studies/test_robustness.py",
        ],
    ),
    "Calibration and forecasts": (
        "Whether what is learned from reports is true, where the truth is known: simulation-based "
        "calibration, posteriors of theory, synthetic programmes.",
        [
            "studies/test_adjustment.py",
            "studies/test_calibrate.py",
            "studies/test_naive.py",
            "studies/test_scores.py",
            "studies/test_forecast.py",
        ],
    ),
}
"""Sections of the page: what they are about, and the files of tests."""

SPELT = {
    "gaussian": "Gaussian",
    "littles": "Little's",
    "nobodys": "nobody's",
    "scipy": "SciPy",
    "simpy": "SimPy",
    "mesa": "Mesa",
    "fiellers": "Fieller's",
    "holm": "Holm's adjustment",
    "philox": "Philox",
    "poisson": "Poisson",
    "sobol": "Sobol",
    "morris": "Morris",
}
"""Words that a name cannot spell."""


class Test(NamedTuple):
    """A test: its name in words, and what is said of it."""

    words: str
    about: str


def tests_of(path: Path) -> Iterator[Test]:
    """Yield the tests of a file in their order."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            words = node.name.removeprefix("test_").replace("_", " ")
            words = " ".join(SPELT.get(word, word) for word in words.split(" "))
            about = " ".join((ast.get_docstring(node) or "").split())
            for phrase, spelt in (("m d 1", "M/D/1"), ("ones own", "one's own")):
                words = words.replace(phrase, spelt)
            yield Test(words[0].upper() + words[1:], about)


def section(title: str, about: str, files: list[str]) -> tuple[str, int]:
    """Return a section of the page, and how many tests are in it."""
    lines, count = [f"## {title}", "", about, ""], 0
    for name in files:
        path = TESTS / name
        module = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        found = list(tests_of(path))
        count += len(found)
        lines += [f"**`tests/{name}`**: {' '.join(module.split())}", ""]
        lines += [f"- {one.words}{f' ({one.about})' if one.about else ''}" for one in found]
        lines += [""]
    return "\n".join(lines), count


def page() -> str:
    """Return the page."""
    sections = {title: section(title, *part) for title, part in PARTS.items()}
    rows = [f"| {title} | {count} |" for title, (_, count) in sections.items()]
    table = ["| What | Tests |", "|---|---|", *rows, ""]
    first = next(iter(PARTS.values()))[1][0]
    texts = [text for text, _ in sections.values()]
    return "\n".join([HEAD.format(first=first), *table, *texts]).rstrip("\n") + "\n"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
