"""What the documentation site takes from the code while it is built.

A page asks for a part by a comment on a line of its own::

    <!-- made when the site is built: command_line -->

So the command line, the public names, the kinds of files and the catalogue are described once,
where they are declared.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from docutils import nodes
from make_field_reference import HEADS, Row, reference, sections, table_of
from page_parts import table
from site_commands import command_line, exit_codes
from site_words import text

import smpsim
from smpsim.results.outcomes import OUTCOMES
from smpsim.results.units import unit_of
from smpsim.scenario import load_action
from smpsim.scenario.schema import Scenario
from smpsim.studies.catalogue import entries
from smpsim.studies.kinds import KINDS

MARK = re.compile(r"^<!-- made when the site is built: (\w+) -->$", re.MULTILINE)
FIELDS, REFERENCE_RESULTS = "docs/fields", "results/reference/README"
FIELD_HEADS = ("Key", "Meaning", *(head for head in HEADS if head not in ("Key", "Meaning")))
FILE_HEADS = tuple(one for one in FIELD_HEADS if one not in ("base.yaml", "Timeline", "Source"))
ROOT = Path(__file__).resolve().parents[1]


# the Python interface


def public_names() -> str:
    """Return the documentation of each public name, from its docstring."""
    kinds: dict[str, list[str]] = {"Functions": [], "Classes": [], "Data": [], "Errors": []}
    for name in sorted(smpsim.__all__, key=str.lower):
        value = getattr(smpsim, name)
        if not inspect.isclass(value):
            kinds["Functions" if callable(value) else "Data"].append(name)
        else:
            kinds["Errors" if issubclass(value, Exception) else "Classes"].append(name)
    parts = []
    for kind, names in kinds.items():
        parts.append(f"## {kind}\n")
        if kind != "Data":
            rows = ((f"{{py:obj}}`smpsim.{name}`", text(_first_line(name))) for name in names)
            parts.append(table(("Name", "What it is"), rows) + "\n")
        parts += ["```{eval-rst}", *(line for name in names for line in _directive(name)), "```\n"]
    return "\n".join(parts)


def _first_line(name: str) -> str:
    said = (inspect.getdoc(getattr(smpsim, name)) or "").partition("\n")[0]
    return said.replace("`", "")


def _directive(name: str) -> Iterator[str]:
    value = getattr(smpsim, name)
    if isinstance(value, dict):
        names = ", ".join(f"``{key}``" for key in value)
        yield from (f".. py:data:: smpsim.{name}", "", f"   By name: {names}.")
    elif not inspect.isclass(value):
        yield f".. autofunction:: smpsim.{name}"
    else:
        yield f".. autoclass:: smpsim.{name}"
        # what stands in a scenario is the page on fields
        yield from () if value is Scenario else ("   :members:", "   :show-inheritance:")
    yield ""


# files


def kinds_of_files() -> str:
    """Return the keys of every kind of file but a scenario."""
    parts = []
    for kind in KINDS.values():
        title = kind.words.partition(" ")[2]
        parts.append(f"## {title[:1].upper()}{title[1:]}\n")
        if kind.name == "scenario":
            parts.append("[Fields of a scenario](fields.md) lists its keys.\n")
        told = ", ".join(f"`{key}`" for key in kind.keys)
        parts.append(
            f"Taken by `{kind.command.format('FILE')}`; recognised by {told}. "
            f"For editors: `smpsim schema --kind {kind.name} --out {kind.name}.schema.json`.\n"
        )
        if kind.name != "scenario":
            module, _, name = kind.schema.partition(":")
            for path, about, rows in sections(getattr(import_module(module), name)):
                title = f"### `{path}`\n\n" if path else ""
                parts.append(f"{title}{text(about)}\n\n{table_of(map(short, rows), FILE_HEADS)}\n")
    return "\n".join(parts)


def short(row: Row) -> Row:
    """Return a row with the end of its key, which stands below the beginning."""
    return replace(row, key=row.key.rpartition(".")[2])


def fields() -> str:
    """Return the page on fields, with the meaning beside the key: on a screen it is seen first."""
    page = reference(FIELD_HEADS, short)
    said = "- **Key**: the key path."
    return page.replace(said, "- **Key**: the end of the key path; its beginning is the heading.")


def write_schemas(folder: Path) -> None:
    """Write the JSON Schema of each kind of file into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in KINDS.items():
        written = json.dumps(kind.json_schema(), indent=1, ensure_ascii=False)
        (folder / f"{name}.schema.json").write_text(written + "\n", encoding="utf-8")


# the catalogue


def catalogue() -> str:
    """Return what is in the catalogue, with what each scenario says of itself."""
    found = entries()
    parts = ["## Scenarios\n"]
    for row in (row for row in found if row["kind"] == "scenario" and row["runs"]):
        said = smpsim.show(row["name"])
        parts.append(f"### {text(said['name'])}\n")
        parts.append(f"`smpsim run {row['name']}` · {said['months']} months from {said['start']}\n")
        parts += [f"{text(said[key])}\n" for key in ("question", "description") if said[key]]
        sources = [f"- `{key}`: {text(source)}" for key, source in said["sources"].items()]
        if sources:
            parts.append(":::{dropdown} Sources\n" + "\n".join(sources) + "\n:::\n")
    parts.append("## Actions\n")
    for row in (row for row in found if row["kind"] == "action"):
        action = load_action(row["name"])
        name = row["name"].rpartition("/")[2]
        parts.append(f"### {text(action.name)}\n\n`--with {name}`\n\n{text(action.description)}\n")
    parts.append("## Studies\n")
    rows = (
        (text(row["title"]), text(row["question"]), f"`{row['command']}`")
        for row in found
        if row["folder"] == "studies"
    )
    return "\n".join([*parts, table(("Study", "Question", "Command"), rows), ""])


def outcomes() -> str:
    """Return every outcome with its unit and meaning."""
    rows = (
        (f"`{name}`", text(one.label), text(unit_of(name, "currency")), text(one.meaning))
        for name, one in OUTCOMES.items()
    )
    return table(("Name", "In words", "Unit", "Meaning"), rows)


def name(role: str, raw: str, words: str, line: int, inliner: Any, *_: Any) -> tuple[list, list]:
    """Show what docstrings put between single backticks, as a link if it is a public name."""
    path = words if words.startswith("smpsim.") else f"smpsim.{words}"
    home = path.split(".")[1]
    if home in smpsim.__all__ and (path == words or home[:1].isupper()):
        link = inliner.document.settings.env.get_domain("py").role("obj")
        nodes_of: tuple[list, list] = link(
            "py:obj", raw, f"{words} <{path}>", line, inliner, {}, []
        )
        return nodes_of
    return [nodes.literal(words, words)], []


def notebooks() -> str:
    """Return the notebooks with their titles and how they begin."""
    rows = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        title, _, rest = "".join(cells[0]["source"]).partition("\n")
        first = re.split(r"(?<=[.?!])\s", rest.strip())[0]
        rows.append((f"[{title.removeprefix('# ')}](../notebooks/{path.name})", text(first)))
    return table(("Notebook", "How it begins"), rows)


def pictures() -> str:
    """Return the pictures of the reference results, which the repository lists as files."""
    names = sorted(path.stem for path in (ROOT / "results" / "reference").glob("*.png"))
    shown = (f"### `{name}.png`\n\n![{name.replace('_', ' ')}]({name}.png)\n" for name in names)
    return "\n## Pictures\n\n" + "\n".join(shown)


PARTS = {
    make.__name__: make
    for make in (
        *(command_line, exit_codes, public_names, kinds_of_files, catalogue, outcomes),
        notebooks,
    )
}


def fill(app: Any, page: str, source: list[str]) -> None:
    """Put what is asked for into the text of a page; Sphinx calls this for each."""
    if page == FIELDS:
        source[0] = fields()
    elif page == REFERENCE_RESULTS:
        source[0] += pictures()
    source[0] = MARK.sub(lambda found: PARTS[found[1]](), source[0])
