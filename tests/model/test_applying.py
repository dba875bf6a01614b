"""E5: what going is worth, and which of the people reached apply."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run

from smpsim.agents import trainee
from smpsim.agents.trainee import PATIENCE_CLASSES, PROSPECT
from smpsim.scenario.problems import ScenarioError

P, B = "programmes.pilot", "behaviour.applying"
WORLD = {
    f"{B}.scale": 1000.0,
    f"{B}.believed_placement": 0.5,
    f"{B}.months_abroad": 36,
    f"{B}.chance_at_home": 0.5,
    "behaviour.people.impatience": 0.2,
    f"{P}.wages": {"origin": 250, "destination": 1000, "tax": 0.3},
    f"{P}.costs.stipend": 80,
    f"{P}.departure_months": 1,
}


def prospect(scenario, **fields):
    world = one_run(scenario)
    row = world.prospects.view(np.recarray)[0, 3].copy()
    for name, value in fields.items():
        row[name] = value
    return row


def test_the_worth_of_going_is_the_sum_of_its_months():
    rate, train, wait, abroad = 0.2, 6, 1, 36
    found = prospect(bare(WORLD))
    month = (1 + rate) ** (-1 / 12)
    chance, psi, home_wage = 0.5, 40.0, 300.0
    idle = home = 0.5 * 250
    worth = 0.0
    for t in range(1, train + wait + abroad + 1):
        stays = home_wage
        if t <= train:
            goes = 80.0
        elif t <= train + wait:
            goes = idle
        else:
            goes = chance * (0.7 * 1000 - psi) + (1 - chance) * home
        worth += (goes - stays) * month**t
    assert trainee.worth_of_going(found, home_wage, psi) == pytest.approx(worth)


def test_without_discounting_months_add_up():
    found = prospect(bare({**WORLD, "behaviour.people.impatience": 0.0}))
    expected = 6 * 80 + 125 + 36 * (0.5 * 700 + 0.5 * 125) - 43 * 125
    assert trainee.worth_of_going(found, 0.0, 0.0) == pytest.approx(expected, rel=1e-6)


def test_people_who_would_be_worse_off_abroad_do_not_apply():
    worse = prospect(bare({**WORLD, f"{P}.wages.destination": 0}))
    none = prospect(bare({**WORLD, f"{P}.channel": "none"}))
    worth = trainee.worth_of_going
    assert worth(worse, 0.0, 10.0) == pytest.approx(worth(none, 0.0, 10.0))


def test_what_is_borrowed_is_repaid_with_interest():
    row = np.zeros(1, PROSPECT).view(np.recarray)[0]
    row.loan = 1.5
    cost = trainee.cost_of_going
    assert cost(row, 1000.0, 2000.0) == 1000
    assert cost(row, 1000.0, 600.0) == pytest.approx(600 + 400 * 1.5)
    assert cost(row, 1000.0, 0.0) == pytest.approx(1500)


def applicants(**changes):
    many = {f"{P}.intakes.seats": 5, f"{P}.intakes.applicants_per_seat": 400}
    return ensemble(bare({**WORLD, **many, **changes}), 4).runs.flows[:, 0].sum(axis=1)


def applied(**changes):
    many = {f"{P}.intakes.seats": 20, f"{P}.intakes.applicants_per_seat": 100}
    return float(one_run(bare({**WORLD, **many, **changes})).programmes["applicants"][0])


def test_the_share_that_applies_is_logistic_in_the_worth():
    found = prospect(bare(WORLD))
    worth = trainee.worth_of_going(found, 0.0, 0.0)
    scale = worth / 0.5
    share = 1 / (1 + np.exp(-0.5))
    assert applied(**{f"{B}.scale": scale}) == pytest.approx(2000 * share, abs=4 * 21)
    inert = {f"{B}.scale": scale, f"{B}.inertia": worth}
    assert applied(**inert) == pytest.approx(1000, abs=4 * 22)


LEVERS = [
    (f"{P}.wages.destination", 0, 500, 2000),
    (f"{P}.wages.origin", 500, 250, 100),
    (f"{P}.wages.tax", 0.6, 0.3, 0.0),
    (f"{P}.wages.price_level", 4, 1.5, 1),
    (f"{P}.wages.trained", 0, 300, 600),
    (f"{P}.costs.stipend", 0, 80, 400),
    (f"{P}.contract.retention_clause_months", 120, 36, 0),
    (f"{P}.diaspora", 0, 0.5, 1),
    (f"{P}.training.months_before_departure", 18, 9, 3),
    (f"{P}.departure_months", 24, 6, 1),
    (f"{B}.believed_placement", 0.0, 0.3, 1.0),
    (f"{B}.believed_refusal", 1.0, 0.5, 0.0),
    (f"{B}.offer_months", 24, 6, 0),
    (f"{B}.months_abroad", 6, 24, 60),
    (f"{B}.price_level", 4, 2, 1),
    (f"{B}.inertia", 9000, 3000, 0),
    (f"{B}.clause", 0.5, 0.2, 0),
    (f"{B}.dependants", 2.0, 1.0, 0),
    (f"{B}.family_rights", 0, 0.5, 1),
    (f"{B}.diaspora", 0, 0.5, 1),
    ("behaviour.people.attachment", 500, 200, 0),
    ("behaviour.people.impatience", 2.0, 0.6, 0.1),
    ("behaviour.people.interest", 2.0, 0.5, 0.0),
    ("behaviour.people.savings", 300, 800, 5000),
    ("behaviour.people.credit", 0, 400, 2000),
    ("behaviour.people.prior_wage", 3.0, 1.5, 0.5),
]  # fmt: skip
SETTING = {
    f"{B}.scale": 6000.0,
    f"{B}.clause": 0.2,
    f"{B}.diaspora": 0.5,
    f"{B}.family_rights": 0.3,
    f"{B}.dependants": 0.5,
    f"{P}.diaspora": 0.5,
    f"{P}.contract.retention_clause_months": 24,
    f"{P}.funding.travel": {"trainee": 1.0},
    f"{P}.costs.travel": 900,
    "governments.destination.family_work_rights": True,
    "behaviour.people.attachment": {"lognormal": {"median": 100, "sigma": 0.5}},
    "behaviour.people.dependants": 0.5,
    "behaviour.people.prior_employment": 0.5,
    "behaviour.people.savings": {"lognormal": {"median": 600, "sigma": 1.0}},
    "behaviour.people.credit": {"lognormal": {"median": 500, "sigma": 1.0}},
}


@pytest.mark.parametrize(("lever", "few", "some", "many"), LEVERS, ids=lambda v: str(v)[-30:])
def test_each_lever_draws_applicants_the_right_way(lever, few, some, many):
    # the same people with the same chance events are asked, so that nobody who applied falls away
    found = [applied(**{**SETTING, lever: value}) for value in (few, some, many)]
    assert found[0] < found[1] < found[2], found


def test_without_a_channel_nobody_believes_in_a_placement():
    for closed in (
        {f"{P}.channel": "none"},
        {"governments.destination.visa.quota_per_year": 0},
    ):
        world = one_run(bare({**WORLD, f"{P}.channel": "existing", **closed}))
        assert world.programmes["believed_placement"][0] == 0
    assert one_run(bare(WORLD)).programmes["believed_placement"][0] > 0


def test_people_wait_for_a_channel_that_opens_later():
    changes = {f"{P}.channel": "new", "governments.destination.new_channel_months": 20}
    later, now = (
        one_run(bare({**WORLD, **more, "months": 1})).prospects["wait"][0, 0]
        for more in (changes, {})
    )
    assert later == now + 20 - 6


def test_the_list_of_applicants_has_the_stated_length_and_the_rest_are_counted():
    sizes = {f"{P}.intakes.seats": 20, f"{P}.intakes.applicants_per_seat": 100}
    whole = one_run(bare({**WORLD, **sizes}))
    short = one_run(bare({**WORLD, **sizes, f"{B}.longest_list": 3}))
    assert len(short.scores) < 70 < len(whole.scores)
    assert len(short.people) == len(whole.people) == 20
    one, other = (world.programmes["applicants"][0] for world in (short, whole))
    assert other == pytest.approx(one, rel=0.15)
    assert short.headcount.sum() == one


def test_the_same_people_are_admitted_when_all_decide_to_apply():
    sizes = {
        f"{P}.intakes": {"seats": 15, "every_months": 6, "number": 4, "applicants_per_seat": 3},
        "behaviour.people.aptitude": {"beta": {"mean": 0.5, "sd": 0.2}},
        "behaviour.selection.noise_institution": 0.2,
        f"{P}.wages": {"origin": 1, "destination": 100000},
    }
    none = one_run(bare(sizes))
    all_of_them = one_run(bare({**sizes, f"{B}.scale": 1.0}))
    assert none.programmes["applicants"][0] == all_of_them.programmes["applicants"][0] == 180
    for field in ("number", "intake", "stage", "aptitude", "site"):
        np.testing.assert_array_equal(none.people[field], all_of_them.people[field])
    assert none.trajectory.tobytes() == all_of_them.trajectory.tobytes()


def test_people_learn_from_the_experience_of_others():
    seen = {
        f"{B}.doubt": 1.0,
        f"{P}.intakes": {"seats": 20, "every_months": 6, "number": 8, "applicants_per_seat": 20},
        "months": 60,
    }
    refused = {"governments.destination.visa.lanes.standard.refusal": 1.0}
    good, bad = (
        one_run(bare({**WORLD, **seen, f"{B}.believed_refusal": 0.2, **more}))
        for more in ({}, refused)
    )
    assert good.programmes["believed_placement"][0] > 0.8
    assert bad.programmes["believed_placement"][0] < 0.1
    assert bad.programmes["applicants"][0] < good.programmes["applicants"][0]
    # without doubt nothing moves it
    sure = one_run(
        bare({**WORLD, **seen, f"{B}.doubt": 0.0, f"{B}.believed_refusal": 0.2, **refused})
    )
    assert sure.programmes["believed_placement"][0] == pytest.approx(0.5 * 0.8)


def test_people_expect_a_slow_visa_office_to_be_slow():
    slow = {
        "governments.destination.visa.lanes.standard.months": 12,
        f"{B}.delay_learning": 0.1,
        "months": 40,
    }
    world = one_run(bare({**WORLD, **slow}))
    assert world.programmes["believed_visa_months"][0] == pytest.approx(12, abs=0.1)


def test_numbers_stay_finite_at_the_bounds_of_the_schema():
    wide = {
        f"{B}.scale": 0.01,
        f"{P}.wages": {"origin": 0, "destination": 1e12},
        "behaviour.people.impatience": 5,
        "behaviour.people.interest": 5,
        "behaviour.people.attachment": 1e9,
        f"{P}.departure_months": 600,
    }
    world = one_run(bare({**WORLD, **wide}))
    for name in PROSPECT.names:
        assert np.isfinite(world.prospects[name]).all(), name
    assert len(world.prospects[0]) == PATIENCE_CLASSES


def test_fields_on_applying_are_checked_in_scenarios():
    with pytest.raises(ScenarioError, match="longest_list"):
        bare({f"{B}.longest_list": 0.5})
