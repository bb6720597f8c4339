"""How likely two whole names, given as text, are one person's: across scripts, in any order, with what is missing.

    >>> left = ["Григорій Олексійович Тесак", "Лямзін Іван Петрович", "Коваленко Сергій"]
    >>> right = ["Grigorii Alekseevich Tesak", "Лямін Іван Петрович", "Kovalenko S."]
    >>> (score_names(left, right) > 0.5).tolist()
    [True, False, True]
    >>> said = explain_names("Коваленко Сергій Олексійович", "Sergey Alekseevich Kovalenko")
    >>> for message in said: print(message.id, *message.places.values())
    link.names.spellings Коваленко Kovalenko
    link.names.spellings Сергій Sergey
    link.names.father.same Олексійович Alekseevich
    link.names.chance 100

Rules:

- A name is divided into words. A word that ends like a patronymic, or the second of two initials, is the father's
  name where the words beside it leave room for that; the others stand in any order.
- Father's names are compared with each other only. Where they differ, that is evidence against; where one side has
  none, that is no evidence at all.
- The other words are paired so that they agree best, and the pair is judged by the word that agrees least, not by
  the average: brothers agree in two words of three.
- Two words are compared by their keys (people/names.py): by letters, by consonants, and by classes of consonants that
  people spell for one another. Names in Arabic letters are compared by the consonants of people/arabic.py.
- A Latin word is also read as readers of Cyrillic are likely to hear it (people/readings.py): Wright and Райт.
- An initial agrees with any word that may begin so, and says little; so does what a name may be called for short. A
  word that has no partner says a little too.
- A common name says less than a rare one: what agrees is weighed by how often it occurs (name_weights.py).
- Birth dates, where both are given, are added as weights of their own (`BIRTH`).
- The number is a probability among pairs of which half are one person. For another part of true pairs give `prior`.

The weights were fitted by logistic regression on a tuning half (benchmarks/linkage/tune_names.py) and are written in
name_weights.py. What is compared for the one pair of words is worked out once for all pairs that have it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from repatria.linkage import name_weights
from repatria.message import Message
from repatria.people.arabic import arabic_key
from repatria.people.dates import PartialDate, parse_date
from repatria.people.names import (
    fold,
    known_father,
    known_form,
    may_stand_for,
    normal_name,
    patronymic_stem,
    skeleton,
    skeletons,
    skeletons_and_sounds,
)
from repatria.people.readings import Reading, readings
from repatria.people.table import Table
from repatria.problem import Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MOST_WORDS = 5
"""Words of one name that are paired, beside the father's name; later ones are left out."""


def score_names(
    lefts: Sequence[str],
    rights: Sequence[str],
    left_births: Sequence[str] | None = None,
    right_births: Sequence[str] | None = None,
    prior: float = 0.5,
) -> Floats:
    """The probability that each pair of names is one person's.

    Args:
        left_births, right_births: ISO dates, to the day, the month or the year, and empty where unknown.
        prior: the part of the pairs that are one person's, before any is looked at.

    Returns:
        array (pairs), in their order.
    """
    if len(lefts) != len(rights):
        raise ValueError(f"{len(lefts)} names on the left and {len(rights)} on the right")
    odds: Floats = np.full(len(lefts), float(np.log(prior / (1 - prior))))
    if not len(lefts):
        return odds
    odds += _name_odds(lefts, rights)
    if left_births is not None and right_births is not None:
        odds += birth_odds(left_births, right_births)
    return np.asarray(1 / (1 + np.exp(-odds)), np.float64)


def explain_names(left: str, right: str, left_birth: str = "", right_birth: str = "") -> list[Message]:
    """Why the pair has its probability, for any language: a sentence for each word, and what they come to together."""
    arabic = _ARABIC.search(left + right) is not None
    names = read_names([left, right], arabic)
    weights = word_weights(arabic)
    written = _as_written(left), _as_written(right)
    own = [[word for word in row if word >= 0] for row in names.of.tolist()]
    said = []
    ones, others = sorted(own, key=len)
    if ones:
        grid = np.array([
            word_odds(names.words, np.full(len(others), one), np.array(others), weights) for one in ones
        ])  # fmt: skip
        best = max(permutations(range(len(others)), len(ones)), key=lambda order: sum(grid[range(len(ones)), order]))
        pairs = [
            (one, others[at], float(grid[place, at])) for place, (one, at) in enumerate(zip(ones, best, strict=True))
        ]
        if ones is not own[0]:
            pairs = [(other, one, odds) for one, other, odds in pairs]
        said += [_of_words(names.words, written, *pair) for pair in pairs]
        alone = [word for at, word in enumerate(others) if at not in best]
        side = written[0 if others is own[0] else 1]
        said += [Message("link.names.alone", {"one": _shown(names.words, word, side)}) for word in alone]
    said += _of_fathers(names, written, weights)
    if left_birth and right_birth:
        said.append(Message("link.names.birth." + _births(left_birth, right_birth).replace(" ", "_")))
    probability = float(score_names([left], [right], [left_birth], [right_birth])[0])
    said.append(Message("link.names.chance", {"of": 100}, round(100 * probability)))
    return said


def _as_written(name: str) -> dict[str, str]:
    """The words of a name as they stand in it, by what is read of them."""
    return {word: shown for shown in _apart(name).split() for word in _apart(fold(normal_name(shown))).split()}


def _shown(words: _Words, word: int, written: Mapping[str, str]) -> str:
    return written.get(words.spelt[word], words.spelt[word])


def _of_words(
    words: _Words, written: tuple[Mapping[str, str], Mapping[str, str]], one: int, other: int, odds: float
) -> Message:
    first, second = _shown(words, one, written[0]), _shown(words, other, written[1])
    if words.initial[one] or words.initial[other]:
        initial, name = (first, second) if words.initial[one] else (second, first)
        how = "may" if odds > 0 else "cannot"
        return Message(f"link.names.initial.{how}", {"one": initial, "other": name})
    if one == other:
        return Message("link.names.same", {"one": first})
    if words.key[one] == words.key[other]:
        how = "spellings" if words.heard[one] == words.heard[other] else "forms"
    else:
        how = "near" if odds > 0 else "different"
    return Message(f"link.names.{how}", {"one": first, "other": second})


def _of_fathers(
    names: Names, written: tuple[Mapping[str, str], Mapping[str, str]], weights: Sequence[float]
) -> list[Message]:
    one, other = names.father.tolist()
    if one < 0 and other < 0:
        return []
    if one < 0 or other < 0:
        return [Message(f"link.names.father.{'left' if other < 0 else 'right'}")]
    odds = float(word_odds(names.words, names.father[:1], names.father[1:], weights)[0])
    if names.words.initial[one] or names.words.initial[other]:
        return [_of_words(names.words, written, one, other, odds)]
    same = names.words.key[one] == names.words.key[other]
    how = "same" if same else "near" if odds > 0 else "different"
    first, second = _shown(names.words, one, written[0]), _shown(names.words, other, written[1])
    return [Message(f"link.names.father.{how}", {"one": first, "other": second})]


PAIR_COLUMNS = ("left", "right", "left_date_of_birth", "right_date_of_birth")


def score_table(
    table: Table,
    at: Mapping[str, int],
    prior: float = 0.5,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> tuple[list[float | None], list[Problem]]:
    """The probability of each row of a table of pairs, None where a name is missing, and every problem.

    Args:
        at: in which column each of `PAIR_COLUMNS` stands; the birth dates may have none.
    """
    problems: list[Problem] = []
    births: dict[str, list[str]] = {name: [] for name in PAIR_COLUMNS[2:]}
    whole = []
    for row in table.rows:
        for name in PAIR_COLUMNS[:2]:
            if not any(map(str.isalpha, row.cells[at[name]])):
                what = "no name in the cell, so the pair was not compared"
                where = table.place(row.number, heading=table.heading[at[name]])
                problems.append(Problem("link.name.missing", where, what, "write the name, or leave the row out"))
        whole.append(all(any(map(str.isalpha, row.cells[at[name]])) for name in PAIR_COLUMNS[:2]))
        for name, own in births.items():
            cell = row.cells[at[name]] if name in at else ""
            read = parse_date(cell, None, table.place(row.number, heading=name)) if cell else None
            if isinstance(read, Problem):
                problems.append(read)
            own.append(str(read) if isinstance(read, PartialDate) else "")
    scores: list[float | None] = [None] * len(table.rows)
    rows = [number for number, is_whole in enumerate(whole) if is_whole]
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        left, right = ([table.rows[number].cells[at[name]] for number in some] for name in PAIR_COLUMNS[:2])
        one, other = ([own[number] for number in some] for own in births.values())
        for number, score in zip(some, score_names(left, right, one, other, prior).tolist(), strict=True):
            scores[number] = score
        progress("pairs", min(start + AT_ONCE, len(rows)), len(rows))
    return scores, problems


AT_ONCE = 50_000
"""Pairs that are compared in one go: what one pair is given does not depend on the others."""


def _name_odds(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    compared = compare_names(lefts, rights)
    odds = np.empty(len(lefts))
    for arabic in (False, True):
        rows = compared.arabic == arabic
        odds[rows] = weighted(compared.features[rows], pair_weights(arabic))
    return odds


def weighted(features: Floats, weights: Sequence[float]) -> Floats:
    """The weighted sum of each row, added up in one order whatever rows are beside it."""
    odds = np.zeros(len(features))
    for column, weight in zip(features.T, weights, strict=True):
        odds += column * weight
    return odds


@dataclass(frozen=True)
class Compared:
    """What the probability is made of: one row of features a pair, and which pairs are judged as Arabic."""

    features: Floats
    arabic: Bools


FEATURES = (
    "one", "least below -3", "least from -3 to 0", "least from 0 to 3", "least above 3", "next", "next below zero",
    "father above zero", "father below zero",
    "without partner, shorter", "without partner, longer", "initials", "one word", "two words",
    "information", "two scripts",
)  # fmt: skip
_STEPS = ((1, 0, 0), (1, 1, 0), (1, 1, 1), (2, 0, 0), (2, 1, 0), (2, 1, 1), (2, 2, 0), (2, 2, 1), (2, 2, 2), (3, 0, 0))
"""Differences in letters (3 is more), in consonants (at most as many) and in their classes, that have a weight of their
own; all greater ones share one by proportion."""
WORD_FEATURES = (
    "one", "same", "same as written", "same, length", "length", "first letter", "last letter", "two scripts",
    "same letters in another order", "both known and not the same",
    *("{} letters, {} consonants, {} classes".format(*step) for step in _STEPS),
    *("{} letters, {} consonants, {} classes; length".format(*step) for step in _STEPS),
    "letters, part", "consonants, part", "classes, part", "letters, two scripts", "consonants, two scripts",
    "as written, Latin, part", "vowels, same", "vowels, same, two scripts", "vowels",
    "Slavic ending", "Slavic ending, letters", "Slavic ending, two scripts", "Slavic ending, consonants",
    "Slavic ending, same", "as read", "as read, same", "unlikely reading", "unlikely reading, same",
    "as read, two scripts",
)  # fmt: skip


def compare_names(lefts: Sequence[str], rights: Sequence[str]) -> Compared:
    """The features of every pair; `FEATURES` names them in order."""
    number: dict[str, int] = {}
    left = np.fromiter((number.setdefault(name, len(number)) for name in lefts), np.int64, len(lefts))
    right = np.fromiter((number.setdefault(name, len(number)) for name in rights), np.int64, len(rights))
    unique = list(number)
    some_arabic = _ARABIC.search("\n".join(unique)) is not None
    in_arabic = np.array([some_arabic and _ARABIC.search(name) is not None for name in unique], np.bool_)
    arabic = in_arabic[left] | in_arabic[right]
    features = np.zeros((len(left), len(FEATURES)))
    for as_arabic in (False, True):
        rows = np.flatnonzero(arabic == as_arabic)
        if not len(rows):
            continue
        wanted, places = np.unique(np.concatenate([left[rows], right[rows]]), return_inverse=True)
        names = [unique[at] for at in wanted.tolist()]
        read = read_names(names, as_arabic)
        one, other = places[: len(rows)], places[len(rows) :]
        features[rows] = align(read, one, other, WordPairs.of(read, one, other, word_weights(as_arabic))).features
    return Compared(features, arabic)


def word_weights(arabic: bool) -> Sequence[float]:
    return name_weights.ARABIC_WORD if arabic else name_weights.WORD


def pair_weights(arabic: bool) -> Sequence[float]:
    return name_weights.ARABIC_PAIR if arabic else name_weights.PAIR


def has_arabic(name: str) -> bool:
    return _ARABIC.search(name) is not None


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Words:
    """Every word once: its key and what of it is compared."""

    spelt: list[str]
    text: list[str]
    key: list[str]
    heard: list[str]
    consonants: list[str]
    classes: list[str]
    reads: Bools
    length: Ints
    first: Ints
    last: Ints
    initial: Bools
    known: Bools
    form: Sequence[str]
    short: Bools
    slavic: Bools
    script: Ints
    information: Floats


@dataclass(frozen=True)
class Names:
    """Every name once: its words by number, -1 where it has no more, and the father's name apart."""

    words: _Words
    of: Ints
    father: Ints
    count: Ints
    script: Ints


def read_names(names: Sequence[str], arabic: bool = False) -> Names:
    """The words of every name; with `arabic`, as names that stand beside some in Arabic letters."""
    return _read_arabic(names) if arabic else _read(names)


def _read(names: Sequence[str]) -> Names:
    text = "\n".join([name.replace("\n", " ") for name in names])
    if "(" in text:
        text = _IN_BRACKETS.sub(" ", text)
    text = _apart(fold(normal_line(text)))
    if "w" in text or "tch" in text:
        text = "\n".join(map(_one_habit, text.split("\n")))
    words, of, marked = _by_words(text, _MARKS, _without_marks)
    keys, sounds = skeletons_and_sounds(words)
    patronymic = [
        len(key) > 3
        and (_PATRONYMIC.search(key) is not None or (key.endswith("iC") and known_father(patronymic_stem(key))))
        for key in keys
    ]
    known = [known_form(word, key) for word, key in zip(words, keys, strict=True)]
    compared = [
        patronymic_stem(key) if as_father else form or key
        for key, form, as_father in zip(keys, known, patronymic, strict=True)
    ]
    table = _words(words, sounds, keys, compared, known, patronymic)
    at = _father_at(of, np.array([*patronymic, False]), np.array([*map(bool, known), False]), table, keys)
    rows = np.flatnonzero(at >= 0)
    father = np.full(len(of), -1)
    father[rows] = of[rows, at[rows]]
    of[rows, at[rows]] = -1
    for row, word in marked.items():
        father[row] = word
    of = _to_the_left(of)
    return Names(table, of, father, (of >= 0).sum(axis=1), np.append(table.script, 0)[of[:, 0]])


def _by_words(
    text: str, odd: frozenset[str], change: Callable[[list[str]], tuple[list[str], str]]
) -> tuple[list[str], Ints, dict[int, int]]:
    """The words of every line, each once, and for each line which they are; `change` is asked where one is odd.

    Returns:
        the words; array (lines, places), -1 where a line has no more; and the words that `change` set apart, by line.
    """
    flat = text.replace("\0", " ").replace("\n", " \0 ").split()
    number = dict.fromkeys(flat, -1)
    number.pop("\0", None)
    words = list(number)
    number = dict(zip(words, range(len(words)), strict=True))
    number["\0"] = -1
    ids = np.fromiter(map(number.__getitem__, flat), np.int64, len(flat))
    ends = np.flatnonzero(ids < 0)
    count = np.diff(np.concatenate([[-1], ends, [len(ids)]])) - 1
    of = np.full((len(count), max(int(count.max()), MOST_WORDS)), -1)
    of[np.arange(of.shape[1]) < count[:, None]] = ids[ids >= 0]
    apart: dict[int, int] = {}
    known_odd = [number[word] for word in sorted(odd) if word in number]
    for row in np.flatnonzero(np.isin(of, known_odd).any(axis=1)).tolist() if known_odd else ():
        own, one = change([words[at] for at in of[row].tolist() if at >= 0])
        for word in (*own, one) if one else own:
            if word not in number:
                number[word] = len(words)
                words.append(word)
        of[row] = -1
        of[row, : len(own)] = [number[word] for word in own]
        if one:
            apart[row] = number[one]
    return words, of, apart


def _to_the_left(of: Ints) -> Ints:
    order = np.argsort(of < 0, axis=1, kind="stable")
    return np.take_along_axis(of, order, axis=1)[:, :MOST_WORDS]


def _apart(text: str) -> str:
    return _BETWEEN.sub(" ", _INSIDE.sub("", text))


def _one_habit(line: str) -> str:
    """ch is х in the whole of a name that is spelt as German or Polish papers do, and ш in one of French papers."""
    if "w" in line and ("tsch" in line or "cz" in line):
        return _CH.sub("kh", line)
    return _FRENCH_CH.sub("sh", line) if _FRENCH.search(line) else line


def _without_marks(words: list[str]) -> tuple[list[str], str]:
    """The words without articles and without what marks a father's name, and the word that was so marked."""
    if len(words) < 3:
        return words, ""
    father = ""
    at = next((at for at, word in enumerate(words) if word in _OF_FATHER), 0)
    if at > 1 or (at == 1 and len(words) > 3):
        father = words[at - 1]
        words = words[: at - 1] + words[at + 1 :]
    return [word for word in words if word not in _MARKS] or words, father


def _father_at(of: Ints, patronymic: Bools, known: Bools, words: _Words, keys: Sequence[str]) -> Ints:
    """In which place of each name the father's name stands; -1 where none shows itself."""
    width = of.shape[1]
    count = (of >= 0).sum(axis=1)
    daughter = np.array([*(key.endswith("na") for key in keys), False])
    found = patronymic[of]
    found[:, 0] = False
    several = found.sum(axis=1) > 1
    last = np.where(found.any(axis=1), width - 1 - found[:, ::-1].argmax(axis=1), -1)
    last[(count == 2) & ~daughter[of[:, 1]]] = -1
    # Іван Петрович Мицкевич: of several the one after a known given name, or the only one that is a known father's.
    sure = found & np.append(words.known, False)[of]
    last[several] = np.where(sure.sum(axis=1) == 1, sure.argmax(axis=1), -1)[several]
    last[several & found[:, 1] & known[of[:, 0]] & ~daughter[of[:, 2]]] = 1
    initial = np.append(words.initial, False)[of]
    by_initial = width - 1 - initial[:, ::-1].argmax(axis=1)
    return np.where(~found.any(axis=1) & (count > 2) & initial.any(axis=1), by_initial, last)


def _words(
    spelt: list[str],
    text: list[str],
    heard: list[str],
    keys: list[str],
    known: Sequence[str],
    patronymic: Sequence[bool],
    read: bool = True,
) -> _Words:
    slavic = [_SLAVIC.search(key) is not None for key in keys]
    reads = [
        read
        and len(word) > 1
        and word[0] <= "ɏ"
        and not (patronymic[at] or known[at])
        and (not slavic[at] or _NOT_SLAVIC.search(word) is not None)
        for at, word in enumerate(spelt)
    ]
    consonants = _translated(keys, _NO_VOWELS)
    common = name_weights.COMMON
    calendar = [
        bool(form) or (father and known_father(key)) for form, father, key in zip(known, patronymic, keys, strict=True)
    ]
    return _Words(
        spelt,
        text,
        keys,
        heard,
        consonants,
        _translated(consonants, _CLASSES),
        np.array(reads, np.bool_),
        np.fromiter(map(len, keys), np.int64, len(keys)),
        np.array([ord(key[0]) if key else 0 for key in keys], np.int64),
        np.array([ord(key[-1]) if key else 0 for key in keys], np.int64),
        np.array([len(word) == 1 for word in spelt], np.bool_),
        np.array(calendar, np.bool_),
        known,
        np.array([bool(may_stand_for(word)) for word in spelt], np.bool_),
        np.array(slavic, np.bool_),
        np.array([_script(word) for word in spelt], np.int64),
        np.array(
            [
                _INITIAL_BITS if len(word) == 1 else _KNOWN_BITS if one else _BITS - common.get(key, 0)
                for key, word, one in zip(keys, spelt, calendar, strict=True)
            ]
        ),
    )


def _script(word: str) -> int:
    return 1 if "а" <= word[0] <= "ӿ" else 2 if "\u0600" <= word[0] <= "\u06ff" else 0


def _translated(keys: Sequence[str], table: dict[int, int | None]) -> list[str]:
    return "\n".join(keys).translate(table).split("\n") if keys else []


@lru_cache(maxsize=65536)
def read_aloud(word: str) -> tuple[Reading, ...]:
    """The likeliest readings of a Latin word (people/readings.py), and those that a rule makes."""
    if word.startswith("mc"):
        found = tuple(Reading(f"mak{reading.key}", reading.share) for reading in readings(word[2:]))
    else:
        found = readings(word)
    if "x" in word:
        found = (*found, Reading(skeleton(word.replace("x", "kh")), BY_RULE))
    if ending := _FEMININE.search(word) or _LATVIAN.search(word):
        found = (*found, Reading(skeleton(word[: ending.start()]), BY_RULE))
    return found


BY_RULE = 0.1
"""The share of a reading that a rule makes: x for х as GOST 7.79 B has it, -ová that Czech adds to the name of a
foreign woman, -s that Latvian adds to a man's (its government's rules 114 of 2004 on names of persons)."""
_FEMININE, _LATVIAN = re.compile("ov[áa]$"), re.compile("(?<=[oe]v|in|[io]k|[ic]h|.č)s$")


def sounds(words: Sequence[str]) -> list[tuple[str, ...]]:
    """What each word is met by, in small letters: the key that all forms of a calendar name share, marked, and those
    that it is short for; or else its consonants by class, as most languages read it and as it is likely to be read
    aloud. Where any word is in Arabic letters, all are met by the consonants of people/arabic.py as well."""
    keys = skeletons(words)
    forms = [known_form(word, key) for word, key in zip(words, keys, strict=True)]
    some_arabic = any(map(has_arabic, words))
    found = []
    for word, key, form in zip(words, keys, forms, strict=True):
        if form:
            met = [f"={form}"]
        else:
            heard = [key, *(reading.key for reading in read_aloud(word))] if word[:1] <= "ɏ" else [key]
            met = list(dict.fromkeys(_translated(heard, _CLASSES_ONLY)))[:MOST_SOUNDS]
        met += sorted(f"={full}" for full in may_stand_for(word))
        if some_arabic:
            met.append(arabic_key(word))
        found.append(tuple(met))
    return found


MOST_SOUNDS = 3


def normal_line(text: str) -> str:
    """NFC; lines stay lines."""
    return "\n".join(map(normal_name, text.split("\n"))) if not text.isascii() and _COMBINING.search(text) else text


def _read_arabic(names: Sequence[str]) -> Names:
    text = _apart(fold(normal_line("\n".join([name.replace("\n", " ") for name in names]))))
    words, of, _ = _by_words(text, _LEFT_OUT | _ABD, _without_article)
    keys = list(map(arabic_key, words))
    heard = skeletons([word.translate(_ARABIC_LETTERS) for word in words])
    table = _words(words, heard, heard, keys, [""] * len(words), [False] * len(words), read=False)
    silent = np.array([*(not key for key in keys), False])
    of[silent[of]] = -1
    of = _to_the_left(of)
    script = np.array([_ARABIC.search(name) is not None for name in names], np.int64)
    return Names(table, of, np.full(len(of), -1), (of >= 0).sum(axis=1), script)


def _without_article(words: list[str]) -> tuple[list[str], str]:
    """The words of a name in Arabic or Latin letters: without articles and ibn, and Abd with what it serves as one."""
    joined: list[str] = []
    for word in words:
        if not (joined and joined[-1] in _ABD):
            joined.append(word)
        elif word not in _LEFT_OUT:
            joined[-1] += word
    return [word for word in joined if word not in _LEFT_OUT], ""


# --- comparing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WordPairs:
    """The log odds of pairs of words, each once and in one order."""

    words: int
    codes: Ints  # the lesser word's number times `words`, and the greater's; in order
    odds: Floats

    @classmethod
    def of(cls, names: Names, left: Ints, right: Ints, weights: Sequence[float]) -> WordPairs:
        """Every pair of words of pairs of names, in parts of `AT_ONCE`."""
        some = [np.zeros(0, np.int64)]
        for start in range(0, len(left), AT_ONCE):
            grid, fathers = word_codes(names, left[start : start + AT_ONCE], right[start : start + AT_ONCE])
            some.append(_distinct(np.append(grid[grid >= 0], fathers[fathers >= 0])))
        codes = _distinct(np.concatenate(some))
        size = len(names.words.spelt)
        odds = [
            word_odds(names.words, part // size, part % size, weights)
            for part in np.array_split(codes, max(1, -(-len(codes) // AT_ONCE)))
        ]
        return cls(size, codes, np.concatenate(odds))

    def find(self, codes: Ints) -> Floats:
        """The log odds by code, 0 for -1; every other must be among them."""
        found = np.zeros(codes.shape)
        met = codes >= 0
        found[met] = self.odds[np.searchsorted(self.codes, codes[met])]
        return found


def _distinct(codes: Ints) -> Ints:
    """Each code once, in order; sorting is faster here than numpy's table of hashes."""
    ordered = np.sort(codes)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def word_codes(names: Names, left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Which pairs of words each pair of names has: array (pairs, left place, right place); and of fathers' names."""
    size = len(names.words.spelt)

    def coded(one: Ints, other: Ints) -> Ints:
        whole = np.minimum(one, other) * size + np.maximum(one, other)
        return np.asarray(np.where((one >= 0) & (other >= 0), whole, -1))

    words = coded(names.of[left][:, :, None], names.of[right][:, None, :])
    return words, coded(names.father[left], names.father[right])


@dataclass(frozen=True)
class Aligned:
    """Pairs of names with their words paired as they agree best.

    features: array (pairs, `FEATURES`); left, right: array (pairs, places), the words that are paired, -1 where there
    are no more, and in the last place the fathers' names; odds: theirs.
    """

    features: Floats
    left: Ints
    right: Ints
    odds: Floats


def align(names: Names, left: Ints, right: Ints, pairs: WordPairs) -> Aligned:
    """What the words of each pair of names say."""
    codes, father_codes = word_codes(names, left, right)
    grid, father = pairs.find(codes), pairs.find(father_codes)
    swap = names.count[left] > names.count[right]
    grid[swap] = grid[swap].transpose(0, 2, 1)
    short, long = np.where(swap, right, left), np.where(swap, left, right)
    places, chosen = _paired(names, short, long, grid)
    counts = (names.count[short], names.count[long])
    one = names.of[short]
    other = np.where(places >= 0, np.take_along_axis(names.of[long], np.maximum(places, 0), axis=1), -1)
    one = np.where(places >= 0, one, -1)
    least, following, initials, information = _of_paired(names.words, one, other, chosen, counts[0])
    both = father_codes >= 0
    across = (names.script[short] != names.script[long]).astype(float)
    columns: tuple[npt.NDArray[Any] | float, ...] = (
        1.0, np.minimum(least + 3, 0), np.clip(least, -3, 0), np.clip(least, 0, 3), np.maximum(least - 3, 0),
        following, np.minimum(following, 0),
        np.maximum(father, 0) * both, np.minimum(father, 0) * both, counts[0] == 0, counts[1] - counts[0], initials,
        counts[0] == 1, counts[0] == 2, information / 10, across,
    )  # fmt: skip
    turned = swap[:, None]
    fathers = np.where(both, names.father[left], -1), np.where(both, names.father[right], -1)
    return Aligned(
        _stacked(columns, len(left)),
        np.column_stack([np.where(turned, other, one), fathers[0]]),
        np.column_stack([np.where(turned, one, other), fathers[1]]),
        np.column_stack([chosen, father]),
    )


def _paired(names: Names, short: Ints, long: Ints, grid: Floats) -> tuple[Ints, Floats]:
    """For each word of the shorter name the place of its partner in the longer, -1 where it has no word; the odds."""
    places = np.full((len(short), MOST_WORDS), -1)
    odds = np.zeros((len(short), MOST_WORDS))
    shape = names.count[short] * (MOST_WORDS + 1) + names.count[long]
    for code in np.unique(shape).tolist():
        few, many = divmod(code, MOST_WORDS + 1)
        if not few:
            continue
        rows = np.flatnonzero(shape == code)
        orders = np.array(list(permutations(range(many), few)))
        own = grid[rows]
        sums = np.zeros((len(rows), len(orders)))
        for place in range(few):
            sums += own[:, place, :][:, orders[:, place]]
        best = orders[sums.argmax(axis=1)]
        places[rows, :few] = best
        odds[rows, :few] = np.take_along_axis(own[:, :few, :], best[:, :, None], axis=2)[:, :, 0]
    return places, odds


def _of_paired(
    words: _Words, one: Ints, other: Ints, odds: Floats, count: Ints
) -> tuple[Floats, Floats, Floats, Floats]:
    """The least and the next weight among the words as paired, how many are initials, and the information."""
    used = one >= 0
    ordered = np.sort(np.where(used, odds, np.inf), axis=1)
    least = np.where(count > 0, ordered[:, 0], 0.0)
    following = np.where(count > 1, ordered[:, 1], least)
    bits, initial = np.append(words.information, 0.0), np.append(words.initial, False)
    agreed = np.minimum(bits[one], bits[other]) / (1 + np.exp(-odds))
    return least, following, ((initial[one] | initial[other]) & used).sum(axis=1).astype(float), agreed.sum(axis=1)


def _stacked(columns: Sequence[npt.NDArray[Any] | float], size: int) -> Floats:
    features = np.empty((len(columns), size))
    for at, column in enumerate(columns):
        features[at] = column
    return features.T


def word_odds(words: _Words, left: Ints, right: Ints, weights: Sequence[float]) -> Floats:
    """The log odds of pairs of words."""
    ones, others = [words.key[at] for at in left.tolist()], [words.key[at] for at in right.tolist()]
    letters = cpdist(ones, others, scorer=OSA.distance, dtype=np.int32)
    near = letters <= FAR * np.maximum(words.length[left], words.length[right])
    near |= (words.reads[left] | words.reads[right]) & (letters < 6)
    odds = np.full(len(left), -8.0)
    odds[near] = weighted(word_features(words, left[near], right[near]), weights)
    if (words.short[left] | words.short[right]).any():
        for at in np.flatnonzero((words.short[left] | words.short[right]) & (odds < SHORT)).tolist():
            if _may_stand_for(words, int(left[at]), int(right[at])):
                odds[at] = SHORT
    one, other = words.initial[left], words.initial[right]
    marked = one | other
    if marked.any():
        for at in np.flatnonzero(marked).tolist():
            a, b = int(left[at]), int(right[at])
            odds[at] = INITIAL if _may_begin(words, a, b) else -INITIAL_AGAINST
    return np.asarray(np.clip(odds, -8.0, 8.0), np.float64)


FAR = 0.7
"""Words of which a greater part of the letters differs are two names, and nothing else of them is looked at."""
INITIAL, INITIAL_AGAINST = 1.0, 5.0
SHORT = 1.5
"""Of a name and what it may be called for short: less than two spellings, more than an initial."""


def _may_stand_for(words: _Words, one: int, other: int) -> bool:
    return words.form[other] in may_stand_for(words.spelt[one]) or words.form[one] in may_stand_for(words.spelt[other])


def _may_begin(words: _Words, one: int, other: int) -> bool:
    starts = {words.key[one][:1], words.heard[one][:1]}
    return words.key[other][:1] in starts or words.heard[other][:1] in starts


def word_features(words: _Words, left: Ints, right: Ints) -> Floats:
    """The features of pairs of words; `WORD_FEATURES` names them in order."""
    lefts, rights = left.tolist(), right.tolist()

    def apart(ones: list[str], others: list[str]) -> tuple[Floats, Floats]:
        longest = np.maximum(np.array(list(map(len, ones))), np.array(list(map(len, others))))
        distance = cpdist(ones, others, scorer=OSA.distance, dtype=np.int32).astype(float)
        return distance, np.maximum(longest, 1).astype(float)

    def of(texts: list[str], table: dict[int, int | None] | None) -> tuple[list[str], list[str]]:
        ones, twos = [texts[at] for at in lefts], [texts[at] for at in rights]
        for at, (one, other) in heard.items():
            ones[at], twos[at] = (one, other) if table is None else (one.translate(table), other.translate(table))
        return ones, twos

    heard: dict[int, tuple[str, str]] = {}
    letters, length = apart(*of(words.key, None))
    read = np.flatnonzero((letters > 0) & (words.reads[left] | words.reads[right]))
    unlikely = np.zeros(len(left))
    as_read = np.zeros(len(left))
    if len(read):
        heard, surprise = _heard_nearer(words, lefts, rights, read.tolist(), letters)
        nearer = list(heard)
        letters[nearer], length[nearer] = apart(*map(list, zip(*heard.values(), strict=True))) if heard else (0.0, 1.0)
        as_read[nearer] = 1.0
        unlikely[nearer] = surprise
    consonants, consonant_length = apart(*of(words.consonants, _NO_VOWELS))
    classes, class_length = apart(*of(words.classes, _CLASSES_ONLY))
    first = (words.first[left] == words.first[right]).astype(float)
    last = (words.last[left] == words.last[right]).astype(float)
    same = (letters == 0).astype(float)
    written = (left == right).astype(float)
    across = (words.script[left] != words.script[right]).astype(float)
    size = np.minimum(length, 12) / 12
    sounds, _ = apart([words.text[at] for at in lefts], [words.text[at] for at in rights])
    vowels = np.clip(sounds - letters, 0, 3) * ~(words.known[left] | words.known[right])
    slavic = (words.slavic[left] & words.slavic[right]).astype(float)
    latin = (words.script[left] == 0) & (words.script[right] == 0)
    written_part = np.zeros(len(left))
    if some := np.flatnonzero(latin & (letters > 0)).tolist():
        texts, text_length = apart([words.spelt[lefts[at]] for at in some], [words.spelt[rights[at]] for at in some])
        written_part[some] = texts / text_length
    moved = np.zeros(len(left), np.bool_)
    key = words.key
    for at in np.flatnonzero((letters > 0) & (letters <= 2) & (words.length[left] == words.length[right])).tolist():
        moved[at] = sorted(key[lefts[at]]) == sorted(key[rights[at]])
    known = words.known[left] & words.known[right] & (letters > 0)
    step = np.minimum(letters, 3) * 16 + np.minimum(np.minimum(consonants, 3), letters) * 4
    step += np.minimum(np.minimum(classes, 3), consonants)
    step[known] = -1.0  # two names of the calendar: however near, no slip makes one of the other
    own = [step == one * 16 + two * 4 + three for one, two, three in _STEPS]
    columns: tuple[npt.NDArray[Any] | float, ...] = (
        1.0, same, written, same * size, size, first, last, across, moved, known, *own, *(here * size for here in own),
        letters / length, consonants / consonant_length, classes / class_length, across * letters / length,
        across * consonants / consonant_length, written_part,
        vowels * same, vowels * same * across, vowels * (1 - same),
        slavic, slavic * np.minimum(letters, 4), slavic * across, slavic * np.minimum(consonants, 3), slavic * same,
        as_read, as_read * same, unlikely, unlikely * same, as_read * across,
    )  # fmt: skip
    return _stacked(columns, len(left))


def _heard_nearer(
    words: _Words, lefts: Sequence[int], rights: Sequence[int], some: Sequence[int], letters: Floats
) -> tuple[dict[int, tuple[str, str]], list[float]]:
    """Of those pairs of words that are nearer as one of them is read aloud: the two keys, and how unlikely the reading
    is, in bits."""
    ones, others, owners, shares = [], [], [], []
    for at in some:
        a, b = lefts[at], rights[at]
        for reader, word, other in ((a, a, b), (b, b, a)):
            if words.reads[reader]:
                for reading in read_aloud(words.spelt[word]):
                    ones.append(reading.key)
                    others.append(words.key[other])
                    owners.append(at)
                    shares.append(reading.share)
    if not owners:
        return {}, []
    distance = cpdist(ones, others, scorer=OSA.distance, dtype=np.int32)
    owner = np.array(owners)
    order = np.lexsort((-np.array(shares), distance, owner))
    first = order[np.concatenate([[True], owner[order][1:] != owner[order][:-1]])]
    first = first[distance[first] < letters[owner[first]]]
    found = {owners[at]: (ones[at], others[at]) for at in first.tolist()}
    return found, [-math.log2(max(shares[at], 0.01)) for at in first.tolist()]


# --- birth dates ----------------------------------------------------------------------------------------------------

BIRTH = {
    "same day": 7.0,
    "swapped": 3.5,
    "one digit": 2.5,
    "same month": 4.0,
    "same year": 2.5,
    "other": -4.5,
}
"""Log odds of how two birth dates stand to each other, in registers where 2 % have day and month swapped, 3 % a wrong
digit and 5 % no date or a year only, and among strangers born within 45 years."""


def birth_odds(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """The log odds that birth dates add; 0 where one is unknown."""
    return np.array([BIRTH.get(_births(one, other), 0.0) for one, other in zip(lefts, rights, strict=True)])


def _births(one: str, other: str) -> str:
    if not one or not other or "/" in one + other:
        return "unknown"
    if one == other:
        return {10: "same day", 7: "same month", 4: "same year"}.get(len(one), "unknown")
    if len(one) != len(other):
        size = min(len(one), len(other))
        return ("same month" if size == 7 else "same year") if one[:size] == other[:size] else "other"
    if len(one) != 10:
        return "other"
    if one[:4] == other[:4] and one[5:7] == other[8:] and one[8:] == other[5:7]:
        return "swapped"
    return "one digit" if sum(a != b for a, b in zip(one, other, strict=True)) == 1 else "other"


_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_COMBINING = re.compile("[\u0300-\u036f]")
_INSIDE, _BETWEEN = re.compile("['’ʼ`ʹ‘ʻ´\"«»“”]"), re.compile(r"[-.,;()/–—_\d]")
_LEFT_OUT = frozenset(
    ("al", "el", "ul", "аль", "эль", "ал", "ель", "jr", "sr", "bin", "ibn", "ben", "бин", "ибн", "بن", "ابن",
     "ii", "iii", "iv", "dr", "prof", "mag", "lord", "baron", "sir", "dame", "лорд", "барон", "сэр", "сер")
)
_OF_FATHER = frozenset(
    (
        "oglu",
        "oğlu",
        "ogly",
        "oglı",
        "ogli",
        "огли",
        "оглы",
        "оглу",
        "kyzy",
        "qizi",
        "kızı",
        "kizi",
        "кызы",
        "кизи",
        "гызы",
    )
)
_ABD = frozenset(("abd", "abdul", "abdel", "abdal", "abdoul", "عبد"))
_MARKS = _LEFT_OUT | _OF_FATHER
_IN_BRACKETS = re.compile(r"\([^)\n]*\)")
_CH = re.compile("(?<![stc])ch")
_FRENCH, _FRENCH_CH = re.compile("vitch|tchenko|chtch"), re.compile("(?<!t)ch(?!t)")
_PATRONYMIC = re.compile("(?:.[ai]viC|il+iC|.[ai]vna|i[Cn]iCna|iCna|.[mktv]iC)$")
_SLAVIC = re.compile("(?:inka|.[ai]va?|.ina?|[sT]k[ai]|[iu]k|iC|ak|iT|ka)$")
_NO_VOWELS = str.maketrans("", "", "ai")
_CLASSES = str.maketrans("gHkqdtsSzZTCbpvfw", "kkkkttssssssppfff", "u")
_CLASSES_ONLY = _NO_VOWELS | _CLASSES
_NOT_SLAVIC = re.compile("[wqx]|ae|ai[^i]|au|ea|ee|eu|oo|ou|ay|ey|gh|th|ph|ck|c[aeioulrt]|ll|nn|ss|tt|rr|ff|e$")
"""Letters that hardly any Slavic name has in Latin letters, however Slavic its ending looks."""
_BITS, _KNOWN_BITS, _INITIAL_BITS = 14.0, 6.0, 0.3
_ARABIC_LETTERS = str.maketrans({
    **dict(zip("ابپتثجحخدذرزژسشصضطظعغفقکكگلمنهويىةأإآؤئء", "abptthhddrzzsssddtzagfqkkglmnhuiaaaaauia", strict=False)),
})  # fmt: skip
