"""A report: several options under the same chance events, as tables, words, pictures and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from smpsim.errors import RequestError
from smpsim.extras import need
from smpsim.messages import shown_value
from smpsim.results.files import Staged
from smpsim.results.result import Result
from smpsim.results.study_result import StudyResult, Tables, rows_for_json
from smpsim.scenario.marks import Mark, stated_sources
from smpsim.studies.compare.result import Comparison
from smpsim.studies.report import figures, guesses
from smpsim.studies.report.about import ABOUT
from smpsim.studies.report.provisions import differences_table, terms_table
from smpsim.studies.report.sliders import Slider

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.report.plots import ReportPlots

LETTERS = "ABCDEF"
MOST = len(LETTERS)
"""Options that a page holds side by side."""
SUFFIXES = {"pdf": ".pdf", "xlsx": ".xlsx"}


@dataclass(frozen=True, repr=False, eq=False)
class Report(StudyResult):
    """Options side by side: what each comes to, what binds, who pays, and what is guessed.

    Attributes
    ----------
    options : tuple of Option
        In their order, by letters from A; the first is what the others are compared with.
    marks : dict of str to list of Mark
        Where the figures of each option come from, by its letter.
    tried : DataFrame
        What wrong guesses of the first option change (see `guesses`).
    level : float
        Confidence level of the intervals of differences.
    provenance : dict
        Where the numbers come from, and all that runs them again.
    sliders : tuple of Slider
        What the page's sliders move in the first option.
    swept : DataFrame
        What each combination of their values changes (see `what_if`).
    """

    VERB = "report"
    ABOUT = ABOUT
    TABLES = (
        *("options", "funnel", "limits", "payers", "gains"),
        *("terms", "differences", "origins", "guesses", "what_if", "sources"),
    )
    READ = TABLES
    PICTURES = ("placed", "gains")

    options: tuple[figures.Option, ...]
    marks: dict[str, list[Mark]] = field(repr=False)
    tried: pd.DataFrame = field(repr=False)
    level: float
    provenance: dict[str, Any] = field(repr=False)
    sliders: tuple[Slider, ...] = ()
    swept: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)

    def __repr__(self) -> str:
        names = ", ".join(f"{one.letter}: {one.name}" for one in self.options)
        return f"Report({names}; {self.runs} runs each)"

    @property
    def runs(self) -> int:
        """Number of runs of each option."""
        return self.options[0].result.runs

    @property
    def seed(self) -> int:
        """Seed of the random draws, the same for all."""
        return self.options[0].result.seed

    @property
    def results(self) -> dict[str, Result]:
        """The runs of each option by its letter."""
        return {one.letter: one.result for one in self.options}

    @property
    def names(self) -> dict[str, str]:
        """What the options are called, by their letters."""
        return {one.letter: one.name for one in self.options}

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """What was run, by the letters of the options."""
        return {one.letter: one.result.scenario for one in self.options}

    def figures(self) -> pd.DataFrame:
        """Return what each option comes to (see `smpsim.studies.report.figures`)."""
        return figures.options_table(self.options, self.level)

    def funnel(self) -> pd.DataFrame:
        """Return the way from planned seats to people kept, with what is lost on it."""
        return figures.funnel_table(self.options)

    def limits(self) -> pd.DataFrame:
        """Return what binds: planned seats lost, by who or what is the limit."""
        return figures.limits_table(self.options)

    def payers(self) -> pd.DataFrame:
        """Return who bears the cost, in all and for each placement."""
        return figures.payers_table(self.options)

    def gains(self) -> pd.DataFrame:
        """Return who gains and who loses, in all and for each person enrolled."""
        return figures.gains_table(self.options)

    def terms(self) -> pd.DataFrame:
        """Return the main terms of each option in words."""
        return terms_table(self.scenarios)

    def differences(self) -> pd.DataFrame:
        """Return every value in which the options differ."""
        return differences_table(self.scenarios)

    def origins(self) -> pd.DataFrame:
        """Return where each figure that the scenarios state comes from."""
        return guesses.marks_table(self.marks)

    def guesses(self) -> pd.DataFrame:
        """Return what wrong guesses of the first option change, the largest first."""
        return self.tried.copy()

    def what_if(self) -> pd.DataFrame:
        """Return what each combination of the sliders changes in the first option.

        As in `smpsim.studies.report.sliders.varied`; empty without sliders.
        """
        return self.swept.copy()

    def sources(self) -> pd.DataFrame:
        """Return the sources that the scenarios name: ``option``, ``value``, ``source``."""
        rows = [
            {"option": letter, "value": value, "source": text}
            for letter, one in self.scenarios.items()
            for value, text in stated_sources(one).items()
        ]
        return pd.DataFrame(rows, columns=["option", "value", "source"])

    def against_first(self) -> dict[str, Comparison]:
        """Return the comparison of each other option with the first, by its letter."""
        first, *others = self.options
        return {
            one.letter: Comparison(
                first.result,
                one.result,
                (f"A: {first.name}", f"{one.letter}: {one.name}"),
                self.level,
            )
            for one in others
        }

    @property
    def tables(self) -> Tables:
        """Tables by name, as the methods of these names return them; ``options`` is `figures`."""
        makers = {name: getattr(self, name) for name in self.TABLES if name != "options"}
        return Tables({"options": self.figures, **makers})

    @property
    def sentences(self) -> list[str]:
        """The answer: how many, how much better, and what binds."""
        from smpsim.studies.report.answer import sentences

        return sentences(self)

    @property
    def question(self) -> str:
        """What is asked: by the scenario, or by the choice between the options."""
        from smpsim.studies.report.answer import question_of

        return question_of(self)

    @property
    def notes(self) -> list[str]:
        """What a reader must know of the comparison."""
        found = [note for one in self.against_first().values() for note in one.notes]
        several = [one for one in self.options if len(one.result.programmes) > 1]
        found += [
            f"{one.letter} has {len(one.result.programmes)} programmes, whose figures are added up."
            for one in several
        ]
        return list(dict.fromkeys(found))

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        tables = {
            name: rows_for_json(table) for name, table in self.tables.items() if name != "origins"
        }
        return {
            **self.provenance,
            "names": self.names,
            **tables,
            "notes": self.notes,
            "finding": self.sentences,
        }

    @property
    def plot(self) -> ReportPlots:
        """Pictures: ``.plot.placed()``, ``.plot.gains()``."""
        from smpsim.studies.report.plots import ReportPlots

        return ReportPlots(self)

    def html(self) -> str:
        """Return the report as one page of HTML that needs no other file and no network."""
        from smpsim.studies.report.page import html

        return html(self)

    def save(self, out: str | Path, *, pdf: bool = False, xlsx: bool = False) -> list[Path]:
        """Write the report as one HTML file, and beside it as PDF and workbook if asked for.

        Parameters
        ----------
        out : str or Path
            The HTML file.
        pdf, xlsx : bool
            Write a file of the same name with this ending too.

        Returns
        -------
        list of Path

        Raises
        ------
        StoreError
            If a file can't be written, or is there and smpsim did not write it.
        MissingExtraError
            If a package is missing that the PDF or the workbook needs.
        """
        target = Path(out)
        needed(target, pdf=pdf, xlsx=xlsx)
        page = self.html()
        files = {target.name: page.encode()}
        if pdf:
            from smpsim.studies.report.page import printed

            files[target.with_suffix(SUFFIXES["pdf"]).name] = printed(page)
        if xlsx:
            files[target.with_suffix(SUFFIXES["xlsx"]).name] = self.workbook()
        with Staged(target.parent) as staged:
            staged.check(files)
            for name, content in files.items():
                staged.write(name, partial(_put, content))
            return staged.publish()


def _put(content: bytes, file: Any) -> None:
    file.write(content)


PAGES = (".html", ".htm")


def files_of(out: Path, pdf: bool, xlsx: bool) -> list[str]:
    """Return the names of the files that a report writes."""
    more = [SUFFIXES[kind] for kind, asked in (("pdf", pdf), ("xlsx", xlsx)) if asked]
    return [out.name, *(out.with_suffix(end).name for end in more)]


def needed(out: Path | None, *, pdf: bool, xlsx: bool) -> None:
    """Raise an error if a file can't be written as asked, before anything runs."""
    if out is not None and out.suffix.lower() not in PAGES:
        raise RequestError(
            f"out: got {shown_value(str(out))}; allowed: a file that ends in .html; several "
            "options are a list"
        )
    if pdf:
        need("report", "smpsim report --pdf")
    if xlsx:
        need("xlsx", "smpsim report --xlsx")


def letters(count: int) -> Sequence[str]:
    """Return the letters of so many options."""
    return LETTERS[:count]
