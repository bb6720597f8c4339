"""Files with people leave this node by the word of two: one asks for a purpose, another of the member consents.

    exports.ask(request, "register-file", (number,), back="registers")      # all that a view with such a file does

What such a file is made of is said once, by its kind. Nothing is kept of the file itself: it is made when it is asked
for, to be counted and hashed, and made again when it is taken. If it is not the same file then (somebody was erased,
an answer came), the consent was for another one, and it is asked for anew (ADR 139).

* Whoever asked never consents: not as themself, not by a token of theirs, not in the browser in which it was asked for.
* A consent counts while whoever gave it has a fitting role, for one file, once, and within `TAKEN_WITHIN_HOURS`.
* Every step is on the record of reads before it takes effect; what was asked and said stands in the vault
  (`web/exports/<id>`), and no person in it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from repatria.exchange.authority import INTERVIEWER, OFFICER, SIGNATORY, SUPERVISOR
from repatria.exchange.state import State
from repatria.message import Message
from repatria.problem import Problem
from repatria.report.language import Language
from repatria.web import kept
from repatria.web.access import Asked, on_record
from repatria.web.served import AtWeb
from repatria.web.texts import language_of

PLACE = "web/exports/"
FITTING = (OFFICER, SIGNATORY, SUPERVISOR, INTERVIEWER)  # whose consent counts
WAITS_HOURS = 72  # for a consent
TAKEN_WITHIN_HOURS = 24  # of the consent
KEPT_DAYS = 90  # after which an export that has ended is seen in the record of reads only
PURPOSE_MOST = 200
WAITING, CONSENTED, REFUSED, CALLED_OFF, TAKEN, EXPIRED = (
    "waiting", "consented", "refused", "called-off", "taken", "expired",
)  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BROWSER = "repatria-browser"  # a cookie that tells browsers apart, and nothing else


@dataclass(frozen=True)
class Made:
    """A file, its name without any person in it, and how many people stand in it."""

    data: bytes
    name: str
    people: int
    type: str = XLSX


Make = Callable[[AtWeb, tuple[str, ...], Language], Made | None]
Seal = Callable[[AtWeb, tuple[str, ...], Made], Made]


@dataclass(frozen=True)
class Kind:
    """A kind of file: how it is made (None: it cannot be made now), what it is in words, who may ask for it.

    `seal`: what is given in the place of what was made and consented to, where that is sealed for somebody; its bytes
    are others each time.
    """

    name: str
    make: Make
    said: Callable[[State, tuple[str, ...]], Message]
    roles: frozenset[str]
    seal: Seal | None = None


KINDS: dict[str, Kind] = {}


def exported(
    name: str, said: Callable[[State, tuple[str, ...]], Message], roles: Collection[str] = (OFFICER, SIGNATORY),
    seal: Seal | None = None,
) -> Callable[[Make], Make]:  # fmt: skip
    """Makes a kind of export of a function that makes its file."""

    def register(make: Make) -> Make:
        KINDS[name] = Kind(name, make, said, frozenset(roles), seal)
        return make

    return register


@dataclass(frozen=True)
class Export:
    """What was asked for and what was said to it.

    `about`: numbers of registers, holders or places; never anything that names a person. `sha256`: of the file as it
    was when it was asked for. `browser`: the hash of the browser's mark; empty for a program.
    """

    id: str
    kind: str
    about: tuple[str, ...]
    language: str
    purpose: str
    people: int | None
    sha256: str
    by: str
    browser: str
    asked: str
    word: str = WAITING
    settled_by: str = ""
    settled: str = ""

    @property
    def until(self) -> str:
        """The moment until which it can be consented to, or taken."""
        hours, since = (TAKEN_WITHIN_HOURS, self.settled) if self.word == CONSENTED else (WAITS_HOURS, self.asked)
        return _after(since, hours)

    def standing(self, now: str) -> str:
        return EXPIRED if self.word in (WAITING, CONSENTED) and now > self.until else self.word


# --- asking ---------------------------------------------------------------------------------------------------------


def ask(request: Asked, kind: str, about: tuple[str, ...], back: str) -> HttpResponse:
    """POST of a page: ask for a file, for the purpose that the form says; shows why not, or what waits now."""
    if request.method != "POST":
        return redirect(back)
    purpose = request.POST.get("purpose", "").strip()[:PURPOSE_MOST]
    if not purpose:
        return render(request, "web/problems_page.html", {"problems": [no_purpose()], "back": back}, status=400)
    mark = request.COOKIES.get(_BROWSER) or secrets.token_hex(16)
    with request.served.at(request.who) as at:
        made = KINDS[kind].make(at, about, request.words)
        if made is None:
            raise Http404
        keep(at, kind, about, request.words.code, purpose, made.data, made.people, _hash(mark))
    messages.success(request, request.words.say(Message("web.exports.asked")))
    answer = redirect("exports")
    answer.set_cookie(
        _BROWSER, mark, max_age=365 * 24 * 3600, secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        samesite="Strict",
    )  # fmt: skip
    return answer


def no_purpose() -> Problem:
    what, do = "it does not say what the file is for", "say it in a few words"
    return Problem("export.purpose", "the purpose", what, do)


def keep(
    at: AtWeb, kind: str, about: tuple[str, ...], language: str, purpose: str, data: bytes, people: int | None,
    browser: str,
) -> Export:  # fmt: skip
    """What is asked for, waiting from now on; asked for a second time, it is the same one."""
    now = at.given.now
    new = Export(
        at.given.random(16).hex(), kind, about, language, purpose, people, hashlib.sha256(data).hexdigest(),
        at.who.author, browser, now,
    )  # fmt: skip
    everything = exports(at)
    for known in everything:
        if known.standing(now) == WAITING and known == replace(new, id=known.id, asked=known.asked):
            return known
    on_record(at.who, "export-asked", True, purpose, (new.id, kind, *about))
    gone = [PLACE + each.id for each in everything if now > _after(each.until, 24 * KEPT_DAYS)]
    at.node.vault.put_all({}, {PLACE + new.id: kept.encode(new)}, without=gone)
    return new


def exports(at: AtWeb) -> list[Export]:
    """All of them, the latest first."""
    found = [kept.decode(at.given.document(name) or b"null") for name in at.given.documents(PLACE)]
    return sorted((each for each in found if each is not None), key=lambda each: (each.asked, each.id), reverse=True)


def find(at: AtWeb, id: str) -> Export | None:
    data = at.given.document(PLACE + id)
    return None if data is None else kept.decode(data)


def consenters(at: AtWeb, found: Export) -> list[str]:
    """Everybody whose consent would count now."""
    state, own = at.node.seen_state(), f"{at.node.member}/"
    standing = ((author, state.key_at(author, state.size)) for author in state.keys if author.startswith(own))
    return sorted(author for author, key in standing if key and key.role in FITTING and author != found.by)


# --- what another says to it ----------------------------------------------------------------------------------------


def consent(at: AtWeb, found: Export, browser: str) -> list[Problem]:
    """This person consents; the first word on it stands.

    Args:
        browser: the mark of the browser in which it is said (`mark_of`).
    """
    problems = _settled(found, at.given.now, (WAITING,)) or _another(at, found)
    if not problems and browser and _hash(browser) == found.browser:
        what, do = "it was asked for in this very browser", "let another person look at it, in a browser of their own"
        problems = [Problem("export.browser", found.id, what, do)]
    return problems or _settle(at, found, CONSENTED, "export-consented")


def refuse(at: AtWeb, found: Export) -> list[Problem]:
    """This person refuses, or stops what another consented to and nobody has taken yet."""
    problems = _settled(found, at.given.now, (WAITING, CONSENTED)) or _another(at, found)
    return problems or _settle(at, found, REFUSED, "export-refused")


def call_off(at: AtWeb, found: Export) -> list[Problem]:
    """Whoever asked for it does not want it any more."""
    if at.who.author != found.by:
        return [_not_yours(at, found)]
    return _settled(found, at.given.now, (WAITING, CONSENTED)) or _settle(at, found, CALLED_OFF, "export-called-off")


def _another(at: AtWeb, found: Export) -> list[Problem]:
    """Why this person's word does not count."""
    if at.who.author == found.by:
        on_record(at.who, "export-denied", False, about=(found.id, found.kind))
        return [Problem("export.own", found.id, "you asked for it yourself", "let another person look at it")]
    if at.who.author not in consenters(at, found):
        do = f"ask somebody who is {', '.join(FITTING)}"
        return [Problem("export.role", found.id, "your role does not consent to files with people", do)]
    return []


def _settled(found: Export, now: str, still: Collection[str]) -> list[Problem]:
    standing = found.standing(now)
    if standing in still:
        return []
    if standing == EXPIRED:
        return [Problem("export.expired", found.id, f"its time ended at {found.until}", "ask for it anew")]
    if standing == WAITING:
        return [Problem("export.waiting", found.id, "nobody has consented to it", "let a second person look at it")]
    do = "look at what was said to it" if standing in (CONSENTED, REFUSED) else "ask for it anew"
    return [Problem(f"export.{standing}", found.id, f"it is {standing.replace('-', ' ')} by now", do)]


def _settle(at: AtWeb, found: Export, word: str, what: str) -> list[Problem]:
    on_record(at.who, what, True, found.purpose, (found.id, found.kind, *found.about))
    _put(at, replace(found, word=word, settled_by=at.who.author, settled=at.given.now))
    return []


# --- taking ---------------------------------------------------------------------------------------------------------


def take(at: AtWeb, found: Export) -> Made | list[Problem]:
    """The file, once."""
    kind = KINDS.get(found.kind)
    if at.who.author != found.by:
        return [_not_yours(at, found)]
    if kind is None:
        what, do = "a program asked for it", "let the program ask again: it gets it then"
        return [Problem("export.program", found.id, what, do)]
    if not at.who.roles & kind.roles:
        return [Problem("export.role", found.id, "your role does not take such files any more", "ask who may")]
    problems = _settled(found, at.given.now, (CONSENTED,))
    made = None if problems else kind.make(at, found.about, language_of(found.language))
    problems = problems or _let(at, found, b"" if made is None else made.data)
    if problems or made is None:
        return problems
    return made if kind.seal is None else kind.seal(at, found.about, made)


def let(
    at: AtWeb, kind: str, about: tuple[str, ...], purpose: str, data: bytes, people: int | None
) -> Export | list[Problem] | None:
    """For a program that has asked for data: None where it is let through now, or what waits for a consent.

    Asked with the same words and for the same purpose again after a consent, it is let through, once. Where what was
    consented to is not what would be given now, or the consent counts no more, it is asked for anew.
    """
    now = at.given.now
    mine = [each for each in exports(at) if (each.by, each.kind, each.about) == (at.who.author, kind, about)]
    for found in mine:
        if (found.standing(now), found.purpose) == (CONSENTED, purpose) and not _stale(at, found, data):
            return _let(at, found, data) or None
        if found.standing(now) == REFUSED and now <= _after(found.settled, WAITS_HOURS):
            what, do = f"{found.settled_by} has refused it", "speak with them"
            return [Problem("export.refused", found.id, what, do)]
    return keep(at, kind, about, "en", purpose, data, people, "") if purpose else [no_purpose()]


def _let(at: AtWeb, found: Export, data: bytes) -> list[Problem]:
    """Mark it as taken, if it is the file that was consented to, by somebody whose consent still counts."""
    if problems := _stale(at, found, data):
        return problems
    on_record(at.who, found.kind, True, found.purpose, (*found.about, found.id))
    _put(at, replace(found, word=TAKEN))
    return []


def _stale(at: AtWeb, found: Export, data: bytes) -> list[Problem]:
    """Why a consent does not let this out."""
    if found.settled_by not in consenters(at, found):
        what = "whoever consented has no fitting role any more"
        return [Problem("export.consent", found.id, what, "ask for it anew")]
    if hashlib.sha256(data).hexdigest() != found.sha256:
        what = "what it is made of has changed since it was asked for"
        return [Problem("export.changed", found.id, what, "ask for it anew")]
    return []


def _not_yours(at: AtWeb, found: Export) -> Problem:
    on_record(at.who, "export-denied", False, about=(found.id, found.kind))
    return Problem("export.by", found.id, "another person asked for it", f"leave it to {found.by}")


def _put(at: AtWeb, found: Export) -> None:
    at.node.vault.put_document(PLACE + found.id, kept.encode(found))


def mark_of(request: Asked) -> str:
    """The mark of this browser, empty where it has none yet."""
    return str(request.COOKIES.get(_BROWSER, ""))


def _hash(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest()


def _after(moment: str, hours: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
