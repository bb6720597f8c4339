"""The child that reads foreign files, and Ctrl-C at the worst moments of it."""

from __future__ import annotations

import signal
import subprocess
import threading
from typing import Any

import pytest

from repatria.files.guarded import Limits, read_guarded

PATIENT = Limits(seconds=60.0)


@pytest.mark.parametrize("started", [0, 1, 2, 3])
def test_ctrl_c_while_the_threads_beside_a_child_begin_leaves_no_child_and_no_noise(
    monkeypatch: pytest.MonkeyPatch, started: int
) -> None:
    """It comes before the first of the three, between them, or when all are there."""
    children: list[subprocess.Popen[bytes]] = []
    noise: list[Any] = []
    begun: list[threading.Thread] = []
    popen, start = subprocess.Popen, threading.Thread.start

    def kept(*words: Any, **options: Any) -> subprocess.Popen[bytes]:
        children.append(popen(*words, **options))
        return children[-1]

    def interrupted(thread: threading.Thread) -> None:
        if len(begun) == started:
            raise KeyboardInterrupt
        begun.append(thread)
        start(thread)
        if len(begun) == started == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", kept)
    monkeypatch.setattr(threading.Thread, "start", interrupted)
    monkeypatch.setattr(threading, "excepthook", noise.append)
    with pytest.raises(KeyboardInterrupt):
        read_guarded(b"id,name\n" + b"1,Invented\n" * 500_000, "list.csv", limits=PATIENT)
    assert [child.poll() for child in children] == [-signal.SIGKILL]  # ended, and not waited for
    for thread in begun:
        thread.join(10)
    assert not noise
