"""Tokens for programs: each bound to one person, one role and one exchange, good until it, the role or the login ends.

A token is 256 random bits, shown once. The vault keeps its SHA-256 with what it is bound to; asking for something with
it is asking as that person, so that a role that the ledger ends takes its tokens with it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from weakref import WeakKeyDictionary

from repatria.store.node import NodeFolder
from repatria.web.served import Served, Who

_DOCUMENT = "web/tokens"
PREFIX = "repatria-"


@dataclass(frozen=True)
class Token:
    """What a token is bound to."""

    sha256: str
    name: str
    role: str
    exchange: str
    since: str


def issue(served: Served, who: Who, role: str) -> str:
    """A new token for one of the person's own roles; gives back the text that is shown once."""
    if role not in who.roles:
        raise ValueError("a token is for one's own role")
    text = PREFIX + secrets.token_hex(32)
    token = Token(_hash(text), who.name, role, served.state().exchange, served.clock())
    with served.lock:
        _write(served, [*tokens(served), token])
    return text


_known: WeakKeyDictionary[NodeFolder, tuple[int, Mapping[str, Token]]] = WeakKeyDictionary()


def tokens(served: Served) -> list[Token]:
    """Every token that stands."""
    return list(_standing(served).values())


def _standing(served: Served) -> Mapping[str, Token]:
    """Every token by its hash, read again when the vault has changed. The vault has its own lock: nobody waits for
    what is being kept in the ledger."""
    vault = served.node.vault
    changes, known = vault.changes, _known.get(served.node)
    if known is None or known[0] != changes:
        rows = [Token(**row) for row in json.loads(vault.document(_DOCUMENT) or b"[]")]
        known = _known[served.node] = changes, {each.sha256: each for each in rows}
    return known[1]


def end(served: Served, name: str, sha256: str) -> None:
    """End a token of that person."""
    with served.lock:
        _write(served, [each for each in tokens(served) if (each.name, each.sha256) != (name, sha256)])


def end_all(served: Served, name: str) -> None:
    """End every token of that person: their login has ended, or is made anew because something of theirs was lost."""
    with served.lock:
        if any(each.name == name for each in tokens(served)):
            _write(served, [each for each in tokens(served) if each.name != name])


def found(served: Served, text: str) -> Token | None:
    """What this text is the token of; None where it is that of nothing."""
    return _standing(served).get(_hash(text))  # whoever knows no token knows no hash that is near one


def bearer(served: Served, token: Token) -> Who | None:
    """Who asks with this token, in the one role that it is bound to; None where it is no longer good."""
    if token.exchange != served.settled().exchange:
        return None
    who = served.who(token.name)
    return who if token.role == who.role else None


def _write(served: Served, rows: list[Token]) -> None:
    with served.lock:
        served.node.vault.put_all({}, {_DOCUMENT: json.dumps([asdict(each) for each in rows]).encode()})


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
