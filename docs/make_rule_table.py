"""Write the table of rules into ``docs/extending.md``: run it after a change of a rule."""

from __future__ import annotations

from pathlib import Path

from page_parts import filled, table

from smpsim.world.rule_table import LARGEST, RULES, Rule

PAGE = Path(__file__).parent / "extending.md"


def range_of(rule: Rule) -> str:
    """Return what a rule may return, in words."""
    if rule.range is None:
        return "-"
    low, high = rule.range
    if low < 0.0:
        return "any number"
    return "0 or more" if high == LARGEST else f"{low:g} to {high:g}"


def rules() -> str:
    """Return the table of rules."""
    heads = ("Name", "Equation", "Returns", "Range", "Asked", "Arguments")
    return table(heads, [row_of(name, rule) for name, rule in RULES.items()])


def row_of(name: str, rule: Rule) -> tuple[str, ...]:
    """Return the cells of a rule."""
    arguments = ", ".join(f"`{argument}`" for argument in rule.arguments)
    return f"`{name}`", rule.equation, rule.returns, range_of(rule), rule.when, arguments


def page() -> str:
    """Return the page with the table as it should be."""
    return filled(PAGE.read_text(encoding="utf-8"), {"rules": rules}, "make_rule_table")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
