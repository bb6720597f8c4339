"""The medical form for print, in two languages: a sheet for the examination by a board, and one for its decision alone.

- Health alone decides, "regardless of number or rank": the form has no line for rank, unit, points or place in a
  queue, and none for the wish, which the neutral asks in private.
- What was found stays with the board. The second sheet has the number and the decision, in the words that
  `repatria clear board` takes in, with the letters that the model certificate has for them, and no name.
- The paper has what Art. 110 asks of a doctor and leaves the answer to them: nothing on it adds up.

Source: GC III Art. 109, 110, 112-114; Annex I; Annex II Art. 10 and 11; Annex IV E for the letters A, B and NC.

    >>> [word for word, _ in DECISIONS]
    ['direct_repatriation', 'neutral_eligible', 'rejected', 'later']
"""

from __future__ import annotations

from collections.abc import Sequence

from repatria.exchange.medical import FINDINGS
from repatria.message import Message
from repatria.people.vocabulary import HEADINGS
from repatria.report.paper import Pair, crosses, date_boxes, line, page, signed

DECISIONS = tuple(zip(FINDINGS[1:], ("A", "B", "", "NC"), strict=True))
"""Each finding of a board, and its letter on the model certificate."""
BOARDS = ("mixed", "own")
KINDS = ("wound", "sickness", "accident")
PRESENTED = ("authorities", "physician", "representative", "power", "alone")
"""By whom somebody may be presented (Art. 113, first and second paragraphs)."""
QUESTIONS = ("recovery", "treatment", "fitness", "permanent", "captivity", "neutral", "travel")
"""What Art. 109 and 110 ask of a doctor, each answered with yes, no, or not to be told."""


def medical_form(pair: Pair) -> str:
    """One blank form, of two sheets."""
    return page(pair.first.say(Message("medical.title")), pair.first, CSS, [_examination(pair), _decision(pair)])


def _examination(pair: Pair) -> str:
    def heading(name: str) -> str:
        return pair.each(lambda language: HEADINGS[language.code][name])

    def say(name: str) -> str:
        return pair.say(f"medical.{name}")

    return _sheet(
        pair,
        ("title", "health_alone", "secret", "wish"),
        _two(
            _asked(pair.say("paper.number"), line()), _asked(heading("service_number"), line()),
            _asked(heading("family_name"), line()), _asked(heading("given_names"), line()),
            _asked(heading("date_of_birth"), date_boxes(pair)), _asked(heading("place_of_detention"), line()),
            _asked(say("board"), crosses(pair, [f"medical.board.{name}" for name in BOARDS])),
            _asked(say("kind"), crosses(pair, [f"medical.kind.{name}" for name in KINDS])),
        ),
        _asked(say("presented"), crosses(pair, [f"medical.presented.{name}" for name in PRESENTED])),
        _two(_asked(say("injury"), line() + line()), _asked(say("since"), date_boxes(pair))),
        _asked(say("found"), line() * 3),
        _questions(pair),
        _two(
            _asked(say("paragraph"), line()), _asked(say("examined"), date_boxes(pair)),
            _asked(say("present"), line()), signed(pair, "medical.signed.doctor"),
        ),
    )  # fmt: skip


def _decision(pair: Pair) -> str:
    typed = [f"{letter} {word}".strip() for word, letter in DECISIONS]
    words = [f"medical.decision.{word}" for word, _ in DECISIONS]
    return _sheet(
        pair,
        ("decision", "nameless"),
        _two(_asked(pair.say("paper.number"), line()), _asked(pair.say("paper.date"), date_boxes(pair))),
        _asked(pair.say("medical.majority"), crosses(pair, words, typed)),
        f'<p class="note pair">{pair.say("medical.told")}</p>',
        *(signed(pair, f"medical.signed.{name}") for name in ("chair", "neutral", "detaining")),
    )


def _sheet(pair: Pair, texts: Sequence[str], *parts: str) -> str:
    title, *notes = texts
    return "\n".join(
        [
            '<article class="medical">',
            f'<h1 class="pair">{pair.say(f"medical.{title}")}</h1>',
            '<p class="source"><bdi dir="ltr">GC III 109, 110, 112, 113, 114; Annex I, II</bdi></p>',
            *(f'<p class="note pair">{pair.say(f"medical.{name}")}</p>' for name in notes),
            *parts,
            "</article>",
        ]
    )


def _two(*parts: str) -> str:
    return f'<div class="two">{"".join(parts)}</div>'


def _asked(label: str, written: str) -> str:
    return f'<section class="asked"><p class="pair">{label}</p>{written}</section>'


def _questions(pair: Pair) -> str:
    answers = "".join(f'<th scope="col"><p>{pair.say(f"medical.{name}")}</p></th>' for name in ("yes", "no", "open"))
    empty = '<td><span class="box"></span></td>' * 3
    rows = "".join(
        f'<tr><th scope="row"><p class="pair">{pair.say(f"medical.ask.{name}")}</p></th>{empty}</tr>'
        for name in QUESTIONS
    )
    return f"<table><thead><tr><td></td>{answers}</tr></thead><tbody>{rows}</tbody></table>"


CSS = """
@page { margin: 10mm 14mm; }
.medical h1 { margin: 0; }
.medical .note { font-size: 8pt; line-height: 1.25; margin-bottom: 1mm; }
.medical .source { margin-bottom: 1mm; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 6mm; }
.asked { break-inside: avoid; margin-bottom: 1.5mm; }
.asked > .pair { font-size: 8.5pt; gap: 0 3mm; }
.medical .line { min-height: 5.6mm; padding-top: 0.5mm; }
.medical .crosses { font-size: 8.5pt; line-height: 1.2; }
.medical .crosses li { padding: 0.2mm 0; }
.two .crosses .pair { gap: 0 2mm; font-size: 8.5pt; }
table { border-collapse: collapse; width: 100%; margin: 1.5mm 0; font-size: 8.5pt; line-height: 1.2; }
th { text-align: start; font-weight: 400; }
thead th { width: 15mm; font-size: 7.5pt; vertical-align: bottom; }
thead th p { display: grid; }
thead th span { text-align: center; }
tbody td, tbody th { border-top: 0.2mm solid #000; padding: 0.5mm 0; }
tbody td { text-align: center; }
td .box { display: inline-block; vertical-align: middle; width: 4mm; height: 4mm; }
article + .medical .asked, article + .medical .signed { margin-bottom: 6mm; }
article + .medical .crosses { font-size: 11pt; }
article + .medical .crosses li { padding: 2mm 0; }
article + .medical .note { font-size: 9.5pt; }
"""
