"""Keys and members: who is in the exchange with which key, who speaks for this member, and who can log in here.

Everybody at a member's pages may look; whoever keeps the node invites, appoints and revokes, and shows first that it
is still them. An appointment needs a key that the delegate's own browser has made (`web.enrolment`); a signatory's or
a supervisor's takes the signatures of those who bind the member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from repatria.exchange import commands
from repatria.exchange.authority import APPOINTS, can_be_lifted
from repatria.exchange.cards import Card
from repatria.exchange.codec import decode_body
from repatria.exchange.commands import By
from repatria.exchange.keys import AT_A_PLACE
from repatria.exchange.notices import notices as noted
from repatria.exchange.state import KeyGrant, State
from repatria.ledger.entry import decode_entry
from repatria.message import Message
from repatria.problem import Problem, Problems
from repatria.web import invitations, tokens
from repatria.web.access import AT_PAGES, PAGES, Asked, may_open, page
from repatria.web.acting import act, only_sent
from repatria.web.enrolment import fingerprint, key_of
from repatria.web.models import Login
from repatria.web.served import KEEPER
from repatria.web.telling import moment_of, telling

ENTRIES = 500  # of the ledger, looked through for one page of notices


@dataclass(frozen=True)
class MemberRow:
    name: str
    role: Message
    fingerprint: str
    witness: str | None
    secretariat: bool
    own: bool


@dataclass(frozen=True)
class DelegateRow:
    author: str
    name: str
    role: Message
    place: str | None
    standing: Message
    fingerprint: str
    stands: bool
    login: tuple[Message, ...]  # for whoever keeps the node only
    may_log_in: bool


@dataclass(frozen=True)
class LoginRow:
    """Somebody who can log in, or is invited, and for whom the ledger says nothing, or nothing any more."""

    name: str
    keeper: bool
    login: tuple[Message, ...]
    invited: bool
    fingerprint: str | None


@page("members/", name="members")
@never_cache
def members(request: Asked) -> HttpResponse:
    return _shown(request)


def _shown(request: Asked, problems: Sequence[Problem] = ()) -> HttpResponse:
    served, state = request.served, request.served.state()
    keeper = request.who.keeper
    logins = _logins(request) if keeper else {}
    own = sorted(author for author in state.keys if author.startswith(served.member + "/"))
    delegates = [_delegate(state, author, logins, keeper) for author in own]
    standing = {each.name for each in delegates if each.stands}
    shown = {
        "problems": problems,
        "members": [_member(state, name, served.member) for name in sorted(state.members)],
        "own": [each for each in delegates if each.stands],
        "former": [each for each in delegates if not each.stands],
        "keeper": keeper, "joined": served.joined(),
        "may_keys": may_open(PAGES["keys"], request.who, served.node.role),
        "others": [_login(request, name, rows) for name, rows in sorted(logins.items()) if name not in standing],
        "roles": [(role, Message(f"web.role.{role}")) for role in APPOINTS[served.node.role] if role not in AT_A_PLACE],
    }
    return render(request, "web/members.html", shown, status=422 if problems else 200)


@page("members/invite/", name="members_invite", roles=(KEEPER,))
@never_cache
@only_sent("members")
@reauthentication_required
def invite(request: Asked) -> HttpResponse:
    """A one-time code for a name, shown once."""
    name = request.POST.get("name", "").strip()
    try:
        invitations.check_name(name)
        keeper = Login.objects.filter(name=name, keeper=True).exists()
        code = invitations.invite(request.served, name, keeper)
    except Problems as error:
        return _shown(request, error.problems)
    import segno

    address = request.build_absolute_uri(reverse("enrol"))
    link = f"{address}#{code}"
    shown = {
        "name": f"{request.served.member}/{name}", "code": code, "address": address, "link": link,
        "again": Login.objects.filter(name=name, is_active=True).exists(), "hours": invitations.HOURS,
        "qr": segno.make(link).svg_data_uri(scale=4, border=4, light="white"), "language": get_language(),
    }  # fmt: skip
    return render(request, "web/invited.html", shown)


@page("members/logins/end/", name="members_end_login", roles=(KEEPER,))
@only_sent("members")
@reauthentication_required
def end_login(request: Asked) -> HttpResponse:
    """A login ends, and so does an invitation of that name."""
    name = request.POST.get("name", "")
    if name == request.who.name:
        do = "let another keeper end it; invite one first"
        return _shown(request, [Problem("login.own", "the name", "that is your own login", do)])
    try:
        invitations.check_name(name)
    except Problems as error:
        return _shown(request, error.problems)
    invitations.withdraw(request.served, name)
    tokens.end_all(request.served, name)
    for login in Login.objects.filter(name=name):
        login.delete()
    return redirect("members")


@page("members/appoint/", name="members_appoint", roles=(KEEPER,))
@only_sent("members")
@reauthentication_required
def appoint(request: Asked) -> HttpResponse:
    """The ledger is to know a delegate, by the key that their browser made when they enrolled."""
    name, role = request.POST.get("name", ""), request.POST.get("role", "")
    key, own = key_of(request.served, name), request.served.member
    if key is None:
        do = "invite them again, and let them enrol with a browser that makes keys"
        return _shown(request, [Problem("login.key", "the name", "no key has come from this delegate's browser", do)])
    wanted = commands.Appoint(By(own), f"{own}/{name}", role, key, None)
    what = Message("members.wanted.appoint", {"name": wanted.delegate, "role": role_text(role)})
    done = act(request, lambda at: at.run(commands.appoint, wanted), "members", what)
    return _shown(request, done) if isinstance(done, list) else done


@page("members/notices/", name="notices")
@page("members/notices/<int:until>/", name="notices_before")
def notices(request: Asked, until: int | None = None) -> HttpResponse:
    """Every use of this member's keys, and every change of them, in a stretch of the ledger; the newest first."""
    served = request.served
    with served.lock:
        ledger, state = served.node.ledger, served.node.ledger_state()
        last = state.size if until is None else min(until, state.size)
        since = max(0, last - ENTRIES)
        entries = [] if ledger is None else list(ledger.entries(since, last))
    found = noted(served.member, state, entries, since)
    rows = [
        {
            "notice": each,
            "sentence": _sentence(entries[each.index - since]),
            "what": Message(f"members.notice.{each.what}"),
            "at": moment_of(each.at),
            "do": Message(f"members.notice.do.{'delegate' if '/' in each.author else 'member'}"),
            "until": None if each.until is None
            else Message("members.notice.object", {"moment": moment_of(each.until)}),
        }
        for each in reversed(found)
    ]
    shown = {"rows": rows, "since": since, "last": last, "earlier": since if since else None}
    return render(request, "web/notices.html", shown)


# --- rows -----------------------------------------------------------------------------------------------------------


def _sentence(entry: bytes) -> Message:
    body = decode_body(decode_entry(entry).body)
    return telling(body.author, body.data)


def _member(state: State, name: str, own: str) -> MemberRow:
    fact = state.members[name]
    card = Card(name, str(fact.role), str(fact.key))
    witness = None if fact.witness is None else str(fact.witness)
    return MemberRow(
        name, Message(f"web.member.{fact.role}"), card.fingerprint, witness, name == state.secretariat, name == own
    )


def _delegate(state: State, author: str, logins: Mapping[str, tuple[Message, ...]], keeper: bool) -> DelegateRow:
    grant = state.keys[author][-1]
    name = author.partition("/")[2]
    may = grant.role in AT_PAGES
    login = logins.get(name, (Message("members.login.none"),)) if keeper and may else ()
    return DelegateRow(
        author, name, role_text(str(grant.role)), None if grant.place is None else str(grant.place),
        standing_of(state, grant), fingerprint(author, str(grant.key)), grant.until is None, login, may,
    )  # fmt: skip


def standing_of(state: State, grant: KeyGrant) -> Message:
    if grant.compromised is not None:
        return Message("members.compromised", {"entry": grant.compromised})
    if can_be_lifted(state, grant) and grant.lifts_until is not None:
        return Message("members.lifts", {"moment": moment_of(grant.lifts_until)})
    if grant.until is not None:
        return Message("members.ended")
    if state.is_before(grant.stands_from) and grant.stands_from is not None:
        return Message("members.cools", {"moment": moment_of(grant.stands_from)})
    return Message("members.stands")


def role_text(role: str) -> Message:
    return Message(f"web.role.{role if role in (*AT_PAGES, *AT_A_PLACE) else 'none'}")


def _logins(request: Asked) -> dict[str, tuple[Message, ...]]:
    """By name: how each logs in, and whether an invitation waits."""
    kinds: dict[str, set[str]] = {}
    for login in Login.objects.filter(is_active=True):
        kinds[login.name] = set()
    for name, kind in Authenticator.objects.filter(user__is_active=True).values_list("user__name", "type"):
        kinds[name].add(kind)
    found: dict[str, tuple[Message, ...]] = {
        name: tuple(
            Message(f"members.login.{kind}") for kind in ("webauthn", "totp") if kind in has
        ) or (Message("members.login.none"),)
        for name, has in kinds.items()
    }  # fmt: skip
    for invitation in invitations.waiting(request.served):
        waits = Message("members.login.invited", {"moment": moment_of(invitation.until)})
        found[invitation.name] = (*found.get(invitation.name, ()), waits)
    return found


def _login(request: Asked, name: str, rows: tuple[Message, ...]) -> LoginRow:
    key = key_of(request.served, name)
    keeper = Login.objects.filter(name=name, keeper=True).exists()
    invited = any(row.id == "members.login.invited" for row in rows)
    author = f"{request.served.member}/{name}"
    return LoginRow(name, keeper, rows, invited, None if key is None else fingerprint(author, key))
