"""The keyring: one file with everything that makes a node this node, sealed under its people's passphrase.

It holds named Ed25519 seeds (`sign`, `witness`, a desk's key …), the age identity that opens what others seal
to this node, and the vault key. Rules:

* the file is JSON sealed by `vault.PassphraseKey`; a wrong passphrase opens nothing and changes nothing;
* it is written to a temporary file, fsynced, renamed over the old one, and the folder fsynced: after a crash
  at any moment the old keyring or the new one is there, whole;
* a name is given once: a key that is replaced keeps its name for the signatures it made, its successor gets
  another.

A stretched passphrase is remembered for the life of the process, by the file's header (scrypt parameters and
salt) and the passphrase's SHA-256, so that a process that runs many commands pays scrypt once per keyring.
The file itself is read and authenticated each time, so another process's additions are seen at once.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     keyring = Keyring.create(Path(folder) / "keyring", "four plain words here", os.urandom)
    ...     keyring.add("sign", bytes(32))
    ...     Keyring.open(Path(folder) / "keyring", "four plain words here").names()
    ['sign']
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from repatria.problem import Problem, Problems
from repatria.store import vault
from repatria.store.vault import PassphraseKey, Random

SEED_BYTES = 32


@dataclass(frozen=True)
class _Held:
    """What the file says."""

    seeds: Mapping[str, bytes]
    identity: str
    vault_key: bytes


class Keyring:
    """An unlocked keyring; `create` or `open` one."""

    def __init__(self, path: Path, key: PassphraseKey, held: _Held, random: Random) -> None:
        self.path = path
        self._key = key
        self._held = held
        self._random = random

    @classmethod
    def create(cls, path: str | os.PathLike[str], passphrase: str, random: Random = os.urandom) -> Keyring:
        """A new keyring with a fresh age identity and vault key, no seeds yet; an existing file is refused.

        Raises:
            Problems: `keyring.exists`, `keyring.passphrase_empty`.
        """
        path = Path(path)
        if not passphrase.strip():
            raise _problem(
                path, "passphrase_empty", "the passphrase is empty", "choose a passphrase of several words"
            )
        key = PassphraseKey.derive(vault.new_passphrase_header(random), passphrase)
        held = _Held({}, vault.new_identity(), random(vault.KEY_BYTES))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _changing(path):
            if path.exists():
                raise _problem(path, "exists", "there is a keyring already", "open it, or name another file")
            _write(path, key.seal(_format(held), random))
        _remember(key, passphrase)
        return cls(path, key, held, random)

    @classmethod
    def open(cls, path: str | os.PathLike[str], passphrase: str, random: Random = os.urandom) -> Keyring:
        """The keyring in the file.

        Raises:
            Problems: `keyring.absent`, `vault.passphrase`, `vault.format`.
        """
        path = Path(path)
        sealed = _read(path)
        header = vault.passphrase_header(sealed, path.name)
        key = _unlocked.get((header, _digest(passphrase))) or PassphraseKey.derive(header, passphrase)
        held = _parse(key.open(sealed, path.name))
        _remember(key, passphrase)
        return cls(path, key, held, random)

    @property
    def identity(self) -> str:
        """The age identity (secret)."""
        return self._held.identity

    @property
    def recipient(self) -> str:
        """The `age1…` recipient that others seal to."""
        return vault.recipient_of(self._held.identity)

    @property
    def vault_key(self) -> bytes:
        """The 32-byte key of the node's vault (secret)."""
        return self._held.vault_key

    def names(self) -> list[str]:
        """The names of the seeds, sorted."""
        return sorted(self._held.seeds)

    def seed(self, name: str) -> bytes:
        """The Ed25519 seed of that name (secret), or `keyring.no_seed`."""
        seed = self._held.seeds.get(name)
        if seed is None:
            known = ", ".join(self.names()) or "none"
            raise _problem(
                self.path,
                "no_seed",
                f'there is no key "{name}" (there: {known})',
                "name one of these, or add the key",
            )
        return seed

    def add(self, name: str, seed: bytes) -> None:
        """Keep a seed under a new name; durable when this returns.

        Raises:
            Problems: `keyring.name_taken` for a name that holds another seed, `keyring.changed` where the
                file was made anew under another passphrase since it was opened.
        """
        if len(seed) != SEED_BYTES:
            raise ValueError(f"an Ed25519 seed has {SEED_BYTES} bytes, not {len(seed)}")
        if not name:
            raise ValueError("a key needs a name")
        with _changing(self.path):
            sealed = _read(self.path)
            if not sealed.startswith(self._key.header):
                raise _problem(
                    self.path,
                    "changed",
                    "the keyring was sealed anew since it was opened",
                    "open it again, then add",
                )
            held = _parse(self._key.open(sealed, self.path.name))
            if name in held.seeds and held.seeds[name] != seed:
                raise _problem(
                    self.path,
                    "name_taken",
                    f'the name "{name}" belongs to another key',
                    "give the new key a new name",
                )
            held = replace(held, seeds={**held.seeds, name: seed})
            _write(self.path, self._key.seal(_format(held), self._random))
        self._held = held


_unlocked: dict[tuple[bytes, bytes], PassphraseKey] = {}


def _remember(key: PassphraseKey, passphrase: str) -> None:
    """Only after the key has opened the file: a wrong passphrase is not remembered."""
    _unlocked[key.header, _digest(passphrase)] = key


def _digest(passphrase: str) -> bytes:
    return hashlib.sha256(passphrase.encode()).digest()


def _format(held: _Held) -> bytes:
    return json.dumps(
        {
            "v": 1,
            "identity": held.identity,
            "seeds": {name: seed.hex() for name, seed in sorted(held.seeds.items())},
            "vault_key": held.vault_key.hex(),
        }
    ).encode()


def _parse(data: bytes) -> _Held:
    value = json.loads(data)
    return _Held(
        seeds={name: bytes.fromhex(seed) for name, seed in value["seeds"].items()},
        identity=value["identity"],
        vault_key=bytes.fromhex(value["vault_key"]),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _problem(
            path, "absent", "there is no keyring here", "make the node first, or name its folder"
        ) from None


@contextmanager
def _changing(path: Path) -> Iterator[None]:
    """One writer at a time: two processes that each add a key both keep it."""
    lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(path.name + ".tmp")
    file = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        with open(file, "wb", closefd=False) as stream:
            stream.write(data)
        os.fsync(file)
    finally:
        os.close(file)
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _problem(path: Path, code: str, what: str, do: str) -> Problems:
    return Problems([Problem(f"keyring.{code}", path.name, what, do)])
