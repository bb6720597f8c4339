"""Attachments are read as what the entries that name them say they are."""

from __future__ import annotations

from repatria.audit.documents import Named, check_documents, note
from repatria.deal.terms import encode_terms
from repatria.exchange.events import CountsPublished, Event, Sha256, TermsAmended
from repatria.ledger.canonical import decode, digest, encode
from tests.exchange.world import ROUND, Scenario, sha, terms_of, world_at
from tests.public.test_published import table_of


def problems(event: Event, name: str, data: bytes) -> list[str]:
    named: dict[str, Named] = {}
    note(named, 3, event)
    return [problem.code for problem in check_documents({name: data}, named).problems]


def test_terms_that_amend_are_read_as_terms() -> None:
    data = encode_terms(terms_of(Scenario()))
    name = Sha256(digest(data))
    assert problems(TermsAmended(ROUND, name, sha("before")), name, data) == []
    assert problems(TermsAmended(ROUND, name, sha("before")), name, b"{}") == ["audit.attachments.form"]


def test_a_table_of_counts_has_no_room_for_a_word_of_its_own() -> None:
    world = world_at("reconciled", people=(12, 11))
    event = table_of(world)
    data = world.attachments[event.table]
    assert problems(event, event.table, data) == []
    raw = decode(data)
    raw["rows"][0]["kind"] = "jane-doe"
    other = encode(raw)
    name = Sha256(digest(other))
    assert problems(CountsPublished(event.size, name), name, other) == ["audit.attachments.form"]
