"""What a report says of itself: its tables, columns and intervals."""

from smpsim.results.columns import OUTCOME, PEOPLE, PER_ROW, Column, Description

_RANGE = {
    "run_low": Column("lower end of the range of single runs", PEOPLE),
    "run_high": Column("upper end of the range of single runs", PEOPLE),
}

ABOUT = Description(
    "What does each option achieve, and which is better?",
    "run_low to run_high holds the share 'level' of the single runs. ci_low to ci_high is the "
    "confidence interval of the mean difference from option A, at 'ci_level'; of guesses and "
    "what_if it is that of a change, at 'level'.",
    {
        "options": (
            "Outcomes of each option; difference from option A under the same chance events; "
            "better, equal: numbers of pairs of runs."
        ),
        "funnel": "From planned seats to people kept: levels, and what is lost on the way to the "
        "next one.",
        "limits": "Planned seats lost, by who or what is the limit.",
        "payers": "Who bears the cost up to the end of the runs.",
        "gains": "Net present value by party, until window months after the training of each "
        "intake.",
        "terms": "What each option provides.",
        "differences": "Every value in which the options differ.",
        "origins": "Where each figure stated in the scenarios comes from.",
        "guesses": "Option A: change in people placed if a guess is at the lower or the upper end "
        "of its range.",
        "what_if": "Option A: change in people placed and in cost at each combination of the "
        "sliders.",
        "sources": "Sources that the scenarios name.",
    },
    {
        "": {
            "option": Column("option, by its letter"),
            "term": Column("what is provided"),
            "differs": Column("whether options differ in it"),
            **{letter: Column(f"option {letter}, in words") for letter in "ABCDEF"},
        },
        "options": {
            "figure": Column("figure, by its name"),
            "difference": Column("mean difference from option A over pairs of runs", PER_ROW),
            "better": Column("pairs of runs in which it is better than A", "pairs of runs"),
            "equal": Column("pairs of runs in which it is as good", "pairs of runs"),
            "pairs": Column("pairs of runs in which both are known", "pairs of runs"),
            "better_ci_low": Column(
                "lower end of the confidence interval (Wilson, 95 %) of the share of pairs in "
                "which it is better",
                "share of pairs",
            ),
            "better_ci_high": Column(
                "upper end of the confidence interval (Wilson, 95 %) of the share of pairs in "
                "which it is better",
                "share of pairs",
            ),
        },
        "funnel": {**_RANGE, "kind": Column("level, or lost on the way to the next level")},
        "limits": {"share": Column("share of all losses", "share of losses")},
        "payers": {
            "cost": Column("cost borne, mean over the runs", PER_ROW),
            "share": Column("share of the total cost", "share of cost"),
            "per_placement": Column(
                "that cost divided by the mean number of people placed", PER_ROW
            ),
        },
        "gains": {
            "value": Column("net present value, mean over the runs", PER_ROW),
            "per_enrolled": Column(
                "that value divided by the mean number of people enrolled", PER_ROW
            ),
            "runs_losing": Column("share of the runs in which the party loses", "share of runs"),
            "window": Column("months after training for which gains count", "months"),
        },
        "origins": {
            "value": Column("the figure as it is stated"),
            "origin": Column("assumption, source, or unsaid"),
            "text": Column("what the file says of it"),
            "shared": Column("whether scenarios share it"),
            "ranged": Column("whether a likely range is stated"),
        },
        "guesses": {
            "value": Column("what is assumed", PER_ROW),
            "low": Column("lower end of its range", PER_ROW),
            "high": Column("upper end of its range", PER_ROW),
            "unit": Column("unit of value, low and high"),
            "at_low": Column("change in people placed with the lower end", PEOPLE),
            "at_high": Column("change in people placed with the upper end", PEOPLE),
            "swing": Column("the larger of the two changes in absolute terms", PEOPLE),
        },
        "what_if": {
            OUTCOME: Column("mean difference from A as it is, under the same chance events. {}"),
            "_standard_error": Column("standard error: {}", PER_ROW),
        },
        "sources": {"value": Column("what the source is for"), "source": Column("the source")},
    },
)
