"""What each main page costs where the exchange is large: 100,000 people, a million entries, one party's node.

    python -m benchmarks.web.pages [--people N] [--times N] [--folder .bench] [--only NAME,…] [--tls] [--profile PATH]

The ledger is the one of `tests.exchange.large`: every entry is signed by its author's key, and the fold refuses none of
them. The node that is served is north's: all of the ledger but its last 4,010 entries (so that one stage is under way
and nothing is closed), its delegates, its registers of the held and of the sought with a sealed record for everybody on
them, the other side's sought as they were disclosed, candidates and 5,000 words on them, an answer, what waits for
signatures, and a record of 100,000 readings. Records are invented. Making it takes a quarter of an hour; what was made
stays in the folder, and is gone on with where it stopped.

It is served by the program's own stack (cheroot, SQLite, whitenoise, all middleware, eight threads) in a process of
its own, to persons who are logged in with a second factor; asked over HTTP on the loopback, one after the other. Told
are, of `--times` answers each after the first, the 95th in a hundred on the clock against the bound of 300 ms, and the
server's own processor time, which other work on the machine lengthens less. The first answer stands beside them.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import http.client
import json
import pstats
import random
import re
import shutil
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.web.review import FIELDS, KIND, person
from repatria.exchange.codec import Body, encode_body
from repatria.exchange.events import Event, LinkJudged, RegisterCommitted, Slug
from repatria.exchange.fold import apply
from repatria.exchange.state import State
from repatria.ledger.canonical import encode
from repatria.ledger.entry import encode_entry, sign_entry
from repatria.linkage import commands
from repatria.store.node import NodeFolder
from repatria.store.reads import Read, Reads
from tests.bench_fold import CLOSING, LAST
from tests.exchange.large import AT, Ledger, large_ledger, scenario
from tests.exchange.world import (
    EXCHANGE,
    NORTH,
    SOUTH,
    appointment,
    opaque,
    register_of,
    row_of,
    seed,
    sha,
)

BOUND_MS = 300.0
PASSPHRASE = "benchmark with invented people"
BATCH = 20_000  # entries kept at once
WORDS = 5_000  # said in the review
READINGS = 100_000
PEOPLE = {"clerk": "officer", "family": "liaison", "supervisor": "supervisor"}  # who is logged in; each keeper, too
HELD = opaque("register of those whom north holds")


# --- the node --------------------------------------------------------------------------------------------------------


def made(folder: Path, people: int) -> Path:
    """The node's folder, made unless it is there."""
    path = folder / f"node-{people}"
    if (path / "made").exists():
        return path
    ledger = large_ledger(folder / f"large-{people}", people)
    if not (path / "node.json").exists():
        shutil.rmtree(path, ignore_errors=True)
        with NodeFolder.create(path, NORTH, "party", PASSPHRASE) as node:
            node.keyring.add("member-2", seed(NORTH))  # as the exchange knows it
    with NodeFolder.open(path, PASSPHRASE) as node:
        _copied(node, ledger)
        told(f"folding {ledger.size - CLOSING - LAST:,} entries")
        state = node.ledger_state()
        assert not state.refusals
        assert len(state.persons) == people
        _delegates(node, state.fork())
        state = node.ledger_state()
        assert node.ledger is not None
        told("signing")
        node.ledger.sign_checkpoint(state.origin, seed("log"))
        told("sealing the registers")
        _registers(node, people // 2)
        size = 0 if node.ledger is None else node.ledger.size
    _readings(path / "reads")
    (path / "made").write_text(str(size))
    shutil.rmtree(ledger.folder)  # the node has it; the disk has room for one
    return path


def told(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


def _copied(node: NodeFolder, ledger: Ledger) -> None:
    """The ledger's entries in the node's log, from where it stopped."""
    log = node.start_log("repatria.test/log")
    stop = ledger.size - CLOSING - LAST
    if log.size >= stop:
        return
    attachments = {path.name: path.read_bytes() for path in (ledger.folder / "attachments").iterdir()}
    log.append((), attachments)
    batch: list[bytes] = []
    for at, entry in enumerate(ledger.entries(stop)):
        if at < log.size:
            continue
        batch.append(entry)
        if len(batch) == BATCH or at == stop - 1:
            log.append(batch)
            batch = []
            told(f"{log.size:,} entries kept")


def _delegates(node: NodeFolder, state: State) -> None:
    """North's officer and liaison, its register of the held, and its word on the review, as further entries."""
    said: list[tuple[str, Event]] = [
        (NORTH, appointment(f"{NORTH}/clerk", "officer")),
        (NORTH, appointment(f"{NORTH}/family", "liaison")),
        (NORTH, RegisterCommitted(HELD, Slug("held"), 1, len(state.persons) // 2, sha("root of the held"))),
        (NORTH, LinkJudged(register_of(SOUTH), WORDS, 0, 0, sha("judgements"))),
    ]
    entries = []
    for author, event in said:
        seq, prev, _ = state.chains.get(author, (-1, None, 0))
        body = encode_body(Body(EXCHANGE, author, seq + 1, prev, state.seen, (), (), AT, event))
        entry = encode_entry(sign_entry(body, [seed(author)]))
        verdict = apply(state, entry, node.attachment)
        assert verdict.applied, verdict
        entries.append(entry)
    assert node.ledger is not None
    node.ledger.append(entries)


def _registers(node: NodeFolder, each: int) -> None:
    """What the vault of a party has of so many people of either side."""
    draw, vault = random.Random(1), node.vault
    held = [f"{draw.getrandbits(60):016x}" for _ in range(each)]
    vault.put_records(HELD, [(row, person(draw), {}) for row in held])
    rows = [f"{int(row_of(SOUTH, at), 16):016x}" for at in range(each + 3)]
    vault.put_records(register_of(NORTH), [
        (row, {**person(draw), "record_id": f"n-{at}"}, {}) for at, row in enumerate(rows)
    ])  # fmt: skip
    asked = register_of(SOUTH)
    theirs = [f"{int(row_of(NORTH, at), 16):016x}" for at in range(each + 3)]
    named = {name: at for name, at in node.ledger_state().letters.items() if name.startswith(f"{SOUTH}/")}
    disclosure = min(named, key=lambda name: named[name])  # the first of its letters that an entry names
    letter = encode({"kind": "register", "from": SOUTH, "data": {
        "register": asked, "rows": [{"row": row, "fields": person(draw)} for row in theirs],
    }})  # fmt: skip
    evidence = [
        {"column": name, "kind": KIND.get(name, "number"), "level": 1, "absent": "", "worth": 3.1} for name in FIELDS
    ]
    pairs = [(row, held[draw.randrange(each)]) for row in theirs for _ in range(3 if draw.random() < 0.1 else 1)]
    found = json.dumps([
        {"sought": one, "held": other, "rule": "evidence", "grade": "possible", "contested": False,
         "probability": 0.5, "found": draw.random(), "second": False, "evidence": evidence}
        for one, other in pairs
    ]).encode()  # fmt: skip
    said = [
        [one, other, draw.choice(("link", "non_link")), f"officer-{draw.randrange(3)}", "both records looked at",
         500_000, []]
        for one, other in {one: (one, other) for one, other in pairs[:WORDS]}.values()
    ]  # fmt: skip
    pages = [said[at : at + commands.PAGE] for at in range(0, len(said), commands.PAGE)]
    vault.put_all({}, {
        f"mail/register/{disclosure}": letter, f"candidates/{asked}": found,
        **{f"judgements/{asked}" + (f"/{at}" if at else ""): encode(page) for at, page in enumerate(pages)},
    })  # fmt: skip


def _readings(path: Path) -> None:
    """A record of many readings in the form that `store.reads` says, made durable once and not for each."""
    draw, head, lines = random.Random(2), "0" * 64, []
    for _ in range(READINGS):
        what, by = draw.choice(("matches", "answer", "api")), f"{NORTH}/officer-{draw.randrange(20)}"
        read = Read("2025-12-01T08:00:00Z", by, what, True, "", (f"{draw.getrandbits(60):016x}",))
        text = json.dumps(asdict(read), sort_keys=True, separators=(",", ":"))
        head = hashlib.sha256(f"{head} {text}".encode()).hexdigest()
        lines.append(f"{head} {text}\n")
    path.write_text("".join(lines))
    assert Reads(path).intact()


# --- served ----------------------------------------------------------------------------------------------------------


def serve(path: Path, tls: bool, profile: str) -> None:
    """The child: serves until its standard input ends. Says where and with which cookies as one line of JSON."""
    from tests.web.world import HOST, application, client

    app = application()
    from repatria.web import access, jobs, serve
    from repatria.web.served import Served
    from repatria.web.settings import Options

    served = Served.open(path, PASSPHRASE)
    access.serve(served)
    served.state()  # read, as after any first request
    options = Options(path, served.secret("django"), HOST, tls)
    cookies = {name: client(name, keeper=name != "family").cookies["repatria"].value for name in PEOPLE}
    port = serve.free_port()
    (path / "web").mkdir(exist_ok=True)
    if profile:
        app = _profiled(app, profile)
    with serve.serving(app, options, served, port) as server, jobs.working(served):
        threading.Thread(target=lambda: (sys.stdin.read(), server.stop()), daemon=True).start()
        print(json.dumps({"port": port, "cookies": cookies, "host": HOST}), flush=True)
        server.serve()
    served.close()


def _profiled(app: Any, path: str) -> Any:
    """The application, and after each request for this path where its time went."""

    def wrapped(environ: Any, start: Any) -> Any:
        if environ["PATH_INFO"] != path:
            return app(environ, start)
        profile = cProfile.Profile()
        answer = profile.runcall(app, environ, start)
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(45)
        return answer

    return wrapped


@dataclass
class Browser:
    """Somebody who is logged in, on one connection that is kept."""

    connection: http.client.HTTPConnection
    host: str
    session: str
    token: str = ""

    def ask(self, path: str, form: Mapping[str, str] | None = None, part: bool = False) -> tuple[int, str]:
        cookies = f"repatria={self.session}" + (f"; csrftoken={self.token}" if self.token else "")
        headers = {"Host": self.host, "Cookie": cookies, "Accept-Language": "uk"}
        if part:
            headers["HX-Request"] = "true"
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": self.token})
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"https://{self.host}/"}
        self.connection.request("GET" if form is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if (found := re.search(r"csrftoken=([^;]+)", answer.getheader("Set-Cookie") or "")) is not None:
            self.token = found[1]
        return answer.status, text


@dataclass(frozen=True)
class Asked:
    """One page: who opens it, where, and what it must say to be the page that is meant."""

    name: str
    who: str
    path: str
    part: bool = False
    form: Callable[[int], Mapping[str, str]] | None = None


def pages(size: int, stages: int, draw: random.Random) -> list[Asked]:
    """The main pages, each as whoever opens it does."""
    register = register_of(SOUTH)
    number = opaque(f"person {SOUTH} 17")
    return [
        Asked("home", "clerk", "/uk/"),
        Asked("consultation", "clerk", "/uk/consultation/"),
        Asked("terms", "clerk", "/uk/terms/"),
        Asked("timeline, latest", "clerk", "/uk/timeline/"),
        Asked("timeline, in the middle", "clerk", f"/uk/timeline/?from={size // 2}"),
        Asked("signing", "clerk", "/uk/signing/"),
        Asked("registers", "clerk", "/uk/registers/"),
        Asked("a register", "clerk", f"/uk/registers/{register_of(NORTH)}/"),
        Asked("reviews", "clerk", "/uk/matches/"),
        Asked("match review", "clerk", f"/uk/matches/{register}/"),
        Asked("answers", "clerk", "/uk/answers/"),
        Asked("answers by name", "clerk", f"/uk/answers/{register}/"),
        Asked("lists", "clerk", "/uk/lists/"),
        Asked("clearing", "clerk", "/uk/clearing/"),
        Asked("draw", "clerk", "/uk/draw/"),
        Asked("plan", "clerk", "/uk/plan/"),
        Asked("why", "clerk", "/uk/plan/why/", form=lambda at: {"number": number}),
        Asked("stages", "clerk", "/uk/stages/"),
        Asked("a stage", "clerk", f"/uk/stages/s{(stages + 1) // 2}/"),
        Asked("a stage's progress", "clerk", f"/uk/stages/s{stages}/now/", part=True),
        Asked("ledger", "clerk", "/uk/ledger/"),
        Asked("an entry with its proof", "clerk", f"/uk/ledger/{draw.randrange(size)}/"),
        Asked("members", "clerk", "/uk/members/"),
        Asked("reads", "supervisor", "/uk/reads/"),
        Asked("families", "family", "/uk/families/"),
        Asked("carry", "clerk", "/uk/carry/"),
    ]  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """Of one page: milliseconds on the clock and of the server's processor, the first answer apart."""

    first: float
    wall: Sequence[float]
    cpu: Sequence[float]


def measured(child: int, browser: Browser, asked: Asked, times: int) -> Cost:
    clock = (~child << 3) | 2  # the clock of that process's processor time (Linux)
    wall, cpu = [], []
    for at in range(times + 1):
        form = None if asked.form is None else asked.form(at)
        start, spent = time.perf_counter(), time.clock_gettime(clock)
        status, text = browser.ask(asked.path, form, asked.part)
        wall.append((time.perf_counter() - start) * 1000)
        cpu.append((time.clock_gettime(clock) - spent) * 1000)
        if status != 200:
            raise AssertionError(f"{asked.name}: {status} {re.sub('<[^>]*>', ' ', text)[:300]}")
    return Cost(wall[0], sorted(wall[1:]), sorted(cpu[1:]))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--times", type=int, default=40)
    asked.add_argument("--folder", type=Path, default=Path(".bench"))
    asked.add_argument("--only", default="", help="names of pages, with commas between")
    asked.add_argument("--profile", default="", help="an address: after each request for it, where its time went")
    asked.add_argument("--tls", action="store_true")
    asked.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    given.folder.mkdir(exist_ok=True)
    path = made(given.folder, given.people)
    if given.serve:
        serve(path, given.tls, given.profile)
        return 0
    words = [sys.executable, "-m", "benchmarks.web.pages", "--serve", "--people", str(given.people),
             "--folder", str(given.folder), "--profile", given.profile, *(["--tls"] if given.tls else [])]  # fmt: skip
    begun = time.perf_counter()
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            said = json.loads(child.stdout.readline())
            print(f"served after {time.perf_counter() - begun:.1f} s: {given.people:,} people; p95 of {given.times}, "
                  f"{'TLS' if given.tls else 'no TLS'}")  # fmt: skip
            _all(child.pid, said, given)
        finally:
            child.stdin.close()
    return 0


def _all(child: int, said: Mapping[str, Any], given: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", said["port"], timeout=600)
    if given.tls:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the node's own authority is not asked for
        connection = http.client.HTTPSConnection("127.0.0.1", said["port"], timeout=600, context=context)
    size = int((given.folder / f"node-{given.people}" / "made").read_text())
    worst: list[tuple[float, str]] = []
    for page in pages(size, scenario(given.people).stages, random.Random(3)):
        if given.only and page.name not in given.only.split(","):
            continue
        browser = Browser(connection, said["host"], said["cookies"][page.who])
        if page.form is not None:
            browser.ask("/uk/plan/")  # for the token of a form
        cost = measured(child, browser, page, given.times)
        at = given.times * 95 // 100
        worst.append((cost.wall[at], page.name))
        print(f"{page.name:<28} p95 {cost.wall[at]:7.1f} ms, {cost.wall[at] / BOUND_MS:5.2f} of the bound; CPU middle "
              f"{cost.cpu[len(cost.cpu) // 2]:7.1f}, p95 {cost.cpu[at]:7.1f} ms; first {cost.first:8.1f} ms",
              flush=True)  # fmt: skip
    late = [name for ms, name in worst if ms > BOUND_MS]
    print(f"{len(worst) - len(late)} of {len(worst)} within {BOUND_MS:.0f} ms; not: {', '.join(late) or 'none'}")


if __name__ == "__main__":
    sys.exit(main())
