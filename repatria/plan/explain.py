"""Why someone goes when they go, and why not: computed from the plan, never narrated.

An answer holds no name and no ground: tier, stratum, ticket, places and the slot. Of each stage before theirs it says
what keeps them out of it: seats, a row, the bound. "Why not" puts the unit in by force and solves again: either a level
of the plan gets worse, and the answer says which and by how much, or terms collide, and it says which, and what change
would do. Types share what is computed, so everybody at once costs one search a type. Whoever cannot go any more gets no
reason here, because a plan does not know one.

Families are told less: whether somebody is on the plan, and how that is decided. No chance, no ticket, no tier, no
place, and nothing that depends on anybody else.

    >>> from repatria.deal.classes import PersonClass
    >>> from repatria.message import in_english
    >>> from repatria.plan.model import Place, Stage
    >>> from repatria.plan.stages import Names, make_plan
    >>> from repatria.plan.why_texts import TEXTS
    >>> place = Place("bridge", {"north": 9, "south": 9}, 1)
    >>> terms = PlanTerms({"north": 1, "south": 1}, 1, (Stage("s1", "2025-12-10", (place,)),))
    >>> lists = [Unit(f"{i:032x}", "north" if i < 2 else "south", "c") for i in range(3)]
    >>> drawn = {"c": PersonClass("c", 1, 0, True, False)}
    >>> plan = make_plan(lists, drawn, terms, bytes(32), Names("2025-1", "0" * 64))
    >>> reasons = Reasons(plan, lists, drawn, terms, bytes(32))
    >>> for unit in lists:
    ...     print(in_english(reasons.of(unit.number).told[-1], TEXTS))
    Would go if there were 1 place more in this stratum.
    Ticket 1 of 2; 1 place; chance 50.0 %.
    Everyone of this stratum goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from repatria.message import Day, Message, Name, Place, Tenths, in_english
from repatria.plan.case import Case, Slot, make_case, measure
from repatria.plan.change import changes_for
from repatria.plan.conflict import by_marks, conflict_of, tier_message
from repatria.plan.hitting import Unknown
from repatria.plan.levels import parse_level
from repatria.plan.lottery import Chance, order
from repatria.plan.model import Classes, PlanTerms, Progress, Row, Unit, UnitType, unit_types
from repatria.plan.solve import Solution, solve
from repatria.plan.vehicles import rows_of, with_rows
from repatria.plan.why_texts import TEXTS


@dataclass(frozen=True)
class Reason:
    """What the plan says of one person and why: as values for programs, and as messages for people.

    `settled`: the plan does not decide about this person any more, and says nothing of why.
    """

    number: str
    listed: bool = False
    goes: bool = False
    settled: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[Message, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"number": self.number, "listed": self.listed, "goes": self.goes, **self.values}


class Spot(NamedTuple):
    """Where a unit goes in a plan: stage and place by position, and its place in the sequence, from one."""

    slot: Slot
    position: int
    of: int


class Reasons:
    """Why everybody of a plan goes or stays.

    Args:
        units: everybody of the lists who could go when the plan was made.
        progress: what had happened then, if the plan replaces another.
        away: those of whom the plan does not decide any more.
        table: the chances that were published before the draw; without them, those of the places there are.
    """

    def __init__(
        self,
        plan: Mapping[str, Any],
        units: Iterable[Unit],
        classes: Classes,
        terms: PlanTerms,
        seed: bytes | None,
        *,
        progress: Progress | None = None,
        away: Collection[str] = (),
        table: Iterable[Chance] | None = None,
    ) -> None:
        self.plan, self.classes, self.terms, self.seed, self.progress = plan, classes, terms, seed, progress
        self.units = tuple(units)
        self.kinds = unit_types(self.units, classes)
        self.leads = {number: unit.number for unit in self.units for number in unit.numbers}
        self.published = {(row.holder, row.stratum): row for row in table or ()}
        self.away = frozenset(away) | (progress.gone | progress.offered if progress is not None else frozenset())
        self.spots: dict[str, Spot] = {}
        for t, stage in enumerate(plan["stages"]):
            for j, place in enumerate(stage["places"]):
                for at, (number, _) in enumerate(place["sequence"], 1):
                    self.spots[number] = Spot((t, j), at, len(place["sequence"]))
        self._peers: dict[UnitType, list[str]] = defaultdict(list)
        for number, kind in self.kinds.items():
            self._peers[kind].append(number)
        self._rank: dict[UnitType, dict[str, int]] = {}
        self._kept_out: dict[tuple[UnitType, int, Slot], tuple[Message, ...]] = {}
        self._why_not: dict[UnitType, tuple[dict[str, Any], tuple[Message, ...]]] = {}

    def without(self, away: Collection[str]) -> Reasons:
        """The same with others of whom the plan does not decide any more; what hangs on them is worked out anew."""
        _ = self._going, self._cut_off, self._progress  # these hang on the plan alone: for all twins
        twin = copy(self)
        for name in ("_there", "_figures"):
            twin.__dict__.pop(name, None)
        twin._kept_out = {}
        done = self.progress
        twin.away = frozenset(away) | (done.gone | done.offered if done is not None else frozenset())
        return twin

    def of(self, number: str, why_not: bool = True) -> Reason:
        """Why one person goes or stays, for officers and verifiers.

        Args:
            why_not: False skips the second search for a type of which nobody goes.
        """
        lead = self.leads.get(number)
        if lead is None and number in self.away:
            return Reason(number, True, settled=True, told=(Message("why.settled"),))
        if lead is None:
            return Reason(number, told=(Message("why.unlisted"),))
        kind = self.kinds[lead]
        rank, of, places = self._ticket(lead)
        chance = self.published.get((kind.holder, kind.stratum), Chance(kind.holder, kind.stratum, places, of))
        values: dict[str, Any] = {
            "holder": kind.holder,
            "tier": kind.tier,
            "stratum": kind.stratum,
            "outside_ratio": not kind.counts,
            "all_go": kind.all,
            "cut_off_tier": self._cut_off.get((kind.holder, kind.counts)),
            "ticket": {"rank": rank, "of": of, "places": places, "chance_permille": chance.permille},
        }
        told = [Message("why.who", {"tier": tier_message(kind.rank), "holder": Name(kind.holder)})]
        if number in self.away or lead in self.away:
            return Reason(number, True, settled=True, values=values, told=(*told, Message("why.settled")))
        spot = self.spots.get(number, self.spots.get(lead))
        if spot is not None:
            there, said = self._slot(kind, spot)
            values |= there
            told += said
        if places == of:
            told.append(Message("why.all" if kind.all else "why.whole"))
        elif places:
            told.append(Message("why.ticket", {"rank": rank, "of": of, "chance": Tenths(chance.permille)}, places))
            if spot is None:
                values["why_not"] = {"reason": "ticket", "last_ticket_that_goes": places, "places_more": rank - places}
                told.append(Message("why.would.places", {}, rank - places))
        else:
            told += self._after_cut_off(kind, rank, values)
            if why_not:
                values["why_not"], because = self._forced(kind)
                told += because
        return Reason(number, True, spot is not None, False, values, tuple(told))

    def for_family(self, number: str, in_person: bool = False) -> tuple[Message, ...]:
        """What a letter to the family may say: nothing of chances, tickets, tiers, places or other people.

        Args:
            in_person: something has happened of which no letter may speak, whatever it is.
        """
        reason = self.of(number, why_not=False)
        if not reason.listed:
            return (Message("why.family.unlisted"),)
        if reason.settled or in_person:
            return (Message("why.family.in_person"),)
        return (Message("why.family.goes" if reason.goes else "why.family.stays"), Message("why.family.how"))

    # --- who goes ---------------------------------------------------------------------------------------------

    def _ticket(self, number: str) -> tuple[int, int, int]:
        """The rank of a unit among those alike, how many there are, and how many of them go."""
        kind = self.kinds[number]
        if kind not in self._rank:
            ordered = order(self.seed, kind.stratum, self._peers[kind])
            self._rank[kind] = {peer: at for at, peer in enumerate(ordered, 1)}
        return self._rank[kind][number], len(self._peers[kind]), self._going[kind]

    @cached_property
    def _going(self) -> dict[UnitType, int]:
        going: dict[UnitType, int] = defaultdict(int)
        for number, kind in self.kinds.items():
            going[kind] += number in self.spots
        return going

    @cached_property
    def _cut_off(self) -> dict[tuple[str, bool], int]:
        """The last tier of a holder of which anybody goes who need not."""
        last: dict[tuple[str, bool], int] = {}
        for kind, n in self._going.items():
            if n and not kind.all:
                last[kind.holder, kind.counts] = max(kind.tier, last.get((kind.holder, kind.counts), kind.tier))
        return last

    def _after_cut_off(self, kind: UnitType, rank: int, values: dict[str, Any]) -> list[Message]:
        """Where places end, and how many more would do at the latest: for everybody who stays of this tier's other
        strata and of earlier tiers, for earlier tickets, and for the unit itself."""
        told = []
        last = values["cut_off_tier"]
        if last is not None:
            end = tier_message((kind.rank[0], last))
            told.append(Message("why.cut_off", {"holder": Name(kind.holder), "tier": end}))
        more = kind.people * rank
        for other, going in self._going.items():
            alike = (other.holder, other.counts) == (kind.holder, kind.counts) and other != kind
            if alike and other.tier <= kind.tier:
                more += other.people * (len(self._peers[other]) - going)
        values["places_more_at_most"] = more
        told.append(Message("why.would.latest", {"holder": Name(kind.holder), "n": more}))
        return told

    def _forced(self, kind: UnitType) -> tuple[dict[str, Any], tuple[Message, ...]]:
        """What becomes of the plan with one unit of this type in it."""
        if kind not in self._why_not:
            self._why_not[kind] = self._solved(kind)
        return self._why_not[kind]

    def _solved(self, kind: UnitType) -> tuple[dict[str, Any], tuple[Message, ...]]:
        terms = with_rows(self.terms)
        now = {level["name"]: level["value"] for level in self.plan["levels"]}
        for schedule in (False, True):  # nearly always who goes tells already; when and where is the longer search
            forced = solve(
                self.units, self.classes, terms, progress=self.progress, force=kind, schedule=schedule, reasons=False
            )
            if not isinstance(forced, Solution):
                return self._collide(make_case(self.units, self.classes, terms, self.progress, kind))
            for level in forced.levels:
                if level.name in now and level.value != now[level.name]:
                    figures = {"now": now[level.name], "then": level.value}
                    told = Message("why.level", {**figures, "level": level_message(level.name)})
                    return {"reason": "level", "level": level.name, **figures}, (told,)
        return {"reason": "none"}, (Message("why.none"),)

    def _collide(self, case: Case) -> tuple[dict[str, Any], tuple[Message, ...]]:
        """The terms that a unit put in by force cannot be met with, and the least change that would let it go."""
        values: dict[str, Any] = {"reason": "terms", "terms": [], "changes": []}
        try:
            terms = conflict_of(case).told(of_somebody=True)
        except (Unknown, ValueError):
            return values, (Message("why.collide.unknown"),)
        changes = [repair.told(of_somebody=True) for repair in changes_for(case, self.classes).repairs[:1]]
        values["terms"] = [in_english(each, TEXTS) for each in terms]
        values["changes"] = [in_english(each, TEXTS) for repair in changes for each in repair]
        told = Message("why.collide", {"terms": terms})
        return values, (told, *(Message("why.collide.change", {"changes": each}) for each in changes))

    # --- where and when ---------------------------------------------------------------------------------------

    def _slot(self, kind: UnitType, spot: Spot) -> tuple[dict[str, Any], list[Message]]:
        t, j = spot.slot
        stage = self.plan["stages"][t]
        place = stage["places"][j]["place"]
        values: dict[str, Any] = {
            "stage": stage["stage"],
            "date": stage["date"],
            "place": place,
            "position": spot.position,
            "of": spot.of,
        }
        day = Day(stage["date"], True)
        at: dict[str, Place] = {"stage": stage["stage"], "day": day, "place": Name(place)}
        told = [Message("why.goes", {**at, "position": spot.position, "of": spot.of})]
        same = [s.stage for s in self.terms.stages] == [s["stage"] for s in self.plan["stages"]]
        done = self.progress.done if self.progress is not None else ()
        earlier = [s for s in range(t) if self.plan["stages"][s]["stage"] not in done]
        values["kept_out"] = {}
        for s in earlier if same and stage["stage"] not in done else ():
            why = self._out_of(kind, s, spot.slot)
            name = self.plan["stages"][s]["stage"]
            values["kept_out"][name] = [each.id.rpartition(".")[2] for each in why]
            told.append(Message("why.late", {"stage": name, "why": why}))
        return values, told

    def _out_of(self, kind: UnitType, t: int, now: Slot) -> tuple[Message, ...]:
        """What keeps a unit of a type out of an earlier stage, place by place, each ground once."""
        if (kind, t, now) not in self._kept_out:
            found = {}
            for j in range(len(self.terms.stages[t].places)):
                why = self._out_of_place(kind, (t, j), now)
                found[why.id, str(why.places.get("sentence"))] = why
            self._kept_out[kind, t, now] = tuple(found.values())
        return self._kept_out[kind, t, now]

    def _out_of_place(self, kind: UnitType, slot: Slot, now: Slot) -> Message:
        holder = {"holder": Name(kind.holder)}
        seats = self.terms.stages[slot[0]].places[slot[1]].capacity.get(kind.holder, 0)
        if seats < kind.people:
            return Message("why.late.closed", holder)
        there = [(k, n) for k, n in self._there[slot].items() if k.holder == kind.holder]
        if seats - sum(k.people * n for k, n in there) < kind.people:
            first = all(k.rank <= kind.rank for k, _ in there)
            return Message("why.late.full" if first else "why.late.taken", holder)
        for row in self.terms.rows:
            more = sum(measure(part, kind) for part in row.parts if self._at(part.stage, part.place, slot))
            less = sum(measure(part, kind) for part in row.parts if self._at(part.stage, part.place, now))
            if row.most is not None and more > less and self._figures[row.name] + more - less > row.most:
                return Message("why.late.marks") if by_marks(row) else Message(
                    "why.late.row", {"sentence": row.words}
                )
        if kind.counts and self._too_far(kind, slot, now):
            return Message("why.late.bound", holder)
        if any(self._passed(row, kind, slot) for row in self._of_vehicles):
            return Message("why.late.vehicles", holder)
        return Message("why.late.other")

    @cached_property
    def _of_vehicles(self) -> tuple[Row, ...]:
        return rows_of(self.terms)

    def _passed(self, row: Row, kind: UnitType, slot: Slot) -> bool:
        """Whether one unit more at a place is more than its vehicles carry, as far as a row can say it."""
        def figure(of: UnitType) -> int:
            return sum(measure(part, of) for part in row.parts if self._at(part.stage, part.place, slot))

        more = figure(kind)
        there = sum(n * figure(each) for each, n in self._there[slot].items()) if more > 0 else 0
        return more > 0 and row.most is not None and there + more > row.most

    @cached_property
    def _there(self) -> dict[Slot, dict[UnitType, int]]:
        """Units of each type at each place, without those who take no seat any more."""
        there: dict[Slot, dict[UnitType, int]] = defaultdict(lambda: defaultdict(int))
        for number, spot in self.spots.items():
            if number in self.kinds and number not in self.away:
                there[spot.slot][self.kinds[number]] += 1
        return there

    @cached_property
    def _figures(self) -> dict[str, int]:
        """What each row comes to in the plan."""
        return {
            row.name: sum(
                n * measure(part, kind)
                for part in row.parts
                for slot, kinds in self._there.items()
                if self._at(part.stage, part.place, slot)
                for kind, n in kinds.items()
            )
            for row in self.terms.rows
        }

    def _at(self, stage: str, place: str, slot: Slot) -> bool:
        there = self.terms.stages[slot[0]]
        return stage in ("", there.stage) and place in ("", there.places[slot[1]].place)

    def _too_far(self, kind: UnitType, slot: Slot, now: Slot) -> bool:
        """Whether a counted unit moved from one place to another would leave a side further ahead than the bounds."""
        terms = self.terms
        step = terms.factors[kind.holder] * kind.weight
        gave, took = dict(self._progress[0]), dict(self._progress[1])
        for at, way in ((now, -1), (slot, 1)):
            gave[at, kind.holder] = gave.get((at, kind.holder), 0) + way * step
            to = at, terms.receiver(kind)
            took[to] = took.get(to, 0) + way * step
        most = terms.scaled(terms.bound)
        ahead = dict.fromkeys(terms.holders, 0)
        for t, stage in enumerate(self.plan["stages"]):
            for holder in terms.holders:
                reach = 0
                change = 0
                for j, place in enumerate(stage["places"]):
                    own = terms.scaled(place["bound"])
                    mine = gave.get(((t, j), holder), 0)
                    gap = mine - took.get(((t, j), holder), 0)
                    if abs(gap) > own or ((t, j) == slot and step > own):
                        return True
                    reach += min(own, mine)
                    change += gap
                if ahead[holder] + reach > most or abs(ahead[holder] + change) > most:
                    return True
                ahead[holder] += change
        return False

    @cached_property
    def _progress(self) -> tuple[dict[tuple[Slot, str], int], dict[tuple[Slot, str], int]]:
        """What each side gives at each place, and what goes to it there, in steps."""
        gave: dict[tuple[Slot, str], int] = defaultdict(int)
        took: dict[tuple[Slot, str], int] = defaultdict(int)
        for number, spot in self.spots.items():
            kind = self.kinds.get(number)
            if kind is not None and kind.counts:
                step = self.terms.factors[kind.holder] * kind.weight
                gave[spot.slot, kind.holder] += step
                took[spot.slot, self.terms.receiver(kind)] += step
        return gave, took


def level_message(name: str) -> Message:
    """A level of a plan as the page of the plan tells it; one of another version by its name."""
    kind, parts = parse_level(name)
    places: dict[str, Place] = {}
    if holder := parts.get("holder"):
        places["holder"] = Name(holder)
    if tier := parts.get("tier"):
        places["category"] = tier_message((int(parts["outside"] is None), int(tier)))
    if weight := parts.get("weight"):
        places["weight"] = int(weight)
    return Message(f"plan.goal.{kind}", places) if kind else Message("why.level.other", {"name": name})
