"""Enrolment: whoever was given a code makes their login, with a passkey, or with a password and codes from an app.

The code comes in the address after `#`, which browsers keep to themselves, or is typed; it is sent in a form, and never
stands in an address that a server writes down. It is used up when the login is made, not before: who stops half-way
begins again with the same code. In the same step the browser makes the delegate's signing key, which never leaves it
(`static/web/keys.js`); its public half is sent along and waits for whoever appoints the delegate.
"""

from __future__ import annotations

import json
import re
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, clear_totp_secret, get_totp_secret, validate_totp_code
from allauth.mfa.webauthn.forms import SignupWebAuthnForm
from allauth.mfa.webauthn.internal.auth import WebAuthn, begin_registration
from django import forms
from django.contrib.auth import login as log_in
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from repatria.exchange.cards import Card
from repatria.problem import Problem
from repatria.web import invitations, tokens
from repatria.web.access import Asked
from repatria.web.accounts import BACKEND, MfaAdapter, said
from repatria.web.invitations import Invitation
from repatria.web.keys import KEYS, replaceable
from repatria.web.models import Login
from repatria.web.served import Served

_ENROLLING = "enrolling"  # in a session: the hash of the code


@never_cache
@sensitive_post_parameters("code")
def enrol(request: Asked) -> HttpResponse:
    """The code, typed or out of the address's end."""
    if request.method != "POST":
        return render(request, "account/enrol.html")
    found = invitations.by_code(request.served, request.POST.get("code", ""))
    if found is None:
        do = "type it again as it was shown; where it does not help, ask whoever keeps the node for a new one"
        problem = Problem("login.code", "the code", "no such code, or it was used, or a day has passed", do)
        return render(request, "account/enrol.html", {"problems": [problem]}, status=422)
    if request.user.is_authenticated:
        logout(request)
    request.session.cycle_key()
    request.session[_ENROLLING] = found.hash
    return redirect("enrol_ways")


@never_cache
@sensitive_post_parameters()
def ways(request: Asked) -> HttpResponse:
    """How to log in from now on: a passkey, or a password with an app's codes."""
    invitation = invitations.by_hash(request.served, request.session.get(_ENROLLING, ""))
    if invitation is None:
        return redirect("enrol")
    login, _ = Login.objects.get_or_create(name=invitation.name, defaults={"is_active": False, "password": "!"})
    way = request.POST.get("way")
    passkey = SignupWebAuthnForm(request.POST if way == "passkey" else None, user=login)
    password = WithPassword(request.POST if way == "password" else None, login=login)
    if way == "passkey" and passkey.is_valid():
        data = passkey.cleaned_data
        return _made(request, invitation, login, lambda: _passkey(login, data))
    if way == "password" and password.is_valid():
        data = password.cleaned_data
        return _made(request, invitation, login, lambda: _password(login, data["password"], password.secret))
    options = begin_registration(login, True)
    options["publicKey"] = {**options["publicKey"], "excludeCredentials": []}  # what it had ends with this
    shown = {
        "invited": invitation, "author": f"{request.served.member}/{invitation.name}", "passkey": passkey,
        "password": password, "options": json.dumps({"creation_options": options}, default=dict),
        "secret": password.secret, "qr": _qr(login, password.secret),
    }  # fmt: skip
    return render(request, "account/ways.html", shown, status=422 if way else 200)


class WithPassword(forms.Form):
    """A password typed twice, and the first code of the app that has the secret."""

    password = forms.CharField(
        label=said("account.password.new"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=said("account.password.again"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    code = forms.CharField(
        label=said("account.code"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, login: Login, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.login = login
        self.secret = get_totp_secret(regenerate=not self.is_bound)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.login)
        return password

    def clean_again(self) -> str:
        if self.cleaned_data["again"] != self.cleaned_data.get("password", self.cleaned_data["again"]):
            raise forms.ValidationError(said("account.error.again"))
        return str(self.cleaned_data["again"])

    def clean_code(self) -> str:
        if not validate_totp_code(self.secret, self.cleaned_data["code"]):
            raise MfaAdapter().validation_error("incorrect_code")
        return str(self.cleaned_data["code"])


def key_of(served: Served, name: str) -> str | None:
    """The public key that this name's browser made when they enrolled, hex."""
    with served.lock:
        held = served.node.vault.document(KEYS + name)
    return None if held is None else held.decode()


def fingerprint(author: str, key: str) -> str:
    """A delegate's key as it is read aloud: the same twelve groups in the delegate's page and in the keeper's."""
    return Card(author, "delegate", key).fingerprint


@login_required
@never_cache
def own_key(request: Asked) -> HttpResponse:
    """The delegate's own key, to be read to whoever appoints them, and whether this browser has it."""
    author, key = f"{request.served.member}/{request.user.name}", key_of(request.served, request.user.name)
    spoken = None if key is None else fingerprint(author, key)
    state = request.served.state()
    grant = state.key_at(author, state.size)
    other = grant is not None and grant.key != key
    shown = {"author": author, "key": key, "spoken": spoken, "other": other, "exchange": state.exchange}
    return render(request, "account/key.html", shown | {"replaceable": replaceable(state, author)})


def _made(request: Asked, invitation: Invitation, login: Login, way: Any) -> HttpResponse:
    """The login as it is from now on: what it had before is gone, and whoever used that is logged out."""
    if not invitations.spend(request.served, invitation):
        return redirect("enrol")
    tokens.end_all(request.served, login.name)
    with transaction.atomic():
        Authenticator.objects.filter(user=login).delete()
        login.keeper, login.is_active, login.language = invitation.keeper, True, request.words.code
        login.set_unusable_password()
        how = way()
        RecoveryCodes.activate(login)
        login.save()
    key = request.POST.get("key", "")
    if re.fullmatch(r"[0-9a-f]{64}", key) and not invitation.keeper:
        with request.served.lock:
            request.served.node.vault.put_document(KEYS + login.name, key.encode())
    request.session.pop(_ENROLLING, None)
    clear_totp_secret(request)
    log_in(request, login, backend=BACKEND)
    record_authentication(request, login, method="mfa", type=str(how.type), reauthenticated=True)
    return redirect("mfa_view_recovery_codes")


def _passkey(login: Login, data: dict[str, Any]) -> Authenticator:
    return WebAuthn.add(login, data["name"], data["credential"]).instance


def _password(login: Login, password: str, secret: str) -> Authenticator:
    login.set_password(password)
    return TOTP.activate(login, secret).instance


def _qr(login: Login, secret: str) -> str:
    """The secret as a picture for the app's camera: the address of an image."""
    import segno

    address = MfaAdapter().build_totp_url(login, secret)
    return str(segno.make(address).svg_data_uri(scale=4, border=4, light="white"))
