"""Pictures of one result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smpsim.errors import RequestError
from smpsim.plots import style
from smpsim.plots.style import (
    BLACK,
    BLUE,
    CYCLE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    SKY,
    VERMILION,
    YELLOW,
    Picture,
)
from smpsim.results.bar_plots import down_to_placed, paid_by, values_by_party
from smpsim.results.gains import present_values
from smpsim.results.losses import LINES
from smpsim.results.series import adds_up
from smpsim.results.survival_plot import survival
from smpsim.results.units import words
from smpsim.vocabulary import COST_ITEMS, ITEMS, PARTIES, STAGE_GROUPS, STAGES, TRANSFERS

if TYPE_CHECKING:
    from smpsim.results.result import Result

COLOURS = (BLUE, GREEN, PINK, BLACK, ORANGE, VERMILION, YELLOW, SKY, GREY, "#D9D9D9")
"""Of the groups of stages, so that a reader can tell neighbours apart."""
NOT_SHOWN = ("not_selected",)
LEFT = "left before placement"
"""The group of stages whose parts are drawn one by one: each is another thing to mend."""
LEFT_SHADES = ("#7F7F7F", "#A6A6A6", "#C4C4C4", "#E0E0E0")
GAP = 0.045  # between labels, as a share of the height


class ResultPlots(style.Plots):
    """Pictures of a result; each method returns a matplotlib figure.

    Parameters
    ----------
    result : Result

    Notes
    -----
    Save a picture with ``figure.savefig("file.png")``. Notebooks show what a cell returns.
    """

    def __init__(self, result: Result) -> None:
        self._result = result

    def trajectories(self, programme: str | None = None) -> Picture:
        """Return running totals of people placed and graduated, and of cost, with bands.

        Parameters
        ----------
        programme : str, optional
            All programmes together when left out.
        """
        result, chosen = self._result, self._chosen(programme)
        figure, (people, money) = self._panels(1, 2, 10, 4.6)
        x = style.from_start(result.start, result.months)
        placed = style.grown(self._total("placed", chosen))
        graduated = style.grown(self._total("graduated", chosen))
        # one pale band each, as four would turn to mud where they overlap
        widths = {
            "graduated": style.fan(people, x, graduated, GREEN, "graduated", inner=False),
            "placed": style.fan(people, x, placed, BLUE, "placed", inner=False),
        }
        ends = [
            (float(np.median(values, axis=0)[-1]), label, colour)
            for values, label, colour in (
                (graduated, "graduated", GREEN),
                (placed, "placed", BLUE),
            )
        ]
        plan = self._plan(chosen)
        if np.isfinite(plan):
            label = f"plan: {plan:,.0f} placed"
            people.axhline(plan, color=BLACK, linewidth=1, linestyle=":", label=label)
            ends.append((plan, f"plan: {plan:,.0f}", BLACK))
        if style.nothing(placed):
            style.say(people, "Nobody is placed in any run.", low=True)
        style.from_zero(people)
        style.amounts(people.yaxis, "people", "since the start")

        cost = style.grown(np.cumsum(result.monthly_cost()[:, :, chosen].sum(axis=2), axis=1))
        widths["cost"] = style.fan(money, x, cost, VERMILION, "cost", inner=False)
        if style.nothing(cost):
            style.say(money, "Nothing is paid in any run.")
        style.from_zero(money)
        style.amounts(money.yaxis, result.currency, "cost since the start")
        for panel in (people, money):
            style.date_axis(panel, x)
        style.label_ends(people, ends, GAP)
        note = style.bands_in_words(result.runs, widths, inner=False)
        self._frame(figure, "Placements and cost", programme, note)
        return figure

    def stages(self, programme: str | None = None, *, ax: Axes | None = None) -> Figure:
        """Return how many people are in each stage at the end of each month, mean over runs.

        Parameters
        ----------
        programme : str, optional
            All programmes together when left out.
        ax : Axes, optional
            Panel to draw into, without the small print; a figure of its own when left out.
        """
        result, chosen = self._result, self._chosen(programme)
        figure, panel = self._one_panel(10, 5, ax)
        groups = {
            label: (stages, colour)
            for (label, stages), colour in zip(STAGE_GROUPS.items(), COLOURS, strict=True)
        }
        groups |= {
            words(stage): ((stage,), shade)
            for stage, shade in zip(groups.pop(LEFT)[0], LEFT_SHADES, strict=True)
        }
        known = {stage for stages, _ in groups.values() for stage in stages} | set(NOT_SHOWN)
        for n, stage in enumerate(stage for stage in STAGES if stage not in known):
            groups[words(stage)] = ((stage,), CYCLE[n % len(CYCLE)])
        x = style.from_start(result.start, result.months)
        drawn = {}
        for label, (stages, colour) in groups.items():
            total = sum((self._total(stage, chosen) for stage in stages), np.zeros(1))
            mean = np.concatenate(
                [[0.0], np.broadcast_to(total, (result.runs, result.months)).mean(0)]
            )
            if not style.nothing(mean):
                drawn[label] = (mean, colour)
        if drawn:
            heights = [mean for mean, _ in drawn.values()]
            colours = [colour for _, colour in drawn.values()]
            panel.stackplot(
                x, heights, colors=colours, labels=list(drawn), edgecolor="white", linewidth=0.4
            )
        else:
            style.say(panel, "Nobody takes part in any run.")
        style.from_zero(panel)
        style.amounts(panel.yaxis, "people", "at the end of the month")
        style.date_axis(panel, x)
        _name_areas(panel, drawn)
        note = "Mean over the runs. Applicants who were not selected are left out."
        self._frame(figure, "People by stage", programme, note, ax)
        return figure

    def costs(self, programme: str | None = None, *, ax: Axes | None = None) -> Figure:
        """Return who pays what: a bar for each payer, divided by cost item.

        Parameters
        ----------
        programme : str, optional
            All programmes together when left out.
        ax : Axes, optional
            Panel to draw into, without the small print; a figure of its own when left out.
        """
        result, chosen = self._result, self._chosen(programme)
        kept = [ITEMS.index(item) for item in (*COST_ITEMS, *TRANSFERS)]
        names = [result.items[0][item] for item in kept]
        paid = result.ledger_array[:, :, chosen][:, :, :, kept].sum(axis=(1, 2))
        figure, note = paid_by(paid, names, PARTIES, result.currency, ax, self._phone)
        self._frame(figure, "Who pays what", programme, note, ax)
        return figure

    def losses(self, programme: str | None = None, *, ax: Axes | None = None) -> Figure:
        """Return the way from the planned seats to the placed: a bar for each loss.

        Parameters
        ----------
        programme : str, optional
            All programmes together when left out.
        ax : Axes, optional
            Panel to draw into, without the small print; a figure of its own when left out.
        """
        figure, note = down_to_placed(self._totals(LINES, programme), LINES, ax, self._phone)
        self._frame(figure, "From planned to placed: what was lost where", programme, note, ax)
        return figure

    def gains(self, programme: str | None = None, *, ax: Axes | None = None) -> Figure:
        """Return the net present value by party: what it receives less what it pays.

        Parameters
        ----------
        programme : str, optional
            All programmes together when left out.
        ax : Axes, optional
            Panel to draw into, without the small print; a figure of its own when left out.
        """
        result = self._result
        columns = present_values(result.outcome_table.columns)
        totals = self._totals(columns, programme)
        parties = list(columns.values())
        figure, note = values_by_party(totals, parties, result.currency, ax, self._phone)
        self._frame(figure, "Who gains: net present value by party", programme, note, ax)
        return figure

    def survival(self, programme: str | None = None) -> Figure:
        """Return how the way to a placement ends by months, and how long the placed stay.

        The cumulative incidence of a placement and of each other end, and the estimate of Kaplan
        and Meier of the time with the employer, with bands over the runs (extra ``survival``).

        Parameters
        ----------
        programme : str, optional
            All programmes together when left out.
        """
        figure, note = survival(self._result, programme, self._phone)
        self._frame(figure, "From enrolment to placement, and after it", programme, note)
        return figure

    def employers(self, programme: str | None = None) -> Picture:
        """Return employers who know the programme and who engage, their trust, and alignment.

        Parameters
        ----------
        programme : str, optional
            A line for each programme when left out.
        """
        figure, axes = self._panels(2, 2, 10, 6.4)
        widths = {}
        for panel, (column, what, unit) in zip(
            axes,
            (
                ("employers_aware", "know the programme", "employers"),
                ("employers_engaged", "engaged", "employers"),
                ("mean_trust", "mean trust in institutions", "0 to 1"),
                ("mean_alignment", "alignment of curricula", "0 to 1"),
            ),
            strict=True,
        ):
            widths[what] = self._lines(panel, column, programme, what, unit)
        style.legend(axes[0])
        note = style.bands_in_words(self._result.runs, widths)
        self._frame(figure, "Employers and institutions", programme, note)
        return figure

    def visa(self, programme: str | None = None) -> Picture:
        """Return the backlog of the visa lane and the waits of those decided in each month.

        Parameters
        ----------
        programme : str, optional
            A line for each programme when left out.
        """
        result = self._result
        figure, (backlog, waits) = self._panels(1, 2, 10, 4.6)
        what = "waiting for a decision"
        widths = {what: self._lines(backlog, "visa_backlog", programme, what, "applications")}
        x = style.month_ends(result.start, result.months)
        chosen = self._chosen(programme)
        empty = True
        for n, place in enumerate(chosen):
            wait = self._column("visa_wait_months", place)
            decided = np.where(wait > 0, wait, np.nan)
            shown = np.asarray(np.isfinite(decided).any(axis=0))
            if not shown.any():
                continue
            empty = False
            low, middle, high = np.full((3, len(x)), np.nan)
            found = np.nanquantile(decided[:, shown], (0.05, 0.5, 0.95), axis=0)
            low[shown], middle[shown], high[shown] = found
            colour, label = CYCLE[n % len(CYCLE)], style.plain(result.programmes[place])
            # no line leads over months in which nobody is decided; a dot is a month alone
            alone = shown & ~np.append(shown[1:], False) & ~np.append(False, shown[:-1])
            if result.runs > 1:
                waits.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0)
                waits.vlines(x[alone], low[alone], high[alone], color=colour, alpha=0.3)
            dashes = style.DASHES[n % len(style.DASHES)]
            waits.plot(x, middle, dashes, color=colour, linewidth=1.8, label=label)
            waits.plot(x[alone], middle[alone], "o", color=colour, markersize=3.5)
        if empty:
            style.say(waits, "No visa decision after a wait of a month or more.")
        style.from_zero(waits)
        style.amounts(waits.yaxis, "months", "mean wait of those decided")
        style.date_axis(waits, np.concatenate([style.from_start(result.start, 0), x]))
        style.legend(backlog)
        note = (
            f"{style.bands_in_words(result.runs, widths)} Waits: the median and the middle 90 % "
            "of the runs in which a decision followed a wait in that month."
        )
        self._frame(figure, "Visa office", programme, note)
        return figure

    def _chosen(self, programme: str | None) -> list[int]:
        """Return the places of the programmes that are shown."""
        names = list(self._result.programmes)
        if programme is None:
            return list(range(len(names)))
        if programme not in names:
            raise RequestError(f"programme: got {programme!r}; allowed: {', '.join(names)}")
        return [names.index(programme)]

    def _totals(self, names: Iterable[str], programme: str | None) -> np.ndarray:
        """Return outcomes of each run, summed over the programmes that are shown."""
        shown = [self._result.programmes[place] for place in self._chosen(programme)]
        table = self._result.outcome_table
        table = table[table["programme"].isin(shown)]
        found: np.ndarray = table.groupby("run")[list(names)].sum().to_numpy()
        return found

    def _column(self, column: str, place: int) -> np.ndarray:
        """Return a column of the trajectories of a programme, (runs, months)."""
        return self._result.series(column)[:, :, place]

    def _total(self, column: str, chosen: list[int]) -> np.ndarray:
        """Return a column summed over programmes, (runs, months)."""
        if not adds_up(column) and len(chosen) > 1:
            raise RequestError(f"column: got {column}; allowed: one that adds up over programmes")
        return self._result.series(column)[:, :, chosen].sum(axis=2)

    def _plan(self, chosen: list[int]) -> float:
        """Return the planned placements, not a number where a programme has no plan."""
        table = self._result.outcome_table
        first = table[table["run"] == 0].set_index("programme")
        names = [self._result.programmes[n] for n in chosen]
        return float((first["shortfall"] + first["placed"])[names].sum(skipna=False))

    def _lines(
        self, panel: Axes, column: str, programme: str | None, what: str, unit: str
    ) -> float:
        """Draw a column with bands, a line for each programme; return the widest band."""
        result, chosen = self._result, self._chosen(programme)
        x = style.month_ends(result.start, result.months)
        width = 0.0
        for n, place in enumerate(chosen):
            label = result.programmes[place] if len(chosen) > 1 else ""
            colour = CYCLE[n % len(CYCLE)]
            # lines of several programmes may lie on each other
            dashes = style.DASHES[n % len(style.DASHES)]
            values = self._column(column, place)
            width = max(width, style.fan(panel, x, values, colour, label, style=dashes))
        if all(style.nothing(self._column(column, place)) for place in chosen):
            style.say(panel, "Zero in every month of every run.")
        style.from_zero(panel)
        if unit == "0 to 1":
            panel.set_ylim(0, 1.05)
        style.amounts(panel.yaxis, unit, what)
        style.date_axis(panel, np.concatenate([style.from_start(result.start, 0), x]))
        return width

    def _frame(
        self,
        figure: Figure,
        title: str,
        programme: str | None,
        note: str,
        ax: Axes | None = None,
    ) -> None:
        """Write title and small print."""
        result = self._result
        names = list(result.programmes)
        if programme is not None or len(names) == 1:
            which = f"programme {programme or names[0]}"
        else:
            which = f"all {len(names)} programmes"
        style.head(figure, title, f"{result.title}, {which}", ax)
        style.foot(figure, style.origin(result.provenance, result.runs), note)


def _name_areas(panel: Axes, drawn: Mapping[str, tuple[np.ndarray, str]]) -> None:
    """Write what stacked areas are at the right, and how many people are there at the end.

    Parameters
    ----------
    panel : Axes
    drawn : mapping of str to (ndarray of shape (points,), str)
        Heights and colour of each area by its label, from below.
    """
    ends, below = [], 0.0
    for label, (heights, colour) in drawn.items():
        last = float(heights[-1])
        ends.append((below + last / 2, f"{label}: {style.number(last)}", colour))
        below += last
    style.label_ends(panel, ends, GAP)
