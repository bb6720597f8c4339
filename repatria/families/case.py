"""A family's case: a request comes in, is matched to a row that the member seeks, and stays open until home.

Whoever asks is told nothing before three things have been done by persons, each on record with who did it: the request
was matched to a row of the member's own list, identity was shown, and kinship was shown. Names stand here and in the
vault only; the ledger knows nothing of families.

    [sought]                       # as the family tells it, in the fields of a list
    family_name = "Коваленко"
    given_names = "Сергій"
    date_of_birth = "1990-03-05"
    [enquirer]
    name = "Коваленко Олена"
    kinship = "parent"
    reach = "the tracing office, room 4"
    language = "uk"

A case's state follows from what stands in it, and from what has happened to the person; nobody types it.

    >>> told = {"sought": {"family_name": "X"}, "enquirer": {"name": "Y", "kinship": "parent", "reach": "room 4"}}
    >>> request = request_of(told)
    >>> case = Case("0" * 16, "2025-12-01T08:00:00Z", request.sought, request.enquirer)
    >>> case_state(case, home=False), read_case(write_case(case)) == case
    ('unmatched', True)
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from repatria.people.person import IDENTITY_FIELDS, field_value
from repatria.problem import Problem, Problems

CASES, LETTERS, RELEASED, ACCESS = "family/case/", "family/letter/", "family/released/", "family/access/"
KINSHIP = ("spouse", "parent", "child", "sibling", "grandparent", "other_kin", "guardian", "representative")
IDENTITY = ("passport", "identity_card", "other_document", "known_in_person")  # how somebody showed who they are
KINSHIP_SHOWN = ("birth_record", "marriage_record", "court_decision", "authority", "other_document")
LANGUAGES = ("en", "uk", "ru", "tr", "ar")
TELLABLE = (*IDENTITY_FIELDS, "capture_date", "capture_place", "mother_maiden_name")
# Where a case stands. The last two are its ends; the others are open.
UNMATCHED, UNCHECKED, OPEN, HOME, ENDED = "unmatched", "unchecked", "open", "home", "ended"
ENDS = ("withdrawn", "not_entitled", "mistaken")  # by whoever asked; by the liaison, who has told them; no such person
HOW_HANDED = ("in_person", "by_post", "by_official")
_LONGEST = 200


@dataclass(frozen=True)
class Enquirer:
    """Whoever asks: how they are reached is for the liaison alone."""

    name: str
    kinship: str
    reach: str
    language: str = "en"


@dataclass(frozen=True)
class Request:
    """What a family says: of whom it asks for, by field, and of itself."""

    sought: Mapping[str, str]
    enquirer: Enquirer


@dataclass(frozen=True)
class Match:
    """The row that a person, who is named, has found to be the one who is asked for."""

    register: str
    row: str
    by: str
    at: str


@dataclass(frozen=True)
class Checked:
    """By which papers identity and kinship were shown, to whom and when; what stands in the papers is not kept."""

    identity: str
    kinship: str
    by: str
    at: str


@dataclass(frozen=True)
class Ended:
    why: str
    by: str
    at: str


@dataclass(frozen=True)
class Case:
    number: str  # 64 random bits
    received: str
    sought: Mapping[str, str]
    enquirer: Enquirer
    match: Match | None = None
    checked: Checked | None = None
    ended: Ended | None = None
    letters: tuple[str, ...] = ()  # numbers of its letters, the oldest first

    @property
    def entitled(self) -> bool:
        """Whether whoever asks may be told."""
        return self.match is not None and self.checked is not None and self.ended is None


@dataclass(frozen=True)
class Handed:
    how: str
    by: str
    at: str


@dataclass(frozen=True)
class Letter:
    """One letter: what kind it is and the status that it tells, as they followed from the facts of that moment.

    `proof` is the number of the page by which the family checks; "" where there was nothing to be checked yet.
    """

    number: str
    case: str
    kind: str
    status: str
    language: str
    size: int  # how many entries of the ledger it rests on
    by: str
    at: str
    proof: str = ""
    handed: Handed | None = None


def case_state(case: Case, home: bool) -> str:
    """Where the case stands.

    Args:
        home: the person is home, or was found dead, and the letter that says so was handed over.
    """
    if case.ended is not None:
        return ENDED
    if case.match is None:
        return UNMATCHED
    if case.checked is None:
        return UNCHECKED
    return HOME if home else OPEN


# --- as texts ---------------------------------------------------------------------------------------------------------


def parse_request(text: str, where: str = "the request") -> Request:
    """A request as a liaison writes it down.

    Raises:
        Problems: everything that is wrong with it, by its place and never by its words.
    """
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        do = "write the tables [sought] and [enquirer], such as `repatria family take --help` shows"
        raise Problems([Problem("family.toml", where, "not TOML", do)]) from None
    return request_of(raw, where)


def request_of(raw: Mapping[str, Any], where: str = "the request") -> Request:
    """The same from a file's or a form's own tables.

    Raises:
        Problems: everything that is wrong with it.
    """
    problems: list[Problem] = []

    def bad(place: str, what: str, do: str) -> None:
        problems.append(Problem("family.request", f"{where}, {place}", what, do))

    tables = {name: raw.get(name) for name in ("sought", "enquirer")}
    for name in sorted(set(raw) - set(tables)):
        bad(name[:40], "no table of a request", "use [sought] and [enquirer]")
    sought, enquirer = (table if isinstance(table, Mapping) else {} for table in tables.values())
    told: dict[str, str] = {}
    for name, value in sought.items():
        if name not in TELLABLE:
            bad(f"sought.{name[:40]}", "not a field by which somebody is looked for", f"use {', '.join(TELLABLE)}")
        elif not _is_line(value):
            bad(f"sought.{name}", f"not a line of at most {_LONGEST} signs", "write it on one line, or leave it out")
        else:
            try:
                field_value(name, value)
                told[name] = value
            except ValueError:
                bad(f"sought.{name}", "not of the form of this field", "write it as in a list, or leave it out")
    if "family_name" not in told and "given_names" not in told:
        bad("sought", "no name of whoever is asked for", "give the family name, the given names, or both")
    for name in ("name", "kinship", "reach"):
        if not _is_line(enquirer.get(name)):
            bad(f"enquirer.{name}", "missing, or not a line of text", "write it down as whoever asks says it")
    for name, allowed in (("kinship", KINSHIP), ("language", LANGUAGES)):
        value = enquirer.get(name, "en" if name == "language" else None)
        if value is not None and value not in allowed:
            bad(f"enquirer.{name}", "not one of the words for it", f"use {', '.join(allowed)}")
    for name in sorted(set(enquirer) - {"name", "kinship", "reach", "language"}):
        bad(f"enquirer.{name[:40]}", "not asked of whoever asks", "leave it out")
    if problems:
        raise Problems(problems)
    who = Enquirer(enquirer["name"], enquirer["kinship"], enquirer["reach"], enquirer.get("language", "en"))
    return Request(told, who)


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST and value.isprintable()


def write_case(case: Case) -> bytes:
    return json.dumps({"v": 1, **asdict(case)}, ensure_ascii=True, sort_keys=True).encode()


def read_case(data: bytes) -> Case:
    raw = json.loads(data)
    del raw["v"]
    for name, kind in (("enquirer", Enquirer), ("match", Match), ("checked", Checked), ("ended", Ended)):
        raw[name] = kind(**raw[name]) if raw[name] is not None else None
    return Case(**raw | {"letters": tuple(raw["letters"])})


def write_letter(letter: Letter) -> bytes:
    return json.dumps({"v": 1, **asdict(letter)}, ensure_ascii=True, sort_keys=True).encode()


def read_letter(data: bytes) -> Letter:
    raw = json.loads(data)
    del raw["v"]
    return Letter(**raw | {"handed": Handed(**raw["handed"]) if raw["handed"] is not None else None})


@dataclass(frozen=True)
class Release:
    """For whom of a stage nothing has to be written before the public hears of it: by number why, who says so, when."""

    numbers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


RELEASE_WHY = ("told_in_person", "nobody_asks", "not_reached", "family_wishes")


def write_release(release: Release) -> bytes:
    return json.dumps({"v": 1, "numbers": release.numbers}, sort_keys=True).encode()


def read_release(data: bytes | None) -> Release:
    return Release() if data is None else Release(json.loads(data)["numbers"])

