"""Carrying: a ledger goes from node to node by a stick, and here as one file that a browser gives and takes.

What is done is `repatria sync export` and `repatria sync import` on a folder in memory; only that the folder's files
come and go in a zip, which is looked through before it is unpacked (`sync.bundle`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from repatria.exchange.authority import OFFICER
from repatria.message import Message, Name
from repatria.problem import Problem, Problems
from repatria.sync.bundle import pack, unpack
from repatria.sync.folder import SyncReport, export_, import_
from repatria.web.access import PAGES, Asked, may_open, on_record, page
from repatria.web.pages.registers import file_answer
from repatria.web.served import KEEPER
from repatria.web.uploads import folder_in_memory

CARRIERS = (KEEPER, OFFICER)


@page("carry/", name="carry", roles=CARRIERS)
@never_cache
def carry(request: Asked) -> HttpResponse:
    """What is here for others; POST takes in a bundle that somebody brought."""
    if request.method != "POST":
        return _shown(request)
    try:
        report = _taken_in(request)
    except Problems as error:
        return _shown(request, problems=error.problems)
    on_record(request.who, "carry", True)
    return _shown(request, counts_of(report.counts), report.problems)


@page("carry/bundle/", name="carry-bundle", roles=CARRIERS)
def bundle(request: Asked) -> HttpResponse:
    """What a stick would bear away, as one file; asked for by a button, since the secretariat signs by it."""
    if request.method != "POST":
        return redirect("carry")
    try:
        with request.served.at(request.who) as at, folder_in_memory() as stick:
            report = export_(at.node, stick, at.given.now)
            if report.problems:
                raise Problems(list(report.problems))
            data = pack(stick)
            size = at.node.ledger_state().size
    except Problems as error:
        return _shown(request, problems=error.problems)
    on_record(request.who, "carry-bundle", True)
    return file_answer(data, f"repatria-{request.served.member}-{size}.zip", "application/zip")


def _taken_in(request: Asked) -> SyncReport:
    data = uploaded(request, "bundle.absent", "choose the bundle that the other node gave")
    with folder_in_memory() as stick:
        unpack(data, stick)
        with request.served.at(request.who) as at:
            return import_(at.node, stick, at.given.now)


def uploaded(request: Asked, code: str, do: str) -> bytes:
    """The bytes of the file that was brought.

    Raises:
        Problems: with this code, where none was.
    """
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise Problems([Problem(code, "the file", "no file was chosen, or an empty one", do)])
    return bytes(file.read())


def counts_of(counts: Mapping[str, int]) -> list[tuple[Message, int]]:
    """What was carried, each kind in words; what there was none of is left out, but for the size of the ledger."""
    return [(Message(f"web.carry.count.{name}"), n) for name, n in counts.items() if n or name == "size"]


def _shown(request: Asked, counts: Any = None, problems: Any = ()) -> HttpResponse:
    with request.served.lock:
        node = request.served.node
        ledger, waiting = node.ledger, len(node.outbox())
        letters = sum(1 for _ in node.letters())
        size, secretariat = (0 if ledger is None else ledger.size), node.is_secretariat
        lies_with = node.ledger_state().secretariat
    return render(
        request, "web/carry.html",
        {"counts": counts, "problems": list(problems), "size": size, "waiting": waiting, "letters": letters,
         "begins": not request.served.joined() and may_open(PAGES["begin"], request.who, node.role),
         "secretariat": secretariat, "lies_with": Name(str(lies_with)) if lies_with else None,
         "may_forget": may_open(PAGES["forget"], request.who, request.served.node.role)},
        status=400 if problems and counts is None else 200,
    )  # fmt: skip
