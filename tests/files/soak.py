"""More than a million lists that are almost lists, in pieces: each invocation goes on where the last one stopped.

    python -m tests.files.soak                          # to the end
    SOAK_SECONDS=600 python -m tests.files.soak         # ten minutes' worth of it
    python -m tests.files.soak --only xlsx --processes 1
    python -m tests.files.soak --one csv 12345          # a single input, and what becomes of it

Every input goes through what the guarded child runs on a foreign file, and through every check that is made on the
table. A child for each would take a day, so each piece of inputs has a process of its own, under the child's limits of
memory and time; and of every so many one goes through the guarded child as well, which must say the same.

An input has to end in a table or in problems. What counts against it: the process is killed (`crash`), it takes more
than `SECONDS` (`hang`), anything is raised but `Problems` (`unclassified`), or a promise is broken (`promise`): a
problem repeats a cell, a person's record does not read back. Ending at the limit of memory is an end that has a code.

What was reached stands in .soak/, by the hash of the code that it was reached with: change the readers, and the count
begins anew. A failing input is shrunk, written beside it, and printed with the line that reproduces it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import mmap
import os
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from repatria.files import reading
from repatria.files.guarded import Asked, Limits, lines_of, read_guarded, table_from_lines
from repatria.files.lists import format_annotated
from repatria.linkage.compare import Record as LinkageRecord
from repatria.linkage.within import doubled
from repatria.people.columns import understood
from repatria.people.doubts import doubled_rows, doubts, gap_notes
from repatria.people.person import person_from_fields, person_to_fields
from repatria.people.quality import quality
from repatria.people.register import read_register
from repatria.people.table import Table
from repatria.problem import Problem, Problems
from tests.files.mutated import CANARY, Parts, deflated, mutated, packed

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".soak"
WANTED = {"csv": 500_000, "xml": 250_000, "json": 250_000, "xlsx": 50_000, "ods": 20_000, "xls": 20_000, "xlsb": 20_000}
GUARDED = {
    "csv": 1000,
    "xml": 1000,
    "json": 1000,
}  # of so many one goes through the real child; of workbooks one of 100
CHUNK = 1000  # inputs done at a time; what is half done when it stops is done again
SECONDS, MEGABYTES = 5, 512
TODAY = date(2025, 12, 1)
_KINDS_OF_LIST = ("held", "sought", "missing", "remains")


class BrokenPromise(Exception):
    """What the readers promise of every table, and did not keep."""


def outcome(data: bytes, number: int) -> list[str]:
    """The codes of what a file's reading and checking say, in order; empty where there is nothing to say."""
    try:
        table = reading.read_foreign(data, "f", Asked())
    except Problems as refused:
        _repeats_nothing(refused.problems)
        return [problem.code for problem in refused.problems]
    if table_from_lines(lines_of(table)) != table:
        raise BrokenPromise("the table is another one after it was carried to the parent")
    return [problem.code for problem in table.notes] + _checked(table, number)


def _checked(table: Table, number: int) -> list[str]:
    kind: Any = _KINDS_OF_LIST[number % 4]
    understood(table)
    read = read_register(table, kind, "north", national_id_key=bytes(32) if number % 3 else None)
    for person in read.persons:
        if person_from_fields(person_to_fields(person)) != person:
            raise BrokenPromise("a person's record does not read back")
    if len(read.persons) not in (0, len(table.rows)) or bool(read.persons) == bool(read.stopping):
        raise BrokenPromise("neither every row a person nor a reason why not")
    records = [LinkageRecord(row.number, row.texts()) for row in read.cells]
    groups = [(group.rows, group.reason) for group in doubled(records)]
    found = [*doubts(table, read, kind, "north", TODAY), *doubled_rows(table, groups)]
    problems = [*read.problems, *found, *gap_notes(table, read)]
    quality(table, read, "north", problems)
    _repeats_nothing(problems)
    if number % 16 == 0:
        with contextlib.suppress(Problems):  # larger than a workbook can be
            format_annotated(table, problems)
    return [problem.code for problem in problems]


def _repeats_nothing(problems: list[Problem] | tuple[Problem, ...]) -> None:
    if any(CANARY in text for problem in problems for text in (problem.what, problem.do)):
        raise BrokenPromise("a problem repeats a cell")


def _through_the_child(data: bytes, number: int, direct: list[str]) -> None:
    """The same file through the guarded child: the same table with the same problems, or the same refusal."""
    try:
        said = [problem.code for problem in read_guarded(data, "f", limits=Limits(60, MEGABYTES)).notes]
    except Problems as refused:
        said = [problem.code for problem in refused.problems]
    if said != direct[: len(said)]:
        raise BrokenPromise(f"the guarded child says {said[:3]}")


# --- one piece, in a process of its own --------------------------------------------------------------------------


def _limited() -> None:
    """The child's limits, over what this process has taken already."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * mmap.PAGESIZE if os.path.exists("/proc") else 0
    memory = taken + (MEGABYTES << 20)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _tried(kind: str, number: int, parts: Parts, guarded: bool = False) -> tuple[str, list[str]]:
    """How an input ends, and what was said: `ended`, or what counts against it with its place in the code."""
    data = packed(parts)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        codes = outcome(data, number)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if guarded:
            _through_the_child(data, number, codes)
        return "ended", codes
    except MemoryError:
        return "ended", ["file.read.memory"]
    except BrokenPromise as broken:
        return f"promise: {broken}", []
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        frames = traceback.extract_tb(error.__traceback__)
        own = next((f for f in reversed(frames) if "repatria" in f.filename and "tests" not in f.filename), frames[-1])
        return f"unclassified: {type(error).__name__} at {Path(own.filename).name}:{own.lineno} {own.name}", []
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def in_a_process(work: Callable[[mmap.mmap], Any]) -> tuple[Any, int, int]:
    """What `work` gives back, the signal that ended it (0: none), and the number that it had written down last."""
    seen = mmap.mmap(-1, 8)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(read)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # panics are printed by the library that has them
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            reading.load()
            _limited()
            answer = json.dumps(work(seen)).encode()
            with os.fdopen(write, "wb") as out:
                out.write(answer)
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        answer = said.read()
    _, status = os.waitpid(child, 0)
    at = int.from_bytes(seen[:8], "little")
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0 if status == 0 else signal.SIGABRT
    return json.loads(answer) if ended_by == 0 else None, ended_by, at


def one_piece(piece: tuple[str, int]) -> dict[str, Any]:
    """The inputs of one chunk, summed. A process that is killed is followed by another, from the next input on."""
    kind, chunk = piece
    found: dict[str, Any] = {"kind": kind, "chunk": chunk, "inputs": 0, "tables": 0, "guarded": 0, "failures": []}
    codes: Counter[str] = Counter()
    began, number, end = time.monotonic(), chunk * CHUNK, (chunk + 1) * CHUNK
    slowest = 0.0
    while number < end:
        start = number

        def work(seen: mmap.mmap, start: int = start) -> dict[str, Any]:
            done: dict[str, Any] = {"codes": Counter(), "tables": 0, "failures": [], "slowest": 0.0, "guarded": 0}
            for at in range(start, end):
                seen[:8] = at.to_bytes(8, "little")
                guarded = at % GUARDED.get(kind, 100) == 0
                tick = time.process_time()
                how, said = _tried(kind, at, mutated(kind, at), guarded)
                done["slowest"] = max(done["slowest"], time.process_time() - tick)
                done["guarded"] += guarded
                if how != "ended":
                    done["failures"].append([at, how])
                done["tables"] += not any(code.startswith("file.") and code not in _NOTES for code in said)
                done["codes"].update(set(said))
            return done

        done, ended_by, at = in_a_process(work)
        if done is not None:
            found["inputs"] += end - start
            found["tables"] += done["tables"]
            found["guarded"] += done["guarded"]
            found["failures"] += done["failures"]
            codes.update(done["codes"])
            slowest = max(slowest, done["slowest"])
            number = end
        else:
            # What this process counted is lost; its inputs were done, and the one that it died of is named.
            how = "hang" if ended_by == signal.SIGPROF else f"crash: signal {ended_by}"
            found["inputs"] += at - start + 1
            found["failures"].append([at, how])
            number = at + 1
    return found | {"codes": dict(codes), "slowest": slowest, "seconds": time.monotonic() - began}


_NOTES = frozenset({
    "file.encoding", "file.title_rows", "file.row_aside", "file.csv.no_final_line_end", "file.pfif.expiry",
    "file.workbook.sheets", "file.workbook.merged", "file.workbook.macros", "file.workbook.links",
    "file.workbook.hidden_rows", "file.workbook.hidden_columns",
})  # fmt: skip


# --- a failing input, made small ---------------------------------------------------------------------------------


def shrunk(kind: str, number: int, how: str, seconds: float = 60.0) -> Parts:
    """The fewest bytes that were found, in a while, to end as input `number` does."""
    parts, until = list(mutated(kind, number)), time.monotonic() + seconds

    def same(candidate: Parts) -> bool:
        tried, ended_by, _ = in_a_process(lambda _: _tried(kind, number, candidate)[0])
        if ended_by:
            tried = "hang" if ended_by == signal.SIGPROF else f"crash: signal {ended_by}"
        return bool(tried == how)

    at = 0
    while at < len(parts):  # whole parts first
        without = parts[:at] + parts[at + 1 :]
        if without and time.monotonic() < until and same(without):
            parts = without
        else:
            at += 1
    for at, (name, content) in enumerate(parts):
        piece = len(content) // 2
        while piece and time.monotonic() < until:
            place = 0
            while place < len(content) and time.monotonic() < until:
                shorter = content[:place] + content[place + piece :]
                if same([*parts[:at], (name, shorter), *parts[at + 1 :]]):
                    content = shorter
                else:
                    place += piece
            piece //= 2
        parts[at] = (name, content)
    return parts


# --- what was reached --------------------------------------------------------------------------------------------


def code_hash() -> str:
    """Of everything that an input meets, and of what makes the inputs."""
    files = [path for package in ("files", "people") for path in (ROOT / "repatria" / package).glob("*.py")]
    files += [ROOT / "repatria" / "linkage" / name for name in ("compare.py", "within.py")]
    files += [ROOT / "tests" / "files" / name for name in ("mutated.py", "awkward.py", "books.py", "test_pfif.py")]
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


class Reached:
    """What was reached with this code, kept after every piece."""

    def __init__(self) -> None:
        self.path = FOLDER / f"files-{code_hash()}.json"
        self.sums: dict[str, dict[str, Any]] = json.loads(self.path.read_text()) if self.path.exists() else {}

    def of(self, kind: str) -> dict[str, Any]:
        empty = {"chunks": [], "inputs": 0, "tables": 0, "guarded": 0, "failures": [], "codes": {}, "slowest": 0.0,
                 "seconds": 0.0}  # fmt: skip
        return self.sums.setdefault(kind, empty)

    def add(self, found: dict[str, Any]) -> None:
        sums = self.of(found["kind"])
        sums["chunks"] = sorted({*sums["chunks"], found["chunk"]})
        for name in ("inputs", "tables", "guarded", "failures", "seconds"):
            sums[name] += found[name]
        sums["codes"] = dict(Counter(sums["codes"]) + Counter(found["codes"]))
        sums["slowest"] = max(sums["slowest"], found["slowest"])
        FOLDER.mkdir(exist_ok=True)
        beside = self.path.with_suffix(".tmp")
        beside.write_text(json.dumps(self.sums))
        os.replace(beside, self.path)

    def missing(self, wanted: dict[str, int]) -> list[tuple[str, int]]:
        """The pieces still to be done, every kind in step with the others."""
        pieces = [
            (chunk / -(-count // CHUNK), kind, chunk)
            for kind, count in wanted.items()
            for chunk in range(-(-count // CHUNK))
            if chunk not in self.of(kind)["chunks"]
        ]
        return [(kind, chunk) for _, kind, chunk in sorted(pieces)]

    def report(self, wanted: dict[str, int]) -> Iterator[str]:
        for kind, count in wanted.items():
            sums = self.of(kind)
            rate = sums["inputs"] / sums["seconds"] if sums["seconds"] else 0.0
            failures = Counter(how.partition(":")[0] for _, how in sums["failures"])
            yield (
                f"{kind:<5} {sums['inputs']:>9,} of {count:,} inputs: {failures['crash']} crashes, {failures['hang']} "
                f"hangs, {failures['unclassified']} unclassified, {failures['promise']} promises broken; "
                f"{sums['tables']:,} tables, {len(sums['codes'])} different problems, {sums['guarded']:,} also through "
                f"the child; slowest {sums['slowest']:.2f} s, {rate:,.0f} a second"
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--only", choices=list(WANTED), action="append", help="of this kind; may repeat")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SOAK_SECONDS", "0")), help="0: no limit")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--one", nargs=2, metavar=("KIND", "NUMBER"), help="a single input")
    given = parser.parse_args()
    if given.one:
        kind, number = given.one[0], int(given.one[1])
        sys.stdout.buffer.write(packed(mutated(kind, number)) + b"\n")
        print(_tried(kind, number, mutated(kind, number)))
        return 0
    wanted = {kind: count for kind, count in WANTED.items() if kind in (given.only or WANTED)}
    reached, until = Reached(), time.monotonic() + (given.seconds or 10**9)
    shown: Counter[str] = Counter()
    with Pool(given.processes) as pool:
        for done, found in enumerate(pool.imap_unordered(one_piece, reached.missing(wanted)), 1):
            reached.add(found)
            _told(found, shown)
            if done % 20 == 0:
                print(", ".join(f"{reached.of(kind)['inputs']:,} {kind}" for kind in wanted), flush=True)
            if time.monotonic() > until:
                pool.terminate()
                break
    print("\n".join(reached.report(wanted)))
    return 1 if any(reached.of(kind)["failures"] for kind in wanted) else 0


def _told(found: dict[str, Any], shown: Counter[str]) -> None:
    """Each way to fail once, with its input made small; the others are counted."""
    for number, how in found["failures"]:
        shown[how] += 1
        if shown[how] == 1:
            small = shrunk(found["kind"], number, how)
            (FOLDER / f"{found['kind']}-{number}.kept").write_bytes(deflated(small))
            print(f"{how}\n  python -m tests.files.soak --one {found['kind']} {number}", flush=True)
            print(f"  {[(name, content[:300]) for name, content in small][:4]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
