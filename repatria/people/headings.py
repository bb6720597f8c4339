"""Headings as list officers write them: English, Ukrainian, Russian, Turkish, Arabic, the capture card, PFIF.

A heading stands for a field of the record, or for a whole name in one column. What is not here is not guessed:
the column stays unknown until somebody maps it (columns.py).

- The case, the spaces around, numbers and punctuation at the ends, and remarks in brackets do not count.
- Headings that our own files have are known in every language (vocabulary.py).
- A heading that declares the order of a whole name (ПІБ: family, given, father's) is told from one that does not.

Source: GC III Annex IV B (the capture card); PFIF 1.3 and 1.4 (its element names).

    >>> field_of("Прізвище"), field_of("5. Date of birth"), field_of("Doğum tarihi:"), field_of("shoe size")
    ('family_name', 'date_of_birth', 'date_of_birth', None)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from repatria.people.names import fold
from repatria.people.person import FIELDS
from repatria.people.vocabulary import heading_of

WHOLE_NAMES: Mapping[str, str] = {
    "name_family_first": "a whole name, as family name, given name, father's name",
    "name_family_last": "a whole name, as given names and then the family name",
    "name_whole": "a whole name in an order that nobody declared",
}
"""What a column may stand for besides the fields: names that are still to be split."""


MAX_HEADING = 200


def field_of(heading: str) -> str | None:
    """The field that a heading stands for, or one of `WHOLE_NAMES`; None where the heading is not known."""
    return _KNOWN.get(plain_heading(heading)) or heading_of(heading)


def plain_heading(heading: str) -> str:
    """The heading without what does not count in it, by which a map remembers it."""
    if len(heading) > MAX_HEADING:
        return heading  # no heading, and no work for the expressions below
    text = fold(heading).translate(_SAME).strip()
    text = re.sub(r"\([^()]*\)", " ", text)
    text = re.sub(r"[\s_]+|(?<=\w)-(?=\w)", " ", text)
    return re.sub(r"^(?:№|#)?\s*[0-9]*[.):\s]*|[\s.:*,;]+$", "", text).strip()


def counts_rows(heading: str) -> bool:
    """True for a heading of row numbers, as № п/п, which are nobody's."""
    return bool(heading) and plain_heading(heading) in _COUNTERS


def recognised(cells: Iterable[str]) -> int:
    """How many different fields these cells are headings of: by this a heading row is found."""
    return len({name for cell in cells if cell and len(cell) <= 100 and (name := field_of(cell))})


_COUNTERS = frozenset(["", "no", "n", "nr", "s/n", "п/п", "пп", "з/п", "sira", "sira no", "م", "ت", "رقم", "الرقم"])
_SAME = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "‘": "'", "\u200f": "", "\u200e": "", "ـ": ""})
_TEXTS: Mapping[str, str] = {
    "family_name": """surname; last name; family; family name; name of family
        прізвище; фамилия; soyadı; soyad; soyisim; اللقب; اسم العائلة; العائلة; الكنية; لقب""",
    "given_names": """first name; first names; given; given name; given names; forename; forenames
        ім'я; власне ім'я; имя; adı; ad; isim; الاسم; الاسم الأول; الاسم الشخصي; اسم""",
    "father_name": """patronymic; father's name; first name of the father; first name of father; name of father
        по батькові; ім'я батька; по-батькові; отчество; имя отца; baba adı; babasının adı; اسم الأب; اسم الاب""",
    "mother_maiden_name": """mother's maiden name; maiden name of the mother; maiden name of mother
        дівоче прізвище матері; девичья фамилия матери; anne kızlık soyadı; annesinin kızlık soyadı
        لقب الأم قبل الزواج; اسم عائلة الأم""",
    "rank": """military rank; rank; звання; військове звання; звание; воинское звание; rütbe; rütbesi
        الرتبة; الرتبة العسكرية; رتبة""",
    "service_number": """serial number; personal number; army number; regimental number; service no; service number
        matriculation number; особистий номер; номер жетона; військовий номер; личный номер; номер жетона
        sicil no; sicil numarası; künye no; الرقم العسكري; رقم الخدمة""",
    "place_of_birth": """birth place; birthplace; place of birth; місце народження; место рождения; doğum yeri
        مكان الولادة; محل الولادة; مكان الميلاد""",
    "date_of_birth": """birth date; birth year; year of birth; date of birth; born; dob
        дата народження; дата нар; рік народження; д.н; д.р
        дата рождения; дата рожд; год рождения; г.р; р.н; doğum tarihi; doğum yılı; dt
        تاريخ الولادة; تاريخ الميلاد; المواليد; سنة الولادة""",
    "power_on_which_depends": """power on which prisoner depends; power on which the prisoner depends
        power on which depends; держава, від якої залежить; держава від якої залежить
        держава, на службі якої перебуває; держава, за которой числится; bağlı olduğu devlet
        الدولة التي يتبعها الأسير; الدولة التابع لها""",
    "next_of_kin_ref": """next of kin; next of kin ref; address of next of kin; контакт родичів; родичі
        родственники; контакт родственников
        yakını; yakınları; أقرب الأقارب; ذوو القربى""",
    "place_of_detention": """camp; place of internment; place of detention; name of camp; місце утримання
        місце тримання; табір
        место содержания; место удержания; лагерь; tutulduğu yer; kamp; kampı; gözaltı yeri; مكان الاحتجاز; المعسكر
        مكان الاعتقال""",
    "record_id": """id; record; record number; record id; person record id; № запису; номер запису
        номер записи; № записи; kayıt no; رقم السجل""",
    "alternate_names": "other names; alternate names; інші імена; другие имена; diğer adları; أسماء أخرى",
    "sex": "gender; sex; стать; пол; cinsiyet; cinsiyeti; الجنس",
    "nationality": "nationality; citizenship; громадянство; гражданство; uyruk; uyruğu; vatandaşlık; الجنسية",
    "person_category": "category; person category; категорія; категория; kategori; الفئة",
    "service_branch": """branch; service branch; arm of service; рід військ; вид збройних сил; род войск
        sınıf; sınıfı; الصنف; السلاح""",
    "unit": """unit; military unit; підрозділ; військова частина; в/ч; підрозділ, в/ч; часть; войсковая часть
        подразделение; birlik; birliği; الوحدة; الوحدة العسكرية""",
    "national_id": """national id number; national identity number; national id; рнокпп; іпн; инн
        tc kimlik no; t.c. kimlik no
        kimlik no; الرقم الوطني; رقم الهوية""",
    "capture_date": """date of capture; captured; capture date; taken prisoner on; дата полону
        дата взяття в полон; дата потрапляння в полон
        дата пленения; дата взятия в плен; дата попадания в плен; esir düşme tarihi; esir alındığı tarih
        تاريخ الأسر; تاريخ الاعتقال""",
    "capture_place": """place of capture; capture place; місце полону; місце взяття в полон
        місце потрапляння в полон
        место пленения; место взятия в плен; esir düştüğü yer; مكان الأسر; مكان الاعتقال الأول""",
    "detaining_power": """detaining power; держава, що тримає в полоні; держащая в плену держава
        esir eden devlet; الدولة الحاجزة""",
    "medical_category": """medical; medical category; state of health; стан здоров'я; состояние здоровья
        sağlık durumu; الحالة الصحية""",
    "wish_to_return": "wish to return; бажання повернутися; желание вернуться; dönüş isteği; الرغبة في العودة",
    "name_family_first": """піб; п.і.б; п. і. б; п.і.п; прізвище, ім'я, по батькові; прізвище ім'я по батькові
        прізвище, ім'я та по батькові
        фио; ф.и.о; ф. и. о; фамилия, имя, отчество; фамилия имя отчество; фамилия, имя и отчество
        прізвище та ім'я; прізвище, ім'я; прізвище ім'я; фамилия и имя; фамилия, имя; фамилия имя
        surname, name; surname and name; surname, first name; surname, given names; soyadı, adı; soyadı adı
        last name, first name""",
    "name_family_last": """adı soyadı; ad soyad; adı, soyadı; adı ve soyadı; isim soyisim; name and surname
        first and last name; ім'я та прізвище; имя и фамилия""",
    "name_whole": """full name; name; names; повне ім'я; полное имя; tam adı; الاسم الكامل; الاسم الرباعي
        الاسم الثلاثي; الاسم واللقب; الاسم بالكامل""",
}  # fmt: skip


def _known() -> dict[str, str]:
    known = {name.replace("_", " "): name for name in FIELDS}
    for field, texts in _TEXTS.items():
        for line in texts.splitlines():
            for text in line.split(";"):
                plain = plain_heading(text)
                if known.setdefault(plain, field) != field:
                    raise ValueError(f"one heading for {known[plain]} and {field}")
    return known


_KNOWN = _known()
