"""A judgement is a person's word on a pair: link, non-link or undecided, by whom and why.

Rules:

- No pair becomes a link without a judgement, and every judgement says who gave it and why.
- The latest judgement on a pair stands; earlier ones stay on record.
- A non-link blocks: the pair can be linked again only after someone has put it back to undecided.
- A row is linked at most once. To link it elsewhere, the standing link is first judged a non-link or
  undecided.
- Confirming in bulk is one person's word too, and reaches only what is sure and uncontested and not yet
  judged.

    >>> first = judge([], 9, 4, "non_link", "north/officer-2", "another person of the same name")
    >>> print(judge([first], 9, 4, "link", "north/officer-3", "same unit").code)
    linkage.pair.blocked
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from repatria.problem import Problem

Verdict = Literal["link", "non_link", "undecided"]


@dataclass(frozen=True)
class Judgement:
    """What one person decided about one pair, and why."""

    sought_row: int
    held_row: int
    verdict: Verdict
    by: str
    why: str

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
    earlier: Iterable[Judgement], sought_row: int, held_row: int, verdict: Verdict, by: str, why: str
) -> Judgement | Problem:
    """The judgement to record, or why it cannot stand beside the earlier ones."""
    if unsigned := _unsigned(by, why):
        return unsigned
    if verdict == "link":
        stands = standing(earlier)
        pair = (sought_row, held_row)
        where = f"sought row {sought_row}, held row {held_row}"
        if pair in stands and stands[pair].verdict == "non_link":
            return Problem(
                "linkage.pair.blocked",
                where,
                f"judged a non-link by {stands[pair].by}",
                "judge the pair undecided first, with a reason, and then a link",
            )
        for other in links(stands.values()):
            if other != pair and (other[0] == sought_row or other[1] == held_row):
                return Problem(
                    "linkage.row.linked",
                    where,
                    f"sought row {other[0]} is already linked to held row {other[1]}",
                    "judge that link undecided or a non-link first, with a reason",
                )
    return Judgement(sought_row, held_row, verdict, by, why)


def confirm_sure(
    candidates: Iterable[Confirmable], by: str, why: str, earlier: Iterable[Judgement] = ()
) -> list[Judgement] | Problem:
    """A link for every sure, uncontested candidate on which nobody has judged and whose rows are not linked."""
    if unsigned := _unsigned(by, why):
        return unsigned
    stands = standing(earlier)
    linked = links(stands.values())
    sought_taken = {sought_row for sought_row, _ in linked}
    held_taken = {held_row for _, held_row in linked}
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
    """The latest judgement on each pair."""
    return {judgement.pair: judgement for judgement in judgements}


def links(judgements: Iterable[Judgement]) -> list[tuple[int, int]]:
    """The (sought row, held row) pairs that stand as links, sorted."""
    return sorted(pair for pair, judgement in standing(judgements).items() if judgement.verdict == "link")


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
