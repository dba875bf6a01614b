"""What a sweep says of itself: its question, tables, columns and intervals."""

from smpsim.results.columns import MONTHS, PER_ROW, Column, Description

ABOUT = Description(
    "How do the outcomes depend on what is varied?",
    "run_low to run_high holds the share 'level' (90 %) of the single runs of a design.",
    {
        "summary": "Every outcome of every design: mean over the runs, and the range of runs.",
        "designs": "What is varied in each design.",
        "runs": "Outcomes of every run of every design.",
    },
    {
        "": {
            "actions": Column("actions of the design"),
            "sample": Column("number of the sample"),
            "design": Column("number of the design, counted from 0"),
        },
        "runs": {
            "month": Column("month, counted from 0", MONTHS),
            "series": Column("monthly series, by its name"),
            "mean": Column("mean over the runs of the design", PER_ROW),
        },
    },
)
