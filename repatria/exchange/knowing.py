"""What the author of an event can have known: its own acts, what it had seen of the ledger, and what it names.

Desks and gates work out of contact. What one may do is judged by what it can have known, never by what came in
meanwhile: so whatever took effect on the device takes effect in the ledger too, however late (rule 6 and rule 5).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from repatria.exchange.events import Sha256
from repatria.exchange.person import Person, Receipt, Right, Word
from repatria.exchange.record import replace
from repatria.exchange.state import Fact, State


@dataclass(frozen=True)
class Knowledge:
    """`judged`: how much of the ledger the author had seen. `named`: what it names, now or in acts before this one."""

    state: State
    author: str
    judged: int
    named: Collection[str]

    @classmethod
    def of(cls, state: State, fact: Fact) -> Knowledge:
        return cls(state, fact.body.author, fact.judged, fact.body.refs)

    def has(self, act: str | None) -> bool:
        """Whether the author had seen that act in the ledger, or names it."""
        return act is not None and (act in self.named or 0 <= self.state.events.get(act, self.judged) < self.judged)

    def person(self, person: Person) -> Person:
        """The person without what the author cannot have known of."""
        return replace(
            person,
            words=tuple(self._word(word) for word in person.words if word.by == self.author or self.has(word.event)),
            rights=tuple(self.right(right) for right in person.rights if right.since < self.judged),
            withdrawn=self._if_known(person.withdrawn),
        )

    def weight(self, person: Person) -> int:
        """What the person weighs in the balance: who left the ratio later than the author had seen still counts."""
        if person.counts:
            return person.weight
        before = person.counted
        return before.weight if before is not None and before.until >= self.judged else 0

    def right(self, right: Right) -> Right:
        """The right without what the author cannot have known of; whoever knows a receipt knows its release."""
        receipts = tuple(
            replace(receipt, revoked=receipt.revoked and self._key_had_ended(receipt))
            for receipt in right.receipts
            if receipt.by == self.author or self.has(receipt.event)
        )
        released = right.released if receipts or right.holder == self.author else self._if_known(right.released)
        settled = self.has(right.confirmed_by)
        return replace(
            right,
            presented=right.presented if released else self._if_known(right.presented),
            released=released,
            receipts=receipts,
            absent=right.absent if right.holder == self.author else self._if_known(right.absent),
            returned=right.returned if right.holder == self.author else self._if_known(right.returned),
            confirmed=right.confirmed if settled else None,
            confirmed_by=right.confirmed_by if settled else None,
        )

    def _if_known(self, act: Sha256 | None) -> Sha256 | None:
        return act if self.has(act) else None

    def _word(self, word: Word) -> Word:
        """The word; one that was found void later than the author had seen counts for it."""
        return replace(word, void=None) if word.void is not None and word.void >= self.judged else word

    def _key_had_ended(self, receipt: Receipt) -> bool:
        """Whether the author can have known that this receipt's key was revoked before it, or found to be compromised;
        a desk has one key in its life."""
        came = self.state.events.get(receipt.event, self.state.size)
        for grant in self.state.keys[receipt.by]:
            known_at = grant.until if grant.until is None or grant.until < came else grant.declared
            if known_at is not None and known_at < self.judged:
                return True
        return False
