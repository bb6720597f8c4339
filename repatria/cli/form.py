"""`repatria form`: forms of paper in two languages, blank, or capture cards with what a list of prisoners knows.

Each is one HTML file that a browser prints, on A4 and in black; a browser also makes a PDF of it. Nobody's node is
needed. The name of a file is the user's own, and nothing of anybody stands in a title.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli.listfile import ReadAs
from repatria.cli.show import Said
from repatria.cli.verb import noun, verb
from repatria.files.locales import load_language
from repatria.files.whole import write_whole
from repatria.people.vocabulary import LANGUAGES
from repatria.problem import Problem, Problems
from repatria.report.paper import Pair

app = noun("Forms for print in two languages: capture card, private interview, medical examination.")

Two = Annotated[
    str,
    typer.Option("--languages", metavar="CODE,CODE", help=f"The office's, then the reader's: {', '.join(LANGUAGES)}."),
]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The page; its name may be printed, so no person's.")]
List = Annotated[Path | None, typer.Option("--list", metavar="FILE", help="A list of the held: a card for each.")]


@verb(app)
def capture_card(
    languages: Two,
    out: Out,
    how: ReadAs,
    file: List = None,
) -> Said:
    """The capture card (GC III 70, Annex IV B), blank; or one for each prisoner of a list, which then has names.

    Example: repatria form capture-card --languages uk,en --out card.html
    """
    from repatria.report.capture_card import CATEGORIES, capture_cards

    two = _pair(languages)
    if file is None:
        write_whole(out, capture_cards(two).encode())
        return Said({"form": "capture card", "languages": languages, "cards": 1, "filled_in": 0, "file": out.name})
    reading = how.register(how.table(file), how.columns_of(file), "held", "party")
    if reading.stopping:
        return Said(problems=reading.stopping)
    people = [person for person in reading.persons if person.person_category in CATEGORIES]
    if not people:
        do = "check the category of person; interned civilians have a card of their own (GC IV 106)"
        raise Problems([Problem("form.nobody", file.name, "no prisoner of war in the list", do, "GC III 70")])
    write_whole(out, capture_cards(two, people).encode())
    others = len(reading.persons) - len(people)
    return Said({
        "form": "capture card", "languages": languages, "cards": len(people), "filled_in": len(people),
        "not_prisoners_of_war": others, "file": out.name,
    })  # fmt: skip


@verb(app)
def interview(languages: Two, out: Out) -> dict[str, Any]:
    """The form of a private interview, blank; `clear form` writes those of a day, with their codes.

    Example: repatria form interview --languages tr,ar --out interview.html
    """
    from repatria.report.forms import blank

    write_whole(out, blank(_pair(languages)).encode())
    return {"form": "interview", "languages": languages, "file": out.name}


@verb(app)
def medical(languages: Two, out: Out) -> dict[str, Any]:
    """The form of one examination by a medical board (GC III 109 to 114), blank.

    Example: repatria form medical --languages en,ru --out medical.html
    """
    from repatria.report.medical_form import medical_form

    write_whole(out, medical_form(_pair(languages)).encode())
    return {"form": "medical", "languages": languages, "file": out.name}


def _pair(languages: str) -> Pair:
    codes = [code.strip() for code in languages.split(",")]
    if len(set(codes)) != 2 or len(codes) != 2 or not set(codes) <= set(LANGUAGES):
        raise typer.BadParameter(f"--languages is two of {', '.join(LANGUAGES)}, such as uk,en")
    return Pair(*map(load_language, codes))
