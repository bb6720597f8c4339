"""The timeline: every entry as a sentence, a page at a time, what had no effect among them, and the phases above."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from repatria.exchange.codec import decode_body
from repatria.exchange.fold import apply
from repatria.exchange.state import State
from repatria.ledger.entry import decode_entry
from repatria.report.language import CODES
from repatria.report.phases import phases
from repatria.web.pages.timeline import PER_PAGE
from repatria.web.served import Served
from repatria.web.telling import telling
from tests.web.world import World, client


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World.after("lists", tmp_path_factory.mktemp("web"))
    made.appoint("north", "clerk", "officer")  # signed here, not ordered yet
    return made


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    with world.serving("north") as found:
        yield found


def page(query: str = "", code: str = "en") -> str:
    answer = client("clerk").get(f"/{code}/timeline/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def shown(text: str) -> list[int]:
    return [int(each) for each in re.findall(r'/ledger/(\d+)/">', text)]


def test_every_entry_stands_on_exactly_one_page_in_order(served: Served) -> None:
    assert served.node.ledger is not None
    size = served.node.ledger.size
    seen = [index for start in range(0, size, PER_PAGE) for index in shown(page(f"?from={start}"))]
    assert seen == list(range(size))


@pytest.mark.parametrize("code", CODES)
def test_each_entry_is_its_sentence_in_the_language_of_the_page(served: Served, code: str) -> None:
    from django.utils.html import escape

    from repatria.web.texts import language_of

    assert served.node.ledger is not None
    text = page("?from=0", code)
    for data in served.node.ledger.entries(0, PER_PAGE):
        body = decode_body(decode_entry(data).body)
        assert escape(language_of(code).sentence(telling(body.author, body.data))) in text


def test_what_had_no_effect_is_there_with_its_rule(served: Served) -> None:
    refusals = served.node.ledger_state().refusals
    assert refusals
    for each in refusals:
        text = page(f"?from={each.index}")
        assert shown(text)[0] == each.index
        first = text[text.index("<li class="):]
        first = first[: first.index("</li>")]
        assert "It had no effect" in first
        assert str(each.rule) in first
    assert page(f"?from={refusals[0].index}").count("It had no effect") == len(
        [each for each in refusals if each.index < refusals[0].index + PER_PAGE]
    )


def test_the_latest_page_comes_first_with_what_was_signed_here_and_is_not_ordered(served: Served) -> None:
    assert served.node.ledger is not None
    text = page()
    assert shown(text)[-1] == served.node.ledger.size - 1
    assert text.count("not yet in the ledger that all share") == 1
    assert "not yet in the ledger that all share" not in page("?from=0")


def test_a_day_is_found(served: Served) -> None:
    state = served.node.ledger_state()
    for index, day in state.days:
        assert shown(page(f"?day={day}"))[0] == index


@pytest.mark.parametrize(
    "query", ["?from=-1", "?from=99999999999999999999", "?from=٣", "?day=someday", "?day=9999-01-01"]
)
def test_an_address_that_means_nothing_shows_a_page_all_the_same(served: Served, query: str) -> None:
    assert shown(page(query))


def test_only_the_entries_of_the_page_are_read(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served.state()
    ledger = served.node.ledger
    assert ledger is not None
    read: list[int] = []
    real = type(ledger)._entry
    monkeypatch.setattr(type(ledger), "_entry", lambda self, index: read.append(index) or real(self, index))
    page("?from=0")
    page()
    assert len(read) <= 2 * PER_PAGE


def test_phases_follow_one_another_at_every_moment_of_the_record(served: Served) -> None:
    ledger = served.node.ledger
    assert ledger is not None
    state, codes = State(), ["open", "consult", "lists", "prepare", "handover"]
    known: set[str] = set()
    for data in ledger.entries():
        apply(state, data, served.node.attachment)
        found = phases(state)
        assert [each.code for each in found] == codes[: len(found)]
        assert [each.going_on for each in found] == [False] * (len(found) - 1) + [True] * bool(found)
        assert all(before.last == after.first for before, after in pairwise(found))
        assert all(each.first <= each.last for each in found)
        known |= {each.code for each in found}
    assert known == set(codes[:4])  # the lists are signed, and no plan is
    assert phases(state)[1].first == "2025-11-16"  # in log time: no mediator had spoken since when south confirmed it
    assert (phases(state)[2].first, phases(state)[2].last) == ("2025-11-18", "2025-11-29")


def test_the_picture_says_what_the_table_says_and_is_mirrored_where_one_reads_from_the_right(served: Served) -> None:
    english, arabic = page(), page("", "ar")
    assert english.count("<rect") == arabic.count("<rect") == 4
    bars = [[int(each) for each in re.findall(r'<rect[^>]* x="(\d+)"', text)] for text in (english, arabic)]
    widths = [int(each) for each in re.findall(r'<rect[^>]* width="(\d+)"', english)]
    assert [640 - x - width for x, width in zip(bars[0], widths, strict=True)] == bars[1]
    assert 'role="img" aria-label="' in english


def test_before_there_is_anything_the_page_says_so(tmp_path: Path) -> None:
    from repatria.store.node import NodeFolder
    from repatria.web.access import serve

    with NodeFolder.create(tmp_path / "alone", "north", "party", "four plain words here") as node:
        serve(Served(node))
        answer = client("clerk", keeper=True).get("/en/timeline/")
        assert answer.status_code == 200
        assert "Nothing has happened yet" in answer.content.decode()
        assert client("clerk", keeper=True).get("/en/consultation/").status_code == 200
        assert client("clerk", keeper=True).get("/en/signing/").status_code == 200
