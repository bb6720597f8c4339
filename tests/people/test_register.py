"""A register: every problem at once and in its place, nothing imported by half, nothing lost in silence."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from repatria.people.columns import ColumnMap, parse_map
from repatria.people.dates import DateFormat
from repatria.people.person import FIELDS, ListKind
from repatria.people.register import RegisterReading, national_id_hash, read_register
from repatria.people.table import table_of

SOUGHT = ["family_name", "given_names", "date_of_birth"]
GOOD = ["Invented", "Test", "1990-03-05"]


def read(
    heading: Sequence[str],
    *rows: Sequence[str],
    kind: ListKind = "sought",
    date_format: DateFormat | None = None,
    key: bytes | None = None,
) -> RegisterReading:
    return read_register(table_of("f.csv", heading, rows), kind, "north", date_format, key)


def codes(reading: RegisterReading) -> list[str]:
    return [problem.code for problem in reading.stopping]


def test_a_good_register_gives_its_persons_with_their_rows() -> None:
    reading = read([*SOUGHT, "service number"], [*GOOD, "AB123456"], ["Invented", "Other", "", ""])
    assert reading.problems == ()
    assert [person.given_names for person in reading.persons] == ["Test", "Other"]
    assert reading.rows == (2, 3)
    first, second = reading.persons
    assert (first.source_party, first.list_kind, first.service_number) == ("north", "sought", "AB123456")
    assert (second.date_of_birth, second.service_number, second.record_id) == (None, None, "row-3")


def test_every_problem_is_told_at_once_with_its_place_and_nothing_is_imported() -> None:
    reading = read(
        [*SOUGHT, "sex"],
        ["Invented", "Test", "1990-02-30", "tall"],
        ["", "", "1990-31-01", "male"],
        ["Inv\u200bented", "Test", "", ""],
        [*GOOD, "female"],
    )
    assert [(problem.code, problem.where) for problem in reading.stopping] == [
        ("import.date.invalid", 'f.csv, row 2, "date_of_birth"'),  # two of three: a column that is misread
        ("import.date.invalid", 'f.csv, row 3, "date_of_birth"'),
        ("import.row.nobody", "f.csv, row 3"),
        ("import.text.control", 'f.csv, row 4, "family_name"'),
    ]
    assert 'f.csv, row 2, "sex"' in [note.where for note in reading.notes]
    assert (reading.persons, reading.extras, reading.rows) == ((), (), ())


def test_the_same_register_repaired_is_imported() -> None:
    assert len(read([*SOUGHT, "sex"], [*GOOD, "male"], [*GOOD, "Female"], [*GOOD, ""]).persons) == 3


def test_a_doubtful_row_is_taken_in_and_named_with_what_its_cells_said() -> None:
    reading = read(
        [*SOUGHT, "sex"],
        ["Invented", "Test", "1990-02-30", "tall"],
        ["", "Test", "1990-01-01", "male"],
        ["Invented", "", "1990-01-01", "male"],
        [*GOOD, "female"],
    )
    assert reading.stopping == ()
    assert [(note.code, note.where) for note in reading.notes] == [
        ("import.cell.unknown", 'f.csv, row 3, "family_name"'),
        ("import.cell.unknown", 'f.csv, row 4, "given_names"'),
        ("import.date.invalid", 'f.csv, row 2, "date_of_birth"'),
        ("import.value.unknown", 'f.csv, row 2, "sex"'),
    ]
    assert "kept as it stands" in reading.notes[2].what
    first = reading.persons[0]
    assert (first.family_name, first.date_of_birth, first.sex) == ("Invented", None, None)
    assert reading.extras[0] == {
        "unknown:as written: date_of_birth": "1990-02-30", "unknown:as written: sex": "tall",
    }  # fmt: skip
    assert [each.family_name for each in reading.persons[1:3]] == [None, "Invented"]


@pytest.mark.parametrize("kind", ["sought", "missing"])
def test_a_row_without_a_name_or_a_number_is_nobody_and_with_either_somebody(kind: ListKind) -> None:
    heading = [*SOUGHT, "service number", "rank"]
    assert codes(read(heading, ["", "", "1990", "", "major"], [*GOOD, "", ""], kind=kind)) == ["import.row.nobody"]
    for someone in (["", "", "", "AB123456", ""], ["", "Test", "", "", ""], ["Invented", "", "", "", ""]):
        assert len(read(heading, someone, [*GOOD, "", ""], kind=kind).persons) == 2
    assert len(read(heading, ["", "", "", "", "major"], kind="remains").persons) == 1  # found, and not known yet


@pytest.mark.parametrize(("bad", "stops"), [(1, False), (2, False), (3, True)])
def test_a_column_of_which_most_cannot_be_read_stops_the_file(bad: int, stops: bool) -> None:
    reading = read(SOUGHT, *[["Invented", "Test", "13.13.1990" if at < bad else "1990"] for at in range(4)])
    assert (codes(reading), len(reading.notes)) == ((["import.date.invalid"] * bad, 0) if stops else ([], bad))


@pytest.mark.parametrize("kind", ["held", "sought"])
def test_missing_mandatory_columns_are_named_in_one_problem(kind: ListKind) -> None:
    reading = read(["family_name"], ["Invented"], kind=kind)
    (problem,) = reading.stopping
    assert problem.code == "import.column.missing"
    assert "given_names, date_of_birth" in problem.what
    assert ("place_of_detention" in problem.what) == (kind == "held")


def test_a_held_person_may_be_at_an_unknown_place_but_the_column_must_stand() -> None:
    reading = read([*SOUGHT, "place of detention"], [*GOOD, ""], kind="held")
    assert len(reading.persons) == 1
    assert [note.code for note in reading.notes] == ["import.cell.unknown"]


def test_two_columns_for_one_field_stop_the_file() -> None:
    assert codes(read([*SOUGHT, "Surname"], [*GOOD, "Other"])) == ["import.column.doubled"]


def test_two_unknown_columns_of_one_heading_stop_the_file() -> None:
    assert codes(read([*SOUGHT, "shoe", "shoe"], [*GOOD, "42", "43"])) == ["import.column.doubled"]


def test_a_column_with_entries_and_no_heading_stops_the_file_and_an_empty_one_does_not() -> None:
    assert codes(read([*SOUGHT, ""], [*GOOD, "42"])) == ["import.column.unnamed"]
    assert codes(read([*SOUGHT, ""], [*GOOD, ""])) == []


def test_an_unknown_column_is_kept_beside_each_person_and_reported_without_its_heading() -> None:
    reading = read([*SOUGHT, "Shoe size"], [*GOOD, "42"], [*GOOD, ""])
    assert reading.extras == ({"unknown:Shoe size": "42"}, {})
    assert reading.unknown_columns == ("Shoe size",)
    assert [str(note.where) for note in reading.notes] == ["f.csv, row 1, column D"]
    assert "Shoe" not in str(reading.notes[0])


def test_a_file_without_headings_is_refused_and_its_first_person_is_not_repeated() -> None:
    reading = read(["Invented", "Test", "1990-03-05"], ["Someone", "Else", "1991-01-01"])
    assert codes(reading) == ["import.column.missing"]
    assert not any(word in str(problem) for problem in reading.problems for word in ("Invented", "Test", "1990"))


def test_a_table_without_rows_is_refused() -> None:
    assert codes(read(SOUGHT)) == ["import.table.empty"]


def test_doubled_record_ids_are_refused_with_all_their_rows() -> None:
    reading = read(["record id", *SOUGHT], ["7", *GOOD], ["8", *GOOD], ["7", *GOOD])
    (problem,) = reading.stopping
    assert problem.code == "import.record_id.doubled"
    assert "rows 2, 4" in problem.what


def test_a_doubled_service_number_is_a_note_without_the_number() -> None:
    reading = read([*SOUGHT, "service_number"], [*GOOD, "AB123456"], [*GOOD, "AB123456"])
    assert len(reading.persons) == 2
    (note,) = reading.notes
    assert note.code == "import.service_number.doubled"
    assert "AB123456" not in str(note)


def test_an_ambiguous_date_is_recorded_as_its_interval_with_a_note() -> None:
    reading = read(SOUGHT, ["Invented", "Test", "03/04/1990"])
    assert str(reading.persons[0].date_of_birth) == "1990-03-04/1990-04-03"
    assert [note.code for note in reading.notes] == ["import.date.ambiguous"]


def test_a_declared_order_settles_the_date() -> None:
    reading = read(SOUGHT, ["Invented", "Test", "03/04/1990"], date_format="dmy")
    assert str(reading.persons[0].date_of_birth) == "1990-04-03"
    assert reading.notes == ()


def test_a_bidi_character_in_a_name_stops_the_file() -> None:
    assert codes(read(SOUGHT, ["Inv\u202eented", "Test", ""])) == ["import.text.bidi"]


def test_a_control_character_in_any_cell_stops_the_file() -> None:
    assert codes(read([*SOUGHT, "unit", "shoe"], [*GOOD, "a\x00b", "c\x1bd"])) == ["import.text.control"] * 2


def test_a_cell_that_swallowed_others_stops_the_file() -> None:
    assert codes(read(SOUGHT, ["x" * 2001, "Test", ""])) == ["import.cell.long"]


def test_a_name_of_two_scripts_is_taken_as_written_with_a_note() -> None:
    reading = read(SOUGHT, ["Kovalенко", "Test", ""])
    assert reading.persons[0].family_name == "Kovalенко"
    assert [note.code for note in reading.notes] == ["import.name.mixed_script"]


def test_names_of_one_person_in_two_scripts_are_taken_as_written_with_a_note_on_the_row() -> None:
    reading = read(SOUGHT, ["Hop", "Іван", ""], ["Нор", "Іван", ""])
    assert [(note.code, note.where) for note in reading.notes] == [("import.name.scripts_differ", "f.csv, row 2")]
    assert [person.family_name for person in reading.persons] == ["Hop", "Нор"]


def test_another_name_of_a_person_is_looked_at_too() -> None:
    reading = read([*SOUGHT, "other names"], [*GOOD, "Latn=Test|Cyrl=Tест"])
    assert [note.code for note in reading.notes] == ["import.name.mixed_script"]
    assert reading.persons[0].alternate_names == (("Cyrl", "Tест"), ("Latn", "Test"))


def test_a_party_cannot_declare_a_persons_wish() -> None:
    assert codes(read([*SOUGHT, "wish to return"], [*GOOD, "unwilling"])) == ["import.column.wish"]


def test_a_national_number_is_stored_hashed_with_the_nodes_key() -> None:
    key = b"k" * 32
    reading = read([*SOUGHT, "national id"], [*GOOD, "12-345 678"], key=key)
    assert reading.persons[0].national_id == national_id_hash("12345678", key)
    assert national_id_hash("12345678", key) != national_id_hash("12345678", b"l" * 32)


def test_a_national_number_without_a_key_is_left_out_and_said_so() -> None:
    reading = read([*SOUGHT, "national id"], [*GOOD, "12345678"])
    assert reading.persons[0].national_id is None
    assert [note.code for note in reading.notes] == ["import.national_id.left_out"]


def test_a_file_of_another_party_or_kind_is_refused() -> None:
    reading = read([*SOUGHT, "source party", "list kind"], [*GOOD, "south", "held"])
    assert codes(reading) == ["import.source.differs"] * 2
    assert len(read([*SOUGHT, "source party", "list kind"], [*GOOD, "north", "sought"]).persons) == 1


def test_words_of_a_field_are_read_in_the_usual_writings() -> None:
    reading = read([*SOUGHT, "person category", "priority grounds"], [*GOOD, "Prisoner of war", "elderly, Under 25"])
    assert reading.persons[0].person_category == "prisoner_of_war"
    assert reading.persons[0].priority_grounds == ("under_25", "elderly")


def test_every_field_of_the_record_is_a_known_heading() -> None:
    reading = read([*FIELDS])
    assert reading.unknown_columns == ()


def test_no_problem_repeats_a_cell() -> None:
    heading = [name for name in FIELDS if name not in ("record_id", "national_id")]
    reading = read(heading, ["zqx\u202ezqx"] * len(heading), ["zqx\x07zqx"] * len(heading), ["zqx"] * len(heading))
    assert len(reading.stopping) > 40
    assert not any("zqx" in str(problem) for problem in reading.problems)


def test_other_rows_tell_the_order_of_a_date_and_the_note_says_which() -> None:
    rows = [["Invented", "Test", born] for born in ("03/04/1990", "13/04/1990", "31/01/1988", "20/11/1979")]
    reading = read(SOUGHT, *rows)
    assert str(reading.persons[0].date_of_birth) == "1990-04-03"
    (note,) = reading.notes
    assert (note.code, note.what) == (
        "import.date.inferred",
        "the day stands before the month, by 3 rows that have no other reading (rows 3, 4, 5)",
    )


def test_rows_that_contradict_each_other_leave_the_interval_and_are_named() -> None:
    rows = [["Invented", "Test", born] for born in ("03/04/1990", "13/04/1990", "31/01/1988", "11/20/1979")]
    reading = read(SOUGHT, *rows)
    assert str(reading.persons[0].date_of_birth) == "1990-03-04/1990-04-03"
    assert [note.code for note in reading.notes] == ["import.date.mixed", "import.date.ambiguous"]


def test_a_declared_order_is_not_overruled_by_other_rows() -> None:
    rows = [["Invented", "Test", born] for born in ("03/04/1990", "13/04/1990", "31/01/1988", "20/11/1979")]
    assert codes(read(SOUGHT, *rows, date_format="mdy")) == ["import.date.invalid"] * 3


def test_a_workbooks_day_number_is_read_by_its_own_count_and_said() -> None:
    table = replace(table_of("f.xlsx", SOUGHT, [["Invented", "Test", "31841"]]), epoch=1900)
    reading = read_register(table, "sought", "north")
    assert str(reading.persons[0].date_of_birth) == "1987-03-05"
    assert [note.code for note in reading.notes] == ["import.date.from_serial"]


@pytest.mark.parametrize(
    "heading",
    [
        ["Прізвище", "Ім’я", "По батькові", "Дата народження", "Звання", "Місце утримання"],
        ["ФАМИЛИЯ", "ИМЯ", "ОТЧЕСТВО", "Дата рождения", "воинское звание", "Место содержания"],
        ["SOYADI", "ADI", "BABA ADI", "Doğum tarihi", "Rütbesi", "Tutulduğu yer"],
        ["اللقب", "الاسم", "اسم الأب", "تاريخ الولادة", "الرتبة", "مكان الاحتجاز"],
        ["Surname", "Name", "Patronymic", "DOB", "Military rank", "Camp"],
        ["surname", "given", "patronymic", "birth year", "rank", "camp"],
        # GC III Annex IV B, the capture card
        [
            "2. Name",
            "3. First names (in full)",
            "4. First name of father",
            "5. Date of birth",
            "7. Rank",
            "Name of camp",
        ],
    ],
)
def test_headings_of_each_language_and_of_the_capture_card_are_known(heading: list[str]) -> None:
    order = ["family_name", "given_names", "father_name", "date_of_birth", "rank", "place_of_detention"]
    reading = read(heading, ["Invented", "Test", "Uyavich", "1990-03-05", "sergeant", "camp"], kind="held")
    (person,) = reading.persons
    assert [str(getattr(person, name)) for name in order] == [
        "Invented",
        "Test",
        "Uyavich",
        "1990-03-05",
        "sergeant",
        "camp",
    ]
    assert reading.problems == ()


def whole(heading: str, name: str, said: ColumnMap | None = None) -> RegisterReading:
    return read_register(table_of("f.csv", [heading, "dob"], [[name, "1990"]]), "sought", "north", said=said)


@pytest.mark.parametrize(
    ("heading", "name", "family", "given", "father"),
    [
        ("ПІБ", "Вигаданий Тест Уявович", "Вигаданий", "Тест", "Уявович"),
        ("Ф.И.О.", "Выдуманный Тест", "Выдуманный", "Тест", None),
        ("ФИО", "Выдумов Тест Уяв оглы", "Выдумов", "Тест", "Уяв оглы"),
        ("Adı Soyadı", "Örnek Deneme Uydurulmuş", "Uydurulmuş", "Örnek Deneme", None),
        ("Full name", "Invented, Test Sample", "Invented", "Test Sample", None),
    ],
)
def test_a_whole_name_is_split_where_its_order_is_declared(
    heading: str, name: str, family: str, given: str, father: str | None
) -> None:
    (person,) = whole(heading, name).persons
    assert (person.family_name, person.given_names, person.father_name) == (family, given, father)


def test_a_column_that_only_counts_the_rows_is_left_out_and_another_of_numbers_is_kept() -> None:
    reading = read(["№ п/п", *SOUGHT], ["1", *GOOD], ["2.", *GOOD], ["٣", *GOOD])
    assert (reading.notes, reading.extras, reading.unknown_columns) == ((), ({}, {}, {}), ())
    for numbers in (["1", "2", "4"], ["1", "2", ""], ["0", "1", "2"]):
        reading = read(["№ п/п", *SOUGHT], *[[number, *GOOD] for number in numbers])
        assert [note.code for note in reading.notes] == ["import.column.unknown"]
        assert reading.unknown_columns == ("№ п/п",)
    assert read(["callsign", *SOUGHT], ["1", *GOOD], ["2", *GOOD]).unknown_columns == ("callsign",)


def test_a_whole_name_of_one_word_is_taken_in_with_a_note() -> None:
    reading = whole("ПІБ", "Вигаданий")
    assert [note.code for note in reading.notes] == ["import.name.split"]
    assert (reading.persons[0].family_name, reading.persons[0].given_names) == ("Вигаданий", None)


def test_a_whole_name_that_was_divided_is_kept_as_it_stands() -> None:
    assert whole("ПІБ", "Вигаданий,  Тест").extras == ({"unknown:as written: ПІБ": "Вигаданий,  Тест"},)


def test_a_cell_too_long_for_a_name_is_told_before_its_words_are_looked_at() -> None:
    started = time.process_time()
    table = table_of("f.csv", ["Full name", "dob"], [["a " * 10_000_000, "1 " * 10_000_000], ["Invented Test", "1990"]])
    assert codes(read_register(table, "sought", "north")) == ["import.cell.long"] * 2
    assert time.process_time() - started < 5


def test_a_whole_name_that_nothing_shows_the_order_of_is_divided_with_a_note() -> None:
    assert [note.code for note in whole("Full name", "Invented Test").notes] == ["import.name.split"]


def test_the_order_that_the_rows_show_divides_the_others_and_is_said_once() -> None:
    shown = ["Шевчук Тест Уявович", "Вигадана Олена Петрівна", "Мицкевич Олексій"]
    rows = [[name, "1990"] for name in (*shown, "Вигаданий Неіменний")]
    reading = read_register(table_of("f.csv", ["Full name", "dob"], rows), "sought", "north")
    assert (reading.persons[3].family_name, reading.persons[3].given_names) == ("Вигаданий", "Неіменний")
    (note,) = reading.notes
    assert (note.code, note.where) == ("import.name.order_shown", 'f.csv, row 1, "Full name"')
    assert "by 3 rows that show it; 2 rows are divided by it" in note.what


def test_rows_that_show_different_orders_show_none() -> None:
    names = ["Шевчук Тест Уявович", "Вигадана Олена Петрівна", "Олена Петрівна Вигадана", "Вигаданий Неіменний"]
    reading = read_register(table_of("f.csv", ["Full name", "dob"], [[n, ""] for n in names]), "sought", "north")
    assert [(note.code, note.where) for note in reading.notes] == [("import.name.split", 'f.csv, row 5, "Full name"')]


def test_a_row_against_the_declared_order_is_divided_as_it_shows_and_told() -> None:
    reading = whole("ПІБ", "Тест Уявович Вигаданий")
    assert reading.persons[0].family_name == "Вигаданий"
    assert [note.code for note in reading.notes] == ["import.name.split"]


def test_an_order_that_a_person_declares_splits_the_name() -> None:
    (person,) = whole("Full name", "Test Invented", parse_map(["full name=name_family_last"])).persons
    assert (person.family_name, person.given_names) == ("Invented", "Test")


def test_whole_names_beside_a_column_of_family_names_stop_the_file_until_one_is_left_aside() -> None:
    table = table_of("f.csv", ["ПІБ", "surname", "first name", "dob"], [["А Б", "A", "B", ""]])
    assert codes(read_register(table, "sought", "north")) == ["import.name.twice"]
    assert len(read_register(table, "sought", "north", said=parse_map(["A=unknown"])).persons) == 1
