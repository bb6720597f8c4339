"""Rounds of every size planned, each level beside its bound; plans made over; kidney graphs beside kep_solver.

    python -m benchmarks.planning.solve [WHAT ...] [--people N ...] [--seed S ...] [--stages N] [--places 3|5]
                                        [--bound N] [--room PERCENT] [--data DATA]

WHAT is selection, staging, replan, kidney; all of them without it, at the size that `make bench` has time for. People
are invented (`instances`). --stages, --places, --bound and --room (of seats and stretchers) are of the staging. Times
are CPU-seconds of this process, everything from lists to the answer; the checker's are its own. A level is proved where
its value is its bound, in whole numbers or by the solver; of the others each gap is told, as a part of the value.

kidney: the graph DATA/kidney/MD-00001-00000100.input (optimum 39 at K = 4), and instances of 200 pairs of kep_solver's
own generator, each solved by both; kep_solver runs in an environment of its own in .bench/ (AGPL, never in ours).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.linkage.environment import peers_python
from benchmarks.planning import kidney
from benchmarks.planning.instances import Round, selection, staging
from repatria.plan.check import check_plan
from repatria.plan.model import Progress, unit_types
from repatria.plan.solve import Level, Solution, solve
from repatria.plan.stages import Names, make_plan, replan

SEED = bytes(range(32))
NAMES = Names("bench", "0" * 64)
GENERATED = 5  # instances of kep_solver's generator
PAIRS, MOST = 200, 3


def told(what: str, size: str, seconds: float, levels: Sequence[Level], more: str = "") -> None:
    open_ = [level for level in levels if level.value != level.bound]
    gaps = [abs(level.value - level.bound) / max(1, abs(level.value)) for level in open_]
    exact = sum(level.exact for level in levels)
    proved = f"{len(levels)} levels, {exact} in whole numbers, " + (
        f"{len(levels) - len(open_)} proved, gaps " + ", ".join(f"{100 * gap:.2f} %" for gap in gaps)
        if open_ else "all proved"
    )  # fmt: skip
    print(f"{what:<11} {size:<44} {seconds:8.2f} s   {proved}{'; ' + more if more else ''}", flush=True)


def select(people: int, seed: int) -> None:
    units, classes, terms = selection(seed, people)
    began = time.process_time()
    found = solve(units, classes, terms, schedule=False)
    seconds = time.process_time() - began
    assert isinstance(found, Solution), [str(problem) for problem in found]
    tiers = len({kind.rank for kind in found.available})
    size = f"{people:,} people, {len(found.available):,} types, {tiers} tiers"
    told("selection", size, seconds, found.levels, f"{len(terms.rows)} further rows")


def planned(case: Round) -> tuple[dict[str, Any], float]:
    began = time.process_time()
    plan = make_plan(*case, SEED, NAMES)
    seconds = time.process_time() - began
    assert isinstance(plan, dict), [str(problem) for problem in plan]
    return plan, seconds


def stage(people: int, seed: int, shape: Sequence[int] = ()) -> dict[str, Any]:
    units, classes, terms = case = staging(seed, people, *shape)
    plan, seconds = planned(case)
    began = time.process_time()
    problems = check_plan(plan, units, classes, terms, SEED)
    checked = time.process_time() - began
    types = len(set(unit_types(units, classes).values()))
    size = f"{people:,} people, {types} types, {len(terms.stages)} stages x {len(terms.stages[0].places)} places"
    size += f", bound {terms.bound}, seed {seed}" + (f", room {shape[3]} %" if shape[3:] not in ((), (100,)) else "")
    when = [_level(level) for level in plan["levels"] if "waited" in level["name"] or "bounds" in level["name"]]
    who = [_level(level) for level in plan["levels"] if _level(level) not in when]
    assert all(level.value == level.bound for level in who)
    verdict = "passes" if not problems else f"REFUSED: {problems[0]}"
    told("staging", size, seconds, when, f"the checker: {verdict}, {checked:.1f} s")
    return plan


def _level(level: dict[str, Any]) -> Level:
    return Level(level["name"], level["value"], level["bound"], False, level["exact"])


def over(people: int, seed: int, plan: dict[str, Any] | None) -> None:
    """Three stages are over; of everyone who was still to go one in a hundred is withdrawn."""
    units, classes, terms = case = staging(seed, people)
    plan = plan or planned(case)[0]
    done = frozenset(each.stage for each in terms.stages[:3])
    before = slots(plan)
    listed = {unit.number for unit in units}
    waiting = sorted(n for n, (day, _) in before.items() if day not in done and n in listed)
    gone = frozenset(random.Random(seed).sample(waiting, len(waiting) // 100))
    progress = Progress(plan, done, gone)
    began = time.process_time()
    after = replan(progress, *case, SEED, NAMES)
    seconds = time.process_time() - began
    assert isinstance(after, dict), [str(problem) for problem in after]
    now = slots(after)
    moved = sum(n not in gone and n in listed and now.get(n) != slot for n, slot in before.items())
    problems = check_plan(after, units, classes, terms, SEED, progress=progress)
    verdict = "passes" if not problems else f"REFUSED: {problems[0]}"
    size = f"{people:,} people, {len(gone):,} of {len(waiting):,} units withdrawn"
    levels = [_level(level) for level in after["levels"]]
    told("replan", size, seconds, levels, f"{moved} others moved; the checker: {verdict}")


def slots(plan: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {n: (s["stage"], p["place"]) for s in plan["stages"] for p in s["places"] for n, _ in p["sequence"]}


def graphs(data: Path) -> None:
    file = data / "kidney" / "MD-00001-00000100.input"
    if file.exists():
        graph = kidney.read_graph(file)
        began = time.process_time()
        found = kidney.clear(graph, 4)
        seconds = time.process_time() - began
        proof = "proved" if found.weight == found.bound else f"bound {found.bound}"
        print(f"{'kidney':<11} {'64 pairs, 1,025 arcs, K = 4':<44} {seconds:8.2f} s   {found.weight} of the published"
              f" 39, {proof}", flush=True)  # fmt: skip
    else:
        print(f"(without {file}: give --data or REPATRIA_DATA)")
    python = peers_python(Path(__file__).with_name("requirements-kidney.txt"), "kidney")
    if python is None:
        return
    command = [python, str(Path(__file__).with_name("peer.py")), str(GENERATED), str(PAIRS), str(MOST)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    ours = theirs = 0.0
    for line in answer.stdout.splitlines():
        peer = json.loads(line)
        graph = kidney.Graph(peer["pairs"], {(u, v): kidney.Fraction(1) for u, v in peer["arcs"]})
        began = time.process_time()
        found = kidney.clear(graph, MOST)
        ours += time.process_time() - began
        theirs += peer["cpu_seconds"]
        assert (found.weight, found.bound) == (peer["transplants"], peer["transplants"])
    size = f"{GENERATED} x {PAIRS} pairs of kep_solver's generator, K = {MOST}"
    print(f"{'kidney':<11} {size:<44} {ours:8.2f} s   kep_solver {theirs:.2f} s, the same optimum each time")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=("selection", "staging", "replan", "kidney", []))
    parser.add_argument("--people", type=int, nargs="+", default=[10_000])
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    for name, default in (("--stages", 20), ("--places", 3), ("--bound", 60), ("--room", 100)):
        parser.add_argument(name, type=int, default=default)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("REPATRIA_DATA", "../shared/data")))
    given = parser.parse_args(arguments)
    wanted = given.what or ["selection", "staging", "replan", "kidney"]
    shape = (given.stages, given.places, given.bound, given.room)
    for people, seed in ((people, seed) for people in given.people for seed in given.seed):
        plan = None
        if "selection" in wanted:
            select(people, seed)
        if "staging" in wanted:
            plan = stage(people, seed, shape)
        if "replan" in wanted:
            over(people, seed, plan if shape == (20, 3, 60, 100) else None)
    if "kidney" in wanted:
        graphs(given.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
