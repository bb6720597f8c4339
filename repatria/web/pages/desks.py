"""A stage's desks and gates: who stands where, with which rights, and how each is equipped, while the pages are served.

A desk's key is made on the desk's own machine (`repatria handover card`) and never comes here: its card does, and says
the public half. An officer reads its figures with whoever has the desk, appoints it for a place, and asks for its
equipment: a file with the people of one manifest, so that a second person consents (`web.exports`); only the desk's key
opens it (`store.equipment`, ADR 164).
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from repatria.exchange import commands
from repatria.exchange.authority import APPOINTS, DESK, OFFICER
from repatria.exchange.commands import By
from repatria.exchange.keys import AT_A_PLACE
from repatria.exchange.state import State
from repatria.message import Day, Message, Name
from repatria.problem import Problem, Problems
from repatria.store.equipment import DeskCard, Equipment, parse_card, seal_equipment
from repatria.web import exports, tokens
from repatria.web.access import Asked, current, page
from repatria.web.acting import act, only_sent
from repatria.web.enrolment import fingerprint
from repatria.web.exports import Made, exported
from repatria.web.pages.carry import uploaded
from repatria.web.pages.members import role_text, standing_of
from repatria.web.pages.registers import file_answer
from repatria.web.pages.stages import stage_of
from repatria.web.pages.tokens import issued
from repatria.web.served import AtWeb

CARDS = "web/desks/"  # documents of the vault: a desk's card, by name
BY = {"roles": (OFFICER,), "members": [member for member, roles in APPOINTS.items() if {*roles} & {*AT_A_PLACE}]}


@page("stages/<slug:stage>/desks/", name="stage-desks", **BY)
@never_cache
def desks(request: Asked, stage: str) -> HttpResponse:
    """Each place with its devices, ours and others'; what ours still want."""
    return _shown(request, stage)


def _shown(request: Asked, stage: str, problems: Sequence[Problem] = ()) -> HttpResponse:
    with request.served.at(request.who) as at:
        state = at.node.seen_state()
        found, cards = stage_of(state, stage), _cards(at)
        places = [_place(at, state, cards, stage, place) for place in sorted(found.places)]
        waiting = [_waiting(card) for _, card in sorted(cards.items()) if card.author not in state.keys]
    (role,) = [each for each in APPOINTS[request.served.node.role] if each in AT_A_PLACE]
    return render(request, "web/desks.html", {
        "problems": list(problems), "slug": stage, "name": Name(stage), "day": Day(found.date, full=True),
        "places": places, "waiting": waiting, "role": role_text(role), "size": state.size,
        "where": [(each["slug"], each["name"]) for each in places], "given": request.POST,
        "once": secrets.token_hex(16), "member": request.served.node.card.fingerprint, "back": request.served.member,
    }, status=409 if problems else 200)  # fmt: skip


def _place(at: AtWeb, state: State, cards: dict[str, DeskCard], stage: str, place: str) -> dict[str, Any]:
    fact = state.stages[stage].places[place]
    rights: Counter[str] = Counter()
    for number in fact.manifest:
        right = state.persons[number].right
        if right is not None and (right.stage, right.place) == (stage, place) and right.out:
            rights[str(right.holder)] += 1
    devices = [
        (author, grants[-1]) for author, grants in sorted(state.keys.items())
        if grants[-1].role in AT_A_PLACE and grants[-1].place == place
    ]  # fmt: skip
    held = Counter((each.name, each.role) for each in tokens.tokens(current()))
    rows = []
    for author, grant in devices:
        own, card = author.startswith(f"{at.node.member}/"), cards.get(author.partition("/")[2])
        rows.append({
            "author": author, "desk": author.partition("/")[2], "role": role_text(str(grant.role)), "own": own,
            "standing": standing_of(state, grant), "stands": grant.until is None,
            "rights": rights[author] if grant.role == DESK else None,
            "figures": fingerprint(author, str(grant.key)),
            "card": own and card is not None and card.key == grant.key,
            "tokens": held[author.partition("/")[2], str(grant.role)] if own else None,
            "size": at.node.equipped(stage, author, str(grant.key)) if own else None,
        })  # fmt: skip
    return {"slug": place, "name": Name(place), "rows": rows, "people": len(fact.manifest)}


def _waiting(card: DeskCard) -> dict[str, str]:
    name = card.author.partition("/")[2]
    return {"author": card.author, "desk": name, "figures": fingerprint(card.author, card.key)}


def _cards(at: AtWeb) -> dict[str, DeskCard]:
    """The cards that were brought, by the desk's name."""
    found = {name.removeprefix(CARDS): at.given.document(name) for name in at.given.documents(CARDS)}
    return {name: parse_card(data, name) for name, data in found.items() if data is not None}


@page("stages/<slug:stage>/desks/member/", name="stage-desk-member", **BY)
def member(request: Asked, stage: str) -> HttpResponse:
    """This member's card, for the desk's machine to know whose word it takes; public."""
    stage_of(request.served.state(), stage)
    data = json.dumps(request.served.node.card.as_json(), indent=1).encode() + b"\n"
    return file_answer(data, f"{request.served.member}.json", "application/json")


# --- the card, and the appointment -----------------------------------------------------------------------------------


@page("stages/<slug:stage>/desks/card/", name="stage-desk-card", **BY)
@only_sent("stage-desks")
def card(request: Asked, stage: str) -> HttpResponse:
    """A desk's card is brought, or one that waits is taken away again."""
    stage_of(request.served.state(), stage)
    given = request.POST.get("forget", "")
    with request.served.at(request.who) as at:
        state = at.node.seen_state()
        if given:
            if given in _cards(at) and f"{at.node.member}/{given}" not in state.keys:
                at.node.vault.put_all({}, {}, without=[CARDS + given])
            return redirect("stage-desks", stage)
        try:
            data = uploaded(request, "desk.card", "choose the card that the desk's machine made")
            found = parse_card(data, "the card")
        except Problems as error:
            return _shown(request, stage, error.problems)
        if problems := _wrong(at, state, found):
            return _shown(request, stage, problems)
        at.node.vault.put_document(CARDS + found.author.partition("/")[2], data)
    return redirect("stage-desks", stage)


def _wrong(at: AtWeb, state: State, found: DeskCard) -> list[Problem]:
    """Why this card is not one of a desk of ours."""
    grants, known = state.keys.get(found.author, ()), _cards(at).get(found.author.partition("/")[2])
    if not found.author.startswith(f"{at.node.member}/"):
        do = "bring it to the node of the desk's own member"
        return [Problem("desk.card", found.author, f"it is not of a desk of {at.node.member}", do)]
    if grants and (grants[-1].key != found.key or grants[-1].until is not None or grants[-1].role not in AT_A_PLACE):
        what = "the ledger knows that name by another key, or its key has ended"
        return [Problem("desk.card", found.author, what, "make a key and a card of another name")]
    if known is not None and known != found and not grants:
        what, do = "another card of that name waits", "take that one away first, if it is the wrong one"
        return [Problem("desk.card", found.author, what, do)]
    return []


@page("stages/<slug:stage>/desks/appoint/", name="stage-desk-appoint", **BY)
@only_sent("stage-desks")
@reauthentication_required
def appoint(request: Asked, stage: str) -> HttpResponse:
    """The ledger is to know the desk or gate of a card for one place."""
    planned = stage_of(request.served.state(), stage)
    name, place = request.POST.get("desk", ""), request.POST.get("place", "")
    with request.served.at(request.who) as at:
        found = _cards(at).get(name)
    if found is None:
        do = "bring the card that the desk's machine made"
        return _shown(request, stage, [Problem("desk.card", "the desk", "no card of that name waits here", do)])
    if place not in planned.places:
        do = "choose one of the stage's places"
        return _shown(request, stage, [Problem("desk.place", f"{stage}, {place[:32]}", "no such place", do)])
    own = request.served.member
    (role,) = [each for each in APPOINTS[request.served.node.role] if each in AT_A_PLACE]
    wanted = commands.Appoint(By(own), found.author, role, found.key, place)
    what = Message("members.wanted.appoint", {"name": wanted.delegate, "role": role_text(role)})
    back = reverse("stage-desks", args=[stage])
    done = act(request, lambda at: at.run(commands.appoint, wanted), back, what)
    return _shown(request, stage, done) if isinstance(done, list) else done


@page("stages/<slug:stage>/desks/token/", name="stage-desk-token", **BY)
@never_cache
@only_sent("stage-desks")
@reauthentication_required
def token(request: Asked, stage: str) -> HttpResponse:
    """A token with which one of our devices checks in, shown once (ADR 148)."""
    stage_of(request.served.state(), stage)
    whose = request.served.who(request.POST.get("desk", ""))
    if whose.role not in AT_A_PLACE:
        do = "appoint it first"
        return _shown(request, stage, [Problem("desk.author", "the desk", "no desk or gate of that name stands", do)])
    done = issued(request, whose)
    return _shown(request, stage, done) if isinstance(done, list) else done


# --- the equipment ---------------------------------------------------------------------------------------------------


@page("stages/<slug:stage>/desks/file/", name="stage-desk-file", **BY)
@only_sent("stage-desks")
def file(request: Asked, stage: str) -> HttpResponse:
    """A desk's equipment is asked for; a second person consents, and then it is taken once."""
    stage_of(request.served.state(), stage)
    place, name = request.POST.get("place", ""), request.POST.get("desk", "")
    problems: list[Problem] = [] if request.POST.get("purpose", "").strip() else [exports.no_purpose()]
    with request.served.at(request.who) as at:
        card = _card_of(at, (stage, place, name))
    if problems or isinstance(card, list):
        return _shown(request, stage, problems + (card if isinstance(card, list) else []))
    return exports.ask(request, "desk-file", (stage, place, name), back="stages")


def _card_of(at: AtWeb, about: tuple[str, ...]) -> DeskCard | list[Problem]:
    """The card of that desk of ours, if it stands at that place; or every reason why it has no equipment."""
    stage, place, name = about
    found = _cards(at).get(name)
    if found is None:
        do = "bring the card that the desk's machine made"
        return [Problem("desk.card", "the desk", "its card is not here, and a file is sealed to a card", do)]
    return at.node.unfit(stage, place, f"{at.node.member}/{name}", found.key) or found


def _sealed(at: AtWeb, about: tuple[str, ...], made: Made) -> Made:
    """The file as it leaves: from the ledger as it is now, signed by the member, sealed to the desk's card."""
    stage, place, name = about
    card = _cards(at)[name]
    found = at.node.equipment(stage, place, card.author, card.key)
    assert isinstance(found, Equipment)  # what was consented to has just been made
    at.node.note_equipped(found)
    return Made(seal_equipment(found, card.recipient, at.node.vouch), made.name, made.people, made.type)


def _said(state: State, about: tuple[str, ...]) -> Message:
    stage, place, name = about
    return Message("web.exports.kind.desk-file", {"stage": Name(stage), "place": Name(place), "desk": Name(name)})


@exported("desk-file", _said, roles=(OFFICER,), seal=_sealed)
def _desk_file(at: AtWeb, about: tuple[str, ...], words: Any) -> Made | None:
    """What is consented to: whose rows go to which key. The ledger beside them has no names, and may grow meanwhile."""
    card, (stage, place, _) = _card_of(at, about), about
    if isinstance(card, list):
        return None
    rows = at.node.names(at.node.ledger_state(), stage, place)
    whole = json.dumps([card.author, card.key, card.recipient, *about, rows], sort_keys=True).encode()
    name = f"{card.author.replace('/', '-')}-{stage}.equipment"
    return Made(whole, name, len(rows), "application/octet-stream")
