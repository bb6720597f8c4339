"""A holder's office in memory: its own register in versions, the links to what is sought, and the list in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from repatria.deal.commands.lists import DraftList, SignList, draft_list, sign_list
from repatria.deal.terms import annex_hash
from repatria.exchange.events import Opaque, RegisterCommitted, Slug
from repatria.files.law import figures
from repatria.ledger.canonical import digest, encode
from repatria.office import Given, Outcome, Record
from repatria.problem import Problem
from tests.audit.world import FIELDS, Round, World, by, opaque

CLASSES = {0: "out", 1: "first", 2: "then"}


@dataclass
class Office:
    """North's node: the annex, its own register, the links to what south seeks, and the rows of the list in force."""

    story: Round
    versions: list[dict[str, dict[str, str]]] = field(default_factory=list)  # of the held register: number -> fields
    more: dict[str, Any] = field(default_factory=dict)
    first_rows: str = ""  # the document with the rows of the list in force at the beginning

    @property
    def state(self):  # type: ignore[no-untyped-def]
        return self.story.world.state

    def people(self) -> list[Any]:
        return sorted((p for p in self.state.persons.values() if p.holder == "north"), key=lambda p: p.row)

    def begin(self) -> Office:
        """What north's register says of everyone on its list, and the links that made them stand there."""
        tiers = {person.number: CLASSES[person.tier] for person in self.people()}
        here = {"place_of_detention": "Camp 1"}
        self.commit({
            f"NH-{p.row}": {**FIELDS[tiers[p.number]], **here, "record_id": f"NH-{p.row}"} for p in self.people()
        })  # fmt: skip
        links = [[p.row, held_row(f"NH-{p.row}", 1), "link", "an officer", "same number"] for p in self.people()]
        self.more[f"judgements/{register()}"] = links
        rows = [
            {"number": p.number, "row": p.row, "fields": FIELDS[tiers[p.number]]} for p in self.people()
        ]
        listed = self.state.lists["north"].list
        self.first_rows = f"mail/rows/north/{self.state.offered_lists[listed].sealed}"
        self.more[self.first_rows] = {"data": {"list": listed, "rows": rows}}
        return self

    def commit(self, held: dict[str, dict[str, str]]) -> None:
        """One more version of the register of those whom north holds."""
        self.versions.append(held)
        version = len(self.versions)
        event = RegisterCommitted(Opaque(own(version)), Slug("held"), version, len(held), digest(b"root"))  # type: ignore[arg-type]
        self.story.world.do("north", event, signatories=())

    def now(self, number: str, **changed: str) -> None:
        """A newer version, in which one record differs."""
        self.commit({**self.versions[-1], number: {**self.versions[-1][number], **changed}})

    def records(self, name: str) -> list[Record]:
        for version, held in enumerate(self.versions, 1):
            if name == own(version):
                return [Record(name, held_row(number, version), fields, {}) for number, fields in held.items()]
        return []

    def given(self) -> Given:
        text, salt = self.story.terms_text(), bytes(32)
        documents: Mapping[str, Any] = {
            f"annex/{annex_hash(salt, text)}": {"annex": "", "salt": salt.hex(), "text": text}, **self.more,
        }  # fmt: skip
        kept = {name: json.dumps(data).encode() for name, data in documents.items()}
        return replace(
            self.story.world.given(), document=kept.get, records=self.records, unseal=lambda sealed: sealed,
            documents=lambda prefix: [name for name in kept if name.startswith(prefix)],
        )  # fmt: skip

    def draft(self) -> Outcome:
        """The next version, drafted by north; south derives every class again from the rows, and signs."""
        outcome = draft_list(self.state, DraftList(by("north")), self.given())
        assert isinstance(outcome, Outcome), outcome
        self.story.world._commit(outcome)
        for sealed in outcome.mail.values():
            letter = json.loads(sealed.lstrip(b"\0"))
            self.more[f"mail/{letter['kind']}/north/{digest(sealed)}"] = letter
        return outcome

    def signed_by_south(self) -> Outcome | list[Problem]:
        outcome = sign_list(self.state, SignList(by("south"), "north", figures()), self.given())
        if isinstance(outcome, Outcome):
            self.story.world._commit(outcome)
        return outcome


def register() -> str:
    return opaque("register of those whom north holds")


def own(version: int) -> str:
    return opaque(f"north's own register, version {version}")


def held_row(number: str, version: int) -> str:
    return digest(encode([number, version]))[:16]


def office(planned: bool = False) -> Office:
    story = Round(World()).opening().consulting().listing()
    if planned:
        story.drawing().planning()
    return Office(story).begin()


def counted(desk: Office) -> str:
    """The record number of somebody who counts."""
    return next(f"NH-{p.row}" for p in desk.people() if p.counts)


def person(desk: Office, number: str) -> Any:
    return next(p for p in desk.people() if f"NH-{p.row}" == number)
