"""A whole exchange through the pages, by people in real browsers, each member in its own language.

It is under the marker `soak`, and keeps a picture of each step where REPATRIA_SCREENSHOTS names a folder. A short part
of it, which goes with every run, stands in test_passkeys.py.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from repatria.rehearsal.nodes import SECRETARIAT
from tests.scenario.counts import counts, golden
from tests.scenario.test_exchange import Played, verify
from tests.web.walk import walking

GOLDEN = Path(__file__).with_name("golden") / "walk.json"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread


@pytest.mark.soak
def test_a_whole_exchange_is_walked_through_the_pages(tmp_path: Path) -> None:
    with walking(tmp_path) as walk:
        walk.staff()
        walk.consult()
        walk.terms()
        walk.lists()
        walk.answers()
        walk.clear()
        walk.on("2025-12-04")
        walk.draw()
        walk.plan()
        walk.stage("s1", "2025-12-08", absent=True, border=True)
        walk.replan("2025-12-09")
        walk.stage("s2", "2025-12-10")
        accounted_for = walk.close()
        assert walk.wrong() == []
    with zipfile.ZipFile(tmp_path / "zips" / f"{SECRETARIAT}.zip") as bundle:  # what any of them carried last
        bundle.extractall(tmp_path / "carried")
    (tmp_path / "carried" / "ledger").rename(tmp_path / "ledger")
    walk.at.run("node", "vkeys", walk.at.node(SECRETARIAT), "--out", str(tmp_path / "ledger.vkeys"))
    played = Played(tmp_path, walk.scenario.told)
    assert verify(played.ledger, played.vkeys)[1]["problems"] == []
    found = counts(played.bodies, walk.scenario.told.incidents)
    assert found == golden(found, GOLDEN)
    assert sum(people for _, _, people in found["accounts"]) == accounted_for
