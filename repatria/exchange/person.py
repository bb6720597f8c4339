"""One person on the final list, as the ledger knows them: a number, a class, and what has happened so far.

What happened is kept as facts that join in any order; the state a person is in is read off them. So two desks'
events may reach the ledger in either order and the person is in the same state (merge laws, DESIGN section 5).

    >>> person = Person("0" * 32, "north", "north", "south", "f" * 32, "00000001", "c" * 32, 1, 2, "exchange", "r1")
    >>> person.state
    'listed'
"""

from __future__ import annotations

from dataclasses import dataclass

from repatria.deal.classes import EXCHANGE, REMAINS
from repatria.exchange.events import Author, Day, Opaque, Row, Sha256, Slug
from repatria.exchange.record import replace

LISTED, RIGHT_OUT, RELEASED, RECEIVED = "listed", "right-out", "released", "received"
NOT_GOING, WITHHELD, ABSENT, SUBSTITUTED = "not-going", "withheld", "absent", "substituted"
UNCONFIRMED, WITHDRAWN = "unconfirmed", "withdrawn"
STATES = (
    LISTED,
    RIGHT_OUT,
    RELEASED,
    RECEIVED,
    NOT_GOING,
    WITHHELD,
    ABSENT,
    SUBSTITUTED,
    UNCONFIRMED,
    WITHDRAWN,
)
AVAILABLE = (LISTED, WITHHELD, ABSENT, SUBSTITUTED)  # a right may be granted
WRITABLE = (LISTED, RIGHT_OUT, RELEASED, RECEIVED)  # of anything else a family is told in person, whatever it is
IN_THE_AIR = (RIGHT_OUT, RELEASED, UNCONFIRMED)  # nobody may close over these


@dataclass(frozen=True)
class Word:
    """The neutral's word on a person: cleared or not going. `stage` only for a word given at the gate.

    `due` is where the person was to be handed over when the word was given: there, and nowhere else, somebody not
    going counts as offered. `over` names the earlier words that its author knew of, and so replaces, whatever a
    device's clock says; the day decides only between words given apart.
    """

    going: bool
    place: Slug
    held_on: Day
    stage: Slug | None
    event: Sha256
    by: Author
    due: tuple[Slug, Slug] | None
    over: tuple[Sha256, ...]
    void: int | None = None  # from this entry on it is nobody's leave: its interviewer's key was compromised


@dataclass(frozen=True)
class Receipt:
    """What a receiving desk signed about a release: the person identified, or somebody else brought."""

    by: Author
    event: Sha256
    identified: bool
    revoked: bool  # it bears a key that was revoked when it arrived


@dataclass(frozen=True)
class Right:
    """The right to hand over one person, held by exactly one desk or paper sheet, and what was done under it.

    Each fact stands for itself, so that the acts of several desks may arrive in any order.
    """

    holder: Author
    stage: Slug
    place: Slug
    epoch: int
    since: int  # ledger index of the grant
    dark: bool = False  # its desk went out of contact
    presented: Sha256 | None = None  # the neutral let the person through the last gate
    released: Sha256 | None = None
    release_revoked: bool = False  # the release bears a key that was revoked when it arrived
    receipts: tuple[Receipt, ...] = ()  # of one or several receiving desks, in the order of their names
    absent: Sha256 | None = None
    returned: Sha256 | None = None
    end_revoked: bool = False  # what says absent or returned bears a key that was revoked when it arrived
    confirmed: Slug | None = None  # by supervisors of both sides: received, returned
    confirmed_by: Sha256 | None = None  # the last of their events
    used_by: Author | None = None  # the desk that said released, absent or returned, for itself or for a sheet

    @property
    def out(self) -> bool:
        """Whether the desk may still act on this right."""
        return not (self.released or self.absent or self.returned or self.receipts or self.confirmed)

    @property
    def received(self) -> Sha256 | None:
        """A receipt by which the person was identified, if there is one."""
        return next((receipt.event for receipt in self.receipts if receipt.identified), None)

    @property
    def substituted(self) -> Sha256 | None:
        """A finding that somebody else was brought, if there is one."""
        return next((receipt.event for receipt in self.receipts if not receipt.identified), None)

    @property
    def left(self) -> bool:
        """Whether, as far as is known, the person has left the holder's hands and has not been brought back."""
        if self.confirmed is not None:
            return self.confirmed == RECEIVED
        return self.released is not None and (not self.receipts or self.said != {False})

    @property
    def said(self) -> set[bool]:
        """What the receiving desks say whose keys stood: the person was identified, or was not."""
        return {receipt.identified for receipt in self.receipts if not receipt.revoked}

    @property
    def acts(self) -> tuple[Sha256, ...]:
        """Every event about this right that a later one may have to name."""
        facts = (self.presented, self.released, self.absent, self.returned, self.confirmed_by)
        return (*(act for act in facts if act is not None), *(receipt.event for receipt in self.receipts))

    def with_receipt(self, receipt: Receipt) -> Right:
        """This right with one more desk's receipt."""
        return replace(self, receipts=tuple(sorted((*self.receipts, receipt), key=lambda each: each.by)))


@dataclass(frozen=True)
class Counted:
    """That somebody stood in the ratio, with which weight, and the entry by which they left it (`outward.py`)."""

    until: int
    weight: int


@dataclass(frozen=True)
class Person:
    """`holder` has them, `side` is its side of the balance, `to` the member who receives them: the one that seeks them,
    or the host of a neutral country (GC III 110(2), 111). `round` is the latest on whose list they stand."""

    number: Opaque
    holder: Slug
    side: Slug
    to: Slug
    register: Opaque
    row: Row
    class_id: Opaque
    weight: int
    tier: int
    account: Slug
    round: Slug
    words: tuple[Word, ...] = ()
    rights: tuple[Right, ...] = ()
    withdrawn: Sha256 | None = None
    alive_on: Day | None = None  # the latest day on which the neutral had seen them alive
    identified_on: Day | None = None  # and on which they had told it who they are
    counted: Counted | None = None  # before a later version of the list took them out of the ratio
    group: Opaque | None = None  # the first number of those with whom they go together or not at all

    @property
    def counts(self) -> bool:
        """Whether they stand in the ratio and the balance."""
        return self.account == EXCHANGE

    @property
    def living(self) -> bool:
        return self.account != REMAINS

    @property
    def right(self) -> Right | None:
        """The latest right, whether or not it is still out."""
        return self.rights[-1] if self.rights else None

    @property
    def word(self) -> Word | None:
        """The neutral's word that stands: while a right is out, its gate's; else the latest (`standing`).

        At one gate "not going" prevails, and between words given apart on one day.
        """
        right = self.right
        if right is not None and right.out:
            said = at_gate(self.words, right.stage, right.place)
            if said:
                return max(said, key=lambda word: (not word.going, word_order(word)))
        return max(standing(self.words), key=word_order, default=None)

    def with_word(self, word: Word) -> Person:
        """This person with one more word of the neutral."""
        return replace(self, words=tuple(sorted((*self.words, word), key=word_order)))

    @property
    def acts(self) -> tuple[Sha256, ...]:
        """Every event about this person that a later one may have to name."""
        return (*(word.event for word in self.words), *(act for right in self.rights for act in right.acts))

    @property
    def doubtful(self) -> bool:
        """Whether more than one thing was said that bears on whether this person counts as offered.

        Depends on the facts alone, not on the order in which they came.
        """
        if self.counted is not None:
            return True
        said = sum([not word.going for word in self.words])
        receipts: tuple[Receipt, ...] = ()
        for right in self.rights:
            receipts += right.receipts
            said += right.confirmed is not None
        said += len(receipts)
        if said != 1:
            return said > 1
        if receipts:
            return receipts[0].revoked or not self.rights[-1].receipts
        return len(self.words) > 1 or any(right.presented or right.confirmed for right in self.rights)

    @property
    def not_going(self) -> bool:
        """The neutral's word, unless it was given elsewhere and the neutral itself let the person through the gate."""
        for word in self.words:
            if not word.going:
                break
        else:  # nearly everybody
            return False
        stands = self.word
        if stands is None or stands.going:
            return False
        right = self.right
        passed = right is not None and right.presented is not None and (right.out or right.left)
        return stands.stage is not None or not passed

    @property
    def state(self) -> str:
        """The one state this person is in (conservation: exactly one, whatever has happened)."""
        if self.withdrawn:
            return WITHDRAWN
        state = self._by_latest_right
        if len(self.rights) > 1 and state not in (RECEIVED, RELEASED) and self._may_be_across:
            return UNCONFIRMED
        return state

    @property
    def _may_be_across(self) -> bool:
        """Whether a desk identified the person under an earlier right, and supervisors have not settled it since: a
        right was granted anew because another desk had found somebody else, and the word of one of the two is wrong."""
        for right in reversed(self.rights):
            if right.confirmed is not None:
                return False
            if right is not self.right and right.released is not None and True in right.said:
                return True
        return False

    @property
    def _by_latest_right(self) -> str:
        right = self.right
        if right is None:
            return NOT_GOING if self.not_going else LISTED
        if right.confirmed == RECEIVED:
            return RECEIVED
        if right.confirmed is None and right.released is not None:
            return _between_desks(right)
        if self.not_going:
            return NOT_GOING
        if right.confirmed is not None:
            return WITHHELD
        if right.absent or right.returned:
            if right.end_revoked:
                return UNCONFIRMED
            return ABSENT if right.absent else WITHHELD
        return UNCONFIRMED if right.dark else RIGHT_OUT

    def right_known(self, stage: str, place: str, judged: int) -> Right | None:
        """The right for this stage and place that somebody who had seen `judged` entries knew of, the latest."""
        here = (right for right in reversed(self.rights) if (right.stage, right.place) == (stage, place))
        return next((right for right in here if right.since < judged), None)

    def with_right(self, right: Right) -> Person:
        """This person with the right of that epoch replaced."""
        return replace(self, rights=tuple(right if each.epoch == right.epoch else each for each in self.rights))


def at_gate(words: tuple[Word, ...], stage: str, place: str) -> list[Word]:
    """The words given at the gate of this place in this stage."""
    return [word for word in words if (word.stage, word.place) == (stage, place)]


def standing(words: tuple[Word, ...]) -> list[Word]:
    """The words that count, and that no later one was given over."""
    count = [word for word in words if word.void is None]
    replaced = {event for word in count for event in word.over}
    return [word for word in count if word.event not in replaced]


def _between_desks(right: Right) -> str:
    """What two sides' words about one release amount to; where they do not settle it, supervisors must (rule 6)."""
    if len(right.receipts) == 1 and not right.receipts[0].revoked:  # what the next lines say too, and nearly everybody
        return RECEIVED if right.receipts[0].identified else SUBSTITUTED
    if right.receipts:
        if len(right.said) != 1:  # only revoked keys, or one desk identified the person and another did not
            return UNCONFIRMED
        return RECEIVED if right.said == {True} else SUBSTITUTED
    return UNCONFIRMED if right.dark or right.release_revoked else RELEASED


def word_order(word: Word) -> tuple[str, bool, bool, str]:
    return word.held_on, word.stage is not None, not word.going, word.event
