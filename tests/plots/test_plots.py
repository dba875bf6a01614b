"""Pictures: what they show is in the data, and what they say is on them."""

from __future__ import annotations

import copy
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from phones import check_phone

from smpsim import compare, load, run
from smpsim.plots import style
from smpsim.results.outcomes import outcome_of
from smpsim.results.result import Result
from smpsim.results.units import label_of
from smpsim.studies.compare.compare import Comparison

KINDS = ("trajectories", "stages", "costs", "gains", "employers", "visa")
RUNS = 6
PASS = "behaviour.exam.pass_probability"


def two_programmes() -> dict[str, Any]:
    data = load("bare_pipeline").model_dump(mode="json")
    second = copy.deepcopy(data["programmes"][0])
    second |= {"name": "_second $5 $6", "planned": {"placed": 30}}
    second["intakes"]["seats"] = 40
    data["programmes"].append(second)
    return data


@pytest.fixture(scope="module")
def result() -> Result:
    return run("bare_pipeline", replications=RUNS, seed=2)


@pytest.fixture(scope="module")
def double() -> Result:
    return run(two_programmes(), replications=RUNS, seed=2)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    other = load("bare_pipeline", {PASS: 0.95})
    return compare("bare_pipeline", other, replications=RUNS, seed=2, names=("before", "after"))


def texts(figure: Figure) -> str:
    figure.canvas.draw()
    return "\n".join(t.get_text() for t in figure.findobj(Text) if t.get_visible())


def unwrapped(figure: Figure) -> str:
    return texts(figure).replace("\n", " ")


def line(figure: Figure, label: str, panel: int = 0) -> np.ndarray:
    (found,) = [one for one in figure.axes[panel].lines if one.get_label() == label]
    return np.asarray(found.get_ydata(), dtype=float)


def assert_nothing_overlaps(figure: Figure) -> None:
    """Title, small print and panels each have a place of their own inside the figure."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    figure.canvas.draw()
    panels = [panel.get_tightbbox(renderer) for panel in figure.axes]
    title = figure._suptitle.get_window_extent(renderer)  # type: ignore[attr-defined]
    small = figure._supxlabel.get_window_extent(renderer)  # type: ignore[attr-defined]
    boxes = [*panels, title, small]
    boxes += [legend.get_window_extent(renderer) for legend in figure.legends]
    whole = figure.bbox
    for n, box in enumerate(boxes):
        assert box.x0 >= whole.x0 - 1
        assert box.x1 <= whole.x1 + 1
        assert box.y0 >= whole.y0 - 1
        assert box.y1 <= whole.y1 + 1
        for other in boxes[n + 1 :]:
            wide = min(box.x1, other.x1) - max(box.x0, other.x0)
            high = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert wide <= 1 or high <= 1, (n, box, other)


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_says_what_it_shows(result: Result, kind: str) -> None:
    figure = getattr(result.plot, kind)()
    shown = texts(figure)
    assert "Bare pipeline, programme pilot" in shown
    assert f"{RUNS} runs, seed 2." in shown
    assert_nothing_overlaps(figure)


def test_every_picture_has_a_form_for_phones(result: Result, comparison: Comparison) -> None:
    check_phone(result.plot)
    check_phone(comparison.plot)
    first, second = result.plot.phone.trajectories().axes
    assert first.get_position().y0 > second.get_position().y1


def test_files_hold_pictures_for_a_phone_where_asked_for(result: Result, tmp_path: Path) -> None:
    pictures = {"bars": result.plot.costs}
    widths = []
    for phone in (True, False):
        result.write(tmp_path, "csv", pictures=pictures, phone=phone)
        head = (tmp_path / "bars.png").read_bytes()[16:20]
        widths.append(int.from_bytes(head, "big"))
    # two dots for each of 390 pixels
    assert widths == [780, 1200]


@pytest.mark.parametrize(
    ("kind", "vertical", "horizontal"),
    [
        ("trajectories", ["(people)", "(EUR)"], ["date", "date"]),
        ("stages", ["(people)"], ["date"]),
        ("costs", [""], ["(EUR)"]),
        ("gains", [""], ["(million EUR)"]),
        ("employers", ["(employers)", "(employers)", "(0 to 1)", "(0 to 1)"], ["date"] * 4),
        ("visa", ["(applications)", "(months)"], ["date", "date"]),
    ],
)
def test_every_axis_has_a_unit(
    result: Result, kind: str, vertical: list[str], horizontal: list[str]
) -> None:
    panels = getattr(result.plot, kind)().axes
    assert len(panels) == len(vertical)
    for panel, up, across in zip(panels, vertical, horizontal, strict=True):
        assert panel.get_ylabel().endswith(up)
        assert panel.get_xlabel().endswith(across)


def test_the_line_is_the_median_and_the_bands_are_the_quantiles(result: Result) -> None:
    figure = result.plot.trajectories()
    placed = result.trajectories().pivot(index="run", columns="month", values="placed").to_numpy()
    assert placed.std() > 0
    np.testing.assert_allclose(line(figure, "placed"), [0, *np.median(placed, axis=0)])
    cost = result.trajectories().pivot(index="run", columns="month", values="cost_cumulative")
    np.testing.assert_allclose(line(figure, "cost", 1), [0, *cost.median()])
    bands = [one for one in figure.axes[0].collections if isinstance(one, PolyCollection)]
    # one band a series, as four bands that overlap are mud
    assert len(bands) == 2
    tops = {band.get_paths()[0].vertices[:, 1].max() for band in bands}
    assert any(np.isclose(top, np.quantile(placed[:, -1], 0.95)) for top in tops)


def test_lines_are_named_where_they_end_and_letters_can_be_read(comparison: Comparison) -> None:
    figure = comparison.plot.trajectories()
    figure.canvas.draw()
    for panel in figure.axes[:2]:
        boxes = [text.get_window_extent() for text in panel.texts]
        assert [text.get_text().split(":")[0] for text in panel.texts] in (["A", "B"], ["B", "A"])
        assert not boxes[0].overlaps(boxes[1])
    for colour in style.CYCLE:
        parts = [int(style.ink(colour)[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        light = [((x + 0.055) / 1.055) ** 2.4 if x > 0.04045 else x / 12.92 for x in parts]
        assert 1.05 / (np.dot(light, (0.2126, 0.7152, 0.0722)) + 0.05) > 4.4


def test_the_plan_is_drawn(result: Result) -> None:
    assert line(result.plot.trajectories(), "plan: 72 placed").tolist() == [72, 72]


def test_dates_are_those_of_the_calendar(result: Result) -> None:
    (placed,) = [
        one for one in result.plot.trajectories().axes[0].lines if one.get_label() == "placed"
    ]
    days = np.asarray(placed.get_xdata(), dtype="datetime64[D]")
    assert str(days[0]) == "2024-01-01"
    assert str(days[1]) == "2024-02-01"
    assert str(days[-1]) == "2028-01-01"


def test_stages_add_up_to_those_enrolled(result: Result) -> None:
    heights = sum(
        band.get_paths()[0].vertices[:, 1].max() - 0
        for band in result.plot.stages().axes[0].collections[-1:]
    )
    assert heights == pytest.approx(result.outcomes()["enrolled"].mean())


def test_bars_are_what_the_parties_paid(result: Result) -> None:
    figure = result.plot.costs()
    panel = figure.axes[0]
    named = dict(
        zip([t.get_text() for t in panel.get_yticklabels()], panel.get_yticks(), strict=True)
    )
    for party in ("donor", "employer", "trainee"):
        place = named[party]
        bars = [b for b in panel.patches if abs(b.get_y() + b.get_height() / 2 - place) < 0.01]
        total = sum(bar.get_width() for bar in bars)
        assert total == pytest.approx(result.outcomes()[f"cost_{party}"].mean())
    assert "intermediary" not in named


def test_gains_are_the_net_present_values(result: Result) -> None:
    panel = result.plot.gains().axes[0]
    named = dict(zip([t.get_text() for t in panel.get_yticklabels()], panel.patches, strict=True))
    assert named["donor"].get_width() == pytest.approx(result.outcomes()["npv_donor_60m"].mean())
    assert named["donor"].get_width() < 0 < named["trainee"].get_width()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("runs", "changes"),
    [(3, {PASS: 0.0}), (1, {}), (3, {"months": 1}), (1, {"months": 1}), (2, {"months": 600})],
)
def test_pictures_of_the_unusual(kind: str, runs: int, changes: dict[str, Any]) -> None:
    result = run("bare_pipeline", replications=runs, seed=1, overrides=changes)
    figure = getattr(result.plot, kind)()
    assert style.counted(runs, "run") + ", seed 1." in texts(figure)
    assert_nothing_overlaps(figure)


def test_nobody_placed_is_said_in_words() -> None:
    result = run("bare_pipeline", replications=2, seed=1, overrides={PASS: 0.0})
    assert "Nobody is placed in any run." in texts(result.plot.trajectories())
    assert "Zero in every month of every run." in texts(result.plot.visa())
    assert "No visa decision" in unwrapped(result.plot.visa())


def test_no_costs_are_said_in_words() -> None:
    changes = {"institutions.college.cost_per_trainee_month": 0, "programmes.pilot.costs": {}}
    result = run("bare_pipeline", replications=2, seed=1, overrides=changes)
    assert "Nothing is paid in any run." in texts(result.plot.costs())
    assert "Nothing is paid in any run." in texts(result.plot.trajectories())


def test_a_single_run_has_no_bands() -> None:
    figure = run("bare_pipeline", replications=1, seed=1).plot.trajectories()
    assert "A single run, so there are no bands." in texts(figure)
    assert not figure.axes[0].collections


def test_all_programmes_are_added_up_or_drawn_one_by_one(double: Result) -> None:
    first, second = double.programmes
    together = double.plot.trajectories()
    parts = [double.plot.trajectories(name) for name in (first, second)]
    assert "all 2 programmes" in texts(together)
    total = double.trajectories().groupby(["run", "month"])["placed"].sum().unstack()
    np.testing.assert_allclose(line(together, "placed"), [0, *total.median()])
    assert line(parts[0], "placed")[-1] > line(parts[1], "placed")[-1] > 0
    assert line(together, "plan: 102 placed").tolist() == [102, 102]
    assert len(double.plot.employers().axes[0].lines) == 2
    assert len(double.plot.employers(second).axes[0].lines) == 1


def test_names_are_shown_letter_by_letter(double: Result) -> None:
    # dollar signs would start a formula, and an underscore would hide the line from the legend
    figure = double.plot.employers()
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["pilot", r" _second \$5 \$6"]
    assert_nothing_overlaps(figure)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_programme_is_refused(result: Result, kind: str) -> None:
    with pytest.raises(ValueError, match="'nowhere'; allowed: pilot"):
        getattr(result.plot, kind)("nowhere")


def test_notebooks_show_pictures(result: Result) -> None:
    core = pytest.importorskip("IPython.core.formatters")
    data, _ = core.DisplayFormatter().format(result.plot.gains())
    assert data["image/png"].startswith(b"\x89PNG")


def test_pictures_can_be_drawn_in_threads(result: Result) -> None:
    def draw(_: int) -> bytes:
        return style.png(result.plot.costs())

    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(draw, range(8)))
    assert len(set(drawn)) == 1


def test_no_state_is_shared_through_pyplot() -> None:
    code = (
        "import sys, smpsim;"
        "r = smpsim.run('bare_pipeline', 2); r.plot.trajectories().savefig(sys.stdout.buffer);"
        "sys.stderr.write(str('matplotlib.pyplot' in sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert found.stderr == b"False"
    assert found.stdout.startswith(b"\x89PNG")


def test_two_designs_are_drawn_over_each_other(comparison: Comparison) -> None:
    figure = comparison.plot.trajectories()
    shown = texts(figure)
    assert "A: before; B: after; programme pilot" in shown
    assert f"{RUNS} pairs of runs with the same chance events, seed 2." in shown
    for name, result in zip(comparison.names, (comparison.a, comparison.b), strict=True):
        placed = result.trajectories().groupby("month")["placed"].mean()
        np.testing.assert_allclose(line(figure, name), [0, *placed])
        cost = result.trajectories().groupby("month")["cost_cumulative"].mean()
        np.testing.assert_allclose(line(figure, name, 1), [0, *cost])
    units = [panel.get_ylabel().split()[-1] for panel in figure.axes]
    assert units == ["(people)", "(EUR)"] * 2
    assert_nothing_overlaps(figure)


def test_the_difference_over_time_ends_at_the_difference(comparison: Comparison) -> None:
    figure = comparison.plot.trajectories()
    table = comparison.differences().loc["pilot"]
    for panel, outcome in zip(figure.axes[2:], ("placed", "cost_total"), strict=True):
        last = [one.get_ydata()[-1] for one in panel.lines]
        assert table.loc[outcome, "difference"] == pytest.approx(last[-1])
        # edges of the bands at the end: the interval, and the middle 90 % of the pairs
        ends = [band.get_paths()[0].vertices[:, 1] for band in panel.collections]
        for edge in ("ci_low", "ci_high"):
            wanted = table.loc[outcome, edge]
            assert any(np.isclose(values, wanted).any() for values in ends), (outcome, edge)
    assert "dark band: 95 % confidence interval" in unwrapped(figure)
    # the same statistic above and below
    for above, below in ((0, 2), (1, 3)):
        a, b = (line(figure, name, above) for name in comparison.names)
        (drawn,) = [one for one in figure.axes[below].lines if len(one.get_ydata()) > 2]
        np.testing.assert_allclose(drawn.get_ydata(), b - a, atol=1e-6)


def test_designs_without_a_difference_say_so_over_time() -> None:
    found = compare("bare_pipeline", "bare_pipeline", replications=2, seed=1)
    figure = found.plot.trajectories()
    assert unwrapped(figure).count("The same in every month of every pair of runs.") == 2
    assert "in every pair" in texts(found.plot.differences())
    assert_nothing_overlaps(figure)


def test_outcomes_can_be_chosen(comparison: Comparison) -> None:
    figure = comparison.plot.differences(outcomes=["npv_donor_60m", "domestic"])
    named = [t.get_text() for panel in figure.axes for t in panel.get_yticklabels()]
    assert named == [outcome_of(one).label for one in ("npv_donor_60m", "domestic")]
    # what happens in neither design is left out where nobody asked for it
    usual = comparison.plot.differences()
    named = [t.get_text() for panel in usual.axes for t in panel.get_yticklabels()]
    assert "placed" in named
    assert "in the domestic track" not in named
    assert_nothing_overlaps(figure)


def test_long_names_of_designs_do_not_squeeze_the_panels(comparison: Comparison) -> None:
    long = replace(comparison, names=("An early one of a name that goes on and on " * 3, "b"))
    figure = long.plot.trajectories()
    figure.canvas.draw()
    widths = [panel.get_position().width for panel in figure.axes]
    assert min(widths) > 0.38
    assert_nothing_overlaps(figure)


def test_differences_are_drawn_with_their_intervals(comparison: Comparison) -> None:
    figure = comparison.plot.differences()
    assert "What changes from before to after" in texts(figure)
    assert "95 % confidence interval" in unwrapped(figure)
    units = [panel.get_xlabel() for panel in figure.axes]
    assert units[0] == "difference (people)"
    assert "difference (percentage points)" in units
    panel = figure.axes[0]
    named = [text.get_text() for text in panel.get_yticklabels()]
    row = comparison.differences().loc[("pilot", "placed")]
    place = named.index("placed")
    dots = {
        one.get_ydata()[0]: one.get_xdata()[0] for one in panel.lines if one.get_marker() == "o"
    }
    assert dots[place] == pytest.approx(row["difference"])
    spans = [c.get_segments()[0] for c in panel.collections]
    (span,) = [s for s in spans if s[0][1] == place]
    assert [span[0][0], span[1][0]] == pytest.approx([row["ci_low"], row["ci_high"]])
    assert_nothing_overlaps(figure)


@pytest.mark.parametrize(
    "change",
    [{"start": "2019-05"}, {"months": 24}, {"currency": "JPY"}, {PASS: 0.0}, {"months": 1}],
)
@pytest.mark.parametrize("kind", ["trajectories", "differences"])
def test_pictures_of_unlike_designs(kind: str, change: dict[str, Any]) -> None:
    # the currency of a catalogue scenario cannot change, that of its data can
    other = load("bare_pipeline").model_dump(mode="json") | (change if PASS not in change else {})
    design = load(other, change if PASS in change else ())
    found = compare("bare_pipeline", design, replications=2, seed=1, names=("one", "other"))
    figure = getattr(found.plot, kind)()
    shown = unwrapped(figure)
    for note in found.notes:
        assert note in shown
    assert_nothing_overlaps(figure)


def test_what_cannot_be_compared_is_said() -> None:
    yen = load("bare_pipeline").model_dump(mode="json") | {"currency": "JPY"}
    found = compare("bare_pipeline", yen, replications=2, seed=1, names=("euros", "yen"))
    assert "Not compared: EUR and JPY." in texts(found.plot.trajectories())
    assert not any("EUR" in panel.get_xlabel() for panel in found.plot.differences().axes)


def test_outcomes_that_few_pairs_have_are_marked() -> None:
    # one person in training, who seldom passes the exam
    changes = {"programmes.pilot.intakes.seats": 1, PASS: 0.5}
    a = load("bare_pipeline", changes)
    b = load("bare_pipeline", {**changes, PASS: 0.6})
    found = compare(a, b, replications=12, seed=1, names=("one", "other"))
    columns = ["runs_used_a", "runs_used_b"]
    used = found.differences().loc[("pilot", "months_to_placement_median"), columns].tolist()
    assert 1 < min(used) < 12
    figure = found.plot.differences()
    # a mean of the few runs that have it would be another estimand, so that none is drawn
    assert np.isnan(found.differences().loc[("pilot", "months_to_placement_median"), "difference"])
    assert label_of("months_to_placement_median") not in texts(figure)
    assert_nothing_overlaps(figure)


def test_one_pair_of_runs_has_no_interval() -> None:
    other = load("bare_pipeline", {PASS: 0.95})
    found = compare("bare_pipeline", other, replications=1, seed=1, names=("one", "other"))
    labels = [t.get_text() for t in found.plot.differences().axes[0].texts]
    assert labels
    assert not any("to" in label for label in labels)


@pytest.mark.parametrize(
    ("limits", "unit", "factor"),
    [
        ((0, 12_000), "EUR", 1),
        ((0, 30e6), "EUR", 1e6),
        ((0, 3), "people", 1),
        ((0, 1), "0 to 1", 1),
        ((0, 0.07), "months", 1),
        ((-5, 5), "EUR", 1),
        ((-6.5, 6.5), "percentage points", 1),
    ],
)
def test_ticks_say_where_they_are(limits: tuple[float, float], unit: str, factor: float) -> None:
    figure, (panel,) = style.panels(1, 1, 4, 4)
    panel.set_ylim(*limits)
    style.amounts(panel.yaxis, unit)
    figure.canvas.draw()
    shown = [tick.get_text() for tick in panel.get_yticklabels()]
    assert len(set(shown)) == len(shown) >= 3
    numbers = [float(one.replace(",", "").replace("\N{MINUS SIGN}", "-")) for one in shown]
    np.testing.assert_allclose(np.array(numbers) * factor, panel.get_yticks(), atol=1e-9)
    if unit == "people":
        assert all(number == round(number) for number in numbers)
    assert panel.get_ylabel() == ("million EUR" if factor > 1 else unit)
    if limits[1] == 12_000:
        assert "2,000" in shown
