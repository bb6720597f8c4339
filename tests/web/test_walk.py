"""A whole exchange through the pages, by people in real browsers, each member in its own language.

The short part goes with every run: over https under the node's own name, a passkey, a clause, and a signature that is
made in the browser with a key file. The whole of it is under the marker `soak`, and keeps a picture of each step where
REPATRIA_SCREENSHOTS names a folder.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from repatria.exchange.codec import decode_body
from repatria.ledger.entry import decode_entry
from repatria.rehearsal.exchange import Scenario
from repatria.rehearsal.nodes import PARTIES, PASSPHRASE, SECRETARIAT
from repatria.store.node import NodeFolder
from tests.scenario.counts import counts, golden
from tests.scenario.test_exchange import Played, verify
from tests.web.walk import SIZE, Walk, served, walking
from tests.web.world import World

GOLDEN = Path(__file__).with_name("golden") / "walk.json"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Walk]:
    """North's node alone, in a round that has begun, with a clause that waits for north's word."""
    scenario = Scenario(tmp_path, SIZE)
    scenario.at = World.after("open", tmp_path).at
    at = scenario.at
    at.on("2025-11-18")
    for party in PARTIES:
        at.signed(party, "exchange", "activate", "--round", "2025-1", "--target", "2025-12-31")
    at.do("exchange", "activate", at.node(SECRETARIAT), "--round", "2025-1", "--target", "2025-12-31")
    at.carry()
    with served(scenario, "north") as walk:
        yield walk


def test_a_clause_is_proposed_and_signed_over_https_by_people_with_passkeys(begun: Walk) -> None:
    begun.staff("north", without=("second",))
    clerk = begun.clerk("north")
    clerk.propose("total-south", "40")
    assert clerk.agree()
    assert clerk.page.get_by_text(clerk.text("web.signing.wanted")).count() == 3, "three can sign, and nobody has"
    begun.signed("north")
    clerk.open("web.consult.title")
    assert not clerk.button("web.consult.agree").count(), "north has agreed"
    clerk.read_aloud()
    assert begun.wrong() == []
    begun.nodes["north"].stop()
    with NodeFolder.open(Path(begun.at.node("north")), PASSPHRASE) as node:
        said = [decode_body(decode_entry(each.entry).body).kind for each in node.outbox()]
    assert [kind for kind in said if kind.startswith("Clause")] == ["ClauseProposed", "ClauseAgreed"]


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
