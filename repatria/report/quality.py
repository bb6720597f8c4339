"""How good a sender's list is, as a page to send back to them: figures by row and by field, and nobody's name.

    >>> from repatria.report.list_texts import TEXTS
    >>> figures = Quality("<n>", 3, 1, 1, 1, 2, 0, (("rank", 2, 1, 0),))
    >>> page = format_quality(figures, "2025-12-01", Language("en", TEXTS))
    >>> "&lt;n&gt;" in page, "<script" in page
    (True, False)
"""

from __future__ import annotations

from html import escape

from repatria.message import Day, Message, Name, Place
from repatria.people.quality import Quality
from repatria.people.vocabulary import HEADINGS
from repatria.report.language import Language

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
CSS = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:1.5rem 0}th,td{padding:.3rem .6rem;border-bottom:1px solid #bbb}"
    "th{text-align:start;font-weight:600}td,thead th+th{text-align:end;font-variant-numeric:tabular-nums}"
)


def format_quality(quality: Quality, day: str, language: Language) -> str:
    """The page, whole in itself."""

    def say(name: str) -> str:
        return escape(language.say(Message(f"quality.{name}")))

    def number(n: int) -> str:
        return f"<td><bdi>{language.number(n)}</bdi></td>"

    places: dict[str, Place] = {"sender": Name(quality.sender), "day": Day(day, full=True)}
    title = escape(language.sentence(Message("quality.title", places)))
    rows = (
        ("rows", quality.rows), ("complete", quality.complete), ("incomplete", quality.incomplete),
        ("category", quality.category_unknown), ("doubtful", quality.doubtful), ("stopped", quality.stopped),
    )  # fmt: skip
    heads = "".join(f'<th scope="col">{say(name)}</th>' for name in ("field", "filled", "doubts", "missing"))
    headings = HEADINGS[language.code]
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{language.code}" dir="{language.direction}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="robots" content="noindex">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{title}</title>",
            f"<style>{CSS}</style>",
            "</head>",
            "<body>",
            f"<h1>{title}</h1>",
            f"<p>{say('nobody')}</p>",
            "<table><tbody>",
            *(f'<tr><th scope="row">{say(name)}</th>{number(n)}</tr>' for name, n in rows),
            "</tbody></table>",
            f"<table><thead><tr>{heads}</tr></thead><tbody>",
            *(
                f'<tr><th scope="row">{escape(headings.get(name, name))}</th>{"".join(map(number, counts))}</tr>'
                for name, *counts in quality.fields
            ),
            "</tbody></table>",
            "</body>",
            "</html>",
            "",
        ]
    )
