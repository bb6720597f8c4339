"""Two tables linked on Spark and here: whether each pair has the same score, and what both ways cost.

    PYTHON -m benchmarks.linkage.scale LEFT RIGHT [--columns JSON] [--many] [--learn-from N] [--cores N] [--memory 6g]

PYTHON has the extra `scale` (environment.py). More tables, with their own options, may follow after a comma that stands
by itself: they share the session. A line for each tells as JSON:

- `pairs`: how many met; `met_by_one_only`: by one way and not the other; `weight`: the greatest difference of two
  weights, log2 odds; `levels`: pairs of which a column's level differs.
- `linked`, `linked_by_one_only`, `probability`, `explanations`: the same of the pairs that are told.
- `cpu_seconds`: of each step on Spark, those of this process, of Java and of its Python workers; `spark_tasks`: Java's
  own CPU-seconds at tasks, without its starting and planning; `shuffled_bytes`; `peak_bytes` of all together; and what
  linking here took.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from repatria.files.bare import read_columns
from repatria.files.spark import read_table, session
from repatria.linkage import link
from repatria.linkage.spark import SparkLinks, link_on_spark
from repatria.linkage.tables import Links
from repatria.linkage.weigh import evidence

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Meter:
    """CPU-seconds and memory of this process and all under it, step by step: workers come and go, so it looks often."""

    def __init__(self) -> None:
        self.seen: dict[str, float] = {}  # of each process, the most it had used
        self.kind: dict[str, str] = {}
        self.peak = 0.0
        self.steps: list[tuple[str, dict[str, float]]] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def step(self, what: str) -> None:
        self._look()
        self.steps.append((what, self._by_kind()))

    def end(self) -> dict[str, dict[str, float]]:
        self.step("")
        self.over.set()
        self.thread.join()
        told = {}
        for (what, before), (_, after) in zip(self.steps, self.steps[1:], strict=False):
            told[what] = {kind: round(after[kind] - before.get(kind, 0.0), 1) for kind in after}
        return told

    def _by_kind(self) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for process, seconds in self.seen.items():
            found[self.kind[process]] += seconds
        return dict(found)

    def _watch(self) -> None:
        while not self.over.wait(0.5):
            self._look()

    def _look(self) -> None:
        stats: dict[int, list[str]] = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    stats[int(name)] = Path(f"/proc/{name}/stat").read_text().rsplit(")", 1)[1].split()
                except OSError:
                    continue
        own, memory, size = {os.getpid()}, 0.0, 0
        while len(own) > size:
            size = len(own)
            own |= {number for number, stat in stats.items() if int(stat[1]) in own}
        for number in own & stats.keys():
            stat = stats[number]
            process = f"{number} {stat[19]}"  # with its start: numbers come again
            self.seen[process] = (int(stat[11]) + int(stat[12])) / TICKS
            memory += int(stat[21]) * PAGE
            if self.kind.get(process, "workers") == "workers":  # what starts Java becomes it
                self.kind[process] = "here" if number == os.getpid() else _kind(number)
        self.peak = max(self.peak, memory)


def _kind(number: int) -> str:
    try:
        return "java" if b"java" in Path(f"/proc/{number}/cmdline").read_bytes()[:200] else "workers"
    except OSError:
        return "workers"


def compare(found: SparkLinks, ours: Links) -> dict[str, Any]:
    """How far what was found on Spark is from what was found here."""
    frame = found.frame.toArrow()
    columns = range(len(found.levels))
    theirs = _by_pair(frame["left_id"].to_pylist(), frame["right_id"].to_pylist(), frame["match_weight"].to_pylist(), [
        frame[f"level_{column}"].to_pylist() for column in columns
    ])  # fmt: skip
    compared = ours.compared
    here = _by_pair(
        [ours.left[at] for at in compared.left.tolist()], [ours.right[at] for at in compared.right.tolist()],
        evidence(ours.model, compared).tolist(), [each.tolist() for each in compared.levels],
    )  # fmt: skip
    both = here.keys() & theirs.keys()
    linked = [
        dict(zip(zip(each.left_ids, each.right_ids, strict=True), each.probability.tolist(), strict=True))
        for each in (found, ours)
    ]
    common = linked[0].keys() & linked[1].keys()
    return {
        "pairs": len(here),
        "met_by_one_only": len(here.keys() ^ theirs.keys()),
        "weight": max((abs(here[pair][0] - theirs[pair][0]) for pair in both), default=0.0),
        "levels": sum(here[pair][1] != theirs[pair][1] for pair in both),
        "linked": len(linked[1]),
        "linked_by_one_only": len(linked[0].keys() ^ linked[1].keys()),
        "probability": max((abs(linked[0][pair] - linked[1][pair]) for pair in common), default=0.0),
        "explanations": found.explanations() == ours.explanations(),
        "rules": len(found.learned.rules),
    }


def _by_pair(left: list[str], right: list[str], weights: list[float], levels: list[list[int]]) -> Mapping[Any, Any]:
    return dict(zip(zip(left, right, strict=True), zip(weights, zip(*levels, strict=True), strict=True), strict=True))


def _tasks(spark: Any) -> dict[str, float]:
    """What Spark itself counted of its tasks."""
    store = spark.sparkContext._jsc.sc().statusStore()
    none = spark.sparkContext._gateway.new_array(spark._jvm.double, 0)
    stages = store.stageList(None, False, False, none, spark._jvm.java.util.ArrayList())
    at = [stages.apply(place) for place in range(stages.size())]
    return {
        "spark_tasks": sum(each.executorCpuTime() for each in at) / 1e9,
        "shuffled_bytes": float(sum(each.shuffleWriteBytes() for each in at)),
    }


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("tables", nargs="+", metavar="LEFT RIGHT")
    reader.add_argument("--columns", type=json.loads, default={})
    reader.add_argument("--many", action="store_true", help="a row may have several partners")
    reader.add_argument("--learn-from", type=int, default=1_000_000)
    reader.add_argument("--weights-here", action="store_true", help="link here by the weights that were learned there")
    reader.add_argument("--alone", action="store_true", help="on Spark only")
    reader.add_argument("--cores", default="2")
    reader.add_argument("--memory", default="6g")
    given = [list(each) for comma, each in groupby(sys.argv[1:], ",".__eq__) if not comma]
    cases = [reader.parse_args(each) for each in given]
    meter = Meter()
    meter.step("starting Spark")
    with session(cases[0].cores, cases[0].memory) as spark:
        for said in cases:
            print(json.dumps(_told(spark, said, meter), default=lambda value: np.asarray(value).tolist()), flush=True)
            meter = Meter()


def _told(spark: Any, said: argparse.Namespace, meter: Meter) -> dict[str, Any]:
    how: dict[str, Any] = {"columns": said.columns, "one_to_one": not said.many}
    before = _tasks(spark)
    frames = [read_table(spark, path) for path in said.tables]
    found = link_on_spark(spark, *frames, learn_from=said.learn_from, step=meter.step, **how)
    told: dict[str, Any] = {"cpu_seconds": meter.end(), "peak_bytes": meter.peak}
    told |= {name: count - before[name] for name, count in _tasks(spark).items()}
    told |= {"compared": found.compared, "rows": found.rows, "linked": len(found.left_ids)}
    if said.alone:
        return told
    started = time.process_time()
    weights = found.learned if said.weights_here else None
    ours = link(*(read_columns(Path(path)) for path in said.tables), weights=weights, **how)
    return {**told, "here_cpu_seconds": round(time.process_time() - started, 1), **compare(found, ours)}


if __name__ == "__main__":
    main()
