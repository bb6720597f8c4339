"""The log of reads: who asked this node for what, and whether the record is whole.

Whoever keeps the node, and its supervisors, look for what was asked without need. The head that is shown is written
down elsewhere from time to time: without such a copy the last lines can be cut off unseen (`store.reads`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from repatria.exchange.authority import SUPERVISOR
from repatria.message import Day, Message
from repatria.store.reads import Read
from repatria.web.access import PAGES, Asked, on_record, page
from repatria.web.exports import KINDS
from repatria.web.models import Login
from repatria.web.served import KEEPER, Served
from repatria.web.verbs import ROLES as VERBS

SHOWN = 50  # readings on one page
ABOUT = 3  # numbers of one reading that are shown; the others are counted
# What is on record by a name of its own, and not by that of the page on which it was asked for.
BESIDES = ("export-asked", "export-consented", "export-refused", "export-called-off", "export-denied",
           "family-handed", "family-letter", "family-receipt", "token-issued", "token-ended")  # fmt: skip

# The title of the screen to which a page belongs, by the first word of the page's name.
SCREENS = {
    "home": "web.home.title", "consult": "web.consult.title", "consultation": "web.consult.title",
    "terms": "web.terms.title", "timeline": "web.timeline.title", "signing": "web.signing.title",
    "registers": "web.registers.title", "register": "web.registers.title", "draft": "web.registers.title",
    "annotated": "web.registers.title", "template": "web.registers.title", "dictionary": "web.registers.title",
    "erase": "web.erase.title", "forget": "web.forget.title", "reviews": "web.matches.title",
    "matches": "web.matches.title", "find": "web.matches.title", "confirm": "web.matches.title",
    "answers": "web.answers.title", "answer": "web.answers.title", "lists": "web.lists.title",
    "list": "web.lists.title", "withdraw": "web.withdraw.title", "clearing": "web.clearing.title",
    "interviews": "web.interviews.title", "interview": "web.interviews.title", "boards": "web.boards.title",
    "draw": "web.draw.title", "plan": "web.plan.title", "reasons": "web.plan.title",
    "families": "web.families.title", "family": "web.families.title", "stages": "web.stages.title",
    "stage": "web.stages.title", "remains": "web.remains.title", "disputes": "web.trouble.disputes",
    "dispute": "web.trouble.disputes", "closing": "web.ending.title", "close": "web.ending.title",
    "exports": "web.exports.title", "export": "web.exports.title", "jobs": "web.jobs.title", "job": "web.jobs.title",
    "ledger": "web.ledger.title", "carry": "web.carry.title", "reads": "web.reads.title", "public": "public.kicker",
    "members": "members.title", "notices": "members.title", "keys": "web.keys.title", "key": "web.keys.title",
    "api": "web.reads.api", "begin": "web.begin.title", "desk": "web.stages.title", "token": "web.tokens.title",
    "tokens": "web.tokens.title",
}  # fmt: skip


@page("reads/", name="reads", roles=(KEEPER, SUPERVISOR))
def reads(request: Asked) -> HttpResponse:
    """The latest readings; POST chooses by person and page, turns pages, and has the chain checked.

    What is chosen comes by POST: who asked stands in no address, and so in no log of addresses. The record is read from
    its end, as far as the page that is shown.
    """
    on_record(request.who, "reads", True)
    served = request.served
    by, what = request.POST.get("by", ""), request.POST.get("what", "")
    asked = request.POST.get("from", "")
    place = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    with served.lock:
        head = served.reads.head
        intact = served.reads.intact() if request.POST.get("do") == "check" else None
        found = list(islice(served.reads.latest(place, by=by, what=what), SHOWN + 1))
    shown = [read for _, read in found[:SHOWN]]
    return render(
        request, "web/reads.html",
        {"rows": [_row(each) for each in shown], "head": head, "intact": intact,
         "people": _options([*_people(served), *(each.by for each in shown)], by),
         "pages": [(each, screen(each), chosen)
                   for each, chosen in _options([*_pages(), *(each.what for each in shown)], what)],
         "by": by, "what": what, "newest": place is not None, "older": found[SHOWN - 1][0] if found[SHOWN:] else None},
    )  # fmt: skip


def _people(served: Served) -> Iterator[str]:
    """Everybody of this node who may have asked: delegates, also former ones, and whoever can log in."""
    yield from (author for author in map(str, served.state().keys) if author.startswith(f"{served.member}/"))
    yield from (f"{served.member}/{name}" for name in Login.objects.values_list("name", flat=True))


def _pages() -> Iterator[str]:
    yield from (*PAGES, *BESIDES, *KINDS, *(f"api {name}" for name in VERBS))


def screen(name: str) -> Message | None:
    """The screen of what is on record by that name, in words; None for a name that this version does not know."""
    text = SCREENS.get(re.split("[-_ ]", name, maxsplit=1)[0])
    return None if text is None else Message(text)


def _row(read: Read) -> dict[str, Any]:
    return {
        "day": Day(read.at[:10], full=True), "time": read.at[11:19], "by": read.by, "what": read.what,
        "screen": screen(read.what), "allowed": read.allowed,
        "purpose": read.purpose, "about": read.about[:ABOUT], "more": max(0, len(read.about) - ABOUT),
    }  # fmt: skip


def _options(words: Iterable[str], chosen: str) -> Sequence[tuple[str, bool]]:
    return [(each, each == chosen) for each in sorted({*words, chosen} - {""})]
