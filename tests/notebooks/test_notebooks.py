"""The notebooks run, and their committed outputs are what they come to now."""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LARGEST = 1_000_000  # bytes
NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")


@pytest.fixture(scope="module")
def refresh():
    """Return the module that executes notebooks."""
    place = importlib.util.spec_from_file_location("refresh_notebooks", FOLDER / "refresh.py")
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture(scope="module")
def committed(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module")
def fresh(refresh, path, tmp_path_factory):
    """Return the notebook executed anew, outside the repository; an error in a cell fails."""
    return refresh.tidy(refresh.executed(path, tmp_path_factory.mktemp(path.stem)))


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def output_texts(cell):
    """Return what a cell shows, as text."""
    for output in cell.outputs:
        if output.output_type == "stream":
            yield output.text
        for kind, content in output.get("data", {}).items():
            if kind.startswith("text/"):
                yield content


def numbers(cell):
    """Return the numbers of a cell's plain text, whatever their layout."""
    texts = [output.data["text/plain"] for output in cell.outputs if "data" in output]
    found = NUMBER.findall("\n".join(texts))
    return [float(one.replace(",", "")) for one in found]


def key_tables(notebook):
    cells = code_cells(notebook)
    return {
        cell.id: numbers(cell) for cell in cells if "key-table" in cell.metadata.get("tags", [])
    }


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_the_beginning_of_a_name_refreshes_one(refresh):
    assert refresh.chosen([]) == NOTEBOOKS
    assert [path.stem for path in refresh.chosen(["03"])] == ["03_visa_delay_by_training_duration"]
    with pytest.raises(SystemExit, match="no notebook '9'; allowed: 01_first_run"):
        refresh.chosen(["03", "9"])


def test_every_code_cell_was_executed_in_order(committed):
    counts = [cell.execution_count for cell in code_cells(committed)]
    assert counts == list(range(1, len(counts) + 1))


def test_no_committed_output_is_an_error_or_a_warning(committed):
    for cell in code_cells(committed):
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.get("text")


def test_pictures_are_committed(committed):
    outputs = [output for cell in code_cells(committed) for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 3


def test_outputs_name_no_place_on_a_computer(committed):
    for cell in code_cells(committed):
        for text in output_texts(cell):
            assert not re.search(r"/(home|tmp|work|usr|root|Users)/|[A-Z]:\\| at 0x", text)


def test_the_notebook_is_small(path):
    assert path.stat().st_size < LARGEST


def test_the_kernel_has_the_usual_name(committed):
    assert committed.metadata.kernelspec.name == "python3"


def test_it_ends_with_a_finding(committed):
    last = committed.cells[-1]
    texts = [last.source] if last.cell_type == "markdown" else list(output_texts(last))
    assert any("Finding" in text for text in texts)


@pytest.mark.slow
def test_it_runs_and_comes_to_the_committed_numbers(committed, fresh):
    """Numbers of the tables tagged "key-table"; `python notebooks/refresh.py` renews them."""
    before, now = key_tables(committed), key_tables(fresh)
    assert before
    assert before.keys() == now.keys()
    for cell, values in before.items():
        assert values, cell
        # one person in one run may end elsewhere with another mathematical library
        assert now[cell] == pytest.approx(values, rel=2e-3, abs=0.02), cell


@pytest.mark.slow
def test_a_fresh_run_gives_no_warning_and_ends_with_a_finding(fresh):
    test_no_committed_output_is_an_error_or_a_warning(fresh)
    test_it_ends_with_a_finding(fresh)
