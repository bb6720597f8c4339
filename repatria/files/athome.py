"""Events that somebody signs at home, as a file to take away, and the signatures, as a file to bring back.

Both are small JSON files that are read strictly: `repatria node countersign` makes the second from the first, and the
page that asked takes it. Neither holds a key. What is signed is the event's own bytes, as ever (`ledger.entry.pae`).

    >>> parse_signatures(format_signatures("north/minister", {"0" * 64: bytes(64)})) == (
    ...     "north/minister", {"0" * 64: bytes(64)})
    True
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from repatria.exchange.codec import decode_body
from repatria.problem import Problem, Problems

_EVENTS, _SIGNATURES = "repatria/to-sign/v1", "repatria/signatures/v1"
_HEX64, _HEX128 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{128}")


def format_events(bodies: Sequence[bytes]) -> bytes:
    """The bodies of events (canonical JSON) as a file."""
    return _format({"file": _EVENTS, "events": [b64encode(each).decode() for each in bodies]})


def parse_events(data: bytes, where: str = "the file") -> list[bytes]:
    """The bodies in a file.

    Raises:
        Problems: `home.events` for anything else than events of this version.
    """
    try:
        raw = json.loads(data)
        if set(raw) != {"file", "events"} or raw["file"] != _EVENTS or not raw["events"]:
            raise ValueError
        bodies = [b64decode(each, validate=True) for each in raw["events"]]
        for each in bodies:
            decode_body(each)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        do = "take the file from the page on which it is to be signed"
        raise Problems([Problem("home.events", where, "not a file of events to be signed", do)]) from None
    return bodies


def format_signatures(author: str, signatures: Mapping[str, bytes]) -> bytes:
    """Whose signatures, and over which events, by event id."""
    signed = {event: signature.hex() for event, signature in sorted(signatures.items())}
    return _format({"file": _SIGNATURES, "author": author, "signatures": signed})


def parse_signatures(data: bytes, where: str = "the file") -> tuple[str, dict[str, bytes]]:
    """Whose they are said to be, and the signatures by event id; whether they fit is for others to say.

    Raises:
        Problems: `home.signatures`.
    """
    try:
        raw = json.loads(data)
        if set(raw) != {"file", "author", "signatures"} or raw["file"] != _SIGNATURES:
            raise ValueError
        signed = raw["signatures"]
        if not isinstance(raw["author"], str) or not all(_HEX64.fullmatch(event) for event in signed):
            raise ValueError
        if not all(_HEX128.fullmatch(signature) for signature in signed.values()):
            raise ValueError
        return raw["author"], {event: bytes.fromhex(signature) for event, signature in signed.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        do = "make it with `repatria node countersign` from the file that the page gave"
        raise Problems([Problem("home.signatures", where, "not a file of signatures", do)]) from None


def _format(raw: dict[str, Any]) -> bytes:
    return json.dumps(raw, indent=1).encode() + b"\n"
