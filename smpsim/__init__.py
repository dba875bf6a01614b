"""smpsim: an agent-based simulator of Skills Mobility Partnerships.

Four verbs cover most uses: `load` a scenario, `run` it many times, `compare` two designs, and
step a Mesa `Model` month by month.
"""

from smpsim.ensemble import run
from smpsim.model import Model
from smpsim.results.result import Result
from smpsim.scenario import Scenario, ScenarioError, load
from smpsim.studies.compare import Comparison, compare
from smpsim.world.rules import RULES as rules

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "Model",
    "Result",
    "Scenario",
    "ScenarioError",
    "compare",
    "load",
    "rules",
    "run",
]
