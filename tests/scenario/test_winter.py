"""`exchange status` after each of twelve points of the winter exchange, as a mediator would read it aloud.

REPATRIA_REWRITE_GOLDEN=1 writes the pages anew; read them before you keep them, as the mediator.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from repatria.exchange.state import State, dump_state, load_state
from repatria.files.locales import lead_times, load_language
from repatria.report.language import CODES
from repatria.report.status import page, status
from tests.report.test_locale import bare, torn
from tests.scenario.winter import Winter

GOLDEN = Path(__file__).parent / "golden" / "status"
NAMES = Path(__file__).parent / "winter.toml"
POINTS = (
    "announced", "clauses-open", "offer-carried", "offer-released", "terms-in-force", "answers-overdue",
    "lists-signed", "access-refused", "plan-signed", "stage-under-way", "suspended", "closed",
)  # fmt: skip


@cache
def states() -> Mapping[str, State]:
    """The state after each point, by its name."""
    return {name: world.state.fork() for name, world in Winter().points()}


def read(name: str, code: str) -> str:
    return page(status(states()[name], lead_times()), load_language(code, NAMES))


@pytest.mark.parametrize("code", ["en", "uk"])
@pytest.mark.parametrize("name", POINTS)
def test_the_page_at_each_point_is_the_golden_one(name: str, code: str) -> None:
    file = GOLDEN / f"{POINTS.index(name) + 1:02}-{name}.{code}.txt"
    found = read(name, code)
    if os.environ.get("REPATRIA_REWRITE_GOLDEN"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8")


def test_there_are_twelve_points_and_no_other_page() -> None:
    assert tuple(states()) == POINTS
    assert len(list(GOLDEN.iterdir())) == 2 * len(POINTS)


@pytest.mark.parametrize("code", CODES)
def test_no_page_shows_a_number_of_a_person_or_a_hash_or_leaves_a_place_unfilled(code: str) -> None:
    for name, state in states().items():
        text = bare(read(name, code))
        assert re.findall(r"[0-9a-f]{16}|[{}]", text) == [], name
        assert not any(number[:8] in text for number in state.persons), name


@pytest.mark.parametrize("code", ["uk", "ru"])
def test_a_page_in_cyrillic_has_no_latin_word_left(code: str) -> None:
    for name in POINTS:
        assert re.findall(r"[A-Za-z]+", read(name, code)) == [], name


def test_an_arabic_page_is_never_torn() -> None:
    for name in POINTS:
        assert [line for line in read(name, "ar").splitlines() if torn(line.removeprefix("  - "))] == [], name


def test_the_page_is_a_function_of_the_state_alone() -> None:
    for name, state in states().items():
        again = load_state(dump_state(state))
        assert status(again, lead_times()) == status(state, lead_times()), name


def test_what_an_offer_says_and_whose_it_is_shows_only_once_it_is_released() -> None:
    carried, released = read("offer-carried", "en"), read("offer-released", "en")
    assert "an offer carried privately to South by the mediator Gulf" in carried
    assert "1,000" not in carried
    assert "1,000 people, proposed by North" in released
