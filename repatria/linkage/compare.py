"""Two records side by side: what agrees, what is compatible, what differs, field by field and in words.

Rules:

- A sentence says how a field stands in the two records and never what it says.
- Absence is no evidence, for or against. A father's name that differs is evidence against.
- Names agree by their skeleton keys (people/names.py); near spellings are compatible, by Jaro-Winkler on the
  keys.
- A name written in two scripts is never evidence enough: a look-alike letter would make any two names agree.
- Service numbers are compared without spaces and hyphens, and with Cyrillic letters read as the Latin letters
  they look like, as they are stamped.

    >>> one = Record(1, {"family_name": "Коваленко", "date_of_birth": "1990-03-05"})
    >>> other = Record(7, {"family_name": "Kovalenko", "date_of_birth": "1990"})
    >>> for evidence in compare(one, other): print(evidence.field, evidence.agreement)
    service_number unknown
    family_name agrees
    given_names unknown
    father_name unknown
    date_of_birth compatible
    sex unknown
    unit unknown
    capture_date unknown
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from rapidfuzz.distance import JaroWinkler

from repatria.people.dates import PartialDate, parse_date
from repatria.people.lookalike import mixed_script
from repatria.people.names import family_key, father_key, fold, given_key, normal_name

Agreement = Literal["agrees", "compatible", "differs", "unknown"]
NEAR_NAME = 0.88
"""Jaro-Winkler similarity of two skeleton keys from which a spelling counts as near."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a register: its number there and the texts of its known fields (`person_to_fields`)."""

    row: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Evidence:
    """How one field stands in the two records."""

    field: str
    agreement: Agreement
    sentence: str


@dataclass(frozen=True, slots=True)
class Keys:
    """What a record is compared by, worked out once."""

    number: str
    family: str
    given: str
    father: str
    birth: PartialDate | None
    capture: PartialDate | None
    sex: str
    unit: str
    mixed: bool
    row: int = field(compare=False, default=0)


def keys_of(record: Record) -> Keys:
    """The keys of a record; empty or None where the field is unknown."""
    fields = record.fields
    sex = fields.get("sex", "")
    return Keys(
        number=number_key(fields.get("service_number", "")),
        family=family_key(fields.get("family_name")),
        given=given_key(fields.get("given_names")),
        father=father_key(fields.get("father_name")),
        birth=_date(fields.get("date_of_birth", "")),
        capture=_date(fields.get("capture_date", "")),
        sex="" if sex == "unknown" else sex,
        unit=number_key(fields.get("unit", "")),
        mixed=mixed_names(record),
        row=record.row,
    )


def mixed_names(record: Record) -> bool:
    """Whether a name of the record is written in two scripts: a look-alike letter would make any two agree."""
    fields = record.fields
    return any(mixed_script(fields[name]) for name in ("family_name", "given_names", "father_name") if name in fields)


def own_number(fields: Mapping[str, str]) -> str | None:
    """The number that the office's own file gives a record, if it gives one."""
    number = fields.get("record_id")
    return None if number is None or _FROM_LINE.fullmatch(number) else number


_FROM_LINE = re.compile(r"row-\d+")


def number_key(text: str) -> str:
    """A service number's letters and digits, case and look-alike alphabets forgotten."""
    folded = text.casefold() if text.isascii() else fold(normal_name(text)).translate(_LOOK_ALIKES)
    return "".join(filter(str.isalnum, folded))


def compare(sought: Record, held: Record) -> tuple[Evidence, ...]:
    """A sentence per field, in the order in which a reviewer weighs them."""
    return compare_keys(keys_of(sought), keys_of(held))


def compare_keys(sought: Keys, held: Keys) -> tuple[Evidence, ...]:
    """As `compare`, for keys already worked out."""
    return (
        _equal("service_number", "service number", sought.number, held.number),
        _named("family_name", "family name", sought.family, held.family),
        _named("given_names", "given name", sought.given, held.given),
        _named("father_name", "father's name", sought.father, held.father),
        _dated("date_of_birth", "date of birth", sought.birth, held.birth),
        _equal("sex", "sex", sought.sex, held.sex),
        _equal("unit", "unit", sought.unit, held.unit),
        _dated("capture_date", "date of capture", sought.capture, held.capture),
    )


_LOOK_ALIKES = str.maketrans("авекмнорстухіј", "abekmhopctyxij")


@lru_cache(maxsize=65536)
def _date(text: str) -> PartialDate | None:
    value = parse_date(text, "iso") if text else None
    return value if isinstance(value, PartialDate) else None


@cache
def _evidence(name: str, agreement: Agreement, sentence: str) -> Evidence:
    return Evidence(name, agreement, sentence)


def _absent(name: str, word: str, sought: object, held: object) -> Evidence | None:
    if sought and held:
        return None
    who = "either record" if not (sought or held) else "the held record" if sought else "the sought record"
    return _evidence(name, "unknown", f"No {word} in {who}.")


def _equal(name: str, word: str, sought: str, held: str) -> Evidence:
    if absent := _absent(name, word, sought, held):
        return absent
    if sought == held:
        return _evidence(name, "agrees", f"The {word} is the same in both records.")
    return _evidence(name, "differs", f"The {word} differs.")


def _named(name: str, word: str, sought: str, held: str) -> Evidence:
    if absent := _absent(name, word, sought, held):
        return absent
    if sought == held:
        return _evidence(name, "agrees", f"The {word} is the same, allowing for language and alphabet.")
    if JaroWinkler.similarity(sought, held) >= NEAR_NAME:
        return _evidence(name, "compatible", f"The {word} is near in spelling and not the same.")
    return _evidence(name, "differs", f"The {word} differs.")


def _dated(name: str, word: str, sought: PartialDate | None, held: PartialDate | None) -> Evidence:
    if absent := _absent(name, word, sought, held):
        return absent
    assert sought is not None
    assert held is not None
    if sought == held and sought.full:
        return _evidence(name, "agrees", f"The {word} is the same day in both records.")
    if sought.may_equal(held):
        return _evidence(
            name, "compatible", f"The {word} is not known to the day in both records, and may be the same."
        )
    if sought.first.year == held.first.year:
        return _evidence(name, "differs", f"The {word} differs within one year.")
    return _evidence(name, "differs", f"The {word} differs, and so does its year.")
