"""One person on the final list, as the ledger knows them: a number, a class, and what has happened so far.

What happened is kept as facts that join in any order; the state a person is in is read off them. So two desks'
events may reach the ledger in either order and the person is in the same state (merge laws, DESIGN section 5).

    >>> person = Person("0" * 32, "north", "00000001", "c" * 32, 1, 2, True, (), (), None)
    >>> person.state
    'listed'
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from repatria.exchange.events import Author, Day, Opaque, Row, Sha256, Slug

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
IN_THE_AIR = (RIGHT_OUT, RELEASED, UNCONFIRMED)  # nobody may close over these


@dataclass(frozen=True)
class Word:
    """The neutral's word on a person: cleared or not going. `stage` only for a word given at the gate."""

    going: bool
    place: Slug
    held_on: Day
    stage: Slug | None
    event: Sha256


@dataclass(frozen=True)
class Right:
    """The right to hand over one person, held by exactly one desk or paper sheet, and what was done under it."""

    holder: Author
    stage: Slug
    place: Slug
    epoch: int
    since: int  # ledger index of the grant
    dark: bool = False  # its desk went out of contact
    presented: Sha256 | None = None  # the neutral let the person through the last gate
    released: Sha256 | None = None
    release_revoked: bool = False  # the release bears a key that is revoked by now
    received: Sha256 | None = None
    receipt_revoked: bool = False
    substituted: Sha256 | None = None
    absent: bool = False
    returned: bool = False
    confirmed: Slug | None = None  # by supervisors of both sides: received, returned

    @property
    def out(self) -> bool:
        """Whether the desk may still act on this right."""
        return not (self.released or self.absent or self.returned or self.substituted or self.confirmed)


@dataclass(frozen=True)
class Person:
    number: Opaque
    holder: Slug
    row: Row
    class_id: Opaque
    weight: int
    tier: int
    counts: bool
    words: tuple[Word, ...]
    rights: tuple[Right, ...]
    withdrawn: Sha256 | None

    @property
    def right(self) -> Right | None:
        """The latest right, whether or not it is still out."""
        return self.rights[-1] if self.rights else None

    @property
    def word(self) -> Word | None:
        """The neutral's word that stands: the latest day's; on one day the gate's, and "not going", prevail."""
        return max(self.words, key=_word_order, default=None)

    @property
    def acts(self) -> tuple[Sha256, ...]:
        """Every event that later ones about this person may have to name."""
        of_rights = [(right.presented, right.released, right.received, right.substituted) for right in self.rights]
        return (*(word.event for word in self.words), *(act for acts in of_rights for act in acts if act is not None))

    @property
    def not_going(self) -> bool:
        """The neutral's word, unless the neutral itself let the person through the gate on that day or later."""
        word = self.word
        if word is None or word.going:
            return False
        right = self.right
        passed = right is not None and right.presented is not None and not right.returned
        return word.stage is not None or not passed

    @property
    def state(self) -> str:
        """The one state this person is in (conservation: exactly one, whatever has happened)."""
        if self.withdrawn:
            return WITHDRAWN
        right = self.right
        if right is None:
            return NOT_GOING if self.not_going else LISTED
        if right.confirmed == RECEIVED or (right.received and not _doubtful(right)):
            return RECEIVED
        if right.confirmed is None:
            if right.substituted:
                return SUBSTITUTED
            if right.released:
                return UNCONFIRMED if right.dark or right.release_revoked or right.received else RELEASED
        if self.not_going:
            return NOT_GOING
        if right.absent:
            return ABSENT
        if right.returned or right.confirmed:
            return WITHHELD
        return UNCONFIRMED if right.dark else RIGHT_OUT

    def with_right(self, right: Right) -> Person:
        """This person with their latest right replaced."""
        return replace(self, rights=(*self.rights[:-1], right))


def _word_order(word: Word) -> tuple[str, bool, bool, str]:
    return word.held_on, word.stage is not None, not word.going, word.event


def _doubtful(right: Right) -> bool:
    """Both desks' keys were revoked, or the receiver's was: the receipt alone does not settle it (rule 6)."""
    return right.receipt_revoked
