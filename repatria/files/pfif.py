"""PFIF: people as tracing services exchange them; versions 1.1 to 1.4 in, 1.4 out.

Out go only those whom `people/tracing.py` lets go, with the elements that the specification has and in its order: the
record's number under the sender's domain, its end, the sender's name, its own date, names, sex, date of birth. There
is no note, so that nothing is said of anybody's fate. A comment tells a person who opens the file whom it is for.

In, a person is a row and an element a column:

- No document type and no entity is read, whatever the encoding: the parser is stopped where one begins.
- Names, date of birth, sex and the record's id become fields. Everything else is kept as it stands, under `pfif:`
  and the element's name; of the notes their number and the newest status.
- Where family and given names are there, the full name stands aside; where only it is there, it is split.
- A row's number counts persons from 1.

Source: PFIF 1.4 specification, "Data model" and "XML format"; in 1.3 given_name and family_name are first_name and
last_name.

    >>> table = parse_pfif(b'<pfif xmlns="http://zesty.ca/pfif/1.4"><person><family_name>Invented</family_name>'
    ...                    b'<given_name>Test</given_name></person></pfif>', "f.xml")
    >>> table.heading, table.rows[0].cells
    (('family_name', 'given_name'), ('Invented', 'Test'))
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.parsers import expat
from xml.sax.saxutils import escape

from repatria.people.table import Row, Table
from repatria.people.tracing import Traced
from repatria.problem import Problem, Problems

SPACE = "http://zesty.ca/pfif/"
VERSIONS = ("1.1", "1.2", "1.3", "1.4")
MAX_DEPTH, MAX_PERSONS, MAX_CELLS, MAX_TEXT = 8, 250_000, 4_000_000, 64 * 1024 * 1024
_FIELDS = ("family_name", "last_name", "given_name", "first_name", "date_of_birth", "sex", "person_record_id")

_ORDER = (
    "person_record_id", "expiry_date", "source_name", "source_date", "full_name", "given_name", "family_name", "sex",
    "date_of_birth",
)  # fmt: skip


class _RefusedError(Exception):
    """Raised inside the parser; its argument is a code of `_REFUSALS`."""


def parse_pfif(data: bytes, file: str) -> Table:
    """The persons of a PFIF document.

    Raises:
        Problems: not well-formed, not PFIF, a document type or entity, or more than is read; no text is repeated.
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reader.declaration
    try:
        parser.Parse(data, True)
        if not reader.persons:
            raise _RefusedError("empty")
    except _RefusedError as refused:
        what, do = _REFUSALS[str(refused)]
        raise Problems([Problem(f"file.pfif.{refused}", file, what, do)]) from None
    except (expat.ExpatError, LookupError, ValueError):
        where, do = f"{file}, line {parser.CurrentLineNumber}", "get the whole file again"
        raise Problems([Problem("file.pfif.broken", where, "not well-formed XML", do)]) from None
    return _table(reader.persons, file)


def format_pfif(people: Sequence[Traced], domain: str, sender: str, today: date, reader: str) -> bytes:
    """The PFIF 1.4 document: `parse_pfif` gives the same texts again, under the sender's domain."""
    last = max((each.expires for each in people), default=today)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<!-- For {reader} only, to trace people, as they agreed to. Each record is to be deleted at its expiry_date,"
        f" the last of them by {last.isoformat()}. -->",
        f'<pfif:pfif xmlns:pfif="{SPACE}{VERSIONS[-1]}">',
    ]
    for at, person in enumerate(people, 1):
        own = {
            "person_record_id": f"{domain}/{person.fields.get('id', f'person-{at}')}",
            "expiry_date": f"{person.expires.isoformat()}T00:00:00Z",
            "source_name": sender,
            "source_date": f"{today.isoformat()}T00:00:00Z",
            **person.fields,
        }
        lines.append("  <pfif:person>")
        lines += [f"    <pfif:{name}>{escape(own[name])}</pfif:{name}>" for name in _ORDER if name in own]
        lines.append("  </pfif:person>")
    return "\n".join([*lines, "</pfif:pfif>", ""]).encode()


def is_pfif(data: bytes) -> bool:
    """True where an XML document names PFIF among its first bytes."""
    return SPACE.encode() in data[:4096].replace(b"\x00", b"")


class _Reader:
    """Collects each person's elements while the document is parsed."""

    def __init__(self) -> None:
        self.persons: list[dict[str, str]] = []
        self._path: list[str] = []
        self._texts: list[str] = []
        self._note: dict[str, str] = {}
        self._newest = ""
        self._length = self._cells = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if not self._path and (local != "pfif" or space.removeprefix(SPACE) not in VERSIONS):
            raise _RefusedError("not_pfif")
        self._path.append(local)
        if len(self._path) > MAX_DEPTH:
            raise _RefusedError("deep")
        if self._path == ["pfif", "person"]:
            self.persons.append({})
            self._newest = ""
            if len(self.persons) > MAX_PERSONS:
                raise _RefusedError("long")
        elif local == "note":
            self._note = {}
        self._texts = []

    def text(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_TEXT:
            raise _RefusedError("long")
        self._texts.append(text)

    def end(self, _name: str) -> None:
        text, self._texts = "".join(self._texts).strip(), []
        match self._path:
            case ["pfif", "person", "note"]:
                self._end_of_note()
            case ["pfif", "person", "note", field]:
                self._note[field] = text
            case ["pfif", "person", field] if text:
                self._cells += 1
                if self._cells > MAX_CELLS:
                    raise _RefusedError("long")
                if self.persons[-1].setdefault(field, text) != text:
                    raise _RefusedError("doubled")
        self._path.pop()

    def _end_of_note(self) -> None:
        person = self.persons[-1]
        person["notes"] = str(int(person.get("notes", "0")) + 1)
        entered = self._note.get("entry_date", "")
        if self._note.get("status") and entered >= self._newest:
            self._newest, person["status"] = entered, self._note["status"]

    def declaration(self, *_: object) -> None:
        raise _RefusedError("declaration")


def _table(persons: list[dict[str, str]], file: str) -> Table:
    parted = any({"family_name", "last_name"} & person.keys() for person in persons)
    fields = _FIELDS if parted else (*_FIELDS, "full_name")
    names = list(dict.fromkeys(name for person in persons for name in person))
    columns = sorted(names, key=lambda name: fields.index(name) if name in fields else len(fields))
    heading = tuple(name if name in fields else f"pfif:{name}" for name in columns)
    rows = tuple(Row(n, tuple(person.get(name, "") for name in columns)) for n, person in enumerate(persons, 1))
    expiring = sum("expiry_date" in person for person in persons)
    what = f"{expiring} of {len(persons)} records bear a date after which they are no longer to be kept"
    notes = (Problem("file.pfif.expiry", file, what, "take them out again by then"),) if expiring else ()
    return Table(file, None, heading, rows, notes, heading_row=0)


_REFUSALS = {
    "declaration": ("a document type or entity declaration, which PFIF does not need", "ask for the file without it"),
    "not_pfif": (f"an XML document that is not PFIF {VERSIONS[0]} to {VERSIONS[-1]}", "save the table as XLSX or CSV"),
    "deep": ("elements nested deeper than PFIF has them", "check that this is the right file"),
    "long": ("more persons or more text than is read", "split the file"),
    "doubled": ("a person with two different entries in one element", "ask the sender which of them is true"),
    "empty": ("no person in the file", "check that this is the right file"),
}
