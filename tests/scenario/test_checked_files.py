"""Other YAML files than scenarios get the same messages."""

import pytest

from smpsim.scenario import ScenarioError
from smpsim.scenario.checked_files import read_sheet
from smpsim.scenario.fields import Section, described, share


class Row(Section):
    name: str = described(..., "name", "Name")
    level: float = share(0.5, "Level")


class Sheet(Section):
    title: str = described(..., "text", "Title")
    rows: list[Row] = described(..., "sections", "Rows")
    amounts: dict[str, float] = described({}, "people", "Amounts")


def test_a_sheet_is_read_with_its_places(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("title: t\nrows: [{name: a, level: 0.2}]\namounts: {x: 2}\n")
    sheet, document = read_sheet(file, Sheet)
    assert (sheet.title, sheet.rows[0].level, sheet.amounts) == ("t", 0.2, {"x": 2.0})
    assert document.place_of_value(("rows", 0, "level")).line == 2


def test_all_problems_come_at_once_each_at_its_place(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text(
        "titel: 3\nrows:\n  - {name: a, level: 3}\n  - {nam: b, level: yes}\namounts: {a: x}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        read_sheet(file, Sheet)
    lines = [str(problem).split("a.yaml:")[1] for problem in caught.value.problems]
    assert lines == [
        "1:1: titel: got unknown key 'titel'; allowed: title, rows, amounts; did you mean 'title'?",
        "3:22: rows.a.level: got 3; allowed: a number from 0 to 1 [share]",
        "4:6: rows[1].nam: got unknown key 'nam'; allowed: name, level; did you mean 'name'?",
        "4:21: rows[1].level: got true; allowed: a number from 0 to 1 [share]",
        "5:14: amounts.a: got 'x'; allowed: a number [people]",
    ]
