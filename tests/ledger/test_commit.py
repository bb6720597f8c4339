"""Commitments bind a value to its exchange and field, open with their salt, and say nothing without it."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.ledger.commit import (
    commitment,
    is_opened_by,
    person_root,
    person_tree,
    register_root,
    register_tree,
    row_mark,
)
from repatria.ledger.tree import EMPTY_ROOT, BadProof, check_inclusion, leaf_hash
from tests.shared import shared

SALT = bytes(range(32))
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


def test_wycheproof_hmac_sha256_is_what_commitments_are_made_with() -> None:
    vectors = json.loads(shared("vectors/mac/hmac_sha256_test.json").read_text())
    for group in vectors["testGroups"]:
        for case in group["tests"]:
            key, message, tag = (bytes.fromhex(case[k]) for k in ("key", "msg", "tag"))
            made = hmac.digest(key, message, hashlib.sha256)[: group["tagSize"] // 8]
            good = hmac.compare_digest(made, tag)
            assert good is (case["result"] == "valid"), case["tcId"]


def test_a_commitment_is_the_hmac_written_down_in_the_format() -> None:
    message = b"repatria/commit/v1\x00example/x1\x00surname\x00Example"
    assert commitment(SALT, "example/x1", "surname", "Example") == hmac.digest(SALT, message, "sha256")


@given(words, words, words, words, words, words)
def test_two_different_triples_have_two_commitments(a: str, b: str, c: str, x: str, y: str, z: str) -> None:
    same = commitment(SALT, a, b, c) == commitment(SALT, x, y, z)
    assert same is ((a, b, c) == (x, y, z))


def test_another_salt_does_not_open_it() -> None:
    committed = commitment(SALT, "x1", "surname", "Example")
    assert is_opened_by(committed, SALT, "x1", "surname", "Example")
    assert not is_opened_by(committed, bytes(32), "x1", "surname", "Example")


@pytest.mark.parametrize("bad", [("a\0", "b", "c"), ("a", "b\0", "c"), ("a", "b", "c\0d")])
def test_a_zero_byte_is_refused(bad: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="zero byte"):
        commitment(SALT, *bad)


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="salt"):
        commitment(SALT[:31], "a", "b", "c")


def test_one_field_of_one_person_opens_against_the_registers_root() -> None:
    people = [[commitment(SALT, "x1", field, f"{field} {p}") for field in "abc"] for p in range(5)]
    root = register_root([person_root(fields) for fields in people])
    field, person = person_tree(people[3]), register_tree([person_root(fields) for fields in people])
    check_inclusion(field.prove_inclusion(1), 1, 3, leaf_hash(people[3][1]), field.root())
    check_inclusion(person.prove_inclusion(3), 3, 5, leaf_hash(field.root()), root)


def test_a_record_cannot_be_shown_as_that_of_another_row() -> None:
    fields = [commitment(SALT, "x1", field, field) for field in "abc"]
    roots = [person_root([row_mark(row), *fields]) for row in ("0001", "0002")]
    tree, register = person_tree([row_mark("0001"), *fields]), register_tree(roots)
    proof = tree.prove_inclusion(0)
    check_inclusion(proof, 0, 4, leaf_hash(row_mark("0001")), roots[0])
    with pytest.raises(BadProof):
        check_inclusion(proof, 0, 4, leaf_hash(row_mark("0002")), roots[0])
    with pytest.raises(BadProof):
        check_inclusion(register.prove_inclusion(0), 0, 2, leaf_hash(roots[1]), register.root())


def test_an_empty_register_has_the_empty_trees_root() -> None:
    assert register_root([]) == EMPTY_ROOT


def test_a_commitment_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        person_root([b"short"])
