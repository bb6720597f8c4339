"""The vault: what may not be read by whoever takes the disk, and the only place for AES-GCM, scrypt and age.

Three kinds of sealing, each for one need:

* `seal_with_passphrase`: one file that a person opens by typing (the keyring);
* `seal_to`: bytes for other members, read with their age identity (rows of a final list, offers);
* `Vault`: the node's own records and documents, in two SQLite files.

Rules of the `Vault`:

* Every person (one row of one register) has an own random 256-bit key. Each field is sealed by itself, with
  `person 0x00 field 0x00 version` as associated data: a sealed field moved to another person, to another
  field or out of an older version is refused. A sealed head per person lists the fields, so that one taken
  away is noticed. (Putting back a whole older record is not noticed here: the ledger's commitments show it.)
* `sealed.db` holds only ciphertext, padded to multiples of 32 bytes, and keyed tokens (HMAC) in place of
  register and row. It may be copied into backups.
* `keys.db` holds the person keys, wrapped under the vault key. It is the one rewritable file, overwrites what
  it deletes, and backups leave it out: to destroy a person's key is to destroy every copy of the record.
* A call changes both files or neither. Keys are durable before the records that need them, records are gone
  before their key is; a key between the two is marked `unsettled`, and settled at the next opening.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Vault(folder, bytes(32)) as vault:
    ...     vault.put_records("sought", [("r1", {"family_name": "Example"}, {"family_name": bytes(32)})])
    ...     [(row, dict(fields)) for row, fields, salts in vault.records("sought")]
    [('r1', {'family_name': 'Example'})]
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import sqlite3
import struct
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import TracebackType

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from repatria.problem import Problem, Problems

Random = Callable[[int], bytes]
"""A source of random bytes: `random(12)` gives twelve of them."""

Record = tuple[str, Mapping[str, str], Mapping[str, bytes]]
"""A row's number, its fields, and the salts of their commitments."""

SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**16, 8, 1  # 64 MiB and about 0.2 s: paid once per unlocked keyring
KEY_BYTES = 32
NONCE_BYTES = 12
PAD_BYTES = 32
SEALED_AT_ONCE = 1000  # people whose sealed records are in memory together


def seal_with_passphrase(data: bytes, passphrase: str, random: Random) -> bytes:
    """`data` sealed under a passphrase; the scrypt parameters stand in the header, which is authenticated."""
    return PassphraseKey.derive(new_passphrase_header(random), passphrase).seal(data, random)


def open_with_passphrase(sealed: bytes, passphrase: str, where: str = "the sealed file") -> bytes:
    """What `seal_with_passphrase` sealed.

    Raises:
        Problems: `vault.passphrase` for a wrong passphrase or changed bytes, `vault.format` for other files.
    """
    return PassphraseKey.derive(passphrase_header(sealed, where), passphrase).open(sealed, where)


_HEADER = re.compile(
    rb"repatria/sealed/v1 scrypt n=([0-9]{1,8}) r=([0-9]{1,2}) p=([0-9]{1,2}) salt=([0-9a-f]{32})\n"
)
_HEADER_MAX = 128


@dataclass(frozen=True)
class PassphraseKey:
    """A passphrase already stretched: seals again under the same header without paying scrypt twice."""

    header: bytes
    key: bytes = field(repr=False)

    @classmethod
    def derive(cls, header: bytes, passphrase: str) -> PassphraseKey:
        match = _HEADER.fullmatch(header)
        if match is None:
            raise ValueError("not a passphrase header")
        n, r, p = (int(number) for number in match.groups()[:3])
        # The same words typed on two keyboards may differ in their composition, so compose them first.
        words = unicodedata.normalize("NFC", passphrase).encode()
        stretch = Scrypt(salt=bytes.fromhex(match[4].decode()), length=KEY_BYTES, n=n, r=r, p=p)
        return cls(header, stretch.derive(words))

    def seal(self, data: bytes, random: Random) -> bytes:
        return self.header + _seal(AESGCM(self.key), random, data, self.header)

    def open(self, sealed: bytes, where: str) -> bytes:
        try:
            return _open(AESGCM(self.key), sealed[len(self.header) :], self.header)
        except InvalidTag:
            raise Problems(
                [
                    Problem(
                        "vault.passphrase",
                        where,
                        "the passphrase is wrong, or the file was changed; nothing was opened",
                        "type the passphrase again, or bring the file back from a copy",
                    )
                ]
            ) from None


def new_passphrase_header(random: Random) -> bytes:
    """A fresh header: today's scrypt parameters and a new salt."""
    return b"repatria/sealed/v1 scrypt n=%d r=%d p=%d salt=%s\n" % (
        SCRYPT_N,
        SCRYPT_R,
        SCRYPT_P,
        random(16).hex().encode(),
    )


def passphrase_header(sealed: bytes, where: str = "the sealed file") -> bytes:
    """The header of passphrase-sealed bytes, or `vault.format`.

    Parameters that would take more than 1 GiB are refused before any work is done with them.
    """
    match = _HEADER.match(sealed[:_HEADER_MAX])
    if match is not None:
        n, r, p = (int(number) for number in match.groups()[:3])
        if n >= 2 and n & (n - 1) == 0 and r >= 1 and 1 <= p <= 4 and 128 * n * r <= 2**30:
            return match[0]
    raise Problems(
        [
            Problem(
                "vault.format",
                where,
                "this is not a file sealed by repatria with a passphrase",
                "name the right file, or bring it back from a copy",
            )
        ]
    )


CODE_ITERATIONS = 600_000  # PBKDF2-HMAC-SHA-256, as OWASP asked for in 2023, which a browser has; codes have 100 bits


def seal_under_code(data: bytes, code: str, id: str, random: Random) -> tuple[int, bytes, bytes, bytes]:
    """`data` sealed under a code that a browser can open: iterations, salt, nonce, sealed bytes.

    Padded to full kilobytes by spaces, which JSON passes over, so that its length tells of nobody.
    """
    padded = data + b" " * (-len(data) % 1024)
    salt, nonce = random(16), random(NONCE_BYTES)
    bound = b"repatria/family-proof/v1\x00" + id.encode()
    return CODE_ITERATIONS, salt, nonce, AESGCM(_from_code(code, salt, CODE_ITERATIONS)).encrypt(nonce, padded, bound)


def open_under_code(sealed: tuple[int, bytes, bytes, bytes], code: str, id: str) -> bytes | None:
    """What `seal_under_code` sealed; None for another code, another number, or changed bytes."""
    iterations, salt, nonce, data = sealed
    bound = b"repatria/family-proof/v1\x00" + id.encode()
    if not 0 < iterations <= 10 * CODE_ITERATIONS:
        return None
    try:
        return AESGCM(_from_code(code, salt, iterations)).decrypt(nonce, data, bound)
    except (InvalidTag, ValueError):
        return None


def _from_code(code: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", code.replace("-", "").encode(), salt, iterations)


def seal_under(key: bytes, data: bytes, bound: bytes, random: Random) -> bytes:
    """`data` sealed under a 32-byte key of the node; `open_under` opens it where the same `bound` is named."""
    return _seal(AESGCM(key), random, data, bound)


def open_under(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """What `seal_under` sealed, or `vault.record`."""
    return _open_or_refuse(AESGCM(key), sealed, bound, "a secret of the pages")


def new_identity() -> str:
    """A fresh age identity (`AGE-SECRET-KEY-1…`); `recipient_of` gives its public half."""
    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """The `age1…` recipient to which others seal what this identity opens."""
    return str(_identity(identity).to_public())


def seal_to(data: bytes, recipients: Sequence[str]) -> bytes:
    """`data` sealed with age, readable by each of the `age1…` recipients."""
    if not recipients:
        raise ValueError("sealing needs at least one recipient")
    keys = []
    problems = []
    for place, recipient in enumerate(recipients, start=1):
        try:
            keys.append(pyrage.x25519.Recipient.from_str(recipient))
        except pyrage.RecipientError:
            problems.append(
                Problem(
                    "vault.recipient",
                    f"recipient {place} of {len(recipients)}",
                    "this is not an age recipient",
                    "take the recipient from the member's admission in the ledger",
                )
            )
    if problems:
        raise Problems(problems)
    sealed: bytes = pyrage.encrypt(data, keys)
    return sealed


def open_sealed(sealed: bytes, identity: str, where: str = "the sealed bytes") -> bytes:
    """What `seal_to` sealed for this identity, or `vault.sealed`."""
    try:
        data: bytes = pyrage.decrypt(sealed, [_identity(identity)])
    except pyrage.DecryptError:
        raise Problems(
            [
                Problem(
                    "vault.sealed",
                    where,
                    "these bytes are not sealed to this node, or they were changed",
                    "ask the sender to seal them to the recipient that the ledger names for this member",
                )
            ]
        ) from None
    return data


def _identity(identity: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError:
        # Never echo the text: it may be a secret with a slip of the pen in it.
        raise Problems(
            [
                Problem(
                    "vault.identity",
                    "the age identity",
                    "this is not an age identity",
                    "open the node's keyring",
                )
            ]
        ) from None


class Vault:
    """The node's sealed records and documents in `folder`, under a 32-byte vault key (from the keyring)."""

    def __init__(self, folder: str | os.PathLike[str], key: bytes, random: Random = os.urandom) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a vault key has {KEY_BYTES} bytes, not {len(key)}")
        self._random = random
        self._index = _subkey(key, b"index")
        self._wrap = AESGCM(_subkey(key, b"wrap"))
        self._document = AESGCM(_subkey(key, b"document"))
        self._lock = threading.RLock()
        self._written: Counter[str] = Counter()  # how often records of a register were put or erased, in this process
        self.folder = Path(folder)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sealed = _connect(self.folder / "sealed.db", "WAL", _SEALED_SCHEMA)
        # A rollback journal, not WAL, which would keep the wrapped key of an erased person for a while.
        self._keys = _connect(self.folder / "keys.db", "DELETE", _KEYS_SCHEMA)
        try:
            self._check_key()
            self._settle()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Vault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            self._sealed.close()
            self._keys.close()

    # Records: one person is one row of one register.

    def put_records(self, register: str, records: Iterable[Record]) -> None:
        """Seal these rows of `register`; a row already there is replaced whole, the others stay."""
        self.put_all({register: records}, {})

    def records(self, register: str) -> Iterator[tuple[str, dict[str, str], dict[str, bytes]]]:
        """Each row of `register` with its fields and salts, by row number, as of the moment of the first row.

        Raises:
            Problems: `vault.record` where sealed bytes do not open at their place.
        """
        if "\x00" in register:
            return  # no name that anything was put under
        with closing(_connect(self.folder / "sealed.db")) as reading:
            reading.execute("BEGIN")
            heads = []
            found = reading.execute(
                "SELECT person, version, head FROM person WHERE register = ?",
                (self._token("register", register),),
            ).fetchall()
            with self._lock:
                wrapped = dict(self._keys.execute("SELECT person, wrapped FROM person_key"))
            for person, version, head in found:
                key = AESGCM(self._unwrap(person, wrapped.get(person)))
                place = f"person {person.hex()[:12]}"
                row, names = json.loads(_open_or_refuse(key, head, _bound_to(person, version)(""), place))
                if not hmac.compare_digest(person, self._token("person", register, row)):
                    raise _refused(f"row {row}", "the sealed head stands at another row's place")
                heads.append((row, person, version, names, key))
            heads.sort(key=lambda one: one[0])
            for row, person, version, names, key in heads:
                (fields,) = reading.execute(
                    "SELECT fields FROM person WHERE person = ?", (person,)
                ).fetchone()
                yield row, *_open_fields(key, row, _bound_to(person, version), names, fields)

    def record(self, register: str, row: str) -> tuple[dict[str, str], dict[str, bytes]] | None:
        """The fields and salts of one row; None where there is no such row.

        Raises:
            Problems: `vault.record` where sealed bytes do not open at their place.
        """
        if "\x00" in register + row:
            return None
        person = self._token("person", register, row)
        with self._lock:
            found = self._sealed.execute(
                "SELECT version, head, fields FROM person WHERE person = ?", (person,)
            ).fetchone()
            wrapped = self._keys.execute("SELECT wrapped FROM person_key WHERE person = ?", (person,)).fetchone()
        if found is None:
            return None
        version, head, fields = found
        key = AESGCM(self._unwrap(person, None if wrapped is None else wrapped[0]))
        bound = _bound_to(person, version)
        _, names = json.loads(_open_or_refuse(key, head, bound(""), f"person {person.hex()[:12]}"))
        return _open_fields(key, row, bound, names, fields)

    @property
    def changes(self) -> int:
        """A number that grows with whatever is written here: as long as it is the same, nothing is otherwise."""
        with self._lock:
            return self._sealed.total_changes

    def changes_of(self, register: str) -> int:
        """A number that grows with whatever is put into this register, or erased of it, while this vault is open."""
        with self._lock:
            return self._written[register]

    def registers(self) -> list[str]:
        """The names of the registers that records were put under, sorted."""
        with self._lock:
            found = self._sealed.execute("SELECT register, name FROM register").fetchall()
        return sorted(
            _open_or_refuse(
                self._document, name, b"register\x00" + token, f"register {token.hex()[:12]}"
            ).decode()
            for token, name in found
        )

    def erase(self, register: str, row: str) -> bool:
        """Destroy the row: its sealed fields first, then its key. True if it was there.

        Copies of `sealed.db` in old backups stay unreadable, since the key was never in them.
        """
        return self.erase_all([(register, row)]) > 0

    def erase_all(self, rows: Iterable[tuple[str, str]]) -> int:
        """Destroy these rows, each by its register and number, in one go; how many of them were there.

        With them goes whatever the write-ahead log still has of anything that was written over before.
        """
        rows = list(rows)
        people = [(self._token("person", *each),) for each in rows]
        with self._writing() as (sealed, keys):
            self._written.update(register for register, _ in rows)
            gone = sum(sealed.execute("DELETE FROM person WHERE person = ?", person).rowcount for person in people)
            keys.executemany("INSERT OR IGNORE INTO unsettled (person) VALUES (?)", people)
            keys.execute("COMMIT")
            sealed.execute("COMMIT")
        self._destroy_keys()
        return gone

    def erase_register(self, register: str) -> int:
        """Destroy every row of the register, and its name; how many rows there were."""
        token = (self._token("register", register),)
        with self._writing() as (sealed, keys):
            self._written[register] += 1
            people = sealed.execute("SELECT person FROM person WHERE register = ?", token).fetchall()
            sealed.execute("DELETE FROM person WHERE register = ?", token)
            sealed.execute("DELETE FROM register WHERE register = ?", token)
            keys.executemany("INSERT OR IGNORE INTO unsettled (person) VALUES (?)", people)
            keys.execute("COMMIT")
            sealed.execute("COMMIT")
        self._destroy_keys()
        return len(people)

    # Documents: node-private bytes under a name.

    def put_document(self, name: str, data: bytes) -> None:
        """Seal `data` under `name`, replacing what was there."""
        self.put_all({}, {name: data})

    def document(self, name: str) -> bytes | None:
        """The document of that name, or None; whatever is asked for, of names that none can have, too."""
        if "\x00" in name:
            return None
        token = self._token("document", name)
        with self._lock:
            found = self._sealed.execute("SELECT sealed FROM document WHERE token = ?", (token,)).fetchone()
        if found is None:
            return None
        return _open_or_refuse(self._document, found[0], b"document\x00" + name.encode(), f"document {name}")

    def documents(self, prefix: str = "") -> list[str]:
        """The names of the documents that begin with `prefix`, sorted."""
        with self._lock:
            found = self._sealed.execute("SELECT token, name FROM document").fetchall()
        names = (
            _open_or_refuse(
                self._document, name, b"name\x00" + token, f"document {token.hex()[:12]}"
            ).decode()
            for token, name in found
        )
        return sorted(name for name in names if name.startswith(prefix))

    def put_all(
        self, records: Mapping[str, Iterable[Record]], documents: Mapping[str, bytes], without: Iterable[str] = ()
    ) -> None:
        """Seal rows of registers and documents in one go: afterwards all of it is there, or nothing.

        Args:
            without: names of documents that are taken away in the same go.
        """
        with self._writing() as (sealed, keys):
            for register, rows in records.items():
                self._written[register] += 1
                self._put_register(sealed, keys, register, rows)
            for name in without:
                sealed.execute("DELETE FROM document WHERE token = ?", (self._token("document", name),))
            for name, data in documents.items():
                token = self._token("document", name)
                sealed.execute(
                    "INSERT OR REPLACE INTO document (token, name, sealed) VALUES (?, ?, ?)",
                    (
                        token,
                        _seal(self._document, self._random, name.encode(), b"name\x00" + token),
                        _seal(self._document, self._random, data, b"document\x00" + name.encode()),
                    ),
                )
            keys.execute("COMMIT")
            sealed.execute("COMMIT")
        self._settle()

    # What follows is how; the rules are in the module's docstring.

    def _put_register(
        self, sealed: sqlite3.Connection, keys: sqlite3.Connection, register: str, rows: Iterable[Record]
    ) -> None:
        token = self._token("register", register)
        name = _seal(self._document, self._random, register.encode(), b"register\x00" + token)
        sealed.execute("INSERT OR IGNORE INTO register (register, name) VALUES (?, ?)", (token, name))
        versions = dict(sealed.execute("SELECT person, version FROM person WHERE register = ?", (token,)))
        # By token: the order on the disk says nothing of the order in the register.
        by_token = sorted(((self._token("person", register, each[0]), each) for each in rows), key=lambda pair: pair[0])
        for (person, each), (other, _) in pairwise(by_token):
            if person == other:
                raise ValueError(f"row {each[0]} twice in one call")
        for at in range(0, len(by_token), SEALED_AT_ONCE):
            new_keys: list[tuple[bytes, bytes]] = []
            people: list[tuple[bytes, bytes, int, bytes, bytes]] = []
            for person, (row, values, salts) in by_token[at : at + SEALED_AT_ONCE]:
                version = versions.get(person, 0) + 1
                if person in versions:
                    kept = keys.execute("SELECT wrapped FROM person_key WHERE person = ?", (person,)).fetchone()
                    key = self._unwrap(person, kept and kept[0])
                else:
                    key = self._random(KEY_BYTES)
                    new_keys.append((person, _seal(self._wrap, self._random, key, b"key\x00" + person)))
                names = _names(values, salts)
                seal, bound = AESGCM(key).encrypt, _bound_to(person, version)
                random = self._random(NONCE_BYTES * (len(names) + 1))
                nonces = [random[start : start + NONCE_BYTES] for start in range(0, len(random), NONCE_BYTES)]
                fields = [
                    nonce + seal(nonce, _pack(values.get(name), salts.get(name)), bound(name))
                    for name, nonce in zip(names, nonces[1:], strict=True)
                ]
                head = nonces[0] + seal(nonces[0], _head(row, names), bound(""))
                people.append((person, token, version, head, _joined(fields)))
            keys.executemany("INSERT OR REPLACE INTO person_key (person, wrapped) VALUES (?, ?)", new_keys)
            keys.executemany("INSERT OR IGNORE INTO unsettled (person) VALUES (?)", [new[:1] for new in new_keys])
            sealed.executemany(
                "INSERT OR REPLACE INTO person (person, register, version, head, fields) VALUES (?, ?, ?, ?, ?)", people
            )

    def _unwrap(self, person: bytes, wrapped: bytes | None) -> bytes:
        place = f"person {person.hex()[:12]}"
        if wrapped is None:
            raise Problems(
                [
                    Problem(
                        "vault.key_missing",
                        place,
                        "keys.db holds no key for this record",
                        "put back the keys.db of this vault; without it the record cannot be read",
                    )
                ]
            )
        return _open_or_refuse(self._wrap, wrapped, b"key\x00" + person, place)

    def _token(self, kind: str, *names: str) -> bytes:
        """What stands for a name on the disk: keyed, so that nobody without the key can test a guess."""
        for name in names:
            if "\x00" in name:
                raise ValueError("a name in the vault may not contain U+0000")
        return hmac.digest(self._index, "\x00".join((kind, *names)).encode(), "sha256")[:16]

    @contextmanager
    def _writing(self) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
        """Both files locked for writing, always in this order; what the body did not commit is undone."""
        with self._lock:
            try:
                self._sealed.execute("BEGIN IMMEDIATE")
                self._keys.execute("BEGIN IMMEDIATE")
                yield self._sealed, self._keys
            finally:
                for connection in (self._keys, self._sealed):
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")

    def _check_key(self) -> None:
        """Refuse a vault key that is not this vault's, before anything is read or written with it."""
        with self._writing() as (sealed, keys):
            found = sealed.execute("SELECT value FROM meta WHERE name = 'check'").fetchone()
            if found is None:
                check = _seal(self._wrap, self._random, b"repatria/vault/v1", b"check")
                sealed.execute("INSERT INTO meta (name, value) VALUES ('check', ?)", (check,))
                keys.execute("COMMIT")
                sealed.execute("COMMIT")
                return
        try:
            _open(self._wrap, found[0], b"check")
        except InvalidTag:
            raise Problems(
                [
                    Problem(
                        "vault.key",
                        f"the vault in {self.folder.name}",
                        "this vault was sealed under another vault key",
                        "open it with the keyring of the node that made it",
                    )
                ]
            ) from None

    def _destroy_keys(self) -> None:
        """After records were taken away: their keys, and what the write-ahead log still has of them."""
        self._settle()
        with self._lock:
            self._sealed.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _settle(self) -> None:
        """Destroy each unsettled key that has no record: its record is erased, or was never finished."""
        with self._lock:
            if self._keys.execute("SELECT 1 FROM unsettled LIMIT 1").fetchone() is None:
                return
        with self._writing() as (sealed, keys):
            for person in keys.execute("SELECT person FROM unsettled").fetchall():
                if sealed.execute("SELECT 1 FROM person WHERE person = ?", person).fetchone() is None:
                    keys.execute("DELETE FROM person_key WHERE person = ?", person)
            keys.execute("DELETE FROM unsettled")
            keys.execute("COMMIT")


# Documents have row ids: in a table without them a search reads whole every long document that it passes.
_SEALED_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS register (register BLOB PRIMARY KEY, name BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS person (
    person BLOB PRIMARY KEY,
    register BLOB NOT NULL,
    version INTEGER NOT NULL,
    head BLOB NOT NULL,
    fields BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS person_of_register ON person (register);
CREATE TABLE IF NOT EXISTS document (
    token BLOB PRIMARY KEY, name BLOB NOT NULL, sealed BLOB NOT NULL
);
"""

_KEYS_SCHEMA = """
CREATE TABLE IF NOT EXISTS person_key (person BLOB PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unsettled (person BLOB PRIMARY KEY) WITHOUT ROWID;
"""


def _connect(path: Path, journal: str | None = None, schema: str = "") -> sqlite3.Connection:
    """A connection that waits for other writers; with a journal mode, one that makes the file as well."""
    if journal is not None:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite would make it readable by others
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA secure_delete = ON")
        if journal is not None:
            connection.execute(f"PRAGMA journal_mode = {journal}").fetchall()
            connection.executescript(schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _subkey(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"repatria/vault/v1\x00" + purpose, hashlib.sha256)


def _seal(key: AESGCM, random: Random, data: bytes, bound: bytes) -> bytes:
    nonce = random(NONCE_BYTES)
    return nonce + key.encrypt(nonce, data, bound)


def _open(key: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    if len(sealed) < NONCE_BYTES + 16:
        raise InvalidTag
    return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)


def _open_or_refuse(key: AESGCM, sealed: bytes, bound: bytes, place: str) -> bytes:
    try:
        return _open(key, sealed, bound)
    except InvalidTag:
        raise _refused(place, _CHANGED) from None


_CHANGED = "the sealed bytes are absent, were changed, or belong to another place"


def _refused(place: str, what: str) -> Problems:
    return Problems(
        [
            Problem(
                "vault.record",
                f"vault, {place}",
                what,
                "bring the vault's files back from a copy made together",
            )
        ]
    )


def _bound_to(person: bytes, version: int) -> Callable[[str], bytes]:
    """The associated data of one person's fields: person 0x00 field 0x00 version; the head is field ""."""
    before, after = person.hex().encode() + b"\x00", b"\x00%d" % version
    return lambda name: before + name.encode() + after


def _names(values: Mapping[str, str], salts: Mapping[str, bytes]) -> list[str]:
    names = [*values, *(name for name in salts if name not in values)]
    if "" in names or "\x00" in "".join(names):
        raise ValueError("a field needs a name without U+0000")
    return names


def _head(row: str, names: Sequence[str]) -> bytes:
    return _padded(json.dumps([row, names], separators=(",", ":"), ensure_ascii=False).encode(), b" ")


def _open_fields(
    key: AESGCM, row: str, bound: Callable[[str], bytes], names: Sequence[str], joined: bytes
) -> tuple[dict[str, str], dict[str, bytes]]:
    values: dict[str, str] = {}
    salts: dict[str, bytes] = {}
    sealed = _split(joined)
    if len(sealed) != len(names):
        raise _refused(f"row {row}", f"{len(sealed)} sealed fields where its head lists {len(names)}")
    for name, data in zip(names, sealed, strict=True):
        try:
            value, salt = _unpack(_open(key, data, bound(name)))
        except InvalidTag:
            raise _refused(f"row {row}, field {name}", _CHANGED) from None
        if value is not None:
            values[name] = value
        if salt is not None:
            salts[name] = salt
    return values, salts


def _joined(parts: Sequence[bytes]) -> bytes:
    return b"".join(piece for part in parts for piece in (len(part).to_bytes(4), part))


def _split(joined: bytes) -> list[bytes]:
    """The parts; a length that was changed gives parts that do not open, or a wrong number of them."""
    parts = []
    place = 0
    while place < len(joined):
        end = place + 4 + int.from_bytes(joined[place : place + 4])
        parts.append(joined[place + 4 : end] if end <= len(joined) else b"")
        place = end
    return parts


_PADDING = tuple(bytes(count) for count in range(PAD_BYTES))
_PACK = struct.Struct(">BHI")  # what is there, length of the salt, length of the value


def _pack(value: str | None, salt: bytes | None) -> bytes:
    text = b"" if value is None else value.encode()
    mark = (value is not None) | (salt is not None) << 1
    salt = salt or b""
    data = _PACK.pack(mark, len(salt), len(text)) + salt + text
    return data + _PADDING[-len(data) % PAD_BYTES]


def _unpack(data: bytes) -> tuple[str | None, bytes | None]:
    mark, salt_bytes, text_bytes = _PACK.unpack_from(data)
    start = _PACK.size + salt_bytes
    salt = data[_PACK.size : start] if mark & 2 else None
    return data[start : start + text_bytes].decode() if mark & 1 else None, salt


def _padded(data: bytes, filler: bytes) -> bytes:
    """Filled up to a multiple of 32 bytes: the length of a name says something about the name."""
    return data + filler * (-len(data) % PAD_BYTES)
