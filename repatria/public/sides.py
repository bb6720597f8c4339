"""The sides that claims speak of: states, and the members of an exchange, by the words that mean them.

A file of sides is TOML: a table `states` of lists of words, and a table `speakers` of names whose bearers spoke for a
side. A file without either table is read as states. * stands for any ending.

    >>> sides, problems = parse_sides('north = ["Norland*", "Норланд*"]')
    >>> [(each.side, each.word) for each in sides.named("Norland’s president and two Norlanders")], problems
    ([('north', 'Norland’s'), ('north', 'Norlanders')], [])
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from repatria.problem import Problem
from repatria.public.tongue import words

WORDS_MOST, WORD_MOST = 5_000, 60
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Named:
    """A side where a text names it."""

    start: int
    end: int
    side: str
    word: str


@dataclass(frozen=True)
class Sides:
    """Words by side, and whose names speak for it."""

    states: Mapping[str, Sequence[str]]
    speakers: Mapping[str, Sequence[str]]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_states", _pattern(self.states))
        object.__setattr__(self, "_speakers", _pattern(self.speakers))

    def named(self, text: str) -> list[Named]:
        """Every side that the text names, in order."""
        return _found(self._states, self.states, text)  # type: ignore[attr-defined]

    def side_of(self, text: str) -> str:
        """The first side that the text names, or for which somebody in it is known to speak; else nothing."""
        speakers = _found(self._speakers, self.speakers, text)  # type: ignore[attr-defined]
        return next((each.side for each in (*self.named(text), *speakers)), "")

    def joined(self, other: Sides) -> Sides:
        """Both; where a side is in both, by the words of both."""
        states, speakers = (
            {side: (*one.get(side, ()), *two.get(side, ())) for side in {**two, **one}}
            for one, two in ((self.states, other.states), (self.speakers, other.speakers))
        )
        return Sides(states, speakers)


def parse_sides(text: str, where: str = "sides") -> tuple[Sides, list[Problem]]:
    """The sides in a TOML text, or every problem in it."""
    none = Sides({}, {})
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return none, [Problem("sides.toml", where, f"not TOML ({error})", "correct the syntax at that place")]
    tables = raw if set(raw) <= {"states", "speakers"} else {"states": raw}
    problems = [
        problem
        for name, table in tables.items()
        for side, each in (table.items() if isinstance(table, dict) else [(name, None)])
        for problem in _problems(f"{where}, {side}", side, each)
    ]
    if sum(len(each) for table in tables.values() if isinstance(table, dict) for each in table.values()
           if isinstance(each, list)) > WORDS_MOST:  # fmt: skip
        problems.append(Problem("sides.many", where, f"more than {WORDS_MOST:,} words", "leave some of them out"))
    if problems:
        return none, problems
    return Sides(tables.get("states", {}), tables.get("speakers", {})), []


def _problems(where: str, side: str, each: object) -> list[Problem]:
    found = []
    if not _SLUG.fullmatch(side):
        found.append(Problem("sides.name", where, "not a short name of small letters", "write it such as north"))
    if not isinstance(each, list) or not each or not all(isinstance(word, str) for word in each):
        found.append(Problem("sides.words", where, "not a list of words", 'write them such as ["Norland*"]'))
    elif not all(2 <= len(word) <= WORD_MOST and word[0] != "*" for word in each):
        what = f"a word of fewer than 2 or more than {WORD_MOST} letters, or one that begins with *"
        found.append(Problem("sides.word", where, what, "write each as it begins in a text"))
    return found


def _pattern(table: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Short words (US, UN) as they are written; longer ones in small and capital letters alike."""
    groups = []
    for at, each in enumerate(table.values()):
        short, long = [word for word in each if len(word) < 5], [word for word in each if len(word) >= 5]
        parts = ([words(*short)] if short else []) + ([f"(?i:{words(*long)})"] if long else [])
        groups.append(f"(?P<s{at}>{'|'.join(parts)})")
    return re.compile(rf"(?<![\w-])(?:{'|'.join(groups) or '(?!)'})(?!\w)")


def _found(pattern: re.Pattern[str], table: Mapping[str, Sequence[str]], text: str) -> list[Named]:
    sides = list(table)
    return [
        Named(match.start(), match.end(), sides[int((match.lastgroup or "s0")[1:])], match[0])
        for match in pattern.finditer(text)
    ]
