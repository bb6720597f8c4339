"""Ctrl-C between the taking of a lock and whoever gives it back: no thread may wait for it, or nothing ends.

Each program strikes one such moment exactly, where a real Ctrl-C meets it once in some hundred tries.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import repatria

ROOT = Path(repatria.__file__).parents[1]

STRIKE = """
import signal, sys, threading

takings, taken = int(sys.argv[1]), threading.Condition.__enter__

def enter(self):
    global takings
    got = taken(self)
    if threading.get_ident() == threading.main_thread().ident:
        takings -= 1
        if not takings:
            signal.raise_signal(signal.SIGINT)
    return got

def work():
{work}

threading.Condition.__enter__ = enter
try:
    work()
except KeyboardInterrupt:
    sys.exit(130)
sys.exit(0 if takings > 0 else 3)
"""

SEARCH = """
    from repatria.plan.solve import solve
    from tests.plan.instances import stubborn
    solve(*stubborn())
"""

READING = """
    from repatria.files.guarded import read_guarded
    for _ in range(2):
        read_guarded(b"name,date\\nA,1990\\n" * 40, "list.csv")
"""


@pytest.mark.parametrize(("work", "takings"), [(SEARCH, 1), *((READING, n) for n in (1, 3, 5))])
def test_ctrl_c_strikes_with_a_lock_just_taken_and_the_program_ends_all_the_same(work: str, takings: int) -> None:
    program = STRIKE.replace("{work}", work)
    ended = subprocess.run(
        [sys.executable, "-c", program, str(takings)], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (130, b"")
