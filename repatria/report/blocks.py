"""A document before it is a page or a print: titles, texts, tables and pictures, in one language, in their order.

`page` makes one HTML file of it, `print_data` what the typesetter reads. Both show the same blocks, so that nothing is
on one and not on the other.

- The page has no script, fetches nothing, and allows no style but its own, which its policy names by hash.
- A picture's size is the reader's: the page has it twice, for wide and for narrow screens.
- Texts are escaped here and nowhere else. Whatever is put into them is isolated from their direction (UAX 9).

    >>> empty = Document("A title", "A kicker", "en", "ltr", "2025-12-04", ())
    >>> "<script" in page(empty, ""), print_data(empty)["blocks"]
    (False, [])
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

WIDE, NARROW, PRINTED = 720, 330, 640  # pixels
FLAT_MOST = 5  # columns for which a narrow screen has room


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2
    anchor: str = ""  # by which an address can point to it


@dataclass(frozen=True)
class Link:
    """A text that leads to an address; `here` where it leads to the present page; `lang` of the text, if another."""

    text: str
    address: str
    here: bool = False
    lang: str = ""


@dataclass(frozen=True)
class Links:
    """Links that stand together, with what they are called; a `menu` is one of the ways through the pages."""

    label: str
    links: tuple[Link, ...]
    menu: bool = False


@dataclass(frozen=True)
class Text:
    """A paragraph; `kind` is how it is set: plain, facts, note, good, bad."""

    text: str
    kind: str = "plain"


@dataclass(frozen=True)
class Items:
    """A list; under an item there may stand codes, set apart from its text."""

    items: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Figure:
    """A number to be seen first, with a title over it and lines under it; `side` chooses its colour."""

    title: str
    number: str
    lines: tuple[str, ...]
    side: int = 0


@dataclass(frozen=True)
class Boxes:
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Chart:
    """A picture: `draw` gives it for a width in pixels, "" where there is nothing to be seen."""

    draw: Callable[[int], str]
    alt: str


@dataclass(frozen=True)
class Square:
    """A code to be scanned, as SVG that stands alone, and what it is."""

    svg: str
    alt: str


@dataclass(frozen=True)
class Row:
    """Cells of a table, the first of which heads the row. A `group` has one cell, over the rows that follow it."""

    cells: tuple[str, ...]
    kind: str = "row"  # row, group, total


@dataclass(frozen=True)
class Table:
    """`numbers` are the columns of figures. Where a narrow screen has no room for the columns each row
    folds, and each cell bears its heading."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Facts:
    """Terms with codes, such as hashes."""

    facts: tuple[tuple[str, str], ...]


Block = Heading | Links | Text | Items | Boxes | Chart | Square | Table | Facts


@dataclass(frozen=True)
class Document:
    title: str
    kicker: str
    language: str
    direction: str
    day: str  # ISO; the only time that a print bears
    blocks: tuple[Block, ...]
    foot: tuple[str, ...] = field(default=())


# --- the page -------------------------------------------------------------------------------------------------------


def page(document: Document, css: str, public: bool = False) -> str:
    """The document as one HTML file, with that style sheet in it.

    Args:
        public: for everybody to find.
    """
    style = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{document.language}" dir="{document.direction}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            *([] if public else ['<meta name="robots" content="noindex">']),
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(_plain(document.title))}</title>",
            f"<style>{css}</style>",
            "</head>",
            "<body>",
            "<main>",
            "<header>",
            f'<p class="kicker">{escape(document.kicker)}</p>',
            f"<h1>{escape(document.title)}</h1>",
            *_sections(document.blocks),
            "</main>",
            "<footer>",
            *(f"<p>{escape(line)}</p>" for line in document.foot),
            "</footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def fragment(document: Document) -> str:
    """The document's header and sections alone, for a page that has its own title, style sheet and frame."""
    return "\n".join(["<header>", *_sections(document.blocks)])


def _sections(blocks: Sequence[Block]) -> list[str]:
    """What comes before the first heading belongs to the header; each heading of level 2 begins a section."""
    parts, end = [], "</header>"
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            parts += [end, "<section>"]
            end = "</section>"
        parts += _html(block)
    return [*parts, end]


def _html(block: Block) -> list[str]:
    match block:
        case Heading(text, level, anchor):
            name = f' id="{escape(anchor)}"' if anchor else ""
            return [f"<h{level}{name}>{escape(text)}</h{level}>"]
        case Links(label, links, menu):
            return _links(label, links, menu)
        case Text(text, kind):
            css = {"plain": "", "good": ' class="verdict yes"', "bad": ' class="verdict no"'}.get(
                kind, f' class="{kind}"'
            )
            return [f"<p{css}>{escape(text)}</p>"]
        case Items(items, codes):
            return ['<ul class="items">', *(_item(*each) for each in _with_codes(items, codes)), "</ul>"]
        case Boxes(figures):
            return ['<div class="directions">', *(_box(each) for each in figures), "</div>"]
        case Chart(draw, _):
            # The style sheet shows one of the two; what it does not show is not read aloud either.
            wide, narrow = draw(WIDE), draw(NARROW)
            return [f'<div class="wide">{wide}</div>', f'<div class="narrow">{narrow}</div>'] if wide else []
        case Square(svg, alt):
            return [f'<div class="square" role="img" aria-label="{escape(alt)}">{svg}</div>']
        case Table():
            return _table(block)
        case Facts(facts):
            terms = "".join(f"<dt>{escape(t)}</dt><dd><code dir=\"ltr\">{escape(c)}</code></dd>" for t, c in facts)
            return [f"<dl>{terms}</dl>"]


def _links(label: str, links: Sequence[Link], menu: bool) -> list[str]:
    items = "".join(f"<li>{_link(each)}</li>" for each in links)
    if not menu:
        return [f'<ul class="links">{items}</ul>']
    return [f'<nav class="ways" aria-label="{escape(label)}"><span>{escape(label)}</span><ul>{items}</ul></nav>']


def _link(link: Link) -> str:
    here = ' aria-current="page"' if link.here else ""
    lang = f' lang="{link.lang}" hreflang="{link.lang}"' if link.lang else ""
    return f'<a href="{escape(link.address)}"{lang}{here}>{escape(link.text)}</a>'


def _with_codes(items: Sequence[str], codes: Sequence[Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    return list(zip(items, codes or ((),) * len(items), strict=True))


def _item(text: str, codes: Sequence[str]) -> str:
    shown = "".join(f"<li><code>{escape(code)}</code></li>" for code in codes)
    return f"<li>{escape(text)}" + (f'<ul class="codes" dir="ltr">{shown}</ul>' if shown else "") + "</li>"


def _box(figure: Figure) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in figure.lines)
    return (
        f'<section class="box{figure.side}"><h2>{escape(figure.title)}</h2>'
        f'<p class="figure">{escape(figure.number)}</p>{lines}</section>'
    )


def _table(table: Table) -> list[str]:
    def css(at: int) -> str:
        return ' class="n"' if at in table.numbers else ""

    head = "".join(
        f'<th scope="col" role="columnheader"{css(at)}>{escape(name)}</th>' for at, name in enumerate(table.heads)
    )
    name = "fold" if len(table.heads) > FLAT_MOST else "flat"
    lines = [f'<table class="{name}" role="table">', f'<thead><tr role="row">{head}</tr></thead>', "<tbody>"]
    for row in table.rows:
        first, *others = row.cells
        if row.kind == "group":
            lines.append(
                f'<tr class="group" role="row"><th colspan="{len(table.heads)}" scope="colgroup" role="columnheader">'
                f"{escape(first)}</th></tr>"
            )
            continue
        cells = "".join(
            f'<td role="cell"{css(at)} data-label="{escape(table.heads[at])}">{escape(cell)}</td>'
            for at, cell in enumerate(others, 1)
        )
        name = ' class="total"' if row.kind == "total" else ""
        lines.append(f'<tr{name} role="row"><th scope="row" role="rowheader">{escape(first)}</th>{cells}</tr>')
    return [*lines, "</tbody>", "</table>"]


def _plain(text: str) -> str:
    """A text for where there is no direction to keep: the title of a window or a file."""
    return "".join(sign for sign in text if sign not in "\u200f\u2068\u2069")


# --- the print ------------------------------------------------------------------------------------------------------


def print_data(document: Document) -> Mapping[str, Any]:
    """What the typesetter's template reads, as JSON has it."""
    year, month, day = document.day.split("-")
    return {
        "title": document.title,
        "plain": _plain(document.title),
        "kicker": document.kicker,
        "lang": document.language,
        "dir": document.direction,
        "date": {"year": int(year), "month": int(month), "day": int(day)},
        "blocks": [data for block in document.blocks if (data := _data(block))],
        "foot": list(document.foot),
    }


def _data(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            return {"block": "heading", "text": text, "level": level - 1}
        case Links():
            return {}  # on paper there is nothing to press
        case Text(text, kind):
            return {"block": "text", "text": text, "kind": kind}
        case Items(items, codes):
            return {"block": "items", "items": [[text, list(under)] for text, under in _with_codes(items, codes)]}
        case Boxes(figures):
            boxes = [[each.title, each.number, list(each.lines), each.side] for each in figures]
            return {"block": "boxes", "boxes": boxes}
        case Chart(draw, alt):
            return {"block": "chart", "svg": printed(drawn), "alt": alt} if (drawn := draw(PRINTED)) else {}
        case Square(svg, alt):
            return {"block": "square", "svg": svg, "alt": alt}
        case Table(heads, rows, numbers):
            return {
                "block": "table", "heads": list(heads), "numbers": sorted(numbers),
                "rows": [[row.kind, list(row.cells)] for row in rows],
            }  # fmt: skip
        case Facts(facts):
            return {"block": "facts", "facts": [list(fact) for fact in facts]}


def printed(drawn: str) -> str:
    """A picture that stands alone: its style is in it, in the colours of paper."""
    css = CHART_CSS
    for name, colour in PAPER.items():
        css = css.replace(f"var(--{name})", colour)
    begin = drawn.index(">") + 1
    return f"{drawn[:begin]}<style>{css}</style>{drawn[begin:]}"


PAPER = {
    "paper": "#ffffff", "ink": "#000000", "soft": "#444444", "rule": "#bbbbbb", "faint": "#f2f2f2", "up": "#0b5a8a",
    "down": "#a2470a", "third": "#4b6b1d", "fourth": "#6b2f82", "bad": "#a3161b",
}  # fmt: skip
_SIDES = ("up", "down", "third", "fourth")  # more than four sides take them again
CHART_CSS = """\
.chart { font-family: "Noto Sans", "Noto Sans Arabic", system-ui, sans-serif; font-size: 12px; }
.chart text { fill: var(--soft); }
.chart .value { fill: var(--ink); font-size: 11px; }
.chart .category, .chart .legend { fill: var(--ink); }
.chart .within { font-size: 11px; fill: var(--paper); }
.chart .within.s1, .chart .within.s3 { fill: var(--ink); }
.chart .zero { stroke: var(--ink); stroke-width: 1; }
.chart .grid, .chart .row { stroke: var(--rule); stroke-width: 1; }
.chart line.bound, .chart .over { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 5 4; }
.chart text.bound { fill: var(--bad); }
.chart .end { stroke: var(--ink); stroke-width: 3; }
.chart .band { fill: var(--faint); }
.chart .seats { fill: none; stroke: var(--ink); stroke-width: 1; }
.chart .rest { fill: var(--paper); stroke: var(--ink); stroke-width: 1; stroke-dasharray: 2 2; }
.chart .area { fill-opacity: 0.18; stroke: none; }
.chart .track { fill: none; stroke-width: 1.5; }
.chart .claim { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
.chart .claim.c0 { stroke: var(--up); }
.chart .claim.c1 { stroke: var(--down); }
""" + "".join(
    f".chart .bar.s{at} {{ fill: var(--{name}); stroke: var(--{name}); stroke-width: 1;"
    f" fill-opacity: {1 if at % 2 == 0 else 0.3}; }}\n"
    f".chart .area.t{at} {{ fill: var(--{name}); }}\n"
    f".chart .track.t{at} {{ stroke: var(--{name}); }}\n"
    f".chart .side.t{at} {{ fill: var(--{name}); }}\n"
    for at, name in enumerate(_SIDES)
)
