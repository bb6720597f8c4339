"""Disputes, from the entry that they are about to their end; and people taken off a list, with all that it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from repatria.web import signing
from repatria.web.served import Served
from tests.web.test_signing import codes
from tests.web.world import World, application, client

application()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.with_clerks("draw_and_plan", tmp_path_factory.mktemp("trouble"))


@pytest.fixture
def world(planned: World, tmp_path: Path) -> World:
    return planned.copy(tmp_path)


def page(path: str, name: str = "clerk") -> str:
    answer = client(name).get(f"/en/{path}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def post(path: str, **given: str) -> Any:
    return client("clerk").post(f"/en/{path}/", given)


def index_of(served: Served, kind: str) -> int:
    from repatria.exchange.codec import decode_body
    from repatria.ledger.entry import decode_entry

    log = served.node.ledger
    assert log is not None
    entries = enumerate(log.entries(0, log.size))
    return next(index for index, data in entries if decode_body(decode_entry(data).body).kind == kind)


def test_a_dispute_is_raised_at_the_entry_that_it_is_about_and_says_so(world: World) -> None:
    with world.serving("north") as served:
        index = index_of(served, "AnswersGiven")
        assert f"/en/disputes/raise/{index}/" in page(f"ledger/{index}")
        form = page(f"disputes/raise/{index}")
        subject = form.partition('name="subject" value="')[2].partition('"')[0]
        assert served.state().events[subject] == index
        assert post("disputes/raise", subject=subject, code="answers")["Location"] == "/en/disputes/"
        shown = page("disputes")
        assert "the answers. It is open, and stops nothing" in shown
        assert f"/en/ledger/{index}/" in shown
        assert "1 dispute is open" in page("consultation")
        assert client("clerk").get("/en/disputes/raise/99999/").status_code == 404


def test_an_end_of_a_dispute_is_signed_and_the_others_are_told_whose_signature_is_missing(world: World) -> None:
    with world.serving("north") as served:
        subject = next(iter(served.state().events))
        post("disputes/raise", subject=subject, code="figures")
        (dispute,) = served.state().disputes
        shown = page("disputes")
        assert '<option value="withdrawn">' in shown, "whoever raised it may withdraw it"
        answer = post("disputes/settle", dispute=dispute, outcome="explained")
        assert "/signing/" in answer["Location"]
        assert codes(post("disputes/settle", dispute=dispute, outcome="forgotten")) == ["dispute.outcome"]
        with served.at(served.who("clerk")) as at:
            signing.call_off(at, signing.waiting(at)[0])
    world.at.signed("north", "exchange", "settle", dispute, "--outcome", "explained")
    world.at.carry()
    with world.serving("north"):
        assert "it still takes: South" in page("disputes") or "it still takes: south" in page("disputes")
    with world.serving("straits"):
        assert "disputes/settle" not in page("disputes"), "a mediator that raised nothing has no part in it"
    world.at.signed("south", "exchange", "settle", dispute, "--outcome", "explained")
    world.at.carry()
    with world.serving("north"):
        shown = page("disputes")
        assert "No dispute is open" in shown
        assert "explained, and what was disputed stands" in shown


def test_what_is_wrong_with_a_dispute_is_said_and_stays_in_the_form(world: World) -> None:
    with world.serving("north") as served:
        answer = post("disputes/raise", subject="beef", code="figures")
        assert (answer.status_code, codes(answer)) == (422, ["entry.malformed"])
        assert 'value="beef"' in answer.content.decode()
        assert served.state().disputes == {}
        assert "disputes/raise" not in page("disputes", "supervisor")


# --- taken off a list -----------------------------------------------------------------------------------------------


def somebody(served: Served, holder: str = "south") -> str:
    state = served.state()
    found = next(each for each in state.persons.values() if each.holder == holder and each.number in state.slots)
    return str(found.number)


def test_what_taking_somebody_off_would_do_is_shown_before_and_done_by_the_signatories(world: World) -> None:
    with world.serving("north") as served:
        number = somebody(served)
        stage, place = served.state().slots[number]  # type: ignore[index]
        shown = post("withdraw", number=number.upper(), reason="listed twice", do="look").content.decode()
        assert f"They are in the plan: {stage.capitalize()}" in shown or f"They are in the plan: {stage}" in shown
        assert place in shown.lower()
        assert "The number is not used again" in shown
        last = list(served.reads.all())[-1]
        assert (last.what, last.about) == ("withdraw", (number,))
        lacking = post("withdraw", number=number, reason="listed twice", do="withdraw")
        assert (lacking.status_code, codes(lacking)) == (422, ["confirm"])
        answer = post("withdraw", number=number, reason="listed twice", do="withdraw", confirm="yes")
        assert "/signing/" in answer["Location"]
        assert number not in answer["Location"]
        assert served.state().persons[number].withdrawn is None  # type: ignore[index]


def test_nothing_is_shown_of_a_number_that_is_nobodys_and_all_that_is_missing_is_said(world: World) -> None:
    with world.serving("north"):
        answer = post("withdraw", number="0" * 32, reason="", do="look")
        assert (answer.status_code, codes(answer)) == (422, ["person.unknown", "withdraw.reason"])
        assert client("supervisor").get("/en/withdraw/").status_code == 403
    with world.serving("straits"):
        assert client("clerk").get("/en/withdraw/").status_code == 403


def test_whoever_is_under_a_right_is_not_taken_off(world: World) -> None:
    at = world.at
    at.on("2025-12-08", 6)
    for member in ("north", "south", "straits"):
        at.do("stage", "open", at.node(member), "s1")
    at.carry()
    at.do("stage", "grant", at.node("north"), "s1", "--place", "bridge", "--to", "north/desk-bridge")
    with world.serving("north") as served:
        number = next(str(each.number) for each in served.state().persons.values() if each.state == "right-out")
        shown = post("withdraw", number=number, reason="listed twice", do="look").content.decode()
        assert "before it comes back" in shown
        assert 'value="withdraw"' not in shown.partition("<main")[2]
        forced = post("withdraw", number=number, reason="listed twice", do="withdraw", confirm="yes")
        assert codes(forced) == ["withdraw.right_out"]
