"""The neutral's interviewers: who is where, forms for print, a day of interviews, people seen, access refused.

Each act is the one of `repatria clear`, and waits for the signature of the interviewer who asks for it. What is said of
somebody comes by POST, and nothing of it stands in an address, in a log or in the browser's session.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from datetime import date
from hashlib import sha256
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from repatria.clearing import commands
from repatria.clearing.paper import ANSWERS, NO, NOT_ASKED, short
from repatria.cli import acting
from repatria.deal.commands.known import visits_of
from repatria.exchange.authority import INTERVIEWER, NEUTRAL
from repatria.exchange.state import State
from repatria.files.tables import parse_table
from repatria.message import Day, Message, Name
from repatria.problem import Problem, Problems
from repatria.report.forms import Form, Heading, sheets
from repatria.report.language import CODES, Language
from repatria.web import exports
from repatria.web.access import Asked, on_record, page
from repatria.web.acting import act
from repatria.web.exports import Made
from repatria.web.served import AtWeb
from repatria.web.settings import LANGUAGES
from repatria.web.texts import language_of

INTERVIEWERS = {"roles": (INTERVIEWER,), "members": (NEUTRAL,)}
SHOWN_MOST = commands.BATCH  # people whom one page asks for an answer each
_NOTE_MOST = 4096  # bytes of a note that are read; the command says how many it may have


@page("interviews/", name="interviews", **INTERVIEWERS)
def interviews(request: Asked) -> HttpResponse:
    """How many people of the final lists are where; POST records people who were seen before there is a list."""
    problems: list[Problem] = []
    if request.method == "POST":
        found = _acted(request, "seen.before", lambda at: at.run(commands.see, commands.See(
            _by(at), _text(request, "place"), _text(request, "day"), _ticked(request, "identity"),
            register=_text(request, "register"), rows=tuple(request.POST.get("rows", "").split()),
        )))  # fmt: skip
        if isinstance(found, HttpResponse):
            return found
        problems = found
    with request.served.at(request.who) as at:
        state = at.node.state()
        counted: Counter[tuple[str, str]] = Counter()
        for holder, fact in state.lists.items():
            counted.update((str(holder), place) for place in visits_of(state, at.given, fact.list).values())
    registers = [
        (number, Name(str(fact.owner)), Message(f"web.list.{fact.list_kind}"), fact.version)
        for number, fact in sorted(state.registers.items(), key=lambda each: (each[1].owner, each[1].version))
    ]
    return render(
        request, "web/interviews.html",
        {"rows": [(Name(holder), place, n) for (holder, place), n in sorted(counted.items())],
         "registers": registers, "problems": problems, "said": request.POST},
        status=409 if problems else 200,
    )  # fmt: skip


@page("interviews/<slug:place>/", name="interviews-at", **INTERVIEWERS)
def at_place(request: Asked, place: str) -> HttpResponse:
    """What can be done at one place of detention."""
    acts = {"forms": _forms, "visit": _visit, "typed": _typed, "seen": _seen, "refused": _refused}
    problems: list[Problem] = []
    wanted = request.POST.get("do", "")
    if request.method == "POST" and wanted in acts:
        found = acts[wanted](request, place)
        if isinstance(found, HttpResponse):
            return found
        problems = found
    with request.served.at(request.who) as at:
        state = at.node.state()
        people = commands.people_at(state, at.given, place, planned_only=False)
        planned = commands.people_at(state, at.given, place, planned_only=True)
    if not people and not problems:
        raise Http404
    holders = sorted({str(state.persons[number].holder) for number in people})
    return render(
        request, "web/interviews_at.html",
        {"place": place, "name": Name(place), "people": len(people), "planned": len(planned), "problems": problems,
         "holders": [(each, Name(each)) for each in holders], "said": request.POST, "do": wanted,
         "codes": [(code, LANGUAGES[code]) for code in CODES]},
        status=409 if problems else 200,
    )  # fmt: skip


@page("interviews/<slug:place>/people/", name="interviews-people", **INTERVIEWERS)
def people(request: Asked, place: str) -> HttpResponse:
    """Everybody at a place by name, with an answer to be given for each; POST records the day."""
    planned = "planned" in request.GET or _ticked(request, "planned")
    problems: list[Problem] = []
    answered: dict[str, str] = {}
    with request.served.at(request.who) as at:
        here = commands.people_at(at.node.state(), at.given, place, planned)
        there = at.run(commands.who_is_there, commands.WhoIsThere(acting.alone(at), place))
    names = {} if isinstance(there, list) else {row["number"]: row["name"] for row in there.answer["people"]}
    if not here:
        raise Http404
    if request.method == "POST":
        answered = {number: said for number in here if (said := request.POST.get(f"answer-{number}", "")) in ANSWERS}
        found = _answered(request, place, planned, here, answered)
        if isinstance(found, HttpResponse):
            return found
        problems = found
    on_record(request.who, "interviews-people", True, about=[place])
    rows = [] if len(here) > SHOWN_MOST else [
        (number, short(number), names.get(number, ""),
         [(each, Message(f"web.interviews.answer.{each}"), answered.get(number) == each) for each in ANSWERS])
        for number in here
    ]  # fmt: skip
    rows.sort(key=lambda row: (row[2], row[1]))
    return render(
        request, "web/interviews_people.html",
        {"place": place, "name": Name(place), "rows": rows, "people": len(here), "planned": planned,
         "problems": problems, "said": request.POST},
        status=409 if problems else 200,
    )  # fmt: skip


# --- what is done ---------------------------------------------------------------------------------------------------


def _answered(
    request: Asked, place: str, planned: bool, here: list[str], answered: dict[str, str]
) -> HttpResponse | list[Problem]:
    """The day, if everybody there has an answer: nobody is let go by a box that was forgotten."""
    missing = [number for number in here if number not in answered]
    if missing:
        do = "answer for everybody; not asked is an answer, too"
        return [Problem("interviews.answer", short(number), "no answer", do) for number in missing]
    declined, unasked = (tuple(n for n in here if answered[n] == said) for said in (NO, NOT_ASKED))
    note = request.POST.get("note", "").encode()[:_NOTE_MOST]
    return _acted(request, "visit", lambda at: at.run(commands.visit, commands.Visit(
        _by(at), place, _text(request, "day"), declined, planned, note, unasked,
    )))  # fmt: skip


def _visit(request: Asked, place: str) -> HttpResponse | list[Problem]:
    try:
        declined = tuple(_file_text(request, "not_going").split())
    except Problems as error:
        return list(error.problems)
    note = request.POST.get("note", "").encode()[:_NOTE_MOST]
    return _acted(request, "visit", lambda at: at.run(commands.visit, commands.Visit(
        _by(at), place, _text(request, "day"), declined, _ticked(request, "planned"), note,
    )))  # fmt: skip


def _typed(request: Asked, place: str) -> HttpResponse | list[Problem]:
    tables: list[Any] = []
    problems: list[Problem] = []
    for name in ("first", "second"):
        try:
            tables.append(_table(request, name))
        except Problems as error:
            problems += error.problems
    if problems:
        return problems
    return _acted(request, "visit", lambda at: at.run(commands.typed_in, commands.TypedIn(
        commands.AtPlace(_by(at), place, _text(request, "day"), _ticked(request, "planned")), (tables[0], tables[1]),
    )))  # fmt: skip


def _seen(request: Asked, place: str) -> HttpResponse | list[Problem]:
    numbers = tuple(request.POST.get("numbers", "").lower().split())
    return _acted(request, "seen", lambda at: at.run(commands.see, commands.See(
        _by(at), place, _text(request, "day"), _ticked(request, "identity"), numbers,
    )))  # fmt: skip


def _refused(request: Asked, place: str) -> HttpResponse | list[Problem]:
    return _acted(request, "refused", lambda at: at.run(commands.access_refused, commands.Refused(
        _by(at), place, _text(request, "day"), _text(request, "holder"),
    )))  # fmt: skip


def _forms(request: Asked, place: str) -> HttpResponse | list[Problem]:
    """Ask for the sheets of a day; everything that is wrong with the day is said before anybody is asked."""
    code, day = _text(request, "language"), _text(request, "day")
    code = code if code in CODES else request.words.code
    about = (place, day, code, "planned" if _ticked(request, "planned") else "")
    with request.served.at(request.who) as at:
        wrong = [each for each in _sheets(at, about) if isinstance(each, Problem)]
    if not _is_day(day):
        wrong.append(Problem("interviews.day", "the day", "not a day", "write it such as 2025-12-03"))
    return wrong or exports.ask(request, "interview-forms", about, back="interviews")


def _is_day(text: str) -> bool:
    """Whether it is a day of the calendar, as the ledger writes it: the page of files tells it to everybody."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _sheets(at: AtWeb, about: tuple[str, ...]) -> list[Form] | list[Problem]:
    place, day, _, planned = about
    request = commands.AtPlace(acting.alone(at), place, day, bool(planned))
    return commands.forms(at.node.state(), request, at.given)


def _forms_said(state: State, about: tuple[str, ...]) -> Message:
    place, day = Name(about[0]), Day(about[1], full=True)
    return Message("web.exports.kind.interview-forms", {"place": place, "day": day})


@exports.exported("interview-forms", _forms_said, roles=(INTERVIEWER,))
def _forms_file(at: AtWeb, about: tuple[str, ...], words: Language) -> Made | None:
    """The sheets, shown for print and kept nowhere."""
    people = [each for each in _sheets(at, about) if isinstance(each, Form)]
    if not people:
        return None
    heading = Heading(language_of(about[2]), about[0], about[1])
    document = sheets(people, heading, [language_of(each) for each in CODES])
    return Made(document.encode(), "forms.html", len(people), "text/html")


def printed(document: str) -> HttpResponse:
    """A document with its own style in it, which the page's policy lets through by its hash; no cache keeps it."""
    styles = re.findall(r"<style>(.*?)</style>", document, re.DOTALL)
    hashes = [f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in styles]
    answer: Any = HttpResponse(document)
    answer["Cache-Control"] = "no-store"
    answer._csp_update = {"style-src": hashes}  # what django-csp's own decorator sets
    return answer


def _acted(request: Asked, what: str, do: Any) -> HttpResponse | list[Problem]:
    return act(request, do, "clearing", Message(f"web.interviews.{what}.title"))


# --- what was asked -------------------------------------------------------------------------------------------------


def _by(at: AtWeb) -> Any:
    return acting.delegate(at, INTERVIEWER)


def _text(request: Asked, name: str) -> str:
    return request.POST.get(name, "").strip()[:200]


def _ticked(request: Asked, name: str) -> bool:
    return request.POST.get(name) == "yes"


def _file_text(request: Asked, name: str) -> str:
    """A file's text, or none where no file was chosen."""
    file = request.FILES.get(name)
    if file is None:
        return ""
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        what = "not a text in UTF-8"
        raise Problems([Problem("file.text", str(file.name), what, "save it as UTF-8, or choose another")]) from None


def _table(request: Asked, name: str) -> Any:
    file = request.FILES.get(name)
    if file is None:
        what = "no file was chosen"
        raise Problems([Problem("list.file", f"the {name} typing", what, "choose a file for each of the two")])
    return parse_table(file.read(), str(file.name))
