"""Disputes: what each is about, who has signed which end of it, whose signature is wanted; raised at an entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from repatria.cli import acting
from repatria.exchange import commands, events
from repatria.exchange.assent import members
from repatria.exchange.authority import OFFICER, SIGNATORY, WITH_A_SAY
from repatria.exchange.codec import decode_body, event_id
from repatria.exchange.disputes import OUTCOMES, WITHDRAWN, offered_outcomes, settlers
from repatria.exchange.state import DisputeFact, State
from repatria.ledger.entry import decode_entry
from repatria.message import Day, Message, Name
from repatria.problem import Problem
from repatria.report.status import about, role_of, roles_of
from repatria.web.access import PAGES, Asked, may_open, page
from repatria.web.acting import act
from repatria.web.served import AtWeb
from repatria.web.telling import telling

CODES = ("answers", "list", "plan", "handover", "figures")


@page("disputes/", name="disputes")
def disputes(request: Asked) -> HttpResponse:
    """Those that are open, with what they are about and what is signed; and how the others ended."""
    return _shown(request)


@page("disputes/raise/", name="dispute-raise", roles=(OFFICER,), members=WITH_A_SAY)
def raise_(request: Asked) -> HttpResponse:
    """POST: put a dispute about an event on record."""
    return _signed(request, ("subject", "code"), events.DisputeRaised, acting.alone, "web.trouble.wanted.raise")


@page("disputes/raise/<int:index>/", name="dispute-entry", roles=(OFFICER,), members=WITH_A_SAY)
def entry(request: Asked, index: int) -> HttpResponse:
    """An entry of the ledger, to be disputed."""
    with request.served.lock:
        log = request.served.node.ledger
        if log is None or not 0 <= index < log.size:
            raise Http404
        (data,) = log.entries(index, index + 1)
        state = request.served.node.ledger_state()
    try:
        body = decode_entry(data).body
        said = decode_body(body)
    except ValueError:
        raise Http404 from None  # no event, so that there is nothing to dispute
    return render(request, "web/dispute.html", {
        "index": index, "said": telling(said.author, said.data), "day": _day(state, index), "subject": event_id(body),
        "codes": [(code, about(code)) for code in CODES],
    })  # fmt: skip


@page("disputes/settle/", name="dispute-settle", roles=(OFFICER, SIGNATORY), members=WITH_A_SAY)
def settle(request: Asked) -> HttpResponse:
    """POST: sign how one ended."""
    return _signed(request, ("dispute", "outcome"), events.DisputeSettled, acting.member, "web.trouble.wanted.settle")


def _signed(
    request: Asked, fields: tuple[str, str], event: Callable[[events.Sha256, events.Slug], events.Event],
    by: Callable[[AtWeb], commands.By], wanted: str,
) -> HttpResponse:
    """What a form says of a dispute, signed or asked for; else the page again, with all that stands in the way.

    Args:
        fields: where the form has what the event is about, and what it says of that.
        wanted: the text that tells those who must sign what is asked of them.
    """
    if request.method != "POST":
        return redirect("disputes")
    subject, word = (request.POST.get(name, "").strip() for name in fields)
    said = event(events.Sha256(subject), events.Slug(word))
    found = act(request, lambda at: at.run(commands.say, commands.Say(by(at), said)), "disputes", Message(wanted))
    return _shown(request, found) if isinstance(found, list) else found


def _shown(request: Asked, problems: list[Problem] | None = None) -> HttpResponse:
    served, role = request.served, request.served.node.role
    state = served.state()
    rows = [_row(request, state, name, each) for name, each in state.disputes.items()]
    return render(request, "web/disputes.html", {
        "problems": problems, "given": request.POST, "open": [row for row in rows if row["settled"] is None],
        "settled": [row for row in rows if row["settled"] is not None],
        "may_raise": may_open(PAGES["dispute-raise"], request.who, role),
        "may_settle": may_open(PAGES["dispute-settle"], request.who, role),
        "codes": [(code, about(code)) for code in CODES],
    }, status=422 if problems else 200)  # fmt: skip


def _row(request: Asked, state: State, name: str, dispute: DisputeFact) -> dict[str, Any]:
    own = request.served.member
    where = {"member": role_of(state, dispute.by), "code": about(dispute.code)}
    since = _day(state, dispute.since) or Name("-")
    if dispute.settled is not None:
        ended = {"outcome": Message(f"outcome.{dispute.outcome}"), "day": _day(state, dispute.settled) or Name("-")}
        said = [Message("dispute.settled", {**where, "since": since, **ended})]
        to_sign: list[Message] = []
    else:
        said, to_sign = [], []
        for outcome, assents in offered_outcomes(state, name):
            have, in_words = members(assents), Message(f"outcome.{outcome}")
            who = roles_of(state, sorted(have))
            said.append(Message("dispute.offered", {**where, "day": since, "who": who, "outcome": in_words}))
            left = roles_of(state, [each for each in settlers(state, dispute, outcome) if each not in have])
            to_sign.append(Message("web.trouble.to_sign", {"outcome": in_words, "who": left}))
        said = said or [Message("dispute.open", {**where, "day": since})]
    return {
        "event": name, "said": said, "to_sign": to_sign, "settled": dispute.settled, **_subject(request, dispute),
        "outcomes": [
            (str(outcome), Message(f"outcome.{outcome}")) for outcome in OUTCOMES
            if own in settlers(state, dispute, outcome) and (outcome != WITHDRAWN or own == dispute.by)
        ],
    }  # fmt: skip


def _subject(request: Asked, dispute: DisputeFact) -> dict[str, Any]:
    """The entry that is disputed, in words; nothing where it stands in no entry that is here."""
    with request.served.lock:
        log, index = request.served.node.ledger, request.served.node.ledger_state().events.get(dispute.subject)
        data = list(log.entries(index, index + 1)) if log is not None and index is not None else []
    if index is None or not data:
        return {"subject": None, "index": None}
    body = decode_body(decode_entry(data[0]).body)
    return {"subject": telling(body.author, body.data), "index": index}


def _day(state: State, index: int) -> Day | None:
    day = state.day_at(index)
    return None if day is None else Day(day, full=True)
