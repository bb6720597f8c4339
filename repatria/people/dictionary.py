"""The data dictionary: each field of a record, how it is written, who must know it by which article, and who sees it.

Everything here is read from the code that acts on it, or held to it by a test: `docs/registers.md` and the sheet
beside each list are made from it.

- *Must* is what a list cannot be imported without. *Named* is what an article wants known of a category of person,
  "in so far as available": its absence is told, and stops nothing (doubts.py).
- *Seen* is who may come to see a field, at most: terms may show less of it, and nothing is shown before it is sent.

Source: GC III Art. 17, first paragraph: "his surname, first names and rank, date of birth, and army, regimental,
personal or serial number"; Annex IV B; those of doubts.py. AP I Art. 33(2)(a), which takes over the list of GC IV 138
for people held who have no better protection, is from memory and was not read beside this file.

    >>> (name,) = describe(["service_number"])
    >>> name.must, name.named["GC III 17"], name.seen
    ((), ('prisoner_of_war',), ('node', 'asked', 'listed'))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from repatria.message import Message
from repatria.people.doubts import SHALL_BE_KNOWN
from repatria.people.person import FIELDS, IDENTITY_FIELDS, ListKind, field_choices
from repatria.people.register import MANDATORY
from repatria.people.vocabulary import HEADINGS
from repatria.people.written import SEVERAL

CAPTURE_CARD: Mapping[str, str] = {
    "power_on_which_depends": "1", "family_name": "2", "given_names": "3", "father_name": "4", "date_of_birth": "5",
    "place_of_birth": "6", "rank": "7", "service_number": "8", "capture_date": "10", "medical_category": "11",
    "place_of_detention": "12",
}  # fmt: skip
"""The fields that the model capture card asks for (GC III Annex IV B), and their numbers on it."""
_GC3_17 = ("family_name", "given_names", "rank", "date_of_birth", "service_number")
LISTED = (
    *IDENTITY_FIELDS, "medical_category", "person_category", "capture_date", "sex", "priority_grounds",
    "service_branch", "rank_band", "detaining_power", "legal_proceedings", "custody_status",
)  # fmt: skip
"""What the rows of a final list hold at most: identity, and whatever a category of the terms may look at."""
TRACED = ("record_id", "family_name", "given_names", "father_name", "sex", "date_of_birth")
"""What tracing.py lets out."""
NEVER_WRITTEN = tuple(name for name in FIELDS if name not in HEADINGS["en"])
READERS = ("node", "asked", "listed", "neutral", "traced")
"""Who may see a field: its own node; whoever is asked for the sought; the readers of a final list; the neutral, who
goes where somebody is held; a tracing service, by consent."""

EXAMPLES: Mapping[str, str] = {
    "family_name": "Invented", "given_names": "Test", "rank": "sergeant", "service_number": "AB-000001",
    "place_of_birth": "Nowhere", "date_of_birth": "1987-03-05", "power_on_which_depends": "north",
    "father_name": "Imaginary", "mother_maiden_name": "Fancied", "next_of_kin_ref": "file 12",
    "place_of_detention": "camp-1", "record_id": "H-0001", "source_party": "south", "list_kind": "held",
    "alternate_names": "Cyrl=Вигаданий|Latn=Vyhadanyi", "sex": "female", "nationality": "North",
    "person_category": "prisoner_of_war", "service_branch": "infantry", "unit": "1st Invented Battalion",
    "rank_band": "non-commissioned", "national_id": "0000000000", "capture_date": "2025-03", "capture_place": "Nowhere",
    "detaining_power": "south", "legal_proceedings": "none", "custody_status": "acknowledged",
    "medical_category": "wounded", "fit_to_travel": "2025-11-01 camp physician",
    "priority_grounds": "under_25;long_captivity", "proof_of_life": "2025-10-12 letter", "destination": "north",
    "sharing_consent": "family;icrc", "valid_until": "2026-06-01",
}  # fmt: skip
"""Invented, and each one a text that its field takes. A wish has none: no list holds it."""


@dataclass(frozen=True)
class Entry:
    """One field: what is written in it, the words it takes if it takes only some, and what is said above."""

    field: str
    form: Message
    words: tuple[str, ...]
    example: str
    must: tuple[ListKind, ...]
    named: Mapping[str, tuple[str, ...]]
    """Article: the categories of person of which it wants the field known."""
    seen: tuple[str, ...]


def describe(fields: Sequence[str] = FIELDS) -> tuple[Entry, ...]:
    """The entries of these fields, in their order."""
    return tuple(
        Entry(
            name, Message(f"list.{_form(name)}", _SHOWN), field_choices(name), EXAMPLES.get(name, ""),
            tuple(kind for kind in get_args(ListKind) if name in MANDATORY[kind]), _named(name), _seen(name),
        )
        for name in fields
    )  # fmt: skip


def _named(name: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    if name in _GC3_17:
        found["GC III 17"] = ("prisoner_of_war",)
    if name in CAPTURE_CARD:
        found["GC III 70"] = ("prisoner_of_war",)
    for category, (article, names) in SHALL_BE_KNOWN.items():
        if name in names:
            found[article] = (*found.get(article, ()), category)
    detained = ("security_detainee", "convicted_detainee")
    if name in SHALL_BE_KNOWN["security_detainee"][1]:
        found["AP I 33(2)(a)"] = detained
    return found


def _seen(name: str) -> tuple[str, ...]:
    if name == "wish_to_return":
        return ()
    by = {"asked": IDENTITY_FIELDS, "listed": LISTED, "neutral": ("place_of_detention",), "traced": TRACED}
    return ("node", *(reader for reader, names in by.items() if name in names))


def _form(name: str) -> str:
    if name in SEVERAL:
        return "several"
    if field_choices(name):
        return "wish" if name == "wish_to_return" else "one"
    return _FORMS.get(name, "text")


_FORMS = {
    "date_of_birth": "date", "capture_date": "date", "valid_until": "date", "alternate_names": "names",
    "fit_to_travel": "dated", "proof_of_life": "dated", "record_id": "number", "next_of_kin_ref": "kin",
    "national_id": "national",
}  # fmt: skip
_SHOWN = {"day": "1987-03-05", "month": "1987-03", "year": "1987", "form": "Latn=…"}
