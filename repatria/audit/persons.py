"""One person's story as the entries tell it, and the state that it amounts to: written a second time, to compare.

The fold keeps one record of facts per right. Here a story is the list of the neutral's words and, for each right, the
acts that were done under it, by name; the state is read off by asking what a reader of the entries would ask.

    >>> Story("0" * 32, "north", "c" * 32, 1, True).state
    'listed'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from repatria.audit.acts import Act

IN_THE_AIR = ("right-out", "released", "unconfirmed")
FREE = ("listed", "withheld", "absent", "substituted")  # a right may be granted


@dataclass(frozen=True)
class Said:
    """One word of the neutral on a person. `stage` where it was given at the gate of that stage."""

    going: bool
    day: str
    place: str
    stage: str | None
    id: str
    index: int


@dataclass
class Turn:
    """One right and what was done under it: presented, released, received, substituted, absent, returned, dark,
    settled; each by the act that did it. `outcome` is what the supervisors settled."""

    holder: str
    stage: str
    place: str
    epoch: int
    since: int
    deeds: dict[str, Act] = field(default_factory=dict)
    outcome: str | None = None

    @property
    def out(self) -> bool:
        """Whether its desk may still act on it."""
        return not {"released", "absent", "returned", "substituted", "settled"} & self.deeds.keys()

    @property
    def left(self) -> bool:
        """Whether the person has left the holder's hands: not where somebody else was brought, or they came back."""
        if self.outcome is not None:
            return self.outcome == "received"
        return "released" in self.deeds and ("received" in self.deeds or "substituted" not in self.deeds)


@dataclass
class Story:
    """A person on the final list: what the list says, and everything that happened."""

    number: str
    holder: str
    class_id: str
    weight: int
    counts: bool
    words: list[Said] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    withdrawn: bool = False

    @property
    def turn(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    @property
    def state(self) -> str:
        return state_of(self.words, self.turn, self.withdrawn)


def standing(words: Iterable[Said]) -> Said | None:
    """The word that counts: the latest day's; on one day the gate's before others, and no before yes."""
    return max(words, key=lambda word: (word.day, word.stage is not None, not word.going, word.id), default=None)


def state_of(words: Iterable[Said], turn: Turn | None, withdrawn: bool) -> str:
    """The one state that words, the latest right and a withdrawal amount to."""
    if withdrawn:
        return "withdrawn"
    if turn is None:
        return "not-going" if _stays(words, None) else "listed"
    deeds = turn.deeds
    receipt = deeds.get("received")
    if turn.outcome == "received" or (receipt is not None and not receipt.revoked):
        return "received"
    if "settled" not in deeds:
        if "substituted" in deeds:
            return "substituted"
        if "released" in deeds:
            sure = "dark" not in deeds and not deeds["released"].revoked and receipt is None
            return "released" if sure else "unconfirmed"
    if _stays(words, turn):
        return "not-going"
    if "absent" in deeds:
        return "absent"
    if "returned" in deeds or "settled" in deeds:
        return "withheld"
    return "unconfirmed" if "dark" in deeds else "right-out"


def _stays(words: Iterable[Said], turn: Turn | None) -> bool:
    """Not going, unless the neutral let the person through the gate after a word from elsewhere."""
    word = standing(words)
    if word is None or word.going:
        return False
    passed = turn is not None and "presented" in turn.deeds and "returned" not in turn.deeds
    return word.stage is not None or not passed
