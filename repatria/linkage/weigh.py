"""What agreement is worth: weights of evidence, learned from the two tables themselves, without labels.

Fellegi and Sunter (1969): a level of a column counts log2(m / u), where m is how often pairs of one person show it and
u how often pairs of two people do. u is counted on pairs drawn at random and, for equality, worked out exactly. m is
found by expectation and maximisation (Dempster, Laird and Rubin 1977) on pairs that met. What a rare value agrees in
says more (term frequencies): the u of an equal value is its own share.

Whole names in one column cannot teach what a near name is worth, for one column shows nothing to learn from: their
weights were fitted elsewhere, and depend on how common the words are here (whole_names.py, ADR 98).

A person stands at most once in a register. So the probability of a pair is worked out among all pairs of its rows: of
two who fit, neither is sure, and one of them is likelier for the other's fitting less. And a row whose partner is found
is nobody else's: the fewer rows are left, the likelier is each of them (M. Sadinle, "Bayesian estimation of bipartite
matchings for record linkage", 2017, with belief propagation for the sampling).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from repatria.linkage.encode import Column
from repatria.linkage.levels import Levels, level_names, levels, name_levels
from repatria.linkage.whole_names import near_names

Floats = NDArray[np.float64]
Places = NDArray[np.int32]
RANDOM_PAIRS = 300_000
ROUNDS = 50
SETTLED = 1e-3  # change in a round, as a part of the pairs expected
STRONGEST = 40.0  # log2
GUESSED_PAIRS = 5.0
MOST_WITH_PARTNER = 0.98


@dataclass(frozen=True)
class Weights:
    """One column's m and u by level."""

    column: str
    m: Floats
    u: Floats

    @property
    def log_odds(self) -> Floats:
        """log2 of m / u by level, and at the end 0, for unknown."""
        return np.append(np.clip(np.log2(self.m / self.u), -STRONGEST, STRONGEST), 0.0)


@dataclass(frozen=True)
class Model:
    """The weights of each column, and how many pairs of one person are expected among all pairs."""

    weights: tuple[Weights, ...]
    partners: float
    rows: tuple[int, int]
    pairs: float  # in all, met or not
    exclusive: bool
    rounds: int
    rare: bool = True  # what a rare value agrees in says more
    several: float = 1.0  # if not exclusive: how far a row may have several partners; 1: as many as there are

    def on(self, rows: tuple[int, int], pairs: float) -> Model:
        """The same weights for tables of another size, of which the same part has a partner."""
        if self.exclusive:
            partners = self.partners * min(rows) / max(1, min(self.rows))
        else:
            partners = self.partners * pairs / max(1.0, self.pairs)
        return replace(self, partners=max(1.0, partners), rows=rows, pairs=pairs)

    @property
    def prior(self) -> float:
        """log2 odds that a pair is one person before anything of it is known; if exclusive, against two rows alone."""
        if not self.exclusive:
            share = min(0.5, self.partners / max(1.0, self.pairs))
            return float(np.log2(share / (1 - share)))
        return self.prior_among_rivals

    @property
    def prior_among_rivals(self) -> float:
        alone = [1 - min(MOST_WITH_PARTNER, self.partners / max(1, rows)) for rows in self.rows]
        return float(np.log2(self.partners / (self.pairs * alone[0] * alone[1])))


def random_agreement(column: Column, lefts: Places, rights: Places) -> Floats:
    """u: how often two people drawn from the two tables stand at each level."""
    found = levels(column, lefts, rights)
    counts = np.bincount(found[found >= 0], minlength=len(level_names(column))).astype(float)
    total = counts.sum()
    u = (counts + 0.5) / (total + 0.5 * len(counts))
    if column.kind != "word":
        exact = _equal_by_chance(column)
        rest = u[len(exact) :].sum()
        u[: len(exact)] = exact
        u[len(exact) :] *= (1 - exact.sum()) / rest
    return np.asarray(np.maximum(u, 1e-12), np.float64)


def _equal_by_chance(column: Column) -> Floats:
    """The chance that two values are the same, and (but for dates) that their keys are and they are not."""
    size = len(column.values)
    one, other = (np.bincount(codes[codes >= 0], minlength=size).astype(float) for codes in (column.left, column.right))
    one, other = one / max(1.0, one.sum()), other / max(1.0, other.sum())
    same = float((one * other).sum())
    if column.kind == "date":
        return np.array([max(same, 1e-9)])
    keys = column.key_codes
    by_key = np.bincount(keys + 1, one), np.bincount(keys + 1, other)
    same_key = float((by_key[0][1:] * by_key[1][1:]).sum())
    return np.array([max(same, 1e-12), max(same_key - same, 1e-12)])


def rarity(column: Column, left: Places, right: Places, found: Levels, u: Floats) -> Floats:
    """What a pair's own value adds to the weight of agreeing in it, log2: positive where the value is rare."""
    added = np.zeros(len(found))
    average = average_agreement(column.kind, u)
    if average is None:
        return added
    of_value, of_key = column.shares
    if column.kind == "date":  # a date that may be one of two is as common as the commoner
        at = np.flatnonzero(found == 0)
        share = np.maximum(of_value[column.left[left[at]]], of_value[column.right[right[at]]])
    else:
        at = np.flatnonzero((found == 0) | (found == 1))
        share = of_key[column.left[left[at]]]
    added[at] = np.log2(average / share)
    return added


def average_agreement(kind: str, u: Floats) -> float | None:
    """How often two people have one value (of dates) or one key; None where a rare one says no more than another."""
    if kind == "word":
        return None
    return float(u[0] if kind == "date" else u[0] + u[1])


@dataclass(frozen=True)
class Compared:
    """Pairs that met, with their levels in each column and what rarity adds."""

    left: Places
    right: Places
    columns: tuple[Column, ...]
    levels: tuple[Levels, ...]
    rare: Floats
    u: tuple[Floats, ...]


def compare_pairs(
    columns: Sequence[Column], left: Places, right: Places, drawn: Sequence[Floats | None] | None = None,
    known: Known | None = None,
) -> Compared:  # fmt: skip
    """Every pair that met, column by column.

    Args:
        drawn: each column's u, where an earlier run has drawn it.
        known: pairs whose levels are known from an earlier run; they are not compared again.
    """
    if drawn is None:
        sample = _random_pairs(len(columns[0].left), len(columns[0].right))
        drawn = [None if column.kind == "name" else random_agreement(column, *sample) for column in columns]
    rare = np.zeros(len(left))
    all_levels = []
    of_two: list[Floats] = []
    for at, (column, u) in enumerate(zip(columns, drawn, strict=True)):
        if u is None or column.kind == "name":
            found, u, added = _whole_names(column, left, right, u)
        else:
            if known is None:
                found = levels(column, left, right)
            else:
                found = np.empty(len(left), np.int8)
                found[known.places] = known.levels[at]
                found[known.others] = levels(column, left[known.others], right[known.others])
            added = rarity(column, left, right, found, u)
        rare += added
        all_levels.append(found)
        of_two.append(u)
    return Compared(left, right, tuple(columns), tuple(all_levels), rare, tuple(of_two))


def _whole_names(
    column: Column, left: Places, right: Places, drawn: Floats | None
) -> tuple[Levels, Floats, Floats]:
    """How whole names stand, by whole_names.py: nothing of it is learned from these tables, but how common words are.

    Args:
        drawn: u / m of each level, where an earlier run has it.

    Returns:
        the level of each pair; u / m of each level, on average; what each pair counts more than that, in log2 odds.
    """
    known = np.flatnonzero((column.left[left] >= 0) & (column.right[right] >= 0))
    near = near_names(column, left[known], right[known])
    found = np.full(len(left), -1, np.int8)
    found[known] = name_levels(column, left[known], right[known], near.odds)
    size = len(level_names(column))
    if drawn is None:
        counts = np.bincount(found[known], minlength=size)
        average = np.bincount(found[known], near.bits, minlength=size) / np.maximum(1, counts)
        drawn = np.exp2(-np.clip(average, -STRONGEST, STRONGEST))
    added = np.zeros(len(left))
    added[known] = near.bits + np.log2(drawn)[found[known]]
    return found, drawn, added


@dataclass(frozen=True)
class Known:
    """Of pairs that met, by place: those whose levels are known, column by column; and the others."""

    places: NDArray[np.int64]
    levels: tuple[Levels, ...]
    others: NDArray[np.int64]


def _random_pairs(left: int, right: int) -> tuple[Places, Places]:
    """Pairs spread over both tables, the same for the same tables: every row about as often as any other."""
    count = min(RANDOM_PAIRS, left * right)
    draw = np.random.default_rng(1969)
    return draw.integers(0, left, count).astype(np.int32), draw.integers(0, right, count).astype(np.int32)


@dataclass(frozen=True)
class Labels:
    """Pairs on which people have decided, by their places among those that met."""

    places: NDArray[np.int64]
    links: NDArray[np.bool_]

    def held(self, compared: Compared, probability: Floats, exclusive: bool) -> Floats:
        """The probabilities with what was decided: links 1, non-links 0, and a link's rivals 0 if `exclusive`."""
        held = probability.copy()
        linked = self.places[self.links]
        if exclusive:
            taken = np.isin(compared.left, compared.left[linked]) | np.isin(compared.right, compared.right[linked])
            held[taken] = 0.0
        held[self.places] = self.links
        return held

    def weights(self, held: Floats) -> Floats:
        """How much each pair counts in learning: the links that were decided, together, at most `LABELLED_MOST`."""
        counts = np.ones(len(held))
        linked = self.places[self.links]
        if len(linked):
            counts[linked] = min(1.0, LABELLED_MOST * (float(held.sum()) - len(linked)) / len(linked))
        return counts


LABELLED_MOST = 0.5
"""Of what all other pairs count: who judges a few of few pairs teaches the weights something and not everything."""


def learn(
    compared: Compared, pairs: float, exclusive: bool, labels: Labels | None = None, itself: bool = False
) -> tuple[Model, Floats]:
    """The model that explains the pairs best, and each pair's probability under it, by its own evidence.

    With labels it is semi-supervised: a pair that was decided keeps its label while m, u and the number of partners are
    learned (Nigam, McCallum, Thrun and Mitchell 2000). Given back is the model's own word on each pair, not the label.

    Args:
        pairs: how many pairs of rows there are in all, met or not.
        exclusive: nobody stands twice on one side.
        itself: a table with itself, where a row may have any number of partners. Where two tables are not said to be
            exclusive, how far they are is learned: rows that nearly always have one sure partner have one.
    """
    rows = len(compared.columns[0].left), len(compared.columns[0].right)
    m = [first_guess(column) for column in compared.columns]
    partners = 0.5 * min(rows)
    model = Model((), partners, rows, pairs, exclusive, 0)
    probability = np.zeros(len(compared.left))
    for turn in range(1, ROUNDS + 1):
        weights = tuple(
            Weights(column.name, each, _of_two(column, each, u, partners / pairs))
            for column, each, u in zip(compared.columns, m, compared.u, strict=True)
        )
        model = Model(weights, partners, rows, pairs, exclusive, turn)
        if not (exclusive or itself):
            model = replace(model, several=_several(compared, probabilities(model, compared)))
        before, probability = probability, probabilities(model, compared, PASSES_TO_LEARN, labels)
        counted = probability
        if labels is not None:
            probability = labels.held(compared, probability, exclusive)
            counted = probability * labels.weights(probability)
        partners = max(1.0, float(probability.sum()))
        m = [
            _agreement(found, counted, first_guess(column))
            for found, column in zip(compared.levels, compared.columns, strict=True)
        ]
        if turn > 3 and float(np.abs(probability - before).sum()) < SETTLED * partners:
            break
    return model, probabilities(model, compared)


def fits(model: Model, drifted: float) -> bool:
    """Whether weights with such a drift are still those of the tables: few pairs drift by chance."""
    return drifted < DRIFTED + 1 / float(np.sqrt(model.partners))


DRIFTED = 0.05
"""Of the links, so many may stand at another level of some column than the weights expect."""


def drift(model: Model, compared: Compared, probability: Floats) -> float:
    """How far the weights are from what these pairs would teach: of any column, the part of links that would stand at
    another level (total variation of m). Weights of another run fit while it is small."""
    apart = [0.0]
    for weights, column, found in zip(model.weights, compared.columns, compared.levels, strict=True):
        apart.append(float(np.abs(_agreement(found, probability, first_guess(column)) - weights.m).sum()) / 2)
    return max(apart)


PASSES = 4
PASSES_TO_LEARN = 2
"""What is learned is hardly moved by more."""


def _of_two(column: Column, m: Floats, drawn: Floats, share: float) -> Floats:
    """u: what was drawn at random, without the pairs of one person among it. Of whole names u / m is given."""
    if column.kind == "name":
        return m * drawn
    return drawn if column.kind == "word" else np.maximum(drawn - share * m, drawn / 50)


def _agreement(found: Levels, probability: Floats, guess: Floats) -> Floats:
    """m: how often pairs of one person stand at each level; the first guess counts as `GUESSED_PAIRS`."""
    counts = np.bincount(found + 1, probability, minlength=len(guess) + 1)[1:] + GUESSED_PAIRS * guess
    return np.asarray(counts / counts.sum())


def first_guess(column: Column) -> Floats:
    """m before anything is learned."""
    return np.array(_GUESS.get(column.kind, _GUESS["text"]))


_GUESS = {
    "text": (0.70, 0.12, 0.08, 0.04, 0.02, 0.04),
    "date": (0.90, 0.015, 0.03, 0.02, 0.015, 0.005, 0.015),
    "word": (0.97, 0.03),
    "name": (0.20, 0.30, 0.15, 0.08, 0.08, 0.06, 0.05, 0.025, 0.025, 0.015, 0.01, 0.005),
}


def evidence(model: Model, compared: Compared) -> Floats:
    """log2 odds of each pair, prior and all, before its rivals are looked at."""
    total = compared.rare * model.rare + model.prior
    for weights, found in zip(model.weights, compared.levels, strict=True):
        total += weights.log_odds[found]  # −1, unknown, reads the last
    return total


def probabilities(
    model: Model, compared: Compared, passes: int = PASSES, labels: Labels | None = None
) -> Floats:
    """The probability that each pair is one person: against being alone, and against every rival of both rows.

    A pair that was judged a non-link is nobody's rival, and one that was judged a link leaves its rivals nothing.
    """
    odds = odds_of(evidence(model, compared))
    if labels is not None:
        odds[labels.places] = np.where(labels.links, 2.0**MOST_ODDS, 0.0)
    return chances(model, odds, compared.left, compared.right, passes)


def chances(model: Model, odds: Floats, left: Places, right: Places, passes: int = PASSES) -> Floats:
    """The probability of each pair of odds, its rivals looked at as far as rows have one partner at most.

    Args:
        odds: of each pair, against being alone.
        left: places of rows among the model's rows; so is `right`.
    """
    if model.exclusive:
        return among_rivals(odds, left, right, model.rows, passes)
    alone = np.asarray(odds / (1 + odds))
    if model.several >= 1:
        return alone
    among = among_rivals(odds * np.exp2(model.prior_among_rivals - model.prior), left, right, model.rows, passes)
    return np.asarray(model.several * alone + (1 - model.several) * among)


def _several(compared: Compared, alone: Floats) -> float:
    """Of pairs that are sure by themselves, the part that shares a row with another such pair."""
    sure = np.flatnonzero(alone >= SURE)
    lefts, rights = compared.left[sure], compared.right[sure]
    shared = (np.bincount(lefts)[lefts] > 1) | (np.bincount(rights)[rights] > 1) if len(sure) else np.zeros(0, np.bool_)
    return (float(shared.sum()) + 1) / (len(sure) + 10)


SURE = 0.99


MOST_ODDS = 60.0  # log2


def odds_of(weight: Floats) -> Floats:
    """Odds from log2 odds, within what can be added up."""
    return np.asarray(np.exp2(np.clip(weight, -MOST_ODDS, MOST_ODDS)))


def among_rivals(
    odds: Floats, left: Places, right: Places, rows: tuple[int, int], passes: int = PASSES
) -> Floats:
    """The probability of each pair where nobody stands twice on one side.

    A rival whose own other row has a better partner is no great rival: so each row's rivals are weighed by how free
    they are, and that again by how free theirs are (belief propagation on the graph of pairs; exact where it has no
    circles). With no pass every rival counts in full.

    Args:
        odds: of each pair, against being alone.
        rows: how many rows there are on each side; `left` and `right` are places among them.
    """

    def others(at: Places, count: int, offered: Floats) -> Floats:
        return np.asarray(np.maximum(np.bincount(at, offered, minlength=count)[at] - offered, 0.0))

    from_left = from_right = odds
    rivals_right = others(right, rows[1], from_left)
    rivals_left = others(left, rows[0], from_right)
    if not passes:
        return np.asarray(odds / (1 + odds + rivals_left + rivals_right))
    for _ in range(passes):
        from_right = odds / (1 + rivals_right)
        rivals_left = others(left, rows[0], from_right)
        from_left = odds / (1 + rivals_left)
        rivals_right = others(right, rows[1], from_left)
    return np.asarray(odds / (odds + (1 + rivals_left) * (1 + rivals_right)))
