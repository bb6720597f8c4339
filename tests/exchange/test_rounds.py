"""Several rounds under one agreement, and terms amended within a round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from repatria.audit.ledger import Run
from repatria.deal.terms import PlaceTerms, StageTerms, Terms, encode_terms
from repatria.exchange.counting import accounts, balance_ahead
from repatria.exchange.documents import Plan, PlanPlace, PlanStage, write
from repatria.exchange.events import (
    ClauseAgreed,
    ClauseProposed,
    Cleared,
    Day,
    Event,
    Opaque,
    PlanProposed,
    PlanRevised,
    PlanSigned,
    RoundActivated,
    RoundClosed,
    Sha256,
    Slug,
    StageOpened,
    StageReconciled,
    TermsAmended,
    TermsSigned,
)
from repatria.exchange.planning import seed_of
from repatria.exchange.state import Verdict
from repatria.ledger.log import LogReading
from tests.exchange.invariants import check
from tests.exchange.world import (
    CROSS,
    GULF,
    MEDIATORS,
    MEMBERS,
    NORTH,
    PARTIES,
    ROUND,
    SOUTH,
    World,
    commit_event,
    final_list,
    freeze_of,
    hold,
    list_event,
    number_of,
    reconciliation,
    reveal_event,
    terms_of,
    world_at,
)

SECOND = Slug("2025-2")
LATER = StageTerms("t1", "2025-12-20", "school", (PlaceTerms("bridge", 1, {"north": 9, "south": 9}),))


def first_round_closed() -> World:
    """Two of each side are home; one of each stays on the list, and nobody was planned for them."""
    world = world_at("reconciled", spare=1)
    world.all_must(MEMBERS, RoundClosed(ROUND, accounts(world.state)))
    return world


def second_terms(world: World) -> Terms:
    return replace(terms_of(world.scenario), round=SECOND, totals={"north": 1, "south": 1}, stages=(LATER,), bound=1)


def agree_totals(world: World, **totals: int) -> None:
    for party, total in totals.items():
        clause = Slug(f"total-{party}")
        world.must(GULF, ClauseProposed(Slug(world.state.round), clause, total))
        world.all_must(PARTIES, ClauseAgreed(Slug(world.state.round), clause, total))


def begin_second(world: World) -> None:
    world.all_must((*PARTIES, GULF), RoundActivated(SECOND, Day("2025-12-31")))
    agree_totals(world, north=1, south=1)
    world.all_must(PARTIES, TermsSigned(SECOND, world.attach(encode_terms(second_terms(world)))))


def list_again(world: World) -> None:
    """Whoever is left over stands on the new lists under the same number, for the same sought row."""
    for holder in PARTIES:
        listed = final_list(world, holder)
        left = tuple(row for row in listed.rows if world.state_of(row.number) == "listed")
        world.all_must(PARTIES, replace(list_event(world, replace(listed, rows=left)), round=SECOND))


def plan(world: World, replaces: str | None = None) -> Event:
    assert world.state.draw is not None
    assert world.state.terms is not None
    numbers = tuple((number_of(p, 2), p) for p in PARTIES)
    stages = (PlanStage(Slug("t1"), Day("2025-12-20"), (PlanPlace(Slug("bridge"), 1, numbers),)),)
    lists = {holder: fact.list for holder, fact in world.state.lists.items()}
    made = Plan(
        Slug(world.state.round), world.state.terms, lists, world.state.draw.freeze,
        Sha256(seed_of(world.state) or ""), None if replaces is None else Sha256(replaces), stages, (),
    )  # fmt: skip
    name = world.attach(write(made))
    if replaces is not None:
        return PlanRevised(Slug(world.state.round), name, Sha256(replaces))
    return PlanProposed(Slug(world.state.round), name)


def draw(world: World) -> None:
    drawing = (*PARTIES, *MEDIATORS)
    table = tuple((party, "1", "1", 1) for party in PARTIES)
    freeze = replace(freeze_of(world), table=table)
    for member in drawing:
        world.must(member, replace(commit_event(world, member, freeze), round=Slug(world.state.round)))
    hold(world)
    for member in drawing:
        world.must(member, reveal_event(world, member))


def sign_plan(world: World, proposal: Event) -> None:
    assert isinstance(proposal, PlanProposed | PlanRevised)
    world.must(GULF, proposal)
    world.all_must((*PARTIES, GULF), PlanSigned(proposal.round, proposal.plan))


def hand_over(world: World) -> None:
    numbers = [number_of(p, 2) for p in PARTIES]
    world.must("cross/visitor", Cleared(Slug("camp"), Day("2025-12-18"), tuple(sorted(numbers))))
    assert world.state.plan is not None
    world.all_must((*PARTIES, GULF), StageOpened(Slug(world.state.round), Slug("t1"), world.state.plan))
    for number in numbers:
        world.grant([number], stage="t1")
    world.present(numbers, stage="t1")
    world.release(numbers[0])
    receipt = world.receive(numbers[0])
    world.release(numbers[1], receipt)
    world.receive(numbers[1])


def told(world: World) -> list[str]:
    """What the second opinion says, but for plans and freezes that nobody solved."""
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    unsolved = {"audit.plan.fair", "audit.draw.chances", "audit.attachments.form"}
    found = [*run.problems, *run.watch.problems, *run.draw.problems]
    return [str(problem) for problem in found if problem.code not in unsolved]


def test_a_second_round_brings_home_who_was_left_over() -> None:
    world = first_round_closed()
    begin_second(world)
    assert balance_ahead(world.state) == {"north": 0, "south": 0}
    list_again(world)
    draw(world)
    sign_plan(world, plan(world))
    hand_over(world)
    check(world.state)
    assert set(world.states().values()) == {"received"}
    world.all_must((*PARTIES, CROSS), reconciliation(world, "t1"))
    closing = RoundClosed(SECOND, accounts(world.state))
    assert sum(account.people for account in closing.accounts) == 2  # the first round has its own accounts
    world.all_must(MEMBERS, closing)
    assert [past.round for past in world.state.rounds] == [ROUND]
    assert told(world) == []


def test_a_stage_of_the_first_round_is_reconciled_by_its_own_terms_for_ever() -> None:
    """The second round's ratio says nothing of the first round's stages."""
    world = first_round_closed()
    before = reconciliation(world, "s1")
    begin_second(world)
    assert reconciliation(world, "s1") == before
    assert world.state.stages["s1"].totals == {"north": 2, "south": 2}


def test_nobody_who_has_gone_comes_on_a_list_again() -> None:
    world = first_round_closed()
    begin_second(world)
    listed = final_list(world, NORTH)
    again = replace(list_event(world, listed), round=SECOND)
    assert world.say(NORTH, again).rule == "list.number"
    assert world.say(NORTH, replace(again, list=listed_anew(world))).rule == "list.again"


def listed_anew(world: World) -> Sha256:
    """The same sought rows under other numbers."""
    listed = final_list(world, NORTH)
    rows = [replace(row, number=Opaque(f"{i:032x}")) for i, row in enumerate(listed.rows)]
    return world.attach(write(replace(listed, rows=tuple(rows))))


def test_a_round_has_one_name_and_its_stages_theirs() -> None:
    world = first_round_closed()
    assert world.copy().say(NORTH, RoundActivated(ROUND, Day("2025-12-31"))).rule == "round.used"
    world.all_must((*PARTIES, GULF), RoundActivated(SECOND, Day("2025-12-31")))
    agree_totals(world, north=1, south=1)
    reused = replace(second_terms(world), stages=(replace(LATER, stage="s1"),))
    assert world.say(NORTH, TermsSigned(SECOND, world.attach(encode_terms(reused)))).rule == "terms.stage"


# --- amendments -------------------------------------------------------------------------------------------------------


def amend(world: World, author: str = NORTH, **changed: object) -> Verdict:
    assert world.state.terms is not None
    terms = replace(terms_of(world.scenario), **changed)  # type: ignore[arg-type]
    return world.say(author, TermsAmended(ROUND, world.attach(encode_terms(terms)), world.state.terms))


def amended(world: World, **changed: object) -> None:
    assert world.state.terms is not None
    terms = replace(terms_of(world.scenario), **changed)  # type: ignore[arg-type]
    event = TermsAmended(ROUND, world.attach(encode_terms(terms)), world.state.terms)
    world.all_must(PARTIES, event)


def test_terms_are_amended_by_all_parties_and_the_plan_is_made_again() -> None:
    world = world_at("reconciled", spare=1)
    totals = {"north": 3, "south": 3}
    amended(world, totals=totals, stages=(*terms_of(world.scenario).stages, LATER))
    assert world.state.clauses["total-north"].value == 3
    plan_before = world.state.plan
    sign_plan(world, plan(world, plan_before))
    hand_over(world)
    assert set(world.states().values()) == {"received"}
    assert told(world) == []


def test_before_a_plan_an_amendment_asks_for_a_new_draw() -> None:
    world = world_at("drawn", spare=1)
    amended(world, stages=(replace(terms_of(world.scenario).stages[0], date="2025-12-11"),))
    assert world.state.draw is None
    assert told(world) == []


def test_one_party_alone_amends_nothing() -> None:
    world = world_at("terms")
    before = world.state.terms
    assert amend(world, chance_days=5).applied
    assert world.state.terms == before
    assert amend(world, SOUTH, chance_days=5).rule == "amend.replaces" or world.state.terms != before


@pytest.mark.parametrize(
    ("phase", "changed", "rule"),
    [
        ("received", {"chance_days": 5}, "amend.stage_open"),
        ("reconciled", {"stages": (LATER,)}, "amend.opened"),
        ("terms", {}, "amend.replaces"),
        ("terms", {"neutral": "gulf"}, "terms.neutral"),
        ("terms", {"sides": {"north": ("south",), "south": ("north",)}}, "terms.form"),
    ],
)
def test_an_amendment_that_touches_what_is_open_or_was_opened_is_refused(
    phase: str, changed: dict[str, object], rule: str
) -> None:
    assert amend(world_at(phase), **changed).rule == rule
    assert amend(world_at("reconciled"), stages=(*terms_of(world_at("terms").scenario).stages, LATER)).applied


def test_figures_of_an_opened_stage_stay_whatever_is_amended() -> None:
    world = world_at("reconciled", spare=1)
    figures = reconciliation(world, "s1")
    amended(world, totals={"north": 3, "south": 3}, stages=(*terms_of(world.scenario).stages, LATER))
    assert isinstance(figures, StageReconciled)
    assert reconciliation(world, "s1") == figures
