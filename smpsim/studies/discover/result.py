"""What a discovery has found: boxes in which runs fail, how far they hold, and both in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.conditions import Condition
from smpsim.results.study_result import BOTH, Drawing, StudyResult, Tables, rows_for_json
from smpsim.studies.clusters import TwoWay
from smpsim.studies.discover.about import ABOUT
from smpsim.studies.discover.boxes import Box, Search, spread
from smpsim.studies.discover.cases import Cases
from smpsim.studies.discover.held_out import Judged, all_designs, insides

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.discover.plots import DiscoveryPlots

SENTENCES_FILE = "discover.txt"
RECORD = "discover_provenance.json"
BOXES = ("box", "key", "low", "high", "allowed", "unit", "reappears")
JUDGED = (
    "coverage",
    "density",
    "mass",
    "designs",
    "held_out_coverage",
    "held_out_density",
    "held_out_error",
    "held_out_gap",
    "held_out_gap_error",
    "found_again",
    "confirmed",
)


@dataclass(frozen=True, repr=False, eq=False)
class Discovery(StudyResult):
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
    provenance : dict
        Where the numbers come from.
    scenarios : dict of str to Scenario
        Those whose runs were looked at.
    """

    RECORD = RECORD  # beside the sweep, which has a record of its own
    VERB = "discover"
    ABOUT = ABOUT
    TABLES = ("discover_boxes", "discover_judgement", "discover_peeling", "discover_cases")
    READ = ("discover_boxes", "discover_judgement", "discover_peeling")
    PICTURES = ("discover_boxes", "discover_scatter", "discover_tradeoff")

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
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)
    scenarios: dict[str, Scenario] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return (
            f"Discovery({self.title!r}, {self.search.method}, {len(self.cases):,} designs, "
            f"{len(self.confirmed)} of {len(self.found)} boxes confirmed)"
        )

    @property
    def base(self) -> float:
        """Share of failing runs in all designs."""
        return self.cases.base

    @cached_property
    def base_spread(self) -> TwoWay:
        """Variances of that share: by the designs, by the worlds and by the runs drawn."""
        return spread(self.cases, np.ones(len(self.cases), bool))

    @property
    def base_error(self) -> float:
        """Standard error of that share; not a number if all runs are in one world."""
        return all_designs(self.cases).held_out_error

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
            A row a box, then ``all`` together, and last ``base``: all designs. ``coverage``
            (share of all failing runs that are inside), ``density`` (share of the runs inside
            that fail), ``mass`` (share of the designs that are inside), ``designs``;
            ``held_out_coverage``, ``held_out_density`` and its standard error ``held_out_error``
            on designs that were not used to find it; ``held_out_gap``, how far that density
            is above all designs in the same worlds, and its standard error
            ``held_out_gap_error``; ``found_again``, the share of the halves of the designs in
            which there was one; and ``confirmed``.
        """
        named = {str(number): one for number, one in enumerate(self.found, 1)}
        if self.together is not None:
            named["all"] = self.together
        named["base"] = all_designs(self.cases)
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

    @property
    def sentences(self) -> list[str]:
        """What was looked for and what was found."""
        from smpsim.studies.discover.report import sentences

        return sentences(self)

    @property
    def plot(self) -> DiscoveryPlots:
        """Pictures: ``.plot.boxes()``, ``.plot.scatter(x, y)``, ``.plot.tradeoff()``."""
        from smpsim.studies.discover.plots import DiscoveryPlots

        return DiscoveryPlots(self)

    @property
    def tables(self) -> Tables:
        """Boxes, how far they hold, how they were found, and all cases."""
        makers = (self.boxes, self.judgement, self.peeling, self.designs)
        return Tables(dict(zip(self.TABLES, makers, strict=True)))

    @property
    def pictures(self) -> dict[str, Drawing]:
        """The boxes, the cases in two of their dimensions, and coverage against density."""
        drawn = {name: getattr(self.plot, name.partition("_")[2]) for name in self.PICTURES}
        if len(self.cases.keys) < 2:
            del drawn["discover_scatter"]
        return drawn

    def write(
        self,
        folder: str | Path,
        kind: str = BOTH,
        *,
        pictures: bool | Mapping[str, Drawing] = False,
        extra: Mapping[str, bytes] | None = None,
        xlsx: bool = False,
        phone: bool = False,
    ) -> list[Path]:
        """Write all tables and the sentences, all files or none; see `StudyResult.write`."""
        said = {SENTENCES_FILE: ("\n".join(self.sentences) + "\n").encode()}
        every = {**said, **(extra or {})}
        return super().write(folder, kind, pictures=pictures, extra=every, xlsx=xlsx, phone=phone)

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        return {
            **self.provenance,
            "base_rate": self.base,
            "base_rate_error": self.base_error if np.isfinite(self.base_error) else None,
            "boxes": rows_for_json(self.boxes()),
            "judgement": rows_for_json(self.judgement()),
            "finding": self.sentences,
        }
