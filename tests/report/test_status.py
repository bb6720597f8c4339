"""The status page at every phase, with two parties and with seven: it never fails, and says what its keys promise."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import repatria.exchange.moves
from repatria.deal.tasks import TASKS
from repatria.exchange.documents import write
from repatria.exchange.events import AccessRefused, ClaimRecorded, CountsPublished, Day, Slug
from repatria.exchange.person import STATES
from repatria.exchange.publishing import public_counts
from repatria.exchange.state import State
from repatria.files.locales import lead_times, load_language
from repatria.report.language import CODES
from repatria.report.status import page, status
from repatria.report.status_texts import TEXTS
from tests.exchange.wide import PHASES as WIDE
from tests.exchange.wide import wide_at
from tests.exchange.world import NORTH, PHASES, SOUTH, Scenario, sha, world_at


def states() -> dict[str, State]:
    small = {phase: world_at(phase, uncounted=(1, 1)).state for phase in PHASES}
    return small | {f"wide {phase}": wide_at(phase).state for phase in WIDE}


def english(state: State) -> str:
    return page(status(state, lead_times()), load_language("en"))


@pytest.mark.parametrize("code", CODES)
def test_at_every_phase_there_is_a_page_in_every_language(code: str) -> None:
    language = load_language(code)
    for phase, state in {"nothing": State(), **states()}.items():
        text = page(status(state, lead_times()), language)
        assert len(text.splitlines()) > 2, phase
        assert not re.search(r"[{}]|[0-9a-f]{16}", text), phase


def test_every_move_and_every_task_has_its_words() -> None:
    source = Path(repatria.exchange.moves.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'Move\(\s*"([a-z-]+)"', source))
    assert len(codes) > 20
    assert {f"move.{code}" for code in codes} <= set(TEXTS)
    assert {f"task.{task}" for task in TASKS} <= set(TEXTS)


def test_the_page_is_alike_whatever_the_reason_for_which_somebody_does_not_go() -> None:
    """The neutral's word is the same event for every reason; and the page does not even count those words."""
    text = english(world_at("received").state)
    assert "not going" not in text
    assert not any(f" {state} " in text for state in STATES if state not in ("received", "released"))


def test_people_outside_the_balance_are_said_apart() -> None:
    text = english(world_at("received", uncounted=(1, 1)).state)
    assert "South has received 2 people from North, of 2 agreed." in _named(text)
    assert "Outside the balance, 2 people have been received." in text
    assert "Outside" not in english(world_at("received").state)


def _named(text: str) -> str:
    return text.replace("north", "North").replace("south", "South")


def test_who_is_ahead_is_said_in_words_within_the_bound_and_at_it() -> None:
    world = world_at("presented", Scenario((4, 4), bound=2))
    numbers = world.manifest(NORTH)
    assert "Neither side is ahead" in english(world.state)
    world.release(numbers[0])
    assert "North is ahead, within what was agreed." in english(world.state)
    world.release(numbers[1])
    assert "North is ahead by as much as was agreed." in english(world.state)
    for number in world.manifest(SOUTH)[:2]:
        world.release(number)
    for number in (*numbers[:2], *world.manifest(SOUTH)[:2]):
        world.receive(number)
    assert "Neither side is ahead" in english(world.state)


def test_a_breach_is_told_without_how_many_people_it_concerns() -> None:
    """A camp's size could point to a place; that access was refused, and how often, is the breach."""
    world = world_at("listed")
    event = AccessRefused(Slug("camp"), Day("2025-12-08"), SOUTH, tuple(world.scenario.numbers(SOUTH)))
    world.must("cross/visitor", event)
    assert "South refused the neutral access once." in english(world.state)


def test_what_was_said_in_public_and_what_was_confirmed_are_told_apart_and_no_number_is_repeated() -> None:
    world = world_at("reconciled", people=(12, 11))
    assert "In public" not in english(world.state)
    day = Day("2025-12-10")
    claim = ClaimRecorded(Slug("north-ombudsman"), day, Slug("came-home"), NORTH, None, day, 307, sha("a page"))
    world.must("gulf", claim)
    world.must("cross", replace(claim, speaker=Slug("south-ministry"), number=299))
    made = public_counts(world.state, world.state.size)
    event = CountsPublished(made.size, world.attach(write(made)))
    world.must(NORTH, event)
    text = english(world.state)
    assert "2 numbers said in public are on record." in text
    assert "Of 1 thing, different speakers have said different numbers." in text
    assert "to sign the table of counts for the public" in text
    assert "published" not in text
    world.all_must((SOUTH, "gulf"), event)
    text = english(world.state)
    assert "confirmed and published a table of counts 1 time." in text
    assert "to sign the table" not in text
    assert "307" not in text
