"""Two versions of one list, person by person: who was added, who is gone, and what changed, in words.

Rows are joined by the first of these that finds exactly one row on each side:

1. the office's own record number (`record_id`; not one that was made from the line where the file has none);
2. every field the same;
3. a rule of `block.py`: service number, or name and birth date. Where several fit, whoever agrees in most is taken, and
   where that does not decide, nobody is: those rows are told as unclear;
4. a near spelling (`within.py`), where one row of each version is near and no third.

What is said names rows and fields, and never what stands in them. A record number that now stands beside another name
and another date of birth is told apart: numbers are given out again.

    >>> old = [Record(2, {"record_id": "7", "family_name": "Invented", "date_of_birth": "1990"})]
    >>> new = [Record(5, {"record_id": "7", "family_name": "Invented", "date_of_birth": "1990-03-05", "rank": "major"})]
    >>> (pair,) = compare_versions(old, new).pairs
    >>> [str(change) for change in pair.changes]
    ['rank: filled in', 'date of birth: known more exactly']
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from repatria.linkage.block import Candidate, candidate_links
from repatria.linkage.compare import Record, compare, own_number
from repatria.linkage.within import NEAR_FAMILY, NEAR_GIVEN, near_across
from repatria.people.dates import PartialDate
from repatria.people.names import family_key, father_key, given_key
from repatria.people.person import FIELDS, field_value
from repatria.people.register import AS_WRITTEN, UNKNOWN_PREFIX

How = Literal["filled in", "cleared", "changed", "spelled otherwise", "known more exactly", "known less exactly"]
OWN_NUMBER, ALL_SAME = "the same record number", "every field the same"
BY_RULE = {
    "service_number": "the same service number",
    "name_and_birth_date": "the same name and the same date of birth",
    "name_and_possible_birth_date": "the same name, and a date of birth or a father's name that allows it",
}
REUSED = "the name and the date of birth both differ: check that the record number was not given to somebody else"


@dataclass(frozen=True)
class Change:
    """One field of one person, and how it changed."""

    field: str
    how: How

    def __str__(self) -> str:
        return f"{self.field.removeprefix(UNKNOWN_PREFIX).replace('_', ' ')}: {self.how}"


@dataclass(frozen=True)
class Pair:
    """One person in both versions: the rows, why they are one person, what changed, and what to look at."""

    old_row: int
    new_row: int
    reason: str
    changes: tuple[Change, ...]
    remark: str = ""


@dataclass(frozen=True)
class Versions:
    """What became of a list. `unclear`: rows of both versions that fit several; they are also added and gone."""

    pairs: tuple[Pair, ...]
    added: tuple[int, ...]
    gone: tuple[int, ...]
    unclear: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]

    @property
    def changed(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.changes or pair.remark)

    def as_json(self) -> dict[str, Any]:
        """Counts first; then, in the order of the new version's rows, who changed and how."""
        fields = Counter(change.field for pair in self.pairs for change in pair.changes)
        reasons = Counter(pair.reason for pair in self.pairs)
        return {
            "people_before": len(self.pairs) + len(self.gone),
            "people_now": len(self.pairs) + len(self.added),
            "added": len(self.added), "gone": len(self.gone), "changed": len(self.changed),
            "unchanged": len(self.pairs) - len(self.changed), "unclear": len(self.unclear),
            "joined_by": [{"reason": reason, "people": n} for reason, n in reasons.items()],
            "changes_by_field": [{"field": name, "people": fields[name]} for name in sorted(fields, key=_place)],
            "added_rows": list(self.added), "gone_rows": list(self.gone),
            "changed_rows": [
                {"old_row": pair.old_row, "new_row": pair.new_row, "changes": [str(change) for change in pair.changes],
                 "joined_by": pair.reason, "remark": pair.remark}
                for pair in self.changed
            ],
            "unclear_rows": [{"old_rows": list(old), "new_rows": list(new)} for old, new in self.unclear],
        }  # fmt: skip


def compare_versions(old: Sequence[Record], new: Sequence[Record]) -> Versions:
    """Every person of both versions exactly once, by row, whatever the order of the records."""
    olds, news = {each.row: each for each in old}, {each.row: each for each in new}
    if len(olds) != len(old) or len(news) != len(new):
        raise ValueError("two records of one version have the same row")
    joined: dict[int, tuple[int, str]] = {}
    taken: set[int] = set()

    def join(pairs: Iterable[tuple[int, int]], reason: str) -> None:
        for old_row, new_row in pairs:
            joined[old_row] = (new_row, reason)
            taken.add(new_row)

    def left() -> tuple[list[Record], list[Record]]:
        return (
            [olds[row] for row in sorted(olds) if row not in joined],
            [news[row] for row in sorted(news) if row not in taken],
        )

    join(_only_ones(*left(), lambda record: own_number(record.fields)), OWN_NUMBER)
    join(_only_ones(*left(), lambda record: frozenset(_of_person(record).items()) or None), ALL_SAME)
    sought, held = left()
    candidates = candidate_links(held, sought)
    by_rule, unclear = _best(candidates)
    for each in by_rule:
        join([(each.sought_row, each.held_row)], BY_RULE[each.rule])
    for reason in (NEAR_FAMILY, NEAR_GIVEN):
        join(_near(*left(), reason), reason)
    pairs = tuple(
        Pair(row, now, reason, changes(olds[row], news[now]), _remark(olds[row], news[now], reason))
        for row, (now, reason) in sorted(joined.items(), key=lambda item: item[1][0])
    )
    gone, added = left()
    return Versions(pairs, tuple(each.row for each in added), tuple(each.row for each in gone), unclear)


def changes(old: Record, new: Record) -> tuple[Change, ...]:
    """Each field that differs, in the order of the record; unknown columns after it."""
    names = sorted({*old.fields, *new.fields} - {"record_id"}, key=_place)
    found = ((name, _how(name, old.fields.get(name), new.fields.get(name))) for name in names)
    told = tuple(Change(name, how) for name, how in found if how is not None)
    # What a cell said is told by its field; by itself only where no field could be read of it.
    read = tuple(change for change in told if not change.field.startswith(UNKNOWN_PREFIX + AS_WRITTEN))
    return read or tuple(change for change in told if change.how == "changed")


def _how(name: str, old: str | None, new: str | None) -> How | None:
    if old == new:
        return None
    if old is None or new is None:
        return "filled in" if old is None else "cleared"
    if (key := _NAME_KEYS.get(name)) is not None and key(old) == key(new) != "":
        return "spelled otherwise"
    if name in FIELDS:
        one, other = field_value(name, old), field_value(name, new)
        if isinstance(one, PartialDate) and isinstance(other, PartialDate):
            if one.first <= other.first and other.last <= one.last:
                return "known more exactly"
            if other.first <= one.first and one.last <= other.last:
                return "known less exactly"
    return "changed"


def _only_ones(
    old: Sequence[Record], new: Sequence[Record], key: Callable[[Record], Hashable]
) -> list[tuple[int, int]]:
    """Pairs whose key is known and stands once on each side."""
    sides: list[dict[Hashable, list[int]]] = []
    for records in (old, new):
        rows: dict[Hashable, list[int]] = defaultdict(list)
        for record in records:
            if (found := key(record)) is not None:
                rows[found].append(record.row)
        sides.append(rows)
    return [
        (rows[0], sides[1][found][0])
        for found, rows in sides[0].items()
        if len(rows) == 1 and len(sides[1].get(found, ())) == 1
    ]


def _best(
    candidates: Sequence[Candidate],
) -> tuple[list[Candidate], tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]]:
    """Of each row its one best candidate, where it is the other's best too; and the rows that stay unclear."""
    by_old: dict[int, list[Candidate]] = defaultdict(list)
    by_new: dict[int, list[Candidate]] = defaultdict(list)
    for each in candidates:
        by_old[each.sought_row].append(each)
        by_new[each.held_row].append(each)
    chosen = [each for each in candidates if each is _top(by_old[each.sought_row]) is _top(by_new[each.held_row])]
    olds, news = {each.sought_row for each in chosen}, {each.held_row for each in chosen}
    groups = set()
    for each in candidates:
        if each.sought_row not in olds and each.held_row not in news:
            free = tuple(sorted({e.held_row for e in by_old[each.sought_row]} - news))
            groups.add((tuple(sorted({e.sought_row for e in by_new[each.held_row]} - olds)), free))
    return chosen, tuple(sorted(groups))


def _top(candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate that agrees in most and differs in least, if there is one such."""
    ranked = sorted(((_weight(each), each) for each in candidates), key=lambda pair: pair[0], reverse=True)
    return None if len(ranked) > 1 and ranked[0][0] == ranked[1][0] else ranked[0][1]


def _weight(candidate: Candidate) -> tuple[int, int]:
    stands = Counter(evidence.agreement for evidence in candidate.evidence)
    return 2 * stands["agrees"] + stands["compatible"] - 2 * stands["differs"], stands["agrees"]


def _near(old: Sequence[Record], new: Sequence[Record], reason: str) -> list[tuple[int, int]]:
    """One row of each version near each other, and neither near a third."""
    found = [(one, other) for one, other, rule in near_across(old, new) if rule == reason]
    often = Counter(row for pair in found for row in pair)
    return [
        (one[1], other[1])
        for one, other in found
        if (one[0], other[0]) == (0, 1) and often[one] == often[other] == 1
    ]


def _remark(old: Record, new: Record, reason: str) -> str:
    if reason != OWN_NUMBER:
        return ""
    stands = {each.field: each.agreement for each in compare(old, new)}
    named = "differs" in (stands["family_name"], stands["given_names"])
    return REUSED if named and stands["date_of_birth"] == "differs" else ""


def _of_person(record: Record) -> dict[str, str]:
    return {name: text for name, text in record.fields.items() if name != "record_id"}


def _place(name: str) -> tuple[int, str]:
    return (_PLACE.get(name, len(_PLACE)), name)


_PLACE = {name: at for at, name in enumerate(FIELDS)}
_NAME_KEYS: dict[str, Callable[[str], str]] = {
    "family_name": family_key, "given_names": given_key, "father_name": father_key, "mother_maiden_name": family_key,
}  # fmt: skip
