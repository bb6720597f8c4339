"""The consultation: what is agreed and what is open, whose move it is, the calendar, offers, tasks; and acting on them.

The page tells what `exchange status`, `exchange calendar`, `terms show`, `terms offers` and `task list` tell, and each
of its forms does what one verb does. An act has its own address, so that who may do it is said in one place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from repatria.cli import acting
from repatria.deal.calendar import OVERDUE
from repatria.deal.commands import clauses
from repatria.deal.tasks import TASKS
from repatria.exchange import commands as exchange
from repatria.exchange import events
from repatria.exchange.authority import MEDIATOR, NEUTRAL, OFFICER, PARTY, SIGNATORY, SUPERVISOR, WITH_A_SAY
from repatria.exchange.consulting import AGREED, OPEN
from repatria.exchange.moves import moves
from repatria.exchange.schedule import schedule
from repatria.exchange.state import ClauseFact, State, TaskFact
from repatria.files.locales import lead_times
from repatria.message import Day, Message, Name, Place
from repatria.office import Done
from repatria.problem import Problem
from repatria.report.status import (
    clause_lines,
    clause_name,
    clause_value,
    role_of,
    roles_of,
    status,
    step_of,
    what_of,
)
from repatria.web.access import PAGES, Asked, may_open, page
from repatria.web.acting import act
from repatria.web.served import AtWeb

_KNOWN = ("first-stage", "last-stage", "stages", "places", "carrier", "order", "announcement", "cost")
_KINDS = ("number", "date", "word")


@page("consultation/", name="consultation")
def consultation(request: Asked) -> HttpResponse:
    """Where the consultation stands, and what this person can do about it."""
    return _shown(request)


def _shown(request: Asked, problems: list[Problem] | None = None) -> HttpResponse:
    state = request.served.state()
    member, leads = request.who.member, lead_times()
    outlooks = schedule(state, leads)
    late = any(each.deadline.step == "clauses" and each.standing == OVERDUE for each in outlooks)
    may = _may(request)
    standings = Counter(clause.status for clause in state.clauses.values())
    unsettled = sum(clause.status != AGREED for clause in state.clauses.values())
    waits = [
        {"what": what_of(state, each), "who": roles_of(state, each.who), "day": _day(state, each.since),
         "yours": member in each.who}
        for each in moves(state) if each.who
    ]  # fmt: skip
    return render(request, "web/consultation.html", {
        "problems": problems, "given": request.POST, "may": may,
        "head": status(state, leads).head,
        "waits": sorted(waits, key=lambda each: not each["yours"]),
        "standings": [
            ("agreed", standings[AGREED]), ("proposed", unsettled - standings[OPEN]), ("open", standings[OPEN]),
            ("overdue", unsettled if late else 0),
        ],
        "clauses": [_clause(state, member, name, clause, late) for name, clause in _in_order(state)],
        "calendar": [
            {"step": step_of(each), "due": Day(each.deadline.due, full=True), "standing": each.standing,
             "expected": Day(each.expected, full=True) if each.expected > each.deadline.due else None}
            for each in outlooks
        ],
        "offers": _offers(request) if request.who.roles & {OFFICER, SIGNATORY} else None,
        "tasks": [_task(state, member, each) for each in _tasks(state)],
        "disputes": sum(each.settled is None for each in state.disputes.values()),
        "round_open": state.round_open,
        "suspended": any(each.until is None for each in state.suspensions),
        "names": [*(f"total-{party}" for party in state.parties), *_KNOWN],
        "kinds": _KINDS, "codes": [(code, Message(f"task.{code}")) for code in TASKS],
        "members": sorted(state.members), "parties": state.parties, "mine": member,
        "makers": [name for name, fact in sorted(state.members.items()) if fact.role != NEUTRAL],
        "owners": sorted(state.members) if request.served.node.role == MEDIATOR else [member],
    }, status=422 if problems else 200)  # fmt: skip


def _may(request: Asked) -> Mapping[str, bool]:
    """Which forms this person sees."""
    role = request.served.node.role
    return {name.removeprefix("consult-").replace("-", "_"): may_open(PAGES[name], request.who, role) for name in _ACTS}


def _day(state: State, index: int) -> Day | None:
    day = state.day_at(index)
    return None if day is None else Day(day, full=True)


def _in_order(state: State) -> list[tuple[str, ClauseFact]]:
    """What is not settled first, each part by its age."""
    return sorted(state.clauses.items(), key=lambda item: (item[1].status == AGREED, item[1].history[0].index))


def _clause(state: State, member: str, name: str, clause: ClauseFact, late: bool) -> dict[str, Any]:
    steps = [
        Message(f"web.consult.step.{each.step}" + ("" if each.value is not None else ".none"), {
            "who": role_of(state, each.member), "day": _day(state, each.index) or Name("-"),
            "value": "" if each.value is None else clause_value(name, each.value),
        })
        for each in clause.history
    ]  # fmt: skip
    agreed = [each.member for each in clause.history if each.step == "agreed" and each.value == clause.value]
    value: Place | None = None if clause.value is None else clause_value(name, clause.value)
    standing = clause.status if clause.status == AGREED or not late else "overdue"
    return {
        "clause": name, "name": clause_name(name), "standing": standing,
        "said": next(clause_lines(state, name, clause)), "steps": steps, "value": clause.value, "shown": value,
        "words": [(word, clause_value(name, word)) for word in clause.words],
        "settled": clause.status == AGREED,
        "to_agree": clause.status not in (AGREED, OPEN) and clause.value is not None and member not in agreed,
    }  # fmt: skip


def _offers(request: Asked) -> list[dict[str, Any]]:
    """What this node carried, was brought, or made."""
    state = request.served.state()
    with request.served.at(request.who) as at:
        done = at.run(clauses.offers, acting.alone(at))
    rows = [] if isinstance(done, list) else done.answer["offers"]
    return [
        {**row, "name": clause_name(row["clause"]), "said": Message("web.consult.offer", {
            "clause": clause_name(row["clause"]), "value": clause_value(row["clause"], row["value"]),
            "maker": role_of(state, row["maker"]), "to": role_of(state, row["to"]), "by": role_of(state, row["by"]),
        }), "mine": row["maker"] == request.who.member and not row["released"]}
        for row in rows
    ]  # fmt: skip


def _tasks(state: State) -> list[TaskFact]:
    mine = (task for task in state.tasks.values() if task.round == state.round)
    return sorted(mine, key=lambda each: (each.done is not None, each.due, each.task, each.owner))


def _task(state: State, member: str, task: TaskFact) -> dict[str, Any]:
    now = (state.log_time or "")[:10]
    standing = "done" if task.done is not None else "overdue" if task.due < now else "open"
    return {
        "task": task.task, "name": Message(f"task.{task.task}"), "owner": role_of(state, task.owner),
        "due": Day(task.due, full=True), "standing": standing,
        "mine": task.owner == member and task.done is None,
    }  # fmt: skip


# --- acting ----------------------------------------------------------------------------------------------------------

_ACTS: dict[str, Callable[[Asked], HttpResponse]] = {}
Act = Callable[[AtWeb, Mapping[str, str]], "Done | list[Problem]"]


def _acting(
    path: str, roles: Collection[str] = (OFFICER,), members: Collection[str] = (PARTY, MEDIATOR)
) -> Callable[[Act], Act]:
    """Makes an address of an act: POST does it and goes back to the page, which shows what is wrong."""
    name = f"consult-{path}"

    def register(do: Act) -> Act:
        def view(request: Asked) -> HttpResponse:
            if request.method != "POST":
                return redirect("consultation")
            given = {key: value.strip() for key, value in request.POST.items()}
            what = Message(f"web.consult.do.{path}")
            then = "closing" if given.get("back") == "closing" else "consultation"
            answer = act(request, lambda at: do(at, given), then, what)
            return _shown(request, answer) if isinstance(answer, list) else answer

        _ACTS[name] = page(f"consultation/{path}/", name=name, roles=roles, members=members)(view)
        return do

    return register


def _round(at: AtWeb) -> events.Slug:
    return events.Slug(at.node.seen_state().round)


@_acting("open")
def open_(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    words = tuple(given.get("words", "").replace(",", " ").split())
    request = clauses.OpenClause(acting.alone(at), given.get("clause", ""), given.get("kind", ""), words)
    return at.run(clauses.open_clause, request)


@_acting("propose")
def propose(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    value = clauses.read_value(given.get("value", ""))
    return at.run(clauses.propose_clause, clauses.Clause(acting.alone(at), given.get("clause", ""), value))


@_acting("agree", roles=(OFFICER, SIGNATORY), members=(PARTY,))
def agree(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    value = clauses.read_value(given.get("value", ""))
    return at.run(clauses.agree_clause, clauses.Clause(acting.alone(at), given.get("clause", ""), value))


@_acting("offer", members=(MEDIATOR,))
def offer(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    value, maker = clauses.read_value(given.get("value", "")), given.get("maker") or at.node.member
    request = clauses.CarryOffer(acting.alone(at), given.get("clause", ""), value, given.get("to", ""), maker)
    return at.run(clauses.carry_offer, request)


@_acting("release")
def release(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    return at.run(clauses.release_offer, clauses.ReleaseOffer(acting.alone(at), given.get("offer", "")))


@_acting("task", members=WITH_A_SAY)
def task(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    event = events.TaskSet(
        _round(at), events.Slug(given.get("task", "")), events.Slug(given.get("owner") or at.node.member),
        events.Day(given.get("due", "")),
    )  # fmt: skip
    return at.run(exchange.say, exchange.Say(acting.alone(at), event))


@_acting("task-done", members=WITH_A_SAY)
def task_done(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    event = events.TaskDone(_round(at), events.Slug(given.get("task", "")), events.Slug(at.node.member))
    return at.run(exchange.say, exchange.Say(acting.alone(at), event))


@_acting("activate", roles=(OFFICER, SIGNATORY))
def activate(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    event = events.RoundActivated(events.Slug(given.get("round", "")), events.Day(given.get("target", "")))
    return at.run(exchange.say, exchange.Say(acting.alone(at), event))


@_acting("time", members=(MEDIATOR,))
def time(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    return at.run(exchange.say, exchange.Say(acting.alone(at), events.TimeVouched()))


@_acting("suspend", roles=(OFFICER, SIGNATORY, SUPERVISOR), members=(PARTY,))
def suspend(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    return at.run(exchange.say, exchange.Say(acting.alone(at), events.Suspended(_round(at))))


@_acting("resume", roles=(OFFICER, SIGNATORY), members=(PARTY,))
def resume(at: AtWeb, given: Mapping[str, str]) -> Done | list[Problem]:
    return at.run(exchange.say, exchange.Say(acting.alone(at), events.Resumed(_round(at))))
