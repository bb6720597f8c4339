"""The data dictionary says what the code does: its page is up to date, its examples are read, and who sees is so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from repatria.deal.classes import GROUNDS
from repatria.deal.commands.lists import CLASS_FIELDS
from repatria.exchange.state import State
from repatria.files.locales import load_language
from repatria.files.tables import read_table
from repatria.people.commands import shown_fields
from repatria.people.dictionary import CAPTURE_CARD, EXAMPLES, LISTED, NEVER_WRITTEN, READERS, TRACED, describe
from repatria.people.doubts import SHALL_BE_KNOWN
from repatria.people.person import FIELDS, IDENTITY_FIELDS, field_choices, field_value
from repatria.people.register import MANDATORY, read_register
from repatria.people.table import table_of
from repatria.people.tracing import to_trace
from repatria.people.vocabulary import HEADINGS, LANGUAGES
from repatria.people.written import ORDER, written
from repatria.report.list_texts import TEXTS
from tests.cli.test_main import answered
from tests.people.dictionary_page import PAGE, page

ENTRIES = {entry.field: entry for entry in describe()}


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.people.dictionary_page"


def test_every_field_has_an_entry_and_every_entry_a_text_for_what_is_written_and_for_its_readers() -> None:
    assert tuple(ENTRIES) == FIELDS
    assert {*ORDER, *NEVER_WRITTEN} == set(FIELDS)
    assert [entry.field for entry in ENTRIES.values() if entry.form.id not in TEXTS] == []
    assert {f"list.seen.{reader}" for reader in READERS} <= set(TEXTS)


def test_every_example_is_a_value_of_its_field_and_only_a_wish_has_none() -> None:
    assert set(FIELDS) - set(EXAMPLES) == {"wish_to_return"}
    for name, example in EXAMPLES.items():
        field_value(name, example)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_of_the_examples_is_imported(language: str) -> None:
    heading = [HEADINGS[language][name] for name in ORDER]
    row = [written(name, EXAMPLES[name], language) for name in ORDER]
    reading = read_register(table_of("f.csv", heading, [row]), "held", EXAMPLES["source_party"])
    assert reading.problems == ()
    assert {name: getattr(reading.persons[0], name) for name in ORDER} == {
        name: field_value(name, EXAMPLES[name]) for name in ORDER
    }


def test_must_and_wanted_are_what_the_reader_and_the_checks_ask_for() -> None:
    for kind, names in MANDATORY.items():
        assert {entry.field for entry in ENTRIES.values() if kind in entry.must} == set(names)
    for category, (article, names) in SHALL_BE_KNOWN.items():
        assert {e.field for e in ENTRIES.values() if category in e.named.get(article, ())} == set(names)
    assert {entry.field for entry in ENTRIES.values() if "GC III 70" in entry.named} == set(CAPTURE_CARD)


def test_who_sees_a_field_is_what_the_code_shows() -> None:
    seen = {reader: {entry.field for entry in ENTRIES.values() if reader in entry.seen} for reader in READERS}
    assert seen["asked"] == set(shown_fields(State())) == set(IDENTITY_FIELDS)
    assert seen["listed"] == set(LISTED) == {*IDENTITY_FIELDS, *CLASS_FIELDS, *GROUNDS}
    assert seen["node"] == set(FIELDS) - {"wish_to_return"}
    assert seen["traced"] == set(TRACED)


@pytest.mark.parametrize("name", FIELDS)
def test_a_tracing_service_sees_a_field_where_the_dictionary_says_so(name: str) -> None:
    base = {"family_name": "A", "given_names": "B", "sharing_consent": "icrc"}

    def out(record: dict[str, str]) -> object:
        return [each.fields for each in to_trace([record], "icrc", date(2026, 6, 1), date(2025, 12, 1))[0]]

    text = "icrc;public" if name == "sharing_consent" else (*field_choices(name), EXAMPLES.get(name, ""))[0]
    changed = {**base, name: text}
    assert (out(changed) != out(base)) == (name in TRACED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dictionary_is_written_in_every_language(tmp_path: Path, language: str) -> None:
    out = tmp_path / "columns.csv"
    told = answered("register", "dictionary", "--kind", "held", "--language", language, "--out", out)
    table = read_table(out)
    assert told["columns"] == len(ORDER) == len(table.rows)
    assert [row.cells[0] for row in table.rows] == list(HEADINGS[language].values())
    assert [row.cells[1] for row in table.rows] == list(ORDER)
    assert all(row.cells[7] for row in table.rows)
    book = tmp_path / "columns.xlsx"
    answered("register", "dictionary", "--kind", "held", "--language", language, "--out", book)
    assert read_table(book).sheet == load_language(language).form("list.dictionary", None)
    assert [row.cells for row in read_table(book).rows] == [row.cells for row in table.rows]
