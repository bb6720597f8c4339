"""Signatures that the terms ask for besides those that every exchange needs: of a guarantor, a host, a neutral.

Each act waits for them, whoever is not asked has no part in it, and the second reading of the ledger says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from repatria.audit.ledger import Run
from repatria.deal.terms import Disclosure, encode_terms
from repatria.exchange import assent
from repatria.exchange.counting import accounts, tallies
from repatria.exchange.events import (
    Opaque,
    PlanSigned,
    RegisterCommitted,
    RegisterDisclosed,
    RoundClosed,
    Slug,
    StageReconciled,
    TermsAmended,
    TermsSigned,
)
from repatria.exchange.moves import moves
from repatria.ledger.log import LogReading
from tests.exchange import wide
from tests.exchange.test_parties import hand_over
from tests.exchange.wide import GUARD, HOST, PARTIES, PLACE, SIDES, STAGE, Wide, in_turn, list_event, list_of, wide_at
from tests.exchange.world import (
    CROSS,
    GULF,
    MEDIATORS,
    NORTH,
    ROUND,
    SOUTH,
    STRAITS,
    World,
    opaque,
    sha,
    stage_opened,
    world_at,
)
from tests.exchange.world import terms_of as small_terms

ASKED = {
    "terms": (GUARD,), "final_list": (CROSS,), "plan": (HOST,), "stage_open": (HOST,), "round_close": (GUARD,)
}  # fmt: skip


def asking(**changed: Any) -> Wide:
    """The exchange when its clauses are agreed, and terms that ask for these signatures are to be signed."""
    world = wide_at("opened")
    world.changed = {"signatures": ASKED, **changed}
    return world


def terms_event(world: Wide) -> TermsSigned:
    """The event by which terms are signed; the totals are agreed on the way."""
    signed = wide.terms_of(world)
    for side, total in signed.totals.items():
        world.must(GULF, wide.ClauseProposed(ROUND, Slug(f"total-{side}"), total))
        world.all_must(PARTIES, wide.ClauseAgreed(ROUND, Slug(f"total-{side}"), total))
    return TermsSigned(ROUND, world.attach(encode_terms(signed)))


def in_force(world: Wide) -> Wide:
    event = terms_event(world)
    world.all_must((*PARTIES, *wide.terms_of(world).besides("terms")), event)
    return world


def who(world: Wide, code: str) -> tuple[str, ...]:
    return next((move.who for move in moves(world.state) if move.code == code), ())


def second_opinion(world: World) -> list[str]:
    reading = LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b"")
    run = Run(reading)
    run.all(lambda what, done, total: None)
    unsolved = {"audit.plan.fair", "audit.draw.chances", "audit.attachments.form"}  # nobody solved this plan
    problems = [*run.problems, *run.watch.problems, *run.draw.problems, *run.consulted.problems]
    return [problem.code for problem in problems if problem.code not in unsolved]


def test_terms_come_into_force_when_the_guarantor_has_signed_them_too() -> None:
    world = asking()
    event = terms_event(world)
    world.all_must(PARTIES, event)
    assert world.state.terms is None
    assert who(world, "sign-terms") == (GUARD,)
    world.must(GUARD, event)
    assert world.state.terms == event.terms
    assert who(world, "sign-terms") == ()
    assert second_opinion(world) == []


def test_terms_that_ask_for_nobody_are_in_force_with_the_parties_and_a_guarantor_may_still_sign() -> None:
    world = asking(signatures={})
    event = terms_event(world)
    world.all_must(PARTIES[:-1], event)
    world.must(GUARD, event)
    assert world.state.terms is None
    world.must(PARTIES[-1], event)
    assert world.state.terms == event.terms
    assert second_opinion(world) == []


def test_nobody_whom_the_terms_ask_can_be_left_out_by_an_amendment_that_asks_for_nobody() -> None:
    world = in_force(asking())
    assert world.state.terms is not None
    without = encode_terms(replace(wide.terms_of(world), signatures={}))
    event = TermsAmended(ROUND, world.attach(without), world.state.terms)
    world.all_must(PARTIES, event)
    assert world.state.terms != event.terms
    assert who(world, "sign-amendment") == (GUARD,)
    world.must(GUARD, event)
    assert world.state.terms == event.terms
    assert second_opinion(world) == []


def listed(world: Wide) -> Wide:
    wide.answered(world)
    for holder in PARTIES:
        world.all_must((*PARTIES, *ASKED["final_list"]), list_event(world, list_of(world, holder)))
    return world


def test_a_final_list_waits_for_whoever_the_terms_ask_and_nobody_else_signs_it() -> None:
    world = in_force(asking())
    wide.answered(world)
    event = list_event(world, list_of(world, "east"))
    assert world.say(CROSS, event).rule == "asked.first"  # a party offers a list, nobody else
    world.all_must(PARTIES, event)
    assert "east" not in world.state.lists
    assert CROSS in next(move.who for move in moves(world.state) if (move.code, move.on) == ("sign-list", ("east",)))
    assert world.say(HOST, event).rule == "asked.member"
    world.must(CROSS, event)
    assert world.state.lists["east"].list == event.list
    assert second_opinion(world) == []


def test_a_party_that_signs_the_same_list_with_other_rows_keeps_nobody_from_signing_the_first() -> None:
    world = in_force(asking())
    wide.answered(world)
    event = list_event(world, list_of(world, "east"))
    world.all_must(PARTIES, event)
    world.must("west", replace(event, sealed=sha("other sealed rows")))
    world.must(CROSS, event)
    assert world.state.lists["east"].list == event.list


def test_an_exchange_in_which_every_act_asks_for_somebody_runs_to_its_close() -> None:
    world = listed(in_force(asking()))
    event = _plan_event(world)
    world.all_must((*PARTIES, GULF), event)
    assert (world.state.plan, who(world, "sign-plan")) == (None, (HOST,))
    assert world.say(CROSS, event).rule == "asked.member"
    world.must(HOST, event)
    assert world.state.plan == event.plan
    opening = stage_opened(world, STAGE)
    world.all_must((*PARTIES, STRAITS), opening)
    assert world.state.stages[STAGE].opened is None
    assert world.say(GUARD, opening).rule == "asked.member"
    world.must(HOST, opening)
    assert world.state.stages[STAGE].opened is not None
    for holder in PARTIES:
        held = [Opaque(n) for n, person in sorted(world.state.persons.items()) if person.holder == holder]
        world.grant(held, stage=STAGE, place=PLACE)
    world.present([Opaque(n) for n in sorted(world.state.persons)], STAGE, PLACE)
    answers: dict[str, list[str]] = {side: [] for side in SIDES}
    for number in in_turn(world):
        person = world.state.persons[number]
        receipt = hand_over(world, number, *(answers[person.side] if person.counts else ()))
        answers[next(side for side in SIDES if side != person.side)].append(receipt)
    world.all_must((*PARTIES, CROSS), StageReconciled(STAGE, PLACE, tallies(world.state, STAGE, PLACE)))
    closing = RoundClosed(ROUND, accounts(world.state))
    assert set(who(world, "close-round")) == {*PARTIES, *MEDIATORS, CROSS, HOST, GUARD}
    world.all_must((*PARTIES, *MEDIATORS, CROSS, HOST), closing)
    assert world.state.round_open
    assert who(world, "close-round") == (GUARD,)
    world.must(GUARD, closing)
    assert not world.state.round_open
    assert second_opinion(world) == []


def _plan_event(world: Wide) -> PlanSigned:
    """Everything up to the proposal of the plan that `wide.planned` makes."""
    said: list[PlanSigned] = []
    all_must = world.all_must

    def stop_at_signatures(authors: Any, event: Any) -> None:
        if isinstance(event, PlanSigned):
            said.append(event)
        else:
            all_must(authors, event)

    world.all_must = stop_at_signatures  # type: ignore[method-assign]
    wide.planned(world)
    world.all_must = all_must  # type: ignore[method-assign]
    return said[0]


@pytest.mark.parametrize(
    "signatures",
    [{"plan": ("nobody",)}, {"terms": ("stranger",)}],
)
def test_terms_that_ask_for_a_signature_that_nobody_can_give_are_refused(signatures: Mapping[str, Any]) -> None:
    world = asking(signatures=signatures)
    assert world.say("east", terms_event(world)).rule == "terms.members"


def test_the_second_opinion_does_not_rest_on_the_rule_that_refuses_the_unasked(monkeypatch: Any) -> None:
    """A fold that lets anybody sign is found out by the audit."""
    monkeypatch.setattr(assent, "check_asked", lambda *args: None)
    world = in_force(asking(signatures={}))
    wide.answered(world)
    world.must(HOST, list_event(world, list_of(world, "east")))
    assert second_opinion(world) == ["audit.authority.unasked"]


def test_the_second_opinion_does_not_take_terms_for_in_force_without_a_signature_that_they_ask_for(
    monkeypatch: Any,
) -> None:
    """A fold that forgets the guarantor has terms in force; the second reading has none, and says so."""
    world = asking()
    event = terms_event(world)
    monkeypatch.setattr("repatria.deal.terms.Terms.besides", lambda self, act: ())
    world.all_must(PARTIES, event)
    assert world.state.terms == event.terms
    wide.answered(world)
    world.all_must(PARTIES, list_event(world, list_of(world, "east")))
    assert "audit.lists.terms" in second_opinion(world)


# --- how many of a member's signatories -------------------------------------------------------------------------------


def three_of_north(monkeypatch: pytest.MonkeyPatch | None = None) -> World:
    """Terms in force that ask for three of north's signatories, where its own quorum is two."""
    world = world_at("clauses")
    terms = encode_terms(replace(small_terms(world.scenario), quorums={"north": 3}))
    event = TermsSigned(ROUND, world.attach(terms))
    if monkeypatch is not None:
        monkeypatch.setattr(assent, "check_quorum", lambda *given: None)
    world.must(NORTH, event, 2 if monkeypatch is not None else 3)
    world.must(SOUTH, event)
    return world


def test_terms_raise_the_number_of_a_members_signatories_for_what_they_bind() -> None:
    world = three_of_north()
    assert world.state.terms is not None
    other = encode_terms(replace(small_terms(world.scenario), answers_due="2025-12-04"))
    event = TermsAmended(ROUND, world.attach(other), world.state.terms)  # which asks for two again
    assert world.say(NORTH, event, 2).rule == "asked.quorum"
    world.must(NORTH, event, 3)
    world.must(SOUTH, event, 2)
    assert world.state.terms == event.terms
    assert second_opinion(world) == []
    again = TermsAmended(ROUND, world.attach(encode_terms(small_terms(world.scenario))), event.terms)
    assert world.say(NORTH, again, 2).applied


def test_the_second_opinion_counts_signatories_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert second_opinion(three_of_north()) == []
    assert second_opinion(three_of_north(monkeypatch)) == ["audit.authority.signatories"]


# --- to whom a register of the sought is shown ------------------------------------------------------------------------


def sought(world: Wide, seeker: str) -> Opaque:
    register = opaque(f"wide register of {seeker}")
    world.must(seeker, RegisterCommitted(register, Slug("sought"), 1, 1, sha("root")))
    return register


@pytest.mark.parametrize(
    ("to", "allowed", "refused"),
    [
        (("holder",), ("west", "gora"), ("fara", CROSS, GULF)),
        (("neutral",), (CROSS,), ("west", GULF)),
        (("holder", "neutral"), ("west", CROSS), ("fara", GULF)),
        (("gulf",), (GULF,), ("west", CROSS)),
    ],
)
def test_a_register_of_the_sought_is_shown_to_those_of_the_terms_and_to_nobody_else(
    to: tuple[str, ...], allowed: tuple[str, ...], refused: tuple[str, ...]
) -> None:
    world = in_force(asking(disclosure=Disclosure(to, ("family_name",))))
    register = sought(world, "east")
    for reader in refused:
        event = RegisterDisclosed(register, (Slug(reader),), sha("sealed"))
        assert world.say("east", event).rule == "register.beyond_terms"
        mixed = RegisterDisclosed(register, (Slug(allowed[0]), Slug(reader)), sha("sealed"))
        assert world.say("east", mixed).rule == "register.beyond_terms"
    world.must("east", RegisterDisclosed(register, tuple(map(Slug, allowed)), sha("sealed")))
    assert second_opinion(world) == []


def test_the_second_opinion_finds_a_register_shown_beyond_the_terms(monkeypatch: Any) -> None:
    world = in_force(asking(disclosure=Disclosure(("neutral",), ("family_name",))))
    register = sought(world, "east")
    monkeypatch.setattr("repatria.deal.terms.Terms.may_read", lambda self, owner, member: True)
    world.must("east", RegisterDisclosed(register, (Slug("west"),), sha("sealed")))
    assert second_opinion(world) == ["audit.lists.disclosed"]
