"""An article in a file or on standard input: its bytes as text, in whichever encoding, then read as a page.

A page says its encoding in its head; a byte order mark says more; what is well-formed UTF-8 is UTF-8. Otherwise the
rules for lists decide (`encoding.py`), or nobody does and a person names it. A file that is no text, that is packed, or
that is longer than a page can be is a problem; nothing in it is unpacked, followed or run.
"""

from __future__ import annotations

import re
import sys
from importlib import resources
from pathlib import Path

from repatria.files.encoding import decode
from repatria.files.tables import read_text
from repatria.problem import Problem, Problems
from repatria.public.article import Article, article_of
from repatria.public.sides import Sides, parse_sides

MOST = 4 << 20  # bytes
_SAID = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_CODECS = {"windows-1251": "cp1251", "windows-1252": "cp1252", "windows-1250": "cp1250", "koi8-r": "koi8-r",
           "koi8-u": "koi8-u", "iso-8859-1": "cp1252", "latin-1": "cp1252", "iso-8859-5": "iso-8859-5"}  # fmt: skip


def read_article(path: Path, published: str | None = None, encoding: str | None = None) -> tuple[Article, bytes]:
    """The article in a file, or on standard input where the path is `-`, with the bytes that it was read from.

    Raises:
        Problems: too long, no text, in doubt about its encoding, empty, or without its day.
    """
    name = "standard input" if str(path) == "-" else path.name
    if str(path) == "-":
        data = sys.stdin.buffer.read(MOST + 1)
    else:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    if len(data) > MOST:
        what = f"more than {MOST >> 20} MiB; no article is that long"
        raise Problems([Problem("claims.long", name, what, "give the article alone, without what is around it")])
    article, problems = article_of(_text(data, name, encoding), name, published)
    if article is None:
        raise Problems(problems)
    return article, data


def _text(data: bytes, name: str, encoding: str | None) -> str:
    if encoding is None and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        if data[:2] in (b"\x1f\x8b", b"PK", b"BZ") or data[:6] == b"\xfd7zXZ\x00" or data.startswith(b"%PDF"):
            raise Problems([_no_text(name, "a packed file or a print, and no page")])
        try:
            return data.decode("utf-8-sig").replace("\x00", "")
        except UnicodeDecodeError:
            if b"\x00" in data:
                raise Problems([_no_text(name, f"a zero byte at byte {data.index(0)}: no text")]) from None
        said = _SAID.search(data[:4096])
        encoding = _CODECS.get(said[1].decode().lower()) if said else None
    try:
        text, _ = decode(data, name, encoding)
    except Problems as error:
        if any(problem.code == "file.csv.binary" for problem in error.problems):
            raise Problems([_no_text(name, "no text")]) from None
        raise
    return text


def _no_text(name: str, what: str) -> Problem:
    return Problem("claims.text", name, what, "save the page as HTML or as plain text, and give that")


def sides(path: Path | None = None) -> Sides:
    """The states that come with the program, and those of a file besides.

    Raises:
        Problems: everything that is wrong with the file.
    """
    shipped = resources.files("repatria") / "public" / "sides.toml"
    known, problems = parse_sides(shipped.read_text(encoding="utf-8"), shipped.name)
    assert not problems, problems
    if path is None:
        return known
    own, problems = parse_sides(read_text(path), path.name)
    if problems:
        raise Problems(problems)
    return known.joined(own)


def announcement() -> bytes:
    """The invented page that comes with the program, for rehearsals."""
    return (resources.files("repatria") / "public" / "announcement.html").read_bytes()
