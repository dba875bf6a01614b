"""The command that says why two designs place unlike numbers: explain."""

from __future__ import annotations

from pathlib import Path

from smpsim.cli.app import app
from smpsim.cli.options import (
    Json,
    Level,
    Out,
    Parameters,
    Phone,
    Replications,
    SecondSource,
    Seed,
    Sets,
    SetsOfA,
    SetsOfB,
    Source,
    Threads,
    WithBesideItself,
    WithOfA,
    WithOfB,
    Xlsx,
    check_level,
    check_two_designs,
    chosen_parameters,
)

SCENARIO_FILES = ("a.yaml", "b.yaml")


@app.command()
def explain(
    a: Source,
    b: SecondSource = None,
    replications: Replications = None,
    level: Level = 0.95,
    seed: Seed = None,
    sets: Sets = None,
    set_a: SetsOfA = None,
    set_b: SetsOfB = None,
    added: WithBesideItself = None,
    with_a: WithOfA = None,
    with_b: WithOfB = None,
    parameters: Parameters = None,
    threads: Threads = None,
    out: Out = None,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Say why one of two designs places more people.

    Who is placed in one of them only, where the other lost them, and which change mattered.
    """
    check_two_designs(b, added, set_a, set_b, with_a, with_b)
    check_level(level)
    from smpsim.cli.explain_tables import print_explanation
    from smpsim.cli.present import files_read, present, scenario_file, watched
    from smpsim.studies.compare.designs import folder_of
    from smpsim.studies.explain.explain import explained, plan_of
    from smpsim.studies.explain.result import Explanation

    own = set_a or [], set_b or []
    actions = with_a or [], [*(added or []), *(with_b or [])]
    plan = plan_of(a, b, None, sets or [], own, (), actions)
    count = replications or max(design.replications for design in plan.designs)
    total = count * (2 + len(plan.switches))
    changes = [*(sets or []), *own[0]], [*(sets or []), *own[1]]
    given = chosen_parameters(parameters).held(plan.designs[0], changes[0])
    folder = out or Path("results") / f"why_{folder_of((a, b), changes, actions)}"

    def work() -> Explanation:
        return watched(
            total,
            lambda progress: explained(
                plan,
                count,
                seed,
                level=level,
                parameters=given,
                threads=threads,
                progress=progress,
            ),
        )

    present(
        work,
        print_explanation,
        folder,
        Explanation.file_names(extra=SCENARIO_FILES, xlsx=xlsx),
        files_read(a, b, *actions[0], *actions[1]),
        as_json=as_json,
        head=lambda found: "A: {}\nB: {}".format(*found.names),
        extra=lambda found: dict(
            zip(
                SCENARIO_FILES,
                map(scenario_file, (found.comparison.a, found.comparison.b)),
                strict=True,
            )
        ),
        xlsx=xlsx,
        phone=phone,
    )
