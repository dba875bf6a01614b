"""What holds for all tests."""

import os
from collections import Counter

import pytest

# workers of pytest-xdist are given the width of the terminal, which would wrap what commands print
os.environ.pop("COLUMNS", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have most slow tests.

    A core works on a file to its end, so a long one that comes last leaves the others idle.
    """
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])
