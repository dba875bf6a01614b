"""In what two designs differ: one change after another, and the designs in between.

Of a scenario and itself as changed, the changes are those that were asked for: each value that is
set and each action. Of two scenarios, they are the values in which they differ; where these are
many, those of a section are one change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smpsim.errors import RequestError
from smpsim.messages import shown_value
from smpsim.results.provenance import stated
from smpsim.scenario import Scenario, ScenarioError, load
from smpsim.scenario.allowed_values import SCENARIO, Shape
from smpsim.scenario.keypaths import KeyPathError, item_names, quote
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.ranges import SECTION
from smpsim.scenario.values_at_keys import get_value, scenario_data
from smpsim.studies.compare.designs import Actions, action_in_words, kept, several_actions
from smpsim.studies.explain.naming import under_the_names_of
from smpsim.vocabulary import SHARING_PARTIES

MOST, MOST_PARTS = 16, 6
"""Changes of two scenarios that are tried one by one; with more, those of a section are one. So
many parts has a section that is divided."""
ABSENT = object()
ANYWHERE = ("description", "sources")
TEXTS = (
    *("name", "question", "replications", "seed"),
    # amounts are in the scenario's currency already
    "exchange_rates",
)
"""What decides no number, or is the same for both designs: anywhere, and at the top."""
Path = tuple[str, ...]
Leaves = dict[Path, tuple[Any, Any]]


@dataclass(frozen=True)
class Change:
    """One change from A to B, alone and left out.

    Attributes
    ----------
    name : str
        A key path, an action in words, or a section with the number of its values.
    a, b : str
        What it is in each design.
    alone : Scenario, optional
        A with this change only; None if that is no valid scenario.
    left_out : Scenario, optional
        B without it; None if that is no valid scenario.
    keys : tuple of (str, str, str)
        Each value that it changes: key path, and what it is in A and in B; of an action none.
    """

    name: str
    a: str
    b: str
    alone: Scenario | None
    left_out: Scenario | None
    keys: tuple[tuple[str, str, str], ...] = ()


def key_of(design: Scenario) -> str:
    """Return what decides the numbers of a design apart from its seed, which all have in common."""
    return design.model_copy(update={"seed": 0}).fingerprint()


def changes_made(
    source: Source,
    overrides: Overrides,
    own: tuple[Overrides, Overrides],
    actions: tuple[Actions, Actions],
) -> list[Change]:
    """Return the changes of a scenario that is compared with itself as changed.

    Parameters
    ----------
    source : str, path, mapping or Scenario
    overrides : mapping or iterable of str
        Values set in both.
    own : tuple of mapping or iterable of str
        Values set in each.
    actions : tuple of str, path or sequence of them
        Actions added to each.

    Returns
    -------
    list of Change
        One a key path or action; what is the same in both is none.
    """
    sets = [_by_key(one) for one in own]
    added = [several_actions(one) for one in actions]
    keys = [
        key for key in dict.fromkeys([*sets[0], *sets[1]]) if sets[0].get(key) != sets[1].get(key)
    ]
    only = [[one for one in mine if one not in other] for mine, other in (added, added[::-1])]
    parts: list[Any] = [*(("set", key) for key in keys)]
    parts += [("action", one) for one in dict.fromkeys([*only[0], *only[1]])]
    shared = stated(kept(overrides))

    def design(chosen: Sequence[Any]) -> Scenario:
        """Return A with some of the changes."""
        values = [
            sets[("set", key) in chosen or key not in keys].get(key)
            for key in dict.fromkeys([*sets[0], *sets[1]])
        ]
        mine = [one for one in added[0] if one not in only[0] or ("action", one) not in chosen]
        mine += [one for one in only[1] if ("action", one) in chosen]
        return load(source, [*shared, *(one for one in values if one)], actions=mine)

    plain = load(source, shared)
    found = []
    for part in parts:
        kind, what = part
        if kind == "set":
            name, (a, b) = what, (_stated_value(one.get(what), plain, what) for one in sets)
        else:
            name = f"{action_in_words(what)} (action)"
            a, b = ("with" if what in one else "without" for one in only)
        others = [one for one in parts if one != part]
        values = ((name, a, b),) if kind == "set" else ()
        found.append(Change(name, a, b, _tried(design, [part]), _tried(design, others), values))
    return found


def changes_between(a: Scenario, b: Scenario) -> tuple[list[Change], Scenario]:
    """Return the changes from one scenario to another, and that one under the names of the first.

    Values that stand in a section together are one change where there are more than `MOST`; those
    that make no valid scenario one by one, such as a new employer and the programme that names it,
    are one too. Sections of other names that stand for each other (see `under_the_names_of`) are
    called as those of `a`, in the scenario from which changes are left out too.
    """
    # ranges of one design are not those of a mixture, which is run at the centre
    one, second = ({**scenario_data(design), SECTION: {}} for design in (a, b))
    other = under_the_names_of(one, second)
    renamed = load(other)
    leaves = dict(_differing(one, other, SCENARIO, (), top=True))
    if not leaves:
        return [], renamed

    def design(chosen: Sequence[list[Path]]) -> Scenario:
        mixed = {path for group in chosen for path in group}
        # a text of A in which nothing of B is mixed, and its seed
        return load(_mixed(one, other, SCENARIO, (), mixed))

    def pair_of(group: list[Path], groups: list[list[Path]]) -> tuple[Any, Any]:
        others = [rest for rest in groups if rest is not group]
        return _tried(design, [group]), _tried(design, others)

    if ("currency",) in leaves:
        # amounts of one currency would be taken for those of the other
        groups = [list(leaves)]
    else:
        single = [[path] for path in leaves]
        # such as a group of employers, and the programme that names it
        tied = [group[0] for group in single if None in pair_of(group, single)]
        free = [path for path in leaves if path not in tied]
        groups = [*([tied] if tied else []), *_grouped(free, MOST - bool(tied))]
    while True:
        tried = [pair_of(group, groups) for group in groups]
        unfit = [n for n, pair in enumerate(tried) if None in pair]
        if len(groups) == 1 or not unfit:
            break
        if len(unfit) == 1:
            # it needs one of the others, and nothing says which
            unfit = list(range(len(groups)))
        together = [path for n in unfit for path in groups[n]]
        groups = [group for n, group in enumerate(groups) if n not in unfit]
        groups.insert(unfit[0], together)
    found = [
        Change(*_in_words(group, leaves, groups), *pair, _keys_of(group, leaves))
        for group, pair in zip(groups, tried, strict=True)
    ]
    return found, renamed


def _by_key(overrides: Overrides) -> dict[str, str]:
    """Return values that are set as ``KEY=VALUE`` by their keys; the last of a key holds."""
    return {one.partition("=")[0].strip(): one for one in stated(kept(overrides))}


def _stated_value(text: str | None, plain: Scenario, key: str) -> str:
    """Return the value of ``KEY=VALUE``, or that of the scenario where nothing is set."""
    if text is not None:
        return text.partition("=")[2].strip()
    try:
        return _shown(get_value(plain, key))
    except KeyPathError:
        return "-"


def _tried(design: Callable[[Any], Scenario], chosen: Any) -> Scenario | None:
    try:
        return design(chosen)
    except (ScenarioError, RequestError):
        return None


def _differing(a: Any, b: Any, shape: Shape | None, path: Path, top: bool = False) -> Any:
    """Yield path and both values wherever two scenarios differ."""
    for key in _steps(a, b, shape):
        if key in ANYWHERE or (top and key in TEXTS):
            continue
        one, other = _at(a, key), _at(b, key)
        if one is ABSENT or other is ABSENT:
            yield (*path, key), (one, other)
        elif one != other:
            below = _child(shape, key)
            if _steps(one, other, below):
                yield from _differing(one, other, below, (*path, key))
            else:
                yield (*path, key), (one, other)


def _mixed(a: Any, b: Any, shape: Shape | None, path: Path, chosen: set[Path]) -> Any:
    """Return the data of A with the values of B at the paths that are chosen."""
    found = {}
    for key in _steps(a, b, shape):
        one, other = _at(a, key), _at(b, key)
        inner = (*path, key)
        below = _child(shape, key)
        if inner in chosen:
            found[key] = other
        elif ABSENT in (one, other) or not _steps(one, other, below):
            found[key] = one
        else:
            found[key] = _mixed(one, other, below, inner, chosen)
    here = {key: value for key, value in found.items() if value is not ABSENT}
    return list(here.values()) if isinstance(a, list) else here


def _steps(a: Any, b: Any, shape: Shape | None) -> list[str]:
    """Return the keys of two sections, or the names of two lists of them; none of other values."""
    if isinstance(a, dict) and isinstance(b, dict):
        # a distribution is one value, and so are the shares that divide a cost
        unit = shape is not None and (shape.is_distribution or shape.keys() == SHARING_PARTIES)
        return [] if unit else list(dict.fromkeys([*a, *b]))
    if isinstance(a, list) and isinstance(b, list):
        names = [item_names(one) for one in (a, b)]
        if all(None not in one and len(set(one)) == len(one) for one in names):
            return [str(name) for name in dict.fromkeys([*names[0], *names[1]])]
    return []


def _child(shape: Shape | None, key: str) -> Shape | None:
    """Return the shape below; that of any item of a list stands at its first place."""
    return shape and (shape.child(0) if shape.is_list else shape.child(key))


def _at(section: Any, key: str) -> Any:
    if isinstance(section, Mapping):
        return section.get(key, ABSENT)
    return next((one for one in section if one["name"] == key), ABSENT)


def _grouped(paths: list[Path], most: int) -> list[list[Path]]:
    """Return paths in so many groups at most, those of a section together.

    The largest group is divided first, into its largest sections and the rest of it.
    """
    if len(paths) <= most:
        return [[path] for path in paths]
    groups = _split(paths, 0)
    while True:
        for n in sorted(range(len(groups)), key=lambda n: -len(groups[n])):
            room = min(most - len(groups) + 1, MOST_PARTS)
            parts = _split(groups[n], len(_common(groups[n])))
            if room < 2 or len(parts) < 2:
                continue
            parts.sort(key=len, reverse=True)
            rest = [path for part in parts[room - 1 :] for path in part]
            groups[n : n + 1] = [*parts[: room - 1], *([rest] if rest else [])]
            break
        else:
            return groups


def _split(paths: list[Path], depth: int) -> list[list[Path]]:
    """Return paths by their step at a depth."""
    found: dict[Path, list[Path]] = {}
    for path in paths:
        found.setdefault(path[: depth + 1], []).append(path)
    return list(found.values())


def _in_words(group: list[Path], leaves: Leaves, groups: list[list[Path]]) -> tuple[str, str, str]:
    """Return what a change is called, and what it is in A and in B."""
    if len(group) == 1:
        one, other = leaves[group[0]]
        return _key(group[0]), _shown(one), _shown(other)
    common = _common(group)
    others = [path[: len(common)] for one in groups if one is not group for path in one]
    name = _key(common) or ", ".join(dict.fromkeys(_key(path[:1]) for path in group))
    rest = "the rest of " if common and common in others else ""
    return f"{rest}{name} ({len(group)} values)", "as in A", "as in B"


def _keys_of(group: list[Path], leaves: Leaves) -> tuple[tuple[str, str, str], ...]:
    """Return the values of a change: key path, and what it is in each design."""
    return tuple((_key(path), _shown(leaves[path][0]), _shown(leaves[path][1])) for path in group)


def _common(group: list[Path]) -> Path:
    """Return the steps that all paths begin with."""
    found = []
    for steps in zip(*group, strict=False):
        if len(set(steps)) > 1:
            break
        found.append(steps[0])
    return tuple(found)


def _key(path: Path) -> str:
    return ".".join(quote(step) for step in path)


def _shown(value: Any) -> str:
    """Return a value; of a whole section only whether it is there."""
    if value is ABSENT:
        return "absent"
    if isinstance(value, dict) and "name" in value:
        return "there"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return shown_value(value).strip("'")
