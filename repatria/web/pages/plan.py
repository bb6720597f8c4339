"""The plan: proposed, checked, signed, revised; its pictures; and for every person why they go when they go.

The document is the one that `repatria plan page` writes, and the reasons are those of `repatria plan explain`: nothing
is computed here. A number is asked for in a form, so that it stands in no address.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control

from repatria import __version__
from repatria.cli import acting
from repatria.cli import plan as verbs
from repatria.exchange.authority import LIAISON, MEDIATOR, OFFICER, PARTY, SIGNATORY, SUPERVISOR
from repatria.exchange.planning import seed_of
from repatria.exchange.state import State
from repatria.files import law
from repatria.message import Message
from repatria.plan import commands
from repatria.problem import Problem
from repatria.report.blocks import print_data
from repatria.report.language import Language
from repatria.report.plan_document import PAGE_CSS, document
from repatria.web import exports, jobs, planned
from repatria.web.access import PAGES, Asked, may_open, on_record, page
from repatria.web.acting import act
from repatria.web.exports import Made
from repatria.web.pages.matches import whole
from repatria.web.served import KEEPER, AtWeb
from repatria.web.sheets import scoped

_SHEET = scoped(PAGE_CSS, ".document")
MINUTES_MOST = 24 * 60  # of a search
READERS = (OFFICER, SIGNATORY, SUPERVISOR, LIAISON, KEEPER)


@page("plan/", name="plan", roles=READERS)
def plan(request: Asked) -> HttpResponse:
    """The plan that waits, or else the one in force, with its pictures; and what can be done about it."""
    return _shown(request, ())


@page("plan/propose/", name="plan-propose", roles=(OFFICER,), members=(PARTY, MEDIATOR))
def propose(request: Asked) -> HttpResponse:
    """Have a plan, or a revision of the one in force, made and proposed in the background."""
    if request.method != "POST":
        return redirect("plan")
    minutes = request.POST.get("minutes", "").strip()
    if not minutes:
        return redirect("job", jobs.ask(request.served, request.who, "plan", {}))
    if not 0 < whole(minutes) <= MINUTES_MOST:
        do = f"give a whole number from 1 to {MINUTES_MOST}, or nothing"
        return _shown(request, [Problem("plan.minutes", "the minutes", "not a number of minutes", do)])
    return redirect("job", jobs.ask(request.served, request.who, "plan", {"seconds": 60 * int(minutes)}))


@page("plan/sign/", name="plan-sign", roles=(OFFICER, SIGNATORY))
def sign(request: Asked) -> HttpResponse:
    """Check the proposal that waits, and ask the signatories for their signatures."""

    def do(at: AtWeb) -> Any:
        return at.run(commands.sign_plan, commands.SignPlan(acting.member(at), law.figures()))

    if request.method != "POST":
        return redirect("plan")
    done = act(request, do, "plan", Message("web.plan.sign"))
    return _shown(request, done) if isinstance(done, list) else done


@page("plan/why/", name="plan-why", roles=(OFFICER, SIGNATORY, SUPERVISOR))
def why(request: Asked) -> HttpResponse:
    """Why a person goes when they go, or does not: in figures for officers, without any for families.

    Liaisons ask at the page for families, which asks what for, and answers about their own side's people alone.
    """
    number = (request.POST.get("number") or "").strip().lower()
    state = request.served.state()
    if number in state.persons:
        on_record(request.who, "plan-why", True, about=[number])
    at = request.served.looking(request.who)
    found = _reason(at, state, number, OFFICER in request.who.roles) if number else None
    context: dict[str, Any] = {
        "number": number, "said": (), "family": (), "all": bool(request.who.roles & {OFFICER, SIGNATORY}),
    }  # fmt: skip
    if isinstance(found, list):
        context["problems"] = found
    elif found is not None:
        context["said"], context["family"] = found
    return render(request, "web/why.html", context)


@page("plan/why/file/", name="reasons-file", roles=(OFFICER, SIGNATORY))
def reasons(request: Asked) -> HttpResponse:
    """POST: ask for everybody's reasons as a table, by number."""
    return exports.ask(request, "reasons-file", (), back="plan-why")


@exports.exported("reasons-file", lambda state, about: Message("web.exports.kind.reasons-file"))
def _reasons_file(at: AtWeb, about: tuple[str, ...], words: Language) -> Made | None:
    state = at.node.state()
    found = planned.reasons(at, state)
    if isinstance(found, list):
        return None
    people, table = verbs.everybody(at, state, found, words)
    return Made(table, "reasons.csv", len(people), "text/csv")


@page("plan/print/", name="plan-print", roles=READERS)
def print_(request: Asked) -> HttpResponse:
    """The same as a PDF."""
    from repatria.files.pdf import pdf

    found = _read(request)
    if found is None or isinstance(found, list):
        return _shown(request, found or ())
    figures, standing = found
    made = document(figures, standing, request.words, __version__)
    answer = HttpResponse(pdf(print_data(made)), content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="plan.pdf"'
    return answer


@page("plan/document.css", name="plan-sheet", roles=READERS)
@cache_control(max_age=3600)
def sheet(request: Asked) -> HttpResponse:
    """The document's own style."""
    return HttpResponse(_SHEET, content_type="text/css")


def _shown(request: Asked, problems: Any) -> HttpResponse:
    state = request.served.state()
    found = _read(request)
    context: dict[str, Any] = {
        "problems": list(problems), "waits": commands.waiting_plan(state) is not None,
        "may_propose": may_open(PAGES["plan-propose"], request.who, request.served.node.role),
        "drawn": seed_of(state) is not None, "minutes": request.POST.get("minutes", ""), "minutes_most": MINUTES_MOST,
        "may_sign": bool(request.who.roles & {OFFICER, SIGNATORY}),
        "in_force": state.plan is not None,
        "may_ask": may_open(PAGES["plan-why"], request.who, request.served.node.role),
    }  # fmt: skip
    if isinstance(found, list):
        context["problems"] += found
    elif found is not None:
        figures, standing = found
        text, title = planned.shown(request.served.looking(request.who), figures, standing, request.words)
        context |= {"document": SafeString(text), "name": title}  # escaped where it was made
    return render(request, "web/plan.html", context, status=409 if problems else 200)


def _read(request: Asked) -> Any:
    """Figures and standing of the plan that is shown; None where there is no plan; or problems."""
    at, state = request.served.looking(request.who), request.served.state()
    name = commands.waiting_plan(state) or state.plan
    return None if name is None else planned.read(at, state, name)


def _reason(
    at: AtWeb, state: State, number: str, officer: bool
) -> tuple[list[Message], list[Message]] | list[Problem]:
    """What an officer may read of it, and what a letter to a family may say."""
    found = planned.reasons(at, state)
    if isinstance(found, list):
        return found
    if problems := commands.unknown_number(state, number):
        return problems
    family = list(found.for_family(number, commands.in_person(state, number)))
    return (list(found.of(number).told) if officer else [], family)
