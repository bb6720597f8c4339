"""How readers of Cyrillic hear Latin words: likely readings first, and never an error."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.people.names import skeleton
from repatria.people.readings import readings


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [("wright", "Райт"), ("bailey", "Бейли"), ("moreau", "Моро"), ("schreiber", "Шрайбер"), ("giraud", "Жиро"),
     ("gutiérrez", "Гутьеррес"), ("townsend", "Таунсенд"), ("reynolds", "Рейнолдс")],
)  # fmt: skip
def test_a_word_is_read_as_its_country_says_it(latin: str, cyrillic: str) -> None:
    assert skeleton(cyrillic) in {reading.key for reading in readings(latin)}


def test_what_only_looks_alike_is_no_reading() -> None:
    assert skeleton("Врихт") not in {reading.key for reading in readings("wright")}
    assert skeleton("Бейкер") not in {reading.key for reading in readings("bailey")}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=12))
def test_any_word_has_readings_in_order_or_none(word: str) -> None:
    found = readings(word)
    shares = [reading.share for reading in found]
    assert shares == sorted(shares, reverse=True)
    assert all(0 < share <= 1 for share in shares)
    assert len({reading.key for reading in found}) == len(found)


def test_a_word_in_other_letters_is_not_read() -> None:
    assert readings("райт") == ()
    assert readings("سالم") == ()
