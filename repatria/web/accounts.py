"""Logins: made by invitation only, with a passkey or a one-time code besides a password.

Nobody signs up. Whoever keeps the node invites by name (`web.invitations`); the ledger says what that name may do.
allauth does the ceremonies; what it says, where it would lock nobody out and what it would leave open is settled here.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, LoginForm, SetPasswordForm
from allauth.account.forms import ReauthenticateForm as PasswordReauthentication
from allauth.core import context
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.cache import cache
from django.dispatch import receiver
from django.forms import CharField, Form, HiddenInput, TextInput, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import lazy
from django.utils.translation import get_language

from repatria.message import Message, Name
from repatria.store.vault import open_under, seal_under
from repatria.web import access
from repatria.web.models import Login
from repatria.web.texts import language_of

TOTP, WEBAUTHN = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
SINCE = "since"  # in a session: when it began, seconds
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_SEALED = b"repatria/web/way/v1"


def said(id: str) -> Any:
    """A text of ours, put into words when it is shown."""
    return lazy(lambda: language_of(get_language() or "en").sentence(Message(id)), str)()


class Adapter(DefaultAccountAdapter):
    """What allauth asks of a site: no signing up, no mail, and our own words."""

    error_messages = {  # noqa: RUF012
        **DefaultAccountAdapter.error_messages,
        **{code: said(f"account.error.{code}") for code in (
            "account_inactive", "enter_current_password", "incorrect_code", "incorrect_password", "rate_limited",
            "too_many_login_attempts", "username_password_mismatch",
        )},
    }  # fmt: skip

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        return None

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A passkey first: it is the one thing that nobody can be talked into saying."""
        found = super().get_reauthentication_methods(user)
        for each in found:
            each["description"] = said(f"account.again.{each['id'].replace(':', '.')}")
        return sorted(found, key=lambda each: each["id"] != "mfa_reauthenticate:webauthn")


class MfaAdapter(DefaultMFAAdapter):
    """What allauth asks about passkeys and codes: secrets are sealed, and the last way in cannot be taken away."""

    error_messages = {  # noqa: RUF012
        **DefaultMFAAdapter.error_messages,
        **{code: said(f"account.error.{code}") for code in (
            "cannot_delete_authenticator", "cannot_generate_recovery_codes", "incorrect_code",
        )},
    }  # fmt: skip

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal_under(_key(), text.encode(), _SEALED, os.urandom)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_under(_key(), base64.b64decode(encrypted_text), _SEALED).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether a way in is left: another passkey, or a code with a password before it."""
        left = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        kinds = {each.type for each in left}
        return WEBAUTHN in kinds or (TOTP in kinds and authenticator.user.has_usable_password())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        words = language_of(get_language() or "en")
        member = words.say(Message("account.rp", {"member": Name(access.current().member)}))
        return {**super().get_public_key_credential_rp_entity(), "name": member}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return language_of(get_language() or "en").say(Message("account.passkey.name", {"number": number}))


def _key() -> bytes:
    return bytes.fromhex(access.current().secret("ways in"))


# --- forms: our labels, and wrong codes that count like wrong passwords ----------------------------------------------


class LogIn(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self, login="account.name", password="account.password")


class PasswordAgain(PasswordReauthentication):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self, password="account.password")


class SetPassword(SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self, password1="account.password.new", password2="account.password.again")


class ChangePassword(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(
            self, oldpassword="account.password.now", password1="account.password.new",
            password2="account.password.again",
        )  # fmt: skip


class _Counted:
    """A form in which a code is typed: five wrong ones lock the login out, and a locked one is not even looked at."""

    user: Login

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self, code="account.code")

    def clean_code(self) -> str:
        request, who = context.request, {"username": self.user.name}
        if not AxesProxyHandler.is_allowed(request, who):
            request.axes_locked_out, request.axes_credentials = True, who
            raise MfaAdapter().validation_error("incorrect_code")
        code = str(super().clean_code())  # type: ignore[misc]
        # allauth forgets a used code after one step; with one step's tolerance it is valid for three (RFC 6238 5.2).
        used = f"code-{self.user.pk}-{sha256(code.strip().encode()).hexdigest()}"
        if not cache.add(used, True, 4 * mfa_settings.TOTP_PERIOD):
            raise MfaAdapter().validation_error("incorrect_code")
        return code

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc]
        user_login_failed.send(sender=__name__, credentials={"username": self.user.name}, request=context.request)


class CodeAtLogin(_Counted, AuthenticateForm):
    pass


class CodeAgain(_Counted, ReauthenticateForm):
    pass


class NewApp(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self, code="account.code")


class NewPasskey(AddWebAuthnForm):
    """Always one that logs in by itself, with the person verified by their device."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self, name="account.passkey.called")
        alone = self.fields["passwordless"]
        alone.required, alone.initial, alone.widget = True, True, HiddenInput()


class Recovery(Form):
    """A name and a recovery code, for whoever has passkeys only and has lost them. As long as an invitation's code is
    hard to guess, and counted like a password."""

    name = CharField(label=said("account.name"), max_length=32, widget=TextInput(attrs={"autocomplete": "username"}))
    code = CharField(
        label=said("account.recovery.code"), max_length=64,
        widget=TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "dir": "ltr"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        request, who = context.request, {"username": given["name"]}
        if not AxesProxyHandler.is_allowed(request, who):
            request.axes_locked_out, request.axes_credentials = True, who
            raise ValidationError(said("account.error.recovery"))
        self.login = Login.objects.filter(name=given["name"], is_active=True).first()
        held = Authenticator.objects.filter(user=self.login, type=Authenticator.Type.RECOVERY_CODES).first()
        # Whoever has a password says it first, and a recovery code then: never less than two things.
        alone = self.login is not None and not self.login.has_usable_password()
        if not alone or held is None or not held.wrap().validate_code(given["code"]):
            user_login_failed.send(sender=__name__, credentials=who, request=request)
            raise ValidationError(said("account.error.recovery"))
        return given


def _labelled(form: Any, **texts: str) -> None:
    """Our labels; no placeholder in the place of a label, and no link to a page that is not there."""
    for name, text in texts.items():
        field = form.fields[name]
        field.label, field.help_text = said(text), ""
        field.widget.attrs.pop("placeholder", None)


# --- how long, and with what ----------------------------------------------------------------------------------------


@receiver(user_logged_in)
def _began(sender: Any, request: HttpRequest | None = None, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        request.session[SINCE] = int(time.time())


def has_way_in(login: Login) -> bool:
    """Whether more than a password stands before this login."""
    return Authenticator.objects.filter(user_id=login.pk, type__in=[TOTP, WEBAUTHN]).exists()


class Doorway:
    """The middleware that ends a session after twelve hours, and one that has no second factor at once."""

    def __init__(self, answer: Callable[[Any], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: Any) -> HttpResponse:
        if request.user.is_authenticated:
            if time.time() - request.session.get(SINCE, 0) > settings.SESSION_SECONDS_MOST:
                logout(request)
                return redirect("account_login")
            if not has_way_in(request.user):
                logout(request)
                return redirect("enrol")
        return self.answer(request)


def locked(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """What somebody is told who has tried too often."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    return render(request, "web/locked.html", {"minutes": minutes}, status=429)
