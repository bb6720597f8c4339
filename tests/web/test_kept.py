"""What the pages keep in the vault comes back exactly, whatever a command asked for or gave back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.deal.commands import terms
from repatria.exchange.commands import By, Rotate, Say, say
from repatria.exchange.events import Account, RoundClosed, Slug, Tally
from repatria.files import law, locales
from repatria.message import Day, Message, Name
from repatria.office import Draft, Outcome, Prepared, Record, Unsigned
from repatria.web import kept
from repatria.web.signing import Waiting

texts = st.text(max_size=20)
names = st.text("abcdef0123456789/", max_size=12)
data = st.binary(max_size=40)
flat = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts, data, st.dates(), st.fractions(),
    st.decimals(allow_nan=False), st.frozensets(st.integers(), max_size=1),
)  # fmt: skip
values = st.recursive(
    flat,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple), st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=8,
)
accounts = st.builds(Account, texts, texts, texts, st.integers(0))
records = st.builds(
    Record, names, names, st.dictionaries(names, texts, max_size=2), st.dictionaries(names, data, max_size=2)
)
events = st.one_of(
    st.builds(RoundClosed, texts, st.lists(accounts, max_size=2).map(tuple)),
    st.builds(Tally, texts, *[st.integers(0)] * 8),
)  # fmt: skip
many = st.lists(names, max_size=3).map(tuple)
outcomes = st.builds(
    Outcome,
    drafts=st.lists(st.builds(Draft, events, names, many, many, many), max_size=2).map(tuple),
    attachments=st.dictionaries(names, data, max_size=2),
    documents=st.dictionaries(names, data, max_size=2),
    records=st.lists(records, max_size=2).map(tuple),
    mail=st.dictionaries(names, data, max_size=2),
    mail_to=st.dictionaries(names, many, max_size=2),
    answer=st.dictionaries(texts, values, max_size=3),
    erase=st.lists(st.tuples(names, names), max_size=2).map(tuple),
    without=many,
    exchange=names,
)
unsigned = st.builds(
    Unsigned, data, names, many, st.integers(0, 3), st.dictionaries(names, names, max_size=2),
    st.dictionaries(names, data, max_size=2),
)  # fmt: skip
places = st.one_of(texts, st.integers(), st.builds(Day, texts, st.booleans()), st.builds(Name, texts))
words = st.builds(
    Message, names, st.dictionaries(names, st.one_of(places, st.lists(places, max_size=2).map(tuple)), max_size=2),
    st.none() | st.integers(),
)  # fmt: skip


@given(st.builds(Prepared, st.lists(unsigned, max_size=2).map(tuple), outcomes))
@settings(max_examples=60, deadline=None)
def test_what_was_prepared_comes_back_exactly(prepared: Prepared) -> None:
    found = kept.decode(kept.encode(prepared))
    assert found == prepared
    assert repr(found) == repr(prepared)  # a tuple as a tuple, True as True


@given(words, st.lists(unsigned, max_size=2).map(tuple), st.dictionaries(names, texts, max_size=2))
@settings(max_examples=40, deadline=None)
def test_what_waits_comes_back_exactly(what: Message, events: tuple[Unsigned, ...], declined: dict[str, str]) -> None:
    waiting = Waiting("0" * 32, what, "north/clerk", "2025-11-16T08:00:00Z", None, events, declined, 2)
    assert repr(kept.decode(kept.encode(waiting))) == repr(waiting)


@given(values)
@settings(max_examples=100, deadline=None)
def test_every_plain_value_comes_back_exactly(value: Any) -> None:
    assert repr(kept.decode(kept.encode(value))) == repr(value)


@pytest.mark.parametrize("value", [Decimal("1.50"), Fraction(1, 3), date(2025, 12, 31), (1, [2, (b"",)]), {"b": {}}])
def test_values_of_each_kind(value: Any) -> None:
    assert repr(kept.decode(kept.encode(value))) == repr(value)


def test_a_request_with_its_command_comes_back_as_both() -> None:
    request = terms.DraftTerms(By("north"), "text", "terms.toml", law.figures(), locales.lead_times())
    assert kept.decode(kept.encode((terms.draft_terms, request))) == (terms.draft_terms, request)
    event = RoundClosed(Slug("2025-1"), ())
    assert kept.decode(kept.encode((say, Say(By("north"), event)))) == (say, Say(By("north"), event))


def nested() -> Callable[[bytes], bytes]:
    return lambda text: text


@pytest.mark.parametrize(
    "value", [object(), nested(), Rotate(By("north"), "north", "0" * 64, nested()), {"at": [replace]}, {1, 2}]
)
def test_what_has_no_name_to_be_found_by_is_not_kept(value: Any) -> None:
    with pytest.raises(TypeError):
        kept.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"of":"repatria.office:Gone","fields":{}}', b'{"of":"repatria.gone:Draft","fields":{}}',
        b'{"of":"repatria.message:Day","fields":{"iso":"2025-12-31","gone":1}}', b'{"named":"repatria.office:gone"}',
    ],
)  # fmt: skip
def test_what_another_version_kept_and_this_one_has_no_longer_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"repatria\."):
        kept.decode(data)
