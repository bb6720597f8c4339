"""Registers at the pages: a list is brought, understood, corrected, imported, previewed and disclosed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from repatria.files.spreadsheet import Sheet, format_xlsx
from repatria.files.tables import format_csv, parse_table
from tests.web.world import World, application, client, exported

application()

from repatria.web import jobs  # noqa: E402 - Django is set up before its models are there
from repatria.web.models import Job  # noqa: E402

HEADING = ["Record", "Surname", "Given names", "Date of birth", "Place of detention", "Callsign"]
ROWS = [
    ["r-1", "Invented", "Test", "1990-02-03", "Camp 4", "Owl"],
    ["r-2", "Other", "Test", "1991-05-06", "Camp 4", ""],
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    Job.objects.all().delete()
    found = World.after("consult", tmp_path)
    found.appoint("north", "clerk", "officer")
    return found


def upload(rows: list[list[str]], born: str = "Date of birth") -> SimpleUploadedFile:
    return SimpleUploadedFile("camp list.csv", format_csv([*HEADING[:3], born, *HEADING[4:]], rows))


def bring(served: Any, rows: list[list[str]], kind: str = "held", born: str = "Date of birth") -> str:
    """The address of the draft's page, looked through."""
    answer = client("clerk").post("/en/registers/", {"file": upload(rows, born), "kind": kind})
    assert answer.status_code == 302
    jobs.Runner(served).next()
    page = client("clerk").get(answer["Location"]).content.decode()
    return page.split('role="button">')[0].rpartition('href="')[2].split('"')[0]


def test_a_list_is_brought_corrected_and_imported(world: World) -> None:
    clerk = client("clerk")
    with world.serving("north") as served:
        address = bring(served, [*ROWS, ["r-3", "Third", "Test", "1990-02-30", "Camp 4", ""]], born="Seen the light")
        page = clerk.get(address).content.decode()
        assert "Owl" in page
        assert "1 of them are missing: date_of_birth" in page
        assert 'value="import"' not in page
        marked = parse_table(clerk.get(address + "annotated/").content, "marked.xlsx", None)
        assert marked.heading[3] == "Seen the light"
        assert client("sig-1").get(address + "annotated/").status_code == 302, "others ask for it like for any file"
        whole = exported(client("sig-1"), address + "annotated/", {"purpose": "to help"}, "clerk")
        assert parse_table(whole.content, "marked.xlsx", None).rows == marked.rows
        clerk.post(address, {"do": "look", "column-d": "date_of_birth"})
        jobs.Runner(served).next()
        page = clerk.get(address).content.decode()
        assert '<option value="date_of_birth" selected>' in page
        assert "not a calendar date" in page
        answer = clerk.post(address, {"do": "import"})
        jobs.Runner(served).next()
        job = client("clerk").get(answer["Location"]).content.decode()
        assert '<p class="told">Done</p>' in job
        (fact,) = served.state().registers.values()
        assert (fact.rows, str(fact.list_kind)) == (3, "held")
        assert clerk.get(address).status_code == 404
        assert "Callsign" not in clerk.get("/en/registers/").content.decode()


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv", "whatever"])
def test_a_workbook_is_a_workbook_whatever_its_name(world: World, name: str) -> None:
    book = SimpleUploadedFile(name, format_xlsx([Sheet("List", [HEADING, *ROWS])]))
    with world.serving("north") as served:
        answer = client("clerk").post("/en/registers/", {"file": book, "kind": "held"})
        jobs.Runner(served).next()
        page = client("clerk").get(answer["Location"]).content.decode()
        assert "<dt>Rows</dt><dd>2</dd>" in page
        assert "Problems that stop the import</dt><dd>0</dd>" in page


def test_what_stops_a_list_is_shown_all_at_once_and_nothing_can_be_imported(world: World) -> None:
    with world.serving("north") as served:
        address = bring(served, [["r-1", "", "", "1990", "Camp 4", ""], ["r-1", "Other", "Test", "1991", "Camp 4", ""]])
        page = client("clerk").get(address).content.decode()
        assert page.count('class="stops"') == 2
        assert 'value="import"' not in page


def test_a_file_and_a_kind_are_asked_for_together(world: World) -> None:
    with world.serving("north"):
        answer = client("clerk").post("/en/registers/", {"kind": "somebody"})
        page = answer.content.decode()
    assert answer.status_code == 400
    assert "no file was chosen" in page
    assert "neither held nor sought" in page


def test_two_officers_bring_lists_at_once_and_each_is_imported(world: World) -> None:
    world.appoint("north", "second", "officer")
    with world.serving("north") as served:
        for name, kind in (("clerk", "held"), ("second", "held")):
            client(name).post("/en/registers/", {"file": upload(ROWS), "kind": kind})
        runner = jobs.Runner(served)
        assert runner.next()
        assert runner.next()
        page = client("clerk").get("/en/registers/").content.decode()
        drafts = [part.split('"')[0] for part in page.split('href="/en/registers/list/')[1:]]
        for number in drafts:
            client("clerk").post(f"/en/registers/list/{number}", {"do": "import"}, follow=True)
        assert len(drafts) == 2
        for _ in drafts:
            assert runner.next()
        assert sorted(fact.version for fact in served.state().registers.values()) == [1, 2]


def test_what_another_member_would_see_is_what_it_gets(world: World) -> None:
    clerk = client("clerk")
    with world.serving("north") as served:
        address = bring(served, ROWS, "sought")
        clerk.post(address, {"do": "import"})
        jobs.Runner(served).next()
        (number,) = served.state().registers
        page = clerk.get(f"/en/registers/{number}/?for=south").content.decode()
        assert "Invented" in page
        assert "Owl" not in page, "a column of the sender's own is shown to nobody"
        assert "Camp 4" not in page
        answer = clerk.post(f"/en/registers/{number}/", {"do": "disclose", "to": "south"})
        assert "/signing/" in answer["Location"], "two signatories say so"
        assert "export.purpose" in clerk.post(f"/en/registers/{number}/file/").content.decode()
        file = exported(clerk, f"/en/registers/{number}/file/", {"purpose": "for the registrar"}, "sig-1")
        assert ("register-file", "for the registrar") in {(each.what, each.purpose) for each in served.reads.all()}
        assert parse_table(file.content, "list.xlsx", None).rows[0].cells.count("Invented") == 1
        assert clerk.get(f"/en/registers/{number}/file/").status_code == 302


def test_a_register_of_the_held_is_shown_to_nobody(world: World) -> None:
    with world.serving("north") as served:
        client("clerk").post(bring(served, ROWS), {"do": "import"})
        jobs.Runner(served).next()
        (number,) = served.state().registers
        page = client("clerk").get(f"/en/registers/{number}/?for=south").content.decode()
        assert "south would see nobody of this register." in page
        assert "Invented" not in page
        assert client("clerk").post(f"/en/registers/{number}/", {"do": "disclose", "to": "south"}).status_code == 400


@pytest.mark.parametrize("kind", ["template", "columns"])
def test_files_to_begin_with_are_in_the_language_of_the_page(world: World, kind: str) -> None:
    with world.serving("north"):
        file = client("clerk").get(f"/uk/registers/{kind}/held/")
        table = parse_table(file.content, "list.xlsx", None)
    assert "Прізвище" in (table.heading if kind == "template" else [row.cells[0] for row in table.rows])


def test_work_is_ended_from_its_page(world: World) -> None:
    with world.serving("north"):
        answer = client("clerk").post("/en/registers/", {"file": upload(ROWS), "kind": "held"})
        page = client("clerk").post(answer["Location"], follow=True).content.decode()
        assert "Ended before it was done" in page
        assert client("clerk").get("/en/jobs/").status_code == 200


def test_what_one_says_of_a_list_that_another_has_just_thrown_away_brings_nothing_of_it_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from repatria.web import drafts
    from repatria.web.pages import registers

    with world.serving("north") as served:
        address = bring(served, ROWS)
        vault = served.node.vault
        ours, page = client("clerk"), client("sig-1")
        truly = registers.looked

        def meanwhile(given: Any, number: str) -> Any:
            """The other's click comes between what this one reads and what it writes."""
            monkeypatch.setattr(registers, "looked", truly)
            found = truly(given, number)
            page.post(address, {"do": "drop"})
            return found

        monkeypatch.setattr(registers, "looked", meanwhile)
        answer = ours.post(address, {"do": "look", "column-d": "date_of_birth"})
        assert answer.status_code == 404
        assert vault.documents(drafts.PLACE) == []


def test_two_who_correct_one_list_at_once_are_both_heard(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from repatria.web.drafts import draft
    from repatria.web.pages import registers

    with world.serving("north") as served:
        address = bring(served, ROWS, born="Seen the light")
        number = address.rstrip("/").rpartition("/")[2]
        ours, theirs, truly = client("clerk"), client("sig-1"), registers.looked

        def meanwhile(given: Any, number: str) -> Any:
            monkeypatch.setattr(registers, "looked", truly)
            found = truly(given, number)
            theirs.post(address, {"do": "look", "column-f": "alternate_names"})
            return found

        monkeypatch.setattr(registers, "looked", meanwhile)
        ours.post(address, {"do": "look", "column-d": "date_of_birth"})
        kept = draft(served.node.given(served.clock()), number)
        assert kept is not None
        assert kept.columns == {"d": "date_of_birth", "f": "alternate_names"}
