"""Repatria's own part of the benchmark of tables, in a process of its own, so that its cost can be told.

    python -m benchmarks.linkage.own KIND OUT ...

As peers.py: KIND is a function of `TASKS`, OUT gets pairs with probabilities, the last line tells what it took as JSON.
What is counted for the ceiling comes after the cost was taken.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from repatria.files.bare import read_columns
from repatria.linkage.compare import number_key
from repatria.linkage.encode import encode
from repatria.linkage.tables import dedupe, link
from repatria.people.names import family_key, father_key, given_key, skeleton

TOLD = 0.01
Told = dict[str, float | list[str]]


def link_tables(out: str, left: str, right: str, columns: str, truth: str = "") -> Told:
    """Pairs of two registers, one partner at most, explained. TRUTH: left_id, right_id, for the ceiling."""
    found = link(read_columns(Path(left)), read_columns(Path(right)), columns=json.loads(columns), least=TOLD)
    rows = zip(found.left_ids, found.right_ids, found.probability.tolist(), found.explanations(), strict=True)
    _write(out, ("left_id", "right_id", "probability", "explanation"), rows)
    told = _cost()
    told["compared"] = float(len(found.compared.left))
    told["rules"] = [" + ".join(rule.traits) for rule in found.rules]
    if truth:
        places = [{name: at for at, name in enumerate(ids)} for ids in (found.left, found.right)]
        with Path(truth).open(newline="") as file:
            true = [(row["left_id"], row["right_id"]) for row in csv.DictReader(file)]
        wanted = np.array([places[0][one] * len(found.right) + places[1][other] for one, other in true])
        met = found.compared.left.astype(np.int64) * len(found.right) + found.compared.right
        told["ceiling"] = float(np.isin(wanted, met).mean())
    return told


def dedupe_table(out: str, table: str, columns: str, truth: str) -> Told:
    """Pairs of one table, and clusters at OUT.clusters. TRUTH: the column that says who is one person."""
    rows = _read(table)
    found = dedupe(rows, columns=json.loads(columns))
    compared, ids = found.links.compared, found.ids
    probability = found.links.chances if found.links.scale is None else found.links.scale.of(found.links.chances)
    told_ = np.flatnonzero(probability >= TOLD)
    one, other = (side[told_].tolist() for side in (compared.left, compared.right))
    pairs = zip((ids[at] for at in one), (ids[at] for at in other), probability[told_].tolist(), strict=True)
    _write(out, ("left_id", "right_id", "probability"), pairs)
    _write(f"{out}.clusters", ("id", "cluster_id"), zip(ids, found.cluster_ids, strict=True))
    told = _cost()
    told["compared"] = float(len(compared.left))
    told["rules"] = [" + ".join(rule.traits) for rule in found.links.rules]
    key = next(heading for heading, name in json.loads(columns).items() if name == "id")
    person = {row[key]: row[truth] for row in rows}
    _, of_row, counts = np.unique([person[each] for each in ids], return_inverse=True, return_counts=True)
    same = of_row[compared.left] == of_row[compared.right]
    told["ceiling"] = float(same.sum() / (counts * (counts - 1) // 2).sum())
    bins = np.minimum((probability * 10).astype(int), 9)
    given, true = (np.bincount(bins, each, minlength=10) for each in (probability, same.astype(float)))
    told["ECE of all that met"] = float(np.abs(given - true).sum() / len(probability))
    return told


def met_pairs(out: str, left: str, right: str) -> Told:
    """The names of every pair that met, for a peer that only scores."""
    tables = [read_columns(Path(path)) for path in (left, right)]
    found = link(*tables)
    names = [dict(zip(table["id"], table["name"], strict=True)) for table in tables]
    ones = [found.left[at] for at in found.compared.left.tolist()]
    others = [found.right[at] for at in found.compared.right.tolist()]
    rows = ((one, other, names[0][one], names[1][other]) for one, other in zip(ones, others, strict=True))
    _write(out, ("left_id", "right_id", "left", "right"), rows)
    return _cost() | {"compared": float(len(ones))}


def keyed(out: str, table: str) -> Told:
    """The table with each name, place and unit as its key: for whoever blocks and compares by the same keys."""
    keys: dict[str, Callable[[str], str]] = {
        "family_name": family_key, "given_names": given_key, "father_name": father_key,
        "place_of_birth": skeleton, "unit": number_key,
    }  # fmt: skip
    rows = _read(table)
    made: list[Sequence[str]] = []
    for heading in rows[0]:
        column = [row[heading] for row in rows]
        if heading in keys:
            of = {value: keys[heading](value) for value in set(column)}
            column = [of[value] for value in column]
        elif heading == "date_of_birth":
            read = encode(heading, "date", column, ())
            column = [read.values[at] if at >= 0 else "" for at in read.left.tolist()]
        made.append(column)
    _write(out, tuple(rows[0]), zip(*made, strict=True))
    return _cost()


def _read(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        to = csv.writer(file)
        to.writerow(heading)
        to.writerows(rows)


def _cost() -> Told:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"cpu_seconds": time.process_time(), "peak_bytes": float(peak * 1024)}


TASKS = (link_tables, dedupe_table, met_pairs, keyed)

if __name__ == "__main__":
    kind, *given = sys.argv[1:]
    print(json.dumps(next(task for task in TASKS if task.__name__ == kind)(*given)))
