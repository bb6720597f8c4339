"""A plan made over for each cause there is, by the commands that people use: what is done stays, nobody moves without
need, the difference is told in words, and nothing is in force before everybody has signed. Then a stage with vehicles
and families' loads at its desks, and a place that falls behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from repatria.deal.terms import decode_terms, encode_terms
from repatria.exchange import events
from repatria.exchange.commands import By
from repatria.exchange.events import Opaque, Sha256, Slug
from repatria.files.law import figures as law_figures
from repatria.files.locales import load_language
from repatria.handover import commands as handover
from repatria.ledger.canonical import decode
from repatria.office import Outcome
from repatria.plan import commands as planning
from repatria.plan.basis import basis_of
from repatria.plan.model import Part, Row, Unit
from repatria.plan.solve import Solution, solve
from repatria.report.language import CODES
from repatria.report.plan_document import told_changes
from repatria.report.plan_figures import Figures
from repatria.report.plan_reading import figures_of
from tests.audit.world import PARTIES, ROUND, SIGNATORIES, Round, World


@dataclass
class Revision:
    """A plan made over: the two documents, what the record was then, and the figures of the difference."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    figures: Figures
    unnecessary: list[str]

    @property
    def changes(self) -> dict[str, int]:
        return {each.kind: each.people for each in self.figures.changes or ()}

    def words(self, language: str = "en") -> list[str]:
        say = load_language(language)
        return [say.sentence(message) for message, _ in told_changes(self.figures)]


def slots(plan: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {n: (s["stage"], p["place"]) for s in plan["stages"] for p in s["places"] for n, _ in p["sequence"]}


def begun(**options: Any) -> Round:
    """Eight against eight over three days with room to spare; the first day's interviews are held."""
    usual: dict[str, Any] = {"north": 14, "south": 14, "totals": {"north": 8, "south": 8}, "days": 3, "seats": 5}
    return Round(World(), **(usual | options)).to_the_plan()


def first_day(story: Round, hook: Callable[[Round], None] = lambda story: None) -> Round:
    story.clearing("s1").open("s1").grant("s1").gate("s1")
    hook(story)
    story.hand_over("s1").return_rights("s1")
    return story.reconcile("s1")


def revised(story: Round) -> Revision:
    """Proposed by a mediator; not in force until both parties and a mediator have signed the same."""
    world = story.world
    then, previous = world.state.fork(), world.state.plan
    old = last_plan(world)
    world.command(planning.propose_plan, planning.ProposePlan(By("ankara")))
    name = planning.waiting_plan(world.state)
    assert name is not None
    plan = decode(world.attachments[name])
    for member in (*PARTIES, "ankara"):
        assert world.state.plan == previous
        request = planning.SignPlan(By(member, SIGNATORIES.get(member, ())), law_figures())
        world.command(planning.sign_plan, request)
    assert world.state.plan == name
    over = {name for name, stage in then.stages.items() if stage.opened is not None}
    received = {n for n, person in then.persons.items() if person.state == "received"}
    assert {n: at for n, at in slots(plan).items() if n in received} == {
        n: at for n, at in slots(old).items() if n in received and at[0] in over
    }
    return Revision(old, plan, figures_of(plan, then, world.attachments.get), unnecessary(story, then, plan))


def last_plan(world: World) -> Mapping[str, Any]:
    assert world.state.plan is not None
    plan: Mapping[str, Any] = decode(world.attachments[world.state.plan])
    return plan


def unnecessary(story: Round, then: Any, plan: Mapping[str, Any]) -> list[str]:
    """Whoever was moved though a plan that leaves them where they were would have moved fewer people: found by solving
    again with each of them held fast where they were, by a row and a mark of their own."""
    basis = basis_of(then, story.world.attachments.get)
    assert basis.progress is not None
    before, after = slots(basis.progress.previous), slots(plan)
    there = {(stage.stage, place.place) for stage in basis.terms.stages for place in stage.places}
    (kept,) = (level["value"] for level in plan["levels"] if level["name"] == "units kept in their slot")
    found = []
    for unit in basis.units:
        at = before.get(unit.number)
        out = basis.progress.done, basis.progress.gone, basis.progress.offered, basis.progress.again
        if at is None or at not in there or at[0] in out[0] or any(unit.number in each for each in out[1:]):
            continue
        if after.get(unit.number) == at:
            continue
        own = replace(basis.classes[unit.class_id], class_id="f" * 32, marks=("z",))
        units = [Unit(u.number, u.holder, "f" * 32, people=1) if u == unit else u for u in basis.units]
        held = Row("held", "stays", (Part(mark="z", stage=at[0], place=at[1]),), least=1)
        terms = replace(basis.terms, rows=(held,))
        again = solve(units, {**basis.classes, "f" * 32: own}, terms, progress=basis.progress, reasons=False)
        if isinstance(again, Solution) and again.levels[0].value > kept:
            found.append(unit.number)
    return found


# --- the seven causes -------------------------------------------------------------------------------------------------


def absence() -> Revision:
    story = begun()

    def not_brought(story: Round) -> None:
        number = Opaque(story.manifest("s1", holder="north")[-1])
        story.world.do("north/desk-bridge", events.PersonAbsent(Slug("s1"), Slug("bridge"), number, 1))

    return revised(first_day(story, not_brought))


def death() -> Revision:
    story = first_day(begun())
    number = Opaque(story.manifest("s2", holder="south")[-1])
    story.world.do("south", events.WithdrawnFromList(number, Sha256("5" * 64)))
    return revised(story)


def refusal() -> Revision:
    story = first_day(begun())
    declined = story.manifest("s2", holder="north")[-1:]
    story.words([n for n in story.manifest("s2") if n not in declined], declined, day="2025-12-09")
    return revised(story)


def substitution() -> Revision:
    story = begun()

    def another(story: Round) -> None:
        world, number = story.world, Opaque(story.manifest("s1", holder="north")[-1])
        right = world.state.persons[number].right
        assert right is not None
        assert right.presented is not None
        released = events.PersonReleased(Slug("s1"), Slug("bridge"), number, 1, None)
        name = world.do("north/desk-bridge", released, right.presented)
        world.do("south/desk-bridge", events.SubstitutionFound(Slug("s1"), Slug("bridge"), number, 1), name)

    return revised(first_day(story, another))


def failed_stage() -> Revision:
    story = begun(totals={"north": 6, "south": 6})
    story.clearing("s1").open("s1")
    story.world.do("north", events.StageAborted(Slug("s1"), Slug("bridge")))
    return revised(story)


def postponed_stage() -> Revision:
    return amended(later)


def changed_quota() -> Revision:
    return amended(lambda terms: replace(terms, totals={"north": 7, "south": 7}))


def refusal_then_postponed_stage() -> Revision:
    story = first_day(begun())
    declined = story.manifest("s2", holder="north")[-1:]
    story.words([n for n in story.manifest("s2") if n not in declined], declined, day="2025-12-09")
    return amended(later, story)


def later(terms: Any) -> Any:
    return replace(terms, stages=(*terms.stages[:2], replace(terms.stages[2], date="2025-12-20")))


def amended(change: Callable[[Any], Any], story: Round | None = None) -> Revision:
    story = first_day(begun()) if story is None else story
    world = story.world
    assert world.state.terms is not None
    terms = change(decode_terms(world.state.terms_text.encode()))
    event = events.TermsAmended(ROUND, world.attach(encode_terms(terms)), world.state.terms)
    world.all(PARTIES, event)
    return revised(story)


CAUSES: list[tuple[Callable[[], Revision], dict[str, int], list[str]]] = [
    (absence, {"again.absent": 1}, ["Were absent from a stage, and are planned again: 1 person."]),
    (death, {"withdrawn": 1, "added": 1}, ["Were taken off the list for a signed reason: 1 person.",
                                           "Go now, and had no place before: 1 person."]),
    (refusal, {"offered": 1}, ["Do not go, by the neutral's word; their places in the order stay, and count as"
                               " offered: 1 person."]),
    (substitution, {"again.substituted": 1}, ["Somebody else was brought in their stead, and they are planned again:"
                                              " 1 person."]),
    (failed_stage, {"again.other": 10}, ["Were not handed over in a stage that was held, and are planned again: 10"
                                         " people."]),
    (postponed_stage, {}, ["The terms have been amended since that plan.",
                           "Stage s3 is on 20 December instead of 12 December."]),
    (refusal_then_postponed_stage, {"offered": 1}, ["Do not go, by the neutral's word; their places in the order"
                                                    " stay, and count as offered: 1 person."]),
    (changed_quota, {"left": 2}, ["Had a place before, and have none now: 2 people."]),
]  # fmt: skip


@pytest.mark.parametrize(("cause", "changes", "told"), CAUSES, ids=[cause.__name__ for cause, *_ in CAUSES])
def test_what_is_executed_stays_nobody_moves_without_need_and_the_difference_is_told(
    cause: Callable[[], Revision], changes: dict[str, int], told: list[str]
) -> None:
    revision = cause()
    assert {kind: n for kind, n in revision.changes.items() if kind != "kept"} == changes
    assert revision.unnecessary == []
    assert revision.after["replaces"] is not None
    english = revision.words()
    assert [line for line in told if line not in english] == []
    for language in CODES:
        lines = revision.words(language)
        assert len(lines) == len(english)
        assert language == "en" or not set(lines) & set(english)


# --- vehicles at the desks, and a place that falls behind -------------------------------------------------------------

VANS = "".join(
    f'[[stages.places.vehicles]]\nvehicle = "{side}-{n}"\nside = "{side}"\nseats = {seats}\n'
    for side in PARTIES for n, seats in ((1, 2), (2, 2), (3, 2))
)  # fmt: skip


def test_a_desk_releases_a_vehicle_whole_or_waits_for_whoever_rides_in_it() -> None:
    story = begun(vehicles=VANS, totals={"north": 8, "south": 8}, seats=6)
    world = story.world
    at = world.state.stages["s1"].places["bridge"]
    loads = [at.manifest[first : first + people] for _, first, people in at.loads]
    mine = [load for load in loads if world.state.persons[load[0]].holder == "north"]
    assert max(map(len, mine)) == 2
    story.clearing("s1").open("s1")
    pair = next(load for load in mine if len(load) == 2)
    split = handover.grant(world.state, handover.Grant(By("north"), "s1", "bridge", "north/desk-bridge", pair[:1]),
                           world.given())  # fmt: skip
    assert isinstance(split, list)
    assert [problem.code for problem in split] == ["right.load"]
    story.grant("s1")
    story.gate("s1")
    desk = story.desk("north", "s1")
    part = handover.release(world.state, replace(desk, numbers=pair[:1]), world.given())
    assert isinstance(part, list)
    assert [problem.code for problem in part] == ["release.load"]
    one = handover.release(world.state, replace(desk, count=1), world.given())
    assert isinstance(one, Outcome)
    assert len(one.drafts) <= 1  # at most one, so that no load of two is torn apart
    shown = handover.manifest(world.state, desk, world.given())
    assert isinstance(shown, Outcome)
    assert {row["vehicle"] for row in shown.answer["loads"]} >= {"north-1", "south-1"}
    assert sum(row["people"] for row in shown.answer["loads"]) == len(at.manifest)
    world.do("north/desk-bridge", events.PersonAbsent(Slug("s1"), Slug("bridge"), pair[0], 1))
    alone = handover.release(world.state, replace(desk, numbers=pair[1:]), world.given())
    assert isinstance(alone, Outcome)  # who was not brought holds nobody up
    story.hand_over("s1")
    states = {world.state.persons[n].state for n in at.manifest}
    assert states == {"received", "absent"}


def test_a_place_that_closes_at_noon_is_planned_again_and_nobody_else_is_touched() -> None:
    story = begun(places=("bridge", "pier"), seats=3, bound=1, days=3)
    world = story.world
    planned = last_plan(world)
    running, late = ([n for n, at in slots(planned).items() if at == ("s1", place)] for place in story.places)
    assert running
    assert late
    story.clearing("s1").open("s1").grant("s1", "bridge").gate("s1", "bridge")  # nothing is granted at the pier
    world.command(handover.release, story.desk("north", "s1", "bridge"))
    world.do("south", events.StageAborted(Slug("s1"), Slug("pier")))
    revision = revised(story)
    was, now = slots(planned), slots(revision.after)
    assert {n for n in was if was[n] != now.get(n)} == set(late)
    assert revision.unnecessary == []
    assert {now[n][0] for n in late} <= {"s2", "s3"}
    story.hand_over("s1", "bridge").return_rights("s1", "bridge")  # on the rights that were out, within its own bound
    assert {world.state.persons[n].state for n in running} == {"received"}
    story.reconcile("s1", "bridge")
    for n in (2, 3):
        story.stage(f"s{n}")
    assert {world.state.persons[n].state for n in was} == {"received"}
