"""From an announcement to a draft round: what confirmed claims say of its clauses, and what nobody has said yet.

An announcement is the word of one side. The draft keeps it so: each clause says who said what, whether the other side
has said the same, something else, or nothing, and stays open until both have agreed to it at a table. A number becomes
the total of the side that would hand those people over; the other direction is a clause of its own, and open. From the
target date the calendar is counted backward, so that it shows at once whether the date can be kept.

    >>> claims = [
    ...     Claim("A", "", "north", "release", 1200, "people of north", said_on="2025-11-16"),
    ...     Claim("A", "", "north", "target-date", said_on="2025-11-16", meant="2025-12-31"),
    ...     Claim("B", "", "south", "silence", said_on="2025-11-16"),
    ... ]
    >>> found = draft_of(claims, "2025-11-16", ())
    >>> found.parties, found.totals, found.target_date
    (('north', 'south'), {'south': 1200}, '2025-12-31')
    >>> [(each.code, each.standing) for each in found.clauses][:3]
    [('agreement', 'unsaid'), ('target-date', 'one-side'), ('total-north', 'unsaid')]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from repatria.deal.calendar import LeadTimes, calendar
from repatria.deal.form import terms_text
from repatria.message import Day, Message, Name, Place
from repatria.problem import Problem
from repatria.public.claims import (
    CONTRADICTED,
    CORROBORATED,
    EACH_SIDE,
    OF_EXCHANGE,
    POSSIBLE,
    SILENCE,
    SUPERSEDED,
    UNCOMMENTED,
    Claim,
    judged,
)

BOTH, DIFFER, ONE_SIDE, UNSAID = "both", "differ", "one-side", "unsaid"
NEVER_SAID = ("places", "categories", "transport", "neutral", "bound")  # what an announcement leaves to the table
CHANCE_DAYS = 7  # GC III leaves it to the parties; seven is the most that terms may say


@dataclass(frozen=True)
class Clause:
    """One thing to be agreed: how far it has been said, the value that was, and by which claims."""

    code: str
    standing: str  # of BOTH, DIFFER, ONE_SIDE, UNSAID
    value: int | str | None = None
    said: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Due:
    """A step's latest day, counted backward; `passed` where that was before the day of the announcement."""

    step: str
    due: str
    passed: bool


@dataclass(frozen=True)
class Draft:
    """A round as announced."""

    parties: tuple[str, ...]
    mediators: tuple[str, ...]
    silent: tuple[str, ...]  # sides that were asked and said nothing
    totals: Mapping[str, int]  # by the side that would hand people over
    target_date: str | None
    clauses: tuple[Clause, ...]
    calendar: tuple[Due, ...]
    claims: tuple[Claim, ...]


def draft_of(claims: Sequence[Claim], published: str, leads: LeadTimes) -> Draft:
    """The draft round that these claims come to; claims of other matters are left out.

    Args:
        published: the day from which on is counted what is still to come.
    """
    about = [
        each for each in judged(claims)
        if each.status != SUPERSEDED and (each.content in OF_EXCHANGE or (each.content == SILENCE and not each.scope))
    ]  # fmt: skip
    mediators = tuple(dict.fromkeys(str(each.value) for each in about if each.content == "mediator"))
    parties = _parties(about, mediators)
    target = next((each.meant for each in _of(about, "target-date") if each.meant and len(each.meant) == 10), None)
    ahead = [each.meant for each in _of(about, "release") if each.meant is not None and len(each.meant) == 10]
    target = target or max((day for day in ahead if day > published), default=None)
    totals = {party: _total(about, party, parties) for party in parties}
    clauses = [
        _clause("agreement", _of(about, "agreement")),
        _clause("target-date", _of(about, "target-date"), target),
        *(_clause(f"total-{party}", *totals[party]) for party in parties),
        _clause("mediators", _of(about, "mediator"), ", ".join(mediators) or None),
        *(_clause(code, _of(about, "place") if code == "places" else []) for code in NEVER_SAID),
    ]
    return Draft(
        parties, mediators,
        tuple(dict.fromkeys(each.side for each in about if each.content == SILENCE and each.side in parties)),
        {party: value for party, (_, value) in totals.items() if value is not None},
        target, tuple(clauses), _due(target, published, leads), tuple(about),
    )  # fmt: skip


def problems_of(draft: Draft, where: str) -> list[Problem]:
    """Why no round can be drafted of it, if none can."""
    if len(draft.parties) == 2:
        return []
    named = ", ".join(draft.parties) or "none"
    what = f"the confirmed claims are about {len(draft.parties)} parties ({named}); a round has two sides"
    do = "confirm claims about one exchange, with the side of each speaker given"
    return [Problem("draft.parties", where, what, do)]


def terms_of(draft: Draft) -> str:
    """The draft as a file of terms: what was said is filled in, what is open stands behind #."""
    given: dict[str, Any] = {"parties": list(draft.parties), "chance_days": CHANCE_DAYS}
    if draft.totals:
        given["totals"] = dict(draft.totals)
    if draft.target_date is not None:
        answers = next((each.due for each in draft.calendar if each.step == "answers"), None)
        given |= {"round": f"{draft.target_date[:4]}-1", "target_date": date.fromisoformat(draft.target_date)}
        given |= {"answers_due": date.fromisoformat(answers)} if answers is not None else {}
    open_ = ", ".join(each.code for each in draft.clauses if each.standing != BOTH)
    head = (
        "# A draft, made of what was said in public. It binds nobody, and nothing in it is agreed.\n"
        f"# Not confirmed by both sides, or not said at all: {open_}.\n"
        "# `repatria terms check` says what is still missing.\n\n"
    )
    return terms_text(given, head)


def messages_of(draft: Draft) -> dict[str, list[Message]]:
    """The draft for people to read, by the titles of its parts."""
    says = Message("draft.parties", {"who": tuple(Name(party) for party in draft.parties)})
    silent = [Message("draft.silent", {"who": Name(side)}) for side in draft.silent]
    passed = [each for each in draft.calendar if each.passed]
    days: list[Message] = [
        Message("draft.due.passed" if each.passed else "draft.due", {"day": Day(each.due, full=True),
                "step": Message(f"step.{each.step}")})
        for each in draft.calendar
    ]  # fmt: skip
    if passed:
        days.append(Message("draft.late", count=len(passed)))
    return {
        "draft.head": [says, *silent, Message("draft.word")],
        "draft.said": [message_of(each) for each in draft.claims],
        "draft.clauses": [_line(each) for each in draft.clauses],
        "draft.calendar": days or [Message("draft.undated")],
    }


def _line(clause: Clause) -> Message:
    name: Place = Message(f"draft.clause.{clause.code}")
    if clause.code.startswith("total-"):
        name = Message("clause.total", {"party": Name(clause.code.removeprefix("total-"))})
    value: Place = clause.value if clause.value is not None else ""
    if clause.code == "target-date" and clause.value is not None:
        value = Day(str(clause.value), full=True)
    if clause.code == "mediators":
        value = tuple(Name(str(each.value)) for each in clause.said)
    sides = tuple(Name(side) for side in dict.fromkeys(each.side for each in clause.said if each.side))
    if clause.standing == UNSAID:
        return Message("draft.unsaid", {"clause": name})
    if value == "":
        return Message(f"draft.{clause.standing}", {"clause": name, "who": sides})
    return Message(f"draft.{clause.standing}.value", {"clause": name, "who": sides, "value": value})


def message_of(claim: Claim) -> Message:
    """A claim as a line to read: who, when, what. A speaker without office or state is not named."""
    who: Place = claim.speaker if claim.office or claim.side else Message("claim.somebody")
    if claim.office and claim.office.lower() not in claim.speaker.lower():
        who = Message("claim.who", {"name": claim.speaker, "office": claim.office})
    places: dict[str, Place] = {"who": who, "cue": Message(f"claim.cue.{claim.cue}"), "what": _what(claim)}
    if claim.said_on is None:
        return Message("claim.line.undated", places)
    return Message("claim.line", {**places, "day": _day(claim.said_on)})


def _what(claim: Claim) -> Message:
    """What is claimed, with its number, thing or day."""
    places: dict[str, Place] = {}
    kind = claim.content
    if kind == "target-date":
        if claim.meant is not None:
            return Message("claim.what.target-date", {"day": _day(claim.meant)})
        kind = "exchange"
    if isinstance(claim.value, int):
        number = Message(f"claim.number.{claim.qualifier or 'exact'}", {"number": claim.value})
        unit, _, of = claim.unit.partition(" of ")
        word: Place = Message(f"claim.unit.{unit}") if unit in _UNITS else unit
        places = {"number": number, "unit": word, **({"of": Name(of)} if of else {})}
        counted = Message(f"claim.counted{'.of' if of else ''}", places)
        return Message("claim.with", {"what": Message(f"claim.what.{kind}"), "counted": counted})
    if claim.value is not None:
        value: Place = Name(claim.value) if kind == "mediator" else claim.value
        return Message("claim.with", {"what": Message(f"claim.what.{kind}"), "counted": value})
    return Message(f"claim.what.{kind}")


_UNITS = ("people", "bodies", "drones", "missiles", "settlements", "exchanges")


def _day(text: str) -> Place:
    return Day(text, full=True) if len(text) == 10 else text


def _of(claims: Sequence[Claim], content: str) -> list[Claim]:
    return [each for each in claims if each.content == content]


def _parties(about: Sequence[Claim], mediators: Sequence[str]) -> tuple[str, ...]:
    """The sides whose people would go, and those who spoke of it or kept silent; the two that are named most."""
    weight: Counter[str] = Counter()
    for each in about:
        owner = each.unit.partition(" of ")[2]
        weight.update([each.side, each.side, *([owner, owner, owner] if owner else [])])
    known = [(count, side) for side, count in weight.items() if side and side not in mediators]
    return tuple(sorted(side for _, side in sorted(known, key=lambda each: (-each[0], each[1]))[:2]))


def _total(about: Sequence[Claim], party: str, parties: Sequence[str]) -> tuple[list[Claim], int | None]:
    """How many people a party would hand over, as was said: those of the other one, or as many as each side does."""
    others = [f"people of {each}" for each in parties if each != party]
    said = [each for each in _of(about, "release") if each.unit in others or each.qualifier == EACH_SIDE]
    numbers = [(each.value, each.qualifier) for each in said if isinstance(each.value, int)]
    firm = [value for value, qualifier in numbers if qualifier in ("", EACH_SIDE, POSSIBLE)]
    best = Counter(firm or [value for value, _ in numbers]).most_common(1)
    return said, best[0][0] if best else None


def _clause(code: str, said: Sequence[Claim], value: int | str | None = None) -> Clause:
    if not said:
        return Clause(code, UNSAID)
    standings = {each.status for each in said}
    if CONTRADICTED in standings:
        return Clause(code, DIFFER, value, tuple(said))
    both = CORROBORATED in standings and len({each.side for each in said if each.side}) > 1
    return Clause(code, BOTH if both else ONE_SIDE, value, tuple(said))


def _due(target: str | None, published: str, leads: LeadTimes) -> tuple[Due, ...]:
    if target is None:
        return ()
    return tuple(
        Due(each.step, each.due, each.due < published) for each in calendar(target, (), {}, CHANCE_DAYS, leads)
    )


def as_json(draft: Draft) -> dict[str, Any]:
    """The draft for programs."""
    return {
        "parties": list(draft.parties), "mediators": list(draft.mediators), "silent": list(draft.silent),
        "totals": dict(draft.totals), "target_date": draft.target_date,
        "clauses": list(_clauses_json(draft)),
        "open": [each.code for each in draft.clauses if each.standing != BOTH],
        "unconfirmed_by_the_other_side": [
            each.as_json() for each in draft.claims if each.content != SILENCE and each.status == UNCOMMENTED
        ],
        "said": [each.as_json() for each in draft.claims],
        "calendar": [{"step": each.step, "due": each.due, "passed": each.passed} for each in draft.calendar],
    }  # fmt: skip


def _clauses_json(draft: Draft) -> Iterator[dict[str, Any]]:
    for each in draft.clauses:
        by = [{"speaker": claim.speaker, "side": claim.side, "status": claim.status} for claim in each.said]
        yield {"clause": each.code, "standing": each.standing, "value": each.value, "said_by": by}
