"""What there is to run and to read: the catalogue as a table, its files whole, their schemas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from smpsim.errors import RequestError
from smpsim.messages import nearest
from smpsim.scenario import action_names, load, names
from smpsim.studies.kinds import ACTION, KINDS, SCENARIO, check, kind_of, study_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from smpsim.scenario.actions import ActionSource
    from smpsim.scenario.loading import Overrides

__all__ = ["check", "scenarios", "schema", "show"]


def entries() -> list[dict[str, Any]]:
    """Return all of the catalogue: scenarios, actions, and studies with the command of each."""

    def row(one: Any, kind: str, folder: str, **more: Any) -> dict[str, Any]:
        return {"name": one.name, "kind": kind, "folder": folder, "title": one.title, **more}

    rows = [row(one, SCENARIO, one.kind, runs=not one.part) for one in names()]
    rows += [row(one, ACTION, "actions", runs=False) for one in action_names()]
    for one in study_names():
        said = {"question": one.question, "command": one.kind.command.format(one.name)}
        rows.append(row(one, one.kind.name, "studies", runs=False, **said))
    return rows


def scenarios(kind: str | None = SCENARIO) -> pd.DataFrame:
    """Return the scenarios of the catalogue.

    Parameters
    ----------
    kind : str, optional
        ``"action"``, ``"sweep"`` or another kind of file, in place of scenarios; all with None.

    Returns
    -------
    DataFrame
        Index ``name``; ``kind``, ``folder``, ``title``, ``runs``: whether it runs by itself, as
        parts that others extend do not. Studies have ``question`` and ``command`` too.

    Raises
    ------
    RequestError
        If there is no such kind.

    Examples
    --------
    >>> scenarios().loc["thamm_germany", "folder"]
    'programmes'
    """
    import pandas as pd

    rows = [row for row in entries() if kind is None or row["kind"] == _checked(kind)]
    return pd.DataFrame(rows).set_index("name")


def show(
    name: str | Path, overrides: Overrides = (), *, actions: Sequence[ActionSource] = ()
) -> dict[str, Any]:
    """Return what a file says as plain data; of a scenario all of it, with defaults.

    Parameters
    ----------
    name : str or Path
        A name of the catalogue, or a file of any kind.
    overrides : mapping or iterable of str
        Values by key path that are set in a scenario.
    actions : sequence of str or path
        Actions that are added to a scenario.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    RequestError
        If values or actions are given for what is no scenario.
    """
    kind = kind_of(name)
    if kind.name == SCENARIO:
        found: dict[str, Any] = load(name, overrides, actions=actions).model_dump(mode="json")
        return found
    for what, given in (("overrides", overrides), ("actions", actions)):
        if given:
            raise RequestError(f"{what}: given with {kind.words}; allowed: with a scenario")
    sheet = check(name)
    if kind.name == ACTION:
        return dict(sheet.model_dump(mode="json", exclude_unset=True))
    return dict(sheet.model_dump(mode="json", by_alias=True))


def schema(kind: str = SCENARIO) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file, for editors.

    Parameters
    ----------
    kind : str
        ``"scenario"``, ``"action"``, ``"sweep"``, ``"calibration"``, ``"search"``, ``"reports"``.

    Raises
    ------
    RequestError
        If there is no such kind.
    """
    return KINDS[_checked(kind)].json_schema()


def _checked(kind: str) -> str:
    if kind not in KINDS:
        allowed = f"{', '.join(KINDS)}{nearest(kind, KINDS)}"
        raise RequestError(f"kind: got {kind!r}; allowed: {allowed}")
    return kind
