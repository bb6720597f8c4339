"""Every page in a real browser: readable by a screen reader, within the policy, on a phone, with no other host asked.

`make screenshots` runs this with REPATRIA_SCREENSHOTS set to a folder, for every language and both widths, and keeps
what it saw there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.authority import PARTY
from repatria.report.language import CODES
from repatria.web.served import Served
from tests.web import test_beginning as begun
from tests.web.browser import Site, live
from tests.web.everybody import EVERYBODY, Somebody, address, asked_about, furnished
from tests.web.test_non_interference import somebody_sought
from tests.web.world import World, application, client

application()

from repatria.web import urls  # noqa: E402 - Django is set up before its models are there
from repatria.web.access import PAGES, may_open  # noqa: E402

assert urls.urlpatterns

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread
KEPT = os.environ.get("REPATRIA_SCREENSHOTS")
LANGUAGES = CODES if KEPT else ("uk", "ar")
WIDTHS = {"phone": 360, "desk": 1200}
REFUSED = "Failed to load resource: the server responded with a status of 4"  # as a form is that is wrong on purpose
Filled = Mapping[str, str]
READ_AT = {"phone": "ar", "desk": "uk"}  # dark on a phone from right to left, light at a desk: what axe reads each time


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return furnished(tmp_path_factory.mktemp("web"))


def shown(served: Served, who: Somebody, seen: set[str]) -> list[str]:
    """The addresses, below the language, of every page that somebody can look at and nobody before them has; the first
    page for each, since it is another for every role."""
    visitor, about, found = client(who.name, who.keeper), asked_about(served, who), []
    for name, each in PAGES.items():
        where = address(name, about)
        if name in seen or not (each.everybody or may_open(each, served.who(who.name, who.keeper), served.node.role)):
            continue
        answer = visitor.get(where)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            found.append(where.removeprefix("/en/"))
            seen.update([name] if name != "home" else [])
    return found


def violations(page: Any) -> list[str]:
    """What axe finds, by rule and place."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def looked_at(site: Site, page: Any, path: str, whose: str, width_name: str, form: Filled | None = None) -> list[str]:
    """What is wrong with one page, at this width and at the other; kept as a picture where that is asked for.

    Args:
        form: what its form is filled in with before it is sent, whatever the browser says of it.
    """
    where = f"/{path} at {WIDTHS[width_name]}" + (f" with {sorted(form)}" if form is not None else "")
    answer = page.goto(site.url(f"/{path}"))
    if answer.status != 200:
        return [f"{where}: {answer.status}"]
    if form is not None:
        sent(page, form)
    code, _, rest = path.partition("/")
    wrong = [f"{where}: {each}" for each in violations(page)] if KEPT or code == READ_AT[width_name] else []
    if KEPT:
        screen = (rest.strip("/").replace("/", "-") or "home") + ("" if form is None else "-sent")
        Path(KEPT).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(KEPT) / f"{whose}-{screen}-{code}-{width_name}.png", full_page=True)
    for width in sorted(WIDTHS.values(), reverse=width_name == "phone"):  # its own last, as the next page wants it
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            wrong.append(f"{where}: {over} pixels too wide at {width}")
    return wrong


def sent(page: Any, form: Filled) -> None:
    """Fill in the form that has these fields, and send it; without any, the first one of the page as it is."""
    with page.expect_navigation():
        page.evaluate("""given => {
            const has = form => Object.keys(given).every(name => form.elements[name]);
            const form = [...document.querySelectorAll("main form[method=post]")].find(has);
            for (const [name, value] of Object.entries(given)) form.elements[name].value = value;
            form.submit();
        }""", dict(form))


def sent_forms(served: Served) -> dict[str, list[tuple[str, Filled]]]:
    """By person: pages whose forms are sent, with what; told, and told to be wrong."""
    number, _ = somebody_sought(served)
    found: dict[str, list[tuple[str, Filled]]] = {
        "north/clerk": [
            ("plan/why/", {"number": number}), ("clearing/", {"numbers": number}), ("registers/", {}),
            ("consultation/", {"clause": "total-south", "value": "?"}),
            ("withdraw/", {"number": number, "reason": "as agreed"}), ("withdraw/", {"number": "?"}),
            ("tokens/", {"label": "buses"}),
        ],
        "north/family": [("families/", {"name": "", "reach": ""})],
        "north/doctor-1": [("boards/", {})], "north/keeper": [("members/", {"name": "-"}), ("reads/", {})],
        "cross/interviewer": [("interviews/", {})],
    }  # fmt: skip
    return found


@pytest.mark.parametrize("member", ["north", "cross", "straits"])
def test_every_page_is_for_everybody(world: World, member: str) -> None:
    """Each page of the table as one of those sees it who may, and the first page as every role does: on a phone, dark
    and from right to left, and at a desk, light; in between at the other's width."""
    wrong: list[str] = []
    seen: set[str] = set() if member == "north" else {name for name, each in PAGES.items() if each.members >= {PARTY}}
    with live(world, member) as site:
        forms = sent_forms(site.served)
        for who in (each for each in EVERYBODY if each.member == member):
            paths = shown(site.served, who, seen)
            for width_name, width in WIDTHS.items():
                codes = LANGUAGES if KEPT else (READ_AT[width_name],)
                if not paths:
                    continue
                with site.logged_in(who.name, width, width_name == "phone", keeper=who.keeper) as page:
                    for code in codes:
                        whose = str(who).replace("/", "-")
                        for path in paths:
                            wrong += looked_at(site, page, f"{code}/{path}", whose, width_name)
                        for path, form in forms.get(str(who), []):
                            wrong += looked_at(site, page, f"{code}/{path}", whose, width_name, form)
        wrong += [each for each in site.told if not each.startswith(REFUSED)]
    from repatria.web.policy import reports

    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))
    assert reports == []


def test_beginning_is_for_everybody(tmp_path: Path) -> None:
    """From an empty node on: the cards with something wrong among them, what opens an exchange, and joining it."""
    world = begun.empty_nodes(tmp_path)
    given = begun.cards(world)
    wrong: list[str] = []
    with live(world, begun.SECRETARIAT) as site:

        def look(path: str, form: Filled | None = None) -> None:
            for width_name, width in WIDTHS.items():
                with site.logged_in("keeper", width, width_name == "phone", keeper=True) as page:
                    for code in LANGUAGES if KEPT else (READ_AT[width_name],):
                        whose = f"{begun.SECRETARIAT}-keeper"
                        wrong.extend(looked_at(site, page, f"{code}/{path}", whose, width_name, form))

        begun.bring(*given.values())
        look("begin/", {"text": "no card"})
        begun.post("begin/open/", {**begun.SET, "do": "look"})
        look("begin/open/")
        begun.open_()
        begun.bring(begun.forged_whole("north", "party"))
        look("begin/", {"act": ""})
        wrong += [each for each in site.told if not each.startswith(REFUSED)]
    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))


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
                paths = ["keys/", *within]
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
