"""The table of outcomes: each row agrees with what runs come to, and with what else it names."""

import json

import numpy as np
import pytest

import smpsim
from smpsim.results.outcomes import (
    COUNTED,
    OUTCOMES,
    SUMS,
    main_outcomes,
    missing,
    outcome_of,
    with_parts,
)
from smpsim.results.units import label_of, unit_of
from smpsim.vocabulary import GAINING_PARTIES, SERIES, SHARING_PARTIES, TRAJECTORY_COLUMNS

ROWS = [*OUTCOMES.values(), *SUMS.values()]


@pytest.fixture(scope="module")
def result():
    return smpsim.run("reference", 8, 3)


@pytest.fixture(scope="module")
def nobody():
    """Return runs in which nobody enrols."""
    return smpsim.run("bare_pipeline", 2, 3, overrides={"programmes.pilot.intakes.seats": 0})


def test_names_and_labels_tell_outcomes_apart():
    assert len({row.name for row in ROWS}) == len({row.label for row in ROWS}) == len(ROWS)
    assert all(row.unit and row.label and row.group != "own" for row in ROWS)
    assert all(row.meaning for row in OUTCOMES.values())


def test_what_a_row_names_is_there():
    for row in ROWS:
        assert {*(row.parts or ()), *row.sum_of} <= set(OUTCOMES), row.name
        assert row.size is None or not outcome_of(row.size).undefined
        assert row.series is None or row.series in SERIES
        assert not row.pooled or row.parts


def test_tables_of_runs_have_the_rows_as_columns(result):
    assert tuple(result.outcomes().columns[2:]) == tuple(OUTCOMES)
    assert result.summary().loc["pilot", "unit"].to_dict() == {
        name: unit_of(name, result.currency) for name in OUTCOMES
    }


def test_every_party_has_its_cost_and_its_value(result):
    runs = result.outcomes()
    assert [name for name in OUTCOMES if name.startswith("npv_")] == [
        f"npv_{party}_60m" for party in GAINING_PARTIES
    ]
    borne = runs[[f"cost_{party}" for party in SHARING_PARTIES]].sum(axis=1)
    np.testing.assert_allclose(borne, runs["cost_total"])
    assert label_of("cost_donor") == "cost borne by the donor"


def test_an_outcome_is_the_last_value_of_the_series_that_it_names(result):
    named = {row.name: row.series for row in OUTCOMES.values() if row.series}
    assert len(named) > 8
    runs = result.outcomes()
    for outcome, series in named.items():
        found = result.series(series)[:, -1].reshape(-1)
        np.testing.assert_allclose(found, runs[outcome], err_msg=outcome)


def test_only_outcomes_that_say_when_lack_a_value(result, nobody):
    for found in (result, nobody, smpsim.run("bare_pipeline", 2, 1, overrides={"months": 8})):
        runs = found.outcomes()
        for name, row in OUTCOMES.items():
            assert row.undefined or runs[name].notna().all(), name
    empty = nobody.outcomes()
    # the placements kept are none, and there is a plan
    known = {name for name in OUTCOMES if name.startswith("retained_placements")} | {"shortfall"}
    lacking = {name for name in OUTCOMES if empty[name].isna().all()}
    assert lacking == {name for name, row in OUTCOMES.items() if row.undefined} - known


def test_endless_is_what_money_or_time_buys_for_nobody(nobody):
    runs = nobody.outcomes()
    for name, row in OUTCOMES.items():
        if row.endless:
            assert (missing(name, runs) == "undefined").all()
            assert row.group in ("money", "times")
            assert row.better == "low"


def test_counts_are_whole_numbers_of_people(result):
    runs = result.outcomes()
    assert len(COUNTED) > 15
    for name in COUNTED:
        assert OUTCOMES[name].unit in ("people", "employers", "sittings")
        assert (runs[name] == runs[name].round()).all()
        # those of several programmes may be the same employers
        assert OUTCOMES[name].adds_up == (OUTCOMES[name].unit != "employers")


def test_main_outcomes_are_as_before():
    assert main_outcomes()[:13] == (
        "enrolled",
        "graduated",
        "placed",
        "under_way",
        "placement_rate",
        "migrated",
        "domestic",
        "months_to_placement_median",
        "retained_12",
        "cost_total",
        "cost_per_placement",
        "cost_per_retained_placement",
        "shortfall",
    )


def test_parts_follow_their_outcome():
    assert with_parts(["cost_per_retained_placement"]) == [
        "cost_per_retained_placement",
        "cost_total",
        "retained_placements",
        "placed",
    ]
    assert with_parts(["retained_24"]) == ["retained_24", "placed"]


def test_rows_are_plain_data_but_for_their_functions():
    for row in ROWS:
        assert json.loads(json.dumps(row.facts()))["name"] == row.name


def test_series_have_units_and_labels(result):
    assert [*SERIES][:-2] == list(TRAJECTORY_COLUMNS)
    assert len({row.label for row in SERIES.values()}) == len(SERIES)
    table = result.trajectories()
    assert list(table.columns[3:]) == list(SERIES)
    for name in SERIES:
        np.testing.assert_array_equal(
            result.series(name).reshape(-1), table[name].to_numpy(), err_msg=name
        )
