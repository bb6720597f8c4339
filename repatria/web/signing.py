"""What waits for signatures: kept until everybody whose signature is wanted has given it, or it no longer fits."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from repatria.message import Message
from repatria.web.access import Asked
from repatria.web.served import Wanted


def ask(request: Asked, wanted: Wanted, what: Message | None = None) -> HttpResponse:
    """Show whose signatures are wanted before anything is done."""
    waits = sorted({author for each in wanted.prepared.events for author in each.waits_for()})
    return render(request, "web/wanted.html", {"what": what, "waits": waits}, status=202)
