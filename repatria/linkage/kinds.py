"""What a column of a table can be, and which columns are known by their names. Light: nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

Kind = Literal["name", "family", "given", "father", "date", "place", "text", "number", "word"]
KINDS: tuple[str, ...] = get_args(Kind)
KINDS_OF: Mapping[str, Kind] = {
    "name": "name", "family_name": "family", "given_names": "given", "father_name": "father", "date_of_birth": "date",
    "place_of_birth": "place", "sex": "word", "unit": "number", "service_number": "number", "nationality": "word",
    "capture_date": "date", "capture_place": "place",
}  # fmt: skip
LEAST = 0.25
"""Probability from which a pair is told: between rivals a quarter is a lead that a person should see."""


class BadTable(ValueError):
    """What is wrong with a table, all of it, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)
