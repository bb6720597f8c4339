"""Events that arrive late, twice, in another order, or from a key that has ended since (DESIGN sections 4.4 to 4.7)."""

from __future__ import annotations

from itertools import permutations

import pytest

from repatria.exchange.clearing import had_chance
from repatria.exchange.consulting import terms_of
from repatria.exchange.counting import balance_ahead, tallies
from repatria.exchange.events import (
    AccessRefused,
    Author,
    Cleared,
    Day,
    KeyRevoked,
    NotGoing,
    Opaque,
    PersonAbsent,
    PersonPresented,
    PersonReceived,
    ReleaseConfirmed,
    RightReturned,
    Slug,
    StageReconciled,
    SubstitutionFound,
    Suspended,
    Unconfirmed,
    WithdrawnFromList,
)
from tests.exchange.world import (
    CROSS,
    NORTH,
    PARTIES,
    ROUND,
    SOUTH,
    STRAITS,
    World,
    appointment,
    public,
    sha,
    stage_opened,
    world_at,
)

S1, BRIDGE, CAMP = Slug("s1"), Slug("bridge"), Slug("camp")


def end_key(world: World, delegate: str) -> None:
    world.must(delegate.partition("/")[0], KeyRevoked(Author(delegate), public(delegate)))


def going_dark(world: World, desk: str, by: str = STRAITS) -> None:
    world.must(by, Unconfirmed(S1, BRIDGE, Author(desk)))


def settle(world: World, number: Opaque, outcome: str) -> None:
    right = world.state.persons[number].right
    assert right is not None
    event = ReleaseConfirmed(S1, BRIDGE, number, right.epoch, Slug(outcome))
    world.all_must(("north/supervisor", "south/supervisor"), event)


def word(world: World, by: str, kind: type[Cleared | NotGoing], day: str, *numbers: Opaque, **more: object) -> str:
    place = CAMP if by == "cross/visitor" else BRIDGE
    return world.must(by, kind(place, Day(day), numbers), **more)


def view(world: World) -> object:
    """Everything that is counted, shown or acted upon."""
    state = world.state
    return world.states(), tallies(state, "s1", "bridge"), balance_ahead(state), state.books


# --- revoked keys (rule 6) --------------------------------------------------------------------------------------------


def test_a_release_by_a_key_revoked_since_is_unconfirmed_until_the_unrevoked_receipt_comes() -> None:
    world = world_at("presented")
    number, bridge = world.manifest(NORTH)[0], world.apart()
    bridge.release(number)
    bridge.receive(number)
    release, receipt = bridge.entries
    end_key(world, "north/desk-bridge")
    assert world.take(release).applied
    assert world.state_of(number) == "unconfirmed"
    assert world.take(receipt).applied
    assert world.state_of(number) == "received"


def test_with_both_keys_revoked_a_handover_stays_unconfirmed_until_both_sides_settle_it() -> None:
    world = world_at("presented")
    number, bridge = world.manifest(NORTH)[0], world.apart()
    bridge.release(number)
    bridge.receive(number)
    end_key(world, "north/desk-bridge")
    end_key(world, "south/desk-bridge")
    assert all(verdict.applied for verdict in world.hear(bridge.entries))
    assert world.state_of(number) == "unconfirmed"
    settle(world, number, "received")
    assert world.state_of(number) == "received"


@pytest.mark.parametrize("kind", [RightReturned, PersonAbsent])
def test_what_a_revoked_desk_says_it_gave_back_is_not_available_before_both_sides_settle_it(kind: type) -> None:
    world = world_at("presented")
    number, desk = world.manifest(NORTH)[0], world.apart()
    event = RightReturned(S1, BRIDGE, 1, (number,)) if kind is RightReturned else PersonAbsent(S1, BRIDGE, number, 1)
    desk.must("north/desk-bridge", event)
    end_key(world, "north/desk-bridge")
    assert world.hear(desk.entries)[0].applied
    assert world.state_of(number) == "unconfirmed"
    assert world.say(NORTH, WithdrawnFromList(number, sha("reason"))).rule == "withdraw.right_out"
    settle(world, number, "returned")
    assert world.state_of(number) == "withheld"


def test_a_finding_by_a_revoked_receiver_does_not_make_the_person_available() -> None:
    world = world_at("released")
    number, desk = world.manifest(NORTH)[0], world.apart()
    refs = (world.state.persons[number].right.released,)  # type: ignore[union-attr]
    desk.must("south/desk-bridge", SubstitutionFound(S1, BRIDGE, number, 1), refs=refs)
    end_key(world, "south/desk-bridge")
    world.hear(desk.entries)
    assert world.state_of(number) == "unconfirmed"
    assert balance_ahead(world.state)["north"] == 1


def test_a_gates_decline_counts_though_its_key_was_revoked_before_it_arrived() -> None:
    world = world_at("granted")
    decliner, other = world.manifest(SOUTH)
    first, second = world.manifest(NORTH)
    bridge = world.apart()
    no = word(bridge, "cross/gate-bridge", NotGoing, "2025-12-10", decliner)
    bridge.present([first, second, other])
    bridge.release(first)
    bridge.release(second, no)  # somebody not going counts as offered
    end_key(world, "cross/gate-bridge")
    assert [verdict.rule for verdict in world.hear(bridge.entries)] == [None] * 4
    assert world.state_of(decliner) == "not-going"
    assert world.states()[second] == "released"


def test_a_visitors_words_after_its_revocation_count_for_nothing() -> None:
    world = world_at("listed")
    away = world.copy()
    word(away, "cross/visitor", Cleared, "2025-12-08", *world.manifest(NORTH))
    end_key(world, "cross/visitor")
    assert world.take(away.entries[-1]).rule == "authority.key"
    assert all(not person.words for person in world.state.persons.values())


# --- a dark desk ------------------------------------------------------------------------------------------------------


def test_a_dark_desks_people_are_unconfirmed_and_its_late_handover_still_counts() -> None:
    for late in (True, False):
        world = world_at("presented")
        number, bridge = world.manifest(NORTH)[0], world.apart()
        bridge.release(number)
        bridge.receive(number)
        if late:
            going_dark(world, "north/desk-bridge")
            assert [world.state_of(n) for n in world.manifest(NORTH)] == ["unconfirmed"] * 2
        world.hear(bridge.entries)
        if not late:
            going_dark(world, "north/desk-bridge")
        assert [world.state_of(n) for n in world.manifest(NORTH)] == ["received", "unconfirmed"]


def test_nobody_is_available_again_by_being_unconfirmed() -> None:
    world = world_at("granted")
    going_dark(world, "north/desk-bridge", by=SOUTH)
    number = world.manifest(NORTH)[0]
    assert world.say(NORTH, WithdrawnFromList(number, sha("reason"))).rule == "withdraw.right_out"
    world.must(NORTH, appointment("north/desk-bridge-2", "desk", "bridge"))
    with pytest.raises(AssertionError, match=r"right\.single"):
        world.grant([number], holder="north/desk-bridge-2")
    settle(world, number, "returned")
    world.grant([number], holder="north/desk-bridge-2")


def test_late_events_that_bear_out_what_supervisors_settled_take_effect_and_so_does_what_relied_on_them() -> None:
    world = world_at("presented", people=(3, 3))
    mine, theirs = world.manifest(NORTH), world.manifest(SOUTH)
    bridge = world.apart()
    bridge.release(mine[0])
    receipt = bridge.receive(mine[0])
    bridge.release(theirs[0])
    bridge.release(theirs[1], receipt)
    going_dark(world, "north/desk-bridge")
    settle(world, mine[0], "received")
    assert [verdict.rule for verdict in world.hear(bridge.entries)] == [None] * 4
    assert [world.state_of(n) for n in (mine[0], *theirs[:2])] == ["received", "released", "released"]


def test_what_supervisors_settled_as_received_is_credit_as_a_receipt_would_be() -> None:
    world = world_at("presented")
    (mine, _), (first, second) = world.manifest(NORTH), world.manifest(SOUTH)
    world.release(first)
    going_dark(world, "north/desk-bridge")
    settle(world, mine, "received")
    confirmed = world.state.persons[mine].right.confirmed_by  # type: ignore[union-attr]
    assert world.say("south/desk-bridge", world.release_event(second), refs=(
        world.state.persons[second].right.presented,)).rule == "release.sequence"  # type: ignore[union-attr]
    world.release(second, str(confirmed))


def test_a_void_release_of_a_person_who_was_handed_over_is_settled_by_both_sides() -> None:
    world = world_at("presented")
    number, bridge = world.manifest(NORTH)[0], world.apart()
    bridge.release(number)
    bridge.receive(number)
    world.must("north/desk-bridge", RightReturned(S1, BRIDGE, 1, (number,)))
    world.hear(bridge.entries)
    assert world.state_of(number) == "withheld"
    half = ReleaseConfirmed(S1, BRIDGE, number, 1, Slug("received"))
    world.must("south/supervisor", half)
    assert world.state_of(number) == "withheld"
    world.must("north/supervisor", half)
    assert world.state_of(number) == "received"


# --- several desks of one side ----------------------------------------------------------------------------------------


def two_desks() -> tuple[World, list[Opaque]]:
    world = world_at("stage-open", people=(4, 4), desks=2, bound=2)
    people = world.manifest(NORTH)
    world.grant(people[:2])
    world.grant(people[2:], holder="north/desk-bridge-2")
    world.present(people)
    return world, people


def test_two_desks_of_one_side_apart_cannot_together_run_ahead_of_the_places_bound() -> None:
    world, people = two_desks()
    one, two = world.apart(), world.apart()
    for desk, (first, _) in ((one, people[:2]), (two, people[2:])):
        refs = (desk.state.persons[first].right.presented,)  # type: ignore[union-attr]
        assert desk.say(desk.state.persons[first].right.holder, desk.release_event(first), refs=refs).rule == (  # type: ignore[union-attr]
            "release.sequence"
        )
    # when one gives back what it will not use, the other goes on with what it has seen
    back = world.must("north/desk-bridge-2", RightReturned(S1, BRIDGE, 1, (people[2],)))
    two = world.apart()
    two.release(people[0])
    assert back in two.state.events


def test_what_another_desk_gave_back_out_of_contact_is_named_by_whoever_relies_on_it() -> None:
    world, people = two_desks()
    bridge = world.apart()
    back = bridge.must("north/desk-bridge-2", RightReturned(S1, BRIDGE, 1, (people[2],)))
    refs = (bridge.state.persons[people[0]].right.presented,)  # type: ignore[union-attr]
    assert bridge.say("north/desk-bridge", bridge.release_event(people[0]), refs=refs).rule == "release.sequence"
    bridge = world.apart()
    bridge.must("north/desk-bridge-2", RightReturned(S1, BRIDGE, 1, (people[2],)))
    bridge.release(people[0], back)
    late_return, late_release = bridge.entries
    assert world.take(late_release).rule == "refs.missing"
    assert [world.take(entry).rule for entry in (late_return, late_release)] == [None, None]


def test_a_right_granted_to_another_desk_meanwhile_does_not_undo_a_late_release() -> None:
    world = world_at("stage-open", people=(4, 4), desks=2, bound=2)
    people = world.manifest(NORTH)
    world.grant(people[:2])
    world.present(people[:2])
    dark = world.apart()
    dark.release(people[0])
    dark.release(people[1])
    going_dark(world, "north/desk-bridge")
    world.grant(people[2:], holder="north/desk-bridge-2")
    world.present(people[2:])
    new = world.apart()
    refs = (new.state.persons[people[2]].right.presented,)  # type: ignore[union-attr]
    assert new.say("north/desk-bridge-2", new.release_event(people[2]), refs=refs).rule == "release.sequence"
    assert [verdict.rule for verdict in world.hear(dark.entries)] == [None, None]
    assert balance_ahead(world.state)["north"] == 2


def test_receipts_of_two_receiving_desks_make_the_same_in_any_order_and_count_once() -> None:
    world = world_at("released", desks=2)
    number, second = world.manifest(NORTH)[0], world.manifest(SOUTH)[1]
    lanes = [world.apart(), world.apart()]
    lanes[0].receive(number)
    receipt = lanes[1].receive(number, by="south/desk-bridge-2")
    assert lanes[1].say("south/desk-bridge-2", lanes[1].receive_event(number), refs=(
        lanes[1].state.persons[number].right.released,)).rule == "receipt.twice"  # type: ignore[union-attr]
    lanes[0].hear([lanes[1].entries[0]])
    lanes[0].release(second, receipt)
    first, again, release = lanes[0].entries
    views = []
    for order in ((first, again, release), (again, first, release)):
        copy = world.copy()
        assert [verdict.rule for verdict in copy.hear(order)] == [None] * 3
        views.append(view(copy))
    assert views[0] == views[1]


def test_one_desk_that_identifies_and_another_that_does_not_leave_the_person_unconfirmed_in_either_order() -> None:
    world = world_at("released", desks=2)
    number = world.manifest(NORTH)[0]
    yes, no = world.apart(), world.apart()
    yes.receive(number)
    refs = (world.state.persons[number].right.released,)  # type: ignore[union-attr]
    no.must("south/desk-bridge-2", SubstitutionFound(S1, BRIDGE, number, 1), refs=refs)
    for order in permutations((*yes.entries, *no.entries)):
        copy = world.copy()
        assert [verdict.rule for verdict in copy.hear(order)] == [None, None]
        assert copy.state_of(number) == "unconfirmed"


def test_a_second_finding_about_one_release_is_no_receipt() -> None:
    world = world_at("released", desks=2)
    number, mine = world.manifest(NORTH)[0], world.manifest(SOUTH)[1]
    refs = (world.state.persons[number].right.released,)  # type: ignore[union-attr]
    for desk in ("south/desk-bridge", "south/desk-bridge-2"):
        finding = world.must(desk, SubstitutionFound(S1, BRIDGE, number, 1), refs=refs)
    gate = world.state.persons[mine].right.presented  # type: ignore[union-attr]
    assert world.say("south/desk-bridge", world.release_event(mine), refs=(gate, finding)).rule == "release.sequence"


def test_a_release_that_relied_on_a_finding_stands_though_another_lane_identified_the_person() -> None:
    world = world_at("released", desks=2)
    first, second = world.manifest(NORTH)
    one, two = world.apart(), world.apart()
    refs = (world.state.persons[first].right.released,)  # type: ignore[union-attr]
    finding = one.must("south/desk-bridge-2", SubstitutionFound(S1, BRIDGE, first, 1), refs=refs)
    one.release(second, finding)
    two.receive(first)
    for order in ((*one.entries, *two.entries), (*two.entries, *one.entries)):
        copy = world.copy()
        assert [verdict.rule for verdict in copy.hear(order)] == [None] * 3


# --- substitution -----------------------------------------------------------------------------------------------------


def test_substitutions_do_not_block_both_sides_for_ever() -> None:
    world = world_at("released")
    first, second = world.manifest(NORTH)
    refs = (world.state.persons[first].right.released,)  # type: ignore[union-attr]
    finding = world.must("south/desk-bridge", SubstitutionFound(S1, BRIDGE, first, 1), refs=refs)
    assert world.state_of(first) == "substituted"
    gate = (world.state.persons[second].right.presented,)  # type: ignore[union-attr]
    assert world.say("north/desk-bridge", world.release_event(second), refs=gate).rule == "release.sequence"
    world.release(second, finding)
    assert balance_ahead(world.state)["north"] == 1
    world.grant([first])
    world.present([first])
    world.receive(second)
    receipt = world.receive(world.manifest(SOUTH)[0])
    world.release(first, receipt)
    world.receive(first)
    assert world.state_of(first) == "received"


def found(world: World, desk: str, number: Opaque, epoch: int = 1) -> str:
    refs = (world.state.persons[number].rights[epoch - 1].released,)
    return world.must(desk, SubstitutionFound(S1, BRIDGE, number, epoch), refs=refs)


def test_a_finding_that_comes_after_both_sides_have_settled_the_release_bears_them_out() -> None:
    world = world_at("released")
    number, lane = world.manifest(NORTH)[0], world.apart()
    found(lane, "south/desk-bridge", number)
    going_dark(world, "north/desk-bridge")
    settle(world, number, "returned")
    assert world.hear(lane.entries)[0].applied
    assert world.state_of(number) == "withheld"


def test_who_is_identified_after_both_sides_settled_that_they_came_back_is_not_received_by_that() -> None:
    world = world_at("released")
    number, lane = world.manifest(NORTH)[0], world.apart()
    lane.receive(number)
    going_dark(world, "north/desk-bridge")
    settle(world, number, "returned")
    assert world.hear(lane.entries)[0].rule == "receipt.settled"
    assert world.state_of(number) == "withheld"


def test_a_second_desks_finding_that_comes_after_a_new_right_is_taken_and_so_is_what_relies_on_it() -> None:
    world = world_at("released", desks=2)
    first, second = world.manifest(NORTH)
    lane = world.apart()
    lane.release(second, found(lane, "south/desk-bridge-2", first))
    found(world, "south/desk-bridge", first)
    world.grant([first])
    assert [verdict.rule for verdict in world.hear(lane.entries)] == [None, None]
    assert (world.state_of(first), world.state_of(second)) == ("right-out", "released")


def test_whom_a_second_desk_identified_under_an_earlier_right_nobody_releases_again_before_it_is_settled() -> None:
    world = world_at("released", desks=2)
    number, lane = world.manifest(NORTH)[0], world.apart()
    lane.receive(number, by="south/desk-bridge-2")
    found(world, "south/desk-bridge", number)
    world.grant([number])
    assert world.hear(lane.entries)[0].applied
    assert world.state_of(number) == "unconfirmed"
    world.must("north/desk-bridge", RightReturned(S1, BRIDGE, 2, (number,)))
    assert world.state_of(number) == "unconfirmed"
    assert world.say(NORTH, WithdrawnFromList(number, sha("reason"))).rule == "withdraw.right_out"
    settle(world, number, "received")
    assert world.state_of(number) == "received"


def doubly_signed(world: World, *lanes: World) -> Opaque:
    """Whoever else has the key of north's desk signs for its first person what the desk itself has signed in a lane."""
    number = world.manifest(NORTH)[0]
    for lane in lanes:
        lane.release(number)
    world.at = "2025-12-10T09:00:00Z"
    world.release(number)
    return number


def test_a_release_stands_that_relies_on_a_receipt_which_falls_with_the_others_double_signing() -> None:
    world = world_at("presented", people=(2, 3))
    first, second, third = world.manifest(SOUTH)
    lane = world.apart()
    theirs = doubly_signed(world, lane)
    lane.release(first, lane.receive(theirs))
    lane.release(second)
    assert [verdict.rule for verdict in world.hear(lane.entries)] == ["chain.forked", "refs.refused", None, None]
    assert (world.state_of(first), world.state_of(second)) == ("released", "released")
    gate = world.state.persons[third].right.presented  # type: ignore[union-attr]
    assert world.say("south/desk-bridge", world.release_event(third), refs=(gate,)).rule == "release.sequence"


def test_a_receipt_that_fell_is_no_answer_for_whoever_can_know_it() -> None:
    world = world_at("presented", people=(2, 3))
    first, second, _ = world.manifest(SOUTH)
    lane = world.apart()
    theirs = doubly_signed(world, lane)
    fallen = lane.receive(theirs)
    lane.release(first, fallen)
    world.hear(lane.entries)
    gate = world.state.persons[second].right.presented  # type: ignore[union-attr]
    assert world.say("south/desk-bridge", world.release_event(second), refs=(gate, fallen)).rule == "refs.refused"
    assert world.say("south/desk-bridge", world.release_event(second), refs=(gate,)).rule == "release.sequence"
    world.release(second, world.receive(theirs))  # of the release that the ledger has


def test_a_fallen_receipt_by_another_than_a_desk_of_the_receiver_there_answers_for_nobody() -> None:
    world = world_at("presented", people=(2, 3))
    first = world.manifest(SOUTH)[0]
    gate = world.state.persons[first].right.presented  # type: ignore[union-attr]
    seen, lane = world.state.seen, world.apart()
    theirs = doubly_signed(world, lane)
    void = str(world.hear(lane.entries)[0].event)
    fallen = world.say("cross/gate-bridge", PersonReceived(S1, BRIDGE, theirs, 1), refs=(void,))
    assert fallen.rule == "refs.refused"
    release = world.release_event(first)
    refs = (gate, str(fallen.event))
    assert world.say("south/desk-bridge", release, refs=refs, seen=seen).rule == "refs.refused"
    assert world.state_of(first) == "right-out"


# --- gates and plans --------------------------------------------------------------------------------------------------


def test_a_late_batch_through_the_gate_counts_for_those_whose_right_has_ended_meanwhile_and_for_the_others() -> None:
    world = world_at("granted")
    first, second = world.manifest(NORTH)
    bridge = world.apart()
    bridge.present([first, second])
    bridge.release(second)
    going_dark(world, "north/desk-bridge")
    settle(world, first, "returned")
    world.must(NORTH, appointment("north/desk-bridge-2", "desk", "bridge"))
    world.grant([first], holder="north/desk-bridge-2")
    assert [verdict.rule for verdict in world.hear(bridge.entries)] == [None, None]
    right = world.state.persons[first].right
    assert right is not None
    assert (right.epoch, right.presented, world.state_of(first)) == (2, None, "right-out")


def test_a_word_counts_as_offered_where_the_person_was_due_and_nowhere_else() -> None:
    world = world_at("stage-open", people=(4, 4), stages=2, exposure=4)
    due_later, here = world.manifest(SOUTH, "s2")[0], world.manifest(SOUTH)[0]
    mine = world.manifest(NORTH)
    elsewhere = word(world, "cross/visitor", NotGoing, "2025-12-09", due_later)
    counts = word(world, "cross/visitor", NotGoing, "2025-12-09", here)
    world.grant(mine)
    world.present(mine)
    world.release(mine[0])
    gate = world.state.persons[mine[1]].right.presented  # type: ignore[union-attr]
    refused = world.say("north/desk-bridge", world.release_event(mine[1]), refs=(gate, elsewhere))  # type: ignore[arg-type]
    assert refused.rule == "release.sequence"
    world.release(mine[1], counts)


# --- clocks -----------------------------------------------------------------------------------------------------------


def test_a_gate_whose_clock_is_ten_years_slow_still_keeps_a_person_who_declined_there() -> None:
    world = world_at("granted")
    number = world.manifest(NORTH)[0]
    word(world, "cross/gate-bridge", NotGoing, "2015-12-10", number)
    assert world.state_of(number) == "not-going"
    assert world.say("cross/gate-bridge", PersonPresented(S1, BRIDGE, (number,))).rule == "gate.chance"
    word(world, "cross/gate-bridge", Cleared, "2035-12-10", number)
    assert world.say("cross/gate-bridge", PersonPresented(S1, BRIDGE, (number,))).rule == "gate.chance"


def test_who_has_seen_a_word_replaces_it_whatever_the_clocks_say() -> None:
    world = world_at("listed")
    number = world.manifest(NORTH)[0]
    word(world, "cross/visitor", Cleared, "2035-12-08", number)
    word(world, "cross/visitor", NotGoing, "2015-12-09", number)
    assert world.state_of(number) == "not-going"
    word(world, "cross/visitor", Cleared, "2025-12-09", number)
    assert world.state_of(number) == "listed"
    assert had_chance(world.state.persons[number], "s1", "bridge", "2025-12-10", terms_of(world.state).chance_days)


def test_a_word_from_the_future_is_no_fresh_chance_and_hides_none() -> None:
    world = world_at("listed")
    number = world.manifest(NORTH)[0]
    world.must(CROSS, appointment("cross/visitor-2", "interviewer"))
    apart, days = world.copy(), terms_of(world.state).chance_days
    word(world, "cross/visitor", Cleared, "2035-12-08", number)
    assert not had_chance(world.state.persons[number], "s1", "bridge", "2025-12-10", days)
    word(world, "cross/visitor-2", Cleared, "2025-12-08", number, seen=apart.state.seen)
    assert had_chance(world.state.persons[number], "s1", "bridge", "2025-12-10", days)
    word(world, "cross/visitor-2", NotGoing, "2025-12-09", number, seen=apart.state.seen)
    assert not had_chance(world.state.persons[number], "s1", "bridge", "2025-12-10", days)


@pytest.mark.parametrize(("day", "fresh"), [("2025-12-10", True), ("2025-12-03", True), ("2025-12-02", False)])
def test_a_chance_to_decline_is_at_most_seven_days_old(day: str, fresh: bool) -> None:
    world = world_at("listed")
    number = world.manifest(NORTH)[0]
    word(world, "cross/visitor", Cleared, day, number)
    days = terms_of(world.state).chance_days
    assert had_chance(world.state.persons[number], "s1", "bridge", "2025-12-10", days) is fresh


# --- suspension -------------------------------------------------------------------------------------------------------


def test_a_suspension_turns_back_nobody_past_the_last_gate_and_lets_nobody_new_through() -> None:
    world = world_at("granted")
    first, second = world.manifest(NORTH)
    world.present([first])
    unaware = world.apart()
    world.must(SOUTH, Suspended(ROUND))
    assert world.say("cross/gate-bridge", PersonPresented(S1, BRIDGE, (second,))).rule == "round.suspended"
    world.release(first)
    world.receive(first)
    assert world.state_of(first) == "received"
    unaware.present([second])  # a gate that has not seen it is judged by what it had seen
    assert world.take(unaware.entry("cross/gate-bridge", PersonPresented(S1, BRIDGE, ()))).applied is False


# --- a narrowed state is as total as the whole ------------------------------------------------------------------------


def test_acts_of_members_given_to_a_desk_are_refused_there_and_break_nothing() -> None:
    scenario = {"people": (4, 4), "stages": 2, "places": ("bridge", "quay"), "exposure": 8}
    world = world_at("presented", **scenario)
    desk = world.apart()
    for place in ("bridge", "quay"):
        event = StageReconciled(S1, Slug(place), tallies(world.state, "s1", place))
        assert not desk.say(NORTH, event).applied
    for phase in ("planned", "stage-open"):
        early = world_at(phase, **scenario).apart("s2", "quay")
        for stage in ("s1", "s2"):
            early.say(NORTH, stage_opened(early, stage))
    access = AccessRefused(CAMP, Day("2025-12-08"), NORTH, tuple(world.manifest(NORTH)))
    assert desk.say("cross/visitor", access).applied


def test_a_desk_that_starts_again_from_a_newer_ledger_goes_on_where_the_place_stands() -> None:
    world = world_at("released")
    world.receive(world.manifest(NORTH)[0])
    receipt = world.receive(world.manifest(SOUTH)[0])
    desk = world.apart()
    desk.release(world.manifest(NORTH)[1], receipt)
    assert world.hear(desk.entries)[0].applied


def test_receipts_must_name_number_place_and_epoch_of_the_release() -> None:
    world = world_at("released")
    number = world.manifest(NORTH)[0]
    refs = (world.state.persons[number].right.released,)  # type: ignore[union-attr]
    for stage, place, epoch in (("s2", "bridge", 1), ("s1", "quay", 1), ("s1", "bridge", 2)):
        event = PersonReceived(Slug(stage), Slug(place), number, epoch)
        assert world.say("south/desk-bridge", event, refs=refs).rule == "receipt.mismatch"
    for party in PARTIES:
        verdict = world.say(f"{party}/desk-bridge", PersonReceived(S1, BRIDGE, number, 1), refs=refs)
        assert verdict.rule == ("receipt.side" if party == NORTH else None)
