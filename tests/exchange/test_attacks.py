"""What one hostile member can try, and what comes of it: nobody's chain is stopped, nobody is lost, nothing is bound.

A test is named after its attack. Where the attack is a repaired input away from a right one, that stands beside it.
"""

from __future__ import annotations

from dataclasses import replace

from repatria.deal.terms import encode_terms
from repatria.exchange.codec import decode_body
from repatria.exchange.events import (
    Author,
    DelegateAppointed,
    ExchangeOpened,
    KeyRevoked,
    MemberAdmitted,
    Opaque,
    PersonReleased,
    RightReturned,
    Signature,
    Slug,
    Suspended,
    TermsSigned,
    Vkey,
    admission_text,
)
from repatria.ledger.entry import decode_entry
from repatria.ledger.note import COSIGNATURE, VerifierKey, ed25519_sign, format_vkey, public_key
from tests.exchange.world import (
    COOLING_HOURS,
    CROSS,
    EXCHANGE,
    NORTH,
    ROUND,
    SOUTH,
    STRAITS,
    Scenario,
    World,
    admission,
    appointment,
    hours_pass,
    public,
    seed,
    sha,
    terms_of,
    world_at,
)


def revoked(delegate: str) -> KeyRevoked:
    return KeyRevoked(Author(delegate), public(delegate))


# --- the secretariat orders, carries and strips as it likes ----------------------------------------------------------


def test_stripped_of_a_signature_an_event_is_delayed_and_takes_effect_when_the_whole_one_comes() -> None:
    world = world_at("clauses")
    event = TermsSigned(ROUND, world.attach(encode_terms(terms_of(world.scenario))))
    stripped, whole = world.entry(NORTH, event, 1), world.entry(NORTH, event, 2)
    before = world.state.chains[NORTH]
    assert world.take(stripped).rule == "authority.quorum"
    assert world.state.chains[NORTH] == before
    assert world.take(whole).applied
    assert world.take(whole).rule == "chain.replayed"


def test_ordered_before_what_it_refers_to_an_event_is_delayed_and_takes_effect_afterwards() -> None:
    world = world_at("presented")
    number = world.manifest(NORTH)[0]
    gate, desk = world.copy(), world.copy()
    release = desk.entry("north/desk-bridge", desk.release_event(number), refs=(sha("not here yet"),))
    assert world.take(release).rule == "refs.missing"
    assert gate.state.chains.get("north/desk-bridge") == world.state.chains.get("north/desk-bridge")
    world.release(number)


def test_an_opening_that_fails_leaves_no_chain_behind_and_the_right_one_still_opens() -> None:
    (opening,) = world_at("founded").entries
    event = decode_body(decode_entry(opening).body).data
    assert isinstance(event, ExchangeOpened)
    world = World(Scenario())
    assert world.say(STRAITS, replace(event, rules=99)).rule == "exchange.rules"
    assert (world.state.chains, world.state.events) == ({}, {})
    assert world.take(opening).applied


# --- one stolen key ---------------------------------------------------------------------------------------------------


def test_a_stolen_member_key_cannot_replace_the_signatories_with_its_own() -> None:
    world = world_at("planned")
    for i in (1, 2, 3):
        world.must(NORTH, revoked(f"north/sig-{i}"))
    for role in ("signatory", "supervisor"):
        verdict = world.say(NORTH, appointment(f"north/thief-{role}", role), 0)
        assert verdict.rule == "authority.quorum"


def test_with_one_signatory_left_the_member_and_that_one_appoint_the_next() -> None:
    world = world_at("planned")
    for i in (2, 3):
        world.must(NORTH, revoked(f"north/sig-{i}"))
    assert world.say(NORTH, appointment("north/sig-4", "signatory"), 1).rule == "authority.quorum"
    hours_pass(world, COOLING_HOURS)  # nobody has objected
    assert world.say(NORTH, appointment("north/sig-4", "signatory"), 0).rule == "authority.quorum"
    assert world.say(NORTH, appointment("north/sig-4", "signatory"), 1).applied
    assert world.say(NORTH, appointment("north/sig-5", "signatory"), 1).applied  # sig-4 does not count yet
    hours_pass(world, COOLING_HOURS)
    assert world.say(NORTH, appointment("north/sig-6", "signatory"), 1).rule == "authority.quorum"


def test_a_revoked_signatory_counts_no_longer_whatever_the_event_says_of_its_time_and_of_what_was_seen() -> None:
    world = world_at("clauses")
    event = TermsSigned(ROUND, world.attach(encode_terms(terms_of(world.scenario))))
    seen = world.state.seen
    world.must(NORTH, revoked("north/sig-1"))
    back_dated = world.entry(NORTH, event, seen=seen, at="2025-11-30T08:00:00Z")
    assert world.take(back_dated).rule == "signature.unknown"
    assert world.say(NORTH, event, signers=["north", "north/sig-2", "north/sig-3"]).applied


def test_a_key_serves_one_purpose_in_an_exchange() -> None:
    world = world_at("opened")
    for key in ("north", "south", "south!", "log", "cross/visitor", "north/sig-1"):
        verdict = world.say(NORTH, appointment("north/desk-ford", "desk", "ford", key=key))
        assert verdict.rule == "delegate.key", key
    assert world.say(NORTH, appointment("north/desk-ford", "desk", "ford")).applied


def test_a_witness_key_is_not_another_members_nor_a_signing_key() -> None:
    world = world_at("founded")
    world.must(NORTH, admission(NORTH))
    mine, theirs = admission(SOUTH), admission(NORTH)
    borrowed = MemberAdmitted(SOUTH, theirs.witness, mine.recipient, mine.witness_signature)
    assert world.say(SOUTH, borrowed).rule == "member.witness"
    renamed = Vkey(format_vkey(VerifierKey("south-witness", COSIGNATURE, public_key(seed("north!")))))
    text = admission_text(EXCHANGE, SOUTH, public(SOUTH), mine.recipient)
    signature = Signature(ed25519_sign(seed("north!"), text).hex())
    assert world.say(SOUTH, MemberAdmitted(SOUTH, renamed, mine.recipient, signature)).rule == "member.witness"
    assert world.say(SOUTH, mine).applied


# --- a hostile desk ---------------------------------------------------------------------------------------------------


def test_a_desk_cannot_use_another_desks_right_by_calling_it_a_sheet() -> None:
    world = world_at("presented", desks=2)
    number = world.manifest(NORTH)[0]
    refs = (world.state.persons[number].right.presented,)  # type: ignore[union-attr]
    event = world.release_event(number, sheet="north/desk-bridge")
    assert world.say("north/desk-bridge-2", event, refs=refs).rule == "right.sheet"
    assert world.say("north/desk-bridge", world.release_event(number), refs=refs).applied


def test_a_paper_sheets_right_is_used_by_a_desk_of_its_place_and_no_delegate_is_called_like_a_sheet() -> None:
    world = world_at("stage-open")
    assert world.say(NORTH, appointment("north/sheet-0007", "desk", "bridge")).rule == "delegate.name"
    world.grant(world.manifest(NORTH), holder="north/sheet-0007")
    number = world.manifest(NORTH)[0]
    world.present([number])
    refs = (world.state.persons[number].right.presented,)  # type: ignore[union-attr]
    assert world.say("north/desk-bridge", world.release_event(number), refs=refs).rule == "right.other"
    event = world.release_event(number, sheet="north/sheet-0007")
    assert world.say("north/desk-bridge", event, refs=refs).applied


def test_a_lost_desks_name_is_not_given_to_another_device() -> None:
    world = world_at("granted")
    world.must(NORTH, revoked("north/desk-bridge"))
    again = DelegateAppointed(Author("north/desk-bridge"), Slug("desk"), public("north/desk-bridge#2"), Slug("bridge"))
    assert world.say(NORTH, again).rule == "delegate.name"
    assert world.say(NORTH, appointment("north/desk-bridge-2", "desk", "bridge")).applied
    world.must(CROSS, revoked("cross/visitor"))
    assert world.say(CROSS, appointment("cross/visitor", "interviewer", key="cross/visitor#2")).applied


def returned(world: World, *numbers: Opaque) -> RightReturned:
    right = world.state.persons[numbers[0]].right
    assert right is not None
    return RightReturned(right.stage, right.place, right.epoch, numbers)


def test_a_desk_that_signs_two_events_for_one_place_of_its_chain_does_not_stop_the_desk_that_believed_it() -> None:
    world = world_at("presented")
    number, bridge = world.manifest(NORTH)[0], world.apart()
    bridge.release(number)
    bridge.receive(number)
    bridge.release(bridge.manifest(SOUTH)[0])
    release, receipt, souths_release = bridge.entries
    world.must("north/desk-bridge", returned(world, number))
    assert world.take(receipt).rule == "refs.missing"
    assert world.take(release).rule == "chain.forked"
    assert world.take(receipt).rule == "refs.refused"
    assert world.take(souths_release).applied
    assert world.state_of(number) == "withheld"


def test_everything_behind_a_fork_is_void_however_far_behind() -> None:
    world = world_at("presented")
    first, second = world.manifest(NORTH)
    bridge = world.apart()
    bridge.release(first)
    bridge.receive(first)
    bridge.must("north/desk-bridge", returned(bridge, second))
    world.must("north/desk-bridge", returned(world, first, second))
    rules = [verdict.rule for verdict in world.hear(bridge.entries)]
    assert rules == ["chain.forked", "refs.refused", "chain.forked"]


def test_a_desk_that_names_a_ledger_that_never_was_is_void_and_stops_nobody() -> None:
    world = world_at("presented")
    number = world.manifest(NORTH)[0]
    right = world.state.persons[number].right
    assert right is not None
    assert right.presented is not None
    event = PersonReleased(right.stage, right.place, number, right.epoch, None)
    lie = world.say("north/desk-bridge", event, refs=(right.presented,), seen=(world.state.size, sha("another ledger")))
    assert lie.rule == "seen.fork"
    assert lie.event is not None
    assert world.say("south/desk-bridge", world.receive_event(number), refs=(lie.event,)).rule == "refs.refused"
    assert world.say("south/desk-bridge", Suspended(ROUND)).rule == "authority.delegate"
    world.release(number)
    world.receive(number)


def test_a_device_that_was_never_shown_an_appointment_cannot_have_acted_under_it() -> None:
    world = world_at("presented")
    number = world.manifest(NORTH)[0]
    before = world.state.size
    world.must(NORTH, appointment("north/desk-bridge-2", "desk", "bridge"))
    verdict = world.say("north/desk-bridge-2", world.release_event(number), seen=(before, world.state.root_at(before)))
    assert verdict.rule == "authority.key"
    assert world.state.chains["north/desk-bridge-2"][0] == 0  # on record as void; its chain goes on


def test_the_secretariat_cannot_speak_for_a_party() -> None:
    world = world_at("planned")
    before = world.state.chains[SOUTH]
    assert world.take(world.entry(SOUTH, Suspended(ROUND), signers=[STRAITS])).rule == "signature.unknown"
    assert world.state.chains[SOUTH] == before
