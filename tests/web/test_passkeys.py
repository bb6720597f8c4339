"""Logging in as people do: a real browser over https with the node's own authority, its passkeys, in Ukrainian.

The server is `repatria serve` itself, trusted by its own authority's key (tests/web/nodes.py).
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.codec import decode_body
from repatria.ledger.entry import decode_entry
from repatria.rehearsal.exchange import Scenario
from repatria.rehearsal.nodes import PARTIES, PASSPHRASE, SECRETARIAT
from repatria.store.node import NodeFolder
from tests.web.nodes import Heard, Node
from tests.web.people import Keeper, browser
from tests.web.walk import SIZE, Walk, served
from tests.web.world import World

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread
NAME = "north.test"
PASSWORD = "four plain words here"


class Device:
    """One browser, in which things are found by the very words that stand there in Ukrainian."""

    def __init__(self, chromium: Any, site: Node) -> None:
        self.site = site
        self.page = chromium.new_context(locale="uk-UA").new_page()
        self.page.set_default_timeout(15_000)
        self.heard = Heard(self.page)

    def go(self, path: str) -> None:
        self.page.goto(self.site.url(path))

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def title(self) -> str:
        return str(self.page.locator("h1").inner_text())

    def arrive(self, title: str) -> None:
        """Wait until the page of that title is here. Polled: a strict policy of content allows nothing else."""
        self.page.get_by_role("heading", level=1, name=title).wait_for()

    def log_out(self) -> None:
        self.press("Вийти")
        self.arrive("Увійти")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as found:
        yield found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Node]:
    """North's node as `repatria serve` shows it."""
    found = Node(Path(World.after("open", tmp_path).at.node("north")), NAME)
    found.start()
    try:
        yield found
    finally:
        found.stop()


def test_a_password_with_an_apps_code_and_the_lock_after_five_wrong_ones(site: Node, playwright: Any) -> None:
    with browser(playwright, [site]) as chromium:
        by_password(Device(chromium, site), site)
    site.stop()
    site.start()
    assert "keeper" not in site.said, "somebody can log in as keeper"
    site.stop()
    site.start("--keeper-link")
    assert "keeper" in site.said, "and is asked for a new way in where the command says so"


def by_password(device: Device, site: Node) -> None:
    device.page.goto(site.said["keeper"].replace("/en/", "/uk/"))
    device.press("Далі")
    device.arrive("Як ви хочете входити?")
    secret = device.page.locator("code.spoken").inner_text()
    for label in ("Новий пароль:", "Той самий пароль ще раз:"):
        device.page.get_by_label(label, exact=True).fill(PASSWORD)
    device.page.get_by_label("Код:", exact=True).fill(_code(secret))
    device.press("Відтепер входити так")
    device.arrive("Резервні коди")
    device.go("/uk/")
    device.log_out()

    def try_code(code: str) -> None:
        device.page.get_by_label("Код:", exact=True).fill(code)
        with device.page.expect_navigation():
            device.press("Увійти")

    device.page.get_by_label("Ім’я на цьому вузлі:").fill("keeper")
    device.page.get_by_label("Пароль:", exact=True).fill(PASSWORD)
    device.press("Далі")
    device.arrive("Другий крок")
    try_code(_code(secret, 1))
    device.page.get_by_role("button", name="Вийти").wait_for()
    device.log_out()

    device.page.get_by_label("Ім’я на цьому вузлі:").fill("keeper")
    device.page.get_by_label("Пароль:", exact=True).fill(PASSWORD)
    device.press("Далі")
    device.arrive("Другий крок")
    right = {_code(secret, steps) for steps in (-1, 0, 1, 2)}
    for _ in range(4):
        try_code(next(f"{n:06}" for n in range(9) if f"{n:06}" not in right))
        assert "Цей код зараз не діє." in device.page.locator("main").inner_text()
    try_code(next(f"{n:06}" for n in range(9) if f"{n:06}" not in right))
    assert device.title() == "Забагато помилкових спроб"
    assert "15 хвилин" in device.page.locator("main").inner_text()
    assert device.heard.wrong(NAME) == []


def _code(secret: str, steps: int = 0) -> str:
    """RFC 6238: the code of the app now, or so many steps of thirty seconds later."""
    counter = int(time.time()) // 30 + steps
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


# --- by passkey -------------------------------------------------------------------------------------------------------


@pytest.fixture
def begun(playwright: Any, tmp_path: Path) -> Iterator[Walk]:
    """North's node alone, in a round that has begun, and nobody with a login yet."""
    scenario = Scenario(tmp_path, SIZE)
    scenario.at = World.after("open", tmp_path).at
    at = scenario.at
    at.on("2025-11-18")
    for party in PARTIES:
        at.signed(party, "exchange", "activate", "--round", "2025-1", "--target", "2025-12-31")
    at.do("exchange", "activate", at.node(SECRETARIAT), "--round", "2025-1", "--target", "2025-12-31")
    at.carry()
    with served(scenario, playwright, "north") as walk:
        yield walk


def test_from_the_first_link_to_a_clause_that_is_signed_and_a_passkey_that_outlives_the_database(begun: Walk) -> None:
    node, keeper, clerk = begun.nodes["north"], begun.person("north/keeper", Keeper), begun.clerk("north")

    # The keeper, with the link that was printed; the clerk with a code, a passkey, a key of the browser's.
    keeper.enrol(node.said["keeper"])
    assert len(keeper.passkeys()) == 1
    clerk.enrol(keeper.invite("clerk"))
    clerk.page.goto(node.url("/uk/account/key/"))
    clerk.page.get_by_text("Ключ є в цьому браузері.").wait_for()
    figures = clerk.page.locator(".spoken").inner_text()
    assert re.fullmatch(r"(\d{5} ){11}\d{5}", figures)
    clerk.log_out()
    clerk.log_in()
    assert clerk.title() == "Ця сторінка не для вашої ролі"

    # The keeper sees the same figures, and appoints; the signatories, who have key files, are let in.
    keeper.open("members.title")
    assert keeper.page.get_by_text(figures).count() == 1
    keeper.appoint("clerk", "officer")
    for name in ("sig-1", "sig-2"):
        begun.people[f"north/{name}"].enrol(keeper.invite(name))

    # A clause is proposed, agreed to, and signed in two browsers with what only they have.
    clerk.page.goto(node.url("/uk/"))
    clerk.propose("total-south", "40")
    assert clerk.agree()
    assert clerk.page.get_by_text(clerk.text("web.signing.wanted")).count() == 3, "three can sign, and nobody has"
    begun.signed("north")
    clerk.open("web.consult.title")
    assert not clerk.button("web.consult.agree").count(), "north has agreed"
    clerk.read_aloud()

    # The database is dropped; the passkey is still theirs, and no new link is made.
    node.stop()
    with NodeFolder.open(node.folder, PASSPHRASE) as opened:
        said = [decode_body(decode_entry(each.entry).body).kind for each in opened.outbox()]
    assert [kind for kind in said if kind.startswith("Clause")] == ["ClauseProposed", "ClauseAgreed"]
    for file in (node.folder / "web").glob("pages.sqlite3*"):
        file.unlink()
    node.start()
    assert "keeper" not in node.said
    clerk.log_in()
    assert clerk.title() != "Ця сторінка не для вашої ролі"
    assert begun.wrong() == []
