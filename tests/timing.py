"""How much of a processor's time something takes."""

import time
from collections.abc import Callable
from typing import Any


def processor_seconds(action: Callable[[], Any], enough: float) -> float:
    """Return the seconds an action takes, tried up to three times until they are at most `enough`.

    A collection of garbage or another thread of the process may fall into a try; what is slow by
    itself is slow each time.
    """
    seconds = float("inf")
    for _ in range(3):
        began = time.thread_time()
        action()
        seconds = min(seconds, time.thread_time() - began)
        if seconds <= enough:
            break
    return seconds
