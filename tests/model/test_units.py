"""In another unit of money the same happens, and only the amounts are scaled."""

from typing import Any

import numpy as np
import pytest
from small_worlds import TWISTS, small

from smpsim.ensemble import simulate
from smpsim.scenario import Scenario, load_data
from smpsim.scenario.fields import Section
from smpsim.scenario.quantities import Distribution
from smpsim.vocabulary import TRAJECTORY_COLUMNS
from smpsim.world.blueprint import blueprint

TIMES = 2.0  # a power of two, so that not a bit is rounded otherwise


def in_other_units(part: Any, unit: str = "") -> Any:
    """Return the plain data of a part of a scenario with all amounts of money multiplied."""
    if isinstance(part, Section):
        fields = type(part).model_fields
        return {
            name: in_other_units(
                getattr(part, name), str((field.json_schema_extra or {}).get("unit", unit))
            )
            for name, field in fields.items()
        }
    if isinstance(part, dict):
        return {name: in_other_units(one, unit) for name, one in part.items()}
    if isinstance(part, list | tuple):
        return [in_other_units(one, unit) for one in part]
    money = unit.startswith("currency") and unit != "currency per unit"
    if isinstance(part, Distribution):
        values = {
            name: value * (TIMES if money and name != "sigma" else 1.0)
            for name, value in part.parameters
        }
        return Distribution(part.kind, tuple(values.items())).raw()
    if money and isinstance(part, int | float) and not isinstance(part, bool):
        return part * TIMES
    return part


def simulated(design: Scenario) -> Any:
    return simulate(blueprint(design), design.seed, range(1), threads=1)


@pytest.mark.parametrize("name", ["reference", "uk_nurses", "kani_kiribati", *list(TWISTS)])
def test_the_unit_of_money_changes_amounts_only(name):
    design = small(name)
    plain = design.model_dump(mode="json")
    other = load_data({**plain, **in_other_units(design), "timeline": plain["timeline"]})
    before, after = simulated(design), simulated(other)
    np.testing.assert_array_equal(before.flows, after.flows)
    np.testing.assert_array_equal(before.counts, after.counts)
    np.testing.assert_array_equal(before.spells, after.spells)
    np.testing.assert_array_equal(before.ledger * TIMES, after.ledger)
    np.testing.assert_array_equal(before.totals * TIMES, after.totals)
    for place, column in enumerate(TRAJECTORY_COLUMNS):
        one, two = (runs.trajectories[:, :, :, place] for runs in (before, after))
        if not np.array_equal(one, two, equal_nan=True):
            assert np.array_equal(one * TIMES, two, equal_nan=True), column
    assert before.ledger.any()
