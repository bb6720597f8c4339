"""The draw as agreed: what is frozen, what each member commits to, and the seed that comes of it.

Everyone first signs the *freeze*: lists, classes, terms and the table of probabilities, by hash. Then each party
and mediator commits to 32 random bytes; when all commitments stand in the log, each reveals. The seed mixes them
all, so no one member chooses it, and the nonces lie in escrow with the neutral, so nobody gains by keeping quiet
after seeing the others'.

Source: PLANNING.md section 3, steps 1 to 5; RFC 3797 is the precedent for the kind of check.

    >>> nonces = {"north": b"n" * 32, "south": b"s" * 32}
    >>> check_reveal("north", "f" * 64, nonces["north"], commitment("north", "f" * 64, nonces["north"]))
    True
    >>> seed("f" * 64, nonces) == seed("f" * 64, dict(reversed(nonces.items())))
    True
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

_COMMIT_TAG = b"repatria/lottery/commit/v1"
_SEED_TAG = b"repatria/lottery/seed/v1"
NONCE_BYTES = 32


def commitment(member: str, freeze: str, nonce: bytes) -> str:
    """SHA-256 over tag, member, freeze hash and nonce, each prefixed by its length; lowercase hex."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    return hashlib.sha256(_joined(_COMMIT_TAG, member.encode(), bytes.fromhex(freeze), nonce)).hexdigest()


def check_reveal(member: str, freeze: str, nonce: bytes, committed: str) -> bool:
    """Whether `nonce` is the one that `member` committed to under this freeze."""
    return len(nonce) == NONCE_BYTES and hmac.compare_digest(commitment(member, freeze, nonce), committed)


def seed(freeze: str, nonces: Mapping[str, bytes], beacon: bytes = b"") -> bytes:
    """The 32-byte seed: nonces in the order of their members' identifiers, then a public beacon if one is agreed."""
    parts = [nonces[member] for member in sorted(nonces)]
    return hashlib.sha256(_joined(_SEED_TAG, bytes.fromhex(freeze), *parts, beacon)).digest()


def _joined(*parts: bytes) -> bytes:
    """Parts with their lengths before them, so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
