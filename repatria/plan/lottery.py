"""The lottery: who goes where places are fewer than people, in a way that anyone re-verifies.

The freeze, the commitments and the seed are in `deal/draw.py` and told again here. Then:

* `odds`: tiers decide, and only strata that are tied at a cut-off are drawn against each other: their chances are
  leximin (`leximin`), and whole compositions with whole weights come to them exactly (`mixture`). `Odds.drawn` takes
  one number of the seed, and gives every stratum its places.
* `ticket` = HMAC-SHA-256(seed, stratum, number) decides within a stratum: lowest first, and the number decides between
  equal tickets. A ticket depends on nobody else, so when someone leaves the list everyone else's order stays, and
  a family checks one hash.
* `integer` draws a whole number below n in counter mode, rejecting what would favour the small ones, never
  `mod`.
* `register_root` is over everybody who may go, so that each can be shown to have been in the draw.

Source: PLANNING.md section 3; RFC 3797 is the precedent for the kind of check.

    >>> drawn = seed("f" * 64, {"north": (bytes(32),) * 3, "south": (bytes(32),) * 3})
    >>> order(drawn, "2", ["a", "b", "c"]) == [n for n in order(drawn, "2", ["a", "b", "c", "d"]) if n != "d"]
    True
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from repatria.deal.draw import NONCE_BYTES, check_reveal, commitment, commitments, seed
from repatria.exchange.documents import Freeze, write
from repatria.exchange.events import Sha256, Slug
from repatria.exchange.planning import ALGORITHM
from repatria.ledger.canonical import digest, encode
from repatria.ledger.tree import Tree, leaf_hash
from repatria.plan.linear import Row
from repatria.plan.mixture import Composition, Mixture, fair
from repatria.plan.model import Classes, PlanTerms, Progress, Unit, UnitType, unit_types
from repatria.plan.solve import Solution, solve
from repatria.plan.vehicles import with_rows
from repatria.problem import Problem

__all__ = [
    "ALGORITHM", "NONCE_BYTES", "Chance", "Odds", "check_freeze", "check_reveal", "commitment", "commitments",
    "drawn_table", "freeze_hash", "going", "integer", "make_freeze", "odds", "order", "register", "register_root",
    "seed", "ticket",
]  # fmt: skip

_TICKET_TAG = b"repatria/lottery/ticket/v1"
_INTEGER_TAG = b"repatria/lottery/integer/v1"
COMPOSITION = "composition"  # the label of the one whole number that picks it


@dataclass(frozen=True, order=True)
class Chance:
    """One stratum of one holder: how many of its units go, or go on average."""

    holder: str
    stratum: str
    places: Fraction | int
    units: int

    @property
    def permille(self) -> int:
        """The chance in thousandths, rounded half up."""
        return int((2000 * self.places + self.units) // (2 * self.units)) if self.units else 0


@dataclass(frozen=True)
class Odds:
    """What is published before anybody commits: the chances, and the compositions that come to them.

    `tied`: holder and stratum of those that are drawn against each other, as the compositions have them.
    """

    table: tuple[Chance, ...]
    tied: tuple[tuple[str, str], ...]
    compositions: tuple[tuple[int, Composition], ...]

    @property
    def total(self) -> int:
        return sum(weight for weight, _ in self.compositions)

    def drawn(self, seed: bytes) -> tuple[Chance, ...]:
        """The table with the places of the composition that this seed picks."""
        number = integer(seed, COMPOSITION, self.total)
        sizes = tuple(row.units for row in self.table if (row.holder, row.stratum) in self.tied)
        places = dict(zip(self.tied, Mixture(sizes, self.compositions).drawn(number), strict=True))
        return tuple(
            Chance(row.holder, row.stratum, places.get((row.holder, row.stratum), row.places), row.units)
            for row in self.table
        )


def ticket(seed: bytes, stratum: str, number: str) -> bytes:
    """The 32-byte ticket of a unit; lower goes first."""
    return hmac.digest(seed, _joined(_TICKET_TAG, stratum.encode(), number.encode()), "sha256")


def order(seed: bytes | None, stratum: str, numbers: Iterable[str]) -> list[str]:
    """Numbers of one stratum by ticket, then number. Without a seed by number: the numbers are random
    already."""
    if seed is None:
        return sorted(numbers)
    return sorted(numbers, key=lambda number: (ticket(seed, stratum, number), number))


def integer(seed: bytes, label: str, n: int) -> int:
    """A uniform whole number from 0 to n - 1, the same for everyone who has the seed."""
    if n < 1:
        raise ValueError(f"nothing to draw from {n}")
    size = (n.bit_length() + 7) // 8 + 8
    limit = 256**size - 256**size % n
    counter = 0
    while True:
        block = b""
        while len(block) < size:
            message = _joined(_INTEGER_TAG, label.encode(), counter.to_bytes(8, "big"))
            block += hmac.new(seed, message, hashlib.sha256).digest()
            counter += 1
        drawn = int.from_bytes(block[:size], "big")
        if drawn < limit:
            return drawn % n


def odds(
    units: Iterable[Unit], classes: Classes, terms: PlanTerms, progress: Progress | None = None
) -> Odds | list[Problem]:
    """The chances of everybody on the lists, by the plan's own selection, and the compositions that come to them.

    Per holder and tier the selection says how many people go. Where these are all of a tier or none, or its units are
    of one stratum, nothing is left to a composition. Every composition is put to all rows of the plan, stages and
    places too, before it may be drawn.

    Args:
        progress: of the plan in force, where it is to be made over by a new draw. Then the table counts whoever keeps a
            slot among those who go, tickets fill what is open, and no composition is drawn.
    """
    listed, terms = tuple(units), with_rows(terms)
    if progress is not None:
        over = solve(listed, classes, terms, progress=progress, schedule=False)
        if not isinstance(over, Solution):
            return over
        going = _going(over)
        kept = sorted(Chance(kind.holder, kind.stratum, going[kind], n) for kind, n in over.available.items() if n)
        return Odds(tuple(kept), (), ((1, ()),))
    selected = solve(listed, classes, terms, schedule=False)
    if isinstance(selected, Solution) and not _can_go(listed, classes, terms, _going(selected)):
        selected = solve(listed, classes, terms)  # who goes depends on when and where
    if not isinstance(selected, Solution):
        return selected
    going = _going(selected)
    tied = _tied(selected, going)
    sizes = [selected.available[kind] for kind in tied]
    rows = []
    for ask in selected.selection:
        figures = {at: ask.figures[kind] for at, kind in enumerate(tied) if ask.figures.get(kind)}
        apart = sum(figure * going[kind] for kind, figure in ask.figures.items() if kind not in tied)
        if figures:
            least, most = (None if side is None else side - apart for side in (ask.least, ask.most))
            rows.append(Row(ask.name, least, most, figures))

    def may_go(composition: Composition) -> bool:
        return _can_go(listed, classes, terms, going | dict(zip(tied, composition, strict=True)))

    def price(weights: Sequence[int]) -> Composition | None:
        best = solve(listed, classes, terms, favour=dict(zip(tied, weights, strict=True)), reasons=False)
        return tuple(_going(best)[kind] for kind in tied) if isinstance(best, Solution) else None

    mixed = fair(sizes, rows, price, may_go) if tied else Mixture((), ((1, ()),))
    if mixed is None:
        return [Problem("plan.lottery.mixture", "lists, classes and terms", "no composition of whole units was found",
                        "ask for the plan of these lists first, and amend the terms")]  # fmt: skip
    average = dict(zip(tied, (chance * size for chance, size in zip(mixed.chances, sizes, strict=True)), strict=True))
    table = sorted(
        Chance(kind.holder, kind.stratum, average.get(kind, Fraction(going[kind])), available)
        for kind, available in selected.available.items()
    )
    return Odds(tuple(table), tuple((kind.holder, kind.stratum) for kind in tied), mixed.parts)


def _going(selected: Solution) -> dict[UnitType, int]:
    return {kind: sum(slots.values()) for kind, slots in selected.counts.items()}


def _can_go(units: Sequence[Unit], classes: Classes, terms: PlanTerms, going: Mapping[UnitType, int]) -> bool:
    """Whether so many of each type can be staged under the terms."""
    return isinstance(solve(units, classes, terms, going=going, schedule=False, reasons=False), Solution)


def _tied(selected: Solution, going: Mapping[UnitType, int]) -> list[UnitType]:
    """Where some people of a holder's tier go and some stay: its strata, if they are several, by holder and label."""
    groups: dict[tuple[tuple[int, int], str], list[UnitType]] = defaultdict(list)
    for kind, available in sorted(selected.available.items()):
        if available and not kind.all:
            groups[kind.rank, kind.holder].append(kind)
    some = [
        kinds
        for kinds in groups.values()
        if len(kinds) > 1
        and any(going[kind] for kind in kinds)
        and any(going[kind] < selected.available[kind] for kind in kinds)
    ]
    return sorted((kind for kinds in some for kind in kinds), key=lambda kind: (kind.holder, kind.stratum))


def going(table: Iterable[Chance], units: Iterable[Unit], classes: Classes) -> dict[UnitType, int]:
    """How many of each type go by a table that was drawn, as the plan's search is told."""
    places = {(row.holder, row.stratum): int(row.places) for row in table}
    kinds = dict.fromkeys(unit_types(units, classes).values())
    return {kind: places.get((kind.holder, kind.stratum), 0) for kind in kinds}


# --- the freeze -----------------------------------------------------------------------------------------------------


def register(units: Iterable[Unit], classes: Classes) -> Tree:
    """The canonical register: everybody who may go with holder and stratum, in the order of the numbers, as a tree."""
    listed = sorted(units)
    kinds = unit_types(listed, classes)
    return Tree(leaf_hash(register_leaf(unit.number, unit.holder, kinds[unit.number].stratum)) for unit in listed)


def register_leaf(number: str, holder: str, stratum: str) -> bytes:
    """What stands in the register for one unit. Its number is 128 random bits, so that its hash tells nobody who."""
    return encode([number, holder, stratum])


def register_root(units: Iterable[Unit], classes: Classes) -> str:
    return register(units, classes).root().hex()


def make_freeze(
    terms: str,
    lists: Mapping[str, str],
    classes: Mapping[str, str],
    register: str,
    found: Odds,
    replaces: str | None = None,
) -> Freeze:
    """The freeze document: everything that is fixed before anybody commits to a nonce."""
    return Freeze(
        Sha256(terms),
        {holder: Sha256(name) for holder, name in lists.items()},
        {holder: Sha256(name) for holder, name in classes.items()},
        Sha256(register),
        ALGORITHM,
        tuple((Slug(row.holder), row.stratum, str(Fraction(row.places)), row.units) for row in sorted(found.table)),
        tuple((Slug(holder), label) for holder, label in found.tied),
        tuple((str(weight), composition) for weight, composition in found.compositions),
        None if replaces is None else Sha256(replaces),
    )


def freeze_hash(freeze: Freeze) -> str:
    """What commitments bind to: the name of the freeze attachment, SHA-256 of its canonical bytes."""
    return digest(write(freeze))


def odds_of(freeze: Freeze) -> Odds | None:
    """The odds that a freeze publishes; None where they are out of form or do not come to its table."""
    try:
        table = tuple(Chance(holder, label, Fraction(places), units) for holder, label, places, units in freeze.table)
        compositions = tuple((int(weight), places) for weight, places in freeze.compositions)
    except (ValueError, ZeroDivisionError):
        return None
    found = Odds(table, tuple((str(holder), label) for holder, label in freeze.tied), compositions)
    rows = {(row.holder, row.stratum): row for row in table}
    if len(rows) != len(table) or list(found.tied) != sorted(set(found.tied)) or not set(found.tied) <= set(rows):
        return None
    if not compositions or any(weight < 1 or len(places) != len(found.tied) for weight, places in compositions):
        return None
    for at, label in enumerate(found.tied):
        if any(not 0 <= places[at] <= rows[label].units for _, places in compositions):
            return None
        if sum(weight * places[at] for weight, places in compositions) != found.total * rows[label].places:
            return None
    whole = [row for row in table if (row.holder, row.stratum) not in found.tied]
    return found if all(Fraction(row.places).denominator == 1 for row in whole) else None


def check_freeze(
    freeze: Freeze, units: Iterable[Unit], classes: Classes, terms: PlanTerms, progress: Progress | None = None
) -> list[Problem]:
    """What is wrong with a freeze's register, algorithm and odds; whether its hashes name these lists is the log's
    to say.

    The chances are unique, so they are computed again and compared. Compositions are not: whoever made the freeze
    chose them, and they need only be ones that can go and that come to the chances exactly.
    """
    listed = tuple(units)
    own = odds(listed, classes, terms, progress)
    if isinstance(own, list):
        return own
    problems = []

    def bad(what: str, where: str, found: str, do: str) -> None:
        problems.append(Problem(f"plan.freeze.{what}", f"freeze, {where}", found, do))

    if freeze.algorithm != ALGORITHM:
        bad("algorithm", "algorithm", "another algorithm of the draw", f"draw by {ALGORITHM}")
    if freeze.register != register_root(listed, classes):
        bad("register", "register", "not the root over everybody who may go", "compute it again from the signed lists")
    said = odds_of(freeze)
    if said is None:
        bad("compositions", "compositions", "compositions and weights that do not come to the table exactly",
            "make the freeze again from the signed lists, classes and terms")  # fmt: skip
    elif said.table != own.table or said.tied != own.tied:
        bad("table", "table", "not the chances that lists, classes and terms give",
            "compute the table again from the signed lists, classes and terms")  # fmt: skip
    elif said.compositions != own.compositions:
        for weight, places in said.compositions:
            alone = replace(said, compositions=((weight, places),)).drawn(bytes(32))
            if not _can_go(listed, classes, terms, going(alone, listed, classes)):
                bad("compositions", "compositions", "a composition that cannot go under these terms",
                    "make the freeze again from the signed lists, classes and terms")  # fmt: skip
                break
    return problems


def drawn_table(freeze: Freeze, seed: bytes | None, now: Iterable[tuple[str, str]]) -> tuple[Chance, ...] | None:
    """How many of each stratum the draw lets go, of those who are still there; None where it does not say.

    Whoever left after the freeze gives their place to the next ticket of their stratum, so nobody undoes a draw by
    taking somebody off a list. Where a stratum has fewer units left than places the selection is the plan's again.

    Args:
        now: holder and stratum of everybody who may still go.
    """
    found = odds_of(freeze)
    if found is None or (seed is None and found.tied):
        return None
    table = found.drawn(seed) if seed is not None else found.table
    left = Counter(now)
    if any(row.places > left[row.holder, row.stratum] for row in table):
        return None
    return tuple(Chance(row.holder, row.stratum, int(row.places), left[row.holder, row.stratum])
                 for row in table if left[row.holder, row.stratum])  # fmt: skip


def _joined(*parts: bytes) -> bytes:
    """Parts with their lengths before them, so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
