"""Interviews on paper: a code that a person can write down, and typed answers read back and compared.

A form bears a short code and not the number: ten of its digits, and two that check them, so that a slip of the pen is
found out (ISO 7064 MOD 97-10: every wrong digit, every two neighbours exchanged). A code means something only beside
the list of those who are at the place.

Answers are typed by two people from the same papers. Whatever the two do not both have, alike and once, is a problem
with its place in each file; nothing is taken in before there is none. A problem never says what an answer was.

    >>> short("3fa9c01b7e" + "0" * 22)
    '3fa9c-01b7e-14'
    >>> found = numbers_of(["3fa9c01b7e" + "0" * 22])
    >>> known(" 3FA9C 01B7E 14", found) == "3fa9c01b7e" + "0" * 22, known("3fa9c-01b7f-14", found)
    (True, None)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from repatria.people.table import Table
from repatria.problem import Problem

YES, NO, NOT_ASKED = "yes", "no", "not-asked"
ANSWERS = (YES, NO, NOT_ASKED)
COLUMNS = ("code", "answer")
DIGITS = 10


def short(number: str) -> str:
    """The code of a number, as a form bears it."""
    head = number[:DIGITS]
    check = 98 - int(head, 16) * 100 % 97
    return f"{head[: DIGITS // 2]}-{head[DIGITS // 2 :]}-{check:02}"


def numbers_of(numbers: Collection[str]) -> dict[str, str]:
    """Code -> number, for those at a place. Two who would share a code have none: they are not asked on paper."""
    codes: dict[str, str] = {}
    for number in numbers:
        code = short(number)
        codes[code] = "" if code in codes else number
    return {code: number for code, number in codes.items() if number}


def known(written: str, codes: Mapping[str, str]) -> str | None:
    """The number that somebody's writing of a code stands for; None where the digits do not check, or nobody has it."""
    kept = "".join(written.split()).replace("-", "").lower()
    if len(kept) != DIGITS + 2:
        return None
    return codes.get(f"{kept[: DIGITS // 2]}-{kept[DIGITS // 2 : DIGITS]}-{kept[DIGITS:]}")


@dataclass(frozen=True)
class Typed:
    """One person's typing: where each number stands, and what it says. The answers are nobody else's to see."""

    at: Mapping[str, str]
    answers: Mapping[str, str]


def read_typed(table: Table, codes: Mapping[str, str]) -> tuple[Typed, list[Problem]]:
    """The answers in one file, and every problem of it at once."""
    missing = [name for name in COLUMNS if name not in table.heading]
    if missing:
        do = "give the columns " + " and ".join(COLUMNS)
        return Typed({}, {}), [Problem("paper.columns", table.file, f'no column "{name}"', do) for name in missing]
    code_at, answer_at = (table.heading.index(name) for name in COLUMNS)
    at: dict[str, str] = {}
    answers: dict[str, str] = {}
    problems: list[Problem] = []
    for row in table.rows:
        where = table.place(row.number)
        number = known(row.cells[code_at], codes)
        answer = row.cells[answer_at].lower()
        if number is None:
            what = "a code that does not check, or of nobody at this place"
            problems.append(Problem("paper.code", where, what, "look at the paper again"))
        elif number in at:
            what = f"a code that stands above already, at {at[number]}"
            problems.append(Problem("paper.twice", where, what, "look at both papers; each has a code of its own"))
        if answer not in ANSWERS:
            problems.append(Problem("paper.answer", where, "no answer", "write one of " + ", ".join(ANSWERS)))
        if number is not None and number not in at:
            at[number], answers[number] = where, answer
    return Typed(at, answers), problems


def compare(first: Typed, second: Typed, names: tuple[str, str], codes: Mapping[str, str]) -> list[Problem]:
    """Everything that the two do not have alike, and everybody at the place whom neither has."""
    problems = []
    for code, number in sorted(codes.items()):
        places = [typed.at.get(number) for typed in (first, second)]
        if places == [None, None]:
            what = f"nobody has typed the paper {code}"
            do = f"type it in both; write {NOT_ASKED} for somebody who was not asked"
            problems.append(Problem("paper.missing", " and ".join(names), what, do))
        elif None in places:
            has, lacks = (0, 1) if places[1] is None else (1, 0)
            what = f"not in {names[lacks]}"
            problems.append(Problem("paper.once", f"{places[has]}", what, "look at the paper again, and type it there"))
        elif first.answers[number] != second.answers[number]:
            what = "the two do not have the same answer"
            problems.append(Problem("paper.differs", f"{places[0]}, and {places[1]}", what, "look at the paper again"))
    return problems


def answers(tables: Sequence[Table], numbers: Collection[str]) -> tuple[dict[str, str], list[Problem]]:
    """What two people have typed alike of everybody at a place; nothing at all where there is a problem."""
    codes = numbers_of(numbers)
    first, second = tables
    one, problems = read_typed(first, codes)
    other, more = read_typed(second, codes)
    problems += more
    problems += compare(one, other, (first.file, second.file), codes)
    return ({} if problems else dict(one.answers)), problems
