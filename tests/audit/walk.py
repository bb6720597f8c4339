"""Random walks through an exchange: every actor tries anything, early, late, twice, wrongly, out of contact.

What the fold makes of each attempt stays in the log. A walk is a function of its seed.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from repatria.exchange import events
from repatria.exchange.counting import accounts, tallies
from repatria.exchange.documents import PlanPlace, PlanStage, write
from repatria.exchange.events import Author, Day, Event, Opaque, Sha256, Slug
from tests.exchange.world import (
    MEDIATORS,
    MEMBERS,
    PARTIES,
    ROUND,
    STAGE_DAYS,
    Scenario,
    World,
    appointment,
    final_list,
    list_event,
    opaque,
    other,
    plan_of,
    rotation,
    sha,
    world_at,
)

SCENARIOS = (
    Scenario(people=(3, 3), uncounted=(1, 0), stages=1, bound=1),
    Scenario(people=(4, 2), uncounted=(0, 1), stages=2, bound=1, exposure=2),
    Scenario(people=(4, 4), stages=1, places=("bridge", "pier"), bound=1, desks=2),
    Scenario(people=(6, 3), uncounted=(1, 1), stages=2, places=("bridge", "pier"), bound=2, exposure=6, desks=2),
)


class Walk:
    """One walk: `steps` attempts from the plan in force on."""

    def __init__(self, seed: int, steps: int = 220) -> None:
        self.draw = random.Random(seed)
        phase = self.draw.choice(["planned", "granted", "presented"])
        self.world: World = world_at(phase, SCENARIOS[seed % len(SCENARIOS)])
        self.revoked = 0
        for at in range(steps):
            self.step(late=at > steps * 3 // 4)

    @property
    def state(self):  # type: ignore[no-untyped-def]
        return self.world.state

    def step(self, late: bool) -> None:
        if self.state.suspended_at(self.state.size) and self.draw.random() < 0.4:
            self.resume()
            return
        kinds = {
            self.open: 30, self.grant: 80, self.word: 40, self.present: 90, self.release: 300, self.receive: 240,
            self.substitute: 25, self.absent: 15, self.give_back: 25, self.dark: 12, self.settle: 50, self.withdraw: 5,
            self.suspend: 4, self.resume: 10, self.revoke: 12, self.reconcile: 60 if late else 3, self.abort: 2,
            self.refuse_access: 5, self.replan: 12, self.close: 5 if late else 0,
            self.change_class: 8, self.compromise: 8, self.rotate: 8, self.object: 12, self.wait: 8, self.appoint: 4,
        }  # fmt: skip
        (action,) = self.draw.choices(list(kinds), list(kinds.values()))
        action()

    # --- saying things --------------------------------------------------------------------------------------------

    def say(self, author: str, event: Event, *refs: str) -> bool:
        """Say it, having seen some of the ledger, at least as much as before."""
        _, _, least = self.state.chains.get(author, (-1, None, 0))
        size = self.state.size
        if self.draw.random() < 0.5:
            size = self.draw.randint(max(least, size - 40), size)
        seen = (size, self.state.root_at(size))
        return self.world.say(author, event, seen=seen, refs=tuple(dict.fromkeys(refs))).applied

    def all(self, authors: tuple[str, ...], event: Event) -> None:
        for author in self.draw.sample(authors, len(authors)):
            self.say(author, event)

    def someone(self, *states: str) -> Opaque:
        """A person, likely in one of these states."""
        fit = sorted(n for n, p in self.state.persons.items() if p.state in states)
        return Opaque(self.draw.choice(fit if fit and self.draw.random() < 0.9 else sorted(self.state.persons)))

    def some(self, *states: str) -> tuple[Opaque, ...]:
        return tuple(sorted({self.someone(*states) for _ in range(self.draw.choice([1, 1, 2, 3, 8]))}))

    def spot(self, number: str | None = None) -> tuple[Slug, Slug]:
        """Where a person is due, or anywhere."""
        if number in self.state.slots and self.draw.random() < 0.95:
            return self.state.slots[number]
        return Slug(self.draw.choice(sorted(self.state.stages))), Slug(self.draw.choice(self.world.scenario.places))

    def desk(self, party: str, place: str) -> str:
        """One of the party's desks at the place, likely."""
        more = (f"{party}/desk-{place}-{i}" for i in range(2, self.world.scenario.desks + 1))
        return self.draw.choice([f"{party}/desk-{place}", *more])

    def day(self) -> Day:
        return Day(self.draw.choice(["2025-12-01", "2025-12-06", "2025-12-08", "2025-12-09", *STAGE_DAYS]))

    # --- what they try ----------------------------------------------------------------------------------------------

    def change_class(self) -> None:
        """A later list with one more outside the ratio, or back in it; both sign, and somebody may act between."""
        number = self.someone("listed", "withheld", "absent", "not-going")
        holder = self.state.persons[number].holder
        outside, counted = opaque(f"class {holder} outside"), opaque(f"class {holder}")
        now = {n: person.class_id for n, person in self.state.persons.items()}
        now[number] = outside if now[number] == counted or self.draw.random() < 0.8 else counted
        fact = self.state.lists.get(holder)
        listed = final_list(self.world, holder, 1 if fact is None else fact.version + 1)
        rows = tuple(replace(row, class_id=now[row.number]) for row in listed.rows)
        event = list_event(self.world, replace(listed, rows=rows))
        first, second = self.draw.sample(PARTIES, 2)
        self.world.say(first, event)
        if self.draw.random() < 0.3:
            self.step(late=False)
        self.world.say(second, event)

    def open(self) -> None:
        closed = [name for name, stage in self.state.stages.items() if stage.opened is None]
        stage = Slug(self.draw.choice(sorted(closed or self.state.stages)))
        self.all((*PARTIES, self.draw.choice(MEDIATORS)), events.StageOpened(ROUND, stage, self.state.plan))

    def grant(self) -> None:
        numbers = self.some("listed", "withheld", "absent", "substituted")
        stage, place = self.spot(numbers[0])
        holder = self.state.persons[numbers[0]].holder
        epoch = len(self.state.persons[numbers[0]].rights) + 1
        wrongly = self.draw.random() < 0.1
        same = tuple(
            n for n in numbers
            if wrongly or (self.state.persons[n].holder == holder and self.state.slots.get(n) == (stage, place)
                           and len(self.state.persons[n].rights) + 1 == epoch)
        ) or numbers  # fmt: skip
        to = f"{holder}/sheet-0001" if self.draw.random() < 0.15 else self.desk(holder, place)
        self.say(holder, events.RightGranted(stage, place, Author(to), epoch, same))

    def word(self) -> None:
        numbers = self.some("listed", "right-out", "not-going", "withheld")
        kind = self.draw.choices([events.Cleared, events.NotGoing], [3, 1])[0]
        if kind is events.NotGoing:
            numbers = numbers[:1]
        if self.draw.random() < 0.6:
            _, place = self.spot(numbers[0])
            self.say(f"cross/gate-{place}", kind(place, self.day(), numbers))
        else:
            self.say("cross/visitor", kind(Slug("camp"), self.day(), numbers))

    def present(self) -> None:
        numbers = self.some("right-out")
        stage, place = self.spot(numbers[0])
        numbers = tuple(n for n in numbers if self.draw.random() < 0.1 or self.state.slots.get(n) == (stage, place))
        refs = [word.event for n in numbers for word in self.state.persons[n].words if self.draw.random() < 0.3]
        self.say(f"cross/gate-{place}", events.PersonPresented(stage, place, numbers), *refs)

    def release(self) -> None:
        person = self.state.persons[self.someone("right-out", "unconfirmed")]
        right = person.right
        if right is None:
            return
        refs = [right.presented] if right.presented and self.draw.random() < 0.97 else []
        refs += [e for e in self.state.receipts if self.draw.random() < 0.6 and self.state.events.get(e, -1) >= 0]
        sheet = right.holder if "/sheet-" in right.holder else None
        author = self.desk(person.holder, right.place) if sheet or self.draw.random() < 0.05 else right.holder
        epoch = right.epoch - (self.draw.random() < 0.05)
        self.say(author, events.PersonReleased(right.stage, right.place, person.number, epoch, sheet), *refs)

    def receive(self) -> None:
        self._answer(events.PersonReceived)

    def substitute(self) -> None:
        self._answer(events.SubstitutionFound)

    def _answer(self, kind: type[events.PersonReceived] | type[events.SubstitutionFound]) -> None:
        person = self.state.persons[self.someone("released", "unconfirmed")]
        right = person.right
        if right is None:
            return
        party = other(person.holder) if self.draw.random() < 0.97 else person.holder
        refs = [right.released] if right.released else []
        self.say(self.desk(party, right.place), kind(right.stage, right.place, person.number, right.epoch), *refs)

    def absent(self) -> None:
        person = self.state.persons[self.someone("right-out")]
        right = person.right
        if right is not None:
            self.say(right.holder, events.PersonAbsent(right.stage, right.place, person.number, right.epoch))

    def give_back(self) -> None:
        person = self.state.persons[self.someone("right-out", "unconfirmed")]
        right = person.right
        if right is not None:
            self.say(right.holder, events.RightReturned(right.stage, right.place, right.epoch, (person.number,)))

    def dark(self) -> None:
        stage, place = self.spot(self.someone("right-out"))
        desk = Author(self.desk(self.draw.choice(PARTIES), place))
        self.say(self.draw.choice((*PARTIES, *MEDIATORS)), events.Unconfirmed(stage, place, desk))

    def settle(self) -> None:
        person = self.state.persons[self.someone("unconfirmed")]
        right = person.right
        if right is None:
            return
        outcome = Slug(self.draw.choice(["received", "returned"]))
        settled = events.ReleaseConfirmed(right.stage, right.place, person.number, right.epoch, outcome)
        self.all(("north/supervisor", "south/supervisor"), settled)

    def withdraw(self) -> None:
        self.say(self.draw.choice(PARTIES), events.WithdrawnFromList(self.someone("listed", "withheld"), sha("reason")))

    def suspend(self) -> None:
        self.say(self.draw.choice(PARTIES), events.Suspended(ROUND))

    def resume(self) -> None:
        if any(pause.until is None for pause in self.state.suspensions):
            self.all(PARTIES, events.Resumed(ROUND))

    def revoke(self) -> None:
        """A desk or gate loses its key; often it gets another."""
        stands = [a for a, grants in self.state.keys.items() if grants[-1].until is None and "sig-" not in a]
        if not stands:
            return
        author = self.draw.choice(sorted(stands))
        grant = self.state.keys[author][-1]
        member = author.partition("/")[0]
        self.say(member, events.KeyRevoked(Author(author), grant.key))
        if self.draw.random() < 0.7:
            self.revoked += 1
            key = f"{author}#{self.revoked}"
            if self.say(member, appointment(author, grant.role, grant.place, key)) and self.draw.random() < 0.8:
                self.world.keys[author] = key  # else it goes on signing with the old one

    def compromise(self) -> None:
        """Somebody's key, as from somewhere in the last third of what there is."""
        author = self.draw.choice(sorted(self.state.keys))
        grant = self.draw.choice(self.state.keys[author])
        since = self.draw.randint(self.state.size * 2 // 3, self.state.size)
        event = events.KeyCompromised(Author(author), grant.key, since)
        member = author.partition("/")[0]
        others = [f"{member}/sig-{i}" for i in (1, 2, 3) if f"{member}/sig-{i}" != author]
        self.world.say(member, event, signers=[member, *(others if grant.role in ("signatory", "supervisor") else ())])

    def rotate(self) -> None:
        """A signatory, supervisor or interviewer, or a member; the new key is used at once, or after a while."""
        roles = ("signatory", "supervisor", "interviewer")
        able = [a for a, grants in self.state.keys.items() if grants[-1].role in roles]
        author = self.draw.choice(sorted([*able, *MEMBERS]))
        self.revoked += 1
        key = f"{author}#{self.revoked}"
        if self.world.say(author, rotation(author, key, self.world.keys.get(author))).applied:
            old = self.world.keys.get(author)
            self.world.keys[author] = key
            if "/" in author and self.draw.random() < 0.7:
                self.wait()
                if self.draw.random() < 0.3 and old is not None:
                    self.world.keys[author] = old

    def object(self) -> None:
        pending = [
            (author, grant)
            for author, grants in sorted(self.state.keys.items())
            for grant in grants
            if grant.stands_from is not None or grant.lifts_until is not None
        ]
        if pending:
            author, grant = self.draw.choice(pending)
            by = f"{author.partition('/')[0]}/sig-{self.draw.choice([1, 2, 3])}"
            self.world.say(by, events.KeyObjected(Author(author), grant.key))

    def wait(self) -> None:
        """The mediators' clocks go on; one of them says something that has no effect."""
        self.world.at = (datetime.fromisoformat(self.world.at) + timedelta(hours=13)).strftime("%Y-%m-%dT%H:%M:%SZ")
        for mediator in MEDIATORS:
            refused = self.draw.random() < 0.3
            event = events.Suspended(ROUND) if refused else events.DisputeRaised(sha("it"), Slug("late"))
            self.world.say(mediator, event)

    def appoint(self) -> None:
        self.revoked += 1
        party = self.draw.choice(PARTIES)
        role = self.draw.choice(["signatory", "supervisor"])
        self.world.say(party, appointment(f"{party}/{role}-{self.revoked}", role))

    def reconcile(self) -> None:
        stage, place = self.spot(self.someone("received", "withheld"))
        counted = tallies(self.state, stage, place)
        self.all((*PARTIES, "cross"), events.StageReconciled(stage, place, counted))

    def abort(self) -> None:
        stage, place = self.spot()
        self.say(self.draw.choice((*PARTIES, *MEDIATORS)), events.StageAborted(stage, place))

    def refuse_access(self) -> None:
        numbers = self.some("listed", "right-out")
        holder = self.state.persons[numbers[0]].holder
        self.say("cross/visitor", events.AccessRefused(Slug("camp"), self.day(), holder, numbers))

    def replan(self) -> None:
        """Everybody who may still go, dealt out anew over the stages that are not open."""
        plan = plan_of(self.world, replaces=self.state.plan)
        going = [p for p in self.state.persons.values() if p.state in ("listed", "withheld", "absent", "substituted")]
        self.draw.shuffle(going)
        stages = []
        for stage in plan.stages:
            if self.state.stages[stage.stage].opened is not None:
                continue
            places = []
            for place in stage.places:
                taken, going = going[:3], going[3:]
                sequence = tuple((p.number, p.holder) for p in taken)
                places.append(PlanPlace(place.place, place.bound, sequence))
            stages.append(PlanStage(stage.stage, stage.date, tuple(places)))
        name: Sha256 = self.world.attach(write(replace(plan, stages=tuple(stages))))
        self.say("gulf", events.PlanRevised(ROUND, name, self.state.plan))
        self.all((*PARTIES, "gulf"), events.PlanSigned(ROUND, name))

    def close(self) -> None:
        self.all(MEMBERS, events.RoundClosed(ROUND, accounts(self.state)))
