"""Scenarios cut down to a few people, which run in no time, as plain Python too.

Together they run nearly every line of the rules. What they come to stands in
``tests/reference/small_worlds.csv``, which ``python tests/outcome_hashes.py --table`` writes anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from random_scenarios import shrunk

from smpsim.ensemble import COUNTS, Runs, simulate
from smpsim.scenario import Scenario, load, load_data
from smpsim.vocabulary import ITEMS, PARTIES, TRAJECTORY_COLUMNS
from smpsim.world.blueprint import blueprint

TABLE = Path(__file__).parent / "reference" / "small_worlds.csv"
SIZES = {"months": 48, "count": 4, "seats": 6, "number": 4, "applicants_per_seat": 12}
NAMES = (
    *("match", "uk_nurses", "senegal_ghana_construction", "gecco_spain", "emlink", "reference"),
    *("brain_drain", "palim", "mos_burger", "hand_in_hand", "onodera_user_run", "homere"),
    *("thamm_germany", "move_green", "trade_offs", "kani_kiribati"),
)
PILOT, ABROAD = "programmes.pilot", "governments.destination"
MENTORS = {"amount": 50, "payee": "institution", "payers": {"donor": 0.5, "trainee": 0.5}}
# of the reference world, so that much happens in it though it is small
BUSY = {
    f"{PILOT}.setup_months": 0,
    f"{PILOT}.intakes.every_months": 6,
    f"{PILOT}.training.months_before_departure": 5,
    f"{PILOT}.training.language_target": "A1",
    f"{PILOT}.promotion": 0.3,
    "employers.firms.initial_vacancies": 4,
    "employers.firms.willingness_to_pay": {"lognormal": {"median": 9000, "sigma": 0.5}},
    "behaviour.participation.alternative_value": -2000,
    "behaviour.exam.skill_needed": 0.3,
    "behaviour.waiting.domestic_job.base": 0.03,
    "behaviour.applying.inertia": 500,
    "behaviour.retention.without_notice": 0.02,
}
# rules that the catalogue hardly uses, together: worlds that nobody would want
TWISTS: dict[str, dict[str, Any]] = {
    "a channel that opens by chance": {
        f"{PILOT}.channel": "new",
        f"{ABROAD}.channel_opening": 0.01,
        f"{ABROAD}.channel_dialogue": 0.05,
        f"{ABROAD}.mood": {"without_notice": 0.5, "downturn": 0.8},
        "governments.origin.brake": {"stock": 60, "outflow_from": 0.02, "strength": 2.0},
        "employers.firms.cycle": {"persistence": 0.9, "sd": 0.4},
        f"{PILOT}.own_costs": {
            n: {"per": n, **MENTORS} for n in ("enrolled", "applicant", "arrival", "returnee")
        },
        f"{PILOT}.costs.stipend": 40,
        f"{PILOT}.entrants.savings": 900,
        "behaviour.people.correlations": {"aptitude": {"motivation": 0.6}},
    },
    "a regulated occupation": {
        f"{PILOT}.regulated": True,
        f"{PILOT}.recognition": "after_arrival",
        "institutions.schools.alignment": {"beta": {"mean": 0.5, "sd": 0.2}},
        "institutions.schools.paid_per": "placement",
        "behaviour.recognition.unbridgeable_gap": 0.5,
        "behaviour.recognition.partial_months": 3,
        f"{PILOT}.contract": {"kind": "circular", "months": 9, "break_months": 2},
        f"{PILOT}.intakes.budget": 150_000,
        f"{PILOT}.own_costs": {n: {"per": n, **MENTORS} for n in ("month", "trainee_month")},
        "employers.firms.size": "large",
        "behaviour.vacancies.reopened": 0.5,
        "behaviour.retention.contract_readiness": -0.5,
        "behaviour.retention.contract_tenure": 0,
        f"{PILOT}.domestic_track_share": 0.3,
        f"{PILOT}.wages.trained": 900,
    },
    "seats that employers commit": {
        f"{PILOT}.demand": "committed",
        f"{PILOT}.funding.travel": {"trainee": 1.0},
        f"{PILOT}.funding.adaptation": {"trainee": 0.5, "donor": 0.5},
        "behaviour.participation.open_share": 1,
        "employers.firms.margin_per_month": 1500,
        "employers.firms.cycle": {"persistence": 0.9, "sd": 0.6},
        "behaviour.channel.late_penalty": 0.4,
        "behaviour.channel.promise_slack_months": 0,
        f"{PILOT}.contract.permit_bound": True,
        "behaviour.waiting.individual_search": 0.05,
        "institutions.schools.alignment": 0.5,
        "behaviour.recognition.unbridgeable_gap": 0.5,
        "behaviour.exam": {"retake_learning": 0.8, "skill_needed": 0.5, "retakes": 2},
        "behaviour.waiting.longest_months": 4,
        "behaviour.waiting.offer_cancelled": 0.3,
    },
    "a fixed delay and a quota": {
        f"{ABROAD}.visa.lanes.standard.months": {"gamma": {"mean": 3, "sd": 1}},
        f"{ABROAD}.visa.quota_per_year": 4,
        "behaviour.applying.scale": None,
        f"{PILOT}.funding.travel": {"trainee": 1.0},
        f"{PILOT}.entrants.savings": {"lognormal": {"median": 900, "sigma": 0.5}},
        f"{PILOT}.entrants.credit": 0,
        "behaviour.participation.steepness": None,
        "behaviour.waiting.domestic_job.growth": 0.1,
        "behaviour.waiting.withdrawal.growth": 0.05,
        "behaviour.retention.quit": 0.08,
        "behaviour.retention.inside_clause": 0.5,
        "behaviour.retention.return_from_elsewhere": 0.04,
        "timeline": [
            {
                "month": 20,
                "set": {
                    "institutions.schools.quality": 0.4,
                    "institutions.schools.alignment": 0.7,
                    "behaviour.retention.quit": 0.03,
                    "behaviour.waiting.with_offer": 0.6,
                },
                "why": "a test",
            },
            {"month": 40, "set": {"behaviour.retention.home": 0.03}, "why": "a test"},
        ],
    },
}
ALL = (*NAMES, *TWISTS)


def small(name: str, changes: Mapping[str, Any] | None = None) -> Scenario:
    """Return a scenario of the catalogue with small sizes, or a twist of the reference world."""
    twist = {**BUSY, **TWISTS[name]} if name in TWISTS else {}
    timeline = twist.pop("timeline", [])
    data = load("reference" if twist else name, overrides=twist).model_dump(mode="json")
    data = shrunk({**data, "timeline": [*data["timeline"], *timeline]}, SIZES)
    # of agents that may be gone
    data["likely_ranges"] = {}
    return load_data(data, overrides=dict(changes or {}))


def simulated(name: str) -> Runs:
    """Return one run of a small world."""
    design = small(name)
    return simulate(blueprint(design), design.seed, range(1), threads=1)


def values(name: str) -> pd.Series:
    """Return counts, months, and sums over the run of each series and payment, by name."""
    runs = simulated(name)
    months = np.arange(runs.spells.shape[-1])
    found = dict(zip(COUNTS, runs.counts[0].sum(axis=0), strict=True))
    found |= {f"spell {n}": m for n, m in enumerate((runs.spells[0].sum(axis=0) * months).sum(-1))}
    series = runs.trajectories[0].sum(axis=1)
    for place, column in enumerate(TRAJECTORY_COLUMNS):
        found[f"sum of {column}"] = np.nansum(series[:, place])
        found[f"months without {column}"] = np.isnan(series[:, place]).sum()
    # what falls due after the horizon has present values only
    paid, worth = runs.totals[0].sum(axis=1)
    monthly = runs.ledger[0].sum(axis=(1, 3))
    for place, item in enumerate(ITEMS):
        found |= {f"{item} of {party}": paid[place, n] for n, party in enumerate(PARTIES)}
        found[f"present value of {item}"] = (worth[place] * np.arange(1, len(PARTIES) + 1)).sum()
        found[f"months of {item}"] = (monthly[:, place] * np.arange(len(monthly))).sum()
    return pd.Series({key: float(value) for key, value in found.items()}, name=name)


def table() -> pd.DataFrame:
    """Return what all small worlds come to, one a column; what is zero in all is left out."""
    whole = pd.concat([values(name) for name in ALL], axis=1)
    return whole[(whole != 0.0).any(axis=1)]
