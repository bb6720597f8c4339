"""What people have judged of bare tables, kept as rows of one CSV: the words of judgement.py, with no exchange around.

Rules:

- Words are only ever added. What stands, what waits for a second reviewer and what was taken back follows from all of
  them, as in an exchange: judgement.py and review.py are the same.
- Each word keeps how every field stood (levels.py, by number) and a digest of each record as it was compared. It has no
  name in it; but whoever has it can test a guess at a whole record. Keep it as the tables are kept.
- **A word counts while its grounds stand**: the fields that were known of both, as keys, so that another spelling of a
  name is no change. When one of them reads otherwise in a new version of its table, the pair is reopened (carry.py),
  and the queue says which field stands otherwise now. A field that is known only now reopens a pair only if it speaks
  against what was decided: a link by being different, a non-link by being the same; an undecided pair always.
- Rows go by a number made from their id. It orders the queue as chance would, so that what was judged of a stratum is a
  sample of it; and it is the same in every run.

    >>> between = Between.of({"id": ["a"], "name": ["Вигадан Ян"]}, {"id": ["7"], "name": ["Vyhadan Yan"]})
    >>> word = Label("a", "7", "link", "officer-1", "looked at", 0.97, False, Grounds.of(between, "a", "7"))
    >>> [(each.verdict, each.reviewer) for each in judgements([word], between)]
    [('link', 'officer-1')]
    >>> changed = Between.of({"id": ["a"], "name": ["Вигаданко Ян"]}, {"id": ["7"], "name": ["Vyhadan Yan"]})
    >>> [each.verdict for each in judgements([word], changed)]
    ['link', 'reopened']
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import cast

from repatria.linkage.between import Between
from repatria.linkage.carry import NOBODY
from repatria.linkage.explain import heading, in_one_word
from repatria.linkage.judgement import Judgement, Verdict, standing
from repatria.linkage.kinds import KINDS_OF
from repatria.linkage.levels import names_of
from repatria.people.lookalike import mixed_script
from repatria.people.table import Table
from repatria.problem import Problem

Pair = tuple[str, str]
COLUMNS = ("left_id", "right_id", "verdict", "by", "why", "probability", "second", "stood", "left_seen", "right_seen")
VERDICTS = ("link", "non_link", "undecided", "taken_back")


@dataclass(frozen=True)
class Grounds:
    """What a word rests on: the level of each field, and of each record a digest of the fields that both know."""

    stood: tuple[tuple[str, int], ...]
    seen: tuple[str, str]

    @classmethod
    def of(cls, between: Between, one: str, other: str, before: Grounds | None = None) -> Grounds:
        """Of two rows as they are now.

        Args:
            before: the grounds of an earlier word, whose fields are looked at and no others; one that is gone is
                unknown.

        Raises:
            KeyError: an id that is in no table.
        """
        stands = {each.column: each.level for each in between.fields(one, other)}
        stood = tuple((name, stands.get(name, -1)) for name, _ in before.stood) if before else tuple(stands.items())
        names = [name for name, level in (before.stood if before else stood) if level >= 0]
        rows = between.left[one], between.right[other]
        at = {column.name: column for column in between.columns}
        seen = []
        for side, row in enumerate(rows):
            digest = blake2b(f"{one}\0{other}\0{side}".encode(), digest_size=8)
            for name in names:
                text = ""
                if (column := at.get(name)) is not None:
                    code = int((column.right if side else column.left)[row])
                    text = "" if code < 0 else (column.values if column.kind == "date" else column.keys)[code]
                digest.update(f"{name}\0{text}\0".encode())
            seen.append(digest.hexdigest())
        return cls(stood, (seen[0], seen[1]))

    def changes(self, now: Grounds, verdict: Verdict) -> str:
        """How they differ from those of now, as explain.py reads it; empty where what was decided can stand."""
        changed = self.seen != now.seen
        levels = [
            f"stood {in_one_word(name)} {was} {is_}"
            for (name, was), (_, is_) in zip(self.stood, now.stood, strict=True)
            if was != is_
            and (changed if was >= 0 else _against(verdict, name, is_))
            and not _only_spelt(name, was, is_)
        ]
        sides = [
            f"{side} record"
            for side, was, is_ in zip(("left", "right"), self.seen, now.seen, strict=True)
            if was != is_
        ]
        return "; ".join([*levels, *sides])


def _only_spelt(column: str, was: int, is_: int) -> bool:
    """Whether a field went from the same to the same but for spelling, or back."""
    return {was, is_} == {0, 1} and KINDS_OF.get(column, "text") not in ("date", "word")


def _against(verdict: Verdict, column: str, level: int) -> bool:
    """Whether a field that is known only now speaks against what was decided."""
    last = len(names_of(KINDS_OF.get(column, "text"))) - 1
    return {"link": level == last, "non_link": level in (0, 1)}.get(verdict, True)


@dataclass(frozen=True)
class Label:
    """One word on one pair."""

    left: str
    right: str
    verdict: Verdict
    by: str
    why: str
    probability: float | None
    second: bool
    grounds: Grounds | None

    @property
    def pair(self) -> Pair:
        return self.left, self.right

    def cells(self) -> tuple[str, ...]:
        """As a row under `COLUMNS`."""
        fields = self.grounds.stood if self.grounds else ()
        stood = " ".join(f"{in_one_word(name)}={level}" for name, level in fields)
        return (
            self.left, self.right, self.verdict, self.by, self.why,
            "" if self.probability is None else f"{self.probability:.6f}", "yes" if self.second else "",
            stood, *(self.grounds.seen if self.grounds else ("", "")),
        )  # fmt: skip


def parse_labels(table: Table, at: Mapping[str, int]) -> tuple[list[Label], list[Problem]]:
    """The words of a file in order, and every row that is none.

    Args:
        at: in which column each of `COLUMNS` stands; only the first three must.
    """
    found, problems = [], []
    for row in table.rows:
        cell = {name: row.cells[at[name]] if name in at else "" for name in COLUMNS}
        where = table.place(row.number)
        try:
            found.append(_label(cell))
        except ValueError as error:
            do = "correct the row, or take it out"
            problems.append(Problem("label.row", where, str(error), do))
    return found, problems


def _label(cell: Mapping[str, str]) -> Label:
    verdict = cell["verdict"].strip().lower().replace("-", "_")
    if verdict not in VERDICTS:
        raise ValueError(f"the verdict is none of {', '.join(VERDICTS)}")
    if not cell["left_id"] or not cell["right_id"]:
        raise ValueError("an id is missing")
    probability = float(cell["probability"]) if _NUMBER.fullmatch(cell["probability"]) else None
    if cell["probability"] and (probability is None or not 0 <= probability <= 1):
        raise ValueError("the probability is no number from 0 to 1")
    grounds = None
    if cell["stood"]:
        parts = [part.rpartition("=") for part in cell["stood"].split(" ")]
        if any(not name or not _LEVEL.fullmatch(level) for name, _, level in parts):
            raise ValueError("what it says of how fields stood cannot be read")
        seen = cell["left_seen"], cell["right_seen"]
        grounds = Grounds(tuple((heading(name), int(level)) for name, _, level in parts), seen)
    by = cell["by"].strip() or "nobody named"
    return Label(
        cell["left_id"], cell["right_id"], cast(Verdict, verdict), by, cell["why"], probability,
        cell["second"].strip().lower() in ("yes", "true", "1"), grounds,
    )  # fmt: skip


_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE]-?\d+)?|\.\d+")
_LEVEL = re.compile(r"-1|\d\d?")


def row_of(identifier: str) -> int:
    """The number that a row goes by; two of a hundred million ids have one number once in a thousand tables."""
    return int.from_bytes(blake2b(identifier.encode(), digest_size=8, person=b"row").digest(), "big")


def judgements(labels: Iterable[Label], between: Between | None = None) -> list[Judgement]:
    """The words for judgement.py and review.py, by the rows' numbers; `reopened` after those whose grounds are gone.

    Args:
        between: the tables as they are now; without them every word stands.
    """
    by_pair: dict[Pair, list[Label]] = defaultdict(list)
    for label in labels:
        by_pair[label.pair].append(label)
    found = []
    for (one, other), words in by_pair.items():
        rows = row_of(one), row_of(other)
        known = between is not None and one in between.left and other in between.right
        because = []
        for word in words:
            because.append("")
            if known and between is not None and word.grounds is not None:
                now = Grounds.of(between, one, other, word.grounds)
                because[-1] = word.grounds.changes(now, word.verdict)
        stale = max((at for at, each in enumerate(because) if each), default=-1)
        for at, word in enumerate(words):
            found.append(Judgement(*rows, word.verdict, word.by, word.why, word.probability, word.second))
            if at == stale:
                second = any(each.second for each in words)
                found.append(Judgement(*rows, "reopened", NOBODY, because[at], second=second))
    return found


def labelled(labels: Sequence[Label], between: Between | None = None) -> dict[Pair, bool]:
    """The pairs that stand as links or as non-links: what `link` takes."""
    pairs = {(row_of(one), row_of(other)): (one, other) for one, other in (label.pair for label in labels)}
    return {
        pairs[rows]: word.verdict == "link"
        for rows, word in standing(judgements(labels, between)).items()
        if word.verdict in ("link", "non_link")
    }


@dataclass(frozen=True)
class Told:
    """A pair that a run told, as review.py looks at it."""

    left: str
    right: str
    probability: float | None
    second: bool

    @property
    def sought_row(self) -> int:
        return row_of(self.left)

    @property
    def held_row(self) -> int:
        return row_of(self.right)

    @property
    def found(self) -> float | None:
        return self.probability


UNSURE, SURE = 0.1, 0.9
"""Between these two reviewers are needed, as in an exchange (propose.py)."""


def told(
    pairs: Sequence[tuple[str, str, float]], names: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]],
    exclusive: bool, besides: Iterable[Pair] = (),
) -> list[Told]:  # fmt: skip
    """The pairs of a run for the queue: two reviewers where rows are contested, letters of two scripts, or in doubt.

    Args:
        names, others: of each left and right id the cells with names.
        exclusive: each row has one partner at most.
        besides: pairs that have been judged; one that the run does not tell waits as well, once it is reopened.
    """
    lefts, rights = Counter(one for one, _, _ in pairs), Counter(other for _, other, _ in pairs)
    found = []
    for one, other, probability in pairs:
        contested = exclusive and (lefts[one] > 1 or rights[other] > 1)
        mixed = any(map(mixed_script, (*names.get(one, ()), *others.get(other, ()))))
        found.append(Told(one, other, probability, contested or mixed or UNSURE <= probability < SURE))
    there = {each[:2] for each in pairs}
    return found + [Told(*pair, None, True) for pair in sorted(set(besides) - there)]
