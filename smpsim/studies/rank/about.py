"""What a ranking says of itself: its question, tables, columns and intervals."""

from smpsim.results.columns import OUTCOME, PEOPLE, Column, Description

_GAINED = "placements gained that are kept a year"

ABOUT = Description(
    "Which action achieves most, alone and in pairs, and which can be told apart?",
    "NAME_ci_low to NAME_ci_high is the confidence interval of the mean difference from the "
    "programme without actions, at 'level'.",
    {
        "designs": "What each action, and each pair of actions, changes under the same chance "
        "events.",
        "pairs": "What pairs achieve beyond the sum of their two actions alone.",
        "worlds": "In how many plausible worlds each action is first, and what marks these worlds.",
        "runs": "Placements, placements kept and cost of each design in each run.",
    },
    {
        "designs": {
            OUTCOME: Column("mean difference from the programme without actions. {}"),
            "actions": Column("actions in the design", "actions"),
            "per_cost": Column(f"{_GAINED}, for each 100,000 of additional cost", PEOPLE),
        },
        "pairs": {
            "first": Column("first action"),
            "second": Column("second action"),
            "gain_first": Column(f"{_GAINED}, by the first alone", PEOPLE),
            "gain_second": Column(f"{_GAINED}, by the second alone", PEOPLE),
            "together": Column(f"{_GAINED}, by both", PEOPLE),
            "interaction": Column("gain of both together minus the gains of each", PEOPLE),
            "ci_low": Column("lower end of the confidence interval of the interaction", PEOPLE),
            "ci_high": Column("upper end of the confidence interval of the interaction", PEOPLE),
            "only_together": Column("whether they achieve something only together"),
            "kind": Column("what the interaction is, in words"),
        },
        "worlds": {
            "better": Column("runs in which more is gained than without the action", "runs"),
            "first": Column("runs in which no other action achieves more", "runs"),
            "number": Column("number that best marks the worlds in which it is first"),
            "correlation": Column("rank correlation of that number"),
            "noise": Column("the largest correlation by chance alone"),
            "clear": Column("whether the correlation is above noise"),
        },
    },
)
