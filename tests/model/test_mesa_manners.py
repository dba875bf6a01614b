"""What users of Mesa may expect of a model: copies, files, pages, collected data, views."""

import copy
import json
import os
import pickle
import subprocess
import sys
import warnings
import zipfile

import mesa
import numpy as np
import pytest
from worlds import BARE, bare

import smpsim
from smpsim import mesa_bridge
from smpsim.agents.employer import Employer
from smpsim.agents.trainee import Trainee
from smpsim.collecting import first_row
from smpsim.errors import RequestError
from smpsim.world.layout import TRAJECTORY_COLUMNS

MONTHS = 30


def begun(months=12, **options):
    model = smpsim.Model("reference", seed=3, replication=2, months=MONTHS, **options)
    for _ in range(months):
        model.step()
    return model


def finish(model):
    while model.running:
        model.step()
    return model


def collected(model):
    return model.datacollector.get_model_vars_dataframe()


# set when somebody applies; other fields are set when they are needed, and hold anything before
SET = ["number", "intake", "stage", "skill", "language", "age", "enrolled", "arrived", "left"]
SET += ["graduated", "entered", "luck_exam", "luck_visa", "luck_quit", "luck_dropout"]


def lives(world):
    return [world.people[name].tolist() for name in SET]


def assert_same(one, other):
    for name, table in one.world.tables.items():
        if name in ("trainees", "blocks", "scores", "ranking", "shortlist"):
            continue  # rows beyond those in use hold anything
        assert table.tobytes() == other.world.tables[name].tobytes(), name
    assert lives(one.world) == lives(other.world)
    assert collected(one).equals(collected(other))
    assert (one.month, one.steps, one.running) == (other.month, other.steps, other.running)
    assert [a.unique_id for a in one.agents] == [a.unique_id for a in other.agents]
    assert [repr(a) for a in one.agents] == [repr(a) for a in other.agents]
    assert one.random.random() == other.random.random()
    assert one.rng.random() == other.rng.random()


def pickled(thing):
    return pickle.loads(pickle.dumps(thing))


# copies and files ---------------------------------------------------------------------------


def by_file(model, folder):
    model.save(folder / "model.npz")
    return smpsim.Model.load(folder / "model.npz")


WAYS = {
    "branch": lambda model, _: model.branch(),
    "copy": lambda model, _: copy.copy(model),
    "deepcopy": lambda model, _: copy.deepcopy(model),
    "pickle": lambda model, _: pickled(model),
    "file": by_file,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_goes_on_by_itself_to_the_same_numbers(way, tmp_path):
    straight = finish(begun())
    model = begun()
    assert len(model.trainees) > 0  # views that exist are copied too
    twin = WAYS[way](model, tmp_path)
    assert twin.scenario == model.scenario
    assert not np.shares_memory(twin.world.header, model.world.header)
    for agent in twin.agents:
        assert agent.model is twin
    before = model.world.people.tobytes(), collected(model)
    finish(twin)
    assert model.month == 12
    assert model.world.people.tobytes() == before[0]
    assert collected(model).equals(before[1])
    twin.employers[0].open_vacancies += 5
    assert model.employers[0].open_vacancies != twin.employers[0].open_vacancies
    twin.employers[0].open_vacancies -= 5
    finish(model)
    assert_same(model, straight)
    # drawn from above
    straight.random.random(), straight.rng.random()
    assert collected(twin).equals(collected(straight))
    assert lives(twin.world) == lives(straight.world)
    assert [a.unique_id for a in twin.agents] == [a.unique_id for a in straight.agents]


def test_branches_may_differ_from_where_they_part():
    model = begun(6)
    other = model.branch()
    other.programmes[0].terms["intakes_seats"] = 1
    finish(model), finish(other)
    assert other.world.programmes["enrolled"][0] < model.world.programmes["enrolled"][0]


def test_a_copy_keeps_what_users_added():
    class Mine(smpsim.Model):
        pass

    model = Mine("bare_pipeline")
    model.notes = ["first"]
    mesa.Agent(model)
    twin = model.branch()
    assert type(twin) is Mine
    twin.notes.append("second")
    assert model.notes == ["first"]
    assert len(twin.agents) == len(model.agents)
    assert mesa.Agent(twin).unique_id == mesa.Agent(model).unique_id


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_a_copy_of_a_world_has_tables_of_its_own(copied):
    world = begun().world
    twin = copied(world)
    seen = world.people.tobytes()
    twin.advance(5)
    assert (world.months_done, twin.months_done) == (12, 17)
    assert world.people.tobytes() == seen
    world.advance(5)
    assert lives(world) == lives(twin)
    assert np.array_equal(world.trajectory, twin.trajectory, equal_nan=True)


def test_plain_python_copies_and_forgets_worlds(tmp_path):
    code = """
import copy, gc, pickle, smpsim
from smpsim.world.access import PLAIN_TABLES
from smpsim.world.tables import World
model = smpsim.Model("bare_pipeline", seed=1, months=12)
for _ in range(5): model.step()
twins = [model.branch(), pickle.loads(pickle.dumps(model))]
model.save("model.npz")
twins.append(smpsim.Model.load("model.npz"))
for one in (model, *twins):
    while one.running: one.step()
assert len({str(one.world.people["entered"].tolist()) for one in (model, *twins)}) == 1
gc.collect()
known = len(PLAIN_TABLES)
first, second = World(model.world.blueprint), World(model.world.blueprint)
assert len(PLAIN_TABLES) > known
del first
gc.collect()
second.advance(12, 1, 0)  # what both shared is still there
assert second.people["entered"].tolist() == model.world.people["entered"].tolist()
del second
gc.collect()
assert len(PLAIN_TABLES) == known
"""
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        check=True,
    )


def test_a_file_of_something_else_is_refused_in_words(tmp_path):
    model = smpsim.Model("bare_pipeline", seed=1)
    good = tmp_path / "good.npz"
    model.save(good)
    assert [p.name for p in tmp_path.iterdir()] == ["good.npz"]

    def changed(name, change):
        """Write the file with its text changed."""
        with np.load(good) as file:
            parts = {n: file[n] for n in file.files}
        about = json.loads(parts["about"].tobytes())
        change(about, parts)
        parts["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
        np.savez(tmp_path / name, **parts)
        return tmp_path / name

    whole = good.read_bytes()
    (tmp_path / "empty.npz").write_bytes(b"")
    (tmp_path / "text.npz").write_text("months: 3")
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    np.save(tmp_path / "array.npy", np.zeros(3))
    np.savez(tmp_path / "objects.npz", about=np.array([{}], object))
    with zipfile.ZipFile(tmp_path / "zip.npz", "w") as archive:
        archive.writestr("about.npy", b"\x93NUMPY")
    (tmp_path / "pickle.npz").write_bytes(pickle.dumps({"about": "x"}))
    refused = dict.fromkeys(("empty.npz", "text.npz", "cut.npz", "array.npy"), "no model")
    refused |= {"objects.npz": "no model", "zip.npz": "no model", "pickle.npz": "no model"}
    refused |= {"missing.npz": "No such file", ".": "Is a directory"}
    changed("version.npz", lambda about, _: about.update(smpsim="9.9"))
    refused["version.npz"] = r"another smpsim \('9.9'\)"
    changed("rules.npz", lambda about, _: about.update(model="f" * 64))
    refused["rules.npz"] = "another the rules' source"
    changed("own.npz", lambda about, _: about.update(rules={"quit": "0" * 64}))
    refused["own.npz"] = r"no rules; allowed: the rules that .*\(quit\)"
    changed("design.npz", lambda about, _: about["scenario"].update(months=12))
    refused["design.npz"] = "damaged"
    changed("people.npz", lambda _, parts: parts.update({"header.people": np.array([9])}))
    refused["people.npz"] = "damaged"
    changed("table.npz", lambda _, parts: parts.pop("employers"))
    refused["table.npz"] = "other tables: employers"
    changed("form.npz", lambda _, parts: parts.update(employers=np.zeros(3)))
    refused["form.npz"] = "employers of another form"
    for name, words in refused.items():
        with pytest.raises(RequestError, match=words):
            smpsim.Model.load(tmp_path / name)
    assert smpsim.Model.load(good).month == 0


RATE = 0.5


def dropout(b, person, cost_share):
    return RATE


def test_a_model_with_rules_of_ones_own_is_copied_and_saved(tmp_path, monkeypatch):
    scenario = bare()
    model = smpsim.Model(scenario, rules={"dropout": dropout})
    for _ in range(3):
        model.step()
    twins = [model.branch(), pickled(model)]
    model.save(tmp_path / "model.npz")
    twins.append(smpsim.Model.load(tmp_path / "model.npz", rules={"dropout": dropout}))
    finish(model)
    for twin in twins:
        assert finish(twin).world.flows.tobytes() == model.world.flows.tobytes()
    with pytest.raises(RequestError, match=r"no rules.*\(dropout\)"):
        smpsim.Model.load(tmp_path / "model.npz")
    monkeypatch.setitem(globals(), "RATE", 0.25)
    with pytest.raises(RequestError, match="other code or variables: dropout"):
        smpsim.Model.load(tmp_path / "model.npz", rules={"dropout": dropout})


# steps and what is collected ----------------------------------------------------------------


def test_steps_past_the_horizon_do_nothing():
    model = finish(smpsim.Model("bare_pipeline", seed=1, months=6))
    seen = collected(model), model.world.header.tobytes(), model.random.getstate()
    for _ in range(3):
        model.step()
    assert collected(model).equals(seen[0])
    assert model.world.header.tobytes() == seen[1]
    assert model.random.getstate() == seen[2]
    assert (model.month, model.steps, model.running) == (6, 6, False)
    assert len(collected(model)) == 7


def test_the_data_collector_and_trajectories_say_the_same():
    model = finish(smpsim.Model("reference", seed=4, months=MONTHS))
    table = collected(model)
    assert list(table.index) == list(range(MONTHS + 1))  # months done
    wanted = smpsim.run("reference", 1, seed=4, overrides={"months": MONTHS}).trajectories()
    rows = table.iloc[1:].reset_index(drop=True)
    columns = [*TRAJECTORY_COLUMNS, "month", "cost", "cost_cumulative"]
    assert set(columns) == set(table.columns)
    for name in columns:
        right = pytest.approx(wanted[name].to_numpy(float), nan_ok=True)
        assert rows[name].to_numpy(float) == right
    assert table["cost_cumulative"].iloc[-1] == pytest.approx(model.world.programmes["spent"].sum())


def test_trust_in_a_school_is_the_logistic_of_what_is_thought_of_origin_school_and_programme():
    employers = [
        {"name": name, "count": 2, "country": "destination", "initial_vacancies": 9}
        for name in ("first", "second")
    ]
    schools = [{"name": n, "origin": "origin"} for n in ("near", "far", "unasked")]
    programme = BARE["programmes"][0]
    programmes = [
        {**programme, "name": name, "employers": [hires], "institutions": trains}
        for name, hires, trains in (
            ("one", "first", ["near", "far"]),
            ("two", "second", ["far"]),
        )
    ]
    spread = {"behaviour.trust": {"spread": 0.5, "origin_uncertainty": 0.4}}
    design = bare(spread, employers=employers, institutions=schools, programmes=programmes)
    model = smpsim.Model(design, seed=1)
    world = model.world
    for e, trained_at in enumerate(([0, 1], [0, 1], [1], [1])):
        for i in range(3):
            if i not in trained_at:
                with pytest.raises(ValueError, match="at which a programme of this employer"):
                    model.employers[e].trust_in(i)
                continue
            k = world.partner_of[e // 2, e]
            thought = (
                world.origin_beliefs["logit"][e, 0]
                + world.school_beliefs["logit"][e, i]
                + world.programme_beliefs["logit"][k]
            )
            assert model.employers[e].trust_in(i) == pytest.approx(1 / (1 + np.exp(-thought)))


def test_the_state_before_the_first_month_is_collected():
    model = smpsim.Model("reference", seed=4)
    (first,) = collected(model).to_dict("records")
    assert first["month"] == -1
    assert first["cost"] == first["cost_cumulative"] == first["placed"] == 0
    assert first["vacancies_open"] == model.world.programmes["vacancies_open"].sum()
    trust = [employer.trust_in(0) for employer in model.employers]
    assert min(trust) <= first["mean_trust"] <= max(trust)
    assert first["mean_trust"] > 0
    for _ in range(MONTHS):
        model.step()
        row = model.world.trajectory[model.month - 1]
        assert first_row(model.world) == pytest.approx(row, nan_ok=True)


def test_batch_run_ends_with_the_last_month():
    found = mesa.batch_run(
        smpsim.Model, {"scenario": "bare_pipeline", "months": 20, "seed": 1}, display_progress=False
    )
    model = finish(smpsim.Model("bare_pipeline", months=20, seed=1))
    last = collected(model).iloc[-1]
    assert found[-1]["month"] == 19
    assert found[-1]["placed"] == last["placed"] > 0


# what a model takes -------------------------------------------------------------------------


def test_seed_and_rng_are_two_names_of_one_thing():
    assert smpsim.Model(seed=7).seed == smpsim.Model(rng=7).seed == 7
    assert smpsim.Model(seed=np.int64(7)).seed == 7
    drawn = [smpsim.Model(rng=np.random.default_rng(5)).seed for _ in range(2)]
    assert drawn[0] == drawn[1]
    generator = np.random.default_rng(5)
    assert smpsim.Model(rng=generator).seed != smpsim.Model(rng=generator).seed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seed": 1, "rng": 1}, "one of them"),
        ({"seed": -1}, "seed: got -1; allowed: a whole number from 0"),
        ({"seed": 1.5}, "seed: got 1.5"),
        ({"rng": "one"}, "rng: got 'one'"),
        ({"seed": True}, "seed: got true"),
        ({"seed": 2**63}, "seed: got 9223372036854775808"),
        ({"replication": -1}, "replication: got -1"),
        ({"replication": 1.0}, "replication: got 1.0"),
        ({"replication": 2**32}, "allowed: a whole number from 0 to 4294967295"),
    ],
)
def test_impossible_numbers_are_refused(options, words):
    with pytest.raises(RequestError, match=words):
        smpsim.Model("bare_pipeline", **options)


def test_actions_work_as_in_run():
    options = {"actions": ["actions/campaigns"]}
    model = finish(smpsim.Model("reference", seed=1, months=MONTHS, **options))
    result = smpsim.run("reference", 1, seed=1, overrides={"months": MONTHS}, **options)
    assert np.array_equal(model.world.trajectory, result.trajectory_array[0], equal_nan=True)
    plain = finish(smpsim.Model("reference", seed=1, months=MONTHS))
    assert not np.array_equal(model.world.trajectory, plain.world.trajectory, equal_nan=True)


# views --------------------------------------------------------------------------------------


def test_misspelt_attributes_are_refused_with_the_nearest():
    model = begun()
    with pytest.raises(AttributeError, match="no attribute 'stagee'; did you mean 'stage'"):
        model.trainees[0].stagee = 1
    with pytest.raises(AttributeError, match="did you mean 'open_vacancies'"):
        model.employers[0].open_vacancy = 1
    model.trainees[0].readiness = 0.5
    assert model.world.people["readiness"][0] == 0.5
    model.employers[0].willingness = float("inf")

    class Moody(Employer):
        mood = "good"

    moody = Moody(model, 0)
    moody.mood = "bad"
    assert (moody.mood, Moody.mood) == ("bad", "good")


@pytest.mark.parametrize("row", [99, -1, 1.0, True, None, "1"])
def test_impossible_rows_are_refused(row):
    model = begun(1)
    count = len(model.agents)
    with pytest.raises(RequestError, match=r"Employer: got row .*; allowed: a whole number"):
        Employer(model, row)
    with pytest.raises(RequestError, match="Trainee: got row"):
        Trainee(model, len(model.world.people))
    assert len(model.agents) == count
    assert Employer(model, np.int64(3)).row == 3


@pytest.mark.parametrize("name", ["stage", "employer", "programme", "due", "number"])
def test_what_counts_and_lists_hang_on_is_not_set(name):
    person = begun().trainees[0]
    before = getattr(person, name)
    with pytest.raises(AttributeError, match=f"Trainee.{name}: got an attempt to set it"):
        setattr(person, name, 9)
    assert getattr(person, name) == before


@pytest.mark.parametrize("value", [1.5, 2**70, float("nan"), float("inf"), "2", None, [1, 2]])
def test_values_that_a_field_cannot_hold_are_refused(value):
    employer = begun(1).employers[0]
    with pytest.raises(RequestError, match=r"Employer\.open_vacancies: got"):
        employer.open_vacancies = value
    ends = np.iinfo(employer.model.world.employers.dtype["open_vacancies"])
    for held in (0, ends.min, ends.max):
        employer.open_vacancies = held
        assert employer.open_vacancies == held
    for wrong, allowed in (
        ([1, 2], "one number"),
        (1.5, "a whole number"),
        (ends.max * 4, f"a whole number from {ends.min} to {ends.max}"),
    ):
        with pytest.raises(RequestError, match=f"allowed: {allowed}$"):
            employer.open_vacancies = wrong


def test_nobody_is_removed_from_the_tables():
    model = begun(1)
    count = len(model.agents)
    with pytest.raises(RequestError, match=r"Employer: got remove\(\)"):
        model.employers[0].remove()
    mine = mesa.Agent(model)
    mine.remove()
    assert len(model.agents) == count


# pages --------------------------------------------------------------------------------------


def test_a_model_has_a_page_as_it_is():
    warnings.simplefilter("ignore")
    import ipyvuetify
    import solara
    from mesa.visualization import SolaraViz, make_plot_component

    model = smpsim.Model("bare_pipeline", seed=1, months=3)

    @solara.component
    def Page():  # noqa: N802
        with solara.AppLayout():
            SolaraViz(model, components=[make_plot_component("placed")])

    _, page = solara.render(Page(), handle_error=False)

    def button(name):
        found = page.find(ipyvuetify.Btn).widgets
        return next(one for one in found if name in one.children)

    for month in (1, 2, 3, 3):
        button("Step").click()
        assert model.month == month
    assert button("Step").disabled
    assert not page.find(ipyvuetify.Alert).widgets
    page.close()

    @solara.component
    def Default():  # noqa: N802
        with solara.AppLayout():
            SolaraViz(smpsim.Model("bare_pipeline"), model_params={"months": 2})

    _, page = solara.render(Default(), handle_error=False)
    button("Reset").click()
    assert not page.find(ipyvuetify.Alert).widgets
    page.close()


def test_the_scenario_of_a_model_is_a_scenario_whatever_mesa_calls_so():
    model = smpsim.Model("bare_pipeline", months=3)
    design = smpsim.load("bare_pipeline", {"months": 3})
    assert isinstance(model.scenario, smpsim.Scenario)
    assert model.scenario == design
    assert design == model.scenario
    assert model.scenario.fingerprint() == design.fingerprint()
    assert smpsim.load(model.scenario) == design
    assert copy.deepcopy(model).scenario == design


def test_what_mesa_gives_is_named_in_one_place():
    assert set(mesa_bridge.__all__) == {"Agent", "AgentSet", "Collector", "SteppedModel"}
    assert issubclass(smpsim.Model, mesa.Model)
    assert isinstance(smpsim.Model().datacollector, mesa.DataCollector)
