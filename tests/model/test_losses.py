"""The loss account: planned = placed + under way + lost, each loss attributed to its cause."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run

import smpsim
from smpsim.results.losses import LINES
from smpsim.vocabulary import ACCOUNT, CAUSES, LOSSES

P = "programmes.pilot"


def losses(changes=None, months=60, **top):
    """Return the account of one run of the bare pipeline: planned, placed, and what was lost."""
    world = one_run(bare({"months": months, **(changes or {})}, **top))
    lost = dict(zip(ACCOUNT, world.lost[0].tolist(), strict=True))
    planned = lost.pop(ACCOUNT[0])
    found = {cause.removeprefix("lost_"): n for cause, n in lost.items() if n}
    return planned, int(world.programmes["placed"][0]), found


def test_without_obstacles_nothing_is_lost():
    assert losses() == (100, 100, {})


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({f"{P}.channel": "none", "behaviour.waiting.domestic_job.base": 0.5}, "no_channel"),
        (
            {f"{P}.employer_involvement": "none", "behaviour.waiting.domestic_job.base": 0.5},
            "employers_not_asked",
        ),
        (
            {
                "behaviour.awareness.initially_aware": 0,
                "behaviour.waiting.domestic_job.base": 0.5,
            },
            "employers_unaware",
        ),
        (
            {
                "employers.firms.willingness_to_pay": 0,
                f"{P}.fee_per_recruit": 1,
                "behaviour.waiting.withdrawal.base": 0.5,
            },
            "employers_unwilling",
        ),
        (
            {"employers.firms.initial_vacancies": 0, "behaviour.waiting.domestic_job.base": 0.5},
            "no_vacancy",
        ),
        (
            {
                "behaviour.readiness.hiring_minimum": 0.9,
                "behaviour.waiting.domestic_job.base": 0.5,
            },
            "not_ready",
        ),
        ({"governments.destination.visa.lanes.standard.refusal": 1}, "visa_refused"),
        (
            {
                "governments.destination.visa.lanes.standard.decisions_per_month": 0,
                "behaviour.waiting.domestic_job.base": 0.5,
                "behaviour.waiting.with_offer": 1,
            },
            "visa_wait",
        ),
        (
            {
                "governments.destination.visa.quota_per_year": 0,
                "behaviour.waiting.domestic_job.base": 0.5,
                "behaviour.waiting.with_offer": 1,
            },
            "quota",
        ),
        ({"behaviour.exam.pass_probability": 0}, "exam"),
        ({"behaviour.training.dropout": 10}, "dropout"),
        ({f"{P}.intakes.applicants_per_seat": 0}, "applicants"),
        ({"institutions.schools.seats": 0}, "no_room"),
        ({f"{P}.domestic_track_share": 1}, "domestic_track"),
        ({f"{P}.setup_months": 60}, "set_up"),
        ({f"{P}.demand": "committed", "employers.firms.initial_vacancies": 0},
         "uncommitted_no_vacancy"),
        ({f"{P}.demand": "committed", "behaviour.awareness.initially_aware": 0},
         "uncommitted_unaware"),
        ({f"{P}.demand": "committed", f"{P}.employer_involvement": "none"},
         "uncommitted_not_asked"),
        ({f"{P}.demand": "committed", "employers.firms.willingness_to_pay": 0,
          f"{P}.fee_per_recruit": 1}, "uncommitted_unwilling"),
    ],
)  # fmt: skip
def test_a_single_obstacle_takes_all(changes, cause):
    planned, placed, lost = losses(changes)
    assert (planned, placed) == (100, 0)
    assert lost == {cause: 100}


def test_intakes_that_do_not_open_are_attributed_to_the_reason():
    more = {f"{P}.intakes.number": 4, f"{P}.intakes.every_months": 6}
    planned, placed, lost = losses({**more, f"{P}.intakes.budget": 1, f"{P}.costs.selection": 1})
    assert (planned, placed, lost) == (400, 100, {"budget": 300})
    ended = {
        **more,
        f"{P}.intakes.number": 10,
        f"{P}.renewal": {"every_months": 3, "planned_per_month": 1},
        "behaviour.scaling.end_below": 0.5,
        "governments.destination.visa.lanes.standard.refusal": 1,
    }
    planned, placed, lost = losses(ended)
    assert (planned, placed) == (1000, 0)
    assert lost["visa_refused"] > 0
    assert lost["renewal"] == 1000 - lost["visa_refused"] > 0
    # of two intakes of 50 due before month 12, set-up of 7 months moves one beyond the horizon
    late = {f"{P}.intakes.number": 9, f"{P}.intakes.every_months": 6, f"{P}.setup_months": 7}
    planned, _, lost = losses(late, months=12)
    assert (planned, lost) == (200, {"set_up": 100})


def test_people_who_could_have_been_placed_leave_by_choice():
    # employers with room for all who wait, and people who leave in the month of graduation
    world = one_run(
        bare(
            {
                "behaviour.waiting.domestic_job.base": 0.2,
                "behaviour.waiting.with_offer": 1,
                f"{P}.training.months_after_offer": 6,
            }
        )
    )
    lost = dict(zip(ACCOUNT, world.lost[0], strict=True))
    assert lost["lost_job_at_home"] > 20
    assert lost["lost_job_at_home"] + world.programmes["placed"][0] == 100


def test_going_abroad_on_ones_own_counts_at_arrival():
    changes = {
        "behaviour.waiting.individual_search": 0.5,
        f"{P}.channel": "none",
        f"{P}.departure_months": 3,
    }
    assert losses(changes)[2] == {"own_way": 100}


def test_growth_adds_to_the_plan_and_causes_no_losses():
    changes = {
        f"{P}.intakes": {"seats": 10, "every_months": 6, "number": 8},
        f"{P}.renewal": {"every_months": 12, "planned_per_month": 0.1},
        "behaviour.scaling.growth": 0.5,
        "behaviour.scaling.largest_growth": 3,
        "behaviour.scaling.grow_from": 0.1,
    }
    planned, _, lost = losses(changes)
    assert planned > 80
    assert lost == {}


def test_several_programmes_keep_accounts_of_their_own():
    programme = bare().programmes[0].model_dump(mode="json")
    scenario = bare(programmes=[programme, {**programme, "name": "second"}])
    scenario = smpsim.load(
        scenario, overrides={"programmes.second.channel": "none",
                             "behaviour.waiting.domestic_job.base": 0.5}
    )  # fmt: skip
    world = one_run(scenario)
    planned, *lost = world.lost[1]
    assert planned == 100
    assert sum(lost) == world.lost[1, 1 + CAUSES.index("no_channel")] == 100
    assert world.lost[0, 0] == 100


@pytest.mark.parametrize("name", ["onodera_user_run", "thamm_germany"])
def test_the_account_adds_up_and_is_reported(name):
    result = smpsim.run(name, replications=20)
    table = result.outcome_table
    ends = table["placed"] + table["under_way"] + table[list(LOSSES)].sum(axis=1)
    assert (table["planned_seats"] == ends).all()
    months = result.loss_array.sum(axis=1).reshape(len(table), len(ACCOUNT))
    assert (months == table[list(ACCOUNT)].to_numpy()).all()
    assert (result.series("planned")[:, -1] == result.loss_array[..., 0].sum(axis=1)).all()
    account = result.losses().loc["pilot"]
    assert list(account.index) == list(LINES)
    assert account["share"].iloc[1:].sum() == pytest.approx(1)
    worst = account.loc[list(LOSSES), "people"].idxmax()
    assert any(account.loc[worst, "label"].removeprefix("lost: ") in s for s in result.sentences)
    assert result.facts["losses"]


@pytest.mark.parametrize("name", ["onodera_user_run", "thamm_germany"])
def test_doubling_seats_adds_little_where_employers_are_the_limit(name):
    """With few vacancies, more seats place hardly anybody more, and the sentence says why."""
    few = {f"employers.{group.name}.initial_vacancies": 0 for group in smpsim.load(name).employers}
    few |= {path.replace("initial_vacancies", "vacancies_per_year"): 0.05 for path in few}
    seats = smpsim.load(name).programmes[0].intakes.seats
    one = smpsim.run(name, 20, overrides=few, parameters="centre")
    more_seats = {**few, f"{P}.intakes.seats": 2 * seats}
    double = smpsim.run(name, 20, overrides=more_seats, parameters="centre")
    before, after = (r.losses().loc["pilot", "people"] for r in (one, double))
    assert after["planned_seats"] == 2 * before["planned_seats"]
    more = after["placed"] - before["placed"]
    assert more < 0.15 * (after["planned_seats"] - before["planned_seats"])
    assert any("Employers are the limit" in sentence for sentence in double.sentences)


def test_threads_and_ensembles_find_the_same_losses():
    scenario = smpsim.load("reference")
    one = ensemble(scenario, 6, threads=1).runs.losses
    two = ensemble(scenario, 6, threads=2).runs.losses
    assert np.array_equal(one, two)
    assert one[..., 0].sum() > 0
