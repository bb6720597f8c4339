"""Each rule of the consultation is broken on purpose, by a fold that lets it through; the second opinion finds it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from repatria.deal.terms import decode_terms, encode_terms
from repatria.exchange import consulting, events, rules
from repatria.exchange.consulting import offer_commitment
from repatria.exchange.events import Day, Sha256, Slug
from repatria.exchange.state import Attachments, Fact, Refuse, State
from repatria.report.audit_texts import told
from tests.audit.test_invariants import again, audit, codes
from tests.audit.world import ROUND, Round, World

SALT = Sha256("6" * 64)
SEATS = Slug("seats")


@cache
def agreed() -> World:
    return Round(World()).opening().consulting().world


def carried(world: World, value: int = 3) -> Sha256:
    bound = offer_commitment(bytes.fromhex(SALT), world.state.exchange, ROUND, SEATS, "north", value)
    return Sha256(world.do("gulf", events.OfferCarried(ROUND, SEATS, Slug("south"), bound, Sha256("8" * 64))))


def lets_through(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A fold in which this kind of event stands on the record though a rule refuses it."""
    strict = rules.V1[kind]

    def lenient(state: State, fact: Fact, attachments: Attachments) -> None:
        with suppress(Refuse):
            strict(state, fact, attachments)

    monkeypatch.setitem(rules.V1, kind, lenient)


def test_what_was_consulted_properly_is_true() -> None:
    world = again(agreed())
    offer = carried(world)
    world.do("north", events.OfferReleased(ROUND, offer, 3, SALT), offer)
    found = audit(world)
    assert codes(found) == set()
    (what,) = [told(check.what) for check in found.checks if check.name == "consultation"]
    assert what == "4 clauses, 2 offers carried and 2 released, 1 task"


@pytest.mark.parametrize(("author", "value"), [("north", 4), ("south", 3), ("gulf", 3)])
def test_an_offer_released_as_something_else_or_by_somebody_else(
    monkeypatch: pytest.MonkeyPatch, author: str, value: int
) -> None:
    world = again(agreed())
    monkeypatch.setattr(consulting, "is_opened_by", lambda *said: True)
    offer = carried(world)
    world.do(author, events.OfferReleased(ROUND, offer, value, SALT), offer)
    assert codes(audit(world)) == {"audit.consultation.offer"}


def test_a_clause_agreed_at_a_value_that_nobody_put_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    world = again(agreed())
    world.do("gulf", events.ClauseProposed(ROUND, SEATS, 3))
    lets_through(monkeypatch, "ClauseAgreed")
    world.all(("north", "south"), events.ClauseAgreed(ROUND, SEATS, 4))
    found = audit(world)
    assert codes(found) == {"audit.consultation.clause", "audit.consultation.differs"}
    assert "the fold has it proposed at 3; the entries give agreed at 4" in {problem.what for problem in found.problems}


@pytest.mark.parametrize(
    ("kind", "author", "event"),
    [
        ("ClauseOpened", "gulf", events.ClauseOpened(ROUND, Slug("total-north"), Slug("number"), ())),
        ("ClauseProposed", "gulf", events.ClauseProposed(ROUND, Slug("carrier"), Slug("train"))),
        ("ClauseProposed", "gulf", events.ClauseProposed(ROUND, Slug("day"), Slug("2025-12-20"))),
        ("OfferCarried", "gulf", events.OfferCarried(ROUND, SEATS, Slug("gulf"), SALT, SALT)),
        ("OfferReleased", "north", events.OfferReleased(ROUND, SALT, 3, SALT)),
        ("TaskSet", "north", events.TaskSet(ROUND, Slug("press"), Slug("south"), Day("2025-12-05"))),
        ("TaskSet", "gulf", events.TaskSet(ROUND, Slug("lunch"), Slug("gulf"), Day("2025-12-05"))),
        ("TaskSet", "gulf", events.TaskSet(ROUND, Slug("transport"), Slug("north"), Day("2025-12-09"))),
        ("TaskDone", "south", events.TaskDone(ROUND, Slug("press"), Slug("south"))),
    ],
)
def test_what_the_fold_should_have_refused(
    monkeypatch: pytest.MonkeyPatch, kind: str, author: str, event: Any
) -> None:  # fmt: skip
    world = again(agreed())
    lets_through(monkeypatch, kind)
    world.do(author, event)
    assert {code.rpartition(".")[0] for code in codes(audit(world))} == {"audit.consultation"}


def test_terms_whose_total_was_never_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    world = again(agreed())
    lets_through(monkeypatch, "TermsSigned")
    terms = decode_terms(world.state.terms_text.encode())
    name = world.attach(encode_terms(replace(terms, totals={**terms.totals, "north": terms.totals["north"] + 1})))
    world.all(("north", "south"), events.TermsSigned(ROUND, name))
    assert "audit.consultation.terms" in codes(audit(world))
