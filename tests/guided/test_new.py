"""A scenario of one's own: what is asked, what is taken over, and what stands in the file."""

import math
import re

import pytest
import yaml

import smpsim
from smpsim.errors import RequestError
from smpsim.guided.answers import AS_THERE, BY_NAME, QUESTIONS
from smpsim.guided.commented import WIDTH, as_yaml
from smpsim.guided.interview import Interview, alike, answered
from smpsim.guided.new import new, text_of, write
from smpsim.guided.real import real_programmes
from smpsim.guided.taken import Leaf
from smpsim.scenario import ScenarioError, get_value, load
from smpsim.scenario.cautions import cautions
from smpsim.scenario.loading import FileText
from smpsim.scenario.marks import marks

P = "programmes.pilot"
LIKE = "triple_win_nurses"
BRIEF = {
    "sector": "health",
    "seats": 100,
    "train_months": 12,
    "who_pays": "employer=0.6,destination_state=0.4",
    "like": LIKE,
}
REAL = sorted({one.profile.scenario for one in real_programmes() if one.programme.employers})


def text(**given):
    return text_of(answered("Mine", given), "mine.yaml")


def scenario(**given):
    return load(FileText(text(**given), "mine.yaml"))


def test_a_file_of_a_few_answers_runs(tmp_path):
    path = new(tmp_path / "my_nurses.yaml", **BRIEF)
    design = load(path)
    assert design.name == "My nurses"
    (pilot,) = design.programmes
    assert (pilot.intakes.seats, pilot.training.months_before_departure) == (100, 12)
    assert pilot.payers_of("visa") == {"employer": 0.6, "destination_state": 0.4}
    assert set(pilot.funding) == {"all"}
    found = smpsim.run(path, 3, seed=1)
    assert found.outcomes()["enrolled"].sum() > 0


def test_a_mapping_says_who_pays_too(tmp_path):
    path = new(tmp_path / "a.yaml", **{**BRIEF, "who_pays": {"employer": 0.25, "donor": 0.75}})
    assert load(path).programmes[0].funding == {"all": {"employer": 0.25, "donor": 0.75}}


@pytest.mark.parametrize("like", REAL)
def test_whatever_the_rest_is_taken_from_the_file_is_valid(like):
    design = scenario(like=like, recognition="after_arrival", language="B1", involvement="late")
    (pilot,) = design.programmes
    assert not design.timeline
    assert not pilot.planned
    # what was answered needs more than the other programme may have
    assert pilot.training.language_hours_per_month > 0
    office = design.governments[pilot.destination].recognition.months
    assert office.raw() != 0
    cautions(design)


def test_what_nobody_was_asked_is_that_of_the_other_programme_with_its_range():
    mine, theirs = scenario(**BRIEF), load(LIKE)
    real = answered("Mine", BRIEF).real()
    school, firm = (
        next(g for g in groups if g.name == named[0])
        for groups, named in (
            (theirs.institutions, real.programme.institutions),
            (theirs.employers, real.programme.employers),
        )
    )
    assert mine.institutions[0].quality == school.quality
    assert mine.employers[0].patience_months == firm.patience_months
    assert mine.programmes[0].wages == real.programme.wages
    tail = "patience_months.lognormal.median"
    known = theirs.likely_ranges[f"employers.{firm.name}.{tail}"]
    assert mine.likely_ranges[f"employers.employers.{tail}"] == known
    assert len(mine.likely_ranges) > 30


def test_every_figure_says_where_it_is_from(tmp_path):
    path = new(tmp_path / "a.yaml", **BRIEF)
    found = {one.key: one for one in marks(path) if not one.shared}
    assert len(found) > 50
    assert {one.key for one in found.values() if one.origin == "unsaid"} == set()
    assert found[f"{P}.intakes.seats"].text == "your answer"
    assert found[f"{P}.funding.all"].text == "your answer; of every item"
    wage = found[f"{P}.wages.origin"]
    assert wage.origin == "assumption"
    assert wage.text.startswith(f"assumption: as in {LIKE}")
    # what the other file says of a sourced figure
    refusal = "governments.country of work.visa.lanes.standard.refusal"
    assert "DW analysis 2018" in found[refusal].text
    every = found[f"{P}.intakes.every_months"].text
    assert every == f"assumption: as in {LIKE}"


def test_comments_fit_and_say_nothing_else_than_the_values():
    whole = text(**BRIEF)
    for line in whole.splitlines():
        if "#" in line and not line.lstrip().startswith("#"):
            assert len(line) <= WIDTH, line
    assert max(map(len, whole.split("\n\n")[0].splitlines())) <= WIDTH
    assert yaml.safe_load(whole)["extends"] == "base"
    assert text(**BRIEF) == whole


def test_a_long_comment_stands_above_its_value_and_a_list_begins_with_it():
    tree = {"programmes": [{"name": Leaf("a", "x" * WIDTH), "seats": Leaf(3, "few")}]}
    lines = as_yaml(tree, "head").splitlines()
    assert lines[-4:] == [
        "programmes:",
        "    # " + "x" * WIDTH,
        "  - name: a",
        "    seats: 3  # few",
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"seats": 1, "intakes": 1, "employers": 1, "schools": 1},
        {"seats": 2_000, "intakes": 5, "like": LIKE},
        {"seats": 10, "intakes": 600, "every_months": 600, "schools": 1},
        {"seats": 1_000, "intakes": 1, "train_months": 600, "every_months": 1, "schools": 1},
        {"seats": 2.5, "train_months": 0, "visa_months": 0},
        {"visa_months": 600, "employers": 100_000, "schools": 1_000},
        {"language": "C2", "train_months": 1},
        {"language": "none", "recognition": "none", "involvement": "none"},
        {"involvement": "none", "like": "thamm_germany", "who_pays": "trainee=1"},
        {"visa_months": "0.5,3,7.25", "start": "1700-01"},
        {"start": "2199-12", "sector": "astronauts"},
    ],
)
def test_extremes_are_valid(given):
    design = scenario(**given)
    (pilot,) = design.programmes
    if "seats" in given:
        assert pilot.intakes.seats == given["seats"]
    assert 1 <= design.months <= 600
    assert pilot.training.language_hours_per_month <= 160
    if "visa_months" in given and isinstance(given["visa_months"], str):
        key = "governments.country of work.visa.lanes.standard.months"
        assert design.likely_ranges[key] == (0.5, 7.25)
        assert get_value(design, key) == 3


@pytest.mark.parametrize(
    "name",
    [
        *(
            "no",
            "null",
            "1e5",
            "a: b",
            "#1 choice",
            "*star",
            'say "x"',
            "it's",
            "{x}",
            "[a]",
            "- a",
        ),
        *("St. Kitts & Nevis", "المغرب", "日本", "é" * 60, "a\\b", "0x1F", "2024-01", "~", "%TAG"),
    ],
)
def test_names_are_kept_letter_by_letter(name):
    design = scenario(like=LIKE, name=name, origin=name, trained_by=name, sector="nurse")
    assert design.name == name
    assert design.governments[name].role == "origin"
    assert (design.institutions[0].name, design.institutions[0].origin) == (name, name)


def test_room_lessons_and_horizon_follow_from_the_answers():
    design = scenario(like=LIKE, seats=30, train_months=12, every_months=5, schools=2, intakes=4)
    # three intakes train at once
    assert design.institutions[0].seats == 45
    theirs = answered("Mine", {"like": LIKE}).real().programme.training
    hours = theirs.language_hours_per_month * theirs.months_before_departure
    mine = design.programmes[0].training.language_hours_per_month
    assert mine * 12 == pytest.approx(hours, rel=1e-3)
    visa = 4
    assert design.months >= 3 * 5 + 12 + visa + 36
    assert design.months < 3 * 5 + 12 + visa + 36 + 24


def test_who_pays_is_as_there_where_nothing_is_said():
    design = scenario(like=LIKE)
    theirs = answered("Mine", {"like": LIKE}).real().programme
    mine = design.programmes[0]
    for item in ("training", "language", "visa", "overhead", "reintegration"):
        assert mine.payers_of(item) == theirs.payers_of(item)


def test_real_programmes_are_found_by_occupation_sector_and_country():
    def near(**given):
        return answered("Mine", given).real().profile.scenario

    assert near(sector="nursing", destination="Germany") == LIKE
    assert near(sector="nurses", destination="united kingdom") == "uk_nurses"
    assert near(sector="seafarers") == "seafarers_nsa"
    assert near(sector="ICT", destination="Belgium", train_months=7) == "palim"
    sectors = {one.programme.occupation for one in alike("hospitality")}
    assert "hotel and catering" in sectors
    assert "nurse" not in sectors
    # nobody trains astronauts
    assert len(alike("astronauts")) == len(
        [1 for one in real_programmes() if one.programme.employers]
    )


def test_defaults_are_the_middle_of_what_is_alike():
    interview = Interview("Mine")
    interview.take(BY_NAME["sector"], "nurse")
    same = sorted(one.programme.training.months_before_departure for one in alike("nurse"))
    default = interview.default(BY_NAME["train_months"])
    assert default == same[(len(same) - 1) // 2]
    interview.keep(BY_NAME["train_months"])
    assert (
        interview.said["train_months"] == f"assumption: the middle of {len(same)} real programmes"
    )


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("seats", "many"),
        ("seats", "nan"),
        ("seats", "inf"),
        ("seats", "-3"),
        ("seats", 0),
        ("every_months", "2.5"),
        ("intakes", "601"),
        ("language", "B3"),
        ("involvement", "early"),
        ("visa_months", "4,2,6"),
        ("visa_months", "2,4"),
        ("visa_months", "4,4,4"),
        ("visa_months", "0,4,6"),
        ("start", "2027-13"),
        ("start", "next year"),
        ("name", "  "),
        ("name", "x" * 61),
        ("name", "a\nb"),
        ("origin", "\x1b[31mred"),
        ("who_pays", "employer"),
        ("who_pays", "employer=0.6"),
        ("who_pays", "employer=0.6,donor=0.5"),
        ("who_pays", "employer=0.5,employer=0.5"),
        ("who_pays", "employer=1.5,donor=-0.5"),
        ("who_pays", "bank=1"),
        ("who_pays", {}),
        ("like", "no_such_programme"),
        ("like", "base"),
    ],
)
def test_answers_that_are_not_allowed_are_refused_with_what_is(name, given):
    with pytest.raises(RequestError) as caught:
        answered("Mine", {"like": LIKE, name: given})
    assert caught.value.argument == name
    assert "; allowed: " in str(caught.value)


def test_two_countries_have_two_names():
    for one, other in (("origin", "destination"), ("hired_by", "trained_by")):
        with pytest.raises(RequestError, match="twice"):
            answered("Mine", {one: "x", other: "x"})


@pytest.mark.parametrize(
    ("given", "shares"),
    [
        ("employer=60%, destination state=40%", {"employer": 0.6, "destination_state": 0.4}),
        (" Donor = 1 ", {"donor": 1.0}),
        ("As There", AS_THERE),
    ],
)
def test_shares_are_read_as_people_write_them(given, shares):
    assert BY_NAME["who_pays"].read(given) == shares


def test_files_are_never_replaced(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("precious")
    link = tmp_path / "link.yaml"
    link.symlink_to(tmp_path / "nowhere.yaml")
    for taken in (path, link):
        with pytest.raises(RequestError, match="already exists"):
            new(taken, **BRIEF)
    # one that comes while questions are answered
    with pytest.raises(RequestError, match="already exists"):
        write(path, answered("Mine", BRIEF))
    assert path.read_text() == "precious"
    assert not (tmp_path / "nowhere.yaml").exists()


@pytest.mark.parametrize("name", ["mine", "mine.txt", "mine.yaml.bak"])
def test_a_file_has_the_name_of_a_scenario(name, tmp_path):
    with pytest.raises(RequestError, match=r"allowed: a name that ends in \.yaml"):
        new(tmp_path / name)
    with pytest.raises(RequestError, match="an existing folder"):
        new(tmp_path / "no folder" / "mine.yaml")


def test_every_question_has_a_default_that_is_allowed():
    interview = Interview("Mine")
    for question in QUESTIONS:
        interview.keep(question)
        assert question.read(interview.answers[question.name]) == interview.answers[question.name]
        assert re.search(r"\?$", question.text)
    assert not math.isnan(interview.answers["visa_months"])


def test_what_does_not_fit_together_is_said_at_its_place(monkeypatch):
    broken = {"extends": Leaf("base"), "months": Leaf(0)}
    monkeypatch.setattr("smpsim.guided.new.draft", lambda interview: broken)
    with pytest.raises(ScenarioError, match="answers: months: got 0"):
        text(**BRIEF)
