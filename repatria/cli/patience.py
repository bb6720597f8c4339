"""How long somebody waits for work that has something to show before its end, and that asks often.

    >>> with patience() as enough:
    ...     before = enough()
    ...     signal.raise_signal(signal.SIGINT)
    ...     before, enough()
    (False, True)
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def patience(seconds: float | None = None) -> Iterator[Callable[[], bool]]:
    """Whether it is enough: after so many seconds, or once Ctrl-C was pressed; pressed again, it ends everything."""
    end = None if seconds is None else time.monotonic() + seconds
    pressed = False

    def enough() -> bool:
        return pressed or (end is not None and time.monotonic() >= end)

    if threading.current_thread() is not threading.main_thread():  # who alone hears Ctrl-C
        yield enough
        return

    def heard(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        print("\nEnding with the best so far. Ctrl-C again ends without it.", file=sys.stderr, flush=True)

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield enough
    finally:
        signal.signal(signal.SIGINT, before)
