"""A small valid scenario that the tests of loading spoil in many ways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

# the tests count lines and columns in this text
WORLD = """\
name: Minimal
months: 24
governments:
  north: {role: destination}
  south: {role: origin}
institutions:
  - {name: schools, origin: south, seats: 40}
employers:
  - {name: hotels, country: north}
programmes:
  - name: pilot
    institutions: [schools]
    employers: [hotels]
    destination: north
    intakes: {seats: 10}
    costs: {visa: 300}
"""


@pytest.fixture
def world_text() -> str:
    return WORLD


@pytest.fixture
def world() -> dict[str, Any]:
    return yaml.safe_load(WORLD)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write a file below the current folder, by default the small scenario."""
    monkeypatch.chdir(tmp_path)

    def _write(text: str | bytes = WORLD, name: str = "world.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return _write
