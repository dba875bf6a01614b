"""The command that runs a scenario: run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from smpsim.cli.app import app
from smpsim.cli.options import (
    Json,
    Out,
    Parameters,
    Phone,
    Replications,
    Seed,
    Sets,
    Source,
    Threads,
    Trainees,
    With,
    Xlsx,
    chosen_parameters,
)

if TYPE_CHECKING:
    from smpsim.results.result import Result

SCENARIO_FILE = "scenario.yaml"


@app.command()
def run(
    scenario: Source,
    replications: Replications = None,
    seed: Seed = None,
    sets: Sets = None,
    added: With = None,
    parameters: Parameters = None,
    threads: Threads = None,
    trainees: Trainees = False,
    out: Out = None,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Run a scenario many times, and show its results.

    Tables and pictures are written to a folder.
    """
    from dataclasses import replace

    from smpsim.cli import terminal
    from smpsim.cli.present import files_read, present, scenario_file, stating, watched
    from smpsim.ensemble import run as run_all
    from smpsim.results.provenance import whole_actions
    from smpsim.results.result import Result
    from smpsim.scenario.loading import load_noting
    from smpsim.studies.compare.designs import action_in_words

    actions = added or []
    design, idle = load_noting(scenario, sets or [], actions=actions)
    for name in idle:
        terminal.say(f"{name} changes nothing here: everything it asks for is already in place.")
    count = replications or design.replications
    given = chosen_parameters(parameters)

    # what is in their files now, which may change while it runs
    read = whole_actions(actions)

    def work() -> Result:
        found = watched(
            count,
            lambda progress: run_all(
                design,
                count,
                seed,
                parameters=given,
                threads=threads,
                trainees=trainees,
                progress=progress,
            ),
        )
        # pictures are to say which design they show
        title = " + ".join([design.name, *(action_in_words(one) for one in actions)])
        return replace(stating(found, sets, read), title=title)

    stems = [Path(name).stem for name in (scenario, *actions)]
    present(
        work,
        terminal.print_result,
        out or Path("results") / "_with_".join(stems),
        Result.file_names(extra=[SCENARIO_FILE], xlsx=xlsx),
        files_read(scenario, *actions),
        as_json=as_json,
        extra=lambda found: {SCENARIO_FILE: scenario_file(found)},
        head=lambda found: found.title,
        xlsx=xlsx,
        phone=phone,
    )
