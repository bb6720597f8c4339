"""Answers that were overdue, worked out a second time: which breaches must stand on the record, and which may not.

By ADR 59 a breach comes about by the passing of log time, with no entry that says so. Log time is known here from
below and from above (`authority.py`), and so is the day on which something was disclosed or agreed. A breach is
wanting where no reading of the times lets the fold go without it, and is one too many where none bears it out.

    >>> due(Day("2025-12-05"), ("2025-12-01", "2025-12-01"), ("2025-12-09", "2025-12-10"))
    ('2025-12-13', '2025-12-14')
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from repatria.audit.acts import Act
from repatria.audit.authority import Authority
from repatria.audit.invariants import KEEP, Watch
from repatria.exchange.events import (
    AnswersGiven,
    Day,
    RecordErased,
    RegisterDisclosed,
    RoundActivated,
    TermsAmended,
    TermsSigned,
)
from repatria.exchange.state import Breach
from repatria.problem import Problem

CODE = "answers-overdue"
CHANGES = (  # what is owed
    RegisterDisclosed, AnswersGiven, RecordErased, TermsSigned, TermsAmended, RoundActivated,
)  # fmt: skip
Days = tuple[str, str]  # at least, at most


@dataclass
class Pending:
    """What one holder still owes of one register: by when, and how few rows were blank since that may have passed."""

    by: Days
    fewest: int | None = None


def due(agreed: str, since: Days, asked: Days) -> Days:
    """The last day for answers by terms agreed on one day, to a register disclosed on another."""
    first = max(since[0], asked[0]), max(since[1], asked[1])
    soonest = agreed if first[0] < agreed else _later(first[0], _days(since[1], agreed))
    latest = agreed if first[1] < agreed else _later(first[1], _days(since[0], agreed))
    return soonest, latest


class Overdue:
    """Follows what is owed beside the watch, whose registers and terms it reads."""

    def __init__(self, authority: Authority, watch: Watch) -> None:
        self.authority, self.watch = authority, watch
        self.problems: list[Problem] = []
        self.pending: dict[tuple[str, str], Pending] = {}
        self.asked: dict[tuple[str, str], Days] = {}
        self.agreed: tuple[str, str, Days] | None = None  # round, date, when it was agreed
        self.noted = 0  # of the fold's breaches
        self._day: Days = ("", "")

    def time(self, index: int, breaches: Sequence[Breach]) -> None:
        """Before an entry has effect: what its time brought about, against what the fold has put on the record."""
        new, self.noted = breaches[self.noted :], len(breaches)
        for breach in new:
            if breach.code == CODE:
                self._bears_out(index, breach)
        today = self._today()
        if today == self._day and not new:
            return
        self._day = today
        for key, owed in list(self.pending.items()):
            if today[1] > owed.by[0]:
                owed.fewest = min(self._blank(key), self._blank(key) if owed.fewest is None else owed.fewest)
            if today[0] > owed.by[1]:
                del self.pending[key]
                if owed.fewest and self.watch.round_open:
                    self._bad(index, f"{key[1]} left {owed.fewest} rows blank past {owed.by[1]}, and no breach stands")

    def see(self, act: Act) -> None:
        """After an act had effect: what is owed now."""
        if not isinstance(act.event, CHANGES):
            return
        terms = self.watch.terms
        today = self._today()
        fresh = {key for key in self._owed() if key not in self.asked}
        self.asked.update(dict.fromkeys(fresh, today))
        if terms is None:
            self.agreed, self.pending = None, {}
            return
        if self.agreed is None or self.agreed[:2] != (self.watch.round, terms.answers_due):
            self.agreed = (self.watch.round, terms.answers_due, today)
            self.pending = {}
            fresh = set(self._owed())
        for key in fresh:
            self.pending[key] = Pending(due(terms.answers_due, self.agreed[2], self.asked[key]))
        for key, owed in self.pending.items():
            if owed.fewest is not None:
                owed.fewest = min(owed.fewest, self._blank(key))

    def _bears_out(self, index: int, breach: Breach) -> None:
        key = (breach.register or "", breach.member)
        owed = self.pending.pop(key, None)
        if breach.index != index or owed is None:
            self._bad(index, f"a breach of {breach.member} stands of another entry, or of nothing that was owed")
        elif not owed.by[0] <= (breach.due or "") <= owed.by[1] or self._today()[1] <= owed.by[0]:
            self._bad(index, f"a breach of {breach.member} stands before the day had passed, or for another day")
        elif breach.count != self._blank(key) or not breach.count:
            self._bad(index, f"a breach of {breach.count} rows stands; {self._blank(key)} were blank")

    def _owed(self) -> Iterator[tuple[str, str]]:
        for name, register in self.watch.registers.items():
            for holder in register.asked:
                yield name, holder

    def _blank(self, key: tuple[str, str]) -> int:
        return self.watch.registers[key[0]].blank(key[1])

    def _today(self) -> Days:
        least, most = self.authority.log_time()
        return least[:10], most[:10]

    def _bad(self, index: int, what: str) -> None:
        self.problems.append(Problem("audit.lists.overdue", f"entry {index}", what, KEEP))


def _days(since: str, day: str) -> int:
    return max(1, (date.fromisoformat(day) - date.fromisoformat(since)).days) if since else 1


def _later(day: str, days: int) -> Day:
    return Day(date.fromordinal(min(date.max.toordinal(), date.fromisoformat(day).toordinal() + days)).isoformat())
