"""The ranking of actions on cases whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from smpsim.studies.ranking import JOINED, designs_of, holm, rank_actions

SCENARIO = "bare_pipeline"


def action(folder, name, text):
    file = folder / f"{name}.yaml"
    file.write_text(f"name: {name}\npatch:\n{text}")
    return str(file)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("actions")
    more = "  - {set: programmes.*.intakes.seats, times: 2, source: none}\n"
    dearer = "  - {set: programmes.*.costs.overhead, add: 100, source: none}\n"
    nothing = "  - {set: programmes.*.promotion, at_least: 0, source: none}\n"
    actions = [
        action(folder, "dearer", dearer),
        action(folder, "more", more),
        action(folder, "nothing", nothing),
    ]
    return rank_actions(SCENARIO, 30, 5, actions=actions, overrides={"months": 60})


def by_stem(frame, stem):
    return frame[[name.endswith(f"{stem}.yaml") for name in frame.index]].iloc[0]


def test_the_best_action_comes_first(found):
    alone = found.alone()
    assert alone.index[0].endswith("more.yaml")
    best = by_stem(alone, "more")
    base = found.base
    # twice the seats, twice the placements, whoever is lucky
    assert best["placed"] == pytest.approx(base["placed"], rel=0.1)
    assert best["p_holm"] < 0.001
    assert found.words()[0].startswith("First: more")


def test_an_action_without_effect_has_differences_of_exactly_zero(found):
    nothing = by_stem(found.alone(), "nothing")
    for outcome in ("placed", "retained_placements", "cost_total"):
        assert nothing[outcome] == nothing[f"{outcome}_low"] == nothing[f"{outcome}_high"] == 0.0
    assert nothing["p"] == 1.0
    assert any("Nothing to change here: nothing" in sentence for sentence in found.words())


def test_what_only_costs_is_dearer_and_gains_nothing(found):
    dearer = by_stem(found.alone(), "dearer")
    assert dearer["retained_placements"] == 0.0
    assert dearer["cost_total"] > 0
    assert dearer["cost_per_retained_placement"] > 0
    assert dearer["per_cost"] == 0.0


def test_pairs_of_independent_actions_add_up(found):
    pairs = found.interactions()
    assert len(pairs) == 3
    assert np.all(pairs["interaction"] == 0.0)
    assert "No pair brings more than the sum of its two actions beyond doubt." in found.words()


def test_pairs_that_only_work_together_are_found(tmp_path):
    # a channel without employers, and employers without a channel, place nobody
    closed = {
        "months": 36,
        "programmes.0.channel": "none",
        "employers.0.vacancies_per_year": 0,
        "employers.0.initial_vacancies": 0,
    }
    channel = "  - {set: programmes.*.channel, to: existing, source: none}\n"
    vacancies = "  - {set: employers.*.initial_vacancies, to: 20, source: none}\n"
    from smpsim.scenario import load

    found = rank_actions(
        load(SCENARIO, closed),
        20,
        1,
        actions=[action(tmp_path, "channel", channel), action(tmp_path, "vacancies", vacancies)],
    )
    assert np.all(found.alone()["placed"] == 0.0)
    (pair,) = found.interactions().to_dict("records")
    assert pair["interaction"] == pair["together"] > 5
    assert any(sentence.startswith("Together more than the sum") for sentence in found.words())


def test_the_number_of_threads_does_not_matter(found):
    again = rank_actions(
        SCENARIO, 30, 5, actions=list(found.actions), overrides={"months": 60}, threads=3
    )
    pd.testing.assert_frame_equal(found.differences(), again.differences())


def test_designs_are_none_each_and_each_pair():
    assert designs_of(["a", "b", "c"], True) == [
        "", "a", "b", "c", f"a{JOINED}b", f"a{JOINED}c", f"b{JOINED}c",
    ]  # fmt: skip
    assert designs_of(["a", "b"], False) == ["", "a", "b"]


def test_holm_by_hand():
    # sorted .01 .02 .03 .04 times 4 3 2 1, never falling
    adjusted = holm(np.array([0.04, 0.01, np.nan, 0.03, 0.02]))
    np.testing.assert_allclose(adjusted, [0.06, 0.04, np.nan, 0.06, 0.06])
    assert holm(np.array([0.9, 0.8])).max() == 1.0


def test_pictures_are_drawn(found):
    from smpsim.plots.style import png

    for picture in (found.plot.alone(), found.plot.pairs()):
        assert png(picture).startswith(b"\x89PNG")
