"""Bytes spelt wrongly: what a hostile writer of JSON does to a text that has one spelling."""

from __future__ import annotations

from random import Random

_BITS = (
    b"", b" ", b"\n", b"0", b"1", b"-", b"null", b"true", b'"', b"\\", b"\\u0061", b"[", b"]", b"{", b"}", b",", b":",
    b"=", b"A", b"a", b"f", b"g", b"Z", b"\xc3\xa9", b"\x00", b'"v":1,', b'"kind":"Suspended",',
)  # fmt: skip


def misspelt(data: bytes, random: Random) -> bytes:
    """`data` with one to three places changed: cut, put in, put in place of a byte, or doubled."""
    for _ in range(random.randint(1, 3)):
        at = random.randint(0, len(data))
        until = at + random.randint(0, 12)
        match random.randrange(4):
            case 0:
                data = data[:at] + data[until:]
            case 1:
                data = data[:at] + random.choice(_BITS) + data[at:]
            case 2:
                data = data[:at] + random.choice(_BITS) + data[at + 1 :]
            case _:
                data = data[:until] + data[at:]
    return data
