"""What a discovery has found: boxes in which runs fail, how far they hold, and both in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.both import write_both
from smpsim.results.conditions import Condition
from smpsim.studies.discovery.boxes import Box, Search
from smpsim.studies.discovery.cases import Cases
from smpsim.studies.discovery.judged import Judged, insides

if TYPE_CHECKING:
    from smpsim.plots.discovery_plots import DiscoveryPlots

RECORD = "discovery_provenance.json"
BOXES = ("box", "key", "low", "high", "allowed", "unit", "reappears")
JUDGED = (
    "coverage",
    "density",
    "mass",
    "designs",
    "held_out_coverage",
    "held_out_density",
    "held_out_error",
    "found_again",
    "confirmed",
)


@dataclass(frozen=True, repr=False)
class Discovery:
    """Where runs of a sweep fail.

    Attributes
    ----------
    title, programme : str
        Of what was looked at; no programme if the scenarios call theirs differently.
    conditions : tuple of Condition
        A run has failed if any of them holds.
    currency : str
    search : Search
        How boxes were looked for.
    cases : Cases
        The designs, with what was varied and how many of their runs failed.
    together : Judged or None
        All boxes together; None if there is no box.
    found : tuple of Judged
        The boxes, those not confirmed on held-out designs too.
    curve : DataFrame
        See `peeling`.
    halves : int
        Halves of the designs in which boxes were looked for again.
    runs, seed : int
        Runs of each design, and the seed of their luck.
    facts : dict
        Where the numbers come from.
    """

    title: str
    programme: str
    conditions: tuple[Condition, ...]
    currency: str
    search: Search
    cases: Cases = field(repr=False)
    together: Judged | None = field(repr=False)
    found: tuple[Judged, ...] = field(repr=False)
    curve: pd.DataFrame = field(repr=False)
    halves: int
    runs: int
    seed: int
    facts: dict[str, Any] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return (
            f"Discovery({self.title!r}, {self.search.method}, {len(self.cases):,} designs, "
            f"{len(self.confirmed)} of {len(self.found)} boxes confirmed)"
        )

    @property
    def base(self) -> float:
        """Share of failing runs in all designs."""
        return self.cases.base

    @property
    def confirmed(self) -> tuple[Judged, ...]:
        """Boxes that hold on designs by which they were not found."""
        return tuple(one for one in self.found if one.confirmed)

    def boxes(self) -> pd.DataFrame:
        """Return the limits of all boxes.

        Returns
        -------
        DataFrame
            A row a box and key that it limits: ``box``, ``key``, ``low`` and ``high`` (both
            inclusive, missing where there is no limit), ``allowed`` (of words, joined by ``|``),
            ``unit``, and ``reappears``: the share of the halves of the designs in which the most
            similar box limits that key at that end too (of two ends the lesser share).
        """
        rows = [
            (
                number,
                limit.key.name,
                limit.low,
                limit.high,
                " | ".join(limit.allowed),
                limit.key.unit,
                min(one.reappears[limit.key.name, end] for end in limit.ends),
            )
            for number, one in enumerate(self.found, 1)
            for limit in one.limits
        ]
        table = pd.DataFrame(rows, columns=list(BOXES))
        return table.astype({"low": float, "high": float, "reappears": float})

    def judgement(self) -> pd.DataFrame:
        """Return how far each box holds.

        Returns
        -------
        DataFrame
            A row a box, and last ``all`` together: ``coverage`` (share of all failing runs that
            are inside), ``density`` (share of the runs inside that fail), ``mass`` (share of the
            designs that are inside), ``designs``; ``held_out_coverage``, ``held_out_density``
            and its standard error on designs by which such a box was not found; ``found_again``,
            the share of the halves of the designs in which there was one; and ``confirmed``.
        """
        named = {str(number): one for number, one in enumerate(self.found, 1)}
        if self.together is not None:
            named["all"] = self.together
        rows = [(name, *(getattr(one, what) for what in JUDGED)) for name, one in named.items()]
        return pd.DataFrame(rows, columns=["box", *JUDGED])

    def peeling(self) -> pd.DataFrame:
        """Return the trade-off between coverage and density.

        Returns
        -------
        DataFrame
            Of PRIM a row for each step of each box, from all designs to the densest few; of CART
            a row for each leaf of the tree, the densest first, together with those before it.
            ``box`` (0 for leaves that are none), ``step``, ``coverage``, ``density``, ``mass``,
            ``limits`` (keys that are limited) and ``chosen``.
        """
        return self.curve.copy()

    def designs(self) -> pd.DataFrame:
        """Return the cases: what was varied, runs that were judged and failed, and the box."""
        table = self.cases.inputs.copy()
        table.insert(0, "design", self.cases.design)
        table["judged"], table["failed"] = self.cases.judged, self.cases.failed
        table["box"] = 0
        for number, mask in enumerate(self.insides(), 1):
            table.loc[mask, "box"] = number
        return table

    def insides(self) -> list[np.ndarray]:
        """Return which cases are in each box and in none before it, each of shape (cases,)."""
        return insides([Box(one.limits) for one in self.found], self.cases)

    def words(self) -> list[str]:
        """Return what was looked for and what was found, in sentences."""
        from smpsim.studies.discovery.words import sentences

        return sentences(self)

    @property
    def plot(self) -> DiscoveryPlots:
        """Pictures: ``.plot.boxes()``, ``.plot.scatter(x, y)``, ``.plot.tradeoff()``."""
        from smpsim.plots.discovery_plots import DiscoveryPlots

        return DiscoveryPlots(self)

    def write(self, folder: str | Path, extra: Mapping[str, bytes] | None = None) -> list[Path]:
        """Write all tables as Parquet files with provenance, and what people read as CSV.

        All of them appear, or none.

        Parameters
        ----------
        folder : str or Path
            Made if it does not exist.
        extra : mapping of str to bytes, optional
            Other files by name, such as pictures.
        """
        read = {
            "discovery_boxes": self.boxes(),
            "discovery_judgement": self.judgement(),
            "discovery_peeling": self.peeling(),
        }
        words = {"discovery.txt": ("\n".join(self.words()) + "\n").encode()}
        more = {"discovery_cases": self.designs()}
        every = {**words, **(extra or {})}
        # beside the sweep, which has a record of its own
        return write_both(read, self.facts, folder, more, every, record=RECORD)
