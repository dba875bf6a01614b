"""Packages that only some verbs need, and what to say when one is not there."""

from __future__ import annotations

from importlib.util import find_spec

from smpsim.scenario.problems import Problem, ScenarioError

EXTRAS = {
    "sensitivity": ("SALib",),
    "discover": ("ema_workbench", "sklearn"),
    "decide": ("sklearn",),
    "search": ("pymoo",),
    "forecast": ("sklearn",),
    "cluster": ("distributed",),
    "arrays": ("xarray",),
    "survival": ("statsmodels",),
    "report": ("weasyprint",),
    "xlsx": ("xlsxwriter",),
    "app": ("solara", "uvicorn", "ipyvuetify"),
}
"""Modules of each extra of the package, as pyproject.toml names it."""


class MissingExtraError(ScenarioError, ImportError):
    """What was asked for needs packages that are not installed; the message says how to get them.

    Parameters
    ----------
    extra : str
        One of `EXTRAS`.
    what : str
        What needs it, such as ``"smpsim search"``.
    absent : str
        The module that is not there.
    """

    def __init__(self, extra: str, what: str, absent: str) -> None:
        text = f'{what} needs {absent}, which is not installed: pip install "smpsim[{extra}]"'
        super().__init__([Problem("", None, None, "", text)])
        self._parts = (extra, what, absent)

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str, str]]:
        """Return what rebuilds it in another process."""
        return type(self), self._parts


def need(extra: str, what: str) -> None:
    """Raise an error if a module of an extra is missing; nothing is imported.

    Parameters
    ----------
    extra : str
        One of `EXTRAS`.
    what : str
        What needs it, as the message calls it.

    Raises
    ------
    MissingExtraError
        With the command that installs it.
    """
    for module in EXTRAS[extra]:
        if not _there(module):
            raise MissingExtraError(extra, what, module)


def there(extra: str) -> bool:
    """Return whether all modules of an extra are installed; nothing is imported."""
    return all(_there(module) for module in EXTRAS[extra])


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        # refused by a finder, or in the middle of an import that failed
        return False
