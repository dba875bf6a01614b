"""Whatever a folder holds, read back."""

from __future__ import annotations

from pathlib import Path

from smpsim.results.read import read_facts, read_result
from smpsim.results.result import Result
from smpsim.results.store_error import StoreError
from smpsim.studies.sweep.folder import read_sweep
from smpsim.studies.sweep.result import Sweep


def read(folder: str | Path) -> Result | Sweep:
    """Return the result or the sweep that a folder holds, without running anything.

    Raises
    ------
    StoreError
        If the folder holds neither. The tables of other results are files that every reader of
        Parquet and CSV takes.

    Examples
    --------
    >>> smpsim.read("results/porsche_manila").summary()  # doctest: +SKIP
    """
    where = Path(folder)
    verb = read_facts(where)["verb"]
    if verb == "sweep":
        return read_sweep(where)
    if verb == "run":
        return read_result(where)
    reason = f"got a result of {verb}; allowed: one of run or sweep; its tables are plain files"
    raise StoreError("read", where, reason)
