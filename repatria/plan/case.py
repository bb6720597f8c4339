"""What the rows of a plan are made from: who is open, who is where they are, and what is left of every term.

Units that happened, that count as offered, or that keep their slot are *placed*: no search moves them, and every row
takes them off its limits. The rest are counted by type. Rows that name a stage or a place tell types apart only by
what their *selectors* count, so types alike to all of them are one *group* there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from repatria.plan.model import PEOPLE, Classes, Part, PlanTerms, Progress, Row, Unit, UnitType, unit_types
from repatria.problem import Problem

Slot = tuple[int, int]  # index of the stage, index of the place in it
OVER, OFFERED, STAYS = "over", "offered", "stays"  # why a unit is where it is, and no search moves it


@dataclass(frozen=True)
class Case:
    """Everything the rows are made from."""

    terms: PlanTerms
    types: Mapping[UnitType, int]  # units that may go or not, anywhere
    stages: tuple[int, ...]  # indexes of stages still to come
    placed: Mapping[tuple[UnitType, Slot, str], int]  # units that are where they are, and why
    kept: Mapping[UnitType, Mapping[Slot, int]]  # units with a slot in the plan that is replaced
    replanning: bool
    least: Mapping[UnitType, int] = field(default_factory=dict)
    going: Mapping[UnitType, int] | None = None

    @cached_property
    def factors(self) -> Mapping[str, int]:
        return self.terms.factors

    @cached_property
    def totals(self) -> dict[str, int]:
        """What each holder has still to hand over."""
        left = dict(self.terms.totals)
        for (kind, _, _), n in self.placed.items():
            left[kind.holder] -= kind.weight * n if kind.counts else 0
        return left

    def step(self, kind: UnitType) -> int:
        """What a unit adds to its holder's progress."""
        return self.factors[kind.holder] * kind.weight if kind.counts else 0

    def ahead(self, kind: UnitType, holder: str) -> int:
        """What a unit adds to how far a holder is ahead."""
        if kind.holder == holder:
            return self.step(kind)
        return -self.step(kind) if self.terms.receiver(kind) == holder else 0

    @cached_property
    def balanced(self) -> tuple[str, ...]:
        """The holders whose being ahead is looked at: of two, the first says all about the other."""
        return self.terms.holders if len(self.terms.holders) > 2 else self.terms.holders[:1]

    @cached_property
    def carry(self) -> dict[str, int]:
        """How far each holder is ahead after the stages that are over."""
        ahead = dict.fromkeys(self.terms.holders, 0)
        for (kind, _, why), n in self.placed.items():
            for holder in self.terms.holders if why == OVER else ():
                ahead[holder] += n * self.ahead(kind, holder)
        return ahead

    @cached_property
    def base(self) -> dict[tuple[Slot, str], int]:
        """At each place to come, the progress of units that stay there, or count as offered there."""
        base: dict[tuple[Slot, str], int] = defaultdict(int)
        for (kind, slot, why), n in self.placed.items():
            base[slot, kind.holder] += n * self.step(kind) if why != OVER else 0
        return base

    @cached_property
    def base_ahead(self) -> dict[tuple[Slot, str], int]:
        base: dict[tuple[Slot, str], int] = defaultdict(int)
        for (kind, slot, why), n in self.placed.items():
            for holder in self.terms.holders if why != OVER else ():
                base[slot, holder] += n * self.ahead(kind, holder)
        return base

    @cached_property
    def seats(self) -> dict[tuple[Slot, str], int]:
        """Seats that nobody has at the places to come."""
        free = {
            ((t, j), holder): place.capacity.get(holder, 0)
            for t in self.stages
            for j, place in enumerate(self.terms.stages[t].places)
            for holder in self.terms.holders
        }
        for (kind, slot, why), n in self.placed.items():
            if why == STAYS:
                free[slot, kind.holder] -= n * kind.people
        return free

    @cached_property
    def staying(self) -> dict[UnitType, int]:
        """Units that stay in their slot, by type."""
        staying: dict[UnitType, int] = defaultdict(int)
        for (kind, _, why), n in self.placed.items():
            staying[kind] += n if why == STAYS else 0
        return staying

    @cached_property
    def slots(self) -> list[Slot]:
        return [(t, j) for t in self.stages for j in range(len(self.terms.stages[t].places))]

    @cached_property
    def staged(self) -> list[Row]:
        """Rows that name a stage or a place, and are not only about stages that are over."""
        coming = {"", *(self.terms.stages[t].stage for t in self.stages)}
        return [row for row in self.terms.rows if not row.whole and any(part.stage in coming for part in row.parts)]

    @cached_property
    def selectors(self) -> dict[Part, int]:
        """Whom rows of stages and places count, each once, with its position."""
        parts = (anywhere(part) for row in self.staged for part in row.parts)
        return {part: i for i, part in enumerate(dict.fromkeys(parts))}

    @cached_property
    def figures(self) -> dict[Slot, list[tuple[Row, list[int]]]]:
        """At each slot the rows about it, each with its selectors there."""
        return {
            slot: [(row, those) for row in self.staged if (those := self.at_slot(row, slot))] for slot in self.slots
        }

    def at_slot(self, row: Row, slot: Slot) -> list[int]:
        return [self.selectors[anywhere(part)] for part in row.parts if self.at(part, slot)]

    def taken(self, row: Row) -> int:
        """What units that no search moves add to a row."""
        total = 0
        for (kind, slot, why), n in self.placed.items():
            if row.whole or why != OFFERED:
                total += n * sum(measure(part, kind) for part in row.parts if self.at(part, slot))
        return total

    def at(self, part: Part, slot: Slot) -> bool:
        """Whether a part of a row is about a stage and place."""
        stage = self.terms.stages[slot[0]]
        return part.stage in ("", stage.stage) and part.place in ("", stage.places[slot[1]].place)

    @cached_property
    def free(self) -> dict[str, tuple[int | None, int | None]]:
        """What is left of a row's limits."""
        left = {}
        for row in self.terms.rows:
            taken = self.taken(row)
            left[row.name] = (
                None if row.least is None else row.least - taken,
                None if row.most is None else row.most - taken,
            )
        return left

    @cached_property
    def groups(self) -> dict[UnitType, Group]:
        return {kind: self._group(kind) for kind in {**self.types, **self.kept}}

    def _group(self, kind: UnitType) -> Group:
        marks = tuple(measure(part, kind) for part in self.selectors)
        to = self.terms.receiver(kind) if kind.counts else ""
        return Group(kind.holder, to, kind.counts, kind.weight, kind.people, marks, kind if self.kept else None)

    @cached_property
    def allowed(self) -> dict[Group, list[Slot]]:
        """The slots in which units of a group can be at all: a bound, a seat and no row that shuts them out."""
        return {
            group: [slot for slot in self.slots if self._fits(group, slot)]
            for group in dict.fromkeys(self.groups.values())
        }

    def _fits(self, group: Group, slot: Slot) -> bool:
        place = self.terms.stages[slot[0]].places[slot[1]]
        step = self.factors[group.holder] * group.weight if group.counts else 0
        if step > self.terms.scaled(place.bound) or place.capacity.get(group.holder, 0) < group.people:
            return False
        return not any(
            row.most is not None and sum(group.marks[i] for i in those) > max(0, row.most)
            for row, those in self.figures[slot]
            if only_adds(row)
        )

    def still(self) -> Case:
        """The same with everyone who has a slot that is still there staying in it."""
        placed = dict(self.placed)
        types = dict(self.types)
        for kind, slots in self.kept.items():
            for slot, n in slots.items():
                if slot in self.allowed[self.groups[kind]]:
                    placed[kind, slot, STAYS] = n
                    types[kind] -= n
        return replace(self, placed=placed, types=types, kept={})


class Group(NamedTuple):
    """Types that no row at a place tells apart. When units keep their slots, each type is a group of its
    own."""

    holder: str
    to: str
    counts: bool
    weight: int
    people: int
    marks: tuple[int, ...]  # what one unit is to each selector of rows that name stages or places
    kind: UnitType | None


def measure(part: Part, kind: UnitType) -> int:
    """What one unit of a type is to a part of a row, wherever it goes."""
    if part.holder not in ("", kind.holder) or part.party not in ("", kind.party or kind.holder):
        return 0
    if part.to not in ("", kind.to):
        return 0
    if part.size:
        return part.by if kind.people >= part.size else 0
    if not part.account and not part.mark:
        return part.by * (kind.people if part.of == PEOPLE else kind.weight if kind.counts else 0)
    fitting = [m for m in kind.members if part.account in ("", m.account) and (not part.mark or part.mark in m.marks)]
    if part.of != PEOPLE:
        return part.by * sum(member.weight for member in fitting)
    return part.by * (len(fitting) if len(kind.members) > 1 else kind.people * len(fitting))


def anywhere(part: Part) -> Part:
    """Whom a part counts, whatever it says of when and where."""
    return replace(part, stage="", place="")


def only_adds(row: Row) -> bool:
    """Whether one unit more never makes less of a row."""
    return all(part.by >= 0 for part in row.parts)


def make_case(
    units: Sequence[Unit],
    classes: Classes,
    terms: PlanTerms,
    progress: Progress | None,
    force: UnitType | None,
    going: Mapping[UnitType, int] | None = None,
) -> Case:
    kinds = unit_types(units, classes)
    position = {stage.stage: t for t, stage in enumerate(terms.stages)}
    kept: dict[UnitType, dict[Slot, int]] = defaultdict(lambda: defaultdict(int))
    placed: dict[tuple[UnitType, Slot, str], int] = defaultdict(int)
    done: frozenset[str] = frozenset()
    away: set[str] = set()
    if progress is not None:
        done = progress.done
        away = set(progress.gone) | set(progress.offered)
        for stage in progress.previous["stages"]:
            t = position.get(stage["stage"])
            for place in stage["places"]:
                names = [] if t is None else [p.place for p in terms.stages[t].places]
                j = names.index(place["place"]) if place["place"] in names else None
                for number, _ in place["sequence"]:
                    kind = kinds.get(number)
                    if kind is None or number in progress.gone or t is None:
                        continue
                    if stage["stage"] in done:
                        if number not in progress.again:
                            away.add(number)
                            placed[kind, (t, j or 0), OVER] += 1
                    elif j is not None:
                        if number in progress.offered:
                            placed[kind, (t, j), OFFERED] += 1
                        else:
                            kept[kind][t, j] += 1
    types: dict[UnitType, int] = defaultdict(int)
    for number, kind in kinds.items():
        types[kind] += number not in away
    return Case(
        terms=terms,
        types=dict(sorted(types.items())),
        stages=tuple(t for t, stage in enumerate(terms.stages) if stage.stage not in done),
        placed=dict(placed),
        kept={kind: dict(slots) for kind, slots in sorted(kept.items())},
        replanning=progress is not None,
        least={force: 1} if force is not None else {},
        going=going,
    )


def necessary(case: Case) -> list[Problem]:
    """Terms that plainly cannot be met together, each with the figure found and the figure needed."""
    problems: list[Problem] = []
    terms = case.terms

    def bad(code: str, where: str, what: str, do: str) -> None:
        problems.append(Problem(code, where, what, do))

    for holder in terms.holders:
        mine = {kind: n for kind, n in case.types.items() if kind.holder == holder and n}
        counted = sum(kind.weight * n for kind, n in mine.items() if kind.counts)
        must = sum(kind.weight * n for kind, n in mine.items() if kind.counts and kind.all)
        outside = sum(kind.people * n for kind, n in mine.items() if not kind.counts and kind.all)
        total = case.totals[holder]
        seats = sum(n for (_, whose), n in case.seats.items() if whose == holder)
        due = f"{holder} hands over {total:,}" + (" more" if case.replanning else "")
        exact = terms.tolerance is None
        if total < 0:
            bad("plan.total.passed", f"terms, totals.{holder}",
                f"{holder} has handed over or offered {-total:,} more than its total of {terms.totals[holder]:,}",
                "amend the total")  # fmt: skip
            continue
        if exact and counted < total:
            bad("plan.total.people", f"terms, totals.{holder}",
                f"{counted:,} counted people on the list of {holder}; {due}",
                f"lower the total of {holder} to {counted:,} at most, or agree on more people")  # fmt: skip
        if must > total:
            bad("plan.total.all", f"terms, totals.{holder}",
                f"everyone of the classes that all go, held by {holder}: {must:,} people; {due}",
                f"raise the total of {holder} to {must:,} at least, or amend who must all go")  # fmt: skip
        needed = total if exact and all(kind.people == kind.weight for kind in mine if kind.counts) else 0
        if needed + outside > seats:
            beside = f" and {outside:,} outside the ratio who must all go" if outside else ""
            bad("plan.seats", f"terms, capacity for {holder}",
                f"{seats:,} seats for {holder} in all stages; {due}{beside}",
                f"give {needed + outside - seats:,} seats more")  # fmt: skip
        reach = 1
        for kind, n in mine.items():
            fits = bool(case.allowed[case.groups[kind]])
            if kind.all and not fits:
                bad("plan.step", f"terms, places for {holder}",
                    f"a unit of {kind.weight} that must go (tier {kind.tier}) fits no place: none has both the seats"
                    f" and a bound of {-(-case.step(kind) // max(case.factors.values())):,}",
                    "raise the bound and the capacity of one place")  # fmt: skip
            if kind.counts and fits:
                reach = _reach(reach, kind.weight, n)
        if exact and counted >= total and not reach >> total & 1:
            bad("plan.total.units", f"terms, totals.{holder}",
                f"no set of whole units of {holder} weighs {total:,}",
                "choose a total that whole families and crews can make up")  # fmt: skip
    for row in terms.rows:
        problems += _row_alone(case, row)
    return problems


def _row_alone(case: Case, row: Row) -> list[Problem]:
    """Whether a row about who goes can be met by anybody at all."""
    if not row.whole:
        return []
    least, most = case.free[row.name]
    low = high = 0
    for kind, n in case.types.items():
        figure = sum(measure(part, kind) for part in row.parts)
        must = n if kind.all else 0
        low += min(figure * must, figure * n)
        high += max(figure * must, figure * n)
    at = f"terms, row {row.name}"
    if least is not None and high < least:
        what = f"{row.sentence}: {least:,} are needed, and all who could go come to {high:,}"
        return [Problem("plan.row", at, what, f"lower it by {least - high:,}, or agree on more people")]
    if most is not None and low > most:
        what = f"{row.sentence}: {most:,} are allowed, and those who must go come to {low:,}"
        return [Problem("plan.row", at, what, f"raise it by {low - most:,}, or amend who must all go")]
    return []


def _reach(reach: int, weight: int, n: int) -> int:
    """Bits of the sums reachable with up to n more units of one weight, by doubling."""
    step = 1
    while n:
        taken = min(step, n)
        reach |= reach << (taken * weight)
        n -= taken
        step *= 2
    return reach


