"""Signed notes, cosignatures and the one strict notion of a good Ed25519 signature."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.ledger import note
from repatria.ledger.note import (
    COSIGNATURE,
    ED25519,
    BadNote,
    VerifierKey,
    build_note,
    cosign,
    ed25519_sign,
    ed25519_verify,
    format_vkey,
    open_note,
    parse_note,
    parse_vkey,
    public_key,
    sign_note,
)
from tests.shared import shared

TEXT = "log.example/x1\n7\n3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=\n"
LOG, WITNESS, STRANGER = bytes([1]) * 32, bytes([2]) * 32, bytes([3]) * 32
LOG_KEY = VerifierKey("log.example/x1", ED25519, public_key(LOG))
WITNESS_KEY = VerifierKey("mediator.example", COSIGNATURE, public_key(WITNESS))
LOG_LINE = sign_note(TEXT, LOG_KEY.name, LOG)
WITNESS_LINE = cosign(TEXT, WITNESS_KEY.name, WITNESS, 1_763_800_000)
NOTE = build_note(TEXT, [LOG_LINE, WITNESS_LINE])


# --- Ed25519 ----------------------------------------------------------------------------------------------


def test_wycheproof_ed25519_is_judged_as_published() -> None:
    vectors = json.loads(shared("vectors/ed25519/wycheproof_ed25519.json").read_text())
    count = 0
    for group in vectors["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            good = ed25519_verify(public, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            assert good is (case["result"] == "valid"), case["tcId"]
            count += 1
    assert count == vectors["numberOfTests"] == 151


def edge_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(shared("vectors/ed25519/cctv_edge_cases.json").read_text())
    return cases


def test_exactly_the_43_of_914_edge_cases_that_libsodium_accepts_are_accepted() -> None:
    cases = edge_cases()
    accepted = [
        case for case in cases
        if ed25519_verify(bytes.fromhex(case["key"]), bytes.fromhex(case["sig"]), case["msg"].encode())
    ]  # fmt: skip
    assert (len(cases), len(accepted)) == (914, 43)
    refused_for = {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"}
    assert not [case["number"] for case in accepted if refused_for & set(case["flags"] or ())]


def test_our_own_checks_refuse_every_weak_point_without_asking_libsodium() -> None:
    weak = {"low_order_A": "key", "non_canonical_A": "key", "low_order_R": "sig", "non_canonical_R": "sig"}
    seen = set()
    for case in edge_cases():
        public, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        for flag in set(case["flags"] or ()) & weak.keys():
            assert not note._is_usable_point(bytes.fromhex(case[weak[flag]])[:32]), case["number"]
            assert not note._is_strictly_encoded(public, signature)
            seen.add(flag)
    assert seen == weak.keys()


def test_a_signature_with_the_group_order_added_to_its_scalar_is_refused() -> None:
    signature = ed25519_sign(LOG, b"message")
    assert ed25519_verify(public_key(LOG), signature, b"message")
    scalar = int.from_bytes(signature[32:], "little") + note._L
    again = signature[:32] + scalar.to_bytes(32, "little")
    assert not ed25519_verify(public_key(LOG), again, b"message")
    assert note._is_strictly_encoded(public_key(LOG), signature)
    assert not note._is_strictly_encoded(public_key(LOG), again)


def test_rfc_8032_section_7_1_test_2() -> None:
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    assert public_key(seed).hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert ed25519_sign(seed, b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


@pytest.mark.parametrize("y", sorted(note._SMALL_ORDER_Y))
@pytest.mark.parametrize("sign", [0, 1])
def test_a_verifier_key_of_small_order_cannot_be_made(y: int, sign: int) -> None:
    with pytest.raises(BadNote, match="small order"):
        VerifierKey("log.example", ED25519, (y | sign << 255).to_bytes(32, "little"))


# --- notes ------------------------------------------------------------------------------------------------


def test_the_published_note_cosignature_and_keys() -> None:
    v = json.loads(shared("vectors/tiles/repatria_note_cosig_proof.json").read_text())
    log_seed, witness_seed = bytes.fromhex(v["log_seed_hex"]), bytes.fromhex(v["witness_seed_hex"])
    log, witness = parse_vkey(v["log_vkey"]), parse_vkey(v["witness_vkey"])
    assert (log.kind, witness.kind) == (ED25519, COSIGNATURE)
    assert (format_vkey(log), format_vkey(witness)) == (v["log_vkey"], v["witness_vkey"])
    assert (log.public, witness.public) == (public_key(log_seed), public_key(witness_seed))
    text = v["checkpoint_body"]
    assert note._cosigned_message(text.encode(), 1763800000).hex() == v["cosigned_message_hex"]
    lines = [sign_note(text, log.name, log_seed), cosign(text, witness.name, witness_seed, 1763800000)]
    assert build_note(text, lines) == v["checkpoint"].encode()
    opened = open_note(v["checkpoint"].encode(), [log, witness])
    assert [(s.name, s.time) for s in opened.verified] == [(log.name, None), (witness.name, 1763800000)]
    assert (opened.text, opened.unknown_lines) == (text, ())


def test_a_line_by_an_unknown_key_is_set_aside_and_named() -> None:
    opened = open_note(NOTE, [LOG_KEY])
    assert [v.name for v in opened.verified] == [LOG_KEY.name]
    assert opened.unknown_lines == (WITNESS_LINE,)
    assert opened.by(LOG_KEY) is not None
    assert opened.by(WITNESS_KEY) is None


def test_a_known_key_whose_signature_fails_spoils_the_whole_note() -> None:
    other = build_note(TEXT, [LOG_LINE, cosign(TEXT.replace("7", "8", 1), WITNESS_KEY.name, WITNESS, 5)])
    with pytest.raises(BadNote, match="line 2"):
        open_note(other, [LOG_KEY, WITNESS_KEY])


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    with pytest.raises(BadNote, match="none of the 2 signatures"):
        open_note(NOTE, [VerifierKey("log.example/x1", ED25519, public_key(STRANGER))])


def test_a_signature_cannot_stand_in_for_a_cosignature_with_the_same_key() -> None:
    as_witness = VerifierKey(LOG_KEY.name, COSIGNATURE, LOG_KEY.public)
    with pytest.raises(BadNote):
        open_note(NOTE, [as_witness])
    line = parse_note(NOTE)[1][0]
    assert note.verify_line(TEXT, line, as_witness) is None


def test_moving_a_cosignature_in_time_breaks_it() -> None:
    data = bytearray(note.decode_b64(WITNESS_LINE.split(" ")[2].strip()))
    data[11] ^= 1
    moved = f"— {WITNESS_KEY.name} {note.encode_b64(bytes(data))}\n"
    with pytest.raises(BadNote, match="line 2"):
        open_note(build_note(TEXT, [LOG_LINE, moved]), [LOG_KEY, WITNESS_KEY])


def test_a_time_beyond_63_bits_is_refused_though_its_signature_holds() -> None:
    for time, good in ((2**63 - 1, True), (2**63, False)):
        signature = ed25519_sign(WITNESS, note._cosigned_message(TEXT.encode(), time))
        data = note.encode_b64(WITNESS_KEY.key_id + time.to_bytes(8, "big") + signature)
        line = note.parse_line(f"— {WITNESS_KEY.name} {data}\n")
        assert (note.verify_line(TEXT, line, WITNESS_KEY) is not None) is good


def test_every_flipped_bit_of_a_note_is_refused_or_seen_as_an_unknown_line() -> None:
    for at in range(len(NOTE) * 8):
        damaged = bytearray(NOTE)
        damaged[at // 8] ^= 1 << at % 8
        try:
            opened = open_note(bytes(damaged), [LOG_KEY, WITNESS_KEY])
        except BadNote:
            continue
        assert opened.unknown_lines, f"bit {at} changed nothing that anyone sees"
        assert opened.text == TEXT


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("no signature", TEXT.encode() + b"\n"),
        ("no empty line", TEXT.encode() + LOG_LINE.encode()),
        ("last line not ended", NOTE[:-1]),
        ("a carriage return", NOTE.replace(b"\n", b"\r\n")),
        ("two spaces", NOTE.replace("— ".encode(), "—  ".encode())),
        ("a hyphen for the dash", NOTE.replace("— ".encode(), b"- ")),
        ("a byte after the end", NOTE + b"x"),
        ("an empty line at the end", NOTE + b"\n"),
        ("padding dropped", NOTE.replace(b"=\n", b"\n")),
        ("a name with +", NOTE.replace(b"mediator.example", b"mediator+example")),
        ("no name", NOTE.replace(b"mediator.example", b"")),
        ("not UTF-8", NOTE.replace(b"log", b"\xff", 1)),
        ("a control character", NOTE.replace(b"log", b"l\x07g", 1)),
        ("an unprintable separator", NOTE.replace(b"mediator.example", "a\u00a0b".encode())),
        ("a signature of no bytes", TEXT.encode() + b"\n" + "— a AAAAAA==\n".encode()),
        ("too many signatures", TEXT.encode() + b"\n" + LOG_LINE.encode() * 101),
        ("too long", b"x" * 1_000_001),
        ("empty", b""),
    ],
)
def test_a_malformed_note_is_refused(what: str, data: bytes) -> None:
    with pytest.raises(BadNote):
        open_note(data, [LOG_KEY])


def test_the_text_ends_at_the_last_empty_line() -> None:
    text = "one\n\ntwo\n"
    signed = build_note(text, [sign_note(text, LOG_KEY.name, LOG)])
    assert open_note(signed, [LOG_KEY]).text == text


def test_sixteen_signatures_are_read() -> None:
    lines = [cosign(TEXT, f"w{i}", bytes([i + 1]) * 32, i) for i in range(16)]
    keys = [VerifierKey(f"w{i}", COSIGNATURE, public_key(bytes([i + 1]) * 32)) for i in range(16)]
    assert len(open_note(build_note(TEXT, lines), keys).verified) == 16


@pytest.mark.parametrize("text", ["", "no line feed", "tab\there\n", "cr\r\n", "\ud800\n"])
def test_a_text_that_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(BadNote):
        sign_note(text, LOG_KEY.name, LOG)


@pytest.mark.parametrize("time", [-1, 2**63])
def test_a_time_out_of_range_is_not_cosigned(time: int) -> None:
    with pytest.raises(BadNote):
        cosign(TEXT, WITNESS_KEY.name, WITNESS, time)


# --- verifier keys ----------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32), st.sampled_from([ED25519, COSIGNATURE]))
def test_a_verifier_key_written_and_read_is_the_same_key(seed: bytes, kind: int) -> None:
    key = VerifierKey("party.example/desk", kind, public_key(seed))
    assert parse_vkey(format_vkey(key)) == key


@pytest.mark.parametrize(
    "damage",
    [
        lambda v: v.replace("log.example", "log.exampel"),  # the id is of another name
        lambda v: v.replace("+", " ", 1),
        lambda v: v[:-1],
        lambda v: v + "=",
        lambda v: v.upper(),
        lambda v: "+".join([v.split("+")[0], v.split("+")[1], "AA=="]),
        lambda v: "log.example",
    ],
)
def test_a_damaged_verifier_key_is_refused(damage: Any) -> None:
    key = format_vkey(LOG_KEY)
    assert parse_vkey(key) == LOG_KEY
    with pytest.raises(BadNote):
        parse_vkey(damage(key))


@given(st.binary(max_size=200))
def test_bytes_from_anywhere_are_opened_or_refused_never_a_crash(data: bytes) -> None:
    for candidate in (data, NOTE[: len(data)] + data, NOTE + data):
        try:
            open_note(candidate, [LOG_KEY])
        except BadNote:
            continue
