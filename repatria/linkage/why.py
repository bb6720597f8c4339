"""Why a pair was not proposed: which rules would have made its two rows meet, and what kept it out.

    >>> left = {"id": ["a"], "family_name": ["Коваленко"], "date_of_birth": ["1990-03-05"]}
    >>> right = {"id": ["7", "8"], "family_name": ["Kovalenko", "Tkach"], "date_of_birth": ["1990-03-05", "1971-11-30"]}
    >>> [reason.id for reason in why_not(left, right, "a", "8").reasons]
    ['link.why.never_met']
    >>> why_not(left, right, "a", "7").proposed
    True
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from repatria.linkage.again import Run
from repatria.linkage.between import Between
from repatria.linkage.block import candidate_links
from repatria.linkage.compare import Record
from repatria.linkage.judgement import Judgement, standing
from repatria.linkage.kinds import LEAST, RuleStands, Stands
from repatria.linkage.propose import PROPOSED, more_than_names, stands_of, table, weigh
from repatria.linkage.review import calibration, labels
from repatria.linkage.tables import link
from repatria.linkage.weigh import Compared, Floats, Model, probabilities
from repatria.message import Message


@dataclass(frozen=True)
class WhyNot:
    """What became of a pair: the reasons, the rules from the one nearest to fitting on, and how its fields stand."""

    proposed: bool
    reasons: tuple[Message, ...]
    rules: tuple[RuleStands, ...]
    fields: tuple[Stands, ...]
    probability: float | None = None  # None where the two were never compared


def why_not(
    left: Any, right: Any, one: str, other: str, columns: Mapping[str, str] | None = None, one_to_one: bool = True,
    least: float = LEAST,
) -> WhyNot:  # fmt: skip
    """Of two bare tables, as `link` would link them. Raises BadTable as it does, and KeyError for an unknown id."""
    found = link(left, right, columns=columns, one_to_one=one_to_one, least=least)
    between = Between(_places(found.left), _places(found.right), found.compared.columns)
    chances = probabilities(found.model, found.compared)
    return _why(between, found.compared, found.model, chances, (one, other), least, one_to_one)


def why_not_proposed(
    held: Sequence[Record], sought: Sequence[Record], judgements: Iterable[Judgement], sought_row: int, held_row: int,
    before: Run | None = None,
) -> WhyNot:  # fmt: skip
    """Of two registers, as `propose` would with the weights of an earlier run. Raises KeyError for an unknown row."""
    judgements = list(judgements)
    by_rule = {(each.sought_row, each.held_row) for each in candidate_links(held, sought, judgements)}
    pair = sought_row, held_row
    ids = [table(records)["id"] for records in (sought, held)]
    weighed = weigh(held, sought, by_rule, calibration(labels(judgements)), before)
    if weighed is None:
        return WhyNot(False, (Message("link.why.never_met"),), (), ())
    between = Between(_places(ids[0]), _places(ids[1]), weighed.compared.columns)
    found = _why(
        between, weighed.compared, weighed.model, weighed.probability, (f"{pair[0]:016x}", f"{pair[1]:016x}"), PROPOSED,
        False,
    )  # fmt: skip
    verdicts = standing(judgements)
    if pair in verdicts and verdicts[pair].verdict == "non_link":
        reasons = (Message("link.why.judged"), *(each for each in found.reasons if each.id != "link.why.proposed"))
        return WhyNot(False, reasons, found.rules, found.fields, found.probability)
    if pair in by_rule and not found.proposed:
        return WhyNot(True, (_proposed(found.probability),), found.rules, found.fields, found.probability)
    if found.proposed and pair not in by_rule and not more_than_names(found.fields):
        reasons = (*(each for each in found.reasons if each.id != "link.why.proposed"), Message("link.why.names_only"))
        return WhyNot(False, reasons, found.rules, found.fields, found.probability)
    return found


def _why(
    between: Between, compared: Compared, model: Model, chances: Floats, pair: tuple[str, str], least: float,
    one_to_one: bool,
) -> WhyNot:  # fmt: skip
    row = between.left[pair[0]], between.right[pair[1]]
    rules = between.by_rule(*pair)
    whole = (compared.left.astype(np.int64) << 32) | compared.right
    at = int(np.searchsorted(whole, (row[0] << 32) | row[1]))
    if at == len(whole) or int(whole[at]) != (row[0] << 32) | row[1]:
        crowded = any(rule.meets for rule in rules)
        reason = Message("link.why.crowded" if crowded else "link.why.never_met")
        return WhyNot(False, (reason,), rules, between.fields(*pair))
    fields = tuple(
        stands_of(column, row, int(found[at]), weights)
        for column, found, weights in zip(compared.columns, compared.levels, model.weights, strict=True)
    )
    chance = float(chances[at])
    fitting = sum(rule.meets for rule in rules)
    reasons = [Message("link.why.met", {}, fitting)] if fitting else []
    beside = (compared.left == row[0]) | (compared.right == row[1])
    beside[at] = False
    rivals = int((chances[beside] >= max(chance, least)).sum())
    below = chance < least
    if below:
        reasons.append(Message("link.why.below", {"p": percent(chance), "least": percent(least)}))
    if rivals and (below or one_to_one):
        reasons.append(Message("link.why.rival", {}, rivals))
    proposed = not below and not (rivals and one_to_one)
    if proposed:
        reasons.append(_proposed(chance))
    return WhyNot(proposed, tuple(reasons), rules, fields, chance)


def _proposed(chance: float | None) -> Message:
    return Message("link.why.proposed", {"p": percent(chance or 0.0)})


def percent(chance: float) -> str:
    """A probability in per cent, never rounded to certainty."""
    return f"{min(99.9, max(0.1, chance * 100)):.1f}"


def _places(ids: Sequence[str]) -> dict[str, int]:
    return {each: at for at, each in enumerate(ids)}
