"""A later version of the list, drafted from the holder's records: what it keeps, what it follows, and what waits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from repatria.audit.ledger import audit_ledger
from repatria.deal.commands import DraftList, SignList, _elsewhere, draft_list, rows_of, sign_list
from repatria.deal.terms import annex_hash
from repatria.exchange.documents import FinalList, read, write
from repatria.exchange.events import Author, Opaque, RegisterCommitted, RightGranted, Slug
from repatria.ledger.canonical import digest, encode
from repatria.office import Given, Outcome, Record
from repatria.problem import Problem
from tests.audit.world import FIELDS, Round, World, by, opaque, vkeys

CLASSES = {0: "out", 1: "first", 2: "then"}


@dataclass
class Office:
    """North's node: the annex, its own register, the links to what south seeks, and the rows of the list in force."""

    story: Round
    versions: list[dict[str, dict[str, str]]] = field(default_factory=list)  # of the held register: number -> fields
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self):  # type: ignore[no-untyped-def]
        return self.story.world.state

    def people(self) -> list[Any]:
        return sorted((p for p in self.state.persons.values() if p.holder == "north"), key=lambda p: p.row)

    def begin(self) -> Office:
        """What north's register says of everyone on its list, and the links that made them stand there."""
        tiers = {person.number: CLASSES[person.tier] for person in self.people()}
        self.commit({f"NH-{p.row}": {**FIELDS[tiers[p.number]], "record_id": f"NH-{p.row}"} for p in self.people()})
        links = [[p.row, held_row(f"NH-{p.row}", 1), "link", "an officer", "same number"] for p in self.people()]
        self.more[f"judgements/{register()}"] = links
        rows = [
            {"number": p.number, "row": p.row, "fields": FIELDS[tiers[p.number]]} for p in self.people()
        ]
        self.more["mail/rows/north/1"] = {"data": {"list": self.state.lists["north"].list, "rows": rows}}
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
            self.story.world.given(), document=kept.get, records=self.records,
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
        outcome = sign_list(self.state, SignList(by("south"), "north"), self.given())
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


def test_drafted_again_with_nothing_new_it_is_the_same_list() -> None:
    desk = office()
    before = desk.people()
    answer = desk.draft().answer
    assert (answer["version"], answer["left_the_ratio"], answer["not_followed"]) == (2, 0, 0)
    assert isinstance(desk.signed_by_south(), Outcome)
    assert desk.people() == before


def test_a_medical_category_that_a_board_has_changed_takes_the_person_out_of_the_ratio() -> None:
    desk = office(planned=True)
    ill = next(p for p in desk.people() if p.counts and p.number in desk.state.slots)
    desk.now(f"NH-{ill.row}", medical_category="seriously_wounded")
    answer = desk.draft().answer
    assert (answer["left_the_ratio"], answer["to_wait"], answer["not_followed"]) == (1, 0, 0)
    assert isinstance(desk.signed_by_south(), Outcome)
    now = desk.state.persons[ill.number]
    assert (now.counts, now.account, now.tier) == (False, "repatriation", 0)
    assert now.class_id == next(p for p in desk.people() if p.tier == 0 and p != now).class_id
    slot = desk.state.slots[ill.number]
    desk.story.planning()  # the plan revised by the solver, checked as every signatory checks it
    assert desk.state.slots[ill.number] == slot
    in_plan = [desk.state.persons[n] for n in desk.state.slots if desk.state.persons[n].holder == "north"]
    assert sum(p.weight for p in in_plan if p.counts) == 6  # the total of the terms, with one more who counts
    files = desk.story.world.files()
    assert audit_ledger(files.get, lambda: files, vkeys()).problems == ()


def test_a_correction_that_only_changes_their_turn_leaves_the_class_as_both_have_signed_it() -> None:
    desk = office()
    number = counted(desk)
    before = person(desk, number)
    desk.now(number, date_of_birth="1999-01-01" if before.tier == 1 else "2005-01-01")
    answer = desk.draft().answer
    assert (answer["left_the_ratio"], answer["not_followed"]) == (0, 1)
    assert isinstance(desk.signed_by_south(), Outcome)
    assert person(desk, number) == before


def test_back_to_health_is_not_back_into_the_ratio() -> None:
    desk = office()
    number = next(f"NH-{p.row}" for p in desk.people() if not p.counts)
    desk.now(number, medical_category="fit")
    assert desk.draft().answer["not_followed"] == 1
    assert isinstance(desk.signed_by_south(), Outcome)
    assert not person(desk, number).counts


def test_whoever_is_in_somebodys_hands_waits_and_the_others_do_not() -> None:
    desk = office(planned=True)
    first, second = [p for p in desk.people() if p.counts and desk.state.slots.get(p.number, ("",))[0] == "s1"][:2]
    desk.story.clearing("s1").open("s1")
    grant = RightGranted(Slug("s1"), Slug("bridge"), Author("north/desk-bridge"), 1, (first.number,))
    desk.story.world.do("north", grant, signatories=())
    for ill in (first, second):
        desk.now(f"NH-{ill.row}", medical_category="seriously_wounded")
    answer = desk.draft().answer
    assert (answer["left_the_ratio"], answer["to_wait"]) == (1, 1)
    assert isinstance(desk.signed_by_south(), Outcome)
    assert [desk.state.persons[p.number].counts for p in (first, second)] == [True, False]


def test_the_other_side_does_not_sign_a_class_that_the_row_does_not_give() -> None:
    """North says of somebody fit that they are seriously wounded, in the list and not in the row."""
    desk = office()
    number = counted(desk)
    desk.now(number, medical_category="seriously_wounded")
    outcome = desk.draft()
    name = next(n for n in desk.more if n.startswith("mail/rows/north/") and not n.endswith("/1"))
    row = next(r for r in desk.more[name]["data"]["rows"] if r["number"] == person(desk, number).number)
    row["fields"]["medical_category"] = "fit"
    problems = desk.signed_by_south()
    assert isinstance(problems, list)
    assert [problem.code for problem in problems] == ["list.class"]
    row["fields"]["medical_category"] = "seriously_wounded"
    assert isinstance(desk.signed_by_south(), Outcome)
    assert outcome.answer["people"] == 12


def test_a_file_without_record_numbers_joins_nobody_to_somebody_else() -> None:
    """`row-1` of one file is not `row-1` of another: their records stay as they were."""
    desk = office()
    people = desk.people()
    desk.versions[-1] = {
        number: {**fields, "record_id": f"row-{at}"} for at, (number, fields) in enumerate(desk.versions[-1].items())
    }
    desk.commit({
        number: {**FIELDS["out"], "record_id": f"row-{at}"} for at, number in enumerate(reversed(desk.versions[-1]))
    })  # fmt: skip
    answer = desk.draft().answer
    assert (answer["left_the_ratio"], answer["people"]) == (0, len(people))




def test_nobody_is_sent_to_a_neutral_country_whom_no_board_found_fit_for_one() -> None:
    desk = office()
    desk.draft()
    state, given = desk.state, desk.given()
    listed = read(FinalList, given.attachment(next(iter(desk.state.offered_lists))) or b"")
    rows = rows_of(given, digest(write(listed))) or {}
    assert _elsewhere(state, listed, rows) == []
    away = replace(listed, rows=(replace(listed.rows[0], to=Slug("haven")), *listed.rows[1:]))
    problems = _elsewhere(state, away, rows)
    assert [(problem.code, problem.article) for problem in problems] == [("list.to", "GC III 110(2)")]
    found = {**rows, away.rows[0].number: {"medical_category": "neutral_eligible"}}
    assert _elsewhere(state, away, found) == []
