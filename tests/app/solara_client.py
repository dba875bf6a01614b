"""A client of the cockpit's server without a browser: the messages that open a page."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.request
import uuid
from http.cookies import SimpleCookie

from websockets.asyncio.client import connect


def _message(session, kind, content):
    head = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "username": "reader",
        "session": session,
        "version": "5.3",
        "date": "2024-01-01T00:00:00Z",
    }
    return {
        "header": head,
        "parent_header": {},
        "metadata": {},
        "content": content,
        "channel": "shell",
        "buffers": [],
    }


def _cookies(address, wait):
    with urllib.request.urlopen(address, timeout=wait) as answered:
        return SimpleCookie(answered.headers.get("set-cookie", ""))


async def open_page(address, link, seen, wait):
    """Open the page and listen until all of `seen` was in what the server sends.

    Returns the number of bytes received.
    """
    cookies = await asyncio.to_thread(_cookies, address + link, wait)
    kernel, session = str(uuid.uuid4()), cookies["solara-session-id"].value
    url = re.sub("^http", "ws", address) + f"jupyter/api/kernels/{kernel}/channels"
    url += f"?session_id={session}"
    cookie = f"solara-session-id={session}"
    missing, received = set(seen), 0
    async with connect(
        url, additional_headers={"Cookie": cookie}, max_size=None, open_timeout=wait
    ) as line:
        comm = uuid.uuid4().hex
        opening = {"comm_id": comm, "target_name": "solara.control", "data": {}}
        await line.send(json.dumps(_message(session, "comm_open", opening)))
        run = {"method": "run", "args": {"path": "/" + link, "dark": False}}
        content = {"comm_id": comm, "data": run}
        await line.send(json.dumps(_message(session, "comm_msg", content)))
        async with asyncio.timeout(wait):
            while missing:
                data = await line.recv()
                received += len(data)
                text = data if isinstance(data, str) else data.decode("utf-8", errors="replace")
                missing -= {one for one in missing if one in text}
    return received


async def open_pages(address, links, seen, wait=300):
    """Open several pages at the same time; return what each received."""
    return await asyncio.gather(*(open_page(address, one, seen, wait) for one in links))
