"""Claims and counts on the record: each claim stands by its speaker, and a table only if it is what the rule makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from repatria.audit.ledger import Run
from repatria.exchange import rules
from repatria.exchange.documents import CountRow, PublicCounts, write
from repatria.exchange.events import (
    ClaimRecorded,
    CountsPublished,
    Day,
    Event,
    ReleaseConfirmed,
    Slug,
    Unconfirmed,
)
from repatria.exchange.fold import fold
from repatria.exchange.publishing import public_counts
from repatria.exchange.state import (
    Attachments,
    Fact,
    PublishedCounts,
    Refuse,
    State,
    dump_state,
    load_state,
    state_hash,
)
from repatria.ledger.canonical import decode
from repatria.ledger.log import LogReading
from repatria.public.claims import differing, said
from repatria.public.counts import confirmed, next_table
from tests.exchange.world import (
    CROSS,
    GULF,
    NORTH,
    PARTIES,
    SOUTH,
    STRAITS,
    World,
    hours_pass,
    reconciliation,
    sha,
    stage_opened,
    world_at,
)

DAY = Day("2025-12-08")
UNSOLVED = {"audit.plan.fair", "audit.draw.chances", "audit.attachments.form"}  # nobody solved the small world's plan


def claim(speaker: str = "north-ombudsman", number: int = 307, **changes: Any) -> ClaimRecorded:
    made = ClaimRecorded(Slug(speaker), DAY, Slug("came-home"), NORTH, None, DAY, number, sha("a page"))
    return replace(made, **changes)


def table_of(world: World, size: int | None = None) -> CountsPublished:
    made = public_counts(world.state, world.state.size if size is None else size)
    return CountsPublished(made.size, world.attach(write(made)))


def publish(world: World, by: tuple[str, ...] = (*PARTIES, GULF)) -> CountsPublished:
    event = table_of(world)
    for member in by:
        world.must(member, event)
    return event


def second_stage(world: World) -> World:
    world.all_must((*PARTIES, GULF), stage_opened(world, "s2"))
    for holder in PARTIES:
        world.grant(world.manifest(holder, stage="s2"), stage="s2")
    world.present(world.manifest(stage="s2"), "s2")
    world.hand_over("s2")
    world.all_must((*PARTIES, CROSS), reconciliation(world, "s2"))
    return world


def rows(table: PublicCounts) -> list[tuple[str, str, str, int]]:
    """The rows about the living: side, first and last day, how many."""
    return [(row.side, row.since, row.until, row.received) for row in table.rows if row.kind == "living"]


def doubts(world: World) -> set[str]:
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    found = [*run.problems, *run.watch.problems, *run.draw.problems, *run.published.problems]
    return {problem.code for problem in found} - UNSOLVED


# --- claims ----------------------------------------------------------------------------------------------------------


def test_a_claim_stands_by_its_speaker_and_changes_nothing_that_is_counted() -> None:
    world = world_at("reconciled", people=(12, 11))
    before = decode(dump_state(world.state))
    world.must(CROSS, claim())
    world.must(SOUTH, claim("south-ministry", 300))
    world.must(GULF, claim("press", 307, source=sha("another page")))
    after = decode(dump_state(world.state))
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"claims", "chains", "events", "times", "days", "size", "leaves"}
    assert [(row["speaker"], row["number"], row["recorded_by"]) for row in said(world.state)] == [
        ("north-ombudsman", 307, CROSS), ("south-ministry", 300, SOUTH), ("press", 307, GULF),
    ]  # fmt: skip
    (differ,) = differing(world.state)
    assert differ["numbers"] == {"north-ombudsman": [307], "press": [307], "south-ministry": [300]}
    assert confirmed(world.state, world.attachments.get)["published"] == []
    assert doubts(world) == set()


def test_an_observer_records_no_claim_and_a_persons_name_is_no_speaker() -> None:
    world = world_at("round")
    assert world.say(NORTH, claim("jane-doe")).rule == "claim.speaker"
    assert world.say("stranger", claim()).rule == "authority.member"


# --- counts ----------------------------------------------------------------------------------------------------------


def test_a_table_is_published_when_every_party_and_a_mediator_have_signed_it_and_not_before() -> None:
    world = world_at("reconciled", people=(12, 11))
    event = table_of(world)
    for member in PARTIES:
        world.must(member, event)
        assert world.state.published == []
    world.must(STRAITS, event)
    assert [(each.size, each.table) for each in world.state.published] == [(event.size, event.table)]
    table = public_counts(world.state, event.size)
    assert rows(table) == [("north", "2025-12-10", "2025-12-10", 12), ("south", "2025-12-10", "2025-12-10", 11)]
    assert doubts(world) == set()
    shown = confirmed(world.state, world.attachments.get)
    assert [row["received"] for row in shown["published"] if row["who"] == "living"] == [12, 11]


def test_nine_people_are_held_back_and_told_with_the_next_stage() -> None:
    world = world_at("reconciled", people=(18, 22), stages=2, bound=6)  # nine and eleven in each stage
    first = publish(world)
    before = public_counts(world.state, first.size)
    assert rows(before) == [("south", "2025-12-10", "2025-12-10", 11)]
    held = [(each.side, each.since) for each in before.held_back if each.kind == "living"]
    assert held == [("north", "2025-12-10")]
    second_stage(world)
    after = public_counts(world.state, publish(world).size)
    assert rows(after) == [
        ("north", "2025-12-10", "2025-12-12", 18),
        ("south", "2025-12-10", "2025-12-10", 11), ("south", "2025-12-12", "2025-12-12", 11),
    ]  # fmt: skip
    assert public_counts(world.state, first.size) == before  # an index tells the same for ever
    assert doubts(world) == set()


def test_the_table_holds_no_place_no_outcome_and_no_person() -> None:
    world = world_at("reconciled", people=(12, 11))
    size, _, data = next_table(world.state)
    assert size == world.state.size
    text = data.decode()
    assert not [word for word in ("bridge", "s1", *world.state.persons, *world.state.registers) if word in text]
    assert {field for row in decode(data)["rows"] for field in row} == {"side", "kind", "since", "until", "received"}


def test_the_table_that_waits_is_the_next_to_be_signed() -> None:
    world = world_at("reconciled", people=(12, 11))
    event = publish(world, (NORTH,))
    world.must(CROSS, claim())
    assert next_table(world.state)[:2] == (event.size, event.table)
    world.must(SOUTH, event)
    world.must(GULF, event)
    assert next_table(world.state)[0] == world.state.size


def test_what_supervisors_settle_after_the_stage_changes_no_table() -> None:
    world = world_at("presented", people=(12, 12))
    last = world.manifest(NORTH)[-1]
    held: dict[str, list[str]] = {NORTH: [], SOUTH: []}
    for number in world.manifest():
        holder = world.state.persons[number].holder
        if number != last:
            world.release(number, *held[holder])
            held[SOUTH if holder == NORTH else NORTH].append(world.receive(number))
    world.must(NORTH, Unconfirmed(Slug("s1"), Slug("bridge"), "north/desk-bridge"))  # type: ignore[arg-type]
    assert world.state_of(last) == "unconfirmed"
    world.all_must((*PARTIES, CROSS), reconciliation(world))
    event = publish(world)
    confirm = ReleaseConfirmed(Slug("s1"), Slug("bridge"), last, 1, Slug("received"))
    for party in PARTIES:
        world.must(f"{party}/supervisor", confirm)
    assert world.state_of(last) == "received"
    assert rows(public_counts(world.state, world.state.size)) == rows(public_counts(world.state, event.size))
    assert ("north", "2025-12-10", "2025-12-10", 11) in rows(public_counts(world.state, world.state.size))
    assert doubts(world) == set()


def test_the_same_entries_give_the_same_tables_from_a_snapshot_and_from_the_beginning() -> None:
    world = world_at("reconciled", people=(12, 11))
    world.must(CROSS, claim())
    publish(world)
    assert load_state(dump_state(world.state)) == world.state
    assert state_hash(fold(world.entries, world.attachments.get)) == state_hash(world.state)


# --- embargo ---------------------------------------------------------------------------------------------------------


def days_pass(world: World, day: str) -> None:
    """Until the mediators' time is that day."""
    now = datetime.fromisoformat(world.at)
    hours_pass(world, int((datetime.fromisoformat(f"{day}T12:00:00+00:00") - now).total_seconds() // 3600))


def test_nothing_is_told_before_the_embargo_has_passed_by_the_mediators_time() -> None:
    world = world_at("reconciled", people=(12, 11), embargo=5)
    days_pass(world, "2025-12-14")
    assert public_counts(world.state, world.state.size) == PublicCounts(world.state.size, (), ())
    assert world.say(NORTH, table_of(world)).rule == "counts.nothing"
    days_pass(world, "2025-12-15")
    event = publish(world)
    told = rows(public_counts(world.state, event.size))
    assert told == [("north", "2025-12-10", "2025-12-10", 12), ("south", "2025-12-10", "2025-12-10", 11)]
    assert doubts(world) == set()


def test_an_index_before_the_day_tells_nothing_for_ever_whenever_it_is_asked() -> None:
    world = world_at("reconciled", people=(12, 11), embargo=5)
    early = world.state.size
    days_pass(world, "2025-12-20")
    assert public_counts(world.state, early).rows == ()
    assert world.say(NORTH, table_of(world, early)).rule == "counts.nothing"
    assert public_counts(world.state, world.state.size).rows != ()


def test_a_table_against_the_embargo_is_found_by_the_second_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    lenient(monkeypatch, "CountsPublished")
    world = world_at("reconciled", people=(12, 11), embargo=5)
    days_pass(world, "2025-12-14")
    monkeypatch.setattr("repatria.exchange.publishing._under_embargo", lambda stage, today: False)
    assert "audit.published.counts" in signed(world, table_of(world))


def test_counts_wait_for_those_of_a_stage_before_that_may_not_be_told_yet() -> None:
    world = world_at("reconciled", people=(24, 22), stages=2, bound=6, embargo=5)
    second_stage(world)
    world.state.counted_stages[0] = replace(world.state.counted_stages[0], told_from=Day("2026-12-31"))
    days_pass(world, "2025-12-30")
    assert public_counts(world.state, world.state.size).rows == ()


# --- the second opinion, with a fold that lets everything through ----------------------------------------------------


def lenient(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    strict = rules.V1[kind]

    def reducer(state: State, fact: Fact, attachments: Attachments) -> None:
        event = fact.body.data
        try:
            strict(state, fact, attachments)
        except Refuse:
            if isinstance(event, CountsPublished):
                state.published.append(PublishedCounts(fact.index, event.size, event.table))

    monkeypatch.setitem(rules.V1, kind, reducer)


def with_rows(world: World, *changed: CountRow, **changes: Any) -> CountsPublished:
    made = public_counts(world.state, world.state.size)
    table = replace(made, rows=changed or made.rows, **changes)
    return CountsPublished(made.size, world.attach(write(table)))


def signed(world: World, event: Event) -> set[str]:
    for member in (*PARTIES, GULF):
        world.say(member, event)
    return doubts(world)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: [replace(rows[0], received=13), *rows[1:]], "counts"),
        (lambda rows: [replace(rows[0], since=DAY), *rows[1:]], "counts"),
        (lambda rows: rows[1:], "counts"),
        (lambda rows: [*rows, rows[0]], "counts"),
        (lambda rows: [*rows, replace(rows[0], side=Slug("cross"))], "counts"),
        (lambda rows: [replace(rows[0], received=3), *rows[1:]], "small"),
    ],
)
def test_a_table_against_the_rule_is_found_by_the_second_opinion(
    monkeypatch: pytest.MonkeyPatch, change: Any, code: str
) -> None:
    lenient(monkeypatch, "CountsPublished")
    world = world_at("reconciled", people=(12, 11))
    made = public_counts(world.state, world.state.size)
    assert f"audit.published.{code}" in signed(world, with_rows(world, *change(list(made.rows))))


def test_what_was_told_is_not_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_at("reconciled", people=(18, 22), stages=2, bound=6)
    publish(world)
    second_stage(world)
    lenient(monkeypatch, "CountsPublished")
    made = public_counts(world.state, world.state.size)
    south = [row for row in made.rows if row.side == SOUTH and row.kind == "living"]
    both = replace(south[0], until=south[1].until, received=22)
    others = [row for row in made.rows if row not in south]
    assert "audit.published.taken_back" in signed(world, with_rows(world, both, *others))


def test_a_small_number_that_is_told_by_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    lenient(monkeypatch, "CountsPublished")
    world = world_at("reconciled", people=(9, 12), bound=6)
    made = public_counts(world.state, world.state.size)
    nine = CountRow(NORTH, Slug("living"), Day("2025-12-10"), Day("2025-12-10"), 9)
    event = with_rows(world, *made.rows, nine, held_back=())
    assert {"audit.published.small"} <= signed(world, event)


@pytest.mark.parametrize(
    "wrong",
    [
        claim("somebody"), claim(counted=Slug("rumoured")), claim(of=None), claim(counted=Slug("handovers")),
        claim(counted=Slug("handovers"), of=Slug("stranger")), claim(until=Day("2025-12-09")),
        claim(since=Day("2025-12-09")),
    ],
)  # fmt: skip
def test_a_claim_out_of_form_is_found_by_the_second_opinion(
    monkeypatch: pytest.MonkeyPatch, wrong: ClaimRecorded
) -> None:
    lenient(monkeypatch, "ClaimRecorded")
    world = world_at("round")
    world.must(CROSS, wrong)
    assert doubts(world) >= {"audit.published.claim"}


def test_a_claim_recorded_twice_and_one_the_fold_forgot_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    lenient(monkeypatch, "ClaimRecorded")
    world = world_at("round")
    world.must(CROSS, claim())
    assert doubts(world) == set()
    world.must(CROSS, claim())
    assert doubts(world) == {"audit.published.claim", "audit.published.differs"}
