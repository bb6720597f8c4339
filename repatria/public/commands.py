"""What is done about the public: a claim put on record, a table of counts signed, and what may be shown of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from repatria.deal.terms import decode_terms
from repatria.exchange.commands import By
from repatria.exchange.documents import PublicCounts, read
from repatria.exchange.events import ClaimRecorded, CountsPublished, Day, Sha256, Slug
from repatria.exchange.state import Attachments, State
from repatria.families.commands import untold
from repatria.ledger.canonical import digest
from repatria.ledger.note import VerifierKey, format_vkey
from repatria.office import Given, Outcome
from repatria.problem import Problem
from repatria.public.claims import differing, said
from repatria.public.counts import confirmed, next_table, rows_of
from repatria.public.proof import (
    BadNote,
    BadProof,
    Signed,
    check_published,
    entries_of,
    first_shown,
    format_published,
    signers_of,
)
from repatria.public.record import Agreed, Ledger

SHOWN = "public/proof"  # the document of a node's vault: the proof of its latest table that its pages show to everybody


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
    """Sign the table that waits, or the next one: the rule makes it, and nothing is chosen but when.

    A party signs it only once its own families have been written to, or released (ADR 152): without its signature no
    table is published.
    """
    size, name, data = next_table(state)
    if problems := untold(state, given, request.by.member, size):
        return problems
    event = CountsPublished(size, Sha256(name))
    return Outcome(
        drafts=(request.by.draft(event),), attachments={name: data}, answer={"entries": size, "table": name}
    )


def shown(state: State, given: Given) -> dict[str, Any]:
    """Both kinds of public figures, apart: what was said, by whom; and what every party confirmed."""
    return {"claims": said(state), "claims_that_differ": differing(state), **confirmed(state, given.attachment)}


# --- a table with its proof -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProvenTable:
    """A published table as a file, what it is called, how many entries it tells of, and who signed it."""

    data: bytes
    table: str
    entries: int
    by: tuple[str, ...]


def proven_table(
    state: State, attachments: Attachments, prove: Callable[[Sequence[int]], Sequence[Signed] | None]
) -> ProvenTable | list[Problem]:
    """The latest table in force, with a proof for the entry of each member that signed it.

    Args:
        state: of the ordered ledger alone.
        prove: gives entries with their proofs by index, in a checkpoint that the log has signed; None without one.
    """
    if not state.published:
        what, do = "no table of counts has been published", "sign one with `public counts`, as the others do"
        return [Problem("counts.none", "the ledger", what, do)]
    latest = state.published[-1]
    table = attachments(latest.table)
    signed = prove(entries_of(state, latest))
    if table is None or signed is None:
        what, do = "the table, or a signed checkpoint that covers it, is not here", "take in the ledger again"
        return [Problem("counts.checkpoint", f"entry {latest.index}", what, do)]
    by = tuple(signers_of(state, latest))
    return ProvenTable(format_published(table, signed), latest.table, latest.size, by)


def published_ledger(
    state: State, attachments: Attachments, prove: Callable[[Sequence[int]], Sequence[Signed] | None]
) -> Ledger | None:
    """What an exchange has published of itself: its latest table, how many were agreed, and the claims on record."""
    if not state.exchange:
        return None
    table, proof = None, b""
    if state.published:
        table = read(PublicCounts, attachments(state.published[-1].table) or b"")
        found = proven_table(state, attachments, prove)
        proof = b"" if isinstance(found, list) else found.data
    terms = decode_terms(state.terms_text.encode()) if state.terms is not None else None
    agreed = () if terms is None else tuple(Agreed(side, people) for side, people in sorted(terms.totals.items()))
    return Ledger(state.exchange, table, agreed, tuple(said(state)), proof)


def as_shown(ledger: Ledger | None, shown: bytes | None) -> Ledger | None:
    """The same with the proof that the public has been shown, where nothing speaks for another (`first_shown`)."""
    return ledger if ledger is None else replace(ledger, proof=first_shown(shown or b"", ledger.proof))


def verify_table(data: bytes, file: str, keys: Sequence[VerifierKey]) -> dict[str, Any] | list[Problem]:
    """What such a file proves; or why it proves nothing."""
    try:
        found = check_published(data, keys)
    except (BadProof, BadNote) as error:
        do = "take another copy of the file, and compare the keys with the members"
        return [Problem("counts.proof", file, str(error), do)]
    return {
        "origin": found.origin, "log_key": format_vkey(found.log), "size": found.size, "table": found.name,
        "signed_by": [{"member": member, "entry": index} for member, index in found.by],
        "cosigned_by": list(found.cosigners), **rows_of(found.table),
    }  # fmt: skip
