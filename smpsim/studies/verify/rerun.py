"""Each verb run again from its recipe, into a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smpsim.messages import Progress, continued
from smpsim.scenario.archived_files import shelved
from smpsim.scenario.parameters import parameters_again

Rules = Mapping[str, Any]


@dataclass(frozen=True)
class Order:
    """What is to be run again, and how.

    Attributes
    ----------
    recipe : mapping
        See `smpsim.results.provenance`.
    kind : str
        Of the tables: ``"parquet"`` or ``"csv"``.
    kept : bool
        The folder holds single runs too, which are compared.
    rules : mapping
        Functions of the user's own; of a comparison by its sides.
    own_outcomes : sequence of Outcome
        Outcomes of the user's own; of a comparison a mapping of its sides to them.
    swept : mapping, optional
        Recipe of a sweep that the folder it is run into holds already.
    threads : int, optional
    progress : callable, optional
        Called with the number of runs done so far.
    """

    recipe: Mapping[str, Any]
    kind: str = "parquet"
    kept: bool = False
    rules: Rules = field(default_factory=dict)
    own_outcomes: Any = ()
    swept: Mapping[str, Any] | None = None
    threads: int | None = None
    progress: Progress | None = None

    @property
    def options(self) -> dict[str, Any]:
        """Arguments that decide numbers."""
        return dict(self.recipe.get("options", {}))

    def scenario(self, name: str = "scenario") -> dict[str, Any]:
        """Return the plain data of a scenario."""
        return dict(self.recipe["scenarios"][name])


@dataclass(frozen=True)
class Again:
    """How a verb is run again.

    Attributes
    ----------
    runs : callable
        Returns how many runs that takes, or None if it is not known before.
    write : callable
        Runs, and writes what comes of it into a folder.
    """

    runs: Callable[[Order], int | None]
    write: Callable[[Order, Path], object]


def _run(order: Order, folder: Path) -> None:
    from smpsim.ensemble import run

    options = order.options
    found = run(
        order.scenario(),
        options["replications"],
        options["seed"],
        parameters=parameters_again(order.recipe),
        trainees=options["trainees"],
        rules=order.rules,
        own_outcomes=order.own_outcomes,
        threads=order.threads,
        progress=order.progress,
    )
    found.write(folder, order.kind)


def _compare(order: Order, folder: Path) -> None:
    from smpsim.ensemble import run
    from smpsim.studies.compare.result import Comparison

    options = order.options
    sides: list[Any] = []
    drawn = order.recipe.get("parameters", {})
    for place, side in enumerate(("a", "b")):
        done = place * options["replications"]
        sides.append(
            run(
                order.scenario(side),
                options["replications"],
                options["seed"],
                parameters=parameters_again({"parameters": drawn.get(side)}),
                trainees=options["trainees"],
                rules=order.rules.get(side),
                own_outcomes=order.own_outcomes[side],
                threads=order.threads,
                progress=continued(done, order.progress),
            )
        )
    first, second = options["names"]
    found = Comparison(sides[0], sides[1], (first, second), options["level"])
    found.write(folder, order.kind)


def _explain(order: Order, folder: Path) -> None:
    from smpsim.studies.explain.explain import explained, plan_again

    options = order.options
    found = explained(
        plan_again(order.recipe),
        options["replications"],
        options["seed"],
        level=options["level"],
        parameters=parameters_again(order.recipe),
        rules=order.rules or None,
        threads=order.threads,
        progress=order.progress,
    )
    found.write(folder, order.kind)


def _runs_of_explanation(order: Order) -> int:
    return int(order.options["replications"]) * len(order.recipe["scenarios"])


def _decide(order: Order, folder: Path) -> None:
    from smpsim.scenario import load
    from smpsim.studies.decide.decide import decided

    found = decided(
        {name: load(data) for name, data in order.recipe["scenarios"].items()},
        parameters_again(order.recipe),
        **order.options,
        rules=order.rules or None,
        threads=order.threads,
        progress=order.progress,
        sourced=order.recipe.get("sourced"),
    )
    found.write(folder, order.kind)


def _runs_of_decision(order: Order) -> int:
    runs = int(order.options["draws"]) * int(order.options["replications"])
    return len(order.recipe["scenarios"]) * runs


def _rank(order: Order, folder: Path) -> None:
    from smpsim.studies.rank.rank import rank

    found = rank(
        order.scenario(),
        **order.options,
        parameters=parameters_again(order.recipe),
        rules=order.rules,
        own_outcomes=order.own_outcomes,
        threads=order.threads,
        progress=order.progress,
    )
    found.write(folder)


def _runs_of_rank(order: Order) -> int:
    from smpsim.studies.rank.rank import designs_of

    options = order.options
    return options["replications"] * len(designs_of(options["actions"], options["pairs"]))


def _report(order: Order, folder: Path) -> None:
    from smpsim.scenario import load
    from smpsim.scenario.marks import Mark
    from smpsim.studies.report.prepared import Prepared

    scenarios, marks = order.recipe["scenarios"], order.recipe["marks"]
    ready = Prepared(
        {letter: load(data) for letter, data in scenarios.items()},
        {letter: [Mark(*one) for one in stated] for letter, stated in marks.items()},
        order.options,
        {},
        parameters_again(order.recipe),
        order.rules,
    )
    found = ready.run(threads=order.threads, progress=order.progress)
    found.write(folder, order.kind)


def _sensitivity(order: Order, folder: Path) -> None:
    from smpsim.studies.sensitivity.sensitivity import sensitivity

    options = order.options
    if options["keys"] is not None:
        options["keys"] = {key: ends and tuple(ends) for key, ends in options["keys"].items()}
    found = sensitivity(
        order.scenario(),
        **options,
        rules=order.rules or None,
        own_outcomes=order.own_outcomes,
        threads=order.threads,
        progress=order.progress,
    )
    found.write(folder)


def _swept(order: Order, recipe: Mapping[str, Any], folder: Path | None) -> Any:
    from smpsim.studies.sweep.study import SweepStudy
    from smpsim.studies.sweep.sweep import sweep

    study = SweepStudy.model_validate(recipe["study"])
    with shelved(recipe["scenarios"], recipe.get("actions", {})):
        return sweep(
            study,
            folder,
            parameters=parameters_again(recipe),
            rules=order.rules or None,
            own_outcomes=order.own_outcomes,
            threads=order.threads,
            progress=order.progress,
        )


def _sweep(order: Order, folder: Path) -> None:
    _swept(order, order.recipe, folder).write(folder)


def _runs_of_sweep(order: Order) -> int:
    from smpsim.studies.sweep.prepare import prepare
    from smpsim.studies.sweep.study import SweepStudy

    if order.swept is not None and order.swept == order.recipe.get("sweep"):
        return 0
    recipe = order.recipe.get("sweep", order.recipe)
    with shelved(recipe["scenarios"], recipe.get("actions", {})):
        return prepare(SweepStudy.model_validate(recipe["study"])).work.runs


def _discover(order: Order, folder: Path) -> None:
    from smpsim.studies.discover.discover import discover
    from smpsim.studies.sweep.folder import read_sweep

    # a sweep that lies in the same folder has been run again just now
    there = order.swept is not None and order.swept == order.recipe["sweep"]
    source = read_sweep(folder) if there else _swept(order, order.recipe["sweep"], None)
    discover(source, **order.options).write(folder)


def _search(order: Order, folder: Path) -> None:
    from smpsim.studies.search.search import search
    from smpsim.studies.search.study import SearchStudy

    found = search(
        SearchStudy.model_validate(order.recipe["study"]),
        folder if order.kept else None,
        **order.options,
        parameters=parameters_again(order.recipe),
        rules=order.rules or None,
        own_outcomes=order.own_outcomes,
        threads=order.threads,
        progress=order.progress,
    )
    found.write(folder)


def _runs_of_search(order: Order) -> int:
    from smpsim.studies.search.study import SearchStudy

    study = SearchStudy.model_validate(order.recipe["study"])
    generation, fresh = study.planned()
    return study.generations * generation + fresh


def _validate(order: Order, folder: Path) -> None:
    from smpsim.studies.validate.reports import Reports
    from smpsim.studies.validate.validate import validate

    found = validate(
        Reports.model_validate(order.recipe["reports"]),
        parameters=parameters_again(order.recipe),
        **order.options,
        rules=order.rules or None,
        own_outcomes=order.own_outcomes,
        threads=order.threads,
        progress=order.progress,
    )
    found.write(folder, order.kind)


def _calibrate(order: Order, folder: Path) -> None:
    from smpsim.studies.calibrate.calibrate import calibrate
    from smpsim.studies.calibrate.study import CalibrationStudy
    from smpsim.studies.validate.reports import Reports

    found = calibrate(
        CalibrationStudy.model_validate(order.recipe["study"]),
        Reports.model_validate(order.recipe["reports"]),
        folder=folder if order.kept else None,
        rules=order.rules or None,
        own_outcomes=order.own_outcomes,
        threads=order.threads,
        progress=order.progress,
    )
    found.write(folder, order.kind)


def _runs_of_calibration(order: Order) -> int:
    from smpsim.studies.calibrate.calibrate import runs_of
    from smpsim.studies.calibrate.study import CalibrationStudy
    from smpsim.studies.validate.reports import Reports

    study = CalibrationStudy.model_validate(order.recipe["study"])
    return runs_of(study, Reports.model_validate(order.recipe["reports"]))


def _forecast(order: Order, folder: Path) -> None:
    from smpsim.studies.forecast.forecast import forecast
    from smpsim.studies.forecast.observed import Observation

    found = forecast(
        order.scenario(),
        [Observation(**row) for row in order.recipe["observed"]],
        **order.options,
        parameters=parameters_again(order.recipe),
        rules=order.rules or None,
        threads=order.threads,
        progress=order.progress,
    )
    found.write(folder, order.kind)


def _runs_of_forecast(order: Order) -> int | None:
    from smpsim.studies.forecast.forecast import runs_of

    options = order.options
    return runs_of(options["draws"], options["replications"], options["actions"])


def _unknown(order: Order) -> None:
    return None


VERBS: dict[str, Again] = {
    "run": Again(lambda order: order.options["replications"], _run),
    "compare": Again(lambda order: 2 * order.options["replications"], _compare),
    "explain": Again(_runs_of_explanation, _explain),
    "decide": Again(_runs_of_decision, _decide),
    "rank": Again(_runs_of_rank, _rank),
    "report": Again(_unknown, _report),
    "sweep": Again(_runs_of_sweep, _sweep),
    "sensitivity": Again(_unknown, _sensitivity),
    "discover": Again(_runs_of_sweep, _discover),
    "search": Again(_runs_of_search, _search),
    "validate": Again(_unknown, _validate),
    "calibrate": Again(_runs_of_calibration, _calibrate),
    "forecast": Again(_runs_of_forecast, _forecast),
}


def named_in(recipe: Mapping[str, Any]) -> Iterable[tuple[str, str, bool]]:
    """Yield kind and name of all that a recipe names, and whether it holds it too."""
    for part in (recipe, recipe.get("sweep", {})):
        study = part.get("study", {})
        named = [study.get("scenario"), *study.get("scenarios", ())]
        for name in named if part.get("verb") in ("sweep", "search") else ():
            if name is not None:
                yield "scenario", name, name in part["scenarios"]
        listed = (study.get("actions") or {}).get("list") or []
        chosen = part.get("options", {}).get("actions") or []
        for one in (*listed, *chosen):
            for name in one if isinstance(one, list) else [one]:
                yield "action", name, name in part.get("actions", {})
    programmes = recipe.get("options", {}).get("programmes") or ()
    reported = recipe.get("reports", {}).get("outcomes", ()) if not programmes else ()
    for name in (*programmes, *(one["scenario"] for one in reported)):
        yield "scenario", name, name in recipe["scenarios"]
