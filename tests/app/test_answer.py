"""What the screens say: numbers of the runs, and text of files that stays text."""

import math
import threading

import pytest
import yaml
from worlds import BARE

import smpsim
from smpsim.app import markup, screens, trust
from smpsim.app.options import Option, rows, unused_name
from smpsim.app.rows import rounded, whole
from smpsim.app.runs import StaleError, answer, answers
from smpsim.app.state import State, uploaded
from smpsim.scenario import ScenarioError

SEATS = "programmes.pilot.intakes.seats"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def shown():
    return answer(State("thamm_germany", replications=8))


def test_numbers_are_those_of_run(shown):
    found = smpsim.run("thamm_germany", 8, parameters="likely")
    assert list(shown.sentences) == found.sentences
    assert (shown.runs, shown.seed, shown.currency) == (8, found.seed, found.currency)
    placed = next(one for one in shown.curves if one.name == "placed")
    assert placed.median[-1] == found.outcomes()["placed"].median()
    assert placed.high[-1] == pytest.approx(found.outcomes()["placed"].quantile(0.95))


def test_the_funnel_leads_from_planned_to_placed_and_adds_up(shown):
    bars = shown.funnel
    total = {
        kind: sum(one.value for one in bars if one.kind == kind)
        for kind in ("planned", "loss", "under way", "placed")
    }
    assert total["planned"] == pytest.approx(total["loss"] + total["under way"] + total["placed"])
    assert [bars[0].kind, bars[-1].kind] == ["planned", "kept"]
    assert all(0 <= one.length <= 1 for one in bars)
    kept = [one for one in bars if one.kind == "kept"]
    assert kept[0].label == "kept 12 months"
    assert (
        kept[0].value
        == smpsim.run("thamm_germany", 8, parameters="likely")
        .funnel()
        .loc[("pilot", "kept_12"), "people"]
    )


def test_what_binds_is_all_that_is_lost_by_who_it_is(shown):
    found = shown.binding
    lost = sum(one.value for one in shown.funnel if one.kind == "loss")
    assert lost - 5 < sum(one.value for one in found) <= lost + 1e-9
    assert [one.value for one in found] == sorted((one.value for one in found), reverse=True)


def test_who_pays_adds_up_to_the_cost(shown):
    total = (
        smpsim.run("thamm_germany", 8, parameters="likely")
        .summary()
        .loc[("pilot", "cost_total"), "mean"]
    )
    assert sum(one.value for one in shown.payers) == pytest.approx(total)
    # nobody is paid but by somebody who bears it, and small payments are left out
    assert sum(one.amount for one in shown.payments) == pytest.approx(total, rel=0.02)


def test_gains_are_sorted_and_name_who_loses(shown):
    found = shown.gains
    assert [one.value for one in found] == sorted((one.value for one in found), reverse=True)
    assert [one.label for one in found if one.kind == "loses"] == ["donor"]
    assert found[-1].beside[1] == "100 %"
    assert "% of those enrolled are worse off than at home" in shown.losers


def test_nobody_is_placed_without_a_channel():
    found = answer(State("bare_pipeline", {"programmes.pilot.channel": "none"}, replications=3))
    assert found.sentences[0].startswith("Nobody is placed")
    assert found.funnel[-1].text == "0"
    assert all(one.beside[1] == "-" for one in found.payers)
    assert "Nobody" in screens.answer(found)
    assert screens.money(found)


def test_a_programme_can_be_chosen():
    state = State("triple_win_nurses", replications=2)
    names = [one.name for one in state.design().programmes]
    assert len(names) > 1
    found = answer(state, names[1])
    assert found.programme == names[1]
    assert not any(one.startswith(names[1]) for one in found.sentences)
    # of a scenario that was left
    assert answer(state, "pilot").programme == names[0]


def test_runs_are_given_up_when_something_else_is_asked_for():
    stop = threading.Event()
    stop.set()
    with pytest.raises(StaleError):
        # of a state that no other test has asked for, as answers are kept
        list(answers(State("bare_pipeline", {SEATS: 43}, replications=5), None, stop.is_set))


def test_what_is_wrong_is_an_error_of_the_scenario():
    with pytest.raises(ScenarioError, match="seats"):
        answer(State("bare_pipeline", {SEATS: -1}))


def test_amounts_have_three_digits_and_people_are_whole():
    assert [rounded(one) for one in (11_183_334, -1234.5, 12.3, 0)] == [
        "11,200,000",
        "\N{MINUS SIGN}1,230",
        "12",
        "0",
    ]
    assert rounded(math.nan) == "-"
    assert [whole(one) for one in (0, 0.2, 26.2)] == ["0", "under 1", "26"]


def test_options_are_compared_with_the_first_in_paired_runs():
    first, more = (State("bare_pipeline", {SEATS: n}, replications=6) for n in (100, 40))
    found = rows(
        [
            Option(name, one, "pilot")
            for name, one in (("as it is", first), ("small", more), ("again", first))
        ]
    )
    both = smpsim.compare(
        first.design(), more.design(), replications=6, parameters="likely"
    ).differences()
    row = both.loc[("pilot", "placed")]
    # between the same ends as compare and decide say it: nine in ten pairs, no other level
    ends = [f"\N{MINUS SIGN}{-row[one]:.0f}" for one in ("difference", "run_low", "run_high")]
    assert found[1].difference == "{} ({} to {})".format(*ends)
    page = markup.options(found, "EUR")
    assert page.count("(90 % of pairs of runs)</th>") == 2
    assert page.count("(90 % of runs)</th>") == 4
    assert found[1].better == "in 0 of 6 runs"
    assert found[2].better == "in 0 of 6 runs, the same in 6"
    assert found[2].difference.startswith("0 (")
    assert found[0].difference == "-"
    assert "--seed 1" in found[1].command


def test_options_without_placements_have_no_price():
    none = State("bare_pipeline", {"programmes.pilot.channel": "none"}, replications=3)
    first = State("bare_pipeline", replications=3)
    found = rows([Option("a", first, "pilot"), Option("b", none, "pilot")])
    assert found[1].cost == "hardly anybody is placed"
    assert found[1].cost_difference == "-"
    assert rows([]) == []


def test_names_of_options_differ():
    one = Option("seats 40", State(), "pilot")
    assert unused_name("seats 40", [one]) == "seats 40 (2)"
    assert unused_name("  ", [one]) == "Option"


def test_figures_say_what_is_known_and_what_is_assumed():
    state = State("thamm_germany", {"programmes.pilot.intakes.number": 3})
    found = {one.key: one for one in trust.figures(state)}
    assert found["programmes.pilot.intakes.seats"].grade == trust.ASSUMED
    assert found["programmes.pilot.planned.placed"].grade == trust.KNOWN
    assert "lines 605-614" in found["programmes.pilot.planned.placed"].said
    assert found["programmes.pilot.intakes.number"].grade == trust.CHANGED
    assert found["discount_rate"].grade == trust.ASSUMED
    assert found["governments.germany.visa.lanes.standard.refusal"].value == "0.12 [share]"
    # a section says it for all that is in it, and behaviour comes from another file
    assert found["programmes.pilot.funding.setup"].grade == trust.ASSUMED
    assert any(one.is_shared and one.grade == trust.ASSUMED for one in found.values())
    assert "1 changed here" in trust.counted(list(found.values()))


def test_figures_of_an_upload_are_those_of_its_text():
    text = "extends: bare_pipeline\nmonths: 30  # assumption: short\n"
    found = {one.key: one for one in trust.figures(uploaded("up.yaml", text.encode()))}
    assert (found["months"].grade, found["months"].said) == (trust.ASSUMED, "assumption: short")
    assert "replications" not in found


def test_every_scenario_of_the_catalogue_has_figures():
    for name in ("triple_win_nurses", "ssw_japan", "bare_pipeline", "seasonal_worker_australia"):
        found = trust.figures(State(name))
        assert any(one.grade == trust.ASSUMED for one in found) or name == "bare_pipeline"
        assert trust.counted(found).startswith("Of ")


def test_text_of_a_file_is_never_markup():
    data = {**BARE, "name": HOSTILE, "question": HOSTILE}
    data["programmes"] = [{**BARE["programmes"][0], "sources": {"intakes.seats": HOSTILE}}]
    state = uploaded(f"{HOSTILE}.yaml", yaml.safe_dump(data).encode())
    found = answer(State(state.name, text=state.text, replications=2))
    pages = [screens.answer(found), screens.money(found), screens.trust(found)]
    pages.append(markup.options(rows([Option(HOSTILE, found.state, "pilot")]), "EUR"))
    assert not [page for page in pages if "<script" in page]
    assert "&lt;script" in pages[0]
