"""Dates as registers know them: a day, a month, a year, or a span that holds the true day.

Rules:

- A date is what the text says and no more. `1987` stays a year; nothing is filled in.
- `03/04/1990` has two readings and no order was declared: it becomes the interval `1990-03-04/1990-04-03`,
  which holds both. Where the order is declared ("dmy", "mdy", "ymd") that one reading is taken and no other
  is tried. `13/04/1990` has one reading only and needs no declaration.
- Where nobody declared an order, the other rows of the column may: `inferred_order` says which, and by which rows.
- `03.1987` is a month. A month may be written by its name in English, Ukrainian, Russian, Turkish or Arabic. A time
  of midnight, and the word "year" after a date, do not count.
- `1885 (by other data 1888)`, as registers say it in these languages, is the span from the earlier to the later.
- Five digits are a spreadsheet's day number. It is read where the file says from which year it counts, 1900 or 1904.
- Arabic and Persian digits are digits; no cell may have two kinds. Marks of direction between them do not count.
- A day that its month does not have, a two-digit year, and a year outside 1800-2100 (another calendar, or a slip)
  are problems, and so is a date that says that it is of the Hijra. None of them is repaired by guessing.
- The text form is that of EDTF (ISO 8601-2): `1987`, `1987-03`, `1987-03-05`, `first/last`.

    >>> str(parse_date("03/04/1990"))
    '1990-03-04/1990-04-03'
    >>> str(parse_date("03/04/1990", "dmy"))
    '1990-04-03'
    >>> age_on(PartialDate.of_year(2000), date(2025, 12, 31))
    (25, 25)
    >>> age_on(PartialDate.of_year(2000), date(2025, 6, 1))
    (24, 25)
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from repatria.people.names import fold
from repatria.problem import Problem

DateFormat = Literal["iso", "dmy", "mdy", "ymd"]
DATE_FORMATS: tuple[str, ...] = get_args(DateFormat)
FIRST_YEAR, LAST_YEAR = 1800, 2100
TELLING_ROWS = 3
"""So many rows must tell an order of day and month before other rows are read by it."""


@dataclass(frozen=True, order=True, slots=True)
class PartialDate:
    """The span of days, `first` to `last` and both included, in which the true day lies."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("a partial date ends before it begins")

    @classmethod
    def of_day(cls, day: date) -> PartialDate:
        return cls(day, day)

    @classmethod
    def of_month(cls, year: int, month: int) -> PartialDate:
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    @classmethod
    def of_year(cls, year: int) -> PartialDate:
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def full(self) -> bool:
        """True where the day itself is known."""
        return self.first == self.last

    def may_equal(self, other: PartialDate) -> bool:
        """True where one day can satisfy both: the spans overlap."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return format_date(self)


def iso_day(text: str) -> date | None:
    """The day that a cell names in full in ISO form, such as 1987-03-05; None for every other cell."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def parse_date(
    text: str, declared_format: DateFormat | None = None, where: str = "date", epoch: int | None = None
) -> PartialDate | Problem:
    """The date a cell says, or the problem with it; never one of two readings picked in silence.

    Args:
        text: the cell, not empty (an empty cell is an unknown date: the caller records None).
        declared_format: the order the file's owner declared for dates that are not ISO; None means
        undeclared.
        where: the place named in the problem.
        epoch: the year from which a spreadsheet counts its days, 1900 or 1904, where it says so.
    """
    if (day := iso_day(text)) is not None:  # most cells that anybody sends
        return PartialDate.of_day(day)
    if match := _BY_OTHER_DATA.fullmatch(text):
        return _of_two([parse_date(part, declared_format, where, epoch) for part in match.groups()])
    cell = _without_furniture(text)
    if any(character.isdecimal() and not character.isascii() for character in cell):
        return _problem(
            "import.date.digits",
            where,
            "digits of two kinds, or of a kind that is not read",
            "write the date with the digits 0-9, as 1987-03-05",
        )
    if _OF_THE_HIJRA.search(cell):
        return _other_calendar(where)
    if match := _MONTH.fullmatch(cell):
        return _of_parts(int(match[2]), int(match[1]), None, where)
    if is_serial(cell):
        return _of_serial(int(float(cell)), epoch, where)
    if (match := _WORDED.fullmatch(cell)) and (month := _MONTHS.get(fold(match[2]))):
        return _of_parts(int(match[3]), month, int(match[1]) if match[1] else None, where)
    if "/" in cell and (span := cell.split("/")) and len(span) == 2:
        return _interval(span[0], span[1], where)
    if _ISO.fullmatch(cell):
        return _iso(cell, where)
    if match := _ORDERED.fullmatch(cell):
        return _ordered(match, declared_format, where)
    return _problem(
        "import.date.invalid",
        where,
        "not a date in a form that is read",
        "write it as 1987-03-05 (or 1987-03, or 1987, where no more is known), or clear the cell to record "
        "the date as unknown, then import again",
    )


def gives_two(text: str) -> bool:
    """True where a cell gives a date, and another by other data."""
    return bool(_BY_OTHER_DATA.fullmatch(text))


def is_serial(text: str) -> bool:
    """True where a cell of dates holds a spreadsheet's day number: five digits are no year."""
    return bool(_SERIAL.fullmatch(text.strip().translate(_ARABIC_DIGITS).translate(_PERSIAN_DIGITS)))


def inferred_order(cells: Sequence[tuple[int, str]]) -> tuple[DateFormat | None, tuple[int, ...]]:
    """The order of day and month in a column, by the rows that have one reading only, and the numbers of those rows.

    None where fewer than three rows tell, or where two of them contradict each other: then with all that tell.

        >>> inferred_order([(2, "13.04.1990"), (3, "03.04.1990"), (4, "31.01.1988"), (5, "20.11.1979")])
        ('dmy', (2, 4, 5))
    """
    orders: set[DateFormat] = set()
    telling = []
    for number, text in cells:
        match = _ORDERED.fullmatch(_without_furniture(text))
        if match is None or len(match[1]) > 2 or len(match[4]) != 4:
            continue
        one, two = int(match[1]), int(match[3])
        if 12 < one <= 31 and 1 <= two <= 12:
            orders.add("dmy")
            telling.append(number)
        elif 12 < two <= 31 and 1 <= one <= 12:
            orders.add("mdy")
            telling.append(number)
    if len(orders) == 1 and len(telling) >= TELLING_ROWS:
        return orders.pop(), tuple(telling)
    return None, tuple(telling) if len(orders) > 1 else ()


def format_date(value: PartialDate) -> str:
    """The shortest EDTF text of the span; `parse_date` gives the same span back."""
    first, last = value.first, value.last
    if first == last:
        return _day(first)
    if value == PartialDate.of_year(first.year):
        return f"{first.year:04d}"
    if value == PartialDate.of_month(first.year, first.month):
        return f"{first.year:04d}-{first.month:02d}"
    return f"{_day(first)}/{_day(last)}"


def age_on(birth: PartialDate, day: date) -> tuple[int, int]:
    """Whole years lived on `day`: the lowest and the highest the birth date allows; negative before birth.

    Someone born on 29 February completes a year on 1 March of a common year.
    """
    return _years(birth.last, day), _years(birth.first, day)


_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_MONTH = re.compile(r"([0-9]{1,2})[./-]([0-9]{4})")
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.0)?")
_WORDED = re.compile(r"(?:[вуВУ]\s+)?(?:([0-9]{1,2})[\s.]+)?([^\W\d_]+)[\s.,]+([0-9]{4})")
_MIDNIGHT = re.compile(r"(?<=[0-9])[T ]0?0:00(?::00(?:\.0+)?)?Z?$")
_YEAR_WORD = re.compile(r"(?<=[0-9])\s*(?:р\.?\s?н|г\.?\s?р|р|г|року|рік|года|год|yılı|م)\.?$")
_MONTHS = {
    fold(name): 1 + at % 12
    for names in (
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
        "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
        "січні лютому березні квітні травні червні липні серпні вересні жовтні листопаді грудні",
        "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре",
        "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    )
    for at, name in enumerate(names.split())
}
_ORDERED = re.compile(r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{1,4})")


_BY_OTHER_DATA = re.compile(
    r"([^()]+?)\s*\((?:по другим (?:данным|сведениям)|за іншими (?:даними|відомостями)|(?:by|according to) other "
    r"(?:data|sources)|diğer (?:bilgilere|kaynaklara) göre|حسب (?:بيانات|مصادر) أخرى)[\s:–-]*(?:[вуу] )?([^()]+)\)",
    re.I,
)


def _of_two(dates: Sequence[PartialDate | Problem]) -> PartialDate | Problem:
    read = []
    for date_or_problem in dates:
        if isinstance(date_or_problem, Problem):
            return date_or_problem
        read.append(date_or_problem)
    return PartialDate(min(each.first for each in read), max(each.last for each in read))


_OF_THE_HIJRA = re.compile(r"[0-9]\s*هـ?\.?$|\b(?:AH|hicri)\b")
_MARKS = str.maketrans("", "", "\u200e\u200f\u061c")
_ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_PERSIAN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")


def _without_furniture(text: str) -> str:
    """The date in the digits 0-9, without marks of direction, a time of midnight and the word for year."""
    text = text.translate(_MARKS)
    if not text.isascii() and not any("0" <= letter <= "9" for letter in text):
        persian = any("\u06f0" <= letter <= "\u06f9" for letter in text)
        text = text.translate(_PERSIAN_DIGITS if persian else _ARABIC_DIGITS)
    return _YEAR_WORD.sub("", _MIDNIGHT.sub("", text.strip()))


def _of_parts(year: int, month: int, day: int | None, where: str) -> PartialDate | Problem:
    if bad := _calendar_problem(year, month, day, where):
        return bad
    return PartialDate.of_month(year, month) if day is None else PartialDate.of_day(date(year, month, day))


def _of_serial(number: int, epoch: int | None, where: str) -> PartialDate | Problem:
    if epoch is None:
        return _problem(
            "import.date.serial",
            where,
            "a spreadsheet's day number, and nothing says whether it counts from 1900 or from 1904",
            "declare it with --epoch 1900 or --epoch 1904, or write the date as 1987-03-05",
        )
    # From 1900 there is one day too many: spreadsheets have a 29 February 1900, which five digits lie behind.
    start = date(1899, 12, 30) if epoch == 1900 else date(1904, 1, 1)
    day = start + timedelta(days=number)
    return _calendar_problem(day.year, day.month, day.day, where) or PartialDate.of_day(day)


def _day(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}-{day.day:02d}"


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _problem(code: str, where: str, what: str, do: str) -> Problem:
    return Problem(code, where, what, do)


def _iso(cell: str, where: str) -> PartialDate | Problem:
    match = _ISO.fullmatch(cell)
    assert match is not None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if bad := _calendar_problem(year, month, day, where):
        return bad
    if month is None:
        return PartialDate.of_year(year)
    if day is None:
        return PartialDate.of_month(year, month)
    return PartialDate.of_day(date(year, month, day))


def _interval(start: str, end: str, where: str) -> PartialDate | Problem:
    ends: list[PartialDate] = []
    for part in (start.strip(), end.strip()):
        value = _iso(part, where) if _ISO.fullmatch(part) else None
        if isinstance(value, Problem):
            return value
        if value is None:
            return _problem(
                "import.date.invalid",
                where,
                "an interval with an end that is not an ISO date",
                "write it as 1990-03-04/1990-04-03, the first and the last possible day",
            )
        ends.append(value)
    if ends[0].first > ends[1].last:
        return _problem(
            "import.date.invalid",
            where,
            "an interval that ends before it begins",
            "put the earlier date first",
        )
    return PartialDate(ends[0].first, ends[1].last)


def _ordered(match: re.Match[str], declared: DateFormat | None, where: str) -> PartialDate | Problem:
    one, _, two, three = match.groups()
    numbers = [int(one), int(two), int(three)]
    if len(one) == 4 and len(three) <= 2 and declared in (None, "ymd", "iso"):
        year, month, day = numbers
        return _calendar_problem(year, month, day, where) or PartialDate.of_day(date(year, month, day))
    if len(three) != 4 or len(one) > 2:
        return _problem(
            "import.date.year",
            where,
            "the year does not have four digits, or does not stand where it is declared to",
            "write the year with four digits, as 1987-03-05",
        )
    if declared in ("ymd", "iso"):
        return _problem(
            "import.date.format",
            where,
            f"the year stands last, and the declared order is {declared}",
            "declare the order that this file uses, or write the date as 1987-03-05",
        )
    orders = {"dmy": (numbers[2], numbers[1], numbers[0]), "mdy": (numbers[2], numbers[0], numbers[1])}
    tried = [orders[declared]] if declared else list(orders.values())
    problems = [_calendar_problem(*reading, where) for reading in tried]
    days = sorted({date(*reading) for reading, bad in zip(tried, problems, strict=True) if bad is None})
    if days:
        return PartialDate(days[0], days[-1])
    return next(bad for bad in problems if bad is not None)


def _other_calendar(where: str) -> Problem:
    return _problem(
        "import.date.year",
        where,
        f"the year is outside {FIRST_YEAR}-{LAST_YEAR}: a slip, or another calendar",
        "write the date in the Gregorian calendar, or clear the cell to record it as unknown",
    )


def _calendar_problem(year: int, month: int | None, day: int | None, where: str) -> Problem | None:
    fix = "correct the cell, or clear it to record the date as unknown, then import again"
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _other_calendar(where)
    if month is not None and not 1 <= month <= 12:
        return _problem("import.date.invalid", where, "not a calendar date (there is no such month)", fix)
    if month is not None and day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        return _problem("import.date.invalid", where, "not a calendar date (the day exceeds its month)", fix)
    return None
