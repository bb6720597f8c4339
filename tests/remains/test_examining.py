"""Remains and people, many to many: who says whose they are, how it is corrected, what is counted and what never is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from repatria.audit.ledger import Run
from repatria.exchange import examining, rules
from repatria.exchange.always import paper_bytes
from repatria.exchange.counting import accounts, balance_ahead, tallies
from repatria.exchange.events import (
    CaseFound,
    KeyCompromised,
    Opaque,
    RecordErased,
    RegisterCommitted,
    RegisterDisclosed,
    RemainsIdentified,
    Row,
    Slug,
    SoughtFound,
    Transcribed,
)
from repatria.exchange.examining import Examined, contradicted, examined, found_dead
from repatria.exchange.state import Attachments, Fact, State, dump_state, load_state, narrowed
from repatria.ledger.log import LogReading
from repatria.report.status import status
from tests.exchange.world import (
    CROSS,
    GULF,
    NORTH,
    SOUTH,
    STRAITS,
    World,
    number_of,
    opaque,
    register_of,
    rotation,
    row_of,
    sha,
    world_at,
)

# North hands over two living people and three sets of remains; south hands over two living people and one set.
SETS = [number_of(NORTH, i) for i in (2, 3, 4)]
MISSING = [SoughtFound(register_of(SOUTH), row_of(NORTH, i)) for i in (2, 3, 4, 5, 6)]  # whom south seeks


def received() -> World:
    return world_at("received", uncounted=(3, 1), outside="remains")


def finding(
    number: Opaque, version: int = 1, sought: tuple[SoughtFound, ...] = (), cases: tuple[CaseFound, ...] = ()
) -> RemainsIdentified:
    return RemainsIdentified(
        number, version, tuple(sorted(sought, key=lambda s: (s.register, s.row))),
        tuple(sorted(cases, key=lambda case: case.number)),
    )  # fmt: skip


def case(name: str, of: str = "unknown") -> CaseFound:
    return CaseFound(opaque(name), Slug(of))


def audited(world: World) -> list[str]:
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    return [problem.what for problem in run.remains.problems]


def of_north(world: World) -> Examined:
    """What south has found in what north handed over."""
    return next(each for each in examined(world.state) if each.holder == NORTH)


# --- many to many ---------------------------------------------------------------------------------------------------


def test_one_person_is_found_in_two_sets_and_is_one_person_found() -> None:
    world = received()
    world.must(SOUTH, finding(SETS[0], sought=(MISSING[0],)))
    world.must(SOUTH, finding(SETS[1], sought=(MISSING[0],)))
    assert of_north(world) == Examined(NORTH, SOUTH, 3, 2, 1, 1, 0)
    assert found_dead(world.state) == {MISSING[0]}
    assert audited(world) == []


def test_several_people_are_found_in_one_set() -> None:
    world = received()
    world.must(SOUTH, finding(SETS[0], sought=tuple(MISSING[:2]), cases=(case("a"), case("b"))))
    assert of_north(world) == Examined(NORTH, SOUTH, 3, 1, 4, 2, 0)
    assert found_dead(world.state) == set(MISSING[:2])
    assert audited(world) == []


def test_both_at_once_over_three_sets() -> None:
    """Three people and one without a name, mixed over three sets."""
    world = received()
    world.must(SOUTH, finding(SETS[0], sought=(MISSING[0], MISSING[1])))
    world.must(SOUTH, finding(SETS[1], sought=(MISSING[1], MISSING[2]), cases=(case("nobody's"),)))
    world.must(SOUTH, finding(SETS[2], sought=(MISSING[0],), cases=(case("nobody's"),)))
    assert of_north(world) == Examined(NORTH, SOUTH, 3, 3, 4, 3, 0)
    assert audited(world) == []


def test_remains_of_the_side_that_handed_them_over_are_said_to_be_so() -> None:
    """By a case of that side, and by a row of its own sought register, which it had shown."""
    world = received()
    theirs = SoughtFound(register_of(NORTH), Row("0000abcd"))
    world.must(SOUTH, finding(SETS[0], sought=(theirs, MISSING[0]), cases=(case("soldier", NORTH),)))
    assert of_north(world) == Examined(NORTH, SOUTH, 3, 1, 3, 2, 2)
    assert audited(world) == []


def test_a_set_in_which_nobody_can_be_told_apart_is_examined_and_nobody_is_found() -> None:
    world = received()
    world.must(SOUTH, finding(SETS[0]))
    assert of_north(world) == Examined(NORTH, SOUTH, 3, 1, 0, 0, 0)
    assert found_dead(world.state) == set()


def test_each_side_examines_what_it_received() -> None:
    world = received()
    mine = number_of(SOUTH, 2)
    world.must(NORTH, finding(mine, sought=(SoughtFound(register_of(NORTH), row_of(SOUTH, 2)),)))
    world.must(SOUTH, finding(SETS[0], sought=(MISSING[0],)))
    assert [(each.holder, each.to, each.sets, each.people) for each in examined(world.state)] == [
        (NORTH, SOUTH, 3, 1), (SOUTH, NORTH, 1, 1),
    ]  # fmt: skip
    assert audited(world) == []


# --- corrected, never rewritten -------------------------------------------------------------------------------------


def test_a_later_finding_takes_the_place_of_an_earlier_one_and_both_stay() -> None:
    world = received()
    world.must(SOUTH, finding(SETS[0], sought=(MISSING[0],)))
    world.must(SOUTH, finding(SETS[0], 2, sought=(MISSING[1],), cases=(case("a"),)))
    assert found_dead(world.state) == {MISSING[1]}
    assert [each.sought for each in world.state.findings[SETS[0]]] == [(MISSING[0],), (MISSING[1],)]
    world.must(SOUTH, finding(SETS[0], 3))
    assert found_dead(world.state) == set()
    assert len(world.state.findings[SETS[0]]) == 3
    assert load_state(dump_state(world.state)) == world.state
    assert audited(world) == []


def test_somebody_taken_out_of_one_set_is_still_found_in_another() -> None:
    world = received()
    for number in SETS[:2]:
        world.must(SOUTH, finding(number, sought=(MISSING[0],)))
    world.must(SOUTH, finding(SETS[0], 2))
    assert found_dead(world.state) == {MISSING[0]}


# --- never against the living ---------------------------------------------------------------------------------------


def test_that_remains_were_listed_for_a_row_finds_nobody_dead() -> None:
    world = received()
    assert world.state.persons[SETS[0]].row == MISSING[0].row
    assert found_dead(world.state) == set()


def test_a_finding_changes_no_balance_no_tally_no_account_and_nobodys_state() -> None:
    world = received()

    def figures() -> object:
        state = world.state
        return balance_ahead(state), tallies(state, "s1", "bridge"), accounts(state), world.states()

    before = figures()
    world.must(SOUTH, finding(SETS[0], sought=tuple(MISSING), cases=(case("a", NORTH), case("b"))))
    assert figures() == before


def test_nobody_who_was_received_alive_is_found_among_the_dead() -> None:
    world = received()
    home = SoughtFound(register_of(SOUTH), row_of(NORTH, 0))
    assert world.state_of(number_of(NORTH, 0)) == "received"
    assert world.say(SOUTH, finding(SETS[0], sought=(home,))).rule == "remains.living"


def test_somebody_received_alive_after_having_been_found_is_alive_and_the_finding_is_to_be_looked_at() -> None:
    world = world_at("released", uncounted=(3, 1), outside="remains")
    living, dead = number_of(NORTH, 0), SETS[0]
    world.release(dead)
    world.receive(dead)
    promised = SoughtFound(register_of(SOUTH), row_of(NORTH, 0))
    assert world.state_of(living) == "released"
    world.must(SOUTH, finding(dead, sought=(promised, MISSING[0])))
    assert found_dead(world.state) == {promised, MISSING[0]}
    world.receive(living)
    assert (found_dead(world.state), contradicted(world.state)) == ({MISSING[0]}, {promised})
    lines = {line.id for section in status(world.state, ()).sections for line in section.lines}
    assert {"remains.sets", "remains.people", "remains.contradicted"} <= lines
    world.must(SOUTH, finding(dead, 2, sought=(MISSING[0],)))
    assert contradicted(world.state) == set()
    assert audited(world) == []


# --- who says so ----------------------------------------------------------------------------------------------------


def test_only_whoever_received_them_says_so_with_its_signatories() -> None:
    world = received()
    event = finding(SETS[0], sought=(MISSING[0],))
    assert world.say(NORTH, event).rule == "remains.receiver"
    assert world.say(CROSS, event).rule == "authority.role"
    assert world.say(SOUTH, event, 1).rule == "authority.quorum"
    assert world.say(SOUTH, event).applied


def test_a_party_without_its_node_says_so_on_paper() -> None:
    world = received()
    event = finding(SETS[0], sought=(MISSING[0],))
    paper = Transcribed(SOUTH, sha("scan"), "RemainsIdentified", world.attach(paper_bytes(event)))
    world.must(GULF, paper)
    assert not world.state.findings
    world.must(STRAITS, paper)
    assert found_dead(world.state) == {MISSING[0]}
    assert audited(world) == []


def test_what_a_stolen_key_said_is_corrected_by_saying_it_again() -> None:
    world = received()
    since = world.state.size
    world.must(SOUTH, finding(SETS[0], sought=(MISSING[0],)))
    world.must(SOUTH, rotation(SOUTH, "south#2"))
    bad = world.state.members[SOUTH].former[-1].key
    world.keys[SOUTH] = "south#2"
    world.must(SOUTH, KeyCompromised(SOUTH, bad, since), 2)
    world.must(SOUTH, finding(SETS[0], 2))
    assert found_dead(world.state) == set()
    assert audited(world) == []


def test_a_row_of_a_register_that_was_not_shown_or_was_erased_is_nobodys_to_name() -> None:
    world = received()
    hidden = opaque("hidden")
    world.must(NORTH, RegisterCommitted(hidden, Slug("sought"), 2, 3, sha("hidden")))
    named = finding(SETS[0], sought=(SoughtFound(hidden, Row("0000abcd")),))
    assert world.say(SOUTH, named).rule == "remains.register"
    world.must(NORTH, RegisterDisclosed(hidden, (CROSS, SOUTH), sha("sealed")))
    world.must(SOUTH, named)
    world.must(NORTH, RecordErased(hidden, Row("0000abcd")))
    assert world.say(SOUTH, replace(named, version=2)).rule == "remains.erased"
    assert audited(world) == []


def test_a_desk_carries_no_findings() -> None:
    world = received()
    world.must(SOUTH, finding(SETS[0], sought=(MISSING[0],)))
    assert narrowed(world.state, "s1", "bridge").findings == {}


# --- the second opinion ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (finding(SETS[0], version=2), "version 2, as the finding number 1"),
        (finding(number_of(NORTH, 0)), "of no remains that this member has received"),
        (finding(SETS[0], sought=(SoughtFound(opaque("x"), Row("0000abcd")),)), "that this member cannot read"),
        (finding(SETS[0], sought=(SoughtFound(register_of(SOUTH), row_of(NORTH, 0)),)), "was received alive"),
        (finding(SETS[0], cases=(CaseFound(number_of(NORTH, 0), Slug("north")),)), "with a number of a list"),
        (finding(SETS[0], cases=(case("a"), case("a"))), "named twice"),
    ],
)
def test_the_second_opinion_finds_what_a_fold_without_these_rules_lets_through(
    monkeypatch: pytest.MonkeyPatch, event: RemainsIdentified, found: str
) -> None:
    def anything(state: State, fact: Fact, attachments: Attachments) -> None:
        data = fact.body.data
        assert isinstance(data, RemainsIdentified)
        latest = examining.FindingFact(data.sought, data.cases, fact.index)
        state.findings[data.number] = (*state.findings.get(data.number, ()), latest)

    world = received()
    assert not world.copy().say(SOUTH, event).applied
    monkeypatch.setitem(rules.V1, "RemainsIdentified", anything)
    world.must(SOUTH, event)
    assert any(found in what for what in audited(world))


def test_the_second_opinion_misses_a_version(monkeypatch: pytest.MonkeyPatch) -> None:
    world = received()
    world.must(SOUTH, finding(SETS[0], sought=(MISSING[0],)))
    monkeypatch.setitem(rules.V1, "RemainsIdentified", lambda state, fact, attachments: None)
    assert audited(world) == ["the fold has 0 versions; the entries give 1"]
