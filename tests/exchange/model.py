"""An explicit-state model of one place on one day, over the very reducers of the fold: every run, not a sample.

Devices (desks of both sides, the neutral's gate) act on their own narrowed states, out of contact. What one has said or
heard comes to another device, or event by event to the ledger, at any time or never: so partitions, crashes and late
returns need no states of their own (a desk that is down is one that does nothing; its journal is on its disk). The
ledger's members may meanwhile declare a desk dark, settle what became of its people, grant a right anew, suspend,
resume, and withdraw people.

Of the fold only the outermost layer is left out: bytes, signatures and tree. Chains, refs, authority and every rule are
the fold's own functions. Places in the ledger are kept as a clock that only acts of members and a device's new
snapshot move; desk events that come in between share its value, which is all that the rules look at.

A state of the model is one state per device and, where members act meanwhile, the ledger's. Where they do not, the
ledger has no say in what devices do, and the merging is searched by itself: from everything that was said in a run,
every set that can have come in so far, and every event that can come in next.

Devices' states are numbered as they are found and what each can become is worked out once, so a step of the whole
costs a few look-ups. People of one side who differ in nothing but their number are exchangeable: of the states that
differ by such an exchange only one is searched (and its number of images counted). The search is complete.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import permutations, product
from typing import Any

from repatria.exchange import authority, fold, rules
from repatria.exchange.codec import Body, encode_body, event_id
from repatria.exchange.events import (
    Author,
    Cleared,
    Day,
    Event,
    NotGoing,
    PersonAbsent,
    PersonPresented,
    PersonReceived,
    PersonReleased,
    ReleaseConfirmed,
    Resumed,
    RightGranted,
    RightReturned,
    Sha256,
    Slug,
    SubstitutionFound,
    Suspended,
    Unconfirmed,
    WithdrawnFromList,
)
from repatria.exchange.person import AVAILABLE, Person, word_order
from repatria.exchange.sequence import to_name
from repatria.exchange.state import Fact, Refuse, State, narrowed
from tests.exchange import invariants
from tests.exchange.world import NORTH, ROUND, SOUTH, STRAITS, World, sha

S1, BRIDGE, CAMP = Slug("s1"), Slug("bridge"), Slug("camp")
GATE = "cross/gate-bridge"
LEDGER = "ledger"


class Violation(AssertionError):
    """An invariant does not hold in a state that can be reached."""


@dataclass(frozen=True)
class Setting:
    """What may happen in a run."""

    devices: tuple[str, ...] = ("north/desk-bridge", "south/desk-bridge", GATE)
    passes: tuple[int, ...] = (0, 1, 2, 3)  # whom the gate may let through, by their positions in the manifest
    declines: tuple[int, ...] = ()  # positions in the manifest of those who may say no at the gate
    declines_in_camp: tuple[int, ...] = ()
    returns: tuple[int, ...] = ()  # whose right may come back unused
    absent: tuple[int, ...] = ()
    substituted: tuple[int, ...] = ()
    dark: tuple[str, ...] = ()  # desks that may be declared dark
    settles: bool = False  # supervisors settle unconfirmed people
    grants_anew: tuple[str, ...] = ()  # devices to which an available person's right may be granted
    withdraws: tuple[int, ...] = ()
    suspends: bool = False
    renews: tuple[str, ...] = ()  # devices that may take a new snapshot of the ledger
    gate_hears: bool = False  # of what desks do; it needs to only where people come back from them
    one_by_one: bool = False  # devices hear single events from each other, not all at once
    sticks: bool = False  # the ledger takes all that one device knows at once, not event by event
    hostile: tuple[str, ...] = ()  # events that somebody without the right to them may try

    @property
    def members_act(self) -> bool:
        """Whether the ledger has a say in what devices can do."""
        return bool(
            self.dark or self.settles or self.grants_anew or self.withdraws or self.suspends or self.renews
            or self.declines_in_camp
        )  # fmt: skip


@dataclass
class Local:
    """One state of one device or of the ledger, and what it can become."""

    state: State
    known: frozenset[str]  # what devices have said
    handed: frozenset[tuple[str, int]]  # number and epoch of those whom it knows to be released
    acts: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    histories: dict[str, Any] = field(default_factory=dict)


class Model:
    def __init__(self, world: World, setting: Setting) -> None:
        self.world, self.setting = world, setting
        self.people = world.manifest()
        self._ticks = bool(setting.renews or setting.suspends)  # else nothing looks at the clock again
        self.bodies: dict[str, Body] = {}
        self.locals: list[Local] = []
        self._numbers: dict[Any, int] = {}
        self._merges: dict[tuple[int, frozenset[str]], tuple[int, ...]] = {}
        self._taken: dict[tuple[int, str], int] = {}
        self._controlled: dict[tuple[int, str, Event], int | None] = {}
        self._acted: dict[tuple[int, frozenset[tuple[str, int]]], tuple[int, ...]] = {}
        self._renewals: dict[tuple[int, int], int] = {}
        self._orders: dict[frozenset[str], Any] = {}
        self._images: dict[tuple[int, int], int] = {}
        self._image_of: list[dict[str, str]] = []
        self._exchanges = self._allowed_exchanges()
        self._ways = {tuple(way[number] for number in self.people): i for i, way in enumerate(self._exchanges)}
        ledger = world.state.fork()
        ledger.events = {event: at for event, at in ledger.events.items() if event in _acts(ledger)}
        ledger.assents, ledger.papers, ledger.refusals = {}, {}, []
        alike = ledger.persons[self.people[0]]
        ledger.persons = {n: replace(ledger.persons[n], row=alike.row) for n in self.people}
        self._image_of = [{event: event for event in ledger.events} for _ in self._exchanges]
        self.ledger_start = self._number(ledger)
        device = self._number(self._snapshot(ledger))
        devices = tuple(device for _ in setting.devices)
        self.start = (self.ledger_start, *devices) if setting.members_act else devices
        self.first = 1 if setting.members_act else 0
        self.seen: set[tuple[int, ...]] = set()
        self.merged = 0

    # --- local states -------------------------------------------------------------------------------------------------

    def _snapshot(self, ledger: State) -> State:
        """What a device takes along: the clock stands where the ledger's stood."""
        state = narrowed(ledger, "s1", "bridge")
        state.persons = {number: state.persons[number] for number in self.people}
        return state

    def _number(self, state: State) -> int:
        events = frozenset(state.events.items())
        key = (
            state.base, state.size, tuple(state.persons.values()), frozenset(state.chains.items()), events,
            *(tuple(sorted(table.items())) for table in (state.books, state.doubtful, state.settled)),
            tuple(state.suspensions), frozenset(state.assents.items()),
        )  # fmt: skip
        found = self._numbers.get(key)
        if found is None:
            invariants.check(state)
            found = self._numbers[key] = len(self.locals)
            said = (event for event in state.events if event in self.bodies)
            known = frozenset(event for event in said if self.bodies[event].author in self.setting.devices)
            handed = frozenset(
                (person.number, right.epoch)
                for person in state.persons.values()
                for right in person.rights
                if right.released is not None
            )
            self.locals.append(Local(state, known, handed))
            if state.base is None:
                self._check_order(found)
        return found

    # --- people who are exchangeable ----------------------------------------------------------------------------------

    def _allowed_exchanges(self) -> list[dict[str, str]]:
        """Every way to exchange people of one side that the setting does not tell apart; the first exchanges nobody."""
        marks: dict[str, list[str]] = {}
        for at, number in enumerate(self.people):
            person = self.world.state.persons[number]
            setting = self.setting
            lists = (setting.passes, setting.declines, setting.returns, setting.absent, setting.substituted,
                     setting.withdraws, setting.declines_in_camp)  # fmt: skip
            of = (person.holder, person.counts, *(at in listed for listed in lists))
            marks.setdefault(str(of), []).append(number)
        self._groups = list(marks.values())
        groups = [list(permutations(group)) for group in self._groups]
        return [
            {
                old: new
                for group, image in zip(marks.values(), images, strict=True)
                for old, new in zip(group, image, strict=True)
            }
            for images in product(*groups)
        ]

    def _event_image(self, way: int, name: str) -> str:
        """The event that this one would have been among exchanged people."""
        found = self._image_of[way].get(name)
        if found is None:
            if name not in self.bodies:
                return name  # from before the model began, about nobody in particular
            body, people = self.bodies[name], self._exchanges[way]
            data: Any = body.data
            if hasattr(data, "number"):
                data = replace(data, number=people[data.number])
            elif hasattr(data, "numbers"):
                data = replace(data, numbers=tuple(people.get(number, number) for number in data.numbers))
            prev = None if body.prev is None else self._event_image(way, body.prev)
            refs = tuple(self._event_image(way, ref) for ref in body.refs)
            image = body._replace(data=data, prev=prev, refs=refs)
            found = self._image_of[way][name] = event_id(encode_body(image))
            self.bodies[found] = image
        return found

    def image(self, way: int, number: int) -> int:
        """The local state that this one would have been among exchanged people."""
        if way == 0:
            return number
        found = self._images.get((way, number))
        if found is None:
            found = self._images[way, number] = self._number(self._state_image(way, self.locals[number].state))
        return found

    def _state_image(self, way: int, state: State) -> State:
        people = self._exchanges[way]

        def event(name: Any) -> Any:
            return None if name is None else self._event_image(way, name)

        twin = forked(state)
        moved = {}
        for number, person in state.persons.items():
            rights = tuple(
                replace(
                    right, presented=event(right.presented), released=event(right.released), absent=event(right.absent),
                    returned=event(right.returned), confirmed_by=event(right.confirmed_by),
                    receipts=tuple(replace(receipt, event=event(receipt.event)) for receipt in right.receipts),
                )
                for right in person.rights
            )  # fmt: skip
            words = tuple(
                sorted(
                    (replace(w, event=event(w.event), over=tuple(map(event, w.over))) for w in person.words),
                    key=word_order,
                )
            )
            moved[people[number]] = replace(
                person, number=people[number], rights=rights, words=words, withdrawn=event(person.withdrawn)
            )
        twin.persons = {number: moved[number] for number in self.people}
        twin.events = {event(name): at for name, at in state.events.items()}
        twin.chains = {
            author: (seq, event(name) if name in self.bodies else name, size)
            for author, (seq, name, size) in state.chains.items()
        }
        twin.receipts = {
            event(name): tuple(people.get(number, number) for number in numbers)
            for name, numbers in state.receipts.items()
        }
        for name in ("doubtful", "settled"):
            table = getattr(state, name)
            setattr(twin, name, {key: tuple(sorted(people[number] for number in table[key])) for key in table})
        twin.books = {
            key: replace(
                books, credited=tuple(sorted(people[number] for number in books.credited)),
                named=tuple(map(event, books.named)),
            )
            for key, books in state.books.items()
        }  # fmt: skip
        return twin

    def canonical(self, whole: tuple[int, ...]) -> tuple[int, ...]:
        """Of the states that differ from this one by an exchange of people, the one with their histories in order."""
        order: dict[str, str] = {}
        for group in self._groups:
            if len(group) > 1:
                histories = sorted((tuple(self._history(number, each) for number in whole), each) for each in group)
                order |= {each: place for (_, each), place in zip(histories, group, strict=True)}
        way = self._ways[tuple(order.get(number, number) for number in self.people)]
        return whole if way == 0 else tuple(self.image(way, number) for number in whole)

    def _history(self, number: int, person: str) -> Any:
        """What a device knows of one person, without a number in it."""
        histories = self.locals[number].histories
        if person not in histories:
            found = self.locals[number].state.persons[person]
            rights = [
                (right.holder, right.dark, right.confirmed or "", sorted(map(self._said_at, right.acts)))
                for right in found.rights
            ]
            histories[person] = (found.state, rights, sorted(self._said_at(word.event) for word in found.words))
        return histories[person]

    def _check_order(self, number: int) -> None:
        """Come in in any order, the same events leave the same people in the same states."""
        state = self.locals[number].state
        view = {person.number: person.state for person in state.persons.values()}
        before = self._orders.setdefault(frozenset(state.events), view)
        if before != view:
            raise Violation("the same events in another order leave other states")

    def _takes(self, state: State, name: str, body: Body, control: bool = False) -> str | None:
        """Let the event take effect on the state, as the fold would; or the rule that refuses it."""
        seq = state.chains.get(body.author, (-1, None, 0))[0]
        forked = fold.is_forked(state, body)
        if body.seq > seq + 1 and not forked:
            return "chain.place"
        known = state.size if state.base is None else state.base
        index = state.size
        judged = min(body.seen[0], known) if authority.works_apart(state, body) else index
        role = place = None
        if "/" in body.author:
            grant = state.key_at(body.author, judged)
            if grant is None:
                return "authority.key"
            role, place = grant.role, grant.place
        fact = Fact(
            index, name, body, body.member, role, place, 99, judged, False, standing=True, forked=forked
        )  # fmt: skip
        try:
            fold.check_refs(state, body)
            if forked:
                return "chain.forked"
            state.events[name] = index
            authority.check(state, fact)
            rules.reduce(state, fact, lambda _: None)
        except Refuse as refusal:
            state.events.pop(name, None)
            return refusal.rule
        state.chains[body.author] = (
            body.seq,
            Sha256(name),
            max(body.seen[0], state.chains.get(body.author, (0, 0, 0))[2]),
        )
        if control and self._ticks:
            state.size += 1
        return None

    def _says(self, state: State, author: str, event: Event, refs: tuple[str, ...] = ()) -> tuple[str, Body]:
        seq, prev, _ = state.chains.get(author, (-1, None, 0))
        size = state.size if state.base is None else state.base
        refs = tuple(sorted(refs, key=self._said_at))
        body = Body(
            self.world.state.exchange, author, seq + 1, prev, (size, sha("root")), refs, (), self.world.at, event
        )
        name = event_id(encode_body(body))
        self.bodies[name] = body
        return name, body

    def _said_at(self, ref: str) -> tuple[str, int]:
        """An order of refs that does not depend on people's numbers."""
        return (self.bodies[ref].author, self.bodies[ref].seq) if ref in self.bodies else ("", 0)

    def _after(self, number: int, author: str, event: Event, *refs: str, control: bool = False) -> int | None:
        state = forked(self.locals[number].state)
        name, body = self._says(state, author, event, refs)
        return None if self._takes(state, name, body, control) else self._number(state)

    # --- what a device may do -----------------------------------------------------------------------------------------

    def acts(self, device: str, number: int) -> list[tuple[int, str]]:
        """What the device can become by an act of its own, each with what it did."""
        local = self.locals[number]
        if device not in local.acts:
            local.acts[device] = [
                (after, what)
                for what, author, event, refs in self._wishes(device, local.state)
                if (after := self._after(number, author, event, *refs)) is not None
            ]
        return local.acts[device]

    def _wishes(self, device: str, state: State) -> Iterator[tuple[str, str, Event, tuple[str, ...]]]:
        for at, number in enumerate(self.people):
            person = state.persons[number]
            right = person.right
            if right is None:
                continue
            if device == GATE:
                if right.presented is None and at in self.setting.passes:
                    yield f"present {at}", GATE, PersonPresented(S1, BRIDGE, (number,)), ()
                if at in self.setting.declines and not any(word.stage for word in person.words):
                    yield f"decline {at}", GATE, NotGoing(BRIDGE, Day("2025-12-10"), (number,)), ()
            elif device.startswith(person.holder):
                if right.holder != device or not right.out:
                    continue
                gate = (right.presented,) if right.presented else ()
                refs = (*gate, *self._news(state, device))
                yield f"release {at}", device, PersonReleased(S1, BRIDGE, number, right.epoch, None), refs
                if at in self.setting.returns:
                    yield f"return {at}", device, RightReturned(S1, BRIDGE, right.epoch, (number,)), ()
                if at in self.setting.absent:
                    yield f"absent {at}", device, PersonAbsent(S1, BRIDGE, number, right.epoch), ()
            elif right.released is not None and not any(receipt.by == device for receipt in right.receipts):
                yield f"receive {at}", device, PersonReceived(S1, BRIDGE, number, right.epoch), (right.released,)
                if at in self.setting.substituted:
                    event = SubstitutionFound(S1, BRIDGE, number, right.epoch)
                    yield f"substituted {at}", device, event, (right.released,)
        if "desk clears" in self.setting.hostile and device.startswith("north"):
            yield "desk clears", device, Cleared(BRIDGE, Day("2025-12-10"), tuple(self.people)), ()
            yield "desk presents", device, PersonPresented(S1, BRIDGE, (self.people[0],)), ()
        if "others' rights" in self.setting.hostile and device.startswith("north/"):
            for number in self.people:
                right = state.persons[number].right
                if (
                    right is not None
                    and right.holder != device
                    and right.presented
                    and device.startswith(state.persons[number].holder)
                ):
                    event = PersonReleased(S1, BRIDGE, number, right.epoch, None)
                    yield "use another's right", device, event, (right.presented,)
        if "unseen receipts" in self.setting.hostile and device.startswith("north"):
            for number in self.people:
                right = state.persons[number].right
                if right is not None and right.holder == device and right.presented and right.out:
                    event = PersonReleased(S1, BRIDGE, number, right.epoch, None)
                    yield "rely on nothing", device, event, (right.presented, sha("a receipt that nobody gave"))

    def _news(self, state: State, device: str) -> tuple[str, ...]:
        """Every receipt, finding and word that the desk holds and has not named yet."""
        return tuple(sorted(to_name(state, ("s1", "bridge"), device), key=self._said_at))

    # --- hearing and merging ------------------------------------------------------------------------------------------

    def hears(self, hearer: int, said: frozenset[str]) -> tuple[int, ...]:
        """What the hearer can become by what somebody said: all of it at once, or each event alone."""
        news = said - self.locals[hearer].known
        if not news:
            return ()
        found = self._merges.get((hearer, news))
        if found is None:
            found = self._merges[hearer, news] = tuple(self._hearings(hearer, sorted(news)))
        return found

    def _hearings(self, hearer: int, news: list[str]) -> Iterator[int]:
        local = self.locals[hearer]
        if self.setting.one_by_one or (local.state.base is None and not self.setting.sticks):
            for name in news:
                if self._is_ready(local.state, name) and (after := self._with_event(hearer, name)) != hearer:
                    yield after
            return
        state = forked(local.state)
        while ready := [name for name in news if self._is_ready(state, name)]:
            for name in ready:
                self._take_what_was_said(state, name)
            news = [name for name in news if name not in ready]
        after = self._number(state)
        if after != hearer:
            yield after

    def _is_ready(self, state: State, name: str) -> bool:
        """Whether what the event must wait for is there: its author's earlier events, and what it names."""
        body = self.bodies[name]
        return (body.prev is None or body.prev not in self.bodies or body.prev in state.events) and all(
            ref in state.events or ref not in self.bodies for ref in body.refs
        )

    def _with_event(self, hearer: int, name: str) -> int:
        found = self._taken.get((hearer, name))
        if found is None:
            state = forked(self.locals[hearer].state)
            self._take_what_was_said(state, name)
            found = self._taken[hearer, name] = self._number(state)
        return found

    def _take_what_was_said(self, state: State, name: str) -> None:
        """What took effect on its device takes effect wherever it comes, once what it waits for is there.

        Only a device with an older snapshot than the author's may have to wait for a newer one.
        """
        body = self.bodies[name]
        rule = self._takes(state, name, body)
        if rule is not None and (state.base is None or body.seen[0] <= state.base):
            raise Violation(f"{body.kind} by {body.author} took effect there and is refused here: {rule}")

    # --- what members do at the ledger --------------------------------------------------------------------------------

    def controls(self, ledger: int, devices: tuple[int, ...]) -> tuple[int, ...]:
        """What the ledger can become by what members do, who know whom devices have handed over."""
        handed = frozenset().union(*(self.locals[number].handed for number in devices))
        key = (ledger, handed)
        if key not in self._acted:
            self._acted[key] = tuple(self._controls(ledger, handed))
        return self._acted[key]

    def _controls(self, ledger: int, handed: frozenset[tuple[str, int]]) -> Iterator[int]:
        setting, state = self.setting, self.locals[ledger].state
        for desk in setting.dark:
            event = Unconfirmed(S1, BRIDGE, Author(desk))
            if any(p.right and p.right.holder == desk and not p.right.dark for p in state.persons.values()):
                yield from self._control(ledger, STRAITS, event)
        for at, number in enumerate(self.people):
            person = state.persons[number]
            if setting.settles and person.state == "unconfirmed":
                yield from self._settled(ledger, handed, person)
            if person.state in AVAILABLE and person.right is not None and len(person.rights) < 2:
                for desk in setting.grants_anew:
                    if desk.startswith(person.holder):
                        grant = RightGranted(S1, BRIDGE, Author(desk), len(person.rights) + 1, (number,))
                        yield from self._control(ledger, person.holder, grant)
            if at in setting.withdraws:
                yield from self._control(ledger, person.holder, WithdrawnFromList(number, sha("reason")))
            declined = any(word.place == CAMP and not word.going for word in person.words)
            if at in setting.declines_in_camp and not declined:
                yield from self._control(ledger, "cross/visitor", NotGoing(CAMP, Day("2025-12-10"), (number,)))
        if setting.suspends and not state.suspensions:
            yield from self._control(ledger, SOUTH, Suspended(ROUND))
        elif setting.suspends and state.suspensions[-1].until is None:
            for after in self._control(ledger, NORTH, Resumed(ROUND)):
                yield from self._control(after, SOUTH, Resumed(ROUND))

    def _control(self, ledger: int, author: str, event: Event) -> Iterator[int]:
        key = (ledger, author, event)
        if key not in self._controlled:
            self._controlled[key] = self._after(ledger, author, event, control=True)
        after = self._controlled[key]
        if after is not None and after != ledger:
            yield after

    def _settled(self, ledger: int, handed: frozenset[tuple[str, int]], person: Person) -> Iterator[int]:
        """Supervisors say what is so: received if a desk has released the person, else returned."""
        assert person.right is not None
        outcome = "received" if (person.number, person.right.epoch) in handed else "returned"
        event = ReleaseConfirmed(S1, BRIDGE, person.number, person.right.epoch, Slug(outcome))
        for after in self._control(ledger, "north/supervisor", event):
            yield from self._control(after, "south/supervisor", event)

    def renewed(self, device: int, ledger: int) -> int | None:
        """The device with a new snapshot of the ledger and its own journal on top, once the ledger has all of it."""
        if not self.locals[device].known <= self.locals[ledger].known:
            return None
        key = (device, ledger)
        if key not in self._renewals:
            self._renewals[key] = self._number(self._snapshot(self.locals[ledger].state))
        return self._renewals[key]

    # --- the search ---------------------------------------------------------------------------------------------------

    def steps(self, whole: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], str]]:
        """Every state that can come next, and by what."""
        first = self.first
        for at, name in enumerate(self.setting.devices, first):
            number = whole[at]
            for after, what in self.acts(name, number):
                if self._possible(whole, name, what):
                    yield (*whole[:at], after, *whole[at + 1 :]), what
            if name == GATE and not self.setting.gate_hears:
                continue
            for other in range(first, len(whole)):
                if other != at:
                    for after in self.hears(number, self.locals[whole[other]].known):
                        yield (*whole[:at], after, *whole[at + 1 :]), "hear"
        if not self.setting.members_act:
            return
        ledger = whole[0]
        for at, name in enumerate(self.setting.devices, first):
            for after in self.hears(ledger, self.locals[whole[at]].known):
                yield (after, *whole[1:]), "merge"
            if name in self.setting.renews:
                renewed = self.renewed(whole[at], ledger)
                if renewed is not None and renewed != whole[at]:
                    yield (*whole[:at], renewed, *whole[at + 1 :]), "renew"
        for after in self.controls(ledger, whole[1:]):
            yield (after, *whole[1:]), "member"

    def said(self, whole: tuple[int, ...]) -> frozenset[str]:
        """Every event that any device knows."""
        return frozenset().union(*(self.locals[number].known for number in whole))

    def _possible(self, whole: tuple[int, ...], device: str, what: str) -> bool:
        """A desk cannot hand over somebody whom its own supervisor has fetched back."""
        verb, _, at = what.partition(" ")
        if verb not in ("release", "return", "absent") or not self.setting.settles:
            return True
        rights = self.locals[whole[0]].state.persons[self.people[int(at)]].rights
        return not any(right.holder == device and right.confirmed == "returned" for right in rights)

    def search(self, check: Callable[[tuple[int, ...]], None], most: int = 10**8) -> int:
        """How many states there are up to exchanges of people; every one of them checked."""
        start = self.canonical(self.start)
        self.seen = seen = {start}
        queue = deque([start])
        last: set[frozenset[str]] = set()
        while queue:
            whole = queue.popleft()
            check(whole)
            more = False
            for after, _ in self.steps(whole):
                more = True
                after = self.canonical(after)
                if after not in seen:
                    seen.add(after)
                    queue.append(after)
                    if len(seen) > most:
                        raise RuntimeError(f"more than {most} states")
            if not more:
                last.add(self.said(whole))
        self.merged = 0 if self.setting.members_act else sum(map(self._merge_all, last))
        return len(seen)

    def _merge_all(self, said: frozenset[str]) -> int:
        """Everything that was said in a run comes to the ledger in every order; how many states that passes."""
        seen, queue = {self.ledger_start}, [self.ledger_start]
        while queue:
            for after in self.hears(queue.pop(), said):
                if after not in seen:
                    seen.add(after)
                    queue.append(after)
        if not any(self.locals[number].known == said for number in seen):
            raise Violation("something that was said never comes in")
        return len(seen)


def forked(state: State) -> State:
    """A copy, as `State.fork` makes it, of what the events of a model can change."""
    twin = copy(state)
    for name in ("persons", "chains", "events", "books", "receipts", "doubtful", "settled", "hands", "assents"):
        setattr(twin, name, dict(getattr(state, name)))
    twin.suspensions = list(state.suspensions)
    return twin


def _acts(state: State) -> set[str]:
    return {act for person in state.persons.values() for act in person.acts}
