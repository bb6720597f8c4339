"""A stick through the pages: the same ledger as by the command line, and nothing of a hostile zip is unpacked."""

from __future__ import annotations

import io
import stat
import tempfile
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from repatria.rehearsal.nodes import Rehearsal
from repatria.sync import bundle
from repatria.web import uploads
from tests.web.world import World, application, client

application()
MEMBERS = ("north", "south", "gulf")
SECRETARIAT = "straits"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    found = World.after("consult", tmp_path_factory.mktemp("carry"))
    for member in (*MEMBERS, SECRETARIAT):
        found.appoint(member, "clerk", "officer")  # waits in each outbox until a stick has gone round
    return found


def taken(world: World, member: str) -> bytes:
    with world.serving(member):
        answer = client("carrier", keeper=True).post("/en/carry/bundle/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
        return bytes(answer.content)


def brought(world: World, member: str, data: bytes, name: str = "bundle.zip") -> Any:
    with world.serving(member):
        return post(data, name)


def post(data: bytes, name: str = "bundle.zip") -> Any:
    file = io.BytesIO(data)
    file.name = name
    return client("carrier", keeper=True).post("/en/carry/", {"file": file})


def ledger(world: World, member: str) -> dict[str, bytes]:
    folder = Path(world.at.node(member)) / "ledger"
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and (file.name == "checkpoint" or "tile" in file.parts)
    }


def by_command(at: Rehearsal) -> None:
    """One stick for each way, as a bundle is one."""
    for member in MEMBERS:
        stick = str(at.folder / f"stick-{member}")
        at.do("sync", "export", at.node(member), stick)
        at.do("sync", "import", at.node(SECRETARIAT), stick)
    back = str(at.folder / "stick-back")
    at.do("sync", "export", at.node(SECRETARIAT), back)
    for member in MEMBERS:
        at.do("sync", "import", at.node(member), back)


def test_a_round_of_the_stick_through_pages_gives_the_ledger_of_the_command_line(world: World, tmp_path: Path) -> None:
    typed, clicked = world.copy(tmp_path / "typed"), world.copy(tmp_path / "clicked")
    before = ledger(clicked, "north")
    by_command(typed.at)
    for member in MEMBERS:
        page = brought(clicked, SECRETARIAT, taken(clicked, member)).content.decode()
        assert "<dt>Entries that were ordered</dt><dd>1</dd>" in page
        assert "Everything in it was whole." in page
    back = taken(clicked, SECRETARIAT)
    for member in MEMBERS:
        page = brought(clicked, member, back).content.decode()
        assert "<dt>New entries</dt><dd>4</dd>" in page or "<dt>New entries</dt><dd>3</dd>" in page
    for member in (*MEMBERS, SECRETARIAT):
        assert ledger(clicked, member) == ledger(typed, member) != before
    with clicked.serving("south") as served:
        assert "south/clerk" in served.node.ledger_state().keys


def test_the_same_bundle_twice_brings_nothing_and_is_the_same_bytes(world: World, tmp_path: Path) -> None:
    copy = world.copy(tmp_path)
    first = taken(copy, "north")
    assert taken(copy, "north") == first
    brought(copy, SECRETARIAT, first)
    page = brought(copy, SECRETARIAT, first).content.decode()
    assert "Entries that were ordered" not in page
    assert "<dt>Entries that were known</dt>" in page


def test_what_is_damaged_in_a_bundle_is_named_and_the_rest_is_taken_in(world: World, tmp_path: Path) -> None:
    copy = world.copy(tmp_path)
    whole = zipfile.ZipFile(io.BytesIO(taken(copy, "north")))
    changed = made(*[(name, b"{" if name == "repatria.json" else whole.read(name)) for name in whole.namelist()])
    page = brought(copy, SECRETARIAT, changed).content.decode()
    assert "1 thing in it was refused; the rest was taken in." in page
    assert "sync.damaged" in page
    assert "<dt>Entries that were ordered</dt><dd>1</dd>" in page


def test_no_name_of_the_stick_is_left_in_memory(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, memory, folders = world.copy(tmp_path), tmp_path / "memory", []
    memory.mkdir()
    monkeypatch.setattr(uploads, "_IN_MEMORY", memory)
    make = tempfile.mkdtemp

    def noted(*args: Any, **kwargs: Any) -> str:
        folders.append(Path(make(*args, **kwargs)))
        return str(folders[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", noted)
    brought(copy, SECRETARIAT, taken(copy, "south"))
    brought(copy, SECRETARIAT, b"no zip")
    assert memory in {folder.parent for folder in folders}
    assert [folder for folder in folders if folder.exists()] == []


def made(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made_:
        for name, each in files:
            made_.writestr(name, each, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def link(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (mode | 0o777) << 16
    return info


def encrypted() -> bytes:
    data = bytearray(made(("outbox/a", b"x")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


HOSTILE = {
    "out of the folder": (made(("outbox/../../etc", b"x")), ["bundle.path"]),
    "absolute": (made(("/outbox/a", b"x")), ["bundle.path"]),
    "another system's path": (made(("outbox\\..\\a", b"x")), ["bundle.path"]),
    "hidden": (made(("outbox/.a", b"x")), ["bundle.path"]),
    "deep": (made(("/".join(["ledger"] * 12), b"x")), ["bundle.path"]),
    "a link": (made((link("outbox/a", stat.S_IFLNK), b"/etc/passwd")), ["bundle.link"]),
    "a link of a folder": (made((link("ledger", stat.S_IFLNK), b"/etc"), ("ledger/checkpoint", b"x")), ["bundle.link"]),
    "a device": (made((link("outbox/a", stat.S_IFCHR), b"")), ["bundle.link"]),
    "twice, for another disk": (made(("outbox/a", b"x"), ("outbox/A", b"y")), ["bundle.path"]),
    "a burst": (made(("outbox/a", bytes(8 * 2**20))), ["bundle.ratio"]),
    "encrypted": (encrypted(), ["bundle.packed"]),
    "foreign": (made(("holiday.jpg", b"x")), ["bundle.foreign"]),
    "nothing": (made(), ["bundle.foreign"]),
    "no zip": (b"PK but no zip", ["bundle.damaged"]),
    "cut short": (made(("outbox/a", b"x" * 999))[:-30], ["bundle.damaged"]),
    "all at once": (
        made(("../a", b""), (link("outbox/b", stat.S_IFLNK), b"c"), ("outbox/c", bytes(8 * 2**20))),
        ["bundle.link", "bundle.path", "bundle.ratio"],
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_nothing_of_a_hostile_zip_is_unpacked(what: str, tmp_path: Path) -> None:
    data, codes = HOSTILE[what]
    with pytest.raises(bundle.Problems) as refused:
        bundle.unpack(data, tmp_path)
    assert sorted(each.code for each in refused.value.problems) == codes
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_more_than_it_says_is_refused(tmp_path: Path) -> None:
    data = bytearray(made(("outbox/a", b"x" * 5000)))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")  # the size in the list of files
    with pytest.raises(bundle.Problems) as refused:
        bundle.unpack(bytes(data), tmp_path)
    assert [each.code for each in refused.value.problems] == ["bundle.damaged"]
    assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) <= 10


@pytest.mark.parametrize(("limit", "data", "code"), [
    ("MOST", made(("outbox/a", b"x")), "bundle.size"),
    ("WHOLE_MOST", made(("outbox/a", b"x" * 200)), "bundle.size"),
    ("FILE_MAX", made(("outbox/a", b"x" * 200)), "bundle.size"),
    ("FILES_MOST", made(*[(f"outbox/{n}", b"") for n in range(101)]), "bundle.files"),
])  # fmt: skip
def test_limits_hold(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, data: bytes, code: str
) -> None:
    monkeypatch.setattr(bundle, limit, 100)
    with pytest.raises(bundle.Problems) as refused:
        bundle.unpack(data, tmp_path)
    assert [each.code for each in refused.value.problems] == [code]


def test_a_list_of_very_many_files_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """64 MiB of it hold 1.4 million files, each of which is half a kilobyte once it is read."""
    data = made(("outbox/a", b""))
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    many, listed = 50_000, data[at:end]
    count = (many % 2**16).to_bytes(2, "little")
    closing = data[end : end + 8] + count + count + (many * len(listed)).to_bytes(4, "little") + data[end + 16 :]
    monkeypatch.setattr(bundle, "FILES_MOST", 100)
    tracemalloc.start()
    try:
        with pytest.raises(bundle.Problems) as refused:
            bundle.unpack(data[:at] + listed * many + closing, tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [each.code for each in refused.value.problems] == ["bundle.files"]
    assert peak < 10 * 2**20


def test_what_a_system_leaves_on_a_stick_stays_in_the_zip(tmp_path: Path) -> None:
    data = made(("System Volume Information/x", b"x"), (".DS_Store", b"x"), ("repatria.json", b"{}"))
    bundle.unpack(data, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["repatria.json"]


def test_a_bundle_that_no_page_would_take_is_not_made(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = world.copy(tmp_path)
    monkeypatch.setattr(bundle, "MOST", 1000)
    with copy.serving("north"):
        answer = client("carrier", keeper=True).post("/en/carry/bundle/")
    assert (answer.status_code, "bundle.size" in answer.content.decode()) == (400, True)


def test_wrong_files_are_problems_at_the_page_and_change_nothing(world: World, tmp_path: Path) -> None:
    copy = world.copy(tmp_path)
    before = ledger(copy, SECRETARIAT)
    for data, codes in HOSTILE.values():
        answer = brought(copy, SECRETARIAT, data)
        assert answer.status_code == 400
        assert all(code in answer.content.decode() for code in codes)
    with copy.serving(SECRETARIAT):
        nothing = client("carrier", keeper=True).post("/en/carry/")
    assert (nothing.status_code, "bundle.absent" in nothing.content.decode()) == (400, True)
    assert ledger(copy, SECRETARIAT) == before


def test_only_officers_and_whoever_keeps_the_node_carry(world: World) -> None:
    with world.serving("north"):
        for path in ("/en/carry/", "/en/carry/bundle/"):
            assert client("sig-1").post(path).status_code == 403
            assert client("clerk").get(path, follow=True).status_code == 200
