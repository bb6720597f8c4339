"""Attachments: each that an entry names is there, none is there that no entry names, and each is a known document.

A file that nothing names, or that holds more than the typed fields of a known document, could carry names; so could
a text field, and so the few texts in documents are held to the words that they can be.

    >>> check_documents({}, {}).problems
    []
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from repatria.deal.classes import decode_classes
from repatria.deal.terms import decode_terms
from repatria.exchange.attachments import named_by
from repatria.exchange.codec import revive
from repatria.exchange.documents import ANSWERS, Answers, FinalList, Freeze, Plan, PublicCounts, read
from repatria.exchange.events import (
    KINDS,
    AnswersGiven,
    CountsPublished,
    Event,
    FinalListSigned,
    LotteryCommitted,
    TermsAmended,
    TermsSigned,
    Transcribed,
)
from repatria.exchange.planning import ALGORITHM
from repatria.ledger.canonical import NotCanonical, decode
from repatria.problem import Problem, Problems

_SLUG = r"[a-z0-9][a-z0-9-]{0,31}"
_STRATUM = re.compile(
    r"\d{1,6}(/outside)?(/all)?(/weight-\d{1,4})?(/people-\d{1,4})?"
    rf"(/of-{_SLUG})?(/to-{_SLUG})?(/with-\d{{1,4}}[a-z]*(\.\d{{1,4}}[a-z]*)*)?"
)
_WHOLE = re.compile(r"[1-9]\d{0,199}")
_FRACTION = re.compile(r"(0|[1-9]\d{0,199})(/[1-9]\d{0,199})?")
_LEVEL = re.compile(
    r"units kept in their slot|places' bounds kept|"
    rf"({_SLUG}, )?(outside the ratio, )?tier \d{{1,6}}(, weight \d{{1,4}})?"
    r": (people who go|units that go|unevenness between weights|stages waited)"
)


@dataclass
class Named:
    """One attachment as entries name it: by which entries first, and as which documents."""

    index: int
    readers: dict[str, Callable[[bytes], None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Documents:
    counts: Mapping[str, int]
    problems: list[Problem]


def note(named: dict[str, Named], index: int, event: Event) -> None:
    """Take in which attachments an entry names, and as what, whether or not the entry had effect."""
    for name in named_by(event):
        kind, reader = _reader(event, name)
        named.setdefault(name, Named(index)).readers[kind] = reader


def check_documents(present: Mapping[str, bytes], named: Mapping[str, Named]) -> Documents:
    """Every attachment read strictly as what the entries say it is."""
    problems: list[Problem] = []
    counts: Counter[str] = Counter()
    for name, uses in sorted(named.items(), key=lambda item: (item[1].index, item[0])):
        if name not in present:
            problems.append(
                Problem(
                    "audit.attachments.missing", f"entry {uses.index}, attachment {name}",
                    "named by the entry and not here, so nobody can judge the entry",
                    "take the file from another copy of this ledger",
                )
            )  # fmt: skip
            continue
        for kind, reader in sorted(uses.readers.items()):
            counts[kind] += 1
            try:
                reader(present[name])
            except (ValueError, NotCanonical, Problems, RecursionError):
                problems.append(
                    Problem(
                        "audit.attachments.form", f"attachments/{name}",
                        f"named as {kind} by entry {uses.index}, and not a well-formed one: it may hold any text",
                        "do not pass it on; ask its author what it holds",
                    )
                )  # fmt: skip
    problems += [
        Problem(
            "audit.attachments.stray", f"attachments/{name}", "no entry names it: it may hold anything",
            "do not pass it on; find out who put it there, and remove it",
        )
        for name in sorted(set(present) - set(named))
    ]  # fmt: skip
    return Documents(dict(sorted(counts.items())), problems)


def _reader(event: Event, name: str) -> tuple[str, Callable[[bytes], None]]:
    match event:
        case TermsSigned() | TermsAmended():
            return "terms", _discard(decode_terms)
        case AnswersGiven():
            return "answers", _answers
        case FinalListSigned() if name == event.list:
            return "list", _discard(lambda data: read(FinalList, data))
        case FinalListSigned():
            return "classes", _discard(decode_classes)
        case LotteryCommitted():
            return "freeze", _freeze
        case CountsPublished():
            return "counts", _counts
        case Transcribed(kind=kind):
            return f"paper of {kind}", _discard(lambda data: _paper(kind, data))
    return "plan", _plan


def _discard(reader: Callable[[bytes], Any]) -> Callable[[bytes], None]:
    def read_only(data: bytes) -> None:
        reader(data)

    return read_only


def _answers(data: bytes) -> None:
    _only((word for _, word in read(Answers, data).answers), ANSWERS)


def _freeze(data: bytes) -> None:
    freeze = read(Freeze, data)
    _only([freeze.algorithm], [ALGORITHM])
    _like((stratum for _, stratum, _, _ in freeze.table), _STRATUM)
    _like((stratum for _, stratum in freeze.tied), _STRATUM)
    _like((places for _, _, places, _ in freeze.table), _FRACTION)
    _like((weight for weight, _ in freeze.compositions), _WHOLE)
    _like((*freeze.lists, *freeze.classes), re.compile(_SLUG))


def _plan(data: bytes) -> None:
    plan = read(Plan, data)
    _like((level.name for level in plan.levels), _LEVEL)
    _like(plan.lists, re.compile(_SLUG))


def _counts(data: bytes) -> None:
    table = read(PublicCounts, data)
    _only((*(row.kind for row in table.rows), *(each.kind for each in table.held_back)), ("living", "remains"))


def _paper(kind: str, data: bytes) -> None:
    if kind not in KINDS:
        raise ValueError("a paper of an unknown kind")
    revive(KINDS[kind], decode(data))


def _only(words: Iterable[str], known: Iterable[str]) -> None:
    if not set(words) <= set(known):
        raise ValueError("a word that is not one of the known ones")


def _like(words: Iterable[str], form: re.Pattern[str]) -> None:
    if not all(form.fullmatch(word) for word in words):
        raise ValueError("a text that is not of the known form")
