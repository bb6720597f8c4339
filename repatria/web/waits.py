"""What waits for somebody: each source of work in lines of how many, by when and where to go on; urgent ones first.

A source is a function of `Around`: the state, who looks, and a small reading of the node made beforehand (`around`).
It says a line only to those whose work it is; a line whose page they may not open is left out.

    for wait in waits(around(request)): ...
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from repatria.deal.calendar import DONE, Outlook
from repatria.exchange.authority import INTERVIEWER, LIAISON, MEDIATOR, OFFICER, PARTY, PHYSICIAN, SIGNATORY, SUPERVISOR
from repatria.exchange.clearing import manifest_gaps
from repatria.exchange.deadlines import deadline_of
from repatria.exchange.moves import moves, next_stage, plan_in_force
from repatria.exchange.person import IN_THE_AIR, LISTED, UNCONFIRMED
from repatria.exchange.schedule import schedule
from repatria.exchange.state import StageFact, State
from repatria.files import law
from repatria.files.locales import lead_times
from repatria.law.check import months_after
from repatria.linkage.commands import own_versions
from repatria.message import Message, Name
from repatria.report.status import role_of, what_of
from repatria.web import drafts, exports, jobs, keys, signing
from repatria.web.access import PAGES, Asked, may_open
from repatria.web.bench import bench
from repatria.web.exports import Export
from repatria.web.models import Job
from repatria.web.served import KEEPER, AtWeb, Who
from repatria.web.signing import Waiting

RECENT = timedelta(days=2)  # for how long background work that has ended is told


@dataclass(frozen=True)
class Wait:
    """One line: what it is in words, how many, the page and what stands in its address, and the last day, if any."""

    what: Message
    page: str
    count: int = 1
    due: str | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """Who looks at what: the state with its calendar, and what was read of the node for them.

    `reviews`: by register, how many pairs wait for this person's word, by why they wait (`linkage.review.Open`).
    `ended`: how many pieces of background work of theirs ended of late, by how.
    """

    who: Who
    role: str  # of the member
    state: State
    now: str
    outlooks: tuple[Outlook, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    files: tuple[Export, ...] = ()
    reviews: Mapping[str, Counter[str]] = field(default_factory=dict)
    ended: Counter[str] = field(default_factory=Counter)
    drafts: int = 0
    outbox: int = 0
    keys: int = 0

    @property
    def member(self) -> str:
        return self.who.member

    def is_one_of(self, roles: Collection[str]) -> bool:
        return bool(self.who.roles & set(roles))

    def due(self, step: str, stage: str = "") -> str | None:
        """The calendar's first day for a step that is not done yet."""
        found = [each.deadline.due for each in self.outlooks if each.deadline.step == step and each.standing != DONE
                 and stage in ("", each.deadline.stage)]  # fmt: skip
        return min(found, default=None)


Source = Callable[[Around], Iterator[Wait]]


def waits(at: Around) -> list[Wait]:
    """Everything that waits for them, what is due first at the top, and what has no day last."""
    found = [each for source in SOURCES for each in source(at) if may_open(PAGES[each.page], at.who, at.role)]
    return sorted(found, key=lambda each: (each.due is None, each.due or ""))


# --- sources ---------------------------------------------------------------------------------------------------------


def beginning(at: Around) -> Iterator[Wait]:
    """From a node without an exchange to a round: what its keeper does next, and who announces the round."""
    state, own = at.state, at.state.members.get(at.member)
    if at.is_one_of((KEEPER,)):
        if own is None:
            yield Wait(Message("web.home.begin"), "begin")
        elif own.admitted is None:
            yield Wait(Message("web.home.join", {"secretariat": Name(str(state.secretariat))}), "begin")
        else:
            if away := sum(each.admitted is None for each in state.members.values()):
                yield Wait(Message("web.home.joining", count=away), "carry", away)
            appointed = Counter(
                str(grants[-1].role) for author, grants in state.keys.items()
                if author.startswith(f"{at.member}/") and grants[-1].until is None
            )  # fmt: skip
            if not appointed[OFFICER]:
                yield Wait(Message("web.home.officer"), "members")
            if (short := own.quorum - appointed[SIGNATORY]) > 0:
                yield Wait(Message("web.home.signatories", count=short), "members", short)
    if state.opened and not state.activations and at.role in (PARTY, MEDIATOR) and at.is_one_of((OFFICER, KEEPER)):
        yield Wait(Message("web.home.round"), "consultation")


def signatures(at: Around) -> Iterator[Wait]:
    """What this person is asked to sign; and what they have asked of others, which still waits."""
    author = at.who.author
    mine = [each for each in at.waiting if each.wants(author)]
    if mine:
        about = (mine[0].id,) if len(mine) == 1 else ()
        page = "signing-one" if about else "signing"
        yield Wait(Message("web.home.signatures", count=len(mine)), page, len(mine), _first(mine), about)
    asked = [each for each in at.waiting if each.by == author and each not in mine]
    if asked:
        yield Wait(Message("web.home.asked", count=len(asked)), "signing", len(asked), _first(asked))


def _first(waiting: Collection[Waiting]) -> str | None:
    return min((each.due for each in waiting if each.due is not None), default=None)


def files(at: Around) -> Iterator[Wait]:
    """Files with people that wait for another's consent, and those that this person may take now."""
    standing = [(each, each.standing(at.now)) for each in at.files]
    consents = [each for each, word in standing if word == exports.WAITING and each.by != at.who.author]
    if consents:
        due = min(each.until for each in consents)[:10]
        yield Wait(Message("web.home.consents", count=len(consents)), "exports", len(consents), due)
    ready = [each for each, word in standing if word == exports.CONSENTED and each.by == at.who.author]
    if ready:
        due = min(each.until for each in ready)[:10]
        yield Wait(Message("web.home.files", count=len(ready)), "exports", len(ready), due)


def answers(at: Around) -> Iterator[Wait]:
    """Names that are sought here and have no answer yet, register by register, by the agreed day."""
    if not at.is_one_of((OFFICER, SIGNATORY)) or not at.state.round_open:
        return
    for number, fact in sorted(at.state.registers.items()):
        blank = fact.blank(at.member) if at.member in fact.asked else 0
        if blank:
            owner = role_of(at.state, str(fact.owner))
            due = deadline_of(at.state, number, at.member)
            what = Message("web.home.answers", {"owner": owner}, blank)
            yield Wait(what, "answers", blank, None if due is None else str(due))


def reviews(at: Around) -> Iterator[Wait]:
    """Pairs that wait for this person's word: their own first one, or a second one beside another's."""
    for number, counted in sorted(at.reviews.items()):
        owner = role_of(at.state, str(at.state.registers[number].owner))
        due = deadline_of(at.state, number, at.member)
        seconds = counted["second"]
        for text, n in (("web.home.seconds", seconds), ("web.home.reviews", counted.total() - seconds)):
            if n:
                what = Message(text, {"owner": owner}, n)
                yield Wait(what, "matches", n, None if due is None else str(due), (number,))


def interviews(at: Around) -> Iterator[Wait]:
    """People whom the neutral has still to ask in private: everybody before a plan, then those who go next."""
    state = at.state
    if not at.is_one_of((INTERVIEWER,)) or not state.round_open:
        return
    if plan_in_force(state) is None:
        here = (each for each in state.persons.values() if each.round == state.round and each.living)
        n = sum(not each.words and not each.withdrawn and each.number not in state.moved for each in here)
        if n:
            yield Wait(Message("web.home.interviews", count=n), "interviews", n, at.due("interviews"))
    elif (stage := next_stage(state)) is not None and (n := manifest_gaps(state, stage)[0]):
        what = Message("web.home.interviews.stage", {"stage": Name(stage)}, n)
        yield Wait(what, "interviews", n, str(state.stages[stage].date))


def boards(at: Around) -> Iterator[Wait]:
    """What boards decided and is to be carried out, by the Convention's own day (GC III Annex II 12)."""
    if not at.is_one_of((PHYSICIAN,)):
        return
    months = law.figures()["decision_carried_out_months"].value
    mine = [each for each in at.state.boards.values() if at.role != PARTY or each.holder == at.member]
    days = [months_after(date.fromisoformat(each.told), months).isoformat() for each in mine if each.told is not None]
    if coming := [each for each in days if each >= at.now[:10]]:
        yield Wait(Message("web.home.boards", count=len(coming)), "boards", len(coming), min(coming))


# Where a move of the member is made; those that are not here have a source of their own, with figures.
_PAGE_OF = {
    "activate": "consultation", "resume": "consultation", "propose": "consultation", "agree": "consultation",
    "consider-offer": "consultation", "draft-terms": "terms", "sign-terms": "terms", "sign-amendment": "terms",
    "disclose": "registers", "draft-list": "lists", "sign-list": "lists", "commit-draw": "draw", "share-draw": "draw",
    "hold-draw": "draw", "reveal-draw": "draw", "propose-plan": "plan", "sign-plan": "plan", "open-stage": "stage",
    "hand-over": "stage", "settle": "stage", "reconcile": "stage", "settle-dispute": "disputes",
    "close-round": "closing", "close-exchange": "closing",
}  # fmt: skip
# By which step of the calendar.
_STEP_OF = {
    "propose": "clauses", "agree": "clauses", "consider-offer": "clauses", "draft-terms": "terms",
    "sign-terms": "terms", "disclose": "registers", "draft-list": "lists", "sign-list": "lists", "commit-draw": "draw",
    "share-draw": "draw", "hold-draw": "draw", "reveal-draw": "draw", "propose-plan": "plan", "sign-plan": "plan",
}  # fmt: skip


def own_moves(at: Around) -> Iterator[Wait]:
    """What the exchange waits for this member to do, for those who do it."""
    if not at.is_one_of((OFFICER, SIGNATORY)):
        return
    for move in moves(at.state):
        page = _PAGE_OF.get(move.code)
        if at.member not in move.who or page is None:
            continue
        step, about = _STEP_OF.get(move.code), move.on[:1] if page == "stage" else ()
        due = str(at.state.stages[about[0]].date) if about else None if step is None else at.due(step)
        yield Wait(what_of(at.state, move), page, 1, due, about)


def tasks(at: Around) -> Iterator[Wait]:
    """The member's own tasks with their days, as long as they are not done."""
    mine = [each for each in at.state.tasks.values() if (each.round, each.owner) == (at.state.round, at.member)]
    if at.is_one_of((OFFICER,)):
        for task in sorted(mine, key=lambda each: (each.due, each.task)):
            if task.done is None:
                what = Message("web.home.task", {"task": Message(f"task.{task.task}")})
                yield Wait(what, "consultation", 1, str(task.due))


def stages(at: Around) -> Iterator[Wait]:
    """Stages that are open, with those who are still under way or unconfirmed; and the next one."""
    if not at.is_one_of((OFFICER, SIGNATORY, SUPERVISOR, KEEPER)):
        return
    for name, stage in sorted(at.state.stages.items(), key=lambda each: (each[1].date, each[0])):
        states = _states(at.state, stage)
        for text, n in (
            ("web.home.unconfirmed", states[UNCONFIRMED]),
            ("web.home.stage.open", 0 if stage.opened is None else sum(states[each] for each in (LISTED, *IN_THE_AIR))),
        ):
            if n:
                yield Wait(Message(text, {"stage": Name(name)}, n), "stage", n, str(stage.date), (name,))
    coming = next_stage(at.state)
    if coming is not None and at.state.round_open:
        n = _states(at.state, at.state.stages[coming]).total()
        what = Message("web.home.stage", {"stage": Name(coming)}, n)
        yield Wait(what, "stage", n, str(at.state.stages[coming].date), (coming,))


def _states(state: State, stage: StageFact) -> Counter[str]:
    """How many of a stage's people are in which state; of places that are settled, nobody."""
    places = (each for each in stage.places.values() if not (each.reconciled or each.aborted))
    return Counter(state.persons[number].state for place in places for number in place.manifest)


def families(at: Around) -> Iterator[Wait]:
    """People whom this side seeks and who stand on a signed list: their families may be told."""
    if not at.is_one_of((LIAISON,)):
        return
    versions = set(own_versions(at.state, at.member, "sought"))
    n = sum(each.register in versions and each.round == at.state.round for each in at.state.persons.values())
    if n:
        stage = next_stage(at.state)
        due = None if stage is None else str(at.state.stages[stage].date)
        yield Wait(Message("web.home.families", count=n), "families", n, due)


def background(at: Around) -> Iterator[Wait]:
    """Background work of theirs that ended of late, and lists that were brought and not imported."""
    for word, text in ((jobs.REFUSED, "web.home.jobs.refused"), (jobs.DONE, "web.home.jobs")):
        if n := at.ended[word]:
            yield Wait(Message(text, count=n), "jobs", n)
    if at.drafts and at.is_one_of((OFFICER,)):
        yield Wait(Message("web.home.drafts", count=at.drafts), "registers", at.drafts)


def carrying(at: Around) -> Iterator[Wait]:
    """What was said here and is not in the ledger before somebody carries it."""
    if at.outbox and at.is_one_of((OFFICER, KEEPER)):
        yield Wait(Message("web.home.outbox", count=at.outbox), "carry", at.outbox)


def appointing(at: Around) -> Iterator[Wait]:
    """People who have enrolled with a key, for whom the ledger says nothing yet."""
    if at.keys and at.is_one_of((KEEPER,)):
        yield Wait(Message("web.home.keys", count=at.keys), "members", at.keys)


SOURCES: tuple[Source, ...] = (
    beginning, signatures, files, answers, reviews, interviews, boards, own_moves, tasks, stages, families, background,
    carrying, appointing,
)  # fmt: skip


# --- reading ---------------------------------------------------------------------------------------------------------


def around(request: Asked) -> Around:
    """What has to be read of the node for whoever looks, and nothing that their role has no work with."""
    served, who = request.served, request.who
    with served.at(who) as at:
        state = at.node.seen_state()
        given = at.given
        return Around(
            who, served.node.role, state, given.now, schedule(state, lead_times()), tuple(signing.of_interest(at)),
            tuple(exports.exports(at)) if who.roles & set(exports.FITTING) else (),
            _reviews(at, state) if served.node.role == PARTY and OFFICER in who.roles else {}, _ended(who),
            len(drafts.drafts(given)) if OFFICER in who.roles else 0, len(at.node.outbox()),
            _keys(at, state) if who.keeper else 0,
        )  # fmt: skip


def _reviews(at: AtWeb, state: State) -> dict[str, Counter[str]]:
    numbers = [number for number, fact in state.registers.items() if at.node.member in fact.asked]
    return {number: Counter(each.waits for each in bench(at, number).order(at.who.name)) for number in numbers}


def _ended(who: Who) -> Counter[str]:
    found = Job.objects.filter(by=who.name, state__in=(jobs.DONE, jobs.REFUSED), ended__gte=timezone.now() - RECENT)
    return Counter(found.values_list("state", flat=True))


def _keys(at: AtWeb, state: State) -> int:
    """How many names have sent a key, and have no role in the ledger."""
    names = [name.removeprefix(keys.KEYS) for name in at.given.documents(keys.KEYS)]
    return sum(state.key_at(f"{at.node.member}/{name}", state.size) is None for name in names)
