"""Somebody taken off a list: what it would do is shown first, for the number and the reason that come by POST."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from repatria.cli import acting
from repatria.exchange import commands
from repatria.exchange.advice import advice
from repatria.exchange.authority import OFFICER, PARTY, SIGNATORY
from repatria.exchange.person import IN_THE_AIR, RECEIVED, Person
from repatria.exchange.state import State
from repatria.message import Day, Message, Name
from repatria.problem import Problem
from repatria.web.access import Asked, on_record, page
from repatria.web.acting import act, unconfirmed

REASON_MOST = 2000


@page("withdraw/", name="withdraw", roles=(OFFICER, SIGNATORY), members=(PARTY,))
def withdraw(request: Asked) -> HttpResponse:
    """POST shows what taking this person off would do; with the box ticked, it is put before the signatories."""
    number = request.POST.get("number", "").strip().lower()[:32]
    reason = request.POST.get("reason", "").strip()[:REASON_MOST]
    context: dict[str, Any] = {"number": number, "reason": reason}
    problems: list[Problem] = []
    if request.method == "POST":
        state = request.served.state()
        problems = _unsaid(state, request.served.member, number, reason)
        if not problems:
            person = next(each for each in state.persons.values() if str(each.number) == number)
            on_record(request.who, "withdraw", True, about=[number])
            context["told"] = consequences(state, person)
            context["can"] = _can(person)
        if not problems and request.POST.get("do") == "withdraw":
            found = unconfirmed(request) or act(
                request,
                lambda at: at.run(commands.withdraw, commands.Withdraw(acting.member(at), number, reason)),
                "withdraw", Message("web.withdraw.wanted"),
            )  # fmt: skip
            if isinstance(found, HttpResponse):
                return found
            problems = found
    return render(request, "web/withdraw.html", context | {"problems": problems}, status=422 if problems else 200)


def _unsaid(state: State, own: str, number: str, reason: str) -> list[Problem]:
    """Everything that is wrong with what was asked for, before anything is shown of anybody."""
    problems = []
    person = next((each for each in state.persons.values() if str(each.number) == number), None)
    if person is None:
        what = "the number is on no list in force"
        problems.append(Problem("person.unknown", "the number", what, advice("person.unknown")))
    elif own not in (person.holder, person.to):
        what = "a person is withdrawn by whoever holds them, or whoever they go to"
        problems.append(Problem("withdraw.member", "the number", what, advice("withdraw.member")))
    if not reason:
        do = "say it in a few words"
        problems.append(Problem("withdraw.reason", "the reason", "it does not say why", do))
    return problems


def _can(person: Person) -> bool:
    right = person.right
    out = person.state in IN_THE_AIR or (right is not None and right.out)
    return not (out or person.state == RECEIVED or person.withdrawn)


def consequences(state: State, person: Person) -> list[Message]:
    """What taking them off would do, and what stands against it; nothing but what the ledger says of the number."""
    told = [
        Message("web.withdraw.holder", {
            "holder": Name(person.holder), "to": Name(person.to), "state": Message(f"event.state.{person.state}"),
        })
    ]  # fmt: skip
    if not _can(person):
        gone = person.state == RECEIVED or person.withdrawn
        return [*told, Message("web.withdraw.over" if gone else "web.withdraw.right")]
    if (slot := state.slots.get(person.number)) is not None and slot[0] in state.stages:
        day = Day(state.stages[slot[0]].date, full=True)
        told.append(Message("web.withdraw.planned", {"stage": Name(slot[0]), "place": Name(slot[1]), "day": day}))
    word = "counts" if person.counts else "outside"
    told.append(Message(f"web.withdraw.{word}", {"holder": Name(person.holder)}))
    group = [each for each in state.persons.values() if person.group is not None and each.group == person.group]
    if others := sum(each.number != person.number and not each.withdrawn for each in group):
        told.append(Message("web.withdraw.together", {}, others))
    return [*told, Message("web.withdraw.final"), Message("web.withdraw.seen")]
