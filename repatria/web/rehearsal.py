"""Logins that everybody knows, for a rehearsal: one per person of a member, with password and app's secret printed.

A node is a rehearsal's if its ledger says so, where it cannot be said later: the log's origin is a name under a domain
that is reserved for tests and examples and can belong to nobody (RFC 2606 section 2, RFC 6761). Everywhere else this is
refused, whoever asks.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction

from repatria.problem import Problem, Problems
from repatria.web.access import AT_PAGES
from repatria.web.invitations import FIRST
from repatria.web.models import Login
from repatria.web.served import KEEPER, Served

_RESERVED = ("test", "example", "invalid", "localhost")
_RESERVED_SECOND = ("example.com", "example.net", "example.org")


@dataclass(frozen=True)
class KnownLogin:
    """What is printed: the name, the role by the ledger (or `keeper`), the password, the app's secret in base 32."""

    name: str
    role: str
    password: str
    secret: str


def is_rehearsal(origin: str) -> bool:
    """Whether a log of this origin can be nobody's.

    >>> is_rehearsal("straits.example/winter-2025"), is_rehearsal("straits.int/winter-2025"), is_rehearsal("")
    (True, False, False)
    """
    domain = origin.partition("/")[0].lower()
    return f".{domain}".endswith(tuple(f".{each}" for each in (*_RESERVED, *_RESERVED_SECOND)))


def known_logins(served: Served) -> list[KnownLogin]:
    """A login for the keeper and for each delegate who works at pages; what these names had before is gone.

    Raises:
        Problems: `rehearsal.real`: the ledger is not a rehearsal's, or there is none yet.
    """
    state = served.state()
    if not is_rehearsal(state.origin):
        what = f"its log is called {state.origin or 'nothing yet'}, which is no rehearsal's name"
        do = "open the rehearsal's exchange with an origin such as straits.example/rehearsal, or invite people instead"
        raise Problems([Problem("rehearsal.real", served.member, what, do)])
    people = {FIRST: KEEPER}
    for author in sorted(state.keys):
        member, _, name = author.partition("/")
        grant = state.key_at(author, state.size)
        if member == served.member and grant is not None and grant.role in AT_PAGES:
            people[name] = str(grant.role)
    return [_known(served.member, name, role) for name, role in people.items()]


def _known(member: str, name: str, role: str) -> KnownLogin:
    password = f"rehearsal-{member}-{name}"
    digest = hashlib.sha256(f"repatria/rehearsal/v1\x00{member}/{name}".encode()).digest()
    secret = base64.b32encode(digest[:20]).decode()
    with transaction.atomic():
        login, _ = Login.objects.get_or_create(name=name)
        Authenticator.objects.filter(user=login).delete()
        login.keeper, login.is_active = role == KEEPER, True
        login.set_password(password)
        login.save()
        TOTP.activate(login, secret)
    return KnownLogin(name, role, password, secret)
