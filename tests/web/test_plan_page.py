"""The plan as pages: proposed, asked of its signatories, shown with pictures, explained without a reason of health."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.codec import decode_body
from repatria.ledger.entry import decode_entry
from repatria.report.language import CODES
from repatria.web.served import Served
from tests.web.world import World, application, client


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


# --- made in the background ------------------------------------------------------------------------------------------


@pytest.fixture
def own(world: World, tmp_path: Path) -> Iterator[Served]:
    """North's node in a copy of the world, with an empty table of jobs."""
    application()
    from repatria.web.models import Job

    Job.objects.all().delete()
    with world.copy(tmp_path).serving("north") as served:
        yield served


def proposals(served: Served) -> int:
    kinds = [decode_body(decode_entry(each.entry).body).kind for each in served.node.outbox()]
    return kinds.count("PlanRevised") + kinds.count("PlanProposed")


def named(answer: Any) -> Any:
    """The job that a page went on to."""
    from repatria.web.models import Job

    return Job.objects.get(name=answer["Location"].rstrip("/").rpartition("/")[2])


def test_a_plan_is_made_in_the_background_and_the_page_shows_what_came_of_it(own: Served) -> None:
    from repatria.web import jobs

    clerk = client("clerk")
    asked = clerk.post("/en/plan/propose/", {"minutes": "5"})
    job = named(asked)
    assert proposals(own) == 0
    assert jobs.Runner(own).next()
    page = clerk.get(asked["Location"]).content.decode()
    assert (proposals(own), 'href="/en/plan/"' in page) == (1, True)
    job.refresh_from_db()
    assert (job.state, job.by) == (jobs.DONE, "clerk")
    assert "/en/plan/sign/" in clerk.get("/en/plan/").content.decode()


def test_two_people_who_ask_for_a_plan_at_once_get_one(own: Served, world: World) -> None:
    from repatria.web import jobs
    from repatria.web.models import Job

    together = threading.Barrier(2)
    found = []

    def ask(minutes: str) -> None:
        mine = client("clerk")
        together.wait()
        found.append(named(mine.post("/en/plan/propose/", {"minutes": minutes})).name)
        connection.close()

    from django.db import connection

    both = [threading.Thread(target=ask, args=(minutes,)) for minutes in ("", "7")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    runner = jobs.Runner(own)
    assert runner.next()
    assert not runner.next()
    assert (proposals(own), Job.objects.count()) == (1, 1)
    again = named(client("clerk").post("/en/plan/propose/"))
    assert again.name not in found, "once it is over, a plan can be asked for anew"


def test_a_search_that_somebody_ends_leaves_nothing(own: Served) -> None:
    from repatria.web import jobs

    clerk = client("clerk")
    asked = clerk.post("/en/plan/propose/")
    job = named(asked)
    runner = _Meanwhile(own, lambda runner: clerk.post(asked["Location"]))
    assert runner.next()
    job.refresh_from_db()
    assert (runner.at, job.state, proposals(own)) == ("solving", jobs.CANCELLED, 0)
    assert not own.node.vault.documents(f"{jobs.PLACE}/{job.name}/")


def test_a_search_whose_process_dies_is_told_and_asked_for_again(own: Served) -> None:
    from repatria.web import jobs

    clerk = client("clerk")
    asked = clerk.post("/en/plan/propose/")
    runner = _Meanwhile(own, lambda runner: runner._worker.kill())
    assert runner.next()
    job = named(asked)
    assert (runner.at, job.state, job.counts, proposals(own)) == ("solving", jobs.REFUSED, {"job.failed": 1}, 0)
    assert "job.failed" in clerk.get(asked["Location"]).content.decode()
    clerk.post("/en/plan/propose/")
    assert jobs.Runner(own).next()
    assert proposals(own) == 1


def test_a_search_that_was_going_on_when_the_server_stopped_is_done_after_the_next_start(own: Served) -> None:
    from repatria.web import jobs

    job = named(client("clerk").post("/en/plan/propose/"))
    runner = _Meanwhile(own, lambda runner: runner.halt())
    assert runner.next()
    job.refresh_from_db()
    assert (job.state, proposals(own)) == (jobs.RUNNING, 0)
    job.delete()  # and the table is dropped besides
    jobs.adopt(own)
    assert jobs.Runner(own).next()
    assert proposals(own) == 1


def test_a_search_can_be_ended_with_the_best_so_far(own: Served) -> None:
    from repatria.web import jobs

    clerk = client("clerk")
    asked = clerk.post("/en/plan/propose/")
    said = []

    def hurry(runner: Any) -> None:
        jobs._runners.append(runner)
        try:
            said.append(clerk.post(asked["Location"], {"do": "enough"}, follow=True).content.decode())
        finally:
            jobs._runners.remove(runner)

    assert _Meanwhile(own, hurry).next()
    job = named(asked)
    assert "is being checked" in said[0]
    # Where it is told before anything was found, it says so; otherwise the plan says that it was stopped.
    assert (job.state, proposals(own)) in ((jobs.DONE, 1), (jobs.REFUSED, 0))
    if job.state == jobs.REFUSED:
        assert job.counts == {"plan.stopped": 1}
    late = clerk.post(asked["Location"], {"do": "enough"}, follow=True).content.decode()
    assert "too late" in late


@pytest.mark.parametrize("minutes", ["0", "-3", "many", "99999999", "١"])
def test_a_limit_that_is_no_number_of_minutes_starts_nothing(own: Served, minutes: str) -> None:
    from repatria.web.models import Job

    page = client("clerk").post("/en/plan/propose/", {"minutes": minutes})
    assert page.status_code == 409
    assert "plan.minutes" in page.content.decode()
    assert Job.objects.count() == 0


def _Meanwhile(served: Served, do: Callable[[Any], object]) -> Any:  # noqa: N802 - it makes one of a class
    """A runner during whose search something happens, once; `at` says during what."""
    from repatria.web import jobs

    class Meanwhile(jobs.Runner):
        at = ""

        def _told(self, name: str, what: str, done: int, total: int) -> None:
            super()._told(name, what, done, total)
            if not self.at:
                self.at = what
                jobs._runners.append(self)
                try:
                    do(self)
                finally:
                    jobs._runners.remove(self)

        def halt(self) -> None:
            """As `stop`, from the runner's own thread, which therefore is not waited for."""
            self._stopped = True
            assert self._worker is not None
            self._worker.kill()

    return Meanwhile(served)


def test_before_the_draw_no_plan_is_offered_and_one_that_is_asked_for_says_what_is_missing(tmp_path: Path) -> None:
    found = World.after("clear", tmp_path)
    found.appoint("north", "clerk", "officer")
    application()
    from repatria.web import jobs

    with found.serving("north") as served:
        clerk = client("clerk")
        assert "/plan/propose/" not in clerk.get("/en/plan/").content.decode()
        before = len(served.node.outbox())
        asked = clerk.post("/en/plan/propose/")
        assert jobs.Runner(served).next()
        assert "plan.draw" in clerk.get(asked["Location"]).content.decode()
        (step,) = re.findall(r'<li aria-current="step">.*?action="([^"]+)"', clerk.get("/en/draw/").content.decode())
        assert step == "/en/draw/commit/", "the step that is due is told from those that are not"
        assert len(served.node.outbox()) == before
