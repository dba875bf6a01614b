"""Plain words as Markdown."""

from __future__ import annotations

import re
from typing import Any


def text(words: Any) -> str:
    """Return plain words as Markdown that shows them; code between backticks stays code."""
    parts = re.split(r"(`[^`]+`)", " ".join(str(words or "").split()))
    parts[::2] = [re.sub(r"([\\`*_<>\[\]|$])", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)
