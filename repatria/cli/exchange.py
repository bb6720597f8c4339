"""`repatria exchange`: open it, join it, activate a round, suspend and resume, dispute, withdraw, transcribe, close."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli import acting, founding
from repatria.cli.show import Said
from repatria.cli.verb import AtNode, noun, verb
from repatria.deal.calendar import LeadTimes
from repatria.exchange import commands, events
from repatria.exchange.cards import Card, parse_cards
from repatria.exchange.codec import plain, revive
from repatria.exchange.disputes import OUTCOMES
from repatria.exchange.moves import moves
from repatria.exchange.schedule import schedule, target_date
from repatria.exchange.state import State
from repatria.files.locales import lead_times, load_language
from repatria.files.tables import read_text
from repatria.files.whole import write_whole
from repatria.message import Message
from repatria.office import Done
from repatria.problem import Problem, Problems
from repatria.public import draft as rounds
from repatria.public.proposals import parse_claims
from repatria.report.language import CODES
from repatria.report.status import Status, page
from repatria.report.status import status as status_of

app = noun("Open an exchange, join it, activate a round, suspend, resume, withdraw, transcribe, close.")

Leads = Annotated[
    Path | None, typer.Option("--lead-times", metavar="FILE", help="How long steps take, as in lead_times.toml.")
]
Round = Annotated[str, typer.Option("--round", metavar="ROUND", help="The round, such as 2025-1.")]


@verb(app)
def open_(
    at: AtNode,
    cards: Annotated[list[Path], typer.Option("--card", metavar="FILE", help="A founder's card; one for each.")],
    origin: Annotated[str, typer.Option("--origin", metavar="NAME", help="The log's name, such as ORG.example/2025.")],
    mediator_quorum: Annotated[int, typer.Option(help="Mediators whose clocks make the log's time.")] = 1,
    party_signatories: Annotated[int, typer.Option(help="Signatories who must sign to bind a party.")] = 2,
    cooling_hours: Annotated[int, typer.Option(help="Hours before a new signatory or supervisor stands.")] = 24,
) -> Done | list[Problem]:
    """Open an exchange as its secretariat.

    Example: repatria exchange open straits --card north.json --origin ORG.example/25
    """
    founders, problems = _cards(cards)
    wanted = founding.Wanted(origin, mediator_quorum, party_signatories, cooling_hours)
    if problems := [*problems, *founding.wrong(at, founders, wanted)]:
        return problems
    return at.run(commands.open_exchange, founding.opening(at, founders, wanted))


@verb(app)
def join(
    at: AtNode,
    cards: Annotated[
        list[Path] | None, typer.Option("--card", metavar="FILE", help="A founder's card, held against the opening.")
    ] = None,
) -> Done | list[Problem]:
    """Join the exchange that the imported ledger opens.

    Example: repatria exchange join north --card south.json
    """
    founders, problems = _cards(cards or ())
    if problems:
        return problems
    return at.run(commands.join, founding.joining(at, founders))


@verb(app)
def set_aside(at: AtNode) -> dict[str, Any]:
    """Put away the ledger of an exchange that this member has not joined, so that another one can be brought.

    Example: repatria exchange set-aside north
    """
    return {"put_away": at.node.set_aside()}


def _cards(files: Sequence[Path]) -> tuple[list[Card], list[Problem]]:
    """The cards in these files, and everything that is wrong with them."""
    cards: list[Card] = []
    problems: list[Problem] = []
    for file in files:
        found, wrong = parse_cards(file.read_bytes(), file.name)
        cards += found
        problems += wrong
    return cards, problems


@verb(app)
def draft(
    file: Annotated[Path, typer.Option("--from", metavar="FILE", help="Confirmed claims, of `claims confirm`.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there as terms; open ones stand behind #.")
    ] = None,
    names: Annotated[
        Path | None, typer.Option("--names", metavar="FILE", help="What members are called, by language.")
    ] = None,
    leads: Leads = None,
    language: Annotated[str, typer.Option("--language", metavar="CODE", help=f"One of {', '.join(CODES)}.")] = "en",
) -> Said | list[Problem]:
    """A draft round out of confirmed claims: said by whom, not confirmed by whom, which clauses are open,
    and the calendar backward from the target date.

    Example: repatria exchange draft --from confirmed.toml --out terms.toml --language uk
    """
    if language not in CODES:
        return [Problem("cli.language", language, "not a language of this version", f"use {', '.join(CODES)}")]
    claims, problems = parse_claims(read_text(file), file.name)
    if problems:
        return problems
    published = claims.article.get("published", "")
    if not claims.confirmed:
        do = "look at its sentences and say which were read rightly, with `claims confirm`"
        return [Problem("draft.unconfirmed", file.name, "no claim in it is confirmed", do)]
    made = rounds.draft_of(claims.confirmed, published, lead_times(leads))
    if problems := rounds.problems_of(made, file.name):
        return problems
    answer = {"from": dict(claims.article), **rounds.as_json(made)}
    if out is not None:
        write_whole(out, rounds.terms_of(made).encode(), 0o666)
        answer["file"] = out.name
    say = load_language(language, names)
    parts = [say.sentence(Message("draft.title"))]
    for title, lines in rounds.messages_of(made).items():
        told = (f"  - {say.sentence(each)}" for each in lines)
        parts.append("\n".join([say.sentence(Message(title)), *told]))
    return Said(answer, page="\n\n".join(parts) + "\n")


@verb(app)
def activate(
    at: AtNode,
    round_: Round,
    target: Annotated[str, typer.Option("--target", metavar="DAY", help="The date by which people shall be home.")],
) -> Done | list[Problem]:
    """Activate a round.

    Example: repatria exchange activate north --round 2025-1 --target 2025-12-31 --key-file sig-1.key
    """
    event = events.RoundActivated(events.Slug(round_), events.Day(target))
    return at.run(commands.say, commands.Say(acting.member(at), event))


@verb(app)
def time(at: AtNode) -> Done | list[Problem]:
    """Vouch for the time, as a mediator: what was due before it and is not done stands on the record.

    Example: repatria exchange time straits
    """
    before = len(at.node.state().breaches)
    done = at.run(commands.say, commands.Say(acting.alone(at), events.TimeVouched()))
    if isinstance(done, list):
        return done
    state = at.node.state()
    new = [[breach.member, breach.code, breach.count] for breach in state.breaches[before:]]
    return replace(done, answer={**done.answer, "log_time": state.log_time, "breaches": new})


@verb(app)
def suspend(at: AtNode) -> Done | list[Problem]:
    """Suspend the round; nobody past the last gate is turned back.

    Example: repatria exchange suspend south
    """
    event = events.Suspended(events.Slug(at.node.state().round))
    return at.run(commands.say, commands.Say(acting.alone(at), event))


@verb(app)
def resume(at: AtNode) -> Done | list[Problem]:
    """Agree to resume; it takes every party.

    Example: repatria exchange resume south --key-file sig-1.key --key-file sig-2.key
    """
    event = events.Resumed(events.Slug(at.node.state().round))
    return at.run(commands.say, commands.Say(acting.member(at), event))


@verb(app)
def withdraw(
    at: AtNode,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The person's opaque number.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Kept in this node; the ledger has a hash.")],
) -> Done | list[Problem]:
    """Take a person off the list, for a signed reason.

    Example: repatria exchange withdraw north NUMBER --reason "listed twice"
    """
    return at.run(commands.withdraw, commands.Withdraw(acting.member(at), number, reason))


@verb(app)
def dispute(
    at: AtNode,
    subject: Annotated[str, typer.Argument(metavar="EVENT", help="The event that is disputed.")],
    code: Annotated[
        str, typer.Option("--code", metavar="WORD", help="About answers, list, plan, handover, figures, or a word.")
    ] = "dispute",
) -> Done | list[Problem]:
    """Put a dispute on the record; it stops nothing by itself.

    Example: repatria exchange dispute north EVENT --code handover
    """
    event = events.DisputeRaised(events.Sha256(subject), events.Slug(code))
    return at.run(commands.say, commands.Say(acting.alone(at), event))


@verb(app)
def settle(
    at: AtNode,
    dispute_: Annotated[str, typer.Argument(metavar="DISPUTE", help="The event by which it was raised.")],
    outcome: Annotated[str, typer.Option("--outcome", metavar="WORD", help=f"One of {', '.join(OUTCOMES)}.")],
) -> Done | list[Problem]:
    """Sign how a dispute ended: it takes whoever raised it and every party; its raiser alone withdraws it.

    Example: repatria exchange settle south DISPUTE --outcome explained --key-file sig-1.key
    """
    event = events.DisputeSettled(events.Sha256(dispute_), events.Slug(outcome))
    return at.run(commands.say, commands.Say(acting.member(at), event))


@verb(app)
def transcribe(
    at: AtNode,
    member: Annotated[str, typer.Option("--for", metavar="MEMBER", help="Whose signed paper it is.")],
    scan: Annotated[Path, typer.Option("--scan", metavar="FILE", help="The scan; the ledger gets its hash.")],
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Which event the paper is, such as PlanSigned.")],
    data: Annotated[
        str | None, typer.Option("--data", metavar="JSON", help="What it says; plan and round are known.")
    ] = None,
) -> Done | list[Problem]:
    """Enter the signed paper of a member without its node.

    Example: repatria exchange transcribe gulf --for south --kind PlanSigned --scan p.pdf
    """
    if kind not in events.KINDS:
        return [Problem("paper.kind", kind, "no such kind of event", "name the kind as the ledger does")]
    try:
        said = revive(events.KINDS[kind], json.loads(data) if data else _known(at, kind))
    except ValueError as error:
        return [Problem("paper.form", kind, str(error), "give what the paper says with --data, as JSON")]
    digest = hashlib.sha256(scan.read_bytes()).hexdigest()
    return at.run(commands.transcribe, commands.Transcribe(acting.alone(at), member, digest, said))


@verb(app)
def close_round(at: AtNode) -> Done | list[Problem]:
    """Sign the accounts of the round, with everyone accounted for.

    Example: repatria exchange close-round north
    """
    return at.run(commands.close_round, commands.CloseRound(acting.member(at)))


@verb(app)
def close(at: AtNode) -> Done | list[Problem]:
    """Close the exchange after its last round.

    Example: repatria exchange close north --key-file sig-1.key
    """
    return at.run(commands.close_exchange, commands.CloseRound(acting.member(at)))


@verb(app)
def status(
    at: AtNode,
    language: Annotated[str, typer.Option("--language", metavar="CODE", help=f"One of {', '.join(CODES)}.")] = "en",
    names: Annotated[
        Path | None, typer.Option("--names", metavar="FILE", help="What members and places are called, by language.")
    ] = None,
    leads: Leads = None,
) -> Said | list[Problem]:
    """Where the exchange stands, on one page to read aloud; no person is named.

    Example: repatria exchange status north --language uk
    """
    if language not in CODES:
        return [Problem("cli.language", language, "not a language of this version", f"use {', '.join(CODES)}")]
    state = at.node.state()
    times = lead_times(leads)
    found = status_of(state, times)
    text = page(found, load_language(language, names))
    return Said({**_facts(state), **_outlook(state, found, times)}, page=text)


@verb(app)
def calendar(at: AtNode, leads: Leads = None) -> dict[str, Any]:
    """Every step's latest day, counted back from the stages, and why it takes so long.

    Example: repatria exchange calendar gulf
    """
    state, times = at.node.state(), lead_times(leads)
    reasons = {lead.step: lead.reason for lead in times}
    return {
        "log_time": state.log_time,
        "target_date": target_date(state),
        "calendar": [
            {"by": each.deadline.due, "step": each.deadline.step, "stage": each.deadline.stage,
             "standing": each.standing, "expected": each.expected, "because": reasons.get(each.deadline.step, "")}
            for each in schedule(state, times)
        ],
    }  # fmt: skip


def _facts(state: State) -> dict[str, Any]:
    """What the state says, for programs."""
    people = Counter((person.holder, person.state) for person in state.persons.values())
    return {
        "exchange": state.exchange,
        "round": state.round,
        "round_open": state.round_open,
        "log_time": state.log_time,
        "entries": state.size,
        "members": [
            {"member": name, "role": fact.role, "admitted": fact.admitted is not None}
            for name, fact in sorted(state.members.items())
        ],
        "clauses": [
            {"clause": name, "status": clause.status, "value": clause.value, "kind": clause.value_kind,
             "history": [plain(step) for step in clause.history]}
            for name, clause in sorted(state.clauses.items())
        ],
        "offers": [
            {"event": event, "clause": offer.clause, "by": offer.by, "to": offer.to, "since": offer.since,
             "released": offer.released}
            for event, offer in state.offers.items() if offer.round == state.round
        ],
        "tasks": [
            {"task": task.task, "owner": task.owner, "due": task.due, "done": task.done is not None}
            for task in state.tasks.values() if task.round == state.round
        ],
        "terms_in_force": state.terms is not None,
        "lists_in_force": sorted(state.lists),
        "plan_in_force": state.plan,
        "suspended": any(s.until is None for s in state.suspensions),
        "stages": [
            {"stage": name, "date": stage.date, "open": stage.opened is not None,
             "reconciled": all(place.reconciled for place in stage.places.values())}
            for name, stage in sorted(state.stages.items())
        ],
        "people": [{"holder": h, "state": s, "people": n} for (h, s), n in sorted(people.items())],
        "breaches": [
            {"member": b.member, "breach": b.code, "count": b.count, "register": b.register, "due": b.due,
             "since": b.index, "since_day": state.day_at(b.index)}
            for b in state.breaches
        ],
        "disputes": [
            {"event": name, "by": d.by, "about": d.subject, "code": d.code, "since": d.since,
             "since_day": state.day_at(d.since), "outcome": d.outcome, "settled": d.settled,
             "settled_day": None if d.settled is None else state.day_at(d.settled)}
            for name, d in state.disputes.items()
        ],
        "refused": [{"index": r.index, "kind": r.kind, "rule": r.rule} for r in state.refusals],
    }  # fmt: skip


def _outlook(state: State, found: Status, leads: LeadTimes) -> dict[str, Any]:
    """Phase, moves and calendar, for programs."""
    return {
        "phase": found.phase,
        "target_date": target_date(state),
        "moves": [
            {"move": move.code, "who": move.who, "on": move.on, "value": move.value, "since": move.since,
             "since_day": state.day_at(move.since)}
            for move in moves(state)
        ],
        "calendar": [
            {"step": each.deadline.step, "stage": each.deadline.stage, "due": each.deadline.due,
             "standing": each.standing, "expected": each.expected}
            for each in schedule(state, leads)
        ],
    }  # fmt: skip


def _known(at: AtNode, kind: str) -> dict[str, Any]:
    """What a paper of this kind says when it agrees to what waits for a signature."""
    from repatria.plan.commands import waiting_plan

    state = at.node.state()
    if kind == "PlanSigned" and (plan := waiting_plan(state)) is not None:
        return {"round": state.round, "plan": plan}
    if kind == "Resumed":
        return {"round": state.round}
    raise Problems(
        [Problem("paper.form", kind, "what the paper says is not known here", "give it with --data, as JSON")]
    )
