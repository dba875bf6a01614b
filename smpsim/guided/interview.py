"""Answers about a programme, with a default for each from what real programmes do."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from smpsim.errors import RequestError
from smpsim.guided.answers import AS_THERE, BY_NAME, QUESTIONS, Question
from smpsim.guided.real import Near, Profile, Real, nearest, programmes_of, real_programmes
from smpsim.messages import nearest as near_word
from smpsim.scenario import ScenarioError, load, names
from smpsim.scenario.waits import expected_visa_delay

SECTORS: dict[str, tuple[str, ...]] = {
    "health": ("nurs", r"hospitals?\b", r"care\b", "doctor", "health", "medic"),
    "ICT": ("ict", "software", "digital", "informat", "computer", "information technology"),
    "hospitality": ("hotel", "hospitality", "cater", "restaurant", "cook", "food service"),
    "construction": ("construct", "build", "mason", "welder"),
    "industry": ("industr", "mechanic", "metal", "electr", "manufactur", "plastic", "technical"),
    "agriculture": ("agricult", "farm", "horticult", "harvest", "orchard", "seasonal"),
    "shipping": ("shipping", "seafar", "sailor"),
}
"""Beginnings of words by which a programme is one of a sector."""
STEM = 4
"""Letters that two words for the same occupation share: nurse and nursing."""
_NO_OCCUPATION = {"work", "trai", "skil", "occu", "prof"}
"""Such beginnings of words that say nothing of an occupation."""
TEXTS = {
    "sector": "health",
    "origin": "country of origin",
    "destination": "country of work",
    "trained_by": "schools",
    "hired_by": "employers",
    "who_pays": AS_THERE,
}
"""Defaults of what no other programme can say."""
_NAMES = {
    "name": "",
    **dict.fromkeys(("origin", "destination", "trained_by", "hired_by"), "a name, to be changed"),
}
"""What is said of a name that was not answered."""
_OTHER_SIDE = {
    "origin": "destination",
    "destination": "origin",
    "trained_by": "hired_by",
    "hired_by": "trained_by",
}
"""Names that must differ."""
_COMPARED = {
    "seats": ("programmes.*.intakes.seats",),
    "every_months": ("programmes.*.intakes.every_months",),
    "intakes": ("programmes.*.intakes.number",),
    "train_months": ("programmes.*.training.months_before_departure",),
    "language": ("programmes.*.training.language_target",),
    "involvement": ("programmes.*.employer_involvement",),
    "employers": ("employers.*.count",),
    "recognition": ("programmes.*.recognition",),
    "who_pays": (
        "programmes.*.funding.training.employer",
        "programmes.*.funding.language.employer",
    ),
}
"""By which key paths of its profile a programme is compared with the answers."""


class Interview:
    """Answers as they come in.

    Parameters
    ----------
    title : str
        What the programme is called by default.
    like : str, optional
        The scenario from which defaults and all that is not asked are taken; the nearest real
        programme when left out.

    Attributes
    ----------
    answers : dict of str to object
    said : dict of str to str
        Where each answer comes from, as a file says it.
    """

    def __init__(self, title: str, like: str | None = None) -> None:
        self.title = title
        self.answers: dict[str, Any] = {}
        self.said: dict[str, str] = {}
        self._like = None if like is None else _programmes_like(like)
        if like is not None:
            self.answers["like"] = like

    def take(self, question: Question, given: Any) -> None:
        """Take an answer.

        Raises
        ------
        RequestError
            If it is not allowed.
        """
        value = question.read(given)
        if question.name == "like":
            self._like = _programmes_like(value)
        other = _OTHER_SIDE.get(question.name)
        if other and value == self.answers.get(other):
            raise RequestError(f"{question.name}: got {value!r} twice; allowed: another name")
        self.answers[question.name] = value
        self.said[question.name] = "your answer"

    def take_all(self, given: Mapping[str, Any]) -> list[Question]:
        """Take answers by name, of which None is none; return the questions that are left."""
        left = []
        for question in QUESTIONS:
            if given.get(question.name) is None:
                left.append(question)
            else:
                self.take(question, given[question.name])
        return left

    def keep(self, question: Question) -> None:
        """Take the default."""
        value, said = self.default(question), self._why(question)
        self.take(question, value)
        self.said[question.name] = said

    def default(self, question: Question) -> Any:
        """Return what is taken where nothing is answered."""
        name = question.name
        if name == "name":
            return self.title
        if name == "start":
            return f"{date.today().year + 1}-01"
        if name in TEXTS:
            return TEXTS[name]
        if name == "like":
            return self.nearest().profile.scenario
        values = [_stated(one)[name] for one in self._typical()]
        if question.words:
            return Counter(values).most_common(1)[0][0]
        return statistics.median_low(values)

    def nearest(self) -> Near:
        """Return the real programme that is nearest to what has been answered."""
        among = self._like or self._typical()
        mine: dict[str, Any] = {}
        for name, templates in _COMPARED.items():
            value = self.answers.get(name)
            if isinstance(value, Mapping):
                value = value.get("employer", 0.0)
            if value not in (None, AS_THERE):
                mine |= dict.fromkeys(templates, value)
        first = among[0].profile
        profile = Profile("", self.title, "", first.currency, mine, first.labels)
        known = [_only(one.profile, mine) for one in among]
        found = nearest(profile, known)
        assert found is not None
        return found

    def real(self) -> Real:
        """Return the programme from which all that is not asked is taken."""
        near = self.nearest().profile
        among = self._like or real_programmes()
        return next(
            one
            for one in among
            if (one.profile.scenario, one.programme.name) == (near.scenario, near.programme)
        )

    def by_nearness(self) -> Iterator[Real]:
        """Yield the programme that the rest is taken from, those of its sector, and all others."""
        yield self.real()
        yield from self._same()
        yield from alike(str(self.answers.get("sector", TEXTS["sector"])))
        # read only if the others do not do
        yield from real_programmes()

    def _why(self, question: Question) -> str:
        if question.name in _NAMES:
            return _NAMES[question.name]
        if question.name in ("start", *TEXTS):
            return "assumption: nothing was answered"
        if question.name == "like":
            return "the nearest"
        typical = self._typical()
        if self._like:
            return f"assumption: as in {typical[0].profile.scenario}"
        return f"assumption: the middle of {len(typical)} real programmes"

    def _typical(self) -> Sequence[Real]:
        """Return the programmes from which defaults come: the one asked for, or the sector's."""
        return [self.real()] if self._like else self._same()

    def _same(self) -> list[Real]:
        """Return the real programmes of the sector, in the same country if there are any."""
        among = alike(str(self.answers.get("sector", TEXTS["sector"])))
        # law, wages and language are those of a country
        return [one for one in among if works_in(one, self.answers.get("destination"))] or among


def alike(sector: str) -> list[Real]:
    """Return the real programmes with employers of an occupation or sector; all if there is none.

    Parameters
    ----------
    sector : str
        One of `SECTORS`, or any words.
    """
    known = [one for one in real_programmes() if one.programme.employers]
    named = {key.lower(): key for key in SECTORS}.get(sector.strip().lower())
    stems = {word[:STEM] for word in re.findall(r"\w+", sector.lower()) if len(word) >= STEM}
    stems -= _NO_OCCUPATION
    same = [one for one in known if stems & {word[:STEM] for word in _words(one).split()}]
    if named is None and same:
        return same
    mine = {named} if named else _sectors(sector.lower())
    return [one for one in known if mine & _sectors(_words(one))] or known


def works_in(real: Real, country: object) -> bool:
    """Say whether a real programme sends people to a country of that name."""
    return real.programme.destination.replace("_", " ").lower() == str(country).strip().lower()


def _words(real: Real) -> str:
    groups = [one for one in real.scenario.employers if one.name in real.programme.employers]
    return " ".join([real.programme.occupation, *(one.sector for one in groups)]).lower()


def _sectors(text: str) -> set[str]:
    """Return the sectors that words speak of."""
    return {
        sector
        for sector, beginnings in SECTORS.items()
        if any(re.search(rf"\b{one}", text) for one in beginnings)
    }


@cache
def _programmes_like(name: str) -> list[Real]:
    """Return the programmes of a scenario of the catalogue that have employers."""
    known = [entry.name for entry in names() if not entry.part]
    found = []
    if name in known:
        try:
            found = [one for one in programmes_of(load(name), name) if one.programme.employers]
        except ScenarioError as error:
            raise RequestError(f"like: {error.problems[0]}") from None
    if not found:
        raise BY_NAME["like"].refused(name, near_word(name, known))
    return found


def _only(profile: Profile, asked: Mapping[str, Any]) -> Profile:
    """Return a profile of no more than what was asked."""
    return replace(profile, values={k: v for k, v in profile.values.items() if k in asked})


def _stated(real: Real) -> dict[str, Any]:
    """Return what a real programme would answer."""
    scenario, programme = real.scenario, real.programme
    schools = [one for one in scenario.institutions if one.name in programme.institutions]
    firms = [one for one in scenario.employers if one.name in programme.employers]
    return {
        "schools": sum(one.count for one in schools),
        "train_months": programme.training.months_before_departure,
        "language": programme.training.language_target,
        "seats": max(1, round(programme.intakes.seats)),
        "every_months": programme.intakes.every_months,
        "intakes": max(1, programme.intakes.number),
        "employers": sum(one.count for one in firms),
        "involvement": programme.employer_involvement,
        "visa_months": round(expected_visa_delay(scenario, programme)),
        "recognition": programme.recognition,
    }


def answered(title: str, given: Mapping[str, Any]) -> Interview:
    """Return the interview with all that is given, and the defaults of the rest.

    Parameters
    ----------
    title : str
    given : mapping of str to object
        Answers by name; None for what is not answered.
    """
    interview = Interview(title, given.get("like"))
    for question in interview.take_all(given):
        interview.keep(question)
    return interview
