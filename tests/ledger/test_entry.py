"""The envelope of one event: one spelling, and signatures that bind its type and body."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.ledger import canonical
from repatria.ledger.entry import (
    ENTRY_MAX,
    ENTRY_TYPE,
    BadEntry,
    Entry,
    Proven,
    Signature,
    _decode_any,
    _decode_plain,
    decode_entry,
    encode_entry,
    is_signed_by,
    key_id,
    pae,
    prove_entry,
    sign_entry,
    with_signatures,
)
from repatria.ledger.note import encode_b64, public_key
from repatria.ledger.tree import leaf_hash
from tests.shared import shared
from tests.spelling import misspelt

NORTH, SOUTH = bytes([1]) * 32, bytes([2]) * 32
BODY = b'{"kind":"Resumed"}'
SIGNED = sign_entry(BODY, [NORTH, SOUTH])


def test_the_published_pre_authentication_encoding() -> None:
    expected = shared("vectors/tiles/dsse_pae_spec_vector.txt").read_bytes()
    assert pae("http://example.com/HelloWorld", b"hello world") == expected.rstrip(b"\n")


@given(st.binary(max_size=60), st.sets(st.integers(1, 9), min_size=1, max_size=4))
def test_an_entry_encoded_and_decoded_is_the_same_entry(body: bytes, seeds: set[int]) -> None:
    entry = sign_entry(body, [bytes([seed]) * 32 for seed in seeds])
    assert decode_entry(encode_entry(entry)) == entry
    assert len(entry.sigs) == len(seeds)


def test_an_entry_is_signed_by_its_signers_and_by_nobody_else() -> None:
    assert is_signed_by(SIGNED, public_key(NORTH))
    assert is_signed_by(SIGNED, public_key(SOUTH))
    assert not is_signed_by(SIGNED, public_key(bytes(32)))


def test_a_signature_does_not_carry_over_to_another_body_or_type() -> None:
    assert not is_signed_by(Entry(ENTRY_TYPE, BODY + b" ", SIGNED.sigs), public_key(NORTH))
    assert not is_signed_by(Entry("text/plain", BODY, SIGNED.sigs), public_key(NORTH))


def test_a_signature_under_another_keys_id_does_not_count() -> None:
    north, south = (Signature(key_id(public_key(seed)), b"") for seed in (NORTH, SOUTH))
    by_id = {s.keyid: s.sig for s in SIGNED.sigs}
    swapped = Entry(ENTRY_TYPE, BODY, (Signature(north.keyid, by_id[south.keyid]),))
    assert not is_signed_by(swapped, public_key(NORTH))
    assert not is_signed_by(swapped, public_key(SOUTH))


def test_a_second_signature_by_the_same_key_changes_nothing() -> None:
    assert with_signatures(SIGNED, [Signature(SIGNED.sigs[0].keyid, bytes(64))]) == SIGNED
    assert sign_entry(BODY, [NORTH, NORTH]) == sign_entry(BODY, [NORTH])


def test_signatures_gathered_one_by_one_give_the_same_entry_in_any_order() -> None:
    one, two = sign_entry(BODY, [NORTH]), sign_entry(BODY, [SOUTH])
    assert with_signatures(one, two.sigs) == with_signatures(two, one.sigs) == SIGNED


@given(st.binary(max_size=40), st.sets(st.integers(1, 9), min_size=1, max_size=3), st.integers(0, 2**32))
def test_an_entry_read_by_its_form_is_the_entry_that_reading_its_json_gives(
    body: bytes, seeds: set[int], seed: int
) -> None:
    entry = sign_entry(body, [bytes([seed]) * 32 for seed in seeds])
    encoded = encode_entry(entry)
    assert _decode_plain(encoded) == _decode_any(encoded) == entry
    random = Random(seed)
    for _ in range(40):
        wrong = misspelt(encoded, random)
        found = _decode_plain(wrong)
        if found is not None:
            assert _decode_any(wrong) == found
            assert encode_entry(found) == wrong


def test_what_is_malformed_has_no_form_either() -> None:
    twice = [SIGS[0], SIGS[0]]
    for data in (text_of(sigs=SIGS[::-1]), text_of(sigs=twice), text_of(sigs=[]), text_of(body_b64="AB==")):
        assert _decode_plain(data) is None
    late = text_of(sigs=[{"keyid": "0" * 32, "sig": "A" * 85 + "B=="}])
    assert _decode_plain(late) is None
    with pytest.raises(BadEntry):
        _decode_any(late)


def test_an_entry_is_proven_by_those_of_the_keys_that_have_signed_and_no_other() -> None:
    encoded, other = encode_entry(SIGNED), sign_entry(b"{}", [NORTH])
    north, south, gulf = (public_key(seed).hex() for seed in (NORTH, SOUTH, bytes([3]) * 32))
    known = {key_id(bytes.fromhex(key)): key for key in (north, south, gulf)}
    proven = prove_entry(encoded, known)
    assert proven is not None
    assert proven.entry == SIGNED
    assert set(proven.keys) == {north, south}
    one = {key: value for key, value in known.items() if value != south}
    assert prove_entry(encoded, one) == Proven(SIGNED, (north,), leaf_hash(encoded))
    claimed = Entry(ENTRY_TYPE, BODY, (Signature(key_id(public_key(NORTH)), other.sigs[0].sig),))
    assert prove_entry(encode_entry(claimed), known) == Proven(claimed, (), leaf_hash(encode_entry(claimed)))
    assert prove_entry(b"not an entry", known) is None
    assert prove_entry(encoded, dict.fromkeys(known, gulf)) == Proven(SIGNED, (), leaf_hash(encoded))


def text_of(**changes: object) -> bytes:
    value = canonical.decode(encode_entry(SIGNED))
    return canonical.encode({k: v for k, v in (value | changes).items() if v is not None})


SIGS = [{"keyid": s.keyid, "sig": encode_b64(s.sig)} for s in SIGNED.sigs]


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("not JSON", b"{"),
        ("another spelling", encode_entry(SIGNED).replace(b",", b", ", 1)),
        ("not an object", b"[]"),
        ("a field too many", text_of(extra=1)),
        ("a field too few", text_of(type=None)),
        ("another type", text_of(type="text/plain")),
        ("a type that is no text", text_of(type=1)),
        ("no signature", text_of(sigs=[])),
        ("signatures that are no list", text_of(sigs={})),
        ("signatures out of order", text_of(sigs=SIGS[::-1])),
        ("two signatures by one key", text_of(sigs=[SIGS[0], SIGS[0]])),
        ("a signature with a field too many", text_of(sigs=[SIGS[0] | {"x": 1}])),
        ("a key id in capitals", text_of(sigs=[SIGS[0] | {"keyid": "A" * 32}])),
        ("a key id that is no text", text_of(sigs=[SIGS[0] | {"keyid": 1}])),
        ("a short signature", text_of(sigs=[SIGS[0] | {"sig": "AAAA"}])),
        ("base64 not canonical", text_of(body_b64="AB==")),
        ("base64 without padding", text_of(body_b64="AA")),
        ("bytes that are no text", text_of(body_b64=1)),
        ("too long", text_of(body_b64="A" * 65536)),
    ],
)
def test_a_malformed_entry_is_refused(what: str, data: bytes) -> None:
    assert decode_entry(text_of()) == SIGNED
    with pytest.raises(BadEntry):
        decode_entry(data)


def test_an_entry_is_encoded_up_to_65535_bytes_and_not_beyond() -> None:
    overhead = len(encode_entry(sign_entry(b"", [NORTH])))
    most = (ENTRY_MAX - overhead) // 4 * 3
    assert len(encode_entry(sign_entry(b"x" * most, [NORTH]))) <= ENTRY_MAX
    with pytest.raises(BadEntry, match="attachment"):
        encode_entry(sign_entry(b"x" * (most + 3), [NORTH]))


@given(st.binary(max_size=120))
def test_bytes_from_anywhere_are_an_entry_or_refused_never_a_crash(data: bytes) -> None:
    with pytest.raises(BadEntry):
        decode_entry(data)
