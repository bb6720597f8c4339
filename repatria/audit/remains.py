"""Remains read a second time: who may say whose they are, of which sets, and that no version is left out.

Source: ADR 62.
"""

from __future__ import annotations

from collections.abc import Mapping

from repatria.audit.acts import Act
from repatria.audit.authority import Authority
from repatria.audit.invariants import KEEP, Watch
from repatria.exchange.events import RegisterDisclosed, RemainsIdentified
from repatria.exchange.state import FindingFact
from repatria.problem import Problem


class Remains:
    """Follows what was found in remains beside the watch, whose people and registers it reads."""

    def __init__(self, authority: Authority, watch: Watch) -> None:
        self.authority, self.watch = authority, watch
        self.problems: list[Problem] = []
        self.found: dict[str, list[RemainsIdentified]] = {}
        self.shown: set[tuple[str, str]] = set()  # a register, and who may read it

    def see(self, act: Act) -> None:
        """Take in one act that had effect."""
        match act.event:
            case RegisterDisclosed(register=register, to=readers):
                self.shown |= {(register, reader) for reader in readers}
            case RemainsIdentified():
                self._identified(act, act.event)

    def compare(self, index: int, folded: Mapping[str, tuple[FindingFact, ...]]) -> None:
        """At the end: every version of every finding stands where the fold has it."""
        own = {name: [(each.sought, each.cases) for each in versions] for name, versions in self.found.items()}
        theirs = {name: [(each.sought, each.cases) for each in versions] for name, versions in folded.items()}
        for name in sorted({*own, *theirs}):
            if own.get(name) != theirs.get(name):
                have, read = len(theirs.get(name, [])), len(own.get(name, []))
                self._bad(f"entry {index}, number {name}", f"the fold has {have} versions; the entries give {read}")

    def _identified(self, act: Act, event: RemainsIdentified) -> None:
        where = f"entry {act.index}, number {event.number}"
        story = self.watch.persons.get(event.number)
        if story is None or (story.account, story.state, story.to) != ("remains", "received", act.member):
            self._bad(where, "of no remains that this member has received")
        versions = self.found.setdefault(event.number, [])
        versions.append(event)
        if event.version != len(versions):
            self._bad(where, f"version {event.version}, as the finding number {len(versions)}")
        rows = {(each.register, each.row) for each in event.sought}
        if len(rows) < len(event.sought) or len({case.number for case in event.cases}) < len(event.cases):
            self._bad(where, "somebody is named twice in one finding")
        for register, row in rows:
            known = self.watch.registers.get(register)
            if known is None or not (known.owner == act.member or (register, act.member) in self.shown):
                self._bad(where, "names a row of a register that this member cannot read")
            elif row in known.erased:
                self._bad(where, "names a row that was erased")
        for (_, *at), number in self.watch.listed():
            story = self.watch.persons[number]
            if tuple(at) in rows and story.account != "remains" and story.state == "received":
                self._bad(where, "names somebody who was received alive")
        parties = {*self.authority.parties, "unknown"}
        if any(case.of not in parties or case.number in self.watch.persons for case in event.cases):
            self._bad(where, "a case of no party, or with a number of a list")

    def _bad(self, where: str, what: str) -> None:
        self.problems.append(Problem("audit.remains.found", where, what, KEEP))
