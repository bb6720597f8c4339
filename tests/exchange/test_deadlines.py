"""By when registers are to be answered, and the breach that stands by rule when the day has passed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from repatria.audit.ledger import Run
from repatria.deal.terms import encode_terms
from repatria.exchange import deadlines
from repatria.exchange.counting import accounts
from repatria.exchange.deadlines import deadline_of
from repatria.exchange.documents import Answers, write
from repatria.exchange.door import attempt
from repatria.exchange.events import (
    AnswersGiven,
    RegisterCommitted,
    RegisterDisclosed,
    RoundClosed,
    Row,
    Slug,
    Suspended,
    TermsAmended,
    TimeVouched,
)
from repatria.exchange.state import Breach, State, dump_state, load_state, state_hash
from repatria.ledger.log import LogReading
from tests.exchange.test_rounds import begin_second, first_round_closed
from tests.exchange.wide import wide_at
from tests.exchange.world import (
    CROSS,
    GULF,
    MEDIATORS,
    MEMBERS,
    NORTH,
    PARTIES,
    ROUND,
    SOUTH,
    STRAITS,
    World,
    answers_of,
    opaque,
    register_of,
    row_of,
    sha,
    terms_of,
    world_at,
)

DUE, AFTER = "2025-12-05", "2025-12-06"  # the terms' date for answers, agreed on 1 December
Told = tuple[str, int, str | None]


def vouch(world: World, day: str, hour: str = "00:00:00", mediators: tuple[str, ...] = MEDIATORS) -> None:
    for mediator in mediators:
        world.must(mediator, TimeVouched(), at=f"{day}T{hour}Z")


def told(world: World) -> list[Told]:
    return [(breach.member, breach.count, breach.due) for breach in world.state.breaches]


def answer(world: World, holder: str, rows: int) -> None:
    register = register_of(SOUTH if holder == NORTH else NORTH)
    given = world.state.registers[register].answers.get(holder)
    words = answers_of(world, holder).answers
    words = tuple(sorted([*words, (Row("ffffffff"), "unknown")]))[:rows]
    name = world.attach(write(Answers(register, words)))
    world.must(holder, AnswersGiven(register, (given.version if given else 0) + 1, name, len(words)))


def amend(world: World, **changed: object) -> None:
    assert world.state.terms is not None
    terms = replace(terms_of(world.scenario), **changed)  # type: ignore[arg-type]
    world.all_must(PARTIES, TermsAmended(ROUND, world.attach(encode_terms(terms)), world.state.terms))


def disclose(world: World, name: str, rows: int, at: str) -> str:
    """South seeks `rows` more people, and asks north."""
    register = opaque(name)
    world.must(SOUTH, RegisterCommitted(register, Slug("sought"), 2, rows, sha(name)), at=at)
    world.must(SOUTH, RegisterDisclosed(register, (NORTH,), sha("sealed")), at=at)
    return register


def audited(world: World) -> list[str]:
    """What the second opinion says of the same entries."""
    reading = LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b"")
    run = Run(reading)
    run.all(lambda what, done, total: None)
    return [problem.what for problem in run.overdue.problems]


def test_rows_still_blank_when_the_day_has_passed_are_a_breach_that_nobody_had_to_say() -> None:
    world = world_at("answered")  # each side has left one row blank
    vouch(world, DUE, "23:59:59")
    assert told(world) == []
    vouch(world, AFTER)
    assert sorted(told(world)) == [("north", 1, DUE), ("south", 1, DUE)]
    assert {breach.index for breach in world.state.breaches} == {world.state.size - 1}
    assert {breach.register for breach in world.state.breaches} == {register_of(NORTH), register_of(SOUTH)}
    assert audited(world) == []


def test_the_day_passes_when_a_quorum_of_mediators_says_so_and_not_before() -> None:
    world = world_at("answered")
    vouch(world, AFTER, mediators=(STRAITS,))
    world.must(NORTH, RegisterCommitted(opaque("late"), Slug("held"), 2, 1, sha("root")), at=f"{AFTER}T09:00:00Z")
    assert told(world) == []
    vouch(world, AFTER, mediators=(GULF,))
    assert len(told(world)) == 2


def test_a_breach_stands_once_and_with_what_was_blank_when_the_day_passed() -> None:
    world = world_at("disclosed")
    answer(world, NORTH, 1)
    answer(world, SOUTH, 5)
    vouch(world, AFTER)
    assert told(world) == [("north", 4, DUE)]
    answer(world, NORTH, 3)
    vouch(world, "2025-12-07")
    assert told(world) == [("north", 4, DUE)]
    assert audited(world) == []


def test_an_answer_after_the_day_takes_nothing_back() -> None:
    world = world_at("answered")
    vouch(world, AFTER)
    before = list(world.state.breaches)
    answer(world, NORTH, 5)
    assert world.state.registers[register_of(SOUTH)].blank(NORTH) == 0
    assert world.state.breaches == before
    assert audited(world) == []


def test_whoever_has_answered_every_row_is_in_no_breach() -> None:
    world = world_at("answered")
    for holder in PARTIES:
        answer(world, holder, 5)
    vouch(world, AFTER)
    assert told(world) == []
    assert audited(world) == []


def test_terms_amended_before_the_day_move_it() -> None:
    world = world_at("answered")
    amend(world, answers_due="2025-12-08")
    vouch(world, "2025-12-08")
    assert told(world) == []
    vouch(world, "2025-12-09")
    assert {due for _, _, due in told(world)} == {"2025-12-08"}
    assert audited(world) == []


def test_terms_amended_after_the_day_set_a_new_one_and_the_breach_of_the_old_one_stands() -> None:
    world = world_at("answered")
    answer(world, SOUTH, 5)
    vouch(world, AFTER)
    amend(world, answers_due="2025-12-08")
    vouch(world, "2025-12-09")
    assert told(world) == [("north", 1, DUE), ("north", 1, "2025-12-08")]
    assert audited(world) == []


def test_an_amendment_of_something_else_sets_no_new_day() -> None:
    world = world_at("answered")
    answer(world, SOUTH, 5)
    vouch(world, AFTER)
    amend(world, chance_days=5)
    vouch(world, "2025-12-09")
    assert told(world) == [("north", 1, DUE)]
    assert audited(world) == []


def test_a_date_amended_into_the_past_puts_nobody_in_breach_on_the_day_itself() -> None:
    world = world_at("answered")
    answer(world, SOUTH, 5)
    vouch(world, "2025-12-04")
    amend(world, answers_due="2025-12-02")
    assert told(world) == []
    vouch(world, DUE)
    assert told(world) == []
    vouch(world, AFTER)
    assert told(world) == [("north", 1, DUE)]  # the day after the one on which it was agreed
    assert audited(world) == []


@pytest.mark.parametrize(
    ("shown", "due"),
    [("2025-12-02", DUE), ("2025-12-04", DUE), (DUE, "2025-12-09"), ("2025-12-07", "2025-12-11")],
)
def test_a_register_shown_on_the_day_or_later_is_due_as_long_after_as_the_terms_gave(shown: str, due: str) -> None:
    """Terms of 1 December gave until the 5th: four days."""
    world = world_at("answered")
    for holder in PARTIES:
        answer(world, holder, 5)
    vouch(world, shown)
    register = disclose(world, "more", 3, f"{shown}T10:00:00Z")
    assert deadline_of(world.state, register, NORTH) == due
    vouch(world, due, "23:00:00")
    assert told(world) == []
    vouch(world, "2025-12-30")
    assert told(world) == [("north", 3, due)]
    assert audited(world) == []


def test_showing_the_same_register_again_gives_no_more_time_and_to_another_a_time_of_its_own() -> None:
    world = world_at("answered")
    vouch(world, AFTER)
    world.must(SOUTH, RegisterDisclosed(register_of(SOUTH), (NORTH, CROSS), sha("sealed again")))
    assert deadline_of(world.state, register_of(SOUTH), NORTH) == DUE
    assert world.state.deadlines == {}
    wide = wide_at("terms")
    name = wide.register("alba")
    wide.must("alba", RegisterCommitted(name, Slug("sought"), 1, 2, sha("root")))
    wide.must("alba", RegisterDisclosed(name, (Slug("east"),), sha("sealed")))
    vouch(wide, "2025-12-05")
    wide.must("alba", RegisterDisclosed(name, (Slug("east"), Slug("fara")), sha("sealed")))
    vouch(wide, AFTER)
    assert told(wide) == [("east", 2, DUE)]
    vouch(wide, "2025-12-20")
    assert told(wide) == [("east", 2, DUE), ("fara", 2, "2025-12-09")]
    assert audited(wide) == []


def test_the_time_of_an_entry_without_effect_counts_as_it_does_everywhere() -> None:
    world = world_at("answered")
    vouch(world, AFTER, mediators=(STRAITS,))
    refused = world.say(GULF, Suspended(ROUND), at=f"{AFTER}T08:00:00Z")
    assert not refused.applied
    assert len(told(world)) == 2
    assert audited(world) == []


def test_an_attempt_that_is_refused_leaves_no_breach_behind() -> None:
    world = world_at("answered")
    vouch(world, AFTER, mediators=(STRAITS,))
    before = state_hash(world.state)
    assert not attempt(world.state, world.entry(GULF, Suspended(ROUND), at=f"{AFTER}T08:00:00Z"),
                       world.attachments.get).applied  # fmt: skip
    assert state_hash(world.state) == before
    assert world.state.deadlines


def test_a_round_that_is_closed_asks_for_no_answers_and_the_next_one_asks_anew() -> None:
    world = first_round_closed()
    vouch(world, "2025-12-18")
    breaches = told(world)
    begin_second(world)
    vouch(world, "2026-01-20")
    assert len(told(world)) > len(breaches)
    assert audited(world) == []
    closed = world_at("reconciled")
    closed.all_must(MEMBERS, RoundClosed(ROUND, accounts(closed.state)))
    vouch(closed, "2026-01-20")
    assert told(closed) == []
    assert audited(closed) == []


def test_what_is_due_and_what_was_missed_stand_in_the_snapshot() -> None:
    world = world_at("answered")
    assert load_state(dump_state(world.state)) == world.state
    vouch(world, AFTER)
    twin = load_state(dump_state(world.state))
    assert twin.breaches == world.state.breaches
    assert state_hash(twin) == state_hash(world.state)


def test_where_no_day_has_passed_by_which_anything_was_due_no_register_is_looked_at() -> None:
    class Unread(dict[str, object]):
        def __getitem__(self, key: str) -> object:
            raise AssertionError("looked at")

    state = world_at("answered").state
    state.registers = Unread(state.registers)  # type: ignore[assignment]
    deadlines.pass_to(state, state.size, deadlines.Day(DUE))
    with pytest.raises(AssertionError, match="looked at"):
        deadlines.pass_to(state, state.size, deadlines.Day(AFTER))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda state, index, today: None, "no breach stands"),
        (
            lambda state, index, today: state.breaches.append(
                Breach(index, NORTH, deadlines.ANSWERS_OVERDUE, 1, register_of(SOUTH), deadlines.Day(DUE))
            ),
            "before the day had passed",
        ),
    ],
)
def test_the_second_opinion_misses_a_breach_and_finds_one_too_many(
    monkeypatch: pytest.MonkeyPatch, spoil: object, found: str
) -> None:
    world = world_at("answered")
    early = "before" in found
    vouch(world, "2025-12-03" if early else AFTER)
    monkeypatch.setattr(deadlines, "pass_to", spoil)
    assert any(found in what for what in audited(world))


def test_the_second_opinion_counts_the_blank_rows_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_at("answered")
    vouch(world, AFTER)
    right = deadlines.pass_to

    def off_by_one(state: State, index: int, today: deadlines.Day) -> None:
        right(state, index, today)
        state.breaches[:] = [replace(breach, count=breach.count + 1) for breach in state.breaches]

    monkeypatch.setattr(deadlines, "pass_to", off_by_one)
    assert any("2 rows stands; 1 were blank" in what for what in audited(world))


def test_a_blank_row_is_not_an_answer() -> None:
    world = world_at("disclosed")
    assert world.state.registers[register_of(SOUTH)].blank(NORTH) == 5
    answer(world, NORTH, 2)
    assert world.state.registers[register_of(SOUTH)].blank(NORTH) == 3
    assert row_of(NORTH, 0) in dict(answers_of(world, NORTH).answers)
