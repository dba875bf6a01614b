"""Attributes of people of a user's own: drawn by their own luck, read by rules, kept in tables."""

import numpy as np
import pytest
from pandas.testing import assert_frame_equal
from scipy import stats
from worlds import bare

import smpsim
from smpsim.agents.trainee import TRAINEE
from smpsim.ensemble import simulate
from smpsim.errors import RequestError
from smpsim.results.result import life_courses
from smpsim.world.attributes import Attribute, decision_of, row_with
from smpsim.world.blueprint import blueprint
from smpsim.world.rules import engine


def coin(u):
    return 1.0 if u < 0.4 else 0.0


def dropout(person):
    return 0.2 if person.woman == 1.0 else 0.0


def counted(person, month):
    person.asked += 1.0
    return 0.0


OWN = {
    "woman": Attribute(draw=coin),
    "height": Attribute(draw={"normal": {"mean": 170, "sd": 10}}),
    "asked": Attribute(default=2),
    "dropout": dropout,
    "quit": counted,
}


@pytest.mark.parametrize("u", [1e-3, 0.02, 0.5, 0.7, 0.999])
def test_an_attribute_is_drawn_at_the_quantile_of_its_luck(u):
    height = Attribute(draw={"normal": {"mean": 170, "sd": 10}}).python()
    assert height(u) == pytest.approx(stats.norm(170, 10).ppf(u), rel=1e-4)
    share = Attribute(draw={"uniform": {"low": 2, "high": 5}}).python()
    assert share(u) == pytest.approx(2 + 3 * u, rel=1e-4)
    assert Attribute(draw=7).python()(u) == 7


def test_without_attributes_a_row_is_as_it_was():
    assert row_with(()) is TRAINEE
    assert TRAINEE.itemsize == 192


@pytest.mark.slow
def test_attributes_are_drawn_read_set_and_kept_in_life_courses(tmp_path):
    result = smpsim.run(bare(), replications=20, seed=4, trainees=True, rules=OWN)
    people = result.trainees()
    dropped = people["stage"] == "dropped_out"
    assert people["woman"].isin([0.0, 1.0]).all()
    assert 0.37 < people["woman"].mean() < 0.43
    assert 169 < people["height"].mean() < 171
    assert 9.5 < people["height"].std() < 10.5
    assert dropped[people["woman"] == 0].sum() == 0
    # six months at a hazard of 0.2
    assert abs(dropped[people["woman"] == 1].mean() - (1 - np.exp(-1.2))) < 0.05
    assert abs(np.corrcoef(people["woman"], people["height"])[0, 1]) < 0.06
    # asked once in each month of work after that of arrival
    worked = people[people["arrived"].notna()]
    assert (worked["asked"] == 2 + 59 - worked["arrived"].astype(int)).all()
    assert (people[people["arrived"].isna()]["asked"] == 2).all()
    assert result.provenance["rules"] == sorted(OWN)
    model = smpsim.Model(bare(), seed=4, rules=OWN)
    model.step()
    first = model.trainees[0]
    assert first.woman == people["woman"][0]
    first.height = 200
    assert model.world.people["height"][0] == 200.0
    with pytest.raises(RequestError, match="height: got nan; allowed: a number"):
        first.height = float("nan")
    with pytest.raises(AttributeError, match="no attribute 'size'"):
        first.size  # noqa: B018
    model.save(tmp_path / "model.npz")
    twin, loaded = model.branch(), smpsim.Model.load(tmp_path / "model.npz", rules=OWN)
    assert loaded.trainees[0].height == 200.0
    for one in (model, twin, loaded):
        while one.running:
            one.step()
    for other in (twin, loaded):
        assert model.world.people.tobytes() == other.world.people.tobytes()
    with pytest.raises(RequestError, match=r"no rules.*\(woman, height, asked"):
        smpsim.Model.load(tmp_path / "model.npz")


@pytest.mark.slow
def test_nobody_elses_luck_changes_with_an_attribute():
    plan = blueprint(smpsim.load("reference"))
    without = simulate(plan, 1, range(2), trainees=True)
    with_one = simulate(plan, 1, range(2), trainees=True, rules={"height": OWN["height"]})
    for part in ("trajectories", "ledger", "flows", "counts", "spells", "totals"):
        assert getattr(without, part).tobytes() == getattr(with_one, part).tobytes()
    names = [programme.name for programme in plan.scenario.programmes]
    with_it = life_courses(with_one.people, names)
    assert_frame_equal(life_courses(without.people, names), with_it.drop(columns="height"))
    assert with_it["height"].nunique() > 500


def test_the_luck_of_an_attribute_hangs_on_its_name_alone():
    assert decision_of("sex") == decision_of("sex") != decision_of("height")
    assert 4096 <= decision_of("sex") < 4 * 65536


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"age": Attribute()}, "'age' as the name of an attribute"),
        ({"quit": Attribute()}, "'quit' as the name of an attribute"),
        ({"run": Attribute()}, "'run' as the name of an attribute"),
        ({"two words": Attribute()}, "'two words' as the name"),
        ({"class": Attribute()}, "'class' as the name"),
        ({"sex": Attribute(draw=lambda luck: 1.0)}, r"sex: got a function of \(luck\)"),
        ({"quit": lambda person: person.sex}, "quit: got person.sex; allowed"),
    ],
)
def test_what_can_be_no_attribute_is_refused(rules, words):
    with pytest.raises(RequestError, match=words):
        engine(rules)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"draw": "often"}, "draw: got 'often'; allowed: .*or a function"),
        ({"draw": {"normall": 1}}, "did you mean 'normal'"),
        ({"default": float("nan")}, "default: got nan; allowed: a number"),
        ({"default": True}, "default: got true"),
    ],
)
def test_a_wrong_draw_or_default_is_refused(given, words):
    with pytest.raises(RequestError, match=words):
        Attribute(**given)
