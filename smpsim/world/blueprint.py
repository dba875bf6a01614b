"""From a scenario to the tables of a world.

A `Blueprint` holds what all replications of a scenario share: the terms of each segment of its
timeline, the tabulated distributions, the frame of who there is and the sizes of the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smpsim.scenario.loading import segments
from smpsim.scenario.schema import Scenario
from smpsim.world.frame import Basis, Frame, frame
from smpsim.world.tabulated import Quantiles
from smpsim.world.terms import build_terms, intake_at_first, origin_terms, people_at_first


@dataclass(frozen=True)
class Blueprint:
    """What all runs of a scenario share.

    Attributes
    ----------
    scenario : Scenario
    plan : list of dict of ndarray
        The tables of terms of each segment of the timeline.
    plan_months : ndarray of int, shape (segments,)
    plan_news : ndarray of int, shape (segments,)
        1 where the terms differ from those before.
    quantiles : ndarray of float, shape (distributions, 1 + knots)
    basis : Basis
        What the frame follows from.
    employers, employer_groups, institutions, sites, partnerships : ndarray
    programmes, governments, lanes, partner_of, neighbours_start, neighbours : ndarray
        The frame, as `smpsim.world.frame.Frame` has it.
    cohorts : int
        Intakes of all programmes that can open within the horizon.
    end : int
        Month in which the window of the last cohort can end; the horizon, if that is later.
    rows : int
        People for whom a world has rows at first; it makes more as more apply.
    intake_rows : int
        The same of the applicants of one intake.
    """

    scenario: Scenario
    plan: list[dict[str, np.ndarray]]
    plan_months: np.ndarray
    plan_news: np.ndarray
    quantiles: np.ndarray
    basis: Basis
    employers: np.ndarray
    employer_groups: np.ndarray
    institutions: np.ndarray
    sites: np.ndarray
    partnerships: np.ndarray
    programmes: np.ndarray
    governments: np.ndarray
    lanes: np.ndarray
    partner_of: np.ndarray
    neighbours_start: np.ndarray
    neighbours: np.ndarray
    cohorts: int
    end: int
    rows: int
    intake_rows: int

    @property
    def centre(self) -> Blueprint:
        """Itself."""
        return self

    @property
    def drawn(self) -> bool:
        """Whether replications differ in more than luck."""
        return False

    def of(self, replication: int) -> Blueprint:
        """Return itself, which is the blueprint of every replication."""
        return self


def _differs(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> bool:
    return any(before[name].tobytes() != after[name].tobytes() for name in after)


def blueprint(
    scenario: Scenario, seed: int | None = None, *, like: Blueprint | None = None
) -> Blueprint:
    """Turn a validated scenario into what its runs share.

    Parameters
    ----------
    scenario : Scenario
    seed : int, optional
        Of the runs, which the network of employers has too; the scenario's own when left out.
    like : Blueprint, optional
        Of a scenario of the same agents, links and seed that differs in numbers: what it says of
        them is taken from there. It changes the time that this takes, and nothing else.

    Raises
    ------
    ScenarioError
        If the tables would not fit into memory.
    """
    quantiles = Quantiles()
    parts = segments(scenario)
    plan = [build_terms(part, quantiles) for _, part in parts]
    basis = Basis.of(scenario, seed)
    if like is not None and like.basis == basis:
        found = Frame(*(getattr(like, name) for name in Frame._fields))
    else:
        found = frame(basis)
    return Blueprint(
        scenario=scenario,
        plan=plan,
        plan_months=np.array([month for month, _ in parts], np.int64),
        plan_news=np.array([0, *map(_differs, plan, plan[1:])], np.int64),
        quantiles=quantiles.table(),
        basis=basis,
        **found._asdict(),
        cohorts=sum(intakes for *_, intakes in basis.programmes),
        end=last_end(scenario, [part for _, part in parts]),
        rows=people_at_first(scenario),
        intake_rows=max(intake_at_first(scenario, p) for p in scenario.programmes),
    )


def last_end(scenario: Scenario, parts: Sequence[Scenario]) -> int:
    """Return the month in which the window of the last cohort ends, not before the horizon.

    Parameters
    ----------
    scenario : Scenario
    parts : sequence of Scenario
        As it stands in each segment of its timeline.
    """
    found = scenario.months
    for part in parts:
        for programme in part.programmes:
            intakes = programme.intakes
            setup, _, _ = origin_terms(part, programme)
            last = programme.setup_months + setup + (intakes.number - 1) * intakes.every_months
            if len(parts) > 1 or last >= scenario.months:
                last = scenario.months - 1
            if intakes.number:
                trained = last + programme.training.months_before_departure
                found = max(found, trained + scenario.follow_up_months)
    return found
