"""Results are read back from their folders, and from nothing else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import smpsim
from smpsim.results.store_error import StoreError
from smpsim.studies.sweep.study import SweepStudy

TABLES = ("summary", "outcomes", "trajectories", "ledger", "flows")


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize("scenario", ["bare_pipeline", "twin_programmes"])
def test_what_was_written_is_read_back(kind: str, scenario: str, tmp_path: Path) -> None:
    given = {"extends": "bare_pipeline", "months": 24, "currency": "CHF"}
    if scenario == "twin_programmes":
        more = smpsim.load("bare_pipeline").model_dump(mode="json")["programmes"][0]
        given["programmes"] = [{"name": "pilot"}, {**more, "name": "=NA"}]
    result = smpsim.run(given, replications=3, seed=4, trainees=True)
    result.write(tmp_path, kind)
    again = smpsim.read_result(tmp_path)
    for name in TABLES:
        pd.testing.assert_frame_equal(
            getattr(again, name)(),
            getattr(result, name)(),
            check_exact=True,
            check_dtype=kind == "parquet",
        )
    pd.testing.assert_frame_equal(
        again.trainees(), result.trainees(), check_exact=True, check_dtype=kind == "parquet"
    )
    pd.testing.assert_frame_equal(again.outcome_table, result.outcome_table, check_exact=True)
    assert (again.runs, again.months, again.currency) == (3, 24, "CHF")
    assert again.provenance == result.provenance
    assert again.scenario == result.scenario
    assert again.to_xarray().equals(result.to_xarray())
    again.plot.trajectories()


def test_a_result_that_was_read_can_be_written_and_compared(tmp_path: Path) -> None:
    smpsim.run("bare_pipeline", replications=3).write(tmp_path / "a")
    smpsim.run("bare_pipeline", replications=3, overrides=["months=30"]).write(tmp_path / "b")
    one, other = (smpsim.read_result(tmp_path / name) for name in "ab")
    one.write(tmp_path / "again")
    assert smpsim.verify(tmp_path / "again").same
    smpsim.compare("bare_pipeline", overrides_b=["months=30"], replications=3).write(
        tmp_path / "compared"
    )
    from smpsim.studies.compare.result import Comparison

    Comparison(one, other).write(tmp_path / "by_hand")
    assert smpsim.verify(tmp_path / "by_hand").same
    pd.testing.assert_frame_equal(
        *(
            pd.read_parquet(tmp_path / name / "differences.parquet")
            for name in ("compared", "by_hand")
        )
    )


def test_a_sweep_is_read_from_its_folder_alone(results: dict[str, Path]) -> None:
    # the scenario and the study are something else by now
    sweep = smpsim.read(results["sweep"])
    assert isinstance(sweep, smpsim.Sweep)
    assert sweep.study.scenario == "tiny"
    assert sweep.provenance["recipe"]["scenarios"]["tiny"]["months"] == 24
    assert len(sweep.designs) == 24
    assert set(sweep.summary()["unit"]) >= {"people", "EUR"}
    assert sweep.unit("months") == "months"


def test_designs_are_those_that_were_run_not_those_of_todays_sampling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = SweepStudy(
        name="few", scenario="bare_pipeline", design={"samples": 6}, replications=1,
        vary={
            "behaviour.exam.pass_probability": {"uniform": {"low": 0.2, "high": 1.0}},
            "behaviour.training.dropout": {"uniform": {"low": 0.0, "high": 0.1}},
        },
    )  # fmt: skip
    before = smpsim.sweep(study, tmp_path)
    assert len(before.designs) == 6
    monkeypatch.setattr("smpsim.studies.sweep.prepare.designs_of", None)
    again = smpsim.read_sweep(tmp_path)
    pd.testing.assert_frame_equal(again.designs, before.designs)
    table = pd.read_parquet(tmp_path / "designs.parquet")
    changed = table.assign(**{table.columns[2]: table[table.columns[2]] + 1})
    changed.to_parquet(tmp_path / "designs.parquet")
    assert not smpsim.read_sweep(tmp_path).designs.equals(before.designs)


def test_values_of_several_kinds_in_designs_come_back(tmp_path: Path) -> None:
    study = SweepStudy.model_validate(
        {
            "name": "kinds",
            "scenario": "bare_pipeline",
            "set": {"months": 24},
            "vary": {
                "programmes.pilot.intakes.number": {"list": [1, 2]},
                "programmes.pilot.planned": {"list": [{}, {"placed": 10}]},
                "start": {"list": ["2024-01", "2025-01"]},
            },
            "replications": 1,
        }
    )
    before = smpsim.sweep(study, tmp_path)
    pd.testing.assert_frame_equal(smpsim.read_sweep(tmp_path).designs, before.designs)


def test_read_takes_what_it_knows(results: dict[str, Path], tmp_path: Path) -> None:
    assert isinstance(smpsim.read(results["run"]), smpsim.Result)
    with pytest.raises(StoreError, match="got a result of rank; allowed: one of run or sweep"):
        smpsim.read(results["rank"])
    with pytest.raises(StoreError, match="got a result of sweep; allowed: one of run"):
        smpsim.read_result(results["sweep"])
    with pytest.raises(StoreError, match="no result of this version"):
        smpsim.read_result(tmp_path)
    with pytest.raises(StoreError, match="no such folder"):
        smpsim.read_result(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"verb": "run"}', "[" * 100_000])
def test_damaged_records_are_refused_in_words(tmp_path: Path, text: str) -> None:
    smpsim.run("bare_pipeline", replications=1).write(tmp_path, "parquet")
    (tmp_path / "provenance.json").write_text(text)
    with pytest.raises(StoreError, match="damaged, or from another version"):
        smpsim.read_result(tmp_path)


def test_damaged_tables_are_refused_in_words(tmp_path: Path) -> None:
    smpsim.run("bare_pipeline", replications=2).write(tmp_path, "parquet")
    table = pd.read_parquet(tmp_path / "ledger.parquet")
    table.assign(payer="nobody").to_parquet(tmp_path / "ledger.parquet")
    with pytest.raises(StoreError, match="got 'nobody'; allowed: employer"):
        smpsim.read_result(tmp_path)
    (tmp_path / "ledger.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="damaged"):
        smpsim.read_result(tmp_path)
