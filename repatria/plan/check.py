"""A plan re-verified in whole numbers, by code that shares nothing with the search but the model and the tickets.

`check_plan` answers every problem at once; a plan without one:

* is of the signed lists: everyone at most once, with the holder who holds them; whoever must go goes;
* keeps families and crews together, one after the other, and whole in what leaves at once: where a side has vehicles
  everyone rides, each vehicle goes once, with seats and stretchers for whom it carries and no more than the place's
  bound, and people outside the ratio, remains, and people who go to different sides ride apart;
* meets every row of the model: totals, seats, steps, places, stages, carry, the bound in every prefix of every
  sequence, closed rounds of parties, and every further row by its own sentence;
* is fair: tickets decide within a stratum, both who goes and who goes earlier, and nobody of a later tier goes
  where somebody of an earlier one could stand in the same place without any row noticing;
* wastes nothing a single change could mend: no free seat for someone outside the ratio, no earlier stage for one
  unit or for one even exchange of units;
* says of its own levels what is true;
* in a plan that replaces another, what is over stays as it was, and whoever does not go by the neutral's word stays
  in the sequence and counts as offered.

A level's *bound* is the word of whoever made the plan, also where it calls it *exact*, which says that whole numbers
proved it there and not only the solver; whoever doubts it solves again. See `unproved`.

    >>> from repatria.deal.classes import PersonClass
    >>> from repatria.plan.model import Place, Stage
    >>> from repatria.plan.stages import Names, make_plan
    >>> place = Place("bridge", {"north": 9, "south": 9}, 1)
    >>> terms = PlanTerms({"north": 1, "south": 1}, 1, (Stage("s1", "2025-12-10", (place,)),))
    >>> lists = [Unit(f"{i:032x}", "north" if i < 2 else "south", "c") for i in range(3)]
    >>> drawn = {"c": PersonClass("c", 1, 0, True, False)}
    >>> plan = make_plan(lists, drawn, terms, bytes(32), Names("2025-1", "0" * 64))
    >>> check_plan(plan, lists, drawn, terms, bytes(32))
    []
    >>> plan["stages"][0]["places"][0]["sequence"].pop()[1], [p.code for p in check_plan(plan, lists, drawn, terms,
    ...                                                                                  bytes(32))][:1]
    ('south', ['plan.total'])
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import gcd, lcm
from typing import Any, NamedTuple

from repatria.deal.classes import REMAINS
from repatria.ledger.canonical import digest, encode
from repatria.plan.lottery import Chance, ticket
from repatria.plan.model import (
    PEOPLE,
    Classes,
    Part,
    Place,
    PlanTerms,
    Progress,
    Row,
    Unit,
    UnitType,
    check_input,
    shape_problems,
    unit_types,
)
from repatria.problem import Problem

Spot = tuple[int, int]  # stage and place, by position in the terms
Kind = tuple[str, UnitType]  # holder, and what no term tells apart

_AGAIN = "make the plan again from the signed lists, classes and terms"


def check_plan(
    plan: Mapping[str, Any],
    units: Iterable[Unit],
    classes: Classes,
    terms: PlanTerms,
    seed: bytes | None,
    *,
    table: Sequence[Chance] | None = None,
    progress: Progress | None = None,
) -> list[Problem]:
    """Everything that is wrong with a plan document.

    Args:
        seed: the draw's seed as computed from the revealed nonces; None where nobody was drawn.
        table: the signed freeze's chances; where given, the plan must give each stratum exactly its places.
        progress: for a plan that replaces another, what happened under the one before.
    """
    listed = tuple(units)
    problems = shape_problems(plan) or check_input(listed, classes, terms)
    if not problems and progress is not None:
        problems = shape_problems(progress.previous)
    if problems:
        return problems
    return _Check(plan, listed, classes, terms, seed, table, progress).problems()


def unproved(plan: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Levels at which the search ended before its proof, with the gap. Empty: the plan is the best there is."""
    return [(lv["name"], abs(lv["bound"] - lv["value"])) for lv in plan["levels"] if lv["bound"] != lv["value"]]


class _Seen(NamedTuple):
    number: str
    spot: Spot
    position: int


@dataclass(frozen=True)
class _Rows:
    """Counted progress and people per spot and holder: all that the rows at a place look at."""

    progress: Mapping[tuple[Spot, str], int]
    ahead: Mapping[tuple[Spot, str], int]  # progress, less what goes to the holder there
    people: Mapping[tuple[Spot, str], int]
    figures: Mapping[str, int]  # of each further row


class _Check:
    def __init__(
        self,
        plan: Mapping[str, Any],
        units: Sequence[Unit],
        classes: Classes,
        terms: PlanTerms,
        seed: bytes | None,
        table: Sequence[Chance] | None,
        progress: Progress | None,
    ) -> None:
        self.plan, self.terms, self.seed, self.table, self.past = plan, terms, seed, table, progress
        self.found: list[Problem] = []
        self.factor = dict.fromkeys(terms.totals, 1)  # among more than two, one stands against one
        if len(terms.totals) == 2:
            whole = lcm(*terms.totals.values())
            self.factor = {holder: whole // total for holder, total in terms.totals.items()}
        self.scale = max(self.factor.values())
        kinds = unit_types(units, classes)
        self.kind: dict[str, Kind] = {unit.number: (unit.holder, kinds[unit.number]) for unit in units}
        self.families = {unit.number: unit.numbers for unit in units if unit.others}
        self.leads = {number: unit.number for unit in units for number, _ in unit.others}
        self.done = progress.done if progress else frozenset()
        self.gone = progress.gone if progress else frozenset()
        self.offered = progress.offered if progress else frozenset()
        self.before = _spots(progress.previous, terms) if progress else {}
        self.seen: dict[str, _Seen] = {}
        coming = {"", *(stage.stage for stage in terms.stages if stage.stage not in self.done)}
        self.asked = [row for row in terms.rows if row.whole or any(part.stage in coming for part in row.parts)]
        self.own: dict[Spot, int] = {}  # each place's bound in progress, as the plan has it
        self.riding: dict[tuple[Spot, str, str], tuple[UnitType, int, int, int]] = {}  # one of each vehicle's units,
        # and all of them: seated, lying, progress

    def problems(self) -> list[Problem]:
        if self.head():
            self.members()
            if not self.found:
                self.past_respected()
                self.settled()
                self.rows()
                self.loads()
                self.packages()
                self.draw()
                self.tiers()
                self.waste()
                self.levels()
        return self.found

    def bad(self, code: str, where: str, what: str, do: str = _AGAIN) -> None:
        self.found.append(Problem(code, where, what, do))

    # --- form and membership --------------------------------------------------------------------------------------

    def head(self) -> bool:
        """Stages, places and bounds are those of the terms; the seed and the plan replaced are the right ones."""
        given = [(s["stage"], s["date"], [p["place"] for p in s["places"]]) for s in self.plan["stages"]]
        agreed = [(s.stage, s.date, [p.place for p in s.places]) for s in self.terms.stages]
        if given != agreed:
            self.bad("plan.stages", "plan, stages", "not the stages, dates and places of the terms")
            return False
        was = {
            (s["stage"], p["place"]): p["bound"]
            for s in (self.past.previous["stages"] if self.past else ())
            for p in s["places"]
            if s["stage"] in self.done
        }
        for t, stage in enumerate(self.terms.stages):
            for j, place in enumerate(stage.places):
                bound = self.plan["stages"][t]["places"][j]["bound"]
                self.own[t, j] = bound * self.scale
                over = stage.stage in self.done
                most = was.get((stage.stage, place.place), place.bound) if over else place.bound
                least = most if over else min(1, most)
                if not least <= bound <= most:
                    where = f"plan, stage {stage.stage}, place {place.place}"
                    self.bad("plan.bounds", where, f"a bound of {bound}; the terms allow {most} at most")
        if self.plan["seed"] != (None if self.seed is None else self.seed.hex()):
            self.bad("plan.seed", "plan, seed", "not the seed that the revealed nonces give")
        replaced = None if self.past is None else digest(encode(self.past.previous))
        if self.plan["replaces"] != replaced:
            self.bad("plan.replaces", "plan, replaces", "not the hash of the plan in force")
        return True

    def members(self) -> None:
        """Everyone at most once, on the list, with the holder who holds them; families one after the other."""
        stood: set[str] = set()
        for t, stage in enumerate(self.plan["stages"]):
            for j, place in enumerate(stage["places"]):
                where = f"plan, stage {stage['stage']}, place {place['place']}"
                sequence = place["sequence"]
                for position, (number, holder) in enumerate(sequence):
                    lead = self.leads.get(number, number)
                    if number in stood:
                        self.bad("plan.twice", f"{where}, {number}", "in the plan twice")
                    elif lead not in self.kind:
                        self.bad("plan.unlisted", f"{where}, {number}", "not on a signed list")
                    elif self.kind[lead][0] != holder:
                        self.bad("plan.holder", f"{where}, {number}", f"not held by {holder}")
                    stood.add(number)
                    if lead == number:
                        self.seen[number] = _Seen(number, (t, j), position)
                    family = self.families.get(number, (number,))
                    together = tuple(other for other, _ in sequence[position : position + len(family)])
                    if lead == number and together != family:
                        what = f"goes without those of its {len(family)} who go together or not at all"
                        self.bad("plan.together", f"{where}, {number}", what)
        for number, lead in sorted(self.leads.items()):
            if number in stood and lead not in stood:
                self.bad("plan.together", f"plan, {number}", "goes without those with whom it goes or not at all")

    def past_respected(self) -> None:
        """Stages that are over stay as carried out; who cannot go is not in the plan; who is offered stays put."""
        if self.past is None:
            return
        struck = {n for number in self.gone | self.past.again for n in self.families.get(number, (number,))}
        old = {
            (s["stage"], p["place"]): [tuple(slot) for slot in p["sequence"]]
            for s in self.past.previous["stages"]
            for p in s["places"]
        }
        for stage in self.plan["stages"]:
            for place in stage["places"]:
                if stage["stage"] in self.done:
                    was = [slot for slot in old.get((stage["stage"], place["place"]), []) if slot[0] not in struck]
                    if [tuple(slot) for slot in place["sequence"]] != was:
                        where = f"plan, stage {stage['stage']}, place {place['place']}"
                        self.bad("plan.done", where, "the stage is over, but the plan tells it differently")
        for number in sorted(self.gone & set(self.seen)):
            self.bad("plan.gone", f"plan, {number}", "in the plan, but cannot go")
        for number in sorted(self.offered):
            spot = self.seen[number].spot if number in self.seen else None
            if spot != self.before.get(number):
                self.bad(
                    "plan.offered", f"plan, {number}", "not going by the neutral's word: its place must stay as is"
                )

    # --- rows -----------------------------------------------------------------------------------------------------

    def settled(self) -> None:
        """Totals, whoever must go, and the places promised in the freeze."""
        handed = dict.fromkeys(self.terms.totals, 0)
        going: Counter[Kind] = Counter()
        whole: Counter[Kind] = Counter(self.kind.values())
        for number in self.seen:
            holder, person = self.kind[number]
            going[holder, person] += 1
            handed[holder] += person.weight if person.counts else 0
        for holder, total in sorted(self.terms.totals.items()):
            if handed[holder] > total or (handed[holder] < total and self.terms.tolerance is None):
                what = f"{holder} hands over {handed[holder]:,} counted people; the total is {total:,}"
                self.bad("plan.total", f"plan, total of {holder}", what)
        for number, (holder, person) in sorted(self.kind.items()):
            if person.all and number not in self.seen and number not in self.gone and number not in self.offered:
                self.bad("plan.all", f"plan, {number}", f"held by {holder}, of a class that all goes, and not in it")
        if self.table is not None:
            table = {(row.holder, row.stratum): (row.places, row.units) for row in self.table}
            counted = {(h, person.stratum): (going[h, person], n) for (h, person), n in whole.items()}
            for row in sorted(set(table) | set(counted)):
                if table.get(row) != counted.get(row):
                    have, need = counted.get(row, (0, 0)), table.get(row, (0, 0))
                    what = f"{have[0]} of {have[1]} go; the signed table says {need[0]} of {need[1]}"
                    self.bad("plan.table", f"plan, {row[0]}, stratum {row[1]}", what)

    def rows(self) -> None:
        """Seats, steps, places, carry, stages, and the bound in every prefix."""
        for t, stage in enumerate(self.plan["stages"]):
            if stage["stage"] in self.done:
                continue
            given = sum(place["bound"] for place in stage["places"])
            if given > self.terms.bound:
                what = f"the bounds of its places add up to {given}; the bound of the terms is {self.terms.bound}"
                self.bad("plan.bounds", f"plan, stage {stage['stage']}", what)
            for j, place in enumerate(stage["places"]):
                own = self.own[t, j]
                where = f"plan, stage {stage['stage']}, place {place['place']}"
                ahead, worst = dict.fromkeys(self.terms.totals, 0), 0
                for position, (number, holder) in enumerate(place["sequence"]):
                    person = self.kind[self.leads.get(number, number)][1]
                    if not person.counts or number in self.leads:  # a family is one step
                        continue
                    step = self.factor[holder] * person.weight
                    if step > own and number not in self.offered:
                        what = f"a step of {step} at position {position + 1}; the place's bound is {own}"
                        self.bad("plan.step", where, what)
                    ahead[holder] += step
                    ahead[self.to(person)] -= step
                    if max(map(abs, ahead.values())) > own and not worst:
                        worst = position + 1
                if worst:
                    what = f"after position {worst} one side is more than the place's bound of {own} ahead"
                    self.bad("plan.prefix", where, what)
        rows = self.counted()
        self.found += [Problem(*row, _AGAIN) for row in self.broken(rows)]

    # --- who leaves together --------------------------------------------------------------------------------------

    def loads(self) -> None:
        """Whole vehicles, and whole families on foot."""
        for t, stage in enumerate(self.plan["stages"]):
            for j, place in enumerate(stage["places"]):
                where = f"plan, stage {stage['stage']}, place {place['place']}"
                if stage["stage"] in self.done:
                    if place["loads"]:
                        self.bad("plan.done", where, "the stage is over: nobody leaves it any more")
                    continue
                self.loads_at((t, j), where, [number for number, _ in place["sequence"]], place["loads"])

    def loads_at(self, spot: Spot, where: str, numbers: Sequence[str], loads: Sequence[Mapping[str, Any]]) -> None:
        vehicles = self.place(spot).vehicles
        end = 0
        used: set[tuple[str, str]] = set()
        within: dict[str, int] = {}  # the load of each number
        for at, load in enumerate(loads):
            first, people, name = load["first"], load["people"], load["vehicle"]
            if first < end or people < 1 or first + people > len(numbers):
                self.bad("plan.load", where, "a load that is not a run of the sequence after the one before")
                return
            end = first + people
            inside = numbers[first:end]
            units = [number for number in inside if number not in self.leads]
            kinds = [self.kind[number][1] for number in units]
            within |= dict.fromkeys(inside, at)
            if len({(p.holder, *self.company(p)) for p in kinds}) != 1 or self.offered & set(units):
                what = "people of two sides, or inside and outside the ratio, or who do not go, in one load"
                self.bad("plan.load", where, what)
                continue
            step = sum(self.factor[p.holder] * p.weight for p in kinds if p.counts)
            if step > self.own[spot]:
                what = f"a load of {step} at position {first + 1}; the place's bound is {self.own[spot]}"
                self.bad("plan.load", where, what)
            if name is None:
                if len(units) != 1 or people == 1:
                    self.bad("plan.load", where, "a load on foot that is not one family")
                continue
            theirs = {each.vehicle: each for each in vehicles.get(kinds[0].holder, ())}
            if name not in theirs or (kinds[0].holder, name) in used:
                self.bad("plan.vehicle", where, "a vehicle that the terms do not give that side there, or twice")
                continue
            used.add((kinds[0].holder, name))
            lying = sum(self.lying(p) for p in kinds)
            seated = sum(p.people for p in kinds) - lying
            self.riding[spot, kinds[0].holder, name] = kinds[0], seated, lying, step
            if seated > theirs[name].seats or lying > theirs[name].stretchers:
                room = f"{theirs[name].seats} seats, {theirs[name].stretchers} stretchers"
                self.bad("plan.vehicle", where, f"{seated} people seated and {lying} lying in one; it has {room}")
        for at, number in enumerate(numbers):
            lead = self.leads.get(number, number)
            its = within.get(number)
            if its != within.get(lead):
                self.bad("plan.load", where, "a family or crew that is in two loads")
            elif lead in self.offered:
                continue
            elif its is None and lead in self.families:
                self.bad("plan.load", where, f"a family on foot that is no load, at position {at + 1}")
            elif vehicles.get(self.kind[lead][0]) and (its is None or loads[its]["vehicle"] is None):
                self.bad("plan.vehicle", where, f"somebody in no vehicle, at position {at + 1}")

    def carried(self, person: UnitType, spot: Spot, n: int = 1) -> bool:
        """Whether so many units more find room where they go, as vehicles are filled; on foot everybody does.

        Where the plan says that a goal is not proved, whole families may leave seats empty that a search would have to
        fill anew, and the answer is no.
        """
        vehicles = self.place(spot).vehicles.get(person.holder)
        if not vehicles:
            return True
        if unproved(self.plan):
            return False
        step, lying = self.factor[person.holder] * person.weight * person.counts, self.lying(person)
        for each in vehicles:
            of, *taken = self.riding.get((spot, person.holder, each.vehicle), (person, 0, 0, 0))
            if self.company(of) != self.company(person):
                continue
            rooms = (each.seats, each.stretchers, self.own[spot])
            asks = (person.people - lying, lying, step)
            n -= min(((r - t) // a for r, t, a in zip(rooms, taken, asks, strict=True) if a), default=0)
        return n <= 0

    def company(self, person: UnitType) -> tuple[bool, bool, str, str]:
        """What those who ride together have in common: in the ratio or not, living, party, and the side they go to."""
        return person.counts, self.dead(person), person.party, self.to(person)

    def dead(self, person: UnitType) -> bool:
        return bool(person.members) and all(member.account == REMAINS for member in person.members)

    def lying(self, person: UnitType) -> int:
        """How many of a unit need a stretcher."""
        marked = [member for member in person.members if self.terms.lying and self.terms.lying in member.marks]
        return len(marked) if len(person.members) > 1 else len(marked) * person.people

    def to(self, person: UnitType) -> str:
        """The side to which a unit goes: of two the other, of more the one that it names."""
        if len(self.terms.totals) > 2:
            return person.to
        return next(holder for holder in self.terms.totals if holder != person.holder)

    def counted(self) -> _Rows:
        progress: Counter[tuple[Spot, str]] = Counter()
        ahead: Counter[tuple[Spot, str]] = Counter()
        people: Counter[tuple[Spot, str]] = Counter()
        figures: Counter[str] = Counter()
        there: Counter[tuple[Spot, Kind, bool]] = Counter(
            (seen.spot, self.kind[number], number in self.offered) for number, seen in self.seen.items()
        )
        for (spot, (holder, person), offered), n in there.items():
            if person.counts:
                step = n * self.factor[holder] * person.weight
                progress[spot, holder] += step
                ahead[spot, holder] += step
                ahead[spot, self.to(person)] -= step
            people[spot, holder] += 0 if offered else n * person.people
            for row in self.asked:
                if row.whole or not offered:
                    figures[row.name] += n * self.figure(row, person, spot)
        return _Rows(progress, ahead, people, figures)

    def figure(self, row: Row, person: UnitType, spot: Spot) -> int:
        """What one unit adds to a further row when it goes there."""
        stage = self.terms.stages[spot[0]]
        return sum(
            _counts(part, person)
            for part in row.parts
            if part.stage in ("", stage.stage) and part.place in ("", stage.places[spot[1]].place)
        )

    def packages(self) -> None:
        """What goes from party to party is what the closed rounds say, each of so many parties at most."""
        packages = self.plan["packages"]
        if not self.terms.packages:
            if packages:
                self.bad("plan.packages", "plan, packages", "rounds of parties that the terms do not ask for")
            return
        told: Counter[tuple[str, str]] = Counter()
        for package in packages:
            parties = package["parties"]
            if not 2 <= len(parties) <= self.terms.packages or len(set(parties)) != len(parties):
                what = f"a round of {len(parties)}; each has 2 to {self.terms.packages} parties, each once"
                self.bad("plan.packages", "plan, packages", what)
            for i, giver in enumerate(parties):
                told[giver, parties[(i + 1) % len(parties)]] += package["times"]
        sent: Counter[tuple[str, str]] = Counter()
        for number in self.seen:
            holder, person = self.kind[number]
            if person.counts:
                sent[person.party or holder, person.to or self.to(person)] += person.weight
        for giver, taker in sorted({*told, *sent}):
            if told[giver, taker] != sent[giver, taker]:
                what = f"{sent[giver, taker]} go from {giver} to {taker}; the rounds say {told[giver, taker]}"
                self.bad("plan.packages", f"plan, packages, {giver} to {taker}", what)

    def broken(self, rows: _Rows) -> list[tuple[str, str, str]]:
        """Rows of stages to come that these figures break: code, where, what."""
        holders = sorted(self.terms.totals)
        most, carry = self.terms.bound * self.scale, dict.fromkeys(holders, 0)
        wrong = []
        for t, stage in enumerate(self.terms.stages):
            over = stage.stage in self.done
            reach = dict(carry)
            for j, place in enumerate(stage.places):
                where = f"plan, stage {stage.stage}, place {place.place}"
                own = self.own[t, j]
                gaps = {holder: rows.ahead.get(((t, j), holder), 0) for holder in holders}
                for holder in holders:
                    carry[holder] += gaps[holder]
                    reach[holder] += min(own, rows.progress.get(((t, j), holder), 0))
                if over:
                    continue
                gap = max(map(abs, gaps.values()))
                if gap > own:
                    wrong.append(("plan.place", where, f"ends {gap} apart; the place's bound is {own}"))
                for holder in holders:
                    seated, seats = rows.people.get(((t, j), holder), 0), place.capacity.get(holder, 0)
                    if seated > seats:
                        wrong.append(("plan.seats", where, f"{seated} people from {holder} for {seats} seats"))
            if over:
                continue
            where = f"plan, stage {stage.stage}"
            for holder in holders:
                if reach[holder] > most:
                    what = f"{holder} could be {reach[holder]} ahead while its places run; the bound is {most}"
                    wrong.append(("plan.carry", where, what))
            if max(map(abs, carry.values())) > most:
                gap = max(map(abs, carry.values()))
                wrong.append(("plan.stage", where, f"ends {gap} apart; the bound is {most}"))
        if self.terms.tolerance is not None:
            for holder in holders:
                if carry[holder] > self.terms.tolerance * self.scale:
                    what = f"{holder} ends {carry[holder]} ahead; the tolerance is {self.terms.tolerance * self.scale}"
                    wrong.append(("plan.even", f"plan, total of {holder}", what))
        for row in self.asked:
            have = rows.figures.get(row.name, 0)
            if row.least is not None and have < row.least:
                wrong.append(("plan.row", f"plan, row {row.name}", f"{row.sentence}: {have:,}; {row.least:,} at least"))
            if row.most is not None and have > row.most:
                wrong.append(("plan.row", f"plan, row {row.name}", f"{row.sentence}: {have:,}; {row.most:,} at most"))
        return wrong

    # --- fairness -------------------------------------------------------------------------------------------------

    def open(self, number: str) -> bool:
        """Whether the plan decided on this unit: not over, not out, and not keeping the slot it had."""
        if number in self.gone or number in self.offered:
            return False
        seen = self.seen.get(number)
        if seen is None:
            return True
        return self.terms.stages[seen.spot[0]].stage not in self.done and self.before.get(number) != seen.spot

    def draw(self) -> None:
        """Within a stratum, tickets decide who goes, and who goes earlier."""
        strata: dict[Kind, list[str]] = defaultdict(list)
        for number, kind in sorted(self.kind.items()):
            if self.open(number):
                strata[kind].append(number)
        for (holder, person), numbers in sorted(strata.items()):
            where = f"plan, {holder}, stratum {person.stratum}"
            going = [number for number in numbers if number in self.seen]
            staying = [number for number in numbers if number not in self.seen]
            if going and staying and self.seed is None:
                self.bad("plan.lottery.needed", where, f"{len(going)} of {len(numbers)} go and nobody has drawn")
                continue
            tickets = {number: self.ticket(person, number) for number in numbers}
            if going and staying and max(map(tickets.__getitem__, going)) > min(map(tickets.__getitem__, staying)):
                self.bad("plan.ticket", where, "somebody goes whose ticket comes after that of somebody who stays")
            ordered = sorted(going, key=lambda number: self.seen[number][1:])
            if not self.past and ordered != sorted(going, key=tickets.__getitem__):
                self.bad("plan.ticket.order", where, "somebody goes later than a unit whose ticket comes after theirs")
            if self.past:
                # Places are refilled around those who keep theirs, so positions inside a place say nothing here.
                spots = [self.seen[number].spot for number in sorted(going, key=tickets.__getitem__)]
                if spots != sorted(spots):
                    self.bad("plan.ticket.order", where, "somebody goes later than a unit whose ticket comes after")

    def ticket(self, person: UnitType, number: str) -> tuple[bytes, str]:
        return (ticket(self.seed, person.stratum, number) if self.seed is not None else b""), number

    def marks(self, person: UnitType, whole: bool = True) -> tuple[int, ...]:
        """What a unit is to every further row, or to those that name a stage or place: equal marks, equal rows."""
        return tuple(_counts(part, person) for row in self.terms.rows if whole or not row.whole for part in row.parts)

    def plain(self, person: UnitType) -> bool:
        """Whether nothing but weight and seats, which are one, tells the rows of a unit."""
        simple = len(self.terms.totals) == 2 and not self.terms.packages and person.people == person.weight
        return simple and not any(self.marks(person)) and not self.lying(person)

    def alike(self, person: UnitType, other: UnitType) -> bool:
        """Whether no row would notice one in the place of the other."""
        same = (person.holder, person.party, person.to, person.counts, person.weight, person.people, self.lying(person))
        like = (other.holder, other.party, other.to, other.counts, other.weight, other.people, self.lying(other))
        return same == like and self.marks(person) == self.marks(other)

    def tiers(self) -> None:
        """Nobody of a later tier stands where earlier ones who stay could stand with every row as it is."""
        staying: Counter[Kind] = Counter()
        movable: dict[tuple[str, Spot], Counter[UnitType]] = defaultdict(Counter)
        for number, (holder, person) in self.kind.items():
            if person.all or not self.open(number):
                continue
            if number not in self.seen:
                staying[holder, person] += 1
            else:
                movable[holder, self.seen[number].spot][person] += 1
        rows = self.counted()
        by_tier = {
            at: sorted(group.items(), key=lambda item: item[0].tier, reverse=True) for at, group in movable.items()
        }
        spots = sorted(by_tier)
        for (holder, person), left in sorted(staying.items()):
            simple = self.plain(person)
            for other, (t, j) in spots:
                if other != holder or not self.fits(holder, person, (t, j)):
                    continue
                plain = simple and not self.place((t, j)).vehicles.get(holder)  # whose seats are not one
                later = {}
                for p, n in by_tier[other, (t, j)]:
                    if p.tier <= person.tier:
                        break
                    if p.counts == person.counts and (self.plain(p) if plain else self.alike(person, p)):
                        later[p] = n
                free = self.terms.stages[t].places[j].capacity.get(holder, 0) - rows.people.get(((t, j), holder), 0)
                if not plain:
                    mend = bool(later)
                elif person.counts:
                    mend = bool(later) and bool(_sums(later) >> person.weight & 1)
                else:
                    mend = bool(later) and free + sum(p.people * n for p, n in later.items()) >= person.people
                if mend:
                    what = f"{left} of an earlier tier stay behind, and people of later tiers go in their stead"
                    self.bad("plan.tier", f"plan, {holder}, stratum {person.stratum}", what)
                    break
        for (holder, (t, j)), group in sorted(movable.items()):
            for person in sorted(p for p in group if p.counts and p.weight > 1 and self.plain(p)):
                earlier = {
                    p: n
                    for (h, p), n in staying.items()
                    if h == holder and p.counts and p.tier < person.tier and self.fits(holder, p, (t, j))
                    if self.plain(p)
                }
                if _sums(earlier) >> person.weight & 1:
                    what = "several of earlier tiers stay behind, and one unit of a later tier goes in their stead"
                    self.bad("plan.tier", f"plan, {holder}, stratum {person.stratum}", what)

    def fits(self, holder: str, person: UnitType, spot: Spot) -> bool:
        step = self.factor[holder] * person.weight if person.counts else 0
        return step <= self.own[spot] and person.people <= self.place(spot).capacity.get(holder, 0)

    # --- what a single change could mend --------------------------------------------------------------------------

    def waste(self) -> None:
        rows = self.counted()
        spots = [
            (t, j)
            for t, stage in enumerate(self.terms.stages)
            if stage.stage not in self.done
            for j in range(len(stage.places))
        ]
        movable: Counter[tuple[Kind, Spot]] = Counter()
        idle: set[Kind] = set()
        for number, kind in self.kind.items():
            if not self.open(number):
                continue
            if number in self.seen:
                movable[kind, self.seen[number].spot] += 1
            elif not kind[1].counts:
                idle.add(kind)
        free = {
            (spot, holder): self.terms.stages[spot[0]].places[spot[1]].capacity.get(holder, 0)
            - rows.people.get((spot, holder), 0)
            for spot in spots
            for holder in self.terms.totals
        }
        for holder, person in sorted(idle):
            if any(
                free[spot, holder] >= person.people and self.room(rows, person, spot) and self.carried(person, spot)
                for spot in spots
            ):
                what = "somebody outside the ratio stays behind though there is a seat"
                self.bad("plan.outside", f"plan, {holder}, stratum {person.stratum}", what)
        self.later_before_earlier(movable)
        if self.found:  # the rows must hold before it makes sense to ask what else they would allow
            return
        for ((holder, person), spot), _ in sorted(movable.items()):
            for to in spots:
                if to[0] >= spot[0] or free[to, holder] < person.people or not self.fits(holder, person, to):
                    continue
                if self.carried(person, to) and not self.broken(self.moved(rows, spot, to, {person: 1})):
                    what = f"could go in stage {self.terms.stages[to[0]].stage} with every term met"
                    self.bad("plan.early", f"plan, {holder}, stratum {person.stratum}", what)
                    break
        self.even_exchange(rows, movable, free, spots)

    def room(self, rows: _Rows, person: UnitType, spot: Spot) -> bool:
        """Whether one more unit there breaks no further row."""
        return not any(
            not (row.least is None or row.least <= have + more) or not (row.most is None or have + more <= row.most)
            for row in self.asked
            if (more := self.figure(row, person, spot))
            for have in (rows.figures.get(row.name, 0),)
        )

    def place(self, spot: Spot) -> Place:
        return self.terms.stages[spot[0]].places[spot[1]]

    def later_before_earlier(self, movable: Mapping[tuple[Kind, Spot], int]) -> None:
        """No unit of a later tier goes in an earlier stage than a unit of an earlier tier that weighs the same."""
        groups: dict[tuple[Any, ...], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for (holder, person), (t, _) in movable:
            to = person.to if len(self.terms.totals) > 2 else ""
            marks = self.marks(person, whole=False)
            like = (holder, to, person.counts, person.weight, person.people, self.lying(person), marks)
            groups[like][person.tier].add(t)
        for (holder, *_), tiers in sorted(groups.items()):
            latest = -1
            for tier, stages in sorted(tiers.items()):
                if min(stages) < latest:
                    what = f"tier {tier} goes in stages where an earlier tier should"
                    self.bad("plan.tier.stage", f"plan, {holder}", what)
                latest = max(latest, *stages)

    def even_exchange(
        self,
        rows: _Rows,
        movable: Mapping[tuple[Kind, Spot], int],
        free: Mapping[tuple[Spot, str], int],
        spots: Sequence[Spot],
    ) -> None:
        """No packet of single units that leaves the balance as it is could go in an earlier stage."""
        if len(self.terms.totals) != 2:
            return
        first, second = sorted(self.terms.totals)
        common = gcd(self.factor[first], self.factor[second])
        packet = {first: self.factor[second] // common, second: self.factor[first] // common}
        single: Counter[tuple[Spot, str]] = Counter()
        for ((holder, person), spot), n in movable.items():
            one = person.counts and person.weight == person.people == 1 and not self.lying(person)
            one = one and not any(self.marks(person, whole=False))
            single[spot, holder] += n if one else 0
        for spot in spots:
            for to in spots:
                if to[0] >= spot[0] or any(
                    single[spot, h] < n or free[to, h] < n or self.factor[h] > self.own[to] for h, n in packet.items()
                ):
                    continue
                ones = {UnitType(True, 0, h, 1, False, 1): n for h, n in packet.items()}
                ride = all(self.carried(one, to, n) for one, n in ones.items())
                if ride and not self.broken(self.moved(rows, spot, to, ones, alone=True)):
                    earlier = self.terms.stages[to[0]].stage
                    what = f"{packet[first]} of {first} and {packet[second]} of {second} could go in stage {earlier}"
                    self.bad("plan.early", f"plan, stage {self.terms.stages[spot[0]].stage}", what)
                    return

    def moved(
        self, rows: _Rows, spot: Spot, to: Spot, what: Mapping[UnitType, int], alone: bool = False
    ) -> _Rows:
        """The figures with so many units of each type moved from one spot to another. `alone`: no further row counts
        these units."""
        progress, ahead, people = dict(rows.progress), dict(rows.ahead), dict(rows.people)
        figures = dict(rows.figures)
        for person, n in what.items():
            holder, step = person.holder, self.factor[person.holder] * person.weight if person.counts else 0
            for at, sign in ((spot, -n), (to, n)):
                people[at, holder] = people.get((at, holder), 0) + sign * person.people
                if step:
                    progress[at, holder] = progress.get((at, holder), 0) + sign * step
                    ahead[at, holder] = ahead.get((at, holder), 0) + sign * step
                    other = self.to(person)
                    ahead[at, other] = ahead.get((at, other), 0) - sign * step
                for row in self.asked if not alone else ():
                    figures[row.name] = figures.get(row.name, 0) + sign * self.figure(row, person, at)
        return _Rows(progress, ahead, people, figures)

    # --- levels ---------------------------------------------------------------------------------------------------

    def levels(self) -> None:
        """The plan's own account of itself: the right levels, in order, with their true values."""
        true = self.true_levels()
        said = [(level["name"], level["value"]) for level in self.plan["levels"]]
        if [name for name, _ in said] != [name for name, _, _ in true]:
            self.bad("plan.levels", "plan, levels", "not the objectives of a plan, in their order")
            return
        for level, (name, value, greatest) in zip(self.plan["levels"], true, strict=True):
            if level["value"] != value:
                self.bad("plan.levels", f"plan, level {name}", f"says {level['value']:,}; the plan has {value:,}")
            if (level["bound"] < value) if greatest else (level["bound"] > value):
                self.bad("plan.levels", f"plan, level {name}", "its bound is on the wrong side of its value")
            if level["exact"] and level["bound"] != level["value"]:
                self.bad("plan.levels", f"plan, level {name}", "called exact, with a gap")

    def true_levels(self) -> list[tuple[str, int, bool]]:
        """Name, value, and whether more is better. Stages that are over and units offered are not the plan's
        doing."""
        going: Counter[Kind] = Counter()
        waited: Counter[tuple[bool, int]] = Counter()
        available: Counter[Kind] = Counter()
        kept = 0
        for number, (holder, person) in self.kind.items():
            seen = self.seen.get(number)
            over = seen is not None and self.terms.stages[seen.spot[0]].stage in self.done
            waited[person.counts, person.tier] += 0
            if over or number in self.gone or number in self.offered:
                continue
            available[holder, person] += 1
            if seen is not None:
                going[holder, person] += 1
                waited[person.counts, person.tier] += person.people * seen.spot[0]
                kept += self.before.get(number) == seen.spot
        levels = [("units kept in their slot", kept, True)] if self.past else []
        groups: dict[tuple[bool, int, str], set[UnitType]] = defaultdict(set)
        for holder, person in set(self.kind.values()):
            if not person.all:
                groups[person.counts, person.tier, holder].add(person)
        names = {
            key: f"{key[2]}, " + ("" if key[0] else "outside the ratio, ") + f"tier {key[1]}" for key in sorted(groups)
        }
        people = {key: sum(going[key[2], p] * p.people for p in group) for key, group in groups.items()}
        levels += [(f"{name}: people who go", people[key], True) for key, name in names.items()]
        for key, name in names.items():
            weights: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])  # people, people who go, units that go
            for p in groups[key]:
                if available[key[2], p]:
                    for k, n in enumerate((p.people * available[key[2], p], p.people * going[key[2], p],
                                           going[key[2], p])):  # fmt: skip
                        weights[p.weight][k] += n
            everyone = sum(whole for whole, _, _ in weights.values())
            if len(weights) > 1 and people[key] not in (0, everyone):
                off = sum(abs(everyone * gone - people[key] * whole) for whole, gone, _ in weights.values())
                levels.append((f"{name}: unevenness between weights", off, False))
                for weight in sorted(weights, reverse=True)[:-1]:
                    levels.append((f"{name}, weight {weight}: units that go", weights[weight][2], True))
        for counts, tier in sorted(waited):
            name = ("" if counts else "outside the ratio, ") + f"tier {tier}: stages waited"
            levels.append((name, waited[counts, tier], False))
        coming = [s for s in self.plan["stages"] if s["stage"] not in self.done]
        levels.append(("places' bounds kept", sum(p["bound"] for s in coming for p in s["places"]), True))
        return levels


def _spots(plan: Mapping[str, Any], terms: PlanTerms) -> dict[str, Spot]:
    """Where a plan has everyone, as far as the terms still have that stage and place."""
    where = {(s.stage, p.place): (t, j) for t, s in enumerate(terms.stages) for j, p in enumerate(s.places)}
    return {
        number: where[stage["stage"], place["place"]]
        for stage in plan["stages"]
        for place in stage["places"]
        if (stage["stage"], place["place"]) in where
        for number, _ in place["sequence"]
    }


def _sums(group: Mapping[UnitType, int]) -> int:
    """A whole number whose bit s says that some of these units weigh s together."""
    sums = 1
    for person, n in group.items():
        for _ in range(n):
            sums |= sums << person.weight
    return sums


def _counts(part: Part, person: UnitType) -> int:
    """What one unit is to a part of a further row, where the part's stage and place are right."""
    held_by = person.party if person.party else person.holder
    for asked, is_so in ((part.holder, person.holder), (part.party, held_by), (part.to, person.to)):
        if asked and asked != is_so:
            return 0
    if part.size:
        return part.by * (person.people >= part.size)
    those = [
        member
        for member in person.members
        if (not part.account or part.account == member.account) and (not part.mark or part.mark in member.marks)
    ]
    if part.of != PEOPLE:
        everyone = not part.account and not part.mark
        points = (person.weight if person.counts else 0) if everyone else sum(member.weight for member in those)
        return part.by * points
    if len(those) == len(person.members):
        return part.by * person.people
    return part.by * len(those)
