"""What is done about the public: a claim put on record, a table of counts signed, and what may be shown of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from repatria.exchange.commands import By
from repatria.exchange.events import ClaimRecorded, CountsPublished, Day, Sha256, Slug
from repatria.exchange.state import State
from repatria.ledger.canonical import digest
from repatria.office import Given, Outcome
from repatria.problem import Problem
from repatria.public.claims import differing, said
from repatria.public.counts import confirmed, next_table


@dataclass(frozen=True)
class RecordClaim:
    """`source`: the bytes of what was published; the ledger gets their hash, the node keeps them sealed."""

    by: By
    speaker: str
    said_on: str
    counted: str
    of: str | None
    since: str | None
    until: str
    number: int
    source: bytes


def record_claim(state: State, request: RecordClaim, given: Given) -> Outcome | list[Problem]:
    source = digest(request.source)
    days = {"said on": request.said_on, "since": request.since, "until": request.until}
    wrong = [name for name, day in days.items() if day is not None and not _is_day(day)]
    if wrong:
        return [Problem("claim.days", name, "not a calendar day", "write it such as 2025-12-10") for name in wrong]
    event = ClaimRecorded(
        Slug(request.speaker), Day(request.said_on), Slug(request.counted),
        None if request.of is None else Slug(request.of), None if request.since is None else Day(request.since),
        Day(request.until), request.number, Sha256(source),
    )  # fmt: skip
    return Outcome(
        drafts=(request.by.draft(event),),
        documents={f"claim/{source}": request.source},
        answer={"speaker": request.speaker, "number": request.number, "source": source},
    )


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@dataclass(frozen=True)
class PublishCounts:
    by: By


def publish_counts(state: State, request: PublishCounts, given: Given) -> Outcome | list[Problem]:
    """Sign the table that waits, or the next one: the rule makes it, and nothing is chosen but when."""
    size, name, data = next_table(state)
    event = CountsPublished(size, Sha256(name))
    return Outcome(
        drafts=(request.by.draft(event),), attachments={name: data}, answer={"entries": size, "table": name}
    )


def shown(state: State, given: Given) -> dict[str, Any]:
    """Both kinds of public figures, apart: what was said, by whom; and what every party confirmed."""
    return {"claims": said(state), "claims_that_differ": differing(state), **confirmed(state, given.attachment)}
