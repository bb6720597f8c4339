"""Files with people: nobody takes one alone, whatever they try; what was consented to is taken once, in time."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from repatria.files.tables import parse_table
from repatria.web.served import Served
from tests.web.test_signing import codes
from tests.web.world import HOST, World, application, asked_for, client

application()

from repatria.web import exports  # noqa: E402 - Django is set up before its models are there

WHY = {"purpose": "for the convoy"}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("lists", tmp_path_factory.mktemp("exports"))
    for name, role in (("clerk", "officer"), ("second", "officer"), ("third", "officer"), ("family", "liaison")):
        found.appoint("south", name, role)
    return found


@pytest.fixture
def world(listed: World, tmp_path: Path) -> World:
    return listed.copy(tmp_path)


def ask(name: str = "clerk", address: str = "/en/lists/south/file/") -> tuple[Any, str]:
    asker = client(name)
    return asker, asked_for(asker, address, WHY)


def say(who: Any, word: str, id: str) -> Any:
    return (client(who) if isinstance(who, str) else who).post(f"/en/exports/{id}/{word}/")


def steps(served: Served) -> list[tuple[str, str, bool]]:
    return [(each.by.partition("/")[2], each.what, each.allowed) for each in served.reads.all()]


def taken(answer: Any) -> bool:
    return bool(answer.status_code == 200 and "attachment" in answer.get("Content-Disposition", ""))


def test_a_file_is_taken_once_after_another_has_consented_and_every_step_is_on_record(world: World) -> None:
    with world.serving("south") as served:
        asker, id = ask()
        assert codes(say(asker, "take", id)) == ["export.waiting"]
        page = client("second").get("/en/exports/").content.decode()
        assert "for the convoy" in page
        people = {str(each.number) for each in served.state().persons.values() if each.holder == "south"}
        assert f"{len(people)} people stand in it" in page
        assert not any(number in page for number in people)
        assert "1 file with people waits for a consent" in client("second").get("/en/").content.decode()
        assert "waits for a consent" not in client("clerk").get("/en/").content.decode()
        assert say("second", "consent", id).status_code == 302
        assert "1 file that you asked for can be taken" in client("clerk").get("/en/").content.decode()
        file = say(asker, "take", id)
        assert {row.cells[0] for row in parse_table(file.content, "list.xlsx", None).rows} == people
        assert (file["Cache-Control"], taken(file)) == ("no-store", True)
        again = say(asker, "take", id)
        assert (again.status_code, codes(again)) == (409, ["export.taken"])
        assert steps(served) == [
            ("clerk", "export-asked", True), ("second", "export-consented", True), ("clerk", "list-file", True),
        ]  # fmt: skip
        last = list(served.reads.all())[-1]
        assert (last.purpose, last.about) == ("for the convoy", ("south", id))
        assert served.reads.intact()


def test_what_was_asked_and_said_outlives_the_tables_and_the_process(world: World) -> None:
    with world.serving("south"):
        _, id = ask()
        say("second", "consent", id)
    from repatria.web.models import Login

    Login.objects.all().delete()
    with world.serving("south"):
        assert taken(say("clerk", "take", id))


def test_whoever_asks_does_not_consent_to_themself(world: World) -> None:
    with world.serving("south") as served:
        asker, id = ask()
        assert codes(say(asker, "consent", id)) == ["export.own"]
        assert codes(say("clerk", "consent", id)) == ["export.own"], "in another browser"
        assert codes(say(asker, "refuse", id)) == ["export.own"]
        assert steps(served)[-1] == ("clerk", "export-denied", False)
        assert not taken(say(asker, "take", id))


def test_one_person_under_two_logins_in_one_browser_is_one_person(world: World) -> None:
    with world.serving("south"):
        asker, id = ask()
        other = client("second")
        other.cookies["repatria-browser"] = asker.cookies["repatria-browser"].value
        assert codes(say(other, "consent", id)) == ["export.browser"]
        assert say(other, "refuse", id).status_code == 302, "a no needs no second browser"


def test_the_keeper_and_those_without_need_consent_to_nothing(world: World) -> None:
    with world.serving("south"):
        _, id = ask()
        assert say(client("keeper", keeper=True), "consent", id).status_code == 403
        assert say("family", "consent", id).status_code == 403
        assert say("stranger", "consent", id).status_code == 403
        assert codes(say("second", "take", id)) == ["export.by"], "nor does anybody else take it"
        assert codes(say("second", "call-off", id)) == ["export.by"]


def test_a_consent_that_has_expired_opens_nothing(world: World) -> None:
    with world.serving("south"):
        asker, id = ask()
        _, late = ask(address="/en/lists/north/file/")
        say("second", "consent", id)
        world.at.on("2025-11-11", hour=9)
        assert codes(say(asker, "take", id)) == ["export.expired"]
        world.at.on("2025-11-14")
        assert codes(say("second", "consent", late)) == ["export.expired"]
        assert "its time has run out" in client("clerk").get("/en/exports/").content.decode().lower()


def test_a_consent_is_for_one_export_and_no_other(world: World) -> None:
    with world.serving("south") as served:
        asker, id = ask()
        _, other = ask(address="/en/lists/north/file/")
        say("second", "consent", id)
        assert codes(say(asker, "take", other)) == ["export.waiting"]
        assert client("clerk").get("/en/lists/north/file/")["Location"] == "/en/lists/"
        file = asker.post(f"/en/exports/{id}/take/", {"about": "north", "kind": "answer-file", "holder": "north"})
        shown = {row.cells[0] for row in parse_table(file.content, "list.xlsx", None).rows}
        assert shown == {str(each.number) for each in served.state().persons.values() if each.holder == "south"}
        assert say(asker, "take", "0" * 32).status_code == 404


def test_of_two_words_at_once_the_first_stands_and_the_file_is_taken_once(world: World) -> None:
    with world.serving("south") as served:
        _, id = ask()

        def at_once(*acts: tuple[Any, str]) -> list[Any]:
            found: list[Any] = []
            gate = threading.Barrier(len(acts))

            def go(who: Any, word: str) -> None:
                gate.wait()
                with served.at(served.who(who)) as at:
                    export = exports.find(at, id)
                    assert export is not None
                    done: Any = exports.consent(at, export, "") if word == "consent" else exports.take(at, export)
                    found.append(done)

            threads = [threading.Thread(target=go, args=each) for each in acts]
            for each in threads:
                each.start()
            for each in threads:
                each.join()
            return found

        answers = at_once(("second", "consent"), ("third", "consent"))
        assert sorted(bool(each) for each in answers) == [False, True], "one of the two is told that it is settled"
        assert [what for _, what, _ in steps(served)].count("export-consented") == 1
        files = [each for each in at_once(("clerk", "take"), ("clerk", "take")) if isinstance(each, exports.Made)]
        assert len(files) == 1


def test_a_refusal_stands_and_a_consent_can_be_stopped_before_it_is_used(world: World) -> None:
    with world.serving("south"):
        asker, id = ask()
        say("second", "refuse", id)
        assert codes(say("third", "consent", id)) == ["export.refused"]
        assert codes(say(asker, "take", id)) == ["export.refused"]
        _, other = ask()
        say("second", "consent", other)
        assert say("third", "refuse", other).status_code == 302
        assert codes(say(asker, "take", other)) == ["export.refused"]


def test_a_consent_ends_with_the_role_of_whoever_gave_it(world: World) -> None:
    with world.serving("south"):
        asker, id = ask()
        say("second", "consent", id)
    world.at.do("node", "revoke", world.at.node("south"), "second")
    with world.serving("south"):
        assert codes(say(asker, "take", id)) == ["export.consent"]


def test_what_has_changed_since_it_was_asked_for_was_not_consented_to(world: World) -> None:
    from repatria.erasure import commands as erasure
    from repatria.exchange.commands import By

    with world.serving("south") as served:
        held = next(str(name) for name, fact in served.state().registers.items()
                    if (fact.owner, fact.list_kind) == ("south", "held"))
        _, id = ask(address=f"/en/registers/{held}/file/")
        say("second", "consent", id)
        given = served.node.given(served.clock())
        requests = (erasure.EraseRecords(By("south"), held, (each.row,)) for each in given.records(held))
        row = next(each.rows[0] for each in requests
                   if not isinstance(erasure.erase_records(served.node.state(), each, given), list))  # fmt: skip
    world.at.signed("south", "register", "erase", held, row)
    with world.serving("south"):
        assert codes(say("clerk", "take", id)) == ["export.changed"]


def test_nothing_is_asked_for_without_a_purpose_or_by_a_link(world: World) -> None:
    with world.serving("south") as served:
        clerk = client("clerk")
        assert codes(clerk.post("/en/lists/south/file/", {"purpose": "  "})) == ["export.purpose"]
        assert clerk.get("/en/lists/south/file/")["Location"] == "/en/lists/"
        with served.at(served.who("clerk")) as at:
            assert exports.exports(at) == []


def test_whoever_consents_has_just_shown_that_it_is_them(world: World) -> None:
    with world.serving("south"):
        _, id = ask()
        other = client("second")
        session = other.session
        session["account_authentication_methods"][0]["at"] -= 301
        session.save()
        assert say(other, "consent", id)["Location"].startswith("/en/account/again/password/?next=")
        assert "waits for consent" in client("clerk").get("/en/exports/").content.decode().lower()


# --- programs -------------------------------------------------------------------------------------------------------


def call(token: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    from django.test import Client

    headers = {"authorization": f"Bearer {token}"}
    answer = Client(SERVER_NAME=HOST).post(
        f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
    )
    return answer.status_code, answer.json()


def test_a_program_gets_rows_of_people_by_the_same_rule(world: World) -> None:
    from repatria.web import tokens

    body = {"holder": "south", "out": "list.xlsx", **WHY}
    with world.serving("south") as served:
        token = tokens.issue(served, served.who("clerk"), "officer")
        status, said = call(token, "list/export", body | {"purpose": ""})
        assert (status, said["problems"][0]["code"]) == (422, "export.purpose")
        status, said = call(token, "list/export", body)
        id = said["answer"]["export"]
        assert (status, said["files"]) == (202, [])
        assert set(said["waits"]) >= {"south/second", "south/third", "south/sig-1"}
        assert "south/clerk" not in said["waits"]
        assert call(token, "list/export", body)[1]["answer"]["export"] == id, "asked again, it is the same one"
        assert codes(say("clerk", "consent", id)) == ["export.own"], "at a page, too, it is the same person"
        assert say("second", "consent", id).status_code == 302
        assert codes(say("clerk", "take", id)) == ["export.program"]
        status, said = call(token, "list/export", body | {"holder": "north"})
        assert (status, said["files"]) == (202, []), "the consent was for another list"
        status, said = call(token, "list/export", body)
        assert (status, len(said["files"])) == (200, 1)
        assert call(token, "list/export", body)[0] == 202, "once"
        assert ("clerk", "api list export", True) in steps(served)


def test_every_verb_that_writes_rows_of_people_waits_for_a_second_person(world: World) -> None:
    from repatria.web import tokens

    with world.serving("south") as served:
        token = tokens.issue(served, served.who("clerk"), "officer")
        given: dict[str, dict[str, Any]] = {
            "register/export": {"register": "held", "out": "held.xlsx"}, "register/preview": {"register": "held"},
            "answer/export": {"out": "answers.xlsx", "of": "north"}, "link/list": {"of": "north"},
        }  # fmt: skip
        for path, body in given.items():
            status, said = call(token, path, body | WHY)
            assert (status, said["files"], set(said["answer"])) == (202, [], {"export", "until"}), (path, said)


def test_a_refused_program_does_not_ask_again_and_again(world: World) -> None:
    from repatria.web import tokens

    with world.serving("south") as served:
        token = tokens.issue(served, served.who("clerk"), "officer")
        _, said = call(token, "link/list", {"of": "north", **WHY})
        say("second", "refuse", said["answer"]["export"])
        status, said = call(token, "link/list", {"of": "north", **WHY})
        assert (status, said["problems"][0]["code"]) == (422, "export.refused")


def test_a_program_whose_rows_have_changed_since_they_were_consented_to_can_ask_anew(world: World) -> None:
    from repatria.web import tokens

    body = {"register": "held", "out": "held.xlsx", **WHY}
    with world.serving("south") as served:
        token = tokens.issue(served, served.who("clerk"), "officer")
        first = call(token, "register/export", body)[1]["answer"]["export"]
        say("second", "consent", first)
        held = next(str(name) for name, fact in served.state().registers.items()
                    if (fact.owner, fact.list_kind) == ("south", "held"))  # fmt: skip
        row, fields, salts = next(iter(served.node.vault.records(held)))
        served.node.vault.put_records(held, [(row, {**fields, "rank": "another"}, salts)])
        status, said = call(token, "register/export", body)
        assert (status, said["files"]) == (202, []), "asked anew, as it was told to"
        assert said["answer"]["export"] != first
        say("second", "consent", said["answer"]["export"])
        assert call(token, "register/export", body)[0] == 200


def test_what_was_consented_to_for_one_purpose_is_not_given_for_another(world: World) -> None:
    from repatria.web import tokens

    body = {"holder": "south", "out": "list.xlsx", **WHY}
    with world.serving("south") as served:
        token = tokens.issue(served, served.who("clerk"), "officer")
        say("second", "consent", call(token, "list/export", body)[1]["answer"]["export"])
        status, said = call(token, "list/export", body | {"purpose": "to sell it"})
        assert (status, said["files"]) == (202, [])
        assert call(token, "list/export", body)[0] == 200
