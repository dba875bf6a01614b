"""Rows of parameters: what rules see of a scenario, derived from the schema.

A field of a section is a field of the section's row, under its key path with underscores:
``behaviour.trust.failure_weight`` is ``trust_failure_weight`` in the row of the behaviour. Its type
says what a rule sees: a number as it is, yes or no as 1 or 0, a word as its place among the words
(`smpsim.vocabulary.place`), a distribution as the number under which it is tabulated, and `NONE`
for any of them where a scenario says null. A tuple gives a field for each entry, numbered from 1; a
section that states its words (`Section.array_of`) is one array. Texts, lists and mappings are no
parameters, nor are fields marked `UNSEEN`. What is computed from several fields stands behind them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args, get_origin

import annotated_types
import numpy as np

from smpsim.scenario.allowed_values import Shape
from smpsim.scenario.behaviour import Behaviour
from smpsim.scenario.fields import UNSEEN, Clipped, Section
from smpsim.scenario.places import EmployerGroup, Government, InstitutionGroup, Lane
from smpsim.scenario.programmes import Programme
from smpsim.scenario.quantities import Distribution
from smpsim.vocabulary import ATTRIBUTES, NONE, SHARING_PARTIES

if TYPE_CHECKING:
    from smpsim.world.tabulated import Quantiles

WHOLE, NUMBER = "i8", "f8"
Seen = Callable[[Any, "Quantiles"], Any]


class Term(NamedTuple):
    """A field of a row.

    Parameters
    ----------
    name : str
    kind : object
        Type of the field, as NumPy states it.
    path : str
        Where the value stands in the section that the row is of.
    seen : callable, optional
        Gives what rules see from the value and the tabulated distributions; the value itself
        when left out.
    """

    name: str
    kind: Any
    path: str
    seen: Seen | None = None


class Rows:
    """The rows of a kind of section.

    Parameters
    ----------
    section : type of Section
    computed : mapping of str to str, optional
        Further fields, whose values are computed, with their type.

    Attributes
    ----------
    dtype : dtype
    """

    def __init__(self, section: type[Section], computed: Mapping[str, str] | None = None) -> None:
        self.terms = tuple(terms_of(section))
        # one call for all, as a study builds the rows of thousands of scenarios
        self._read = attrgetter(*(term.path for term in self.terms)) if self.terms else None
        self._seen = [(n, t.seen) for n, t in enumerate(self.terms) if t.seen is not None]
        self.computed = dict(computed or {})
        fields = [(term.name, *_as_tuple(term.kind)) for term in self.terms]
        self.dtype = np.dtype([*fields, *self.computed.items()])
        taken = [name for name in self.dtype.names or () if hasattr(np.record, name)]
        if taken:
            raise TypeError(f"{', '.join(taken)}: attributes of every row of NumPy's own")

    def table(
        self,
        sections: Sequence[Section],
        quantiles: Quantiles,
        computed: Iterable[Mapping[str, Any]] = (),
    ) -> np.ndarray:
        """Return a row for each section.

        Parameters
        ----------
        sections : sequence of Section
        quantiles : Quantiles
            Distributions that are met are added to it.
        computed : iterable of mapping
            The computed fields of each row; one too many or too few is a fault of ours.
        """
        rows = []
        for section, more in zip(sections, computed or [{}] * len(sections), strict=True):
            if more.keys() != self.computed.keys():
                wrong = sorted(more.keys() ^ self.computed.keys())
                raise KeyError(f"fields without a value, or values without a field: {wrong}")
            values = list(self._values(section))
            for n, seen in self._seen:
                values[n] = seen(values[n], quantiles)
            rows.append((*values, *(more[name] for name in self.computed)))
        return np.array(rows, self.dtype)

    def _values(self, section: Section) -> tuple[Any, ...]:
        """Return what the section says at the path of each term."""
        if self._read is None:
            return ()
        found = self._read(section)
        return found if len(self.terms) > 1 else (found,)


def terms_of(section: type[Section], above: tuple[str, ...] = ()) -> Iterator[Term]:
    """Yield the fields that rules see of a section, those of sections inside it among them.

    Raises
    ------
    TypeError
        If the schema does not say how rules see a field; mark it `UNSEEN`, or give it a type from
        which it follows.
    """
    for name, field in section.model_fields.items():
        shape, path = Shape.of_field(field), (*above, name)
        if any(mark is UNSEEN for mark in shape.marks):
            continue
        inner = shape.section
        if inner is not None and shape.options == (inner,) and not inner.array_of:
            yield from terms_of(inner, path)
        elif not shape.takes(str) and get_origin(shape.options[0]) not in (list, dict):
            yield from _terms(path, shape)


def _terms(path: tuple[str, ...], shape: Shape) -> Iterator[Term]:
    """Yield the term, or for a tuple the terms, of one field."""
    name, where = "_".join(path), ".".join(path)
    (option, *others) = shape.options
    if get_origin(option) is tuple:
        for n in range(len(get_args(option))):
            yield Term(f"{name}_{n + 1}", NUMBER, where, _entry(n))
        return
    if others:
        raise TypeError(f"{name}: rules can't see a field of several types")
    if option is Distribution:
        clipped = [mark for mark in shape.marks if isinstance(mark, Clipped)]
        if not clipped:
            raise TypeError(f"{name}: a distribution whose draws have no range, see Clipped")
        low, high = clipped[-1].low, clipped[-1].high
        yield Term(name, WHOLE, where, lambda value, q: q.number(value, low, high))
    elif get_origin(option) is Literal:
        places = {None: NONE, **{word: n for n, word in enumerate(get_args(option))}}
        yield Term(name, WHOLE, where, lambda value, q: places[value])
    elif shape.section is not None:
        words = shape.section.array_of
        yield Term(
            name,
            (NUMBER, (len(words),)),
            where,
            lambda value, q: tuple(getattr(value, word, 0.0) for word in words),
        )
    elif option in (bool, int, float):
        kind = NUMBER if option is float else WHOLE
        if not shape.nullable:
            yield Term(name, kind, where)
            return
        if not any(_least(limit) >= 0 for limit in shape.limits):
            raise TypeError(f"{name}: may be null and negative, so rules can't tell them apart")
        yield Term(name, kind, where, lambda value, q: NONE if value is None else value)
    else:
        raise TypeError(f"{name}: rules can't see a {option}")


def _entry(n: int) -> Seen:
    return lambda value, q: value[n]


def _least(limit: Any) -> float:
    """Return the lower bound that a limit sets."""
    if isinstance(limit, annotated_types.Ge):
        return float(limit.ge)  # type: ignore[arg-type]
    return float(limit.gt) if isinstance(limit, annotated_types.Gt) else -math.inf  # type: ignore[arg-type]


def _as_tuple(kind: Any) -> tuple[Any, ...]:
    return kind if isinstance(kind, tuple) else (kind,)


BEHAVIOUR = Rows(
    Behaviour,
    {
        "retention_clause_factor": NUMBER,  # exp(-b3), on the hazard while a clause lasts
        "people_joined": WHOLE,  # a bit for each attribute whose score follows others'
        "people_scores": f"({len(ATTRIBUTES) ** 2},)f8",  # factor of the copula, by rows
    },
)
PROGRAMME_TERMS = Rows(
    Programme,
    {
        "months_to_set_up": WHOLE,  # with the origin's
        "applicants_per_seat": NUMBER,  # with the origin's outreach
        "people_vary": WHOLE,  # 0: all have the same aptitude, age, motivation and job before
        "households_vary": WHOLE,  # 0: nor do they differ in any other attribute
        "government": WHOLE,  # destination
        "lane": WHOLE,
        "months_to_arrive": WHOLE,  # from the start of an intake, as funders expect
        "contract_months": WHOLE,  # 0: permanent
        "domestic_share": NUMBER,  # with the origin's rule
        "wait_before_visa": NUMBER,  # months that an employer expects, visa apart (E2)
        "trainee_cost_share": NUMBER,  # of all costs before departure
        "trainee_cost": NUMBER,  # currency, before departure
        "log_wage_ratio": NUMBER,
        "log_wage_outside": NUMBER,  # of the wage abroad against that of other employers
        "log_net_wage_ratio": NUMBER,  # of the net wage abroad against that at home
        "net_wage": NUMBER,  # abroad, per month
        "months_to_target": NUMBER,  # until the savings aimed at are reached
        "language_needed": NUMBER,  # for work, CEFR as a number; 0: none
        **{f"level_hours_{n}": NUMBER for n in range(1, 7)},  # of the language that is taught
        "mandated_share": NUMBER,  # graduates who must serve the home market
        "trained_wage": NUMBER,  # at home, currency per month, as are the next two
        "living_cost": NUMBER,  # in training
        "wage_at_home": NUMBER,  # currency per month, as are the next four
        "wage_abroad": NUMBER,  # after tax, in purchasing power at home
        "idle_income": NUMBER,  # expected without job and training
        "home_income": NUMBER,  # expected after training by who does not go
        "clause_burden": NUMBER,  # of a month bound by a retention clause
        "ties": NUMBER,  # part of the attachment to home that family rights and a diaspora leave
        "months_abroad": NUMBER,  # that people count
        "months_before_visa": NUMBER,  # that people expect from graduation, the offer included
        "months_after_visa": NUMBER,
        "wait_after_offer": NUMBER,  # months until the visa application
        "gross_wage": NUMBER,  # abroad, per month, as are the next two
        "tax": NUMBER,
        "remittances": NUMBER,
    },
)
INSTITUTION_TERMS = Rows(InstitutionGroup, {"government": WHOLE})  # origin
EMPLOYER_TERMS = Rows(
    EmployerGroup,
    {
        "government": WHOLE,  # destination
        "large": WHOLE,  # 1: large, 0: small or medium; NumPy has a "size" of its own
        "vacancies_per_month": NUMBER,
        "random_vacancies": WHOLE,  # 1: Poisson, 0: evenly with the fraction carried
        "local_fill_chance": NUMBER,  # a month
    },
)
GOVERNMENT_TERMS = Rows(Government)
LANE_TERMS = Rows(Lane, {"government": WHOLE})
OWN_COST = np.dtype(
    [
        ("per", WHOLE),  # place in `CostUnit`, `NONE`: no such cost
        ("amount", NUMBER),
        ("payee", WHOLE),  # place in `PARTIES`
        ("shares", NUMBER, (len(SHARING_PARTIES),)),
    ]
)
"""A cost that a scenario adds to a programme."""
