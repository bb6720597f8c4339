"""Around every page: the navigation for whoever is logged in, their role, the languages; and the pages of refusal."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import override

from repatria.message import Message, Name
from repatria.web.access import PAGES, may_open
from repatria.web.rehearsal import is_rehearsal
from repatria.web.settings import LANGUAGES
from repatria.web.texts import language_of

# The navigation, in the order of a case: the names of pages that have an entry there, each with its text's id.
MENU: tuple[tuple[str, str], ...] = (
    ("home", "web.home.title"),
    ("begin", "web.begin.title"),
    ("consultation", "web.consult.title"),
    ("terms", "web.terms.title"),
    ("timeline", "web.timeline.title"),
    ("signing", "web.signing.title"),
    ("registers", "web.registers.title"),
    ("reviews", "web.matches.title"),
    ("answers", "web.answers.title"),
    ("lists", "web.lists.title"),
    ("clearing", "web.clearing.title"),
    ("interviews", "web.interviews.title"),
    ("boards", "web.boards.title"),
    ("draw", "web.draw.title"),
    ("plan", "web.plan.title"),
    ("families", "web.families.title"),
    ("family-match", "web.families.match.title"),
    ("stages", "web.stages.title"),
    ("remains", "web.remains.title"),
    ("disputes", "web.trouble.disputes"),
    ("closing", "web.ending.title"),
    ("exports", "web.exports.title"),
    ("jobs", "web.jobs.title"),
    ("ledger", "web.ledger.title"),
    ("carry", "web.carry.title"),
    ("reads", "web.reads.title"),
    ("public", "public.kicker"),
    ("members", "members.title"),
)


def around(request: Any) -> dict[str, Any]:
    """What the frame of each page needs: words, direction, menu, languages, who."""
    words = getattr(request, "words", None) or language_of("en")
    who = getattr(request, "who", None)
    found: dict[str, Any] = {
        "words": words, "direction": words.direction, "who": who, "languages": _languages(request), "menu": (),
        "invented": hasattr(request, "served") and is_rehearsal(request.served.state().origin),
    }  # fmt: skip
    if who is not None:
        role, here = request.served.node.role, _name(request)
        found["menu"] = [
            (reverse(name), words.say(Message(text)), name == here)
            for name, text in MENU
            if name in PAGES and may_open(PAGES[name], who, role)
        ]
        roles = sorted(who.roles) or ["none"]
        found["you"] = Message("web.you", {
            "name": who.name, "role": tuple(Message(f"web.role.{each}") for each in roles),
        })  # fmt: skip
        found["at"] = Message("web.node", {"member": Name(who.member), "role": Message(f"web.member.{role}")})
    return found


def _name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""


def _languages(request: HttpRequest) -> list[tuple[str, str, str, bool]]:
    """Each language: its code, its own name, this page's address in it, whether it is the present one."""
    present = getattr(request, "LANGUAGE_CODE", "en")
    try:
        found = resolve(request.path_info)
    except Resolver404:
        found = None
    rows = []
    query = _kept(request) if request.method == "GET" else ""
    for code, name in LANGUAGES.items():
        with override(code):
            here = found is not None and found.url_name is not None
            address = reverse(found.view_name, args=found.args, kwargs=found.kwargs) if here and found else f"/{code}/"
        rows.append((code, name, f"{address}?{query}" if query else address, code == present))
    return rows


def _kept(request: HttpRequest) -> str:
    """What was asked for in the address, but nobody's number: whoever typed one there is not helped to spread it."""
    asked = [(name, value) for name, values in request.GET.lists() for value in values]
    return urlencode([each for each in asked if not re.fullmatch(r"(?:[0-9a-fA-F]{16}){1,2}", each[1].strip())])


def absent(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/absent.html", status=404)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that this server has not given out to this browser, or not since its last login."""
    return render(request, "web/stale.html", status=403)


def failed(request: HttpRequest) -> HttpResponse:
    return render(request, "web/failed.html", status=500)
