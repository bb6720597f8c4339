"""Invitations: who may make a login, by a one-time code that is shown once.

A code is 128 random bits. The node keeps its hash only, in the vault's document `web/invitations`, until the code is
used or a day has passed; a new invitation of the same name takes the place of the old one. Whoever has a login
already and is invited again makes it anew: so a lost passkey is replaced, and what it was ends with that.

    code = invite(served, "clerk")                  # 'ABCD-EFGH-…', to be handed over, not mailed
    found = by_code(served, typed)                  # None: no such code, or its time is over
    if found and spend(served, found): ...          # True once only
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from repatria.problem import Problem, Problems
from repatria.web.served import Served

DOCUMENT = "web/invitations"
HOURS = 24
FIRST = "keeper"  # the name of whoever unlocked the node
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True)
class Invitation:
    """`hash`: of the code. `until`: the moment at which it ends, by the node's clock."""

    hash: str
    name: str
    keeper: bool
    until: str


def invite(served: Served, name: str, keeper: bool = False) -> str:
    """A new code for that name.

    Raises:
        Problems: `login.name` for what cannot be a delegate's name.
    """
    check_name(name)
    plain = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")
    code = "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))
    with served.lock:
        others = [each for each in waiting(served) if each.name != name]
        until = datetime.fromisoformat(served.clock()) + timedelta(hours=HOURS)
        made = Invitation(_hash(code), name, keeper, until.strftime("%Y-%m-%dT%H:%M:%SZ"))
        _keep(served, [*others, made])
    return code


def check_name(name: str) -> None:
    """Refuse what cannot be a delegate's name, before anything is looked up by it.

    Raises:
        Problems: `login.name`.
    """
    if not _NAME.fullmatch(name):
        do = "write it with a-z, 0-9 and -, at most 32 signs, such as clerk-2"
        raise Problems([Problem("login.name", "the name", "not a delegate's short name", do)])


def by_code(served: Served, code: str) -> Invitation | None:
    """The invitation that this code opens, however it was typed: small letters, no hyphens, 0 for O, 1 for I."""
    return by_hash(served, _hash(code))


def by_hash(served: Served, hash: str) -> Invitation | None:
    return next((each for each in waiting(served) if secrets.compare_digest(each.hash, hash)), None)


def spend(served: Served, invitation: Invitation) -> bool:
    """Use it up; False if it was used or replaced in the meantime."""
    with served.lock:
        found = waiting(served)
        if invitation not in found:
            return False
        _keep(served, [each for each in found if each != invitation])
        return True


def withdraw(served: Served, name: str) -> None:
    """Take the invitation of that name back."""
    with served.lock:
        _keep(served, [each for each in waiting(served) if each.name != name])


def waiting(served: Served) -> list[Invitation]:
    """Those that can still be used, by name."""
    with served.lock:
        held = served.node.vault.document(DOCUMENT)
    now = served.clock()
    found = [] if held is None else [Invitation(**each) for each in json.loads(held)]
    return sorted((each for each in found if each.until > now), key=lambda each: each.name)


def _keep(served: Served, invitations: list[Invitation]) -> None:
    served.node.vault.put_document(DOCUMENT, json.dumps([asdict(each) for each in invitations]).encode())


def _hash(code: str) -> str:
    plain = re.sub(r"[^A-Z2-7]", "", code.upper().replace("0", "O").replace("1", "I"))
    return hashlib.sha256(b"repatria/invitation/v1\x00" + plain.encode()).hexdigest()
