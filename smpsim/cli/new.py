"""The command that asks about a programme and writes its scenario: new."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smpsim.cli.app import INTERRUPTED, app, in_flags

if TYPE_CHECKING:
    from smpsim.guided.answers import Question
    from smpsim.guided.interview import Interview

Answer = str | None


def _option(help_text: str, metavar: str = "TEXT") -> Any:
    return typer.Option(help=help_text, metavar=metavar, show_default=False)


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="YAML file to write; it must not exist yet.")],
    name: Annotated[Answer, _option("Name of the programme.")] = None,
    sector: Annotated[Answer, _option("Occupation or sector: nurse, health, ICT ...")] = None,
    origin: Annotated[Answer, _option("Where people train.")] = None,
    destination: Annotated[Answer, _option("Where they will work.")] = None,
    start: Annotated[Answer, _option("Month in which it begins, such as 2027-01.", "MONTH")] = None,
    trained_by: Annotated[Answer, _option("Who trains people.")] = None,
    schools: Annotated[Answer, _option("Number of schools.", "NUMBER")] = None,
    train_months: Annotated[
        Answer, _option("Months of training before departure.", "NUMBER")
    ] = None,
    language: Annotated[
        Answer, _option("Language level to be reached: none, or A1 to C2.", "LEVEL")
    ] = None,
    seats: Annotated[Answer, _option("People in an intake.", "NUMBER")] = None,
    every_months: Annotated[Answer, _option("Months between two intakes.", "NUMBER")] = None,
    intakes: Annotated[Answer, _option("Number of intakes.", "NUMBER")] = None,
    hired_by: Annotated[Answer, _option("Who may employ them.")] = None,
    employers: Annotated[Answer, _option("Number of such employers.", "NUMBER")] = None,
    involvement: Annotated[
        Answer, _option("When employers come in: design, late or none.", "WORD")
    ] = None,
    visa_months: Annotated[
        Answer, _option("Months that a visa takes: a number, or low,centre,high.", "NUMBER")
    ] = None,
    recognition: Annotated[
        Answer,
        _option(
            "When qualifications are recognised: none, before_departure or after_arrival.", "WORD"
        ),
    ] = None,
    who_pays: Annotated[
        Answer,
        _option("Who pays which share, such as employer=0.6,destination_state=0.4.", "SHARES"),
    ] = None,
    like: Annotated[
        Answer,
        _option(
            "Scenario from which the rest is taken; the nearest real programme when left out.",
            "NAME",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing and take the defaults.")] = False,
) -> None:
    """Write a scenario of your own from a few questions.

    What is not asked is taken from the nearest real programme, and marked as such.
    """
    given = {k: v for k, v in locals().items() if k not in ("file", "yes") and v is not None}
    from smpsim.cli.terminal import say
    from smpsim.guided.answers import QUESTIONS
    from smpsim.guided.interview import Interview
    from smpsim.guided.new import free, title_of, write
    from smpsim.results.store_error import StoreError
    from smpsim.scenario import ScenarioError

    path = free(file)
    left = [question for question in QUESTIONS if question.name not in given]
    if left and not yes and not can_ask():
        missing = ", ".join(_flag(question) for question in left)
        raise typer.BadParameter(
            f"some answers are missing, and there is no terminal to ask on; needed: {missing}, "
            "or --yes, which takes the defaults"
        )
    interview = Interview(title_of(path), given.get("like"))
    # what is typed is checked before anything is asked
    interview.take_all(given)
    if left and not yes:
        say("Press Enter to accept the value in brackets; Ctrl-C stops without writing a file.")
    for question in left:
        if yes:
            interview.keep(question)
        else:
            _ask(interview, question)
    while True:
        try:
            write(path, interview)
            break
        except OSError as error:
            raise StoreError.of("write", path, error) from error
        except ScenarioError as error:
            again = [
                question
                for question in left
                if any(question.is_about(problem.key) for problem in error.problems)
            ]
            if yes or not again:
                raise
            for problem in error.problems:
                say(str(problem))
            for question in again:
                _ask(interview, question)
    _say_what_is_in_it(path, interview)


def can_ask() -> bool:
    """Return whether somebody sits at a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def _flag(question: Question) -> str:
    return f"--{question.name.replace('_', '-')}"


def _ask(interview: Interview, question: Question) -> None:
    """Ask until there is an answer that is allowed."""
    from smpsim.cli.terminal import say
    from smpsim.errors import RequestError

    default = _shown(interview.default(question))
    say("")
    if question.name == "like":
        near = interview.nearest()
        differs = f"; it differs in {'; '.join(near.differs)}" if near.differs else ""
        say(f"The nearest real programme is {near.profile.name}{differs}.")
    say(f"{question.text} Allowed: {question.allowed}.")
    while True:
        try:
            text = typer.prompt(" ", default=default, err=True, prompt_suffix=" ")
        except typer.Abort:
            say("Stopped; no file was written.")
            raise typer.Exit(INTERRUPTED) from None
        try:
            if text == default:
                interview.keep(question)
            else:
                interview.take(question, text)
        except RequestError as error:
            say(in_flags(error).partition(": ")[2])
            continue
        return


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _say_what_is_in_it(path: Path, interview: Interview) -> None:
    """Say what was written, how far it is known, and what to do next."""
    from smpsim.cli.scenario_card import ranges_note
    from smpsim.cli.terminal import say
    from smpsim.scenario import load
    from smpsim.scenario.cautions import cautions
    from smpsim.scenario.marks import marks

    real = interview.real()
    say("")
    say(f"Wrote {path}. Everything that was not asked is as in {real.profile.name}.")
    if note := ranges_note(marks(path)):
        say(note)
    for one in cautions(load(path)):
        say(f"warning: {one}")
    say(f"Next: smpsim run {path}")
