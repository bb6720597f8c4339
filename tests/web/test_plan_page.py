"""The plan as pages: proposed, asked of its signatories, shown with pictures, explained without a reason of health."""

from __future__ import annotations

from pathlib import Path

import pytest

from repatria.report.language import CODES
from tests.web.world import World, client


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("draw_and_plan", tmp_path_factory.mktemp("web"))
    for name, role in (("clerk", "officer"), ("family", "liaison")):
        found.appoint("north", name, role)
    return found


@pytest.mark.parametrize("code", CODES)
def test_the_plan_in_force_is_shown_with_its_pictures(world: World, code: str) -> None:
    with world.serving("north"):
        page = client("clerk").get(f"/{code}/plan/").content.decode()
    assert page.count("<svg") >= 4
    assert page.count("<table") >= 4
    assert page.count("<h1") == 1
    assert "style=" not in page


def test_why_is_told_to_an_officer_in_figures_and_to_a_signatory_without(world: World) -> None:
    with world.serving("north") as served:
        state = served.state()
        number = str(next(iter(state.slots)))
        officer = client("clerk").post("/en/plan/why/", {"number": number}).content.decode()
        signatory = client("sig-1").post("/en/plan/why/", {"number": number}).content.decode()
        told = [(read.by, read.what, read.allowed, read.about) for read in served.reads.all()]
    assert "For officers" in officer
    assert "For officers" not in signatory
    assert "What a letter to the family may say" in signatory
    assert told == [(f"north/{who}", "plan-why", True, (number,)) for who in ("clerk", "sig-1")]


def test_a_liaison_asks_without_a_purpose_about_nobody_and_about_nobody_whom_another_seeks(world: World) -> None:
    """The page of reasons asks what for of nobody: families are told of by the page that does."""
    with world.serving("north") as served:
        number = str(next(iter(served.state().slots)))
        assert client("family").post("/en/plan/why/", {"number": number}).status_code == 403
        assert "/plan/why/" not in client("family").get("/en/plan/").content.decode()


@pytest.mark.parametrize("number", ["0" * 32, "nobody", "<script>"])
def test_a_number_that_is_on_no_list_is_a_problem_with_what_to_do(world: World, number: str) -> None:
    with world.serving("north"):
        page = client("clerk").post("/en/plan/why/", {"number": number}).content.decode()
    assert "person.unknown" in page
    assert "<script>" not in page


def test_a_number_stands_in_no_address(world: World) -> None:
    with world.serving("north") as served:
        number = next(iter(served.state().slots))
        page = client("clerk").get("/en/plan/why/", {"number": number}).content.decode()
    assert number not in page


def test_a_liaison_proposes_no_plan(world: World) -> None:
    with world.serving("north"):
        assert client("family").post("/en/plan/propose/").status_code == 403


def test_a_proposal_waits_for_signatories_and_nothing_is_signed_without_them(tmp_path: Path) -> None:
    found = World.after("clear", tmp_path)
    found.appoint("north", "clerk", "officer")
    with found.serving("north") as served:
        clerk = client("clerk")
        before = len(served.node.outbox())
        refused = clerk.post("/en/plan/propose/")
        assert refused.status_code == 409
        assert "plan.draw" in refused.content.decode()
        assert len(served.node.outbox()) == before
