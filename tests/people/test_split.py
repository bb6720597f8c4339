"""A whole name in one column: divided where a rule is sure, and never in silence where none is."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.people.split import Split, order_shown, split_name
from tests.shared import shared

# Invented people; `|` stands between family name, given names and father's name.
SURE = [
    # Ukrainian and Russian: the patronymic shows the order
    ("Шевчук Тест Уявович", "Шевчук|Тест|Уявович"),
    ("Тест Уявович Шевчук", "Шевчук|Тест|Уявович"),
    ("Вигадана Олена Петрівна", "Вигадана|Олена|Петрівна"),
    ("Олена Юріївна Вигадана", "Вигадана|Олена|Юріївна"),
    ("Выдуманный Илья Ильич", "Выдуманный|Илья|Ильич"),
    ("Мицкевич Адам Іванович", "Мицкевич|Адам|Іванович"),
    ("Іван Петрович Мицкевич", "Мицкевич|Іван|Петрович"),
    ("Kovalchuk Test Ivanovych", "Kovalchuk|Test|Ivanovych"),
    ("Olena Petrivna Vyhadana", "Vyhadana|Olena|Petrivna"),
    ("ШЕВЧУК ТЕСТ УЯВОВИЧ", "ШЕВЧУК|ТЕСТ|УЯВОВИЧ"),
    # a comma
    ("Invented, Test", "Invented|Test|"),
    ("de la Invented, Test Other", "de la Invented|Test Other|"),
    ("Шевчук, Тест Уявович", "Шевчук|Тест|Уявович"),
    # capitals
    ("Mehmet Ali YILMAZ", "YILMAZ|Mehmet Ali|"),
    ("VAN UYDURMA Test", "VAN UYDURMA|Test|"),
    ("ШЕВЧУК Тест Уявович", "ШЕВЧУК|Тест|Уявович"),
    # Turkic
    ("Uydurma Vaqif Həsən oğlu", "Uydurma|Vaqif|Həsən oğlu"),
    ("Uydurma Leyla Həsən qızı", "Uydurma|Leyla|Həsən qızı"),
    ("Выдумов Алишер Бахтиёр угли", "Выдумов|Алишер|Бахтиёр угли"),
    ("Hasan oğlu Mehmet Uydurma", "Uydurma|Mehmet|Hasan oğlu"),
    # Arabic
    ("خالد بن سالم التجريبي", "التجريبي|خالد|بن سالم"),
    ("عبد الرحمن بن عبد الله التجريبي", "التجريبي|عبد الرحمن|بن عبد الله"),
    ("فاطمة بنت خالد التجريبي", "التجريبي|فاطمة|بنت خالد"),
    ("خالد سالم التجريبي", "التجريبي|خالد|سالم"),
    ("نور الدين خالد التجريبي", "التجريبي|نور الدين|خالد"),
    ("خالد سالم أبو تجربة", "أبو تجربة|خالد|سالم"),
    ("Khalid ibn Salim ibn Nasir al-Tajribi", "al-Tajribi|Khalid|ibn Salim ibn Nasir"),
    ("Abdul Rahman bin Khalid Al-Tajribi", "Al-Tajribi|Abdul Rahman|bin Khalid"),
]


def parts(split: Split) -> str:
    return "|".join((split.family_name or "", split.given_names or "", split.father_name or ""))


@pytest.mark.parametrize(("name", "expected"), SURE)
def test_a_name_that_shows_its_parts_is_divided_without_doubt(name: str, expected: str) -> None:
    split = split_name(name)
    assert (parts(split), split.doubt) == (expected, None)
    assert split.problems("row 2") == []


@pytest.mark.parametrize(
    ("name", "expected", "doubt"),
    [
        ("Тест", "Тест||", "one word"),
        ("", "||", "one word"),
        ("Вигаданий Неіменний", "Вигаданий|Неіменний|", "nothing shows"),
        ("Олексій Вигаданий", "Вигаданий|Олексій|", "nothing shows"),
        ("Іван Роман", "Іван|Роман|", "nothing shows"),
        ("Іван Петрович", "|Іван|Петрович", "no family name"),
        ("Шевчук Петрович Уявович", "Шевчук|Петрович|Уявович", "two of its words"),
        ("Шевчук Тест Другий Уявович", "Шевчук Тест|Другий|Уявович", "more words"),
        ("Mehmet Deneme Uydurma", "Mehmet|Deneme Uydurma|", "nothing shows"),
        ("Invented, Test, Third", "Invented|Test Third|", "more than one comma"),
        ("Invented,", "Invented||", "missing beside its comma"),
        ("خالد بن سالم", "|خالد|بن سالم", "no family name"),
        ("خالد سالم ناصر", "ناصر|خالد|سالم", "grandfather"),
        ("أبو بكر خالد التجريبي", "التجريبي|أبو بكر خالد|", "kunya"),
        ("Khalid bin Salim Tajrib", "Tajrib|Khalid|bin Salim", "grandfather"),
    ],
)
def test_a_name_that_does_not_is_divided_with_a_note(name: str, expected: str, doubt: str) -> None:
    split = split_name(name)
    assert parts(split) == expected
    assert doubt in (split.doubt or "")
    (note,) = split.problems("f.csv, row 2")
    assert note.code == "import.name.split"
    assert not any(word in str(note) for word in name.replace(",", " ").split() if len(word) > 3)


def test_the_order_of_the_column_settles_two_words_and_no_more() -> None:
    assert split_name("Вигаданий Неіменний", "family_first") == Split("Вигаданий", "Неіменний")
    assert split_name("Вигаданий Неіменний", "family_last") == Split("Неіменний", "Вигаданий")
    assert split_name("Mehmet Deneme Uydurma", "family_last").doubt is not None


def test_a_row_against_the_order_of_its_column_is_told() -> None:
    assert split_name("Тест Уявович Шевчук", "family_first").doubt == "its order is not that of its column"
    assert split_name("Тест Уявович Шевчук", "family_last").doubt is None
    assert "known given name" in (split_name("Олексій Вигаданий", "family_first").doubt or "")


def test_the_order_of_a_column_is_shown_by_its_rows_or_by_none() -> None:
    telling = ["Шевчук Тест Уявович", "Вигадана Олена Петрівна", "Мицкевич Олексій"]
    assert order_shown([*telling, "Вигаданий Неіменний"]) == ("family_first", 3)
    assert order_shown(telling[:2]) == (None, 2)
    assert order_shown([*telling, "Олексій Вигаданий"]) == (None, 4)


@given(st.text(max_size=60), st.sampled_from([None, "family_first", "family_last"]))
def test_no_word_is_changed_and_none_is_lost(text: str, order: str | None) -> None:
    split = split_name(text, order)  # type: ignore[arg-type]
    assert sorted(" ".join(split.fields.values()).split()) == sorted(text.replace(",", " ").split())


@given(st.permutations(["Abu", "bin", "al-Din", "Abd", "Khalid", "Umm", "al-Tajribi", "ibn"]), st.integers(1, 8))
def test_no_word_of_an_arabic_name_is_lost_in_any_order(words: list[str], count: int) -> None:
    split = split_name(" ".join(words[:count]))
    assert sorted(" ".join(split.fields.values()).split()) == sorted(words[:count])


def test_a_real_register_joined_into_one_column_is_divided_as_it_was() -> None:
    """The three columns of a published register, joined as its officers would: what is sure must be right."""
    with shared("data/historical_register_ru.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["surname"], row["given"], row["patronymic"]) for row in csv.DictReader(file)]
    rows = [row for row in rows if all(len(part.split()) == 1 and "," not in part for part in row)]
    assert len(rows) > 7_000
    for order in ("family first", "family last"):
        sure = wrong = 0
        for family, own, father in rows:
            name = f"{family} {own} {father}" if order == "family first" else f"{own} {father} {family}"
            split = split_name(name)
            if split.doubt is None:
                sure += 1
                wrong += (split.family_name, split.given_names, split.father_name) != (family, own, father)
        assert wrong == 0, (order, wrong, sure)
        assert sure >= 0.98 * len(rows), (order, sure, len(rows))
