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
from repatria.web.waits import Wait, around, waits


@page("", name="home")
def home(request: Asked) -> HttpResponse:
    """What waits, then the status page that a mediator reads aloud."""
    found = around(request)
    today = (found.state.log_time or found.now)[:10]
    rows = [_row(each, today) for each in waits(found)]
    return render(request, "web/home.html", {"waits": rows, "status": status(found.state, lead_times())})


def _row(wait: Wait, today: str) -> dict[str, Any]:
    late = wait.due is not None and wait.due < today
    text = "web.home.overdue" if late else "web.home.due"
    day = None if wait.due is None else Message(text, {"day": Day(wait.due, full=True)})
    return {"what": wait.what, "url": reverse(wait.page, args=wait.about), "day": day, "late": late}
