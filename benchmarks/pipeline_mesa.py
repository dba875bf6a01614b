"""SMP-bench with plain Mesa objects: every trainee, employer and institution is an ``Agent``.

Written as a Mesa user would write it: one agent class for each actor, ``AgentSet.do`` and
``shuffle_do`` for what a group does in a month, a ``DataCollector`` for the monthly record.

    python benchmarks/pipeline_mesa.py [N] [SEED]
"""

from __future__ import annotations

import sys
import time
from collections import deque

from mesa import Agent, DataCollector, Model
from mesa.agent import AgentSet

MONTHS = 120
INTAKE_MONTHS = 60
TRAINING_MONTHS = 10
DROPOUT = 0.015
EXAM_PASS = 0.76
PATIENCE_MONTHS = 12
QUIT = 0.02
RETENTION_MONTHS = 12
TRUST_STEP = 0.05
TRUST_NEEDED = 0.2
VISA_WAIT_MONTHS = 3
VISA_APPROVAL = 0.9
TRAINING_COST = 400
MATCHING_COST = 3000 + 200


def due(numerator: int, denominator: int, month: int) -> int:
    """Whole units due in ``month`` of a flow of numerator/denominator, the fraction carried."""
    return numerator * (month + 1) // denominator - numerator * month // denominator


class Institution(Agent):
    """A training institution that enrols trainees."""

    def enrol(self) -> Trainee:
        """Take in one new trainee."""
        return Trainee(self.model, self)


class Trainee(Agent):
    """A person on the way from enrolment to work abroad."""

    def __init__(self, model: PipelineModel, institution: Institution) -> None:
        super().__init__(model)
        self.institution = institution
        self.employer: Employer | None = None
        self.months_trained = 0
        self.months_worked = 0
        self.graduated: int | None = None
        self.applied: int | None = None

    def study(self) -> None:
        """Spend a month in training, which may end by dropping out or with the exam."""
        self.model.cost += TRAINING_COST
        if self.random.random() < DROPOUT:
            self.leave(self.model.training)
            return
        self.months_trained += 1
        if self.months_trained == TRAINING_MONTHS:
            if self.random.random() < EXAM_PASS:
                self.model.training.discard(self)
                self.graduated = self.model.month
                self.model.pool.append(self)
            else:
                self.leave(self.model.training)

    def work(self) -> None:
        """Work a month for the employer, or quit."""
        if self.random.random() < QUIT:
            if self.months_worked < RETENTION_MONTHS:
                self.employer.lose_trust()
            self.leave(self.model.working)
            return
        self.months_worked += 1
        if self.months_worked == RETENTION_MONTHS:
            self.employer.gain_trust()

    def leave(self, stage: AgentSet | None = None) -> None:
        """Leave the pipeline for good."""
        if stage is not None:
            stage.discard(self)
        self.model.left += 1
        self.remove()


class Employer(Agent):
    """An employer abroad, with vacancies and trust in the pipeline."""

    def __init__(self, model: PipelineModel) -> None:
        super().__init__(model)
        self.trust = 0.5
        self.vacancies = 0

    @property
    def hiring(self) -> bool:
        """Whether a graduate can be matched to this employer now."""
        return self.vacancies > 0 and self.trust > TRUST_NEEDED

    def open_vacancies(self) -> None:
        """Open this month's vacancies, 0.6 N/60/20."""
        self.vacancies += due(self.model.n, 2000, self.model.month)

    def lose_trust(self) -> None:
        """React to a worker who quits within the retention period."""
        self.trust *= 1 - TRUST_STEP

    def gain_trust(self) -> None:
        """React to a worker who completes the retention period."""
        self.trust += TRUST_STEP * (1 - self.trust)


class VisaOffice(Agent):
    """The visa office: a first-in first-out queue with a monthly capacity."""

    def __init__(self, model: PipelineModel) -> None:
        super().__init__(model)
        self.queue: deque[Trainee] = deque()

    def apply(self, trainee: Trainee) -> None:
        """Take in an application."""
        trainee.applied = self.model.month
        self.queue.append(trainee)

    def decide(self) -> None:
        """Decide as many of the ripe applications as this month's capacity, 0.5 N/60, allows."""
        month = self.model.month
        for _ in range(due(self.model.n, 120, month)):
            if not self.queue or month - self.queue[0].applied < VISA_WAIT_MONTHS:
                break
            trainee = self.queue.popleft()
            if self.random.random() < VISA_APPROVAL:
                self.model.placed += 1
                self.model.working.add(trainee)
            else:
                trainee.employer.vacancies += 1
                trainee.leave()


class PipelineModel(Model):
    """The pipeline of SMP-bench; one step is one month.

    Parameters
    ----------
    n : int
        Trainees enrolled in total.
    seed : int
        Seed of the model's random numbers.
    """

    def __init__(self, n: int, seed: int) -> None:
        super().__init__(rng=seed)
        self.n = n
        self.month = 0
        self.placed = self.left = self.cost = 0
        # one set for each active stage, so that no month looks at people it does not concern
        self.training = AgentSet([], random=self.random)
        self.working = AgentSet([], random=self.random)
        self.pool: deque[Trainee] = deque()
        self.institutions = deque(Institution.create_agents(self, 10))
        self.employers = deque(Employer.create_agents(self, 20))
        self.visa_office = VisaOffice(self)
        self.datacollector = DataCollector(
            model_reporters={
                "training": lambda m: len(m.training),
                "pool": lambda m: len(m.pool),
                "visa": lambda m: len(m.visa_office.queue),
                "working": lambda m: len(m.working),
                "left": "left",
                "placed": "placed",
                "cost": "cost",
            }
        )

    def step(self) -> None:
        """Simulate one month, in the order of the benchmark's definition."""
        self.enrol()
        self.training.do("study")
        self.take_jobs_at_home()
        self.working.shuffle_do("work")
        self.agents_by_type[Employer].do("open_vacancies")
        self.match()
        self.visa_office.decide()
        self.datacollector.collect(self)
        self.month += 1

    def enrol(self) -> None:
        """Enrol this month's intake, institutions round robin."""
        if self.month >= INTAKE_MONTHS:
            return
        for _ in range(due(self.n, INTAKE_MONTHS, self.month)):
            self.training.add(self.institutions[0].enrol())
            self.institutions.rotate(-1)

    def take_jobs_at_home(self) -> None:
        """Let go the graduates who have waited too long; the pool is in order of waiting."""
        while self.pool and self.month - self.pool[0].graduated > PATIENCE_MONTHS:
            self.pool.popleft().leave()

    def next_employer(self) -> Employer | None:
        """Return the next employer of the round robin that is hiring, if any is."""
        for _ in range(len(self.employers)):
            employer = self.employers[0]
            self.employers.rotate(-1)
            if employer.hiring:
                return employer
        return None

    def match(self) -> None:
        """Match waiting graduates to employers, who each fill one vacancy in turn."""
        while self.pool and (employer := self.next_employer()) is not None:
            trainee = self.pool.popleft()
            trainee.employer = employer
            employer.vacancies -= 1
            self.cost += MATCHING_COST
            self.visa_office.apply(trainee)


def run(n: int, seed: int) -> dict[str, float]:
    """Run the pipeline once.

    Parameters
    ----------
    n : int
        Trainees enrolled in total.
    seed : int
        Seed of the random numbers.

    Returns
    -------
    dict
        ``placed``, ``cost`` and ``seconds`` of the simulation alone; to compare more than the
        totals, ``working`` at the end and ``pool_months``, person-months spent waiting.
    """
    model = PipelineModel(n, seed)
    start = time.perf_counter()
    for _ in range(MONTHS):
        model.step()
    seconds = time.perf_counter() - start
    return {
        "placed": model.placed,
        "cost": model.cost,
        "seconds": seconds,
        "working": len(model.working),
        "pool_months": sum(model.datacollector.model_vars["pool"]),
    }


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    print(run(*(arguments + [300, 1][len(arguments) :])))
