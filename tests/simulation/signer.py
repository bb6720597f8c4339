"""A stub signer: the same keys, and signatures that cost two hashes; put in behind `ledger/note.py`, in one place.

A stub signature binds the public key and the message as a real one does, so a signature by another key, over other
bytes, or bent in one bit is refused. It protects nobody: whoever knows the public key can make one, which no attack of
the simulation does. Public keys are the real ones, so the same case can run with either signer.

    >>> from repatria.ledger import note
    >>> with stub_signer():
    ...     good = note.ed25519_sign(bytes(32), b"yes")
    ...     key = note.public_key(bytes(32))
    ...     note.ed25519_verify(key, good, b"yes"), note.ed25519_verify(key, good, b"no")
    (True, False)
    >>> note.ed25519_verify(key, good, b"yes")
    False

With the stub, the same bytes are also decoded once and not once per node: the values are frozen, so nobody can tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from types import SimpleNamespace

import nacl.bindings
import nacl.exceptions

from repatria.exchange import codec, door, fold
from repatria.ledger import entry, note

_keypair = cache(nacl.bindings.crypto_sign_seed_keypair)


def _signature(public: bytes, message: bytes) -> bytes:
    """64 bytes in the form of a signature: R and S are small enough to be well encoded."""
    made = bytearray(hashlib.sha512(b"stub signature\x00" + public + message).digest())
    made[31] &= 0x0F
    made[63] &= 0x0F
    return bytes(made)


def _sign(message: bytes, secret: bytes) -> bytes:
    return _signature(secret[32:], message) + message


def _open(signed: bytes, public: bytes) -> bytes:
    if signed[:64] != _signature(public, signed[64:]):
        raise nacl.exceptions.BadSignatureError
    return signed[64:]


_STUB = SimpleNamespace(
    bindings=SimpleNamespace(crypto_sign_seed_keypair=_keypair, crypto_sign=_sign, crypto_sign_open=_open),
    exceptions=nacl.exceptions,
)


_decode_entry = lru_cache(5000)(entry.decode_entry)
_decode_body = lru_cache(5000)(codec.decode_body)


@contextmanager
def stub_signer(stub: bool = True) -> Iterator[None]:
    """While it lasts, every signature in this process is a stub's (if `stub`)."""
    if not stub:
        yield
        return
    proper = note.nacl
    note.nacl = _STUB  # type: ignore[assignment]
    for module in (door, fold):
        module.decode_entry, module.decode_body = _decode_entry, _decode_body  # type: ignore[assignment]
    try:
        yield
    finally:
        note.nacl = proper
        for module in (door, fold):
            module.decode_entry, module.decode_body = entry.decode_entry, codec.decode_body
