"""Results as labelled arrays: the numbers of the tidy tables, laid out along their dimensions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from smpsim.errors import RequestError
from smpsim.extras import need
from smpsim.results.provenance import brief
from smpsim.results.series import adds_up, unit_of_series
from smpsim.results.units import label_of, unit_of
from smpsim.vocabulary import PARTIES, SERIES

if TYPE_CHECKING:
    import xarray

    from smpsim.results.result import Result

TABLES = ("trajectories", "outcomes", "ledger")


def array_of(result: Result, table: str = "trajectories") -> xarray.Dataset:
    """Return a table of a result as arrays (see `Result.to_xarray`)."""
    need("arrays", "to_xarray")
    import xarray

    if table not in TABLES:
        raise RequestError(f"table: got {table!r}; allowed: {', '.join(TABLES)}")
    laid = {"trajectories": _trajectories, "outcomes": _outcomes, "ledger": _ledger}[table]
    found = xarray.Dataset(laid(result))
    found = found.assign_coords(
        run=("run", np.arange(result.runs), {"long_name": "replication"}),
        programme=("programme", np.array(result.programmes, dtype=object)),
        scenario=result.title,
    )
    if "month" in found.dims:
        months = {"units": "months", "long_name": "months since the start"}
        found = found.assign_coords(
            month=("month", np.arange(result.months), months),
            date=("month", result.dates().to_timestamp().to_numpy()),
        )
    if "item" in found.dims:
        found = found.assign_coords(
            item=("item", np.array(result.items[0], dtype=object)),
            payer=("payer", np.array(PARTIES, dtype=object)),
            payee=("item", np.array(result.items[1], dtype=object)),
        )
    # text, as files of arrays hold neither nested facts nor lists of words
    found.attrs = {
        "title": result.title,
        "currency": result.currency,
        "provenance": json.dumps(brief(result.provenance), default=str),
    }
    return found


def _trajectories(result: Result) -> dict[str, Any]:
    dimensions = ("run", "month", "programme")
    series = {name: result.series(name) for name in SERIES}
    return {
        name: (
            dimensions,
            values,
            {
                "units": unit_of_series(name, result.currency),
                # an employer or office that programmes share would count once in each
                "long_name": SERIES[name].label,
                "adds_up_over_programmes": "yes" if adds_up(name) else "no",
            },
        )
        for name, values in series.items()
    }


def _outcomes(result: Result) -> dict[str, Any]:
    # a row a run and programme, the programmes of a run together
    table = result.outcome_table.drop(columns=["run", "programme"])
    shape = (result.runs, len(result.programmes))
    return {
        str(name): (
            ("run", "programme"),
            table[name].to_numpy().reshape(shape),
            {"units": unit_of(str(name), result.currency), "long_name": label_of(str(name))},
        )
        for name in table.columns
    }


def _ledger(result: Result) -> dict[str, Any]:
    dimensions = ("run", "month", "programme", "item", "payer")
    return {"amount": (dimensions, result.ledger_array, {"units": result.currency})}
