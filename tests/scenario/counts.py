"""What an exchange at forty for forty comes to, however its draw falls and however often it is interrupted."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from repatria.exchange.codec import Body
from repatria.exchange.events import RoundClosed

GOLDEN = Path(__file__).with_name("golden") / "counts.json"
# How many of these there are depends on the draw: on who is at which place of detention, and in which batch. So does
# the desk at which somebody is handed over, so a desk's entries are counted as its member's.
_BY_THE_DRAW = {"InterviewHeld", "Cleared", "NotGoing", "RightGranted", "RightReturned", "PersonPresented"}
# So does how many people the public is told of: a few are held back, and how many of them came in which stage is drawn.
# The fold makes every such table again and refuses any other.
_TOLD_BY_THE_DRAW = {"published"}


def counts(bodies: Sequence[Body], incidents: Mapping[str, Any]) -> dict[str, Any]:
    """Entries by kind and member, the accounts that everybody signed, and the figures that were told on the way."""
    entries = Counter(f"{type(body.data).__name__} by {body.member}" for body in bodies)
    closed = next(body.data for body in bodies if isinstance(body.data, RoundClosed))
    return {
        "entries": {name: n for name, n in sorted(entries.items()) if name.partition(" ")[0] not in _BY_THE_DRAW},
        "accounts": [[account.holder, account.state, account.people] for account in closed.accounts],
        "told": {
            name: value
            for name, value in sorted(incidents.items())
            if isinstance(value, int) and name not in _TOLD_BY_THE_DRAW
        },
    }


def golden(found: dict[str, Any]) -> Any:
    """REPATRIA_REWRITE_GOLDEN=1 writes it anew; read the difference as text before you keep it."""
    if os.environ.get("REPATRIA_REWRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return json.loads(GOLDEN.read_text(encoding="utf-8"))
