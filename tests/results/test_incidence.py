"""Cumulative incidence: against closed forms, against the library, and against counts of people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from worlds import bare

import smpsim
from smpsim.errors import RequestError
from smpsim.results.outcomes import OUTCOMES
from smpsim.results.outcomes.incidence import (
    cumulative_incidence,
    months_until,
    of_staying,
    of_ways,
    placed_within,
)
from smpsim.vocabulary import SPELLS, WAYS

statsmodels = pytest.importorskip("statsmodels.duration.survfunc")
FEW = arrays.arrays(np.int64, (4, 9), elements=st.integers(0, 5))


@settings(max_examples=200, deadline=None)
@given(FEW)
def test_incidence_of_each_run_is_that_of_the_library(table):
    """With many people in the same month, nobody censored, all censored, gaps in between."""
    table[:, 0] = 0
    events, censored = table[:3], table[3]
    found = cumulative_incidence(events, censored)
    kind, months = np.nonzero(table)
    if not events.any():
        assert np.nan_to_num(found).max(initial=0.0) == 0.0
        return
    people = table[kind, months].astype(float)
    library = statsmodels.CumIncidenceRight(months, (kind + 1) % 4, freq_weights=people)
    for k, expected in enumerate(library.cinc):
        np.testing.assert_allclose(found[k, library.times], expected, rtol=0, atol=1e-12)
    # beyond the last who was seen it is unknown, unless nobody is left
    beyond = found[:, library.times.max() + 1 :]
    everybody = bool(np.isclose(found[:, library.times.max()].sum(), 1.0))
    assert np.isfinite(beyond).all() if everybody else np.isnan(beyond).all()


def spells_with(**lengths: dict[int, int]) -> np.ndarray:
    table = np.zeros((len(SPELLS), 13), int)
    for name, people in lengths.items():
        for months, count in people.items():
            table[SPELLS.index(name), months] = count
    return table


def test_a_median_exists_only_where_half_of_the_trainees_are_placed():
    """Of ten people, four are placed in month 3 and five by month 6: half exactly, or never."""
    met = spells_with(placed={3: 4, 6: 1}, dropped_out={1: 5})
    never = spells_with(placed={3: 4}, dropped_out={1: 6})
    half = [float(months_until(0.5, of_ways(one)[0])) for one in (met, never)]
    assert half[0] == 6.0
    assert np.isnan(half[1])
    # of those placed by the end it would have been three months in both
    assert placed_within(12, never) == pytest.approx(0.4)


def test_people_still_under_way_count_for_as_long_as_they_were_observed():
    """Two identical cohorts, the second observed for two months only."""
    whole = spells_with(placed={4: 6}, dropped_out={1: 4})
    cut = spells_with(placed={4: 6}, dropped_out={1: 8}, under_way={2: 6})
    np.testing.assert_allclose(of_ways(cut)[0, :5], of_ways(whole)[0, :5], atol=1e-15)
    assert float(months_until(0.5, of_ways(cut)[0])) == 4.0
    # the share of those placed by the end is biased by the horizon
    assert cut[0].sum() / cut.sum() == pytest.approx(0.3)


def test_beyond_the_observed_months_the_share_placed_is_unknown():
    early = spells_with(placed={3: 1}, under_way={5: 9})
    assert placed_within(4, early) == pytest.approx(0.1)
    assert np.isnan(placed_within(6, early))
    assert np.isnan(placed_within(24, early))
    done = spells_with(placed={3: 1}, failed={5: 9})
    assert placed_within(24, done) == pytest.approx(0.1)


DROPOUT, JOB, MIND = 0.05, 0.06, 0.03  # constant hazards a month
TRAINING = 6


def run_of(vacancies: int, **changes: float) -> smpsim.Result:
    values = {f"behaviour.{key.replace('__', '.')}": value for key, value in changes.items()}
    design = bare({"employers.firms.initial_vacancies": vacancies, **values})
    return smpsim.run(design, 200, seed=5, trainees=True)


@pytest.fixture(scope="module")
def result():
    """Dropout at a constant hazard, and a placement for all who graduate."""
    return run_of(1000, training__dropout=DROPOUT)


def within_four_errors(found: float, expected: float, people: float) -> bool:
    return abs(found - expected) < 4.0 * np.sqrt(expected * (1.0 - expected) / people)


def test_incidence_of_dropout_and_placement_equals_its_closed_form(result):
    table = result.incidence().set_index(["way", "months"])["share"]
    people = result.outcome_table["enrolled"].sum()
    assert people == 20_000
    for months in range(1, TRAINING):
        expected = 1.0 - np.exp(-DROPOUT * months)
        assert within_four_errors(table["dropped_out", months], expected, people), months
    placed, dropped = table["placed"], table["dropped_out"]
    assert placed[TRAINING - 1] == 0.0
    assert placed.iloc[-1] + dropped.iloc[-1] == pytest.approx(1.0)
    assert within_four_errors(placed.iloc[-1], np.exp(-DROPOUT * TRAINING), people)


def test_competing_risks_divide_people_in_proportion_to_their_hazards():
    """Nobody is hired: a job at home and a change of mind, each at its own constant hazard."""
    found = run_of(0, waiting__domestic_job__base=JOB, waiting__withdrawal__base=MIND)
    table = found.incidence().set_index(["way", "months"])["share"]
    life = found.trainees()
    graduated = int((life["graduated"] - life["enrolled"]).dropna().unique().item()) + 1
    people = len(life)
    both = JOB + MIND
    for waited in (1, 5, 20, 40):
        gone = 1.0 - np.exp(-both * waited)
        for way, hazard in (("job_at_home", JOB), ("withdrew", MIND)):
            share = table[way, graduated + waited]
            assert within_four_errors(share, hazard / both * gone, people), (way, waited)
    assert found.outcome_table["months_to_placement_median"].isna().all()
    assert "Nobody is placed" in found.sentences[0]


def test_time_with_the_employer_equals_its_closed_form():
    """Kaplan and Meier's estimate, with a constant hazard of quitting and a horizon."""
    found = run_of(1000, retention__quit=0.02)
    stay = found.staying().set_index("months")["share"]
    people = found.outcome_table["placed"].sum()
    for months in (1, 12, 36):
        assert within_four_errors(stay[months], np.exp(-0.02 * months), people), months


def test_spells_agree_with_life_courses(result):
    """Each length of time agrees with the life courses, counted in another way."""
    life = result.trainees()
    life = life[life["enrolled"].notna()]
    spells = result.spell_array.sum(axis=(0, 1))
    waits = (life["arrived"] - life["enrolled"] + 1).dropna().astype(int)
    np.testing.assert_array_equal(
        np.bincount(waits, minlength=spells.shape[-1]), spells[SPELLS.index("placed")]
    )
    gone = life[life["stage"] == "dropped_out"]
    months = (gone["dropped_out_month"] - gone["enrolled"] + 1).astype(int)
    np.testing.assert_array_equal(
        np.bincount(months, minlength=spells.shape[-1]), spells[SPELLS.index("dropped_out")]
    )
    left = (life["left"] - life["arrived"]).dropna().astype(int)
    np.testing.assert_array_equal(
        np.bincount(left, minlength=spells.shape[-1]), spells[SPELLS.index("left_employer")]
    )


@pytest.mark.parametrize("scenario", ["reference", "thamm_germany", "rse_new_zealand"])
def test_every_person_who_enrols_has_one_end(scenario):
    found = smpsim.run(scenario, 4, seed=2)
    runs, spells = found.outcome_table, found.spell_array.sum(axis=-1).reshape(-1, len(SPELLS))
    ends = {name: spells[:, place] for place, name in enumerate(SPELLS)}
    for name in ("placed", "dropped_out", "failed", "withdrew", "refused", "domestic"):
        np.testing.assert_array_equal(ends[name], runs[name], name)
    np.testing.assert_array_equal(ends["under_way"], runs["under_way"])
    np.testing.assert_array_equal(
        sum(ends[name] for name in (*WAYS, "under_way")), runs["enrolled"]
    )
    at_home = ends["job_at_home"] + ends["domestic"]
    np.testing.assert_array_equal(at_home, runs["working_at_origin"])
    np.testing.assert_array_equal(ends["placed"] + ends["own_way"], runs["migrated"])
    np.testing.assert_array_equal(ends["left_employer"] + ends["with_employer"], runs["placed"])


def test_pooled_curves_are_those_of_the_runs_together(result):
    pooled = result.spell_array.sum(axis=(0, 1))
    table = result.incidence()
    mine = of_ways(pooled)
    for place, way in enumerate(WAYS):
        library = table.loc[table["way"] == way, "share"].to_numpy()
        np.testing.assert_allclose(mine[place, : len(library)], library, rtol=0, atol=1e-12)
    stay = result.staying()
    mine = of_staying(pooled)[: len(stay)]
    np.testing.assert_allclose(mine, stay["share"], rtol=0, atol=1e-12)


def test_a_median_missing_in_most_runs_has_no_mean(result):
    """The mean of the other runs would be too short; the sentence says how many have one."""
    table = pd.DataFrame({"months_to_placement_median": [9.0] * 90 + [np.nan] * 10})
    from smpsim.results.estimates import Estimates

    assert np.isnan(Estimates.of(table).mean("months_to_placement_median"))
    few = table.iloc[9:].head(84)
    assert Estimates.of(few).mean("months_to_placement_median") == 9.0
    assert OUTCOMES["months_to_placement_median"].undefined.startswith("fewer than half")


def test_stored_results_keep_their_spells(result, tmp_path):
    result.write(tmp_path / "out")
    again = smpsim.read_result(tmp_path / "out")
    np.testing.assert_array_equal(again.spell_array, result.spell_array)


def test_the_picture_names_its_curves_and_the_number_of_runs(result):
    for plot in (result.plot, result.plot.phone):
        figure = plot.survival()
        texts = [one.get_text().replace("\n", " ") for axes in figure.axes for one in axes.texts]
        assert any(text.startswith("placed ") for text in texts)
        assert any("dropped out of training" in text for text in texts)
        foot = figure.texts[-1].get_text() + str(figure._supxlabel.get_text())
        assert "200 runs" in foot
        assert "90 % of the runs" in foot.replace("\n", " ")


def test_the_picture_of_two_designs_shows_their_curves_and_the_difference():
    lazier = {"behaviour.retention.quit": 0.05}
    both = smpsim.Comparison(
        smpsim.run("bare_pipeline", 6, 1, overrides={"behaviour.retention.quit": 0.01}),
        smpsim.run("bare_pipeline", 6, 1, overrides=lazier),
        names=("loyal", "lazy"),
    )
    for plot in (both.plot, both.plot.phone):
        figure = plot.survival()
        (above,) = [one for one in figure.axes if one.get_ylabel() == "share of those placed"]
        below = [one for one in figure.axes if one.get_xlabel() == "months since arrival"][-1]
        curves = [line.get_ydata() for line in above.lines]
        for curve, result in zip(curves, (both.a, both.b), strict=True):
            np.testing.assert_array_equal(curve, result.staying()["share"][: len(curve)])
        apart = below.lines[-1].get_ydata()
        np.testing.assert_allclose(apart, 100 * (curves[1] - curves[0]), atol=1e-9)
        band = below.collections[0].get_datalim(below.transData)
        assert band.y0 < apart.min() < band.y1 < 20
    assert "6 pairs of runs" in figure._supxlabel.get_text()
    with pytest.raises(RequestError, match="programme: got 'pilo'"):
        both.plot.survival("pilo")


def test_without_the_library_comparisons_also_omit_the_picture(result, monkeypatch):
    both = smpsim.Comparison(result, result, names=("a", "b"))
    assert "survival" in both.pictures
    monkeypatch.setattr("smpsim.results.survival.there", lambda extra: False)
    assert list(both.pictures) == ["trajectories", "differences"]


def test_labels_do_not_overlap_and_move_little():
    from smpsim.plots.style import spaced

    found = spaced([0.10, 0.11, 0.12, 0.5], 0.05, 0.0, 1.0)
    assert np.diff(found).min() >= 0.05 - 1e-12
    assert found[1] == pytest.approx(0.11)
    assert found[3] == 0.5
    assert spaced([0.99, 1.0], 0.05, 0.0, 1.0)[-1] == pytest.approx(1.0)
