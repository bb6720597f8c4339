"""What a plan is made from and checked against, read off the state: one reading for planner, signer and verifier.

The units are everyone on the final lists who may still go when the plan is made; the terms are those in force; what
opened stages did is settled. A verifier reads the same basis at the index at which the plan was proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from repatria.deal.classes import decode_classes
from repatria.deal.terms import decode_terms
from repatria.exchange.documents import Freeze, read
from repatria.exchange.person import AVAILABLE, NOT_GOING, WITHDRAWN, Person
from repatria.exchange.planning import seed_of
from repatria.exchange.state import Attachments, State
from repatria.ledger.canonical import decode
from repatria.plan.check import check_plan
from repatria.plan.limits import plan_terms
from repatria.plan.lottery import Chance, drawn_table, going, odds_of
from repatria.plan.model import Classes, PlanTerms, Progress, Unit, UnitType, unit_types
from repatria.plan.stages import Names
from repatria.problem import Problem


@dataclass(frozen=True)
class Basis:
    """Everything that a plan depends on, and nothing else."""

    units: tuple[Unit, ...]
    classes: Classes
    terms: PlanTerms
    names: Names
    seed: bytes | None
    table: tuple[Chance, ...] | None
    progress: Progress | None

    @property
    def going(self) -> dict[UnitType, int] | None:
        """How many of each type go, where the draw says so."""
        return None if self.table is None else going(self.table, self.units, self.classes)


def basis_of(state: State, attachments: Attachments, afresh: bool = False, drawing: bool = False) -> Basis:
    """The basis of the next plan, or of the plan that is being checked, at this state.

    Args:
        afresh: as if nothing had been planned yet, to explain a plan rather than to replace it.
        drawing: for a draw, which has everybody on the lists, also whoever came on them after the draw before.
    """
    terms = decode_terms(state.terms_text.encode())
    progress = None if afresh else progress_of(state, attachments)
    asked = plan_terms(terms)
    people = [
        person
        for person in sorted(state.persons.values(), key=lambda each: each.number)
        if person.round == state.round
        if person.number in state.slots or person.state not in (NOT_GOING, WITHDRAWN)
        if drawing or person.number not in state.undrawn
    ]
    units = units_of(people, asked, progress)
    lists = {holder: str(fact.list) for holder, fact in sorted(state.lists.items())}
    drawn = seed_of(state)
    seed = None if drawn is None else bytes.fromhex(drawn)
    freeze = None if state.draw is None else str(state.draw.freeze)
    classes = classes_of(state, attachments)
    table = None
    if freeze is not None and progress is None:
        there = [(kind.holder, kind.stratum) for kind in unit_types(units, classes).values()]
        table = drawn_table(read(Freeze, attachments(freeze) or b""), seed, there)
    names = Names(state.round, str(state.terms), lists, freeze)
    return Basis(units, classes, asked, names, seed, table, progress)


def units_of(people: Sequence[Person], terms: PlanTerms, progress: Progress | None = None) -> tuple[Unit, ...]:
    """The units that these people are: each by themselves, or with those of their family or crew whom the same befell.

    Whoever does not go, or was taken off the list, is a unit of their own, and the rest go without them: nobody is kept
    back by another's word. Whose they are and where they go tells units apart only where terms ask it.
    """
    parts = [part for row in terms.rows for part in row.parts]
    of_party = bool(terms.packages) or any(part.party for part in parts)
    to_whom = bool(terms.packages) or any(part.to for part in parts)
    fates = _fates(progress) if progress is not None else {}
    units: dict[tuple[str, str], list[Person]] = {}
    for person in people:
        fate = fates.get(person.number, "")
        alone = person.group is None or fate == _AWAY
        units.setdefault((person.number if alone else str(person.group), fate), []).append(person)
    return tuple(
        sorted(
            Unit(
                first.number, first.side, first.class_id, str(first.holder) if of_party else "",
                str(first.to) if to_whom else "", tuple((each.number, each.class_id) for each in others),
                people=1 + len(others),
            )
            for first, *others in units.values()
        )
    )  # fmt: skip


_AWAY, _OVER, _AGAIN = "away", "over", "again"


def _fates(progress: Progress) -> dict[str, str]:
    """What befell whom under the plan in force, as far as it parts those who go together."""
    gone = {
        number: _OVER
        for stage in progress.previous["stages"]
        if stage["stage"] in progress.done
        for place in stage["places"]
        for number, _ in place["sequence"]
    }
    away = dict.fromkeys((*progress.gone, *progress.offered), _AWAY)
    return {**gone, **dict.fromkeys(progress.again, _AGAIN), **away}


def published(state: State, attachments: Attachments) -> tuple[Chance, ...] | None:
    """The chances that were published before the draw in force; None where there is none."""
    if state.draw is None:
        return None
    found = odds_of(read(Freeze, attachments(state.draw.freeze) or b""))
    return None if found is None else found.table


def classes_of(state: State, attachments: Attachments) -> Classes:
    """The class tables of both lists, joined: their ids are random."""
    joined: dict[str, Any] = {}
    for _, fact in sorted(state.lists.items()):
        joined.update(decode_classes(attachments(fact.classes) or b""))
    return joined


def progress_of(state: State, attachments: Attachments) -> Progress | None:
    """What has happened under the plan in force; None where there is none yet."""
    if state.plan is None:
        return None
    opened = frozenset(
        name for name, stage in state.stages.items() if stage.opened is not None and stage.round == state.round
    )
    gone, offered, again = set(), set(), set()
    for number, (stage, place) in state.slots.items():
        person = state.persons[number]
        if person.round != state.round:
            continue
        if person.state == WITHDRAWN:
            gone.add(number)
        elif person.state == NOT_GOING and stage not in opened:
            offered.add(number)
        elif stage in opened and person.state in AVAILABLE:
            at = state.stages[stage].places[place]
            if at.reconciled or at.aborted:  # else they may still go there, and the plan leaves the place alone
                again.add(number)
    previous = decode(attachments(state.plan) or b"")
    return Progress(previous, frozenset(map(str, opened)), frozenset(gone), frozenset(offered), frozenset(again))


def fairness_problems(plan: Mapping[str, Any], state: State, attachments: Attachments) -> list[Problem]:
    """Everything that is wrong with a proposed plan at this state, by the integer-only checker."""
    basis = basis_of(state, attachments)
    return check_plan(
        plan, basis.units, basis.classes, basis.terms, basis.seed, table=basis.table, progress=basis.progress
    )
