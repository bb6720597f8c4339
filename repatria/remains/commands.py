"""Of which people a set of remains holds remains: said by whoever received it, and said again when more is known."""

from __future__ import annotations

from dataclasses import dataclass

from repatria.exchange.commands import By
from repatria.exchange.events import CaseFound, Opaque, RemainsIdentified, Row, Slug, SoughtFound
from repatria.exchange.state import State
from repatria.office import Given, Outcome
from repatria.problem import Problem

NEW = "new"  # in place of a case's number: a fresh one


@dataclass(frozen=True)
class IdentifyRemains:
    """All that is known now, and not only what is new: the finding takes the place of the one before."""

    by: By
    number: str
    sought: tuple[tuple[str, str], ...]  # register, row
    cases: tuple[tuple[str, str], ...]  # number or `new`, party or `unknown`


def identify_remains(state: State, request: IdentifyRemains, given: Given) -> Outcome | list[Problem]:
    sought = tuple(sorted({(Opaque(register), Row(row)) for register, row in request.sought}))
    cases = [(given.random(16).hex() if number == NEW else number, of) for number, of in request.cases]
    event = RemainsIdentified(
        Opaque(request.number),
        len(state.findings.get(request.number, ())) + 1,
        tuple(SoughtFound(*each) for each in sought),
        tuple(CaseFound(Opaque(number), Slug(of)) for number, of in sorted(set(cases))),
    )
    return Outcome(
        drafts=(request.by.draft(event),),
        answer={
            "number": request.number, "version": event.version, "sought": len(event.sought),
            "cases": [case.number for case in event.cases],
        },
    )  # fmt: skip
