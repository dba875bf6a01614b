"""Commands that are started, killed and watched by tests."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MARK = "SMPSIM_TEST_MARK"
SECONDS = 240
"""How long anything may take; compiling on a busy machine is the slowest."""


class Command:
    """A command in a process group of its own, ended with all it started when a test is over.

    Parameters
    ----------
    *arguments : str
        Of ``python``.
    """

    def __init__(self, *arguments):
        self.mark = uuid.uuid4().hex
        environment = {**os.environ, "PYTHONPATH": str(ROOT), MARK: self.mark}
        self.process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in [self.process.pid, *self.others()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.process.communicate()

    def others(self):
        """Return the identifiers of all further processes that it started, and theirs."""
        return [one for one in marked(self.mark) if one != self.process.pid]

    def workers(self):
        """Return those that work, not those that keep count of what is shared."""
        return [one for one in self.others() if b"spawn_main" in _read(one, "cmdline")]

    def until(self, holds):
        """Wait until something holds while it runs."""
        end = time.monotonic() + SECONDS
        while not holds():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < end
            time.sleep(0.01)

    def send(self, number):
        """Send a signal to it alone, wait for its end, and return its exit code and stderr."""
        self.process.send_signal(number)
        return self.end()

    def end(self):
        """Wait for its end, and return its exit code and stderr."""
        # what it started may hold its pipes, so they are read to their end only after it
        self.process.wait(SECONDS)
        wait_until(lambda: not self.others())
        _, said = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, said


def wait_until(holds):
    """Wait until something holds."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def marked(mark):
    """Return the identifiers of all processes with a mark in their environment."""
    wanted = f"{MARK}={mark}".encode()
    numbers = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]
    return [one for one in numbers if wanted in _read(one, "environ").split(b"\0")]


def _read(number, name):
    try:
        return Path(f"/proc/{number}/{name}").read_bytes()
    except OSError:
        return b""  # it has ended, or is somebody else's


def content(folder):
    """Return the files below a folder and what they hold."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


def seen_in_terminal(*arguments, answer):
    """Run a command of smpsim whose messages go to a terminal.

    Parameters
    ----------
    *arguments : str
    answer : Path
        File for what it prints: a pipe that nobody reads would hold up whoever writes more than
        it takes.

    Returns
    -------
    code : int
    shown : bytes
        What the terminal showed.
    """
    ours, theirs = os.openpty()
    with (
        answer.open("wb") as stdout,
        subprocess.Popen(
            [sys.executable, "-m", "smpsim", *arguments],
            stdout=stdout,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm", "NO_COLOR": "1"},
        ) as process,
    ):
        os.close(theirs)
        shown = b""
        # at the end Linux gives an error, others nothing
        with contextlib.suppress(OSError):
            while more := os.read(ours, 65536):
                shown += more
    os.close(ours)
    return process.returncode, shown
