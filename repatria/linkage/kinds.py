"""What a column of a table can be, and which columns are known by their names. Light: nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


JUDGED = "judged to be one person"
"""What an explanation begins with where somebody has decided (in other languages `link.judged`)."""


class BadTable(ValueError):
    """What is wrong with a table, all of it, one sentence each, beginning with whose table it is and a colon."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Stands:
    """How one column stands in two rows: the level of levels.py (0 is the closest; -1 unknown) and what it counts."""

    column: str
    kind: str
    level: int
    absent: str = ""  # "left", "right" or "both": in whose row it is unknown
    worth: float | None = None  # log2 odds


@dataclass(frozen=True)
class RuleStands:
    """A rule by which rows meet, and which of its traits two rows have in common, have not, or do not know."""

    shared: tuple[str, ...]
    different: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def meets(self) -> bool:
        return not (self.different or self.unknown)

    @property
    def lacks(self) -> int:
        return len(self.different) + len(self.unknown)
