"""A member's card: what was written is read, and nothing that was changed on the way is another card."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from repatria.exchange.authority import EVERYONE
from repatria.exchange.cards import Card, apart, format_card, parse_cards
from repatria.ledger.note import public_key

CARDS = st.builds(
    Card, st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True), st.sampled_from(EVERYONE),
    st.binary(min_size=32, max_size=32).map(lambda seed: public_key(seed).hex()),
)  # fmt: skip


@given(CARDS)
def test_a_card_is_read_as_it_was_written(card: Card) -> None:
    assert parse_cards(format_card(card), "card.json") == ([card], [])


@given(st.lists(CARDS, max_size=4))
def test_cards_one_after_another_are_all_read(cards: list[Card]) -> None:
    data = b"\xef\xbb\xbf" + b"".join(map(format_card, cards)) if cards else b"{}"
    assert parse_cards(data, "text")[0] == cards


@given(CARDS, st.data())
def test_no_change_of_one_byte_makes_another_card(card: Card, data: st.DataObject) -> None:
    whole = bytearray(format_card(card))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] = data.draw(st.integers(0, 255))
    found, problems = parse_cards(bytes(whole), "card.json")
    assert found == [card] or (found == [] and problems)


def test_each_broken_card_has_its_own_place_and_the_others_are_read() -> None:
    north, south = Card("north", "party", public_key(bytes(32)).hex()), Card("south", "king", "0" * 64)
    text = format_card(north) + json.dumps(south.as_json()).encode() + b"\n\n" + format_card(north) + b"?"
    found, problems = parse_cards(text, "cards.txt")
    assert found == [north, north]
    assert [(each.code, each.where) for each in problems] == [
        ("card.role", "cards.txt, 2"), ("card.key", "cards.txt, 2"), ("card.form", "cards.txt, 4"),
    ]  # fmt: skip
    assert apart(found) == [north]
