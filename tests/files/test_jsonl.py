"""JSON Lines: objects of plain values become rows; what is nested, doubled or no JSON is refused with its line."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.files.guarded import read_guarded
from repatria.files.jsonl import parse_jsonl
from repatria.people.register import read_register
from repatria.problem import Problems

GOOD = b'{"family_name": "Invented", "given_names": "Test", "date_of_birth": "1987"}\n'


@pytest.mark.parametrize(
    "data", [GOOD, b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16"), b"[" + GOOD.strip() + b"]", b"\n\n" + GOOD]
)
def test_objects_on_lines_or_in_an_array_are_imported(data: bytes) -> None:
    (person,) = read_register(read_guarded(data, "f.jsonl"), "sought", "north").persons
    assert (person.family_name, str(person.date_of_birth)) == ("Invented", "1987")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"a": {"b": 1}}', "a value that holds further values"),
        (b'{"a": [1]}', "a value that holds further values"),
        (b'{"a": 1, "a": 2}', "a key that stands twice in one object"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": 1', "not JSON"),
        (b'"zqx"', "not an object"),
        (b'{"a": "\\ud800"}', "half of a character"),
        (b'{"a": ' + b"[" * 100_000, "values nested too deep"),
        (b'{"a": ' + b"1" * 5000 + b"}", "not JSON"),
    ],
)
def test_a_line_that_is_not_an_object_of_plain_values_is_named(line: bytes, what: str) -> None:
    with pytest.raises(Problems) as raised:
        read_guarded(GOOD + line + b"\n" + GOOD, "f.jsonl")
    (problem,) = raised.value.problems
    assert (problem.code, problem.where, problem.what) == ("file.json.line", "f.jsonl, line 2", what)


def test_very_many_different_keys_are_refused() -> None:
    data = b"".join(b'{"k%d": 1}\n' % at for at in range(600))
    with pytest.raises(Problems) as raised:
        read_guarded(data, "f.jsonl")
    assert [problem.code for problem in raised.value.problems] == ["file.json.keys"]


VALUES = st.one_of(
    st.none(), st.integers(), st.text(st.characters(exclude_categories=["Cs"]), max_size=5).map(str.strip)
)


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), VALUES, min_size=1), min_size=1, max_size=5))
def test_what_was_written_is_read_back(objects: list[dict[str, int | str | None]]) -> None:
    table = parse_jsonl("".join(json.dumps(one) + "\n" for one in objects).encode(), "f")
    for row, one in zip(table.rows, objects, strict=True):
        told = dict(zip(table.heading, row.cells, strict=True))
        assert {k: v for k, v in told.items() if v} == {k: str(v) for k, v in one.items() if v not in (None, "")}


@given(st.binary(max_size=60))
def test_any_bytes_give_a_table_or_problems(data: bytes) -> None:
    with contextlib.suppress(Problems):
        parse_jsonl(b"{" + data, "f")
