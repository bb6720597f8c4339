"""An event in one sentence, for whoever signs it and for whoever reads what happened.

The sentence says all that the event's data say, in words: its numbers, days, places and members. Hashes, keys and the
numbers of people are counted and not read out. It is made from the event and from who says it, so that it stays what
it was when it was signed. Every kind has its sentence; a test holds that.

    >>> telling("north", events.Suspended(events.Slug("2025-1")))
    Message(id='event.Suspended', places={'who': Name(slug='north'), 'round': Name(slug='2025-1')}, count=None)
"""

from __future__ import annotations

from collections.abc import Iterator

from repatria.deal.classes import decode_classes
from repatria.deal.commands.terms import terms_said
from repatria.exchange import events
from repatria.exchange.authority import END_OF_TIME, PARTY
from repatria.exchange.documents import FinalList, Plan, read
from repatria.exchange.events import Event
from repatria.message import Day, Message, Name, Place
from repatria.office import Given
from repatria.report.status import about, clause_name, clause_value
from repatria.report.status_texts import TEXTS as STATUS

_ROLES = frozenset(
    ("officer", "signatory", "supervisor", "interviewer", "physician", "liaison", "desk", "gate")
)  # fmt: skip
_LISTS = ("held", "sought", "missing", "remains")


def telling(author: str, event: Event) -> Message:
    """What the author says with it."""
    places: dict[str, Place] = {"who": Name(author)}
    count: int | None = None
    name = type(event).__name__
    for field in ("round", "place", "stage", "holder", "successor", "to", "member", "owner"):
        value = getattr(event, field, None)
        if isinstance(value, str):
            places[field] = Name(value)
    for field in ("held_on", "seen_on", "target_date", "due", "said_on"):
        value = getattr(event, field, None)
        if isinstance(value, str):
            places["day"] = Day(value, full=True)
    numbers = getattr(event, "numbers", None)
    if isinstance(numbers, tuple):
        count = len(numbers)
    match event:
        case events.ExchangeOpened():
            places["members"] = tuple(Name(founder.member) for founder in event.founders)
        case events.DelegateAppointed():
            places |= {"delegate": Name(event.delegate), "role": _role(event.role)}
            if event.place is not None:
                name += ".at"
        case events.KeyRevoked() | events.KeyObjected():
            places["delegate"] = Name(event.delegate)
        case events.KeyRotated() | events.KeyCompromised():
            places["author"] = Name(event.author)
            if isinstance(event, events.KeyCompromised):
                places["since"] = event.since
        case events.SecretariatSucceeded():
            places["size"] = event.size
        case events.ClauseOpened():
            places["clause"] = clause_name(event.clause)
            if event.words:
                places["words"] = tuple(clause_value(event.clause, word) for word in event.words)
                name += ".words"
        case events.ClauseProposed() | events.ClauseAgreed():
            places |= {"clause": clause_name(event.clause), "value": clause_value(event.clause, event.value)}
        case events.OfferCarried():
            places["clause"] = clause_name(event.clause)
        case events.OfferReleased():
            places["value"] = clause_value("", event.value)
        case events.TaskSet() | events.TaskDone():
            places["task"] = _known(f"task.{event.task}", event.task)
        case events.RegisterCommitted():
            places |= {"kind": _list(event.list_kind), "version": event.version}
            count = event.rows
        case events.RegisterDisclosed():
            places["to"] = tuple(Name(each) for each in event.to)
        case events.LinkJudged():
            places |= {"links": event.links, "non_links": event.non_links, "undecided": event.undecided}
        case events.AnswersGiven():
            count = event.answered
        case events.FinalListSigned():
            places["version"] = event.version
        case events.ProofOfLifeRecorded() | events.IdentityConfirmed():
            count = len(event.rows) + len(event.numbers)
        case events.MedicalBoardDecided():
            name += ".mixed" if event.board == "mixed" else ""
        case events.LotteryHeld():
            places["members"] = tuple(Name(each) for each in event.members)
        case events.RightGranted() | events.RightReturned():
            count = len(event.numbers)
        case events.Unconfirmed():
            places["desk"] = Name(event.desk)
        case events.ReleaseConfirmed():
            name += ".received" if event.outcome == "received" else ".returned"
        case events.StageReconciled():
            places["figures"] = tuple(
                Message("event.tally", {
                    "holder": Name(each.holder), "agreed": each.agreed, "brought": each.brought,
                    "received": each.received,
                })
                for each in event.tallies
            )  # fmt: skip
        case events.DisputeRaised():
            places["code"] = about(event.code)
        case events.DisputeSettled():
            places["outcome"] = _known(f"outcome.{event.outcome}", event.outcome)
        case events.ClaimRecorded():
            places |= {"speaker": Name(event.speaker), "number": event.number}
        case events.CountsPublished():
            places["size"] = event.size
        case events.RemainsIdentified():
            places["version"] = event.version
            count = len(event.sought) + len(event.cases)
        case events.Transcribed():
            places["kind"] = Message(f"event.kind.{event.kind}") if event.kind in events.KINDS else Name(event.kind)
        case events.RoundClosed():
            count = sum(each.people for each in event.accounts)
    return Message(f"event.{name}", places, count)


def contents(event: Event, given: Given) -> list[Message]:
    """What is signed with an event beyond its sentence: on what an exchange is opened, what terms say, whom a list
    counts, where a plan sends how many, how everybody fared. Read from the attachments at hand; nothing where they are
    not here."""
    match event:
        case events.ExchangeOpened():
            return list(_opening_said(event))
        case events.TermsSigned() | events.TermsAmended():
            return terms_said(given, event.terms) or []
        case events.FinalListSigned():
            return _list_said(given.attachment(event.list), given.attachment(event.classes))
        case events.PlanSigned() | events.PlanProposed() | events.PlanRevised():
            return _plan_said(given.attachment(event.plan))
        case events.RoundClosed():
            return [
                Message("event.account", {
                    "holder": Name(each.holder), "account": Message(f"event.account.{each.account}"),
                    "state": Message(f"event.state.{each.state}"),
                }, each.people)
                for each in event.accounts
            ]  # fmt: skip
    return []


def _opening_said(event: events.ExchangeOpened) -> Iterator[Message]:
    for each in event.founders:
        places: dict[str, Place] = {"member": Name(each.member), "role": Message(f"web.member.{each.role}")}
        bound = each.role == PARTY
        yield Message(f"event.opening.{'party' if bound else 'member'}", places, each.quorum if bound else None)
    yield Message("event.opening.log", {"who": Name(event.secretariat), "origin": event.origin})
    yield Message("event.opening.time", {}, event.mediator_quorum)
    yield Message("event.opening.cooling", {}, event.cooling_hours)


def _list_said(data: bytes | None, classes: bytes | None) -> list[Message]:
    if data is None or classes is None:
        return []
    rows, of = read(FinalList, data), decode_classes(classes)
    counted = sum(of[row.class_id].counts for row in rows.rows if row.class_id in of)
    said = [Message("event.list.people", {"counted": counted}, len(rows.rows))]
    return [*said, Message("event.list.together", {}, len(rows.together))] if rows.together else said


def _plan_said(data: bytes | None) -> list[Message]:
    if data is None:
        return []
    return [
        Message("event.plan.stage", {
            "stage": Name(stage.stage), "day": Day(stage.date, full=True),
            "places": tuple(Name(place.place) for place in stage.places),
        }, sum(len(place.sequence) for place in stage.places))
        for stage in read(Plan, data).stages
    ]  # fmt: skip


def moment_of(moment: str) -> Message:
    """A moment of the log's time, or of the node's, in words."""
    if moment == END_OF_TIME:
        return Message("members.moment.open")
    return Message("members.moment", {"day": Day(moment[:10], full=True), "time": moment[11:16]})


def phase_of_kind(kind: str) -> str:
    """In which part of an exchange a kind of event belongs: the part of `events.py` that it stands in."""
    return _PHASES.get(kind, "always")


_PHASES = {
    kind: phase
    for phase, kinds in {
        "open": "ExchangeOpened MemberAdmitted DelegateAppointed KeyRevoked KeyRotated KeyCompromised KeyObjected"
        " SecretariatSucceeded",
        "consult": "RoundActivated ClauseOpened ClauseProposed ClauseAgreed OfferCarried OfferReleased TaskSet TaskDone"
        " TermsSigned TermsAmended",
        "lists": "RegisterCommitted RegisterDisclosed LinkJudged AnswersGiven FinalListSigned",
        "clear": "ProofOfLifeRecorded IdentityConfirmed InterviewHeld MedicalBoardDecided AccessRefused Cleared"
        " NotGoing",
        "plan": "LotteryCommitted LotteryHeld LotteryRevealed PlanProposed PlanSigned PlanRevised",
        "handover": "StageOpened RightGranted RightReturned PersonPresented PersonReleased PersonReceived PersonAbsent"
        " SubstitutionFound Unconfirmed ReleaseConfirmed StageReconciled StageAborted",
        "close": "RoundClosed ExchangeClosed",
    }.items()
    for kind in kinds.split()
}  # fmt: skip


def _role(role: str) -> Place:
    return Message(f"web.role.{role}") if role in _ROLES else Name(role)


def _list(kind: str) -> Place:
    return Message(f"event.list.{kind}") if kind in _LISTS else Name(kind)


def _known(id: str, otherwise: str) -> Place:
    return Message(id) if id in STATUS else Name(otherwise)
