"""Searches on functions whose front is known, and on the simulator."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from phones import check_phone

import smpsim
from smpsim.errors import RequestError
from smpsim.results.files import read_provenance
from smpsim.scenario import ScenarioError, get_value, load
from smpsim.scenario.parameters import parameters
from smpsim.scenario.worlds import Worlds
from smpsim.studies.kinds import SEARCH as KIND
from smpsim.studies.kinds import kind_of
from smpsim.studies.search.levers import Lever
from smpsim.studies.search.prepared import prepare_search
from smpsim.studies.search.search import planned_runs, search
from smpsim.studies.search.space import Space
from smpsim.studies.search.study import SearchStudy, is_search, load_search
from smpsim.studies.search.worlds import worlds_of

ROOT = Path(__file__).resolve().parents[2]
INTAKES, SEATS = "programmes.pilot.intakes", "programmes.pilot.intakes.seats"
MONTHS = "programmes.pilot.training.months_before_departure"
SHARE, SUPPORT = "programmes.pilot.founding_share", "programmes.pilot.integration_support"
INVOLVED = "programmes.pilot.employer_involvement"
KIND_OF, LENGTH = "programmes.pilot.contract.kind", "programmes.pilot.contract.months"
DROPOUT = "behaviour.training.dropout"
PLAN = {
    "name": "Trial",
    "scenario": "bare_pipeline",
    "levers": {
        SHARE: {"uniform": {"low": 0, "high": 1}},
        SUPPORT: {"uniform": {"low": 0, "high": 1}},
        INVOLVED: {"list": ["late", "design"]},
        SEATS: {"integers": {"low": 10, "high": 40}},
        MONTHS: {"grid": [4, 6, 8]},
    },
    "actions": {"list": ["early_engagement", "campaigns", "regular_dialogue"], "at_most": 2},
    "objectives": {"placed": "minimize", "cost_total": "minimize"},
    "worlds": 2,
    "replications": 1,
    "population": 24,
    "generations": 40,
    "candidates": 12,
    "fresh_worlds": 4,
    "fresh_replications": 1,
    "seed": 3,
}
REAL = {
    **PLAN,
    "levers": {
        SEATS: {"integers": {"low": 10, "high": 40}},
        MONTHS: {"grid": [4, 6, 8]},
    },
    "actions": {"list": ["campaigns"]},
    "uncertainties": {DROPOUT: {"uniform": {"low": 0.0, "high": 0.05}}},
    "objectives": {"placed": "maximize", "cost_total": "minimize"},
    "population": 6,
    "generations": 3,
    "candidates": 4,
}


def stand_in(function):
    """Let a function of a design and a world stand in for the simulator."""

    def evaluation(designs, worlds, replications, progress):
        rows, refused = [], {}
        for number, design in enumerate(designs):
            found = [function(design, world) for world in worlds]
            if isinstance(found[0], str):
                refused[number] = found[0]
                continue
            for place, values in enumerate(found):
                for run in range(replications):
                    keys = {"design": number, "world": place, "replication": run}
                    rows.append({**keys, "programme": "pilot", **values})
        return pd.DataFrame(rows), refused

    return evaluation


def zdt1(design, world):
    """Zitzler, Deb and Thiele (2000): the front is cost = 1 - sqrt(placed), where g is 1."""
    x = design.values
    wrong = (x[INVOLVED] != "design") + abs(x[SEATS] - 20) / 2 + (x[MONTHS] != 6)
    g = 1 + 9 * x[SUPPORT] + wrong + ("campaigns" not in design.actions)
    g += "regular_dialogue" in design.actions
    return {"placed": x[SHARE], "cost_total": g * (1 - np.sqrt(x[SHARE] / g))}


@pytest.fixture
def study(tmp_path):
    def written(base=REAL, **changes):
        path = tmp_path / "plan.yaml"
        data = {key: value for key, value in {**base, **changes}.items() if value is not None}
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return path

    return written


def same(one, other):
    """Assert that two results are the same, bit for bit."""
    for table in ("designs", "pareto", "robustness", "history", "by_world", "worlds"):
        pd.testing.assert_frame_equal(
            getattr(one, table)(), getattr(other, table)(), check_exact=True
        )
    assert one.sentences == other.sentences


# --- a known front --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def known():
    # good enough is everything, so that the robust designs are some of the front
    plan = {**PLAN, "satisfice": ["placed <= 1"]}
    return search(SearchStudy.model_validate(plan), evaluation=stand_in(zdt1))


def test_the_known_front_is_found(known):
    front = known.pareto()[lambda table: table["nondominated"]]
    assert len(front) >= 10
    # what the front has in common, of every kind of lever and of actions
    assert set(front[INVOLVED]) == {"design"}
    assert set(front[SEATS]) == {20}
    assert set(front[MONTHS]) == {6}
    assert front[SUPPORT].max() <= 0.01
    for actions in front["actions"]:
        assert "campaigns" in actions
        assert "regular_dialogue" not in actions
    exact = 1 - np.sqrt(front["placed"])
    assert (front["cost_total"] - exact).abs().max() < 0.1
    # spread over it, with both ends
    assert front["placed"].min() < 0.02
    assert front["placed"].max() > 0.9
    gaps = np.diff(np.sort(front["placed"]))
    assert np.median(gaps) < 0.15
    assert gaps.max() < 0.4
    words = " ".join(known.sentences)
    assert "all take campaigns" in words
    assert "integration support is 0, the end of its range" in words
    assert "employer involvement is design" in words


def test_the_hypervolume_grows_to_that_of_the_front(known):
    volumes = known.history()["hypervolume"]
    assert volumes.is_monotonic_increasing
    assert volumes.iloc[-1] > 1.2 * volumes.iloc[0]
    points = known.designs()[lambda table: table["front"]].sort_values("placed")
    x, y = points["placed"].to_numpy(), points["cost_total"].to_numpy()
    # of the unit square the front 1 - sqrt(x) leaves a third
    area = np.sum(np.diff(np.append(x, 1.0)) * (1 - y))
    assert 0.6 < area <= 2 / 3


def test_many_objectives_converge_too():
    # DTLZ2 (Deb et al. 2005): the front is the part of the unit sphere with positive goals
    names = ["placed", "cost_total", "graduated", "enrolled"]
    keys = [SHARE, SUPPORT, "programmes.pilot.occupation_match", "programmes.pilot.forecast_error"]

    def dtlz2(design, world):
        *angles, last = (design.values[key] for key in keys)
        angles = [one * np.pi / 2 for one in angles]
        g = 1 + (last - 0.5) ** 2
        goals = [g * np.prod(np.cos(angles[: 3 - place])) for place in range(4)]
        for place in range(1, 4):
            goals[place] *= np.sin(angles[3 - place])
        return dict(zip(names, goals, strict=True))

    plan = {
        **PLAN,
        "levers": {key: {"uniform": {"low": 0, "high": 1}} for key in keys},
        "actions": None,
        "objectives": dict.fromkeys(names, "minimize"),
        "population": 36,
        "generations": 20,
        "candidates": 30,
        "worlds": 1,
    }
    found = search(SearchStudy.model_validate(plan), evaluation=stand_in(dtlz2))
    table = found.pareto().iloc[1:]
    radius = np.sqrt((table[names] ** 2).sum(axis=1))
    assert radius.median() < 1.02
    assert radius.max() < 1.3
    assert (table[names].max() > 0.9).all()
    assert (table[names].min() < 0.1).all()
    assert len(found.plot.front().axes) == 6


def test_worlds_that_differ_are_averaged_and_the_front_is_checked_afresh():
    fresh = {}

    def noisy(design, world):
        # the search sees 0 or 1 of noise by world and design, the fresh worlds see the truth
        x = design.values[SEATS]
        seed = world["world"]
        fresh.setdefault(seed, len(fresh))
        searched = fresh[seed] < 2
        luck = np.random.default_rng([x, seed % 1000]).normal() if searched else 0.0
        return {"placed": 10.0 + luck, "cost_total": 100.0 + x}

    plan = {**PLAN, "levers": {SEATS: PLAN["levers"][SEATS]}, "actions": None, "generations": 3}
    plan["objectives"] = {"placed": "maximize", "cost_total": "minimize"}
    found = search(SearchStudy.model_validate(plan), evaluation=stand_in(noisy))
    table = found.pareto().iloc[1:]
    # all were thought good for their luck; in truth the cheapest is the best of them
    assert len(table) > 1
    assert (table["placed_search"] > table["placed"]).any()
    cheapest = table["cost_total"].idxmin()
    assert table.index[table["nondominated"]].tolist() == [cheapest]
    assert table.loc[cheapest, "nondominated_share"] == 1.0
    assert "placed" in found.sentences[1]
    assert "worse" in found.sentences[1]


def test_regret_and_satisficing_through_the_pipeline():
    # seats 10 to 13 in worlds by number: a table that can be read
    table = {
        10: [[5, 10], [5, 10]],
        11: [[6, 12], [4, 9]],
        12: [[9, 14], [3, 20]],
        13: [[1, 30], [1, 30]],
    }
    places = {}

    def evaluation(design, world):
        place = places.setdefault(world["world"], len(places)) % 2
        placed, cost = table[design.values[SEATS]][place]
        return {"placed": float(placed), "cost_total": float(cost)}

    plan = {
        **PLAN,
        "set": {INTAKES: {**get_value(load("bare_pipeline"), INTAKES)}},
        "levers": {SEATS: {"list": [10, 11, 12]}},
        "objectives": {"placed": "maximize", "cost_total": "minimize"},
        "satisfice": ["placed >= 5", "cost_total < 11"],
        "fresh_worlds": 2,
        "actions": None,
    }
    plan["set"][INTAKES]["seats"] = 13
    found = search(SearchStudy.model_validate(plan), evaluation=stand_in(evaluation))
    by_seats = {found.candidates[place].values[SEATS]: place for place in range(len(found.labels))}
    robust = found.robustness()
    # means: 10 -> (5, 10), 11 -> (5, 10.5), 12 -> (6, 17)
    assert sorted(by_seats) == [10, 12, 13]
    ten, twelve, today = (found.labels[by_seats[one]] for one in (10, 12, 13))
    assert today == "today"
    # placed: the best is 9, 5; cost: 10, 10
    expected = {
        ten: [4, 0, 0, 0],
        twelve: [0, 2, 4, 10],
        today: [8, 4, 20, 20],
    }
    worlds = found.by_world().set_index(["candidate", "world"])
    for name, (a, b, c, d) in expected.items():
        assert worlds.loc[name, "placed_regret"].tolist() == [a, b]
        assert worlds.loc[name, "cost_total_regret"].tolist() == [c, d]
        assert robust.loc[name, "placed_regret_mean"] == (a + b) / 2
        assert robust.loc[name, "placed_regret_max"] == max(a, b)
        assert robust.loc[name, "cost_total_regret_mean"] == (c + d) / 2
    assert robust["satisficed"].to_dict() == {ten: 1.0, twelve: 0.0, today: 0.0}
    assert found.robust()[0] == ten
    default = search(
        SearchStudy.model_validate({**plan, "satisfice": []}), evaluation=stand_in(evaluation)
    )
    assert default.robustness().loc["today", "satisficed"] == 1.0


def test_a_small_space_ends_when_all_of_it_is_known():
    plan = {**PLAN, "levers": {}, "generations": 9}
    found = search(
        SearchStudy.model_validate(plan), evaluation=stand_in(lambda d, w: COSTS[d.actions])
    )
    # none, three alone, three pairs: at most two of three
    assert len(found.archive) == 7
    assert max(len(one.actions) for one in found.archive.designs) == 2


COSTS = {
    (): {"placed": 1.0, "cost_total": 9.0},
    ("early_engagement",): {"placed": 2.0, "cost_total": 8.0},
    ("campaigns",): {"placed": 3.0, "cost_total": 7.0},
    ("regular_dialogue",): {"placed": 4.0, "cost_total": 6.0},
    ("early_engagement", "campaigns"): {"placed": 5.0, "cost_total": 5.0},
    ("early_engagement", "regular_dialogue"): {"placed": 6.0, "cost_total": 4.0},
    ("campaigns", "regular_dialogue"): {"placed": 7.0, "cost_total": 3.0},
}


# --- what is unknown, refused or not allowed ------------------------------------------------


def test_all_designs_of_a_small_space_are_seen():
    # the algorithm proposes 20 alone, as its first designs are all alike
    few = {**PLAN, "levers": {SEATS: {"grid": [10, 20]}}, "actions": None, "population": 4}
    few |= {
        "generations": 5,
        "worlds": 1,
        "objectives": {"placed": "maximize", "cost_total": "minimize"},
    }
    plan = SearchStudy.model_validate({key: one for key, one in few.items() if one is not None})
    found = search(plan)
    assert sorted(found.archive.designs[n].values[SEATS] for n in range(2)) == [10, 20]
    assert len(found.archive) == 2
    assert "There are no other designs." in found.sentences[0]
    assert "each in one world, 1 run in each" in found.sentences[0]


def test_the_designs_of_a_space_are_counted():
    plan = SearchStudy.model_validate(
        {
            **PLAN,
            "levers": {SEATS: {"integers": {"low": 10, "high": 12}}, MONTHS: {"grid": [4, 6]}},
            "actions": {
                "list": ["early_engagement", "campaigns", "regular_dialogue"],
                "at_most": 2,
            },
        }
    )
    every = [one.key for one in prepare_search(plan).space.every()]
    assert len(every) == len(set(every)) == 3 * 2 * (1 + 3 + 3)
    reals = SearchStudy.model_validate(PLAN)
    assert not list(prepare_search(reals).space.every())


def test_todays_design_is_no_candidate_beside_itself():
    levers = {SEATS: {"grid": [80, 100]}}
    few = {**PLAN, "levers": levers, "objectives": {"placed": "maximize", "cost_total": "minimize"}}
    found = search(SearchStudy.model_validate({**few, "actions": {"list": ["campaigns"]}}))
    today = json.dumps([[], {SEATS: 100}])
    assert today in found.archive.places
    assert today not in [found.archive.designs[one].key for one in found.numbers[1:]]


def test_that_nothing_is_good_enough_is_said(study):
    found = search(study(satisfice=["placed > 1000"]))
    assert any(
        text.startswith("None of the designs is good enough (placed > 1000) in any of the worlds")
        for text in found.sentences
    )


def test_a_missing_outcome_is_worst_and_no_number_is_lost():
    def nobody(design, world):
        seats = design.values[SEATS]
        placed = 0.0 if seats > 25 else float(seats)
        return {"placed": placed, "cost_total": 100.0 + seats, "graduated": 60.0 - seats}

    plan = {
        **PLAN,
        "levers": {SEATS: PLAN["levers"][SEATS]},
        "actions": None,
        "objectives": {"cost_per_placement": "minimize", "graduated": "minimize"},
        "generations": 6,
        "satisfice": ["cost_per_placement < 1000"],
    }
    found = search(SearchStudy.model_validate(plan), evaluation=stand_in(nobody))
    table = found.designs()
    unknown = table["cost_per_placement"].isna()
    assert (table[SEATS][unknown] > 25).all()
    assert unknown.any()
    # 40 is best in the other objective, so it is on the front, and nobody else without a cost
    assert table[SEATS][unknown & table["front"]].tolist() == [40]
    robust = found.robustness()
    lost = found.pareto().index[found.pareto()["cost_per_placement"].isna()]
    assert len(lost) >= 1
    assert np.isinf(robust.loc[lost, "cost_per_placement_regret_max"]).all()
    assert (robust.loc[lost, "satisficed"] == 0).all()
    assert robust["graduated_regret_max"].notna().all()
    assert found.best not in lost
    assert "an objective is unknown" in " ".join(found.sentences)
    for kind in ("front", "parallel", "convergence", "robustness"):
        getattr(found.plot, kind)()


def test_a_mean_over_the_lucky_runs_only_is_unknown():
    def sometimes(design, world):
        lucky = world["world"] % 2 == 0
        return {"placed": 1.0, "months_to_placement_median": 3.0 if lucky else np.nan}

    plan = {**PLAN, "objectives": {"placed": "maximize", "months_to_placement_median": "minimize"}}
    plan |= {"worlds": 9, "generations": 1}
    found = search(SearchStudy.model_validate(plan), evaluation=stand_in(sometimes))
    assert found.designs()["months_to_placement_median"].isna().all()


def test_nothing_known_at_all_is_said():
    evaluation = stand_in(lambda d, w: {"placed": np.nan, "cost_total": np.nan})
    with pytest.raises(RequestError, match="no objective is known for any design"):
        search(SearchStudy.model_validate(PLAN), generations=1, evaluation=evaluation)


def test_refused_designs_are_not_feasible_and_do_not_stop_a_search():
    plan = {
        **REAL,
        "levers": {
            KIND_OF: {"list": ["permanent", "circular"]},
            LENGTH: {"list": [None, 24]},
            SEATS: REAL["levers"][SEATS],
        },
        "actions": None,
        "population": 12,
        "generations": 2,
    }
    found = search(SearchStudy.model_validate(plan))
    table = found.designs()
    impossible = (table[KIND_OF] == "circular") & table[LENGTH].isna()
    assert impossible.any()
    assert (table["feasible"] == ~impossible).all()
    assert table["refused"][impossible].str.contains("contract.months: no length").all()
    assert table["placed"][impossible].isna().all()
    assert table["placed"][~impossible].notna().all()
    assert "the scenario's checks refuse them" in " ".join(found.sentences)


def test_constraints_decide_before_objectives():
    plan = {**REAL, "constraints": ["placed <= 20"], "population": 8}
    found = search(SearchStudy.model_validate(plan))
    table = found.designs()
    assert (table["feasible"] == (table["placed"] <= 20)).all()
    assert not table["feasible"].all()
    assert not table["front"][~table["feasible"]].any()
    with pytest.raises(RequestError, match=r"none of 8 designs meets placed > 9000.*nearest has"):
        search(
            SearchStudy.model_validate({**plan, "constraints": ["placed > 9000"], "generations": 1})
        )


# --- the numbers ----------------------------------------------------------------------------


def test_numbers_are_those_of_run(study):
    found = search(study())
    worlds = found.worlds().to_dict("records")
    for place in (0, 1):
        design = found.candidates[place]
        runs = [
            smpsim.run(
                load("bare_pipeline", actions=list(design.actions)),
                int(world["number"]) + 1,
                REAL["seed"],
                overrides={**design.values, DROPOUT: world[DROPOUT]},
            ).outcome_table
            for world in worlds
        ]
        placed = [one["placed"].iloc[-1] for one in runs]
        label = found.labels[place]
        mine = found.by_world().set_index("candidate").loc[label, "placed"]
        assert mine.tolist() == placed
        assert found.pareto().loc[label, "placed"] == pytest.approx(np.mean(placed))
    low, high = found.pareto()[["placed_ci_low", "placed_ci_high"]].T.to_numpy()
    assert (low <= found.pareto()["placed"]).all()
    assert (high >= found.pareto()["placed"]).all()
    change = found.pareto()["placed"] - found.pareto().loc["today", "placed"]
    assert found.pareto()["placed_change"].to_numpy() == pytest.approx(change.to_numpy())


def test_cost_per_placement_is_a_ratio_of_means():
    def two(design, world):
        place = places.setdefault(world["world"], len(places)) % 2
        return {"placed": [1.0, 9.0][place], "cost_total": [100.0, 100.0][place], "graduated": 1.0}

    places: dict[int, int] = {}
    plan = {**PLAN, "objectives": {"cost_per_placement": "minimize", "graduated": "maximize"}}
    found = search(SearchStudy.model_validate({**plan, "generations": 1}), evaluation=stand_in(two))
    assert (found.designs()["cost_per_placement"] == 20.0).all()
    assert found.pareto().loc["today", "cost_per_placement"] == 20.0


def test_the_origins_gain_is_a_sum_of_three(study):
    objectives = {"npv_origin_60m": "maximize", "cost_total": "minimize"}
    path = study(scenario="reference", objectives=objectives, actions=None, uncertainties=None)
    found = search(path, generations=1, population=4)
    parts = ("npv_origin_state_60m", "npv_origin_households_60m", "npv_trainee_60m")
    total = sum(found.measured.by_world(one)[0] for one in parts)
    assert found.measured.by_world("npv_origin_60m")[0] == pytest.approx(total)
    assert found.unit("npv_origin_60m") == "EUR"


def test_worlds_of_the_search_and_fresh_ones_differ():
    ready = prepare_search(SearchStudy.model_validate(REAL))
    seeds = [one["world"] for one in [*ready.worlds, *ready.fresh]]
    assert len(set(seeds)) == len(seeds)
    drops = {one[DROPOUT] for one in [*ready.worlds, *ready.fresh]}
    assert len(drops) == len(seeds)
    scenario = load("bare_pipeline")
    other = SearchStudy.model_validate({**REAL, "seed": 4})
    assert worlds_of(other, scenario, 2, 0) != ready.worlds
    assert worlds_of(ready.study, scenario, 2, 0) == ready.worlds
    assert worlds_of(ready.study, scenario, 4, 2) == ready.fresh


def test_all_that_is_not_known_is_drawn_in_the_worlds_of_the_other_verbs():
    plan = {**REAL, "scenario": "thamm_germany", "parameters": "likely"}
    plan["levers"] = {SUPPORT: {"grid": [0.0, 0.5]}}
    ready = prepare_search(SearchStudy.model_validate(plan))
    found = search(ready, evaluation=stand_in(lambda d, w: {"placed": 1.0, "cost_total": 2.0}))
    worlds = found.worlds()
    known = Worlds(load("thamm_germany"), parameters("likely"), REAL["seed"])
    # the study's own range holds for its key
    assert worlds[DROPOUT].between(0, 0.05).all()
    others = [key for key in known.keys if key not in (DROPOUT, SUPPORT)]
    assert set(worlds) == {*others, DROPOUT, "number"}
    drawn = known.values(int(worlds["number"].iloc[1]))
    assert worlds.iloc[1][others].to_dict() == {key: drawn[key] for key in others}
    # and the scenario as it is has the numbers that it has elsewhere
    alone = search({**plan, "uncertainties": {}, "generations": 1})
    today = {SUPPORT: get_value(load("thamm_germany"), SUPPORT)}
    same = smpsim.run("thamm_germany", 6, REAL["seed"], overrides=today, parameters="likely")
    assert (
        alone.measured.by_world("placed")[0].tolist() == same.outcome_table["placed"].tolist()[2:]
    )


def test_a_design_near_today_begins_the_search():
    study = SearchStudy.model_validate(PLAN)
    space = Space.of(study, load("bare_pipeline"))
    first = space.design(space.first())
    assert first.actions == ()
    assert first.values[SEATS] == min(max(space.today[SEATS], 10), 40)
    assert search(study, generations=1).archive.designs[0].key == first.key


def test_reals_are_rounded_within_their_range():
    lever = Lever.parse({"uniform": {"low": 0.0004, "high": 0.3}})
    assert lever.rounded(0.123456) == 0.123
    assert lever.rounded(0.0) == 0.0004
    assert Lever.parse({"uniform": {"low": 0, "high": 40000}}).rounded(12345.6) == 12300
    assert Lever.parse({"uniform": {"low": 2.5, "high": 9.5}}).whole().values == (3, 9)


# --- same numbers, whoever runs them, and after a stop ----------------------------------------


def test_workers_do_not_change_a_number(study, tmp_path):
    path = study()
    one = search(path, tmp_path / "one", threads=1)
    two = search(path, tmp_path / "two", threads=2)
    same(one, two)
    same(one, search(path))
    files = sorted(one.relative_to(tmp_path / "one") for one in (tmp_path / "one").rglob("*.*"))
    assert len(files) > 8
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    other = search(study(seed=4))
    assert not other.designs().equals(one.designs())


def test_a_stopped_search_goes_on_without_running_anything_again(study, tmp_path):
    path, folder, calls = study(), tmp_path / "out", []
    whole = search(path)

    class StoppedError(Exception):
        pass

    def counting(designs, worlds, replications, progress, stop_at=3):
        if len(calls) == stop_at:
            raise StoppedError
        calls.append(len(designs))
        return simulate(designs, worlds, replications, progress)

    from smpsim.studies.search.worlds import simulator

    ready = prepare_search(path)
    simulate = simulator(ready.study, ready.scenario, ready.columns)
    with pytest.raises(StoppedError):
        # in the third generation
        search(path, folder, evaluation=lambda *given: counting(*given, stop_at=2))
    assert len(calls) == 2
    left = planned_runs(ready, folder)
    assert planned_runs(ready) - left == 2 * 6 * 2
    with pytest.raises(StoppedError):
        # in the evaluation afresh
        search(path, folder, evaluation=counting)
    assert len(calls) == 3
    found = search(path, folder, evaluation=lambda *given: counting(*given, stop_at=9))
    same(found, whole)
    assert len(calls) == 4
    # nothing is left to be run
    same(search(path, folder, evaluation=None), whole)
    assert len(whole.archive) == sum(calls[:3])


def test_a_killed_search_goes_on_with_identical_files(study, tmp_path):
    path, folder = study(generations=20), tmp_path / "killed"
    code = f"import smpsim; smpsim.search({str(path)!r}, {str(folder)!r}, threads=1)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    try:
        until = time.monotonic() + 60
        while not (folder / "search/checksums/000002.sha256").exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.005)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    there = len(list((folder / "search/checksums").glob("*.sha256")))
    assert 3 <= there < 20
    same(search(path, folder), search(path, tmp_path / "whole"))
    for file in sorted(one for one in (tmp_path / "whole").rglob("*.*") if one.is_file()):
        mine = folder / file.relative_to(tmp_path / "whole")
        assert mine.read_bytes() == file.read_bytes()


def test_more_generations_go_on_from_those_that_are_there(study, tmp_path):
    path, folder = study(), tmp_path / "out"
    short = search(path, folder, generations=2)
    longer = search(path, folder, generations=4)
    same(longer, search(path, generations=4))
    assert (
        longer.designs()
        .iloc[: len(short.archive)]
        .drop(columns="front")
        .equals(short.designs().drop(columns="front"))
    )
    # and with fewer again
    same(search(path, folder, generations=2), short)


def test_a_damaged_generation_is_run_again(study, tmp_path):
    path, folder = study(), tmp_path / "out"
    whole = search(path, folder)
    chunk = folder / "search/runs/000001.parquet"
    content = chunk.read_bytes()
    chunk.write_bytes(content[:-9])
    same(search(path, folder), whole)
    assert chunk.read_bytes() == content


def test_a_changed_study_is_refused_unless_fresh(study, tmp_path):
    folder = tmp_path / "out"
    search(study(), folder, generations=1)
    for changes in ({"seed": 9}, {"population": 8}, {"objectives": PLAN["objectives"]}):
        with pytest.raises(ScenarioError, match=r"study: .* of this study.*fresh=True"):
            search(study(**changes), folder, generations=1)
    with pytest.raises(ScenarioError, match="scenario"):
        search(study(scenario="reference"), folder, generations=1)
    found = search(study(seed=9), folder, generations=1, fresh=True)
    same(found, search(study(seed=9), generations=1))
    # a question is no number
    same(search(study(seed=9, question="Why?"), folder, generations=1), found)


# --- files ----------------------------------------------------------------------------------


def test_files(study, tmp_path):
    found = search(study(satisfice=["placed >= 20"]))
    files = found.write(tmp_path / "out", extra={"front.png": b"picture"})
    names = {one.name for one in files}
    for name in ("pareto", "robustness", "history", "designs"):
        assert {f"{name}.csv", f"{name}.parquet"} <= names
    assert {"by_world.parquet", "worlds.parquet", "front.png"} <= names
    back = pd.read_parquet(tmp_path / "out" / "pareto.parquet")
    pd.testing.assert_frame_equal(back, found.pareto())
    facts = read_provenance(tmp_path / "out" / "pareto.parquet")
    assert facts["study"] == "Trial"
    assert facts["settings"]["levers"][SEATS] == {"integers": {"low": 10, "high": 40}}
    json.dumps(facts)


# --- studies --------------------------------------------------------------------------------


def test_the_catalogues_study_is_valid_and_every_range_has_a_reason():
    study = load_search("search_thamm_germany")
    assert len(study.objectives) == 4
    text = (ROOT / "scenarios/studies/search_thamm_germany.yaml").read_text()
    assert is_search(ROOT / "scenarios/studies/search_thamm_germany.yaml")
    assert kind_of("search_thamm_germany").name == KIND
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if "{uniform" in line or "{integers" in line or "{grid" in line or "{list" in line:
            reason = line.partition("#")[2] or lines[number - 1].partition("#")[2]
            assert reason.strip()


def test_defaults_are_enough(study, tmp_path):
    path = tmp_path / "least.yaml"
    path.write_text(f"name: Least\nscenario: reference\nlevers: {{{SEATS}: {{grid: [20, 40]}}}}\n")
    least = load_search(path)
    assert list(least.objectives) == ["placed", "cost_per_retained_placement", "npv_origin_60m"]
    assert least.planned() == (40 * 10 * 5, 21 * 50 * 10)
    assert not is_search(ROOT / "scenarios/reference.yaml")
    assert not is_search(ROOT / "scenarios/studies/visa_delay_by_training_duration.yaml")
    assert not is_search(tmp_path / "none.yaml")


def test_every_mistake_is_reported_at_its_line(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(
        f"""name: Wrong
scenario: bare_pipeline
programme: pilto
set:
  {MONTHS}: 8
  replications: 5
levers:
  {MONTHS}: {{grid: [4, 6]}}
  programmes.pilot.intakes.seat: {{grid: [1, 2]}}
  {INVOLVED}: {{list: [late, dezign]}}
  {SEATS}: {{integers: {{low: 10, high: 2.5}}}}
  {SHARE}: {{uniform: {{low: 0, high: 7}}}}
  {SUPPORT}: {{gird: [1, 2]}}
  programmes.pilot.occupation_match: {{grid: [0.5]}}
  programmes.pilot.intakes.applicants_per_seat: {{uniform: {{low: 3, high: 2}}}}
actions:
  list: [early_engagement, campain, early_engagement]
  at_most: 0
uncertainties:
  {DROPOUT}: {{uniform: {{low: 0.1, hihg: 0.2}}}}
  behaviour.training.dropuot: {{uniform: {{low: 0, high: 1}}}}
  {SUPPORT}: {{uniform: {{low: 0, high: 1}}}}
objectives:
  placed: maximise
  cost_per_placment: minimize
constraints: ["shortfall ~ 60", "placed > many"]
satisfice: [placement_rat > 0.3]
worlds: 0
generatons: 9
"""
    )
    expected = {
        3: "got 'pilto'; allowed: pilot; did you mean 'pilot'?",
        6: "got replications of a scenario; allowed: replications of the study",
        8: "given under set too",
        9: "did you mean 'seats'?",
        10: "got 'dezign'; allowed:",
        11: "allowed: low below high",
        12: "got 7",
        13: "did you mean 'grid'?",
        14: "a list of two values or more",
        15: "got low 3 and high 2",
        17: "did you mean 'actions/campaigns'?",
        18: "got 0; allowed: a whole number of 1 or more",
        20: "got uniform with",
        21: "did you mean 'dropout'?",
        22: "given under levers too",
        24: "got 'maximise'; allowed: maximize, minimize",
        25: "did you mean 'cost_per_placement'?",
        26: "got '~'",
        27: "did you mean 'placement_rate'?",
        28: "got 0; allowed: a whole number from 1 to 10,000",
        29: "got unknown key 'generatons'",
    }
    with pytest.raises(ScenarioError) as caught:
        load_search(path)
    found: dict[int, str] = {}
    for problem in caught.value.problems:
        assert problem.file.endswith("wrong.yaml")
        found[problem.line] = f"{found.get(problem.line, '')} {problem}"
    for line, text in expected.items():
        assert text in found.get(line, ""), f"line {line}: {found.get(line)}"
    assert set(found) == set(expected)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "scenario: bare_pipelin\nactions: {list: [campaigns]}\n",
            2,
            "did you mean 'bare_pipeline'?",
        ),
        ("scenario: bare_pipeline\n", None, "got neither levers nor actions"),
        (f"scenario: bare_pipeline\nlevers: {{{SEATS}: {{grid: [9, 9]}}}}\n", 3, "9 twice"),
        (
            f"scenario: bare_pipeline\nlevers:\n  {MONTHS}: {{uniform: {{low: 9.1, high: 9.9}}}}\n",
            4,
            "two whole numbers",
        ),
        (
            "scenario: bare_pipeline\nobjectives: {placed: maximize}\n"
            "actions: {list: [campaigns]}\n",
            3,
            "got ",
        ),
    ],
)
def test_single_mistakes(tmp_path, text, line, message):
    path = tmp_path / "wrong.yaml"
    path.write_text(
        f"name: Wrong\n{text}objectives: {{placed: maximize, cost_total: minimize}}\n"
        if "objectives" not in text
        else f"name: Wrong\n{text}"
    )
    with pytest.raises(ScenarioError, match=r"got |no scenario") as caught:
        load_search(path)
    problem = caught.value.problems[0]
    assert message in str(problem)
    assert line is None or problem.line == line


def test_worlds_in_which_the_scenario_cannot_be_are_named(study):
    path = study(uncertainties={DROPOUT: {"normal": {"mean": 0.01, "sd": 90}}})
    line = path.read_text().splitlines().index(f"  {DROPOUT}:") + 1
    with pytest.raises(ScenarioError, match=r"world \d+ of 6: got") as caught:
        search(path)
    assert caught.value.problems[0].line == line


def test_an_unknown_study_names_the_nearest():
    with pytest.raises(ScenarioError, match="did you mean 'search_thamm_germany'"):
        load_search("search_tham_germany")


# --- pictures -------------------------------------------------------------------------------


def small_print(picture):
    return picture._supxlabel.get_text().replace("\n", " ")


def test_pictures_say_units_runs_and_what_is_meant(known):
    front = known.plot.front()
    (panel,) = front.axes
    assert panel.get_xlabel() == "placed (people)"
    assert panel.get_ylabel() == "total cost (EUR)"
    # both are to be small, so that better is up and to the right
    assert panel.xaxis_inverted()
    assert panel.yaxis_inverted()
    assert "in 4 worlds, 1 run in each, with 95 % intervals" in small_print(front)
    stars = [line for line in panel.get_lines() if line.get_marker() == "*"]
    today = known.pareto().loc["today"]
    assert stars[0].get_xydata().tolist() == [[today["placed"], today["cost_total"]]]
    parallel = known.plot.parallel()
    labels = [one.get_text() for one in parallel.axes[0].get_xticklabels()]
    # what nobody takes has no axis
    assert "campaigns" in labels
    assert "regular\ndialogue" not in labels
    assert "Taken by no design: regular dialogue." in small_print(parallel)
    assert labels[-2:] == ["placed\n(people)", "total cost\n(EUR)"]
    convergence = known.plot.convergence()
    drawn = convergence.axes[0].get_lines()[0].get_ydata()
    assert list(drawn) == known.history()["hypervolume"].tolist()
    robustness = known.plot.robustness()
    names = [one.get_text() for one in robustness.axes[0].get_yticklabels()]
    assert "today" in names
    assert set(names) <= set(known.labels)
    assert "4 fresh worlds, 1 run in each" in small_print(robustness)
    check_phone(known.plot)


def test_designs_that_nobody_can_judge_yet_stand_outside(tmp_path):
    # who waits eleven months or more arrives less than a year before the end; all are kept
    file = tmp_path / "late.yaml"
    lane = "governments.destination.visa.lanes.standard"
    file.write_text(
        f"""
name: Late
scenario: bare_pipeline
set: {{months: 36, behaviour.exam.pass_probability: 1.0, {lane}.refusal: 0.0}}
levers:
  {lane}.minimum_months: {{integers: {{low: 8, high: 14}}}}
  programmes.pilot.intakes.seats: {{grid: [20, 40]}}
objectives: {{placed: maximize, cost_per_retained_placement: minimize}}
worlds: 2
replications: 2
population: 8
generations: 3
candidates: 6
fresh_worlds: 4
fresh_replications: 2
seed: 1
"""
    )
    found = smpsim.search(str(file))
    archive = found.archive
    months = np.array([one.values[f"{lane}.minimum_months"] for one in archive.designs])
    price = archive.mean("cost_per_retained_placement")
    later = archive.unjudged()
    assert later.any()
    np.testing.assert_array_equal(later, np.isnan(price))
    assert months[later].min() > months[~later].max()
    # they are on no front, and are no verdict either
    assert not later[archive.fronts()[-1]].any()
    said = " ".join(found.sentences)
    assert f"{later.sum()} designs cannot be assessed" in said
    assert "mostly because nobody is placed" not in said
