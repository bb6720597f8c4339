"""Medical boards: who sits, how many decide, and that nothing of what was found can be read off the ledger."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.audit.ledger import Run
from repatria.exchange import authority
from repatria.exchange.codec import plain
from repatria.exchange.events import Author, Day, KeyRevoked, MedicalBoardDecided, Sealed, Slug
from repatria.exchange.medical import FINDINGS, FINDINGS_MOST, pack, unpack
from repatria.ledger.canonical import encode
from repatria.ledger.log import LogReading
from tests.exchange.world import CROSS, NORTH, SEALED, SOUTH, World, appointment, public, world_at

SEATS = ("cross/doctor-1", "cross/doctor-2", "north/doctor")
EVERYBODY = (*SEATS, "south/doctor", "cross/visitor", "cross/gate-bridge", "north/sig-1")
DAY = Day("2025-12-08")


def boards(*authors: str) -> World:
    world = world_at("listed")
    for author in authors or (*SEATS, "south/doctor"):
        world.must(author.partition("/")[0], appointment(author, "physician"))
    return world


def decision(board: str = "mixed", holder: str = NORTH) -> MedicalBoardDecided:
    return MedicalBoardDecided(Slug("camp"), DAY, Slug(holder), Slug(board), Sealed(SEALED))


def second_opinion(world: World) -> set[str]:
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    return {problem.code for problem in [*run.problems, *run.watch.problems]}


@pytest.mark.parametrize("by", EVERYBODY)
def test_a_commission_decides_by_two_of_its_three_members_and_nobody_elses_signature(by: str) -> None:
    """Every set of signers there is: majority of the two neutral members and the holder's one (Annex II 1, 10)."""
    others = [author for author in EVERYBODY if author != by]
    base = boards()
    for count in range(4):
        for also in combinations(others, count):
            signers = {by, *also}
            verdict = base.copy().say(by, decision(), signers=[by, *also])
            assert verdict.applied is (signers <= set(SEATS) and len(signers) >= 2), (by, also, verdict)


def test_the_holders_own_board_is_its_physician_alone() -> None:
    base = boards()
    for by in EVERYBODY:
        assert base.copy().say(by, decision("own"), signers=[by]).applied is (by == "north/doctor"), by
    assert base.say("north/doctor", decision("own"), signers=["north/doctor", SEATS[0]]).rule == "signature.unknown"


def test_an_empty_chair_of_the_holder_stops_no_commission_and_fills_no_neutral_one() -> None:
    """A power that names nobody cannot keep its prisoners from being examined; one neutral alone decides nothing."""
    world = boards("cross/doctor-1", "cross/doctor-2")
    assert world.say(SEATS[0], decision(), signers=SEATS[:2]).applied
    alone = boards("cross/doctor-1")
    assert alone.say(SEATS[0], decision(), signers=SEATS[:1]).rule == "authority.quorum"


def test_a_member_of_the_commission_whose_key_has_ended_signs_nothing() -> None:
    world = boards()
    world.must(CROSS, KeyRevoked(Author(SEATS[1]), public(SEATS[1])))
    assert world.copy().say(SEATS[0], decision(), signers=SEATS[:2]).rule == "signature.unknown"
    world.must(CROSS, appointment("cross/doctor-3", "physician"))  # the seat is free for another
    assert world.say(SEATS[0], decision(), signers=[SEATS[0], "cross/doctor-3"]).applied
    assert second_opinion(world) == set()


def test_what_is_kept_of_a_decision_is_where_when_about_whose_prisoners_and_when_it_was_told() -> None:
    world = boards()
    said = world.must("north/doctor", decision("own"), signers=["north/doctor"])
    (fact,) = world.state.boards.values()
    assert list(world.state.boards) == [said]
    assert (fact.place, fact.held_on, fact.holder, fact.board) == ("camp", DAY, NORTH, "own")
    assert fact.told == DAY  # the log's clock stood at the first of the month; not before the board sat
    assert second_opinion(world) == set()


def test_the_second_opinion_knows_who_has_a_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    world = boards()
    monkeypatch.setattr(authority, "_commission", lambda state, body, index: {})
    monkeypatch.setattr(authority, "COMMISSION_MAJORITY", 1)
    world.must(SEATS[0], decision(), signers=SEATS[:1])
    assert second_opinion(world) == {"audit.authority.effect"}
    monkeypatch.setitem(authority.PHYSICIANS, "party", 2)
    crowded = boards()
    crowded.must(SOUTH, appointment("south/doctor-2", "physician"))
    assert second_opinion(crowded) == {"audit.authority.effect"}


NUMBERS = st.integers(1, 2**128 - 1).map(lambda n: f"{n:032x}")


@given(st.dictionaries(NUMBERS, st.sampled_from(FINDINGS[1:]), max_size=FINDINGS_MOST))
def test_findings_are_packed_at_one_size_and_read_again(found: dict[str, str]) -> None:
    assert len(pack(found)) == len(pack({}))
    assert unpack(pack(found)) == found
    assert unpack(pack(found)[:-1]) == {}


def test_an_entry_of_a_board_has_one_size_and_no_field_for_what_it_found() -> None:
    assert set(vars(decision())) == {"place", "held_on", "holder", "board", "sealed"}
    assert len(encode(plain(decision("own")))) == len(encode(plain(decision("mixed")))) - len("mixed") + len("own")
