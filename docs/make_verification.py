"""Write ``docs/verification.md``: what the tests hold against theory, from the tests themselves.

Run it from any folder after a test of these files is added, removed or renamed::

    python docs/make_verification.py
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from scipy.stats import binomtest

DOCS = Path(__file__).resolve().parent
FILE = DOCS / "verification.md"
TESTS = DOCS.parent / "tests"
HEAD = """\
# Verification

This page lists the tests that check whether the program does what [the model description](odd.md)
says. They compare it with theory, with another program and with itself. Whether the model resembles
the world is a question of [validation](validate.md). `docs/make_verification.py` makes the page
from the tests: each line is the name of a test, and the test fails if the statement does not hold.
Tests of files, messages, commands and pages are left out; the [assurance sheet](assurance.md)
counts all tests.

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
        "The same pipeline written in SimPy, with processes and resources and no code in common.",
        ["model/test_independent.py"],
    ),
    "Nothing is lost": (
        "People and money are conserved, and the loss account adds up.",
        ["model/test_conservation.py", "model/test_losses.py", "model/test_bounds.py"],
    ),
    "Directions and limits": (
        "What each lever does to placements, cost and people, and what happens at the limits of "
        "what is possible.",
        ["model/test_directions.py", "model/test_limits.py"],
    ),
    "Rules": (
        "Single rules, against cases worked by hand.",
        [
            "model/test_rules_of_agents.py",
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
            "model/test_rules_of_lives.py",
            "model/test_terms.py",
            "model/test_units.py",
        ],
    ),
    "Experiments": (
        "Whether mechanisms work together as the [experiments](experiments.md) say.",
        ["model/test_experiments_offices.py", "model/test_experiments_trust.py"],
    ),
    "The same numbers everywhere": (
        "Step by step in Mesa, in one loop, on any number of threads and workers, branched, saved, "
        "interrupted and run again.",
        [
            "model/test_drivers.py",
            "model/test_reuse.py",
            "model/test_small_worlds.py",
            "model/test_plausible_worlds.py",
            "studies/test_killed.py",
            "archives/test_verify.py",
        ],
    ),
    "Statistics": (
        "Estimates and intervals, compared with formulas, and how often they cover a known truth.",
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
        "Whether what is learned from reports is right in cases where the truth is known: "
        "simulation-based calibration, theoretical posteriors, synthetic programmes.",
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
    "ishigami": "Ishigami",
    "kalman": "Kalman",
    "laplace": "Laplace",
    "python": "Python",
    "json": "JSON",
    "users": "user's",
}
PHRASES = {
    "m d 1": "M/D/1",
    "ones own": "one's own",
    "employers forecast": "employers' forecast",
    "programmes statements": "programme's statements",
    "first order": "first-order",
}
"""Words and phrases that a name cannot spell."""


MUTANTS = TESTS / "reference" / "mutants.csv"
DATE_OF_MUTANTS = "28 November 2026"
ABOUT_MUTANTS = """\
## Mutants

Do the tests notice when a rule is wrong? [cosmic-ray](https://cosmic-ray.readthedocs.io) changed
places of `smpsim/agents` and `smpsim/world` one at a time, chosen at random: `<` became `>=`, a
product became a quotient, `and` became `or`, a number grew by one, a loop was left out. For each
such mutant, the quick tests that run the changed place were run, with the rules as plain Python.
{tried} of {places} places were tried, on {date}:

{table}

Mutants that survived were examined one by one, and tests were written for rules of that kind rather
than for that one place. The share of mutants caught by tests written for them says little about
others, so **mutants tried later were counted before any test was written for them: {noticed} of
{fresh} were noticed, {share}**, with 95 % intervals:

{rounds}

The present tests notice {now} of {of}. All counts leave out mutants that no test can notice because
they give the same results. "Recorded numbers" are small worlds whose outcomes must
not change: such a test notices that a rule has changed, but not which version is right. Slow tests,
and those of the compiled model, were never run on a mutant.

```
python tests/mutation.py --minutes 20    # try some more, from where the last call ended
```
"""
HEAD_OF_ROUNDS = """\
| Times that tests had been written | Tried then | Noticed | Share |
|---|---|---|---|"""


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
            for phrase, spelt in PHRASES.items():
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


def is_equivalent(why: str) -> bool:
    """Return whether a mutant that survived comes to the same."""
    return why.startswith("equivalent")


def share_of(part: int, whole: int) -> str:
    """Return a share with its 95 % interval (Wilson)."""
    ends = binomtest(int(part), int(whole)).proportion_ci(method="wilson")
    return f"{100 * part / whole:.0f} % ({100 * ends.low:.0f} to {100 * ends.high:.0f} %)"


def mutants() -> str:
    """Return the section on mutants."""
    found = pd.read_csv(MUTANTS, keep_default_na=False)
    equivalent = found["why"].map(is_equivalent)
    lasts = found["killed_by"].replace("", "survived").where(~equivalent, "equivalent")
    kinds = [
        "rules",
        "recorded numbers",
        "timeout",
        "test written for it",
        "survived",
        "equivalent",
    ]
    heads = ["Tests of rules", "Recorded numbers", "Endless", "Tests written for it", "Survived"]
    rooms = found["file"].str.partition("/")[0]
    counts = pd.crosstab(rooms, lasts).reindex(columns=kinds, fill_value=0)
    counts.loc["all"] = counts.sum()
    head = f"| Folder | Tried | {' | '.join(heads)} | Equivalent |"
    rows = [
        f"| {f'`{room}`' if room != 'all' else 'all'} | {row.sum()} | "
        f"{' | '.join(str(n) for n in row)} |"
        for room, row in counts.iterrows()
    ]
    table = "\n".join([head, "|---" * (len(kinds) + 2) + "|", *rows])
    fresh = found[(found["round"] > 0) & ~equivalent]
    met = fresh["killed_by"].isin(["rules", "recorded numbers", "timeout"])
    rounds = met.groupby(fresh["round"]).agg(["sum", "size"])
    lines_of_rounds = [
        f"| {number} | {row['size']} | {row['sum']} | {share_of(row['sum'], row['size'])} |"
        for number, (_, row) in enumerate(rounds.iterrows(), 1)
    ]
    about = ABOUT_MUTANTS.format(
        tried=len(found),
        places=f"{found['places'].iloc[0]:,}",
        date=DATE_OF_MUTANTS,
        table=table,
        fresh=len(fresh),
        noticed=int(met.sum()),
        share=share_of(met.sum(), len(met)),
        rounds="\n".join([HEAD_OF_ROUNDS, *lines_of_rounds]),
        now=int((found["killed_by"] != "").sum()),
        of=int((~equivalent).sum()),
    )
    left = found[(found["killed_by"] == "") & ~equivalent]
    lines = [f"- `{m.file}`, `{m.before}` as `{m.after}`: {m.why}" for m in left.itertuples()]
    same = found[equivalent]
    lines += ["", f"And {len(same)} that give the same results:", ""]
    lines += [
        f"- `{m.file}`, `{m.before}` as `{m.after}`: {m.why.removeprefix('equivalent: ')}"
        for m in same.itertuples()
    ]
    return "\n".join([about, "Those that survived:", "", *lines, ""])


def page() -> str:
    """Return the page."""
    sections = {title: section(title, *part) for title, part in PARTS.items()}
    rows = [f"| {title} | {count} |" for title, (_, count) in sections.items()]
    table = ["| What | Tests |", "|---|---|", *rows, ""]
    first = next(iter(PARTS.values()))[1][0]
    texts = [text for text, _ in sections.values()]
    parts = [HEAD.format(first=first), *table, *texts, mutants()]
    return "\n".join(parts).rstrip("\n") + "\n"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
