"""The consultation page: what is agreed and open, whose move it is, and every act of the consultation from a form."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from repatria.report.language import CODES
from repatria.web import signing
from repatria.web.served import Served
from tests.web.world import World, client


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The round is in force and nothing is agreed; north and gulf have an officer each."""
    found = World.after("open", tmp_path_factory.mktemp("begun"))
    at = found.at
    at.on("2025-11-18")
    for party in ("north", "south"):
        at.signed(party, "exchange", "activate", "--round", "2025-1", "--target", "2025-12-31")
    at.do("exchange", "activate", at.node("straits"), "--round", "2025-1", "--target", "2025-12-31")
    at.carry()
    found.appoint("north", "clerk", "officer")
    found.appoint("north", "family", "liaison")
    found.appoint("gulf", "envoy", "officer")
    at.carry()
    return found


@pytest.fixture
def world(begun: World, tmp_path: Path) -> World:
    return begun.copy(tmp_path)


def post(name: str, act: str, **given: str) -> Any:
    return client(name).post(f"/en/consultation/{act}/", given)


def page(name: str, code: str = "en") -> str:
    answer = client(name).get(f"/{code}/consultation/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def codes(answer: Any) -> list[str]:
    return re.findall(r"<p><code>([a-z0-9._]+)</code></p>", answer.content.decode())


def value_of(served: Served, clause: str) -> Any:
    found = served.state().clauses.get(clause)
    return None if found is None else (found.status, found.value)


@pytest.mark.parametrize("code", CODES)
def test_the_page_opens_before_and_after_there_are_clauses(world: World, code: str) -> None:
    with world.serving("north"):
        assert "<h1>" in page("clerk", code)
        post("clerk", "propose", clause="total-south", value="40")
        post("clerk", "open", clause="carrier", kind="word", words="bus, train")
        post("clerk", "task", task="transport", owner="north", due="2025-12-03")
        assert page("clerk", code).count("<article") >= 2


def test_a_proposal_is_made_and_shown_with_whose_move_it_is(world: World) -> None:
    with world.serving("north") as served:
        assert post("clerk", "propose", clause="total-south", value="40").status_code == 302
        assert value_of(served, "total-south") == ("proposed", 40)
        shown = page("clerk")
        assert "40 people, proposed by north on 18 November" in shown
        assert "To answer the proposal: how many people south hands over" in shown


def test_what_is_filled_in_wrongly_is_said_with_what_to_do_and_stays_in_the_form(world: World) -> None:
    with world.serving("north") as served:
        answer = post("clerk", "propose", clause="Total South!", value="forty people")
        assert (answer.status_code, codes(answer)) == (422, ["entry.malformed"])
        shown = answer.content.decode()
        assert 'value="Total South!"' in shown
        assert "correct what was filled in" in shown
        assert codes(post("clerk", "propose", clause="total-south", value="")) == ["entry.malformed"]
        assert codes(post("clerk", "task", task="dancing", owner="north", due="2025-12-03")) == ["task.code"]
        assert codes(post("clerk", "task", task="transport", owner="north", due="soon")) == ["entry.malformed"]
        assert served.state().clauses == {}


def test_an_agreement_waits_for_the_signatories(world: World) -> None:
    with world.serving("north") as served:
        post("clerk", "propose", clause="total-south", value="40")
        answer = post("clerk", "agree", clause="total-south", value="40")
        assert re.fullmatch(r"/en/signing/[0-9a-f]{32}/", answer["Location"])
        with served.at(served.who("clerk")) as at:
            (waits,) = signing.waiting(at)
        assert waits.waits_for() == ("north/sig-1", "north/sig-2", "north/sig-3")
        assert waits.due is not None
        assert value_of(served, "total-south") == ("proposed", 40)


def test_a_mediator_carries_an_offer_and_only_whom_it_concerns_can_read_it(world: World) -> None:
    with world.serving("gulf"):
        assert post("envoy", "offer", clause="total-north", value="30", to="south", maker="north").status_code == 302
        assert "30 people. Offer of north" in page("envoy")
    world.at.carry()
    with world.serving("north") as served:
        assert "30 people. Offer of north, carried to south by the mediator gulf" in page("clerk")
        assert "Offer of north" not in page("family")
        assert value_of(served, "total-north") is None
        (offer,) = served.state().offers
        assert post("clerk", "release", offer=offer).status_code == 302
        assert value_of(served, "total-north") == ("proposed", 30)


def test_a_party_carries_no_offer_and_a_mediator_agrees_to_nothing(world: World) -> None:
    with world.serving("north"):
        assert post("clerk", "offer", clause="total-north", value="30", to="south", maker="north").status_code == 403
        assert post("family", "propose", clause="total-south", value="40").status_code == 403
        assert "consultation/propose" not in page("family")
    with world.serving("gulf"):
        assert post("envoy", "agree", clause="total-south", value="40").status_code == 403
        assert post("envoy", "suspend").status_code == 403


def test_tasks_are_set_and_done_by_whoever_owns_them(world: World) -> None:
    with world.serving("gulf"):
        assert post("envoy", "task", task="transport", owner="north", due="2025-12-03").status_code == 302
        assert "consultation/task-done" not in page("envoy")
    world.at.carry()
    with world.serving("north") as served:
        assert "consultation/task-done" in page("clerk")
        assert post("clerk", "task-done", task="transport").status_code == 302
        (task,) = served.state().tasks.values()
        assert task.done is not None


def test_a_clause_that_is_not_agreed_when_the_calendar_wanted_it_is_overdue(world: World) -> None:
    with world.serving("north"):
        post("clerk", "propose", clause="total-south", value="40")
        assert 'class="standing-proposed"' in page("clerk")
    world.at.carry()
    world.at.on("2025-12-30")
    with world.serving("gulf"):
        assert post("envoy", "time").status_code == 302
    world.at.carry()
    world.at.do("exchange", "time", world.at.node("straits"))
    world.at.carry()
    with world.serving("north"):
        shown = page("clerk")
    assert 'class="standing-overdue"' in shown
    assert "1 day is left until the target date" in shown


def test_suspended_and_asked_to_go_on(world: World) -> None:
    with world.serving("north") as served:
        assert post("clerk", "suspend").status_code == 302
        assert "consultation/resume" in page("clerk")
        assert "/signing/" in post("clerk", "resume")["Location"]
        assert codes(post("clerk", "suspend")) == ["suspend.twice"]
        assert len(served.state().suspensions) == 1


def test_two_officers_who_propose_at_once_are_both_heard(world: World) -> None:
    world.appoint("north", "other", "officer")
    with world.serving("north") as served:
        first, second = client("clerk"), client("other")
        first.get("/en/consultation/")
        second.get("/en/consultation/")
        first.post("/en/consultation/propose/", {"clause": "total-south", "value": "40"})
        second.post("/en/consultation/propose/", {"clause": "total-south", "value": "41"})
        assert value_of(served, "total-south") == ("proposed", 41)
        assert len(served.state().clauses["total-south"].proposed) == 2


def test_before_a_round_has_begun_it_can_be_announced_and_nothing_suspended(tmp_path: Path) -> None:
    world = World.after("open", tmp_path)
    world.appoint("north", "clerk", "officer")
    with world.serving("north"):
        page = client("clerk").get("/en/consultation/").content.decode()
    assert "/en/consultation/suspend/" not in page
    assert re.search(r"<details open><summary>Announce or confirm a round</summary>", page)
