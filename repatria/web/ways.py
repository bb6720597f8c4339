"""Ways in that a person takes away or sets for themselves, where allauth's own pages would let them go too far."""

from __future__ import annotations

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth import login as log_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from repatria.web.accounts import BACKEND, MfaAdapter, Recovery, said


class Remove(RemoveWebAuthnView):
    """A passkey is taken away, unless it is the last way in."""

    def form_valid(self, form: object) -> HttpResponse:
        if not MfaAdapter().can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(said("account.error.cannot_delete_authenticator")))
            return redirect("mfa_index")
        return super().form_valid(form)


@never_cache
@sensitive_post_parameters("code")
def recover(request: HttpRequest) -> HttpResponse:
    """In with a recovery code, where passkeys were the only way; and on to making another."""
    form = Recovery(request.POST or None)
    if request.method == "POST" and form.is_valid():
        log_in(request, form.login, backend=BACKEND)
        record_authentication(request, form.login, method="mfa", type="recovery_codes", reauthenticated=True)
        messages.warning(request, str(said("account.recovery.used")))
        return redirect("mfa_index")
    return render(request, "account/recover.html", {"form": form})


remove_webauthn = Remove.as_view()
set_password = reauthentication_required(account.password_set)
