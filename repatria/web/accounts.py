"""Logins: made by invitation only, with a passkey or a one-time code besides a password.

Nobody signs up. Whoever keeps the node invites by name; the ledger says what that name may do.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """What allauth asks of a site: no signing up, and no mail."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        return None
