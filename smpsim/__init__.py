"""smpsim: an agent-based simulator of Skills Mobility Partnerships.

Four verbs cover most uses: `load` a scenario, `run` it many times, `compare` two designs, and
step a Mesa `Model` month by month.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smpsim.ensemble import run
    from smpsim.model import Model
    from smpsim.results.result import Result
    from smpsim.scenario import Scenario, ScenarioError, load
    from smpsim.studies.calibration import calibrate
    from smpsim.studies.compare import Comparison, compare
    from smpsim.studies.discovery import Discovery, discover
    from smpsim.studies.kinds import load_any as check
    from smpsim.studies.ranking import rank_actions
    from smpsim.studies.ranking import rank_actions as rank
    from smpsim.studies.search import SearchResult, search
    from smpsim.studies.sensitivity import Sensitivity, sensitivity
    from smpsim.studies.sweep import Sweep, evaluate, read_sweep, sweep
    from smpsim.studies.validation import validate
    from smpsim.world.rules import RULES

    rules = RULES

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "Discovery",
    "Model",
    "Result",
    "Scenario",
    "ScenarioError",
    "SearchResult",
    "Sensitivity",
    "Sweep",
    "calibrate",
    "check",
    "compare",
    "discover",
    "evaluate",
    "load",
    "rank",
    "rank_actions",
    "read_sweep",
    "rules",
    "run",
    "search",
    "sensitivity",
    "sweep",
    "validate",
]

# imported when first asked for, so that `smpsim --help` does not wait for the engine
_HOMES = {
    "Comparison": ("smpsim.studies.compare", "Comparison"),
    "Model": ("smpsim.model", "Model"),
    "Result": ("smpsim.results.result", "Result"),
    "Scenario": ("smpsim.scenario", "Scenario"),
    "ScenarioError": ("smpsim.scenario", "ScenarioError"),
    "Sweep": ("smpsim.studies.sweep", "Sweep"),
    "compare": ("smpsim.studies.compare", "compare"),
    "calibrate": ("smpsim.studies.calibration", "calibrate"),
    "check": ("smpsim.studies.kinds", "load_any"),
    "Discovery": ("smpsim.studies.discovery", "Discovery"),
    "discover": ("smpsim.studies.discovery", "discover"),
    "evaluate": ("smpsim.studies.sweep", "evaluate"),
    "load": ("smpsim.scenario", "load"),
    "rank": ("smpsim.studies.ranking", "rank_actions"),
    "rank_actions": ("smpsim.studies.ranking", "rank_actions"),
    "rules": ("smpsim.world.rules", "RULES"),
    "read_sweep": ("smpsim.studies.sweep", "read_sweep"),
    "Sensitivity": ("smpsim.studies.sensitivity", "Sensitivity"),
    "run": ("smpsim.ensemble", "run"),
    "sensitivity": ("smpsim.studies.sensitivity", "sensitivity"),
    "search": ("smpsim.studies.search", "search"),
    "SearchResult": ("smpsim.studies.search_result", "SearchResult"),
    "sweep": ("smpsim.studies.sweep", "sweep"),
    "validate": ("smpsim.studies.validation", "validate"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    found = getattr(import_module(module), attribute)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
