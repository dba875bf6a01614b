"""Imports run one way, as docs/decisions.md says: who decides something is not known below."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "smpsim"
# each room may import what stands before it, if it is named here
ROOMS = {
    "errors": [],
    "messages": [],
    "vocabulary": [],
    "code_cache": [],
    "frozen": [],
    "linking": [],
    "compiled": ["code_cache", "frozen", "linking"],
    "scenario": ["vocabulary"],
    "guided": ["vocabulary", "scenario"],
    "extras": ["scenario"],
    "mesa_bridge": [],
    "agents": ["vocabulary", "compiled", "scenario", "mesa_bridge"],
    "world": ["vocabulary", "compiled", "scenario", "agents"],
    "plots": ["scenario"],
    "results": ["vocabulary", "compiled", "scenario", "extras", "plots"],
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
    "studies": ["scenario", "results"],
    "studies.compare": [
        "vocabulary",
        "scenario",
        "extras",
        "plots",
        "world",
        "results",
        "ensemble",
        "studies",
    ],
    "studies.rank": ["scenario", "plots", "results", "ensemble", "studies", "studies.compare"],
    "studies.explain": [
        "vocabulary",
        "scenario",
        "plots",
        "results",
        "ensemble",
        "studies",
        "studies.compare",
    ],
    "studies.sweep": ["vocabulary", "scenario", "extras", "plots", "results", "studies"],
    "studies.discover": ["scenario", "extras", "plots", "results", "studies", "studies.sweep"],
    "studies.sensitivity": [
        "scenario",
        "extras",
        "plots",
        "results",
        "studies.compare",
        "studies.sweep",
    ],
    "studies.validate": [
        "vocabulary",
        "scenario",
        "plots",
        "results",
        "studies",
        "studies.compare",
        "studies.sweep",
    ],
    "studies.calibrate": [
        "scenario",
        "plots",
        "results",
        "studies",
        "studies.sweep",
        "studies.validate",
    ],
    "studies.search": [
        "scenario",
        "plots",
        "extras",
        "results",
        "studies",
        "studies.compare",
        "studies.sensitivity",
        "studies.sweep",
    ],
    "studies.decide": [
        "scenario",
        "extras",
        "plots",
        "results",
        "studies.compare",
        "studies.search",
        "studies.sweep",
        "studies.validate",
    ],
    "studies.report": [
        "vocabulary",
        "scenario",
        "guided",
        "extras",
        "plots",
        "results",
        "ensemble",
        "studies.compare",
        "studies.sensitivity",
        "studies.sweep",
    ],
    "studies.forecast": [
        "vocabulary",
        "scenario",
        "extras",
        "plots",
        "results",
        "studies",
        "studies.compare",
        "studies.sweep",
        "studies.validate",
    ],
    "studies.verify": [
        "scenario",
        "results",
        "ensemble",
        "studies.compare",
        "studies.explain",
        "studies.rank",
        "studies.report",
        "studies.sweep",
        "studies.discover",
        "studies.sensitivity",
        "studies.validate",
        "studies.calibrate",
        "studies.search",
        "studies.decide",
        "studies.forecast",
    ],
    "app": [
        "vocabulary",
        "scenario",
        "guided",
        "extras",
        "plots",
        "world",
        "results",
        "model",
        "ensemble",
        "studies.compare",
        "studies.decide",
        "studies.report",
        "studies.forecast",
    ],
    "cli": None,  # the top: it may import everything
}


# beside these, what is imported inside a function only, so that help and lists come at once; it
# stands before the room too
LAZY = {
    "results": ["world"],
    "studies.sweep": ["compiled", "world", "ensemble"],
    "studies.discover": ["ensemble"],
}
NAMED_BY_TEXT = {"studies/kinds.py"}
"""Files that name functions of rooms above them as text: the registry of kinds of files."""


def room_of(parts):
    if parts[0] == "studies" and len(parts) > 1 and (PACKAGE / "studies" / parts[1]).is_dir():
        return f"studies.{parts[1]}"
    return parts[0]


def imports(file):
    """Yield the room of each import of a file, wherever it stands, and whether it is at the top.

    An import in a function, or one for type checkers only, is as much knowledge as any other.
    """
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        modules = []
        if isinstance(node, ast.Import):
            modules = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module]
            if node.module == "smpsim":
                rooms = {*ROOMS, *(room.partition(".")[0] for room in ROOMS)}
                modules = [f"smpsim.{one.name}" for one in node.names if one.name in rooms]
        for module in modules:
            if module.startswith("smpsim."):
                yield room_of(module.split(".")[1:]), node.col_offset == 0


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_file_stands_in_a_room():
    rooms = {room_of(file.relative_to(PACKAGE).with_suffix("").parts) for file in FILES}
    assert rooms - {"__init__", "__main__"} == set(ROOMS)


@pytest.mark.parametrize("room", [room for room, allowed in ROOMS.items() if allowed is not None])
def test_a_room_knows_only_what_is_below_it(room):
    order = list(ROOMS)
    lazy = LAZY.get(room, [])
    assert all(order.index(one) < order.index(room) for one in [*ROOMS[room], *lazy])
    files = [f for f in FILES if room_of(f.relative_to(PACKAGE).with_suffix("").parts) == room]
    assert files
    for file in files:
        for other, at_top in imports(file):
            if other != room:
                # the kinds of error, and the words for them, are known everywhere
                allowed = ["errors", "messages", *ROOMS[room], *([] if at_top else lazy)]
                assert other in allowed, f"{file.relative_to(PACKAGE)} imports {other}"


def test_imports_inside_functions_are_seen(tmp_path):
    file = tmp_path / "hidden.py"
    file.write_text(
        "if True:\n    from smpsim.plots.style import png\n"
        "def late():\n    import smpsim.cli.app\n    from smpsim import ensemble\n"
    )
    assert sorted(imports(file)) == [("cli", False), ("ensemble", False), ("plots", False)]


def test_only_the_registry_names_modules_as_text():
    for file in FILES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        texts = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant)]
        named = [one for one in texts if isinstance(one, str) and re.match(r"smpsim(\.\w+)+", one)]
        name = str(file.relative_to(PACKAGE))
        assert not named or name in NAMED_BY_TEXT | {"__init__.py"}, f"{name}: {named}"


def test_nothing_but_the_command_line_imports_it():
    for file in FILES:
        if room_of(file.relative_to(PACKAGE).with_suffix("").parts) in ("cli", "__main__"):
            continue
        assert "cli" not in {room for room, _ in imports(file)}, file.name


def test_only_the_command_line_imports_the_cockpit():
    for file in FILES:
        room = room_of(file.relative_to(PACKAGE).with_suffix("").parts)
        if room not in ("app", "cli"):
            assert "app" not in {one for one, _ in imports(file)}, file.name


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
