"""What the world may be told: claims, each with its speaker; and tables of counts that every party has confirmed.

A *claim* is something said in public. Recording it confirms nothing: it stands by its speaker, day, counting
definition and source, apart from everything that the ledger counts.

A *table of counts* is made by rule from the stages that were over at an index of the ledger: people received, by the
side that had held them, small numbers told together with their neighbours (`suppression.py`). The fold makes it again
and refuses any other, so nobody can publish more, or less. It is published when every party and a mediator have signed
the same. Where the terms have an embargo, a stage is not told of before the log's day has come to its end, and neither
is any stage that was over later: so tables only ever grow.

    >>> public_counts(State(), 0)
    PublicCounts(size=0, rows=(), held_back=())
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import takewhile

from repatria.deal.definitions import COUNTED, is_speaker
from repatria.exchange import assent
from repatria.exchange.consulting import named, terms_of
from repatria.exchange.counting import received_by
from repatria.exchange.documents import CountRow, HeldBack, PublicCounts, read
from repatria.exchange.events import ClaimRecorded, CountsPublished, Day, Sha256, Slug
from repatria.exchange.state import Attachments, ClaimFact, CountedStage, Fact, PublishedCounts, Refuse, State
from repatria.exchange.suppression import blocks

LIVING, REMAINS = Slug("living"), Slug("remains")


def claim_recorded(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ClaimRecorded)
    definition = COUNTED.get(event.counted)
    if definition is None:
        raise Refuse("claim.counted", "no such counting definition")
    if definition.of_a_party != (event.of is not None) or (event.of is not None and event.of not in state.parties):
        raise Refuse("claim.of", "counted of one party's people and none is named, or the other way round")
    if not is_speaker(event.speaker, state.members):
        raise Refuse("claim.speaker", "neither a member, nor an office of one, nor one of those outside")
    if not (event.since or event.until) <= event.until <= event.said_on:
        raise Refuse("claim.days", "counted to a day after it was said, or from a day after that to which it counts")
    claim = ClaimFact(
        Sha256(fact.id), fact.index, Slug(fact.member), event.speaker, event.said_on, event.counted, event.of,
        event.since, event.until, event.number, event.source,
    )  # fmt: skip
    if any(replace(each, event=claim.event, index=claim.index, by=claim.by) == claim for each in state.claims):
        raise Refuse("claim.twice", "the same claim from the same source is on record")
    state.claims.append(claim)


def counts_published(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, CountsPublished)
    if event.size > fact.index:
        raise Refuse("counts.size", f"counts {event.size} entries; the ledger has {fact.index} before this one")
    try:
        table = read(PublicCounts, named(attachments, event.table))
    except ValueError as error:
        raise Refuse("attachment.form", str(error)) from error
    expected = public_counts(state, event.size)
    if not any(row.received for row in expected.rows):
        raise Refuse("counts.nothing", "nothing can be told yet: no stage is over, or too few people came")
    told = public_counts(state, state.published[-1].size).rows if state.published else ()
    if len(expected.rows) <= len(told):
        raise Refuse("counts.twice", "a table that tells as much has been published")
    if table != expected:
        raise Refuse("counts.differs", "the table is not the one that the rule makes of the ledger at that index")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    state.counts_offered[event.table] = event.size
    if assent.parties_and_a_mediator(assent.members(assents), state.parties, state.mediators):
        state.published.append(PublishedCounts(fact.index, event.size, event.table))


def public_counts(state: State, size: int) -> PublicCounts:
    """The one table that may be published of the ledger's first `size` entries."""
    over = told_stages(state, size)
    rows: list[CountRow] = []
    held_back: list[HeldBack] = []
    for side in sorted(state.sides):
        for kind in (LIVING, REMAINS):
            told, first = blocks([stage.received.get(f"{side}/{kind}", 0) for stage in over])
            for block in told:
                days = sorted(stage.date for stage in over[block.first : block.last + 1])
                rows.append(CountRow(Slug(side), kind, days[0], days[-1], block.people))
            if first is not None:
                days = sorted(stage.date for stage in over[first:])
                held_back.append(HeldBack(Slug(side), kind, days[0], days[-1]))
    return PublicCounts(size, tuple(rows), tuple(held_back))


def told_stages(state: State, size: int) -> list[CountedStage]:
    """The stages that a table of the ledger's first `size` entries tells of."""
    today = state.day_at(size - 1)
    return list(takewhile(lambda each: each.index < size and not _under_embargo(each, today), state.counted_stages))


def _under_embargo(stage: CountedStage, today: Day | None) -> bool:
    return stage.told_from is not None and (today is None or today < stage.told_from)


def note_over(state: State, fact: Fact, name: str) -> None:
    """Keep what a stage comes to once its last place is reconciled. It stays so, whatever is settled later: a table
    that was published is never made anew."""
    stage = state.stages[name]
    if not all(place.reconciled for place in stage.places.values()):
        return
    received: dict[str, int] = {}
    for place in stage.places:
        for (side, living), people in received_by(state, name, place).items():
            key = f"{side}/{LIVING if living else REMAINS}"
            received[key] = received.get(key, 0) + people
    state.counted_stages.append(
        CountedStage(Slug(name), stage.date, fact.index, dict(sorted(received.items())), _told_from(state, stage.date))
    )


def _told_from(state: State, day: Day) -> Day | None:
    """When the counts of a stage of that day may be told, by the terms in force when it is over."""
    embargo = terms_of(state).embargo_days if state.terms is not None else None
    if embargo is None:
        return None
    ordinal = min(date.fromisoformat(day).toordinal() + embargo, date.max.toordinal())
    return Day(date.fromordinal(ordinal).isoformat())


REDUCERS = {"ClaimRecorded": claim_recorded, "CountsPublished": counts_published}
