"""Stages through the pages: opened, rights given, what desks signed brought in, and settled; told in numbers."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from repatria.exchange.counting import standings
from repatria.rehearsal.nodes import PARTIES, PASSPHRASE
from repatria.report.language import CODES
from repatria.store.delegate import open_key
from repatria.store.desk import DeskFolder, read_entries
from repatria.store.equipment import format_card, open_equipment
from repatria.store.vault import new_identity
from repatria.web.progress import WIDTH, Bar, picture
from tests.web.world import HOST, World, application, asked_for, client, exported

application()

from repatria.web.enrolment import fingerprint  # noqa: E402 - Django is set up before its models are there

STAGE, PLACE = "s1", "bridge"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.with_clerks("draw_and_plan", tmp_path_factory.mktemp("stages"))
    found.at.on("2025-12-08", 6)
    return found


@pytest.fixture(scope="module")
def opened(planned: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The first stage is open; the rights at its bridge are with its desks, whose folders are made."""
    found = planned.copy(tmp_path_factory.mktemp("opened"))
    for member in (*PARTIES, "straits"):
        found.at.do("stage", "open", found.at.node(member), STAGE)
    found.at.carry()
    for party in PARTIES:
        found.at.do(
            "stage", "grant", found.at.node(party), STAGE, "--place", PLACE, "--to", f"{party}/desk-{PLACE}"
        )  # fmt: skip
    found.at.carry()
    for author in ("north/desk-bridge", "south/desk-bridge", "cross/gate-bridge"):
        found.at.do(
            "stage", "desk", found.at.node(author.partition("/")[0]), STAGE, "--place", PLACE,
            "--desk-key", found.at.key(author), "--out", found.at.desk(author, STAGE),
        )  # fmt: skip
    found.at.on("2025-12-08", 9)
    return found


def post(path: str, name: str = "clerk", **fields: str) -> Any:
    return client(name).post(f"/en/stages/{STAGE}/{path}/", {"place": PLACE, **fields})


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 409, answer.status_code
    return re.findall(r"<code>([a-z_.]+)</code>", answer.content.decode())


def zipped(folder: Path, inside: str = "") -> io.BytesIO:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                made.write(file, inside + file.relative_to(folder).as_posix())
    data.seek(0)
    data.name = "desk.zip"
    return data


def row_of(page: str, holder: str) -> list[str]:
    """A row of the table of places and directions: agreed, released, and then the columns."""
    section = page.split('class="now"')[1].split("</section>")[0]
    rows = re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", section, re.S)
    for row in rows:
        cells = [re.sub(r"<.*?>|[\u2066-\u2069]", "", each) for each in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)]
        if cells[:2] == [PLACE, holder]:
            return cells[3:]
    raise AssertionError(rows)


def test_every_stage_stands_there_with_its_people_in_numbers(planned: World) -> None:
    with planned.serving("north") as served:
        state = served.state()
        page = client("clerk").get("/en/stages/").content.decode()
        for name, stage in state.stages.items():
            people = sum(len(place.manifest) for place in stage.places.values())
            row = page.split(f'/en/stages/{name}/"')[1].split("</tr>")[0]
            assert f'<td class="n">{people}</td>' in row
            assert "planned" in row
        whole = client("clerk").get(f"/en/stages/{STAGE}/").content.decode()
        assert not any(number in page + whole for number in state.persons)


def test_a_stage_is_opened_by_whoever_may_and_by_nobody_else(planned: World, tmp_path: Path) -> None:
    copy = planned.copy(tmp_path)
    with copy.serving("north") as served:
        for name in ("sig-1", "supervisor"):
            assert post("open", name).status_code == 403
        assert post("open")["Location"] == f"/en/stages/{STAGE}/"
        assert served.state().stages[STAGE].opened is None  # the other party and a mediator have not
        assert codes(post("grant", to="north/desk-bridge")) == ["stage.not_open"]
        assert client("clerk").get("/en/stages/s9/").status_code == 404
        assert client("clerk").post("/en/stages/s9/open/").status_code == 404
    with copy.serving("south"):
        post("open")
    with copy.serving("straits"):
        post("open")
    copy.at.carry()
    with copy.serving("south") as served:
        assert served.state().stages[STAGE].opened is not None
        assert post("grant", to="south/desk-bridge").status_code == 302
        assert client("clerk").get(f"/en/stages/{STAGE}/grant/").status_code == 302
        agreed, released, *columns = row_of(client("clerk").get(f"/en/stages/{STAGE}/").content.decode(), "south")
        assert (released, columns) == ("0", ["0", "0", "0", agreed, "0", "0", "0"])


def test_what_desks_signed_comes_in_by_a_file_and_the_figures_follow(opened: World, tmp_path: Path) -> None:
    copy = opened.copy(tmp_path)
    at = copy.at
    north, south, gate = (at.desk(f"{each}-bridge", STAGE) for each in ("north/desk", "south/desk", "cross/gate"))
    at.do("handover", "words", gate)
    at.do("handover", "present", gate)
    for desk in (north, south):
        at.run("handover", "carry", gate, desk)
    released = at.do("handover", "release", south)["released"]
    at.run("handover", "carry", south, north)
    at.do("handover", "receive", north, "--count", "1")
    with copy.serving("cross"):
        heard = client("clerk").post("/en/stages/desk/", {"file": zipped(Path(gate))})
        assert (heard.status_code, re.findall(r"<code>(.*?)</code>", heard.content.decode())) == (200, [])
    with copy.serving("north") as served:
        page = client("clerk").get(f"/en/stages/{STAGE}/").content.decode()
        agreed = int(row_of(page, "south")[0])
        brought = client("clerk").post("/en/stages/desk/", {"file": zipped(Path(north), "north-desk/")})
        assert (brought.status_code, "<dt>New entries</dt>" in brought.content.decode()) == (200, True)
        again = client("clerk").post("/en/stages/desk/", {"file": zipped(Path(north))})
        assert "<dt>New entries</dt>" not in again.content.decode()
        page = client("clerk").get(f"/en/stages/{STAGE}/").content.decode()
        assert row_of(page, "south") == [
            str(agreed), str(released), "1", str(released - 1), "0", str(agreed - released), "0", "0", "0",
        ]  # fmt: skip
        assert sum(sum(each.values()) for each in standings(served.state(), STAGE, PLACE).values()) == sum(
            int(row_of(page, side)[0]) for side in PARTIES
        )
        now = client("clerk").get(f"/en/stages/{STAGE}/now/", headers={"HX-Request": "true"}).content.decode()
        assert row_of(now, "south") == row_of(page, "south")
        assert "<html" not in now
        assert client("clerk").get(f"/en/stages/{STAGE}/now/").status_code == 302
        assert codes(post("reconcile")) == ["reconcile.rights_out"]


def test_a_file_that_is_no_desk_is_refused(opened: World) -> None:
    data = io.BytesIO(b"no zip")
    data.name = "desk.zip"
    with opened.serving("north"):
        wrong = client("clerk").post("/en/stages/desk/", {"file": data})
        nothing = client("clerk").post("/en/stages/desk/")
        stick = io.BytesIO()
        with zipfile.ZipFile(stick, "w") as made:
            made.writestr("repatria.json", "{}")
        stick.seek(0)
        stick.name = "stick.zip"
        foreign = client("clerk").post("/en/stages/desk/", {"file": stick})
    assert [each.status_code for each in (wrong, nothing, foreign)] == [400] * 3
    for answer, code in ((wrong, "bundle.damaged"), (nothing, "bundle.absent"), (foreign, "bundle.foreign")):
        assert code in answer.content.decode()


def test_a_dark_desk_is_recorded_and_supervisors_settle(opened: World, tmp_path: Path) -> None:
    copy = opened.copy(tmp_path)
    with copy.serving("north") as served:
        desk = "north/desk-bridge"
        assert codes(post("dark", desk="north/desk-station")) == ["dark.nobody"]
        assert post("dark", desk=desk).status_code == 302
        page = client("clerk").get(f"/en/stages/{STAGE}/").content.decode()
        dark = [number for number, each in served.state().persons.items() if each.state == "unconfirmed"]
        assert row_of(page, "north")[4] == str(len(dark)) != "0"
        assert "Settle it" not in page
        assert post("confirm", number=dark[0], outcome="returned").status_code == 403
        settled = client("supervisor").get(f"/en/stages/{STAGE}/").content.decode()
        assert f"<option>{dark[0]}</option>" in settled
        assert codes(post("confirm", "supervisor", number=dark[0], outcome="lost")) == ["confirm.outcome"]
        assert codes(post("confirm", "supervisor", number="0" * 32, outcome="returned")) == ["person.unknown"]
        wanted = post("confirm", "supervisor", number=dark[0], outcome="returned")
        assert (wanted.status_code, "/signing/" in wanted["Location"]) == (302, True)


def test_a_place_is_broken_off_only_by_somebody_who_says_that_they_are_sure(opened: World, tmp_path: Path) -> None:
    copy = opened.copy(tmp_path)
    with copy.serving("north") as served:
        assert codes(post("abort")) == ["stage.sure"]
        assert not served.state().stages[STAGE].places[PLACE].aborted
        assert post("abort", sure="yes").status_code == 302
        assert served.state().stages[STAGE].places[PLACE].aborted
        assert codes(post("grant", to="north/desk-bridge")) != []
    with copy.serving("cross"):
        assert post("abort", sure="yes").status_code == 403


@pytest.mark.parametrize("right_to_left", [False, True])
def test_a_bar_is_all_of_its_people_from_one_edge_to_the_other(right_to_left: bool) -> None:
    counts = (("received", 1), ("between", 0), ("to-come", 2))
    made = picture([Bar("a<b", counts), Bar("nobody", ())], "x", right_to_left)
    found = [tuple(map(int, each)) for each in re.findall(r'x="(\d+)" y="\d+" width="(\d+)" height="\d+"', made)]
    assert sum(width for _, width in found) == WIDTH
    first, then = found
    assert (first, then[0]) == (((240, 120), 0) if right_to_left else ((0, 120), 120))
    assert "a&lt;b" in made
    assert "nobody" not in made


# --- desks and gates --------------------------------------------------------------------------------------------------

WHY = "the desk at the bridge starts at eight"


def desk_page(name: str = "clerk") -> str:
    answer = client(name).get(f"/en/stages/{STAGE}/desks/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def sent(act: str, name: str = "clerk", **fields: Any) -> Any:
    return client(name).post(f"/en/stages/{STAGE}/desks/{act}/", fields)


def carded(world: World, author: str, name: str = "") -> io.BytesIO:
    """The card of a desk, made as on its own machine: of the key that it has, or of a new one."""
    key, out = world.at.key(author), world.at.folder / "keys" / f"{name or author.replace('/', '-')}.json"
    member = world.at.folder / "keys" / f"{author.partition('/')[0]}.json"
    words = ["--member", str(member)] if member.exists() else []
    world.at.run("handover", "card", author, "--desk-key", key, "--out", str(out), *words)
    data = io.BytesIO(out.read_bytes())
    data.name = out.name
    return data


def taken(world: World, desk: str, place: str = PLACE, member: str = "north") -> Path:
    """The equipment of a desk, asked for by the officer and consented to by another."""
    asked = {"place": place, "desk": desk, "purpose": WHY}
    file = exported(client("clerk"), f"/en/stages/{STAGE}/desks/file/", asked, "supervisor")
    assert file.status_code == 200
    path = world.at.folder / f"{desk}.equipment"
    path.write_bytes(file.content)
    return path


def test_a_new_desk_is_appointed_by_its_card_and_equipped_by_a_file_while_the_pages_are_served(
    opened: World, tmp_path: Path
) -> None:
    """Its key stays on its own machine; what it is given passes people as any desk does."""
    copy = opened.copy(tmp_path)
    at = copy.at
    with copy.serving("north") as served:
        card = client("clerk").get(f"/en/stages/{STAGE}/desks/member/")
        (at.folder / "keys" / "north.json").write_bytes(card.content)
        brought = carded(copy, "north/desk-late")
        assert sent("card", file=brought).status_code == 302
        page = desk_page()
        made = json.loads(brought.getvalue())
        assert fingerprint("north/desk-late", made["key"]) in page
        assert sent("appoint", desk="desk-late", place=PLACE).status_code == 302
        assert [str(each.key) for each in served.state().keys["north/desk-late"]] == [made["key"]]
        early = sent("file", desk="desk-late", place=PLACE, purpose=WHY)
        assert codes(early) == ["desk.author"], "the ledger that is here does not have it yet"
    at.carry()
    at.do("stage", "dark", at.node("north"), STAGE, "--place", PLACE, "--desk", "north/desk-bridge", fails=None)
    with copy.serving("north") as served:
        path = taken(copy, "desk-late")
        state = served.node.ledger_state()
        (size,) = re.findall(r"<dd>([\d,]+); now", desk_page().partition("north/desk-late")[2])
        assert int(size.replace(",", "")) == state.size
        last = [each for each in served.reads.all() if each.what == "desk-file"][-1]
        assert (last.by, last.purpose, last.about[:3]) == ("north/clerk", WHY, (STAGE, PLACE, "desk-late"))
        rows = served.node.names(state, STAGE, PLACE)
        names = {fields["family_name"] for fields in rows.values()}
        assert not any(name.encode() in path.read_bytes() for name in names)
    out = at.desk("north/desk-late", STAGE)
    told = at.run("handover", "equip", str(path), "--desk-key", at.key("north/desk-late"), "--out", out)
    assert (told["place"], told["people"], told["size"]) == (PLACE, len(rows), state.size)
    assert at.run("handover", "status", out)["place"] == PLACE
    with DeskFolder.open(Path(out), PASSPHRASE) as desk:
        assert desk.names() == rows


def test_a_desk_made_of_its_file_passes_people_as_the_one_that_the_node_makes(opened: World, tmp_path: Path) -> None:
    copy = opened.copy(tmp_path)
    at, author = copy.at, "north/desk-bridge"
    with copy.serving("north"):
        bridge = desk_page().partition("north/desk-bridge")[2].partition("</li>")[0]
        assert re.search(r"<dd>[\d,]+; now", bridge), "it was equipped at the node itself"
        assert sent("card", file=carded(copy, author)).status_code == 302
        path = taken(copy, "desk-bridge")
    north, south, gate = (at.desk(f"{each}-bridge", STAGE) for each in ("north/desk", "south/desk", "cross/gate"))
    base = (Path(north) / "names").stat().st_size
    shutil.rmtree(north)
    at.run("handover", "equip", str(path), "--desk-key", at.key(author), "--out", north)
    assert (Path(north) / "names").stat().st_size == base
    at.do("handover", "words", gate)
    at.do("handover", "present", gate)
    for desk in (north, south):
        at.run("handover", "carry", gate, desk)
    released = at.do("handover", "release", south)["released"]
    at.run("handover", "carry", south, north)
    assert at.do("handover", "receive", north)["received"] == released > 0
    assert at.do("handover", "release", north)["released"] > 0
    at.run("handover", "equip", str(path), "--desk-key", at.key(author), "--out", north)  # once more: nothing is lost
    assert at.run("handover", "status", north)["people"]["south: received"] == released


def test_what_does_not_fit_a_desk_is_refused_with_what_to_do(opened: World, tmp_path: Path) -> None:
    copy = opened.copy(tmp_path)
    at = copy.at
    with copy.serving("north") as served:
        strange = carded(copy, "south/desk-bridge")
        assert codes(sent("card", file=strange)) == ["desk.card"]
        assert codes(sent("card")) == ["desk.card"]
        assert codes(sent("appoint", desk="desk-bridge-9", place=PLACE)) == ["desk.card"]
        assert codes(sent("file", desk="desk-bridge", place=PLACE)) == ["export.purpose", "desk.card"]
        assert sent("card", file=carded(copy, "north/desk-bridge")).status_code == 302
        for place in ("station", "nowhere"):
            wrong = codes(sent("file", desk="desk-bridge", place=place, purpose=WHY))
            assert "desk.author" in wrong, "its key is for another place"
        assert codes(sent("appoint", desk="desk-bridge", place=PLACE)) == ["delegate.key"]
        assert codes(sent("appoint", desk="desk-bridge", place="nowhere")) == ["desk.place"]
        for name in ("sig-1", "supervisor"):
            assert sent("file", name, desk="desk-bridge", place=PLACE, purpose=WHY).status_code == 403
        path = taken(copy, "desk-bridge")
        data = path.read_bytes()
        assert served.reads.intact()
    for author, changed, code in (
        ("south/desk-bridge", data, "equipment.desk"), ("cross/gate-bridge", data, "equipment.desk"),
        ("north/desk-bridge", data[:-1] + bytes([data[-1] ^ 1]), "equipment.changed"),
        ("north/desk-bridge", b"{}", "equipment.format"),
    ):  # fmt: skip
        path.write_bytes(changed)
        out = tmp_path / "refused"
        at.run("handover", "equip", str(path), "--desk-key", at.key(author), "--out", str(out), fails=code)
        assert not out.exists()
    path.write_bytes(data)
    other = at.desk("south/desk-bridge", STAGE)
    words = ("--desk-key", at.key("north/desk-bridge"), "--out", other)
    at.run("handover", "equip", str(path), *words, fails="desk.exists")


def test_a_card_that_waits_is_taken_away_and_one_of_that_name_is_not_put_over_it(
    opened: World, tmp_path: Path
) -> None:
    copy = opened.copy(tmp_path)
    with copy.serving("north") as served:
        card = client("clerk").get(f"/en/stages/{STAGE}/desks/member/")
        (copy.at.folder / "keys" / "north.json").write_bytes(card.content)
        first = carded(copy, "north/desk-x")
        Path(copy.at.key("north/desk-x")).unlink()
        second = carded(copy, "north/desk-x", "again")
        assert sent("card", file=first).status_code == 302
        assert codes(sent("card", file=second)) == ["desk.card"]
        assert sent("card", forget="desk-x").status_code == 302
        second.seek(0)
        assert sent("card", file=second).status_code == 302
        assert "north/desk-x" not in served.state().keys
        assert client("clerk").get(f"/en/stages/{STAGE}/desks/appoint/")["Location"] == f"/en/stages/{STAGE}/desks/"
        session = (who := client("clerk")).session
        session["account_authentication_methods"][0]["at"] -= 301
        session.save()
        answer = who.post(f"/en/stages/{STAGE}/desks/appoint/", {"desk": "desk-x", "place": PLACE})
        assert answer["Location"].startswith("/en/account/again/")
        assert "north/desk-x" not in served.state().keys


def test_the_ledger_may_grow_between_a_consent_and_the_taking_and_another_card_is_another_file(
    opened: World, tmp_path: Path
) -> None:
    """The second person consents to whose rows go to which key; the ledger beside them has no names."""
    copy = opened.copy(tmp_path)
    author = "north/desk-bridge"
    with copy.serving("north") as served:
        sent("card", file=carded(copy, author))
        asker = client("clerk")
        asked = {"place": PLACE, "desk": "desk-bridge", "purpose": WHY}
        first, second = (
            asked_for(asker, f"/en/stages/{STAGE}/desks/file/", {**asked, "purpose": why}) for why in (WHY, "again")
        )
        for each in (first, second):
            assert client("supervisor").post(f"/en/exports/{each}/consent/").status_code == 302
    copy.appoint("north", "third", "officer")
    copy.at.carry()
    with copy.serving("north") as served:
        file = client("clerk").post(f"/en/exports/{first}/take/")
        assert file.status_code == 200
        key = open_key(Path(copy.at.key(author)), PASSPHRASE)
        made = open_equipment(file.content, key, served.node.public_key, "file")
        assert made.size == served.node.ledger_state().size
        other = replace(key, identity=new_identity())
        served.node.vault.put_document("web/desks/desk-bridge", format_card(other))
        assert codes(client("clerk").post(f"/en/exports/{second}/take/")) == ["export.changed"]


def test_a_device_is_given_a_token_and_checks_in_until_its_key_ends(opened: World, tmp_path: Path) -> None:
    copy = opened.copy(tmp_path)
    north, gate = (copy.at.desk(f"{each}-bridge", STAGE) for each in ("north/desk", "cross/gate"))
    copy.at.do("handover", "words", gate)
    copy.at.do("handover", "present", gate)
    copy.at.run("handover", "carry", gate, north)
    entries = [base64.b64encode(each).decode() for each in read_entries(Path(north))]

    def check_in(token: str) -> int:
        sender = Client(SERVER_NAME=HOST, headers={"authorization": f"Bearer {token}"})
        body = json.dumps({"entries": entries})
        return int(sender.post("/api/v1/desk/check-in", body, content_type="application/json").status_code)

    with copy.serving("north") as served:
        (once,) = set(re.findall(r'name="once" value="([0-9a-f]{32})"', desk_page()))
        for wrong in ("clerk", "nobody", "south/desk-bridge", ""):
            assert codes(sent("token", desk=wrong, once=once)) == ["desk.author"]
        answer = sent("token", desk="desk-bridge", once=once)
        (token,) = re.findall(r"Bearer (repatria-[0-9a-f]{64})<", answer.content.decode())
        assert f"http://{HOST}/api/v1/desk/check-in" in answer.content.decode()
        assert codes(sent("token", desk="desk-bridge", once=once)) == ["token.once"]
        last = next(read for _, read in served.reads.latest())
        assert (last.by, last.what, len(last.about)) == ("north/clerk", "token-issued", 1)
        assert token not in desk_page()
        assert check_in(token) == 200
        keeper = client("keeper", keeper=True)
        assert ">desk-bridge<" in keeper.get("/en/tokens/").content.decode()
        assert keeper.post("/en/keys/revoke/", {"name": "desk-bridge", "do": "do", "confirm": "yes"}).status_code == 302
        assert check_in(token) == 401


@pytest.mark.parametrize("code", CODES)
def test_the_desks_are_there_in_every_language(opened: World, code: str) -> None:
    with opened.serving("north"):
        assert client("clerk").get(f"/{code}/stages/{STAGE}/desks/").status_code == 200
    with opened.serving("cross"):
        assert client("clerk").get(f"/{code}/stages/{STAGE}/desks/").status_code == 200


def test_nothing_is_sent_to_the_desks_of_a_stage_that_there_is_not(opened: World) -> None:
    with opened.serving("north"):
        clerk = client("clerk")
        asked = [clerk.post(f"/en/stages/s99/desks/{act}/").status_code for act in ("card", "file", "appoint", "token")]
        assert asked == [404] * 4
        there = clerk.get(f"/en/stages/{STAGE}/desks/card/")
        assert (there.status_code, there.headers["location"]) == (302, f"/en/stages/{STAGE}/desks/")
