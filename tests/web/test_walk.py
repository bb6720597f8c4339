"""A whole exchange through the pages, by people in real browsers, each member in its own language.

It is under the marker `soak`, and keeps a picture of each step where REPATRIA_SCREENSHOTS names a folder. A short part
of it, which goes with every run, stands in test_passkeys.py.
"""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from repatria.exchange.events import RoundClosed
from repatria.rehearsal.nodes import SECRETARIAT
from tests.scenario.counts import counts
from tests.scenario.test_exchange import Played, verify
from tests.web.walk import SIZE, walking

# Who says what how often; how many people are matched, and so listed, is left to the order of the pairs.
SAID = {
    "MemberAdmitted": 5, "RoundActivated": 3, "ClauseProposed": 1, "OfferCarried": 1, "OfferReleased": 1, "TaskSet": 1,
    "ClauseAgreed": 4, "TermsSigned": 2, "RegisterCommitted": 4, "RegisterDisclosed": 2, "AnswersGiven": 2,
    "FinalListSigned": 4, "AccessRefused": 1, "LotteryCommitted": 4, "LotteryHeld": 4, "LotteryRevealed": 5,
    "PlanProposed": 1, "PlanRevised": 1, "PlanSigned": 6, "StageOpened": 6, "PersonAbsent": 1, "StageReconciled": 12,
    "WithdrawnFromList": 1, "RoundClosed": 5, "ExchangeClosed": 5,
}  # fmt: skip
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread


@pytest.mark.soak
def test_a_whole_exchange_is_walked_through_the_pages(tmp_path: Path) -> None:
    with walking(tmp_path) as walk:
        walk.begin()
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
    code, told = verify(played.ledger, played.vkeys)
    assert (code, told["problems"]) == (0, [])
    found = counts(played.bodies, walk.scenario.told.incidents)
    said = Counter[str]()
    for name, n in found["entries"].items():
        said[name.partition(" ")[0]] += n
    assert {kind: said[kind] for kind in SAID} == SAID
    assert sum(people for _, _, people in found["accounts"]) == accounted_for
    assert {state for _, state, _ in found["accounts"]} == {"listed", "received", "not-going", "withdrawn"}
    closed = next(body.data for body in played.bodies if isinstance(body.data, RoundClosed))
    counted = {(each.holder, each.state): each.people for each in closed.accounts if each.account == "exchange"}
    # Who declines at the border counts as offered; who was absent came with the next stage, by the plan made anew.
    assert counted["north", "received"] == SIZE.north_total
    assert counted["south", "received"] == SIZE.south_total - 1
    assert counted["north", "withdrawn"] == 1
    home = sum(people for _, state, people in found["accounts"] if state == "received")
    assert (said["PersonReleased"], said["PersonReceived"]) == (home, home)
