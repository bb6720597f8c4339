"""What our own files say over their columns and offer in their lists, per language; the reader takes all of it back.

One heading per field and one text per word of a field, no two of them alike in one field: so a template filled in by
somebody who reads no English, and a list written for them, come back as the same records.

    >>> HEADINGS["uk"]["family_name"], word_for("sex", "female", "uk"), word_of("sex", "жіноча")
    ('Прізвище', 'жіноча', 'female')
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from repatria.people.names import fold
from repatria.people.person import FIELDS, field_choices

LANGUAGES = ("en", "uk", "ru", "tr", "ar")
RIGHT_TO_LEFT = ("ar",)

_HEADINGS: Mapping[str, tuple[str, str, str, str]] = {
    "record_id": ("Номер запису", "Номер записи", "Kayıt no", "رقم السجل"),
    "source_party": (
        "Сторона, що подала список", "Сторона, подавшая список", "Listeyi veren taraf", "الطرف مقدم القائمة",
    ),
    "list_kind": ("Вид списку", "Вид списка", "Liste türü", "نوع القائمة"),
    "family_name": ("Прізвище", "Фамилия", "Soyadı", "اسم العائلة"),
    "given_names": ("Ім'я", "Имя", "Adı", "الاسم"),
    "father_name": ("По батькові", "Отчество", "Baba adı", "اسم الأب"),
    "mother_maiden_name": ("Дівоче прізвище матері", "Девичья фамилия матери", "Anne kızlık soyadı", "اسم عائلة الأم"),
    "alternate_names": ("Інші імена", "Другие имена", "Diğer adları", "أسماء أخرى"),
    "sex": ("Стать", "Пол", "Cinsiyet", "الجنس"),
    "date_of_birth": ("Дата народження", "Дата рождения", "Doğum tarihi", "تاريخ الولادة"),
    "place_of_birth": ("Місце народження", "Место рождения", "Doğum yeri", "مكان الولادة"),
    "nationality": ("Громадянство", "Гражданство", "Uyruk", "الجنسية"),
    "power_on_which_depends": (
        "Держава, від якої залежить", "Держава, за которой числится", "Bağlı olduğu devlet",
        "الدولة التي يتبعها الأسير",
    ),
    "person_category": ("Категорія", "Категория", "Kategori", "الفئة"),
    "service_branch": ("Рід військ", "Род войск", "Sınıf", "السلاح"),
    "unit": ("Військова частина", "Войсковая часть", "Birlik", "الوحدة العسكرية"),
    "rank": ("Військове звання", "Воинское звание", "Rütbe", "الرتبة العسكرية"),
    "rank_band": ("Група звань", "Группа званий", "Rütbe grubu", "فئة الرتبة"),
    "service_number": ("Особистий номер", "Личный номер", "Sicil no", "الرقم العسكري"),
    "capture_date": ("Дата взяття в полон", "Дата взятия в плен", "Esir düşme tarihi", "تاريخ الأسر"),
    "capture_place": ("Місце взяття в полон", "Место взятия в плен", "Esir düştüğü yer", "مكان الأسر"),
    "detaining_power": (
        "Держава, що тримає в полоні", "Держащая в плену держава", "Esir eden devlet", "الدولة الحاجزة",
    ),
    "place_of_detention": ("Місце утримання", "Место содержания", "Tutulduğu yer", "مكان الاحتجاز"),
    "legal_proceedings": ("Судове провадження", "Судебное производство", "Yargı süreci", "الإجراءات القضائية"),
    "custody_status": ("Статус утримання", "Статус содержания", "Tutulma durumu", "حالة الاحتجاز"),
    "medical_category": ("Стан здоров'я", "Состояние здоровья", "Sağlık durumu", "الحالة الصحية"),
    "fit_to_travel": ("Придатність до поїздки", "Годность к поездке", "Yolculuğa elverişlilik", "القدرة على السفر"),
    "priority_grounds": (
        "Підстави для черговості", "Основания для очерёдности", "Öncelik gerekçeleri", "أسباب الأولوية",
    ),
    "proof_of_life": ("Доказ, що особа жива", "Доказательство жизни", "Hayatta olduğunun kanıtı", "إثبات الحياة"),
    "destination": ("Куди прямує", "Куда следует", "Gideceği yer", "الوجهة"),
    "next_of_kin_ref": ("Контакт родичів", "Контакт родственников", "Yakınları", "أقرب الأقارب"),
    "sharing_consent": (
        "Згода на передачу даних", "Согласие на передачу данных", "Paylaşım onayı", "الموافقة على المشاركة",
    ),
    "valid_until": ("Дійсно до", "Действительно до", "Geçerlilik sonu", "صالح حتى"),
}  # fmt: skip

HEADINGS: Mapping[str, Mapping[str, str]] = {
    "en": {name: name.replace("_", " ").capitalize() for name in _HEADINGS},
    **{code: {name: texts[at] for name, texts in _HEADINGS.items()} for at, code in enumerate(LANGUAGES[1:])},
}
"""Language, field: the heading. `national_id` and `wish_to_return` have none: no list carries them out or in."""

_WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "female": ("жіноча", "женский", "kadın", "أنثى"),
    "male": ("чоловіча", "мужской", "erkek", "ذكر"),
    "other": ("інша", "другой", "diğer", "آخر"),
    "unknown": ("невідомо", "неизвестно", "bilinmiyor", "غير معروف"),
    "prisoner_of_war": ("військовополонений", "военнопленный", "savaş esiri", "أسير حرب"),
    "retained_personnel": ("медичний або духовний персонал", "медицинский или духовный персонал",
                           "alıkonulan sağlık ve din görevlisi", "أفراد مستبقون"),
    "civilian_internee": ("інтернована цивільна особа", "интернированное гражданское лицо", "enterne edilen sivil",
                          "معتقل مدني"),
    "security_detainee": ("затриманий з міркувань безпеки", "задержанный по соображениям безопасности",
                          "güvenlik tutuklusu", "محتجز لأسباب أمنية"),
    "convicted_detainee": ("засуджений", "осуждённый", "hükümlü", "محكوم عليه"),
    "missing": ("зниклий безвісти", "пропавший без вести", "kayıp", "مفقود"),
    "deceased": ("померлий", "умерший", "ölmüş", "متوفى"),
    "none": ("немає", "нет", "yok", "لا شيء"),
    "disciplinary": ("дисциплінарне", "дисциплинарное", "disiplin", "تأديبية"),
    "indictable_pending": ("кримінальне, триває", "уголовное, идёт", "ceza davası sürüyor", "جنائية جارية"),
    "indictable_convicted": ("кримінальне, засуджено", "уголовное, осуждён", "ceza davasında hüküm", "جنائية بحكم"),
    "sought": ("розшукується", "разыскивается", "aranıyor", "مطلوب معرفة مصيره"),
    "claimed": ("заявлено", "заявлен", "iddia edildi", "مدعى وجوده"),
    "acknowledged": ("визнано", "признан", "kabul edildi", "معترف به"),
    "icrc_confirmed": ("підтверджено МКЧХ", "подтверждён МККК", "ICRC doğruladı", "أكدته اللجنة الدولية"),
    "denied": ("заперечується", "отрицается", "reddedildi", "منكر وجوده"),
    "released": ("звільнено", "освобождён", "serbest bırakıldı", "أفرج عنه"),
    "repatriated": ("репатрійовано", "репатриирован", "ülkesine döndü", "أعيد إلى وطنه"),
    "neutral_accommodation": ("розміщено в нейтральній країні", "размещён в нейтральной стране",
                              "tarafsız ülkede", "في بلد محايد"),
    "escaped": ("утік", "бежал", "kaçtı", "فر"),
    "fit": ("здоровий", "здоров", "sağlıklı", "سليم"),
    "wounded": ("поранений", "ранен", "yaralı", "جريح"),
    "sick": ("хворий", "болен", "hasta", "مريض"),
    "seriously_wounded": ("тяжко поранений", "тяжело ранен", "ağır yaralı", "جريح إصابته بالغة"),
    "seriously_sick": ("тяжко хворий", "тяжело болен", "ağır hasta", "مريض مرضا خطيرا"),
    "direct_repatriation": ("підлягає прямій репатріації", "подлежит прямой репатриации",
                            "doğrudan geri gönderilecek", "يعاد إلى وطنه مباشرة"),
    "neutral_eligible": ("може бути в нейтральній країні", "может быть в нейтральной стране",
                         "tarafsız ülkeye gidebilir", "يجوز إيواؤه في بلد محايد"),
    "minor": ("неповнолітній", "несовершеннолетний", "küçük", "قاصر"),
    "under_25": ("до 25 років", "до 25 лет", "25 yaşından küçük", "دون الخامسة والعشرين"),
    "pregnant": ("вагітна", "беременная", "hamile", "حامل"),
    "mother_small_child": ("мати малої дитини", "мать малого ребёнка", "küçük çocuk annesi", "أم لطفل صغير"),
    "elderly": ("літній вік", "пожилой возраст", "yaşlı", "مسن"),
    "long_captivity": ("тривалий полон", "долгий плен", "uzun esaret", "أسر طويل"),
    "family": ("родина", "семья", "aile", "العائلة"),
    "party": ("сторона", "сторона", "taraf", "الطرف"),
    "mediator": ("посередник", "посредник", "arabulucu", "الوسيط"),
    "icrc": ("МКЧХ", "МККК", "ICRC", "اللجنة الدولية"),
    "public": ("загал", "общественность", "kamu", "العامة"),
    "held": ("утримувані", "содержащиеся", "tutulanlar", "محتجزون"),
    "remains": ("останки", "останки", "naaşlar", "رفات"),
}  # fmt: skip
_OF_LISTS = {
    ("list_kind", "sought"): ("розшукувані", "разыскиваемые", "arananlar", "مطلوب معرفة مصيرهم"),
    ("list_kind", "missing"): ("зниклі безвісти", "пропавшие без вести", "kayıplar", "مفقودون"),
}  # fmt: skip


def word_for(field: str, word: str, language: str) -> str:
    """How a language says a word of a field; in English the word itself with spaces."""
    if language == "en":
        return word.replace("_", " ")
    return _OF_LISTS.get((field, word), _WORDS[word])[LANGUAGES.index(language) - 1]


def word_of(field: str, text: str) -> str | None:
    """The word of a field that a text stands for in any of the languages; None where there is no such word."""
    return _KNOWN.get((field, plain_word(text)))


def is_word(text: str) -> bool:
    """True for what any field says of somebody in one of the languages, and for no name."""
    return plain_word(text) in _SAID


def heading_of(text: str) -> str | None:
    """The field that one of our own headings stands for."""
    return _BY_HEADING.get(plain_word(text))


def plain_word(text: str) -> str:
    """The text without what does not count: case, kinds of apostrophe, underscores, hyphens, and spaces in a row."""
    return " ".join(re.split(r"[\s_-]+", fold(text.strip()).replace("’", "'").replace("ʼ", "'")))


def _several(field: str) -> bool:
    return field in ("priority_grounds", "sharing_consent")


_KNOWN = {
    (field, plain_word(word_for(field, word, code))): word
    for field in FIELDS
    for word in (*field_choices(field), *(("none",) if _several(field) else ()))
    if field in _HEADINGS
    for code in LANGUAGES
}
_SAID = frozenset(text for _, text in _KNOWN)
_BY_HEADING = {plain_word(text): name for texts in HEADINGS.values() for name, text in texts.items()}
