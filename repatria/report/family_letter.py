"""A family's letter, and what is held about one person, as documents: for a page and a print alike.

What a letter says is chosen by the status and the kind that follow from the facts (`families/status.py`); the only
things of this family in it are the two names, the case, and for a check the file and the code.

    >>> from repatria.report.family_texts import TEXTS
    >>> parts = Parts("north", "Invented Person", "Invented Kin", "0" * 16, "1" * 16, "2025-12-01")
    >>> letter(Told("unknown", "unknown"), parts, Language("en", TEXTS)).title
    'Letter to a family'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from repatria.families.held import About
from repatria.families.status import IN_PERSON, NOT_PLANNED, PLANNED, Told
from repatria.message import Day, Message, Name, Place
from repatria.people.vocabulary import HEADINGS
from repatria.people.written import written
from repatria.report.blocks import Block, Document, Heading, Items, Row, Square, Table
from repatria.report.blocks import Text as Paragraph
from repatria.report.language import FSI, PDI, Language


@dataclass(frozen=True)
class Check:
    """What a letter says of the page by which it is checked: its file, the code, the code's square, and the versions of
    the signed list that it must show, first and last; none while the person is on no list."""

    file: str
    code: str
    svg: str
    versions: tuple[int, int] | None


@dataclass(frozen=True)
class Parts:
    """What in a letter is of this family alone."""

    member: str
    person: str
    enquirer: str
    case: str
    letter: str
    day: str
    check: Check | None = None


def letter(told: Told, parts: Parts, language: Language) -> Document:
    """The letter that follows from the facts."""

    def say(name: str, **places: Place) -> str:
        return language.sentence(Message(f"letter.{name}", places))

    day = Day(parts.day, full=True)
    blocks: list[Block] = [
        Paragraph(say("to", enquirer=parts.enquirer), "facts"),
        Paragraph(say("dear", person=parts.person, day=day)),
        Heading(say("status")),
        Paragraph(say(f"status.{told.status}")),
        Heading(say("next")),
        Paragraph(say(f"kind.{told.kind}", **({} if told.day is None else {"day": Day(told.day, full=True)}))),
    ]
    if told.kind in (PLANNED, NOT_PLANNED, IN_PERSON):
        blocks.append(Paragraph(say("how")))
    blocks += [Heading(say("money.title")), Paragraph(say("money"), "bad")]
    blocks += [Heading(say("genuine.title")), Paragraph(say("genuine"))]
    if parts.check is not None:
        blocks += _check(parts.check, language)
    foot = (say("foot", member=Name(parts.member)), say("case", case=parts.case, letter=parts.letter))
    # A title stands in windows, in files and on the edge of prints: no name is in it.
    return Document(
        say("title"), language.put(day), language.code, language.direction, parts.day, tuple(blocks), foot
    )  # fmt: skip


def _check(check: Check, language: Language) -> list[Block]:
    def told(name: str, **places: Place) -> str:
        return language.sentence(Message(f"letter.{name}", places))

    blocks: list[Block] = [Heading(told("proof.title")), Paragraph(told("proof", file=check.file))]
    if check.versions is not None:
        first, last = check.versions
        blocks.append(Paragraph(told("proof.versions", first=first, last=last)))
    return [
        *blocks, Square(check.svg, told("proof.qr")), Paragraph(told("proof.code", code=f"\u2066{check.code}{PDI}")),
        Paragraph(told("proof.secret")),
    ]  # fmt: skip


# --- what is held about somebody ------------------------------------------------------------------------------------


_LEFT_OUT = ("national_id",)
_WITHHELD = ("neutral", "others", "plan", "number")


def about(found: About, language: Language) -> Document:
    """Everything that is held, and what is not given with the reason."""

    def say(name: str, count: int | None = None, **places: Place) -> str:
        return language.sentence(Message(f"about.{name}", places, count))

    heads = (say("column.field"), say("column.value"))
    blocks: list[Block] = [
        Paragraph(say("person", person=found.person), "facts"),
        Paragraph(say("line", member=Name(found.member), day=Day(found.day, full=True))),
        Paragraph(say("rights"), "note"),
    ]
    for held in found.records:
        kind = Message(f"about.kind.{held.kind}")
        blocks.append(Heading(say("record", kind=kind, version=held.version)))
        blocks.append(Table(heads, tuple(_row(name, text, language) for name, text in held.fields.items()
                                         if name not in _LEFT_OUT)))  # fmt: skip
    shown = [say("shown", version=version, members=tuple(map(Name, members))) for version, members in found.shown]
    blocks += _listed(say("shown.title"), shown, say("shown.nobody"))
    answers = [say("answer", member=Name(member), word=Message(f"about.word.{word}")) for member, word in found.answers]
    blocks += _listed(say("answers.title"), answers, say("answer.none"))
    record = [say("ledger", number=number, holder=Name(holder)) for number, holder in found.numbers]
    days = (("ledger.seen", found.seen_on), ("ledger.home", found.home_on))
    record += [say(name, day=Day(day, full=True)) for name, day in days if day]
    blocks += _listed(say("ledger.title"), record, say("ledger.none"))
    asked = [say("family", found.cases, letters=found.letters, handed=found.handed)] if found.cases else []
    blocks += _listed(say("family.title"), asked, say("family.none"))
    reads = [say("read", day=Day(day, full=True)) for day in found.reads]
    blocks += _listed(say("reads.title"), reads, say("reads.none"))
    blocks += _listed(say("withheld.title"), [say(f"withheld.{name}") for name in _WITHHELD], "")
    return Document(
        say("title"), language.put(Day(found.day, full=True)), language.code, language.direction, found.day,
        tuple(blocks), (say("foot"),),
    )  # fmt: skip


def _listed(title: str, lines: Sequence[str], none: str) -> list[Block]:
    return [Heading(title), Items(tuple(lines)) if lines else Paragraph(none)]


def _row(name: str, text: str, language: Language) -> Row:
    heading = HEADINGS[language.code].get(name) or name.removeprefix("name_").replace("_", " ")
    return Row((heading, f"{FSI}{written(name, text, language.code)}{PDI}"))

