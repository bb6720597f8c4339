"""Ways in that a person takes away or sets for themselves, where allauth's own pages would let them go too far."""

from __future__ import annotations

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from repatria.web.accounts import MfaAdapter, said


class Remove(RemoveWebAuthnView):
    """A passkey is taken away, unless it is the last way in."""

    def form_valid(self, form: object) -> HttpResponse:
        if not MfaAdapter().can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(said("account.error.cannot_delete_authenticator")))
            return redirect("mfa_index")
        return super().form_valid(form)


remove_webauthn = Remove.as_view()
set_password = reauthentication_required(account.password_set)
