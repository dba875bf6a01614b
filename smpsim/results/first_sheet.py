"""What stands on the first sheet of a workbook: what a result is, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smpsim import __version__
from smpsim.results.provenance import brief

if TYPE_CHECKING:
    from smpsim.results.study_result import StudyResult

WHAT = (
    "Exploratory result of an agent-based model: what follows from the assumptions of the "
    "scenarios, not an observation. Use it to compare designs, not to promise numbers."
)
PARAMETERS = {
    "likely": (
        "likely: each run draws what is not known well from its likely range, so ranges of runs "
        "include chance and what is not known"
    ),
    "table": "draws of the user's own, so ranges of runs include chance and what these draws vary",
}
"""What ``parameters`` of a result mean."""
PLAIN = {
    "study": "study",
    "method": "method",
    "fails": "a run has failed if",
    "set": "values set",
    "with": "actions added",
    "designs": "designs",
    "worlds": "plausible worlds",
    "draws": "draws",
    "reports": "reports",
    "value": "worth of a placement",
}
"""Facts of a provenance that a reader needs, with what they are called."""


def facts_of(found: StudyResult) -> list[tuple[str, str]]:
    """Return what a result is and says: what each row is, and in words."""
    return list(_facts(found))


def origin_of(found: StudyResult) -> list[tuple[str, str]]:
    """Return where a result comes from, as rows: versions, hashes, fingerprints."""
    return list(_origin(found))


def _facts(found: StudyResult) -> Iterator[tuple[str, str]]:
    facts = brief(found.provenance)
    yield "what this is", WHAT
    yield "question", found.question
    for sentence in found.sentences:
        yield "answer", sentence
    names = getattr(found, "names", None)
    if names:
        letters = names if isinstance(names, Mapping) else dict(zip("AB", names, strict=False))
        for letter, name in letters.items():
            yield f"design {letter}", str(name)
    for name, scenario in found.scenarios.items():
        called = scenario.name if scenario.name in ("", name) else f"{name}: {scenario.name}"
        yield "scenario", f"{called or name} ({scenario.months} months from {scenario.start})"
    for note in getattr(found, "notes", ()):
        yield "note", str(note)
    yield from _settings(facts)
    sides = {
        side: list(_settings(facts[side])) if isinstance(facts.get(side), Mapping) else []
        for side in ("a", "b")
    }
    if sides["a"] == sides["b"]:
        yield from sides["a"]
    else:
        for side, known in sides.items():
            yield from ((f"{what} ({side.upper()})", words) for what, words in known)
    yield "runs of each design", f"{found.runs:,}"
    yield "seed", str(found.seed)
    yield "intervals", found.ABOUT.intervals
    yield "command", f"smpsim {found.VERB}"


def _origin(found: StudyResult) -> Iterator[tuple[str, str]]:
    facts = brief(found.provenance)
    for name, version in facts.get("versions", {"smpsim": __version__}).items():
        yield f"version of {name}", str(version)
    for key in ("commit", "model", "recipe_hash"):
        if facts.get(key):
            yield key.replace("_", " "), str(facts[key])
    for name, scenario in found.scenarios.items():
        yield f"fingerprint of {name}", scenario.fingerprint()


def _settings(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, called in PLAIN.items():
        value = facts.get(key)
        if key == "with" and value:
            # not where they lie on somebody's computer
            value = [Path(str(one)).name for one in value]
        if value not in (None, [], (), ""):
            several = isinstance(value, (list, tuple))
            yield called, ", ".join(map(str, value)) if several else str(value)
    drawn = facts.get("parameters")
    if isinstance(drawn, str):
        yield "parameters", PARAMETERS.get(drawn, drawn)
