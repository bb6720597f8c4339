"""What a member holds about one person, collected for that person to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """One record of theirs: the kind and version of the list, and its fields as the vault has them."""

    kind: str
    version: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class About:
    """What a member holds about one person.

    Attributes:
        shown: by version, to whom it was disclosed.
        answers: each member's latest word.
        numbers: on final lists: number and holder.
        cases, letters, handed: of families that asked for them, in figures.
        reads: the days on which somebody looked at their records or was given them.
    """

    member: str
    person: str
    day: str
    records: tuple[Held, ...]
    shown: tuple[tuple[int, tuple[str, ...]], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    seen_on: str | None = None
    home_on: str | None = None
    cases: int = 0
    letters: int = 0
    handed: int = 0
    reads: tuple[str, ...] = ()
