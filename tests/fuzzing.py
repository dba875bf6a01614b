"""Odd files made of the shipped ones, read as users' files are: short in the tests, long by hand.

``python tests/fuzzing.py 5000 --seed 2`` reads 5,000 of them and prints each that ends in anything
but an answer: a traceback, no message, a message without file and line, or too long a wait. The
file is kept for a look. `accepted` yields the scenarios among them that can be run.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import math
import random
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from timing import processor_seconds

from smpsim.scenario import Scenario, ScenarioError, catalogue, load
from smpsim.scenario.keypaths import format_path
from smpsim.studies.kinds import ACTION, CALIBRATION, REPORTS, SCENARIO, SEARCH, SWEEP, kind_of
from smpsim.studies.search.study import load_search
from smpsim.studies.sweep.study_file import load_study

MOST_SECONDS = 2.0
EXAMPLES = catalogue.folder() / "examples"
OWN = {
    "own_reports.yaml": f"""monitoring:
  - scenario: {EXAMPLES}/monitored_programme.yaml
    file: {EXAMPLES}/monitored_programme.csv
    name: quarterly
    source: own records
series:
  - name: selected
    scenario: bare_pipeline
    count: [enrolled]
    of: [applicants]
    source: own records
    at: [{{months: 6, share: 0.2, error: 0.01, date: June}}, {{months: 12, counted: 3, people: 9}}]
""",
    "own_calibration.yaml": """name: own
reports: []
draws: 100
model_error: 0.5
priors:
  behaviour.training.dropout: {uniform: {low: 0.0, high: 0.1}}
""",
    "own_figures.csv": """# own records
scenario,month,outcome,value,error,programme
bare_pipeline,5,enrolled,20,1,pilot
bare_pipeline,2024-12,cost_cumulative,99000,5000,
monitored_programme,11,employers_engaged,7,,electricians
monitored_programme,11,cost,22000,,
""",
}
"""What a user would write who reports on a programme."""
MOST_DESIGNS = 64
"""Designs of a study up to which each is checked too: a million take their time by right."""

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 0.5, -0.0, 1e-300, 5e-324, 1e300, 1.7e308, 10**30, 10**400,
    math.inf, -math.inf, math.nan, 2**31, 2**63, 2**64, "", " ", "yes", "null", "nan", "1e400",
    "x" * 300, "é", "日本語", "עברית", "\u202e", "\x1b[31m", "=1+1", "a.b", "a[0]", '"', "*", "..",
    "../x.yaml", "/", "\0", "500 USD", "500 usd", "1_0 EUR", "0000-01", "9999-12", "2024-13",
    [], {}, [[]], [{}], {"": {}}, [None], [1, "a"], {"lognormal": {"median": 1, "sigma": 1}},
    {"uniform": [0, 1]}, {"uniform": [1, 0]}, {"beta": {"mean": 0.5, "sd": 1e-300}},
    {"normal": {"mean": 0, "sd": 1e308}}, {"gamma": {"mean": 1e300, "sd": 1e-300}},
    {"triangular": {"low": 0, "mode": 0, "high": 0}}, {"poisson": 3}, {"grid": [1, 2]},
    {"list": [[], ["campaigns"]]}, {"integers": {"low": 1, "high": 10**400}},
)  # fmt: skip
SNIPPETS = (
    "<<: *x\n", "&x ", "*x", "? ", ": ", "- ", "\t", "!!int ", "!x ", "%", "---\n", "...\n", "# ",
    "'", '"', "[", "]", "{", "}", ",", "|\n", ">\n", "\u2028", "\ufeff", "\x07", "1" * 4000 + "x",
    "0x", ".", "e9", "-", "_", "<<", "~", "\r", "\\", "\U0001f600",
)  # fmt: skip


@dataclass(frozen=True)
class Shipped:
    """A file of the catalogue, or like a user's: its kind, its text and its plain data."""

    name: str
    kind: str
    text: str
    data: dict[str, Any]
    suffix: str = ".yaml"


@dataclass(frozen=True)
class Verdict:
    """What came of reading a file.

    Attributes
    ----------
    fault : str
        Why it is no proper answer; empty if it is one.
    content : object
        What was read, if it was accepted.
    seconds : float
        Of this process, whatever else the computer does.
    """

    fault: str
    content: Any
    seconds: float


def shipped() -> list[Shipped]:
    """Return all YAML files of the catalogue, and files of a user who reports on a programme."""
    found = []
    for path in sorted(catalogue.folder().rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        kind = kind_of(path).name
        found.append(Shipped(path.stem, kind, text, yaml.load(text, yaml.BaseLoader)))
    plain = {one.name: one for one in found}
    for name, one in plain.items():
        # numbers as numbers, so that mutations of values start from what fits
        found[[o.name for o in found].index(name)] = Shipped(
            one.name, one.kind, one.text, yaml.safe_load(one.text)
        )
    for file, text in OWN.items():
        stem, _, suffix = file.partition(".")
        kind = CALIBRATION if "calibration" in stem else REPORTS
        data = yaml.safe_load(text) if suffix == "yaml" else {}
        found.append(Shipped(stem, kind, text, data, f".{suffix}"))
    return found


def mutated(rng: random.Random, start: Shipped, others: list[Shipped]) -> str:
    """Return the text of a file like `start`, with one to a few things odd about it."""
    if start.suffix == ".csv":
        return _in_table(rng, start.text)
    if rng.random() < 0.3:
        return _in_text(rng, start.text)
    data = copy.deepcopy(start.data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        change = rng.choice((_replace, _replace, _replace, _drop, _rename, _double, _borrow, _time))
        change(rng, data, others)
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    return _in_text(rng, text) if rng.random() < 0.05 else text


def _places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, Any, tuple[Any, ...]]]:
    """Yield each container with a key in it, and the path."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        yield data, key, (*path, key)
        if isinstance(value, (dict, list)):
            yield from _places(value, (*path, key))


def _one(rng: random.Random, data: Any) -> tuple[Any, Any, tuple[Any, ...]] | None:
    places = list(_places(data))
    return rng.choice(places) if places else None


def _near(rng: random.Random, number: float) -> Any:
    change = rng.choice(
        (
            lambda: number * 10,
            lambda: number / 7,
            lambda: -number,
            lambda: number + 1,
            lambda: float(number),
            lambda: int(number),
        )
    )
    try:
        return change()
    except (OverflowError, ValueError):
        # one without end, or longer than a binary fraction can be
        return [number]


def _replace(rng: random.Random, data: dict[str, Any], others: list[Shipped]) -> None:
    if found := _one(rng, data):
        inside, key, _ = found
        old = inside[key]
        number = isinstance(old, (int, float)) and not isinstance(old, bool)
        if number and rng.random() < 0.4:
            inside[key] = _near(rng, old)
        else:
            inside[key] = copy.deepcopy(rng.choice(ODD))


def _drop(rng: random.Random, data: dict[str, Any], others: list[Shipped]) -> None:
    if found := _one(rng, data):
        del found[0][found[1]]


def _rename(rng: random.Random, data: dict[str, Any], others: list[Shipped]) -> None:
    if (found := _one(rng, data)) and isinstance(found[0], dict):
        inside, key, _ = found
        text = str(key)
        place = rng.randrange(len(text) + 1)
        words = (text[:place] + text[place + 1 :], text + "x", text.upper(), "x y", "", "a.b", "é")
        inside[rng.choice(words)] = inside.pop(key)


def _double(rng: random.Random, data: dict[str, Any], others: list[Shipped]) -> None:
    """Repeat an entry of a list, or let one part of the file stand in place of another."""
    one, other = _one(rng, data), _one(rng, data)
    if one and isinstance(one[0], list):
        one[0].insert(rng.randrange(len(one[0]) + 1), copy.deepcopy(one[0][one[1]]))
    elif one and other and one[1] in one[0] and other[1] in other[0]:
        one[0][one[1]] = copy.deepcopy(other[0][other[1]])


def _borrow(rng: random.Random, data: dict[str, Any], others: list[Shipped]) -> None:
    """Take a part of another file, of this kind or not."""
    theirs = rng.choice(others).data
    if theirs:
        key = rng.choice(list(theirs))
        data[key] = copy.deepcopy(theirs[key])


def _time(rng: random.Random, data: dict[str, Any], others: list[Shipped]) -> None:
    """Change something in a month, or set it in all designs of a study."""
    scenario = rng.choice([one for one in others if one.kind == SCENARIO])
    mine = "programmes" in data or "extends" in data
    found = _one(rng, data if mine else scenario.data)
    if not found:
        return
    inside, key, path = found
    value = rng.choice((inside[key], rng.choice(ODD), 0, 1, 0.5, 3))
    named = format_path(tuple(step for step in path), data if mine else scenario.data)
    change = {named: copy.deepcopy(value)}
    if mine:
        month = rng.choice((0, 1, 5, 12, 30, 599, 600, -1, 2.5))
        entries = data.get("timeline")
        entry = {"month": month, "set": change}
        data["timeline"] = [*entries, entry] if isinstance(entries, list) else [entry]
    else:
        part = rng.choice(("set", "vary", "levers", "priors", "uncertainties"))
        if isinstance(data.get(part), dict):
            data[part] |= change


def _in_table(rng: random.Random, text: str) -> str:
    """Return CSV with odd cells, or odd lines."""
    if rng.random() < 0.3:
        return _in_text(rng, text)
    rows = [line.split(",") for line in text.splitlines()]
    for _ in range(rng.choice((1, 1, 2, 4))):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = str(rng.choice(ODD))
    return "\n".join(",".join(row) for row in rows)


def _in_text(rng: random.Random, text: str) -> str:
    for _ in range(rng.choice((1, 1, 2, 4))):
        lines = text.splitlines(keepends=True) or [""]
        place, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        what = rng.randrange(6)
        if what == 0:
            del lines[place]
        elif what == 1:
            lines.insert(other, lines[place])
        elif what == 2:
            lines[place] = " " * rng.randrange(1, 5) + lines[place]
        elif what == 3:
            lines[place] = lines[place].lstrip()
        else:
            line, column = lines[place], rng.randrange(len(lines[place]) + 1)
            snippet = rng.choice(SNIPPETS)
            lines[place] = line[:column] + snippet + line[column + (what == 4) :]
        text = "".join(lines)
    return text


def verdict(text: str, path: Path) -> Verdict:
    """Write a text to a file, read it as its kind is read, and say whether the answer is proper."""
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    return judged(lambda: _read(path), str(path))


def judged(read: Callable[[], Any], file: str, least_line: int | None = 1) -> Verdict:
    """Return the verdict on what reads a file; `least_line` is None where there are no lines."""
    began = time.process_time()
    content, fault = None, ""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", RuntimeWarning)
        try:
            content = read()
        except ScenarioError as error:
            fault = _fault_of_message(error, file, least_line)
        except Exception:
            fault = traceback.format_exc()
    if warned and not fault:
        fault = f"warned: {warned[0].message}"
    seconds = time.process_time() - began
    if not fault and seconds > MOST_SECONDS:
        seconds = min(seconds, processor_seconds(lambda: _quietly(read), MOST_SECONDS))
    if not fault and seconds > MOST_SECONDS:
        fault = f"took {seconds:.1f} s"
    return Verdict(fault, content, seconds)


def _quietly(read: Callable[[], Any]) -> None:
    with warnings.catch_warnings(), contextlib.suppress(ScenarioError):
        warnings.simplefilter("ignore")
        read()


def _fault_of_message(error: ScenarioError, file: str, least_line: int | None) -> str:
    if not error.problems:
        return "refused without a word"
    for problem in error.problems:
        if not problem.file or not problem.message:
            return f"no file or no message: {problem!r}"
        counted = "more problems" in problem.message or "more than 1,000" in problem.message
        if problem.file == file and least_line and not counted and not problem.line:
            return f"no line: {problem}"
        if problem.file != file and problem.file.startswith(("designs", "study ", "scenario ")):
            return f"no file: {problem}"
        if "\n" in str(problem) or not str(problem).isprintable():
            return f"not one line that prints: {problem!s:.300}"
    return ""


def _read(path: Path) -> Any:
    kind = kind_of(path)
    if kind.name == SWEEP:
        study, _ = load_study(path)
        sizes = [len(axis.values) for axis in study.crossed.values()]
        sizes.append(study.design.samples if study.design else 1)
        sizes.append(len(study.actions.list_) if study.actions else 1)
        return kind.load(path) if math.prod(sizes) <= MOST_DESIGNS else study
    if kind.name == SEARCH:
        search = load_search(path)
        return kind.load(path) if search.worlds + search.fresh_worlds <= MOST_DESIGNS else search
    return kind.load(path)


def inputs(count: int, seed: int, kinds: tuple[str, ...] = ()) -> Iterator[tuple[Shipped, str]]:
    """Yield odd files, each with the shipped one that it was made of."""
    files = shipped()
    chosen = [one for one in files if not kinds or one.kind in kinds]
    for number in range(count):
        rng = random.Random(f"{seed}:{number}")
        # studies, actions and reports are few beside scenarios, and as many are made of them
        kind = rng.choice(sorted({one.kind for one in chosen}))
        start = rng.choice([one for one in chosen if one.kind == kind])
        yield start, mutated(rng, start, files)


def accepted(count: int, seed: int) -> Iterator[Scenario]:
    """Yield the scenarios that are accepted among `count` odd ones, and with odd actions.

    They are what the engine has to cope with; whoever runs them says what must hold.
    """
    with tempfile.TemporaryDirectory() as folder:
        for start, text in inputs(count, seed, (SCENARIO, ACTION)):
            found = verdict(text, Path(folder) / f"{start.name}{start.suffix}")
            if isinstance(found.content, Scenario):
                yield found.content
            elif found.content is not None:
                added = judged(lambda p=folder, n=start.name: _with_action(Path(p), n), "", None)
                if isinstance(added.content, Scenario):
                    yield added.content


def _with_action(folder: Path, name: str) -> Scenario:
    return load("thamm_germany", actions=[folder / f"{name}.yaml"])


def main(arguments: list[str]) -> int:
    """Read many odd files and print those that end in no proper answer."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("count", type=int, help="number of files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", default=[], help="only of this kind; repeatable")
    parser.add_argument("--keep", type=Path, default=Path("fuzzed"), help="folder of faulty files")
    given = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    slowest, faults = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        for start, text in inputs(given.count, given.seed, tuple(given.kind)):
            path = Path(folder) / f"{start.name}{start.suffix}"
            found = verdict(text, path)
            if not found.fault and start.kind == ACTION and found.content is not None:
                # what can be read must also be applied, or refused at its place
                found = judged(lambda n=start.name: _with_action(Path(folder), n), str(path))
            slowest = max(slowest, found.seconds)
            answer = "fault" if found.fault else "refused" if found.content is None else "accepted"
            counts[f"{start.kind}: {answer}"] += 1
            if found.fault:
                faults += 1
                given.keep.mkdir(exist_ok=True)
                (given.keep / f"{faults}_{start.name}{start.suffix}").write_bytes(path.read_bytes())
                print(f"--- {faults}_{start.name}{start.suffix}\n{found.fault[-1500:]}", flush=True)
    for what, number in sorted(counts.items()):
        print(f"{what}: {number:,}")
    print(f"{given.count:,} files, {faults} faults, slowest {slowest:.2f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
