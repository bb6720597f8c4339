"""A plan re-verified in whole numbers, by code that shares nothing with the search but the model and the tickets.

`check_plan` answers every problem at once; a plan without one:

* is of the signed lists: everyone at most once, with the holder who holds them; whoever must go goes;
* meets every row of the model: totals, seats, steps, places, stages, carry, and the bound in every prefix of every
  sequence;
* is fair: tickets decide within a stratum, both who goes and who goes earlier, and nobody of a later tier goes
  where somebody of an earlier one could stand in the same place without any row noticing;
* wastes nothing a single change could mend: no free seat for someone outside the ratio, no earlier stage for one
  unit or for one even exchange of units;
* says of its own levels what is true;
* in a plan that replaces another, what is over stays as it was, and whoever does not go by the neutral's word stays
  in the sequence and counts as offered.

A level's *bound* is the search's word; whoever doubts it solves again. See `unproved`.

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

from repatria.deal.classes import PersonClass
from repatria.ledger.canonical import digest, encode
from repatria.plan.lottery import Chance, ticket
from repatria.plan.model import Classes, Place, PlanTerms, Progress, Unit, check_input, shape_problems, stratum
from repatria.problem import Problem

Spot = tuple[int, int]  # stage and place, by position in the terms
Kind = tuple[str, PersonClass]  # holder, and the class with an empty id: units that no term tells apart

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
    people: Mapping[tuple[Spot, str], int]


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
        whole = lcm(*terms.totals.values())
        self.factor = {holder: whole // total for holder, total in terms.totals.items()}
        self.scale = max(self.factor.values())
        self.kind: dict[str, Kind] = {}
        for unit in units:
            known = classes[unit.class_id]
            self.kind[unit.number] = unit.holder, PersonClass("", known.weight, known.tier, known.counts, known.all)
        self.done = progress.done if progress else frozenset()
        self.gone = progress.gone if progress else frozenset()
        self.offered = progress.offered if progress else frozenset()
        self.before = _spots(progress.previous, terms) if progress else {}
        self.seen: dict[str, _Seen] = {}
        self.own: dict[Spot, int] = {}  # each place's bound in progress, as the plan has it

    def problems(self) -> list[Problem]:
        if self.head():
            self.members()
            if not self.found:
                self.past_respected()
                self.settled()
                self.rows()
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
        """Everyone at most once, on the list, with the holder who holds them."""
        for t, stage in enumerate(self.plan["stages"]):
            for j, place in enumerate(stage["places"]):
                where = f"plan, stage {stage['stage']}, place {place['place']}"
                for position, (number, holder) in enumerate(place["sequence"]):
                    if number in self.seen:
                        self.bad("plan.twice", f"{where}, {number}", "in the plan twice")
                    elif number not in self.kind:
                        self.bad("plan.unlisted", f"{where}, {number}", "not on a signed list")
                    elif self.kind[number][0] != holder:
                        self.bad("plan.holder", f"{where}, {number}", f"not held by {holder}")
                    self.seen[number] = _Seen(number, (t, j), position)

    def past_respected(self) -> None:
        """Stages that are over stay as carried out; who cannot go is not in the plan; who is offered stays put."""
        if self.past is None:
            return
        struck = self.gone | self.past.again
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
            if handed[holder] != total:
                what = f"{holder} hands over {handed[holder]:,} counted people; the total is {total:,}"
                self.bad("plan.total", f"plan, total of {holder}", what)
        for number, (holder, person) in sorted(self.kind.items()):
            if person.all and number not in self.seen and number not in self.gone and number not in self.offered:
                self.bad("plan.all", f"plan, {number}", f"held by {holder}, of a class that all goes, and not in it")
        if self.table is not None:
            table = {(row.holder, row.stratum): (row.places, row.units) for row in self.table}
            counted = {(h, stratum(person)): (going[h, person], n) for (h, person), n in whole.items()}
            for row in sorted(set(table) | set(counted)):
                if table.get(row) != counted.get(row):
                    have, need = counted.get(row, (0, 0)), table.get(row, (0, 0))
                    what = f"{have[0]} of {have[1]} go; the signed table says {need[0]} of {need[1]}"
                    self.bad("plan.table", f"plan, {row[0]}, stratum {row[1]}", what)

    def rows(self) -> None:
        """Seats, steps, places, carry, stages, and the bound in every prefix."""
        first, _ = sorted(self.terms.totals)
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
                ahead, worst = 0, 0
                for position, (number, holder) in enumerate(place["sequence"]):
                    person = self.kind[number][1]
                    if not person.counts:
                        continue
                    step = self.factor[holder] * person.weight
                    if step > own and number not in self.offered:
                        what = f"a step of {step} at position {position + 1}; the place's bound is {own}"
                        self.bad("plan.step", where, what)
                    ahead += step if holder == first else -step
                    if abs(ahead) > own and not worst:
                        worst = position + 1
                if worst:
                    what = f"after position {worst} one side is more than the place's bound of {own} ahead"
                    self.bad("plan.prefix", where, what)
        rows = self.counted()
        self.found += [Problem(*row, _AGAIN) for row in self.broken(rows)]

    def counted(self) -> _Rows:
        progress: Counter[tuple[Spot, str]] = Counter()
        people: Counter[tuple[Spot, str]] = Counter()
        for number, seen in self.seen.items():
            holder, person = self.kind[number]
            progress[seen.spot, holder] += self.factor[holder] * person.weight if person.counts else 0
            people[seen.spot, holder] += 0 if number in self.offered else person.weight
        return _Rows(progress, people)

    def broken(self, rows: _Rows) -> list[tuple[str, str, str]]:
        """Rows of stages to come that these figures break: code, where, what."""
        first, second = sorted(self.terms.totals)
        most, carry = self.terms.bound * self.scale, 0
        wrong = []
        for t, stage in enumerate(self.terms.stages):
            over = stage.stage in self.done
            reach = {first: carry, second: -carry}
            for j, place in enumerate(stage.places):
                where = f"plan, stage {stage.stage}, place {place.place}"
                a, b = rows.progress.get(((t, j), first), 0), rows.progress.get(((t, j), second), 0)
                own = self.own[t, j]
                carry += a - b
                reach[first] += min(own, a)
                reach[second] += min(own, b)
                if over:
                    continue
                if abs(a - b) > own:
                    wrong.append(("plan.place", where, f"ends {abs(a - b)} apart; the place's bound is {own}"))
                for holder in (first, second):
                    seated, seats = rows.people.get(((t, j), holder), 0), place.capacity.get(holder, 0)
                    if seated > seats:
                        wrong.append(("plan.seats", where, f"{seated} people from {holder} for {seats} seats"))
            if over:
                continue
            where = f"plan, stage {stage.stage}"
            for holder in (first, second):
                if reach[holder] > most:
                    what = f"{holder} could be {reach[holder]} ahead while its places run; the bound is {most}"
                    wrong.append(("plan.carry", where, what))
            if abs(carry) > most:
                wrong.append(("plan.stage", where, f"ends {abs(carry)} apart; the bound is {most}"))
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
            where = f"plan, {holder}, stratum {stratum(person)}"
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

    def ticket(self, person: PersonClass, number: str) -> tuple[bytes, str]:
        return (ticket(self.seed, stratum(person), number) if self.seed is not None else b""), number

    def tiers(self) -> None:
        """Nobody of a later tier stands where earlier ones who stay could stand with every row as it is."""
        staying: Counter[Kind] = Counter()
        movable: dict[tuple[str, Spot], Counter[PersonClass]] = defaultdict(Counter)
        for number, (holder, person) in self.kind.items():
            if person.all or not self.open(number):
                continue
            if number not in self.seen:
                staying[holder, person] += 1
            else:
                movable[holder, self.seen[number].spot][person] += 1
        rows = self.counted()
        for (holder, person), left in sorted(staying.items()):
            for (other, (t, j)), group in sorted(movable.items()):
                place = self.terms.stages[t].places[j]
                if other != holder or not self.fits(holder, person, (t, j)):
                    continue
                later = {p: n for p, n in group.items() if p.counts == person.counts and p.tier > person.tier}
                sums = _sums(later)
                free = place.capacity.get(holder, 0) - rows.people.get(((t, j), holder), 0)
                if person.counts:
                    mend = bool(sums >> person.weight & 1)
                else:
                    mend = bool(later) and free + sums.bit_length() - 1 >= person.weight
                if mend:
                    what = f"{left} of an earlier tier stay behind, and people of later tiers go in their stead"
                    self.bad("plan.tier", f"plan, {holder}, stratum {stratum(person)}", what)
                    break
        for (holder, (t, j)), group in sorted(movable.items()):
            for person in sorted(p for p in group if p.counts and p.weight > 1):
                earlier = {
                    p: n
                    for (h, p), n in staying.items()
                    if h == holder and p.counts and p.tier < person.tier and self.fits(holder, p, (t, j))
                }
                if _sums(earlier) >> person.weight & 1:
                    what = "several of earlier tiers stay behind, and one unit of a later tier goes in their stead"
                    self.bad("plan.tier", f"plan, {holder}, stratum {stratum(person)}", what)

    def fits(self, holder: str, person: PersonClass, spot: Spot) -> bool:
        step = self.factor[holder] * person.weight if person.counts else 0
        return step <= self.own[spot] and person.weight <= self.place(spot).capacity.get(holder, 0)

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
            if any(free[spot, holder] >= person.weight for spot in spots):
                what = "somebody outside the ratio stays behind though there is a seat"
                self.bad("plan.outside", f"plan, {holder}, stratum {stratum(person)}", what)
        self.later_before_earlier(movable)
        if self.found:  # the rows must hold before it makes sense to ask what else they would allow
            return
        for ((holder, person), spot), _ in sorted(movable.items()):
            for to in spots:
                if to[0] < spot[0] and free[to, holder] >= person.weight and self.fits(holder, person, to):
                    step = self.factor[holder] * person.weight if person.counts else 0
                    if not step or not self.broken(_moved(rows, spot, to, {holder: (step, person.weight)})):
                        what = f"could go in stage {self.terms.stages[to[0]].stage} with every term met"
                        self.bad("plan.early", f"plan, {holder}, stratum {stratum(person)}", what)
                        break
        self.even_exchange(rows, movable, free, spots)

    def place(self, spot: Spot) -> Place:
        return self.terms.stages[spot[0]].places[spot[1]]

    def later_before_earlier(self, movable: Mapping[tuple[Kind, Spot], int]) -> None:
        """No unit of a later tier goes in an earlier stage than a unit of an earlier tier that weighs the same."""
        groups: dict[tuple[str, bool, int], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for (holder, person), (t, _) in movable:
            groups[holder, person.counts, person.weight][person.tier].add(t)
        for (holder, _, _), tiers in sorted(groups.items()):
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
        first, second = sorted(self.terms.totals)
        common = gcd(self.factor[first], self.factor[second])
        packet = {first: self.factor[second] // common, second: self.factor[first] // common}
        single: Counter[tuple[Spot, str]] = Counter()
        for ((holder, person), spot), n in movable.items():
            single[spot, holder] += n if person.counts and person.weight == 1 else 0
        for spot in spots:
            for to in spots:
                if to[0] >= spot[0] or any(
                    single[spot, h] < n or free[to, h] < n or self.factor[h] > self.own[to] for h, n in packet.items()
                ):
                    continue
                if not self.broken(_moved(rows, spot, to, {h: (self.factor[h] * n, n) for h, n in packet.items()})):
                    earlier = self.terms.stages[to[0]].stage
                    what = f"{packet[first]} of {first} and {packet[second]} of {second} could go in stage {earlier}"
                    self.bad("plan.early", f"plan, stage {self.terms.stages[spot[0]].stage}", what)
                    return

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
                waited[person.counts, person.tier] += person.weight * seen.spot[0]
                kept += self.before.get(number) == seen.spot
        levels = [("units kept in their slot", kept, True)] if self.past else []
        groups: dict[tuple[bool, int, str], set[PersonClass]] = defaultdict(set)
        for holder, person in self.kind.values():
            if not person.all:
                groups[person.counts, person.tier, holder].add(person)
        names = {
            key: f"{key[2]}, " + ("" if key[0] else "outside the ratio, ") + f"tier {key[1]}" for key in sorted(groups)
        }
        people = {key: sum(going[key[2], p] * p.weight for p in group) for key, group in groups.items()}
        levels += [(f"{name}: people who go", people[key], True) for key, name in names.items()]
        for key, name in names.items():
            present = {p: available[key[2], p] for p in groups[key] if available[key[2], p]}
            everyone = sum(p.weight * n for p, n in present.items())
            if len(present) > 1 and people[key] not in (0, everyone):
                off = sum(
                    abs(everyone * p.weight * going[key[2], p] - people[key] * p.weight * n) for p, n in present.items()
                )
                levels.append((f"{name}: unevenness between weights", off, False))
                for p in sorted(present, key=lambda p: -p.weight)[:-1]:
                    levels.append((f"{name}, weight {p.weight}: units that go", going[key[2], p], True))
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


def _sums(group: Mapping[PersonClass, int]) -> int:
    """A whole number whose bit s says that some of these units weigh s together."""
    sums = 1
    for person, n in group.items():
        for _ in range(n):
            sums |= sums << person.weight
    return sums


def _moved(rows: _Rows, spot: Spot, to: Spot, what: Mapping[str, tuple[int, int]]) -> _Rows:
    """The figures with (progress, people) per holder moved from one spot to another."""
    progress, people = dict(rows.progress), dict(rows.people)
    for holder, (step, persons) in what.items():
        for at, sign in ((spot, -1), (to, 1)):
            progress[at, holder] = progress.get((at, holder), 0) + sign * step
            people[at, holder] = people.get((at, holder), 0) + sign * persons
    return _Rows(progress, people)
