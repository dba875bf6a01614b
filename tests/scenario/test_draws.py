"""Files of joint draws: read in one place, by one rule on the ranges that they belong to."""

import warnings

import pandas as pd
import pytest

import smpsim
from smpsim.scenario import ScenarioError
from smpsim.scenario import parameters as room
from smpsim.scenario.catalogue import folder
from smpsim.scenario.parameters import RANGES, parameters, read_draws, shared_digest

PASS = "behaviour.exam.pass_probability"
TRAINING = "programmes.pilot.training.months_before_departure"


def test_draws_of_other_ranges_are_refused_and_say_so(tmp_path):
    file = tmp_path / "mine.csv"
    key = PASS
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


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        (PASS, [0.5, 1.5], r"draw 1: got 1\.5; allowed: a number from 0 to 1"),
        (PASS, [-0.5, 0.5], r"draw 0: got -0\.5"),
        (TRAINING, [4, 5.5], r"got 5\.5 in draw 1; allowed: whole numbers"),
        (TRAINING, [4, -3], r"draw 1: got -3; allowed: a whole number from 0"),
        ("programmes.pilot.intakes.seats", [1e12], r"draw 0: got 1000000000000\.0"),
        ("behaviour.people.aptitude", [0.4, 1.7], r"draw 1: got 1\.7"),
    ],
)
def test_draws_of_your_own_are_within_what_the_scenario_takes(key, values, message):
    with pytest.raises(ScenarioError, match=f"{key}.*{message}"):
        smpsim.run("bare_pipeline", 1, parameters=pd.DataFrame({key: values}))


def test_draws_at_the_ends_of_what_is_allowed_are_taken():
    draws = pd.DataFrame({PASS: [0.0, 1.0], TRAINING: [6.0, 7.0]})
    found = smpsim.run("bare_pipeline", 2, parameters=draws).outcomes()
    assert sorted(found["graduated"]) == [0, 100]
