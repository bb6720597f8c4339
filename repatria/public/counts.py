"""Counts that every party and a mediator have signed for the public, and the next table that could be.

The rule by which a table is made stands with the fold, which refuses any other (`exchange/publishing.py`): here it is
asked and put into words. Nothing here reads people, places or outcomes: only tables.

    >>> from repatria.exchange.state import State
    >>> confirmed(State(), {}.get)
    {'published': [], 'held_back': [], 'tables': 0}
"""

from __future__ import annotations

from typing import Any

from repatria.exchange.documents import PublicCounts, read, write
from repatria.exchange.publishing import public_counts
from repatria.exchange.state import Attachments, State
from repatria.exchange.suppression import SMALL
from repatria.ledger.canonical import digest


def next_table(state: State) -> tuple[int, str, bytes]:
    """The table to sign: the latest that waits for signatures and still can be published, or one of all entries here.

    Gives back how many entries it tells of, its hash and its bytes.
    """
    latest = state.published[-1].size if state.published else 0
    waiting = [(size, table) for table, size in state.counts_offered.items() if size > latest]
    size = max(waiting)[0] if waiting else state.seen[0]
    data = write(public_counts(state, size))
    return size, digest(data), data


def confirmed(state: State, attachments: Attachments) -> dict[str, Any]:
    """The latest published table as rows, by the side that had held people; an earlier one says no more than this."""
    if not state.published:
        return {"published": [], "held_back": [], "tables": 0}
    table = read(PublicCounts, attachments(state.published[-1].table) or b"")
    return {**rows_of(table), "tables": len(state.published)}


def rows_of(table: PublicCounts) -> dict[str, Any]:
    """A table's rows, and what it holds back."""
    return {
        "published": [
            {"held_by": row.side, "who": row.kind, "since": row.since, "until": row.until, "received": row.received}
            for row in table.rows
        ],
        "held_back": [
            {
                "held_by": each.side, "who": each.kind, "since": each.since, "until": each.until,
                "in_words": f"nobody, or fewer than {SMALL} people, told together with those who follow",
            }
            for each in table.held_back
        ],
    }  # fmt: skip
