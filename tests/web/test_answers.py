"""Answers and the final list at the pages: a word per name, what is blank and by when; drafted, checked, signed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from repatria.exchange.deadlines import deadline_key
from repatria.exchange.events import Day
from repatria.files.tables import parse_table
from repatria.ledger.canonical import digest, encode
from repatria.linkage.commands import disclosed
from repatria.store.vault import seal_to
from tests.web.test_matches import register
from tests.web.world import World, application, client, exported

application()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("lists", tmp_path_factory.mktemp("answers"))
    for member in ("south", "straits"):
        found.appoint(member, "clerk", "officer")
    return found


def test_every_row_has_a_word_and_the_blank_ones_are_counted(world: World) -> None:
    with world.serving("south") as served:
        number = register(served)
        fact = served.state().registers[number]
        page = client("clerk").get("/en/answers/").content.decode()
        assert f"<dt>Blank</dt><dd>{fact.blank('south')}</dd>" in page
        table = client("clerk").get(f"/en/answers/{number}/?word=blank").content.decode()
        assert f"of {fact.blank('south')}" in table.split('id="names"')[1]
        assert "<td>held</td>" not in table
        file = exported(client("clerk"), f"/en/answers/{number}/", {"purpose": "for the families' office"}, "sig-1")
        words = [row.cells[0] for row in parse_table(file.content, "answers.xlsx", None).rows]
        assert (len(words), words.count("no answer")) == (fact.rows, fact.blank("south"))


def test_a_file_of_answers_is_not_given_without_a_purpose(world: World) -> None:
    with world.serving("south") as served:
        answer = client("clerk").post(f"/en/answers/{register(served)}/")
    assert (answer.status_code, "export.purpose" in answer.content.decode()) == (400, True)


def test_what_an_answer_would_say_is_what_it_says(world: World, tmp_path: Path) -> None:
    other = World.after("lists", tmp_path)
    other.appoint("south", "clerk", "officer")
    with other.serving("south") as served:
        number = register(served)
        clerk = client("clerk")
        page = clerk.get(f"/en/answers/?count={number}").content.decode()
        blank = int(page.split("Now it would say: ")[1].split("blank ")[1].split(".")[0])
        assert clerk.post("/en/answers/", {"register": number, "others": "not_held"}).status_code == 302
        fact = served.state().registers[number]
        assert fact.blank("south") == blank
        assert fact.answers["south"].version == 2
        refused = clerk.post("/en/answers/", {"register": "0" * 32})
        assert (refused.status_code, "register.not_disclosed" in refused.content.decode()) == (400, True)


@pytest.mark.parametrize(("due", "overdue"), [("2025-11-01", True), ("2099-01-01", False)])
def test_what_is_blank_when_its_day_has_passed_is_overdue(world: World, due: str, overdue: bool) -> None:
    from repatria.web.pages.answers import standing

    with world.serving("south") as served:
        state, number = served.node.state(), register(served)
    state.deadlines = {deadline_key(number, "south"): Day(due)}
    found = standing(state, number, state.registers[number], "south")
    assert found["blank"] > 0
    assert (found["due"].iso, found["overdue"]) == (due, overdue)


def test_a_list_is_told_in_counts_by_class_and_a_mediator_sees_no_more(world: World) -> None:
    with world.serving("south") as served:
        people = [person for person in served.state().persons.values() if person.holder == "south"]
        page = client("clerk").get("/en/lists/").content.decode()
        assert f"version 1: {len(people)} people" in page
        assert "Draft our list" in page
        file = exported(client("clerk"), "/en/lists/south/file/", {"purpose": "for the convoy"}, "sig-2")
        table = parse_table(file.content, "list.xlsx", None)
        assert {row.cells[0] for row in table.rows} == {str(person.number) for person in people}
    with world.serving("straits"):
        page = client("clerk").get("/en/lists/").content.decode()
        assert f"version 1: {len(people)} people" in page
        assert "Draft our list" not in page
        assert client("clerk").post("/en/lists/", {"do": "draft"}).status_code == 200, "a mediator drafts nothing"
        assert client("clerk").post("/en/lists/south/file/", {"purpose": "to look"}).status_code == 403


def test_a_list_is_drafted_at_the_page_and_signed_by_persons(world: World) -> None:
    with world.serving("south"):
        answer = client("clerk").post("/en/lists/", {"do": "draft"})
        assert (answer.status_code, "/signing/" in answer["Location"]) == (302, True)
        wrong = client("clerk").post("/en/lists/", {"do": "draft", "without": "0000000000000000"})
        assert (wrong.status_code, "list.without" in wrong.content.decode()) == (400, True)
        assert "0000000000000000</textarea>" in wrong.content.decode()


def test_a_register_that_somebody_else_has_sealed_in_its_owners_name_is_not_what_was_disclosed(world: World) -> None:
    """Whoever knows a member's recipient, which the ledger tells everybody, can seal a letter to it in any name."""
    with world.serving("south") as served, served.at(served.who("clerk")) as at:
        state, number = at.node.state(), register(served)
        true = disclosed(state, at.given, number)
        assert true
        data = {"register": number, "rows": [{"row": "0" * 7, "fields": {"family_name": "Forged"}}]}
        letter = encode({"kind": "register", "from": str(state.registers[number].owner), "data": data})
        before = at.node.vault.documents("mail/register/")
        while not (set(at.node.vault.documents("mail/register/")) - set(before)) & {min(
            at.node.vault.documents("mail/register/")
        )}:  # until one of them comes first by name
            sealed = seal_to(letter, [str(state.members["south"].recipient)])
            assert at.node.receive({digest(sealed): sealed}) == (1, [])
        assert disclosed(state, at.given, number) == true
        without = replace(at.given, document=lambda name: None if name in before else at.given.document(name))
        assert disclosed(state, without, number) is None
