"""Switch all learning and feedback off in every programme of the catalogue, and show what changes.

Run it from any folder after a change of a rule or of a scenario; it writes the table of
``docs/experiments.md`` anew and draws ``docs/images/experiment_feedbacks.png``::

    python docs/make_experiments_feedbacks.py
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from experiment_runs import write
from page_parts import filled, table

import smpsim
from smpsim.plots.style import BLUE, GREY, foot, head, panels, plain

HERE = Path(__file__).resolve().parent
RUNS = 100
OFF = {
    # employers learn neither of schools nor of offices, and hear of nobody (E1, E12, E13)
    "behaviour.trust.origin_uncertainty": 0,
    "behaviour.trust.programme_uncertainty": 0,
    "behaviour.trust.school_uncertainty": 0,
    "behaviour.channel.uncertainty_months": 0,
    "behaviour.channel.refusal_uncertainty": 0,
    "behaviour.channel.late_penalty": 0,
    "behaviour.awareness.contact_rate": 0,
    "behaviour.awareness.association_rate": 0,
    # curricula stay as they are (E6)
    "behaviour.alignment.gain_design": 0,
    "behaviour.alignment.gain_late": 0,
    "behaviour.alignment.drift": 0,
    # people don't learn from earlier cohorts (E5, E12)
    "behaviour.applying.doubt": 0,
    "behaviour.applying.delay_learning": 0,
    # offices don't answer (E16)
    "behaviour.adaptation.responsiveness": 0,
}
"""What is set to switch learning and feedback off, each a neutral setting."""
LONG = 60  # months
LEAST = 5  # placements, below which a share says nothing
MARK = 0.1


class Effect(NamedTuple):
    """What all feedbacks together do to a programme's placements."""

    scenario: str
    months: int
    on: float
    off: float
    binds: str

    @property
    def change(self) -> float:
        """Placements with feedbacks against those without, as a share of the greater."""
        most = max(self.on, self.off)
        return (self.on - self.off) / most if most > 0 else 0.0


def effect(name: str, runs: int = RUNS) -> Effect:
    """Return the effect of all feedbacks on a scenario of the catalogue."""
    # what learning changes, not what is not known of it
    on, off = (smpsim.run(name, runs, 1, overrides=o, parameters="centre") for o in ({}, OFF))
    # the line of the placed adds up over programmes, as the losses do
    placed = [one.losses().xs("placed", level="line")["people"].sum() for one in (on, off)]
    account = on.losses()
    lost = account[account["limit"] != ""].groupby("limit")["people"].sum()
    return Effect(name, on.months, *placed, str(lost.idxmax()))


def table_of(effects: list[Effect]) -> str:
    """Return the table of the page, the strongest effect first."""
    heads = ("Scenario", "Months", "Placed", "Placed without", "Change", "Where most are lost")
    rows = [
        (
            one.scenario,
            str(one.months),
            f"{one.on:.0f}",
            f"{one.off:.0f}",
            f"{one.change:+.0%}",
            one.binds,
        )
        for one in sorted(effects, key=lambda one: -abs(one.change))
    ]
    return table(heads, rows)


def draw(effects: list[Effect]) -> None:
    """Draw the changes of all programmes."""
    shown = sorted(effects, key=lambda one: one.change)
    figure, axes = panels(1, 1, 7.5, 0.2 * len(shown) + 1.6)
    panel = np.ravel(axes)[0]
    places = np.arange(len(shown))
    colours = [BLUE if one.months >= LONG else GREY for one in shown]
    panel.barh(places, [100 * one.change for one in shown], color=colours)
    titles = [smpsim.load(one.scenario).name for one in shown]
    panel.set_yticks(places, [plain(title) for title in titles], fontsize=7)
    panel.axvline(0, color="black", linewidth=0.8)
    panel.set_xlabel("placements with learning and feedback against without, %", fontsize=9)
    head(figure, "What learning and feedback change", "All feedbacks off and on")
    foot(
        figure,
        f"Blue: five years or more. As a share of the greater of the two. {RUNS} runs each.",
    )
    write(figure, "experiment_feedbacks.png")


def main() -> None:
    """Write the table and the picture."""
    names = [path.stem for path in sorted((HERE.parent / "scenarios/programmes").glob("*.yaml"))]
    effects = [one for one in map(effect, names) if max(one.on, one.off) >= LEAST]
    long = [one for one in effects if one.months >= LONG]
    strong = sum(abs(one.change) >= MARK for one in long)
    said = (
        f"{strong} of {len(long)} programmes that run five years or more change by at least "
        f"{MARK:.0%} ({RUNS} runs each; fewer than {LEAST} placements left out)."
    )
    page = HERE / "experiments.md"
    text = page.read_text(encoding="utf-8")
    parts = {"feedbacks": lambda: f"{said}\n\n{table_of(effects)}"}
    page.write_text(filled(text, parts, "make_experiments_feedbacks"), encoding="utf-8")
    draw(effects)


if __name__ == "__main__":
    main()
