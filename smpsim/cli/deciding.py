"""What decide does, and compare of three or more designs: one way to one answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from smpsim.cli.options import check_level, chosen_parameters

if TYPE_CHECKING:
    from smpsim.studies.decide.result import Decision

WORTH = (
    "what a placement is worth; options are then compared by value less total cost instead of "
    "placements."
)


def show_decision(
    options: Sequence[str],
    changes: Sequence[str],
    sets: list[str],
    added: list[str],
    *,
    parameters: str | None,
    draws: int,
    replications: int,
    value: float | None,
    level: float,
    seed: int | None,
    threads: int | None,
    out: Path | None,
    xlsx: bool,
    phone: bool,
    as_json: bool,
    command: str = "smpsim decide",
) -> None:
    """Run options in plausible worlds, write the files and print the table.

    Parameters
    ----------
    options : sequence of str
        Names or files of scenarios.
    changes : sequence of str
        Further options, as ``--option`` states them.
    sets, added : list of str
        Values and actions for all.
    parameters, draws, replications, value, level, seed, threads, out, xlsx, phone, as_json
        As typed.
    command : str
        What is said to need an extra that is not installed.
    """
    check_level(level)
    if value is not None and not 0 < value < float("inf"):
        raise typer.BadParameter(f"--value: got {value:g}; allowed: above 0")
    from smpsim.cli.decide_tables import print_decision
    from smpsim.cli.present import files_read, present, stating, watched
    from smpsim.extras import need
    from smpsim.results.provenance import whole_actions
    from smpsim.scenario.parameters import CENTRE, LIKELY, file_of
    from smpsim.studies.decide.decide import decide
    from smpsim.studies.decide.options import changed_options
    from smpsim.studies.decide.result import Decision

    if parameters != CENTRE:
        # before anything is read or compiled
        need("decide", command)
    given = chosen_parameters(parameters, LIKELY)
    designs, read = changed_options(options, changes, sets, added)
    # what is in their files now, which may change while it runs
    texts = whole_actions(read)

    def work() -> Decision:
        found = watched(
            len(designs) * draws * replications,
            lambda progress: decide(
                designs,
                parameters=given.held(next(iter(designs.values())), sets),
                draws=draws,
                replications=replications,
                value=value,
                level=level,
                seed=seed,
                threads=threads,
                progress=progress,
            ),
        )
        return stating(found, sets, texts)

    name = "_or_".join(dict.fromkeys(Path(one).stem for one in options))
    present(
        work,
        print_decision,
        out or Path("results") / f"decide_{name}"[:120],
        Decision.file_names(xlsx=xlsx),
        files_read(*options, *read, *file_of(parameters)),
        xlsx=xlsx,
        phone=phone,
        as_json=as_json,
    )
