"""A person's record: 35 fields in the order of GC III 122(4), each with an exact text form."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.people import person as record
from repatria.people.person import (
    FIELDS,
    FitToTravel,
    Person,
    ProofOfLife,
    person_from_fields,
    person_to_fields,
)
from repatria.people.register import register_fields
from tests.people.test_dates import SPANS

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=20)
NAMES = st.text(st.characters(exclude_characters="\x00|", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda name: name == name.strip()
)


def some_of(choices: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(choices)).map(lambda chosen: tuple(word for word in choices if word in chosen))


SPECIAL: dict[str, st.SearchStrategy[object]] = {
    **dict.fromkeys(("date_of_birth", "capture_date", "valid_until"), SPANS),
    "list_kind": st.sampled_from(get_args(record.ListKind)),
    "sex": st.sampled_from(get_args(record.Sex)),
    "person_category": st.sampled_from(get_args(record.PersonCategory)),
    "legal_proceedings": st.sampled_from(get_args(record.LegalProceedings)),
    "custody_status": st.sampled_from(get_args(record.CustodyStatus)),
    "medical_category": st.sampled_from(get_args(record.MedicalCategory)),
    "wish_to_return": st.sampled_from(get_args(record.WishToReturn)),
    "priority_grounds": some_of(get_args(record.PriorityGround)),
    "sharing_consent": some_of(get_args(record.ConsentScope)),
    "alternate_names": st.sets(st.tuples(st.sampled_from(["Latn", "Cyrl", "Arab"]), NAMES), min_size=1).map(
        lambda pairs: tuple(sorted(pairs))
    ),
    "fit_to_travel": st.builds(FitToTravel, SPANS, TEXTS),
    "proof_of_life": st.builds(ProofOfLife, SPANS, TEXTS),
}
PERSONS = st.builds(Person, **{name: st.none() | SPECIAL.get(name, TEXTS) for name in FIELDS})


@given(PERSONS)
def test_a_person_read_back_from_their_fields_is_the_same_person(person: Person) -> None:
    texts = person_to_fields(person)
    assert person_from_fields(texts) == person
    assert list(texts) == [name for name in FIELDS if name in texts]
    assert register_fields(person) == list(texts.items())


def test_the_record_has_35_fields_and_those_of_gc_iii_122_come_first_in_its_order() -> None:
    assert len(FIELDS) == len(set(FIELDS)) == 35
    assert FIELDS[:11] == (
        "family_name",
        "given_names",
        "rank",
        "service_number",
        "place_of_birth",
        "date_of_birth",
        "power_on_which_depends",
        "father_name",
        "mother_maiden_name",
        "next_of_kin_ref",
        "place_of_detention",
    )


def test_unknown_is_left_out_and_an_empty_set_of_consents_is_not() -> None:
    assert person_to_fields(Person()) == {}
    assert person_to_fields(Person(sharing_consent=())) == {"sharing_consent": "none"}


def test_an_empty_text_is_not_a_value() -> None:
    with pytest.raises(ValueError, match="no exact text form"):
        Person(family_name="")


def test_a_zero_byte_which_would_shift_a_commitment_is_not_a_value() -> None:
    with pytest.raises(ValueError, match="family_name"):
        Person(family_name="a\x00b")


def test_a_word_outside_the_list_is_not_a_value() -> None:
    with pytest.raises(ValueError, match="not one of"):
        person_from_fields({"medical_category": "well"})


def test_a_field_outside_the_record_is_refused() -> None:
    with pytest.raises(ValueError, match="no such field"):
        person_from_fields({"hair_colour": "x"})


def test_extras_follow_the_record_in_sorted_order() -> None:
    fields = register_fields(Person(family_name="Invented"), {"unknown:b": "2", "unknown:a": "1"})
    assert fields == [("family_name", "Invented"), ("unknown:a", "1"), ("unknown:b", "2")]
