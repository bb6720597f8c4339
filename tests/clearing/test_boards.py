"""Medical boards as an office meets them: findings sealed at one size, and what the next list makes of them."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pyrage
import pytest

from repatria.clearing.commands import Boards, Decide, boards, decide, read_findings
from repatria.deal.commands.lists import DraftList, draft_list
from repatria.exchange.commands import By
from repatria.exchange.events import MedicalBoardDecided
from repatria.exchange.medical import FINDINGS, FINDINGS_MOST, enclosed
from repatria.files.law import figures
from repatria.ledger.canonical import digest
from repatria.office import Outcome
from repatria.people.table import table_of
from repatria.store.vault import open_sealed, seal_to
from tests.audit.world import by
from tests.deal.office import Office, office

HEADING = ["number", "finding"]
PHYSICIANS = ("north/doctor", "cross/doctor-1", "cross/doctor-2")


def with_physicians(planned: bool = False) -> Office:
    desk = office(planned)
    for author in PHYSICIANS:
        desk.story.appoint(author, "physician", None, signatories=())
    return desk


def decided(desk: Office, *found: tuple[str, str], board: str = "mixed") -> Outcome:
    author, *also = PHYSICIANS[1:] if board == "mixed" else PHYSICIANS[:1]
    request = Decide(By(author, tuple(also)), "camp-1", "2025-12-03", "north", board, tuple(sorted(found)))
    outcome = decide(desk.state, request, desk.given())
    assert isinstance(outcome, Outcome), outcome
    return outcome


def told(desk: Office) -> Any:
    outcome = boards(desk.state, Boards(By("north"), figures()), desk.given())
    assert isinstance(outcome, Outcome)
    return outcome.answer


@pytest.mark.parametrize("board", ["own", "mixed"])
def test_what_a_board_found_is_what_the_holders_next_list_says(board: str) -> None:
    desk = with_physicians()
    ill, well = [p for p in desk.people() if p.counts][:2]
    outcome = decided(desk, (ill.number, "direct_repatriation"), (well.number, "rejected"), board=board)
    desk.story.world._commit(outcome)
    assert told(desk)["findings"] == {"direct_repatriation": 1, "in_the_ratio_still": 1, "rejected": 1}
    assert desk.draft().answer["left_the_ratio"] == 1
    assert isinstance(desk.signed_by_south(), Outcome)
    now = [desk.state.persons[p.number] for p in (ill, well)]
    assert [(p.counts, p.account) for p in now] == [(False, "repatriation"), (True, "exchange")]
    assert told(desk)["findings"]["in_the_ratio_still"] == 0


def test_a_later_board_has_the_last_word_and_a_rejection_leaves_the_record() -> None:
    desk = with_physicians()
    ill = next(p for p in desk.people() if p.counts)
    desk.story.world._commit(decided(desk, (ill.number, "direct_repatriation"), board="own"))
    desk.story.world._commit(decided(desk, (ill.number, "rejected")))
    assert desk.draft().answer["left_the_ratio"] == 0


def test_nothing_is_drafted_while_the_terms_have_no_place_for_whom_the_law_keeps_out_of_a_ratio() -> None:
    """Else a case for direct repatriation stays in the ratio without anybody being told (GC III 109(1))."""
    desk = with_physicians()
    ill = next(p for p in desk.people() if p.counts)
    desk.now(f"NH-{ill.row}", person_category="retained_personnel")  # these terms have no category for them
    problems = draft_list(desk.state, DraftList(by("north")), desk.given())
    assert isinstance(problems, list)
    assert [(problem.code, problem.article) for problem in problems] == [("deal.category.counted", "GC III 33")]


def test_without_a_board_there_is_nothing_to_tell() -> None:
    assert told(with_physicians()) == {"boards": [], "findings": {}}


def test_the_dates_of_the_convention_are_counted_from_the_visit_and_from_when_it_was_told() -> None:
    desk = with_physicians()
    ill = next(p for p in desk.people() if p.counts)
    outcome = decided(desk, (ill.number, "neutral_eligible"))
    desk.story.world._commit(outcome)
    (board,) = told(desk)["boards"]
    assert (board["held_on"], board["tell_by"], board["told"]) == ("2025-12-03", "2026-01-03", "2025-12-03")
    assert (board["told_late"], board["carry_out_by"]) == (False, "2026-03-03")


def test_every_entry_of_a_board_has_one_size_whatever_was_found_and_of_however_many() -> None:
    """With real keys: nothing, one, and as many as an entry holds; every finding there is."""
    keys = {name: pyrage.x25519.Identity.generate() for name in ("north", "cross", "south")}
    desk = with_physicians()
    for name, key in keys.items():
        desk.state.members[name] = replace(desk.state.members[name], recipient=str(key.to_public()))
    numbers = [p.number for p in desk.people()]
    sizes = set()
    for found in ([], [(numbers[0], "later")], *([(n, finding) for n in numbers] for finding in FINDINGS[1:])):
        given = replace(desk.given(), seal=seal_to, random=Random(3).randbytes)
        request = Decide(By(PHYSICIANS[1], PHYSICIANS[2:]), "camp-1", "2025-12-03", "north", "mixed", tuple(found))
        outcome = decide(desk.state, request, given)
        assert isinstance(outcome, Outcome)
        (draft,) = outcome.drafts
        assert isinstance(draft.event, MedicalBoardDecided)
        sizes.add(len(draft.event.sealed))
        blob = enclosed(draft.event.sealed)
        for reader in ("north", "cross"):
            assert open_sealed(blob, str(keys[reader]))
        with pytest.raises(Exception, match="not sealed to this node"):
            open_sealed(blob, str(keys["south"]))
    assert sizes == {2048}


def test_more_people_than_one_entry_holds_come_in_several() -> None:
    desk = with_physicians()
    one = desk.people()[0]
    for count, entries in ((0, 1), (1, 1), (FINDINGS_MOST, 1), (FINDINGS_MOST + 1, 2)):
        numbers = [one.number, *(digest(str(at).encode())[:32] for at in range(count - 1))][:count]
        state = desk.state.fork()
        for number in numbers:
            state.put(replace(one, number=number))
        found = tuple((number, "later") for number in numbers)
        request = Decide(By(PHYSICIANS[0]), "camp-1", "2025-12-03", "north", "own", found)
        outcome = decide(state, request, desk.given())
        assert isinstance(outcome, Outcome)
        assert len(outcome.drafts) == entries


def test_a_number_that_the_holder_does_not_hold_stops_all_of_it() -> None:
    desk = with_physicians()
    theirs = next(p.number for p in desk.state.persons.values() if p.holder == "south")
    mine = desk.people()[0].number
    request = Decide(By(PHYSICIANS[0]), "camp-1", "2025-12-03", "north", "own", ((theirs, "later"), (mine, "later")))
    problems = decide(desk.state, request, desk.given())
    assert isinstance(problems, list)
    assert [(problem.code, problem.where) for problem in problems] == [("board.number", theirs)]


def test_a_table_of_findings_is_read_whole_or_not_at_all() -> None:
    number = "0" * 32
    found, problems = read_findings(table_of("found.csv", HEADING, [[number, "direct_repatriation"]]))
    assert (found, problems) == (((number, "direct_repatriation"),), [])
    wrong = [[number, "direct_repatriation"], [number, "later"], ["1" * 32, "tired"]]
    _, problems = read_findings(table_of("found.csv", HEADING, wrong))
    assert [(problem.code, problem.where) for problem in problems] == [
        ("board.twice", "found.csv, row 3"), ("board.finding", "found.csv, row 4"),
    ]  # fmt: skip
    _, problems = read_findings(table_of("found.csv", ["number"], [[number]]))
    assert [problem.code for problem in problems] == ["board.table"]
