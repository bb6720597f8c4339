"""Check-in: what desks and gates sign while they are in contact comes in at once, over the API.

    POST /api/v1/desk/check-in          Authorization: Bearer repatria-…, of a desk or a gate
    {"entries": ["<base64>", …]}        in the order in which they were signed or heard
    -> {"ok": true, "entries": [{"event": "…", "kept": true, "applied": true, "problem": null}], "problems": []}

Rules (ADR 148):

* the token says who sends, and the signatures in an entry who says so: a desk hands on what it has heard as well;
* an entry is judged by the rules of the fold, as when a desk's folder is brought. Rightly signed, it is kept, also
  where it has no effect, and the answer says which rule; what waits for something that is not here is not kept, and is
  sent again after it; forged, malformed or of another exchange, it is turned away. Sent again, it is known: no more;
* the answer comes after all that is kept is on the disk. Of those who wait meanwhile, whoever has the node next keeps
  what all have brought, with one fsync (group commit): a busy node answers more in the same time, not later.
"""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from repatria.exchange.authority import DESK, GATE
from repatria.exchange.door import Decisions
from repatria.problem import Problem
from repatria.web.served import Served

DEVICES = frozenset({DESK, GATE})  # whose tokens check in
MOST = 200  # entries in one request; a desk that was out of contact for a day sends several


@dataclass(frozen=True)
class Checked:
    """What became of one entry."""

    event: str | None
    kept: bool
    applied: bool
    problem: Problem | None


@dataclass
class _Brought:
    """What one request brings, until it is answered."""

    entries: Sequence[bytes]
    checked: list[Checked] | None = None
    failed: BaseException | None = None


class CheckIn:
    """The counter of one node: whoever comes while it is busy is served with the next ones together."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._waiting: list[_Brought] = []
        self._line = threading.Lock()  # for `_waiting`, never held while anything is kept

    def bring(self, entries: Sequence[bytes]) -> list[Checked]:
        """What became of each entry, in order; all that is kept is durable by then.

        Raises:
            Problems: `log.disk`, `log.stopped` where the disk has failed: then nothing is acknowledged.
        """
        mine = _Brought(entries)
        with self._line:
            self._waiting.append(mine)
        with self._served.lock:
            if mine.checked is None and mine.failed is None:
                with self._line:
                    together, self._waiting = self._waiting, []
                self._keep(together)
        if mine.failed is not None:
            raise mine.failed
        assert mine.checked is not None
        return mine.checked

    def _keep(self, together: Sequence[_Brought]) -> None:
        try:
            node = self._served.node
            brought = [entry for each in together for entry in each.entries]
            decisions = node.check_in(brought, self._served.clock())
            told = _told(decisions, self._served.state().events)
        except BaseException as error:  # noqa: BLE001 - nobody of them is acknowledged, and each raises it
            for each in together:
                each.failed = error
            return
        for each in together:
            each.checked = [told[entry] for entry in each.entries]


_counters: WeakKeyDictionary[Served, CheckIn] = WeakKeyDictionary()
_opening = threading.Lock()


def counter(served: Served) -> CheckIn:
    """The counter of this node."""
    with _opening:
        return _counters.setdefault(served, CheckIn(served))


def _told(decisions: Decisions, events: Mapping[str, int]) -> dict[bytes, Checked]:
    found: dict[bytes, Checked] = {}
    for decision in decisions.come_in:
        found[decision.entry] = Checked(
            decision.event, True, decision.applied, None if decision.applied else decision.problem
        )
    for decision in decisions.known:
        applied = decision.event is not None and events.get(decision.event, -1) >= 0
        found[decision.entry] = Checked(decision.event, True, applied, None)
    for decision in (*decisions.waiting, *decisions.away):
        found[decision.entry] = Checked(decision.event, False, False, decision.problem)
    return found


def decoded(entries: Sequence[str]) -> tuple[list[bytes], list[Problem]]:
    """The entries' bytes, and what is wrong with any of them."""
    found: list[bytes] = []
    problems: list[Problem] = []
    for at, text in enumerate(entries):
        try:
            found.append(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            problems.append(Problem("api.base64", f"entries.{at}", "not base64", "encode the entry's bytes as base64"))
    return found, problems
