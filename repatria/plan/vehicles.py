"""Who leaves together: whole families on foot, and whole vehicles with families undivided in them.

A *load* is a run of a place's signed sequence that leaves at once, or not yet: a vehicle with whom it carries, or a
family on foot. Whoever is in no load leaves alone. A load is one step of the sequence rule, so that it weighs no more
than the place's bound (DESIGN 4.5: k_j is at least the heaviest indivisible unit), however many seats a vehicle has.

Where terms give a side vehicles at a place, everyone of that side there rides. A vehicle goes once in a stage. Whoever
has the mark of those who lie takes a stretcher, everybody else a seat. People who count and people outside the ratio do
not ride together, except in one family, because nothing may hold the latter up; nor do people and remains, nor people
who go to different sides, nor people of different parties of one side, whose rights are in different hands.

Whether whole families fill seats is not a row of the model. `rows_of` says what rows can say of it: so many seats, so
many stretchers, so much weight over all vehicles, and, of units of a size, as many as whole units fit. What they leave
open is tried here, by first fit in the order in which people go, by first fit of the largest, and by a search of so
many steps.

    >>> bus, car = Vehicle("bus", 4), Vehicle("car", 2)
    >>> units = [Passenger(2, 0, 1, ("a",), at) for at in range(2)] + [Passenger(1, 0, 1, ("a",), at) for at in (2, 3)]
    >>> packed = pack(units, (bus, car), most=4)
    >>> [(vehicle.vehicle, [each.at for each in inside]) for vehicle, inside in packed]
    [('bus', [0, 1]), ('car', [2, 3])]
    >>> pack([Passenger(3, 0, 3, ("a",), 0), Passenger(3, 0, 3, ("a",), 1)], (bus, car), most=4) is None
    True
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from repatria.deal.classes import REMAINS
from repatria.plan.model import POINTS, Part, PlanTerms, Row, UnitType, Vehicle

_SIZES = 9  # families larger than that get no row of their own
_STEPS = 20_000  # so many vehicles are tried for whole units by the search


@dataclass(frozen=True)
class Passenger:
    """A unit that rides: what it takes of a vehicle, what it weighs in progress, and with whom it may ride.

    Attributes:
        at: its place among those who go, in the order in which they go.
    """

    seats: int
    lying: int
    step: int
    company: Hashable
    at: int

    @property
    def alike(self) -> tuple[int, int, int, Hashable]:
        """Units with the same value can change vehicles with each other."""
        return self.lying, self.seats, self.step, self.company


def lying(kind: UnitType, mark: str) -> int:
    """How many of a unit need a stretcher."""
    if not mark:
        return 0
    marked = sum(mark in member.marks for member in kind.members)
    return marked if len(kind.members) > 1 else kind.people * marked


def passenger(terms: PlanTerms, kind: UnitType, at: int) -> Passenger:
    """What a unit of a type is to a vehicle."""
    lie = lying(kind, terms.lying)
    step = terms.factors[kind.holder] * kind.weight if kind.counts else 0
    dead = all(member.account == REMAINS for member in kind.members)
    return Passenger(kind.people - lie, lie, step, (kind.counts, dead, kind.party, terms.receiver(kind)), at)


def pack(
    units: Sequence[Passenger], vehicles: Sequence[Vehicle], most: int
) -> list[tuple[Vehicle, list[Passenger]]] | None:
    """The vehicles that are needed, in the order in which they leave, with the units in each and nobody left behind;
    None where no way was found.

    Among units alike the earlier goes in the earlier vehicle, whichever way of filling them was found.

    Args:
        most: what one vehicle may carry, in progress.
    """
    in_order = sorted(units, key=lambda unit: unit.at)
    largest = sorted(units, key=lambda unit: (-unit.lying, -unit.seats, -unit.step, unit.at))
    small = sorted(vehicles, key=lambda each: (each.seats + each.stretchers, each.vehicle))
    for order, given in ((in_order, vehicles), (largest, vehicles), (largest, small)):
        found = _first_fit(order, given, most)
        if found is not None:
            break
    else:
        found = _searched(largest, small, most)
    if found is None:
        return None
    filled = sorted((vehicle for vehicle in vehicles if found[vehicle]), key=lambda v: min(u.at for u in found[v]))
    waiting: dict[Hashable, list[Passenger]] = defaultdict(list)
    for unit in reversed(in_order):
        waiting[unit.alike].append(unit)
    return [
        (vehicle, sorted((waiting[each.alike].pop() for each in found[vehicle]), key=lambda unit: unit.at))
        for vehicle in filled
    ]


@dataclass
class _Room:
    """What is left of one vehicle."""

    vehicle: Vehicle
    seats: int
    stretchers: int
    most: int
    inside: list[Passenger] = field(default_factory=list)

    def take(self, unit: Passenger) -> bool:
        there = self.inside[-1].company if self.inside else unit.company
        if there != unit.company or min(self.left(unit)) < 0:
            return False
        self.seats, self.stretchers, self.most = self.left(unit)
        self.inside.append(unit)
        return True

    def left(self, unit: Passenger) -> tuple[int, int, int]:
        return self.seats - unit.seats, self.stretchers - unit.lying, self.most - unit.step

    def give_back(self) -> None:
        unit = self.inside.pop()
        self.seats += unit.seats
        self.stretchers += unit.lying
        self.most += unit.step

    @property
    def like(self) -> Hashable:
        return self.seats, self.stretchers, self.most, self.inside[-1].company if self.inside else None


def _rooms(vehicles: Sequence[Vehicle], most: int) -> list[_Room]:
    return [_Room(each, each.seats, each.stretchers, most) for each in vehicles]


def _first_fit(
    units: Sequence[Passenger], vehicles: Sequence[Vehicle], most: int
) -> dict[Vehicle, list[Passenger]] | None:
    rooms = _rooms(vehicles, most)
    since: dict[Hashable, int] = defaultdict(int)  # what did not fit one of these fits none alike later
    for unit in units:
        at = since[unit.alike]
        while at < len(rooms) and not rooms[at].take(unit):
            at += 1
        if at == len(rooms):
            return None
        since[unit.alike] = at
    return {room.vehicle: room.inside for room in rooms}


def _searched(
    units: Sequence[Passenger], vehicles: Sequence[Vehicle], most: int
) -> dict[Vehicle, list[Passenger]] | None:
    """By trying every vehicle for each unit, the largest first, until so many have been tried."""
    rooms, tried = _rooms(vehicles, most), 0
    at: list[int] = []  # the room of each unit so far
    first = 0
    while len(at) < len(units):
        unit = units[len(at)]
        again = bool(at) and units[len(at) - 1].alike == unit.alike
        first = max(first, at[-1] if again else 0)
        seen: set[Hashable] = set()
        for room in range(first, len(rooms)):
            tried += 1
            if rooms[room].like in seen:
                continue
            seen.add(rooms[room].like)
            if rooms[room].take(unit):
                at.append(room)
                first = 0
                break
        else:
            if not at or tried > _STEPS:
                return None
            first = at.pop() + 1
            rooms[first - 1].give_back()
    return {room.vehicle: room.inside for room in rooms}


# --- what rows can say of it ----------------------------------------------------------------------------------------


def rows_of(terms: PlanTerms) -> tuple[Row, ...]:
    """What a plan's people must meet for their vehicles to carry them, as far as rows can say it."""
    return tuple(
        row
        for stage in terms.stages
        for place in stage.places
        for holder, vehicles in sorted(place.vehicles.items())
        for row in _rows(terms, Part(holder=holder, stage=stage.stage, place=place.place), vehicles, place.bound)
    )


def with_rows(terms: PlanTerms) -> PlanTerms:
    """The terms with the rows of their vehicles."""
    return replace(terms, rows=(*terms.rows, *rows_of(terms)))


def _rows(terms: PlanTerms, those: Part, vehicles: Sequence[Vehicle], bound: int) -> Iterator[Row]:
    at = f"vehicles {those.stage} {those.place} {those.holder}"
    where = f"of the vehicles of {those.holder} at {those.place} in stage {those.stage}"
    seats, stretchers = sum(each.seats for each in vehicles), sum(each.stretchers for each in vehicles)
    lie = (replace(those, mark=terms.lying),) if terms.lying else ()
    yield Row(f"{at} seats", f"seats {where}", (those, *(replace(part, by=-1) for part in lie)), None, seats)
    if lie:
        yield Row(f"{at} stretchers", f"stretchers {where}", lie, None, stretchers)
    what = f"people inside the ratio {where}, each within the bound of the place"
    carried = terms.scaled(bound) // terms.factors[those.holder] * len(vehicles)
    yield Row(f"{at} weight", what, (replace(those, of=POINTS),), None, carried)
    for size in range(2, _SIZES + 1):
        whole = sum((each.seats + each.stretchers) // size for each in vehicles)
        if whole < (seats + stretchers) // size:
            what = f"families and crews of {size} or more in one vehicle each, {where}"
            yield Row(f"{at} of {size}", what, (replace(those, size=size),), None, whole)
