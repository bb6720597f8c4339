"""A later list takes people out of the ratio, and never back: what becomes of their turn, the balance and the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from repatria.audit.ledger import Run
from repatria.deal.classes import PersonClass, encode_classes
from repatria.exchange import listing, outward
from repatria.exchange.counting import accounts, balance_ahead
from repatria.exchange.documents import FinalList, write
from repatria.exchange.events import (
    Cleared,
    FinalListSigned,
    NotGoing,
    Opaque,
    PersonAbsent,
    PlanRevised,
    PlanSigned,
    RightReturned,
    Sha256,
    Slug,
    StageAborted,
    SubstitutionFound,
)
from repatria.exchange.state import dump_state, load_state
from repatria.ledger.log import LogReading
from tests.exchange.invariants import check
from tests.exchange.wide import HOST, PLACE, Wide, list_of, wide_at
from tests.exchange.wide import list_event as wide_list_event
from tests.exchange.world import (
    GULF,
    NORTH,
    PARTIES,
    ROUND,
    SOUTH,
    VISIT,
    World,
    classes_of,
    commit_event,
    final_list,
    freeze_of,
    list_event,
    number_of,
    opaque,
    plan_of,
    stage_opened,
    world_at,
)

S1, BRIDGE, CAMP = Slug("s1"), Slug("bridge"), Slug("camp")
UNSOLVED = {"audit.plan.fair", "audit.draw.chances", "audit.attachments.form"}  # nobody solved these plans


def list_with(world: World, *out: Opaque, holder: str = NORTH, class_of: str = "outside") -> FinalListSigned:
    """The next version of a holder's list, with these people in its class of people outside the ratio."""
    standing = world.state.lists.get(Slug(holder))
    listed = final_list(world, holder, (standing.version if standing else 0) + 1)
    into = opaque(f"class {holder} {class_of}".strip())
    rows = tuple(replace(row, class_id=into) if row.number in out else row for row in listed.rows)
    return list_event(world, replace(listed, rows=rows))


def take_out(world: World, *out: Opaque, holder: str = NORTH) -> None:
    world.all_must(PARTIES, list_with(world, *out, holder=holder))


def agree(world: World) -> None:
    """The fold and the second opinion agree, and every invariant holds."""
    check(world.state)
    assert load_state(dump_state(world.state)) == world.state
    assert second_opinion(world) == set()


def second_opinion(world: World) -> set[str]:
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    return {p.code for p in [*run.problems, *run.watch.problems, *run.draw.problems]} - UNSOLVED


# --- what becomes of somebody ---------------------------------------------------------------------------------------


def test_whoever_is_found_to_be_a_case_for_direct_repatriation_leaves_the_ratio_and_stays_planned() -> None:
    world = world_at("planned")
    ill = world.manifest(NORTH)[0]
    before = world.state.persons[ill]
    take_out(world, ill)
    person = world.state.persons[ill]
    assert (person.counts, person.account, person.tier) == (False, "repatriation", 0)
    assert (person.register, person.row, person.to) == (before.register, before.row, SOUTH)
    assert world.state.slots[ill] == ("s1", "bridge")
    assert [a.people for a in accounts(world.state) if (a.holder, a.account) == (NORTH, "repatriation")] == [1]
    agree(world)


def test_nothing_holds_them_up_at_the_place_where_they_were_to_wait_for_the_other_side() -> None:
    """North is on the bound: nobody of it who counts may go, and whoever left the ratio goes."""
    world = world_at("stage-open", people=(3, 3))
    first, second, ill = world.manifest(NORTH)
    take_out(world, ill)
    world.grant([first, second, ill])
    world.present([first, second, ill])
    world.release(first)
    refs = (str(world.state.persons[second].right.presented),)  # type: ignore[union-attr]
    assert world.say("north/desk-bridge", world.release_event(second), refs=refs).rule == "release.sequence"
    before = balance_ahead(world.state)
    world.release(ill)
    world.receive(ill)
    assert balance_ahead(world.state) == before
    agree(world)


def test_their_receipt_answers_for_nobody() -> None:
    """South names the receipt of somebody who left the ratio, and may release no more for it."""
    world = world_at("stage-open", people=(3, 3))
    ill = world.manifest(NORTH)[0]
    take_out(world, ill)
    first, second = world.manifest(SOUTH)[:2]
    world.grant([ill])
    world.grant([first, second])
    world.present([ill, first, second])
    world.release(ill)
    receipt = world.receive(ill)
    world.release(first, receipt)
    refs = (str(world.state.persons[second].right.presented), receipt)  # type: ignore[union-attr]
    assert world.say("south/desk-bridge", world.release_event(second), refs=refs).rule == "release.sequence"
    agree(world)


def test_a_neutral_country_takes_them_in_and_receives_them_at_the_place_where_they_were_planned() -> None:
    world = wide_at("planned")
    ill = Opaque(world.number(0))
    assert world.state.persons[ill].to == "west"
    world.all_must(sorted(world.state.parties), hosted(world, ill))
    person = world.state.persons[ill]
    assert (person.to, person.account) == (HOST, "repatriation")
    assert world.state.slots[ill] == ("s1", PLACE)
    world.all_must((*sorted(world.state.parties), GULF), stage_opened(world))
    world.grant([ill], place=PLACE)
    world.present([ill], place=PLACE)
    world.release(ill)
    right = world.state.persons[ill].right
    assert right is not None
    refs = (str(right.released),)
    assert world.copy().say(f"west/desk-{PLACE}", world.receive_event(ill), refs=refs).rule == "receipt.side"
    world.receive(ill, by=f"{HOST}/desk-{PLACE}")
    agree(world)


def hosted(world: Wide, number: Opaque) -> FinalListSigned:
    listed = list_of(world, "east")
    outside = next(row.class_id for row in listed.rows if row.to == HOST)
    rows = tuple(
        replace(row, to=Slug(HOST), class_id=outside) if row.number == number else row for row in listed.rows
    )
    event = wide_list_event(world, FinalList(Slug("east"), 2, rows))
    return replace(event, version=2)


def test_a_board_may_decide_again_between_home_and_a_neutral_country() -> None:
    """Outside the ratio already; only where they go changes, and it may change back."""
    world = wide_at("planned")
    ill = Opaque(world.number(0))
    world.all_must(sorted(world.state.parties), hosted(world, ill))
    listed = list_of(world, "east")
    outside = next(row.class_id for row in listed.rows if row.to == HOST)
    rows = tuple(replace(row, class_id=outside) if row.number == ill else row for row in listed.rows)
    event = replace(wide_list_event(world, FinalList(Slug("east"), 3, rows)), version=3)
    world.all_must(sorted(world.state.parties), event)
    assert (world.state.persons[ill].to, world.state.persons[ill].counts) == ("west", False)
    agree(world)


# --- what is refused ------------------------------------------------------------------------------------------------


def test_nobody_comes_back_into_the_ratio() -> None:
    world = world_at("listed")
    ill = world.manifest(NORTH)[0]
    take_out(world, ill)
    assert world.say(NORTH, list_with(world)).rule == "list.class"
    assert world.say(NORTH, list_with(world, ill)).applied  # the list as it is, once more


@pytest.mark.parametrize("account", ["civilians", "remains"])
def test_nobody_becomes_a_civilian_or_a_body_by_a_list(account: str) -> None:
    world = world_at("listed")
    listed = final_list(world, NORTH, 2)
    counted = PersonClass(opaque("class north"), 1, 1, True, False)
    other = PersonClass(opaque("class other"), 1, 0, False, True, account)
    rows = (replace(listed.rows[0], class_id=opaque("class other")), *listed.rows[1:])
    event = list_event(world, replace(listed, rows=rows), encode_classes([counted, other]))
    assert world.say(NORTH, event).rule == "list.class"
    assert world.say(NORTH, list_with(world, listed.rows[0].number)).applied


@pytest.mark.parametrize(("phase", "state"), [("granted", "right-out"), ("presented", "right-out"),
                                              ("released", "released"), ("received", "received")])  # fmt: skip
def test_nothing_changes_about_somebody_in_somebodys_hands(phase: str, state: str) -> None:
    world = world_at(phase)
    number = world.manifest(NORTH)[0]
    assert world.state_of(number) == state
    assert world.say(NORTH, list_with(world, number)).rule == "list.in_hand"


def test_when_the_right_is_back_the_list_takes_effect() -> None:
    world = world_at("granted")
    ill = world.manifest(NORTH)[0]
    event = list_with(world, ill)
    assert world.say(NORTH, event).rule == "list.in_hand"
    world.must("north/desk-bridge", RightReturned(S1, BRIDGE, 1, (ill,)))
    world.all_must(PARTIES, event)
    assert not world.state.persons[ill].counts
    agree(world)


def test_a_right_granted_between_two_signatures_stops_the_second() -> None:
    world = world_at("stage-open")
    ill = world.manifest(NORTH)[0]
    event = list_with(world, ill)
    world.must(NORTH, event)
    world.grant([ill])
    assert world.say(SOUTH, event).rule == "list.in_hand"
    assert world.state.persons[ill].counts
    world.must("north/desk-bridge", PersonAbsent(S1, BRIDGE, ill, 1))
    world.must(SOUTH, event)
    assert not world.state.persons[ill].counts
    agree(world)


def test_whoever_counts_as_offered_by_the_neutrals_word_keeps_their_class_in_this_round() -> None:
    """South may have released on the word already; what it was answered for does not go away under it."""
    world = world_at("stage-open")
    ill = world.manifest(NORTH)[0]
    world.must("cross/visitor", NotGoing(CAMP, VISIT, (ill,)))
    assert world.say(NORTH, list_with(world, ill)).rule == "list.in_hand"


def test_not_going_by_a_word_before_the_stage_opens_is_no_obstacle_and_counts_for_nobody_after() -> None:
    world = world_at("planned")
    ill = world.manifest(NORTH)[0]
    said = world.must("cross/visitor", NotGoing(CAMP, VISIT, (ill,)))
    take_out(world, ill)
    world.all_must((*PARTIES, GULF), stage_opened(world))
    assert world.state_of(ill) == "not-going"
    assert balance_ahead(world.state) == {"north": 0, "south": 0}
    first, second = world.manifest(SOUTH)
    world.grant([first, second])
    world.present([first, second])
    world.release(first, said)
    refs = (str(world.state.persons[second].right.presented), said)  # type: ignore[union-attr]
    assert world.say("south/desk-bridge", world.release_event(second), refs=refs).rule == "release.sequence"
    agree(world)


def test_after_a_substitution_the_class_waits_for_the_next_list_of_a_round() -> None:
    world = world_at("released")
    number = world.manifest(NORTH)[0]
    right = world.state.persons[number].right
    assert right is not None
    found = SubstitutionFound(S1, BRIDGE, number, 1)
    world.must("south/desk-bridge", found, refs=(str(right.released),))
    assert world.state_of(number) == "substituted"
    assert world.say(NORTH, list_with(world, number)).rule == "list.in_hand"


def test_the_second_opinion_says_so_where_the_fold_lets_it_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "is_free", lambda state, person: True)
    world = world_at("granted")
    take_out(world, world.manifest(NORTH)[0])
    assert second_opinion(world) == {"audit.lists.in_hand"}
    monkeypatch.setattr(listing, "check_change", lambda state, person, row, of: person.class_id != row.class_id)
    world = world_at("listed")
    take_out(world, world.manifest(NORTH)[0])
    take_out(world)
    assert "audit.lists.class" in second_opinion(world)


# --- the draw and the plan ------------------------------------------------------------------------------------------


def test_before_the_first_plan_the_draw_is_held_again() -> None:
    world = world_at("proposed")
    take_out(world, world.manifest(NORTH)[0])
    assert (world.state.draw, world.state.proposed) == (None, {})
    before = freeze_of(world)
    world.must(GULF, commit_event(world, GULF, before))
    agree(world)


def test_the_plan_in_force_goes_on_and_the_next_one_puts_somebody_who_counts_in_their_place() -> None:
    """The totals join people inside the ratio: one more of north's may go, and no plan of more is signed."""
    world = world_at("planned", people=(2, 2), spare=1)
    ill, spare = world.manifest(NORTH)[0], number_of(NORTH, 2)
    plan = world.state.plan
    take_out(world, ill)
    assert world.state.plan == plan
    event = revised(world, [(spare, NORTH)])
    world.must(GULF, event)
    world.all_must((*PARTIES, GULF), PlanSigned(ROUND, event.plan))
    assert {world.state.slots[number] for number in (ill, spare)} == {("s1", "bridge")}
    agree(world)


def test_while_they_count_nobody_takes_their_place() -> None:
    world = world_at("planned", people=(2, 2), spare=1)
    verdict = world.say(GULF, revised(world, [(number_of(NORTH, 2), NORTH)]))
    assert verdict.rule == "plan.total"


def revised(world: World, more: list[tuple[Opaque, Slug]]) -> PlanRevised:
    """The plan in force with some more people at the end of its one sequence."""
    assert world.state.plan is not None
    plan = plan_of(world, world.state.plan)
    stage = plan.stages[0]
    place = replace(stage.places[0], sequence=(*stage.places[0].sequence, *more))
    plan = replace(plan, stages=(replace(stage, places=(place,)),))
    return PlanRevised(ROUND, Sha256(world.attach(write(plan))), world.state.plan)


# --- out of contact -------------------------------------------------------------------------------------------------


def test_a_desk_that_could_not_know_goes_by_the_ratio_it_knew() -> None:
    """South's desk is out of contact when north's person leaves the ratio, and then hears that they do not go: by all
    it knows that answers for one more of its own. What took effect on the device takes effect in the ledger."""
    world = world_at("stage-open", people=(3, 3))
    ill = world.manifest(NORTH)[2]
    first, second = world.manifest(SOUTH)[:2]
    world.grant([first, second])
    world.present([first, second])
    desk = world.apart()
    take_out(world, ill)
    word = world.entry("cross/visitor", NotGoing(CAMP, VISIT, (ill,)))
    said = world.take(word)
    assert said.applied
    assert said.event is not None
    assert desk.take(word).applied
    desk.release(first, said.event)
    desk.release(second)
    for entry in desk.entries[1:]:
        verdict = world.take(entry)
        assert verdict.applied, (verdict.rule, verdict.what)
    agree(world)
    third = world.manifest(SOUTH)[2]  # whoever knows better does not build on it
    world.grant([third])
    world.present([third])
    refs = (str(world.state.persons[third].right.presented),)  # type: ignore[union-attr]
    assert world.say("south/desk-bridge", world.release_event(third), refs=refs).rule == "release.sequence"


def test_an_aborted_place_leaves_them_free() -> None:
    world = world_at("stage-open")
    ill = world.manifest(NORTH)[0]
    world.must(GULF, StageAborted(S1, BRIDGE))
    take_out(world, ill)
    agree(world)


def test_cleared_again_after_a_no_they_may_leave_the_ratio_and_the_credit_for_them_goes() -> None:
    world = world_at("stage-open", people=(3, 3))
    ill = world.manifest(NORTH)[2]
    first, second, third = world.manifest(SOUTH)
    world.grant([first, second, third])
    world.present([first, second, third])
    no = world.must("cross/visitor", NotGoing(CAMP, VISIT, (ill,)))
    world.release(first, no)
    yes = world.must("cross/visitor", Cleared(CAMP, VISIT, (ill,)))
    take_out(world, ill)
    refs = (str(world.state.persons[second].right.presented), yes)  # type: ignore[union-attr]
    assert world.say("south/desk-bridge", world.release_event(second), refs=refs).rule == "release.sequence"
    world.must("cross/visitor", NotGoing(CAMP, VISIT, (ill,)))  # and a no is nobody's answer any more
    assert world.say("south/desk-bridge", world.release_event(second), refs=refs).rule == "release.sequence"
    agree(world)


def test_a_class_that_stays_keeps_its_meaning_beside_one_that_comes_new() -> None:
    world = world_at("listed")
    rows = final_list(world, NORTH, 2).rows
    table = classes_of(world, NORTH)
    take_out(world, rows[0].number)
    assert world.attachments[world.state.lists[NORTH].classes] == table
    assert world.state.persons[rows[1].number].counts
