"""Interview forms for print: an A4 sheet for each person, on which nothing can be written but one cross.

A sheet has two parts, to be cut apart before anybody is asked: a strip that says who it is, and the answer, which bears
a code alone. Whoever finds, takes or is made to show a filled answer learns nobody's wish from it. The question and
the boxes stand in every language of the project, or in the two of a blank form; what the interviewer reads stands in
theirs. The interviewer signs the strip when it is cut off, before anybody is asked: a signature says nothing of what
was answered, and the answer bears none.

    >>> from repatria.report.form_texts import TEXTS
    >>> "<script" in sheets([], Heading(Language("en", TEXTS), "camp-1", "2025-12-03"), [])
    False
    >>> blank(Pair(Language("en", TEXTS), Language("tr", TEXTS))).count('class="box"')
    3
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from repatria.message import Day, Message, Name
from repatria.report.language import Language
from repatria.report.paper import Pair, boxes, page

BOXES = ("yes", "no", "not_asked")


@dataclass(frozen=True)
class Form:
    """One person as the interviewer knows them. Never the number itself. Without a code, all is written by hand."""

    code: str
    name: str
    born: str | None


@dataclass(frozen=True)
class Heading:
    """In whose languages the sheets are, for which place and day; both are empty on a blank form."""

    language: Language
    place: str
    day: str
    second: Language | None = None

    def say(self, name: str) -> str:
        """A text of the form in the interviewer's language, and in the second one where there is one."""
        both = (self.language,) if self.second is None else (self.language, self.second)
        return "".join(
            f'<span lang="{each.code}" dir="{each.direction}">{escape(each.say(Message(f"form.{name}")))}</span>'
            for each in both
        )


def sheets(forms: Sequence[Form], heading: Heading, languages: Sequence[Language]) -> str:
    """One page for print with a sheet for each form; `languages` are those in which the question stands."""
    say = heading.language
    title = say.say(Message("form.title", {"place": Name(heading.place), "day": Day(heading.day, full=True)}))
    return page(title, say, CSS, [_sheet(form, escape(title), heading, languages) for form in forms])


def blank(pair: Pair) -> str:
    """One sheet in two languages on which code, name and place are written by hand."""
    heading = Heading(pair.first, "", "", pair.second)
    title = f'<span class="twice">{heading.say("blank")}</span>'
    plain = pair.first.say(Message("form.blank"))
    return page(plain, pair.first, CSS, [_sheet(Form("", "", None), title, heading, (pair.first, pair.second))])


def _sheet(form: Form, title: str, heading: Heading, languages: Sequence[Language]) -> str:
    text = heading.say
    born = f"{text('born')} <bdi dir=ltr>{escape(form.born)}</bdi>" if form.born else ""
    if not form.code:
        born = f'<span class="twice">{text("born")}</span><span class="rule"></span>'
    return "\n".join(
        [
            '<article class="interview">',
            '<section class="strip">',
            f'<h2 class="twice">{text("who")}</h2>',
            f'<p class="name{"" if form.code else " rule"}"><bdi>{escape(form.name)}</bdi></p>',
            f"<p>{born}</p>" if born else "",
            _code(form, text("code")),
            f'<p class="sign"><span class="twice">{text("signed")}</span><span class="rule"></span></p>',
            "</section>",
            f'<p class="cut twice">{text("cut")}</p>',
            '<section class="answer">',
            f"<h1>{title}</h1>",
            "" if form.code else f'<p class="twice">{text("place_day")}</p><p class="rule"></p>',
            _code(form, text("code")),
            f'<p class="twice">{text("alone")}</p>',
            *(_asked(each) for each in languages),
            f'<p class="firm twice">{text("no_reason")}</p>',
            _boxes(languages),
            "</section>",
            "</article>",
        ]
    )


def _code(form: Form, label: str) -> str:
    written = f'<bdi dir="ltr">{escape(form.code)}</bdi>' if form.code else boxes((5, 5, 2))
    tag = "p" if form.code else "div"
    return f'<{tag} class="code">{label} {written}</{tag}>'


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
    return f'<ul class="choice">{"".join(rows)}</ul>'


CSS = """
@page { margin: 14mm; }
.interview { font-size: 11pt; line-height: 1.35; break-inside: avoid; }
.interview h1 { font-size: 15pt; margin: 0 0 2mm; }
.interview h2 { font-size: 10pt; font-weight: 600; margin: 0 0 1mm; }
.interview p { margin: 0 0 2mm; }
.twice { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 6mm; }
.twice:has(> :nth-child(2)) > span { flex: 1 1 40%; }
.strip { display: grid; grid-template-columns: 1fr auto; gap: 0 6mm; padding-bottom: 2mm; }
.strip h2, .strip p { grid-column: 1; }
.strip .code { grid-column: 2; grid-row: 1 / span 3; align-self: center; }
.strip .sign { grid-column: 1 / -1; font-size: 9pt; }
.name { font-size: 14pt; font-weight: 600; min-height: 8mm; }
.rule { display: block; min-height: 8mm; border-bottom: 0.3mm solid #000; }
.code { font-size: 10pt; }
.code bdi { display: inline-block; font: 600 17pt/1.2 ui-monospace, "Noto Sans Mono", "DejaVu Sans Mono", monospace;
  border: 0.4mm solid #000; padding: 1mm 3mm; margin-inline-start: 2mm; letter-spacing: 0.06em; }
div.code { display: flex; align-items: end; gap: 0 3mm; margin-bottom: 3mm; }
div.code .boxes { margin: 0; }
.interview .cut { border-top: 0.4mm dashed #000; margin-bottom: 8mm; font-size: 9pt; padding-top: 1.5mm; }
.asked { border-inline-start: 1mm solid #000; padding-inline-start: 3mm; margin: 0 0 3mm; font-size: 12pt; }
.interview .firm { font-weight: 600; margin-top: 5mm; }
.choice { list-style: none; margin: 4mm 0 0; padding: 0; }
.choice li { display: flex; align-items: center; gap: 4mm; border-top: 0.2mm solid #000; padding: 3mm 0;
  font-size: 12pt; }
.choice li:last-child { border-bottom: 0.2mm solid #000; }
.choice .box { flex: none; width: 11mm; height: 11mm; border: 0.6mm solid #000; }
"""
