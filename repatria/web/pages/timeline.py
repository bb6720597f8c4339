"""The timeline: the exchange from its opening on, every entry as one sentence, what had no effect among them.

Entries are read from the log by index, a page at a time, whatever its size; a day is found by the index at which the
log's time came to it. Over the entries stand the phases of the round, as a picture and as a table.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from repatria.exchange.codec import decode_body, event_id
from repatria.exchange.state import Refusal, State
from repatria.ledger.entry import decode_entry
from repatria.message import Day, Message
from repatria.report.language import Language
from repatria.report.phases import Phase, phases
from repatria.web.access import Asked, page
from repatria.web.telling import phase_of_kind, telling

PER_PAGE = 50
WIDTH, ROW, LABEL = 640, 34, 40  # of the picture, in its own units


@page("timeline/", name="timeline")
def timeline(request: Asked) -> HttpResponse:
    """One page of entries: the latest, or from `from` on, or from the first entry of `day` on."""
    with request.served.lock:
        node = request.served.node
        state, log = node.ledger_state(), node.ledger
        size = 0 if log is None else log.size
        start = _start(request, state, size)
        entries = [] if log is None else list(log.entries(start, start + PER_PAGE))
        pending = node.outbox() if start + PER_PAGE >= size else []
    refused = _refused(state, start, start + len(entries))
    rows = [_row(data, state, index, refused.get(index)) for index, data in enumerate(entries, start)]
    rows += [_row(each.entry, state, None, None) for each in pending]
    found = phases(state)
    latest = max(0, size - PER_PAGE)
    return render(request, "web/timeline.html", {
        "rows": rows, "size": size, "first": start + 1, "last": start + len(entries),
        "turns": [
            (name, at) for name, at, shown in (
                ("first", 0, start > 0), ("earlier", max(0, start - PER_PAGE), start > 0),
                ("later", start + PER_PAGE, start + PER_PAGE < size), ("latest", latest, start + PER_PAGE < size),
            ) if shown
        ],
        "days": (state.days[0][1], state.days[-1][1]) if state.days else None,
        "phases": [
            {"name": Message(f"web.timeline.phase.{each.code}"), "first": Day(each.first, full=True),
             "last": Day(each.last, full=True), "going_on": each.going_on}
            for each in found
        ],
        "picture": _picture(found, request.words),
    })  # fmt: skip


def _start(request: Asked, state: State, size: int) -> int:
    """The index of the first entry that is shown: what was asked for, or the latest page."""
    day = request.GET.get("day", "")
    if day and state.days:
        at = bisect_left([each for _, each in state.days], day)
        return state.days[at][0] if at < len(state.days) else max(0, size - 1)
    asked = request.GET.get("from", "")
    if asked.isascii() and asked.isdecimal():
        return min(int(asked[:12]), max(0, size - 1))
    return max(0, size - PER_PAGE)


def _refused(state: State, start: int, stop: int) -> dict[int, Refusal]:
    """The refusals of these entries, found without looking at the others: they stand in the order of the log."""
    low, high = (bisect_left(state.refusals, index, key=lambda each: each.index) for index in (start, stop))
    return {each.index: each for each in state.refusals[low:high]}


def _row(data: bytes, state: State, index: int | None, refusal: Refusal | None) -> dict[str, Any]:
    row: dict[str, Any] = {"index": index, "refused": refusal, "phase": "always", "event": "", "author": ""}
    day = None if index is None else state.day_at(index)
    row["day"] = None if day is None else Day(day, full=True)
    try:
        body = decode_body(decode_entry(data).body)
    except ValueError:
        return row | {"said": Message("web.timeline.unreadable")}
    return row | {
        "event": event_id(decode_entry(data).body), "said": telling(body.author, body.data), "author": body.author,
        "phase": phase_of_kind(body.kind), "at": body.at,
    }  # fmt: skip


def _picture(found: Sequence[Phase], words: Language) -> dict[str, Any] | None:
    """Bars from day to day, mirrored where the language runs from right to left."""
    if not found:
        return None
    first = _ordinal(found[0].first)
    span = max(1, _ordinal(max(each.last for each in found)) - first)
    mirrored = words.direction == "rtl"

    def bars() -> Iterator[dict[str, Any]]:
        for at, each in enumerate(found):
            begin = (_ordinal(each.first) - first) * (WIDTH - 4) // span
            length = max(4, (_ordinal(each.last) - _ordinal(each.first)) * (WIDTH - 4) // span)
            begin = min(begin, WIDTH - length)
            yield {
                "x": WIDTH - begin - length if mirrored else begin, "y": LABEL + at * 2 * ROW, "width": length,
                "text": LABEL + at * 2 * ROW - 8, "name": Message(f"web.timeline.phase.{each.code}"),
                "going_on": each.going_on,
            }  # fmt: skip

    days = Message("web.timeline.picture", {
        "first": Day(found[0].first, full=True), "last": Day(found[-1].last, full=True),
        "names": tuple(Message(f"web.timeline.phase.{each.code}") for each in found),
    })  # fmt: skip
    return {
        "width": WIDTH, "height": LABEL + len(found) * 2 * ROW, "bars": list(bars()), "row": ROW - 10, "said": days,
        "edge": WIDTH if mirrored else 0,
    }  # fmt: skip


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
