"""Match review in a real browser: fifty pairs judged by keyboard, in Ukrainian."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

from repatria.linkage import commands
from tests.web.browser import Site, live
from tests.web.test_matches import fresh, register
from tests.web.world import World

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread; the database is asked by hand

pytestmark = [
    pytest.mark.xdist_group("browser-matches"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    world = World.after("lists", tmp_path_factory.mktemp("browser"))
    world.appoint("south", "clerk", "officer")
    with live(world, "south") as found:
        fresh(found.served)
        yield found


def words(site: Site) -> list[Any]:
    given = site.served.node.given(site.served.clock())
    return commands.judgements_on(given, register(site.served))


def press(page: Any, key: str) -> None:
    """A key of that place on the keyboard, whatever letter stands on it; the next pair has come afterwards."""
    shown = page.locator("#pair input[name=pair]").get_attribute("value")
    page.keyboard.press(key)
    another = f"#pair:focus input[name=pair]:not([value='{shown}'])"
    page.locator(f"{another}, #pair:focus .problems").first.wait_for(state="attached")


def test_fifty_pairs_are_judged_by_keyboard_in_ukrainian(site: Site) -> None:
    with site.logged_in("clerk") as page:
        page.goto(site.url(f"/uk/matches/{register(site.served)}/"))
        assert page.locator("h1").inner_text() == "Розгляд пар"
        left = re.search(r"\d+", page.locator("#pair-title").inner_text())
        assert left is not None
        for at in range(50):
            press(page, ("KeyL", "KeyN", "KeyU", "KeyN", "KeyN")[at % 5])
            if page.locator("#pair .problems").count():  # who is linked already is told so
                page.keyboard.press("KeyN")
                page.locator("#pair:focus:not(:has(.problems))").wait_for()
        press(page, "KeyB")
        press(page, "KeyN")
        assert not page.locator("details.probability").evaluate("each => each.open"), "hidden until it is asked for"
        page.keyboard.press("KeyP")
        assert page.locator("details.probability").evaluate("each => each.open")
    said = words(site)
    kept = [word for word in said if word.verdict != "taken_back"]
    assert len(kept) == 51
    assert len({word.pair for word in kept}) == 50
    assert {word.why for word in kept} == {"переглянуто обидва записи"}
    assert site.told == []


def test_keys_do_nothing_while_somebody_writes_or_has_switched_them_off(site: Site) -> None:
    with site.logged_in("clerk") as page:
        page.goto(site.url(f"/en/matches/{register(site.served)}/"))
        before = len(words(site))
        page.locator("#why").fill("")
        page.locator("#why").press_sequentially("null")
        page.locator("#keys").uncheck()
        page.keyboard.press("KeyL")
        page.wait_for_timeout(200)
        assert len(words(site)) == before
        assert page.locator("#why").input_value() == "null"


def test_pairs_are_judged_without_any_script(site: Site) -> None:
    with site.logged_in("clerk", script=False) as page:
        page.goto(site.url(f"/ar/matches/{register(site.served)}/"))
        before = len(words(site))
        page.locator("button[value=undecided]").click()
        assert len(words(site)) == before + 1
