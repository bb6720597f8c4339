"""A member's card: its name, role and public key, which the others get before there is an exchange.

A card travels by any way, and is believed for none of them: its figures are compared by voice or on paper. Reading is
strict, since what stands on a card goes into the opening as it is: no name but a short one of plain letters, no key
that signs every message at once, no field twice, nothing beside them; and the figures must be those of the rest.

    >>> card = Card("north", "party", "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29")
    >>> parse_cards(format_card(card), "north.json")
    ([Card(member='north', role='party', key='3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29')], [])
    >>> parse_cards(b"{}", "north.json")[1][0].code
    'card.form'
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from repatria.exchange.authority import EVERYONE
from repatria.exchange.codec import is_version, revive
from repatria.exchange.events import Key, Slug
from repatria.ledger.note import is_public_key
from repatria.problem import Problem

CARDS_MOST = 2**16  # bytes that are looked at for cards; one has about 300
_FIELDS = {"v", "member", "role", "key", "fingerprint"}
_AGAIN = "take it again from its member, who makes it with `node card` or on the page"


@dataclass(frozen=True)
class Card:
    """What a member shows the others before the opening: compare the fingerprint by voice or on paper."""

    member: str
    role: str
    key: str

    @property
    def fingerprint(self) -> str:
        """Twelve groups of five digits, to be read aloud in any language."""
        text = "\x00".join(("repatria/card/v1", self.member, self.role, self.key)).encode()
        digest = hashlib.sha512(text).digest()
        return " ".join(f"{int.from_bytes(digest[at : at + 5], 'big') % 100_000:05d}" for at in range(0, 60, 5))

    def as_json(self) -> dict[str, Any]:
        return {"v": 1, "member": self.member, "role": self.role, "key": self.key, "fingerprint": self.fingerprint}


def format_card(card: Card) -> bytes:
    """The card as a file."""
    return (json.dumps(card.as_json(), indent=1) + "\n").encode()


def parse_cards(data: bytes, where: str) -> tuple[list[Card], list[Problem]]:
    """The cards in a file, or in a text with one after another, and everything that is wrong.

    Args:
        where: what the file is called in problems.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if len(data) > CARDS_MOST or not text.strip():
        return [], [Problem("card.form", where, "not a member's card", _AGAIN)]
    cards: list[Card] = []
    problems: list[Problem] = []
    reader, at, number = json.JSONDecoder(object_pairs_hook=_once), 0, 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        number += 1
        place = where if number == 1 else f"{where}, {number}"
        try:
            raw, at = reader.raw_decode(text, at)
        except (ValueError, RecursionError):
            return cards, [*problems, Problem("card.form", place, "not a member's card", _AGAIN)]
        found = _card(raw, place)
        if isinstance(found, Card):
            cards.append(found)
        else:
            problems += found
    return cards, problems


def apart(cards: Sequence[Card]) -> list[Card]:
    """The cards in the order of their names, each once."""
    return sorted(set(cards), key=lambda card: (card.member, card.role, card.key))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that has each field once: other readers would take the other one."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def _card(raw: Any, where: str) -> Card | list[Problem]:
    texts = _FIELDS - {"v"}
    if not isinstance(raw, dict) or raw.keys() != _FIELDS or not all(isinstance(raw[each], str) for each in texts):
        return [Problem("card.form", where, "not a member's card", _AGAIN)]
    if not is_version(raw["v"], 1):
        return [Problem("card.version", where, "a card of another version of the program", _AGAIN)]
    problems = []
    card = Card(raw["member"], raw["role"], raw["key"])
    if not _fits(Slug, card.member):
        problems.append(Problem("card.member", where, "the name on it is not a short name of a-z, 0-9 and -", _AGAIN))
    if card.role not in EVERYONE:
        problems.append(Problem("card.role", where, "the role on it is none that a member can have", _AGAIN))
    if not _fits(Key, card.key) or not is_public_key(bytes.fromhex(card.key)):
        problems.append(Problem("card.key", where, "what stands there as its key is no public key", _AGAIN))
    if not problems and raw["fingerprint"] != card.fingerprint:
        what = "its figures are not those of the name, role and key on it: it was changed or damaged on the way"
        problems.append(Problem("card.figures", where, what, _AGAIN))
    return problems or card


def _fits(kind: Any, text: str) -> bool:
    try:
        revive(kind, text)
    except ValueError:
        return False
    return True
