"""The command that runs designs under the same chance events: compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smpsim.cli.app import app
from smpsim.cli.deciding import WORTH, show_decision
from smpsim.cli.options import (
    Json,
    Out,
    Parameters,
    Phone,
    SecondSource,
    Seed,
    Sets,
    SetsOfA,
    SetsOfB,
    Source,
    Threads,
    Trainees,
    WithBesideItself,
    WithOfA,
    WithOfB,
    Xlsx,
    check_level,
    check_two_designs,
    chosen_parameters,
    scenarios_only,
)

if TYPE_CHECKING:
    from smpsim.results.study_result import Drawing

SCENARIO_FILES = ("a.yaml", "b.yaml")
_RUNS = "allowed: -n, an even number of runs of each design"
_CHANGED = (
    'allowed: smpsim decide A B --option "NAME: KEY=VALUE; ACTION", a design that is A with changes'
)


@app.command()
def compare(
    a: Source,
    b: SecondSource = None,
    others: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="C",
            help="Further designs; one table then compares them all with A, as in smpsim decide.",
            show_default=False,
            callback=scenarios_only,
        ),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(
            "--replications",
            "-n",
            min=1,
            max=10**7,
            help="Pairs of runs. With three or more designs: runs of each, two in each plausible "
            "world (400 when left out).",
        ),
    ] = None,
    precision: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OUTCOME=HALF-WIDTH",
            help="Run as many pairs as this precision needs, such as placed=5, or "
            "cost_per_placement=2% (of the mean of A); repeatable.",
        ),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option(
            min=2, max=10**7, help="The most pairs that --precision may run; 20,000 when left out."
        ),
    ] = None,
    level: Annotated[
        float | None,
        typer.Option(
            help="Confidence level of intervals (0.95 when left out). With three or more designs: "
            "share of runs within likely ranges (0.9). Above 0 and below 1.",
        ),
    ] = None,
    value: Annotated[
        float | None,
        typer.Option(metavar="AMOUNT", help=f"With three or more designs: {WORTH}"),
    ] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Show this outcome instead of the main ones; repeatable."
        ),
    ] = None,
    seed: Seed = None,
    sets: Sets = None,
    set_a: SetsOfA = None,
    set_b: SetsOfB = None,
    added: WithBesideItself = None,
    with_a: WithOfA = None,
    with_b: WithOfB = None,
    parameters: Parameters = None,
    threads: Threads = None,
    trainees: Trainees = False,
    out: Out = None,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Compare designs under the same chance events.

    Two designs: every outcome, with the confidence interval of the difference. Three or more: the
    table of smpsim decide. That command gives the same table for two designs, and takes changes
    of A as further options and more worlds.
    """
    if others:
        _of_many(
            [a, *([b] if b is not None else []), *others],
            {
                "--precision": (precision, _RUNS),
                "--most": (most, _RUNS),
                "--outcome": (outcome, "allowed: with two designs"),
                "--with": (added, _CHANGED),
                "--with-a": (with_a, _CHANGED),
                "--with-b": (with_b, _CHANGED),
                "--set-a": (set_a, _CHANGED),
                "--set-b": (set_b, _CHANGED),
                "--trainees": (
                    trainees,
                    "allowed: smpsim run --trainees, for one design at a time",
                ),
            },
            replications,
            sets=sets or [],
            parameters=parameters,
            value=value,
            level=level,
            seed=seed,
            threads=threads,
            out=out,
            xlsx=xlsx,
            phone=phone,
            as_json=as_json,
        )
        return
    check_two_designs(b, added, set_a, set_b, with_a, with_b)
    if precision and replications:
        raise typer.BadParameter(
            "got --precision and --replications; allowed: one of them; --most limits --precision"
        )
    if most and not precision:
        raise typer.BadParameter("got --most; allowed: only with --precision")
    if value is not None:
        raise typer.BadParameter(
            "got --value with two designs; allowed: smpsim decide A B --value AMOUNT, which "
            "compares designs by value"
        )
    from smpsim.studies.decide.compare import LEVEL_OF_TWO

    level = LEVEL_OF_TWO if level is None else level
    check_level(level)
    from smpsim.cli.compare_tables import print_comparison
    from smpsim.cli.present import files_read, present, scenario_file, stating, watched
    from smpsim.results.provenance import whole_actions
    from smpsim.results.study_result import rows_for_json
    from smpsim.studies.compare.compare import comparable_outcomes
    from smpsim.studies.compare.compare import compare as run_both
    from smpsim.studies.compare.designs import folder_of, names_of, two_scenarios
    from smpsim.studies.compare.pairing import check_outcomes
    from smpsim.studies.compare.result import Comparison
    from smpsim.studies.compare.stopping import MOST

    sources = a, b
    both = sets or []
    changes = [*both, *(set_a or [])], [*both, *(set_b or [])]
    actions = with_a or [], [*(added or []), *(with_b or [])]
    designs = two_scenarios(*sources, own=changes, actions=actions)
    wanted = outcome or None
    if wanted:
        check_outcomes(wanted, comparable_outcomes(designs), "outcome")
    folder = out or Path("results") / folder_of(sources, changes, actions)
    options: dict[str, Any] = {"seed": seed, "threads": threads, "trainees": trainees}
    options |= {"parameters": chosen_parameters(parameters)}
    total: int | None = None
    if precision:
        options |= {"precision": precision, "most": most or MOST}
    else:
        replications = replications or max(design.replications for design in designs)
        total = 2 * replications
    names = names_of(designs, changes, actions)
    options |= {"names": names, "level": level}
    # what is in their files now, which may change while it runs
    read = [whole_actions(one) for one in actions]

    def work() -> Comparison:
        found = watched(
            total, lambda progress: run_both(*designs, replications, progress=progress, **options)
        )
        first, second = (
            stating(result, own, added)
            for result, own, added in zip((found.a, found.b), changes, read, strict=True)
        )
        return replace(found, a=first, b=second)

    def drawn(found: Comparison) -> dict[str, Drawing]:
        return {
            **found.pictures,
            "differences": lambda: found.plot.differences(outcomes=wanted),
        }

    def facts(found: Comparison) -> dict[str, Any]:
        return {"differences": rows_for_json(found.differences(outcomes=wanted))}

    present(
        work,
        lambda screen, found: print_comparison(screen, found, wanted),
        folder,
        Comparison.file_names(extra=SCENARIO_FILES, xlsx=xlsx),
        files_read(*sources, *actions[0], *actions[1]),
        as_json=as_json,
        pictures=drawn,
        extra=lambda found: dict(
            zip(SCENARIO_FILES, map(scenario_file, (found.a, found.b)), strict=True)
        ),
        facts=facts,
        head=lambda found: "A: {}\nB: {}".format(*found.names),
        xlsx=xlsx,
        phone=phone,
    )


def _of_many(
    designs: list[str],
    of_two: dict[str, tuple[Any, str]],
    replications: int | None,
    *,
    level: float | None,
    **options: Any,
) -> None:
    """Do what decide does with three or more designs.

    Parameters
    ----------
    designs : list of str
    of_two : dict of str to tuple
        Options that only two designs have: what was typed, and what to do instead.
    replications, level
        As typed.
    **options
        Of `show_decision`.
    """
    for flag, (typed, instead) in of_two.items():
        if typed:
            raise typer.BadParameter(f"got {flag} with {len(designs)} designs; {instead}")
    from smpsim.studies.decide.compare import worlds_and_runs
    from smpsim.studies.decide.decide import LEVEL

    draws, each = worlds_and_runs(replications)
    show_decision(
        designs,
        (),
        added=[],
        draws=draws,
        replications=each,
        level=LEVEL if level is None else level,
        command="smpsim compare of three or more",
        **options,
    )
