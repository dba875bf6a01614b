"""A study as a card that people read: what is varied, how many runs it takes, what it keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from smpsim.cli.terminal import table
from smpsim.scenario.disk_paths import is_file
from smpsim.scenario.in_words import number
from smpsim.studies.kinds import CALIBRATION, KINDS, SEARCH, SWEEP, kind_of

MOST_VALUES = 12


def print_study(out: Console, source: str) -> None:
    """Print a study of any kind: a name of the catalogue, or a file.

    Raises
    ------
    ScenarioError
        If it is not valid.
    """
    kind = kind_of(source)
    cards = {SWEEP: _print_sweep, CALIBRATION: _print_calibration, SEARCH: _print_search}
    cards.get(kind.name, _print_other)(out, source)
    out.print(f"Run it: {kind.command.format(source)}", soft_wrap=True)


def _said(value: Any) -> str:
    """Return a value in words; text as a file writes it."""
    return value if isinstance(value, str) else number(value)


def _print_head(out: Console, study: Any, kind: str) -> None:
    name = getattr(study, "name", "")
    if name:
        out.print(name, style="bold")
    question = getattr(study, "question", "")
    if question:
        out.print(question, soft_wrap=True)
    words = KINDS[kind].words
    out.print(f"{words[0].upper()}{words[1:]}.")
    out.print()


def _print_sweep(out: Console, source: str) -> None:
    from smpsim.results.units import words
    from smpsim.studies.sweep.result import Sweep
    from smpsim.studies.sweep.sampling import designs_of
    from smpsim.studies.sweep.study import named
    from smpsim.studies.sweep.study_file import load_study

    study, _ = load_study(source)
    scenarios = named(study.sources)
    designs = designs_of(study, list(scenarios.values()))
    units = Sweep(study, scenarios, designs)
    _print_head(out, study, SWEEP)
    rows, counts = [], []
    if study.actions is not None:
        sets = [" + ".join(one) or "none" for one in study.actions.list_]
        rows.append(("actions", "; ".join(sets), str(len(sets)), ""))
        counts.append(len(sets))
    for key, axis in study.vary.items():
        if axis.distribution is None:
            shown = [_said(value) for value in axis.values[:MOST_VALUES]]
            more = ["..."] if len(axis.values) > MOST_VALUES else []
            rows.append((key, ", ".join(shown + more), str(len(axis.values)), units.unit(key)))
            counts.append(len(axis.values))
        else:
            rows.append((key, number(axis.distribution), "sampled", units.unit(key)))
    if study.design is not None:
        rows.append(("samples", words(study.design.method), str(study.design.samples), ""))
        counts.append(study.design.samples)
    table(out, "What is varied", ("key", "values", ">number", "unit"), rows)
    if study.set:
        same = [(key, _said(value), units.unit(key)) for key, value in study.set.items()]
        table(out, "The same in all designs", ("key", "value", "unit"), same)
    crossed = f" ({' x '.join(map(str, counts))})" if len(counts) > 1 else ""
    runs = len(designs) * len(scenarios) * study.replications
    out.print(
        f"Designs: {len(designs):,}{crossed} of {', '.join(scenarios)}, "
        f"{study.replications:,} runs each: {runs:,} runs, seed {study.seed}.",
        soft_wrap=True,
    )
    out.print(f"Outcomes: {', '.join(study.outcomes) or 'all'}.", soft_wrap=True)
    if study.fails:
        out.print(f"A run has failed if {' or '.join(study.fails)}.", soft_wrap=True)


def _print_calibration(out: Console, source: str) -> None:
    from smpsim.studies.calibrate.calibrate import planned, runs_of
    from smpsim.studies.calibrate.study import priors_of

    study, reports = planned(source)
    _print_head(out, study, CALIBRATION)
    rows = []
    for key, one in priors_of(study, reports).items():
        said = number(study.priors[key]) if key in study.priors else "its likely range"
        low, middle, high = (number(end) for end in (one.low, one.centre, one.high))
        rows.append((key, said, middle, f"{low} to {high}"))
    heads = ("parameter", "prior", ">median", ">90 % interval")
    table(out, "What is varied, all at once", heads, rows)
    runs = runs_of(study, reports)
    out.print(
        f"Draws: {study.draws:,} of {len(rows)} parameters, each a world in which all "
        f"{runs // study.draws} situations reported on are run once: {runs:,} runs, "
        f"seed {study.seed}.",
        soft_wrap=True,
    )
    out.print(
        f"All worlds are adjusted to {len(reports.scored)} reported outcomes; "
        f"{study.posterior_draws:,} draws are written.",
        soft_wrap=True,
    )


def _choices(lever: Any) -> str:
    """Return what may be decided with a lever."""
    if lever.kind in ("grid", "list"):
        return ", ".join(_said(value) for value in lever.values)
    low, high = (number(end) for end in lever.values)
    return f"{'whole numbers, ' if lever.kind == 'integers' else ''}{low} to {high}"


def _print_search(out: Console, source: str) -> None:
    from smpsim.studies.search.prepared import checked_search

    study = checked_search(source)
    _print_head(out, study, SEARCH)
    rows = [(key, _choices(lever)) for key, lever in study.levers.items()]
    if study.actions is not None:
        limit = study.actions.at_most
        most = "" if limit is None else f", {limit} at most"
        rows.append(("actions", f"each may be taken{most}: {', '.join(study.actions.list_)}"))
    table(out, "What is decided", ("key", "values"), rows)
    unknown = [(key, number(one)) for key, one in study.uncertainties.items()]
    unknown.append(("parameters", study.parameters))
    if unknown:
        table(out, "What is not known", ("key", "values"), unknown)
    table(out, "What is wanted", ("outcome", "direction"), list(study.objectives.items()))
    for what, conditions in (
        ("Every design must have", study.constraints),
        ("Good enough in a world", study.satisfice or ["no objective is worse than today"]),
    ):
        if conditions:
            out.print(f"{what}: {' and '.join(conditions)}.", soft_wrap=True)
    search, fresh = study.planned()
    out.print(
        f"{study.generations} generations of {study.population} designs of {study.scenario} in "
        f"{study.worlds:,} worlds, {study.replications:,} runs in each; then {study.candidates} "
        f"designs at most in {study.fresh_worlds:,} other worlds, {study.fresh_replications:,} "
        f"runs in each: {search * study.generations + fresh:,} runs at most, seed {study.seed}.",
        soft_wrap=True,
    )


def _print_other(out: Console, source: str) -> None:
    """Print name and question of a study that has no card of its own, and what it states."""
    kind = kind_of(source)
    found = kind.load(Path(source) if is_file(source) else source)
    _print_head(out, found, kind.name)
    facts = found.model_dump(mode="json", by_alias=True, exclude_unset=True)
    rows = [
        (
            key,
            f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
            if isinstance(value, (list, dict))
            else _said(value),
        )
        for key, value in facts.items()
        if key not in ("name", "question")
    ]
    table(out, "What it states", ("key", "value"), rows)
