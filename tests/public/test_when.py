"""Days that a text names, resolved against the day of publication: Sunday, 16 November 2025."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.public.tongues import BY_CODE, ENGLISH, TONGUES
from repatria.public.when import day_of, moments

SUNDAY = "2025-11-16"


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "on Thursday", "2025-11-13"), ("en", "on Sunday", "2025-11-16"), ("en", "on Saturday evening",
            "2025-11-15"),
        ("en", "the previous day", "2025-11-15"), ("en", "yesterday", "2025-11-15"), ("en", "tomorrow", "2025-11-17"),
        ("en", "by Friday", "2025-11-21"), ("en", "by the end of the year", "2025-12-31"),
        ("en", "by the end of the month", "2025-11-30"), ("en", "at year’s end", "2025-12-31"),
        ("en", "before the New Year", "2025-12-31"), ("en", "by March", "2026-03"), ("en", "in March", "2026-03"),
        ("en", "in October", "2025-10"), ("en", "since July 2022", "2022-07"), ("en", "by the end of May",
            "2026-05-31"),
        ("en", "should have been over by the end of May", "2025-05-31"), ("en", "before the spring", "2026-21"),
        ("en", "this winter", "2025-24"), ("en", "this year", "2025"), ("en", "next year", "2026"),
        ("en", "on 30 December", "2025-12-30"), ("en", "on December 30", "2025-12-30"), ("en", "on 2 January",
            "2026-01-02"),
        ("en", "on 4 August 2024", "2024-08-04"), ("en", "on August 4, 2024", "2024-08-04"), ("en", "2024-08-04",
            "2024-08-04"),
        ("uk", "у четвер", "2025-11-13"), ("uk", "напередодні", "2025-11-15"), ("uk", "до кінця року", "2025-12-31"),
        ("uk", "до кінця березня", "2026-03-31"), ("uk", "24 серпня", "2025-08-24"), ("uk", "до п’ятниці",
            "2025-11-21"),
        ("uk", "взимку", "2025-24"), ("ru", "в четверг", "2025-11-13"), ("ru", "накануне", "2025-11-15"),
        ("ru", "до конца года", "2025-12-31"), ("ru", "8 февраля 2024", "2024-02-08"), ("ru", "к маю", "2026-05"),
        ("ru", "до конца месяца", "2025-11-30"), ("ru", "весной", "2026-21"),
    ],
)  # fmt: skip
def test_a_time_is_resolved_against_the_day_of_publication(language: str, text: str, day: str) -> None:
    assert [each.day for each in moments(f"x {text} x", SUNDAY, BY_CODE[language])] == [day]


@pytest.mark.parametrize("text", ["on 31 November", "in 2025 people", "at 16:00", "soon", "300 March"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert moments(text, SUNDAY, ENGLISH) == []


def test_the_winter_that_began_last_year_is_that_one() -> None:
    assert [each.day for each in moments("this winter", "2026-02-01", ENGLISH)] == ["2025-24"]
    assert [each.day for each in moments("by the spring", "2026-06-01", ENGLISH)] == ["2027-21"]


@given(st.dates(date(1990, 1, 1), date(2090, 12, 28)), st.integers(0, 6))
def test_a_weekday_is_one_of_the_last_seven_days_or_of_the_next(day: date, weekday: int) -> None:
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[weekday]
    (last,), (next_one,) = (moments(f"{word} {name}", day.isoformat(), ENGLISH) for word in ("on", "by"))
    assert date.fromisoformat(last.day).weekday() == date.fromisoformat(next_one.day).weekday() == weekday
    assert timedelta(0) <= day - date.fromisoformat(last.day) < timedelta(7)
    assert timedelta(0) <= date.fromisoformat(next_one.day) - day < timedelta(7)


@given(st.text("0123456789 .-/OctNovянварясічня", max_size=40))
def test_no_text_breaks_the_reading_of_days(text: str) -> None:
    for tongue in TONGUES:
        found = day_of(text, tongue)
        assert found is None or date.fromisoformat(found).isoformat() == found
        assert all(each.end > each.start for each in moments(text, SUNDAY, tongue))
