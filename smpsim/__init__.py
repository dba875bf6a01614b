"""smpsim: an agent-based simulator of Skills Mobility Partnerships.

Four verbs cover most uses: `load` a scenario, `run` it many times, `compare` two designs, and
step a Mesa `Model` month by month.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smpsim.ensemble import run
    from smpsim.errors import Error
    from smpsim.model import Model
    from smpsim.results.archive import read_result
    from smpsim.results.crate import pack
    from smpsim.results.outcomes import Outcome
    from smpsim.results.result import Result
    from smpsim.scenario import Scenario, ScenarioError, load
    from smpsim.studies.comparing.compare import Comparison, compare
    from smpsim.studies.discovery.discovery import Discovery, discover
    from smpsim.studies.kinds import load_any as check
    from smpsim.studies.ranking.rank import rank_actions
    from smpsim.studies.ranking.rank import rank_actions as rank
    from smpsim.studies.search.search import SearchResult, search
    from smpsim.studies.sensitivity.sensitivity import Sensitivity, sensitivity
    from smpsim.studies.sweeping.sweep import Sweep, evaluate, read_sweep, sweep
    from smpsim.studies.validation.calibration import calibrate
    from smpsim.studies.validation.validation import validate
    from smpsim.studies.verifying.reading import read
    from smpsim.studies.verifying.verify import Verification, verify
    from smpsim.world.attributes import Attribute
    from smpsim.world.rules import RULES

    rules = RULES

__version__ = "0.1.0"
__all__ = [
    "Attribute",
    "Comparison",
    "Discovery",
    "Error",
    "Model",
    "Outcome",
    "Result",
    "Scenario",
    "ScenarioError",
    "SearchResult",
    "Sensitivity",
    "Sweep",
    "Verification",
    "calibrate",
    "check",
    "compare",
    "discover",
    "evaluate",
    "load",
    "pack",
    "rank",
    "rank_actions",
    "read",
    "read_result",
    "read_sweep",
    "rules",
    "run",
    "search",
    "sensitivity",
    "sweep",
    "validate",
    "verify",
]

# imported when first asked for, so that `smpsim --help` does not wait for the engine
_HOMES = {
    "Attribute": ("smpsim.world.attributes", "Attribute"),
    "Comparison": ("smpsim.studies.comparing.compare", "Comparison"),
    "Error": ("smpsim.errors", "Error"),
    "Model": ("smpsim.model", "Model"),
    "Outcome": ("smpsim.results.outcomes", "Outcome"),
    "Result": ("smpsim.results.result", "Result"),
    "Scenario": ("smpsim.scenario", "Scenario"),
    "ScenarioError": ("smpsim.scenario", "ScenarioError"),
    "Sweep": ("smpsim.studies.sweeping.sweep", "Sweep"),
    "compare": ("smpsim.studies.comparing.compare", "compare"),
    "calibrate": ("smpsim.studies.validation.calibration", "calibrate"),
    "check": ("smpsim.studies.kinds", "load_any"),
    "Discovery": ("smpsim.studies.discovery.discovery", "Discovery"),
    "discover": ("smpsim.studies.discovery.discovery", "discover"),
    "evaluate": ("smpsim.studies.sweeping.sweep", "evaluate"),
    "load": ("smpsim.scenario", "load"),
    "rank": ("smpsim.studies.ranking.rank", "rank_actions"),
    "rank_actions": ("smpsim.studies.ranking.rank", "rank_actions"),
    "rules": ("smpsim.world.rules", "RULES"),
    "pack": ("smpsim.results.crate", "pack"),
    "read": ("smpsim.studies.verifying.reading", "read"),
    "read_result": ("smpsim.results.archive", "read_result"),
    "read_sweep": ("smpsim.studies.sweeping.sweep", "read_sweep"),
    "Sensitivity": ("smpsim.studies.sensitivity.sensitivity", "Sensitivity"),
    "run": ("smpsim.ensemble", "run"),
    "sensitivity": ("smpsim.studies.sensitivity.sensitivity", "sensitivity"),
    "search": ("smpsim.studies.search.search", "search"),
    "SearchResult": ("smpsim.studies.search.result", "SearchResult"),
    "sweep": ("smpsim.studies.sweeping.sweep", "sweep"),
    "validate": ("smpsim.studies.validation.validation", "validate"),
    "Verification": ("smpsim.studies.verifying.verify", "Verification"),
    "verify": ("smpsim.studies.verifying.verify", "verify"),
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
