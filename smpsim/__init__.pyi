"""The public names of smpsim: one line each, which the package and type checkers both read."""

from smpsim.ensemble import run as run
from smpsim.errors import Error as Error
from smpsim.errors import RequestError as RequestError
from smpsim.model import Model as Model
from smpsim.results.outcomes import Outcome as Outcome
from smpsim.results.pack import pack as pack
from smpsim.results.read import read_result as read_result
from smpsim.results.result import Result as Result
from smpsim.results.store_error import StoreError as StoreError
from smpsim.results.study_result import StudyResult as StudyResult
from smpsim.scenario import Scenario as Scenario
from smpsim.scenario import ScenarioError as ScenarioError
from smpsim.scenario import load as load
from smpsim.studies.calibrate.calibrate import calibrate as calibrate
from smpsim.studies.calibrate.result import Calibration as Calibration
from smpsim.studies.catalogue import scenarios as scenarios
from smpsim.studies.catalogue import schema as schema
from smpsim.studies.catalogue import show as show
from smpsim.studies.compare.compare import compare as compare
from smpsim.studies.compare.result import Comparison as Comparison
from smpsim.studies.discover.discover import discover as discover
from smpsim.studies.discover.result import Discovery as Discovery
from smpsim.studies.explain.explain import explain as explain
from smpsim.studies.explain.result import Explanation as Explanation
from smpsim.studies.kinds import check as check
from smpsim.studies.rank.rank import rank as rank
from smpsim.studies.rank.result import Ranking as Ranking
from smpsim.studies.search.result import SearchResult as SearchResult
from smpsim.studies.search.search import search as search
from smpsim.studies.sensitivity.result import Sensitivity as Sensitivity
from smpsim.studies.sensitivity.sensitivity import sensitivity as sensitivity
from smpsim.studies.sweep.folder import read_sweep as read_sweep
from smpsim.studies.sweep.result import Sweep as Sweep
from smpsim.studies.sweep.sweep import evaluate as evaluate
from smpsim.studies.sweep.sweep import sweep as sweep
from smpsim.studies.validate.result import Validation as Validation
from smpsim.studies.validate.validate import validate as validate
from smpsim.studies.verify.read import read as read
from smpsim.studies.verify.result import Verification as Verification
from smpsim.studies.verify.verify import verify as verify
from smpsim.world.attributes import Attribute as Attribute
from smpsim.world.rules import rules as rules

__version__: str
