"""What files say of their figures: where they come from, and how sure their author is."""

from __future__ import annotations

from pathlib import Path

import pytest

from smpsim.scenario import load, names
from smpsim.scenario.known import Known
from smpsim.scenario.loading import FileText
from smpsim.scenario.marks import held_guesses, marks

TEXT = """
name: Marks
months: 24   # assumption: two years
employers:
  - name: firms
    count: 10   # the members
    local_fill: 0.05   # assumption: a year or two
    # assumption: a year or so
    patience_months: {lognormal: {median: {low: 8, centre: 12, high: 18}, sigma: 0.4}}
    margin_per_month: {low: 300 CHF, centre: 500 CHF, high: 900 CHF}   # assumption: a quarter
    poaching: 0.0   # assumption: nobody else hires them
    vacancies_per_year: {poisson: 2}   # assumption: small firms
programmes:
  - name: pilot
    intakes: {seats: 20, applicants_per_seat: {low: 5, centre: 10, high: 20}}   # assumption: all
    contract: {kind: temporary, months: 24}   # assumption: as usual
    funding:
      visa: {employer: 1.0}   # assumption: as usual
    wages:
      origin: {low: 250, centre: 300, high: 360}   # a survey of 2014
"""


@pytest.fixture
def marked(tmp_path):
    """Return the marks of a file by key path."""
    (tmp_path / "mine.yaml").write_text(TEXT)
    return {one.key: one for one in marks(tmp_path / "mine.yaml")}


def test_a_range_is_one_figure_with_its_centre(marked):
    margin = marked["employers.firms.margin_per_month"]
    assert (margin.value, margin.origin, margin.ranged) == ("500 CHF", "assumption", True)
    patience = marked["employers.firms.patience_months"]
    assert patience.value == {"lognormal": {"median": 12, "sigma": 0.4}}
    assert (patience.ranged, patience.text) == (True, "assumption: a year or so")
    wage = marked["programmes.pilot.wages.origin"]
    assert (wage.value, wage.origin, wage.ranged) == (300, "source", True)
    assert not marked["employers.firms.vacancies_per_year"].ranged
    assert not [key for key in marked if key.endswith((".low", ".centre", ".high"))]


def test_bounds_of_a_distribution_are_no_likely_range(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("behaviour: {people: {aptitude: {uniform: {low: 0, high: 1}}}}\n")
    (one,) = marks(file)
    assert (one.value, one.ranged) == ({"uniform": {"low": 0, "high": 1}}, False)


def test_guesses_that_are_held_fixed(marked):
    assert held_guesses(marked.values()) == [
        "employers.firms.local_fill",
        "employers.firms.vacancies_per_year",
    ]


WAGE, MARGIN = "programmes.pilot.wages.origin", "employers.firms.margin_per_month"
PATIENCE, QUIT = "employers.firms.patience_months", "behaviour.retention.quit"
WHOLE = """
extends: bare_pipeline
programmes:
  - name: pilot
    costs:
      travel: {low: 300, centre: 400, high: 500}   # a tariff of 2020
      visa: {low: 60, centre: 80, high: 100}   # assumption: a fee
      stipend: {low: 60, centre: 80, high: 100}
behaviour:
  retention:
    quit: {low: 0.01, centre: 0.02, high: 0.04}   # a panel of 2016
"""
COST = "programmes.pilot.costs."


@pytest.fixture
def whole(tmp_path):
    """Return a file that runs, with ranges that have a source and ranges that have none."""
    (tmp_path / "whole.yaml").write_text(WHOLE)
    return tmp_path / "whole.yaml"


def test_a_scenario_remembers_what_its_files_say(whole):
    said = marks(whole)
    assert marks(load(whole)) == said
    assert marks(load(FileText(WHOLE, "sent.yaml"))) == said
    grades = {one.key: one.origin for one in said}
    assert (grades[f"{COST}travel"], grades[QUIT]) == ("source", "source")
    assert (grades[f"{COST}visa"], grades[f"{COST}stipend"]) == ("assumption", "unsaid")


def test_what_is_set_is_not_what_the_file_speaks_of(whole):
    ends = {"low": 1, "centre": 2, "high": 3}
    for found in (
        load(whole, {f"{COST}travel": ends, f"{COST}overhead": 7}),
        load(load(whole), {f"{COST}travel": ends, f"{COST}overhead": 7}),
        load(load(load(whole), {f"{COST}travel": ends}), {f"{COST}overhead": 7}),
    ):
        known = Known(found)
        assert known.origin(f"{COST}travel") == known.origin(f"{COST}overhead") == "unsaid"
        # the others are as they were
        assert (known.origin(QUIT), known.origin(f"{COST}visa")) == ("source", "assumption")
        assert known.mark(f"{COST}travel").value == 2


def test_what_an_action_changes_is_no_longer_what_its_source_says(whole):
    (whole.parent / "dear.yaml").write_text(
        "name: Dear\npatch:\n  - {set: programmes.*.costs.travel, times: 2, source: a plan}\n"
    )
    found = load(whole, actions=[whole.parent / "dear.yaml"])
    assert found.likely_ranges[f"{COST}travel"] == (600, 1000)
    assert Known(found).origin(f"{COST}travel") == "unsaid"
    assert Known(found).origin(QUIT) == "source"


def test_parts_of_a_figure_are_known_as_the_figure_is(tmp_path):
    (tmp_path / "mine.yaml").write_text(TEXT)
    known = Known(tmp_path / "mine.yaml")
    assert known.origin(f"{PATIENCE}.lognormal.median") == "assumption"
    assert known.sourced([WAGE, MARGIN, f"{PATIENCE}.lognormal.median", "months"]) == [WAGE]
    assert known.mark("programmes.pilot.wages.destination") is None


def test_without_files_the_shared_ranges_are_known_as_everywhere(whole):
    """A scenario from a folder of results has no comments."""
    thamm = load("thamm_germany")
    again = Known(load(thamm.model_dump(mode="json")))
    shared = [one.key for one in marks("base") if one.shared and one.origin == "source"]
    ranged = [key for key in thamm.likely_ranges if key.startswith("behaviour.")]
    known = Known(thamm).sourced(ranged)
    assert known
    assert set(known) <= {key for key in ranged if key.startswith(tuple(shared))}
    assert again.sourced(ranged) == known
    # one that differs from the shared range is somebody's own
    other = Known(load(load(whole).model_dump(mode="json")))
    assert other.origin(QUIT) == "unsaid"


PROGRAMMES = [one for one in names() if one.kind in ("programmes", "sectors")]
ALWAYS = ("willingness_to_pay", "patience_months", "refusal", "margin_per_month", "remitted")
"""Figures that nobody can know, so that a guess of them has a range wherever it stands."""


@pytest.mark.parametrize("entry", PROGRAMMES, ids=lambda one: one.name)
def test_what_the_catalogue_guesses_has_a_range(entry):
    own = [one for one in marks(entry.name) if not one.shared]
    held = held_guesses(own)
    assert not [key for key in held if key.endswith(ALWAYS)]
    # what is left is sizes of groups, capacities, dates and what the timeline sets again
    assert len(held) < sum(one.ranged for one in own) / 3


@pytest.mark.parametrize("entry", names(), ids=lambda one: one.name)
def test_worlds_at_the_ends_of_all_ranges_are_valid(entry):
    if entry.part:
        pytest.skip("a part that others extend")
    ranges = load(entry.name).likely_ranges
    for end in (0, 1):
        # whole numbers are drawn as whole numbers
        world = load(entry.name, {key: ends[end] for key, ends in ranges.items()})
        assert not world.likely_ranges


def test_comments_are_those_of_the_file_as_it_is_now(tmp_path, monkeypatch):
    """A file of the same name may have been read before, elsewhere or as it was."""
    monkeypatch.chdir(tmp_path)
    for said, origin in (("assumption: a guess", "assumption"), ("a survey of 2020", "source")):
        Path("mine.yaml").write_text(f"extends: bare_pipeline\nmonths: 60   # {said}\n")
        found = {one.key: one for one in marks("mine.yaml")}
        assert (found["months"].text, found["months"].origin) == (said, origin)
