"""What a validation says of itself: its question, tables, columns and intervals."""

from smpsim.results.columns import OUTCOME, PER_ROW, SHARE, Column, Description

SCORES = {
    "outcome": Column("programme and reported outcome"),
    "median": Column("predicted: median of the runs", PER_ROW),
    "run_low": Column("lower end of the prediction interval", PER_ROW),
    "run_high": Column("upper end of the prediction interval", PER_ROW),
    "covered": Column("whether the reported figure lies inside the interval"),
    "interval_score": Column("interval score, lower is better"),
    "probability": Column("probability that is given to a report in words", "share of runs"),
    "brier_score": Column("Brier score of that probability, 0 is best"),
    "agrees": Column("whether prediction and report agree"),
    "figures": Column("reported figures", "figures"),
}
"""Columns of predictions that are set beside reports."""

ABOUT = Description(
    "How well does the model predict what real programmes report, from the reports on others?",
    "run_low to run_high is the prediction interval: the share 'level' of the runs lies in it. "
    "ci_low to ci_high of patterns is a confidence interval of the mean.",
    {
        "outcomes": "Each reported outcome beside its prediction.",
        "programmes": "What the model predicts for each programme.",
        "sizes": "Reported numbers of people beside their predictions.",
        "withheld": "Predictions of what was not looked at when the model was made.",
        "patterns": "What is expected of the model in words, tested.",
    },
    {
        "outcomes": {
            **SCORES,
            "series": Column("series that the figure is a part of; empty: a figure of its own"),
            "months": Column("from the start of the scenario to the date of the report", "months"),
            "error": Column("standard deviation of the reporting error", PER_ROW),
            "reported": Column("what is reported, in words"),
            "unit": Column("unit of the numbers in the row; empty: a share", empty=SHARE),
            "reported_low": Column("the reported figure, or the lower end of it", PER_ROW),
            "reported_high": Column("the reported figure, or the upper end of it", PER_ROW),
            "reading": Column("how the report is read"),
            "likely_reason": Column("likely reason for a prediction that misses"),
            "address": Column("address of the source"),
        },
        "programmes": {
            OUTCOME: Column("predicted: mean over the runs. {}"),
            "title": Column("name of the programme"),
            "planned": Column("planned number of people, as the scenario states it", "people"),
        },
        "sizes": {
            "what": Column("what is counted"),
            "reported": Column("number of people reported", "people"),
            "median": Column("predicted: median of the runs", "people"),
            "run_low": Column("lower end of the prediction interval", "people"),
            "run_high": Column("upper end of the prediction interval", "people"),
        },
        "withheld": {
            "what": Column("what is predicted"),
            "median": Column("predicted: median of the runs", SHARE),
            "run_low": Column("lower end of the prediction interval", SHARE),
            "run_high": Column("upper end of the prediction interval", SHARE),
        },
        "patterns": {
            "pattern": Column("pattern, by its name"),
            "expectation": Column("what is expected"),
            "value": Column("what the model says"),
            "ci_low": Column("lower end of the confidence interval"),
            "ci_high": Column("upper end of the confidence interval"),
            "verdict": Column("whether the pattern holds"),
        },
    },
)
