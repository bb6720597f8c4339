"""`exchange status`: where the exchange stands, on one page that a mediator can read aloud.

`status` is a pure function of the state: sections of messages, which an edge puts into a language. It says what is
agreed and what is open, whose move it is and since when, what the calendar asks for, what is on the record. It names
members, stages and places, and never a person; the only figures are totals that the members themselves signed or that
stand in their counts, and no reason why anybody does not go can be read from it.

    >>> [section.title.id for section in status(State(), ()).sections]
    []
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from repatria.deal.calendar import AHEAD, AT_RISK, OVERDUE, SOON, STAGE, LeadTimes, Outlook
from repatria.deal.ratio import factors, scaled
from repatria.deal.terms import Terms, decode_terms
from repatria.exchange.clearing import asked, manifest_gaps
from repatria.exchange.codec import data_hash
from repatria.exchange.consulting import AGREED, OPEN
from repatria.exchange.counting import balance_ahead
from repatria.exchange.deadlines import ANSWERS_OVERDUE, deadline_of, left_blank
from repatria.exchange.disputes import offered_outcomes, open_disputes
from repatria.exchange.events import ClauseValue
from repatria.exchange.examining import contradicted, examined
from repatria.exchange.moves import (
    Move,
    activations,
    moves,
    next_stage,
    offered_list,
    open_offers,
    plan_in_force,
    terms_since,
)
from repatria.exchange.person import RECEIVED, UNCONFIRMED, Person
from repatria.exchange.schedule import schedule, target_date
from repatria.exchange.state import ClauseFact, StageFact, State, TaskFact
from repatria.message import Day, Message, Name, Place
from repatria.report.language import Language
from repatria.report.status_texts import TEXTS

NEXT = 3  # how many of the coming deadlines are read out


@dataclass(frozen=True)
class Section:
    title: Message
    lines: tuple[Message, ...]


@dataclass(frozen=True)
class Status:
    """The page before it is in a language; `phase` is the machine's word for where the exchange is."""

    phase: str
    title: Message
    head: tuple[Message, ...]
    sections: tuple[Section, ...]
    foot: tuple[Message, ...]


def status(state: State, leads: LeadTimes) -> Status:
    """Where the exchange stands, read from the state alone."""
    now = state.log_time
    title = Message("status.title", {"day": Day(now[:10], full=True)}) if now else Message("status.title.undated")
    phase = phase_of(state)
    of_exchange = state.opened and not state.closed
    outlooks = schedule(state, leads)
    parts: list[tuple[str, list[Message], bool]] = [
        ("moves", list(_moves(state)), bool(state.exchange)),
        ("clauses", list(_clauses(state)), bool(state.round)),
        ("lists", list(_lists(state)), state.terms is not None),
        ("stages", list(_stages(state)), state.terms is not None and (bool(state.lists) or bool(state.stages))),
        ("calendar", list(_calendar(state, outlooks)), state.round_open),
        ("tasks", list(_tasks(state)), of_exchange and bool(state.round)),
        ("record", list(_record(state)), bool(state.round)),
        ("public", list(_public(state)), bool(state.claims or state.published)),
    ]
    sections = tuple(
        Section(Message(f"{name}.title"), tuple(lines) or (Message(f"{name}.none"),))
        for name, lines, shown in parts
        if shown
    )
    foot = (Message("status.as_of", count=state.size), Message("foot")) if now else (Message("foot"),)
    return Status(phase, title, tuple(_head(state, phase)), sections, foot)


def page(found: Status, language: Language) -> str:
    """The page as text: a title, the headline, and sections of lines."""
    say = language.sentence
    parts = [say(found.title), "\n".join(say(line) for line in found.head)]
    parts += [
        "\n".join([say(section.title), *(f"  - {say(line)}" for line in section.lines)]) for section in found.sections
    ]
    return "\n\n".join([*(part for part in parts if part), "\n".join(say(line) for line in found.foot)]) + "\n"


# --- the headline ---------------------------------------------------------------------------------------------------


def phase_of(state: State) -> str:
    """The phase in one word; a suspension stands beside it, and is none."""
    if not state.exchange:
        return "none"
    if not state.opened:
        return "opening"
    if state.closed:
        return "ended"
    if not state.round_open:
        announced = any(each.in_force is None for each in state.activations.values())
        return "announced" if announced else "closed" if state.round else "idle"
    if state.terms is None:
        return "consultation"
    if set(state.lists) != set(state.parties):
        return _before_lists(state)
    places = [place for _, stage in _in_order(state) if stage.opened is not None for place in stage.places.values()]
    if plan_in_force(state) is None and all(place.reconciled or place.aborted for place in places):
        return "planning"
    if not all(place.reconciled or place.aborted for place in places):
        return "stage"
    if next_stage(state) is None:
        return "held"
    return "between" if places else "ready"


def _before_lists(state: State) -> str:
    asked = [register for register in state.registers.values() if register.asked]
    if {register.owner for register in asked} < set(state.parties):
        return "registers"
    if state.offered_lists or not any(register.blank(holder) for register in asked for holder in register.asked):
        return "lists"
    return "answers"


def _head(state: State, phase: str) -> Iterator[Message]:
    yield from _phase(state, phase)
    for pause in state.suspensions:
        if pause.until is None:
            yield Message("suspended", {"who": role_of(state, pause.by), "day": _since(state, pause.since)})
    target, now = target_date(state), state.log_time
    if target is not None and now is not None and (state.round_open or phase == "announced"):
        left = (date.fromisoformat(target) - date.fromisoformat(now[:10])).days
        name = "countdown" if left > 0 else "countdown.past" if left else "countdown.today"
        yield Message(name, {"day": Day(target)}, abs(left) or None)


def _phase(state: State, phase: str) -> Iterator[Message]:
    stage = next_stage(state)
    where: dict[str, Place] = {"round": Name(state.round)}
    if stage is not None:
        where |= {"stage": Name(stage), "day": Day(state.stages[stage].date)}
    if phase == "stage":
        for name, each in _in_order(state):
            if each.opened is not None and not all(at.reconciled or at.aborted for at in each.places.values()):
                yield Message("phase.stage", {"stage": Name(name)})
    elif phase == "announced":
        for act, wanted in activations(state):
            if wanted.in_force is None:
                have = [assent.member for assent in state.assents.get(act, ())]
                silent = [party for party in state.parties if party not in have]
                what: dict[str, Place] = {"round": Name(wanted.round), "day": Day(wanted.target_date)}
                yield Message("phase.announced", {"who": roles_of(state, have), **what})
                if silent:
                    yield Message("phase.silent", {"who": roles_of(state, silent)})
    elif phase == "between":
        yield Message("phase.between", where, sum(each.opened is not None for _, each in _in_order(state)))
    else:
        yield Message(f"phase.{phase}", where)


# --- clauses and moves ----------------------------------------------------------------------------------------------


def _clauses(state: State) -> Iterator[Message]:
    where: dict[str, Place]
    terms = _terms(state)
    if terms is not None:
        yield Message("terms.agreed", {"day": _since(state, terms_since(state))})
        for side, total in sorted(terms.totals.items()):
            yield Message("terms.total", {"party": Name(side)}, total)
    for name, clause in sorted(state.clauses.items(), key=lambda item: item[1].history[0].index):
        if terms is None or clause.status != AGREED:
            yield from clause_lines(state, name, clause)
    for (name, to, by), since in open_offers(state).items():
        where = {"clause": clause_name(name), "to": role_of(state, to), "by": role_of(state, by)}
        where |= {"day": _since(state, since[-1])}
        yield Message("clause.offers", where, len(since)) if len(since) > 1 else Message("clause.offer", where)
    if terms is None and state.clauses:
        yield Message("terms.none")


def clause_lines(state: State, name: str, clause: ClauseFact) -> Iterator[Message]:
    where: dict[str, Place] = {"clause": clause_name(name), "day": _since(state, clause.history[-1].index)}
    if clause.status == OPEN or clause.value is None:
        yield Message("clause.open", where)
        return
    where["value"] = clause_value(name, clause.value)
    if clause.status == AGREED:
        yield Message("clause.agreed", where)
        return
    latest = clause.proposed[-1]
    agreed = [each.member for each in clause.history if each.step == "agreed" and each.value == clause.value]
    where |= {"who": role_of(state, latest.member), "day": _since(state, latest.index)}
    line = Message("clause.half", {**where, "agreed": roles_of(state, agreed)}) if agreed else None
    line = line or Message("clause.proposed", where)
    before = list(dict.fromkeys(each.value for each in clause.proposed if each.value not in (None, clause.value)))
    values = tuple(clause_value(name, value) for value in before if value is not None)
    yield Message("clause.after", {"line": line, "values": values}) if values else line


def clause_name(name: str) -> Message:
    if name.startswith("total-"):
        return Message("clause.total", {"party": Name(name.removeprefix("total-"))})
    return Message(f"clause.{name}") if name in _CLAUSES else Message("clause.other", {"clause": Name(name)})


_CLAUSES = frozenset(
    ("first-stage", "last-stage", "stages", "places", "carrier", "order", "announcement", "cost")
)  # fmt: skip


def clause_value(clause: str, value: ClauseValue) -> Place:
    if isinstance(value, int):
        return Message("people", count=value) if clause.startswith("total-") else value
    if f"word.{value}" in TEXTS:
        return Message(f"word.{value}")
    try:
        return Day(date.fromisoformat(value).isoformat())
    except ValueError:
        return Name(value)


def _moves(state: State) -> Iterator[Message]:
    for move in moves(state):
        if not move.who:
            continue
        where: dict[str, Place] = {"who": roles_of(state, move.who), "what": what_of(state, move)}
        day = state.day_at(move.since)
        if day is None:
            yield Message("move.undated", where)
        else:
            yield Message("move", {**where, "day": Day(day)})


def what_of(state: State, move: Move) -> Message:
    places: dict[str, Place] = {}
    match move.code, move.on:
        case ("propose" | "agree", (clause, *_)):
            places = {"clause": clause_name(clause)}
        case ("consider-offer", (clause, by)):
            places = {"clause": clause_name(clause), "by": role_of(state, by)}
        case ("settle-dispute", (code, *_)):
            places = {"code": about(code)}
        case ("task", (task,)):
            places = {"task": Message(f"task.{task}")}
        case ("activate", (round_,)):
            places = {"round": Name(round_)}
        case ("answer", (owner,)):
            places = {"owner": role_of(state, owner)}
        case ("sign-list", (holder,)):
            places = {"holder": role_of(state, holder)}
        case (_, (stage, place)):
            places = {"stage": Name(stage), "place": Name(place)}
        case (_, (stage,)):
            places = {"stage": Name(stage)}
    return Message(f"move.{move.code}", places)


# --- the calendar ---------------------------------------------------------------------------------------------------


def _calendar(state: State, outlooks: Sequence[Outlook]) -> Iterator[Message]:
    if not outlooks:
        if target_date(state) is None:
            yield Message("calendar.no_target")
        return
    assumed = [each for each in outlooks if each.deadline.step == STAGE and not each.deadline.stage]
    if assumed:
        yield Message("calendar.assumed", {"day": Day(assumed[0].deadline.due)})
    late = [each for each in outlooks if each.standing == OVERDUE]
    for each in late:
        yield Message("calendar.overdue", {"step": step_of(each), "day": Day(each.deadline.due)})
    risky = [each for each in outlooks if each.standing == AT_RISK]
    steps = list({each.deadline.step: each for each in reversed(risky) if each.deadline.step != STAGE}.values())[::-1]
    if steps:
        code = "calendar.at-risk" if late else "calendar.tight"
        yield Message(code, {"steps": tuple(step_of(each) for each in steps)})
    for each in [each for each in risky if each.deadline.step == STAGE][:1]:
        code = "calendar.expected.assumed" if assumed else "calendar.expected"
        yield Message(code, {"stage": Name(each.deadline.stage), "day": Day(each.expected)})
    if not late:
        yield Message("calendar.kept")
    coming = [each for each in outlooks if each.standing in (SOON, AHEAD) and each.deadline.step != STAGE]
    for each in coming[:NEXT]:
        now = each.deadline.due == (state.log_time or "")[:10]
        code = "calendar.today" if now else "calendar.soon" if each.standing == SOON else "calendar.next"
        yield Message(code, {"step": step_of(each), "day": Day(each.deadline.due)})
    if not coming and not risky and not late:
        yield Message("calendar.done")


def step_of(each: Outlook) -> Message:
    name = Message(f"step.{each.deadline.step}")
    if not each.deadline.stage:
        return name
    return Message("step.of_stage", {"step": name, "stage": Name(each.deadline.stage)})


# --- lists, stages --------------------------------------------------------------------------------------------------


def _lists(state: State) -> Iterator[Message]:
    if set(state.lists) == set(state.parties):
        yield Message("lists.all")
        yield from _seen(state)
        yield from _interviews(state)
        return
    for key, register in sorted(state.registers.items(), key=lambda item: (item[1].owner, item[1].version)):
        for holder in register.asked:
            where: dict[str, Place] = {"owner": role_of(state, register.owner), "holder": role_of(state, holder)}
            due = deadline_of(state, key, holder) or ""
            names = register.rows - register.erased
            where |= {"answered": names - register.blank(holder), "day": Day(due)}
            name = "asked" if holder not in register.answers else "some" if register.blank(holder) else "all"
            yield Message(f"answers.{name}", where, names)
    begun = bool(state.offered_lists) or any(register.answers for register in state.registers.values())
    for party in state.parties:
        where = {"holder": role_of(state, party)}
        if party in state.lists:
            yield Message("list.signed", where)
        elif (offered := offered_list(state, party)) is not None:
            signed = [each.member for each in state.assents.get(data_hash(offered), ())]
            yield Message("list.half", {**where, "who": roles_of(state, signed)})
        elif begun:
            yield Message("list.none", where)


def _seen(state: State) -> Iterator[Message]:
    """Whom the neutral has met, in figures, and that boards sat; nothing of what anybody found."""
    met = {key[1:]: people for key, people in state.census(_met).items() if key[0] == state.round}
    total = sum(met.values())
    for at, name in enumerate(("alive", "identified")):
        people = sum(n for key, n in met.items() if key[at])
        if people:
            yield Message(f"seen.{name}", {"people": people, "total": total})
    if state.boards:
        yield Message("seen.boards", {"boards": len(state.boards)})


def _interviews(state: State) -> Iterator[Message]:
    stage = next_stage(state)
    if stage is not None:
        done = ".done" if not manifest_gaps(state, stage)[0] else ""
        yield Message(f"interviews.stage{done}", {"stage": Name(stage)})
        return
    if plan_in_force(state) is not None:
        return
    have, everybody = asked(state)
    yield Message("interviews.all" if have == everybody else "interviews.some" if have else "interviews.none")


def _met(person: Person) -> tuple[str, bool, bool] | None:
    """Of the living on a list: the round, and whether the neutral has seen them alive, and identified them."""
    if not person.living or person.withdrawn:
        return None
    return str(person.round), person.alive_on is not None, person.identified_on is not None


def _stages(state: State) -> Iterator[Message]:
    for name, stage in _in_order(state):
        yield from _stage(state, name, stage)
    terms = _terms(state)
    if terms is None or not any(stage.opened is not None for _, stage in _in_order(state)):
        return
    received = {key[1:]: people for key, people in state.census(_home).items() if key[0] == state.round}
    for side, total in sorted(terms.totals.items()):
        where: dict[str, Place] = {"holder": Name(side), "to": Name(terms.other_side(side)), "total": total}
        yield _counted("progress", where, sum(n for (of, counts, _), n in received.items() if counts and of == side))
    outside = sum(n for (_, counts, living), n in received.items() if living and not counts)
    if outside:
        yield Message("progress.outside", count=outside)
    yield from _remains(state)
    yield from _balance(state, terms)


def _home(person: Person) -> tuple[str, str, bool, bool] | None:
    """Of somebody received: the round, the side, whether they count, whether they live."""
    if person.state != RECEIVED:
        return None
    return str(person.round), str(person.side), person.counts, person.living


def _remains(state: State) -> Iterator[Message]:
    """The dead, in sets and in people, beside everything that counts."""
    for each in examined(state):
        who: dict[str, Place] = {"holder": role_of(state, each.holder), "to": role_of(state, each.to)}
        yield Message("remains.sets", {**who, "sets": each.sets, "examined": each.examined})
        if each.people:
            yield Message("remains.people", {"people": each.people, "sought": each.sought, "own": each.own})
    if again := contradicted(state):
        yield Message("remains.contradicted", {"people": len(again)})


def _stage(state: State, name: str, stage: StageFact) -> Iterator[Message]:
    where: dict[str, Place] = {"stage": Name(name), "day": Day(stage.date)}
    if stage.opened is None:
        yield Message("stage.planned", where, len(stage.places))
        return
    there = {place: state.recall("home", name, place, partial(_at_place, state, name, place)) for place in stage.places}
    received = sum(people for people, _ in there.values())
    done = all(place.reconciled or place.aborted for place in stage.places.values())
    yield Message("stage.done", where, received) if done else _counted("stage.open", where, received)
    broken = tuple(Name(place) for place, at in sorted(stage.places.items()) if at.aborted)
    if broken:
        yield Message("stage.aborted", {**where, "places": broken})
    for place, (_, unconfirmed) in sorted(there.items()):
        if unconfirmed:
            yield Message("stage.unconfirmed", {"stage": Name(name), "place": Name(place)})


def _at_place(state: State, stage: str, place: str) -> tuple[int, bool]:
    """Of a place's manifest: how many were received in this stage, and whether anybody is unconfirmed."""
    people = [state.persons[number] for number in state.stages[stage].places[place].manifest]
    received = sum(p.state == RECEIVED and p.right is not None and p.right.stage == stage for p in people)
    return received, any(person.state == UNCONFIRMED for person in people)


def _counted(code: str, where: dict[str, Place], people: int) -> Message:
    return Message(code, where, people) if people else Message(f"{code}.none", where)


def _balance(state: State, terms: Terms) -> Iterator[Message]:
    """Who is ahead, in words: within the bound, at it, or beyond it."""
    factor = factors(terms.totals)
    bound = scaled(terms.bound, factor)
    ahead = {side: lead for side, lead in balance_ahead(state).items() if lead > 0}
    for side, lead in sorted(ahead.items()):
        at_bound = lead + factor[side] > bound
        code = "balance.beyond" if lead > bound else "balance.bound" if at_bound else "balance.ahead"
        yield Message(code, {"side": role_of(state, side)})
    if not ahead:
        yield Message("balance.even")


# --- tasks, the record ----------------------------------------------------------------------------------------------


def _tasks(state: State) -> Iterator[Message]:
    """What is overdue or due, in the order of days, then what is done."""
    today = (state.log_time or "")[:10]
    mine = [task for task in state.tasks.values() if task.round == state.round]
    for task in sorted(mine, key=lambda each: (each.due, each.task, each.owner)):
        if task.done is None:
            yield _task(state, task, today)
    done = sorted((task for task in mine if task.done is not None), key=lambda each: each.done or 0)
    if done:
        owned = ((Message(f"task.{each.task}"), role_of(state, each.owner)) for each in done)
        named = (Message("task.by", {"task": task, "owner": owner}) for task, owner in owned)
        yield Message("task.done", {"tasks": tuple(named)})


def _task(state: State, task: TaskFact, today: str) -> Message:
    where: dict[str, Place] = {
        "task": Message(f"task.{task.task}"), "owner": role_of(state, task.owner), "day": Day(task.due),
        "first": Day(task.dates[0][1]),
    }  # fmt: skip
    if task.due < today:
        return Message("task.overdue", where)
    return Message("task.moved" if len(task.dates) > 1 else "task.open", where)


def _record(state: State) -> Iterator[Message]:
    counted = Counter((breach.code, breach.member) for breach in state.breaches)
    for (code, member), times in sorted(counted.items()):
        where: dict[str, Place] = {"member": role_of(state, member)}
        if code == ANSWERS_OVERDUE:
            yield Message("breach.answers-overdue", where, left_blank(state)[member])
        elif f"breach.{code}" in TEXTS:
            yield Message(f"breach.{code}", where, times)
        else:
            yield Message("breach.other", {**where, "code": Name(code)}, times)
    yield from _disputes(state)
    for pause in state.suspensions:
        if pause.until is not None:
            days = {"since": _since(state, pause.since), "until": _since(state, pause.until)}
            yield Message("pause.over", {"who": role_of(state, pause.by), **days})


def _disputes(state: State) -> Iterator[Message]:
    """Those that are open, with what has been offered, and then how the others ended."""
    for name, dispute in open_disputes(state):
        where: dict[str, Place] = {
            "member": role_of(state, dispute.by), "code": about(dispute.code), "day": _since(state, dispute.since),
        }  # fmt: skip
        offered = offered_outcomes(state, name)
        for outcome, assents in offered:
            who = roles_of(state, [each.member for each in assents])
            yield Message("dispute.offered", {**where, "who": who, "outcome": Message(f"outcome.{outcome}")})
        if not offered:
            yield Message("dispute.open", where)
    settled = [each for each in state.disputes.values() if each.settled is not None]
    for dispute in sorted(settled, key=lambda each: each.since):
        days = {"since": _since(state, dispute.since), "day": _since(state, dispute.settled or 0)}
        where = {"member": role_of(state, dispute.by), "code": about(dispute.code), **days}
        yield Message("dispute.settled", {**where, "outcome": Message(f"outcome.{dispute.outcome}")})


def _public(state: State) -> Iterator[Message]:
    """How much was said and how much confirmed, apart; the numbers themselves are for `public show`."""
    if state.claims:
        yield Message("public.claims", count=len(state.claims))
    said: dict[tuple[object, ...], set[int]] = defaultdict(set)
    for claim in state.claims:
        said[claim.counted, claim.of, claim.since, claim.until].add(claim.number)
    if differing := sum(len(numbers) > 1 for numbers in said.values()):
        yield Message("public.differ", count=differing)
    if state.published:
        yield Message("public.counts", count=len(state.published))


def about(code: str) -> Place:
    return Message(f"about.{code}") if f"about.{code}" in TEXTS else Name(code)


# --- who, when ------------------------------------------------------------------------------------------------------


def role_of(state: State, member: str) -> Message:
    role = state.members[member].role if member in state.members else "party"
    return Message(f"role.{role}" if f"role.{role}" in TEXTS else "role.party", {"name": Name(member)})


def roles_of(state: State, members: Sequence[str]) -> tuple[Place, ...]:
    return tuple(role_of(state, member) for member in dict.fromkeys(members))


def _since(state: State, index: int) -> Place:
    day = state.day_at(index)
    return Day(day) if day is not None else index


def _in_order(state: State) -> list[tuple[str, StageFact]]:
    here = [(name, stage) for name, stage in state.stages.items() if stage.round == state.round]
    return sorted(here, key=lambda item: (item[1].date, item[0]))


def _terms(state: State) -> Terms | None:
    return decode_terms(state.terms_text.encode()) if state.terms is not None else None
