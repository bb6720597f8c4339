"""How good a run is, against pairs that are known to be true: precision, recall, calibration, ceiling, worst errors.

Rules:

- A pair that the run does not tell counts as not linked; whoever writes few pairs is not spared for it.
- Recall at 99 % precision is read off at every probability that occurs: pairs of one probability go together.
- Calibration is told of the pairs in the run, and of nothing that it left out.
- An error is told by its two ids and in words, and never by what stands in a field.

    >>> found = evaluate([("a", "1", 0.99), ("b", "2", 0.9), ("c", "3", 0.2)], {("a", "1"), ("c", "3"), ("d", "4")})
    >>> found.precision, round(found.recall, 3)
    (0.5, 0.333)
    >>> for kind, count in found.kinds.items(): print(kind, count)
    false, and neither has a partner 1
    missed, below the threshold 1
    missed, not told at all 1
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repatria.linkage.between import Between

Pair = tuple[str, str]
BINS = 15
SURE = 0.99
WORST = 20


@dataclass(frozen=True)
class Bin:
    """The pairs told with a probability between two values: how many, what was said on average, what part is true."""

    least: float
    pairs: int
    said: float
    true: float


@dataclass(frozen=True)
class Wrong:
    """One error: its kind, the pair, what the run said of it, and how its fields stand."""

    kind: str
    left: str
    right: str
    probability: float | None
    fields: str = ""


@dataclass(frozen=True)
class Evaluation:
    """A run against the truth. Shares are None where nothing was counted that they could be a share of."""

    told: int
    linked: int  # told at or above the threshold
    true: int
    right: int  # both
    threshold: float
    best_f1: float | None
    best_threshold: float | None
    recall_at_99: float
    threshold_at_99: float | None
    calibration_error: float | None
    sure: int
    sure_true: float | None
    bins: tuple[Bin, ...]
    kinds: dict[str, int]
    worst: tuple[Wrong, ...]
    met: int | None = None  # of the true pairs, where the tables are at hand

    @property
    def precision(self) -> float | None:
        return _share(self.right, self.linked)

    @property
    def recall(self) -> float | None:
        return _share(self.right, self.true)

    @property
    def f1(self) -> float | None:
        return _share(2 * self.right, self.linked + self.true)

    @property
    def ceiling(self) -> float | None:
        """The recall that no threshold can exceed: true pairs whose rows met by a rule."""
        return None if self.met is None else _share(self.met, self.true)

    def as_answer(self) -> dict[str, Any]:
        """What is shown, rounded."""
        counts = {
            "pairs": self.told, "threshold": self.threshold, "linked": self.linked, "true": self.true,
            "right": self.right, "precision": _shown(self.precision), "recall": _shown(self.recall),
            "f1": _shown(self.f1), "best_f1": _shown(self.best_f1), "best_threshold": _shown(self.best_threshold),
            "recall_at_99_precision": _shown(self.recall_at_99), "threshold_at_99_precision":
            _shown(self.threshold_at_99), "calibration_error": _shown(self.calibration_error), "sure": self.sure,
            "true_among_sure": _shown(self.sure_true),
        }  # fmt: skip
        if self.met is not None:
            counts |= {"met": self.met, "blocking_ceiling": _shown(self.ceiling)}
        bins = [
            {"from": round(each.least, 3), "pairs": each.pairs, "said": _shown(each.said), "true": _shown(each.true)}
            for each in self.bins
        ]
        worst = [
            {"kind": each.kind, "left": each.left, "right": each.right, "probability": _shown(each.probability),
             **({"fields": each.fields} if self.met is not None else {})}
            for each in self.worst
        ]  # fmt: skip
        return {**counts, "calibration": bins, "errors": self.kinds, "worst": worst}


def evaluate(
    pairs: Iterable[tuple[str, str, float]],
    truth: Collection[Pair],
    threshold: float = 0.5,
    between: Between | None = None,
) -> Evaluation:
    """The run measured.

    Args:
        pairs: left id, right id and probability, each pair once.
        between: the two tables, where they are at hand: for the ceiling, and for words about the errors.
    """
    told = {(left, right): probability for left, right, probability in pairs}
    truth = set(truth)
    said = np.fromiter(told.values(), np.float64, len(told))
    is_true = np.fromiter((pair in truth for pair in told), bool, len(told))
    linked = said >= threshold
    thresholds, right, taken = _curve(said, is_true)
    f1 = 2 * right / np.maximum(1, taken + len(truth))
    best = int(np.argmax(f1)) if len(f1) and len(truth) else None
    precise = np.flatnonzero((right >= SURE * taken) & (right > 0))
    at_99 = int(precise[-1]) if len(precise) else None
    sure = said >= SURE
    bins = _bins(said, is_true)
    met = between.met(sorted(truth)) if between is not None else {}
    kinds, worst = _errors(told, truth, threshold, met)
    if between is not None:
        worst = [replace(each, fields=between.words(each.left, each.right)) for each in worst]
    return Evaluation(
        told=len(told),
        linked=int(linked.sum()),
        true=len(truth),
        right=int((linked & is_true).sum()),
        threshold=threshold,
        best_f1=None if best is None else float(f1[best]),
        best_threshold=None if best is None else float(thresholds[best]),
        recall_at_99=0.0 if at_99 is None else float(right[at_99] / len(truth)),
        threshold_at_99=None if at_99 is None else float(thresholds[at_99]),
        calibration_error=_share(sum(each.pairs * abs(each.said - each.true) for each in bins), len(told)),
        sure=int(sure.sum()),
        sure_true=_share(int((sure & is_true).sum()), int(sure.sum())),
        bins=bins,
        kinds=kinds,
        worst=tuple(worst),
        met=sum(met.values()) if between is not None else None,
    )


def _curve(said: NDArray[np.float64], is_true: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """For each probability that occurs, from the highest: it, the true pairs from it on, and all pairs from it on."""
    order = np.argsort(-said, kind="stable")
    ordered = said[order]
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) if len(ordered) else np.zeros(0, np.int64)
    return ordered[ends], np.cumsum(is_true[order])[ends], ends + 1


def _bins(said: NDArray[np.float64], is_true: NDArray[np.bool_]) -> tuple[Bin, ...]:
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    found = []
    for at in range(BINS):
        inside = place == at
        if inside.any():
            found.append(Bin(at / BINS, int(inside.sum()), float(said[inside].mean()), float(is_true[inside].mean())))
    return tuple(found)


def _errors(
    told: dict[Pair, float], truth: set[Pair], threshold: float, met: dict[Pair, bool]
) -> tuple[dict[str, int], list[Wrong]]:
    """How many errors there are of each kind, and the worst: of each kind in turn, the worst of it first."""
    of_left, of_right = Counter(left for left, _ in truth), Counter(right for _, right in truth)
    given = {pair: probability for pair, probability in told.items() if probability >= threshold}
    given_left, given_right = {left for left, _ in given}, {right for _, right in given}
    kinds: dict[str, list[tuple[float, Pair]]] = defaultdict(list)
    for pair, probability in given.items():
        if pair not in truth:
            partner = of_left[pair[0]] or of_right[pair[1]]
            kind = "false, and the partner is another row" if partner else "false, and neither has a partner"
            kinds[kind].append((-probability, pair))
    for pair in truth - given.keys():
        if pair in told:
            kind = "missed, below the threshold"
        elif met and not met[pair]:
            kind = "missed, the rows never met"
        elif pair[0] in given_left or pair[1] in given_right:
            kind = "missed, and one of the two went to another row"
        else:
            kind = "missed, not told at all"
        kinds[kind].append((told.get(pair, 0.0), pair))
    names = sorted(kinds)
    first = [[(name, *each) for each in sorted(kinds[name])[:WORST]] for name in names]
    in_turn = [each for row in zip_longest(*first) for each in row if each is not None][:WORST]
    worst = [Wrong(kind, pair[0], pair[1], told.get(pair)) for kind, _, pair in sorted(in_turn)]
    return {name: len(kinds[name]) for name in names}, worst


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _shown(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
