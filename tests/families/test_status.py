"""What may be said of somebody follows from the ledger, and never says what must not be told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from repatria.exchange.events import (
    Day,
    IdentityConfirmed,
    NotGoing,
    ProofOfLifeRecorded,
    Slug,
    WithdrawnFromList,
)
from repatria.families.status import Facts, Told
from repatria.report.family_texts import TEXTS
from tests.exchange.world import NORTH, SOUTH, World, number_of, register_of, row_of, sha, world_at

WHO = (register_of(NORTH), row_of(SOUTH, 0))  # sought by north, held by south
NUMBER = number_of(SOUTH, 0)


def told(world: World, row: tuple[str, str] = WHO) -> Told:
    return Facts(world.state, world.attachments.get).told((row,))


@pytest.mark.parametrize(
    ("phase", "status", "kind"),
    [
        ("disclosed", "unknown", "unknown"),
        ("answered", "probable", "probable"),
        ("listed", "probable", "listed"),
        ("cleared", "probable", "listed"),
        ("planned", "probable", "planned"),
        ("released", "probable", "planned"),
        ("received", "home", "home"),
        ("ended", "home", "home"),
    ],
)
def test_a_status_follows_the_case(phase: str, status: str, kind: str) -> None:
    found = told(world_at(phase))
    assert (found.status, found.kind) == (status, kind)


def test_a_day_is_told_only_of_somebody_who_is_home() -> None:
    phases = ("disclosed", "answered", "listed", "cleared", "planned", "stage-open", "granted", "presented", "released")
    assert {told(world_at(phase)).day for phase in phases} == {None}
    assert told(world_at("received")).day == world_at("received").scenario.day(0)


def test_nobody_has_found_them() -> None:
    assert Facts(world_at("listed").state, lambda name: None).told(()) == Told("unrecorded", "unrecorded")


@pytest.mark.parametrize("event", [ProofOfLifeRecorded, IdentityConfirmed])
@pytest.mark.parametrize("by_row", [True, False])
def test_only_the_neutrals_word_confirms(event: type, by_row: bool) -> None:
    world = world_at("listed")
    rows = (register_of(NORTH), (WHO[1],), ()) if by_row else (None, (), (NUMBER,))
    world.must("cross/visitor", event(Slug("camp"), Day("2025-12-01"), *rows))
    assert told(world).status == "confirmed"
    assert told(world, (register_of(NORTH), row_of(SOUTH, 1))).status == "probable"


def test_a_holder_who_says_not_held_or_nothing_leaves_it_unknown() -> None:
    world = world_at("answered")
    besides = [(register_of(NORTH), row_of(SOUTH, at)) for at in (2, 3, 4)]
    assert {told(world, row).status for row in besides} == {"unknown"}


def says_not_going(world: World) -> None:
    world.must("cross/visitor", NotGoing(Slug("camp"), Day("2025-12-04"), (NUMBER,)))


def is_withdrawn(world: World) -> None:
    world.must(SOUTH, WithdrawnFromList(NUMBER, sha("why")))


@pytest.mark.parametrize("what", [says_not_going, is_withdrawn])
def test_whatever_happened_to_them_the_letter_is_the_same(what: Callable[[World], None]) -> None:
    before, world = told(world_at("cleared")), world_at("cleared")
    what(world)
    after = told(world)
    assert (after.status, after.kind, after.day) == (before.status, "in_person", None)


@pytest.mark.parametrize("word", ["deceased", "released"])
def test_a_holders_word_of_a_death_or_a_release_is_told_in_person_only(word: str) -> None:
    from tests.exchange.test_agreeing import answer_again

    world = world_at("answered")
    answer_again(world, SOUTH, **{str(WHO[1]): word})
    assert (told(world).status, told(world).kind) == ("unknown", "in_person")


def test_no_letter_has_a_place_for_a_day_a_chance_a_place_or_another_person() -> None:
    kinds = {name: text for name, text in TEXTS.items() if name.startswith(("letter.kind.", "letter.status."))}
    assert {name for name, text in kinds.items() if "{" in str(text)} == {"letter.kind.home"}
    words = {word.strip(".,:;") for text in kinds.values() for word in str(text).lower().split()}
    assert not words & {"chance", "rank", "ticket", "tier", "percent", "odds", "class", "wounded", "sick", "refused"}
