"""`repatria verify` on ledgers that are damaged, hostile or no ledgers at all: always an answer, with the place."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from repatria.audit.ledger import CHECKS
from repatria.cli.main import main
from repatria.ledger.note import format_vkey
from tests.audit.world import Round, World, vkeys, witness_key


@cache
def small() -> Mapping[str, bytes]:
    """The files of a ledger that has opened an exchange and agreed on terms."""
    world = World()
    Round(world).opening().consulting()
    return world.files()


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """The small ledger on the disk, with its keys beside it."""
    write(tmp_path / "ledger", small())
    (tmp_path / "vkeys").write_text("".join(format_vkey(key) + "\n" for key in vkeys()))
    return tmp_path / "ledger"


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def verify(ledger: Path, capsys: pytest.CaptureFixture[str], *more: str, keys: Path | None = None) -> tuple[int, Any]:
    code = main(["verify", str(ledger), "--vkeys", str(keys or ledger.parent / "vkeys"), "--json", *more])
    return code, json.loads(capsys.readouterr().out)


def codes(said: Any) -> set[str]:
    return {problem["code"] for problem in said["problems"]}


def test_a_whole_ledger_is_true(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verify(ledger, capsys)
    assert (code, said["answer"]["verdict"], said["problems"]) == (0, "yes", [])
    assert all(check["ok"] for check in said["answer"]["checks"])


def test_the_answer_ends_with_one_line_yes_or_no(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["verify", str(ledger), "--vkeys", str(ledger.parent / "vkeys")]
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("yes: all 20 checks hold for the ")
    (ledger / "notes.txt").write_text("names")
    assert main(words) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "no: 1 problem in bytes"


def test_a_stick_and_a_node_are_read_by_the_ledger_in_them(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(ledger.parent, capsys, keys=ledger.parent / "vkeys")[0] == 0


def test_any_flipped_bit_is_found_and_its_file_named(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw = random.Random(1)
    files = sorted(small())
    weights = [len(small()[path]) for path in files]
    # Each file a few times, and the rest wherever the bytes are.
    for path in [*files * 3, *draw.choices(files, weights, k=60)]:
        data = bytearray(small()[path])
        at = draw.randrange(len(data))
        data[at] ^= 1 << draw.randrange(8)
        (ledger / path).write_bytes(data)
        code, said = verify(ledger, capsys)
        where = " ".join(problem["where"] for problem in said["problems"])
        assert code == 1, (path, at)
        assert path in where or path.rpartition("/")[2] in where, (path, at, said["problems"])
        assert "audit.entries.stopped" not in codes(said)
        (ledger / path).write_bytes(small()[path])
    assert verify(ledger, capsys)[0] == 0


def test_any_truncated_file_is_found(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw = random.Random(2)
    for path in sorted(small()) * 4:
        (ledger / path).write_bytes(small()[path][: draw.randrange(len(small()[path]))])
        code, said = verify(ledger, capsys)
        assert (code, said["answer"]["verdict"]) == (1, "no")
        (ledger / path).write_bytes(small()[path])


def test_every_missing_file_is_named_once(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in sorted(small()):
        (ledger / path).unlink()
        code, said = verify(ledger, capsys)
        assert code == 1
        name = path.rpartition("/")[2]
        assert sum(name in problem["where"] for problem in said["problems"]) >= 1, (path, said["problems"])
        (ledger / path).write_bytes(small()[path])


def as_link(path: Path) -> None:
    moved = path.rename(path.parent.parent / "elsewhere")
    path.symlink_to(moved)


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def as_huge(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(10**12)  # sparse: it takes no room, and no time unless it is read


@pytest.mark.parametrize("damage", [as_link, as_folder, as_pipe, as_huge])
@pytest.mark.parametrize(
    "path", ["checkpoint", "tile/entries/000.p/{width}", "tile/0/000.p/{width}", "attachments/{a}"]
)
def test_what_is_no_plain_file_of_a_possible_size_is_never_opened(
    ledger: Path, capsys: pytest.CaptureFixture[str], path: str, damage: Callable[[Path], None]
) -> None:
    width = next(name for name in small() if name.startswith("tile/0/")).rpartition("/")[2]
    name = next(name for name in small() if name.startswith("attachments/")).rpartition("/")[2]
    path = path.format(width=width, a=name)
    damage(ledger / path)
    code, said = verify(ledger, capsys)
    assert code == 1
    assert "audit.entries.stopped" not in codes(said)
    if damage is not as_folder:
        assert [p["code"] for p in said["problems"] if p["where"] == path] == ["verify.file"]


def test_a_link_to_a_folder_is_not_followed(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ledger / "tile").rename(ledger.parent / "tile")
    (ledger / "tile").symlink_to(ledger.parent / "tile")
    code, said = verify(ledger, capsys)
    assert code == 1
    assert {"verify.file", "log.tile.missing"} <= codes(said)
    assert [p["where"] for p in said["problems"] if p["code"] == "verify.file"] == ["tile"]


def test_a_folder_without_end_is_not_walked(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep = ledger.joinpath(*["x"] * 60)
    deep.mkdir(parents=True)
    code, said = verify(ledger, capsys)
    assert (code, codes(said)) == (1, {"verify.file"})


def test_a_name_that_would_steer_a_terminal_is_printed_harmless(
    ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.close(os.open(os.fsencode(ledger) + b"/\x1b[2Jname\xff", os.O_CREAT | os.O_WRONLY))
    code, said = verify(ledger, capsys)
    assert (code, codes(said)) == (1, {"log.file.stray"})
    assert "\x1b" not in said["problems"][0]["where"]


def test_an_empty_folder_is_no_ledger(tmp_path: Path, ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    code, said = verify(tmp_path / "empty", capsys, keys=tmp_path / "vkeys")
    assert (code, codes(said)) == (1, {"log.checkpoint.missing"})
    assert [check["ok"] for check in said["answer"]["checks"]] == [False] + [None] * (len(CHECKS) - 1)


@pytest.mark.parametrize("what", ["nothing", "file"])
def test_what_is_no_folder_could_not_be_asked(
    ledger: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    shutil.rmtree(ledger)
    if what == "file":
        ledger.write_text("a ledger")
    code, said = verify(ledger, capsys)
    assert (code, codes(said)) == (2, {"verify.folder"})


# --- keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "\n\n# only a comment\n", "not a key\n", "\x00\xff\n", "name+00000000+AAAA\n"],
)
def test_a_file_that_holds_no_keys_could_not_be_asked(
    ledger: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (ledger.parent / "vkeys").write_bytes(text.encode("latin-1"))
    code, said = verify(ledger, capsys)
    assert (code, codes(said)) == (2, {"verify.vkeys"})


def test_every_wrong_line_of_keys_is_named_at_once(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [format_vkey(key) for key in vkeys()]
    (ledger.parent / "vkeys").write_text("\n".join([lines[1], "rubbish", lines[0], lines[1]]))
    code, said = verify(ledger, capsys)
    assert code == 2
    assert [p["where"] for p in said["problems"]] == [f"vkeys, line {n}" for n in (1, 2, 3, 4)]


def test_keys_that_are_no_file_could_not_be_asked(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(ledger, capsys, keys=ledger)[0] == 2
    assert verify(ledger, capsys, keys=ledger / "nowhere")[0] == 2


def test_a_members_witness_key_that_is_not_given_is_missed(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [format_vkey(key) for key in vkeys() if key != witness_key("south")]
    (ledger.parent / "vkeys").write_text("\n".join(lines))
    code, said = verify(ledger, capsys)
    assert (code, codes(said)) == (1, {"audit.keys.missing", "log.checkpoint.line.unknown"})
    assert "keys, south" in {problem["where"] for problem in said["problems"]}


def test_a_witness_key_of_nobody_is_named(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (ledger.parent / "vkeys").open("a") as file:
        file.write(format_vkey(witness_key("nobody")))
    code, said = verify(ledger, capsys)
    assert (code, codes(said)) == (1, {"audit.keys.unknown", "log.checkpoint.cosignature.missing"})


def test_everything_that_is_wrong_is_said_at_once(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ledger / "names.csv").write_text("names")
    (ledger / "attachments" / ("0" * 64)).write_text("names")
    name = next(path for path in small() if path.startswith("attachments/"))
    (ledger / name).unlink()
    code, said = verify(ledger, capsys)
    assert code == 1
    assert {"log.file.stray", "log.attachment.changed", "audit.attachments.missing"} <= codes(said)
