"""Rules of a user's own are kept as text with what they use, and run only if that is asked for."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path
from typing import Any

import numba
import pytest
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.results.own_code import rule_sources, rules_again
from smpsim.results.store_error import StoreError
from smpsim.world.attributes import Attribute

FACTOR = 0.5
LIMITS = (0.0, (1.0, 2))
TABLE = [1, 2]


@numba.njit
def halved(x: float) -> float:
    return FACTOR * x


def plain(hours: float, terms: float = LIMITS[0]) -> float:
    return math.exp(-halved(hours)) + LIMITS[1][1] + terms


def of_a_list(hours: float) -> float:
    return TABLE[0] * hours


def test_a_function_is_made_again_with_what_it_uses() -> None:
    kept = rule_sources({"one": plain})["one"]
    assert kept["module"] == __name__
    assert kept["function"] == "plain"
    assert "math.exp(-halved(hours))" in kept["source"]
    assert kept["uses"]["math"] == {"module": "math"}
    assert kept["uses"]["halved"]["function"]["uses"]["FACTOR"]["value"] == 0.5
    assert not kept["missing"]
    assert rules_again({"one": kept})["one"](3.0) == plain(3.0)


def test_attributes_of_people_are_kept_with_what_draws_them() -> None:
    own = {
        "drawn": Attribute(draw=plain),
        "normal": Attribute(draw={"normal": {"mean": 1, "sd": 2}}, default=3),
        "counted": Attribute(),
    }
    kept = json.loads(json.dumps(rule_sources(own)))
    again = rules_again(kept)
    assert not any(one["missing"] for one in kept.values())
    assert again["drawn"].draw(3.0) == plain(3.0)
    assert again["normal"] == own["normal"]
    assert again["counted"] == own["counted"]


def test_closures_and_annotations_are_kept() -> None:
    share = 0.25

    def inner(x: "nobody.knows", *, y: float = share) -> float:  # noqa: F821, UP037
        return x * share + y

    kept = rule_sources({"one": inner})["one"]
    assert kept["uses"]["share"]["value"] == 0.25
    assert rules_again({"one": kept})["one"](2.0) == inner(2.0)


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (lambda x: x, "a lambda"),
        (of_a_list, "TABLE: lists cannot be kept"),
        (math.exp, "not a Python function"),
        (eval("lambda x: x"), "not available|a lambda"),
    ],
)
def test_what_cannot_be_kept_is_named(function: Any, why: str) -> None:
    kept = rule_sources({"one": function})
    (missing,) = kept["one"]["missing"]
    assert missing
    with pytest.raises(ValueError, match=why):
        rules_again(kept)


def test_a_text_that_was_changed_is_not_executed() -> None:
    kept = rule_sources({"one": plain})
    kept["one"]["source"] = "raise SystemExit"
    with pytest.raises(ValueError, match="its text does not match its hash"):
        rules_again(kept)


@pytest.mark.slow
def test_rules_of_a_folder_run_only_if_that_is_asked_for(tmp_path: Path) -> None:
    source = (
        f"def quitting({', '.join(smpsim.rules['quit'].arguments)}):\n    return FACTOR / 100.0\n"
    )
    module = tmp_path / "own_rules.py"
    module.write_text(f"FACTOR = 0.5\n\n\n{source}")
    spec = importlib.util.spec_from_file_location("own_rules", module)
    own = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(own)
    result = smpsim.run("bare_pipeline", replications=2, rules={"quit": own.quitting})
    kept = result.provenance["recipe"]["rules"]["quit"]
    assert kept["source"] == source
    folder = tmp_path / "out"
    result.write(folder)
    with pytest.raises(StoreError, match=r"rules of its own \(quit\).*--run-code"):
        smpsim.verify(folder)
    refused = CliRunner().invoke(app, ["verify", str(folder)])
    assert refused.exit_code == 2
    assert "read them in provenance.json" in refused.stderr
    assert smpsim.verify(folder, allow_code=True).same
    assert CliRunner().invoke(app, ["verify", str(folder), "--run-code"]).exit_code == 0
    plain, ranked = (
        smpsim.rank("bare_pipeline", 2, actions=["campaigns"], rules=rules)
        for rules in (None, {"quit": own.quitting})
    )
    assert ranked != plain
    ranked.write(tmp_path / "ranked")
    assert smpsim.verify(tmp_path / "ranked", allow_code=True).same


def test_rules_without_text_mark_a_result(tmp_path: Path) -> None:
    result = smpsim.run("bare_pipeline", replications=1)
    facts = result.provenance
    facts["recipe"]["rules"] = rule_sources({"quit": lambda *a: 0.0})
    result.write(tmp_path)
    for allowed in (False, True):
        with pytest.raises(StoreError, match=r"it cannot be run again: rule quit: .*lambda"):
            smpsim.verify(tmp_path, allow_code=allowed)
