"""Packed mappings say what the mappings they were made of say, and hold no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.people.packed import packed, packed_bytes
from repatria.people.register import read_register
from repatria.people.table import Texts, table_of

NAMES = st.text(max_size=5)


@given(st.dictionaries(NAMES, st.text(max_size=5)), NAMES)
def test_a_packed_mapping_is_the_mapping(values: dict[str, str], other: str) -> None:
    small = packed(values)
    assert (small == values, list(small.items()), len(small)) == (True, list(values.items()), len(values))
    assert (small.get(other), other in small, small.get(other, "x")) == (
        values.get(other), other in values, values.get(other, "x")
    )  # fmt: skip


@given(st.dictionaries(NAMES, st.binary(min_size=4, max_size=4)), NAMES)
def test_packed_bytes_are_the_mapping(values: dict[str, bytes], other: str) -> None:
    small = packed_bytes(list(values), list(values.values()))
    assert (small == values, list(small.items()), small.get(other)) == (True, list(values.items()), values.get(other))


def test_packed_bytes_of_several_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="of one length"):
        packed_bytes(["a", "b"], [b"1", b"22"])


def test_what_a_packed_mapping_holds_is_not_printed() -> None:
    assert "Invented" not in repr(packed({"family_name": "Invented"}))


def test_equal_texts_of_many_rows_are_one_object() -> None:
    texts = Texts()
    one, other = (texts.row(["".join(["ser", "geant"]), str(at)]) for at in (1, 2))
    assert one[0] is other[0]


def test_a_cell_that_something_is_said_of_is_told_in_every_row_that_has_it() -> None:
    rows = [["Hop", "Test", "03/04/1990"], ["Cоболь", "Test", "03/04/1990"], ["Cоболь", "Test", "03/04/1990"]]
    reading = read_register(table_of("n.csv", ["surname", "first name", "born"], rows), "sought", "north")
    codes = [problem.code for problem in reading.notes]
    assert codes.count("import.date.ambiguous") == 3
    assert sum(code.startswith("import.name") for code in codes) == 2
    assert [person.family_name for person in reading.persons[1:]] == ["Cоболь", "Cоболь"]
