"""Background work: computed beside, kept whole or not at all, found again after a stop, ended when somebody says so."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.commands import By
from repatria.exchange.events import Sha256, WithdrawnFromList
from repatria.files.tables import format_csv
from repatria.office import Outcome
from repatria.web.served import Served
from tests.web.world import World, application, client

application()

from repatria.web import jobs, signing  # noqa: E402 - Django is set up before its models are there
from repatria.web.drafts import Draft, drafts, looked  # noqa: E402
from repatria.web.models import Job  # noqa: E402

HEADING = ["Record", "Surname", "Given names", "Date of birth", "Place of detention"]
ROW = ["r-1", "Invented", "Test", "1990-02-03", "Camp 4"]


@pytest.fixture(autouse=True)
def _no_jobs() -> None:
    Job.objects.all().delete()  # one table for all worlds of this process


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World.after("lists", tmp_path)
    found.appoint("north", "clerk", "officer")
    return found


def brought(served: Served, rows: list[list[str]], kind: str = "held") -> Draft:
    """A draft in the vault, as the page of uploads keeps it."""
    number = served.node.given(served.clock()).random(8).hex()
    new = Draft(number, "camp list.csv", kind, "north", "clerk", served.clock())
    served.node.vault.put_all({}, {new.place: new.as_bytes(), f"{new.place}/file": format_csv(HEADING, rows)})
    return new


def asked(served: Served, kind: str, request: dict[str, Any]) -> Job:
    return Job.objects.get(name=jobs.ask(served, served.who("clerk"), kind, request))


def held(served: Served) -> int:
    return sum(fact.owner == "north" and fact.list_kind == "held" for fact in served.state().registers.values())


def test_a_list_is_looked_through_and_imported_by_a_process_of_its_own(world: World) -> None:
    with world.serving("north") as served:
        draft = brought(served, [ROW, ["r-2", "Other", "Test", "30.02.1990", "Camp 4"]])
        runner = jobs.Runner(served)
        look = asked(served, "look", {"draft": draft.number})
        assert runner.next()
        look.refresh_from_db()
        found = looked(served.node.given(served.clock()), draft.number)
        assert (look.state, look.counts["rows"]) == (jobs.DONE, 2)
        assert found is not None
        assert [column["field"] for column in found["columns"]][1:3] == ["family_name", "given_names"]
        assert [(each["row"], each["column"]) for each in found["problems"] if "date" in each["code"]] == [
            (3, "Date of birth")
        ]
        before = held(served)
        job = asked(served, "import", {"draft": draft.number})
        assert runner.next()
        job.refresh_from_db()
        assert (job.state, job.counts["people"], held(served)) == (jobs.DONE, 2, before + 1)
        assert drafts(served.node.given(served.clock())) == []
        assert not served.node.vault.documents(f"web/list/{draft.number}")
        assert not served.node.vault.documents(f"{jobs.PLACE}/{job.name}/asked")


def test_the_table_holds_nobodys_name_and_no_disk_a_file_in_clear(world: World) -> None:
    with world.serving("north") as served:
        name = "Unlikelyname"
        draft = brought(served, [[name, name, name, name, name]])
        asked(served, "look", {"draft": draft.number})
        refused = asked(served, "import", {"draft": draft.number})
        runner = jobs.Runner(served)
        assert runner.next()
        assert runner.next()
        refused.refresh_from_db()
        assert refused.state == jobs.REFUSED
        assert refused.counts.keys() >= {"import.date.column"} or all("." in code for code in refused.counts)
        assert jobs.problems_of(served, refused)
        rows = json.dumps([{k: str(v) for k, v in row.items()} for row in Job.objects.values()])
        assert name not in rows
        assert "camp list" not in rows
    for path in (world.at.folder / "nodes" / "north").rglob("*"):
        assert not path.is_file() or name.encode() not in path.read_bytes(), path


def test_a_job_that_was_running_when_the_server_stopped_is_done_after_the_next_start(world: World) -> None:
    with world.serving("north") as served:
        job = asked(served, "import", {"draft": brought(served, [ROW]).number})
        Job.objects.filter(name=job.name).update(state=jobs.RUNNING)
    with world.serving("north") as served:
        before = held(served)
        jobs.adopt(served)
        job.refresh_from_db()
        assert job.state == jobs.QUEUED
        jobs.Runner(served).next()
        assert held(served) == before + 1


def test_a_job_is_found_again_where_the_table_was_dropped(world: World) -> None:
    with world.serving("north") as served:
        job = asked(served, "look", {"draft": brought(served, [ROW]).number})
        Job.objects.all().delete()
        jobs.adopt(served)
        assert [(each.name, each.kind, each.by, each.state) for each in Job.objects.all()] == [
            (job.name, "look", "clerk", jobs.QUEUED)
        ]


def test_what_was_kept_before_the_server_stopped_is_not_kept_twice(world: World) -> None:
    with world.serving("north") as served:
        job = asked(served, "import", {"draft": brought(served, [ROW]).number})
        jobs.Runner(served).next()
        after = held(served)
        Job.objects.filter(name=job.name).update(state=jobs.KEEPING, counts={})  # the stop came before the row's word
        jobs.adopt(served)
        job.refresh_from_db()
        assert (job.state, job.counts["people"]) == (jobs.DONE, 1)
        assert not jobs.Runner(served).next()
        assert held(served) == after


def test_a_job_that_is_cancelled_ends_its_worker_and_the_next_one_is_done(world: World) -> None:
    class Cancelling(jobs.Runner):
        """Somebody cancels as soon as the page says how far it is."""

        def _told(self, name: str, *at: Any) -> None:
            super()._told(name, *at)
            if name == first.name:
                assert jobs.cancel(Job.objects.get(name=name))

    with world.serving("north") as served:
        first, second = (asked(served, "look", {"draft": brought(served, [ROW]).number}) for _ in range(2))
        runner = Cancelling(served)
        jobs._runners.append(runner)
        try:
            assert runner.next()
            assert runner.next()
        finally:
            jobs._runners.remove(runner)
        states = {each.name: each.state for each in Job.objects.all()}
        assert states == {first.name: jobs.CANCELLED, second.name: jobs.DONE}
        assert not served.node.vault.documents(f"{jobs.PLACE}/{first.name}/")
        assert not jobs.cancel(Job.objects.get(name=second.name)), "it came too late"


def test_what_was_computed_from_a_document_that_changed_meanwhile_is_computed_anew(world: World) -> None:
    computed: list[str] = []

    class Overtaken(jobs.Runner):
        """A reviewer speaks while the worker's first answer is on its way."""

        def _computed(self, name: str, *rest: Any) -> Any:
            found = super()._computed(name, *rest)
            computed.append(name)
            if len(computed) == 1:
                place = f"judgements/{register}"
                served.node.vault.put_document(place, (served.node.vault.document(place) or b"[]") + b" ")
            return found

    world.appoint("south", "clerk", "officer")
    with world.serving("south") as served:
        register = next(name for name, fact in served.state().registers.items() if "south" in fact.asked)
        job = asked(served, "link", {"register": register})
        Overtaken(served).next()
        job.refresh_from_db()
        assert len(computed) == 2
        assert job.state == jobs.DONE
        assert job.counts["candidates"] > 0


def test_nothing_is_kept_for_somebody_whose_role_has_ended_meanwhile(world: World) -> None:
    with world.serving("north") as served:
        draft = brought(served, [ROW])
        job = Job.objects.get(name=jobs.ask(served, served.who("gone"), "import", {"draft": draft.number}))
        before = held(served)
        jobs.Runner(served).next()
        job.refresh_from_db()
        assert (job.state, job.counts, held(served)) == (jobs.REFUSED, {"job.role": 1}, before)


def test_what_a_job_comes_to_waits_for_those_who_must_sign_it(world: World) -> None:
    """No kind of work needs them so far: here it comes to taking somebody off the list, which signatories sign."""

    class Withdrawing(jobs.Runner):
        def _computed(self, name: str, asked: Any, read: jobs.Read) -> Any:
            number = next(number for number, who in served.state().persons.items() if who.holder == "north")
            drafts = (By("north").draft(WithdrawnFromList(number, Sha256("00" * 32))),)
            return Outcome(drafts, documents={"after": b"all have signed"})

    with world.serving("north") as served:
        job = asked(served, "look", {})
        assert Withdrawing(served).next()
        job.refresh_from_db()
        assert (job.state, job.counts["waits"]) == (jobs.DONE, 1)
        with served.at(served.who("clerk")) as at:
            (waits,) = signing.waiting(at)
        assert waits.waits_for() == ("north/sig-1", "north/sig-2", "north/sig-3")
        vault = served.node.vault
        assert (vault.document("after"), vault.documents(f"{jobs.PLACE}/{job.name}/asked")) == (None, [])
        page = client("clerk").get(f"/en/jobs/{job.name}/").content.decode()
        assert 'href="/en/signing/"' in page
        Job.objects.all().delete()  # and it is found again with what it came to
        jobs.adopt(served)
        assert (Job.objects.get().state, Job.objects.get().counts) == (jobs.DONE, job.counts)


def test_work_that_is_asked_for_twice_is_one_job_until_it_is_over(world: World) -> None:
    with world.serving("north") as served:
        draft, other = (brought(served, [ROW]).number for _ in range(2))
        first = asked(served, "look", {"draft": draft})
        assert asked(served, "look", {"draft": draft}).name == first.name
        assert asked(served, "look", {"draft": other}).name != first.name
        assert jobs.Runner(served).next()
        assert asked(served, "look", {"draft": draft}).name != first.name


def test_work_goes_on_beside_the_server_until_it_stops(world: World) -> None:
    with world.serving("north") as served:
        with jobs.working(served):
            job = asked(served, "look", {"draft": brought(served, [ROW]).number})
            for _ in range(600):
                job.refresh_from_db()
                if job.state not in jobs.OPEN:
                    break
                threading.Event().wait(0.1)
        assert job.state == jobs.DONE
        assert not jobs._runners


def test_a_worker_ends_when_whoever_started_it_has_gone() -> None:
    worker = subprocess.Popen([sys.executable, "-I", str(jobs._WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait(60) == 1


def test_a_job_at_which_the_program_itself_fails_says_where_and_the_next_one_is_done(world: World) -> None:
    with world.serving("north") as served:
        wrong = asked(served, "look", {"no draft": "is named"})
        right = asked(served, "look", {"draft": brought(served, [ROW]).number})
        runner = jobs.Runner(served)
        assert runner.next()
        assert runner.next()
        for job in (wrong, right):
            job.refresh_from_db()
        assert (wrong.state, wrong.counts, right.state) == (jobs.REFUSED, {"job.failed": 1}, jobs.DONE)
        (problem,) = jobs.problems_of(served, wrong)
        assert problem.what.startswith("KeyError at work.py:")


def test_what_no_worker_of_ours_would_ask_is_not_answered(world: World) -> None:
    with world.serving("north") as served:
        read = jobs.Read(served, served.node.given(served.clock()))
        with pytest.raises(EOFError):
            read.answer("seed", "north")
