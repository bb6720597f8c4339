"""Who may open which page: every page says it once, beside its address, and the gate before all pages holds it.

A page is for members of some roles (a party, a mediator, a neutral) and, among the people of such a member, for some
roles of the ledger. The gate lets nobody else in, and says so in the node's log of reads. A few pages are for
everybody, with no login: they show what is public, and nothing else. Pages for which nobody has said who may open
them do not exist: `urls.py` is made from this table, and so is the test of every role and page.

    @page("terms/", name="terms", roles=(OFFICER, SIGNATORY))
    def terms(request: Asked) -> HttpResponse: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve

from repatria.exchange.authority import EVERYONE, INTERVIEWER, LIAISON, OFFICER, PHYSICIAN, SIGNATORY, SUPERVISOR
from repatria.report.language import Language
from repatria.store.reads import Read
from repatria.web.served import KEEPER, Served, Who
from repatria.web.texts import language_of

AT_PAGES = (OFFICER, SIGNATORY, SUPERVISOR, INTERVIEWER, PHYSICIAN, LIAISON, KEEPER)  # who works at pages
View = Callable[..., HttpResponse]


class Asked(HttpRequest):
    """A request as a page gets it: the node, who asks, and their language."""

    served: Served
    who: Who
    words: Language


@dataclass(frozen=True)
class Page:
    """One page: its address below the language, its name, the view, and who may open it."""

    path: str
    name: str
    view: View
    roles: frozenset[str]
    members: frozenset[str]
    everybody: bool = False  # also for whoever is not logged in


PAGES: dict[str, Page] = {}


def page(
    path: str, *, name: str, roles: Collection[str] = AT_PAGES, members: Collection[str] = EVERYONE
) -> Callable[[View], View]:
    """Makes a page of a view.

    Args:
        path: below the language, as Django writes addresses, such as "terms/<slug:clause>/".
        roles: of the person, by the ledger; `KEEPER` besides.
        members: roles of the node's member.
    """

    def register(view: View) -> View:
        _keep(Page(path, name, view, frozenset(roles), frozenset(members)))
        return view

    return register


def for_everybody(path: str, *, name: str) -> Callable[[View], View]:
    """Makes a page of a view for which nobody logs in; it reads what is public, and nothing else."""

    def register(view: View) -> View:
        _keep(Page(path, name, view, frozenset(AT_PAGES), frozenset(EVERYONE), everybody=True))
        return view

    return register


def _keep(found: Page) -> None:
    if found.name in PAGES:
        raise ValueError(f"two pages are called {found.name}")
    PAGES[found.name] = found


def may_open(found: Page, who: Who, member_role: str) -> bool:
    """Whether this person, at a member of this role, may open the page."""
    return member_role in found.members and bool(who.roles & found.roles)


_served: list[Served] = []


def serve(served: Served) -> None:
    """The node whose pages this process shows from now on."""
    _served[:] = [served]


def current() -> Served:
    """The node that is served."""
    return _served[0]


def on_record(who: Who, what: str, allowed: bool, purpose: str = "", about: Collection[str] = ()) -> None:
    """Put on the node's record who asked for what (`store.reads`), before it is shown.

    Args:
        purpose: why, in the words of whoever asks, where a page asks for it.
        about: opaque numbers or rows of registers; never anything that names a person.
    """
    served = current()
    with served.lock:
        served.reads.add(Read(served.clock(), who.author, what, allowed, purpose, tuple(about)))


class Gate:
    """The middleware before every page."""

    def __init__(self, answer: Callable[[Any], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: Any) -> HttpResponse:
        request.served = _served[0]
        request.words = language_of(getattr(request, "LANGUAGE_CODE", "en"))
        request.who = None
        if request.user.is_authenticated:
            request.who = request.served.who(request.user.name, request.user.keeper)
        try:
            name = resolve(request.path_info).url_name
        except Resolver404:
            return self.answer(request)
        found = PAGES.get(name or "")
        if found is None or found.everybody:
            return self.answer(request)
        if request.who is None:
            return redirect("account_login")
        if not may_open(found, request.who, request.served.node.role):
            on_record(request.who, found.name, allowed=False)
            return render(request, "web/refused.html", status=403)
        return self.answer(request)
