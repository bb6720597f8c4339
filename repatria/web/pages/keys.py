"""Keys that end or are replaced: what it would do is shown first, and done with a ticked box.

Ending a key and replacing the member's own are for whoever keeps the node, since they need nobody else at first sight;
that a key may have been used by others is for signatories, too; objecting is a signatory's own word. A delegate's own
key is replaced by a fresh one that their browser makes (ADR 140).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from repatria.cli import acting
from repatria.exchange import commands
from repatria.exchange.authority import BINDING, ROTATING, SIGNATORY, can_be_lifted
from repatria.exchange.codec import decode_body
from repatria.exchange.commands import By
from repatria.exchange.events import KeyRotated, rotation_text
from repatria.exchange.notices import notices as noted
from repatria.exchange.state import State
from repatria.ledger.entry import decode_entry
from repatria.ledger.note import ed25519_sign, public_key
from repatria.message import Message
from repatria.office import Command, Done, Outcome
from repatria.problem import Problem
from repatria.store.node import MEMBER
from repatria.web import keys, signing
from repatria.web.access import AT_PAGES, PAGES, Asked, may_open, page
from repatria.web.acting import act, unconfirmed
from repatria.web.pages.members import role_text, standing_of
from repatria.web.served import KEEPER, AtWeb
from repatria.web.telling import moment_of, telling

ENTRIES = 500  # of the ledger that are looked through for what a key has signed
SHOWN = 20  # of its uses

# For each act: what is asked of the office. The name is a delegate's own, or empty for the member's key.
Asks = Callable[[AtWeb, str, int], "tuple[Command[Any], Any]"]
_ASKS: dict[str, Asks] = {}


@page("keys/", name="keys", roles=(KEEPER, SIGNATORY))
@never_cache
def keys_(request: Asked) -> HttpResponse:
    """Every key of this member that can be ended, objected to or replaced."""
    return _shown(request)


def _shown(request: Asked, problems: list[Problem] | None = None) -> HttpResponse:
    state, own = request.served.state(), request.served.member
    may = {name: may_open(PAGES[f"key-{name}"], request.who, request.served.node.role) for name in _ASKS}
    rows = [_row(state, author, request.who.author) for author in sorted(state.keys) if author.startswith(own + "/")]
    former = state.members[own].former if own in state.members else ()
    return render(request, "web/keys.html", {
        "problems": problems, "rows": rows, "may": may, "former": former[-1].since if former else None,
        "size": state.size,
    }, status=422 if problems else 200)  # fmt: skip


def _row(state: State, author: str, me: str) -> dict[str, Any]:
    grant = state.keys[author][-1]
    changing = state.is_before(grant.stands_from) or can_be_lifted(state, grant)
    until = grant.stands_from if grant.until is None else grant.lifts_until
    return {
        "author": author, "name": author.partition("/")[2], "role": role_text(str(grant.role)),
        "standing": standing_of(state, grant), "stands": grant.until is None, "since": grant.since,
        "bad": grant.compromised is not None, "objectable": changing and grant.role in BINDING and author != me,
        "until": None if until is None or not changing else moment_of(until),
    }  # fmt: skip


def _acting(name: str, roles: Collection[str]) -> Callable[[Asks], Asks]:
    """Makes the two steps of an act: POST shows what it would do; with the box ticked and `do`, it is done."""

    def register(asks: Asks) -> Asks:
        @never_cache
        def view(request: Asked) -> HttpResponse:
            if request.method != "POST":
                return redirect("keys")
            given, since = request.POST.get("name", "").strip()[:32], _whole(request.POST.get("since", ""))
            what = Message(f"web.keys.{name}.wanted", {"who": _author(request, given)})
            if request.POST.get("do") == "do":
                found = unconfirmed(request) or act(
                    request, lambda at: at.run(*asks(at, given, since)), "keys", what
                )
                return _shown(request, found) if isinstance(found, list) else found
            with request.served.at(request.who) as at:
                command, wanted = asks(at, given, since)
                outcome = command(at.node.state(), wanted, at.given)
                told = keys.foreseen(at, outcome) if isinstance(outcome, Outcome) else outcome
            problems = [each for each in told if isinstance(each, Problem)]
            if problems:
                return _shown(request, problems)
            used = _uses(request, _author(request, given), since) if name == "compromised" else None
            return render(request, "web/key_act.html", {
                "act": name, "title": what, "name": given, "since": since, "told": told, "used": used,
            })  # fmt: skip

        page(f"keys/{name}/", name=f"key-{name}", roles=roles)(reauthentication_required(view))
        _ASKS[name] = asks
        return asks

    return register


def _author(request: Asked, name: str) -> str:
    own = request.served.member
    return f"{own}/{name}" if name else own


@_acting("revoke", roles=(KEEPER,))
def revoke(at: AtWeb, name: str, since: int) -> tuple[Command[Any], Any]:
    own = at.node.member
    return commands.revoke, commands.Revoke(By(own), f"{own}/{name}")


@_acting("compromised", roles=(KEEPER, SIGNATORY))
def compromised(at: AtWeb, name: str, since: int) -> tuple[Command[Any], Any]:
    own = at.node.member
    author = f"{own}/{name}" if name else own
    binds = not name or any(grant.role in BINDING for grant in at.node.seen_state().keys.get(author, ()))
    by = acting.member(at) if binds else acting.alone(at)
    return commands.compromised, commands.Compromised(by, author, since)


@_acting("object", roles=(SIGNATORY,))
def object_(at: AtWeb, name: str, since: int) -> tuple[Command[Any], Any]:
    return commands.object_, commands.Object(By(at.who.author), f"{at.node.member}/{name}")


# --- replaced ---------------------------------------------------------------------------------------------------------


@page("keys/member/", name="key-member", roles=(KEEPER, SIGNATORY))
@reauthentication_required
def member(request: Asked) -> HttpResponse:
    """POST, with the box ticked: a fresh key for the member, made and kept at the node, for its signatories to sign."""
    if request.method != "POST":
        return redirect("keys")
    if problems := unconfirmed(request):
        return _shown(request, problems)
    own = request.served.member
    with request.served.at(request.who) as at:
        waits = next((each for each in signing.waiting(at) if _replaces(each, own)), None)
    if waits is not None:  # asked for twice, one fresh key is enough
        return redirect("signing-one", waits.id) if waits.concerns(request.who) else redirect("signing")

    def do(at: AtWeb) -> Done | list[Problem]:
        seed = at.node.new_key(MEMBER)
        state, new = at.node.seen_state(), public_key(seed).hex()
        text = rotation_text(state.exchange, own, str(state.members[own].key), new)
        wanted = keys.Replace(acting.member(at), own, new, ed25519_sign(seed, text).hex())
        return at.run(keys.replace_key, wanted)

    found = act(request, do, "keys", Message("web.keys.member.wanted"))
    return _shown(request, found) if isinstance(found, list) else found


def _replaces(waits: signing.Waiting, author: str) -> bool:
    said = (decode_body(each.body).data for each in waits.events)
    return any(isinstance(each, KeyRotated) and each.author == author for each in said)


@page("keys/own/", name="key-own", roles=[role for role in AT_PAGES if role in ROTATING])
def own(request: Asked) -> HttpResponse:
    """POST: the fresh key that this delegate's browser has made and signed with, in the place of theirs."""
    if request.method != "POST":
        return redirect("own_key")
    new, signature = request.POST.get("new", ""), request.POST.get("signature", "")
    if not re.fullmatch(r"[0-9a-f]{64}", new) or not re.fullmatch(r"[0-9a-f]{128}", signature):
        do = "open the page again with scripts allowed, in a browser that makes keys"
        problem = Problem("rotation.browser", "the new key", "this browser has made none", do)
        return render(request, "web/problems_page.html", {"problems": [problem], "back": "own_key"}, status=422)
    author = request.who.author
    found = act(
        request, lambda at: at.run(keys.replace_key, keys.Replace(By(author), author, new, signature)), "own_key",
        Message("web.keys.own.wanted"),
    )  # fmt: skip
    if isinstance(found, list):
        return render(request, "web/problems_page.html", {"problems": found, "back": "own_key"}, status=422)
    return found


# --- what it has signed -----------------------------------------------------------------------------------------------


def _uses(request: Asked, author: str, since: int) -> dict[str, Any]:
    """What keys of that author have signed from that entry on: how many, and the first of them in words."""
    with request.served.lock:
        ledger, state = request.served.node.ledger, request.served.node.ledger_state()
        stop = min(state.size, since + ENTRIES)
        entries = [] if ledger is None else list(ledger.entries(min(since, stop), stop))
    found = [each for each in noted(request.served.member, state, entries, since) if each.author == author]
    rows = []
    for each in found[:SHOWN]:
        body = decode_body(decode_entry(entries[each.index - since]).body)
        rows.append((each.index, telling(body.author, body.data)))
    return {"rows": rows, "count": len(found), "since": since, "last": stop, "more": len(found) - len(rows)}


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
