"""One word for one thing, in every language."""

from __future__ import annotations

import re

import pytest

from tests.report import glossary_page
from tests.report.glossary_page import LANGUAGES, MEANT
from tests.report.test_locale import catalogue, tables

# English sentences in which the word is meant otherwise, or its place is taken by a pronoun.
OTHERWISE = {
    "register its place and number, and forward them",  # a verb
    "Yes: the draw follows from the ledger, ticket by ticket.",  # "the result"
}


def test_the_words_in_five_languages_are_those_of_the_translations() -> None:
    assert glossary_page.PAGE.read_text(encoding="utf-8") == glossary_page.page()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_thing_is_called_by_one_word_in_every_text(code: str) -> None:
    at = list(LANGUAGES).index(code)
    wrong = []
    for domain in tables():
        for entry in catalogue(code, domain).entries.values():
            english = re.sub(r"`[^`]*`|\S*\.json", "", " ".join(entry.english))  # commands and files keep their names
            if entry.english[0] in OTHERWISE:
                continue
            for word, stems in MEANT.items():
                if re.search(rf"\b{word}\b", english, re.IGNORECASE):
                    many = entry.translated[-1]  # the form for many: that for none or one need not say whose it is
                    wrong += [] if re.search(stems[at], many, re.IGNORECASE) else [f"{word}: {many}"]
    assert not wrong, "\n".join(wrong)
