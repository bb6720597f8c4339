"""Clearing: whether people go, in counts per place and a word per number, for every member; never why they do not.

The neutral's interviewers have the pages beside this one, `interviews`; boards are at `boards`. What is shown here is
made of the neutral's words on the ledger alone, which say nothing of reasons: a wish, an illness and a court look alike
(DESIGN.md 4.4), and so do the bytes of this page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from repatria.exchange.authority import INTERVIEWER, OFFICER, PHYSICIAN, SIGNATORY, SUPERVISOR
from repatria.exchange.person import LISTED, NOT_GOING, WITHHELD, Person
from repatria.exchange.state import State
from repatria.message import Message, Name
from repatria.web.access import Asked, on_record, page

CLEARED, NO_WORD, UNKNOWN = "cleared", "no-word", "unknown"
ASKED_MOST = 500  # numbers at once


@dataclass(frozen=True)
class Standing:
    """The people of one holder on whom the neutral gave its word at one place; None where it has given none yet."""

    holder: Name
    place: Name | None
    cleared: int
    not_going: int
    withheld: int
    no_word: int


@page("clearing/", name="clearing", roles=(OFFICER, SIGNATORY, SUPERVISOR, INTERVIEWER, PHYSICIAN))
def clearing(request: Asked) -> HttpResponse:
    """Counts by holder and place; POST asks for the words on some numbers."""
    state = request.served.state()
    numbers = list(dict.fromkeys(request.POST.get("numbers", "").lower().split()))[:ASKED_MOST]
    if numbers:
        known = [number for number in numbers if number in state.persons]
        on_record(request.who, "clearing", True, about=known)
    refused = [
        (Name(str(breach.member)), breach.count) for breach in state.breaches if breach.code == "access-refused"
    ]
    context: dict[str, Any] = {
        "rows": by_place(state), "refused": refused, "numbers": "\n".join(numbers),
        "asked": [(number, Message(f"web.clearing.state.{word(state, number)}")) for number in numbers],
        "interviews": INTERVIEWER in request.who.roles, "boards": PHYSICIAN in request.who.roles,
    }  # fmt: skip
    return render(request, "web/clearing.html", context)


def by_place(state: State) -> list[Standing]:
    """Everybody on the lists, by holder and by the place of the neutral's latest word."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for (holder, where, kind), people in state.census(_place_and_kind).items():
        counted.setdefault((holder, where), Counter())[kind] += people
    return [
        Standing(
            Name(holder), Name(place) if place else None, n[CLEARED], n[NOT_GOING], n[WITHHELD], n[NO_WORD]
        )
        for (holder, place), n in sorted(counted.items())
    ]  # fmt: skip


def _place_and_kind(person: Person) -> tuple[str, str, str]:
    stands = person.word
    return str(person.holder), "" if stands is None else str(stands.place), _kind(person)


def word(state: State, number: str) -> str:
    """The state of a number in one word; before anything has happened, whether the neutral has cleared it."""
    person = state.persons.get(number)
    if person is None:
        return UNKNOWN
    return _kind(person) if person.state == LISTED else str(person.state)


def _kind(person: Person) -> str:
    """Under which heading somebody is counted: withheld and not going by their state, else by the word."""
    if person.state in (NOT_GOING, WITHHELD):
        return person.state
    stands = person.word
    return CLEARED if stands is not None and stands.going else NO_WORD
