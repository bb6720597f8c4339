"""What browsers report against the policy of content: counted, never kept, for its address could name somebody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

reports: list[str] = []  # the directives that were violated, since the start; the tests want none
_MOST = 1000


@csrf_exempt
@require_POST
def heard(request: HttpRequest) -> HttpResponse:
    """Take note of a report."""
    if len(reports) < _MOST:
        reports.append(request.content_type or "")
    return HttpResponse(status=204)
