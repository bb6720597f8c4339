"""Every shipped agreement runs from its opening to its close, and the second opinion agrees with every step."""

from __future__ import annotations

from collections import Counter

import pytest

from repatria.audit.ledger import Run
from repatria.deal.commands.terms import check_terms
from repatria.exchange.counting import balance_ahead
from repatria.files.agreements import about, agreement, shipped
from repatria.files.law import figures
from repatria.ledger.log import LogReading
from tests.exchange.invariants import check
from tests.scenario.agreements import Rehearsal
from tests.scenario.agreements_page import FOLDER, pages

SCALE = {
    "ankara-2024": 2, "dix-hill-1862": 5, "istanbul-2022": 10, "istanbul-2025-1": 80, "istanbul-2025-2": 100,
    "istanbul-2025-3": 100, "muscat-2025": 100, "november-2025": 100, "stockholm-2018": 400,
}  # fmt: skip


def test_every_agreement_has_a_scale_here() -> None:
    assert set(SCALE) == set(shipped())


@pytest.mark.parametrize("name", shipped())
def test_an_agreement_has_no_problem_and_says_where_it_comes_from(name: str) -> None:
    text = agreement(name)
    checked = check_terms(text, name, figures())
    categories, problems = checked.categories, checked.problems
    assert problems == []
    assert categories
    origin = about(text)
    assert origin.sources
    assert origin.public
    assert origin.not_public


@pytest.mark.parametrize("name", shipped())
def test_an_agreement_is_carried_out_and_everyone_is_accounted_for(name: str) -> None:
    carried_out(Rehearsal(agreement(name), seed=7, scale=SCALE[name]))


@pytest.mark.soak
@pytest.mark.parametrize("name", shipped())
def test_an_agreement_is_carried_out_at_full_size(name: str) -> None:
    carried_out(Rehearsal(agreement(name), seed=8))


def carried_out(rehearsal: Rehearsal) -> None:
    world = rehearsal.play().world
    state = world.state
    check(state)
    assert not state.round_open
    counted = Counter()  # type: Counter[str]
    for person in state.persons.values():
        if person.state == "received" and person.counts:
            counted[person.side] += person.weight
    assert counted == Counter(rehearsal.terms.totals)
    uncounted = [person for person in state.persons.values() if not person.counts]
    assert all(person.state == "received" for person in uncounted)  # nothing held them up
    assert max(balance_ahead(state).values()) == 0
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    assert [str(p) for p in [*run.problems, *run.watch.problems, *run.draw.problems]] == []
    assert run.draw.plans == 1


def test_the_pages_in_the_docs_are_what_the_terms_say() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(), "write them again: python -m tests.scenario.agreements_page"
