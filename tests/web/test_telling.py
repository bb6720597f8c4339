"""Every kind of event has a sentence in every language, and it says what the event says."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from repatria.deal.classes import ACCOUNTS
from repatria.exchange import events
from repatria.exchange.authority import TABLE
from repatria.exchange.events import KINDS, Day, Slug
from repatria.exchange.person import STATES
from repatria.rehearsal.terms import TEST
from repatria.report.language import CODES
from repatria.web.telling import contents, phase_of_kind, telling
from repatria.web.texts import language_of
from tests.web.world import World

PHASES = ("open", "consult", "lists", "clear", "plan", "handover", "close", "always")


def sample(hint: Any) -> Any:
    """A value of that type."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return sample(args[0])
    if origin is tuple:
        return (sample(args[0]), sample(args[0]))
    if is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return hint(**{field.name: sample(hints[field.name]) for field in fields(hint)})  # type: ignore[call-overload]
    if hint is int:
        return 17
    if hint in (events.Day, events.Moment):
        return "2025-12-31"
    return "some-word"


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_sentence_in_every_language(kind: str, code: str) -> None:
    said = language_of(code).sentence(telling("north/minister", sample(KINDS[kind])))
    assert "north/minister" in said.lower()
    assert "{" not in said


def test_every_kind_belongs_to_a_part_of_the_exchange() -> None:
    assert {phase_of_kind(kind) for kind in TABLE} == set(PHASES)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (events.ClauseAgreed(Slug("r"), Slug("total-north"), 1200),
         "North agrees: how many people north hands over: 1,200 people."),
        (events.ClauseOpened(Slug("r"), Slug("carrier"), Slug("word"), (Slug("bus"), Slug("train"))),
         "North asks that this be settled: how people are brought. To be chosen from: by bus and by train."),
        (events.TaskSet(Slug("r"), Slug("transport"), Slug("south"), Day("2025-12-03")),
         "North notes who sees to a task by 3 December 2025: transport, south."),
        (events.DelegateAppointed(events.Author("north/clerk"), Slug("officer"), events.Key("0" * 64), None),
         "North appoints north/clerk: list officer."),
        (events.DisputeSettled(events.Sha256("0" * 64), Slug("explained")),
         "North signs how a dispute ended: explained, and what was disputed stands."),
    ],
)  # fmt: skip
def test_a_sentence_says_what_the_event_says(event: events.Event, said: str) -> None:
    assert language_of("en").sentence(telling("north", event)) == said


def test_what_is_signed_with_an_event_is_read_from_its_attachments(tmp_path: Path) -> None:
    """The lists, terms and plan of the scenario: what signatories were to sign, in words and figures."""
    world = World.after("draw_and_plan", tmp_path)
    with world.serving("north") as served, served.at(served.who("sig-1")) as at:
        state, say = at.node.seen_state(), language_of("en").say
        assert state.terms is not None
        assert state.plan is not None
        terms = [say(each) for each in contents(events.TermsSigned(Slug("2025-1"), state.terms), at.given)]
        assert f"north hands over {TEST.north_total} people inside the ratio" in terms
        for holder, fact in state.lists.items():
            (people, *_) = contents(state.offered_lists[fact.list], at.given)
            assert people.count == sum(person.holder == holder for person in state.persons.values())
            inside = sum(person.holder == holder and person.counts for person in state.persons.values())
            assert people.places["counted"] == inside
        stages = contents(events.PlanSigned(Slug("2025-1"), state.plan), at.given)
        by_name = sorted(state.stages.items())
        planned = [sum(len(place.manifest) for place in each.places.values()) for _, each in by_name]
        assert [each.count for each in stages] == planned
        account = events.Account(Slug("north"), Slug("exchange"), Slug("received"), 12)
        (said,) = contents(events.RoundClosed(Slug("2025-1"), (account,)), at.given)
        assert say(said) == "Held by north, inside the ratio, received: 12 people."
        assert contents(events.PlanSigned(Slug("2025-1"), events.Sha256("0" * 64)), at.given) == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_account_and_state_has_its_words(account: str, state: str) -> None:
    event = events.RoundClosed(Slug("r"), (events.Account(Slug("north"), Slug(account), Slug(state), 2),))
    (said,) = contents(event, cast(Any, None))
    assert "{" not in language_of("uk").say(said)
