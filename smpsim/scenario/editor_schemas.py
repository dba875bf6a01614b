"""Help for editors and studies: JSON Schemas of files, and the list of assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from smpsim.scenario.allowed_values import Shape, plain
from smpsim.scenario.fields import ASSUMPTION, Section
from smpsim.scenario.quantities import Distribution, to_scenario_currency
from smpsim.scenario.ranges import ENDS
from smpsim.scenario.schema import Scenario

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ABOUT = "A world in which programmes are tried: who exists, how they behave, what changes when"
_FORMS: list[dict[str, Any]] = TypeAdapter(Distribution).json_schema()["anyOf"]
_LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_AMOUNT = {"type": "string", "pattern": r"^\s*[-+]?[0-9._]+([eE][-+]?[0-9]+)?\s+[A-Za-z]{3}\s*$"}
_OF_NUMBERS = ("type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_ABOUT_ENDS = ("5 % of what is believed lies below", "half lies below", "5 % lies above")
_ENDS = {
    end: {
        "title": end.capitalize(),
        "description": f"{about} [unit of the number]",
        "unit": "unit of the number",
        "source": "stated by each scenario",
        "anyOf": [{"type": "number"}, _AMOUNT],
    }
    for end, about in zip(ENDS, _ABOUT_ENDS, strict=True)
}
_RANGE = {
    "title": "Likely range",
    "description": "5 %, 50 % and 95 % of what is believed; a plain number is held fixed",
    "type": "object",
    "properties": _ENDS,
    "required": [*ENDS],
    "additionalProperties": False,
}


class Assumption(NamedTuple):
    """A default that has no source.

    Parameters
    ----------
    path : str
        Key path; ``*`` stands for each name or index.
    unit : str
        Unit of the value.
    default : object
        In the form a file writes.
    """

    path: str
    unit: str
    default: Any


class _Generator(GenerateJsonSchema):
    """Adds what pydantic cannot see: the text form of money, and defaults as files write them."""

    def encode_default(self, dft: Any) -> Any:
        return plain(dft, whole=True)

    def handle_invalid_for_json_schema(
        self, schema: core_schema.CoreSchema, error_info: str
    ) -> JsonSchemaValue:
        # a form that only a class of its own can read: better not described than no schema at all
        return {}

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        if schema["function"]["function"] is to_scenario_currency:
            return {"anyOf": [inner, dict(_AMOUNT)]}
        return inner


def json_schema() -> dict[str, Any]:
    """Return a JSON Schema (draft 2020-12) of scenario files for editors.

    Returns
    -------
    dict
        Each key has a description with unit, the ``unit`` and the ``source`` of its default.
        Keys that are obligatory in a whole scenario are not asked of a file with ``extends``.
    """
    schema = section_schema(Scenario, "Scenario of smpsim")
    name = {"type": "string", "minLength": 1}
    extends = {
        "title": "Extends",
        "description": "Scenarios that this one changes: names of the catalogue or relative files",
        "anyOf": [name, {"type": "array", "items": name}],
    }
    schema["properties"] = {"extends": extends, **schema["properties"]}
    obligatory = schema.pop("required", [])
    schema["if"] = {"not": {"required": ["extends"]}}
    schema["then"] = {"required": obligatory}
    for section in schema["$defs"].values():
        if "name" in section.get("properties", {}):
            # a file with extends may state only what it changes in a named section
            section["required"] = ["name"]
    for partial in ("Government", "Intakes"):
        schema["$defs"][partial].pop("required", None)
    for part in schema["$defs"].values():
        for key, described in part.get("properties", {}).items():
            part["properties"][key] = _or_range(described)
    distribution = schema["$defs"]["Distribution"]
    distribution["anyOf"] = [_with_ranges_inside(form) for form in _FORMS]
    schema["$defs"]["LikelyRange"] = _RANGE
    return {**schema, "description": _ABOUT}


def _or_range(described: dict[str, Any]) -> dict[str, Any]:
    """Return a key's schema that allows a likely range where it allows a number."""
    forms = described.get("anyOf") or [{k: v for k, v in described.items() if k in _OF_NUMBERS}]
    # an amount that may be left out is a choice within a choice
    inside = [one for form in forms for one in form.get("anyOf", [form])]
    numbers = {"$ref": "#/$defs/Distribution"} in inside or any(
        one.get("type") in ("number", "integer") for one in inside
    )
    if not numbers:
        return described
    about = {key: value for key, value in described.items() if key not in (*_OF_NUMBERS, "anyOf")}
    return {**about, "anyOf": [*forms, {"$ref": "#/$defs/LikelyRange"}]}


def _with_ranges_inside(form: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a kind of distribution whose numbers may be likely ranges."""
    kinds = {
        kind: {
            **inside,
            "properties": {key: _or_range(one) for key, one in inside["properties"].items()},
        }
        for kind, inside in form.get("properties", {}).items()
    }
    return {**form, "properties": kinds} if kinds else form


def section_schema(section: type[Section], title: str) -> dict[str, Any]:
    """Return a JSON Schema (draft 2020-12) of files with a section at their top.

    Parameters
    ----------
    section : type of Section
    title : str
        Of the schema.

    Returns
    -------
    dict
        Each key has a description with unit, the ``unit`` and the ``source`` of its default.
    """
    schema = section.model_json_schema(schema_generator=_Generator)
    definitions = schema.setdefault("$defs", {})
    for part in (schema, *definitions.values()):
        for name, described in part.get("properties", {}).items():
            shown = name.replace("_", " ").capitalize()
            part["properties"][name] = {**_tidy(described), "title": shown}
    if "#/$defs/Distribution" in str(schema):
        definitions["Distribution"] = {"title": "Number or distribution", "anyOf": _FORMS}
    return {"$schema": DRAFT, **schema, "title": title}


def _tidy(described: dict[str, Any], limits: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a key's schema with its source in the description and limits on its numbers."""
    found = dict(described)
    if "source" in found and "default" in found:
        found["description"] += f". Default: {found['source']}"
    # pydantic leaves limits of a value that may be null outside, where they say nothing
    limits = {**(limits or {}), **{_LIMITS[key]: found.pop(key) for key in _LIMITS if key in found}}
    if "$ref" in found and isinstance(found.get("default"), dict):
        # a section's defaults are said at its keys
        del found["default"]
    if found.get("anyOf", [])[: len(_FORMS)] == _FORMS:
        reference = {"$ref": "#/$defs/Distribution"}
        found["anyOf"] = [reference, *found["anyOf"][len(_FORMS) :]]
    if isinstance(found.get("additionalProperties"), dict):
        found["additionalProperties"] = _tidy(found["additionalProperties"])
    if "prefixItems" in found:
        found["prefixItems"] = [_tidy(inner) for inner in found["prefixItems"]]
    if "anyOf" in found:
        found["anyOf"] = [_tidy(inner, limits) for inner in found["anyOf"]]
    elif found.get("type") in ("number", "integer"):
        found.update(limits)
    return found


def assumptions() -> list[Assumption]:
    """Return the defaults that are assumptions, in the order of the schema."""
    return list(_assumptions(Scenario, ""))


def _assumptions(section: type[Section], prefix: str) -> Iterator[Assumption]:
    for name, field in section.model_fields.items():
        path = f"{prefix}{name}"
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        if extra.get("source") == ASSUMPTION:
            default = plain(field.get_default(call_default_factory=True), whole=True)
            yield Assumption(path, str(extra["unit"]), default)
        for option in Shape.of_field(field).options:
            inside, stars = option, ""
            while get_origin(inside) in (list, dict):
                inside, stars = get_args(inside)[-1], f"{stars}.*"
            if isinstance(inside, type) and issubclass(inside, Section):
                yield from _assumptions(inside, f"{path}{stars}.")
