"""Who is ahead: the sequence rule of a place can never block both sides, and the bound over all places holds."""

from __future__ import annotations

from itertools import product

import pytest

from repatria.deal.ratio import factors, scaled
from repatria.exchange.balance import Account, ahead, exercisable
from repatria.exchange.counting import accounts, balance_ahead
from repatria.exchange.events import Author, RightGranted, RightReturned, RoundClosed, Slug, Unconfirmed
from tests.exchange.world import (
    MEDIATORS,
    MEMBERS,
    NORTH,
    PARTIES,
    ROUND,
    SOUTH,
    World,
    reconciliation,
    stage_opened,
    world_at,
)


@pytest.mark.parametrize("totals", [(1, 1), (2, 3), (3, 4), (5, 8), (7, 1), (1200, 800)], ids=str)
def test_with_receipts_delivered_both_sides_are_never_blocked_and_neither_is_ahead_by_more_than_the_bound(
    totals: tuple[int, int],
) -> None:
    """Every state that the rule lets one reach, up to 40 people a side."""
    factor = factors(dict(zip(PARTIES, totals, strict=True)))
    bound = scaled(1, factor)
    reached, ahead_most = {(0, 0)}, 0
    queue = [(0, 0)]
    while queue:
        north, south = queue.pop()
        may = {
            NORTH: exercisable(Account(north, south), 1, NORTH, factor, 1),
            SOUTH: exercisable(Account(south, north), 1, SOUTH, factor, 1),
        }
        assert any(may.values()), (north, south)
        given = {NORTH: north, SOUTH: south}
        ahead_most = max(ahead_most, *ahead(factor, given, given).values())
        for step in [(north + 1, south)] * may[NORTH] + [(north, south + 1)] * may[SOUTH]:
            if step not in reached and max(step) <= 40:
                reached.add(step)
                queue.append(step)
    assert ahead_most <= bound


def test_weights_do_not_block_while_the_bound_is_the_heaviest_unit() -> None:
    factor = factors({"north": 6, "south": 4})
    for (heavy_north, heavy_south), north, south in product([(2, 3), (3, 1), (3, 3)], range(12), range(12)):
        blocked = [
            not exercisable(Account(north, south), heavy_north, NORTH, factor, 3),
            not exercisable(Account(south, north), heavy_south, SOUTH, factor, 3),
        ]
        assert not all(blocked)


# --- the bound over all places ----------------------------------------------------------------------------------------


def open_stage(world: World, stage: str) -> None:
    world.all_must((*PARTIES, MEDIATORS[1]), stage_opened(world, stage))


def give_back(world: World, holder: str, stage: str) -> None:
    """The rights of a side's people at a stage that are still out come back unused: they are withheld."""
    out = [n for n in world.manifest(holder, stage) if (right := world.state.persons[n].right) and right.out]
    if out:
        world.must(f"{holder}/desk-bridge", RightReturned(Slug(stage), Slug("bridge"), 1, tuple(out)))


def one_side_gives_one(world: World, gives: str, stage: str) -> None:
    """Rights for everyone; one side hands over the first of its people; all others' rights are still out."""
    for holder in PARTIES:
        world.grant(world.manifest(holder, stage), stage=stage)
    world.present(world.manifest(gives, stage), stage)
    world.release(world.manifest(gives, stage)[0])
    world.receive(world.manifest(gives, stage)[0])


def end_with_north_one_ahead(world: World, stage: str) -> None:
    one_side_gives_one(world, NORTH, stage)
    for holder in PARTIES:
        give_back(world, holder, stage)
    world.all_must((*PARTIES, "cross"), reconciliation(world, stage))


def test_what_a_side_is_behind_at_a_place_that_is_still_open_does_not_count_in_its_favour() -> None:
    world = world_at("stage-open", people=(6, 6), stages=3, exposure=2)
    end_with_north_one_ahead(world, "s1")
    open_stage(world, "s2")
    one_side_gives_one(world, SOUTH, "s2")
    assert balance_ahead(world.state) == {NORTH: 0, SOUTH: 0}
    assert world.say(NORTH, stage_opened(world, "s3")).rule == "stage.exposure"  # north may yet give two at s2
    for holder in PARTIES:
        give_back(world, holder, "s2")
    assert world.say(NORTH, stage_opened(world, "s3")).rule == "stage.exposure"  # they could be granted again there
    world.all_must((*PARTIES, "cross"), reconciliation(world, "s2"))
    open_stage(world, "s3")


def test_a_side_that_is_behind_can_catch_up_however_far_the_other_is_ahead() -> None:
    world = world_at("stage-open", people=(1, 2), stages=2, exposure=1)
    end_with_north_one_ahead(world, "s1")
    assert balance_ahead(world.state) == {NORTH: 2, SOUTH: -2}
    open_stage(world, "s2")  # only south's people are due there


def test_a_dark_desks_rights_count_as_a_risk_though_the_place_is_reconciled() -> None:
    world = world_at("stage-open", people=(2, 2), stages=2, exposure=1)
    world.grant(world.manifest(NORTH))
    world.must(NORTH, Unconfirmed(Slug("s1"), Slug("bridge"), Author("north/desk-bridge")))
    world.all_must((*PARTIES, "cross"), reconciliation(world, "s1"))
    assert world.say(NORTH, stage_opened(world, "s2")).rule == "stage.exposure"


def test_no_right_is_granted_after_the_round_is_closed() -> None:
    world = world_at("stage-open")
    numbers = world.manifest(NORTH)
    event = RightGranted(Slug("s1"), Slug("bridge"), Author("north/desk-bridge"), 1, tuple(numbers))
    assert world.copy().say(NORTH, event).applied
    world.all_must(MEMBERS, RoundClosed(ROUND, accounts(world.state)))
    assert world.say(NORTH, event).rule == "round.not_open"
