"""Tokens for programs: whoever works here makes one for their own role, sees it once, and ends it.

The keeper sees that there are tokens, whose, in which role and since when, and ends them; not what their owners call
them. Making one asks for the person again; ending one does not: it gives nobody anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from repatria.message import Message
from repatria.problem import Problem, Problems
from repatria.web import tokens
from repatria.web.access import AT_PAGES, Asked, on_record, page
from repatria.web.acting import only_sent
from repatria.web.checkin import DEVICES
from repatria.web.pages.members import role_text
from repatria.web.served import KEEPER, Served, Who
from repatria.web.telling import moment_of
from repatria.web.tokens import LABEL_MOST, MOST, Token


@dataclass(frozen=True)
class Shown:
    """A token on its way to the one page that shows it; whatever logs a page's values logs nothing of it."""

    text: str = field(repr=False)


HOLDERS = tuple(role for role in AT_PAGES if role != KEEPER)  # a keeper as such has no role that a token could have


@page("tokens/", name="tokens")
@never_cache
def tokens_(request: Asked) -> HttpResponse:
    """One's own, and for the keeper everybody's."""
    return _shown(request)


def _shown(request: Asked, problems: Sequence[Problem] = ()) -> HttpResponse:
    served, who = request.served, request.who
    everything = sorted(tokens.tokens(served), key=lambda each: (each.name, each.since, each.mark))
    shown = {
        "problems": problems, "mine": [_row(served, each) for each in everything if each.name == who.name],
        "others": [_row(served, each) for each in everything if who.keeper and each.name != who.name],
        "role": role_text(who.role) if who.role in HOLDERS else None, "most": MOST, "label_most": LABEL_MOST,
        "once": secrets.token_hex(16), "keeper": who.keeper, "openapi": _openapi(request),
    }  # fmt: skip
    return render(request, "web/tokens.html", shown, status=422 if problems else 200)


@page("tokens/issue/", name="token-issue", roles=HOLDERS)
@never_cache
@only_sent("tokens")
@reauthentication_required
def issue(request: Asked) -> HttpResponse:
    """A token for one's own role, shown once: this answer is the only place where its text ever stands."""
    label = request.POST.get("label", "").strip()
    if not label:
        do = "give it a short name, such as that of the program"
        return _shown(request, [Problem("token.label", "the name", "it has no name to tell it by later", do)])
    done = issued(request, request.who, label)
    return _shown(request, done) if isinstance(done, list) else done


def issued(request: Asked, whose: Who, label: str = "") -> HttpResponse | list[Problem]:
    """The page that shows a new token once; of a device, which makes none itself, as of oneself."""
    served, device = request.served, whose.role in DEVICES
    try:
        with served.lock:
            text = tokens.issue(served, whose, str(whose.role), label, request.POST.get("once", "")[:64])
            made = tokens.found(served, text)
            assert made is not None
            on_record(request.who, "token-issued", True, about=(made.mark,))
    except Problems as error:
        return list(error.problems)
    asks = reverse("api:check_in" if device else "api:exchange_status")
    return render(request, "web/token_issued.html", {
        "shown": Shown(text), "label": made.label, "mark": made.mark, "role": role_text(made.role), "device": device,
        "author": whose.author, "openapi": _openapi(request), "asks": request.build_absolute_uri(asks),
    })  # fmt: skip


@page("tokens/end/", name="token-end")
@only_sent("tokens")
def end(request: Asked) -> HttpResponse:
    """One's own token ends, or for the keeper anybody's."""
    served, who, mark = request.served, request.who, request.POST.get("mark", "")
    with served.lock:
        found = [each for each in tokens.tokens(served) if each.mark == mark and (who.keeper or each.name == who.name)]
        if not found:
            on_record(who, "token-ended", False)
            do = "look at the tokens again; another person's is ended by them or by whoever keeps the node"
            return _shown(request, [Problem("token.unknown", "the token", "no such token of yours", do)])
        on_record(who, "token-ended", True, about=(mark,))
        for each in found:
            tokens.end(served, each.name, each.sha256)
    return redirect("tokens")


def _row(served: Served, token: Token) -> dict[str, Any]:
    return {
        "name": token.name, "role": role_text(token.role), "since": moment_of(token.since), "label": token.label,
        "mark": token.mark,
        "stands": Message(f"web.tokens.{'good' if tokens.bearer(served, token) is not None else 'over'}"),
    }  # fmt: skip


def _openapi(request: Asked) -> str:
    """The address of the document that says what may be asked for."""
    return request.build_absolute_uri(reverse("api:openapi-json"))
