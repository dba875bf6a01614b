"""What each option provides, side by side: its main terms, and every value that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from smpsim.messages import shown_value
from smpsim.results.units import labels_of, words
from smpsim.scenario import Scenario
from smpsim.scenario.in_words import CHANNEL, DEMAND, RECOGNITION, number, selector
from smpsim.scenario.keypaths import KeyPath, format_path, parse_path
from smpsim.scenario.programmes import Programme
from smpsim.scenario.quantities import KINDS
from smpsim.scenario.ranges import SECTION
from smpsim.vocabulary import SHARED_ITEMS

TEXTS = ("name", "question", "description", "sources", "why")
OF_RUNS = ("seed", "replications")
MOST_DIFFERENCES = 40
"""Values that a page lists; two programmes that have little in common differ in hundreds."""
ABSENT = "-"
INVOLVEMENT = {
    "design": "from the design stage",
    "late": "late, from month {}",
    "none": "no part in the design",
}


def terms_table(scenarios: Mapping[str, Scenario]) -> pd.DataFrame:
    """Return the main terms of each option in words.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By the letters of the options.

    Returns
    -------
    DataFrame
        Index ``term``; a column for each option, and ``differs``: whether they are not the same.
    """
    table = pd.DataFrame({letter: dict(_terms(one)) for letter, one in scenarios.items()})
    table = table.fillna(ABSENT).rename_axis("term")
    return table.assign(differs=table.nunique(axis=1) > 1)


def differences_table(scenarios: Mapping[str, Scenario]) -> pd.DataFrame:
    """Return every value in which the options differ.

    Returns
    -------
    DataFrame
        Index ``key`` (its key path); ``label``, and a column for each option, in words. Names and
        texts are left out, and what is the same in all.
    """
    values = {
        letter: dict(_leaves(one.model_dump(mode="json"), (), None))
        for letter, one in scenarios.items()
    }
    keys = list(dict.fromkeys(key for found in values.values() for key in found))
    rows = []
    for key in keys:
        shown = {letter: found.get(key, ABSENT) for letter, found in values.items()}
        if len(set(shown.values())) > 1:
            rows.append({"key": key, **shown})
    table = pd.DataFrame(rows, columns=["key", *values])
    paths = {key: parse_path(key) for key in map(str, table["key"])}
    # a likely range is that of the number whose key it stands under
    of = {key: str(path[1]) if path[0] == SECTION else key for key, path in paths.items()}
    labels = labels_of(list(dict.fromkeys(of.values())))
    ranged = {True: "", False: ", likely range"}
    table.insert(1, "label", [labels[one] + ranged[one == key] for key, one in of.items()])
    return table.set_index("key")


def _leaves(data: Any, path: KeyPath, whole: Any) -> Iterator[tuple[str, str]]:
    """Yield key path and value in words of each value; a distribution is one."""
    whole = data if whole is None else whole
    if isinstance(data, Mapping) and data and next(iter(data)) not in KINDS:
        for key, value in data.items():
            if key not in TEXTS and not (not path and key in OF_RUNS):
                yield from _leaves(value, (*path, key), whole)
    elif isinstance(data, list) and data and isinstance(data[0], Mapping):
        for place, value in enumerate(data):
            yield from _leaves(value, (*path, place), whole)
    elif path[:1] == (SECTION,) and isinstance(data, list):
        yield format_path(path, whole), " to ".join(number(end) for end in data)
    elif not isinstance(data, Mapping) or data:
        yield format_path(path, whole), _in_words(data)


def _in_words(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    if isinstance(value, Mapping) and not (len(value) == 1 and next(iter(value)) in KINDS):
        return shown_value(value)
    return number(value)


def _terms(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the terms of a scenario: of several programmes, each with its name."""
    several = len(scenario.programmes) > 1
    found: dict[str, list[str]] = {}
    for programme in scenario.programmes:
        for term, text in _of_programme(programme, scenario):
            said = f"{programme.name}: {text}" if several else text
            found.setdefault(term, []).append(said)
    yield from ((term, "; ".join(texts)) for term, texts in found.items())
    last = pd.Period(scenario.start, "M") + scenario.months - 1
    yield "Counted", f"{scenario.start} to {last}, {scenario.months} months"


def _of_programme(programme: Programme, scenario: Scenario) -> Iterator[tuple[str, str]]:
    intakes, training, contract = programme.intakes, programme.training, programme.contract
    yield "Occupation", programme.occupation or ABSENT
    often = f"every {intakes.every_months} months, {intakes.number} times"
    yield "Seats", f"{number(intakes.seats)} {'once' if intakes.number == 1 else often}"
    plan = [f"{number(people)} {what}" for what, people in programme.planned.items()]
    yield "Plan", ", ".join(plan) or "none stated"
    place = "both ends" if training.place == "both" else f"the {training.place}"
    parts = [f"{training.months_before_departure} months before departure"]
    if training.months_after_offer:
        parts.append(f"{training.months_after_offer} once a job is offered")
    if training.months_after_arrival:
        parts.append(f"{training.months_after_arrival} after arrival")
    yield "Training", f"{', '.join(parts)}; at {place}"
    level = training.language_target
    yield "Language", "none" if level == "none" else f"{words(training.language).title()}, {level}"
    part = INVOLVEMENT[programme.employer_involvement].format(programme.late_from_month)
    yield "Employers' part", part
    yield "Selection", selector(programme.selection)
    guarantee = "; a job is guaranteed" if programme.job_guarantee else ""
    yield "Demand", f"{DEMAND[programme.demand]}{guarantee}"
    groups = [one for one in scenario.employers if one.name in programme.employers]
    yield "Employers", ", ".join(f"{one.count:,} {one.name}" for one in groups) or "none"
    yield "Legal channel", CHANNEL[programme.channel]
    lane = scenario.governments[programme.destination].visa.lanes[programme.visa_lane]
    room = number(lane.decisions_per_month)
    yield (
        "Visa",
        f"{words(programme.visa_lane)}: {room} decisions a month, "
        f"{lane.minimum_months} months at least, {100 * lane.refusal:.0f} % refused",
    )
    yield "Recognition", RECOGNITION[programme.recognition]
    months = f", {contract.months} months" if contract.months else ""
    yield "Contract", f"{contract.kind}{months}"
    clause = contract.retention_clause_months
    yield "Stay clause", f"{clause} months" if clause else "none"
    share = programme.domestic_track_share
    yield "Domestic track", f"{100 * share:.0f} % of the seats" if share else "none"
    yield "Who pays the shared costs", _funding(programme)


def _funding(programme: Programme) -> str:
    """Return who pays which items: items with the same shares together."""
    together: dict[str, list[str]] = {}
    for item in SHARED_ITEMS:
        shares = programme.payers_of(item)
        said = ", ".join(f"{words(who)} {100 * part:.0f} %" for who, part in shares.items())
        together.setdefault(said, []).append(words(item))
    if len(together) == 1:
        return next(iter(together))
    return "; ".join(f"{', '.join(group)}: {said}" for said, group in together.items())
