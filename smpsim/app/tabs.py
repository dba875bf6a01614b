"""The screens as Solara shows them, with what can be asked for on each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import solara

from smpsim.app import deciding, exports, markup, monitoring, screens
from smpsim.app.answer import Answer
from smpsim.app.demand import Demand, in_words, use_demand
from smpsim.app.monitoring import Ahead, Reports
from smpsim.app.options import MOST, Option, link_of, rows, unused_name
from smpsim.app.runs import StaleError
from smpsim.app.state import State
from smpsim.app.uploads import Upload
from smpsim.app.world import world_of
from smpsim.messages import shown_value
from smpsim.scenario import ScenarioError


@dataclass(frozen=True)
class Shared:
    """What screens share and change.

    Parameters
    ----------
    shown : Answer
    kept : list of Option
    set_kept : callable
    reports : Reports, optional
    set_reports : callable
    """

    shown: Answer
    kept: list[Option]
    set_kept: Callable[[list[Option]], None]
    reports: Reports | None
    set_reports: Callable[[Reports | None], None]


def html(text: str) -> None:
    """Show HTML in which all that comes from files is escaped."""
    solara.HTML("div", unsafe_innerHTML=text, classes=["smp"])


def problems(found: list[str]) -> None:
    """Show what went wrong."""
    if found:
        solara.HTML(
            "div",
            unsafe_innerHTML=markup.paragraphs(found, "problem"),
            classes=["smp"],
            attributes={"role": "alert"},
        )


def asking(label: str, demand: Demand, runs: int | None = None) -> None:
    """Show a button for what takes a while, how far it is, and what went wrong."""
    with solara.Div(classes=["smp-row"]):
        solara.Button(label, on_click=demand.start, disabled=demand.running, outlined=True)
        if demand.running:
            of = f" of {runs:,}" if runs else ""
            html(f'<p class="note" role="status">Running: {demand.done:,}{of} runs</p>')
    if demand.running:
        solara.ProgressLinear(100 * demand.done / runs if runs and demand.done else True)
    problems(demand.problems)


@solara.component
def AnswerScreen(shared: Shared) -> None:  # noqa: N802
    """Show what the runs come to."""
    shown, reports = shared.shown, shared.reports

    def make(progress: Any, is_stale: Any) -> Ahead:
        assert reports is not None
        return monitoring.ahead(shown.state, reports, shown.programme, progress, is_stale)

    said, set_said = solara.use_state(list[str]())
    demand = use_demand(make, (shown.state.link(), shown.state.text, shown.programme, reports))
    with solara.Div(classes=["smp-columns"]):
        html(screens.answer(shown))
        with solara.Div():
            given = demand.value.curves if demand.value else None
            html(screens.pictures(shown, reports, given))
            html("<h3>Your own monitoring data</h3>")
            if reports is None:
                text = (
                    "A CSV file with columns month, outcome and value. Its values appear as dots "
                    "over the curves, and a forecast can be made from them. The file stays on "
                    "this computer."
                )
                html(markup.paragraphs([text], "note"))

                def read(name: str, content: bytes) -> None:
                    try:
                        shared.set_reports(monitoring.reports_of(shown.state, name, content))
                        set_said([])
                    except ScenarioError as error:
                        set_said(in_words(error))

                Upload(read, ".csv", monitoring.LARGEST)
            else:
                many = f"{reports.name}: {len(reports.observed)} reported values."
                html(markup.paragraphs([many], "note"))
                with solara.Div(classes=["smp-row"]):
                    asking("Forecast from them", demand, monitoring.DRAWS)
                    solara.Button("Remove", on_click=lambda: shared.set_reports(None), text=True)
            problems(said)
            if demand.value:
                html(screens.ahead(demand.value))


@solara.component
def Options(shared: Shared) -> None:  # noqa: N802
    """Show options side by side."""
    shown, kept = shared.shown, shared.kept
    name, set_name = solara.use_state("")
    wanted = name or (", ".join(_short(shown.state)) or "As it is")
    key = [(one.name, one.programme, one.state.link(), one.state.text) for one in kept]

    def keep() -> None:
        new = Option(unused_name(wanted, kept), shown.state, shown.programme)
        shared.set_kept([*kept, new])
        set_name("")

    def work(cancel: Any) -> Any:
        try:
            return (rows(kept, is_stale=cancel.is_set), [])
        except StaleError:
            return None
        except Exception as error:
            return ([], in_words(error))

    found = solara.use_thread(work, [key], intrusive_cancel=False)
    demand = use_demand(lambda progress, stale: deciding.judged(kept, progress, stale), key)
    text = (
        f"Keep the settings on the left under a name, up to {MOST} times: change something, and "
        "keep it again. All options are compared with the first under the same chance events."
    )
    html("<h2>Options side by side</h2>" + markup.paragraphs([text]))
    with solara.Div(classes=["smp-row"]):
        solara.InputText(f"Name (empty: {wanted[:40]})", value=name, on_value=set_name)
        solara.Button(
            "Keep as an option", on_click=keep, disabled=len(kept) >= MOST, color="primary"
        )
        if kept:
            solara.Button("Start again", on_click=lambda: shared.set_kept([]), text=True)
    if not kept:
        return
    if found.value is None or (not found.value[1] and len(found.value[0]) != len(kept)):
        html(markup.paragraphs(["Running the options ..."], "note"))
        return
    problems(found.value[1])
    runs = kept[0].state.replications
    note = (
        f"{runs:,} runs each, paired with those of the first. In brackets: where 90 % of the "
        "runs lie, or 90 % of the pairs; a dash, or no brackets: in too few runs anybody can be "
        f"observed for so long. {screens.HOLDS[kept[0].state.parameters]}"
    )
    table = markup.options(found.value[0], shown.currency)
    html(f'<div class="wide">{table}</div>' + markup.paragraphs([note], "note"))
    if len(kept) > 1:
        html("<h2>In all plausible worlds</h2>")
        text = (
            "A world is one draw of what is not known about behaviour, from the catalogue's "
            f"calibration: {deciding.WORLDS} worlds, the same for all options."
        )
        html(markup.paragraphs([text], "note"))
        asking("Compare in plausible worlds", demand, deciding.runs_of(kept))
        if demand.value:
            html(screens.judged(demand.value))
    commands = "".join(f"<pre>{escape(one.command)}</pre>" for one in found.value[0])
    html(f"<h3>The same on the command line</h3>{commands}")


def _short(state: State) -> list[str]:
    return [f"{key.rpartition('.')[2]} {shown_value(one)}" for key, one in state.changes.items()]


@solara.component
def Money(shared: Shared) -> None:  # noqa: N802
    """Show who pays and who gains."""
    html(screens.money(shared.shown))


@solara.component
def Trust(shared: Shared) -> None:  # noqa: N802
    """Show what is known and what is assumed, and what to find out first."""
    shown = shared.shown
    compared = shared.kept
    if len(compared) < 2 and shown.state.changes:
        plain = replace(shown.state, changes={})
        compared = [
            Option("as in the scenario", plain, shown.programme),
            Option("as set here", shown.state, shown.programme),
        ]
    key = [(one.name, one.state.link(), one.state.text) for one in compared]
    demand = use_demand(lambda progress, stale: deciding.judged(compared, progress, stale), key)
    html("<h2>What to find out first</h2>")
    if len(compared) < 2:
        text = (
            "What is worth knowing depends on the choice: change something on the left, or keep "
            "two options."
        )
        html(markup.paragraphs([text]))
    else:
        names = ", ".join(one.name for one in compared)
        text = (
            f"For the choice between {names}: the most that knowing a figure on behaviour before "
            "choosing could gain on average (expected value of partial perfect information)."
        )
        html(markup.paragraphs([text]))
        asking("Compute it", demand, deciding.runs_of(compared))
        if demand.value:
            html(screens.worth_knowing(demand.value))
    page = solara.use_memo(lambda: screens.trust(shown), [shown])
    html(page)


@solara.component_vue("world.vue")
def Animation(frames: dict[str, Any]) -> None:  # noqa: N802
    """Show the frames of a run; played in the browser."""


@solara.component
def WorldScreen(shared: Shared) -> None:  # noqa: N802
    """Show one world month by month."""
    shown = shared.shown
    number, set_number = solara.use_state(0)
    key = (shown.state.link(), shown.state.text, shown.programme, number)

    def work(cancel: Any) -> Any:
        try:
            return (key, world_of(shown.state, shown.programme, number).frames, [])
        except Exception as error:
            return (key, None, in_words(error))

    found = solara.use_thread(work, [key], intrusive_cancel=False)
    html("<h2>One world month by month</h2>")
    with solara.Div(classes=["smp-row"]):
        solara.Button("Another run", on_click=lambda: set_number(number + 1), outlined=True)
    if found.value is None:
        html(markup.paragraphs(["Making one run ..."], "note"))
        return
    problems(found.value[2])
    if found.value[1]:
        Animation(frames=found.value[1])


@solara.component
def TakeAway(shared: Shared) -> None:  # noqa: N802
    """Show what can be taken away: files, commands, the link."""
    shown, kept = shared.shown, shared.kept
    state, programme = shown.state, shown.programme
    name = state.name.removesuffix(".yaml").removesuffix(".yml")
    key = (state.link(), state.text, [(one.name, one.state.link()) for one in kept])

    def make(progress: Any, is_stale: Any) -> tuple[bytes, bytes]:
        found = exports.reported(state, kept, progress, is_stale)
        return exports.page_of(found), exports.workbook_of(found)

    demand = use_demand(make, key)
    html("<h2>Files</h2>")
    with solara.Div(classes=["smp-row"]):
        solara.FileDownload(state.yaml, f"{name}.yaml", label="Scenario (YAML)")
        for kind in ("png", "svg"):
            solara.FileDownload(
                lambda kind=kind: exports.picture(state, programme, kind),
                f"{name}.{kind}",
                label=f"Picture ({kind.upper()})",
            ).key(kind)
        solara.FileDownload(
            lambda: exports.tables(state, programme), f"{name}.zip", label="Tables (CSV)"
        )
    html("<h3>Report and workbook</h3>")
    what = f"the {min(len(kept), exports.MOST)} options that were kept" if kept else "what is shown"
    text = (
        f"On {what}: a page that opens offline and prints, and a workbook with every table. It "
        "takes runs at both ends of each guess."
    )
    html(markup.paragraphs([text], "note"))
    asking("Make report and workbook", demand)
    if demand.value:
        page, book = demand.value
        with solara.Div(classes=["smp-row"]):
            solara.FileDownload(page, f"{name}.html", label="Report (HTML)")
            solara.FileDownload(book, f"{name}.xlsx", label="Workbook (xlsx)")
    left_out = sum(one.state.text is not None for one in kept)
    html(screens.take_away(state, link_of(state, kept, programme), left_out))
