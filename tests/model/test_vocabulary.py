"""Each list of words once: what is declared elsewhere agrees with it."""

from typing import get_args

import numpy as np
import pytest
from worlds import bare, ensemble, one_run

from smpsim import vocabulary
from smpsim.ensemble import COUNTS
from smpsim.results.outcomes import OUTCOMES
from smpsim.results.plots import COLOURS, NOT_SHOWN
from smpsim.scenario import in_words
from smpsim.scenario.allowed_values import shape_at
from smpsim.scenario.behaviour_of_employers import Vouching
from smpsim.scenario.programmes import Costs
from smpsim.world import ledger
from smpsim.world.layout import TRAJECTORY


def test_every_item_has_a_payee_among_the_parties():
    assert {item.payee for item in vocabulary.ITEM_TABLE} <= set(vocabulary.PARTIES)
    assert len(set(vocabulary.ITEMS)) == len(vocabulary.ITEMS) == len(ledger.RECEIVERS)
    receivers = [vocabulary.PARTIES[place] for place in ledger.RECEIVERS]
    assert dict(zip(vocabulary.ITEMS, receivers, strict=True))["refund"] == "employer"


def test_rules_number_shared_items_and_funders_as_the_funding_table_does():
    # the table of shares has fewer rows and columns than the ledger, which begins with them
    assert vocabulary.ITEMS[: len(vocabulary.SHARED_ITEMS)] == vocabulary.SHARED_ITEMS
    assert vocabulary.PARTIES[: len(vocabulary.SHARING_PARTIES)] == vocabulary.SHARING_PARTIES


def test_the_schema_takes_its_words_from_the_vocabulary():
    assert set(Costs.model_fields) <= set(vocabulary.SHARED_ITEMS)
    assert set(Vouching.model_fields) == set(vocabulary.VOUCHING)
    funding = shape_at(("programmes", 0, "funding"))
    assert funding.keys() == (vocabulary.ALL_ITEMS, *vocabulary.SHARED_ITEMS)
    assert funding.child("exam").keys() == vocabulary.SHARING_PARTIES


def test_cards_and_pictures_know_every_word():
    assert set(in_words.DEMAND) == set(get_args(vocabulary.Demand))
    assert set(in_words.CHANNEL) == set(get_args(vocabulary.LegalChannel))
    assert set(in_words.RECOGNITION) == set(get_args(vocabulary.Recognition))
    drawn = [stage for stages in vocabulary.STAGE_GROUPS.values() for stage in stages]
    assert sorted([*drawn, *NOT_SHOWN]) == sorted(vocabulary.STAGES)
    assert len(COLOURS) == len(vocabulary.STAGE_GROUPS) == len(set(COLOURS))


def test_counts_are_stages_outcomes_or_what_retention_needs():
    own = [name for name in COUNTS if name not in (*vocabulary.SEEN, "awaiting_retake")]
    assert own
    assert set(own) <= set(OUTCOMES)
    for name in vocabulary.SEEN:
        if not name.startswith(("seen", "retained")):
            continue
        assert int(name.rpartition("_")[2]) in vocabulary.RETENTION_MONTHS


def test_a_month_of_the_trajectory_is_a_row_with_named_fields():
    assert TRAJECTORY.names == vocabulary.TRAJECTORY_COLUMNS
    world = one_run(bare({"programmes.pilot.departure_months": 3}))
    rows = world.trajectory.view(TRAJECTORY)[..., 0]
    for name in TRAJECTORY.names:
        assert np.array_equal(rows[name], world.series(name), equal_nan=True)
    assert rows["placed"][-1] == world.programmes["placed"]
    assert rows["employed"][-1] == world.headcount[0, vocabulary.STAGES.index("employed")] > 0
    assert rows["pre_departure"].max() == rows["placed"][-1]


def test_series_of_a_result_have_the_names_of_its_table():
    found = ensemble(bare(), runs=2)
    assert found.column("placed")[:, -1] == pytest.approx(found.count("placed"))
