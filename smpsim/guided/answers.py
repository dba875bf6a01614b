"""What ``smpsim new`` asks: each question with what is allowed, and how an answer is read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smpsim.errors import RequestError
from smpsim.messages import harmless, nearest, shown_value
from smpsim.scenario.allowed_values import Shape, number_words, shape_at
from smpsim.vocabulary import SHARING_PARTIES

LONGEST = 60
"""Letters of a name."""
AS_THERE = "as there"
"""Who pays, where it is to be as in the programme that the rest is taken from."""
ENDS = ("low", "centre", "high")
_MONTH = re.compile(r"(1[7-9]\d\d|2[01]\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Question:
    """Something that is asked.

    Parameters
    ----------
    name : str
        Of the argument; the option has hyphens.
    text : str
        The question.
    key : str
        Key path with a 0 for any list's item, where the schema says what is allowed.
    least : float
        Where fewer than the schema allows would be no programme.
    ranged : bool
        Whether a likely range may be given as three numbers.
    """

    name: str
    text: str
    key: str = ""
    least: float = 0.0
    ranged: bool = False

    @property
    def shape(self) -> Shape | None:
        """What the schema allows; None for names, dates and shares."""
        steps = (int(one) if one == "0" else one for one in self.key.split(".")) if self.key else ()
        return shape_at(tuple(steps)) if self.key else None

    @property
    def words(self) -> tuple[str, ...]:
        """The words to choose from, if it is a choice."""
        return self.shape.words() if self.shape else ()

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        if self.name in _ALLOWED:
            return _ALLOWED[self.name]
        if self.words:
            return ", ".join(self.words)
        low, high = self._bounds()
        kind = "a whole number" if self._whole() else "a number"
        span = f"{kind} from {number_words(low)} to {number_words(high)}"
        return f"{span}, or low,centre,high such as 2,4,6" if self.ranged else span

    def is_about(self, key: str) -> bool:
        """Say whether a key path of a scenario is that of the answer, or lies above or below."""
        mine = [step for step in self.key.split(".") if step not in ("0", "x")]
        theirs = re.findall(r"\w+", key)
        # names stand in one of them, and places in the other
        common = [step for step in mine if step in theirs]
        return len(mine) > 1 and common == mine[: len(common)] and len(common) > 1

    def read(self, given: Any) -> Any:
        """Return an answer as a value.

        Raises
        ------
        RequestError
            If it is not allowed; the message begins with the name of the argument.
        """
        if self.name == "who_pays":
            return shares_of(given)
        text = str(given).strip()
        if self.name == "start":
            if not _MONTH.fullmatch(text):
                raise self.refused(given)
            return text
        if not self.key:
            lines = text.splitlines()
            if len(lines) != 1 or len(text) > LONGEST or harmless(text) != text:
                raise self.refused(given)
            return text
        if self.words:
            word = text.replace(" ", "_")
            found = {one.lower(): one for one in self.words}.get(word.lower())
            if found is None:
                raise self.refused(given, nearest(word, self.words))
            return found
        if self.ranged and "," in text:
            return self._range(text.split(","), given)
        return self._number(text, given)

    def refused(self, given: Any, hint: str = "") -> RequestError:
        """Return the error that an answer is not allowed."""
        return RequestError(f"{self.name}: got {shown_value(given)}; allowed: {self.allowed}{hint}")

    def _range(self, parts: Sequence[str], given: Any) -> dict[str, float]:
        numbers = [self._number(part, given) for part in parts]
        rising = sorted(numbers) == numbers and 0 < numbers[0] < numbers[-1]
        if len(numbers) != len(ENDS) or not rising:
            raise self.refused(given)
        return dict(zip(ENDS, numbers, strict=True))

    def _number(self, text: str, given: Any) -> float:
        try:
            number = float(text)
        except ValueError:
            raise self.refused(given) from None
        low, high = self._bounds()
        # what is no number at all fails here too
        if not low <= number <= high or (self._whole() and not number.is_integer()):
            raise self.refused(given)
        return int(number) if number.is_integer() else number

    def _bounds(self) -> tuple[float, float]:
        low, high = self.shape.bounds if self.shape else (0.0, 0.0)
        # a distribution has no bounds of its own: a delay lasts no longer than a run
        return max(low, self.least), high if math.isfinite(high) else _MOST

    def _whole(self) -> bool:
        return self.shape is not None and self.shape.is_whole


def shares_of(given: Any) -> dict[str, float] | str:
    """Return the shares of those who pay, or that they are as in the nearest programme.

    Parameters
    ----------
    given : str or mapping
        Such as ``"employer=0.6,destination_state=0.4"``, in per cent too.

    Raises
    ------
    RequestError
        If a party is unknown, or the shares do not add up.
    """
    if isinstance(given, Mapping):
        pairs = [(str(party), str(share)) for party, share in given.items()]
    elif str(given).strip().lower() == AS_THERE:
        return AS_THERE
    else:
        parts = (part.partition("=") for part in str(given).split(","))
        pairs = [(party, share) for party, _, share in parts]
    question = BY_NAME["who_pays"]
    found: dict[str, float] = {}
    for party, text in pairs:
        word = party.strip().lower().replace(" ", "_")
        if word not in SHARING_PARTIES or word in found:
            raise question.refused(given, nearest(word, SHARING_PARTIES))
        share = text.strip()
        try:
            number = float(share.removesuffix("%")) / (100 if share.endswith("%") else 1)
        except ValueError:
            raise question.refused(given) from None
        if not 0 <= number <= 1:
            raise question.refused(given)
        found[word] = number
    total = sum(found.values())
    if abs(total - 1.0) > _ROUNDED:
        message = f"got shares that add up to {total:.6g}; allowed: {question.allowed}"
        raise RequestError(f"{question.name}: {message}")
    return found


_ROUNDED = 1e-9
_MOST = shape_at(("months",)).bounds[1]  # type: ignore[union-attr]
_ALLOWED = {
    "start": "a year and month such as 2027-01",
    "sector": (
        "any words; real programmes are found for health, ICT, hospitality, construction, "
        "industry, agriculture and shipping"
    ),
    "who_pays": f"shares that add up to 1, such as employer=0.6,destination_state=0.4; "
    f"parties: {', '.join(SHARING_PARTIES)}; or '{AS_THERE}'",
    "like": "a scenario of the catalogue (smpsim list)",
    **dict.fromkeys(
        ("name", "origin", "destination", "trained_by", "hired_by"),
        f"words, up to {LONGEST} letters",
    ),
}

QUESTIONS = (
    Question("name", "What is the programme called?"),
    Question("sector", "What do people train for (an occupation or a sector)?"),
    Question("origin", "Where do they train?"),
    Question("destination", "Where will they work?"),
    Question("start", "When does it begin?"),
    Question("trained_by", "Who trains them?"),
    Question("schools", "How many of these are there?", "institutions.0.count", 1),
    Question(
        "train_months",
        "How many months do they train before they leave?",
        "programmes.0.training.months_before_departure",
    ),
    Question(
        "language",
        "Which language level must they reach?",
        "programmes.0.training.language_target",
    ),
    Question("seats", "How many people start in an intake?", "programmes.0.intakes.seats", 1),
    Question(
        "every_months",
        "How many months lie between two intakes?",
        "programmes.0.intakes.every_months",
    ),
    Question("intakes", "How many intakes are there?", "programmes.0.intakes.number", 1),
    Question("hired_by", "Who may employ them?"),
    Question("employers", "How many such employers are there?", "employers.0.count", 1),
    Question(
        "involvement",
        "When do employers come in: with the design, late, or not at all?",
        "programmes.0.employer_involvement",
    ),
    Question(
        "visa_months",
        "How many months does a visa take, from application to decision?",
        "governments.x.visa.lanes.x.months",
        ranged=True,
    ),
    Question(
        "recognition",
        "When are qualifications recognised, if they must be?",
        "programmes.0.recognition",
    ),
    Question("who_pays", "Who pays for training, visas, travel and everything else?"),
    Question("like", "From which programme should the rest be taken?"),
)
"""In the order in which they are asked."""
BY_NAME = {one.name: one for one in QUESTIONS}
