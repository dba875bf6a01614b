"""Files made to break the reading: each is read or refused at once, at its place."""

import pytest
import yaml
from timing import processor_seconds

from smpsim.scenario import ScenarioError, load, segments
from smpsim.scenario.yaml_files import parse_text
from smpsim.studies.kinds import check

SECONDS = 2.0
# of the whole file, in which the last lines are the worst
HEAD = "name: x\ngovernments: {o: {role: origin}, d: {role: destination}}\n"
TAIL = "destination: d, intakes: {seats: 1}}]\n"
KEYS = ",".join(f"k{i}: 1" for i in range(5000))
HOSTILE = {
    "digits and a letter": "a: " + "1" * 900_000 + "x\n",
    "a number without end": "seed: " + "1" * 900_000 + "\n",
    "values": "a: [" + "1," * 400_000 + "]\n",
    "keys": "".join(f"k{i}: 1\n" for i in range(19_000)),
    "one key again and again": "k: 1\n" * 100_000,
    "aliases": "a: &a [1]\nb: [" + "*a," * 200_000 + "]\n",
    "merged keys": "a: &a {" + KEYS + "}\nb: [" + "{<<: *a}," * 2000 + "]\n",
    "depth": "[" * 900_000,
    "depth in lines": "[\n" * 400_000,
    "documents": "---\n" * 200_000,
    "sections that are none": "name: x\nprogrammes:\n" + "- 1\n" * 19_000,
    "unknown names": HEAD
    + "institutions:\n"
    + "".join(f"- {{name: i{i}, origin: o}}\n" for i in range(4000))
    + "programmes: [{name: p, employers: [], institutions: ["
    + ",".join(f"j{i}" for i in range(4000))
    + "], "
    + TAIL,
    "unknown files": "extends: [" + ",".join(f"f{i}.yaml" for i in range(19_000)) + "]\n",
    "one file again and again": "extends: [" + "base," * 19_000 + "]\n",
    "a timeline of unknown keys": "extends: thamm_germany\ntimeline:\n- month: 1\n  set:\n"
    + "".join(f"    x{i}: 1\n" for i in range(18_000)),
    "outcomes twice": "name: x\nscenario: bare_pipeline\nvary: {months: {grid: [20]}}\n"
    "outcomes: [" + "placed," * 18_000 + "]\n",
    "unknown scenarios": "name: x\nvary: {months: {grid: [20]}}\nscenarios: ["
    + ",".join(f"s{i}" for i in range(18_000))
    + "]\n",
    "action sets twice": "name: x\nscenario: bare_pipeline\nactions: {list: ["
    + "[campaigns]," * 9000
    + "]}\n",
    "values of a lever": "name: x\nscenario: bare_pipeline\nlevers: {months: {grid: ["
    + ",".join(f"{i}.5" for i in range(18_000))
    + "]}}\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_at_once(tmp_path, text):
    path = tmp_path / "odd.yaml"
    path.write_text(text)
    refusals = []

    def refuse():
        with pytest.raises(ScenarioError) as caught:
            check(path)
        refusals.append(caught.value.problems)

    assert processor_seconds(refuse, SECONDS) <= SECONDS
    assert len(refusals[0]) <= 1002
    assert refusals[0][0].line is not None


def test_the_parser_in_python_reads_the_same(monkeypatch):
    text = "a: &x {b: 1, c: [yes, 010, 1e5, 1:30, ~, '2', 0x1F]}\nd: {<<: *x, b: é}\n"
    quick = parse_text(text, "a.yaml")
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = parse_text(text, "a.yaml")
    assert (quick.data, quick.keys, quick.values) == (slow.data, slow.keys, slow.values)
    assert quick.data["a"] == {"b": 1, "c": [True, 10, 1e5, "1:30", None, "2", 31]}
    assert quick.data["d"] == {"b": "é", "c": quick.data["a"]["c"]}
    with pytest.raises(ScenarioError, match="levels of nesting"):
        parse_text("[" * 5000, "a.yaml")


def test_a_long_timeline_takes_time_for_its_changes_only():
    changes = [
        {"month": m, "set": {"behaviour.exam.pass_probability": m / 1000}} for m in range(600)
    ]

    def read():
        return segments(load("thamm_germany", {"months": 600, "timeline": changes}))

    assert processor_seconds(read, SECONDS) <= SECONDS
    parts = read()
    assert len(parts) == 600
    assert parts[7][1].behaviour.exam.pass_probability == 0.007
    # what no change touches is one and the same
    assert parts[7][1].programmes is parts[8][1].programmes or (
        parts[7][1].programmes[0] is parts[8][1].programmes[0]
    )


@pytest.mark.parametrize(
    ("text", "place", "parts"),
    [
        ("extends: " + "a" * 1000, (1, 10), ["no scenario 'aaa", "..."]),
        ("extends: [base, base]", (1, 17), ["'base' too", "once"]),
        ("extends: [" + "a" * 300 + ".yaml]", (1, 11), ["no file 'aaa"]),
        (
            "extends: bare_pipeline\ninstitutions: [{name: s, count: 10000, origin: origin}]\n"
            "employers:\n- {name: f, count: 100000, country: destination}\n",
            (4, 20),
            ["100,010 employers x 10,001", "100,000,000 pairs"],
        ),
        ("extends: bare_pipeline\nstart: 0000-01\n", (2, 8), ["1700-01 to 2199-12"]),
        ("extends: bare_pipeline\nstart: 9999-12\n", (2, 8), ["1700-01 to 2199-12"]),
        ("extends: bare_pipeline\nexchange_rates: {usd: 2}\n", (2, 18), ["'usd'", "mean 'USD'"]),
        ("extends: bare_pipeline\nexchange_rates: {EUR: 2}\n", (2, 23), ["allowed: 1, or other"]),
        (
            "name: x\nscenario: bare_pipeline\nvary:\n"
            "  behaviour.exam.pass_probability: {beta: {mean: 0.5, sd: 1.0e-300}}\n"
            "design: {samples: 2}\n",
            (4, 36),
            ["too extreme"],
        ),
        (
            "name: x\nscenario: thamm_germany\nvary:\n"
            "  employers.hotels and restaurants.patience_months.lognormal.median:\n"
            "    {list: [10, 1.0e+10]}\n",
            (4, 3),
            ["design 1", "a median from 0 to 600"],
        ),
        (
            "withheld: []\noutcomes:\n- {name: a, scenario: yes_kosovo, count: [placed],\n"
            "   of: {a: 2}, reported: {share: 1}, source: s}\n",
            (4, 8),
            ["a list of names or plan"],
        ),
        (
            "withheld: []\noutcomes:\n- {name: a, scenario: yes_kosovo, count: [placed],\n"
            "   of: [], reported: {share: 1}, source: s}\n",
            (4, 8),
            ["got []", "not empty"],
        ),
        (
            "withheld: []\noutcomes:\n- {name: a, scenario: yes_kosovo, count: [placed],\n"
            "   of: plan, set: {monts: 3}, reported: {share: 1}, source: s}\n",
            (4, 20),
            ["unknown key 'monts'", "scenario yes_kosovo"],
        ),
    ],
)
def test_faults_have_words_and_a_place(tmp_path, text, place, parts):
    path = tmp_path / "odd.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        check(path)
    problem = caught.value.problems[0]
    assert (problem.line, problem.column) == place
    for part in parts:
        assert part in problem.message
