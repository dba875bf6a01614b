"""What an explanation says of itself: its question, tables, columns and intervals."""

from smpsim.results.about_run import IDENTITY
from smpsim.results.columns import PEOPLE, PER_ROW, Column, Description

_ENDS = {
    "ci_low": Column("lower end of the confidence interval of the mean", PEOPLE),
    "ci_high": Column("upper end of the confidence interval of the mean", PEOPLE),
    "runs": Column("pairs of runs", "pairs of runs"),
}
_EFFECT = {
    "mean_a": Column("people in A, mean over the runs", PEOPLE),
    "mean_b": Column("people in B, mean over the runs", PEOPLE),
    "effect": Column("what it adds to the placements of B minus those of A", PEOPLE),
}

ABOUT = Description(
    "Why does design B place more, or fewer, than design A: who is placed in only one of them, "
    "where did the other lose them, and which change mattered?",
    "ci_low to ci_high is the confidence interval of the mean over pairs of runs, at 'level'.",
    {
        "placements": "The same people: placed in both designs, in one only, in neither.",
        "lost": "At which step each design lost those whom only the other one placed.",
        "waterfall": "From placements in A to placements in B, by groups of causes.",
        "causes": "What each line of the loss account adds to the difference in placements.",
        "changes": "What each change between the designs does by itself.",
        "values": "The values behind each change.",
        "flows": "How far the same people get in A and in B.",
        "persons": "Everybody who is admitted in at least one design, with both fates.",
    },
    {
        "": {
            **_ENDS,
            "label": Column("the same in plain words"),
            "step": Column("step of the way"),
            "change": Column("change from A to B, by its key path or the name of an action"),
            "a": Column("what it is in A"),
            "b": Column("what it is in B"),
            "step_a": Column("step that was reached in A"),
            "step_b": Column("step that was reached in B"),
            "cause_a": Column(
                "why A lost the person; empty where it did not, or where the reason is open"
            ),
            "cause_b": Column(
                "why B lost the person; empty where it did not, or where the reason is open"
            ),
            "fate": Column("placed in both designs, in A or in B only, or in neither"),
            **IDENTITY,
        },
        "placements": {
            "not_admitted_a": Column("of them, people whom A does not admit", PEOPLE),
            "not_admitted_b": Column("of them, people whom B does not admit", PEOPLE),
        },
        "lost": {
            "lost_by": Column("design that lost them"),
            "cause_label": Column("cause in plain words"),
            "share": Column("share of all whom only the other design placed", "share of them"),
        },
        "waterfall": _EFFECT,
        "causes": {**_EFFECT, "group": Column("group of causes")},
        "changes": {
            "alone": Column("placements of A with this change only, minus those of A", PEOPLE),
            "left_out": Column("placements of B, minus those of B without this change", PEOPLE),
            "_ci_low": Column("lower end of the confidence interval: {}", PER_ROW),
        },
    },
)
