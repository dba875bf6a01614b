"""What if: a small sweep of the first option, whose results the page's sliders show at once."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from smpsim.errors import RequestError
from smpsim.guided.questions import EMPLOYERS, LANE, PROGRAMME, Control, controls
from smpsim.messages import shown_list, shown_value
from smpsim.scenario import Scenario, ScenarioError, load
from smpsim.scenario.keypaths import KeyPathError, format_path, parse_path
from smpsim.scenario.meanings import meaning_of
from smpsim.scenario.parameters import Parameters
from smpsim.scenario.problems import Problem
from smpsim.scenario.quantities import is_finite
from smpsim.scenario.values_at_keys import get_value, scenario_data
from smpsim.studies.compare.pairing import difference_of
from smpsim.studies.report.variants import variants

RUNS = 40
"""Runs of each combination of the sliders."""
MOST_SLIDERS, MOST_VALUES, MOST_COMBINATIONS = 3, 9, 200
TIMES = (0.5, 1.0, 1.5, 2.0)
"""Values of a slider, as multiples of the present one."""
SHARES = (0.0, 0.25, 0.5, 1.0)
"""The same where the present value is 0: shares of what the cockpit's slider reaches."""
OUTCOMES, EDGES = ("placed", "cost_total"), ("ci_low", "ci_high", "standard_error")
USUAL = (
    f"{PROGRAMME}.intakes.seats",
    f"{PROGRAMME}.training.months_before_departure",
    f"{LANE}.minimum_months",
    f"{LANE}.months",
    f"{PROGRAMME}.founding_share",
    f"{EMPLOYERS}.patience_months",
)
"""What is moved if nothing is asked for: the first three of these that can act."""
Asked = Mapping[str, Sequence[float]]


class Slider(NamedTuple):
    """A number of the first option, and the values that it is given.

    Attributes
    ----------
    key : str
        Key path.
    label, unit : str
        From the schema.
    values : tuple of float
        In ascending order.
    present : float
        One of them: the value of the option as it is.
    """

    key: str
    label: str
    unit: str
    values: tuple[float, ...]
    present: float


def usual_sliders(scenario: Scenario) -> list[Slider]:
    """Return the sliders of a report that names none: of the first programme of its first option.

    Values that a scenario cannot have are left out, and a slider without another value too.
    """
    asked = controls(scenario, scenario, scenario.programmes[0].name)
    by_template = {one.template: one for each in asked.values() for one in reversed(each)}
    found: list[Slider] = []
    for template in USUAL:
        control = by_template.get(template)
        if control is None or control.words or "no effect here" in control.note:
            continue
        values = tuple(
            value
            for value in _around(control)
            if value == control.value or _is_valid(scenario, {control.key: value})
        )
        slider = Slider(control.key, control.label, control.unit, values, control.value)
        # values that are valid alone need not be so together
        if len(values) > 1 and all(
            _is_valid(scenario, one) for one in combinations([*found, slider])
        ):
            found.append(slider)
        if len(found) == MOST_SLIDERS:
            break
    return found


def _around(control: Control) -> list[float]:
    """Return values around the present one, which is among them."""
    now = float(control.value)
    each = [now * times for times in TIMES] if now else [share * control.high for share in SHARES]
    whole = control.is_whole
    rounded = [float(round(one)) if whole else float(f"{one:.3g}") for one in each]
    inside = {one for one in rounded if control.low <= one <= control.high} | {now}
    return [int(one) if whole else one for one in sorted(inside)]


def asked_sliders(scenario: Scenario, asked: Asked) -> list[Slider]:
    """Return the sliders that a user names, all of whose combinations the scenario can have.

    Raises
    ------
    RequestError
        If there are too many.
    ScenarioError
        If a key is none of a number, or the scenario cannot have a value or a combination.
    """
    found = stated_sliders(scenario, asked)
    for one in combinations(found):
        load(scenario, one)
    return found


def stated_sliders(scenario: Scenario, asked: Asked) -> list[Slider]:
    """Return sliders by their keys, each with its values and the present one, unchecked together.

    Raises
    ------
    RequestError
        If there are too many.
    ScenarioError
        If a key is none of a number.
    """
    if len(asked) > MOST_SLIDERS:
        raise RequestError(f"sliders: got {len(asked)}; allowed: at most {MOST_SLIDERS}")
    data = scenario_data(scenario)
    found = []
    for key, values in asked.items():
        try:
            now = get_value(data, key)
        except KeyPathError as error:
            raise ScenarioError([Problem("sliders", None, None, key, str(error))]) from None
        if isinstance(now, bool) or not is_finite(now):
            message = f"got {shown_value(now)}, which is not a number; allowed: the key of a number"
            raise ScenarioError([Problem("sliders", None, None, key, message)])
        path = format_path(parse_path(key), data)
        each = tuple(sorted({*values, now}))
        if not 2 <= len(each) <= MOST_VALUES:
            raise RequestError(
                f"sliders: got {len(each)} values of {key}, counting the present one; allowed: 2 "
                f"to {MOST_VALUES}"
            )
        label, unit = meaning_of(path)
        found.append(Slider(path, label, unit, each, now))
    if len({one.key for one in found}) < len(found):
        raise RequestError("sliders: got a key twice; allowed: each key once")
    many = math.prod(len(one.values) for one in found)
    if many > MOST_COMBINATIONS:
        raise RequestError(
            f"sliders: got {many} combinations; allowed: at most {MOST_COMBINATIONS}"
        )
    return found


def parse_slider(text: str) -> tuple[str, list[float]]:
    """Read ``KEY=1,2,3``.

    Raises
    ------
    RequestError
        If it has another form.
    """
    key, _, values = text.partition("=")
    try:
        each = [float(one) for one in values.split(",")]
    except ValueError:
        each = []
    if not key.strip() or not each or not all(map(math.isfinite, each)):
        raise RequestError(f"got {text!r}; allowed: KEY=VALUE,VALUE,..., such as months=24,36,60")
    return key.strip(), [int(one) if one.is_integer() else one for one in each]


def combinations(sliders: Sequence[Slider]) -> Iterator[dict[str, float]]:
    """Yield what each combination sets; the last slider moves first."""
    keys = [one.key for one in sliders]
    for values in itertools.product(*(one.values for one in sliders)):
        yield dict(zip(keys, values, strict=True))


def runs_of(sliders: Sequence[Slider]) -> int:
    """Return how many runs the sliders take."""
    return RUNS * math.prod(len(one.values) for one in sliders) if sliders else 0


def _is_valid(scenario: Scenario, values: Mapping[str, float]) -> bool:
    try:
        load(scenario, values)
    except ScenarioError:
        return False
    return True


def varied(
    scenario: Scenario,
    sliders: Sequence[Slider],
    seed: int,
    level: float,
    given: Parameters,
    **more: Any,
) -> pd.DataFrame:
    """Return what each combination of the sliders changes under the same chance events.

    `more` as in `variants`.

    Returns
    -------
    DataFrame
        A row a combination, in the order of `combinations`: a column for each key, and the paired
        differences to the option as it is: ``placed``, ``cost_total``, each with ``_ci_low`` and
        ``_ci_high`` at ``level``, and with its ``_standard_error``; ``runs``.
    """
    if not sliders:
        columns = [f"{name}{end}" for name in OUTCOMES for end in ("", *(f"_{e}" for e in EDGES))]
        return pd.DataFrame(columns=[*columns, "level", "runs"])
    settings = list(combinations(sliders))
    sides = variants(scenario, pd.DataFrame(settings), OUTCOMES, RUNS, seed, given, **more)
    first = sides[settings.index({one.key: one.present for one in sliders})]
    found = []
    for setting, side in zip(settings, sides, strict=True):
        row: dict[str, Any] = dict(setting)
        for name in OUTCOMES:
            change = difference_of(name, first, side, level)
            row[name] = change["difference"]
            row |= {f"{name}_{end}": change[end] for end in EDGES}
        found.append({**row, "level": level, "runs": RUNS})
    return pd.DataFrame(found)


def given_sliders(scenario: Scenario, sliders: bool | Asked) -> list[Slider]:
    """Return the sliders of an option: the usual ones, those that are named, or none."""
    if isinstance(sliders, Mapping):
        return asked_sliders(scenario, sliders)
    if not isinstance(sliders, bool):
        allowed = shown_list(["True", "False", "{key path: [values]}"])
        raise RequestError(f"sliders: got {sliders!r}; allowed: {allowed}")
    return usual_sliders(scenario) if sliders else []
