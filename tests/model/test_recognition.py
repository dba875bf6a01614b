"""E11: recognition after arrival takes time, has a cost, and may never come."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run, within_three_errors

from smpsim.agents.trainee import ASSISTANT
from smpsim.vocabulary import ITEMS, STAGES

P, D = "programmes.pilot", "governments.destination"
AFTER = {
    f"{P}.recognition": "after_arrival",
    f"{D}.recognition": {"months": 4, "cost": 500},
    f"{P}.wages": {"origin": 400, "destination": 2000, "tax": 0.25, "remitted": 0.1},
    "employers.firms.margin_per_month": 800,
    "behaviour.recognition": {
        "alignment_needed": 0.55,
        "noise": 0.05,
        "partial_months": 12,
        "unbridgeable_gap": 0.65,
        "assistant_margin": 0.5,
        "assistant_wage": 0.7,
    },
}
ARRIVED, MONTHS = 5, 60


def paid(found, item):
    """Return what was paid for an item, by run and month."""
    return found.runs.ledger[:, :, :, ITEMS.index(item), :].sum(axis=(2, 3))


def test_an_assistant_earns_and_yields_less_until_recognition():
    found = ensemble(bare({**AFTER, "institutions.schools.alignment": 1.0}), 2)
    margin, gain, tax = (paid(found, i) for i in ("employer_margin", "wage_gain", "tax"))
    assistants, skilled = slice(ARRIVED, ARRIVED + 4), slice(ARRIVED + 4, MONTHS)
    assert (margin[:, assistants] == 100 * 400).all()
    assert margin[:, skilled] == pytest.approx(100 * 800)
    assert gain[:, assistants] == pytest.approx(100 * 1000)
    assert gain[:, skilled] == pytest.approx(100 * 1600)
    assert tax[:, assistants] == pytest.approx(0.7 * 100 * 500)
    assert (paid(found, "recognition").sum(axis=1) == 100 * 500).all()


def test_a_partial_recognition_adds_bridging_that_is_paid_for():
    # at an alignment of 0.45 an eighth is recognised in full, the others nearly all after bridging
    changes = {**AFTER, "institutions.schools.alignment": 0.45, f"{P}.costs.adaptation": 100}
    found = ensemble(bare(changes), 60)
    full = 1 / (1 + np.exp(2))
    bridged = 1 / (1 + np.exp(-2))
    assert within_three_errors(found.count("partly_recognised"), 100 * (1 - full))
    assert within_three_errors(found.count("unrecognised"), 100 * (1 - full) * (1 - bridged))
    adapting = found.column("adapting")
    assert within_three_errors(adapting[:, ARRIVED + 4], 100 * (1 - full))
    assert (adapting[:, ARRIVED + 16] == 0).all()
    cost = paid(found, "adaptation").sum(axis=1)
    assert within_three_errors(cost, 100 * 100 * (1 - full) * 12)
    # not regulated: who is not recognised stays an assistant
    margin = paid(found, "employer_margin")[:, -1]
    assert margin == pytest.approx(800 * 100 - 400 * found.count("unrecognised"))
    assert (found.last("employed") == 100).all()


def test_failing_ends_work_in_a_regulated_occupation():
    changes = {**AFTER, "institutions.schools.alignment": 0.05}
    free = ensemble(bare(changes), 3)
    assert (free.last("employed") == 100).all()
    assert (free.count("unrecognised") == 100).all()
    ruled = ensemble(bare({**changes, f"{P}.regulated": True}), 3)
    assert (ruled.column("employed")[:, ARRIVED + 3] == 100).all()
    assert (ruled.column("employed")[:, ARRIVED + 4] == 0).all()
    assert (ruled.last("returned") == 100).all()
    assert (ruled.count("retained_12") == 0).all()


def test_a_decision_on_the_day_of_arrival_may_end_work_at_once():
    changes = {
        **AFTER,
        f"{D}.recognition": {"months": 0},
        f"{P}.regulated": True,
        "institutions.schools.alignment": 0.05,
        "behaviour.retention.stay_in_destination": 0.5,
    }
    world = one_run(bare(changes))
    assert (world.people["left"] == ARRIVED).all()
    elsewhere = world.people["stage"] == STAGES.index("employed_elsewhere")
    assert 0 < elsewhere.sum() < 100
    # elsewhere they go on as assistants
    assert world.programmes["assistants"][0] == elsewhere.sum()
    assert ((world.people["marks"][elsewhere] & ASSISTANT) > 0).all()


def test_a_partial_recognition_before_departure_is_bridged_after_arrival():
    changes = {
        **AFTER,
        f"{P}.recognition": "before_departure",
        "institutions.schools.alignment": 0.45,
        f"{P}.training.months_after_arrival": 2,
        f"{P}.regulated": True,
    }
    found = ensemble(bare(changes), 60)
    arrived = ARRIVED + 4
    adapting = found.column("adapting")
    assert (adapting[:, arrived] == 100).all()
    full = 1 / (1 + np.exp(2))
    assert within_three_errors(adapting[:, arrived + 2], 100 * (1 - full))
    assert (adapting[:, arrived + 14] == 0).all()
    lost = (1 - full) / (1 + np.exp(2))
    assert within_three_errors(found.last("employed"), 100 * (1 - lost))


def test_alignment_moves_every_outcome_of_recognition():
    low, middle, high = (
        ensemble(bare({**AFTER, "institutions.schools.alignment": a}), 20) for a in (0.3, 0.5, 0.8)
    )
    for name in ("partly_recognised", "unrecognised"):
        counts = [found.count(name).mean() for found in (low, middle, high)]
        assert counts[0] > counts[1] > counts[2] or counts[0] == counts[1] > counts[2]
    gains = [paid(found, "wage_gain").sum() for found in (low, middle, high)]
    assert gains[0] < gains[1] < gains[2]


def test_full_pay_and_margin_for_assistants_change_nothing():
    plain = {**AFTER, "institutions.schools.alignment": 0.45}
    neutral = {"assistant_margin": 1.0, "assistant_wage": 1.0}
    found = ensemble(
        bare({**plain, "behaviour.recognition": {**AFTER["behaviour.recognition"], **neutral}}), 5
    )
    none = ensemble(bare({**plain, f"{P}.recognition": "none"}), 5)
    for item in ("employer_margin", "wage_gain", "tax", "remittances"):
        np.testing.assert_allclose(paid(found, item), paid(none, item))
