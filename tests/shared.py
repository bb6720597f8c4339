"""What a test needs from outside the repository: the vectors and tuning data that lie beside it, and tools.

Where it is absent the test skips and says so. A tool named in REPATRIA_REQUIRE (as in continuous integration) must
be there: its absence fails the test.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("REPATRIA_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


def shared(relative: str) -> Path:
    """The shared file or folder, or a skip that says which one is absent."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"shared {relative} is absent (set REPATRIA_SHARED)")
    return path


def require_tool(name: str) -> str:
    """The path of a program that is not a Python package, or a skip that says which one is absent."""
    found = shutil.which(name)
    if found is None:
        if name in os.environ.get("REPATRIA_REQUIRE", "").split():
            pytest.fail(f"{name} is absent, and REPATRIA_REQUIRE names it")
        pytest.skip(f"{name} is absent (install it to run this test)")
    return found
