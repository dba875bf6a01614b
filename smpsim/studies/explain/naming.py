"""Sections of two scenarios that stand for each other, under the names of the first.

Two programmes of unlike countries have a destination, schools and employers each, under names of
their own. Single values of one can be tried in the other only if they stand in sections of one
name; and as luck follows names, only then do employers and schools share it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from smpsim.scenario.keypaths import KeyPathError, format_path, parse_path

Names = dict[str, str]
Data = dict[str, Any]
LISTS = ("institutions", "employers", "programmes")


def under_the_names_of(a: Data, b: Data) -> Data:
    """Return the data of a scenario with its sections called as those of another.

    Sections that have a name in one scenario only stand for each other in their order, where both
    have as many of them; governments of one role, and visa lanes of a government, likewise.

    Parameters
    ----------
    a, b : dict
        Plain data of scenarios, whole; neither is changed.
    """
    governments: Names = {}
    for role in ("destination", "origin"):
        of_role = [
            [name for name, one in data["governments"].items() if one["role"] == role]
            for data in (a, b)
        ]
        governments |= _paired(*of_role)
    lists = {
        kind: _paired(*([one["name"] for one in data[kind]] for data in (a, b))) for kind in LISTS
    }
    lanes = {
        name: _paired(_lanes(a, governments.get(name, name)), _lanes(b, name))
        for name in b["governments"]
    }
    found = dict(b)
    found["governments"] = {
        governments.get(name, name): _with_lanes(one, lanes[name])
        for name, one in b["governments"].items()
    }
    for kind in LISTS:
        found[kind] = [
            _section(one, kind, governments, lists, lanes.get(one.get("destination"), {}))
            for one in b[kind]
        ]
    found["timeline"] = [
        {
            **entry,
            "set": {
                _key(key, governments, lists, lanes): value for key, value in entry["set"].items()
            },
        }
        for entry in b["timeline"]
    ]
    return found


def _paired(a: Iterable[str], b: Iterable[str]) -> Names:
    """Return the names of A by those of B that stand for them."""
    a, b = list(a), list(b)
    only_a, only_b = [one for one in a if one not in b], [one for one in b if one not in a]
    return dict(zip(only_b, only_a, strict=True)) if len(only_a) == len(only_b) else {}


def _lanes(data: Data, government: str) -> list[str]:
    return [*data["governments"].get(government, {}).get("visa", {}).get("lanes", {})]


def _with_lanes(government: Data, names: Names) -> Data:
    if not names:
        return government
    visa = government["visa"]
    lanes = {names.get(name, name): lane for name, lane in visa["lanes"].items()}
    return {**government, "visa": {**visa, "lanes": lanes}}


def _section(
    section: Data, kind: str, governments: Names, lists: dict[str, Names], lanes: Names
) -> Data:
    """Return an institution, a group of employers or a programme with other names in it."""
    found = {**section, "name": lists[kind].get(section["name"], section["name"])}
    for key in ("origin", "country", "destination"):
        if key in section:
            found[key] = governments.get(section[key], section[key])
    if kind == "programmes":
        for key in ("institutions", "employers"):
            found[key] = [lists[key].get(name, name) for name in section[key]]
        found["visa_lane"] = lanes.get(section["visa_lane"], section["visa_lane"])
    return found


def _key(key: str, governments: Names, lists: dict[str, Names], lanes: dict[str, Names]) -> str:
    """Return a key path of a timeline with other names in it."""
    try:
        steps = list(parse_path(key))
    except KeyPathError:
        return key
    names = {"governments": governments, **lists}.get(str(steps[0]))
    if names is None or len(steps) < 2 or not isinstance(steps[1], str):
        return key
    if steps[0] == "governments" and steps[2:4] == ["visa", "lanes"] and len(steps) > 4:
        steps[4] = lanes.get(steps[1], {}).get(str(steps[4]), steps[4])
    steps[1] = names.get(steps[1], steps[1])
    return format_path(steps)
