"""An action as a card that people read, and what it changes in a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from rich.console import Console

from smpsim.cli.terminal import table
from smpsim.scenario.actions import Action, Change
from smpsim.scenario.apply_actions import Applied


def print_action(out: Console, action: Action) -> None:
    """Print an action: what it is, what it changes, what it costs, where its figures come from."""
    out.print(action.name, style="bold")
    if action.action is not None:
        out.print(f"Action {action.action} of the SMP paper. {action.source}", soft_wrap=True)
    if action.description:
        out.print(action.description.strip(), soft_wrap=True)
    out.print()
    heads = ("key", "change", "only where", "source")
    table(out, "What it changes", heads, [_change(one) for one in action.patch])
    if action.price:
        title = "What it costs (nothing where it changes nothing)"
        table(out, title, heads, [_change(one) for one in action.price])
        out.print(
            "Amounts are in EUR. Whoever funds the programme's set-up and overhead pays them; "
            "where nobody is named, the donor.",
            soft_wrap=True,
        )


def _change(change: Change) -> tuple[str, str, str, str]:
    """Return the row of a table for a change."""
    if change.sets_value:
        operation = f"to {_written(change.to)}"
    else:
        words = {"add": "add", "times": "times", "at_least": "at least", "at_most": "at most"}
        given = {word: getattr(change, key) for key, word in words.items()}
        found = [f"{word} {value:,g}" for word, value in given.items() if value is not None]
        operation = ", ".join(found)
    where = ", ".join(f"{key} is {_written(value)}" for key, value in change.where.items())
    return change.set, operation, where, change.source


def print_changes(out: Console, name: str, changes: Sequence[Applied]) -> None:
    """Print what an action changes in a scenario."""
    if not changes:
        out.print(
            f"{name} changes nothing here: everything it asks for is already in place.",
            soft_wrap=True,
        )
        out.print()
        return
    rows = [
        (
            one.key,
            _written(one.before),
            _written(one.after),
            f"month {one.month}" if one.month else "start",
        )
        for one in changes
    ]
    table(out, f"Changed by {name}", ("key", "before", "after", "from"), rows)


def _written(value: Any) -> str:
    """Return a value as a scenario file writes it, without the rounding of arithmetic."""
    text = yaml.safe_dump(_rounded(value), default_flow_style=True, width=1000).strip()
    return text.removesuffix("\n...").strip()


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return float(f"{value:.10g}") if isinstance(value, float) else value
