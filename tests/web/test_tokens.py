"""Tokens for programs at their page: made by whoever has shown who they are, shown once, ended; and kept nowhere."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from repatria.report.language import CODES
from repatria.store.reads import Read
from repatria.web.served import Served
from tests.web.world import HOST, World, application, client

application()

from repatria.web import tokens  # noqa: E402 - Django is set up before its models are there

PASTED = re.compile(r"Authorization: Bearer (repatria-[0-9a-f]{64})<")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("consult", tmp_path_factory.mktemp("tokens"))
    for name, role in (("clerk", "officer"), ("second", "officer"), ("family", "liaison")):
        found.appoint("north", name, role)
    return found


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    with world.serving("north") as found:
        for name in ("clerk", "second", "family"):
            tokens.end_all(found, name)
        yield found


def asked(visitor: Any, language: str = "en") -> str:
    """The mark of the form that makes a token."""
    page = visitor.get(f"/{language}/tokens/").content.decode()
    (once,) = re.findall(r'name="once" value="([0-9a-f]{32})"', page)
    return str(once)


def made(visitor: Any, label: str = "buses") -> str:
    """A token, as it stands on the one page that shows it."""
    answer = visitor.post("/en/tokens/issue/", {"label": label, "once": asked(visitor)})
    assert answer.status_code == 200
    (text,) = PASTED.findall(answer.content.decode())
    return str(text)


def ask(token: str, verb: str = "exchange/status") -> int:
    from django.test import Client

    headers = {"authorization": f"Bearer {token}"}
    answer = Client(SERVER_NAME=HOST).post(f"/api/v1/{verb}", "{}", content_type="application/json", headers=headers)
    return int(answer.status_code)


def marks(visitor: Any) -> list[str]:
    return re.findall(r'name="mark" value="([0-9a-f]{12})"', visitor.get("/en/tokens/").content.decode())


def latest(served: Served) -> Read:
    return next(read for _, read in served.reads.latest())


def test_a_token_made_at_the_page_asks_for_what_its_role_may_and_is_on_record(served: Served) -> None:
    clerk = client("clerk")
    token = made(clerk)
    read = latest(served)
    assert (ask(token), ask(token, "node/show"), ask(token, "family/status")) == (200, 200, 403)
    (mark,) = marks(clerk)
    assert (read.by, read.what, read.allowed, read.about) == ("north/clerk", "token-issued", True, (mark,))
    assert ask(made(client("family")), "node/show") == 403, "bound to the liaison's own role"


def test_the_page_says_how_to_use_it_with_addresses_that_are_there(served: Served) -> None:
    from django.test import Client

    clerk = client("clerk")
    page = clerk.post("/en/tokens/issue/", {"label": "buses", "once": asked(clerk)}).content.decode()
    (token,) = PASTED.findall(page)
    (line,) = re.findall(r"<code>(curl .*?)</code>", page)
    assert token not in line, "what is typed stands in the shell's history"
    address = line.rpartition(" ")[2].replace(f"http://{HOST}", "")
    headers = {"authorization": f"Bearer {token}"}
    anybody = Client(SERVER_NAME=HOST)
    assert anybody.post(address, "{}", content_type="application/json", headers=headers).status_code == 200
    (document,) = re.findall(rf'href="http://{HOST}(/api/[^"]+)"', page)
    assert json.loads(anybody.get(document).content)["openapi"].startswith("3")


def test_it_is_shown_once_whatever_is_sent_again(served: Served) -> None:
    """Two clicks, the page loaded again, and back: one token, and no second look at it."""
    clerk = client("clerk")
    form = {"label": "buses", "once": asked(clerk)}
    answer = clerk.post("/en/tokens/issue/", form)
    (token,) = PASTED.findall(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    again = clerk.post("/en/tokens/issue/", form)
    assert (again.status_code, "token.once" in again.content.decode()) == (422, True)
    assert clerk.get("/en/tokens/issue/")["Location"] == "/en/tokens/"
    assert token not in again.content.decode() + clerk.get("/en/tokens/").content.decode()
    assert len(tokens.tokens(served)) == 1


def test_no_token_stands_in_an_address_a_log_the_vault_or_a_table(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    from django.apps import apps

    clerk = client("clerk")
    with caplog.at_level(logging.DEBUG):
        token = made(clerk)
        assert ask(token) == 200
    rows = [repr(row) for model in apps.get_models(include_auto_created=True) for row in model.objects.values()]
    sessions = [repr(dict(clerk.session))]
    vault = [served.node.vault.document(name) or b"" for name in served.node.vault.documents("")]
    reads = Path(served.reads.path).read_text(encoding="utf-8")
    said = "".join([*rows, *sessions, reads, caplog.text]).encode() + b"".join(vault)
    assert b"clerk" in said
    for part in (token, token.removeprefix(tokens.PREFIX)[:16]):
        assert part.encode() not in said


def test_whoever_has_not_just_shown_that_it_is_them_is_asked_first(served: Served) -> None:
    clerk = client("clerk")
    form = {"label": "buses", "once": asked(clerk)}
    session = clerk.session
    session["account_authentication_methods"][0]["at"] -= 301
    session.save()
    answer = clerk.post("/en/tokens/issue/", form)
    assert answer["Location"].startswith("/en/account/again/")
    assert tokens.tokens(served) == []


def test_nobody_ends_anothers_but_the_keeper_and_each_end_is_on_record(served: Served) -> None:
    clerk, second, keeper = client("clerk"), client("second"), client("keeper", keeper=True)
    token, other = made(clerk), made(second)
    (mark,) = marks(clerk)
    answer = second.post("/en/tokens/end/", {"mark": mark})
    assert (answer.status_code, "token.unknown" in answer.content.decode()) == (422, True)
    assert (latest(served).by, latest(served).what, latest(served).allowed) == ("north/second", "token-ended", False)
    assert ask(token) == 200
    assert clerk.post("/en/tokens/end/", {"mark": mark})["Location"] == "/en/tokens/"
    assert (latest(served).by, latest(served).about) == ("north/clerk", (mark,))
    assert (ask(token), ask(other)) == (401, 200)
    (mark,) = marks(keeper)
    assert keeper.post("/en/tokens/end/", {"mark": mark}).status_code == 302
    assert keeper.post("/en/tokens/end/", {"mark": mark}).status_code == 422
    assert ask(other) == 401


def test_the_keeper_sees_whose_and_since_when_and_not_what_they_call_it(served: Served) -> None:
    clerk, keeper, second = client("clerk"), client("keeper", keeper=True), client("second")
    made(clerk, "the buses of our camp")
    page = keeper.get("/en/tokens/").content.decode()
    assert ">clerk<" in page
    assert "buses" not in page
    assert 'name="once"' not in page, "a keeper as such has no role that a token could have"
    assert keeper.post("/en/tokens/issue/", {"label": "x", "once": "0"}).status_code == 403
    assert "the buses of our camp" in clerk.get("/en/tokens/").content.decode()
    assert marks(second) == []


def test_a_person_has_a_few_and_each_has_a_name(served: Served) -> None:
    clerk = client("clerk")
    answer = clerk.post("/en/tokens/issue/", {"label": " ", "once": asked(clerk)})
    assert (answer.status_code, "token.label" in answer.content.decode()) == (422, True)
    for number in range(tokens.MOST):
        made(clerk, f"program {number}")
    answer = clerk.post("/en/tokens/issue/", {"label": "one more", "once": asked(clerk)})
    assert (answer.status_code, "token.most" in answer.content.decode()) == (422, True)
    assert len(marks(clerk)) == tokens.MOST
    clerk.post("/en/tokens/end/", {"mark": marks(clerk)[0]})
    made(clerk, "one more")


def test_it_ends_with_the_login(served: Served) -> None:
    token = made(client("second"))
    keeper = client("keeper", keeper=True)
    assert keeper.post("/en/members/logins/end/", {"name": "second"}).status_code == 302
    assert ask(token) == 401


def test_it_ends_with_the_role_and_is_not_good_again_with_another_appointment(world: World, tmp_path: Path) -> None:
    from repatria.exchange import commands
    from repatria.ledger.note import public_key

    copy = world.copy(tmp_path)
    with copy.serving("north") as served:
        clerk = client("clerk")
        token = made(clerk)
        keeper = client("keeper", keeper=True)
        assert keeper.post("/en/keys/revoke/", {"name": "clerk", "do": "do", "confirm": "yes"}).status_code == 302
        assert ask(token) == 401
        with served.at(served.who("second")) as at:
            again = commands.Appoint(
                commands.By("north"), "north/clerk", "officer", public_key(bytes([9]) * 32).hex(), None
            )
            at.run(commands.appoint, again)
        assert client("clerk").get("/en/tokens/").status_code == 200
        assert ask(token) == 401, "it was made for the appointment that has ended"
        assert "no longer good" in client("clerk").get("/en/tokens/").content.decode()
        assert ask(made(client("clerk"))) == 200


@pytest.mark.parametrize("code", CODES)
def test_the_page_is_there_in_every_language(served: Served, code: str) -> None:
    clerk = client("clerk")
    made(clerk)
    for visitor in (clerk, client("keeper", keeper=True)):
        assert visitor.get(f"/{code}/tokens/").status_code == 200
    assert clerk.post(f"/{code}/tokens/issue/", {"label": "x", "once": asked(clerk, code)}).status_code == 200
