"""What a calibration says of itself: its question, tables, columns and intervals."""

from smpsim.results.columns import OTHER, PER_ROW, Column, Description
from smpsim.studies.validate.about import SCORES

AS_REPORTED = "as reported: a share, or people"
_FORECASTS = {"naive": "naive forecast", "ranges": "ranges alone", "calibrated": "calibration"}

ABOUT = Description(
    "What do the reports of real programmes say about the numbers that all programmes share?",
    "NAME_low to NAME_high and run_low to run_high hold the share 'level' of the draws; "
    "difference_low to difference_high is a confidence interval.",
    {
        "posterior": "Joint draws of the numbers after the reports, a column for each.",
        "parameters": "Each number before and after the reports.",
        "fit": "Each reported outcome beside the prediction of the draws after the reports.",
        "left_out": "Each reported outcome predicted from the reports of the other programmes.",
        "uncalibrated": "Each reported outcome beside the prediction of the ranges alone.",
        "naive": "Each reported outcome predicted from figures of comparable programmes.",
        "forecasts": "How these three forecasts perform.",
        "worlds": "Every draw with what it predicts of each report.",
        "runs": "Outcomes of single runs, in chunks.",
    },
    {
        "": {
            **SCORES,
            "median": Column("predicted: median of the runs", AS_REPORTED),
            "run_low": Column("lower end of the prediction interval", AS_REPORTED),
            "run_high": Column("upper end of the prediction interval", AS_REPORTED),
            "prior_median": Column("median before the reports", PER_ROW),
            "prior_low": Column("lower end of the interval before the reports", PER_ROW),
            "prior_high": Column("upper end of the interval before the reports", PER_ROW),
            "posterior_median": Column("median after the reports", PER_ROW),
            "posterior_low": Column("lower end of the interval after the reports", PER_ROW),
            "posterior_high": Column("upper end of the interval after the reports", PER_ROW),
            "learned": Column("share by which the interval became narrower", "share"),
        },
        "worlds": {
            OTHER: Column("what the draw predicts of this reported outcome"),
            "design": Column("number of the draw, counted from 0"),
        },
        "naive": {
            "kind": Column("kind of figure"),
            "comparable": Column("comparable programmes that report it", "programmes"),
            "programmes": Column("which they are"),
        },
        "forecasts": {
            "which": Column("figures that are judged"),
            "programmes": Column("programmes that report them", "programmes"),
            **{
                f"{key}_{what}": Column(f"{name}: {words}", unit)
                for key, name in _FORECASTS.items()
                for what, words, unit in (
                    ("covered", "figures inside the interval", "figures"),
                    ("interval_score", "mean interval score, lower is better", ""),
                    ("error", "mean distance of the middle from the figure", ""),
                )
            },
            "difference": Column("mean interval score, calibration minus naive"),
            "difference_low": Column("lower end of its confidence interval"),
            "difference_high": Column("upper end of its confidence interval"),
            "calibrated_better": Column("figures for which it has the smaller score", "figures"),
        },
    },
)
