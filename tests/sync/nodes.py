"""Five nodes on a disk that have opened an exchange by stick, made once and copied for each test.

    nodes = make_nodes()
    nodes.run("north", say, Say(By("north"), event))      a command at a node: Done
    nodes.carry()                                         the stick goes round once
    nodes.state("south")                                  what south's node says
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

from repatria.exchange import commands, events
from repatria.exchange.codec import Body, encode_body
from repatria.exchange.commands import By
from repatria.exchange.state import State
from repatria.ledger.entry import encode_entry, sign_entry
from repatria.office import Done, Given, run
from repatria.problem import Problem
from repatria.store.delegate import DelegateKey
from repatria.store.disk import Disk
from repatria.store.node import MEMBER, NodeFolder
from repatria.sync.folder import SyncReport, export_, import_

PASSPHRASE = "four plain words here"
NOW = "2025-12-01T08:00:00Z"
ROUND = events.Slug("2025-1")
ROLES = {"north": "party", "south": "party", "straits": "mediator", "gulf": "mediator", "cross": "neutral"}
MEMBERS = tuple(ROLES)
SECRETARIAT = "straits"
ORIGIN = "straits.example/winter"
SIGNATORIES = ("sig-1", "sig-2")


def delegate_key(author: str) -> DelegateKey:
    """A delegate's key, the same in every test."""
    return DelegateKey(author, hashlib.sha256(b"test key of " + author.encode()).digest())


class Nodes:
    """The nodes' folders, a stick, and what members do. Nodes are opened for each act, as by a command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOW

    def path(self, member: str) -> Path:
        return self.folder / member

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def open(self, member: str, high_water: Path | None = None, disk: Disk | None = None) -> NodeFolder:
        return NodeFolder.open(self.path(member), PASSPHRASE, high_water, disk=disk)

    def given(self, node: NodeFolder, now: str | None = None) -> Given:
        """With every delegate's key of this member at hand."""
        names = [*SIGNATORIES, "supervisor", "desk", "gate"]
        return node.given(now or self.now, [delegate_key(f"{node.member}/{name}") for name in names])

    def try_(self, member: str, command: Any, request: Any) -> Done | list[Problem]:
        with self.open(member) as node:
            return run(node, command, request, self.given(node))

    def run(self, member: str, command: Any, request: Any) -> Done:
        done = self.try_(member, command, request)
        assert isinstance(done, Done), done
        return done

    def say(self, member: str, event: events.Event, signed: bool = False) -> str:
        """The member says it, with its signatories if `signed`; the event's id."""
        by = By(member, tuple(f"{member}/{name}" for name in SIGNATORIES) if signed else ())
        return self.run(member, commands.say, commands.Say(by, event)).events[0]

    def state(self, member: str) -> State:
        with self.open(member) as node:
            return node.state()

    def export(self, member: str, stick: Path | None = None) -> SyncReport:
        with self.open(member) as node:
            return export_(node, stick or self.stick, self.now)

    def import_(self, member: str, stick: Path | None = None) -> SyncReport:
        with self.open(member) as node:
            return import_(node, stick or self.stick, self.now)

    def carry(self, members: Sequence[str] = MEMBERS) -> list[SyncReport]:
        """Members write on the stick, the secretariat orders and signs, members read."""
        others = [member for member in members if member != SECRETARIAT]
        reports = [self.export(member) for member in others]
        reports += [self.import_(SECRETARIAT), self.export(SECRETARIAT)]
        return [*reports, *(self.import_(member) for member in others)]


def forge(
    node: NodeFolder, author: str, event: events.Event, seeds: Sequence[bytes] | None = None, **changed: Any
) -> bytes:
    """An entry as this node's state would have its author say it, with the body changed and other keys if asked."""
    state = node.state()
    seq, prev, _ = state.chains.get(author, (-1, None, 0))
    body = Body(state.exchange, author, seq + 1, prev, state.seen, (), (), NOW, event)._replace(**changed)
    if seeds is None:
        seeds = [node.keyring.seed(MEMBER) if author == node.member else delegate_key(author).seed]
    return encode_entry(sign_entry(encode_body(body), seeds))


def put_on(stick: Path, *entries: bytes) -> None:
    """Entries straight onto a stick, named by their bytes: what an attacker can do."""
    (stick / "outbox").mkdir(parents=True, exist_ok=True)
    for entry in entries:
        (stick / "outbox" / f"{hashlib.sha256(entry).hexdigest()}.entry").write_bytes(entry)


def make_nodes(round_open: bool = False) -> Nodes:
    """A fresh copy of the five nodes: the exchange is open, each party has two signatories, a supervisor and a desk."""
    folder = _folder() / "nodes"
    shutil.copytree(_with_round() if round_open else _template(), folder)
    return Nodes(folder)


def _folder() -> Path:
    """In memory where there is such a place: these tests are about what is written, not about how fast a disk syncs."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="repatria-nodes-", dir=memory if os.access(memory, os.W_OK) else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _with_round() -> Path:
    nodes = make_nodes()
    activated = events.RoundActivated(ROUND, events.Day("2025-12-31"))
    for member in ("north", "south", SECRETARIAT):
        nodes.say(member, activated, signed=ROLES[member] == "party")
    nodes.carry()
    assert nodes.state("north").round_open
    shutil.rmtree(nodes.stick)
    return nodes.folder


@cache
def _template() -> Path:
    folder = _folder()
    nodes = Nodes(folder)
    founders = []
    with ExitStack() as stack:
        for member, role in ROLES.items():
            node = stack.enter_context(NodeFolder.create(nodes.path(member), member, role, PASSPHRASE, os.urandom))
            founders.append((member, role, node.card.key, 2 if role == "party" else 0))
    with nodes.open(SECRETARIAT) as node:
        exchange, log = node.found(ORIGIN)
        opening = commands.OpenExchange(By(SECRETARIAT), exchange, ORIGIN, log, 1, tuple(founders))
        assert isinstance(run(node, commands.open_exchange, opening, nodes.given(node)), Done)
    nodes.carry()
    for member in MEMBERS:
        with nodes.open(member) as node:
            joining = commands.Join(By(member), *node.admission())
            assert isinstance(run(node, commands.join, joining, nodes.given(node)), Done)
    nodes.carry()
    for party in ("north", "south"):
        for name in SIGNATORIES:
            _appoint(nodes, party, name, "signatory")
        _appoint(nodes, party, "supervisor", "supervisor")
        _appoint(nodes, party, "desk", "desk", "bridge")
    _appoint(nodes, "cross", "gate", "gate", "bridge")
    for report in nodes.carry():
        assert not report.problems, report.problems
    shutil.rmtree(nodes.stick)
    return folder


def _appoint(nodes: Nodes, member: str, name: str, role: str, place: str | None = None) -> None:
    author = f"{member}/{name}"
    signatories = tuple(f"{member}/{each}" for each in SIGNATORIES) if role == "supervisor" else ()
    request = commands.Appoint(By(member, signatories), author, role, delegate_key(author).public, place)
    nodes.run(member, commands.appoint, request)
