"""A sweep study that is ready to run: all of its designs have been checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.results.outcomes import Outcome, checked_own, with_parts
from smpsim.scenario import Scenario, load
from smpsim.scenario.arguments import several, whole
from smpsim.scenario.keypaths import overlapping
from smpsim.scenario.parameters import Draws
from smpsim.scenario.parameters import parameters as parameters_of
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.yaml_files import Document
from smpsim.studies.sweep.chunks import Places, Work, work_of
from smpsim.studies.sweep.sampling import designs_of
from smpsim.studies.sweep.study import SweepStudy, named
from smpsim.studies.sweep.study_file import load_study


@dataclass(frozen=True)
class Prepared:
    """A study that is ready to run: everything about it has been checked.

    Attributes
    ----------
    study : SweepStudy
    scenarios : dict of str to Scenario
    designs : DataFrame
    work : Work
    """

    study: SweepStudy
    scenarios: dict[str, Scenario] = field(repr=False)
    designs: pd.DataFrame = field(repr=False)
    work: Work = field(repr=False)


def prepare(
    study: SweepStudy | Mapping[str, Any] | str | Path,
    replications: int | None = None,
    seed: int | None = None,
    *,
    rules: Mapping[str, Any] | None = None,
    own_outcomes: Sequence[Outcome] = (),
    series: Sequence[str] | None = None,
    series_of: str | None = None,
    parameters: Draws | None = None,
) -> Prepared:
    """Read a study and check all of its designs.

    Parameters
    ----------
    study : SweepStudy, mapping, str or Path
        A study, what its file would contain, its name in the catalogue, or its file.
    replications, seed : int, optional
        Runs of each design, and the seed of the random draws, instead of the study's.
    rules, own_outcomes, series, series_of, parameters
        As in `sweep`.

    Raises
    ------
    ScenarioError
        With all that is wrong.
    """
    # known before the study is read, which may name them
    own = checked_own(own_outcomes)
    document = None
    if not isinstance(study, SweepStudy):
        study, document = load_study(study)
    drawn = parameters_of(study.parameters if parameters is None else parameters)
    given: dict[str, Any] = {"parameters": drawn.name}
    if replications is not None:
        given["replications"] = whole("replications", replications)
    if seed is not None:
        given["seed"] = whole("seed", seed, 0, 2**63)
    if {**study.model_dump(), **given} != study.model_dump():
        study = SweepStudy.model_validate({**study.model_dump(by_alias=True), **given})
    if own and study.outcomes:
        added = [one.name for one in own]
        study = study.model_copy(
            update={"outcomes": list({**dict.fromkeys(study.outcomes), **dict.fromkeys(added)})}
        )
    if series is not None:
        study = study.model_copy(update={"series": several("series", series)})
    if series_of is not None:
        study = study.model_copy(update={"series_of": series_of})
    fixed: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for name, scenario in named(study.sources).items():
        # set after actions, as on the command line, so it stands in each design too
        fixed[name] = scenario
        try:
            load(scenario, study.set)
        except ScenarioError as error:
            for one in error.problems:
                place = _place(document, "set", one.key) or _whole(document, study, "set")
                problems.append(Problem.at(place, one.key, one.message))
    if problems:
        raise ScenarioError(problems)
    designs = designs_of(study, list(fixed.values()))
    # set first, so that a section that is set does not undo what is varied in it
    same = {
        key: pd.Series([value] * len(designs), dtype=object, index=designs.index)
        for key, value in study.set.items()
    }
    table = pd.concat([pd.DataFrame(same, index=designs.index), designs], axis=1)
    work = work_of(
        fixed,
        table,
        replications=study.replications,
        seed=study.seed,
        outcomes=with_parts(study.outcomes) or None,
        rules=rules,
        own=own,
        series=study.series,
        series_of=study.series_of,
        parameters=drawn,
        places=_places(document),
    )
    return Prepared(study, fixed, designs, work)


def checked_study(source: str | Path) -> SweepStudy:
    """Read a sweep study and check all of its designs."""
    return prepare(source).study


def _places(document: Document | None) -> Places:
    def place(key: str) -> Place | None:
        # sections may not fit together, so that the fault lies where nothing is varied
        near = _place(document, "vary", key) or _place(document, "set", key)
        return near or (document.place_of_key(("vary",)) if document else None)

    return place


def _whole(document: Document | None, study: SweepStudy, part: str) -> Place:
    """Return where a part of a study is written; its name if it was not read from a file."""
    return document.place_of_key((part,)) if document else Place(f"study {study.name!r}")


def _place(document: Document | None, part: str, key: str) -> Place | None:
    """Return where a key of a study is written, or None."""
    keys = (document.data.get(part) if document else None) or {}
    fitting = [one for one in keys if overlapping(key, one)]
    return document.place_of_key((part, fitting[0])) if document and fitting else None
