"""How many check-ins a second one node answers: signed, judged, durable, and only then acknowledged.

    python -m benchmarks.web.checkin [--people N] [--clients N] [--seconds N] [--tls]

One stage of an exchange of N people is open at ten places; all of its rights are out, and the gate has let everybody
through. North's node is served by the program's own stack (cheroot, eight threads, all middleware) in a process of its
own. Each client is a process that plays the desks of some places, one connection each: it signs what north's desk does
next, with what the other side's desk said meanwhile, sends it with its token and waits for the answer. A check-in is
one such request: north's person is released; south's desk has received that one and released another, whom north's
desk receives: one to three entries, each judged by the fold with its signatures verified, all of them on the disk.

Told are check-ins and entries a second, the middle and the 99th in a hundred of the answers' time, the server's
processor time for a check-in, and the bound of the same run, in the same layout: as many processes that verify two bare
Ed25519 signatures and wait for one fsync of 1,400 bytes each, in turn, by one process that groups them alike.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import multiprocessing
import multiprocessing.connection
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nacl.bindings

from repatria.exchange.codec import Body, encode_body, event_id
from repatria.exchange.events import Author, Cleared, Event, Opaque, PersonReceived, PersonReleased, Slug
from repatria.ledger.entry import ENTRY_TYPE, Entry, Signature, encode_entry, key_id, pae
from repatria.store.node import NodeFolder
from tests.exchange.world import (
    CROSS,
    EXCHANGE,
    GULF,
    NORTH,
    PARTIES,
    PHASES,
    SOUTH,
    VISIT,
    Scenario,
    World,
    carry,
    number_of,
    public,
    seed,
    stage_opened,
)

PASSPHRASE = "benchmark with invented people"
PLACES = tuple(f"p{at:02}" for at in range(10))
STAGE = Slug("s1")
TARGET, TARGET_MS = 150.0, 300.0
AT = "2025-12-10T09:00:00Z"
ASKED = 1_000  # people in one entry of the neutral
BATCH = 50  # people in one entry of the opening


@dataclass(frozen=True)
class Busy(Scenario):
    """One stage that is under way, and everybody else of the lists in none."""

    each: int = 100  # of each side at a place

    @property
    def capacity(self) -> int:
        return self.each

    @cached_property
    def _numbers(self) -> dict[str, list[Opaque]]:
        return {party: [number_of(party, at) for at in range(self.people[0] + self.spare)] for party in PARTIES}

    def numbers(self, holder: str) -> list[Opaque]:
        return self._numbers[holder]

    def manifest(self, stage: int, place: str) -> list[tuple[Opaque, Slug]]:
        at = PLACES.index(place) * self.each
        sides = {party: self.numbers(party)[at : at + self.each] for party in PARTIES}
        return [(sides[party][i], party) for i in range(self.each) for party in PARTIES]


def busy(people: int, each: int) -> World:
    """Everything up to the moment at which the first person of each place can be released."""
    there = each * len(PLACES)
    scenario = Busy(
        people=(there, there), spare=people // 2 - there, places=PLACES, exposure=len(PLACES), each=each
    )  # fmt: skip
    phases = PHASES[: PHASES.index("planned") + 1]
    world = carry(World(scenario), [phase for phase in phases if phase != "cleared"])
    planned = sorted(number for place in PLACES for number, _ in scenario.manifest(0, place))
    for at in range(0, len(planned), ASKED):
        world.must(f"{CROSS}/visitor", Cleared(Slug("camp"), VISIT, tuple(planned[at : at + ASKED])))
    world.all_must((*PARTIES, GULF), stage_opened(world))
    world.at = AT
    for place in PLACES:
        for party in PARTIES:
            mine = world.manifest(party, place=place)
            for at in range(0, each, BATCH):
                world.grant(mine[at : at + BATCH], place=place)
        everybody = sorted(number for number, _ in scenario.manifest(0, place))
        gate = f"{CROSS}/gate-{place}"
        for at in range(0, len(everybody), BATCH):
            batch = tuple(everybody[at : at + BATCH])
            world.must(gate, Cleared(Slug(place), scenario.day(0), batch))
            world.present(batch, place=place)
    assert not world.state.refusals
    return world


# --- the server ------------------------------------------------------------------------------------------------------


def serve(path: Path, tls: bool) -> None:
    """The child: serves until its standard input ends."""
    from tests.web.world import HOST, application

    app = application()
    from repatria.web import access, serve, tokens
    from repatria.web.served import Served
    from repatria.web.settings import Options

    served = Served.open(path, PASSPHRASE, clock=lambda: AT)
    access.serve(served)
    (path / "web").mkdir(exist_ok=True)
    given = {place: tokens.issue(served, served.who(f"desk-{place}"), "desk") for place in PLACES}
    options, port = Options(path, served.secret("django"), HOST, tls), serve.free_port()
    with serve.serving(app, options, served, port) as server:
        threading.Thread(target=lambda: (sys.stdin.read(), server.stop()), daemon=True).start()
        print(json.dumps({"port": port, "host": HOST, "tokens": given}), flush=True)
        server.serve()
    served.close()


# --- the clients -----------------------------------------------------------------------------------------------------


@dataclass
class Desk:
    """Both sides' desks at one place, with their chains."""

    place: Slug
    people: Sequence[tuple[Opaque, Slug, int, str]]  # number, holder, epoch, the event that let them through
    chains: dict[str, tuple[int, str | None]]
    seen: tuple[int, str]

    def __post_init__(self) -> None:
        self.keys = {party: nacl.bindings.crypto_sign_seed_keypair(seed(self.author(party)))[1] for party in PARTIES}

    def author(self, party: str) -> Author:
        return Author(f"{party}/desk-{self.place}")

    def say(self, party: str, event: Event, refs: Sequence[str]) -> tuple[bytes, str]:
        author = self.author(party)
        seq, prev = self.chains[author]
        body = encode_body(Body(EXCHANGE, author, seq + 1, prev, self.seen, tuple(refs), (), AT, event))  # type: ignore[arg-type]
        signature = nacl.bindings.crypto_sign(pae(ENTRY_TYPE, body), self.keys[Slug(party)])[:64]
        keyid = key_id(bytes.fromhex(public(author)))
        name = event_id(body)
        self.chains[author] = seq + 1, name
        return encode_entry(Entry(ENTRY_TYPE, body, (Signature(keyid, signature),))), name

    def check_ins(self) -> Iterator[list[bytes]]:
        """What north's desk sends, one request after the other."""
        held: dict[str, list[str]] = {NORTH: [], SOUTH: []}
        heard: list[bytes] = []
        for number, holder, epoch, presented in self.people:
            to = SOUTH if holder == NORTH else NORTH
            release = PersonReleased(STAGE, self.place, number, epoch, None)
            entry, released = self.say(holder, release, (presented, *held[holder]))
            held[holder] = []
            receipt, received = self.say(to, PersonReceived(STAGE, self.place, number, epoch), (released,))
            held[to].append(received)
            if holder == NORTH:
                yield [*heard, entry]
                heard = [receipt]
            else:
                yield [*heard, entry, receipt]
                heard = []


def connected(port: int, tls: bool) -> http.client.HTTPConnection:
    if not tls:
        return http.client.HTTPConnection("127.0.0.1", port)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the node's own authority is not asked for
    return http.client.HTTPSConnection("127.0.0.1", port, context=context)


def sent_in(
    connection: http.client.HTTPConnection, host: str, token: str, entries: Sequence[bytes]
) -> tuple[http.client.HTTPResponse, Any]:
    headers = {"Host": host, "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    body = json.dumps({"entries": [base64.b64encode(each).decode() for each in entries]})
    connection.request("POST", "/api/v1/desk/check-in", body, headers)
    answer = connection.getresponse()
    return answer, json.loads(answer.read())


def client(
    desks: Sequence[Desk], port: int, host: str, tokens: Mapping[str, str], tls: bool, until: float, told: Any
) -> None:
    """Each desk in a thread of its own, until the time is over; what each answer took, and how many entries went in."""
    taken: list[float] = []
    sent = [0]

    def play(desk: Desk) -> None:
        connection = connected(port, tls)
        for entries in desk.check_ins():
            if time.time() > until:
                return
            begun = time.perf_counter()
            answer, said = sent_in(connection, host, tokens[desk.place], entries)
            taken.append(time.perf_counter() - begun)
            sent[0] += len(entries)
            if answer.status != 200 or not all(each["applied"] for each in said["entries"]):
                raise AssertionError(said)
        print(f"nobody is left at {desk.place}: ask for more people with --each", file=sys.stderr)

    threads = [threading.Thread(target=play, args=(desk,)) for desk in desks]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    told.put((taken, sent[0]))


# --- the bound -------------------------------------------------------------------------------------------------------


def bound(clients: int, seconds: float, folder: Path) -> float:
    """Bare check-ins a second: two signatures verified and one fsync shared by those who wait, over pipes."""
    message, secret = b"x" * 700, nacl.bindings.crypto_sign_seed_keypair(bytes(32))[1]
    signed = nacl.bindings.crypto_sign(message, secret)
    key = nacl.bindings.crypto_sign_seed_keypair(bytes(32))[0]
    pairs = [multiprocessing.Pipe() for _ in range(clients)]
    workers = [multiprocessing.Process(target=_bare, args=(there, seconds)) for _, there in pairs]
    for each in workers:
        each.start()
    count, begun = 0, time.perf_counter()
    file = os.open(folder / "bound", os.O_CREAT | os.O_WRONLY)
    while time.perf_counter() - begun < seconds:
        ready = multiprocessing.connection.wait([here for here, _ in pairs], 0.1)
        for each in ready:
            each.recv_bytes()  # type: ignore[union-attr]
            for _ in range(2):
                nacl.bindings.crypto_sign_open(signed, key)
            os.pwrite(file, message * 2, count * 1400)
            count += 1
        if ready:
            os.fsync(file)
        for each in ready:
            each.send_bytes(b"ok")  # type: ignore[union-attr]
    for each in workers:
        each.terminate()
        each.join()
    os.close(file)
    return count / seconds


def _bare(pipe: Any, seconds: float) -> None:
    until = time.perf_counter() + 2 * seconds
    secret = nacl.bindings.crypto_sign_seed_keypair(bytes(32))[1]
    while time.perf_counter() < until:
        pipe.send_bytes(nacl.bindings.crypto_sign(b"x" * 700, secret))
        pipe.recv_bytes()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--people", type=int, default=20_000)
    asked.add_argument("--each", type=int, default=600, help="people of each side at each place")
    asked.add_argument("--clients", type=int, default=2, help="processes; ten desks in all")
    asked.add_argument("--seconds", type=float, default=20)
    asked.add_argument("--tls", action="store_true")
    asked.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.serve:
        serve(given.serve, given.tls)
        return 0
    with tempfile.TemporaryDirectory(dir=".") as scratch:
        world = busy(given.people, given.each)
        path = Path(scratch) / "north"
        with NodeFolder.create(path, NORTH, "party", PASSPHRASE) as node:
            node.keyring.add("member-2", seed(NORTH))
            log = node.start_log("repatria.test/log")
            log.append(world.entries, world.attachments)
            node.ledger_state()
        words = [sys.executable, "-m", "benchmarks.web.checkin", "--serve", str(path)]
        words += ["--tls"] if given.tls else []
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                said = json.loads(child.stdout.readline())
                _drive(world, child.pid, said, given)
            finally:
                child.stdin.close()
        with NodeFolder.open(path, PASSPHRASE) as node:
            print(f"  opened again: {len(node.outbox()):,} entries are there")
        print(f"  bound of the same run: {bound(given.clients, 5, Path(scratch)):,.0f} bare ones a second")
    return 0


def _drive(world: World, child: int, said: Mapping[str, Any], given: Any) -> None:
    state = world.state
    desks = []
    for place in PLACES:
        people = []
        for number in [number for number, _ in world.scenario.manifest(0, place)]:
            person = state.persons[number]
            right = person.right
            assert right is not None
            assert right.presented is not None
            people.append((Opaque(number), person.holder, right.epoch, str(right.presented)))
        both = [f"{party}/desk-{place}" for party in PARTIES]
        chains = {author: state.chains.get(author, (-1, None, 0))[:2] for author in both}
        desks.append(Desk(Slug(place), people, chains, state.seen))  # type: ignore[arg-type]
    first = connected(said["port"], given.tls)  # what a server reads for its first answer is no part of this
    sent_in(first, said["host"], said["tokens"][PLACES[0]], [b"not an entry"])
    first.close()
    told: Any = multiprocessing.Queue()
    clock = (~child << 3) | 2  # the clock of that process's processor time (Linux)
    until = time.time() + given.seconds
    spent, begun = time.clock_gettime(clock), time.perf_counter()
    running = [
        multiprocessing.Process(
            target=client,
            args=(desks[at :: given.clients], said["port"], said["host"], said["tokens"], given.tls, until, told),
        )
        for at in range(given.clients)
    ]  # fmt: skip
    for each in running:
        each.start()
    found = [told.get() for _ in running]
    seconds, cpu = time.perf_counter() - begun, time.clock_gettime(clock) - spent
    for each in running:
        each.join()
    taken = sorted(each for times, _ in found for each in times)
    count, entries = len(taken), sum(sent for _, sent in found)
    rate, last = count / seconds, taken[count * 99 // 100] * 1000
    print(
        f"{len(state.persons):,} people, ten desks in {given.clients} processes, {'TLS' if given.tls else 'no TLS'}: "
        f"{count:,} check-ins of {entries:,} entries in {seconds:.1f} s\n"
        f"  {rate:.0f} a second ({rate / TARGET:.2f} of the target); p50 {taken[count // 2] * 1000:.1f} ms, "
        f"p99 {last:.1f} ms ({last / TARGET_MS:.2f} of its bound)\n"
        f"  the server: {cpu / count * 1000:.2f} ms of CPU for each, {cpu / seconds * 100:.0f} % of one processor"
    )

if __name__ == "__main__":
    sys.exit(main())
