"""The draw and the plan: freeze, commit, reveal, propose, check, sign, revise, explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from repatria.deal.commands import known_here
from repatria.deal.draw import NONCE_BYTES, check_reveal, commitment
from repatria.exchange.commands import By
from repatria.exchange.events import (
    LotteryCommitted,
    LotteryRevealed,
    PlanProposed,
    PlanRevised,
    PlanSigned,
    Sha256,
    Slug,
)
from repatria.exchange.state import DrawFact, State
from repatria.law.figures import Figures
from repatria.law.review import held_back, review
from repatria.law.standing import of_plan
from repatria.ledger.canonical import decode, digest, encode
from repatria.office import Given, Outcome
from repatria.people.commands import letters, post
from repatria.plan.basis import basis_of, fairness_problems
from repatria.plan.explain import explain
from repatria.plan.lottery import check_freeze, make_freeze, probability_table
from repatria.plan.stages import make_plan, replan
from repatria.problem import Problem


@dataclass(frozen=True)
class Draw:
    by: By


def commit_draw(state: State, request: Draw, given: Given) -> Outcome | list[Problem]:
    """Freeze what the draw is about, and commit to 32 random bytes, which also go sealed into escrow with the neutral.

    Every member computes the freeze itself; two that differ would have different hashes, and the fold refuses.
    """
    if state.terms is None or set(state.lists) != set(state.parties):
        return [Problem("draw.freeze", "draw", "terms or a final list are not in force", "have them signed first")]
    basis = basis_of(state, given.attachment)
    if state.draw is None:
        given.progress("computing the chances", 0, 1)
        table = probability_table(basis.units, basis.classes, basis.terms)
        if isinstance(table, list):
            return table
        classes = {holder: str(fact.classes) for holder, fact in sorted(state.lists.items())}
        freeze = make_freeze(basis.names.terms, basis.names.lists, classes, table)
    else:
        freeze = decode(given.attachment(state.draw.freeze) or b"")
        problems = check_freeze(freeze, basis.units, basis.classes, basis.terms)
        if problems:
            return problems
    data = encode(freeze)
    nonce = given.random(NONCE_BYTES)
    letter = {"round": state.round, "freeze": digest(data), "member": request.by.member, "nonce": nonce.hex()}
    sealed, name = post(state, given, "escrow", request.by.member, letter, state.neutrals)
    event = LotteryCommitted(
        Slug(state.round),
        Sha256(digest(data)),
        Sha256(commitment(request.by.member, digest(data), nonce)),
        Sha256(name),
    )
    return Outcome(
        drafts=(request.by.draft(event),),
        attachments={digest(data): data},
        documents={f"nonce/{digest(data)}": nonce},
        mail={name: sealed},
        mail_to={name: state.neutrals},
        answer={"freeze": digest(data), "strata": len(freeze["table"])},
    )


def reveal_draw(state: State, request: Draw, given: Given) -> Outcome | list[Problem]:
    if state.draw is None:
        return [Problem("draw.none", "draw", "no draw has begun", "commit first")]
    nonce = given.document(f"nonce/{state.draw.freeze}")
    if nonce is None:
        return [Problem("draw.nonce", "draw", "this node has not committed to this draw", "leave it to who has")]
    event = LotteryRevealed(Slug(state.round), state.draw.freeze, Slug(request.by.member), Sha256(nonce.hex()))
    return Outcome(drafts=(request.by.draft(event),), answer={"freeze": state.draw.freeze})


def open_escrow(state: State, request: Draw, given: Given) -> Outcome | list[Problem]:
    """The neutral reveals, from escrow, the nonces of members that have kept quiet: nobody gains by aborting."""
    if state.draw is None:
        return [Problem("draw.none", "draw", "no draw has begun", "wait for the commitments")]
    draw = state.draw
    found = dict(pair for letter in letters(given, "escrow") if (pair := _committed(letter, draw)) is not None)
    events = [
        LotteryRevealed(Slug(state.round), draw.freeze, Slug(member), Sha256(nonce.hex()))
        for member, nonce in sorted(found.items())
        if member not in draw.nonces
    ]
    without = sorted(draw.commitments.keys() - draw.nonces.keys() - found.keys())
    return Outcome(
        drafts=tuple(request.by.draft(event) for event in events),
        answer={"opened": len(events), "without_a_letter": without},
    )


def _committed(letter: Mapping[str, Any], draw: DrawFact) -> tuple[str, bytes] | None:
    """Whose nonce a letter holds, and the nonce, if its member committed to just that: no other letter counts."""
    try:
        member, nonce = letter["member"], bytes.fromhex(letter["nonce"])
        holds = letter["freeze"] == draw.freeze and check_reveal(member, draw.freeze, nonce, draw.commitments[member])
    except (KeyError, TypeError, ValueError):
        return None
    return (member, nonce) if holds else None


@dataclass(frozen=True)
class ProposePlan:
    by: By


def propose_plan(state: State, request: ProposePlan, given: Given) -> Outcome | list[Problem]:
    """Solve, sequence, check and propose: the first plan, or one that replaces the plan in force."""
    if state.draw is None or state.terms is None:
        return [Problem("plan.draw", "plan", "no draw has been held", "freeze, commit and reveal first")]
    basis = basis_of(state, given.attachment)
    if basis.seed is None:
        return [Problem("plan.draw", "plan", "the draw is not complete", "have every member reveal first")]
    given.progress("solving", 0, 1)
    if basis.progress is None:
        plan = make_plan(basis.units, basis.classes, basis.terms, basis.seed, basis.names)
    else:
        plan = replan(basis.progress, basis.units, basis.classes, basis.terms, basis.seed, basis.names)
    if isinstance(plan, list):
        return plan
    problems = fairness_problems(plan, state, given.attachment)
    if problems:
        return problems
    data = encode(plan)
    name = Sha256(digest(data))
    event: PlanProposed | PlanRevised
    if state.plan is None:
        event = PlanProposed(Slug(state.round), name)
    else:
        event = PlanRevised(Slug(state.round), name, state.plan)
    return Outcome(
        drafts=(request.by.draft(event),),
        attachments={name: data},
        answer={"plan": name, "replaces": state.plan, "stages": _summary(plan), "levels": plan["levels"]},
    )


@dataclass(frozen=True)
class SignPlan:
    by: By
    figures: Figures  # of the law, whose stops hold a signature back


def sign_plan(state: State, request: SignPlan, given: Given) -> Outcome | list[Problem]:
    """Check the proposal that waits, in whole numbers and against one's own reading of the ledger, and sign it.

    The law is asked of everyone in it and of its stages, with the records that this node has.
    """
    name = waiting_plan(state)
    if name is None:
        return [Problem("plan.not_proposed", "plan", "no proposal waits for a signature", "sync first")]
    data = given.attachment(name)
    if data is None:
        return [Problem("attachment.missing", name[:16], "the plan is not here", "sync first")]
    plan = decode(data)
    problems = fairness_problems(plan, state, given.attachment)
    if problems:
        return problems
    stages = [
        (stage["stage"], stage["date"], [number for place in stage["places"] for number, _ in place["sequence"]])
        for stage in plan["stages"]
        if stage["stage"] not in state.stages or state.stages[stage["stage"]].opened is None
    ]
    known = known_here(state, given, request.by.member)
    stops, law = held_back(review(of_plan(state, stages, known), request.figures, known.role))
    if stops:
        return stops
    event = PlanSigned(Slug(state.round), Sha256(name))
    return Outcome(drafts=(request.by.draft(event),), answer={"plan": name, "stages": _summary(plan), **law})


def waiting_plan(state: State) -> str | None:
    """The latest proposal on top of the plan in force."""
    waiting = [name for name, replaces in state.proposed.items() if replaces == state.plan and name != state.plan]
    return max(waiting, key=lambda name: list(state.proposed).index(name)) if waiting else None


@dataclass(frozen=True)
class Explain:
    number: str


def explain_number(state: State, request: Explain, given: Given) -> Outcome | list[Problem]:
    """Why this person goes when they go, or does not: computed from the plan in force, without a name."""
    if state.plan is None:
        return [Problem("plan.not_proposed", "plan", "no plan is in force", "have one signed first")]
    if request.number not in state.persons:
        return [Problem("person.unknown", request.number, "on no list in force", "check the number")]
    basis = basis_of(state, given.attachment, afresh=True)
    plan = decode(given.attachment(state.plan) or b"")
    told = explain(request.number, plan, basis.units, basis.classes, basis.terms, basis.seed)
    return Outcome(answer={**told, "state": state.persons[request.number].state})


def _summary(plan: Any) -> list[dict[str, Any]]:
    return [
        {
            "stage": stage["stage"],
            "date": stage["date"],
            "places": [
                {
                    "place": place["place"],
                    "people": {
                        holder: sum(1 for _, h in place["sequence"] if h == holder)
                        for holder in sorted({h for _, h in place["sequence"]})
                    },
                }
                for place in stage["places"]
            ],
        }
        for stage in plan["stages"]
    ]
