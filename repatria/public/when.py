"""When: the days that a text names by their weekday, by "yesterday", by "the end of the year", resolved.

Everything is counted from the day of publication. A weekday in a report is the last one, the day itself included; in
what is expected, the next one. A day that is less than a day is given as EDTF writes it: 2026-03, 2026, 2026-21 for the
spring of 2026 (21 spring, 22 summer, 23 autumn, 24 winter, of the year in which it begins).

Source: Library of Congress, Extended Date/Time Format (EDTF), 2019, levels 0 and 1.

    >>> from repatria.public.tongues import ENGLISH
    >>> [moment.day for moment in moments("on Saturday, or by the end of the year", "2025-11-16", ENGLISH)]
    ['2025-11-15', '2025-12-31']
    >>> [moment.day for moment in moments("home for the New Year, before the spring", "2025-11-16", ENGLISH)]
    ['2025-12-31', '2026-21']
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from repatria.public.tongue import Tongue

SPRING, SUMMER, AUTUMN, WINTER = 21, 22, 23, 24
_FIRST_MONTH = {SPRING: 3, SUMMER: 6, AUTUMN: 9, WINTER: 12}


@dataclass(frozen=True)
class Moment:
    """A time that a text names: where it stands in the text, and the day or what a day is known of."""

    start: int
    end: int
    day: str


def moments(text: str, published: str, tongue: Tongue, ahead: bool = False) -> list[Moment]:
    """Every time named in a text, in order; of those that overlap, the longest.

    Args:
        ahead: the text is about what is to come, so that a weekday or a month without a year is the next one.
    """
    today = date.fromisoformat(published)
    found = sorted(_all(text, today, tongue, ahead), key=lambda each: (each.start, -each.end))
    kept: list[Moment] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def day_of(text: str, tongue: Tongue) -> str | None:
    """The first full date in a text, with its year: of a line such as "Published On 16 Nov 2025"."""
    for match in re.finditer(r"\b(\d{4})-(\d{2})-(\d{2})(?!\d)", text):
        if found := _day(int(match[1]), int(match[2]), int(match[3])):
            return found
    for pattern in tongue.full_date:
        for match in pattern.finditer(text):
            if found := _day(int(match["year"]), tongue.month_of(match["month"]), int(match["day"])):
                return found
    for match in re.finditer(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b", text):
        if found := _day(int(match[3]), int(match[2]), int(match[1])):
            return found
    return None


def _all(text: str, today: date, tongue: Tongue, ahead: bool) -> Iterator[Moment]:
    over = tongue.behind.search(text) is not None
    ahead = ahead and not over
    for match in re.finditer(r"\b(\d{4})-(\d{2})-(\d{2})\b", text):
        if found := _day(int(match[1]), int(match[2]), int(match[3])):
            yield Moment(match.start(), match.end(), found)
    for match in (match for pattern in tongue.full_date for match in pattern.finditer(text)):
        if found := _day(int(match["year"]), tongue.month_of(match["month"]), int(match["day"])):
            yield Moment(match.start(), match.end(), found)
    for match in (match for pattern in tongue.day_and_month for match in pattern.finditer(text)):
        month, day = tongue.month_of(match["month"]), int(match["day"])
        if found := _day(_year_of(today, month, day, ahead), month, day):
            yield Moment(match.start(), match.end(), found)
    for match in tongue.end_of_month.finditer(text):
        month = tongue.month_of(match["month"])
        until = match[0].lower().startswith(_UNTIL) and not over
        year = int(match["year"]) if match["year"] else _year_of(today, month, 28, ahead or until)
        yield Moment(match.start(), match.end(), _last(year, month))
    for match in tongue.by_month.finditer(text):
        month = tongue.month_of(match["month"])
        until = match[0].lower().startswith(_UNTIL) and not over
        year = int(match["year"]) if match["year"] else _year_of(today, month, 28, ahead or until)
        yield Moment(match.start(), match.end(), f"{year:04}-{month:02}")
    for match in tongue.season.finditer(text):
        yield Moment(match.start(), match.end(), _season(today, tongue.season_of(match["season"])))
    for match in tongue.weekday.finditer(text):
        until = match[0].lower().startswith(_UNTIL) and not over
        yield Moment(match.start(), match.end(), _weekday(today, tongue.weekday_of(match["weekday"]), ahead or until))
    for pattern, name in tongue.named:
        for match in pattern.finditer(text):
            yield Moment(match.start(), match.end(), _NAMED[name](today))


_UNTIL = ("by ", "until ", "before ", "до ", "к ")
_NAMED: Mapping[str, Callable[[date], str]] = {
    "today": lambda today: today.isoformat(),
    "yesterday": lambda today: (today - timedelta(1)).isoformat(),
    "tomorrow": lambda today: (today + timedelta(1)).isoformat(),
    "end-of-month": lambda today: _last(today.year, today.month),
    "end-of-year": lambda today: f"{today.year:04}-12-31",
    "new-year": lambda today: f"{today.year:04}-12-31",
    "christmas": lambda today: f"{today.year:04}-12-25",
    "this-year": lambda today: f"{today.year:04}",
    "next-year": lambda today: f"{today.year + 1:04}",
    "this-month": lambda today: f"{today.year:04}-{today.month:02}",
    "next-month": lambda today: f"{today.year + today.month // 12:04}-{today.month % 12 + 1:02}",
}


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _year_of(today: date, month: int, day: int, ahead: bool) -> int:
    """The year of a day without one: where it is to come, the next one; else the one that is nearest."""
    if ahead:
        return today.year + ((month, day) < (today.month, today.day))
    years = (today.year - 1, today.year, today.year + 1)
    return min(years, key=lambda year: abs(year * 372 + month * 31 + day - _place(today)))


def _place(day: date) -> int:
    return day.year * 372 + day.month * 31 + day.day


def _last(year: int, month: int) -> str:
    return f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1]:02}"


def _season(today: date, season: int) -> str:
    """The season that is on, or the next one of that name; the winter before March began the year before."""
    if season == WINTER and today.month < 3:
        return f"{today.year - 1:04}-{WINTER}"
    over = _FIRST_MONTH[season] + 3 <= today.month
    return f"{today.year + over:04}-{season}"


def _weekday(today: date, weekday: int, ahead: bool) -> str:
    if ahead:
        return (today + timedelta((weekday - today.weekday()) % 7)).isoformat()
    return (today - timedelta((today.weekday() - weekday) % 7)).isoformat()
