"""The result of an ensemble: tidy tables, pictures and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.errors import RequestError
from smpsim.results.about_run import ABOUT
from smpsim.results.estimates import means, quantile
from smpsim.results.funnel import funnel
from smpsim.results.gains import gains
from smpsim.results.gains import sentences as of_gains
from smpsim.results.losses import account, monthly
from smpsim.results.losses import sentences as of_losses
from smpsim.results.provenance import RECIPE
from smpsim.results.report import sentences as of_placements
from smpsim.results.series import monthly_cost, series_of, unit_of_series
from smpsim.results.spread import spread_of
from smpsim.results.study_result import Drawing, StudyResult, Tables, rows_for_json
from smpsim.results.survival import drawable, incidence, staying
from smpsim.results.units import unit_of
from smpsim.scenario import Scenario, load
from smpsim.vocabulary import (
    PARTIES,
    SPELLS,
    STAGES,
    TRAJECTORY_COLUMNS,
    UNLIMITED,
    named_items,
)

if TYPE_CHECKING:
    import xarray

    from smpsim.results.plots import ResultPlots

LEVEL = 0.9
"""Share of the runs between `run_low` and `run_high` where no other is asked for."""
COUNTS = ("people", "employers", "seats", "vacancies")
"""Units of what is counted."""


@dataclass(frozen=True, repr=False, eq=False)
class Result(StudyResult):
    """What the runs of a scenario came to.

    Attributes
    ----------
    title, start, currency : str
        Of the scenario.
    programmes : list of str
    outcome_table : DataFrame
        One row a run and programme (see `smpsim.results.outcomes`).
    own_items : dict of str to str
        Payees of the costs that the scenario adds, by name.
    second_look : DataFrame, optional
        Outcomes of the first plausible worlds run once more with other luck, where parameters are
        drawn.
    provenance : dict
        Where it comes from and all that runs it again (see `smpsim.results.provenance`).
    """

    VERB = "run"
    ABOUT = ABOUT
    TABLES = (
        *(
            "summary",
            "funnel",
            "losses",
            "gains",
            "outcomes",
            "trajectories",
            "ledger",
            "flows",
            "losses_monthly",
            "spells",
        ),
        "trainees",
        "second_look",
        "spread",
    )
    READ = ("summary", "funnel", "losses", "gains")
    PICTURES = ("trajectories", "stages", "losses", "costs", "gains", "survival")

    title: str
    start: str
    currency: str
    programmes: list[str]
    trajectory_array: np.ndarray = field(repr=False)  # (runs, months, programmes, columns)
    ledger_array: np.ndarray = field(repr=False)  # (runs, months, programmes, items, parties)
    flow_array: np.ndarray = field(repr=False)  # (runs, programmes, stages, stages)
    loss_array: np.ndarray = field(repr=False)  # (runs, months, programmes, lines)
    spell_array: np.ndarray = field(repr=False)  # (runs, programmes, spells, months + 1)
    outcome_table: pd.DataFrame = field(repr=False)
    life: pd.DataFrame | None = field(repr=False)
    provenance: dict[str, Any]
    own_items: dict[str, str] = field(default_factory=dict)
    second_look: pd.DataFrame | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        programmes = ", ".join(self.programmes)
        return f"Result({self.title!r}, {self.runs} runs, programmes: {programmes})"

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.trajectory_array.shape[0]

    @property
    def seed(self) -> int:
        """Seed of all luck."""
        return int(self.provenance["seed"])

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was run, with all that was set and added, its seed and runs."""
        whole = self.provenance[RECIPE]["scenarios"]["scenario"]
        return load({**whole, "seed": self.seed, "replications": self.runs})

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """What was run, by its title."""
        return {self.title: self.scenario}

    @property
    def months(self) -> int:
        """Number of months."""
        return self.trajectory_array.shape[1]

    def dates(self) -> pd.PeriodIndex:
        """Return the calendar months."""
        return pd.period_range(self.start, periods=self.months, freq="M")

    def outcomes(self) -> pd.DataFrame:
        """Return one row a run and programme with all outcomes."""
        units = {str(name): unit_of(str(name), self.currency) for name in self.outcome_table}
        return _counted(self.outcome_table, units)

    @property
    def ranges(self) -> dict[str, Any]:
        """Ends of the likely ranges of the scenario by key path.

        As they were kept: to check the whole scenario again takes longer.
        """
        return dict(self.provenance[RECIPE]["scenarios"]["scenario"].get("likely_ranges", {}))

    @property
    def draws(self) -> bool:
        """Whether each run is in a plausible world of its own."""
        return self.second_look is not None

    def spread(self, level: float = LEVEL, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """Return what the spread of each outcome over runs is made of.

        Parameters
        ----------
        level : float
            Of the interval of what is not known.
        outcomes : sequence of str, optional
            All when left out.

        Returns
        -------
        DataFrame
            Index ``programme``, ``outcome``; columns ``chance`` and ``unknown``, the shares of the
            variance that are chance and what is not known of the parameters, ``unknown_low``,
            ``unknown_high``, ``level``, and ``worlds``: those that were run twice and in which the
            outcome is known both times. Missing where nothing varies. All is chance where nothing
            was drawn.
        """
        rows = []
        first = self.outcome_table
        if outcomes is None:
            outcomes = [str(name) for name in first if name not in ("run", "programme")]
        for programme in self.programmes:
            mine = first[first["programme"] == programme]
            again = self.second_look
            other = None if again is None else again[again["programme"] == programme]
            for name in outcomes:
                rows.append((programme, name, *_spread(mine, other, name, level)))
        heads = ("programme", "outcome", "chance", "unknown", "unknown_low", "unknown_high")
        table = pd.DataFrame(rows, columns=[*heads, "level", "worlds"])
        return table.set_index(["programme", "outcome"])

    def summary(self, level: float = LEVEL) -> pd.DataFrame:
        """Return mean, its standard error and quantiles of every outcome.

        Parameters
        ----------
        level : float
            Share of runs between ``run_low`` and ``run_high``.

        Returns
        -------
        DataFrame
            Index ``programme``, ``outcome``; columns ``mean``, ``standard_error`` (see
            `smpsim.results.estimates`), ``run_low``, ``median``, ``run_high`` (quantiles of runs;
            not a number where there is no end, as nobody is placed), ``level``: the share of them
            in between, ``runs`` (all of them), ``runs_used`` (those in which it is known what the
            mean is of), ``unit``.
        """
        # sentences, funnel and money of the same runs all ask for it
        if level not in self._summaries:
            self._summaries[level] = self._summary(level)
        return self._summaries[level].copy()

    @cached_property
    def _summaries(self) -> dict[float, pd.DataFrame]:
        return {}

    def _summary(self, level: float) -> pd.DataFrame:
        tail = (1.0 - level) / 2.0
        rows = []
        outcomes = self.outcome_table.drop(columns=["run", "programme"])
        mean, error, used = means(outcomes, [self.outcome_table["programme"]])
        for programme, values in outcomes.groupby(self.outcome_table["programme"], sort=False):
            low, median, high = (quantile(values, q) for q in (tail, 0.5, 1.0 - tail))
            rows.append(
                pd.DataFrame(
                    {
                        "programme": programme,
                        "outcome": values.columns,
                        "mean": mean.loc[programme].to_numpy(),
                        "standard_error": error.loc[programme].to_numpy(),
                        "run_low": low.to_numpy(),
                        "median": median.to_numpy(),
                        "run_high": high.to_numpy(),
                        "level": level,
                        "runs": len(values),
                        "runs_used": used.loc[programme].to_numpy(),
                        "unit": [unit_of(name, self.currency) for name in values.columns],
                    }
                )
            )
        return pd.concat(rows).set_index(["programme", "outcome"])

    def trajectories(self) -> pd.DataFrame:
        """Return the trajectories, one row a run, programme and month.

        Returns
        -------
        DataFrame
            Columns ``run``, ``programme``, ``month``, people in each stage at the end of the
            month, running totals (enrolled, graduated, placed, migrated, domestic), state of
            employers and offices (which programmes may share, so that they do not add up over
            them: `smpsim.vocabulary.SERIES`), ``cost`` of the month and
            ``cost_cumulative`` (currency).
        """
        runs, months, _, columns = self.trajectory_array.shape
        index = pd.MultiIndex.from_product(
            [range(runs), range(months), self.programmes], names=["run", "month", "programme"]
        )
        flat = self.trajectory_array.reshape(-1, columns)
        table = pd.DataFrame(flat, index=index, columns=list(TRAJECTORY_COLUMNS))
        cost = self.monthly_cost()
        table["cost"] = cost.reshape(-1)
        table["cost_cumulative"] = np.cumsum(cost, axis=1).reshape(-1)
        units = {name: unit_of_series(name, self.currency) for name in table.columns}
        return _counted(table, units).reset_index()

    def series(self, name: str) -> np.ndarray:
        """Return a column of the trajectories, shape (runs, months, programmes)."""
        return series_of(self.trajectory_array, self.ledger_array, name)

    def monthly_cost(self) -> np.ndarray:
        """Return costs by run, month and programme; transfers between parties are none."""
        return monthly_cost(self.ledger_array)

    def ledger(self) -> pd.DataFrame:
        """Return every payment, summed by run, month, programme, item and payer.

        Returns
        -------
        DataFrame
            Columns ``run``, ``month``, ``programme``, ``item``, ``payer``, ``payee``, ``amount``
            (currency); only payments that are not zero.
        """
        run, month, programme, item, payer = np.nonzero(self.ledger_array)
        return pd.DataFrame(
            {
                "run": run,
                "month": month,
                "programme": np.array(self.programmes)[programme],
                "item": np.array(self.items[0])[item],
                "payer": np.array(PARTIES)[payer],
                "payee": np.array(self.items[1])[item],
                "amount": self.ledger_array[run, month, programme, item, payer],
            }
        )

    @property
    def items(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names and payees of all items of the ledger, those that the scenario adds among them."""
        return named_items(self.own_items)

    def flows(self) -> pd.DataFrame:
        """Return the mean number of moves between stages over a run, by programme."""
        mean = self.flow_array.mean(axis=0)
        programme, before, stage = np.nonzero(mean)
        return pd.DataFrame(
            {
                "programme": np.array(self.programmes)[programme],
                "from": np.array(STAGES)[before],
                "to": np.array(STAGES)[stage],
                "people": mean[programme, before, stage],
            }
        )

    def losses(self, level: float = LEVEL) -> pd.DataFrame:
        """Return what held placements back: planned = placed + under way + lost to each cause.

        Parameters
        ----------
        level : float
            Share of runs between ``run_low`` and ``run_high``.

        Returns
        -------
        DataFrame
            See `smpsim.results.losses.account`.
        """
        return account(self.outcome_table, level)

    def funnel(self, level: float = LEVEL) -> pd.DataFrame:
        """Return how many people reach each step, from planned seats to kept for three years.

        Parameters
        ----------
        level : float
            Share of runs between ``run_low`` and ``run_high``.

        Returns
        -------
        DataFrame
            See `smpsim.results.funnel.funnel`.
        """
        return funnel(self.outcome_table, level)

    def gains(self, level: float = LEVEL) -> pd.DataFrame:
        """Return who gains and who loses: net present values by party.

        Gains count until `follow_up_months` after the training of each cohort, beyond the horizon
        too, against work at home and the employers' usual way to hire.

        Parameters
        ----------
        level : float
            Share of runs between ``run_low`` and ``run_high``.

        Returns
        -------
        DataFrame
            See `smpsim.results.gains.gains`.
        """
        return gains(self.outcome_table, level)

    def losses_monthly(self) -> pd.DataFrame:
        """Return what was planned and lost in each month of each run, where it is not zero."""
        return monthly(self.loss_array, self.programmes)

    def spells(self) -> pd.DataFrame:
        """Return lengths of time of people in months, and how each ended.

        Returns
        -------
        DataFrame
            Columns ``run``, ``programme``, ``spell``, ``months``, ``people``: of how many the way
            from enrolment ended so after so many months, or was still going on at the horizon
            (``under_way``), and how many of the placed left their employer after so many months,
            or were still there (``left_employer``, ``with_employer``); where it is not zero.
        """
        run, programme, spell, months = np.nonzero(self.spell_array)
        return pd.DataFrame(
            {
                "run": run,
                "programme": np.array(self.programmes)[programme],
                "spell": np.array(SPELLS)[spell],
                "months": months,
                "people": self.spell_array[run, programme, spell, months],
            }
        )

    def incidence(self, programme: str | None = None) -> pd.DataFrame:
        """Return what share of the enrolled are placed, or lost, by months since enrolment.

        All people of all runs together, by `statsmodels` (extra ``survival``).

        Parameters
        ----------
        programme : str, optional
            All programmes together when left out.

        Returns
        -------
        DataFrame
            See `smpsim.results.survival.incidence`.
        """
        return incidence(self, programme)

    def staying(self, programme: str | None = None) -> pd.DataFrame:
        """Return what share of the placed is still with the employer, by months since arrival.

        All people of all runs together, by `statsmodels` (extra ``survival``).

        Parameters
        ----------
        programme : str, optional
            All programmes together when left out.

        Returns
        -------
        DataFrame
            See `smpsim.results.survival.staying`.
        """
        return staying(self, programme)

    def trainees(self) -> pd.DataFrame:
        """Return the life course of every trainee.

        Raises
        ------
        ValueError
            If the runs did not keep them; run with ``trainees=True``.
        """
        if self.life is None:
            raise RequestError("these runs did not keep their trainees: run with trainees=True")
        return self.life.copy()

    def to_xarray(self, table: str = "trajectories") -> xarray.Dataset:
        """Return a table laid out along its dimensions.

        Parameters
        ----------
        table : str
            ``"trajectories"`` (dimensions ``run``, ``month``, ``programme``), ``"outcomes"``
            (``run``, ``programme``) or ``"ledger"`` (the variable ``amount``; ``run``, ``month``,
            ``programme``, ``item``, ``payer``, with ``payee`` beside ``item``).

        Returns
        -------
        xarray.Dataset
            A variable for each column of the tidy table, with its ``units``; ``date`` beside
            ``month``, and the title as ``scenario``. ``attrs`` holds title, currency, and
            provenance as JSON.

        Raises
        ------
        ValueError
            If there is no such table.

        Examples
        --------
        >>> result.to_xarray()["placed"].isel(month=-1).mean("run")  # doctest: +SKIP
        """
        from smpsim.results.arrays import array_of

        return array_of(self, table)

    @property
    def plot(self) -> ResultPlots:
        """Pictures: ``.plot.trajectories()``, ``.plot.costs()``, ``.plot.stages()`` and others."""
        from smpsim.results.plots import ResultPlots

        return ResultPlots(self)

    @property
    def tables(self) -> Tables:
        """Tables by name, as the methods of these names return them."""
        makers = {
            "summary": self.summary,
            "funnel": self.funnel,
            "losses": self.losses,
            "gains": self.gains,
            "outcomes": self.outcomes,
            "trajectories": self.trajectories,
            "ledger": self.ledger,
            "flows": self.flows,
            "losses_monthly": self.losses_monthly,
            "spells": self.spells,
        }
        if self.life is not None:
            makers["trainees"] = self.trainees
        if self.second_look is not None:
            look = self.second_look
            makers |= {"second_look": lambda: look, "spread": self.spread}
        return Tables(makers)

    @property
    def pictures(self) -> dict[str, Drawing]:
        """Its pictures by name; that of times to placement where statsmodels is installed."""
        return drawable(super().pictures)

    @property
    def sentences(self) -> list[str]:
        """How many are placed at what cost, what held placements back, and who gains."""
        return [*of_placements(self), *of_losses(self), *of_gains(self)]

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, summary and sentences."""
        return {
            "scenario": self.title,
            "start": self.start,
            "months": self.months,
            "currency": self.currency,
            "provenance": self.provenance,
            "level": LEVEL,
            "summary": rows_for_json(self.summary()),
            "funnel": rows_for_json(self.funnel()),
            "losses": rows_for_json(self.losses()),
            "gains": rows_for_json(self.gains()),
            **({"spread": rows_for_json(self.spread())} if self.draws else {}),
            "finding": self.sentences,
        }

    def _title(self) -> str:
        return self.title

    def _provenance_of_files(self) -> dict[str, Any]:
        return {
            **self.provenance,
            "title": self.title,
            "start": self.start,
            "months": self.months,
            "currency": self.currency,
            "programmes": list(self.programmes),
            "own_items": dict(self.own_items),
        }


def _counted(table: pd.DataFrame, units: dict[str, str]) -> pd.DataFrame:
    """Return a table in which counts are integers, where each of them has a value."""
    counts = [name for name, unit in units.items() if unit in COUNTS]
    whole = [name for name in counts if np.all(table[name] == np.floor(table[name]))]
    return table.astype(dict.fromkeys(whole, np.int64))


def _spread(
    first: pd.DataFrame, again: pd.DataFrame | None, name: str, level: float
) -> tuple[float, float, float, float, float, int]:
    """Return what the spread of an outcome is made of, its level and the worlds it is known of."""
    if again is None or name not in again:
        varies = first[name].nunique() > 1
        shares = (1.0, 0.0, 0.0, 0.0) if again is None and varies else (np.nan,) * 4
        return (*shares, level, 0)
    both = np.column_stack([table[name].to_numpy(float)[: len(again)] for table in (first, again)])
    both = both[np.isfinite(both).all(axis=1)]
    found = spread_of(both, level)
    return found.chance, found.unknown, found.low, found.high, level, len(both)


def _own_fields(rows: np.ndarray) -> tuple[str, ...]:
    """Return the fields that a user added, which stand behind the model's own."""
    names = rows.dtype.names or ()
    return names[names.index("spare") + 1 :]


def life_courses(people: list[np.ndarray], programmes: Sequence[str]) -> pd.DataFrame:
    """Return one row a trainee from the rows of each run.

    Returns
    -------
    DataFrame
        Identity (``run``, ``programme``, ``intake``, ``number``), attributes, those of a user's own
        among them, present ``stage``,
        months of the events ``enrolled``, ``graduated``, ``arrived``, ``left`` (the sponsor), and
        the month of entry into each stage, missing where it was never entered.
    """
    tables = []
    for run, rows in enumerate(people):
        table = pd.DataFrame(
            {
                "run": run,
                "programme": np.array(programmes)[rows["programme"]],
                "intake": rows["intake"],
                "number": rows["number"],
                "stage": np.array(STAGES)[rows["stage"]],
                "age": rows["age"],
                "aptitude": rows["aptitude"],
                "motivation": rows["motivation"],
                "female": rows["female"].astype(bool),
                "dependants": rows["dependants"].astype(bool),
                "schooling": rows["schooling"],
                "language_aptitude": rows["language_aptitude"],
                # a household of whom nobody asks what it has saved
                "savings": np.where(rows["savings"] < UNLIMITED, rows["savings"], np.nan),
                "impatience": rows["impatience"],
                "skill": rows["skill"],
                "language": rows["language"],
                "readiness": rows["readiness"],
                "exam_attempts": rows["attempts"],
            }
        )
        for own in _own_fields(rows):
            table[own] = rows[own]
        for event in ("enrolled", "graduated", "arrived", "left"):
            months = rows[event].astype(float)
            table[event] = pd.array(np.where(months < 0, np.nan, months)).astype("Int16")
        for n, stage in enumerate(STAGES):
            # the ends share the last place, as only one of them comes
            last = rows["entered"].shape[1] - 1
            months = rows["entered"][:, min(n, last)].astype(float)
            never = (months < 0) | ((n >= last) & (rows["stage"] != n))
            table[f"{stage}_month"] = pd.array(np.where(never, np.nan, months)).astype("Int16")
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
