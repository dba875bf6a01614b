"""The page of the cockpit: questions on the left, four screens on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import solara
from ipyvuetify.extra import FileInput
from solara.alias import rv

from smpsim.app import markup, screens
from smpsim.app.answer import Answer, StaleError, answer
from smpsim.app.options import Option
from smpsim.app.questions import Control, controls, moved
from smpsim.app.state import CHOICES, State, choices, from_link, uploaded
from smpsim.scenario import ScenarioError
from smpsim.scenario.yaml_files import LARGEST_FILE

SETTLED = 0.08
"""Seconds without a further move after which a slider is taken to rest."""


@solara.component
def Page() -> None:  # noqa: N802
    """Show the cockpit."""
    router = solara.use_router()
    opened = solara.use_memo(lambda: from_link(router.search or ""), [])
    state, set_state = solara.use_state(opened[0])
    said, set_said = solara.use_state(opened[1])
    programme, set_programme = solara.use_state("")
    none: list[Option] = []
    kept, set_kept = solara.use_state(none)
    # on a telephone, where they are above the answer
    asking, set_asking = solara.use_state(False)
    latest: Any = solara.use_ref(None)

    def work(cancel: Any) -> Answer | None:
        try:
            if cancel.wait(SETTLED):
                return None
            return answer(state, programme or None, cancel.is_set)
        except StaleError:
            return None

    found = solara.use_thread(work, [state.link(), state.text, programme], intrusive_cancel=False)
    if found.value is not None:
        latest.current = found.value

    def go(new: State, problems: list[str] | None = None) -> None:
        set_said(problems or [])
        set_state(new)

    solara.Title("smpsim")
    solara.Style(markup.STYLE)
    with solara.Div(classes=["smp-shell"]):
        side = "smp-side" if asking else "smp-side smp-closed"
        with solara.Div(classes=["smp-toggle"]):
            label = "Hide the questions" if asking else "Change something"
            solara.Button(label, on_click=lambda: set_asking(not asking), outlined=True, block=True)
        with solara.Div(classes=side.split()):
            Start(state, go, set_said)
            Questions(state, programme, set_programme, go, set_said)
        with solara.Div(classes=["smp-main"]):
            rv.ProgressLinear(
                indeterminate=found.state != solara.ResultState.FINISHED,
                height=3,
                attributes={"aria-label": "running"},
            )
            if said:
                screens.html(markup.paragraphs(said, "problem"))
            if found.error is not None:
                screens.html(markup.paragraphs([str(found.error)], "problem"))
            if latest.current is None:
                screens.html(markup.paragraphs([screens.COMPILING]))
            else:
                Screens(latest.current, kept, set_kept)


@solara.component
def Screens(  # noqa: N802
    shown: Answer, kept: list[Option], set_kept: Callable[[list[Option]], None]
) -> None:
    """Show the four screens of an answer."""
    with solara.lab.Tabs(lazy=True):
        with solara.lab.Tab("Answer"):
            screens.AnswerScreen(shown)
        with solara.lab.Tab("Options"):
            screens.Options(shown, kept, set_kept)
        with solara.lab.Tab("Money"):
            screens.Money(shown)
        with solara.lab.Tab("Trust"):
            screens.Trust(shown)
        with solara.lab.Tab("Take away"):
            screens.TakeAway(shown.state)


@solara.component
def Start(  # noqa: N802
    state: State, go: Callable[..., None], set_said: Callable[[list[str]], None]
) -> None:
    """Ask for a scenario: of the catalogue, or a file."""
    known = choices()
    titles = {title: name for name, title in sorted(known.items(), key=lambda one: one[1])}
    title = known.get(state.name, state.name) if state.text is None else state.name
    values = [*titles] if state.text is None else [state.name, *titles]

    def choose(new: str) -> None:
        if new in titles:
            go(State(titles[new], replications=state.replications))

    def upload(name: str, content: bytes) -> None:
        try:
            go(replace(uploaded(name, content), replications=state.replications))
        except ScenarioError as error:
            set_said([str(problem) for problem in error.problems])

    solara.Select("Scenario", values=values, value=title, on_value=choose)
    screens.html('<div class="smp-label">Or a scenario file (YAML)</div>')
    Upload(upload)
    solara.Select(
        "Runs",
        values=list(CHOICES),
        value=state.replications,
        on_value=lambda number: go(replace(state, replications=number)),
    )
    if state.changes:
        count = len(state.changes)
        label = f"Undo {count} change{'' if count == 1 else 's'}"
        solara.Button(label, on_click=lambda: go(replace(state, changes={})), text=True)


@solara.component
def Upload(upload: Callable[[str, bytes], None]) -> Any:  # noqa: N802
    """Ask for a file, and read no more of it than a scenario may have."""
    none: list[Any] = []
    chosen, set_chosen = solara.use_state(none)
    files, set_files = solara.use_state(none)
    element = FileInput.element(accept=".yaml,.yml", multiple=False, on_file_info=set_chosen)

    def wire() -> None:
        if chosen:
            widget = solara.get_widget(element)
            # files of before are not read again
            widget.version += 1
            widget.reset_stats()
            set_files(widget.get_files())

    solara.use_effect(wire, [chosen])

    def read(cancel: Any) -> None:
        for file in files:
            # one byte too many is enough to say so
            upload(file["name"], file["file_obj"].read(LARGEST_FILE + 1))

    # its content comes in messages, which must be heard meanwhile
    solara.use_thread(read, [files], intrusive_cancel=False)
    return element


@solara.component
def Questions(  # noqa: N802
    state: State,
    programme: str,
    set_programme: Callable[[str], None],
    go: Callable[..., None],
    set_said: Callable[[list[str]], None],
) -> None:
    """Ask the guided questions."""
    design = state.design()
    original = solara.use_memo(replace(state, changes={}).design, [state.name, state.text])
    names = [one.name for one in design.programmes]
    chosen = programme if programme in names else names[0]
    if len(names) > 1:
        solara.Select("Programme", values=names, value=chosen, on_value=set_programme)

    def move(control: Control, value: Any) -> None:
        if value == control.value or (not control.words and control.taken(value) == control.value):
            return
        try:
            go(moved(state, control, value))
        except ScenarioError as error:
            set_said([str(problem) for problem in error.problems])

    asked = controls(design, original, chosen)
    with rv.ExpansionPanels(accordion=True, flat=True, v_model=0):
        for question, members in asked.items():
            with rv.ExpansionPanel():
                rv.ExpansionPanelHeader(children=[question], class_="px-2")
                with rv.ExpansionPanelContent():
                    for control in members:
                        Slider(control, design.currency, move).key(control.key)


@solara.component
def Slider(  # noqa: N802
    control: Control, currency: str, move: Callable[[Control, Any], None]
) -> None:
    """Show a value that can be changed."""
    label = screens.label(control, currency)
    if control.words:
        screens.html(f"{label}")
        rv.Select(
            v_model=control.value,
            items=list(control.words),
            on_v_model=lambda value: move(control, value),
            dense=True,
            hide_details=True,
            attributes={"aria-label": control.label},
        )
        return
    screens.html(label)
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
