"""What a liaison does at the pages, and what nobody can do there: whoever is not entitled, another role, twice."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from repatria.families.case import CASES
from repatria.families.commands import Known, case_of
from repatria.files.families import sealed_in
from repatria.message import Message
from repatria.store.vault import open_under_code
from repatria.web.served import Served
from repatria.web.texts import language_of
from tests.web.test_signing import codes
from tests.web.world import World, application, client

application()
ASKED = {"do": "take", "name": "Invented Kin", "kinship": "parent", "reach": "room 4", "language": "ar"}
CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("draw_and_plan", tmp_path_factory.mktemp("families"))
    found.appoint("north", "family", "liaison")
    found.appoint("north", "clerk", "officer")
    found.at.carry()
    found.at.carry()  # and once more, for everybody's cosignature
    return found


def somebody(served: Served) -> tuple[str, dict[str, str]]:
    """Row and fields of somebody whom north seeks and who is on a list."""
    state = served.state()
    person = next(each for each in state.persons.values()
                  if state.registers[each.register].owner == "north" and each.state == "listed")  # fmt: skip
    found = served.node.vault.record(str(person.register), str(person.row))
    assert found is not None
    return str(person.row), found[0]


def taken(served: Served) -> tuple[str, str, dict[str, str]]:
    """A new case for somebody, at the page: its number, the row, and the fields of the record."""
    row, fields = somebody(served)
    before = set(served.node.vault.documents(CASES))
    asked = {name: fields[name] for name in ("family_name", "given_names", "date_of_birth")}
    answer = client("family").post("/en/families/", ASKED | asked)
    assert answer.status_code == 302, codes(answer)
    (new,) = set(served.node.vault.documents(CASES)) - before
    return new.removeprefix(CASES), row, fields


def entitled(served: Served) -> str:
    number, row, _ = taken(served)
    assert client("clerk").post("/en/families/match/", {"case": number, "row": row}).status_code == 302
    shown = {"do": "check", "identity": "passport", "kinship": "birth_record"}
    assert at(number, shown).status_code == 302
    return number


def at(number: str, said: dict[str, str] | None = None, language: str = "en") -> Any:
    """The page of a case as the liaison gets it, or what comes of a form there."""
    path = f"/{language}/families/case/{number}/"
    return client("family").get(path) if said is None else client("family").post(path, said)


def test_a_request_comes_in_is_matched_by_the_officer_and_checked_by_the_liaison(world: World) -> None:
    with world.serving("north") as served:
        number, row, fields = taken(served)
        page = client("clerk").get("/en/families/match/").content.decode()
        assert fields["family_name"] in page
        assert row in page
        assert "Invented Kin" not in page, "who asks is for the liaison"
        assert codes(at(number, {"do": "letter", "proof": "yes"})) == ["family.unmatched", "family.unchecked"]
        client("clerk").post("/en/families/match/", {"case": number, "row": row})
        assert codes(at(number, {"do": "letter", "proof": "yes"})) == ["family.unchecked"]
        at(number, {"do": "check", "identity": "passport", "kinship": "birth_record"})
        with served.lock:
            case = case_of(served.node.given(served.clock()), number)
        assert case is not None
        assert case.match is not None
        assert case.checked is not None
        assert (case.match.by, case.checked.by, case.entitled) == ("north/clerk", "north/family", True)


def test_everything_that_is_wrong_with_a_request_is_told_at_once_and_typed_words_stay(world: World) -> None:
    with world.serving("north"):
        answer = client("family").post("/en/families/", {"do": "take", "date_of_birth": "tomorrow", "reach": "room 9"})
        assert (answer.status_code, codes(answer)) == (400, ["family.request"] * 4)
        assert 'value="room 9"' in answer.content.decode()


def test_the_letter_comes_with_the_page_that_opens_under_its_code_alone(world: World) -> None:
    with world.serving("north") as served:
        number = entitled(served)
        told = at(number).content.decode()
        assert "What may be said now" in told
        answer = at(number, {"do": "letter", "proof": "yes", "language": "uk"})
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
            files = {name: file.read(name) for name in file.namelist()}
        (page,) = [name for name in files if name.startswith("check-")]
        assert set(files) - {"letter.pdf"} == {"letter.html", page}
        code = CODE.search(files["letter.html"].decode())
        sealed = sealed_in(files[page])
        assert code is not None
        assert sealed is not None
        assert open_under_code(sealed[1], code[0], sealed[0]) is not None
        assert code[0].encode() not in files[page]
        kept = b"".join(served.node.vault.document(name) or b"" for name in served.node.vault.documents("family/"))
        assert code[0].encode() not in kept, "the code is kept nowhere"
        assert somebody(served)[1]["family_name"].encode() not in files[page]
        last = [each for each in served.reads.all() if each.what == "family-letter"][-1]
        assert (last.by, last.about) == ("north/family", (number,))


def test_a_letter_is_handed_over_once_whoever_presses_the_button_again(world: World) -> None:
    with world.serving("north") as served:
        number = entitled(served)
        at(number, {"do": "letter"})
        with served.lock:
            case = case_of(served.node.given(served.clock()), number)
        assert case is not None
        hand = {"do": "hand", "letter": case.letters[-1], "how": "in_person"}
        assert at(number, hand).status_code == 302
        assert codes(at(number, hand)) == ["family.handed_twice"]
        assert codes(at(number, {"do": "end", "why": "home"})) == ["family.end"], "homecoming is nobody's to type"


def test_whatever_happened_to_somebody_the_page_says_the_same(world: World) -> None:
    with world.serving("north") as served:
        state = served.state()
        away = [each for each in state.persons.values()
                if each.state == "not-going" and state.registers[each.register].owner == "north"]  # fmt: skip
        known = Known(state, served.node.given(served.clock()), "north")
        told = {known.facts.told(((each.register, each.row),)).kind for each in away}
        assert told <= {"in_person"}


def test_other_roles_and_other_members_people_see_nothing_of_families(world: World) -> None:
    with world.serving("north") as served:
        number = entitled(served)
        assert client("clerk").get("/en/families/").status_code == 403
        assert client("clerk").get(f"/en/families/case/{number}/").status_code == 403
        assert client("family").get("/en/families/match/").status_code == 403
        assert client("sig-1").post(f"/en/families/case/{number}/", {"do": "letter"}).status_code == 403
        assert at("0" * 16).status_code == 404
        refused = [each for each in served.reads.all() if not each.allowed]
        assert {each.what for each in refused} >= {"families", "family-case", "family-match"}


def test_no_name_stands_in_an_address_a_record_or_a_file_outside_the_vault(world: World) -> None:
    with world.serving("north") as served:
        number, row, fields = taken(served)
        client("clerk").post("/en/families/match/", {"case": number, "row": row})
        at(number)
        secrets = ["Invented Kin", "room 4", fields["family_name"]]
        lines = (Path(world.at.node("north")) / "reads").read_text(encoding="utf-8")
        assert not any(secret in lines for secret in secrets)
        for path in Path(world.at.node("north")).rglob("*"):
            data = path.read_bytes() if path.is_file() else b""
            assert not any(secret.encode() in data for secret in secrets), path.name


def test_the_receipt_of_the_draw_is_for_the_entitled_too(world: World) -> None:
    with world.serving("north") as served:
        number, row, _ = taken(served)
        assert codes(at(number, {"do": "receipt"})) == ["family.unmatched", "family.unchecked"]
        client("clerk").post("/en/families/match/", {"case": number, "row": row})
        at(number, {"do": "check", "identity": "passport", "kinship": "birth_record"})
        answer = at(number, {"do": "receipt"})
        assert answer.status_code == 200, codes(answer)
        others = [str(each.number) for each in served.state().persons.values() if str(each.row) != row]
        assert not any(each in answer.content.decode() for each in others)


# --- what is held about somebody --------------------------------------------------------------------------------------

ABOUT = {"identity": "passport", "acting": "self", "purpose": "they came and asked", "language": "uk", "do": "print"}


def about(said: dict[str, str], name: str = "family") -> Any:
    return client(name).post("/en/families/about/", said)


def test_what_is_held_about_somebody_is_given_for_print_and_as_a_file_and_on_record(world: World) -> None:
    """The document that the verb writes, in the reader's language; asked for by the row, or by the record number."""
    with world.serving("north") as served:
        row, fields = somebody(served)
        assert fields["family_name"] not in client("family").get("/en/families/about/").content.decode()
        answer = about(ABOUT | {"row": row.upper()})
        page = answer.content.decode()
        assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
        assert '<html lang="uk"' in page
        assert fields["family_name"] in page
        file = about(ABOUT | {"row": fields["record_id"], "do": "file", "language": "ru"})
        assert file["Content-Disposition"] == 'attachment; filename="about.zip"'
        with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
            assert set(packed.namelist()) - {"about.pdf"} == {"about.html"}
            assert '<html lang="ru"' in packed.read("about.html").decode()
        reads = [each for each in served.reads.all() if each.what == "family-about"]
        assert [(each.by, each.allowed, each.purpose, each.about) for each in reads] == [
            ("north/family", True, "they came and asked", (row,))
        ] * 2
        kept = [served.node.vault.document(name) or b"" for name in served.node.vault.documents("family/access/")]
        assert [b'"identity": "passport"' in each for each in kept] == [True] * 2
    told = world.at.folder / "about.html"
    words = ("--identity", "passport", "--as", "self", "--language", "uk", "--out", str(told))
    world.at.do("family", "about", world.at.node("north"), fields["record_id"], *words)
    looked = language_of("uk").say(Message("about.reads.title"))  # the days on which somebody did are more by now
    before, _, after = page.partition(looked)
    assert after
    assert told.read_text(encoding="utf-8").startswith(before)


def test_nothing_is_given_without_a_purpose_and_a_word_for_what_was_shown_and_it_is_all_told(world: World) -> None:
    with world.serving("north") as served:
        row, fields = somebody(served)
        before = served.node.vault.documents("family/access/")
        assert codes(about({"row": row, "acting": "friend"})) == ["family.about.purpose"] + ["family.shown"] * 2
        assert codes(about(ABOUT | {"row": row, "purpose": " "})) == ["family.about.purpose"]
        for wrong in ("", "0" * 16, fields["family_name"], "nobody's number"):
            answer = about(ABOUT | {"row": wrong})
            assert codes(answer) == ["family.about.row"]
        last = next(read for _, read in served.reads.latest(what="family-about"))
        assert (last.purpose, last.about) == ("they came and asked", ()), "whoever tries is seen"
        assert served.node.vault.documents("family/access/") == before


def test_nobody_but_a_liaison_is_given_it_and_no_address_says_about_whom(world: World) -> None:
    with world.serving("north") as served:
        row, _ = somebody(served)
        for name in ("clerk", "sig-1"):
            assert about(ABOUT | {"row": row}, name).status_code == 403
            assert next(read for _, read in served.reads.latest()).allowed is False
        assert row not in client("family").get("/en/families/about/", {"row": row}).content.decode()
