"""Who people are: distributions, the copula that joins them, and what is checked of it."""

import numpy as np
import pytest
from scipy import stats
from worlds import bare, one_run

from smpsim.scenario import load
from smpsim.scenario.copula import joint_scores
from smpsim.scenario.problems import ScenarioError
from smpsim.vocabulary import ATTRIBUTES

P = "programmes.pilot"
PEOPLE = "behaviour.people"
MANY = {f"{P}.intakes.seats": 4000, f"{P}.wages.origin": 300, "months": 4}
LOGNORMAL = {"lognormal": {"median": 2.0, "sigma": 0.5}}
VARIED = {
    f"{PEOPLE}.{name}": LOGNORMAL
    for name in ("language_aptitude", "savings", "credit", "attachment", "prior_wage")
} | {
    f"{PEOPLE}.aptitude": {"beta": {"mean": 0.5, "sd": 0.2}},
    f"{PEOPLE}.age": {"lognormal": {"median": 25, "sigma": 0.2}},
    f"{PEOPLE}.schooling": {"normal": {"mean": 11, "sd": 2}},
    f"{PEOPLE}.prior_employment": 0.4,
    f"{PEOPLE}.dependants": 0.3,
    f"{PEOPLE}.women": 0.5,
}


def people(**changes):
    return one_run(bare({**MANY, **VARIED, **changes})).people


def test_each_attribute_has_its_own_distribution():
    found = people()
    for name in ("language_aptitude", "savings", "credit", "attachment"):
        fit = stats.kstest(found[name], stats.lognorm(0.5, scale=2.0).cdf)
        assert fit.pvalue > 1e-3, name
    assert abs(found["dependants"].mean() - 0.3) < 0.03
    assert abs(found["female"].mean() - 0.5) < 0.03
    employed = found["prior_wage"] > 0
    assert abs(employed.mean() - 0.4) < 0.03
    assert np.median(found["prior_wage"][employed]) == pytest.approx(600, rel=0.05)


def test_a_copula_joins_attributes_and_keeps_their_distributions():
    pairs = {
        "aptitude": {"language_aptitude": 0.6},
        "age": {"dependants": 0.5, "savings": -0.4},
        "savings": {"credit": 0.5},
    }
    alone, joined = people(), people(**{f"{PEOPLE}.correlations": pairs})
    for name in ("language_aptitude", "savings", "credit", "schooling"):
        assert stats.ks_2samp(alone[name], joined[name]).pvalue > 1e-3, name

    def scores(rows, name):
        return stats.spearmanr(rows["aptitude"], rows[name]).statistic

    # the rank correlation of a Gaussian copula, 6/pi asin(r/2)
    expected = 6 / np.pi * np.arcsin(0.6 / 2)
    assert scores(joined, "language_aptitude") == pytest.approx(expected, abs=0.04)
    assert abs(scores(alone, "language_aptitude")) < 0.05
    assert stats.spearmanr(joined["age"], joined["savings"]).statistic < -0.3
    assert stats.spearmanr(joined["savings"], joined["credit"]).statistic > 0.4
    cares = joined["dependants"] > 0
    assert joined["age"][cares].mean() > joined["age"][~cares].mean() + 1


def test_who_decides_first_keeps_the_luck_that_others_follow():
    # aptitude comes before language aptitude, which alone follows
    pairs = {"aptitude": {"language_aptitude": 0.6}}
    alone, joined = people(), people(**{f"{PEOPLE}.correlations": pairs})
    for name in ("aptitude", "age", "motivation", "savings", "schooling", "prior_wage"):
        np.testing.assert_array_equal(alone[name], joined[name], name)
    assert (alone["language_aptitude"] != joined["language_aptitude"]).all()


def test_without_correlations_and_attributes_all_are_alike():
    found = one_run(bare(MANY)).people
    for name in ("schooling", "language_aptitude", "savings", "credit", "impatience", "age"):
        assert len(np.unique(found[name])) == 1, name
    assert not found["female"].any()
    assert not found["dependants"].any()
    assert (joint_scores({}) == np.eye(len(ATTRIBUTES))).all()


def test_people_fall_into_classes_of_impatience():
    found = people(**{f"{PEOPLE}.impatience": {"lognormal": {"median": 0.4, "sigma": 0.4}}})
    rates = np.unique(found["impatience"])
    assert len(rates) == 8
    assert np.median(found["impatience"]) == pytest.approx(0.4, rel=0.1)
    order = np.argsort(found["impatience"])
    assert (np.diff(found["patience_class"][order].astype(int)) >= 0).all()


def test_entrants_of_a_programme_have_their_own_households():
    own = {"savings": 5000, "dependants": 1.0, "women": 1.0, "prior_wage": 2, "impatience": 0.1}
    found = people(
        **{f"{P}.entrants.{name}": value for name, value in own.items()},
        **{f"{P}.entrants.prior_employment": 1.0},
    )
    assert (found["savings"] == 5000).all()
    assert found["dependants"].all()
    assert found["female"].all()
    assert (found["prior_wage"] == 600).all()
    assert np.allclose(found["impatience"], 0.1)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (
            {
                "aptitude": {"schooling": 0.9, "savings": 0.9},
                "schooling": {"savings": -0.9},
            },
            "not positive definite",
        ),
        ({"aptitude": {"aptitude": 0.5}}, "with itself"),
        ({"aptitude": {"age": 0.5}, "age": {"aptitude": 0.5}}, "twice"),
        ({"aptitude": {"age": 1.0}}, "below 1"),
        ({"aptitude": {"agee": 0.1}}, "age"),
    ],
)
def test_correlations_that_people_cannot_have_are_refused(pairs, message):
    with pytest.raises(ScenarioError, match=message):
        bare({f"{PEOPLE}.correlations": pairs})


def test_base_has_people_who_differ():
    found = one_run(load("thamm_germany")).people
    assert (found["savings"] > 0).all()
    assert stats.spearmanr(found["aptitude"], found["language_aptitude"]).statistic > 0.2
