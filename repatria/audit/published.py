"""What was made public, read a second time: each claim against its form, each table against the people's own stories.

Nothing is asked of the reducers or of their rule. A stage is over when its last place was reconciled; what it comes to
is counted from stories; and a table is checked by what it must never do, cell by cell: tell of fewer than ten people
(but nobody), leave out or tell twice a stage, tell of a side what its stories do not say, or take back what an earlier
table told.

Source: ADR 11, ADR 64.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from repatria.audit.acts import Act, Attachments
from repatria.audit.authority import Authority
from repatria.audit.invariants import Watch
from repatria.audit.persons import state_of
from repatria.deal.definitions import COUNTED, OFFICES, OUTSIDE
from repatria.exchange import events
from repatria.exchange.documents import CountRow, PublicCounts, read
from repatria.exchange.state import ClaimFact, CountedStage, PublishedCounts
from repatria.problem import Problem

KEEP = "keep this copy as evidence, and ask the members how an entry against the rules came to have effect"
FEWEST = 10  # people of whom a row may tell
KINDS = ("living", "remains")


@dataclass(frozen=True)
class Over:
    """A stage that is over: its day, since which entry, and how many of each side were received, by kind."""

    day: str
    index: int
    received: Counter[tuple[str, str]]
    told_from: str  # not told before this day; nothing: at once


class Published:
    """Follows claims and tables act by act, and keeps every problem that it finds."""

    def __init__(self, authority: Authority, watch: Watch, attachments: Attachments) -> None:
        self.authority, self.watch, self.attachments = authority, watch, attachments
        self.problems: list[Problem] = []
        self.claims: list[events.ClaimRecorded] = []
        self.over: dict[str, Over] = {}
        self.tables: list[tuple[events.CountsPublished, PublicCounts]] = []
        self.said: dict[events.CountsPublished, set[str]] = defaultdict(set)
        self.days: list[tuple[int, str, str]] = []  # since which entry the log's day was at least, and at most, this

    def time(self, index: int) -> None:
        """After any entry, whatever became of it: the log's day by now."""
        least, most = (moment[:10] for moment in self.authority.log_time())
        if not self.days or self.days[-1][1:] != (least, most):
            self.days.append((index, least, most))

    def see(self, act: Act) -> None:
        """Take in one act that had effect, after the watch has taken it in."""
        match act.event:
            case events.ClaimRecorded():
                self._claim(act, act.event)
            case events.StageReconciled(stage=stage):
                self._reconciled(act, stage)
            case events.CountsPublished():
                self._table(act, act.event)

    def compare(
        self,
        index: int,
        claims: Sequence[ClaimFact],
        published: Sequence[PublishedCounts],
        stages: Sequence[CountedStage],
    ) -> None:
        """At the end: the fold has the same claims, the same tables in force, and the same people in each stage."""
        own_stages = [
            (name, each.index, {f"{side}/{kind}": people for (side, kind), people in each.received.items() if people})
            for name, each in self.over.items()
        ]
        if own_stages != [(each.stage, each.index, dict(each.received)) for each in stages]:
            what = "the fold counts others as received in a stage that is over than the entries give"
            self.problems.append(Problem("audit.published.stages", f"entry {index}", what, KEEP))
        folded = [(c.speaker, c.said_on, c.counted, c.of, c.since, c.until, c.number, c.source) for c in claims]
        own = [(c.speaker, c.said_on, c.counted, c.of, c.since, c.until, c.number, c.source) for c in self.claims]
        tables = [(event.size, event.table) for event, _ in self.tables]
        if folded != own or [(each.size, each.table) for each in published] != tables:
            what = f"the fold has {len(folded)} claims and {len(published)} tables; the entries give {len(own)} and"
            self.problems.append(Problem("audit.published.differs", f"entry {index}", f"{what} {len(tables)}", KEEP))

    def _bad(self, act: Act, code: str, what: str) -> None:
        self.problems.append(Problem(f"audit.published.{code}", f"entry {act.index}", what, KEEP))

    def _claim(self, act: Act, event: events.ClaimRecorded) -> None:
        known = {*OUTSIDE, *self.authority.members}
        known |= {f"{member}-{office}" for member in self.authority.members for office in OFFICES}
        if event.speaker not in known:
            self._bad(act, "claim", "a claim by somebody who is no member, no office of one and not from outside")
        fits = event.of in self.authority.parties if _of_a_party(event) else event.of is None
        if event.counted not in COUNTED or not fits:
            self._bad(act, "claim", "a claim by no counting definition, or not of the party that it needs")
        days = [day for day in (event.since, event.until, event.said_on) if day is not None]
        if days != sorted(days):
            self._bad(act, "claim", "a claim whose days do not follow one another")
        if event in self.claims:
            self._bad(act, "claim", "a claim is recorded a second time")
        self.claims.append(event)

    def _reconciled(self, act: Act, name: str) -> None:
        stage = self.watch.stages.get(name)
        if stage is None or name in self.over or not all(at.reconciled for at in stage.places.values()):
            return
        received: Counter[tuple[str, str]] = Counter()
        for at in stage.places.values():
            for number in at.manifest:
                story = self.watch.persons[number]
                turn = next((turn for turn in reversed(story.turns) if turn.spot[0] == name), None)
                words = [word for word in story.words if word.day <= stage.date]
                if state_of(words, [turn] if turn else [], story.withdrawn and turn is None) == "received":
                    received[story.side, "remains" if story.account == "remains" else "living"] += 1
        embargo = self.watch.terms.embargo_days if self.watch.terms is not None else None
        self.over[name] = Over(stage.date, act.index, received, _after(stage.date, embargo))

    def _table(self, act: Act, event: events.CountsPublished) -> None:
        table = self._read(act, event)
        if table is None:
            return
        if table.size != event.size or event.size > act.index:
            self._bad(act, "size", f"a table of {table.size} entries, signed as one of {event.size}")
        # Which stages are past their embargo may depend on a time that is known from below and from above only.
        fewest: list[Problem] | None = None
        for over in self._may_be_told(event.size):
            found = self._columns(act, table, over)
            fewest = found if fewest is None or len(found) < len(fewest) else fewest
        self.problems += fewest or []
        self._never_taken_back(act, table)
        said = self.said[event]
        if act.member in said:
            self._bad(act, "twice", f"{act.member} has signed the same table before")
        said.add(act.member)
        if set(self.authority.parties) <= said and set(self.authority.of_role("mediator")) & said:
            self.tables.append((event, table))

    def _may_be_told(self, size: int) -> list[list[Over]]:
        """The stages that a table of so many entries tells of: all that are over, up to the first under embargo."""
        _, least, most = next((each for each in reversed(self.days) if each[0] < size), (0, "", ""))
        over = [each for each in self.over.values() if each.index < size]
        surely, perhaps = (
            next((at for at, each in enumerate(over) if each.told_from and day < each.told_from), len(over))
            for day in (least, most)
        )
        return [over[:upto] for upto in range(perhaps, surely - 1, -1)]

    def _columns(self, act: Act, table: PublicCounts, over: Sequence[Over]) -> list[Problem]:
        """What is wrong with a table that tells of these stages."""
        before, self.problems = self.problems, []
        for side in sorted({*self.watch.sides, *(row.side for row in table.rows)}):
            for kind in sorted({*KINDS, *(row.kind for row in table.rows)}):
                self._column(act, table, side, kind, [(each.day, each.received[side, kind]) for each in over])
        found, self.problems = self.problems, before
        return found

    def _read(self, act: Act, event: events.CountsPublished) -> PublicCounts | None:
        try:
            return read(PublicCounts, self.attachments(event.table) or b"")
        except ValueError:
            self._bad(act, "form", "a table that cannot be read")
            return None

    def _column(
        self, act: Act, table: PublicCounts, side: str, kind: str, stages: Sequence[tuple[str, int]]
    ) -> None:
        """One side and kind: its rows, taken in order, use up its stages, each once, and none more than needed."""
        rows = [row for row in table.rows if (row.side, row.kind) == (side, kind)]
        open_ = [each for each in table.held_back if (each.side, each.kind) == (side, kind)]
        if any(row.received < FEWEST for row in rows):
            self._bad(act, "small", f"a row of {side} tells of fewer than {FEWEST} people")
        left = list(stages)
        for row in rows:
            taken: list[tuple[str, int]] = []
            while left and sum(people for _, people in taken) < FEWEST:
                taken.append(left.pop(0))
            if not self._tells(row, taken):
                self._bad(act, "counts", f"a row of {side}, {kind}, is not what the stages since {row.since} come to")
                return
        few = sum(people for _, people in left)
        days = sorted(day for day, _ in left)
        if few >= FEWEST:
            self._bad(act, "counts", f"the table leaves out {few} people of {side}, {kind}, who can be told of")
        if [(each.since, each.until) for each in open_] != ([(days[0], days[-1])] if left else []):
            self._bad(act, "counts", f"the table does not say what of {side}, {kind}, it holds back")

    def _tells(self, row: CountRow, taken: Sequence[tuple[str, int]]) -> bool:
        days = sorted(day for day, _ in taken)
        people = sum(people for _, people in taken)
        return bool(days) and (row.since, row.until, row.received) == (days[0], days[-1], people)

    def _never_taken_back(self, act: Act, table: PublicCounts) -> None:
        """Every table that was published is how this one begins, side by side: nothing can be subtracted."""
        for _, earlier in self.tables:
            for side, kind in {(row.side, row.kind) for row in earlier.rows}:
                was, now = (
                    [row for row in each.rows if (row.side, row.kind) == (side, kind)] for each in (earlier, table)
                )
                if now[: len(was)] != was:
                    self._bad(act, "taken_back", f"what an earlier table told of {side}, {kind}, is told otherwise")


def _after(day: str, embargo: int | None) -> str:
    """The first day on which a stage of that day may be told of; nothing where there is no embargo."""
    if embargo is None:
        return ""
    return date.fromordinal(min(date.max.toordinal(), date.fromisoformat(day).toordinal() + embargo)).isoformat()


def _of_a_party(event: events.ClaimRecorded) -> bool:
    return event.counted in COUNTED and COUNTED[event.counted].of_a_party
