"""Answers: a word for every name that is sought, by the agreed day; what is blank then is a breach by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.http import Http404, HttpResponse
from django.shortcuts import render

from repatria.cli import acting
from repatria.exchange.authority import OFFICER, PARTY, SIGNATORY
from repatria.exchange.deadlines import deadline_of
from repatria.exchange.state import RegisterFact, State
from repatria.files.lists import format_answers
from repatria.linkage import commands
from repatria.message import Day, Message, Name
from repatria.people.vocabulary import HEADINGS
from repatria.problem import Problem
from repatria.report.language import Language
from repatria.store.node import NodeFolder
from repatria.web import exports
from repatria.web.access import Asked, on_record, page
from repatria.web.acting import act
from repatria.web.exports import Made
from repatria.web.pages.matches import in_words, whole
from repatria.web.served import AtWeb

SHOWN = 50  # people on one page
COLUMNS = ("family_name", "given_names", "date_of_birth", "service_number")
WORKERS = {"roles": (OFFICER, SIGNATORY), "members": (PARTY,)}


@page("answers/", name="answers", **WORKERS)
def answers(request: Asked) -> HttpResponse:
    """Who asks us, whom we ask, how many names are blank, and by when; POST answers a register."""
    served, own = request.served, request.served.member
    problems: list[Problem] = []
    if request.method == "POST":
        number = request.POST.get("register", "")
        others = request.POST.get("others") == "not_held"
        found = act(
            request,
            lambda at: at.run(commands.give_answers, commands.GiveAnswers(acting.alone(at), number, others)),
            "answers", Message("web.answers.giving"),
        )  # fmt: skip
        if isinstance(found, HttpResponse):
            return found
        problems = found
    state = served.state()
    facts = sorted(state.registers.items(), key=lambda each: (each[1].owner, each[1].list_kind, -each[1].version))
    asked_of_us = [(number, fact) for number, fact in facts if own in fact.asked]
    count, ready = request.GET.get("count", ""), None
    if count in dict(asked_of_us):  # asked for by itself, since every pair is looked at for it
        with served.at(request.who) as at:
            ready = _ready(commands.GiveAnswers(acting.alone(at), count, True), at)
    return render(
        request, "web/answers.html",
        {"ours": [{**standing(state, number, fact, own), "ready": ready if number == count else None}
                  for number, fact in asked_of_us],
         "theirs": [standing(state, number, fact, str(holder)) for number, fact in facts
                    if str(fact.owner) == own for holder in fact.asked],
         "problems": problems},
        status=400 if problems else 200,
    )  # fmt: skip


def standing(state: State, number: str, fact: RegisterFact, holder: str) -> dict[str, Any]:
    """How far one member is with one register."""
    due = deadline_of(state, number, holder)
    today = (state.log_time or "")[:10]
    blank = fact.blank(holder)
    return {
        "number": number, "owner": Name(str(fact.owner)), "holder": Name(holder), "version": fact.version,
        "people": fact.rows, "blank": blank, "answered": fact.rows - fact.erased - blank,
        "due": None if due is None else Day(str(due), full=True),
        "overdue": bool(blank and due is not None and str(due) < today),
    }  # fmt: skip


def _ready(request: commands.GiveAnswers, at: Any) -> dict[str, Any] | None:
    """What an answer given now would say, in counts; nothing where it cannot be given."""
    outcome = commands.give_answers(at.node.state(), request, at.given)
    return None if isinstance(outcome, list) else dict(outcome.answer)


@page("answers/<slug:number>/", name="answer", **WORKERS)
def answer(request: Asked, number: str) -> HttpResponse:
    """Name by name what was answered; POST gives it as a file."""
    served = request.served
    fact = served.state().registers.get(number)
    if fact is None or served.member not in (str(fact.owner), *map(str, fact.asked)):
        raise Http404
    members = sorted(map(str, fact.answers))
    with served.at(request.who) as at:
        found = _answered(at, number, members)
    if not found.rows:
        raise Http404
    rows = found.rows
    if request.method == "POST":
        return exports.ask(request, "answer-file", (number,), back="answers")
    on_record(request.who, "answer", True, about=[number])
    words = found.words
    only = request.GET.get("word", "")
    chosen = [row for row in rows if not only or only in [row[1].get(member, "blank") for member in members]]
    start = whole(request.GET.get("from", ""))
    code = request.words.code
    shown = [
        ([in_words(name, fields, code) for name in COLUMNS],
         [Message(f"list.{said.get(member, 'blank')}") for member in members])
        for fields, said in chosen[start : start + SHOWN]
    ]  # fmt: skip
    return render(
        request, "web/answer.html",
        {"holders": [standing(served.state(), number, fact, str(holder)) for holder in fact.asked],
         "heads": [HEADINGS[code][name] for name in COLUMNS], "members": [Name(member) for member in members],
         "rows": shown, "by_word": [(word, Message(f"list.{word}"), n) for word, n in sorted(words.items())],
         "only": only, "first": start + 1 if chosen else 0, "last": min(start + SHOWN, len(chosen)),
         "of": len(chosen), "before": max(0, start - SHOWN) if start else None,
         "after": start + SHOWN if start + SHOWN < len(chosen) else None, "number": number,
         "owner": Name(str(fact.owner))},
    )  # fmt: skip


@dataclass(frozen=True)
class _Answered:
    """Every row that this node can read with its words, and how often each word was given; `key`: what it hangs on."""

    key: tuple[Any, ...]
    rows: list[tuple[Mapping[str, str], dict[str, str]]]
    words: Mapping[str, int]


_at_hand: WeakKeyDictionary[NodeFolder, _Answered] = WeakKeyDictionary()


def _answered(at: AtWeb, number: str, members: list[str]) -> _Answered:
    """The register that somebody is looking through, page by page, opened once; opened anew when an answer, a letter or
    a record is another. Whoever calls holds the node, and has looked that the asker may read it."""
    state, letters = at.node.seen_state(), tuple(at.given.documents("mail/register/"))
    given = tuple(str(state.registers[number].answers[member].answers) for member in members)
    key = number, given, letters, at.node.vault.changes_of(number)
    found = _at_hand.get(at.node)
    if found is None or found.key != key:
        rows = commands.answered(state, at.given, number)
        words = Counter(said.get(member, "blank") for _, said in rows for member in members)
        found = _at_hand[at.node] = _Answered(key, rows, words)
    return found


def _said(state: State, about: tuple[str, ...]) -> Message:
    fact = state.registers[about[0]]
    return Message("web.exports.kind.answer-file", {"owner": Name(str(fact.owner)), "version": fact.version})


@exports.exported("answer-file", _said)
def _file(at: AtWeb, about: tuple[str, ...], words: Language) -> Made | None:
    state = at.node.seen_state()
    rows = commands.answered(state, at.given, about[0]) if about[0] in state.registers else []
    if not rows:
        return None
    members = sorted(map(str, state.registers[about[0]].answers))
    return Made(format_answers(rows, members, words), "answers.xlsx", len(rows))
