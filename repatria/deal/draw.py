"""The draw as agreed: what is frozen, what each member commits to, who holds it, and the seed that comes of it.

Everyone first agrees on the *freeze*, by hash: lists, classes, terms and the table of chances. Then each party and
mediator commits to a nonce of three parts, 32 random bytes each. When all commitments stand in the log, each seals its
parts to three *holders*, two parts to each, every one without another: any two of them can open the nonce, and one
alone cannot. A holder compares what it was given with the commitments, one hash for each part, and says in the log that
it holds them. Only when every nonce is held is anything revealed.

So nobody chooses the seed, since it is the hash of everybody's nonces and each was bound before any was known; and
nobody stops a draw that it foresees and does not like, since by the time that anybody can foresee it, every nonce can
be opened without its member.

Source: PLANNING.md section 3, steps 1 to 5; sharing by parts: Ito, Saito and Nishizeki, Secret sharing scheme realizing
general access structure (1987); RFC 3797 is the precedent for the kind of check.

    >>> nonces = {"north": (b"1" * 32, b"2" * 32, b"3" * 32), "south": (b"4" * 32, b"5" * 32, b"6" * 32)}
    >>> check_reveal("north", "f" * 64, 2, b"2" * 32, commitment("north", "f" * 64, 2, b"2" * 32))
    True
    >>> seed("f" * 64, nonces) == seed("f" * 64, dict(reversed(nonces.items())))
    True
    >>> holders_of("north", ["cross"], ["gulf"], ["north", "south"])
    {'cross': (2, 3), 'gulf': (1, 3), 'south': (1, 2)}
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence

_COMMIT_TAG = b"repatria/lottery/commit/v1"
_SEED_TAG = b"repatria/lottery/seed/v1"
NONCE_BYTES = 32  # of each part
PARTS = (1, 2, 3)


def commitment(member: str, freeze: str, part: int, nonce: bytes) -> str:
    """SHA-256 over tag, member, part, freeze hash and the part's bytes, each prefixed by its length; lowercase hex."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a part of a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    said = _joined(_COMMIT_TAG, member.encode(), part.to_bytes(1, "big"), bytes.fromhex(freeze), nonce)
    return hashlib.sha256(said).hexdigest()


def commitments(member: str, freeze: str, nonce: Sequence[bytes]) -> tuple[str, ...]:
    """The commitments to all three parts of a nonce."""
    return tuple(commitment(member, freeze, part, each) for part, each in zip(PARTS, nonce, strict=True))


def check_reveal(member: str, freeze: str, part: int, nonce: bytes, committed: str) -> bool:
    """Whether these bytes are the part that `member` committed to under this freeze."""
    if part not in PARTS or len(nonce) != NONCE_BYTES:
        return False
    return hmac.compare_digest(commitment(member, freeze, part, nonce), committed)


def seed(freeze: str, nonces: Mapping[str, Sequence[bytes]], beacon: bytes = b"") -> bytes:
    """The 32-byte seed: nonces in the order of their members' identifiers, part by part, then a public beacon if one
    is agreed."""
    parts = [part for member in sorted(nonces) for part in nonces[member]]
    return hashlib.sha256(_joined(_SEED_TAG, bytes.fromhex(freeze), *parts, beacon)).digest()


def holders_of(
    member: str, neutrals: Iterable[str], mediators: Iterable[str], parties: Iterable[str]
) -> dict[str, tuple[int, ...]]:
    """Who holds which parts of a member's nonce: the first three others, neutrals before mediators before parties."""
    others = [each for group in (neutrals, mediators, parties) for each in sorted(group) if each != member]
    return {
        holder: tuple(part for part in PARTS if part != without)
        for without, holder in zip(PARTS, dict.fromkeys(others), strict=False)
    }


def _joined(*parts: bytes) -> bytes:
    """Parts with their lengths before them, so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
