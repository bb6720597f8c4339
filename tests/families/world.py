"""A small exchange in memory in which one family asks: real registers, real signatures, three versions of a list.

North seeks whom south holds. `bundle` is the proof for one of them; `ATTACKS` are what somebody might do to it, each
with the code of the sentence by which it must be found out, in Python and in a browser alike.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from repatria.exchange.events import RegisterCommitted, Sha256, Slug
from repatria.families.proof import Log, Row, concerns, make_bundle
from repatria.ledger.checkpoint import format_checkpoint
from repatria.ledger.entry import Entry, decode_entry, encode_entry, key_id
from repatria.ledger.note import build_note, cosign, sign_note
from repatria.ledger.tree import Tree, leaf_hash
from repatria.office import Record
from repatria.people.commands import fields_of, leaves_of, person_root_of, root_of
from tests.exchange.world import (
    EXCHANGE,
    GULF,
    MEMBERS,
    NORTH,
    PARTIES,
    SOUTH,
    World,
    carry,
    final_list,
    list_event,
    other,
    public,
    register_of,
    row_of,
    seed,
    succession,
    world_at,
)

DAY = "2025-12-06"
VERSIONS = 3
Bundle = dict[str, Any]


def records(seeker: str) -> list[Record]:
    """Everybody whom a party seeks, invented, with salts that are no secret here."""
    found = []
    for at in range(2 + 3):
        fields = {
            "record_id": f"{seeker}-{at}", "family_name": f"Вигадана {at}", "given_names": f"Особа {at}",
            "date_of_birth": f"199{at}-01-02",
        }  # fmt: skip
        salts = {name: hashlib.sha256(f"salt {seeker} {at} {name}".encode()).digest() for name in fields}
        found.append(Record(register_of(seeker), str(row_of(other(seeker), at)), fields, salts))
    return sorted(found, key=lambda each: each.row)


@dataclass
class Families:
    """The exchange after a list's third version, and what a bundle is made from; `entries` may be tampered with."""

    world: World
    entries: list[bytes]
    origin: str = "repatria.test/log"
    log_seed: str = "log"
    witnesses: tuple[str, ...] = MEMBERS
    root: bytes | None = None
    registers: Mapping[str, list[Record]] = field(default_factory=lambda: {party: records(party) for party in PARTIES})

    @property
    def number(self) -> str:
        """Somebody whom north seeks and south holds."""
        return next(str(n) for n, p in sorted(self.world.state.persons.items()) if p.holder == SOUTH)

    def log(self) -> Log:
        tree = Tree(leaf_hash(entry) for entry in self.entries)
        text = format_checkpoint(self.origin, tree.size, self.root or tree.root())
        lines = [sign_note(text, self.origin, seed(self.log_seed))]
        lines += [cosign(text, f"{member}-witness", seed(f"{member}!"), 1_765_000_000) for member in self.witnesses]
        concerning = [(at, entry) for at, entry in enumerate(self.entries) if concerns(entry)]
        return Log(build_note(text, lines).decode(), concerning, tree.prove_inclusion)

    def row(self, number: str) -> Row:
        person = self.world.state.persons[number]  # type: ignore[index]
        own = self.registers[NORTH]
        record = next(each for each in own if each.row == person.row)
        return Row(
            record.register, record.row, record.fields, record.salts, fields_of(record), leaves_of(EXCHANGE, record),
            {each.row: person_root_of(EXCHANGE, each) for each in own},
        )  # fmt: skip

    def bundle(self, number: str | None = None) -> Bundle:
        number = number or self.number
        state, attachments = self.world.state, self.world.attachments.get
        made = make_bundle(state, self.log(), attachments, NORTH, [self.row(number)], number, DAY)
        assert isinstance(made, dict), made
        return made


@cache
def _played() -> World:
    world = world_at("terms")
    for seeker in PARTIES:
        own = records(seeker)
        root = Sha256(root_of(EXCHANGE, own).hex())
        world.must(seeker, RegisterCommitted(register_of(seeker), Slug("sought"), 1, len(own), root))
    carry(world, ["disclosed", "answered", "listed"])
    for version in range(2, VERSIONS + 1):
        world.all_must(PARTIES, list_event(world, final_list(world, SOUTH, version)))
    return world


def families() -> Families:
    """A fresh copy."""
    world = _played().copy()
    return Families(world, list(world.entries))


# --- what somebody might do -----------------------------------------------------------------------------------------


def _entry_of(it: Families, kind: str, which: int = -1) -> int:
    """The place of an entry of a kind that south signed."""
    name = f'"kind":"{kind}"'.encode()
    found = [
        at for at, data in enumerate(it.entries)
        if name in (body := decode_entry(data).body) and b'"author":"south"' in body
    ]  # fmt: skip
    return found[which]


def _without_signatories(it: Families) -> Bundle:
    """The log itself has south's word on the latest version, signed by south's own key alone."""
    at, own = _entry_of(it, "FinalListSigned"), key_id(bytes.fromhex(public(SOUTH)))
    entry = decode_entry(it.entries[at])
    sigs = tuple(sig for sig in entry.sigs if sig.keyid == own)
    it.entries[at] = encode_entry(Entry(entry.type, entry.body, sigs))
    return it.bundle()


def _with_a_forged_signatory(it: Families) -> Bundle:
    """The log itself has a signatory of south whom north appointed."""
    at = next(
        at for at, data in enumerate(it.entries)
        if b'"kind":"DelegateAppointed"' in (body := decode_entry(data).body) and b'"delegate":"south/sig-1"' in body
    )  # fmt: skip
    entry = decode_entry(it.entries[at])
    stranger = decode_entry(it.entries[_north_appointed(it)])
    it.entries[at] = encode_entry(Entry(entry.type, entry.body, stranger.sigs))
    return it.bundle()


def _north_appointed(it: Families) -> int:
    return next(at for at, data in enumerate(it.entries) if b'"delegate":"north/sig-1"' in decode_entry(data).body)


def _changed(change: Callable[[Bundle], None]) -> Callable[[Families], Bundle]:
    def attack(it: Families) -> Bundle:
        made = copy.deepcopy(it.bundle())
        change(made)
        return made

    return attack


def _rename(made: Bundle) -> None:
    made["registers"][0]["fields"][0]["value"] = "Інша"


def _other_row(made: Bundle) -> None:
    made["registers"][0]["row"] = "0" * 8


def _other_number(made: Bundle) -> None:
    leaf = made["lists"][1]["leaf"]
    made["lists"][1]["leaf"] = leaf.replace(leaf[11:15], "0000", 1)


def _lose_version(made: Bundle) -> None:
    del made["lists"][1]


def _lose_signer(made: Bundle) -> None:
    made["lists"][0]["signed"].pop()


def _lose_opening(made: Bundle) -> None:
    del made["entries"][0]


def _move_entry(made: Bundle) -> None:
    made["entries"][-1]["index"] += 1


def _change_entry(made: Bundle) -> None:
    made["entries"][-1]["entry"] = made["entries"][-1]["entry"].replace("A", "B", 1)


def _no_register(made: Bundle) -> None:
    made["registers"] = []


def _somebody_elses_row(it: Families) -> Bundle:
    """The name of one, and the places on the lists of another."""
    numbers = sorted(str(n) for n, p in it.world.state.persons.items() if p.holder == SOUTH)
    one, another = (it.bundle(number) for number in numbers[:2])
    return {**one, "lists": another["lists"]}


def _other_log(it: Families) -> Bundle:
    it.log_seed = "another log"
    return it.bundle()


def succeeded(it: Families, *by: str) -> Bundle:
    """These members name a successor, whose key then signs the log."""
    event = succession(it.world, GULF)
    for member in by:
        it.world.say(member, event)
    it.entries, it.log_seed = list(it.world.entries), "log#2"
    return it.bundle()


def _few_witnesses(it: Families) -> Bundle:
    it.witnesses = MEMBERS[:2]
    return it.bundle()


def _other_root(it: Families) -> Bundle:
    it.root = bytes(32)
    return it.bundle()


ATTACKS: Mapping[str, tuple[Callable[[Families], Bundle], str]] = {
    "another name": (_changed(_rename), "name"),
    "another row of the register": (_changed(_other_row), "name"),
    "another number on a list": (_changed(_other_number), "list"),
    "somebody else's places on the lists": (_somebody_elses_row, "person"),
    "a version is missing": (_changed(_lose_version), "version"),
    "a member's word on a version is missing": (_changed(_lose_signer), "unsigned"),
    "signatories' signatures are missing": (_without_signatories, "unsigned"),
    "a signatory whom another member appointed": (_with_a_forged_signatory, "signature"),
    "no opening": (_changed(_lose_opening), "opening"),
    "an entry at another place": (_changed(_move_entry), "inclusion"),
    "an entry that was changed": (_changed(_change_entry), "inclusion"),
    "the checkpoint of another tree": (_other_root, "inclusion"),
    "a checkpoint that another key signed": (_other_log, "checkpoint"),
    "a successor whom one party has not named": (lambda it: succeeded(it, NORTH, GULF), "checkpoint"),
    "a checkpoint that few vouch for": (_few_witnesses, "witnesses"),
    "no entry of our own": (_changed(_no_register), "form"),
}

