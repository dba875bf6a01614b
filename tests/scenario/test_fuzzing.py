"""A short run of the fuzz harness: whatever is done to a file, it is read or refused in words."""

import random

from fuzzing import inputs, judged, mutated, shipped, verdict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smpsim.scenario import load
from smpsim.scenario.yaml_files import parse_text

FILES = shipped()


@given(st.sampled_from(FILES), st.integers(0, 2**32))
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_odd_files_are_read_or_refused_in_words(tmp_path, start, seed):
    text = mutated(random.Random(seed), start, FILES)
    assert not verdict(text, tmp_path / f"odd{start.suffix}").fault


@given(st.text(st.sampled_from("ab01: -?*&!<>[]{},'\"|#%~.\n\t\\é\U0001f600"), max_size=60))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_text_is_read_or_refused_in_words(text):
    assert not judged(lambda: parse_text(text, "odd.yaml"), "odd.yaml").fault


@given(st.text(st.sampled_from('months=0123.e[]{}"*&!programmes pilot\\\x1b'), max_size=40))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_override_is_read_or_refused_in_words(text):
    assert not judged(lambda: load("bare_pipeline", [text]), "", None).fault


def test_the_harness_makes_files_of_all_kinds_that_are_refused_and_that_are_not(tmp_path):
    seen = set()
    for start, text in inputs(45, 3):
        found = verdict(text, tmp_path / f"odd{start.suffix}")
        seen.add((start.kind, found.content is not None))
    assert {kind for kind, _ in seen} == {one.kind for one in FILES}
    assert {accepted for _, accepted in seen} == {True, False}


def test_the_harness_sees_faults():
    def broken():
        raise ZeroDivisionError

    assert "ZeroDivisionError" in judged(broken, "").fault
