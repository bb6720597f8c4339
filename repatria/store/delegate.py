"""Key files: one delegate's or signatory's key, sealed under that person's own passphrase.

A member's officers do not share the node's passphrase: each signatory, supervisor and desk has a key file of its
own, on a stick or on its own machine, and unlocks it for the one act it signs (m-of-n stands or falls with that).
The file says in clear whose key it is and the public half, so that it can be told from others without opening it.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     public = create_key(Path(folder) / "minister.key", "north/minister", "four plain words here", os.urandom)
    ...     key = open_key(Path(folder) / "minister.key", "four plain words here")
    >>> key.author, key.public == public
    ('north/minister', True)
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from repatria.ledger.note import public_key
from repatria.problem import Problem, Problems
from repatria.store import vault
from repatria.store.disk import Disk, replace
from repatria.store.vault import PassphraseKey, Random

_AUTHOR = re.compile(r"[a-z0-9][a-z0-9-]{0,31}/[a-z0-9][a-z0-9-]{0,31}")
_FIRST_LINE = re.compile(rb"repatria/key/v1 ([a-z0-9/-]{3,65}) ([0-9a-f]{64})\n")


@dataclass(frozen=True)
class DelegateKey:
    """An unlocked key: whose it is, and its Ed25519 seed (secret).

    Attributes:
        identity: the age identity (secret) to which a desk's equipment is sealed; it opens, and signs nothing.
        member: the member's own public key, hex, whose word about its equipment a desk takes (`store.equipment`).
    """

    author: str
    seed: bytes = field(repr=False)
    identity: str = field(repr=False, default="")
    member: str = ""

    @property
    def public(self) -> str:
        return public_key(self.seed).hex()


def create_key(path: Path, author: str, passphrase: str, random: Random, member: str = "") -> str:
    """A new key file for `author` (member/name); gives back the public key in hex. An existing file is refused.

    Args:
        member: the member's own public key, hex, for a desk to take its word; empty where none is known yet.

    Raises:
        Problems: `key.exists`, `key.author`, `key.passphrase_empty`.
    """
    if not _AUTHOR.fullmatch(author):
        raise key_problem("author", path, "a delegate is named member/name", "name it such as north/minister")
    if path.exists():
        raise key_problem("exists", path, "there is a file already", "name another file; keys are never written over")
    seed = random(32)
    public = public_key(seed).hex()
    held = {"v": 1, "author": author, "seed": seed.hex(), "identity": vault.new_identity(), "member": member}
    sealed = new_passphrase_key(path, passphrase, random).seal(json.dumps(held).encode(), random)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(Disk(), path.with_name(path.name + ".tmp"), path, f"repatria/key/v1 {author} {public}\n".encode() + sealed)
    return public


def open_key(path: Path, passphrase: str) -> DelegateKey:
    """The key in the file.

    Raises:
        Problems: `key.absent`, `key.format`, `vault.passphrase`, `vault.format`.
    """
    author, public, sealed = _read(path)
    held = json.loads(unlocked(sealed, passphrase, path.name).open(sealed, path.name))
    key = DelegateKey(held["author"], bytes.fromhex(held["seed"]), held["identity"], held["member"])
    if (key.author, key.public) != (author, public):
        raise key_problem("format", path, "its first line is not about the key in it", "bring it back from a copy")
    return key


def stretched_key(path: Path, passphrase: str) -> PassphraseKey:
    """The file's passphrase, stretched: what is sealed with it too opens with the same words at no further cost."""
    return unlocked(_read(path)[2], passphrase, path.name)


def read_public(path: Path) -> tuple[str, str]:
    """Whose key the file says it holds, and the public key in hex; nothing is unlocked."""
    author, public, _ = _read(path)
    return author, public


def unlocked(sealed: bytes, passphrase: str, where: str) -> PassphraseKey:
    """The stretched passphrase for these bytes: stretched once per process, for each file and passphrase.

    A wrong passphrase gives a key that opens nothing; it is remembered no longer than the right one, and as a key
    of its own, so that a second wrong try is no faster way to the right one.
    """
    header = vault.passphrase_header(sealed, where)
    known = header, hashlib.sha256(header + passphrase.encode()).digest()
    if known not in _stretched:
        _stretched[known] = PassphraseKey.derive(header, passphrase)
    return _stretched[known]


def new_passphrase_key(path: Path, passphrase: str, random: Random) -> PassphraseKey:
    """A fresh header with the passphrase stretched under it; an empty passphrase is refused."""
    if not passphrase.strip():
        raise key_problem("passphrase_empty", path, "the passphrase is empty", "choose one of several words")
    header = vault.new_passphrase_header(random)
    return unlocked(header, passphrase, path.name)


_stretched: dict[tuple[bytes, bytes], PassphraseKey] = {}


def _read(path: Path) -> tuple[str, str, bytes]:
    data = Disk().read(path)
    if data is None:
        raise key_problem("absent", path, "there is no key file here", "name the right file, or put its stick in")
    line = _FIRST_LINE.match(data)
    if line is None:
        raise key_problem("format", path, "this is not a key file", "name the right file")
    return line[1].decode(), line[2].decode(), data[line.end() :]


def key_problem(code: str, path: Path, what: str, do: str) -> Problems:
    return Problems([Problem(f"key.{code}", path.name, what, do)])
