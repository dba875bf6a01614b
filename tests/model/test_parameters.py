"""Rows of parameters follow from the schema, and hold what rules read."""

import re
from pathlib import Path
from typing import Annotated

import pytest
from worlds import bare, one_run

import smpsim
from smpsim import compiled
from smpsim.scenario import get_value
from smpsim.scenario.behaviour import Behaviour
from smpsim.scenario.fields import UNSEEN, Section, described
from smpsim.scenario.quantities import Distribution
from smpsim.vocabulary import NONE, Involvement, LanguageLevel, place
from smpsim.world import parameters
from smpsim.world.layout import TERMS_TABLES
from smpsim.world.parameters import Rows, terms_of
from smpsim.world.tabulated import Quantiles
from smpsim.world.terms import build_terms

PACKAGE = Path(smpsim.__file__).parent
KINDS = {name: rows for name, rows in vars(parameters).items() if isinstance(rows, Rows)}
SECTIONS = [
    parameters.Behaviour,
    parameters.Programme,
    parameters.InstitutionGroup,
    parameters.EmployerGroup,
    parameters.Government,
    parameters.Lane,
]
RULES = "".join(
    path.read_text(encoding="utf-8")
    for room in ("agents", "world")
    for path in (PACKAGE / room).glob("*.py")
    if path.name not in ("parameters.py", "terms.py")
)


@pytest.mark.parametrize("name", KINDS)
def test_every_field_of_a_row_is_read_by_a_rule(name):
    fields = KINDS[name].dtype.names
    unread = [f for f in fields if not re.search(rf'\.{f}\b|"{f}"', RULES)]
    assert len(fields) >= 6
    assert not unread


def test_fields_have_the_key_paths_of_the_schema():
    scenario = smpsim.load("reference")
    row = build_terms(scenario, Quantiles())["behaviour"][0]
    checked = 0
    for section, part in Behaviour.model_fields.items():
        for key in part.annotation.model_fields:
            value = get_value(scenario, f"behaviour.{section}.{key}")
            name = f"{section}_{key}"
            if name in row.dtype.names and isinstance(value, (int, float)):
                assert row[name] == value, name
                checked += 1
    assert checked > 60
    vouching = scenario.behaviour.trust.vouching
    assert list(row["trust_vouching"]) == [getattr(vouching, v) for v in type(vouching).array_of]
    hours = scenario.behaviour.training.level_hours
    terms = build_terms(scenario, Quantiles())["programme_terms"][0]
    assert [terms[f"level_hours_{n}"] for n in range(1, 7)] == list(hours)
    job = scenario.behaviour.waiting.domestic_job
    assert row["waiting_domestic_job_base"] == job.base > 0


def test_null_is_one_number_for_rules_whatever_it_stands_for():
    terms = build_terms(bare(), Quantiles())
    nulls = {
        "behaviour": ["participation_steepness", "waiting_longest_months"],
        "programme_terms": ["intakes_budget", "vouching", "entrants_savings"],
        "institution_terms": ["seats"],
        "employer_terms": ["willingness_to_pay", "patience_months", "trust_prior_mean"],
        "government_terms": ["visa_quota_per_year", "recognition_starts_per_month"],
        "lane_terms": ["decisions_per_month", "months"],
    }
    for table, names in nulls.items():
        for name in names:
            assert (terms[table][name] == NONE).all(), name


def test_words_are_places_and_distributions_numbers_of_clipped_quantiles():
    quantiles = Quantiles()
    age = {"normal": {"mean": 20, "sd": 20}}
    scenario = bare(
        {
            "programmes.pilot.employer_involvement": "late",
            "programmes.pilot.training.language_target": "B2",
            "programmes.pilot.entrants.age": age,
            "employers.firms.patience_months": {"lognormal": {"median": 500, "sigma": 1}},
        }
    )
    terms = build_terms(scenario, quantiles)
    row = terms["programme_terms"][0]
    assert row["employer_involvement"] == place("late", Involvement) == 1
    assert row["training_language_target"] == place("B2", LanguageLevel) == 4
    table = quantiles.table()
    ages = table[row["entrants_age"]][1:]
    assert (ages.min(), ages.max()) == (15.0, 80.0)
    # patience has no upper bound, though its median has
    assert table[terms["employer_terms"]["patience_months"][0]][1:].max() > 1000


def test_entrants_of_a_programme_complete_those_of_all():
    scenario = bare(
        {
            "behaviour.people": {"age": 31, "prior_employment": 0.25},
            "programmes.pilot.entrants.age": 44,
        }
    )
    quantiles = Quantiles()
    row = build_terms(scenario, quantiles)["programme_terms"][0]
    assert quantiles.table()[row["entrants_age"]][1] == 44
    assert row["entrants_prior_employment"] == 0.25
    assert row["people_vary"] == 1


def test_compiled_code_is_another_for_other_rows_and_other_numbers_of_words():
    known = "".join(compiled._constants())
    for name in TERMS_TABLES:
        assert repr(TERMS_TABLES[name]) in known, name
    assert "smpsim.agents.trainee.GRADUATE_POOL int 3" in known


class Doubtful(Section):
    """A section with a field that rules could not see."""

    distance: float | None = described(None, "km", "Null, or any number", le=5)


class Free(Section):
    """A distribution without a range for its draws."""

    height: Distribution = described(Distribution.constant(1.0), "m", "Height")


class Mixed(Section):
    """A number or a yes."""

    number: int | bool = described(1, "1", "Number")


class Sized(Section):
    """A field with the name of something that every row has."""

    size: int = described(1, "1", "Size")


class Fine(Section):
    """The same, but not for rules."""

    distance: Annotated[float | None, UNSEEN] = described(None, "km", "Null, or any number", le=5)
    near: float | None = described(None, "km", "Null, or not negative", ge=0)
    name: str = described("a", "text", "Name")


@pytest.mark.parametrize(
    ("section", "message"),
    [(Doubtful, "null and negative"), (Free, "no range"), (Mixed, "several types")],
)
def test_a_field_that_rules_could_misread_is_refused(section, message):
    with pytest.raises(TypeError, match=message):
        list(terms_of(section))


def test_a_name_that_numpy_uses_is_refused():
    # compiled, `row.size` is the field, in plain Python it would be the size of the row
    with pytest.raises(TypeError, match="size"):
        Rows(Sized)


def test_unseen_fields_and_texts_are_no_terms():
    assert [term.name for term in terms_of(Fine)] == ["near"]


def test_a_value_too_many_or_too_few_is_a_fault_of_ours():
    rows = Rows(Fine, {"far": "f8"})
    assert rows.table([Fine()], Quantiles(), [{"far": 2}])[0].tolist() == (NONE, 2.0)
    for wrong in ({}, {"far": 2, "further": 3}):
        with pytest.raises(KeyError, match="without a value"):
            rows.table([Fine()], Quantiles(), [wrong])


def engagement_as_alignment(alignment, gain, engagement, drift):
    return 0.25 * engagement + gain


@pytest.mark.slow
def test_the_rule_of_alignment_gets_eta_and_the_real_engagement():
    # a quarter of the firms ask for more than they can get and never engage
    employers = [
        {"name": "firms", "count": 3, "country": "destination", "initial_vacancies": 9},
        {"name": "poor", "count": 1, "country": "destination", "willingness_to_pay": 0},
    ]
    scenario = bare(
        {
            "programmes.pilot.employers": ["firms", "poor"],
            "programmes.pilot.fee_per_recruit": 100,
            "behaviour.alignment": {"gain_design": 0.5, "half_firms": 1},
        },
        employers=employers,
        months=4,
    )
    model = smpsim.Model(scenario, rules={"alignment": engagement_as_alignment})
    model.step()
    model.step()
    assert model.world.programmes["engaged"][0] == 3
    assert model.world.institutions["alignment"] == pytest.approx([0.25 * 0.75 + 0.5] * 2)


def test_unlimited_offices_decide_at_once_and_a_limit_of_nothing_never():
    lane = "governments.destination.visa.lanes.standard.decisions_per_month"
    starts = "governments.destination.recognition.starts_per_month"
    recognised = {"programmes.pilot.recognition": "before_departure"}
    free = one_run(bare(recognised))
    assert free.programmes["placed"][0] == 100
    assert one_run(bare({**recognised, lane: 0})).programmes["placed"][0] == 0
    assert one_run(bare({**recognised, starts: 0})).programmes["placed"][0] == 0
    # a limit that is lifted lets all who wait go on
    lifted = {"month": 20, "set": {starts: None}, "why": "test"}
    later = one_run(bare({**recognised, starts: 0}, timeline=[lifted]))
    assert later.programmes["placed"][0] == 100
    assert later.series("placed")[19, 0] == 0
