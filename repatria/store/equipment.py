"""A desk's equipment: everything that its folder is made of but its key, in one file that its key alone opens.

A desk's key is made on the desk's own machine and stays there. Its **card** says the public half, and the age
recipient to which files for it are sealed; the key signs for the recipient, and the ledger names the key, so that
nobody can slip another recipient under it. The **equipment** comes from the member's node:

    repatria/equipment/v1 north/desk-bridge s1 bridge 5c1f…        a line that says for whom it is, and then, by age,
    the member's signature, what this is, the names on the manifest, the narrowed state of the ledger

Rules:

* it opens with the desk's own identity, and is taken if the member's key, which the desk's key file names since it was
  made, has signed it: whoever carries it neither reads it nor changes a byte, nor makes one up;
* whatever is wrong with it, nothing is made of it.

    >>> from repatria.ledger.note import public_key
    >>> from repatria.store.vault import new_identity
    >>> key = DelegateKey("north/desk-bridge", bytes(32), new_identity())
    >>> card = parse_card(format_card(key), "card")
    >>> member, made = bytes(31) + b"1", Equipment(key.author, "s1", "bridge", key.public, 7, b"{}", {})
    >>> sealed = seal_equipment(made, card.recipient, lambda text: ed25519_sign(member, text))
    >>> open_equipment(sealed, key, public_key(member).hex(), "file") == made
    True
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from repatria.ledger.note import ed25519_sign, ed25519_verify
from repatria.problem import Problem, Problems
from repatria.store.delegate import DelegateKey
from repatria.store.vault import open_sealed, recipient_of, seal_to

_SLUG = r"[a-z0-9][a-z0-9-]{0,31}"
_AUTHOR = re.compile(rf"{_SLUG}/{_SLUG}")
_FIRST_LINE = re.compile(rf"repatria/equipment/v1 ({_SLUG}/{_SLUG}) ({_SLUG}) ({_SLUG}) ([0-9a-f]{{64}})\n".encode())
_SIGNATURE_BYTES = 64
_CARD_MOST = 4096  # bytes


# --- the card ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeskCard:
    """Whose key it is, its public half in hex, and the `age1…` recipient to which its equipment is sealed."""

    author: str
    key: str
    recipient: str


def format_card(key: DelegateKey) -> bytes:
    """The card of this key, signed by it."""
    recipient = recipient_of(key.identity)
    signature = ed25519_sign(key.seed, _card_text(key.author, key.public, recipient)).hex()
    raw = {"v": 1, "author": key.author, "key": key.public, "recipient": recipient, "signature": signature}
    return json.dumps(raw, indent=1).encode() + b"\n"


def parse_card(data: bytes, where: str) -> DeskCard:
    """The card, once its key has been seen to have signed it.

    Raises:
        Problems: `desk.card`.
    """
    try:
        raw = json.loads(data if len(data) <= _CARD_MOST else b"")
        author, key, recipient, signature = (str(raw[name]) for name in ("author", "key", "recipient", "signature"))
        whole = raw["v"] == 1 and _AUTHOR.fullmatch(author) is not None
        signed = ed25519_verify(bytes.fromhex(key), bytes.fromhex(signature), _card_text(author, key, recipient))
        seal_to(b"", [recipient])  # a recipient that age knows
        if not (whole and signed and key == bytes.fromhex(key).hex()):
            raise ValueError
    except (Problems, ValueError, KeyError, TypeError, RecursionError):
        _refuse("desk.card", where, "not a desk's card, or it was changed", "make it with `repatria handover card`")
    return DeskCard(author, key, recipient)


def _card_text(author: str, key: str, recipient: str) -> bytes:
    return b"\x00".join((b"repatria/desk-card/v1", author.encode(), key.encode(), recipient.encode()))


# --- the equipment ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Equipment:
    """What a desk's folder is made of.

    Attributes:
        key: the desk's public key, hex.
        size: of the ledger that it was made from.
        state: that ledger's, narrowed to the stage and place, as `dump_state` writes it.
        names: the rows of the manifest, by opaque number.
    """

    author: str
    stage: str
    place: str
    key: str
    size: int
    state: bytes
    names: Mapping[str, Mapping[str, str]]


def seal_equipment(made: Equipment, recipient: str, sign: Callable[[bytes], bytes]) -> bytes:
    """The file for that desk alone.

    Args:
        sign: by the member's key.
    """
    line = f"repatria/equipment/v1 {made.author} {made.stage} {made.place} {made.key}\n".encode()
    names = {number: dict(fields) for number, fields in made.names.items()}
    head = {"v": 1, "size": made.size, "names": names}
    body = json.dumps(head, sort_keys=True).encode() + b"\n" + made.state
    return line + seal_to(sign(_text(line, body)) + body, [recipient])


def open_equipment(data: bytes, key: DelegateKey, member: str, where: str) -> Equipment:
    """What the file has for the desk with this key.

    Args:
        member: the member's public key, hex, whose word the desk takes.

    Raises:
        Problems: `equipment.format`, `equipment.desk`, `equipment.changed`, `equipment.signature`.
    """
    line = _FIRST_LINE.match(data)
    if line is None:
        _refuse("equipment.format", where, "not a file of a desk's equipment", "name the file that the page gave")
    author, stage, place, public = (part.decode() for part in line.groups())
    if author != key.author:
        do = "bring the file that was made for this desk, or name that desk's key file"
        _refuse("equipment.desk", where, f"it is for {author}, and the key is of {key.author}", do)
    if public != key.public:
        do = "bring this key's card to the node's page, and have the file made for it"
        _refuse("equipment.desk", where, f"it was made for another key of {author}", do)
    try:
        opened = open_sealed(data[line.end() :], key.identity, where)
    except Problems:
        what = "it does not open with this desk's key: it was changed on the way, or sealed to another card"
        _refuse("equipment.changed", where, what, "bring the file once more; if that does not help, have it made again")
    signature, body = opened[:_SIGNATURE_BYTES], opened[_SIGNATURE_BYTES:]
    if not ed25519_verify(bytes.fromhex(member), signature, _text(line[0], body)):
        what = "the member's key, whose word this desk takes, has not signed it"
        do = "do not use it; if the member has replaced its key since, compare the figures of its card and name it"
        _refuse("equipment.signature", where, what, do)
    head, _, state = body.partition(b"\n")
    raw = json.loads(head)  # signed by the member's own node
    return Equipment(author, stage, place, public, raw["size"], state, raw["names"])


def _text(line: bytes, body: bytes) -> bytes:
    return b"repatria/equipment/v1\x00" + hashlib.sha256(line + body).digest()


def _refuse(code: str, where: str, what: str, do: str) -> NoReturn:
    raise Problems([Problem(code, where, what, do)])
