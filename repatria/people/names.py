"""Names: kept as written, compared by key.

A name is stored exactly as the register gives it. Everything that compares goes through a key that forgets
what Ukrainian, Russian, Belarusian, Bulgarian and Latin spellings of one name differ in. A key finds pairs to look
at; it never decides. docs/names.md tells the rules at length, with examples.

For whoever links tables:

- `skeleton(part)` is the key of one word of a name, whatever it is; `family_key`, `given_key`, `father_key` are the
  keys of what stands in the three columns, "" where it is unknown. All are plain texts of ASCII letters (other
  alphabets keep theirs), remembered for the last 65,536 parts; about 300,000 new parts a second, and
  `skeletons(parts)` gives half a million for a whole column.
- `arabic_key(name)` (people/arabic.py) is the key where a name stands in Arabic letters; `skeleton` leaves them alone.
- `split_name(text)` (people/split.py) divides a whole name in one column: `.family_name`, `.given_names`,
  `.father_name`, and `.doubt` where nothing shows the order.

Rules of the skeleton key, in this order. Classes of sounds are capitals: S ш, C ч, Z ж, H х, T ц.

1.  Case, spaces, hyphens, apostrophes, soft and hard signs and the marks on letters go; but š ş ś are S, č ç ć are C,
    ž ż are Z, and a Bulgarian ъ before a consonant is a.
2.  г and ґ are g, and so is h; kh is H: Ukrainian г is written h, Russian г is written g, х is written kh.
3.  shch, schtsch, szcz, chtch, sch, sh, sz are S, for ш and щ alike (sch is щ in English papers and ш in German ones);
    ch, tch, tsch, cz are C; zh is Z; ts, tz, tc are T.
4.  ch is H in a word with w, which only Polish, German and Belarusian habit writes, and S in one with ou, tch or
    final -ine, which French habit writes; there ou is u, j beside it is Z, and the e is silent. Final -ou is -ов, as
    Belarusian ў; -ez beside a w is T.
5.  c is T before e, i and y in a word with a Slavic ending, in -ec, -cov and -cki, C in -vic; else s before e, i, y,
    and k. x is ks, q is k, ph is f, th is t, w and ў are v; final -ff is v.
6.  и, і, ї, й, ы, е, є, э, ё, y, j are one vowel (i), and ьо, йо, yo, io, jo with them; о after ш, ч, ж is е; о and а
    are one vowel (a).
7.  A letter written twice counts once. Final -ая is -а (-ская, -ська); -ской and -цкой are -ский and -цкий.
8.  A given name loses its final й or о (Сергій, Сергей; Дмитро, Дмитрий), never its final а: Олександр and
    Олександра stay two names. Then `_GIVEN_GROUPS` joins what no rule of sounds can: Микола, Николай, Мікалай.
9.  A father's name may come as a patronymic or as his first name (GC III 122(4) asks for "first name of the
    father"): the ending goes (-ович, -евич, -ич, -івна, -овна, -ична, Belarusian -авіч, -аўна; Turkic oğlu, kızı;
    Arabic bin, bint) and what is left is joined as in 8.

Sources: Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010 (rules 2, 3, 6, Latin spelling of
Ukrainian); ICAO Doc 9303 part 3 section 6 B (2, 3, 6, Russian in passports); Duden, Transkriptionstabelle Russisch
(sch, tsch, schtsch, ch, w, j); MVD order 310 of 1997 and the French passports before it (tch, ch, ou, -ine); PWN,
transkrypcja (sz, cz, szcz, ch, w, c); ISO 9:1995 and GOST 7.79 A (š, č, ž, c); Bulgarian Transliteration Act of 2009
(ъ); Belarusian instruction 15/31 of 2007 (ŭ, ch, c). Other alphabets keep their letters: their keys meet only with
the same alphabet.

    >>> given_key("Сергій") == given_key("SERGEY") == given_key("Сергей")
    True
    >>> family_key("Шевченко") == family_key("Schewtschenko") == family_key("Szewczenko") == family_key("Chevtchenko")
    True
    >>> father_key("Олексійович") == father_key("Alekseevich") == father_key("Аляксеевіч") == father_key("Alexey")
    True
    >>> family_key("Лямзін") == family_key("Лямін")
    False
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from repatria.people.name_groups import FATHER_WORDS, FATHERS, FOREIGN, GIVEN, SHORT, SINGLE, SPELT
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
def skeleton(part: str) -> str:
    """The form that the usual spellings of one name part fall into (rules 1-7); spaces and hyphens go."""
    return _merged(_sounds(part))


def _sounds(part: str) -> str:
    """Rules 1-5 and what of 6 and 7 keeps the vowels apart."""
    text = part.lower() if part.isascii() else _lower(part)
    if "ъ" in text:
        text = _BULGARIAN.sub("a", text)
    if "ь" in text:
        text = text.replace("ьо", "е")
    if "j" in text and "ou" in text:
        text = text.replace("j", "ž")
    text = text.translate(_SOUNDS)
    if not text.isascii():
        bare = unicodedata.normalize("NFD", text)
        text = "".join(letter for letter in bare if letter.isalpha())
    elif not text.isalpha():
        text = "".join(filter(str.isalpha, text))
    if "h" in text or "z" in text:
        if text.endswith("ez") and "w" in text:
            text = f"{text[:-1]}T"
        french = "tch" in text or "ou" in text[:-1] or text.endswith("ine")
        for spelt, sound in _SPELT_WITH_H_OR_Z:
            text = text.replace(spelt, sound)
        if "ch" in text:
            text = text.replace("ch", "H" if "w" in text else "S" if french else "C")
    for spelt, sound in _SPELT:
        text = text.replace(spelt, sound)
    if "c" in text:
        text = _latin_c(text)
    if "ou" in text:
        text = (f"{text[:-2]}ov" if text.endswith("ou") else text).replace("ou", "u")
    if text.endswith("ff"):
        text = f"{text[:-2]}v"
    elif text.endswith("ine"):
        text = text[:-1]
    for spelt, sound in _VOWELS:
        text = text.replace(spelt, sound)
    return _TWICE.sub(r"\1", text)


def _merged(text: str) -> str:
    text = _TWICE.sub(r"\1", text.replace("e", "i").replace("o", "a"))
    if text.endswith("aia") and len(text) > 5:
        return text[:-2]
    return f"{text[:-2]}i" if text.endswith(("skai", "Tkai")) else text


def skeletons(parts: Sequence[str]) -> list[str]:
    """`skeleton` of many parts, twice as fast: most rules at once over all of them, one to a line."""
    return skeletons_and_sounds(parts)[0]


def skeletons_and_sounds(parts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The skeletons of many parts, and beside each the form before its vowels fall together (Коля, Каля)."""
    if not parts:
        return [], []
    lines = _lower("\n".join(parts))
    text = lines.replace("ьо", "е").translate(_SOUNDS)
    for spelt, sound in (*_SPELT_WITH_H_OR_Z, ("ch", "C"), *_SPELT):
        text = text.replace(spelt, sound)
    text = _FINAL_FF.sub("v", text)
    text = _FINAL_INE.sub("in", text)
    for spelt, sound in _VOWELS:
        text = text.replace(spelt, sound)
    text = _TWICE.sub(r"\1", text)
    sounds = text.split("\n")
    text = _TWICE.sub(r"\1", text.replace("e", "i").replace("o", "a"))
    text = _FINAL_AIA.sub(r"\1a", text)
    made = _FINAL_KAI.sub(r"\1ki", text).split("\n")
    written = lines.split("\n")
    if len(made) != len(parts) or len(written) != len(parts):  # a line break inside a part
        return list(map(skeleton, parts)), list(map(_sounds, parts))
    odd = _LINE_BY_ITSELF.search
    for at, (key, line) in enumerate(zip(made, written, strict=True)):
        if not key.isalpha() or not key.isascii() or odd(line):
            sounds[at] = _sounds(parts[at])
            made[at] = _merged(sounds[at])
    return made, sounds


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
    if " " in father or "-" in father:
        words = father.replace("-", " ").split()
        father = " ".join(word for word in words if fold(word) not in _OF_A_FATHER) or father
    stem = _father_stem(father)
    return _SAME_FATHER.get(stem, stem)


def known_form(word: str, key: str) -> str:
    """The key that all forms of a calendar name share, for a word and its skeleton; empty for any other word."""
    if spelt := _SPELT_GIVEN.get(word):
        return spelt
    stem = key[:-1] if len(key) > 2 and word[-1:] in ("o", "о") else key
    stem = stem[:-1] if len(stem) > 2 and stem.endswith("i") else stem
    return _SAME_GIVEN.get(stem, "")


@lru_cache(maxsize=65536)
def patronymic_stem(key: str) -> str:
    """What `father_key` gives, for a patronymic's skeleton."""
    stem = _FATHER_ENDING.sub("", key) or key
    stem = stem.rstrip("aiu") or stem
    return _SAME_FATHER.get(stem, stem)


def may_stand_for(word: str) -> frozenset[str]:
    """The keys, as `known_form` gives them, of the calendar names that the word is short for (Bob: Robert)."""
    return _SHORT.get(word, frozenset())


def known_father(stem: str) -> bool:
    """Whether a father's key is that of a calendar name."""
    return stem in _FATHERS


_SOUNDS = str.maketrans(
    {
        **dict(zip("абвгґдеєёжзиіїйклмнопрстуўфхцчшщыэə", "abvggdeeeZziiiiklmnoprstuvfHTCSSiea", strict=True)),
        **dict(zip("јљњћѓќѕқғңһәөүұ", "ilnCgkzkgngaouu", strict=True)),
        **{"ю": "iu", "я": "ia", "ь": "", "ъ": "", "ђ": "dZ", "џ": "dZ"},
        **dict(zip("šşśșčçćžżźłńňñğđðıßřťţțďľĺŭåøyj", "SSSSCCCZZzlnnngddisrtttdllvooii", strict=True)),
        **{"þ": "t", "æ": "ae", "œ": "oe"},
        **dict.fromkeys("ʼ’'`ʹ″‘ʻ´-. ", ""),
    }
)
_BULGARIAN = re.compile("ъ(?![еєёиіюя])")
# Longest first. By now y and j are i, so that no spelling below has them.
_SPELT_WITH_H_OR_Z = (
    ("schtsch", "S"), ("shtsh", "S"), ("szcz", "S"), ("shch", "S"), ("chtch", "S"), ("stch", "S"),
    ("tsch", "C"), ("tch", "C"), ("cz", "C"), ("sch", "S"), ("shh", "S"), ("sh", "S"), ("sz", "S"), ("zh", "Z"),
    ("kh", "H"),
)  # fmt: skip
_SPELT = (
    ("tC", "C"), ("SC", "S"), ("ph", "f"), ("th", "t"), ("gh", "g"), ("ts", "T"), ("tz", "T"), ("h", "g"), ("x", "ks"),
    ("q", "k"), ("w", "v"),
)  # fmt: skip
_VOWELS = (("Co", "Ce"), ("So", "Se"), ("Zo", "Ze"), ("io", "e"), ("ie", "e"))
_TWICE = re.compile(r"(.)\1+")
_POLISH_CKI = re.compile("ck(?=(?:i+|oi|a|aia)$)")
_FINAL_FF, _FINAL_INE = re.compile("(?m)ff$"), re.compile("(?m)ine$")
_FINAL_AIA, _FINAL_KAI = re.compile("(?m)(...)aia$"), re.compile("(?m)([sT])kai$")
_LINE_BY_ITSELF = re.compile("ъ|w|[oо][uу]|tch|ine$|c(?!h)")
_CZECH_COV = re.compile("c(?=ova?$)")
_SLAVIC = re.compile("(?:enko|[oe]va?|[iy]na?|T?sk[aio]+|uk|iC|ik|k[oa]|cki+|ec|ei)$")


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("İ", "i").replace("ı", "i").lower()


def _latin_c(text: str) -> str:
    """Rule 5: the letter c, which Latin spellings use for four sounds."""
    text = _CZECH_COV.sub("T", _POLISH_CKI.sub("Tk", text)).replace("ck", "k").replace("tc", "T")
    if text.endswith("vic"):
        text = f"{text[:-1]}C"
    elif text.endswith("ec"):
        text = f"{text[:-1]}T"
    soft = "T" if _SLAVIC.search(text) else "s"
    return text.replace("cv", "Tv").replace("ce", soft + "e").replace("ci", soft + "i").replace("c", "k")


# A patronymic's endings, a son's and a daughter's, once the vowels are classes.
_FATHER_ENDING = re.compile("(?:[ai]?viC|iC|[ai]?vna|iniCna|iCna|iniSna|iSna)$")
_OF_A_FATHER = frozenset(map(fold, FATHER_WORDS.split()))


def _given_stem(given: str) -> str:
    spelt = fold(given)
    if spelt in _SPELT_GIVEN:
        return _SPELT_GIVEN[spelt]
    stem = skeleton(given)
    if len(stem) > 2 and spelt[-1] in "oо":
        stem = stem[:-1]
    return stem[:-1] if len(stem) > 2 and stem.endswith("i") else stem


def _father_stem(father: str) -> str:
    text = skeleton(father)
    stem = _FATHER_ENDING.sub("", text) or text
    return stem.rstrip("aiu") or stem


def _joined(stem_of: Callable[[str], str], groups: Sequence[str]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for group in groups:
        stems = [stem_of(name) for name in group.split()]
        first = next((joined[stem] for stem in stems if stem in joined), stems[0])
        for stem in stems:
            joined.setdefault(stem, first)
    return joined


_SPELT_GIVEN: dict[str, str] = {}
_SPELT_GIVEN.update({fold(name): f"{skeleton(row.split()[0])}-" for row in SPELT for name in row.split()})
_SAME_GIVEN = _joined(_given_stem, (*GIVEN, *FOREIGN, *SINGLE.split(), *(row.split()[0] for row in SHORT)))
_SAME_FATHER = _joined(_father_stem, (*FATHERS, *GIVEN, *SPELT, *SINGLE.split()))
_SHORT: dict[str, frozenset[str]] = {}
for _full, *_shorts in map(str.split, SHORT):
    for _short in map(fold, _shorts):
        _SHORT[_short] = _SHORT.get(_short, frozenset()) | {_SAME_GIVEN[_given_stem(_full)]}
_FATHERS = frozenset(_SAME_FATHER.values())

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")  # Persian and Indic spelling needs them


def _named(text: str, wanted: frozenset[str]) -> str:
    return ", ".join(sorted({f"U+{ord(character):04X}" for character in text if character in wanted}))


def _forbidden(character: str) -> bool:
    if character in _BIDI or character in _JOINERS:
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
