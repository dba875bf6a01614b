"""What the catalogue states for real programmes: all of them, and the nearest to a design.

Many of these values are assumptions of the catalogue; the screen *Trust* of each says which.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from smpsim.guided.questions import Control, controls
from smpsim.scenario import Scenario, ScenarioError, load, names
from smpsim.scenario.programmes import Programme

FOLDER = "programmes"
"""Where the catalogue keeps scenarios of real programmes."""
MOST_NAMED = 3
MISSING = 1.0
"""How far programmes are apart in what only one of them has."""


@dataclass(frozen=True)
class Profile:
    """A real programme as the catalogue states it.

    Parameters
    ----------
    scenario, title, programme, currency : str
    values : dict of str to float or str
        By what is asked (`Control.template`); of several groups the first.
    labels : dict of str to str
        What is asked, in words.
    """

    scenario: str
    title: str
    programme: str
    currency: str
    values: dict[str, float | str]
    labels: dict[str, str]

    @property
    def name(self) -> str:
        """What it is called, with the programme where the scenario has one of a name of its own."""
        return self.title if self.programme == "pilot" else f"{self.title}, {self.programme}"


@dataclass(frozen=True)
class Real:
    """A real programme in its scenario.

    Parameters
    ----------
    scenario : Scenario
    programme : Programme
    profile : Profile
        What is asked of it.
    """

    scenario: Scenario
    programme: Programme
    profile: Profile


@dataclass(frozen=True)
class Near:
    """The real programme that is nearest to a design.

    Parameters
    ----------
    profile : Profile
    differs : tuple of str
        In what it differs most, in words.
    """

    profile: Profile
    differs: tuple[str, ...]


_lock = threading.Lock()


def profiles() -> tuple[Profile, ...]:
    """Return what is asked of all real programmes of the catalogue; they are read once."""
    return tuple(one.profile for one in real_programmes())


def real_programmes() -> tuple[Real, ...]:
    """Return all real programmes of the catalogue; they are read once."""
    with _lock:
        return _read()


@cache
def _read() -> tuple[Real, ...]:
    found: list[Real] = []
    for entry in names():
        if entry.kind != FOLDER or entry.part:
            continue
        try:
            design = load(entry.name)
        except ScenarioError:
            # a faulty file must not hide the others
            continue
        found += programmes_of(design, entry.name, entry.title)
    return tuple(found)


def programmes_of(design: Scenario, name: str, title: str = "") -> list[Real]:
    """Return the programmes of a scenario, which is called `name`."""
    return [
        Real(design, one, profile_of(design, one.name, name, title)) for one in design.programmes
    ]


def profile_of(design: Scenario, programme: str, name: str = "", title: str = "") -> Profile:
    """Return what is asked of a programme, with its values."""
    values: dict[str, float | str] = {}
    labels: dict[str, str] = {}
    for members in controls(design, design, programme).values():
        for one in members:
            values.setdefault(one.template, one.value)
            labels.setdefault(one.template, one.label)
    return Profile(name, title or design.name, programme, design.currency, values, labels)


def marks_of(control: Control, currency: str, known: Sequence[Profile]) -> dict[float, list[str]]:
    """Return which real programmes have which value of a slider, where it reaches them.

    Amounts are those of programmes with the same currency.
    """
    found: dict[float, list[str]] = {}
    money = control.unit.startswith("currency")
    for one in known:
        value = one.values.get(control.template)
        if value is None or isinstance(value, str) or (money and one.currency != currency):
            continue
        if control.low <= value <= control.high:
            found.setdefault(float(value), []).append(one.name)
    return dict(sorted(found.items()))


def nearest(mine: Profile, known: Sequence[Profile]) -> Near | None:
    """Return the real programme that differs least from a design.

    Numbers are compared by their ratio, against the spread of that ratio among real programmes;
    amounts only in the same currency. What one of the two does not have counts as far apart.

    Parameters
    ----------
    mine : Profile
    known : sequence of Profile
    """
    spreads = _spreads(known)
    best: tuple[float, Profile, dict[str, float]] | None = None
    for one in known:
        apart = _apart(mine, one, spreads)
        distance = sum(apart.values()) / max(len(apart), 1)
        if best is None or distance < best[0]:
            best = (distance, one, apart)
    if best is None:
        return None
    _, profile, apart = best
    most = sorted((key for key in apart if apart[key] > 0), key=lambda key: -apart[key])
    said = tuple(_difference(key, mine, profile) for key in most[:MOST_NAMED])
    return Near(profile, said)


def _scaled(value: float) -> float:
    return math.copysign(math.log1p(abs(value)), value)


def _spreads(known: Sequence[Profile]) -> dict[str, float]:
    """Return by how much real programmes differ in each number, on the scale of ratios."""
    values: dict[str, list[float]] = {}
    for one in known:
        for key, value in one.values.items():
            if not isinstance(value, str):
                values.setdefault(key, []).append(_scaled(value))
    found = {}
    for key, numbers in values.items():
        middle = sum(numbers) / len(numbers)
        found[key] = math.sqrt(sum((one - middle) ** 2 for one in numbers) / len(numbers))
    return found


def _apart(mine: Profile, other: Profile, spreads: Mapping[str, float]) -> dict[str, float]:
    found = {}
    for key in mine.values.keys() | other.values.keys():
        one, two = mine.values.get(key), other.values.get(key)
        if mine.currency != other.currency and _is_money(key):
            continue
        if one is None or two is None or isinstance(one, str) != isinstance(two, str):
            found[key] = MISSING
        elif isinstance(one, str) or isinstance(two, str):
            found[key] = float(one != two)
        elif one != two:
            found[key] = abs(_scaled(one) - _scaled(two)) / max(spreads.get(key, 0.0), 0.1)
    return found


def _is_money(template: str) -> bool:
    parts = ("costs", "cost_per_trainee_month", "fee_per_recruit", "willingness_to_pay")
    return any(part in template for part in parts)


def _difference(key: str, mine: Profile, other: Profile) -> str:
    label = (mine.labels | other.labels)[key]
    one, two = (_shown(side.values.get(key)) for side in (mine, other))
    return f"{label[:1].lower()}{label[1:]}: {two} there, {one} here"


def _shown(value: float | str | None) -> str:
    if value is None:
        return "none"
    return value.replace("_", " ") if isinstance(value, str) else f"{value:,.4g}"
