"""Many parties on two sides: each person has a destination, the balance is between the sides, whoever holds whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from repatria.audit.ledger import Run
from repatria.exchange.counting import accounts, balance_ahead, tallies
from repatria.exchange.documents import ListRow
from repatria.exchange.events import Opaque, PersonReceived, RoundClosed, Slug, StageReconciled
from repatria.ledger.log import LogReading
from tests.exchange.invariants import check
from tests.exchange.wide import BOUND, HOST, PARTIES, PLACE, SIDES, STAGE, Wide, in_turn, list_event, list_of, wide_at
from tests.exchange.world import CROSS, MEDIATORS, ROUND


def hand_over(world: Wide, number: str, *answers: str) -> str:
    """Released by its holder, received by the member it goes to."""
    world.release(Opaque(number), *answers)
    person = world.state.persons[number]
    return world.receive(Opaque(number), by=f"{person.to}/desk-{PLACE}")


def test_everyone_comes_to_the_member_they_go_to_and_the_sides_stay_in_balance() -> None:
    world = wide_at("presented")
    answers: dict[str, list[str]] = {side: [] for side in SIDES}
    for number in in_turn(world):
        person = world.state.persons[number]
        other = next(side for side in SIDES if side != person.side)
        receipt = hand_over(world, number, *(answers[person.side] if person.counts else ()))
        answers[other].append(receipt)
        check(world.state)
        assert max(balance_ahead(world.state).values()) <= BOUND
    assert set(world.states().values()) == {"received"}
    figures = StageReconciled(STAGE, PLACE, tallies(world.state, STAGE, PLACE))
    world.all_must((*PARTIES, CROSS), figures)
    closing = RoundClosed(ROUND, accounts(world.state))
    world.all_must((*PARTIES, *MEDIATORS, CROSS, HOST), closing)
    assert not world.state.round_open
    assert sum(account.people for account in closing.accounts) == 7
    assert {account.account for account in closing.accounts} == {"exchange", "repatriation"}


def test_a_party_of_the_same_side_cannot_receive_for_another() -> None:
    world = wide_at("presented")
    number = Opaque(world.number(0))
    world.release(number)
    right = world.state.persons[number].right
    assert right is not None
    assert right.released is not None
    event = PersonReceived(STAGE, PLACE, number, 1)
    wrong = world.copy().say(f"alba/desk-{PLACE}", event, refs=(right.released,))
    assert wrong.rule == "receipt.side"
    assert world.say(f"west/desk-{PLACE}", event, refs=(right.released,)).applied


def test_the_bound_holds_the_side_however_many_of_its_parties_hold_people() -> None:
    """East and Fara are one side: when one has released on the bound, so has the other."""
    world = wide_at("presented")
    world.release(Opaque(world.number(0)))
    gate = world.state.persons[world.number(2)].right
    assert gate is not None
    refs = [gate.presented] if gate.presented else []
    assert world.say(f"fara/desk-{PLACE}", world.release_event(Opaque(world.number(2))), refs=refs).rule == (
        "release.sequence"
    )


Change = Callable[[Wide, ListRow], ListRow]


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("list.to", lambda world, row: replace(row, to=Slug("gora"))),
        ("list.to", lambda world, row: replace(row, to=Slug(HOST))),  # nobody who counts goes to a host
        ("list.register", lambda world, row: replace(row, register=world.register("fara"))),
        ("list.register", lambda world, row: replace(row, register=world.register("east"))),
    ],
)
def test_a_row_for_the_wrong_destination_is_refused(rule: str, change: Change) -> None:
    world = wide_at("answered")
    listed = list_of(world, "east")
    at = next(i for i, row in enumerate(listed.rows) if row.to == "west")
    bent = replace(listed, rows=(*listed.rows[:at], change(world, listed.rows[at]), *listed.rows[at + 1 :]))
    twin = world.copy()
    assert twin.say("east", list_event(twin, bent)).rule == rule
    assert world.say("east", list_event(world, listed)).applied


def test_the_second_opinion_agrees_about_many_parties() -> None:
    world = wide_at("presented")
    for number in in_turn(world):
        if not world.state.persons[number].counts:
            hand_over(world, number)
    reading = LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b"")
    run = Run(reading)
    run.all(lambda what, done, total: None)
    unsolved = {"audit.plan.fair", "audit.draw.chances", "audit.attachments.form"}  # nobody solved this plan
    assert [p for p in [*run.problems, *run.watch.problems, *run.draw.problems] if p.code not in unsolved] == []
    assert {story.side for story in run.watch.persons.values()} == set(SIDES)
