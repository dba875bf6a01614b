"""Plain data checked against the schema and across sections."""

from __future__ import annotations

import math
import re
from typing import Any

from pydantic import ValidationError

from smpsim.messages import shown_value
from smpsim.scenario.references import check_references
from smpsim.scenario.schema import Scenario
from smpsim.scenario.schema_errors import Finding, booleans_as_numbers, findings_of

_CODE = re.compile("[A-Z]{3}")


def check_schema(data: dict[str, Any]) -> tuple[Scenario | None, list[Finding]]:
    """Check each section by itself.

    Parameters
    ----------
    data : dict
        Plain data of a whole scenario.

    Returns
    -------
    Scenario or None
        None if anything is wrong.
    list of Finding
        Everything that is wrong.
    """
    currency = data.get("currency")
    home = currency if isinstance(currency, str) else "EUR"
    rates, findings = _exchange_rates(data.get("exchange_rates"), home)
    known = {finding.path for finding in findings}
    findings += [one for one in booleans_as_numbers(data) if one.path not in known]
    context = {"currency": home, "exchange_rates": rates}
    scenario = None
    try:
        scenario = Scenario.model_validate(data, context=context)
    except ValidationError as error:
        known = {finding.path for finding in findings}
        findings += [one for one in findings_of(error, data) if one.path not in known]
    return (None if findings else scenario), findings


def check_sections(scenario: Scenario) -> list[Finding]:
    """Check what sections say about each other."""
    findings = []
    for path, message in check_references(scenario):
        absent = path[-2:] == ("contract", "months")
        findings.append(Finding(path, message, "section" if absent else "value"))
    return findings


def _exchange_rates(rates: Any, home: str) -> tuple[dict[str, float], list[Finding]]:
    """Return rates that amounts can be converted with, and what is wrong with the others."""
    usable, findings = {}, []
    for code, rate in (rates if isinstance(rates, dict) else {}).items():
        number = isinstance(rate, (int, float)) and not isinstance(rate, bool)
        try:
            fits = number and math.isfinite(rate) and rate > 0
        except OverflowError:
            fits = False
        if not fits:
            message = f"got {shown_value(rate)}; allowed: a number above 0 [currency per unit]"
            findings.append(Finding(("exchange_rates", code), message))
        elif not _CODE.fullmatch(code):
            hint = f"; did you mean {code.upper()!r}?" if _CODE.fullmatch(code.upper()) else ""
            message = f"got the currency {shown_value(code)}; allowed: a code such as USD{hint}"
            findings.append(Finding(("exchange_rates", code), message, "key"))
        elif code == home and rate != 1:
            message = (
                f"got {shown_value(rate)} for {code}, the scenario's own currency; allowed: 1, "
                "or other currencies"
            )
            findings.append(Finding(("exchange_rates", code), message))
        # one problem is enough: amounts at a faulty rate are not reported as well
        usable[code] = float(rate) if fits else 1.0
    return usable, findings
