"""The log keeps its promises when it is killed, when the disk fails and when the power goes, at every operation.

The promises: what was acknowledged is there, attachments included; what was signed is never cut short; what lies in
the log directory is what was signed. And the tests can see them broken: with one fsync left out they find the loss.
"""

from __future__ import annotations

import errno
import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from repatria.ledger.note import COSIGNATURE, ED25519, VerifierKey, cosign, public_key
from repatria.ledger.proof import check_fraud, parse_fraud
from repatria.problem import Problems
from repatria.store.disk import Disk, File
from repatria.store.tiles import LogStore, read_folder
from tests.store.simulated_disk import Killed, SimulatedDisk, SimulatedFile

ORIGIN = "log.example/x1"
SEED, WITNESS = bytes([1]) * 32, bytes([2]) * 32
KEY = VerifierKey(ORIGIN, ED25519, public_key(SEED))
WITNESS_KEY = VerifierKey("mediator.example", COSIGNATURE, public_key(WITNESS))
NODE, STICK = Path("/node"), Path("/stick")
FOLDER, HIGH_WATER = NODE / "ledger", STICK / "high-water"
HARMLESS = {"log.tile.beyond"}  # tiles written for a checkpoint that was never signed

ENTRIES = [b"entry %d " % i + bytes([65 + i % 26]) * (i % 90) for i in range(400)]
ATTACHMENTS = {hashlib.sha256(data).hexdigest(): data for data in (b"list", b"classes" * 20, b"")}


@dataclass
class Witnessed:
    """What the world outside was told before the lights went out."""

    submitted: int = 0
    acknowledged: int = 0
    attachments: dict[str, bytes] = field(default_factory=dict)
    named: dict[int, list[str]] = field(default_factory=dict)  # by which entry, told or not
    signed: int = -1
    created: bool = False


def work(disk: Disk, told: Witnessed, store_class: type[LogStore] = LogStore) -> None:
    """The life of a log: it grows past a full tile, with attachments, checkpoints, a cosignature and a restart."""
    store = store_class.create(FOLDER, ORIGIN, high_water=HIGH_WATER, disk=disk)
    told.created = True

    def append(count: int, attachments: dict[str, bytes] | None = None) -> None:
        told.named[told.submitted] = list(attachments or {})
        told.submitted += count
        store.append(ENTRIES[told.submitted - count : told.submitted], attachments)
        told.acknowledged = told.submitted
        told.attachments |= attachments or {}

    def sign() -> None:
        store.sign_checkpoint(ORIGIN, SEED)
        told.signed = store.size

    names = iter(ATTACHMENTS)
    append(3, {name: ATTACHMENTS[name] for name in [next(names)]})
    sign()
    append(1)
    append(2, {name: ATTACHMENTS[name] for name in names})
    sign()
    checkpoint = store.checkpoint_note()
    assert checkpoint
    text = checkpoint.decode().split("\n\n")[0] + "\n"
    store.add_cosignatures([cosign(text, WITNESS_KEY.name, WITNESS, 7)], [WITNESS_KEY])
    append(1)
    store.close()
    store = store_class.open(FOLDER, HIGH_WATER, disk=disk)
    append(253)
    sign()
    append(1)
    store.close()


def size_said(disk: Disk, path: Path) -> int:
    """The size on the second line of a checkpoint, an intent or a high-water mark; -1 if there is none."""
    lines = (disk.read(path) or b"").split(b"\n")
    return int(lines[1]) if len(lines) > 1 and lines[1].isdigit() else -1


def check_promises(disk: Disk, told: Witnessed, goes_on: bool = True) -> None:
    """Everything the world was told still holds, and the log goes on from here."""
    if not told.created:
        try:
            LogStore.open(FOLDER, HIGH_WATER, disk=disk).close()
        except Problems as absent:
            assert [p.code for p in absent.problems] == ["log.absent"]  # noqa: PT017
            LogStore.create(FOLDER, ORIGIN, high_water=HIGH_WATER, disk=disk).close()
    before = read_folder(FOLDER, [KEY], disk)
    assert size_said(disk, HIGH_WATER) >= told.signed, "the other medium doesn't know what was signed"
    assert size_said(disk, NODE / "intent") >= size_said(disk, FOLDER / "checkpoint"), "signed without an intent"
    with LogStore.open(FOLDER, HIGH_WATER, disk=disk) as store:
        assert told.acknowledged <= store.size <= told.submitted, "an acknowledged entry is lost"
        assert list(store.entries()) == ENTRIES[: store.size]
        for name, data in told.attachments.items():
            assert store.attachment(name) == data
        for index, names in told.named.items():
            assert index >= store.size or all(map(store.has_attachment, names)), "an entry without its attachment"
        signed = store.checkpoint()
        assert (signed.size if signed else -1) >= told.signed, "a signed checkpoint is lost"
        codes = {p.code for p in before.problems} - HARMLESS
        assert codes <= (set() if signed else {"log.checkpoint.missing"}) | {"log.checkpoint.line.unknown"}
        if goes_on:
            told.named = {index: names for index, names in told.named.items() if index < store.size}
            told.submitted = store.size + 5
            store.append(ENTRIES[store.size : told.submitted])
            store.sign_checkpoint(ORIGIN, SEED)
            told.acknowledged = told.signed = told.submitted
            after = read_folder(FOLDER, [KEY], disk)
            assert [p.code for p in after.problems] == []
            assert after.entries == ENTRIES[: told.submitted]


def run(disk: SimulatedDisk, store_class: type[LogStore] = LogStore) -> Witnessed:
    told = Witnessed()
    try:
        work(disk, told, store_class)
    except Killed:
        pass
    except Problems as stopped:
        if {p.code for p in stopped.problems} != {"log.disk"}:
            raise
    return told


def count_steps() -> int:
    disk = SimulatedDisk()
    told = run(disk)
    assert (told.acknowledged, told.signed) == (261, 260)
    return len(disk.steps)


STEPS = count_steps()


def at_step(step: int, failure: Callable[[], BaseException]) -> Callable[[int, str], BaseException | None]:
    return lambda number, _: failure() if number == step else None


def test_the_work_does_every_kind_of_operation() -> None:
    disk = SimulatedDisk()
    run(disk)
    assert set(disk.steps) == {"create", "write", "truncate", "fsync", "rename", "make_folder", "sync_folder",
                               "remove", "remove_folder"}  # fmt: skip


def test_killed_at_every_operation_it_loses_nothing_acknowledged() -> None:
    for step in range(STEPS):
        disk = SimulatedDisk(at_step(step, Killed))
        told = run(disk)
        disk.restart()
        check_promises(disk, told)


def power_losses(
    seeds: range, store_class: type[LogStore] = LogStore, disk: type[SimulatedDisk] = SimulatedDisk
) -> int:
    """At how many of the seeds a promise is broken, when the power goes at an operation chosen by each."""
    broken = 0
    for seed in seeds:
        rng = random.Random(seed)
        broken_disk = disk(at_step(rng.randrange(STEPS + 1), Killed))
        told = run(broken_disk, store_class)
        broken_disk.lose_power(rng)
        try:
            check_promises(broken_disk, told, goes_on=seed % 4 == 0)
        except (AssertionError, Problems):
            broken += 1
    return broken


def test_a_power_cut_at_any_operation_loses_nothing_acknowledged() -> None:
    assert power_losses(range(1600)) == 0


@pytest.mark.soak
def test_many_power_cuts_lose_nothing_acknowledged() -> None:
    assert power_losses(range(100_000, 125_000)) == 0


class AcknowledgesBeforeFsync(LogStore):
    """A defect: the journal is written and not made durable."""

    def _write_frame(self, journal: File, frame: bytes) -> None:
        journal.write(self._end, frame)


class SignsBeforeTiles(LogStore):
    """A defect: the checkpoint goes out before the tiles it covers."""

    def _write_tiles(self, size: int) -> None:
        pass

    def _publish(self, note: bytes) -> None:
        before = self._signed
        super()._publish(note)
        signed, self._signed = self._signed, before
        super()._write_tiles(self.size)
        self._signed = signed


class AttachesAfterwards(LogStore):
    """A defect: an entry is acknowledged before the attachment it names is there."""

    def append(self, entries: Sequence[bytes], attachments: Mapping[str, bytes] | None = None) -> None:
        super().append(entries)
        super().append((), attachments)


class NoFileSync(SimulatedDisk):
    """A defect: new files are renamed into place without being made durable."""

    def open(self, path: Path, create: bool = False) -> SimulatedFile:
        file = super().open(path, create)
        if create:
            file.fsync = lambda: None  # type: ignore[method-assign]
        return file


class NoFolderSync(SimulatedDisk):
    """A defect: names are not made durable."""

    def sync_folder(self, path: Path) -> None:
        if path == Path("/"):
            super().sync_folder(path)
        else:
            self.fail_at("sync_folder")


@pytest.mark.parametrize(
    ("store_class", "disk"),
    [
        (AcknowledgesBeforeFsync, SimulatedDisk),
        (SignsBeforeTiles, SimulatedDisk),
        (AttachesAfterwards, SimulatedDisk),
        (LogStore, NoFileSync),
        (LogStore, NoFolderSync),
    ],
)
def test_with_one_rule_left_out_the_power_cuts_find_the_loss(
    store_class: type[LogStore], disk: type[SimulatedDisk]
) -> None:
    assert power_losses(range(120), store_class, disk) > 0


def test_a_process_killed_before_fsync_shows_no_loss_so_only_power_cuts_test_it() -> None:
    for step in range(0, STEPS, 7):
        disk = SimulatedDisk(at_step(step, Killed))
        told = run(disk, AcknowledgesBeforeFsync)
        disk.restart()
        check_promises(disk, told)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_disk_error_at_any_operation_stops_the_log_and_loses_nothing_acknowledged(code: int) -> None:
    for step in range(STEPS):
        disk = SimulatedDisk(at_step(step, lambda: OSError(code, "the disk failed")))
        told = run(disk)
        disk.restart()
        check_promises(disk, told)
        # What the running system saw after the error was built upon; and now the power goes too.
        disk.lose_power(random.Random(step))
        check_promises(disk, told, goes_on=False)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_disk_error_and_a_power_cut_at_once_lose_nothing_acknowledged(code: int) -> None:
    for step in range(STEPS):
        disk = SimulatedDisk(at_step(step, lambda: OSError(code, "the disk failed")))
        told = run(disk)
        disk.lose_power(random.Random(step))
        check_promises(disk, told)


def test_after_a_failed_fsync_nothing_is_acknowledged_until_the_log_is_opened_anew() -> None:
    disk = SimulatedDisk()
    run(disk)
    store = LogStore.open(FOLDER, HIGH_WATER, disk=disk)
    size = store.size
    disk.fail = lambda _, name: OSError(errno.EIO, "input/output error") if name == "fsync" else None
    with pytest.raises(Problems, match=r"log\.disk"):
        store.append([b"x"])
    disk.fail = None
    assert store.size == size
    with pytest.raises(Problems, match=r"log\.stopped"):
        store.append([b"x"])
    with pytest.raises(Problems, match=r"log\.stopped"):
        store.sign_checkpoint(ORIGIN, SEED)


def test_what_a_failed_fsync_left_in_memory_is_made_durable_before_it_is_built_on() -> None:
    """Linux marks the lost pages clean: opened again the entry is seen, and a mere second fsync would lie."""
    disk = SimulatedDisk()
    told = run(disk)
    store = LogStore.open(FOLDER, HIGH_WATER, disk=disk)
    disk.fail = lambda _, name: OSError(errno.EIO, "input/output error") if name == "fsync" else None
    with pytest.raises(Problems):
        store.append(ENTRIES[261:270])
    disk.restart()
    with LogStore.open(FOLDER, HIGH_WATER, disk=disk) as store:
        assert store.size == 270, "the running system sees the entries that were never acknowledged"
        store.append(ENTRIES[270:275])
    told.submitted = told.acknowledged = 275
    disk.lose_power(random.Random(1))
    check_promises(disk, told)


def follower_with_a_stick() -> SimulatedDisk:
    """A follower that knows nothing yet, the log on a stick, and a forked log on it too."""
    disk = SimulatedDisk()
    for folder, entries in (("ledger", ENTRIES[:260]), ("fork", [b"another", *ENTRIES[1:300]])):
        source = SimulatedDisk()
        with LogStore.create(FOLDER, ORIGIN, disk=source) as store:
            store.append(entries, ATTACHMENTS)
            store.sign_checkpoint(ORIGIN, SEED)
        for name in source.files(FOLDER):
            disk.put(STICK / folder / name, source.read(FOLDER / name) or b"")
    LogStore.create(FOLDER, ORIGIN, disk=disk).close()
    disk.steps = []
    return disk


def followers_killed_at_every_operation() -> Iterator[SimulatedDisk]:
    before = follower_with_a_stick()
    whole = before.backup()
    with LogStore.open(FOLDER, disk=whole) as store:
        assert store.adopt(STICK / "ledger", KEY) == "adopted"
    for step in range(len(whole.steps)):
        disk = before.backup()
        disk.fail = at_step(step, Killed)
        with pytest.raises(Killed):
            LogStore.open(FOLDER, disk=disk).adopt(STICK / "ledger", KEY)
        if step % 2:
            disk.restart()
        else:
            disk.lose_power(random.Random(step))
        yield disk


def test_a_follower_killed_while_it_takes_a_copy_over_is_still_able_to_prove_a_fork() -> None:
    outcomes = []
    for disk in followers_killed_at_every_operation():
        with LogStore.open(FOLDER, disk=disk) as store:
            known = store.size
            try:
                outcome: str = store.adopt(STICK / "fork", KEY)
            except Problems as refused:
                outcome = refused.problems[0].code
            outcomes.append(outcome)
            if known:
                assert outcome == "log.fork"
                check_fraud(parse_fraud(disk.read(NODE / "fraud-proof.txt") or b""), KEY)
    assert set(outcomes) == {"adopted", "log.fork"}, "first sight before anything was taken over, a fork after it"


def test_a_follower_killed_at_any_operation_while_it_takes_a_copy_over_ends_with_the_copy() -> None:
    for disk in followers_killed_at_every_operation():
        with LogStore.open(FOLDER, disk=disk) as store:
            assert list(store.entries()) == ENTRIES[: store.size]
            assert store.adopt(STICK / "ledger", KEY) in ("adopted", "same")
            assert store.size == 260
        reading = read_folder(FOLDER, [KEY], disk)
        assert reading.problems == []
        assert len(reading.entries) == 260
