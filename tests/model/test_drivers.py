"""One implementation, several drivers: all give the same numbers bit for bit."""

import json
import os
import subprocess
import sys

import mesa
import numpy as np
import pytest
from worlds import bare, ensemble, one_run

import smpsim
from smpsim.agents.employer import Employer
from smpsim.agents.government import Government
from smpsim.agents.institution import Institution
from smpsim.agents.programme import Programme
from smpsim.agents.trainee import Trainee
from smpsim.vocabulary import STAGES, TRAJECTORY_COLUMNS

SCENARIOS = ["bare_pipeline", "reference", "thamm_germany"]


@pytest.mark.parametrize("parameters", ["likely", "centre"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_steps_and_fused_run_are_identical(name, parameters):
    scenario = smpsim.load(name)
    fused = one_run(scenario, 5, 3, parameters)
    model = smpsim.Model(scenario, seed=5, replication=3, parameters=parameters)
    while model.running:
        model.step()
    for table in ("trajectory", "ledger", "accounts", "flows", "headcount"):
        stepped = model.world.tables[table]
        assert np.array_equal(stepped, fused.tables[table], equal_nan=stepped.dtype.kind == "f")
    assert model.steps == model.month == scenario.months


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_the_number_of_threads_changes_nothing(threads):
    scenario = smpsim.load("reference")
    one, many = (ensemble(scenario, 12, threads=n).runs for n in (1, threads))
    assert np.array_equal(one.trajectories, many.trajectories, equal_nan=True)
    assert np.array_equal(one.ledger, many.ledger)
    assert np.array_equal(one.spells, many.spells)


def test_a_run_leaves_nothing_behind_for_the_next():
    scenario = smpsim.load("reference")
    runs = ensemble(scenario, 6, threads=1).runs
    alone = one_run(scenario, seed=1, replication=5)
    assert np.array_equal(runs.trajectories[5], alone.trajectory, equal_nan=True)


@pytest.mark.slow
def test_plain_python_gives_the_same_numbers_as_compiled_code():
    code = (
        "import json, numpy as np, smpsim\n"
        "from smpsim.compiled import compiled\n"
        "assert compiled(lambda x: x + 1)(1) == 2\n"
        "m = smpsim.Model('reference', seed=2)\n"
        "while m.month < 60: m.step()\n"
        "print(json.dumps([np.nan_to_num(m.world.trajectory[:60]).tolist(),"
        " m.world.ledger[:60].sum(axis=0).tolist()]))\n"
    )
    outputs = []
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        run = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.append(json.loads(run.stdout))
    assert outputs[0][0] == outputs[1][0]
    assert np.allclose(outputs[0][1], outputs[1][1], rtol=1e-12)


def test_agents_are_mesa_agents_and_views_of_rows():
    model = smpsim.Model("reference", seed=1)
    for _ in range(30):
        model.step()
    kinds = {Government: 2, Institution: 10, Employer: 20, Programme: 1}
    for kind, count in kinds.items():
        assert issubclass(kind, mesa.Agent)
        assert len(model.agents_by_type[kind]) == count
    assert len(model.agents_by_type[Trainee]) == len(model.world.people) == len(model.trainees)
    assert len(model.agents) == sum(kinds.values()) + len(model.trainees)
    staged = model.trainees.groupby("stage_name").count()
    for stage, people in staged.items():
        assert people == model.world.headcount[0, STAGES.index(stage)]
    employer = next(iter(model.employers.select(lambda e: e.open_vacancies > 0)))
    employer.open_vacancies = 0
    assert model.world.employers["open_vacancies"][employer.row] == 0
    course = next(iter(model.trainees)).life_course
    assert list(course.values()) == sorted(course.values())


def test_terms_changed_during_a_run_take_effect():
    model = smpsim.Model("bare_pipeline", seed=1)
    next(iter(model.programmes)).terms["intakes_seats"] = 7
    model.step()
    while model.running:
        model.step()
    assert len(model.trainees) == 7


def test_the_data_collector_has_every_column():
    model = smpsim.Model("bare_pipeline", seed=1)
    for _ in range(20):
        model.step()
    table = model.datacollector.get_model_vars_dataframe()
    assert set(TRAJECTORY_COLUMNS) | {"month", "cost", "cost_cumulative"} == set(table.columns)
    assert list(table["month"]) == list(range(-1, 20))
    assert table["cost_cumulative"].is_monotonic_increasing
    spent = model.world.programmes["spent"].sum()
    assert table["cost_cumulative"].iloc[-1] == pytest.approx(spent)
    assert spent > 0


def test_batch_run_works_over_replications_and_key_paths():
    found = mesa.batch_run(
        smpsim.Model,
        {
            "scenario": "bare_pipeline",
            "replication": range(3),
            "programmes__pilot__intakes__seats": [20, 50],
        },
        display_progress=False,
    )
    assert len(found) == 6
    enrolled = {
        (r["replication"], r["programmes__pilot__intakes__seats"]): r["enrolled"] for r in found
    }
    assert {seats for (_, seats) in enrolled} == {20, 50}
    assert all(enrolled[run, seats] == seats for run, seats in enrolled)
    assert len({r["placed"] for r in found if r["programmes__pilot__intakes__seats"] == 50}) > 1


def test_a_model_without_a_seed_uses_the_seed_of_the_scenario():
    placed = []
    for seed in (None, smpsim.load("bare_pipeline").seed):
        model = smpsim.Model("bare_pipeline", seed=seed)
        while model.running:
            model.step()
        placed.append(model.world.trajectory.copy())
    assert np.array_equal(placed[0], placed[1], equal_nan=True)


def cheap_and_few_hired(value, cost, employer, terms, b):
    return 1.0 if cost < 100.0 and employer.hired < 3 else 0.0


# one rule for both tests: each set of rules is compiled with the whole model
OWN = {"participation": cheap_and_few_hired}
FEE = "programmes.pilot.fee_per_recruit"


@pytest.mark.slow
def test_a_rule_can_be_exchanged_in_model_and_ensemble():
    cheap, dear = bare({FEE: 50}), bare({FEE: 500})
    assert ensemble(dear, 3).last("placed").min() > 0
    assert ensemble(dear, 3, rules=OWN).last("placed").max() == 0
    assert ensemble(cheap, 3, rules=OWN).last("placed").min() > 0
    model = smpsim.Model(dear, rules=OWN)
    while model.running:
        model.step()
    assert model.world.programmes["placed"][0] == 0
    # the exchange does not touch the default engine
    assert ensemble(dear, 3).last("placed").min() > 0


@pytest.mark.slow
def test_an_exchanged_rule_is_asked_every_month():
    changes = {
        "programmes.pilot.intakes.number": 12,
        "programmes.pilot.intakes.seats": 8,
        FEE: 50,
    }
    assert ensemble(bare(changes), 2).last("placed").min() == 96
    placed = ensemble(bare(changes), 2, rules=OWN).last("placed")
    # the four firms stop in the month after their third hire
    assert 12 <= placed.min() <= placed.max() < 40


def test_wrong_rules_are_refused_with_the_nearest_name():
    with pytest.raises(ValueError, match="did you mean 'participation'"):
        smpsim.Model("bare_pipeline", rules={"participtaion": cheap_and_few_hired})
    with pytest.raises(ValueError, match="allowed: one of"):
        smpsim.Model("bare_pipeline", rules={"participation": lambda a: 0.0})


def test_identical_designs_give_identical_runs():
    first = ensemble(bare(), 5).runs
    second = ensemble(bare({"programmes.pilot.training.months_before_departure": 6}), 5).runs
    assert np.array_equal(first.trajectories, second.trajectories, equal_nan=True)


def test_the_record_of_a_trainee_is_small():
    world = one_run(bare({"programmes.pilot.intakes.seats": 50_000}))
    used = sum(
        world.tables[name].nbytes for name in ("trainees", "blocks", "lists", "scores", "ranking")
    )
    # 192 bytes a row, the rest lists and the scores of an intake
    assert used / 50_000 <= 264


def test_a_trainee_fills_three_cache_lines():
    assert Trainee.fields.itemsize == 192


def test_sums_of_the_ledger_are_those_of_its_months():
    # windows that end before the horizon
    few = {"programmes.pilot.intakes.number": 3, "follow_up_months": 12}
    scenario = smpsim.load("reference", overrides=few)
    runs = ensemble(scenario, 4).runs
    assert scenario.discount_rate > 0
    later = (1 + scenario.discount_rate) ** (-np.arange(scenario.months) / 12)
    for n in range(4):
        assert runs.totals[n, 0] == pytest.approx(runs.ledger[n].sum(axis=0))
        value = (runs.ledger[n] * later[:, None, None, None]).sum(axis=0)
        assert runs.totals[n, 1] == pytest.approx(value)


def test_net_present_value_is_what_is_received_less_what_is_paid():
    few = {"programmes.pilot.intakes.number": 3, "follow_up_months": 12, "discount_rate": 0.08}
    result = smpsim.run("reference", 3, overrides=few)
    ledger = result.ledger()
    assert set(ledger["payer"]) - {"outside"} >= {"employer", "trainee", "donor"}
    value = ledger["amount"] * 1.08 ** (-ledger["month"] / 12)
    for party in ("employer", "trainee", "destination_state", "origin_state", "donor"):
        received = value.where(ledger["payee"] == party, 0.0)
        paid = value.where(ledger["payer"] == party, 0.0)
        net = (received - paid).groupby(ledger["run"]).sum()
        assert result.outcomes()[f"npv_{party}_12m"].to_numpy() == pytest.approx(net.to_numpy())
