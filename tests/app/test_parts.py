"""Parts of the cockpit that need no browser: marks, payments, forecasts, exports, one world."""

import io
import threading
import xml.etree.ElementTree as ElementTree
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest

import smpsim
from smpsim.app import deciding, exports, monitoring, rows, screens
from smpsim.app.demand import in_words
from smpsim.app.drawing import curve_svg, payments_svg
from smpsim.app.options import Option, link_of, options_in_link, programme_in_link
from smpsim.app.runs import Room, StaleError, answer, answers, result_of
from smpsim.app.state import State, from_link
from smpsim.app.world import GROUPS, world_of
from smpsim.errors import RequestError
from smpsim.guided.questions import controls
from smpsim.guided.real import marks_of, nearest, profile_of, profiles
from smpsim.scenario import ScenarioError
from smpsim.vocabulary import STAGES

SEATS = "programmes.pilot.intakes.seats"
TRAINING = "programmes.pilot.training.months_before_departure"
REPORTS = b"month,outcome,value\n11,enrolled,100\n14,placed,30\n"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def known():
    return profiles()


@pytest.fixture(scope="module")
def shown():
    return answer(State("thamm_germany", replications=6))


def test_few_runs_come_first_and_are_the_same_runs(monkeypatch):
    monkeypatch.setattr("smpsim.app.runs.AT_FIRST", 3)
    first, whole = answers(State("bare_pipeline", {SEATS: 41}, replications=7))
    assert [one.runs for one in (first, whole)] == [3, 7]
    assert not first.is_complete
    assert whole.is_complete
    assert "3 runs of 7; the others follow" in screens.runs(first)
    few, many = (result_of(State("bare_pipeline", {SEATS: 41}), n).outcome_table for n in (3, 7))
    pd.testing.assert_frame_equal(few, many.iloc[:3])
    # who asks for the same has it at once
    assert list(answers(State("bare_pipeline", {SEATS: 41}, replications=7))) == [whole]


def test_memory_of_runs_is_bounded():
    room, stop = Room(100), threading.Event()
    with room.hold(70, stop.is_set):
        assert room.taken == 70
        stop.set()
        with pytest.raises(StaleError), room.hold(40, stop.is_set):
            pass
    # what needs more than all there is runs alone
    with room.hold(1000, stop.is_set):
        assert room.taken == 100
    assert room.taken == 0


def test_waiting_for_room_ends_when_there_is_some():
    room, done = Room(100), threading.Event()

    def wait():
        with room.hold(60, lambda: False):
            done.set()

    with room.hold(60, lambda: False):
        other = threading.Thread(target=wait)
        other.start()
        assert not done.wait(0.2)
    other.join(10)
    assert done.is_set()


def test_marks_are_values_of_real_programmes(known):
    design = State("thamm_germany").design()
    (seats,) = (
        one
        for members in controls(design, design, "pilot").values()
        for one in members
        if one.key == SEATS
    )
    found = marks_of(seats, "EUR", known)
    assert "THAMM Germany" in found[120.0]
    assert all(seats.low <= value <= seats.high for value in found)
    # experiments and examples are no real programmes
    assert not any("Bare pipeline" in names for names in found.values())


def test_amounts_are_compared_in_one_currency_only(known):
    design = State("thamm_germany").design()
    money = next(
        one
        for members in controls(design, design, "pilot").values()
        for one in members
        if one.unit.startswith("currency")
    )
    assert marks_of(money, "EUR", known)
    assert marks_of(money, "JPY", known) == {}


def test_the_nearest_real_programme_is_itself_and_says_what_differs(known):
    design = State("thamm_germany").design()
    near = nearest(profile_of(design, "pilot"), known)
    assert (near.profile.scenario, near.differs) == ("thamm_germany", ())
    more = State("thamm_germany", {SEATS: 130}).design()
    near = nearest(profile_of(more, "pilot"), known)
    assert near.profile.scenario == "thamm_germany"
    assert near.differs == ("seats: 120 there, 130 here",)
    assert nearest(profile_of(design, "pilot"), []) is None


def test_payments_are_the_ledger_and_the_picture_names_all(shown):
    ledger = smpsim.run("thamm_germany", 6, parameters="likely").ledger()
    paid = ledger[(ledger["payer"] == "donor") & (ledger["payee"] == "institution")]
    mine = next(one for one in shown.payments if (one.payer, one.payee) == ("donor", "institution"))
    assert mine.amount == pytest.approx(paid["amount"].sum() / 6)
    drawn = ElementTree.fromstring(payments_svg(shown.payments, "EUR"))
    bands = [one for one in drawn.iter() if one.get("class") == "flow"]
    assert len(bands) == len(shown.payments)
    assert "donor pays institution EUR" in drawn.get("aria-label")
    assert payments_svg([], "EUR") == ""


def test_curves_are_drawn_inside_their_frame(shown):
    for curve in shown.curves:
        drawn = ElementTree.fromstring(curve_svg(curve, shown.start))
        _, _, wide, high = map(float, drawn.get("viewBox").split())
        for one in drawn.iter():
            for pair in (one.get("points") or "").split():
                x, y = map(float, pair.split(","))
                assert 0 <= x <= wide
                assert 0 <= y <= high


def test_a_name_in_a_picture_is_text(shown):
    hostile = [one._replace(payer=HOSTILE) for one in shown.payments]
    assert "<script" not in payments_svg(hostile, "EUR")


def test_cautions_are_live_and_few(shown):
    assert screens.cautions(shown.cautions) == ""
    state = State("bare_pipeline", {TRAINING: 60}, replications=2)
    found = answer(state)
    assert "cannot complete training and visa within the 48 months" in screens.cautions(
        found.cautions
    )
    assert "And 2 more" in screens.cautions(found.cautions * 6)


def test_own_data_is_read_and_forecast_from():
    state = State("bare_pipeline", replications=5)
    reports = monitoring.reports_of(state, "c:\\mine\\data.csv", REPORTS)
    assert (reports.name, len(reports.observed)) == ("data.csv", 2)
    (dot,) = monitoring.points(reports, "placed", "pilot")
    assert (dot.month, dot.value, dot.error) == (14, 30, pytest.approx(2 * 0.05 * 30))
    steps = []
    found = monitoring.ahead(state, reports, "pilot", steps.append, draws=60)
    assert steps[-1] == 60
    assert "Given the reports up to" in found.sentences[0]
    curve = found.curves["placed"]
    assert len(curve.median) == 48
    assert (curve.low <= curve.high + 1e-9).all()
    page = screens.pictures(answer(state), reports, found.curves)
    assert page.count('class="dot"') == 2
    assert 'class="line2"' in page
    assert screens.ahead(found)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"month,outcome,value\n3,placd,5\n", "bad.csv:2"),
        (b"\xff\xfe\x00", "not text"),
        (b"#" * (monitoring.LARGEST + 1), "1,000,000 bytes"),
    ],
)
def test_a_file_of_reports_that_is_wrong_is_refused_in_words(content, message):
    with pytest.raises(ScenarioError, match=message):
        monitoring.reports_of(State("bare_pipeline"), "bad.csv", content)


def test_a_forecast_can_be_given_up():
    state = State("bare_pipeline")
    reports = monitoring.reports_of(state, "data.csv", REPORTS)
    with pytest.raises(StaleError):
        monitoring.ahead(state, reports, "pilot", None, lambda: True, draws=60)


def test_files_hold_the_numbers_of_the_screens():
    state = State("bare_pipeline", {SEATS: 40}, replications=4)
    with zipfile.ZipFile(io.BytesIO(exports.tables(state, "pilot"))) as archive:
        names = set(archive.namelist())
        summary = pd.read_csv(archive.open("summary.csv")).set_index("outcome")
        monthly = pd.read_csv(archive.open("monthly.csv"))
        (archive_state,) = (archive.read("scenario.yaml").decode(),)
    assert {"funnel.csv", "losses.csv", "gains.csv", "payments.csv"} < names
    found = (
        smpsim.run("bare_pipeline", 4, overrides={SEATS: 40}, parameters="likely")
        .summary()
        .loc["pilot"]
    )
    assert summary.loc["placed", "mean"] == found.loc["placed", "mean"]
    assert monthly["placed_median"].iloc[-1] == found.loc["placed", "median"]
    assert "seats: 40" in archive_state
    assert exports.picture(state, "pilot", "png").startswith(b"\x89PNG")
    ElementTree.fromstring(exports.picture(state, "pilot", "svg"))


def test_report_and_workbook_are_of_what_was_kept():
    pytest.importorskip("xlsxwriter", reason='the workbook needs pip install -e ".[report]"')
    few, many = (State("bare_pipeline", {SEATS: n}, replications=3) for n in (40, 90))
    kept = [Option("few", few, "pilot"), Option("many", many, "pilot")]
    found = exports.reported(many, kept, guesses=False)
    assert list(found.names.values()) == ["few", "many"]
    page = exports.page_of(found).decode()
    assert "few" in page
    assert 'src="http' not in page
    book = openpyxl.load_workbook(io.BytesIO(exports.workbook_of(found)))
    assert "options" in book.sheetnames
    alone = exports.reported(few, guesses=False)
    assert alone.options[0].result.outcome_table["planned_seats"].iloc[0] == 40
    with pytest.raises(StaleError):
        exports.reported(few, [], None, lambda: True, guesses=False)


def test_options_are_judged_in_the_same_worlds():
    pytest.importorskip("sklearn", reason='decide needs pip install -e ".[decide]"')
    short, long = (State("thamm_germany", {"programmes.pilot.intakes.number": n}) for n in (2, 6))
    steps = []
    found = deciding.judged(
        [Option("two", short, "pilot"), Option("six", long, "pilot")], steps.append, worlds=6
    )
    assert steps[-1] == 2 * 6 * deciding.EACH
    first, second = found.options
    assert (first[0], first[1]) == ("two", "-")
    designs = (short.design(), long.design())
    one, other = (smpsim.run(one, 6, parameters="likely") for one in designs)
    mean_of_one, mean_of_other = (
        found.outcome_table["placed"] + found.second_look["placed"] for found in (one, other)
    )
    better = (mean_of_other > mean_of_one).sum()
    assert second[1] == f"in {better} of 6 worlds"
    assert screens.judged(found)
    assert screens.worth_knowing(found)


def test_options_that_cannot_be_compared_are_an_error_in_words():
    pytest.importorskip("sklearn", reason='decide needs pip install -e ".[decide]"')
    one, two = (Option(name, State(name), "pilot") for name in ("thamm_germany", "palim"))
    yen = Option("yen", State("thamm_germany", {"currency": "JPY"}), "pilot")
    with pytest.raises((RequestError, ScenarioError)) as caught:
        deciding.judged([one, yen, two], worlds=2)
    assert all(isinstance(text, str) and text for text in in_words(caught.value))


def test_what_nobody_foresaw_is_a_sentence_and_a_line_of_the_log(caplog):
    (text,) = in_words(KeyError("x"))
    assert text.startswith("This did not work: KeyError")
    assert [one.exc_info for one in caplog.records] == [None]


def test_a_link_holds_options_and_the_programme():
    few = State("bare_pipeline", {SEATS: 40}, replications=50)
    kept = [
        Option("40 & less", few, "pilot"),
        Option("mine", State("up.yaml", text="extends: bare_pipeline\n"), "pilot"),
    ]
    link = link_of(State("bare_pipeline", replications=50), kept, "pilot")
    found, said = options_in_link(link)
    # a file that was uploaded is not in a link
    assert found == kept[:1]
    assert said == []
    assert from_link(link) == (State("bare_pipeline", replications=50), [])
    assert programme_in_link(link) == "pilot"


def test_what_is_wrong_with_options_of_a_link_is_said():
    found, said = options_in_link("?option=name%3Dx%26scenario%3Dnone_such")
    assert found == []
    assert "none_such" in said[0]
    found, said = options_in_link("?option=name%3Dx%26scenario%3Dbare_pipeline%26set%3Dmonts%253D3")
    assert [one.name for one in found] == ["x"]
    assert "monts" in said[0]


def test_one_world_is_a_run_and_loses_nobody():
    found = world_of(State("thamm_germany"), "pilot", 2).frames
    run = smpsim.run("thamm_germany", 3, parameters="likely").trajectories()
    run = run[run["run"] == 2].reset_index(drop=True)
    assert found["placed"] == run["placed"].tolist()
    for name, stages in GROUPS.items():
        column = [one[found["groups"].index(name)] for one in found["people"]]
        assert column == run[list(stages)].sum(axis=1).tolist()
    assert [sum(one) for one in found["people"]] == run["enrolled"].tolist()
    assert found["months"][0] == "2019-01"
    assert len(found["state"][0]) == len(found["employers"]) == 300
    active = [sum(letter in "234" for letter in one) for one in found["state"]]
    assert active == run["employers_engaged"].tolist()
    pupils = [sum(one) for one in found["pupils"]]
    assert pupils == run["in_training"].tolist()


def test_every_stage_of_the_enrolled_is_in_one_group():
    named = [stage for stages in GROUPS.values() for stage in stages]
    assert sorted(named) == sorted(set(STAGES) - {"applicant", "not_selected"})


def test_a_range_that_is_not_known_is_left_out():
    assert rows.span("38", "-", "-") == "38"
    assert rows.span("54", "20", "-") == "54 (20 or more)"
    row = {"people": 38.0, "run_low": np.nan, "run_high": np.nan, "label": "kept 36 months"}
    assert rows.of_people(row, "kept", 720.0).text == "38"
