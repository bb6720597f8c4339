"""Stages: who is on which manifest, opening them, rights for desks, and the handover as it goes on.

People are told in numbers of people; by their own number only where somebody has to settle what became of them. What
desks signed comes in as a file, as by `repatria sync desk`. Each act is what a verb of `repatria stage` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache

from repatria.cli import acting
from repatria.exchange import commands as said
from repatria.exchange import events
from repatria.exchange.authority import DESK, MEDIATOR, NEUTRAL, OFFICER, PARTY, SIGNATORY, SUPERVISOR, WITH_A_SAY
from repatria.exchange.counting import standings, tallies
from repatria.exchange.moves import moves
from repatria.exchange.person import (
    ABSENT,
    LISTED,
    NOT_GOING,
    RECEIVED,
    RELEASED,
    RIGHT_OUT,
    SUBSTITUTED,
    UNCONFIRMED,
    WITHDRAWN,
    WITHHELD,
)
from repatria.exchange.state import PlaceFact, StageFact, State
from repatria.files import law
from repatria.handover import commands
from repatria.message import Day, Message, Name
from repatria.office import Done
from repatria.problem import Problem, Problems
from repatria.report.status import what_of
from repatria.store.desk import read_entries
from repatria.sync.bundle import unpack
from repatria.sync.folder import SyncReport, take_desk
from repatria.web.access import PAGES, Asked, may_open, on_record, page
from repatria.web.acting import act
from repatria.web.pages.carry import counts_of, uploaded
from repatria.web.progress import Bar, picture
from repatria.web.served import KEEPER, AtWeb
from repatria.web.uploads import folder_in_memory

READERS = (OFFICER, SIGNATORY, SUPERVISOR, KEEPER)
# In the order in which a bar is drawn: done, on the way, open, and whatever ended otherwise.
COLUMNS: dict[str, tuple[str, ...]] = {
    "received": (RECEIVED,), "between": (RELEASED,), "unconfirmed": (UNCONFIRMED,), "to-come": (RIGHT_OUT,),
    "without": (LISTED, WITHHELD, WITHDRAWN), "absent": (ABSENT, SUBSTITUTED), "not-going": (NOT_GOING,),
}  # fmt: skip
_DESK_FOLDER = ("desk.json", "journal", "log")  # what of a desk's folder is read: no key, no name
Act = Callable[[AtWeb, str, str, Any], "Done | list[Problem]"]


@page("stages/", name="stages", roles=READERS)
@never_cache
def stages(request: Asked) -> HttpResponse:
    """Every stage with its day, its places, and how far it is."""
    return _all(request)


@page("stages/desk/", name="stages-desk", roles=(OFFICER, KEEPER), members=WITH_A_SAY)
def desk(request: Asked) -> HttpResponse:
    """What a desk signed or heard comes in, from its folder as a zip."""
    if request.method != "POST":
        return redirect("stages")
    try:
        report = _of_desk(request)
    except Problems as error:
        return _all(request, problems=error.problems)
    on_record(request.who, "stages-desk", True)
    return _all(request, counts_of(report.counts), report.problems)


def _of_desk(request: Asked) -> SyncReport:
    data = uploaded(request, "bundle.absent", "choose the desk's folder as a zip")
    with folder_in_memory() as folder:
        unpack(data, folder, _DESK_FOLDER)
        entries = read_entries(folder)
        with request.served.at(request.who) as at:
            return take_desk(at.node, entries, at.given.now)


def _all(request: Asked, counts: Any = None, problems: Any = ()) -> HttpResponse:
    state = request.served.state()
    rows = []
    for name, stage in sorted(state.stages.items(), key=lambda item: (item[1].date, item[0])):
        people = Counter[str]()
        for place in stage.places:
            for each in standings(state, name, place).values():
                people.update(each)
        rows.append({
            "slug": name, "name": Name(name), "day": Day(stage.date, full=True), "standing": _standing(stage),
            "places": tuple(map(Name, sorted(stage.places))), "people": people.total(), "received": people[RECEIVED],
            "unconfirmed": people[UNCONFIRMED],
        })  # fmt: skip
    return render(
        request, "web/stages.html",
        {"rows": rows, "counts": counts, "problems": list(problems),
         "may_bring": may_open(PAGES["stages-desk"], request.who, request.served.node.role)},
        status=400 if problems and counts is None else 200,
    )  # fmt: skip


def _standing(stage: StageFact) -> str:
    if stage.opened is None:
        return "planned"
    over = all(place.reconciled or place.aborted for place in stage.places.values())
    return "over" if over else "open"


@page("stages/<slug:stage>/", name="stage", roles=READERS)
@never_cache
def one(request: Asked, stage: str) -> HttpResponse:
    """One stage: how far it is, place by place, and what this person can do about it."""
    return _shown(request, stage)


@page("stages/<slug:stage>/now/", name="stage-now", roles=READERS)
@never_cache
def now(request: Asked, stage: str) -> HttpResponse:
    """How far it is, alone, for a script that asks every few seconds; anybody else gets the page."""
    if not request.headers.get("HX-Request"):
        return redirect("stage", stage)
    state = request.served.state()
    return render(request, "web/stage_now.html", _progress(request, state, stage, stage_of(state, stage)))


def _shown(request: Asked, name: str, problems: Collection[Problem] = ()) -> HttpResponse:
    state = request.served.state()
    stage = stage_of(state, name)
    role, own = request.served.node.role, request.served.member
    may = {each.removeprefix("stage-"): may_open(PAGES[each], request.who, role) for each in _ACTS}
    return render(request, "web/stage.html", {
        **_progress(request, state, name, stage), "problems": list(problems), "given": request.POST, "may": may,
        "may_any": any(may[each] for each in may if each != "open"),
        "places": [_place(state, own, name, each, fact) for each, fact in sorted(stage.places.items())],
        "may_desks": may_open(PAGES["stage-desks"], request.who, role),
        "waits": [what_of(state, each) for each in moves(state) if own in each.who and each.on[:1] == (name,)],
    }, status=409 if problems else 200)  # fmt: skip


def stage_of(state: State, name: str) -> StageFact:
    stage = state.stages.get(name)
    if stage is None:
        raise Http404
    return stage


def _progress(request: Asked, state: State, name: str, stage: StageFact) -> dict[str, Any]:
    """The figures of each place and direction, as rows of a table and as a picture."""
    rows, bars = [], []
    for place in sorted(stage.places):
        for (holder, to), states in standings(state, name, place).items():
            by_column = [(column, sum(states.get(each, 0) for each in of)) for column, of in COLUMNS.items()]
            counts = dict(by_column)
            rows.append({
                "place": Name(place), "holder": Name(holder), "to": Name(to), "agreed": sum(states.values()),
                "released": counts["received"] + counts["between"] + states.get(SUBSTITUTED, 0),
                "columns": [n for _, n in by_column],
            })  # fmt: skip
            way = Message("web.stages.way", {"place": Name(place), "holder": Name(holder), "to": Name(to)})
            bars.append(Bar(request.words.say(way), tuple(by_column)))
    alt = request.words.say(Message("web.stages.picture", {"stage": Name(name)}))
    standing = _standing(stage)
    return {
        "slug": name, "name": Name(name), "day": Day(stage.date, full=True), "standing": standing, "rows": rows,
        "columns": [(column, Message(f"web.stages.column.{column}")) for column in COLUMNS], "live": standing == "open",
        "picture": SafeString(picture(bars, alt, request.words.direction == "rtl")),  # escaped where it was made
    }


def _place(state: State, own: str, stage: str, place: str, fact: PlaceFact) -> dict[str, Any]:
    people = [state.persons[number] for number in fact.manifest]
    rights = [p.right for p in people if p.right is not None and (p.right.stage, p.right.place) == (stage, place)]
    open_ = {str(right.holder) for right in rights if right.out or (right.released and not right.receipts)}
    desks = [
        author for author, grants in sorted(state.keys.items())
        if author.startswith(own + "/") and grants[-1].role == DESK and grants[-1].place == place
    ]  # fmt: skip
    return {
        "slug": place, "name": Name(place), "open": not (fact.reconciled or fact.aborted),
        "aborted": fact.aborted, "reconciled": fact.reconciled, "desks": desks, "holders": sorted(open_),
        "unconfirmed": [str(p.number) for p in people if p.state == UNCONFIRMED],
        "tallies": [(Name(str(each.holder)), each) for each in tallies(state, stage, place)],
    }  # fmt: skip


# --- acting ----------------------------------------------------------------------------------------------------------

_ACTS: dict[str, Callable[..., HttpResponse]] = {}


def _acting(
    path: str, roles: Collection[str] = (OFFICER,), members: Collection[str] = (PARTY,)
) -> Callable[[Act], Act]:
    """Makes an address of an act: POST does it and goes back to the stage, which shows what is wrong."""
    name = f"stage-{path}"

    def register(do: Act) -> Act:
        def view(request: Asked, stage: str) -> HttpResponse:
            stage_of(request.served.state(), stage)
            if request.method != "POST":
                return redirect("stage", stage)
            place = request.POST.get("place", "")
            what = Message(f"web.stages.do.{path}", {"stage": Name(stage), "place": Name(place)})
            answer = act(request, lambda at: do(at, stage, place, request.POST), reverse("stage", args=[stage]), what)
            return _shown(request, stage, answer) if isinstance(answer, list) else answer

        _ACTS[name] = page(f"stages/<slug:stage>/{path}/", name=name, roles=roles, members=members)(view)
        return do

    return register


@_acting("open", members=WITH_A_SAY)
def open_(at: AtWeb, stage: str, place: str, given: Any) -> Done | list[Problem]:
    return at.run(commands.open_stage, commands.OpenStage(acting.alone(at), stage, law.figures()))


@_acting("grant")
def grant(at: AtWeb, stage: str, place: str, given: Any) -> Done | list[Problem]:
    to, numbers = given.get("to", "").strip(), tuple(given.get("numbers", "").split())
    return at.run(commands.grant, commands.Grant(acting.alone(at), stage, place, to, numbers))


@_acting("dark", members=(PARTY, MEDIATOR))
def dark(at: AtWeb, stage: str, place: str, given: Any) -> Done | list[Problem]:
    event = events.Unconfirmed(events.Slug(stage), events.Slug(place), events.Author(given.get("desk", "")))
    return at.run(said.say, said.Say(acting.alone(at), event))


@_acting("confirm", roles=(SUPERVISOR,))
def confirm(at: AtWeb, stage: str, place: str, given: Any) -> Done | list[Problem]:
    by = acting.delegate(at, SUPERVISOR)
    number, outcome = given.get("number", ""), given.get("outcome", "")
    return at.run(commands.confirm, commands.Confirm(by, stage, place, number, outcome))


@_acting("reconcile", members=(PARTY, NEUTRAL))
def reconcile(at: AtWeb, stage: str, place: str, given: Any) -> Done | list[Problem]:
    return at.run(commands.reconcile, commands.Reconcile(acting.alone(at), stage, place))


@_acting("abort", roles=(OFFICER, SUPERVISOR), members=(PARTY, MEDIATOR))
def abort(at: AtWeb, stage: str, place: str, given: Any) -> Done | list[Problem]:
    if given.get("sure") != "yes":
        what, do = "breaking a place off cannot be taken back", "tick the box that says so, and ask again"
        return [Problem("stage.sure", place, what, do)]
    event = events.StageAborted(events.Slug(stage), events.Slug(place))
    return at.run(said.say, said.Say(acting.alone(at), event))
