"""Write ``scenarios/posterior.csv`` from the folder of a calibration.

    smpsim calibrate calibrate_behaviour
    python docs/make_posterior.py results/calibrate_behaviour
    python docs/make_posterior.py results/calibrate_behaviour --check   # is it this one?

The file says which likely ranges the draws belong to: when these change, the draws no longer hold
and the ranges are drawn from, until the calibration has been run again.
"""

import sys
from pathlib import Path

import pandas as pd

from smpsim.scenario.parameters import RANGES, shared_digest

TARGET = Path(__file__).parents[1] / "scenarios" / "posterior.csv"
DIGITS = 5


def text_of(draws: pd.DataFrame) -> str:
    """Return the content of the file."""
    head = [
        "# Joint draws of all numbers that programmes share, moved to what is reported:",
        "#   smpsim calibrate calibrate_behaviour",
        "#   python docs/make_posterior.py results/calibrate_behaviour",
        f"{RANGES} {shared_digest()}",
    ]
    return "\n".join(head) + "\n" + draws.to_csv(index=False, float_format=f"%.{DIGITS}g")


if __name__ == "__main__":
    found = pd.read_csv(Path(sys.argv[1]) / "posterior.csv", comment="#")
    text = text_of(found)
    if "--check" not in sys.argv:
        TARGET.write_text(text, encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != text:
        sys.exit(f"{TARGET}: got other draws than those of {sys.argv[1]}; write it anew")
