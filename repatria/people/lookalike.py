"""Letters that deceive: what a person should look at in a name before anybody relies on how it reads.

A name is kept exactly as it was written, and nothing here repairs it: a repaired name is somebody else's. Each
flag is a `Problem` that says which character of the name to look at, by its number, and repeats none.

What is flagged, in this order:

- `import.name.mixed_script`: letters or marks of two scripts in one name (`Cергій` with a Latin C). A modifier
  letter, such as the Ukrainian apostrophe ʼ, belongs to every script.
- `import.name.form`: a letter in a form that is only for display: full width, mathematical, a ligature, a Roman
  numeral as one character, an Arabic letter by its shape. Such a letter is one that NFKC replaces.
- `import.name.digit`: a digit beside letters (`0лег`, `lvan0v` with a nought, З and 3).
- `import.name.sign`: a sign that names do not have (`|` for I, `×` for x, a currency sign). Spaces, hyphens,
  apostrophes, full stops, commas, brackets and quotation marks are how names are written.
- `import.name.rare_letter`: a letter of the right script and of no alphabet that documents of today are
  written in (ɑ, ɡ, ſ; palochka Ӏ, which reads like І).
- `import.name.mark`: a combining mark that makes no letter with what it stands on: nothing of the kind is in an
  alphabet, and two marks more hide a letter under them. Vowel signs of Arabic and Hebrew are none of these.
- `import.name.alphabets`: letters of one script that no single alphabet has together (Ukrainian ї and Russian ы).
- `import.name.capitals`: I and l, which many founts draw alike, where the other one is meant by all that stands
  around it (`PavIo`, `lvanov`, `PAVlO`).
- `import.name.letters`: a name without a letter.

What cannot be told by looking at one name is not flagged: Turkish ı in a name that could be Turkish, Kazakh or
Mongolian ү in one that could be Kazakh or Mongolian.

Source: Unicode Technical Standard 39, sections 4 and 5 (confusables, mixed scripts); the measure is its table
confusables.txt (tests/people/test_lookalike.py). Latin letters: ICAO Doc 9303 part 3, section 6 A, to which
the Azerbaijani ə and the letters with marks that scholars romanise with are added. Cyrillic letters: the
alphabets in `_CYRILLIC`, each as its state spells it.

    >>> [flag.code for flag in name_flags("C\u0435\u0440\u0433\u0456\u0439", "row 2")]
    ['import.name.mixed_script']
    >>> name_flags("O'Neill-\u0141ukasz", "row 2")
    []
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from repatria.problem import Problem


def name_flags(text: str, where: str) -> list[Problem]:
    """What a person should look at in a name that is taken in as it stands."""
    if _PLAIN.fullmatch(text) and not _SWAPPED.search(text):
        return []
    return [Problem(f"import.name.{code}", where, what, _DO[code]) for code, what in _findings(text)]


@lru_cache(maxsize=65536)
def scripts_of(text: str) -> frozenset[str]:
    """The scripts of the letters in a text, by Unicode name: Latin, Cyrillic, Greek, Arabic and so on."""
    if text.isascii():
        return frozenset({"Latin"}) if any(map(str.isalpha, text)) else frozenset()
    return frozenset(script for character in text if (script := _script(character)))


def mixed_script(text: str) -> bool:
    """True where one name is written in letters of more than one script: a slip, or a look-alike."""
    return not text.isascii() and len(scripts_of(text)) > 1


def scripts_differ(names: list[str], where: str) -> list[Problem]:
    """A note where the names of one person are each in one script, and not all in the same one.

    A whole word of look-alikes (Latin `Hop` for `Нор`) shows only beside the person's other names.
    """
    each = [scripts for name in names if (scripts := scripts_of(name))]
    if any(len(scripts) > 1 for scripts in each) or len(set(each)) < 2:
        return []
    seen = " and ".join(sorted({script for scripts in each for script in scripts}))
    return [
        Problem(
            "import.name.scripts_differ",
            where,
            f"the names of one person are written in {seen}",
            "check that each was typed in the script it seems to be in; the names are kept as written",
        )
    ]


@lru_cache(maxsize=16384)
def _findings(text: str) -> tuple[tuple[str, str], ...]:
    """(code, what) of each flag: the text of a problem without its place."""
    found = []
    if len(scripts_of(text)) > 1:
        found.append(("mixed_script", f"letters of {_by_script(text)} stand in one name"))
    places: dict[str, list[int]] = {}
    for at, character in enumerate(text):
        places.setdefault(_oddity(character), []).append(at)
    composed = unicodedata.normalize("NFC", text)  # a letter typed as two characters is that letter
    marks = [at for at, character in enumerate(composed) if _lone_mark(character)]
    if marks:
        places["mark"] = marks
    found += [(kind, f"{what}: {_listed(places[kind])}") for kind, what in _WHAT.items() if kind in places]
    if "rare_letter" not in places and not _of_one_alphabet(composed):
        found.append(("alphabets", "letters that no one alphabet has together"))
    if swapped := [match.start() for match in _SWAPPED.finditer(text) if not _meant(text, match.start())]:
        found.append(("capitals", f"I and l may stand for each other: {_listed(swapped)}"))
    if text and not any(character.isalpha() for character in text):
        found = [("letters", "a name without a letter")]
    return tuple(found)


def _by_script(text: str) -> str:
    """The scripts with their places: whatever is fewest is told by place."""
    of: dict[str, list[int]] = {}
    for at, character in enumerate(text):
        if script := _script(character):
            of.setdefault(script, []).append(at)
    ordered = sorted(of, key=lambda script: (-len(of[script]), script))
    return " and ".join([ordered[0], *(f"{script} ({_listed(of[script])})" for script in ordered[1:])])


def _listed(places: list[int]) -> str:
    """Where to look, never what stands there: `character 1`, `characters 2, 3, 7`."""
    return f"character{'s' if len(places) > 1 else ''} {', '.join(str(at + 1) for at in places)}"


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """The script of a letter or of a mark that only one script has; empty for what every script shares."""
    category = unicodedata.category(character)
    if category == "Lm" or category[0] not in "LM":
        return ""
    name = unicodedata.name(character, "unknown").split()
    first = name[0].capitalize()
    if first in ("Combining", "Variation"):
        return ""
    if unicodedata.normalize("NFKC", character) != character:  # full width, mathematical: judged by what it shows
        shown = unicodedata.normalize("NFKC", character)
        return _script(shown) if len(shown) == 1 and shown != character else first
    return first


@lru_cache(maxsize=4096)
def _oddity(character: str) -> str:
    """Which of the flags one character earns by itself; empty for most."""
    if character in _SIGNS or character.isspace():
        return ""
    category = unicodedata.category(character)
    if category[0] == "C":
        return ""  # refused as control characters before anybody looks here
    composed = unicodedata.normalize("NFC", character)
    if unicodedata.normalize("NFKC", character) != composed or (len(composed) == 1 and composed != character):
        return "form"
    if category[0] == "N":
        return "digit"
    if category[0] in "PSZ":
        return "sign"
    if category == "Lm":
        return "" if character in _MODIFIERS else "sign"
    script = _script(character)
    if script == "Latin":
        return "" if _plain_latin(character) else "rare_letter"
    if script == "Cyrillic":
        return "" if character.lower() in _KNOWN_CYRILLIC else "rare_letter"
    return ""


def _lone_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" and not _script(character)


def _plain_latin(character: str) -> bool:
    bare = unicodedata.normalize("NFD", character)
    if character.lower() in _LATIN_LETTERS:
        return True
    return bare[0].isascii() and not (bare[1:] == "\u030c" and bare[0].lower() in "aiougjk")  # a caron like a breve


def _of_one_alphabet(text: str) -> bool:
    letters = {letter for letter in text.lower() if _script(letter) == "Cyrillic"}
    return letters <= _RUSSIAN or any(letters <= alphabet for alphabet in _CYRILLIC.values())


def _meant(text: str, at: int) -> bool:
    """Whether an I after a small letter, or a small l where a capital would stand, is what the writer meant."""
    word = re.split(r"[^\w]", text[:at])[-1]
    if text[at] == "I":
        return word in _PREFIXES
    rest = re.match(r"\w*", text[at:])
    spelt = rest.group() if rest else ""
    if word or not spelt[1:].islower():  # PAVlO, lVANOV
        return False
    if spelt[1] not in "aeiouylj":  # lvanov; Serbian lj and Welsh ll begin names
        return False
    others = [other for other in re.split(r"[^\w]+", text) if other and other != spelt]
    return len(spelt) <= 3 or not any(other[0].isupper() for other in others)


# Most names of a register are in plain Latin letters, or in those that Ukrainian and Russian share: no look needed.
_SHARED = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЬЮЯабвгдежзийклмнопрстуфхцчшщьюя"
_PLAIN = re.compile(rf"(?=.*[^\W\d_])(?:[A-Za-z' .,\-]+|[{_SHARED}' ’ʼ.,\-]+)")

# I after a small letter, or between a first capital and a small letter; l at the head of a word, or among capitals.
_SWAPPED = re.compile(
    r"(?<=[a-z])I|(?<=\b[A-Z])I(?=[a-z])|(?<=[A-Z])l(?=[A-Z])|(?<=[A-Z][A-Z])l(?!\w)"
    r"|(?<![\w'’‘ʻ\u0300-\u036f-])l(?=[A-Za-z])"
)
_PREFIXES = frozenset(
    {"Mc", "Mac", "De", "Di", "Del", "Fitz", "Van", "Von", "La", "Le", "Al", "El", "Ibn", "Bin", "Abd", "Abdul"}
)

_SIGNS = frozenset(
    "-\u2010\u2011\u2013\u2014'\u2018\u2019`\u00b4.,()/\u00b7\u00ab\u00bb\"\u201c\u201d\u201e\u060c\u0640"
)
_MODIFIERS = frozenset("\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u0640")
_LATIN_LETTERS = frozenset("ßæøœđðþłıŋħŧə")

_RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_SERBIAN = frozenset("абвгдежзиклмнопрстуфхцчш")
_CYRILLIC = {
    "Ukrainian": frozenset("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "Russian": _RUSSIAN,
    "Belarusian": frozenset("абвгґдеёжзійклмнопрстуўфхцчшыьэюя"),
    "Serbian": _SERBIAN | frozenset("ђјљњћџ"),
    "Macedonian": _SERBIAN | frozenset("ѓѕјљњќџ"),
    "Kazakh": _RUSSIAN | frozenset("әғқңөұүһі"),
    "Kyrgyz": _RUSSIAN | frozenset("ңөү"),
    "Mongolian": _RUSSIAN | frozenset("өү"),
    "Tajik": _RUSSIAN | frozenset("ғӣқӯҳҷ"),
    "Uzbek": _RUSSIAN | frozenset("ўқғҳ"),
    "Turkmen": _RUSSIAN | frozenset("җңөүә"),
    "Azerbaijani": _RUSSIAN | frozenset("ғәјҝөүһҹ"),
    "Tatar": _RUSSIAN | frozenset("әөүҗңһ"),
    "Bashkir": _RUSSIAN | frozenset("ғҙҡңөҫүһә"),
    "Chuvash": _RUSSIAN | frozenset("ӑӗҫӳ"),
    "Sakha": _RUSSIAN | frozenset("ҕҥөһү"),
    "Ossetian": _RUSSIAN | frozenset("ӕ"),
    "Udmurt": _RUSSIAN | frozenset("ӝӟӥӧӵ"),
    "Mari": _RUSSIAN | frozenset("ҥӧӱӓӹ"),
    "Moldovan": _RUSSIAN | frozenset("ӂ"),
}
_KNOWN_CYRILLIC = frozenset().union(*_CYRILLIC.values())

_WHAT = {
    "form": "letters in a form that is only for display",
    "digit": "digits stand in a name",
    "sign": "signs that names do not have",
    "mark": "marks that make no letter with what they stand on",
    "rare_letter": "letters of no alphabet that documents are written in",
}
_KEPT = "the name is kept as written"
_DO = {
    "mixed_script": "check each letter that looks alike in both; the name is kept as written and is never "
    "linked without a closer look",
    "form": f"type the name again if it was pasted; {_KEPT}",
    "digit": f"check whether a letter was meant (O and 0, З and 3, l and 1); {_KEPT}",
    "sign": f"check whether a letter was meant, and that the columns have not shifted; {_KEPT}",
    "mark": f"type the name again if it was pasted; {_KEPT}",
    "rare_letter": f"check whether the usual letter was meant that looks like it; {_KEPT}",
    "alphabets": f"check in which language the name is written; {_KEPT}",
    "capitals": f"check each capital I and small l; {_KEPT}",
    "letters": f"check that the columns have not shifted; {_KEPT}",
}
