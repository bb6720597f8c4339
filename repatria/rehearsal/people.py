"""Invented people for the scenario: four registers of two sides, seeded, with the truth about who is who.

Nobody here exists: family names drawn from Faker's Ukrainian and Russian lists are put together by chance
with given names and patronymics, numbers and units are made up. "North" writes Ukrainian, "South" writes
Russian. Each side holds people of the other and seeks its own. What the registers disagree in is what real
ones disagree in: the language and alphabet of a name, a slip in it, a number that is missing or wrong, a
birth date known to the year.

    >>> people = make_people(1, **TEST_SIZE)
    >>> {name: len(rows) for name, rows in people.registers.items()}
    {'north-held': 60, 'north-sought': 80, 'south-held': 60, 'south-sought': 80}
    >>> len(people.matches["south-held"])
    48
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Literal

from faker import Faker
from openpyxl import Workbook

TEST_SIZE = {"north_held": 60, "south_held": 60, "north_sought": 80, "south_sought": 80}
FULL_SIZE = {"north_held": 4000, "south_held": 4500, "north_sought": 6000, "south_sought": 6000}
FILES = {
    "north-held": "north-held.csv",
    "north-sought": "north-sought.xlsx",
    "south-held": "south-held.csv",
    "south-sought": "south-sought.csv",
}

Language = Literal["uk", "ru"]
How = Literal["number", "number_and_slip", "name_and_birth_date", "wrong_number", "slip_and_no_number"]
Fields = dict[str, str]


@dataclass(frozen=True)
class Match:
    """One person in two registers, by their record ids, and how the two records differ."""

    sought: str
    held: str
    how: How


@dataclass(frozen=True)
class People:
    """Four registers as rows of texts, and for each held register who of them is sought by the other side."""

    registers: Mapping[str, Sequence[Fields]]
    matches: Mapping[str, Sequence[Match]]


def make_people(
    seed: int, north_held: int, south_held: int, north_sought: int, south_sought: int, matched: float = 0.8
) -> People:
    """The registers for this seed; `matched` is the part of the held who are on the other side's sought list."""
    random = Random(seed)
    numbers = _numbers(random)
    registers: dict[str, list[Fields]] = {}
    matches: dict[str, list[Match]] = {}
    sides: list[tuple[str, Language, str, int, int]] = [
        ("north", "uk", "south", north_sought, south_held),
        ("south", "ru", "north", south_sought, north_held),
    ]
    for own, language, holder, sought_count, held_count in sides:
        families = _families(language, seed)
        both = min(round(held_count * matched), sought_count)
        persons = [_person(random, families, language, next(numbers)) for _ in range(sought_count + held_count - both)]
        sought = [
            _sought_row(random, person, own, f"{own[0].upper()}S-{number:05d}")
            for number, person in enumerate(persons[:sought_count], 1)
        ]
        held = []
        pairs = []
        for number, person in enumerate([*persons[:both], *persons[sought_count:]], 1):
            how = _how(random)
            row = _held_row(random, person, own, holder, f"{holder[0].upper()}H-{number:05d}", how)
            if how == "wrong_number" and random.random() < 0.3:  # somebody else's number, not a slip of the pen
                row["service_number"] = random.choice(persons[:sought_count]).number
            held.append(row)
            if number <= both:
                pairs.append(Match(sought[number - 1]["record_id"], row["record_id"], how))
        random.shuffle(sought)
        random.shuffle(held)
        registers[f"{own}-sought"], registers[f"{holder}-held"] = sought, held
        matches[f"{holder}-held"] = pairs
    return People({name: registers[name] for name in FILES}, matches)


def write_registers(folder: Path, people: People) -> dict[str, Path]:
    """The four files, as four offices might keep them: comma, semicolon with other headings, and a workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / file for name, file in FILES.items()}
    for name in ("north-held", "south-sought"):
        rows = people.registers[name]
        with paths[name].open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    rows = people.registers["south-held"]
    with paths["south-held"].open("w", encoding="utf-8-sig", newline="") as stream:
        lines = csv.writer(stream, delimiter=";")
        lines.writerow([_HEADINGS.get(name, name.replace("_", " ").capitalize()) for name in rows[0]])
        lines.writerows(list(row.values()) for row in rows)
    _write_workbook(paths["north-sought"], people.registers["north-sought"])
    return paths


def _write_workbook(path: Path, rows: Sequence[Fields]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("sought")
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(
            [
                date.fromisoformat(text) if name in ("date_of_birth", "capture_date") and len(text) == 10 else text
                for name, text in row.items()
            ]
        )
    book.save(path)


_HEADINGS = {"family_name": "Surname", "given_names": "First names", "father_name": "Patronymic"}
_RANKS = ("soldier", "senior soldier", "corporal", "sergeant", "senior sergeant", "lieutenant", "captain", "major")
_RANK_WEIGHTS = (44, 18, 12, 12, 6, 5, 2, 1)
_PLACES = ("Birch Ford", "Old Mill", "Long Ridge", "Salt Station", "Three Wells", "Low Quarry")


@dataclass(frozen=True)
class _Person:
    language: Language
    family: str
    given: tuple[str, str]
    father: tuple[str, str]
    sex: str
    born: date
    captured: date
    number: str
    rank: str
    unit: str


def _person(random: Random, families: Mapping[str, Sequence[str]], language: Language, number: str) -> _Person:
    sex = "female" if random.random() < 0.03 else "male"
    captured = date(2022, 3, 1) + timedelta(random.randrange(1340))
    if random.random() < 0.12:  # under 25 at the end of 2025, and of age when captured
        latest = min(date(2007, 6, 1), date(captured.year - 18, captured.month, 1))
        born = date(2001, 1, 1) + timedelta(random.randrange((latest - date(2001, 1, 1)).days))
    else:
        born = date(1966, 1, 1) + timedelta(random.randrange((date(2001, 1, 1) - date(1966, 1, 1)).days))
    return _Person(
        language,
        random.choice(families[sex]),
        random.choice(_MALE if sex == "male" else _FEMALE),
        random.choice(_MALE),
        sex,
        born,
        captured,
        number,
        random.choices(_RANKS, _RANK_WEIGHTS)[0],
        f"{random.randrange(1, 90)} {random.choice(('brigade', 'battalion', 'regiment'))}",
    )


def _sought_row(random: Random, person: _Person, own: str, record_id: str) -> Fields:
    family, given, father = _written(person, person.language)
    return {
        "record_id": record_id,
        "family_name": family,
        "given_names": given,
        "father_name": father if random.random() < 0.95 else "",
        "rank": person.rank,
        "service_number": person.number if random.random() < 0.95 else "",
        "date_of_birth": person.born.isoformat(),
        "sex": person.sex,
        "unit": person.unit,
        "power_on_which_depends": own,
        "person_category": "prisoner_of_war",
        "capture_date": person.captured.isoformat() if random.random() < 0.7 else f"{person.captured:%Y-%m}",
    }


def _how(random: Random) -> How:
    return random.choices(
        ("number", "number_and_slip", "name_and_birth_date", "wrong_number", "slip_and_no_number"),
        (60, 10, 22, 4, 4),
    )[0]


def _held_row(random: Random, person: _Person, own: str, holder: str, record_id: str, how: How) -> Fields:
    family, given, father = _as_the_holder_writes(random, person)
    if how in ("number_and_slip", "slip_and_no_number"):
        family = _slip(random, family)
    number = person.number if how in ("number", "number_and_slip") else ""
    if how == "wrong_number":
        number = _wrong_digit(random, person.number)
    return {
        "record_id": record_id,
        "family_name": family,
        "given_names": given,
        "father_name": father,
        "rank": person.rank if random.random() < 0.9 else "",
        "service_number": number,
        "date_of_birth": _birth_as_noted(random, person.born, how),
        "sex": person.sex,
        "unit": person.unit if random.random() < 0.8 else "",
        "power_on_which_depends": own,
        "person_category": "prisoner_of_war",
        "detaining_power": holder,
        "capture_date": person.captured.isoformat(),
        "capture_place": random.choice(_PLACES),
        "place_of_detention": f"{holder}-camp-{random.randrange(1, 5)}",
        "custody_status": "acknowledged",
        "medical_category": random.choices(
            ("fit", "wounded", "sick", "seriously_wounded", "seriously_sick"), (80, 8, 6, 4, 2)
        )[0],
    }


def _as_the_holder_writes(random: Random, person: _Person) -> tuple[str, str, str]:
    draw = random.random()
    other: Language = "ru" if person.language == "uk" else "uk"
    if draw < 0.05:
        family, given, father = _written(person, person.language)
    elif draw < 0.25 and person.language == "uk":  # Latin letters, after a passport or by ear, without a patronymic
        written = _written(person, "uk" if draw < 0.15 else "ru")
        latin = _LATIN_OF_UKRAINIAN if draw < 0.15 else _LATIN_OF_RUSSIAN
        family, given, father = _spelled(written[0], latin), _spelled(written[1], latin), ""
    else:
        family, given, father = _written(person, other)
    return family, given, father if random.random() < 0.9 else ""


def _written(person: _Person, language: Language) -> tuple[str, str, str]:
    """Family name, given name and patronymic as this language writes them."""
    family = person.family
    if language != person.language:
        family = _spelled(family, _RUSSIAN_OF_UKRAINIAN if language == "ru" else _UKRAINIAN_OF_RUSSIAN)
    side = 0 if language == "uk" else 1
    return family, person.given[side], _patronymic(person.father[side], person.sex, language)


def _birth_as_noted(random: Random, born: date, how: How) -> str:
    draw = random.random()
    if how == "name_and_birth_date" or draw > 0.05:
        return born.isoformat()
    if draw < 0.02:
        return str(born.year)
    return (born + timedelta(random.choice((-10, -1, 1, 10)))).isoformat()


def _slip(random: Random, name: str) -> str:
    """One letter dropped, doubled or swapped with the next, never the first."""
    place = random.randrange(1, len(name) - 1)
    before, letter, after = name[:place], name[place], name[place + 1 :]
    return random.choice((before + after, before + letter + letter + after, before + after[0] + letter + after[1:]))


def _wrong_digit(random: Random, number: str) -> str:
    place = random.randrange(2, len(number))
    digit = (int(number[place]) + random.randrange(1, 10)) % 10
    return f"{number[:place]}{digit}{number[place + 1 :]}"


def _numbers(random: Random) -> Iterator[str]:
    """Two letters and six digits, no two alike."""
    seen: set[str] = set()
    while True:
        letters = "".join(random.choices("ABCEHIKMOPTX", k=2))
        number = f"{letters}{random.randrange(1_000_000):06d}"
        if number not in seen:
            seen.add(number)
            yield number


def _families(language: Language, seed: int) -> dict[str, list[str]]:
    """Family names by sex. Faker is slow, so a pool is drawn once and everyone is put together from it."""
    faker = Faker({"uk": "uk_UA", "ru": "ru_RU"}[language])
    faker.seed_instance(seed)
    draws = {"male": faker.last_name_male, "female": faker.last_name_female}
    return {
        sex: sorted({name for name in (draw() for _ in range(900)) if len(name) > 4 and name not in _KNOWN})
        for sex, draw in draws.items()
    }


def _patronymic(father: str, sex: str, language: Language) -> str:
    if language == "uk":
        stem, ending = _ukrainian_patronymic(father)
        return (
            stem
            + {"ович": ("ович", "івна"), "йович": ("йович", "ївна"), "ліч": ("ліч", "лівна")}[ending][sex == "female"]
        )
    stem, ending = _russian_patronymic(father)
    return (
        stem
        + {"ович": ("ович", "овна"), "евич": ("евич", "евна"), "ич": ("ич", "ична"), "ьич": ("ьич", "ьинична")}[ending][
            sex == "female"
        ]
    )


def _ukrainian_patronymic(father: str) -> tuple[str, str]:
    if father in _UKRAINIAN_STEMS:
        return _UKRAINIAN_STEMS[father]
    return (father[:-1], "йович") if father.endswith("й") else (father.rstrip("о"), "ович")


def _russian_patronymic(father: str) -> tuple[str, str]:
    if father in _RUSSIAN_STEMS:
        return _RUSSIAN_STEMS[father]
    if father.endswith("ий"):
        return father[:-2] + "ь", "евич"
    return (father[:-1], "евич") if father.endswith(("й", "ь")) else (father, "ович")


_UKRAINIAN_STEMS = {
    "Ілля": ("Іл", "ліч"), "Микола": ("Микола", "йович"), "Микита": ("Микит", "ович"), "Федір": ("Федор", "ович"),
    "Яків": ("Як", "ович"),
}  # fmt: skip
_RUSSIAN_STEMS = {
    "Илья": ("Ил", "ьич"), "Никита": ("Никит", "ич"), "Павел": ("Павл", "ович"), "Яков": ("Яковл", "евич"),
    "Дмитрий": ("Дмитри", "евич"), "Михаил": ("Михайл", "ович"),
}  # fmt: skip


def _spelled(name: str, table: Sequence[tuple[str, str]]) -> str:
    """The name with the table's replacements, the longest pieces first as the table lists them."""
    text, out = name.lower(), ""
    while text:
        at_start = not out
        for piece, into in table:
            if piece.startswith("^") and not at_start:
                continue
            if text.startswith(piece.lstrip("^")):
                out, text = out + into, text[len(piece.lstrip("^")) :]
                break
        else:
            out, text = out + text[0], text[1:]
    return out[:1].upper() + out[1:]


def _table(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (piece.partition("=") for piece in text.split())
    return tuple((before, after) for before, _, after in pairs)


_PLAIN_LATIN = "а=a б=b в=v д=d з=z к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f ц=ts ч=ch ш=sh щ=shch ж=zh х=kh ь="
# Cabinet of Ministers of Ukraine, resolution 55 of 2010.
_LATIN_OF_UKRAINIAN = _table(
    "зг=zgh ^є=ye ^ї=yi ^й=y ^ю=yu ^я=ya є=ie ї=i й=i ю=iu я=ia г=h ґ=g е=e и=y і=i ʼ= '= ’= " + _PLAIN_LATIN
)
# As Russian passports and newspapers write.
_LATIN_OF_RUSSIAN = _table("ий=y ый=y ья=ya г=g е=e ё=e и=i й=y ы=y э=e ю=yu я=ya ъ= " + _PLAIN_LATIN)
_RUSSIAN_OF_UKRAINIAN = _table("ськ=ск цьк=цк зьк=зк ьо=ё і=и ї=и є=е ґ=г ʼ=ь '=ь ’=ь")
_UKRAINIAN_OF_RUSSIAN = _table("ский=ський цкий=цький ый=ий ий=ій ё=ьо ье=ьє ее=еє ы=и и=і э=е ъ=ʼ")

_KNOWN = frozenset({"Бандера", "Порошенко", "Тимошенко", "Ющенко", "Шевченко", "Хмельницький", "Кучма", "Путин"})


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    halves = (piece.partition("/") for piece in text.split())
    return tuple((ukrainian, russian or ukrainian) for ukrainian, _, russian in halves)


# One calendar name in Ukrainian / Russian.
_MALE = _pairs(
    "Андрій/Андрей Антон Артем Богдан Борис Вадим Валентин Валерій/Валерий Василь/Василий Віктор/Виктор "
    "Віталій/Виталий Владислав Володимир/Владимир Геннадій/Геннадий Григорій/Григорий Денис Дмитро/Дмитрий "
    "Євген/Евгений Захар Іван/Иван Ігор/Игорь Ілля/Илья Кирило/Кирилл Костянтин/Константин Леонід/Леонид Максим "
    "Микита/Никита Микола/Николай Мирослав Михайло/Михаил Назар Олег Олександр/Александр Олексій/Алексей "
    "Павло/Павел Петро/Петр Роман Ростислав Руслан Святослав Семен Сергій/Сергей Станіслав/Станислав Степан Тарас "
    "Тимофій/Тимофей Федір/Федор Юрій/Юрий Яків/Яков Ярослав"
)
_FEMALE = _pairs(
    "Анастасія/Анастасия Валентина Вікторія/Виктория Віра/Вера Галина Ганна/Анна Дарина/Дарина Ірина/Ирина "
    "Катерина/Екатерина Лариса Людмила Марина Марія/Мария Надія/Надежда Наталія/Наталия Оксана "
    "Олена/Елена Ольга Світлана/Светлана Софія/София Тетяна/Татьяна Юлія/Юлия"
)
