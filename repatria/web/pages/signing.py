"""What waits for signatures: the list for whoever looks, and each thing by itself, to be read, signed or declined."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from repatria.exchange.codec import decode_body
from repatria.files.athome import format_events, parse_signatures
from repatria.ledger.entry import ENTRY_TYPE
from repatria.message import Day, Message, Name
from repatria.office import Done, Given, Outcome, Unsigned
from repatria.problem import Problem, Problems
from repatria.web import signing
from repatria.web.access import Asked, page
from repatria.web.served import AtWeb
from repatria.web.signing import Waiting
from repatria.web.telling import contents, telling

_FILE_MOST = 2**16  # bytes of a file of signatures


@page("signing/", name="signing")
def signing_list(request: Asked) -> HttpResponse:
    """What waits for this person, what they have asked of others, and what they have signed already."""
    yours, others = of_interest(request)
    return render(request, "web/signing.html", {"yours": yours, "others": others})


def of_interest(request: Asked) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What waits for this person's signature, and what else of it is theirs to see."""
    with request.served.at(request.who) as at:
        found = signing.of_interest(at)
    author = request.who.author
    rows = [_row(each) | {"url": reverse("signing-one", args=[each.id])} for each in found]
    yours = [row for row in rows if row["waiting"].wants(author)]
    return yours, [row for row in rows if row not in yours]


@page("signing/<slug:id>/", name="signing-one")
def signing_one(request: Asked, id: str) -> HttpResponse:
    """One thing: what exactly is signed, who sees it, who has signed; and signing it."""
    with request.served.at(request.who) as at:
        found = signing.find(at, id)
        if found is None:
            raise Http404
        if request.method == "POST":
            return _act(request, at, found)
        if not signing.fits(at, found):
            again = signing.anew(at, found)
            if isinstance(again, Done):
                return _done(request)
            if isinstance(again, list):
                return _shown(request, at, found, again)
            found = again
        return _shown(request, at, found)


@page("signing/<slug:id>/events/", name="signing-events")
def signing_events(request: Asked, id: str) -> HttpResponse:
    """The events as a file, for whoever signs them elsewhere: `repatria node countersign`."""
    with request.served.at(request.who) as at:
        found = signing.find(at, id)
    if found is None:
        raise Http404
    answer = HttpResponse(format_events([each.body for each in found.events]), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="to-sign-{id[:8]}.json"'
    return answer


def _act(request: Asked, at: AtWeb, found: Waiting) -> HttpResponse:
    asked = request.POST.get("do", "")
    if asked == "decline":
        return _told(request, at, found, signing.decline(at, found))
    if asked == "call-off":
        problems = signing.call_off(at, found)
        return _shown(request, at, found, problems) if problems else _done(request, "web.signing.called_off")
    if asked == "anew":
        if signing.fits(at, found) and at.who.author != found.by:  # it would take the others' signatures away
            do = f"sign it or decline; or ask {found.by} to prepare it anew"
            what = "still stands as it was prepared"
            return _shown(request, at, found, [Problem("signing.fits", found.id, what, do)])
        return _after(request, at, found, signing.anew(at, found))
    try:
        author, signatures = _signatures(request)
    except Problems as error:
        return _shown(request, at, found, list(error.problems))
    return _after(request, at, found, signing.sign(at, found, author, signatures))


def _signatures(request: Asked) -> tuple[str, dict[str, bytes]]:
    """What the script made, or what stands in a file of signatures."""
    if (file := request.FILES.get("file")) is not None:
        return parse_signatures(file.read(_FILE_MOST + 1)[:_FILE_MOST])
    signed = {}
    for event, signature in zip(request.POST.getlist("event"), request.POST.getlist("signature"), strict=False):
        try:
            signed[event] = bytes.fromhex(signature)
        except ValueError:
            continue  # then the signature for this event is missing, which `sign` says
    return request.who.author, {event: each for event, each in signed.items() if len(each) == 64}


def _after(request: Asked, at: AtWeb, found: Waiting, result: Done | Waiting | list[Problem]) -> HttpResponse:
    if isinstance(result, Done):
        return _done(request)
    if isinstance(result, list):
        return _shown(request, at, found, result)
    return _told(request, at, found, [], None if result.again > found.again else "web.signing.yours_is_there")


def _told(
    request: Asked, at: AtWeb, found: Waiting, problems: list[Problem], said: str | None = None
) -> HttpResponse:
    if problems:
        return _shown(request, at, found, problems)
    if said is not None:
        messages.success(request, request.words.say(Message(said)))
    return redirect("signing-one", found.id)


def _done(request: Asked, said: str = "web.signing.done") -> HttpResponse:
    messages.success(request, request.words.say(Message(said)))
    return redirect("signing")


def _shown(request: Asked, at: AtWeb, found: Waiting, problems: list[Problem] | None = None) -> HttpResponse:
    author, outcome = request.who.author, signing.result(at, found)
    wanted = author in found.waits_for()
    return render(request, "web/signing_one.html", {
        **_row(found),
        "problems": problems,
        "events": [_event(each, _with(at.given, outcome)) for each in found.events],
        "seen": _seen(at, outcome),
        "people": [
            {"author": name, "how": _how(found, name)}
            for name in sorted({name for each in found.events for name in each.keys})
        ],
        "author": author,
        "wanted": wanted,
        "declined": author in found.declined,
        "asker": author == found.by,
        "key": next((each.keys[author] for each in found.events if author in each.keys), ""),
        "type": ENTRY_TYPE,
    }, status=422 if problems else 200)  # fmt: skip


def _row(found: Waiting) -> dict[str, Any]:
    first = decode_body(found.events[0].body)
    what = found.what or telling(first.author, first.data)
    due = None if found.due is None else Message("web.signing.due", {"day": Day(found.due, full=True)})
    asked = Message("web.signing.asked", {"who": found.by, "day": Day(found.asked[:10], full=True)})
    return {"waiting": found, "what": what, "due": due, "asked": asked}


def _with(given: Given, outcome: Outcome) -> Given:
    """What is at hand here once the outcome is kept."""
    return replace(
        given,
        attachment=lambda name: outcome.attachments.get(name) or given.attachment(name),
        document=lambda name: outcome.documents.get(name) or given.document(name),
    )


def _event(each: Unsigned, given: Given) -> dict[str, Any]:
    body = decode_body(each.body)
    left = max(0, each.needed - sum(other in each.signed for other in each.others))
    return {
        "event": each.event, "body": b64encode(each.body).decode(), "text": each.body.decode(),
        "sentence": telling(body.author, body.data),
        "says": contents(body.data, given),
        "left": Message("web.signing.left", count=left) if each.others else None,
    }  # fmt: skip


def _how(found: Waiting, author: str) -> Message:
    """Where this person's signature stands."""
    if author in found.declined:
        return Message("web.signing.declined", {"day": Day(found.declined[author][:10], full=True)})
    if author in found.signed_by():
        return Message("web.signing.signed")
    return Message("web.signing.wanted" if author in found.waits_for() else "web.signing.not_needed")


def _seen(at: AtWeb, outcome: Outcome) -> list[Message]:
    """Who will see what of it, once it is done."""
    said = [Message("web.signing.seen.event")]
    if outcome.attachments:
        said.append(Message("web.signing.seen.attachments", count=len(outcome.attachments)))
    readers: Mapping[str, tuple[str, ...]] = outcome.mail_to
    to = sorted({reader for each in readers.values() for reader in each if reader != at.node.member})
    if to:
        said.append(Message("web.signing.seen.letters", {"to": tuple(Name(each) for each in to)}))
    if outcome.documents or outcome.records:
        said.append(Message("web.signing.seen.here"))
    said.append(Message("web.signing.seen.public"))
    return said
