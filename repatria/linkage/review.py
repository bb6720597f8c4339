"""Reviewing candidates: which pair next, who must look again, how far reviewers agree, and how good the whole run is.

Rules:

- The queue brings first what a decision is worth most on: an uncertain pair before a clear one, one of high stakes
  (propose.py: contested, look-alike letters, in doubt) before one that nothing else hangs on, one that waits for its
  second reviewer before one that nobody has seen, one whose people have changed since it was decided before all.
  Among pairs worth the same it goes by their random row numbers: so what has been judged of a stratum is a sample
  of it.
- A reviewer is not shown a pair again on which they have spoken, and never what another has said of it.
- Estimates count what somebody looked at: bulk words, and words that wait for a second, say nothing about the run. Who
  is linked to one row is nobody else's: the rivals of a link that was looked at count as looked at, too.
- A stratum that nobody has looked at is estimated by its own probabilities, and widens the interval by all of it.
- Recall is of the pairs proposed, from propose.py's least probability on; who was never proposed is not in it.
- Labels move the scale of the probabilities once there are `ENOUGH`, and little while they are few.

    >>> both = [("link", "link")] * 20 + [("non_link", "non_link")] * 15 + [("link", "non_link")] * 5
    >>> agreement(both).kappa
    0.75
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Protocol

from repatria.linkage.judgement import Judgement, last_words, reviewer, standing, words_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pair = tuple[int, int]
BANDS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0)
LINKED_FROM = 0.5
CONFIDENCE = 0.95
ENOUGH = 50
"""Labels, of both kinds together, from which they move the scale."""
HELD_BACK = 20.0
"""So many labels' worth of doubt that the scale is right as it is."""


class Reviewable(Protocol):
    """What a queue looks at (block.py makes them)."""

    @property
    def sought_row(self) -> int: ...
    @property
    def held_row(self) -> int: ...
    @property
    def second(self) -> bool: ...
    @property
    def probability(self) -> float | None: ...
    @property
    def found(self) -> float | None: ...


# --- what to look at next --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Open:
    """A pair that waits for a word: what the word is worth, and why it waits."""

    sought_row: int
    held_row: int
    value: float
    waits: str  # "first", "second" for another reviewer's word, "split" where two disagree, "again"
    because: str = ""  # what changed, where it waits again (carry.py)

    @property
    def pair(self) -> Pair:
        return self.sought_row, self.held_row


def queue(
    candidates: Iterable[Reviewable], judgements: Iterable[Judgement], by: str | None = None, exclusive: bool = True
) -> list[Open]:
    """Pairs that nobody has decided, the decision worth most first.

    Args:
        by: only what this reviewer may still speak on.
        exclusive: nobody stands twice in one list, so that whoever is linked is answered.
    """
    judgements = list(judgements)
    words, counted = words_on(judgements), standing(judgements)
    sought_taken = {pair[0] for pair, word in counted.items() if word.verdict == "link"}
    found = []
    for candidate in candidates:
        pair = candidate.sought_row, candidate.held_row
        said = last_words(words.get(pair, ()))
        if pair in counted and counted[pair].verdict != "undecided":
            continue
        if exclusive and pair[0] in sought_taken:
            continue  # it is answered; whoever else fits the held row is not
        if by is not None and reviewer(by) in said:
            continue
        reopened = next((word for word in words.get(pair, ()) if word.verdict == "reopened"), None)
        waits = _waits(said)
        if reopened is not None and waits == "first":
            waits = "again"
        because = "" if reopened is None else reopened.why
        found.append(Open(*pair, _value(candidate, waits), waits, because))
    return sorted(found, key=lambda each: (-each.value, each.pair))


def _waits(said: Mapping[str, Judgement]) -> str:
    verdicts = {word.verdict for word in said.values()} - {"undecided"}
    return "first" if not verdicts else "second" if len(verdicts) == 1 else "split"


def _value(candidate: Reviewable, waits: str) -> float:
    """Bits of doubt that a word removes, of every pair that hangs on it: the same for all of one stratum."""
    low, high = (0.3, 0.7) if waits == "again" else band(candidate.probability)
    middle = (low + high) / 2
    doubt = -(middle * math.log2(middle) + (1 - middle) * math.log2(1 - middle))
    return round(doubt * (2 if candidate.second else 1) * WAITING[waits], 3)


WAITING: Mapping[str, float] = {"first": 1.0, "second": 1.5, "split": 2.0, "again": 4.5}


def band(probability: float | None) -> tuple[float, float]:
    """The band of `BANDS` that a probability lies in; the widest doubt where there is none."""
    if probability is None:
        return 0.3, 0.7
    at = max(place for place, least in enumerate(BANDS[:-1]) if probability >= least)
    return BANDS[at], BANDS[at + 1]


# --- how far reviewers agree -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Agreement:
    """Cohen's kappa of two reviewers on the pairs that both judged, with its interval; None where it has no meaning."""

    pairs: int
    agreed: int
    kappa: float | None
    low: float | None = None
    high: float | None = None


def agreement(verdicts: Sequence[tuple[str, str]]) -> Agreement:
    """How far two reviewers agree beyond chance.

    Source: Cohen (1960); the standard error is Fleiss, Cohen and Everitt (1969), equation 13.
    """
    count = len(verdicts)
    agreed = sum(one == other for one, other in verdicts)
    if not count:
        return Agreement(0, 0, None)
    ones, others = (Counter(pair[side] for pair in verdicts) for side in (0, 1))
    row = {word: ones[word] / count for word in ones}
    column = {word: others[word] / count for word in others}
    chance = sum(row[word] * column.get(word, 0.0) for word in row)
    seen = agreed / count
    if chance == 1:
        return Agreement(count, agreed, None)  # one word only was ever used
    kappa = (seen - chance) / (1 - chance)
    share = {pair: times / count for pair, times in Counter(verdicts).items()}
    words = row.keys() | column.keys()
    same = sum(
        share.get((word, word), 0.0) * (1 - (row.get(word, 0.0) + column.get(word, 0.0)) * (1 - kappa)) ** 2
        for word in words
    )
    apart = (1 - kappa) ** 2 * sum(
        part * (column.get(one, 0.0) + row.get(other, 0.0)) ** 2 for (one, other), part in share.items() if one != other
    )
    variance = (same + apart - (kappa - chance * (1 - kappa)) ** 2) / (count * (1 - chance) ** 2)
    margin = normal_quantile(0.5 + CONFIDENCE / 2) * math.sqrt(max(0.0, variance))
    return Agreement(count, agreed, kappa, max(-1.0, kappa - margin), min(1.0, kappa + margin))


def agreements(judgements: Iterable[Judgement]) -> dict[tuple[str, str], Agreement]:
    """Each two reviewers that judged pairs in common, by their last words on them; bulk words are nobody's look."""
    both: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for words in words_on(judgements).values():
        said = last_words(word for word in words if not word.bulk)
        for one, other in combinations(sorted(said), 2):
            both[one, other].append((said[one].verdict, said[other].verdict))
    return {pair: agreement(verdicts) for pair, verdicts in sorted(both.items())}


# --- how good the run is ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stratum:
    """Pairs of one band of probability: how many, how many somebody judged, how many of those are links."""

    linked: bool  # the run would link them
    second: bool  # of high stakes
    band: tuple[float, float]
    pairs: int
    judged: int
    true: int
    said: float  # the mean probability


@dataclass(frozen=True)
class Interval:
    """An estimated share with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """The run, estimated from what was judged of it. None where there is nothing to be a share of."""

    precision: Interval | None
    recall: Interval | None
    judged: int
    strata: tuple[Stratum, ...]


def decided(judgements: Iterable[Judgement]) -> list[tuple[Pair, float, bool]]:
    """What was looked at and counts: the pair, the probability that it was found with, and whether it is a link."""
    return [
        (pair, word.probability, word.verdict == "link")
        for pair, word in standing(judgements).items()
        if word.probability is not None and _looked_at(word)
    ]


def labels(judgements: Iterable[Judgement]) -> list[tuple[float, bool]]:
    """As `decided`, without the pairs."""
    return [(found, is_link) for _, found, is_link in decided(judgements)]


def _looked_at(word: Judgement) -> bool:
    return word.verdict in ("link", "non_link") and not word.bulk


def strata(
    candidates: Iterable[Reviewable], judgements: Iterable[Judgement], exclusive: bool = True
) -> list[Stratum]:
    """Candidates, and judged pairs that are candidates no more, by band of what they were found with."""
    judgements = list(judgements)
    judged: dict[Pair, bool] = {}
    population: dict[Pair, tuple[float, bool]] = {}
    counted = standing(judgements)
    for pair, found, is_link in decided(judgements):
        judged[pair] = is_link
        population[pair] = found, counted[pair].second
    taken_sought = {pair[0] for pair, true in judged.items() if true and exclusive}
    taken_held = {pair[1] for pair, true in judged.items() if true and exclusive}
    for each in candidates:
        pair = each.sought_row, each.held_row
        if each.found is not None:
            population.setdefault(pair, (each.found, each.second))
            if pair[0] in taken_sought or pair[1] in taken_held:
                judged.setdefault(pair, False)
    members: dict[tuple[tuple[float, float], bool], list[Pair]] = defaultdict(list)
    for pair, (found, second) in population.items():
        members[band(found), second].append(pair)
    return [
        Stratum(
            linked=limits[0] >= LINKED_FROM,
            second=second,
            band=limits,
            pairs=len(pairs),
            judged=sum(pair in judged for pair in pairs),
            true=sum(judged.get(pair, False) for pair in pairs),
            said=math.fsum(population[pair][0] for pair in pairs) / len(pairs),
        )
        for (limits, second), pairs in sorted(members.items())
    ]


def estimate(found: Sequence[Stratum]) -> Estimate:
    """Precision and recall of linking every proposed pair from `LINKED_FROM` on, if nobody looked at any.

    Recall takes the bounds of the true pairs above and below at the confidence that keeps both: it is no narrower
    than it should be.
    """
    above = [each for each in found if each.linked]
    below = [each for each in found if not each.linked]
    judged = sum(each.judged for each in found)
    precision = share_true(above, CONFIDENCE)
    recall = None
    both = 1 - (1 - CONFIDENCE) / 2
    if above and judged:
        hits, missed = share_true(above, both), share_true(below, both)
        assert hits is not None
        n_above, n_below = sum(each.pairs for each in above), sum(each.pairs for each in below)
        value, low, high = hits.value * n_above, hits.low * n_above, hits.high * n_above
        lost = (missed.value * n_below, missed.low * n_below, missed.high * n_below) if missed else (0.0, 0.0, 0.0)
        recall = Interval(_part(value, lost[0]), _part(low, lost[2]), _part(high, lost[1]))
    return Estimate(precision if judged else None, recall, judged, tuple(found))


def _part(hits: float, missed: float) -> float:
    return hits / (hits + missed) if hits + missed else 1.0


def share_true(found: Sequence[Stratum], confidence: float) -> Interval | None:
    """The share of true pairs in strata, each judged in part.

    Source: Korn and Graubard (1998): Clopper and Pearson's interval (1934) for as many judged pairs as would leave a
    simple sample as uncertain as this stratified one. A stratum judged whole adds no doubt; one not judged adds all.
    """
    total = sum(each.pairs for each in found)
    if not total:
        return None
    seen = [each for each in found if each.judged]
    unseen = [each for each in found if not each.judged]
    value, variance, kish = 0.0, 0.0, 0.0
    for each in seen:
        weight, share = each.pairs / total, each.true / each.judged
        left = 1 - each.judged / each.pairs
        value += weight * share
        smoothed = (each.true + 0.5) / (each.judged + 1)  # one that is all true so far may not be
        variance += weight**2 * left * smoothed * (1 - smoothed) / each.judged
        kish += weight**2 * left / each.judged
    of_seen = sum(each.pairs for each in seen) / total
    unknown = sum(each.pairs for each in unseen) / total
    guessed = math.fsum(each.pairs * each.said for each in unseen) / total
    if not of_seen:
        return Interval(guessed, 0.0, 1.0)
    if kish == 0:
        low = high = value
    else:
        share = value / of_seen
        worth = of_seen**2 / kish  # of a simple sample
        spread = share * (1 - share) * of_seen**2 / variance if 0 < share < 1 else worth
        effective = min(worth, spread)
        low, high = (of_seen * each for each in exact_interval(share * effective, effective, confidence))
        low, high = min(low, value), max(high, value)
    return Interval(value + guessed, low, min(1.0, high + unknown))


def summary(
    candidates: Sequence[Reviewable], judgements: Sequence[Judgement], exclusive: bool = True
) -> dict[str, Any]:
    """Where the review stands, as it is shown: what is open, how far reviewers agree, how good the run is."""
    waits = Counter(each.waits for each in queue(candidates, judgements, None, exclusive))
    run = estimate(strata(candidates, judgements, exclusive))
    return {
        "open": sum(waits.values()),
        "waiting_for_second": waits["second"],
        "split": waits["split"],
        "changed_since": waits["again"],
        "judged_of_proposed": run.judged,
        "precision": _interval(run.precision),
        "recall_of_proposed": _interval(run.recall),
        "agreement": [
            {"reviewers": " and ".join(who), "pairs": each.pairs, "agreed": each.agreed, "kappa": _shown(each.kappa),
             "low": _shown(each.low), "high": _shown(each.high)}
            for who, each in agreements(judgements).items()
        ],
    }  # fmt: skip


def _interval(share: Interval | None) -> dict[str, float | None] | None:
    if share is None:
        return None
    return {"estimate": _shown(share.value), "low": _shown(share.low), "high": _shown(share.high)}


def _shown(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


# --- labels move the scale -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Calibration:
    """log odds as they should be: `shift` + `slope` times those found, from `low` to `high`, where the labels lie.

    Beyond these the labels say nothing of the slope, and odds go on as they were found. Order never changes.
    """

    shift: float
    slope: float
    labels: int
    low: float = -math.inf
    high: float = math.inf

    def of(self, found: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        kept = np.clip(found, 1e-9, 1 - 1e-9)
        raw = np.log(kept / (1 - kept))
        inside = np.clip(raw, self.low, self.high)
        odds = np.clip(self.shift + self.slope * inside + (raw - inside), -40, 40)
        return np.asarray(1 / (1 + np.exp(-odds)))


def calibration(labelled: Sequence[tuple[float, bool]]) -> Calibration | None:
    """The scale that the labels ask for; None while they are too few, or all of one kind.

    Source: Platt (1999), held back toward the scale as it is, which counts as `HELD_BACK` labels.
    """
    if len(labelled) < ENOUGH or len({true for _, true in labelled}) < 2:
        return None
    points = []
    for found, is_link in labelled:
        kept = min(max(found, 1e-6), 1 - 1e-6)
        points.append((math.log(kept / (1 - kept)), 1.0 if is_link else 0.0))
    shift, slope = 0.0, 1.0
    for _ in range(50):
        held = HELD_BACK / 4
        first, second = -held * shift, -held * 4 * (slope - 1)
        aa, ab, bb = held, 0.0, held * 4
        for odds, true in points:
            said = 1 / (1 + math.exp(-min(40.0, max(-40.0, shift + slope * odds))))
            weight = said * (1 - said)
            first += true - said
            second += (true - said) * odds
            aa, ab, bb = aa + weight, ab + weight * odds, bb + weight * odds * odds
        determinant = aa * bb - ab * ab
        step = (bb * first - ab * second) / determinant, (aa * second - ab * first) / determinant
        largest = max(abs(each) for each in step)
        held_step = min(1.0, 2.0 / largest) if largest else 1.0
        shift, slope = shift + held_step * step[0], max(0.05, slope + held_step * step[1])
        if largest < 1e-9:
            break
    ordered = sorted(odds for odds, _ in points)
    few = len(ordered) // 20
    return Calibration(shift, slope, len(labelled), ordered[few], ordered[-1 - few])


# --- intervals -------------------------------------------------------------------------------------------------------


def exact_interval(true: float, count: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Clopper and Pearson's interval (1934) of a share; counts may be effective ones, and so broken.

    >>> tuple(round(each, 4) for each in exact_interval(8, 10))
    (0.4439, 0.9748)
    """
    tail = (1 - confidence) / 2
    low = 0.0 if true <= 0 else _beta_quantile(tail, true, count - true + 1)
    high = 1.0 if true >= count else _beta_quantile(1 - tail, true + 1, count - true)
    return low, high


def normal_quantile(share: float) -> float:
    """z such that so large a share of a normal distribution lies below.

    >>> round(normal_quantile(0.975), 4)
    1.96
    """
    return NormalDist().inv_cdf(share)


def _beta_quantile(share: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _beta_share(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Abramowitz and Stegun 26.5.8; Lentz)."""
    if x <= 0 or x >= 1:
        return float(x > 0)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )  # fmt: skip
    tiny = 1e-300
    c, d = 1.0, 1 / max(tiny, 1 - (a + b) * x / (a + 1))
    whole = d
    for m in range(1, 500):
        for part in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + part * d or tiny)
            c = 1 + part / c or tiny
            whole *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return front * whole / a
