"""Asking for a file, of which no more is read than it may have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara
from ipyvuetify.extra import FileInput


@solara.component
def Upload(  # noqa: N802
    upload: Callable[[str, bytes], None], accept: str, largest: int
) -> Any:
    """Ask for a file, and hand its name and content on.

    Parameters
    ----------
    upload : callable
        Called in a thread.
    accept : str
        How names of files end that the browser offers.
    largest : int
        Bytes that a file may have; one more is read, so that more can be refused.
    """
    none: list[Any] = []
    chosen, set_chosen = solara.use_state(none)
    files, set_files = solara.use_state(none)
    element = FileInput.element(accept=accept, multiple=False, on_file_info=set_chosen)

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
            upload(file["name"], file["file_obj"].read(largest + 1))

    # its content comes in messages, which must be heard meanwhile
    solara.use_thread(read, [files], intrusive_cancel=False)
    return element
