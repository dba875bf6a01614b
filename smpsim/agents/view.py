"""Mesa agents as views on rows: properties read and write the table."""

from __future__ import annotations

import math
import operator
from typing import Any, ClassVar

import numpy as np

from smpsim.errors import RequestError
from smpsim.mesa_bridge import Agent
from smpsim.messages import nearest


class RowAgent(Agent):
    """A Mesa agent whose attributes are the fields of one row of a table.

    The row is there until the run ends, so an agent can't be removed. Other attributes can't be
    set, lest a misspelt one be lost: a class of your own states those that it adds.

    Parameters
    ----------
    model : smpsim.Model
    row : int
        Number of the row.

    Raises
    ------
    RequestError
        If there is no such row.
    """

    table: ClassVar[str]
    fields: ClassVar[np.dtype]
    # fields that say who somebody is, or that lists and counts of the world hang on
    read_only: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        for name in cls.fields.names or ():
            if not hasattr(cls, name):
                setattr(cls, name, _field(name, name in cls.read_only))

    def __init__(self, model: Any, row: int) -> None:
        world = model.world
        rows = len(world.people if self.table == "trainees" else world.tables[self.table])
        try:
            number = -1 if isinstance(row, bool) else operator.index(row)
        except TypeError:
            number = -1
        if not 0 <= number < rows:
            raise RequestError(
                f"{type(self).__name__}: got row {row!r}; allowed: a whole number from 0, "
                f"below {rows}"
            )
        super().__init__(model)
        self.row = number

    def __getattr__(self, name: str) -> Any:
        """Return an attribute that a user added to the row."""
        row = self.__dict__.get("row")
        if row is not None and name in (self.record.dtype.names or ()):
            return self.record[name].item()
        raise AttributeError(f"{type(self).__name__}: no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if "row" in self.__dict__ and name not in (self.fields.names or ()):
            own = self.record.dtype
            if name in (own.names or ()):
                allowed = _refused(value, own[name])
                if allowed:
                    raise RequestError(
                        f"{type(self).__name__}.{name}: got {value!r}; allowed: {allowed}"
                    )
                self.record[name] = value
                return
        # what Mesa sets is set before the row is known
        if "row" in self.__dict__ and name not in self.__dict__ and not hasattr(type(self), name):
            known = [n for n in dir(type(self)) if not n.startswith("_")]
            raise AttributeError(
                f"{type(self).__name__}: no attribute {name!r}{nearest(name, known)}"
            )
        super().__setattr__(name, value)

    @property
    def record(self) -> Any:
        """The row itself, a view."""
        return self.model.world.tables[self.table][self.row]

    def remove(self) -> None:
        """Refuse to go: nobody leaves the tables of a run."""
        raise RequestError(
            f"{type(self).__name__}: got remove(); allowed: only for agents of your own; a row "
            "stays until the run ends"
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.row})"


def _refused(value: Any, field: np.dtype) -> str:
    """Return what a field takes, or nothing if that is what was found."""
    kind = field.base
    try:
        found = np.asarray(value)
    except ValueError:
        return "numbers"  # a list of lists of different lengths
    if found.shape not in ((), field.shape):
        return f"{math.prod(field.shape)} numbers" if field.shape else "one number"
    if kind.kind == "f":
        return "" if found.dtype.kind in "iuf" and not np.any(np.isnan(found)) else "a number"
    limits = np.iinfo(kind)
    if found.dtype.kind in "iuf" and np.all((found >= limits.min) & (found <= limits.max)):
        # NumPy would cut off what stands behind the point
        return "a whole number" if np.any(found % 1) else ""
    return f"a whole number from {limits.min} to {limits.max}"


def _field(name: str, read_only: bool) -> property:
    """Return a property that reads and writes a field of the row."""

    def read(self: RowAgent) -> Any:
        value = self.record[name]
        return value if isinstance(value, np.ndarray) else value.item()

    def write(self: RowAgent, value: Any) -> None:
        if read_only:
            raise AttributeError(
                f"{type(self).__name__}.{name}: got an attempt to set it; allowed: reading; the "
                "world's lists and counts depend on it"
            )
        allowed = _refused(value, self.fields[name])
        if allowed:
            raise RequestError(f"{type(self).__name__}.{name}: got {value!r}; allowed: {allowed}")
        self.record[name] = value

    return property(read, write, doc=f"Field {name!r} of the row.")
