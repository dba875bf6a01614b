"""Write the table of rules into ``docs/extending.md``: run it after a change of a rule."""

from __future__ import annotations

from pathlib import Path

from smpsim.world.rule_table import LARGEST, RULES, Rule

PAGE = Path(__file__).parent / "extending.md"
BEGIN, END = "<!-- the table of rules begins -->\n", "<!-- the table of rules ends -->\n"


def range_of(rule: Rule) -> str:
    """Return what a rule may return, in words."""
    if rule.range is None:
        return "-"
    low, high = rule.range
    if low < 0.0:
        return "any number"
    return "0 or more" if high == LARGEST else f"{low:g} to {high:g}"


def table() -> str:
    """Return the table."""
    lines = [
        "| Name | Equation | Returns | Range | Asked | Arguments |",
        "|---|---|---|---|---|---|",
    ]
    for name, rule in RULES.items():
        arguments = ", ".join(f"`{argument}`" for argument in rule.arguments)
        cells = (f"`{name}`", rule.equation, rule.returns, range_of(rule), rule.when, arguments)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """Return the page with the table as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
