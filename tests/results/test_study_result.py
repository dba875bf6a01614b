"""The common face of results: the same attributes with the same meaning, whatever the verb."""

import dataclasses
import io
import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure

import smpsim
from smpsim.results.spreadsheet import flat
from smpsim.results.study_result import StudyResult, rows_for_json

MONTHS = "programmes.pilot.training.months_before_departure"
SEATS = "programmes.pilot.intakes.seats"
DROPOUT = "behaviour.training.dropout"
FEW = {"months": 48}
SWEEP = {
    "name": "Seats and months",
    "scenario": "bare_pipeline",
    "vary": {SEATS: {"grid": [10, 40]}, MONTHS: {"grid": [3, 24]}},
    "outcomes": ["placed"],
    "replications": 5,
    "seed": 3,
}
FAILING = SWEEP | {
    "vary": {SEATS: {"grid": [5, 10, 20, 30, 40, 50]}, MONTHS: {"grid": [3, 6, 12, 18, 24]}},
    "fails": ["placed < 40"],
}
SEARCH = {
    "name": "Seats",
    "scenario": "bare_pipeline",
    "levers": {SEATS: {"integers": {"low": 10, "high": 40}}, MONTHS: {"grid": [4, 6, 8]}},
    "objectives": {"placed": "maximize", "cost_total": "minimize"},
    "uncertainties": {DROPOUT: {"uniform": {"low": 0.0, "high": 0.05}}},
    "worlds": 4,
    "population": 8,
    "generations": 2,
    "replications": 2,
    "fresh_worlds": 4,
    "fresh_replications": 2,
    "seed": 3,
}
VERBS = {
    "run": lambda: smpsim.run("bare_pipeline", 5, 3, overrides=FEW),
    "compare": lambda: smpsim.compare(
        "bare_pipeline", None, replications=5, seed=3, overrides=FEW, overrides_b={SEATS: 40}
    ),
    "rank": lambda: smpsim.rank(
        "bare_pipeline", 5, 3, overrides=FEW, actions=["campaigns", "actions/demand_driven"]
    ),
    "report": lambda: smpsim.report(
        "bare_pipeline", None, 5, 3, overrides=FEW, actions=["campaigns"], guesses=False
    ),
    "sweep": lambda: smpsim.sweep(SWEEP),
    "sensitivity": lambda: smpsim.sensitivity(
        "bare_pipeline",
        overrides=FEW,
        samples=2,
        replications=5,
        outcomes=["placed"],
        keys={SEATS: (10, 40), DROPOUT: (0.01, 0.05)},
        only=True,
        seed=3,
    ),
    "discover": lambda: smpsim.discover(FAILING),
    "search": lambda: smpsim.search(SEARCH),
}
RUNS = {"search": 2}
CLASSES = (
    smpsim.Result,
    smpsim.Comparison,
    smpsim.Ranking,
    smpsim.Report,
    smpsim.Sweep,
    smpsim.Sensitivity,
    smpsim.Discovery,
    smpsim.SearchResult,
    smpsim.Validation,
    smpsim.Calibration,
)
SAYING = ("run_low", "run_high", "ci_low", "ci_high")
FACE = (
    "tables",
    "sentences",
    "pictures",
    "facts",
    "write",
    "plot",
    "_repr_html_",
    "provenance",
    "runs",
    "seed",
    "scenarios",
)


@pytest.fixture(scope="module", params=list(VERBS))
def named(request):
    return request.param, VERBS[request.param]()


@pytest.mark.parametrize("kind", CLASSES, ids=lambda one: one.__name__)
def test_every_class_of_results_has_the_face(kind):
    assert issubclass(kind, StudyResult)
    assert kind.__name__ in smpsim.__all__
    fields = {one.name for one in dataclasses.fields(kind)}
    missing = [name for name in FACE if name not in fields and not hasattr(kind, name)]
    assert missing == []
    assert set(kind.READ) <= set(kind.TABLES)
    # one word a verb: none of these has another way to write or to say
    assert not {"to_parquet", "to_csv", "words", "long_runs"} & set(dir(kind))


def test_attributes_mean_the_same(named):
    verb, found = named
    assert type(found.runs) is int
    assert found.runs == RUNS.get(verb, 5)
    assert found.seed == 3
    assert isinstance(found.provenance, dict)
    assert found.provenance == found.provenance
    assert all(isinstance(one, smpsim.Scenario) for one in found.scenarios.values())
    assert len(found.scenarios) == (2 if verb in ("compare", "report") else 1)
    assert found.sentences
    assert all(isinstance(one, str) for one in found.sentences)


def test_tables_are_named_for_what_they_are(named):
    _, found = named
    assert set(found.tables) <= set(found.TABLES)
    for name, table in found.tables.items():
        assert isinstance(table, pd.DataFrame)
        ends = [str(one) for one in table.columns if str(one).endswith(("low", "high"))]
        bare = [
            one for one in ends if not one.endswith(("run_low", "run_high", "ci_low", "ci_high"))
        ]
        # limits of boxes and of ranges are neither
        assert name in ("discover_boxes", "ranges", "swings", "guesses") or not bare, (name, bare)
        if len(ends) > len(bare):
            assert table["level"].between(0.5, 1).all()
        for count in ("runs", "runs_used", "replication", "run", "design"):
            if count in table and pd.api.types.is_numeric_dtype(table[count]):
                assert table[count].dtype.kind == "i", (name, count)


def test_facts_are_plain_data(named):
    _, found = named
    text = json.dumps(found.facts, allow_nan=False, default=str)
    assert json.loads(text)["finding"] == found.sentences


def test_pictures_are_drawn_when_asked_for(named):
    _, found = named
    assert found.pictures
    for draw in found.pictures.values():
        assert isinstance(draw(), Figure)


@pytest.mark.parametrize("kind", ["both", "parquet", "csv"])
def test_what_is_written_is_what_the_tables_are(named, kind, tmp_path):
    _, found = named
    written = {file.name for file in found.write(tmp_path, kind)}
    assert written <= set(found.file_names(kind, extra=["discover.txt"]))
    suffix = "csv" if kind == "csv" else "parquet"
    assert {f"{name}.{suffix}" for name in found.tables} <= written
    assert all((f"{name}.csv" in written) == (kind != "parquet") for name in found.tables)
    facts = json.loads((tmp_path / found.RECORD).read_text())
    assert facts.keys() >= found.provenance.keys()
    assert facts["verb"] == facts["recipe"]["verb"]
    if kind != "csv":
        for name, table in found.tables.items():
            read = pd.read_parquet(tmp_path / f"{name}.parquet")
            pd.testing.assert_frame_equal(read, table, check_dtype=False, check_index_type=False)


def test_a_workbook_holds_all_tables_with_words_on_them(named):
    pytest.importorskip("xlsxwriter", reason='workbooks need pip install -e ".[xlsx]"')
    verb, found = named
    content = found.workbook()
    assert content == found.workbook()
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheets = {f"{verb}_{name}" if name == "history" else name: name for name in found.tables}
    assert book.sheetnames == ["about", "glossary", *sheets]
    about = [[cell.value for cell in row] for row in book["about"].iter_rows()]
    said = {row[1] for row in about}
    assert {found.question, found.ABOUT.intervals, *found.sentences} <= said
    assert {row[0]: row[2] for row in about if row[0] in sheets} == {
        name: f"{len(found.tables[table]):,}" for name, table in sheets.items()
    }
    words = {row[:2]: row[2:] for row in book["glossary"].iter_rows(values_only=True)}
    for name, table in sheets.items():
        sheet = book[name]
        assert sheet.freeze_panes.endswith("2")
        rows = flat(found.tables[table])
        heads = [str(cell.value).partition(" [")[0] for cell in sheet[1]]
        added = [head for head in heads if head not in rows]
        assert added in ([], ["unit"])
        for head in heads:
            assert words[name, head][1], (name, head)
        for place, head in enumerate(heads, 1):
            if head not in added and pd.api.types.is_float_dtype(rows[head].dtype):
                cells = [sheet.cell(row, place).value for row in range(2, len(rows) + 2)]
                stored = [np.nan if one is None else one for one in cells]
                assert np.allclose(
                    stored, rows[head].replace([np.inf, -np.inf], np.nan), equal_nan=True
                )


def test_notebooks_show_sentences_and_the_main_table(named):
    from html import escape

    _, found = named
    shown = found._repr_html_()
    assert "<table" in shown
    assert all(escape(sentence) in shown for sentence in found.sentences)


def test_results_are_equal_if_their_numbers_are(named):
    verb, found = named
    again = VERBS[verb]()
    assert found == again
    assert (found != again) is False
    assert found != "something else"
    assert (found == 5) is False


def test_another_seed_is_another_result():
    one, other = (smpsim.run("bare_pipeline", 3, seed, overrides=FEW) for seed in (1, 2))
    assert one != other


def test_names_in_a_notebook_are_shown_letter_by_letter():
    data = smpsim.show("bare_pipeline") | {"name": "<script>alert(1)</script>"}
    assert "<script>" not in smpsim.run(data, 1)._repr_html_()


def test_an_unknown_kind_of_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match="kind: got 'xlsx'; allowed: parquet, csv, both"):
        smpsim.run("bare_pipeline", 1).write(tmp_path, "xlsx")
    assert not list(tmp_path.iterdir())


def test_other_pictures_can_be_written(tmp_path):
    found = smpsim.run("bare_pipeline", 2)
    files = found.write(tmp_path, "csv", pictures={"gains": found.plot.gains})
    assert [file.name for file in files if file.suffix == ".png"] == ["gains.png"]


def test_counts_are_integers():
    found = smpsim.run("bare_pipeline", 3)
    outcomes, months = found.outcomes(), found.trajectories()
    assert {outcomes[name].dtype.kind for name in ("enrolled", "placed", "refused")} == {"i"}
    assert {months[name].dtype.kind for name in ("placed", "in_training", "employers_aware")} == {
        "i"
    }
    assert {months[name].dtype.kind for name in ("cost", "mean_trust")} == {"f"}
    assert outcomes["placed"].sum() == found.outcome_table["placed"].sum()


def test_a_folder_is_written_by_the_verb_itself(tmp_path):
    found = smpsim.run("bare_pipeline", 2, folder=tmp_path / "run", overrides=["months=40"])
    assert found.months == 40
    read = pd.read_parquet(tmp_path / "run" / "summary.parquet")
    pd.testing.assert_frame_equal(read, found.summary())
    smpsim.compare("bare_pipeline", actions="campaigns", replications=2, folder=tmp_path / "both")
    assert (tmp_path / "both" / "differences.csv").exists()
    # in the way, and named before anything runs
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "summary.parquet").write_text("mine")
    never = []
    with pytest.raises(smpsim.StoreError, match=r"summary\.parquet"):
        smpsim.run("bare_pipeline", 2, folder=tmp_path / "mine", progress=never.append)
    assert never == []


def test_a_sweep_adds_its_summary_to_the_folder_of_its_runs(tmp_path):
    found = smpsim.sweep(SWEEP, tmp_path)
    before = (tmp_path / "designs.parquet").read_bytes()
    names = {file.name for file in found.write(tmp_path)}
    assert names == {"summary.parquet", "summary.csv", "provenance.json", "datapackage.json"}
    assert (tmp_path / "designs.parquet").read_bytes() == before
    assert smpsim.read_sweep(tmp_path) == found


def test_the_ranking_names_actions_without_their_folder():
    found = VERBS["rank"]()
    assert set(found.alone().index) == {"campaigns", "demand_driven"}
    assert list(found.interactions().index) == [("campaigns", "demand_driven")]


def test_values_of_several_kinds_are_no_number_in_json():
    table = pd.DataFrame({"a": [np.nan, np.inf, 1.5], "b": np.array([1, 2, 3])})
    assert rows_for_json(table) == [
        {"a": None, "b": 1},
        {"a": None, "b": 2},
        {"a": 1.5, "b": 3},
    ]


@pytest.mark.parametrize(
    ("verb", "picture", "arguments"),
    [
        ("run", "stages", ()),
        ("run", "costs", ()),
        ("run", "gains", ()),
        ("sweep", "lines", (MONTHS, "placed")),
        ("sensitivity", "tornado", ()),
        ("discover", "tradeoff", ()),
        ("search", "parallel", ()),
    ],
)
def test_single_panels_are_drawn_where_they_are_wanted(verb, picture, arguments):
    figure = Figure()
    left, right = figure.subplots(1, 2)
    drawn = getattr(VERBS[verb]().plot, picture)(*arguments, ax=right)
    assert drawn is figure
    assert right.get_title()
    assert right.has_data()
    assert not left.has_data()
    # the title and the small print of somebody else's figure are theirs
    assert figure.get_suptitle() == ""
