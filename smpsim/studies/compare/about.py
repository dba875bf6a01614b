"""What a comparison says of itself: its question, tables, columns and intervals."""

from smpsim.results.about_run import TRAINEES
from smpsim.results.columns import PER_ROW, SHARE, Column, Description

ABOUT = Description(
    "What difference does design B make, compared with design A, when both face the same people "
    "and the same chance events?",
    "ci_low to ci_high is the confidence interval of the mean difference at 'level'; run_low to "
    "run_high holds nine in ten of the single differences, or in the sheet summary the share "
    "'level' of the single runs.",
    {
        "differences": "Every outcome in both designs, and the paired difference, B minus A.",
        "summary": "Every outcome of both designs: mean over the runs, and the range of runs.",
        "trajectories": "Every month of every run of both designs: people in each stage, state of "
        "employers and offices, cost.",
        "trainees": "The life course of every trainee of every run of both designs.",
    },
    {
        "differences": {
            "mean_a": Column("mean of A", PER_ROW),
            "mean_b": Column("mean of B", PER_ROW),
            "difference": Column("mean difference, B minus A, over pairs of runs", PER_ROW),
            "standard_error": Column("standard error of the difference", PER_ROW),
            "run_low": Column("nine in ten pairs of runs differ by more than this", PER_ROW),
            "run_high": Column("to this", PER_ROW),
            "runs": Column("pairs of runs", "pairs of runs"),
            "correlation": Column("correlation of the two designs over pairs of runs"),
            "variance_reduction": Column(
                "share of the variance of the difference that pairing saves", SHARE
            ),
            "independent_runs": Column(
                "number of times as many runs needed if they were independent"
            ),
            "runs_used_a": Column("runs of A in which the outcome is known", "runs"),
            "runs_used_b": Column("runs of B in which the outcome is known", "runs"),
        },
        "trainees": TRAINEES,
    },
)
