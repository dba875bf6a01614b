"""Shared numbers rest on rows of evidence or say that they do not; rows are used as they say."""

import csv
import re
from itertools import pairwise

import pytest
import yaml

from smpsim.scenario import find, load_data
from smpsim.scenario.keypaths import format_path, parse_path, value_at
from smpsim.scenario.marks import marks
from smpsim.scenario.ranges import is_range
from smpsim.scenario.yaml_files import read_file

BASE = find("base")
DATA = read_file(BASE).data
COLUMNS = ["id", "key", "parameter", "context", "low", "central", "high", "unit"]
COLUMNS += ["source", "address", "quality", "use"]
CITED = re.compile(r"\[(E\d+)\]")
LONGEST_LINE = 112


def read_rows():
    with BASE.with_name("evidence.csv").open(encoding="utf-8", newline="") as file:
        read = csv.DictReader(file)
        assert read.fieldnames == COLUMNS
        return list(read)


ROWS = read_rows()
BY_ID = {row["id"]: row for row in ROWS}
MARKS = {parse_path(mark.key): mark for mark in marks("base") if mark.shared}


def numbers(data, path):
    """Yield every number and range with its path."""
    if is_range(data):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from numbers(value, (*path, key))
    elif isinstance(data, (int, float)) and not isinstance(data, bool):
        yield path, data


NUMBERS = dict(numbers(DATA["behaviour"], ("behaviour",)))
RANGES = {path: value for path, value in NUMBERS.items() if is_range(value)}


def mark_of(path):
    """Return what is said of a number; a part of a distribution has what is said of it."""
    return next(MARKS[path[:end]] for end in range(len(path), 0, -1) if path[:end] in MARKS)


def addresses(data):
    """Yield every address in plain data."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if key == "address":
            yield value
        elif isinstance(value, (dict, list)):
            yield from addresses(value)


def test_rows_are_whole():
    assert len(BY_ID) == len(ROWS) > 100
    for row in ROWS:
        # E1 to E19 are the rules of the model
        assert re.fullmatch(r"E[1-9]\d\d", row["id"])
        assert row["quality"] in ("primary", "secondary", "recalled"), row["id"]
        assert row["use"] in ("range", "context", "contradicts"), row["id"]
        assert all(row[name] for name in ("parameter", "context", "unit", "source")), row["id"]
        if not row["address"].startswith(("http://", "https://")):
            assert not row["address"], row["id"]
            assert row["source"].startswith("SMP paper") or row["quality"] == "recalled", row["id"]
        figures = [float(row[name]) for name in ("low", "central", "high") if row[name]]
        assert all(low <= high for low, high in pairwise(figures)), row["id"]
        assert figures or row["use"] == "context", row["id"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_is_cited_at_the_number_that_it_bears_on(row):
    path = parse_path(row["key"])
    assert value_at(DATA, path) is not None, row["key"]
    inside = [one for one in MARKS if one[: len(path)] == path]
    said = " ".join(MARKS[one].text for one in inside)
    assert row["id"] in CITED.findall(said)


def test_every_row_that_is_cited_exists():
    cited = set(CITED.findall(BASE.read_text(encoding="utf-8")))
    # the head of the file names the first as an example
    assert cited == set(BY_ID)


def test_no_row_that_an_outcome_was_computed_from_draws_a_range():
    reports = yaml.safe_load(BASE.with_name("validation.yaml").read_text(encoding="utf-8"))
    scored = set(addresses(reports))
    found = [row["id"] for row in ROWS if row["address"] in scored]
    assert len(found) > 10
    assert {BY_ID[name]["use"] for name in found} == {"context"}


@pytest.mark.parametrize("path", RANGES, ids=format_path)
def test_a_range_says_what_it_rests_on(path):
    low, centre, high = (RANGES[path][end] for end in ("low", "centre", "high"))
    assert low < centre < high
    mark = mark_of(path)
    drawn_from = [name for name in CITED.findall(mark.text) if BY_ID[name]["use"] == "range"]
    assert mark.origin == "assumption" or drawn_from
    # what was recalled is an assumption until somebody has read it
    qualities = {BY_ID[name]["quality"] for name in drawn_from}
    assert mark.origin == "assumption" or qualities != {"recalled"}


@pytest.mark.parametrize("path", sorted(set(NUMBERS) - set(RANGES)), ids=format_path)
def test_a_number_without_a_range_says_why(path):
    assert mark_of(path).origin != "unsaid"


def test_all_ranges_are_allowed(world):
    scenario = load_data({"extends": "base", **world})
    stated = {parse_path(key) for key in scenario.likely_ranges}
    assert stated >= set(RANGES)
    assert len(RANGES) > 150


def test_lines_of_base_can_be_read():
    lines = BASE.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if len(line) > LONGEST_LINE]
