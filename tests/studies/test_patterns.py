"""Patterns known from the field, each on an ensemble under calibrated parameters."""

import pytest

from smpsim.scenario import names
from smpsim.scenario.parameters import parameters
from smpsim.studies.validate.patterns import FAILS, put_to_test, situations_of
from smpsim.studies.validate.prediction import prepare
from smpsim.studies.validate.read_reports import load_reports
from smpsim.studies.validate.validate import programme_names, validate

PATTERNS = load_reports().patterns
# what the model gets wrong, as docs/validate.md says; to mend one breaks this test
KNOWN_WRONG = {
    "porsche_manila: fees cover what the firm bears",
    "onodera_user_run: fees cover what the firm bears",
    "onodera_user_run: most graduates are placed",
    "komeda: most graduates are placed",
}
EXPECTED = [
    pytest.param(
        pattern.model_copy(update={"expect": [one]}),
        id=f"{one.scenario}-{n}",
        marks=[pytest.mark.xfail(strict=True, reason=one.likely_reason)]
        if f"{one.scenario}: {one.says}" in KNOWN_WRONG
        else [],
    )
    for pattern in PATTERNS
    for n, one in enumerate(pattern.expect)
]


@pytest.mark.parametrize("pattern", EXPECTED)
def test_the_model_shows_what_is_known(pattern):
    runs = prepare(situations_of(pattern), parameters("likely"), 48, 11).run()
    (found,) = put_to_test(pattern, runs)
    assert found.verdict != FAILS, found.words()


def test_each_world_is_a_draw_of_its_own():
    (situation,) = situations_of(PATTERNS[0].model_copy(update={"expect": PATTERNS[0].expect[:1]}))
    runs = prepare([situation], parameters("likely"), 5, 11).run()
    table = runs.of(situation.scenario, situation.values)
    # intervals of patterns are over draws: of one draw there would be none, and nothing to fail
    assert sorted(table["design"].unique()) == [0, 1, 2, 3, 4]
    assert set(table["replication"]) == {0}


@pytest.mark.slow
def test_every_reported_outcome_has_a_programme():
    reports = load_reports()
    programmes = {entry.name for entry in names() if entry.kind == "programmes"}
    for part in (reports.scored, reports.sizes, reports.withheld):
        assert {one.scenario for one in part} <= programmes
    # those on which nothing is reported are run too
    assert set(programme_names(reports)) == programmes


@pytest.mark.slow
def test_validation_of_one_programme_from_the_catalogue():
    found = validate(programmes=["yes_kosovo"], draws=6, replications=2)
    assert found.outcomes.index.tolist() == ["yes_kosovo: mobility inoperative"]
    # the patterns that need other programmes are left out
    assert set(found.patterns) == {"A gap too wide stops mobility"}
