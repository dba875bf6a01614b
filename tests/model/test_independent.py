"""An independent simulator: the same queueing pipeline written in SimPy agrees."""

import numpy as np
import simpy
from worlds import bare, ensemble

LANE = "governments.destination.visa.lanes.standard"
SEATS, INTAKES, TRAINING, MINIMUM, CAPACITY = 20, 24, 5, 2, 11
DROPOUT, PASS, REFUSAL, QUIT = 0.02, 0.8, 0.1, 0.03
MONTHS = 60


class Pipeline:
    """A person is a process; the visa office is a process with a first-in-first-out store."""

    def __init__(self, rng):
        self.rng = rng
        self.env = simpy.Environment()
        self.line = []
        self.placed = np.zeros(MONTHS)
        self.working = np.zeros(MONTHS)
        self.env.process(self.enrol())
        self.env.process(self.office())
        self.env.run(until=MONTHS)

    def enrol(self):
        for _ in range(INTAKES):
            for _ in range(SEATS):
                self.env.process(self.life())
            yield self.env.timeout(1)

    def life(self):
        for _ in range(TRAINING):
            # a month ends shortly before the next begins
            yield self.env.timeout(0.5)
            if self.rng.random() > np.exp(-DROPOUT):
                return
            yield self.env.timeout(0.5)
        # the last half month belongs to the month of the exam
        if self.rng.random() > PASS:
            return
        decided = self.env.event()
        self.line.append((round(self.env.now) - 1, decided))
        yield decided
        if self.rng.random() < REFUSAL:
            return
        month = int(self.env.now)
        self.placed[month:] += 1
        stay = int(np.ceil(self.rng.exponential(1 / QUIT)))
        self.working[month : month + stay] += 1

    def office(self):
        yield self.env.timeout(0.9)
        while True:
            month = int(self.env.now)
            room = CAPACITY
            while room and self.line and self.line[0][0] + MINIMUM <= month:
                self.line.pop(0)[1].succeed()
                room -= 1
            yield self.env.timeout(1)


def test_placements_and_workers_agree_month_by_month():
    runs = 150
    rng = np.random.default_rng(12345)
    others = [Pipeline(rng) for _ in range(runs)]
    scenario = bare(
        {
            "programmes.pilot.intakes.seats": SEATS,
            "programmes.pilot.intakes.number": INTAKES,
            "programmes.pilot.training.months_before_departure": TRAINING,
            "behaviour.training.dropout": DROPOUT,
            "behaviour.exam.pass_probability": PASS,
            "behaviour.retention.quit": QUIT,
            f"{LANE}.decisions_per_month": CAPACITY,
            f"{LANE}.minimum_months": MINIMUM,
            f"{LANE}.refusal": REFUSAL,
        },
        months=MONTHS,
    )
    found = ensemble(scenario, runs)
    for name, theirs in (
        ("placed", np.array([p.placed for p in others])),
        ("employed", np.array([p.working for p in others])),
    ):
        ours = found.column(name)
        error = np.sqrt((ours.var(axis=0, ddof=1) + theirs.var(axis=0, ddof=1)) / runs)
        difference = ours.mean(axis=0) - theirs.mean(axis=0)
        still = error == 0
        assert (difference[still] == 0).all()
        scores = difference[~still] / error[~still]
        # fifty correlated months: the largest of them stays within four standard errors
        assert np.abs(scores).max() < 4, name
        assert np.abs(scores[[10, 20, 30, 40, 50]]).mean() < 2.5, name
