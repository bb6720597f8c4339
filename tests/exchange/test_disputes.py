"""Disputes: who settles them with which word, and that they stop nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from repatria.audit.ledger import Run
from repatria.exchange import disputes
from repatria.exchange.always import paper_bytes
from repatria.exchange.commands import By, CloseRound, close_round
from repatria.exchange.counting import accounts
from repatria.exchange.disputes import OUTCOMES, open_disputes
from repatria.exchange.events import (
    DisputeRaised,
    DisputeSettled,
    Event,
    KeyCompromised,
    RoundClosed,
    Sha256,
    Slug,
    Transcribed,
)
from repatria.exchange.moves import moves
from repatria.exchange.state import DisputeFact, State
from repatria.ledger.log import LogReading
from repatria.message import Message, Name
from repatria.office import Given
from repatria.report.status import status
from tests.exchange.wide import PARTIES as MANY
from tests.exchange.wide import wide_at
from tests.exchange.world import (
    CROSS,
    GULF,
    MEMBERS,
    NORTH,
    PARTIES,
    ROUND,
    SOUTH,
    STRAITS,
    World,
    rotation,
    sha,
    world_at,
)

ABOUT = DisputeRaised(sha("a receipt"), Slug("receipt"))


def raised(world: World, by: str = NORTH) -> Sha256:
    return Sha256(world.must(by, ABOUT))


def settle(name: str, outcome: str = "explained") -> DisputeSettled:
    return DisputeSettled(Sha256(name), Slug(outcome))


def outcome_of(world: World, name: str) -> str | None:
    return world.state.disputes[name].outcome


def audited(world: World) -> list[str]:
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    return [problem.what for problem in run.disputes.problems]


def record(world: World) -> tuple[Message, ...]:
    sections = {section.title.id: section.lines for section in status(world.state, ()).sections}
    return sections["record.title"]


@pytest.mark.parametrize("outcome", [word for word in OUTCOMES if word != "withdrawn"])
def test_a_dispute_is_settled_when_every_party_has_signed_the_same_outcome(outcome: str) -> None:
    world = world_at("listed")
    name = raised(world)
    world.must(NORTH, settle(name, outcome))
    assert outcome_of(world, name) is None
    world.must(SOUTH, settle(name, outcome))
    assert (outcome_of(world, name), world.state.disputes[name].settled) == (outcome, world.state.size - 1)
    assert audited(world) == []


def test_two_outcomes_half_signed_settle_nothing() -> None:
    world = world_at("listed")
    name = raised(world)
    world.must(NORTH, settle(name, "corrected"))
    world.must(SOUTH, settle(name, "explained"))
    assert outcome_of(world, name) is None
    assert [(move.code, move.who) for move in moves(world.state) if move.code == "settle-dispute"] == [
        ("settle-dispute", (NORTH,)), ("settle-dispute", (SOUTH,)),
    ]  # fmt: skip
    world.must(NORTH, settle(name, "explained"))
    assert outcome_of(world, name) == "explained"
    assert audited(world) == []


def test_whoever_raised_it_signs_as_well_as_every_party() -> None:
    world = world_at("listed")
    name = raised(world, CROSS)
    world.all_must(PARTIES, settle(name))
    assert outcome_of(world, name) is None
    world.must(CROSS, settle(name))
    assert outcome_of(world, name) == "explained"


def test_among_many_parties_all_of_them_sign() -> None:
    world = wide_at("opened")
    name = Sha256(world.must("west", ABOUT))
    world.all_must(MANY[:-1], settle(name))
    assert outcome_of(world, name) is None
    world.must(MANY[-1], settle(name))
    assert outcome_of(world, name) == "explained"


def test_its_raiser_alone_withdraws_it_and_nobody_else() -> None:
    world = world_at("listed")
    name = raised(world, GULF)
    for other in (NORTH, SOUTH, STRAITS):
        assert world.say(other, settle(name, "withdrawn")).rule == "dispute.settler"
    world.must(GULF, settle(name, "withdrawn"))
    assert outcome_of(world, name) == "withdrawn"
    assert audited(world) == []


def test_an_outcome_binds_so_a_partys_key_alone_does_not_sign_it() -> None:
    world = world_at("listed")
    assert world.say(NORTH, settle(raised(world)), 0).rule == "authority.quorum"


def test_a_party_without_its_node_raises_and_settles_on_paper() -> None:
    world = world_at("listed")

    def on_paper(event: Event) -> str:
        paper = Transcribed(SOUTH, sha("scan"), type(event).__name__, world.attach(paper_bytes(event)))
        world.must(GULF, paper)
        return world.must(STRAITS, paper)

    name = on_paper(ABOUT)
    assert world.state.disputes[name].by == SOUTH
    world.must(NORTH, settle(name))
    on_paper(settle(name))
    assert outcome_of(world, name) == "explained"
    assert audited(world) == []


def test_what_a_bad_key_signed_is_signed_by_nobody_until_it_is_signed_again() -> None:
    world = world_at("listed")
    name = raised(world)
    since = world.state.size
    world.must(NORTH, settle(name))
    world.must(NORTH, rotation(NORTH, "north#2"))
    bad = world.state.members[NORTH].former[-1].key
    world.keys[NORTH] = "north#2"
    world.must(NORTH, KeyCompromised(NORTH, bad, since), 2)
    world.must(SOUTH, settle(name))
    assert outcome_of(world, name) is None
    world.must(NORTH, settle(name))
    assert outcome_of(world, name) == "explained"
    assert audited(world) == []


def test_an_open_dispute_stops_nothing_and_the_round_closes_over_it() -> None:
    world = world_at("reconciled")
    name = raised(world)
    outcome = close_round(world.state, CloseRound(By(NORTH)), _nothing())
    assert not isinstance(outcome, list)
    assert outcome.answer["open_disputes"] == [[name, NORTH, "receipt"]]
    world.all_must(MEMBERS, RoundClosed(ROUND, accounts(world.state)))
    assert not world.state.round_open
    assert [each for each, _ in open_disputes(world.state)] == [name]
    world.all_must(PARTIES, settle(name))
    assert open_disputes(world.state) == []


def _nothing() -> Given:
    return Given(
        "2025-12-01T08:00:00Z", bytes, lambda author: None, lambda name: None, lambda name: None, lambda name: (),
        lambda name: (), lambda data, to: data,
    )  # fmt: skip


def _about_list() -> object:
    world = world_at("listed")
    world.must(NORTH, DisputeRaised(sha("a list"), Slug("list")))
    return record(world)[0].places["code"]


def test_the_status_says_since_when_a_dispute_is_open_what_was_offered_and_how_it_ended() -> None:
    world = world_at("listed")
    name = raised(world)
    (line,) = record(world)
    assert (line.id, line.places["code"]) == ("dispute.open", Name("receipt"))
    assert _about_list() == Message("about.list")
    world.must(SOUTH, settle(name))
    (line,) = record(world)
    assert line.id == "dispute.offered"
    world.must(NORTH, settle(name))
    (line,) = record(world)
    assert line.id == "dispute.settled"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (lambda state, dispute, outcome: (dispute.by,), "explained"),  # whoever raised it settles it, alone
        (lambda state, dispute, outcome: (*state.parties, CROSS), "open"),  # one more is asked than must be
    ],
)
def test_the_second_opinion_knows_who_must_sign(
    monkeypatch: pytest.MonkeyPatch, asked: Callable[[State, DisputeFact, str], tuple[str, ...]], found: str
) -> None:
    world = world_at("listed")
    name = raised(world)
    world.must(NORTH, settle(name))
    if found == "open":
        world.must(SOUTH, settle(name))
    monkeypatch.setattr(disputes, "settlers", asked)
    assert any(f"the fold has it raised by north, {found}" in what for what in audited(world))
