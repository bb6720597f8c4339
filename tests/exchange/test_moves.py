"""Whose move it is at every phase of a whole exchange, and since which entry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from repatria.deal.terms import encode_terms
from repatria.exchange.consulting import offer_commitment
from repatria.exchange.events import (
    Author,
    ClauseAgreed,
    ClauseOpened,
    ClauseProposed,
    Day,
    OfferCarried,
    OfferReleased,
    Resumed,
    RoundActivated,
    Sha256,
    Slug,
    Suspended,
    TaskDone,
    TaskSet,
    TermsAmended,
    TermsSigned,
    Unconfirmed,
)
from repatria.exchange.moves import Move, moves
from repatria.exchange.schedule import schedule, target_date
from repatria.exchange.state import dump_state, load_state
from repatria.files.locales import lead_times
from tests.exchange.test_rounds import first_round_closed
from tests.exchange.world import (
    EXCHANGE,
    GULF,
    MEMBERS,
    NORTH,
    PARTIES,
    PHASES,
    ROUND,
    SOUTH,
    STRAITS,
    World,
    final_list,
    list_event,
    sha,
    terms_of,
    world_at,
)

CEILING = Slug("ceiling")


def told(world: World) -> list[tuple[str, tuple[str, ...]]]:
    return [(move.code, move.who) for move in moves(world.state)]


def one(world: World, code: str) -> Move:
    (found,) = [move for move in moves(world.state) if move.code == code]
    return found


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("founded", [("join", tuple(sorted(MEMBERS)))]),
        ("opened", []),
        ("round", [("propose", PARTIES), ("propose", PARTIES)]),
        ("clauses", [("draft-terms", PARTIES)]),
        ("terms", [("disclose", (NORTH,)), ("disclose", (SOUTH,))]),
        ("registers", [("disclose", (NORTH,)), ("disclose", (SOUTH,))]),
        ("disclosed", [("answer", (SOUTH,)), ("answer", (NORTH,))]),
        ("listed", [("interview", ("cross",)), ("commit-draw", ("north", "south", "gulf", "straits"))]),
        ("cleared", [("commit-draw", ("north", "south", "gulf", "straits"))]),
        (
            "committed",
            [
                ("share-draw", ("north", "south", "gulf", "straits")),
                ("hold-draw", ("cross", "north", "gulf", "straits")),
            ],
        ),
        ("held", [("reveal-draw", ("north", "south", "gulf", "straits"))]),
        ("drawn", [("propose-plan", ("gulf", "straits"))]),
        ("proposed", [("sign-plan", ("north", "south", "gulf", "straits"))]),
        ("planned", []),  # its day is not near
        ("stage-open", [("hand-over", PARTIES)]),
        ("granted", [("hand-over", PARTIES)]),
        ("released", [("hand-over", PARTIES)]),
        ("received", [("reconcile", ("north", "south", "cross"))]),
        ("reconciled", [("close-round", tuple(sorted(MEMBERS)))]),
        ("closed", []),
        ("ended", []),
    ],
)
def test_at_each_phase_it_waits_for_whoever_must_act(
    phase: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:  # fmt: skip
    assert told(world_at(phase)) == expected


def test_moves_never_fail_and_never_wait_for_somebody_unknown_or_for_a_later_entry() -> None:
    for phase in PHASES:
        world = world_at(phase)
        for move in moves(world.state):
            assert set(move.who) <= set(world.state.members), phase
            assert move.who, phase
            assert 0 <= move.since < world.state.size, phase
        assert moves(load_state(dump_state(world.state))) == moves(world.state), phase  # whatever order tables are in


def test_one_side_announces_and_the_other_is_silent() -> None:
    world = world_at("opened")
    world.must(NORTH, RoundActivated(ROUND, Day("2025-12-31")))
    announced = world.state.size - 1
    assert moves(world.state) == (Move("activate", ("south", "gulf", "straits"), announced, (ROUND,)),)
    world.must(STRAITS, RoundActivated(ROUND, Day("2025-12-31")))
    assert one(world, "activate").who == ("south",)
    world.must(SOUTH, RoundActivated(ROUND, Day("2025-12-31")))
    assert "activate" not in dict(told(world))


def test_a_proposal_waits_for_the_other_side_and_then_for_its_proposer() -> None:
    world = world_at("clauses")
    world.must(GULF, ClauseOpened(ROUND, CEILING, Slug("number"), ()))
    opened = world.state.size - 1
    assert one(world, "propose") == Move("propose", PARTIES, opened, (CEILING,))
    world.must(NORTH, ClauseProposed(ROUND, CEILING, 3))
    assert one(world, "agree") == Move("agree", ("south",), opened + 1, (CEILING, "north"), 3)
    world.must(SOUTH, ClauseAgreed(ROUND, CEILING, 3))
    assert one(world, "agree").who == ("north",)  # it proposed, and has not signed
    world.must(SOUTH, ClauseProposed(ROUND, CEILING, 4))
    assert one(world, "agree").who == ("north",)
    world.must(NORTH, ClauseAgreed(ROUND, CEILING, 3))
    assert "agree" not in dict(told(world))


def test_an_offer_waits_for_its_reader_until_it_is_released_or_the_clause_is_agreed() -> None:
    def carried() -> tuple[World, str]:
        world = world_at("clauses")
        bound = offer_commitment(bytes.fromhex(sha("salt")), EXCHANGE, ROUND, CEILING, NORTH, 3)
        return world, world.must(GULF, OfferCarried(ROUND, CEILING, SOUTH, bound, sha("letter")))

    world, offer = carried()
    assert one(world, "consider-offer").who == ("south",)
    world.must(NORTH, OfferReleased(ROUND, Sha256(offer), 3, sha("salt")), refs=[offer])
    assert told(world) == [("agree", ("south",))]
    world, offer = carried()
    world.must(GULF, ClauseProposed(ROUND, CEILING, 5))
    world.all_must(PARTIES, ClauseAgreed(ROUND, CEILING, 5))
    assert "consider-offer" not in dict(told(world))


def test_terms_and_lists_and_plans_wait_for_whoever_has_not_signed() -> None:
    world, signed = world_at("clauses"), world_at("terms")
    assert signed.state.terms is not None
    world.attachments = signed.attachments
    world.must(NORTH, TermsSigned(ROUND, signed.state.terms))
    assert moves(world.state) == (Move("sign-terms", ("south",), world.state.size - 1),)


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_halves_that_a_holder_has_signed_the_later_one_waits(first: int) -> None:
    world = world_at("answered")
    whole = final_list(world, NORTH)
    halves = [whole, replace(whole, rows=whole.rows[:1])]
    for listed in (halves[first], halves[1 - first]):
        world.must(NORTH, list_event(world, listed))
    assert one(world, "sign-list") == Move("sign-list", ("south",), world.state.size - 1, ("north",))
    world.must(SOUTH, list_event(world, halves[1 - first]))
    assert "sign-list" not in dict(told(world))


def test_while_suspended_it_waits_for_every_party_and_no_stage_for_its_opening() -> None:
    world = world_at("planned")
    world.at = "2025-12-10T06:00:00Z"
    for mediator in (GULF, STRAITS):
        world.must(mediator, TaskSet(ROUND, Slug("press"), mediator, Day("2025-12-30")))
    assert told(world) == [("open-stage", ("north", "south", "gulf", "straits"))]
    world.must(SOUTH, Suspended(ROUND))
    suspended = world.state.size - 1
    assert moves(world.state) == (Move("resume", ("north", "south"), suspended, ("south",)),)
    world.must(SOUTH, Resumed(ROUND))
    assert moves(world.state) == (Move("resume", ("north",), suspended, ("south",)),)


def test_a_dark_desk_waits_for_both_sides_to_settle_it() -> None:
    world = world_at("presented")
    world.must(NORTH, Unconfirmed(Slug("s1"), Slug("bridge"), Author("north/desk-bridge")))
    assert moves(world.state) == (Move("settle", PARTIES, world.state.size - 1, ("s1", "bridge")),)


def test_a_task_waits_for_its_owner_only_once_its_day_has_passed_in_log_time() -> None:
    world = world_at("clauses")
    world.must(GULF, TaskSet(ROUND, Slug("transport"), SOUTH, Day("2025-12-03")))
    assert "task" not in dict(told(world))
    world.at = "2025-12-04T00:00:00Z"
    world.must(NORTH, ClauseProposed(ROUND, CEILING, 3))  # a party's clock says nothing
    world.must(GULF, ClauseProposed(ROUND, CEILING, 4))  # nor does one mediator's, where two are needed
    assert "task" not in dict(told(world))
    world.must(STRAITS, ClauseProposed(ROUND, CEILING, 5))
    assert one(world, "task") == Move("task", ("south",), world.state.size - 1, ("transport",))
    world.must(GULF, TaskSet(ROUND, Slug("transport"), SOUTH, Day("2025-12-05")))
    assert "task" not in dict(told(world))
    world.must(SOUTH, TaskDone(ROUND, Slug("transport"), SOUTH))
    assert [task.dates[0][1] for task in world.state.tasks.values()] == ["2025-12-03"]


# --- amendments and rounds ------------------------------------------------------------------------------------------


def test_an_amendment_waits_for_every_party_and_then_for_another_plan() -> None:
    world = world_at("planned")
    assert world.state.terms is not None
    terms = world.attach(encode_terms(replace(terms_of(world.scenario), target_date="2026-01-10")))
    amended = TermsAmended(ROUND, terms, world.state.terms)
    world.must(NORTH, amended)
    assert moves(world.state) == (Move("sign-amendment", ("south",), world.state.size - 1),)
    assert target_date(world.state) == "2025-12-31"
    world.must(SOUTH, amended)
    assert moves(world.state) == (Move("propose-plan", ("gulf", "straits"), world.state.size - 1),)
    assert target_date(world.state) == "2026-01-10"
    standing = {each.deadline.step: each.standing for each in schedule(world.state, lead_times())}
    assert (standing["terms"], standing["draw"], standing["plan"]) == ("done", "done", "ahead")


def test_a_second_round_waits_for_what_it_needs_whatever_the_first_one_had() -> None:
    world = first_round_closed()
    assert moves(world.state) == ()
    second = Slug("2025-2")
    world.must(NORTH, RoundActivated(second, Day("2026-02-01")))
    assert (one(world, "activate").who, target_date(world.state)) == (("south", "gulf", "straits"), "2026-02-01")
    world.all_must((SOUTH, GULF), RoundActivated(second, Day("2026-02-01")))
    assert told(world) == [("propose", PARTIES), ("propose", PARTIES)]
    assert target_date(world.state) == "2026-02-01"
    assert [each.deadline.stage for each in schedule(world.state, lead_times())] == [""] * 11
