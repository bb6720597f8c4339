"""Stages through the pages: opened, rights given, what desks signed brought in, and settled; told in numbers."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.counting import standings
from repatria.rehearsal.nodes import PARTIES
from repatria.web.progress import WIDTH, Bar, picture
from tests.web.world import World, application, client

application()
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
