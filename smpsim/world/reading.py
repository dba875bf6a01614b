"""What a user's rule reads of the rows that it gets, and faults of it in words."""

from __future__ import annotations

import dis
import re
from collections.abc import Iterable
from types import FunctionType

from smpsim.messages import nearest

LONGEST = 200  # characters of a compiler's message


def fields_read(function: FunctionType, arguments: Iterable[str]) -> dict[str, set[str] | None]:
    """Return which fields of each argument a function reads or sets; None where that is not clear.

    Clear is what stands as ``person.age``. A row that gets another name, or that another function
    gets, may be read in ways that nobody sees here.
    """
    found: dict[str, set[str] | None] = {name: set() for name in arguments}
    code = [i for i in dis.get_instructions(function) if i.opname not in ("CACHE", "EXTENDED_ARG")]
    for place, instruction in enumerate(code):
        if not any(part in instruction.opname for part in ("LOAD_FAST", "LOAD_DEREF", "CLOSURE")):
            continue
        value = instruction.argval
        names = value if isinstance(value, tuple) else (value,)
        if instruction.opname.startswith("STORE_FAST_LOAD_FAST"):
            names = names[1:]
        following = code[place + 1] if place + 1 < len(code) else None
        for number, name in enumerate(names):
            fields = found.get(name)
            if fields is None:
                continue
            last = number == len(names) - 1
            if (
                last
                and following
                and following.opname in ("LOAD_ATTR", "STORE_ATTR", "LOAD_METHOD")
            ):
                fields.add(following.argval)
            else:
                found[name] = None
    return found


def in_words(error: Exception, fields: Iterable[str]) -> str:
    """Return what is wrong with a rule, from an error of the compiler or of Python.

    `fields` are those of the rows that the rule gets.
    """
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    unknown = (
        re.search(r"[Uu]nknown attribute '(\w+)' of type Record", text)
        or re.search(r"[Ff]ield '?(\w+)'? was not found", text)
        or (re.fullmatch(r"'(\w+)'", text) if isinstance(error, KeyError) else None)
        or re.search(r"record has no attribute '?(\w+)'?|no field of name (\w+)", text)
    )
    if unknown:
        name = next(part for part in unknown.groups() if part)
        return f"got a field {name!r} that no row has{nearest(name, list(fields))}"
    lines = [line.strip() for line in re.sub(r"[Rr]ecord\([^)]*\)", "a row", text).splitlines()]
    said = [line for line in lines if line and not line.startswith("Failed in")]
    line = re.search(r'File "[^"]*", line (\d+)', text)
    where = f" (line {line.group(1)})" if line else ""
    return f"can't be compiled{where}: {' '.join(said)[:LONGEST]}"
