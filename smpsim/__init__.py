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
    from smpsim.studies.ranking import rank_actions
    from smpsim.studies.sensitivity import Sensitivity, sensitivity
    from smpsim.studies.sweep import Sweep, evaluate, read_sweep, sweep
    from smpsim.studies.validation import validate
    from smpsim.world.rules import RULES

    rules = RULES

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "Model",
    "Result",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "Sweep",
    "calibrate",
    "compare",
    "evaluate",
    "load",
    "rank_actions",
    "read_sweep",
    "rules",
    "run",
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
    "evaluate": ("smpsim.studies.sweep", "evaluate"),
    "load": ("smpsim.scenario", "load"),
    "rank_actions": ("smpsim.studies.ranking", "rank_actions"),
    "rules": ("smpsim.world.rules", "RULES"),
    "read_sweep": ("smpsim.studies.sweep", "read_sweep"),
    "Sensitivity": ("smpsim.studies.sensitivity", "Sensitivity"),
    "run": ("smpsim.ensemble", "run"),
    "sensitivity": ("smpsim.studies.sensitivity", "sensitivity"),
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
