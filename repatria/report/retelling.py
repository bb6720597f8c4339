"""A problem in the reader's language: what is wrong, where, and what to do.

A problem is found, kept, signed for and passed on in English: in the ledger's refusals, in a job's outcome, in an
answer of the API, in the file that another node sends. It is retold where somebody reads it. The English sentence is
its own name in the translations, with a place for each value: "{rows} rows, and a sheet holds {max_rows}". A sentence
that was said with its values is held against these; the one that leaves the fewest letters to its places is it, and its
values go into the translation: numbers and days as the language writes them, words that are known in that language,
and whatever else (a file's name, a heading, an identifier) as it stands, isolated.

Some sentences name what reports and pages say by id (terms in conflict, and what change would be enough): those texts
are known here as well, in the forms that their numbers ask for.

What nobody has translated is shown in English: `english` is the sentence as it was said, where the retelling is less.

    >>> from repatria.report.po import Catalogue, Entry
    >>> texts = {"{rows} rows, and a sheet holds {most}": "рядків: {rows}, а на аркуші їх може бути {most}",
    ...          "file {n} of {of}": "файл {n} з {of}", "divide the list": "поділіть список"}
    >>> said = {english: Entry(english, (english,), (text,)) for english, text in texts.items()}
    >>> retelling = Retelling(Language("uk", {}), Catalogue("uk", said))
    >>> retelling.problem(Problem("x", "list.csv", "1,200,000 rows, and a sheet holds 900", "divide the list")).what
    'рядків: 1\\xa0200\\xa0000, а на аркуші їх може бути 900'
    >>> retelling.problem(Problem("x", "list.csv", "something new", "divide the list")).english
    'something new'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from string import Formatter

from repatria.message import Day, Message, Place
from repatria.problem import Problem
from repatria.report.language import Language
from repatria.report.po import Catalogue
from repatria.report.problem_texts import IN_GENERAL

_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})+|-?\d{1,3}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LIST = re.compile(r"; |, (?:and |or )?| and | or ")
_PROSE = re.compile(r"[a-z]{2,} [a-z]{2,}")  # two English words: not a name, a heading or a code
_DEEP = 4  # sentences within sentences
# How several sentences stand in one problem: to be chosen from, one that explains those before it, all together.
OR, WITH, THEN = "{one} | {another}", "{one} ({another})", "{one}; {another}"
_LETTERS_LEAST = 16  # of a sentence in which English is left: "not a {name}" is found in too many


@dataclass(frozen=True)
class Retold:
    """A problem in a language; `english` is what was said, where that is more than the language says."""

    where: str
    what: str
    do: str
    code: str
    article: str | None = None
    english: str | None = None


@dataclass(frozen=True)
class _Sentence:
    """An English sentence with places, as a pattern; `pieces` are its letters between them."""

    text: str
    pattern: re.Pattern[str]
    pieces: tuple[str, ...]

    @property
    def letters(self) -> int:
        return sum(map(len, self.pieces))


class Retelling:
    """The problems of the program in one language. English tells each as it was said."""

    def __init__(self, language: Language, catalogue: Catalogue | None = None) -> None:
        self.language = language if catalogue is None else replace(language, catalogue=catalogue)
        entries = {} if catalogue is None else catalogue.entries
        self._known = {name for name, entry in entries.items() if entry.translated and not entry.fuzzy}
        self._sentences = sorted(
            (_sentence(name) for name in self._known if "{" in name.replace("{{", "")),
            key=lambda each: (-each.letters, each.text),
        )
        self._retold = lru_cache(maxsize=20_000)(self._message)

    @property
    def in_english(self) -> bool:
        return self.language.catalogue is None

    def problem(self, problem: Problem) -> Retold:
        """The problem in this language; by its code in general, where its own sentence has no translation."""
        if self.in_english:
            return Retold(problem.where, problem.what, problem.do, problem.code, problem.article)
        what, do = self._retold(problem.what, 0), self._retold(problem.do, 0)
        general = in_general(problem.code)
        told = what or (Message(_escaped(general)) if general is not None else None)
        whole = what is not None and do is not None and not (_leaves_prose(what) or _leaves_prose(do))
        return Retold(
            self.where(problem.where),
            problem.what if told is None else self.language.say(told),
            problem.do if do is None else self.language.say(do),
            problem.code, problem.article, None if whole else _both(problem, what, do),
        )  # fmt: skip

    def line(self, problem: Problem) -> str:
        """The problem without its place: what is wrong under which article, and what to do; English where it says more.

        >>> ENGLISH.line(Problem("x", "list.csv", "no entry", "fill it in", "GC III 122(4)"))
        'no entry (GC III 122(4)). Fill it in.'
        """
        told = self.problem(problem)
        return f"{self._line(told)}\n{told.english}." if told.english else self._line(told)

    def said(self, problem: Problem) -> str:
        """The whole problem as one line.

        >>> no_entry = Problem("x", "list.csv", "no entry", "fill it in")
        >>> ENGLISH.said(no_entry) == str(no_entry)
        True
        """
        told = self.problem(problem)
        english = f" ({told.english})" if told.english else ""
        return f"{told.where}: {self._line(told)}{english} [{told.code}]"

    def _line(self, told: Retold) -> str:
        article = f" ({self.language.put(told.article)})" if told.article else ""
        return f"{told.what}{article}. {self.language.capitalized(told.do)}."

    def sentence(self, text: str) -> str | None:
        """An English sentence of the program in this language; nothing where it has no translation."""
        if self.in_english:
            return text
        message = self._retold(text, 0)
        return None if message is None else self.language.say(message)

    def where(self, where: str) -> str:
        """The place of a problem, each part of it that is a word of ours in the language."""
        if self.in_english:
            return where
        parts = []
        for part in where.split(", "):
            message = self._retold(part, _DEEP - 1)
            parts.append(self.language.put(part if message is None else message))
        return "، ".join(parts) if self.language.direction == "rtl" else ", ".join(parts)

    def _message(self, text: str, depth: int) -> Message | None:
        """The sentence that this text is, with its values; nothing where it is none."""
        if (exact := _escaped(text)) in self._known:
            return Message(exact)
        if depth >= _DEEP:
            return None
        for each in self._sentences:
            if all(piece in text for piece in each.pieces) and (found := each.pattern.fullmatch(text)):
                values = found.groupdict().items()
                places = {name: self._value(value, depth) for name, value in values}
                told = Message(each.text, places, self._count(each.text, places))
                if each.letters >= _LETTERS_LEAST or not _leaves_prose(told):
                    return told
        return None

    def _value(self, text: str, depth: int) -> Place:
        """A value as the language writes it: a number, a day, words that it knows, one after another; else as it is."""
        if _NUMBER.fullmatch(text):
            return int(text.replace(",", ""))
        if _DAY.fullmatch(text):
            return Day(text, full=True)
        if (joined := self._joined(text, depth)) is not None:
            return joined
        if (message := self._retold(text, depth + 1)) is not None:
            return message
        parts = _LIST.split(text)
        told = [self._retold(part, depth + 1) for part in parts]
        return tuple(each for each in told if each is not None) if len(parts) > 1 and all(told) else text

    def _joined(self, text: str, depth: int) -> Message | None:
        """Several sentences, one beside, with or after another, if every one of them is known."""
        for join, parts in ((OR, text.split(" | ")), (WITH, _with(text)), (THEN, text.split("; "))):
            if len(parts) > 1 and join in self._known:
                told = [self._joined(part, depth) or self._retold(part, depth + 1) for part in parts]
                known = [each for each in told if each is not None]
                if len(known) == len(parts):
                    return reduce(lambda before, each: Message(join, {"one": before, "another": each}), known)
        return None

    def _count(self, text: str, places: Mapping[str, Place]) -> int | None:
        """The number that chooses the form, where a sentence has several."""
        entry = self.language.catalogue.entries[text] if self.language.catalogue is not None else None
        if entry is None or len(entry.english) == 1:
            return None
        n = places.get("n")
        return n if isinstance(n, int) else 1 if text == entry.english[0] else None


def _both(problem: Problem, what: Message | None, do: Message | None) -> str:
    """What the language does not say, in English."""
    left = [problem.what] if what is None or _leaves_prose(what) else []
    left += [problem.do] if do is None or _leaves_prose(do) else []
    return ". ".join(each[:1].upper() + each[1:] for each in left) if len(left) > 1 else left[0]


def _leaves_prose(message: Message) -> bool:
    """Whether English sentences stand in the places of a message."""
    return any(
        _leaves_prose(place) if isinstance(place, Message)
        else isinstance(place, str) and any(map(_PROSE.search, _LIST.split(place)))
        for place in message.places.values()
    )  # fmt: skip


def _with(text: str) -> list[str]:
    """A text and what stands behind it in parentheses."""
    before, opened, behind = text.partition(" (")
    return [before, behind[:-1]] if opened and behind.endswith(")") else [text]


def in_general(code: str) -> str | None:
    """What a code says whatever its sentence: by itself, or by the nearest family that it is of.

    >>> in_general("log.tile.changed")
    'the copy of the log is damaged, or not that of the log'
    """
    while code and code not in IN_GENERAL:
        code = code.rpartition(".")[0]
    return IN_GENERAL.get(code)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _sentence(text: str) -> _Sentence:
    pattern, pieces = "", []
    for literal, name, _, _ in Formatter().parse(text):
        if literal:
            pattern += re.escape(literal)
            pieces.append(literal)
        if name is not None:
            pattern += f"(?P<{name}>.+?)"
    return _Sentence(text, re.compile(pattern, re.DOTALL), tuple(pieces))


ENGLISH = Retelling(Language("en", {}))
