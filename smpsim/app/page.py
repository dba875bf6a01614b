"""The page of the cockpit: questions on the left, screens on the right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import solara
import solara.lab
from solara.alias import rv

from smpsim.app import markup, screens, tabs
from smpsim.app.answer import Answer
from smpsim.app.demand import in_words
from smpsim.app.look import STYLE
from smpsim.app.monitoring import Reports
from smpsim.app.options import options_in_link, programme_in_link
from smpsim.app.runs import StaleError, answers
from smpsim.app.state import CHOICES, State, choices, from_link, moved, uploaded
from smpsim.app.uploads import Upload
from smpsim.guided.questions import Control, controls
from smpsim.guided.real import Near, Profile, marks_of, nearest, profile_of, profiles
from smpsim.scenario import ScenarioError
from smpsim.scenario.cautions import cautions
from smpsim.scenario.parameters import CENTRE, LIKELY
from smpsim.scenario.yaml_files import LARGEST_FILE

SETTLED = 0.02
"""Seconds without a further move after which a slider is taken to rest."""


@solara.component
def Page() -> None:  # noqa: N802
    """Show the cockpit."""
    router = solara.use_router()
    link = router.search or ""
    opened = solara.use_memo(lambda: from_link(link), [])
    others = solara.use_memo(lambda: options_in_link(link), [])
    state, set_state = solara.use_state(opened[0])
    said, set_said = solara.use_state([*opened[1], *others[1]])
    programme, set_programme = solara.use_state(programme_in_link(link))
    kept, set_kept = solara.use_state(others[0])
    none: Reports | None = None
    reports, set_reports = solara.use_state(none)
    # on a telephone, where they are above the answer
    asking, set_asking = solara.use_state(False)
    latest: Any = solara.use_ref(None)
    known = solara.use_thread(lambda: profiles(), [], intrusive_cancel=False)

    def work(cancel: Any) -> Iterator[tuple[Answer | None, list[str]]]:
        if cancel.wait(SETTLED):
            return
        try:
            for one in answers(state, programme or None, cancel.is_set):
                yield one, []
        except StaleError:
            return
        except Exception as error:
            yield None, in_words(error)

    found = solara.use_thread(work, [state.link(), state.text, programme], intrusive_cancel=False)
    shown, problems = found.value or (None, [])
    if shown is not None:
        latest.current = shown

    def go(new: State, said_of_it: list[str] | None = None, other: str | None = None) -> None:
        set_said(said_of_it or [])
        if other is not None:
            set_programme(other)
        if new.name != state.name or new.text != state.text:
            set_reports(None)
        set_state(new)

    solara.Title("smpsim")
    solara.Style(STYLE)
    design = state.design()
    names = [one.name for one in design.programmes]
    chosen = programme if programme in names else names[0]
    warned = solara.use_memo(lambda: cautions(design, chosen), [state.link(), state.text, chosen])
    with solara.Div(classes=["smp-shell"]):
        side = "smp-side" if asking else "smp-side smp-closed"
        with solara.Div(classes=["smp-toggle"]):
            label = "Hide the questions" if asking else "Change something"
            solara.Button(label, on_click=lambda: set_asking(not asking), outlined=True, block=True)
        with solara.Div(classes=side.split()):
            Start(state, chosen, known.value or (), go, set_said)
            Questions(state, chosen, set_programme, known.value or (), go, set_said)
        with solara.Div(classes=["smp-main"]):
            with solara.Div(classes=["smp-top"]):
                Colours()
            busy = found.state not in (solara.ResultState.FINISHED, solara.ResultState.ERROR)
            rv.ProgressLinear(
                indeterminate=busy,
                value=0 if busy else 100,
                height=3,
                attributes={"aria-label": "running" if busy else "all runs are done"},
            )
            tabs.problems([*said, *problems])
            tabs.html(screens.cautions(warned))
            if latest.current is None:
                tabs.html(markup.paragraphs([screens.COMPILING]))
            else:
                # what is said above comes and goes, and must not lead back to the first screen
                shared = tabs.Shared(latest.current, kept, set_kept, reports, set_reports)
                Screens(shared).key("screens")


@solara.component
def Screens(shared: tabs.Shared) -> None:  # noqa: N802
    """Show the screens of an answer."""
    with solara.lab.Tabs(lazy=True):
        with solara.lab.Tab("Answer"):
            tabs.AnswerScreen(shared)
        with solara.lab.Tab("Options"):
            tabs.Options(shared)
        with solara.lab.Tab("Money"):
            tabs.Money(shared)
        with solara.lab.Tab("Trust"):
            tabs.Trust(shared)
        with solara.lab.Tab("One world"):
            tabs.WorldScreen(shared)
        with solara.lab.Tab("Take away"):
            tabs.TakeAway(shared)


@solara.component_vue("colours.vue")
def Colours() -> None:  # noqa: N802
    """Let the page be light or dark: as the reader's system says, or as the reader chooses."""


@solara.component
def Start(  # noqa: N802
    state: State,
    programme: str,
    known: Sequence[Profile],
    go: Callable[..., None],
    set_said: Callable[[list[str]], None],
) -> None:
    """Ask for a scenario: of the catalogue, or a file."""
    found = choices()
    titles = {title: name for name, title in sorted(found.items(), key=lambda one: one[1])}
    title = found.get(state.name, state.name) if state.text is None else state.name
    values = [*titles] if state.text is None else [state.name, *titles]

    def choose(new: str) -> None:
        if new in titles:
            go(replace(state, name=titles[new], text=None, changes={}))

    def upload(name: str, content: bytes) -> None:
        try:
            new = uploaded(name, content)
            go(replace(state, name=new.name, text=new.text, changes={}))
        except ScenarioError as error:
            set_said(in_words(error))

    solara.Select("Scenario", values=values, value=title, on_value=choose)
    tabs.html('<div class="smp-label">Or a scenario file (YAML)</div>')
    Upload(upload, ".yaml,.yml", LARGEST_FILE)
    solara.Select(
        "Runs",
        values=list(CHOICES),
        value=state.replications,
        on_value=lambda number: go(replace(state, replications=number)),
    )
    solara.Checkbox(
        label="Chance only: no draws of what is not known",
        value=state.parameters == CENTRE,
        on_value=lambda only: go(replace(state, parameters=CENTRE if only else LIKELY)),
    )
    if state.changes:
        count = len(state.changes)
        label = f"Undo {count} change{'' if count == 1 else 's'}"
        solara.Button(label, on_click=lambda: go(replace(state, changes={})), text=True)
    near = solara.use_memo(
        lambda: _nearest(state, programme, known),
        [state.link(), state.text, programme, len(known)],
    )
    if near is not None:
        differs = f"; it differs most in {'; '.join(near.differs)}" if near.differs else ""
        text = f"Nearest real programme: {near.profile.name}{differs}"
        tabs.html(markup.paragraphs([text], "note"))
        new = replace(state, name=near.profile.scenario, text=None, changes={})
        solara.Button(
            "Start from this programme",
            on_click=lambda: go(new, None, near.profile.programme),
            text=True,
        )


def _nearest(state: State, programme: str, known: Sequence[Profile]) -> Near | None:
    """Return the real programme that is nearest, other than the scenario itself."""
    mine = profile_of(state.design(), programme)
    return nearest(mine, [one for one in known if state.text or one.scenario != state.name])


@solara.component
def Questions(  # noqa: N802
    state: State,
    chosen: str,
    set_programme: Callable[[str], None],
    known: Sequence[Profile],
    go: Callable[..., None],
    set_said: Callable[[list[str]], None],
) -> None:
    """Ask the guided questions."""
    design = state.design()
    original = solara.use_memo(replace(state, changes={}).design, [state.name, state.text])
    names = [one.name for one in design.programmes]
    if len(names) > 1:
        solara.Select("Programme", values=names, value=chosen, on_value=set_programme)

    def move(control: Control, value: Any) -> None:
        if value == control.value or (not control.words and control.taken(value) == control.value):
            return
        try:
            go(moved(state, control, value))
        except ScenarioError as error:
            set_said(in_words(error))

    asked = solara.use_memo(
        lambda: controls(design, original, chosen), [state.link(), state.text, chosen]
    )
    with rv.ExpansionPanels(accordion=True, flat=True, v_model=0):
        for question, members in asked.items():
            with rv.ExpansionPanel():
                rv.ExpansionPanelHeader(children=[question], class_="px-2")
                with rv.ExpansionPanelContent():
                    for control in members:
                        Slider(control, design.currency, known, move).key(control.key)
    if known:
        text = (
            "Marks below the sliders: what the catalogue states for real programmes. Much of it "
            "is assumed, as the screen Trust says for each programme."
        )
        tabs.html(markup.paragraphs([text], "note"))


@solara.component
def Slider(  # noqa: N802
    control: Control,
    currency: str,
    known: Sequence[Profile],
    move: Callable[[Control, Any], None],
) -> None:
    """Show a value that can be changed."""
    tabs.html(screens.label(control, currency))
    if control.words:
        rv.Select(
            v_model=control.value,
            items=list(control.words),
            on_v_model=lambda value: move(control, value),
            dense=True,
            hide_details=True,
            attributes={"aria-label": control.label},
        )
        return
    rv.Slider(
        v_model=control.value,
        min=control.low,
        max=control.high,
        step=control.step,
        on_v_model=lambda value: move(control, value),
        hide_details=True,
        dense=True,
        attributes={"aria-label": f"{control.label} [{control.unit}]"},
    )
    marks = solara.use_memo(
        lambda: markup.marks(marks_of(control, currency, known), control.low, control.high),
        [control.template, control.low, control.high, currency, len(known)],
    )
    if marks:
        tabs.html(marks)
