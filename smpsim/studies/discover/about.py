"""What a discovery says of itself: its question, tables, columns and intervals."""

from smpsim.results.columns import PER_ROW, Column, Description

_COVERAGE = "share of all failing runs that are inside"
_DENSITY = "share of the runs inside that fail"
_JUDGED = {
    "box": Column("number of the box; all: the boxes together; base: all designs"),
    "coverage": Column(_COVERAGE, "share of failing runs"),
    "density": Column(_DENSITY, "share of runs inside"),
    "mass": Column("share of the designs that are inside", "share of designs"),
}

ABOUT = Description(
    "Where does the programme fail: within which limits of what was varied do most runs fail?",
    "There are no intervals but standard errors, which count both designs and worlds as drawn: "
    "held_out_error is that of held_out_density, the density on designs and worlds by which a box "
    "was not found, and held_out_gap_error that of held_out_gap, its distance from all designs.",
    {
        "discover_boxes": "The limits of each box.",
        "discover_judgement": "How well each box holds, also on designs by which it was not found.",
        "discover_peeling": "The trade-off between coverage and density.",
        "discover_cases": "Every design: how many of its runs fail, and its box.",
        "designs": "What is varied in each design.",
        "runs": "Outcomes of every run of every design, in chunks.",
    },
    {
        "": {
            **_JUDGED,
            "designs": Column("designs inside", "designs"),
            "actions": Column("actions of the design"),
            "sample": Column("number of the sample"),
        },
        "discover_boxes": {
            "low": Column("lower limit, itself inside; empty where there is none", PER_ROW),
            "high": Column("upper limit, itself inside; empty where there is none", PER_ROW),
            "allowed": Column("values that are inside, with | between them"),
            "reappears": Column(
                "share of the halves of the designs in which the most similar box has this limit",
                "share of halves",
            ),
        },
        "discover_judgement": {
            "held_out_coverage": Column(f"{_COVERAGE}, held out", "share of failing runs"),
            "held_out_density": Column(f"{_DENSITY}, held out", "share of runs inside"),
            "held_out_error": Column("standard error of held_out_density", "share of runs inside"),
            "held_out_gap": Column(
                "held_out_density less the share of runs that fail in all designs, in the same "
                "worlds",
                "share of runs",
            ),
            "held_out_gap_error": Column("standard error of held_out_gap", "share of runs"),
            "found_again": Column(
                "share of the halves of the designs in which there was such a box",
                "share of halves",
            ),
            "confirmed": Column("whether the box holds on designs by which it was not found"),
        },
        "discover_peeling": {
            "step": Column("step of the search"),
            "limits": Column("keys that are limited", "keys"),
            "chosen": Column("whether this is the box that was taken"),
        },
        "discover_cases": {
            "judged": Column("runs that count", "runs"),
            "failed": Column("runs that fail", "runs"),
            "box": Column("number of the box that the design is in; 0 if in none"),
        },
    },
)
