"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from smpsim.scenario.parameters import Parameters as Drawn


def scenario_only(source: str | None) -> str | None:
    """Return the name or file of a scenario; say which command takes what is no scenario."""
    if source is not None:
        from smpsim.studies.kinds import SCENARIO, require

        require(source, SCENARIO)
    return source


def scenarios_only(sources: list[str] | None) -> list[str] | None:
    """Return names or files of scenarios; say which command takes what is no scenario."""
    for source in sources or []:
        scenario_only(source)
    return sources


def workbook_wanted(ctx: typer.Context, wanted: bool) -> bool:
    """Return whether a workbook is asked for; say before anything runs if it can't be written."""
    if wanted:
        from smpsim.extras import need

        need("xlsx", f"smpsim {ctx.info_name} --xlsx")
    return wanted


Source = Annotated[
    str, typer.Argument(help="Name in the catalogue, or a YAML file.", callback=scenario_only)
]
Replications = Annotated[
    int | None, typer.Option("--replications", "-n", min=1, max=10**7, help="Number of runs.")
]
Seed = Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="Seed of the random draws.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a value; repeatable.")
]
With = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="ACTION", help="Add an action, by name or file; repeatable."),
]
SecondSource = Annotated[
    str | None,
    typer.Argument(
        help="Name in the catalogue, or a YAML file; when left out, A with the changes given by "
        "--with, --set-b and the like.",
        show_default=False,
        callback=scenario_only,
    ),
]
SetsOfA = Annotated[
    list[str] | None,
    typer.Option("--set-a", metavar="KEY=VALUE", help="Change a value of A only."),
]
SetsOfB = Annotated[
    list[str] | None,
    typer.Option("--set-b", metavar="KEY=VALUE", help="Change a value of B only."),
]
WithBesideItself = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="ACTION",
        help="Compare A with itself plus this action, by name or file; repeatable.",
    ),
]
WithOfA = Annotated[
    list[str] | None, typer.Option("--with-a", metavar="ACTION", help="Add an action to A.")
]
WithOfB = Annotated[
    list[str] | None, typer.Option("--with-b", metavar="ACTION", help="Add an action to B.")
]
Parameters = Annotated[
    str | None,
    typer.Option(
        metavar="KIND",
        help="likely: each run draws what is not known well from its likely range; centre: every "
        "run takes the central values, so that only chance differs; or a CSV file of draws.",
    ),
]
Level = Annotated[float, typer.Option(help="Confidence level of intervals, above 0 and below 1.")]
Threads = Annotated[
    int | None, typer.Option(min=1, max=4096, help="Threads; all cores when left out.")
]
Trainees = Annotated[bool, typer.Option("--trainees", help="Write everybody's life course too.")]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the files; below results/ when left out.")
]
Json = Annotated[bool, typer.Option("--json", help="Print only JSON to stdout.")]
Xlsx = Annotated[
    bool,
    typer.Option("--xlsx", help="Write all tables as one workbook too.", callback=workbook_wanted),
]
Phone = Annotated[
    bool, typer.Option("--phone", help="Draw the pictures for a phone, 390 pixels wide.")
]
Reports = Annotated[
    list[Path] | None,
    typer.Option(
        help="File of reported outcomes, YAML or CSV; the catalogue's when left out. Several are "
        "read as one, and 'validation' stands for the catalogue's."
    ),
]


def chosen_parameters(given: str | None, otherwise: str | None = None) -> Drawn:
    """Return what ``--parameters`` asks for.

    Parameters
    ----------
    given : str, optional
        As typed.
    otherwise : str, optional
        What holds when it is left out; what all verbs do by default when that is too.
    """
    from smpsim.scenario.parameters import DEFAULT, parameters

    return parameters(given or otherwise or DEFAULT)


def check_two_designs(b: str | None, added: list[str] | None, *changes: list[str] | None) -> None:
    """Raise an error if options do not name two designs: a second one, or a change of the first.

    Parameters
    ----------
    b : str, optional
        The second scenario.
    added : list of str, optional
        Actions by ``--with``.
    *changes
        Values and actions of one side only.
    """
    if b is not None and added:
        raise typer.BadParameter(
            "got --with and two scenarios; allowed: --with-a or --with-b, which say to which the "
            "action is added"
        )
    if b is None and not any((added, *changes)):
        raise typer.BadParameter(
            "got nothing to compare with; allowed: a second scenario, or a change by --with, "
            "--with-a, --with-b, --set-a or --set-b"
        )


def check_level(level: float) -> None:
    """Raise an error if a level of intervals is none."""
    if not 0 < level < 1:
        raise typer.BadParameter(f"--level: got {level:g}; allowed: above 0 and below 1")
