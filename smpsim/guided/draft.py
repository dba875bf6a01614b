"""A scenario from answers: each value with where it comes from, as a file will say it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from smpsim.guided.answers import AS_THERE
from smpsim.guided.interview import Interview, works_in
from smpsim.guided.real import Real
from smpsim.guided.taken import Leaf, Taken, Tree, rounded
from smpsim.scenario.allowed_values import shape_at
from smpsim.scenario.keypaths import KeyPath
from smpsim.scenario.quantities import median
from smpsim.scenario.waits import wait_before_visa

PROGRAMME = "pilot"
"""The name of the programme in the file, so that key paths are short."""
LANE = "standard"
FULL_TIME = 160.0
"""Hours of lessons that fit into a month."""
SEEN = 36
"""Months after the last arrivals that a run goes on, so that it is seen who stays."""
REPLICATIONS = 200


def draft(interview: Interview) -> Tree:
    """Return a scenario as mappings and lists of `Leaf`, in the order of a file."""
    answers = interview.answers
    real = interview.real()
    from_real = Taken(real)

    def answer(name: str) -> Leaf:
        return Leaf(answers[name], interview.said[name])

    origin, destination = answers["origin"], answers["destination"]
    before = real.programme
    office = real.scenario.governments[before.destination]
    lane = office.visa.lanes[before.visa_lane]
    school = next(g for g in real.scenario.institutions if g.name == before.institutions[0])
    home = real.scenario.governments[school.origin]
    firm = next(g for g in real.scenario.employers if g.name == before.employers[0])
    at_office: KeyPath = ("governments", before.destination)
    programme = _programme(interview, real)
    tree: Tree = {
        "extends": Leaf("base", "how people and organisations behave, as in all scenarios"),
        "name": answer("name"),
        "question": Leaf(
            f"How many of those who train in {origin} come to work in {destination}, at what cost, "
            "and what holds them back?"
        ),
        "start": answer("start"),
        "months": Leaf(
            _horizon(interview, real), "until three years after the last person can arrive"
        ),
        "replications": Leaf(REPLICATIONS, "runs, each with its own chance events"),
        "currency": Leaf(real.scenario.currency, "of all amounts below"),
        "discount_rate": from_real.leaf(real.scenario.discount_rate, ("discount_rate",)),
        "governments": {
            destination: {
                "role": Leaf("destination"),
                "visa": {
                    "lanes": {
                        LANE: {
                            "months": Leaf(
                                answers["visa_months"],
                                f"{interview.said['visa_months']}; from application to decision",
                            ),
                            "refusal": from_real.leaf(
                                lane.refusal,
                                (*at_office, "visa", "lanes", before.visa_lane, "refusal"),
                            ),
                        }
                    }
                },
                **_recognition(interview),
                **from_real.section(office, at_office, ("role", "visa", "recognition")),
            },
            origin: {
                "role": Leaf("origin"),
                **from_real.section(home, ("governments", school.origin), ("role",)),
            },
        },
        "institutions": [
            {
                "name": answer("trained_by"),
                "count": answer("schools"),
                "origin": Leaf(origin),
                "seats": Leaf(_room(answers), "assumption: room for all who train at once"),
                **from_real.section(
                    school,
                    ("institutions", school.name),
                    ("name", "count", "origin", "seats"),
                ),
            }
        ],
        "employers": [
            {
                "name": answer("hired_by"),
                "count": answer("employers"),
                "country": Leaf(destination),
                "sector": answer("sector"),
                **from_real.section(
                    firm, ("employers", firm.name), ("name", "count", "country", "sector")
                ),
            }
        ],
        "programmes": [programme],
    }
    return tree


def _programme(interview: Interview, real: Real) -> Tree:
    """Return the section of the programme."""
    answers, said = interview.answers, interview.said
    before, at = real.programme, ("programmes", real.programme.name)
    from_real = Taken(real)

    def answer(name: str) -> Leaf:
        return Leaf(answers[name], said[name])

    left_out = [
        *("name", "occupation", "institutions", "employers", "destination", "intakes", "training"),
        *("employer_involvement", "channel", "visa_lane", "recognition", "own_costs", "funding"),
        # of the history of the other programme
        *("setup_months", "renewal", "planned", "sources"),
    ]
    if answers["involvement"] != "late":
        left_out.append("late_from_month")
    if answers["involvement"] == "none":
        left_out += ["founding_share", "promotion", "association_reach"]
    own = {
        # who pays for it is answered for all
        name: from_real.section(one, (*at, "own_costs", name), ("payers",))
        for name, one in before.own_costs.items()
    }
    return {
        "name": Leaf(PROGRAMME, "in key paths, such as programmes.pilot.intakes.seats"),
        "occupation": answer("sector"),
        "institutions": Leaf([answers["trained_by"]]),
        "employers": Leaf([answers["hired_by"]]),
        "destination": Leaf(answers["destination"]),
        "intakes": {
            "seats": answer("seats"),
            "every_months": answer("every_months"),
            "number": answer("intakes"),
            **from_real.section(
                before.intakes,
                (*at, "intakes"),
                # of the scale of the other programme
                ("seats", "every_months", "number", "budget", "pilot_share"),
            ),
        },
        "training": {
            "months_before_departure": answer("train_months"),
            "language_target": answer("language"),
            **_lessons(interview),
            **from_real.section(
                before.training,
                (*at, "training"),
                [
                    *("months_before_departure", "language_target", "language_hours_per_month"),
                    # that of the country where they work
                    *([] if works_in(real, answers["destination"]) else ["language"]),
                ],
            ),
        },
        "employer_involvement": answer("involvement"),
        "channel": Leaf(
            "existing", "assumption: a legal channel exists; new: it must first be opened"
        ),
        "visa_lane": Leaf(LANE),
        "recognition": answer("recognition"),
        **_funding(interview, from_real, real),
        **from_real.section(before, at, left_out),
        **({"own_costs": own} if own else {}),
    }


def _funding(interview: Interview, from_real: Taken, real: Real) -> Tree:
    """Return who pays: for all items the same, or for each as in the other programme."""
    shares = interview.answers["who_pays"]
    if shares != AS_THERE:
        return {"funding": {"all": Leaf(shares, f"{interview.said['who_pays']}; of every item")}}
    at = ("programmes", real.programme.name, "funding")
    items = {
        item: Leaf(dict(found), from_real.said((*at, item)))
        for item, found in real.programme.funding.items()
        if found
    }
    return {"funding": items} if items else {}


def _lessons(interview: Interview) -> Tree:
    """Return hours of lessons: as many in all as in the nearest programme with the same target."""
    target, months = interview.answers["language"], interview.answers["train_months"]
    if target == "none":
        return {}
    for one in interview.by_nearness():
        training = one.programme.training
        if training.language_target == target and training.language_hours_per_month > 0:
            break
    else:
        return {}
    factor = training.months_before_departure / months if months else 1.0
    at = ("programmes", one.programme.name, "training", "language_hours_per_month")
    taken = Taken(one).leaf(training.language_hours_per_month, at)
    said = taken.said.replace("assumption: as", "assumption: in all as many hours as", 1)
    ends = taken.value if isinstance(taken.value, Mapping) else {"": taken.value}
    scaled = {end: rounded(number * factor) for end, number in ends.items()}
    if max(scaled.values()) > FULL_TIME:
        return {"language_hours_per_month": Leaf(FULL_TIME, "assumption: lessons fill the month")}
    value = scaled if isinstance(taken.value, Mapping) else scaled[""]
    return {"language_hours_per_month": Leaf(value, said)}


def _recognition(interview: Interview) -> Tree:
    """Return the office that recognises, from the nearest programme that has one."""
    wanted = interview.answers["recognition"]
    if wanted == "none":
        return {}
    for one in interview.by_nearness():
        body = one.scenario.governments[one.programme.destination].recognition
        if one.programme.recognition == wanted and median(body.months) > 0:
            at = ("governments", one.programme.destination, "recognition")
            return {"recognition": Taken(one).section(body, at)}
    return {}


def _room(answers: Mapping[str, Any]) -> int | None:
    """Return the seats of each school; None for no limit where they are more than is allowed."""
    groups = max(1, math.ceil(answers["train_months"] / answers["every_months"]))
    each = math.ceil(answers["seats"] * groups / answers["schools"])
    shape = shape_at(("institutions", 0, "seats"))
    return each if shape is None or each <= shape.bounds[1] else None


def _horizon(interview: Interview, real: Real) -> int:
    """Return the months of a run: until it is seen who of the last stays."""
    answers = interview.answers
    visa = answers["visa_months"]
    visa = visa["high"] if isinstance(visa, Mapping) else visa
    before = real.programme
    home = next(g for g in real.scenario.institutions if g.name == before.institutions[0]).origin
    setup = real.scenario.governments[home].setup_months
    intakes = (answers["intakes"] - 1) * answers["every_months"]
    wait = wait_before_visa(real.scenario, before)
    last = setup + intakes + answers["train_months"] + visa + wait
    most = shape_at(("months",))
    return int(min(math.ceil(last) + SEEN, most.bounds[1] if most else math.inf))
