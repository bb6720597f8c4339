"""Every kind of event has a sentence in every language, and it says what the event says."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from repatria.exchange import events
from repatria.exchange.authority import TABLE
from repatria.exchange.events import KINDS, Day, Slug
from repatria.report.language import CODES
from repatria.web.telling import phase_of_kind, telling
from repatria.web.texts import language_of

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
