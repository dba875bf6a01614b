"""Where a result comes from, and all that runs it again.

Every result holds a mapping of plain data with these keys:

    verb          what was called: run, compare, rank, sweep and so on
    ...           facts that people read: scenario, fingerprint, seed, replications, set, with
    versions      of Python and of the packages that decide numbers
    commit        of the checkout, "+changes" if it had any; null for an installed package
    model         hash of the source of the model
    recipe        what runs it again, whole:
        scenarios     by name, resolved: with all defaults, after overrides and actions
        actions       by name, what was in their files
        rules         of the user's own by name: module, hash and text (see `rule_sources`)
        options       arguments that decide numbers
        study, reports, draws, sweep     for the verbs that have them

Nothing in it states a time or a machine, so the same work gives the same files. The tables of a
folder hold the facts and the hash of the recipe; the recipe itself is in ``provenance.json``.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smpsim import __version__
from smpsim.scenario.actions import ActionSource, load_action

if TYPE_CHECKING:
    from smpsim.scenario import Scenario

PACKAGES = ("smpsim", "mesa", "numpy", "numba", "pandas", "scipy", "networkx")
PACKAGE = Path(__file__).parents[1]
RECIPE, RECIPE_HASH = "recipe", "recipe_hash"
PATIENCE = 10.0  # seconds for git


def versions(*more: str) -> dict[str, str]:
    """Return the versions of Python and of the packages that decide numbers.

    Parameters
    ----------
    *more : str
        Further packages.
    """
    found = {"python": platform.python_version()}
    for name in (*PACKAGES, *more):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            # a checkout on the path that was never installed
            found[name] = __version__ if name == "smpsim" else "not installed"
    return found


@lru_cache(maxsize=1)
def model_digest() -> str:
    """Return a hash of the source of the model, which may change while its version does not."""
    from smpsim.compiled import COMPILED_ROOMS

    files = [file for room in COMPILED_ROOMS for file in sorted((PACKAGE / room).glob("*.py"))]
    results = PACKAGE / "results"
    files += [*sorted((results / "outcomes").glob("*.py")), results / "series.py"]
    files.append(PACKAGE / "vocabulary.py")
    return digest([[file.name, file.read_text(encoding="utf-8")] for file in files])


@lru_cache(maxsize=1)
def commit() -> str | None:
    """Return the commit of the package's checkout, with "+changes" if files differ from it."""
    root = PACKAGE.parent
    # a package that is installed inside somebody's repository is no checkout of ours
    if not (root / ".git").exists() or not (root / "pyproject.toml").is_file():
        return None
    try:
        name, changed = (
            subprocess.run(
                ["git", "-c", "core.fsmonitor=false", "-C", str(root), *arguments],
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=True,
            ).stdout.strip()
            for arguments in (
                ("rev-parse", "--short=12", "HEAD"),
                ("status", "--porcelain", "--untracked-files=no"),
            )
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{name}+changes" if changed else name


def provenance(
    verb: str,
    recipe: Mapping[str, Any] | None = None,
    packages: Iterable[str] = (),
    **facts: Any,
) -> dict[str, Any]:
    """Return facts about a result with all that runs it again.

    Parameters
    ----------
    verb : str
        What was called.
    recipe : mapping, optional
        See the head of this module.
    packages : iterable of str
        Packages that decide these numbers, beside those that decide all.
    **facts
        What people read.
    """
    whole = {} if recipe is None else {RECIPE: {"verb": verb, **recipe}}
    return {
        "verb": verb,
        **facts,
        "versions": versions(*packages),
        "commit": commit(),
        "model": model_digest(),
        **whole,
    }


def brief(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with the hash of each recipe in its place, as tables hold them."""
    short = {
        key: brief(value) if isinstance(value, Mapping) else value
        for key, value in facts.items()
        if key != RECIPE
    }
    return {**short, **_hash(facts)}


def complete(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with their recipe and its hash, as ``provenance.json`` holds them."""
    return {**facts, **_hash(facts)}


def _hash(facts: Mapping[str, Any]) -> dict[str, str]:
    return {RECIPE_HASH: digest(facts[RECIPE])} if facts.get(RECIPE) else {}


def digest(facts: Any) -> str:
    """Return a hash of plain data."""
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def whole_scenario(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario with all its values, as plain data that can be loaded again."""
    return scenario.model_dump(mode="json")


def whole_actions(actions: Iterable[ActionSource]) -> dict[str, Any]:
    """Return what is in the files of actions, by the names under which they were given."""
    return {
        str(name): load_action(name).model_dump(mode="json", exclude_unset=True) for name in actions
    }


def stated(overrides: Any) -> list[str]:
    """Return values that are set as ``KEY=VALUE``."""
    if isinstance(overrides, str):
        return [overrides]
    if isinstance(overrides, Mapping):
        return [f"{key}={json.dumps(value, default=str)}" for key, value in overrides.items()]
    return [str(one) for one in overrides or ()]


def changed_by(
    facts: Mapping[str, Any],
    overrides: Sequence[str] = (),
    actions: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return facts that state the values that were set and the actions that were added.

    Parameters
    ----------
    facts : mapping
        Of the scenario with them.
    overrides : sequence of str
        As of `stated`.
    actions : mapping, optional
        As of `whole_actions`, which are to be read before the runs: files may change meanwhile.
    """
    found = dict(facts)
    if overrides:
        found["set"] = list(overrides)
    if actions:
        found["with"] = list(actions)
        if RECIPE in facts:
            found[RECIPE] = {**facts[RECIPE], "actions": dict(actions)}
    return found
