"""Whole names of two tables: how near two of them are, and how often somebody else's would be so near by chance.

Two registers of names and nothing else hold namesakes, and near namesakes. What a near name is worth in them depends
on the words: many people have a given name that is near Jan, and hardly anybody a family name near Zakwenczuk. So for
each pair the **chance** is worked out that a person drawn from the other table fits as well: for each of its words, the
share of people there who have a word that is as near or nearer, and the product of these shares, since family and given
names are drawn nearly apart. Seen from the left and from the right, the mean of both logarithms is taken.

What a pair counts is `name_weights.TABLE` times a constant, the log of the chance and the features of names.py: fitted
on half of some lists of people as the choice of one partner or none for each left row (`benchmarks/linkage/
tune_table.py`). What names.py weighs against pairs chosen to deceive is weighed here against all pairs there are.

Rules:

- Nearness is the log odds of two words; only words of pairs that met are looked at. Words so unlike that they speak of
  two people (below `UNLIKE`) add nothing to the chance: anybody has such words.
- Everybody counts, the partner too: a name that nobody else has is not rarer than one in the table.

Sources: the share is what Fellegi and Sunter (1969) call frequency-based weights, for near values as for equal ones;
the number of chance hits as good as this one is the E-value of S. Karlin, S. Altschul, 1990; the choice among
candidates is D. McFadden's conditional logit, 1974.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatria.linkage import name_weights
from repatria.linkage.encode import Column
from repatria.linkage.names import (
    AT_ONCE,
    FEATURES,
    Aligned,
    Names,
    WordPairs,
    align,
    has_arabic,
    pair_weights,
    read_names,
    weighted,
    word_weights,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
UNLIKE = -4.0


@dataclass(frozen=True)
class Near:
    """Pairs of whole names.

    odds: natural log odds by names.py, as among pairs half of which are one person; bits: what each pair counts, in
    log2 odds against a pair drawn from the two tables.
    """

    odds: Floats
    bits: Floats


def near_names(column: Column, left: Places, right: Places) -> Near:
    """How near the names of rows are, given by their places, in a column that is known in each of them."""
    whole = (column.left[left].astype(np.int64) << 32) | column.right[right]
    pairs, back = np.unique(whole, return_inverse=True)
    one, other = pairs >> 32, pairs & 0xFFFFFFFF
    arabic = np.array([has_arabic(value) for value in column.values], np.bool_)
    rows = [np.bincount(codes[codes >= 0], minlength=len(column.values)) for codes in (column.left, column.right)]
    odds, bits = np.zeros(len(pairs)), np.zeros(len(pairs))
    for as_arabic in (False, True):
        some = np.flatnonzero((arabic[one] | arabic[other]) == as_arabic)
        if len(some):
            found = features(column, one[some], other[some], rows, as_arabic)
            odds[some] = found[:, 1]
            bits[some] = weighted(found, table_weights(as_arabic)) / np.log(2)
    return Near(odds[back], bits[back])


def table_weights(arabic: bool) -> Sequence[float]:
    return name_weights.ARABIC_TABLE if arabic else name_weights.TABLE


TABLE_FEATURES = ("one", "odds", "chance", *FEATURES[1:])


def features(column: Column, one: Ints, other: Ints, rows: Sequence[Ints], arabic: bool) -> Floats:
    """What `TABLE_FEATURES` names, for pairs of values by their codes; array (pairs, features).

    Args:
        rows: by value, how many rows of the left and of the right table have it.
    """
    used, places = np.unique(np.concatenate([one, other]), return_inverse=True)
    left, right = places[: len(one)], places[len(one) :]
    names = read_names([column.values[at] for at in used.tolist()], arabic)
    words = WordPairs.of(names, left, right, word_weights(arabic))
    shares = [_Shares.of(names, words, each[used]) for each in rows]
    made = np.empty((len(TABLE_FEATURES), len(one)))
    for start in range(0, len(one), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        found = align(names, left[part], right[part], words)
        made[0, part] = 1.0
        made[1, part] = weighted(found.features, pair_weights(arabic))
        made[2, part] = (shares[1].of_all(found.left, found) + shares[0].of_all(found.right, found)) / 2
        made[3:, part] = found.features[:, 1:].T
    return made.T


@dataclass(frozen=True)
class _Shares:
    """How many people of a table have a word that is as near to a given one as another is, or nearer."""

    order: Floats  # each word's pairs, the nearest first, as one rising number
    people: Ints  # how many people have the other word of these pairs, added up
    before: Ints  # by word: what had been added up before its first pair
    all_people: int

    @classmethod
    def of(cls, names: Names, words: WordPairs, rows: Ints) -> _Shares:
        """`rows`: by name, how many rows of the table have it."""
        own = np.sort(np.column_stack([names.of, names.father]), axis=1)
        own[:, 1:][own[:, 1:] == own[:, :-1]] = -1
        size = words.words
        having = np.bincount(own.ravel() + 1, np.repeat(rows, own.shape[1]), minlength=size + 1)[1:].astype(np.int64)
        one, other = words.codes // size, words.codes % size
        twice = one != other
        word = np.concatenate([one, other[twice]])
        order = word * _WIDE - np.concatenate([words.odds, words.odds[twice]])
        sorted_ = np.argsort(order, kind="stable")
        people = np.concatenate([[0], np.cumsum(having[np.concatenate([other, one[twice]])[sorted_]])])
        starts = np.searchsorted(word[sorted_], np.arange(size))
        return cls(order[sorted_], people, people[starts], max(1, int(rows.sum())))

    def of_all(self, words: Ints, found: Aligned) -> Floats:
        """The log of the product of the shares for the words of each name, as near as they are to their partners."""
        counted = (words >= 0) & (found.odds >= UNLIKE)
        word, odds = words[counted], found.odds[counted]
        at = np.searchsorted(self.order, word * _WIDE - odds + _SLACK, "right")
        people = np.maximum(1, self.people[at] - self.before[word])
        total = np.zeros(words.shape)
        total[counted] = np.minimum(0.0, np.log(people / self.all_people))
        return np.asarray(total.sum(axis=1))


_WIDE, _SLACK = 1000.0, 1e-6
