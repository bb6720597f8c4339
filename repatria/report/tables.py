"""The figures of a round, per stage, place and direction, and what else is on the record: everything a report shows.

Every count comes from `exchange/counting.py` or is a list of the state; nothing is counted here in a way of its own.
There is no person in these tables, only how many.

    >>> Figures().accounts
    ()
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from repatria.deal.ratio import factors, scaled
from repatria.deal.terms import decode_terms
from repatria.exchange.codec import Body
from repatria.exchange.counting import accounts, counts_as_offered, tallies
from repatria.exchange.deadlines import ANSWERS_OVERDUE, left_blank
from repatria.exchange.events import StageOpened, Transcribed
from repatria.exchange.examining import Examined, examined
from repatria.exchange.state import State, Verdict
from repatria.ledger.log import LogReading
from repatria.ledger.note import Verified, format_vkey

COUNTED = ("agreed", "brought", "identified", "not_going", "received")
DIFFERENCES = ("absent", "substituted", "withheld", "unconfirmed", "other")


@dataclass(frozen=True)
class Place:
    """One direction at one place of one stage. `status`: planned, open, reconciled or aborted.

    `other`: agreed for this place and in none of the columns, so under way, or withdrawn from the list since.
    """

    stage: str
    date: str
    place: str
    holder: str
    to: str
    status: str
    agreed: int
    brought: int
    identified: int
    not_going: int
    received: int
    absent: int
    substituted: int
    withheld: int
    unconfirmed: int
    other: int


@dataclass(frozen=True)
class Direction:
    """One holder's people over the whole round: those inside the ratio against the agreed total, and those outside.

    `offered`: people inside the ratio who do not go by the neutral's word and count as offered.
    """

    holder: str
    to: str
    total: int
    received: int
    offered: int
    outside: int
    outside_received: int
    listed: int


@dataclass(frozen=True)
class Account:
    """How many of one holder's people, under one account, are in one state; everyone on the final list once."""

    holder: str
    account: str
    state: str
    people: int


@dataclass(frozen=True)
class Lead:
    """By how much each party is ahead after an entry, in units of progress; below zero where behind."""

    index: int
    stage: str
    ahead: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class StageLead:
    """One stage in the balance: how far each party was ahead at most, and when it was over."""

    stage: str
    date: str
    most: tuple[tuple[str, int], ...]
    end: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Pause:
    by: str
    since: str
    until: str | None


@dataclass(frozen=True)
class Paper:
    """An act that a member's signed paper says, entered by two others. Never that member's signature."""

    member: str
    kind: str
    by: tuple[str, ...]
    day: str


@dataclass(frozen=True)
class Dispute:
    """A dispute; `outcome` and `until` are empty as long as it is open."""

    member: str
    name: str
    since: str
    outcome: str = ""
    until: str = ""


@dataclass(frozen=True)
class Count:
    """Something counted by a name, and for a member where one answers for it."""

    name: str
    count: int
    member: str = ""


@dataclass(frozen=True)
class Cosigner:
    name: str
    time: str


@dataclass(frozen=True)
class CheckLine:
    name: str
    what: str
    ok: bool | None


@dataclass(frozen=True)
class Figures:
    """Everything a report shows."""

    origin: str = ""
    size: int = 0
    root: str = ""
    exchange: str = ""
    round: str = ""
    status: str = "none"  # none, open, suspended, closed
    as_of: str = ""  # the mediators' time
    parties: tuple[str, ...] = ()
    mediators: tuple[str, ...] = ()
    neutrals: tuple[str, ...] = ()
    target_date: str = ""
    bound: int = 0
    bound_people: int = 0
    factors: tuple[tuple[str, int], ...] = ()
    directions: tuple[Direction, ...] = ()
    places: tuple[Place, ...] = ()
    totals: tuple[Place, ...] = ()
    accounts: tuple[Account, ...] = ()
    leads: tuple[Lead, ...] = ()
    stage_leads: tuple[StageLead, ...] = ()
    breaches: tuple[Count, ...] = ()
    pauses: tuple[Pause, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    remains: tuple[Examined, ...] = ()
    refused: tuple[Count, ...] = ()
    papers: tuple[Paper, ...] = ()
    cosigners: tuple[Cosigner, ...] = ()
    checks: tuple[CheckLine, ...] = ()
    notes: tuple[str, ...] = ()
    problems: int = 0

    @property
    def yes(self) -> bool:
        """Whether the ledger was found true when these figures were taken from it."""
        return not self.problems and all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """The same as data; the balance by stage, without its thousands of steps."""
        return {name: value for name, value in asdict(self).items() if name != "leads"} | {"yes": self.yes}


def figures(
    reading: LogReading,
    state: State,
    verdicts: Sequence[Verdict],
    bodies: Sequence[Body | None],
    leads: Iterable[tuple[int, Mapping[str, int]]] = (),
    checks: Iterable[tuple[str, str, bool | None]] = (),
    notes: Iterable[str] = (),
    problems: int = 0,
) -> Figures:
    """The figures of a verified ledger.

    Args:
        leads: index of an entry, and by how much each party is ahead after it, as the audit followed it.
        checks: name, what was checked, and the answer, as the audit gave them.
    """
    applied = [(i, body) for i, (v, body) in enumerate(zip(verdicts, bodies, strict=True)) if v.applied and body]
    opened = _opened(applied, state)
    series = tuple(
        Lead(index, _stage_at(opened, index), tuple(sorted(ahead.items()))) for index, ahead in leads
    )
    terms = decode_terms(state.terms_text.encode()) if state.terms is not None else None
    factor = factors(terms.totals) if terms is not None else {}
    places = tuple(_places(state))
    return Figures(
        origin=reading.origin,
        size=reading.size,
        root=reading.root.hex(),
        exchange=state.exchange,
        round=state.round,
        status=_status(state),
        as_of=state.log_time or "",
        parties=state.parties,
        mediators=state.mediators,
        neutrals=state.neutrals,
        target_date=terms.target_date if terms is not None else "",
        bound=scaled(terms.bound, factor) if terms is not None else 0,
        bound_people=terms.bound if terms is not None else 0,
        factors=tuple(factor.items()),
        directions=_directions(state, terms.totals if terms is not None else {}),
        places=places,
        totals=tuple(_total(places, holder, state) for holder in state.parties if places),
        accounts=tuple(Account(each.holder, each.account, each.state, each.people) for each in accounts(state)),
        leads=series,
        stage_leads=_stage_leads(series, state),
        breaches=_breaches(state),
        pauses=tuple(
            Pause(pause.by, _day(bodies, pause.since), None if pause.until is None else _day(bodies, pause.until))
            for pause in state.suspensions
        ),
        remains=tuple(examined(state)),
        disputes=tuple(_disputes(state, bodies)),
        refused=_counted(((verdict.rule or "", ""), 1) for verdict in verdicts if not verdict.applied),
        papers=_papers(applied),
        cosigners=tuple(Cosigner(_witness(state, signed), _moment(signed.time)) for signed in reading.cosignatures),
        checks=tuple(CheckLine(*check) for check in checks),
        notes=tuple(notes),
        problems=problems,
    )


def _breaches(state: State) -> tuple[Count, ...]:
    others = [((each.code, each.member), each.count) for each in state.breaches if each.code != ANSWERS_OVERDUE]
    blank = [((ANSWERS_OVERDUE, holder), count) for holder, count in left_blank(state).items()]
    return _counted([*others, *blank])


def _disputes(state: State, bodies: Sequence[Body | None]) -> Iterator[Dispute]:
    """Those that are open first."""
    for each in sorted(state.disputes.values(), key=lambda each: (each.settled is not None, each.since)):
        until = "" if each.settled is None else _day(bodies, each.settled)
        yield Dispute(each.by, each.code, _day(bodies, each.since), each.outcome or "", until)


# --- the round ------------------------------------------------------------------------------------------------------


def _status(state: State) -> str:
    if not state.round:
        return "none"
    if not state.round_open:
        return "closed"
    return "suspended" if any(pause.until is None for pause in state.suspensions) else "open"


def _directions(state: State, totals: Mapping[str, int]) -> tuple[Direction, ...]:
    found = []
    for side in totals:
        people = [p for p in state.persons.values() if p.side == side and p.round == state.round and p.living]
        inside = [person for person in people if person.counts]
        outside = [person for person in people if not person.counts]
        received = [sum(person.state == "received" for person in group) for group in (inside, outside)]
        offered = sum(counts_as_offered(state, person) for person in inside) - received[0]
        found.append(
            Direction(
                side, next(other for other in totals if other != side), totals[side], received[0], offered,
                len(outside), received[1], len(people),
            )
        )  # fmt: skip
    return tuple(found)


def _places(state: State) -> Iterable[Place]:
    """Stage by stage in the order of their days; each place, then each direction."""
    for name, stage in sorted(state.stages.items(), key=lambda item: (item[1].date, item[0])):
        for place, fact in sorted(stage.places.items()):
            for tally in tallies(state, name, place):
                status = "reconciled" if fact.reconciled else "aborted" if fact.aborted else "open"
                if stage.opened is None:
                    yield Place(
                        name, stage.date, place, tally.holder, _to(state, tally.holder), "planned", tally.agreed,
                        *[0] * 9,
                    )  # fmt: skip
                    continue
                settled = (tally.not_going, tally.received, tally.absent, tally.substituted, tally.withheld)
                yield Place(
                    name, stage.date, place, tally.holder, _to(state, tally.holder), status, tally.agreed,
                    tally.brought, tally.identified, tally.not_going, tally.received, tally.absent, tally.substituted,
                    tally.withheld, tally.unconfirmed, tally.agreed - sum(settled) - tally.unconfirmed,
                )  # fmt: skip


def _to(state: State, holder: str) -> str:
    """The side to which a holder's people go."""
    terms = decode_terms(state.terms_text.encode())
    return terms.other_side(terms.side_of(holder))


def _total(places: Sequence[Place], holder: str, state: State) -> Place:
    """One direction over every stage that was opened. Who was planned twice is counted at each place."""
    mine = [place for place in places if place.holder == holder and place.status != "planned"]
    sums = [sum(getattr(place, name) for place in mine) for name in (*COUNTED, *DIFFERENCES)]
    return Place("", "", "", holder, _to(state, holder), "total", *sums)


# --- the balance ----------------------------------------------------------------------------------------------------


def _opened(applied: Sequence[tuple[int, Body]], state: State) -> list[tuple[int, str]]:
    """Where each stage begins in the ledger: the index of the opening that had effect, and the stage."""
    known = {(stage.opened, name) for name, stage in state.stages.items() if stage.opened is not None}
    named = {(i, str(b.data.stage)) for i, b in applied if isinstance(b.data, StageOpened)}
    return sorted((index, name) for index, name in {*known, *named} if (index, name) in known)


def _stage_at(opened: Sequence[tuple[int, str]], index: int) -> str:
    return next((name for at, name in reversed(opened) if at <= index), "")


def _stage_leads(series: Sequence[Lead], state: State) -> tuple[StageLead, ...]:
    found = []
    for stage in dict.fromkeys(lead.stage for lead in series if lead.stage):
        of_stage = [dict(lead.ahead) for lead in series if lead.stage == stage]
        most = tuple((side, max(0, *(ahead[side] for ahead in of_stage))) for side in sorted(of_stage[0]))
        found.append(StageLead(stage, state.stages[stage].date, most, tuple(sorted(of_stage[-1].items()))))
    return tuple(found)


# --- on the record --------------------------------------------------------------------------------------------------


def _counted(items: Iterable[tuple[tuple[str, str], int]]) -> tuple[Count, ...]:
    counter: Counter[tuple[str, str]] = Counter()
    for key, count in items:
        counter[key] += count
    return tuple(Count(name, count, member) for (name, member), count in sorted(counter.items()))


def _papers(applied: Sequence[tuple[int, Body]]) -> tuple[Paper, ...]:
    """Papers that two other members have entered, at the second one's day."""
    entered: dict[Transcribed, list[str]] = {}
    found = []
    for _, body in applied:
        if isinstance(body.data, Transcribed):
            others = entered.setdefault(body.data, [])
            others.append(body.member)
            if len(others) == 2:
                found.append(Paper(body.data.member, body.data.kind, tuple(others), body.at[:10]))
    return tuple(found)


def _day(bodies: Sequence[Body | None], index: int) -> str:
    body = bodies[index] if index < len(bodies) else None
    return body.at[:10] if body is not None else ""


def _witness(state: State, signed: Verified) -> str:
    """The member whose witness key signed; the key's own name where it is no member's."""
    vkey = format_vkey(signed.key)
    return next((name for name, member in state.members.items() if member.witness == vkey), signed.name)


def _moment(time: int | None) -> str:
    """A cosignature's POSIX seconds as a time; one that no calendar has is said as it is."""
    try:
        return datetime.fromtimestamp(time or 0, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"{time} s"


