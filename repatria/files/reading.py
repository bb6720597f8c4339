"""Foreign bytes to a table, whatever kind they are; called in the child (child.py) and nowhere else but in tests.

The kind goes by the first bytes, never by the file's name: a workbook that is called `.csv` is a workbook.
"""

from __future__ import annotations

import codecs

from repatria.files import workbook
from repatria.files.csv import parse_csv
from repatria.files.encoding import ENCODINGS
from repatria.files.guarded import Asked
from repatria.files.jsonl import parse_jsonl
from repatria.files.pfif import is_pfif, parse_pfif
from repatria.people.table import Table
from repatria.problem import Problem, Problems


def read_foreign(data: bytes, file: str, asked: Asked) -> Table:
    """The table in a file's bytes, which say themselves what kind they are.

    Raises:
        Problems: why there is none.
    """
    if not data.strip():
        raise Problems([Problem("file.empty", file, "the file is empty", "check that this is the right file")])
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return workbook.parse_workbook(data, file, asked)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if is_pfif(data) and _marked_up(data):
        return parse_pfif(data, file)
    if _without_mark(data).startswith((b"{", b"[")) and not start.startswith(b"{\\rtf"):
        return parse_jsonl(data, file, asked)
    for signature, kind in _OTHER_KINDS.items():
        if data.startswith(signature) or start.startswith(signature):
            do = 'save the table as XLSX, ODS or "CSV UTF-8", then import again'
            raise Problems([Problem("file.kind", file, f"{kind}, not a table", do)])
    return parse_csv(data, file, asked)


def _without_mark(data: bytes) -> bytes:
    """The first bytes as if they were ASCII in one byte each: marks, zero bytes and spaces taken off."""
    return data[:64].removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe").replace(b"\x00", b"").lstrip()


def _marked_up(data: bytes) -> bool:
    return _without_mark(data).startswith(b"<")


def load() -> None:
    """Load all that is otherwise loaded late, while files can still be opened."""
    import zipfile  # noqa: F401

    import python_calamine  # noqa: F401

    for codec in (*ENCODINGS.values(), "cp437"):
        codecs.lookup(codec)


_OTHER_KINDS = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"\x1f\x8b": "a compressed archive",
    b"7z\xbc\xaf": "a compressed archive",
    b"Rar!": "a compressed archive",
    b"<": "a web page or XML document",
}
