"""Terms read from an officer's text: who stands with whom, and every problem at once."""

from __future__ import annotations

import pytest

from repatria.deal.terms import EXAMPLE, Disclosure, Terms, decode_terms, encode_terms, parse_terms
from repatria.problem import Problem

ANKARA = (
    EXAMPLE.replace('["north", "south"]', '["alba", "east", "fara", "gora", "west"]')
    .replace("north = 10\nsouth = 12", "easterly = 10\nwesterly = 12")
    .replace("{ north = 40, south = 40 }", "{ easterly = 40, westerly = 40 }")
    + '\n[sides]\neasterly = ["east", "fara"]\nwesterly = ["alba", "gora", "west"]\n'
)


def read(text: str) -> tuple[Terms | None, list[Problem]]:
    return parse_terms(text, bytes(32))


def test_two_parties_are_two_sides_by_their_own_names() -> None:
    terms, problems = read(EXAMPLE)
    assert problems == []
    assert terms is not None
    assert terms.sides == {"north": ("north",), "south": ("south",)}
    assert (terms.side_of("north"), terms.other_side("north")) == ("north", "south")


def test_many_parties_stand_on_two_sides() -> None:
    terms, problems = read(ANKARA)
    assert problems == []
    assert terms is not None
    assert {terms.side_of(party) for party in ("alba", "gora", "west")} == {"westerly"}
    assert terms.totals == {"easterly": 10, "westerly": 12}
    assert decode_terms(encode_terms(terms)) == terms


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"gora", "west"]\n', '"west"]\n'),  # one party on no side
        ('["east", "fara"]', '["east", "fara", "gora"]'),  # one on both
        ('["east", "fara"]', '["east", "fara", "nowhere"]'),
        ("\nwesterly = [", "\nalba = ["),  # several parties under the name of one
        ('westerly = ["alba", "gora", "west"]', 'a = ["alba", "gora"]\nb = ["west"]'),  # three sides
        ("[sides]", "[side]"),
    ],
)
def test_parties_that_do_not_stand_on_two_sides_are_refused(before: str, after: str) -> None:
    assert ANKARA.count(before) >= 1
    head, _, tail = ANKARA.rpartition(before)
    terms, problems = read(head + after + tail)
    assert terms is None
    assert {problem.code for problem in problems} == {"terms.field"}


def test_every_problem_of_the_terms_comes_at_once() -> None:
    text = EXAMPLE.replace("chance_days = 7", "chance_days = 8").replace("date = 2025-12-10", 'date = "2025-02-30"')
    _, problems = read("points = 3\n" + text.replace("bound = 3", "bound = 30"))
    assert {p.code for p in problems} == {"terms.price", "terms.chance", "terms.field", "terms.bound"}


# --- signatures and disclosure ----------------------------------------------------------------------------------------

ASKING = (
    EXAMPLE
    + """
[signatures]
plan = ["strand", "gulf"]
terms = ["vow"]

[quorums]
north = 3

[disclosure]
to = ["holder", "cross"]
fields = ["service_number", "family_name"]
"""
)


def test_terms_say_who_signs_besides_and_what_of_the_sought_is_shown_to_whom() -> None:
    terms, problems = read(ASKING)
    assert problems == []
    assert terms is not None
    assert (terms.besides("plan"), terms.besides("terms"), terms.besides("final_list")) == (
        ("gulf", "strand"), ("vow",), (),
    )  # fmt: skip
    assert terms.quorums == {"north": 3}
    assert terms.disclosure == Disclosure(("cross", "holder"), ("family_name", "service_number"))
    assert [terms.may_read("north", member) for member in ("south", "north", "cross", "gulf")] == [
        True, False, True, False,
    ]  # fmt: skip
    assert decode_terms(encode_terms(terms)) == terms


def test_without_a_word_on_it_nobody_signs_besides_and_any_member_may_be_shown() -> None:
    terms, _ = read(EXAMPLE)
    assert terms is not None
    assert (terms.signatures, terms.disclosure, terms.may_read("north", "gulf")) == ({}, None, True)
    assert decode_terms(encode_terms(terms)) == terms


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ('plan = ["strand", "gulf"]', "plan = []", "signatures.plan"),
        ('plan = ["strand", "gulf"]', 'plan = ["strand", "strand"]', "signatures.plan"),
        ('plan = ["strand", "gulf"]', 'plan = "strand"', "signatures.plan"),
        ('plan = ["strand", "gulf"]', 'plan = ["north"]', "signatures.plan"),  # a party signs in any case
        ('plan = ["strand", "gulf"]', 'handover = ["strand"]', "signatures.handover"),
        ("north = 3", "north = 0", "quorums.north"),
        ("north = 3", "", "quorums"),
        ('to = ["holder", "cross"]', "to = []", "disclosure.to"),
        ('to = ["holder", "cross"]\n', "", "disclosure.to"),
        ('fields = ["service_number", "family_name"]', 'fields = ["medical_category"]', "disclosure.fields"),
        ('fields = ["service_number", "family_name"]', "fields = []", "disclosure.fields"),
    ],
)
def test_what_nobody_could_sign_or_nobody_may_show_is_no_term(before: str, after: str, field: str) -> None:
    head, _, tail = ASKING.rpartition(before)
    assert head
    terms, problems = read(head + after + tail)
    assert terms is None
    assert field in {problem.where.removeprefix("terms, ") for problem in problems}
