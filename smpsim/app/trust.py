"""What is known and what is assumed: the figures of a scenario with what its file says of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smpsim.app.state import State
from smpsim.messages import shown_value
from smpsim.scenario.allowed_values import shape_at
from smpsim.scenario.keypaths import parse_path, starts_with
from smpsim.scenario.marks import Mark, marks

CHANGED, KNOWN, ASSUMED, UNSAID = "changed here", "source stated", "assumption", "nothing stated"
GRADES = {"source": KNOWN, "assumption": ASSUMED, "unsaid": UNSAID}
"""What is said of a figure, by what `smpsim.scenario.marks` calls it."""
LEFT_OUT = (
    "People, employers and offices are invented; none of them is a real one.",
    "Wages, the rest of the labour market and the law are given and do not react.",
    "Few outcomes of real programmes are known to test it with: trust differences between designs "
    "more than levels.",
    "Not for decisions about persons, for ranking countries, or as proof that a programme worked.",
)
"""In short; docs/limits_of_use.md says it in full."""


@dataclass(frozen=True)
class Figure:
    """A figure of a scenario and where it comes from.

    Parameters
    ----------
    key, value : str
    grade : str
        `CHANGED`, `KNOWN`, `ASSUMED` or `UNSAID`.
    said : str
        What its file says of it.
    is_shared : bool
        Whether it is behaviour, which programmes have in common.
    """

    key: str
    value: str
    grade: str
    said: str
    is_shared: bool


def figures(state: State) -> list[Figure]:
    """Return every figure that the files of a scenario state, in their order."""
    changed = {parse_path(key): value for key, value in state.changes.items()}
    return [_figure(one, changed) for one in marks(state.source)]


def _figure(mark: Mark, changed: Mapping[tuple[str | int, ...], object]) -> Figure:
    path = parse_path(mark.key)
    own = [one for one in changed if starts_with(one, path) or starts_with(path, one)]
    if own:
        shown = ", ".join(shown_value(changed[one]) for one in own)
        return Figure(
            mark.key, shown, CHANGED, f"{shown_value(mark.value)} in the file", mark.shared
        )
    shape = shape_at(path)
    unit = shape.unit if shape else ""
    shown = f"{shown_value(mark.value)} [{unit}]" if unit else shown_value(mark.value)
    return Figure(mark.key, shown, GRADES[mark.origin], mark.text, mark.shared)


def counted(found: list[Figure]) -> str:
    """Return in a sentence how many figures are known and how many are assumed."""
    own = [one for one in found if not one.is_shared]
    shared = [one for one in found if one.is_shared]
    counts = {grade: sum(one.grade == grade for one in own) for grade in _WORDS}
    parts = ", ".join(f"{counts[one]} {words}" for one, words in _WORDS.items() if counts[one])
    text = f"Of {len(own)} figures that the scenario states: {parts}."
    if shared:
        guessed = sum(one.grade == ASSUMED for one in shared)
        text += f" Of {len(shared)} on behaviour {guessed} are assumptions."
    return text


_WORDS = {
    KNOWN: "with a source or a reason",
    ASSUMED: "assumptions",
    UNSAID: "with nothing stated",
    CHANGED: "changed here",
}
