"""The order of tests: files that take longest first, so that on several cores none of them is what is waited for."""

from __future__ import annotations

import pytest

LONGEST = ("scenario/test_tutorial.py", "scenario/test_interrupted.py", "scenario/test_exchange.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((at for at, name in enumerate(LONGEST) if path.endswith(name)), len(LONGEST))

    items.sort(key=place)
