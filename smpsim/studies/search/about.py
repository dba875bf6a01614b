"""What a search says of itself: its question, tables, columns and intervals."""

from smpsim.results.columns import OTHER, OUTCOME, PER_ROW, SHARE, Column, Description

ABOUT = Description(
    "Which designs are good in several ways at once, and how robust are they over plausible "
    "worlds?",
    "NAME_ci_low to NAME_ci_high is the confidence interval of the mean over fresh worlds, at "
    "'level'.",
    {
        "pareto": "The designs of the front in fresh worlds, and the programme of today.",
        "robustness": "How robust these designs are over the fresh worlds.",
        "history": "How the search progressed.",
        "designs": "All designs of the search in the order of their evaluation.",
        "by_world": "The designs of the front in each fresh world.",
        "worlds": "What was drawn in each fresh world.",
        "runs": "Sums over the runs of each design in each world, in chunks.",
    },
    {
        "": {
            "candidate": Column("candidate, by its letter; 'today' is the programme as it is"),
            "design": Column("number of the design in the search; -1 if it is not one of them"),
            "actions": Column("actions of the design"),
            "generation": Column("generation of the search, counted from 0"),
            "feasible": Column("whether it keeps all constraints"),
            "refused": Column("why such a scenario is not valid; empty if it is"),
            "number": Column("number of the draw"),
            "satisficed": Column("whether it is good enough in the world"),
            "_change": Column("mean difference from today: {}", PER_ROW),
            "_search": Column("mean in the worlds of the search: {}", PER_ROW),
            "_regret": Column(
                "what is lost compared with the best choice in the world: {}", PER_ROW
            ),
            "_regret_mean": Column("what is lost compared with the best choice, mean: {}", PER_ROW),
            "_regret_p90": Column(
                "what is lost compared with the best choice, 90th percentile: {}", PER_ROW
            ),
            "_regret_max": Column(
                "what is lost compared with the best choice, at most: {}", PER_ROW
            ),
        },
        "pareto": {
            OUTCOME: Column("mean over fresh worlds. {}"),
            "nondominated": Column("whether no other one is better in all objectives"),
            "nondominated_share": Column("share of resamples in which that is so", SHARE),
        },
        "robustness": {
            "satisficed": Column("share of the worlds in which it is good enough", SHARE),
            "regret": Column(
                "largest of the 90th percentiles, each as a share of the range over the front",
                SHARE,
            ),
        },
        "history": {
            "designs": Column("designs so far", "designs"),
            "feasible": Column("of them, designs that keep all constraints", "designs"),
            "front": Column("of them, designs that no other one dominates", "designs"),
            "hypervolume": Column(
                "share of the space between the worst and the best that the front has reached",
                SHARE,
            ),
        },
        "designs": {
            OUTCOME: Column("mean in the worlds of the search. {}"),
            "front": Column("whether no other design of the search dominates it"),
        },
        "by_world": {OUTCOME: Column("mean in the world. {}")},
        "runs": {
            OUTCOME: Column("sum over the runs in which it is known. {}"),
            "key": Column("design as text"),
            OTHER: Column("runs in which that outcome is known, or not yet observable", "runs"),
        },
    },
)
