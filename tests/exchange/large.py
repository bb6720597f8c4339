"""A large honest exchange, written fast, with real keys: by default 100,000 people and a million entries.

Every person is asked twice at the camp and once at the gate, is granted a right that the desk gives back unused and
then another, is let through, released and received: nine events each, and one more of what is said around them
(offers carried, interviews held). Of each side one in fifty is not brought. Nothing in it is refused.

What is written is kept in a folder and begun again where it stopped, a stage at a time; the same size gives the same
bytes.

    python -m tests.exchange.large --people 100000 --folder large       # writes it (some minutes)
    python -m tests.bench_fold --people 100000 --folder large           # and measures folding it
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import pickle
import shutil
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import nacl.bindings

from repatria.deal.classes import EXCHANGE
from repatria.exchange.codec import Body, encode_body, event_id
from repatria.exchange.events import (
    Account,
    Author,
    Cleared,
    Day,
    Event,
    ExchangeClosed,
    InterviewHeld,
    OfferCarried,
    Opaque,
    PersonAbsent,
    PersonPresented,
    PersonReceived,
    PersonReleased,
    RightGranted,
    RightReturned,
    RoundClosed,
    Sealed,
    Slug,
    StageOpened,
    StageReconciled,
    Tally,
)
from repatria.exchange.fold import fold
from repatria.exchange.state import State
from repatria.ledger.entry import ENTRY_TYPE, Entry, Signature, encode_entry, key_id, pae
from repatria.ledger.tree import Frontier, leaf_hash
from tests.exchange.world import (
    CROSS,
    GULF,
    MEMBERS,
    NORTH,
    PARTIES,
    PHASES,
    ROUND,
    SEALED,
    SOUTH,
    Scenario,
    World,
    carry,
    number_of,
    other,
    public,
    seed,
    sha,
)

FORMAT = 4  # of the folder: another number writes it anew
AT_A_PLACE = 50  # people of each side at a place in a stage
ABSENT_EVERY = 50
PLACES = 10
FIRST_DAY = date(2025, 12, 10)
STAGES_A_DAY = 5
AT = "2025-12-01T08:00:00Z"


@dataclass(frozen=True)
class Large(Scenario):
    """The scenario of `world.py`, over as many stages as it takes."""

    def day(self, stage: int) -> Day:
        return Day((FIRST_DAY + timedelta(days=stage // STAGES_A_DAY)).isoformat())

    @property
    def capacity(self) -> int:
        return AT_A_PLACE

    @cached_property
    def _numbers(self) -> dict[str, list[Opaque]]:
        return {party: [number_of(party, i) for i in range(self.people[0])] for party in PARTIES}

    def numbers(self, holder: str) -> list[Opaque]:
        return self._numbers[holder]

    def manifest(self, stage: int, place: str) -> list[tuple[Opaque, Slug]]:
        """The next of each side, north and south alternating."""
        at = (stage * len(self.places) + self.places.index(place)) * AT_A_PLACE
        sides = {party: self.numbers(party)[at : at + AT_A_PLACE] for party in PARTIES}
        return [(sides[party][i], party) for i in range(len(sides[NORTH])) for party in PARTIES]


def scenario(people: int) -> Large:
    """For so many people of both sides together: a multiple of what one place takes in a stage."""
    assert people % (2 * AT_A_PLACE) == 0, f"a multiple of {2 * AT_A_PLACE} people"
    places = tuple(f"p{i:02}" for i in range(min(PLACES, people // (2 * AT_A_PLACE))))
    stages = people // (2 * AT_A_PLACE * len(places))
    assert stages * 2 * AT_A_PLACE * len(places) == people, f"a multiple of {2 * AT_A_PLACE * PLACES} people"
    return Large(people=(people // 2, people // 2), stages=stages, places=places, exposure=len(places))


class Ledger:
    """What was written in a folder: entries in order, and attachments by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def size(self) -> int:
        return int(json.loads((self.folder / "done").read_text())["size"])

    def entries(self, stop: int | None = None) -> Iterator[bytes]:
        """Read as they are asked for: a million entries are never held at once."""
        left = self.size if stop is None else stop
        for path in sorted(self.folder.glob("entries-*")):
            for entry in _split(path.read_bytes()):
                if not left:
                    return
                left -= 1
                yield entry

    def attachment(self, name: str) -> bytes | None:
        path = self.folder / "attachments" / name
        return path.read_bytes() if path.exists() else None


def large_ledger(folder: Path, people: int) -> Ledger:
    """The ledger of that many people, written now as far as it is not in the folder yet."""
    done = folder / "done"
    if not done.exists() or json.loads(done.read_text())["format"] != FORMAT:
        if not (folder / f"writer-{FORMAT}").exists():
            shutil.rmtree(folder, ignore_errors=True)
        _write(folder, people)
    return Ledger(folder)


def _write(folder: Path, people: int) -> None:
    (folder / "attachments").mkdir(parents=True, exist_ok=True)
    kept = folder / f"writer-{FORMAT}"
    if kept.exists():
        writer, stage = pickle.loads(kept.read_bytes())
    else:
        phases = [phase for phase in PHASES[: PHASES.index("planned") + 1] if phase != "cleared"]
        world = carry(World(scenario(people)), phases)
        assert not world.state.refusals
        for name, data in world.attachments.items():
            (folder / "attachments" / name).write_bytes(data)
        writer, stage = Writer(world), 0
        _keep(folder, "opening", writer, 0)
    while stage < writer.scenario.stages:
        writer.stage(stage)
        stage += 1
        _keep(folder, f"stage{stage:05}", writer, stage)
        if stage % 10 == 0:
            print(f"{writer.tree.size:,} entries written", file=sys.stderr, flush=True)
    writer.close()
    _keep(folder, "the-end", writer, stage)
    (folder / "done").write_text(json.dumps({"format": FORMAT, "size": writer.tree.size}))


def _keep(folder: Path, name: str, writer: Writer, stage: int) -> None:
    """The entries first, then where to go on from: a crash between the two writes the same entries again."""
    order = {"opening": "00000", "the-end": "99999"}.get(name, name.removeprefix("stage"))
    joined = b"".join(struct.pack(">H", len(entry)) + entry for entry in writer.entries)
    (folder / f"entries-{order}").write_bytes(joined)
    if name == "the-end":
        return
    writer.entries = []
    kept = folder / f"writer-{FORMAT}"
    kept.with_suffix(".tmp").write_bytes(pickle.dumps((writer, stage)))
    kept.with_suffix(".tmp").rename(kept)


def _split(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from(">H", data, at)
        yield data[at + 2 : at + 2 + length]
        at += 2 + length


class Writer:
    """Signs one event after the other without folding them: it knows beforehand what each of them comes to."""

    def __init__(self, world: World) -> None:
        self.scenario = world.scenario
        self.plan, self.exchange = world.state.plan, world.state.exchange
        self.entries: list[bytes] = list(world.entries)
        self.chains = {author: (seq, event) for author, (seq, event, _) in world.state.chains.items()}
        self.seen: dict[str, tuple[int, str]] = {}
        self.tree = Frontier(world.state.size, world.state.leaves.peaks())
        self.secrets: dict[str, tuple[str, bytes]] = {}
        self.said_around = 0

    def say(self, author: str, event: Event, refs: Iterable[str] = (), signatories: int = 0) -> str:
        seq, prev = self.chains.get(author, (-1, None))
        body = encode_body(
            Body(self.exchange, author, seq + 1, prev, self.seen[author], tuple(refs), (), AT, event)
        )  # fmt: skip
        message = pae(ENTRY_TYPE, body)
        signers = [author, *(f"{author}/sig-{i}" for i in range(1, signatories + 1))]
        sigs = sorted((self._sign(signer, message) for signer in signers), key=lambda each: each.keyid)
        entry = encode_entry(Entry(ENTRY_TYPE, body, tuple(sigs)))
        self.entries.append(entry)
        self.tree.append(leaf_hash(entry))
        name = event_id(body)
        self.chains[author] = (seq + 1, name)
        return name

    def _sign(self, author: str, message: bytes) -> Signature:
        if author not in self.secrets:
            secret = nacl.bindings.crypto_sign_seed_keypair(seed(author))[1]
            self.secrets[author] = key_id(bytes.fromhex(public(author))), secret
        keyid, secret = self.secrets[author]
        return Signature(keyid, nacl.bindings.crypto_sign(message, secret)[:64])

    def see(self, *authors: str) -> None:
        """These hear of everything that is in the ledger now."""
        now = (self.tree.size, self.tree.root().hex())
        for author in authors:
            self.seen[author] = now

    def stage(self, at: int) -> None:
        name = Slug(f"s{at + 1}")
        visitor = f"{CROSS}/visitor"
        self.see(*MEMBERS, visitor)
        for place in self.scenario.places:
            self._visits(visitor, at, place)
        self.see(*MEMBERS)
        assert self.plan is not None
        for member in (*PARTIES, GULF):
            self.say(member, StageOpened(ROUND, name, self.plan))
        for place in self.scenario.places:
            self._hand_over(at, name, Slug(place))

    def _visits(self, visitor: str, at: int, place: str) -> None:
        """Two visits to the camp before the stage, and what is said around them."""
        day = date.fromisoformat(self.scenario.day(at))
        for number, _ in self.scenario.manifest(at, place):
            for before in (4, 2):
                held_on = Day((day - timedelta(days=before)).isoformat())
                self.say(visitor, Cleared(Slug("camp"), held_on, (number,)))
            self.said_around += 1
            if self.said_around % 10:
                offer, letter = sha(f"offer {self.said_around}"), sha(f"letter {self.said_around}")
                self.say(GULF, OfferCarried(ROUND, Slug("luggage"), NORTH, offer, letter))
            else:
                sealed = base64.b64encode(hashlib.shake_256(b"%d" % self.said_around).digest(len(SEALED) * 3 // 4))
                self.say(visitor, InterviewHeld(Slug("camp"), held_on, Sealed(sealed.decode())))

    def _hand_over(self, at: int, stage: Slug, place: Slug) -> None:
        manifest = self.scenario.manifest(at, place)
        absent = {number for i, (number, _) in enumerate(manifest) if i // 2 % ABSENT_EVERY == ABSENT_EVERY - 1}
        desk = {party: Author(f"{party}/desk-{place}") for party in PARTIES}
        gate = f"{CROSS}/gate-{place}"
        for epoch in (1, 2):
            self.see(*PARTIES)
            for number, party in manifest:
                self.say(party, RightGranted(stage, place, desk[party], epoch, (number,)))
            self.see(*desk.values(), gate)
            if epoch == 1:
                for number, party in manifest:
                    self.say(desk[party], RightReturned(stage, place, epoch, (number,)))
        presented = {}
        for number, _ in manifest:
            if number not in absent:
                self.say(gate, Cleared(place, self.scenario.day(at), (number,)))
                presented[number] = self.say(gate, PersonPresented(stage, place, (number,)))
        held: dict[str, list[str]] = {NORTH: [], SOUTH: []}
        for number, party in manifest:
            if number in absent:
                self.say(desk[party], PersonAbsent(stage, place, number, epoch))
                continue
            release = PersonReleased(stage, place, number, epoch, None)
            released = self.say(desk[party], release, (presented[number], *held[party]))
            held[party] = []
            to = other(party)
            held[to].append(self.say(desk[to], PersonReceived(stage, place, number, epoch), (released,)))
        tallies = []
        for party in PARTIES:
            agreed = sum(holder == party for _, holder in manifest)
            missing = sum(holder == party for number, holder in manifest if number in absent)
            came = agreed - missing
            tallies.append(Tally(party, agreed, came, came, 0, came, missing, 0, 0, 0))
        self.see(*PARTIES, CROSS)
        for member in (*PARTIES, CROSS):
            self.say(member, StageReconciled(stage, place, tuple(tallies)))

    def close(self) -> None:
        self.see(*MEMBERS)
        counted = []
        for party in PARTIES:
            people = self.scenario.people[0]
            missing = people // ABSENT_EVERY
            account = Slug(EXCHANGE)  # everybody counts
            counted.append(Account(party, account, Slug("absent"), missing))
            counted.append(Account(party, account, Slug("received"), people - missing))
        for event in (RoundClosed(ROUND, tuple(counted)), ExchangeClosed(ROUND)):
            for member in MEMBERS:
                self.say(member, event, signatories=2 if member in PARTIES else 0)


def check_honest(state: State, size: int) -> None:
    """What the generator promises, of the state that its ledger folds to."""
    assert state.size == size
    assert not state.refusals, state.refusals[0]
    assert state.closed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--check", action="store_true", help="fold it too")
    given = parser.parse_args()
    ledger = large_ledger(given.folder, given.people)
    print(f"{ledger.size:,} entries of {given.people:,} people in {ledger.folder}")
    if given.check:
        check_honest(fold(ledger.entries(), ledger.attachment), ledger.size)
        print("folded; nothing refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
