"""Any shipped agreement, carried out in memory from its opening to its close, with invented people who fit its terms.

Totals are divided by a scale so that a rehearsal is short; everything else is the agreement's own: its parties and
sides, its categories, its stages, places and days. Keys are real, and the plan is the planner's.

    >>> rehearsal = Rehearsal(agreement("ankara-2024"), seed=1, scale=4)
    >>> rehearsal.play().states()
    {'received': 8}
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from math import ceil

from repatria.deal.classes import Category, ClassKey, In, classify, draft_classes, encode_classes, parse_categories
from repatria.deal.draw import commitments
from repatria.deal.terms import Terms, annex_categories, encode_terms, parse_terms
from repatria.exchange import events
from repatria.exchange.authority import SIGNATORIES, TABLE
from repatria.exchange.counting import accounts, tallies
from repatria.exchange.documents import Answers, FinalList, ListRow, write
from repatria.exchange.events import Author, Day, Event, Opaque, Row, Sha256, Slug
from repatria.exchange.sequence import to_name
from repatria.files.agreements import agreement
from repatria.ledger.canonical import digest, encode
from repatria.ledger.note import ED25519, VerifierKey, format_vkey, public_key
from repatria.plan.basis import basis_of
from repatria.plan.lottery import make_freeze, odds, register_root
from repatria.plan.stages import make_plan
from tests.exchange.world import (
    CROSS,
    GULF,
    MEDIATORS,
    STRAITS,
    Scenario,
    World,
    admission,
    appointment,
    hold,
    nonce,
    opaque,
    public,
    reveal_event,
    seed,
    sha,
)

SALT = bytes(32)


@dataclass
class Member(World):
    """The world of one agreement: its parties, each with two signatories."""

    parties: tuple[str, ...] = ()

    def signers(self, author: str, event: Event, signatories: int | None) -> list[str]:
        rule = TABLE[type(event).__name__]
        count = 2 if author in self.parties and rule.by == SIGNATORIES else 0
        return [author, *(f"{author}/sig-{i}" for i in range(1, (count if signatories is None else signatories) + 1))]


@dataclass
class Someone:
    """An invented person: who holds and who seeks them, and the fields that a category may look at."""

    holder: str
    seeker: str
    fields: dict[str, str]
    key: ClassKey


@dataclass
class Rehearsal:
    text: str
    seed: int
    scale: int = 1
    people: list[Someone] = field(default_factory=list)
    families: list[tuple[int, ...]] = field(default_factory=list)  # by position among the people

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.world = Member(Scenario(), parties=self.terms.parties)

    @cached_property
    def terms(self) -> Terms:
        """The agreement's own, with its totals and bounds divided by the scale."""
        read, problems = parse_terms(self.text, SALT)
        assert read is not None, problems
        heaviest = max(category.points for category in self.categories)
        totals = {side: max(heaviest, total // self.scale) for side, total in read.totals.items()}
        parties = max(len(members) for members in read.sides.values())
        least = heaviest + parties - 1  # each desk of a side counts what the side's others may have released

        def divided(bound: int) -> int:
            return max(least, ceil(bound / self.scale))

        stages = tuple(
            replace(
                stage,
                places=tuple(replace(place, bound=divided(place.bound)) for place in stage.places),
            )
            for stage in read.stages
        )
        most = max(sum(place.bound for place in stage.places) for stage in stages)
        return replace(read, totals=totals, stages=stages, bound=max(most, divided(read.bound)))

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        historical = "historical = true" in self.text
        categories, problems = parse_categories(annex_categories(self.text), historical=historical)
        assert problems == []
        return categories

    # --- people -----------------------------------------------------------------------------------------------------

    def invent(self) -> None:
        """For each side enough counted people to meet its total exactly, a few too many where a draw decides, and
        some of every category that does not count."""
        for side, holders in self.terms.sides.items():
            seekers = self.terms.sides[self.terms.other_side(side)]
            left = self.terms.totals[side]
            for category in self.categories:
                if category.counts:
                    continue
                for _ in range(self.draw.randint(1, 2)):
                    self._add(holders, seekers, category)
            for category in self.categories[:-1]:
                if category.counts and category.points <= left - category.points:
                    left -= self._add(holders, seekers, category).key.weight
            last = self.categories[-1]
            spare = 0 if last.all else 2
            for _ in range(left + spare):
                self._add(holders, seekers, last)

    def _add(self, holders: tuple[str, ...], seekers: tuple[str, ...], category: Category) -> Someone:
        """Somebody of this category, and of none before it."""
        target = date.fromisoformat(self.terms.target_date)
        age = 22 if any(getattr(p, "under", None) for p in category.when) else self.draw.randint(26, 59)
        months = self.draw.randint(2, 30)
        captured = target - timedelta(days=30 * months)
        fields = {
            "date_of_birth": (target - timedelta(days=365 * age + 200)).isoformat(),
            "capture_date": captured.isoformat(), "person_category": "prisoner_of_war", "medical_category": "fit",
            "rank": "private",
        }  # fmt: skip
        for predicate in category.when:
            if isinstance(predicate, In):
                fields[predicate.field] = predicate.values[0]
        key = classify(fields, self.categories, target)
        assert isinstance(key, ClassKey), (category.id, key)
        someone = Someone(self.draw.choice(holders), self.draw.choice(seekers), fields, key)
        self.people.append(someone)
        return someone

    def number(self, at: int) -> Opaque:
        return opaque(f"agreed person {at}")

    def register(self, seeker: str) -> Opaque:
        return opaque(f"agreed register of {seeker}")

    # --- the course of it -------------------------------------------------------------------------------------------

    def play(self) -> Rehearsal:
        self.invent()
        for chapter in (self.open, self.consult, self.list, self.plan, self.hand_over, self.close):
            chapter()
        return self

    def states(self) -> dict[str, int]:
        return dict(Counter(self.world.states().values()))

    def open(self) -> None:
        world, parties = self.world, self.terms.parties
        roles = {**dict.fromkeys(parties, "party"), **dict.fromkeys(MEDIATORS, "mediator"), CROSS: "neutral"}
        founders = tuple(
            events.Founder(Slug(m), Slug(role), public(m), 2 if role == "party" else 0)
            for m, role in sorted(roles.items())
        )
        log = events.Vkey(format_vkey(VerifierKey("repatria.test/agreed", ED25519, public_key(seed("agreed log")))))
        world.must(STRAITS, events.ExchangeOpened(1, "repatria.test/agreed", log, STRAITS, 2, founders, 24))
        for member in roles:
            world.must(member, admission(member))
        places = sorted({place.place for stage in self.terms.stages for place in stage.places})
        for party in parties:
            for i in (1, 2):
                world.must(party, appointment(f"{party}/sig-{i}", "signatory"))
            for place in places:
                world.must(party, appointment(f"{party}/desk-{place}", "desk", place))
        world.must(CROSS, appointment("cross/visitor", "interviewer"))
        for place in places:
            world.must(CROSS, appointment(f"cross/gate-{place}", "gate", place))

    def consult(self) -> None:
        world, terms = self.world, replace(self.terms, neutral=str(CROSS))
        round_ = Slug(terms.round)
        world.all_must((*terms.parties, GULF), events.RoundActivated(round_, Day(terms.target_date)))
        for side, total in terms.totals.items():
            clause = Slug(f"total-{side}")
            world.must(GULF, events.ClauseProposed(round_, clause, total))
            world.all_must(terms.parties, events.ClauseAgreed(round_, clause, total))
        world.all_must(terms.parties, events.TermsSigned(round_, world.attach(encode_terms(terms))))

    def list(self) -> None:
        world, terms = self.world, self.terms
        for seeker in terms.parties:
            sought = [at for at, someone in enumerate(self.people) if someone.seeker == seeker]
            event = events.RegisterCommitted(self.register(seeker), Slug("sought"), 1, len(sought), sha(seeker))
            world.must(seeker, event)
            others = tuple(Slug(p) for p in terms.sides[terms.other_side(terms.side_of(seeker))])
            world.must(seeker, events.RegisterDisclosed(self.register(seeker), others, sha("sealed")))
            for holder in others:
                words = tuple(
                    sorted(
                        (Row(f"{at:08x}"), "held" if self.people[at].holder == holder else "not_held") for at in sought
                    )
                )
                name = world.attach(write(Answers(self.register(seeker), words)))
                world.must(holder, events.AnswersGiven(self.register(seeker), 1, name, len(words)))
        classes = draft_classes([someone.key for someone in self.people], self.draw.randbytes)
        table = world.attach(encode_classes(classes.values()))
        for holder in terms.parties:
            rows = [
                ListRow(
                    self.number(at), self.register(someone.seeker), Row(f"{at:08x}"), Slug(someone.seeker),
                    Opaque(classes[someone.key].class_id),
                )
                for at, someone in enumerate(self.people)
                if someone.holder == holder
            ]  # fmt: skip
            together = sorted(
                tuple(sorted(map(self.number, family)))
                for family in self.families
                if self.people[family[0]].holder == holder
            )
            rows.sort(key=lambda row: row.number)
            listed = FinalList(Slug(holder), 1, tuple(rows), tuple(together))
            name, root = world.attach(write(listed)), Sha256(listed.tree.root().hex())
            sealed = sha("sealed rows"), sha("places")
            event = events.FinalListSigned(Slug(terms.round), Slug(holder), 1, name, root, table, *sealed)
            world.all_must(terms.parties, event)

    def plan(self) -> None:
        world, round_ = self.world, Slug(self.terms.round)
        drawing = (*self.terms.parties, *MEDIATORS)
        basis = basis_of(world.state, world.attachments.get)
        chances = odds(basis.units, basis.classes, basis.terms)
        assert not isinstance(chances, list), chances
        tables = {holder: str(fact.classes) for holder, fact in world.state.lists.items()}
        root = register_root(basis.units, basis.classes)
        name = world.attach(write(make_freeze(str(world.state.terms), basis.names.lists, tables, root, chances)))
        for member in drawing:
            bound = tuple(map(Sha256, commitments(member, name, nonce(member))))
            world.must(member, events.LotteryCommitted(round_, name, bound))
        hold(world)
        for member in drawing:
            world.must(member, reveal_event(world, member))
        basis = basis_of(world.state, world.attachments.get)
        made = make_plan(basis.units, basis.classes, basis.terms, basis.seed, basis.names, going=basis.going)
        assert isinstance(made, dict), made
        data = encode(made)
        world.attach(data)
        world.must(GULF, events.PlanProposed(round_, Sha256(digest(data))))
        world.all_must((*self.terms.parties, GULF), events.PlanSigned(round_, Sha256(digest(data))))

    def hand_over(self) -> None:
        for stage in self.terms.stages:
            self._stage(Slug(stage.stage), stage.date)

    def _stage(self, stage: Slug, day: str) -> None:
        world, state = self.world, self.world.state
        visit = Day((date.fromisoformat(day) - timedelta(days=2)).isoformat())
        places = state.stages[stage].places
        living = sorted(n for at in places.values() for n in at.manifest if state.persons[n].living)
        if living:
            world.must("cross/visitor", events.Cleared(Slug("camps"), visit, tuple(living)))
        opening = events.StageOpened(Slug(self.terms.round), stage, Sha256(str(state.plan)))
        world.all_must((*self.terms.parties, GULF), opening)
        for place, at in places.items():
            for holder in self.terms.parties:
                mine = [n for n in at.manifest if state.persons[n].holder == holder]
                if mine:
                    world.grant(mine, stage=stage, place=place)
            if at.manifest:
                world.present(at.manifest, stage, place)
            waiting = list(at.manifest)
            while waiting:
                before = len(waiting)
                waiting = [number for number in waiting if not self._moves(number, stage, place)]
                assert len(waiting) < before, "everybody at the place waits for the other side"
            figures = events.StageReconciled(stage, Slug(place), tallies(state, stage, place))
            world.all_must((*self.terms.parties, CROSS), figures)

    def _moves(self, number: Opaque, stage: str, place: str) -> bool:
        """Release and receive one person, if the sequence rule lets their desk."""
        world = self.world
        person = world.state.persons[number]
        desk = Author(f"{person.holder}/desk-{place}")
        assert person.right is not None
        refs = (person.right.presented or "", *to_name(world.state, (stage, place), desk))
        twin = world.state.fork()
        verdict = world.say(desk, world.release_event(number), refs=refs)
        if not verdict.applied:
            assert verdict.rule == "release.sequence", verdict
            world.state = twin
            world.entries.pop()
            return False
        world.receive(number, by=f"{person.to}/desk-{place}")
        return True

    def close(self) -> None:
        closing = events.RoundClosed(Slug(self.terms.round), accounts(self.world.state))
        self.world.all_must((*self.terms.parties, *MEDIATORS, CROSS), closing)


__all__ = ["Rehearsal", "agreement"]
