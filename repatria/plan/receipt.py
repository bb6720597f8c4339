"""A receipt of the draw for one unit: what a family needs to check its own ticket, and nothing about anybody else.

It holds the number, its stratum, its ticket and the *cut-off*: tickets up to the cut-off have a place. The cut-off lies
between the last ticket that has one and the first that has not, so it is nobody's ticket. Nonces, freeze and seed are
the same in everybody's receipt, so that two families, or a family and a newspaper, can compare the seed. With a
receipt alone anybody can find that

* the nonces give the seed (one SHA-256), and so the draw was not made for this person;
* the seed gives the ticket (one HMAC-SHA-256);
* the ticket is up to the cut-off, or not.

A receipt is about the draw only. It says nothing of a chance, which is for officers and verifiers, nor of why somebody
travels or does not: whoever has left the list meanwhile gets the same receipt as before.

    >>> nonces = {"north": tuple(Sha256(f"{part}" * 64) for part in "123")}
    >>> seed = seed_of_nonces("f" * 64, nonces)
    >>> own = ticket(bytes.fromhex(seed), "2", "a" * 32).hex()
    >>> receipt = Receipt(Opaque("e" * 32), Slug("2025-1"), Sha256("f" * 64), nonces, Sha256(seed), "2",
    ...                   Opaque("a" * 32), Sha256(own), Sha256("f" * 64), True)
    >>> read_receipt(write_receipt(receipt)) == receipt, check_receipt(receipt)
    (True, [])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from repatria.deal.classes import decode_classes
from repatria.deal.draw import seed as seed_from
from repatria.deal.terms import decode_terms
from repatria.exchange.codec import is_version, plain, revive
from repatria.exchange.documents import Freeze, read
from repatria.exchange.events import Opaque, Sha256, Slug
from repatria.exchange.person import NOT_GOING, WITHDRAWN
from repatria.exchange.planning import seed_of
from repatria.exchange.state import Attachments, State
from repatria.ledger.canonical import NotCanonical, decode, encode
from repatria.plan.basis import units_of
from repatria.plan.limits import plan_terms
from repatria.plan.lottery import drawn_table, ticket
from repatria.plan.model import unit_types
from repatria.problem import Problem

EVERYBODY = "f" * 64  # the cut-off where a whole stratum goes


@dataclass(frozen=True)
class Receipt:
    """One unit in one draw. `cut_off` is None where no unit of the stratum has a place."""

    exchange: Opaque
    round: Slug
    freeze: Sha256
    nonces: dict[str, tuple[Sha256, ...]]  # of every party and mediator, three parts each
    seed: Sha256
    stratum: str
    number: Opaque
    ticket: Sha256
    cut_off: Sha256 | None
    drawn: bool


def write_receipt(receipt: Receipt) -> bytes:
    """The receipt's canonical bytes."""
    return encode({"v": 1, "kind": "lottery-receipt", **plain(receipt)})


def read_receipt(data: bytes) -> Receipt:
    """The receipt in a file; white space around it does no harm.

    Raises:
        ValueError: not a receipt, or out of form.
    """
    try:
        raw: Any = decode(data.strip())
    except NotCanonical as error:
        raise ValueError("not the canonical JSON of a receipt") from error
    if not isinstance(raw, dict) or not is_version(raw.pop("v", None), 1) or raw.pop("kind", None) != "lottery-receipt":
        raise ValueError("not a receipt of a draw, version 1")
    return revive(Receipt, raw)


def seed_of_nonces(freeze: str, nonces: dict[str, tuple[Sha256, ...]]) -> str:
    return seed_from(freeze, {name: tuple(map(bytes.fromhex, parts)) for name, parts in nonces.items()}).hex()


def check_receipt(receipt: Receipt, seed: str | None = None) -> list[Problem]:
    """What is wrong with a receipt, by itself and against the seed that was made public, if that is given."""
    problems = []

    def bad(code: str, where: str, what: str) -> None:
        do = "ask the office that gave the receipt, and another member that holds the ledger"
        problems.append(Problem(f"receipt.{code}", f"receipt, {where}", what, do))

    if seed is not None and seed != receipt.seed:
        bad("public", "seed", "not the seed that was made public")
    if seed_of_nonces(receipt.freeze, receipt.nonces) != receipt.seed:
        bad("seed", "seed", "not the seed that the nonces give")
    if ticket(bytes.fromhex(receipt.seed), receipt.stratum, receipt.number).hex() != receipt.ticket:
        bad("ticket", "ticket", "not the ticket that the seed gives this number in this stratum")
    if receipt.drawn != (receipt.cut_off is not None and receipt.ticket <= receipt.cut_off):
        bad("cut_off", "drawn", "does not follow from ticket and cut-off")
    return problems


def cut_off(going: list[bytes], staying: list[bytes]) -> str | None:
    """A figure from the last ticket that has a place up to just before the first that has none: their middle.

    Raises:
        ValueError: the tickets that have a place are not the first ones.
    """
    if not going:
        return None
    if not staying:
        return EVERYBODY
    last, first = int.from_bytes(max(going), "big"), int.from_bytes(min(staying), "big")
    if last >= first:
        raise ValueError("somebody has a place whose ticket comes after that of somebody who has none")
    return f"{(last + first) // 2:064x}"


def make_receipt(state: State, attachments: Attachments, number: str) -> Receipt | list[Problem]:
    """The receipt for a number, from the draw in force, and from the plan in force where there is one.

    A family or crew has one ticket, under the first of its numbers.
    """
    draw, drawn_seed = state.draw, seed_of(state)
    if draw is None or drawn_seed is None:
        return [Problem("receipt.draw", "draw", "no draw has been held", "wait until every nonce is revealed")]
    person = state.persons.get(number)
    if person is None or person.round != state.round:
        return [Problem("person.unknown", number, "on no list of this round", "check the number")]
    if number in state.undrawn:
        return [Problem("receipt.draw", number, "came on the list after the draw", "wait until a draw is held again")]
    classes: dict[str, Any] = {}
    for _, fact in sorted(state.lists.items()):
        classes.update(decode_classes(attachments(fact.classes) or b""))
    drawn_people = sorted(
        (each for each in state.persons.values() if each.round == state.round and each.number not in state.undrawn),
        key=lambda each: each.number,
    )
    units = units_of(drawn_people, plan_terms(decode_terms(state.terms_text.encode())))
    kinds, number = unit_types(units, classes), next(unit.number for unit in units if number in unit.numbers)
    kind, seed = kinds[number], bytes.fromhex(drawn_seed)
    planned = set(state.slots)
    there = {
        each for each, other in kinds.items()
        if each in planned or state.persons[each].state not in (NOT_GOING, WITHDRAWN)
    }  # fmt: skip
    peers = sorted((ticket(seed, kind.stratum, each), each) for each in there if kinds[each] == kind)
    if state.plan is not None:
        going = [each for _, each in peers if each in planned]
    else:
        table = drawn_table(read(Freeze, attachments(draw.freeze) or b""), seed,
                            ((kinds[each].holder, kinds[each].stratum) for each in there))  # fmt: skip
        if table is None:
            what = "a stratum has fewer units left than places, and the plan is not in force yet"
            return [Problem("receipt.plan", "draw", what, "wait for the plan to be signed")]
        places = {(row.holder, row.stratum): int(row.places) for row in table}
        going = [each for _, each in peers[: places.get((kind.holder, kind.stratum), 0)]]
    tickets = {each: drawn for drawn, each in peers}
    try:
        limit = cut_off([tickets[each] for each in going], [tickets[each] for each in set(tickets) - set(going)])
    except ValueError:
        what = "by the plan in force some keep a place that they had before, so that no one cut-off tells who has one"
        return [Problem("receipt.replanned", "plan", what, "show the plan instead (repatria plan explain)")]
    own = ticket(seed, kind.stratum, number).hex()
    nonces = {member: tuple(map(Sha256, (draw.parts[f"{member}/{part}"] for part in (1, 2, 3))))
              for member in sorted(draw.commitments)}  # fmt: skip
    return Receipt(
        Opaque(state.exchange), Slug(state.round), draw.freeze, nonces, Sha256(drawn_seed), kind.stratum,
        Opaque(number), Sha256(own), None if limit is None else Sha256(limit),
        limit is not None and own <= limit,
    )  # fmt: skip
