"""Candidates with a probability each: what the rules of block.py find, weighed, and what they miss, found.

Rules:

- Two registers of `LEARN_FROM` people and more teach their own weights (weigh.py). Smaller ones are weighed by
  `DEFAULTS`: so few records say little about how rare a name is.
- A pair that no rule of block.py finds is proposed from `PROPOSED` on, if something beside names and sex speaks for it.
  It is never `sure`: a name alone makes no candidate, and near is not the same.
- `sure` asks for what block.py asks, and for a probability of `SURE`.
- `contested` counts every candidate of either row, whichever way it was found.
- Two reviewers are needed where a candidate is contested, where a name has letters of two scripts, and where the
  probability lies between `UNSURE` and `SURE`.
- When a list gets a new version, only pairs of which a row changed are compared again, with the weights that were
  learned (again.py), unless these no longer fit. A decided pair whose grounds changed (carry.py) is proposed whatever
  it is worth.
- What reviewers have said moves the scale (review.py `calibration`), once they have said enough.
- Nothing proposed is a link. A pair that stands as a non-link is not proposed.
- The answer does not depend on the order of the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from repatria.linkage.again import Run, run_of
from repatria.linkage.block import Candidate, candidate_links
from repatria.linkage.compare import Record, mixed_names
from repatria.linkage.encode import Column
from repatria.linkage.judgement import Judgement, standing, words_on
from repatria.linkage.kinds import KINDS_OF, BadTable, Stands
from repatria.linkage.pairs import Met, choose_rules, meet, named, traits_of, with_pairs
from repatria.linkage.review import Calibration, calibration, labels
from repatria.linkage.tables import read_tables
from repatria.linkage.weigh import (
    Compared,
    Floats,
    Model,
    Weights,
    compare_pairs,
    drift,
    first_guess,
    fits,
    learn,
    probabilities,
)

LEARN_FROM = 1_000
PROPOSED, UNSURE, SURE = 0.1, 0.1, 0.9
PARTNERS = 0.5
"""The part of the smaller register that is expected in the other, where it is not learned."""
DEFAULTS: Mapping[str, tuple[float, ...]] = {
    "family": (0.001, 0.006, 0.002, 0.008, 0.013, 0.97), "given": (0.004, 0.045, 0.003, 0.010, 0.014, 0.924),
    "father": (0.003, 0.045, 0.002, 0.010, 0.013, 0.927), "place": (0.02, 0.02, 0.02, 0.03, 0.04, 0.87),
    "date": (1e-4, 1e-4, 0.003, 0.003, 0.006, 0.15, 0.8379), "word": (0.9, 0.1),
    "number": (0.1, 0.01, 0.1, 0.15, 0.1, 0.54), "service_number": (1e-6, 1e-6, 1e-4, 0.01, 0.05, 0.939898),
}  # fmt: skip
"""How often two different people stand at each level (levels.py), by kind of column; for service numbers by name.

Names, dates and places after the invented registers of `benchmarks/linkage/registers.py`, 20,000 people, rounded toward
saying less; of numbers, sex and nationality a cautious guess: units stand together, and most prisoners are men of one
nationality.
"""
_NAMES = ("family", "given", "father", "name")


@dataclass(frozen=True)
class Weighed:
    """Two registers compared: every pair that met, with its probability before and after what reviewers said."""

    compared: Compared
    model: Model
    found: Floats
    probability: Floats
    learned: bool
    ids: tuple[tuple[str, ...], tuple[str, ...]]
    met: Met
    weighed_again: int
    """How many pairs were compared; the others stand as an earlier run found them."""

    def run(self, key: bytes) -> Run:
        """What is kept for the next time (again.py)."""
        return run_of(self.ids, self.compared, self.model, self.met, key)

    def stands(self, at: int) -> tuple[Stands, ...]:
        """How each column stands in a pair, by its place."""
        row = int(self.compared.left[at]), int(self.compared.right[at])
        return tuple(
            stands_of(column, row, int(found[at]), weights)
            for column, found, weights in zip(
                self.compared.columns, self.compared.levels, self.model.weights, strict=True
            )
        )


def propose(
    held: Sequence[Record], sought: Sequence[Record], judgements: Iterable[Judgement] = ()
) -> list[Candidate]:
    """Every pair for a person to judge, by sought row and held row."""
    return propose_again(held, sought, judgements)[0]


def propose_again(
    held: Sequence[Record], sought: Sequence[Record], judgements: Iterable[Judgement] = (), before: Run | None = None
) -> tuple[list[Candidate], Weighed | None]:
    """As `propose`, and what was weighed for it, for the next time.

    Args:
        before: an earlier run, its ids those of the rows now (again.py): what has not changed is not weighed again.
            Weights that no longer fit are learned anew.
    """
    judgements = list(judgements)
    by_rule = {(each.sought_row, each.held_row): each for each in candidate_links(held, sought, judgements)}
    of_sought, of_held = sorted(record.row for record in sought), sorted(record.row for record in held)
    verdicts = standing(judgements)
    rows = set(of_sought), set(of_held)
    again = {  # whatever they are worth now: somebody decided, and the grounds are no longer those
        pair for pair, words in words_on(judgements).items()
        if words[0].verdict == "reopened" and pair[0] in rows[0] and pair[1] in rows[1]
    }  # fmt: skip
    weighed = weigh(held, sought, {*by_rule, *again}, calibration(labels(judgements)), before)
    if weighed is None:
        return [], None  # no field is known on both sides: no rule finds anybody either
    kept: dict[tuple[int, int], Candidate] = dict(by_rule)
    for at in np.flatnonzero(weighed.probability >= PROPOSED).tolist():
        pair = of_sought[weighed.compared.left[at]], of_held[weighed.compared.right[at]]
        blocked = pair in verdicts and verdicts[pair].verdict == "non_link"
        if pair not in kept and not blocked and more_than_names(weighed.stands(at)):
            kept[pair] = Candidate(*pair, "evidence", (), "possible", False)
    for pair in sorted(again - kept.keys()):
        kept[pair] = Candidate(*pair, "evidence", (), "possible", False)
    places = _places(weighed, of_sought, of_held, kept)
    per_sought, per_held = Counter(pair[0] for pair in kept), Counter(pair[1] for pair in kept)
    mixed = {pair[0] for pair in kept}, {pair[1] for pair in kept}
    mixed_sought = {record.row for record in sought if record.row in mixed[0] and mixed_names(record)}
    mixed_held = {record.row for record in held if record.row in mixed[1] and mixed_names(record)}
    found = []
    for pair, candidate in sorted(kept.items()):
        contested = per_sought[pair[0]] > 1 or per_held[pair[1]] > 1
        at = places[pair]
        probability = float(weighed.probability[at])
        two_scripts = pair[0] in mixed_sought or pair[1] in mixed_held
        found.append(
            replace(
                candidate,
                grade=candidate.grade if probability >= SURE else "possible",
                contested=contested,
                probability=probability,
                found=float(weighed.found[at]),
                second=contested or two_scripts or UNSURE <= probability < SURE,
                stands=weighed.stands(at),
            )
        )
    return found, weighed


def weigh(
    held: Sequence[Record],
    sought: Sequence[Record],
    besides: Iterable[tuple[int, int]] = (),
    scale: Calibration | None = None,
    before: Run | None = None,
) -> Weighed | None:
    """Every pair of two registers that meets, and these besides, weighed; nothing where they have no column in common.

    Places in `compared` are those of the sought and of the held rows in their order.
    """
    large = min(len(sought), len(held)) >= LEARN_FROM
    place_sought, place_held = _order(sought), _order(held)
    more = [(place_sought[one], place_held[other]) for one, other in besides]
    pairs = float(len(sought)) * len(held)
    if before is not None and (before.learned.model.rounds > 0) == large:
        again = _weighed_again(held, sought, more, before, scale)
        if again is not None and (not large or fits(again.model, drift(again.model, again.compared, again.found))):
            return again
    try:
        ids, columns = read_tables(table(sought), table(held))
    except BadTable:
        return None
    met = with_pairs(meet(choose_rules(traits_of(columns))), more)
    compared = compare_pairs(columns, met.left, met.right)
    if large:
        model, found = learn(compared, pairs, True)
    else:
        model = default_model(columns, pairs)
        found = probabilities(model, compared)
    return Weighed(compared, model, found, _scaled(found, scale), large, ids, met, len(met.left))


def _weighed_again(
    held: Sequence[Record], sought: Sequence[Record], more: Sequence[tuple[int, int]], before: Run,
    scale: Calibration | None,
) -> Weighed | None:  # fmt: skip
    """With the weights of an earlier run; nothing where these registers have not its columns."""
    learned = before.learned
    tables = table(sought), table(held)
    filled = [{name for name, cells in each.items() if any(cells)} - {"id"} for each in tables]
    if filled[0] & filled[1] != {name for name, _ in learned.columns}:
        return None  # a field is known now that was not, or is known no more
    try:
        ids, columns = read_tables(*tables, None, learned)
        rules = named(traits_of(columns), learned.rules)
    except (BadTable, KeyError):
        return None
    was = before.before(ids, columns)
    met = with_pairs(before.met(rules, was), more)
    known = before.known(was, met.left, met.right)
    compared = compare_pairs(columns, met.left, met.right, learned.drawn, known)
    model = learned.model.on((len(sought), len(held)), float(len(sought)) * len(held))
    found = probabilities(model, compared)
    return Weighed(
        compared, model, found, _scaled(found, scale), model.rounds > 0, ids, met, len(known.others)
    )


def _scaled(found: Floats, scale: Calibration | None) -> Floats:
    return found if scale is None else scale.of(found)


def default_model(columns: Sequence[Column], pairs: float) -> Model:
    """The weights for registers that are too small to teach them."""
    rows = len(columns[0].left), len(columns[0].right)
    weights = tuple(
        Weights(column.name, first_guess(column), np.array(DEFAULTS.get(column.name) or DEFAULTS[column.kind]))
        for column in columns
    )
    return Model(weights, max(1.0, PARTNERS * min(rows)), rows, pairs, True, 0, rare=False)


def table(records: Sequence[Record]) -> dict[str, list[str]]:
    """A register as a bare table, in the order of its rows: what is compared, with the row as the id."""
    ordered = sorted(records, key=lambda record: record.row)
    columns = {name: [record.fields.get(name, "") for record in ordered] for name in KINDS_OF if name != "name"}
    columns["sex"] = ["" if sex == "unknown" else sex for sex in columns["sex"]]
    return {"id": [f"{record.row:016x}" for record in ordered], **columns}


def stands_of(column: Column, row: tuple[int, int], level: int, weights: Weights | None = None) -> Stands:
    """How a column stands in two rows, by their places."""
    known = bool(column.left[row[0]] >= 0), bool(column.right[row[1]] >= 0)
    absent = "" if level >= 0 else {(True, False): "right", (False, True): "left"}.get(known, "both")
    worth = None if weights is None or level < 0 else round(float(weights.log_odds[level]), 1)
    return Stands(column.name, column.kind, level, absent, worth)


def more_than_names(stands: Iterable[Stands]) -> bool:
    """Whether a field beside names and sex speaks for a pair."""
    return any(each.kind not in (*_NAMES, "word") and (each.worth or 0.0) > 0 for each in stands)


def _order(records: Sequence[Record]) -> dict[int, int]:
    return {row: at for at, row in enumerate(sorted(record.row for record in records))}


def _places(
    weighed: Weighed, of_sought: Sequence[int], of_held: Sequence[int], pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """Where each pair stands among those that were compared."""
    at_sought = {row: at for at, row in enumerate(of_sought)}
    at_held = {row: at for at, row in enumerate(of_held)}
    whole = (weighed.compared.left.astype(np.int64) << 32) | weighed.compared.right
    wanted = list(pairs)
    numbers: NDArray[np.int64] = np.array([(at_sought[one] << 32) | at_held[other] for one, other in wanted], np.int64)
    return dict(zip(wanted, np.searchsorted(whole, numbers).tolist(), strict=True))
