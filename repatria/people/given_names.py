"""Given names that are one name in two languages, and their patronymics: what no rule of letters can derive.

A person registered as Олексій Миколайович in one state is Алексей Николаевич in the papers of the other, and both are
then put in Latin letters. `in_both` gives the two forms; romanise.py makes Latin of each. Nothing is
replaced by this: it widens a search, and tells a given name from a family name (people/split.py).

A row of `_MEN` is: Ukrainian, Russian, and the patronymic of each for a son; a daughter's follows by rule. A row of
`_WOMEN` is Ukrainian and Russian. `COMMON_ARABIC` has a name in Arabic letters and its usual Latin spellings.

Source: the calendar names as both languages spell them (Ukrainian orthography of 2019, paragraph 32 on
patronymics; Russian grammar of 1980, paragraph 374); the Latin spellings of Arabic and the Turkish names are those
that occur in passports of several states. No list of persons was used.

    >>> in_both("Олексій")
    (('uk', 'Олексій'), ('ru', 'Алексей'))
    >>> in_both("МИКОЛАЇВНА")
    (('uk', 'МИКОЛАЇВНА'), ('ru', 'НИКОЛАЕВНА'))
    >>> known_given("Mohamed")
    True
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from repatria.people.names import fold, normal_name
from repatria.people.romanise import Language, romanisations


def in_both(name: str) -> tuple[tuple[Literal["uk", "ru"], str], ...]:
    """A given name or patronymic in Ukrainian and in Russian, each form once; empty where it is not in the table.

    A name that has two forms in the other language (Наталія: Наталия, Наталья) gives both.
    """
    plain = normal_name(name)
    capitals = plain.isupper() and len(plain) > 1
    forms: dict[tuple[Literal["uk", "ru"], str], None] = {}
    for uk, ru in _ROWS.get(_key(plain), ()):
        forms["uk", uk.upper() if capitals else uk] = None
        forms["ru", ru.upper() if capitals else ru] = None
    return tuple(forms)


def known_given(word: str) -> bool:
    """Whether the table has this word as a given name, in one of its Cyrillic, Turkish or Arabic spellings."""
    return _key(word) in _given()


def _key(word: str) -> str:
    return fold(normal_name(word)).replace("ё", "е").replace("’", "'").replace("ʼ", "'")


_MEN = """
Олександр Александр Олександрович Александрович
Олексій Алексей Олексійович Алексеевич
Анатолій Анатолий Анатолійович Анатольевич
Андрій Андрей Андрійович Андреевич
Антон Антон Антонович Антонович
Аркадій Аркадий Аркадійович Аркадьевич
Арсеній Арсений Арсенійович Арсеньевич
Артем Артём Артемович Артёмович
Артур Артур Артурович Артурович
Богдан Богдан Богданович Богданович
Борис Борис Борисович Борисович
Вадим Вадим Вадимович Вадимович
Валентин Валентин Валентинович Валентинович
Валерій Валерий Валерійович Валерьевич
Василь Василий Васильович Васильевич
Віктор Виктор Вікторович Викторович
Віталій Виталий Віталійович Витальевич
Владислав Владислав Владиславович Владиславович
Володимир Владимир Володимирович Владимирович
В'ячеслав Вячеслав В'ячеславович Вячеславович
Гаврило Гавриил Гаврилович Гаврилович
Геннадій Геннадий Геннадійович Геннадьевич
Георгій Георгий Георгійович Георгиевич
Герман Герман Германович Германович
Гліб Глеб Глібович Глебович
Григорій Григорий Григорович Григорьевич
Данило Даниил Данилович Данилович
Данило Данила Данилович Данилович
Денис Денис Денисович Денисович
Дмитро Дмитрий Дмитрович Дмитриевич
Едуард Эдуард Едуардович Эдуардович
Євген Евгений Євгенович Евгеньевич
Єгор Егор Єгорович Егорович
Захар Захар Захарович Захарович
Іван Иван Іванович Иванович
Ігор Игорь Ігорович Игоревич
Ілля Илья Ілліч Ильич
Йосип Иосиф Йосипович Иосифович
Кирило Кирилл Кирилович Кириллович
Костянтин Константин Костянтинович Константинович
Лев Лев Левович Львович
Леонід Леонид Леонідович Леонидович
Максим Максим Максимович Максимович
Марк Марк Маркович Маркович
Матвій Матвей Матвійович Матвеевич
Микита Никита Микитович Никитич
Микола Николай Миколайович Николаевич
Михайло Михаил Михайлович Михайлович
Назар Назар Назарович Назарович
Олег Олег Олегович Олегович
Остап Остап Остапович Остапович
Павло Павел Павлович Павлович
Петро Пётр Петрович Петрович
Пилип Филипп Пилипович Филиппович
Роман Роман Романович Романович
Ростислав Ростислав Ростиславович Ростиславович
Руслан Руслан Русланович Русланович
Святослав Святослав Святославович Святославович
Семен Семён Семенович Семёнович
Сергій Сергей Сергійович Сергеевич
Станіслав Станислав Станіславович Станиславович
Степан Степан Степанович Степанович
Тарас Тарас Тарасович Тарасович
Тимофій Тимофей Тимофійович Тимофеевич
Тимур Тимур Тимурович Тимурович
Федір Фёдор Федорович Фёдорович
Юрій Юрий Юрійович Юрьевич
Яків Яков Якович Яковлевич
Ярослав Ярослав Ярославович Ярославович
"""

_WOMEN = """
Олександра Александра
Аліна Алина
Алла Алла
Анастасія Анастасия
Ангеліна Ангелина
Анна Анна
Ганна Анна
Валентина Валентина
Валерія Валерия
Віра Вера
Вікторія Виктория
Галина Галина
Дар'я Дарья
Дарія Дарья
Діана Диана
Катерина Екатерина
Олена Елена
Єлизавета Елизавета
Зінаїда Зинаида
Зоя Зоя
Інна Инна
Ірина Ирина
Ксенія Ксения
Лариса Лариса
Лідія Лидия
Любов Любовь
Людмила Людмила
Маргарита Маргарита
Марина Марина
Марія Мария
Надія Надежда
Наталія Наталия
Наталія Наталья
Наталя Наталья
Ніна Нина
Оксана Оксана
Ольга Ольга
Поліна Полина
Раїса Раиса
Світлана Светлана
Софія София
Софія Софья
Тамара Тамара
Тетяна Татьяна
Юлія Юлия
Яна Яна
"""

_TURKISH = """
Ahmet Ali Ayşe Cem Elif Emine Emre Fatma Hakan Halil Hasan Hatice Hüseyin İbrahim İsmail Kemal Mehmet Merve Murat
Mustafa Osman Ömer Ramazan Recep Selim Serkan Süleyman Yusuf Zeynep
"""

COMMON_ARABIC = """
محمد Muhammad Mohammed Mohamed Mohammad Mohamad Muhammed Mohamud Mahomed
أحمد Ahmad Ahmed Ahamed
احمد Ahmad Ahmed Ahamed
محمود Mahmoud Mahmud Mahmood
علي Ali Aly
حسن Hasan Hassan
حسين Husayn Hussein Hussain Husain Hossein
إبراهيم Ibrahim Ebrahim Brahim
ابراهيم Ibrahim Ebrahim Brahim
إسماعيل Ismail Ismael Esmail
يوسف Yusuf Youssef Yousef Yousuf Youcef Joseph
خالد Khalid Khaled
عمر Umar Omar Omer
عثمان Uthman Othman Osman Ousmane
مصطفى Mustafa Moustafa Mostafa
سعيد Said Saeed Saeid
صالح Salih Saleh Salah
ناصر Nasir Naser Nasser
فاطمة Fatima Fatimah Fatma Fatema
عائشة Aisha Aishah Ayesha Aicha
خديجة Khadija Khadijah Khadidja
زينب Zaynab Zainab Zeinab
مريم Maryam Mariam Meryem
حسام Husam Hussam Hossam
طارق Tariq Tarek Tarik
سليمان Sulayman Suleiman Soliman Sulaiman
"""


def _rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


def _daughter(son: str, language: str) -> str:
    for ending, into in _DAUGHTERS[language]:
        if son.endswith(ending):
            return son.removesuffix(ending) + into
    raise ValueError("not a son's patronymic")


def _both_forms() -> dict[str, list[tuple[str, str]]]:
    rows: dict[str, list[tuple[str, str]]] = {}
    pairs = [(row[0], row[1]) for row in (*_rows(_MEN), *_rows(_WOMEN))]
    for _, _, uk, ru in _rows(_MEN):
        pairs += [(uk, ru), (_daughter(uk, "uk"), _daughter(ru, "ru"))]
    for pair in dict.fromkeys(pairs):
        for form in sorted({_key(pair[0]), _key(pair[1])}):
            rows.setdefault(form, []).append(pair)
    return rows


_DAUGHTERS = {
    "uk": (("йович", "ївна"), ("ович", "івна"), ("Ілліч", "Іллівна")),
    "ru": (("евич", "евна"), ("ович", "овна"), ("Ильич", "Ильинична"), ("ич", "ична")),
}
_ROWS = _both_forms()


@lru_cache(maxsize=1)
def _given() -> frozenset[str]:
    """Every spelling of a given name that the table and the standards of romanise.py give, for `known_given`."""
    languages: tuple[Language, ...] = ("uk", "ru")
    rows = (*_rows(_MEN), *_rows(_WOMEN))
    words = [word for row in (*_rows(COMMON_ARABIC), *_rows(_TURKISH)) for word in row]
    for at, language in enumerate(languages):
        for name in {row[at] for row in rows}:
            words += [name, *(form.text for form in romanisations(name, language))]
    return frozenset(map(_key, words))
