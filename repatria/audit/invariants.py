"""What must never happen, checked at every entry by code that shares nothing with the reducers.

Each act updates this module's own account of lists, plans, rights and words, and is asked what DESIGN section 5 asks:
everyone in exactly one state, one right, one release; cleared first; received only where both sides signed the same;
never a withdrawal under a right; nobody further ahead than the bound, in any prefix; suspensions kept. Only persons
whom an act touches are looked at, so a ledger is checked in one pass. Whole numbers only.

A problem's code is `audit.<check>.<what>`; the check is the line that `verify` prints.

Source: DESIGN.md sections 4.4 to 4.8 and 5.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from math import lcm
from typing import TypeVar

from repatria.audit import recount
from repatria.audit.acts import Act, Attachments, Fallen
from repatria.audit.authority import Authority, take_back
from repatria.audit.persons import FREE, IN_THE_AIR, Said, Spot, Story, Turn, counting, order, standing, state_of
from repatria.deal.classes import PersonClass, decode_classes
from repatria.deal.terms import Terms, decode_terms
from repatria.exchange import events
from repatria.exchange.documents import Answers, FinalList, ListRow, Plan, PlanPlace, read
from repatria.exchange.events import Event
from repatria.exchange.person import Person
from repatria.ledger.canonical import encode
from repatria.message import Message, Name
from repatria.problem import Problem, Problems

T = TypeVar("T")
SEALED_CHARACTERS = 2048  # of every sealed note, whatever it says
# Who has a part in an act of several without being asked to by the terms.
_USUAL = {
    "terms": ("party", "guarantor"),
    "final_list": ("party",),
    "plan": ("party", "mediator"),
    "stage_open": ("party", "mediator", "host"),
    "round_close": ("party", "mediator", "neutral", "host"),
}
KEEP = "keep this copy as evidence, and ask the members how an entry against the rules came to have effect"


@dataclass
class At:
    """A place of a stage in the plan in force."""

    bound: int
    manifest: tuple[str, ...]
    reconciled: bool = False
    aborted: bool = False


@dataclass
class Stage:
    """A stage, with the terms under which it was planned: late acts at it are judged by them."""

    date: str
    places: dict[str, At]
    round: str
    chance_days: int
    factor: dict[str, int]
    opened: bool = False

    @property
    def largest(self) -> int:
        return max(self.factor.values(), default=1)


@dataclass
class Pause:
    """A suspension: from the entry after `since` to the entry `until`, when every party has agreed to resume."""

    since: int
    until: int | None = None
    agreed: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Point:
    """By how much progress each party is ahead after an entry."""

    index: int
    ahead: tuple[tuple[str, int], ...]


@dataclass
class Register:
    owner: str
    rows: int
    asked: set[str] = field(default_factory=set)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)  # by who answers
    erased: set[str] = field(default_factory=set)

    def blank(self, holder: str) -> int:
        """How many of the rows that stand this holder has not answered."""
        return max(0, self.rows - len(self.erased | set(self.answers.get(holder, ()))))


class Watch:
    """Follows a ledger act by act and keeps every problem it finds, and what it counted."""

    def __init__(self, authority: Authority, attachments: Attachments, fallen: Mapping[str, Fallen]) -> None:
        self.authority, self.attachments, self.fallen = authority, attachments, fallen
        self.problems: list[Problem] = []
        self.persons: dict[str, Story] = {}
        self.touched: set[str] = set()  # by the latest act
        self.terms: Terms | None = None
        self.terms_name = self.plan = self.round = ""
        self.sides: dict[str, tuple[str, ...]] = {}
        self.lists: dict[str, tuple[str, str, int]] = {}  # holder -> list, classes, version
        self.registers: dict[str, Register] = {}
        self.stages: dict[str, Stage] = {}
        self.slots: dict[str, tuple[events.Slug, events.Slug]] = {}
        self.credits: dict[str, list[tuple[str, Spot | None]]] = {}  # receipt or word -> for whom, and where
        self.named: dict[tuple[Spot, str], set[str]] = defaultdict(set)  # place and side -> whose answers it named
        self.round_open = True
        self.findings: dict[str, tuple[str, str, str]] = {}  # somebody else was brought: number, stage, place
        self.moved: set[str] = set()
        self.pauses: list[Pause] = []
        self.assents: dict[Event, dict[str, int]] = defaultdict(dict)  # member -> the entry by which it agreed
        self.counts: dict[str, int] = defaultdict(int)
        self.points: list[Point] = []
        self.factor: dict[str, int] = {}
        self.sightings: dict[object, set[str]] = defaultdict(set)  # number, or register and row -> what was said
        self._rows: dict[str, tuple[str, str]] = {}  # number -> register and row
        self._numbers: dict[tuple[str, str, str], str] = {}  # holder, register, row -> who it is
        self._weights: dict[str, tuple[int, int]] = {}  # number -> weight released, weight offered
        self._gone: dict[tuple[Spot, str], int] = defaultdict(int)  # place and side -> weight released there
        self._named_at: dict[str, set[Spot]] = defaultdict(set)
        self._settled: dict[str, None] = {}  # people whom supervisors settled as received
        self._relied: dict[str, set[str]] = defaultdict(set)  # by a desk, in all its releases
        self._gone_from: dict[str, frozenset[Spot]] = {}
        self._released: dict[str, int] = defaultdict(int)
        self._offered: dict[str, int] = defaultdict(int)
        self.beyond: list[Message] = []  # leads above the bound that no release brought about
        self._moved = False
        self._rules: dict[type[Event], Callable[[Act], None]] = {
            events.RoundActivated: self.round_activated,
            events.TermsSigned: self.terms_signed,
            events.TermsAmended: self.terms_amended,
            events.RegisterCommitted: self.register_committed,
            events.RegisterDisclosed: self.register_disclosed,
            events.AnswersGiven: self.answers_given,
            events.FinalListSigned: self.final_list_signed,
            events.MedicalBoardDecided: self.board_decided,
            events.ProofOfLifeRecorded: self.seen,
            events.IdentityConfirmed: self.seen,
            events.AccessRefused: self.access_refused,
            events.Cleared: self.word_given,
            events.NotGoing: self.word_given,
            events.PlanSigned: self.plan_signed,
            events.StageOpened: self.stage_opened,
            events.RightGranted: self.right_granted,
            events.RightReturned: self.right_returned,
            events.PersonPresented: self.person_presented,
            events.PersonReleased: self.person_released,
            events.PersonReceived: self.person_received,
            events.SubstitutionFound: self.substitution_found,
            events.PersonAbsent: self.person_absent,
            events.Unconfirmed: self.unconfirmed,
            events.ReleaseConfirmed: self.release_confirmed,
            events.StageReconciled: self.stage_reconciled,
            events.StageAborted: self.stage_aborted,
            events.Suspended: self.suspended,
            events.Resumed: self.resumed,
            events.WithdrawnFromList: self.withdrawn,
            events.RecordErased: self.record_erased,
            events.RoundClosed: self.round_closed,
            events.ExchangeClosed: self.exchange_closed,
            events.KeyCompromised: self.key_compromised,
        }

    def see(self, act: Act) -> None:
        """Take in one act that had effect, and note every rule that it breaks."""
        self.touched = set()
        rule = self._rules.get(type(act.event))
        if rule is not None:
            rule(act)
            self._balance(act)

    def bad(self, code: str, where: Act | int, what: str, number: str | None = None) -> None:
        index = where.index if isinstance(where, Act) else where
        at = f"entry {index}" if number is None else f"entry {index}, number {number}"
        self.problems.append(Problem(f"audit.{code}", at, what, KEEP))

    # --- lists ----------------------------------------------------------------------------------------------------

    def round_activated(self, act: Act) -> None:
        """A new round has nothing of the one before but people, registers and the stages that were opened."""
        event: events.RoundActivated = act.event
        if not self._agreed(act, self.authority.parties, self.authority.of_role("mediator")):
            return
        if self.round and self.round_open:
            self.bad("lists.round", act, "a round begins while another is open")
        self.round, self.round_open = event.round, True
        self.terms, self.terms_name, self.plan = None, "", ""
        self.lists, self.moved = {}, set()
        self._drop_unopened()
        self.slots = {number: slot for number, slot in self.slots.items() if slot[0] in self.stages}
        self._weigh_all()

    def _drop_unopened(self) -> None:
        self.stages = {name: stage for name, stage in self.stages.items() if stage.opened}

    def terms_signed(self, act: Act) -> None:
        event: events.TermsSigned = act.event
        if not self._agreed(act, self._signing(act, "terms", event.terms)):
            return
        if self.terms is not None:
            self.bad("lists.terms", act, "terms are signed where terms are in force; they can only be amended")
        self._terms_in_force(act, event.terms)

    def terms_amended(self, act: Act) -> None:
        """Other terms in the same round: nothing that is open or was opened may change by them."""
        event: events.TermsAmended = act.event
        before = self.terms
        if not self._agreed(act, self._signing(act, "terms", event.terms)):
            return
        if event.replaces != self.terms_name or before is None:
            self.bad("lists.terms", act, "an amendment of other terms than those in force")
        self._terms_in_force(act, event.terms)
        for name, stage in self.stages.items():
            if not stage.opened or stage.round != self.round:
                continue
            if not all(at.reconciled or at.aborted for at in stage.places.values()):
                self.bad("lists.amended", act, f"terms are amended while stage {name} is open")
            if before is not None and self.terms is not None and self.terms.stage(name) != before.stage(name):
                self.bad("lists.amended", act, f"an amendment changes stage {name}, which was opened")
        self._drop_unopened()
        self._weigh_all()

    def _weigh_all(self) -> None:
        self.touched |= set(self.persons)

    def _terms_in_force(self, act: Act, name: str) -> None:
        try:
            self.terms = decode_terms(self.attachments(name) or b"")
        except ValueError:
            self.bad("lists.terms", act, "terms in force that cannot be read")
            return
        if self.terms.round != self.round or (self.sides and self.terms.sides != self.sides):
            self.bad("lists.terms", act, "terms in force for another round, or with other sides than before")
        if any(s.stage in self.stages and self.stages[s.stage].round != self.round for s in self.terms.stages):
            self.bad("lists.terms", act, "a stage has the name of one in an earlier round")
        self.terms_name, self.sides = name, self.terms.sides
        whole = lcm(*self.terms.totals.values())
        self.factor = {holder: whole // total for holder, total in sorted(self.terms.totals.items())}

    def register_committed(self, act: Act) -> None:
        event: events.RegisterCommitted = act.event
        if event.register in self.registers:
            self.bad("lists.register", act, "a register is committed twice")
        self.registers[event.register] = Register(act.member, event.rows)

    def register_disclosed(self, act: Act) -> None:
        event: events.RegisterDisclosed = act.event
        register = self.registers.get(event.register)
        if register is None or register.owner != act.member:
            self.bad("lists.register", act, "a register is disclosed by somebody else than its owner")
            return
        if self.terms is not None and not all(self._may_show(self.terms, act.member, reader) for reader in event.to):
            self.bad("lists.disclosed", act, "a register is disclosed to somebody whom the terms in force leave out")
        register.asked |= set(event.to) & set(self.authority.parties)

    def _may_show(self, terms: Terms, owner: str, reader: str) -> bool:
        """Whether the terms let this party's register of the sought be shown to that member."""
        if terms.disclosure is None:
            return True
        words = set(terms.disclosure.to)
        if "holder" in words:
            words |= {party for party in self.authority.parties if self._side(party) != self._side(owner)}
        if "neutral" in words:
            words |= {terms.neutral}
        return reader in words

    def answers_given(self, act: Act) -> None:
        event: events.AnswersGiven = act.event
        register = self.registers.get(event.register)
        document = self._document(Answers, event.answers)
        if register is None or act.member not in register.asked or document is None:
            self.bad("lists.answers", act, "answers by somebody whom nobody asked, or that cannot be read")
            return
        answers = register.answers[act.member] = {str(row): word for row, word in document.answers}
        if len(answers) != event.answered or len(document.answers) != event.answered:
            self.bad("lists.answers", act, f"{len(answers)} rows answered; the entry says {event.answered}")
        if event.answered > register.rows:
            self.bad("lists.answers", act, f"{event.answered} answers to {register.rows} rows")

    def final_list_signed(self, act: Act) -> None:
        """In force when both parties have signed it; then everyone on it was sought, and answered "held"."""
        event: events.FinalListSigned = act.event
        if not self._agreed(act, self._signing(act, "final_list")):
            return
        if self.terms is None:
            self.bad("lists.terms", act, "a list in force where no terms are")
        listed = self._document(FinalList, event.list)
        try:
            classes = decode_classes(self.attachments(event.classes) or b"")
        except Problems:
            classes = None
        if listed is None or classes is None:
            self.bad("lists.form", act, "a list or class table in force that cannot be read")
            return
        if self._root_over_rows(listed) != event.root:
            self.bad("lists.root", act, "the entry's root is not the one over the rows of its list")
        if event.version != (self.lists[event.holder][2] if event.holder in self.lists else 0) + 1:
            self.bad("lists.version", act, f"version {event.version} of a list out of turn")
        self.lists[event.holder] = (event.list, event.classes, event.version)
        fresh = {n for n in (row.number for row in listed.rows) if self._round_of(n) != event.round}
        added = [row for row in listed.rows if row.number in fresh]
        unsought = sum(self._answer(event.holder, row.register, row.row) != "held" for row in added)
        if unsought:
            self.bad("lists.unilateral", act, f'{unsought} people were not both sought and answered "held"')
        if any(row.register in self.registers and row.row in self.registers[row.register].erased for row in added):
            self.bad("lists.erased", act, "somebody comes on the list by a record that was erased")
        if len({(row.register, row.row) for row in listed.rows}) != len(listed.rows):
            self.bad("lists.twice", act, "one sought row stands on the list twice")
        historical = self.terms is not None and self.terms.historical
        if not historical and any(known.weight != 1 for known in classes.values()):
            self.bad("lists.price", act, "a class weighs more than one person; nobody has a price")
        now = {str(row.number): row for row in listed.rows}
        if len(now) != len(listed.rows):
            self.bad("lists.twice", act, "one number stands on the list twice")
        for story in self.persons.values():
            row = now.get(story.number)
            if row is None and story.holder == event.holder and story.round == event.round:
                self.bad("conservation.dropped", act, "on the list before, and not on this one", story.number)
        for number, row in now.items():
            known = classes.get(row.class_id)
            before = self.persons.get(number)
            if known is None or (before is not None and before.holder != event.holder):
                self.bad("lists.form", act, "of no class in the table, or on the other holder's list", number)
            elif number in fresh:
                self._list(event, row, known, before, act)
            elif before is not None:
                self._list_again(row, known, before, act)
        self._together(listed, classes, fresh, act)
        self.counts["listed"] = len(self.persons)

    @staticmethod
    def _root_over_rows(listed: FinalList) -> str:
        """Level by level, an odd last one carried up as it is: RFC 6962 by another hand than the fold's."""
        level = [
            sha256(b"\x00" + encode({"number": r.number, "register": r.register, "row": r.row, "to": r.to})).digest()
            for r in listed.rows
        ]  # fmt: skip
        while len(level) > 1:
            pairs = [sha256(b"\x01" + one + two).digest() for one, two in zip(level[::2], level[1::2], strict=False)]
            level = pairs + level[len(pairs) * 2 :]
        return level[0].hex() if level else sha256(b"").hexdigest()

    def _together(
        self, listed: FinalList, classes: Mapping[str, PersonClass], fresh: Collection[str], act: Act
    ) -> None:
        """Families and crews, as the list in force now has them."""
        rows = {row.number: row for row in listed.rows}
        found: dict[str, str] = {}
        for group in listed.together:
            mine = [rows[number] for number in group if number in rows and number not in found]
            found.update(dict.fromkeys(group, group[0]))
            if len(mine) != len(group) or len(group) < 2:
                self.bad("lists.together", act, "a group of people not on the list, in another, or of fewer than two")
            elif len({(classes[row.class_id].account, row.to) for row in mine if row.class_id in classes}) != 1:
                self.bad("lists.together", act, "people of several accounts or destinations are to go together")
            was = {None if n in fresh else self.persons[n].group or n for n in group if n in self.persons}
            if self.plan is not None and len(was) > 1:
                self.bad("lists.together", act, "somebody comes to another group while a plan is in force")
        for number in rows:
            if number in self.persons:
                if self.persons[number].group != found.get(number):
                    self.touched.add(number)
                self.persons[number].group = found.get(number)

    def _list(
        self, event: events.FinalListSigned, row: ListRow, of: PersonClass, before: Story | None, act: Act
    ) -> None:
        """Somebody comes on a round's list, for the first time or again."""
        owner = self.registers[row.register].owner if row.register in self.registers else ""
        if self._side(owner) == self._side(event.holder):
            self.bad("lists.side", act, "sought by a party of the side that holds them", row.number)
        hosted = of.account == "repatriation" and row.to in self.authority.of_role("host")
        if row.to != owner and not hosted:
            self.bad("lists.to", act, "goes to a member that neither seeks them nor is a host", row.number)
        if before is not None and before.state not in (*FREE, "not-going"):
            self.bad("lists.again", act, f"on a new list, and {before.state}", row.number)
        sought = (event.holder, row.register, row.row)
        other = self._numbers.setdefault(sought, row.number)
        if other != row.number and not self.persons[other].withdrawn:
            self.bad("lists.again", act, "a second number for one sought row", row.number)
        self._numbers[sought] = row.number
        self._rows[row.number] = (row.register, row.row)
        self.slots.pop(row.number, None)
        story = Story(
            row.number, event.holder, self._side(event.holder), row.to, row.class_id, of.weight, of.account, event.round
        )
        if before is not None:
            story.words, story.turns = before.words, before.turns
        self.persons[row.number] = story
        self.touched.add(row.number)

    def _list_again(self, row: ListRow, of: PersonClass, story: Story, act: Act) -> None:
        """Somebody on the round's list stands there again: as before, or outside the ratio for good (GC III 109, 110).

        Not while anybody holds a right for them, after a release or an answer in this round, or while they count as
        offered; in the ratio or out of it, whoever else the list names stays.
        """
        now = (row.class_id, of.weight, of.account, row.to)
        if now == (story.class_id, story.weight, story.account, story.to):
            return
        if of.account != "repatriation" or story.account not in ("exchange", "repatriation"):
            self.bad("lists.class", act, "the class of a person on the list before has been changed", row.number)
        owner = self.registers[row.register].owner if row.register in self.registers else ""
        if row.to != owner and row.to not in self.authority.of_role("host"):
            self.bad("lists.to", act, "goes to a member that neither seeks them nor is a host", row.number)
        due = self.stages.get(self.slots.get(row.number, ("", ""))[0])
        offered = story.state == "not-going" and due is not None and due.opened
        turns = [turn for turn in story.turns if self.stages[turn.spot[0]].round == story.round]
        handed = any("released" in turn.deeds or turn.answers or turn.outcome is not None for turn in turns)
        if story.state not in (*FREE, "not-going") or offered or handed:
            self.bad("lists.in_hand", act, f"another class for a person who is {story.state}", row.number)
        if story.counts:
            story.was = (act.index, story.weight)
        story.class_id, story.weight, story.account, story.to = now[0], now[1], now[2], now[3]
        self.counts["changed"] += 1
        self.touched.add(row.number)

    def listed(self) -> Collection[tuple[tuple[str, str, str], str]]:
        """By holder, register and row: the number that stands for it."""
        return self._numbers.items()

    def _answer(self, holder: str, register: str, row: str) -> str | None:
        found = self.registers.get(register)
        return None if found is None else found.answers.get(holder, {}).get(row)

    def _round_of(self, number: str) -> str | None:
        story = self.persons.get(number)
        return None if story is None else story.round

    def _side(self, party: str) -> str:
        """The side on which a party stands by the terms, whose sides stay as they were first agreed."""
        return next((side for side, parties in self.sides.items() if party in parties), party)

    # --- whom the neutral has seen --------------------------------------------------------------------------------

    def seen(self, act: Act) -> None:
        event: events.ProofOfLifeRecorded | events.IdentityConfirmed = act.event
        said = {"proof-of-life"} | ({"identity"} if isinstance(event, events.IdentityConfirmed) else set())
        if bool(event.rows) == bool(event.numbers) or bool(event.rows) != (event.register is not None):
            self.bad("cleared.seen", act, "neither numbers nor rows of a register, or both")
        for who in (*event.numbers, *((event.register, row) for row in event.rows)):
            self.sightings[who] |= said
        self.counts["seen"] += len(event.numbers) + len(event.rows)

    def _unseen(self, number: str, wanted: Iterable[str]) -> set[str]:
        """What the terms ask of the neutral and it has not said of this person, by number or by row."""
        known = self.sightings[number] | self.sightings[self._rows[number]]
        return set(wanted) - known

    # --- boards -------------------------------------------------------------------------------------------------

    def board_decided(self, act: Act) -> None:
        """Sealed at one size, and by a physician who sits on that board; whom it saw nobody can read here."""
        event: events.MedicalBoardDecided = act.event
        seated = act.member == event.holder or (event.board == "mixed" and self._is_neutral(act.member))
        if not seated or event.holder not in self.authority.parties or event.board not in ("own", "mixed"):
            self.bad("cleared.board", act, f"decided by a physician of {act.member}, who has no seat on that board")
        if len(event.sealed) != SEALED_CHARACTERS:
            self.bad("cleared.size", act, f"{len(event.sealed)} characters sealed, where every board's are as many")
        self.counts["boards"] += 1

    def _is_neutral(self, member: str) -> bool:
        return member in self.authority.of_role("neutral")

    # --- the neutral's word ---------------------------------------------------------------------------------------

    def access_refused(self, act: Act) -> None:
        event: events.AccessRefused = act.event
        people = [self.persons[number] for number in event.numbers if number in self.persons]
        if any(story.holder != event.holder for story in people):
            self.bad("cleared.access", act, "names people whom another party holds")
        self.moved |= {story.number for story in people}

    def word_given(self, act: Act) -> None:
        event: events.Cleared | events.NotGoing = act.event
        going = isinstance(event, events.Cleared)
        at_gate = act.delegation is not None and act.delegation.role == "gate"
        if at_gate and act.delegation is not None and act.delegation.place != event.place:
            self.bad("cleared.place", act, "a gate gives its word for another place")
        people = [self.persons[number] for number in dict.fromkeys(event.numbers) if number in self.persons]
        credits: list[tuple[str, Spot | None]] = []
        for story in people:
            at: Spot | None = None
            due: Spot | None = self.slots.get(story.number)
            if at_gate:
                turn = story.turn_known(act.known, event.place)
                if turn is None:
                    self.bad("cleared.gate", act, "a gate's word on a person who was never due there", story.number)
                    continue
                back = turn.deeds.get("returned")
                if "presented" in turn.deeds and not (back and self._knew(act, back)):
                    self.bad("cleared.after_gate", act, "a gate's word after letting the person through", story.number)
                at = due = turn.spot
            over = frozenset(word.act.id for word in story.words if self._followed(act, word.act))
            story.words.append(Said(going, event.held_on, at, act, due, over))
            credits.append((story.number, due))
            self.touched.add(story.number)
        if not going:
            self.credits[act.id] = credits
        self.counts["words"] += len(people)

    def _knew(self, act: Act, earlier: Act) -> bool:
        """Whether the author had seen that act in the ledger, or names it."""
        return earlier.index < act.known or earlier.id in act.refs

    def _followed(self, act: Act, earlier: Act) -> bool:
        """Whether the author gave its word knowing of that one: its own, or seen, or named."""
        return earlier.author == act.author or earlier.index < act.seen or earlier.id in act.refs

    def _had_chance(self, words: Iterable[Said], spot: Spot, day: str, chance_days: int) -> bool:
        """Whether the neutral's word is for going: at this gate all of them; else the one that stands, and fresh."""
        words = list(words)
        here = [word for word in words if word.at == spot]
        if here:
            return all(word.going for word in here)
        word = max((w for w in standing(words) if not w.going or w.day <= day), key=order, default=None)
        if word is None or not word.going:
            return False
        return (date.fromisoformat(day) - date.fromisoformat(word.day)).days <= chance_days

    # --- plan and stages ------------------------------------------------------------------------------------------

    def plan_signed(self, act: Act) -> None:
        """In force when both parties and a mediator have signed it; then it moves nobody of an opened stage."""
        event: events.PlanSigned = act.event
        signing = self._signing(act, "plan")
        if self.plan == event.plan or not self._agreed(act, signing, self.authority.of_role("mediator")):
            return
        plan = self._document(Plan, event.plan)
        if plan is None:
            self.bad("plan.form", act, "a plan in force that cannot be read")
            return
        if (plan.replaces or "") != self.plan:
            self.bad("plan.replaces", act, "a plan in force that does not replace the one before it")
        self.plan = event.plan
        opened = {name: stage for name, stage in self.stages.items() if stage.opened}
        self.stages = opened | {
            stage.stage: Stage(
                stage.date,
                {p.place: At(p.bound, tuple(number for number, _ in p.sequence)) for p in stage.places},
                self.round,
                self.terms.chance_days if self.terms is not None else 0,
                dict(self.factor),
            )
            for stage in plan.stages
            if stage.stage not in opened
        }
        before = self.slots
        self.slots = {number: slot for number, slot in before.items() if slot[0] in opened}
        seen: set[str] = set()
        for stage in plan.stages:
            for place in stage.places if stage.stage not in opened else ():
                for number, side in place.sequence:
                    story = self.persons.get(number)
                    if story is None or (story.side, story.round) != (side, plan.round) or number in seen:
                        self.bad("conservation.planned", act, "planned twice, or not on its holder's list", number)
                        continue
                    seen.add(number)
                    self.slots[number] = (stage.stage, place.place)
                if stage.stage not in opened:
                    self._loads(act, place)
        self.touched |= {n for n in {*before, *self.slots} if before.get(n) != self.slots.get(n)}
        if self.terms is not None:
            for stage in plan.stages:
                given = sum(place.bound for place in stage.places)
                if stage.stage not in opened and given > self.terms.bound:
                    self.bad("balance.plan", act, f"bounds of {given} at one time; the terms allow {self.terms.bound}")

    def _loads(self, act: Act, place: PlanPlace) -> None:
        """What leaves a place at once is of one side, and no heavier than the place's bound."""
        left: set[int] = set()
        for load in place.loads:
            places = range(load.first, load.first + load.people)
            inside = place.sequence[load.first : load.first + load.people]
            if len(inside) != load.people or not inside or left & set(places):
                self.bad("plan.load", act, "a load of people who are not there, or in another load too")
                continue
            left |= set(places)
            step: Counter[str] = Counter()
            for number, side in inside:
                story = self.persons.get(number)
                step[side] += story.weight * self.factor.get(side, 0) if story is not None and story.counts else 0
            if len(step) != 1 or max(step.values()) > place.bound * self._largest():
                self.bad("balance.load", act, "people of two sides leave at once, or more than the place's bound")

    def stage_opened(self, act: Act) -> None:
        event: events.StageOpened = act.event
        self._not_paused(act, "a stage is opened")
        stage = self.stages.get(event.stage)
        if stage is None or event.plan != self.plan:
            self.bad("plan.stage", act, "a stage that is not of the plan in force")
            return
        for place, at in stage.places.items():
            for number in at.manifest:
                story = self.persons.get(number)
                if story is None or story.account == "remains":
                    continue
                if story.withdrawn or number in self.moved or story.stays:
                    continue
                missing = self._unseen(number, self.terms.requires if self.terms is not None else ())
                if missing:
                    self.bad("cleared.seen", act, f"opened without {' and '.join(sorted(missing))}", number)
                if not self._had_chance(story.words, (event.stage, place), stage.date, stage.chance_days):
                    self.bad("cleared.stage", act, "no fresh chance to decline before the stage was opened", number)
        self._exposure(act, event.stage)
        if self._agreed(act, self._signing(act, "stage_open"), self.authority.of_role("mediator")):
            stage.opened = True
            self.counts["stages"] += 1
            self.touched |= {number for at in stage.places.values() for number in at.manifest}

    def _exposure(self, act: Act, opening: str) -> None:
        """What could still move on top of who is ahead stays within the bound, whatever happens out of contact."""
        most = dict.fromkeys(self.factor, 0)
        for name, stage in self.stages.items():
            shown = stage.round == self.round and (stage.opened or name == opening)
            for place, at in stage.places.items() if shown else ():
                for side, (now, then) in self._at_risk((name, place), at).items():
                    most[side] += max(now, min(at.bound * self._largest(), then))
        for side, by in most.items():
            if by > self.bound:
                self.bad("balance.exposure", act, f"{side} could be {by} ahead; the bound is {self.bound}")

    def _at_risk(self, spot: Spot, at: At) -> dict[str, tuple[int, int]]:
        """Per side, by how much it is ahead at one place, and would be if everybody left it who still may."""
        gone, offered, may = (dict.fromkeys(self.factor, 0) for _ in range(3))
        for number in at.manifest:
            story = self.persons[number]
            if not story.counts:
                continue
            turns = [turn for turn in story.turns if turn.spot == spot]
            planned = self.slots.get(number) == spot
            state = story.state
            received = state == "received" and bool(turns) and turns[-1] is story.turn
            free = planned and not (at.reconciled or at.aborted) and state in FREE
            gone[story.side] += story.weight * any(turn.left for turn in turns)
            offered[story.side] += story.weight * (received or (planned and state == "not-going"))
            may[story.side] += story.weight * (free or any(turn.out for turn in turns))
        ahead = self._lead(gone, offered)
        return {side: (ahead[side], ahead[side] + self.factor[side] * may[side]) for side in self.factor}

    # --- rights ---------------------------------------------------------------------------------------------------

    def right_granted(self, act: Act) -> None:
        event: events.RightGranted = act.event
        self._not_paused(act, "a right is granted")
        at = self._open(act, event.stage, event.place)
        if at is None or at.reconciled or at.aborted or not self.round_open:
            self.bad("rights.stage", act, "rights at a place that is not open, or is settled already")
        desk = self.authority.key_of(event.holder, act.index)
        sheet = event.holder.partition("/")[2].startswith("sheet-")
        fit = desk is not None and (desk.role, desk.place) == ("desk", event.place)
        if event.holder.partition("/")[0] != act.member or not (sheet or fit):
            self.bad("rights.holder", act, f"rights to {event.holder}, no desk or sheet of {act.member} there")
        for number in event.numbers:
            story = self.persons.get(number)
            if story is None or story.holder != act.member or self.slots.get(number) != (event.stage, event.place):
                self.bad("rights.slot", act, "not this party's to grant at that stage and place", number)
                if story is None:
                    continue
            if story.state not in FREE:
                self.bad("rights.single", act, f"a second right: the person is {story.state}", number)
            if event.epoch != len(story.turns) + 1:
                self.bad("rights.epoch", act, f"epoch {event.epoch} after {len(story.turns)} rights", number)
            story.turns.append(Turn(event.holder, (event.stage, event.place), event.epoch, act.index))
            self.touched.add(number)
        self.counts["rights"] += len(event.numbers)

    def right_returned(self, act: Act) -> None:
        event: events.RightReturned = act.event
        for number in event.numbers:
            self._ended(act, number, event.epoch, "returned")

    def person_absent(self, act: Act) -> None:
        event: events.PersonAbsent = act.event
        self._ended(act, event.number, event.epoch, "absent")

    def person_presented(self, act: Act) -> None:
        event: events.PersonPresented = act.event
        if act.delegation is None or (act.delegation.role, act.delegation.place) != ("gate", event.place):
            self.bad("cleared.gate", act, "let through by somebody who is not the neutral's gate at that place")
        self._not_paused(act, "somebody is let through the last gate")
        self._open(act, event.stage, event.place)
        stage = self.stages.get(event.stage)
        day, days = (stage.date, stage.chance_days) if stage is not None else ("0001-01-01", 0)
        for number in event.numbers:
            story = self.persons.get(number)
            turn = story.turn_known(act.known, event.place, event.stage) if story is not None else None
            if story is None or turn is None:
                self.bad("cleared.right", act, "let through the gate without a right there", number)
                continue
            if any(self._knew(act, turn.deeds[deed]) for deed in ("returned", "absent") if deed in turn.deeds):
                self.bad("cleared.right", act, "let through the gate under a right that had ended", number)
            if "presented" in turn.deeds:
                self.bad("cleared.twice", act, "let through the gate twice under one right", number)
            heard = [
                word.as_known(act.known)
                for word in story.words
                if word.act.author == act.author or self._knew(act, word.act)
            ]
            if story.account != "remains" and not self._had_chance(heard, turn.spot, day, days):
                self.bad("cleared.chance", act, "let through without a fresh word of the neutral for going", number)
            turn.deeds["presented"] = act
            self.touched.add(number)
        self.counts["presented"] += len(event.numbers)

    def person_released(self, act: Act) -> None:
        event: events.PersonReleased = act.event
        story = self.persons.get(event.number)
        if story is None:
            self.bad("conservation.unknown", act, "released, and on no list", event.number)
            return
        turn = self._held(act, event.number, event.epoch, event.sheet, settled="received")
        if turn is None:
            return
        if turn.spot != (event.stage, event.place):
            self.bad("rights.place", act, "released elsewhere than the right allows", event.number)
        if any(other.left for other in story.turns if other is not turn) or "released" in turn.deeds:
            self.bad("rights.release", act, "released a second time", event.number)
        presented = turn.deeds.get("presented")
        if presented is None or presented.id not in act.refs:
            self.bad("cleared.release", act, "released, and not let through the neutral's gate", event.number)
        if story.stays:
            self.bad("cleared.release", act, "released against the neutral's word", event.number)
        turn.deeds["released"] = act
        self.touched.add(event.number)
        self._weigh(event.number)
        self._sequence(act, story, turn.spot)
        self.counts["releases"] += 1

    def person_received(self, act: Act) -> None:
        self._answered(act, identified=True)
        self.counts["receipts"] += 1

    def substitution_found(self, act: Act) -> None:
        self._answered(act, identified=False)
        self.counts["substitutions"] += 1

    def unconfirmed(self, act: Act) -> None:
        event: events.Unconfirmed = act.event
        for story in self.persons.values():
            turn = story.turn
            if turn is None or (turn.holder, *turn.spot) != (event.desk, event.stage, event.place):
                continue
            if turn.outcome is None and (turn.unused or ("released" in turn.deeds and not turn.answers)):
                turn.deeds["dark"] = act
                self.touched.add(story.number)

    def release_confirmed(self, act: Act) -> None:
        """Supervisors of both sides settle what became of a person whom the record leaves in doubt."""
        event: events.ReleaseConfirmed = act.event
        story = self.persons.get(event.number)
        turn = story.turn if story is not None else None
        if story is None or turn is None or (turn.epoch, *turn.spot) != (event.epoch, event.stage, event.place):
            self.bad("receipts.settled", act, "supervisors settle a right that the person does not have", event.number)
            return
        after_all = event.outcome == "received" and turn.outcome is None and story.state in ("absent", "withheld")
        if story.state != "unconfirmed" and not after_all:
            self.bad("receipts.settled", act, f"supervisors settle a person who is {story.state}", event.number)
        if self._agreed(act, self.authority.parties):
            turn.deeds["settled"], turn.outcome = act, event.outcome
            if event.outcome == "received":
                self.credits[act.id] = [(event.number, turn.spot)]
                self._settled[event.number] = None
            self.touched.add(event.number)
            self.counts["settled"] += 1

    # --- at any time ----------------------------------------------------------------------------------------------

    def suspended(self, act: Act) -> None:
        self.pauses.append(Pause(act.index))

    def resumed(self, act: Act) -> None:
        for pause in self.pauses:
            if pause.until is None:
                pause.agreed.add(act.member)
                if set(self.authority.parties) <= pause.agreed:
                    pause.until = act.index

    def withdrawn(self, act: Act) -> None:
        event: events.WithdrawnFromList = act.event
        story = self.persons.get(event.number)
        if story is None or story.withdrawn:
            self.bad("withdrawals.twice", act, "withdrawn, and on no list or withdrawn before", event.number)
            return
        if act.member not in (story.holder, story.to):
            self.bad("withdrawals.member", act, f"withdrawn by {act.member}, whom it does not concern", event.number)
        if story.state in IN_THE_AIR or (story.turn is not None and story.turn.out):
            self.bad("withdrawals.right_out", act, f"withdrawn under a right: {story.state}", event.number)
        if story.state == "received":
            self.bad("withdrawals.received", act, "withdrawn after being received", event.number)
        story.withdrawn = True
        self.touched.add(event.number)
        self.counts["withdrawals"] += 1

    # --- figures --------------------------------------------------------------------------------------------------

    def stage_reconciled(self, act: Act) -> None:
        event: events.StageReconciled = act.event
        stage = self.stages.get(event.stage)
        at = stage.places.get(event.place) if stage is not None else None
        if stage is None or at is None or not stage.opened:
            self.bad("figures.place", act, "figures of a place that is not open")
            return
        people = [self.persons[number] for number in at.manifest if number in self.persons]
        counted = recount.place(people, (event.stage, event.place), stage.date, self.authority.parties)
        for said, own in recount.differences(event.tallies, counted):
            self.bad("figures.tally", act, f"says {said}; the entries give {own}")
        if self._agreed(act, (*self.authority.parties, *self.authority.of_role("neutral"))):
            at.reconciled = True
        self.counts["tallies"] += 1

    def stage_aborted(self, act: Act) -> None:
        event: events.StageAborted = act.event
        at = self._open(act, event.stage, event.place)
        if at is not None:
            at.aborted = True

    def record_erased(self, act: Act) -> None:
        """Its owner's, once, and never of somebody who is still on the way."""
        event: events.RecordErased = act.event
        register = self.registers.get(event.register)
        if register is None or register.owner != act.member or event.row in register.erased:
            self.bad("lists.erased", act, "a record is erased by somebody else than its owner, or twice")
            return
        if len(register.erased) >= register.rows:
            self.bad("lists.erased", act, "more records are erased than the register has")
        register.erased.add(event.row)
        for (_, name, row), number in () if self.authority.closed else self._numbers.items():
            if (name, row) != (event.register, event.row):
                continue
            if self.persons[number].state not in ("received", "withdrawn"):
                self.bad("conservation.erased", act, "a record is erased of somebody still on the way", number)

    def round_closed(self, act: Act) -> None:
        event: events.RoundClosed = act.event
        people = [story for story in self.persons.values() if story.round == event.round]
        counted = recount.final(people)
        said = {(str(each.holder), str(each.account), str(each.state)): each.people for each in event.accounts}
        for key in sorted({*said, *counted}):
            if said.get(key, 0) != counted.get(key, 0):
                what = f"says {said.get(key, 0)} of {' '.join(key)}; the entries give {counted.get(key, 0)}"
                self.bad("figures.accounts", act, what)
        if sum(said.values()) != len(people):
            what = f"accounts for {sum(said.values())} of {len(people)} people"
            self.bad("conservation.accounts", act, what)
        hanging = sum(story.state in IN_THE_AIR for story in self.persons.values())
        if hanging:
            self.bad("conservation.hanging", act, f"the round closes over {hanging} people in the air")
        if self._agreed(act, (*self._closing(), *self._signing(act, "round_close"))):
            self.round_open = False
        self.counts["closings"] += 1

    def exchange_closed(self, act: Act) -> None:
        if self._agreed(act, self._closing()):
            self.authority.closed = True

    def _closing(self) -> tuple[str, ...]:
        """Guarantors and observers close nothing."""
        return tuple(name for role in ("party", "mediator", "neutral", "host") for name in self.authority.of_role(role))

    # --- compromised keys -----------------------------------------------------------------------------------------

    def key_compromised(self, act: Act) -> None:
        """What the key signed from that entry on: a desk's acts in doubt, an interviewer's leave void, assents gone."""
        for delegate, role, since in self.authority.spoilt if self.round_open else ():
            for story in self.persons.values():
                if role == "interviewer":
                    self._unsay(story, delegate, since, act)
                elif role == "desk":
                    self._doubt(story, delegate, since)
        if self.authority.taken_back is None:
            return
        for agreed in self.assents.values():
            take_back(agreed, *self.authority.taken_back)
        for pause in self.pauses:
            if pause.until is None:
                pause.agreed.discard(act.member)

    def _unsay(self, story: Story, delegate: str, since: int, act: Act) -> None:
        for at, word in enumerate(story.words):
            if word.act.author == delegate and word.act.index >= since and word.going and word.void is None:
                story.words[at] = replace(word, void=act.index)
                self.touched.add(story.number)

    def _doubt(self, story: Story, desk: str, since: int) -> None:
        for turn in story.turns:
            stage, place = turn.spot
            at = self.stages[stage].places.get(place) if stage in self.stages else None
            if turn.outcome is not None or (at is not None and at.reconciled):
                continue
            for deed, done in turn.deeds.items():
                if deed != "presented" and done.author == desk and done.index >= since:
                    turn.deeds[deed] = replace(done, revoked=True)
            for name, (identified, said) in turn.answers.items():
                if name == desk and said.index >= since:
                    turn.answers[name] = (identified, replace(said, revoked=True))
            self.touched.add(story.number)

    # --- balance --------------------------------------------------------------------------------------------------

    def ahead(self) -> dict[str, int]:
        """Per party, by how much progress its releases are ahead of what the other side has offered."""
        return self._lead(self._released, self._offered)

    def _lead(self, released: Mapping[str, int], offered: Mapping[str, int]) -> dict[str, int]:
        return {
            side: self.factor[side] * released.get(side, 0)
            - sum(self.factor[other] * offered.get(other, 0) for other in self.factor if other != side)
            for side in self.factor
        }

    def _balance(self, act: Act) -> None:
        """The bound over everything, at this prefix; only what the act touched is weighed again."""
        for number in self.touched:
            self._weigh(number)
        if not self._moved:
            return
        self._moved = False
        before = dict(self.points[-1].ahead) if self.points else {}
        ahead = self.ahead()
        self.points.append(Point(act.index, tuple(sorted(ahead.items()))))
        for side, by in ahead.items():
            if by <= max(self.bound, before.get(side, 0)):
                continue
            if isinstance(act.event, events.PersonReleased) and by - self._unforeseen(act, side) > self.bound:
                self.bad("balance.bound", act, f"{side} is {by} ahead; the bound is {self.bound}")
            else:
                kind = type(act.event).__name__
                self.beyond.append(Message("audit.note.beyond", {
                    "index": act.index, "kind": Name(kind), "side": Name(side), "by": by, "bound": self.bound,
                }))  # fmt: skip

    def _unforeseen(self, act: Act, side: str) -> int:
        """How much of a side's lead nobody could keep it from: people whom supervisors of both sides settled as
        received without a release, contradictory answers, and words that were overtaken, or answers by keys that were
        revoked since, where this desk could not know it."""
        own = other = 0
        for story in self.persons.values():
            weight = story.weighs(act.known)
            if not weight:
                continue
            if story.side == side:
                turn = story.turn
                settled = turn is not None and turn.outcome == "received" and "released" not in turn.deeds
                own += weight * (
                    settled or (turn is not None and (len(turn.sure) > 1 or self._doubted_since(act, turn, False)))
                )
            elif any(story.number in self.named[spot, side] for spot in self._named_at[story.number]):
                overtaken = any(word.over and not self._knew(act, word.act) for word in story.words)
                doubted = story.turn is not None and self._doubted_since(act, story.turn, True)
                fell = any(self._unaware(act, story.number, spot) for spot in self._named_at[story.number])
                unsure = story.state not in ("received", "not-going") and (overtaken or doubted or fell)
                other += weight * (unsure or not story.counts)
        return self.factor[side] * own + sum(f for name, f in self.factor.items() if name != side) * other

    def _doubted_since(self, act: Act, turn: Turn, identified: bool) -> bool:
        """Whether all that answers so is by desks whose keys were revoked later, as the author of this act, if it acts
        at that place, could not know; of another place it can know nothing."""
        if turn.sure or turn.outcome is not None:
            return False
        here = turn.spot == (act.event.stage, act.event.place)
        return any(
            said.revoked and not (here and self.authority.ended(desk, said.index, act.known))
            for desk, (said_so, said) in turn.answers.items()
            if said_so == identified
        )

    def _weigh(self, number: str) -> None:
        """Bring the sums up to date for one person."""
        story = self.persons.get(number)
        if story is None or not story.counts:
            return
        spots = frozenset(turn.spot for turn in story.turns if turn.left)
        for spot in spots ^ self._gone_from.get(number, frozenset()):
            self._gone[spot, story.side] += story.weight if spot in spots else -story.weight
        self._gone_from[number] = spots
        slot = self.slots.get(number)
        due = slot is not None and slot[0] in self.stages and self.stages[slot[0]].opened
        offered = story.state == "received" or (due and story.state == "not-going")
        now, was = (story.weight * bool(spots), story.weight * offered), self._weights.get(number, (0, 0))
        if story.round != self.round:
            now = (0, 0)
        if now == was:
            return
        self._weights[number] = now
        self._released[story.side] += now[0] - was[0]
        self._offered[story.side] += now[1] - was[1]
        self._moved = True

    def _sequence(self, act: Act, story: Story, spot: Spot) -> None:
        """The rule of one place: weight released is at most what the side's desks hold answers for, plus its bound."""
        named = self.named[spot, story.side]
        stage = self.stages.get(spot[0])
        at = stage.places.get(spot[1]) if stage is not None else None
        if stage is None or at is None or story.side not in stage.factor:
            return
        self._relied[act.author] |= set(act.refs)
        for ref in act.refs:
            fallen = self.fallen.get(ref)
            answers = self.credits.get(ref, []) if fallen is None else [(fallen.number, fallen.spot)]
            for number, answered in answers:
                other = self.persons[number]
                weighs = other.side != story.side and other.weighs(act.known)
                if weighs and answered == spot and number in at.manifest:
                    named.add(number)
                    self._named_at[number].add(spot)
        if not story.counts:
            return
        side = next(other for other in stage.factor if other != story.side)
        credit = sum(
            self.persons[number].weighs(act.known) for number in named if self._answered_for(act, number, spot)
        )
        gone = self._gone[spot, story.side] - self._settled_unknown(act, story.side, spot)
        gone -= self._sent_back_unsure(act, story.side, spot)
        due = stage.factor[story.side] * gone - stage.factor[side] * credit
        if due > at.bound * stage.largest:
            what = f"{due} ahead of the answers it names; the place's bound is {at.bound * stage.largest}"
            self.bad("balance.sequence", act, what)

    def _settled_unknown(self, act: Act, side: str, spot: Spot) -> int:
        """The weight of a side's people who by what supervisors settled left a place without a release, where the
        author of this act could not know it."""
        return sum(
            self.persons[number].weight
            for number in self._settled
            for turn in self.persons[number].turns
            if (self.persons[number].side, turn.spot, turn.outcome) == (side, spot, "received")
            and self.persons[number].counts
            and "released" not in turn.deeds
            and not self._knew(act, turn.deeds["settled"])
        )

    def _sent_back_unsure(self, act: Act, side: str, spot: Spot) -> int:
        """The weight of a side's people who were somebody else, as a desk found and the author of this act named or
        heard, and whose finder's key was revoked later, where the author could not know it."""
        return sum(
            story.weight
            for story in self.persons.values()
            if story.side == side and story.counts and story.turn is not None and story.turn.spot == spot
            and self._doubted_since(act, story.turn, False)
            and any(said.id in self._relied[act.author] for said_so, said in story.turn.answers.values() if not said_so)
        )  # fmt: skip

    def _answered_for(self, act: Act, number: str, spot: Spot) -> bool:
        """Whether, by all that the author of this act knew, the person was received there or is not going from there.

        Its own acts and what it has named before count as known; an answer is read with the release that it names.
        """
        story = self.persons[number]

        def knew(earlier: Act) -> bool:
            return (
                earlier.author == act.author or self._knew(act, earlier) or earlier.id in self._relied[act.author]
            )

        def as_known(turn: Turn) -> Turn:
            heard = {
                desk: (identified, replace(said, revoked=said.revoked and self._had_ended(desk, said, act)))
                for desk, (identified, said) in turn.answers.items()
                if knew(said)
            }
            deeds = {what: deed for what, deed in turn.deeds.items() if knew(deed) or heard}
            outcome = turn.outcome if "settled" in deeds and knew(deeds["settled"]) else None
            return Turn(turn.holder, turn.spot, turn.epoch, turn.since, deeds, heard, outcome)

        words = [word.as_known(act.known) for word in story.words if knew(word.act)]
        turns = [as_known(turn) for turn in story.turns if turn.since < act.known]
        turn = turns[-1] if turns else None
        if self._unaware(act, number, spot):
            return True
        state = state_of(words, turns, story.withdrawn)
        if state == "received":
            return turn is not None and turn.spot == spot
        word = counting(words, turn)
        return state == "not-going" and word is not None and word.due == spot

    def _unaware(self, act: Act, number: str, spot: Spot) -> bool:
        """Whether its author relies on a receipt for that person which has no effect, as it could not know."""
        relied = (self.fallen[ref] for ref in self._relied[act.author] if ref in self.fallen)
        return any((fell.number, fell.spot) == (number, spot) and fell.index >= act.known for fell in relied)

    def _had_ended(self, desk: str, said: Act, act: Act) -> bool:
        return self.authority.ended(desk, said.index, act.known)

    def _largest(self) -> int:
        return max(self.factor.values(), default=1)

    @property
    def bound(self) -> int:
        """How far a side may be ahead, in units of progress."""
        return (self.terms.bound if self.terms is not None else 0) * self._largest()

    # --- under it -------------------------------------------------------------------------------------------------

    def _agreed(self, act: Act, needed: Sequence[str], one_of: Sequence[str] = ()) -> bool:
        """Whether all of `needed`, and one of `one_of` if given, have now said the same."""
        said = self.assents[act.event]
        if act.member in said:
            self.bad("authority.twice", act, f"{act.member} has agreed to the same before")
        said[act.member] = -1 if act.paper else act.index
        return set(needed) <= said.keys() and (not one_of or bool(said.keys() & set(one_of)))

    def _signing(self, act: Act, kind: str, offered: str | None = None) -> tuple[str, ...]:
        """Every party, and whom the terms ask besides: those in force, and where terms are signed those as well.

        Whoever has no part in such an act by its role, and is not asked, should have had no effect.
        """
        found = [self.terms] if self.terms is not None else []
        if offered is not None:
            with suppress(ValueError):  # said where they come into force
                found.append(decode_terms(self.attachments(offered) or b""))
        asked = {name for terms in found for name in terms.signatures.get(kind, ())}
        needed = max((terms.quorums.get(act.member, 0) for terms in found), default=0)
        if kind != "stage_open" and act.signatories < needed and not act.paper:
            self.bad("authority.signatories", act, f"{act.signatories} signatories; the terms ask for {needed}")
        member = self.authority.members.get(act.member)
        if member is not None and member.role not in _USUAL[kind] and act.member not in asked:
            self.bad("authority.unasked", act, f"{act.member} has no part in this, and the terms do not ask for it")
        return (*self.authority.parties, *sorted(asked))

    def _document(self, kind: type[T], name: str) -> T | None:
        try:
            return read(kind, self.attachments(name) or b"")
        except ValueError:
            return None

    def _open(self, act: Act, stage: str, place: str) -> At | None:
        """The place, if its stage has been opened."""
        found = self.stages.get(stage)
        if found is None or not found.opened or place not in found.places:
            self.bad("rights.stage", act, "at a place of no opened stage")
            return None
        return found.places[place]

    def _held(
        self, act: Act, number: str, epoch: int, sheet: str | None = None, settled: str | None = None
    ) -> Turn | None:
        """The right that the acting desk, or the sheet it brings in, holds for this person and may still use.

        A late act may bear out what supervisors have `settled` meanwhile.
        """
        story = self.persons.get(number)
        turn = next((turn for turn in story.turns if turn.epoch == epoch), None) if story is not None else None
        holder = sheet or act.author
        if turn is None or turn.holder != holder or turn.since >= act.known:
            self.bad("rights.none", act, "acts on a right that it does not hold", number)
            return None
        if sheet is not None and not sheet.startswith(f"{act.member}/sheet-"):
            self.bad("rights.sheet", act, "acts in the name of another desk", number)
        if act.delegation is None or act.delegation.place != turn.spot[1]:
            self.bad("rights.place", act, "acts on a right for another place", number)
        if not turn.unused or turn.outcome not in (None, settled):
            self.bad("rights.ended", act, "acts on a right that has been used, returned or settled", number)
        return turn

    def _ended(self, act: Act, number: str, epoch: int, deed: str) -> None:
        turn = self._held(act, number, epoch, settled="returned")
        if turn is not None:
            turn.deeds[deed] = act
            self.touched.add(number)

    def _answered(self, act: Act, identified: bool) -> None:
        """A receiving desk's answer to a release: same number, place and epoch, signed by the other side."""
        event: events.PersonReceived | events.SubstitutionFound = act.event
        story = self.persons.get(event.number)
        mine = [turn for turn in story.turns if turn.epoch == event.epoch] if story is not None else []
        turn = mine[0] if mine else None
        if story is not None and turn is None and story.turns:
            self.bad("receipts.mismatch", act, "an epoch in which the person had no right", event.number)
            return
        release = turn.deeds.get("released") if turn is not None else None
        if story is None or turn is None or release is None:
            self.bad("receipts.release", act, "an answer to no release", event.number)
            return
        if (event.stage, event.place) != turn.spot or release.id not in act.refs:
            self.bad("receipts.mismatch", act, "not the number, place and epoch that were released", event.number)
        if act.member != story.to:
            self.bad("receipts.side", act, "received by another member than the one they go to", event.number)
        if act.delegation is None or act.delegation.place != turn.spot[1]:
            self.bad("receipts.place", act, "answered by a desk of another place", event.number)
        if act.author in turn.answers:
            self.bad("receipts.twice", act, "answered by this desk before", event.number)
        if identified and turn.outcome == "returned":
            self.bad("receipts.settled", act, "received whom supervisors have settled as back", event.number)
        turn.answers[act.author] = (identified, act)
        if identified:
            self.credits[act.id] = [(event.number, turn.spot)]
        self.touched.add(event.number)

    def _not_paused(self, act: Act, what: str) -> None:
        self.counts["gated"] += 1
        known = [pause for pause in self.pauses if pause.since < act.known]
        if any(pause.until is None or pause.until >= act.known for pause in known):
            self.bad("suspensions.kept", act, f"{what} while the round is suspended")


def compare(watch: Watch, index: int, persons: Mapping[str, Person], numbers: Iterable[str]) -> list[Problem]:
    """Where the fold's record of these persons is not what their stories amount to."""
    problems = []
    for number in sorted(numbers):
        own, folded = watch.persons.get(number), persons.get(number)
        if own is None or folded is None or _facts(own) != _facts(folded):
            what = f"the fold has this person as {_told(folded)}; the entries give {_told(own)}"
            problems.append(Problem("audit.conservation.state", f"entry {index}, number {number}", what, KEEP))
    return problems


def _facts(record: Story | Person) -> tuple[str | int | None, ...]:
    return (
        record.holder, record.side, record.to, record.class_id, record.weight, record.account, record.round,
        record.state, record.group,
    )  # fmt: skip


def _told(record: Story | Person | None) -> str:
    return "nobody" if record is None else f"{record.state}, held by {record.holder}"
