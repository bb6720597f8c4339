"""The public record at a node's pages: for everybody, without a login, and nothing in it that is not public."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest

from repatria.report.language import CODES
from tests.web.world import HOST, World, application, client


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.after("consult", tmp_path_factory.mktemp("web"))


def anybody() -> Any:
    application()
    from django.test import Client

    return Client(SERVER_NAME=HOST)


PAGES = ("public/", "public/timeline/", "public/returned/", "public/gaps/", "public/mediators/", "public/totals/",
         "public/exchange/", "public/data/")  # fmt: skip


def test_whoever_is_not_logged_in_reads_every_public_page_and_no_other(world: World) -> None:
    with world.serving("gulf"):
        who = anybody()
        for path, code in zip(PAGES, cycle(CODES), strict=False):
            answer = who.get(f"/{code}/{path}")
            assert answer.status_code == 200, path
            assert f'<html lang="{code}"' in answer.content.decode()
        assert who.get("/en/timeline/").status_code == 302
        assert who.get("/en/").status_code == 302


def test_an_address_narrows_a_page_and_one_that_asks_for_what_there_is_not_is_not_found(world: World) -> None:
    with world.serving("gulf"):
        who = anybody()
        year = who.get("/en/public/timeline/?conflict=ua&year=2025").content.decode()
        assert "22 November 2025" in year
        assert "30 December 2024" not in year
        both = who.get("/en/public/timeline/?conflict=ua&year=2025&mediator=uae").content.decode()
        assert "19 March 2025" in both
        assert "23 May 2025" not in both
        for wrong in ("conflict=xx", "year=20255", "counted=rumoured", "year=1999", "what=else", "mediator=nobody"):
            assert who.get(f"/en/public/timeline/?{wrong}").status_code == 404, wrong
        assert who.get("/en/public/nothing/").status_code == 404
        assert who.get("/en/public/index/").status_code == 404


def test_the_other_languages_are_of_the_same_view(world: World) -> None:
    with world.serving("gulf"):
        text = anybody().get("/en/public/timeline/?conflict=ye").content.decode()
    assert 'href="/uk/public/timeline/?conflict=ye"' in text


def test_files_come_by_the_name_that_bears_their_hash(world: World) -> None:
    with world.serving("gulf"):
        who = anybody()
        text = who.get("/en/public/data/").content.decode()
        found = [part.partition('"')[0] for part in text.split('href="/en/public/data/')[1:]]
        names = [name for name in found if name]
        assert len(names) > 40
        for name in names:
            answer = who.get(f"/en/public/data/{name}")
            assert answer.status_code == 200
            assert name in answer["Content-Disposition"]
        assert who.get("/en/public/data/chronology-1-000000000000.csv").status_code == 404


def test_an_exchange_that_has_published_nothing_says_so(world: World) -> None:
    with world.serving("gulf"):
        text = anybody().get("/en/public/exchange/").content.decode()
    assert "No counts have been published yet" in text
    assert "No claim is on record" in text


def test_whoever_is_logged_in_finds_it_in_the_menu(world: World) -> None:
    world.appoint("gulf", "clerk", "officer")
    with world.serving("gulf"):
        text = client("clerk").get("/en/public/").content.decode()
    assert 'href="/en/public/" aria-current="page"' in text
