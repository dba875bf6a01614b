"""Many runs of a scenario: replications in threads, what is counted of them, and their result."""

from smpsim.ensemble.counting import COUNTS, Runs, Summed, bytes_of_runs, outcomes_of
from smpsim.ensemble.ensemble import MOST_BYTES, run, run_plans
from smpsim.ensemble.replications import Progress, StoppedError, run_outcomes, simulate

__all__ = [
    "COUNTS",
    "MOST_BYTES",
    "Progress",
    "Runs",
    "StoppedError",
    "Summed",
    "bytes_of_runs",
    "outcomes_of",
    "run",
    "run_outcomes",
    "run_plans",
    "simulate",
]
