"""Every page against every role: whoever may open it is answered, everyone else refused, nobody unknown is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from repatria.exchange.authority import EVERYONE
from repatria.report.language import CODES
from tests.web.world import World, application, client


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("consult", tmp_path_factory.mktemp("web"))
    found.appoint("north", "clerk", "officer")
    found.appoint("north", "family", "liaison")
    return found


def test_whoever_is_not_logged_in_is_sent_to_the_login(world: World) -> None:
    application()
    from django.test import Client

    with world.serving("north"):
        answer = Client(SERVER_NAME="testserver").get("/uk/")
    assert (answer.status_code, answer["Location"]) == (302, "/uk/account/login/")


@pytest.mark.parametrize("code", CODES)
def test_the_first_page_is_in_the_language_of_its_address(world: World, code: str) -> None:
    with world.serving("north"):
        page = client("clerk").get(f"/{code}/").content.decode()
    assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in page


def test_a_login_without_a_role_in_the_ledger_opens_nothing_and_the_keeper_does(world: World) -> None:
    with world.serving("north"):
        assert client("stranger").get("/en/").status_code == 403
        assert client("stranger", keeper=True).get("/en/").status_code == 200


def test_a_role_ends_when_the_ledger_ends_it(world: World, tmp_path: Path) -> None:
    other = World.after("consult", tmp_path)
    other.appoint("north", "clerk", "officer")
    with other.serving("north"):
        assert client("clerk").get("/en/").status_code == 200
    other.at.do("node", "revoke", other.at.node("north"), "clerk")
    with other.serving("north"):
        assert client("clerk").get("/en/").status_code == 403


def test_no_page_is_without_a_word_on_who_may_open_it() -> None:
    application()
    from repatria.web.access import PAGES

    for found in PAGES.values():
        assert found.roles, found.name
        assert found.members <= set(EVERYONE), found.name
