"""Partial dates: parsed without a silent choice, printed and parsed back, aged within bounds."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.people.dates import DateFormat, PartialDate, age_on, format_date, inferred_order, parse_date
from repatria.problem import Problem

DAYS = st.dates(date(1800, 1, 1), date(2100, 12, 31))
SPANS = st.one_of(
    DAYS.map(PartialDate.of_day),
    st.builds(PartialDate.of_month, st.integers(1800, 2100), st.integers(1, 12)),
    st.builds(PartialDate.of_year, st.integers(1800, 2100)),
    st.tuples(DAYS, DAYS).map(lambda days: PartialDate(min(days), max(days))),
)


@given(SPANS)
def test_parse_after_format_gives_the_same_span(value: PartialDate) -> None:
    assert parse_date(format_date(value)) == value


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("1987", None, "1987"),
        ("1987-03", None, "1987-03"),
        ("1987-03-05", None, "1987-03-05"),
        ("03/04/1990", None, "1990-03-04/1990-04-03"),
        ("03.04.1990", None, "1990-03-04/1990-04-03"),
        ("04/04/1990", None, "1990-04-04"),
        ("13/04/1990", None, "1990-04-13"),
        ("04/13/1990", None, "1990-04-13"),
        ("03/04/1990", "dmy", "1990-04-03"),
        ("03/04/1990", "mdy", "1990-03-04"),
        ("1990.04.03", "ymd", "1990-04-03"),
        ("1990-03-04/1990-04-03", "dmy", "1990-03-04/1990-04-03"),
        ("03.1987", None, "1987-03"),
        ("3/1987", None, "1987-03"),
        ("5 березня 1987 р.", None, "1987-03-05"),
        ("05 МАРТА 1987 г.", None, "1987-03-05"),
        ("в декабре 1889", None, "1889-12"),
        ("у грудні 1889 року", None, "1889-12"),
        ("5 Mart 1987", None, "1987-03-05"),
        ("Ağustos 1987", None, "1987-08"),
        ("5 March 1987", "mdy", "1987-03-05"),
        ("5 مارس 1987", None, "1987-03-05"),
        ("1987 р.н.", None, "1987"),
        ("13.04.1990 0:00:00", None, "1990-04-13"),
        ("1990-04-13T00:00:00", None, "1990-04-13"),
        ("1987/1988", None, "1987-01-01/1988-12-31"),
    ],
)
def test_a_date_is_what_its_text_says(text: str, declared: DateFormat | None, expected: str) -> None:
    assert str(parse_date(text, declared)) == expected


@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        ("1990-02-30", None, "import.date.invalid"),
        ("1990-13-01", None, "import.date.invalid"),
        ("31/04/1990", "dmy", "import.date.invalid"),
        ("13/04/1990", "mdy", "import.date.invalid"),
        ("32/32/1990", None, "import.date.invalid"),
        ("03/04/90", None, "import.date.year"),
        ("0987-03-05", None, "import.date.year"),
        ("1366-01-15", None, "import.date.year"),  # a Persian year
        ("2533-01-15", None, "import.date.year"),  # a Buddhist year
        ("03/04/1990", "ymd", "import.date.format"),
        ("١٩٨٧-03-05", None, "import.date.digits"),
        ("١٩٨٧-۰۳-٠٥", None, "import.date.digits"),
        ("१९८७", None, "import.date.digits"),  # of a kind that is not read
        ("١٤٠٧-٠٣-٠٥", None, "import.date.year"),
        ("1407 هـ", None, "import.date.year"),
        ("٥ رجب ١٤٠٧هـ", None, "import.date.year"),
        ("31768", None, "import.date.serial"),  # a spreadsheet's day number, from a year that nobody declared
        ("5 Marsh 1987", None, "import.date.invalid"),
        ("31 June 1987", None, "import.date.invalid"),
        ("13.1987", None, "import.date.invalid"),
        ("1990-04-03/1990-03-04", None, "import.date.invalid"),
        ("1990-04-03/", None, "import.date.invalid"),
    ],
)
def test_an_impossible_or_unreadable_date_is_a_problem(text: str, declared: DateFormat | None, code: str) -> None:
    problem = parse_date(text, declared, "f.csv, row 2")
    assert isinstance(problem, Problem)
    assert (problem.code, problem.where) == (code, "f.csv, row 2")
    assert text not in str(problem)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1900, 2020))
def test_no_silent_choice_both_readings_of_a_date_lie_in_its_interval(one: int, two: int, year: int) -> None:
    value = parse_date(f"{one:02d}/{two:02d}/{year}")
    assert isinstance(value, PartialDate)
    for reading in (date(year, one, two), date(year, two, one)):
        assert value.first <= reading <= value.last


@given(SPANS, DAYS, st.data())
def test_the_age_of_every_possible_birthday_lies_within_the_bounds(
    birth: PartialDate, day: date, data: st.DataObject
) -> None:
    low, high = age_on(birth, day)
    born = data.draw(st.dates(birth.first, birth.last))
    assert low <= age_on(PartialDate.of_day(born), day)[0] <= high


def test_a_birthday_counts_from_its_own_day_and_29_february_from_1_march() -> None:
    born = PartialDate.of_day(date(2000, 12, 31))
    assert age_on(born, date(2025, 12, 30)) == (24, 24)
    assert age_on(born, date(2025, 12, 31)) == (25, 25)
    leap = PartialDate.of_day(date(2000, 2, 29))
    assert age_on(leap, date(2025, 2, 28)) == (24, 24)
    assert age_on(leap, date(2025, 3, 1)) == (25, 25)


def test_a_year_alone_leaves_two_ages() -> None:
    assert age_on(PartialDate.of_year(2001), date(2025, 6, 30)) == (23, 24)


@pytest.mark.parametrize(
    ("text", "epoch", "expected"),
    [
        ("31841", 1900, "1987-03-05"),
        ("30379", 1904, "1987-03-05"),
        ("31841.0", 1900, "1987-03-05"),
        ("10000", 1900, "1927-05-18"),
        ("73415", 1900, "2100-12-31"),
    ],
)
def test_a_day_number_is_read_from_the_year_that_the_file_counts_from(text: str, epoch: int, expected: str) -> None:
    assert str(parse_date(text, None, "date", epoch)) == expected


def test_a_day_number_beyond_the_years_that_are_read_is_a_problem() -> None:
    problem = parse_date("99999", None, "date", 1900)
    assert isinstance(problem, Problem)
    assert problem.code == "import.date.year"


FIRST_DAY = [(2, "13.04.1990"), (3, "31/01/1988"), (4, "20-11-1979")]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (FIRST_DAY, ("dmy", (2, 3, 4))),
        ([(2, "04/13/1990"), (3, "01/31/1988"), (4, "11/20/1979")], ("mdy", (2, 3, 4))),
        (FIRST_DAY[:2], (None, ())),
        ([*FIRST_DAY, (9, "04/13/1990")], (None, (2, 3, 4, 9))),
        ([*FIRST_DAY, (9, "32/13/1990"), (10, "1990-13-01"), (11, "03/04/1990")], ("dmy", (2, 3, 4))),
    ],
)
def test_an_order_is_told_by_three_rows_of_one_reading_and_by_none_that_contradicts(
    cells: list[tuple[int, str]], expected: tuple[DateFormat | None, tuple[int, ...]]
) -> None:
    assert inferred_order(cells) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [("١٩٨٧-٠٣-٠٥", "1987-03-05"), ("٠٥/٠٣/١٩٨٧", "1987-03-05"), ("۱۹۸۷", "1987"), ("٣.١٩٨٧", "1987-03"),
     ("٥ مارس ١٩٨٧م", "1987-03-05"), ("\u200f05\u200f/03\u200f/1987", "1987-03-05")],
)  # fmt: skip
def test_digits_of_arabic_and_persian_are_digits_and_marks_of_direction_do_not_count(text: str, said: str) -> None:
    assert str(parse_date(text, "dmy")) == said


def test_arabic_digits_tell_the_order_of_a_column_too() -> None:
    assert inferred_order([(2, "١٣/٠٤/١٩٩٠"), (3, "٣١/٠١/١٩٨٨"), (4, "٢٠/١١/١٩٧٩")]) == ("dmy", (2, 3, 4))


@pytest.mark.parametrize(
    ("text", "said"),
    [("1885 (по другим данным - в 1888)", "1885-01-01/1888-12-31"),
     ("05.03.1987 (за іншими даними: 1986)", "1986-01-01/1987-03-05"),
     ("1987 (by other data 1988)", "1987-01-01/1988-12-31")],
)  # fmt: skip
def test_two_dates_one_by_other_data_are_the_span_that_holds_both(text: str, said: str) -> None:
    assert str(parse_date(text, "dmy")) == said


@pytest.mark.parametrize(
    "text", ["1987 (checked 2024)", "1987 (by other data none)", "3 May (by other data June) 1914"]
)
def test_what_stands_in_brackets_is_no_second_date_unless_it_says_so(text: str) -> None:
    assert isinstance(parse_date(text, "dmy"), Problem)
