"""A list gets a new version: what reviewers have said stays with the people, and comes back where its grounds changed.

Rules:

- Who is the same person in both versions, `versions.py` says. A record number that now stands beside another name and
  another date of birth is not the same person.
- Everything said on a pair that stands moves to the rows where the two people stand now, word for word: by whom, why,
  with what probability, and whether a second reviewer is needed. On the old rows it stays on record, as `moved`.
- **Grounds** are the fields that linkage compares. A pair is reopened where one of them was changed, cleared or is
  known less exactly. Another spelling of the same name is no change. What was filled in or is known more exactly
  reopens a pair only if it speaks against what was decided: a link by differing, a non-link by agreeing; an undecided
  pair always.
- Of a person who is on the new list no more, what was said stays where it stands: there is no row to move it to.

What changed is written as `held date_of_birth changed`, for explain.py to put into any language, and never says what
stands in a field.

    >>> old = [Record(1, {"record_id": "7", "family_name": "Invented", "date_of_birth": "1990-03-05"})]
    >>> new = [Record(5, {"record_id": "7", "family_name": "Invented", "date_of_birth": "1991-03-05"})]
    >>> sought = [Record(9, {"family_name": "Invented", "date_of_birth": "1990-03-05"})]
    >>> said = [Judgement(9, 1, "link", "officer-1", "both looked at")]
    >>> for word in carried(said, {}, moves(old, new), sought, new).words: print(word.pair, word.verdict, word.why)
    (9, 1) moved the list has a new version
    (9, 5) link both looked at
    (9, 5) reopened held date_of_birth changed
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from repatria.linkage.compare import Record, compare
from repatria.linkage.judgement import Judgement, words_on
from repatria.linkage.kinds import KINDS_OF
from repatria.linkage.versions import Change, compare_versions

NOBODY = "the new version"
SIDES = ("sought", "held")


@dataclass(frozen=True)
class Move:
    """Where a person of an older version stands now, and what changed."""

    to: int
    changes: tuple[Change, ...]


Moves = Mapping[int, Move]


def moves(old: Sequence[Record], new: Sequence[Record]) -> dict[int, Move]:
    """Of each old row of somebody who is in both versions, the new one."""
    return {
        pair.old_row: Move(pair.new_row, pair.changes)
        for pair in compare_versions(old, new).pairs
        if not pair.remark  # somebody else's number
    }


@dataclass(frozen=True)
class Carried:
    """What is to be written after what was said, and how much of it moved, was reopened, or has nobody to move to."""

    words: tuple[Judgement, ...] = ()
    moved: int = 0
    reopened: int = 0
    gone: tuple[tuple[int, int], ...] = ()


def carried(
    said: Iterable[Judgement], sought_moves: Moves, held_moves: Moves, sought: Sequence[Record],
    held: Sequence[Record], leave: bool = True,
) -> Carried:  # fmt: skip
    """What was said on pairs of older versions, on the rows where the people stand now.

    Args:
        sought, held: the newest versions. A pair of which both rows stand there is left alone.
        leave: write on the old rows that it moved; not where it goes into a record of its own.
    """
    records = {each.row: each for each in sought}, {each.row: each for each in held}
    words: list[Judgement] = []
    moved = reopened = 0
    gone = []
    for pair, on_pair in words_on(said).items():
        if pair[0] in records[0] and pair[1] in records[1]:
            continue
        steps = [
            Move(row, ()) if row in now else found.get(row)
            for row, now, found in zip(pair, records, (sought_moves, held_moves), strict=True)
        ]
        if steps[0] is None or steps[1] is None:
            gone.append(pair)
            continue
        to = steps[0].to, steps[1].to
        moved += 1
        if leave:
            words.append(Judgement(*pair, "moved", NOBODY, "the list has a new version"))
        words += [replace(word, sought_row=to[0], held_row=to[1]) for word in on_pair]
        last = on_pair[-1]
        because = [
            f"{side} {change.field} {change.how.replace(' ', '_')}"
            for side, change in _grounds(last, steps[0], steps[1], records[0][to[0]], records[1][to[1]])
        ]
        if because and last.verdict != "reopened":
            reopened += 1
            second = any(word.second for word in on_pair)
            words.append(Judgement(*to, "reopened", NOBODY, "; ".join(because), second=second))
    return Carried(tuple(words), moved, reopened, tuple(gone))


def _grounds(last: Judgement, of_sought: Move, of_held: Move, sought: Record, held: Record) -> list[tuple[str, Change]]:
    """The changes that what was said cannot outlive."""
    every = [(side, change) for side, move in zip(SIDES, (of_sought, of_held), strict=True) for change in move.changes]
    every = [(side, change) for side, change in every if change.field in KINDS_OF and change.how != "spelled otherwise"]
    if not every:
        return []
    stands = {each.field: each.agreement for each in compare(sought, held)}
    against = {"link": "differs", "non_link": "agrees"}.get(last.verdict)
    return [
        (side, change)
        for side, change in every
        if change.how not in ("filled in", "known more exactly")
        or against is None
        or stands.get(change.field) == against
    ]
