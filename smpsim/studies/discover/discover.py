"""Scenario discovery: where, within all that was varied, a programme fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from smpsim.errors import RequestError
from smpsim.extras import need
from smpsim.messages import nearest
from smpsim.results.conditions import Condition, parse_all
from smpsim.results.outcomes import known_outcomes
from smpsim.results.provenance import RECIPE, provenance
from smpsim.results.study_result import into
from smpsim.scenario.disk_paths import SUFFIXES
from smpsim.studies.discover.boxes import Search
from smpsim.studies.discover.cases import cases_of
from smpsim.studies.discover.held_out import METHODS, halves_of, judged
from smpsim.studies.discover.result import Discovery
from smpsim.studies.kinds import STUDIES
from smpsim.studies.sweep.folder import read_sweep
from smpsim.studies.sweep.result import Sweep
from smpsim.studies.sweep.study import SweepStudy
from smpsim.studies.sweep.sweep import sweep as run_sweep

__all__ = ["Discovery", "discover"]

SPLITS = 5
MOST_BOXES = 3


def discover(
    source: Sweep | SweepStudy | Mapping[str, Any] | str | Path,
    fails: Sequence[str] | str | None = None,
    method: str = "prim",
    *,
    scenario: str | None = None,
    programme: str | None = None,
    threshold: float | None = None,
    most: int = MOST_BOXES,
    splits: int = SPLITS,
    seed: int = 1,
    replications: int | None = None,
    rules: Mapping[str, Any] | None = None,
    threads: int | None = None,
    folder: str | Path | None = None,
    fresh: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Discovery:
    """Find boxes of designs in which runs fail far more often than in all of them.

    Parameters
    ----------
    source : Sweep, SweepStudy, mapping, str or Path
        A sweep, or the folder of one; or a study, as `smpsim.sweep` takes it, which is run first.
    fails : sequence of str, optional
        Conditions such as ``"placement_rate < 0.3"``; a run has failed if any holds. Those of
        the study when left out.
    method : str
        ``"prim"`` peels slices off as long as failures get denser, ``"cart"`` grows a tree.
    scenario : str, optional
        Only of this one; of several, which one it is may be a limit too.
    programme : str, optional
        Whose outcomes; needed if a scenario has several.
    threshold : float, optional
        Share of failing runs that each box must reach: PRIM takes the largest such box. When
        left out it takes the one that holds the most failing runs beyond the base rate.
    most : int
        Boxes at most.
    splits : int
        How often designs and worlds are split in halves, to look for boxes in one and to test
        them on the other.
    seed : int
        Of these splits.
    replications, rules, threads, fresh, progress
        Of a study that is run, as in `smpsim.sweep`.
    folder : str or Path, optional
        Where the tables are written, and the runs of a study kept; nowhere when left out.

    Returns
    -------
    Discovery

    Raises
    ------
    RequestError
        If a condition, an outcome, a name or a number is not valid, or nothing was varied.
    StoreError
        If the folder holds no complete sweep.

    Examples
    --------
    >>> found = discover("results/visa", ["placement_rate < 0.3"])  # doctest: +SKIP
    >>> found.sentences  # doctest: +SKIP
    """
    search = checked_search(method, threshold, most)
    if splits < 1:
        raise RequestError(f"splits: got {splits}; allowed: 1 or more")
    read = _read(source)
    given = {"replications": replications is not None, "fresh": fresh, "rules": bool(rules)}
    option = next((name for name, is_given in given.items() if is_given), "")
    if read is not None and option:
        raise RequestError(
            f"{option}: given with a sweep whose runs are only read; allowed: with a study"
        )

    def work() -> Discovery:
        swept = read or run_sweep(
            source,  # type: ignore[arg-type]  # a sweep has been read already
            folder,
            replications=replications,
            rules=rules,
            threads=threads,
            fresh=fresh,
            progress=progress,
        )
        return _found(swept, fails, search, scenario, programme, splits, seed)

    return into(folder, Discovery, work)


def _read(source: object) -> Sweep | None:
    """Return the sweep that is given, or that a folder holds; None if a study must be run."""
    if isinstance(source, (str, Path)):
        path = Path(source)
        # a path that is no file of a study is a folder, also where there is none
        study = path.parts[:1] == (STUDIES,) or path.suffix in SUFFIXES or path.is_file()
        named = len(path.parts) > 1 and not study
        return read_sweep(path) if path.is_dir() or named else None
    return source if isinstance(source, Sweep) else None


def _found(
    sweep: Sweep,
    fails: Sequence[str] | str | None,
    search: Search,
    scenario: str | None,
    programme: str | None,
    splits: int,
    seed: int,
) -> Discovery:
    """Look for boxes in a sweep and judge them; arguments as in `discover`."""
    method, threshold, most = search.method, search.threshold, search.most
    conditions = checked_conditions(sweep.study.fails if fails is None else fails)
    cases, name = cases_of(sweep, conditions, scenario, programme)
    if threshold is not None and threshold <= cases.base < 1:
        raise RequestError(
            f"threshold: got {threshold:g}; allowed: above the share of all runs that fail, "
            f"{cases.base:.3g}"
        )
    boxes, curve = METHODS[method](cases, search)
    halves = halves_of(cases, search, splits, seed) if boxes else []
    whole, *each = judged(cases, boxes, halves) if boxes else (None,)
    chosen = [scenario] if scenario else list(sweep.scenarios)
    scenarios = [sweep.scenarios[one] for one in chosen]
    return Discovery(
        title=" and ".join(one.name for one in scenarios),
        programme=name,
        conditions=conditions,
        currency=scenarios[0].currency,
        search=search,
        cases=cases,
        together=whole,
        found=tuple(each),
        curve=curve,
        halves=len(halves),
        runs=sweep.study.replications,
        seed=sweep.study.seed,
        provenance=provenance(
            "discover",
            _recipe(
                sweep,
                {
                    "fails": [str(one) for one in conditions],
                    "method": method,
                    "scenario": scenario,
                    "programme": programme,
                    "threshold": threshold,
                    "most": most,
                    "splits": splits,
                    "seed": seed,
                },
            ),
            # beside the versions that decide the runs, those that decide the boxes
            ("ema_workbench", "scikit-learn"),
            study=sweep.study.name,
            scenarios={one.name: one.fingerprint() for one in scenarios},
            programme=name,
            fails=[str(one) for one in conditions],
            method=method,
            threshold=threshold,
            most=most,
            splits=splits,
            split_seed=seed,
            seed=sweep.study.seed,
            replications=sweep.study.replications,
            designs=len(cases),
        ),
        scenarios={one: sweep.scenarios[one] for one in chosen},
    )


def _recipe(sweep: Sweep, options: dict[str, Any]) -> dict[str, Any] | None:
    """Return what runs it again; nothing if an earlier version wrote the sweep."""
    whole = sweep.provenance.get(RECIPE)
    return None if whole is None else {"sweep": whole, "options": options}


def checked_search(method: str, threshold: float | None, most: int = MOST_BOXES) -> Search:
    """Return how to look for boxes, or raise `RequestError` if it can't be done so."""
    if method not in METHODS:
        hint = nearest(method, METHODS)
        raise RequestError(f"method: got {method!r}; allowed: {', '.join(METHODS)}{hint}")
    if threshold is not None and not 0 < threshold <= 1:
        raise RequestError(f"threshold: got {threshold}; allowed: above 0 and up to 1")
    if most < 1:
        raise RequestError(f"most: got {most}; allowed: 1 or more")
    need("discover", "smpsim discover")
    return Search(method, most, threshold)


def checked_conditions(fails: Sequence[str] | str) -> tuple[Condition, ...]:
    """Return conditions, or raise `RequestError` with what is wrong in the first that is."""
    texts = [fails] if isinstance(fails, str) else list(fails)
    if not texts:
        raise RequestError(
            "fails: no condition, neither given nor under fails in the study; allowed: a "
            "condition such as 'placement_rate < 0.3'"
        )
    try:
        return parse_all(texts, known_outcomes())
    except ValueError as error:
        raise RequestError(f"fails: {error}") from None
