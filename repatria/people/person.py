"""A person's record: 35 fields, those of GC III Article 122(4) first and in its order.

Source: GC III Art. 122(4): "his surname, first names, rank, army, regimental, personal or serial number,
place and full date of birth, indication of the Power on which he depends, first name of the father and maiden
name of the mother, name and address of the person to be informed and the address to which correspondence for
the prisoner may be sent".

Rules:

- Unknown is None, never an empty text. An empty set of consents is not unknown: it says that nothing is
  shared.
- `power_on_which_depends` is the side a person belongs to; `detaining_power` is the side that holds the
  person.
- `national_id` is a keyed hash made with the node's own key; the number itself is not stored.
- Names stand as the register wrote them; people/names.py compares them.
- Every field has one text form, and `person_from_fields(person_to_fields(person)) == person`. Those texts are
  what a register commits to, in the order of `FIELDS`, so neither the order nor a text form may change once
  released.

    >>> born = PartialDate.of_year(1987)
    >>> person = Person(family_name="Invented", date_of_birth=born, priority_grounds=("elderly",))
    >>> person_to_fields(person)
    {'family_name': 'Invented', 'date_of_birth': '1987', 'priority_grounds': 'elderly'}
    >>> person_from_fields(person_to_fields(person)) == person
    True
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal, get_args

from repatria.people.dates import PartialDate, parse_date
from repatria.problem import Problem

ListKind = Literal["held", "sought", "missing", "remains"]
Sex = Literal["female", "male", "other", "unknown"]
PersonCategory = Literal[
    "prisoner_of_war",
    "retained_personnel",
    "civilian_internee",
    "security_detainee",
    "convicted_detainee",
    "missing",
    "deceased",
]
LegalProceedings = Literal["none", "disciplinary", "indictable_pending", "indictable_convicted"]
CustodyStatus = Literal[
    "sought",
    "claimed",
    "acknowledged",
    "icrc_confirmed",
    "denied",
    "released",
    "repatriated",
    "neutral_accommodation",
    "escaped",
    "deceased",
    "unknown",
]
MedicalCategory = Literal[
    "fit", "wounded", "sick", "seriously_wounded", "seriously_sick", "direct_repatriation", "neutral_eligible"
]
PriorityGround = Literal["minor", "under_25", "pregnant", "mother_small_child", "elderly", "long_captivity"]
WishToReturn = Literal["not_asked", "willing", "unwilling", "undecided", "unable"]
ConsentScope = Literal["family", "party", "mediator", "icrc", "public"]


@dataclass(frozen=True)
class FitToTravel:
    """Who found the person fit to travel, and when."""

    date: PartialDate
    by: str


@dataclass(frozen=True)
class ProofOfLife:
    """When the person was last shown alive, and by what kind of proof."""

    date: PartialDate
    kind: str


@dataclass(frozen=True)
class Person:
    """One person as one register knows them, None where it does not; in the order of commitment."""

    # GC III Art. 122(4)
    family_name: str | None = None
    given_names: str | None = None
    rank: str | None = None
    service_number: str | None = None
    place_of_birth: str | None = None
    date_of_birth: PartialDate | None = None
    power_on_which_depends: str | None = None
    father_name: str | None = None
    mother_maiden_name: str | None = None
    next_of_kin_ref: str | None = None
    place_of_detention: str | None = None
    # the register's own
    record_id: str | None = None
    source_party: str | None = None
    list_kind: ListKind | None = None
    # who else the person may be
    alternate_names: tuple[tuple[str, str], ...] | None = None
    """(ISO 15924 script, name) pairs, sorted."""
    sex: Sex | None = None
    nationality: str | None = None
    person_category: PersonCategory | None = None
    service_branch: str | None = None
    unit: str | None = None
    rank_band: str | None = None
    national_id: str | None = None
    # captivity
    capture_date: PartialDate | None = None
    capture_place: str | None = None
    detaining_power: str | None = None
    legal_proceedings: LegalProceedings | None = None
    custody_status: CustodyStatus | None = None
    medical_category: MedicalCategory | None = None
    fit_to_travel: FitToTravel | None = None
    priority_grounds: tuple[PriorityGround, ...] | None = None
    proof_of_life: ProofOfLife | None = None
    wish_to_return: WishToReturn | None = None
    destination: str | None = None
    sharing_consent: tuple[ConsentScope, ...] | None = None
    valid_until: PartialDate | None = None

    def __post_init__(self) -> None:
        for name in FIELDS:
            value = getattr(self, name)
            if value is not None and not _has_exact_text(name, value):
                raise ValueError(f"{name} has no exact text form")


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Person))
# What the seeker shows of a person, at most: identity as GC III 17 has it, and what tells two people of one name apart.
IDENTITY_FIELDS = (
    "family_name", "given_names", "father_name", "date_of_birth", "rank", "service_number", "place_of_birth",
    "power_on_which_depends",
)  # fmt: skip
"""The 35 field names in the order of commitment."""


@lru_cache(maxsize=65536)  # a register has each rank, day and place many times
def _has_exact_text(name: str, value: Any) -> bool:
    codec = _CODECS[name]
    text = codec.format(value)
    return bool(text) and "\x00" not in text and bool(codec.parse(text) == value)


def person_to_fields(person: Person) -> dict[str, str]:
    """The text of each known field, in the order of `FIELDS`; unknown fields are left out."""
    return {name: _CODECS[name].format(value) for name in FIELDS if (value := getattr(person, name)) is not None}


def values_to_fields(values: Mapping[str, Any]) -> dict[str, str]:
    """As `person_to_fields`, for the values of a row that is not, or not yet, a person."""
    return {name: _CODECS[name].format(values[name]) for name in FIELDS if values.get(name) is not None}


def person_from_fields(texts: Mapping[str, str]) -> Person:
    """The person whose known fields have these texts.

    Raises:
        ValueError: a field that does not exist, or a text that is not the form of its field.
    """
    return Person(**{name: field_value(name, text) for name, text in texts.items()})


def field_value(name: str, text: str) -> Any:
    """The value that a field's text stands for.

    Raises:
        ValueError: no such field, or the text is not in its form. The message does not repeat the text.
    """
    if name not in _CODECS:
        raise ValueError("no such field in a person's record")
    return _CODECS[name].parse(text)


def field_choices(name: str) -> tuple[str, ...]:
    """The words a field may hold, or none where it holds free text or a date."""
    return _CODECS[name].choices


@dataclass(frozen=True)
class _Codec:
    format: Callable[[Any], str]
    parse: Callable[[str], Any]
    choices: tuple[str, ...] = ()


def _text(text: str) -> str:
    if not text:
        raise ValueError("an empty text: unknown is the absence of the field")
    return text


def _date(text: str) -> PartialDate:
    value = parse_date(text, "iso")
    if isinstance(value, Problem):
        raise ValueError("not an ISO date")
    return value


def _word(choices: tuple[str, ...]) -> _Codec:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"not one of {', '.join(choices)}")
        return text

    return _Codec(str, parse, choices)


def _words(choices: tuple[str, ...]) -> _Codec:
    """Several words in the order they are declared in, `;` between; `none` for the empty set."""

    def parse(text: str) -> tuple[str, ...]:
        words = [] if text == "none" else [word.strip() for word in text.split(";")]
        if not set(words) <= set(choices):
            raise ValueError(f"not among {', '.join(choices)}")
        return tuple(choice for choice in choices if choice in words)

    return _Codec(lambda words: ";".join(words) or "none", parse, choices)


def _dated(of: Callable[[PartialDate, str], Any], word: str) -> _Codec:
    """A date, one space, a text."""

    def parse(text: str) -> Any:
        day, _, rest = text.partition(" ")
        return of(_date(day), _text(rest))

    return _Codec(lambda value: f"{value.date} {getattr(value, word)}", parse)


def _alternate(text: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for part in text.split("|"):
        script, equals, name = part.strip().partition("=")
        if not (equals and name and _SCRIPT.fullmatch(script)):
            raise ValueError("not script=name, as Latn=..., with | between names")
        pairs.append((script, name))
    return tuple(sorted(set(pairs)))


_SCRIPT = re.compile("[A-Z][a-z]{3}")
_PLAIN = _Codec(str, _text)
_DATE = _Codec(str, _date)
_CODECS: dict[str, _Codec] = dict.fromkeys(FIELDS, _PLAIN) | {
    "date_of_birth": _DATE,
    "capture_date": _DATE,
    "valid_until": _DATE,
    "list_kind": _word(get_args(ListKind)),
    "sex": _word(get_args(Sex)),
    "person_category": _word(get_args(PersonCategory)),
    "legal_proceedings": _word(get_args(LegalProceedings)),
    "custody_status": _word(get_args(CustodyStatus)),
    "medical_category": _word(get_args(MedicalCategory)),
    "wish_to_return": _word(get_args(WishToReturn)),
    "priority_grounds": _words(get_args(PriorityGround)),
    "sharing_consent": _words(get_args(ConsentScope)),
    "alternate_names": _Codec(lambda pairs: "|".join(f"{script}={name}" for script, name in pairs), _alternate),
    "fit_to_travel": _dated(FitToTravel, "by"),
    "proof_of_life": _dated(ProofOfLife, "kind"),
}
