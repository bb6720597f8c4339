"""The draw and the plan, verified again: commitments before nonces, every nonce held before any is revealed, the seed,
the chances with their compositions, every draw anew, and each plan in force.

A draw is in force when everybody who draws has committed to the same freeze. Its chances are computed again at the
state just before that, and a plan that came into force is put before the integer-only checker at the state just before
its proposal: what those who bound themselves had before them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from repatria.audit.acts import Act, Attachments
from repatria.audit.invariants import KEEP, Watch
from repatria.deal.draw import PARTS, check_reveal, holders_of, seed
from repatria.exchange.codec import Body
from repatria.exchange.documents import FinalList, Freeze, Plan, read
from repatria.exchange.events import LotteryCommitted, LotteryHeld, LotteryRevealed, PlanProposed, PlanRevised
from repatria.exchange.state import State
from repatria.ledger.canonical import decode
from repatria.message import Message
from repatria.plan.basis import basis_of, fairness_problems
from repatria.plan.check import unproved
from repatria.plan.lottery import check_freeze
from repatria.plan.model import unit_types
from repatria.problem import Problem

FORKS_MAX = 16  # proposals kept with the state before them; an older one is folded again if it comes into force


@dataclass(frozen=True)
class Drawn:
    """A draw that everybody had committed to: from which entry on, in whose place, and the seed once it was known."""

    round: str
    freeze: str
    begun_at: int
    replaces: str | None
    units: tuple[tuple[str, str, str], ...] = ()  # number, side and stratum of everybody who may go, by number
    made_over: bool = False  # a plan was in force: tickets fill what is open in it
    seed: str | None = None
    sealed_at: int | None = None  # the entry that revealed the last part


class Draw:
    """Follows the draw and the plans act by act; `problems` as in `Watch`."""

    def __init__(self, watch: Watch, attachments: Attachments, again: Callable[[int], State]) -> None:
        """`again(index)` gives the state before an entry by folding everything before it once more."""
        self.watch, self.attachments, self.again = watch, attachments, again
        self.problems: list[Problem] = []
        self.unproved: list[Message] = []
        self.freeze = ""  # of the draw in force
        self.commitments: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)  # freeze -> member -> commitments
        self.held: set[tuple[str, str]] = set()  # member and holder, in the draw in force
        self.parts: dict[tuple[str, int], bytes] = {}  # of the draw in force
        self.draws: list[Drawn] = []
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
            case LotteryHeld():
                self._held(act, act.event)
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
        nonces = {member: tuple(self.parts.get((member, part), b"") for part in PARTS) for member in self._drawing()}
        whole = all(part for nonce in nonces.values() for part in nonce)
        return seed(self.freeze, nonces).hex() if self.freeze and whole else None

    def _holders(self, member: str) -> set[str]:
        authority = self.watch.authority
        return set(holders_of(member, authority.of_role("neutral"), authority.of_role("mediator"), authority.parties))

    def _drawing(self) -> set[str]:
        return {*self.watch.authority.parties, *self.watch.authority.of_role("mediator")}

    def _committed(self, act: Act, event: LotteryCommitted, before: State | None) -> None:
        """The draw is in force with the last commitment to the same freeze, before any of its nonces."""
        committed = self.commitments[event.freeze]
        if act.member in committed:
            self.bad("draw.twice", act, f"{act.member} has committed to this draw before")
        committed[act.member] = event.commitments
        if len(event.commitments) != len(PARTS):
            self.bad("draw.parts", act, f"commitments to {len(event.commitments)} parts of a nonce")
        if not committed.keys() >= self._drawing():
            return
        if event.freeze == self.freeze:
            self.bad("draw.late", act, "a commitment to a draw that is in force already")
            return
        self.freeze, self.held, self.parts = event.freeze, set(), {}
        before_it = self.draws[-1].freeze if self.draws and self.draws[-1].round == event.round else None
        self.draws.append(Drawn(event.round, event.freeze, act.index, before_it))
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
        if freeze.replaces != before_it:
            self.bad("draw.replaces", act, "the freeze does not name the draw of this round that it replaces")
        if before is not None:
            basis = basis_of(before, self.attachments, drawing=True)
            kinds = unit_types(basis.units, basis.classes)
            units = tuple((number, kind.holder, kind.stratum) for number, kind in sorted(kinds.items()))
            self.draws[-1] = replace(self.draws[-1], units=units, made_over=basis.progress is not None)
            for problem in check_freeze(freeze, basis.units, basis.classes, basis.terms, basis.progress):
                self.bad("draw.chances", act, f"{problem.where}: {problem.what}")

    def _held(self, act: Act, event: LotteryHeld) -> None:
        if event.freeze != self.freeze:
            self.bad("draw.early", act, "parts of nonces held before everybody had committed, or of another draw")
        for member in event.members:
            if act.member not in self._holders(member):
                self.bad("draw.holder", act, f"{act.member} does not hold parts of the nonce of {member}")
            self.held.add((member, act.member))

    def _revealed(self, act: Act, event: LotteryRevealed) -> None:
        committed = self.commitments[event.freeze]
        missing = self._drawing() - committed.keys()
        if missing:
            self.bad("draw.early", act, f"a nonce before {len(missing)} members have committed")
        elif event.freeze != self.freeze:
            self.bad("draw.freeze", act, "a nonce of a draw that everybody has replaced by another")
        elif unheld := {m for m in self._drawing() if not {(m, h) for h in self._holders(m)} <= self.held}:
            what = f"a nonce before those of {len(unheld)} members were held by all their holders"
            self.bad("draw.unheld", act, what)
        if event.member != act.member and act.member not in self._holders(event.member):
            self.bad("draw.member", act, f"{act.member} reveals the nonce of {event.member}")
        bound = committed.get(event.member, ())
        new = {(str(event.member), each.part): bytes.fromhex(each.nonce) for each in event.parts}
        if new.keys() <= self.parts.keys():
            self.bad("draw.twice", act, f"nothing of the nonce of {event.member} that was not revealed before")
        for (member, part), nonce in new.items():
            if not 1 <= part <= len(bound) or not check_reveal(member, event.freeze, part, nonce, bound[part - 1]):
                self.bad("draw.nonce", act, f"not the nonce that {member} committed to")
        self.parts |= new
        if (drawn := self.seed) is not None and self.draws:
            self.draws[-1] = replace(self.draws[-1], seed=drawn, sealed_at=act.index)

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
        drawn = self._on_frozen_lists()
        late = [n for s in plan.stages for p in s.places for n, _ in p.sequence if n not in drawn]
        if late:
            self.bad("plan.undrawn", act, f"{len(late)} people in a plan by a draw that they were not in")
        index = self._proposed.get(name)
        if index is None:
            self.bad("plan.proposed", act, "a plan in force that nobody had proposed")
            return
        before = self._before.pop(index, None) or self.again(index)
        raw = decode(data)
        for problem in fairness_problems(raw, before, self.attachments):
            self.bad("plan.fair", act, f"{problem.where}: {problem.what}")
        self.unproved += [
            Message("audit.note.unproved", {"index": act.index, "level": level, "gap": gap})
            for level, gap in unproved(raw)
        ]

    def _on_frozen_lists(self) -> set[str]:
        """Everybody on the lists that the freeze of the draw in force names."""
        try:
            freeze = read(Freeze, self.attachments(self.freeze) or b"")
            lists = [read(FinalList, self.attachments(name) or b"") for name in freeze.lists.values()]
        except ValueError:
            return set()
        return {row.number for each in lists for row in each.rows}

    def bad(self, code: str, act: Act, what: str) -> None:
        self.problems.append(Problem(f"audit.{code}", f"entry {act.index}", what, KEEP))
