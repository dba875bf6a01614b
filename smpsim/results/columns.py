"""What the columns of tables mean and their units: one place for glossaries and data packages.

Outcomes, monthly series and key paths have their meanings where they are declared. Here are the
columns that many tables have; those of a verb's own are declared beside its result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from smpsim.results.outcomes import CURRENCY, outcome_of
from smpsim.results.outcomes.known import OUTCOMES, SUMS, is_own
from smpsim.scenario.meanings import meaning_of
from smpsim.scenario.problems import ScenarioError
from smpsim.vocabulary import SERIES

PER_ROW = "see the row"
"""Unit of a column whose numbers are in the unit of their row, or of the outcome in it."""
OUTCOME = "{outcome}"
"""In place of a name: what a table says of each outcome that is one of its columns."""
OTHER = "*"
"""In place of a name: what a table says of columns whose names nobody can know before."""
COMMON_CURRENCY = "currency of the scenario"
"""Unit of money where scenarios have several currencies."""


@dataclass(frozen=True)
class Column:
    """What a column holds.

    Parameters
    ----------
    meaning : str
        In words; in those on `OUTCOME` and on endings ``{}`` stands for what they are about.
    unit : str
        ``"currency"`` for money, `PER_ROW`, any other words, or nothing.
    empty : str
        Of a column of units: what the unit is where it says none.
    """

    meaning: str
    unit: str = ""
    empty: str = ""


@dataclass(frozen=True)
class Description:
    """What a kind of result says of itself, beside its numbers.

    Parameters
    ----------
    question : str
        What it answers.
    intervals : str
        What the intervals in its tables hold.
    tables : mapping of str to str
        What each table shows, in a sentence.
    columns : mapping of str to mapping of str to Column
        Its own columns, by the names of tables; under an empty name those of all of them.
    """

    question: str
    intervals: str
    tables: Mapping[str, str]
    columns: Mapping[str, Mapping[str, Column]] = field(default_factory=dict)


PEOPLE = "people"
SHARE = "share"
RUNS, WORLDS, MONTHS = "runs", "worlds", "months"
MEAN = Column("mean over the runs", PER_ROW)
COMMON = {
    "scenario": Column("scenario, by its name or file"),
    "programme": Column("programme of the scenario"),
    "design": Column("design: what was varied, by its number or name"),
    "world": Column("plausible world: the same number, the same draw of what is not known"),
    "run": Column("run, counted from 0: the same number, the same people and chance events"),
    "replication": Column(
        "run of a design, counted from 0: the same number, the same chance events"
    ),
    "month": Column("month of the simulation, counted from 0", MONTHS),
    "date": Column("calendar month"),
    "outcome": Column("outcome, by its name"),
    "label": Column("the same in plain words"),
    "unit": Column("unit of the numbers in the row"),
    "party": Column("who pays, gains or loses"),
    "line": Column("line of the loss account"),
    "cause": Column("cause of the loss account; empty where it is open"),
    "limit": Column("who or what sets the limit"),
    "key": Column("key path in the scenario"),
    "parameter": Column("key path of the number that varies"),
    "meaning": Column("what that number is, in plain words"),
    "source": Column("where the figure comes from"),
    "mean": MEAN,
    "median": Column("median of the runs", PER_ROW),
    "standard_error": Column("standard error of the mean", PER_ROW),
    "run_low": Column(
        "lower end of the range that holds the share 'level' of single runs; empty where it has "
        "no end",
        PER_ROW,
    ),
    "run_high": Column(
        "upper end of the range that holds the share 'level' of single runs; empty where it has "
        "no end",
        PER_ROW,
    ),
    "ci_low": Column("lower end of the confidence interval", PER_ROW),
    "ci_high": Column("upper end of the confidence interval", PER_ROW),
    "level": Column("level of the intervals in the row", SHARE),
    "ci_level": Column("level of the confidence intervals in the row", SHARE),
    "runs": Column("runs that were made", RUNS),
    "runs_used": Column("runs in which the outcome is known", RUNS),
    "worlds": Column("plausible worlds that were tried", WORLDS),
    "people": Column("people, mean over the runs", PEOPLE),
    "share": Column("share of the planned seats", "share of planned seats"),
    "p": Column("p value"),
    "p_holm": Column("p value adjusted for their number (Holm)"),
}
"""Columns with the same meaning in all tables that have them."""
ENDINGS = {
    "_ci_low": Column("lower end of the confidence interval: {}", PER_ROW),
    "_ci_high": Column("upper end of the confidence interval: {}", PER_ROW),
    "_run_low": Column("lower end of the range of single runs: {}", PER_ROW),
    "_run_high": Column("upper end of the range of single runs: {}", PER_ROW),
    "_p_holm": Column("p value adjusted for the number of designs (Holm): {}"),
    "_p": Column("p value: {}"),
}
"""Columns that belong to another one, by the end of their name; `PER_ROW`: with its unit."""


def column_of(
    name: str, table: str, about: Mapping[str, Mapping[str, Column]], currency: str
) -> Column:
    """Return meaning and unit of a column; both empty if nobody has declared it.

    Parameters
    ----------
    name : str
    table : str
    about : mapping
        Columns of the result's own (see `Description`).
    currency : str
        Takes the place of ``"currency"``.
    """
    found = _declared(name, {**about.get("", {}), **about.get(table, {})})
    words = [currency if one == CURRENCY else one for one in found.unit.split(" ")]
    return replace(found, unit=" ".join(words))


def _declared(name: str, own: Mapping[str, Column]) -> Column:
    if name in own:
        return own[name]
    if name in COMMON:
        return COMMON[name]
    known = _outcome(name) or _series(name)
    if known is not None:
        says = own.get(OUTCOME)
        return known if says is None else Column(says.meaning.format(known.meaning), known.unit)
    endings = {**{one: own[one] for one in own if one.startswith("_")}, **ENDINGS}
    for ending, says in sorted(endings.items(), key=lambda one: -len(one[0])):
        if name.endswith(ending) and len(name) > len(ending):
            stem = _declared(name.removesuffix(ending), own)
            if stem.meaning:
                unit = stem.unit if says.unit == PER_ROW else says.unit
                return Column(says.meaning.format(stem.meaning), unit)
    found = _key(name)
    return found if found.meaning else own.get(OTHER, found)


def _outcome(name: str) -> Column | None:
    if not (name in OUTCOMES or name in SUMS or is_own(name)):
        return None
    row = outcome_of(name)
    text = f"{row.label}: {row.meaning}" if row.meaning else row.label
    return Column(text, row.unit)


def _series(name: str) -> Column | None:
    found = SERIES.get(name)
    return None if found is None else Column(found.label, found.unit)


def _key(name: str) -> Column:
    """Return what a key path means; nothing if it is none."""
    try:
        words, unit = meaning_of(name)
    except (ScenarioError, ValueError, KeyError, IndexError, TypeError):
        return Column("")
    return Column("") if words == name and not unit else Column(words, unit)


def currency_of(scenarios: Iterable[object]) -> str:
    """Return the currency of scenarios, if they have one in common."""
    found = {str(getattr(one, "currency", "")) for one in scenarios}
    return found.pop() if len(found) == 1 else COMMON_CURRENCY
