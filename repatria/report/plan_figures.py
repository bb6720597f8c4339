"""The figures of a plan, per stage, direction, place and category: everything that its page shows.

This is the only reader of a plan document here. What it says stands in the plan, the signed classes and the terms;
there is no person in it, only how many. The exception is `Change.numbers`, for officers: who is meant by a change.

    >>> from repatria.deal.classes import PersonClass
    >>> from repatria.plan.model import Place, PlanTerms, Stage
    >>> place = Place("bridge", {"north": 9, "south": 9}, 1)
    >>> terms = PlanTerms({"north": 1, "south": 1}, 1, (Stage("s1", "2025-12-10", (place,)),))
    >>> units = [Unit("0" * 32, "north", "c"), Unit("1" * 32, "south", "c"), Unit("2" * 32, "south", "c")]
    >>> order = [["0" * 32, "north"], ["1" * 32, "south"]]
    >>> document = {"round": "2025-1", "levels": [], "stages": [
    ...     {"stage": "s1", "date": "2025-12-10", "places": [{"place": "bridge", "bound": 1, "sequence": order}]}]}
    >>> found = figures(document, units, {"c": PersonClass("c", 1, 0, True, False)}, terms)
    >>> found.flows[0].counted, found.tracks[0].ahead, [each.stay for each in found.waits]
    ((1,), ((1, 0), (-1, 0)), [0, 1])
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from repatria.deal.classes import REMAINS
from repatria.message import Message
from repatria.plan.model import PEOPLE, Classes, Part, PlanTerms, Progress, Unit, UnitType, unit_type

BANDS = 12  # tiers that are shown each for itself; more are joined into so many bands of neighbours


@dataclass(frozen=True)
class Column:
    """One stage; `over` where it was held before this plan was made."""

    stage: str
    date: str
    over: bool


@dataclass(frozen=True)
class Flow:
    """One direction: people per stage who go, inside the ratio and outside it; sets of remains; and people who do not
    go by the neutral's word, whose places stay and count as offered."""

    holder: str
    to: str
    counted: tuple[int, ...]
    outside: tuple[int, ...]
    remains: tuple[int, ...]
    offered: tuple[int, ...]

    @property
    def people(self) -> int:
        return sum(self.counted) + sum(self.outside)


@dataclass(frozen=True)
class Track:
    """One place of one stage in its signed order.

    Attributes:
        column: which stage.
        bound: the place's own, in steps of progress, as everything here.
        ahead: per holder, by how much it is ahead after each slot; below zero where behind.
    """

    column: int
    place: str
    bound: int
    ahead: tuple[tuple[int, ...], ...]

    def most(self, side: int) -> int:
        return max((0, *self.ahead[side]))

    def end(self, side: int) -> int:
        return self.ahead[side][-1] if self.ahead[side] else 0


@dataclass(frozen=True)
class Reach:
    """One stage over all its places: per holder how far ahead it could be at any moment, whichever place is slow, and
    how far ahead it is in the end."""

    column: int
    most: tuple[int, ...]
    end: tuple[int, ...]


@dataclass(frozen=True)
class Wait:
    """One holder's people in one tier, or in a band of neighbouring tiers, who wait for their stage.

    Attributes:
        go: people per stage.
        stay: people who do not go in this plan.
        days: all days waited since the first stage, added up over those who go.
        longest: the days until the last stage in which somebody goes.
    """

    holder: str
    counts: bool
    first: int
    last: int
    go: tuple[int, ...]
    stay: int
    days: int
    longest: int | None

    @property
    def going(self) -> int:
        return sum(self.go)

    @property
    def mean_tenths(self) -> int:
        """The mean wait in tenths of a day, rounded half up."""
        return (20 * self.days + self.going) // (2 * self.going) if self.going else 0


@dataclass(frozen=True)
class Load:
    """People of one holder at one place, and its seats for them, per stage; None where the place is not used."""

    place: str
    holder: str
    people: tuple[int, ...]
    seats: tuple[int | None, ...]


@dataclass(frozen=True)
class Level:
    """One goal of the search, as the plan itself says it."""

    name: str
    value: int
    bound: int

    @property
    def gap(self) -> int:
        return abs(self.bound - self.value)


@dataclass(frozen=True)
class Limit:
    """A further term in its own words, what the plan comes to, and between which limits; None is no limit."""

    sentence: Message | str
    value: int
    least: int | None
    most: int | None


@dataclass(frozen=True)
class Change:
    """What a plan changes for some people against the one that it replaces, by kind; `numbers` are opaque."""

    kind: str
    people: int
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """Everything that is shown of a plan.

    `holders` are the sides in order; whatever has a value per side has it in that order. `days` are stages whose date
    changed: which, from, to. `changes` and `days` are None where the plan replaces none.
    """

    round: str = ""
    holders: tuple[str, ...] = ()
    factors: tuple[int, ...] = ()
    bound: int = 0
    bound_people: int = 0
    columns: tuple[Column, ...] = ()
    flows: tuple[Flow, ...] = ()
    tracks: tuple[Track, ...] = ()
    reaches: tuple[Reach, ...] = ()
    waits: tuple[Wait, ...] = ()
    loads: tuple[Load, ...] = ()
    levels: tuple[Level, ...] = ()
    limits: tuple[Limit, ...] = ()
    rounds: tuple[tuple[tuple[str, ...], int], ...] = ()  # closed rounds of parties, and how many times each
    changes: tuple[Change, ...] | None = None
    days: tuple[tuple[str, str, str], ...] = ()
    amended: bool = False  # the plan that is replaced stood on other terms

    def side(self, holder: str) -> int:
        return self.holders.index(holder)


@dataclass(frozen=True)
class _Who:
    """What the figures need to know of one number; `category` is that of its unit: counted or not, and the tier."""

    holder: str
    to: str
    counts: bool
    category: tuple[bool, int]
    people: int
    step: int  # of progress
    remains: bool


@dataclass
class _Read:
    """A plan document, looked up by number."""

    slots: dict[str, tuple[int, str]] = field(default_factory=dict)  # number: which stage, and the place
    stages: list[str] = field(default_factory=list)
    dates: dict[str, str] = field(default_factory=dict)
    places: list[tuple[int, str, int, list[str]]] = field(default_factory=list)  # stage, place, bound, numbers

    @classmethod
    def of(cls, plan: Mapping[str, Any]) -> _Read:
        read = cls()
        for column, stage in enumerate(plan["stages"]):
            read.stages.append(str(stage["stage"]))
            read.dates[str(stage["stage"])] = str(stage["date"])
            for place in stage["places"]:
                numbers = [str(number) for number, _ in place["sequence"]]
                read.places.append((column, str(place["place"]), int(place["bound"]), numbers))
                read.slots |= dict.fromkeys(numbers, (column, str(place["place"])))
        return read


def figures(
    plan: Mapping[str, Any],
    units: Iterable[Unit],
    classes: Classes,
    terms: PlanTerms,
    progress: Progress | None = None,
    states: Mapping[str, str] | None = None,
) -> Figures:
    """The figures of a plan document.

    Args:
        plan: a document without shape problems (`plan.model.shape_problems`).
        units: everyone who may go, and everyone in the plan.
        progress: for a plan that replaces another, what had happened when it was made.
        states: what the record says of each number then, for the kinds of change.
    """
    read = _Read.of(plan)
    listed = tuple(units)
    who = _everyone(listed, classes, terms)
    done = progress.done if progress is not None else frozenset[str]()
    offered = progress.offered if progress is not None else frozenset[str]()
    gone = progress.gone if progress is not None else frozenset[str]()
    columns = tuple(Column(name, read.dates[name], name in done) for name in read.stages)
    tracks = tuple(_tracks(read, who, terms))
    return Figures(
        round=str(plan["round"]),
        holders=terms.holders,
        factors=tuple(terms.factors[holder] for holder in terms.holders),
        bound=terms.scaled(terms.bound),
        bound_people=terms.bound,
        columns=columns,
        flows=_flows(read, who, terms, offered),
        tracks=tracks,
        reaches=_reaches(tracks, who, read, terms),
        waits=_waits(read, who, columns, offered | gone),
        loads=_loads(read, who, terms, offered),
        levels=tuple(Level(str(lv["name"]), int(lv["value"]), int(lv["bound"])) for lv in plan["levels"]),
        limits=_limits(read, listed, classes, terms, offered),
        rounds=tuple((tuple(map(str, each["parties"])), int(each["times"])) for each in plan.get("packages", ())),
        changes=None if progress is None else _changes(read, _Read.of(progress.previous), who, progress, states or {}),
        days=() if progress is None else _days(read, _Read.of(progress.previous)),
        amended=progress is not None and progress.previous.get("terms") != plan.get("terms"),
    )


def _everyone(units: Sequence[Unit], classes: Classes, terms: PlanTerms) -> dict[str, _Who]:
    """Each number by itself; a family's people have the tier of the family."""
    factors = terms.factors
    known: dict[str, _Who] = {}
    for unit in units:
        kind = unit_type(unit, classes)
        to = terms.receiver(unit)
        for at, (number, class_id) in enumerate(((unit.number, unit.class_id), *unit.others)):
            own = classes[class_id]
            step = factors[unit.holder] * own.weight if own.counts else 0
            people = kind.people - len(unit.others) if at == 0 else 1
            category = kind.counts, kind.tier
            known[number] = _Who(unit.holder, to, own.counts, category, people, step, own.account == REMAINS)
    return known


def _flows(read: _Read, who: Mapping[str, _Who], terms: PlanTerms, offered: frozenset[str]) -> tuple[Flow, ...]:
    found: dict[tuple[str, str], dict[str, list[int]]] = {}
    if len(terms.totals) == 2:
        for holder in terms.holders:
            found[holder, next(h for h in terms.holders if h != holder)] = defaultdict(lambda: [0] * len(read.stages))
    for number, (column, _) in read.slots.items():
        each = who[number]
        kind = "remains" if each.remains else "offered" if number in offered else "counted"
        kind = "outside" if kind == "counted" and not each.counts else kind
        at = found.setdefault((each.holder, each.to), defaultdict(lambda: [0] * len(read.stages)))
        at[kind][column] += each.people
    return tuple(
        Flow(holder, to, *(tuple(kinds[name]) for name in ("counted", "outside", "remains", "offered")))
        for (holder, to), kinds in sorted(found.items())
    )


def _tracks(read: _Read, who: Mapping[str, _Who], terms: PlanTerms) -> Iterable[Track]:
    for column, place, bound, numbers in read.places:
        ahead = dict.fromkeys(terms.holders, 0)
        after: dict[str, list[int]] = {holder: [] for holder in terms.holders}
        for number in numbers:
            each = who[number]
            ahead[each.holder] += each.step
            if each.to in ahead:
                ahead[each.to] -= each.step
            for holder, so_far in after.items():
                so_far.append(ahead[holder])
        yield Track(column, place, terms.scaled(bound), tuple(tuple(after[holder]) for holder in terms.holders))


def _reaches(
    tracks: Sequence[Track], who: Mapping[str, _Who], read: _Read, terms: PlanTerms
) -> tuple[Reach, ...]:
    """As the rows `carry` and `stage` of the model have it."""
    given: Counter[tuple[int, str, str]] = Counter()
    for number, (column, place) in read.slots.items():
        given[column, place, who[number].holder] += who[number].step
    carry = dict.fromkeys(terms.holders, 0)
    found = []
    for column in range(len(read.stages)):
        here = [track for track in tracks if track.column == column]
        most = [
            carry[h] + sum(min(each.bound, given[column, each.place, h]) for each in here) for h in terms.holders
        ]
        for side, holder in enumerate(terms.holders):
            carry[holder] += sum(each.end(side) for each in here)
        found.append(Reach(column, tuple(max(0, n) for n in most), tuple(carry.values())))
    return tuple(found)


def _waits(
    read: _Read, who: Mapping[str, _Who], columns: Sequence[Column], out: frozenset[str]
) -> tuple[Wait, ...]:
    first = min((date.fromisoformat(each.date) for each in columns), default=date.min)
    days = [(date.fromisoformat(each.date) - first).days for each in columns]
    seen = {each.category for each in who.values() if not each.remains}
    tiers = {counts: sorted(tier for c, tier in seen if c == counts) for counts in (False, True)}
    band = {(counts, tier): at for counts in tiers for tier, at in _banded(tiers[counts]).items()}
    go: dict[tuple[bool, tuple[int, int], str], list[int]] = defaultdict(lambda: [0] * len(columns))
    stay: Counter[tuple[bool, tuple[int, int], str]] = Counter()
    for number, each in who.items():
        if each.remains or number in out:
            continue
        key = each.category[0], band[each.category], each.holder
        if number in read.slots:
            go[key][read.slots[number][0]] += each.people
        else:
            stay[key] += each.people
    found = []
    for counts, (from_, to), holder in sorted(set(go) | set(stay)):
        key = counts, (from_, to), holder
        waited = list(zip(go[key], days, strict=True))
        longest = max((day for n, day in waited if n), default=None)
        added = sum(n * day for n, day in waited)
        found.append(Wait(holder, counts, from_, to, tuple(go[key]), stay[key], added, longest))
    return tuple(found)


def _banded(tiers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """The band of each tier, by its first and last tier: as many tiers in each, as nearly as it goes."""
    bands = min(BANDS, len(tiers))
    parts = [tiers[len(tiers) * at // bands : len(tiers) * (at + 1) // bands] for at in range(bands)]
    return {tier: (part[0], part[-1]) for part in parts for tier in part}


def _loads(read: _Read, who: Mapping[str, _Who], terms: PlanTerms, offered: frozenset[str]) -> tuple[Load, ...]:
    seated: Counter[tuple[int, str, str]] = Counter()
    for number, (column, place) in read.slots.items():
        each = who[number]
        seated[column, place, each.holder] += 0 if number in offered else each.people
    seats = {
        (stage.stage, place.place): place.capacity for stage in terms.stages for place in stage.places
    }
    names = list(dict.fromkeys(place for _, place, _, _ in read.places))
    used = {(column, place) for column, place, _, _ in read.places}
    return tuple(
        Load(
            name, holder,
            tuple(seated[column, name, holder] for column in range(len(read.stages))),
            tuple(
                seats.get((stage, name), {}).get(holder, 0) if (column, name) in used else None
                for column, stage in enumerate(read.stages)
            ),
        )
        for name in names
        for holder in terms.holders
    )  # fmt: skip


def _limits(
    read: _Read, units: Sequence[Unit], classes: Classes, terms: PlanTerms, offered: frozenset[str]
) -> tuple[Limit, ...]:
    """Each further term, counted unit by unit. Whoever does not go by the neutral's word counts over the whole plan
    and takes nothing of a row that names a stage or a place."""
    there: Counter[tuple[UnitType, tuple[int, str], bool]] = Counter()
    for unit in units if terms.rows else ():
        if unit.number in read.slots:
            there[unit_type(unit, classes), read.slots[unit.number], unit.number in offered] += 1
    found = []
    for row in terms.rows:
        value = sum(
            n * _part(part, kind)
            for (kind, (column, place), away), n in there.items()
            if row.whole or not away
            for part in row.parts
            if part.stage in ("", read.stages[column]) and part.place in ("", place)
        )
        found.append(Limit(row.words, value, row.least, row.most))
    return tuple(found)


def _part(part: Part, kind: UnitType) -> int:
    """What one unit of a type is to a part of a row, as the model has it."""
    whose = (part.holder, kind.holder), (part.party, kind.party or kind.holder), (part.to, kind.to)
    if any(asked and asked != found for asked, found in whose):
        return 0
    if part.size:
        return part.by if kind.people >= part.size else 0
    fits = [
        member for member in kind.members
        if part.account in ("", member.account) and (not part.mark or part.mark in member.marks)
    ]  # fmt: skip
    whole = len(fits) == len(kind.members)
    if part.of == PEOPLE:
        return part.by * (kind.people if whole else len(fits))
    if not part.account and not part.mark:
        return part.by * (kind.weight if kind.counts else 0)
    return part.by * sum(member.weight for member in fits)


# --- what a revision changes ----------------------------------------------------------------------------------------

KINDS = (
    "kept", "earlier", "later", "place", "again.absent", "again.withheld", "again.substituted", "again.other", "added",
    "offered", "withdrawn", "left", "left.again",
)  # fmt: skip
"""In the order in which they are told. `again`: of a stage that is over, and planned again; `left`: had a slot, or
was of a stage that is over, and has none now though nothing on the record says why the person cannot go."""


def _changes(
    now: _Read, before: _Read, who: Mapping[str, _Who], progress: Progress, states: Mapping[str, str]
) -> tuple[Change, ...]:
    found: dict[str, list[str]] = defaultdict(list)
    for number in sorted(set(now.slots) | set(before.slots)):
        kind = _change(number, now, before, progress, states)
        if kind is not None:
            found[kind].append(number)
    return tuple(
        Change(kind, sum(who[number].people if number in who else 1 for number in found[kind]), tuple(found[kind]))
        for kind in KINDS
        if kind in found
    )


def _change(
    number: str, now: _Read, before: _Read, progress: Progress, states: Mapping[str, str]
) -> str | None:
    """The kind of change for one number; None for whoever a stage that is over has settled."""
    old, new = before.slots.get(number), now.slots.get(number)
    if number in progress.gone:
        return "withdrawn"
    if number in progress.offered:
        return "offered"
    if number in progress.again:
        if new is None:
            return "left.again"
        state = states.get(number, "")
        return f"again.{state}" if f"again.{state}" in KINDS else "again.other"
    if old is not None and before.stages[old[0]] in progress.done:
        return None
    if new is None:
        return "left"
    if old is None:
        return "added"
    if before.stages[old[0]] == now.stages[new[0]]:
        return "kept" if old[1] == new[1] else "place"
    earlier = now.dates[now.stages[new[0]]] < before.dates[before.stages[old[0]]]
    return "earlier" if earlier else "later"


def _days(now: _Read, before: _Read) -> tuple[tuple[str, str, str], ...]:
    """Stages whose day has changed, have come, or are left out: which, the day before, the day now; "" is none."""
    names = list(dict.fromkeys((*before.stages, *now.stages)))
    return tuple(
        (name, before.dates.get(name, ""), now.dates.get(name, ""))
        for name in names
        if before.dates.get(name) != now.dates.get(name)
    )
