"""The lottery: who of a stratum goes where places are fewer than people, in a way that anyone re-verifies.

The freeze, the commitments and the seed are in `deal/draw.py` and told again here. Then:

* `ticket` = HMAC-SHA-256(seed, stratum, number): lowest first, and the number decides between equal
  tickets. A ticket depends on nobody else, so when someone leaves the list everyone else's order stays, and
  a family checks one hash.
* `integer` draws a whole number below n in counter mode, rejecting what would favour the small ones, never
  `mod`.
* `share` splits a nonce so that any two of three holders can open it: nobody stops a draw by keeping quiet.

Source: PLANNING.md section 3; RFC 3797 is the precedent for the kind of check.

    >>> drawn = seed("f" * 64, {"north": bytes(32), "south": bytes(32)})
    >>> order(drawn, "2", ["a", "b", "c"]) == [n for n in order(drawn, "2", ["a", "b", "c", "d"]) if n != "d"]
    True
    >>> join([share(b"n" * 32, b"r" * 32)[i] for i in (2, 0)]) == b"n" * 32
    True
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from repatria.deal.draw import NONCE_BYTES, check_reveal, commitment, seed
from repatria.ledger.canonical import digest, encode
from repatria.plan.model import Classes, PlanTerms, Unit
from repatria.plan.solve import Solution, solve
from repatria.problem import Problem

__all__ = [
    "ALGORITHM", "NONCE_BYTES", "Chance", "check_freeze", "check_reveal", "commitment", "freeze_hash", "integer",
    "join", "make_freeze", "order", "probability_table", "seed", "share", "ticket",
]  # fmt: skip

ALGORITHM = "repatria/lottery/v1"
_TICKET_TAG = b"repatria/lottery/ticket/v1"
_INTEGER_TAG = b"repatria/lottery/integer/v1"


@dataclass(frozen=True, order=True)
class Chance:
    """One stratum of one holder: how many of its units go."""

    holder: str
    stratum: str
    places: int
    units: int

    @property
    def permille(self) -> int:
        """The chance in thousandths, rounded half up."""
        return (2000 * self.places + self.units) // (2 * self.units) if self.units else 0


def ticket(seed: bytes, stratum: str, number: str) -> bytes:
    """The 32-byte ticket of a unit; lower goes first."""
    return hmac.new(seed, _joined(_TICKET_TAG, stratum.encode(), number.encode()), hashlib.sha256).digest()


def order(seed: bytes | None, stratum: str, numbers: Iterable[str]) -> list[str]:
    """Numbers of one stratum by ticket, then number. Without a seed by number: the numbers are random
    already."""
    if seed is None:
        return sorted(numbers)
    return sorted(numbers, key=lambda number: (ticket(seed, stratum, number), number))


def integer(seed: bytes, label: str, n: int) -> int:
    """A uniform whole number from 0 to n - 1, the same for everyone who has the seed."""
    if n < 1:
        raise ValueError(f"nothing to draw from {n}")
    size = (n.bit_length() + 7) // 8 + 8
    limit = 256**size - 256**size % n
    counter = 0
    while True:
        block = b""
        while len(block) < size:
            message = _joined(_INTEGER_TAG, label.encode(), counter.to_bytes(8, "big"))
            block += hmac.new(seed, message, hashlib.sha256).digest()
            counter += 1
        drawn = int.from_bytes(block[:size], "big")
        if drawn < limit:
            return drawn % n


def probability_table(units: Iterable[Unit], classes: Classes, terms: PlanTerms) -> tuple[Chance, ...] | list[Problem]:
    """Per holder and stratum how many units there are and how many go, by the plan's own selection without
    tickets."""
    selected = solve(tuple(units), classes, terms, schedule=False)
    return chances(selected) if isinstance(selected, Solution) else selected


def chances(selected: Solution) -> tuple[Chance, ...]:
    """The table that a selection amounts to."""
    return tuple(
        sorted(
            Chance(kind.holder, kind.stratum, sum(selected.counts[kind].values()), available)
            for kind, available in selected.available.items()
        )
    )


def make_freeze(
    terms: str, lists: Mapping[str, str], classes: Mapping[str, str], table: Sequence[Chance]
) -> dict[str, Any]:
    """The freeze document: everything that is fixed before anybody commits to a nonce."""
    return {
        "v": 1,
        "kind": "freeze",
        "terms": terms,
        "lists": dict(lists),
        "classes": dict(classes),
        "algorithm": ALGORITHM,
        "table": [[row.holder, row.stratum, row.places, row.units] for row in sorted(table)],
    }


def freeze_hash(freeze: Mapping[str, Any]) -> str:
    """What commitments bind to: the name of the freeze attachment, SHA-256 of its canonical bytes."""
    return digest(encode(dict(freeze)))


def check_freeze(freeze: Mapping[str, Any], units: Iterable[Unit], classes: Classes, terms: PlanTerms) -> list[Problem]:
    """What is wrong with a freeze's algorithm and table; whether its hashes name these lists is the log's
    to say."""
    table = probability_table(units, classes, terms)
    if isinstance(table, list):
        return table
    problems = []
    if freeze.get("algorithm") != ALGORITHM:
        problems.append(
            Problem("plan.freeze.algorithm", "freeze", "another algorithm of the draw", f"draw by {ALGORITHM}")
        )
    rows = freeze.get("table")
    listed = [list(row) if isinstance(row, list | tuple) else row for row in rows] if isinstance(rows, list) else None
    if listed != [[row.holder, row.stratum, row.places, row.units] for row in table]:
        problems.append(
            Problem(
                "plan.freeze.table",
                "freeze, table",
                "not the chances that lists, classes and terms give",
                "compute the table again from the signed lists, classes and terms",
            )
        )
    return problems


def share(nonce: bytes, coefficients: bytes) -> tuple[tuple[int, bytes], ...]:
    """Three shares of a nonce, any two of which `join`; one alone says nothing. `coefficients`: as many
    random bytes.

    Source: Shamir, How to share a secret (1979), over GF(2^8) with the polynomial of AES.
    """
    if len(nonce) != len(coefficients):
        raise ValueError(f"{len(coefficients)} random bytes for a nonce of {len(nonce)}")
    return tuple((x, bytes(n ^ _times(c, x) for n, c in zip(nonce, coefficients, strict=True))) for x in (1, 2, 3))


def join(shares: Sequence[tuple[int, bytes]]) -> bytes:
    """The nonce from two of its shares. Check it against its commitment: a false share gives a false
    nonce."""
    (x, at_x), (y, at_y) = shares[:2]
    if x == y or len(at_x) != len(at_y) or not {x, y} <= {1, 2, 3}:
        raise ValueError("not two different shares of one nonce")
    inverse = next(z for z in range(1, 256) if _times(z, x ^ y) == 1)
    of_x, of_y = _times(y, inverse), _times(x, inverse)
    return bytes(_times(a, of_x) ^ _times(b, of_y) for a, b in zip(at_x, at_y, strict=True))


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _joined(*parts: bytes) -> bytes:
    """Parts with their lengths before them, so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
