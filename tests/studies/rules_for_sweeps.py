"""A rule and an attribute that other processes can import; run by hand, a sweep with them."""

from __future__ import annotations

import sys

import pandas as pd

from smpsim.studies.sweep.sweep import evaluate
from smpsim.world.attributes import Attribute

RATE = 0.3
SEATS = "programmes.pilot.intakes.seats"
DESIGNS = pd.DataFrame({SEATS: [6, 9]})
SMALL = "bare_pipeline"


def tall(u):
    return 1.0 if u < 0.5 else 0.0


def dropout(person, month):
    return RATE if person.tall > 0.0 else 0.0


OWN = {"dropout": dropout, "tall": Attribute(draw=tall)}


def main() -> None:
    """Run a small sweep with each executor; all tables must be the same."""
    options = {"replications": 2, "outcomes": ["enrolled", "graduated"], "rules": OWN}
    tables = [
        evaluate(SMALL, DESIGNS, **options, **how)
        for how in (
            {},
            {"executor": "processes", "threads": 2},
            {"executor": "dask", "threads": 1},
        )
    ]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], table)
    without = evaluate(SMALL, DESIGNS, **{**options, "rules": None})
    lost = (without["graduated"] - tables[0]["graduated"]).sum()
    print(f"{lost:.0f} graduates fewer", file=sys.stdout)


if __name__ == "__main__":
    # under its own name, as under this one no cluster could import the rules
    import rules_for_sweeps

    rules_for_sweeps.main()
