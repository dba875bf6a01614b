"""A report before it runs: its options, read and checked, and how all of it is run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from smpsim.ensemble import Progress, run
from smpsim.errors import RequestError
from smpsim.messages import continued
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import provenance, stated, whole_actions, whole_scenario
from smpsim.scenario import Scenario, load
from smpsim.scenario.actions import ActionSource
from smpsim.scenario.arguments import whole
from smpsim.scenario.loading import FileText, Overrides, Source, acted
from smpsim.scenario.marks import Mark, marks
from smpsim.scenario.parameters import DEFAULT, Draws, Parameters
from smpsim.scenario.parameters import parameters as parameters_of
from smpsim.studies.compare.designs import action_in_words, kept, several_actions
from smpsim.studies.compare.pairing import checked_level
from smpsim.studies.report.figures import Option
from smpsim.studies.report.guesses import guessed, runs_of, tried
from smpsim.studies.report.result import MOST, Report, letters
from smpsim.studies.report.sliders import Asked, given_sliders, stated_sliders, varied
from smpsim.studies.report.sliders import runs_of as runs_of_sliders


class Prepared(NamedTuple):
    """A report whose options are read and checked, and of which nothing has run.

    Attributes
    ----------
    options : dict of str to Scenario
        By their letters.
    marked : dict of str to list of Mark
        Where their figures come from.
    settings : dict
        ``replications``, ``seed``, ``names``, ``level``, ``guesses``, ``sliders``, as in `report`.
    origin : dict
        Provenance.
    parameters : Parameters
    rules : mapping of str to function, optional
    """

    options: dict[str, Scenario]
    marked: dict[str, list[Mark]]
    settings: dict[str, Any]
    origin: dict[str, Any]
    parameters: Parameters
    rules: Mapping[str, Callable[..., Any]] | None = None

    @property
    def runs(self) -> int:
        """How many runs it takes."""
        letter, first = next(iter(self.options.items()))
        parameters = guessed(first, self.marked[letter]) if self.settings["guesses"] else []
        moved = stated_sliders(first, self.settings["sliders"])
        options = len(self.options) * self.settings["replications"]
        return options + runs_of(parameters) + runs_of_sliders(moved)

    def run(self, threads: int | None = None, progress: Progress | None = None) -> Report:
        """Run the options, and what tells which guesses matter; arguments as in `report`."""
        options, settings, given = self.options, self.settings, self.parameters
        count, number, level = (settings[key] for key in ("replications", "seed", "level"))
        more: dict[str, Any] = {"rules": self.rules, "threads": threads}
        found = []
        letter, first = next(iter(options.items()))
        for place, (each, name) in enumerate(zip(options, settings["names"], strict=True)):
            told = continued(place * count, progress)
            held = given.held(options[each], first=first)
            result = run(options[each], count, number, parameters=held, progress=told, **more)
            found.append(Option.of(each, name, replace(result, title=name)))
        parameters = guessed(first, self.marked[letter]) if settings["guesses"] else []
        told = continued(len(options) * count, progress)
        changed = tried(first, parameters, number, level, given, progress=told, **more)
        # checked before anything ran
        moved = stated_sliders(first, settings.get("sliders", {}))
        told = continued(len(options) * count + runs_of(parameters), progress)
        swept = varied(first, moved, number, level, given, progress=told, **more)
        origin = dict(self.origin)
        return Report(tuple(found), self.marked, changed, level, origin, tuple(moved), swept)


def prepared(
    scenarios: Source | Sequence[Source],
    replications: int | None = None,
    seed: int | None = None,
    *,
    actions: Sequence[ActionSource | Sequence[ActionSource]] | ActionSource = (),
    overrides: Overrides = (),
    names: Sequence[str] | None = None,
    level: float = 0.95,
    guesses: bool = True,
    sliders: bool | Asked = True,
    parameters: Draws = DEFAULT,
    rules: Mapping[str, Callable[..., Any]] | None = None,
) -> Prepared:
    """Read and check what a report is of; all as in `report`."""
    checked_level(level)
    given = sources_of(scenarios)
    combined = combinations_of(actions)
    overrides = kept(overrides)
    designs, called = designs_of(given, combined, overrides)
    if names is not None:
        called = list(names)
        if len(called) != len(designs) or len(set(called)) != len(called):
            raise RequestError(f"names: got {called}; allowed: {len(designs)} different names")
    count = max(one.replications for one in designs) if replications is None else replications
    whole("replications", count)
    number = designs[0].seed if seed is None else whole("seed", seed, 0, 2**63)
    places = [*range(len(given)), *(0 for _ in combined)]
    # of a scenario with its changes, as its file does not speak of what is set in it
    origins = [marks(designs[place]) for place in places]
    added = {name: text for one in combined for name, text in whole_actions(one).items()}
    options = dict(zip(letters(len(designs)), designs, strict=True))
    marked = dict(zip(options, origins, strict=True))
    drawn = parameters_of(parameters).held(designs[0], stated(overrides))
    moved = given_sliders(designs[0], sliders)
    settings = {
        "replications": count,
        "seed": number,
        "names": called,
        "level": level,
        "guesses": guesses,
        "sliders": {one.key: list(one.values) for one in moved},
    }
    origin = provenance(
        "report",
        {
            "scenarios": {letter: whole_scenario(one) for letter, one in options.items()},
            "actions": added,
            **in_recipe(rules, ()),
            **drawn.recipe,
            "marks": {letter: [list(one) for one in found] for letter, found in marked.items()},
            "options": settings,
        },
        names=dict(zip(options, called, strict=True)),
        fingerprints={letter: one.fingerprint() for letter, one in options.items()},
        seed=number,
        replications=count,
        level=level,
        **({"set": stated(overrides)} if stated(overrides) else {}),
        **({"with": list(added)} if added else {}),
        **drawn.facts,
        **in_facts(rules, ()),
    )
    return Prepared(options, marked, settings, origin, drawn, rules)


def sources_of(scenarios: Source | Sequence[Source]) -> list[Source]:
    """Return scenarios as a list; a single one needs none around it."""
    if isinstance(scenarios, (str, os.PathLike, Mapping, Scenario, FileText)):
        return [scenarios]
    return list(scenarios)


def combinations_of(actions: Any) -> list[list[ActionSource]]:
    """Return the actions of each option that is the first with some."""
    return [several_actions(one) for one in several_actions(actions)]


def designs_of(
    sources: Sequence[Source],
    actions: Iterable[Sequence[ActionSource]] = (),
    overrides: Overrides = (),
) -> tuple[list[Scenario], list[str]]:
    """Return the options and what they are called: names that differ.

    Raises
    ------
    RequestError
        If there are none, or too many.
    """
    combined = [list(one) for one in actions]
    many = len(sources) + len(combined)
    if not sources or many > MOST:
        raise RequestError(f"scenarios: got {many} options; allowed: 1 to {MOST}")
    designs = [load(source, overrides) for source in sources]
    named = [design.name for design in designs]
    for one in combined:
        designs.append(acted(designs[0], overrides, actions=one))
        named.append(" + ".join([designs[0].name, *map(action_in_words, one)]))
    called = [
        f"{name} ({letter})" if named.count(name) > 1 else name
        for name, letter in zip(named, letters(many), strict=True)
    ]
    return designs, called
