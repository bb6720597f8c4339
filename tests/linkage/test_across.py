"""Who of a new list was already released, or stands on another one; told with reasons, never with what is written."""

from __future__ import annotations

import re

import pytest

from repatria.linkage.across import Elsewhere, doubts_across, listed_in, meetings, released_in
from repatria.linkage.commands import known_elsewhere
from repatria.linkage.compare import Record
from repatria.people.table import table_of
from repatria.problem import Problem
from tests.deal.office import Office, office

WHO = {"family_name": "Коваленко", "given_names": "Сергій", "father_name": "Іванович", "date_of_birth": "1990-03-05"}
TABLE = table_of("f.csv", ["surname"], [["x"]] * 3)


def doubts(*people: dict[str, str], gone: dict[str, str] = WHO) -> list[Problem]:
    records = [Record(row, person) for row, person in enumerate(people, 2)]
    return doubts_across(TABLE, records, [released_in("r1", [gone])])


NEAR = "is near or may be the same"


@pytest.mark.parametrize(
    ("who", "likely", "reasons"),
    [
        (WHO, "probably", "family name, given name, father's name and date of birth agree"),
        (WHO | {"family_name": "KOVALENKO", "given_names": "Sergey", "father_name": "Ivan"},
         "probably", "family name, given name, father's name and date of birth agree"),
        (WHO | {"family_name": "Коваленкос"},
         "may be", f"given name, father's name and date of birth agree; family name {NEAR}"),
        (WHO | {"date_of_birth": "1990"},
         "may be", f"family name, given name and father's name agree; date of birth {NEAR}"),
        (WHO | {"father_name": "Петрович"},
         "may be", "family name, given name and date of birth agree; father's name differs"),
    ],
)  # fmt: skip
def test_somebody_released_who_is_listed_again_is_doubted_with_the_reasons(
    who: dict[str, str], likely: str, reasons: str
) -> None:
    (doubt,) = doubts({"family_name": "Other", "given_names": "Test"}, who)
    assert (doubt.code, doubt.where) == ("import.person.released", "f.csv, row 3")
    assert doubt.what == f"{likely} somebody released in round r1: {reasons}"
    assert not re.search("ковален|kovalen|1990|Іван", str(doubt), re.IGNORECASE)


@pytest.mark.parametrize(
    "who",
    [WHO | {"date_of_birth": "1991-01-01"}, WHO | {"given_names": "Олег"}, WHO | {"family_name": "Шевчук"},
     {"family_name": "Коваленко", "given_names": "Сергій"}, {}],
)  # fmt: skip
def test_somebody_who_only_shares_something_with_the_released_is_not_doubted(who: dict[str, str]) -> None:
    assert doubts(who) == []


def test_a_record_number_counts_beside_a_name_that_fits_and_not_by_itself() -> None:
    gone = WHO | {"record_id": "7"}
    (doubt,) = doubts({"record_id": "7", "family_name": "Коваленко"}, gone=gone)
    assert doubt.what == "may be somebody released in round r1: record number and family name agree"
    other = {"record_id": "7", "family_name": "Шевчук", "given_names": "Олег"}
    assert doubts({"record_id": "7"}, other, gone=gone) == []
    assert doubts({"record_id": "row-2", "family_name": "Коваленко"}, gone=WHO | {"record_id": "row-2"}) == []


def test_a_row_is_told_once_per_list_by_the_record_that_agrees_most() -> None:
    known = [WHO | {"father_name": "Петрович"}, WHO, {"family_name": "Коваленко", "record_id": "1"}]
    (met,) = meetings([Record(2, WHO)], known)
    assert met.sure
    lists = [listed_in("march.csv", True, known), listed_in("camps.csv", False, known)]
    found = doubts_across(TABLE, [Record(2, WHO)], lists)
    assert [(each.code, each.where) for each in found] == [
        ("import.person.released", "f.csv, row 2"), ("import.person.held", "f.csv, row 2"),
    ]  # fmt: skip
    assert "(march.csv)" in found[0].what


# --- what a node knows -----------------------------------------------------------------------------------------------


def after_a_stage() -> Office:
    """North holds people with names; some have been handed over to south, at the first stage."""
    desk = office(planned=True)
    for at, one in enumerate(desk.people()):
        born = f"19{70 + at}-01-01"
        desk.now(f"NH-{one.row}", family_name="Invented", given_names="Test", date_of_birth=born)
    desk.story.stage("s1")
    return desk


def by_code(desk: Office, member: str, kind: str) -> dict[str, list[Elsewhere]]:
    found: dict[str, list[Elsewhere]] = {}
    for each in known_elsewhere(desk.state, desk.given(), member, kind):
        found.setdefault(each.code, []).append(each)
    return found


@pytest.mark.parametrize(("member", "kind"), [("north", "held"), ("north", "sought"), ("south", "sought")])
def test_a_node_knows_whom_a_round_has_released_by_every_record_that_it_has(member: str, kind: str) -> None:
    desk = after_a_stage()
    gone = [one for one in desk.people() if one.state == "received"]
    (released,) = by_code(desk, member, kind)["import.person.released"]
    assert released.who == f"somebody released in round {desk.state.round}"
    names = {fields["record_id"] for fields in released.people if "record_id" in fields}
    if member == "north":
        assert gone
        assert names == {f"NH-{one.row}" for one in gone}
    else:
        assert len(released.people) == len(gone)  # from the sealed rows alone
    stay = next(one for one in desk.people() if one.state != "received")
    assert meetings([Record(2, desk.versions[-1][f"NH-{stay.row}"])], released.people) == []


def test_whom_our_own_register_holds_is_doubted_on_a_list_of_the_sought_and_not_on_one_of_the_held() -> None:
    desk = after_a_stage()
    one = next(one for one in desk.people() if one.state != "received")
    record = Record(5, desk.versions[-1][f"NH-{one.row}"])
    (both,) = by_code(desk, "north", "sought")["import.person.both"]
    assert both.who == "somebody whom our own register says we hold"
    assert [met.row for met in meetings([record], both.people)] == [5]
    assert "import.person.both" not in by_code(desk, "north", "held")


def test_whom_the_other_side_has_listed_as_held_is_doubted_on_our_own_list_of_the_held() -> None:
    desk = after_a_stage()
    (held,) = by_code(desk, "south", "held")["import.person.held"]
    assert held.who == "somebody whom north has said it holds"
    left = [one for one in desk.people() if one.state != "received"]
    assert len(held.people) == len(left)
    assert "import.person.held" not in by_code(desk, "north", "held")


def test_of_a_list_of_remains_nobody_is_known_elsewhere() -> None:
    assert by_code(after_a_stage(), "north", "remains") == {}
