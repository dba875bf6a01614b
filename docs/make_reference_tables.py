"""Write the tables of pages that quote ``results/reference``; ``make.sh`` there ends with it.

    python docs/make_reference_tables.py

The words around the tables are written by hand, and tests compare their figures with the files.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from page_parts import Parts, filled, table

from smpsim.cli.calibrate_tables import short
from smpsim.results.report import in_digits
from smpsim.results.units import in_three_digits, three_digits
from smpsim.studies.validate.measures import in_unit

DOCS = Path(__file__).resolve().parent
REFERENCE = DOCS.parent / "results" / "reference"
MOST_NARROWED = 6
WHICH = {
    "all figures": "all",
    "2 comparable programmes or more": "with two comparable programmes or more",
    "1 comparable programme": "with one comparable programme",
    "no comparable programme": "with none",
}
"""What rows of forecasts are called in the table, where not by what is counted."""


def read(name: str) -> pd.DataFrame:
    """Return a table of the reference results."""
    return pd.read_csv(REFERENCE / f"{name}.csv")


def narrowed() -> str:
    """Return the parameters on which the reports say most."""
    rows = []
    found = read("calibration_parameters").sort_values("learned", ascending=False, kind="stable")
    for _, row in found.head(MOST_NARROWED).iterrows():
        ends = [
            f"{short(row[f'{when}_median'])} "
            f"({short(row[f'{when}_low'])} to {short(row[f'{when}_high'])})"
            for when in ("prior", "posterior")
        ]
        name = row["parameter"].removeprefix("behaviour.")
        rows.append((f"`{name}`", *ends, f"{100 * row['learned']:.0f} %"))
    return table(("Parameter", "Prior, 90 %", "Posterior, 90 %", "Narrowed by"), rows)


def left_out() -> str:
    """Return how many figures of each programme lie inside intervals made from all others."""
    found = read("calibration_left_out").dropna(subset="covered")
    inside = found["covered"].astype(str) == "True"
    counted = inside.groupby(found["outcome"].str.partition(":")[0]).agg(["sum", "size"])
    rows = [(name, f"{row['sum']} of {row['size']}") for name, row in counted.iterrows()]
    return table(("Programme", "Figures inside intervals made from all others"), rows)


def naive() -> str:
    """Return how the forecasts of programmes left out fare, by what there is to compare."""
    rows = []
    for _, row in read("calibration_forecasts").query("figures > 0").iterrows():
        gap = "-"
        if row["difference"] == row["difference"]:
            ends = f"({row['difference_low']:.2f} to {row['difference_high']:.2f})"
            gap = f"{row['difference']:.2f} {ends}"
        name = WHICH.get(row["which"], row["which"].replace("_", " "))
        fares = [_fares(row, one) for one in ("naive", "ranges", "calibrated")]
        rows.append((name, f"{row['figures']:.0f}", *fares, gap))
    heads = ("Figures", "How many", "Naive", "Ranges alone", "Calibrated", "Calibrated minus naive")
    return table(heads, rows)


def _fares(row: pd.Series, name: str) -> str:
    score = row[f"{name}_interval_score"]
    return "-" if score != score else f"{score:.2f} ({row[f'{name}_covered']:.0f})"


def patterns() -> str:
    """Return the patterns with their verdicts."""
    rows = [
        (
            row["pattern"],
            f"{row['scenario']}: {row['expectation']}",
            in_three_digits(row["value"]),
            f"{in_three_digits(row['ci_low'])} to {in_three_digits(row['ci_high'])}",
            row["verdict"],
        )
        for _, row in read("validation_patterns").iterrows()
    ]
    return table(("Pattern", "Expectation", "Value", "95 %", "Verdict"), rows)


def predicted() -> str:
    """Return what is predicted of outcomes that are withheld, now and by earlier editions."""
    before, now = read("validation_withheld_before"), read("validation_withheld")
    rows = []
    for _, row in now.iterrows():
        same = (before["scenario"] == row["scenario"]) & (before["what"] == row["what"])
        cells = [row["scenario"], row["what"]]
        for one in [*before[same].to_dict("records"), row]:
            low, middle, high = (in_unit(one[part]) for part in ("run_low", "median", "run_high"))
            cells.append(f"{middle} ({low} to {high})")
        rows.append(cells)
    heads = (
        "Programme",
        "What",
        "First edition, 25 November 2026",
        "Second edition, parameters of the first, 27 November 2026",
        "Second edition, calibrated on all numbers, 28 November 2026",
    )
    return table(heads, rows)


def options() -> str:
    """Return the options of the example of a decision."""
    found = read("decide_options")
    worlds = found["worlds"].iloc[0]
    rows = []
    for place, row in found.iterrows():
        low, high = (in_digits(three_digits(row[name]) / 1000) for name in ("regret_low", "regret"))
        rows.append(
            (
                row["option"],
                f"{row['placed']:.0f} ({row['placed_low']:.0f} to {row['placed_high']:.0f})",
                f"{three_digits(row['cost_per_placement']):,.0f}",
                f"{row['better']:.0f}" if place else "-",
                f"{row['best']:.0f}",
                f"{low} to {high}",
            )
        )
    heads = (
        "Option",
        "placed (90 % of runs)",
        "EUR per placement",
        f"better than today, of {worlds} worlds",
        f"best, of {worlds} worlds",
        "expected regret, EUR thousand",
    )
    return table(heads, rows)


def finding() -> str:
    """Return what the example of an explanation says."""
    lines = (REFERENCE / "explain_finding.txt").read_text(encoding="utf-8").splitlines()
    return "\n>\n".join(f"> {line}" for line in lines)


def trial() -> str:
    """Return the scores of forecasts of synthetic programmes."""
    found = read("forecast_trial").set_index("outcome")
    both = [found.loc[name] for name in ("placed", "cost_cumulative")]
    rows = []
    for words, name in {"with": "covered", "without": "covered_before"}.items():
        shares = (f"{100 * one[name]:.1f} %" for one in both)
        rows.append((f"90 % intervals that cover the truth, {words} reports", *shares))
    for words, name in {"with": "width", "without": "width_before"}.items():
        people, money = (one[name] for one in both)
        ends = (f"{people:.0f} people", f"EUR {round(money, -3):,.0f}")
        rows.append((f"mean width of the interval, {words} reports", *ends))
    for words, name in {
        "CRPS (lower is better), with reports": "crps",
        "CRPS, without reports": "crps_before",
        "CRPS of a straight line through the reports, with its prediction error": "crps_trend",
    }.items():
        people, money = (one[name] for one in both)
        rows.append((words, f"{people:.1f}", f"{round(money, -2):,.0f}"))
    return table(("At the end of 60 months", "placed", "cost"), rows)


PAGES: dict[str, Parts] = {
    "validate": {
        "narrowed": narrowed,
        "left out": left_out,
        "forecasts": naive,
        "patterns": patterns,
        "predicted": predicted,
    },
    "decide": {"options": options},
    "explain": {"finding": finding},
    "forecast": {"trial": trial},
}
"""What each page takes from the results, by the name in its comments."""


def page(name: str) -> str:
    """Return the text of a page with its tables made anew."""
    text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    return filled(text, PAGES[name], "make_reference_tables")


def main() -> None:
    """Write the tables of all pages."""
    for name in PAGES:
        (DOCS / f"{name}.md").write_text(page(name), encoding="utf-8")


if __name__ == "__main__":
    main()
