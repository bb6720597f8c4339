"""The public pages in words: one renderer, for the files of a static export and for the pages of a node.

A page is a `View` of the record (`public/record.py`) put into a language. Each figure is a picture with its table, a
CSV of the same values, a permanent address, how to cite it, and what it does not mean. Where a page or a file stands
is asked of `Addresses`, so that the same page works in a folder and on a server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from repatria.exchange.publishing import LIVING
from repatria.message import Day, Message, Name, Place
from repatria.public import record as public
from repatria.public.chronology import CONFLICTS
from repatria.public.disagreements import Compared
from repatria.public.record import FILTERS, Figure, Record, View
from repatria.report.blocks import Block, Boxes, Chart, Document, Heading, Items, Link, Links, Row, Table
from repatria.report.blocks import Figure as Box
from repatria.report.blocks import Text as Paragraph
from repatria.report.language import FSI, PDI, Language
from repatria.report.plan_document import PAGE_CSS
from repatria.report.public_charts import Claim, Line, Over, by_name

LANGUAGES = {"en": "English", "uk": "Українська", "ru": "Русский", "tr": "Türkçe", "ar": "العربية"}  # as each says it


class Addresses(Protocol):
    """Where things stand, from the page that asks."""

    def codes(self) -> Sequence[str]:
        """The languages that there are."""

    def page(self, view: View, code: str) -> str:
        """A view in a language."""

    def file(self, name: str) -> str:
        """The file of a figure or table, by the name that `public/record.py` gives it, with its ending."""

    def files(self) -> Mapping[str, Sequence[str]]:
        """What can be downloaded, by kind: all, tables, figures."""


def document(record: Record, view: View, language: Language, addresses: Addresses) -> Document:
    """One page."""
    say = PublicWords(record, view, language, addresses)
    made: Mapping[str, Callable[[PublicWords], Iterator[Block]]] = {
        "index": _index, "timeline": _timeline, "returned": _returned, "gaps": _gaps, "mediators": _mediators,
        "totals": _totals, "exchange": _exchange, "data": _data,
    }  # fmt: skip
    blocks = (*_menus(say), *made[view.page](say))
    foot = (
        say("public.foot.nobody"),
        say("public.foot.made", version=record.version, edition=record.edition, hash=record.hash),
    )
    last = max([each.until for each in record.chronology.exchanges], default="1970-01-01")
    return Document(
        say.title, say("public.kicker"), language.code, language.direction, last[:10], blocks, foot
    )  # fmt: skip


@dataclass(frozen=True)
class PublicWords:
    """The language, with the record and the view in it."""

    record: Record
    view: View
    language: Language
    addresses: Addresses

    def __call__(self, name: str, count: int | None = None, /, **places: Place) -> str:
        return self.language.sentence(Message(name, places, count))

    def within(self, name: str, count: int | None = None, /, **places: Place) -> str:
        return self.language.say(Message(name, places, count))

    @property
    def title(self) -> str:
        name = f"public.{self.view.page}.title"
        return self(name, **({"conflict": self.conflict(self.view.conflict)} if self.view.conflict else {}))

    def conflict(self, code: str) -> Message:
        return Message(f"public.conflict.{code}")

    def side(self, slug: str) -> Place:
        """A side of the chronology or of the exchange; what has no text of its own is called by its name."""
        known = f"public.side.{slug}"
        return Message(known) if known in self.language.english else Name(slug)

    def who(self, slug: str) -> Place:
        """A side or a mediator."""
        known = f"public.mediator.{slug}"
        return Message(known) if known in self.language.english else self.side(slug)

    def alone(self, place: Place) -> str:
        """What stands in a cell by itself, with a capital letter where the language has one."""
        text = self.language.put(place)
        return text if isinstance(place, str) else text[:1].upper() + text[1:]

    def code(self, text: str) -> str:
        return f"{FSI}{text}{PDI}"

    def number(self, n: int | None) -> str:
        return self.within("public.unknown") if n is None else self.language.number(n)

    def range(self, least: object, most: object) -> str:
        if not isinstance(least, int) or not isinstance(most, int):
            return self.within("public.unknown")
        if least == most:
            return self.language.number(least)
        return self.within("public.range", least=least, most=most)

    def day(self, iso: object) -> str:
        text = str(iso)
        return self.language.put(Day(text, full=True)) if len(text) == len("2025-05-24") else self.code(text)

    def to(self, view: View) -> str:
        return self.addresses.page(view, self.language.code)


# --- around ---------------------------------------------------------------------------------------------------------


def _menus(say: PublicWords) -> Iterator[Block]:
    """Ways to the other pages, to the same page in other languages, and to what it can be narrowed to."""
    conflict = say.view.conflict or "ua"
    there = public.views(say.record)
    links = []
    for page in public.PAGES:
        mine = [each for each in there if each.page == page]
        if mine:
            first = next((each for each in mine if each.conflict == conflict), mine[0])
            links.append(Link(say(f"public.page.{page}"), say.to(first), page == say.view.page))
    yield Links(say("public.nav"), tuple(links), menu=True)
    languages = tuple(
        Link(LANGUAGES[code], say.addresses.page(say.view, code), code == say.language.code, code)
        for code in say.addresses.codes()
    )
    if languages:  # a page of a node has its own way to them
        yield Links(say("public.nav.languages"), languages, menu=True)
    yield from _filters(say, there)


def _filters(say: PublicWords, there: Sequence[View]) -> Iterator[Block]:
    view = say.view
    for name in FILTERS.get(view.page, ()):
        if name == "conflict":
            firsts: dict[str, View] = {}
            for each in there:
                if each.page == view.page:
                    firsts.setdefault(each.conflict, each)
            links = [
                Link(say.alone(say.conflict(code)), say.to(each), code == view.conflict)
                for code, each in firsts.items()
            ]
        else:
            links = [
                Link(_called(say, name, getattr(each, name)), say.to(each), each == view)
                for each in there
                if replace(each, **{name: ""}) == replace(view, **{name: ""})
            ]
        if len(links) > 1:
            yield Links(say(f"public.filter.{name}"), tuple(links), menu=True)


def _called(say: PublicWords, name: str, value: str) -> str:
    if not value:
        return say("public.filter.all")
    if name == "mediator":
        return say.alone(say.who(value))
    return say(f"public.counted.{value}") if name == "counted" else say.code(value)


def _about(say: PublicWords, figure: str, *does_not_mean: str) -> Iterator[Block]:
    """Under each figure: its CSV, its address, how to cite it, and what it does not mean."""
    yield Heading(say("public.not"), 3)
    yield Items(tuple(say(f"public.{say.view.page}.not.{name}") for name in does_not_mean))
    yield Heading(say("public.about"), 3)
    record = say.record
    plain = "".join(sign for sign in say.title if sign not in "\u200f\u2068\u2069")
    yield Paragraph(
        say("public.cite", title=plain, edition=record.edition, hash=record.hash, version=record.version), "note"
    )
    yield Links(say("public.about"), (
        Link(say("public.csv"), say.addresses.file(f"{figure}.csv")), Link(say("public.link"), say.to(say.view)),
    ))  # fmt: skip


# --- overview -------------------------------------------------------------------------------------------------------


def _index(say: PublicWords) -> Iterator[Block]:
    yield Paragraph(say("public.index.lead"), "facts")
    chronology = say.record.chronology
    days = [each.date for each in chronology.exchanges]
    span = say.within("public.index.from", since=say.code(min(days)[:4]), until=say.code(max(days)[:4]))
    yield Boxes((
        Box(say("public.index.exchanges"), say.number(len(chronology.exchanges)), (span,)),
        Box(say("public.index.statements"), say.number(len(chronology.statements)), (say.within("public.index.each"),)),
        Box(say("public.index.sources"), say.number(len(chronology.sources)), (), 2),
        Box(say("public.index.disagreements"), say.number(len(say.record.disagreements)),
            (say.within("public.index.listed"),), 1),
    ))  # fmt: skip
    for page in ("timeline", "returned", "gaps", "mediators", "totals", "exchange", "data"):
        mine = [each for each in public.views(say.record) if each.page == page]
        if not mine:
            continue
        yield Heading(say(f"public.page.{page}"), 2, page)
        if page == "returned":
            yield Paragraph(say("public.returned.lead", counted=Message("public.counted.came-home")))
            mine = [each for each in mine if each.counted == "came-home"]
        else:
            yield Paragraph(say(f"public.{page}.lead"))
        firsts = {each.conflict: each for each in reversed(mine)}
        yield Links(say("public.filter.conflict"), tuple(
            Link(say.alone(say.conflict(code)) if code else say(f"public.{page}.title"), say.to(firsts[code]))
            for code in (*CONFLICTS, "") if code in firsts
        ))  # fmt: skip


# --- timeline -------------------------------------------------------------------------------------------------------


def _timeline(say: PublicWords) -> Iterator[Block]:
    view, figure = say.view, public.timeline(say.record, say.view)
    first, second = CONFLICTS[view.conflict][:2]
    yield Heading(say("public.page.timeline"), 2, "timeline")
    yield Paragraph(say("public.timeline.lead"))
    if not figure.rows:
        yield Paragraph(say("public.timeline.none"))
        return
    at = {name: place for place, name in enumerate(figure.columns)}
    bars = [
        (_ordinal(row[at["date"]]), _whole(row[at[f"{first}_most"]]), _whole(row[at[f"{second}_most"]]))
        for row in figure.rows if row[at["counted"]] == "came-home"
    ]  # fmt: skip
    names = (say.language.put(say.side(first)), say.language.put(say.side(second)))
    alt = say("public.timeline.alt", first=say.side(first), second=say.side(second))
    if bars:
        days = [day for day, _, _ in bars]
        yield Chart(lambda width: Over(days, say.language, width).both_ways(bars, names, alt), alt)
    rows = []
    for row in figure.rows:
        cell = dict(zip(figure.columns, row, strict=True))
        home = [
            say.within("public.withheld") if cell["numbers"] else say.range(cell[f"{side}_least"], cell[f"{side}_most"])
            for side in (first, second)
        ]
        by = tuple(say.who(name) for name in str(cell["mediators"] or "").split())
        number = say.code(str(cell["number"])) if cell["number"] else "–"
        rows.append(Row((
            say.day(cell["date"]), say(f"public.kind.{cell['kind']}"), number, *home,
            say.alone(by) if by else "–", say.number(_whole(cell["sources"])),
        )))  # fmt: skip
    heads = (
        say("public.col.day"), say("public.col.kind"), say("public.col.number"),
        *(say("public.col.home", side=say.side(side)) for side in (first, second)), say("public.col.by"),
        say("public.col.sources"),
    )  # fmt: skip
    yield Table(heads, tuple(rows), frozenset({2, 3, 4, 6}))
    yield from _about(say, view.slug, "missing", "equal", "withheld")


# --- who came home --------------------------------------------------------------------------------------------------


def _returned(say: PublicWords) -> Iterator[Block]:
    view, figure = say.view, public.returned(say.record, say.view)
    sides = CONFLICTS[view.conflict][:2]
    yield Heading(say("public.page.returned"), 2, "returned")
    yield Paragraph(say("public.returned.lead", counted=Message(f"public.counted.{view.counted}")))
    for side in sides:
        if missing := public.without_a_figure(say.record, view, side):
            yield Paragraph(say("public.returned.missing", missing, side=say.side(side)), "note")
    found = _claims_for(say)
    lines, claims = _lines(say, figure, sides), [
        Claim(sides.index(each.total.of), _ordinal(each.total.until), each.total.value) for each in found
    ]  # fmt: skip
    alt = say("public.returned.alt", first=say.side(sides[0]), second=say.side(sides[1]))
    days = [day for line in lines for day, _, _ in line.points] + [claim.day for claim in claims]
    yield Chart(
        lambda width: Over(days, say.language, width).added(lines, claims, alt, say("public.legend.claim")), alt
    )
    heads = [say("public.col.day")]
    for side in sides:
        heads += [say("public.col.side", side=say.side(side)), say("public.col.sofar", side=say.side(side))]
    rows = []
    for row in figure.rows:
        one, other = row[2:6], row[6:10]
        cells = [cell for ends in (one, other) for cell in (
            "–" if ends[0] is None else say.range(*ends[:2]), say.range(*ends[2:]),
        )]  # fmt: skip
        rows.append(Row((say.day(row[0]), *cells)))
    yield Table(tuple(heads), tuple(rows), frozenset({1, 2, 3, 4}))
    yield from _about(say, view.slug, "rule", "prisoners", "balance")
    if found:
        yield Heading(say("public.returned.claims"), 2, "claims")
        yield Paragraph(say("public.returned.claims.lead"))
        yield _compared(say, found)


def _lines(say: PublicWords, figure: Figure, sides: Sequence[str]) -> list[Line]:
    found = []
    for number, side in enumerate(sides):
        least, most = (figure.columns.index(f"{side}_{name}") for name in ("sum_least", "sum_most"))
        points = tuple((_ordinal(row[0]), _whole(row[least]), _whole(row[most])) for row in figure.rows)
        found.append(Line(number, say.language.put(say.side(side)), points))
    return found


def _claims_for(say: PublicWords) -> list[Compared]:
    """Totals by this counting rule that count from the first exchange on: these can stand beside the line."""
    view = say.view
    mine = [
        each for each in say.record.compared
        if (each.total.conflict, each.total.counted) == (view.conflict, view.counted)
    ]  # fmt: skip
    first = min((each.total.since for each in mine), default="")
    return [each for each in mine if each.total.since == first]


def _compared(say: PublicWords, found: Sequence[Compared]) -> Table:
    heads = tuple(
        say(f"public.col.{name}") for name in ("said_on", "speaker", "counted", "span", "said", "ours", "verdict")
    )
    rows = []
    for each in found:
        total = each.total
        number = say.number(total.value)
        counted = say(f"public.counted.{total.counted}")
        counted += f": {say.language.put(say.side(total.of))}" if total.of else ""
        counted += f" ({say.language.put(say.who(total.mediator))})" if total.mediator else ""
        plural = each.unknown if each.verdict in ("known", "short") else None
        rows.append(Row((
            say.day(total.said_on), say.alone(say.who(total.said_by)) if total.said_by else say.code(total.source),
            counted, f"{say.code(total.since)} – {say.code(total.until)}",
            say.within("public.over", number=number) if total.qualifier else number,
            say.range(each.ours.least, each.ours.most), say.within(f"public.verdict.{each.verdict}", plural),
        )))  # fmt: skip
    return Table(heads, tuple(rows), frozenset({4, 5}))


# --- between exchanges, by mediator ---------------------------------------------------------------------------------


def _gaps(say: PublicWords) -> Iterator[Block]:
    figure = public.gaps(say.record, say.view)
    yield Heading(say("public.page.gaps"), 2, "gaps")
    yield Paragraph(say("public.gaps.lead"))
    longest = max(figure.rows, key=lambda row: _whole(row[2]))
    since, until = (Day(str(day), full=True) for day in longest[:2])
    yield Paragraph(say("public.gaps.longest", _whole(longest[2]), since=since, until=until))
    spans = [(_ordinal(row[0]), _ordinal(row[1])) for row in figure.rows]
    days = [day for span in spans for day in span]
    alt = say("public.gaps.alt")
    yield Chart(lambda width: Over(days, say.language, width).gaps(spans, alt), alt)
    rows = tuple(Row((say.day(row[0]), say.day(row[1]), say.number(_whole(row[2])))) for row in figure.rows)
    yield Table((say("public.col.from"), say("public.col.to"), say("public.col.days")), rows, frozenset({2}))
    yield from _about(say, say.view.slug, "talks", "forecast")


def _mediators(say: PublicWords) -> Iterator[Block]:
    figure = public.mediators(say.record, say.view)
    yield Heading(say("public.page.mediators"), 2, "mediators")
    yield Paragraph(say("public.mediators.lead"))
    named = [
        (say.alone(say.who(str(row[0]))) if row[0] else say("public.mediators.nobody"), row) for row in figure.rows
    ]
    alt = say("public.mediators.alt")
    bars = [(name, _whole(row[3]), _whole(row[4])) for name, row in named if row[3] is not None]
    yield Chart(lambda width: by_name(bars, say.language, width, alt), alt)
    heads = tuple(say(f"public.col.{name}") for name in ("mediator", "exchanges", "without", "people"))
    rows = tuple(
        Row((name, say.number(_whole(row[1])), say.number(_whole(row[2])), say.range(row[3], row[4])))
        for name, row in named
    )
    yield Table(heads, rows, frozenset({1, 2, 3}))
    yield from _about(say, say.view.slug, "cause", "own")


# --- published totals and disagreements -----------------------------------------------------------------------------


def _totals(say: PublicWords) -> Iterator[Block]:
    conflict = say.view.conflict
    found = [each for each in say.record.compared if each.total.conflict == conflict]
    if found:
        yield Heading(say("public.page.totals"), 2, "totals")
        yield Paragraph(say("public.totals.lead"))
        yield _compared(say, found)
    differing = public.disagreements_of(say.record, conflict)
    if differing:
        yield Heading(say("public.totals.differ"), 2, "disagreements")
        yield Paragraph(say("public.totals.differ.lead"))
        rows = []
        for each in differing:
            known = "cell" if each.cell in ("date", "ordinal") else "counted"
            what = say(f"public.{known}.{each.cell}")
            what += f": {say.language.put(say.side(each.of))}" if each.of and known == "counted" else ""
            values = "; ".join(
                f"{say.code(value)} ({', '.join(say.code(voice.source) for voice in voices)})"
                for value, voices in each.values
            )
            rows.append(Row((say.code(each.where), what, values)))
        heads = (say("public.col.exchange"), say("public.col.what"), say("public.col.values"))
        yield Table(heads, tuple(rows))
    yield from _about(say, say.view.slug, "wrong", "true")


# --- one exchange ---------------------------------------------------------------------------------------------------


def _exchange(say: PublicWords) -> Iterator[Block]:
    ledger = say.record.ledger
    assert ledger is not None
    yield Paragraph(say("public.exchange.lead"), "facts")
    rows = () if ledger.table is None else ledger.table.rows
    told = {each.side: sum(row.received for row in rows if (row.side, row.kind) == (each.side, LIVING))
            for each in ledger.agreed}  # fmt: skip
    if ledger.agreed:
        yield Heading(say("public.exchange.agreed"), 2, "agreed")
        yield Paragraph(say("public.exchange.agreed.lead"))
        heads = (say("public.col.held_by"), say("public.col.agreed"), say("public.col.done"))
        yield Table(heads, tuple(
            Row((say.alone(say.side(each.side)), say.number(each.people), say.number(told[each.side])))
            for each in ledger.agreed
        ), frozenset({1, 2}))  # fmt: skip
    yield Heading(say("public.exchange.done"), 2, "counts")
    yield Paragraph(say("public.exchange.done.lead"))
    if not rows:
        yield Paragraph(say("public.exchange.none"))
    else:
        yield from _proven(say)
    yield Heading(say("public.exchange.claims"), 2, "claims")
    yield _said(say) if ledger.claims else Paragraph(say("public.exchange.claims.none"))
    if ledger.claims:
        yield Paragraph(say("public.exchange.claims.stands"))
        yield Links(say("public.about"), (Link(say("public.csv"), say.addresses.file("claims.csv")),))


def _proven(say: PublicWords) -> Iterator[Block]:
    ledger = say.record.ledger
    assert ledger is not None
    assert ledger.table is not None
    sides = sorted({row.side for row in ledger.table.rows if row.kind == LIVING})
    lines = []
    for number, side in enumerate(sides):
        sofar, points = 0, []
        for row in ledger.table.rows:
            if (row.side, row.kind) == (side, LIVING):
                sofar += row.received
                points.append((_ordinal(row.until), sofar, sofar))
        lines.append(Line(number, say.language.put(say.side(side)), tuple(points)))
    claims = [
        Claim(at, _ordinal(claim["until"]), int(claim["number"]))
        for claim in ledger.claims
        if (at := _line_of(claim, sides)) is not None
    ]
    days = [day for line in lines for day, _, _ in line.points] + [claim.day for claim in claims]
    alt = say("public.exchange.alt")
    yield Chart(
        lambda width: Over(days, say.language, width).added(lines, claims, alt, say("public.exchange.claims")), alt
    )
    heads = tuple(say(f"public.col.{name}") for name in ("held_by", "who", "from", "to", "received"))
    rows = [
        Row((say.alone(say.side(row.side)), say(f"public.who.{row.kind}"), say.day(row.since), say.day(row.until),
             say.number(row.received)))
        for row in ledger.table.rows
    ]  # fmt: skip
    rows += [
        Row((say.alone(say.side(held.side)), say(f"public.who.{held.kind}"), say.day(held.since), say.day(held.until),
             say.within("public.exchange.held")))
        for held in ledger.table.held_back
    ]  # fmt: skip
    yield Table(heads, tuple(rows), frozenset({4}))
    if ledger.proof:
        yield Links(say("public.about"), (Link(say("public.exchange.proof"), say.addresses.file("counts-proof.json")),))
    yield from _about(say, say.view.slug, "person", "rest", "claims")


def _line_of(claim: Mapping[str, object], sides: Sequence[str]) -> int | None:
    """The line that a claim can stand beside: of the other side's people, counted as those who came home are."""
    if claim["counted"] != "came-home" or claim["of"] not in sides or len(sides) != 2:
        return None
    return 1 - sides.index(str(claim["of"]))


def _said(say: PublicWords) -> Table:
    ledger = say.record.ledger
    assert ledger is not None
    heads = tuple(say(f"public.col.{name}") for name in ("said_on", "speaker", "counted", "span", "said", "stands"))
    rows = []
    for each in ledger.claims:
        counted = say(f"public.counted.{each['counted']}")
        counted += f": {say.language.put(say.side(str(each['of'])))}" if each["of"] else ""
        span = f"{say.day(each['since']) if each['since'] else '…'} – {say.day(each['until'])}"
        rows.append(Row((
            say.day(each["said_on"]), say.code(str(each["speaker"])), counted, span, say.number(int(each["number"])),
            say(f"claim.status.{each['status']}"),
        )))  # fmt: skip
    return Table(heads, tuple(rows), frozenset({4}))


# --- data -----------------------------------------------------------------------------------------------------------


def _data(say: PublicWords) -> Iterator[Block]:
    yield Paragraph(say("public.data.lead"), "facts")
    yield Paragraph(say("public.data.correct"))
    for kind, names in say.addresses.files().items():
        yield Heading(say(f"public.data.{kind}"), 2, kind)
        yield Links(say(f"public.data.{kind}"), tuple(
            Link(say.code(say.addresses.file(name).rpartition("/")[2]), say.addresses.file(name)) for name in names
        ))  # fmt: skip
    yield Heading(say("public.not"), 2, "not")
    yield Items((say("public.data.not.complete"), say("public.data.not.people")))


def _ordinal(day: object) -> int:
    """A day's number; the middle of a month of which no day is known."""
    text = str(day)
    return date.fromisoformat(text if len(text) > len("2025-05") else f"{text}-15").toordinal()


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


PUBLIC_CSS = (
    PAGE_CSS
    + """
body { max-width: 60rem; }
h1 + nav.ways { margin-top: 0.75rem; }
.directions { gap: 1.25rem 1.5rem; }
nav.ways { display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; margin: 0 0 0.4rem; }
nav.ways span { color: var(--soft); font-size: 0.8125rem; font-weight: 600; }
nav.ways ul { display: flex; flex-wrap: wrap; gap: 0 0.9rem; }
nav.ways a { display: inline-block; padding: 0.3rem 0; }
nav.ways a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
nav.ways { justify-content: flex-start; }
nav.ways ul, nav.ways li { margin: 0; padding: 0; }
nav.ways a { margin: 0; }
.links { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0.25rem 0 0.75rem; padding: 0; }
.links li, .items li, nav.ways li { list-style: none; }
.items { padding: 0; }
.links a { display: inline-block; padding: 0.3rem 0; overflow-wrap: anywhere; }
@media (max-width: 36rem) { .directions { grid-template-columns: 1fr 1fr; } }
@media print { nav.ways { display: none; } a { color: inherit; text-decoration: none; } }
"""
)
