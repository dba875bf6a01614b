"""Files of joint draws: read in one place, by one rule on the ranges that they belong to."""

import warnings

import pytest

from smpsim.scenario import ScenarioError
from smpsim.scenario import parameters as room
from smpsim.scenario.catalogue import folder
from smpsim.scenario.parameters import RANGES, parameters, read_draws, shared_digest


def test_draws_of_other_ranges_are_refused_and_say_so(tmp_path):
    file = tmp_path / "mine.csv"
    key = "behaviour.exam.pass_probability"
    file.write_text(f"# made by me\n# ranges: 0123\n{key}\n0.5\n")
    now = shared_digest()
    with pytest.raises(ScenarioError, match=rf"mine.csv:2: ranges: got .* 0123; allowed: .*{now}"):
        parameters(file)
    file.write_text(f"# made by me\n{RANGES} {now}\n{key}\n0.5\n")
    assert parameters(file).table[key].tolist() == [0.5]
    # draws of nobody's ranges are the user's own affair
    file.write_text(f"{key}\n0.5\n")
    assert parameters(file).table[key].tolist() == [0.5]


@pytest.mark.parametrize("head", ["# ranges: 0123\n", ""])
def test_calibrated_draws_of_other_ranges_are_left_aside_with_a_warning(
    tmp_path, monkeypatch, head
):
    (tmp_path / "posterior.csv").write_text(head + "behaviour.retention.quit\n0.5\n")
    monkeypatch.setattr(room, "catalogue_folder", lambda: tmp_path)
    room._calibrated.cache_clear()
    try:
        with pytest.warns(UserWarning, match="drawn from its likely range alone"):
            assert parameters("likely").table is None
    finally:
        room._calibrated.cache_clear()


def test_the_catalogues_draws_are_of_the_ranges_of_now():
    # else it is time to calibrate anew
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_draws(folder() / "posterior.csv", stated=True)) >= 100
