"""Kidney-exchange graphs, as an outside check of the closed rounds: most transplants in cycles of at most K pairs.

    python benchmarks/planning/kidney.py FILE --max-cycle K [--json]

A pair of patient and donor is a party that gives once at most; whoever gives is given in return within a round of K.
The rounds are those of `repatria.plan.cycles`, and the search is the planner's. Two formats are read: a first line
`vertices arcs`, then `from to weight` a line, vertices from 0, with -1 as the end; and PrefLib's `.wmd`, vertices from
1, whose altruists (named so, or marked in the `.dat` beside it) and arcs of no weight are left out: chains are no
rounds. Where weights differ, the greatest sum of weights is looked for.

Source: Abraham, Blum, Sandholm, Clearing algorithms for barter exchange markets (EC 2007), the cycle formulation.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path

if __name__ == "__main__":  # run as a file, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from repatria.plan.rows import Program, rounds_through
from repatria.plan.search import Goal, Search, Stop

Arcs = Mapping[tuple[int, int], Fraction]


@dataclass(frozen=True)
class Graph:
    """Who could give to whom, and what that is worth; `names` by vertex as the file counts them."""

    vertices: int
    arcs: Arcs


@dataclass(frozen=True)
class Cleared:
    """The rounds found, what they are worth together, and the most that anything could be worth."""

    cycles: tuple[tuple[int, ...], ...]
    weight: Fraction
    bound: Fraction

    @property
    def transplants(self) -> int:
        return sum(map(len, self.cycles))


def read_graph(path: Path) -> Graph:
    """The graph in a file, `.wmd` or plain.

    Raises:
        ValueError: a line that cannot be read, or a vertex that the file does not have.
    """
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix != ".wmd":
        return parse_plain(text)
    beside = path.with_suffix(".dat")
    return parse_wmd(text, beside.read_text(encoding="utf-8-sig") if beside.exists() else "")


def parse_plain(text: str) -> Graph:
    """
    >>> sorted(parse_plain("3 2\\n0\\t1\\t1\\n1 2 0.5\\n-1\\t-1\\t-1\\n").arcs.items())
    [((0, 1), Fraction(1, 1)), ((1, 2), Fraction(1, 2))]
    """
    lines = [line.split() for line in text.splitlines() if line.strip()]
    vertices, told = int(lines[0][0]), int(lines[0][1])
    arcs: dict[tuple[int, int], Fraction] = {}
    for line in lines[1:]:
        if line[0] == "-1":
            break
        _add(arcs, int(line[0]), int(line[1]), Fraction(line[2]), range(vertices))
    if len(arcs) != told:
        raise ValueError(f"{len(arcs)} arcs; the first line says {told}")
    return Graph(vertices, arcs)


def parse_wmd(text: str, dat: str = "") -> Graph:
    """
    >>> head = "# NUMBER ALTERNATIVES: 3\\n# ALTERNATIVE NAME 3: Altruist 3\\n"
    >>> sorted(parse_wmd(head + "1,2,1.0\\n2,1,1.0\\n3, 1, 1.0\\n1,3,0.0\\n").arcs)
    [(1, 2), (2, 1)]
    """
    altruists: set[int] = set()
    vertices = 0
    arcs: dict[tuple[int, int], Fraction] = {}
    header, *rows = [line.strip().split(",") for line in dat.splitlines() if line.strip()] or [[]]
    if "Altruist" in header:
        altruists |= {int(row[0]) for row in rows if row[header.index("Altruist")].strip() == "1"}
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            name, _, value = line[1:].partition(":")
            if name.strip() == "NUMBER ALTERNATIVES":
                vertices = int(value)
            if name.strip().startswith("ALTERNATIVE NAME") and "altruist" in value.lower():
                altruists.add(int(name.split()[-1]))
            continue
        giver, taker, weight = line.split(",")
        if Fraction(weight.strip()):
            _add(arcs, int(giver), int(taker), Fraction(weight.strip()), range(1, vertices + 1))
    return Graph(vertices, {pair: weight for pair, weight in arcs.items() if altruists.isdisjoint(pair)})


def _add(arcs: dict[tuple[int, int], Fraction], giver: int, taker: int, weight: Fraction, known: range) -> None:
    if giver not in known or taker not in known:
        raise ValueError(f"an arc from {giver} to {taker}; vertices are {known.start} to {known.stop - 1}")
    if giver != taker:
        arcs[giver, taker] = max(weight, arcs.get((giver, taker), weight))


def clear(graph: Graph, most: int) -> Cleared:
    """The best rounds of at most `most` pairs, each pair in one at most, proved or with the gap in `bound`."""
    whole = lcm(*(weight.denominator for weight in graph.arcs.values()), 1)
    every = Program()
    through = rounds_through(every, dict.fromkeys(graph.arcs, 1), most)
    worth = dict.fromkeys(every.z.values(), 0)
    for pair, columns in through.items():
        for c in columns:
            worth[c] += int(graph.arcs[pair] * whole)
    best: dict[frozenset[int], tuple[int, ...]] = {}  # of the rounds among the same pairs the best says all
    for cycle, c in every.z.items():
        among = frozenset(cycle)
        if among not in best or worth[c] > worth[every.z[best[among]]]:
            best[among] = cycle
    program = Program()
    gives: dict[int, dict[int, int]] = {}
    goal: dict[int, int] = {}
    for cycle in best.values():
        program.z[cycle] = c = program.column(0, 1)
        goal[c] = worth[every.z[cycle]]
        for party in cycle:
            gives.setdefault(party, {})[c] = 1
    for party, columns in gives.items():
        program.row(f"pair {party}", 0, 1, columns)
    search = Search(program, Stop(None), plan=True)
    level = search.settle([Goal("weight", goal, True)], whole=True)[0]
    answer = search.answer()
    cycles = tuple(sorted(cycle for cycle, c in program.z.items() if answer[c]))
    return Cleared(cycles, Fraction(level.value, whole), Fraction(level.bound, whole))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--max-cycle", type=int, required=True, metavar="K")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if given.max_cycle < 2:
        parser.error("a round has two pairs at least")
    graph = read_graph(given.file)
    began = time.process_time()
    found = clear(graph, given.max_cycle)
    seconds = time.process_time() - began
    told = {
        "vertices": graph.vertices,
        "arcs": len(graph.arcs),
        "max_cycle": given.max_cycle,
        "transplants": found.transplants,
        "weight": _number(found.weight),
        "bound": _number(found.bound),
        "optimal": found.weight == found.bound,
        "cycles": [list(cycle) for cycle in found.cycles],
        "cpu_seconds": round(seconds, 2),
    }
    if given.json:
        print(json.dumps(told))
    else:
        proof = "proved" if told["optimal"] else f"bound {told['bound']}"
        print(f"{found.transplants} transplants in {len(found.cycles)} rounds, weight {told['weight']} ({proof}),"
              f" {seconds:.2f} s of CPU")  # fmt: skip
        for cycle in found.cycles:
            print(" -> ".join(map(str, (*cycle, cycle[0]))))
    return 0


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


if __name__ == "__main__":
    sys.exit(main())
