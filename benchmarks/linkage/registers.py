"""Two registers of invented people, as two sides at war would write them: for measuring, at any size.

    python benchmarks/linkage/registers.py 1000000 FOLDER
    python benchmarks/linkage/registers.py 36000000 FOLDER 1000000

writes LEFT.csv, RIGHT.csv (columns as `repatria link tables` reads them) and TRUTH.csv (left_id, right_id). With
another number only so many rows of each side, drawn for themselves: a look into registers too large to write here.

- The left side writes Ukrainian; the right side's senders write Russian, or one romanisation of four each.
- Names come from stems and endings; frequent ones are as frequent as in life (Zipf).
- In each field of each side 5 % have a slip: a letter changed, left out or doubled, or two changed over; or a digit.
- 15 % have no father's name, 2 % of dates have day and month changed over.
- 3 % are brothers: one family, father and place; often one unit. Units are cohorts of some 600 of near age and place.
- 20 % of each side have no partner on the other.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import numpy as np

from repatria.people.given_names import in_both
from repatria.people.romanise import romanisations

COLUMNS = ("id", "family_name", "given_names", "father_name", "date_of_birth", "place_of_birth", "unit")
PARTNERED = 0.8
SLIP, NO_FATHER, SWAPPED, BROTHERS, COHORT = 0.05, 0.15, 0.02, 0.03, 600

FATHERS = """
Олександр Олександрович Александрович; Сергій Сергійович Сергеевич; Андрій Андрійович Андреевич;
Микола Миколайович Николаевич; Володимир Володимирович Владимирович; Іван Іванович Иванович;
Олексій Олексійович Алексеевич; Дмитро Дмитрович Дмитриевич; Віктор Вікторович Викторович;
Юрій Юрійович Юрьевич; Михайло Михайлович Михайлович; Василь Васильович Васильевич; Петро Петрович Петрович;
Анатолій Анатолійович Анатольевич; Євген Євгенович Евгеньевич; Ігор Ігорович Игоревич; Олег Олегович Олегович;
Роман Романович Романович; Максим Максимович Максимович; Богдан Богданович Богданович;
Тарас Тарасович Тарасович; Ярослав Ярославович Ярославович; Степан Степанович Степанович;
Григорій Григорович Григорьевич; Павло Павлович Павлович; Антон Антонович Антонович;
Костянтин Костянтинович Константинович; Федір Федорович Федорович; Леонід Леонідович Леонидович;
Борис Борисович Борисович; Вадим Вадимович Вадимович; Станіслав Станіславович Станиславович;
Назар Назарович Назарович; Тимофій Тимофійович Тимофеевич; Яків Якович Яковлевич; Данило Данилович Данилович;
Кирило Кирилович Кириллович; Руслан Русланович Русланович; Геннадій Геннадійович Геннадьевич;
Валерій Валерійович Валерьевич
"""
MEN = tuple(tuple(row.split()) for row in FATHERS.split(";"))
HEADS = ("Бо", "Ва", "Ве", "Ви", "Га", "Го", "Гри", "Да", "До", "Дра", "За", "Зу", "Ка", "Ки", "Ко", "Кра", "Ла", "Ле",
         "Ли", "Ма", "Ми", "Мо", "На", "Ни", "Оле", "Пе", "По", "Про", "Ро", "Ру", "Са", "Се", "Сту", "Та", "Ти", "Ту",
         "Фе", "Ха", "Хо", "Ча", "Че", "Ша", "Ше", "Юр", "Яку", "Щер", "Жу", "Цеп")  # fmt: skip
MIDDLES = ("бан", "вал", "вор", "гай", "дар", "дим", "зюк", "кал", "кош", "лап", "мел", "наз", "пал", "рос", "рощ",
           "сам", "тар", "тим", "ход", "чер", "шев", "щук", "гір", "біл", "сід", "жан")  # fmt: skip
ENDINGS = (("енко", "енко"), ("чук", "чук"), ("ський", "ский"), ("ов", "ов"), ("юк", "юк"), ("ко", "ко"), ("ін", "ин"),
           ("ець", "ец"), ("ук", "ук"), ("ак", "ак"), ("ик", "ик"), ("ій", "ий"))  # fmt: skip
STANDARDS = ("KMU 2010", "ICAO 9303", "MVD 310-1997", "BGN/PCGN 1947")


def main(people: int, folder: Path, seed: int = 2025, drawn: int | None = None) -> None:
    draw = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    partnered = int(people * PARTNERED)
    whole = 2 * people - partnered
    persons = _persons(draw, whole)
    left = np.arange(people)
    right = np.concatenate([np.arange(partnered), np.arange(people, whole)])
    names = draw.permutation(people), draw.permutation(people)
    if drawn is not None:
        at = [draw.choice(people, drawn, replace=False) for _ in names]
        (left, right), names = (left[at[0]], right[at[1]]), (names[0][at[0]], names[1][at[1]])
    _write(folder / "LEFT.csv", "L", persons, left, names[0], draw, ("uk",))
    _write(folder / "RIGHT.csv", "R", persons, right, names[1], draw, ("ru", *STANDARDS))
    with (folder / "TRUTH.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("left_id", "right_id"))
        sides = zip((left, right), names, strict=True)
        lefts, rights = (dict(zip(who.tolist(), name.tolist(), strict=True)) for who, name in sides)
        out.writerows((f"L{lefts[who]:07}", f"R{rights[who]:07}") for who in lefts if who in rights)


def _zipf(draw: np.random.Generator, kinds: int, count: int, power: float = 0.9) -> np.ndarray:
    weights = 1.0 / np.arange(1, kinds + 1) ** power
    return draw.choice(kinds, count, p=weights / weights.sum())


def _persons(draw: np.random.Generator, count: int) -> dict[str, np.ndarray]:
    families = len(HEADS) * len(MIDDLES) * len(ENDINGS)
    unit = draw.integers(0, max(1, count // COHORT), count)
    home = draw.integers(0, 3000, max(1, count // COHORT))
    age = draw.integers(0, 9000, max(1, count // COHORT))
    place = np.where(draw.random(count) < 0.5, home[unit], _zipf(draw, 3000, count))
    born = age[unit] + draw.integers(0, 4000, count)
    persons = {
        "family": _zipf(draw, families, count), "given": _zipf(draw, len(MEN), count, 0.7),
        "father": _zipf(draw, len(MEN), count, 0.7), "born": born, "place": place, "unit": unit,
    }  # fmt: skip
    brothers = np.flatnonzero(draw.random(count) < BROTHERS)
    brothers = brothers[brothers > 0]
    for name in ("family", "father", "place"):
        persons[name][brothers] = persons[name][brothers - 1]
    same_unit = brothers[draw.random(len(brothers)) < 0.5]
    persons["unit"][same_unit] = persons["unit"][same_unit - 1]
    persons["given"][brothers] = (persons["given"][brothers - 1] + draw.integers(1, len(MEN), len(brothers))) % len(MEN)
    return persons


class _Latin:
    """Names in Latin letters, each made when it is first asked for: of fifteen thousand, few registers have all."""

    def __init__(self, names: Sequence[str], code: str, standard: str) -> None:
        self.names, self.code, self.standard = names, code, standard
        self.made: dict[int, str] = {}

    def __getitem__(self, at: int) -> str:
        if at not in self.made:
            forms = romanisations(self.names[at], self.code)  # type: ignore[arg-type]
            self.made[at] = next(form.text for form in forms if self.standard in form.standards)
        return self.made[at]


def _spellings(language: str) -> dict[str, Sequence[str] | _Latin]:
    """Every name of one kind, by number, as one sender's language or standard spells it."""
    at = 0 if language == "uk" else 1
    families = [head + middle + ending[at] for ending, middle, head in product(ENDINGS, MIDDLES, HEADS)]
    if at:
        families = [name.translate(str.maketrans("іїє", "ией")) for name in families]
    draw = np.random.default_rng(7)
    draw.shuffle(families)
    given = [dict(in_both(uk)).get("ru", uk) if at else uk for uk, _, _ in MEN]
    fathers = [row[1 + at] for row in MEN]
    ends = (("івка", "ове"), ("овка", "ово"))[at]
    places = [
        f"{HEADS[i % 48]}{MIDDLES[i // 48 % 26]}{ends[i >= 1248]}{f' {i}' if i >= 2496 else ''}" for i in range(3000)
    ]
    found: dict[str, list[str]] = {"family": families, "given": given, "father": fathers, "place": places}
    if language in ("uk", "ru"):
        return dict(found)
    code = "uk" if language == "KMU 2010" else "ru"
    return {kind: _Latin(names, code, language) for kind, names in _spellings(code).items()}  # type: ignore[arg-type]


def _write(path, letter, persons, who, names, draw, languages):  # type: ignore[no-untyped-def]
    spellings = {language: _spellings(language) for language in languages}
    senders = 20
    sender = draw.integers(0, senders, len(who))
    language = [languages[i % len(languages)] for i in draw.permutation(senders)]
    slips = draw.random((len(who), 6)) < SLIP
    no_father = draw.random(len(who)) < NO_FATHER
    swapped = draw.random(len(who)) < SWAPPED
    first = date(1962, 1, 1)
    rows = []
    order = np.argsort(names, kind="stable")
    columns = {kind: persons[kind][who].tolist() for kind in persons}
    for at in order.tolist():
        spelled = spellings[language[sender[at]]]
        born = first + timedelta(days=columns["born"][at])
        day = (born.year, born.day, born.month) if swapped[at] and born.day <= 12 else (born.year, born.month, born.day)
        fields = [
            spelled["family"][columns["family"][at]], spelled["given"][columns["given"][at]],
            "" if no_father[at] else spelled["father"][columns["father"][at]],
            f"{day[0]:04}-{day[1]:02}-{day[2]:02}", spelled["place"][columns["place"][at]],
            f"{100 + columns['unit'][at]} OMBr",
        ]  # fmt: skip
        for field in np.flatnonzero(slips[at]).tolist():
            fields[field] = _slip(fields[field], draw, field == 3)
        rows.append((f"{letter}{names[at]:07}", *fields))
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        out.writerows(rows)


def _slip(text: str, draw: np.random.Generator, is_date: bool) -> str:
    if len(text) < 3:
        return text
    if is_date:
        while True:
            at = int(draw.choice((2, 3, 5, 6, 8, 9)))
            made = text[:at] + str(draw.integers(0, 10)) + text[at + 1 :]
            try:
                date.fromisoformat(made)
            except ValueError:
                continue
            return made
    at, kind = int(draw.integers(1, len(text) - 1)), int(draw.integers(0, 4))
    letter = text[int(draw.integers(0, len(text)))].lower()
    return (
        text[:at] + letter + text[at + 1 :], text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:],
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
    )[kind]  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), drawn=int(sys.argv[3]) if sys.argv[3:] else None)
