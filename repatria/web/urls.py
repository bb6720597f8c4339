"""Every address: the pages below their language, made from the table of who may open them; logins; the policy's ear.

Of allauth's views those are here that a node needs: nobody signs up, nobody has a mail address, nobody resets a
password but by a new invitation.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView

from repatria.web import enrolment, pages
from repatria.web.access import PAGES
from repatria.web.api import api
from repatria.web.policy import heard
from repatria.web.ways import recover, remove_webauthn, set_password

for each in iter_modules(pages.__path__):
    import_module(f"{pages.__name__}.{each.name}")

ACCOUNT = [
    path("enrol/", enrolment.enrol, name="enrol"),
    path("enrol/ways/", enrolment.ways, name="enrol_ways"),
    path("key/", enrolment.own_key, name="own_key"),
    path("login/", account.login, name="account_login"),
    path("login/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("login/code/", mfa.authenticate, name="mfa_authenticate"),
    path("login/recovery/", recover, name="recover"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("again/password/", account.reauthenticate, name="account_reauthenticate"),
    path("again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("again/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/set/", set_password, name="account_set_password"),
    path("ways/", mfa.index, name="mfa_index"),
    path("ways/passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("ways/passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("ways/passkeys/<int:pk>/remove/", remove_webauthn, name="mfa_remove_webauthn"),
    path("ways/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("ways/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("ways/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("ways/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]

urlpatterns = [
    path("csp", heard, name="csp"),
    path("api/", api.urls),
    *i18n_patterns(
        path("account/", include(ACCOUNT)),
        *[path(each.path, each.view, name=each.name) for each in PAGES.values()],
    ),
]
handler404 = "repatria.web.pages.frame.absent"
handler500 = "repatria.web.pages.frame.failed"
