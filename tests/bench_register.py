"""A list from its file to the ledger: how many people a second, and how much memory the parent and the child take.

    python -m tests.bench_register                   # 20,000 people as CSV and as XLSX
    python -m tests.bench_register --people 200000 --seconds 120

Each verb runs in a process of its own, as an officer would run it; what it takes to start and to unlock a node is told
apart, by an import of one person. The peer is bare python-calamine reading the same workbook into lists, in the same
run. Seconds are of processor, of the parent and of its child together; memory is the most that each had at any moment,
looked at every hundredth of a second (Linux alone tells it).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from repatria.rehearsal.people import make_people
from tests.sync.nodes import NOW, PASSPHRASE, make_nodes

# Runs the command line, and tells on the last line of standard error what it and its child took of the processor.
_TOLD = """
import resource, sys
from repatria.cli import entry
try:
    entry()
except SystemExit:
    pass
both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print("\\n", sum(each.ru_utime + each.ru_stime for each in both), file=sys.stderr)
"""


@dataclass(frozen=True)
class Took:
    """What one command took: seconds of processor, and megabytes of the parent and of its child."""

    seconds: float
    parent: float
    child: float


def took(*words: object) -> Took:
    command = [sys.executable, "-c", _TOLD, *map(str, words)]
    environment = os.environ | {"REPATRIA_PASSPHRASE": PASSPHRASE}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        run = subprocess.Popen(command, stdout=out, stderr=errors, env=environment)
        parent = child = 0.0
        while run.poll() is None:
            parent = max(parent, _most(run.pid))
            child = max([child, *map(_most, _children(run.pid))])
            time.sleep(0.01)
        out.seek(0)
        errors.seek(0)
        said = json.load(out)
        if words[1] == "import" and not said["ok"]:
            raise SystemExit(f"the import was refused: {said['problems'][:1]}")
        return Took(float(errors.read().splitlines()[-1]), parent, child)


def _most(process: int) -> float:
    """The most memory that a process has had since it became the program that it is, in MB."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def _children(process: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def register_figures(people: int, seconds: float) -> None:
    """A line for each kind of file and each verb."""
    folder = Path(tempfile.mkdtemp(prefix="repatria-bench-register-"))
    nodes = make_nodes(round_open=True)
    try:
        files = written(folder, people)
        limit = ("--kind", "sought", "--seconds", seconds, "--json")
        first = folder / "one.csv"
        first.write_text("\n".join(files["CSV"].read_text(encoding="utf-8").split("\n")[:2]) + "\n", encoding="utf-8")
        start = took("register", "import", copied(nodes.path("north"), folder / "start"), first, "--at", NOW, *limit)
        for kind, file in files.items():
            check = took("register", "check", file, "--party", "north", *limit)
            node = copied(nodes.path("north"), folder / kind)
            done = took("register", "import", node, file, "--at", NOW, *limit)
            whole = done.seconds - start.seconds
            bare = bare_reading(file) if kind == "XLSX" else bare_csv(file)
            peer = "python-calamine" if kind == "XLSX" else "the csv module"
            print(
                f"import {kind}, {people:,} people: {people / whole:,.0f} a second of processor ({whole:.1f} s, and "
                f"{start.seconds:.1f} s to start), {whole / bare:.1f} x {peer}; parent {done.parent:.0f} MB, child "
                f"{done.child:.0f} MB\ncheck  {kind}: {check.seconds:.1f} s; parent {check.parent:.0f} MB, child "
                f"{check.child:.0f} MB",
                flush=True,
            )
    finally:
        shutil.rmtree(folder)


def written(folder: Path, people: int) -> dict[str, Path]:
    """A register of the sought, as CSV and as XLSX with shared texts, as spreadsheets write it."""
    rows = make_people(7, 1, 1, people, 1).registers["north-sought"]
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    paths = {"CSV": folder / "list.csv", "XLSX": folder / "list.xlsx"}
    with paths["CSV"].open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(table)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("sought")
    for row in table:
        sheet.append(row)
    book.save(paths["XLSX"])
    return paths


def copied(node: Path, to: Path) -> Path:
    return Path(shutil.copytree(node, to))


def bare_reading(file: Path) -> float:
    """Seconds of processor for python-calamine alone, in a process of its own."""
    return _bare(f"b = python_calamine.CalamineWorkbook.from_path({str(file)!r}); b.get_sheet_by_index(0).to_python()")


def bare_csv(file: Path) -> float:
    return _bare(f"list(csv.reader(open({str(file)!r}, encoding='utf-8', newline='')))")


def _bare(work: str) -> float:
    code = f"import csv, time, python_calamine; t = time.process_time(); {work}; print(time.process_time() - t)"
    return float(subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True).stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long the reading of a file may take")
    given = parser.parse_args()
    register_figures(given.people, given.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
