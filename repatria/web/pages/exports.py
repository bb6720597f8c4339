"""Files with people that somebody asked for: what they are for, who consents, and taking one that was consented to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from repatria.exchange.state import State
from repatria.message import Message, Name
from repatria.problem import Problem
from repatria.web import exports
from repatria.web.access import Asked, page
from repatria.web.exports import CONSENTED, FITTING, WAITING, Export
from repatria.web.pages.interviews import printed
from repatria.web.pages.registers import file_answer
from repatria.web.served import AtWeb
from repatria.web.telling import moment_of

SHOWN = 50  # that have ended


@page("exports/", name="exports", roles=FITTING)
def exports_(request: Asked) -> HttpResponse:
    """What waits for this person's word, what they may take, and what became of the others."""
    return _shown(request)


def _shown(request: Asked, problems: list[Problem] | None = None) -> HttpResponse:
    with request.served.at(request.who) as at:
        state, now = at.node.seen_state(), at.given.now
        rows = [_row(at, state, each, each.standing(now)) for each in exports.exports(at)]
    open_ = [row for row in rows if row["standing"] in (WAITING, CONSENTED)]
    return render(request, "web/exports.html", {
        "problems": problems, "others": [row for row in open_ if not row["mine"]],
        "mine": [row for row in open_ if row["mine"]],
        "ended": [row for row in rows if row["standing"] not in (WAITING, CONSENTED)][:SHOWN],
        "waits": exports.WAITS_HOURS, "within": exports.TAKEN_WITHIN_HOURS,
    }, status=409 if problems else 200)  # fmt: skip


def _row(at: AtWeb, state: State, found: Export, standing: str) -> dict[str, Any]:
    kind = exports.KINDS.get(found.kind)
    what = Message("web.exports.kind.program", {"verb": found.about[0]}) if kind is None else kind.said(
        state, found.about
    )  # fmt: skip
    return {
        "id": found.id, "what": what, "people": found.people, "purpose": found.purpose, "by": found.by,
        "asked": moment_of(found.asked), "until": moment_of(found.until), "standing": standing,
        "stands": Message(f"web.exports.standing.{standing}", {"who": found.settled_by}),
        "mine": found.by == at.who.author, "program": kind is None,
        "from": tuple(Name(each) for each in exports.consenters(at, found)),
    }  # fmt: skip


@page("exports/<slug:id>/consent/", name="export-consent", roles=FITTING)
@reauthentication_required
def consent(request: Asked, id: str) -> HttpResponse:
    """POST: this person consents; they have just shown that it is them."""
    return _said(request, id, lambda at, found: exports.consent(at, found, exports.mark_of(request)))


@page("exports/<slug:id>/refuse/", name="export-refuse", roles=FITTING)
def refuse(request: Asked, id: str) -> HttpResponse:
    """POST: this person refuses, or stops it before it is taken."""
    return _said(request, id, exports.refuse)


@page("exports/<slug:id>/call-off/", name="export-call-off", roles=FITTING)
def call_off(request: Asked, id: str) -> HttpResponse:
    """POST: whoever asked takes it back."""
    return _said(request, id, exports.call_off)


@page("exports/<slug:id>/take/", name="export-take", roles=FITTING)
def take(request: Asked, id: str) -> HttpResponse:
    """POST: the file, once; sheets that carry their own style are shown for print."""
    if request.method != "POST":
        return redirect("exports")
    with request.served.at(request.who) as at:
        found = exports.find(at, id)
        if found is None:
            raise Http404
        made = exports.take(at, found)
    if isinstance(made, list):
        return _shown(request, made)
    if made.type == "text/html":
        return printed(made.data.decode())
    return file_answer(made.data, made.name, made.type)


def _said(request: Asked, id: str, say: Callable[[AtWeb, Export], list[Problem]]) -> HttpResponse:
    if request.method != "POST":
        return redirect("exports")
    with request.served.at(request.who) as at:
        found = exports.find(at, id)
        if found is None:
            raise Http404
        problems = say(at, found)
    if problems:
        return _shown(request, problems)
    messages.success(request, request.words.say(Message("web.done")))
    return redirect("exports")
