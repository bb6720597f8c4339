"""Canonical bytes: one event has one spelling, and what is not that spelling is not an event."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repatria.exchange import events
from repatria.exchange.attachments import named_by
from repatria.exchange.codec import (
    _FORMS,
    Body,
    _decode_any,
    _decode_flat,
    data_hash,
    decode_body,
    encode_body,
    event_id,
    plain,
    revive,
)
from repatria.exchange.documents import Answers, FinalList, Freeze, Plan, read, write
from repatria.exchange.events import KINDS, Event, Suspended
from repatria.ledger.canonical import decode, encode
from tests.exchange.world import ROUND, sha
from tests.spelling import misspelt

_INTS = st.integers(0, 2**53 - 1)
_DAYS = st.dates().map(lambda day: day.isoformat())
_HEX = {events.Opaque: 16, events.Sha256: 32, events.Key: 32, events.Signature: 64}
_MOMENTS = st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"))


@cache
def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type, made from the dataclasses themselves, so that a new event kind is tested too."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(st.none() if arg is type(None) else values_of(arg) for arg in args)
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(values_of(args[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, args))
    if origin is dict:
        return st.dictionaries(st.text(max_size=8), values_of(args[1]), max_size=3)
    if kind is events.Day:
        return _DAYS
    if kind is events.Moment:
        return _MOMENTS
    if kind in _HEX:
        return st.binary(min_size=_HEX[kind], max_size=_HEX[kind]).map(bytes.hex)
    if kind in _FORMS:
        return st.from_regex(_FORMS[kind], fullmatch=True)
    if kind is bool:
        return st.booleans()
    if kind is int:
        return _INTS
    assert is_dataclass(kind), kind
    hints = typing.get_type_hints(kind)
    return st.builds(kind, **{field.name: values_of(hints[field.name]) for field in fields(kind)})


def bodies_with(event: st.SearchStrategy[Event]) -> st.SearchStrategy[Body]:
    hashes = values_of(events.Sha256)
    return st.builds(
        Body,
        exchange=values_of(events.Opaque), author=values_of(events.Author), seq=_INTS, prev=st.none() | hashes,
        seen=st.tuples(_INTS, hashes), refs=st.lists(hashes, max_size=3, unique=True).map(tuple),
        commit=st.lists(hashes, max_size=2).map(tuple), at=_MOMENTS, data=event,
    )  # fmt: skip


BODY = Body(
    "e" * 32, "north", 0, None, (0, sha("root")), (sha("ref"),), (), "2025-12-01T08:00:00Z", Suspended(ROUND)
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_decoded_after_encoding_is_the_same_event(kind: str) -> None:
    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
    @given(bodies_with(values_of(KINDS[kind])))
    def check(body: Body) -> None:
        data = encode_body(body)
        assert decode_body(data) == body
        assert encode_body(decode_body(data)) == data
        assert revive(KINDS[kind], decode(encode(plain(body.data)))) == body.data
        named_by(body.data)

    check()


# Kinds with a table in them; every other one is read by its form, never as JSON, as long as it is spelt rightly.
NOT_FLAT = {"ExchangeOpened", "StageReconciled", "RemainsIdentified", "RoundClosed", "LotteryRevealed"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_read_by_its_form_is_the_body_that_reading_its_json_gives(kind: str) -> None:
    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
    @given(bodies_with(values_of(KINDS[kind])), st.integers(0, 2**32))
    def check(body: Body, seed: int) -> None:
        encoded = encode_body(body)
        assert _decode_any(encoded) == body
        by_form = kind not in NOT_FLAT and type(getattr(body.data, "value", 0)) is int  # a clause's may be a word
        assert _decode_flat(encoded) == (body if by_form else None)
        random = Random(seed)
        for _ in range(40):
            _alike(misspelt(encoded, random))

    check()


def _alike(data: bytes) -> None:
    """What the form takes, JSON gives too."""
    found = _decode_flat(data)
    if found is not None:
        assert _decode_any(data) == found
        assert encode_body(found) == data


@pytest.mark.parametrize(
    ("spelt", "otherwise"),
    [
        ('"seq":0', '"seq":-0'), ('"seq":0', '"seq":00'), ('"seq":0', '"seq":0.0'),
        ('"seq":0', '"seq":9007199254740992'),
        ('"seq":0', '"seq":true'), ('"author":"north"', '"author":"n\\u006frth"'), ('"v":1', '"v":1,"v":1'),
        ('"prev":null', '"prev":"null"'), ('"commit":[]', '"commit":[""]'), ('"v":1}', '"v":1} '),
        ("2025-12-01T", "2025-02-30T"), ('"refs":[', '"refs":[,'), ('"data":{', '"data":{"a":1,'),
        ('"kind":"Suspended"', '"kind":"Suspende"'), ('"kind":"Suspended"', '"kind":"Resumed","kind":"Suspended"'),
        ("2025-12-01T08:00:00Z", "2025-12-01T08:00:00Z\n"), ('"author":"north"', '"author":"north\n"'),
    ],
)  # fmt: skip
def test_another_spelling_is_taken_by_neither_way_of_reading(spelt: str, otherwise: str) -> None:
    right = encode_body(BODY).decode()
    assert spelt in right
    wrong = right.replace(spelt, otherwise, 1).encode()
    assert _decode_flat(wrong) is None
    with pytest.raises(ValueError, match=r"."):
        _decode_any(wrong)


@pytest.mark.parametrize("kind", [Answers, FinalList, Freeze, Plan])
def test_every_document_read_after_writing_is_the_same_document(kind: type[Any]) -> None:
    @settings(max_examples=50)
    @given(values_of(kind))
    def check(document: Any) -> None:
        assert read(kind, write(document)) == document

    check()


def _spoilt(**changes: Any) -> bytes:
    raw = decode(encode_body(BODY))
    for name, value in changes.items():
        if value is ...:
            del raw[name]
        else:
            raw[name] = value
    return encode(raw)


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2}, {"v": True}, {"v": "1"}, {"v": ...}, {"kind": "Resurrected"}, {"kind": 7}, {"kind": ...},
        {"kind": "Resumed2"}, {"data": ...}, {"data": []}, {"data": {}}, {"data": {"round": "2025-1", "more": 1}},
        {"data": {"round": "UPPER"}}, {"data": {"round": 5}}, {"more": 1}, {"seq": -1}, {"seq": True}, {"seq": "0"},
        {"prev": "0" * 63}, {"prev": ...}, {"seen": [0, "0" * 64]}, {"seen": {"size": 0}}, {"refs": "0" * 64},
        {"refs": ["0" * 64, "0" * 64]}, {"refs": ["0" * 64 + "\n"]}, {"exchange": "E" * 32}, {"author": "north/"},
        {"author": "north/a/b"}, {"author": "n\u043erth"}, {"at": "2025-02-30T08:00:00Z"}, {"at": "2025-12-01"},
        {"at": "2025-12-01T24:00:00Z"}, {"at": "2025-12-01T08:00:00+00:00"}, {"at": "0000-12-01T08:00:00Z"},
        {"at": "2025-12-01T0\u0668:00:00Z"}, {"at": "2025-12-01T08:00:00Z\n"}, {"commit": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_body_that_is_spelt_otherwise_is_no_body(changes: dict[str, Any]) -> None:
    assert decode_body(_spoilt()) == BODY
    with pytest.raises(ValueError, match=r".") as refused:
        decode_body(_spoilt(**changes))
    assert refused.type is not UnicodeEncodeError


@given(st.binary(max_size=200) | st.recursive(st.none() | st.integers(), st.lists).map(repr).map(str.encode))
def test_whatever_the_bytes_a_body_is_decoded_or_refused_with_a_value_error(data: bytes) -> None:
    try:
        body = decode_body(data)
    except ValueError:
        return
    assert encode_body(body) == data


def test_an_attachment_of_another_version_or_kind_is_refused() -> None:
    raw = decode(write(Answers("a" * 32, ())))
    for change in ({"v": 2}, {"v": True}, {"kind": "list"}, {"extra": 1}, {"register": "a"}):
        with pytest.raises(ValueError, match="not"):
            read(Answers, encode({**raw, **change}))


def test_assents_to_one_act_have_one_hash_whoever_gives_them_and_two_acts_have_two() -> None:
    assert data_hash(Suspended(ROUND)) == data_hash(Suspended(ROUND))
    assert data_hash(Suspended(ROUND)) != data_hash(events.Resumed(ROUND))
    assert event_id(encode_body(BODY)) != event_id(_spoilt(author="south"))
