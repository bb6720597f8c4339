"""The end of a round and of the exchange: what stands in the way, what is signed, who has signed; and interruptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from repatria.cli import acting
from repatria.exchange import commands
from repatria.exchange.authority import OFFICER, SIGNATORY, WITH_A_SAY
from repatria.exchange.closing import closed_by, closing, ended_by, ending, hanging, suspended_by
from repatria.exchange.counting import accounts
from repatria.exchange.examining import examined
from repatria.exchange.person import LISTED
from repatria.exchange.state import State
from repatria.message import Day, Message, Name
from repatria.problem import Problem
from repatria.report.status import role_of, roles_of
from repatria.web.access import PAGES, Asked, may_open, page
from repatria.web.acting import act, unconfirmed

CLOSERS = {"roles": (OFFICER, SIGNATORY), "members": WITH_A_SAY}


@page("closing/", name="closing")
def closing_(request: Asked) -> HttpResponse:
    """Where the end of the round stands, and the accounts as they would be signed now."""
    return _shown(request)


@page("closing/round/", name="close-round", **CLOSERS)
def close_round(request: Asked) -> HttpResponse:
    """POST, with the box ticked: sign the accounts."""
    what = Message("web.ending.wanted.round", {"round": Name(str(request.served.state().round))})
    return _closed(request, commands.close_round, what)


@page("closing/exchange/", name="close-exchange", **CLOSERS)
def close_exchange(request: Asked) -> HttpResponse:
    """POST, with the box ticked: sign the end of the exchange."""
    return _closed(request, commands.close_exchange, Message("web.ending.wanted.exchange"))


def _closed(request: Asked, command: Any, what: Message) -> HttpResponse:
    if request.method != "POST":
        return redirect("closing")
    found = unconfirmed(request) or act(
        request, lambda at: at.run(command, commands.CloseRound(acting.member(at))), "closing", what
    )
    return _shown(request, found) if isinstance(found, list) else found


def _shown(request: Asked, problems: list[Problem] | None = None) -> HttpResponse:
    state, own = request.served.state(), request.served.member
    role = request.served.node.role
    may = may_open(PAGES["close-round"], request.who, role)
    signed, ended = closed_by(state), ended_by(state)
    rows = [
        {"holder": Name(each.holder), "account": Message(f"event.account.{each.account}"),
         "state": Message(f"event.state.{each.state}"), "people": each.people}
        for each in accounts(state)
    ]  # fmt: skip
    way = list(in_the_way(state))
    return render(request, "web/closing.html", {
        "problems": problems, "state": _standing(state), "way": way, "besides": list(besides(state)), "rows": rows,
        "all": sum(each.people for each in accounts(state)), "round_open": state.round_open, "round": state.round,
        "closers": [(role_of(state, name), name in signed) for name in sorted(closing(state))],
        "enders": [(role_of(state, name), name in ended) for name in sorted(ending(state))],
        "may_round": may and state.round_open and not way and own in closing(state) - signed,
        "may_exchange": may and bool(state.round) and not state.round_open and own in ending(state) - ended,
        "closed": state.closed, "disputes": sum(each.settled is None for each in state.disputes.values()),
        "pauses": [_pause(state, each) for each in state.suspensions if each.until is None],
        "may_suspend": state.round_open and own not in suspended_by(state)
        and may_open(PAGES["consult-suspend"], request.who, role),
        "may_resume": may_open(PAGES["consult-resume"], request.who, role)
        and any(own not in each.resumed_by for each in state.suspensions if each.until is None),
    }, status=422 if problems else 200)  # fmt: skip


def _standing(state: State) -> Message:
    if state.closed:
        return Message("web.ending.closed")
    if not state.round:
        return Message("web.ending.no_round")
    return Message("web.ending.open" if state.round_open else "web.ending.round_closed", {"round": Name(state.round)})


def in_the_way(state: State) -> Iterator[Message]:
    """Why the round cannot be closed now, as the ledger's own rule has it."""
    for who in suspended_by(state):
        yield Message("web.ending.suspended", {"who": role_of(state, who)})
    for name, people in sorted(hanging(state).items()):
        yield Message("web.ending.hanging", {"state": Message(f"event.state.{name}")}, people)


def besides(state: State) -> Iterator[Message]:
    """What would be left as it is: nothing of it keeps a round open."""
    mine = [person for person in state.persons.values() if person.round == state.round]
    places = [place for stage in state.stages.values() if stage.round == state.round
              for place in stage.places.values()]  # fmt: skip
    for name, count in (
        ("listed", sum(person.state == LISTED for person in mine)),
        ("places", sum(not (place.reconciled or place.aborted) for place in places)),
        ("blank", sum(fact.blank(str(holder)) for fact in state.registers.values() for holder in fact.asked)),
        ("tasks", sum(task.done is None and task.round == state.round for task in state.tasks.values())),
        ("sets", sum(each.sets - each.examined for each in examined(state))),
    ):
        if count:
            yield Message(f"web.ending.{name}", {}, count)


def _pause(state: State, pause: Any) -> dict[str, Any]:
    day = state.day_at(pause.since)
    missing = [party for party in state.parties if party not in pause.resumed_by]
    return {
        "since": Message("web.ending.pause.since", {
            "who": role_of(state, pause.by), "day": Name("-") if day is None else Day(day, full=True),
        }),
        "agreed": Message("web.ending.pause.agreed", {"who": roles_of(state, pause.resumed_by)})
        if pause.resumed_by else None,
        "missing": Message("web.ending.pause.missing", {"who": roles_of(state, missing)}),
    }  # fmt: skip
