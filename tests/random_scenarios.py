"""Random scenarios from the schema, timelines included, and what must hold in every run of one.

By hand, with every access to a table checked (about a minute of compilation, then some thousand
scenarios a minute):

    SMPSIM_CHECK_BOUNDS=1 PYTHONPATH=tests python tests/random_scenarios.py 10000
"""

from __future__ import annotations

import argparse
import copy
import math
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import annotated_types as limits_of
import numpy as np
import yaml

from smpsim.ensemble import run_outcomes
from smpsim.scenario import Scenario, load, load_data
from smpsim.scenario.allowed_values import Shape, shape_at
from smpsim.scenario.keypaths import format_path
from smpsim.scenario.problems import ScenarioError
from smpsim.vocabulary import PARTIES, PAYEES, STAGES
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World

BASES = ("reference", "bare_pipeline", "porsche_manila", "onodera_user_run")
# sizes are kept small, so that thousands of runs take minutes; all else may be at its limit
LARGEST = {
    "months": 72,
    "count": 6,
    "seats": 40,
    "number": 40,
    "applicants_per_seat": 6,
    "outreach": 3,
    "initial_vacancies": 1000,
    "largest_response": 5,
    "largest_growth": 6,
    "network_neighbours": 6,
}
PEOPLE: list[int] = []
LEFT_ALONE = ("name", "sources", "institutions", "employers", "exchange_rates", "timeline", "role")
DISTRIBUTIONS = ("uniform", "normal", "lognormal", "beta", "gamma", "exponential", "triangular")


def leaves(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of single values in plain data of a scenario."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for step, value in items:
        below = (*path, step)
        shape = shape_at(below)
        whole = shape is None or shape.is_distribution or (shape.is_mapping and not shape.section)
        if isinstance(value, (dict, list)) and not whole:
            if path or step not in LEFT_ALONE[3:]:
                yield from leaves(value, below)
        elif shape is not None and step not in LEFT_ALONE:
            yield below


def bounds(shape: Shape, name: str | int) -> tuple[float, float]:
    """Return the range of a number, as the schema states it and as sizes allow."""
    low, high = -1e3, 1e4
    for limit in shape.limits:
        if isinstance(limit, limits_of.Ge):
            low = float(limit.ge)  # type: ignore[arg-type]
        elif isinstance(limit, limits_of.Gt):
            low = float(limit.gt) + 1e-9  # type: ignore[arg-type]
        elif isinstance(limit, limits_of.Le):
            high = float(limit.le)  # type: ignore[arg-type]
        elif isinstance(limit, limits_of.Lt):
            high = float(limit.lt) - 1e-9  # type: ignore[arg-type]
    return low, min(high, LARGEST.get(str(name), math.inf))


def number(chance: random.Random, low: float, high: float) -> float:
    """Return a number at an end of a range, in its middle, or of any size in it."""
    kind = chance.random()
    if kind < 0.1:
        return low
    if kind < 0.2:
        return high
    if kind < 0.6 or low < 0:
        return chance.uniform(low, high)
    return min(high, low + (high - low) * 10 ** chance.uniform(-6, 0))


def distribution(chance: random.Random, high: float) -> Any:
    """Return a number or a distribution as a file writes it."""
    kind = chance.choice((*DISTRIBUTIONS, "constant", "constant"))
    middle = high * 10 ** chance.uniform(-3, 0)
    spread = middle * 10 ** chance.uniform(-3, 1)
    if kind == "constant":
        return chance.choice((0.0, middle, high))
    if kind in ("uniform", "triangular"):
        inside = {"low": middle * 0.3, "high": middle}
        return {kind: inside if kind == "uniform" else {**inside, "mode": middle * 0.5}}
    if kind == "lognormal":
        return {kind: {"median": middle, "sigma": 10 ** chance.uniform(-3, 1)}}
    if kind == "beta":
        mean = chance.uniform(0.01, 0.99)
        most = math.sqrt(mean * (1 - mean))
        return {kind: {"mean": mean, "sd": most * 10 ** chance.uniform(-3, -0.01)}}
    return {kind: {"mean": middle} if kind == "exponential" else {"mean": middle, "sd": spread}}


def value_for(chance: random.Random, path: tuple[str | int, ...]) -> Any:
    """Return a random value of the kind that the schema allows at a path."""
    shape = shape_at(path)
    assert shape is not None
    if shape.nullable and chance.random() < 0.3:
        return None
    if shape.is_distribution:
        top = {"age": 80.0, "patience_months": 60.0, "months": 24.0}.get(str(path[-1]))
        if top is None:
            top = 1.0 if shape.unit == "0 to 1" else 1e4
        return distribution(chance, top)
    words = shape.words()
    if words:
        return chance.choice(words)
    for option in shape.options:
        if option is bool:
            return chance.random() < 0.5
        if option is int:
            return round(number(chance, *bounds(shape, path[-1])))
        if option is float:
            return number(chance, *bounds(shape, path[-1]))
        if get_origin(option) is Literal:
            return chance.choice(get_args(option))
    return None


def accepted(data: dict[str, Any], changes: dict[str, Any] | None = None) -> Scenario | None:
    """Return a scenario, or None where the schema refuses it."""
    try:
        return load_data(copy.deepcopy(data), overrides=changes or {})
    except ScenarioError:
        return None


def shrunk(data: dict[str, Any], sizes: Mapping[str, int] = LARGEST) -> dict[str, Any]:
    """Return a scenario's data with small sizes."""
    data["months"] = min(data["months"], sizes["months"])
    for group in [*data["institutions"], *data["employers"]]:
        group["count"] = min(group["count"], sizes["count"])
    for programme in data["programmes"]:
        intakes = programme["intakes"]
        for key in ("seats", "number", "applicants_per_seat"):
            intakes[key] = min(intakes[key], sizes[key])
    data["timeline"] = [one for one in data["timeline"] if one["month"] < data["months"]]
    return data


def random_scenario(seed: int) -> Scenario:
    """Return an accepted scenario: a known one, changed at random, with a random timeline.

    Parameters
    ----------
    seed : int
        The same scenario comes from the same seed.
    """
    chance = random.Random(seed)
    scenario = load(chance.choice(BASES))
    data = shrunk(scenario.model_dump(mode="json"))
    # of agents that may be gone
    data["likely_ranges"] = {}
    if chance.random() < 0.4:
        # a second programme with the same schools and employers
        twin = copy.deepcopy(data["programmes"][0])
        data["programmes"].append({**twin, "name": "twin"})
    paths = list(leaves(data))
    found = accepted(data)
    assert found is not None, "the bases are valid"
    drawn = [
        (path, value_for(chance, path)) for path in chance.sample(paths, chance.randint(0, 30))
    ]
    kept: list[Any] = []
    keep_accepted(
        [(format_path(path, data), value) for path, value in drawn],
        lambda more: accepted(data, dict([*kept, *more])),
        kept,
    )
    found = accepted(data, dict(kept)) or found
    months = sorted(chance.sample(range(found.months), min(found.months, chance.randint(0, 5))))
    entries = [
        {"month": month, "set": {format_path(path, data): value_for(chance, path)}}
        for month in months
        for path in chance.sample(paths, chance.randint(1, 6))
    ]
    timeline: list[Any] = []
    keep_accepted(
        entries,
        lambda more: accepted(data, {**dict(kept), "timeline": [*timeline, *more]}),
        timeline,
    )
    return accepted(data, {**dict(kept), "timeline": timeline}) or found


def keep_accepted(drawn: list[Any], accepts: Callable[[list[Any]], Any], kept: list[Any]) -> None:
    """Add to `kept` what is accepted, by halves, so that one that does not fit spoils no other."""
    if not drawn:
        return
    if accepts(drawn) is not None:
        kept.extend(drawn)
    elif len(drawn) > 1:
        half = len(drawn) // 2
        keep_accepted(drawn[:half], accepts, kept)
        keep_accepted(drawn[half:], accepts, kept)


def check_run(scenario: Scenario, seed: int) -> int:
    """Run a scenario once, assert what holds in every run, and return how many people applied.

    People and euros are conserved, and every number is finite and of the right sign.
    """
    plan = blueprint(scenario)
    world = World(plan)
    world.advance(scenario.months, seed, seed % 7)
    people = world.people
    assert world.months_done == scenario.months
    for p, record in enumerate(world.programmes):
        mine = people[people["programme"] == p]
        stages = np.bincount(mine["stage"], minlength=world.headcount.shape[1])
        stages[STAGES.index("not_selected")] += record["applicants"] - len(mine)
        assert np.array_equal(stages, world.headcount[p]), "people are in one stage each"
        assert len(mine) == record["enrolled"]
        assert record["placed"] <= record["migrated"] <= record["graduated"] <= record["enrolled"]
    assert (world.headcount >= 0).all()
    assert (world.flows >= 0).all()
    for name in ("readiness", "skill", "language", "aptitude", "age", "motivation"):
        assert np.isfinite(people[name]).all(), name
        assert (people[name] >= 0).all(), name
    assert (people["readiness"] <= 1.000001).all()
    employers = world.employers
    held = employers["open_vacancies"] + employers["hired"] + employers["filled_locally"]
    assert np.array_equal(employers["opened"], held), "openings are filled or open"
    assert (employers["open_vacancies"] >= 0).all()
    assert (employers["workers"] >= 0).all()
    assert (world.partnerships["committed_seats"] >= 0).all()
    level = world.partnerships["trust"]
    assert ((level >= 0) & (level <= 1)).all(), "trust is a share"
    assert np.isfinite(world.ledger).all()
    assert (world.ledger >= 0).all(), "payments are not negative"
    paid = world.ledger.sum(axis=0)
    balance = -paid.sum(axis=1)
    receivers = [PARTIES.index(payee) for payee in PAYEES]
    np.add.at(balance.T, receivers, paid.sum(axis=2).T)
    scale = max(1.0, float(paid.sum()))
    assert np.allclose(world.accounts, balance, rtol=1e-9, atol=1e-9 * scale)
    known = world.trajectory.copy()
    wait = known[..., -2]
    wait[np.isnan(wait)] = 0.0  # nobody's application was decided that month
    assert np.isfinite(known).all()
    assert (known >= -1e-6).all()
    # the tables have grown to their size: the same run again comes out the same
    first = (world.trajectory.tobytes(), world.ledger.tobytes())
    world.advance(scenario.months, seed, seed % 7)
    assert first == (world.trajectory.tobytes(), world.ledger.tobytes()), "a run can be repeated"
    for name, values in run_outcomes(plan, seed, range(1)).items():
        assert not np.isinf(values).any(), name
        # a party's cost is what it pays less what it is given
        net = name.startswith(("npv_", "gain_", "intermediary_balance", "cost_"))
        net = net and not name.startswith(("cost_total", "cost_per"))
        if not net and name != "shortfall":
            assert not (values < -1e-6 * scale).any(), name
    return len(people)


def check_seeds(seeds: range) -> list[str]:
    """Check scenarios by their seeds, and return what failed, each in a line."""
    failed = []
    for seed in seeds:
        scenario = random_scenario(seed)
        try:
            PEOPLE.append(check_run(scenario, seed))
        except (AssertionError, ArithmeticError, ValueError, LookupError, RuntimeError) as error:
            failed.append(f"seed {seed}: {type(error).__name__}: {error}")
        except ScenarioError as error:
            failed.append(f"seed {seed}: refused in the run: {error}")
    return failed


def main() -> None:
    """Check as many scenarios as asked for, or write one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="write the first as YAML")
    options = parser.parse_args()
    if options.write:
        data = random_scenario(options.first).model_dump(mode="json")
        yaml.safe_dump(data, sys.stdout, sort_keys=False, allow_unicode=True)
        return
    failures = 0
    for start in range(options.first, options.first + options.count, 50):
        stop = min(start + 50, options.first + options.count)
        for line in check_seeds(range(start, stop)):
            failures += 1
            print(line, flush=True)
        said = f"{stop - options.first} checked, {failures} failed"
        said += (
            f", people: half above {np.median(PEOPLE):.0f}, {np.mean(np.equal(PEOPLE, 0)):.0%} none"
        )
        print(said, file=sys.stderr, flush=True)
    sys.exit(min(failures, 1))


if __name__ == "__main__":
    main()
