"""Hostile input: well-formed entries with the right signatures and any values, bent entries, and bent attachments.

Values are drawn from what stands in the world's own state (its people, stages, members, events), mixed with strange
ones, so that most entries come far into a rule before it refuses them, and some take effect.

    >>> from random import Random
    >>> from tests.exchange.world import world_at
    >>> world = world_at("planned")
    >>> len({Hostile(world, Random(seed)).entry() for seed in range(5)})
    5
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from random import Random
from typing import Any

from repatria.exchange import events
from repatria.exchange.authority import SIGNATORIES, TABLE
from repatria.exchange.codec import encode_body
from repatria.exchange.counting import accounts, tallies
from repatria.exchange.documents import write
from repatria.exchange.events import KINDS, Account, Event, Tally
from repatria.exchange.publishing import public_counts
from repatria.ledger.canonical import decode, encode
from repatria.ledger.entry import decode_entry, encode_entry, sign_entry
from tests.exchange.world import (
    CROSS,
    MEMBERS,
    PARTIES,
    SEALED,
    World,
    log_vkey,
    public,
    rotation,
    seed,
    sha,
    succession,
    witness_key,
)

AUTHORS = (
    *MEMBERS, *(f"{party}/{name}" for party in PARTIES for name in ("desk-bridge", "supervisor", "sig-1")),
    "cross/visitor", "cross/gate-bridge", "north/sheet-1", "north/nobody", "stranger",
)  # fmt: skip
DAYS = ("2015-12-10", "2025-12-02", "2025-12-08", "2025-12-10", "2025-12-31", "2035-12-10", "9999-12-31", "0001-01-01")
MOMENTS = ("2015-12-01T08:00:00Z", "2025-12-01T08:00:00Z", "2025-12-31T23:59:59Z", "2035-01-01T00:00:00Z")


class Hostile:
    """Makes entries that somebody with some of the keys could send, in a world as it stands."""

    def __init__(self, world: World, random: Random) -> None:
        self.world, self.random = world, random
        state = world.state
        slugs = {
            "s1", "s2", "bridge", "quay", "camp", "received", "returned", "desk", "gate", "interviewer", "sought",
            "own", "mixed", "physician", "number", "date", "word", "transport", "2025-12-20",
            "handovers", "came-home", "press",
        }  # fmt: skip
        self._pool: dict[Any, list[Any]] = {
            events.Slug: [*sorted(slugs), state.round or "2025-1", "x", *MEMBERS, *sorted(state.clauses), "supervisor"],
            events.Author: list(AUTHORS),
            events.Opaque: [*sorted(state.persons), *sorted(state.registers), "0" * 32],
            events.Sha256: [
                *sorted(world.attachments), *sorted(state.events)[-20:], *sorted(state.proposed),
                state.plan or sha("x"), state.terms or sha("x"), sha("nothing"),
            ],
            events.Key: [
                public("north/spare"), public("north"), public("cross/visitor"),
                *(grant.key for grants in state.keys.values() for grant in grants),
            ],
            events.Signature: ["0" * 128],
            events.Day: list(DAYS),
            events.Moment: list(MOMENTS),
            events.Vkey: [str(witness_key(CROSS)), "x+00000000+" + "A" * 44, log_vkey("log#2"), log_vkey("log#3")],
            events.Recipient: ["age1" + "q" * 58],
            events.Sealed: [SEALED, "AAAA"],
            events.Row: ["00000000"],
            str: [*KINDS, "x"],
            int: [0, 1, 1, 1, 2, 3, len(state.persons), 2**53 - 1],
            bool: [True, False],
        }  # fmt: skip

    def event(self, kind: type[Event] | None = None) -> Event:
        chosen = kind or self.random.choice(list(KINDS.values()))
        made: Event = _maker(chosen)(self)
        if (
            isinstance(made, events.StageReconciled)
            and made.stage in self.world.state.stages
            and self.random.random() < 0.7
        ):
            stage = self.world.state.stages[made.stage]
            place = next(iter(stage.places))
            return replace(made, place=events.Slug(place), tallies=tallies(self.world.state, made.stage, place))
        if isinstance(made, events.KeyRotated) and self.random.random() < 0.7:
            return rotation(self.random.choice(AUTHORS), f"fresh {self.random.randrange(99)}")
        if isinstance(made, events.SecretariatSucceeded) and self.random.random() < 0.7:
            return succession(self.world, self.random.choice(MEMBERS), f"log#{self.random.randrange(9)}")
        if isinstance(made, events.CountsPublished) and self.random.random() < 0.7:
            size = self.random.choice((self.world.state.size, made.size % (self.world.state.size + 1)))
            return events.CountsPublished(size, self.world.attach(write(public_counts(self.world.state, size))))
        if isinstance(made, events.RoundClosed) and self.random.random() < 0.7:
            return events.RoundClosed(events.Slug(self.world.state.round or "x"), accounts(self.world.state))
        return made

    def entry(self) -> bytes:
        """One hostile entry: usually of the author that the kind is for, sometimes of any."""
        roll = self.random.random()
        if roll < 0.03:
            return self.random.randbytes(self.random.randrange(200))
        event = self.event()
        rule = TABLE[type(event).__name__]
        if roll < 0.8:
            members = [m for m in MEMBERS if self.world.state.members.get(m) and (
                self.world.state.members[m].role in rule.members)] or list(MEMBERS)  # fmt: skip
            author: str = self.random.choice(members)
            if isinstance(rule.by, tuple):
                names = [n for n, grants in self.world.state.keys.items() if grants[-1].role in rule.by]
                author = self.random.choice(names or AUTHORS)
        else:
            author = self.random.choice(AUTHORS)
        count = self.random.choice((2, 2, 2, 0, 1)) if rule.by == SIGNATORIES else 0
        signers = [author, *(f"{author}/sig-{i}" for i in range(1, count + 1) if "/" not in author)]
        data = encode_entry(sign_entry(encode_body(self._body(author, event)), [self._seed(name) for name in signers]))
        return self._bent(data) if roll > 0.97 else data

    def attachment(self) -> bytes:
        """Something else under a name that an entry may give: a real attachment with values changed, or nonsense."""
        data = self.random.choice(
            [*self.world.attachments.values(), b"{}", b"[]", b"", b"\xff", b'{"kind":"plan","v":1}']
        )
        try:
            return encode(self._changed(decode(data)))
        except ValueError:
            return data

    def _changed(self, value: Any) -> Any:
        if self.random.random() < 0.04:
            pool = self.random.choice(list(self._pool.values()))
            return self.random.choice([*pool, None, [], {}, -1])
        if isinstance(value, list):
            changed = [self._changed(item) for item in value]
            return changed[:-1] if changed and self.random.random() < 0.05 else changed
        if isinstance(value, dict):
            return {key: self._changed(item) for key, item in value.items() if self.random.random() > 0.01}
        return value

    def _body(self, author: str, event: Event) -> Any:
        state, random = self.world.state, self.random
        body = self.world.body(author, event, at=random.choice(MOMENTS))
        person = state.persons.get(str(getattr(event, "number", "")))
        if person is not None and random.random() < 0.9:
            refs = [act for right in person.rights for act in (right.presented, right.released) if act]
            refs += [event for event in state.receipts if random.random() < 0.5]
            body = body._replace(refs=tuple(dict.fromkeys(refs)))
        roll = random.random()
        if roll < 0.03:
            body = body._replace(refs=tuple(random.sample(sorted(state.events), min(2, len(state.events)))))
        elif roll < 0.05:
            body = body._replace(seq=random.choice((0, body.seq + 1)))
        elif roll < 0.07:
            size = random.randrange(state.size + 2)
            body = body._replace(seen=(size, state.root_at(size) if size <= state.size else sha("root")))
        elif roll < 0.08:
            body = body._replace(exchange="f" * 32)
        return body

    def _seed(self, author: str) -> bytes:
        return seed(self.world.keys.get(author, author))

    def _bent(self, data: bytes) -> bytes:
        at = self.random.randrange(len(data))
        if self.random.random() < 0.5:
            return data[:at] + bytes([data[at] ^ (1 << self.random.randrange(8))]) + data[at + 1 :]
        entry = decode_entry(data)
        return encode_entry(entry._replace(sigs=entry.sigs[:1]))

    def value(self, kind: Any) -> Any:
        return self.random.choice(self._pool[kind])


Maker = Callable[[Hostile], Any]


@cache
def _maker(kind: Any) -> Maker:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        inner = [_maker(arg) for arg in args if arg is not type(None)]
        optional = type(None) in args
        return lambda hostile: (
            None if optional and hostile.random.random() < 0.5 else hostile.random.choice(inner)(hostile)
        )
    if origin is tuple and args[-1] is Ellipsis:
        item = _maker(args[0])
        most = 2 if args[0] in (Tally, Account) else 4
        return lambda hostile: tuple(item(hostile) for _ in range(hostile.random.randrange(most + 1)))
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        makers = [_maker(hints[field.name]) for field in fields(kind)]
        return lambda hostile: typing.cast(Any, kind)(*[make(hostile) for make in makers])
    return lambda hostile: hostile.value(kind)
