"""A folder of every command is run again from its contents, and differences are found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from archived import MAKERS
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.results.manifest import RECORD_FILE
from smpsim.results.provenance import brief, complete, digest
from smpsim.results.store_error import StoreError
from smpsim.studies.verify.bitwise import compared, differences_of


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def copy(results: dict[str, Path], tmp_path: Path) -> Any:
    def copied(verb: str) -> Path:
        return Path(shutil.copytree(results[verb], tmp_path / verb))

    return copied


@pytest.mark.parametrize("verb", MAKERS)
def test_every_command_gives_the_same_results_bit_for_bit(
    verb: str, results: dict[str, Path]
) -> None:
    before = {file: file.read_bytes() for file in results[verb].rglob("*") if file.is_file()}
    found = smpsim.verify(results[verb], threads=1)
    assert found.same, found.words()
    assert verb in found.verbs
    assert len(found.tables) >= 2
    assert not found.versions
    assert "Identical bit for bit" in found.words()[0]
    after = {file: file.read_bytes() for file in results[verb].rglob("*") if file.is_file()}
    assert after == before


@pytest.mark.parametrize("verb", MAKERS)
def test_every_record_holds_what_is_needed_to_run_it_again(
    verb: str, results: dict[str, Path]
) -> None:
    name = "discover_provenance.json" if verb == "discover" else "provenance.json"
    facts = json.loads((results[verb] / name).read_text())
    recipe = facts["recipe"]
    assert facts["verb"] == recipe["verb"] == verb
    assert facts["recipe_hash"] == digest(recipe)
    assert "date" not in facts
    assert {"python", "smpsim", "numpy", "numba", "mesa"} <= set(facts["versions"])
    assert facts["model"]
    assert "commit" in facts
    whole = recipe.get("sweep", recipe)["scenarios"]
    assert all(one["programmes"] and one["behaviour"] for one in whole.values())


def test_overrides_and_actions_are_in_the_record(results: dict[str, Path]) -> None:
    facts = json.loads((results["run"] / "provenance.json").read_text())
    assert facts["set"] == ["months=20"]
    (name,) = facts["with"]
    assert Path(name).name == "exams.yaml"
    assert facts["recipe"]["actions"][name]["patch"][0]["to"] == 0.9
    assert facts["recipe"]["scenarios"]["scenario"]["months"] == 20
    assert facts["recipe"]["options"] == {"replications": 3, "seed": 5, "trainees": False}
    ranked = json.loads((results["rank"] / "provenance.json").read_text())
    assert ranked["set"] == ["months=20"]
    assert len(ranked["recipe"]["actions"]) == 2
    sides = json.loads((results["compare"] / "provenance.json").read_text())
    assert sides["b"]["with"] == ["campaigns"]
    assert set(sides["recipe"]["scenarios"]) == {"a", "b"}
    assert sides["recipe"]["options"]["replications"] == sides["a"]["replications"]


def test_tables_hold_the_hash_of_the_recipe_only(results: dict[str, Path]) -> None:
    for verb in ("run", "compare", "rank"):
        facts = json.loads((results[verb] / "provenance.json").read_text())
        short = smpsim.results.files.read_provenance(next(results[verb].glob("*.parquet")))
        assert "recipe" not in short
        assert short["recipe_hash"] == facts["recipe_hash"]
        assert len(json.dumps(short)) < 4000
    assert brief({"recipe": {"a": 1}}) == {
        "recipe_hash": complete({"recipe": {"a": 1}})["recipe_hash"]
    }


def test_the_same_work_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "other"):
        smpsim.run("bare_pipeline", replications=2).write(tmp_path / name, "parquet")
    one, other = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}
        for name in ("one", "other")
    )
    assert one == other


def test_a_changed_digit_is_detected(copy: Any) -> None:
    folder = copy("rank")
    table = pd.read_parquet(folder / "runs.parquet")
    table.loc[2, "placed"] = np.nextafter(table.loc[2, "placed"], np.inf)
    table.to_parquet(folder / "runs.parquet")
    found = smpsim.verify(folder)
    assert not found.same
    (one,) = found.differences
    assert (one.file, one.column, one.rows, one.count) == ("runs.parquet", "placed", (2,), 1)
    assert 0 < one.largest < 1e-15
    assert found.changed == ("runs.parquet",)
    assert "Changed since smpsim wrote it: runs.parquet" in "\n".join(found.words())
    assert "processor" not in "\n".join(found.words())
    assert list(found.table()["column"]) == ["placed"]


def test_rewriting_the_hashes_does_not_hide_a_change(copy: Any) -> None:
    folder = copy("run")
    table = pd.read_parquet(folder / "outcomes.parquet")
    table["placed"] += 1
    table.to_parquet(folder / "outcomes.parquet")
    # whoever changes a table can change its hash too
    (folder / RECORD_FILE).unlink()
    found = smpsim.verify(folder)
    assert [one.column for one in found.differences] == ["placed"]
    assert "processor" in found.words()[-1]


def test_a_changed_recipe_is_detected(copy: Any) -> None:
    folder = copy("run")
    facts = json.loads((folder / "provenance.json").read_text())
    facts["recipe"]["options"]["seed"] = 6
    (folder / "provenance.json").write_text(json.dumps(facts))
    found = smpsim.verify(folder)
    files = {one.file for one in found.differences}
    assert {"provenance.json", "outcomes.parquet", "trajectories.parquet"} <= files


def test_a_changed_run_of_a_sweep_is_detected(copy: Any) -> None:
    folder = copy("sweep")
    path = next((folder / "runs").iterdir())
    table = pd.read_parquet(path)
    table.loc[5, "cost_total"] += 1
    table.to_parquet(path)
    found = smpsim.verify(folder)
    assert [(one.file, one.column, one.rows) for one in found.differences] == [
        (f"runs/{path.name}", "cost_total", (5,))
    ]
    path.unlink()
    (one,) = smpsim.verify(folder).differences
    assert one.words() == f"runs/{path.name}: it is missing."


def test_different_versions_are_reported(copy: Any) -> None:
    folder = copy("run")
    facts = json.loads((folder / "provenance.json").read_text())
    facts["versions"]["numba"], facts["model"] = "0.1", "another"
    (folder / "provenance.json").write_text(json.dumps(facts))
    (folder / RECORD_FILE).unlink()
    found = smpsim.verify(folder)
    assert found.same
    assert set(found.versions) == {"numba", "model"}
    assert any(one.startswith("numba: 0.1 then, ") for one in found.words())


def test_the_command_has_three_exit_codes(copy: Any) -> None:
    folder = copy("run")
    good = invoke("verify", str(folder))
    assert good.exit_code == 0
    assert good.stdout.startswith("Identical bit for bit: 20 tables of run")
    (folder / "flows.parquet").unlink()
    bad = invoke("verify", str(folder), "--json")
    assert bad.exit_code == 1
    facts = json.loads(bad.stdout)
    assert not facts["same"]
    assert [one["file"] for one in facts["differences"]] == ["flows.parquet"]
    for path in (folder / "nowhere", folder.parent, folder / "outcomes.parquet"):
        none = invoke("verify", str(path))
        assert none.exit_code == 2, none.output
        assert "cannot read" in none.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda facts: facts.pop("recipe"), "does not contain what is needed to run it again"),
        (
            lambda facts: facts["recipe"].update(verb="rm"),
            "does not contain what is needed to run it again",
        ),
        (lambda facts: facts["recipe"].update(scenarios={}), "it is damaged or refused"),
        (
            lambda facts: facts["recipe"]["options"].update(replications=0),
            "this version refuses it",
        ),
        (lambda facts: facts["recipe"]["options"].update(replications=10**9), "refuses it"),
        (
            lambda facts: facts["recipe"]["scenarios"]["scenario"].update(months=-1),
            "this version refuses it: data: months",
        ),
    ],
)
def test_results_that_cannot_be_reproduced_are_reported(
    copy: Any, change: Any, message: str
) -> None:
    folder = copy("run")
    facts = json.loads((folder / "provenance.json").read_text())
    change(facts)
    (folder / "provenance.json").write_text(json.dumps(facts))
    with pytest.raises(StoreError, match=message):
        smpsim.verify(folder)


def test_recipes_do_not_read_files_that_they_name(copy: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: bare_pipeline\n")
    folder = copy("sweep")
    facts = json.loads((folder / "provenance.json").read_text())
    facts["recipe"]["study"]["scenario"] = str(tmp_path / "mine.yaml")
    (folder / "provenance.json").write_text(json.dumps(facts))
    with pytest.raises(StoreError, match=r"does not contain scenario .*mine.yaml"):
        smpsim.verify(folder)


def test_tables_are_compared_bit_by_bit() -> None:
    one = pd.DataFrame({"a": [0.0, np.nan, 1.0], "b": ["x", "y", None], "c": [1, 2, 3]})
    assert not list(differences_of(one, one.copy(), "t"))
    other = one.assign(a=[-0.0, np.nan, 1.0], b=["x", "z", None], c=[1.0, 2.0, 3.0])
    found = {each.column: each.rows for each in differences_of(one, other, "t")}
    assert found == {"a": (0,), "b": (1,)}
    whats = [each.what for each in differences_of(one, one[["a"]].head(2), "t")]
    assert whats == ["b, c is stored only", "3 rows, now 2"]
    assert [each.what for each in compared(b"a\n1\n", b"a\n2\n", "t.csv")] == ["values differ"]
    assert [each.what for each in compared(b"no", one.to_parquet(), "t.parquet")] == [
        "it cannot be read as a table"
    ]
