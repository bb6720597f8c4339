"""A register: committed without showing it, and disclosed, sealed, to those who shall answer it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from repatria.exchange.commands import By
from repatria.exchange.consulting import terms_of
from repatria.exchange.events import Opaque, RegisterCommitted, RegisterDisclosed, Sha256, Slug
from repatria.exchange.state import State
from repatria.ledger.canonical import digest, encode
from repatria.ledger.commit import commitment, person_root, register_root, row_mark
from repatria.office import Given, Outcome, Record
from repatria.people.packed import packed, packed_bytes
from repatria.people.person import FIELDS, IDENTITY_FIELDS
from repatria.people.register import RegisterReading, register_fields
from repatria.problem import Problem


@dataclass(frozen=True)
class CommitRegister:
    by: By
    list_kind: str
    reading: RegisterReading
    remember: Mapping[str, bytes] = field(default_factory=dict)
    """Documents to be kept with it, such as the sender's column map."""


def commit_register(state: State, request: CommitRegister, given: Given) -> Outcome | list[Problem]:
    """Every person gets a random row number, every field a fresh salt; the ledger gets one root."""
    if request.reading.stopping:
        return list(request.reading.stopping)
    if not state.exchange:
        do = "open one or join one; `register check`, `ready`, `compare` and `preview` with a file need none"
        return [Problem("register.no_exchange", request.by.member, "this node is in no exchange yet", do)]
    register = given.random(16).hex()
    records = []
    total = len(request.reading.persons)
    for at, (person, extras) in enumerate(zip(request.reading.persons, request.reading.extras, strict=True)):
        if at % 500 == 0:
            given.progress("sealing records", at, total)
        fields = packed(dict(register_fields(person, extras)))
        salts = packed_bytes(list(fields), [given.random(32) for _ in fields])
        records.append(Record(register, given.random(8).hex(), fields, salts))
    records.sort(key=lambda record: record.row)
    version = 1 + sum(
        1 for r in state.registers.values() if (r.owner, r.list_kind) == (request.by.member, request.list_kind)
    )
    event = RegisterCommitted(
        Opaque(register), Slug(request.list_kind), version, total, Sha256(root_of(state.exchange, records).hex())
    )
    return Outcome(
        drafts=(request.by.draft(event),),
        records=tuple(records),
        documents=dict(request.remember),
        answer={
            "register": register,
            "kind": request.list_kind,
            "version": version,
            "people": total,
            "unknown_columns": len(request.reading.unknown_columns),
            "notes": [note.as_json() for note in request.reading.notes],
        },
    )


def root_of(exchange: str, records: Sequence[Record]) -> bytes:
    """The register's Merkle root: over per-person roots in the order of rows, each over its fields in record order."""
    return register_root([person_root_of(exchange, record) for record in sorted(records, key=lambda each: each.row)])


def person_root_of(exchange: str, record: Record) -> bytes:
    """The root over one record: it says nothing to whoever does not have the salts."""
    return person_root(leaves_of(exchange, record))


def leaves_of(exchange: str, record: Record) -> list[bytes]:
    """What a record's root is made of: which row it is, then a commitment to each field, in the order of the fields."""
    committed = [commitment(record.salts[name], exchange, name, record.fields[name]) for name in fields_of(record)]
    return [row_mark(record.row), *committed]


def fields_of(record: Record) -> list[str]:
    """The names of a record's fields, in the order in which they are committed to."""
    return sorted(record.fields, key=_field_order)


@dataclass(frozen=True)
class DiscloseRegister:
    by: By
    register: str
    to: tuple[str, ...]


def disclose_register(state: State, request: DiscloseRegister, given: Given) -> Outcome | list[Problem]:
    """The identity fields that the terms let be shown, sealed to the readers; the ledger shows that it was done and the
    hash of the seal."""
    rows = preview(given.records(request.register), shown_fields(state))
    if not rows:
        return [Problem("register.unknown", request.register, "no such register in this node", "look at the registers")]
    strangers = [member for member in request.to if _recipient(state, member) is None]
    if strangers:
        return [
            Problem("register.to", member, "not an admitted member", "name members of the exchange")
            for member in strangers
        ]
    data = {"register": request.register, "rows": rows}
    sealed, name = post(state, given, "register", request.by.member, data, request.to)
    event = RegisterDisclosed(
        Opaque(request.register), tuple(Slug(member) for member in sorted(request.to)), Sha256(name)
    )
    return Outcome(
        drafts=(request.by.draft(event),),
        mail={name: sealed},
        mail_to={name: tuple(request.to)},
        answer={
            "register": request.register,
            "to": sorted(request.to),
            "people": len(rows),
            "fields": list(shown_fields(state)),
        },
    )


def preview(records: Sequence[Record], shown: Sequence[str]) -> list[dict[str, Any]]:
    """Exactly what would be disclosed of each person: the row, and of its fields those that are shown."""
    return [
        {"row": record.row, "fields": {f: record.fields[f] for f in shown if f in record.fields}} for record in records
    ]


def sees_nothing(state: State | None, owner: str, member: str, list_kind: str) -> Problem | None:
    """Why a member would see nobody of a register, if so; None where it would see what `preview` shows.

    The same rules that a disclosure is refused by; without an exchange only the kind of list decides.
    """
    if list_kind != "sought":
        what = f"a register of kind {list_kind} is never disclosed whole"
        return Problem("register.held_whole", member, what, "answer the rows that the other side seeks")
    if state is not None and (member not in state.members or member == owner):
        what = "not another member of the exchange"
        return Problem("register.to", member, what, "name a member that is to read it")
    if state is not None and state.terms is not None and not terms_of(state).may_read(owner, member):
        what = "the terms in force do not let a register of the sought be shown to this member"
        return Problem("register.beyond_terms", member, what, "name a reader that the terms allow, or amend the terms")
    return None


def shown_fields(state: State) -> tuple[str, ...]:
    """The fields of a person that a disclosure shows: those of the terms in force, or every identity field."""
    terms = terms_of(state) if state.terms is not None else None
    return IDENTITY_FIELDS if terms is None or terms.disclosure is None else terms.disclosure.fields


def post(
    state: State, given: Given, kind: str, sender: str, data: Mapping[str, Any], to: Sequence[str]
) -> tuple[bytes, str]:
    """A letter sealed to members: its bytes and the SHA-256 that an event names."""
    recipients = [recipient for member in to if (recipient := _recipient(state, member)) is not None]
    sealed = given.seal(encode({"kind": kind, "from": sender, "data": dict(data)}), recipients)
    return sealed, digest(sealed)


def letters(given: Given, kind: str, sender: str | None = None) -> list[dict[str, Any]]:
    """The data of every opened letter of a kind, by this sender if one is named, in the order of their names."""
    prefix = f"mail/{kind}/{sender}/" if sender else f"mail/{kind}/"
    found = []
    for name in sorted(given.documents(prefix)):
        text = given.document(name)
        if text is not None:
            found.append(json.loads(text)["data"])
    return found


def signed_letters(state: State, given: Given, kind: str) -> Iterator[dict[str, Any]]:
    """The opened letters of a kind that the ledger says are of whom they name: `from`, and `data`.

    Whoever knows a member's recipient, which the ledger tells everybody, can seal a letter to it in another's name.
    """
    for name in sorted(given.documents(f"mail/{kind}/")):
        text = given.document(name) if name.removeprefix(f"mail/{kind}/") in state.letters else None
        if text is not None:
            yield json.loads(text)


def _recipient(state: State, member: str) -> str | None:
    fact = state.members.get(member)
    return None if fact is None or fact.recipient is None else str(fact.recipient)


def _field_order(name: str) -> tuple[int, str]:
    return (_PLACE.get(name, len(_PLACE)), name)


_PLACE = {name: at for at, name in enumerate(FIELDS)}
