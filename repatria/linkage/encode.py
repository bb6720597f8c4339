"""Columns of two tables as whole numbers: each distinct value once, and what it is compared and met by.

Everything later works on numbers. A value's **code** is its place among the distinct values of both tables; −1 is no
value. A **key** is what usual spellings of one value fall into (people/names.py, compare.py): several values share one.

Kinds of column:

- `name`: a whole name in one cell, its words in any order;
- `family`, `given`, `father`: a part of a name, compared by skeleton key;
- `date`: a day, a month or a year, compared part by part;
- `place`, `text`: words, compared by near spelling;
- `number`: letters and digits, compared without spaces and hyphens;
- `word`: one of few, equal or not (sex, nationality).

    >>> column = encode("date_of_birth", "date", ["1990-03-05", "", "1990"], ["05.03.1990"])
    >>> column.left.tolist(), column.right.tolist(), column.dates.tolist()
    ([2, -1, 1], [0], [[1990, 3, 5], [1990, 0, 0], [1990, 3, 5]])
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

import numpy as np
from numpy.typing import NDArray

from repatria.linkage.compare import number_key
from repatria.linkage.kinds import Kind
from repatria.people.dates import PartialDate, iso_day, parse_date
from repatria.people.names import father_key, fold, given_key, normal_name, skeleton, skeletons

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Column:
    """One column of both tables. `left` and `right`: codes, row by row; `values`: the distinct values, by code."""

    name: str
    kind: Kind
    values: tuple[str, ...]
    left: Ints
    right: Ints

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What each value is met by; empty where it says nothing."""
        return tuple(_KEYS[self.kind](self.values))

    @cached_property
    def key_codes(self) -> Ints:
        """The place of each value's key among the distinct keys; −1 for an empty one."""
        places: dict[str, int] = {}
        found = (places.setdefault(key, len(places)) if key else -1 for key in self.keys)
        return np.fromiter(found, np.int32, len(self.values))

    @cached_property
    def dates(self) -> NDArray[np.int16]:
        """Year, month and day of each value; 0 where not known."""
        return np.array([_date_parts(value) for value in self.values], np.int16).reshape(len(self.values), 3)

    @cached_property
    def shares(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of each value, the share that it has of both tables' known values; and of each key."""
        known = np.concatenate([self.left[self.left >= 0], self.right[self.right >= 0]])
        of_value = np.bincount(known, minlength=len(self.values)).astype(np.float64)
        keys = self.key_codes
        of_key = np.bincount(keys + 1, of_value)[keys + 1]  # whole numbers still: their order cannot change a sum
        total = max(1, len(known))
        return of_value / total, np.asarray(of_key / total, np.float64)


def encode(name: str, kind: Kind, left: Iterable[str | None], right: Iterable[str | None]) -> Column:
    """The column as numbers. Spaces at the ends do not count; an empty cell is no value.

    Codes follow the values' own order, so that they do not depend on the order of the rows.
    """
    index: defaultdict[str, int] = defaultdict(count().__next__)
    index[""] = -1
    lefts, rights = _codes(index, left), _codes(index, right)
    del index[""]
    values = list(index)
    order = sorted(range(len(values)), key=values.__getitem__)
    place = np.full(len(values) + 1, -1, np.int32)  # the last, at −1: no value
    place[order] = np.arange(len(values), dtype=np.int32)
    return Column(name, kind, tuple(values[at] for at in order), place[lefts], place[rights])


def _codes(index: Mapping[str, int], values: Iterable[str | None]) -> NDArray[np.int64]:
    return np.array([index[value.strip()] if value else -1 for value in values], np.int64)


def _text_keys(values: Sequence[str]) -> list[str]:
    """Of each value the keys of its words, and its digits as they stand."""
    parts = list(map(_PART.findall, values))
    words = sorted({part for each in parts for part in each if not part.isdigit()})
    key = dict(zip(words, skeletons(words), strict=True))
    return ["".join([key.get(part, part) for part in each]) for each in parts]


def _word_key(value: str) -> str:
    return fold(normal_name(value))


def _date_key(value: str) -> str:
    """Year, and the two other numbers in their order of size: day and month change places in lists."""
    year, month, day = _date_parts(value)
    return f"{year}-{min(month, day)}-{max(month, day)}" if day else ""


_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)")


def _date_parts(value: str) -> tuple[int, int, int]:
    if (day := iso_day(value)) is not None:
        return day.year, day.month, day.day
    found = parse_date(_DIGITS.sub(r"\1-\2-\3", value) if value.isascii() and value.isdigit() else value)
    if not isinstance(found, PartialDate):
        return 0, 0, 0
    first, last = found.first, found.last
    if first == last or (first.month, first.day) == (last.day, last.month):  # one day, or one of two readings
        return first.year, first.month, first.day
    same_month = (first.year, first.month) == (last.year, last.month)
    return (first.year if first.year == last.year else 0), (first.month if same_month else 0), 0


def words_of(name: str) -> list[str]:
    """The words of a whole name."""
    return _WORD.findall(name)


def _name_key(value: str) -> str:
    """The keys of its words, sorted."""
    return " ".join(sorted(filter(None, map(skeleton, words_of(value)))))


_PART = re.compile(r"[^\W\d_]+|\d+")
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*")

Keys = Callable[[Sequence[str]], Iterable[str]]


def _each(key: Callable[[str], str]) -> Keys:
    return lambda values: map(key, values)


_KEYS: Mapping[str, Keys] = {
    "name": _each(_name_key), "family": skeletons, "given": _each(given_key), "father": _each(father_key),
    "date": _each(_date_key), "place": _text_keys, "text": _text_keys, "number": _each(number_key),
    "word": _each(_word_key),
}  # fmt: skip


def present(columns: Sequence[Column]) -> list[Column]:
    """The columns that both tables have values in."""
    return [column for column in columns if (column.left >= 0).any() and (column.right >= 0).any()]
