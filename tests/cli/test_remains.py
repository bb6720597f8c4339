"""Findings by the command line: what is asked for, what is made of it, what is refused."""

from __future__ import annotations

import pytest

from repatria.exchange.commands import By
from repatria.exchange.events import Opaque, RemainsIdentified
from repatria.office import Given, Outcome
from repatria.remains.commands import IdentifyRemains, identify_remains
from tests.cli.test_main import answered, problems
from tests.exchange.world import NORTH, SOUTH, number_of, register_of, row_of, world_at
from tests.sync.nodes import PASSPHRASE, make_nodes

GIVEN = Given(
    "2025-12-20T08:00:00Z", lambda count: b"\x01" * count, lambda author: None, lambda name: None, lambda name: None,
    lambda name: (), lambda name: (), lambda data, to: data,
)  # fmt: skip


def test_a_finding_is_said_in_order_with_fresh_numbers_for_new_cases_and_the_next_version() -> None:
    world = world_at("received", uncounted=(2, 0), outside="remains")
    number = number_of(NORTH, 2)
    rows = tuple((register_of(SOUTH), row_of(NORTH, i)) for i in (3, 2, 3))
    request = IdentifyRemains(By(SOUTH), number, rows, (("new", "unknown"), ("f" * 32, "north")))
    outcome = identify_remains(world.state, request, GIVEN)
    assert isinstance(outcome, Outcome)
    (draft,) = outcome.drafts
    assert isinstance(draft.event, RemainsIdentified)
    assert (draft.event.version, len(draft.event.sought), len(draft.event.cases)) == (1, 2, 2)
    world.must(SOUTH, draft.event)
    again = identify_remains(world.state, IdentifyRemains(By(SOUTH), Opaque(number), (), ()), GIVEN)
    assert isinstance(again, Outcome)
    assert again.answer["version"] == 2
    world.must(SOUTH, again.drafts[0].event)


def test_the_verbs_show_nothing_where_nothing_was_handed_over_and_say_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    north = make_nodes(round_open=True).path("north")
    assert answered("remains", "list", north) == {"sets": [], "counts": [], "found_dead": 0, "contradicted": 0}
    assert problems("remains", "identify", north, "a" * 32, "--sought", "row", "--case", "number") == [
        "remains.form", "remains.form",
    ]  # fmt: skip
    assert problems("remains", "identify", north, "a" * 32, "--sought", "sought:0000abcd") == ["remains.register"]
    assert problems("remains", "identify", north, "a" * 32, "--case", "new:unknown") == ["authority.quorum"]
