"""The public record as figures: what is shown on its pages, written into its files, and drawn.

Two records stand beside each other and are never added up: the chronology of the past, by its sources, and what one
exchange has published of itself, with the claims on its ledger. A `View` chooses; a `Figure` is one table of plain
values by name, from which pages, pictures and files are all made, so that none of them says more than another.

    >>> record = Record(Chronology((), (), {}))
    >>> timeline(record, View("timeline", "ua")).rows
    ()
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from repatria.deal.definitions import COUNTED
from repatria.exchange.documents import PublicCounts
from repatria.public.chronology import CONFLICTS, EDITION, KINDS, MEDIATORS, Chosen, Chronology, Exchange, Range
from repatria.public.disagreements import Compared, Disagreement, compared, disagreements

RULES = ("came-home", "exchanged-home", "soldiers-home", "civilians-home", "remains-returned")  # one may choose from
PAGES = ("index", "timeline", "returned", "gaps", "mediators", "totals", "exchange", "data")
FILTERS: Mapping[str, tuple[str, ...]] = {  # of each page, what it can be narrowed by
    "timeline": ("conflict", "year", "mediator"), "returned": ("conflict", "counted"), "gaps": ("conflict",),
    "mediators": ("conflict",), "totals": ("conflict",),
}  # fmt: skip
Value = str | int | None


@dataclass(frozen=True)
class View:
    """A page, narrowed to a part of what it can show; what is empty is not narrowed."""

    page: str = "index"
    conflict: str = ""
    year: str = ""
    counted: str = ""
    mediator: str = ""

    @property
    def slug(self) -> str:
        """What names its file: the page and what it is narrowed to."""
        return "-".join(part for part in (self.page, self.conflict, self.year, self.counted, self.mediator) if part)


@dataclass(frozen=True)
class Agreed:
    """How many people inside the ratio one side hands over, by terms in force."""

    side: str
    people: int


@dataclass(frozen=True)
class Ledger:
    """What one exchange has published of itself: the latest table, how many were agreed, and the claims on record."""

    exchange: str
    table: PublicCounts | None = None
    agreed: tuple[Agreed, ...] = ()
    claims: tuple[Mapping[str, Any], ...] = ()
    proof: bytes = b""  # the table with its proof, where a signed checkpoint covers it


@dataclass(frozen=True)
class Record:
    chronology: Chronology
    ledger: Ledger | None = None
    version: str = ""  # of the program
    _held: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def hash(self) -> str:
        """Of everything that is published: the first twelve hex digits of its SHA-256."""
        if "hash" not in self._held:
            said: dict[str, Any] = {
                "statements": [asdict(each) for each in self.chronology.statements],
                "totals": [asdict(each) for each in self.chronology.totals],
                "sources": dict(self.chronology.sources),
            }
            if self.ledger is not None:
                table = None if self.ledger.table is None else asdict(self.ledger.table)
                said["ledger"] = [self.ledger.exchange, table, [asdict(each) for each in self.ledger.agreed],
                                  [dict(each) for each in self.ledger.claims], self.ledger.proof.hex()]  # fmt: skip
            data = json.dumps(said, sort_keys=True, ensure_ascii=False).encode()
            self._held["hash"] = hashlib.sha256(data).hexdigest()[:12]
        return str(self._held["hash"])

    @property
    def edition(self) -> str:
        return EDITION

    @property
    def disagreements(self) -> list[Disagreement]:
        if "disagreements" not in self._held:
            self._held["disagreements"] = list(disagreements(self.chronology))
        found: list[Disagreement] = self._held["disagreements"]
        return found

    @property
    def compared(self) -> list[Compared]:
        if "compared" not in self._held:
            self._held["compared"] = [compared(self.chronology, each) for each in self.chronology.totals]
        found: list[Compared] = self._held["compared"]
        return found


@dataclass(frozen=True)
class Figure:
    """A table of plain values: what a file of it holds, and its page shows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def views(record: Record) -> tuple[View, ...]:
    """Every page there is, each narrowed in every way that leaves something on it."""
    if "views" not in record._held:
        record._held["views"] = tuple(_views(record))
    found: tuple[View, ...] = record._held["views"]
    return found


def _views(record: Record) -> Iterator[View]:
    yield View("index")
    for conflict in CONFLICTS:
        mine = record.chronology.chosen(Chosen(conflict))
        if not mine:
            continue
        years = sorted({each.date[:4] for each in mine})
        used = [each for each in MEDIATORS if any(each in one.mediators for one in mine)]
        for year in ("", *(years if len(years) > 1 else ())):
            for mediator in ("", *(used if len(used) > 1 else ())):
                if timeline(record, view := View("timeline", conflict, year, mediator=mediator)).rows:
                    yield view
        for rule in rules_of(record, conflict):
            yield View("returned", conflict, counted=rule)
        if gaps(record, View("gaps", conflict)).rows:
            yield View("gaps", conflict)
        if used:
            yield View("mediators", conflict)
        if published_totals(record, View("totals", conflict)).rows or disagreements_of(record, conflict):
            yield View("totals", conflict)
    if record.ledger is not None:
        yield View("exchange")
    yield View("data")


def disagreements_of(record: Record, conflict: str) -> list[Disagreement]:
    """What does not fit in one conflict, published totals left aside."""
    return [each for each in record.disagreements if each.kind != "total" and each.where.startswith(conflict)]


def rules_of(record: Record, conflict: str) -> list[str]:
    """The counting definitions by which anything of a conflict is known."""
    mine = record.chronology.chosen(Chosen(conflict))
    sides = CONFLICTS[conflict][:2]
    return [rule for rule in RULES if any(each.of(rule, side) for each in mine for side in sides)]


def narrowed(asked: Mapping[str, str], page: str) -> View | None:
    """The view that an address asks for; None where it asks for something that there is not."""
    given = {name: value for name, value in asked.items() if value}
    if set(given) - set(FILTERS.get(page, ())):
        return None
    conflict = given.get("conflict", "ua" if page in FILTERS else "")
    counted = given.get("counted", "came-home" if page == "returned" else "")
    year, mediator = given.get("year", ""), given.get("mediator", "")
    known = (
        (not conflict or conflict in CONFLICTS)
        and (not counted or counted in RULES)
        and (not mediator or mediator in MEDIATORS)
        and (not year or (len(year) == 4 and year.isascii() and year.isdigit()))
    )
    return View(page, conflict, year, counted, mediator) if known else None


def chosen(view: View) -> Chosen:
    since, until = (f"{view.year}-01-01", f"{view.year}-12-31") if view.year else ("", "")
    return Chosen(view.conflict, since, until, (), view.mediator)


# --- figures --------------------------------------------------------------------------------------------------------


def timeline(record: Record, view: View) -> Figure:
    """Exchange by exchange: living and dead never in one row, withheld numbers said to be withheld."""
    first, second = CONFLICTS[view.conflict][:2]
    rows: list[tuple[Value, ...]] = []
    for each in record.chronology.chosen(chosen(view)):
        counted = "remains-returned" if each.kind == "remains" else "came-home"
        one, other = each.range(counted, first), each.range(counted, second)
        rows.append((
            each.name, each.date, each.until, each.kind, "/".join(map(str, each.ordinals)) or None, counted,
            *_ends(one), *_ends(other), "withheld" if each.withheld else None, " ".join(each.mediators) or None,
            len({one.source for one in each.statements}),
        ))  # fmt: skip
    columns = (
        "exchange", "date", "until", "kind", "number", "counted", f"{first}_least", f"{first}_most", f"{second}_least",
        f"{second}_most", "numbers", "mediators", "sources",
    )  # fmt: skip
    return Figure(view.slug, columns, tuple(rows))


def returned(record: Record, view: View) -> Figure:
    """Day by day how many had come home by one counting definition, from the least to the most that is said."""
    sides = CONFLICTS[view.conflict][:2]
    sums = {side: Range(0, 0) for side in sides}
    rows: list[tuple[Value, ...]] = []
    for each in record.chronology.chosen(chosen(view)):
        found = {side: each.range(view.counted, side) for side in sides}
        if not each.concerns(view.counted) or not any(found.values()):
            continue
        for side in sides:
            sums[side] += found[side] or Range(0, 0)
        cells = [end for side in sides for end in (*_ends(found[side]), sums[side].least, sums[side].most)]
        rows.append((each.date, each.name, *cells))
    columns = [f"{side}_{name}" for side in sides for name in ("least", "most", "sum_least", "sum_most")]
    return Figure(view.slug, ("date", "exchange", *columns), tuple(rows))


def without_a_figure(record: Record, view: View, side: str) -> int:
    return record.chronology.sum(view.counted, side, chosen(view)).unknown


def gaps(record: Record, view: View) -> Figure:
    """Days from the end of one round to the beginning of the next; exchanges of one number or agreement are a round."""
    found = [each for each in record.chronology.chosen(chosen(view)) if each.kind == "exchange"]
    rounds: list[list[Exchange]] = []
    for each in found:
        if rounds and _one_round(rounds[-1][-1], each):
            rounds[-1].append(each)
        else:
            rounds.append([each])
    rows = []
    for one, other in pairwise([each for each in rounds if len(each[0].date) > len("2025-05")]):
        last, first = max(each.until for each in one), other[0].date
        rows.append((last, first, (date.fromisoformat(first) - date.fromisoformat(last)).days))
    return Figure(view.slug, ("from", "to", "days"), tuple(rows))


def _one_round(one: Exchange, other: Exchange) -> bool:
    same_number = bool(one.ordinals) and one.ordinals == other.ordinals
    return same_number or bool(one.agreement and one.agreement == other.agreement)


def mediators(record: Record, view: View) -> Figure:
    """Living people handed over in all directions, by who mediated; an exchange with two stands with each."""
    rows: list[tuple[Value, ...]] = []
    for name in ("", *MEDIATORS):
        mine = [
            each for each in record.chronology.chosen(chosen(view))
            if each.concerns("handed-over") and (name in each.mediators if name else not each.mediators)
        ]  # fmt: skip
        ranges = [found for each in mine if (found := each.range("handed-over")) is not None]
        if mine:
            ends = _ends(sum(ranges, Range(0, 0)) if ranges else None)
            rows.append((name or None, len(mine), len(mine) - len(ranges), *ends))
    rows.sort(key=lambda row: (row[0] is None, -int(row[4] or 0), str(row[0])))
    return Figure(view.slug, ("mediator", "exchanges", "without_a_figure", "least", "most"), tuple(rows))


def published_totals(record: Record, view: View) -> Figure:
    """What offices published, each with its counting rule, beside our own sum by the same rule."""
    rows = tuple(
        (
            each.total.said_on, each.total.said_by or None, each.total.counted, each.total.of or None, each.total.since,
            each.total.until, " ".join(each.total.kinds), each.total.mediator or None, each.total.qualifier or None,
            each.total.value, each.ours.least, each.ours.most, each.exchanges, each.unknown, each.verdict,
            each.total.source,
        )
        for each in record.compared
        if not view.conflict or each.total.conflict == view.conflict
    )  # fmt: skip
    columns = (
        "said_on", "said_by", "counted", "of", "since", "until", "kinds", "mediator", "qualifier", "said", "ours_least",
        "ours_most", "exchanges", "without_a_figure", "verdict", "source",
    )  # fmt: skip
    return Figure(view.slug, columns, rows)


def published_counts(record: Record) -> Figure:
    """The rows of the exchange's own table, and what it holds back."""
    table = None if record.ledger is None else record.ledger.table
    rows: list[tuple[Value, ...]] = []
    if table is not None:
        rows += [(row.side, row.kind, row.since, row.until, row.received, None) for row in table.rows]
        rows += [(held.side, held.kind, held.since, held.until, None, "held back") for held in table.held_back]
    return Figure("exchange", ("held_by", "who", "since", "until", "received", "note"), tuple(rows))


def claims(record: Record) -> Figure:
    """What was said in public of this exchange, as it stands on its ledger, each with how it stands (`claims.py`)."""
    said = () if record.ledger is None else record.ledger.claims
    columns = ("said_on", "speaker", "number", "counted", "of", "since", "until", "source", "recorded_by", "status")
    return Figure("claims", columns, tuple(tuple(each.get(name) for name in columns) for each in said))


def figure(record: Record, view: View) -> Figure:
    """The figure of a view that has one."""
    made = {
        "timeline": timeline, "returned": returned, "gaps": gaps, "mediators": mediators, "totals": published_totals,
    }  # fmt: skip
    return published_counts(record) if view.page == "exchange" else made[view.page](record, view)


def figures(record: Record) -> Iterator[Figure]:
    """Every figure of every page, and the claims."""
    for view in views(record):
        if view.page not in ("index", "data"):
            yield figure(record, view)
    if record.ledger is not None:
        yield claims(record)


def whole(record: Record) -> Iterator[Figure]:
    """The tables from which all else comes."""
    yield Figure("chronology", ("exchange", "cell", "of", "value", "said_by", "source", "evidence"), tuple(
        (each.exchange, each.cell, each.of or None, each.value, each.said_by or None, each.source, each.evidence)
        for each in record.chronology.statements
    ))  # fmt: skip
    names = ("name", "conflict", "said_by", "said_on", "counted", "of", "since", "until", "value", "qualifier")
    yield Figure("totals", ("total", *names[1:], "kinds", "mediator", "source", "evidence"), tuple(
        (*(getattr(each, name) if getattr(each, name) != "" else None for name in names), " ".join(each.kinds),
         each.mediator or None, each.source, each.evidence)
        for each in record.chronology.totals
    ))  # fmt: skip
    yield Figure("sources", ("source", "where"), tuple(sorted(record.chronology.sources.items())))
    yield Figure("definitions", ("code", "of_a_party", "counts"), tuple(
        (code, "yes" if each.of_a_party else "no", each.says) for code, each in COUNTED.items()
    ))  # fmt: skip
    yield Figure("disagreements", ("kind", "where", "cell", "of", "text"), tuple(
        (each.kind, each.where, each.cell, each.of or None, each.text) for each in record.disagreements
    ))  # fmt: skip
    if record.ledger is not None:
        yield Figure("counts", *_named(published_counts(record)))
        yield Figure("agreed", ("held_by", "agreed"), tuple((each.side, each.people) for each in record.ledger.agreed))
        yield claims(record)


def _named(found: Figure) -> tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]:
    return found.columns, found.rows


def _ends(found: Range | None) -> Sequence[int | None]:
    return (None, None) if found is None else (found.least, found.most)


__all__ = ["KINDS", "PAGES", "Agreed", "Figure", "Ledger", "Record", "View", "figure", "figures", "views", "whole"]
