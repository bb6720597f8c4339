"""Salted commitments: the ledger fixes what a record said without saying it.

    commitment = HMAC-SHA256(key = salt, "repatria/commit/v1" 00 exchange 00 field 00 value)

The salt is 32 random bytes, fresh for each person, field and event, and stays outside the log with the value.
Who holds both can open the commitment; when the salt is destroyed, nobody can any more, not even by trying
every value, and the log still verifies. A zero byte may not stand inside exchange, field or value, so that no
two triples have the same bytes.

A person's root is the Merkle root over a mark of the row number, which lists name, and then the commitments to that
person's fields, in field order; a register's root is the Merkle root over its people's roots, in row order. So one
field of the person of one row can be opened against the register's root with short inclusion proofs (`ledger.tree`),
and nothing else shows.

    >>> c = commitment(bytes(32), "example/x1", "surname", "Example")
    >>> is_opened_by(c, bytes(32), "example/x1", "surname", "Example")
    True
    >>> register_root([person_root([row_mark("00000001"), c])]).hex()[:16]
    '80eda358f1cf03d9'
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from repatria.ledger.tree import HASH_SIZE, Tree, leaf_hash

SALT_SIZE = 32
_DOMAIN = b"repatria/commit/v1"
_ROW = b"repatria/row/v1"


def commitment(salt: bytes, exchange: str, field: str, value: str) -> bytes:
    """The 32-byte commitment to one field's value."""
    if len(salt) != SALT_SIZE:
        raise ValueError(f"a salt is {SALT_SIZE} bytes long, not {len(salt)}")
    parts = [part.encode() for part in (exchange, field, value)]
    if any(b"\x00" in part for part in parts):
        raise ValueError("a zero byte may not stand in an exchange, a field or a value")
    return hmac.digest(salt, b"\x00".join([_DOMAIN, *parts]), hashlib.sha256)


def is_opened_by(committed: bytes, salt: bytes, exchange: str, field: str, value: str) -> bool:
    """Whether (salt, value) opens the commitment."""
    return hmac.compare_digest(committed, commitment(salt, exchange, field, value))


def row_mark(row: str) -> bytes:
    """The first leaf of a person: which row it is, so that no other person's record can be shown in its place. A row
    number is random and known to members, and needs no salt."""
    return hashlib.sha256(_ROW + b"\x00" + row.encode()).digest()


def person_tree(commitments: Sequence[bytes]) -> Tree:
    """The tree over one person's row mark and commitments, in field order."""
    return _tree(commitments, "commitment")


def person_root(commitments: Sequence[bytes]) -> bytes:
    return person_tree(commitments).root()


def register_tree(person_roots: Sequence[bytes]) -> Tree:
    """The tree over a register's people, in row order."""
    return _tree(person_roots, "person root")


def register_root(person_roots: Sequence[bytes]) -> bytes:
    """The root of a register; an empty register has the empty tree's root."""
    return register_tree(person_roots).root()


def _tree(leaves: Sequence[bytes], what: str) -> Tree:
    for leaf in leaves:
        if len(leaf) != HASH_SIZE:
            raise ValueError(f"a {what} is {HASH_SIZE} bytes long, not {len(leaf)}")
    return Tree(leaf_hash(leaf) for leaf in leaves)
