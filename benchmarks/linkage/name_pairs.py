"""Pairs of whole names with the truth about each: invented people, and public figures under their names in two scripts.

`invented_pairs` puts family names together from Faker's Ukrainian and Russian lists and from stems and endings of both,
with given names and patronymics of the calendar, and writes each person as papers of several states would: Ukrainian,
Russian, or Latin letters by one standard or one country's habit for the whole name. Of the pairs half are one person.
Those who are not are chosen to deceive: brothers and sisters, the same name with another patronymic, the nearest other
family name, the nearest other given name, and a few strangers. A quarter leave the patronymic out on one side, a third
are in another order, some have a slip, an initial, a married or a double name.

`figure_pairs` are of a list of public figures (names and birth dates): one person first united by name and birth date,
then every Cyrillic form with every Latin one, and as many pairs of two people, half of whom share a part of the name.

`arabic_pairs` are whole names made of single ones that are known in both scripts.

    >>> pairs = invented_pairs(1, 100)
    >>> len(pairs), sum(pair.same for pair in pairs)
    (100, 50)
"""

from __future__ import annotations

import csv
import datetime
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from faker.providers.person.ru_RU import Provider as Russian
from faker.providers.person.uk_UA import Provider as Ukrainian
from rapidfuzz import fuzz, process

from repatria.people.given_names import COMMON_ARABIC
from repatria.people.romanise import STANDARDS, Standard


@dataclass(frozen=True)
class NamePair:
    """Two whole names as written, their birth dates (ISO, or empty), and whether they are one person's."""

    left: str
    right: str
    left_birth: str
    right_birth: str
    same: bool
    kind: str


def half_of(text: str) -> int:
    """0 for the tuning half, 1 for the reporting half: by a checksum, so that it never moves."""
    return zlib.crc32(text.encode()) & 1


# --- invented people ------------------------------------------------------------------------------------------------

Both = tuple[str, str]  # a name in Ukrainian and in Russian


def extra_names(data: Path | None) -> list[str]:
    """Men's family names of the historical register beside the lists of names; none without it."""
    path = None if data is None else data.parent / "historical_register_ru.csv"
    if path is None or not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        found = {row["surname"] for row in csv.DictReader(stream)}
    return sorted(name for name in found if re.fullmatch("[А-ЯЁ][а-яё]{3,}", name) and not name.endswith(("а", "я")))


def family_names(half: int | None = None, extra: Sequence[str] = ()) -> list[Both]:
    """Men's family names in Ukrainian and Russian, of one half or all; `extra` are more Russian ones."""
    uk = [name for name in Ukrainian.last_names if not name.endswith(("а", "я", "ая"))]
    found = {(name, in_russian(name)) for name in uk}
    found |= {(in_ukrainian(name), name) for name in (*Russian.last_names_male, *extra)}
    stems = sorted({re.sub("(енко|ук|юк|чук|ський|ов|ев|ін|ко|ик|а|о|ий|ець)$", "", name) for name in uk})
    endings = ("енко", "ук", "ський", "чук", "ов", "ак", "ець", "ик")
    random = Random(7)
    for stem in stems:
        if len(stem) > 2 and stem[-1] not in "аеєиіїоуюяьй":
            for ending in random.sample(endings, 3):
                found.add((stem + ending, in_russian(stem + ending)))
    return sorted(pair for pair in found if len(pair[0]) > 3 and (half is None or half_of(pair[1]) == half))


def in_russian(name: str) -> str:
    """A Ukrainian family name as Russian papers write it."""
    name = re.sub("(с|ц)ький$", r"\1кий", name.lower())
    name = re.sub("ець$", "ец", name)
    for one, other in (("ьо", "ё"), ("йо", "ё"), ("'", "ь"), ("’", "ь"), ("ʼ", "ь"), ("ий", "ый")):
        name = name.replace(one, other)
    name = name.translate(str.maketrans("іїєґ", "ииег"))
    return re.sub("([гкхжчшщ])ый$", r"\1ий", name).capitalize()


def in_ukrainian(name: str) -> str:
    """A Russian family name as Ukrainian papers write it."""
    name = re.sub("(с|ц)кий$", r"\1ький", name.lower())
    name = re.sub("ец$", "ець", name)
    name = re.sub("([жчшщ])ё", r"\1о", name)
    name = re.sub("(^|[аеиоуыэюя])ё", r"\1йо", name).replace("ё", "ьо")
    name = re.sub("(^|[аоуеыэюяь])е", r"\1є", name)
    name = re.sub("([жчшщцр])и", r"\1-", name).replace("и", "і").replace("-", "и")
    return name.translate(str.maketrans("ыэ", "ие")).replace("ъ", "'").capitalize()


def feminine(name: str) -> str:
    """A woman's form of a family name; the same where it has none."""
    for ending, into in (
        ("ський", "ська"),
        ("цький", "цька"),
        ("ский", "ская"),
        ("цкий", "цкая"),
        ("ий", "а"),
        ("ый", "ая"),
    ):
        if name.endswith(ending):
            return name.removesuffix(ending) + into
    return name + "а" if re.search("(ов|ев|єв|ёв|ін|ин|їн)$", name) else name


_MEN = """
Олександр Александр, Олексій Алексей, Анатолій Анатолий, Андрій Андрей, Антон Антон, Аркадій Аркадий, Арсен Арсен,
Артем Артём, Артур Артур, Богдан Богдан, Борис Борис, Вадим Вадим, Валентин Валентин, Валерій Валерий, Василь Василий,
Віктор Виктор, Віталій Виталий, Владислав Владислав, Володимир Владимир, В'ячеслав Вячеслав, Геннадій Геннадий,
Георгій Георгий, Гліб Глеб, Григорій Григорий, Данило Даниил, Денис Денис, Дмитро Дмитрий, Едуард Эдуард,
Євген Евгений, Єгор Егор, Захар Захар, Іван Иван, Ігор Игорь, Ілля Илья, Йосип Иосиф, Кирило Кирилл,
Костянтин Константин, Лев Лев, Леонід Леонид, Максим Максим, Марк Марк, Матвій Матвей, Микита Никита,
Микола Николай, Михайло Михаил, Назар Назар, Олег Олег, Остап Остап, Павло Павел, Петро Пётр, Пилип Филипп,
Роман Роман, Ростислав Ростислав, Руслан Руслан, Святослав Святослав, Семен Семён, Сергій Сергей,
Станіслав Станислав, Степан Степан, Тарас Тарас, Тимофій Тимофей, Тимур Тимур, Трохим Трофим, Федір Фёдор,
Хома Фома, Юхим Ефим, Юрій Юрий, Яків Яков, Ярослав Ярослав, Макар Макар, Нестор Нестор, Прохор Прохор,
Опанас Афанасий, Гаврило Гавриил, Валеріан Валериан, Ренат Ренат, Рустам Рустам, Марат Марат, Ельдар Эльдар
"""
_WOMEN = """
Олександра Александра, Аліна Алина, Алла Алла, Анастасія Анастасия, Ганна Анна, Валентина Валентина, Валерія Валерия,
Віра Вера, Вікторія Виктория, Галина Галина, Дарія Дарья, Діана Диана, Катерина Екатерина, Олена Елена,
Єлизавета Елизавета, Зоя Зоя, Інна Инна, Ірина Ирина, Ксенія Ксения, Лариса Лариса, Лідія Лидия, Любов Любовь,
Людмила Людмила, Марина Марина, Марія Мария, Надія Надежда, Наталія Наталья, Ніна Нина, Оксана Оксана, Ольга Ольга,
Поліна Полина, Світлана Светлана, Софія София, Тамара Тамара, Тетяна Татьяна, Юлія Юлия, Яна Яна
"""
_IRREGULAR = {
    "Ілля": "Ілл", "Илья": "Иль", "Яків": "Яков", "Микита": "Микит", "Никита": "Никит", "Хома": "Хом", "Фома": "Фом",
    "Лев": "Льв", "Федір": "Федор", "Микола": "Микола", "Павел": "Павл", "Пётр": "Петр", "Григорій": "Григор",
    "Михаил": "Михайл", "Гавриил": "Гаврил", "Ігор": "Ігор", "Игорь": "Игор", "Лука": "Лук",
}  # fmt: skip


def _names(text: str) -> list[Both]:
    return [(uk, ru) for uk, ru in (pair.split() for pair in text.replace("\n", " ").split(","))]


def patronymic(father: str, language: str, woman: bool) -> str:
    """The patronymic of a son or a daughter of this name."""
    stem = _IRREGULAR.get(father, father)
    if language == "uk":
        if father in ("Ілля",):
            return "Іллівна" if woman else "Ілліч"
        if father in ("Хома",):
            return "Хомівна" if woman else "Хомич"
        if father == "Яків":
            return "Яківна" if woman else "Якович"
        if father == "Микола":
            return "Миколаївна" if woman else "Миколайович"
        if stem.endswith("й"):
            return stem[:-1] + ("ївна" if woman else "йович")
        return stem.rstrip("о") + ("івна" if woman else "ович")
    if father == "Илья":
        return "Ильинична" if woman else "Ильич"
    if father in ("Никита", "Фома"):
        return stem + ("ична" if woman else "ич")
    if father == "Яков":
        return "Яковлевна" if woman else "Яковлевич"
    if father == "Дмитрий":
        return "Дмитриевна" if woman else "Дмитриевич"
    if stem.endswith("ий"):
        return stem[:-2] + ("ьевна" if woman else "ьевич")
    if stem.endswith(("й", "ь")):
        return stem[:-1] + ("евна" if woman else "евич")
    return stem + ("овна" if woman else "ович")


def _letters(text: str) -> dict[str, str]:
    return dict(pair.split("=") if "=" in pair else (pair[0], pair[1:]) for pair in text.split())


_PLAIN = "аa бb дd зz иi кk лl мm нn оo пp рr тt фf гg вv еe ёe ыy эe сs ь= ъ= '= "
HABITS = {
    "German": Standard("German habit", "ru", _letters(
        _PLAIN + "вw жsch сs уu хch цz чtsch шsch щschtsch йi ыy эe юju яja ёjo іi їji єje ґg")),
    "French": Standard("French habit", "ru", _letters(
        _PLAIN + "жj уou хkh цts чtch шch щchtch йï юiou яia ёio іi їi єe ґg"),
        ((re.compile("ин$"), "ine"), (re.compile("ін$"), "ine"), (re.compile("г(?=[еиіє])"), "gu"))),
    "Polish": Standard("Polish habit", "ru", _letters(
        _PLAIN + "вw жż уu хch цc чcz шsz щszcz йj юju яja ёjo іi їji єje ґg лl")),
    "Turkish": Standard("Turkish habit", "ru", _letters(
        _PLAIN + "жj уu хh цts чç шş щşç йy ыı юyu яya ёyo іi їyi єye ґg")),
    "English": Standard("English habit", "ru", _letters(
        _PLAIN + "жzh уu хkh цts чch шsh щshch йy юyu яya ёyo іi їyi єye ґg"),
        ((re.compile("(?:ий|ый|ій)$"), "y"), (re.compile("кс"), "x"))),
}  # fmt: skip
MEN, WOMEN = tuple(_names(_MEN)), tuple(_names(_WOMEN))
OF_LANGUAGE = {language: [each for each in STANDARDS if each.language == language] for language in ("uk", "ru")}


@dataclass(frozen=True)
class _Person:
    family: Both
    given: Both
    father: Both
    woman: bool
    birth: datetime.date


def invented_pairs(seed: int, count: int = 8000, half: int | None = None, extra: Sequence[str] = ()) -> list[NamePair]:
    """Pairs of invented people; with a half, only family names of it are used."""
    random = Random(seed)
    families = family_names(half, extra)
    men, women = list(MEN), list(WOMEN)
    nearest = _Nearest([ru for _, ru in families])
    made = []
    for number in range(count):
        woman = random.random() < 0.15
        person = _Person(
            random.choice(families), random.choice(women if woman else men), random.choice(men), woman,
            datetime.date(1962, 1, 1) + datetime.timedelta(random.randrange(16000)),
        )  # fmt: skip
        if number % 2 == 0:
            made.append(_one_person(random, person, families))
            continue
        kind = random.choices(
            ("brothers", "patronymic", "family name", "given name", "strangers"), (25, 25, 30, 8, 12)
        )[0]  # fmt: skip
        other = person
        born = datetime.date(1962, 1, 1) + datetime.timedelta(random.randrange(16000))
        given = women if woman else men
        if kind == "brothers":
            born = person.birth + datetime.timedelta(random.choice((-1, 1)) * random.randrange(300, 4000))
            other = _Person(person.family, _another(random, given, person.given), person.father, woman, born)
        elif kind == "patronymic":
            other = _Person(person.family, person.given, _another(random, men, person.father), woman, born)
        elif kind == "family name":
            near = families[nearest.of(person.family[1], random)]
            if random.random() < 0.5:
                near = neighbour(random, person.family)
            other = _Person(near, person.given, person.father, woman, born)
        elif kind == "given name":
            close = process.extract(person.given[1], [ru for _, ru in men + women], limit=4, scorer=fuzz.ratio)
            at = next(at for ru, _, at in close if ru != person.given[1])
            other = _Person(person.family, (men + women)[at], person.father, at >= len(men), born)
        else:
            other = _Person(random.choice(families), random.choice(given), random.choice(men), woman, born)
            if other.family == person.family:
                other = _Person(_another(random, families, person.family), other.given, other.father, woman, born)
        left, right = _written(random, person), _written(random, other)
        if kind == "patronymic" and (len(left) < 3 or len(right) < 3):  # nothing would tell them apart
            left, right = _written(random, person, 0), _written(random, other, 0)
        if random.random() < 0.04:
            right[1:] = [f"{word[0]}." for word in right[1:]]
        elif random.random() < 0.02:
            right = right[:1]
        made.append(
            NamePair(
                _laid_out(random, left), _laid_out(random, right), *_births(random, person.birth, born), False, kind
            )
        )
    random.shuffle(made)
    return made


class _Nearest:
    """Which other family name is nearest in spelling."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)

    def of(self, name: str, random: Random) -> int:
        close = process.extract(name, self.names, limit=4, scorer=fuzz.ratio)
        return random.choice([at for other, _, at in close if other.replace("ё", "е") != name.replace("ё", "е")][:2])


def neighbour(random: Random, name: Both) -> Both:
    """Another family name that differs in a sound or two of the stem: Лямін beside Лямзін."""
    while True:
        uk, ru = (each.lower() for each in name)
        for _ in range(random.choice((1, 1, 2))):
            size = min(len(uk), len(ru))
            at = random.randrange(max(size - 3, 2))
            if uk[at] != ru[at] or uk[at] in "ьъ'’":
                continue
            letter = uk[at]
            if letter in "аоуеи":
                into = random.choice([vowel for vowel in "аоуеи" if vowel != letter])
            else:
                into = random.choice(("", random.choice("бвгдзклмнпрстхшч"), letter + random.choice("влмнрст")))
            uk, ru = uk[:at] + into + uk[at + 1 :], ru[:at] + into + ru[at + 1 :]
        if len(set(uk)) > 3 and uk.capitalize() != name[0]:
            return uk.capitalize(), ru.capitalize()


def _another(random: Random, names: Sequence[Both], name: Both) -> Both:
    while (other := random.choice(names)) == name:
        pass
    return other


def _one_person(random: Random, person: _Person, families: Sequence[Both]) -> NamePair:
    left = _written(random, person)
    right = _written(random, person)
    kind = "one person"
    if person.woman and random.random() < 0.1:
        married = random.choice(families)
        language = 1
        kind = "double name"
        right = [
            feminine(person.family[language]) + "-" + feminine(married[language]),
            person.given[language],
            *([patronymic(person.father[1], "ru", True)] if random.random() < 0.8 else []),
        ]
    if random.random() < 0.1:
        at = random.randrange(len(right))
        right[at] = _slip(random, right[at])
        kind = "slip"
    if random.random() < 0.04:
        right[1:] = [f"{word[0]}." for word in right[1:]]
        kind = "initials"
    elif random.random() < 0.02:
        right = right[:1]
        kind = "family name only"
    return NamePair(
        _laid_out(random, left), _laid_out(random, right), *_births(random, person.birth, person.birth), True, kind
    )


def _written(random: Random, person: _Person, without: float = 0.13) -> list[str]:
    """Family name, given name and, mostly, the patronymic, in one script by one standard."""
    language = random.choice(("uk", "ru"))
    side = ("uk", "ru").index(language)
    family = feminine(person.family[side]) if person.woman else person.family[side]
    words = [family, person.given[side]]
    if random.random() >= without:
        words.append(patronymic(person.father[side], language, person.woman))
    if random.random() < 0.5:
        if random.random() < 0.75:
            standard = random.choice(OF_LANGUAGE[language])
        else:
            standard = HABITS[random.choice(tuple(HABITS))]
        words = [standard.romanise(word) for word in words]
    return words


def _laid_out(random: Random, words: list[str]) -> str:
    family, *rest = words
    draw = random.random()
    if draw < 0.4:
        text = " ".join([*rest, family])
    elif draw < 0.5:
        text = f"{family}, {' '.join(rest)}"
    elif draw < 0.6:
        text = " ".join([family.upper(), *rest])
    else:
        text = " ".join([family, *rest])
    return text.upper() if random.random() < 0.1 else text


def _slip(random: Random, word: str) -> str:
    if len(word) < 4:
        return word
    at = random.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return random.choice((
        before + after, before + letter + letter + after, before + after[0] + letter + after[1:],
        before + random.choice("аеиокнрст" if letter > "z" else "aeioknrst") + after,
    ))  # fmt: skip


def _births(random: Random, one: datetime.date, other: datetime.date) -> Both:
    """As two registers note them: 3 % unknown on one side, 2 % swapped, 3 % a digit off, 2 % year only."""
    noted = other.isoformat()
    draw = random.random()
    if draw < 0.03:
        noted = ""
    elif draw < 0.05 and other.day <= 12:
        noted = f"{other.year}-{other.day:02d}-{other.month:02d}"
    elif draw < 0.08:
        noted = (other + datetime.timedelta(random.choice((1, -1, 10, -10)))).isoformat()
    elif draw < 0.1:
        noted = str(other.year)
    return one.isoformat(), noted


# --- public figures -------------------------------------------------------------------------------------------------


def figure_pairs(path: Path, half: int, across: bool = True) -> list[NamePair]:
    """Pairs of public figures of one half; `across` scripts, or Latin with Latin."""
    people = united_figures(path)
    forms: list[tuple[list[str], list[str], str]] = []
    for person in people:
        cyrillic = sorted({row["name"] for row in person})
        latin = sorted({row["latin_name"] for row in person})
        if half_of(latin[0] + person[0]["birth_date"]) == half:
            forms.append((cyrillic if across else latin, latin, person[0]["birth_date"]))
    random = Random(half + 3)
    made: list[NamePair] = []
    by_word: dict[str, list[int]] = defaultdict(list)
    for at, (_, latin, _) in enumerate(forms):
        for word in set(" ".join(latin).lower().split()):
            by_word[word].append(at)
    for at, (lefts, rights, birth) in enumerate(forms):
        for left in lefts:
            for right in rights:
                if across or left < right:
                    made.append(NamePair(left, right, birth, birth, True, "one person"))
                elif left > right:
                    continue
                sharing = sorted({other for word in " ".join(rights).lower().split() for other in by_word[word]} - {at})
                other = random.choice(sharing) if sharing and random.random() < 0.5 else random.randrange(len(forms))
                if other != at:
                    made.append(NamePair(
                        left, random.choice(forms[other][1]), birth, forms[other][2], False, "two people"
                    ))  # fmt: skip
    return sorted(set(made), key=lambda pair: (pair.left, pair.right))


def united_figures(path: Path) -> list[list[dict[str, str]]]:
    """The rows of each public figure of the list."""
    with path.open(encoding="utf-8", newline="") as stream:
        return _united(csv.DictReader(stream))


def _united(rows: Iterable[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Rows of one person: by id, and by the same Latin or Cyrillic name with the same birth date."""
    parent: dict[str, str] = {}

    def top(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    rows = list(rows)
    for row in rows:
        own = top(row["person_id"])
        for field in ("name", "latin_name"):
            words = " ".join(sorted(re.findall(r"\w+", row[field].lower())))
            if row["birth_date"]:
                parent[top(f"{words}|{row['birth_date']}")] = own
                own = top(own)
        parent[top(row["person_id"])] = top(own)
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        groups[top(row["person_id"])].append(row)
    return [groups[key] for key in sorted(groups)]


# --- names in Arabic letters ----------------------------------------------------------------------------------------


_SERVANTS = (
    ("الرحمن", "Rahman Rahmane"), ("الله", "Allah"), ("العزيز", "Aziz Azeez"), ("الكريم", "Karim Kareem"),
    ("القادر", "Qadir Kader Qader"), ("السلام", "Salam Salaam"), ("الحميد", "Hamid Hameed"), ("المجيد", "Majid Majeed"),
)  # fmt: skip


def arabic_pairs(path: Path, half: int, count: int = 3000, seed: int = 5) -> list[NamePair]:
    """Whole names of two to four single ones, Arabic letters on the left, a Latin spelling of each on the right.

    Half of the single names are common ones, so that two people often share some; a family name mostly has the article,
    and ibn stands or not. Of those who are two people, half differ in one or two parts only.
    """
    random = Random(seed + half)
    spelt: dict[str, list[str]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        latin, arabic, _ = line.split("\t")
        word = arabic.replace(" ", "")
        if len(word) > 2 and len(latin) > 2 and half_of(word) == half:
            spelt[word].append(latin.capitalize())
    rare = sorted(spelt)
    common = {row[0]: list(row[1:]) for row in (line.split() for line in COMMON_ARABIC.strip().splitlines())}

    def single() -> str:
        draw = random.random()
        if draw < 0.08:
            return f"عبد {random.choice(_SERVANTS)[0]}"
        return random.choice(sorted(common)) if draw < 0.55 else random.choice(rare)

    def in_latin(word: str) -> str:
        if word.startswith("عبد "):
            served = random.choice(dict(_SERVANTS)[word[4:]].split())
            return random.choice((f"Abdul {served}", f"Abd al-{served}", f"Abdul{served.lower()}", f"Abdel {served}"))
        if word.startswith("ال") and word not in spelt:
            return random.choice(("al-", "Al ", "El ", "Al-", "Al")) + in_latin(word[2:])
        return random.choice(common.get(word) or spelt[word])

    made = []
    for number in range(count):
        own = [single() for _ in range(random.choice((2, 2, 3, 3, 3, 4)))]
        if random.random() < 0.6 and not own[-1].startswith(("عبد ", "ال")):
            own[-1] = f"ال{own[-1]}"
        other = list(own)
        kind = "one person"
        if number % 2:
            kind = random.choice(("one part differs", "two parts differ", "strangers", "strangers"))
            changed = {"one part differs": 1, "two parts differ": 2, "strangers": len(own)}[kind]
            for at in random.sample(range(len(own)), changed):
                while other[at] == own[at]:
                    other[at] = single()
        if len(other) > 2 and random.random() < 0.25:
            other.pop(random.randrange(1, len(other)))
        latin = [in_latin(word) for word in other]
        if random.random() < 0.15:
            latin = [*latin[1:], latin[0]]
        elif len(latin) > 2 and random.random() < 0.15:
            latin.insert(1, random.choice(("bin", "ibn", "ben")))
        if len(own) > 2 and random.random() < 0.15:
            own.insert(1, "بن")
        made.append(NamePair(" ".join(own), " ".join(latin), "", "", number % 2 == 0, kind))
    return made
