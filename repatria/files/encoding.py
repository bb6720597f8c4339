"""Which encoding a text is in: by rule, said which, and asked for where the rule is in doubt.

A byte order mark decides; so do zero bytes at every second place, and bytes that are well-formed UTF-8. What is left
are encodings of one byte a letter, in which any bytes are some text. Each is tried, and judged by

1. the headings that become known words (headings.py) and hold letters outside ASCII: two or more in one encoding and
   fewer in every other decide;
2. the letters: how usual each is in the languages written in that encoding, less for each word that mixes scripts or
   has a capital after a small letter. The best must be as likely as e^12 of the next (`SURE`), or nobody's guess is
   taken: the file is refused with the best two named, until a person says which (`--encoding`).

Windows-1251 and KOI8-U hold Ukrainian and Russian; Windows-1254 holds Turkish, and Western European names;
Windows-1256 holds Arabic. Others are read only where they are named.

    >>> decode("Прізвище;Ім'я\\r\\nВигаданий;Тест\\r\\n".encode("koi8-u"), "f.csv")[1][0].code
    'file.encoding'
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from repatria.people.headings import field_of
from repatria.problem import Problem, Problems

ENCODINGS: Mapping[str, str] = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "cp1251": "cp1251",
    "koi8-u": "koi8-u",
    "cp1254": "cp1254",
    "cp1256": "cp1256",
    "koi8-r": "koi8-r",
    "cp866": "cp866",
    "iso-8859-5": "iso8859-5",
    "iso-8859-6": "iso8859-6",
    "iso-8859-9": "iso8859-9",
    "cp1250": "cp1250",
    "cp1252": "cp1252",
}
"""What a person may declare, and the codec that reads it."""
TRIED = ("cp1251", "koi8-u", "cp1254", "cp1256")
SURE = 12.0
SAMPLE = 20_000


def decode(data: bytes, file: str, declared: str | None = None) -> tuple[str, tuple[Problem, ...]]:
    """The text in these bytes, and a note on how it was read where it is not plain UTF-8.

    Raises:
        Problems: not a text, not in the declared encoding, or in doubt.
    """
    if declared is not None:
        return _declared(data, file, declared), ()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _whole(data, file, "utf-16"), (_note(file, "utf-16", "its byte order mark"),)
    if b"\x00" in data:
        return _of_two_bytes(data, file)
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        return _of_one_byte(data, file, error)


def _declared(data: bytes, file: str, declared: str) -> str:
    name = declared.lower().replace("_", "-").replace("windows-", "cp")
    if name not in ENCODINGS:
        do = f"name one of {', '.join(ENCODINGS)}"
        raise Problems([Problem("file.encoding.name", file, "an encoding that is not read", do)])
    return _whole(data, file, name)


def _whole(data: bytes, file: str, name: str) -> str:
    try:
        text = data.decode(ENCODINGS[name])
    except UnicodeDecodeError as error:
        what = f"the text is not {name} (byte {error.start})"
        do = "name the encoding that it is in with --encoding, or get the whole file again"
        raise Problems([Problem("file.encoding.wrong", file, what, do)]) from None
    if "\x00" in text:
        raise Problems([_binary(data, file)])
    return text.removeprefix("\ufeff")


def _of_two_bytes(data: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    """UTF-16 without its mark: the high byte of a space, a separator and a line end is zero."""
    sample = data[:SAMPLE]
    for name, plain in (("utf-16-le", (b" \x00", b",\x00", b";\x00", b"\t\x00", b"\n\x00")),
                        ("utf-16-be", (b"\x00 ", b"\x00,", b"\x00;", b"\x00\t", b"\x00\n"))):  # fmt: skip
        places = [at for unit in plain for at in _aligned(sample, unit)]
        zeros = sample.count(b"\x00")
        if len(data) % 2 == 0 and len(places) >= 2 and zeros >= len(places):
            try:
                text = data.decode(name)
            except UnicodeDecodeError:
                continue
            if "\x00" not in text and all(unicodedata.category(c) not in ("Co", "Cn") for c in text[:SAMPLE]):
                return text, (_note(file, name, "where its zero bytes stand"),)
    raise Problems([_binary(data, file)])


def _aligned(sample: bytes, unit: bytes) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(unit), sample) if match.start() % 2 == 0]


def _binary(data: bytes, file: str) -> Problem:
    what = f"a zero byte at byte {data.index(0)}: not a text file" if b"\x00" in data else "not a text file"
    return Problem("file.csv.binary", file, what, 'save the table as "CSV UTF-8" or as XLSX')


def _of_one_byte(data: bytes, file: str, error: UnicodeDecodeError) -> tuple[str, tuple[Problem, ...]]:
    texts: dict[str, str] = {}
    for name in TRIED:
        try:
            text = data.decode(ENCODINGS[name])
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(c) == "Cc" and c not in "\r\n\t" for c in text[:SAMPLE]):
            texts[name] = text
    # Bytes above 127 are few where nearly all of the file is well-formed UTF-8: then it is damaged, not another one.
    if _damaged_utf8(data) or not texts:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"neither UTF-8 (byte {error.start}) nor any encoding that is told by rule"
        do = 'save it again as "CSV UTF-8", or name its encoding with --encoding'
        raise Problems([Problem("file.encoding.unknown", f"{file}, line {line}", what, do)])
    known = {name: _known_headings(text) for name, text in texts.items()}
    by_headings = [name for name, count in known.items() if count >= 2]
    if len(by_headings) == 1:
        return texts[by_headings[0]], (_note(file, by_headings[0], f"{known[by_headings[0]]} headings that are known"),)
    likely = sorted(((_likelihood(name, text[:SAMPLE]), name) for name, text in texts.items()), reverse=True)
    (best, name), (next_best, other) = likely[0], likely[1] if len(likely) > 1 else (-math.inf, "none other")
    if best - next_best >= SURE:
        return texts[name], (_note(file, name, "its letters"),)
    what = f"it may be {name} or {other}, and too few letters tell which"
    do = f"look at both and say which with --encoding {name} or --encoding {other}"
    raise Problems([Problem("file.encoding.doubtful", file, what, do)])


def _note(file: str, name: str, by: str) -> Problem:
    do = "check one name; if it is wrong, name the encoding with --encoding"
    return Problem("file.encoding", file, f"read as {name}, by {by}", do)


def _damaged_utf8(data: bytes) -> bool:
    text = data[:SAMPLE].decode("utf-8", "replace")
    good = sum(1 for c in text if ord(c) > 127 and c != "\ufffd")
    return good > 20 * text.count("\ufffd") > 0


def _known_headings(text: str) -> int:
    """How many headings with a letter outside ASCII become known words, in one line at the most."""
    return max(
        (
            len({f for cell in re.split("[,;\t|]", line) if not cell.isascii() and (f := field_of(cell.strip(' "')))})
            for line in text[:SAMPLE].splitlines()[:30]
        ),
        default=0,
    )


def _likelihood(name: str, text: str) -> float:
    """The log of how usual the text's letters outside ASCII are, under the best language of this encoding."""
    letters = Counter(c for c in text if ord(c) > 127)
    oddities = sum(_odd(word) for word in re.findall(r"[^\W\d_]+", text) if not word.isascii())
    tables = _USUAL[name]
    return max(
        sum(n * table.get(c.lower() if c != "İ" else "i̇", _ODD) for c, n in letters.items()) for table in tables
    ) - (3.0 * oddities)


def _odd(word: str) -> int:
    """How often this is no word: scripts mixed, a capital after a small letter, a Latin one hardly of plain letters."""
    scripts = {unicodedata.name(c, "?").split()[0] for c in word}
    broken = sum(1 for one, two in pairwise(word) if one.islower() and two.isupper())
    accented = sum(1 for c in word if ord(c) > 127)
    latin_of_accents = scripts == {"LATIN"} and len(word) > 2 and 2 * accented > len(word)
    return (len(scripts - {"FEMININE", "MASCULINE"}) > 1) + broken + latin_of_accents


_ODD = math.log(1e-5)


def _table(percent: str) -> dict[str, float]:
    """Letters with their share in running text, in percent."""
    pairs = [entry.partition("=") for entry in percent.split()]
    table = {letter: math.log(float(share) / 100) for letter, _, share in pairs}
    return table | dict.fromkeys("№«»–—’„“”…\u00a0", math.log(0.002))


# Shares in running text, rounded; the rule needs their order, not their last digit.
_RUSSIAN = _table(
    "о=11 е=8.5 а=8 и=7.4 н=6.7 т=6.3 с=5.5 р=4.7 в=4.5 л=4.4 к=3.5 м=3.2 д=3 п=2.8 у=2.6 я=2 ы=1.9 ь=1.7 г=1.7 "
    "з=1.6 б=1.6 ч=1.4 й=1.2 х=1 ж=0.9 ш=0.7 ю=0.6 ц=0.5 щ=0.4 э=0.3 ф=0.3 ъ=0.04 ё=0.04"
)
_UKRAINIAN = _table(
    "о=9.4 а=8 н=6.8 и=6 і=5.7 в=5.2 т=5 е=4.9 р=4.5 с=4.1 к=3.7 л=3.6 у=3.4 д=3.1 м=3 п=2.9 з=2.3 я=2.1 ь=1.8 "
    "б=1.7 г=1.6 ч=1.4 й=1.3 х=1.2 ц=0.9 ж=0.9 ю=0.8 ї=0.7 є=0.6 ш=0.7 щ=0.5 ф=0.3 ґ=0.05"
)
_TURKISH = _table("ı=28 ü=10 ş=10 ğ=6 ç=6 ö=5 i̇=3 é=1 â=0.6 á=1 ó=0.6 í=0.6 ä=1 ß=0.5 è=0.5 ñ=0.4 î=0.3 û=0.3 à=0.2")
_ARABIC = _table(
    "ا=15 ل=12 ي=7.5 م=6.5 و=6 ن=6 ر=5 ت=4.5 ب=4 د=4 ع=4 ة=3 ه=3 س=2.7 ح=2.7 ف=2.4 ك=2 ق=2 أ=1.8 ج=1.5 ش=1.3 ص=1 "
    "خ=0.9 ط=0.8 ى=0.8 ذ=0.6 إ=0.8 ض=0.6 ء=0.5 ث=0.5 ز=0.8 غ=0.4 ئ=0.4 ظ=0.2 آ=0.2 ؤ=0.2 ،=0.2 پ=0.05 گ=0.05"
)
_USUAL = {
    "cp1251": (_RUSSIAN, _UKRAINIAN),
    "koi8-u": (_RUSSIAN, _UKRAINIAN),
    "cp1254": (_TURKISH,),
    "cp1256": (_ARABIC,),
}
