"""Checks of rules that the other tests show only from end to end, small enough to be run with every defect."""

from __future__ import annotations

from random import Random

from repatria.deal.terms import Disclosure
from repatria.exchange.codec import plain
from repatria.exchange.commands import By
from repatria.exchange.counting import balance_ahead
from repatria.exchange.events import AccessRefused, Cleared, NotGoing, Slug
from repatria.handover.commands import AtGate, gate_words
from repatria.ledger.canonical import encode
from repatria.office import Given, Outcome, Record
from repatria.people.commands import preview, shown_fields
from tests.exchange import test_asked
from tests.exchange.test_merge import session, some_order
from tests.exchange.test_refusals import CASES, test_the_rule_refuses_changes_nothing_and_lets_the_repaired_input_pass
from tests.exchange.world import NORTH, VISIT, world_at
from tests.simulation.case import Case, Fault
from tests.simulation.run import Outcome as Run
from tests.simulation.run import simulate
from tests.store.test_tiles_faults import power_losses


def rule(name: str) -> None:
    """Every case of the rule in tests/exchange/test_refusals.py: refused, and repaired it passes."""
    cases = [case for case in CASES if case.rule == name]
    assert cases
    for case in cases:
        test_the_rule_refuses_changes_nothing_and_lets_the_repaired_input_pass(case)


def access_refused_is_a_breach_on_record() -> None:
    world = world_at("listed")
    world.must("cross/visitor", AccessRefused(Slug("camp"), VISIT, NORTH, tuple(world.manifest(NORTH))))
    assert [(b.member, b.code, b.count) for b in world.state.breaches] == [("north", "access-refused", 2)]


def a_disclosure_shows_the_fields_of_the_terms() -> None:
    """Under terms that let two fields be shown, no preview and no sealed file has a third."""
    world = test_asked.in_force(test_asked.asking(disclosure=Disclosure(("holder",), ("family_name", "rank"))))
    record = Record("r", "0", {"family_name": "Invented", "date_of_birth": "1980", "rank": "private"}, {})
    (row,) = preview([record], shown_fields(world.state))
    assert set(row["fields"]) == {"family_name", "rank"}


def people_outside_the_ratio_are_held_up_by_nothing_and_counted_nowhere() -> None:
    """North's one person who counts is on the bound; those outside the ratio go all the same, and change no figure."""
    world = world_at("presented", people=(2, 2), uncounted=(3, 0))
    counted = [n for n in world.manifest(NORTH) if world.state.persons[n].counts]
    outside = [n for n in world.manifest(NORTH) if not world.state.persons[n].counts]
    world.release(counted[0])
    before = balance_ahead(world.state)
    for number in outside:
        world.release(number)
        world.receive(number)
    assert before["north"] == 1
    assert balance_ahead(world.state) == before
    refused = world.say("north/desk-bridge", world.release_event(counted[1]),
                        refs=(str(world.state.persons[counted[1]].right.presented),))  # type: ignore[union-attr]  # fmt: skip
    assert refused.rule == "release.sequence"


def the_neutrals_two_words_are_of_one_size_whoever_declines() -> None:
    """Nothing in a batch of words says how many decline, or why: the two have one form and one size."""
    sizes = set()
    for declining in range(3):
        world = world_at("granted", people=(3, 3))
        people = world.manifest()
        request = AtGate(By("cross/gate-bridge"), "s1", "bridge", "2025-12-10", tuple(people[:declining]))
        outcome = gate_words(world.state, request, _given())
        assert isinstance(outcome, Outcome)
        words = [draft.event for draft in outcome.drafts]
        assert [type(word) for word in words] == [Cleared, NotGoing]
        sizes |= {len(encode(plain(word))) for word in words}
        assert set(vars(words[1])) == {"place", "held_on", "numbers"}
    assert len(sizes) == 1


def _given() -> Given:
    return Given(
        "2025-12-10T08:00:00Z", Random(1).randbytes, lambda author: None, lambda name: None, lambda name: None,
        lambda prefix: (), lambda register: (), lambda data, to: data,
    )  # fmt: skip


def a_power_cut_loses_nothing_acknowledged() -> None:
    assert power_losses(range(120)) == 0


def a_clock_ten_years_off_changes_nothing() -> None:
    """The same whole exchange with every device's clock ten years fast, and slow: the same people are received."""
    assert {_with_clocks(years).states["received"] for years in (0, 10, -10)} == {2}


def _with_clocks(years: int) -> Run:
    devices = ("north/desk-bridge", "south/desk-bridge", "cross/gate-bridge")
    faults = tuple(Fault("clock", 4, 0, years, who) for who in devices) if years else ()
    outcome = simulate(Case(seed=2, people=(1, 1), faults=faults))
    assert outcome.violation is None
    return outcome


def what_devices_did_apart_merges_in_any_order() -> None:
    """A few sessions of tests/exchange/test_merge.py: whatever took effect on a device takes effect in the ledger."""
    for seed in range(6):
        world, said = session(seed, desks=1 + seed % 2)
        merged = world.copy()
        for entry in some_order(said, Random(seed)):
            verdict = merged.take(entry)
            assert verdict.applied, (verdict.kind, verdict.author, verdict.rule)
