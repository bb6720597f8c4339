"""A whole name in one column, split into family name, given names and father's name by what the name itself shows.

What shows it, and the rules of each language:

- a comma: `Family, Given` and what follows.
- capitals: of words in capitals and words that are not, the former are the family name (`Mehmet YILMAZ`).
- Ukrainian and Russian: a patronymic (-ович, -івна, -евна, Ілліч) after the given name; whatever comes before both or
  after both is the family name. -ович may also end a family name, -івна and -овна never do.
- Turkic names: `oğlu`, `kızı` and their like stand after the father's name and are kept with it.
- Arabic: the person's own name (ism, with Abd and what it serves), the nasab (ibn, bin, bint and the father's name,
  which may go on to grandfathers), and last the family's name, mostly with the article. A kunya (Abu, Umm) is kept
  with the word after it. Without ibn the second name is the father's.

What a name does not show may be told by the order that its column has: declared, or `order_shown` by the other rows.

`split_name` never guesses in silence: where no rule is sure, `doubt` says so, and its reading is the likeliest one. A
part that is not there is None. No word is changed and none is lost: the parts together are the words of the name.

    >>> split_name("Шевчук Тест Уявович")
    Split(family_name='Шевчук', given_names='Тест', father_name='Уявович', doubt=None)
    >>> split_name("Khalid bin Salim al-Tajribi")
    Split(family_name='al-Tajribi', given_names='Khalid', father_name='bin Salim', doubt=None)
    >>> split_name("Іван Роман").doubt
    'nothing shows which word is the family name'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from repatria.people.given_names import known_given
from repatria.people.lookalike import scripts_of
from repatria.people.names import fold
from repatria.problem import Problem

NameOrder = Literal["family_first", "family_last"]

MIN_TELLING_ROWS = 3


@dataclass(frozen=True)
class Split:
    """The parts of a whole name as written; `doubt` says why a person should look, None where a rule is sure."""

    family_name: str | None
    given_names: str | None
    father_name: str | None = None
    doubt: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        """The parts that are there, by the names of a record's fields."""
        parts = {
            "family_name": self.family_name,
            "given_names": self.given_names,
            "father_name": self.father_name,
        }
        return {name: text for name, text in parts.items() if text}

    def problems(self, where: str) -> list[Problem]:
        """The doubt as a note on the cell; empty where there is none."""
        if self.doubt is None:
            return []
        return [
            Problem(
                "import.name.split",
                where,
                f"a whole name in one column, and {self.doubt}",
                "check how it was divided, or write family name, given names and father's name in columns of their own",
            )
        ]


def split_name(text: str, order: NameOrder | None = None) -> Split:
    """The parts of a whole name: by what it shows itself, then by the order of its column.

    Args:
        order: the order that the column was declared to have, or that its other rows show; None where nobody knows.
    """
    before, comma, after = text.partition(",")
    if comma:
        return _after_comma(before.split(), after.replace(",", " ").split(), "," in after)
    words = text.split()
    if len(words) < 2:
        return Split(" ".join(words) or None, None, None, _ONE_WORD)
    if _is_arabic(words):
        return _arabic(words)
    shown = _shown(words)
    if shown is None:
        return _by_order(words, order)
    if order is not None and shown.doubt is None and _order_of(shown, words) not in (order, None):
        return Split(shown.family_name, shown.given_names, shown.father_name, "its order is not that of its column")
    return shown


def order_shown(names: Sequence[str]) -> tuple[NameOrder | None, int]:
    """The one order that the rows of a column show, and how many show it; None where too few do or they differ.

    A row shows its order by capitals, a patronymic, or one of two words being a known given name.
    """
    seen: dict[NameOrder, int] = {}
    for name in names:
        words = name.split()
        if "," in name or len(words) < 2 or _is_arabic(words):
            continue
        shown = _shown(words)
        told = _order_of(shown, words) if shown is not None and shown.doubt is None else _by_given(words)
        if told is not None:
            seen[told] = seen.get(told, 0) + 1
    if len(seen) != 1:
        return None, sum(seen.values())
    ((order, count),) = seen.items()
    return (order if count >= MIN_TELLING_ROWS else None), count


def _after_comma(family: list[str], rest: list[str], more: bool) -> Split:
    given, father = rest, []
    marked = _marked_father(rest)
    if marked:
        given, father = rest[:-2], rest[-2:]
    elif len(rest) > 1 and _patronymic(rest[-1]):
        given, father = rest[:-1], rest[-1:]
    doubt = None
    if not family or not given:
        doubt = "a part is missing beside its comma"
    elif more:
        doubt = "it has more than one comma"
    return _split(family, given, father, doubt)


def _shown(words: list[str]) -> Split | None:
    """What capitals, a father's name with its marker, or a patronymic shows; None where nothing does."""
    if (capitals := _in_capitals(words)) is not None:
        family, rest = capitals
        father = rest[-2:] if _marked_father(rest) else rest[-1:] if len(rest) > 1 and _patronymic(rest[-1]) else []
        return _split(family, rest[: len(rest) - len(father)], father)
    if _marked_father(words):
        if len(words) == 4:
            return _split(words[:1], words[1:2], words[2:])
        return _split(words[:-3], words[-3:-2], words[-2:], _TOO_MANY if len(words) > 4 else _NO_FAMILY)
    if len(words) > 2 and fold(words[1]) in _OF_FATHER:
        return _split(words[3:], words[2:3], words[:2], None if len(words) == 4 else _NO_FAMILY)
    return _by_patronymic(words)


def _by_patronymic(words: list[str]) -> Split | None:
    at = [place for place, word in enumerate(words) if place and _patronymic(word)]
    if not at:
        return None
    if len(words) == 2:
        sure = bool(_DAUGHTER.search(words[1])) or known_given(words[0])
        return _split([], words[:1], words[1:], _NO_FAMILY) if sure else None
    if len(words) > 3:
        place = at[-1]
        if place == len(words) - 1:
            return _split(words[: place - 1], words[place - 1 : place], words[place:], _TOO_MANY)
        return _split(words[place + 1 :], words[:place], words[place : place + 1], _TOO_MANY)
    if at == [2]:
        return _split(words[:1], words[1:2], words[2:])
    if at == [1]:
        return _split(words[2:], words[:1], words[1:2])
    if known_given(words[0]) and not _DAUGHTER.search(words[2]):  # Іван Петрович Мицкевич
        return _split(words[2:], words[:1], words[1:2])
    return _split(words[:1], words[1:2], words[2:], "two of its words end like a patronymic")


def _by_order(words: list[str], order: NameOrder | None) -> Split:
    if order is None:
        likely: NameOrder = _by_given(words) or "family_first"
        return _placed(words, likely, _UNKNOWN_ORDER)
    doubt = None
    if len(words) > 2:
        doubt = _TOO_MANY
    elif _by_given(words) not in (order, None):
        doubt = "a known given name stands where its column has the family name"
    return _placed(words, order, doubt)


def _placed(words: list[str], order: NameOrder, doubt: str | None) -> Split:
    if order == "family_first":
        return _split(words[:1], words[1:], [], doubt)
    return _split(words[-1:], words[:-1], [], doubt)


def _by_given(words: list[str]) -> NameOrder | None:
    first, last = known_given(words[0]), known_given(words[-1])
    if len(words) != 2 or first == last:
        return None
    return "family_last" if first else "family_first"


def _order_of(split: Split, words: list[str]) -> NameOrder | None:
    if split.family_name is None:
        return None
    return "family_first" if words[0] == split.family_name.split()[0] else "family_last"


def _in_capitals(words: list[str]) -> tuple[list[str], list[str]] | None:
    """The words in capitals at one end, and the rest; None where no word or every word is in capitals."""
    capital = [word.isupper() and sum(map(str.isalpha, word)) > 1 for word in words]
    first = next((at for at, is_capital in enumerate(capital) if not is_capital), len(words))
    last = next((at for at, is_capital in enumerate(reversed(capital)) if not is_capital), len(words))
    if first == len(words) or not sum(capital) or sum(capital) not in (first, last):
        return None
    return (words[:first], words[first:]) if first else (words[-last:], words[:-last])


def _marked_father(words: list[str]) -> bool:
    return len(words) > 2 and fold(words[-1]) in _OF_FATHER


def _patronymic(word: str) -> bool:
    return bool(_SON.search(word) or _DAUGHTER.search(word))


def _is_arabic(words: list[str]) -> bool:
    return scripts_of(words[0]) == {"Arabic"} or any(
        fold(word) in _NASAB or re.match("(?:al|el)-", fold(word)) for word in words
    )


def _arabic(words: list[str]) -> Split:
    units = _arabic_units(words)
    nasab = [at for at, unit in enumerate(units) if fold(unit[0]) in _NASAB]
    kunya_first = len(units) > 1 and fold(units[0][0]) in _KUNYA
    own = 2 if kunya_first and len(units) > 2 and 1 not in nasab else 1
    given = [word for unit in units[:own] for word in unit]
    if nasab:
        if nasab[0] != own:  # several names of the person's own before ibn
            given = [word for unit in units[: nasab[0]] for word in unit]
        if nasab[0] == 0:
            return _split(units[-1], [word for unit in units[:-1] for word in unit], [], "it begins with ibn or bint")
        father = [word for unit in units[nasab[0] : nasab[-1] + 1] for word in unit]
        family = [word for unit in units[nasab[-1] + 1 :] for word in unit]
    else:
        father = [word for unit in units[own:-1] for word in unit]
        family = units[-1] if len(units) > own else []
    if not family:
        doubt: str | None = _NO_FAMILY
    elif kunya_first:
        doubt = "it begins with a kunya, which may be a by-name"
    elif _of_a_family(family):
        doubt = None
    else:
        doubt = "its last name may be a grandfather's"
    return _split(family, given, father, doubt)


def _arabic_units(words: list[str]) -> list[list[str]]:
    """Words that are one name together: Abd with what it serves, a kunya, ibn with the name after it, X al-Din."""
    units: list[list[str]] = []
    opened = False
    for word in words:
        plain = fold(word)
        if units and (opened or plain in _OF_RELIGION):
            units[-1].append(word)
        else:
            units.append([word])
        opened = plain in _NASAB or plain in _KUNYA or plain in _OPENS
    return units


def _of_a_family(family: list[str]) -> bool:
    first = fold(family[0])
    return first.startswith(("ال", "al-", "el-")) or first in ("al", "el", "آل") or first in _KUNYA


def _split(family: list[str], given: list[str], father: list[str], doubt: str | None = None) -> Split:
    return Split(" ".join(family) or None, " ".join(given) or None, " ".join(father) or None, doubt)


_ONE_WORD = "it is one word only"
_NO_FAMILY = "no family name is in it"
_TOO_MANY = "it has more words than a rule has places for"
_UNKNOWN_ORDER = "nothing shows which word is the family name"

_SON = re.compile(
    "(?:[оеє]вич|йович|ьич|(?:Ілл|Ил|Кузьм|Фом|Лук|Микит|Никит|Савв|Сав|Сил|Хом)ь?[иіы]ч|[oe]v[iy]ch|Il[l']?[iy]ch)$",
    re.I,
)
_DAUGHTER = re.compile("(?:[іїо]вна|[еє]вна|инична|ична|[iy]vna|[oe]vna|inichna)$", re.I)
_SON_OF = ("oğlu", "oglu", "ogly", "oglı", "uulu", "uly", "огли", "оглы", "оглу", "угли", "ўғли", "улы", "ұлы", "уулу")
_DAUGHTER_OF = ("kızı", "kizi", "qızı", "qizi", "kyzy", "gyzy", "кизи", "кызы", "қызы", "гизи", "гызы")
_OF_FATHER = frozenset(map(fold, (*_SON_OF, *_DAUGHTER_OF)))
_NASAB = frozenset({"ibn", "bin", "bint", "binti", "bn", "بن", "ابن", "إبن", "بنت", "ابنة"})
_KUNYA = frozenset({"abu", "abou", "abo", "umm", "um", "أبو", "ابو", "أبي", "ابي", "أم", "ام"})
_OPENS = frozenset({"abd", "abdul", "abdel", "abdal", "abdoul", "al", "el", "عبد", "آل"})
_OF_RELIGION = frozenset({"الدين", "al-din", "al-deen", "ed-din", "eddin", "ad-din", "uddin", "ud-din", "الله"})
