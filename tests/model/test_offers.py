"""E10: offers fall through on the employer's side, and searching on one's own always competes."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run, within_three_errors

from smpsim.vocabulary import STAGES

P = "programmes.pilot"
WITHDRAWING = {
    # all know, can pay and hire; from month 8 on nobody pays the new fee and so all withdraw
    "employers.firms.willingness_to_pay": 1000,
    f"{P}.training.months_after_offer": 10,
    "timeline": [{"month": 8, "set": {f"{P}.fee_per_recruit": 2000}}],
}


def test_employers_that_withdraw_cancel_offers_before_the_next_step():
    found = ensemble(bare({**WITHDRAWING, "behaviour.waiting.offer_cancelled": 0.2}), 60)
    # offers of month 5 lead on in month 15, seven months after the withdrawal
    kept = np.exp(-0.2 * 7)
    assert within_three_errors(found.last("placed"), 100 * kept)
    assert within_three_errors(found.count("offers_cancelled"), 100 * (1 - kept))
    assert (found.last("graduate_pool") == found.count("offers_cancelled")).all()
    # vacancies are open again
    assert (found.last("vacancies_filled") == found.last("placed")).all()


def test_offers_of_employers_that_stay_remain_valid():
    stays = {k: v for k, v in WITHDRAWING.items() if k != "timeline"}
    found = ensemble(bare({**stays, "behaviour.waiting.offer_cancelled": 5.0}), 3)
    assert (found.last("placed") == 100).all()
    assert found.count("offers_cancelled").max() == 0


def test_without_a_hazard_a_withdrawal_cancels_nothing():
    found = ensemble(bare(WITHDRAWING), 3)
    assert (found.last("placed") == 100).all()


@pytest.mark.parametrize("step", ["visa", "recognition"])
def test_an_offer_may_fall_through_at_every_later_step(step):
    changes = {
        **WITHDRAWING,
        f"{P}.training.months_after_offer": 0,
        "behaviour.waiting.offer_cancelled": 5.0,
    }
    if step == "visa":
        lane = "governments.destination.visa.lanes.standard"
        changes[f"{lane}.decisions_per_month"] = 10
    else:
        changes[f"{P}.recognition"] = "before_departure"
        changes["governments.destination.recognition.months"] = 6
    world = one_run(bare(changes))
    record = world.programmes[0]
    assert record["offers_cancelled"] > 0
    assert record["placed"] + record["offers_cancelled"] == 100
    waiting = world.headcount[0][STAGES.index("graduate_pool")]
    assert waiting == record["offers_cancelled"]
    assert world.lanes["waiting"].sum() == 0


def test_those_who_lost_an_offer_are_hired_by_others():
    two = [
        {"name": "firms", "count": 4, "country": "destination", "initial_vacancies": 25},
        {"name": "others", "count": 4, "country": "destination"},
    ]
    two[0]["willingness_to_pay"] = 1000
    two[1]["vacancies_per_year"] = 30
    changes = {
        **{k: v for k, v in WITHDRAWING.items() if not k.startswith("employers")},
        f"{P}.employers": ["firms", "others"],
        "behaviour.waiting.offer_cancelled": 5.0,
    }
    world = one_run(bare(changes, employers=two))
    record = world.programmes[0]
    assert record["offers_cancelled"] > 0
    assert record["placed"] == 100
    assert world.people["cancelled"].max() == 1


def test_searching_on_ones_own_competes_with_an_open_channel():
    waits = {"employers.firms.initial_vacancies": 0}
    found = ensemble(bare({**waits, "behaviour.waiting.individual_search": 0.02}), 60)
    assert within_three_errors(found.last("migrated"), 100 * (1 - np.exp(-0.02 * 54)))
    assert found.last("placed").max() == 0
    closed = {**waits, f"{P}.channel": "none", "behaviour.waiting.individual_search": 0.02}
    same = ensemble(bare(closed), 60)
    np.testing.assert_array_equal(found.last("migrated"), same.last("migrated"))


def test_a_downturn_cancels_offers_for_jobs_that_no_longer_exist():
    held = {f"{P}.training.months_after_offer": 10, "behaviour.waiting.offer_cancelled": 0.3}
    cycle = {"employers.firms.cycle": {"sd": 0.6, "persistence": 0.99}}
    steady = ensemble(bare(held), 5)
    assert steady.count("offers_cancelled").max() == 0
    moved = ensemble(bare({**held, **cycle}), 60)
    cancelled = moved.count("offers_cancelled")
    # in booms none, in downturns some
    assert (cancelled == 0).sum() > 10
    assert (cancelled > 20).sum() > 10
