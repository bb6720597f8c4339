"""What is kept of a count is what counting again would give, after any event, on any fork."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from repatria.deal.ratio import factors
from repatria.deal.terms import decode_terms
from repatria.exchange.balance import ahead
from repatria.exchange.clearing import asked, begun, manifest_gaps
from repatria.exchange.counting import accounts, balance_ahead, place_ahead, tallies
from repatria.exchange.person import NOT_GOING, RECEIVED
from repatria.exchange.standing import Standing
from repatria.exchange.state import State, dump_state, load_state
from repatria.plan.commands import decided_no_more
from repatria.report.status import status
from tests.exchange.hostile import Hostile
from tests.exchange.world import world_at


def counted(state: State) -> list[object]:
    """Every count that a state keeps."""
    factor = factors(decode_terms(state.terms_text.encode()).totals)
    found: list[object] = []
    found += [balance_ahead(state), accounts(state), asked(state), set(decided_no_more(state)), lines(state)]
    for name, stage in state.stages.items():
        found += [manifest_gaps(state, name), begun(state, name)]
        found += [(place_ahead(state, name, place, factor), tallies(state, name, place)) for place in stage.places]
    return found


def lines(state: State) -> list[str]:
    return [f"{each.id} {sorted(each.places.items())!r} {each.count}" for part in status(state, ()).sections
            for each in part.lines]  # fmt: skip


def walked(state: State) -> list[object]:
    """Some of them, as one would count them by asking everybody."""
    factor = factors(decode_terms(state.terms_text.encode()).totals)
    released, offered = dict.fromkeys(factor, 0), dict.fromkeys(factor, 0)
    here = [person for person in state.persons.values() if person.round == state.round]
    for person in here:
        slot = state.slots.get(person.number)
        opened = slot is not None and state.stages[slot[0]].opened is not None
        is_offered = person.state == RECEIVED or (person.state == NOT_GOING and opened)
        released[person.side] += person.counts * person.weight * any(right.left for right in person.rights)
        offered[person.side] += person.counts * person.weight * is_offered
    living = [person for person in here if person.living and not person.withdrawn]
    have = sum(bool(person.words) or person.number in state.moved for person in living)
    states = sorted(Counter(person.state for person in here).items())
    return [ahead(factor, released, offered), (have, len(living)), states]


def counted_anew(state: State) -> list[object]:
    twin = state.fork()
    twin.standing = Standing()
    return counted(twin)


@pytest.mark.parametrize("seed", range(10))
def test_after_every_event_what_is_kept_is_what_would_be_counted_anew(seed: int) -> None:
    random = Random(seed)
    phase = random.choice(("planned", "granted", "presented", "released"))
    world = world_at(phase, people=(4, 4), stages=2, exposure=4, places=("bridge", "ferry"), spare=1)
    twins = []
    for turn in range(50):
        world.take(Hostile(world, random).entry())
        assert counted(world.state) == counted_anew(world.state)
        states = Counter[str]()
        for each in accounts(world.state):
            states[each.state] += each.people
        kept = [balance_ahead(world.state), asked(world.state), sorted(states.items())]
        assert kept == walked(world.state)
        if turn % 10 == 0:
            twins.append((world.copy(), dump_state(world.state)))
    for twin, before in twins:
        assert dump_state(twin.state) == before
        assert counted(twin.state) == counted(load_state(before))


def test_a_count_is_kept_until_somebody_on_the_manifest_is_written() -> None:
    world = world_at("presented", people=(2, 2))
    state, asked = world.state, list[int]()

    def count() -> int:
        asked.append(1)
        return len(asked)

    assert [state.recall("x", "s1", "bridge", count) for _ in range(3)] == [1, 1, 1]
    assert [state.fork().recall("x", "s1", "bridge", count) for _ in range(2)] == [1, 1]
    twin = world.copy()
    twin.release(twin.manifest("north")[0])
    assert twin.state.recall("x", "s1", "bridge", count) == 2
    assert state.recall("x", "s1", "bridge", count) == 1
    state.slots = dict(state.slots)
    assert state.recall("x", "s1", "bridge", count) == 3
