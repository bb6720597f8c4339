"""Background work as a page: what is asked for, how far it is, what came of it; and ending it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from repatria.exchange.authority import OFFICER, SIGNATORY
from repatria.message import Day, Message
from repatria.web import jobs
from repatria.web.access import Asked, page
from repatria.web.models import Job
from repatria.web.texts.jobs import TEXTS

SHOWN = 50
GOES_ON = {"look": "draft", "import": "registers", "compare": "register", "link": "matches", "plan": "plan"}
HURRIED = ("plan",)  # work that has something to show before its end
BY_NUMBER = ("look", "compare", "link")  # pages that are about one list


@page("jobs/", name="jobs", roles=(OFFICER, SIGNATORY))
def background(request: Asked) -> HttpResponse:
    """The latest work, whoever asked for it."""
    rows = [_shown(each) for each in Job.objects.order_by("-asked")[:SHOWN]]
    return render(request, "web/jobs.html", {"jobs": rows})


@page("jobs/<slug:name>/", name="job", roles=(OFFICER, SIGNATORY))
def job(request: Asked, name: str) -> HttpResponse:
    """One of them; its part that changes alone, where a script asks for it. POST ends it, with what it has or not."""
    found = Job.objects.filter(name=name).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("do") == "enough" and found.kind in HURRIED and jobs.enough(found):
            messages.info(request, request.words.say(Message("web.job.hurried")))
        elif request.POST.get("do") == "enough" or not jobs.cancel(found):
            messages.warning(request, request.words.say(Message("web.job.late")))
        return redirect("job", name)
    shown = _shown(found)
    problems = jobs.problems_of(request.served, found) if found.state == jobs.REFUSED else []
    if request.headers.get("HX-Request"):
        if not shown["open"] or request.GET.get("was") != found.state:
            answer = HttpResponse(status=204)
            answer["HX-Refresh"] = "true"  # what came of it, or can be done now, is said by the whole page
            return answer
        return render(request, "web/job_progress.html", {"job": shown})
    return render(request, "web/job.html", {"job": shown, "problems": problems})


def _shown(found: Job) -> dict[str, Any]:
    """A row of the table in words, with counts as they are told."""
    going = f"web.job.what.{found.what.replace(' ', '-')}"
    counts = [
        (Message(f"web.job.count.{key}"), value)
        for key, value in found.counts.items()
        if f"web.job.count.{key}" in TEXTS and isinstance(value, int)
    ]
    return {
        "day": Day(f"{found.asked:%Y-%m-%d}", full=True), "time": f"{found.asked:%H:%M} UTC",
        "row": found, "open": found.state in jobs.OPEN, "kind": Message(f"web.job.kind.{found.kind}"),
        "state": Message(f"web.job.state.{found.state}"), "counts": counts if found.state == jobs.DONE else [],
        "what": Message(going) if going in TEXTS else None, "then": _then(found),
        "can_end": found.state in (jobs.QUEUED, jobs.RUNNING),
        "can_hurry": found.state == jobs.RUNNING and found.kind in HURRIED,
    }  # fmt: skip


def _then(found: Job) -> str | None:
    """The address of the page that has what came of it, if there is one."""
    if found.state not in (jobs.DONE, jobs.REFUSED):
        return None
    if found.counts.get("waits") and found.state == jobs.DONE:
        return reverse("signing")
    name = "draft" if found.kind == "import" and found.state == jobs.REFUSED else GOES_ON.get(found.kind, "home")
    by_number = found.kind in BY_NUMBER or name == "draft"
    try:
        return reverse(name, args=[found.about] if by_number else [])
    except NoReverseMatch:
        return None
