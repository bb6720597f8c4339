"""Interview forms for print: an A4 sheet for each person, on which nothing can be written but one cross.

A sheet has two parts, to be cut apart before anybody is asked: a strip that says who it is, and the answer, which bears
a code alone. Whoever finds, takes or is made to show a filled answer learns nobody's wish from it. The question and
the boxes stand in every language of the project; what the interviewer reads stands in theirs.

    >>> from repatria.report.form_texts import TEXTS
    >>> "<script" in sheets([], Heading(Language("en", TEXTS), "camp-1", "2025-12-03"), [])
    False
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from repatria.message import Day, Message, Name
from repatria.report.language import Language

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
BOXES = ("yes", "no", "not_asked")


@dataclass(frozen=True)
class Form:
    """One person as the interviewer knows them. Never the number itself."""

    code: str
    name: str
    born: str | None


@dataclass(frozen=True)
class Heading:
    """In whose language the sheets are, for which place and day."""

    language: Language
    place: str
    day: str


def sheets(forms: Sequence[Form], heading: Heading, languages: Sequence[Language]) -> str:
    """One page for print with a sheet for each form; `languages` are those in which the question stands."""
    say = heading.language
    title = say.say(Message("form.title", {"place": Name(heading.place), "day": Day(heading.day, full=True)}))
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{say.code}" dir="{say.direction}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="robots" content="noindex">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(title)}</title>",
            f"<style>{CSS}</style>",
            "</head>",
            "<body>",
            *(_sheet(form, title, say, languages) for form in forms),
            "</body>",
            "</html>",
            "",
        ]
    )


def _sheet(form: Form, title: str, say: Language, languages: Sequence[Language]) -> str:
    def text(name: str) -> str:
        return escape(say.say(Message(f"form.{name}")))

    born = f"{text('born')} <bdi dir=ltr>{escape(form.born)}</bdi>" if form.born else ""
    return "\n".join(
        [
            "<article>",
            '<section class="strip">',
            f"<h2>{text('who')}</h2>",
            f'<p class="name"><bdi>{escape(form.name)}</bdi></p>',
            f"<p>{born}</p>" if born else "",
            _code(form, text("code")),
            "</section>",
            f'<p class="cut">{text("cut")}</p>',
            '<section class="answer">',
            f"<h1>{escape(title)}</h1>",
            _code(form, text("code")),
            f"<p>{text('alone')}</p>",
            *(_asked(each) for each in languages),
            f'<p class="rule">{text("no_reason")}</p>',
            _boxes(languages),
            "</section>",
            "</article>",
        ]
    )


def _code(form: Form, label: str) -> str:
    return f'<p class="code">{label} <bdi dir="ltr">{escape(form.code)}</bdi></p>'


def _asked(language: Language) -> str:
    question = escape(language.say(Message("form.question")))
    return f'<p class="asked" lang="{language.code}" dir="{language.direction}">{question}</p>'


def _boxes(languages: Sequence[Language]) -> str:
    """Three boxes, each with its word in every language; a row for each, so that no cross is read as another."""
    rows = []
    for box in BOXES:
        words = " · ".join(
            f'<bdi lang="{each.code}">{escape(each.say(Message(f"form.{box}")))}</bdi>' for each in languages
        )
        rows.append(f'<li><span class="box"></span> {words}</li>')
    return f'<ul class="boxes">{"".join(rows)}</ul>'


CSS = """
@page { size: A4; margin: 14mm; }
* { box-sizing: border-box; }
body { margin: 0; color: #000; background: #fff;
  font: 11pt/1.35 "Noto Sans", "Noto Sans Arabic", system-ui, sans-serif; }
article { break-after: page; break-inside: avoid; max-width: 182mm; margin: 0 auto; }
article:last-child { break-after: auto; }
h1 { font-size: 15pt; margin: 0 0 2mm; }
h2 { font-size: 10pt; font-weight: 600; margin: 0 0 1mm; }
p { margin: 0 0 2mm; }
.strip { display: grid; grid-template-columns: 1fr auto; gap: 0 6mm; padding-bottom: 2mm; }
.strip h2, .strip p { grid-column: 1; }
.strip .code { grid-column: 2; grid-row: 1 / span 3; align-self: center; }
.name { font-size: 14pt; font-weight: 600; }
.code { font-size: 10pt; }
.code bdi { display: inline-block; font: 600 17pt/1.2 ui-monospace, "Noto Sans Mono", "DejaVu Sans Mono", monospace;
  border: 0.4mm solid #000; padding: 1mm 3mm; margin-inline-start: 2mm; letter-spacing: 0.06em; }
.cut { border-top: 0.4mm dashed #000; padding-top: 1.5mm; margin-bottom: 8mm; font-size: 9pt; }
.asked { border-inline-start: 1mm solid #000; padding-inline-start: 3mm; margin: 0 0 3mm; font-size: 12pt; }
.rule { font-weight: 600; margin-top: 5mm; }
.boxes { list-style: none; margin: 4mm 0 0; padding: 0; }
.boxes li { display: flex; align-items: center; gap: 4mm; border-top: 0.2mm solid #000; padding: 3mm 0;
  font-size: 12pt; }
.boxes li:last-child { border-bottom: 0.2mm solid #000; }
.box { flex: none; width: 11mm; height: 11mm; border: 0.6mm solid #000; }
"""
