"""Tokens for programs: each bound to one person, one role and one exchange, good until it, the role or the login ends.

A token is 256 random bits, shown once. The vault keeps its SHA-256 with what it is bound to; asking for something with
it is asking as that person, so that a role that the ledger ends takes its tokens with it, and gives none back if the
same person is appointed anew: a token is bound to the appointment, by the key that was appointed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from weakref import WeakKeyDictionary

from repatria.exchange.state import State
from repatria.problem import Problem, Problems
from repatria.store.node import NodeFolder
from repatria.web.served import Served, Who

_DOCUMENT = "web/tokens"
PREFIX = "repatria-"
MOST = 10  # of one person
LABEL_MOST = 40


@dataclass(frozen=True)
class Token:
    """What a token is bound to.

    Attributes:
        label: what whoever made it calls it; theirs alone.
        once: the form that it was made with, so that a form makes one token however often it is sent.
        appointed: the public key with which its role began, hex.
    """

    sha256: str
    name: str
    role: str
    exchange: str
    since: str
    label: str = ""
    once: str = ""
    appointed: str = ""

    @property
    def mark(self) -> str:
        """By which people, forms and the record of reads tell it apart; says nothing of the token's own text."""
        return self.sha256[:12]


def issue(served: Served, who: Who, role: str, label: str = "", once: str = "") -> str:
    """A new token for one of the person's own roles; gives back the text that is shown once.

    Raises:
        Problems: `token.once` for a form that has made its token, `token.most`.
    """
    if role not in who.roles:
        raise ValueError("a token is for one's own role")
    text = PREFIX + secrets.token_hex(32)
    with served.lock:
        state, mine = served.state(), [each for each in tokens(served) if each.name == who.name]
        if once and any(each.once == once for each in mine):
            what = "this form has made its token, and a token is shown once"
            do = "end that one if nobody wrote it down, and make another"
            raise Problems([Problem("token.once", "the token", what, do)])
        if len(mine) >= MOST:
            what, do = f"there are {len(mine)}, and no more than {MOST} at a time", "end one that no program uses"
            raise Problems([Problem("token.most", "the tokens", what, do)])
        token = Token(
            _hash(text), who.name, role, state.exchange, served.clock(), label[:LABEL_MOST], once,
            _appointed(state, who.author),
        )  # fmt: skip
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
    state = served.settled()
    if token.exchange != state.exchange:
        return None
    who = served.who(token.name)
    return who if token.role == who.role and token.appointed == _appointed(state, who.author) else None


def _appointed(state: State, author: str) -> str:
    """The key with which the delegate's present role began: their own, or the first of those that it has replaced."""
    grants = state.keys.get(author, ())
    before = {str(grant.key): str(grant.after) for grant in grants if grant.after is not None}
    key = str(grants[-1].key) if grants else ""
    while key in before:
        key = before.pop(key)
    return key


def _write(served: Served, rows: list[Token]) -> None:
    with served.lock:
        served.node.vault.put_all({}, {_DOCUMENT: json.dumps([asdict(each) for each in rows]).encode()})


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
