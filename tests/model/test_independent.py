"""An independent simulator: the same queueing pipeline written in SimPy gives the same results."""

from dataclasses import dataclass

import numpy as np
import pytest
import simpy
from worlds import bare, ensemble

LANE = "governments.destination.visa.lanes.standard"
MONTHS = 60


@dataclass
class Terms:
    """What a pipeline is like; hazards are per month."""

    seats: int = 20
    intakes: int = 24
    every: int = 1
    training: int = 5
    minimum: int = 2
    capacity: int = 11
    dropout: float = 0.02
    passing: float = 0.8
    refusal: float = 0.1
    quitting: float = 0.03

    @classmethod
    def drawn(cls, number):
        """Return those of a random programme."""
        luck = np.random.default_rng([2026, number])
        return cls(
            seats=int(luck.integers(4, 25)),
            intakes=int(luck.integers(3, 16)),
            every=int(luck.integers(1, 4)),
            training=int(luck.integers(2, 10)),
            # in the model's month offices decide before people lodge, so that 0 would be as 1
            minimum=int(luck.integers(1, 5)),
            capacity=int(luck.integers(2, 20)),
            dropout=float(luck.uniform(0.002, 0.06)),
            passing=float(luck.uniform(0.4, 1.0)),
            refusal=float(luck.uniform(0.0, 0.4)),
            quitting=float(luck.uniform(0.005, 0.1)),
        )

    @property
    def scenario(self):
        """The same as a scenario."""
        return bare(
            {
                "programmes.pilot.intakes.seats": self.seats,
                "programmes.pilot.intakes.number": self.intakes,
                "programmes.pilot.intakes.every_months": self.every,
                "programmes.pilot.training.months_before_departure": self.training,
                "behaviour.training.dropout": self.dropout,
                "behaviour.exam.pass_probability": self.passing,
                "behaviour.retention.quit": self.quitting,
                f"{LANE}.decisions_per_month": self.capacity,
                f"{LANE}.minimum_months": self.minimum,
                f"{LANE}.refusal": self.refusal,
            },
            months=MONTHS,
        )


class Pipeline:
    """A person is a process; the visa office is a process with a first-in-first-out store."""

    def __init__(self, terms, rng):
        self.terms, self.rng = terms, rng
        self.env = simpy.Environment()
        self.line = []
        self.placed = np.zeros(MONTHS)
        self.working = np.zeros(MONTHS)
        self.env.process(self.enrol())
        self.env.process(self.office())
        self.env.run(until=MONTHS)

    def enrol(self):
        for _ in range(self.terms.intakes):
            for _ in range(self.terms.seats):
                self.env.process(self.life())
            yield self.env.timeout(self.terms.every)

    def life(self):
        for _ in range(self.terms.training):
            # a month ends shortly before the next begins
            yield self.env.timeout(0.5)
            if self.rng.random() > np.exp(-self.terms.dropout):
                return
            yield self.env.timeout(0.5)
        # the last half month belongs to the month of the exam
        if self.rng.random() > self.terms.passing:
            return
        decided = self.env.event()
        self.line.append((round(self.env.now) - 1, decided))
        yield decided
        if self.rng.random() < self.terms.refusal:
            return
        month = int(self.env.now)
        self.placed[month:] += 1
        stay = int(np.ceil(self.rng.exponential(1 / self.terms.quitting)))
        self.working[month : month + stay] += 1

    def office(self):
        yield self.env.timeout(0.9)
        while True:
            month = int(self.env.now)
            room = self.terms.capacity
            while room and self.line and self.line[0][0] + self.terms.minimum <= month:
                self.line.pop(0)[1].succeed()
                room -= 1
            yield self.env.timeout(1)


def scores(terms, theirs, ours, seed):
    """Return by how many standard errors the two programs differ, by series and month."""
    rng = np.random.default_rng(seed)
    others = [Pipeline(terms, rng) for _ in range(theirs)]
    found = ensemble(terms.scenario, ours)
    table = {}
    for name, values in (
        ("placed", np.array([p.placed for p in others])),
        ("employed", np.array([p.working for p in others])),
    ):
        mine = found.column(name)
        error = np.sqrt(mine.var(axis=0, ddof=1) / ours + values.var(axis=0, ddof=1) / theirs)
        difference = mine.mean(axis=0) - values.mean(axis=0)
        still = error == 0
        assert (difference[still] == 0).all()
        table[name] = np.where(still, 0.0, difference / np.where(still, 1.0, error))
    return table


def test_placements_and_workers_agree_month_by_month():
    for name, apart in scores(Terms(), 150, 150, 12345).items():
        # fifty correlated months: the largest of them stays within four standard errors
        assert np.abs(apart).max() < 4, name
        assert np.abs(apart[[10, 20, 30, 40, 50]]).mean() < 2.5, name


@pytest.mark.slow
def test_twenty_random_pipelines_agree():
    """Seats, dates, queues, hazards and chances are drawn."""
    found = [scores(Terms.drawn(number), 40, 200, number) for number in range(20)]
    for name in ("placed", "employed"):
        apart = np.array([one[name] for one in found])
        assert np.abs(apart).max() < 5, name
        # of twenty independent pipelines: mean and spread of standard scores, at three times
        late = apart[:, [25, 40, 59]]
        assert np.abs(late.mean(axis=0)).max() < 3 / np.sqrt(20), name
        assert late.std(axis=0).min() > 0.3
        assert late.std(axis=0).max() < 1.7
