"""What people do when a design is absurd: nobody goes where going is worth less than staying."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from worlds import ensemble

from smpsim.scenario import load

NURSES = str(Path(__file__).parents[1] / "reference" / "nurses.yaml")
NAMES = ["onodera_user_run", "thamm_germany", NURSES]
RUNS = 20
APPLICANTS = "applicants"


@lru_cache(maxsize=64)
def found(name, *changes):
    return ensemble(load(name, overrides=dict(changes)), RUNS)


def keys(name):
    scenario = load(name)
    programme = scenario.programmes[0]
    path = f"programmes.{programme.name}"
    destination = f"governments.{programme.destination}"
    return programme, path, destination, f"{destination}.visa.lanes.{programme.visa_lane}"


def applicants(outcome):
    """Return all applicants of each run: they are in some stage, or were not selected."""
    from smpsim.vocabulary import STAGES

    return sum(outcome.last(stage) for stage in STAGES)


def share(outcome, part, of):
    return outcome.last(part).sum() / max(outcome.last(of).sum(), 1)


@pytest.mark.parametrize("name", NAMES, ids=lambda n: Path(n).stem)
@pytest.mark.parametrize("wage", ["zero", "below home"])
def test_nobody_goes_for_a_wage_below_that_at_home(name, wage):
    programme, path, _, _ = keys(name)
    amount = 0.0 if wage == "zero" else 0.9 * programme.wages.origin
    before, after = found(name), found(name, (f"{path}.wages.destination", amount))
    assert after.last("placed").mean() < 0.06 * before.last("placed").mean()
    assert applicants(after).mean() < 0.15 * applicants(before).mean()


@pytest.mark.parametrize("name", NAMES, ids=lambda n: Path(n).stem)
@pytest.mark.parametrize("closed", ["no channel", "quota 0"])
def test_without_a_channel_applications_fall(name, closed):
    _, path, destination, _ = keys(name)
    change = (f"{path}.channel", "none")
    if closed == "quota 0":
        change = (f"{destination}.visa.quota_per_year", 0)
    before, after = found(name), found(name, change)
    assert after.last("placed").max() == 0
    assert applicants(after).mean() < 0.1 * applicants(before).mean()


@pytest.mark.parametrize("name", NAMES, ids=lambda n: Path(n).stem)
def test_applications_fall_once_people_see_that_everyone_is_refused(name):
    _, _, _, lane = keys(name)
    before, after = found(name), found(name, (f"{lane}.refusal", 1.0))
    assert after.last("placed").max() == 0
    assert applicants(after).mean() < 0.8 * applicants(before).mean()


@pytest.mark.parametrize("name", NAMES, ids=lambda n: Path(n).stem)
def test_a_clause_puts_applicants_off(name):
    _, path, _, _ = keys(name)
    none, three, ten = (
        applicants(found(name, (f"{path}.contract.retention_clause_months", months)))
        for months in (0, 36, 120)
    )
    assert three.mean() < 0.95 * none.mean()
    assert ten.mean() < 0.95 * three.mean()


@pytest.mark.parametrize("name", NAMES, ids=lambda n: Path(n).stem)
def test_a_stipend_lowers_dropout(name):
    _, path, _, _ = keys(name)
    poor, rich = (
        found(name, (f"{path}.costs.stipend", amount), (f"{path}.intakes.pilot_share", 1))
        for amount in (0, 400)
    )
    assert share(rich, "dropped_out", "enrolled") < share(poor, "dropped_out", "enrolled")


@pytest.mark.parametrize("name", NAMES, ids=lambda n: Path(n).stem)
def test_graduates_without_language_training_are_less_ready(name):
    programme, path, _, _ = keys(name)
    language = programme.training.language
    named = (f"{path}.training.language", "german" if language == "other" else language)
    silent = (
        (f"{path}.training.language_target", "none"),
        (f"{path}.training.language_hours_per_month", 0),
    )

    def readiness(*changes):
        scenario = load(name, overrides=dict([named, *changes]))
        rows = ensemble(scenario, 6, trainees=True).runs.people
        return np.mean([row["readiness"][row["graduated"] >= 0].mean() for row in rows])

    assert readiness(*silent) < 0.8 * readiness()
