"""Remains that were handed over: how many sets, what was found, and their receiver's word on whose they are."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from repatria.cli import acting
from repatria.cli.register import latest
from repatria.exchange.authority import MEDIATOR, NEUTRAL, OFFICER, PARTY, SIGNATORY, SUPERVISOR
from repatria.exchange.events import Opaque
from repatria.exchange.examining import contradicted, examined
from repatria.exchange.person import RECEIVED
from repatria.exchange.state import State
from repatria.message import Message, Name
from repatria.problem import Problem
from repatria.remains import commands
from repatria.web.access import PAGES, Asked, may_open, on_record, page
from repatria.web.acting import act, unconfirmed

SHOWN = 100  # sets on the page


@page("remains/", name="remains", roles=(OFFICER, SIGNATORY, SUPERVISOR), members=(PARTY, MEDIATOR, NEUTRAL))
def remains(request: Asked) -> HttpResponse:
    """The sets that were received, and what their receivers found, in figures; no person is named."""
    return _shown(request)


@page("remains/identify/", name="remains-identify", roles=(OFFICER, SIGNATORY), members=(PARTY,))
def identify(request: Asked) -> HttpResponse:
    """POST: a set by its number, with what is known of it; or say whose remains it holds."""
    number = request.POST.get("number", "")
    found = next((each for each in _received(request.served.state(), request.served.member) if each == number), None)
    if request.method != "POST":
        return redirect("remains")
    if found is None:
        return _shown(request)
    problems: list[Problem] = []
    if request.POST.get("do") == "identify":
        done = _identified(request, number)
        if isinstance(done, HttpResponse):
            return done
        problems = done
    return _shown(request, problems, number)


def _identified(request: Asked, number: str) -> HttpResponse | list[Problem]:
    with request.served.at(request.who) as at:
        own = latest(at, at.node.member, "sought") or ""
    read = read_people(request.POST.get("rows", ""), request.POST.get("cases", ""), own)
    problems = unconfirmed(request) + (read if isinstance(read, list) else [])
    if problems or isinstance(read, list):
        return problems
    sought, cases = read
    on_record(request.who, "remains-identify", True, about=[number, *map("/".join, sought)])
    return act(
        request,
        lambda at: at.run(
            commands.identify_remains, commands.IdentifyRemains(acting.member(at), number, sought, cases)
        ),
        "remains", Message("web.remains.wanted"),
    )  # fmt: skip


Pairs = tuple[tuple[str, str], ...]


def read_people(rows: str, cases: str, own: str) -> tuple[Pairs, Pairs] | list[Problem]:
    """Register and row of each who is on a list, and case and party of each who is not, as typed one on a line.

    Args:
        own: the register of a row that says none.
    """
    sought = [(register, row) if slash else (own, line) for line in rows.lower().split()
              for register, slash, row in [line.partition("/")]]  # fmt: skip
    found = [(line, line.partition(":")) for line in cases.lower().split()]
    what, do = "not two parts with a colon", "write it such as new:south, or new:unknown"
    wrong = [Problem("remains.form", line, what, do) for line, (_, colon, _) in found if not colon]
    return wrong or (tuple(sought), tuple((case, party) for _, (case, _, party) in found))


def _received(state: State, member: str) -> list[str]:
    """The sets that this member has received."""
    return sorted(
        str(each.number) for each in state.persons.values()
        if not each.living and each.state == RECEIVED and each.to == member
    )  # fmt: skip


def _shown(request: Asked, problems: list[Problem] | None = None, number: str = "") -> HttpResponse:
    state, own = request.served.state(), request.served.member
    may = may_open(PAGES["remains-identify"], request.who, request.served.node.role)
    sets = sorted(
        (each for each in state.persons.values() if not each.living and each.state == RECEIVED),
        key=lambda each: each.number,
    )
    context: dict[str, Any] = {
        "problems": problems, "counts": [
            (Name(each.holder), Name(each.to), each.sets, each.examined, each.people, each.sought, each.own)
            for each in examined(state)
        ],
        "contradicted": len(contradicted(state)),
        "sets": [
            {"number": each.number, "holder": Name(each.holder), "to": Name(each.to), "mine": may and each.to == own,
             "versions": len(state.findings.get(each.number, ()))}
            for each in sets[:SHOWN]
        ],
    }  # fmt: skip
    if number:
        latest_ = next((each for each in reversed(state.findings.get(Opaque(number), ()))), None)
        known = () if latest_ is None else latest_.sought
        cases = () if latest_ is None else latest_.cases
        context |= {
            "number": number, "holder": next(Name(each.holder) for each in sets if each.number == number),
            "rows": request.POST.get("rows", "\n".join(f"{each.register}/{each.row}" for each in known)),
            "cases": request.POST.get("cases", "\n".join(f"{each.number}:{each.of}" for each in cases)),
        }  # fmt: skip
    return render(request, "web/remains.html", context, status=422 if problems else 200)
