"""The common face of all results: tables, sentences, pictures, facts, and how they are written.

What a verb returns is a `StudyResult`, so that whoever knows one result knows them all.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pandas as pd

from smpsim.extras import need
from smpsim.results.columns import Description, currency_of
from smpsim.results.datapackage import PACKAGE_FILE, DataPackage
from smpsim.results.files import (
    BOTH,
    PROVENANCE_FILE,
    claimed,
    names_of_files,
    write_tables,
)
from smpsim.results.first_sheet import facts_of, origin_of
from smpsim.results.manifest import Record
from smpsim.results.spreadsheet import MOST_ROWS, flat
from smpsim.results.workbook import Workbook, name_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WORKBOOK = "a workbook"
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

    VERB: ClassVar[str] = ""
    """The command that it is the result of."""
    TABLES: ClassVar[tuple[str, ...]] = ()
    """All tables that such a result may have, by the name of their files."""
    READ: ClassVar[tuple[str, ...]] = ()
    """Those that people read first; the first of all is shown in notebooks."""
    PICTURES: ClassVar[tuple[str, ...]] = ()
    """All pictures that such a result may have, by the name of their files."""
    RECORD: ClassVar[str] = PROVENANCE_FILE
    """File with the provenance; another one for results that stand beside one they are made of."""
    ABOUT: ClassVar[Description]
    """What it says of itself: its question, and what its tables, columns and intervals are."""
    STORES: ClassVar[tuple[str, ...]] = ()
    """Folders in that of a result that may hold its single runs; an empty name is the folder."""

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
    def question(self) -> str:
        """What it answers: what the scenarios ask, if it is one thing, and what the verb does."""
        asked = {str(getattr(one, "question", "")).strip() for one in self.scenarios.values()}
        return " ".join([*(asked if len(asked) == 1 else ()), self.ABOUT.question]).strip()

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
        xlsx: bool = False,
    ) -> list[str]:
        """Return the names of all files that `write` writes or removes.

        Parameters
        ----------
        kind : str
        pictures : iterable of str, optional
            Names of pictures, where they depend on the result.
        extra : iterable of str
            Names of other files.
        xlsx : bool
            With a workbook.
        """
        drawn = [f"{name}.png" for name in (cls.PICTURES if pictures is None else pictures)]
        more = [*drawn, *extra, PACKAGE_FILE, *([cls.workbook_name()] if xlsx else [])]
        return names_of_files(cls.TABLES, kind, more, cls.RECORD)

    @classmethod
    def workbook_name(cls) -> str:
        """Return the name of the workbook that `write` writes."""
        return name_of(cls.VERB)

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
        """Write all tables, all files or none.

        Parameters
        ----------
        folder : str or Path
            Made if it does not exist. Files of an earlier result in it are replaced, and nothing
            that smpsim did not write.
        kind : str
            ``"parquet"``, each file with its provenance in few words; ``"csv"``; or ``"both"``:
            Parquet, and beside it CSV of each table that a spreadsheet can hold. The whole
            provenance is in ``provenance.json``, types, meanings and units of all columns in
            ``datapackage.json``.
        pictures : bool or mapping of str to function
            Write the pictures too, as PNG; or those given, such as ``{"bars": result.plot.gains}``.
        extra : mapping of str to bytes, optional
            Other files by name, which appear together with the tables.
        xlsx : bool
            Write all tables as one workbook too, named after the verb: ``run.xlsx``.
        phone : bool
            Draw the pictures for a phone, 390 pixels wide, as ``.plot.phone`` does.

        Returns
        -------
        list of Path

        Raises
        ------
        MissingExtraError
            If XlsxWriter is missing, which a workbook needs.
        StoreError
            If the folder can't be written to, the disk is full, or there is a file under one of
            the names that smpsim did not write; the folder is then as it was before.
        """
        where = Path(folder)
        book = self._new_workbook() if xlsx else None
        tables, missing = self._to_write(where)
        # what an earlier result left would be taken for a part of this one
        gone = [*missing]
        drawn = pictures if isinstance(pictures, Mapping) else self.pictures
        gone += [f"{name}.png" for name in self.PICTURES if name not in drawn]
        if book is None and _is_left(where, self.workbook_name()):
            gone.append(self.workbook_name())
        every = dict(extra or {})
        if pictures:
            from smpsim.plots.forms import for_phones, png

            with for_phones(phone):
                every |= {f"{name}.png": png(draw()) for name, draw in drawn.items()}
        package = DataPackage(self.VERB, self._title(), self.ABOUT, self._currency())

        def seen(name: str, table: pd.DataFrame, kinds: Sequence[str]) -> None:
            package.add(name, table, kinds)
            if book is not None:
                book.add(name, table)

        def last(removed: Iterable[str]) -> dict[str, bytes]:
            package.add_runs(where, self.STORES)
            beside = self.RECORD != PROVENANCE_FILE
            made = {PACKAGE_FILE: package.content(where, removed, beside=beside)}
            if book is not None:
                self._fill(book, tables)
                made[self.workbook_name()] = book.content()
            return made

        return write_tables(
            tables.makers,
            self._provenance_of_files(),
            where,
            kind,
            tuple(gone),
            every,
            self.RECORD,
            seen=seen,
            last=last,
        )

    def workbook(self) -> bytes:
        """Return all tables as the content of one xlsx file.

        Raises
        ------
        MissingExtraError
            If XlsxWriter is missing.
        """
        book = self._new_workbook()
        self._fill(book)
        return book.content()

    def _new_workbook(self) -> Workbook:
        need("xlsx", WORKBOOK)
        facts, origin = facts_of(self), origin_of(self)
        return Workbook(self.VERB, self._title(), self.ABOUT, facts, origin, self._currency())

    def _fill(self, book: Workbook, but: Container[str] = ()) -> None:
        """Add tables to a workbook, but for those that it has already."""
        tables = self.tables
        for name in tables:
            if name not in but:
                rows = self._rows_of(name)
                if rows is not None and rows > MOST_ROWS:
                    book.leave_out(name, rows)
                else:
                    book.add(name, tables[name])

    def _rows_of(self, name: str) -> int | None:
        """Return how many rows a table has, if that is known before it is made."""
        return None

    def _title(self) -> str:
        """Return what it is of, in words."""
        names = dict.fromkeys(str(getattr(one, "name", "")) for one in self.scenarios.values())
        return ", ".join(list(names)[:2]) + (" and others" if len(names) > 2 else "")

    def _currency(self) -> str:
        return currency_of(self.scenarios.values())

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


def _is_left(folder: Path, name: str) -> bool:
    """Return whether an earlier result left a file that nobody has changed since."""
    record = Record.read(folder)
    return name in record.files and (folder / name).is_file() and record.is_ours(name)


def rows_for_json(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as plain data for JSON, with null for what is missing or has no bound."""
    return [
        {str(key): _plain(value) for key, value in row.items()}
        for row in flat(table).to_dict(orient="records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    item: Callable[[], Any] | None = getattr(value, "item", None)
    return item() if item is not None else value
