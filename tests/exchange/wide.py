"""An exchange of many parties on two sides, in memory and with real keys: the cast of Ankara, 1 August 2024.

Seven countries took part: two on one side, five on the other; each person goes to one of them. Numbers here are
invented. A host lends the airfield, and takes in whoever is accommodated there; a guarantor answers for the terms.

    >>> world = wide_at("answered")
    >>> sorted(world.state.members)[:3], world.state.opened
    (['alba', 'cross', 'east'], True)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from repatria.deal.classes import PersonClass, encode_classes
from repatria.deal.terms import PlaceTerms, StageTerms, Terms, encode_terms
from repatria.exchange.authority import SIGNATORIES, TABLE
from repatria.exchange.documents import Answers, FinalList, ListRow, Plan, PlanPlace, PlanStage, write
from repatria.exchange.events import (
    AnswersGiven,
    ClauseAgreed,
    ClauseProposed,
    Cleared,
    Day,
    Event,
    ExchangeOpened,
    FinalListSigned,
    Founder,
    Opaque,
    PlanProposed,
    PlanSigned,
    RegisterCommitted,
    RegisterDisclosed,
    RoundActivated,
    Row,
    Sha256,
    Slug,
    TermsSigned,
    Vkey,
)
from repatria.exchange.planning import seed_of
from repatria.ledger.note import ED25519, VerifierKey, format_vkey, public_key
from tests.exchange.world import (
    CROSS,
    GULF,
    MEDIATORS,
    ROUND,
    STRAITS,
    Scenario,
    World,
    admission,
    appointment,
    commit_event,
    freeze_of,
    hold,
    opaque,
    public,
    reveal_event,
    seed,
    sha,
    stage_opened,
)

SIDES = {"easterly": ("east", "fara"), "westerly": ("alba", "gora", "west")}
PARTIES = tuple(sorted(party for members in SIDES.values() for party in members))
HOST, GUARD = "strand", "vow"
PLACE, STAGE, DAY = Slug("airfield"), Slug("s1"), Day("2025-12-10")
BOUND = 2  # with two or three parties of a side holding rights at one place, each counts what the others may release
PHASES = ("opened", "terms", "answered", "listed", "planned", "presented")

# holder, who seeks them, to whom they go, whether they count
People = tuple[tuple[str, str, str, bool], ...]
PEOPLE: People = (
    ("east", "west", "west", True),
    ("east", "alba", "alba", True),
    ("fara", "gora", "gora", True),
    ("east", "alba", HOST, False),
    ("west", "east", "east", True),
    ("gora", "east", "east", True),
    ("alba", "fara", "fara", True),
)


@dataclass
class Wide(World):
    """The same world with other members; every party needs two signatories."""

    people: People = PEOPLE
    changed: Mapping[str, object] = field(default_factory=dict)  # of the terms

    def copy(self) -> Wide:
        twin = super().copy()
        return Wide(**{**vars(twin), "people": self.people, "changed": self.changed})

    def signers(self, author: str, event: Event, signatories: int | None) -> list[str]:
        rule = TABLE[type(event).__name__]
        count = 2 if author in PARTIES and rule.by == SIGNATORIES else 0
        return [author, *(f"{author}/sig-{i}" for i in range(1, (count if signatories is None else signatories) + 1))]

    def number(self, at: int) -> Opaque:
        return opaque(f"wide person {at}")

    def register(self, seeker: str) -> Opaque:
        return opaque(f"wide register of {seeker}")


def side_of(party: str) -> str:
    return next(side for side, members in SIDES.items() if party in members)


def opened() -> Wide:
    world = Wide(Scenario(places=(PLACE,)))
    roles = {
        **dict.fromkeys(PARTIES, "party"), **dict.fromkeys(MEDIATORS, "mediator"), CROSS: "neutral", HOST: "host",
        GUARD: "guarantor",
    }  # fmt: skip
    founders = tuple(
        Founder(Slug(m), Slug(role), public(m), 2 if role == "party" else 0) for m, role in sorted(roles.items())
    )
    log = Vkey(format_vkey(VerifierKey("repatria.test/wide", ED25519, public_key(seed("wide log")))))
    world.must(STRAITS, ExchangeOpened(1, "repatria.test/wide", log, STRAITS, 2, founders, 24))
    for member in roles:
        world.must(member, admission(member))
    for party in PARTIES:
        for i in (1, 2):
            world.must(party, appointment(f"{party}/sig-{i}", "signatory"))
        world.must(party, appointment(f"{party}/desk-{PLACE}", "desk", PLACE))
    world.must(HOST, appointment(f"{HOST}/desk-{PLACE}", "desk", PLACE))
    world.must(CROSS, appointment("cross/visitor", "interviewer"))
    world.must(CROSS, appointment(f"cross/gate-{PLACE}", "gate", PLACE))
    world.all_must((*PARTIES, GULF), RoundActivated(ROUND, Day("2025-12-31")))
    return world


def terms_of(world: Wide) -> Terms:
    totals = {
        side: sum(counts for holder, _, _, counts in world.people if holder in members)
        for side, members in SIDES.items()
    }
    stage = StageTerms(STAGE, DAY, "hall", (PlaceTerms(PLACE, BOUND, dict.fromkeys(SIDES, 9)),))
    terms = Terms(
        ROUND, PARTIES, SIDES, CROSS, totals, BOUND, (stage,), "2025-12-05", "2025-12-31", 7, ("gc3-117",), sha("annex")
    )
    return replace(terms, **world.changed)  # type: ignore[arg-type]


def agreed(world: Wide) -> None:
    terms = terms_of(world)
    for side, total in terms.totals.items():
        clause = Slug(f"total-{side}")
        world.must(GULF, ClauseProposed(ROUND, clause, total))
        world.all_must(PARTIES, ClauseAgreed(ROUND, clause, total))
    world.all_must(PARTIES, TermsSigned(ROUND, world.attach(encode_terms(terms))))


def answered(world: Wide) -> None:
    """Everybody seeks, and asks everybody on the other side; each answers "held" for whom it holds."""
    for seeker in PARTIES:
        sought = [at for at, (_, by, _, _) in enumerate(world.people) if by == seeker]
        register = world.register(seeker)
        world.must(seeker, RegisterCommitted(register, Slug("sought"), 1, len(sought), sha(f"root {seeker}")))
        others = tuple(Slug(party) for party in PARTIES if side_of(party) != side_of(seeker))
        world.must(seeker, RegisterDisclosed(register, others, sha("sealed")))
        for holder in others:
            words = tuple(
                sorted((Row(f"{at:08x}"), "held" if world.people[at][0] == holder else "not_held") for at in sought)
            )
            name = world.attach(write(Answers(register, words)))
            world.must(holder, AnswersGiven(register, 1, name, len(words)))


def list_of(world: Wide, holder: str) -> FinalList:
    rows = [
        ListRow(world.number(at), world.register(by), Row(f"{at:08x}"), Slug(to), opaque(f"wide class {counts}"))
        for at, (whose, by, to, counts) in enumerate(world.people)
        if whose == holder
    ]
    return FinalList(Slug(holder), 1, tuple(sorted(rows, key=lambda row: row.number)))


def list_event(world: Wide, listed: FinalList) -> FinalListSigned:
    classes = encode_classes([
        PersonClass(opaque("wide class True"), 1, 1, True, False),
        PersonClass(opaque("wide class False"), 1, 0, False, True),
    ])  # fmt: skip
    root = Sha256(listed.tree.root().hex())
    return FinalListSigned(
        ROUND, listed.holder, 1, world.attach(write(listed)), root, world.attach(classes), sha("sealed"), sha("places")
    )


def listed(world: Wide) -> None:
    for holder in PARTIES:
        world.all_must(PARTIES, list_event(world, list_of(world, holder)))


def planned(world: Wide) -> None:
    numbers = tuple(sorted(Opaque(number) for number in world.state.persons))
    world.must("cross/visitor", Cleared(Slug("camp"), Day("2025-12-08"), numbers))
    table = tuple((Slug(side), "1", str(total), total) for side, total in terms_of(world).totals.items())
    freeze = replace(freeze_of(world), table=table)
    drawing = (*PARTIES, *MEDIATORS)
    for member in drawing:
        world.must(member, commit_event(world, member, freeze))
    hold(world)
    for member in drawing:
        world.must(member, reveal_event(world, member))
    assert world.state.terms is not None
    assert world.state.draw is not None
    sequence = tuple((Opaque(n), world.state.persons[n].side) for n in in_turn(world))
    stage = PlanStage(STAGE, DAY, (PlanPlace(PLACE, BOUND, sequence),))
    lists = {holder: fact.list for holder, fact in world.state.lists.items()}
    plan = Plan(
        ROUND, world.state.terms, lists, world.state.draw.freeze, Sha256(seed_of(world.state) or ""), None, (stage,), ()
    )
    name = world.attach(write(plan))
    world.must(GULF, PlanProposed(ROUND, name))
    world.all_must((*PARTIES, GULF), PlanSigned(ROUND, name))


def in_turn(world: Wide) -> list[str]:
    """People outside the ratio first, then both sides by turns."""
    people = [world.state.persons[world.number(at)] for at in range(len(world.people))]
    sides = [[p.number for p in people if p.counts and p.side == side] for side in SIDES]
    turns = [side[at] for at in range(max(map(len, sides))) for side in sides if at < len(side)]
    return [person.number for person in people if not person.counts] + turns


def presented(world: Wide) -> None:
    world.all_must((*PARTIES, GULF), stage_opened(world, STAGE))
    for holder in PARTIES:
        held = [Opaque(n) for n, person in sorted(world.state.persons.items()) if person.holder == holder]
        world.grant(held, stage=STAGE, place=PLACE)
    world.present([Opaque(n) for n in sorted(world.state.persons)], STAGE, PLACE)


_STEPS = {"terms": agreed, "answered": answered, "listed": listed, "planned": planned, "presented": presented}


@cache
def _wide_at(phase: str) -> Wide:
    if phase == "opened":
        return opened()
    world = _wide_at(PHASES[PHASES.index(phase) - 1]).copy()
    _STEPS[phase](world)
    return world


def wide_at(phase: str) -> Wide:
    """A fresh copy of the exchange at the end of this phase."""
    return _wide_at(phase).copy()
