"""A register as a table for somebody to read, fill in and send back: the other half of `register.read_register`.

- What is written comes back as the same records: `read_register` of `write_register` gives every field and every
  unknown column again, in every language. A test holds it to that over all values.
- Two fields are not written. `national_id` is a hash that means something in this node only; `wish_to_return` is the
  neutral's, and no list may carry it.
- A column in which nobody has anything is left out, except those that a list of its kind must have.

    >>> heading, rows = write_register([{"family_name": "Invented", "sex": "female"}], "sought", "tr")
    >>> heading, rows
    (('Soyadı', 'Adı', 'Cinsiyet', 'Doğum tarihi'), (('Invented', '', 'kadın', ''),))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from repatria.people.person import FIELDS, ListKind, field_choices
from repatria.people.register import MANDATORY, UNKNOWN_PREFIX
from repatria.people.vocabulary import HEADINGS, word_for

ORDER = tuple(HEADINGS["en"])
"""The fields in the order in which a list shows them: who it is, then service, captivity, health, and the rest."""
TEMPLATE = tuple(
    name for name in ORDER
    if name not in ("source_party", "list_kind", "alternate_names", "rank_band", "fit_to_travel", "proof_of_life",
                    "destination", "sharing_consent", "valid_until")
)  # fmt: skip
"""What a list officer is asked for."""


def write_register(
    records: Sequence[Mapping[str, str]], kind: ListKind, language: str, fields: Sequence[str] = ORDER
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The headings and the rows; unknown columns follow under the headings that they came with."""
    own = [name for name in fields if name in MANDATORY[kind] or any(name in record for record in records)]
    foreign = sorted({name for record in records for name in record if name.startswith(UNKNOWN_PREFIX)})
    heading = (*(HEADINGS[language][name] for name in own), *(name.removeprefix(UNKNOWN_PREFIX) for name in foreign))
    rows = tuple(
        (*(written(name, record.get(name, ""), language) for name in own), *(record.get(name, "") for name in foreign))
        for record in records
    )
    return heading, rows


def written(name: str, text: str, language: str) -> str:
    """A field's text as the language writes it: words in its own words, everything else as it stands.

    A word that is none of the field's stands as it is: another member's letter may hold what no list here could.
    """
    known = field_choices(name) if name in FIELDS else ()
    if not text or not known:
        return text
    known += ("none",) if name in SEVERAL else ()
    return "; ".join(word_for(name, word, language) if word in known else word for word in text.split(";"))


def choices(fields: Sequence[str], language: str) -> dict[int, tuple[str, ...]]:
    """For each column whose field holds one word of a list, by its place: the words to choose from."""
    return {
        at: tuple(word_for(name, word, language) for word in field_choices(name))
        for at, name in enumerate(fields)
        if field_choices(name) and name not in SEVERAL
    }


SEVERAL = ("priority_grounds", "sharing_consent")
