"""Guided questions: which values of a scenario they ask for, and how each is asked.

A question names key paths only. What a value means, its unit and its range are those of the
schema, and the sections that are meant (employers, visa lane) those of the programme.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from smpsim.scenario import KeyPathError, Scenario, get_value
from smpsim.scenario.allowed_values import Shape, shape_at
from smpsim.scenario.keypaths import KeyPath, format_path, parse_path
from smpsim.scenario.levers import idle_levers
from smpsim.scenario.programmes import Programme
from smpsim.scenario.quantities import KINDS
from smpsim.scenario.values_at_keys import scenario_data

PROGRAMME, INSTITUTIONS, EMPLOYERS = "programmes.*", "institutions.*", "employers.*"
LANE, OFFICE = "governments.*.visa.lanes.*", "governments.*"
QUESTIONS: dict[str, tuple[str, ...]] = {
    "Who trains, and how long?": (
        f"{PROGRAMME}.intakes.seats",
        f"{PROGRAMME}.intakes.every_months",
        f"{PROGRAMME}.intakes.number",
        f"{PROGRAMME}.training.months_before_departure",
        f"{PROGRAMME}.training.language_hours_per_month",
        f"{PROGRAMME}.training.language_target",
        f"{PROGRAMME}.training.months_after_arrival",
        f"{INSTITUTIONS}.seats",
        f"{INSTITUTIONS}.quality",
        f"{INSTITUTIONS}.alignment",
    ),
    "Who hires?": (
        f"{PROGRAMME}.employer_involvement",
        f"{PROGRAMME}.demand",
        f"{PROGRAMME}.founding_share",
        f"{PROGRAMME}.contract.retention_clause_months",
        f"{EMPLOYERS}.count",
        f"{EMPLOYERS}.vacancies_per_year",
        f"{EMPLOYERS}.patience_months",
        f"{EMPLOYERS}.willingness_to_pay",
    ),
    "Who pays?": (
        f"{PROGRAMME}.funding.training.employer",
        f"{PROGRAMME}.funding.language.employer",
        f"{PROGRAMME}.fee_per_recruit",
        f"{PROGRAMME}.refund_share",
        f"{PROGRAMME}.costs.stipend",
        f"{PROGRAMME}.costs.language",
        f"{INSTITUTIONS}.cost_per_trainee_month",
        f"{PROGRAMME}.costs.overhead",
    ),
    "How long is the visa?": (
        f"{LANE}.decisions_per_month",
        f"{LANE}.minimum_months",
        f"{LANE}.months",
        f"{LANE}.refusal",
        f"{PROGRAMME}.visa_lane",
        f"{PROGRAMME}.recognition",
        f"{OFFICE}.recognition.months",
        f"{PROGRAMME}.departure_months",
    ),
}
Data = Mapping[str, Any]
MIDDLES = ("median", "mean", "mode", "poisson")
"""Parameters of distributions that say where their middle is, and so what a slider moves."""
TIMES = 3
"""A slider reaches so many times the scenario's own value, where the schema allows it."""
ROOM = {"months": 12, "intakes": 5, "hours": 100, "vacancies per year": 10, "share": 1, "0 to 1": 1}
"""How far a slider reaches at least, by unit, as a scenario's own value may be 0."""
LEAST_ROOM, LEAST_MONEY = 10, 1000
"""The same of all other units, and of money."""
STEPS = 50
"""A slider has at least as many steps."""


@dataclass(frozen=True)
class Control:
    """A value that can be changed, and how.

    Parameters
    ----------
    key : str
        Its key path.
    label, unit : str
        From the schema.
    value, original : object
        Now, and in the scenario without changes.
    low, high, step : float
        Of the slider of a number.
    words : tuple of str
        To choose from, where it is no number.
    note : str
        What must be known about it.
    template : str
        What is asked, whatever the names of groups are: the same in all scenarios.
    """

    key: str
    label: str
    unit: str
    value: Any
    original: Any
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    words: tuple[str, ...] = ()
    note: str = ""
    template: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the slider moves from one whole number to another."""
        return all(float(one).is_integer() for one in (self.low, self.high, self.step))

    def taken(self, value: float) -> Any:
        """Return what a slider says as a value, without the noise of binary fractions."""
        digits = max(0, -math.floor(math.log10(self.step)) + 1)
        rounded = round(float(value), digits)
        return int(rounded) if rounded.is_integer() else rounded

    def setting(self, value: Any, scenario: Scenario) -> tuple[str, Any]:
        """Return the key path and the value that a scenario is given.

        A share of the funding is set with the others, which keep their proportion to each other;
        alone they are the donor's.
        """
        path = parse_path(self.key)
        if "funding" not in path:
            return self.key, value
        whole, party = path[:-1], str(path[-1])
        others = {one: part for one, part in _funding(scenario, whole).items() if one != party}
        total = sum(others.values())
        if total <= 0:
            others, total = {"donor": 1.0}, 1.0
        rest = {one: round((1 - value) * part / total, 6) for one, part in others.items()}
        first = next(iter(rest))
        rest[first] = round(1 - value - sum(part for o, part in rest.items() if o != first), 6)
        shares = {party: value, **{one: part for one, part in rest.items() if part}}
        return format_path(whole), {one: part for one, part in shares.items() if part}


def controls(scenario: Scenario, original: Scenario, programme: str) -> dict[str, list[Control]]:
    """Return what each question asks of a programme.

    Parameters
    ----------
    scenario : Scenario
        As it is now.
    original : Scenario
        Without changes.
    programme : str
    """
    (design,) = (one for one in scenario.programmes if one.name == programme)
    # made once, as it takes longer than all that is read of it
    data = scenario_data(scenario), scenario_data(original)
    idle = {one.key: one.why for one in idle_levers(scenario, design)}
    found = {}
    for question, templates in QUESTIONS.items():
        asked = [
            replace(control, template=template, note=_joined(control.note, idle.get(control.key)))
            for template in templates
            for path in _paths(template, design)
            if (control := _control(path, scenario, original, data)) is not None
        ]
        found[question] = asked
    return found


def _joined(note: str, why: str | None) -> str:
    """Return a note, with why a lever cannot act."""
    return "; ".join(one for one in (f"no effect here: {why}" if why else "", note) if one)


def _paths(template: str, design: Programme) -> Iterator[KeyPath]:
    """Yield the key paths that a template stands for in a programme."""
    head, _, tail = template.partition(".*")
    names = {
        "programmes": (design.name,),
        "institutions": tuple(design.institutions),
        "employers": tuple(design.employers),
        "governments": (design.destination,),
    }[head]
    for name in names:
        steps = [design.visa_lane if step == "*" else step for step in tail.split(".")[1:]]
        yield (head, name, *steps)


def _control(
    path: KeyPath, scenario: Scenario, original: Scenario, data: tuple[Data, Data]
) -> Control | None:
    """Return how a value is asked for; None where it is not stated, so that nothing can move."""
    if path[2] == "funding":
        return _share_of_funding(path, scenario, original)
    try:
        now, before = (get_value(one, path) for one in data)
    except KeyPathError:
        # the other lane has no such distribution
        return None
    field = _shape(path)
    if field is None or now is None:
        return None
    label, unit = _about(path), field.unit
    if isinstance(now, Mapping):
        middle = _middle(now)
        if middle is None:
            return None
        path, now = (*path, *middle), _inside(now, middle)
        before = _inside(before, middle) if isinstance(before, Mapping) else now
        label += f" ({'mean' if middle[-1] == 'poisson' else middle[-1]})"
    key = format_path(path)
    note = _note(key, scenario)
    if isinstance(now, str):
        words = field.words() or _lanes(path, scenario)
        if len(words) < 2:
            return None
        return Control(key, label, "", now, before, words=words, note=note)
    low, high, step = _range(field, unit, now, before)
    return Control(key, label, unit, now, before, low, high, step, note=note)


def _share_of_funding(path: KeyPath, scenario: Scenario, original: Scenario) -> Control:
    *whole, party = path
    now, before = (_funding(one, tuple(whole)).get(party, 0.0) for one in (scenario, original))
    label = f"Share of {whole[-1]} that the {party} pays"
    key = format_path(path)
    return Control(key, label, "share", now, before, note=_note(format_path(whole), scenario))


def _funding(scenario: Scenario, whole: KeyPath) -> dict[Any, float]:
    (design,) = (one for one in scenario.programmes if one.name == whole[1])
    item: Any = whole[-1]
    return dict(design.payers_of(item))


def _shape(path: KeyPath) -> Shape | None:
    """Return what the schema allows at a path with names."""
    lists = ("programmes", "institutions", "employers")
    return shape_at((path[0], 0, *path[2:]) if path[0] in lists else path)


def _about(path: KeyPath) -> str:
    """Return what the schema says that a field is, in its first words."""
    above = _shape(path[:-1])
    field = above.section.model_fields[str(path[-1])] if above and above.section else None
    text = re.sub(r"\s*(\[[^]]*\]|\((E\d|Action)[^)]*\))", "", (field and field.description) or "")
    # how a file writes it says nothing here
    return re.sub(r",[^,]*\{[^}]*\}", "", text).partition(";")[0]


def _middle(value: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the steps to the parameter of a distribution that says where its middle is."""
    kind = next(iter(value))
    if kind == "poisson":
        return (kind,)
    return next(((kind, one) for one in MIDDLES if one in KINDS[kind].parameters), None)


def _inside(value: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _lanes(path: KeyPath, scenario: Scenario) -> tuple[str, ...]:
    """Return the lanes of the visa office, the only words that a scenario names itself."""
    if path[-1] != "visa_lane":
        return ()
    (design,) = (one for one in scenario.programmes if one.name == path[1])
    return tuple(scenario.governments[design.destination].visa.lanes)


def _range(field: Shape, unit: str, now: float, before: Any) -> tuple[float, float, float]:
    """Return the ends and the step of a slider."""
    least, most = field.bounds
    if unit in ("share", "0 to 1"):
        least, most = max(least, 0.0), min(most, 1.0)
    own = float(before if isinstance(before, (int, float)) else now)
    room = ROOM.get(unit, LEAST_MONEY if unit.startswith("currency") else LEAST_ROOM)
    high = min(_rounded_up(max(TIMES * abs(own), room, now)), most)
    low = max(least if math.isfinite(least) else 0.0, -high)
    low = min(low, own, now) if least <= min(low, own, now) else least
    return low, high, _step(high - low, own - low, field.is_whole)


def _rounded_up(value: float) -> float:
    """Return the next of 1, 1.5, 2, 3, 5 and 10 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    fitting = next(one for one in (1, 1.5, 2, 3, 5, 10) if one * power >= value * (1 - 1e-9))
    return float(fitting * power)


def _step(width: float, own: float, whole: bool) -> float:
    """Return the largest round step on whose grid the scenario's own value lies."""
    power = math.floor(math.log10(max(width, 1e-6) / STEPS))
    for exponent in range(power, power - 5, -1):
        for digit in (5, 2, 1):
            step = digit * 10.0**exponent
            if whole and step < 1:
                return 1.0
            if step <= width / STEPS and abs(own / step - round(own / step)) < 1e-6:
                return float(round(step, 10))
    return float(round(10.0 ** (power - 4), 10))


def _note(key: str, scenario: Scenario) -> str:
    """Return from which month on the timeline has values of its own, which a slider leaves."""
    # what is set may be a part, or the whole that it is a part of
    months = [
        change.month
        for change in scenario.timeline
        if any(_touch(str(one), key) for one in change.set)
    ]
    if not months:
        return ""
    return (
        f"takes effect until month {min(months)}; then the scenario's timeline sets its own values"
    )


def _touch(one: str, other: str) -> bool:
    first, second = parse_path(one), parse_path(other)
    length = min(len(first), len(second))
    return first[:length] == second[:length]
