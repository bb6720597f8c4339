"""Who is listed twice: groups of rows of one register that may be one person, each with its reason.

Rules, in this order; a group that an earlier rule found whole is not told again:

- one service number, however it is spaced or in whichever alphabet its letters are typed;
- one name, allowing for language and alphabet, and one date of birth, or dates of birth that can be one day;
- one date of birth known to the day, one of the two names the same, and the other near in spelling.

Fathers' names that are known and differ keep rows apart under the second and third rule. Where neither a number nor a
date of birth is known, nothing is said: a name alone makes nobody double. Nothing is merged: an officer compares.

    >>> rows = [Record(2, {"family_name": "Коваленко", "given_names": "Сергій", "date_of_birth": "1990-03-05"}),
    ...         Record(9, {"family_name": "Kovalenko", "given_names": "Sergey", "date_of_birth": "1990"})]
    >>> doubled(rows)
    [Doubled(rows=(2, 9), reason='the same name, and dates of birth that can be one day')]
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rapidfuzz.distance import JaroWinkler

from repatria.linkage.compare import NEAR_NAME, Keys, Record, keys_of

K = TypeVar("K", bound=Hashable)
NUMBER = "the same service number"
NAME_AND_DAY = "the same name and the same date of birth"
NAME_AND_SPAN = "the same name, and dates of birth that can be one day"
NEAR_FAMILY = "the same given name and date of birth, and family names near in spelling"
NEAR_GIVEN = "the same family name and date of birth, and given names near in spelling"
COMPARED_MOST = 200
"""Rows of one date of birth and one name that are compared pair by pair; beyond it the column holds a default."""


@dataclass(frozen=True)
class Doubled:
    """Rows, in order, that may be one person, and why."""

    rows: tuple[int, ...]
    reason: str


def doubled(records: Iterable[Record]) -> list[Doubled]:
    """Every group, in the order of its first row. It does not depend on the order of the records."""
    keys = sorted(map(keys_of, records), key=lambda each: each.row)
    found: list[Doubled] = []
    told: set[frozenset[int]] = set()
    for reason, rows in _groups(keys):
        group = frozenset(rows)
        if len(group) > 1 and not any(group <= earlier for earlier in told):
            told.add(group)
            found.append(Doubled(tuple(sorted(group)), reason))
    return sorted(found, key=lambda each: (each.rows, each.reason))


Sided = tuple[int, int]
"""Which of two lists, 0 or 1, and the row there."""


def near_across(one: Sequence[Record], other: Sequence[Record]) -> list[tuple[Sided, Sided, str]]:
    """The pairs near in spelling in two lists taken as one, those within a list too, and by which rule."""
    both = [Record(2 * each.row + side, each.fields) for side, records in enumerate((one, other)) for each in records]
    return [
        (*sorted((row % 2, row // 2) for row in each.rows), each.reason)  # type: ignore[misc]
        for each in doubled(both)
        if each.reason in (NEAR_FAMILY, NEAR_GIVEN)
    ]


def _groups(keys: Sequence[Keys]) -> Iterator[tuple[str, list[int]]]:
    for group in _by(keys, lambda each: each.number):
        yield NUMBER, [each.row for each in group]
    named = [each for each in keys if (each.family or each.given) and each.birth is not None]
    for group in _by(named, lambda each: (each.family, each.given)):
        for same in _by(group, lambda each: each.birth):
            for kept in _apart_by_father(same):
                yield NAME_AND_DAY, [each.row for each in kept]
        for partial in {each.birth for each in group if each.birth is not None and not each.birth.full}:
            meeting = [each for each in group if each.birth is not None and partial.may_equal(each.birth)]
            for kept in _apart_by_father(meeting):
                yield NAME_AND_SPAN, [each.row for each in kept]
    dated = [each for each in named if each.family and each.given and each.birth is not None and each.birth.full]
    for reason, same_as, near in (
        (NEAR_FAMILY, lambda each: (each.birth, each.given), lambda each: each.family),
        (NEAR_GIVEN, lambda each: (each.birth, each.family), lambda each: each.given),
    ):
        for group in _by(dated, same_as):
            if len(group) <= COMPARED_MOST:
                yield from ((reason, rows) for rows in _near(group, near))


def _by(keys: Iterable[Keys], key: Callable[[Keys], K]) -> list[list[Keys]]:
    """The rows of each key that is known and that more than one row has."""
    keys = list(keys)
    count = Counter(found for each in keys if (found := key(each)))
    groups: dict[K, list[Keys]] = defaultdict(list)
    for each in keys:
        if (found := key(each)) and count[found] > 1:  # most are alone, and a list for each would be many
            groups[found].append(each)
    return list(groups.values())


def _apart_by_father(group: Sequence[Keys]) -> Iterator[list[Keys]]:
    """The group, or its parts where fathers' names differ; whose father is not known belongs to each part."""
    fathers = sorted({each.father for each in group if each.father})
    for father in fathers or [""]:
        yield [each for each in group if each.father in ("", father)]


def _near(group: Sequence[Keys], text: Callable[[Keys], str]) -> Iterator[list[int]]:
    for at, one in enumerate(group):
        for other in group[at + 1 :]:
            one_father = len({one.father, other.father} - {""}) < 2
            if one_father and NEAR_NAME <= JaroWinkler.similarity(text(one), text(other)) < 1:
                yield [one.row, other.row]
