"""Encodings: each that is sent is told by rule and said; what the rule cannot tell is asked for, never guessed."""

from __future__ import annotations

import pytest

from repatria.files.csv import parse_csv
from repatria.files.encoding import decode
from repatria.files.guarded import Asked
from repatria.problem import Problems


def refusal_or_text(data: bytes) -> str:
    try:
        return decode(data, "f.csv")[0]
    except Problems as refused:
        return refused.problems[0].code


# Invented people, without a heading that is known: the letters alone have to tell.
UKRAINIAN = "а;б\nВигаданий;Тест Неіснуючович\nПридуманко;Зразок Уявич\nНевідомий;Їжак Щасливий\n"
RUSSIAN = "а;б\nВыдуманный;Тест Несуществующевич\nПридуманов;Образец Примерович\nНикакой;Юрий Эхович\n"
TURKISH = "a;b\nUydurulmuş;Örnek Işık\nYokoğlu;Çağrı Şahin Gülümser\nHayalî;Ömür Yıldız Düşünür Kılıç\n"
ARABIC = "a;b\nالوهمي;تجربة بن مثال\nالخيالي;عبد الاختبار\n"
UPPER = "А;Б\nВИГАДАНИЙ;ТЕСТ НЕІСНУЮЧОВИЧ\nПРИДУМАНКО;ЗРАЗОК УЯВИЧ\nНЕВІДОМИЙ;ПРИКЛАД ОСТАННІЙ\n"


def refusal(data: bytes, asked: Asked | None = None) -> str:
    with pytest.raises(Problems) as raised:
        parse_csv(data, "f.csv", asked)
    return raised.value.problems[0].code


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (UKRAINIAN, "cp1251"),
        (UKRAINIAN, "koi8-u"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-u"),
        (UPPER, "cp1251"),
        (UPPER, "koi8-u"),
        (TURKISH, "cp1254"),
        (ARABIC, "cp1256"),
    ],
)
def test_an_encoding_is_told_by_the_letters_alone(text: str, encoding: str) -> None:
    read, (note,) = decode(text.encode(encoding, "replace"), "f.csv")
    assert read == text.encode(encoding, "replace").decode(encoding)
    assert (note.code, encoding in note.what) == ("file.encoding", True)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Прізвище;Ім'я\nЙ;Я\n", "cp1251"),
        ("Прізвище;Ім'я\nЙ;Я\n", "koi8-u"),
        ("Фамилия,Имя\nЙ,Я\n", "koi8-u"),
        ("ФАМИЛИЯ,ИМЯ\nЙ,Я\n", "cp1251"),
        ("Soyadı;Doğum tarihi\nX;1990\n", "cp1254"),
        ("اللقب;الاسم\nس;ص\n", "cp1256"),
    ],
)
def test_two_known_headings_tell_the_encoding_of_a_short_file(text: str, encoding: str) -> None:
    read, (note,) = decode(text.encode(encoding), "f.csv")
    assert read == text
    assert "2 headings" in note.what


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_and_without_its_mark(encoding: str) -> None:
    table = parse_csv(UKRAINIAN.encode(encoding), "f.csv")
    assert table.rows[0].cells == ("Вигаданий", "Тест Неіснуючович")
    assert len(table.notes) == ("16" in encoding)


def test_an_encoding_in_doubt_is_refused_with_the_best_two_and_read_once_it_is_declared() -> None:
    data = "a;b\nXé;Y\n".encode("cp1252")
    with pytest.raises(Problems) as raised:
        decode(data, "f.csv")
    (problem,) = raised.value.problems
    assert problem.code == "file.encoding.doubtful"
    assert problem.do.count("--encoding") == 2
    assert parse_csv(data, "f.csv", Asked(encoding="windows-1252")).rows[0].cells == ("Xé", "Y")


def test_a_declared_encoding_that_cannot_be_is_refused() -> None:
    assert refusal(UKRAINIAN.encode("cp1251"), Asked(encoding="utf-8")) == "file.encoding.wrong"
    assert refusal(UKRAINIAN.encode(), Asked(encoding="klingon")) == "file.encoding.name"


def test_a_damaged_utf8_file_is_not_taken_for_another_encoding() -> None:
    data = bytearray((UKRAINIAN * 20).encode())
    data[1500] = 0xFF
    assert refusal(bytes(data)) == "file.encoding.unknown"


def test_every_short_cut_of_a_cyrillic_file_is_read_right_or_refused() -> None:
    """However little of the file there is: never one encoding's letters taken for another's."""
    for encoding in ("cp1251", "koi8-u"):
        data = UKRAINIAN.encode(encoding)
        for length in range(10, len(data)):
            said = refusal_or_text(data[:length])
            assert said in (data[:length].decode(encoding), "file.encoding.doubtful")
