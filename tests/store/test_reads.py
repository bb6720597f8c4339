"""The record of reads: in order, bound line to line, and whole after a power cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from repatria.store.reads import Read, Reads


def one(what: str) -> Read:
    return Read("2025-12-01T08:00:00Z", "north/clerk", what, True)


def test_a_line_taken_out_or_changed_is_noticed(tmp_path: Path) -> None:
    reads = Reads(tmp_path / "reads")
    for what in ("plan", "matches", "ledger"):
        reads.add(one(what))
    assert [read.what for read in reads.all()] == ["plan", "matches", "ledger"]
    assert reads.intact()
    lines = reads.path.read_bytes().splitlines(keepends=True)
    for changed in ([lines[0], lines[2]], [lines[0], lines[1].replace(b"matches", b"nothing"), lines[2]], lines[1:]):
        reads.path.write_bytes(b"".join(changed))
        assert not Reads(reads.path).intact()


def test_what_was_cut_off_is_seen_by_whoever_has_the_last_hash(tmp_path: Path) -> None:
    reads = Reads(tmp_path / "reads")
    reads.add(one("plan"))
    reads.add(one("matches"))
    head = reads.head
    reads.path.write_bytes(reads.path.read_bytes().splitlines(keepends=True)[0])
    assert Reads(reads.path).intact()
    assert Reads(reads.path).head != head


def test_a_half_written_line_is_dropped_and_the_record_goes_on(tmp_path: Path) -> None:
    reads = Reads(tmp_path / "reads")
    reads.add(one("plan"))
    whole = reads.path.read_bytes()
    for cut in range(1, 40):
        reads.path.write_bytes(whole + whole[:cut])
        again = Reads(reads.path)
        again.add(one("matches"))
        assert [read.what for read in again.all()] == ["plan", "matches"]
        assert again.intact()


def test_after_a_restart_the_chain_goes_on(tmp_path: Path) -> None:
    Reads(tmp_path / "reads").add(one("plan"))
    Reads(tmp_path / "reads").add(one("matches"))
    assert Reads(tmp_path / "reads").intact()


def test_the_latest_are_read_from_the_end_back_place_by_place(tmp_path: Path) -> None:
    """Over ends of blocks, with lines longer than one, and with a half-written line at the end."""
    reads = Reads(tmp_path / "reads")
    told = [replace(one(f"page-{n % 3}"), by=f"north/{n % 2}", about=("0f3a",) * (n * n % 4000)) for n in range(40)]
    for each in told:
        reads.add(each)
    with open(reads.path, "ab") as file:
        file.write(b"half a line")
    assert [read for _, read in reads.latest()] == told[::-1]
    places = [place for place, _ in reads.latest()]
    for at, place in enumerate(places):
        assert [read for _, read in reads.latest(place)] == told[::-1][at + 1 :]
    chosen = [read for _, read in reads.latest(places[10], by="north/1", what="page-1")]
    assert chosen == [read for read in told[:29][::-1] if (read.by, read.what) == ("north/1", "page-1")]
    assert list(reads.latest(0)) == []
    assert [read for _, read in reads.latest(10**9)] == told[::-1]
    assert list(Reads(tmp_path / "none").latest()) == []


def test_a_reading_is_added_to_a_long_record_by_its_end_alone(tmp_path: Path) -> None:
    path = tmp_path / "reads"
    Reads(path).add(one("plan"))
    for _ in range(12):  # doubled: no chain any more, and long
        path.write_bytes(path.read_bytes() * 2)
    asked: list[int] = []

    class Watched(Reads):
        def _backwards(self, before: int | None) -> Any:
            for place, line in super()._backwards(before):
                asked.append(place)
                yield place, line

    Watched(path).add(one("matches"))
    assert len(asked) == 1
