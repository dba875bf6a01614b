"""Write ``docs/fields.md``: a table of every field of a scenario, made from the schema.

Run it from any folder after a change of the schema or of ``scenarios/base.yaml``::

    python docs/make_field_reference.py
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import annotated_types
import yaml
from page_parts import table
from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from smpsim.scenario.allowed_values import Shape, plain, range_words, sections_in
from smpsim.scenario.fields import DESIGN, NEUTRAL, Section
from smpsim.scenario.keypaths import value_at
from smpsim.scenario.loading import read_document
from smpsim.scenario.schema import Scenario
from smpsim.scenario.timeline import FIXED_PATHS, SAME_NAMES_PATHS

FILE = Path(__file__).resolve().parent / "fields.md"
SHORT_SOURCES = {NEUTRAL: "neutral", DESIGN: "design"}
ABSENT = object()
HEADS = ("Key", "Unit", "Default", "Allowed", "base.yaml", "Timeline", "Meaning", "Source")

INTRODUCTION = """\
# Fields of a scenario

This page is made by `docs/make_field_reference.py` from the schema. Do not edit it by hand.
[Writing scenarios](writing_scenarios.md) explains how a scenario file works.

- **Key**: the key path. `*` stands for the name of a section, as in
  `programmes.pilot.intakes.seats`.
- **Default**: what holds when the key is left out. "obligatory" means that a whole scenario must
  state it.
- **Allowed**: the range of a number. For a distribution the range holds for its median (or its
  constant value). Draws outside the range of the quantity are set to the nearest allowed value.
- **base.yaml**: the value in `scenarios/base.yaml`, which a scenario takes over with
  `extends: base`. It states behaviour only. Of a range it is the centre; [what is known of each
  number](evidence.md) has the ends.
- **Timeline**: whether an intervention may change the value during a run.
- **Source** of the default. *assumption*: plausible, not measured. *neutral*: the value that
  switches the mechanism off. *design*: each scenario states its own. Anything else is a reference.
  The sources of the values in base.yaml stand in that file as comments.

"log points" are coefficients inside an exponential or logistic function: 0.1 is about ten per
cent more. Hazards are rates per month: a hazard h means that a share 1 - exp(-h) is struck in a
month.
"""


@dataclass(frozen=True)
class Row:
    """A field of a scenario as the reference shows it.

    Parameters
    ----------
    key : str
        Key path; ``*`` stands for a name.
    unit, default, allowed, base, meaning, source : str
        As text.
    timeline : str
        Whether an intervention may change it.
    """

    key: str
    unit: str
    default: str
    allowed: str
    base: str
    timeline: str
    meaning: str
    source: str

    def cells(self) -> dict[str, str]:
        """Return the cells of a table by their heads."""
        values = (self.unit, self.default, self.allowed, self.base, self.timeline)
        return dict(zip(HEADS, (f"`{self.key}`", *values, self.meaning, self.source), strict=True))


def shown(value: Any) -> str:
    """Return a value as a scenario file writes it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(shown(inner) for inner in value) + "]"
    if isinstance(value, float):
        return f"{value:g}"
    if value == "":
        return "empty"
    return yaml.safe_dump(value).removesuffix("\n").removesuffix("\n...")


def default_of(field: FieldInfo) -> str:
    """Return the default of a field."""
    if field.is_required():
        return "obligatory"
    return shown(plain(field.get_default(call_default_factory=True)))


def validators_of(annotation: Any) -> Iterator[BeforeValidator]:
    """Yield the validators that a type brings along."""
    if get_origin(annotation) is Annotated:
        for one in annotation.__metadata__:
            if isinstance(one, BeforeValidator):
                yield one
    for inner in get_args(annotation):
        yield from validators_of(inner)


def allowed_in(field: FieldInfo) -> str:
    """Return what a field allows, without its unit."""
    shape = Shape.of_field(field)
    null = " or null" if shape.nullable else ""
    if field.annotation is Any:
        return "any value"
    if shape.words():
        return " \\| ".join((*(["list"] if shape.is_list else []), *shape.words())) + null
    if shape.is_distribution:
        own = [one for one in field.metadata if isinstance(one, BeforeValidator)]
        for validator in (*own, *validators_of(field.annotation)):
            limits = inspect.getclosurevars(validator.func).nonlocals
            if {"low", "high"} <= set(limits):
                low, high = limits["low"], limits["high"]
                words = range_words((annotated_types.Ge(low), annotated_types.Le(high)))
                return f"distribution,{words}{null}"
        return f"distribution{null}"
    if shape.takes(bool):
        return "true \\| false"
    if shape.takes(int) or shape.takes(float):
        kind = "number" if shape.takes(float) else "whole number"
        if shape.is_money:
            kind = "amount"
        other = " or a section" if shape.section else ""
        return f"{kind}{range_words(tuple(field.metadata))}{other}{null}"
    if shape.is_list:
        return "list" + null
    if shape.is_mapping:
        return "section" + null
    return "text" + null


def may_change(key: str) -> str:
    """Return whether the timeline may change a field."""
    steps = key.split(".")
    if any(steps[: pattern.count(".") + 1] == pattern.split(".") for pattern in FIXED_PATHS):
        return "no"
    return "yes, with the same names" if key in SAME_NAMES_PATHS else "yes"


def base_value(base: dict[str, Any], key: str) -> str:
    """Return the value in base.yaml, or a dash."""
    steps = tuple(key.split("."))
    above = value_at(base, steps[:-1])
    if not key.startswith("behaviour.") or not isinstance(above, dict) or steps[-1] not in above:
        return "-"
    return shown(above[steps[-1]])


def row_of(field: FieldInfo, key: str, base: dict[str, Any]) -> Row:
    """Return the row of a field."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    unit, source = str(extra.get("unit", "")), str(extra.get("source", ""))
    meaning = (field.description or "").removesuffix(f" [{unit}]")
    return Row(
        key=key,
        unit="-" if unit in ("", "1") else unit,
        default=default_of(field),
        allowed=allowed_in(field),
        base=base_value(base, key),
        timeline=may_change(key),
        meaning=meaning,
        source=SHORT_SOURCES.get(source, source),
    )


def sections(whole: type[Section] = Scenario) -> Iterator[tuple[str, str, list[Row]]]:
    """Yield the key path, the description and the rows of each section of a kind of file."""
    # with the centres of ranges in their places
    base = read_document("base").data
    waiting: list[tuple[type[Section], str]] = [(whole, "")]
    while waiting:
        section, prefix = waiting.pop(0)
        rows, below = [], []
        for name, field in section.model_fields.items():
            key = f"{prefix}{field.alias or name}"
            inside = list(sections_in(Shape.of_field(field)))
            below += [(one, f"{key}{stars}.") for one, stars in inside]
            # a section of its own says everything in its own table
            plain_section = bool(inside) and not inside[0][1] and len(field_options(field)) == 1
            if not plain_section:
                rows.append(row_of(field, key, base))
        waiting = below + waiting
        about = inspect.cleandoc(section.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        yield prefix.removesuffix("."), about, rows


def field_options(field: FieldInfo) -> tuple[Any, ...]:
    """Return the types that a field allows, null among them."""
    shape = Shape.of_field(field)
    return (*shape.options, None) if shape.nullable else shape.options


def all_rows() -> dict[str, Row]:
    """Return the row of every field by its key path."""
    return {row.key: row for _, _, rows in sections() for row in rows}


def reference(columns: Sequence[str] = HEADS, shown_as: Callable[[Row], Row] = copy) -> str:
    """Return the text of ``docs/fields.md``, or with other columns and rows for the site."""
    parts = [INTRODUCTION]
    for path, about, rows in sections():
        if not rows:
            continue
        title = f"`{path}`" if path else "The scenario itself"
        heads = [head for head in columns if head != "base.yaml" or path.startswith("behaviour.")]
        parts.append(f"## {title}\n\n{about}\n\n{table_of(map(shown_as, rows), heads)}\n")
    return "\n".join(parts)


def table_of(rows: Iterable[Row], heads: Sequence[str]) -> str:
    """Return rows as a table with these columns."""
    return table(heads, [[row.cells()[head] for head in heads] for row in rows])


def main() -> None:
    """Write the file."""
    FILE.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
