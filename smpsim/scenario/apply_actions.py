"""Actions applied to a scenario, from its start and through its timeline.

Actions work on the checked scenario, in which every default is written out and every amount is in
the scenario's currency. What comes out is a document whose changed values have their places in the
files of the actions, so that an impossible result is reported there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from smpsim.messages import shown_list
from smpsim.scenario.actions import STAR, Action, ActionSource, Change, read_action
from smpsim.scenario.allowed_values import plain
from smpsim.scenario.keypaths import KeyPath, KeyPathError, format_path, starts_with
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.ranges import SECTION
from smpsim.scenario.schema import Scenario
from smpsim.scenario.timeline import FIXED_PATHS
from smpsim.scenario.values import (
    CURRENCY,
    Operation,
    UnfitError,
    converted,
    is_money,
    operated,
    read_value,
    shape_in_scenario,
)
from smpsim.scenario.values_at_keys import get_value, put
from smpsim.scenario.yaml_files import Document

Data = dict[str, Any]


class Applied(NamedTuple):
    """A value that an action has changed.

    Attributes
    ----------
    key : str
        Its key path.
    before, after : object
        In the form that a file writes.
    month : int
        From which on; 0 is the start of the run.
    """

    key: str
    before: Any
    after: Any
    month: int = 0


def with_actions(
    scenario: Scenario, actions: Sequence[ActionSource], catalogue_folder: Path | None = None
) -> tuple[Document, list[ActionSource]]:
    """Return the plain data of a scenario after actions, in their order, and those without effect.

    Parameters
    ----------
    scenario : Scenario
    actions : sequence of str or path
        Names in the catalogue, or files.
    catalogue_folder : pathlib.Path, optional
        Another catalogue than the package's.

    Raises
    ------
    ScenarioError
        If an action cannot be read or is faulty. What it makes of a scenario is not checked.
    """
    place = Place(f"scenario {scenario.name!r} with {shown_list(actions)}")
    document = Document(scenario.model_dump(mode="json"), place)
    idle = [one for one in actions if not _apply(document, *read_action(one, catalogue_folder))]
    return document, idle


def changes_of(
    scenario: Scenario, source: ActionSource, catalogue_folder: Path | None = None
) -> list[Applied]:
    """Return what an action changes in a scenario; nothing if all is as it asks for already."""
    document = Document(scenario.model_dump(mode="json"), Place(f"scenario {scenario.name!r}"))
    return _apply(document, *read_action(source, catalogue_folder))


def _apply(document: Document, action: Action, written: Document) -> list[Applied]:
    """Apply an action to a document, and return what it has changed."""
    done: list[Applied] = []
    for part in ("patch", "price"):
        if part == "price" and not done:
            # who has it already does not pay for it again
            break
        for number, change in enumerate(getattr(action, part)):
            place = written.place_of_key((part, number, "set"))
            try:
                done += _Patch(document, change, place).apply()
            except UnfitError as error:
                key = format_path((part, number, "set"))
                raise ScenarioError([Problem.at(place, key, str(error))]) from None
    return done


class _Patch:
    """One change, applied to a document from its start and through its timeline.

    A timeline may set what an action has changed: it closes an office to a tenth, and opens it
    again. At each month the value is to be what the change makes of the value without it. So two
    copies are kept, without the change and with it, and entries are rewritten where they differ.
    """

    def __init__(self, document: Document, change: Change, place: Place) -> None:
        self.document, self.change, self.place = document, change, place
        self.without: Data = document.data
        self.with_it: Data = document.data
        self.paths: dict[KeyPath, None] = {}
        self.context = {key: document.data[key] for key in ("currency", "exchange_rates")}

    def apply(self) -> list[Applied]:
        """Change the document, and return what has changed."""
        done = [
            Applied(format_path(path, self.without), before, after)
            for path, before, after in self.step()
        ]
        start = self.with_it
        entries = []
        for number, entry in enumerate(self.document.data["timeline"]):
            sets, changed = self.rewritten(entry["set"])
            entries.append({**entry, "set": sets})
            for key, before, after in changed:
                done.append(Applied(key, before, after, entry["month"]))
                self.document.keys["timeline", number, "set", key] = self.place
        self.document.data = {**start, "timeline": entries}
        return done

    def step(self) -> list[tuple[KeyPath, Any, Any]]:
        """Bring the copy with the change up to date; return path, before and after of changes."""
        found = []
        fitting = dict.fromkeys(matching(self.without, self.change.pattern, self.change.where))
        # a value that no longer fits the condition is again what it would be
        self.paths |= fitting
        for path in self.paths:
            before = self.value(self.without, path)
            after = self.after(before, path) if path in fitting else before
            if after != self.value(self.with_it, path):
                self.with_it = self.with_range(put(self.with_it, path, after)[0], path)
                self.document.keys[path] = self.document.values[path] = self.place
                found.append((path, before, after))
        return found

    def with_range(self, data: Data, path: KeyPath) -> Data:
        """Return data in which the likely range of a changed value has changed with it.

        A value that is set is known, and has none.
        """
        key = format_path(path, data)
        ends = self.without[SECTION].get(key)
        ranges = {name: one for name, one in data[SECTION].items() if name != key}
        if ends is not None and not self.change.sets_value:
            low, high = (self.after(end, path) for end in ends)
            # at least or at most a number: both ends may meet there
            ranges |= {key: [low, high]} if low < high else {}
        return {**data, SECTION: ranges} if ranges != data[SECTION] else data

    def rewritten(self, sets: Mapping[str, Any]) -> tuple[Data, list[tuple[str, Any, Any]]]:
        """Return what an entry of the timeline sets, and which of it is changed, as key, old, new.

        The copies are those of the entry's month afterwards.
        """
        previous = self.with_it
        targets: dict[str, KeyPath] = {}
        for key, value in sets.items():
            self.without, targets[key] = put(self.without, key, value)
            self.with_it = put(self.with_it, key, value)[0]
        changed = self.step()
        if not changed:
            return dict(sets), []
        found = dict(sets)
        for key, target in targets.items():
            if any(starts_with(p, target) or starts_with(target, p) for p, *_ in changed):
                found[key] = plain(get_value(self.with_it, target))
        self.with_it = previous
        for key in found:
            self.with_it = put(self.with_it, key, found[key])[0]
        # what the entry's own keys could not say, such as the other end of a distribution
        for path, _, after in changed:
            if self.value(self.with_it, path) != after and not self.fixed:
                key = format_path(path, self.without)
                found.pop(key, None)
                found[key] = after
                self.with_it = put(self.with_it, path, after)[0]
        return found, [(k, sets.get(k), v) for k, v in found.items() if v != sets.get(k)]

    @property
    def fixed(self) -> bool:
        """Whether the values hold for a whole run."""
        return ".".join(str(step) for step in self.change.pattern) in FIXED_PATHS

    def value(self, data: Data, path: KeyPath) -> Any:
        """Return the value at a path in the form of a checked scenario."""
        try:
            found = get_value(data, path)
        except KeyPathError:
            # allowed, as the action was checked, and not stated: who pays for an item
            return None
        try:
            return read_value(found, shape_in_scenario(path), self.context)
        except UnfitError:
            # what the change has made impossible is reported when the scenario is checked
            return found

    def after(self, before: Any, path: KeyPath) -> Any:
        """Return what the change makes of a value.

        Raises
        ------
        UnfitError
            If an amount cannot be converted into the scenario's currency.
        """
        shape, change = shape_in_scenario(path), self.change
        factor = self.rate() if is_money(shape) and self.has_amounts() else 1.0
        if change.sets_value:
            return converted(read_value(change.to, shape), factor)
        operation = Operation(
            change.add or 0.0,
            1.0 if change.times is None else change.times,
            change.at_least,
            change.at_most,
        )
        return operated(before, operation.in_units(factor))

    def has_amounts(self) -> bool:
        """Return whether the change states an amount, not only a ratio or no value."""
        change = self.change
        amounts = (change.add, change.at_least, change.at_most)
        return any(one is not None for one in amounts) or change.to is not None

    def rate(self) -> float:
        """Return what one unit of the actions' currency is in that of the scenario."""
        home, rates = self.context["currency"], self.context["exchange_rates"]
        if home == CURRENCY:
            return 1.0
        if CURRENCY not in rates:
            raise UnfitError(
                f"got an amount in {CURRENCY} for a scenario in {home} that states no rate for "
                f"it; allowed: {CURRENCY} under exchange_rates"
            )
        return float(rates[CURRENCY])


def matching(data: Data, pattern: KeyPath, where: Mapping[str, Any]) -> Iterator[KeyPath]:
    """Yield the paths that a pattern with stars names in a scenario.

    Parameters
    ----------
    data : dict
        Plain data of a scenario.
    pattern : tuple
        Keys, with "*" for every item.
    where : mapping
        What must hold in the section of the first star.
    """

    def below(done: KeyPath, steps: KeyPath, starred: bool) -> Iterator[KeyPath]:
        if STAR not in steps:
            yield (*done, *steps)
            return
        star = steps.index(STAR)
        group = (*done, *steps[:star])
        items = get_value(data, group)
        for key in range(len(items)) if isinstance(items, list) else items or {}:
            section = (*group, key)
            if starred or all(_holds(data, (*section, k), value) for k, value in where.items()):
                yield from below(section, steps[star + 1 :], True)

    yield from below((), pattern, False)


def _holds(data: Data, path: KeyPath, wanted: Any) -> bool:
    """Return whether a value is the one that is wanted, however the two are written."""
    shape = shape_in_scenario(path)
    return bool(read_value(get_value(data, path), shape) == read_value(wanted, shape))
