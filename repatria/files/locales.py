"""What comes with the program as files: translations, and lead times; and the names that a user gives to members.

A names file is TOML, one table per language; whoever has no name there is shown by the identifier in the ledger:

    [en]
    north = "North"
    [uk]
    north = "Північ"
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from repatria.deal.calendar import LeadTimes, parse_lead_times
from repatria.people.vocabulary import HEADINGS
from repatria.plan import why_texts
from repatria.problem import Problem, Problems
from repatria.report.language import CODES, Language
from repatria.report.po import Catalogue, Entry, parse_po
from repatria.report.retelling import OR, THEN, WITH, Retelling
from repatria.report.texts import ALL

_NAME_MAX = 60


def load_language(code: str, names: Path | None = None) -> Language:
    """A language with its translations, and with the names of a names file if one is given."""
    catalogue = None if code == "en" else load_domain(code, "repatria")
    return Language(code, ALL, catalogue, _names(names, code) if names is not None else {})


def load_domain(code: str, domain: str) -> Catalogue:
    """The translations of one table of texts: `repatria`, or one of the pages' (`web.texts.DOMAINS`)."""
    file = resources.files("repatria") / "locale" / code / "LC_MESSAGES" / f"{domain}.po"
    return parse_po(file.read_text(encoding="utf-8"))


@lru_cache(maxsize=len(CODES))
def load_retelling(code: str) -> Retelling:
    """Problems in a language: its sentences, and the fields of a record by the headings that its lists have."""
    if code == "en":
        return Retelling(Language("en", {}))
    entries = {**_within(load_domain(code, "repatria")), **load_domain(code, "problems").entries}
    headings = {name.replace("_", " "): heading for name, heading in HEADINGS[code].items()}
    for name, heading in headings.items():
        entries.setdefault(name, Entry(name, (name,), (heading,)))
    return Retelling(Language(code, {}), Catalogue(code, entries))


def _within(catalogue: Catalogue) -> dict[str, Entry]:
    """What problems name of the texts that reports say by id, by each English form of theirs."""
    found = {each: Entry(each, (each,), (each,)) for each in (OR, WITH, THEN)}
    if catalogue.language == "ar":
        found[THEN] = Entry(THEN, (THEN,), ("{one}؛ {another}",))
    for name in why_texts.TEXTS:
        entry = catalogue.entries[name]
        found |= {form: entry for form in entry.english if re.sub(r"{\w+}", "", form).strip()}
    return found


def lead_times(path: Path | None = None) -> LeadTimes:
    """The lead times in a file, or those that come with the program."""
    shipped = resources.files("repatria") / "deal" / "lead_times.toml"
    try:
        text = (path or shipped).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        where = path.name if path is not None else shipped.name
        raise Problems([Problem("calendar.toml", where, "not UTF-8 text", "save it as UTF-8")]) from None
    leads, problems = parse_lead_times(text, path.name if path is not None else shipped.name)
    if problems:
        raise Problems(problems)
    return leads


def _names(path: Path, code: str) -> dict[str, str]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise _not_names(path, "not TOML") from None
    table = raw.get(code, {})
    if not isinstance(table, dict) or not all(_is_name(name) for name in table.values()):
        raise _not_names(path, f"the table {code} holds something else than short names")
    return {str(slug): str(name) for slug, name in table.items()}


def _is_name(name: Any) -> bool:
    """A line of letters that cannot steer a terminal or turn the direction of a line."""
    return (
        isinstance(name, str)
        and 0 < len(name) <= _NAME_MAX
        and not any(unicodedata.category(c)[0] == "C" or unicodedata.category(c) in ("Zl", "Zp") for c in name)
    )


def _not_names(path: Path, what: str) -> Problems:
    do = 'write a table per language, such as [uk], with lines such as north = "Північ"'
    return Problems([Problem("files.names", path.name, what, do)])
