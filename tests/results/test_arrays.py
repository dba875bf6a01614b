"""Labelled arrays hold the numbers of the tidy tables, with units and where they come from."""

import json

import numpy as np
import pandas as pd
import pytest
import xarray

import smpsim
from smpsim.results.units import unit_of
from smpsim.scenario import load

SEATS = "programmes.pilot.intakes.seats"
KEYS = {
    "trajectories": ["run", "month", "programme"],
    "outcomes": ["run", "programme"],
}


@pytest.fixture(scope="module")
def result():
    # two programmes, so that no axis can be taken for another
    data = load("thamm_germany").model_dump(mode="json")
    second = json.loads(json.dumps(data["programmes"][0]))
    second["name"], second["intakes"]["seats"] = "second", 17
    data["programmes"].append(second)
    return smpsim.run(data, 4, seed=3)


@pytest.fixture(scope="module")
def comparison():
    return smpsim.compare("thamm_germany", replications=4, seed=3, overrides_b={SEATS: 30})


def same(array, table, keys):
    """Assert that an array holds the numbers of a tidy table, column by column."""
    flat = array.to_dataframe().reset_index()
    merged = flat.set_index(keys).sort_index()
    wanted = table.set_index(keys).sort_index()
    assert len(merged) == len(wanted) > 0
    for column in wanted.columns:
        assert np.array_equal(merged[column], wanted[column], equal_nan=True), column


@pytest.mark.parametrize("table", list(KEYS))
def test_a_result_has_the_numbers_of_its_tables(result, table):
    array = result.to_xarray(table)
    wanted = getattr(result, table)()
    assert set(array.data_vars) == set(wanted.columns) - set(KEYS[table])
    assert array["programme"].to_numpy().tolist() == ["pilot", "second"]
    same(array, wanted, KEYS[table])


def test_the_ledger_has_every_payment(result):
    array = result.to_xarray("ledger")["amount"]
    table = result.ledger()
    assert float(array.sum()) == pytest.approx(table["amount"].sum())
    for row in table.sample(40, random_state=1).to_dict("records"):
        keys = {key: row[key] for key in ("run", "month", "programme", "item", "payer")}
        assert float(array.sel(keys)) == row["amount"]
        assert str(array["payee"].sel(item=row["item"]).item()) == row["payee"]


def test_every_variable_has_its_unit_and_the_whole_its_origin(result):
    series, outcomes = result.to_xarray(), result.to_xarray("outcomes")
    assert series["placed"].attrs["units"] == "people"
    assert series["mean_trust"].attrs["units"] == "0 to 1"
    assert series["visa_wait_months"].attrs["units"] == "months"
    assert series["cost_cumulative"].attrs["units"] == "EUR"
    for name, variable in outcomes.data_vars.items():
        assert variable.attrs["units"] == unit_of(name, "EUR") != ""
    origin = json.loads(series.attrs["provenance"])
    assert origin["seed"] == 3
    assert origin["fingerprint"] == result.provenance["fingerprint"]
    dates = pd.DatetimeIndex(series["date"].to_numpy())
    assert dates.to_period("M").tolist() == result.dates().tolist()


def test_arrays_can_be_written_and_laid_together(result, tmp_path):
    array = result.to_xarray()
    array.to_netcdf(tmp_path / "runs.nc", engine="scipy")
    again = xarray.load_dataset(tmp_path / "runs.nc", engine="scipy")
    assert np.array_equal(again["placed"], array["placed"])
    assert json.loads(again.attrs["provenance"])["replications"] == 4
    other = smpsim.run("bare_pipeline", 4).to_xarray()
    both = xarray.concat(
        [array, other], "scenario", join="outer", coords="minimal", compat="override"
    )
    assert both.sizes["scenario"] == 2


def test_a_table_that_there_is_not_is_refused(result):
    with pytest.raises(ValueError, match="got 'flows'; allowed: trajectories"):
        result.to_xarray("flows")


@pytest.mark.parametrize("table", list(KEYS))
def test_a_comparison_has_the_numbers_of_both(comparison, table):
    array = comparison.to_xarray(table)
    for name, result in zip(comparison.names, (comparison.a, comparison.b), strict=True):
        same(array.sel(design=name), getattr(result, table)(), KEYS[table])
    assert array["placed"].attrs["units"] == "people"
    assert json.loads(array.attrs["provenance"])["b"]["seed"] == 3


def test_differences_of_arrays_are_the_paired_differences(comparison):
    placed = comparison.to_xarray("outcomes")["placed"]
    a, b = comparison.names
    differences = placed.sel(design=b) - placed.sel(design=a)
    wanted = comparison.differences().loc[("pilot", "placed"), "difference"]
    assert float(differences.mean()) == pytest.approx(wanted)
    assert wanted != 0


def test_programmes_and_currencies_that_differ_and_other_horizons():
    other = smpsim.compare("thamm_germany", "mos_burger", replications=2)
    array, table = other.to_xarray(), other.trajectories()
    money = "EUR" if other.same_currency else "currency of the design"
    assert array["cost"].attrs["units"] == money
    assert array["currency"].to_numpy().tolist() == [other.a.currency, other.b.currency]
    labels = array["programme"].to_numpy().tolist()
    assert labels == [pair.label for pair in other.pairs]
    assert array.sizes["month"] == max(other.a.months, other.b.months)
    for name in other.names:
        wanted = table[table["design"] == name]["cost"].sum()
        assert float(array["cost"].sel(design=name).sum()) == pytest.approx(wanted)


def test_different_names_of_a_pair_get_its_label():
    data = load("bare_pipeline").model_dump(mode="json")
    data["programmes"][0]["name"] = "other"
    array = smpsim.compare("bare_pipeline", data, replications=2, names=("a", "b")).to_xarray(
        "outcomes"
    )
    assert array["programme"].to_numpy().tolist() == ["pilot / other"]
    assert (array["placed"] > 0).all()
