"""No outcome that is to be predicted may stand in the scenario that predicts it."""

import re

import pytest
import yaml

from smpsim.scenario import find
from smpsim.studies.validate.read_reports import load_reports

REPORTS = load_reports()


def reported_figures():
    """Yield (scenario, kind, number) of every figure that is reported."""
    for one in REPORTS.scored:
        figure = one.reported
        for scenario in {name for name, _ in one.situations}:
            if figure.number is not None and not figure.unit:
                yield scenario, "share", figure.number
            if figure.value is not None:
                yield scenario, "value", figure.value
            if figure.counted is not None and figure.counted >= 100:
                yield scenario, "counted", figure.counted
        # the people that a share is of are a size, and how many were trained is an input
    for one in REPORTS.sizes:
        yield one.scenario, "people", one.people


def words_of(scenario):
    """Return all that is written for readers: comments and texts, without the values."""
    text = find(scenario).read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    comments = [line.partition("#")[2] for line in text.splitlines()]
    texts = [str(data.get(key, "")) for key in ("name", "question", "description")]
    sources = [str(one) for one in found(data, "sources") for one in one.values()]
    # the lines of the paper and amounts of money are numbers too
    whole = "\n".join([*comments, *texts, *sources])
    return re.sub(r"\(?\blines? [\d\s,to-]+\)?|\b[A-Z]{3} [\d ,]+", " ", whole)


def found(data, key):
    """Yield every mapping under a key, however deep."""
    for name, value in data.items() if isinstance(data, dict) else enumerate(data):
        if name == key and isinstance(value, dict):
            yield value
        if isinstance(value, (dict, list)):
            yield from found(value, key)


def numbers(value):
    """Yield every number in plain data."""
    if isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from numbers(one)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)


def people_planned(scenario):
    """Yield the numbers of people that a scenario plans with."""
    data = yaml.safe_load(find(scenario).read_text(encoding="utf-8"))
    for intake in found(data, "intakes"):
        seats, number = intake.get("seats", 0), intake.get("number", 1)
        yield from (float(seats), float(seats) * number)
    for planned in found(data, "planned"):
        yield from numbers(planned)


@pytest.mark.parametrize(("scenario", "kind", "number"), sorted(set(reported_figures())))
def test_no_reported_figure_stands_in_its_scenario(scenario, kind, number):
    written = words_of(scenario)
    if kind == "counted":
        spaced = f"{number:,}".replace(",", "[, ]?")
        assert not re.search(rf"(?<![\d.]){spaced}(?![\d.%]| %)", written), "in the words"
    elif kind == "value":
        assert not re.search(rf"(?<![\d.]){re.escape(f'{number:g}')}(?![\d.])", written)
    elif kind == "people":
        spaced = f"{number:,}".replace(",", "[, ]?")
        assert not re.search(rf"(?<![\d.]){spaced}(?![\d.%]| %)", written), "in the words"
        assert number not in set(people_planned(scenario)), "in the plan"
    else:
        # as a reader would round it too
        for digits in ("g", ".1f", ".0f"):
            percent = re.escape(f"{100 * number:{digits}}")
            found = re.search(rf"(?<![\d.]){percent}(?: %|%| per ?cent)", written)
            assert not found, "in the words"
        data = yaml.safe_load(find(scenario).read_text(encoding="utf-8"))
        assert number not in set(numbers(data)), "among the values"


def test_the_check_finds_a_figure_that_is_there(monkeypatch, tmp_path):
    file = tmp_path / "x.yaml"
    monkeypatch.setitem(globals(), "find", lambda name: file)
    file.write_text("programmes:\n  - intakes: {seats: 12, number: 2}  # of whom 28 came\n")
    with pytest.raises(AssertionError, match="in the words"):
        test_no_reported_figure_stands_in_its_scenario("x", "people", 28)
    with pytest.raises(AssertionError, match="in the plan"):
        test_no_reported_figure_stands_in_its_scenario("x", "people", 24)
    file.write_text("description: only 2.9 % migrated\n")
    with pytest.raises(AssertionError, match="in the words"):
        test_no_reported_figure_stands_in_its_scenario("x", "share", 0.029)
    file.write_text("behaviour: {waiting: {individual_search: 0.029}}\n")
    with pytest.raises(AssertionError, match="among the values"):
        test_no_reported_figure_stands_in_its_scenario("x", "share", 0.029)
