"""The log on a real disk: one writer, nothing signed ever taken back, and forks caught with a proof."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from repatria.ledger.checkpoint import format_checkpoint
from repatria.ledger.note import (
    COSIGNATURE,
    ED25519,
    VerifierKey,
    build_note,
    cosign,
    parse_note,
    public_key,
    sign_note,
)
from repatria.ledger.proof import check_fraud, parse_fraud
from repatria.ledger.tiles import tiles_for_size
from repatria.problem import Problems
from repatria.store import tiles
from repatria.store.disk import Disk, Locked
from repatria.store.tiles import LogStore, read_folder

ORIGIN = "log.example/x1"
SEED, WITNESS = bytes([1]) * 32, bytes([2]) * 32
KEY = VerifierKey(ORIGIN, ED25519, public_key(SEED))
WITNESS_KEY = VerifierKey("mediator.example", COSIGNATURE, public_key(WITNESS))
ENTRIES = [b"entry %d" % i for i in range(900)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "node").mkdir()
    return tmp_path / "node" / "ledger"


def codes(raised: pytest.ExceptionInfo[Problems]) -> list[str]:
    return [problem.code for problem in raised.value.problems]


def refused_to_open(folder: Path, high_water: Path | None = None) -> list[str]:
    with pytest.raises(Problems) as raised:
        LogStore.open(folder, high_water)
    return codes(raised)


def log_of(folder: Path, entries: list[bytes], *checkpoints: int) -> Path:
    """A log in a new node folder, signed at each of the sizes and at its end."""
    folder.parent.mkdir(exist_ok=True)
    with LogStore.create(folder, ORIGIN) as store:
        for size in sorted({*checkpoints, len(entries)}):
            store.append(entries[store.size : size])
            store.sign_checkpoint(ORIGIN, SEED)
    return folder


def test_a_log_grown_in_any_steps_is_the_same_log_with_the_same_tiles(folder: Path, tmp_path: Path) -> None:
    rng = random.Random(3)
    with LogStore.create(folder, ORIGIN) as store:
        while store.size < len(ENTRIES):
            store.append(ENTRIES[store.size : store.size + rng.randint(0, 90)])
            if rng.random() < 0.5:
                store.sign_checkpoint(ORIGIN, SEED)
        store.sign_checkpoint(ORIGIN, SEED)
        assert list(store.entries()) == ENTRIES
        assert list(store.entries(10, 12)) == ENTRIES[10:12]
        checkpoint = store.checkpoint()
        assert checkpoint
        assert (checkpoint.size, checkpoint.root) == (len(ENTRIES), store.root())
    reading = read_folder(folder, [KEY])
    assert (reading.problems, reading.entries) == ([], ENTRIES)
    other = log_of(tmp_path / "other" / "ledger", ENTRIES)
    for path in tiles_for_size(len(ENTRIES)):
        assert (folder / path).read_bytes() == (other / path).read_bytes()


def test_what_was_acknowledged_is_there_when_opened_again(folder: Path) -> None:
    data = b'{"kind":"list"}'
    name = hashlib.sha256(data).hexdigest()
    with LogStore.create(folder, ORIGIN) as store:
        store.append(ENTRIES[:3], {name: data})
    with LogStore.open(folder) as store:
        assert (store.origin, store.size, list(store.entries())) == (ORIGIN, 3, ENTRIES[:3])
        assert store.attachment(name) == data
        assert store.has_attachment(name)
        assert not store.has_attachment("0" * 64)
        assert store.checkpoint_note() is None
        with pytest.raises(Problems) as raised:
            store.attachment("0" * 64)
        assert codes(raised) == ["log.attachment.missing"]


def test_partial_tiles_are_kept_for_each_checkpoint_until_the_full_tile_is_signed(folder: Path) -> None:
    with LogStore.create(folder, ORIGIN) as store:
        for size in (3, 200):
            store.append(ENTRIES[store.size : size])
            store.sign_checkpoint(ORIGIN, SEED)
        partial = {p for p in Disk().files(folder) if ".p/" in p}
        assert partial == {f"tile/{at}/000.p/{w}" for at in ("0", "entries") for w in (3, 200)}
        store.append(ENTRIES[200:256])
        store.sign_checkpoint(ORIGIN, SEED)
    assert set(Disk().files(folder)) == {"checkpoint", *tiles_for_size(256)}


def test_a_checkpoint_writes_only_the_tiles_that_changed(folder: Path) -> None:
    log_of(folder, ENTRIES[:700])
    before = {p: (folder / p).stat().st_mtime_ns for p in tiles_for_size(700)}
    with LogStore.open(folder) as store:
        store.append(ENTRIES[700:701])
        store.sign_checkpoint(ORIGIN, SEED)
    assert {p: (folder / p).stat().st_mtime_ns for p in tiles_for_size(700)} == before


def test_the_same_tree_is_signed_once_by_one_key_and_its_cosignatures_stay(folder: Path) -> None:
    log_of(folder, ENTRIES[:3])
    with LogStore.open(folder) as store:
        store.add_cosignatures([cosign(text_of(store), WITNESS_KEY.name, WITNESS, 5)], [WITNESS_KEY])
        note = store.checkpoint_note()
        assert store.sign_checkpoint(ORIGIN, SEED) == note
        # A successor's key signs the same tree: its line takes the place of its predecessor's.
        again = store.sign_checkpoint(ORIGIN, bytes([9]) * 32)
        assert [line.name for line in parse_note(again)[1]] == [ORIGIN, WITNESS_KEY.name]
    successor = VerifierKey(ORIGIN, ED25519, public_key(bytes([9]) * 32))
    assert read_folder(folder, [successor, WITNESS_KEY]).problems == []


def test_a_key_of_another_name_does_not_sign(folder: Path) -> None:
    log_of(folder, ENTRIES[:3])
    with LogStore.open(folder) as store, pytest.raises(ValueError, match="origin"):
        store.sign_checkpoint("other.example", SEED)


def test_bytes_that_are_not_what_their_name_says_are_not_attached(folder: Path) -> None:
    with LogStore.create(folder, ORIGIN) as store:
        with pytest.raises(ValueError, match="attachment"):
            store.append([b"x"], {"0" * 64: b"data"})
        with pytest.raises(ValueError, match="at most 65535"):
            store.append([bytes(65536)])
        assert store.size == 0
        store.append([bytes(65535), b""])
        assert list(store.entries()) == [bytes(65535), b""]


# --- cosignatures ----------------------------------------------------------------------------------------------


def text_of(store: LogStore) -> str:
    note = store.checkpoint_note()
    assert note
    return parse_note(note)[0]


def test_a_cosignature_for_this_checkpoint_is_added_once(folder: Path) -> None:
    log_of(folder, ENTRIES[:3])
    with LogStore.open(folder) as store:
        line = cosign(text_of(store), WITNESS_KEY.name, WITNESS, 5)
        note = store.add_cosignatures([line], [WITNESS_KEY])
        later = cosign(text_of(store), WITNESS_KEY.name, WITNESS, 6)
        assert store.add_cosignatures([line, later], [WITNESS_KEY]) == note
    reading = read_folder(folder, [KEY, WITNESS_KEY])
    assert (reading.problems, [c.time for c in reading.cosignatures]) == ([], [5])


def test_a_cosignature_that_is_not_for_this_checkpoint_or_by_no_witness_is_refused(folder: Path) -> None:
    log_of(folder, ENTRIES[:3])
    with LogStore.open(folder) as store:
        text = text_of(store)
        bad = [
            cosign(text.replace("3", "4", 1), WITNESS_KEY.name, WITNESS, 5),
            cosign(text, "stranger.example", bytes([9]) * 32, 5),
            "— not a line\n",
        ]
        note = store.checkpoint_note()
        with pytest.raises(Problems) as raised:
            store.add_cosignatures(bad, [WITNESS_KEY])
        assert codes(raised) == ["log.cosignature.bad", "log.cosignature.unknown", "log.cosignature.malformed"]
        assert store.checkpoint_note() == note
        store.add_cosignatures([cosign(text, WITNESS_KEY.name, WITNESS, 5)], [WITNESS_KEY])


def test_nothing_is_cosigned_before_anything_is_signed(folder: Path) -> None:
    with LogStore.create(folder, ORIGIN) as store, pytest.raises(Problems) as raised:
        store.add_cosignatures([], [WITNESS_KEY])
    assert codes(raised) == ["log.checkpoint.missing"]


# --- one writer ------------------------------------------------------------------------------------------------


def test_a_second_writer_is_refused_and_a_reader_is_not(folder: Path) -> None:
    log_of(folder, ENTRIES[:3])
    with LogStore.open(folder):
        assert refused_to_open(folder) == ["log.locked"]
        with LogStore.open(folder, read_only=True) as reader:
            assert list(reader.entries()) == ENTRIES[:3]
            for act in (lambda: reader.append([b"x"]), lambda: reader.sign_checkpoint(ORIGIN, SEED)):
                with pytest.raises(Problems) as raised:
                    act()
                assert codes(raised) == ["log.stopped"]
            with pytest.raises(Problems):
                reader.adopt(folder, KEY)
    LogStore.open(folder).close()


def test_a_second_process_is_refused(folder: Path) -> None:
    log_of(folder, ENTRIES[:3])
    program = "import sys; from pathlib import Path; from repatria.store.tiles import LogStore; " \
              "LogStore.open(Path(sys.argv[1]))"  # fmt: skip
    with LogStore.open(folder):
        command = [sys.executable, "-c", program, str(folder)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "log.locked" in ended.stderr


def test_a_log_is_not_created_over_another_nor_opened_where_there_is_none(folder: Path) -> None:
    assert refused_to_open(folder) == ["log.absent"]
    log_of(folder, ENTRIES[:3])
    with pytest.raises(Problems) as raised:
        LogStore.create(folder, ORIGIN)
    assert codes(raised) == ["log.exists"]
    (folder.parent / "journal").unlink()
    assert refused_to_open(folder) == ["log.rollback"]


# --- rollback and fork -----------------------------------------------------------------------------------------


def restore(backup: Path, node: Path) -> None:
    shutil.rmtree(node)
    shutil.copytree(backup, node)


def test_an_old_backup_is_refused_by_the_mark_on_the_other_medium(folder: Path, tmp_path: Path) -> None:
    mark, node, backup = tmp_path / "stick-high-water", folder.parent, tmp_path / "backup"
    with LogStore.create(folder, ORIGIN, high_water=mark) as store:
        store.append(ENTRIES[:5])
        store.sign_checkpoint(ORIGIN, SEED)
        shutil.copytree(node, backup)
        store.append(ENTRIES[5:9])
        store.sign_checkpoint(ORIGIN, SEED)
    restore(backup, node)
    before = {p: (node / p).read_bytes() for p in Disk().files(node)}
    assert refused_to_open(folder, mark) == ["log.rollback"]
    assert {p: (node / p).read_bytes() for p in Disk().files(node)} == before, "a refusal mends nothing"
    # Without the mark it opens: that is what the mark is for. What it then signs is found to be a fork.
    with LogStore.open(folder) as store:
        store.append([b"another"] * 7)
        store.sign_checkpoint(ORIGIN, SEED)
    assert refused_to_open(folder, mark) == ["log.fork"]


def test_a_mark_that_is_gone_damaged_or_of_another_log_is_not_taken_for_none(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "high-water"
    with LogStore.create(folder, ORIGIN, high_water=mark) as store:
        store.append(ENTRIES[:5])
        store.sign_checkpoint(ORIGIN, SEED)
        whole = mark.read_bytes()
        assert whole == store.checkpoint_note()
        mark.unlink()
        store.append(ENTRIES[5:6])
        with pytest.raises(Problems) as raised:
            store.sign_checkpoint(ORIGIN, SEED)
        assert codes(raised) == ["log.high-water.missing"]
    assert refused_to_open(folder, mark) == ["log.high-water.missing"]
    for data, code in ((b"", "log.mark.malformed"), (whole[:20], "log.mark.malformed"),
                       (whole.replace(b"x1", b"x2"), "log.origin")):  # fmt: skip
        mark.write_bytes(data)
        assert refused_to_open(folder, mark) == [code]
    mark.write_bytes(whole)
    with LogStore.open(folder, mark) as store:
        store.sign_checkpoint(ORIGIN, SEED)
        assert mark.read_bytes() == store.checkpoint_note()


def test_a_mark_that_a_power_cut_left_behind_is_brought_up_to_date(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "high-water"
    with LogStore.create(folder, ORIGIN, high_water=mark) as store:
        store.append(ENTRIES[:5])
        store.sign_checkpoint(ORIGIN, SEED)
        earlier = mark.read_bytes()
        store.append(ENTRIES[5:7])
        note = store.sign_checkpoint(ORIGIN, SEED)
    mark.write_bytes(earlier)
    LogStore.open(folder, mark).close()
    assert mark.read_bytes() == note


def test_an_intent_larger_than_the_journal_is_a_rollback(folder: Path) -> None:
    log_of(folder, ENTRIES[:5])
    intent = folder.parent / "intent"
    assert intent.read_text() == parse_note((folder / "checkpoint").read_bytes())[0]
    intent.write_text(format_checkpoint(ORIGIN, 6, bytes(32)))
    assert refused_to_open(folder) == ["log.rollback"]
    intent.write_text(format_checkpoint(ORIGIN, 5, bytes(32)))
    assert refused_to_open(folder) == ["log.fork"]
    intent.write_text("")
    assert refused_to_open(folder) == ["log.mark.malformed"]


def test_a_damaged_checkpoint_is_not_taken_for_none(folder: Path) -> None:
    log_of(folder, ENTRIES[:5])
    for data in (b"", (folder / "checkpoint").read_bytes()[:-30]):
        (folder / "checkpoint").write_bytes(data)
        assert refused_to_open(folder) == ["log.checkpoint.malformed"]


def test_tiles_that_are_not_the_journals_are_not_overwritten(folder: Path) -> None:
    log_of(folder, ENTRIES[:5])
    stray = folder / "tile/0/000.p/6"
    stray.write_bytes(bytes(192))
    with LogStore.open(folder) as store:
        store.append(ENTRIES[5:6])
        with pytest.raises(Problems) as raised:
            store.sign_checkpoint(ORIGIN, SEED)
        assert codes(raised) == ["log.tile.conflict"]
    assert stray.read_bytes() == bytes(192)


# --- the journal -----------------------------------------------------------------------------------------------


def small_journal(folder: Path) -> bytes:
    with LogStore.create(folder, ORIGIN) as store:
        for start in (0, 2, 3):
            store.append(ENTRIES[start : {0: 2, 2: 3, 3: 5}[start]])
    return (folder.parent / "journal").read_bytes()


def test_a_flipped_bit_in_any_byte_of_the_journal_loses_no_entry_in_silence(folder: Path) -> None:
    journal = small_journal(folder)
    mended = 0
    for at in range(len(journal)):
        damaged = bytearray(journal)
        damaged[at] ^= 1 << at % 8
        (folder.parent / "journal").write_bytes(damaged)
        try:
            with LogStore.open(folder) as store:
                assert list(store.entries()) == ENTRIES[:5], f"byte {at}"
            mended += 1
        except Problems as refused:
            assert [p.code for p in refused.problems] == ["log.journal.damaged"], f"byte {at}"  # noqa: PT017
    # Only the last ack can be told from the frame before it, and only the origin's name has no check.
    assert mended <= tiles._ACK_SIZE + len(ORIGIN)


def test_a_damaged_journal_that_was_refused_once_is_refused_again_in_the_same_process(folder: Path) -> None:
    journal = small_journal(folder)
    (folder.parent / "journal").write_bytes(journal.replace(b"entry 2", b"entry 7"))
    for _ in range(3):
        assert refused_to_open(folder) == ["log.journal.damaged"]
    (folder.parent / "journal").write_bytes(journal)
    with LogStore.open(folder) as store:
        assert list(store.entries()) == ENTRIES[:5]


def test_an_entry_changed_under_an_open_log_is_not_given_out(folder: Path) -> None:
    journal = small_journal(folder)
    with LogStore.open(folder) as store:
        (folder.parent / "journal").write_bytes(journal.replace(b"entry 3", b"entry 7"))
        assert list(store.entries(0, 3)) == ENTRIES[:3]
        with pytest.raises(Problems) as raised:
            list(store.entries())
        assert codes(raised) == ["log.journal.damaged"]


def test_a_frame_moved_doubled_or_taken_out_is_refused(folder: Path) -> None:
    journal = small_journal(folder)
    head = len(b"repatria/journal/v1 " + ORIGIN.encode() + b"\n")
    ends = [i + tiles._ACK_SIZE for i in range(len(journal)) if journal[i : i + 4] == b"ack\n"]
    one, two, three = (journal[a:b] for a, b in zip([head, *ends], ends, strict=False))
    assert b"".join([journal[:head], one, two, three]) == journal
    for frames in ([two, one, three], [one, one, two, three], [one, three], [one, two, two], [two, three]):
        (folder.parent / "journal").write_bytes(journal[:head] + b"".join(frames))
        assert refused_to_open(folder) == ["log.journal.damaged"]


def test_a_torn_last_frame_is_cut_away_and_the_log_goes_on(folder: Path) -> None:
    journal = small_journal(folder)
    start = len(journal)
    with LogStore.open(folder) as store:
        store.append(ENTRIES[5:9])
    whole = (folder.parent / "journal").read_bytes()
    for cut in range(start, len(whole) - tiles._ACK_SIZE):
        for torn in (whole[:cut], whole[:cut] + bytes(len(whole) - tiles._ACK_SIZE - cut)):
            (folder.parent / "journal").write_bytes(torn)
            with LogStore.open(folder, read_only=True) as store:
                assert list(store.entries()) == ENTRIES[:5]
            with LogStore.open(folder) as store:
                assert list(store.entries()) == ENTRIES[:5]
                assert (folder.parent / "journal").read_bytes() == journal
                store.append(ENTRIES[5:9])
            assert (folder.parent / "journal").read_bytes() == whole


def test_a_signed_journal_cut_anywhere_is_refused(folder: Path) -> None:
    small_journal(folder)
    with LogStore.open(folder) as store:
        store.sign_checkpoint(ORIGIN, SEED)
    journal = (folder.parent / "journal").read_bytes()
    for cut in range(len(journal) - tiles._ACK_SIZE):
        (folder.parent / "journal").write_bytes(journal[:cut])
        assert refused_to_open(folder) in (["log.rollback"], ["log.rollback"] * 2, ["log.journal.damaged"])


# --- taking over what a stick brought --------------------------------------------------------------------------


@pytest.fixture
def follower(tmp_path: Path) -> Iterator[LogStore]:
    (tmp_path / "follower").mkdir()
    with LogStore.create(tmp_path / "follower" / "ledger", ORIGIN) as store:
        yield store


def test_a_follower_takes_over_entries_attachments_checkpoint_and_known_cosignatures(
    folder: Path, follower: LogStore
) -> None:
    data = b'{"kind":"list"}'
    name = hashlib.sha256(data).hexdigest()
    with LogStore.create(folder, ORIGIN) as store:
        store.append(ENTRIES[:300], {name: data})
        store.sign_checkpoint(ORIGIN, SEED)
        stranger = VerifierKey("stranger.example", COSIGNATURE, public_key(bytes([9]) * 32))
        store.add_cosignatures([cosign(text_of(store), stranger.name, bytes([9]) * 32, 4)], [stranger])
        assert follower.adopt(folder, KEY, [WITNESS_KEY]) == "adopted"
        assert list(follower.entries()) == ENTRIES[:300]
        assert follower.attachment(name) == data
        # The follower is the witness: what it cosigns is already on its disk.
        line = cosign(text_of(follower), WITNESS_KEY.name, WITNESS, 5)
        follower.add_cosignatures([line], [WITNESS_KEY])
        store.add_cosignatures([line], [WITNESS_KEY])
        assert follower.adopt(folder, KEY, [WITNESS_KEY]) == "same"
        store.append(ENTRIES[300:600])
        store.sign_checkpoint(ORIGIN, SEED)
        assert follower.adopt(folder, KEY, [WITNESS_KEY]) == "adopted"
    reading = read_folder(follower.folder, [KEY])
    assert (reading.problems, reading.entries) == ([], ENTRIES[:600])


def test_the_cosignatures_of_the_same_checkpoint_come_together(folder: Path, follower: LogStore) -> None:
    log_of(folder, ENTRIES[:4])
    follower.adopt(folder, KEY)
    with LogStore.open(folder) as store:
        store.add_cosignatures([cosign(text_of(store), WITNESS_KEY.name, WITNESS, 5)], [WITNESS_KEY])
    assert follower.adopt(folder, KEY, [WITNESS_KEY]) == "same"
    assert read_folder(follower.folder, [KEY, WITNESS_KEY]).problems == []
    with LogStore.open(folder) as store:
        store.append(ENTRIES[4:5])
        store.sign_checkpoint(ORIGIN, SEED)
        follower.adopt(folder, KEY)
        store.add_cosignatures([cosign(text_of(store), WITNESS_KEY.name, WITNESS, 6)], [WITNESS_KEY])
    follower.add_cosignatures([cosign(text_of(follower), WITNESS_KEY.name, WITNESS, 7)], [WITNESS_KEY])
    assert follower.adopt(folder, KEY, [WITNESS_KEY]) == "same"
    assert read_folder(follower.folder, [KEY, WITNESS_KEY]).problems == [], "one line for each witness"


def test_a_successors_signature_on_the_same_tree_is_taken_over(folder: Path, follower: LogStore) -> None:
    log_of(folder, ENTRIES[:4])
    follower.adopt(folder, KEY)
    follower.add_cosignatures([cosign(text_of(follower), WITNESS_KEY.name, WITNESS, 5)], [WITNESS_KEY])
    successor = VerifierKey(ORIGIN, ED25519, public_key(bytes([9]) * 32))
    with LogStore.open(folder) as store:
        store.sign_checkpoint(ORIGIN, bytes([9]) * 32)
    assert follower.adopt(folder, successor, [WITNESS_KEY]) == "same"
    assert read_folder(follower.folder, [successor, WITNESS_KEY]).problems == []


def test_a_stick_that_cannot_be_read_is_refused_and_the_follower_goes_on(tmp_path: Path) -> None:
    class BadStick(Disk):
        def read(self, path: Path) -> bytes | None:
            if "stick" in path.parts:
                raise OSError(errno.EIO, "input/output error")
            return super().read(path)

    with LogStore.create(tmp_path / "ledger", ORIGIN, disk=BadStick()) as store:
        with pytest.raises(Problems) as raised:
            store.adopt(tmp_path / "stick", KEY)
        assert codes(raised) == ["log.source.unreadable"]
        store.append([b"x"])


def test_an_older_copy_changes_nothing(folder: Path, tmp_path: Path, follower: LogStore) -> None:
    old = log_of(tmp_path / "old" / "ledger", ENTRIES[:5])
    follower.adopt(log_of(folder, ENTRIES[:9]), KEY)
    assert follower.adopt(old, KEY) == "older"
    assert follower.size == 9


@pytest.mark.parametrize("ours", [1, 3, 4, 9, 12, 300])
@pytest.mark.parametrize("theirs", [1, 3, 4, 9, 12, 300])
def test_a_fork_is_refused_and_proven_whichever_history_was_seen_first(
    tmp_path: Path, follower: LogStore, ours: int, theirs: int
) -> None:
    first = log_of(tmp_path / "a" / "ledger", ENTRIES[:ours])
    second = log_of(tmp_path / "b" / "ledger", [b"another", *ENTRIES[1:theirs]])
    follower.adopt(first, KEY)
    before = Disk().files(follower.folder)
    with pytest.raises(Problems) as raised:
        follower.adopt(second, KEY)
    assert codes(raised) == ["log.fork"]
    assert (follower.size, Disk().files(follower.folder)) == (ours, before)
    check_fraud(parse_fraud((follower.state / "fraud-proof.txt").read_bytes()), KEY)


def test_a_fork_at_every_index_is_caught_at_first_contact(tmp_path: Path) -> None:
    honest = log_of(tmp_path / "honest" / "ledger", ENTRIES[:20])
    for fork in range(20):
        node = tmp_path / f"follower-{fork}"
        node.mkdir()
        forked = log_of(tmp_path / f"fork-{fork}" / "ledger", [*ENTRIES[:fork], b"another", *ENTRIES[fork + 1 : 22]])
        with LogStore.create(node / "ledger", ORIGIN) as store:
            store.adopt(honest, KEY)
            with pytest.raises(Problems) as raised:
                store.adopt(forked, KEY)
        assert codes(raised) == ["log.fork"]
        check_fraud(parse_fraud((node / "fraud-proof.txt").read_bytes()), KEY)


def test_entries_that_no_checkpoint_covers_and_the_source_has_not_are_no_proof_and_are_refused(
    folder: Path, follower: LogStore
) -> None:
    follower.append([b"written here by mistake"])
    with pytest.raises(Problems) as raised:
        follower.adopt(log_of(folder, ENTRIES[:4]), KEY)
    assert codes(raised) == ["log.diverged"]
    assert not (follower.state / "fraud-proof.txt").exists()


def test_a_copy_of_another_log_or_by_another_key_or_damaged_is_refused(
    folder: Path, tmp_path: Path, follower: LogStore
) -> None:
    log_of(folder, ENTRIES[:300])
    with pytest.raises(Problems) as raised:
        follower.adopt(folder, VerifierKey(ORIGIN, ED25519, public_key(bytes(32))))
    assert "log.checkpoint.unsigned" in codes(raised)
    (tmp_path / "x2").mkdir()
    with LogStore.create(tmp_path / "x2" / "ledger", "log.example/x2") as other:
        other.append([b"x"])
        other.sign_checkpoint("log.example/x2", SEED)
    with pytest.raises(Problems) as raised:
        follower.adopt(tmp_path / "x2" / "ledger", VerifierKey("log.example/x2", ED25519, public_key(SEED)))
    assert codes(raised) == ["log.origin"]
    bundle = folder / "tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b"entry 200", b"entry 201"))
    with pytest.raises(Problems) as raised:
        follower.adopt(folder, KEY)
    assert [p.where for p in raised.value.problems] == ["tile/entries/000, entry 200"]
    assert follower.size == 0


def test_a_stick_pulled_at_any_point_of_the_copy_brings_nothing_or_everything(
    folder: Path, tmp_path: Path, follower: LogStore
) -> None:
    log_of(folder, ENTRIES[:300], 3)
    files = sorted(Disk().files(folder), key=lambda name: (name == "checkpoint", name))
    total = sum((folder / name).stat().st_size for name in files)
    for pulled in [*range(0, total, total // 60), total]:
        stick, left = tmp_path / "stick", pulled
        shutil.rmtree(stick, ignore_errors=True)
        for name in files:
            data = (folder / name).read_bytes()[: max(left, 0)]
            left -= len(data)
            if data:
                (stick / name).parent.mkdir(parents=True, exist_ok=True)
                (stick / name).write_bytes(data)
        if pulled < total:
            with pytest.raises(Problems):
                follower.adopt(stick, KEY)
            assert follower.size == 0
    assert follower.adopt(stick, KEY) == "adopted"


def test_a_stray_file_or_a_missing_cosignature_on_a_stick_does_not_stop_a_follower(
    folder: Path, follower: LogStore
) -> None:
    log_of(folder, ENTRIES[:4])
    (folder / "System Volume Information").write_bytes(b"x")
    assert follower.adopt(folder, KEY, [WITNESS_KEY]) == "adopted"
    assert read_folder(follower.folder, [KEY]).problems == []


def test_a_damaged_attachment_stops_a_follower_that_lacks_it(folder: Path, follower: LogStore) -> None:
    data = b'{"kind":"list"}'
    name = hashlib.sha256(data).hexdigest()
    with LogStore.create(folder, ORIGIN) as store:
        store.append(ENTRIES[:4], {name: data})
        store.sign_checkpoint(ORIGIN, SEED)
    (folder / "attachments" / name).write_bytes(b"damaged")
    with pytest.raises(Problems) as raised:
        follower.adopt(folder, KEY)
    assert codes(raised) == ["log.attachment.changed"]
    follower.append((), {name: data})
    assert follower.adopt(folder, KEY) == "adopted"


def test_a_link_in_a_log_directory_is_not_followed(folder: Path, tmp_path: Path) -> None:
    log_of(folder, ENTRIES[:4])
    (tmp_path / "elsewhere").mkdir()
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    outside = tmp_path / "outside"
    bundle = folder / "tile/entries/000.p/4"
    outside.write_bytes(bundle.read_bytes())
    bundle.unlink()
    bundle.symlink_to(outside)
    assert [p.code for p in read_folder(folder, [KEY]).problems] == ["log.tile.missing", "log.file.stray"]


def test_a_checkpoint_signed_by_a_stolen_key_over_another_tree_is_a_fork_on_opening(folder: Path) -> None:
    log_of(folder, ENTRIES[:4])
    text = format_checkpoint(ORIGIN, 4, bytes(32))
    (folder / "checkpoint").write_bytes(build_note(text, [sign_note(text, ORIGIN, SEED)]))
    assert refused_to_open(folder) == ["log.fork"]


# --- a real operating system -----------------------------------------------------------------------------------

APPENDER = """
import sys
from pathlib import Path
from repatria.store.tiles import LogStore
with LogStore.open(Path(sys.argv[1])) as store:
    while True:
        store.append([b"entry %d" % store.size])
        print(store.size, flush=True)
        if store.size % 7 == 0:
            store.sign_checkpoint("log.example/x1", bytes([1]) * 32)
"""


def test_a_writer_killed_by_the_system_at_any_instant_loses_nothing_it_acknowledged(folder: Path) -> None:
    LogStore.create(folder, ORIGIN).close()
    rng = random.Random(11)
    acknowledged = 0
    for _ in range(6):
        writer = subprocess.Popen([sys.executable, "-c", APPENDER, str(folder)], stdout=subprocess.PIPE)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(rng.random() / 10)
        os.kill(writer.pid, signal.SIGKILL)
        printed = writer.stdout.read().split(b"\n")
        writer.wait()
        writer.stdout.close()
        if len(printed) > 1:
            acknowledged = int(printed[-2])
        with LogStore.open(folder) as store:
            assert store.size >= acknowledged
            assert list(store.entries()) == [b"entry %d" % i for i in range(store.size)]
            store.sign_checkpoint(ORIGIN, SEED)
        assert read_folder(folder, [KEY]).problems == []
    assert acknowledged > 20


def test_writes_that_the_system_takes_in_pieces_are_written_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, offset: whole(fd, bytes(data)[:7], offset))
    log_of(folder, ENTRIES[:40])
    monkeypatch.undo()
    assert read_folder(folder, [KEY]).entries == ENTRIES[:40]


def test_the_systems_disk_reads_locks_and_lists_as_the_simulated_one_does(tmp_path: Path) -> None:
    disk = Disk()
    assert disk.read(tmp_path / "none") is None
    assert disk.read(tmp_path / "none" / "inner") is None
    (tmp_path / "file").write_bytes(b"x")
    assert disk.read(tmp_path / "file" / "inner") is None
    with pytest.raises(FileExistsError):
        disk.make_folder(tmp_path / "file")
    lock = disk.lock(tmp_path / "lock")
    with pytest.raises(Locked):
        disk.lock(tmp_path / "lock")
    lock.close()
    disk.lock(tmp_path / "lock").close()
    assert disk.files(tmp_path) == ["file", "lock"]


def test_five_thousand_entries_are_appended_and_ten_thousand_opened_within_seconds(folder: Path) -> None:
    entries = [b"%d" % i * 100 for i in range(10_000)]
    start = time.process_time()
    with LogStore.create(folder, ORIGIN) as store:
        for at in range(0, 10_000, 100):
            store.append(entries[at : at + 100])
            if at == 5000:
                store.sign_checkpoint(ORIGIN, SEED)
        store.sign_checkpoint(ORIGIN, SEED)
    with LogStore.open(folder) as store:
        assert store.size == 10_000
    assert time.process_time() - start < 20, "a hundred times slower than it was"
