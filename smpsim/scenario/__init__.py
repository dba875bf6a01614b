"""What a world is: the schema of a scenario, and everything that reads one.

A scenario says who exists (governments, institutions, employers), how they behave, which
programmes are tried and what changes when. It is written in YAML, may extend others, and is
checked as a whole: every problem is reported with its file, line and key, before anything
runs. All other rooms of the package receive a valid, unchangeable `Scenario`.
"""

from smpsim.scenario.actions import Action, action_names, load_action
from smpsim.scenario.apply_actions import changes_of
from smpsim.scenario.catalogue import Entry, find, names
from smpsim.scenario.editor_schemas import Assumption, assumptions, json_schema
from smpsim.scenario.keypaths import KeyPathError
from smpsim.scenario.loading import load, load_data
from smpsim.scenario.merging import merge
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.quantities import Distribution
from smpsim.scenario.schema import Intervention, Scenario
from smpsim.scenario.timeline import segments
from smpsim.scenario.values_at_keys import get_value, set_value

__all__ = [
    "Action",
    "Assumption",
    "Distribution",
    "Entry",
    "Intervention",
    "KeyPathError",
    "Problem",
    "Scenario",
    "ScenarioError",
    "action_names",
    "assumptions",
    "changes_of",
    "find",
    "get_value",
    "json_schema",
    "load",
    "load_action",
    "load_data",
    "merge",
    "names",
    "segments",
    "set_value",
]
