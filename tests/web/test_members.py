"""Keys and members: who signs with which key, who speaks for a member, who can log in, what keys were used for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from repatria.ledger.note import public_key
from repatria.report.language import CODES
from repatria.web.served import Served
from tests.web.world import MEMBERS, World, application, client


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("consult", tmp_path_factory.mktemp("web"))
    found.appoint("north", "clerk", "officer")
    found.at.carry()
    return found


@pytest.fixture(scope="module")
def told(world: World) -> dict[str, Any]:
    """What the command line says of the same, before the pages have the node open."""
    cards = {member: world.at.run("node", "card", world.at.node(member))["fingerprint"] for member in MEMBERS}
    return {"cards": cards, "notices": world.at.run("node", "notices", world.at.node("north"))["notices"]}


@pytest.fixture(scope="module")
def served(world: World, told: dict[str, Any]) -> Iterator[Served]:
    application()
    from repatria.web.mirror import kept

    with world.serving("north") as found, kept(found):
        yield found


def keeper() -> Any:
    return client("keeper", keeper=True)


def with_key(served: Served, name: str, number: int = 7) -> str:
    """As if that name had enrolled, with a key of their browser's."""
    from repatria.web.enrolment import KEYS

    client(name)
    key = public_key(bytes([number]) * 32).hex()
    served.node.vault.put_document(KEYS + name, key.encode())
    return key


def test_every_member_stands_with_the_figures_of_its_own_card(served: Served, told: dict[str, Any]) -> None:
    page = client("clerk").get("/en/members/").content.decode()
    for member, figures in told["cards"].items():
        assert re.search(rf"<bdi>{member}</bdi>.{{0,200}}{figures}", page, re.DOTALL), member


@pytest.mark.parametrize("code", CODES)
def test_the_page_is_there_in_every_language_for_a_clerk_and_for_the_keeper(served: Served, code: str) -> None:
    for who in (client("clerk"), keeper()):
        answer = who.get(f"/{code}/members/")
        assert answer.status_code == 200
        assert who.get(f"/{code}/members/notices/").status_code == 200


def test_only_the_keeper_sees_who_can_log_in_and_may_change_it(served: Served) -> None:
    page = client("clerk").get("/en/members/").content.decode()
    assert "members/invite/" not in page
    assert "Logs in with" not in page
    for path in ("members/invite", "members/appoint", "keys/revoke", "members/logins/end"):
        assert client("clerk").post(f"/en/{path}/", {"name": "clerk"}).status_code == 403
    page = keeper().get("/en/members/").content.decode()
    assert "members/invite/" in page
    assert "Logs in with" in page


def test_a_code_is_shown_once_and_its_address_says_nothing_to_the_server(served: Served) -> None:
    who = keeper()
    page = who.post("/en/members/invite/", {"name": "family"}).content.decode()
    code = re.search(r">((?:[A-Z2-7]{4}-){6}[A-Z2-7]{2})<", page).group(1)  # type: ignore[union-attr]
    assert f"/en/account/enrol/#{code}" in page
    assert code not in who.get("/en/members/").content.decode()
    assert "Invited until" in who.get("/en/members/").content.decode()
    who.post("/en/members/logins/end/", {"name": "family"})
    assert "Invited until" not in who.get("/en/members/").content.decode()


@pytest.mark.parametrize("name", ["", "Clerk", "a/b", "x" * 33, "north/clerk", "-", "<b>"])
def test_a_name_that_no_delegate_can_have_is_a_problem_with_what_to_do(served: Served, name: str) -> None:
    answer = keeper().post("/en/members/invite/", {"name": name})
    assert answer.status_code == 422
    assert "login.name" in answer.content.decode()


def test_the_keeper_appoints_an_officer_by_the_key_that_came_from_their_browser(served: Served) -> None:
    key = with_key(served, "second")
    who = keeper()
    assert "second" in who.get("/en/members/").content.decode()
    assert who.post("/en/members/appoint/", {"name": "second", "role": "officer"}).status_code == 302
    assert [str(grant.key) for grant in served.state().keys["north/second"]] == [key]
    assert client("second").get("/en/").status_code == 200
    ends = {"name": "second", "do": "do", "confirm": "yes"}
    assert who.post("/en/keys/revoke/", ends).status_code == 302
    assert client("second").get("/en/").status_code == 403


def test_nobody_is_appointed_without_a_key_or_in_a_role_that_the_member_has_not(served: Served) -> None:
    who = keeper()
    answer = who.post("/en/members/appoint/", {"name": "nobody", "role": "officer"})
    assert (answer.status_code, "login.key" in answer.content.decode()) == (422, True)
    with_key(served, "third", 8)
    answer = who.post("/en/members/appoint/", {"name": "third", "role": "interviewer"})
    assert (answer.status_code, "delegate.role" in answer.content.decode()) == (422, True)
    assert "north/third" not in served.state().keys


def test_a_signatorys_appointment_waits_for_those_who_bind_the_member(served: Served) -> None:
    with_key(served, "deputy", 9)
    answer = keeper().post("/en/members/appoint/", {"name": "deputy", "role": "signatory"}, follow=True)
    page = answer.content.decode()
    assert "north/deputy" in page
    assert all(f"north/sig-{n}" in page for n in (1, 2, 3))
    assert "north/deputy" not in served.state().keys


def test_whoever_has_not_just_shown_that_it_is_them_is_asked_first(served: Served) -> None:
    who = keeper()
    session = who.session
    session["account_authentication_methods"][0]["at"] -= 301
    session.save()
    answer = who.post("/en/members/invite/", {"name": "family"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/en/account/again/password/?next=")


def test_nobody_ends_their_own_login(served: Served) -> None:
    answer = keeper().post("/en/members/logins/end/", {"name": "keeper"})
    assert (answer.status_code, "login.own" in answer.content.decode()) == (422, True)


def test_the_notices_are_those_of_the_command_line(served: Served, told: dict[str, Any]) -> None:
    said = told["notices"]
    page = client("clerk").get("/en/members/notices/").content.decode()
    assert len(said) > 0
    assert page.count("If it was not you") == len(said)
    assert [int(n.replace(",", "")) for n in re.findall(r" · Entry ([\d,]+) ·", page)] == [
        each["index"] for each in reversed(said)
    ]


def test_an_ended_login_opens_nothing_at_once_and_its_tokens_neither(served: Served) -> None:
    from repatria.web import tokens

    clerk, token = client("clerk"), tokens.issue(served, served.who("clerk"), "officer")
    assert clerk.get("/en/members/").status_code == 200
    held = tokens.found(served, token)
    assert held is not None
    assert tokens.bearer(served, held) is not None
    keeper().post("/en/members/logins/end/", {"name": "clerk"})
    assert clerk.get("/en/members/")["Location"] == "/en/account/login/"
    assert tokens.found(served, token) is None


def test_a_delegate_is_told_which_of_their_keys_the_ledger_knows(served: Served) -> None:
    with_key(served, "sig-1", 11)
    assert "The ledger knows you by another key" in client("sig-1").get("/en/account/key/").content.decode()
    assert "you sign with your key file" in client("sig-2").get("/en/account/key/").content.decode()
    key = with_key(served, "fourth", 12)
    page = client("fourth").get("/en/account/key/").content.decode()
    assert key in page
    assert "another key" not in page
