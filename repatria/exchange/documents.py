"""What attachments say: answers, lists, freezes and plans as typed values, read strictly.

An attachment is canonical JSON without names, named by its SHA-256 in an entry. `read` accepts exactly what `write`
makes, so two readers never see two meanings in one file.

    >>> answers = Answers("a" * 32, (("00000001", "held"),))
    >>> read(Answers, write(answers)) == answers
    True
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeVar, cast

from repatria.exchange.codec import is_version, plain, revive
from repatria.exchange.events import Author, Day, Opaque, Phrase, Row, Sha256, Slug
from repatria.ledger.canonical import NotCanonical, decode, encode
from repatria.ledger.tree import Tree, leaf_hash

T = TypeVar("T")

ANSWERS = ("held", "not_held", "released", "deceased", "duplicate", "unknown", "refused")


@dataclass(frozen=True)
class Answers:
    """A holder's reply per sought row. A row that is not here is blank, which is no answer."""

    register: Opaque
    answers: tuple[tuple[Row, str], ...]


@dataclass(frozen=True)
class ListRow:
    """One person: the row of a sought register that they answer, the member to whom they go, and their class."""

    number: Opaque
    register: Opaque
    row: Row
    to: Slug
    class_id: Opaque


@dataclass(frozen=True)
class FinalList:
    """One holder's half of the final list. `together`: families and crews, by number, each of whom go together or not
    at all; which of the two they are is said nowhere."""

    holder: Slug
    version: int
    rows: tuple[ListRow, ...]
    together: tuple[tuple[Opaque, ...], ...] = ()

    @cached_property
    def tree(self) -> Tree:
        """The Merkle tree over the rows, in their order: one row is shown to stand here without the others."""
        return Tree(leaf_hash(row_leaf(row)) for row in self.rows)


def row_leaf(row: ListRow) -> bytes:
    """What `FinalList.tree` has of one row: whom it names and to whom they go. The class stays out, or families
    could compare theirs."""
    return encode({"number": row.number, "register": row.register, "row": row.row, "to": row.to})


@dataclass(frozen=True)
class Freeze:
    """What is fixed before anybody commits to a nonce: register, lists, classes, terms and the chances that follow.

    `tied` are the strata that are drawn against each other; a composition gives each of them so many places, and is
    drawn as often as its weight says. Where none are tied there is one composition, of nothing.
    """

    terms: Sha256
    lists: dict[str, Sha256]
    classes: dict[str, Sha256]
    register: Sha256  # Merkle root over everybody who may go: `plan/lottery.py`
    algorithm: str
    table: tuple[tuple[Slug, str, str, int], ...]  # side, stratum, places on average as a fraction, units
    tied: tuple[tuple[Slug, str], ...]  # side, stratum
    compositions: tuple[tuple[str, tuple[int, ...]], ...]  # weight, places of each of the tied
    replaces: Sha256 | None  # the draw of this round before, which this one is held instead of


@dataclass(frozen=True)
class PlanLoad:
    """A run of a sequence that leaves at once or not yet: who rides in a vehicle, or a family on foot (None). `first`
    is the position of its first person, from 0."""

    vehicle: Slug | None
    first: int
    people: int


@dataclass(frozen=True)
class PlanPlace:
    """A point of handover: `bound` is k_j in people; `sequence` the signed order over both directions together, each
    number with the side that holds it; `loads` which of them leave together, in that order."""

    place: Slug
    bound: int
    sequence: tuple[tuple[Opaque, Slug], ...]
    loads: tuple[PlanLoad, ...] = ()


@dataclass(frozen=True)
class PlanStage:
    stage: Slug
    date: Day
    places: tuple[PlanPlace, ...]


@dataclass(frozen=True)
class Level:
    """One objective of the plan, what was reached and the bound that was proved, in the order of importance.

    `exact`: the value is the bound, and whole numbers proved it where the plan was made, not only its solver.
    """

    name: Phrase
    value: int
    bound: int
    exact: bool


@dataclass(frozen=True)
class Package:
    """A closed round: each of its parties gives one person to the next, and the last to the first, so many times."""

    parties: tuple[Slug, ...]
    times: int


@dataclass(frozen=True)
class Plan:
    round: Slug
    terms: Sha256
    lists: dict[str, Sha256]
    freeze: Sha256
    seed: Sha256
    replaces: Sha256 | None
    stages: tuple[PlanStage, ...]
    levels: tuple[Level, ...]
    packages: tuple[Package, ...] = ()  # where the terms ask for closed rounds


@dataclass(frozen=True)
class CountRow:
    """People whom one side had held and the other received, living or remains, in stages from one day to another."""

    side: Slug
    kind: Slug
    since: Day
    until: Day
    received: int


@dataclass(frozen=True)
class HeldBack:
    """Too few to be told by themselves: they are told with those who follow."""

    side: Slug
    kind: Slug
    since: Day
    until: Day


@dataclass(frozen=True)
class PublicCounts:
    """The table for the public: what it tells of the ledger's first `size` entries."""

    size: int
    rows: tuple[CountRow, ...]
    held_back: tuple[HeldBack, ...]


@dataclass(frozen=True)
class Paper:
    """What a transcribed paper says: the kind and data of the event that its member would have sent."""

    author: Author
    kind: str
    data: Any


_KINDS: dict[type[Any], str] = {
    Answers: "answers",
    FinalList: "list",
    Freeze: "freeze",
    Plan: "plan",
    PublicCounts: "counts",
}


def write(document: Any) -> bytes:
    """The attachment's canonical bytes."""
    return encode({"v": 1, "kind": _KINDS[type(document)], **plain(document)})


def read(kind: type[T], data: bytes) -> T:
    """The document in an attachment.

    Raises:
        ValueError: not canonical, of another kind, or a field missing, unknown or out of form.
    """
    return cast(T, _read(cast(Any, kind), data))


@lru_cache(maxsize=2)  # every member that signs a plan or a list names the same bytes
def _read(kind: type[Any], data: bytes) -> Any:
    try:
        raw = decode(data)
    except NotCanonical as error:
        raise ValueError("attachment is not canonical JSON") from error
    if not isinstance(raw, dict) or not is_version(raw.pop("v", None), 1) or raw.pop("kind", None) != _KINDS[kind]:
        raise ValueError(f"attachment is not of the kind {_KINDS[kind]}, version 1")
    return revive(kind, raw)
