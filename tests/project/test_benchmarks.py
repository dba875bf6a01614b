"""The benchmark of speed runs, and runs what the others run."""

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_the_pipeline_of_the_benchmark_places_as_many_as_expected(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    import pipeline_smpsim

    size, repeats = 300, 400
    found = pipeline_smpsim.run(size, 1, repeats)
    # ten months of training, the exam, and a visa that is not refused
    share = 0.985**10 * 0.76 * 0.9
    error = (share * (1 - share) / (size * repeats)) ** 0.5
    assert found["placed"] / size == pytest.approx(share, abs=4 * error)
    assert found["cost"] / size == pytest.approx(5_830, rel=0.01)
