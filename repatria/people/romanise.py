"""Romanisation: the Latin forms that a name may have in papers, each with the standard that makes it.

One Ukrainian name stands in Latin letters in half a dozen ways, according to who made the paper and when. None
of them is the right one: whoever seeks a person asks for all. The name itself stays as it is written.

- `romanisations(name, language)` gives every form once, with the standards that make it.
- A standard is letter for letter, with its few rules on place. A letter that it does not know is left as it is, so
  that nothing vanishes unseen.
- A capital that becomes several letters is written `Shch`, and `SHCH` in a word of capitals.
- Papers of one person may have been made from the name in another language: `in_both` (people/given_names.py) gives
  the Ukrainian and the Russian form of a given name, and romanisations can be asked of each.
- Turkish loses its marks and the difference of dotted and dotless i, or spells ö and ü as ICAO does.
- Arabic: `icao_arabic` is the table of the machine-readable zone, one code for each letter. The form beside it, for
  people to read, is heard and not tabled; `arabic_readings` gives the usual spellings of what joins Arabic names.

Sources, by the name that each has in `STANDARDS`:

- `KMU 2010`: Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010; BGN/PCGN agreed to it in 2019.
- `passport UA 2007`: Cabinet of Ministers of Ukraine, resolution 858 of 26 June 2007, in passports until 2010.
- `UA 1996`: Commission on Legal Terminology, decision 9 of 19 April 1996, in papers until 2007.
- `BGN/PCGN 1965` (Ukrainian), `BGN/PCGN 1947` (Russian), without the optional points between letters.
- `ICAO 9303`: Doc 9303 part 3, section 6 B; Russian passports since 2014.
- `GOST R 52535.1-2006`: Russian passports from 2010 to 2014.
- `MVD 310-1997`: order 310 of the Russian Ministry of the Interior, with the soft sign or, as in the
  machine-readable zone, without it; `passport SU` is the French spelling before it.
- `GOST 7.79-2000 B`: the Russian table of ISO 9:1995 without marks.

    >>> [form.text for form in romanisations("Згурський", "uk")]
    ['Zghurskyi', 'Zgurskyi', "Zghurs'kyi", 'Zhurs’kyy', 'Zhurskyi']
    >>> romanisations("Юлия", "ru")[0]
    Romanisation(text='Iuliia', standards=('ICAO 9303', 'GOST R 52535.1-2006'))
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from repatria.people.names import fold, normal_name

Language = Literal["uk", "ru", "tr", "ar"]


@dataclass(frozen=True)
class Romanisation:
    """One Latin form of a name, and the standards that make it."""

    text: str
    standards: tuple[str, ...]


@lru_cache(maxsize=16384)
def romanisations(name: str, language: Language) -> tuple[Romanisation, ...]:
    """Every form that the standards for this language make of the name, in the order of `STANDARDS`."""
    made: dict[str, list[str]] = {}
    if language == "ar":
        made[icao_arabic(name)] = ["ICAO 9303"]
    elif language == "tr":
        for way, text in _turkish(normal_name(name)):
            made.setdefault(text, []).append(way)
    for standard in STANDARDS:
        if standard.language == language:
            made.setdefault(standard.romanise(name), []).append(standard.name)
    return tuple(Romanisation(text, tuple(standards)) for text, standards in made.items())


@dataclass(frozen=True)
class Standard:
    """One table: single letters, and the rules on place that come before them."""

    name: str
    language: Language
    letters: Mapping[str, str]
    rules: tuple[tuple[re.Pattern[str], str], ...] = ()

    def romanise(self, name: str) -> str:
        """The form that this standard makes of a name."""
        return "".join(
            part if part.isspace() or part == "-" else self._word(part)
            for part in re.split(r"([\s-])", normal_name(name))
        )

    def _word(self, word: str) -> str:
        word = re.sub("[’ʼ`]", "'", word)
        small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in word)
        capitals = word.isupper() and sum(map(str.isalpha, word)) > 1
        made = []
        at = 0
        while at < len(word):
            end, into = self._at(small, at)
            if word[at].isupper():
                into = into.upper() if capitals else into[:1].upper() + into[1:]
            made.append(into if small[at:end] != into else word[at:end])
            at = end
        return "".join(made)

    def _at(self, small: str, at: int) -> tuple[int, str]:
        for pattern, into in self.rules:
            if match := pattern.match(small, at):
                return match.end(), into
        return at + 1, self.letters.get(small[at], small[at])


def icao_arabic(name: str) -> str:
    """The name in the codes of the machine-readable zone, with a space where the zone has `<`.

    Vowel signs have no code; a letter under shadda is written twice; ta marbuta is XAH where its word ends with it and
    XTA elsewhere. Source: ICAO Doc 9303 part 3, section 6 C.
    """
    made: list[str] = []
    text = normal_name(name)
    for at, letter in enumerate(text):
        if letter == "ة":
            made.append("XTA" if text[at + 1 : at + 2].isalpha() else "XAH")
        elif letter == "ّ" and made:
            made.append(made[-1])
        elif not "ً" <= letter <= "ْ" and letter not in "ـ":
            made.append(_ICAO_ARABIC.get(letter, letter))
    return "".join(made)


def arabic_readings(name: str) -> frozenset[str]:
    """The usual spellings of an Arabic name that is in Latin letters, in small letters, a space for every hyphen.

    An office spells one thing in one way throughout a name. So the readings are the combinations of each way of
    the article (al, el, assimilated, written together), of servant-of names (Abd al-, Abdul, Abdel), of the kunya (Abu,
    Abou; Umm, Um), of the nasab (ibn, bin, ben; bint, bent) and of a final ta marbuta (-a, -ah). The words
    themselves stay: their vowels differ by country, and people/given_names.py lists those of common names.

        >>> sorted(arabic_readings("Abu Salma"))
        ['abo salma', 'abo salmah', 'abou salma', 'abou salmah', 'abu salma', 'abu salmah']
    """
    words = [word for word in re.split(r"[\s\-'’ʼ]+", fold(normal_name(name))) if word]
    return frozenset(_spelt(words, *way) for way in itertools.product(*_WAYS))


def _spelt(words: list[str], article: str, servant: str, kunya: int, nasab: int, ending: str) -> str:
    made: list[str] = []
    at = 0
    while at < len(words):
        word, rest = words[at], words[at + 1 :]
        together = re.fullmatch(r"abd[aeu]l(.{3,})", word)
        if together:
            made.append(servant + _ended(together.group(1), ending))
        elif word in _ABD and len(rest) > 1 and rest[0] in _ARTICLES:
            made.append(servant + _ended(rest[1], ending))
            at += 2
        elif word in _ABD_ARTICLE and rest:
            made.append(servant + _ended(rest[0], ending))
            at += 1
        elif word in _ARTICLES and rest:
            made.append(_with_article(_ended(rest[0], ending), article))
            at += 1
        else:
            made.append(_of_group(word, kunya, nasab) or _ended(word, ending))
        at += 1
    return " ".join(made)


def _of_group(word: str, kunya: int, nasab: int) -> str | None:
    for groups, choice in ((_KUNYA, kunya), (_NASAB, nasab)):
        for group in groups:
            if word in group:
                return group[min(choice, len(group) - 1)]
    return None


def _with_article(word: str, article: str) -> str:
    if article == "assimilated":
        sun = re.match("sh|dh|th|[tdrzsln]", word)
        return f"a{sun.group() if sun else 'l'} {word}"
    return article + word


def _ended(word: str, ending: str) -> str:
    bare = word.removesuffix("h") if word.endswith("ah") else word
    return bare.removesuffix("a") + ending if len(bare) > 3 and bare.endswith("a") else word


def _turkish(name: str) -> Iterator[tuple[str, str]]:
    plain = name.translate(_TURKISH_PLAIN)
    yield "without marks", plain
    yield "ICAO 9303", "".join(_cased_like(letter, name, at) for at, letter in enumerate(name))


def _cased_like(letter: str, name: str, at: int) -> str:
    spelt = _TURKISH_ICAO.get(letter.lower(), "")
    if not spelt:
        return letter.translate(_TURKISH_PLAIN)
    if letter.isupper():
        return spelt.upper() if name[at + 1 : at + 2].isupper() else spelt.capitalize()
    return spelt


_ABD = frozenset({"abd", "abdu", "abdi"})
_ABD_ARTICLE = frozenset({"abdul", "abdel", "abdal", "abdoul", "abdil"})
_ARTICLES = frozenset({"al", "el", "ul", "il", "as", "ash", "ar", "ad", "az", "an", "at", "ed", "ud", "ur", "es", "ez"})
_KUNYA = (("abu", "abou", "abo"), ("umm", "um", "oum"))
_NASAB = (("ibn", "bin", "ben"), ("bint", "bent"))
_WAYS = (
    ("al ", "el ", "al", "el", "assimilated"),
    ("abd al ", "abd el ", "abdul ", "abdel ", "abdul", "abdel", "abdal"),
    range(3),
    range(3),
    ("a", "ah"),
)


def _table(letters: str) -> dict[str, str]:
    """`а a, б b`: each letter and what it becomes; nothing after it where it is silent."""
    pairs = (pair.split() for pair in letters.split(","))
    return {pair[0]: pair[1] if len(pair) > 1 else "" for pair in pairs}


def _rules(rules: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """`^є ye, зг zgh`: a pattern at its place and what it becomes; `^` is the head of a word."""
    pairs = (rule.split() for rule in rules.split(","))
    return tuple((re.compile(pair[0].replace("^", r"(?<![\w'])")), pair[1] if len(pair) > 1 else "") for pair in pairs)


_UK = (
    "а a, б b, в v, д d, е e, ж zh, з z, и y, і i, к k, л l, м m, н n, о o, п p, р r, с s, т t, у u, ф f, х kh, ц ts, "
    "ч ch, ш sh, щ shch, ґ g"
)
_UK_FIRST = "^є ye, ^ї yi, ^й y, ^ю yu, ^я ya"
_RU = "а a, б b, в v, г g, д d, е e, з z, и i, к k, л l, м m, н n, о o, п p, р r, с s, т t, у u, ф f, ы y, э e"
_RU_KH = _RU + ", ж zh, х kh, ч ch, ш sh, щ shch"
_MVD = _RU_KH + ", ё e, й y, ц ts, ю yu, я ya"
_VOWEL = "[аеёиоуыэюя]"

STANDARDS: tuple[Standard, ...] = (
    Standard("KMU 2010", "uk", _table(_UK + ", г h, є ie, ї i, й i, ю iu, я ia, ь, '"), _rules(_UK_FIRST + ", зг zgh")),
    Standard("passport UA 2007", "uk", _table(_UK + ", г g, є ie, ї i, й i, ю iu, я ia, ь, '")),
    Standard(
        "UA 1996",
        "uk",
        _table(_UK + ", щ sch, г h, є ie, ї i, й i, ю iu, я ia, ь ', ' '"),
        _rules(_UK_FIRST + ", зг zgh"),
    ),
    Standard("BGN/PCGN 1965", "uk", _table(_UK + ", г h, є ye, ї yi, й y, ю yu, я ya, ь ’, ' ”")),
    Standard("ICAO 9303", "uk", _table(_UK + ", г h, є ie, ї i, й i, ю iu, я ia, ь, '"), _rules(_UK_FIRST)),
    Standard("ICAO 9303", "ru", _table(_RU_KH + ", ё e, й i, ц ts, ъ ie, ь, ю iu, я ia")),
    Standard("GOST R 52535.1-2006", "ru", _table(_RU_KH + ", ё e, й i, ц tc, ъ, ь, ю iu, я ia")),
    Standard("MVD 310-1997", "ru", _table(_MVD + ", ъ \", ь '"), _rules("[ьъ]е ye, [ьъ]ё ye")),
    Standard("MVD 310-1997, no signs", "ru", _table(_MVD + ", ъ, ь"), _rules("[ьъ]е ye, [ьъ]ё ye")),
    Standard(
        "passport SU",
        "ru",
        _table(_RU + ", ё e, ж j, й i, у ou, х kh, ц ts, ч tch, ш ch, щ chtch, ъ, ь, ю iou, я ia"),
        _rules(rf"ин(?!\w) ine, г(?=[еиы]) gu, ье ie, кс x, (?<={_VOWEL})с(?={_VOWEL}) ss"),
    ),
    Standard(
        "BGN/PCGN 1947",
        "ru",
        _table(_RU_KH + ", ё ë, й y, ц ts, ъ ”, ь ’, ю yu, я ya"),
        _rules("^е ye, ^ё yë, (?<=[аеёиоуыэюяйъь])е ye, (?<=[аеёиоуыэюяйъь])ё yë"),
    ),
    Standard(
        "GOST 7.79-2000 B",
        "ru",
        _table(_RU + ", ё yo, ж zh, й j, х x, ц cz, ч ch, ш sh, щ shh, ъ ``, ы y`, ь `, э e`, ю yu, я ya"),
        _rules("ц(?=[еийы]) c"),
    ),
)
"""Every standard for Cyrillic; the order is that of the answers."""

_TURKISH_PLAIN = str.maketrans("çğıiöşüâîûÇĞİIÖŞÜÂÎÛ", "cgiiosuaiuCGIIOSUAIU")
_TURKISH_ICAO = {"ö": "oe", "ü": "ue"}

_ICAO_ARABIC = {
    "ء": "XE", "آ": "XAA", "أ": "XAE", "ؤ": "U", "إ": "I", "ئ": "XI", "ا": "A", "ب": "B", "ت": "T", "ث": "XTH",
    "ج": "J", "ح": "XH", "خ": "XKH", "د": "D", "ذ": "XDH", "ر": "R", "ز": "Z", "س": "S", "ش": "XSH", "ص": "XSS",
    "ض": "XDZ", "ط": "XTT", "ظ": "XZZ", "ع": "E", "غ": "G", "ف": "F", "ق": "Q", "ك": "K", "ل": "L", "م": "M",
    "ن": "N", "ه": "H", "و": "W", "ى": "XAY", "ي": "Y",
}  # fmt: skip
