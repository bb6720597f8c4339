"""Doing something from a page: through the office, and then one of three things.

What can be done at once is done, and the page says so after going on. What persons must sign is kept and asked of them
(`web.signing`). What cannot be done comes back as problems, all of them, for the page to show where it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from repatria.message import Message
from repatria.office import Done
from repatria.problem import Problem, Problems
from repatria.web.access import Asked, View
from repatria.web.served import AtWeb, Wanted


def only_sent(home: str) -> Callable[[View], View]:
    """For what is only ever sent: whoever opens its address, or takes another language there, comes to the page of this
    name, of the same stage or whatever else the address says."""

    def to_home(view: View) -> View:
        @wraps(view)
        def sent(request: Asked, **about: Any) -> HttpResponse:
            return view(request, **about) if request.method == "POST" else redirect(home, **about)

        return sent

    return to_home


def act(
    request: Asked, do: Callable[[AtWeb], Done | list[Problem]], then: str, what: Message | None = None
) -> HttpResponse | list[Problem]:
    """Do it for whoever asks.

    Args:
        do: the same call that a verb of the command line makes.
        then: the name of the page to go on to once it is done, or its address.
        what: what was asked for, in words for those who must sign it.

    Returns:
        An answer of the server, or every reason why nothing was done.
    """
    try:
        with request.served.at(request.who) as at:
            done = do(at)
    except Problems as error:
        return list(error.problems)
    except Wanted as wanted:
        from repatria.web import signing

        return signing.ask(request, wanted, what)
    if isinstance(done, list):
        return done
    messages.success(request, request.words.say(Message("web.done")))
    return redirect(then)


def unconfirmed(request: Asked) -> list[Problem]:
    """Why what cannot be undone is not done yet: the box beside what it will do is not ticked."""
    if request.POST.get("confirm") == "yes":
        return []
    do = "read what it will do, tick the box, and ask again"
    return [Problem("confirm", "the box", "it is not ticked, and this cannot be undone", do)]
