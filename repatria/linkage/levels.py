"""How far a column agrees in a pair: a few levels, from the same to quite different, or unknown.

Names and words are compared by their keys: the same as written, the same key, one slip, near, or different. A slip is
one letter put in, left out, changed, or two changed over (optimal string alignment); near is Jaro-Winkler. Dates are
compared part by part. Each distinct pair of values is compared once.

Level 0 is the closest; the last is "different". −1: unknown in one of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from repatria.linkage.encode import Column
from repatria.linkage.names import score_names

Levels = NDArray[np.int8]
Places = NDArray[np.int32]

TEXT_LEVELS = ("the same", "the same but for spelling", "one slip", "near", "far", "different")
DATE_LEVELS = ("the same day", "day and month changed over", "one slip", "as far as known", "two parts the same",
               "years near", "different")  # fmt: skip
NAME_LEVELS = ("the same", "the same but for spelling", "all but the same", "very near", "near", "rather near",
               "nearer than not", "hardly near", "unclear", "rather far", "far", "different")  # fmt: skip
WORD_LEVELS = ("the same", "different")
NEAR, FAR = 0.90, 0.78


_LEVELS = {"date": DATE_LEVELS, "word": WORD_LEVELS, "name": NAME_LEVELS}
NAME_ODDS = (7.0, 5.5, 4.0, 2.5, 1.0, 0.0, -1.0, -2.0, -3.0)
"""Natural log odds of whole names (names.py) from which they are at each level from "all but the same" on."""


SCORED_AT_ONCE = 100_000  # pairs of whole names


def level_names(column: Column) -> tuple[str, ...]:
    return names_of(column.kind)


def names_of(kind: str) -> tuple[str, ...]:
    return _LEVELS.get(kind, TEXT_LEVELS)


def levels(column: Column, left: Places, right: Places) -> Levels:
    """The level of each pair of rows."""
    one, other = column.left[left], column.right[right]
    found = np.full(len(one), -1, np.int8)
    known = (one >= 0) & (other >= 0)
    same = known & (one == other)
    found[same] = 0
    rest = np.flatnonzero(known & ~same)
    found[rest] = _of_values(column, one[rest], other[rest])
    return found


def _of_values(column: Column, one: Places, other: Places) -> Levels:
    """The level of each pair of different values."""
    if not len(one):
        return np.zeros(0, np.int8)
    if column.kind == "date":
        return date_levels(column.dates[one], column.dates[other])
    keys = column.key_codes
    found = np.full(len(one), len(level_names(column)) - 1, np.int8)
    found[(keys[one] < 0) | (keys[other] < 0)] = -1
    same_key = (keys[one] == keys[other]) & (keys[one] >= 0)
    found[same_key] = 0 if column.kind == "word" else 1
    if column.kind == "word":
        return found
    rest = np.flatnonzero(~same_key & (found >= 0))
    if column.kind == "name":
        found[rest] = _each_once(one[rest], other[rest], dict(enumerate(column.values)), _names)
    else:
        texts = dict(zip(keys.tolist(), column.keys, strict=True))
        found[rest] = _each_once(keys[one[rest]], keys[other[rest]], texts, text_levels)
    return found


def name_levels(column: Column, left: Places, right: Places, odds: NDArray[np.float64]) -> Levels:
    """The level of each pair of rows whose names are known, by the log odds that names.py gives them."""
    one, other = column.left[left], column.right[right]
    found = np.asarray(2 + sum(odds < least for least in NAME_ODDS), np.int8)
    keys = column.key_codes
    found[(keys[one] == keys[other]) & (keys[one] >= 0)] = 1
    found[one == other] = 0
    return found


def _each_once(
    one: Places, other: Places, texts: Mapping[int, str], compare: Callable[[Sequence[str], Sequence[str]], Levels]
) -> Levels:
    """What comparing gives for each pair of numbered texts; either order is the same pair, and compared once."""
    whole = (np.minimum(one, other).astype(np.int64) << 32) | np.maximum(one, other)
    pairs = np.sort(whole)
    pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])] if len(pairs) else pairs
    lefts = [texts[at] for at in (pairs >> 32).tolist()]
    rights = [texts[at] for at in (pairs & 0xFFFFFFFF).tolist()]
    return compare(lefts, rights)[np.searchsorted(pairs, whole)]


def _names(left: Sequence[str], right: Sequence[str]) -> Levels:
    """How near two whole names are, by names.py."""
    parts = [slice(at, at + SCORED_AT_ONCE) for at in range(0, max(1, len(left)), SCORED_AT_ONCE)]
    odds = np.clip(np.concatenate([score_names(left[part], right[part]) for part in parts]), 1e-9, 1 - 1e-9)
    odds = np.log(odds / (1 - odds))
    return np.asarray(2 + sum(odds < least for least in NAME_ODDS), np.int8)


def text_levels(left: Sequence[str], right: Sequence[str]) -> Levels:
    """How near two different keys are: 2 one slip, 3 near, 4 far, 5 different."""
    shortest = np.minimum(np.fromiter(map(len, left), int, len(left)), np.fromiter(map(len, right), int, len(right)))
    slips = cpdist(left, right, scorer=OSA.distance, score_cutoff=2, dtype=np.int32, workers=1)
    near = cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32, workers=1)
    found = np.full(len(left), 5, np.int8)
    found[near >= FAR] = 4
    found[(near >= NEAR) | ((slips == 2) & (shortest >= 6))] = 3
    found[(slips <= 1) & (shortest >= 3)] = 2
    return found


def date_levels(a: NDArray[np.int16], b: NDArray[np.int16]) -> Levels:
    """How near two dates are that are not written the same: year, month and day of each, 0 where not known."""
    known = (a > 0) & (b > 0)
    same = a == b
    found = np.full(len(a), 6, np.int8)
    years = np.abs(a[:, 0] - b[:, 0])
    found[known[:, 0] & (years <= 1)] = 5
    all_known = known.all(axis=1)
    found[all_known & (same.sum(axis=1) == 2)] = 4
    partial = known.any(axis=1) & ~all_known & (same | ~known).all(axis=1)
    found[partial] = 3
    digits = _digits(a) != _digits(b)
    found[all_known & (digits.sum(axis=1) == 1)] = 2
    found[all_known & same[:, 0] & (a[:, 1] == b[:, 2]) & (a[:, 2] == b[:, 1])] = 1
    found[all_known & same.all(axis=1)] = 0
    found[~known.any(axis=1)] = -1
    return found


def _digits(dates: NDArray[np.int16]) -> NDArray[np.int16]:
    year, month, day = dates.T
    return np.stack(
        [year // 1000, year // 100 % 10, year // 10 % 10, year % 10, month // 10, month % 10, day // 10, day % 10],
        axis=1,
    )
