"""The public record, for everybody and with no login: the pages of the static export, narrowed by their addresses.

    /uk/public/timeline/?conflict=ua&year=2025

Nothing else of the node is read than what its exchange has published: claims on the ledger, the tables that every party
and a mediator have signed, the totals of the terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control

from repatria import __version__
from repatria.files.dataset import Files, content_type, export
from repatria.files.public import load_chronology
from repatria.public import commands
from repatria.public.chronology import Chronology
from repatria.public.record import FILTERS, PAGES, Record, View, narrowed, views
from repatria.report.blocks import fragment
from repatria.report.public_document import PUBLIC_CSS, document
from repatria.web.access import Asked, for_everybody
from repatria.web.sheets import scoped

_SHEET = scoped(PUBLIC_CSS, ".document")
_latest: list[tuple[Record, Files]] = []  # made once, and again when the exchange has published more


@dataclass(frozen=True)
class AtNode:
    """Where things stand on a server, in the language of the request."""

    files_made: Files

    def codes(self) -> Sequence[str]:
        return ()

    def page(self, view: View, code: str) -> str:
        if view.page == "index":
            return str(reverse("public"))
        given = {name: value for name in FILTERS.get(view.page, ()) if (value := getattr(view, name))}
        query = f"?{urlencode(given)}" if given else ""
        return f"{reverse('public-view', kwargs={'name': view.page})}{query}"

    def file(self, name: str) -> str:
        return str(reverse("public-file", kwargs={"name": self.files_made.named[name]}))

    def files(self) -> Mapping[str, Sequence[str]]:
        return self.files_made.kinds


@for_everybody("public/", name="public")
def overview(request: Asked) -> HttpResponse:
    """What there is."""
    return _shown(request, View("index"))


@for_everybody("public/document.css", name="public-sheet")
@cache_control(max_age=3600)
def sheet(request: Asked) -> HttpResponse:
    """The pages' own style."""
    return HttpResponse(_SHEET, content_type="text/css")


@for_everybody("public/<slug:name>/", name="public-view")
def one(request: Asked, name: str) -> HttpResponse:
    """One page, narrowed as the address says; what there is not is not found."""
    view = narrowed(request.GET.dict(), name) if name in PAGES and name != "index" else None
    if view is None:
        raise Http404
    return _shown(request, view)


@for_everybody("public/data/<str:name>", name="public-file")
def file(request: Asked, name: str) -> HttpResponse:
    """A file of the record, by its name with its hash."""
    data = _record(request)[1].data.get(name)
    if data is None:
        raise Http404
    answer = HttpResponse(data, content_type=content_type(name))
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _shown(request: Asked, view: View) -> HttpResponse:
    record, files = _record(request)
    if view not in views(record):
        raise Http404
    made = document(record, view, request.words, AtNode(files))
    return render(request, "web/public.html", {
        "document": SafeString(fragment(made)), "name": made.title, "kicker": made.kicker, "foot": made.foot,
    })  # fmt: skip


def _record(request: Asked) -> tuple[Record, Files]:
    served = request.served
    with served.lock:
        node = served.node
        shown = node.vault.document(commands.SHOWN)
        now = commands.published_ledger(node.ledger_state(), node.attachment, node.prove)
        ledger = commands.as_shown(now, shown)
        if ledger is not None and ledger.proof not in (b"", shown):
            node.vault.put_document(commands.SHOWN, ledger.proof)
    if not _latest or _latest[0][0].ledger != ledger:
        record = Record(_chronology(), ledger, __version__)
        _latest[:] = [(record, export(record))]
    return _latest[0]


@cache
def _chronology() -> Chronology:
    return load_chronology()
