"""The draw and the plan: freeze, commit, share, hold, reveal, open, propose, check, sign, revise, explain."""

from __future__ import annotations

from collections.abc import Set
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from repatria.deal.commands.known import known_here
from repatria.deal.draw import NONCE_BYTES, PARTS, check_reveal, commitments
from repatria.exchange.commands import By
from repatria.exchange.documents import Freeze, read, write
from repatria.exchange.events import (
    LotteryCommitted,
    LotteryHeld,
    LotteryRevealed,
    NoncePart,
    PlanProposed,
    PlanRevised,
    PlanSigned,
    Sha256,
    Slug,
)
from repatria.exchange.person import NOT_GOING, WITHDRAWN, WRITABLE, Person
from repatria.exchange.planning import holders_in, last_draw
from repatria.exchange.state import Attachments, State
from repatria.law.figures import Figures
from repatria.law.review import held_back, review
from repatria.law.standing import of_plan
from repatria.ledger.canonical import decode, digest, encode
from repatria.office import Given, Outcome
from repatria.people.commands import letters, post
from repatria.plan.basis import Basis, basis_of, fairness_problems, published
from repatria.plan.check import unproved
from repatria.plan.explain import Reasons
from repatria.plan.lottery import check_freeze, make_freeze, odds, register_root
from repatria.plan.receipt import make_receipt, write_receipt
from repatria.plan.stages import make_plan, replan
from repatria.problem import Problem


@dataclass(frozen=True)
class Draw:
    by: By
    again: bool = False  # commit to a draw that takes the place of the one in force


def commit_draw(state: State, request: Draw, given: Given) -> Outcome | list[Problem]:
    """Freeze what the draw is about, and commit to a nonce of three times 32 random bytes.

    Whoever is first makes the freeze; everybody else checks it against what they compute themselves, and makes one of
    their own where it does not stand. A draw in force is held again only where everybody commits again, to a freeze
    that names it: the log shows every restart, with the signatures of every party and mediator.
    """
    if state.terms is None or set(state.lists) != set(state.parties):
        return [Problem("draw.freeze", "draw", "terms or a final list are not in force", "have them signed first")]
    if state.draw is not None and not request.again:
        return [Problem("draw.begun", "draw", "a draw is in force", "share, hold and reveal its nonces; to hold another"
                        " in its place, all must commit again with --again")]  # fmt: skip
    basis = basis_of(state, given.attachment, drawing=True)
    given.progress("computing the chances", 0, 1)
    freeze = _begun(state, request.by.member, basis, given)
    if freeze is None:
        found = odds(basis.units, basis.classes, basis.terms, basis.progress)
        if isinstance(found, list):
            return found
        classes = {holder: str(fact.classes) for holder, fact in sorted(state.lists.items())}
        root = register_root(basis.units, basis.classes)
        freeze = make_freeze(basis.names.terms, basis.names.lists, classes, root, found, last_draw(state))
    data = write(freeze)
    nonce = [given.random(NONCE_BYTES) for _ in PARTS]
    bound = commitments(request.by.member, digest(data), nonce)
    event = LotteryCommitted(Slug(state.round), Sha256(digest(data)), tuple(map(Sha256, bound)))
    return Outcome(
        drafts=(request.by.draft(event),),
        attachments={digest(data): data},
        documents={f"nonce/{digest(data)}": b"".join(nonce)},
        answer={
            "freeze": digest(data), "strata": len(freeze.table), "tied": len(freeze.tied),
            "compositions": len(freeze.compositions), "replaces": freeze.replaces,
        },
    )  # fmt: skip


def _begun(state: State, member: str, basis: Basis, given: Given) -> Freeze | None:
    """The freeze that most have committed to of those that stand, and that this member has not committed to."""
    for draw in sorted(state.draws.values(), key=lambda each: (-len(each.commitments), each.freeze)):
        if member in draw.commitments:
            continue
        freeze = read(Freeze, given.attachment(draw.freeze) or b"")
        inputs = basis.units, basis.classes, basis.terms, basis.progress
        if freeze.replaces == last_draw(state) and not check_freeze(freeze, *inputs):
            return freeze
    return None


def share_draw(state: State, request: Draw, given: Given) -> Outcome | list[Problem]:
    """Seal this member's parts to its holders, two to each, once everybody has committed.

    Only to those who have not said yet that they hold them, so that it may be done again where a letter was lost.
    """
    nonce = _own_nonce(state, given)
    if isinstance(nonce, list):
        return nonce
    assert state.draw is not None
    me = request.by.member
    mail, to = {}, {}
    for holder, parts in holders_in(state, me).items():
        if holder in state.draw.held.get(me, ()):
            continue
        letter = {"round": state.round, "freeze": state.draw.freeze, "member": me,
                  "parts": [[part, nonce[part - 1].hex()] for part in parts]}  # fmt: skip
        sealed, name = post(state, given, LETTER, me, letter, [holder])
        mail[name], to[name] = sealed, (holder,)
    shared = sorted(holder for holders in to.values() for holder in holders)
    return Outcome(mail=mail, mail_to=to, answer={"freeze": state.draw.freeze, "shared": shared})


def hold_draw(state: State, request: Draw, given: Given) -> Outcome | list[Problem]:
    """Say in the log whose nonces this member can open with another holder, after comparing each part with the
    commitment to it."""
    if state.draw is None:
        return [Problem("draw.none", "draw", "no draw has begun", "wait for the commitments")]
    me, draw = request.by.member, state.draw
    mine = [member for member in draw.commitments if me in holders_in(state, member)]
    parts = _parts(state, given)
    asked = [member for member in sorted(mine) if me not in draw.held.get(member, ())]
    good = [m for m in asked if {part for part, _ in parts.get(m, ())} >= set(holders_in(state, m)[me])]
    event = LotteryHeld(Slug(state.round), draw.freeze, tuple(map(Slug, good)))
    return Outcome(
        drafts=(request.by.draft(event),) if good else (),
        answer={"freeze": draw.freeze, "held": good, "without_a_letter": [m for m in asked if m not in good]},
    )


def reveal_draw(state: State, request: Draw, given: Given) -> Outcome | list[Problem]:
    """Reveal this member's own nonce, once every nonce is held."""
    nonce = _own_nonce(state, given)
    if isinstance(nonce, list):
        return nonce
    assert state.draw is not None
    parts = tuple(NoncePart(part, Sha256(each.hex())) for part, each in zip(PARTS, nonce, strict=True))
    event = LotteryRevealed(Slug(state.round), state.draw.freeze, Slug(request.by.member), parts)
    return Outcome(drafts=(request.by.draft(event),), answer={"freeze": state.draw.freeze})


def open_draw(state: State, request: Draw, given: Given) -> Outcome | list[Problem]:
    """As a holder, reveal parts of the nonces of members that keep quiet: two holders together open them whole."""
    if state.draw is None:
        return [Problem("draw.none", "draw", "no draw has begun", "wait for the commitments")]
    draw = state.draw
    quiet = [member for member in sorted(draw.commitments) if draw.nonce(member) is None]
    held = _parts(state, given)
    events = [
        LotteryRevealed(Slug(state.round), draw.freeze, Slug(member), new)
        for member in quiet
        if request.by.member in holders_in(state, member)
        if (new := tuple(NoncePart(part, Sha256(nonce.hex())) for part, nonce in sorted(held.get(member, ()))
                         if f"{member}/{part}" not in draw.parts))
    ]  # fmt: skip
    opened = {str(event.member) for event in events}
    return Outcome(
        drafts=tuple(request.by.draft(event) for event in events),
        answer={"opened": len(events), "without_a_letter": [member for member in quiet if member not in opened]},
    )


LETTER = "draw"  # the kind of letter in which parts of nonces travel


def _own_nonce(state: State, given: Given) -> tuple[bytes, ...] | list[Problem]:
    if state.draw is None:
        return [Problem("draw.none", "draw", "no draw has begun", "commit first")]
    kept = given.document(f"nonce/{state.draw.freeze}")
    if kept is None:
        return [Problem("draw.nonce", "draw", "this node has not committed to this draw", "leave it to who has")]
    return tuple(kept[at : at + NONCE_BYTES] for at in range(0, len(kept), NONCE_BYTES))


def _parts(state: State, given: Given) -> dict[str, set[tuple[int, bytes]]]:
    """Parts of nonces of the draw in force that this node has in letters, by member: those committed to, no others."""
    found: dict[str, set[tuple[int, bytes]]] = {}
    draw = state.draw
    for letter in letters(given, LETTER) if draw is not None else ():
        assert draw is not None
        with suppress(KeyError, TypeError, ValueError, AttributeError, IndexError):
            member = letter["member"]
            for part, text in letter["parts"]:
                nonce = bytes.fromhex(text)
                bound = draw.commitments[member][part - 1]
                ours = type(part) is int and letter["freeze"] == draw.freeze
                if ours and check_reveal(member, draw.freeze, part, nonce, bound):
                    found.setdefault(member, set()).add((part, nonce))
    return found


@dataclass(frozen=True)
class ProposePlan:
    by: By


def propose_plan(state: State, request: ProposePlan, given: Given) -> Outcome | list[Problem]:
    """Solve, sequence, check and propose: the first plan, or one that replaces the plan in force.

    Where the caller's patience ends first, the best plan so far is proposed, with the gap of each level.
    """
    if state.draw is None or state.terms is None:
        return [Problem("plan.draw", "plan", "no draw has been held", "freeze, commit and reveal first")]
    basis = basis_of(state, given.attachment)
    if basis.seed is None:
        return [Problem("plan.draw", "plan", "the draw is not complete", "have every member reveal first")]
    given.progress("solving", 0, 1)
    ways = basis.units, basis.classes, basis.terms, basis.seed, basis.names

    def watch(level: str, value: int, bound: int | None) -> None:
        so_far = "" if bound is None else f", bound {bound:,}, gap {_percent(value, bound)}"
        given.progress(f"solving: {level}: {value:,}{so_far}", 0, 1)

    with given.patience() as enough:
        if basis.progress is None:
            plan = make_plan(*ways, going=basis.going, enough=enough, watch=watch)
        else:
            plan = replan(basis.progress, *ways, enough=enough, watch=watch)
        stopped = enough()
    if isinstance(plan, list):
        return plan
    given.progress("checking the plan", 0, 1)
    problems = fairness_problems(plan, state, given.attachment)
    if problems and stopped:
        what = "stopped before it was settled who goes, so there is no plan yet that anybody could sign"
        return [Problem("plan.stopped", "plan", what, "give it more seconds")]
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
        answer={"plan": name, "replaces": state.plan, "stages": _summary(plan), "levels": _levels(plan),
                "stopped": bool(stopped and unproved(plan))},
    )  # fmt: skip


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
    answer = {"plan": name, "replaces": state.plan, "stages": _summary(plan), **law}
    return Outcome(drafts=(request.by.draft(event),), answer=answer)


def waiting_plan(state: State) -> str | None:
    """The latest proposal on top of the plan in force."""
    waiting = [name for name, replaces in state.proposed.items() if replaces == state.plan and name != state.plan]
    return max(waiting, key=lambda name: list(state.proposed).index(name)) if waiting else None


def reasons_of(state: State, then: State, attachments: Attachments) -> Reasons | list[Problem]:
    """Why everybody goes when they go, or does not: computed from the plan in force, without a name.

    Args:
        then: what was so when the plan was proposed, from which it was made.
    """
    if state.plan is None:
        return [Problem("plan.not_proposed", "plan", "no plan is in force", "have one signed first")]
    basis = basis_of(then, attachments)
    plan = decode(attachments(state.plan) or b"")
    return Reasons(
        plan, basis.units, basis.classes, basis.terms, basis.seed, progress=basis.progress,
        away=decided_no_more(state), table=published(then, attachments),
    )  # fmt: skip


def decided_no_more(state: State) -> Set[str]:
    """Those of whom the plan does not decide any more: they do not go, or were taken off the list."""
    return state.those(_away)


def _away(person: Person) -> bool:
    return person.state in (NOT_GOING, WITHDRAWN)


def unknown_number(state: State, number: str) -> list[Problem]:
    """Why there is nothing to explain about a number, if so."""
    if number in state.persons and state.persons[number].round == state.round:
        return []
    return [Problem("person.unknown", number, "on no list in force", "check the number")]


def in_person(state: State, number: str) -> bool:
    """Whether something has happened to somebody of which no letter may speak, whatever it is."""
    return state.persons[number].state not in WRITABLE


@dataclass(frozen=True)
class GiveReceipt:
    number: str


def give_receipt(state: State, request: GiveReceipt, given: Given) -> Outcome | list[Problem]:
    """What the family of this number needs to check its ticket by itself."""
    receipt = make_receipt(state, given.attachment, request.number)
    if isinstance(receipt, list):
        return receipt
    return Outcome(answer={"receipt": write_receipt(receipt).decode()})


def _levels(plan: Any) -> list[dict[str, Any]]:
    """Each level with its gap, and on what its bound rests."""
    rests = {False: "none", True: "the solver"}
    return [
        {
            "name": level["name"], "value": level["value"], "bound": level["bound"],
            "gap": _percent(level["value"], level["bound"]),
            "proof": "whole numbers" if level["exact"] else rests[level["value"] == level["bound"]],
        }
        for level in plan["levels"]
    ]  # fmt: skip


def _percent(value: int, bound: int) -> str:
    """The gap as a part of the value, never less than it is."""
    hundredths = -(-10_000 * abs(value - bound) // max(1, abs(value)))
    return f"{hundredths // 100}.{hundredths % 100:02} %"


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
