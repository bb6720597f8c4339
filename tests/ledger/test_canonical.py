"""One value has one text, and every other spelling of it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.ledger.canonical import DEPTH_MAX, INT_MAX, NotCanonical, decode, digest, encode

texts = st.text(st.characters(codec="utf-8"), max_size=8)
scalars = st.none() | st.booleans() | st.integers(-INT_MAX, INT_MAX) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_decoding_what_was_encoded_gives_the_value_back(value: Any) -> None:
    assert decode(encode(value)) == value


@given(st.dictionaries(texts, scalars, max_size=6), st.randoms())
def test_the_order_in_which_keys_were_put_in_does_not_matter(value: dict[str, Any], random: Any) -> None:
    keys = list(value)
    random.shuffle(keys)
    assert encode({key: value[key] for key in keys}) == encode(value)


@given(st.binary(max_size=40) | values.map(encode))
def test_whatever_decodes_is_spelled_as_encode_spells_it(data: bytes) -> None:
    try:
        value = decode(data)
    except NotCanonical:
        return
    assert encode(value) == data


def test_keys_are_sorted_by_utf_16_code_units_as_in_rfc_8785_section_3_2_3() -> None:
    # The example of the RFC: U+FB33 sorts after the surrogate pair of U+1F600, though it is the lower one.
    keys = {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}
    order = ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]
    assert list(decode(encode(keys))) == order
    assert sorted(keys) != order, "the example must tell code units from code points"


def test_strings_are_escaped_as_in_rfc_8785_section_3_2_2_2() -> None:
    assert encode('€$\x0f\nA\'B"\\\\"/') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()
    assert encode("\b\t\n\f\r\x1f\x7f\u2028") == '"\\b\\t\\n\\f\\r\\u001f\x7f\u2028"'.encode()


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}', b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1}\n', b" 1", b"1.0",
        b"1e2", b"-0", b"01", b"NaN",
        b"Infinity", b'"\\u0041"', b'"\\/"', b'"\\u000A"', b'"\\ud800"', b'{"\\ud800":1}', b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf1", b"\xff", b"", b"{", b"9007199254740992", b"-9007199254740992", b"1" * 5000,
        b"[" * 65 + b"]" * 65, b"[" * 100_000, b'{"\xf0\x9f\x98\x80":1,"\xef\xac\xb3":1,"a":1}',
    ],
)  # fmt: skip
def test_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        decode(data)


@pytest.mark.parametrize(
    "value", [1.0, INT_MAX + 1, b"x", {1: 2}, {"a": {1, 2}}, "\ud800", {"\udfff": 1, "é": 2}]
)
def test_a_value_without_a_canonical_text_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        encode(value)


def test_nesting_is_allowed_to_the_limit_and_not_beyond() -> None:
    at_limit = b"[" * DEPTH_MAX + b"]" * DEPTH_MAX
    assert encode(decode(at_limit)) == at_limit
    with pytest.raises(NotCanonical):
        decode(b"[" + at_limit + b"]")
    value: list[Any] = []
    for _ in range(DEPTH_MAX):
        value = [value]
    with pytest.raises(NotCanonical):
        encode(value)


def test_a_digest_is_sha_256_in_hex() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
