"""Who can bind a member changes slowly and openly; what a bad key signed goes where nobody relied on it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.deal.terms import encode_terms
from repatria.exchange.codec import decode_body
from repatria.exchange.events import (
    Author,
    Cleared,
    Day,
    KeyCompromised,
    KeyObjected,
    KeyRevoked,
    PersonAbsent,
    PlanSigned,
    ReleaseConfirmed,
    Resumed,
    RightGranted,
    RoundActivated,
    Sha256,
    Slug,
    Suspended,
    TermsSigned,
    Transcribed,
)
from repatria.exchange.state import dump_state, load_state
from repatria.ledger.entry import decode_entry
from tests.exchange.world import (
    COOLING_HOURS,
    CROSS,
    GULF,
    MEDIATORS,
    NORTH,
    ROUND,
    SOUTH,
    STRAITS,
    World,
    appointment,
    hours_pass,
    public,
    rotation,
    sha,
    succession,
    terms_of,
    world_at,
)

S1, BRIDGE, CAMP = Slug("s1"), Slug("bridge"), Slug("camp")
SIG1, SIG2, SIG3, SIG4 = (f"north/sig-{i}" for i in (1, 2, 3, 4))
DESK, OTHER_DESK, VISITOR, GATE = "north/desk-bridge", "south/desk-bridge", "cross/visitor", "cross/gate-bridge"


def revokes(world: World, delegate: str) -> None:
    key = world.keys.get(delegate, delegate)
    world.must(delegate.partition("/")[0], KeyRevoked(Author(delegate), public(key)))


def objection(delegate: str, key: str | None = None) -> KeyObjected:
    return KeyObjected(Author(delegate), public(key or delegate))


def compromise(author: str, since: int, key: str | None = None) -> KeyCompromised:
    return KeyCompromised(Author(author), public(key or author), since)


def signs_terms(world: World, *signatories: str) -> str | None:
    """The rule that refuses north's signature on the terms with these signatories; None if it takes effect."""
    world = world.copy()
    terms = world.attach(encode_terms(terms_of(world.scenario)))
    return world.say(NORTH, TermsSigned(ROUND, terms), signers=[NORTH, *signatories]).rule


# --- cooling-off (THREATS 18) ----------------------------------------------------------------------------------------


def test_a_new_signatory_does_not_stand_before_the_cooling_off_has_passed() -> None:
    world = world_at("clauses")
    world.must(NORTH, appointment(SIG4, "signatory"))
    assert signs_terms(world, SIG1, SIG4) == "signature.unknown"
    hours_pass(world, COOLING_HOURS - 1)
    assert signs_terms(world, SIG1, SIG4) == "signature.unknown"
    hours_pass(world, 1)
    assert signs_terms(world, SIG1, SIG4) is None


def test_one_mediators_clock_does_not_shorten_the_wait() -> None:
    world = world_at("clauses")
    world.must(NORTH, appointment(SIG4, "signatory"))
    world.say(STRAITS, Suspended(ROUND), at="2035-01-01T00:00:00Z")  # void, and its time counts all the same
    assert signs_terms(world, SIG1, SIG4) == "signature.unknown"


def test_a_clock_at_the_end_of_time_neither_breaks_the_fold_nor_shortens_a_wait_that_has_begun() -> None:
    world = world_at("clauses")
    for mediator in MEDIATORS:
        world.say(mediator, Suspended(ROUND), at="9999-12-31T23:00:00Z")
    assert world.say(NORTH, appointment(SIG4, "signatory")).applied
    assert signs_terms(world, SIG1, SIG4) == "signature.unknown"


def test_before_the_first_round_appointments_stand_at_once() -> None:
    world = world_at("opened")
    world.must(NORTH, appointment(SIG4, "signatory"))
    assert world.say(NORTH, RoundActivated(ROUND, Day("2025-12-31")), signers=[NORTH, SIG1, SIG4]).applied


def test_an_objection_within_the_cooling_off_makes_an_appointment_void() -> None:
    world = world_at("clauses")
    world.must(NORTH, appointment(SIG4, "signatory"))
    world.must(SIG3, objection(SIG4))
    hours_pass(world, COOLING_HOURS)
    assert signs_terms(world, SIG1, SIG4) == "signature.unknown"
    assert world.say(SIG3, objection(SIG4)).rule == "objection.late"


def test_a_supervisor_who_has_not_cooled_off_settles_nothing() -> None:
    world = world_at("released")
    number = world.manifest(NORTH)[0]
    revokes(world, "north/supervisor")
    revokes(world, DESK)
    world.must(NORTH, appointment("north/supervisor-2", "supervisor"))
    event = ReleaseConfirmed(S1, BRIDGE, number, 1, Slug("received"))
    assert world.say("north/supervisor-2", event).rule == "authority.key"
    hours_pass(world, COOLING_HOURS)
    assert world.say("north/supervisor-2", event).rule == "confirm.state"  # in its own right; nothing is unconfirmed


def test_a_revocation_stops_the_key_at_once_and_another_signatory_can_bring_it_back() -> None:
    world = world_at("clauses")
    revokes(world, SIG1)
    assert signs_terms(world, SIG1, SIG2) == "signature.unknown"
    world.must(SIG2, objection(SIG1))
    assert signs_terms(world, SIG1, SIG2) is None


def test_signatories_who_were_all_revoked_by_a_stolen_key_bring_each_other_back() -> None:
    world = world_at("clauses")
    for sig in (SIG1, SIG2, SIG3):
        revokes(world, sig)
    assert world.say(NORTH, appointment("north/thief", "signatory"), 0).rule == "authority.quorum"
    world.must(SIG1, objection(SIG2))
    world.must(SIG2, objection(SIG1))
    assert signs_terms(world, SIG1, SIG2) is None


def test_after_the_cooling_off_a_revocation_is_final() -> None:
    world = world_at("clauses")
    revokes(world, SIG1)
    hours_pass(world, COOLING_HOURS)
    assert world.say(SIG2, objection(SIG1)).rule == "objection.late"
    revokes(world, SIG2)
    hours_pass(world, COOLING_HOURS)
    assert world.say(SIG1, objection(SIG2)).rule == "authority.key"


def test_a_name_whose_revocation_can_be_lifted_is_not_given_away() -> None:
    world = world_at("clauses")
    revokes(world, SIG1)
    assert world.say(NORTH, appointment(SIG1, "signatory", key="sig-1#2")).rule == "signature.unknown"
    assert world.say(NORTH, appointment(SIG1, "signatory", key="sig-1#2"), signers=[NORTH, SIG2, SIG3]).rule == (
        "delegate.standing"
    )


# --- rotation --------------------------------------------------------------------------------------------------------


def test_a_members_old_key_signs_nothing_after_it_is_replaced_whatever_the_event_claims() -> None:
    world = world_at("round")
    back_dated = world.entry(NORTH, Suspended(ROUND), at="2025-11-30T08:00:00Z")
    world.must(NORTH, rotation(NORTH, "north#2"))
    assert world.take(back_dated).rule in ("chain.forked", "signature.unknown")
    assert world.say(NORTH, Suspended(ROUND)).rule == "signature.unknown"
    world.keys[NORTH] = "north#2"
    assert world.say(NORTH, Suspended(ROUND)).applied


def test_signatories_replace_a_lost_member_key_and_none_of_them_can_alone() -> None:
    world = world_at("round")
    event = rotation(NORTH, "north#2")
    assert world.say(SIG1, event, signers=[SIG1]).rule == "authority.quorum"
    assert world.say(SIG1, event, signers=[SIG1, SIG2]).applied
    world.keys[NORTH] = "north#2"
    assert world.say(NORTH, Suspended(ROUND)).applied


def test_a_stolen_member_key_cannot_replace_itself() -> None:
    world = world_at("round")
    assert world.say(NORTH, rotation(NORTH, "thief"), 0).rule == "authority.quorum"
    assert world.say(NORTH, rotation(NORTH, "thief"), 1).rule == "authority.quorum"


def test_a_signatorys_two_keys_never_stand_together() -> None:
    world = world_at("clauses")
    world.must(SIG1, rotation(SIG1, "sig-1#2"))
    world.keys["new"] = "sig-1#2"
    assert signs_terms(world, SIG1, SIG2) is None
    assert signs_terms(world, "new", SIG2) == "signature.unknown"
    hours_pass(world, COOLING_HOURS)
    assert signs_terms(world, SIG1, SIG2) == "signature.unknown"
    assert signs_terms(world, "new", SIG2) is None
    assert signs_terms(world, SIG1, "new") == "signature.unknown"


def test_an_objection_to_a_rotation_leaves_the_old_key() -> None:
    world = world_at("clauses")
    world.must(SIG1, rotation(SIG1, "sig-1#2"))
    world.must(SIG2, objection(SIG1, "sig-1#2"))
    hours_pass(world, COOLING_HOURS)
    assert signs_terms(world, SIG1, SIG2) is None


def test_revoking_a_delegate_ends_the_key_that_it_was_about_to_have_too() -> None:
    world = world_at("clauses")
    world.must(SIG1, rotation(SIG1, "sig-1#2"))
    revokes(world, SIG1)
    world.keys["new"] = "sig-1#2"
    hours_pass(world, COOLING_HOURS)
    for name in (SIG1, "new"):
        assert signs_terms(world, name, SIG2) == "signature.unknown"


# --- compromise (rule 6) ----------------------------------------------------------------------------------------------


def released_by_a_bad_key() -> tuple[World, str, int]:
    world = world_at("presented")
    since = world.state.size
    number = world.manifest(NORTH)[0]
    world.release(number)
    return world, number, since


def test_a_release_by_a_bad_key_is_unconfirmed_until_the_other_side_receipts_it() -> None:
    world, number, since = released_by_a_bad_key()
    assert world.state_of(number) == "released"
    world.must(NORTH, compromise(DESK, since))
    assert world.state_of(number) == "unconfirmed"
    world.receive(world.manifest(NORTH)[0])
    assert world.state_of(number) == "received"


def test_what_both_sides_signed_stands_and_so_does_what_came_before() -> None:
    world = world_at("released")
    first, second = world.manifest(NORTH)
    held = world.receive(world.manifest(SOUTH)[0], by=DESK)
    world.receive(first)
    since = world.state.size
    world.release(second, held)
    world.must(NORTH, compromise(DESK, since))
    assert (world.state_of(first), world.state_of(second)) == ("received", "unconfirmed")


def test_a_receipt_by_a_bad_key_settles_nothing_by_itself() -> None:
    world = world_at("released")
    number = world.manifest(NORTH)[0]
    since = world.state.size
    world.receive(number)
    world.must(SOUTH, compromise(OTHER_DESK, since))
    assert world.state_of(number) == "unconfirmed"
    event = ReleaseConfirmed(S1, BRIDGE, number, 1, Slug("received"))
    world.all_must(("north/supervisor", "south/supervisor"), event)
    assert world.state_of(number) == "received"


def test_what_a_bad_key_says_did_not_happen_is_unconfirmed() -> None:
    world = world_at("presented")
    number, since = world.manifest(NORTH)[0], world.state.size
    world.must(DESK, PersonAbsent(S1, BRIDGE, number, 1))
    assert world.state_of(number) == "absent"
    world.must(NORTH, compromise(DESK, since))
    assert world.state_of(number) == "unconfirmed"


def test_what_both_sides_and_the_neutral_counted_stands() -> None:
    world = world_at("reconciled")
    before = world.states()
    world.must(NORTH, compromise(DESK, 0))
    world.must(SOUTH, compromise(OTHER_DESK, 0))
    assert world.states() == before


def test_a_release_signed_before_its_desk_could_know_stands_as_after_a_revocation_whenever_it_comes() -> None:
    world = world_at("presented")
    number = world.manifest(NORTH)[0]
    since, device = world.state.size, world.apart()
    device.release(number)
    world.must(NORTH, compromise(DESK, since))
    assert world.hear(device.entries)[0].applied
    assert world.state_of(number) == "unconfirmed"
    assert world.say(DESK, world.release_event(world.manifest(NORTH)[1])).rule == "authority.key"


def test_leave_given_by_a_bad_interviewer_is_nobodys_leave_and_a_refusal_stands() -> None:
    world = world_at("listed")
    since = world.state.size
    going, staying = world.manifest(NORTH) if world.state.stages else sorted(world.state.persons)[:2]
    world.must(VISITOR, Cleared(CAMP, Day("2025-12-08"), tuple(sorted((going, staying)))))
    world.must(CROSS, compromise(VISITOR, since))
    person = world.state.persons[going]
    assert person.word is None
    assert load_state(dump_state(world.state)) == world.state


def test_a_gate_that_could_not_know_lets_through_whom_a_bad_interviewer_cleared_and_one_that_knew_does_not() -> None:
    world = world_at("granted")
    numbers = world.manifest()
    cleared = next(word for word in world.state.persons[numbers[0]].words)
    since = world.state.events[cleared.event]
    device = world.apart()
    device.present(numbers)
    world.must(CROSS, compromise(VISITOR, since))
    knowing = world.copy()
    presented = decode_body(decode_entry(device.entries[0]).body).data
    assert knowing.say(GATE, presented).rule == "gate.chance"
    assert world.hear(device.entries)[0].applied


def test_assents_of_a_bad_key_are_taken_back_before_they_are_in_force_and_not_after() -> None:
    world = world_at("clauses")
    since = world.state.size
    terms = TermsSigned(ROUND, world.attach(encode_terms(terms_of(world.scenario))))
    world.must(NORTH, terms)
    pending = world.copy()
    pending.must(NORTH, compromise(SIG1, since), signers=[NORTH, SIG2, SIG3])
    pending.must(SOUTH, terms)
    assert pending.state.terms is None
    pending.must(NORTH, terms, signers=[NORTH, SIG2, SIG3])
    assert pending.state.terms == terms.terms
    world.must(SOUTH, terms)
    world.must(NORTH, compromise(SIG1, since), signers=[NORTH, SIG2, SIG3])
    assert world.state.terms == terms.terms


def test_an_agreement_to_resume_by_a_bad_key_is_said_again() -> None:
    world = world_at("round")
    world.must(SOUTH, Suspended(ROUND))
    since = world.state.size
    world.must(NORTH, Resumed(ROUND))
    world.must(NORTH, compromise(SIG1, since), signers=[NORTH, SIG2, SIG3])
    world.must(SOUTH, Resumed(ROUND))
    assert world.state.suspensions[0].until is None
    world.must(NORTH, Resumed(ROUND), signers=[NORTH, SIG2, SIG3])
    assert world.state.suspensions[0].until is not None


def test_what_a_members_bad_key_appointed_goes_with_it() -> None:
    world = world_at("stage-open")
    since = world.state.size
    world.must(NORTH, appointment("north/desk-thief", "desk", "bridge"))
    number = world.manifest(NORTH)[0]
    world.must(NORTH, RightGranted(S1, BRIDGE, Author("north/desk-thief"), 1, (number,)))
    world.present([number])
    world.release(number)
    world.must(SIG1, rotation(NORTH, "north#2"), signers=[SIG1, SIG2])
    world.keys[NORTH] = "north#2"
    world.must(NORTH, appointment("north/desk-new", "desk", "bridge"))
    world.must(NORTH, compromise(NORTH, since), 2)
    assert world.state.keys["north/desk-thief"][-1].compromised is not None
    assert world.state.keys["north/desk-new"][-1].until is None
    assert world.state.keys[DESK][-1].until is None
    assert world.state_of(number) == "unconfirmed"
    assert world.say("north/desk-thief", PersonAbsent(S1, BRIDGE, number, 1)).rule == "authority.key"


def test_a_bad_signatory_takes_no_part_in_saying_so_and_cannot_be_brought_back() -> None:
    world = world_at("clauses")
    event = compromise(SIG1, world.state.size)
    assert world.say(NORTH, event, signers=[NORTH, SIG1, SIG2]).rule == "signature.unknown"
    assert world.say(NORTH, event, signers=[NORTH, SIG2]).rule == "authority.quorum"
    assert world.say(NORTH, event, signers=[NORTH, SIG2, SIG3]).applied
    assert world.say(SIG2, objection(SIG1)).rule == "objection.late"


def test_a_thief_who_rotated_a_stolen_signatory_key_loses_both() -> None:
    world = world_at("clauses")
    since = world.state.size
    world.must(SIG1, rotation(SIG1, "thief"))
    hours_pass(world, COOLING_HOURS)
    world.keys["thief"] = "thief"
    assert signs_terms(world, "thief", SIG2) is None  # one of two, as the stolen key was
    world.must(NORTH, compromise(SIG1, since), signers=[NORTH, SIG2, SIG3])
    assert signs_terms(world, "thief", SIG2) == "signature.unknown"


def test_a_paper_entered_by_a_bad_key_alone_is_entered_again() -> None:
    world = world_at("proposed")
    (plan,) = world.state.proposed
    said = world.attach(b'{"plan":"%b","round":"2025-1"}' % plan.encode())
    paper = Transcribed(SOUTH, sha("scan"), PlanSigned.__name__, Sha256(said))
    since = world.state.size
    world.must(NORTH, paper)
    world.must(SIG1, rotation(NORTH, "north#2"), signers=[SIG1, SIG2])
    world.keys[NORTH] = "north#2"
    world.must(NORTH, compromise(NORTH, since), 2)
    world.must(GULF, paper)
    assert not any(a.paper for assents in world.state.assents.values() for a in assents)
    world.must(NORTH, paper)
    assert any(a.paper for assents in world.state.assents.values() for a in assents)


# --- the secretariat --------------------------------------------------------------------------------------------------


def test_the_log_goes_on_when_every_party_the_successor_and_most_members_have_agreed() -> None:
    world = world_at("round")
    event = succession(world)
    for member in (GULF, NORTH):
        world.must(member, event)
        assert world.state.secretariat == STRAITS
    world.must(SOUTH, event)
    assert (world.state.secretariat, world.state.log) == (GULF, event.log)
    assert [log.since for log in world.state.logs] == [0, world.state.size - 1]


def test_without_one_of_the_parties_the_log_stays_where_it_is() -> None:
    world = world_at("round")
    world.all_must((GULF, NORTH, STRAITS, CROSS), succession(world))
    assert world.state.secretariat == STRAITS


def test_a_successor_behind_what_a_member_has_seen_cannot_complete_the_succession() -> None:
    """North has seen one entry more than gulf's copy has; in gulf's tree its agreement has no place."""
    whole, behind = world_at("round"), world_at("round")
    event = succession(behind)
    whole.must(NORTH, Suspended(ROUND))
    agreed = whole.entry(NORTH, event)
    behind.must(GULF, event)
    assert behind.take(agreed).rule in ("chain.place", "seen.unknown")
    assert behind.state.secretariat == STRAITS


def test_who_has_seen_another_tree_than_the_successors_cannot_complete_the_succession() -> None:
    whole, other = world_at("round"), world_at("round")
    event = succession(other)
    whole.must(STRAITS, appointment("straits/sig-1", "signatory"))
    other.must(GULF, event)
    other.must(CROSS, event)
    assert other.take(whole.entry(NORTH, event)).rule == "seen.fork"




# --- apart, meanwhile -------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from((DESK, OTHER_DESK, VISITOR, GATE)), st.floats(0, 1)), max_size=4))
def test_whatever_took_effect_on_devices_apart_does_in_the_ledger_whichever_keys_are_said_to_be_bad(
    said: list[tuple[str, float]],
) -> None:
    world = world_at("granted", people=(3, 3))
    devices = world.apart()
    devices.present(devices.manifest())
    devices.hand_over()
    for author, part in said:
        since = int(part * world.state.size)
        world.say(author.partition("/")[0], compromise(author, since))
    assert all(verdict.applied for verdict in world.hear(devices.entries))
    assert set(world.states().values()) <= {"received", "unconfirmed"}
    for number, state in world.states().items():  # one side's good key is enough, and no side's is not
        bad = {author for author, _ in said}
        assert state == ("received" if other_desk(world, number) not in bad else "unconfirmed"), number


def other_desk(world: World, number: str) -> str:
    """The desk that received this person."""
    return OTHER_DESK if world.state.persons[number].holder == NORTH else DESK
