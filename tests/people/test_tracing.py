"""PFIF out: only who agreed, only who they are, with an end; what is written reads back as the same people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from repatria.files.formulas import neutral
from repatria.files.guarded import read_guarded
from repatria.files.pfif import SPACE, format_pfif, parse_pfif
from repatria.people.person import FIELDS, field_value
from repatria.people.register import read_register
from repatria.people.tracing import LONGEST_DAYS, READERS, Traced, to_trace
from tests.cli.test_main import answered, problems, said
from tests.people.test_written import people, records, some_text
from tests.sync.nodes import NOW, PASSPHRASE, make_nodes

TODAY, UNTIL = date(2025, 12, 1), date(2026, 6, 1)
# The elements of a person in PFIF 1.4, in the order of the specification.
PFIF_1_4 = (
    "person_record_id", "entry_date", "expiry_date", "author_name", "author_email", "author_phone", "source_name",
    "source_date", "source_url", "full_name", "given_name", "family_name", "alternate_names", "description", "sex",
    "date_of_birth", "age", "home_street", "home_neighborhood", "home_city", "home_state", "home_postal_code",
    "home_country", "photo_url", "profile_urls",
)  # fmt: skip
AGREED = {"sharing_consent": "icrc"}


def written(given: list[Mapping[str, str]], reader: str = "icrc") -> tuple[bytes, list[Traced], dict[str, int]]:
    found, left = to_trace(given, reader, UNTIL, TODAY)
    return format_pfif(found, "north.example", "north", TODAY, reader), found, left


def elements(data: bytes) -> list[dict[str, str]]:
    """As a reader of XML sees them that is not ours."""
    space = "{" + SPACE + "1.4}"
    return [{e.tag.removeprefix(space): e.text or "" for e in person} for person in ElementTree.fromstring(data)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(people, st.just({})), min_size=1, max_size=4))
def test_what_is_written_is_read_back_as_the_same_people_and_holds_no_more(given: Any) -> None:
    register = records(given, "missing")
    data, found, left = written(register)
    assert len(found) + sum(left.values()) == len(register)
    agreed = [each for each in register if "icrc" in each.get("sharing_consent", "").split(";")]
    assert len(found) <= len(agreed)
    if not found:
        return
    reading = read_register(parse_pfif(data, "f.xml"), "missing", "north")
    assert reading.stopping == ()
    of = {f"north.example/{each['record_id']}": each for each in agreed}
    for person in reading.persons:
        own = of[str(person.record_id)]
        assert (person.family_name, person.given_names) == (own.get("family_name"), own.get("given_names"))
        assert (person.sex or "unknown") == own.get("sex", "unknown")
        if person.date_of_birth is not None:
            true = field_value("date_of_birth", own["date_of_birth"])
            assert person.date_of_birth.first <= true.first <= true.last <= person.date_of_birth.last
            assert "/" in own["date_of_birth"] or person.date_of_birth == true
        known = {name for name in FIELDS if getattr(person, name) is not None}
        assert known <= {"family_name", "given_names", "sex", "date_of_birth", "record_id", "source_party", "list_kind"}
    for each in elements(data):
        assert list(each) == [name for name in PFIF_1_4 if name in each]
        assert {"person_record_id", "source_date", "full_name"} <= set(each)
        assert TODAY.isoformat() < each["expiry_date"][:10] <= UNTIL.isoformat()


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=12) | some_text)
@example("=HYPERLINK(0)")
@example("'=1+1")
@example("Іва\u202eн")
@example("a\x00b")
@example("\ufffe")
@example("\ud800")
@example("]]><&'\"")
def test_any_name_goes_out_as_it_stands_or_not_at_all(text: str) -> None:
    data, found, left = written([AGREED | {"family_name": text}])
    if not found:
        assert left == {"unsafe_text": 1}
        return
    assert elements(data)[0]["family_name"] == text
    assert neutral(text) == text  # no spreadsheet would run it
    assert not re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", data.decode())


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({}, "no_consent"),
        ({"sharing_consent": "none"}, "no_consent"),
        ({"sharing_consent": "family;party;mediator"}, "no_consent"),
        (AGREED | {"valid_until": "2025-12-01"}, "no_longer_valid"),
        (AGREED | {"valid_until": "2025"}, "no_longer_valid"),  # it may have ended on its first day
        (AGREED | {"family_name": "=1"}, "unsafe_text"),
        (AGREED | {"record_id": "=1"}, "unsafe_text"),
    ],
)
def test_who_may_not_be_given_is_left_out_and_counted(record: dict[str, str], why: str) -> None:
    whole = {"family_name": "Invented", **record}
    assert written([whole])[1:] == ([], {why: 1})
    repaired = {**whole, **AGREED, "family_name": "Invented", "record_id": "1", "valid_until": "2026-01-01"}
    assert len(written([repaired])[1]) == 1


def test_remains_without_a_name_are_left_out() -> None:
    assert written([AGREED | {"sex": "male"}])[2] == {"no_name": 1}


@pytest.mark.parametrize("reader", READERS)
def test_consent_to_one_reader_is_none_to_another(reader: str) -> None:
    each = [{"family_name": "Invented", "sharing_consent": word} for word in READERS]
    assert len(written(list(each), reader)[1]) == 1


def test_a_record_expires_on_its_own_day_where_that_comes_first() -> None:
    both: list[Mapping[str, str]] = [
        AGREED | {"family_name": "A", "valid_until": "2026-03"}, AGREED | {"family_name": "B", "valid_until": "2030"},
    ]  # fmt: skip
    assert [e["expiry_date"] for e in elements(written(both)[0])] == ["2026-03-01T00:00:00Z", "2026-06-01T00:00:00Z"]


@pytest.mark.parametrize("days", [-1, 0, LONGEST_DAYS + 1])
def test_an_end_that_is_past_or_far_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="an end between"):
        to_trace([], "icrc", TODAY + timedelta(days=days), TODAY)


@pytest.mark.parametrize(
    ("born", "said"),
    [("1990-03-04/1990-03-09", "1990-03"), ("1990-03-04/1990-04-03", "1990"), ("1989-01-02/1990-02-01", "")],
)
def test_a_span_of_days_becomes_the_month_or_year_that_holds_it(born: str, said: str) -> None:
    data, found, _ = written([AGREED | {"family_name": "A", "date_of_birth": born}])
    assert elements(data)[0].get("date_of_birth", "") == said
    assert found[0].widened


def test_nothing_of_a_record_goes_out_but_who_it_is() -> None:
    (full,) = records([({}, {"unknown:Callsign": "secret-0"})], "missing")
    secret = {name: f"secret-{name}" for name in FIELDS if name not in full}
    kept = {
        "family_name": "Invented", "given_names": "Test", "father_name": "Father", "sex": "male",
        "date_of_birth": "1990", "record_id": "R0", "sharing_consent": "icrc", "valid_until": "2026-05-01",
    }  # fmt: skip
    data = written([{**full, **secret, **kept}])[0]
    assert b"secret" not in data
    assert b"missing" not in data
    assert elements(data) == [{
        "person_record_id": "north.example/R0", "expiry_date": "2026-05-01T00:00:00Z", "source_name": "north",
        "source_date": "2025-12-01T00:00:00Z", "full_name": "Invented Test Father", "given_name": "Test",
        "family_name": "Invented", "sex": "male", "date_of_birth": "1990",
    }]  # fmt: skip


def test_our_own_reader_says_that_the_records_expire() -> None:
    table = read_guarded(written([AGREED | {"family_name": "Invented"}])[0], "f.xml")
    assert [note.code for note in table.notes] == ["file.pfif.expiry"]


# --- the command line -------------------------------------------------------------------------------------------------

ROWS = "record_id,surname,first name,born,sharing consent\nR1,Invented,Test,1990,icrc\nR2,Second,Test,1991,\n"
SOON = (date.today() + timedelta(days=90)).isoformat()


def words(file: object, out: Path, **changed: str) -> list[object]:
    options = {"kind": "missing", "for": "icrc", "until": SOON, "domain": "north.example"} | changed
    return [file, "--out", out, *(part for name, text in options.items() if text for part in (f"--{name}", text))]


def test_a_file_is_traced_without_a_node_and_everything_about_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(ROWS)
    out = tmp_path / "trace.xml"
    told = answered("register", "trace", *words(tmp_path / "list.csv", out))
    assert (told["people"], told["left_out"], told["delete_by"]) == (1, {"no_consent": 1}, SOON)
    assert told["shown"] == ["person_record_id", "date_of_birth", "family_name", "full_name", "given_name"]
    assert b"Second" not in out.read_bytes()
    assert out.stat().st_mode & 0o777 == 0o600


def test_where_nobody_agreed_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(ROWS.replace("icrc", "party"))
    assert problems("register", "trace", *words(tmp_path / "list.csv", tmp_path / "x.xml")) == ["tracing.nobody"]
    assert not (tmp_path / "x.xml").exists()


@pytest.mark.parametrize(
    "changed",
    [{"kind": "held"}, {"kind": ""}, {"for": "party"}, {"until": "2020-01-01"}, {"until": "2999-01-01"},
     {"until": "soon"}, {"domain": "north"}, {"domain": "a/b.c"}, {"domain": "-x.example"}],
)  # fmt: skip
def test_the_held_another_reader_and_no_end_are_refused(tmp_path: Path, changed: dict[str, str]) -> None:
    (tmp_path / "list.csv").write_text(ROWS)
    assert said("register", "trace", *words(tmp_path / "list.csv", tmp_path / "x.xml", **changed))[0] == 2
    assert not (tmp_path / "x.xml").exists()


def test_a_register_of_the_held_is_never_traced_from_a_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    nodes = make_nodes(round_open=True)
    north = nodes.path("north")
    (tmp_path / "list.csv").write_text(
        "record_id,surname,first name,born,camp,sharing consent\nR1,Invented,Test,1990,c,icrc;public\n"
    )
    for kind in ("held", "sought"):
        answered("register", "import", north, tmp_path / "list.csv", "--kind", kind, "--at", NOW)
    options = {"kind": "", "until": (date.fromisoformat(NOW[:10]) + timedelta(days=30)).isoformat()}
    there = ("--node", north, "--at", NOW)
    out = tmp_path / "x.xml"
    assert problems("register", "trace", *words("held", out, **options), *there) == ["register.held_whole"]
    told = answered("register", "trace", *words("sought", out, **options), *there)
    assert told["people"] == 1
    assert "<pfif:source_name>north</pfif:source_name>" in out.read_text("utf-8")
