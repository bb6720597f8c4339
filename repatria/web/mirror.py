"""Logins, in the vault too: whoever drops the tables loses nothing, and whoever puts old ones back gains nothing.

The vault's document `web/logins` says who can log in, with what: it is written before the server answers whenever a
login or one of its ways in changes, and at the start the tables are made what it says. So a recovery code that was
used stays used, and a login that was ended stays ended, whichever copy of the database is found (ADR 126).

    with kept(served):      # tables made from the vault; from here on the vault follows the tables
        server.serve()
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models.signals import post_delete, post_save

from repatria.web.models import Login
from repatria.web.served import Served

DOCUMENT = "web/logins"
_PASSING = ({"last_login"}, {"last_used_at"})  # written at every login, and nothing that has to last
_UID = "repatria.web.mirror"


@contextmanager
def kept(served: Served) -> Iterator[None]:
    """The tables as the vault has them, and until the block ends the vault as the tables become."""
    restore(served)

    def changed(sender: Any, update_fields: Any = None, **_: Any) -> None:
        if update_fields is None or set(update_fields) not in _PASSING:
            transaction.on_commit(lambda: remember(served))

    for model in (Login, Authenticator):
        for signal in (post_save, post_delete):
            signal.connect(changed, sender=model, weak=False, dispatch_uid=_UID)
    try:
        yield
    finally:
        for model in (Login, Authenticator):
            for signal in (post_save, post_delete):
                signal.disconnect(sender=model, dispatch_uid=_UID)


def remember(served: Served) -> None:
    """Write down who can log in, with what. Under the lock, so that the last to write has read last."""
    with served.lock:
        served.node.vault.put_document(DOCUMENT, _written(_logins()))


def restore(served: Served) -> None:
    """Make the tables what the vault says; what only the tables know is gone."""
    with served.lock:
        held = served.node.vault.document(DOCUMENT)
    wanted: list[dict[str, Any]] = [] if held is None else json.loads(held)["logins"]
    if _logins() == wanted:
        return
    with transaction.atomic():
        Login.objects.all().delete()
        for each in wanted:
            created = datetime.fromisoformat(each["created"])
            login = Login(
                id=each["number"], name=each["name"], keeper=each["keeper"], is_active=each["active"],
                language=each["language"], password=each["password"],
            )  # fmt: skip
            login.save(force_insert=True)
            Login.objects.filter(id=login.id).update(created=created)
            for way in each["ways"]:
                at = datetime.fromisoformat(way["created"])
                Authenticator.objects.create(user=login, type=way["type"], data=way["data"], created_at=at)
    with connection.cursor() as cursor:  # PostgreSQL does not see numbers that were given
        for statement in connection.ops.sequence_reset_sql(no_style(), [Login, Authenticator]):
            cursor.execute(statement)


def has_keeper() -> bool:
    """Whether anybody can log in who sees to logins."""
    return Authenticator.objects.filter(user__keeper=True, user__is_active=True).exists()


def _written(logins: list[dict[str, Any]]) -> bytes:
    return json.dumps({"v": 1, "logins": logins}, ensure_ascii=False, sort_keys=True).encode()


def _logins() -> list[dict[str, Any]]:
    """Every login with its ways in, by number. The number is kept: a passkey names it."""
    ways: dict[int, list[dict[str, Any]]] = {}
    for way in Authenticator.objects.order_by("id"):
        row = {"type": str(way.type), "data": way.data, "created": way.created_at.isoformat()}
        ways.setdefault(way.user_id, []).append(row)
    return [
        {
            "number": login.id, "name": login.name, "keeper": login.keeper, "active": login.is_active,
            "language": login.language, "created": login.created.isoformat(), "password": login.password,
            "ways": ways.get(login.id, []),
        }
        for login in Login.objects.order_by("id")
    ]  # fmt: skip
