"""Disputes read a second time: raised once each, and settled by the right members with one outcome.

Nothing is asked of the state but at the end, whether it has every dispute as the entries tell it.

Source: ADR 60.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from repatria.audit.acts import Act
from repatria.audit.authority import Authority
from repatria.audit.invariants import KEEP
from repatria.exchange.events import DisputeRaised, DisputeSettled, KeyCompromised
from repatria.exchange.state import DisputeFact
from repatria.problem import Problem

WORDS = frozenset(("explained", "corrected", "unresolved", "withdrawn"))


@dataclass
class Dispute:
    """Who raised it, who has signed which outcome and by which entry, and which one all have signed."""

    by: str
    signed: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    outcome: str | None = None


class Disputes:
    """Follows every dispute act by act, and keeps every problem that it finds."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.problems: list[Problem] = []
        self.raised: dict[str, Dispute] = {}

    @property
    def settled(self) -> int:
        return sum(dispute.outcome is not None for dispute in self.raised.values())

    def see(self, act: Act) -> None:
        """Take in one act that had effect."""
        match act.event:
            case DisputeRaised():
                self.raised[act.id] = Dispute(act.member)
            case DisputeSettled(dispute=name, outcome=outcome):
                self._settled(act, name, outcome)
            case KeyCompromised() if self.authority.taken_back is not None:
                self._take_back(*self.authority.taken_back)

    def compare(self, index: int, folded: Mapping[str, DisputeFact]) -> None:
        """At the end: every dispute stands where the fold has it."""
        own = {name: (dispute.by, dispute.outcome) for name, dispute in self.raised.items()}
        theirs = {name: (str(fact.by), fact.outcome) for name, fact in folded.items()}
        for name in sorted({*own, *theirs}):
            if own.get(name) != theirs.get(name):
                what = f"the fold has it {_said(theirs.get(name))}; the entries give {_said(own.get(name))}"
                self._bad(f"entry {index}, dispute {name[:16]}", what)

    def _settled(self, act: Act, name: str, outcome: str) -> None:
        dispute = self.raised.get(name)
        if dispute is None or dispute.outcome is not None or outcome not in WORDS:
            self._bad(f"entry {act.index}", "an outcome of no open dispute, or none of the list")
            return
        needed = {dispute.by} if outcome == "withdrawn" else {dispute.by, *self.authority.parties}
        signed = dispute.signed[outcome]
        if act.member not in needed or act.member in signed:
            self._bad(f"entry {act.index}", f"{act.member} signs an outcome that is not its to sign, or twice")
        signed[act.member] = -1 if act.paper else act.index
        if needed <= signed.keys():
            dispute.outcome = outcome

    def _take_back(self, member: str, since: int) -> None:
        for dispute in self.raised.values():
            for signed in dispute.signed.values():
                if signed.get(member, -1) >= since:
                    del signed[member]

    def _bad(self, where: str, what: str) -> None:
        self.problems.append(Problem("audit.disputes.settled", where, what, KEEP))


def _said(dispute: tuple[str, str | None] | None) -> str:
    return "nowhere" if dispute is None else f"raised by {dispute[0]}, {dispute[1] or 'open'}"
