"""Lists that are almost lists: the awkward files of the corpus, broken in ways that readers have been broken by.

`mutated(kind, number)` gives the same input for the same number, on every machine and in every process. A text is
broken as bytes; a workbook mostly within its parts, so that the archive around them is sound, else as bytes.
What is put in comes from the kind's own words: marks, numbers at the edges, declarations, cells that name other cells.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random

from tests.files.awkward import AR, CASES, RU, TR, UK
from tests.files.books import xls, xlsb
from tests.files.test_pfif import IN_1_3, IN_1_4, pfif

CANARY = "Кенарейка"
"""A cell that no problem may repeat."""

Parts = Sequence[tuple[str, bytes]]
"""What an input is made of: one nameless part for a text, or an archive's parts by name."""


def mutated(kind: str, number: int) -> Parts:
    """The parts of input number `number` of a kind."""
    random = Random(f"{kind}/{number}")
    seeds = corpus()[kind]
    parts = list(random.choice(seeds))
    words = _WORDS[kind]
    if len(parts) > 1 and random.random() < 0.2:
        whole = _broken(random, packed(parts), packed(random.choice(seeds)), words)
        return [("", whole)]
    for _ in range(random.choice((1, 1, 1, 1, 1, 2, 3))):
        at = random.randrange(len(parts))
        name, content = parts[at]
        if len(parts) > 1 and random.random() < 0.03:
            parts[at] = (random.choice(parts)[0] if random.random() < 0.5 else f"xl/{name}", content)
        else:
            other = dict(random.choice(seeds)).get(name, content)
            parts[at] = (name, _broken(random, content, other, words))
    return parts


def packed(parts: Parts) -> bytes:
    """The file's bytes. Parts of an archive come in their order,
    and one of a name that is there already is left out."""
    if len(parts) == 1 and not parts[0][0]:
        return parts[0][1]
    out, seen = io.BytesIO(), set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts:
            if name not in seen:
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            seen.add(name)
    return out.getvalue()


@cache
def corpus() -> Mapping[str, Sequence[Parts]]:
    """What each kind's inputs are made from: the awkward files, and a few that hold more at once."""
    kinds: dict[str, list[Parts]] = {kind: [] for kind in KINDS}
    for case in CASES:
        kind = _kind(case.data)
        if kind in ("xlsx", "ods"):
            kinds[kind].append(unpacked(case.data))
        else:
            kinds[kind].append([("", case.data)])
    for row in _BOOKS:
        kinds["xls"].append([("", xls(row, hidden_rows=(1,), hidden_columns=(1, 2), from_1904=len(row) > 2))])
        kinds["xlsb"].append(unpacked(xlsb(row, hidden_rows=(1,), hidden_columns=(1, 2), from_1904=len(row) > 2)))
    kinds["csv"] += [[("", text.encode(encoding))] for text, encoding in _TEXTS]
    kinds["xml"] += [[("", data)] for data in _DOCUMENTS]
    kinds["json"] += [[("", data)] for data in _OBJECTS]
    return kinds


def unpacked(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(part.filename, archive.read(part)) for part in archive.infolist()]


def _kind(data: bytes) -> str:
    if data.startswith(b"PK"):
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        return "ods" if "content.xml" in names else "xlsb" if "xl/workbook.bin" in names else "xlsx"
    start = data[:64].replace(b"\x00", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \r\n")
    if data.startswith(b"\xd0\xcf"):
        return "xls"
    return "xml" if start.startswith(b"<?xml") else "json" if start.startswith((b"{", b"[")) else "csv"


# --- how a part is broken ----------------------------------------------------------------------------------------


def _broken(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    for _ in range(random.choice((1, 1, 1, 1, 2, 3, 6))):
        content = random.choice(_WAYS)(random, content, other, words)
    return content[:20_000]


_Way = Callable[[Random, bytes, bytes, Sequence[bytes]], bytes]


def _place(random: Random, content: bytes) -> int:
    return random.randrange(len(content) + 1)


def _word(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    at = _place(random, content)
    return content[:at] + random.choice(words) + content[at:]


def _word_over(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    at = _place(random, content)
    return content[:at] + random.choice(words) + content[at + random.randrange(20) :]


def _cell_over(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    """A whole entry, between two marks of any kind, becomes a word."""
    found = list(re.finditer(rb"[^,;\t|\r\n<>\"={}:]+", content[:4000]))
    if not found:
        return _word(random, content, other, words)
    cell = random.choice(found)
    return content[: cell.start()] + random.choice(words) + content[cell.end() :]


def _number_over(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    found = list(re.finditer(rb"[0-9]+", content[:20_000]))
    if not found:
        return _byte(random, content, other, words)
    number = random.choice(found)
    return content[: number.start()] + random.choice(_NUMBERS) + content[number.end() :]


def _byte(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    if not content:
        return bytes([random.randrange(256)])
    at = random.randrange(len(content))
    one = random.choice((0, 9, 10, 13, 34, 39, 44, 59, 127, 128, 255, content[at] ^ (1 << random.randrange(8))))
    return content[:at] + bytes([one]) + content[at + 1 :]


def _cut_out(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    at = _place(random, content)
    return content[:at] + content[at + random.choice((1, 1, 2, 8, 40, 300)) :]


def _cut_off(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    return content[: _place(random, content)]


def _again(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    at = _place(random, content)
    piece = content[at : at + random.choice((1, 4, 16, 60, 200))]
    return content[:at] + piece * random.choice((2, 2, 3, 50)) + content[at:]


def _spliced(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    return content[: _place(random, content)] + other[_place(random, other) :]


def _lines(random: Random, content: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    lines = content.split(b"\n")
    lines.insert(random.randrange(len(lines) + 1), random.choice(other.split(b"\n")))
    if random.random() < 0.3:
        random.shuffle(lines)
    return b"\n".join(lines)


_WAYS: Sequence[_Way] = (
    _word, _word, _word_over, _cell_over, _cell_over, _cell_over, _number_over, _number_over, _byte, _byte, _cut_out,
    _cut_off, _again, _spliced, _lines,
)  # fmt: skip

# --- what is put in ----------------------------------------------------------------------------------------------

_NUMBERS = (
    b"", b"0", b"-1", b"1", b"255", b"256", b"65535", b"65536", b"1048576", b"1048577", b"16384", b"2147483647",
    b"2147483648", b"4294967295", b"4294967296", b"18446744073709551615", b"9" * 30, b"9" * 5000, b"1e308", b"1e999",
    b"-0", b"0.0000001", b"NaN", b"2958465", b"2958466", b"60", b"-693594", b"1987", b"0987", b"00",
)  # fmt: skip
_CELLS = (
    CANARY, "=1+1", "'=1", "''", "-", "Inv\u202eented", "a\u200bb", "\ufeff", "\u2028", "\xa0", "İIıi", "e\u0301", "ǅ",
    "ﬁ", "ﷺ", "\U0001f600", "\ue000", "\ufffe", "x" * 2001, "я" * 3000, "А" * 99, "Петренко-Вигаданий", "O'Test",
    "Д’Артаньян", "ВИГАДАНИЙ Тест Уявович", "Тест ВИГАДАНИЙ", "Invented, Test, X", ",", "ibn", "bin bin bin", "Abd",
    "عبد الرحمن بن محمد", "أبو", "ابن", "oğlu", "Ali oğlu", "kızı", "Ілліч", "-ович", "Cоболь", "Сергій1", "1987",
    "31.02.1987", "1987-02-30", "0000-00-00", "00.00.0000", "29.02.1900", "3/4/90", "03/04/1990", "13.13.1313",
    "1987-03-05/1990", "1987-03-05/1986", "1987-3", "03.1987", "березень 1987", "5 березня 1987 р.", "5 مارس 1987",
    "٠٣/٠٤/١٩٩٠", "２０２０-０１-０１", "²", "1987-03-05T25:61", "1987-03-05 00:00", "44927", "44927.5", "99999999",
    "-1", "1e5", "1e999", "nan", "inf", "0x10", "5.3.87", "approx. 1987", "до 1987", "1987 г.р.", "~1987", "1987?",
    "198X", "9999-12-31", "10000-01-01", "0001-01-01", "31.12.9999", "male", "m", "ж", "чоловік", "none",
    "minor;elderly",
    "minor;minor", ";;", "Latn=x|Cyrl=y", "Latn=|", "=", "|", "1987 x", "2025-01-01 letter", "sought", "held", "north",
    "south", "wish to return", "record id", "national id", "surname", "first name", "date of birth", "dob", "піб",
    "name",
    "full name", "place of detention", "other names", "proof of life", "fit to travel", "priority grounds", "sex", "(",
    "1." * 60, "((((((((", "№ п/п", "всього", "Total: 3", "مجموع", "1", "2", "3",
)  # fmt: skip
_MARKS = (
    b"\x00", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\r",
    b"\n", b"\r\n", b"\x0b", b"\x0c", b"\x1c", b"\x85", b"\x1a", b"\x7f", b" " * 70,
)  # fmt: skip
_CELL_WORDS = [cell.encode("utf-8", "surrogatepass") for cell in _CELLS]
_CSV_WORDS = [
    *_CELL_WORDS, *_MARKS, b'"', b'""', b'"""', b"'", b",", b";", b"\t", b"|", b",,,,,,", b"sep=;\n", b"sep=,\n",
    b"sep=|",
    *(text.encode(encoding) for text in (UK, RU, TR, AR) for encoding in ("utf-8", "utf-16-le")),
    UK.encode("cp1251"), UK.encode("koi8-u"), TR.encode("cp1254"), AR.encode("cp1256"), b"PK\x03\x04", b"%PDF", b"{",
    b"<",
]  # fmt: skip
_XML_WORDS = [
    *_CELL_WORDS, *_MARKS, b"<", b">", b"&", b"/>", b"&amp;", b"&#0;", b"&#x110000;", b"&#xD800;", b"&#10;", b"&a;",
    b"]]>",
    b"<![CDATA[", b"<!--", b"-->", b"<?x", b"<!DOCTYPE a>", b'<!DOCTYPE a [<!ENTITY a "b">]>', b"<!ENTITY", b"%a;",
    b'<?xml version="1.1"?>', b'<?xml version="1.0" encoding="utf-16"?>', b'<?xml version="1.0" encoding="cp1251"?>',
    b'<?xml version="1.0" encoding="utf-7"?>', b'<?xml version="1.0" encoding="idna"?>', b' xmlns="urn:x"',
    b' xmlns:a=""',
    b'<?xml version="1.0" encoding="rot13"?>', b'<?xml version="1.0" encoding="koi8-u"?>', b' xmlns:pfif="x"', b'"',
    b"'",
    b"<pfif:note>", b"</pfif:note>", b"<pfif:person>", b"</pfif:person>", b"<pfif:notes>x</pfif:notes>", b"<a>" * 30,
    b"<pfif:note><pfif:status>believed_dead</pfif:status><pfif:entry_date>2025</pfif:entry_date></pfif:note>",
    b"<pfif:expiry_date>2025-01-01T00:00:00Z</pfif:expiry_date>", b"<pfif:status>x</pfif:status>", b"<pfif:>", b"<:a/>",
    "<pfif:full_name>Тест Вигаданий</pfif:full_name>".encode(),
]  # fmt: skip
_JSON_WORDS = [
    *(json.dumps(cell).encode() for cell in _CELLS), *_CELL_WORDS, *_MARKS, b"{", b"}", b"[", b"]", b",", b":", b'"',
    b"\\", b"\\u", b"\\ud800", b"\\udc00", b"\\u0000", b"null", b"true", b"NaN", b"Infinity", b"-Infinity", b"-",
    b"1e999",
    b"1E400", b"0.1e-999", b"9" * 5000, b"-0", b"[" * 2000, b'{"a":' * 2000, b'""', b'"":', b"{}", b"[]", b"//", b"\\n",
    b'"surname":', b'"surname": "A", ', b'{"surname": "A"}\n',
]  # fmt: skip
_SHEET_WORDS = [
    *_XML_WORDS, b'r="XFD1048576"', b'r="A0"', b'r=""', b'r="B2"', b'r="AAAAAAAA1"', b'r="A-1"', b't="s"', b't="d"',
    b't="b"', b't="e"', b't="n"', b't="str"', b't="inlineStr"', b't="x"', b's="999"', b's="-1"', b"<v>99999999</v>",
    b"<v></v>", b"<v>#REF!</v>", b"<v>1987-03-05</v>", b"<v>31841</v>", b"<v>-1</v>", b"<v>1e400</v>", b'hidden="1"',
    b"<is><t>x</t></is>", b"<f>A1</f>", b'<f t="shared" si="0" ref="A1:B9">A1</f>', b'<f t="shared" si="9"/>',
    b'<mergeCells count="1"><mergeCell ref="A2:A9"/></mergeCells>', b'<mergeCell ref="A1:XFD1048576"/>',
    b'<mergeCell ref="C9:A1"/>', b'<mergeCell ref=""/>', b'<dimension ref="A1:XFD1048576"/>',
    b'<dimension ref="A1:B250000"/>',
    b'<dimension ref="x"/>', b"<row>", b'<row r="200000"/>', b'<row r="0"/>', b"</row>", b"</sheetData>",
    b"<sheetData/>",
    b'<c r="A2"/>', b'<c r="A249999" t="inlineStr"><is><t>x</t></is></c>', b'date1904="1"', b'date1904="maybe"',
    b'count="4294967295"', b'uniqueCount="4294967295"', b'<col min="0" max="99999" hidden="1"/>', b'min="x"',
    b'state="hidden"',
    b'<sheet name="x" sheetId="9" r:id="rId9"/>', b'name=""', b"../", b"/xl/workbook.xml", b"_x000D_", b"_xD800_",
    b"_x0000_",
    b'<si><t/></si>', b'<si><r><t>x</t></r><rPh sb="0" eb="1"><t>y</t></rPh></si>', b'numFmtId="14"', b'numFmtId="164"',
    b'formatCode="yyyy-mm-dd;@[$-F800]"', b'formatCode="[h]:mm:ss"', b'xml:space="preserve"',
    b'table:number-rows-repeated="4000000000"', b'table:number-rows-repeated="300"',
    b'table:number-columns-repeated="16384"',
    b'table:number-columns-repeated="x"', b'table:number-columns-spanned="3" table:number-rows-spanned="3"',
    b"<table:table-row/>", b"<text:p/>", b'<text:s text:c="4000000000"/>', b'office:value-type="date"',
    b'office:value-type="float" office:value="x"', b'office:date-value="1987-03-05"', b'office:value="1e999"',
    b'table:visibility="collapse"', b"<table:covered-table-cell/>", b'<table:table table:name="x">',
    b"<office:annotation>",
    b"<text:tab/>", b"<text:line-break/>", b'office:boolean-value="maybe"', b'office:time-value="PT99H"',
]  # fmt: skip
_RECORD_WORDS = [
    *_MARKS, *_CELL_WORDS[:20], *(n.to_bytes(w, "little") for w in (2, 4) for n in (0, 1, 255, 256, 2**15, 2**16 - 1)),
    b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\x09\x08", b"\x0a\x00\x00\x00", b"\x85\x00",
    b"\xfc\x00",
    b"\xfd\x00\x0a\x00", b"\x3c\x00", b"\x03\x02", b"\x04\x02", b"\xbd\x00", b"\x7e\x02", b"\x06\x00", b"\x2f\x00",
    b"\x22\x00",
]  # fmt: skip
_WORDS: Mapping[str, Sequence[bytes]] = {
    "csv": _CSV_WORDS, "xml": _XML_WORDS, "json": _JSON_WORDS, "xlsx": _SHEET_WORDS, "ods": _SHEET_WORDS,
    "xls": _RECORD_WORDS, "xlsb": [*_RECORD_WORDS, *_SHEET_WORDS],
}  # fmt: skip
KINDS = tuple(_WORDS)

_MANY = (
    "record id,surname,first name,patronymic,date of birth,sex,rank,service number,category,capture date,unit,"
    "other names,proof of life,fit to travel,priority grounds,national id,power on which depends,detaining power,shoe\n"
    f"1,{CANARY},Тест,Уявович,1987-03-05,male,сержант,АВ 123456,prisoner of war,2022-05-16,1 бр,Latn=Test,"
    "2025-01-01 letter,2025-01-01 doctor,elderly,1234567890,north,south,43\n"
    "2,Invented,Test,,03/04/1990,ж,major,AB-123456,,2022,,,,,,,,,\n"
)
_TEXTS = (
    (_MANY, "utf-8"), (_MANY.replace(",", ";"), "utf-16"), (_MANY.replace(",", "\t"), "cp1251"),
    ("ПІБ;Дата народження;Табір\nВИГАДАНИЙ Тест Уявович;5 березня 1987;табір\nInvented Test;1987;\n", "utf-8"),
    ("الاسم الكامل;تاريخ الولادة\nخالد بن سالم التجريبي;5 مارس 1987\nعبد الله أبو تجربة;1990\n", "utf-8"),
    ("Adı Soyadı;Doğum tarihi\nTest UYDURULMUŞ;5 Mart 1987\nAli Veli oğlu Örnek;1990\n", "cp1254"),
    ("Список\n\nФ.И.О.|Дата рождения\n1|2\nВыдуманный Тест Уявович|13.01.1987\nТест Выдуманный|03.04.1987\n"
     "Итого: 2|\n", "koi8-u"),
)  # fmt: skip
_BOOKS: Sequence[Sequence[Sequence[str | float]]] = (
    (("surname", "first name", "date of birth"), (CANARY, "Тест", "1987-03-05")),
    (
        ("surname", "first name", "dob", "n"),
        ("Invented", "Test", 31841, 7),
        ("Other", "Test", 1987),
        ("", "x", "", 1.5),
    ),
)
_NOTED = "<pfif:note><pfif:entry_date>2025-01-01</pfif:entry_date><pfif:status>is_note_author</pfif:status></pfif:note>"
_DOCUMENTS = (
    pfif(IN_1_4, IN_1_4 + _NOTED * 2), pfif(IN_1_3, version="1.3"), pfif(IN_1_4, encoding="utf-16"),
    pfif(f"<pfif:full_name>Тест {CANARY}</pfif:full_name><pfif:expiry_date>2025</pfif:expiry_date>", version="1.2"),
    pfif(IN_1_4, encoding="cp1251"),
    b'<pfif xmlns="http://zesty.ca/pfif/1.4"><person><family_name>X</family_name></person></pfif>',
)  # fmt: skip
_ONE_OBJECT = {"surname": CANARY, "first name": "Тест", "dob": "1987-03-05", "rank": None, "n": 1.5, "held": True}
_OBJECTS = (
    json.dumps(_ONE_OBJECT).encode() + b"\n" + json.dumps({"surname": "A", "first name": "B"}).encode(),
    json.dumps([_ONE_OBJECT] * 2, ensure_ascii=False).encode(),
    json.dumps(_ONE_OBJECT, ensure_ascii=False).encode("utf-16"), b'{"a": {"b": 1}}\n[1]\n', b"[]",
    b'{"full name": "A B"}',
)  # fmt: skip


def deflated(parts: Parts) -> bytes:
    """Small enough to be kept as a text: the parts with their names, compressed."""
    return zlib.compress(json.dumps([[name, content.decode("latin-1")] for name, content in parts]).encode(), 9)


def inflated(kept: bytes) -> Parts:
    return [(name, content.encode("latin-1")) for name, content in json.loads(zlib.decompress(kept))]
