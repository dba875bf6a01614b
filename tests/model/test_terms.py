"""What is computed from a scenario before a run: each number by its formula, distinct inputs."""

import math

import pytest
from worlds import bare

from smpsim.vocabulary import NONE, SHARING_PARTIES
from smpsim.world import terms
from smpsim.world.tabulated import Quantiles

approx = pytest.approx
PILOT, ABROAD = "programmes.pilot", "governments.destination"
SCHOOLS = [
    {"name": "schools", "count": 2, "origin": "origin", "cost_per_trainee_month": 110},
    {"name": "others", "origin": "elsewhere", "cost_per_trainee_month": 70},
]
GOVERNMENTS = {
    "origin": {"role": "origin", "setup_months": 2, "outreach": 1.5, "domestic_share": 0.1},
    "destination": {
        "role": "destination",
        "visa": {"lanes": {"fast": {"months": 4, "minimum_months": 2}, "standard": {}}},
        "recognition": {"months": 5, "cost": 190},
    },
    "elsewhere": {"role": "origin", "setup_months": 3, "outreach": 0.7, "domestic_share": 0.2},
}
APPLYING = {
    "price_level": 1.6,
    "chance_at_home": 0.6,
    "months_abroad": 48,
    "diaspora": 0.4,
    "family_rights": 0.3,
    "offer_months": 3,
    "clause": 0.15,
}
WAGES = {"origin": 300, "destination": 2100, "tax": 0.3, "remitted": 0.1, "skilled_output": 80}
CHANGES = {
    f"{PILOT}.institutions": ["schools", "others"],
    f"{PILOT}.setup_months": 4,
    f"{PILOT}.visa_lane": "fast",
    f"{PILOT}.recognition": "before_departure",
    f"{PILOT}.departure_months": 1,
    f"{PILOT}.training.months_after_offer": 2,
    f"{PILOT}.domestic_track_share": 0.15,
    f"{PILOT}.diaspora": 0.5,
    f"{PILOT}.intakes.applicants_per_seat": 3,
    f"{PILOT}.wages": WAGES,
    f"{PILOT}.costs": {"language": 13, "stipend": 40, "exam": 17, "visa": 23, "travel": 29},
    f"{PILOT}.funding": {"training": {"trainee": 0.5, "donor": 0.5}, "travel": {"trainee": 1}},
    "behaviour.applying": APPLYING,
    "behaviour.training.living_share": 0.6,
    "behaviour.retention": {"savings_target": 24, "saved_share": 0.25, "inside_clause": 0.7},
}


def design(changes=None):
    return bare({**CHANGES, **(changes or {})}, institutions=SCHOOLS, governments=GOVERNMENTS)


def of_programme(changes=None):
    return terms.build_terms(design(changes), Quantiles())["programme_terms"][0]


def assert_holds(row, expected):
    found = {name: row[name] for name in expected}
    assert found == {name: approx(value) for name, value in expected.items()}


def test_the_slowest_origin_the_mean_outreach_and_the_strictest_share_apply():
    expected = {"months_to_set_up": 4 + 3, "applicants_per_seat": 3 * 1.1}
    assert_holds(of_programme(), {**expected, "mandated_share": 0.2, "domestic_share": 0.2})
    more = of_programme({f"{PILOT}.domestic_track_share": 0.25})
    assert_holds(more, {"mandated_share": 0.2, "domestic_share": 0.25})


@pytest.mark.parametrize(
    ("demand", "waited_for"),
    [("pool", 0), ("committed", 6)],
)
def test_months_before_the_visa_and_until_arrival_add_up(demand, waited_for):
    row = of_programme({f"{PILOT}.demand": demand})
    # funders count from the start of training, employers from when they commit
    assert_holds(row, {"wait_before_visa": 2 + 1 + 5 + waited_for, "months_to_arrive": 6 + 8 + 4})
    assert_holds(row, {"months_before_visa": 3 + 2 + 5, "months_after_visa": 1})
    assert_holds(row, {"wait_after_offer": 2 + 5})
    for recognition in ("none", "after_arrival"):
        row = of_programme({f"{PILOT}.demand": demand, f"{PILOT}.recognition": recognition})
        assert_holds(row, {"wait_before_visa": 3 + waited_for, "months_to_arrive": 6 + 3 + 4})
        assert_holds(row, {"months_before_visa": 5, "wait_after_offer": 2})


def test_a_lane_is_found_among_those_of_its_government():
    assert [
        of_programme({f"{PILOT}.visa_lane": name})["lane"] for name in ("fast", "standard")
    ] == [
        0,
        1,
    ]
    found = terms.build_terms(design(), Quantiles())
    assert found["lane_terms"]["government"].tolist() == [1, 1]
    assert found["institution_terms"]["government"].tolist() == [0, 2]
    assert found["programme_terms"]["government"].tolist() == [1]
    assert found["employer_terms"]["government"].tolist() == [1]


def test_wages_are_compared_net_and_at_the_prices_where_they_are_spent():
    net = 2100 * 0.7
    expected = {
        "log_wage_ratio": math.log(7),
        "log_net_wage_ratio": math.log(7 * 0.7),
        "log_wage_outside": 0.0,
        "net_wage": net,
        "gross_wage": 2100,
        "tax": 630,
        "remittances": 210,
        "wage_at_home": 300,
        "wage_abroad": net / 1.6,
        "clause_burden": 0.15 * net / 1.6,
        "trained_wage": 300 + 80 / 2,
        "idle_income": 0.6 * 300,
        "home_income": 0.6 * 340,
        "living_cost": 0.6 * 300,
        "months_to_target": 24 * 300 / (0.25 * net),
    }
    assert_holds(of_programme(), expected)
    stated = {"outside": 1400, "price_level": 1.2, "trained": 370, "living_cost": 90}
    expected |= {
        "log_wage_outside": math.log(1.5),
        "wage_abroad": net / 1.2,
        "clause_burden": 0.15 * net / 1.2,
        "trained_wage": 370,
        "home_income": 0.6 * 370,
        "living_cost": 90,
    }
    assert_holds(of_programme({f"{PILOT}.wages": {**WAGES, **stated}}), expected)


def test_what_trainees_pay_is_what_falls_due_before_they_leave():
    # the mean of the groups for six months; what follows the journey, as a stipend, is not theirs
    paid, all_of_it = 90 * 6 / 2 + 29, 90 * 6 + 13 * 6 + 17 + 190 + 23 + 29
    row = of_programme()
    assert_holds(row, {"trainee_cost": paid, "trainee_cost_share": paid / all_of_it})
    free = [{**group, "cost_per_trainee_month": 0} for group in SCHOOLS]
    nothing = bare(institutions=free, governments=GOVERNMENTS)
    row = terms.build_terms(nothing, Quantiles())["programme_terms"][0]
    assert_holds(row, {"trainee_cost": 0, "trainee_cost_share": 0})


@pytest.mark.parametrize(
    ("contract", "counted", "abroad"),
    [
        ({"kind": "permanent"}, 0, 48),
        ({"kind": "circular", "months": 9}, 9, 9),
        ({"kind": "internship", "months": 60}, 60, 48),
    ],
)
def test_a_contract_bounds_the_months_abroad(contract, counted, abroad):
    row = of_programme({f"{PILOT}.contract": contract})
    assert_holds(row, {"contract_months": counted, "months_abroad": abroad})


def test_ties_are_loosened_by_those_who_left_before_and_by_the_right_to_bring_a_family():
    assert_holds(of_programme(), {"ties": 1 - 0.4 * 0.5})
    with_family = of_programme({f"{ABROAD}.family_work_rights": True})
    assert_holds(with_family, {"ties": (1 - 0.4 * 0.5) * (1 - 0.3)})


def test_the_level_that_work_needs_is_stated_or_the_higher_of_target_and_least():
    least = {"behaviour.readiness.language_needed": 2.5}
    for training, needed in (
        ({"language": "other", "language_target": "A1"}, 1),
        ({"language": "german", "language_target": "A1"}, 2.5),
        ({"language": "german", "language_target": "B2"}, 4),
        ({"language": "german", "language_target": "B2", "language_needed": "A2"}, 2),
        ({"language": "other", "language_target": "B2", "language_needed": "none"}, 0),
    ):
        at = {f"{PILOT}.training.{name}": value for name, value in training.items()}
        row = of_programme({**least, **at})
        assert_holds(row, {"language_needed": needed})
        hours = design(at).behaviour.training
        spoken = hours.level_hours if training["language"] == "other" else hours.german_hours
        assert [row[f"level_hours_{n}"] for n in range(1, 7)] == list(spoken)


def test_people_vary_if_any_drawn_attribute_varies():
    spread = {"uniform": {"low": 0.1, "high": 0.9}}
    people = "behaviour.people."
    for changes, vary, households in (
        ({}, False, False),
        ({people + "aptitude": spread}, True, False),
        ({people + "motivation": spread}, True, False),
        ({people + "age": spread}, True, False),
        ({people + "prior_employment": 0.1}, True, False),
        ({people + "prior_wage": spread}, False, True),
        ({people + "schooling": spread}, False, True),
        ({people + "language_aptitude": spread}, False, True),
        ({people + "savings": spread}, False, True),
        ({people + "credit": spread}, False, True),
        ({people + "attachment": spread}, False, True),
        ({people + "impatience": spread}, False, True),
        ({people + "women": 0.1}, False, True),
        ({people + "dependants": 0.1}, False, True),
        ({f"{PILOT}.entrants.savings": spread}, False, True),
    ):
        row = of_programme(changes)
        assert [bool(row["people_vary"]), bool(row["households_vary"])] == [vary, households]


def test_a_programmes_statements_on_its_entrants_take_precedence():
    changes = {"behaviour.people.women": 0.4, "behaviour.people.prior_employment": 0.3}
    row = of_programme({**changes, f"{PILOT}.entrants.women": 0.9})
    assert_holds(row, {"entrants_women": 0.9, "entrants_prior_employment": 0.3})


def test_employers_open_vacancies_in_the_occupation_that_fits_best():
    design_of = {
        "employers": [
            {"name": "firms", "country": "destination", "vacancies_per_year": 6, "size": "large"},
            {"name": "unasked", "country": "destination", "vacancies_per_year": {"poisson": 18}},
        ],
        "programmes": [
            {
                "name": name,
                "institutions": ["schools"],
                "employers": ["firms"],
                "destination": "destination",
                "occupation_match": fits,
                "intakes": {"seats": 1},
            }
            for name, fits in (("pilot", 0.25), ("second", 0.75))
        ],
    }
    found = terms.build_terms(bare({"employers.firms.local_fill": 0.3}, **design_of), Quantiles())[
        "employer_terms"
    ]
    assert found["vacancies_per_month"] == approx([6 / 12 * 0.75, 18 / 12])
    assert found["random_vacancies"].tolist() == [False, True]
    assert found["large"].tolist() == [True, False]
    assert found["local_fill_chance"] == approx([1 - math.exp(-0.3), 0])


def test_a_clause_lowers_the_hazard_of_quitting_exponentially():
    row = terms.build_terms(design(), Quantiles())["behaviour"][0]
    assert_holds(row, {"retention_clause_factor": math.exp(-0.7)})


def test_added_costs_appear_under_their_names_with_their_payers():
    mentors = {"per": "arrival", "amount": 50, "payee": "institution", "payers": {"employer": 1}}
    books = {"per": "enrolled", "amount": 20, "payers": {"donor": 0.4, "trainee": 0.6}}
    found = terms.own_cost_table(design({f"{PILOT}.own_costs": {"m": mentors, "b": books}}))
    assert found["amount"][0, :3].tolist() == [50, 20, 0]
    assert found["per"][0, 2] == NONE
    shares = found["shares"][0]
    wanted = ({"employer": 1}, {"donor": 0.4, "trainee": 0.6}, {})
    for row, of_parties in zip(shares, wanted, strict=False):
        assert row == approx([of_parties.get(party, 0) for party in SHARING_PARTIES])
    own = terms.own_items(design({f"{PILOT}.own_costs": {"m": mentors, "b": books}}))
    assert own == {"m": "institution", "b": "outside"}
