"""A user's rules in each study: they act, are recorded, and are run again by verify."""

from __future__ import annotations

import pandas as pd
import pytest
from archived import CALIBRATION, PASS, REPORTS, SCENARIO, SEARCH, SEATS, STUDY

import smpsim
from smpsim.results.store_error import StoreError
from smpsim.world.rules import rule_digests


def dropout(person):
    return 0.25


def early(counts):
    return counts["placed"] / 2


OWN = {"dropout": dropout}
EARLY = smpsim.Outcome("placed_early", "people", compute=early)


def sensitivity(folder, **more):
    keys = {SEATS: (10, 20), PASS: None}
    options = {"samples": 2, "replications": 2, "keys": keys, "only": True, "outcomes": ["placed"]}
    found = smpsim.sensitivity("tiny.yaml", **options, **more)
    found.write(folder)
    return found.means["placed"].sum(), found


def search(folder, **more):
    found = smpsim.search("search.yaml", folder, **more)
    found.write(folder)
    return found.designs()["placed"].sum(), found


def discover(folder, **more):
    found = smpsim.discover("study.yaml", splits=1, folder=folder, **more)
    return smpsim.read_sweep(folder).by_run()["placed"].sum(), found


def validate(folder, **more):
    draws = pd.DataFrame({PASS: [0.5, 0.6]})
    found = smpsim.validate(
        "reports.yaml",
        programmes=["bare_pipeline"],
        parameters=draws,
        draws=2,
        replications=2,
        patterns=False,
        **more,
    )
    found.write(folder, "csv")
    return found.programmes["placed"].sum(), found


def calibrate(folder, **more):
    found = smpsim.calibrate("calibration.yaml", "reports.yaml", folder=folder, **more)
    found.write(folder, "csv")
    return found.shares.to_numpy().sum(), found


def rank(folder, **more):
    found = smpsim.rank("tiny.yaml", actions=["campaigns"], **more)
    found.write(folder)
    return found.base["placed"], found


def compare(folder, **more):
    found = smpsim.compare("tiny.yaml", overrides_b={SEATS: 30}, **more)
    found.write(folder)
    return found.b.outcome_table["placed"].sum(), found


VERBS = [sensitivity, search, discover, validate, calibrate]


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    texts = {
        "tiny": SCENARIO,
        "search": SEARCH,
        "study": STUDY,
        "reports": REPORTS,
        "calibration": CALIBRATION,
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_rules_act_are_recorded_and_verified(verb, files):
    placed, found = verb(files / "own", rules=OWN)
    without, plain = verb(files / "plain")
    assert placed < without
    facts = plain.provenance
    assert "rules" not in facts
    assert "rules" not in facts["recipe"]
    facts = found.provenance
    recipe = facts["recipe"].get("sweep", facts["recipe"])
    assert recipe["rules"]["dropout"]["function"] == "dropout"
    if verb is not discover:
        assert facts["rule_hashes"] == rule_digests(OWN)
    with pytest.raises(StoreError, match="rules of its own"):
        smpsim.verify(files / "own")
    assert smpsim.verify(files / "own", allow_code=True).same


@pytest.mark.parametrize("verb", [search, discover, calibrate])
def test_a_folder_goes_on_with_the_same_rules_only(verb, files):
    verb(files / "own", rules=OWN)
    with pytest.raises(smpsim.ScenarioError, match="rules"):
        verb(files / "own")


@pytest.mark.parametrize("verb", VERBS)
def test_what_can_be_no_rule_is_refused_before_anything_runs(verb, files):
    with pytest.raises(smpsim.RequestError, match="did you mean 'dropout'"):
        verb(files / "own", rules={"drop_out": dropout})
    assert not list((files / "own").glob("*.parquet"))


def counted(verb, folder):
    """Call a verb with outcomes of one's own, and have them used where it takes names."""
    texts = {
        search: ("search.yaml", SEARCH.replace("{placed: ", "{placed_early: maximize, placed: ")),
        discover: ("study.yaml", STUDY.replace("placed < 8", "placed_early < 8")),
        validate: ("reports.yaml", REPORTS.replace("[placed]", "[placed_early]")),
        calibrate: ("reports.yaml", REPORTS.replace("[placed]", "[placed_early]")),
    }
    if verb in texts:
        name, text = texts[verb]
        (folder.parent / name).write_text(text)
    if verb is discover:
        swept = smpsim.sweep("study.yaml", folder, own_outcomes=[EARLY])
        found = smpsim.discover(swept, splits=1)
        swept.write(folder)
        return found.write(folder)
    return verb(folder, own_outcomes=[EARLY])


@pytest.mark.parametrize("verb", [*VERBS, rank, compare])
def test_outcomes_of_your_own_are_kept_and_verified(verb, files):
    counted(verb, files / "own")
    with pytest.raises(StoreError, match=r"outcomes of its own \(placed_early\).*--run-code"):
        smpsim.verify(files / "own")
    again = smpsim.verify(files / "own", allow_code=True)
    assert again.same, again.differences


def test_an_outcome_without_a_text_of_its_own_cannot_be_verified(files):
    nameless = smpsim.Outcome("placed_early", "people", compute=lambda counts: counts["placed"])
    smpsim.run("tiny.yaml", own_outcomes=[nameless]).write(files / "own")
    with pytest.raises(StoreError, match="no text of its own"):
        smpsim.verify(files / "own", allow_code=True)


def test_a_prepared_study_refuses_what_it_has_decided(files):
    from smpsim.studies.search.search import prepare_search
    from smpsim.studies.sweep.prepare import prepare

    ready = prepare("study.yaml")
    for name, value in {"series": ["placed"], "rules": OWN, "seed": 3}.items():
        with pytest.raises(smpsim.RequestError, match=f"{name}: given with a prepared study"):
            smpsim.sweep(ready, **{name: value})
    with pytest.raises(smpsim.RequestError, match="rules: given with a prepared study"):
        smpsim.search(prepare_search("search.yaml"), rules=OWN)


def test_reports_of_a_validation_count_outcomes_of_your_own(files):
    def early(counts):
        return counts["placed"]

    mine = smpsim.Outcome("placed_early", "people", compute=early)
    (files / "reports.yaml").write_text(REPORTS.replace("count: [placed]", "count: [placed_early]"))
    draws = pd.DataFrame({PASS: [0.5]})
    options = {"programmes": ["bare_pipeline"], "parameters": draws, "draws": 1, "patterns": False}
    found = smpsim.validate("reports.yaml", own_outcomes=[mine], **options)
    (files / "reports.yaml").write_text(REPORTS)
    plain = smpsim.validate("reports.yaml", **options)
    assert found.outcomes["median"].tolist() == plain.outcomes["median"].tolist()
    assert list(found.provenance["own_outcomes"]) == ["placed_early"]
