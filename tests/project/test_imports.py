"""Imports run one way, as docs/decisions.md says: who decides something is not known below."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "smpsim"
# each room may import what stands before it, if it is named here
ROOMS = {
    "errors": [],
    "vocabulary": [],
    "code_cache": [],
    "frozen": [],
    "compiled": ["code_cache", "frozen"],
    "scenario": ["vocabulary"],
    "extras": ["scenario"],
    "mesa_bridge": [],
    "agents": ["vocabulary", "compiled", "scenario", "mesa_bridge"],
    "world": ["vocabulary", "compiled", "scenario", "agents"],
    "results": ["vocabulary", "compiled", "scenario", "extras"],
    "collecting": ["vocabulary", "agents", "world"],
    "checkpoint": ["compiled", "scenario"],
    "model": [
        "vocabulary",
        "compiled",
        "scenario",
        "mesa_bridge",
        "agents",
        "world",
        "collecting",
        "checkpoint",
    ],
    "ensemble": ["vocabulary", "compiled", "scenario", "agents", "world", "results"],
    "studies": ["scenario"],
    "studies.comparing": [
        "vocabulary",
        "scenario",
        "extras",
        "world",
        "results",
        "ensemble",
    ],
    "studies.ranking": ["scenario", "results", "ensemble", "studies.comparing"],
    "studies.sweeping": ["vocabulary", "scenario", "extras", "results", "ensemble", "studies"],
    "studies.discovery": ["scenario", "extras", "results", "studies.sweeping"],
    "studies.sensitivity": [
        "scenario",
        "extras",
        "results",
        "studies.comparing",
        "studies.sweeping",
    ],
    "studies.validation": [
        "scenario",
        "results",
        "studies",
        "studies.comparing",
        "studies.sweeping",
    ],
    "studies.search": [
        "scenario",
        "extras",
        "results",
        "studies",
        "studies.comparing",
        "studies.sensitivity",
        "studies.sweeping",
    ],
    "studies.verifying": [
        "scenario",
        "results",
        "ensemble",
        "studies.comparing",
        "studies.ranking",
        "studies.sweeping",
        "studies.discovery",
        "studies.sensitivity",
        "studies.validation",
        "studies.search",
    ],
    "plots": ["vocabulary", "scenario", "results"],
    "findings": [],
    "cli": None,  # the top: it may import everything
}


def room_of(parts):
    if parts[0] == "studies" and len(parts) > 1 and (PACKAGE / "studies" / parts[1]).is_dir():
        return f"studies.{parts[1]}"
    return parts[0]


def imports(file):
    """Yield the room of each import of a file, and whether it stands at its top."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        module = node.module if isinstance(node, ast.ImportFrom) else None
        if module and module.startswith("smpsim."):
            yield room_of(module.split(".")[1:]), node.col_offset == 0


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_file_stands_in_a_room():
    rooms = {room_of(file.relative_to(PACKAGE).with_suffix("").parts) for file in FILES}
    assert rooms - {"__init__", "__main__"} == set(ROOMS)


@pytest.mark.parametrize("room", [room for room, allowed in ROOMS.items() if allowed is not None])
def test_a_room_knows_only_what_is_below_it(room):
    order = list(ROOMS)
    assert all(order.index(one) < order.index(room) for one in ROOMS[room])
    files = [f for f in FILES if room_of(f.relative_to(PACKAGE).with_suffix("").parts) == room]
    assert files
    for file in files:
        for other, at_top in imports(file):
            if other != room and at_top:
                # the kinds of error are known everywhere
                assert other in (*ROOMS[room], "errors"), f"{file.name} imports {other}"


def test_nothing_but_the_command_line_imports_it():
    for file in FILES:
        if room_of(file.relative_to(PACKAGE).with_suffix("").parts) in ("cli", "__main__"):
            continue
        assert "cli" not in {room for room, _ in imports(file)}, file.name


def test_mesa_stands_behind_one_module():
    users = set()
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if any(name.split(".")[0] == "mesa" for name in names):
                users.add(file.name)
    assert users == {"mesa_bridge.py"}
