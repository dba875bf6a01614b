"""The simulated employers answer the survey of the SMP paper as its words say."""

import pytest
from doc_scripts import script


@pytest.fixture(scope="module")
def answers():
    found = script("make_employers_survey").answers()
    return [{name: share for name, (_, share) in rows.items()} for rows in found.values()]


def test_shares_are_those_of_the_figures(answers):
    pathways, matters, judgement, _ = answers
    assert pathways["yes, everyone"] < 0.1 + 0.01
    assert pathways["for the highly skilled only"] == pytest.approx(0.73, abs=0.03)
    assert sum(pathways.values()) == pytest.approx(1.0)
    assert matters["quality"] == pytest.approx(0.5, abs=0.03)
    assert matters["predictability"] == pytest.approx(1 / 6, abs=0.03)
    assert matters["cost"] == pytest.approx(1 / 6, abs=0.03)
    # Figure 3: the order in which the paper names them
    assert list(judgement.values()) == sorted(judgement.values(), reverse=True)


def test_what_follows_from_beliefs_is_what_employers_said(answers):
    would = list(answers[3].values())
    assert would[0] == pytest.approx(2 / 3, abs=0.03)
    assert would[1] > 0.5
    assert would[2] == pytest.approx(0.5, abs=0.03)
