"""Match review: who of the sought may be held, pair by pair, by one key or one button each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any, cast

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from repatria.cli import acting
from repatria.exchange.authority import OFFICER, PARTY
from repatria.linkage import commands
from repatria.linkage.block import Candidate
from repatria.linkage.explain import again, field, message
from repatria.linkage.judgement import Verdict
from repatria.linkage.kinds import KINDS_OF, Stands
from repatria.linkage.review import Open, Pair
from repatria.message import Message, Name, Tenths
from repatria.people.written import written
from repatria.problem import Problem
from repatria.web import jobs
from repatria.web.access import Asked, on_record, page
from repatria.web.acting import act
from repatria.web.bench import Bench, bench
from repatria.web.served import AtWeb

SIDES = ("sought", "held")
VERDICTS: tuple[tuple[str, str], ...] = (("link", "L"), ("non_link", "N"), ("undecided", "U"))
REVIEWERS = {"roles": (OFFICER,), "members": (PARTY,)}
_NEAR_MOST = {"date": 4, "word": 0, "name": 8}  # the last level that speaks for a pair, by kind; of texts 3


@page("matches/", name="reviews", **REVIEWERS)
def reviews(request: Asked) -> HttpResponse:
    """The registers that were disclosed to this member, and how far the review of each is."""
    served = request.served
    state = served.state()
    rows = []
    with served.at(request.who) as at:
        for number, fact in sorted(state.registers.items(), key=lambda each: (each[1].owner, -each[1].version)):
            if served.member not in fact.asked:
                continue
            desk = bench(at, number)
            rows.append({
                "number": number, "owner": Name(str(fact.owner)), "version": fact.version, "people": fact.rows,
                "looked": desk.raw.get(f"candidates/{number}") is not None, "waits": len(desk.order(request.who.name)),
                "sure": desk.sure_for(request.who.name), "state": _figures(desk),
            })  # fmt: skip
    return render(request, "web/reviews.html", {"rows": rows})


def _figures(desk: Bench) -> list[tuple[Message, int]]:
    found = desk.figures()
    names = (("open", "open"), ("second", "waiting_for_second"), ("split", "split"), ("changed", "changed_since"))
    return [(Message(f"web.matches.{text}"), found[name]) for text, name in names]


@page("matches/<slug:number>/find/", name="find-matches", **REVIEWERS)
def find(request: Asked, number: str) -> HttpResponse:
    """POST: look who may be held, in the background."""
    if request.method != "POST" or not _asked(request, number):
        raise Http404
    return redirect("job", jobs.ask(request.served, request.who, "link", {"register": number}, about=number))


@page("matches/<slug:number>/confirm/", name="confirm-matches", **REVIEWERS)
def confirm(request: Asked, number: str) -> HttpResponse:
    """POST: one word on every sure and uncontested pair; the number that was shown is the number that is meant."""
    if request.method != "POST" or not _asked(request, number):
        raise Http404
    shown = request.POST.get("number", "")
    why = request.POST.get("why", "").strip() or request.words.say(Message("web.matches.bulk_grounds"))
    found = act(
        request,
        lambda at: at.run(
            commands.confirm_all_sure,
            commands.ConfirmSure(
                acting.alone(at), number, request.who.name, why, whole(shown, -1)
            ),
        ),
        "reviews",
    )  # fmt: skip
    if isinstance(found, HttpResponse):
        return found
    return render(request, "web/problems_page.html", {"problems": found, "back": "reviews"}, status=400)


@page("matches/<slug:number>/", name="matches", **REVIEWERS)
def matches(request: Asked, number: str) -> HttpResponse:
    """The pair that is worth most now; POST says a word on it, and the next one comes."""
    if not _asked(request, number):
        raise Http404
    skip = whole(request.POST.get("skip") or request.GET.get("skip") or "0")
    problems: list[Problem] = []
    shown: Pair | None = None
    if request.method == "POST" and request.POST.get("do") == "sign":
        return _signed(request, number)
    with request.served.at(request.who) as at:
        desk = bench(at, number)
        if request.method == "POST":
            problems, shown = _judged(request, at, desk)
        context = _pair(request, at, desk, skip, shown)
    context |= {"number": number, "problems": problems}
    if request.headers.get("HX-Request"):
        return render(request, "web/match.html", context)
    if request.method == "POST" and not problems and shown is None:
        answer = redirect("matches", number)
        answer["Location"] += f"?skip={skip}" if skip else ""
        return answer
    return render(request, "web/matches.html", context, status=400 if problems else 200)


def _judged(request: Asked, at: AtWeb, desk: Bench) -> tuple[list[Problem], Pair | None]:
    """Keep a word, or take one back: what is wrong, and the pair to stay at."""
    who = request.who.name
    why = request.POST.get("why", "").strip()
    if request.POST.get("do") == "undo":
        pair = desk.last(who)
        if pair is None:
            what = "this reviewer has said nothing that could be taken back"
            return [Problem("linkage.judgement.none", "the last word", what, "judge the pair that is shown")], None
        verdict, why = "taken_back", "taken back at once"
    else:
        verdict = request.POST.get("verdict", "")
        try:
            sought, _, held = request.POST.get("pair", "").partition("-")
            pair = commands.row_number(sought), commands.row_number(held)
        except ValueError:
            pair = (-1, -1)
        if verdict not in dict(VERDICTS) or pair not in desk.candidates:
            do = "judge the pair that is shown now"
            return [Problem("linkage.pair.gone", "the pair", "no pair of this review, or no word", do)], None
    request_ = commands.JudgePair(
        acting.alone(at), desk.register, commands.row_text(pair[0]), commands.row_text(pair[1]),
        cast(Verdict, verdict), who, why or request.words.say(Message("web.matches.grounds")),
    )  # fmt: skip
    done = replace(at, given=desk.given(at)).run(commands.note_judgement, request_)
    if isinstance(done, list):
        return done, pair
    desk.told(at, pair)
    return [], pair if verdict == "taken_back" else None


def _signed(request: Asked, number: str) -> HttpResponse:
    """The ledger's word on what was kept since the last time."""

    def sign(at: AtWeb) -> Any:
        desk = bench(at, number)
        done = at.run(
            commands.sign_judgements, commands.SignJudgements(acting.alone(at), number, _unsigned(at, desk))
        )  # fmt: skip
        if not isinstance(done, list):
            at.node.vault.put_document(f"web/judged/{number}", json.dumps(len(desk.said)).encode())
        return done

    found = act(request, sign, "reviews")
    if isinstance(found, HttpResponse):
        return found
    return render(request, "web/problems_page.html", {"problems": found, "back": "reviews"}, status=400)


def _unsigned(at: AtWeb, desk: Bench) -> int:
    """How many words were kept since the ledger was told last."""
    told = at.node.vault.document(f"web/judged/{desk.register}")
    return max(0, len(desk.said) - (0 if told is None else int(json.loads(told))))


def _pair(request: Asked, at: AtWeb, desk: Bench, skip: int, shown: Pair | None) -> dict[str, Any]:
    """What the page shows of the pair at this place of the queue, or of the one to stay at."""
    who = request.who.name
    order = desk.order(who)
    place = min(skip, len(order) - 1) if shown is None else next(
        (at_ for at_, each in enumerate(order) if each.pair == shown), -1
    )  # fmt: skip
    common = {"left": len(order), "unsigned": _unsigned(at, desk), "can_undo": desk.last(who) is not None}
    if place < 0 or not order:
        return {**common, "pair": None}
    waiting = order[place]
    wanted = whole(request.GET.get("k") or request.POST.get("k") or "1")
    found = desk.beside(waiting.pair)
    chosen = found[min(max(wanted, 1), len(found)) - 1]
    sought = desk.sought.get(waiting.sought_row, {})
    rows = [waiting.sought_row, *(each.held_row for each in found)]
    on_record(request.who, "matches", True, about=[commands.row_text(row) for row in rows])
    columns = [(each, desk.held(at, each.held_row)) for each in found]
    return {
        **common, "pair": waiting, "skip": place, "ids": _ids(chosen), "k": found.index(chosen) + 1,
        "candidates": [
            {"k": k, "chosen": each is chosen, "waits": _may_judge(desk, each, order), "ids": _ids(each)}
            for k, each in enumerate(found, 1)
        ],
        "rows": _rows(request, sought, columns), "second": chosen.second,
        "waits": Message(f"web.match.waits.{waiting.waits}") if waiting.waits != "first" else None,
        "changed": again(waiting.because), "verdicts": [(v, k, Message(f"web.match.{v}")) for v, k in VERDICTS],
        "probability": None if chosen.probability is None else Tenths(_tenths(chosen.probability)),
        "why": request.POST.get("why") or request.words.say(Message("web.matches.grounds")),
        "empty": not _may_judge(desk, chosen, order),
    }  # fmt: skip


def _tenths(chance: float) -> int:
    """A likelihood in tenths of a per cent, never rounded to certainty."""
    return min(999, max(1, round(chance * 1000)))


def _may_judge(desk: Bench, candidate: Candidate, order: Sequence[Open]) -> bool:
    return any(each.pair == (candidate.sought_row, candidate.held_row) for each in order)


def _ids(candidate: Candidate) -> str:
    return f"{commands.row_text(candidate.sought_row)}-{commands.row_text(candidate.held_row)}"


def _rows(
    request: Asked, sought: Mapping[str, str], columns: Sequence[tuple[Candidate, Mapping[str, str]]]
) -> list[dict[str, Any]]:
    """Field by field: what is known of the sought, and of each candidate with how it stands and where it differs."""
    rows = []
    for name in KINDS_OF:
        stands = [next((each for each in found.stands if each.column == name), None) for found, _ in columns]
        if name not in sought and not any(name in fields for _, fields in columns):
            continue

        def told(fields: Mapping[str, str], name: str = name) -> str:
            return in_words(name, fields, request.words.code)

        rows.append({
            "field": field(name), "sought": told(sought),
            "cells": [
                {"parts": _parts(told(sought), told(fields), each), "class": _class(each),
                 "how": message(each, SIDES).places["how"] if each is not None else None}
                for each, (_, fields) in zip(stands, columns, strict=True)
            ],
        })  # fmt: skip
    return rows


def in_words(name: str, fields: Mapping[str, str], code: str) -> str:
    """A field as a list in that language writes it; nothing where it is not known."""
    return written(name, fields.get(name, ""), code)


def _class(stands: Stands | None) -> str:
    if stands is None or stands.level < 0:
        return "unknown"
    if stands.level == 0 or (stands.level == 1 and stands.kind not in ("date", "word")):
        return "same"  # also where only language or alphabet is another
    return "near" if stands.level <= _NEAR_MOST.get(stands.kind, 3) else "apart"


def _parts(one: str, other: str, stands: Stands | None) -> list[tuple[str, bool]]:
    """The text of the held record in pieces, those marked that the sought record has otherwise; whole where two texts
    have too little in common for marks to help, as in two alphabets."""
    if not one or not other or one == other or stands is None or stands.level == 0:
        return [(other, False)]
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    if matcher.ratio() < 0.5 or len(other.casefold()) != len(other):
        return [(other, False)]
    pieces = [(other[b:d], tag != "equal") for tag, _, _, b, d in matcher.get_opcodes() if d > b]
    return pieces or [(other, False)]


def _asked(request: Asked, number: str) -> bool:
    fact = request.served.state().registers.get(number)
    return fact is not None and request.served.member in fact.asked


def whole(text: str, otherwise: int = 0) -> int:
    """The number that somebody typed, or that an address has; of a sensible length, in the figures of ASCII."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else otherwise


