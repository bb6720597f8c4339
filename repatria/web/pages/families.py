"""For families: what may be said of one person, and the receipt by which they check the draw themselves.

The words are those of `repatria plan explain --audience family`: nothing of chances, ranks, places or health, and the
same words whatever has happened to somebody of which no letter may speak (ADR 0116). Before anything is shown it is
asked what for, and put on the node's record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from repatria.exchange.authority import LIAISON, PARTY
from repatria.exchange.state import State
from repatria.linkage.commands import own_versions
from repatria.message import Message
from repatria.plan import commands
from repatria.problem import Problem
from repatria.web import finding, planned
from repatria.web.access import Asked, on_record, page
from repatria.web.pages.registers import file_answer
from repatria.web.served import AtWeb

LIAISONS = {"roles": (LIAISON,), "members": (PARTY,)}


@dataclass(frozen=True)
class Sought:
    """Whom a family asks about: by number, or by our own register; without a number while on no final list."""

    number: str | None
    about: str  # what the record says it was about


@page("families/", name="families", **LIAISONS)
def families(request: Asked) -> HttpResponse:
    """What a family may be told of one person; POST asks, or saves the receipt of the draw."""
    purpose = request.POST.get("purpose", "").strip()[:200]
    asked = request.POST.get("person", "").strip()[:100]
    context: dict[str, Any] = {"purpose": purpose, "person": asked}
    if request.method != "POST":
        return render(request, "web/families.html", context)
    problems = _unsaid(purpose, asked)
    if not problems:
        receipt = request.POST.get("do") == "receipt"
        with request.served.at(request.who) as at:
            found = whom(at, asked)
            if isinstance(found, Sought):
                what = "family-receipt" if receipt else "family-status"
                on_record(request.who, what, True, purpose, [found.about])
            told: Any = _receipt(at, found) if isinstance(found, Sought) and receipt else found
        if isinstance(told, Sought):
            told = _told(request.served.looking(request.who), request.served.state(), told)
        if isinstance(told, HttpResponse):
            return told
        context["said"] = [each for each in told if isinstance(each, Message)]
        context["receipt"] = isinstance(found, Sought) and found.number is not None
        problems = [each for each in told if isinstance(each, Problem)]
    return render(request, "web/families.html", context | {"problems": problems}, status=400 if problems else 200)


def whom(at: AtWeb, asked: str) -> Sought | list[Problem]:
    """The person of that number, or of that row or record of the latest version of our own list of the sought.

    Only somebody whom we seek: a party's liaison speaks with its own families.
    """
    state, own = at.node.seen_state(), at.node.member
    versions = own_versions(state, own, "sought")
    person = state.persons.get(asked.lower())
    if person is not None and str(person.register) in versions:
        return Sought(str(person.number), str(person.number))
    for register in reversed(versions):
        row = finding.row_of(at, register, asked)
        if row is not None:
            listed = finding.listed(at, state).get((register, row))
            return Sought(listed, listed or f"{register}/{row}")
    what = "neither a number of somebody whom we seek nor a row or record of our own list"
    return [Problem("families.unknown", "the person", what, "look at the list of the sought again")]


def _unsaid(purpose: str, asked: str) -> list[Problem]:
    problems = []
    if not asked:
        problems.append(Problem("families.person", "the person", "nobody is asked about", "give a number or a row"))
    if not purpose:
        do = "say it in a few words"
        problems.append(Problem("export.purpose", "the purpose", "it does not say what it is for", do))
    return problems


def _told(at: AtWeb, state: State, found: Sought) -> list[Message] | list[Problem]:
    """What a letter may say."""
    if found.number is None:
        return [Message("web.families.unlisted")]
    if state.plan is None:
        return [Message("web.families.no_plan")]
    reasons = planned.reasons(at, state)
    if isinstance(reasons, list):
        return reasons
    if problems := commands.unknown_number(state, found.number):
        return problems
    return list(reasons.for_family(found.number, commands.in_person(state, found.number)))


def _receipt(at: AtWeb, found: Sought) -> HttpResponse | list[Problem]:
    """The family's receipt of the draw as a file; nobody else stands in it."""
    if found.number is None:
        what = "there is none before somebody is on a final list"
        return [Problem("families.receipt", "the receipt", what, "wait for the list")]
    done = at.run(commands.give_receipt, commands.GiveReceipt(found.number))
    if isinstance(done, list):
        return done
    return file_answer(done.answer["receipt"].encode(), "receipt.json", "application/json")
