"""The end of a round and of the exchange at a page: what stands in the way, what is signed, and by whom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.codec import decode_body
from repatria.exchange.counting import accounts
from repatria.exchange.events import RoundClosed
from repatria.web import signing
from repatria.web.served import Served
from tests.web.test_signing import codes, form
from tests.web.world import MEMBERS, World, application, client

application()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A plan is signed and no stage is open: the round can be closed, with most people where they were."""
    return World.with_clerks("draw_and_plan", tmp_path_factory.mktemp("ending"))


@pytest.fixture
def world(planned: World, tmp_path: Path) -> World:
    return planned.copy(tmp_path)


def page(name: str = "clerk", code: str = "en") -> str:
    answer = client(name).get(f"/{code}/closing/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def post(path: str, name: str = "clerk", **given: str) -> Any:
    return client(name).post(f"/en/closing/{path}/", given)


def waiting(served: Served) -> signing.Waiting:
    with served.at(served.who("clerk")) as at:
        (found,) = signing.waiting(at)
    return found


def test_the_accounts_that_are_shown_are_those_that_are_signed(world: World) -> None:
    with world.serving("north") as served:
        state = served.state()
        shown = re.findall(r"<td>([\d,]+)</td></tr>", page().partition('id="accounts"')[2])
        people = [each.people for each in accounts(state)]
        assert [int(each.replace(",", "")) for each in shown] == [*people, sum(people)]
        assert not any(str(number) in page() for number in state.persons)
        assert post("round", confirm="yes").status_code == 302
        event = decode_body(waiting(served).events[0].body).data
        assert isinstance(event, RoundClosed)
        assert event.accounts == accounts(state)
        assert served.state().round_open


def test_without_the_ticked_box_nothing_is_signed(world: World) -> None:
    with world.serving("straits") as served:
        for path in ("round", "exchange"):
            answer = post(path)
            assert (answer.status_code, codes(answer)) == (422, ["confirm"])
        assert served.state().round_open


def test_what_stands_in_the_way_is_said_before_and_refused_after(world: World) -> None:
    at = world.at
    at.on("2025-12-08", 6)
    for member in ("north", "south", "straits"):
        at.do("stage", "open", at.node(member), "s1")
    at.carry()
    at.do("stage", "grant", at.node("north"), "s1", "--place", "bridge", "--to", "north/desk-bridge")
    at.do("exchange", "suspend", at.node("south"))
    at.carry()
    with world.serving("north") as served:
        out = sum(person.state == "right-out" for person in served.state().persons.values())
        shown = page()
        assert f"{out} people: a right is out" in shown
        assert "has suspended the round" in shown
        assert "/en/closing/round/" not in shown, "no form for what would be refused"
        answer = post("round", confirm="yes")
        assert (answer.status_code, codes(answer)) == (422, ["round.suspended"])


def test_a_round_and_the_exchange_are_closed_by_everybody_and_then_nothing_is_offered(world: World) -> None:
    at = world.at
    with world.serving("north") as served:
        assert "can be closed when the round is closed" in page()
        post("round", confirm="yes")
        found = waiting(served)
        for name in ("sig-1", "sig-2"):
            client(name).post(f"/en/signing/{found.id}/", form(world, found, f"north/{name}"))
        assert 'id="closers"' in page()
        assert page().count("<td>signed</td>") == 1
        assert "/en/closing/round/" not in page(), "signed once"
    at.signed("south", "exchange", "close-round")
    for member in MEMBERS[2:]:
        with world.serving(member):
            assert post("round", confirm="yes").status_code == 302
    at.carry()
    for member in ("south", "north"):
        at.signed(member, "exchange", "close")
    with world.serving("straits") as served:
        assert not served.state().round_open
        assert "is closed" in page()
        assert post("exchange", confirm="yes").status_code == 302
    for member in MEMBERS[3:]:
        at.do("exchange", "close", at.node(member))
    at.carry()
    with world.serving("north") as served:
        assert served.state().closed
        shown = page()
        assert "Nothing can be said in the ledger any more" in shown
        assert "/en/closing/" not in shown.partition("<main")[2]
        everybody = sum(each.people for each in accounts(served.state()))
        assert f"<td>{everybody}</td></tr></tfoot>" in shown, "what was accounted for can be read ever after"


def test_an_interruption_says_who_and_whose_word_is_missing(world: World) -> None:
    with world.serving("north"):
        answer = client("clerk").post("/en/consultation/suspend/", {"back": "closing"})
        assert answer["Location"] == "/en/closing/"
        shown = page()
        assert "It still takes" in shown
        assert "consultation/suspend" not in shown
        assert "consultation/resume" in shown
        assert "consultation/resume" not in page("supervisor")


def test_whoever_only_looks_is_offered_nothing(world: World) -> None:
    with world.serving("north"):
        assert "/en/closing/round/" not in page("supervisor")
        assert post("round", "supervisor", confirm="yes").status_code == 403
