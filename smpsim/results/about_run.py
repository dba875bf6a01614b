"""What the result of a run says of itself: its question, tables, columns and intervals."""

from smpsim.results.columns import MONTHS, OTHER, SHARE, Column, Description
from smpsim.vocabulary import STAGES

IDENTITY = {
    "intake": Column("intake, counted from 0"),
    "number": Column("number of the person in the intake's list"),
}
"""By which a person is the same in all designs."""

TRAINEES = {
    OTHER: Column("attribute that a user has added"),
    **IDENTITY,
    "stage": Column("stage at the end of the run"),
    "age": Column("age at application", "years"),
    "aptitude": Column("aptitude for the training", "0 to 1"),
    "motivation": Column("motivation", "0 to 1"),
    "female": Column("whether the person is a woman"),
    "dependants": Column("whether others depend on the person"),
    "schooling": Column("years of school", "years"),
    "language_aptitude": Column(
        "aptitude for languages: hours counted for each hour of lessons", "hours"
    ),
    "savings": Column(
        "savings of the household at application; empty where nobody asks", "currency"
    ),
    "impatience": Column("own discount rate: how much less a year later counts", "per year"),
    "skill": Column("skill at the end of the run", "0 to 1"),
    "language": Column("language at the end of the run, as the model counts it"),
    "readiness": Column("readiness for the job at the end of the run", "0 to 1"),
    "exam_attempts": Column("times the exam was taken", "exams"),
    "enrolled": Column("month in which the training began", MONTHS),
    "graduated": Column("month in which the exam was passed", MONTHS),
    "arrived": Column("month in which the person arrived", MONTHS),
    "left": Column("month in which the sponsor was left", MONTHS),
    **{
        f"{stage}_month": Column(f"month in which the stage {stage} was entered", MONTHS)
        for stage in STAGES
    },
}
"""Columns of life courses."""

ABOUT = Description(
    "What does the programme achieve: how many people are placed, at what cost, what holds "
    "placements back, and who gains?",
    "run_low to run_high holds the share 'level' (90 %) of the single runs.",
    {
        "summary": "Every outcome: mean over the runs, its standard error, and the range of runs.",
        "funnel": "From planned seats to people kept for three years.",
        "losses": "What held placements back: planned = placed + under way + lost to each cause.",
        "gains": "Who gains and who loses: net present values by party.",
        "outcomes": "Every outcome of every run.",
        "trajectories": "Every month of every run: people in each stage, state of employers and "
        "offices, cost.",
        "ledger": "Every payment that is not zero, summed by run, month, item and payer.",
        "flows": "Moves between stages in a run, mean over the runs.",
        "losses_monthly": "The loss account of every run month by month, where it is not zero.",
        "spells": "Lengths of time of people, and how each ended.",
        "trainees": "The life course of every trainee of every run.",
        "second_look": "Outcomes of the first plausible worlds, run again with other chance "
        "events.",
        "spread": (
            "How much of the spread of each outcome is due to chance, and how much to what is "
            "not known."
        ),
        "runs": "Outcomes of single runs, in chunks.",
    },
    {
        "funnel": {
            "step": Column("step on the way"),
            "run_low": Column("lower end of the range of single runs", "people"),
            "run_high": Column("upper end of the range of single runs", "people"),
        },
        "losses": {
            "run_low": Column("lower end of the range of single runs", "people"),
            "run_high": Column("upper end of the range of single runs", "people"),
        },
        "gains": {
            "mean": Column("net present value, mean over the runs", "currency"),
            "run_low": Column("lower end of the range of single runs", "currency"),
            "run_high": Column("upper end of the range of single runs", "currency"),
            "per_enrolled": Column(
                "the mean divided by the mean number of people enrolled", "currency"
            ),
            "runs_losing": Column("share of the runs in which the party loses", "share of runs"),
        },
        "ledger": {
            "item": Column("what is paid for"),
            "payer": Column("who pays"),
            "payee": Column("who receives it"),
            "amount": Column("amount paid", "currency"),
        },
        "flows": {
            "from": Column("stage that is left"),
            "to": Column("stage that is entered"),
        },
        "losses_monthly": {"people": Column("people planned, or lost", "people")},
        "spells": {
            "spell": Column("how the time ended"),
            "months": Column("length of time", MONTHS),
            "people": Column("people for whom it was that long", "people"),
        },
        "trainees": TRAINEES,
        "spread": {
            "chance": Column("share of the variance that is due to chance", SHARE),
            "unknown": Column("share of the variance that is due to what is not known", SHARE),
            "unknown_low": Column("lower end of the interval of the latter", SHARE),
            "unknown_high": Column("upper end of the interval of the latter", SHARE),
            "worlds": Column("worlds that were run twice", "worlds"),
        },
    },
)
