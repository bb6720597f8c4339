"""Each rule broken on purpose, by a ledger whose fold lets it happen: the second opinion says no, and where.

A reducer is made lenient, or wrong, for the whole of a test: the entry takes effect, and only the audit can notice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from repatria.audit.ledger import Audit, audit_ledger
from repatria.deal.classes import PersonClass, encode_classes
from repatria.deal.draw import commitments
from repatria.exchange import always, authority, clearing, closing, counting, events, handing, listing, planning, rules
from repatria.exchange.codec import Body, encode_body
from repatria.exchange.documents import FinalList, Freeze, Plan, read, write
from repatria.exchange.events import Author, Day, Opaque, Sha256, Slug
from repatria.exchange.knowing import Knowledge
from repatria.exchange.state import Attachments, Fact, Refuse, State
from repatria.ledger.entry import encode_entry, sign_entry
from repatria.ledger.tree import Tree
from repatria.problem import Problem
from repatria.report.audit_texts import told
from tests.audit.world import PARTIES, ROUND, Round, World, eventful, nonce, opaque, parts_of, seed, vkeys


def audit(world: World) -> Audit:
    files = world.files()
    return audit_ledger(files.get, lambda: files, vkeys())


def failed(found: Audit) -> set[str]:
    return {check.name for check in found.checks if check.ok is False}


def codes(found: Audit) -> set[str]:
    return {problem.code for problem in found.problems}


def nothing(*_: Any, **__: Any) -> None:
    return None


def after(kind: str, change: Callable[[State, Fact], None]) -> rules.Reducer:
    """The reducer of a kind, and then something that it should not do."""
    proper = rules.V1[kind]

    def reducer(state: State, fact: Fact, attachments: Attachments) -> None:
        proper(state, fact, attachments)
        change(state, fact)

    return reducer


@cache
def planned() -> World:
    world = World()
    Round(world).to_the_plan()
    return world


@cache
def granted() -> World:
    world = again(planned())
    Round(world).clearing("s1").open("s1").grant("s1")
    return world


def again(world: World) -> World:
    """A copy to go on with."""
    return World(
        world.state.fork(), list(world.entries), dict(world.attachments), list(world.verdicts), world.day,
        world.moments,
    )  # fmt: skip


def first(world: World, holder: str, stage: str = "s1") -> str:
    """The first person inside the ratio whom a party brings to a stage."""
    return next(n for n in Round(world).manifest(stage, holder=holder) if world.state.persons[n].counts)


def releases(number: str, epoch: int = 1) -> events.PersonReleased:
    return events.PersonReleased(Slug("s1"), Slug("bridge"), Opaque(number), epoch, None)


def receives(number: str, epoch: int = 1) -> events.PersonReceived:
    return events.PersonReceived(Slug("s1"), Slug("bridge"), Opaque(number), epoch)


def presents(*numbers: str) -> events.PersonPresented:
    return events.PersonPresented(Slug("s1"), Slug("bridge"), tuple(Opaque(n) for n in sorted(numbers)))


# --- what holds -----------------------------------------------------------------------------------------------------


def test_a_round_with_everything_that_may_happen_is_true() -> None:
    found = audit(eventful().world)
    assert (found.ok, found.problems) == (True, ())
    assert told(found.warnings[0]) == "classes attested by north and south, not re-derived"
    assert any("entered from a member's paper" in told(warning) for warning in found.warnings)
    assert any("not well formed" in told(warning) for warning in found.warnings)


def test_at_every_size_the_same_ledger_is_true() -> None:
    world = eventful().world
    whole = list(world.entries)
    for size in range(5, len(whole), 23):
        world.entries = whole[:size]
        found = audit(world)
        stray = {problem.code for problem in found.problems} - {"audit.attachments.stray", "audit.keys.unknown"}
        assert not stray, (size, found.problems)


def test_entries_without_effect_are_counted_by_rule_and_are_no_problem() -> None:
    world = eventful().world
    (entries,) = [told(check.what) for check in audit(world).checks if check.name == "entries"]
    assert entries.endswith("2 without (1 chain.replayed and 1 entry.malformed)")


# --- authority ------------------------------------------------------------------------------------------------------


def forged(world: World, author: str, event: events.Event, signers: tuple[str, ...]) -> None:
    """An entry in somebody's name, signed by whoever is given; the lenient fold lets it through."""
    seq, prev, _ = world.state.chains.get(author, (-1, None, 0))
    at = "2025-12-10T08:00:00Z"
    body = encode_body(Body(world.state.exchange, author, seq + 1, prev, world.state.seen, (), (), at, event))
    verdict = world.put(encode_entry(sign_entry(body, [seed(name) for name in signers])))
    assert verdict.applied, verdict


def anyone(role: str | None = None, place: str | None = None) -> Callable[..., authority.Signed]:
    return lambda *_: authority.Signed(role, place, 2, False, True)


def test_an_event_signed_by_a_strangers_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority, "check_signatures", anyone())
    world = again(planned())
    forged(world, "north", events.Suspended(ROUND), ("thief",))
    assert failed(audit(world)) == {"authority"}


def test_an_act_that_binds_a_party_without_its_signatories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority, "_signatories_needed", lambda *_: 0)
    world = World()
    Round(world).opening()
    world.do("north", events.RoundActivated(ROUND, Day("2025-12-31")), signatories=("north/sig-1",))
    assert "1 of the 2 signatories" in audit(world).problems[0].what


def test_a_kind_that_is_not_for_that_role_of_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority, "check", nothing)
    world = again(planned())
    world.do("gulf", events.Suspended(ROUND))
    assert "Suspended is not for a mediator" in audit(world).problems[0].what


def test_a_delegate_whose_key_was_revoked_before_it_spoke(monkeypatch: pytest.MonkeyPatch) -> None:
    proper = State.key_at
    monkeypatch.setattr(State, "key_at", lambda state, author, index: proper(state, author, 40))
    world = again(planned())
    gate = world.state.keys["cross/visitor"][-1]
    world.do("cross", events.KeyRevoked(Author("cross/visitor"), gate.key))
    Round(world).words(Round(world).manifest("s1"))
    assert failed(audit(world)) == {"authority"}


def test_a_paper_entered_by_one_member_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(always, "TRANSCRIBERS", 1)
    world = again(planned())
    world.do("south", events.Suspended(ROUND))
    world.do("north", events.Resumed(ROUND))
    said = events.Resumed(ROUND)
    name = world.attach(always.paper_bytes(said))
    world.do("gulf", events.Transcribed(Slug("south"), Sha256("6" * 64), "Resumed", name))
    Round(world).clearing("s1").open("s1")
    assert failed(audit(world)) == {"suspensions"}


# --- lists and attachments ------------------------------------------------------------------------------------------


def test_people_on_a_list_whom_nobody_answered_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_check_rows", nothing)
    world = World()
    story = Round(world).opening().consulting()
    world.state = world.state.fork()
    proper = Round.sign_list

    def with_more(self: Round, holder: str, register: Opaque, rows: list[str]) -> None:
        proper(self, holder, register, [*rows, opaque("nobody")[:16]])

    monkeypatch.setattr(Round, "sign_list", with_more)
    story.listing()
    assert codes(audit(world)) == {"audit.lists.unilateral"}


def test_a_list_whose_rows_are_not_under_its_root(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    story = Round(world).opening().consulting()
    monkeypatch.setattr(FinalList, "tree", Tree())
    story.listing()
    assert codes(audit(world)) == {"audit.lists.root"}


@pytest.mark.parametrize("lone", [True, False])
def test_a_group_of_one_or_of_people_inside_and_outside_the_ratio(monkeypatch: pytest.MonkeyPatch, lone: bool) -> None:
    def grouped(document: Any) -> bytes:
        if isinstance(document, FinalList):
            numbers = tuple(row.number for row in document.rows)
            document = replace(document, together=(numbers[:1] if lone else numbers,))
        return write(document)

    monkeypatch.setattr("tests.audit.world.write", grouped)
    monkeypatch.setattr(listing, "_check_together", nothing)
    world = World()
    Round(world).opening().consulting().listing()
    assert codes(audit(world)) == {"audit.lists.together"}


def test_a_class_that_puts_a_price_on_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def dear(classes: Any) -> bytes:
        return encode_classes(PersonClass(c.class_id, 2, c.tier, c.counts, c.all) for c in classes)

    monkeypatch.setattr("tests.audit.world.encode_classes", dear)
    monkeypatch.setitem(rules.V1, "FinalListSigned", lenient_list)
    world = World()
    Round(world).opening().consulting().listing()
    assert codes(audit(world)) == {"audit.lists.price"}


def lenient_list(state: State, fact: Fact, attachments: Attachments) -> None:
    """As the reducer, for classes of one weight only; then the weights are put back."""
    event = fact.body.data
    assert isinstance(event, events.FinalListSigned)
    known = listing._classes(attachments, event.classes)
    light = encode_classes(replace(each, weight=1) for each in known.values())
    listing.final_list_signed(state, fact, lambda name: light if name == event.classes else attachments(name))
    for number, person in list(state.persons.items()):
        if person.holder == event.holder:
            state.persons[number] = replace(person, weight=2)


def test_a_refused_entry_that_brings_free_text_along() -> None:
    world = again(planned())
    name = world.attach(b"Somebody's name, and where they are held")
    body = Body(
        world.state.exchange, "north", world.state.chains["north"][0] + 1, world.state.chains["north"][1],
        world.state.seen, (), (), "2025-12-01T08:00:00Z", events.AnswersGiven(opaque("register"), 1, name, 1),
    )  # fmt: skip
    assert not world.put(encode_entry(sign_entry(encode_body(body), [seed("north")]))).applied
    assert codes(audit(world)) == {"audit.attachments.form"}
    del world.attachments[name]
    assert codes(audit(world)) == {"audit.attachments.missing"}


def test_a_file_that_no_entry_names() -> None:
    world = again(planned())
    world.attach(b"Somebody's name")
    assert codes(audit(world)) == {"audit.attachments.stray"}


# --- everyone in one state ------------------------------------------------------------------------------------------


def test_a_person_whom_the_fold_loses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.V1, "DisputeRaised", after("DisputeRaised", lambda state, _: drop(state)))
    world = again(planned())
    world.do("gulf", events.DisputeRaised(Sha256("4" * 64), Slug("list")))
    assert {"audit.conservation.people", "audit.conservation.state"} <= codes(audit(world))


def drop(state: State) -> None:
    del state.persons[sorted(state.persons)[0]]


def test_a_person_who_changes_sides_in_the_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(state: State, _: Fact) -> None:
        number = sorted(state.persons)[0]
        person = state.persons[number]
        state.persons[number] = replace(person, holder=person.to)

    monkeypatch.setitem(rules.V1, "DisputeRaised", after("DisputeRaised", change))
    world = again(planned())
    world.do("gulf", events.DisputeRaised(Sha256("4" * 64), Slug("list")))
    assert codes(audit(world)) == {"audit.conservation.state"}


def test_an_entry_without_effect_that_changes_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    def reducer(state: State, fact: Fact, attachments: Attachments) -> None:
        number = sorted(state.persons)[0]
        state.persons[number] = replace(state.persons[number], withdrawn=Sha256(fact.id))
        raise Refuse("dispute.late", "too late")

    monkeypatch.setitem(rules.V1, "DisputeRaised", reducer)
    world = again(planned())
    event = events.DisputeRaised(Sha256("4" * 64), Slug("list"))
    seq, prev, _ = world.state.chains["gulf"]
    body = Body(world.state.exchange, "gulf", seq + 1, prev, world.state.seen, (), (), "2025-12-01T08:00:00Z", event)
    assert not world.put(encode_entry(sign_entry(encode_body(body), [seed("gulf")]))).applied
    assert "audit.entries.refused" in codes(audit(world))


def test_a_receipt_that_the_fold_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    world = again(granted())
    Round(world).gate("s1")
    monkeypatch.setitem(rules.V1, "PersonReceived", nothing)
    number = first(world, "north")
    presented = world.state.persons[number].right
    assert presented is not None
    name = world.do("north/desk-bridge", releases(number), presented.presented or "")
    world.do("south/desk-bridge", receives(number), name)
    assert {"audit.conservation.state"} <= codes(audit(world))


def test_a_round_that_closes_over_people_in_the_air(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "IN_THE_AIR", ())
    world = again(granted())
    Round(world).closing()
    assert codes(audit(world)) == {"audit.conservation.hanging"}


# --- rights ---------------------------------------------------------------------------------------------------------


def lenient_grant(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, events.RightGranted)
    for number in event.numbers:
        person = state.persons[number]
        right = handing.Right(event.holder, event.stage, event.place, event.epoch, fact.index)
        state.persons[number] = replace(person, rights=(*person.rights, right))


def grants(number: str, epoch: int, holder: str = "north/desk-bridge") -> events.RightGranted:
    return events.RightGranted(Slug("s1"), Slug("bridge"), Author(holder), epoch, (Opaque(number),))


@pytest.mark.parametrize(
    ("epoch", "holder", "code"),
    [
        (2, "north/sheet-0007", "audit.rights.single"),
        (3, "north/sheet-0007", "audit.rights.epoch"),
        (2, "south/desk-bridge", "audit.rights.holder"),
        (2, "north/super", "audit.rights.holder"),
    ],
)
def test_a_second_right(monkeypatch: pytest.MonkeyPatch, epoch: int, holder: str, code: str) -> None:
    monkeypatch.setitem(rules.V1, "RightGranted", lenient_grant)
    world = again(granted())
    world.do("north", grants(first(world, "north"), epoch, holder))
    assert code in codes(audit(world))


def test_a_right_for_somebody_of_the_other_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.V1, "RightGranted", lenient_grant)
    world = again(granted())
    south = next(p.number for p in world.state.persons.values() if p.holder == "south" and p.right is None)
    world.do("north", grants(south, 1))
    assert "audit.rights.slot" in codes(audit(world))


def test_a_release_by_a_desk_that_does_not_hold_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    world = again(granted())
    Round(world).appoint("north/desk-2", "desk", "bridge")
    Round(world).gate("s1")
    number = first(world, "north")
    monkeypatch.setattr(handing, "_held_right", lambda state, fact, n, *_, **__: state.persons[n].right)
    right = world.state.persons[number].right
    assert right is not None
    world.do("north/desk-2", releases(number), right.presented or "")
    assert "audit.rights.none" in codes(audit(world))


def test_a_person_released_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    world = again(granted())
    Round(world).gate("s1")
    number = first(world, "north")
    right = world.state.persons[number].right
    assert right is not None
    name = world.do("north/desk-bridge", releases(number), right.presented or "")
    world.do("south/desk-bridge", receives(number), name)
    monkeypatch.setattr(handing, "_held_right", lambda state, fact, n, *_, **__: state.persons[n].right)
    world.do("north/desk-bridge", releases(number), right.presented or "")
    assert {"audit.rights.ended", "audit.rights.release"} <= codes(audit(world))


# --- cleared first --------------------------------------------------------------------------------------------------


def test_a_release_without_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "check_cleared", nothing)
    world = again(granted())
    world.do("north/desk-bridge", releases(first(world, "north")))
    assert codes(audit(world)) == {"audit.cleared.release"}


def test_a_release_against_the_gates_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "check_cleared", nothing)
    world = again(granted())
    number = first(world, "north")
    Round(world).words([], [number], author="cross/gate-bridge", place="bridge", day="2025-12-10")
    world.do("north/desk-bridge", releases(number))
    found = [problem.what for problem in audit(world).problems]
    assert "released against the neutral's word" in found


@pytest.mark.parametrize("word", ["none", "old", "no"])
def test_a_person_let_through_without_a_fresh_word_for_going(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setattr(handing, "had_chance", lambda *_: True)
    monkeypatch.setattr(handing, "manifest_gaps", lambda *_: (0, 0))
    world = again(planned())
    story = Round(world)
    numbers = story.manifest("s1")
    if word != "none":
        story.words(numbers, day="2025-12-01" if word == "old" else "2025-12-08")
    story.open("s1").grant("s1")
    if word == "no":
        story.words([], numbers[:1], day="2025-12-09")
    world.do("cross/gate-bridge", presents(numbers[0]))
    found = codes(audit(world))
    assert found == {"audit.cleared.chance"} | (set() if word == "no" else {"audit.cleared.stage"})


def test_a_word_of_the_gate_after_it_let_the_person_through(monkeypatch: pytest.MonkeyPatch) -> None:
    world = again(granted())
    Round(world).gate("s1")
    number = first(world, "north")
    monkeypatch.setattr(Knowledge, "has", lambda self, act: act is not None)
    person = world.state.persons[number]
    assert person.right is not None
    # The lenient fold believes that the right came back.
    monkeypatch.setattr(clearing, "_right_at_gate", lambda p, *_: replace(p.rights[-1], returned=Sha256("0" * 64)))
    Round(world).words([], [number], author="cross/gate-bridge", place="bridge", day="2025-12-10")
    assert "audit.cleared.after_gate" in codes(audit(world))


# --- receipts -------------------------------------------------------------------------------------------------------


def lenient_receipt(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, events.PersonReceived)
    person = state.persons[event.number]
    assert person.right is not None
    receipt = handing.Receipt(Author(fact.body.author), Sha256(fact.id), True, False)
    state.persons[event.number] = person.with_right(person.right.with_receipt(receipt))


def released(world: World) -> tuple[str, str]:
    """One of north released: the number and the release."""
    Round(world).gate("s1")
    number = first(world, "north")
    right = world.state.persons[number].right
    assert right is not None
    return number, world.do("north/desk-bridge", releases(number), right.presented or "")


@pytest.mark.parametrize(
    ("author", "epoch", "named", "code"),
    [
        ("north/desk-bridge", 1, True, "audit.receipts.side"),
        ("south/desk-bridge", 2, True, "audit.receipts.mismatch"),
        ("south/desk-bridge", 1, False, "audit.receipts.mismatch"),
    ],
)
def test_a_receipt_that_does_not_answer_the_release(
    monkeypatch: pytest.MonkeyPatch, author: str, epoch: int, named: bool, code: str
) -> None:
    monkeypatch.setitem(rules.V1, "PersonReceived", lenient_receipt)
    world = again(granted())
    number, release = released(world)
    world.do(author, receives(number, epoch), *([release] if named else []))
    assert code in codes(audit(world))


def test_a_receipt_without_a_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.V1, "PersonReceived", lenient_receipt)
    world = again(granted())
    Round(world).gate("s1")
    world.do("south/desk-bridge", receives(first(world, "north")))
    assert {"audit.receipts.release"} <= codes(audit(world))


def test_a_second_receipt_of_the_same_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.V1, "PersonReceived", lenient_receipt)
    world = again(granted())
    number, release = released(world)
    world.do("south/desk-bridge", receives(number), release)
    world.do("south/desk-bridge", receives(number), release)
    assert "audit.receipts.twice" in codes(audit(world))


def test_supervisors_who_settle_what_is_in_no_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "_was_received_after_all", lambda *_: True)
    world = again(granted())
    number = first(world, "north")
    settled = events.ReleaseConfirmed(Slug("s1"), Slug("bridge"), Opaque(number), 1, Slug("received"))
    world.all(("north/super", "south/super"), settled)
    assert codes(audit(world)) == {"audit.receipts.settled"}


# --- balance --------------------------------------------------------------------------------------------------------


def test_a_side_that_releases_more_than_its_receipts_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "check_sequence", nothing)
    world = World()
    story = Round(world, bound=1, days=1, seats=9).to_the_plan().clearing("s1").open("s1").grant("s1").gate("s1")
    for number in story.manifest("s1", holder="north"):
        right = world.state.persons[number].right
        assert right is not None
        world.do("north/desk-bridge", releases(number), right.presented or "")
    found = audit(world)
    assert codes(found) == {"audit.balance.sequence", "audit.balance.bound"}
    (bound,) = [problem for problem in found.problems if problem.code == "audit.balance.bound"][:1]
    assert bound.what == "north is 4 ahead; the bound is 3"


def test_a_stage_that_puts_more_at_risk_than_was_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "_check_exposure", nothing)
    monkeypatch.setattr(Round, "terms_text", lambda self, proper=Round.terms_text: narrow(proper(self)))
    world = World()
    story = Round(world, days=2, bound=2).to_the_plan().clearing("s1").open("s1")
    story.clearing("s2").open("s2")
    assert codes(audit(world)) == {"audit.balance.exposure"}


def narrow(terms: str) -> str:
    """The bound over everything as small as that of one place."""
    return terms.replace("\nbound = 4\n", "\nbound = 2\n", 1)


def test_a_lead_that_the_fold_counts_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    world = again(granted())
    released(world)
    ahead = counting.balance_ahead
    monkeypatch.setattr("repatria.audit.ledger.balance_ahead", lambda state: dict.fromkeys(ahead(state), 0))
    assert "audit.balance.differs" in codes(audit(world))


# --- withdrawals and suspensions ------------------------------------------------------------------------------------


def lenient_withdrawal(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, events.WithdrawnFromList)
    state.persons[event.number] = replace(state.persons[event.number], withdrawn=Sha256(fact.id))


def test_a_person_withdrawn_under_a_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.V1, "WithdrawnFromList", lenient_withdrawal)
    world = again(granted())
    world.do("north", events.WithdrawnFromList(Opaque(first(world, "north")), Sha256("5" * 64)))
    assert codes(audit(world)) == {"audit.withdrawals.right_out"}


def test_a_person_withdrawn_after_being_received(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.V1, "WithdrawnFromList", lenient_withdrawal)
    world = again(granted())
    number, release = released(world)
    world.do("south/desk-bridge", receives(number), release)
    world.do("north", events.WithdrawnFromList(Opaque(number), Sha256("5" * 64)))
    assert "audit.withdrawals.received" in codes(audit(world))


@pytest.mark.parametrize("what", ["stage", "right", "gate"])
def test_something_begun_while_the_round_is_suspended(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    world = again(granted() if what == "gate" else planned())
    story = Round(world)
    if what != "gate":
        story.clearing("s1")
    if what == "right":
        story.open("s1")
    world.do("south", events.Suspended(ROUND))
    monkeypatch.setattr(State, "suspended_at", lambda *_: False)
    {"stage": story.open, "right": story.grant, "gate": story.gate}[what]("s1")
    assert codes(audit(world)) == {"audit.suspensions.kept"}


def test_who_is_past_the_gate_goes_on_while_the_round_is_suspended() -> None:
    world = again(granted())
    number, release = released(world)
    world.do("south", events.Suspended(ROUND))
    world.do("south/desk-bridge", receives(number), release)
    assert audit(world).ok


# --- draw and plan --------------------------------------------------------------------------------------------------


def test_a_freeze_with_other_chances_than_the_lists_give(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fold does not compute chances; every member does before it commits, and so does the audit."""
    world = World()
    story = Round(world).opening().consulting().listing()
    proper = World.attach

    def bent(self: World, data: bytes) -> Sha256:
        if b'"kind":"freeze"' in data:
            freeze = read(Freeze, data)
            (holder, stratum, places, people), *rest = freeze.table
            data = write(replace(freeze, table=((holder, stratum, f"{int(places) + 1}", people), *rest)))
        return proper(self, data)

    monkeypatch.setattr(World, "attach", bent)
    story.drawing()
    assert codes(audit(world)) == {"audit.draw.chances"}


def test_a_nonce_that_nobody_committed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "check_reveal", lambda *_: True)
    world = World()
    story = Round(world).opening().consulting().listing()
    proper = World.do

    def bent(self: World, author: str, event: Any, *refs: str, **more: Any) -> str:
        if isinstance(event, events.LotteryRevealed) and event.member == "south":
            event = replace(event, parts=(events.NoncePart(1, Sha256("9" * 64)), *event.parts[1:]))
        return proper(self, author, event, *refs, **more)

    monkeypatch.setattr(World, "do", bent)
    story.drawing()
    assert codes(audit(world)) == {"audit.draw.nonce"}


def test_nonces_before_every_commitment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_drawing", lambda *_: ())
    world = World()
    Round(world).opening().consulting().listing()
    whole = again(planned())
    freeze = whole.state.draw.freeze if whole.state.draw else ""
    world.attach(whole.attachments[freeze])
    committed = tuple(map(Sha256, commitments("north", freeze, nonce("north"))))
    world.do("north", events.LotteryCommitted(ROUND, Sha256(freeze), committed), signatories=())
    event = events.LotteryRevealed(ROUND, Sha256(freeze), Slug("north"), parts_of("north"))
    world.do("north", event, signatories=())
    assert codes(audit(world)) == {"audit.draw.early"}


def test_nonces_before_every_one_of_them_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "not_held", lambda *_: {})
    world = World()
    story = Round(world).opening().consulting().listing()
    proper = World.do

    def bent(self: World, author: str, event: Any, *refs: str, **more: Any) -> str:
        silent = author == "cross" and isinstance(event, events.LotteryHeld)
        return "" if silent else proper(self, author, event, *refs, **more)

    monkeypatch.setattr(World, "do", bent)
    story.drawing()
    assert codes(audit(world)) == {"audit.draw.unheld"}


def test_a_draw_in_the_place_of_another_that_it_does_not_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "last_draw", lambda *_: None)
    world = World()
    Round(world).opening().consulting().listing().drawing()
    assert world.state.draw is not None
    freeze = read(Freeze, world.attachments[world.state.draw.freeze])
    name = world.attach(write(replace(freeze, register=Sha256("9" * 64))))
    for member in (*PARTIES, "gulf", "ankara"):
        bound = tuple(map(Sha256, commitments(member, name, nonce(member))))
        world.do(member, events.LotteryCommitted(ROUND, name, bound), signatories=())
    # the register is none of anybody's either, which is all that lets the second freeze differ from the first
    assert codes(audit(world)) == {"audit.draw.replaces", "audit.draw.chances"}


def test_a_plan_that_two_tickets_were_swapped_in() -> None:
    """The fold checks structure only: both parties and a mediator signed it, and it is still not fair."""
    world = World()
    story = Round(world).opening().consulting().listing().drawing()
    fair = again(planned())
    plan = read(Plan, fair.attachments[fair.state.plan or ""])
    kinds = {p.number: (p.holder, p.class_id) for p in fair.state.persons.values()}
    first_stage, last_stage = plan.stages[0].places[0], plan.stages[-1].places[0]
    one, two = next(
        (a, b) for a, _ in first_stage.sequence for b, _ in last_stage.sequence if kinds[a] == kinds[b]
    )
    swapped = {one: two, two: one}
    stages = tuple(
        replace(
            stage,
            places=tuple(
                replace(p, sequence=tuple((Opaque(swapped.get(n, n)), h) for n, h in p.sequence)) for p in stage.places
            ),
        )
        for stage in plan.stages
    )
    name = world.attach(write(replace(plan, stages=stages)))
    world.do("ankara", events.PlanProposed(ROUND, name))
    world.all((*PARTIES, "ankara"), events.PlanSigned(ROUND, name))
    assert story.world is world
    assert codes(audit(world)) == {"audit.plan.fair"}


# --- figures --------------------------------------------------------------------------------------------------------


def test_a_reconciliation_that_everybody_signed_and_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def bent(state: State, stage: str, place: str) -> Any:
        return tuple(replace(tally, received=tally.received + 1) for tally in counting.tallies(state, stage, place))

    monkeypatch.setattr(handing, "tallies", bent)
    monkeypatch.setattr("tests.audit.world.tallies", bent)
    world = again(planned())
    Round(world).stage("s1")
    found = audit(world)
    assert codes(found) == {"audit.figures.tally"}
    assert found.problems[0].what == "says 5 received of north; the entries give 4"


def test_a_closing_that_leaves_people_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def bent(state: State) -> Any:
        return tuple(account for account in counting.accounts(state) if account.state != "listed")

    monkeypatch.setattr(closing, "accounts", bent)
    monkeypatch.setattr("tests.audit.world.accounts", bent)
    world = again(planned())
    for stage in ("s1", "s2"):
        Round(world).stage(stage)
    Round(world).closing()
    assert codes(audit(world)) == {"audit.figures.accounts", "audit.conservation.accounts"}


# --- never a traceback ----------------------------------------------------------------------------------------------


def test_a_fold_that_raises_ends_in_a_problem_and_not_in_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def reducer(state: State, fact: Fact, attachments: Attachments) -> None:
        raise ZeroDivisionError

    world = eventful().world
    monkeypatch.setitem(rules.V1, "DisputeRaised", reducer)
    found = audit(world)
    stopped = Problem("audit.entries.stopped", "entry 63", "checking stopped here (ZeroDivisionError)", "")
    assert [replace(problem, do="") for problem in found.problems if problem.code == stopped.code] == [stopped]
    assert not found.ok
    assert [check.name for check in found.checks if check.ok] == ["bytes"]


def test_a_log_that_is_signed_and_empty_is_no_exchange() -> None:
    assert codes(audit(World())) >= {"audit.entries.none"}
