"""A scenario as a card that people read: what is tried, in which world, and how far it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from smpsim.cli.terminal import table
from smpsim.messages import shown_list
from smpsim.results.units import words
from smpsim.scenario import Scenario, assumptions, get_value
from smpsim.scenario.in_words import CHANNEL, DEMAND, RECOGNITION, number, selector
from smpsim.scenario.marks import Mark, held_guesses, marked_lines, marks
from smpsim.scenario.places import EmployerGroup, Government, InstitutionGroup
from smpsim.scenario.programmes import Programme

_INVOLVEMENT = {
    "design": "Employers take part from the design stage",
    "none": "Employers take no part in the design",
}


def sentences(programme: Programme) -> list[str]:
    """Return the design of a programme in sentences."""
    intakes, training, contract = programme.intakes, programme.training, programme.contract
    group = "people" if intakes.seats != 1 else "person"
    when = f"every {intakes.every_months} months, {intakes.number} times"
    if intakes.number == 1:
        when = "once"
    language = training.language_target
    level = "" if language == "none" else f", reaching level {language} of the language"
    after = [
        f"{months} months {where}"
        for months, where in (
            (training.months_after_offer, "more once a job is offered"),
            (training.months_after_arrival, "on the job after arrival"),
        )
        if months
    ]
    late = f"Employers come in late, from month {programme.late_from_month}"
    clause = contract.retention_clause_months
    length = f" of {contract.months} months" if contract.months else ""
    found = [
        f"{number(intakes.seats)} {group} start {when}. They train for "
        f"{training.months_before_departure} months "
        f"({'at the ' + training.place if training.place != 'both' else 'at both ends'})"
        f"{level}{', and ' + ' and '.join(after) if after else ''}.",
        f"{_INVOLVEMENT.get(programme.employer_involvement, late)}; "
        f"{selector(programme.selection)} the trainees; {DEMAND[programme.demand]}"
        f"{'; a job is guaranteed' if programme.job_guarantee else ''}.",
        f"To migrate, {CHANNEL[programme.channel]} (visa lane {programme.visa_lane}); "
        f"{RECOGNITION[programme.recognition]}.",
        f"Contracts are {contract.kind}{length}"
        f"{f', with a stay clause of {clause} months' if clause else ''}.",
    ]
    reach = _reach(programme)
    if reach:
        found.append(f"How employers hear of it: {reach}.")
    plan = [f"{number(people)} {what}" for what, people in programme.planned.items()]
    if plan:
        found.append(f"The plan: {', '.join(plan)}.")
    return found


def _reach(programme: Programme) -> str:
    """Return how employers come to know of a programme."""
    said = [
        f"{100 * share:.2g} % {how}"
        for share, how in (
            (programme.founding_share, "take part from the start"),
            (programme.promotion, "a month by promotion"),
            (programme.association_reach, "a month by business associations"),
        )
        if share
    ]
    return ", ".join(said)


def wage_sentences(programme: Programme, currency: str) -> list[str]:
    """Return what a programme's people earn and its employers pay, in sentences."""
    wages = programme.wages
    if not (wages.origin or wages.destination):
        return []
    said = [
        f"Wages: {currency} {number(wages.origin)} a month at home and "
        f"{number(wages.destination)} abroad, of which {100 * wages.tax:.0f} % are taxes and "
        f"contributions and {100 * wages.remitted:.0f} % are sent home."
    ]
    if wages.outside is not None:
        said.append(f"Other employers abroad pay {currency} {number(wages.outside)}.")
    if wages.trained is not None:
        said.append(f"After training, a job at home pays {currency} {number(wages.trained)}.")
    return said


def assumed_defaults(scenario: Scenario) -> tuple[int, int]:
    """Return how many defaults without a source a scenario leaves as they are, and of how many."""
    data = scenario.model_dump(mode="json")
    kept = total = 0
    for assumption in assumptions():
        for path in _expanded(data, assumption.path.split(".")):
            total += 1
            kept += bool(get_value(scenario, path) == assumption.default)
    return kept, total


def _expanded(data: Any, steps: list[str], done: tuple[str, ...] = ()) -> Iterable[str]:
    """Yield the key paths that a path with stars stands for."""
    if not steps:
        yield ".".join(done)
        return
    if steps[0] != "*":
        inner = data.get(steps[0]) if isinstance(data, dict) else None
        yield from _expanded(inner, steps[1:], (*done, steps[0]))
        return
    keys = range(len(data)) if isinstance(data, list) else list(data or {})
    for key in keys:
        yield from _expanded(data[key], steps[1:], (*done, str(key)))


def print_card(out: Console, scenario: Scenario, path: Path | None) -> None:
    """Print a scenario: question, design, environment, sources and assumptions.

    Parameters
    ----------
    out : Console
    scenario : Scenario
    path : Path or None
        Its file, in which assumptions are marked.
    """
    out.print(scenario.name, style="bold")
    for text in (scenario.question, scenario.description):
        if text:
            out.print(text.strip(), width=min(out.width, 100))
    last = pd.Period(scenario.start, "M") + scenario.months - 1
    out.print(
        f"\n{scenario.months} months, {scenario.start} to {last}; amounts in {scenario.currency}; "
        f"{scenario.replications:,} runs by default.\n"
    )
    for programme in scenario.programmes:
        _programme(out, programme, scenario)
    out.print("Environment", style="bold")
    _governments(out, scenario.governments)
    _institutions(out, scenario.institutions, scenario.currency)
    _employers(out, scenario.employers, scenario.currency)
    if scenario.timeline:
        first = pd.Period(scenario.start, "M")
        rows = [
            (str(first + change.month), change.why, "\n".join(_settings(change.set)))
            for change in scenario.timeline
        ]
        table(out, "What changes when", ("from", "why", "values"), rows)
    _origin(out, scenario, path)


def _settings(values: Mapping[str, Any]) -> list[str]:
    """Return what is set by key path, numbers and distributions as everywhere."""
    return [
        f"{key} = {number(value) if isinstance(value, (int, float, dict)) else value}"
        for key, value in values.items()
    ]


def _programme(out: Console, programme: Programme, scenario: Scenario) -> None:
    out.print(f"Programme {programme.name}: {programme.occupation}", style="bold")
    for sentence in [*sentences(programme), *wage_sentences(programme, scenario.currency)]:
        out.print(sentence, width=min(out.width, 100))
    out.print()
    # two items have their price where they are bought
    prices = [
        group.cost_per_trainee_month
        for group in scenario.institutions
        if group.name in programme.institutions
    ]
    recognition = scenario.governments[programme.destination].recognition.cost
    amounts: dict[str, tuple[list[float], str]] = {
        "training": (sorted(set(prices)), "currency per trainee-month"),
        "recognition": ([recognition], "currency per procedure"),
    }
    for item, field in type(programme.costs).model_fields.items():
        extra = field.json_schema_extra
        unit = str(extra["unit"]) if isinstance(extra, dict) else "currency"
        amounts[item] = ([getattr(programme.costs, item)], unit)
    rows = []
    for item, (found, unit) in amounts.items():
        if not any(found):
            continue
        shares = programme.payers_of(item)
        payers = ", ".join(f"{words(who)} {100 * part:.0f} %" for who, part in shares.items())
        amount = " to ".join(number(one) for one in dict.fromkeys([found[0], found[-1]]))
        rows.append((item, amount, unit.replace("currency", scenario.currency), payers))
    for name, own in programme.own_costs.items():
        payers = ", ".join(
            f"{words(who)} {100 * part:.0f} %" for who, part in programme.payers_of_own(own).items()
        )
        unit = f"{scenario.currency} per {words(own.per)}"
        rows.append((own.label or words(name), number(own.amount), unit, payers))
    if programme.fee_per_recruit:
        fee = number(programme.fee_per_recruit)
        rows.append(("placement fee", fee, f"{scenario.currency} per recruit", "employer 100 %"))
    if rows:
        table(out, "What it costs and who pays", ("item", ">amount", "unit", "payers"), rows)


def _governments(out: Console, governments: dict[str, Government]) -> None:
    lanes = []
    for name, government in governments.items():
        if government.role != "destination":
            continue
        for lane, terms in government.visa.lanes.items():
            refused = f"{100 * terms.refusal:.0f} %"
            capacity, others = number(terms.decisions_per_month), number(terms.background_per_month)
            months = str(terms.minimum_months)
            if terms.months is not None:
                # no queue: it takes as long whatever others apply
                capacity, others, months = "", "", f"fixed: {number(terms.months)}"
            lanes.append((name, lane, capacity, others, months, refused))
    heads = (
        "destination",
        "visa lane",
        ">decisions a month",
        ">other applications a month",
        ">minimum months",
        ">refused",
    )
    table(out, "", heads, lanes)
    origins = [
        (name, str(one.setup_months), number(one.outreach), f"{100 * one.domestic_share:.0f} %")
        for name, one in governments.items()
        if one.role == "origin"
    ]
    table(out, "", ("origin", ">months to set up", ">outreach", ">must serve at home"), origins)


def _institutions(out: Console, groups: list[InstitutionGroup], currency: str) -> None:
    rows = [
        (
            group.name,
            f"{group.count:,}",
            group.origin,
            number(group.seats),
            number(group.quality),
            number(group.alignment),
            number(group.cost_per_trainee_month),
        )
        for group in groups
    ]
    cost = f">{currency} per trainee-month"
    heads = ("institutions", ">number", "origin", ">seats each", "quality", "alignment", cost)
    table(out, "", heads, rows)


def _employers(out: Console, groups: list[EmployerGroup], currency: str) -> None:
    rows = [
        (
            group.name,
            f"{group.count:,}",
            group.country,
            group.size,
            number(group.initial_vacancies),
            number(group.vacancies_per_year),
            number(group.willingness_to_pay),
            number(group.patience_months),
        )
        for group in groups
    ]
    heads = (
        "employers",
        ">number",
        "country",
        "size",
        ">vacancies at first",
        "new a year, each",
        "pay per recruit",
        "patience, months",
    )
    table(out, "", heads, rows)
    worth = [
        (
            group.name,
            "" if group.trust_prior_mean is None else f"{group.trust_prior_mean:.2g}",
            number(group.margin_per_month),
            "" if group.quit is None else f"{100 * group.quit:.2g} %",
            f"{100 * group.poaching:.0f} %",
        )
        for group in groups
    ]
    about = (
        "what a hire is worth",
        ">trust at first (0 to 1)",
        f">{currency} a month beyond wage",
        ">quit a month",
        ">drawn by others",
    )
    table(out, "", about, worth)


def _origin(out: Console, scenario: Scenario, path: Path | None) -> None:
    found = dict(scenario.sources)
    for programme in scenario.programmes:
        found |= {f"{programme.name}: {key}": text for key, text in programme.sources.items()}
    table(out, "Sources", ("value", "from"), list(found.items()))
    kept, total = assumed_defaults(scenario)
    text = f"Assumptions: {kept} of {total} defaults that have no source are unchanged"
    if path is not None:
        text += f"; {marked_lines(path)} lines of {path.name} are marked as assumption"
    out.print(f"{text}.")
    if path is not None and (note := ranges_note(marks(path))):
        out.print(note, soft_wrap=True)


def ranges_note(marked: list[Mark]) -> str:
    """Return how many of a scenario's own figures have a likely range, and which guesses do not."""
    ranged = sum(one.ranged and not one.shared for one in marked)
    held = held_guesses(marked)
    if not ranged and not held:
        return ""
    have = f"{ranged} {'number has' if ranged == 1 else 'numbers have'} a likely range"
    if not held:
        return f"{have}."
    called = "1 is called an assumption but has none (runs hold it fixed)"
    if len(held) > 1:
        called = f"{len(held)} are called assumptions but have none (runs hold them fixed)"
    return f"{have}; {called}: {shown_list(held)}."
