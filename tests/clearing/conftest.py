"""A small exchange of whole nodes, carried to its signed lists once; tests go on from copies of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from repatria.rehearsal.terms import Size
from tests.scenario.exchange import Scenario

SMALL = Size(
    {"north_held": 24, "south_held": 24, "north_sought": 30, "south_sought": 30}, 8, 8, 16, 3, {"north": 6, "south": 6}
)


@pytest.fixture(scope="package")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    memory = Path("/dev/shm")  # nothing here is about how fast a disk syncs
    folder = tmp_path_factory.mktemp("alike")
    if os.access(memory, os.W_OK):
        folder = memory / f"repatria-alike-{os.getpid()}"
        folder.mkdir()
    try:
        scenario = Scenario(folder / "listed", SMALL)
        for chapter in (scenario.open, scenario.consult, scenario.lists):
            chapter()
        for author in ("cross/doctor-1", "cross/doctor-2", "south/doctor"):
            scenario._delegate(*author.split("/"), "physician")
        scenario.at.carry()
        yield folder
    finally:
        shutil.rmtree(folder)
