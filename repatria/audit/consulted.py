"""Consultation read a second time: which clauses were settled and by whom, offers against what was carried, tasks.

Nothing is asked of the state or of the reducers. A clause counts as agreed when every party has agreed to a value
that somebody had put forward before; an offer that was released is what stands in the commitment that a mediator
carried; terms in force rest on agreed clauses.

Source: ADR 35.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from repatria.audit.acts import Act, Attachments
from repatria.audit.authority import Authority
from repatria.deal.tasks import TASKS
from repatria.deal.terms import decode_terms
from repatria.exchange import events
from repatria.exchange.state import ClauseFact
from repatria.ledger.canonical import encode
from repatria.problem import Problem

KEEP = "keep this copy as evidence, and ask the members how an entry against the rules came to have effect"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass
class Clause:
    """What the entries say of a clause: for which kind of value, what was put forward, who agreed to what."""

    kind: str = "number"
    words: tuple[str, ...] = ()
    put_forward: list[events.ClauseValue] = field(default_factory=list)
    agreed_by: dict[events.ClauseValue, set[str]] = field(default_factory=lambda: defaultdict(set))
    agreed: events.ClauseValue | None = None

    @property
    def summary(self) -> tuple[str, events.ClauseValue | None]:
        if self.agreed is not None:
            return "agreed", self.agreed
        return ("proposed", self.put_forward[-1]) if self.put_forward else ("open", None)

    def allows(self, value: events.ClauseValue) -> bool:
        if isinstance(value, int) or self.kind == "number":
            return isinstance(value, int) and self.kind == "number"
        if self.kind == "word":
            return value in self.words
        try:
            return _DAY.fullmatch(value) is not None and bool(date.fromisoformat(value))
        except ValueError:
            return False


class Consulted:
    """Follows the consultation act by act, and keeps every problem that it finds."""

    def __init__(self, authority: Authority, attachments: Attachments) -> None:
        self.authority, self.attachments = authority, attachments
        self.problems: list[Problem] = []
        self.clauses: dict[str, Clause] = {}
        self.offers: dict[str, events.OfferCarried] = {}
        self.released: set[str] = set()
        self.tasks: dict[tuple[str, str, str], bool] = {}
        self.said: dict[events.Event, set[str]] = defaultdict(set)
        self.asked: tuple[str, ...] = ()  # who signs terms besides the parties, by those in force

    def see(self, act: Act) -> None:
        """Take in one act that had effect."""
        match act.event:
            case events.ClauseOpened(clause=name, value_kind=kind, words=words):
                self._opened(act, name, kind, words)
            case events.ClauseProposed(clause=name, value=value):
                self._put_forward(act, name, value)
            case events.ClauseAgreed(clause=name, value=value):
                self._agreed(act, name, value)
            case events.OfferCarried():
                self._carried(act, act.event)
            case events.OfferReleased():
                self._released(act, act.event)
            case events.TaskSet(round=round_, task=task, owner=owner):
                self._task(act, (round_, task, owner), done=False)
            case events.TaskDone(round=round_, task=task, owner=owner):
                self._task(act, (round_, task, owner), done=True)
            case events.TermsSigned() | events.TermsAmended():
                self._terms(act, act.event)
            case events.RoundActivated():
                self._activated(act)

    def compare(self, index: int, clauses: dict[str, ClauseFact]) -> None:
        """At the end: every clause stands where the fold has it."""
        folded = {name: (str(fact.status), fact.value) for name, fact in clauses.items()}
        read = {name: clause.summary for name, clause in self.clauses.items()}
        for name in sorted({*folded, *read}):
            if folded.get(name) != read.get(name):
                where = f"entry {index}, clause {name}"
                what = f"the fold has it {_said(folded.get(name))}; the entries give {_said(read.get(name))}"
                self.problems.append(Problem("audit.consultation.differs", where, what, KEEP))

    def _bad(self, act: Act, code: str, what: str) -> None:
        self.problems.append(Problem(f"audit.consultation.{code}", f"entry {act.index}", what, KEEP))

    def _opened(self, act: Act, name: str, kind: str, words: tuple[str, ...]) -> None:
        if name in self.clauses:
            self._bad(act, "clause", "a clause is opened that was open")
        if kind not in ("number", "date", "word") or (kind == "word") != bool(words) or len(set(words)) < len(words):
            self._bad(act, "clause", "a clause that nobody could propose a value for")
        self.clauses[name] = Clause(kind, words)

    def _put_forward(self, act: Act, name: str, value: events.ClauseValue) -> None:
        if name not in self.clauses and not isinstance(value, int):
            self._bad(act, "clause", "a date or a word for a clause that was not opened")
        clause = self.clauses.setdefault(name, Clause())
        if clause.agreed is not None:
            self._bad(act, "clause", "a value for a clause that was agreed")
        elif not clause.allows(value):
            self._bad(act, "clause", "a value that is not of the clause's kind")
        clause.put_forward.append(value)

    def _agreed(self, act: Act, name: str, value: events.ClauseValue) -> None:
        clause = self.clauses.setdefault(name, Clause())
        if value not in clause.put_forward or clause.agreed is not None:
            self._bad(act, "clause", "agreed to a value that nobody had put forward, or to a clause agreed before")
        clause.agreed_by[value].add(act.member)
        if set(self.authority.parties) <= clause.agreed_by[value]:
            clause.agreed = value

    def _carried(self, act: Act, event: events.OfferCarried) -> None:
        to = self.authority.members.get(event.to)
        by = self.authority.members.get(act.member)
        if to is None or by is None or by.role != "mediator" or event.to == act.member:
            self._bad(act, "offer", "an offer that was not carried by a mediator to another member")
        self.offers[act.id] = event

    def _released(self, act: Act, event: events.OfferReleased) -> None:
        offer = self.offers.get(event.offer)
        if offer is None or event.offer in self.released:
            self._bad(act, "offer", "an offer is released that nobody carried, or for the second time")
            return
        self.released.add(event.offer)
        field_ = f"offer/{event.round}/{offer.clause}/{act.member}"
        parts = ("repatria/commit/v1", self.authority.exchange, field_, encode(event.value).decode())
        opened = hmac.new(bytes.fromhex(event.salt), "\x00".join(parts).encode(), hashlib.sha256).hexdigest()
        if opened != offer.commitment or offer.round != event.round:
            self._bad(act, "offer", "what is released is not what was carried in this member's name")
        self._put_forward(act, offer.clause, event.value)

    def _task(self, act: Act, key: tuple[str, str, str], done: bool) -> None:
        _, task, owner = key
        member = self.authority.members.get(act.member)
        mediates = member is not None and member.role == "mediator" and not done
        if task not in TASKS or owner not in self.authority.members or not (owner == act.member or mediates):
            self._bad(act, "task", "a task of no catalogue, for nobody, or not this member's to set or to finish")
        if self.tasks.get(key) or (done and key not in self.tasks):
            self._bad(act, "task", "a task that was done, or never set")
        self.tasks[key] = done

    def _activated(self, act: Act) -> None:
        """A round begins with no clause."""
        said = self.said[act.event]
        said.add(act.member)
        if set(self.authority.parties) <= said and set(self.authority.of_role("mediator")) & said:
            self.clauses, self.asked = {}, ()

    def _terms(self, act: Act, event: events.TermsSigned | events.TermsAmended) -> None:
        self.said[event].add(act.member)
        try:
            terms = decode_terms(self.attachments(event.terms) or b"")
        except ValueError:
            return  # said by the check of lists
        besides = terms.signatures.get("terms", ())
        if not {*self.authority.parties, *besides, *self.asked} <= self.said[event]:
            return
        totals, self.asked = terms.totals, besides
        for side, total in totals.items():
            clause = self.clauses.setdefault(f"total-{side}", Clause())
            if isinstance(event, events.TermsAmended):
                clause.agreed = total  # every party has signed it
            elif clause.agreed != total:
                self._bad(act, "terms", f"terms with a total of {side} that was not agreed as a clause")


def _said(clause: tuple[str, events.ClauseValue | None] | None) -> str:
    if clause is None:
        return "nowhere"
    return clause[0] if clause[1] is None else f"{clause[0]} at {clause[1]}"
