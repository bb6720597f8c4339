"""A keyring gives its keys to the passphrase that made it, keeps every key, and says no otherwise."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from repatria.problem import Problems
from repatria.store import keyring as keyring_module
from repatria.store.keyring import Keyring
from repatria.store.vault import open_sealed, seal_to

PASSPHRASE = "winter bridge candle seven"
SEED, OTHER_SEED = bytes(range(32)), bytes(range(1, 33))


def _codes(raised: pytest.ExceptionInfo[Problems]) -> list[str]:
    return [problem.code for problem in raised.value.problems]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "node" / "keyring"


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring_module, "_unlocked", {})


def test_what_was_added_is_there_for_whoever_opens_it_again(path: Path) -> None:
    made = Keyring.create(path, PASSPHRASE)
    made.add("witness", OTHER_SEED)
    made.add("sign", SEED)
    keyring_module._unlocked.clear()
    opened = Keyring.open(path, PASSPHRASE)
    assert opened.names() == made.names() == ["sign", "witness"]
    assert (opened.seed("sign"), opened.seed("witness")) == (SEED, OTHER_SEED)
    assert (opened.identity, opened.vault_key) == (made.identity, made.vault_key)
    assert len(opened.vault_key) == 32
    assert open_sealed(seal_to(b"x", [made.recipient]), opened.identity) == b"x"


def test_no_key_stands_readable_in_the_file(path: Path) -> None:
    made = Keyring.create(path, PASSPHRASE)
    made.add("markername", SEED)
    kept = path.read_bytes()
    for secret in (SEED, SEED.hex().encode(), made.vault_key, made.identity.encode(), b"markername"):
        assert secret not in kept
    assert path.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in path.parent.iterdir()) == ["keyring", "keyring.lock"]


def test_a_wrong_passphrase_opens_nothing_and_changes_nothing(path: Path) -> None:
    Keyring.create(path, PASSPHRASE).add("sign", SEED)
    before = path.read_bytes()
    for _ in range(2):  # the second time must not find the first one remembered
        with pytest.raises(Problems) as raised:
            Keyring.open(path, PASSPHRASE + "x")
        assert _codes(raised) == ["vault.passphrase"]
        assert PASSPHRASE not in str(raised.value)
    assert path.read_bytes() == before
    assert Keyring.open(path, PASSPHRASE).seed("sign") == SEED


def test_a_remembered_passphrase_does_not_open_a_changed_file(path: Path) -> None:
    Keyring.create(path, PASSPHRASE)
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(Problems) as raised:
        Keyring.open(path, PASSPHRASE)
    assert _codes(raised) == ["vault.passphrase"]
    path.write_bytes(sealed)
    Keyring.open(path, PASSPHRASE)


@pytest.mark.usefixtures("stretched_as_in_use")
def test_one_process_pays_for_the_passphrase_once(path: Path) -> None:
    Keyring.create(path, PASSPHRASE)
    start = time.process_time()
    for _ in range(20):
        Keyring.open(path, PASSPHRASE)
    assert time.process_time() - start < 0.2  # scrypt alone would take 20 × 0.2 s


def test_a_keyring_is_never_overwritten_and_needs_a_passphrase(path: Path) -> None:
    with pytest.raises(Problems) as raised:
        Keyring.create(path, "  ")
    assert _codes(raised) == ["keyring.passphrase_empty"]
    Keyring.create(path, PASSPHRASE)
    before = path.read_bytes()
    with pytest.raises(Problems) as raised:
        Keyring.create(path, PASSPHRASE)
    assert _codes(raised) == ["keyring.exists"]
    assert path.read_bytes() == before


def test_an_absent_keyring_an_absent_key_and_a_foreign_file_are_said(path: Path, tmp_path: Path) -> None:
    with pytest.raises(Problems) as raised:
        Keyring.open(path, PASSPHRASE)
    assert _codes(raised) == ["keyring.absent"]
    made = Keyring.create(path, PASSPHRASE)
    made.add("sign", SEED)
    with pytest.raises(Problems, match="there: sign") as raised:
        made.seed("witness")
    assert _codes(raised) == ["keyring.no_seed"]
    other = tmp_path / "other"
    other.write_bytes(b"something else")
    with pytest.raises(Problems) as raised:
        Keyring.open(other, PASSPHRASE)
    assert _codes(raised) == ["vault.format"]


def test_a_name_belongs_to_one_key_for_ever(path: Path) -> None:
    made = Keyring.create(path, PASSPHRASE)
    made.add("sign", SEED)
    made.add("sign", SEED)
    with pytest.raises(Problems) as raised:
        made.add("sign", OTHER_SEED)
    assert _codes(raised) == ["keyring.name_taken"]
    assert Keyring.open(path, PASSPHRASE).seed("sign") == SEED
    for name, seed in (("", SEED), ("short", b"x")):
        with pytest.raises(ValueError, match=r"needs a name|32 bytes, not 1"):
            made.add(name, seed)


def test_two_who_add_at_once_both_keep_their_key(path: Path) -> None:
    Keyring.create(path, PASSPHRASE)
    one, other = Keyring.open(path, PASSPHRASE), Keyring.open(path, PASSPHRASE)
    children = []
    for keyring, name in ((one, "a"), (other, "b")):
        child = os.fork()
        if not child:
            for number in range(10):
                keyring.add(f"{name}{number}", SEED)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    assert len(Keyring.open(path, PASSPHRASE).names()) == 20
    one.add("c", SEED)
    assert len(one.names()) == 21


def test_adding_to_a_keyring_that_was_sealed_anew_is_refused(path: Path) -> None:
    made = Keyring.create(path, PASSPHRASE)
    path.unlink()
    Keyring.create(path, PASSPHRASE)
    with pytest.raises(Problems) as raised:
        made.add("sign", SEED)
    assert _codes(raised) == ["keyring.changed"]


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_killed_while_adding_leaves_the_old_keyring_whole(path: Path, moment: str) -> None:
    made = Keyring.create(path, PASSPHRASE)
    made.add("sign", SEED)
    child = os.fork()
    if not child:
        setattr(os, moment, lambda *_: os.kill(os.getpid(), 9))
        made.add("witness", OTHER_SEED)
        os._exit(3)
    assert os.waitpid(child, 0)[1] == 9
    opened = Keyring.open(path, PASSPHRASE)
    assert opened.names() == ["sign"]
    opened.add("witness", OTHER_SEED)
    assert Keyring.open(path, PASSPHRASE).names() == ["sign", "witness"]
