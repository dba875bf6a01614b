"""What the screens of the cockpit say, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from smpsim.app import markup
from smpsim.app.answer import Answer
from smpsim.app.curves import SHOWN, Curve
from smpsim.app.deciding import FIGURE_HEADS, OPTION_HEADS, Judged
from smpsim.app.drawing import curve_svg, payments_svg
from smpsim.app.monitoring import SIGN_HEADS, Ahead, Reports, points
from smpsim.app.rows import rounded
from smpsim.app.state import State
from smpsim.app.trust import LEFT_OUT, counted, figures
from smpsim.guided.questions import Control
from smpsim.messages import shown_value
from smpsim.scenario.allowed_values import number_words
from smpsim.scenario.cautions import Caution
from smpsim.scenario.parameters import CENTRE, LIKELY

COMPILING = (
    "Running. The model is compiled when it runs for the first time, which can take a minute."
)
HOLDS = {
    LIKELY: (
        "Each run draws what is not known from its likely range: ranges include that and chance, "
        "but not what the model leaves out."
    ),
    CENTRE: (
        "Ranges include chance alone: neither whether the assumptions are right, nor what the "
        "model leaves out."
    ),
}
"""What a range of the runs holds, by where the runs take their parameters from."""
MOST_CAUTIONS = 4


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
        if isinstance(before, (int, float)):
            before = number_words(before)
        if control.unit == "share":
            before = f"{100 * float(control.original):g} %"
        was = f" (was {escape(str(before))})"
    note = f'<span class="note">{escape(control.note)}</span>' if control.note else ""
    shown = f": <b>{escape(value)}</b> {escape(unit)}" if value else ""
    return f'<div class="smp-label">{escape(control.label)}{shown}{was}{note}</div>'


def cautions(found: Sequence[Caution]) -> str:
    """Return what will surely disappoint in a design."""
    if not found:
        return ""
    said = [one.text for one in found[:MOST_CAUTIONS]]
    if len(found) > MOST_CAUTIONS:
        said.append(f"And {len(found) - MOST_CAUTIONS} more; smpsim check lists all.")
    return f'<div role="status">{markup.paragraphs(said, "caution")}</div>'


def answer(shown: Answer) -> str:
    """Return the words and the way from planned to kept of the screen *Answer*."""
    first, *others = shown.sentences
    parts = [f"<h2>{escape(shown.title)}</h2>"]
    if shown.question:
        parts.append(markup.paragraphs([shown.question], "note"))
    parts += [markup.paragraphs([first], "lead"), markup.paragraphs(others)]
    parts.append("<h2>From planned to kept</h2>")
    parts.append(markup.bars(shown.funnel, ("People", "Mean and range")))
    parts.append(markup.paragraphs([runs(shown)], "note"))
    if shown.binding:
        parts.append("<h2>What holds placements back</h2>")
        parts.append(markup.bars(shown.binding, ("Who or what", "Seats lost")))
    return "".join(parts)


def runs(shown: Answer) -> str:
    """Return how many runs there are, and what their ranges hold."""
    more = "" if shown.is_complete else f" of {shown.state.replications:,}; the others follow"
    return (
        f"{shown.runs:,} runs{more}, seed {shown.seed}. In brackets: where 90 % of the runs lie. "
        f"{HOLDS[shown.state.parameters]}"
    )


def pictures(
    shown: Answer, reports: Reports | None = None, given: Mapping[str, Curve] | None = None
) -> str:
    """Return the curves of the screen *Answer*, with what was reported and what is forecast."""
    parts = []
    for curve in shown.curves:
        if curve.name in SHOWN:
            dots = points(reports, curve.name, shown.programme) if reports else ()
            parts.append(curve_svg(curve, shown.start, dots, (given or {}).get(curve.name)))
    said = "Line: the median of the runs. Band: the middle 90 %."
    if reports:
        said += " Dots: what was reported, with two standard deviations of its error."
    if given:
        said += " Dashed line and its band: given these reports."
    return "".join(parts) + markup.paragraphs([said], "note")


def ahead(found: Ahead) -> str:
    """Return the forecast in words."""
    parts = [markup.paragraphs(found.sentences)]
    if found.watch:
        parts += ["<h3>Early signs</h3>", markup.texts(SIGN_HEADS, found.watch)]
    return "".join(parts)


def money(shown: Answer) -> str:
    """Return the screen *Money*."""
    currency, holds = shown.currency, HOLDS[shown.state.parameters]
    heads = ("Who", f"{currency} in total", "per person enrolled", "per person placed")
    parts = [
        "<h2>Who pays whom</h2>",
        f'<div class="smp-money">{payments_svg(shown.payments, currency)}</div>',
    ]
    note = (
        f"{currency}, mean of the runs, over the whole run: costs, fees, refunds and incentives. "
        "Wages and their use are shown under who gains."
    )
    parts.append(markup.paragraphs([note], "note"))
    rows = [(one.payer, one.payee, one.what, rounded(one.amount)) for one in shown.payments]
    heads_paid = ("Who pays", "Who is paid", "What for", currency)
    table = markup.texts(heads_paid, rows)
    parts.append(f"<details><summary>The same as a table</summary>{table}</details>")
    parts += ["<h2>Who bears the cost</h2>", markup.bars(shown.payers, heads)]
    note = f"Over the whole run, fees included. In brackets: where 90 % of the runs lie. {holds}"
    parts.append(markup.paragraphs([note], "note"))
    if shown.kept:
        kept = [(f"kept {months} months", f"{currency} {price}") for months, price in shown.kept]
        parts.append("<h3>Cost of a placement that lasts</h3>")
        parts.append(markup.texts(("Per person placed and", "Cost"), kept))
    window = f"until {shown.window} months after training"
    heads = ("Who", f"{currency} in total", "per person enrolled", "runs in which it loses")
    parts.append(f"<h2>Who gains and who loses, {window}</h2>")
    parts.append(markup.bars(shown.gains, heads))
    note = (
        f"Received less paid {window} of each intake, discounted to the start, against work at "
        f"home and the employers' usual way to hire. {holds}"
    )
    parts.append(markup.paragraphs([note], "note"))
    losing = [one.label for one in shown.gains if one.kind == "loses"]
    said = [f"On average {' and '.join(losing)} lose{'s' if len(losing) == 1 else ''}."]
    said = (said if losing else []) + ([shown.losers] if shown.losers else [])
    if said:
        parts += ["<h2>Who loses</h2>", markup.paragraphs(said)]
    return "".join(parts)


def trust(shown: Answer) -> str:
    """Return the screen *Trust*, but for what is worth finding out."""
    found = figures(shown.state)
    parts = ["<h2>What is known, and what is assumed</h2>", markup.paragraphs([counted(found)])]
    parts += ["<h3>What the model leaves out</h3>", markup.paragraphs([*LEFT_OUT, runs(shown)])]
    parts.append("<h3>Where these numbers come from</h3>")
    facts = [(str(key), str(one)) for key, one in shown.facts.items() if one is not None]
    parts.append(markup.texts(("What", "Value"), facts))
    parts.append("<h3>Every figure of the scenario</h3>")
    parts.append(markup.figures([one for one in found if not one.is_shared]))
    return "".join(parts)


def judged(found: Judged) -> str:
    """Return options in all plausible worlds."""
    return markup.paragraphs(found.sentences) + markup.texts(OPTION_HEADS, found.options)


def worth_knowing(found: Judged) -> str:
    """Return what to find out first."""
    if not found.figures:
        said = "No figure would change the choice between these options, as far as runs can tell."
        return markup.paragraphs([said])
    return markup.texts(FIGURE_HEADS, found.figures)


def take_away(state: State, link: str, left_out: int) -> str:
    """Return link and commands of a state."""
    parts = ["<h2>The same on the command line</h2>", f"<pre>{escape(state.command())}</pre>"]
    parts += ["<h2>The same in Python</h2>", f"<pre>{escape(state.python())}</pre>"]
    parts.append("<h2>Link</h2>")
    if state.text is not None:
        text = "An uploaded file is not in a link. Download it above, and upload it again."
        return "".join([*parts, markup.paragraphs([text])])
    text = (
        "It holds the scenario's name, what was changed, the options, and the version. Append it "
        "to the address of any cockpit."
    )
    if left_out:
        text += f" Options from uploaded files are left out: {left_out}."
    link = escape(link, quote=True)
    parts.append(markup.paragraphs([text]))
    parts.append(f'<p><a href="/{link}" target="_blank">Link to what is shown</a></p>')
    return "".join([*parts, f"<pre>{link}</pre>"])
