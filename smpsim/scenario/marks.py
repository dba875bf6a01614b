"""Where the figures of a scenario come from, as its files say: assumed, from a source, or unsaid.

A comment on the line of a value, or right above it, says where the value comes from; so does an
entry under ``sources``. Whatever has the word "assumption" in it marks a guess. A number that is
written with its likely range is one figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from smpsim.scenario.keypaths import (
    KeyPath,
    KeyPathError,
    format_path,
    parse_path,
    starts_with,
)
from smpsim.scenario.loading import FileText, Source, read_document
from smpsim.scenario.quantities import KINDS
from smpsim.scenario.ranges import SECTION
from smpsim.scenario.read_from import Read, origin_of
from smpsim.scenario.schema import Scenario
from smpsim.scenario.values_at_keys import get_value, scenario_data
from smpsim.scenario.yaml_files import Document

Origin = Literal["assumption", "source", "unsaid"]

_MARKED = re.compile(r"#.*\bassumption\b|:\s*[\"']?assumption\b", re.IGNORECASE)
_ASSUMED = re.compile(r"\bassum(?:ption|ed)s?\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\s*-?[\d.,_]+(?:e\d+)?\s*[A-Z]{3}\s*")
_TEXTS = ("name", "question", "description", "sources", "why")
_CHOICES_OF_RUNS = ("seed", "replications", "start", "currency")
# what a partnership decides, or an evaluation agrees on, is no belief about the world
_DECIDED_SECTIONS = ("contract", "funding", "planned", "renewal")
_DECIDED = (
    *("months", "discount_rate", "domestic_track_share", "refund_share", "refund_months"),
    *("seats", "every_months", "number", "pilot_share", "budget"),
    *("months_before_departure", "months_after_offer", "months_after_arrival"),
)


class Mark(NamedTuple):
    """What is said about where a figure comes from.

    Attributes
    ----------
    key : str
        Key path, with the names of sections.
    value : object
        As the file states it: a number, or a distribution as a mapping; of a likely range the
        centre.
    origin : str
        ``"assumption"``, ``"source"``, or ``"unsaid"``.
    text : str
        What the file says about it.
    shared : bool
        Whether it is one of ``behaviour``, which scenarios share.
    ranged : bool
        Whether the file states a likely range, of a distribution for one of its parameters.
    """

    key: str
    value: Any
    origin: Origin
    text: str
    shared: bool
    ranged: bool = False


def marked_lines(path: Path) -> int:
    """Return how many lines of a scenario file are marked as assumption."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return sum(1 for line in text.splitlines() if _MARKED.search(line))


def marks(source: Source) -> list[Mark]:
    """Return where each figure that a scenario states comes from, in the order of its files.

    Figures are numbers and distributions; choices between words, names and the timeline, which
    repeats values, are none.

    Parameters
    ----------
    source : str, path, mapping or Scenario
        A scenario is what its files say, but for what has been set in it since: nothing is said of
        that. Plain data have no comments, so that only ``sources`` speak of them.

    Raises
    ------
    ScenarioError
        If a file cannot be read.
    """
    origin = origin_of(source) if isinstance(source, Scenario) else None
    if isinstance(source, Scenario) and isinstance(origin, Scenario):
        before, after = scenario_data(origin), scenario_data(source)
        return [_after_changes(one, before, after) for one in marks(origin)]
    if isinstance(origin, Read):
        return _stated(origin.document, origin.texts)
    texts = {source.name: source.text} if isinstance(source, FileText) else {}
    return _stated(read_document(source), texts)


def _stated(document: Document, texts: Mapping[str, str]) -> list[Mark]:
    """Return where each figure of a document comes from."""
    said = _sources(document.data)
    ranges = document.data.get(SECTION, {})
    found = []
    for path, value in _figures(document.data, ()):
        text = ""
        if not any(starts_with(one, path) or starts_with(path, one) for one in document.overridden):
            # what is set in place of what the file has is not what the file speaks of
            text = next((said[one] for one in _upwards(path) if one in said), "")
            text = text or _comment(document, path, texts)
        grade: Origin = "unsaid"
        if text:
            grade = "assumption" if _ASSUMED.search(text) else "source"
        key = format_path(path, document.data)
        ranged = any(one == key or one.startswith(f"{key}.") for one in ranges)
        found.append(Mark(key, value, grade, text, path[0] == "behaviour", ranged))
    return found


def _after_changes(mark: Mark, before: Mapping[str, Any], after: Mapping[str, Any]) -> Mark:
    """Return the mark of a figure in a scenario that was made of another one."""
    try:
        old, new = (get_value(one, mark.key) for one in (before, after))
    except KeyPathError:
        # not stated any more, or by another name
        return mark._replace(origin="unsaid", text="")
    ends, changed = (
        [(key, one[SECTION][key]) for key in one[SECTION] if f"{key}.".startswith(f"{mark.key}.")]
        for one in (before, after)
    )
    if old == new and ends == changed:
        return mark
    return mark._replace(value=new, origin="unsaid", text="", ranged=bool(changed))


def held_guesses(marked: Iterable[Mark]) -> list[str]:
    """Return the key paths of a scenario's own guesses without a likely range.

    What the design decides is no guess about the world, and a zero switches something off.
    """
    found = []
    for one in marked:
        guess = one.origin == "assumption" and not (one.shared or one.ranged)
        if guess and one.value != 0 and not _is_decided(parse_path(one.key)):
            found.append(one.key)
    return found


def _is_decided(path: KeyPath) -> bool:
    """Say whether a figure is one of a design, which is decided and not believed."""
    if any(step in _DECIDED_SECTIONS for step in path):
        return True
    # governments have months too, of which nobody decides
    return path[-1] in _DECIDED and path[0] != "governments"


def _figures(data: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """Yield path and value of each number and distribution."""
    if isinstance(data, Mapping):
        if path and (next(iter(data), None) in (*KINDS, "poisson") or path[-2:-1] == ("funding",)):
            # a distribution, or the shares of those who pay for an item, are one figure
            yield path, data
            return
        for key, value in data.items():
            if key in _TEXTS or (not path and key in (*_CHOICES_OF_RUNS, "timeline", SECTION)):
                continue
            yield from _figures(value, (*path, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _figures(value, (*path, place))
    elif not isinstance(data, bool) and (
        isinstance(data, (int, float)) or _AMOUNT.fullmatch(str(data))
    ):
        yield path, data


def _sources(data: Mapping[str, Any]) -> dict[KeyPath, str]:
    """Return what is said under ``sources``, by key path with indices."""
    found: dict[KeyPath, str] = {}
    sections: list[tuple[KeyPath, Any]] = [((), data)]
    sections += [(("programmes", n), one) for n, one in enumerate(data.get("programmes") or [])]
    for base, section in sections:
        stated = section.get("sources") if isinstance(section, Mapping) else None
        for key, text in (stated or {}).items():
            try:
                path = parse_path(str(key))
            except KeyPathError:
                # free text, which says nothing of a value
                continue
            found[(*base, *_indexed(section, path))] = str(text)
    return found


def _indexed(data: Any, path: KeyPath) -> KeyPath:
    """Return a key path with indices in place of the names of sections in lists."""
    found: list[str | int] = []
    for step in path:
        if isinstance(data, list) and isinstance(step, str):
            names = [one.get("name") if isinstance(one, Mapping) else None for one in data]
            step = names.index(step) if step in names else step
        found.append(step)
        inside = isinstance(data, (list, Mapping))
        data = data[step] if inside and _has(data, step) else None
    return tuple(found)


def _has(data: Any, step: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(step, int) and 0 <= step < len(data)
    return step in data


def _upwards(path: KeyPath) -> Iterator[KeyPath]:
    """Yield a path and what encloses it, the innermost first."""
    for end in range(len(path), 0, -1):
        yield path[:end]


def _comment(document: Document, path: KeyPath, texts: Mapping[str, str]) -> str:
    """Return the comment at the line of a value, or above it, or above what encloses it.

    What stands above a whole section of the behaviour says what it is about, not where it is from.
    """
    for one in _upwards(path):
        if one != path and one[0] == "behaviour" and len(one) < 3:
            break
        place = document.keys.get(one) or document.values.get(one)
        if place is None or place.line is None:
            continue
        file = str(place.file)
        found = _comments_in(texts[file]) if file in texts else _comments(file)
        text = found.get(place.line, "")
        if text:
            return text
    return ""


def _comments(file: str) -> dict[int, str]:
    """Return the comments of a file, as it is now, by the line that they belong to."""
    try:
        return _comments_in(Path(file).read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError):
        # plain data have no file
        return {}


@lru_cache(maxsize=32)
def _comments_in(text: str) -> dict[int, str]:
    """Return the comments of a text by the line that they belong to."""
    found: dict[int, str] = {}
    above: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("#"):
            above.append(bare.lstrip("# ").strip())
            continue
        beside = _after_hash(line)
        text = beside or " ".join(above)
        if bare and text:
            found[number] = text
        above = []
    return found


def _after_hash(line: str) -> str:
    """Return the comment at the end of a line; a hash inside quotes begins none."""
    quote = ""
    for place, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "#" and (place == 0 or line[place - 1].isspace()):
            return line[place + 1 :].strip()
    return ""


def stated_sources(scenario: Scenario) -> dict[str, str]:
    """Return what a scenario says under ``sources``, with the programme where it speaks of one."""
    found = dict(scenario.sources)
    for programme in scenario.programmes:
        found |= {f"{programme.name}: {key}": text for key, text in programme.sources.items()}
    return found
