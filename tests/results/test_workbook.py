"""Workbooks and CSV beside other files: what is too long, what is left, and a disk that is full."""

import errno
import io
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import smpsim
from smpsim.results import files, workbook
from smpsim.results.units import number_format
from smpsim.studies.calibrate.about import ABOUT as CALIBRATION
from smpsim.studies.validate.about import ABOUT as VALIDATION

pytest.importorskip("xlsxwriter", reason='workbooks need pip install -e ".[xlsx]"')
NAME = '=HYPERLINK("http://x.org")'


@pytest.fixture(scope="module")
def found():
    data = smpsim.show("bare_pipeline")
    data["programmes"][0]["name"] = NAME
    return smpsim.run(data, 3, 1, parameters="centre", overrides=["months=40"])


def content(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def test_numbers_are_numbers_and_names_are_text(found):
    book = openpyxl.load_workbook(io.BytesIO(found.workbook()))
    sheet = book["summary"]
    rows = {row[1].value: row for row in sheet.iter_rows(min_row=2)}
    heads = {cell.value: place for place, cell in enumerate(sheet[1])}
    summary = found.summary().loc[NAME]
    for outcome, shown in (
        ("placed", "#,##0"),
        ("placement_rate", "0.0%"),
        ("cost_total", "#,##0"),
    ):
        cell = rows[outcome][heads["mean"]]
        assert cell.value == pytest.approx(summary.loc[outcome, "mean"], rel=1e-14)
        assert cell.number_format == shown
    name = rows["placed"][0]
    assert (name.value, name.data_type, name.quotePrefix) == (NAME, "s", True)
    assert "outcomes" in book.sheetnames
    assert "cost_total [EUR]" in [cell.value for cell in book["outcomes"][1]]


def test_rows_are_as_high_as_their_text_and_pages_as_wide(found):
    book = openpyxl.load_workbook(io.BytesIO(found.workbook()))
    about = book["about"]
    wide = about.column_dimensions["B"].width
    for row in about.iter_rows(min_row=3):
        lines = -(-len(str(row[1].value or "")) // int(wide))
        high = about.row_dimensions[row[0].row].height or workbook.LINE
        assert high >= workbook.LINE * lines
    # a unit stands below the name of its column
    assert book["outcomes"].row_dimensions[1].height == 2 * workbook.LINE
    assert book["summary"].sheet_properties.pageSetUpPr.fitToPage
    # what is too wide for a page is not made unreadable
    wide = book["outcomes"].sheet_properties.pageSetUpPr
    assert wide is None or not wide.fitToPage


def test_units_of_rows_are_found_from_keys_and_what_an_empty_one_means():
    book = workbook.Workbook("calibrate", "", CALIBRATION, [], [], "EUR")
    key, name = "behaviour.people.prior_employment", "behaviour.people.savings.lognormal.median"
    rows = pd.DataFrame({"parameter": [key, name], "prior_median": [0.35, 800.0]})
    assert list(book._with_units(rows, "parameters")["unit"]) == ["share", "EUR"]
    book = workbook.Workbook("validate", "", VALIDATION, [], [], "EUR")
    rows = pd.DataFrame({"outcome": ["a: b", "a: c"], "unit": ["", "months"], "median": [0.2, 9]})
    assert list(book._with_units(rows, "outcomes")["unit"]) == ["share", "months"]


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.25, "share of enrolled", "0.0%"),
        (7.0, "people", "#,##0"),
        (7.4, "people", "#,##0.0"),
        (74.4, "people", "#,##0"),
        (21167.3, "EUR", "#,##0"),
        (0.03666, "per month", "#,##0.00000"),
        (18.25, "months", "#,##0.00"),
    ],
)
def test_numbers_are_shown_by_their_unit(value, unit, shown):
    assert number_format(value, unit) == shown


def test_a_table_that_no_sheet_holds_is_left_out(found, tmp_path, monkeypatch):
    found.write(tmp_path)
    assert (tmp_path / "trajectories.csv").exists()
    for module in (files, workbook):
        monkeypatch.setattr(module, "MOST_ROWS", 100)
    found.write(tmp_path, xlsx=True)
    assert (tmp_path / "trajectories.parquet").exists()
    # that of the earlier result would be taken for a part of this one
    assert not (tmp_path / "trajectories.csv").exists()
    assert (tmp_path / "summary.csv").exists()
    book = openpyxl.load_workbook(tmp_path / "run.xlsx")
    assert "trajectories" not in book.sheetnames
    (said,) = [row[1] for row in book["about"].iter_rows(values_only=True)
               if row[0] == "trajectories"]  # fmt: skip
    assert said.startswith("left out: more rows than a sheet holds (101 with its header)")
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    paths = [one["path"] for one in package["resources"]]
    assert "trajectories.parquet" in paths
    assert "trajectories.csv" not in paths


def test_the_runs_of_a_long_sweep_are_not_even_read(tmp_path, monkeypatch):
    seats = "programmes.pilot.intakes.seats"
    study = {"name": "Seats", "scenario": "bare_pipeline", "vary": {seats: {"grid": [10, 40]}}}
    swept = smpsim.sweep({**study, "outcomes": ["placed"], "replications": 3}, tmp_path)
    monkeypatch.setattr("smpsim.studies.sweep.result.Sweep.by_run", None)
    monkeypatch.setattr("smpsim.results.study_result.MOST_ROWS", 5)
    swept.write(tmp_path, xlsx=True)
    book = openpyxl.load_workbook(tmp_path / "sweep.xlsx")
    assert book.sheetnames == ["about", "glossary", "summary", "designs"]
    left = [row for row in book["about"].iter_rows(values_only=True) if row[0] == "runs"]
    assert (len(left), left[0][2]) == (1, "6")
    runs = [
        one
        for one in json.loads((tmp_path / "datapackage.json").read_text())["resources"]
        if one["name"] == "runs"
    ]
    assert [one["path"] for one in runs] == [["runs/000000.parquet"]]


def test_a_workbook_of_an_earlier_result_goes_unless_it_was_edited(found, tmp_path):
    found.write(tmp_path, "csv", xlsx=True)
    found.write(tmp_path, "csv")
    assert not (tmp_path / "run.xlsx").exists()
    found.write(tmp_path, "csv", xlsx=True)
    (tmp_path / "run.xlsx").write_bytes(b"edited")
    found.write(tmp_path, "csv")
    assert (tmp_path / "run.xlsx").read_bytes() == b"edited"
    with pytest.raises(smpsim.StoreError, match=r"run\.xlsx exists, but not as smpsim wrote it"):
        found.write(tmp_path, "csv", xlsx=True)


def test_a_full_disk_is_said_in_words_and_leaves_what_was_there(found, tmp_path, monkeypatch):
    found.write(tmp_path, "csv")
    before = content(tmp_path)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(workbook.Workbook, "_fill", full)
    other = smpsim.run("bare_pipeline", 2, 5, parameters="centre", overrides=["months=40"])
    with pytest.raises(smpsim.StoreError, match="cannot write to"):
        other.write(tmp_path, "csv", xlsx=True)
    assert content(tmp_path) == before


def test_two_results_in_a_folder_are_one_data_package(found, tmp_path):
    both = smpsim.compare("bare_pipeline", actions="campaigns", replications=2, seed=1)
    found.write(tmp_path)
    both.write(tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    paths = {one["path"] for one in package["resources"]}
    tables = {one.name for one in tmp_path.iterdir() if one.suffix in (".csv", ".parquet")}
    assert {"ledger.csv", "differences.csv"} <= paths == tables
    assert package["name"] == "smpsim-compare"
    assert pd.read_csv(Path(tmp_path) / "differences.csv")["unit"].notna().any()
