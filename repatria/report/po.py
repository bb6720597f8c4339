"""The .po files of gettext, read and written: one per language, with every message's id as its context.

A sentence that is its own id, since it stands in the source where it is said, has the context `sentence`.

Only what translators' tools need is understood: a header, `msgctxt`, `msgid`, `msgid_plural`, `msgstr`, comments and
flags. The files are read as they are; nothing compiled is kept.

    >>> days = Entry("days", ("{n} day", "{n} days"), ("{n} день", "{n} дні", "{n} днів"))
    >>> text = format_po(Catalogue("uk", {"days": days}))
    >>> parse_po(text).entries["days"].translated[0]
    '{n} день'
    >>> parse_po(text) == parse_po(format_po(parse_po(text)))
    True
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

PLURALS: Mapping[str, str] = {
    "en": "nplurals=2; plural=(n != 1);",
    "uk": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "tr": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
}
SENTENCE = "sentence"
_LINE = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)? ?(".*")')


@dataclass(frozen=True)
class Entry:
    """One message: its English forms, and the language's; `translated` is empty where nobody has translated it."""

    id: str
    english: tuple[str, ...]
    translated: tuple[str, ...] = ()
    fuzzy: bool = False


@dataclass(frozen=True)
class Catalogue:
    language: str
    entries: Mapping[str, Entry]
    plurals: str = ""


def parse_po(text: str) -> Catalogue:
    """The catalogue in a .po file.

    Raises:
        ValueError: a line that is none of the format, or an entry without an id.
    """
    header: dict[str, str] = {}
    entries: dict[str, Entry] = {}
    for block in re.split(r"\n\s*\n", text.strip()):
        fields, fuzzy = _fields(block)
        if not fields:
            continue
        forms = [fields[name] for name in sorted(fields) if name.startswith("msgstr")]
        if fields.get("msgid") == "" and "msgctxt" not in fields:
            header = dict(line.split(": ", 1) for line in forms[0].splitlines() if ": " in line)
            continue
        name = fields["msgid"] if fields.get("msgctxt") == SENTENCE else fields.get("msgctxt")
        if not name or name in entries:
            raise ValueError(f"an entry without an id, or twice: {name}")
        english = tuple(fields[key] for key in ("msgid", "msgid_plural") if key in fields)
        entries[name] = Entry(name, english, tuple(forms) if all(forms) else (), fuzzy)
    return Catalogue(header.get("Language", ""), entries, header.get("Plural-Forms", ""))


def format_po(catalogue: Catalogue) -> str:
    """The catalogue's file, in the order of its entries."""
    plurals = PLURALS[catalogue.language]
    header = (
        "Project-Id-Version: repatria", f"Language: {catalogue.language}", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit", f"Plural-Forms: {plurals}",
    )  # fmt: skip
    blocks = ['msgid ""\nmsgstr ""\n' + "\n".join(_quoted(line + "\n") for line in header)]
    count = int(re.findall(r"nplurals=(\d)", plurals)[0])
    for entry in catalogue.entries.values():
        lines = ["#, fuzzy"] if entry.fuzzy else []
        lines += ["#, python-brace-format"] if any("{" in text for text in entry.english) else []
        context = SENTENCE if entry.id == entry.english[0] else entry.id
        lines += [f"msgctxt {_quoted(context)}", f"msgid {_quoted(entry.english[0])}"]
        if len(entry.english) == 1:
            lines.append(f"msgstr {_quoted(entry.translated[0] if entry.translated else '')}")
        else:
            forms = entry.translated or ("",) * count
            lines.append(f"msgid_plural {_quoted(entry.english[1])}")
            lines += [f"msgstr[{at}] {_quoted(form)}" for at, form in enumerate(forms)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _fields(block: str) -> tuple[dict[str, str], bool]:
    fields: dict[str, str] = {}
    fuzzy, name = False, ""
    for line in block.splitlines():
        if line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None or not (found[1] or name):
            raise ValueError(f"not a line of a .po file: {line[:40]}")
        name = found[1] or name
        fields[name] = fields.get(name, "") + str(json.loads(found[2]))
    return fields, fuzzy


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
