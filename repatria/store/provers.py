"""Entries read, and their signatures verified, ahead of the fold, in other processes: half of what a fold costs.

What an entry's bytes say, and which keys have signed them, are questions about bytes and nothing else
(`ledger.entry.prove_entry`), so they may be asked anywhere and before. The answers are handed to the fold, which does
for itself whatever they leave out: an answer that fails to come costs time and changes nothing.

This process works too: while the batch that comes next is still being verified elsewhere, it takes the last one that
nobody has begun. So the processes share the work whatever the machine does besides.

Ctrl-C ends it at once, but never while this process holds a lock that the threads beside it need to end: an interrupt
between a lock's taking and the `try` that gives it back leaves it taken, and then nothing ends.

    >>> with Provers(count=0) as provers:
    ...     list(provers([b"not an entry"], dict))
    [(b'not an entry', None)]
"""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

from repatria.interrupts import deaf
from repatria.ledger.entry import Proven, prove_entry

try:
    import fcntl
except ImportError:  # not a system with pipes as these
    fcntl = None  # type: ignore[assignment]

WORTH_WHILE = 10_000  # entries: folding so many takes about as long as starting the processes
_BATCH = 1024  # entries: some 50 ms of verifying
_SWITCH = 0.0005  # seconds until a thread that hands on a batch gets its turn beside the fold; usually ten times that
_AHEAD = 8  # batches waiting, and as many again for each process
_PIPE = 2**20  # bytes: an answer to one batch, so that whoever gives it goes on at once


@dataclass
class _Batch:
    entries: list[bytes]
    keys: dict[str, str]
    answer: Future[list[Proven | None]] | None  # None where this process has to ask
    asked: threading.Lock = field(default_factory=threading.Lock)  # taken until the answer has come
    proven: list[Proven | None] | None = None


class Provers:
    """A crew of processes, for as long as a `with` lasts; called, they are a `fold.Prove`."""

    def __init__(self, count: int | None = None) -> None:
        """`count`: processes besides this one; as many as there are other processors if not given."""
        self.count = max(0, (os.cpu_count() or 1) - 1) if count is None else count
        self._pool: ProcessPoolExecutor | None = None
        self._collecting, self._switching = False, _SWITCH

    def __enter__(self) -> Provers:
        self._collecting = gc.isenabled()
        gc.disable()  # a fold leaves nothing in circles, and the collector would walk over all that it keeps
        self._switching = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH)
        if self.count:
            try:
                self._pool = ProcessPoolExecutor(self.count, multiprocessing.get_context("spawn"))
                _widen_pipes(self._pool)
            except (OSError, NotImplementedError):  # a system without what processes need to talk to each other
                self._pool = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.setswitchinterval(self._switching)
        if self._collecting:
            gc.enable()
        if self._pool is not None:
            with deaf():
                self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def __call__(
        self, entries: Iterable[bytes], keys: Callable[[], dict[str, str]]
    ) -> Iterator[tuple[bytes, Proven | None]]:
        """Each entry, in order, with those of the keys that have signed it, if anybody has looked.

        Args:
            keys: those known by now, by key id; asked again for every batch.
        """
        if self._pool is None:
            yield from ((entry, None) for entry in entries)
            return
        source = iter(entries)
        waiting: deque[_Batch] = deque()
        while True:
            while len(waiting) < _AHEAD * (self.count + 1) and (taken := list(itertools.islice(source, _BATCH))):
                waiting.append(self._ask(taken, keys()))
            if not waiting:
                return
            batch = waiting.popleft()
            while batch.proven is None and batch.asked.locked():
                if not _take_over(waiting):
                    break
            yield from zip(batch.entries, _proven(batch), strict=True)

    def _ask(self, entries: list[bytes], keys: dict[str, str]) -> _Batch:
        assert self._pool is not None
        try:
            with deaf():  # it may start a process, which this one will tell to end
                batch = _Batch(entries, keys, self._pool.submit(_verify, entries, keys))
                batch.asked.acquire()
                assert batch.answer is not None
                batch.answer.add_done_callback(lambda _: batch.asked.release())
                return batch
        except (BrokenProcessPool, RuntimeError):  # it has died, or is going down: go on alone
            return _Batch(entries, keys, None)


def _widen_pipes(pool: ProcessPoolExecutor) -> None:
    """Let questions and answers lie in their pipes whole, where the system can: a pipe takes 64 KB, and a process that
    fills it waits, piece by piece, until a thread beside the fold has its turn to read. Without it all goes slower.
    """
    size = getattr(fcntl, "F_SETPIPE_SZ", None)
    for name in ("_call_queue", "_result_queue"):  # the executor offers no way of its own
        writer = getattr(getattr(pool, name, None), "_writer", None)
        if size is not None and writer is not None:
            with suppress(OSError):
                fcntl.fcntl(writer.fileno(), size, _PIPE)


def _verify(entries: list[bytes], keys: dict[str, str]) -> list[Proven | None]:
    return [prove_entry(entry, keys) for entry in entries]


def _take_over(waiting: deque[_Batch]) -> bool:
    """Verify here the last batch that nobody has begun, if there is one."""
    for batch in reversed(waiting):
        if batch.proven is None and _taken_back(batch):
            batch.proven = _verify(batch.entries, batch.keys)
            return True
    return False


def _taken_back(batch: _Batch) -> bool:
    with deaf():
        return batch.answer is not None and batch.answer.cancel()


def _proven(batch: _Batch) -> list[Proven | None]:
    if batch.proven is None and batch.answer is not None and not _taken_back(batch):
        with batch.asked:  # a plain lock of its own, which Ctrl-C may strike: who gives it back waits for nothing
            pass
        try:
            with deaf():
                batch.proven = batch.answer.result()
        except BrokenProcessPool:
            batch.proven = None
    return batch.proven if batch.proven is not None else [None] * len(batch.entries)
