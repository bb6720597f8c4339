"""That one person's entry stood in every version of the lists, and who signed each: made here, checked by a family.

A *bundle* is JSON with nothing in it about anybody else:

* the log's checkpoint, with the members' cosignatures;
* entries of the log as they stand there, each with its inclusion proof: the opening, admissions, signatories and their
  keys, the versions of the member's own register in which the person stands, and every version of the final list from
  the first that names them on, signed by each member that must sign it;
* of each of these registers the person's row and names, opened against its root; of each of these lists their row.

`check` takes nothing on trust but the bytes themselves: it needs no ledger, no node and no network. The page that a
family opens (`report/check.js`) does the same by its own hand, and tests hold the two to each other.

What it shows: since they were committed nobody has changed, moved or taken out this entry, and each version bears the
signatures that the ledger's rules ask for. What it does not show, and the page says so: that the entry was put in
fairly or in time; that no later version exists; that no key had been reported stolen, which whoever has the whole
ledger verifies; and anything that happened to the person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from repatria.exchange.codec import Body, data_hash, decode_body, event_id
from repatria.exchange.documents import FinalList, read, row_leaf
from repatria.exchange.events import (
    DelegateAppointed,
    ExchangeOpened,
    FinalListSigned,
    KeyRevoked,
    KeyRotated,
    MemberAdmitted,
    RegisterCommitted,
    SecretariatSucceeded,
    admission_text,
    rotation_text,
)
from repatria.exchange.state import Attachments, State
from repatria.ledger.canonical import NotCanonical, decode
from repatria.ledger.checkpoint import BadCheckpoint, Checkpoint, parse_checkpoint
from repatria.ledger.commit import commitment, row_mark
from repatria.ledger.entry import BadEntry, Entry, decode_entry, is_signed_by
from repatria.ledger.note import (
    BadNote,
    VerifierKey,
    decode_b64,
    ed25519_verify,
    encode_b64,
    parse_note,
    parse_vkey,
    verify_line,
)
from repatria.ledger.tree import BadProof, Tree, check_inclusion, leaf_hash
from repatria.problem import Problem

VERSION = 1
OPENED = ("family_name", "given_names", "father_name")  # as little as tells whose entry it is
_KEY_KINDS = (ExchangeOpened, MemberAdmitted, DelegateAppointed, KeyRevoked, KeyRotated, SecretariatSucceeded)
_WANTED = tuple(f'"kind":"{kind.__name__}"'.encode() for kind in (*_KEY_KINDS, RegisterCommitted, FinalListSigned))


@dataclass(frozen=True)
class Log:
    """A node's copy of the log up to its checkpoint: the note, the entries that `concerns` keeps with their places, and
    a proof that one is in it."""

    note: str
    entries: Iterable[tuple[int, bytes]]
    prove: Callable[[int], Sequence[bytes]]


@dataclass(frozen=True)
class Row:
    """The person's row in one of the member's own registers, with what it takes to open it.

    `leaves`: the row mark and the commitments of its record; `roots`: of every person of the register, by row.
    """

    register: str
    row: str
    fields: Mapping[str, str]
    salts: Mapping[str, bytes]
    order: Sequence[str]
    leaves: Sequence[bytes]
    roots: Mapping[str, bytes]


def concerns(entry: bytes) -> bool:
    """Whether an entry may be one that a bundle needs: most of a log are not, and need not be read twice."""
    try:
        body = decode_entry(entry).body
    except BadEntry:
        return False
    return any(kind in body for kind in _WANTED)


# --- making -----------------------------------------------------------------------------------------------------------


def make_bundle(
    state: State, log: Log, attachments: Attachments, member: str, rows: Sequence[Row], number: str | None, day: str
) -> dict[str, Any] | list[Problem]:
    """The bundle for one person.

    Args:
        rows: in the member's own registers, one for each version in which the person stands, the oldest first.
        number: theirs on a final list; None while they are on none.
        day: on which it is made, ISO.
    """
    size = parse_checkpoint(parse_note(log.note.encode())[0]).size
    found = _Found(state, size)
    for index, data in log.entries:
        if index < size:
            found.take(index, data)
    lists = found.lists_of(number, attachments) if number is not None else []
    missing = [row.register for row in rows if row.register not in found.registers]
    if missing or lists is None:
        what = "the log signed last does not have every list on which this person stands, or one is on paper"
        return [Problem("family.proof.early", "proof", what, "carry the stick round once more, then write the letter")]
    named = [index for versions in lists for index in versions["signed"]]
    wanted = sorted({*found.keys, *(found.registers[row.register] for row in rows), *named})
    return {
        "v": VERSION, "exchange": state.exchange, "member": member, "day": day, "checkpoint": log.note,
        "entries": [
            {"index": at, "entry": found.data[at].decode(), "proof": _b64s(log.prove(at))} for at in wanted
        ],
        "registers": [_opened(row, found.registers[row.register]) for row in rows],
        "lists": lists,
    }  # fmt: skip


class _Found:
    """What of the log concerns one person."""

    def __init__(self, state: State, size: int) -> None:
        self.state, self.size = state, size
        self.data: dict[int, bytes] = {}
        self.keys: list[int] = []
        self.registers: dict[str, int] = {}
        self.signed: list[tuple[int, Body]] = []
        self.signatories: set[str] = set()

    def take(self, index: int, data: bytes) -> None:
        raw = decode_entry(data).body
        if self.state.events.get(event_id(raw), -1) != index:
            return
        body = decode_body(raw)
        self.data[index] = data
        match body.data:
            case RegisterCommitted(register=register):
                self.registers[register] = index
            case FinalListSigned():
                self.signed.append((index, body))
            case DelegateAppointed(delegate=author, role=role):
                if role == "signatory":
                    self.signatories.add(author)
                    self.keys.append(index)
            case KeyRevoked(delegate=author) | KeyRotated(author=author):
                if "/" not in author or author in self.signatories:
                    self.keys.append(index)
            case _:
                self.keys.append(index)

    def lists_of(self, number: str, attachments: Attachments) -> list[dict[str, Any]] | None:
        """Every version, in force, of the list that names them; None where one cannot be shown."""
        acts: dict[str, list[tuple[int, Body]]] = {}
        for index, body in self.signed:
            acts.setdefault(data_hash(body.data), []).append((index, body))
        person = self.state.persons[number]
        shown: list[dict[str, Any]] = []
        for several in acts.values():
            event = several[0][1].data
            assert isinstance(event, FinalListSigned)
            signers = {body.member for _, body in several}
            if (event.holder, event.round) != (person.holder, person.round) or not signers >= set(self.state.parties):
                continue
            listed = read(FinalList, attachments(event.list) or b"")
            at = next((at for at, row in enumerate(listed.rows) if row.number == number), None)
            if at is not None:
                shown.append({
                    "holder": event.holder, "version": event.version, "leaf": row_leaf(listed.rows[at]).decode(),
                    "index": at, "size": len(listed.rows), "path": _b64s(listed.tree.prove_inclusion(at)),
                    "signed": [index for index, _ in several],
                })  # fmt: skip
        shown.sort(key=lambda each: each["version"])
        latest = self.state.lists.get(person.holder) if person.round == self.state.round else None
        return shown if shown and (latest is None or shown[-1]["version"] == latest.version) else None


def _opened(row: Row, at: int) -> dict[str, Any]:
    own = Tree(leaf_hash(leaf) for leaf in row.leaves)
    rows = sorted(row.roots)
    register = Tree(leaf_hash(row.roots[each]) for each in rows)
    place = rows.index(row.row)
    return {
        "entry": at, "row": row.row, "index": place, "path": _b64s(register.prove_inclusion(place)),
        "leaves": len(row.leaves), "mark": _b64s(own.prove_inclusion(0)),
        "fields": [
            {
                "name": name, "value": row.fields[name], "salt": encode_b64(row.salts[name]),
                "index": 1 + row.order.index(name), "path": _b64s(own.prove_inclusion(1 + row.order.index(name))),
            }
            for name in OPENED if name in row.fields
        ],
    }  # fmt: skip


def _b64s(hashes: Iterable[bytes]) -> list[str]:
    return [encode_b64(each) for each in hashes]


# --- checking ---------------------------------------------------------------------------------------------------------


class Wrong(Exception):
    """One thing that does not hold: a code of `family.check.…`, and what stands in the places of its sentence."""

    def __init__(self, code: str, **places: str | int) -> None:
        super().__init__(code)
        self.code, self.places = code, places


@dataclass(frozen=True)
class Shown:
    """What a bundle shows, if nothing is wrong with it.

    `names`: the opened fields. `lists`: holder, version and signers of each. `witnesses`: who cosigned the checkpoint.
    """

    names: Mapping[str, str]
    registers: tuple[int, ...]
    lists: tuple[tuple[str, int, tuple[str, ...]], ...]
    witnesses: tuple[str, ...]
    members: int
    size: int


def check_bundle(raw: Any) -> Shown:
    """What the bundle shows.

    Raises:
        Wrong: the first thing that does not hold. Nothing is to be kept from such a bundle.
    """
    try:
        return _Check(raw).shown()
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise Wrong("form") from error


@dataclass
class _Member:
    role: str
    key: str
    quorum: int
    witness: VerifierKey | None = None
    signatories: dict[str, str] = field(default_factory=dict)


class _Check:
    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.exchange = str(raw["exchange"])
        self.members: dict[str, _Member] = {}
        self.first_log_key = ""
        self.successions: dict[str, tuple[SecretariatSucceeded, set[str]]] = {}  # by what was said: who said it
        self.said: dict[int, Body] = {}
        self.missing: dict[int, tuple[str, int, int] | None] = {}

    def shown(self) -> Shown:
        if self.raw["v"] != VERSION:
            raise Wrong("form")
        try:
            text, lines = parse_note(self.raw["checkpoint"].encode())
            checkpoint = parse_checkpoint(text)
        except (BadNote, BadCheckpoint):
            raise Wrong("checkpoint") from None
        self._entries(checkpoint)
        if not any(verify_line(text, line, parse_vkey(key)) for key in self._log_keys() for line in lines):
            raise Wrong("checkpoint")
        witnesses = tuple(
            name for name, each in sorted(self.members.items())
            if each.witness is not None and any(verify_line(text, line, each.witness) for line in lines)
        )  # fmt: skip
        if 2 * len(witnesses) <= len(self.members):
            raise Wrong("witnesses", n=len(witnesses), of=len(self.members))
        rows = [self._register(each) for each in self.raw["registers"]]
        if not rows:
            raise Wrong("form")
        lists = self._lists({(register, row) for register, row, _, _ in rows})
        return Shown(rows[-1][3], tuple(version for *_, version, _ in rows), lists, witnesses, len(self.members),
                     checkpoint.size)  # fmt: skip

    # --- entries, and who could sign what at each -----------------------------------------------------------------

    def _entries(self, checkpoint: Checkpoint) -> None:
        last = -1
        for each in self.raw["entries"]:
            index, data = each["index"], each["entry"].encode()
            if index <= last:
                raise Wrong("form")
            last = index
            try:
                proof = [decode_b64(one) for one in each["proof"]]
                check_inclusion(proof, index, checkpoint.size, leaf_hash(data), checkpoint.root)
                entry = decode_entry(data)
                body = decode_body(entry.body)
            except (BadProof, BadEntry, BadNote, ValueError):
                raise Wrong("inclusion", n=index) from None
            if body.exchange != self.exchange or (index == 0) != isinstance(body.data, ExchangeOpened):
                raise Wrong("opening")
            self.said[index] = body
            self._apply(index, entry, body, checkpoint)
        if 0 not in self.said:
            raise Wrong("opening")

    def _apply(self, index: int, entry: Entry, body: Body, checkpoint: Checkpoint) -> None:
        event = body.data
        if isinstance(event, ExchangeOpened):
            for founder in event.founders:
                self.members[founder.member] = _Member(founder.role, founder.key, founder.quorum)
            if event.origin != checkpoint.origin:
                raise Wrong("opening")
            self.first_log_key = event.log
        member = self.members.get(body.member)
        if member is None:
            raise Wrong("opening")
        signed = is_signed_by(entry, bytes.fromhex(self._key_of(body.author, member)))
        count = sum(is_signed_by(entry, bytes.fromhex(key)) for key in member.signatories.values())
        needed = member.quorum if isinstance(event, FinalListSigned | SecretariatSucceeded) else 0
        if not signed or count < needed:
            if isinstance(event, FinalListSigned):
                self.missing[index] = (body.member, count, needed)  # told with the version that lacks it
                return
            raise Wrong("signature", n=index)
        self.missing[index] = None
        match event:
            case MemberAdmitted(witness=witness):
                key = parse_vkey(witness)
                said = admission_text(self.exchange, event.member, member.key, event.recipient)
                if event.member != body.member or not ed25519_verify(
                    key.public, bytes.fromhex(event.witness_signature), said
                ):
                    raise Wrong("signature", n=index)
                member.witness = key
            case DelegateAppointed(delegate=delegate, role="signatory", key=new) if _of(delegate, body.member):
                member.signatories[delegate] = new
            case KeyRevoked(delegate=delegate):
                member.signatories.pop(delegate, None)
            case KeyRotated(author=author, new=new) if _of(author, body.member):
                said = rotation_text(self.exchange, author, event.key, new)
                if not ed25519_verify(bytes.fromhex(new), bytes.fromhex(event.signature), said):
                    raise Wrong("signature", n=index)
                if author == body.member:
                    member.key = new
                elif author in member.signatories:
                    member.signatories[author] = new
            case SecretariatSucceeded():
                self.successions.setdefault(data_hash(event), (event, set()))[1].add(body.member)

    def _log_keys(self) -> list[str]:
        """The opening's, and that of each successor whom every party and the successor have named."""
        parties = {name for name, each in self.members.items() if each.role == "party"}
        named = [event.log for event, who in self.successions.values() if who >= {*parties, event.successor}]
        return [self.first_log_key, *named]

    @staticmethod
    def _key_of(author: str, member: _Member) -> str:
        return member.signatories.get(author, member.key) if "/" in author else member.key

    # --- the person's row in each register and each list ------------------------------------------------------------

    def _register(self, raw: Any) -> tuple[str, str, int, dict[str, str]]:
        """Register, row, version, names."""
        body = self.said[raw["entry"]]
        event = body.data
        if not isinstance(event, RegisterCommitted) or body.author != self.raw["member"]:
            raise Wrong("form")
        mark = leaf_hash(row_mark(raw["row"]))
        root = _root(mark, 0, raw["leaves"], raw["mark"])
        names = {}
        for each in raw["fields"]:
            made = commitment(decode_b64(each["salt"]), self.exchange, each["name"], each["value"])
            if _root(leaf_hash(made), each["index"], raw["leaves"], each["path"]) != root:
                raise Wrong("name", version=event.version)
            names[each["name"]] = each["value"]
        if _root(leaf_hash(root), raw["index"], event.rows, raw["path"]).hex() != event.root:
            raise Wrong("register", version=event.version)
        return str(event.register), raw["row"], event.version, names

    def _lists(self, rows: set[tuple[str, str]]) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
        parties = {name for name, each in self.members.items() if each.role == "party"}
        found: list[tuple[str, int, tuple[str, ...]]] = []
        number = ""
        for raw in self.raw["lists"]:
            signed = [self.said[index] for index in raw["signed"]]
            events = {data_hash(body.data) for body in signed}
            event = signed[0].data
            if len(events) != 1 or not isinstance(event, FinalListSigned):
                raise Wrong("form")
            if (event.holder, event.version) != (raw["holder"], raw["version"]):
                raise Wrong("form")
            if found and event.version != found[-1][1] + 1:
                raise Wrong("version", version=found[-1][1] + 1)
            for index in raw["signed"]:
                lacking = self.missing[index]
                if lacking is not None:
                    raise Wrong("unsigned", version=event.version, member=lacking[0])
            who = {body.member for body in signed}
            for member in sorted(parties - who):
                raise Wrong("unsigned", version=event.version, member=member)
            try:
                row = decode(raw["leaf"].encode())
            except NotCanonical:
                raise Wrong("list", version=event.version) from None
            leaf = leaf_hash(raw["leaf"].encode())
            if _root(leaf, raw["index"], raw["size"], raw["path"]).hex() != event.root:
                raise Wrong("list", version=event.version)
            assert isinstance(row, dict)
            if (row["register"], row["row"]) not in rows or (number and row["number"] != number):
                raise Wrong("person", version=event.version)
            number = str(row["number"])
            found.append((event.holder, event.version, tuple(sorted(who))))
        return tuple(found)


def _root(leaf: bytes, index: int, size: int, path: Sequence[str]) -> bytes:
    """The root that an inclusion proof gives: RFC 9162 section 2.1.3.2, turned round; whoever asks compares it."""
    if not 0 <= index < size:
        raise Wrong("form")
    fn, sn, r = index, size - 1, leaf
    for text in path:
        p = decode_b64(text)
        if sn == 0 or len(p) != 32:
            raise Wrong("form")
        if fn & 1 or fn == sn:
            r = hashlib.sha256(b"\x01" + p + r).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = hashlib.sha256(b"\x01" + r + p).digest()
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Wrong("form")
    return r


def _of(author: str, member: str) -> bool:
    return author.partition("/")[0] == member

