"""What a forecast says of itself: its question, tables, columns and intervals."""

from smpsim.results.columns import PER_ROW, Column, Description

_CHANCE = "share of runs"

ABOUT = Description(
    "What is likely to follow from what the programme has reported so far?",
    "run_low to run_high holds the share 'level' of the runs given the reports, before_low to "
    "before_high that of all runs before any report. ci_low to ci_high is a confidence interval: "
    "of a probability, or of a mean difference.",
    {
        "values": "The likely range of each figure at later months and at the end.",
        "plan": "The probability of meeting each plan.",
        "signs": "Which figure of the coming months tells whether a plan will be met.",
        "actions": "What actions change from the month after the last report on.",
        "agreement": "Each report beside what the runs would have reported.",
        "trajectories": "The likely range of each figure in every month.",
    },
    {
        "": {
            "outcome": Column("figure, by its name"),
            "median_error": Column(
                "standard error of the median, from the number of runs", PER_ROW
            ),
            "before_median": Column("median of all runs, before any report", PER_ROW),
            "before_low": Column("lower end of the range of all runs, before any report", PER_ROW),
            "before_high": Column("upper end of the range of all runs, before any report", PER_ROW),
            "planned": Column("what is planned by the end", "people"),
            "runs": Column("runs that are kept", "runs"),
            "runs_used": Column("number of runs of equal weight with as much information", "runs"),
        },
        "plan": {
            "probability": Column("probability of meeting the plan", _CHANCE),
            "before": Column("the same before any report", _CHANCE),
            "ci_low": Column("lower end of the confidence interval of the probability", _CHANCE),
            "ci_high": Column("upper end of the confidence interval of the probability", _CHANCE),
        },
        "signs": {
            "sign": Column("figure that is watched"),
            "side": Column("side of the threshold on which the plan is met more often"),
            "threshold": Column("threshold of the figure", PER_ROW),
            "met_on_this_side": Column("probability of meeting the plan on that side", _CHANCE),
            "met_on_the_other": Column("probability of meeting it on the other side", _CHANCE),
            "share_on_this_side": Column("share of the runs on that side", _CHANCE),
            "separation": Column("area under the ROC curve; 0.5 means no information"),
        },
        "actions": {
            "actions": Column("actions, by name or file"),
            "without": Column("mean at the end without the actions", PER_ROW),
            "with": Column("mean at the end with them", PER_ROW),
            "difference": Column("mean difference under the same chance events", PER_ROW),
            "probability_without": Column("probability of meeting the plan without", _CHANCE),
            "probability_with": Column("probability of meeting the plan with them", _CHANCE),
            "no_longer_possible": Column("parts of the actions that come too late"),
        },
        "agreement": {
            "value": Column("what was reported", PER_ROW),
            "error": Column("error of the report, as a standard deviation", PER_ROW),
            "explained": Column("whether the report is inside 99 % of the runs"),
        },
    },
)
