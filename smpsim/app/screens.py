"""What the screens of the cockpit say."""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape
from typing import Any

import solara

from smpsim.app import markup
from smpsim.app.answer import Answer
from smpsim.app.options import MOST, Option, rows, unused_name
from smpsim.app.questions import Control
from smpsim.app.state import State
from smpsim.app.trust import LEFT_OUT, counted, figures
from smpsim.messages import shown_value
from smpsim.results.gains import window_of
from smpsim.results.provenance import brief
from smpsim.scenario.allowed_values import number_words

COMPILING = (
    "Running. The model is compiled when it runs for the first time, which can take a minute."
)
PICTURE = "Placements and cost since the start, month by month, with the range of the runs"
RANGE = "In brackets: where 90 % of the runs lie. It shows chance alone."


def html(text: str) -> None:
    """Show HTML in which all that comes from files is escaped."""
    solara.HTML("div", unsafe_innerHTML=text, classes=["smp"])


def label(control: Control, currency: str) -> str:
    """Return what stands above a slider."""
    value = "" if control.words else shown_value(control.value)
    if isinstance(control.value, (int, float)):
        value = number_words(control.value)
    unit = control.unit.replace("currency", currency).replace("0 to 1", "on a scale from 0 to 1")
    if unit == "share":
        value, unit = f"{100 * float(control.value):g} %", ""
    was = ""
    if control.value != control.original and control.original is not None:
        before = control.original
        if control.unit == "share":
            before = f"{100 * float(before):g} %"
        was = f" (was {escape(str(before))})"
    note = f'<span class="note">{escape(control.note)}</span>' if control.note else ""
    shown = f": <b>{escape(value)}</b> {escape(unit)}" if value else ""
    return f'<div class="smp-label">{escape(control.label)}{shown}{was}{note}</div>'


@solara.component
def AnswerScreen(shown: Answer) -> None:  # noqa: N802
    """Show what the runs come to."""
    with solara.Div(classes=["smp-columns"]):
        html(answer(shown))
        picture = base64.b64encode(shown.picture).decode()
        html(f'<img alt="{PICTURE}" src="data:image/png;base64,{picture}">')


@solara.component
def Money(shown: Answer) -> None:  # noqa: N802
    """Show who pays and who gains."""
    html(money(shown))


@solara.component
def Trust(shown: Answer) -> None:  # noqa: N802
    """Show what is known and what is assumed."""
    html(trust(shown))


def answer(shown: Answer) -> str:
    """Return the screen *Answer*."""
    first, *others = shown.sentences
    title = shown.result.title
    parts = [f"<h2>{escape(title)}</h2>"]
    if shown.question:
        parts.append(markup.paragraphs([shown.question], "note"))
    parts += [markup.paragraphs([first], "lead"), markup.paragraphs(others)]
    parts.append("<h2>From planned to kept</h2>")
    parts.append(markup.bars(shown.funnel(), ("People", "Mean and range")))
    runs = f"{shown.result.runs:,} runs, seed {shown.result.seed}. {RANGE}"
    parts.append(markup.paragraphs([runs], "note"))
    binding = shown.binding()
    if binding:
        parts.append("<h2>What holds placements back</h2>")
        parts.append(markup.bars(binding, ("Who or what", "Seats lost")))
    return "".join(parts)


def money(shown: Answer) -> str:
    """Return the screen *Money*."""
    currency = shown.result.currency
    months = window_of(shown.result.outcome_table.columns)
    heads = ("Who", f"{currency} in all", "for each enrolled", "for each placed")
    parts = ["<h2>Who pays</h2>", markup.bars(shown.payers(), heads)]
    parts.append(
        markup.paragraphs(
            [f"Cost that each bears over the whole run, fees included. {RANGE}"], "note"
        )
    )
    heads = ("Who", f"{currency} in all", "for each enrolled", "runs in which it loses")
    parts.append(f"<h2>Who gains and who loses, until {months} months after training</h2>")
    parts.append(markup.bars(shown.gains(), heads))
    note = (
        "Received less paid, discounted to the start, against work at home and the employers' "
        f"usual way to hire. {RANGE}"
    )
    parts.append(markup.paragraphs([note], "note"))
    if shown.losers():
        parts += ["<h2>People who lose</h2>", markup.paragraphs([shown.losers()])]
    return "".join(parts)


def trust(shown: Answer) -> str:
    """Return the screen *Trust*."""
    found = figures(shown.state)
    parts = ["<h2>What is known, and what is assumed</h2>", markup.paragraphs([counted(found)])]
    parts += ["<h3>What the model leaves out</h3>", markup.paragraphs(LEFT_OUT)]
    facts = brief(shown.result.provenance)
    facts |= facts.pop("versions", {})
    parts.append("<h3>Where these numbers come from</h3><table><tbody>")
    parts += [
        f"<tr><td>{escape(str(key))}</td><td>{escape(str(value))}</td></tr>"
        for key, value in facts.items()
        if value is not None
    ]
    parts.append("</tbody></table><h3>Every figure of the scenario</h3>")
    parts.append(markup.figures([one for one in found if not one.is_shared]))
    return "".join(parts)


@solara.component
def Options(  # noqa: N802
    shown: Answer, kept: list[Option], set_kept: Callable[[list[Option]], None]
) -> None:
    """Show options side by side."""
    name, set_name = solara.use_state("")
    wanted = name or (", ".join(_short(shown.state)) or "As it is")

    def keep() -> None:
        new = Option(unused_name(wanted, kept), shown.state, shown.programme)
        set_kept([*kept, new])
        set_name("")

    def work(cancel: Any) -> Any:
        return rows(kept)

    found = solara.use_thread(
        work, [[(one.name, one.state.link()) for one in kept]], intrusive_cancel=False
    )
    html(
        "<h2>Options side by side</h2>"
        + markup.paragraphs(
            [
                f"Keep what is set on the left under a name, up to {MOST} times; change something "
                "and keep it again. All are compared with the first under the same chance events."
            ]
        )
    )
    with solara.Row(style={"flex-wrap": "wrap", "align-items": "center"}):
        solara.InputText(f"Name (empty: {wanted[:40]})", value=name, on_value=set_name)
        solara.Button(
            "Keep as an option", on_click=keep, disabled=len(kept) >= MOST, color="primary"
        )
        if kept:
            solara.Button("Start again", on_click=lambda: set_kept([]), text=True)
    if not kept:
        return
    if found.error is not None:
        html(markup.paragraphs([str(found.error)], "problem"))
    elif found.value is None or len(found.value) != len(kept):
        html(markup.paragraphs(["The options are run ..."], "note"))
    else:
        runs = kept[0].state.replications
        note = (
            f"{runs:,} runs each, paired with those of the first. Placed and cost: mean and where "
            "90 % of the runs lie. Differences: mean and 95 % confidence interval."
        )
        html(
            f'<div class="wide">{markup.options(found.value, shown.result.currency)}</div>'
            + markup.paragraphs([note], "note")
            + "<h3>The same on the command line</h3>"
            + "".join(f"<pre>{escape(one.command)}</pre>" for one in found.value)
        )


def _short(state: State) -> list[str]:
    return [f"{key.rpartition('.')[2]} {shown_value(one)}" for key, one in state.changes.items()]


@solara.component
def TakeAway(state: State) -> None:  # noqa: N802
    """Show the link, the commands and the file of a state."""
    link = escape(state.link(), quote=True)
    parts = ["<h2>The same on the command line</h2>", f"<pre>{escape(state.command())}</pre>"]
    parts += ["<h2>The same in Python</h2>", f"<pre>{escape(state.python())}</pre>"]
    if state.text is None:
        text = (
            "It holds the scenario's name, what was changed, and the version. Put it behind the "
            "address of any cockpit."
        )
        parts.append(f"<h2>Link</h2>{markup.paragraphs([text])}")
        parts.append(
            f'<p><a href="/{link}" target="_blank">Link to what is shown</a></p><pre>{link}</pre>'
        )
    else:
        text = "An uploaded file is not in a link. Download it below, and upload it again."
        parts.append(f"<h2>Link</h2>{markup.paragraphs([text])}")
    parts.append("<h2>Scenario file</h2>")
    html("".join(parts))
    solara.FileDownload(
        state.yaml, f"{state.name.removesuffix('.yaml')}.yaml", label="Download YAML"
    )
