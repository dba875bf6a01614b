"""The one kind of error: catch `smpsim.Error` for whatever smpsim refuses or cannot do."""

from __future__ import annotations


class Error(ValueError):
    """What smpsim refuses or cannot do; the message says what it got and what is allowed.

    See Also
    --------
    ScenarioError : a scenario, an action or a study that cannot be used, with every fault's place.
    RequestError : an argument that is out of range, or that does not fit what it is asked of.
    StoreError : a file or folder that cannot be written or read.
    WorkerError : whoever did the work was lost.
    MissingExtraError : packages that are not installed.
    """


class RequestError(Error):
    """An argument that is out of range, or that does not fit what it is asked of.

    The message begins with the name of the argument.
    """

    @property
    def argument(self) -> str:
        """Name of the argument as Python has it, or an empty text."""
        name, colon, _ = str(self).partition(": ")
        return name if colon and name.isidentifier() else ""
