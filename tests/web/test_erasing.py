"""Records erased at a page: whom and what, before; gone afterwards, here and where others held it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from repatria.erasure import commands
from repatria.exchange.commands import By
from repatria.linkage.commands import own_versions
from repatria.report.language import CODES
from repatria.web import signing
from repatria.web.served import Served
from tests.web.test_signing import codes, form
from tests.web.world import World, application, client

application()


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.with_clerks("lists", tmp_path_factory.mktemp("erasing"))


@pytest.fixture
def world(listed: World, tmp_path: Path) -> World:
    return listed.copy(tmp_path)


def register(served: Served) -> str:
    return own_versions(served.state(), served.member, "sought")[-1]


def split(served: Served) -> tuple[list[Any], list[Any]]:
    """North's sought records: those that can be erased, and those whose person is awaited."""
    name, given = register(served), served.node.given(served.clock())
    able: tuple[list[Any], list[Any]] = ([], [])
    for record in given.records(name):
        listed = any((str(p.register), str(p.row)) == (name, record.row) for p in served.state().persons.values())
        able[listed].append(record)
    return able


def post(path: str = "erase", **given: str) -> Any:
    return client("clerk").post(f"/en/{path}/", given)


def test_whom_and_what_is_shown_before_and_gone_once_the_signatories_have_signed(world: World) -> None:
    with world.serving("north") as served:
        name, first = register(served), split(served)[0][0]
        shown = post(register=name, rows=first.fields["record_id"], do="look").content.decode()
        assert first.fields["record_id"] in shown
        assert "1 record is destroyed in this node" in shown
        assert "South: the identity fields, disclosed to it" in shown
        assert "Every copy of" in shown
        last = list(served.reads.all())[-1]
        assert (last.what, last.about) == ("erase", (f"{name}/{first.row}",))
        assert codes(post(register=name, rows=first.row, do="erase")) == ["confirm"]
        answer = post(register=name, rows=first.row, do="erase", confirm="yes")
        assert "/signing/" in answer["Location"]
        assert served.state().erased == {}
        for who in ("sig-1", "sig-2"):
            with served.at(served.who("clerk")) as at:
                (waits,) = signing.waiting(at)
            client(who).post(f"/en/signing/{waits.id}/", form(world, waits, f"north/{who}"))
        assert list(served.state().erased) == [f"{name}/{first.row}"]
        assert first.row not in {record.row for record in served.node.given(served.clock()).records(name)}


def test_what_is_told_to_go_is_what_the_command_takes_away(world: World) -> None:
    with world.serving("south") as served:
        state, given = served.node.state(), served.node.given(served.clock())
        held = own_versions(served.state(), "south", "held")[-1]
        outcomes = (
            (record, commands.erase_records(state, commands.EraseRecords(By("south"), held, (record.row,)), given))
            for record in given.records(held)
        )
        record, outcome = next((record, each) for record, each in outcomes if not isinstance(each, list))
        shown = post(register=held, rows=record.row, do="look").content.decode()
        assert not isinstance(outcome, list)
        from repatria.web.pages.erasing import removed

        counts = removed(outcome)
        assert sum(counts.values()) == len(outcome.documents) - 1 + len(outcome.without)
        assert counts["weighed"] > 0
        assert "looking for matches makes" in shown


def test_whoever_is_awaited_is_not_erased_and_everything_wrong_is_said_at_once(world: World) -> None:
    with world.serving("north") as served:
        name, awaited = register(served), split(served)[1][:2]
        rows = " ".join(record.row for record in awaited)
        answer = post(register=name, rows=rows, do="erase", confirm="yes")
        assert (answer.status_code, codes(answer)) == (422, ["erase.awaited"])
        assert codes(post(register=name, rows="00000000 11111111", do="look")) == ["erase.row", "erase.row"]
        assert codes(post(register=name, rows=" ", do="look")) == ["erase.row"]
        assert codes(post(register="0" * 32, rows="00000000", do="look")) == ["erase.owner"]
        assert served.state().erased == {}
        with served.at(served.who("clerk")) as at:
            assert signing.waiting(at) == []


def test_what_another_has_erased_is_taken_out_here(world: World) -> None:
    with world.serving("north") as served:
        name, row = register(served), split(served)[0][0].row
    world.at.signed("north", "register", "erase", name, row)
    world.at.carry()
    with world.serving("south") as served:
        shown = client("clerk").get("/en/erase/forget/").content.decode()
        assert "Erased by" in shown
        assert "letter" in shown
        letters = [served.node.vault.document(each) or b"" for each in served.node.vault.documents("mail/register/")]
        assert any(row.encode() in letter for letter in letters)
        assert codes(post("erase/forget")) == ["confirm"]
        assert post("erase/forget", confirm="yes")["Location"] == "/en/erase/forget/"
        letters = [served.node.vault.document(each) or b"" for each in served.node.vault.documents("mail/register/")]
        assert not any(row.encode() in letter for letter in letters)
        assert "Nothing of it is here any more" in client("clerk").get("/en/erase/forget/").content.decode()


@pytest.mark.parametrize("code", CODES)
def test_the_pages_are_there_in_every_language_for_those_who_may(world: World, code: str) -> None:
    with world.serving("north"):
        assert client("clerk").get(f"/{code}/erase/").status_code == 200
        assert client("clerk").get(f"/{code}/erase/forget/").status_code == 200
        assert client("supervisor").get(f"/{code}/erase/").status_code == 403
