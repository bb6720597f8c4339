"""One person's story as the entries tell it, and the state that it amounts to: written a second time, to compare.

A story is the list of the neutral's words and, for each right, the acts that were done under it, by name. The state
is read off by asking what a reader of the entries would ask.

    >>> Story("0" * 32, "north", "north", "south", "c" * 32, 1, "exchange", "2025-1").state
    'listed'
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from repatria.audit.acts import Act

IN_THE_AIR = ("right-out", "released", "unconfirmed")
FREE = ("listed", "withheld", "absent", "substituted")  # a right may be granted

Spot = tuple[str, str]  # stage, place


@dataclass(frozen=True)
class Said:
    """One word of the neutral on a person. `at` is the stage and place of the gate that gave it, `due` where the
    person was to go when it was given, `over` the earlier words that its author knew of."""

    going: bool
    day: str
    at: Spot | None
    act: Act
    due: Spot | None
    over: frozenset[str]
    void: int | None = None  # from that entry on nobody's leave

    def as_known(self, known: int) -> Said:
        """The word as somebody knows it who has seen so much of the ledger."""
        return replace(self, void=None) if self.void is not None and self.void >= known else self


@dataclass
class Turn:
    """One right and what was done under it: presented, released, absent, returned, dark, settled, each by its act;
    what each receiving desk answered; and what the supervisors settled."""

    holder: str
    spot: Spot
    epoch: int
    since: int
    deeds: dict[str, Act] = field(default_factory=dict)
    answers: dict[str, tuple[bool, Act]] = field(default_factory=dict)  # desk -> identified, and its act
    outcome: str | None = None

    @property
    def unused(self) -> bool:
        """Whether its desk has done nothing that ends it."""
        return not (self.answers or {"released", "absent", "returned"} & self.deeds.keys())

    @property
    def out(self) -> bool:
        """Whether its desk may still act on it."""
        return self.unused and self.outcome is None

    @property
    def sure(self) -> set[bool]:
        """What the receiving desks say whose keys stood: identified, or somebody else."""
        return {identified for identified, act in self.answers.values() if not act.revoked}

    @property
    def left(self) -> bool:
        """Whether the person has left the holder's hands: not where somebody else was brought, or they came back."""
        if self.outcome is not None:
            return self.outcome == "received"
        return "released" in self.deeds and self.sure != {False}


@dataclass
class Story:
    """A person on the final list: what the list says, and everything that happened."""

    number: str
    holder: str
    side: str
    to: str
    class_id: str
    weight: int
    account: str
    round: str
    words: list[Said] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    withdrawn: bool = False
    group: str | None = None  # the first of those with whom they go together or not at all
    was: tuple[int, int] | None = None  # left the ratio with this entry, and weighed so much in it

    def weighs(self, known: int) -> int:
        """What the person weighs in the ratio, for somebody who has seen so much of the ledger."""
        if self.counts:
            return self.weight
        return self.was[1] if self.was is not None and self.was[0] >= known else 0

    @property
    def counts(self) -> bool:
        return self.account == "exchange"

    @property
    def turn(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    @property
    def state(self) -> str:
        return state_of(self.words, self.turns, self.withdrawn)

    @property
    def stays(self) -> bool:
        return stays(self.words, self.turn)

    def turn_known(self, known: int, place: str, stage: str | None = None) -> Turn | None:
        """The latest right at a place (of a stage, if given) in a ledger of `known` entries."""
        fit = [t for t in self.turns if t.spot[1] == place and stage in (None, t.spot[0]) and t.since < known]
        return fit[-1] if fit else None


def counting(words: Collection[Said], turn: Turn | None) -> Said | None:
    """The word that counts: while a right is out, its gate's, where "no" prevails; else the latest not replaced."""
    if turn is not None and turn.out:
        here = [word for word in words if word.at == turn.spot]
        if here:
            return max(here, key=lambda word: (not word.going, order(word)))
    return max(standing(words), key=order, default=None)


def standing(words: Collection[Said]) -> Collection[Said]:
    """Words that count, and that no later one was given over."""
    words = [word for word in words if word.void is None]
    replaced = {earlier for word in words for earlier in word.over}
    return [word for word in words if word.act.id not in replaced] if replaced else words


def order(word: Said) -> tuple[str, bool, bool, str]:
    """The latest day's; on one day a gate's before others, and no before yes."""
    return word.day, word.at is not None, not word.going, word.act.id


def stays(words: Collection[Said], turn: Turn | None) -> bool:
    """Not going, unless the word came from elsewhere and the neutral then let the person through the gate."""
    word = counting(words, turn)
    if word is None or word.going:
        return False
    passed = turn is not None and "presented" in turn.deeds and (turn.out or turn.left)
    return word.at is not None or not passed


def state_of(words: Collection[Said], turns: Sequence[Turn], withdrawn: bool) -> str:
    """The one state that words, rights and a withdrawal amount to."""
    if withdrawn:
        return "withdrawn"
    if not turns:
        return "not-going" if stays(words, None) else "listed"
    state = _under(words, turns[-1])
    settled = max((turn.epoch for turn in turns if turn.outcome is not None), default=0)
    earlier = [turn for turn in turns[:-1] if turn.epoch > settled]
    across = any("released" in turn.deeds and True in turn.sure for turn in earlier)  # by the word of one desk
    return "unconfirmed" if across and state not in ("received", "released") else state


def _under(words: Collection[Said], turn: Turn) -> str:
    """What words and the latest right alone amount to."""
    if turn.outcome == "received":
        return "received"
    if turn.outcome is None and "released" in turn.deeds:
        return _across(turn)
    if stays(words, turn):
        return "not-going"
    if turn.outcome is not None:
        return "withheld"
    for deed, name in (("absent", "absent"), ("returned", "withheld")):
        if deed in turn.deeds:
            return "unconfirmed" if turn.deeds[deed].revoked else name
    return "unconfirmed" if "dark" in turn.deeds else "right-out"


def _across(turn: Turn) -> str:
    """Released, and what the other side says of it."""
    if not turn.answers:
        return "unconfirmed" if "dark" in turn.deeds or turn.deeds["released"].revoked else "released"
    return {frozenset({True}): "received", frozenset({False}): "substituted"}.get(frozenset(turn.sure), "unconfirmed")
