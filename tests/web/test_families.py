"""What a family liaison may say: the words for families alone, for a purpose, about those whom the party seeks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from repatria.linkage.commands import own_versions
from repatria.web.served import Served
from tests.web.test_signing import codes
from tests.web.world import World, application, client

application()
WHY = "the mother rang"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("draw_and_plan", tmp_path_factory.mktemp("families"))
    found.appoint("north", "family", "liaison")
    found.appoint("north", "clerk", "officer")
    return found


def ours(served: Served, state: str = "listed") -> list[str]:
    versions = own_versions(served.state(), "north", "sought")
    people = served.state().persons.values()
    return [str(each.number) for each in people if str(each.register) in versions and each.state == state]


def theirs(served: Served) -> str:
    versions = own_versions(served.state(), "north", "sought")
    return next(str(each.number) for each in served.state().persons.values() if str(each.register) not in versions)


def test_a_family_is_told_the_same_words_by_number_by_row_and_by_record(world: World) -> None:
    with world.serving("north") as served:
        number = ours(served)[0]
        person = served.state().persons[number]  # type: ignore[index]
        records = served.node.given(served.clock()).records(str(person.register))
        record = next(each for each in records if each.row == str(person.row))
        told = []
        for asked in (number.upper(), record.row, record.fields["record_id"]):
            answer = client("family").post("/en/families/", {"person": asked, "purpose": WHY})
            assert answer.status_code == 200, codes(answer)
            told.append(answer.content.decode().partition('aria-live="polite">')[2].partition("</section>")[0])
            last = list(served.reads.all())[-1]
            assert (last.what, last.purpose, last.about) == ("family-status", WHY, (number,))
        assert told[0] == told[1] == told[2]
        assert "present round" in told[0]
        assert not set(told[0].lower().split()) & {"chance", "rank", "ticket", "tier", "permille", "stage"}


def test_a_record_that_came_since_is_found_and_one_that_was_erased_is_not(world: World, tmp_path: Path) -> None:
    copy = world.copy(tmp_path)
    with copy.serving("north") as served:
        register, vault = own_versions(served.state(), "north", "sought")[-1], served.node.vault

        def ask() -> int:
            answer = client("family").post("/en/families/", {"person": "N-late", "purpose": WHY})
            return int(answer.status_code)

        assert ask() == 400
        vault.put_records(register, [("f" * 16, {"record_id": "N-late"}, {})])
        assert ask() == 200
        vault.erase(register, "f" * 16)
        assert ask() == 400


def test_whatever_keeps_somebody_back_a_family_is_told_in_person_only(world: World) -> None:
    with world.serving("north") as served:
        going = {str(number): state for number, state in served.state().persons.items()}
        away = [number for number in going if going[number].state == "not-going"]
        assert away
        answers = [client("family").post("/en/families/", {"person": each, "purpose": WHY}) for each in away]
        for number, answer in zip(away, answers, strict=True):
            if number in ours(served, "not-going"):
                assert "Nothing can be said in writing" in answer.content.decode()
            else:
                assert codes(answer) == ["families.unknown"]


def test_nothing_is_said_without_a_purpose_or_about_somebody_whom_another_seeks(world: World) -> None:
    with world.serving("north") as served:
        family = client("family")
        assert codes(family.post("/en/families/", {})) == ["families.person", "export.purpose"]
        for strange in (theirs(served), "0" * 32, "nobody"):
            answer = family.post("/en/families/", {"person": strange, "purpose": WHY})
            assert (answer.status_code, codes(answer)) == (400, ["families.unknown"])
        assert client("clerk").get("/en/families/").status_code == 403
        unlisted = _unlisted(served)
        page = family.post("/en/families/", {"person": unlisted, "purpose": WHY}).content.decode()
        assert "on no signed list yet" in page
        assert codes(family.post("/en/families/", {"person": unlisted, "purpose": WHY, "do": "receipt"})) == [
            "families.receipt"
        ]


def _unlisted(served: Served) -> str:
    register = own_versions(served.state(), "north", "sought")[-1]
    listed = {str(each.row) for each in served.state().persons.values() if str(each.register) == register}
    return next(each.row for each in served.node.given(served.clock()).records(register) if each.row not in listed)


def test_the_receipt_is_the_one_that_the_command_line_writes(world: World, tmp_path: Path) -> None:
    with world.serving("north") as served:
        number = ours(served)[0]
        ask = {"person": number, "purpose": WHY, "do": "receipt"}
        answer = client("family").post("/en/families/", ask)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        assert list(served.reads.all())[-1].what == "family-receipt"
        others = [str(each) for each in served.state().persons if str(each) != number]
        assert not any(each in answer.content.decode() for each in others)
    out = tmp_path / "receipt.json"
    world.at.do("lottery", "receipt", world.at.node("north"), number, "--out", str(out))
    assert json.loads(answer.content) == json.loads(out.read_text(encoding="utf-8"))
