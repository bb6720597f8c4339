"""Ctrl-C at a moment that can bear it.

Python raises KeyboardInterrupt between any two steps of the main thread, also between the taking of a lock and the
`try` that gives it back. Where another thread waits for that lock (the condition in a `threading.Event`, a `Future`, a
`Thread` that is being started), the process then never ends.

    >>> try:
    ...     with deaf():
    ...         signal.raise_signal(signal.SIGINT)
    ...         print("not yet")
    ... except KeyboardInterrupt:
    ...     print("now")
    not yet
    now
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def deaf() -> Iterator[None]:
    """Ctrl-C waits until this is over: for a short step that takes a lock which other threads wait for.

    Threads and processes started meanwhile do not hear Ctrl-C at all, which a terminal sends to every process: whoever
    starts them tells them to end. On a system without signal masks nothing is held back.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])  # first: one that came just now is raised by the next
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
