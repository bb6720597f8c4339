"""The final list: drafted by the holder, signed by both, told in counts by class; its people in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from repatria.cli import acting
from repatria.deal.commands.known import records_of_list
from repatria.deal.commands.lists import DraftList, SignList, draft_list, sign_list
from repatria.exchange.authority import MEDIATOR, OFFICER, PARTY, SIGNATORY
from repatria.exchange.documents import FinalList, read
from repatria.exchange.moves import offered_list
from repatria.exchange.person import Person
from repatria.files import law
from repatria.files.lists import format_listed
from repatria.message import Message, Name
from repatria.problem import Problem
from repatria.report.language import Language
from repatria.web import exports
from repatria.web.access import Asked, page
from repatria.web.acting import act
from repatria.web.exports import Made
from repatria.web.served import AtWeb


@page("lists/", name="lists", roles=(OFFICER, SIGNATORY), members=(PARTY, MEDIATOR))
def lists(request: Asked) -> HttpResponse:
    """Each holder's list: in force, offered or not there yet, by class; POST drafts our own or signs another's."""
    problems: list[Problem] = []
    if request.method == "POST" and request.served.node.role == PARTY:
        found = _acted(request)
        if isinstance(found, HttpResponse):
            return found
        problems = found
    state, own = request.served.state(), request.served.member
    rows: list[dict[str, Any]] = []
    for holder in map(str, state.parties):
        fact, offered = state.lists.get(holder), offered_list(state, holder)
        by_class = {key[1:]: people for key, people in state.census(_class).items() if key[0] == holder}
        waits = offered is not None and offered.version == (fact.version if fact else 0) + 1
        rows.append({
            "holder": Name(holder), "slug": holder, "fact": fact, "waits": waits, "own": holder == own,
            "classes": [(tier, counts, people) for (tier, counts), people in sorted(by_class.items())],
            "people": sum(by_class.values()),
        })  # fmt: skip
    return render(
        request, "web/lists.html",
        {"rows": rows, "party": request.served.node.role == PARTY, "problems": problems,
         "without": request.POST.get("without", ""), "together": request.POST.get("together", "")},
        status=400 if problems else 200,
    )  # fmt: skip


def _class(person: Person) -> tuple[str, int, bool]:
    return str(person.holder), person.tier, person.counts


def _acted(request: Asked) -> HttpResponse | list[Problem]:
    if request.POST.get("do") == "draft":
        without = tuple(request.POST.get("without", "").split())
        lines = request.POST.get("together", "").splitlines()
        groups = tuple(tuple(line.replace(",", " ").split()) for line in lines if line.strip())
        return act(
            request, lambda at: at.run(draft_list, DraftList(acting.member(at), without, groups)),
            "lists", Message("web.lists.drafting"),
        )  # fmt: skip
    holder = request.POST.get("holder", "")
    return act(
        request,
        lambda at: at.run(sign_list, SignList(acting.member(at), holder, law.figures())),
        "lists", Message("web.lists.signing", {"holder": Name(holder)}),
    )  # fmt: skip


@page("lists/<slug:holder>/file/", name="list-file", roles=(OFFICER, SIGNATORY), members=(PARTY,))
def export(request: Asked, holder: str) -> HttpResponse:
    """POST: ask for the people of a list in force, each beside the number that everybody knows them by."""
    return exports.ask(request, "list-file", (holder,), back="lists")


@exports.exported("list-file", lambda state, about: Message("web.exports.kind.list-file", {"holder": Name(about[0])}))
def _list_file(at: AtWeb, about: tuple[str, ...], words: Language) -> Made | None:
    fact = at.node.seen_state().lists.get(about[0])
    data = None if fact is None else at.given.attachment(fact.list)
    if fact is None or data is None:
        return None
    listed = read(FinalList, data)
    known: Any = records_of_list(at.node.state(), at.given, at.node.member, listed, fact.list)
    people: list[tuple[str, Mapping[str, str]]] = [
        (str(row.number), next(iter(known[row.number]), {})) for row in listed.rows
    ]
    return Made(format_listed(people, words), "list.xlsx", len(people))
