"""The order of tests: files that take longest first, so that on several cores none of them is what is waited for.

And Ctrl-C is heard, also by the processes that tests start, where the tests themselves run in the background: a shell
without job control starts those with SIGINT ignored, and whoever inherits that never hears it.

And passphrases are stretched with little work, in what tests and the processes that they fork make: a fifth of a
second each, some hundred times, would show nothing. A file says how much work it wants, so whoever opens it, a browser
too, does as little. What is about the work itself asks for `stretched_as_in_use`.

And what tests write lies in memory where there is room for it: none is about how fast a disk syncs, and a played
exchange waits for that a quarter of its time.

And property tests try the same examples each time, so that a change is judged by what it changed; `make soak` lets
them look for new ones.
"""

from __future__ import annotations

import copy
import gc
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from repatria.store import vault

IN_USE = vault.SCRYPT_N, vault.CODE_ITERATIONS
vault.SCRYPT_N, vault.CODE_ITERATIONS = 2**8, 1000

settings.register_profile("same", derandomize=True, deadline=None)  # which a busy machine would miss
settings.register_profile("search", derandomize=False, deadline=None)
settings.load_profile("same")  # which --hypothesis-profile=search overrides

MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # a run writes some 130 MB, and pytest keeps the last three
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # tempfile and its users are not touched

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)



@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[Any]:
    """Rubbish is not looked for while seven thousand tests are collected, nor later among what that leaves for good:
    each look would go through all of it, in every process."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


LONGEST = ("scenario/test_tutorial.py", "scenario/test_interrupted.py", "scenario/test_exchange.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((at for at, name in enumerate(LONGEST) if path.endswith(name)), len(LONGEST))

    items.sort(key=place)


@pytest.fixture
def stretched_as_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases cost what they cost whoever uses the program."""
    monkeypatch.setattr(vault, "SCRYPT_N", IN_USE[0])
    monkeypatch.setattr(vault, "CODE_ITERATIONS", IN_USE[1])


@pytest.fixture(scope="session", autouse=True)
def one_folder_for_what_is_played_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """For all processes of this run; pytest takes it away with its own, some runs later."""
    own = tmp_path_factory.getbasetemp()
    os.environ["REPATRIA_PLAYED"] = str(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session", autouse=True)
def every_plan_passes_its_check_and_fails_it_altered() -> Iterator[None]:
    """Whatever test makes a plan, in this process: the integer-only checker passes it, and refuses it without one of
    its people."""
    from repatria.plan import stages
    from repatria.plan.check import check_plan, unproved

    solved = stages._solved

    def checked(
        units: Any, classes: Any, terms: Any, seed: Any, names: Any, progress: Any, going: Any, enough: Any, watch: Any
    ) -> Any:
        plan = solved(units, classes, terms, seed, names, progress, going, enough, watch)
        if not isinstance(plan, dict):
            return plan
        problems = {problem.code for problem in check_plan(plan, units, classes, terms, seed, progress=progress)}
        if enough is not None and unproved(plan):  # stopped before it was settled who goes, and says so of itself
            problems -= {"plan.tier", "plan.outside"}
        assert problems == set()
        done = progress.done if progress is not None else ()
        at = next(
            ((s, p) for s, stage in enumerate(plan["stages"]) if stage["stage"] not in done
             for p, place in enumerate(stage["places"]) if place["sequence"]), None,
        )  # fmt: skip
        if at is not None:
            altered = copy.deepcopy(plan)
            altered["stages"][at[0]]["places"][at[1]]["sequence"].pop()
            assert check_plan(altered, units, classes, terms, seed, progress=progress) != []
        return plan

    stages._solved = checked
    yield
    stages._solved = solved
