"""Mesa agents as views on rows: properties read and write the table."""

from __future__ import annotations

from typing import Any, ClassVar

import mesa
import numpy as np


class RowAgent(mesa.Agent):
    """A Mesa agent whose attributes are the fields of one row of a table.

    Parameters
    ----------
    model : smpsim.Model
    row : int
        Number of the row.
    """

    table: ClassVar[str]
    fields: ClassVar[np.dtype]

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        for name in cls.fields.names or ():
            if not hasattr(cls, name):
                setattr(cls, name, _field(name))

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def record(self) -> Any:
        """The row itself, a view."""
        return self.model.world.tables[self.table][self.row]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.row})"


def _field(name: str) -> property:
    """Return a property that reads and writes a field of the row."""

    def read(self: RowAgent) -> Any:
        value = self.record[name]
        return value if isinstance(value, np.ndarray) else value.item()

    def write(self: RowAgent, value: Any) -> None:
        self.record[name] = value

    return property(read, write, doc=f"Field {name!r} of the row.")
