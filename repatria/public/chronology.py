"""Exchanges of the past as statements: one figure, one source, one line; nothing is merged, and nothing smoothed.

A *statement* says of one exchange what one source says of one *cell*: its kind, its day, how many came home. Two
sources are two statements, and where they differ both stand. A cell for numbers is a counting definition
(`deal/definitions.py`), so that a total says what it counts. No statement is about one person: a figure of one is not
taken (GC III 13), nor is a statement without a source, nor one from memory.

What is put together from statements is a range, from the least that sources say to the most; `doubted` statements are
listed and never counted. What a source leaves open is filled in only by adding up its parts, by `PARTS`.

    >>> head = ("exchange", "cell", "of", "value", "said_by", "source", "evidence")
    >>> rows = [("ua-2025-05-24", "kind", "", "exchange", "", "a-1", "read"),
    ...         ("ua-2025-05-24", "date", "", "2025-05-24", "", "a-1", "read"),
    ...         ("ua-2025-05-24", "came-home", "ukraine", "307", "ukraine", "a-1", "read"),
    ...         ("ua-2025-05-24", "came-home", "ukraine", "305", "russia", "a-1", "read")]
    >>> tables = Tables(lines(head, rows), (), lines(("source", "where"), [("a-1", "x")]))
    >>> chronology, problems = parse_chronology(tables)
    >>> problems, chronology.exchanges[0].range("came-home", "ukraine")
    ([], Range(least=305, most=307))
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from repatria.deal.definitions import COUNTED
from repatria.problem import Problem

EDITION = "1"  # of the data that come with the program; a change of any line makes the next
STATEMENTS, TOTALS, SOURCES = "chronology.csv", "totals.csv", "sources.csv"
HEADS: Mapping[str, tuple[str, ...]] = {
    STATEMENTS: ("exchange", "cell", "of", "value", "said_by", "source", "evidence"),
    TOTALS: ("total", "conflict", "said_by", "said_on", "counted", "of", "since", "until", "value", "qualifier",
             "kinds", "mediator", "source", "evidence"),
    SOURCES: ("source", "where"),
}  # fmt: skip

# The conflicts, by the letters with which their exchanges begin, each with the sides that are told of.
CONFLICTS: Mapping[str, tuple[str, ...]] = {
    "ua": ("ukraine", "russia", "other-states"),
    "ye": ("government", "houthis", "saudi-arabia", "sudan"),
    "gz": ("israel", "palestinians"),
    "an": ("western-states", "russia-belarus"),
    "az": ("armenia", "azerbaijan"),
}
KINDS = (
    "exchange", "field_exchange", "civilian_release", "unilateral_repatriation", "unilateral_release", "remains",
    "failed", "dispute",
)  # fmt: skip
MEDIATORS = ("turkiye", "uae", "saudi-arabia", "usa", "holy-see", "qatar", "egypt", "un", "icrc")
# read: somebody read the source. sum: remembered, and it makes a published total come out. doubted: the source is
# alone against all others, and looks mistaken or machine-written: listed, and not counted.
EVIDENCE = ("read", "sum", "doubted")
NUMBERS = frozenset({
    "came-home", "soldiers-home", "civilians-home", "exchanged-home", "beside-home", "agreed", "remains-returned",
    "handed-over",
})  # fmt: skip
WORDS: Mapping[str, tuple[str, ...]] = {"kind": KINDS, "mediator": MEDIATORS, "numbers": ("withheld",)}
DAYS = frozenset({"date", "until"})
TEXTS = frozenset({"place", "agreement"})
CELLS = frozenset({*NUMBERS, *WORDS, *DAYS, *TEXTS, "ordinal"})

# Where no source gives a figure, it is the sum of these: each must be known but for the last in brackets, which a
# source only names where there is one. Where none of the sums is known, the figure is not known.
PARTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "came-home": (("exchanged-home", "(beside-home)"), ("soldiers-home", "civilians-home")),
    "exchanged-home": (("came-home",),),  # a source that tells no two kinds of people apart
}
_EXCHANGE = re.compile(r"([a-z]{2})-(\d{4}-\d{2}-\d{2})(-remains)?")
_PARTIAL = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_NAMED = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Tables:
    """The three tables as they come from their files: rows by heading, each with its line."""

    statements: Sequence[Mapping[str, str]]
    totals: Sequence[Mapping[str, str]]
    sources: Sequence[Mapping[str, str]]


def lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    """Rows by heading, with the line that each has in a file under one line of headings."""
    return [{**dict(zip(head, row, strict=True)), "line": str(at)} for at, row in enumerate(rows, 2)]


@dataclass(frozen=True)
class Statement:
    """What one source says of one cell of one exchange; `of` and `said_by` are sides, or empty."""

    exchange: str
    cell: str
    of: str
    value: str
    said_by: str
    source: str
    evidence: str
    line: int

    @property
    def number(self) -> int:
        return int(self.value)


@dataclass(frozen=True)
class Range:
    """From the least that is said to the most; both the same where all agree."""

    least: int
    most: int

    def __add__(self, other: Range) -> Range:
        return Range(self.least + other.least, self.most + other.most)

    @property
    def agreed(self) -> bool:
        return self.least == self.most


@dataclass(frozen=True)
class Exchange:
    """All that is stated of one exchange."""

    name: str
    statements: tuple[Statement, ...]

    @property
    def conflict(self) -> str:
        return self.name[:2]

    def of(self, cell: str, side: str = "") -> list[Statement]:
        """What is said of a cell, whatever is doubted left out."""
        return [each for each in self.all(cell, side) if each.evidence != "doubted"]

    def all(self, cell: str, side: str = "") -> list[Statement]:
        return [each for each in self.statements if each.cell == cell and each.of == side]

    @property
    def date(self) -> str:
        """The day that most of its sources give, the earliest of equals; a month where no source gives a day."""
        said = [each.value for each in self.of("date")]
        days = [day for day in said if len(day) == len("2025-05-24")] or said
        return min(days, key=lambda day: (-days.count(day), day))

    @property
    def until(self) -> str:
        return max([each.value for each in self.of("until")], default=self.date)

    @property
    def kind(self) -> str:
        return self.of("kind")[0].value

    @property
    def mediators(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.value for each in self.of("mediator")))

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.value for each in self.of("place")))

    @property
    def agreement(self) -> str:
        return next((each.value for each in self.of("agreement")), "")

    @property
    def withheld(self) -> bool:
        """Whether both sides keep the numbers to themselves."""
        return bool(self.of("numbers"))

    def concerns(self, counted: str) -> bool:
        """Whether the exchange is one of those that this counting definition is about, with a figure or without."""
        if counted.startswith("remains"):
            return self.kind == "remains" or any(each.cell == counted for each in self.statements)
        return self.kind not in ("remains", "failed", "dispute")

    @property
    def ordinals(self) -> tuple[int, ...]:
        """The numbers that sources give the exchange, among those of its first side."""
        side = CONFLICTS[self.conflict][0]
        return tuple(sorted({each.number for each in self.of("ordinal", side)}))

    def range(self, counted: str, side: str = "") -> Range | None:
        """By a counting definition, from what sources say of it or else from its parts; None where it is not known."""
        if found := self._said(counted, side):
            return found
        if counted == "handed-over" and not side:
            parts = [self.range("came-home", each) for each in CONFLICTS[self.conflict]]
            known = [part for part in parts if part is not None]
            both = parts[0] is not None and parts[1] is not None
            return sum(known[1:], known[0]) if both else None
        for parts_of in PARTS.get(counted, ()):
            if total := self._added(parts_of, side):
                return total
        return None

    def _said(self, counted: str, side: str) -> Range | None:
        numbers = [each.number for each in self.of(counted, side)]
        return Range(min(numbers), max(numbers)) if numbers else None

    def _added(self, parts: Sequence[str], side: str) -> Range | None:
        total = Range(0, 0)
        for part in parts:
            found = self._said(part.strip("()"), side)
            if found is None and not part.startswith("("):
                return None
            total += found or Range(0, 0)
        return total


@dataclass(frozen=True)
class Total:
    """What an office published as a sum over many exchanges, and by which rule our own sum is to be held against it.

    Attributes:
        counted, of: the counting definition, and whose people.
        kinds: of exchange that the office counts, as far as it says so; else as it comes closest.
        mediator: only exchanges that it mediated; empty: all.
        qualifier: "over" where the office says more than so many.
    """

    name: str
    conflict: str
    said_by: str
    said_on: str
    counted: str
    of: str
    since: str
    until: str
    value: int
    qualifier: str
    kinds: tuple[str, ...]
    mediator: str
    source: str
    evidence: str
    line: int


@dataclass(frozen=True)
class Chosen:
    """Which exchanges are asked for; what is empty asks for all."""

    conflict: str = ""
    since: str = ""
    until: str = ""
    kinds: tuple[str, ...] = ()
    mediator: str = ""

    def takes(self, exchange: Exchange) -> bool:
        """By its first day; a month known without its day is taken where all of it is within."""
        first = exchange.date
        last = first if len(first) > len("2025-05") else first + "-31"
        return (
            (not self.conflict or exchange.conflict == self.conflict)
            and (not self.since or first >= self.since[: len(first)])
            and (not self.until or last <= self.until or first == self.until[: len(first)])
            and (not self.kinds or exchange.kind in self.kinds)
            and (not self.mediator or self.mediator in exchange.mediators)
        )


@dataclass(frozen=True)
class Sum:
    """A total by a counting definition over the exchanges that it is about: a range, and how many have no figure."""

    range: Range
    exchanges: int
    unknown: int


@dataclass(frozen=True)
class Chronology:
    statements: tuple[Statement, ...]
    totals: tuple[Total, ...]
    sources: Mapping[str, str]

    @cached_property
    def exchanges(self) -> tuple[Exchange, ...]:
        """In the order of their days."""
        found: dict[str, list[Statement]] = defaultdict(list)
        for each in self.statements:
            found[each.exchange].append(each)
        made = [Exchange(name, tuple(said)) for name, said in found.items()]
        return tuple(sorted(made, key=lambda each: (each.date, each.name)))

    def chosen(self, chosen: Chosen) -> list[Exchange]:
        return [each for each in self.exchanges if chosen.takes(each)]

    def sum(self, counted: str, of: str, chosen: Chosen) -> Sum:
        """By a counting definition that adds up; exchanges and days are counted by their numbers (`exchanges_in`)."""
        exchanges = [each for each in self.chosen(chosen) if each.concerns(counted)]
        ranges = [each.range("handed-over" if counted == "mediated" else counted, of) for each in exchanges]
        known = [each for each in ranges if each is not None]
        return Sum(sum(known, Range(0, 0)), len(exchanges), len(ranges) - len(known))


# --- read -----------------------------------------------------------------------------------------------------------


def parse_chronology(tables: Tables) -> tuple[Chronology, list[Problem]]:
    """The chronology, and every problem of its tables at once."""
    problems: list[Problem] = []
    sources = {row["source"]: row["where"] for row in tables.sources}
    problems += [
        _wrong(SOURCES, row, "source", "no short name, or nothing of where the source is")
        for row in tables.sources
        if not _NAMED.fullmatch(row["source"]) or not row["where"]
    ]
    statements = [said for row in tables.statements if (said := _statement(row, sources, problems))]
    totals = [total for row in tables.totals if (total := _total(row, sources, problems))]
    seen: set[tuple[str, ...]] = set()
    for row in tables.statements:
        same = tuple(row[name] for name in HEADS[STATEMENTS][:-1])
        if same in seen:
            problems.append(_wrong(STATEMENTS, row, "exchange", "the same statement of the same source stands twice"))
        seen.add(same)
    made = Chronology(tuple(statements), tuple(totals), sources)
    for name in dict.fromkeys(row["exchange"] for row in tables.statements if _EXCHANGE.fullmatch(row["exchange"])):
        mine = [each for each in statements if each.exchange == name]
        for cell in ("kind", "date") if mine else ():
            if not any(each.cell == cell and each.evidence != "doubted" for each in mine):
                what = f"{name} has no {cell}"
                problems.append(Problem("chronology.lacks", STATEMENTS, what, f"add a line with the cell {cell}"))
    used = {each.source for each in statements} | {each.source for each in totals}
    problems += [
        _wrong(SOURCES, row, "source", "no statement is from this source")
        for row in tables.sources
        if row["source"] not in used
    ]
    return made, problems


def _statement(row: Mapping[str, str], sources: Mapping[str, str], problems: list[Problem]) -> Statement | None:
    found = len(problems)
    name = _EXCHANGE.fullmatch(row["exchange"])
    if name is None or name[1] not in CONFLICTS or not _is_day(name[2]):
        do = "letters of its conflict and its first day"
        problems.append(_wrong(STATEMENTS, row, "exchange", "not the name of an exchange such as ua-2025-05-24", do))
        return None
    sides = CONFLICTS[name[1]]
    cell, value = row["cell"], row["value"]
    if cell not in CELLS:
        problems.append(_wrong(STATEMENTS, row, "cell", "no such cell", f"one of {', '.join(sorted(CELLS))}"))
        return None
    needs_side = (cell in NUMBERS and cell != "handed-over") or cell == "ordinal"
    if (row["of"] in sides) != needs_side or (row["of"] and row["of"] not in sides):
        problems.append(_wrong(STATEMENTS, row, "of", "this cell is about a side and none is named, or the other way"))
    if row["said_by"] and row["said_by"] not in (*sides, *MEDIATORS):
        problems.append(_wrong(STATEMENTS, row, "said_by", "neither a side nor a mediator"))
    problems += [_wrong(STATEMENTS, row, "value", what) for what in _wrong_value(cell, value)]
    problems += _wrong_evidence(STATEMENTS, row, sources)
    if len(problems) > found:
        return None
    return Statement(
        row["exchange"], cell, row["of"], value, row["said_by"], row["source"], row["evidence"], int(row["line"])
    )


def _wrong_value(cell: str, value: str) -> Iterable[str]:
    if cell in NUMBERS or cell == "ordinal":
        if not value.isascii() or not value.isdigit() or (len(value) > 1 and value.startswith("0")):
            yield "not a whole number"
        elif cell in NUMBERS and int(value) == 1:
            yield "a figure of one person: it is about somebody, and is left out (GC III 13)"
    elif cell in DAYS and not (_PARTIAL.fullmatch(value) and _is_day(value if len(value) > 7 else value + "-01")):
        yield "not a day or month such as 2025-05-24 or 2025-05"
    elif cell in WORDS and value not in WORDS[cell]:
        yield f"none of {', '.join(WORDS[cell])}"
    elif cell in TEXTS and (not value.strip() or len(value) > 80):
        yield "no text, or a long one"


def _wrong_evidence(file: str, row: Mapping[str, str], sources: Mapping[str, str]) -> list[Problem]:
    wrong = []
    if row["source"] not in sources:
        do = f"add a line for it to {SOURCES}"
        wrong.append(_wrong(file, row, "source", "no such source", do))
    if row["evidence"] not in EVIDENCE:
        do = f"one of {', '.join(EVIDENCE)}; what somebody only remembers is left out until there is a source"
        wrong.append(_wrong(file, row, "evidence", "no such evidence", do))
    return wrong


def _total(row: Mapping[str, str], sources: Mapping[str, str], problems: list[Problem]) -> Total | None:
    found = len(problems)
    kinds = tuple(row["kinds"].split())
    if row["counted"] not in COUNTED:
        problems.append(_wrong(TOTALS, row, "counted", "no such counting definition"))
    if row["conflict"] not in CONFLICTS or (row["of"] and row["of"] not in CONFLICTS[row["conflict"]]):
        problems.append(_wrong(TOTALS, row, "of", "no such conflict, or no side of it"))
    if not all(_is_day(row[name]) for name in ("said_on", "since", "until")) or row["since"] > row["until"]:
        problems.append(_wrong(TOTALS, row, "since", "days that are none, or do not follow one another"))
    if not row["value"].isascii() or not row["value"].isdigit():
        problems.append(_wrong(TOTALS, row, "value", "not a whole number"))
    if row["qualifier"] not in ("", "over"):
        problems.append(_wrong(TOTALS, row, "qualifier", "neither empty nor over"))
    if not kinds or set(kinds) - set(KINDS) or (row["mediator"] and row["mediator"] not in MEDIATORS):
        problems.append(_wrong(TOTALS, row, "kinds", "kinds of exchange, or a mediator, that are not known"))
    problems += _wrong_evidence(TOTALS, row, sources)
    if len(problems) > found:
        return None
    return Total(
        row["total"], row["conflict"], row["said_by"], row["said_on"], row["counted"], row["of"], row["since"],
        row["until"], int(row["value"]), row["qualifier"], kinds, row["mediator"], row["source"], row["evidence"],
        int(row["line"]),
    )  # fmt: skip


def _wrong(file: str, row: Mapping[str, str], column: str, what: str, do: str = "correct the line") -> Problem:
    return Problem(f"chronology.{column}", f"{file}, line {row['line']}, {column}", what, do)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# --- told -----------------------------------------------------------------------------------------------------------

ADDED = (*sorted(NUMBERS - {"agreed"}), "mediated")  # the counting definitions by which exchanges are added up
GROUPS = ("all", "year", "mediator", "kind", "agreement", "conflict")


def row_of(exchange: Exchange) -> dict[str, object]:
    """One exchange on one line: figures as ranges in words, with how many sources there are."""
    said: dict[str, object] = {
        "exchange": exchange.name, "date": exchange.date, "kind": exchange.kind,
        "number": " or ".join(map(str, exchange.ordinals)) or None,
    }  # fmt: skip
    counted = "remains-returned" if exchange.kind == "remains" else "came-home"
    for side in CONFLICTS[exchange.conflict][:2]:
        said[f"home to {side}"] = in_figures(exchange.range(counted, side), exchange.withheld)
    both = exchange.range("handed-over")
    said["both ways"] = in_figures(both, exchange.withheld) if exchange.kind != "remains" else None
    said["by"] = ", ".join(exchange.mediators) or None
    said["sources"] = len({each.source for each in exchange.statements})
    return said


def in_figures(found: Range | None, withheld: bool = False) -> str | None:
    """A range as figures: `307`, or `55 to 56`; None for what is not known."""
    if found is None:
        return "withheld" if withheld else None
    return str(found.least) if found.agreed else f"{found.least} to {found.most}"


def grouped(chronology: Chronology, counted: str, of: str, chosen: Chosen, by: str) -> list[tuple[str, Sum]]:
    """Sums by a counting definition, one for each year, mediator, kind, agreement or conflict; "" where there is none.

    An exchange with two mediators stands with each of them, so those sums do not add up to the whole.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for exchange in chronology.chosen(chosen):
        for key in _keys(exchange, by):
            groups[key].append(exchange.name)
    found = []
    for key, names in sorted(groups.items()):
        mine = Chronology(tuple(each for each in chronology.statements if each.exchange in set(names)), (), {})
        found.append((key, mine.sum(counted, of, Chosen())))
    return found


def _keys(exchange: Exchange, by: str) -> Sequence[str]:
    match by:
        case "year":
            return [exchange.date[:4]]
        case "mediator":
            return exchange.mediators or [""]
        case "kind":
            return [exchange.kind]
        case "agreement":
            return [exchange.agreement]
        case "conflict":
            return [exchange.conflict]
    return [""]
