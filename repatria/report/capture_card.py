"""The capture card for print, in two languages: blank, or with what a register knows of each prisoner.

- It asks what the model card asks and nothing else. Unit, arm of service and place of capture are not on it: a
  prisoner need not tell them, and no form of ours asks for them.
- Lines stand in the order of the list template, each with its column, so that the card is typed from top to bottom;
  the number before a line is the model's own.
- State of health, address of the next of kin, date and signature are the prisoner's to write, whatever a register
  knows. A list takes no address of kin, and its line has no column.

Source: GC III Art. 70 and Annex IV B, which is to be made out "in two or three languages, particularly in the
prisoner's own language and in that of the Detaining Power"; Art. 17, first and fourth paragraphs.

    >>> CARD[0], column("record_id"), column("date_of_birth")
    ('family_name', 'A', 'G')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from repatria.message import Message
from repatria.people.dictionary import CAPTURE_CARD
from repatria.people.person import Person
from repatria.people.table import column_letters
from repatria.people.vocabulary import HEADINGS, word_for
from repatria.people.written import TEMPLATE
from repatria.report.paper import Pair, crosses, date_boxes, line, page, signed

CARD = tuple(name for name in TEMPLATE if name in CAPTURE_CARD and name != "medical_category")
"""The fields that have a line; the state of health has boxes."""
HEALTH: Mapping[str, str] = {
    "good": "fit", "not_wounded": "fit", "recovered": "fit", "convalescent": "", "sick": "sick",
    "slightly_wounded": "wounded", "seriously_wounded": "seriously_wounded",
}  # fmt: skip
"""The model's words for the state of health, and the word of a list for each; a list has none for convalescents."""
CATEGORIES = ("prisoner_of_war", "retained_personnel", None)
"""Whose card it is: prisoners, those who are treated as well as they (GC III 33), and whose category is not known."""
_DATES = ("date_of_birth", "capture_date")


def column(name: str) -> str:
    """The letter of the column of the list template that a field is typed into."""
    return column_letters(TEMPLATE.index(name))


def capture_cards(pair: Pair, people: Sequence[Person] = ()) -> str:
    """A card for each person, or one blank card."""
    title = pair.first.say(Message("card.title"))
    return page(title, pair.first, CSS, [_card(pair, person) for person in people or (Person(),)])


def _card(pair: Pair, person: Person) -> str:
    fields = [_field(pair, name, person) for name in CARD]
    # Where the model has them: between the service number and the day of capture; the way here after that day.
    kin = _row("9", pair.say("card.kin"), f'<div class="lines">{line()}{line()}</div>', "")
    coming = f'<div class="coming"><p class="pair">{pair.say("card.coming")}</p>{line()}</div>'
    at = CARD.index("capture_date")
    captured = fields[at].replace("</div></section>", f"{coming}</div></section>")
    health = _row("11", pair.say("card.health"), _health(pair), column("medical_category"))
    ends = [
        _row("13", pair.say("paper.date"), date_boxes(pair), ""),
        _row("14", pair.say("card.signature"), signed(pair, "card.written"), ""),
    ]
    rows = [*fields[:at], kin, captured, *fields[at + 1 :], health, f'<div class="ends">{"".join(ends)}</div>']
    return "\n".join(
        [
            '<article class="card">',
            '<header class="post">',
            f'<p class="pair">{pair.say("card.post")}</p>',
            f'<p class="pair to">{pair.say("card.to")}</p>',
            "</header>",
            f'<h1 class="pair">{pair.say("card.title")}</h1>',
            '<p class="source"><bdi dir="ltr">GC III 70, Annex IV B</bdi></p>',
            *(f'<p class="note pair">{pair.say(f"card.{name}")}</p>' for name in ("when", "free", "letters")),
            _row("", pair.say("card.number"), line(person.record_id or ""), column("record_id")),
            *rows,
            "</article>",
        ]
    )


def _field(pair: Pair, name: str, person: Person) -> str:
    label = pair.each(lambda language: HEADINGS[language.code][name])
    value = getattr(person, name)
    written = date_boxes(pair, value) if name in _DATES else line(value or "")
    return _row(CAPTURE_CARD[name], label, written, column(name))


def _health(pair: Pair) -> str:
    names = [f"card.health.{name}" for name in HEALTH]
    code, arrow = pair.first.code, "←" if pair.first.direction == "rtl" else "→"
    typed = [f"{arrow} {word_for('medical_category', word, code)}" if word else "" for word in HEALTH.values()]
    return crosses(pair, names, typed)


def _row(number: str, label: str, written: str, letter: str) -> str:
    box = f'<span class="column">{escape(letter)}</span>' if letter else "<span></span>"
    return (
        f'<section class="field"><span class="no">{number}</span><p class="pair">{label}</p>{box}'
        f"<div>{written}</div></section>"
    )


CSS = """
@page { margin: 10mm 14mm; }
.card h1 { font-size: 13pt; margin: 0 0 1mm; }
.card .note { font-size: 8pt; line-height: 1.25; margin-bottom: 1mm; }
.card .source { margin-bottom: 1mm; }
.card .field { margin-bottom: 0.8mm; }
.card .line { min-height: 6.8mm; padding-top: 1mm; }
.card .crosses { display: grid; grid-template-columns: 1fr 1fr; gap: 0 4mm; font-size: 8.5pt; }
.card .crosses li { padding: 0.3mm 0; }
.card .crosses.typed li { grid-template-columns: 5mm 1fr auto; }
.card .crosses .pair { display: flex; flex-wrap: wrap; gap: 0 2.5mm; }
.card .crosses code { font-size: 8pt; }
.lines { width: 100%; }
.card .signed .line { min-height: 8mm; }
.card .signed { width: 100%; }
.coming { flex: 1; }
.coming .pair { font-size: 8pt; }
.ends { display: grid; grid-template-columns: 2fr 3fr; gap: 0 4mm; }
.ends .field { grid-template-columns: 7mm 1fr; }
.ends .field > span:nth-child(3) { display: none; }
.post { border: 0.3mm solid #000; padding: 1mm 3mm; margin-bottom: 2mm; font-size: 8.5pt; }
.post .to { font-weight: 600; }
"""
