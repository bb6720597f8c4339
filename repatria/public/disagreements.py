"""Everything in the chronology that does not fit, listed instead of smoothed: each with its sources.

- two sources that give one cell of one exchange differently, by whom each is said;
- parts that do not add up to the whole that is stated beside them;
- numbers of exchanges that go backwards, are given twice, or leave more or fewer exchanges between them than there are;
- totals that an office published, against our own sum by the same counting rule, with what is missing for it.

A disagreement is no mistake of the chronology: most are between its sources, and are the reason to keep them apart.

    >>> [each for each in disagreements(Chronology((), (), {}))]
    []
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from repatria.public.chronology import CONFLICTS, Chosen, Chronology, Exchange, Range, Statement, Total

PARTS_OF_ALL = (
    ("came-home", ("soldiers-home", "civilians-home")), ("came-home", ("exchanged-home", "beside-home")),
)  # fmt: skip


@dataclass(frozen=True)
class Voice:
    """Whose value it is: a side or mediator, where the source quotes one, and the source. A `source` may be an exchange
    or this chronology, where the value is of our own reckoning."""

    source: str
    said_by: str = ""
    doubted: bool = False

    def __str__(self) -> str:
        who = f"{self.said_by} in {self.source}" if self.said_by else self.source
        return who + (", doubted" if self.doubted else "")


Values = tuple[tuple[str, tuple[Voice, ...]], ...]


@dataclass(frozen=True)
class Disagreement:
    """What does not fit.

    Attributes:
        kind: sources, parts, ordinals, total.
        where: exchanges, or a published total.
        cell, of: what it is about.
        values: each value with those who say so.
        text: one English sentence, as `chronology check` prints it.
    """

    kind: str
    where: str
    cell: str
    of: str
    values: Values
    text: str


@dataclass(frozen=True)
class Compared:
    """A published total against our sum by its counting rule.

    `verdict`: agrees (our sum is that number); within (our sources differ, and it lies between); known (one of both,
    but some exchanges have no figure, and would go beyond it); short (ours is less, and exchanges without a figure
    could make it up); differs (nothing here could).
    """

    total: Total
    ours: Range
    exchanges: int
    unknown: int
    verdict: str

    @property
    def difference(self) -> int:
        """How much more is published than the most that we can account for; below nothing where it is less than the
        least."""
        if self.total.value > self.ours.most:
            return self.total.value - self.ours.most
        return min(0, self.total.value - self.ours.least)


def disagreements(chronology: Chronology) -> Iterator[Disagreement]:
    """All of them, in the order of days."""
    for exchange in chronology.exchanges:
        yield from _sources(exchange)
        yield from _parts(exchange)
    for conflict in CONFLICTS:
        yield from _ordinals([each for each in chronology.exchanges if each.conflict == conflict])
    for total in chronology.totals:
        found = compared(chronology, total)
        if found.verdict != "agrees":
            yield _of_total(found)


# --- sources and parts ----------------------------------------------------------------------------------------------


def _sources(exchange: Exchange) -> Iterator[Disagreement]:
    for cell, of in dict.fromkeys((each.cell, each.of) for each in exchange.statements):
        if cell in ("mediator", "place", "ordinal", "agreement"):  # several can be true; numbers are looked at below
            continue
        said = exchange.all(cell, of)
        if len({each.value for each in said}) > 1 and not _only_finer(cell, said):
            values = _by_value(said)
            whose = f" of {of}" if of else ""
            told = "; ".join(f"{value} ({', '.join(map(str, who))})" for value, who in values)
            yield Disagreement("sources", exchange.name, cell, of, values, f"{exchange.name}, {cell}{whose}: {told}")


def _only_finer(cell: str, said: Sequence[Statement]) -> bool:
    """A month and a day in it are no two days."""
    longest = max((each.value for each in said), key=len)
    return cell == "date" and all(longest.startswith(each.value) for each in said)


def _by_value(said: Iterable[Statement]) -> Values:
    values: dict[str, list[Voice]] = defaultdict(list)
    for each in said:
        values[each.value].append(Voice(each.source, each.said_by, each.evidence == "doubted"))
    return tuple((value, tuple(dict.fromkeys(who))) for value, who in values.items())


def _parts(exchange: Exchange) -> Iterator[Disagreement]:
    for of in CONFLICTS[exchange.conflict]:
        for whole, parts in PARTS_OF_ALL:
            said = exchange.of(whole, of)
            found = [exchange.of(part, of) for part in parts]
            if not said or not all(found):
                continue
            wholes = Range(min(each.number for each in said), max(each.number for each in said))
            sums = Range(
                sum(min(each.number for each in part) for part in found),
                sum(max(each.number for each in part) for part in found),
            )
            if sums.most < wholes.least or sums.least > wholes.most:
                values = (*_by_value(said), *(pair for part in found for pair in _by_value(part)))
                told = f"{' and '.join(parts)} come to {_told(sums)}, and {whole} is {_told(wholes)}"
                text = f"{exchange.name}, of {of}: {told}"
                yield Disagreement("parts", exchange.name, whole, of, values, text)


def _told(numbers: Range) -> str:
    return f"{numbers.least:,}" if numbers.agreed else f"{numbers.least:,} to {numbers.most:,}"


# --- numbers of exchanges -------------------------------------------------------------------------------------------


def _ordinals(exchanges: Sequence[Exchange]) -> Iterator[Disagreement]:
    """By the first side's own numbers: exchanges that take several days share one."""
    counted = [each for each in exchanges if each.kind in ("exchange", "field_exchange", "civilian_release")]
    for each in counted:
        if len(each.ordinals) > 1:
            side = CONFLICTS[each.conflict][0]
            values = _by_value(each.of("ordinal", side))
            told = "; ".join(f"number {value} ({', '.join(map(str, who))})" for value, who in values)
            yield Disagreement("ordinals", each.name, "ordinal", side, values, f"{each.name}: {told}")
    for each, other in pairwise([each for each in counted if each.ordinals]):
        between = counted[counted.index(each) + 1 : counted.index(other)]
        yield from _step(each, other, [one for one in between if one.kind == "exchange"])


def _step(each: Exchange, other: Exchange, between: Sequence[Exchange]) -> Iterator[Disagreement]:
    """From one numbered exchange to the next: as many numbers as there are exchanges, whoever's numbers are right."""
    steps = {there - here for here in each.ordinals for there in other.ordinals}
    side = CONFLICTS[each.conflict][0]
    values = tuple(
        (str(number), (Voice(one.name),)) for one in (each, other) for number in one.ordinals
    )  # fmt: skip
    where = f"{each.name} to {other.name}"
    if max(steps) < 0:
        yield Disagreement("ordinals", where, "ordinal", side, values, f"{where}: the numbers go backwards")
    elif max(steps) == 0 and not (each.agreement and each.agreement == other.agreement) and each.kind == other.kind:
        yield Disagreement("ordinals", where, "ordinal", side, values, f"{where}: two exchanges have one number")
    elif max(steps) > 0 and len(between) + 1 not in steps:
        told = " or ".join(str(step - 1) for step in sorted(steps))
        text = f"{where}: their numbers leave {told} exchanges between them, and the chronology has {len(between)}"
        yield Disagreement("ordinals", where, "ordinal", side, values, text)


# --- published totals -----------------------------------------------------------------------------------------------


def compared(chronology: Chronology, total: Total) -> Compared:
    """Our sum by the total's own counting rule, and how it stands to it."""
    chosen = Chosen(total.conflict, total.since, total.until, total.kinds, total.mediator)
    if total.counted == "exchanges":
        count, unknown = exchanges_in(chronology.chosen(chosen), total.of)
        ours, exchanges = Range(count, count), count
    else:
        found = chronology.sum(total.counted, total.of, chosen)
        ours, exchanges, unknown = found.range, found.exchanges, found.unknown
    return Compared(total, ours, exchanges, unknown, _verdict(total, ours, unknown))


def exchanges_in(exchanges: Sequence[Exchange], of: str) -> tuple[int, int]:
    """How many exchanges these are, those of one number taken as one; and how many have no figure for that side."""
    side = CONFLICTS[exchanges[0].conflict][0] if exchanges else ""
    numbered = {each.ordinals for each in exchanges if each.ordinals}
    others = [each for each in exchanges if not each.ordinals]
    if of and of != side:  # another side counts those in which somebody of its own came home
        mine = [each for each in exchanges if each.range("came-home", of) is not None or each.of("civilians-home", of)]
        return len(mine), len(exchanges) - len(mine)
    return len(numbered) + len(others), 0


def _verdict(total: Total, ours: Range, unknown: int) -> str:
    if total.qualifier == "over":
        return "agrees" if ours.least > total.value else "short" if unknown else "differs"
    if ours.least <= total.value <= ours.most:
        return "known" if unknown else "agrees" if ours.agreed else "within"
    return "short" if unknown and total.value > ours.least else "differs"


def _of_total(found: Compared) -> Disagreement:
    total = found.total
    who = total.said_by or total.source
    of = f" of {total.of}" if total.of else ""
    over = "over " if total.qualifier else ""
    rule = f"{total.counted}{of}, {', '.join(total.kinds)}, {total.since} to {total.until}"
    rule += f", by {total.mediator}" if total.mediator else ""
    missing = f", {found.unknown} of them without a figure" if found.unknown else ""
    text = (
        f"{total.name}: {who} said {over}{total.value:,} on {total.said_on} ({rule});"
        f" {found.exchanges} exchanges here come to {_told(found.ours)}{missing}: {found.verdict}"
    )
    values = (
        (f"{total.value}", (Voice(total.source, total.said_by),)), (_told(found.ours), (Voice("this chronology"),)),
    )  # fmt: skip
    return Disagreement("total", total.name, total.counted, total.of, values, text)
