"""Names: kept as written, compared by key.

A name is stored exactly as the register gives it. Everything that compares goes through a key that forgets
what Ukrainian, Russian and Latin spellings of one name differ in. A key finds pairs to look at; it never
decides.

Rules of the skeleton key (the table `_RULES` holds them in this order, after `romanise`):

1.  Letters are read by one rough table for Ukrainian (after KMU resolution 55 of 2010) and Russian: и, і, ї,
    й, ы are `i`; г, ґ are `g`; soft and hard signs and apostrophes are silent.
2.  `kh` is one sound (х) and then `h` is г, since Ukrainian г is written h and Russian г is written g.
3.  `shch`, `sch` are щ; `zh`, `ch`, `sh` are one sound each; `x` is ks; `ph` is f; `w` is v; final `ff` is v.
4.  ё, ьо, йо, yo, io are one sound with е: Корольов, Королёв, Королев, Korolyov meet.
5.  и, і, ї, й, ы, е, є, э, y, j are one vowel; о and а are one vowel (Олексій, Алексей).
6.  A letter written twice counts once (Анна, Ілля, Kirill).
7.  Russian feminine -ская falls in with Ukrainian -ська.
8.  A given name loses its final й or о (Сергій, Сергей; Дмитро, Дмитрий), never its final а: Олександр and
    Олександра stay two names. Then `_SAME_GIVEN` joins pairs that no rule of sounds can: Микола, Николай.
9.  A father's name may come as a patronymic or as his first name (GC III 122(4) asks for "first name of the
    father"): the ending goes (-ович, -евич, -ич, -івна, -овна, -ична) and what is left is joined as in 8.

Source: Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010 (Latin spelling of Ukrainian); ICAO
Doc 9303 part 3 section 6 (Latin spelling of Russian in passports). Other alphabets keep their letters: their
keys meet only with the same alphabet.

    >>> name_key("Коваленко", "Сергій") == name_key("KOVALENKO", "Sergey") == name_key("Коваленко", "Сергей")
    True
    >>> father_key("Миколайович") == father_key("Николаевич") == father_key("Nikolay")
    True
    >>> name_key("Лямзін", "Іван") == name_key("Лямін", "Іван")
    False
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from repatria.problem import Problem


def normal_name(text: str) -> str:
    """The name in NFC with single spaces: for comparing, never stored in place of what was written."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Case forgotten, safe for Turkish: İ, I, ı and i all become `i` (`lower` makes two letters of İ)."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


def name_problems(text: str, where: str) -> list[Problem]:
    """What stops a name, or any text, from being taken in: characters nobody sees that change what is seen."""
    if text.isprintable():  # which no control, format, surrogate or unassigned character is
        return []
    found = []
    if bidi := _named(text, _BIDI):
        found.append(
            Problem(
                "import.text.bidi",
                where,
                f"hidden characters that turn the reading direction ({bidi})",
                "type the cell again instead of pasting it, then import again",
            )
        )
    others = sorted({f"U+{ord(character):04X}" for character in text if _forbidden(character)})
    if others:
        found.append(
            Problem(
                "import.text.control",
                where,
                f"control or invisible characters ({', '.join(others)})",
                "type the cell again instead of pasting it, then import again",
            )
        )
    return found


@lru_cache(maxsize=65536)
def romanise(name: str) -> str:
    """One rough Latin reading of a Ukrainian, Russian or Latin name, lower case; unknown letters stay."""
    letters = (_LETTERS.get(letter, letter) for letter in fold(normal_name(name)).replace("ьо", "io"))
    bare = unicodedata.normalize("NFD", "".join(letters))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


@lru_cache(maxsize=65536)
def skeleton(part: str) -> str:
    """The form that the usual spellings of one name part fall into (rules 1-7); spaces and hyphens go."""
    text = "".join(letter for letter in romanise(part) if letter.isalpha())
    for rule, into in _RULES:
        text = rule.sub(into, text)
    return text


def family_key(family: str | None) -> str:
    """The skeleton of a family name; empty where it is unknown."""
    return skeleton(family) if family else ""


@lru_cache(maxsize=65536)
def given_key(given: str | None) -> str:
    """The skeleton of given names (rule 8), each part by itself; empty where unknown."""
    if not given:
        return ""
    return "".join(_SAME_GIVEN.get(key, key) for key in map(_given_stem, given.replace("-", " ").split()))


@lru_cache(maxsize=65536)
def father_key(father: str | None) -> str:
    """The skeleton of a father's name, given as patronymic or as first name (rule 9); empty where unknown."""
    if not father:
        return ""
    stem = _father_stem(father)
    return _SAME_FATHER.get(stem, stem)


def name_key(family: str | None, given: str | None, father: str | None = None) -> str:
    """`family|given|father`, each a skeleton, empty where unknown.

    Since registers in Latin letters leave the father's name out, block on the key without it and compare it
    apart: its absence is no evidence, its conflict is.
    """
    return f"{family_key(family)}|{given_key(given)}|{father_key(father)}"


_LETTERS = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "ґ": "g",
    "д": "d",
    "е": "e",
    "є": "ie",
    "ё": "e",
    "ж": "zh",
    "з": "z",
    "и": "i",
    "і": "i",
    "ї": "i",
    "й": "i",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ў": "u",
    "ф": "f",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ы": "i",
    "ь": "",
    "э": "e",
    "ю": "iu",
    "я": "ia",
    "ʼ": "",
    "’": "",
    "'": "",
    "`": "",
    "ʹ": "",
    "″": "",
    "ß": "ss",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
}

# Single capitals stand for sounds that Latin writes with several letters: H х, Z ж, C ч, S ш, Q щ.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), into)
    for pattern, into in (
        ("kh", "H"),
        ("shch|sch", "Q"),
        ("zh", "Z"),
        ("tch|ch", "C"),
        ("sh", "S"),
        ("ph", "f"),
        ("h", "g"),
        ("x", "ks"),
        ("tz", "ts"),
        ("ck|c|q", "k"),
        ("w", "v"),
        ("ff$", "v"),
        ("[yij]o", "e"),
        ("[eyj]", "i"),
        ("o", "a"),
        (r"(.)\1+", r"\1"),
        ("skaia$", "ska"),
    )
)

_FATHER_ENDING = re.compile("([ai]?viC|iC|[ai]?vna|iniCna|iCna|iniSna|iSna)$")


def _given_stem(given: str) -> str:
    bare = romanise(given)
    if bare.endswith("o"):
        bare = bare[:-1]
    stem = skeleton(bare)
    return stem[:-1] if len(stem) > 2 and stem.endswith("i") else stem


def _father_stem(father: str) -> str:
    text = skeleton(father)
    stem = _FATHER_ENDING.sub("", text) or text
    return stem.rstrip("aiu") or stem


# Names that differ by more than spelling; the first of each row names the group. Only forms of one calendar
# name that the same person's papers carry in the other language: Оксана and Ксенія, Артем and Артемій, Єгор
# and Георгій are names of their own and stay apart. Source: the usual Ukrainian and Russian forms of the
# calendar names.
_GIVEN_GROUPS = (
    "Николай Микола Миколай",
    "Никита Микита",
    "Владимир Володимир",
    "Павел Павло",
    "Филипп Пилип",
    "Иосиф Йосип Осип",
    "Федор Федір Theodor",
    "Афанасий Опанас Панас",
    "Игнатий Ігнат",
    "Матвей Матвій",
    "Никифор Ничипір",
    "Прохор Прохір",
    "Сидор Сидір",
    "Терентий Терень",
    "Тихон Тихін",
    "Фома Хома",
    "Ефим Юхим",
    "Евгений Євген Eugene",
    "Яков Яків",
    "Онуфрий Онопрій",
    "Анна Ганна",
    "Агафья Гафія",
    "Екатерина Катерина",
    "Прасковья Параска",
    "Пелагея Палажка",
    "Александр Олександр Alexander",
    "Александра Олександра Alexandra",
    "Михаил Михайло Michael",
    "Петр Петро Peter",
    "Даниил Данило Данила",
    "Емельян Омелян",
    "Гавриил Гаврило Гаврила",
    "Елена Олена",
    "Вениамин Веніямин",
    "Константин Костянтин",
    "Надежда Надія",
    "Татьяна Тетяна",
    "Виктор Victor",
    "Лаврентий Лаврін",
    "Родион Іродіон",
)


# Patronymics that no ending of rule 9 takes back to the name.
_FATHER_GROUPS = ("Яков Яків Яковлевич Якович",)


def _joined(stem_of: Callable[[str], str], groups: Sequence[str]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for group in groups:
        stems = [stem_of(name) for name in group.split()]
        for stem in stems:
            joined.setdefault(stem, stems[0])
    return joined


_SAME_GIVEN = _joined(_given_stem, _GIVEN_GROUPS)
_SAME_FATHER = _joined(_father_stem, (*_FATHER_GROUPS, *_GIVEN_GROUPS))

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")  # Persian and Indic spelling needs them


def _named(text: str, wanted: frozenset[str]) -> str:
    return ", ".join(sorted({f"U+{ord(character):04X}" for character in text if character in wanted}))


def _forbidden(character: str) -> bool:
    if character in _BIDI or character in _JOINERS:
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
