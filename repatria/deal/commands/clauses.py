"""Consultation clause by clause: opened, proposed, agreed; offers that a mediator carries, and their release."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from repatria.exchange import authority
from repatria.exchange.commands import By
from repatria.exchange.consulting import offer_commitment
from repatria.exchange.events import (
    ClauseAgreed,
    ClauseOpened,
    ClauseProposed,
    ClauseValue,
    OfferCarried,
    OfferReleased,
    Sha256,
    Slug,
)
from repatria.exchange.state import State
from repatria.ledger.canonical import encode
from repatria.office import Given, Outcome
from repatria.people.commands import letters, post
from repatria.problem import Problem

OFFER_SIZE = 512  # characters of a letter with an offer: as long for 9 as for 1,200


def read_value(text: str) -> ClauseValue:
    """What an officer types for a clause: a number where it is all digits, as many as a number has, else a date
    or a word.

    >>> read_value("1200"), read_value("2025-12-31"), read_value("bus")
    (1200, '2025-12-31', 'bus')
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else Slug(text)


@dataclass(frozen=True)
class OpenClause:
    by: By
    clause: str
    value_kind: str
    words: tuple[str, ...]


def open_clause(state: State, request: OpenClause, given: Given) -> Outcome | list[Problem]:
    words = tuple(Slug(word) for word in request.words)
    event = ClauseOpened(Slug(state.round), Slug(request.clause), Slug(request.value_kind), words)
    answer = {"clause": request.clause, "kind": request.value_kind, "words": words}
    return Outcome(drafts=(request.by.draft(event),), answer=answer)


@dataclass(frozen=True)
class Clause:
    by: By
    clause: str
    value: ClauseValue


def propose_clause(state: State, request: Clause, given: Given) -> Outcome | list[Problem]:
    event = ClauseProposed(Slug(state.round), Slug(request.clause), request.value)
    return Outcome(drafts=(request.by.draft(event),), answer={"clause": request.clause, "value": request.value})


def agree_clause(state: State, request: Clause, given: Given) -> Outcome | list[Problem]:
    event = ClauseAgreed(Slug(state.round), Slug(request.clause), request.value)
    return Outcome(drafts=(request.by.draft(event),), answer={"clause": request.clause, "value": request.value})


@dataclass(frozen=True)
class CarryOffer:
    """`maker`: whose offer it is; the mediator's own if it is one that it makes to bring the sides together."""

    by: By
    clause: str
    value: ClauseValue
    to: str
    maker: str


def carry_offer(state: State, request: CarryOffer, given: Given) -> Outcome | list[Problem]:
    """A mediator carries a value to one member, sealed: the ledger shows that it was carried, not what it says.

    Its maker gets the same letter, to see what was carried in its name, and to release it if it wants to. Everybody
    else who could have made it gets an empty one of the same size, so that the stick does not show whose offer it is.
    """
    maker, to = state.members.get(request.maker), state.members.get(request.to)
    problems = []
    if maker is None or maker.role == authority.NEUTRAL or request.maker == request.to:
        what = "not a party or mediator who could make this offer"
        problems.append(Problem("offer.maker", request.maker, what, "name whose offer it is"))
    if to is None or to.recipient is None:
        what = "not a member of the exchange to whom a letter can be sealed"
        problems.append(Problem("offer.to", request.to, what, "name a member that has joined"))
    if problems:
        return problems
    salt = given.random(32)
    commitment = offer_commitment(salt, state.exchange, state.round, request.clause, request.maker, request.value)
    letter = _padded(
        {"round": state.round, "clause": request.clause, "value": request.value, "maker": request.maker,
         "salt": salt.hex(), "commitment": commitment}
    )  # fmt: skip
    sealed, name = post(state, given, "offer", request.by.member, letter, (request.to,))
    mail, mail_to = {name: sealed}, {name: (request.to,)}
    for member in (*state.parties, *state.mediators):
        if member not in (request.by.member, request.to):
            data = letter if member == request.maker else _padded({})
            copy, copied = post(state, given, "offer", request.by.member, data, (member,))
            mail[copied], mail_to[copied] = copy, (member,)
    event = OfferCarried(Slug(state.round), Slug(request.clause), Slug(request.to), commitment, Sha256(name))
    return Outcome(
        drafts=(request.by.draft(event),),
        documents={f"offer/{commitment}": encode(letter)},
        mail=mail,
        mail_to=mail_to,
        answer={"clause": request.clause, "to": request.to, "maker": request.maker},
    )


def _padded(letter: Mapping[str, Any]) -> dict[str, Any]:
    """The letter at the one size that every letter about an offer has."""
    bare = {**letter, "pad": ""}
    return {**letter, "pad": "0" * (OFFER_SIZE - len(encode(bare)))}


def offers(state: State, request: By, given: Given) -> Outcome | list[Problem]:
    """The offers that this node has carried, was brought, or made; `event` names one for its release."""
    opened = _opened(state, given)
    carried = _carried(state)[1] if opened else {}
    rows = [
        (offer.since,
         {"event": event, "clause": offer.clause, "value": letter["value"], "maker": letter["maker"],
          "by": offer.by, "to": offer.to, "released": offer.released is not None})
        for commitment, letter in opened.items()
        for event, offer in ((event, state.offers[event]) for event in carried.get(commitment, ()))
    ]  # fmt: skip
    return Outcome(answer={"offers": [row for _, row in sorted(rows, key=lambda each: each[0])]})


def _carried(state: State) -> tuple[set[tuple[str, str]], dict[str, list[str]]]:
    """What offers were about, by round and clause; and the events that carried each commitment."""

    def count() -> tuple[set[tuple[str, str]], dict[str, list[str]]]:
        about: set[tuple[str, str]] = set()
        events: dict[str, list[str]] = {}
        for event, offer in state.offers.items():
            about.add((offer.round, offer.clause))
            events.setdefault(str(offer.commitment), []).append(event)
        return about, events

    return state.once("offers by commitment", count)


@dataclass(frozen=True)
class ReleaseOffer:
    by: By
    offer: str  # the event that carried it, or how it begins


def release_offer(state: State, request: ReleaseOffer, given: Given) -> Outcome | list[Problem]:
    """Let an offer that was made in this member's name stand as a proposal."""
    found = [event for event in state.offers if event.startswith(request.offer)] if request.offer else []
    if len(found) != 1:
        what = f"{len(found)} offers begin so"
        return [Problem("offer.unknown", request.offer[:16] or "offer", what, "take its event from `terms offers`")]
    letter = _letter_of(state, given, found[0])
    if letter is None or letter["maker"] != request.by.member:
        what = "not an offer that was carried in this member's name"
        return [Problem("offer.maker", found[0][:16], what, "leave it to whoever made it")]
    value = letter["value"] if isinstance(letter["value"], int) else Slug(letter["value"])
    event = OfferReleased(Slug(state.round), Sha256(found[0]), value, Sha256(letter["salt"]))
    answer = {"clause": state.offers[found[0]].clause, "value": value}
    return Outcome(drafts=(request.by.draft(event, found[0]),), answer=answer)


def _letter_of(state: State, given: Given, event: str) -> dict[str, Any] | None:
    """What an offer says, if this node has carried it or been brought it."""
    return _opened(state, given).get(state.offers[event].commitment)


def _opened(state: State, given: Given) -> dict[str, dict[str, Any]]:
    """What offers say that this node has carried or been brought, by commitment: letters that open what was carried.

    Letters are from whoever knows a member's recipient key, and may say anything; only the commitment decides.
    """
    own = [json.loads(given.document(name) or b"{}") for name in given.documents("offer/")]
    found: dict[str, dict[str, Any]] = {}
    written = [*own, *letters(given, "offer")]
    about = _carried(state)[0] if written else set()
    for letter in written:
        for round_, clause in about:
            try:
                salt, maker, value = bytes.fromhex(letter["salt"]), str(letter["maker"]), letter["value"]
                bound = offer_commitment(salt, state.exchange, round_, clause, maker, value)
            except (KeyError, TypeError, ValueError):
                continue  # an empty letter, or one made to look like an offer
            found.setdefault(str(bound), {"maker": maker, "value": value, "salt": letter["salt"]})
    return found
