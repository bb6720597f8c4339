"""A judgement is a person's word on a pair: link, non-link or undecided, by whom and why.

Rules:

- No pair becomes a link without a judgement, and every judgement says who gave it and why.
- The latest judgement on a pair stands; earlier ones stay on record.
- A non-link blocks: the pair can be linked again only after someone has put it back to undecided.
- A row is linked at most once. To link it elsewhere, the standing link is first judged a non-link or
  undecided.
- Where the stakes are high (review.py), a word counts once a second reviewer has said the same. Until then, and
  where two disagree, the pair is undecided. One reviewer under two spellings is one.
- A reviewer may take the last word back: the one before it stands again. Both stay on record.
- Where a list gets a new version, what was said moves with the people (carry.py). Where what it rested on has changed,
  the pair is `reopened`: what was said before stays on record and counts no more.
- Confirming in bulk is one person's word too, and reaches only what is sure and uncontested and not yet
  judged.

    >>> first = judge([], 9, 4, "non_link", "north/officer-2", "another person of the same name")
    >>> print(judge([first], 9, 4, "link", "north/officer-3", "same unit").code)
    linkage.pair.blocked
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from repatria.problem import Problem

Verdict = Literal["link", "non_link", "undecided", "taken_back", "reopened", "moved"]
"""The last two are nobody's: a new version of a list says them. `moved`: the two people stand in other rows now."""


@dataclass(frozen=True)
class Judgement:
    """What one person decided about one pair, and why."""

    sought_row: int
    held_row: int
    verdict: Verdict
    by: str
    why: str
    probability: float | None = None  # what the pair was found with, before any calibration
    second: bool = False  # it counts only with a second reviewer's
    bulk: bool = False  # given by a rule for many, and looked at by nobody

    @property
    def reviewer(self) -> str:
        return reviewer(self.by)

    @property
    def pair(self) -> tuple[int, int]:
        return self.sought_row, self.held_row


class Confirmable(Protocol):
    """What bulk confirmation looks at (block.py makes them)."""

    @property
    def sought_row(self) -> int: ...
    @property
    def held_row(self) -> int: ...
    @property
    def grade(self) -> str: ...
    @property
    def contested(self) -> bool: ...


def judge(
    earlier: Iterable[Judgement], sought_row: int, held_row: int, verdict: Verdict, by: str, why: str,
    probability: float | None = None, second: bool = False, exclusive: bool = True,
    name: Callable[[int], str] = str, sides: tuple[str, str] = ("sought", "held"),
) -> Judgement | Problem:  # fmt: skip
    """The judgement to record, or why it cannot stand beside the earlier ones.

    Args:
        exclusive: nobody stands twice in one list.
        name, sides: what a row and its list are called in a problem.
    """
    where = f"{sides[0]} row {name(sought_row)}, {sides[1]} row {name(held_row)}"
    if unsigned := _unsigned(by, why):
        return unsigned
    earlier = list(earlier)
    if verdict == "taken_back":
        said = words_on(earlier).get((sought_row, held_row), [])
        if reviewer(by) not in last_words(said):
            return Problem(
                "linkage.judgement.none",
                where,
                "this reviewer has said nothing on the pair that could be taken back",
                "name the reviewer and the pair of the judgement",
            )
    if verdict == "link":
        stands = standing(earlier)
        pair = (sought_row, held_row)
        if pair in stands and stands[pair].verdict == "non_link":
            return Problem(
                "linkage.pair.blocked",
                where,
                f"judged a non-link by {stands[pair].by}",
                "judge the pair undecided first, with a reason, and then a link",
            )
        for other in linked(stands) if exclusive else ():
            if other != pair and (other[0] == sought_row or other[1] == held_row):
                return Problem(
                    "linkage.row.linked",
                    where,
                    f"{sides[0]} row {name(other[0])} is already linked to {sides[1]} row {name(other[1])}",
                    "judge that link undecided or a non-link first, with a reason",
                )
    return Judgement(sought_row, held_row, verdict, by, why, probability, second)


def confirm_sure(
    candidates: Iterable[Confirmable], by: str, why: str, earlier: Iterable[Judgement] = ()
) -> list[Judgement] | Problem:
    """A link for every sure, uncontested candidate on which nobody has judged and whose rows are not linked."""
    if unsigned := _unsigned(by, why):
        return unsigned
    stands = standing(earlier)
    sought_taken = {sought_row for sought_row, _ in linked(stands)}
    held_taken = {held_row for _, held_row in linked(stands)}
    confirmed = []
    for candidate in candidates:
        pair = (candidate.sought_row, candidate.held_row)
        free = candidate.sought_row not in sought_taken and candidate.held_row not in held_taken
        if candidate.grade == "sure" and not candidate.contested and pair not in stands and free:
            confirmed.append(Judgement(*pair, "link", by, why))
            sought_taken.add(candidate.sought_row)
            held_taken.add(candidate.held_row)
    return confirmed


def standing(judgements: Iterable[Judgement]) -> dict[tuple[int, int], Judgement]:
    """The judgement on each pair that counts: the latest; undecided, while it waits for a second reviewer's."""
    return {pair: _counted(words) for pair, words in words_on(judgements).items()}


def words_on(judgements: Iterable[Judgement]) -> dict[tuple[int, int], list[Judgement]]:
    """On each pair what was said and not taken back, in the order in which it was said."""
    words: dict[tuple[int, int], list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        on_pair = words[judgement.pair]
        if judgement.verdict in ("reopened", "moved"):
            on_pair[:] = [judgement] if judgement.verdict == "reopened" else []
            continue
        if judgement.verdict != "taken_back":
            on_pair.append(judgement)
            continue
        last = [at for at, word in enumerate(on_pair) if word.reviewer == judgement.reviewer]
        if last:
            del on_pair[last[-1]]
    return {pair: on_pair for pair, on_pair in words.items() if on_pair}


def last_words(words: Iterable[Judgement]) -> dict[str, Judgement]:
    """Of the words on one pair, each reviewer's last."""
    return {word.reviewer: word for word in words if word.verdict != "reopened"}


def _counted(words: list[Judgement]) -> Judgement:
    latest = words[-1]
    if latest.verdict == "reopened":
        return replace(latest, verdict="undecided")
    if latest.verdict == "undecided" or not any(word.second for word in words):
        return latest
    others = [word for who, word in last_words(words).items() if who != latest.reviewer]
    agreed = any(word.verdict == latest.verdict for word in others)
    return latest if agreed else replace(latest, verdict="undecided")


def reviewer(by: str) -> str:
    """Who it is, however the role is spelt."""
    return " ".join(by.split()).casefold()


def links(judgements: Iterable[Judgement]) -> list[tuple[int, int]]:
    """The (sought row, held row) pairs that stand as links, sorted."""
    return linked(standing(judgements))


def linked(stands: Mapping[tuple[int, int], Judgement]) -> list[tuple[int, int]]:
    """The pairs that are links by what stands (`standing`), sorted; what stands is one word and cannot be asked again
    whether two have said it."""
    return sorted(pair for pair, judgement in stands.items() if judgement.verdict == "link")


def _unsigned(by: str, why: str) -> Problem | None:
    missing = [word for word, text in (("by whom", by), ("why", why)) if not text.strip()]
    if not missing:
        return None
    return Problem(
        "linkage.judgement.unsigned",
        "judgement",
        f"it does not say {' and '.join(missing)}",
        "give the name of the role that decided, and the reason",
    )
