"""The first page: what waits for whoever is logged in, and where the exchange stands."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from repatria.files.locales import lead_times
from repatria.report.status import status
from repatria.web.access import Asked, page
from repatria.web.pages.signing import of_interest


@page("", name="home")
def home(request: Asked) -> HttpResponse:
    """What waits for one's own signature, then the status page that a mediator reads aloud."""
    found = status(request.served.state(), lead_times())
    yours, _ = of_interest(request)
    return render(request, "web/home.html", {"status": found, "yours": yours})
