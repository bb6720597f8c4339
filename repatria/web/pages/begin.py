"""Beginning: whoever keeps a node without an exchange gives out its card, and opens an exchange or joins one.

What is asked of the office is what `exchange open` and `exchange join` ask (`cli.founding`). Cards that were brought
stay in the vault, and so does an opening that was looked at and not signed: what is signed is what was shown, down to
the exchange's number. Nothing of either is said to anybody before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from repatria.cli import founding
from repatria.exchange import commands
from repatria.exchange.authority import COOLING_HOURS_MOST, MEDIATOR
from repatria.exchange.cards import CARDS_MOST, Card, apart, format_card, parse_cards
from repatria.exchange.codec import data_hash, plain
from repatria.exchange.state import State
from repatria.ledger.canonical import encode
from repatria.message import Message, Name
from repatria.office import Done, Draft, Outcome
from repatria.problem import Problem, Problems
from repatria.web import kept
from repatria.web.access import Asked, page
from repatria.web.acting import act, unconfirmed
from repatria.web.pages.home import row
from repatria.web.pages.registers import file_answer
from repatria.web.served import KEEPER, AtWeb
from repatria.web.telling import contents, telling
from repatria.web.waits import around, beginning

CARDS, OPENING = "web/cards", "web/opening"  # documents of the vault
FILES_MOST = 64
_NUMBERS = {
    "quorum": founding.MEDIATOR_QUORUM, "signatories": founding.PARTY_SIGNATORIES, "cooling": founding.COOLING_HOURS,
}  # fmt: skip
_PLAIN = re.compile(r"[A-Za-z0-9 ._-]{1,80}")


@page("begin/", name="begin", roles=(KEEPER,))
@never_cache
def begin(request: Asked) -> HttpResponse:
    """Where this node stands on its way into an exchange, and what can be done there."""
    return _shown(request)


@page("begin/card/", name="begin-card", roles=(KEEPER,))
def card(request: Asked) -> HttpResponse:
    """This member's card as a file."""
    with request.served.lock:
        own = request.served.node.card
    return file_answer(format_card(own), f"card-{own.member}.json", "application/json")


@page("begin/cards/", name="begin-cards", roles=(KEEPER,))
@never_cache
def cards(request: Asked) -> HttpResponse:
    """POST: cards that are brought, or one that is put away; what is no card is told, the others stay."""
    if request.method != "POST":
        return redirect("begin")
    brought, problems = _brought(request)
    away = request.POST.get("away", "")
    with request.served.at(request.who) as at:
        own = at.node.card
        found = [each for each in _cards(at) if each.fingerprint != away]
        found = apart([*found, *(each for each in brought if each != own)])
        at.node.vault.put_all({}, {CARDS: kept.encode(tuple(found))}, without=[OPENING])
    if not brought and not problems and not away:
        do = "choose the files, or paste what stands in them"
        problems = [Problem("card.absent", "the cards", "none was brought", do)]
    return _shown(request, problems) if problems else redirect("begin")


def _brought(request: Asked) -> tuple[list[Card], list[Problem]]:
    found: list[Card] = []
    problems: list[Problem] = []
    files = request.FILES.getlist("files")
    for at, file in enumerate(files[:FILES_MOST], 1):
        name = str(file.name)
        one, wrong = parse_cards(file.read(CARDS_MOST + 1), name if _PLAIN.fullmatch(name) else f"file {at}")
        found, problems = found + one, problems + wrong
    if text := request.POST.get("text", "").strip():
        one, wrong = parse_cards(text.encode(), "the text")
        found, problems = found + one, problems + wrong
    return found, problems


# --- opening ---------------------------------------------------------------------------------------------------------


@page("begin/open/", name="begin-open", roles=(KEEPER,), members=(MEDIATOR,))
@never_cache
def open_(request: Asked) -> HttpResponse:
    """What would open the exchange, in full; POST looks through what is asked for, or signs what was shown."""
    if request.method == "POST" and request.POST.get("do") == "open":
        return _open(request)
    if request.method == "POST":
        return _look(request)
    return _opening_shown(request)


def _look(request: Asked) -> HttpResponse:
    wanted, problems = _wanted(request)
    with request.served.at(request.who) as at:
        founders = apart([at.node.card, *_cards(at)])
        if problems := [*problems, *founding.wrong(at, founders, wanted)]:
            return _shown(request, problems)
        at.node.vault.put_document(OPENING, kept.encode(founding.opening(at, founders, wanted)))
    return redirect("begin-open")


def _wanted(request: Asked) -> tuple[founding.Wanted, list[Problem]]:
    """What the form says; a number that is none is told, and its usual value looked at in its place."""
    numbers, problems = dict(_NUMBERS), []
    for name in numbers:
        text = request.POST.get(name, "").strip()
        if text.isdecimal() and len(text) < 6:
            numbers[name] = int(text)
        else:
            problems.append(Problem(f"begin.{name}", name, "not a whole number", "write it in digits, such as 2"))
    origin = request.POST.get("origin", "").strip()
    return founding.Wanted(origin, numbers["quorum"], numbers["signatories"], numbers["cooling"]), problems


@reauthentication_required
def _open(request: Asked) -> HttpResponse:
    def do(at: AtWeb) -> Done | list[Problem]:
        asked = _opening(at)
        outcome = [_OTHER] if asked is None else commands.open_exchange(at.node.state(), asked, at.given)
        if isinstance(outcome, list):
            return outcome
        if _act(outcome.drafts) != request.POST.get("act"):
            return [_OTHER]
        done = at.keep(outcome)
        if isinstance(done, Done):
            at.node.vault.put_all({}, {}, without=[OPENING])
        return done

    found = unconfirmed(request) or act(request, do, "begin")
    return _opening_shown(request, found) if isinstance(found, list) else found


_OTHER = Problem(
    "begin.other", "what was shown", "something else stands here by now", "read what stands here now, and sign that"
)


def _opening_shown(request: Asked, problems: Sequence[Problem] = ()) -> HttpResponse:
    with request.served.at(request.who) as at:
        asked = _opening(at)
        outcome = None if asked is None else commands.open_exchange(at.node.seen_state(), asked, at.given)
        if asked is None or not isinstance(outcome, Outcome) or at.node.ledger_state().exchange:
            return _shown(request, problems) if problems else redirect("begin")
        own = at.node.card
        founders = [_founder(Card(*each[:3]), own) for each in asked.founders]
        return render(request, "web/begin_open.html", {
            "problems": problems, "founders": founders, "exchange": asked.exchange, **_said(at, outcome.drafts),
        }, status=422 if problems else 200)  # fmt: skip


def _opening(at: AtWeb) -> commands.OpenExchange | None:
    data = at.given.document(OPENING)
    found = None if data is None else kept.decode(data)
    return found if isinstance(found, commands.OpenExchange) else None


# --- joining ---------------------------------------------------------------------------------------------------------


@page("begin/join/", name="begin-join", roles=(KEEPER,))
@never_cache
@reauthentication_required
def join(request: Asked) -> HttpResponse:
    """POST, with the box ticked: this member joins the exchange whose ledger is here."""
    if request.method != "POST":
        return redirect("begin")

    def do(at: AtWeb) -> Done | list[Problem]:
        outcome = commands.join(at.node.state(), founding.joining(at, _cards(at)), at.given)
        if isinstance(outcome, list):
            return outcome
        joined = at.node.seen_state().members[at.node.member].admitted is not None
        if not joined and _act(outcome.drafts) != request.POST.get("act"):
            return [_OTHER]
        return at.keep(outcome)

    found = unconfirmed(request) or act(request, do, "carry")
    return _shown(request, found) if isinstance(found, list) else found


@page("begin/aside/", name="begin-aside", roles=(KEEPER,))
@never_cache
@reauthentication_required
def aside(request: Asked) -> HttpResponse:
    """POST, with the box ticked: a ledger that this member has not joined is put away."""
    if request.method != "POST":
        return redirect("begin")
    problems = unconfirmed(request)
    try:
        if not problems:
            with request.served.at(request.who) as at:
                at.node.set_aside()
    except Problems as error:
        problems = list(error.problems)
    return _shown(request, problems) if problems else redirect("begin")


# --- showing ---------------------------------------------------------------------------------------------------------


def _shown(request: Asked, problems: Sequence[Problem] = ()) -> HttpResponse:
    found = around(request)
    with request.served.at(request.who) as at:
        state, own, others = at.node.seen_state(), at.node.card, _cards(at)
        fact = state.members.get(own.member)
        shown: dict[str, Any] = {
            "problems": problems, "stands": _stands(state, own.member), "given": request.POST,
            "own": _founder(own, own), "text": format_card(own).decode(),
            "others": [_founder(each, own) for each in others], "mediator": at.node.role == MEDIATOR,
            "numbers": _NUMBERS, "most": COOLING_HOURS_MOST, "state": state if state.exchange else None,
        }
        if state.exchange and fact is not None:
            of = {each.member: each for each in others}
            shown["founders"] = [_of_exchange(state, name, own, of.get(name)) for name in sorted(state.members)]
            shown["by"] = Name(str(state.secretariat))
            if fact.admitted is None:
                outcome = commands.join(state, founding.joining(at), at.given)
                shown |= _said(at, outcome.drafts if isinstance(outcome, Outcome) else ())
                shown["may_aside"] = not at.node.is_secretariat
    shown["waits"] = [row(each, found) for each in beginning(found) if each.page != "begin"]
    return render(request, "web/begin.html", shown, status=422 if problems else 200)


def _stands(state: State, own: str) -> str:
    """The word for where this node stands: none, here, joined, open."""
    if not state.exchange:
        return "none"
    if state.opened:
        return "open"
    return "here" if state.members[own].admitted is None else "joined"


def _founder(card: Card, own: Card) -> dict[str, Any]:
    return {"card": card, "role": Message(f"web.member.{card.role}"), "own": card == own}


def _of_exchange(state: State, name: str, own: Card, brought: Card | None) -> dict[str, Any]:
    """A founder as the opening has it, beside the card of it that was brought here."""
    fact = state.members[name]
    card = Card(name, str(fact.role), str(fact.former[0].key if fact.former else fact.key))
    said = "own" if name == own.member else "unknown" if brought is None else "same" if brought == card else "differs"
    return {**_founder(card, own), "said": said, "joined": fact.admitted is not None, "quorum": fact.quorum}


def _said(at: AtWeb, drafts: Sequence[Draft]) -> dict[str, Any]:
    """What is signed: in words, and as the bytes that say it."""
    return {
        "act": _act(drafts),
        "events": [
            {"sentence": telling(each.author, each.event), "says": contents(each.event, at.given),
             "text": encode(plain(each.event)).decode()}
            for each in drafts
        ],
    }  # fmt: skip


def _act(drafts: Sequence[Draft]) -> str:
    return "".join(data_hash(each.event) for each in drafts)


def _cards(at: AtWeb) -> list[Card]:
    """The cards of others that were brought here."""
    data = at.given.document(CARDS)
    return [] if data is None else list(kept.decode(data))
