"""The same persons in two designs: how far each came, and what stopped those who did not arrive.

Luck is a pure function of seed, replication, programme, person and decision, so the person with a
number in an intake is the same one in both designs. Life courses tell the step at which somebody
was lost. The cause is that of the loss account: most steps have a single one; of those who left
the pool, or gave up waiting for a visa, it is known where the account of that programme and month
has only one that fits, and left open elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from smpsim.results.result import Result
from smpsim.studies.compare.pairing import Pair
from smpsim.vocabulary import ACCOUNT, CAUSE_TABLE

PLACED, UNDER_WAY = "placed", "under_way"
STEPS = {
    "no_intake": "nobody admitted to this intake",
    "not_admitted": "not admitted to the intake",
    "training": "dropped out of training",
    "exam": "failed the exam",
    "domestic_track": "took the domestic track",
    "pool": "left without an offer",
    "offer": "left with an offer",
    "recognition": "lost in recognition",
    "visa": "lost in the visa procedure",
    "own_way": "went abroad on their own",
    UNDER_WAY: "still under way at the end",
    PLACED: "placed",
}
"""How far somebody came in a design, in the order of a life course."""
FATES = {
    "both": "placed in both",
    "b_only": "placed in B only",
    "a_only": "placed in A only",
    "neither": "placed in neither",
}
NOT_THERE = ("no_intake", "not_admitted")
IDENTITY = ("run", "programme", "intake", "number")
UNKNOWN = ""

_WAITING = ("graduate_pool", "offer_held", "in_recognition", "in_visa_queue", "pre_departure")
_POOL, _OFFER, _RECOGNITION, _VISA = range(4)
_ON_THE_WAY = ("in_training", "retaking_exam", *_WAITING)
_CAUSE_OF = {
    "training": "dropout",
    "exam": "exam",
    "domestic_track": "domestic_track",
    "recognition": "recognition",
    "own_way": "own_way",
}
_OF_THE_POOL = (
    "no_channel",
    "employers_not_asked",
    "employers_unaware",
    "employers_unwilling",
    "no_vacancy",
    "not_ready",
    "offer_cancelled",
)
_OF_THE_QUEUE = ("visa_wait", "quota")
_OF_CHOICE = {"working_at_origin": "job_at_home", "withdrew": "withdrawal"}
LABELS = {cause.name: cause.label for cause in CAUSE_TABLE}


def steps_of(life: pd.DataFrame) -> pd.Series:
    """Return how far each person of a table of life courses came, one of `STEPS`.

    Parameters
    ----------
    life : DataFrame
        As of `Result.trainees`.
    """
    stage = life["stage"].to_numpy()
    arrived = life["arrived"].notna().to_numpy()
    sponsored = (life["adapting_month"].notna() | life["employed_month"].notna()).to_numpy()
    last = _last_wait(life)
    gone = np.isin(stage, list(_OF_CHOICE))
    refused = stage == "refused"
    cases = {
        PLACED: arrived & sponsored,
        # who found a way alone has arrived, with no sponsor
        "own_way": arrived,
        UNDER_WAY: np.isin(stage, _ON_THE_WAY),
        "training": stage == "dropped_out",
        "exam": stage == "failed",
        "recognition": (refused | gone) & (last == _RECOGNITION),
        "visa": refused | (gone & (last == _VISA)),
        "pool": gone & (last == _POOL),
        # who never waited had a job promised, and declined, or a duty at home
        "domestic_track": (stage == "working_at_origin") & (last < 0),
        "offer": gone,
    }
    found = np.select(list(cases.values()), list(cases), default=UNKNOWN)
    return pd.Series(found, index=life.index, name="step")


def _last_wait(life: pd.DataFrame) -> np.ndarray:
    """Return the place in `_WAITING` of the stage that somebody was in last, -1: in none."""
    months = np.stack(
        [life[f"{stage}_month"].astype(float).fillna(-1.0).to_numpy() for stage in _WAITING], axis=1
    )
    # of stages of the same month the later one
    last = len(_WAITING) - 1 - np.argmax(months[:, ::-1], axis=1)
    # whose offer was taken back came into the pool again, after all else
    back = (months[:, _OFFER] >= 0) & (months[:, _POOL] > months[:, _OFFER])
    last = np.where(back & (months[:, _POOL] == months.max(axis=1)), _POOL, last)
    return np.where(months.max(axis=1) < 0, -1, last)


def causes_of(life: pd.DataFrame, steps: pd.Series, result: Result) -> pd.Series:
    """Return the cause of the loss account that each person counts for, empty where it is open.

    Parameters
    ----------
    life : DataFrame
        Life courses of a result.
    steps : Series
        As of `steps_of`.
    result : Result
        With the loss account of each month.
    """
    step, stage = steps.to_numpy(), life["stage"].to_numpy()
    cause = np.array([_CAUSE_OF.get(str(one), UNKNOWN) for one in step], dtype=object)
    refused = (step == "visa") & (stage == "refused")
    cause[refused] = "visa_refused"
    for end, name in _OF_CHOICE.items():
        cause[(step == "offer") & (stage == end)] = name
    programme = life["programme"].map(result.programmes.index).to_numpy(dtype=int)
    run = life["run"].to_numpy(dtype=int)
    for end, own in _OF_CHOICE.items():
        month = life[f"{end}_month"].astype(float).fillna(-1).to_numpy().astype(int)
        with_offer = (step == "offer") & (stage == end)
        for which, fitting in (("pool", (*_OF_THE_POOL, own)), ("visa", _OF_THE_QUEUE)):
            people = np.flatnonzero((step == which) & (stage == end))
            lines = [ACCOUNT.index(f"lost_{one}") for one in fitting]
            cell = (run[people], month[people], programme[people])
            counts = result.loss_array[*cell][:, lines].astype(int)
            if own in fitting:
                # those who left with an offer count there for their own choice too
                others = np.zeros(result.loss_array.shape[:3], int)
                at = np.flatnonzero(with_offer)
                np.add.at(others, (run[at], month[at], programme[at]), 1)
                counts[:, fitting.index(own)] -= others[cell]
            alone = (counts > 0).sum(axis=1) == 1
            names = np.array(fitting, dtype=object)[np.argmax(counts > 0, axis=1)]
            cause[people[alone]] = names[alone]
    return pd.Series(cause, index=life.index, name="cause")


def same_persons(a: Result, b: Result, pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return everybody who is admitted in at least one of two designs, with both fates.

    Parameters
    ----------
    a, b : Result
        With life courses.
    pairs : sequence of Pair
        Programmes that are compared; those of unlike names have other people and are left out.

    Returns
    -------
    DataFrame
        Columns ``run``, ``programme``, ``intake``, ``number``; ``step_a`` and ``step_b``, of
        `STEPS`; ``cause_a`` and ``cause_b``, of `smpsim.vocabulary.CAUSES`, empty where nobody was
        lost or the cause is open. Who is admitted in neither design has no row.
    """
    names = [pair.label for pair in pairs if pair.a == pair.b == (pair.label,)]
    sides = []
    for letter, result in (("a", a), ("b", b)):
        life = result.trainees()
        life = life[life["programme"].isin(names)].reset_index(drop=True)
        steps = steps_of(life)
        table = life[list(IDENTITY)].copy()
        table[f"step_{letter}"] = steps
        table[f"cause_{letter}"] = causes_of(life, steps, result)
        sides.append(table)
    found = sides[0].merge(sides[1], how="outer", on=list(IDENTITY))
    for letter, table in zip("ab", sides, strict=True):
        missing = found[f"step_{letter}"].isna()
        intakes = pd.MultiIndex.from_frame(table[list(IDENTITY[:3])])
        there = pd.MultiIndex.from_frame(found[list(IDENTITY[:3])]).isin(intakes)
        found.loc[missing & there, f"step_{letter}"] = "not_admitted"
        found.loc[missing & ~there, f"step_{letter}"] = "no_intake"
        found[f"cause_{letter}"] = found[f"cause_{letter}"].fillna(UNKNOWN)
    order = [*IDENTITY, "step_a", "cause_a", "step_b", "cause_b"]
    return found[order].sort_values(list(IDENTITY), ignore_index=True)


def fates_of(people: pd.DataFrame) -> np.ndarray:
    """Return in which designs people are placed, of `FATES`, by ``step_a`` and ``step_b``."""
    in_a, in_b = (people[f"step_{side}"] == PLACED for side in "ab")
    return np.select([in_a & in_b, in_b, in_a], list(FATES)[:3], default="neither")
