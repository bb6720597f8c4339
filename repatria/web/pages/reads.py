"""The log of reads: who asked this node for what, and whether the record is whole.

Whoever keeps the node, and its supervisors, look for what was asked without need. The head that is shown is written
down elsewhere from time to time: without such a copy the last lines can be cut off unseen (`store.reads`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from repatria.exchange.authority import SUPERVISOR
from repatria.store.reads import Read
from repatria.web.access import Asked, on_record, page
from repatria.web.served import KEEPER

SHOWN = 50  # readings on one page
ABOUT = 3  # numbers of one reading that are shown; the others are counted


@page("reads/", name="reads", roles=(KEEPER, SUPERVISOR))
def reads(request: Asked) -> HttpResponse:
    """The latest readings; POST chooses by person and page, turns pages, and has the chain checked.

    What is chosen comes by POST: who asked stands in no address, and so in no log of addresses.
    """
    on_record(request.who, "reads", True)
    served = request.served
    with served.lock:
        everything, head = tuple(served.reads.all()), served.reads.head
        intact = served.reads.intact() if request.POST.get("do") == "check" else None
    by, what = request.POST.get("by", ""), request.POST.get("what", "")
    chosen = [each for each in everything if by in ("", each.by) and what in ("", each.what)]
    asked = request.POST.get("from", "")
    start = min(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 0, max(0, len(chosen) - 1))
    shown = chosen[::-1][start : start + SHOWN]
    return render(
        request, "web/reads.html",
        {"rows": [_row(each) for each in shown], "head": head, "intact": intact, "of": len(chosen),
         "people": _options((each.by for each in everything), by),
         "pages": _options((each.what for each in everything), what),
         "first": start + 1 if chosen else 0, "last": start + len(shown), "by": by, "what": what,
         "newer": max(0, start - SHOWN) if start else None,
         "older": start + SHOWN if start + SHOWN < len(chosen) else None},
    )  # fmt: skip


def _row(read: Read) -> dict[str, Any]:
    return {
        "at": read.at.replace("T", " ").replace("Z", ""), "by": read.by, "what": read.what, "allowed": read.allowed,
        "purpose": read.purpose, "about": read.about[:ABOUT], "more": max(0, len(read.about) - ABOUT),
    }  # fmt: skip


def _options(words: Any, chosen: str) -> Sequence[tuple[str, bool]]:
    return [(each, each == chosen) for each in sorted(set(words))]
