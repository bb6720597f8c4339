"""The worker's process: computes what one job wants to happen, and keeps nothing.

Run as `python -I worker.py`, by jobs.py: an order comes in on standard input, and what is asked, told and found goes
out on standard output. It has no key and opens no node; it ends when whoever started it has gone. SIGINT tells it that
what it has found so far is enough; work that has nothing to show before its end goes on.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_enough = threading.Event()


def main() -> int:
    signal.signal(signal.SIGINT, lambda *_: _enough.set())
    if hasattr(signal, "pthread_sigmask"):  # whoever started it was deaf at that moment, and left it so
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    of, to = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # whatever prints, prints elsewhere
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def hear() -> None:
        try:
            while True:
                answers.put(of.recv())
        except (EOFError, OSError):
            os._exit(1)  # nobody is there to hear what this comes to

    threading.Thread(target=hear, daemon=True).start()
    to.send(_result(answers.get(), to, answers))
    return 0


def _result(order: dict[str, Any], to: Connection, answers: queue.SimpleQueue[Any]) -> tuple[str, Any]:
    from repatria.office import Given
    from repatria.problem import Problems
    from repatria.store.vault import seal_to
    from repatria.web.work import KINDS

    def asking(what: str) -> Any:
        def ask(name: str) -> Any:
            to.send(("ask", what, name))
            return answers.get()

        return ask

    given = Given(
        order["now"], os.urandom, lambda author: None, asking("attachment"), asking("document"), asking("documents"),
        asking("records"), seal_to, lambda what, done, total: to.send(("progress", what, done, total)),
        patience=lambda: _patience(order["request"].get("seconds")),
    )  # fmt: skip
    try:
        outcome = KINDS[order["kind"]](order["state"], order["request"], order["member"], given)
    except Problems as error:
        return "problems", list(error.problems)
    except MemoryError:
        return "failed", "there was not enough memory"
    except Exception as error:  # noqa: BLE001 - a name could stand in its text: only the kind and the place are told
        place = traceback.extract_tb(error.__traceback__)[-1]
        return "failed", f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
    return ("problems", outcome) if isinstance(outcome, list) else ("outcome", outcome)


@contextmanager
def _patience(seconds: float | None) -> Iterator[Callable[[], bool]]:
    """Whether it is enough: after so many seconds, or once somebody has said so."""
    end = None if seconds is None else time.monotonic() + seconds
    yield lambda: _enough.is_set() or (end is not None and time.monotonic() >= end)


if __name__ == "__main__":
    raise SystemExit(main())
