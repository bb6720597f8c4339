"""Records erased: whom, and all that goes with them, is shown before; and what others have erased is taken out here."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from repatria.cli import acting
from repatria.erasure import commands
from repatria.exchange.authority import MEDIATOR, NEUTRAL, OFFICER, PARTY, SIGNATORY
from repatria.message import Message, Name
from repatria.office import Outcome
from repatria.people.vocabulary import HEADINGS
from repatria.problem import Problem
from repatria.web.access import Asked, on_record, page
from repatria.web.acting import act, unconfirmed
from repatria.web.pages.matches import in_words
from repatria.web.pages.registers import kind_text
from repatria.web.served import AtWeb

COLUMNS = ("record_id", "family_name", "given_names", "date_of_birth")
ROWS_MOST = 100  # at once: so many are still looked at one by one
# What a document of the vault is, by the beginning of its name.
KINDS = {
    "mail/": "letters", "candidates/": "pairs", "judgements/": "pairs", "weighed/": "weighed", "reason/": "reasons",
    "web/signing-of/": "waiting", "family/": "families",
}  # fmt: skip


@page("erase/", name="erase", roles=(OFFICER, SIGNATORY), members=(PARTY,))
def erase(request: Asked) -> HttpResponse:
    """POST shows whom these rows are and what erasing them removes; with the box ticked, the signatories are asked."""
    state, own = request.served.state(), request.served.member
    number, typed = request.POST.get("register", ""), request.POST.get("rows", "")
    context: dict[str, Any] = {
        "register": number, "typed": typed,
        "registers": [
            (str(name), kind_text(str(fact.list_kind)), fact.version) for name, fact in sorted(
                state.registers.items(), key=lambda each: (each[1].list_kind, -each[1].version)
            ) if str(fact.owner) == own
        ],
    }  # fmt: skip
    problems: list[Problem] = []
    if request.method == "POST":
        problems = _looked(request, number, typed, context)
        if not problems and request.POST.get("do") == "erase":
            rows = tuple(context["rows"])
            found = unconfirmed(request) or act(
                request,
                lambda at: at.run(
                    commands.erase_records, commands.EraseRecords(acting.member(at), number, rows)
                ),
                "erase", Message("web.erase.wanted", {}, len(rows)),
            )  # fmt: skip
            if isinstance(found, HttpResponse):
                return found
            problems = found
    return render(request, "web/erase.html", context | {"problems": problems}, status=422 if problems else 200)


def _looked(request: Asked, number: str, typed: str, context: dict[str, Any]) -> list[Problem]:
    """What erasing would come to, into the context; or everything that is wrong with what was asked for."""
    with request.served.at(request.who) as at:
        found = rows_of(at, number, typed)
        if isinstance(found, list):
            return found
        asked = commands.EraseRecords(acting.member(at), number, tuple(found))
        outcome = commands.erase_records(at.node.state(), asked, at.given)
    if isinstance(outcome, list):
        return outcome
    on_record(request.who, "erase", True, about=[f"{number}/{row}" for row in found])
    code = request.words.code
    context |= {
        "rows": list(found), "heads": [HEADINGS[code][name] for name in COLUMNS],
        "people": [[in_words(name, fields, code) for name in COLUMNS] for fields in found.values() if fields],
        "gone": [Message(f"web.erase.gone.{kind}", {}, n) for kind, n in sorted(removed(outcome).items())],
        "copies": outcome.answer["copies"], "said_before": outcome.answer["said_before"],
    }  # fmt: skip
    return []


def rows_of(at: AtWeb, register: str, typed: str) -> dict[str, dict[str, str]] | list[Problem]:
    """The rows that were typed, by their own number or the sender's record number, each with what it says."""
    records = {record.row: dict(record.fields) for record in at.given.records(register)}
    by_number = {fields["record_id"]: row for row, fields in records.items() if "record_id" in fields}
    words = list(dict.fromkeys(typed.split()))
    if not words:
        return [Problem("erase.row", "the rows", "nobody is named", "give a row or a record number, one on a line")]
    if len(words) > ROWS_MOST:
        do = f"erase at most {ROWS_MOST} at once, and look at each"
        return [Problem("erase.row", "the rows", f"{len(words)} at once", do)]
    found: dict[str, dict[str, str]] = {}
    for word in words:
        row = word.lower() if word.lower() in records else by_number.get(word, word.lower())
        found[row] = records.get(row, {})
    return found


def removed(outcome: Outcome) -> Counter[str]:
    """How many documents of which kind are rewritten without these people, or taken away."""
    names = [name for name in (*outcome.documents, *outcome.without) if name != commands.ERASED]
    kinds = (next((kind for start, kind in KINDS.items() if name.startswith(start)), "others") for name in names)
    return Counter(kinds)


@page("erase/forget/", name="forget", roles=(OFFICER, SIGNATORY), members=(PARTY, MEDIATOR, NEUTRAL))
def forget(request: Asked) -> HttpResponse:
    """What others have erased and is still here: shown, and with the box ticked taken out at once."""
    problems: list[Problem] = []
    if request.method == "POST":
        found = unconfirmed(request) or act(
            request, lambda at: at.run(commands.follow, acting.alone(at)), "forget", Message("web.forget.title")
        )
        if isinstance(found, HttpResponse):
            return found
        problems = found
    with request.served.at(request.who) as at:
        outcome = commands.follow(at.node.state(), acting.alone(at), at.given)
    assert isinstance(outcome, Outcome)
    gone = removed(outcome)
    by = Counter(str(request.served.state().registers[key.partition("/")[0]].owner)
                 for key in request.served.state().erased)  # fmt: skip
    return render(request, "web/forget.html", {
        "problems": problems, "said": outcome.answer["asked"],
        "by": [(Name(member), count) for member, count in sorted(by.items())],
        "gone": [Message(f"web.erase.gone.{kind}", {}, n) for kind, n in sorted(gone.items())],
    }, status=422 if problems else 200)  # fmt: skip
