"""Whole names: what speaks for one person and what against, whatever stands beside the pair and in whatever order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.linkage.name_pairs import NamePair, invented_pairs
from benchmarks.linkage.names import best_threshold, figures
from repatria.files.locales import load_language
from repatria.linkage.names import birth_odds, explain_names, score_names
from repatria.report import link_texts
from repatria.report.language import CODES


def score(left: str, right: str, one: str = "", other: str = "") -> float:
    return float(score_names([left], [right], [one], [other])[0])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Григорій Олексійович Тесак", "Grigorii Alekseevich Tesak"),
        ("Заквенко Микола Іванович", "Николай Заквенко"),
        ("Хащук Юхим Ілліч", "KHASHCHUK Efim Il'ich"),
        ("Заквенко, Ганна Петрівна", "Anna Petrovna Zakvenko"),
        ("Шевчук Євген Захарович", "Jewgenij Sacharowitsch Schewtschuk"),
        ("Хомченко Уладзімір Мікалаевіч", "Хомченко Владимир Николаевич"),
        ("Заквенко-Радчук Олена", "Радчук Елена"),
        ("Öztürk Hüseyin", "Huseyin Ozturk"),
        ("محمد عبد الرحمن الشامي", "Mohamed Abdulrahman al-Shami"),
        ("Джеймс Келли", "James Kelly"),
    ],
)
def test_one_name_in_two_spellings_is_likely_one_person(left: str, right: str) -> None:
    assert score(left, right) > 0.5
    assert score(right, left) == pytest.approx(score(left, right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Заквенко Іван Петрович", "Заквенко Степан Петрович"),
        ("Заквенко Іван Петрович", "Иван Ильич Заквенко"),
        ("Лямзін Іван Петрович", "Лямін Іван Петрович"),
        ("Валентин Петренко", "Valentyna Petrenko"),
        ("Олена Петренко", "Аліна Петренко"),
        ("Заквенко Сергій", "Zakvenko P."),
        ("Ahmet Zqxmaz", "Mehmet Zqxmaz"),
        ("خالد بن سالم الشامي", "Ahmed bin Salem al-Shami"),
    ],
)
def test_kin_and_namesakes_are_unlikely_one_person(left: str, right: str) -> None:
    assert score(left, right) < 0.5
    assert score(right, left) == pytest.approx(score(left, right))


def test_a_father_that_differs_speaks_against_and_one_that_is_not_there_does_not() -> None:
    whole = score("Заквенко Іван Петрович", "Ivan Petrovich Zakvenko")
    absent = score("Заквенко Іван Петрович", "Ivan Zakvenko")
    differs = score("Заквенко Іван Петрович", "Ivan Antonovich Zakvenko")
    assert whole > absent > 0.8
    assert differs < 0.2


def test_the_order_of_the_words_says_nothing() -> None:
    assert score("Заквенко Іван Петрович", "Petrov Ivan") == pytest.approx(
        score("Іван Петрович Заквенко", "Ivan Petrov")
    )


def test_a_birth_date_decides_between_namesakes() -> None:
    names = ("Заквенко Іван", "Ivan Zakvenko")
    same, unknown = score(*names, "1990-03-05", "1990-03-05"), score(*names, "1990-03-05", "")
    swapped, other = score(*names, "1990-03-05", "1990-05-03"), score(*names, "1990-03-05", "1961-11-30")
    assert same > swapped > unknown > other
    assert birth_odds(["1990-03-05"], ["1990"])[0] > 0 > birth_odds(["1990-03-05"], ["1991"])[0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=6))
def test_a_pair_is_given_the_same_whatever_stands_beside_it(pairs: list[tuple[str, str]]) -> None:
    pairs = [*pairs, ("Заквенко Іван", "Zakvenko Ivan"), ("محمد علي", "Mohammed Ali")]
    scores = score_names([left for left, _ in pairs], [right for _, right in pairs])
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores.tolist() == [score(left, right) for left, right in pairs]


def test_the_sentences_say_which_words_met_and_which_did_not() -> None:
    said = explained("Заквенко Микола Олексійович", "Nikolay Alekseevich Zakvenko", "1990-03-05", "1990-03-05")
    assert said[:-1] == [
        "Заквенко and Zakvenko are spellings of one name.",
        "Микола and Nikolay are forms of one name.",
        "Олексійович and Alekseevich are the same patronymic.",
        "The birth dates are the same day.",
    ]
    said = explained("Заквенко-Радчук Ганна Іванівна", "Анна Радчук")
    assert "Заквенко has no partner in the other name." in said
    assert "Only the left name has a father's name, which says nothing." in said
    said = explained("Заквенко І. О.", "Заквенко Іван Петрович")
    assert "І may stand for Іван." in said
    assert "О cannot stand for Петрович." in said


@pytest.mark.parametrize("code", CODES)
def test_every_sentence_about_two_names_is_said_in_every_language(code: str) -> None:
    say = load_language(code)
    pairs = [
        ("Заквенко Микола Олексійович", "Nikolay Alekseevich Zakvenko", "1990-03-05", "1990-05-03"),
        ("Заквенко-Радчук Ганна Іванівна", "Анна Радчук", "1990", "1990-03-06"),
        ("Анна Радчук", "Радчак Ганна Іванівна", "1990-03-05", "1990-03-06"),
        ("Заквенко І. О.", "Заквенко Іван Петрович", "1990-03", "1990-03-06"),
        ("Заквенко Іван Петрович", "Ткач Іван Павлович", "1990-03-05", "1971-11-28"),
        ("Заквенко Іван Петрович", "Заквенко Іван Петровна", "", ""),
        ("Прикладовицький Іван Олегович", "Прикладовицьк Іван Олекович", "1990-03-05", "1990-03-05/1990-03-07"),
    ]
    said = [message for pair in pairs for message in explain_names(*pair)]
    told = {name for name in link_texts.TEXTS if name.startswith("link.names.")}
    assert told - {message.id for message in said} <= {"link.names.birth.same_day", "link.names.father.near"}
    text = [say.say(message) for message in said]
    assert not any("{" in sentence for sentence in text)
    if code != "en":
        english = load_language("en")
        assert all(english.say(message) != sentence for message, sentence in zip(said, text, strict=True))


def explained(*pair: str) -> list[str]:
    say = load_language("en")
    return [say.say(message) for message in explain_names(*pair)]


@pytest.fixture(scope="module")
def invented() -> list[NamePair]:
    return invented_pairs(5, 2500, half=1)


def test_on_names_that_were_not_tuned_on_the_targets_hold(invented: list[NamePair]) -> None:
    same = np.array([float(pair.same) for pair in invented])
    lefts, rights = [pair.left for pair in invented], [pair.right for pair in invented]
    names = score_names(lefts, rights)
    dated = score_names(lefts, rights, [p.left_birth for p in invented], [p.right_birth for p in invented])
    assert figures(names, same, 0.5)["F1"] >= 0.94
    assert figures(names, same, 0.5)["ECE"] <= 0.04
    found = figures(dated, same, 0.5)
    assert found["F1"] >= 0.98
    assert found["recall at 99 %"] >= 0.95
    assert best_threshold(dated, same) > 0.05


def test_what_a_name_is_called_for_short_may_be_that_name() -> None:
    assert score("Боб Заквенко", "Robert Zakvenko") > 0.3 > score("Боб Заквенко", "Gerald Zakvenko")
    assert score("Ваня Заквенко", "Ivan Zakvenko") > score("Ваня Заквенко", "Vasyl Zakvenko")


def test_a_name_is_compared_as_it_is_read_aloud() -> None:
    assert score("Кевин Райт", "Kevin Wright") > 0.5 > score("Кевин Райт", "Kevin Wricht")
