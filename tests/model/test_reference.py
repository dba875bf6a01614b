"""Every scenario of the catalogue comes to what it came to before.

A change that is meant to change numbers writes the table anew: python tests/outcome_hashes.py
--table, and says in CHANGELOG.md which and why.
"""

import pandas as pd
import pytest
from outcome_hashes import TABLE, designs, rows

REFERENCE = pd.read_csv(TABLE)
KEYS = ["scenario", "programme", "run"]
DESIGNS = dict(designs())


def test_every_scenario_and_action_of_the_catalogue_is_in_the_table():
    assert list(REFERENCE["scenario"].unique()) == list(DESIGNS)
    assert not REFERENCE.duplicated(KEYS).any()


@pytest.mark.parametrize("name", DESIGNS)
def test_a_scenario_comes_to_what_it_came_to(name):
    found = rows(name, DESIGNS[name])
    wanted = REFERENCE[REFERENCE["scenario"] == name].reset_index(drop=True)
    # whole numbers exactly, amounts to the digits that the table holds
    pd.testing.assert_frame_equal(
        found, wanted, check_like=True, check_dtype=False, rtol=1e-9, atol=1e-9
    )
