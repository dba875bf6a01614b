"""Reports of several dates are read from the same runs."""

import re

import numpy as np
import pandas as pd
import pytest

from smpsim.ensemble import run_outcomes
from smpsim.scenario import load
from smpsim.scenario.parameters import parameters
from smpsim.studies.validate.prediction import Situation, courses, loaded, prepare
from smpsim.world.blueprint import blueprint

# seats that set-up moves beyond the end are planned, and lost, where the end is
OF_THE_END = ["planned_seats", "lost_set_up"]
OF_WINDOWS = re.compile(r"_\d+m$")  # gains are followed beyond the end of a run only
DRAWS = parameters(pd.DataFrame({"behaviour.training.dropout": [0.01, 0.02]}))


def test_a_run_seen_at_a_month_is_a_run_that_ends_there():
    plan = blueprint(load("reference", {"months": 60}), 3)
    seen = run_outcomes(plan, 3, range(2), at=(7, 24))
    for place, months in enumerate((7, 24, 60)):
        ended = run_outcomes(blueprint(load("reference", {"months": months}), 3), 3, range(2))
        for name in ended.keys() - OF_THE_END:
            if OF_WINDOWS.search(name):
                continue
            values = ended[name]
            part = seen[name].reshape(3, -1)[place]
            np.testing.assert_array_equal(part, values, err_msg=f"{name} at {months}")


def test_situations_that_differ_in_the_date_are_one_course():
    wanted = [
        Situation("yes_kosovo"),
        Situation("yes_kosovo", {"months": 12}),
        Situation("yes_kosovo", {"months": 24}),
        Situation("yes_kosovo", {"months": 24, "institutions.0.alignment": 0.75}),
        Situation("palim", {"months": 12}),
        Situation("palim", {"months": 12}),
    ]
    first, second, third = courses(wanted)
    assert first.longest.label == "yes_kosovo"
    assert first.at == (12, 24)
    assert second.longest.values["months"] == 24
    assert second.at == third.at == ()


def test_runs_of_a_date_are_those_of_the_scenario_that_ends_there():
    wanted = [Situation("thamm_germany", {"months": months}) for months in (20, 40)]
    together = prepare(wanted, DRAWS, 3, seed=4).run()
    for one in wanted:
        alone = prepare([one], DRAWS, 3, seed=4).run()
        pair = (together.of(one.scenario, one.values), alone.of(one.scenario, one.values))
        windows = [name for name in pair[0] if OF_WINDOWS.search(name)]
        left_out = [*OF_THE_END, *windows]
        pd.testing.assert_frame_equal(*(found.drop(columns=left_out) for found in pair))


def test_an_earlier_end_leaves_out_later_changes():
    whole = load("thamm_germany")
    months = whole.timeline[-1].month
    cut = loaded("thamm_germany", {"months": months})
    assert [one.month for one in cut.timeline] == [one.month for one in whole.timeline[:-1]]
    assert loaded("thamm_germany", {}) == whole
    with pytest.raises(ValueError, match="months"):
        loaded("thamm_germany", {"months": 0})
