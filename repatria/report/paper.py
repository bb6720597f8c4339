"""What all paper forms share: an A4 page in black on white, each text in two languages, lines and boxes to write on.

- Two languages stand side by side, the first at the page's start: an office's own, and the reader's. Each text carries
  its language and its direction, so that Arabic beside Latin or Cyrillic letters tears neither apart.
- A page fetches nothing, runs nothing, and bears no name in its title, which printers put into headers and file names.
- Dates are written year, month, day, from left to right in every language: as a list has them, and with one reading.

    >>> pair = Pair(Language("en", {"x": "Name"}), Language("ar", {"x": "الاسم"}))
    >>> pair.say("x")
    '<span lang="en" dir="ltr">Name</span><span lang="ar" dir="rtl">الاسم</span>'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from repatria.message import Message
from repatria.people.dates import PartialDate
from repatria.report.language import Language

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True)
class Pair:
    """The two languages of a form: the office's, then the reader's."""

    first: Language
    second: Language

    def each(self, text: Callable[[Language], str]) -> str:
        """A text in both languages, each marked with its language and direction."""
        return "".join(
            f'<span lang="{one.code}" dir="{one.direction}">{escape(text(one))}</span>'
            for one in (self.first, self.second)
        )

    def say(self, name: str) -> str:
        return self.each(lambda language: language.say(Message(name)))


def page(title: str, language: Language, css: str, articles: Sequence[str]) -> str:
    """A whole document for print, a sheet for each article; `title` must say nothing of anybody."""
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{language.code}" dir="{language.direction}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="robots" content="noindex">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(title)}</title>",
            f"<style>{CSS}{css}</style>",
            "</head>",
            "<body>",
            *articles,
            "</body>",
            "</html>",
            "",
        ]
    )


def line(value: str = "") -> str:
    """A line to write on, or what stands on it already."""
    return f'<p class="line"><bdi>{escape(value)}</bdi></p>'


def boxes(groups: Sequence[int], filled: Sequence[str] = (), captions: Sequence[str] = ()) -> str:
    """Boxes for a character each, in groups from left to right; a caption, already escaped, under each group."""
    parts = []
    for at, count in enumerate(groups):
        text = filled[at] if at < len(filled) else ""
        cells = "".join(f"<i>{escape(sign)}</i>" for sign in text.ljust(count))
        caption = f'<small dir="auto">{captions[at]}</small>' if at < len(captions) else ""
        parts.append(f"<span><b>{cells}</b>{caption}</span>")
    return f'<p class="boxes" dir="ltr">{"".join(parts)}</p>'


def date_boxes(pair: Pair, date: PartialDate | None = None) -> str:
    """A date to fill in, or as much of it as is known; a span of days stands as text beside the empty boxes."""
    text = str(date) if date is not None else ""
    filled = () if "/" in text else text.split("-") if text else ()
    captions = [_caption(pair, name) for name in ("year", "month", "day")]
    spanned = f'<bdi class="span" dir="ltr">{escape(text)}</bdi>' if "/" in text else ""
    return boxes((4, 2, 2), filled, captions) + spanned


def crosses(pair: Pair, names: Sequence[str], typed: Sequence[str] = ()) -> str:
    """Boxes for one cross, each with its words; `typed` is what an officer types for each, if anything."""
    rows = []
    for at, name in enumerate(names):
        word = f'<code dir="auto">{escape(typed[at])}</code>' if at < len(typed) and typed[at] else ""
        rows.append(f'<li><span class="box"></span><span class="pair">{pair.say(name)}</span>{word}</li>')
    return f'<ul class="crosses{" typed" if typed else ""}">{"".join(rows)}</ul>'


def signed(pair: Pair, name: str) -> str:
    """A line for a signature, with the words under it."""
    return f'<div class="signed"><p class="line"></p><p class="pair">{pair.say(name)}</p></div>'


def _caption(pair: Pair, name: str) -> str:
    words = dict.fromkeys(
        f'<bdi lang="{one.code}">{escape(one.say(Message(f"paper.{name}")))}</bdi>' for one in (pair.first, pair.second)
    )
    return " · ".join(words)


CSS = """
@page { size: A4; margin: 12mm 14mm; }
* { box-sizing: border-box; }
body { margin: 0; color: #000; background: #fff;
  font: 10pt/1.3 "Noto Sans", "Noto Sans Arabic", "Noto Naskh Arabic", "DejaVu Sans", system-ui, sans-serif; }
article { break-after: page; max-width: 181mm; margin: 0 auto; }
article:last-child { break-after: auto; }
h1 { font-size: 14pt; line-height: 1.2; margin: 0 0 1.5mm; }
p { margin: 0; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 6mm; }
.note { font-size: 8.5pt; margin-bottom: 1.5mm; }
.source { font-size: 8pt; margin-bottom: 2mm; }
.field { break-inside: avoid; margin-bottom: 1.6mm; display: grid; grid-template-columns: 7mm 1fr 9mm; gap: 0 2mm; }
.field > .no { grid-row: span 2; font-weight: 600; padding-top: 0.2mm; }
.field > .column { grid-row: span 2; align-self: end; border: 0.3mm solid #000; text-align: center; font-size: 9pt; }
.field > .pair { grid-column: 2; font-size: 8.5pt; }
.field > div { grid-column: 2; display: flex; align-items: flex-end; gap: 4mm; }
.line { min-height: 7mm; width: 100%; border-bottom: 0.3mm solid #000; overflow-wrap: anywhere; font-weight: 600;
  font-size: 11pt; padding-top: 1.2mm; }
.boxes { display: inline-flex; gap: 3mm; padding-top: 0.8mm; }
.boxes b { display: flex; padding-right: 0.3mm; }
.boxes i { flex: none; width: 6mm; height: 7mm; border: 0.3mm solid #000; margin-right: -0.3mm; font-style: normal;
  font-weight: 600; text-align: center; line-height: 6.6mm; white-space: pre; }
.boxes small { display: block; font-size: 7pt; text-align: center; white-space: nowrap; }
.span { font-weight: 600; }
.crosses { list-style: none; margin: 0; padding: 0; width: 100%; }
.crosses li { display: grid; grid-template-columns: 5mm 1fr; gap: 2mm; align-items: center; padding: 0.5mm 0; }
.crosses.typed li { grid-template-columns: 5mm 1fr 46mm; }
.box { width: 4.5mm; height: 4.5mm; border: 0.4mm solid #000; }
code { font: 9pt ui-monospace, "Noto Sans Mono", "DejaVu Sans Mono", monospace; }
.signed .line { min-height: 10mm; }
.signed .pair { font-size: 8pt; padding-top: 0.5mm; }
"""
