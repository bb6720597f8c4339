"""Registers: lists brought as files, looked through and imported; compared, previewed, disclosed and written out."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from repatria.cli import acting
from repatria.exchange.authority import OFFICER, PARTY, SIGNATORY
from repatria.exchange.state import State
from repatria.files.lists import format_dictionary, format_list, format_template
from repatria.message import Message, Name
from repatria.people import commands
from repatria.people.columns import MAPPABLE
from repatria.people.person import ListKind
from repatria.people.vocabulary import HEADINGS
from repatria.problem import Problem
from repatria.report.language import Language
from repatria.web import exports, jobs
from repatria.web.access import Asked, on_record, page
from repatria.web.acting import act
from repatria.web.drafts import Draft, draft, drafts, looked
from repatria.web.exports import XLSX, Made
from repatria.web.served import AtWeb

KINDS = ("held", "sought")
SHOWN = 100  # problems on one page
PREVIEWED = 20  # people on one page
WORKERS = {"roles": (OFFICER, SIGNATORY), "members": (PARTY,)}


@page("registers/", name="registers", **WORKERS)
def registers(request: Asked) -> HttpResponse:
    """What lists there are; POST brings a new one."""
    problems: list[Problem] = []
    if request.method == "POST":
        found = _brought(request)
        if isinstance(found, str):
            return redirect("job", found)
        problems = found
    state = request.served.state()
    with request.served.lock:
        waiting = drafts(request.served.node.given(request.served.clock()))
    rows = sorted(state.registers.items(), key=lambda each: (each[1].owner, each[1].list_kind, -each[1].version))
    return render(
        request, "web/registers.html",
        {"registers": [(name, fact, Name(str(fact.owner)), kind_text(str(fact.list_kind))) for name, fact in rows],
         "drafts": [(each, kind_text(each.kind)) for each in waiting], "problems": problems,
         "kinds": [(kind, kind_text(kind)) for kind in KINDS], "own": request.served.member},
        status=400 if problems else 200,
    )  # fmt: skip


def _brought(request: Asked) -> str | list[Problem]:
    """The name of the job that looks through a file that was brought; or what is wrong with it, all of it."""
    file, kind = request.FILES.get("file"), request.POST.get("kind", "")
    problems = []
    if file is None or not file.size:
        problems.append(Problem("list.file", "the list", "no file was chosen, or an empty one", "choose a file"))
    if kind not in KINDS:
        problems.append(Problem("list.kind", "the kind", "neither held nor sought", "say which it is"))
    if problems:
        return problems
    served = request.served
    sender = request.POST.get("sender", "").strip()[:100] or served.member
    with served.lock:
        given = served.node.given(served.clock())
        new = Draft(given.random(8).hex(), str(file.name)[:200], kind, sender, request.who.name, given.now)
        served.node.vault.put_all({}, {new.place: new.as_bytes(), f"{new.place}/file": file.read()})
    return jobs.ask(served, request.who, "look", _to_look(request, new.number), about=new.number)


@page("registers/list/<slug:number>/", name="draft", **WORKERS)
def one(request: Asked, number: str) -> HttpResponse:
    """A list that was brought: its columns, problems, figures; to be corrected, imported or thrown away."""
    served = request.served
    with served.lock:
        given = served.node.given(served.clock())
        found, seen = draft(given, number), looked(given, number)
    if found is None:
        raise Http404
    if request.method == "POST":
        what = request.POST.get("do")
        if what == "drop":
            with served.lock:
                served.node.vault.put_all({}, {}, without=list(found.everything()))
            messages.success(request, request.words.say(Message("web.done")))
            return redirect("registers")
        if what == "import":
            return redirect("job", jobs.ask(served, request.who, "import", {"draft": number}, about=number))
        with served.lock:
            present = draft(served.node.given(served.clock()), number)  # another may have said something meanwhile
            if present is None:
                raise Http404
            served.node.vault.put_all(
                {}, {found.place: _corrected(request, present, seen).as_bytes()}, without=[f"{found.place}/looked"]
            )
        return redirect("job", jobs.ask(served, request.who, "look", _to_look(request, number), about=number))
    context: dict[str, Any] = {"draft": found, "kind": kind_text(found.kind), "looked": seen}
    if seen is not None:
        on_record(request.who, "draft", True, about=[number])
        context |= _of_looked(request, seen)
    return render(request, "web/draft.html", context)


def _to_look(request: Asked, number: str) -> dict[str, str]:
    """The draft, and the language in which its file is marked."""
    return {"draft": number, "language": request.words.code}


def _corrected(request: Asked, found: Draft, seen: dict[str, Any] | None) -> Draft:
    """The draft with what the officer said of its sheet, its encoding and each column that the guess had otherwise."""
    said = dict(found.columns)
    for column in seen["columns"] if seen is not None else ():
        letters = column["letters"].lower()
        wanted = request.POST.get(f"column-{letters}", column["field"])
        if wanted != column["field"] and (wanted in MAPPABLE or not wanted):
            said[letters] = wanted or "unknown"
    sheet, encoding = (request.POST.get(name, "").strip()[:100] or None for name in ("sheet", "encoding"))
    return replace(found, columns=said, sheet=sheet, encoding=encoding)


def _of_looked(request: Asked, seen: dict[str, Any]) -> dict[str, Any]:
    code = request.GET.get("code", "")
    counts = Counter(each["code"] for each in seen["problems"])
    wanted = [each for each in seen["problems"] if code in ("", each["code"])]
    start = _whole(request.GET.get("from", "0"))
    words = HEADINGS[request.words.code]
    fields = [(name, words.get(name) or name.replace("_", " ")) for name in MAPPABLE if name in words]
    fields += [(name, name.replace("_", " ")) for name in MAPPABLE if name.startswith("name_")]
    return {
        "columns": seen["columns"], "fields": fields, "codes": sorted(counts.items()), "code": code,
        "found": wanted[start : start + SHOWN], "first": start + 1, "last": min(start + SHOWN, len(wanted)),
        "of": len(wanted), "before": max(0, start - SHOWN) if start else None,
        "after": start + SHOWN if start + SHOWN < len(wanted) else None,
        "figures": [
            (Message(f"quality.{key}"), seen["quality"][name])
            for key, name in (("rows", "rows"), ("complete", "complete"), ("incomplete", "incomplete"),
                              ("category", "category_unknown"), ("doubtful", "doubtful"), ("stopped", "stopped"))
        ],
        "lacking": [(words.get(each["field"], each["field"]), each["people"]) for each in seen["ready"]["lacking"]],
        "ready": seen["ready"], "changed": _changed(seen["changed"], request.words),
    }  # fmt: skip


def _changed(changed: dict[str, Any] | None, say: Language) -> dict[str, Any] | None:
    """Counts of what changed between two versions, and by field."""
    if changed is None:
        return None
    words = HEADINGS[say.code]
    names = ("people_before", "people_now", "added", "gone", "changed", "unchanged", "unclear")
    return {
        "counts": [(Message(f"web.changed.{name}"), changed[name]) for name in names],
        "fields": [
            (words.get(each["field"]) or each["field"].removeprefix("unknown:"), each["people"])
            for each in changed["changes_by_field"]
        ],
    }


@page("registers/list/<slug:number>/annotated/", name="annotated", **WORKERS)
def annotated(request: Asked, number: str) -> HttpResponse:
    """The file with every problem at its cell: to whoever brought it at once; others ask for it like for any file."""
    with request.served.lock:
        found = draft(request.served.node.given(request.served.clock()), number)
        data = request.served.node.vault.document(f"web/list/{number}/annotated")
    if data is None or found is None:
        raise Http404
    if found.by != request.who.name:
        return exports.ask(request, "annotated", (number,), back="registers")
    on_record(request.who, "annotated", True, about=[number])
    return file_answer(data, "problems.xlsx")


@exports.exported("annotated", lambda state, about: Message("web.exports.kind.annotated"))
def _annotated_file(at: AtWeb, about: tuple[str, ...], words: Language) -> Made | None:
    data, seen = at.given.document(f"web/list/{about[0]}/annotated"), looked(at.given, about[0])
    return None if data is None or seen is None else Made(data, "problems.xlsx", seen["quality"]["rows"])


@page("registers/<slug:number>/", name="register", **WORKERS)
def register(request: Asked, number: str) -> HttpResponse:
    """One register: who has answered, what another member would see of it, versions, and disclosing it."""
    served, own = request.served, request.served.member
    state = served.state()
    fact = state.registers.get(number)
    if fact is None:
        raise Http404
    problems: list[Problem] = []
    if request.method == "POST" and str(fact.owner) == own:
        if request.POST.get("do") == "compare":
            return redirect("job", jobs.ask(served, request.who, "compare", {"register": number}, about=number))
        to = tuple(request.POST.getlist("to"))
        found = act(
            request,
            lambda at: at.run(
                commands.disclose_register, commands.DiscloseRegister(acting.member(at), number, to)
            ) if to else [Problem("register.to", "the readers", "nobody is named who is to read it", "name a member")],
            "registers", Message("web.register.disclosing", {"to": tuple(map(Name, to))}),
        )  # fmt: skip
        if isinstance(found, HttpResponse):
            return found
        problems = found
    context: dict[str, Any] = {
        "number": number, "fact": fact, "kind": kind_text(str(fact.list_kind)), "owner": Name(str(fact.owner)),
        "is_own": str(fact.owner) == own, "problems": problems,
        "answers": [(Name(str(each)), given.answered) for each, given in sorted(fact.answers.items())],
    }  # fmt: skip
    if str(fact.owner) == own:
        context |= _seen_by(request, number)
        with served.lock:
            data = served.node.vault.document(f"web/compared/{number}")
        context["changed"] = _changed(None if data is None else json.loads(data), request.words)
        context["earlier"] = fact.version > 1
    return render(request, "web/register.html", context, status=400 if problems else 200)


def _seen_by(request: Asked, number: str) -> dict[str, Any]:
    """What the member that was chosen would see, exactly; the first people of it."""
    served = request.served
    state = served.state()
    others = [str(member) for member in sorted(state.members) if member != served.member]
    reader = request.GET.get("for") or request.POST.get("for") or ""
    if reader not in others:
        return {"readers": [(each, Name(each), False) for each in others], "reader": None}
    fact = state.registers[number]
    nothing = commands.sees_nothing(state, served.member, reader, str(fact.list_kind))
    fields = [] if nothing else list(commands.shown_fields(state))
    rows = []
    if nothing is None:
        with served.lock:
            records = list(served.node.given(served.clock()).records(number))
        on_record(request.who, "register", True, about=[number])
        seen = commands.preview(records, fields)
        rows = [[row["fields"].get(name, "") for name in fields] for row in seen[:PREVIEWED]]
    words = HEADINGS[request.words.code]
    return {
        "readers": [(each, Name(each), each == reader) for each in others], "reader": Name(reader), "to": reader,
        "nothing": nothing, "heads": [words.get(name, name) for name in fields], "rows": rows,
        "people": 0 if nothing else len(seen),
    }  # fmt: skip


@page("registers/<slug:number>/file/", name="register-file", **WORKERS)
def export(request: Asked, number: str) -> HttpResponse:
    """POST: ask for a register of this node as a workbook, with names."""
    return exports.ask(request, "register-file", (number,), back="registers")


def _register_said(state: State, about: tuple[str, ...]) -> Message:
    fact = state.registers[about[0]]
    kind = kind_text(str(fact.list_kind))
    return Message("web.exports.kind.register-file", {"kind": kind, "version": fact.version})


@exports.exported("register-file", _register_said)
def _register_file(at: AtWeb, about: tuple[str, ...], words: Language) -> Made | None:
    fact = at.node.seen_state().registers.get(about[0])
    records = [] if fact is None else list(at.given.records(about[0]))
    if fact is None or not records:
        return None
    ordered = sorted((each.fields for each in records), key=lambda fields: fields.get("record_id", ""))
    return Made(format_list(ordered, cast(ListKind, str(fact.list_kind)), words), "list.xlsx", len(ordered))


@page("registers/template/<slug:kind>/", name="template", **WORKERS)
def template(request: Asked, kind: str) -> HttpResponse:
    """An empty list to fill in."""
    return file_answer(format_template(_kind(kind), request.words), f"{kind}.xlsx")


@page("registers/columns/<slug:kind>/", name="dictionary", **WORKERS)
def dictionary(request: Asked, kind: str) -> HttpResponse:
    """What every column means."""
    return file_answer(format_dictionary(_kind(kind), request.words), f"{kind}-columns.xlsx")


def kind_text(kind: str) -> Message:
    return Message(f"web.list.{kind}")


def file_answer(data: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """A file to be saved, which no cache keeps."""
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _kind(kind: str) -> ListKind:
    if kind not in KINDS:
        raise Http404
    return cast(ListKind, kind)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
