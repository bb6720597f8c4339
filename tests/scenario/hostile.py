"""What a hostile member's own tools would do: well-formed entries that no command here would sign."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from repatria.exchange.codec import Body, decode_body, encode_body, event_id
from repatria.exchange.documents import Answers, FinalList, read, write
from repatria.exchange.events import Event, FinalListSigned, Opaque, PersonReceived, Sha256
from repatria.ledger.canonical import digest
from repatria.ledger.entry import decode_entry, encode_entry, sign_entry
from repatria.office import Outcome
from repatria.rehearsal.nodes import PASSPHRASE, Rehearsal
from repatria.store.delegate import open_key
from repatria.store.desk import DeskFolder
from repatria.store.node import NodeFolder


def unilateral_list(at: Rehearsal, member: str, extra: int) -> str:
    """A final list with people whom nobody sought or answered, signed by one side alone; its event id."""
    keys = [open_key(Path(at.key(f"{member}/{name}")), PASSPHRASE) for name in ("sig-1", "sig-2")]
    with NodeFolder.open(Path(at.node(member)), PASSPHRASE) as node:
        given = node.given(at.now, keys)
        state = node.state()
        signed = next(fact for fact in state.offered_lists.values() if fact.holder == member)
        listed = read(FinalList, given.attachment(signed.list) or b"")
        answers = state.registers[listed.rows[0].register].answers[member]
        answered = read(Answers, given.attachment(answers.answers) or b"").answers
        held = {row for row, word in answered if word == "held"}
        unsought = [row for row, _ in answered if row not in held][:extra]
        rows = [
            *listed.rows,
            *(replace(listed.rows[0], number=Opaque(given.random(16).hex()), row=row) for row in unsought),
        ]
        data = write(replace(listed, rows=tuple(sorted(rows, key=lambda each: each.number))))
        event: FinalListSigned = replace(signed, list=Sha256(digest(data)))
        seq, prev, _ = state.chains[member]
        body = encode_body(_body(state.exchange, member, seq + 1, prev, state.seen, (), at.now, event))
        seeds = [seed for author in (member, *(key.author for key in keys)) if (seed := given.seed(author))]
        node.commit([encode_entry(sign_entry(body, seeds))], Outcome(attachments={digest(data): data}))
        return event_id(body)


def forged_receipt(at: Rehearsal, stage: str, place: str) -> str:
    """A receipt in south's name for somebody south never received, signed with north's own desk key."""
    seed = open_key(Path(at.key(f"north/desk-{place}")), PASSPHRASE).seed
    with DeskFolder.open(Path(at.desk(f"south/desk-{place}", stage)), PASSPHRASE) as desk:
        state = desk.state()
        person = next(p for p in state.persons.values() if p.holder == "north" and p.right is not None)
        assert person.right is not None
        seq, prev, _ = state.chains[f"south/desk-{place}"]
        receipt = PersonReceived(person.right.stage, person.right.place, person.number, person.right.epoch)
        refs = (person.right.released,) if person.right.released else ()
        body = encode_body(
            _body(state.exchange, f"south/desk-{place}", seq + 1, prev, state.seen, refs, at.now, receipt)
        )
    return _put_on_stick(at, encode_entry(sign_entry(body, [seed])))


def replayed_receipt(at: Rehearsal, stage: str, place: str) -> str:
    """A true receipt of an earlier stage, brought a second time as if it were new."""
    with NodeFolder.open(Path(at.node("straits")), PASSPHRASE) as node:
        for entry in node.ledger.entries():
            body = decode_body(decode_entry(entry).body)
            if isinstance(body.data, PersonReceived) and body.author == f"south/desk-{place}":
                return _put_on_stick(at, entry)
    raise AssertionError("no receipt to replay")


def _put_on_stick(at: Rehearsal, entry: bytes) -> str:
    name = event_id(decode_entry(entry).body)
    outbox = at.folder / "stick-from-nobody" / "outbox"
    outbox.mkdir(parents=True, exist_ok=True)
    (outbox / f"{name}.entry").write_bytes(entry)
    return name


def _body(
    exchange: str, author: str, seq: int, prev: str | None, seen: tuple[int, str], refs: tuple[str, ...], at: str,
    event: Event,
) -> Body:  # fmt: skip
    return Body(exchange, author, seq, prev, seen, refs, (), at, event)
