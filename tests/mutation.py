"""Mutants of the rules: are there tests that notice when a rule is wrong?

Run by hand, from the root of the repository:

    python tests/mutation.py --minutes 20    some mutants more, from where the last call ended
    python tests/mutation.py --again         those that survived, against the tests as they are now
    python tests/mutation.py --table         what was found, to ``tests/reference/mutants.csv``
    python tests/mutation.py --anew          first begin anew, with rules that have changed since

cosmic-ray changes a place of `smpsim/agents` or `smpsim/world`, in a copy of the repository, and
tests that run this place as plain Python should fail. Ours are only the order of the places, which
is random (so that those tried at any time are a random sample), the choice of tests, and the time.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import resource
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from difflib import unified_diff
from importlib import import_module
from typing import Any

from mutants import (
    AGAIN,
    FOLDER,
    RECORDED,
    ROOMS,
    ROOT,
    ROUNDS,
    SESSION,
    TABLE,
    TREE,
    key_of,
    keys_of,
    known_as_equivalent,
    list_mutants,
    mutants,
    results_of,
    rounds,
    sources,
    table,
    written,
)

COVERED = FOLDER / "covered"
TIMES = FOLDER / "tests.json"
TESTS = (
    *(
        "rules_of_agents",
        "rules_of_the_world",
        "rules_of_lives",
        "mesa_manners",
        "blueprint",
        "attributes",
        "own_rules",
        "exchange",
    ),
    *("trust", "participation", "persons", "growth", "cycle", "luck", "parameters"),
    *(
        "closed_forms",
        "applying",
        "recognition",
        "effort",
        "reuse",
        "terms",
        "units",
        "small_worlds",
    ),
)
"""Files of tests that mutants meet; what compares with recorded numbers comes last."""

DIRECT = "test_rules_of"  # of single rules, which are asked first
SECONDS_A_TEST = 2.0  # of the processor, measured with coverage; slower tests are left out
SECONDS_OF_RULES = 4.0  # of tests for each mutant, as they were measured
SECONDS_OF_RECORDED = 8.0
LARGEST_MEMORY = 6 * 2**30
NEEDED = ("numba", "scipy.stats", "pandas", "pyarrow", "mesa", "matplotlib", "pytest", "yaml")


def copy_folders(*names: str) -> None:
    """Copy folders of the repository: cosmic-ray changes files where they are."""
    for name in names:
        shutil.rmtree(TREE / name, ignore_errors=True)
        shutil.copytree(ROOT / name, TREE / name, ignore=shutil.ignore_patterns("__pycache__"))


def forked(work: Callable[[], int], seconds: float) -> tuple[int | None, str]:
    """Do something in a process of its own, which has all packages already.

    Returns
    -------
    tuple of int or None, and str
        What it returned, None if it took longer than so many seconds of the processor, and what it
        printed.
    """
    said = FOLDER / "said.txt"
    started, process = time.monotonic(), os.fork()
    if process == 0:
        os.setsid()
        with said.open("w") as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
        allowed = int(seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))
        resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
        code = 70
        try:
            code = work()
        finally:
            sys.stdout.flush()
            os._exit(code)
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            break
        # it may wait for ever without using the processor
        if time.monotonic() - started > 30 * seconds:
            os.killpg(process, signal.SIGKILL)
        time.sleep(0.02)
    code = os.waitstatus_to_exitcode(status)
    return (None if code < 0 else code), said.read_text(encoding="utf-8", errors="replace")


def files_to_time() -> list[str]:
    """Return the files of tests that have changed since they were measured, as have helpers."""
    before = TIMES.stat().st_mtime if TIMES.exists() else 0.0
    helpers = [p.stem for p in (TREE / "tests").glob("*.py") if p.stat().st_mtime > before]
    wanted = []
    for name in TESTS:
        path = TREE / "tests" / "model" / f"test_{name}.py"
        text = path.read_text(encoding="utf-8")
        if path.stat().st_mtime > before or any(f" {helper} import" in text for helper in helpers):
            wanted.append(path.relative_to(TREE).as_posix())
    return wanted


class Timer:
    """A plugin of pytest that measures tests, and what they run."""

    def __init__(self, known: dict[str, float | None]) -> None:
        import coverage

        self.times = known
        sources = [f"smpsim.{room}" for room in ROOMS]
        self.coverage = coverage.Coverage(COVERED, source_pkgs=sources, config_file=False)
        self.coverage.load()
        self.coverage.start()

    def pytest_runtest_setup(self, item: Any) -> None:
        """Begin to note what a test runs."""
        self.coverage.switch_context(item.nodeid)

    def pytest_runtest_call(self, item: Any) -> None:
        """Begin to measure a test, and end it when it takes too long."""

        def stop(*_: Any) -> None:
            import pytest

            pytest.fail("too slow")

        self.times[item.nodeid] = None
        signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, SECONDS_A_TEST)
        self.began = time.process_time()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the time of a test that passed."""
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        if report.when == "call" and report.passed:
            self.times[report.nodeid] = round(time.process_time() - self.began, 3)
        if report.when == "teardown":
            self.coverage.switch_context("")

    def pytest_sessionfinish(self) -> None:
        """Write down what was measured; nothing for tests that are too slow."""
        self.coverage.stop()
        self.coverage.save()
        TIMES.write_text(json.dumps(self.times, indent=1), encoding="utf-8")


def run_tests(names: Iterable[str], *more: str, plugins: tuple[Any, ...] = ()) -> int:
    """Run tests in this process, and return the exit code of pytest."""
    import pytest

    fixed = ("-q", "-n0", "-p", "no:cacheprovider", "--rootdir", str(TREE), "--tb=line")
    return int(pytest.main([*fixed, *more, *names], plugins=list(plugins)))


def times_of_tests() -> dict[str, float | None]:
    """Return the seconds of the tests that were measured, None for those that were too slow."""
    return json.loads(TIMES.read_text(encoding="utf-8")) if TIMES.exists() else {}


def time_tests() -> None:
    """Measure tests that are new, and what they run."""
    files = files_to_time()
    if not files:
        return
    # a test of these files may have another name now, or none
    known = {n: t for n, t in times_of_tests().items() if n.partition("::")[0] not in files}

    def work() -> int:
        return run_tests(files, "-m", "not slow", plugins=(Timer(known),))

    code, said = forked(work, 3600.0)
    if code not in (0, 1):
        sys.exit(said)


def begin_of(mutation: Any) -> int:
    """Return the first line of the statement that a mutation changes: others may not be noted."""
    line = mutation.start_pos[0]
    text = mutation.module_path.read_text(encoding="utf-8")
    statements = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    return max(
        node.lineno for node in statements if node.lineno <= line <= (node.end_lineno or line)
    )


def tests_by_line() -> Callable[[Any], list[str]]:
    """Return a function that chooses the tests for a mutation."""
    import coverage

    data = coverage.CoverageData(str(COVERED))
    data.read()
    times = {test: seconds for test, seconds in times_of_tests().items() if seconds is not None}

    def choose(mutation: Any) -> list[str]:
        by_line = data.contexts_by_lineno(str(mutation.module_path))
        lines = range(begin_of(mutation), mutation.end_pos[0] + 1)
        found = {test for line in lines for test in by_line.get(line, ())}
        if found == {""}:
            # it runs when the module is imported, so whoever runs the module may notice
            found = {test for tests in by_line.values() for test in tests}
            found = found if found & set(times) else set(times)
        rank: Counter[str] = Counter()
        ranked = []
        for test in sorted(found & set(times), key=lambda test: (times[test], test)):
            name = test.partition("[")[0]
            # of worlds those in which most happens, of rules the quickest, each function in turn
            recorded = RECORDED in test
            turn = -times[test] if recorded else (DIRECT not in test, rank[name])
            ranked.append((recorded, turn, times[test], test))
            rank[name] += 1
        chosen, left = [], {True: SECONDS_OF_RECORDED, False: SECONDS_OF_RULES}
        for recorded, _, seconds, test in sorted(ranked):
            if seconds <= left[recorded]:
                left[recorded] -= seconds
                chosen.append(test)
        return chosen

    return choose


def run_mutant(mutation: Any, tests: list[str], mark: str, earlier: set[tuple[str, ...]]) -> Any:
    """Return what became of a mutant; those of earlier sessions are skipped."""
    from cosmic_ray.mutating import use_mutation
    from cosmic_ray.plugins import get_operator
    from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult

    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    with use_mutation(mutation.module_path, operator, mutation.occurrence) as (before, after):
        diff = "\n".join(unified_diff(before.split("\n"), after.split("\n"), lineterm=""))
        if key_of(mutation, diff) in earlier:
            return WorkResult(WorkerOutcome.SKIPPED, diff=diff)
        if tests:
            code, said = forked(
                lambda: run_tests(tests, "-x"), 3 * (SECONDS_OF_RULES + SECONDS_OF_RECORDED)
            )
        else:
            code, said = 0, "no test runs this line"
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
    output = "timeout" if code is None else failed[0] if failed else said[-300:]
    outcome = TestOutcome.SURVIVED if code == 0 else TestOutcome.KILLED
    return WorkResult(WorkerOutcome.NORMAL, mark + output, outcome, diff)


def run(minutes: float, again: bool) -> None:
    """Try mutants until the time is over, or those again that have survived."""
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import TestOutcome

    ends = time.monotonic() + 60 * minutes
    choose = tests_by_line()
    with use_db(SESSION, WorkDB.Mode.open) as session:
        tried, done = results_of(session), {job for job, _ in session.results}
        survived = {job for job, one in tried.items() if one.test_outcome == TestOutcome.SURVIVED}
        if again:
            ROUNDS.write_text(json.dumps([*rounds(), len(tried)]), encoding="utf-8")
            survived -= known_as_equivalent(session)
        earlier = set() if again else keys_of(written())
        for job, mutation in mutants(session):
            if job not in survived if again else job in done:
                continue
            if not again and time.monotonic() > ends:
                break
            result = run_mutant(mutation, choose(mutation), AGAIN if again else "", earlier)
            session.set_result(job, result)
            if result.test_outcome:
                where = f"{mutation.module_path.stem}:{mutation.start_pos[0]}"
                said = f"{result.test_outcome.value:8} {where} {result.output[:90]!r}"
                print(f"{job} {said}", flush=True)


def main() -> int:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=0.0, help="how long to try mutants")
    parser.add_argument("--again", action="store_true", help="try those again that survived")
    parser.add_argument("--anew", action="store_true", help="begin anew; the table stays")
    parser.add_argument("--table", action="store_true", help=f"write {TABLE.name}")
    chosen = parser.parse_args()
    if not any(vars(chosen).values()):
        parser.error("got nothing to do; allowed: --minutes, --again, --table, --anew")
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    os.environ["PYTHONPATH"] = os.pathsep.join((str(TREE), str(TREE / "tests")))
    sys.dont_write_bytecode = True
    # a run that was stopped puts back what it has changed
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    if chosen.anew or not SESSION.exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        copy_folders("smpsim", "scenarios", "tests")
        shutil.copy(ROOT / "pyproject.toml", TREE)
        list_mutants()
    elif list(sources(ROOT).values()) != list(sources(TREE).values()):
        sys.exit("rules are not as they were when the mutants were listed; allowed: --anew")
    elif chosen.again:
        copy_folders("tests")
    # the copy, not the files beside this one
    sys.path[0:1] = [str(TREE), str(TREE / "tests"), str(TREE / "tests" / "model")]
    os.chdir(TREE)
    for name in (*NEEDED, "smpsim.scenario"):
        import_module(name)
    if chosen.again or not TIMES.exists():
        time_tests()
    if chosen.minutes or chosen.again:
        run(chosen.minutes, chosen.again)
    if chosen.table:
        TABLE.write_text(table(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
