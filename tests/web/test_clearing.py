"""Clearing at the pages: counts and words for everybody, reasons for nobody; the neutral's own forms and batches."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from repatria.clearing import commands
from repatria.clearing.paper import short
from repatria.exchange.codec import decode_body
from repatria.exchange.events import AccessRefused, Cleared, IdentityConfirmed, InterviewHeld, NotGoing
from repatria.web.served import Served
from tests.clearing.test_non_interference_nodes import REASONS, interviews
from tests.web.test_signing import codes, form, found
from tests.web.world import World, application, client, exported

application()
DAY = "2025-12-03"


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Lists are signed; the neutral has an interviewer and two physicians."""
    world = World.after("lists", tmp_path_factory.mktemp("clearing"))
    for name in ("doctor-1", "doctor-2"):
        world.appoint("cross", name, "physician")
    world.appoint("cross", "desk-clerk", "officer")
    for member in ("north", "gulf"):
        world.appoint(member, "clerk", "officer")
    world.at.carry()
    return world


@pytest.fixture
def world(listed: World, tmp_path: Path) -> World:
    return listed.copy(tmp_path)


def a_place(served: Served, holder: str = "south") -> tuple[str, list[str]]:
    """A place of detention of that holder, and the people there."""
    state, given = served.node.state(), served.node.given(served.clock())
    places = sorted(commands.visits_of(state, given, state.lists[holder].list).values())
    place = max(places, key=places.count)
    return place, commands.people_at(state, given, place, planned_only=False)


def waiting(served: Served, answer: Any, name: str = "interviewer") -> Any:
    assert answer.status_code == 302, codes(answer)
    return found(served, answer["Location"].rstrip("/").rpartition("/")[2], name)


def said(waits: Any) -> list[Any]:
    return [decode_body(each.body).data for each in waits.events]


def test_no_byte_of_a_page_tells_others_why_somebody_does_not_go(listed: World, tmp_path: Path) -> None:
    """A wish, an illness, a court: the boards and the notes differ, who does not go is the same."""
    from repatria.web.pages.clearing import by_place

    shutil.copytree(listed.at.folder, tmp_path / "listed")
    pages: dict[str, list[str]] = {}
    for name in REASONS:
        at = interviews(tmp_path, name)
        for member, who in (("north", "clerk"), ("gulf", "clerk"), ("cross", "desk-clerk")):
            with World(at).serving(member) as served:
                numbers = sorted(served.state().persons)
                rows = by_place(served.state())
                assert sum(row.cleared + row.not_going + row.withheld + row.no_word for row in rows) == len(numbers)
                assert sum(row.not_going for row in rows) == 2
                clerk = client(who)
                shown = [clerk.get("/en/clearing/"), clerk.post("/en/clearing/", {"numbers": " ".join(numbers)})]
                assert [each.status_code for each in shown] == [200, 200]
                text = "".join(each.content.decode() for each in shown)
                assert clerk.get("/en/boards/").status_code == 403
                assert clerk.get("/en/interviews/").status_code == 403
            assert text.count("<td>not going</td>") == 2
            pages.setdefault(member, []).append(re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken": )[^>]*', "", text))
    for member, (one, other) in pages.items():
        assert one == other, member


def test_a_day_is_recorded_person_by_person_and_signed_by_the_interviewer(world: World) -> None:
    with world.serving("cross") as served:
        place, here = a_place(served)
        visitor = client("interviewer")
        page = visitor.get(f"/en/interviews/{place}/people/").content.decode()
        assert all(short(number) in page for number in here)
        words = {f"answer-{number}": "yes" for number in here[1:]}
        lacking = visitor.post(f"/en/interviews/{place}/people/", words | {"day": DAY})
        assert (lacking.status_code, codes(lacking)) == (409, ["interviews.answer"])
        assert lacking.content.decode().count(" checked>") == len(here) - 1, "what was answered stays"
        words |= {f"answer-{here[0]}": "no", f"answer-{here[1]}": "not-asked", "day": DAY, "note": "kept apart"}
        waits = waiting(served, visitor.post(f"/en/interviews/{place}/people/", words))
        assert waits.waits_for() == ("cross/interviewer",)
        held, going, declined = said(waits)
        assert isinstance(held, InterviewHeld)
        assert isinstance(going, Cleared)
        assert isinstance(declined, NotGoing)
        assert set(here) & set(going.numbers) == set(here[2:])
        assert set(here) & set(declined.numbers) == {here[0]}
        assert len(going.numbers) == len(declined.numbers), "padded to one size"
        assert served.state().persons[here[0]].state == "listed", "nothing is said before it is signed"
        data = form(world, waits, "cross/interviewer")
        assert visitor.post(f"/en/signing/{waits.id}/", data).status_code == 302
        assert served.state().persons[here[0]].state == "not-going"
        shown = client("desk-clerk").post("/en/clearing/", {"numbers": " ".join(here[:3])}).content.decode()
        assert re.findall(r"<td>(not going|no word yet|cleared)</td>", shown) == ["not going", "no word yet", "cleared"]


def test_forms_are_shown_for_print_for_a_purpose_and_come_back_typed_twice(world: World) -> None:
    with world.serving("cross") as served:
        place, here = a_place(served)
        visitor, address = client("interviewer"), f"/en/interviews/{place}/"
        assert visitor.post(address, {"do": "forms", "day": DAY, "language": "uk"}).status_code == 400
        for day in ("2025-13-01", "2025-02-30", "٢٠٢٥-١٢-٠٣", "soon"):
            wrong = {"do": "forms", "day": day, "language": "uk", "purpose": "a day that is none"}
            assert codes(visitor.post(address, wrong)) == ["interviews.day"], day
        assert visitor.get("/en/exports/").status_code == 200, "everybody's page of files is as it was"
        ask = {"do": "forms", "day": DAY, "language": "uk", "purpose": "tomorrow's visit"}
        sheet = exported(visitor, address, ask, "desk-clerk")
        text = sheet.content.decode()
        assert text.count('<article class="interview">') == len(here)
        assert "'sha256-" in sheet["Content-Security-Policy"]
        assert "unsafe-inline" not in sheet["Content-Security-Policy"]
        last = list(served.reads.all())[-1]
        assert (last.what, last.purpose, last.about[0]) == ("interview-forms", "tomorrow's visit", place)
        rows = [f"{short(number)},{'no' if number == here[0] else 'yes'}" for number in here]
        other = [*rows[:-1], rows[-1].replace("yes", "no")]
        differs = visitor.post(address, {"do": "typed", "day": DAY} | files(rows, other))
        assert (differs.status_code, codes(differs)) == (409, ["paper.differs"])
        waits = waiting(served, visitor.post(address, {"do": "typed", "day": DAY} | files(rows, rows)))
        assert set(said(waits)[2].numbers) & set(here) == {here[0]}


def files(first: list[str], second: list[str]) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    tables = {"first": first, "second": second}
    return {
        name: SimpleUploadedFile(f"{name}.csv", "\n".join(["code,answer", *rows]).encode())
        for name, rows in tables.items()
    }


def test_people_are_seen_and_access_is_refused(world: World) -> None:
    with world.serving("cross") as served:
        place, here = a_place(served)
        visitor, address = client("interviewer"), f"/en/interviews/{place}/"
        seen = waiting(served, visitor.post(address, {
            "do": "seen", "day": DAY, "numbers": " ".join(here[:2]).upper(), "identity": "yes",
        }))  # fmt: skip
        (identified,) = said(seen)
        assert isinstance(identified, IdentityConfirmed)
        assert set(identified.numbers) & set(here) == set(here[:2])
        strange = visitor.post(address, {"do": "seen", "day": DAY, "numbers": "0" * 32})
        assert (strange.status_code, codes(strange)) == (409, ["word.place"])
        waits = waiting(served, visitor.post(address, {"do": "refused", "day": DAY, "holder": "south"}))
        (refused,) = said(waits)
        assert isinstance(refused, AccessRefused)
        assert sorted(refused.numbers) == here
        wrong = visitor.post(address, {"do": "refused", "day": "soon", "holder": "south"})
        assert (wrong.status_code, codes(wrong)) == (409, ["entry.malformed"])
        visitor.post(f"/en/signing/{waits.id}/", form(world, waits, "cross/interviewer"))
        page = re.sub("[\u2066-\u2069]", "", client("desk-clerk").get("/en/clearing/").content.decode())
        assert f"south refused access to {len(here)} people." in page
        assert client("doctor-1").get(address).status_code == 403
        assert visitor.get("/en/interviews/nowhere/").status_code == 404


def test_a_commission_decides_by_two_and_only_physicians_see_what(world: World) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    def table(*rows: str) -> Any:
        return SimpleUploadedFile("found.csv", "\n".join(["number,finding", *rows]).encode())

    with world.serving("cross") as served:
        place, here = a_place(served)
        doctor = client("doctor-1")
        words = {"holder": "south", "place": place, "day": DAY}
        wrong = doctor.post("/en/boards/", words | {"findings": table(f"{here[0]},well", f"{'0' * 32},rejected")})
        assert (wrong.status_code, codes(wrong)) == (409, ["board.finding"])
        right = table(f"{here[0]},direct_repatriation", f"{here[1]},rejected")
        waits = waiting(served, doctor.post("/en/boards/", words | {"findings": right}), "doctor-1")
        for name in ("doctor-1", "doctor-2"):
            assert len(served.state().boards) == 0
            client(name).post(f"/en/signing/{waits.id}/", form(world, found(served, waits.id, name), f"cross/{name}"))
        page = doctor.get("/en/boards/").content.decode()
        assert "<dt>Direct repatriation</dt><dd>1</dd>" in page
        assert client("interviewer").get("/en/boards/").status_code == 403
