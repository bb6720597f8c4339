"""The record of reads: in order, bound line to line, and whole after a power cut."""

from __future__ import annotations

from pathlib import Path

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
