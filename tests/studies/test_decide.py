"""Decisions in cases whose answer is known: in closed form, or by counting."""

import json

import numpy as np
import pandas as pd
import pytest
from phones import check_phone
from scipy import stats
from worlds import bare

import smpsim
from smpsim.results.spread import spread_of
from smpsim.scenario.meanings import meaning_of
from smpsim.scenario.parameters import Parameters, parameters
from smpsim.studies.decide import information
from smpsim.studies.decide.evidence import assumed_share
from smpsim.studies.decide.information import value_of_information
from smpsim.studies.decide.options import drawn_in, read_changes, read_options
from smpsim.studies.decide.worlds import dominance, expected_regret, share_of_runs

SEATS, DROPOUT = "programmes.pilot.intakes.seats", "behaviour.training.dropout"
OPTIONS = {
    "Today": bare(),
    "Half": bare({SEATS: 50}),
    "Dearer": bare({"programmes.pilot.costs.setup": 9e5}),
}
DRAWS = pd.DataFrame({DROPOUT: np.linspace(0.0, 0.2, 12), "behaviour.exam.retakes": [1, 2] * 6})


def toy(size, mean, slope, noise, seed=1):
    """Return two options whose difference is normal, linear in the first of four parameters."""
    rng = np.random.default_rng(seed)
    parameters = pd.DataFrame(rng.normal(size=(size, 4)), columns=["a", "b", "c", "d"])
    common = 50 * rng.normal(size=size)
    apart = mean + slope * parameters["a"] + noise * rng.normal(size=size)
    return np.stack([common, common + apart]), parameters


def held(options, given):
    """Return what is drawn in each option, as a decision does."""
    first = next(iter(options.values()))
    return {name: given.held(one, first=first) for name, one in options.items()}


def expected_gain(mean, slope):
    """Return E[max(0, D)] - max(0, E[D]) of a normal difference D, in closed form."""
    at = mean / slope
    return slope * stats.norm.pdf(at) + mean * stats.norm.cdf(at) - max(mean, 0.0)


# --- what to find out first -----------------------------------------------------------------


@pytest.mark.parametrize(("mean", "slope"), [(0.3, 2.0), (-1.0, 2.0), (0.5, 1.0)])
def test_the_value_of_information_is_that_of_the_closed_form(mean, slope):
    values = [
        value_of_information(*toy(400, mean, slope, 1.0, seed), seed, 0).loc["a", "value"]
        for seed in range(8)
    ]
    error = np.std(values, ddof=1) / len(values) ** 0.5
    wanted = expected_gain(mean, slope)
    # a spline with a penalty is a little too flat
    assert abs(np.mean(values) - wanted) < 3 * error + 0.05 * wanted


def test_the_value_of_information_does_not_depend_on_the_first_option_or_on_scale():
    objective, parameters = toy(200, 0.5, 2.0, 0.5)
    found = value_of_information(objective, parameters, 1, 20)
    turned = value_of_information(objective[::-1], parameters, 1, 20)
    skewed = value_of_information(objective, np.exp(3 * parameters), 1, 20)
    pd.testing.assert_frame_equal(found, turned, check_exact=False)
    pd.testing.assert_frame_equal(found, skewed)


def test_parameters_without_effect_stay_within_noise_in_19_of_20_cases():
    clear = [
        value_of_information(*toy(60, 0.0, 0.0, 1.0, seed), seed, 60)["clear"].any()
        for seed in range(40)
    ]
    assert stats.binomtest(sum(clear), len(clear), 0.05).pvalue > 0.001
    found = value_of_information(*toy(60, 0.2, 1.0, 0.5), 1, 60)
    assert list(found.index[found["clear"]]) == ["a"]


def test_equal_draws_do_not_confirm_each_other():
    objective, parameters = toy(30, 0.0, 0.0, 1.0, 3)
    once = value_of_information(objective, parameters, 1, 50)
    often = value_of_information(
        np.tile(objective, 4), pd.concat([parameters] * 4, ignore_index=True), 1, 50
    )
    assert often["noise"].iloc[0] == pytest.approx(once["noise"].iloc[0], rel=0.5)
    assert not often["clear"].any()


def test_information_has_no_value_where_the_choice_never_changes():
    objective, parameters = toy(50, 0.0, 1.0, 0.1)
    found = value_of_information(np.stack([objective[0], objective[0] + 5]), parameters, 1, 10)
    assert (found["value"] == 0).all()
    assert not found["clear"].any()
    assert list(value_of_information(objective, parameters.assign(e=1.0), 1, 0).index) != ["e"]


# --- chance against what is not known -------------------------------------------------------


def test_shares_of_variance_are_those_of_theory():
    rng = np.random.default_rng(4)
    found = [
        spread_of(rng.normal(size=(100, 1)) + 2 * rng.normal(size=(100, 3)), 0.9)
        for _ in range(200)
    ]
    unknown = np.array([one.unknown for one in found])
    assert np.mean(unknown) == pytest.approx(1 / 5, abs=0.02)
    inside = sum(one.low <= 1 / 5 <= one.high for one in found)
    assert stats.binomtest(inside, len(found), 0.9).pvalue > 0.001
    assert all(one.chance + one.unknown == pytest.approx(1) for one in found)


def test_the_extremes_of_the_split_are_chance_alone_and_uncertainty_alone():
    rng = np.random.default_rng(5)
    assert spread_of(rng.normal(size=(400, 50)), 0.9).unknown < 0.01
    assert spread_of(np.repeat(rng.normal(size=(9, 1)), 3, axis=1), 0.9)[:2] == (0.0, 1.0)
    for values in (np.ones((5, 3)), rng.normal(size=(1, 9)), rng.normal(size=(9, 1))):
        assert np.isnan(spread_of(values, 0.9)).all()


def test_rare_events_have_bounds():
    share, low, high = share_of_runs(np.zeros((300, 4), bool), 0.95)
    assert (share, low) == (0.0, 0.0)
    # the rule of three, for worlds and not for runs
    assert high == pytest.approx(3 / 300, rel=0.01)
    assert share_of_runs(np.ones((300, 1), bool), 0.95) == pytest.approx((1.0, 1 - high, 1.0))
    rng = np.random.default_rng(6)
    each = rng.random((50, 4)) < 0.1
    alone = share_of_runs(each, 0.9)
    exact = stats.binomtest(int(each.sum()), 200).proportion_ci(0.9, method="exact")
    assert alone == pytest.approx((each.mean(), exact.low, exact.high), abs=0.02)
    # four runs that always agree tell as much as one
    together = share_of_runs(np.repeat(each[:, :1], 4, axis=1), 0.9)
    exact = stats.binomtest(int(each[:, 0].sum()), 50).proportion_ci(0.9, method="exact")
    assert together[1:] == pytest.approx((exact.low, exact.high), abs=0.01)


# --- regret and dominance -------------------------------------------------------------------


def test_regret_is_the_loss_relative_to_the_best_option_in_each_world():
    values = np.array([[[4.0], [1.0]], [[2.0], [3.0]]])
    low, high = expected_regret(values)
    assert list(high) == [1.0, 1.0]
    assert list(low) == list(high)


def test_regret_lies_within_its_bounds():
    rng = np.random.default_rng(7)
    means = rng.normal(size=(3, 400, 1))
    low, high = expected_regret(means + 2 * rng.normal(size=(3, 400, 3)))
    truth = (means.max(axis=0) - means).mean(axis=(1, 2))
    assert (low < truth).all()
    assert (truth < high).all()
    exact = expected_regret(np.repeat(means, 2, axis=2))
    assert exact[0] == pytest.approx(exact[1])
    assert exact[1] == pytest.approx(truth)


def test_dominance_needs_as_many_placements_at_no_higher_cost():
    placed = np.array([[10, 10], [10, 12], [5, 20], [10, 10]])
    cost = np.array([[8, 8], [8, 8], [8, 9], [8, 8]])
    average, worlds = dominance(placed, cost)
    assert average[0].tolist() == [False, True, False, False]
    # equal ones do not dominate each other
    assert worlds[0].tolist() == [0, 1, 0, 0]
    assert not average[2].any()


# --- the evidence meter ---------------------------------------------------------------------


OWN = """
extends: bare_pipeline
name: {name}
programmes:
  - name: pilot
    intakes: {{seats: {{low: 60, centre: 100, high: 140}}}}   # {said}
behaviour:
  training: {{dropout: {{low: 0.02, centre: 0.05, high: 0.12}}}}   # assumption: one in twenty
"""


@pytest.fixture
def own(tmp_path):
    """Return the same range of seats, once with a source, and once as a guess."""
    for name, said in (("planned", "a plan of 2019"), ("guessed", "assumption: a year's class")):
        (tmp_path / f"{name}.yaml").write_text(OWN.format(name=name, said=said))
    return [tmp_path / f"{name}.yaml" for name in ("planned", "guessed")]


def test_a_range_is_classified_by_its_source_in_the_scenario(own, tmp_path):
    found = smpsim.decide(own, draws=40, replications=2, seed=2)
    assert found.sourced == {"planned": [SEATS], "guessed": []}
    planned, guessed = (found.table.loc[name] for name in ("planned", "guessed"))
    # the same numbers, drawn alike: what differs is what is said of the seats
    assert planned["placed"] == guessed["placed"]
    assert planned["unknown"] == guessed["unknown"] == pytest.approx(guessed["assumed"])
    assert 0.0 < planned["assumed"] < 0.8 * guessed["assumed"]
    # the least that is said of it in any option that draws it
    assert not found.information["sourced"].any()
    alone = smpsim.decide([own[0], smpsim.load(own[0])], draws=10, replications=2, seed=2)
    assert list(alone.information.index[alone.information["sourced"]]) == [SEATS]
    assert "Drawn here: 2 numbers, including those of the options, of which 1" in " ".join(
        alone.sentences
    )
    # a folder says it too, though the scenarios in it have no comments
    found.write(tmp_path / "out")
    assert smpsim.verify(tmp_path / "out").same


def test_the_share_without_a_source_is_the_variance_those_figures_explain():
    rng = np.random.default_rng(8)
    drawn = pd.DataFrame(rng.normal(size=(600, 3)), columns=["a", "b", "c"])
    values = (3 * drawn["a"] + drawn["b"]).to_numpy()
    sourced = ["b", "c"]
    assert assumed_share(values, drawn, sourced) == pytest.approx(9 / 10, abs=0.03)
    assert assumed_share(values, drawn, ["a"]) == pytest.approx(1 / 10, abs=0.03)
    assert assumed_share(values, drawn[["b"]], sourced) == 0.0
    assert assumed_share(values, drawn[["a"]], sourced) == 1.0
    assert np.isnan(assumed_share(np.ones(600), drawn, sourced))


def test_parameters_have_names_and_units():
    assert meaning_of(DROPOUT) == ("Base hazard of dropout", "per month")
    assert meaning_of("behaviour.alignment.gain_late")[1] == "per year"


# --- options --------------------------------------------------------------------------------


def test_changes_are_read_with_their_names():
    assert read_changes("Fast: a.b=1; early; c={x: 2}") == (
        "Fast",
        ["a.b=1", "c={x: 2}"],
        ["early"],
    )
    assert read_changes("a.b=1; actions/early_engagement")[0] == "b=1 + early engagement"
    with pytest.raises(smpsim.RequestError, match="got 'Fast:'; allowed: NAME: CHANGE"):
        read_changes("Fast:")


def test_options_get_names_and_invalid_ones_are_refused():
    assert list(read_options(["bare_pipeline", bare(), bare()])) == [
        "Bare pipeline",
        "Bare",
        "Bare (2)",
    ]
    with pytest.raises(smpsim.RequestError, match="options: got 1; allowed: two or more"):
        read_options(["bare_pipeline"])
    with pytest.raises(smpsim.RequestError, match="got amounts in EUR and JPY; allowed: one"):
        read_options([bare(), bare(currency="JPY")])


def test_an_option_keeps_the_values_that_it_states():
    own = {"A": bare(), "B": bare({DROPOUT: 0.1})}
    table, keys = drawn_in(own, held(own, parameters(DRAWS)), 1, 12)
    assert keys == {"A": list(DRAWS), "B": ["behaviour.exam.retakes"]}
    assert sorted(table[DROPOUT]) == list(DRAWS[DROPOUT])
    quit_rate = "behaviour.retention.quit"
    programmes = {
        "A": smpsim.load("thamm_germany"),
        "B": smpsim.load("thamm_germany", {quit_rate: 0.5}),
    }
    keys = drawn_in(programmes, held(programmes, parameters("likely")), 1, 3)[1]
    assert set(keys["A"]) - set(keys["B"]) == {quit_rate}
    with pytest.raises(smpsim.RequestError, match=r"options without likely ranges.*: 'centre'"):
        smpsim.decide([bare(), bare()])


# --- the whole ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found():
    return smpsim.decide(OPTIONS, parameters=DRAWS, replications=2, value=30_000, seed=3)


def test_options_share_draws_and_luck(found):
    alone = smpsim.run(bare(), 12, 3, parameters=DRAWS)
    rows = found.by_run.set_index(["option", "world", "replication"])["placed"]
    for look, table in enumerate((alone.outcome_table, alone.second_look)):
        assert (rows.loc["Today", :, look].to_numpy() == table["placed"].to_numpy()).all()
    assert (rows["Dearer"] == rows["Today"]).all()
    assert len(rows) == 3 * 12 * 2


def test_the_table_counts_worlds_and_names_dominant_options(found):
    table = found.table
    assert (found.worlds, found.replications, found.runs) == (12, 2, 24)
    assert table.loc["Today", "difference"] == table.loc["Today", "better"] == 0
    assert table.loc["Dearer", "worse"] == 12
    assert table.loc["Dearer", "difference"] == pytest.approx(-9e5)
    assert table.loc["Dearer", "dominated_by"] == "Today"
    runs = found.by_run[found.by_run["option"] == "Today"]
    assert table.loc["Today", "cost_per_placement"] == pytest.approx(
        runs["cost_total"].mean() / runs["placed"].mean()
    )
    net = 30_000 * runs["placed"] - runs["cost_total"]
    assert table.loc["Today", "objective"] == pytest.approx(net.mean())
    # twelve levels of dropout, so nearly all is what is not known
    assert table.loc["Today", "unknown"] > 0.8
    assert found.information.index[0] == DROPOUT or not found.information["value"].any()
    said = " ".join(found.sentences)
    assert "Today is best on average: EUR" in said
    assert "in 12 of 12 plausible worlds no option is better" in said.lower()
    assert "Today places as many as Dearer or more for no more money" in said


@pytest.mark.parametrize(("seats", "dearest"), [(2, np.nan), (6, 307_500)])
def test_ranges_of_costs_equal_those_of_run(seats, dearest):
    # of two seats nobody is placed in 7 of 80 runs; of six, the range ends between two runs
    few = bare({SEATS: seats, DROPOUT: 0.05, "programmes.pilot.costs.setup": 900_000})
    found = smpsim.decide({"Few": few, "More": bare()}, parameters="centre", draws=40, seed=3)
    run = smpsim.run(few, found.runs, 3, parameters="centre").summary(found.level)
    whole, row = run.loc["pilot", "cost_per_placement"], found.table.loc["Few"]
    assert row["cost_per_placement_low"] == pytest.approx(whole["run_low"])
    assert row["cost_per_placement_high"] == pytest.approx(whole["run_high"], nan_ok=True)
    assert whole["run_high"] == pytest.approx(dearest, nan_ok=True)


def test_ranges_of_costs_per_placement_kept_equal_those_of_run():
    # in some worlds nobody is placed early enough to be followed for a year
    options = {"Today": "thamm_germany", "Longer": smpsim.load("thamm_germany", {"months": 61})}
    found = smpsim.decide(options, draws=60, replications=1, seed=1).table.loc["Today"]
    run = smpsim.run("thamm_germany", 60, 1).summary()
    whole = run.loc["pilot", "cost_per_retained_placement"]
    assert whole["runs_used"] < 60
    assert found["cost_per_retained_placement"] == pytest.approx(whole["mean"])
    assert found["cost_per_retained_placement_low"] == pytest.approx(whole["run_low"])


def test_there_is_no_ratio_where_nobody_is_placed():
    options = {"Some": bare(), "None": bare({SEATS: 0})}
    found = smpsim.decide(options, parameters="centre", draws=6, replications=1)
    row = found.table.loc["None"]
    assert np.isnan(row["cost_per_placement"])
    assert row["cost_per_placement_why"] == "nobody is placed in any run"
    assert row["nobody"] == 1
    assert "None: nobody is placed in any of 6 runs" in " ".join(found.sentences)
    assert (found.worlds, found.runs) == (1, 6)
    assert not len(found.information)
    assert "includes chance only" in found.sentences[-1]
    assert list(found.pictures) == ["options"]


def test_too_short_a_horizon_is_reported():
    short = [bare(months=24), bare({SEATS: 50}, months=24)]
    found = smpsim.decide(short, parameters="centre", draws=3, replications=1)
    why = found.table["cost_per_retained_placement_24_why"]
    assert set(why) == {"nobody can be observed for that long before the end"}


def test_values_stated_by_an_option_are_looked_up_once(monkeypatch):
    asked, real = [], Parameters.held

    def counted(self, scenario, sets=(), first=None):
        asked.append((scenario.months, first.months if first is not None else 0))
        return real(self, scenario, sets, first)

    monkeypatch.setattr(Parameters, "held", counted)
    options = {"A": bare(months=50), "B": bare({DROPOUT: 0.1}, months=49)}
    found = smpsim.decide(options, parameters=DRAWS, replications=1)
    assert found.drawn["B"] == ["behaviour.exam.retakes"]
    assert asked.count((49, 50)) == 1


def test_threads_change_no_number_and_decisions_are_written_with_pictures(found, tmp_path):
    again = smpsim.decide(
        OPTIONS, parameters=DRAWS, replications=2, value=30_000, seed=3, threads=1
    )
    assert again == found
    files = {file.name for file in found.write(tmp_path, pictures=True)}
    assert {"options.png", "regret.png", "information.png", "options.csv"} <= files
    check_phone(found.plot)
    assert json.dumps(found.facts, allow_nan=False)
    assert smpsim.verify(tmp_path).same
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draws": 1}, "draws: got 1; allowed"),
        ({"replications": 0}, "replications: got 0"),
        ({"value": -1}, "value: got -1; allowed: above 0"),
        ({"level": 1.0}, "level: got 1.0"),
        ({"parameters": DRAWS[:1]}, "parameters: got 1 draws"),
        ({"parameters": pd.DataFrame({"behaviour.x": [1, 2]})}, "behaviour.x: got unknown key 'x'"),
    ],
)
def test_values_out_of_range_are_refused(options, message):
    with pytest.raises((smpsim.RequestError, smpsim.ScenarioError), match=message):
        smpsim.decide([bare(), bare()], **options)


def test_without_draws_or_permutations_there_is_no_noise():
    assert information.PERMUTATIONS >= 100
    objective, parameters = toy(20, 0.0, 1.0, 0.1)
    assert value_of_information(objective, parameters, 1, 0)["noise"].eq(0).all()
