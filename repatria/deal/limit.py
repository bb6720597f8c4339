"""Limits: at least, or at most, so many of some people, in the whole round or at a stage and place; and windows.

A quota of those who go, places for stretchers, what a desk can take in a day, a host's places, days on which some can
travel, so many of one kind to so many of another: each is a limit. It says whom it counts by side, party, destination,
account and *mark*, a single letter that categories give; what a letter means stays in the sealed annex, so a limit
stands in the ledger form, and planner and checker read it there (ADR 103).

* Nothing limits how many of those outside the ratio go home: the seriously wounded and sick (GC III 109(1)), civilians
  (GC IV 34), the dead (GC I 17). What a place can take on a day may be limited, and a host's places.
* Nobody is set against somebody outside the ratio, and no limit weighs people of one side against the other's
  otherwise than one for one (GC IV 34): only in an exchange marked historical.

    >>> stretchers = Limit("stretchers", (Whom(mark="s", places=("bridge",)),), at_most=12, each=("stage",))
    >>> in_english(sentence(stretchers, stage="s1"), TEXTS)
    'at most 12 people with mark s, at bridge and in stage s1'
    >>> young, officers = Whom(mark="y", account="exchange"), Whom(mark="o", account="exchange", times=-2)
    >>> in_english(sentence(Limit("two-to-one", (young, officers), at_least=0)), TEXTS)
    'at least 0, if one adds up people with mark y and in the account exchange and takes off 2 times people with mark o\
 and in the account exchange'
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from repatria.deal.classes import ACCOUNTS, EXCHANGE, MARK
from repatria.deal.limit_texts import TEXTS
from repatria.deal.reader import Reader
from repatria.deal.shape import Count, Key, ListOf, PerName, Slug, Table, Text, Yes
from repatria.message import Message, Name, Place, in_english

__all__ = ["TEXTS", "Limit", "Whom", "Window", "in_english", "read_limits", "read_windows", "sentence"]

PEOPLE_MAX, TIMES_MAX = 10**6, 1000
STAGE, PLACE = "stage", "place"  # by what a limit holds for each by itself
PEOPLE, POINTS = "people", "points"
UNKNOWN = "terms.limit.unknown"
PRICE, OUTSIDE = "terms.price", "terms.limit.outside"  # the codes by which law finds the same

_MARKED = Text(pattern=MARK, called="a letter that categories give (`marks`)")
_WHO = (
    Key("side", Slug(), "those whom this side hands over", default=None, told_default="both sides"),
    Key("party", Slug(), "those whom this party hands over", default=None, told_default="every party"),
    Key("to", Slug(), "those who go to this member: a party, or a host in a neutral country",
        article="GC III 110(2)", default=None, told_default="wherever they go"),
    Key("account", Text(ACCOUNTS), "those who are handed over under this account", default=None,
        told_default="every account"),
    Key("mark", _MARKED, "those whose category has this mark", default=None, told_default="with or without"),
)  # fmt: skip
_WHERE = (
    Key("stages", ListOf(Slug(), least=1, once=True), "in these stages", default=None, told_default="all of them"),
    Key("places", ListOf(Slug(), least=1, once=True), "at these places", default=None, told_default="all of them"),
)  # fmt: skip
WHOM = (
    *_WHO,
    *_WHERE,
    Key("times", Count(-TIMES_MAX, TIMES_MAX), "how often each counts; below zero they are taken off. Other than 1 and"
        " -1 only among people of one side, and below zero only inside the ratio", article="GC IV 34", default=1),
    Key("of", Text((PEOPLE, POINTS)), "whether people are counted or, in a historical exchange, points",
        article="GC IV 34", default=PEOPLE),
)  # fmt: skip
LIMIT = (
    Key("id", Slug(), "what the limit is called"),
    Key("whom", ListOf(Table(WHOM, "limit.whom"), least=1), "whom it counts; of several, all are added up"),
    Key("at_least", Count(-PEOPLE_MAX, PEOPLE_MAX), "so many, or more", unit="people", default=None,
        told_default="no limit"),
    Key("at_most", Count(-PEOPLE_MAX, PEOPLE_MAX), "so many, or fewer; outside the ratio only of a stage or a place",
        unit="people", article="GC III 109(1); GC IV 34", default=None, told_default="no limit"),
    Key("each", ListOf(Text((STAGE, PLACE)), least=1, once=True), "whether it holds for each stage, or each place, by"
        " itself", default=None, told_default="for all together"),
    Key("firm", Yes(), "never told as something that could give way where terms cannot be met", default=False),
)  # fmt: skip
LIMITED: dict[str, Any] = {"anyOf": [{"required": ["at_least"]}, {"required": ["at_most"]}]}
WINDOW = (
    Key("id", Slug(), "what the window is called"),
    *_WHO,
    *_WHERE,
    Key("firm", Yes(), "never told as something that could give way where terms cannot be met", default=False),
)  # fmt: skip
BOUNDED: dict[str, Any] = {"anyOf": [{"required": ["stages"]}, {"required": ["places"]}]}
# Of a place on a day, beside its capacity for each side.
MARKED = Key("marked", PerName(_MARKED, Count(0)), "how many people with a mark it can take on that day, of both sides:"
             " stretchers, say", default=None, told_default="no limit")  # fmt: skip
ACCOUNTED = Key("accounts", PerName(Text(ACCOUNTS), Count(0)), "how many people of an account it can take on that day,"
                " of both sides: remains, say", default=None, told_default="no limit")  # fmt: skip


@dataclass(frozen=True)
class Whom:
    """Some of the people, at some stages and places; what is empty fits everybody, every stage and every place."""

    side: str = ""
    party: str = ""
    to: str = ""
    account: str = ""
    mark: str = ""
    stages: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    times: int = 1
    of: str = PEOPLE


@dataclass(frozen=True)
class Limit:
    """`at_least` and `at_most` of all of `whom` added up; for each stage or place by itself where `each` says so."""

    id: str
    whom: tuple[Whom, ...]
    at_least: int | None = None
    at_most: int | None = None
    each: tuple[str, ...] = ()
    firm: bool = False


@dataclass(frozen=True)
class Window:
    """Those whom it is about go in these stages and at these places only."""

    id: str
    whom: Whom
    firm: bool = False


Grid = Mapping[str, Sequence[str]]  # the stages of the terms, each with its places


# --- what may not be agreed -------------------------------------------------------------------------------------------


def weighs_people(whom: Sequence[Whom], historical: bool) -> bool:
    """Whether a limit says what people of one side are worth in people of the other, or counts points."""
    if historical:
        return False
    sides = {each.side or each.party for each in whom}
    return any(each.of == POINTS for each in whom) or (
        (len(sides) > 1 or "" in sides) and len({abs(each.times) for each in whom}) > 1
    )


def sets_against(whom: Sequence[Whom]) -> bool:
    """Whether somebody outside the ratio goes in return for others, or others for them."""
    return any(each.times < 0 for each in whom) and any(each.account != EXCHANGE for each in whom)


def holds_back(limit: Limit, grid: Grid, parties: Collection[str]) -> bool:
    """Whether a limit says how many of those outside the ratio go at all: over the whole round, or nowhere any.

    A host says how many it can take in: they are free to go home (GC III 110, 111).
    """
    if limit.at_most is None:
        return False
    whole = [
        each for each in limit.whom
        if each.account != EXCHANGE and (not each.to or each.to in parties)
        if covers(each, grid)
    ]  # fmt: skip
    return bool(whole) and (not limit.each or limit.at_most < 1)


def covers(whom: Whom, grid: Grid) -> bool:
    """Whether it is about every stage and every place."""
    every = {place for places in grid.values() for place in places}
    return set(whom.stages or grid) >= set(grid) and set(whom.places or every) >= every


def breaches(limits: Sequence[Limit], grid: Grid, parties: Collection[str]) -> tuple[bool, bool]:
    """Whether any of them weighs people against each other, and whether any holds back those outside the ratio or sets
    them against others."""
    outside = any(sets_against(limit.whom) or holds_back(limit, grid, parties) for limit in limits)
    return any(weighs_people(limit.whom, historical=False) for limit in limits), outside


# --- read from the terms ------------------------------------------------------------------------------------------


def read_limits(
    reader: Reader, raw: Any, grid: Grid, sides: Collection[str], parties: Collection[str], historical: bool
) -> tuple[Limit, ...]:
    """The limits of a table of terms, with every problem of form and law."""
    limits = []
    for position, table in enumerate(_tables(reader, raw, "limit"), 1):
        at = f"limit[{position}]"
        table = reader.table(table, at, LIMIT)
        whom = tuple(
            _whom(reader, each, f"{at}.whom[{number}]", grid, sides, parties)
            for number, each in enumerate(reader.tables(table.get("whom"), f"{at}.whom", least=1), 1)
        )
        limit = Limit(
            reader.take(table, LIMIT, "id", at), whom,
            reader.take(table, LIMIT, "at_least", at), reader.take(table, LIMIT, "at_most", at),
            tuple(sorted(reader.take(table, LIMIT, "each", at) or ())), reader.take(table, LIMIT, "firm", at),
        )  # fmt: skip
        low, high = limit.at_least, limit.at_most
        if low is None and high is None:
            reader.bad(at, "limits nothing", "give at_least, at_most or both")
        elif low is not None and high is not None and low > high:
            reader.bad(at, f"at least {low:,}, and at most {high:,}", "raise at_most or lower at_least")
        if any(not each.times for each in whom):
            reader.bad(f"{at}.whom", "counts people no times", "leave them out")
        if weighs_people(whom, historical):
            reader.bad(at, "weighs people of the sides against each other", "count everybody once: a person has no"
                       " price; totals join numbers of people", PRICE, "GC IV 34")  # fmt: skip
        if sets_against(whom):
            reader.bad(at, "sets people against others without saying that all of them are inside the ratio",
                       'give each account = "exchange": nobody outside it goes in return for anybody', OUTSIDE,
                       "GC IV 34")  # fmt: skip
        elif holds_back(limit, grid, parties):
            reader.bad(at, "limits how many of those outside the ratio go", 'give account = "exchange", or name the'
                       " stages and places that can take no more", OUTSIDE, "GC III 109(1)")  # fmt: skip
        limits.append(limit)
    _once(reader, "limit", [limit.id for limit in limits])
    return tuple(limits)


def read_windows(
    reader: Reader, raw: Any, grid: Grid, sides: Collection[str], parties: Collection[str]
) -> tuple[Window, ...]:
    windows = []
    for position, table in enumerate(_tables(reader, raw, "window"), 1):
        at = f"window[{position}]"
        table = reader.table(table, at, WINDOW)
        known = {name: value for name, value in table.items() if name not in ("id", "firm")}
        whom = _whom(reader, known, at, grid, sides, parties)
        if not whom.stages and not whom.places:
            reader.bad(at, "no window: it names no stage and no place", "give stages, places or both")
        windows.append(Window(reader.take(table, WINDOW, "id", at), whom, reader.take(table, WINDOW, "firm", at)))
    _once(reader, "window", [window.id for window in windows])
    return tuple(windows)


def _tables(reader: Reader, raw: Any, name: str) -> list[Any]:
    return [] if raw is None else reader.tables(raw, name)


def _once(reader: Reader, name: str, ids: Sequence[str]) -> None:
    for twice in sorted({each for each in ids if ids.count(each) > 1}):
        reader.bad(f"{name} {twice}", "two have this id", "give each its own")


def _whom(
    reader: Reader, raw: Any, at: str, grid: Grid, sides: Collection[str], parties: Collection[str]
) -> Whom:
    table = reader.table(raw, at, WHOM)
    said = {key.name: reader.take(table, WHOM, key.name, at) for key in WHOM}
    found = Whom(**{name: value for name, value in said.items() if value is not None})
    if found.side and found.side not in sides:
        reader.bad(f"{at}.side", "not one of the sides", "name one of " + ", ".join(sides), UNKNOWN)
    if found.party and found.party not in parties:
        reader.bad(f"{at}.party", "not one of the parties", "name one of " + ", ".join(parties), UNKNOWN)
    for stage in sorted(set(found.stages) - set(grid)):
        reader.bad(f"{at}.stages", f"{stage} is no stage of these terms", "name one of " + ", ".join(grid), UNKNOWN)
    every = sorted({place for places in grid.values() for place in places})
    for place in sorted(set(found.places) - set(every)):
        reader.bad(f"{at}.places", f"{place} is no place of these terms", "name one of " + ", ".join(every), UNKNOWN)
    return found


# --- in words -----------------------------------------------------------------------------------------------------


def sentence(limit: Limit, stage: str = "", place: str = "") -> Message:
    """What a limit says; `stage` and `place` where it is one of those that hold for each by itself."""
    at = {STAGE: stage, PLACE: place}
    narrowed = tuple(
        replace(
            each,
            stages=(stage,) if stage else each.stages,
            places=(place,) if place else each.places,
        )
        for each in limit.whom
    )
    each = tuple(Message(f"limit.each.{name}") for name in limit.each if not at[name])
    low, high = limit.at_least, limit.at_most
    if len(narrowed) == 1 and narrowed[0].times == 1 and narrowed[0].of == PEOPLE:
        kind, what = "people", _which(narrowed[0])
    else:
        kind, what = "sum", _sum(narrowed)
    ways: dict[str, Place] = {}
    if low is not None and high is not None:
        way, n = "both", high
        ways = {"least": low}
    else:
        way, n = ("least", low or 0) if high is None else ("most", high)
    found = Message(f"limit.{kind}.{way}", {"which": what, **ways}, n)
    return Message("limit.each", {"limit": found, "each": each}) if each else found


def _sum(whom: Sequence[Whom]) -> Message:
    added = tuple(_share(each) for each in whom if each.times > 0)
    taken = tuple(_share(each) for each in whom if each.times < 0)
    if not taken:
        return Message("limit.sum", {"added": added})
    return Message("limit.sum.less", {"added": added or (Message("limit.nobody"),), "taken": taken})


def _share(whom: Whom) -> Message:
    of = Message(f"limit.of.{whom.of}", {"which": _which(whom)})
    return of if abs(whom.times) == 1 else Message("limit.times", {"of": of, "times": abs(whom.times)})


def window_sentence(window: Window) -> Message:
    """What a window says."""
    who = _which(replace(window.whom, stages=(), places=()))
    where = _which(Whom(stages=window.whom.stages, places=window.whom.places))
    return Message("limit.window", {"which": who, "where": where})


def _which(whom: Whom) -> Place:
    """How the people are told apart, as a list."""
    said: list[Place] = [
        Message(f"limit.which.{name}", {name: value if name == "mark" else Name(value)})
        for name in ("side", "party", "to", "mark")
        if (value := getattr(whom, name))
    ]
    said += [Message(f"limit.account.{whom.account}")] if whom.account else []
    said += [Message("limit.which.places", {"places": tuple(map(Name, whom.places))})] if whom.places else []
    stages = tuple(map(Name, whom.stages))
    said += [Message("limit.which.stages", {"stages": stages}, len(stages))] if stages else []
    return tuple(said) or (Message("limit.which.all"),)
