"""The draw and the plan, verified again: commitments before nonces, the seed, the chances, and each plan in force.

A draw is in force when everybody who draws has committed to the same freeze. Its chances are computed again at the
state just before that, and a plan that came into force is put before the integer-only checker at the state just before
its proposal: what those who bound themselves had before them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from repatria.audit.acts import Act, Attachments
from repatria.audit.invariants import KEEP, Watch
from repatria.deal.draw import check_reveal, seed
from repatria.exchange.codec import Body
from repatria.exchange.documents import Freeze, Plan, read
from repatria.exchange.events import LotteryCommitted, LotteryRevealed, PlanProposed, PlanRevised
from repatria.exchange.state import State
from repatria.ledger.canonical import decode
from repatria.plan.basis import basis_of, fairness_problems
from repatria.plan.check import unproved
from repatria.plan.lottery import check_freeze
from repatria.problem import Problem

FORKS_MAX = 16  # proposals kept with the state before them; an older one is folded again if it comes into force


class Draw:
    """Follows the draw and the plans act by act; `problems` as in `Watch`."""

    def __init__(self, watch: Watch, attachments: Attachments, again: Callable[[int], State]) -> None:
        """`again(index)` gives the state before an entry by folding everything before it once more."""
        self.watch, self.attachments, self.again = watch, attachments, again
        self.problems: list[Problem] = []
        self.unproved: list[str] = []
        self.freeze = ""  # of the draw in force
        self.commitments: dict[str, dict[str, str]] = defaultdict(dict)  # freeze -> member -> commitment
        self.nonces: dict[str, bytes] = {}  # of the draw in force
        self.plans = 0
        self._proposed: dict[str, int] = {}
        self._before: dict[int, State] = {}
        self._in_force = ""

    def wants_before(self, body: Body) -> bool:
        """Whether the state before this entry is needed to judge it, or what follows from it."""
        if isinstance(body.data, LotteryCommitted):
            return {*self.commitments.get(body.data.freeze, ()), body.member} >= self._drawing()
        return isinstance(body.data, PlanProposed | PlanRevised)

    def see(self, act: Act, before: State | None) -> None:
        """Take in an act that had effect, after the watch has."""
        match act.event:
            case LotteryCommitted():
                self._committed(act, act.event, before)
            case LotteryRevealed():
                self._revealed(act, act.event)
            case PlanProposed() | PlanRevised():
                self._proposed.setdefault(act.event.plan, act.index)
                if before is not None:
                    self._before[act.index] = before
                for index in sorted(self._before)[:-FORKS_MAX]:
                    del self._before[index]
        if self.watch.plan != self._in_force:
            self._in_force = self.watch.plan
            if self._in_force:  # a round that begins has none
                self._plan(act)

    @property
    def seed(self) -> str | None:
        """The seed, hex, once everyone who draws has revealed."""
        return seed(self.freeze, self.nonces).hex() if self.nonces.keys() >= self._drawing() else None

    def _drawing(self) -> set[str]:
        return {*self.watch.authority.parties, *self.watch.authority.of_role("mediator")}

    def _committed(self, act: Act, event: LotteryCommitted, before: State | None) -> None:
        """The draw is in force with the last commitment to the same freeze, before any of its nonces."""
        committed = self.commitments[event.freeze]
        if act.member in committed:
            self.bad("draw.twice", act, f"{act.member} has committed to this draw before")
        committed[act.member] = event.commitment
        if not committed.keys() >= self._drawing():
            return
        if event.freeze == self.freeze:
            self.bad("draw.late", act, "a commitment to a draw that is in force already")
            return
        self.freeze, self.nonces = event.freeze, {}
        data = self.attachments(event.freeze) or b""
        try:
            freeze = read(Freeze, data)
        except ValueError:
            self.bad("draw.freeze", act, "a freeze that cannot be read")
            return
        lists = {holder: fact[0] for holder, fact in self.watch.lists.items()}
        classes = {holder: fact[1] for holder, fact in self.watch.lists.items()}
        if (freeze.terms, freeze.lists, freeze.classes) != (self.watch.terms_name, lists, classes):
            self.bad("draw.freeze", act, "the freeze does not name the terms, lists and classes in force")
        if before is not None:
            basis = basis_of(before, self.attachments)
            for problem in check_freeze(decode(data), basis.units, basis.classes, basis.terms):
                self.bad("draw.chances", act, f"{problem.where}: {problem.what}")

    def _revealed(self, act: Act, event: LotteryRevealed) -> None:
        committed = self.commitments[event.freeze]
        missing = self._drawing() - committed.keys()
        if missing:
            self.bad("draw.early", act, f"a nonce before {len(missing)} members have committed")
        elif event.freeze != self.freeze:
            self.bad("draw.freeze", act, "a nonce of a draw that everybody has replaced by another")
        if event.member != act.member and act.member not in self.watch.authority.of_role("neutral"):
            self.bad("draw.member", act, f"{act.member} reveals the nonce of {event.member}")
        if event.member in self.nonces:
            self.bad("draw.twice", act, f"the nonce of {event.member} is revealed twice")
        nonce = bytes.fromhex(event.nonce)
        if not check_reveal(event.member, event.freeze, nonce, committed.get(event.member, "")):
            self.bad("draw.nonce", act, f"not the nonce that {event.member} committed to")
        self.nonces[event.member] = nonce

    def _plan(self, act: Act) -> None:
        """The plan that has just come into force, as its signatories could check it."""
        name, self.plans = self.watch.plan, self.plans + 1
        data = self.attachments(name) or b""
        try:
            plan = read(Plan, data)
        except ValueError:
            return  # said by the watch
        if plan.freeze != self.freeze or plan.seed != self.seed:
            self.bad("plan.seed", act, "a plan in force that does not use the seed of the draw")
        index = self._proposed.get(name)
        if index is None:
            self.bad("plan.proposed", act, "a plan in force that nobody had proposed")
            return
        before = self._before.pop(index, None) or self.again(index)
        raw = decode(data)
        for problem in fairness_problems(raw, before, self.attachments):
            self.bad("plan.fair", act, f"{problem.where}: {problem.what}")
        where = f"plan in force at entry {act.index}"
        self.unproved += [f"{where}: {level} is {gap} short of its bound" for level, gap in unproved(raw)]

    def bad(self, code: str, act: Act, what: str) -> None:
        self.problems.append(Problem(f"audit.{code}", f"entry {act.index}", what, KEEP))
