"""The order of tests: files that take longest first, so that on several cores none of them is what is waited for.

And Ctrl-C is heard, also by the processes that tests start, where the tests themselves run in the background: a shell
without job control starts those with SIGINT ignored, and whoever inherits that never hears it.

And property tests try the same examples each time, so that a change is judged by what it changed; `make soak` lets
them look for new ones.
"""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile("same")  # which --hypothesis-profile=search overrides

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

LONGEST = ("scenario/test_tutorial.py", "scenario/test_interrupted.py", "scenario/test_exchange.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((at for at, name in enumerate(LONGEST) if path.endswith(name)), len(LONGEST))

    items.sort(key=place)
