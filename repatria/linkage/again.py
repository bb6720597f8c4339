"""What a run learned and what it weighed, kept for the next one: a list gets a new version, and little of it changed.

    >>> from repatria.linkage import link
    >>> days = ["1990-03-05", "1985-02-01", "1971-11-30"]
    >>> left = {"id": ["a", "b", "c"], "name": ["Коваленко Сергій", "Бондар Іван", "Ткач Олена"], "date_of_birth": days}
    >>> right = {"id": ["7", "8"], "name": ["Sergey Kovalenko", "Ivan Bondar"], "date_of_birth": days[:2]}
    >>> before = link(left, right).run()
    >>> again = link(left, right | {"name": ["Sergey Kovalenko", "Ivan Bondarenko"]}, before=before)
    >>> again.weighed_again, len(again.compared.left)
    (1, 2)

Rules:

- Weights, rules and what was drawn at random stay those of the first run (ADR 100); how rare a value is, who is whose
  rival and how many rows there are is counted anew. `drift` (weigh.py) tells when the weights no longer fit.
- A row is the same while its id and every cell that is compared are. Two such rows stand to each other as they stood.
- So the result is that of linking from nothing with the same weights, to the last bit.
- What is kept has ids, how far each column agreed in each pair that met, and of each row a number that its cells make
  under a key that is kept beside it. No cell is in it; but whoever has it can test a guess at a whole row. Keep it as
  the tables are kept.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repatria.linkage.encode import Column
from repatria.linkage.kinds import KINDS, Kind
from repatria.linkage.levels import Levels, names_of
from repatria.linkage.pairs import Met, Trait, meet, meet_again
from repatria.linkage.weigh import Compared, Floats, Known, Model, Places, Weights

Ids = tuple[str, ...]
Seen = NDArray[np.uint64]
Was = tuple[NDArray[np.int64], NDArray[np.int64]]
HEAD = b"repatria linkage run 1\n"


class NoRun(ValueError):
    """Why bytes are not a run that was kept."""


@dataclass(frozen=True)
class Learned:
    """What one run learned: its columns, the rules by which rows met, what was drawn, the weights."""

    columns: tuple[tuple[str, Kind], ...]
    rules: tuple[tuple[str, ...], ...]
    drawn: tuple[Floats, ...]
    model: Model


@dataclass(frozen=True)
class Run:
    """What a run learned and weighed: the ids of both tables, what was seen of each row, and the pairs that met."""

    learned: Learned
    key: bytes
    ids: tuple[Ids, Ids]
    seen: tuple[Seen, Seen]
    left: Places
    right: Places
    levels: tuple[Levels, ...]
    by_rule: NDArray[np.bool_]
    """Of each pair whether a rule met it; the others were looked at because somebody had judged them."""
    crowded: NDArray[np.bool_]
    """array (rules, left rows), as `pairs.Met` has it."""

    def before(self, ids: tuple[Ids, Ids], columns: Sequence[Column]) -> Was:
        """Of each row of newer tables the place that it had in this run; -1 where it is new or reads otherwise."""
        seen = seen_of(columns, self.key)
        left, right = (_places_before(*each) for each in zip(ids, seen, self.ids, self.seen, strict=True))
        return left, right

    def met(self, rules: Sequence[tuple[Trait, ...]], was: Was) -> Met:
        """The pairs of newer tables that meet by this run's rules."""
        now = [_turned(places, len(ids)) for places, ids in zip(was, self.ids, strict=True)]
        left, right = now[0][self.left[self.by_rule]], now[1][self.right[self.by_rule]]
        there = (left >= 0) & (right >= 0)
        kept = np.sort((left[there] << 32) | right[there])
        crowded = np.zeros((len(rules), len(was[0])), np.bool_)
        known = np.flatnonzero(was[0] >= 0)
        crowded[:, known] = self.crowded[:, was[0][known]]
        again = meet_again(rules, kept, (was[0] < 0, was[1] < 0), crowded)
        return meet(rules) if again is None else again

    def known(self, was: Was, left: Places, right: Places) -> Known:
        """Of pairs of rows of newer tables, those that stand as they stood in this run."""
        one, other = was[0][left], was[1][right]
        whole = (self.left.astype(np.int64) << 32) | self.right
        wanted = np.where((one >= 0) & (other >= 0), (one << 32) | np.maximum(other, 0), -1)
        at = np.minimum(np.searchsorted(whole, wanted), max(0, len(whole) - 1))
        hit = whole[at] == wanted if len(whole) else np.zeros(len(wanted), bool)
        return Known(np.flatnonzero(hit), tuple(each[at[hit]] for each in self.levels), np.flatnonzero(~hit))

    def renamed(self, left: Mapping[str, str], right: Mapping[str, str]) -> Run:
        """The same run with ids that have changed since; an id that is not there keeps none of its pairs.

        Pairs stay in the order of places: a run is only ever asked for pairs by the ids' places.
        """
        ids = tuple(
            tuple(new.get(each, f"\0{at}") for at, each in enumerate(own))
            for own, new in zip(self.ids, (left, right), strict=True)
        )
        return replace(self, ids=(ids[0], ids[1]))


def learned_of(compared: Compared, model: Model, met: Met) -> Learned:
    """Rules and weights, apart from the tables."""
    columns = tuple((column.name, column.kind) for column in compared.columns)
    return Learned(columns, tuple(rule.traits for rule in met.rules), compared.u, model)


def run_of(ids: tuple[Ids, Ids], compared: Compared, model: Model, met: Met, key: bytes) -> Run:
    """What is kept of a run that compared these pairs."""
    learned = learned_of(compared, model, met)
    seen = seen_of(compared.columns, key)
    return Run(
        learned, key, ids, seen, compared.left, compared.right, compared.levels, met.by_rule, met.crowded
    )


def _turned(places: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Of each place before the place now, or -1."""
    now = np.full(count, -1, np.int64)
    there = np.flatnonzero(places >= 0)
    now[places[there]] = there
    return now


def _places_before(ids: Ids, seen: Seen, ids_before: Ids, seen_before: Seen) -> NDArray[np.int64]:
    """The place that each row had before, where it has not changed; -1 for all others."""
    before = {each: at for at, each in enumerate(ids_before)}
    places = np.fromiter((before.get(each, -1) for each in ids), np.int64, len(ids))
    there = np.flatnonzero(places >= 0)
    places[there[seen_before[places[there]] != seen[there]]] = -1
    return places


def seen_of(columns: Sequence[Column], key: bytes) -> tuple[Seen, Seen]:
    """A number for each row of both tables that its cells make under a key: rows of equal numbers have equal cells."""
    sides = []
    hashes = [_of_values(column, key) for column in columns]
    for side in ("left", "right"):
        codes = [getattr(column, side) for column in columns]
        total = np.zeros(len(codes[0]) if codes else 0, np.uint64)
        for each, of_value in zip(codes, hashes, strict=True):
            total = total * _ODD + of_value[each]  # of no value: the last
        sides.append(total)
    return sides[0], sides[1]


_ODD = np.uint64(0x9E3779B97F4A7C15)


def _of_values(column: Column, key: bytes) -> Seen:
    start = blake2b(f"{column.name}\0{column.kind}\0".encode(), key=key, digest_size=8)
    found = np.empty(len(column.values) + 1, np.uint64)
    for at, value in enumerate((*column.values, "")):
        one = start.copy()
        one.update(value.encode())
        found[at] = int.from_bytes(one.digest(), "big")
    return found


# --- kept as bytes ----------------------------------------------------------------------------------------------------


def format_run(run: Run) -> bytes:
    """One line that says what it is, one of JSON, then the numbers, compressed."""
    model = run.learned.model
    about = {
        "key": run.key.hex(),
        "columns": [list(each) for each in run.learned.columns],
        "rules": [list(rule) for rule in run.learned.rules],
        "drawn": [each.tolist() for each in run.learned.drawn],
        "m": [each.m.tolist() for each in model.weights],
        "u": [each.u.tolist() for each in model.weights],
        "partners": model.partners, "rows": list(model.rows), "all_pairs": model.pairs,
        "exclusive": model.exclusive, "rounds": model.rounds, "rare": model.rare, "several": model.several,
        "ids": [list(each) for each in run.ids], "pairs": len(run.left),
    }  # fmt: skip
    every: tuple[NDArray[Any], ...] = (
        *run.seen, run.left, run.right, *run.levels, np.packbits(run.by_rule), np.packbits(run.crowded),
    )  # fmt: skip
    arrays = b"".join(each.astype(each.dtype.newbyteorder("<")).tobytes() for each in every)
    line = json.dumps(about, ensure_ascii=True, separators=(",", ":")).encode()
    return HEAD + line + b"\n" + zlib.compress(arrays, 1)


def parse_run(data: bytes) -> Run:
    """What `format_run` wrote. Raises NoRun for anything else."""
    try:
        return _parsed(data)
    except (ValueError, KeyError, TypeError, IndexError, zlib.error, RecursionError, OverflowError) as error:
        reason = str(error) if isinstance(error, NoRun) else "it is broken"
        raise NoRun(reason) from None


def _parsed(data: bytes) -> Run:
    if not data.startswith(HEAD):
        raise NoRun("it is no run of this version")
    end = data.index(b"\n", len(HEAD))
    about: dict[str, Any] = json.loads(data[len(HEAD) : end])
    columns = tuple((str(name), kind) for name, kind in about["columns"])
    if not columns or any(kind not in KINDS for _, kind in columns):
        raise NoRun("its columns are of no known kind")
    ids = tuple(tuple(map(str, each)) for each in about["ids"])
    counts = len(ids[0]), len(ids[1]), int(about["pairs"])
    rules = tuple(tuple(map(str, rule)) for rule in about["rules"])
    bits = counts[2], len(rules) * counts[0]
    size = 8 * (counts[0] + counts[1]) + counts[2] * (8 + len(columns)) + sum((count + 7) // 8 for count in bits)
    if not 0 <= size <= LARGEST:
        raise NoRun("it says that it is larger than any run")
    opened = zlib.decompressobj()
    arrays = opened.decompress(data[end + 1 :], size + 1)
    if len(arrays) != size or not opened.eof or opened.unused_data:
        raise NoRun("it is cut short or goes on")
    at = 0

    def taken(count: int, kind: str) -> NDArray[Any]:
        nonlocal at
        found = np.frombuffer(arrays, np.dtype(kind), count, at)
        at += found.nbytes
        return found.astype(found.dtype.newbyteorder("="))

    seen = taken(counts[0], "<u8"), taken(counts[1], "<u8")
    left, right = taken(counts[2], "<i4"), taken(counts[2], "<i4")
    levels = tuple(taken(counts[2], "i1") for _ in columns)
    flags = [np.unpackbits(taken((count + 7) // 8, "u1"), count=count).astype(np.bool_) for count in bits]
    whole = (left.astype(np.int64) << 32) | right
    sound = not len(whole) or bool(
        (np.diff(whole) > 0).all() and min(left.min(), right.min()) >= 0 and left.max() < counts[0]
        and right.max() < counts[1]
    )  # fmt: skip
    size_of = [len(names_of(kind)) for _, kind in columns]
    if not sound or any(len(of) and (of.min() < -1 or of.max() >= n) for of, n in zip(levels, size_of, strict=True)):
        raise NoRun("its pairs are not in order")
    weights = tuple(
        Weights(name, _share(m, n), _share(u, n))
        for (name, _), m, u, n in zip(columns, about["m"], about["u"], size_of, strict=True)
    )
    model = Model(
        weights, float(about["partners"]), (int(about["rows"][0]), int(about["rows"][1])), float(about["all_pairs"]),
        bool(about["exclusive"]), int(about["rounds"]), bool(about["rare"]), float(about["several"]),
    )  # fmt: skip
    if not (np.isfinite(model.partners) and model.partners > 0 and np.isfinite(model.pairs) and model.pairs >= 0):
        raise NoRun("its weights are no weights")
    drawn = tuple(_share(each, n) for each, n in zip(about["drawn"], size_of, strict=True))
    learned = Learned(columns, rules, drawn, model)
    crowded = flags[1].reshape(len(rules), counts[0])
    return Run(learned, bytes.fromhex(about["key"]), (ids[0], ids[1]), seen, left, right, levels, flags[0], crowded)


LARGEST = 2**34
"""Bytes of numbers in a run."""


def _share(numbers: Sequence[float], count: int) -> Floats:
    found = np.array(numbers, np.float64)
    if found.shape != (count,) or not np.isfinite(found).all() or (found <= 0).any():
        raise NoRun("its weights are no weights")
    return found
