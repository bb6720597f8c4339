"""A later version of the list, drafted from the holder's records: what it keeps, what it follows, and what waits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from repatria.audit.ledger import audit_ledger
from repatria.deal.classes import ClassKey
from repatria.deal.commands.known import rows_of
from repatria.deal.commands.lists import _destination, _elsewhere
from repatria.exchange.documents import FinalList, read, write
from repatria.exchange.events import Author, RightGranted, Slug
from repatria.ledger.canonical import digest
from repatria.office import Outcome
from tests.audit.world import FIELDS, vkeys
from tests.deal.office import counted, office, person


def test_drafted_again_with_nothing_new_it_is_the_same_list() -> None:
    desk = office()
    before = desk.people()
    answer = desk.draft().answer
    assert (answer["version"], answer["left_the_ratio"], answer["not_followed"]) == (2, 0, 0)
    assert isinstance(desk.signed_by_south(), Outcome)
    assert desk.people() == before


def test_a_medical_category_that_a_board_has_changed_takes_the_person_out_of_the_ratio() -> None:
    desk = office(planned=True)
    ill = next(p for p in desk.people() if p.counts and p.number in desk.state.slots)
    desk.now(f"NH-{ill.row}", medical_category="seriously_wounded")
    answer = desk.draft().answer
    assert (answer["left_the_ratio"], answer["to_wait"], answer["not_followed"]) == (1, 0, 0)
    assert isinstance(desk.signed_by_south(), Outcome)
    now = desk.state.persons[ill.number]
    assert (now.counts, now.account, now.tier) == (False, "repatriation", 0)
    assert now.class_id == next(p for p in desk.people() if p.tier == 0 and p != now).class_id
    slot = desk.state.slots[ill.number]
    desk.story.planning()  # the plan revised by the solver, checked as every signatory checks it
    assert desk.state.slots[ill.number] == slot
    in_plan = [desk.state.persons[n] for n in desk.state.slots if desk.state.persons[n].holder == "north"]
    assert sum(p.weight for p in in_plan if p.counts) == 6  # the total of the terms, with one more who counts
    files = desk.story.world.files()
    assert audit_ledger(files.get, lambda: files, vkeys()).problems == ()


def test_a_correction_that_only_changes_their_turn_leaves_the_class_as_both_have_signed_it() -> None:
    desk = office()
    number = counted(desk)
    before = person(desk, number)
    desk.now(number, date_of_birth="1999-01-01" if before.tier == 1 else "2005-01-01")
    answer = desk.draft().answer
    assert (answer["left_the_ratio"], answer["not_followed"]) == (0, 1)
    assert isinstance(desk.signed_by_south(), Outcome)
    assert person(desk, number) == before


def test_back_to_health_is_not_back_into_the_ratio() -> None:
    desk = office()
    number = next(f"NH-{p.row}" for p in desk.people() if not p.counts)
    desk.now(number, medical_category="fit")
    assert desk.draft().answer["not_followed"] == 1
    assert isinstance(desk.signed_by_south(), Outcome)
    assert not person(desk, number).counts


def test_whoever_is_in_somebodys_hands_waits_and_the_others_do_not() -> None:
    desk = office(planned=True)
    first, second = [p for p in desk.people() if p.counts and desk.state.slots.get(p.number, ("",))[0] == "s1"][:2]
    desk.story.clearing("s1").open("s1")
    grant = RightGranted(Slug("s1"), Slug("bridge"), Author("north/desk-bridge"), 1, (first.number,))
    desk.story.world.do("north", grant, signatories=())
    for ill in (first, second):
        desk.now(f"NH-{ill.row}", medical_category="seriously_wounded")
    answer = desk.draft().answer
    assert (answer["left_the_ratio"], answer["to_wait"]) == (1, 1)
    assert isinstance(desk.signed_by_south(), Outcome)
    assert [desk.state.persons[p.number].counts for p in (first, second)] == [True, False]


def test_the_other_side_does_not_sign_a_class_that_the_row_does_not_give() -> None:
    """North says of somebody fit that they are seriously wounded, in the list and not in the row."""
    desk = office()
    number = counted(desk)
    desk.now(number, medical_category="seriously_wounded")
    outcome = desk.draft()
    name = next(n for n in desk.more if n.startswith("mail/rows/north/") and n != desk.first_rows)
    row = next(r for r in desk.more[name]["data"]["rows"] if r["number"] == person(desk, number).number)
    row["fields"]["medical_category"] = "fit"
    problems = desk.signed_by_south()
    assert isinstance(problems, list)
    assert [problem.code for problem in problems] == ["list.class"]
    row["fields"]["medical_category"] = "seriously_wounded"
    assert isinstance(desk.signed_by_south(), Outcome)
    assert outcome.answer["people"] == 12


def test_a_file_without_record_numbers_joins_nobody_to_somebody_else() -> None:
    """`row-1` of one file is not `row-1` of another: their records stay as they were."""
    desk = office()
    people = desk.people()
    desk.versions[-1] = {
        number: {**fields, "record_id": f"row-{at}"} for at, (number, fields) in enumerate(desk.versions[-1].items())
    }
    desk.commit({
        number: {**FIELDS["out"], "record_id": f"row-{at}"} for at, number in enumerate(reversed(desk.versions[-1]))
    })  # fmt: skip
    answer = desk.draft().answer
    assert (answer["left_the_ratio"], answer["people"]) == (0, len(people))




def test_nobody_is_sent_to_a_neutral_country_whom_no_board_found_fit_for_one() -> None:
    desk = office()
    desk.draft()
    state, given = desk.state, desk.given()
    listed = read(FinalList, given.attachment(next(iter(desk.state.offered_lists))) or b"")
    rows = rows_of(state, given, digest(write(listed))) or {}
    assert _elsewhere(state, listed, rows) == []
    away = replace(listed, rows=(replace(listed.rows[0], to=Slug("haven")), *listed.rows[1:]))
    problems = _elsewhere(state, away, rows)
    assert [(problem.code, problem.article) for problem in problems] == [("list.to", "GC III 110(2)")]
    found = {**rows, away.rows[0].number: {"medical_category": "neutral_eligible"}}
    assert _elsewhere(state, away, found) == []


def test_the_neutral_still_learns_where_everybody_is_and_the_other_side_does_not() -> None:
    desk = office()
    moved, corrected = [f"NH-{p.row}" for p in desk.people() if p.counts][:2]
    desk.now(moved, place_of_detention="Camp 2")
    desk.now(corrected, date_of_birth="1960-01-01" if person(desk, corrected).tier == 1 else "2005-01-01")
    assert desk.draft().answer["not_followed"] == 1
    (visits,) = (letter["data"] for name, letter in desk.more.items() if name.startswith("mail/visits/"))
    expected = {p.number: "camp-2" if f"NH-{p.row}" == moved else "camp-1" for p in desk.people()}
    assert visits["places"] == expected
    rows = [letter["data"]["rows"] for name, letter in desk.more.items() if name.startswith("mail/rows/north/")]
    assert not any("place_of_detention" in row["fields"] for letter in rows for row in letter)


@pytest.mark.parametrize(
    ("hosts", "record", "to"),
    [
        (("haven",), {"medical_category": "neutral_eligible"}, "haven"),
        (("haven", "strand"), {"medical_category": "neutral_eligible", "destination": "strand"}, "strand"),
        (("haven", "strand"), {"medical_category": "neutral_eligible"}, "south"),  # nobody guesses which country
        (("haven",), {"medical_category": "direct_repatriation"}, "south"),
        ((), {"medical_category": "neutral_eligible"}, "south"),
    ],
)
def test_a_neutral_country_takes_in_whom_a_board_found_fit_for_one(
    hosts: tuple[str, ...], record: dict[str, str], to: str
) -> None:
    """GC III 110(2), 111: with the host that there is, or the one that the record names."""
    state = office().state
    for host in hosts:
        state.members[Slug(host)] = replace(state.members["gulf"], role=Slug("host"))
    outside, counted = ClassKey(0, 1, False, True), ClassKey(1, 1, True, False)
    assert _destination(state, record, outside, "south") == to
    assert _destination(state, record, counted, "south") == "south"  # nobody who counts goes anywhere else


def test_rows_that_somebody_else_has_sealed_for_the_same_list_are_not_those_of_the_list() -> None:
    """Anybody can seal a letter to a member, and call themselves whom they like; only one is named by who signed."""
    desk = office()
    listed = desk.state.lists["north"].list
    true = rows_of(desk.state, desk.given(), listed)
    assert true
    false = [{"number": number, "row": "0", "fields": {"family_name": "Forged"}} for number in true]
    forged = {"data": {"list": listed, "rows": false}}
    desk.more = {"mail/rows/north/0": forged, **desk.more, "mail/rows/south/0": forged}
    assert rows_of(desk.state, desk.given(), listed) == true
    del desk.more[desk.first_rows]
    assert rows_of(desk.state, desk.given(), listed) is None
