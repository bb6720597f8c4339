"""Forms of paper: two languages on one sheet, typed straight into a list, and nothing that must not be asked."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from itertools import permutations
from pathlib import Path

import pytest

from repatria.clearing.commands import read_findings
from repatria.files.locales import load_language
from repatria.people.dictionary import CAPTURE_CARD
from repatria.people.person import FIELDS, Person, field_value, person_from_fields
from repatria.people.register import read_register
from repatria.people.table import column_of, table_of
from repatria.people.vocabulary import HEADINGS, LANGUAGES, word_of
from repatria.people.written import TEMPLATE
from repatria.report.capture_card import CARD, HEALTH, capture_cards
from repatria.report.form_texts import TEXTS
from repatria.report.forms import blank
from repatria.report.medical_form import medical_form
from repatria.report.paper import Pair
from tests.cli.test_main import answered, problems, said

PAIRS = [Pair(load_language(one), load_language(other)) for one, other in permutations(LANGUAGES, 2)]
FORMS: dict[str, tuple[Callable[[Pair], str], int]] = {
    "capture-card": (capture_cards, 1), "interview": (blank, 1), "medical": (medical_form, 2),
}  # fmt: skip
"""Each form, and its number of sheets."""
EVERYTHING = {
    "family_name": "Вигаданий", "given_names": "Тест", "father_name": "Уявич", "date_of_birth": "1987-03-05",
    "place_of_birth": "місто Уявне", "power_on_which_depends": "north", "rank": "сержант", "service_number": "Н-77",
    "capture_date": "2025-03", "place_of_detention": "camp-1 / معسكر", "record_id": "R-1",
}  # fmt: skip
NOT_ON_A_CARD = {
    "unit": "unit-x", "service_branch": "branch-x", "capture_place": "place-x", "mother_maiden_name": "maiden-x",
    "nationality": "nationality-x", "next_of_kin_ref": "kin-x", "destination": "destination-x",
    "alternate_names": "Latn=alternate-x", "rank_band": "band-x", "proof_of_life": "2025-01-01 seen-x",
}  # fmt: skip


def pair(one: str = "uk", other: str = "en") -> Pair:
    return Pair(load_language(one), load_language(other))


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.partition("<body>")[2])))


def typed(card: str) -> dict[int, str]:
    """What somebody types who goes down a card: each line with a letter, into the column of that letter."""
    found = {}
    for row in re.findall(r'<section class="field">(.*?)</section>', card, re.DOTALL):
        letter = re.search(r'class="column">([A-Z]+)<', row)
        if letter is None or 'class="crosses' in row:
            continue
        own = row.split('<div class="coming">')[0]
        groups = re.findall(r"<b>(.*?)</b>", own)
        dated = "-".join(filter(None, ("".join(re.findall("<i>(.)</i>", group)).strip() for group in groups)))
        on_line = re.search(r'<p class="line"><bdi>(.*?)</bdi>', own)
        found[column_of(letter[1])] = dated or unescape(on_line[1] if on_line else "")
    return found


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_whole_in_itself_in_every_pair_of_languages_each_text_with_its_direction(form: str) -> None:
    make, sheets = FORMS[form]
    for two in PAIRS:
        text = make(two)
        assert text.startswith(f'<!doctype html>\n<html lang="{two.first.code}" dir="{two.first.direction}">')
        assert not re.search(r"<(input|textarea|script|img|link|a)\b|url\(|https?:|@import", text)
        assert text.count("<article") == sheets
        spans = re.findall(r'<(?:span|p)[^>]* lang="(\w+)" dir="(\w+)"', text)
        assert {way for code, way in spans if code == "ar"} <= {"rtl"}
        assert {way for code, way in spans if code != "ar"} <= {"ltr"}
        counted = [sum(code == each.code for code, _ in spans) for each in (two.first, two.second)]
        assert counted[0] == counted[1] > 5


def test_no_text_of_a_form_is_missing_and_none_is_without_a_form() -> None:
    shown = words(capture_cards(pair("en", "uk")) + blank(pair("en", "uk")) + medical_form(pair("en", "uk")))
    texts = {name: text for name, text in TEXTS.items() if name != "form.title"}
    assert [name for name, text in texts.items() if text not in shown] == []


def test_a_card_goes_down_the_template_and_is_typed_straight_into_it() -> None:
    person = person_from_fields(EVERYTHING)
    for two in PAIRS:
        lines = typed(capture_cards(two, [person]))
        assert list(lines) == sorted(lines)
        assert {TEMPLATE[at] for at in lines} == {*CARD, "record_id"}
        heading = [HEADINGS[two.first.code][name] for name in TEMPLATE]
        row = [lines.get(at, "") for at in range(len(TEMPLATE))]
        (read,) = read_register(table_of("t.xlsx", heading, [row]), "held", "party").persons
        assert {name: getattr(read, name) for name in EVERYTHING} == {
            name: getattr(person, name) for name in EVERYTHING
        }


def test_a_blank_card_has_the_numbers_of_the_model_and_nothing_filled_in() -> None:
    text = capture_cards(pair())
    assert set(typed(text).values()) == {""}
    numbers = set(re.findall(r'class="no">(\d+)<', text))
    assert numbers == {str(number) for number in range(1, 15)}
    assert set(CAPTURE_CARD.values()) < numbers


def test_words_for_the_state_of_health_are_words_of_the_list_in_the_offices_language() -> None:
    for two in PAIRS:
        beside = re.findall(r'<code dir="auto">[→←] (.*?)</code>', capture_cards(two))
        assert [word_of("medical_category", text) for text in beside] == [word for word in HEALTH.values() if word]


@pytest.mark.parametrize(
    ("born", "boxes", "beside"),
    [("1987", "1987", ""), ("1987-03", "198703", ""), ("1990-03-04/1990-04-03", "", "1990-03-04/1990-04-03")],
)
def test_a_card_says_as_much_of_a_date_as_is_known(born: str, boxes: str, beside: str) -> None:
    text = capture_cards(pair(), [Person(date_of_birth=field_value("date_of_birth", born))])
    assert "".join(re.findall("<i>(.)</i>", text)).replace(" ", "") == boxes
    assert re.findall(r'class="span" dir="ltr">(.*?)<', text) == ([beside] if beside else [])


def test_a_card_asks_and_shows_nothing_that_a_prisoner_need_not_tell() -> None:
    hidden = {"medical_category": "seriously_sick", "custody_status": "acknowledged", "wish_to_return": "unwilling"}
    person = person_from_fields({**EVERYTHING, **NOT_ON_A_CARD, **hidden})
    text = capture_cards(pair("en", "tr"), [person])
    assert text == capture_cards(pair("en", "tr"), [person_from_fields(EVERYTHING)])
    assert [value for value in NOT_ON_A_CARD.values() if value.split("=")[-1].split(" ")[-1] in text] == []
    asked = {name for name in FIELDS if f">{HEADINGS['en'].get(name, name)}<" in text}
    assert asked == set(CARD)


def test_a_name_is_escaped_and_stands_in_no_title() -> None:
    text = capture_cards(pair(), [Person(family_name="<script>alert(1)</script>", given_names="Тест")])
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "Тест" not in text.partition("<body>")[0]


def test_the_decision_of_a_board_is_typed_as_it_stands_and_the_sheet_says_nobodys_name() -> None:
    first, second = re.findall(r"<article.*?</article>", medical_form(pair("en", "ar")), re.DOTALL)
    typed = [text.split(" ")[-1] for text in re.findall(r'<code dir="auto">(.*?)</code>', second)]
    rows = [[f"{at:032x}", word] for at, word in enumerate(typed)]
    assert read_findings(table_of("found.csv", ["number", "finding"], rows))[1] == []
    assert len(set(typed)) == 4
    for name in ("family_name", "given_names", "date_of_birth", "service_number"):
        assert HEADINGS["en"][name] in words(f"<body>{first}")
        assert HEADINGS["en"][name] not in words(f"<body>{second}")


def test_the_medical_form_has_no_line_for_rank_or_wish() -> None:
    labels = re.findall(r'<p class="pair">(.*?)</p>', medical_form(pair("en", "tr")))
    assert labels
    for name in ("rank", "rank_band", "unit", "priority_grounds"):
        assert not any(HEADINGS["en"][name] in label for label in labels)
    assert not any(re.search(r"wish|want|willing|points?\b|score|priority", label) for label in labels)


def test_the_answer_of_a_blank_interview_has_room_for_a_code_and_one_cross_and_the_strip_for_the_rest() -> None:
    strip, answer = re.findall(r"<section.*?</section>", blank(pair("tr", "ar")), re.DOTALL)
    assert answer.count('class="box"') == 3
    assert answer.count("<i>") == strip.count("<i>") == 12
    assert answer.count('class="rule"') == 1  # place and day
    texts = {name: load_language("tr").form(f"form.{name}", None) for name in ("who", "born", "signed")}
    assert all(text in unescape(strip) and text not in unescape(answer) for text in texts.values())


# --- the command line -------------------------------------------------------------------------------------------------

ROWS = "record_id,surname,first name,born,camp,category\n"
THREE = ROWS + (
    "R1,Invented,Test,1990,c,prisoner of war\nR2,Second,Test,1991,c,\nR3,Third,Test,1992,c,civilian internee\n"
)


def test_blank_forms_are_written_for_their_owner_alone(tmp_path: Path) -> None:
    for form in FORMS:
        out = tmp_path / f"{form}.html"
        assert answered("form", form, "--languages", "uk,ar", "--out", out)["file"] == out.name
        assert out.stat().st_mode & 0o777 == 0o600


def test_a_list_gives_a_card_for_each_prisoner_and_none_for_civilians(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(THREE)
    words = ("form", "capture-card", "--languages", "en,ru", "--list", tmp_path / "list.csv")
    told = answered(*words, "--out", tmp_path / "cards.html")
    assert (told["cards"], told["filled_in"], told["not_prisoners_of_war"]) == (2, 2, 1)
    text = (tmp_path / "cards.html").read_text("utf-8")
    assert text.count("<article") == 2
    assert "Third" not in text


@pytest.mark.parametrize(
    ("rows", "code"),
    [("R1,Invented,Test,1990-02-30,c,\n", "import.date.invalid"),
     ("R1,Invented,Test,1990,c,civilian internee\n", "form.nobody")],
)  # fmt: skip
def test_a_list_that_cannot_be_read_or_has_no_prisoner_gives_no_file(tmp_path: Path, rows: str, code: str) -> None:
    (tmp_path / "list.csv").write_text(ROWS + rows)
    words = ("form", "capture-card", "--languages", "en,ru", "--list", tmp_path / "list.csv")
    assert problems(*words, "--out", tmp_path / "cards.html") == [code]
    assert not (tmp_path / "cards.html").exists()


@pytest.mark.parametrize("languages", ["en", "en,en", "en,fr", "en,uk,ru", ""])
def test_anything_but_two_languages_is_wrong_usage(tmp_path: Path, languages: str) -> None:
    assert said("form", "medical", "--languages", languages, "--out", tmp_path / "m.html")[0] == 2
    assert list(tmp_path.iterdir()) == []


# --- on paper ---------------------------------------------------------------------------------------------------------

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.soak
@pytest.mark.skipif(BROWSER is None, reason="no Chromium to print with")
@pytest.mark.parametrize("form", FORMS)
def test_a_form_takes_its_number_of_sheets_of_a4_in_every_pair_of_languages(form: str, tmp_path: Path) -> None:
    make, sheets = FORMS[form]
    found = {}
    for two in PAIRS:
        source, printed = tmp_path / "form.html", tmp_path / "form.pdf"
        source.write_text(make(two), encoding="utf-8")
        flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
        subprocess.run(
            [str(BROWSER), *flags, f"--print-to-pdf={printed}", source.as_uri()],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        found[f"{two.first.code},{two.second.code}"] = len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes()))
    assert found == dict.fromkeys(found, sheets)
