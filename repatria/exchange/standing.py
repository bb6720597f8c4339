"""What was counted place by place, kept until somebody on the place's manifest changes.

Every opening of a stage counts all stages that are open, and every member signs the same figures of a place: counted
anew each time, the hundredth stage of 100,000 people costs a second. So a state notes whom it has written (`State.put`
is the only way), and a count at a place holds as long as nobody on its manifest was, and nothing else that it reads
has changed: the place itself, its day, the slots, and what stands in the count's own name. `State.persons` and
`State.slots` are read-only to everybody else, which the type checker holds.

A count must read nothing but these. It is no part of the state: no snapshot has it, and no two states differ by it.

What is counted over everybody is a `census`: whoever is written leaves one kind and comes to another. What is worked
out of the whole state is worked out `once` for each size of the ledger, and no twin has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Set
from typing import Any, TypeVar

from repatria.exchange.layers import forked
from repatria.exchange.person import Person

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Spot = tuple[str, str]  # stage, place


class Standing:
    """The counts of one state. `written`: whom it has written since a count was last asked for."""

    def __init__(self) -> None:
        self.written: set[str] = set()
        self._basis: tuple[Any, ...] = ()
        self._counts: dict[tuple[Hashable, Spot], tuple[Any, str, Any]] = {}  # with the place and the day they are of
        self._names: set[Hashable] = set()
        self._where: dict[str, tuple[Spot, ...]] = {}  # number -> places on whose manifest it is or was
        self._kinds: dict[Callable[[Person], Any], Counter[Any]] = {}
        self._those: dict[Callable[[Person], bool], set[str]] = {}
        self._people: Mapping[str, Person] | None = None  # whom these two are of
        self._once: dict[Hashable, tuple[int, Any]] = {}  # with the size of the ledger that it is of

    def note(self, before: Person | None, now: Person) -> None:
        """Somebody is written."""
        self.written.add(now.number)
        for of, counts in self._kinds.items():
            was, is_ = None if before is None else of(before), of(now)
            if was == is_:
                continue
            if was is not None:
                counts[was] -= 1
                if not counts[was]:
                    del counts[was]
            if is_ is not None:
                counts[is_] += 1
        for holds, numbers in self._those.items():
            (numbers.add if holds(now) else numbers.discard)(now.number)

    def census(self, of: Callable[[Person], K | None], people: Mapping[str, Person]) -> Mapping[K, int]:
        """How many people are of each kind."""
        self._of(people)
        found = self._kinds.get(of)
        if found is None:
            found = Counter(map(of, people.values()))
            found.pop(None, None)
            self._kinds[of] = found
        return found

    def those(self, holds: Callable[[Person], bool], people: Mapping[str, Person]) -> Set[str]:
        """The numbers of those of whom it holds."""
        self._of(people)
        found = self._those.get(holds)
        if found is None:
            found = self._those[holds] = {number for number, person in people.items() if holds(person)}
        return found

    def once(self, what: Hashable, size: int, count: Callable[[], T]) -> T:
        """What was worked out of the state at this size, or `count()` now."""
        kept = self._once.get(what)
        if kept is None or kept[0] != size:
            kept = self._once[what] = size, count()
        found: T = kept[1]
        return found

    def _of(self, people: Mapping[str, Person]) -> None:
        if self._people is not people:
            self._kinds, self._those, self._people = {}, {}, people

    def recall(
        self, what: Hashable, spot: Spot, place: Any, day: str, basis: tuple[Any, ...], count: Callable[[], T]
    ) -> T:
        """The count of that name at this place of a stage, as it was or counted now.

        Args:
            what: the count's name, with whatever else it reads.
            place: the place as the state has it now; it names its manifest.
            basis: what else every count reads: these very objects.
        """
        self._forget(basis)
        kept = self._counts.get((what, spot))
        if kept is None or kept[0] is not place or kept[1] != day:
            for number in place.manifest:
                spots = self._where.get(number, ())
                if spot not in spots:
                    self._where[number] = (*spots, spot)
            self._names.add(what)
            kept = self._counts[what, spot] = place, day, count()
        found: T = kept[2]
        return found

    def _forget(self, basis: tuple[Any, ...]) -> None:
        if len(basis) != len(self._basis) or any(a is not b for a, b in zip(basis, self._basis, strict=True)):
            self._counts.clear()
            self._basis = basis
        for number in self.written:
            for spot in self._where.get(number, ()):
                for what in self._names:
                    self._counts.pop((what, spot), None)
        self.written.clear()

    def fork(self, old: Mapping[str, Any], here: Mapping[str, Any], there: Mapping[str, Any]) -> Standing:
        """The same for a twin of the state, whose table of people `old` has become `here`, and `there` in the twin."""
        twin = Standing()
        twin.written, twin._counts, twin._names = self.written.copy(), self._counts.copy(), self._names.copy()
        self._where, twin._where = forked(self._where)
        twin._kinds = {of: counts.copy() for of, counts in self._kinds.items()}
        twin._those = {holds: numbers.copy() for holds, numbers in self._those.items()}
        if self._people is old:
            self._people, twin._people = here, there
        basis = self._basis
        self._basis = tuple(here if each is old else each for each in basis)
        twin._basis = tuple(there if each is old else each for each in basis)
        return twin
