"""A message in words: the language's text and plural form, its dates and digits, its direction.

Languages are data: English texts stand in the tables of the code, the others in `repatria/locale/`, read at an edge.
A text that nobody has translated is shown in English rather than not at all. What is put into a text of a
right-to-left language is isolated (UAX 9), so that a Latin identifier or a number does not tear the line apart.

    >>> english = Language("en", {"days": ("{n} day until {day}", "{n} days until {day}")})
    >>> english.say(Message("days", {"day": Day("2025-12-31")}, 1200))
    '1,200 days until 31 December'
    >>> Language("uk", {"x": "{day}"}).say(Message("x", {"day": Day("2025-12-31", full=True)}))
    '31 грудня 2025 року'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from repatria.message import Day, Message, Name, Place, Tenths, Text, Texts
from repatria.report.po import Catalogue

FSI, PDI, RLM = "\u2068", "\u2069", "\u200f"
MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "uk": ("січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня",
           "листопада", "грудня"),
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
           "ноября", "декабря"),
    "tr": ("Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım",
           "Aralık"),
    "ar": ("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر",
           "ديسمبر"),
}  # fmt: skip
_YEAR = {"en": "{day} {year}", "uk": "{day} {year} року", "ru": "{day} {year} года", "tr": "{day} {year}",
         "ar": "{day} {year}"}  # fmt: skip
_THOUSANDS = {"en": ",", "uk": "\u00a0", "ru": "\u00a0", "tr": ".", "ar": ","}
_LISTS = {
    "en": (", ", " and "), "uk": (", ", " і "), "ru": (", ", " и "), "tr": (", ", " ve "), "ar": ("، ", " و"),
}  # fmt: skip
CODES = tuple(MONTHS)
RIGHT_TO_LEFT = ("ar",)


def _slavic(n: int) -> int:
    if n % 10 == 1 and n % 100 != 11:
        return 0
    return 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2


def _arabic(n: int) -> int:
    if n <= 2:
        return n
    return 3 if 3 <= n % 100 <= 10 else 4 if n % 100 >= 11 else 5


FORMS: Mapping[str, tuple[int, Callable[[int], int]]] = {  # how many plural forms, and which one a number takes
    "en": (2, lambda n: int(n != 1)),
    "uk": (3, _slavic),
    "ru": (3, _slavic),
    "tr": (2, lambda n: int(n != 1)),
    "ar": (6, _arabic),
}


@dataclass(frozen=True)
class Language:
    """One language: its code, the English texts, its translations, and the names that it has for members and places."""

    code: str
    english: Texts
    catalogue: Catalogue | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def direction(self) -> str:
        return "rtl" if self.code in RIGHT_TO_LEFT else "ltr"

    def say(self, message: Message) -> str:
        """The message in this language."""
        places = {name: self._isolated(place) for name, place in message.places.items()}
        if message.count is not None:
            places["n"] = self._isolated(message.count)
        return self.form(message.id, message.count).format(**places)

    def sentence(self, message: Message) -> str:
        """The message as a line of its own: with a capital letter, and in a right-to-left line from its first sign."""
        return (RLM if self.direction == "rtl" else "") + self.capitalized(self.say(message))

    def capitalized(self, text: str) -> str:
        first = "İ" if self.code == "tr" and text[:1] == "i" else text[:1].upper()
        return first + text[1:]

    def form(self, name: str, count: int | None) -> str:
        """The text of an id, in the form that goes with a number; in English where there is no translation."""
        entry = self.catalogue.entries.get(name) if self.catalogue is not None else None
        if entry is not None and entry.translated and not entry.fuzzy:
            if len(entry.english) == 1 or count is None:
                return entry.translated[-1]
            return entry.translated[FORMS[self.code][1](count)]
        text: Text = self.english[name]
        return text if isinstance(text, str) else text[FORMS["en"][1](1 if count is None else count)]

    def number(self, n: int) -> str:
        """A whole number with its thousands set apart as the language does."""
        return f"{n:,}".replace(",", _THOUSANDS[self.code])

    def tenths(self, n: int) -> str:
        """A figure in tenths, with the language's own point."""
        return f"{self.number(n // 10)}{'.' if self.code == 'en' else ','}{n % 10}"

    def day(self, day: Day) -> str:
        year, month, of_month = day.iso.split("-")
        text = f"{int(of_month)} {MONTHS[self.code][int(month) - 1]}"
        return _YEAR[self.code].format(day=text, year=year) if day.full else text

    def put(self, place: Place) -> str:
        """What stands in a place of a text, alone."""
        return self._isolated(place)

    def _isolated(self, place: Place) -> str:
        text = self._put(place)
        whole = isinstance(place, Message | tuple)  # its own parts are isolated already
        return text if whole or self.direction == "ltr" else f"{FSI}{text}{PDI}"

    def _put(self, place: Place) -> str:
        match place:
            case Message():
                return self.say(place)
            case Day():
                return self.day(place)
            case Tenths():
                return self.tenths(place.tenths)
            case Name():
                return self.names.get(place.slug, place.slug)
            case int():
                return self.number(place)
            case tuple():
                comma, last = _LISTS[self.code]
                parts = [self._isolated(each) for each in place]
                return last.join(part for part in (comma.join(parts[:-1]), *parts[-1:]) if part)
        return place
