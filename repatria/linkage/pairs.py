"""Which pairs of two tables to compare: those that meet in enough, by rules that are chosen for the tables at hand.

A **rule** is a set of one to four traits (a name's key, a birth date, a birth year, a place, ...): it meets all pairs
that have the same in each. How many pairs a set meets is counted on a sample; how many pairs of one person it would
meet is drawn from what columns the tables have and how often they are known. Those are taken that find most for least.
So two registers with service numbers, and two with names and years alone, are each met by what they have.

A pair comes once, whichever rules it meets by. A trait shared by too many rows of a rule (a default, a form's
example) meets nobody by that rule.

The rules depend on what stands in the tables, and not on the order of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from repatria.linkage.encode import Column, words_of
from repatria.linkage.names import sounds
from repatria.people.dates import FIRST_YEAR
from repatria.people.names import fold, skeletons

Ints64 = NDArray[np.int64]
Pair = tuple[Ints64, Ints64]

SAMPLE = 30_000
PER_ROW_ALL = 14.0
"""So many pairs per row of the larger table may all rules meet; a thirtieth of all pairs, if that is more."""
SMALL = 100_000_000  # pairs; of larger tables a thirtieth is too much
LARGEST_BLOCK = 20_000
"""Pairs of one block; a larger one says that the trait is a default: its pairs meet by other rules or not at all."""


@dataclass(frozen=True)
class Trait:
    """Something two rows can have in common: per row a whole number, −1 where unknown.

    A trait that a row can have several of (a word of its name) has a column for each: any one in common is enough.
    """

    name: str
    column: str
    left: Ints64
    right: Ints64

    @property
    def several(self) -> bool:
        return self.left.ndim > 1

    @cached_property
    def span(self) -> int:
        return max(int(self.left.max(initial=0)), int(self.right.max(initial=0))) + 1


@dataclass(frozen=True)
class Rule:
    """Traits, by name, and how many pairs they meet."""

    traits: tuple[str, ...]
    columns: tuple[str, ...]
    pairs: int


@dataclass(frozen=True)
class Met:
    """Pairs of rows, by place in their tables, each once, in order; and the rules that they met by."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    rules: tuple[Rule, ...]
    crowded: NDArray[np.bool_]
    """array (rules, left rows): whose block of a rule is so large that nobody meets in it."""
    by_rule: NDArray[np.bool_]
    """array (pairs): whether a rule met it; the others were asked for besides."""


def traits_of(columns: Sequence[Column]) -> list[Trait]:
    """What rows of these columns can have in common."""
    return [
        _trait(column, name, _numbers(has)) for column in columns for name, has in traits_of_values(column).items()
    ]


Has = Ints64 | Sequence[str] | Sequence[Sequence[Hashable]]
"""What each value of a column has of a trait: a whole number or none (−1), a text or none, or several things."""


def traits_of_values(column: Column) -> dict[str, Has]:
    """What each distinct value of a column has of each trait, by the traits' names.

    It depends on the value alone, but for a whole name of more than `WORDS` words: that is met by the rarest of them.
    """
    name = column.name
    if column.kind == "date":
        year, month, day = column.dates.astype(np.int64).T
        full = day > 0
        in_year = np.minimum(month, day) * 32 + np.maximum(month, day)
        return {
            f"{name}: day": np.where(full, (year - FIRST_YEAR) * 1024 + in_year, -1),
            f"{name}: year": np.where(year > 0, year - FIRST_YEAR, -1),
            f"{name}: day and month": np.where(full, in_year, -1),
        }
    if column.kind == "name":
        return {f"{name}: {what}": has for what, has in _of_words(column.values).items()}
    found: dict[str, Has] = {name: column.keys}
    if column.kind in ("family", "given", "father", "text", "place"):
        start = 4 if column.kind in ("text", "place") else 1
        found[f"{name}: beginning"] = [key[:start] for key in column.keys]
        if column.kind == "family":
            found[f"{name}: end"] = [key[::-1][:3] for key in column.keys]
    return found


def _trait(column: Column, name: str, of_value: Ints64) -> Trait:
    none = np.full((1, *of_value.shape[1:]), -1, np.int64)
    whole = np.concatenate([of_value, none])  # −1, no value, reads the last
    return Trait(name, column.name, whole[column.left], whole[column.right])


def _numbers(has: Has) -> Ints64:
    """The same things by number, −1 for none."""
    if isinstance(has, np.ndarray):
        return has
    index: dict[Hashable, int] = {}
    if not has or isinstance(has[0], str):
        return np.array([index.setdefault(one, len(index)) if one else -1 for one in has], np.int64)
    numbers = np.full((len(has), max(1, max(map(len, has), default=1))), -1, np.int64)
    for row, each in enumerate(has):
        for at, one in enumerate(each):
            numbers[row, at] = index.setdefault(one, len(index))
    return numbers


WORDS = 4
"""So many words of a whole name are met by: the rarest; and the longest three two by two by their sounds."""


def _of_words(names: Sequence[str]) -> dict[str, Has]:
    """Of each whole name: its words, its words two by two, their beginnings and their sounds, whatever the order."""
    written = [list(dict.fromkeys(words_of(fold(name)))) for name in names]
    every = sorted(set(chain.from_iterable(written)))
    heard = dict(zip(every, sounds(every), strict=True))
    key = dict(zip(every, skeletons(every), strict=True))
    form = {word: found[0] if found[0][:1] == "=" else key[word] for word, found in heard.items()}
    forms = [set(map(form.__getitem__, words)) - {""} for words in written]
    common = Counter(chain.from_iterable(forms))
    kept = [sorted(each, key=lambda word: (common[word], word))[:WORDS] for each in forms]
    longest = [sorted(words, key=lambda word: (-len(key[word]), word))[:3] for words in written]
    return {
        "a word": kept,
        "beginning of a word": [sorted({key[word][:4] for word in words} - {""})[:WORDS] for words in written],
        "sounds of a word": [_heard(words, heard) for words in longest],
        "two words": [list(combinations(sorted(each), 2)) for each in kept],
        "sounds of two words": [_heard_two(words, heard, 3) for words in longest],
        "beginnings of the sounds of two words": [_heard_two(words, heard, 2) for words in longest],
    }


def _heard(words: Sequence[str], heard: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The sounds of each word, where there are enough to say something; not of the calendar's."""
    return sorted({sound for word in words for sound in heard[word] if len(sound) > 2 and sound[0] != "="})


def _heard_two(words: Sequence[str], heard: Mapping[str, tuple[str, ...]], length: int) -> list[tuple[str, str]]:
    """The sounds of each two words, cut after so many, a calendar name whole; of many the likeliest."""
    cut = [
        list(dict.fromkeys(sound if sound[:1] == "=" else sound[:length] for sound in heard[word] if sound))
        for word in words
    ]
    found: dict[tuple[str, str], int] = {}
    for one, other in combinations(cut, 2):
        for rank, a in enumerate(one):
            for behind, b in enumerate(other):
                pair = (a, b) if a < b else (b, a)
                found[pair] = min(found.get(pair, 99), rank + behind)
    return sorted(found, key=lambda pair: (found[pair], pair))[:MOST_HEARD]


MOST_HEARD = 16


def choose_rules(
    traits: Sequence[Trait], itself: bool = False, of_rows: tuple[int, int] | None = None
) -> list[tuple[Trait, ...]]:
    """The sets of traits that together meet most pairs of one person for the fewest pairs in all.

    What of a person's two rows agrees is drawn some thousand times: a column slips now and then, with its traits.
    The set that meets most of those not met yet, for what it costs, comes next; then those not met twice.

    Args:
        itself: one table is met with itself: each pair counts once.
        of_rows: how many rows the tables have of which these are drawn, if they are.
    """
    drawn = len(traits[0].left), len(traits[0].right)
    rows = of_rows or drawn
    all_pairs = rows[0] * rows[1] / (2 if itself else 1)
    most = max(PER_ROW_ALL * max(rows), min(all_pairs, SMALL) / 30) * (3 if itself else 1)
    lefts, rights = (_sample(count) for count in drawn)
    scale = (rows[0] / max(1, len(lefts))) * (rows[1] / max(1, len(rights)))
    agrees = _drawn(traits)
    at = {trait.name: place for place, trait in enumerate(traits)}
    sets: list[tuple[float, tuple[Trait, ...], NDArray[np.bool_]]] = []
    selective: list[frozenset[str]] = []
    for size in (1, 2, 3, 4):
        for group in combinations(traits, size):
            names = frozenset(trait.name for trait in group)
            if len({trait.column for trait in group}) < size or sum(trait.several for trait in group) > 1:
                continue
            if any(part <= names for part in selective):
                continue
            expected = scale * _count(group, lefts, rights, itself)
            if expected <= most / 2:
                met = np.logical_and.reduce([agrees[at[trait.name]] for trait in group])
                sets.append((expected + 0.5 * max(rows), group, met))
            if expected <= max(rows) / 10:  # nothing is won by asking for more
                selective.append(names)
    chosen: list[tuple[Trait, ...]] = []
    most_rules = int(MOST_RULES * min(4.0, max(1.0, 1_000_000 / max(rows))))
    worth = np.full(agrees.shape[1], WORTH)  # of meeting each drawn pair once more
    total = 0.0
    if not sets:
        return []
    every = np.array([met for _, _, met in sets], np.float64)
    costs = np.array([expected for expected, _, _ in sets])
    free = np.ones(len(sets), bool)
    while True:
        free &= total + costs <= most
        gains = np.where(free, every @ worth, 0.0)
        best = int(np.argmax(gains / costs))
        if len(chosen) == most_rules or gains[best] < LEAST_GAIN * WORTH * agrees.shape[1]:
            return chosen
        expected, group, met = sets[best]
        chosen.append(group)
        free[best] = False
        total += expected
        worth[met] = np.floor(worth[met] * MET_AGAIN)


DRAWN = 8192
WORTH = 1e9
"""Of a pair that no rule has met. Worths are whole numbers: their sums are the same on however many threads."""
MET_AGAIN = 0.1
"""What it is worth to meet a pair by one rule more: nobody knows how often columns slip together."""
LEAST_GAIN = 1e-7
MOST_RULES = 40  # for a million rows; more for fewer, up to four times as many
_SLIPS = {"beginning": 0.25, "end": 0.4, "year": 0.3, "day and month": 0.7, "a word": 0.2, "two words": 0.6,
          "sounds of two words": 0.3, "beginnings of the sounds of two words": 0.2, "sounds of a word": 0.15,
          "beginning of a word": 0.1}  # fmt: skip
SLIPPED = 0.12


def _drawn(traits: Sequence[Trait]) -> NDArray[np.bool_]:
    """Which traits agree in drawn pairs of one person: as often as the column is known in both and has not slipped."""
    draw = np.random.default_rng(1959)
    of_column: dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}
    for trait in sorted(traits, key=lambda trait: trait.name):
        if trait.column not in of_column:
            known = _known(trait.left) * _known(trait.right)
            of_column[trait.column] = draw.random(DRAWN) < known, draw.random(DRAWN) >= SLIPPED
    found = []
    for trait in traits:
        known_, whole = of_column[trait.column]
        slips = _SLIPS.get(trait.name.rpartition(": ")[2], 1.0)
        found.append(known_ & (whole | (draw.random(DRAWN) >= slips)))
    return np.array(found)


def _known(numbers: Ints64) -> float:
    return float((numbers.reshape(len(numbers), -1) >= 0).any(axis=1).mean()) if len(numbers) else 0.0


def named(traits: Sequence[Trait], rules: Sequence[Sequence[str]]) -> list[tuple[Trait, ...]]:
    """Rules by the names of their traits, as an earlier run chose them. KeyError for a trait that is not here."""
    by_name = {trait.name: trait for trait in traits}
    return [tuple(by_name[name] for name in rule) for rule in rules]


def _sample(rows: int) -> Ints64:
    """Rows spread evenly over a table that stands in the order of its identifiers."""
    return np.unique(np.linspace(0, rows - 1, min(rows, SAMPLE)).astype(np.int64)) if rows else np.zeros(0, np.int64)


def _count(group: Sequence[Trait], lefts: Ints64, rights: Ints64, itself: bool) -> int:
    spans = [trait.span for trait in group]
    left = np.sort(joint([trait.left[lefts] for trait in group], spans), axis=None)
    right = np.sort(joint([trait.right[rights] for trait in group], spans), axis=None)
    left = left[np.searchsorted(left, 0) :]
    pairs = int((np.searchsorted(right, left, "right") - np.searchsorted(right, left, "left")).sum())
    return (pairs - len(left)) // 2 if itself else pairs


def joint(parts: Sequence[Ints64], spans: Sequence[int]) -> Ints64:
    """Several traits as one whole number: equal where all are, −1 where any is unknown.

    Args:
        spans: a number that no value of the trait reaches, on either side.
    """
    wide = any(part.ndim > 1 for part in parts)
    whole = np.zeros((1, 1) if wide else 1, np.int64)
    unknown = np.zeros((1, 1) if wide else 1, bool)
    for part, span in zip(parts, spans, strict=True):
        one = part[:, None] if wide and part.ndim == 1 else part
        whole = whole * span + one
        unknown = unknown | (one < 0)
    whole[unknown] = -1
    return whole


def meet(rules: Sequence[tuple[Trait, ...]], itself: bool = False, largest: int = LARGEST_BLOCK) -> Met:
    """Every pair that a rule meets, once; none in a block of more pairs than the largest."""
    found: list[Ints64] = []
    told: list[Rule] = []
    crowded = np.zeros((len(rules), len(rules[0][0].left) if rules else 0), np.bool_)
    for at, group in enumerate(rules):
        left, right = _joints(group, itself)
        pairs, crowd = _joined(left, right, itself, largest)
        crowded[at, crowd] = True
        found.append(pairs)
        told.append(_rule(group, len(pairs)))
    return _met(found, told, crowded)


def meet_again(
    rules: Sequence[tuple[Trait, ...]], kept: Ints64, changed: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    crowded: NDArray[np.bool_], largest: int = LARGEST_BLOCK,
) -> Met | None:  # fmt: skip
    """As `meet`, for tables of which few rows changed since it was asked before; None where it has to be asked.

    Only blocks that a changed row stands in now, and those that were too large, are met again: in every other block
    stand rows that stood there before, all of whose pairs are kept. A block that has become too large takes away pairs
    that other rules may meet as well; then all is met anew.

    Args:
        kept: the pairs of unchanged rows that met, as left << 32 | right, in order.
        changed: which rows of each side are new, or read otherwise.
        crowded: as `Met` has it, of the rows that have not changed.
    """
    if any(trait.several for group in rules for trait in group):
        return None  # which words of a name are its rarest depends on all other rows
    found = [kept]
    told = []
    now = np.zeros_like(crowded)
    for at, group in enumerate(rules):
        left, right = _joints(group, False)
        moved = np.unique(np.concatenate([left[changed[0] | crowded[at]], right[changed[1]]]))
        left, right = _among(left, moved), _among(right, moved)
        pairs, crowd = _joined(left, right, False, largest)
        now[at, crowd] = True
        if (now[at] & ~changed[0] & ~crowded[at]).any():
            return None
        found.append(pairs)
        told.append(_rule(group, len(pairs)))
    return _met(found, told, now)


def _joints(group: Sequence[Trait], itself: bool) -> Pair:
    spans = [trait.span for trait in group]
    left = joint([trait.left for trait in group], spans)
    return left, left if itself else joint([trait.right for trait in group], spans)


def _among(numbers: Ints64, wanted: Ints64) -> Ints64:
    """The numbers that are among the wanted ones, which are in order; -1 for the others."""
    if not len(wanted):
        return np.full_like(numbers, -1)
    at = np.minimum(np.searchsorted(wanted, numbers), len(wanted) - 1)
    return np.where(wanted[at] == numbers, numbers, -1)


def _rule(group: Sequence[Trait], pairs: int) -> Rule:
    return Rule(tuple(trait.name for trait in group), tuple(trait.column for trait in group), pairs)


def _met(found: Sequence[Ints64], told: Sequence[Rule], crowded: NDArray[np.bool_]) -> Met:
    every = np.sort(np.concatenate([np.zeros(0, np.int64), *found]))
    if len(every):
        every = every[np.concatenate([[True], every[1:] != every[:-1]])]
    left, right = (every >> 32).astype(np.int32), (every & 0xFFFFFFFF).astype(np.int32)
    return Met(left, right, tuple(told), crowded, np.ones(len(every), np.bool_))


def with_pairs(met: Met, besides: Sequence[tuple[int, int]]) -> Met:
    """Those that met, and these pairs of places besides, each once."""
    if not besides:
        return met
    numbers = np.array([(one << 32) | other for one, other in besides], np.int64)
    by_rule = (met.left.astype(np.int64) << 32) | met.right
    every = np.unique(np.append(by_rule, numbers))
    left, right = (every >> 32).astype(np.int32), (every & 0xFFFFFFFF).astype(np.int32)
    return Met(left, right, met.rules, met.crowded, np.isin(every, by_rule, assume_unique=True))


def _joined(left: Ints64, right: Ints64, itself: bool, largest: int) -> Pair:
    """Rows of equal number on both sides, as left << 32 | right, without blocks that are too large; and the left rows
    of those."""
    lefts, ordered_left = _ordered(left)
    rights, ordered = (lefts, ordered_left) if itself else _ordered(right)
    first = np.searchsorted(ordered, ordered_left, "left")
    counts = np.searchsorted(ordered, ordered_left, "right") - first
    starts = np.flatnonzero(np.concatenate([[True], ordered_left[1:] != ordered_left[:-1]])) if len(lefts) else lefts
    in_block = np.diff(np.append(starts, len(lefts)))
    too_large = np.repeat(counts[starts] * in_block > largest, in_block)
    crowd = lefts[too_large]
    counts[too_large] = 0
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    one = np.repeat(lefts, counts)
    other = rights[np.repeat(first - (ends - counts), counts) + np.arange(total)]
    if itself:
        keep = one < other
        one, other = one[keep], other[keep]
    return np.asarray((one << 32) | other), crowd


def _ordered(numbers: Ints64) -> Pair:
    """The rows whose number is known, in its order, and their numbers."""
    at = np.flatnonzero(numbers >= 0)
    known = numbers.ravel()[at]
    order = np.argsort(known, kind="stable")
    return at[order] // (numbers.shape[1] if numbers.ndim > 1 else 1), known[order]
