"""Names: kept as written, flagged where they deceive, and met across three spellings by a key."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.people.names import (
    family_key,
    father_key,
    fold,
    given_key,
    name_problems,
    normal_name,
    skeleton,
    skeletons,
)


@pytest.mark.parametrize(
    "spellings",
    [
        "Коваленко Kovalenko KOVALENKO",
        "Григоренко Hryhorenko Grigorenko Григоренко",
        "Щербаченко Shcherbachenko Scherbachenko",
        "Корольов Королёв Королев Korolyov Korolev Koroliov",
        "Мельник Melnyk Melnik Мельнік",
        "Грабський Грабский Hrabskyi Grabsky Grabskiy",
        "Білий Белый Bilyi Beliy",
        "Хоменко Khomenko",
        "Згурський Згурский Zghurskyi Zgursky",
        "Лук'яненко Лукʼяненко Лук’яненко Лукьяненко Lukianenko Lukyanenko",
        "Гуменюк Humeniuk Gumenyuk",
        "Юрченко Yurchenko Iurchenko",
        "Єфименко Ефименко Yefymenko Efimenko",
        "Цимбалюк Цымбалюк Tsymbaliuk Tsimbalyuk",
        "Смирнов Smirnov Smirnoff Смірнов",
        "Васильєв Васильев Vasyliev Vasilyev Vasiliev",
        "Жуков Zhukov",
        "Чайка Chaika Chayka",
        "Шевченко Schewtschenko Szewczenko Chevtchenko Ševčenko Şevçenko Shevchenko",
        "Хрущов Хрущёв Хрущев Khrushchev Chruschtschow Chruszczow Khrouchtchev Khrushchov",
        "Пушкін Пушкин Pushkin Pouchkine Puschkin Puszkin Puşkin",
        "Сахаров Sakharov Sacharow Sakharoff",
        "Ющенко Yushchenko Juschtschenko Juszczenko Iouchtchenko Yuşçenko",
        "Трубецький Трубецкой Trubetskyi Trubeckij Trubetskoi",
        "Кравець Кравец Kravets Krawez Kravec Krawiec",
        "Горбачов Горбачёв Горбачев Horbachov Gorbachev Gorbatchov Gorbaczow",
        "Кузнецов Kuznetsov Kuznecov Kuznetzoff Kuznetsow",
        "Първанов Parvanov Părvanov",
        "Гончароў Гончаров Hancharou Goncharov Hončaroŭ",
        "Братський Братский Bratskyi Bratskiy",
    ],
)
def test_ukrainian_russian_and_latin_spellings_of_a_family_name_meet(spellings: str) -> None:
    assert len({family_key(name) for name in spellings.split()}) == 1


@pytest.mark.parametrize(
    "spellings",
    [
        "Сергій Сергей Serhii Sergey Sergei",
        "Олексій Алексей Oleksii Aleksey Alexey",
        "Олександр Александр Oleksandr Aleksandr Alexander",
        "Микола Николай Mykola Nikolay Nikolai",
        "Володимир Владимир Volodymyr Vladimir",
        "Дмитро Дмитрий Dmytro Dmitry Dmitriy",
        "Андрій Андрей Andrii Andrey",
        "Євген Евгений Yevhen Evgeny Evgeniy",
        "Михайло Михаил Mykhailo Mikhail",
        "Павло Павел Pavlo Pavel",
        "Ілля Илья Illia Ilya",
        "Йосип Иосиф Yosyp Iosif",
        "Юрій Юрий Yurii Yuriy Yury",
        "Ганна Анна Hanna Anna",
        "Олена Елена Olena Elena Yelena",
        "Наталія Наталия Nataliia",
        "Вʼячеслав Вячеслав Viacheslav Vyacheslav",
        "Пилип Филипп Pylyp Filipp Piliip",
        "Сяргей Сергей Siarhei Siarhiej",
        "Уладзімір Владимир Uladzimir Wladimir Wolodymyr",
        "Аляксандр Александър Олександр Aliaksandr Alexandre",
        "Мікалай Николай Mikalai Nikolaï",
        "Дзмітрый Дмитро Dzmitry Dmitrij",
        "Петър Петро Пётр Петр Пятро Petar",
        "Димитър Дмитрий Dimitar",
        "Рыгор Григорій Григорий Hryhorii Ryhor Grigori",
        "Яўген Євген Yauhen Jewgeni Evgueni",
    ],
)
def test_forms_of_one_given_name_meet(spellings: str) -> None:
    assert len({given_key(name) for name in spellings.split()}) == 1


@pytest.mark.parametrize(
    "spellings",
    [
        "Миколайович Николаевич Mykolaiovych Nikolaevich Микола Николай Миколаївна Николаевна",
        "Сергійович Сергеевич Serhiiovych Sergeyevich Сергій Сергей Сергіївна",
        "Володимирович Владимирович Volodymyrovych Володимир Владимировна",
        "Євгенович Евгеньевич Yevhenovych Евгений",
        "Анатолійович Анатольевич Anatoliiovych Анатолій",
        "Юрійович Юрьевич Yuriiovych Юрий",
        "Дмитрович Дмитриевич Дмитро",
        "Ілліч Ильич Illich Ілля",
        "Павлович Pavlovych Павло Павел",
        "Олексійович Алексеевич Аляксеевіч Alekseevich Oleksiiovych Alexejewitsch Aleksiejewicz Alekseyeviç Алексеевна",
        "Яковлевич Якович Якаўлевіч Яків Yakovlevich Яковлевна",
        "Хомич Фомич Хома Фома Khomych",
        "Джафар_оглы Джафар",
        "bin_Salim Salim",
    ],
)
def test_patronymic_and_first_name_of_the_father_meet(spellings: str) -> None:
    assert len({father_key(name.replace("_", " ")) for name in spellings.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Лямзін", "Лямін"),
        ("Іваненко", "Іванченко"),
        ("Бондар", "Бондаренко"),
        ("Жуков", "Шуков"),
        ("Хоменко", "Гоменко"),
    ],
)
def test_near_family_names_stay_apart(one: str, other: str) -> None:
    assert family_key(one) != family_key(other)


def test_brother_and_sister_names_stay_apart() -> None:
    assert given_key("Олександр") != given_key("Олександра")
    assert given_key("Євген") != given_key("Євгенія")
    assert given_key("Валентин") != given_key("Валентина")
    assert given_key("Олена") == given_key("Елена") != given_key("Аліна") == given_key("Alina")


def test_another_patronymic_is_another_key_and_no_patronymic_is_empty() -> None:
    assert father_key("Іванович") != father_key("Петрович")
    assert father_key(None) == ""


@pytest.mark.parametrize("turkish", ["IŞIK", "ışık", "Işık", "ışIK"])
def test_folding_forgets_turkish_dotless_and_dotted_i(turkish: str) -> None:
    assert fold(turkish) == "işik"
    assert len(fold("İ")) == 1


def test_composed_and_decomposed_letters_are_one_name() -> None:
    composed = "Сергій Їжак"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    assert normal_name(composed) == normal_name(decomposed)
    assert skeleton(composed) == skeleton(decomposed)


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200f", "\u061c"])
def test_a_bidi_character_in_a_name_is_refused_and_the_bare_name_is_not(hidden: str) -> None:
    problems = name_problems(f"Test{hidden}name", "f.csv, row 2")
    assert [problem.code for problem in problems] == ["import.text.bidi"]
    assert "Test" not in str(problems[0])
    assert name_problems("Testname", "f.csv, row 2") == []


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\n", "\u200b", "\ufeff", "\u00ad", "\u2028"])
def test_a_control_or_invisible_character_in_a_name_is_refused(hidden: str) -> None:
    assert [problem.code for problem in name_problems(f"Те{hidden}ст", "row 2")] == ["import.text.control"]


def test_a_joiner_that_persian_spelling_needs_is_let_in() -> None:
    assert name_problems("می\u200cخواهم", "row 2") == []


def test_another_alphabet_keeps_its_letters() -> None:
    assert skeleton("محمد") == "محمد"
    assert skeleton("محمد") != skeleton("أحمد")


@given(st.text(max_size=30))
def test_keys_are_total_and_do_not_depend_on_case_of_plain_letters(text: str) -> None:
    for key in (skeleton, given_key, father_key):
        key(text)
    plain = "".join(letter for letter in text if letter.isascii())
    assert skeleton(plain.upper()) == skeleton(plain.lower())


_LETTERS = "aceghijknostuvwxyzабвгдеёжзиійкцчшщъьюяіїєґў'’ -šçßİıäم\n"


@given(st.lists(st.text(st.sampled_from(_LETTERS), max_size=12) | st.text(max_size=8), max_size=12))
def test_many_keys_at_once_are_the_keys_one_by_one(parts: list[str]) -> None:
    assert skeletons(parts) == [skeleton(part) for part in parts]
