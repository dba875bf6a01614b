"""The common face of all results: tables, sentences, pictures, facts, and how they are written.

What a verb returns is a `StudyResult`, so that whoever knows one result knows them all.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pandas as pd

from smpsim.errors import RequestError
from smpsim.results.files import (
    KINDS,
    PROVENANCE_FILE,
    claimed,
    names_of_files,
    write_tables,
)
from smpsim.results.spreadsheet import as_csv

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BOTH = "both"
Drawing = Callable[[], "Figure"]


class Tables(Mapping[str, pd.DataFrame]):
    """Tables by name; each is made when it is asked for, so that not all are in memory at once.

    Parameters
    ----------
    makers : mapping of str to function
        Each returns its table.
    """

    def __init__(self, makers: Mapping[str, Callable[[], pd.DataFrame]]) -> None:
        self.makers = dict(makers)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self.makers)

    def __len__(self) -> int:
        return len(self.makers)

    def __contains__(self, name: object) -> bool:
        # that of Mapping would make the table
        return name in self.makers

    def __repr__(self) -> str:
        return f"Tables({', '.join(self.makers)})"


class StudyResult(ABC):
    """What a verb returns.

    Attributes
    ----------
    runs : int
        Runs of each design: pairs of a comparison, runs in each world of a search, runs of each
        draw of a validation.
    seed : int
        Of all luck.
    scenarios : dict of str to Scenario
        What was run, by the names that tables use; results of a single scenario have it as
        ``scenario`` too.
    provenance : dict
        Where the numbers come from, and all that runs them again (see
        `smpsim.results.provenance`).
    """

    TABLES: ClassVar[tuple[str, ...]] = ()
    """All tables that such a result may have, by the name of their files."""
    READ: ClassVar[tuple[str, ...]] = ()
    """Those that people read, and that are CSV files too; the first is shown in notebooks."""
    PICTURES: ClassVar[tuple[str, ...]] = ()
    """All pictures that such a result may have, by the name of their files."""
    RECORD: ClassVar[str] = PROVENANCE_FILE
    """File with the provenance; another one for results that stand beside one they are made of."""

    if TYPE_CHECKING:
        # fields of some results and properties of others
        @property
        def plot(self) -> Any:
            """Pictures with arguments."""

        @property
        @abstractmethod
        def runs(self) -> int:
            """Runs of each design."""

        @property
        @abstractmethod
        def seed(self) -> int:
            """Seed of all luck."""

        @property
        @abstractmethod
        def scenarios(self) -> Mapping[str, Any]:
            """What was run, by name."""

        @property
        @abstractmethod
        def provenance(self) -> dict[str, Any]:
            """Where the numbers come from."""

    @property
    @abstractmethod
    def tables(self) -> Tables:
        """Its tables by name."""

    @property
    @abstractmethod
    def sentences(self) -> list[str]:
        """What it says, in words."""

    @property
    def pictures(self) -> dict[str, Drawing]:
        """Functions by name that draw its pictures; ``.plot`` has the same with arguments."""
        return {name: getattr(self.plot, name) for name in self.PICTURES}

    @property
    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: its provenance, main tables and sentences."""

    @classmethod
    def file_names(
        cls,
        kind: str = BOTH,
        pictures: Iterable[str] | None = None,
        extra: Iterable[str] = (),
    ) -> list[str]:
        """Return the names of all files that `write` writes or removes.

        Parameters
        ----------
        kind : str
        pictures : iterable of str, optional
            Names of pictures, where they depend on the result.
        extra : iterable of str
            Names of other files.
        """
        drawn = [f"{name}.png" for name in (cls.PICTURES if pictures is None else pictures)]
        csv = [f"{name}.csv" for name in cls.READ] if kind == BOTH else []
        return names_of_files(cls.TABLES, _kind_of_tables(kind), [*csv, *drawn, *extra], cls.RECORD)

    def write(
        self,
        folder: str | Path,
        kind: str = BOTH,
        *,
        pictures: bool | Mapping[str, Drawing] = False,
        extra: Mapping[str, bytes] | None = None,
    ) -> list[Path]:
        """Write all tables, all files or none.

        Parameters
        ----------
        folder : str or Path
            Made if it does not exist. Files of an earlier result in it are replaced, and nothing
            that smpsim did not write.
        kind : str
            ``"parquet"``, each file with its provenance in few words; ``"csv"``; or ``"both"``:
            Parquet, and beside it CSV of what people read. The whole provenance is in
            ``provenance.json``.
        pictures : bool or mapping of str to function
            Write the pictures too, as PNG; or those given, such as ``{"bars": result.plot.gains}``.
        extra : mapping of str to bytes, optional
            Other files by name, which appear together with the tables.

        Returns
        -------
        list of Path

        Raises
        ------
        StoreError
            If the folder can't be written to, the disk is full, or there is a file under one of
            the names that smpsim did not write; the folder is then as it was before.
        """
        tables, missing = self._to_write(Path(folder))
        written = _kind_of_tables(kind)
        files: dict[str, bytes] = {}
        if kind == BOTH:
            for name in self.READ:
                if name in tables:
                    table = tables[name]
                    files[f"{name}.csv"] = as_csv(table, index=_named(table)).encode()
        # what an earlier result left would be taken for a part of this one
        gone = [*missing]
        gone += [f"{name}.csv" for name in missing if kind == BOTH and name in self.READ]
        drawn = pictures if isinstance(pictures, Mapping) else self.pictures
        gone += [f"{name}.png" for name in self.PICTURES if name not in drawn]
        if pictures:
            from smpsim.plots.style import png

            files |= {f"{name}.png": png(draw()) for name, draw in drawn.items()}
        facts = self._provenance_of_files()
        every = {**files, **(extra or {})}
        return write_tables(
            tables.makers, facts, Path(folder), written, tuple(gone), every, self.RECORD
        )

    def _to_write(self, folder: Path) -> tuple[Tables, tuple[str, ...]]:
        """Return the tables that are written into a folder, and those it must not hold."""
        tables = self.tables
        return tables, tuple(name for name in self.TABLES if name not in tables)

    def _provenance_of_files(self) -> dict[str, Any]:
        """Return what is written about the origin of the tables."""
        return self.provenance

    def _repr_html_(self) -> str:
        """Return what notebooks show: the sentences, and the main table."""
        said = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        table = self.tables[self.READ[0]].to_html(max_rows=60, max_cols=20, border=0)
        return f"<p><b>{escape(repr(self))}</b></p>{said}{table}"

    def __eq__(self, other: object) -> bool:
        """Whether another result is of the same kind and has the same numbers in all tables."""
        if type(self) is not type(other) or not isinstance(other, StudyResult):
            return NotImplemented
        mine, others = self.tables, other.tables
        return list(mine) == list(others) and all(mine[one].equals(others[one]) for one in mine)

    __hash__ = None  # type: ignore[assignment]


Found = TypeVar("Found", bound=StudyResult)


def into(folder: str | Path | None, kind: type[Found], work: Callable[[], Found]) -> Found:
    """Return what work comes to, written into a folder that is claimed before it, if there is one.

    Parameters
    ----------
    folder : str or Path, optional
    kind : type of StudyResult
        Of the result.
    work : callable
        Returns it.
    """
    if folder is None:
        return work()
    with claimed(Path(folder), kind.file_names()):
        found = work()
        found.write(folder)
    return found


def _kind_of_tables(kind: str) -> str:
    """Return the kind of the files that hold all tables."""
    if kind not in (*KINDS, BOTH):
        raise RequestError(f"kind: got {kind!r}; allowed: {', '.join((*KINDS, BOTH))}")
    return "parquet" if kind == BOTH else kind


def _named(table: pd.DataFrame) -> bool:
    """Return whether an index has a name; others are mere numbers of rows."""
    return any(name is not None for name in table.index.names)


def rows_for_json(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as plain data for JSON, with null for what is missing or has no bound."""
    flat = table.reset_index() if _named(table) else table
    return [
        {str(key): _plain(value) for key, value in row.items()}
        for row in flat.to_dict(orient="records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    item: Callable[[], Any] | None = getattr(value, "item", None)
    return item() if item is not None else value
