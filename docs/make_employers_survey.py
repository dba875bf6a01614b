"""Make docs/employers_survey.md: the simulated employers answer the survey of the SMP paper.

Run: python docs/make_employers_survey.py
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import numba
import numpy as np
from matplotlib.ticker import PercentFormatter

from smpsim.agents import seat
from smpsim.agents.belief import logistic, logit
from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE
from smpsim.scenario import load_data
from smpsim.vocabulary import CONCERNS, VOUCHING
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World

HERE = Path(__file__).parent
FIRMS = 1000
LETTERS = 40  # of an answer in a line
WORLD = {
    "name": "Employers who are asked",
    "extends": "base",
    "months": 1,
    "governments": {
        "origin": {"role": "origin"},
        "destination": {"role": "destination", "visa": {"lanes": {"standard": {}}}},
    },
    "institutions": [{"name": "schools", "origin": "origin"}],
    "employers": [
        {
            "name": "firms",
            "count": FIRMS,
            "country": "destination",
            "willingness_to_pay": {"lognormal": {"median": 5000, "sigma": 0.6}},
            "patience_months": {"lognormal": {"median": 12, "sigma": 0.5}},
            "vouching": "certificate",
            "margin_per_month": 600,
        }
    ],
    "programmes": [
        {
            "name": "any",
            "institutions": ["schools"],
            "employers": ["firms"],
            "destination": "destination",
            "intakes": {"seats": 0},
        }
    ],
}


@numba.njit
def worth(trust, arrives, gain, loss, cost, beyond, concern, b):
    """Return EU of E2 without a fixed cost."""
    return seat.expected_value(trust, arrives, gain, loss, cost, beyond, 0.0, concern, b)


@numba.njit
def chances(patience, wait, doubt):
    """Return the chance of an arrival in time, and months beyond patience (E2)."""
    arrives = seat.arrival_probability(patience, wait, doubt, 1.0, 0.1)
    return arrives, seat.months_beyond(patience, wait, doubt)


@numba.njit
def loss_of(b, margin):
    """Return the loss by an unready hire, and the months worked (E2)."""
    return seat.loss_if_unready(b, margin, 0.02, 48.0), seat.months_worked(0.02, 48.0)


def plain(rule):
    """Return the Python function behind a rule."""
    return getattr(rule, "py_func", rule)


def asked() -> World:
    """Return a world of employers at its start."""
    world = World(blueprint(load_data(WORLD), 1))
    world.advance(1, 1, 0)
    return world


def would_wait_and_pay(world: World) -> np.ndarray:
    """Return who prefers a candidate prepared for its own work, two months later and 1,000 dearer.

    Preparation brings the trust of in-house selection in place of that of a certificate.
    """
    b = world.behaviour.view(np.recarray)[0]
    vouching = b.trust_vouching
    loss, months = loss_of(b, 600.0)
    better = np.zeros(len(world.employers), bool)
    for n, firm in enumerate(world.employers):
        values = []
        for channel, wait, cost in (("certificate", 4.0, 3000.0), ("in_house", 6.0, 4000.0)):
            mean = vouching[VOUCHING.index(channel)]
            trust = plain(logistic)(plain(logit)(mean) + firm["opinion"])
            arrives, beyond = chances(float(firm["patience"]), wait, 2.0)
            values.append(
                worth(
                    *(trust, arrives, 600.0 * months, loss, cost, beyond),
                    *(int(firm["concern"]), b),
                )
            )
        better[n] = values[1] > values[0] and firm["willingness"] >= 3000.0
    return better


def answers() -> dict[str, dict[str, tuple[str, float]]]:
    """Return by question and answer what the paper says, and the simulated share."""
    world = asked()
    firms = world.employers
    b = world.behaviour.view(np.recarray)[0]
    high, medium, low = b.participation_served
    u = firms["luck_served"]
    concern = np.bincount(firms["concern"], minlength=len(CONCERNS)) / len(firms)
    half, sixth, rest = "half", "about one in six", "the rest, together a sixth"
    trusted = {
        channel: float(np.mean(np.log(mean / (1 - mean)) + firms["opinion"] > 0.0))
        for channel, mean in zip(VOUCHING, b.trust_vouching, strict=True)
    }
    order = ("first", "second", "third", "fourth", "fifth", "last named")
    return {
        "Figure 1: do current pathways meet your needs?": {
            "yes, everyone": ("fewer than one in ten", float(np.mean(u < low))),
            "for technical trades too": (
                "not in the text",
                float(np.mean((u >= low) & (u < medium))),
            ),
            "for the highly skilled only": (
                "almost three quarters",
                float(np.mean((u >= medium) & (u < high))),
            ),
            "no": ("the rest", float(np.mean(u >= high))),
        },
        "Figure 2: what matters most?": dict(
            zip(
                CONCERNS,
                zip((half, sixth, sixth, rest, rest), map(float, concern), strict=True),
                strict=True,
            )
        ),
        "Figure 3: whose judgement of skills would you trust?": {
            channel: (place, trusted[channel])
            for channel, place in zip(VOUCHING, order, strict=True)
        },
        "Would you": {
            "consider taking part at all": ("two thirds", float(firms["open_to_it"].mean())),
            "wait longer and pay more for the candidate you need": (
                "more than half",
                float(would_wait_and_pay(world).mean()),
            ),
            "pay EUR 5,000 a recruitment": (
                "costs to stay below that",
                float(np.mean(firms["willingness"] >= 5000)),
            ),
        },
    }


def page(found: dict[str, dict[str, tuple[str, float]]]) -> str:
    """Return the page."""
    lines = [
        "# Employers answer the survey",
        "",
        "The SMP paper surveyed employers in November 2023. Here the employers of the model are",
        "asked the same: 1,000 of them, drawn with the values of `scenarios/base.yaml`, and with",
        "the willingness to pay and the patience that most files assume. The shares in Figures 1",
        "and 2, and that of employers open to the idea, are inputs; what they would trust, wait",
        "for and pay follows from their beliefs and E2. The paper's text has no numbers for most",
        "bars of its figures.",
        "",
        "Made by `python docs/make_employers_survey.py`.",
        "",
        "![Simulated shares by question](images/employers_survey.png)",
    ]
    for question, rows in found.items():
        lines += ["", f"## {question}", "", "| Answer | SMP paper | Simulated |", "|---|---|---|"]
        lines += [
            f"| {answer.replace('_', ' ')} | {said} | {share:.0%} |"
            for answer, (said, share) in rows.items()
        ]
    return "\n".join(lines) + "\n"


def picture(found: dict[str, dict[str, tuple[str, float]]], path: Path) -> None:
    """Draw all simulated shares, question by question, beside what the paper says."""
    rows = [
        row for question, answers in found.items() for row in ((question, None), *answers.items())
    ]
    figure, panel = style.panels(1, 1, 10, 1.6 + 0.24 * len(rows))
    panel = panel[0]
    places = np.arange(len(rows))[::-1]
    for place, (text, row) in zip(places, rows, strict=True):
        if row is None:
            looks = {"fontsize": 9, "fontweight": "bold", "va": "center"}
            panel.text(0, place, style.plain(text), transform=panel.get_yaxis_transform(), **looks)
            continue
        said, share = row
        error = 1.96 * (share * (1 - share) / FIRMS) ** 0.5
        panel.barh(place, share, height=0.7, color=BLUE, alpha=0.75)
        panel.hlines(place, max(share - error, 0), min(share + error, 1), color=BLACK, linewidth=1)
        panel.annotate(
            f"{share:.0%}; paper: {said}",
            (min(share + error, 1), place),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    answers = [(place, row[0]) for place, row in zip(places, rows, strict=True) if row[1]]
    names = [textwrap.fill(name.replace("_", " "), LETTERS) for _, name in answers]
    style.name_rows(panel, names, [place for place, _ in answers], size=8)
    panel.set_ylim(-0.7, len(rows) - 0.3)
    panel.set_xlim(0, 1)
    panel.grid(False, axis="y")
    panel.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    panel.set_xlabel("share of simulated employers", fontsize=9)
    style.head(figure, "Employers answer the survey", "The model beside the SMP paper")
    style.foot(
        figure,
        f"Bars: {FIRMS:,} simulated employers, seed 1; lines: 95 % of such draws. Shares of "
        "Figures 1 and 2 and of those who would take part are inputs; the others follow.",
    )
    path.write_bytes(style.png(figure))


if __name__ == "__main__":
    found = answers()
    (HERE / "employers_survey.md").write_text(page(found), encoding="utf-8")
    picture(found, HERE / "images" / "employers_survey.png")
