"""A whole log directory is verified: every damage to any byte of it is found and its place named."""

from __future__ import annotations

import hashlib
import random
import re

import pytest

from repatria.ledger.checkpoint import format_checkpoint
from repatria.ledger.note import (
    COSIGNATURE,
    VerifierKey,
    build_note,
    cosign,
    parse_note,
    public_key,
    sign_note,
)
from repatria.ledger.tiles import entries_path, parse_bundle, tiles_for_size
from repatria.ledger.tree import Tree, leaf_hash
from tests.ledger.directory import (
    KEYS,
    LOG_KEY,
    LOG_SEED,
    ORIGIN,
    WITNESS_KEY,
    build_directory,
    codes,
    entries_of,
    read,
    signed_checkpoint,
)

ATTACHMENT = b'{"kind":"list","v":1}'
DIRECTORY = build_directory(entries_of(270), kept=[3, 5, 259], attachments=[ATTACHMENT])


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000])
def test_an_honest_log_has_no_problem_and_gives_all_it_holds(size: int) -> None:
    files = build_directory(entries_of(size), kept=[size // 3, size // 2], attachments=[ATTACHMENT])
    reading = read(files)
    assert reading.problems == []
    assert (reading.origin, reading.size, reading.entries) == (ORIGIN, size, entries_of(size))
    assert reading.root == Tree(map(leaf_hash, entries_of(size))).root()
    assert reading.attachments == {hashlib.sha256(ATTACHMENT).hexdigest(): ATTACHMENT}
    assert [(c.name, c.time) for c in reading.cosignatures] == [(WITNESS_KEY.name, 1_763_800_000)]
    assert reading.is_whole


def test_the_directory_of_these_tests_keeps_partial_tiles_of_smaller_sizes() -> None:
    kept = set(DIRECTORY) - set(tiles_for_size(270))
    assert {"tile/entries/000.p/3", "tile/0/000.p/5", "tile/0/001.p/3", "tile/entries/001.p/3"} <= kept
    assert "tile/1/000.p/1" in tiles_for_size(270)


def entry_at(path: str, byte: int) -> int:
    """The index of the entry that byte of a bundle belongs to."""
    match = re.fullmatch(r"tile/entries/(\d\d\d)(?:\.p/(\d+))?", path)
    assert match
    start = 256 * int(match[1])
    for i, entry in enumerate(parse_bundle(DIRECTORY[path], int(match[2] or 256))):
        byte -= 2 + len(entry)
        if byte < 0:
            return start + i
    raise AssertionError("past the end")


@pytest.mark.parametrize("path", sorted(DIRECTORY))
def test_a_flipped_bit_is_found_and_its_place_named(path: str) -> None:
    """Every byte of every file, but for the two full tiles: there each hash and each entry in several places."""
    flip_bits(path, step={"tile/0/000": 7, "tile/entries/000": 3}.get(path, 1))


@pytest.mark.soak
@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/000"])
def test_a_flipped_bit_in_any_byte_of_a_full_tile_is_found_and_its_place_named(path: str) -> None:
    flip_bits(path, step=1)


def flip_bits(path: str, step: int) -> None:
    for at in range(0, len(DIRECTORY[path]), step):
        damaged = bytearray(DIRECTORY[path])
        damaged[at] ^= 1 << at % 8
        reading = read(DIRECTORY | {path: bytes(damaged)})
        places = [problem.where for problem in reading.problems]
        assert any(place.startswith(path) for place in places), f"byte {at}"
        if path.startswith("tile/entries/"):
            assert places == [f"{path}, entry {entry_at(path, at)}"], f"byte {at}"
        elif path.startswith("tile/"):
            assert places == [f"{path}, hash {at // 32} (byte {at})"]
        if path in (entries_path(0), entries_path(1, 14)):
            assert reading.entries == [], "nothing is kept of a damaged log"


@pytest.mark.parametrize("path", sorted(set(DIRECTORY) - {"checkpoint"}))
def test_a_file_made_longer_or_shorter_is_found(path: str) -> None:
    for data in (DIRECTORY[path] + b"\0", DIRECTORY[path][:-1], b""):
        assert any(p.where.startswith(path) for p in read(DIRECTORY | {path: data}).problems)


@pytest.mark.parametrize("path", [*tiles_for_size(270), "checkpoint"])
def test_a_file_taken_away_is_found(path: str) -> None:
    files = {name: data for name, data in DIRECTORY.items() if name != path}
    assert [p.where for p in read(files).problems if p.where == path] == [path]


def test_a_kept_partial_tile_may_go_once_its_full_tile_is_there() -> None:
    files = {name: data for name, data in DIRECTORY.items() if "000.p/3" not in name and "000.p/5" not in name}
    assert len(files) == len(DIRECTORY) - 4
    assert read(files).problems == []


@pytest.mark.parametrize(
    "path",
    [
        "notes.txt", "tile/0/000.p/0", "tile/0/notes", "checkpoint.old", "attachments/readme",
        "attachments/" + "A" * 64, "attachments/x/" + "0" * 64, "tile/entries/000.p/256", ".hidden",
    ],
)  # fmt: skip
def test_a_stray_file_is_reported(path: str) -> None:
    (problem,) = read(DIRECTORY | {path: b"x"}).problems
    assert problem.where == path
    assert problem.code in ("log.file.stray", "log.attachment.name")


@pytest.mark.parametrize("path", ["tile/0/001.p/15", "tile/entries/001", "tile/1/000.p/2", "tile/2/000.p/1"])
def test_a_tile_for_a_larger_log_than_was_signed_is_reported(path: str) -> None:
    assert codes(read(DIRECTORY | {path: b"x" * 32})) == ["log.tile.beyond"]


def test_an_attachment_under_another_name_is_reported_and_not_given() -> None:
    reading = read(DIRECTORY | {"attachments/" + "0" * 64: ATTACHMENT})
    assert codes(reading) == ["log.attachment.changed"]
    assert list(reading.attachments) == [hashlib.sha256(ATTACHMENT).hexdigest()]


def with_lines(*lines: str) -> dict[str, bytes]:
    text, present = parse_note(DIRECTORY["checkpoint"])
    return DIRECTORY | {"checkpoint": build_note(text, [*(line.line for line in present), *lines])}


def test_a_signature_line_of_an_unlisted_key_is_reported() -> None:
    text = parse_note(DIRECTORY["checkpoint"])[0]
    reading = read(with_lines(cosign(text, "stranger.example", bytes([9]) * 32, 5)))
    assert codes(reading) == ["log.checkpoint.line.unknown"]
    assert reading.problems[0].where == "checkpoint, signature line 3"
    assert len(reading.entries) == 270, "it says nothing, so it takes nothing away"


def test_a_second_line_by_the_same_key_is_reported() -> None:
    present = parse_note(DIRECTORY["checkpoint"])[1]
    assert codes(read(with_lines(present[0].line))) == ["log.checkpoint.line.twice"]


def test_a_witness_that_has_not_signed_is_reported() -> None:
    late = VerifierKey("late.example", COSIGNATURE, public_key(bytes([9]) * 32))
    assert codes(read(DIRECTORY, [*KEYS, late])) == ["log.checkpoint.cosignature.missing"]


def test_a_log_signed_by_another_key_counts_for_nothing() -> None:
    tree = Tree(map(leaf_hash, entries_of(270)))
    reading = read(DIRECTORY | {"checkpoint": signed_checkpoint(tree, seed=bytes([9]) * 32)})
    assert codes(reading) == ["log.checkpoint.line.unknown", "log.checkpoint.unsigned"]
    assert (reading.origin, reading.size, reading.entries) == ("", 0, [])
    assert not reading.is_whole


def test_with_no_key_given_nothing_is_believed() -> None:
    reading = read(DIRECTORY, [])
    assert "log.checkpoint.unsigned" in codes(reading)
    assert reading.entries == []


def test_a_cosignature_key_does_not_stand_in_for_the_logs_own() -> None:
    assert "log.checkpoint.unsigned" in codes(read(DIRECTORY, [WITNESS_KEY]))


def test_a_checkpoint_of_another_log_by_the_same_key_counts_for_nothing() -> None:
    text = parse_note(DIRECTORY["checkpoint"])[0].replace(ORIGIN, "log.example/x2")
    reading = read(DIRECTORY | {"checkpoint": build_note(text, [sign_note(text, ORIGIN, LOG_SEED)])}, [LOG_KEY])
    assert codes(reading) == ["log.checkpoint.origin"]
    assert not reading.is_whole


def test_a_huge_signed_size_is_refused_without_looking_for_its_files() -> None:
    text = format_checkpoint(ORIGIN, 2**62, bytes(32))
    reading = read(DIRECTORY | {"checkpoint": build_note(text, [sign_note(text, ORIGIN, LOG_SEED)])}, [LOG_KEY])
    assert codes(reading) == ["log.truncated"]


def test_deleting_inserting_swapping_doubling_or_truncating_entries_is_found() -> None:
    rng = random.Random(20)
    honest = entries_of(270)
    for _ in range(30):
        i, j = sorted(rng.sample(range(270), 2))
        changed = {
            "delete": honest[:i] + honest[i + 1 :],
            "insert": [*honest[:i], b"inserted", *honest[i:]],
            "swap": [*honest[:i], honest[j], *honest[i + 1 : j], honest[i], *honest[j + 1 :]],
            "double": [*honest[:i], honest[i], *honest[i:]],
            "truncate": honest[:j],
            "replace": [*honest[:i], b"entry?", *honest[i + 1 :]],
        }
        for what, entries in changed.items():
            bundles = {p: d for p, d in build_directory(entries).items() if p.startswith("tile/entries/")}
            files = {p: d for p, d in DIRECTORY.items() if not p.startswith("tile/entries/")} | bundles
            reading = read(files)
            assert not reading.entries, what
            assert any(p.where.startswith("tile/entries/") for p in reading.problems), what
            # Even when every tile is rebuilt to fit, the signed root doesn't.
            rebuilt = build_directory(entries) | {"checkpoint": DIRECTORY["checkpoint"]}
            assert not read(rebuilt).entries, what


def test_entries_and_tiles_damaged_in_different_blocks_are_each_named() -> None:
    files = build_directory(entries_of(1000))
    bundle, tile = bytearray(files["tile/entries/001"]), bytearray(files["tile/0/002"])
    bundle[10] ^= 1
    tile[320] ^= 1
    reading = read(files | {"tile/entries/001": bytes(bundle), "tile/0/002": bytes(tile)})
    assert [p.where for p in reading.problems] == ["tile/entries/001, entry 256", "tile/0/002, hash 10 (byte 320)"]


def test_an_entry_and_its_leaf_damaged_together_are_named_as_far_as_can_be() -> None:
    files = dict(DIRECTORY)
    bundle, tile = bytearray(files["tile/entries/000"]), bytearray(files["tile/0/000"])
    bundle[2] ^= 1
    tile[0] ^= 1
    reading = read(files | {"tile/entries/000": bytes(bundle), "tile/0/000": bytes(tile)})
    assert "log.root" in codes(reading)
    assert "tile/entries/000, entry 0" in [p.where for p in reading.problems]
    assert reading.entries == []
