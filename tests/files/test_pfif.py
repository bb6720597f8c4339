"""PFIF: persons of each version become rows; document types and entities are refused in every encoding."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.files.guarded import read_guarded
from repatria.files.pfif import parse_pfif
from repatria.people.register import read_register
from repatria.problem import Problems


def pfif(*persons: str, version: str = "1.4", declaration: str = "", encoding: str = "utf-8") -> bytes:
    body = "".join(f"<pfif:person>{person}</pfif:person>" for person in persons)
    head = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}'
    return f'{head}<pfif:pfif xmlns:pfif="http://zesty.ca/pfif/{version}">{body}</pfif:pfif>'.encode(encoding)


def elements(**texts: str) -> str:
    return "".join(f"<pfif:{name}>{text}</pfif:{name}>" for name, text in texts.items())


BORN = {"date_of_birth": "1987-03", "sex": "male", "person_record_id": "example.org/1"}
IN_1_4 = elements(full_name="Тест Вигаданий", given_name="Тест", family_name="Вигаданий", home_city="X", **BORN)
IN_1_3 = elements(full_name="Тест Вигаданий", first_name="Тест", last_name="Вигаданий", home_city="X", **BORN)


def refusal(data: bytes) -> str:
    with pytest.raises(Problems) as raised:
        read_guarded(data, "f.xml")
    return raised.value.problems[0].code


@pytest.mark.parametrize(("person", "version"), [(IN_1_4, "1.4"), (IN_1_3, "1.3")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_person_of_each_version_is_imported(person: str, version: str, encoding: str) -> None:
    table = read_guarded(pfif(person, version=version, encoding=encoding), "f.xml")
    reading = read_register(table, "missing", "north")
    (one,) = reading.persons
    assert (one.family_name, one.given_names, one.sex) == ("Вигаданий", "Тест", "male")
    assert (str(one.date_of_birth), one.record_id) == ("1987-03", "example.org/1")
    assert reading.extras == ({"unknown:pfif:full_name": "Тест Вигаданий", "unknown:pfif:home_city": "X"},)


def test_a_full_name_alone_is_split() -> None:
    reading = read_register(read_guarded(pfif(elements(full_name="Invented, Test")), "f.xml"), "missing", "north")
    assert (reading.persons[0].family_name, reading.persons[0].given_names) == ("Invented", "Test")


def test_notes_are_counted_and_the_newest_status_is_kept_as_it_stands() -> None:
    notes = "".join(
        f"<pfif:note>{elements(entry_date=day, status=status, text='seen')}</pfif:note>"
        for day, status in (("2025-02-01T00:00:00Z", "believed_alive"), ("2025-01-01T00:00:00Z", "believed_missing"))
    )
    table = read_guarded(pfif(elements(family_name="Invented") + notes), "f.xml")
    assert dict(zip(table.heading, table.rows[0].cells, strict=True)) == {
        "family_name": "Invented", "pfif:notes": "2", "pfif:status": "believed_alive",
    }  # fmt: skip


def test_records_that_expire_are_said() -> None:
    table = read_guarded(pfif(elements(family_name="Invented", expiry_date="2030-01-01T00:00:00Z")), "f.xml")
    assert [note.code for note in table.notes] == ["file.pfif.expiry"]


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize(
    "declaration",
    [
        LAUGHS,
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_entities_that_grow_and_those_that_fetch_are_refused(declaration: str, encoding: str) -> None:
    data = pfif(elements(family_name="Invented"), declaration=declaration, encoding=encoding)
    assert refusal(data) == "file.pfif.declaration"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pfif(IN_1_4)[:-20], "file.pfif.broken"),
        (pfif(), "file.pfif.empty"),
        (pfif(IN_1_4, version="2.0"), "file.pfif.not_pfif"),
        (pfif("<pfif:a>" * 20 + "</pfif:a>" * 20), "file.pfif.deep"),
        (pfif(elements(family_name="A") + elements(family_name="B")), "file.pfif.doubled"),
        (pfif(elements(family_name="&undefined;")), "file.pfif.broken"),
        (b"<html><table><tr><td>Invented</td></tr></table></html>", "file.kind"),
    ],
)
def test_what_is_not_a_whole_pfif_document_is_refused_with_the_reason(data: bytes, code: str) -> None:
    assert refusal(data) == code


@given(st.binary(max_size=100), st.integers(0, 400))
def test_any_bytes_within_a_document_give_a_table_or_problems(junk: bytes, place: int) -> None:
    whole = pfif(IN_1_4)
    with contextlib.suppress(Problems):
        parse_pfif(whole[:place] + junk + whole[place:], "f.xml")
