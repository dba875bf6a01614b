"""The two designs of a comparison: scenarios with what is changed in each, and their names."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from smpsim.errors import RequestError
from smpsim.results.units import words
from smpsim.scenario import Scenario, load
from smpsim.scenario.actions import ActionSource
from smpsim.scenario.loading import Overrides, Source, acted

LONGEST_NAME, LONGEST_FOLDER = 60, 120
Actions = Sequence[ActionSource] | ActionSource


def two_scenarios(
    a: Source,
    b: Source | None,
    overrides: Overrides | None = (),
    own: tuple[Overrides, Overrides] = ((), ()),
    actions: tuple[Actions, Actions] = ((), ()),
) -> tuple[Scenario, Scenario]:
    """Load the two scenarios of a comparison.

    Parameters
    ----------
    a : str, path, mapping or Scenario
    b : str, path, mapping or Scenario, optional
        The same as `a` when left out; then something must be changed in one of them.
    overrides : mapping or iterable of str
        Values by key path, set in both.
    own : tuple of mapping or iterable of str
        Values set in one of them only, which win over those set in both.
    actions : tuple of sequence of str or path
        Actions added to each.

    Raises
    ------
    ScenarioError
        If a scenario is not valid.
    RequestError
        If `b` is left out and nothing is changed.
    """
    own = (kept(own[0]), kept(own[1]))
    overrides = kept(overrides)
    if b is None:
        if not any((*own, *actions)):
            allowed = "a second scenario, or a change of the first"
            raise RequestError(f"b: got nothing to compare with; allowed: {allowed}")
        b = a
        if not any(own):
            # the same but for the actions, so that it is read once
            plain = load(a, overrides)
            return (
                acted(plain, overrides, actions=several_actions(actions[0])),
                acted(plain, overrides, actions=several_actions(actions[1])),
            )
    first, second = (
        load(source, _together(overrides, mine), actions=several_actions(added))
        for source, mine, added in zip((a, b), own, actions, strict=True)
    )
    return first, second


def kept(overrides: Overrides | None) -> Overrides:
    """Return values that are set, so that they can be read more than once."""
    if isinstance(overrides, str):
        return [overrides]
    return overrides if isinstance(overrides, Mapping) else list(overrides or ())


def _together(both: Overrides, own: Overrides) -> Overrides:
    """Return values for both designs and those for one, which win."""
    if isinstance(both, Mapping) and isinstance(own, Mapping):
        return {**both, **own}
    if not own or not both:
        return own or both
    if isinstance(both, Mapping) or isinstance(own, Mapping):
        raise RequestError("overrides: got a mapping and a list; allowed: mappings, or lists")
    return [*both, *own]


def names_of(
    scenarios: tuple[Scenario, Scenario],
    own: tuple[Overrides, Overrides] = ((), ()),
    actions: tuple[Actions, Actions] = ((), ()),
) -> tuple[str, str]:
    """Return what the designs are called in tables and pictures, two names that differ.

    A design is called as its scenario, with its actions, such as "THAMM Germany + early
    engagement"; where that does not tell the two apart, with the values that are set in it.
    """
    named = [
        " + ".join([scenario.name, *(action_in_words(one) for one in several_actions(added))])
        for scenario, added in zip(scenarios, actions, strict=True)
    ]
    candidates = [named]
    for short in (True, False):
        changes = [changes_in_words(kept(one), short) for one in own]
        # what is set in both alike does not tell them apart
        apart = [
            [one for one in mine if one not in other]
            for mine, other in (changes, reversed(changes))
        ]
        added_to = [", ".join([name, *one]) for name, one in zip(named, apart, strict=True)]
        candidates.append([_shortened(name, LONGEST_NAME) for name in added_to])
    candidates.append([f"{name} ({letter})" for name, letter in zip(named, "ab", strict=True)])
    first, second = next(both for both in candidates if both[0] != both[1])
    return first, second


def folder_of(
    sources: tuple[str, str | None],
    own: tuple[Sequence[str], Sequence[str]],
    actions: tuple[Sequence[str], Sequence[str]],
) -> str:
    """Return the name of the folder for the files of a comparison.

    Such as "thamm_germany_vs_onodera_user_run" or "thamm_germany_with_early_engagement".

    Parameters
    ----------
    sources : tuple of str
        Names or files; of the second none, if the first is compared with itself.
    own, actions : tuple of sequence of str
        What is set in each, as ``KEY=VALUE``, and the actions added to each.
    """
    a, b = sources
    with_a, with_b = (
        "_and_".join(
            [*(Path(one).stem for one in added), *(changes_in_words(sets) if alone else ())]
        )
        for added, sets, alone in zip(actions, own, (b is None, b is None), strict=True)
    )
    first = Path(a).stem + (f"_with_{with_a}" if with_a else "")
    if b is None:
        text = f"{first}_vs_{with_b}" if with_a else f"{first}_with_{with_b}"
    else:
        text = f"{first}_vs_{Path(b).stem}" + (f"_with_{with_b}" if with_b else "")
    return _shortened(re.sub(r"[^\w.+-]+", "_", text), LONGEST_FOLDER, end="").strip("_")


def action_in_words(action: ActionSource) -> str:
    """Return what an action is called: the name of its file, in words."""
    return words(Path(action).stem)


def changes_in_words(overrides: Overrides, short: bool = True) -> list[str]:
    """Return values that are set, as ``key=value``; if short, with the last part of each key."""
    if isinstance(overrides, Mapping):
        pairs = [(str(key), str(value)) for key, value in overrides.items()]
    else:
        pairs = [
            (key.strip(), value.strip()) for key, _, value in (o.partition("=") for o in overrides)
        ]
    return [f"{key.rpartition('.')[2] if short else key}={value}" for key, value in pairs]


def several_actions(actions: Actions) -> list[ActionSource]:
    """Return actions as a list; a single one needs none around it."""
    return [actions] if isinstance(actions, (str, os.PathLike)) else list(actions)


def _shortened(text: str, longest: int, end: str = "...") -> str:
    return text if len(text) <= longest else text[: longest - len(end)] + end
