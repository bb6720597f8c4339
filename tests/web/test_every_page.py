"""Every page in a real browser: readable by a screen reader, within the policy, on a phone, with no other host asked.

`make screenshots` runs this with REPATRIA_SCREENSHOTS set to a folder, for every language and both widths, and keeps
what it saw there.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from repatria.report.language import CODES
from tests.web.browser import Site, live
from tests.web.world import World, application

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread
KEPT = os.environ.get("REPATRIA_SCREENSHOTS")
LANGUAGES = CODES if KEPT else ("uk", "ar")
WIDTHS = {"phone": 360, "desk": 1200}
READ_AT = {"phone": "ar", "desk": "uk"}  # dark on a phone from right to left, light at a desk: what axe reads each time


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("draw_and_plan", tmp_path_factory.mktemp("web"))
    found.appoint("north", "clerk", "officer")
    found.appoint("north", "family", "liaison")
    found.appoint("cross", "clerk", "officer")
    found.at.carry()
    return found


def addresses(member_role: str, role: str) -> list[str]:
    """Every page that can be asked for without naming anything, for that role."""
    application()
    from repatria.web import urls
    from repatria.web.access import PAGES

    assert urls.urlpatterns
    open_to = [each for each in PAGES.values() if role in each.roles and member_role in each.members]
    return [each.path for each in open_to if "<" not in each.path and not each.path.endswith(".css")]


def violations(page: Any) -> list[str]:
    """What axe finds, by rule and place."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def looked_at(site: Site, page: Any, path: str, whose: str, width_name: str) -> list[str]:
    """What is wrong with one page; kept as a picture where that is asked for."""
    where = f"/{path} at {WIDTHS[width_name]}"
    answer = page.request.get(site.url(f"/{path}"))
    if answer.status != 200:
        return [f"{where}: {answer.status}"]
    if "html" not in answer.headers["content-type"]:
        return []
    page.goto(site.url(f"/{path}"))
    code, _, rest = path.partition("/")
    wrong = []
    if KEPT or code == READ_AT[width_name]:
        wrong += [f"{where}: {each}" for each in violations(page)]
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if over > 0:
        wrong.append(f"{where}: {over} pixels too wide")
    if KEPT:
        screen = rest.strip("/").replace("/", "-") or "home"
        Path(KEPT).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(KEPT) / f"{whose}-{screen}-{code}-{width_name}.png", full_page=True)
    return wrong


@pytest.mark.parametrize(("member", "name", "member_role", "role"), [
    ("north", "clerk", "party", "officer"),
    ("cross", "interviewer", "neutral", "interviewer"),
])  # fmt: skip
def test_every_page_is_for_everybody(world: World, member: str, name: str, member_role: str, role: str) -> None:
    wrong: list[str] = []
    with live(world, member) as site:
        for width_name, width in WIDTHS.items():
            with site.logged_in(name, width, dark=width_name == "phone") as page:
                for code in LANGUAGES:
                    for path in addresses(member_role, role):
                        wrong += looked_at(site, page, f"{code}/{path}", f"{member}-{role}", width_name)
        wrong += site.told
    application()
    from repatria.web.policy import reports

    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))
    assert reports == []


BEFORE = ("login/", "login/recovery/", "enrol/")
WITHIN = ("ways/", "ways/app/remove/", "ways/recovery/new/", "ways/passkeys/add/", "password/", "again/password/",
          "again/code/", "key/", "logout/")  # fmt: skip


def test_logging_in_is_for_everybody(world: World) -> None:
    """The pages around a login, and the keeper's: in each language and width for the pictures, else as axe reads."""
    wrong: list[str] = []
    with live(world, "north") as site:
        for width_name in WIDTHS:
            dark, codes = width_name == "phone", LANGUAGES if KEPT else (READ_AT[width_name],)
            with site.logged_in("keeper", WIDTHS[width_name], dark=dark, keeper=True) as page:
                within = [f"account/{each}" for each in WITHIN if KEPT or each.startswith("ways")]
                paths = ["members/", "keys/", *within]
                for code in codes:
                    for path in paths:
                        wrong += looked_at(site, page, f"{code}/{path}", "north-keeper", width_name)
                page.context.clear_cookies()
                for code in codes:
                    for path in BEFORE:
                        wrong += looked_at(site, page, f"{code}/account/{path}", "nobody", width_name)
        wrong += site.told
    from repatria.web.policy import reports

    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))
    assert reports == []
