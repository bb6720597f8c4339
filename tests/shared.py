"""Where the published vectors and tuning data lie: beside the repository, never in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("REPATRIA_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


def shared(relative: str) -> Path:
    """The shared file or folder, or a skip that says which one is absent."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"shared {relative} is absent (set REPATRIA_SHARED)")
    return path
