"""The first page: what waits for whoever is logged in, the most urgent first, and where the exchange stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from repatria.files.locales import lead_times
from repatria.message import Day, Message
from repatria.report.status import status
from repatria.web.access import Asked, page
from repatria.web.waits import Around, Wait, around, waits


@page("", name="home")
def home(request: Asked) -> HttpResponse:
    """What waits, then the status page that a mediator reads aloud."""
    found = around(request)
    rows = [row(each, found) for each in waits(found)]
    told = status(found.state, lead_times())
    return render(request, "web/home.html", {"waits": rows, "status": told, "begun": bool(found.state.round)})


def row(wait: Wait, at: Around) -> dict[str, Any]:
    """A line of what waits, with its address and whether it is late."""
    late = wait.due is not None and wait.due < (at.state.log_time or at.now)[:10]
    text = "web.home.overdue" if late else "web.home.due"
    day = None if wait.due is None else Message(text, {"day": Day(wait.due, full=True)})
    return {"what": wait.what, "url": reverse(wait.page, args=wait.about), "day": day, "late": late}
