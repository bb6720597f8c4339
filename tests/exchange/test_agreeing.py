"""Lists, draw and plan: no member can keep the others from agreeing, or change what they have agreed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from repatria.exchange import planning
from repatria.exchange.documents import (
    FinalList,
    Plan,
    PlanStage,
    read,
    write,
)
from repatria.exchange.events import (
    AnswersGiven,
    Author,
    Day,
    LotteryCommitted,
    LotteryHeld,
    LotteryRevealed,
    NoncePart,
    NotGoing,
    Opaque,
    PlanRevised,
    PlanSigned,
    RegisterCommitted,
    RegisterDisclosed,
    RightReturned,
    Row,
    Sha256,
    Slug,
    StageAborted,
    Unconfirmed,
    WithdrawnFromList,
)
from repatria.exchange.planning import holders_in, seed_of
from repatria.exchange.state import State
from tests.exchange.test_outward import second_opinion
from tests.exchange.world import (
    CROSS,
    GULF,
    MEDIATORS,
    NORTH,
    PARTIES,
    ROUND,
    SOUTH,
    STRAITS,
    World,
    answers_of,
    classes_of,
    commit_event,
    everyone,
    final_list,
    freeze_of,
    hold,
    list_event,
    nonce_parts,
    opaque,
    plan_of,
    reveal_event,
    row_of,
    sha,
    stage_opened,
    world_at,
)

DRAWING = (*PARTIES, *MEDIATORS)


# --- lists ------------------------------------------------------------------------------------------------------------


def grown(world: World, holder: str, row: str, register: str | None = None) -> FinalList:
    listed = final_list(world, holder, version=2)
    added = replace(listed.rows[0], number=opaque("one more"), row=Row(row), class_id=opaque(f"class {holder}"))
    added = replace(added, register=register or added.register)
    return replace(listed, rows=tuple(sorted((*listed.rows, added), key=lambda each: each.number)))


def answer_again(world: World, holder: str, **changed: str) -> None:
    answers = answers_of(world, holder, **changed)
    event = AnswersGiven(answers.register, 2, world.attach(write(answers)), len(answers.answers))
    world.must(holder, event)


def test_an_answer_that_changes_after_the_list_does_not_keep_the_list_from_growing() -> None:
    world = world_at("listed")
    dead, found = row_of(NORTH, 0), row_of(NORTH, 2)
    answer_again(world, NORTH, **{dead: "deceased", found: "held"})
    world.all_must(PARTIES, list_event(world, grown(world, NORTH, found)))
    assert len(world.state.persons) == 5


def test_a_list_grows_by_the_answers_to_a_newer_register_and_keeps_its_people() -> None:
    world = world_at("listed")
    register, row = opaque("register of south, version 2"), Row("abcdef01")
    world.must(SOUTH, RegisterCommitted(register, Slug("sought"), 2, 1, sha("root")))
    world.must(SOUTH, RegisterDisclosed(register, (NORTH,), sha("sealed")))
    answers = replace(answers_of(world, NORTH), register=register, answers=((row, "held"),))
    world.must(NORTH, AnswersGiven(register, 1, world.attach(write(answers)), 1))
    world.all_must(PARTIES, list_event(world, grown(world, NORTH, row, register)))
    assert len(world.state.persons) == 5


def test_nobody_is_added_whom_the_other_side_did_not_seek_and_the_holder_does_not_hold() -> None:
    world = world_at("listed")
    for row in (row_of(NORTH, 2), Row("abcdef01")):  # answered "not held"; never sought
        verdict = world.say(NORTH, list_event(world, grown(world, NORTH, row)))
        assert verdict.rule == "list.unilateral"


def test_a_class_in_force_keeps_its_meaning_in_a_later_table() -> None:
    world = world_at("listed")
    answer_again(world, NORTH, **{row_of(NORTH, 2): "held"})
    listed = grown(world, NORTH, row_of(NORTH, 2))
    other_tier = classes_of(world, NORTH).replace(b'"tier":1', b'"tier":7')
    assert world.say(NORTH, list_event(world, listed, other_tier)).rule == "list.class"
    assert world.say(NORTH, list_event(world, listed)).applied


def test_a_half_signed_before_the_answers_changed_does_not_come_into_force_after() -> None:
    world = world_at("answered")
    event = list_event(world, final_list(world, NORTH))
    world.must(NORTH, event)
    answer_again(world, NORTH, **{row_of(NORTH, 0): "deceased"})
    assert world.say(SOUTH, event).rule == "list.unilateral"
    assert not world.state.persons


def test_two_halves_of_one_holder_that_differ_are_not_added_up() -> None:
    world = world_at("answered")
    one, two = list_event(world, final_list(world, NORTH)), list_event(world, final_list(world, NORTH))
    two = replace(two, sealed=sha("other sealed rows"))
    world.must(NORTH, one)
    world.must(SOUTH, two)
    assert not world.state.persons
    world.must(SOUTH, one)
    assert len(world.state.persons) == 2


# --- the draw ---------------------------------------------------------------------------------------------------------


def test_a_member_that_commits_to_a_freeze_of_its_own_does_not_keep_the_others_from_drawing() -> None:
    world = world_at("cleared")
    own, all_others = replace(freeze_of(world), table=()), freeze_of(world)
    world.must(GULF, commit_event(world, GULF, own))
    for member in DRAWING:
        world.must(member, commit_event(world, member, all_others))
    assert world.state.draw is not None
    assert world.state.draw.freeze == commit_event(world, NORTH, all_others).freeze
    reveal = LotteryRevealed(ROUND, commit_event(world, GULF, own).freeze, GULF, nonce_parts(GULF))
    assert world.say(GULF, reveal).rule == "draw.early"


def test_a_draw_is_held_again_only_where_all_commit_again_and_the_seed_changes_with_it() -> None:
    world = world_at("drawn")
    before = seed_of(world.state)
    old = reveal_event(world, NORTH)
    again = freeze_of(world)  # names the draw in force
    assert again.replaces == old.freeze
    for member in DRAWING[:-1]:
        world.must(member, commit_event(world, member, again))
        assert seed_of(world.state) == before
    world.must(DRAWING[-1], commit_event(world, DRAWING[-1], again))
    assert seed_of(world.state) is None
    assert world.say(NORTH, old).rule == "draw.none"
    assert world.state.drawn == (old.freeze, commit_event(world, NORTH, again).freeze)


def test_a_draw_is_held_again_in_sight_of_all_or_not_at_all() -> None:
    """A freeze that does not name the draw in force starts nothing anew, nor does one that names another."""
    world = world_at("drawn")
    unsaid = replace(freeze_of(world), replaces=None, register=sha("another register"))
    for freeze in (unsaid, replace(unsaid, replaces=sha("another draw"))):
        assert world.say(NORTH, commit_event(world, NORTH, freeze)).rule == "draw.replaces"


def test_amended_terms_do_not_hide_that_there_was_a_draw_before() -> None:
    """Lists or terms that change before a plan ask for a new draw; it still names the one that everybody had seen."""
    world = world_at("drawn")
    before = world.state.draw
    assert before is not None
    world.state.draws, world.state.draw = {}, None  # as an amendment leaves them
    unsaid = replace(freeze_of(world), replaces=None)
    assert world.say(NORTH, commit_event(world, NORTH, unsaid)).rule == "draw.replaces"
    assert freeze_of(world).replaces == before.freeze
    world.must(NORTH, commit_event(world, NORTH))


def test_two_holders_open_what_its_member_keeps_back_and_one_alone_does_not() -> None:
    world = world_at("held")
    for member in DRAWING:
        if member != GULF:
            world.must(member, reveal_event(world, member))
    holders = holders_in(world.state, GULF)
    assert holders == {CROSS: (2, 3), STRAITS: (1, 3), NORTH: (1, 2)}
    assert world.say(SOUTH, reveal_event(world, GULF, 1)).rule == "draw.member"
    false = replace(reveal_event(world, GULF, 2), parts=(NoncePart(2, sha("another nonce")),))
    assert world.say(CROSS, false).rule == "draw.nonce"
    world.must(CROSS, reveal_event(world, GULF, 2, 3))
    assert seed_of(world.state) is None
    world.must(NORTH, reveal_event(world, GULF, 1, 2))
    assert seed_of(world.state) == seed_of(world_at("drawn").state)
    assert world.say(GULF, reveal_event(world, GULF)).rule == "draw.twice"


def test_nobody_reveals_before_every_nonce_is_held_by_all_its_holders() -> None:
    """Or whoever dealt false parts would foresee the draw from the others' nonces, and could stop it."""
    world = world_at("committed")
    assert world.state.draw is not None
    freeze = world.state.draw.freeze
    for member in DRAWING:
        for holder in holders_in(world.state, member):
            assert world.say(NORTH, reveal_event(world, NORTH)).rule == "draw.unheld"
            world.must(holder, LotteryHeld(ROUND, freeze, (Slug(member),)))
    world.must(NORTH, reveal_event(world, NORTH))


def test_nobody_reveals_before_everybody_has_committed() -> None:
    world = world_at("cleared")
    event = commit_event(world, NORTH)
    world.must(NORTH, event)
    reveal = LotteryRevealed(ROUND, event.freeze, NORTH, nonce_parts(NORTH))
    assert world.say(NORTH, reveal).rule == "draw.early"
    assert world.say(CROSS, LotteryHeld(ROUND, event.freeze, (NORTH,))).rule == "draw.early"
    assert world.say(NORTH, LotteryCommitted(ROUND, event.freeze, (sha("other"),) * 3)).rule == "draw.twice"


def late_comer() -> tuple[World, PlanRevised]:
    """A plan in force; then somebody else comes on north's list; and a plan with them in the first one's place."""
    world = world_at("planned")
    answer_again(world, NORTH, **{row_of(NORTH, 2): "held"})
    world.all_must(PARTIES, list_event(world, grown(world, NORTH, row_of(NORTH, 2))))
    assert world.state.plan is not None
    assert world.state.undrawn == (opaque("one more"),)
    plan = plan_of(world, world.state.plan)
    stage = plan.stages[0]
    first = stage.places[0]
    place = replace(first, sequence=((opaque("one more"), NORTH), *first.sequence[1:]))
    plan = replace(plan, stages=(replace(stage, places=(place, *stage.places[1:])), *plan.stages[1:]))
    return world, PlanRevised(ROUND, world.attach(write(plan)), Sha256(world.state.plan))


def test_whoever_comes_on_a_list_after_the_draw_waits_for_another() -> None:
    """Their holder gives them their numbers, and knows the seed: it could try numbers until a ticket pleases it."""
    world, revised = late_comer()
    assert world.say(GULF, revised).rule == "plan.undrawn"
    freeze = freeze_of(world)
    for member in DRAWING:
        world.must(member, commit_event(world, member, freeze))
    hold(world)
    for member in DRAWING:
        world.must(member, reveal_event(world, member))
    assert world.state.undrawn == ()
    assert world.state.plan is not None
    plan = replace(read(Plan, world.attachments[revised.plan]), freeze=world.state.draw.freeze)  # type: ignore[union-attr]
    again = world.attach(write(replace(plan, seed=Sha256(seed_of(world.state) or ""))))
    world.must(GULF, replace(revised, plan=again))
    world.all_must((*PARTIES, GULF), PlanSigned(ROUND, again))
    assert "audit.plan.undrawn" not in second_opinion(world)


def test_the_second_opinion_reads_the_frozen_lists_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    world, revised = late_comer()
    proper = planning.check_structure

    def forgetful(state: State, plan: Plan, proposed: bool = False) -> None:
        state.undrawn = ()
        proper(state, plan, proposed)

    monkeypatch.setattr(planning, "check_structure", forgetful)
    world.must(GULF, revised)
    world.all_must((*PARTIES, GULF), PlanSigned(ROUND, revised.plan))
    assert "audit.plan.undrawn" in second_opinion(world)


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_words_and_withdrawals_between_proposal_and_signatures_do_not_undo_the_proposal() -> None:
    world = world_at("proposed")
    declined, withdrawn = world.manifest(NORTH)
    world.must(NORTH, PlanSigned(ROUND, Sha256(next(iter(world.state.proposed)))))
    world.must("cross/visitor", NotGoing(Slug("camp"), Day("2025-12-09"), (declined,)))
    world.must(SOUTH, WithdrawnFromList(withdrawn, sha("reason")))
    world.all_must((SOUTH, GULF), PlanSigned(ROUND, Sha256(next(iter(world.state.proposed)))))
    assert world.state.plan is not None
    world.all_must((*PARTIES, GULF), stage_opened(world))
    assert world.state_of(declined) == "not-going"


def revision(world: World, *stages: PlanStage) -> PlanRevised:
    assert world.state.plan is not None
    plan = replace(plan_of(world, replaces=world.state.plan), stages=stages)
    return PlanRevised(ROUND, world.attach(write(plan)), world.state.plan)


def moved_to_s2(world: World, *numbers: Opaque) -> PlanStage:
    """The second stage with these people of the first in it besides."""
    stage = plan_of(world).stages[1]
    place = stage.places[0]
    holders = {number: world.state.persons[number].holder for number in numbers}
    more = tuple((number, holders[number]) for number in numbers)
    return replace(stage, places=(replace(place, sequence=(*place.sequence, *more)),))


def test_somebody_under_a_right_is_not_planned_for_another_stage_until_it_has_ended() -> None:
    world = world_at("granted", people=(4, 4), stages=2)
    number = world.manifest(NORTH)[0]
    assert world.say(GULF, revision(world, moved_to_s2(world, number))).rule == "plan.person"
    world.must(NORTH, Unconfirmed(Slug("s1"), Slug("bridge"), Author("north/desk-bridge")))
    assert world.say(GULF, revision(world, moved_to_s2(world, number))).rule == "plan.person"


def test_a_revised_plan_does_not_exceed_the_totals_with_people_who_may_still_go_in_a_stage_that_is_open() -> None:
    world = world_at("stage-open", people=(2, 2), stages=2, spare=1)
    spare = world.scenario.numbers(NORTH)[-1]
    too_many = revision(world, moved_to_s2(world, spare))
    assert world.say(GULF, too_many).rule == "plan.total"  # one may yet go at s1, and two at s2, where two were agreed
    world.must(GULF, StageAborted(Slug("s1"), Slug("bridge")))
    assert world.say(GULF, too_many).applied


def test_absent_people_move_to_a_later_stage_while_late_events_of_the_first_still_arrive() -> None:
    world = world_at("stage-open", people=(4, 4), stages=2, exposure=4)
    absent, goes = world.manifest(NORTH)
    mine = world.manifest(SOUTH)[0]
    world.grant([absent])
    world.grant([mine])
    world.must("north/desk-bridge", returned(world, absent))
    bridge = world.apart()
    bridge.present([mine])
    bridge.release(mine)
    bridge.receive(mine)
    event = revision(world, moved_to_s2(world, absent))
    world.must(GULF, event)
    world.all_must((*PARTIES, GULF), PlanSigned(ROUND, event.plan))
    assert world.state.slots[absent] == ("s2", "bridge")
    assert [verdict.rule for verdict in world.hear(bridge.entries)] == [None] * 3
    assert (world.state_of(mine), world.state_of(absent), world.state_of(goes)) == ("received", "withheld", "listed")


def returned(world: World, number: Opaque) -> RightReturned:
    right = world.state.persons[number].right
    assert right is not None
    return RightReturned(right.stage, right.place, right.epoch, (number,))


def test_an_aborted_place_grants_no_more_rights_and_those_out_still_end() -> None:
    world = world_at("presented")
    first, second = world.manifest(NORTH)
    world.must(GULF, StageAborted(Slug("s1"), Slug("bridge")))
    world.release(first)
    world.receive(first)
    world.must("north/desk-bridge", returned(world, second))
    assert [world.state_of(n) for n in (first, second)] == ["received", "withheld"]
    assert len(everyone(world)) == 4
