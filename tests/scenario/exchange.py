"""The rehearsal's exchange with attacks in it: what the end-to-end test and the demo play."""

from __future__ import annotations

from pathlib import Path

from repatria.rehearsal import exchange
from repatria.rehearsal.nodes import PASSPHRASE, SECRETARIAT, expect
from repatria.store.node import NodeFolder
from tests.scenario import hostile


class Scenario(exchange.Scenario):
    """Attacked where a hostile member would."""

    def attacked_with_a_list(self) -> None:
        at = self.at
        added = hostile.unilateral_list(at, "south", extra=3)
        at.carry(fails="list.unilateral")
        expect(self._rule_of(added) == "list.unilateral")
        self.told.incidents["unilateral"] = added
        self.say("30 Nov  south signs a list with three names nobody sought: refused, and the refusal is on the record")

    def attacked_at(self, stage: str) -> None:
        at = self.at
        forged = hostile.forged_receipt(at, stage, "bridge")
        replayed = hostile.replayed_receipt(at, stage, "bridge")
        stick = str(at.folder / "stick-from-nobody")
        report = at.do("sync", "import", at.node(SECRETARIAT), stick, fails="signature")
        expect((report["answer"]["turned_away"], report["answer"]["known"]) == (1, 1), report)
        self.told.incidents["forged"], self.told.incidents["replayed"] = forged, replayed
        self.say(
            f"{at.now[8:10]} Dec  a forged and a replayed receipt come on a stick from nobody: refused, and no effect"
        )

    def _rule_of(self, event: str) -> str | None:
        """The rule under which the ledger refused this event, if it did."""
        with NodeFolder.open(Path(self.at.node(SECRETARIAT)), PASSPHRASE) as node:
            return next((r.rule for r in node.state().refusals if r.event == event), None)
