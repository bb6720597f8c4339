"""`verify --records`: a member derives every class again from the records in its own node, and its registers' roots."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from repatria.audit.commands import check_records
from repatria.audit.ledger import Audit, Check, audit_ledger
from repatria.deal.classes import decode_classes, parse_categories
from repatria.deal.terms import annex_categories, annex_hash
from repatria.exchange.state import State
from repatria.office import Given, Record
from repatria.report.audit_texts import told
from tests.audit.world import EXCHANGE, FIELDS, PARTIES, Round, World, opaque, records, vkeys


@cache
def listed() -> tuple[Round, Audit]:
    story = Round(World()).opening().consulting().listing()
    files = story.world.files()
    return story, audit_ledger(files.get, lambda: files, vkeys())


def rows_name(state: State, holder: str) -> str:
    """The document with the sealed rows of the holder's list in force."""
    return f"mail/rows/{holder}/{state.offered_lists[state.lists[holder].list].sealed}"


def node(changed: Mapping[str, Any] | None = None, sought: list[Record] | None = None) -> Given:
    """A node of south: the annex, both lists' rows as they were sealed to it, and the records of its register."""
    story, audit = listed()
    text, salt = story.terms_text(), bytes(32)
    documents = {f"annex/{annex_hash(salt, text)}": {"annex": "", "salt": salt.hex(), "text": text}}
    for holder in PARTIES:
        fact = audit.state.lists[holder]
        classes = decode_classes(story.world.attachments[fact.classes])
        names = {0: "out", 1: "first", 2: "then"}
        rows = [
            {"number": p.number, "row": p.row, "fields": FIELDS[names[classes[p.class_id].tier]]}
            for p in audit.state.persons.values()
            if p.holder == holder
        ]
        documents[rows_name(audit.state, holder)] = {"data": {"holder": holder, "list": fact.list, "rows": rows}}
    documents |= changed or {}
    kept = {name: json.dumps(data).encode() for name, data in documents.items() if data is not None}
    register = opaque("register of those whom north holds")
    own = records(register, sorted(opaque(f"row north {i}")[:16] for i in range(14))) if sought is None else sought
    given = story.world.given()
    return replace(
        given, document=kept.get, documents=lambda prefix: [n for n in kept if n.startswith(prefix)],
        records=lambda name: own if name == register else (), attachment=story.world.attachments.get,
    )  # fmt: skip


def check(given: Given, exchange: str = EXCHANGE) -> Check:
    return check_records(listed()[1], "south", exchange, given)


def codes(found: Check) -> list[str]:
    return [problem.code for problem in found.problems]


def test_records_that_give_the_classes_and_the_root() -> None:
    found = check(node())
    assert (found.ok, found.problems) == (True, ())
    assert told(found.what) == (
        "22 classes derived again; 1 of the registers that south committed, 14 people, hash to their roots"
    )


def test_a_class_that_the_records_do_not_give() -> None:
    name = rows_name(listed()[1].state, "north")
    rows = json.loads(node().document(name) or b"")
    young = next(row for row in rows["data"]["rows"] if row["fields"] == FIELDS["then"])
    young["fields"] = FIELDS["first"]
    found = check(node({name: rows}))
    assert codes(found) == ["audit.records.list.class"]
    assert found.problems[0].where == f"list of north, number {young['number']}"


def test_a_row_that_was_not_sealed_to_this_node() -> None:
    name = rows_name(listed()[1].state, "north")
    rows = json.loads(node().document(name) or b"")
    rows["data"]["rows"].pop()
    assert codes(check(node({name: rows}))) == ["audit.records.list.rows"]


def test_lists_in_force_that_do_not_keep_a_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    """The classes are right; only whoever holds annex and records can tell that too many of one category are on it."""
    categories = parse_categories(annex_categories(listed()[0].terms_text()))[0]
    counted = next(category.id for category in categories if category.counts and not category.all)
    quotas = [{"category": counted, "side": "north", "at_most": 1}]
    monkeypatch.setattr("repatria.deal.commands.known.annex_quotas", lambda text: quotas)
    assert codes(check(node())) == ["audit.records.deal.quota.over"]
    quotas[0] = {"category": counted, "side": "north", "at_most": 14}
    assert codes(check(node())) == []


def test_rows_or_an_annex_that_have_not_come() -> None:
    assert codes(check(node({rows_name(listed()[1].state, "north"): None}))) == ["audit.records.rows"]
    (annex,) = node().documents("annex/")
    assert codes(check(node({annex: None}))) == ["audit.records.annex"]


@pytest.mark.parametrize("what", ["changed", "erased"])
def test_a_register_whose_records_are_not_those_that_were_committed(what: str) -> None:
    rows = sorted(opaque(f"row north {i}")[:16] for i in range(14))
    own = records(opaque("register of those whom north holds"), rows)
    if what == "changed":
        own[3] = replace(own[3], fields={"family_name": "Somebody else"})
    else:
        own.pop()
    code = "audit.records.root" if what == "changed" else "audit.records.missing"
    assert codes(check(node(sought=own))) == [code]


def test_a_node_of_another_exchange() -> None:
    assert codes(check(node(), exchange="f" * 32)) == ["audit.records.exchange"]


def test_no_name_and_no_field_is_in_what_is_said() -> None:
    own = records(opaque("register of those whom north holds"), ["0" * 16] * 14)
    found = check(node({rows_name(listed()[1].state, "north"): None}, sought=own))
    said = " ".join(str(problem) for problem in found.problems)
    assert len(found.problems) == 2
    assert "Invented" not in said
    assert "1980" not in said
