"""Two versions of a list: everybody once, joined for a reason, and what changed in words without what it says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.linkage.compare import Record
from repatria.linkage.versions import ALL_SAME, BY_RULE, OWN_NUMBER, REUSED, Change, Versions, compare_versions
from repatria.linkage.within import NEAR_FAMILY

PERSON = {"family_name": "Коваленко", "given_names": "Сергій", "date_of_birth": "1990-03-05"}


def versions(old: list[dict[str, str]], new: list[dict[str, str]]) -> Versions:
    return compare_versions(
        [Record(row, each) for row, each in enumerate(old, 2)], [Record(row, each) for row, each in enumerate(new, 102)]
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ({"record_id": "7"}, {"record_id": "7", "family_name": "Шевчук"}, OWN_NUMBER),
        ({"record_id": "7"}, {"record_id": "8"}, ALL_SAME),
        ({}, {"rank": "major"}, BY_RULE["name_and_birth_date"]),
        ({}, {"date_of_birth": "1990"}, BY_RULE["name_and_possible_birth_date"]),
        ({"service_number": "AB-1"}, {"service_number": "ab 1", "family_name": "Шевчук"}, BY_RULE["service_number"]),
        ({}, {"family_name": "Коваленкос"}, NEAR_FAMILY),
    ],
)
def test_a_person_is_found_again_and_it_is_said_how(old: dict[str, str], new: dict[str, str], reason: str) -> None:
    found = versions([PERSON | old], [PERSON | new])
    assert [(pair.old_row, pair.new_row, pair.reason) for pair in found.pairs] == [(2, 102, reason)]
    assert (found.added, found.gone, found.unclear) == ((), (), ())


@pytest.mark.parametrize(
    ("field", "old", "new", "how"),
    [
        ("rank", None, "major", "filled in"),
        ("rank", "major", None, "cleared"),
        ("rank", "major", "captain", "changed"),
        ("family_name", "Коваленко", "KOVALENKO", "spelled otherwise"),
        ("family_name", "Коваленко", "Шевчук", "changed"),
        ("date_of_birth", "1990", "1990-03-05", "known more exactly"),
        ("date_of_birth", "1990-03-05", "1990", "known less exactly"),
        ("date_of_birth", "1990-03-05", "1991-03-05", "changed"),
        ("unknown:Shoe", "41", "42", "changed"),
    ],
)
def test_a_change_is_told_by_its_kind(field: str, old: str | None, new: str | None, how: str) -> None:
    def with_(value: str | None) -> dict[str, str]:
        kept = {"record_id": "7"} | {name: text for name, text in PERSON.items() if name != field}
        return kept | ({} if value is None else {field: value})

    (pair,) = versions([with_(old)], [with_(new)]).pairs
    assert pair.changes == (Change(field, how),)  # type: ignore[arg-type]


def test_who_is_added_and_who_is_gone_is_told_by_row_and_counts_come_first() -> None:
    one, two, three = ({"record_id": n, "family_name": f"Invented{n}"} for n in "123")
    found = versions([one, two], [two, three]).as_json()
    assert list(found)[:6] == ["people_before", "people_now", "added", "gone", "changed", "unchanged"]
    assert [found[name] for name in list(found)[:6]] == [2, 2, 1, 1, 0, 1]
    assert (found["added_rows"], found["gone_rows"]) == ([103], [2])


def test_a_record_number_given_to_somebody_else_is_remarked() -> None:
    other = {"family_name": "Шевчук", "given_names": "Андрій", "date_of_birth": "1970-01-01"}
    (pair,) = versions([PERSON | {"record_id": "7"}], [other | {"record_id": "7"}]).pairs
    assert pair.remark == REUSED
    (same,) = versions([PERSON | {"record_id": "7"}], [PERSON | {"record_id": "7", "given_names": "Андрій"}]).pairs
    assert same.remark == ""


def test_of_two_who_fit_alike_nobody_is_joined_and_of_two_who_do_not_the_better_is() -> None:
    twice = [PERSON | {"rank": "major"}, PERSON | {"rank": "captain"}]
    unclear = versions([PERSON], twice)
    assert (unclear.pairs, unclear.unclear) == ((), (((2,), (102, 103)),))
    assert (unclear.gone, unclear.added) == ((2,), (102, 103))
    better = versions([PERSON | {"father_name": "Іван"}], [*twice, PERSON | {"father_name": "Іван", "rank": "major"}])
    assert [pair.new_row for pair in better.pairs] == [104]


def test_no_cell_of_a_person_is_in_what_is_said() -> None:
    old = [PERSON | {"record_id": "zqx1", "rank": "zqx2"}, {"record_id": "zqx3", "family_name": "zqx4"}]
    said = json.dumps(versions(old, [PERSON | {"record_id": "zqx1", "rank": "zqx5"}]).as_json(), ensure_ascii=False)
    assert "zqx" not in said
    assert "Коваленко" not in said


names = st.sampled_from(["", "Коваленко", "Kovalenko", "Шевчук"])
people = st.lists(
    st.fixed_dictionaries({
        "record_id": st.sampled_from(["", "1", "2", "3"]), "family_name": names,
        "given_names": st.sampled_from(["Сергій", "Sergey"]),
        "date_of_birth": st.sampled_from(["", "1990", "1990-03-05"]),
        "service_number": st.sampled_from(["", "AB1", "AB2"]),
    }).map(lambda fields: {name: text for name, text in fields.items() if text}),
    max_size=6,
)  # fmt: skip


@given(people, people, st.randoms(use_true_random=False))
def test_everybody_is_told_exactly_once_whatever_the_order(old, new, draw) -> None:  # type: ignore[no-untyped-def]
    found = versions(old, new)
    assert sorted([*(pair.old_row for pair in found.pairs), *found.gone]) == list(range(2, 2 + len(old)))
    assert sorted([*(pair.new_row for pair in found.pairs), *found.added]) == list(range(102, 102 + len(new)))
    befores = [Record(row, each) for row, each in enumerate(old, 2)]
    afters = [Record(row, each) for row, each in enumerate(new, 102)]
    draw.shuffle(befores)
    draw.shuffle(afters)
    assert compare_versions(befores, afters) == found


@given(people)
def test_a_list_of_distinct_people_compared_with_itself_has_not_changed(old: list[dict[str, str]]) -> None:
    distinct = [each | {"record_id": f"own-{at}"} for at, each in enumerate(old)]
    found = versions(distinct, distinct)
    assert (found.changed, found.added, found.gone) == ((), (), ())
