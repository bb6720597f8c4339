"""Tables beyond one machine: which rows meet and what a pair is worth, said so that Splink's engine does it.

What `link` does with arrays of whole numbers is said here row by row and pair by pair, so that rows can lie on many
machines (spark.py runs it). Each rule is the one of `link`, and is called, not written again:

- **Keys.** Each row carries a number for each rule by which it meets, made of what its values have of the rule's traits
  (pairs.py `traits_of_values`). Two rows meet where they have a number in common and no more than `LARGEST_BLOCK` pairs
  have it: that is counted before any pair is made, which a blocking rule of Splink cannot say; so Splink is
  given the pairs. A number has 64 bits: of three billion one pair or none has the same by chance, and is compared
  for nothing.
- **Comparisons.** One of Splink's for each column, with the levels of levels.py. Where values or keys are equal SQL
  says it; where they are near, a function calls levels.py.
- **Weights.** m and u of each level as they were learned, and as the probability that two records match
  that which gives our prior.
- **Rare values.** Splink takes from a level's weight log2 of the value's share and adds log2 of the level's u. Ours are
  measured against the average share as drawn, and by key; the shares that Splink is given are scaled so that both
  come to the same. Of dates it counts the values, of all else the keys.

Whole names in one column are not linked so: what two of them count is a number of its own for each pair, by how common
their words are in both tables (whole_names.py), and no level has it. Parts of names are.

Not said to Splink, since it is no matter of one pair: the probability among rivals and one partner at the most. Both
are worked out afterwards, by weigh.py and assign.py, from the pairs that are left.

    >>> sex = comparison(0, "sex", "word", (0.9, 0.1), (0.5, 0.5))
    >>> [level["sql_condition"] for level in sex["comparison_levels"]][1:]
    ['c0_value_l = c0_value_r OR c0_key_l = c0_key_r', 'ELSE']
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repatria.linkage.again import Learned
from repatria.linkage.encode import Column
from repatria.linkage.levels import date_levels, names_of, text_levels
from repatria.linkage.pairs import Has, traits_of_values
from repatria.linkage.tables import Orders, read_part
from repatria.linkage.weigh import Floats, Weights, average_agreement

Numbers = NDArray[np.uint64]
TEXTS, DATES = "repatria_texts", "repatria_dates"
"""The functions that Splink's SQL calls: `near_texts` and `near_dates`."""


# --- what Splink is told ----------------------------------------------------------------------------------------------


def settings(learned: Learned) -> dict[str, Any]:
    """The settings of a Splink linker, for `linker.inference.predict` on pairs that are given to it.

    Its tables have `row`, a number for each id, `id`, and for each column, numbered in order, `c0_value` and `c0_key`
    as `Encoded` has them.
    """
    odds = 2.0**learned.model.prior
    return {
        "link_type": "link_only",
        "unique_id_column_name": "row",
        "additional_columns_to_retain": ["id"],
        "retain_matching_columns": True,  # or the levels are not told
        "retain_intermediate_calculation_columns": False,
        "blocking_rules_to_generate_predictions": [],
        "probability_two_random_records_match": odds / (1 + odds),
        "comparisons": [
            comparison(at, name, kind, weights.m.tolist(), u_of(weights).tolist(), learned.model.rare)
            for at, ((name, kind), weights) in enumerate(zip(learned.columns, learned.model.weights, strict=True))
        ],
    }


def comparison(
    at: int, name: str, kind: str, m: Sequence[float], u: Sequence[float], rare: bool = True
) -> dict[str, Any]:
    """One column's levels, from unknown over the closest to different, as Splink's dictionary.

    Args:
        rare: what a rare value agrees in says more.
    """
    value, key = f"c{at}_value", f"c{at}_key"
    other = f"{value}_l <> {value}_r"
    unknown = f"{value}_l IS NULL OR {value}_r IS NULL"
    near = ""
    if kind == "date":
        near = f"{DATES}(CASE WHEN {other} THEN {key}_l END, {key}_r)"
        unknown += f" OR ({other} AND {near} = -1)"
        conditions = [f"{value}_l = {value}_r OR {near} = 0"]
    else:
        unknown += f" OR ({other} AND ({key}_l = '' OR {key}_r = ''))"
        if kind == "word":
            conditions = [f"{value}_l = {value}_r OR {key}_l = {key}_r"]
        else:
            conditions = [f"{value}_l = {value}_r", f"{key}_l = {key}_r"]
            near = f"{TEXTS}(NULLIF({key}_l, {key}_r), {key}_r)"
    conditions += [f"{near} = {level}" for level in range(len(conditions), len(m) - 1)]
    levels: list[dict[str, Any]] = [{"sql_condition": unknown, "label_for_charts": "unknown", "is_null_level": True}]
    for level, condition in enumerate([*conditions, "ELSE"]):
        said = {
            "sql_condition": condition, "label_for_charts": names_of(kind)[level],
            "m_probability": m[level], "u_probability": u[level],
        }  # fmt: skip
        if rare and counted(kind) and level < (1 if kind == "date" else 2):
            said["tf_adjustment_column"] = f"c{at}_{counted(kind)}"
            said["disable_tf_exact_match_detection"] = kind == "date"  # else by u of the level of equal keys
        levels.append(said)
    return {"output_column_name": f"c{at}", "comparison_description": name, "comparison_levels": levels}


def counted(kind: str) -> str:
    """Of what a rare one says more: the values of dates, the keys of other columns; nothing of words of few."""
    return {"word": "", "date": "value"}.get(kind, "key")


def rare_scale(learned: Learned, at: int) -> float:
    """By what a share is multiplied for Splink, so that its own u over it is our average over the share."""
    average = average_agreement(learned.columns[at][1], learned.drawn[at])
    if average is None:
        raise ValueError(f"column {at} is not counted")
    level = 0 if counted(learned.columns[at][1]) == "value" else 1
    return float(u_of(learned.model.weights[at])[level]) / average


def u_of(weights: Weights) -> Floats:
    """u of each level, so that m / u is what the level counts: no weight is stronger than weigh.py `STRONGEST`."""
    return np.asarray(weights.m * 2.0 ** -weights.log_odds[:-1])


# --- rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """How the rows of one table are read, whatever part of it is at hand."""

    learned: Learned
    said: Mapping[str, str]  # heading -> name, as `link` is told
    orders: Orders

    def columns(self, part: Mapping[str, Sequence[str | None]]) -> tuple[tuple[str, ...], list[Column]]:
        """The ids of a part of the table, in order, and its columns as they are compared."""
        return read_part(part, self.said, self.orders, self.learned.columns)


@dataclass(frozen=True)
class Encoded:
    """Rows as Splink is given them.

    Attributes:
        rows: a number for each id; ids: array (rows).
        met: the numbers by which each row meets: those of row i from `starts[i]` to `starts[i + 1]`.
        values: of each column a number for each value, None where unknown.
        keys: of each column each value's key (of dates year, month and day as one number), None where unknown.
    """

    ids: tuple[str, ...]
    rows: NDArray[np.int64]
    met: NDArray[np.int64]
    starts: NDArray[np.int32]
    values: tuple[list[Any], ...]
    keys: tuple[list[Any], ...]


def encode_part(side: Side, part: Mapping[str, Sequence[str | None]]) -> Encoded:
    """A part of a table, encoded. What a row becomes does not depend on the rows beside it."""
    ids, columns = side.columns(part)
    met, starts = _met(side, columns, len(ids))
    values, keys = [], []
    for column in columns:
        numbers = _hashed(column.values).view(np.int64).tolist()
        if column.kind == "date":
            known: list[Any] = (column.dates.astype(np.int64) @ [10_000, 100, 1]).tolist()
        else:
            known = list(column.keys)
        codes = column.left.tolist()
        values.append([numbers[code] if code >= 0 else None for code in codes])
        keys.append([known[code] if code >= 0 else None for code in codes])
    return Encoded(ids, _hashed(ids).view(np.int64), met.view(np.int64), starts, tuple(values), tuple(keys))


def _met(side: Side, columns: Sequence[Column], rows: int) -> tuple[Numbers, NDArray[np.int32]]:
    used = {name for rule in side.learned.rules for name in rule}
    of_row: dict[str, tuple[Numbers, NDArray[np.bool_]]] = {}
    for column in columns:
        for name, has in traits_of_values(column).items():
            if name in used:
                numbers, known = _numbered(has)
                of_row[name] = numbers[column.left], known[column.left]  # −1, no value, reads the last
    found, kept = [], []
    for rule in side.learned.rules:
        whole = np.full((rows, 1), _hash(" and ".join(rule)), np.uint64)
        some = np.ones((rows, 1), np.bool_)
        for name in rule:
            numbers, known = of_row[name]
            whole, some = _mixed(whole, numbers), some & known
        found.append(np.broadcast_to(whole, some.shape))
        kept.append(some)
    if not found:
        return np.zeros(0, np.uint64), np.zeros(rows + 1, np.int32)
    all_kept = np.concatenate(kept, axis=1)
    starts = np.concatenate([[0], np.cumsum(all_kept.sum(axis=1))]).astype(np.int32)
    return np.concatenate(found, axis=1)[all_kept], starts


def _numbered(has: Has) -> tuple[Numbers, NDArray[np.bool_]]:
    """A number for each thing that each value has, and whether it has it; at the end a value that has nothing."""
    if isinstance(has, np.ndarray):
        numbers, known = has.astype(np.uint64)[:, None], (has >= 0)[:, None]
    elif not has or isinstance(has[0], str):
        numbers, known = _hashed([str(one) for one in has])[:, None], np.array([bool(one) for one in has])[:, None]
    else:
        width = max(1, max(map(len, has)))
        numbers, known = np.zeros((len(has), width), np.uint64), np.zeros((len(has), width), np.bool_)
        for row, each in enumerate(has):
            for at, one in enumerate(each):
                numbers[row, at], known[row, at] = _hash(_text(one)), True
    last = np.zeros((1, numbers.shape[1]))
    return np.concatenate([numbers, last.astype(np.uint64)]), np.concatenate([known, last.astype(np.bool_)])


def _text(thing: Hashable) -> str:
    return "\x1f".join(thing) if isinstance(thing, tuple) else str(thing)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def _hashed(texts: Sequence[str]) -> Numbers:
    return np.array([_hash(text) for text in texts], np.uint64)


def _mixed(one: Numbers, other: Numbers) -> Numbers:
    """Two numbers as one (the finalizer of SplitMix64: Steele, Lea and Flood 2014)."""
    whole = (one ^ np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9) + other
    whole = (whole ^ (whole >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    whole = (whole ^ (whole >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return whole ^ (whole >> np.uint64(31))


# --- pairs: what SQL cannot say ---------------------------------------------------------------------------------------


def near_texts(left: Sequence[str | None], right: Sequence[str | None]) -> list[int | None]:
    """The level of each two different keys; None where one is not given."""
    return _where_given(left, right, lambda ones, others: text_levels(ones, others).tolist())


def near_dates(left: Sequence[int | None], right: Sequence[int | None]) -> list[int | None]:
    """The level of each two dates that are not written the same, −1 if nothing of both is known."""

    def parts(dates: Sequence[int]) -> NDArray[np.int16]:
        whole = np.array(dates, np.int64)
        return np.stack([whole // 10_000, whole // 100 % 100, whole % 100], axis=1).astype(np.int16)

    return _where_given(left, right, lambda ones, others: date_levels(parts(ones), parts(others)).tolist())


def _where_given(left: Sequence[Any], right: Sequence[Any], compare: Any) -> list[int | None]:
    found: list[int | None] = [None] * len(left)
    at = [place for place, pair in enumerate(zip(left, right, strict=True)) if None not in pair]
    if at:
        for place, level in zip(at, compare([left[i] for i in at], [right[i] for i in at]), strict=True):
            found[place] = level
    return found
