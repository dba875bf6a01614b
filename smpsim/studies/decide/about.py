"""What a decision says of itself: its question, tables, columns and intervals."""

from smpsim.results.columns import OUTCOME, PEOPLE, PER_ROW, SHARE, WORLDS, Column, Description

_OBJECTIVE = "people, or currency with a worth of a placement"

ABOUT = Description(
    "Which option is best in the same plausible worlds, how much might be lost by the choice, and "
    "what should be found out first?",
    "NAME_low to NAME_high holds the share 'level' of the single runs of an option; of shares it "
    "is the confidence interval. regret_low to regret holds the expected regret.",
    {
        "options": "One row an option: placements, cost, difference from the first, regret.",
        "information": "What it would be worth to know each number before choosing.",
        "dominance": "Whether another option places as many or more for no more money.",
        "worlds": "Each option in each plausible world, mean over its runs.",
        "runs": "Each option in each run.",
        "parameters": "What was drawn in each plausible world, a column for each number.",
    },
    {
        "": {
            "option": Column("option, by its name"),
            "objective": Column("what options are compared by, higher is better", _OBJECTIVE),
            "_low": Column("lower end of the range of runs: {}", PER_ROW),
            "_high": Column("upper end of the range of runs: {}", PER_ROW),
            "_why": Column("why there is no number: {}"),
        },
        "options": {
            OUTCOME: Column("mean over the runs. {}"),
            "nobody": Column("share of runs in which nobody is placed", "share of runs"),
            "difference": Column("mean of the objective, minus that of the first", _OBJECTIVE),
            "better": Column("worlds in which it is better than the first", WORLDS),
            "worse": Column("worlds in which it is worse than the first", WORLDS),
            "best": Column("worlds in which no option is better", WORLDS),
            "regret_low": Column("lower bound of the expected regret", _OBJECTIVE),
            "regret": Column(
                "upper bound of the expected regret: what is lost on average, compared with the "
                "best option in each world",
                _OBJECTIVE,
            ),
            "dominated_by": Column("options that place as many or more for no more money"),
            "chance": Column("share of the variance of placements that is due to chance", SHARE),
            "unknown": Column("share of it that is due to what is not known", SHARE),
            "assumed": Column("share of it that comes from figures without a source", SHARE),
        },
        "information": {
            "unit_of_parameter": Column("unit of low and high"),
            "low": Column("lower end of the range that holds 'level' of the draws"),
            "high": Column("upper end of the range that holds 'level' of the draws"),
            "value": Column("what it would be worth to know the number before choosing", PER_ROW),
            "noise": Column("what that worth would be by chance alone", PER_ROW),
            "clear": Column("whether the worth is above noise"),
            "unit": Column("unit of value and noise"),
            "sourced": Column("whether the figure has a source in all options"),
        },
        "dominance": {
            "by": Column("the other option"),
            "on_average": Column("whether this is so by the means over all worlds"),
            "in_worlds": Column("worlds in which this is so", WORLDS),
        },
        "worlds": {OUTCOME: Column("mean over the runs in the world. {}")},
        "runs": {"people": Column("people", PEOPLE)},
    },
)
