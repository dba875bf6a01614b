"""Conservation: every person is in exactly one stage, every euro paid is received."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import bare

import smpsim
from smpsim.agents.trainee import ENDED
from smpsim.scenario import load
from smpsim.vocabulary import ENDS, ITEMS, PARTIES, PAYEES, SHARED_ITEMS, STAGES
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World

shares = st.floats(0, 1, allow_nan=False)
NOT_SELECTED = STAGES.index("not_selected")
ENDED_STAGES = [STAGES.index(stage) for stage in ENDS]


@st.composite
def scenarios(draw):
    """Draw a scenario with every rule on and values anywhere in a wide range."""

    def pick(*values):
        return draw(st.sampled_from(values))

    p, g = "programmes.pilot", "governments.destination"
    lane = f"{g}.visa.lanes.standard"
    changes = {
        f"{p}.intakes.seats": draw(st.floats(0, 60)),
        f"{p}.intakes.every_months": draw(st.integers(1, 14)),
        f"{p}.intakes.number": draw(st.integers(0, 12)),
        f"{p}.intakes.applicants_per_seat": draw(st.floats(0, 4)),
        "behaviour.applying.scale": pick(None, 0.01, 2000),
        "behaviour.applying.longest_list": pick(None, 1, 2.5),
        "behaviour.waiting.reconsider_months": pick(0, 1, 6),
        "behaviour.waiting.declining": pick(False, True),
        "behaviour.training.dropout_worth": pick(0, 2.0),
        f"{p}.wages.destination": draw(st.floats(0, 4000)),
        f"{p}.intakes.budget": pick(None, 2e5),
        f"{p}.training.months_before_departure": draw(st.integers(0, 20)),
        f"{p}.training.months_after_offer": draw(st.integers(0, 6)),
        f"{p}.training.months_after_arrival": draw(st.integers(0, 12)),
        f"{p}.training.language_target": pick("none", "A2", "B2"),
        f"{p}.employer_involvement": pick("design", "late", "none"),
        f"{p}.selection": pick("employer", "shared", "institution"),
        f"{p}.demand": pick("pool", "committed"),
        f"{p}.channel": pick("new", "existing", "none"),
        f"{p}.recognition": pick("before_departure", "after_arrival", "none"),
        f"{p}.departure_months": draw(st.integers(0, 3)),
        f"{p}.contract": pick(
            {"kind": "permanent"},
            {"kind": "circular", "months": 9},
            {"kind": "seasonal", "months": 1},
        ),
        f"{p}.domestic_track_share": draw(shares),
        f"{p}.setup_months": draw(st.integers(0, 9)),
        f"{p}.renewal": pick({}, {"every_months": 6, "planned_per_month": 2}),
        f"{p}.refund_share": draw(shares),
        f"{p}.visa_lane": pick("standard", "priority"),
        f"{lane}.decisions_per_month": pick(None, 0, 0.3, 25),
        f"{lane}.minimum_months": draw(st.integers(0, 9)),
        f"{lane}.refusal": draw(shares),
        f"{lane}.background_per_month": draw(st.floats(0, 30)),
        f"{lane}.months": pick(None, {"lognormal": {"median": 2, "sigma": 1}}, 0),
        f"{g}.visa.quota_per_year": pick(None, 0, 5),
        f"{g}.recognition.starts_per_month": pick(None, 0, 1.5),
        f"{g}.recognition.months": pick(0, {"lognormal": {"median": 3, "sigma": 0.6}}),
        f"{g}.new_channel_months": draw(st.integers(0, 30)),
        "institutions.schools.seats": pick(None, 0, 4),
        "behaviour.training.dropout": draw(st.floats(0, 0.3)),
        "behaviour.waiting.with_offer": draw(st.floats(0, 2)),
        "behaviour.waiting.longest_months": pick(None, 0, 7),
        "behaviour.retention.quit": draw(st.floats(0, 0.4)),
        "behaviour.trust.observation_months": draw(st.integers(0, 14)),
        "behaviour.exam.retakes": draw(st.integers(0, 5)),
        "months": draw(st.integers(1, 90)),
    }
    month = draw(st.integers(0, 60))
    timeline = []
    if month < changes["months"]:
        timeline = [
            {
                "month": month,
                "set": {
                    f"{lane}.decisions_per_month": draw(st.floats(0, 40)),
                    "behaviour.retention.quit": draw(st.floats(0, 0.4)),
                    "behaviour.waiting.withdrawal.base": draw(st.floats(0, 0.4)),
                    "behaviour.training.dropout": draw(st.floats(0, 0.3)),
                },
            }
        ]
    return load("reference", overrides={**changes, "timeline": timeline})


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(scenarios(), st.integers(0, 2**63 - 1))
def test_people_and_euros_are_conserved_in_every_month(scenario, seed):
    world = World(blueprint(scenario))
    world.advance(0, seed, 0)
    ended = np.zeros(len(STAGES), np.int64)
    for month in range(scenario.months):
        world.advance(1)
        people, record = world.people, world.programmes[0]
        # each row counts once, in the stage that it says; who is not admitted has none
        stages = np.bincount(people["stage"], minlength=len(STAGES))
        stages[NOT_SELECTED] += record["applicants"] - len(people)
        assert np.array_equal(stages, world.headcount[0])
        assert world.headcount[0].sum() == record["applicants"]
        assert record["enrolled"] == len(people)
        assert (world.headcount[0] >= 0).all()
        # who is at an end stays there
        assert (world.headcount[0][ENDED_STAGES] >= ended[ENDED_STAGES]).all()
        ended = world.headcount[0].copy()
        # flows explain the stages
        flows = world.flows[0]
        change = flows.sum(axis=0) - flows.sum(axis=1)
        change[STAGES.index("applicant")] += record["applicants"]
        assert np.array_equal(change, world.headcount[0])
        # running totals agree with the life courses
        assert record["graduated"] == (people["graduated"] >= 0).sum()
        assert record["migrated"] == (people["arrived"] >= 0).sum()
        assert world.sites["enrolled"].sum() == world.headcount[0][STAGES.index("in_training")]
        assert world.sites["waiting"].sum() == world.headcount[0][STAGES.index("graduate_pool")]
        assert (world.sites["in_grade"].sum(axis=1) == world.sites["waiting"]).all()
        working = [STAGES.index("adapting"), STAGES.index("employed")]
        assert world.employers["workers"].sum() == world.headcount[0][working].sum()
        assert world.partnerships["committed_seats"].min() >= 0
        assert world.partnerships["committed_seats"].sum() == record["seats_committed"]
        in_line = world.headcount[0][STAGES.index("in_visa_queue")]
        assert world.lanes["waiting"].sum() == in_line
        # openings are filled or open
        employers = world.employers
        assert (
            employers["opened"]
            == employers["open_vacancies"] + employers["hired"] + employers["filled_locally"]
        ).all()
        assert (employers["open_vacancies"] >= 0).all()
        assert record["vacancies_open"] == employers["open_vacancies"].sum()
        # every planned seat is placed, under way or lost to one cause
        under_way = world.headcount[0][STAGES.index("in_training") : STAGES.index("adapting")].sum()
        planned, *lost = world.lost[0]
        assert planned == record["placed"] + under_way + sum(lost)
        assert planned == record["planned"]
        assert sum(lost) == record["lost"]
        assert min(planned, *lost) >= 0
        assert (world.lost_monthly[: month + 1, 0].sum(axis=0) == world.lost[0]).all()
        # every euro paid is received
        paid = world.ledger[: month + 1, 0].sum(axis=0)
        balance = -paid.sum(axis=0)
        np.add.at(balance, [PARTIES.index(payee) for payee in PAYEES], paid.sum(axis=1))
        assert np.allclose(world.accounts[0], balance, rtol=1e-9, atol=1e-4)
        assert abs(world.accounts[0].sum()) < 1e-3
        assert (paid >= 0).all()
    trust = world.partnerships["trust"]
    assert ((trust > 0) & (trust < 1)).all()
    for person in world.people:
        months = person["entered"][person["entered"] >= 0]
        assert months.max() < scenario.months
        assert person["entered"][min(person["stage"], ENDED)] == months.max()


def test_costs_follow_from_counts():
    scenario = bare(
        {
            "institutions.schools.cost_per_trainee_month": 300,
            "programmes.pilot.costs": {
                "setup": 5000, "selection": 20, "language": 40, "stipend": 10, "exam": 7,
                "visa": 60, "travel": 500, "overhead": 100,
            },
            "programmes.pilot.intakes.applicants_per_seat": 2,
            "programmes.pilot.fee_per_recruit": 1200,
            "programmes.pilot.funding": {"training": {"donor": 0.25, "employer": 0.75}},
            "behaviour.exam.pass_probability": 0.5,
            "governments.destination.small_firm_incentive": 90,
        }
    )  # fmt: skip
    world = smpsim.Model(scenario, seed=4).world
    world.advance(60)
    record = world.programmes[0]
    paid = {item: world.ledger[:, 0, n].sum(axis=0) for n, item in enumerate(ITEMS)}
    placed, graduated = record["placed"], record["graduated"]
    assert placed == graduated > 0
    months = 100 * 6
    expected = {
        "setup": 5000, "selection": 200 * 20, "training": months * 300, "language": months * 40,
        "stipend": months * 10, "exam": 100 * 7, "visa": graduated * 60,
        "travel": placed * 500, "placement_fee": placed * 1200, "incentive": placed * 90,
    }  # fmt: skip
    for item, amount in expected.items():
        assert paid[item].sum() == pytest.approx(amount), item
    assert paid["training"][4] == pytest.approx(0.25 * months * 300)
    assert paid["training"][0] == pytest.approx(0.75 * months * 300)
    spent = sum(paid[item].sum() for item in SHARED_ITEMS)
    assert record["spent"] == pytest.approx(spent)
    # who serves at cost keeps nothing of what the service cost
    assert paid["provision_by_institution"].sum() == pytest.approx(
        sum(expected[item] for item in ("training", "language", "exam"))
    )
    assert world.accounts[0, PARTIES.index("institution")] == pytest.approx(0)
    assert world.accounts[0, PARTIES.index("intermediary")] == pytest.approx(placed * 1200)


def test_the_overhead_ends_with_the_programme():
    scenario = bare({"programmes.pilot.costs": {"overhead": 100}})
    world = smpsim.Model(scenario, seed=4).world
    world.advance(60)
    months = (world.ledger[:, 0, ITEMS.index("overhead")].sum(axis=1) > 0).sum()
    last_arrival = np.argmax(world.series("placed")[:, 0] == world.programmes["placed"][0])
    assert months == last_arrival


def test_money_of_several_programmes_stays_apart():
    programme = bare().programmes[0].model_dump(mode="json")
    scenario = bare(programmes=[programme, {**programme, "name": "second"}])
    scenario = smpsim.load(
        scenario, overrides={"programmes.second.costs.visa": 10, "programmes.pilot.costs.visa": 0}
    )
    world = smpsim.Model(scenario, seed=4).world
    world.advance(60)
    paid = world.ledger.sum(axis=(0, 2, 3))
    assert paid[0] == 0
    assert paid[1] == 10 * world.programmes["visas"][1] > 0
