"""Loading from files, names and data; what ``extends`` and overrides do; segments."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from smpsim.scenario import Distribution, Scenario, ScenarioError, load, load_data, segments
from smpsim.scenario.loading import read_document
from smpsim.scenario.yaml_files import parse_text, parse_value


def message(call, *arguments, **options) -> str:
    with pytest.raises(ScenarioError) as caught:
        call(*arguments, **options)
    (problem,) = caught.value.problems
    return str(problem)


def test_file_path_data_and_scenario_give_the_same(write, world):
    path = write()
    loaded = load("world.yaml")
    assert loaded.name == "Minimal"
    assert loaded.programmes[0].intakes.seats == 10
    assert load(path) == load(str(path)) == load(world) == load_data(world) == loaded
    assert load(loaded) is loaded


def test_data_is_not_changed(world):
    before = repr(world)
    load_data(world, {"programmes.pilot.costs.visa": 1, "governments.north.dialogue": 1})
    assert repr(world) == before


@pytest.mark.parametrize(
    "overrides",
    [
        {"months": 36, "employers.hotels.willingness_to_pay": {"lognormal": [5000, 0.6]}},
        ["months=36", "employers.hotels.willingness_to_pay={lognormal: [5000, 0.6]}"],
        (one for one in ["months=36", "employers.0.willingness_to_pay={lognormal: [5000, 0.6]}"]),
        {"months": np.int64(36), ("employers", 0, "willingness_to_pay"): 0}
        | {"employers.hotels.willingness_to_pay": {"lognormal": {"median": 5000, "sigma": 0.6}}},
    ],
)
def test_overrides(world, overrides):
    loaded = load(world, overrides)
    assert loaded.months == 36
    paid = loaded.employers[0].willingness_to_pay
    assert paid == Distribution.parse({"lognormal": {"median": 5000, "sigma": 0.6}})


def test_later_overrides_win_and_reach_into_distributions(world):
    pay = "employers.hotels.willingness_to_pay"
    loaded = load(world, [f"{pay}={{lognormal: [5000, 0.6]}}", f"{pay}.lognormal.median=7000"])
    assert loaded.employers[0].willingness_to_pay.raw() == {
        "lognormal": {"median": 7000.0, "sigma": 0.6}
    }
    assert load(loaded, f"{pay}=null").employers[0].willingness_to_pay is None
    assert load(loaded, {pay: None}).employers[0].willingness_to_pay is None


def test_override_of_a_scenario_leaves_it_as_it_is(world):
    loaded = load(world)
    changed = load(loaded, {"months": 12})
    assert (loaded.months, changed.months) == (24, 12)
    assert load(changed, {"months": 24}) == loaded


def test_converted_amounts_cannot_be_converted_again(world):
    world["exchange_rates"] = {"USD": 0.9}
    world["programmes"][0]["costs"]["visa"] = "300 USD"
    loaded = load(world, {"exchange_rates.USD": 0.5})
    assert loaded.programmes[0].costs.visa == pytest.approx(150)
    for key in ("currency", "exchange_rates.USD", "exchange_rates"):
        assert "already been converted" in message(load, loaded, {key: "USD"})


def test_values_with_equals_signs_and_names_with_dots(world):
    world["employers"].append({"name": "a.b=c", "country": "north"})
    loaded = load(world, ['employers."a.b=c".count=3', "question=is a=b?"])
    assert loaded.employers[1].count == 3
    assert loaded.question == "is a=b?"


def test_yaml_without_the_surprises_of_its_version(write):
    read = parse_text(
        "no: 1\non: 2\n12: 3\n2019-01-01: 4\n~: 5\n"
        "values: [2019-01, 2019-01-01, 1e5, 1.5E-3, 010, 1:30, 1_000, 0x10, yes, off, ~, .5, 3.]\n"
        "special: [.inf, -.inf]\n",
        "f",
    )
    assert list(read.data)[:5] == ["no", "on", "12", "2019-01-01", "~"]
    assert read.data["values"] == [
        *("2019-01", "2019-01-01", 1e5, 1.5e-3, 10, "1:30", 1000, 16),
        *(True, False, None, 0.5, 3.0),
    ]
    assert [type(value) for value in read.data["values"][2:5]] == [float, float, int]
    assert read.data["special"] == [float("inf"), float("-inf")]
    assert np.isnan(parse_value(".nan", "f"))


def test_places_of_keys_and_values():
    read = parse_text("a:\n  b: [1, {c: 2}]\nd: &x {e: 3}\nf: *x\n", "f")
    assert (read.keys["a", "b"].line, read.keys["a", "b"].column) == (2, 3)
    assert (read.values["a", "b", 1, "c"].line, read.values["a", "b", 1, "c"].column) == (2, 14)
    # what an alias repeats is written where its anchor is
    assert read.values["f", "e"].line == 3
    assert read.place_of_value(("a", "b", 7, "z")).line == 2


def test_anchors_and_merge_keys(write, world_text):
    text = world_text.replace(
        "  - {name: hotels, country: north}",
        "  - &base {name: hotels, country: north, poaching: 0.1}\n"
        "  - {<<: *base, name: inns}\n"
        "  - {name: bars, <<: [{poaching: 0.3}, *base]}",
    )
    loaded = load(write(text))
    assert [group.name for group in loaded.employers] == ["hotels", "inns", "bars"]
    assert [group.poaching for group in loaded.employers] == [0.1, 0.1, 0.3]


def test_byte_order_mark_and_windows_lines(write, world_text):
    crlf = world_text.replace("\n", "\r\n").encode()
    assert load(write(b"\xef\xbb\xbf" + crlf)).name == "Minimal"


def test_country_named_no(write, world_text):
    text = world_text.replace("south:", "no:").replace("origin: south", "origin: 'no'")
    assert "no" in load(write(text)).governments


# --- extends


def test_extends_a_file_and_keeps_its_places(write, world_text):
    write(world_text.replace("seats: 40", "seats: -4"), "parts/low.yaml")
    write("extends: parts/low.yaml\nname: High\nmonths: 0\n", "high.yaml")
    with pytest.raises(ScenarioError) as caught:
        load("high.yaml")
    found = [(Path(one.file).name, one.line, one.key) for one in caught.value.problems]
    assert found == [("high.yaml", 3, "months"), ("low.yaml", 7, "institutions.schools.seats")]
    loaded = load("high.yaml", ["months=6", "institutions.schools.seats=4"])
    assert (loaded.name, loaded.months, loaded.employers[0].name) == ("High", 6, "hotels")


def test_later_and_upper_files_win(write, world_text):
    write(world_text)
    write("months: 30\nseed: 5\ndiscount_rate: 0.1\n", "one.yaml")
    write("seed: 6\ndiscount_rate: 0.2\n", "two.yaml")
    high = write("extends: [world.yaml, one.yaml, two.yaml]\ndiscount_rate: 0.3\n", "high.yaml")
    loaded = load(high)
    assert (loaded.months, loaded.seed, loaded.discount_rate) == (30, 6, 0.3)


def test_upper_file_changes_named_sections(write):
    write()
    high = write(
        "extends: world.yaml\n"
        "programmes:\n  - {name: second, institutions: [schools], destination: north,\n"
        "     intakes: {seats: 5}}\n  - {name: pilot, costs: {exam: 9}}\n",
        "high.yaml",
    )
    loaded = load(high)
    assert [programme.name for programme in loaded.programmes] == ["pilot", "second"]
    assert (loaded.programmes[0].costs.visa, loaded.programmes[0].costs.exam) == (300, 9)


def test_two_ways_to_one_file_is_no_loop(write):
    write()
    write("extends: world.yaml\nseed: 3\n", "one.yaml")
    write("extends: world.yaml\nmonths: 9\n", "two.yaml")
    loaded = load(write("extends: [one.yaml, two.yaml]\n", "high.yaml"))
    # the second names the months only, but brings all that it extends
    assert (loaded.seed, loaded.months) == (3, 9)


@pytest.mark.parametrize(
    ("extends", "column", "parts"),
    [
        ("wrld.yaml", 10, ["no file 'wrld.yaml'", "mean 'world.yaml'"]),
        ("world", 10, ["no scenario 'world' in the catalogue", "mean 'world.yaml'"]),
        ("[world.yaml, nothing_like_it]", 23, ["no scenario 'nothing_like_it'"]),
        ("../world.yaml", 10, ["lies outside", "in the folder of the first scenario or below"]),
        ("sub/../../world.yaml", 10, ["lies outside"]),
        ("/etc/passwd.yaml", 10, ["got '/etc/passwd.yaml'; allowed: a relative file"]),
        ("C:\\world.yaml", 10, ["allowed: a relative file"]),
        ("C:world.yaml", 10, ["allowed: a relative file"]),
        ("\\\\host\\world.yaml", 10, ["allowed: a relative file"]),
        ('"a\\0b.yaml"', 10, ["allowed: a relative file"]),
        ("high.yaml", 10, ["in a loop: ", "high.yaml -> high.yaml"]),
        ("back.yaml", 10, ["in a loop: ", "high.yaml -> back.yaml -> high.yaml"]),
        ("5", 10, ["got 5", "a name of the catalogue or a relative file"]),
        ("", 9, ["got null"]),
        ("[[world.yaml]]", 11, ["got ['world.yaml']"]),
        ("{a: b}", 10, ["got {'a': 'b'}"]),
        ("sub", 10, ["no scenario 'sub'"]),
        ("sub.yaml", 10, ["no file 'sub.yaml'"]),
    ],
)
def test_bad_extends(write, tmp_path, extends, column, parts):
    write()
    (tmp_path / "inner" / "sub.yaml").mkdir(parents=True)
    write(name="inner/world.yaml")
    write("extends: high.yaml\n", "inner/back.yaml")
    high = write(f"name: x\nextends: {extends}\n", "inner/high.yaml")
    found = message(load, high, catalogue_folder=tmp_path / "none")
    inside = "back.yaml:1:10" if "back" in extends else f"high.yaml:2:{column}"
    assert found.startswith(f"{Path('inner') / inside}: extends: ")
    for part in parts:
        assert part in found


def test_links_are_followed_before_the_folder_is_checked(write, tmp_path):
    write(name="outside/secret.yaml")
    high = write("extends: link.yaml\n", "inner/high.yaml")
    try:
        os.symlink(tmp_path / "outside" / "secret.yaml", tmp_path / "inner" / "link.yaml")
        os.symlink(tmp_path / "inner" / "loop.yaml", tmp_path / "inner" / "loop.yaml")
    except OSError:
        pytest.skip("no symbolic links on this system")
    assert "lies outside" in message(load, high)
    assert "no file 'loop.yaml'" in message(load, write("extends: loop.yaml\n", "inner/x.yaml"))
    assert "loop.yaml: no such file" in message(load, "inner/loop.yaml")


def test_all_faulty_files_are_reported(write):
    write("a: [\n", "one.yaml")
    write("- b\n", "two.yaml")
    with pytest.raises(ScenarioError) as caught:
        load(write("extends: [one.yaml, two.yaml]\n", "high.yaml"))
    assert [Path(one.file).name for one in caught.value.problems] == ["one.yaml", "two.yaml"]


def test_files_without_end_are_stopped(write):
    for number in range(120):
        write(f"extends: f{number + 1}.yaml\n", f"f{number}.yaml")
    assert "more than 100 files" in message(load, "f0.yaml")


def test_data_extends_files_of_a_given_folder_only(write, tmp_path):
    write()
    data = {"extends": "world.yaml", "months": 6}
    assert load_data(data, folder=tmp_path).months == 6
    assert "names of the catalogue" in message(load_data, data)
    outside = {"extends": "../world.yaml"}
    assert "lies outside" in message(load_data, outside, folder=tmp_path / "sub")


def test_document_before_the_checks(write, world_text):
    document = read_document(write(world_text.replace("months: 24", "months: 0")), ["seed=3"])
    assert (document.data["months"], document.data["seed"]) == (0, 3)
    assert document.place_of_value(("seed",)).file == "--set seed=3"
    with pytest.raises(ScenarioError, match="unknown key"):
        read_document("world.yaml", ["sead=3"])


# --- timeline


def timed(world, *entries) -> Scenario:
    return load_data(world | {"timeline": list(entries)})


def test_segments(world):
    visas = "governments.north.visa.lanes.standard.decisions_per_month"
    world["governments"]["north"]["visa"] = {"lanes": {"standard": {"decisions_per_month": 40}}}
    scenario = timed(
        world,
        {"month": 3, "set": {visas: 5, "employers.hotels.poaching": 0.5}},
        {"month": 3, "set": {visas: 6}, "why": "the later of two wins"},
        {"month": 9, "set": {visas: 40, "programmes.pilot.contract.kind": "permanent"}},
    )
    found = segments(scenario)
    assert [month for month, _ in found] == [0, 3, 9]
    lanes = [one.governments["north"].visa.lanes["standard"] for _, one in found]
    assert [lane.decisions_per_month for lane in lanes] == [40, 6, 40]
    assert [one.employers[0].poaching for _, one in found] == [0.0, 0.5, 0.5]
    assert found[0][1] is scenario
    assert all(isinstance(one, Scenario) and one.months == 24 for _, one in found)


def test_segments_without_a_timeline_and_from_the_start(world):
    assert segments(load_data(world)) == [(0, load_data(world))]
    ((month, first),) = segments(
        timed(world, {"month": 0, "set": {"behaviour.retention.quit": 0.5}})
    )
    assert (month, first.behaviour.retention.quit) == (0, 0.5)


def test_segments_convert_money_and_take_whole_distributions(world):
    world["exchange_rates"] = {"USD": 0.5}
    changes = {
        "programmes.pilot.costs.visa": "300 USD",
        "employers.hotels.willingness_to_pay": {"uniform": {"low": 1, "high": 3}},
        "programmes.pilot.contract": {"kind": "seasonal", "months": 6},
    }
    _, (_, later) = segments(timed(world, {"month": 2, "set": changes}))
    assert later.programmes[0].costs.visa == 150
    assert later.employers[0].willingness_to_pay.quantile(0.5) == 2
    assert later.programmes[0].contract.months == 6


def test_changes_of_one_month_are_judged_together(world):
    split = {"programmes.pilot.funding.visa.donor": 0.5}
    rest = {"programmes.pilot.funding.visa.employer": 0.5}
    _, (_, later) = segments(timed(world, {"month": 2, "set": split}, {"month": 2, "set": rest}))
    assert later.programmes[0].funding["visa"] == {"donor": 0.5, "employer": 0.5}
    with pytest.raises(ScenarioError) as caught:
        timed(world, {"month": 2, "set": split}, {"month": 3, "set": rest})
    for problem in caught.value.problems:
        assert problem.message.startswith("in programmes.pilot.funding.visa: got shares that add")
    assert len(caught.value.problems) == 2


def test_the_change_to_blame_is_named(world):
    changes = {"employers.hotels.poaching": 2, "employers.hotels.local_fill": 0.5}
    assert ".poaching" in message(timed, world, {"month": 2, "set": changes})
    lane = {"month": 2, "set": {"programmes.pilot.visa_lane": "fast"}}
    assert "programmes.pilot.visa_lane" in message(timed, world, lane)


def test_what_is_drawn_or_decided_at_the_start_cannot_change(world):
    for key, value in {
        "programmes.pilot.employers": [],
        "employers.hotels.vouching": "in_house",
        "behaviour.trust.spread": 0.3,
        "behaviour.awareness.initially_aware": 0.5,
        "discount_rate": 0.1,
    }.items():
        found = message(timed, world, {"month": 2, "set": {key: value}})
        assert "is fixed for a whole run" in found, key


def test_whole_sections_may_be_replaced_when_they_keep_their_shape(world):
    groups = [{"name": "hotels", "country": "north", "poaching": 0.7}]
    _, (_, later) = segments(timed(world, {"month": 2, "set": {"employers": groups}}))
    assert later.employers[0].poaching == 0.7
    for other in (groups * 2, [groups[0] | {"count": 2}], [groups[0] | {"name": "inns"}]):
        found = message(timed, world, {"month": 2, "set": {"employers": other}})
        assert "is fixed for a whole run" in found or "twice" in found


def test_segments_report_what_a_scenario_made_in_python_gets_wrong(world):
    loaded = timed(world, {"month": 2, "set": {"behaviour.retention.quit": 0.5}})
    wrong = loaded.model_copy(
        update={"timeline": [loaded.timeline[0].model_copy(update={"set": {"discont_rate": 1}})]}
    )
    found = message(segments, wrong)
    assert found.startswith("scenario 'Minimal': timeline[0].set.discont_rate: got unknown key")
    assert found.endswith("did you mean 'discount_rate'?")


def test_months_out_of_order(world):
    change = {"behaviour.retention.quit": 0.5}
    found = message(timed, world, {"month": 5, "set": change}, {"month": 2, "set": change})
    assert found == "data: timeline: got months [5, 2]; allowed: months in rising order"
