"""What is said to people, before it is in a language: an id, and what stands in its places.

The core makes messages and never a sentence; `report/language.py` puts them into words at the edge. The English text
of every id stands once, in a table of the package that says it, and is what translators see.

    >>> Message("status.countdown", {"day": Day("2025-12-31")}, 45).count
    45
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Text = str | tuple[str, str]  # one form, or English's two: for one, and for more
Texts = Mapping[str, Text]


@dataclass(frozen=True)
class Day:
    """A date, written as the language writes dates; `full` with its year."""

    iso: str
    full: bool = False


@dataclass(frozen=True)
class Tenths:
    """A figure with one decimal, in tenths; written with the language's own point."""

    tenths: int


@dataclass(frozen=True)
class Name:
    """A member, a stage or a place by its identifier; shown by the name that people know it by."""

    slug: str


@dataclass(frozen=True)
class Message:
    """A text by id. `count` chooses the plural form and stands in the place {n}."""

    id: str
    places: Mapping[str, Place] = field(default_factory=dict)
    count: int | None = None


Place = str | int | Day | Tenths | Name | Message | tuple["Place", ...]  # a tuple is read as a list: A, B and C


def in_english(message: Message, texts: Texts) -> str:
    """The message in English, for problems, which are English only; pages use `report/language.py`.

    >>> in_english(Message("seats", {"of": (Name("north"), Name("south"))}, 1200), {"seats": ("{n} seat", "{of}: {n}")})
    'north and south: 1,200'
    """

    def put(place: Place) -> str:
        match place:
            case Message():
                return in_english(place, texts)
            case Name():
                return place.slug
            case Day():
                return place.iso
            case Tenths():
                return f"{place.tenths // 10:,}.{place.tenths % 10}"
            case int():
                return f"{place:,}"
            case tuple():
                parts = [put(each) for each in place]
                return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)
        return place

    text = texts[message.id]
    form = text if isinstance(text, str) else text[message.count != 1]
    counted = {} if message.count is None else {"n": message.count}
    return form.format(**{name: put(place) for name, place in {**message.places, **counted}.items()})
