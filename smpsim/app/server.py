"""The server of the cockpit: on this computer alone, and without a request to any other."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import warnings
import webbrowser
from collections.abc import Callable

from smpsim.errors import RequestError
from smpsim.extras import MissingExtraError, need

HOST = "127.0.0.1"
"""Nobody outside this computer can reach it."""
PORT = 8765
SETTINGS = {
    # nothing is told to anybody
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    # scripts and fonts come with solara-assets; of what is not there nothing is fetched
    "SOLARA_ASSETS_CDN": f"http://{HOST}:9/",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
    "SOLARA_THEME_TITLE": "smpsim",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_MODE": "production",
    "SOLARA_KERNEL_CULL_TIMEOUT": "10m",
}
"""Of Solara, by environment variable; read when it is imported."""
PATIENCE = 0.05  # seconds between looks whether the server has started


def serve(
    link: str = "",
    port: int = PORT,
    *,
    open_browser: bool = True,
    ready: Callable[[str], object] = print,
) -> None:
    """Serve the cockpit until it is stopped.

    Parameters
    ----------
    link : str
        What is shown first, from the question mark on (see `smpsim.app.state.State.link`).
    port : int
        0: one that is free.
    open_browser : bool
        Open the page in the browser.
    ready : callable
        Called with the address once the server answers.

    Raises
    ------
    MissingExtraError
        If Solara is not installed.
    RequestError
        If the port is taken.
    """
    need("app", "smpsim app")
    os.environ.update(SETTINGS)
    os.environ["SOLARA_APP"] = f"{__package__}.page:Page"
    import uvicorn
    from solara.server import settings

    if not settings.assets.proxy_cache_dir.is_dir():
        raise MissingExtraError("app", "smpsim app", "solara-assets")
    listening = _listen(port)
    from solara.server.starlette import app

    # of cookies in frames of other pages, which there are none of
    warnings.filterwarnings("ignore", "Cookies with samesite=none", UserWarning)
    config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    address = f"http://{HOST}:{listening.getsockname()[1]}/{link}"
    threading.Thread(
        target=_when_started, args=(server, address, ready, open_browser), daemon=True
    ).start()
    with contextlib.closing(listening):
        server.run(sockets=[listening])


def _listen(port: int) -> socket.socket:
    """Return a socket on a port of this computer."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # the port of a server that has just ended may be taken again
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
    except OSError as error:
        found.close()
        allowed = "another one, or 0 for any that is free"
        raise RequestError(f"port: got {port}, which is taken; allowed: {allowed}") from error
    return found


def _when_started(
    server: object, address: str, ready: Callable[[str], object], open_browser: bool
) -> None:
    while not getattr(server, "started", False):
        if getattr(server, "should_exit", False):
            return
        time.sleep(PATIENCE)
    ready(address)
    if open_browser:
        webbrowser.open(address)
