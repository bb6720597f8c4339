"""Background work: what takes long is computed in a process of its own, and kept through the office as ever.

A job computes what a command wants to happen (an `Outcome`) and nothing else. Its worker (worker.py) has the state, and
asks this process for each document and register that it needs, through a pipe: it has no key, opens no node, and may
be ended at any moment. What it gives back is tried and kept under the node's lock, all of it or nothing.

Rules:

- What was asked stands in the vault, sealed, before the table has its row; the table holds who asked, how far it is and
  counts, and nobody's name. Without its row a job is found again by what the vault has; a row without it is over.
- What a job wants is kept together with the word that it is done, and without what was asked: after a stop in between
  it is done, or begins again, and never happens twice.
- An outcome for which a document was read that somebody has changed meanwhile is computed anew, `TRIES` times at most.
- One job at a time, the oldest first. Whoever cancels one that is being kept comes too late.
- Asked for again before it is over, the same work is the same job, whoever asks.
- What persons must sign waits for them (signing.py), kept together with the word that the job is done.

    name = ask(served, who, "import", {"draft": draft}, about=draft)
    with working(served):       # beside the server's threads, until the block ends
        server.serve()
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from repatria.interrupts import deaf
from repatria.message import Message
from repatria.office import Done, Given, Outcome
from repatria.problem import Problem, Problems
from repatria.web import signing
from repatria.web.models import Job
from repatria.web.served import Served, Wanted, Who

QUEUED, RUNNING, KEEPING, DONE, REFUSED, CANCELLED = "queued", "running", "keeping", "done", "refused", "cancelled"
OPEN = (QUEUED, RUNNING, KEEPING)
ALONE = ("plan",)  # of which there is never a second one, however long it may take
TRIES = 3
PLACE = "web/job"  # among the vault's documents: <name>/asked, /done, /problems
_WORKER = Path(__file__).with_name("worker.py")
_SHORT = (str, int, bool)


def ask(served: Served, who: Who, kind: str, request: Mapping[str, Any], about: str = "") -> str:
    """Have a job done; gives back its name, a random number. What is being done already is not begun twice.

    Args:
        kind: one of `work.KINDS`.
        request: what the work needs to know, as JSON; it may hold names, and is sealed in the vault.
        about: the opaque number of what it is about, for the page to go on to.
    """
    name = served.node.given(served.clock()).random(8).hex()
    asked = {"kind": kind, "by": who.name, "about": about, "request": dict(request)}
    with served.lock:  # until it has its row: of two who ask at once, one finds the other's
        for known in Job.objects.filter(state__in=(QUEUED, RUNNING), kind=kind, about=about):
            data = served.node.vault.document(f"{PLACE}/{known.name}/asked")
            if data is not None and (kind in ALONE or json.loads(data)["request"] == asked["request"]):
                return str(known.name)
        served.node.vault.put_document(f"{PLACE}/{name}/asked", json.dumps(asked).encode())
        _row(name, asked)
    _wake.set()
    return name


def cancel(job: Job) -> bool:
    """End a job that is not being kept yet; whether it was not too late."""
    ended = _moved(job.name, (QUEUED, RUNNING), CANCELLED, ended=timezone.now())
    if ended:
        for runner in _runners:
            runner.drop(job.name)
    return ended


def enough(job: Job) -> bool:
    """Have work that has something to show before its end, end with that; whether anybody was at it."""
    return any(runner.hurry(job.name) for runner in _runners)


def adopt(served: Served) -> None:
    """Bring the table up to what the vault says: at each start, before anything is done."""
    with served.lock:
        names = served.node.vault.documents(f"{PLACE}/")
        found: dict[str, dict[str, Any]] = {}
        for each in names:
            name, _, part = each.removeprefix(f"{PLACE}/").partition("/")
            data = served.node.vault.document(each)
            if data is not None and part in ("asked", "done"):
                found.setdefault(name, {})[part] = json.loads(data)
    for name, parts in found.items():
        if "done" in parts:
            row = _row(name, parts["done"])
            if row.state in OPEN:
                _finish(name, DONE, parts["done"]["counts"])
        else:
            _row(name, parts["asked"])
            _moved(name, (RUNNING, KEEPING), QUEUED)
    for lost in Job.objects.filter(state__in=OPEN).exclude(name__in=found):
        _finish(lost.name, CANCELLED, {})
    for name in Job.objects.filter(state=CANCELLED, name__in=found).values_list("name", flat=True):
        _forget(served, name)


def problems_of(served: Served, job: Job) -> list[Problem]:
    """Why a job was refused; with places in somebody's file, so that they stand in the vault."""
    with served.lock:
        data = served.node.vault.document(f"{PLACE}/{job.name}/problems")
    return [Problem(**each) for each in json.loads(data)] if data is not None else []


@contextmanager
def working(served: Served) -> Iterator[Runner]:
    """Jobs are done beside the block; what is not finished when it ends waits for the next start."""
    adopt(served)
    runner = Runner(served)
    _runners.append(runner)
    with deaf():
        runner.start()
    try:
        yield runner
    finally:
        runner.stop()
        _runners.remove(runner)


_runners: list[Runner] = []
_wake = threading.Event()


class Runner(threading.Thread):
    """Does one job after another, each in a worker process of its own."""

    def __init__(self, served: Served) -> None:
        super().__init__(name="jobs", daemon=True)
        self.served = served
        self._stopped = False
        self._worker: subprocess.Popen[bytes] | None = None
        self._job = ""
        self._hold = threading.Lock()  # over the two above, for whoever ends the worker

    def run(self) -> None:
        away = False
        try:
            while not self._stopped:
                _wake.clear()
                try:
                    close_old_connections()
                    if away:
                        adopt(self.served)
                    away, more = False, self.next()
                except DatabaseError:
                    away, more = True, False  # away, or busy: what was asked is in the vault, and waits
                if not more:
                    _wake.wait(5)
        finally:
            connection.close()

    def next(self) -> bool:
        """Do the oldest job that waits; whether there was one."""
        job = Job.objects.filter(state=QUEUED).order_by("asked", "name").first()
        if job is None or not _moved(job.name, (QUEUED,), RUNNING, begun=timezone.now(), what="", done=0, total=0):
            return job is not None
        with self._hold:
            self._job = job.name
        try:
            result = self._result(job)
        except DatabaseError:
            raise
        except Problems as error:
            result = list(error.problems)
        except Exception as error:  # noqa: BLE001 - one job's fault ends no other; its text could name somebody
            result = [_ended(type(error).__name__)]
        with self._hold:
            self._job = ""
        if isinstance(result, list):
            self._refuse(job.name, result)
        elif result is not None:
            _finish(job.name, DONE, result)
        elif not self._stopped:
            _forget(self.served, job.name)  # it was cancelled
        return True

    def drop(self, name: str) -> None:
        """End the worker, if it is at this job."""
        with self._hold:
            if self._job == name and self._worker is not None:
                self._worker.kill()

    def hurry(self, name: str) -> bool:
        """Tell the worker, if it is at this job, that what it has is enough; whether it was."""
        with self._hold:
            if self._job != name or self._worker is None:
                return False
            self._worker.send_signal(signal.SIGINT)
            return True

    def stop(self) -> None:
        self._stopped = True
        with self._hold:
            if self._worker is not None:
                self._worker.kill()
        _wake.set()
        with deaf():
            self.join()

    def _result(self, job: Job) -> dict[str, Any] | list[Problem] | None:
        """Counts of what was done, problems, or nothing where the job was ended."""
        with self.served.lock:
            data = self.served.node.vault.document(f"{PLACE}/{job.name}/asked")
        if data is None:
            return []
        asked = json.loads(data)
        for _ in range(TRIES):
            read = Read(self.served, self.served.node.given(self.served.clock()))
            outcome = self._computed(job.name, asked, read)
            if outcome is None or isinstance(outcome, list):
                return outcome
            kept = self._keep(job.name, asked, outcome, read)
            if kept != []:
                return kept
            _moved(job.name, (KEEPING,), RUNNING)
        do = "ask for it again when nobody changes it"
        return [Problem("job.overtaken", job.kind, f"what it was computed from was changed {TRIES} times", do)]

    def _computed(self, name: str, asked: Mapping[str, Any], read: Read) -> Outcome | list[Problem] | None:
        with self.served.lock:
            state = self.served.node.state()
        order = {
            "kind": asked["kind"], "request": asked["request"], "member": self.served.member, "now": read.given.now,
            "state": state,
        }  # fmt: skip
        try:
            with self._hold, deaf():
                if self._stopped:
                    return None
                command = [sys.executable, "-I", str(_WORKER)]
                # Of its own session: the Ctrl-C of a terminal would tell it that what it has is enough.
                worker = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
                )  # fmt: skip
                self._worker = worker
        except OSError:
            return [_ended("it could not be started")]
        try:
            return _conversation(worker, order, read, lambda *at: self._told(name, *at))
        except (EOFError, OSError, pickle.UnpicklingError):
            cancelled = Job.objects.filter(name=name, state=CANCELLED).exists()
            return None if self._stopped or cancelled else [_ended("its process has died")]
        finally:
            with self._hold:
                self._worker = None
            worker.kill()
            worker.communicate()

    def _told(self, name: str, what: str, done: int, total: int) -> None:
        Job.objects.filter(name=name, state=RUNNING).update(what=what[:64], done=done, total=total)

    def _keep(
        self, name: str, asked: Mapping[str, Any], outcome: Outcome, read: Read
    ) -> dict[str, Any] | list[Problem] | None:
        """Counts; problems; an empty list where it is to be computed anew; nothing where it was cancelled."""
        counts = {key: value for key, value in outcome.answer.items() if isinstance(value, _SHORT)}
        done = {**asked, "request": {}, "counts": counts}
        place = f"{PLACE}/{name}"
        word, over = {f"{place}/done": json.dumps(done).encode()}, (f"{place}/asked",)
        whole = replace(
            outcome, documents={**outcome.documents, **word}, without=(*outcome.without, *over)
        )  # fmt: skip
        with self.served.at(self.served.who(asked["by"])) as at:
            if not _moved(name, (RUNNING,), KEEPING):
                return None
            if at.who.role is None:
                do = "have somebody ask who has a role at this member"
                return [Problem("job.role", asked["kind"], "whoever asked for it has no role in the ledger now", do)]
            if read.changed():
                return []
            try:
                kept = at.keep(whole)
            except Wanted as wanted:
                # Prepared anew, it would be computed where somebody waits for a page: then it is asked for again.
                waits = Wanted(replace(wanted.prepared, outcome=outcome), None)
                counts = {**counts, "waits": 1}
                word = {f"{place}/done": json.dumps({**done, "counts": counts}).encode()}
                signing.keep(at, waits, Message(f"web.job.kind.{asked['kind']}"), word, over)
                return counts
            except Problems as error:
                return list(error.problems)
        return counts if isinstance(kept, Done) else kept

    def _refuse(self, name: str, problems: list[Problem]) -> None:
        place = f"{PLACE}/{name}"
        told = json.dumps([each.as_json() for each in problems]).encode()
        with self.served.lock:
            self.served.node.vault.put_all({}, {f"{place}/problems": told}, without=[f"{place}/asked"])
        _finish(name, REFUSED, dict(Counter(each.code for each in problems)))


@dataclass
class Read:
    """What a worker may ask of the node, and a hash of each document that it was given."""

    served: Served
    given: Given
    seen: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def answer(self, what: str, name: str) -> Any:
        """An attachment, a document, the names of documents, or the records of a register."""
        if what not in ("attachment", "document", "documents", "records"):
            raise EOFError  # no worker of ours
        with self.served.lock:
            found = getattr(self.given, what)(name)
        if what in ("document", "documents"):
            self.seen[what, name] = _hash(found)
        return found

    def changed(self) -> bool:
        """Whether anything that was read is otherwise now."""
        return any(_hash(getattr(self.given, what)(name)) != seen for (what, name), seen in self.seen.items())


def _hash(found: Any) -> bytes:
    return hashlib.sha256(found if isinstance(found, bytes) else json.dumps(found).encode()).digest()


def _conversation(
    worker: subprocess.Popen[bytes], order: Mapping[str, Any], read: Read, told: Any
) -> Outcome | list[Problem]:
    """What the worker comes to; it asks for what it needs.

    The bytes are pickles: the worker is this program, and was given everything in it by this process.
    """
    assert worker.stdin is not None
    assert worker.stdout is not None
    with (
        Connection(os.dup(worker.stdin.fileno()), readable=False) as to,
        Connection(os.dup(worker.stdout.fileno()), writable=False) as of,
    ):
        to.send(order)
        while True:
            match of.recv():
                case ("ask", str(what), str(name)):
                    to.send(read.answer(what, name))
                case ("progress", str(what), int(done), int(total)):
                    told(what, done, total)
                case ("outcome", Outcome() as outcome):
                    return outcome
                case ("problems", list(problems)):
                    return problems
                case ("failed", str(what)):
                    return [_ended(what)]
                case _:
                    raise EOFError


def _ended(what: str) -> Problem:
    do = "ask for it again; if it happens again, tell whoever keeps the node"
    return Problem("job.failed", "the worker", what, do)


def _row(name: str, asked: Mapping[str, Any]) -> Job:
    row, _ = Job.objects.get_or_create(
        name=name, defaults={"kind": asked["kind"], "by": asked["by"], "about": asked["about"], "state": QUEUED}
    )
    return row


def _moved(name: str, before: tuple[str, ...], after: str, **rest: Any) -> bool:
    """Whether the job was in one of these states, and is now in the other: of two who try, one succeeds."""
    return bool(Job.objects.filter(name=name, state__in=before).update(state=after, **rest))


def _finish(name: str, state: str, counts: Mapping[str, Any]) -> None:
    _moved(name, OPEN, state, counts=dict(counts), ended=timezone.now(), what="")


def _forget(served: Served, name: str) -> None:
    """Take away what was asked by a job that was cancelled."""
    with suppress(Problems), served.lock:
        served.node.vault.put_all({}, {}, without=[f"{PLACE}/{name}/asked"])
