"""The terms: what they say and what law says of them, a draft looked through before anybody signs it, and signing.

It tells what `terms check` tells, and does what `terms draft` and `terms sign` do. A draft is text of a TOML file; it
stays in the form until it is signed, and nothing is kept of one that was only looked at.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from repatria.cli import acting
from repatria.deal import form
from repatria.deal.commands.known import readers
from repatria.deal.commands.terms import CheckLists, DraftTerms, SignTerms, check_lists, draft_terms, sign_terms
from repatria.exchange.authority import MEDIATOR, OFFICER, PARTY, SIGNATORY, WITH_A_SAY
from repatria.exchange.moves import moves
from repatria.files import agreements, law, locales
from repatria.message import Message, Name
from repatria.problem import Problem
from repatria.web.access import Asked, page
from repatria.web.acting import act

READERS = (OFFICER, SIGNATORY)
FILE_MOST = 2**19  # bytes of a draft


@page("terms/", name="terms", roles=READERS, members=WITH_A_SAY)
def terms(request: Asked) -> HttpResponse:
    """The terms that wait or are in force, and a draft to be looked through."""
    return _shown(request)


@page("terms/check/", name="terms-check", roles=READERS, members=(PARTY, MEDIATOR))
def check(request: Asked) -> HttpResponse:
    """A draft looked through: every problem at once, or what it says, what law says of it, and who will see what."""
    if request.method != "POST":
        return redirect("terms")
    text, problems = _text(request)
    if problems:
        return _shown(request, text, problems)
    said, problems = _said(request, text)
    return _shown(request, text, problems, said)


@page("terms/draft/", name="terms-draft", roles=(OFFICER, SIGNATORY), members=(PARTY,))
def draft(request: Asked) -> HttpResponse:
    """Ask the signatories for a draft that has no problem."""
    if request.method != "POST":
        return redirect("terms")
    text, problems = _text(request)
    if problems:
        return _shown(request, text, problems)
    what = Message("web.terms.do.draft")

    def do(at: Any) -> Any:
        asked = DraftTerms(acting.alone(at), text, "terms", law.figures(), locales.lead_times())
        return at.run(draft_terms, asked)

    answer = act(request, do, "terms", what)
    return _shown(request, text, answer) if isinstance(answer, list) else answer


@page("terms/sign/", name="terms-sign", roles=(OFFICER, SIGNATORY), members=WITH_A_SAY)
def sign(request: Asked) -> HttpResponse:
    """Ask the signatories for the terms that wait."""
    if request.method != "POST":
        return redirect("terms")

    def do(at: Any) -> Any:
        asked = SignTerms(acting.alone(at), law.figures(), leads=locales.lead_times())
        return at.run(sign_terms, asked)

    answer = act(request, do, "terms", Message("web.terms.do.sign"))
    return _shown(request, "", answer) if isinstance(answer, list) else answer


@page("terms/from/<slug:name>/", name="terms-from", roles=READERS, members=(PARTY, MEDIATOR))
def begin(request: Asked, name: str) -> HttpResponse:
    """A text to begin with: an agreement of the past, or the form with every term filled in as an example."""
    if name == "form":
        return _shown(request, form.new_terms())
    if name not in agreements.shipped():
        raise Http404
    text = agreements.agreement(name)
    return _shown(request, text, about=agreements.about(text), begun=name)


def _text(request: Asked) -> tuple[str, list[Problem]]:
    """The draft in the form: the file if one was chosen, else what was typed."""
    file = request.FILES.get("file")
    if file is None:
        text = request.POST.get("text", "")
        missing = [Problem("terms.none", "terms", "no draft was given", "choose a file, or fill in the text")]
        return text, [] if text.strip() else missing
    data = file.read(FILE_MOST + 1)
    if len(data) > FILE_MOST:
        return "", [Problem("terms.large", "terms", "the file is larger than any terms", "choose a file of terms")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return "", [Problem("terms.utf8", "terms", "the file is not UTF-8 text", "save it as UTF-8 text")]


def _said(request: Asked, text: str | None) -> tuple[dict[str, Any] | None, list[Problem]]:
    """What `terms check` says, in the viewer's language; or why it says nothing."""
    asked = CheckLists(
        request.who.member, law.figures(), locales.lead_times(), text, "terms", request.words.sentence, _as_it_is
    )  # fmt: skip
    with request.served.at(request.who) as at:
        done = at.run(check_lists, asked)
    return (None, done) if isinstance(done, list) else (dict(done.answer), [])


def _as_it_is(problem: Problem) -> Problem:
    """The page tells it."""
    return problem


def _shown(
    request: Asked, text: str = "", problems: list[Problem] | None = None, said: dict[str, Any] | None = None,
    about: agreements.About | None = None, begun: str = "",
) -> HttpResponse:  # fmt: skip
    state, member = request.served.state(), request.who.member
    present, why = _said(request, None)
    roles, role = request.who.roles, request.served.node.role
    acts = bool(roles & {OFFICER, SIGNATORY})
    return render(request, "web/terms.html", {
        "problems": problems, "text": text, "draft": said, "about": about, "begun": begun,
        "present": present, "why": [each for each in why if each.code != "terms.none"],
        "in_force": state.terms is not None,
        "waits": acts and any(
            each.code in ("sign-terms", "sign-amendment") and member in each.who for each in moves(state)
        ),
        "may_draft": acts and role == PARTY,
        "readers": tuple(Name(each) for each in readers(state)),
        "past": sorted(agreements.shipped()),
    }, status=422 if problems else 200)  # fmt: skip
