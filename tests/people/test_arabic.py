"""The Arabic key: Arabic letters and the spellings of several states meet, and kin stay apart."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.people.arabic import arabic_key
from tests.shared import shared


@pytest.mark.parametrize(
    "spellings",
    [
        "محمد|مُحَمَّد|Muhammad|Mohammed|Mohamed|Mohamad",
        "فاطمة|Fatima|Fatimah|Fatma",
        "عبد الرحمن|عبدالرحمن|Abd al-Rahman|Abdulrahman|Abdel Rahman|Abd er-Rahman",
        "خالد|Khalid|Khaled",
        "يوسف|Yusuf|Youssef|Yousef|Youcef",
        "الشامي|al-Shami|Al Shami|Alshami|Ash-Shami|El Chami",
        "قاسم|Qasim|Kassem|Kasim",
        "أبو بكر|ابو بكر|Abu Bakr|Abou Baker",
        "خالد بن سالم|خالد ابن سالم|Khalid ibn Salim|Khaled ben Salem|Khalid bin Saalim",
        "جمال|Jamal|Gamal|Djamal",
        "أحمد|احمد|Ahmad|Ahmed",
    ],
)
def test_arabic_letters_and_the_latin_spellings_of_several_states_meet(spellings: str) -> None:
    assert len({arabic_key(name) for name in spellings.split("|")}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("خالد بن علي", "خالد بنت علي"),
        ("Hasan ibn Ali", "Hasan bint Ali"),
        ("Abu Hasan", "Umm Hasan"),
        ("Abu Hasan", "Hasan"),
        ("محمد", "محمود سالم"),
        ("خالد", "حامد"),
        ("Khalid", "Halim"),
    ],
)
def test_kin_and_other_names_stay_apart(one: str, other: str) -> None:
    assert arabic_key(one) != arabic_key(other)


def test_a_name_and_its_listed_spellings_meet() -> None:
    for name, spellings in {
        "محمد": "Muhammad Mohamed Mohammed Mohammad Muhammed", "خالد": "Khalid Khaled",
        "حسين": "Husayn Hussein Hussain Husain Hussien", "مصطفى": "Mustafa Mostafa Moustafa",
        "زينب": "Zaynab Zainab Zeinab", "طارق": "Tariq Tarek Tareq",
    }.items():  # fmt: skip
        assert {arabic_key(spelt) for spelt in spellings.split()} == {arabic_key(name)}, name


def test_four_of_five_tokens_meet_across_scripts_and_two_strangers_hardly_ever() -> None:
    """Wikidata tokens in both scripts; rules were made on every other pair, and the rest judges them."""
    lines = shared("data/names/netranslit_arabic.tsv").read_text("utf-8").splitlines()
    pairs = [(line.split("\t")[0], line.split("\t")[1].replace(" ", "")) for line in lines]
    judged = pairs[1::2]
    met = sum(arabic_key(latin) == arabic_key(arabic) for latin, arabic in judged)
    assert met >= 0.8 * len(judged), (met, len(judged))
    keys = Counter(arabic_key(arabic) for _, arabic in pairs)
    strangers = sum(count * (count - 1) for count in keys.values()) / (len(pairs) * (len(pairs) - 1))
    assert strangers < 0.001, strangers


@given(st.text(max_size=60))
def test_the_key_is_total(text: str) -> None:
    arabic_key(text)
