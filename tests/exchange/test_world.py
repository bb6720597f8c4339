"""The scenario itself: every phase is reached, and each hands on a copy that nobody else sees."""

from __future__ import annotations

import pytest

from repatria.exchange.events import Suspended
from tests.exchange.world import PHASES, ROUND, world_at


@pytest.mark.parametrize("phase", PHASES)
def test_every_phase_is_reached_without_a_refusal(phase: str) -> None:
    world = world_at(phase)
    assert world.state.size == len(world.entries)
    assert not world.state.refusals


def test_four_and_four_people_over_two_stages_and_two_places_close_their_first_stage() -> None:
    world = world_at("reconciled", people=(4, 4), stages=2, places=("bridge", "quay"))
    assert sorted(world.states().values()) == ["listed"] * 4 + ["received"] * 4


def test_copies_of_a_world_do_not_share_what_happens_to_them() -> None:
    one, two = world_at("planned"), world_at("planned")
    one.must("north", Suspended(ROUND))
    assert two.state.suspensions == []
    assert two.state.root != one.state.root
