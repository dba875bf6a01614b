"""What an analysis of sensitivity says of itself: its tables, columns and intervals."""

from smpsim.results.columns import OUTCOME, PER_ROW, SHARE, Column, Description

ABOUT = Description(
    "Which assumptions does an outcome depend on, if all of them may be wrong at once?",
    "NAME_ci_low to NAME_ci_high is the confidence interval at 'level': of indices over resamples, "
    "of swings over pairs of runs.",
    {
        "indices": "How much each number moves each outcome, those that matter most first.",
        "swings": "What each number changes alone, with all others as in the scenario.",
        "ranges": "The ranges over which the numbers were varied.",
        "samples": "Every sample: what was drawn, and the mean outcomes of its runs.",
    },
    {
        "": {
            "whole": Column("whether it takes whole numbers only"),
        },
        "indices": {
            "mu_star": Column("mean absolute effect over the whole range", PER_ROW),
            "mu": Column("mean effect, with its sign", PER_ROW),
            "sigma": Column("standard deviation of the effects", PER_ROW),
            "S1": Column("share of the variance that it explains alone", SHARE),
            "ST": Column("share of the variance with all its interactions", SHARE),
        },
        "swings": {
            "base": Column("outcome of the scenario, mean over the runs", PER_ROW),
            "at_low": Column("mean difference at the lower end of the range", PER_ROW),
            "at_high": Column("mean difference at the upper end of the range", PER_ROW),
        },
        "ranges": {
            "value": Column("value in the scenario", PER_ROW),
            "low": Column("lower end", PER_ROW),
            "high": Column("upper end", PER_ROW),
        },
        "samples": {
            OUTCOME: Column("mean over the runs. {}"),
            "design": Column("number of the sample, counted from 0"),
        },
    },
)
