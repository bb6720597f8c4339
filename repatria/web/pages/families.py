"""For families: who asks, who may be told, the letter that follows from the facts, and what the public waits for.

Two people have a part in every case: the list officer says whom a family asks for and does not see who asks; the
liaison sees both, notes what was shown, and hands the letter over. What a letter says nobody chooses (ADR 152). Every
look at a case is on the node's record; no name is in an address, and what a family said is in the vault alone.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from repatria.cli import family as verbs
from repatria.exchange.authority import LIAISON, OFFICER, PARTY
from repatria.families import commands
from repatria.families.case import (
    ENDS,
    HOW_HANDED,
    IDENTITY,
    KINSHIP,
    KINSHIP_SHOWN,
    RELEASE_WHY,
    TELLABLE,
    UNMATCHED,
    Case,
    request_of,
)
from repatria.families.commands import ACTING, Known, Lists, case_of, cases, letter_of
from repatria.files.pdf import available, pdf
from repatria.message import Day, Message, Name
from repatria.office import Done
from repatria.people.vocabulary import HEADINGS
from repatria.plan.commands import GiveReceipt, give_receipt
from repatria.problem import Problem, Problems
from repatria.report.blocks import page as written
from repatria.report.blocks import print_data
from repatria.report.language import CODES
from repatria.report.plan_document import PAGE_CSS
from repatria.store.node import NodeFolder
from repatria.web.access import Asked, on_record, page
from repatria.web.acting import act
from repatria.web.exports import PURPOSE_MOST
from repatria.web.pages.interviews import printed
from repatria.web.pages.registers import file_answer
from repatria.web.served import AtWeb
from repatria.web.settings import LANGUAGES

LIAISONS = {"roles": (LIAISON,), "members": (PARTY,)}
ASKED_OF = ("family_name", "given_names", "father_name", "date_of_birth", "service_number", "capture_date")
SHOWN = 500  # cases on one page, the newest


@page("families/", name="families", **LIAISONS)
def families(request: Asked) -> HttpResponse:
    """The cases, what each waits for, and what families are owed; POST takes a request in, or releases people."""
    problems: list[Problem] = []
    if request.method == "POST":
        done = _release(request) if request.POST.get("do") == "release" else _take(request)
        if not isinstance(done, list):
            return done
        problems = done
    with request.served.at(request.who) as at:
        known, found = _known(at), cases(at.given)
        state = known.state
        context: dict[str, Any] = {
            "counts": commands.counted(known, found),
            "cases": [(each.number, Day(each.received[:10]), known.state_of(each), known.told(each).status,
                       commands.next_step(known, each)) for each in found[::-1][:SHOWN]],
            "owed": [(each.stage, len(each.letters), len(each.unasked))
                     for each in commands.owed(known, state.counted_stages) if not each.nothing],
            "over": bool(state.counted_stages),
        }  # fmt: skip
    context |= {
        "fields": [(name, HEADINGS[request.words.code][name], request.POST.get(name, "")) for name in ASKED_OF],
        "kinship": KINSHIP, "why": RELEASE_WHY, "languages_of": [(code, LANGUAGES[code]) for code in CODES],
        "said": request.POST, "problems": problems,
    }  # fmt: skip
    return render(request, "web/families.html", context, status=400 if problems else 200)


def _take(request: Asked) -> HttpResponse | list[Problem]:
    def said(*names: str) -> dict[str, str]:
        return {name: text for name in names if (text := request.POST.get(name, "").strip()[:201])}

    try:
        asked = request_of({"sought": said(*ASKED_OF), "enquirer": said("name", "kinship", "reach", "language")})
    except Problems as error:
        return list(error.problems)
    return act(request, lambda at: at.run(commands.take_request, commands.TakeRequest(asked)), "families")


def _release(request: Asked) -> HttpResponse | list[Problem]:
    stages, why = tuple(request.POST.getlist("stage"))[:100], request.POST.get("why", "")

    def do(at: AtWeb) -> Done | list[Problem]:
        asked = commands.ReleaseStages(at.node.member, stages, why, request.who.author)
        return at.run(commands.release_stages, asked)

    return act(request, do, "families")


@page("families/case/<slug:number>/", name="family-case", **LIAISONS)
def case(request: Asked, number: str) -> HttpResponse:
    """One case: who asks, what was shown, what may be said, its letters; POST does what it waits for."""
    problems: list[Problem] = []
    if request.method == "POST":
        done = _done(request, number)
        if not isinstance(done, list):
            return done
        problems = done
    with request.served.at(request.who) as at:
        found = case_of(at.given, number)
        if found is None:
            raise Http404
        on_record(request.who, "family-case", True, about=[number])
        context = _of_case(request, at, found)
    return render(request, "web/family.html", context | {"problems": problems}, status=400 if problems else 200)


def _of_case(request: Asked, at: AtWeb, found: Case) -> dict[str, Any]:
    known = _known(at)
    words, told = request.words, known.told(found)
    letters = [each for name in found.letters if (each := letter_of(at.given, name)) is not None]
    context: dict[str, Any] = {
        "case": found, "state": known.state_of(found),
        "sought": _sought(found, words.code),
        "asks": Message("web.families.asks", {
            "name": found.enquirer.name, "kinship": Message(f"web.families.kinship.{found.enquirer.kinship}"),
            "reach": found.enquirer.reach,
        }),
        "letters": [(each, Message("web.families.letter", {
            "letter": each.number, "day": Day(each.at[:10]), "kind": Message(f"web.families.kind.{each.kind}"),
        }), None if each.handed is None else Day(each.handed.at[:10])) for each in letters],
        "identity": IDENTITY, "shown_kinship": KINSHIP_SHOWN, "how": HOW_HANDED, "ends": ENDS,
        "languages_of": [(code, LANGUAGES[code]) for code in CODES], "listed": known.number(found) is not None,
    }  # fmt: skip
    if found.match is not None:
        who = found.match.by.partition("/")[2] or found.match.by
        context["match"] = Message("web.families.found", {"day": Day(found.match.at[:10]), "who": who})
    if found.checked is not None:
        context["checked"] = Message("web.families.shown", {
            "day": Day(found.checked.at[:10]),
            "identity": Message(f"web.families.identity.{found.checked.identity}"),
            "kinship": Message(f"web.families.shown_kinship.{found.checked.kinship}"),
        })  # fmt: skip
    if found.ended is not None:
        context["ended"] = Day(found.ended.at[:10])
    if found.entitled:
        day = {} if told.day is None else {"day": Day(told.day, full=True)}
        context["told"] = [Message(f"letter.status.{told.status}"), Message(f"letter.kind.{told.kind}", day)]
    return context


def _done(request: Asked, number: str) -> HttpResponse | list[Problem]:
    """What the case's form asks for, done; or every reason why not."""
    what, said, by = request.POST.get("do"), request.POST, request.who.author
    if what == "letter":
        return _letter(request, number)
    if what == "receipt":
        return _receipt(request, number)
    asked: Mapping[str, Any] = {
        "check": (commands.check_family,
                  commands.CheckFamily(number, said.get("identity", ""), said.get("kinship", ""), by)),
        "hand": (commands.hand_letter,
                 commands.HandLetter(request.served.member, said.get("letter", ""), said.get("how", ""), by)),
        "end": (commands.end_case, commands.EndCase(number, said.get("why", ""), by)),
    }  # fmt: skip
    if what not in asked:
        return [Problem("family.what", "the form", "it does not say what to do", "use a button of this page")]
    if what == "hand":
        on_record(request.who, "family-handed", True, about=[number])
    return act(request, lambda at: at.run(*asked[what]), reverse("family-case", args=[number]))


def _letter(request: Asked, number: str) -> HttpResponse | list[Problem]:
    """The letter, its print and the page by which it is checked, in one file; it is on record before it leaves."""
    with request.served.at(request.who) as at:
        found = case_of(at.given, number)
        if found is None:
            raise Http404
        if problems := commands.not_to_be_told(found):
            return problems
        language = request.POST.get("language", "")
        language = language if language in CODES else found.enquirer.language
        try:
            made = verbs.prepare(at, found, language, "", "proof" in request.POST, known=_known(at))
        except Problems as error:
            return list(error.problems)
        if isinstance(made, list):
            return made
        printed = pdf(print_data(made.document)) if available() else None
        done = at.run(commands.write_letter_of, made.request)
        if isinstance(done, list):
            return done
        on_record(request.who, "family-letter", True, about=[number])
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("letter.html", made.html())
        if printed is not None:
            file.writestr("letter.pdf", printed)
        if made.page is not None:
            file.writestr(made.page_name, made.page)
    return file_answer(whole.getvalue(), f"letter-{made.request.number}.zip", "application/zip")


def _receipt(request: Asked, number: str) -> HttpResponse | list[Problem]:
    """The family's receipt of the draw as a file; nobody else stands in it."""
    with request.served.at(request.who) as at:
        found = case_of(at.given, number)
        if found is None:
            raise Http404
        if problems := commands.not_to_be_told(found):
            return problems
        listed = _known(at).number(found)
        if listed is None:
            what = "there is none before somebody is on a final list"
            return [Problem("families.receipt", "the receipt", what, "wait for the list")]
        on_record(request.who, "family-receipt", True, about=[number])
        done = at.run(give_receipt, GiveReceipt(listed))
    if isinstance(done, list):
        return done
    return file_answer(done.answer["receipt"].encode(), "receipt.json", "application/json")


@page("families/about/", name="family-about", **LIAISONS)
@never_cache
def about(request: Asked) -> HttpResponse:
    """POST: all that is held about somebody, for them to read, once they have shown who they are; for a purpose."""
    problems: list[Problem] = []
    if request.method == "POST":
        done = _about(request)
        if not isinstance(done, list):
            return done
        problems = done
    return render(request, "web/family_about.html", {
        "identity": IDENTITY, "acting": ACTING, "languages_of": [(code, LANGUAGES[code]) for code in CODES],
        "said": request.POST, "purpose_most": PURPOSE_MOST, "problems": problems,
    }, status=400 if problems else 200)  # fmt: skip


def _about(request: Asked) -> HttpResponse | list[Problem]:
    """The document, for print at once or as a file; it is kept that it was given, and on record before it leaves."""
    said, purpose = request.POST, request.POST.get("purpose", "").strip()[:PURPOSE_MOST]
    problems: list[Problem] = []
    if not purpose:
        what, do = "it does not say why it is asked for", "say it in a few words"
        problems = [Problem("family.about.purpose", "the purpose", what, do)]
    language = said.get("language", "")
    language = language if language in CODES else request.words.code
    with request.served.at(request.who) as at:
        called, identity, acting = (said.get(name, "")[:100] for name in ("row", "identity", "acting"))
        lists = _lists.setdefault(at.node, Lists())
        found = verbs.held_about(at, called, identity, acting, language, "", lists=lists)
        if isinstance(found, list):
            on_record(request.who, "family-about", True, purpose)  # whoever tries one number after another is seen
            return problems + found
        if problems:
            return problems
        wanted, document = found
        whole = written(document, PAGE_CSS).encode()
        as_file = said.get("do") == "file"
        print_ = pdf(print_data(document)) if as_file and available() else None
        done = at.run(commands.give_about, wanted)
        if isinstance(done, list):
            return done
        on_record(request.who, "family-about", True, purpose, [wanted.row])
    if not as_file:
        return printed(whole.decode())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("about.html", whole)
        if print_ is not None:
            file.writestr("about.pdf", print_)
    return file_answer(packed.getvalue(), "about.zip", "application/zip")


@page("families/match/", name="family-match", roles=(OFFICER,), members=(PARTY,))
def match(request: Asked) -> HttpResponse:
    """Whom families ask for, beside rows of our list that may be the person; POST says which it is. Not who asks."""
    problems: list[Problem] = []
    if request.method == "POST":
        number = request.POST.get("case", "")[:32]
        row = request.POST.get("other", "").strip() or request.POST.get("row", "")
        on_record(request.who, "family-match", True, about=[number])

        def do(at: AtWeb) -> Done | list[Problem]:
            asked = commands.MatchCase(at.node.member, number, row, request.who.author)
            return at.run(commands.match_case, asked)

        done = act(request, do, "family-match")
        if not isinstance(done, list):
            return done
        problems = done
    with request.served.at(request.who) as at:
        known = _known(at)
        waiting = [each for each in cases(at.given) if known.state_of(each) == UNMATCHED][:SHOWN]
        on_record(request.who, "family-match", True, about=[each.number for each in waiting])
        shown = [_asked(request, at, known, each) for each in waiting]
    return render(
        request, "web/family_match.html", {"cases": shown, "problems": problems}, status=400 if problems else 200
    )  # fmt: skip


def _asked(request: Asked, at: AtWeb, known: Known, found: Case) -> dict[str, Any]:
    words = HEADINGS[request.words.code]
    _, met = commands.likely_rows(known.state, at.given, at.node.member, found)

    def fields(each: Any, agreement: str) -> Any:
        names = [one.field for one in each.evidence if one.agreement == agreement]
        return tuple(Name(words.get(name, name)) for name in names) or Message("web.families.match.nothing")

    return {
        "number": found.number, "sought": _sought(found, request.words.code),
        "rows": [(f"{each.row:016x}", Message("web.families.match.row", {
            "row": f"{each.row:016x}", "agree": fields(each, "agrees"), "near": fields(each, "compatible"),
            "differ": fields(each, "differs"),
        })) for each in met],
    }  # fmt: skip


def _sought(found: Case, language: str) -> list[tuple[str, str]]:
    """Whom the family asks for, field by field, names first."""
    return [(HEADINGS[language][name], found.sought[name]) for name in TELLABLE if name in found.sought]


def _known(at: AtWeb) -> Known:
    """What is known, on the member's own lists as they were opened once; opened again after an erasure."""
    state = at.node.seen_state()
    lists = _lists.setdefault(at.node, Lists())
    return Known(state, at.given, at.node.member, lists=lists)


_lists: WeakKeyDictionary[NodeFolder, Lists] = WeakKeyDictionary()
