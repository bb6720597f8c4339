"""The tombstone in the ledger: what it changes for everybody else, by the fold and by the second opinion."""

from __future__ import annotations

from dataclasses import replace

import pytest

from repatria.audit.ledger import Run
from repatria.exchange import erasing, rules
from repatria.exchange.documents import Answers, write
from repatria.exchange.events import AnswersGiven, RecordErased, Suspended
from repatria.exchange.state import Attachments, Fact, State, dump_state, load_state
from repatria.ledger.log import LogReading
from tests.exchange.test_deadlines import AFTER, answer, told, vouch
from tests.exchange.world import NORTH, ROUND, SOUTH, World, answers_of, register_of, row_of, world_at


def erase(world: World, at: int = 0, by: str = SOUTH) -> str:
    return world.must(by, RecordErased(register_of(SOUTH), row_of(NORTH, at)))


def audited(world: World) -> list[str]:
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    problems = [*run.problems, *run.watch.problems, *run.overdue.problems]
    return [problem.code for problem in problems if problem.code.startswith(("audit.lists", "audit.conservation"))]


def test_an_erased_row_asks_for_no_answer() -> None:
    world = world_at("disclosed")  # five rows
    erase(world, 4)
    assert world.state.registers[register_of(SOUTH)].blank(NORTH) == 4
    answer(world, NORTH, 3)
    assert world.state.registers[register_of(SOUTH)].blank(NORTH) == 1
    vouch(world, AFTER)
    assert ("north", 1, "2025-12-05") in told(world)
    assert audited(world) == []


def test_an_answer_to_a_row_that_is_erased_later_or_was_before_counts_for_nothing() -> None:
    world = world_at("answered")  # four of five are answered
    erase(world, 0)
    register = world.state.registers[register_of(SOUTH)]
    assert (register.erased, register.answers[NORTH].answered, register.blank(NORTH)) == (1, 3, 1)
    rows = answers_of(world, NORTH).answers
    name = world.attach(write(Answers(register_of(SOUTH), rows)))
    world.must(NORTH, AnswersGiven(register_of(SOUTH), 2, name, len(rows)))
    assert world.state.registers[register_of(SOUTH)].blank(NORTH) == 1
    vouch(world, AFTER)
    assert audited(world) == []


def test_rows_that_never_were_make_nobody_owe_less_than_nothing() -> None:
    world = world_at("answered")
    for at in (7, 8):  # rows that the register has not
        erase(world, at)
    assert world.state.registers[register_of(SOUTH)].blank(NORTH) == 0
    vouch(world, AFTER)
    assert [who for who, _, _ in told(world)] == ["south"]
    assert audited(world) == []


def test_a_record_is_erased_after_the_close_and_nothing_else_is_said() -> None:
    world = world_at("ended")
    erase(world, 0)
    assert world.say(NORTH, Suspended(ROUND)).rule == "exchange.closed"
    assert audited(world) == []
    assert load_state(dump_state(world.state)) == world.state


def test_an_erasure_changes_nobody() -> None:
    world = world_at("received")
    before = world.states()
    erase(world, 0)
    assert world.states() == before
    assert audited(world) == []


@pytest.mark.parametrize(
    ("rule", "phase", "code"),
    [
        ("is_awaited", "listed", "audit.conservation.erased"),
        ("is_erased", "answered", "audit.lists.erased"),
    ],
)
def test_the_second_opinion_finds_an_erasure_that_loses_somebody_or_is_said_twice(
    monkeypatch: pytest.MonkeyPatch, rule: str, phase: str, code: str
) -> None:
    monkeypatch.setattr(erasing, rule, lambda *_: False)
    world = world_at(phase)
    erase(world)
    if rule == "is_erased":
        erase(world)
    assert code in audited(world)


def test_the_second_opinion_finds_a_record_erased_by_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_at("answered")
    assert world.say(NORTH, RecordErased(register_of(SOUTH), row_of(NORTH, 4))).rule == "erase.owner"

    def anybodys(state: State, fact: Fact, attachments: Attachments) -> None:
        """The rule, with the author taken for the owner."""
        register = state.registers[register_of(SOUTH)]
        state.registers[register_of(SOUTH)] = replace(register, owner=NORTH)
        erasing.record_erased(state, fact, attachments)

    monkeypatch.setitem(rules.V1, "RecordErased", anybodys)
    assert "audit.lists.erased" in audited(world)
