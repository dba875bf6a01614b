"""Reported figures, and how they are counted in runs: shares, rates, contrasts, series."""

import numpy as np
import pandas as pd
import pytest

from smpsim.scenario.problems import ScenarioError
from smpsim.studies.validate.measures import Figure, Ratio, in_unit
from smpsim.studies.validate.read_reports import load_reports
from smpsim.studies.validate.reports import Series
from smpsim.studies.validate.scores import and_reports_in_words

COUNTS = ("applicants", "enrolled", "placed", "shortfall")


def runs(*rows):
    """Return runs of one design and replication: a row of counts a programme."""
    return pd.DataFrame(
        [
            {
                "design": 0,
                "replication": 0,
                "programme": name,
                **dict(zip(COUNTS, row, strict=True)),
            }
            for name, row in zip("ab", rows, strict=True)
        ]
    )


MONTHS = {
    12: runs((100, 10, 0, 20), (40, 8, 0, np.nan)),
    24: runs((200, 30, 10, 10), (60, 12, 6, np.nan)),
    36: runs((300, 60, 40, -20), (60, 12, 9, np.nan)),
}


def find(scenario, values):
    found = MONTHS[values.get("months", 36)].copy()
    if scenario == "other":
        found["placed"] /= 2
    return found


def value(**given):
    given = {"scenario": "one", "count": ["placed"], "source": "none", **given}
    return Ratio(**given).values(find).item()


def test_a_share_at_a_date_adds_up_programmes():
    assert value(of=["enrolled"]) == pytest.approx(49 / 72)
    assert value(of=["enrolled"], set={"months": 24}) == pytest.approx(16 / 42)
    assert value(of=["placed", "applicants"]) == pytest.approx(49 / 409)


def test_programmes_can_be_chosen_for_each_part():
    assert value(of=["enrolled"], programmes=["a"]) == pytest.approx(40 / 60)
    assert value(of=["placed"], programmes=["a"], of_programmes=[]) == pytest.approx(40 / 49)
    assert value(of=["placed"], programmes=["b"], of_programmes=["a"]) == pytest.approx(9 / 40)


def test_only_what_happened_since_a_month():
    assert value(of=["enrolled"], since=24) == pytest.approx((49 - 16) / (72 - 42))
    assert value(of=["enrolled"], since=24, of_so_far=True) == pytest.approx((49 - 16) / 72)
    assert value(since=24) == 49 - 16
    assert value(of=11.0, since=24) == 3.0


def test_a_plan_or_a_number_or_nothing_to_divide_by():
    assert value(of="plan") == pytest.approx(40 / 20)
    assert value(of=98.0) == pytest.approx(0.5)
    assert value() == 49


def test_a_contrast_of_dates_and_of_scenarios():
    assert value(against={"set": {"months": 24}}) == pytest.approx(49 / 16)
    assert value(against={"scenario": "other"}) == pytest.approx(2.0)
    assert value(of=["enrolled"], programmes=["a"], against={"programmes": ["b"]}) == pytest.approx(
        (40 / 60) / (9 / 12)
    )
    assert value(of=["enrolled"], against={"of": None}) == pytest.approx(1 / 72)


def test_a_ratio_says_all_that_must_be_run():
    one = Ratio(
        scenario="one",
        count=["placed"],
        of=["enrolled"],
        source="none",
        set={"months": 36},
        since=24,
        against={"scenario": "other", "count": ["applicants"], "of": None},
    )
    assert one.situations == [
        ("one", {"months": 36}),
        ("one", {"months": 24}),
        ("other", {"months": 36}),
        ("other", {"months": 24}),
    ]
    assert one.columns == ("placed", "enrolled", "applicants")


def test_nobody_to_be_counted_is_missing():
    assert np.isnan(value(of=["placed"], set={"months": 12}))
    # one of two programmes has no plan, so that their shortfall is not known
    assert np.isnan(value(count=["shortfall"], of=["enrolled"]))


def test_a_series_is_an_outcome_for_each_date():
    series = Series(
        scenario="one",
        name="placed of enrolled",
        count=["placed"],
        of=["enrolled"],
        source="the series",
        window=12,
        at=[
            {"months": 24, "share": 0.5},
            {"months": 36, "counted": 3, "people": 4, "source": "another"},
        ],
    )
    first, second = series.outcomes()
    assert first.label == "one: placed of enrolled, month 24"
    assert (first.since, first.set, first.source) == (12, {"months": 24}, "the series")
    assert (second.since, second.set, second.source) == (24, {"months": 36}, "another")
    assert second.reported.number == 0.75
    assert second.values(find).item() == pytest.approx(33 / 30)


@pytest.mark.parametrize(
    ("given", "number", "words"),
    [
        ({"share": 0.029}, 0.029, "2.9 %"),
        ({"counted": 36, "people": 95}, 36 / 95, "37.9 %"),
        ({"value": 11.8, "unit": "workers per farm"}, 11.8, "11.8 workers per farm"),
        ({"at_least": 12, "unit": "months"}, None, "at least 12 months"),
        ({"at_most": 0.1}, None, "at most 10 %"),
    ],
)
def test_figures(given, number, words):
    found = Figure(**given)
    assert found.number == number
    assert found.words() == words
    assert found.is_bound == (number is None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "got none, or several, of share"),
        ({"share": 0.1, "at_most": 0.2}, "got none, or several, of share"),
        ({"share": 0.1, "counted": 1, "people": 10}, "got none, or several, of share"),
        ({"counted": 1}, "people: got none"),
        ({"value": 2.0}, "unit: got none"),
    ],
)
def test_a_figure_is_one_thing(given, message):
    with pytest.raises(ValueError, match=message):
        Figure(**given)


def test_missing_numbers_have_no_unit():
    assert in_unit(float("nan"), "months") == "-"
    assert (in_unit(3_004_000.0, "EUR"), in_unit(12.149), in_unit(0.0226)) == (
        "3,000,000 EUR",
        "1,210 %",
        "2.26 %",
    )
    # where no report is in words, nothing is said of them
    assert and_reports_in_words(0, 0, "; ") == "."


def report(extra="", **parts):
    text = {
        "scenario": "yes_kosovo",
        "count": "[placed]",
        "of": "[graduated]",
        **parts,
    }
    lines = [f"    {key}: {found}" for key, found in text.items()]
    head = "outcomes:\n  - name: placed\n    source: none\n    reported: {share: 0.1}\n"
    return head + "\n".join(lines) + "\n" + extra


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (report(programmes="[nobody]"), r"programmes\[0\]: got 'nobody'"),
        (report(of_programmes="[nobody]"), r"of_programmes\[0\]: got 'nobody'"),
        (report(against="{scenario: nowhere}"), r"against.scenario: got 'nowhere'"),
        (report(against="{count: [plaiced]}"), r"against.count\[0\]: got 'plaiced'"),
        (report(against="{set: {months: 0}}"), r"against.set.months"),
        (report(since=24, set="{months: 12}"), "since: got 24"),
        (report(of="0"), "of: got 0"),
        (
            report(
                "  - {name: placed, scenario: yes_kosovo, source: none, count: [placed], "
                "reported: {share: 0.2}}\n"
            ),
            "twice of yes_kosovo",
        ),
    ],
)
def test_mistakes_are_refused_where_they_stand(tmp_path, text, message):
    file = tmp_path / "reports.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError, match=message):
        load_reports(file)


def test_a_window_must_fit():
    given = {"scenario": "one", "name": "x", "count": ["placed"], "source": "none"}
    with pytest.raises(ValueError, match="window: got 24"):
        Series(**given, window=24, at=[{"months": 24, "share": 0.5}])
    with pytest.raises(ValueError, match="got window and since"):
        Series(**given, window=6, since=3, at=[{"months": 24, "share": 0.5}])
