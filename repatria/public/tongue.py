"""What the reader of claims must know of a language: patterns and words, and no rule.

`tongues.py` has one for each language; `reading.py` and `when.py` have the rules, which are the same for all. A word
that ends in * stands for every word that begins so, which is how languages with cases are written down without their
endings.

    >>> words("minist*", "air force")
    '(?:minist[\\\\w’\\\\-]*|air force)'
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


def words(*each: str) -> str:
    """A pattern for any of these words; longer ones first, so that none hides behind its own beginning."""
    forms = sorted((re.escape(word).replace(r"\*", r"[\w’\-]*").replace(r"\ ", " ") for word in each),
                   key=len, reverse=True)  # fmt: skip
    return f"(?:{'|'.join(forms)})"


def each(text: str) -> tuple[str, ...]:
    """The words of a line, each by itself."""
    return tuple(text.split())


def whole(pattern: str) -> re.Pattern[str]:
    """The pattern as whole words, small and capital letters alike."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Cue:
    """A verb of saying: what it says of the saying, and whether it stands in the present, as headlines do."""

    pattern: re.Pattern[str]
    code: str
    present: bool = False


@dataclass(frozen=True)
class Tongue:
    """One language."""

    code: str
    # --- time (`when.py`); named groups day, month, year, season, weekday
    months: Sequence[str]  # twelve patterns
    seasons: Mapping[int, str]
    weekdays: Sequence[str]  # seven patterns, from Monday
    full_date: Sequence[re.Pattern[str]]
    day_and_month: Sequence[re.Pattern[str]]
    end_of_month: re.Pattern[str]
    by_month: re.Pattern[str]
    season: re.Pattern[str]
    weekday: re.Pattern[str]
    named: Sequence[tuple[re.Pattern[str], str]]
    overnight: re.Pattern[str]  # the night to the day that follows, or to the day of saying
    vague: re.Pattern[str]  # "last week": a day that nobody can tell
    day_after: re.Pattern[str]  # "a day after": what follows was said the day before
    ahead: re.Pattern[str]  # the clause is about what is to come
    behind: re.Pattern[str]  # it is about what was to come, and is over: "should have been"
    # --- who says it
    cues: Sequence[Cue]
    going_on: Sequence[tuple[re.Pattern[str], str]]  # "adding that", "expressing hope": of the speaker before
    according: re.Pattern[str]  # what stands before a speaker: "according to"
    by_pronoun: re.Pattern[str]  # the same of somebody who spoke before: "according to her"; group `who`
    silence: re.Pattern[str]  # "did not immediately comment"; what stands before it is the speaker
    silence_of: re.Pattern[str] | None  # "no comment from"; the speaker stands behind it
    silence_on_facts: re.Pattern[str]  # behind a silence: about what was said just before, not about the whole matter
    not_said: re.Pattern[str]  # before a cue: nothing was said
    beside: re.Pattern[str]  # what may stand between speaker and cue, or cue and content, at the beginning of a text
    that: re.Pattern[str]
    that_further: bool  # other words may stand between a verb and its "that": "told the BBC in Kyiv that"
    relative: re.Pattern[str]  # "which", before a cue: what was said stands before it
    who: re.Pattern[str]  # "who", behind a speaker: more is said of him, up to a comma
    joins: str  # before a second verb of one subject
    leads: re.Pattern[str]  # begins words before a speaker that belong to the saying: "In a statement, he said"
    about_this: re.Pattern[str]  # before a cue: what was said is the sentence before
    expecting: Sequence[tuple[re.Pattern[str], str]]  # content that begins so: "we hope"
    channels: Sequence[tuple[re.Pattern[str], str]]
    heads: re.Pattern[str]  # offices and bodies: a whole word that can speak
    modifiers: re.Pattern[str]  # small words that belong to an office or a body
    links: frozenset[str]  # between the words of one
    openers: frozenset[str]  # capital only because a sentence begins
    pronouns: Mapping[str, str]  # he, she, it, they; and possessives that stand before an office
    spoken_for: re.Pattern[str]  # "the ministry": whoever of that kind spoke last
    # --- what is said
    numbers: Mapping[str, int]
    times: Mapping[str, int]  # thousand, million
    qualifiers: Sequence[tuple[re.Pattern[str], str]]
    each_side: re.Pattern[str]
    units: Sequence[tuple[re.Pattern[str], str]]
    of_which: re.Pattern[str]
    further: re.Pattern[str]  # beside a number without a unit: of the same as the number before
    bodies_of: re.Pattern[str]  # before a number of people: they are dead
    ours: re.Pattern[str]
    received: re.Pattern[str]  # whose subject gets the people
    handed: re.Pattern[str]  # by whoever speaks: the people are of the other party
    given_to: re.Pattern[str]  # "handed over to X": group `to` is where X begins
    contents: Mapping[str, re.Pattern[str]]
    brought: re.Pattern[str]  # "mediated by", before the names of states
    negated: re.Pattern[str]  # before an agreement: there is none
    agreed_in: re.Pattern[str]  # where an agreement was made: group `place`
    held_at: re.Pattern[str]  # where an exchange is: group `place`
    in_place: re.Pattern[str]  # where something was hit: group `place`
    taken: re.Pattern[str]  # what was taken: group `places`
    and_: str
    clause: re.Pattern[str]  # between two statements of one sentence
    finite: re.Pattern[str]  # a verb that makes a clause
    possible: re.Pattern[str]
    # --- pages
    furniture: re.Pattern[str]  # a whole line of it
    furniture_begins: re.Pattern[str]
    by_line: re.Pattern[str]  # group `who`
    names: Sequence[tuple[str, str]] = ()  # endings of surnames that stand in the genitive, and in the nominative
    plain: Mapping[str, str] = field(default_factory=dict)  # the first word of an office or body in a case, and without

    def month_of(self, text: str) -> int:
        return _place(self.months, text) + 1

    def weekday_of(self, text: str) -> int:
        return _place(self.weekdays, text)

    def season_of(self, text: str) -> int:
        return next(code for code, pattern in self.seasons.items() if re.fullmatch(pattern, text, re.IGNORECASE))


def _place(patterns: Sequence[str], text: str) -> int:
    return next(at for at, pattern in enumerate(patterns) if re.fullmatch(pattern, text, re.IGNORECASE))
