"""The draw: fair, the same for everyone, and nothing to gain by grinding or keeping quiet."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.plan.lottery import (
    ALGORITHM,
    Chance,
    check_freeze,
    check_reveal,
    commitment,
    freeze_hash,
    integer,
    join,
    make_freeze,
    order,
    probability_table,
    seed,
    share,
    ticket,
)
from tests.plan.instances import kind, lists, number, one_place

FREEZE = "f" * 64
NONCES = {name: hashlib.sha256(name.encode()).digest() for name in ("north", "south", "mediator")}


def seeds(n: int) -> list[bytes]:
    return [hashlib.sha256(b"draw %d" % i).digest() for i in range(n)]


def chi_square(observed: list[int], expected: float) -> float:
    return sum((o - expected) ** 2 / expected for o in observed)


def test_each_person_goes_as_often_as_the_table_says() -> None:
    # 20 people, 8 places, 4,000 draws: each goes 1,600 times but for chance. Below 43.8 with 19 degrees of freedom
    # is p > 0.001; drawing without replacement makes the statistic smaller still by 1 - 8/20.
    numbers = [number(str(i)) for i in range(20)]
    went = Counter(n for drawn in seeds(4000) for n in order(drawn, "2", numbers)[:8])
    assert chi_square([went[n] for n in numbers], 1600) < 43.8 * 0.6


def test_every_position_in_the_order_is_equally_likely_for_everyone() -> None:
    numbers = [number(str(i)) for i in range(6)]
    first = Counter(order(drawn, "2", numbers)[0] for drawn in seeds(6000))
    assert chi_square([first[n] for n in numbers], 1000) < 20.5  # 5 degrees of freedom, p > 0.001


def test_integers_are_uniform_where_mod_would_not_be() -> None:
    drawn = Counter(integer(seeds(1)[0], f"draw {i}", 3) for i in range(6000))
    assert chi_square([drawn[i] for i in range(3)], 2000) < 13.8  # 2 degrees of freedom, p > 0.001


@given(st.binary(min_size=32, max_size=32), st.text(max_size=9), st.integers(1, 2**70))
def test_an_integer_is_below_its_limit_and_the_same_for_everyone(drawn: bytes, label: str, n: int) -> None:
    assert 0 <= integer(drawn, label, n) < n
    assert integer(drawn, label, n) == integer(drawn, label, n)


def test_an_integer_below_nothing_is_refused() -> None:
    assert integer(bytes(32), "x", 1) == 0
    with pytest.raises(ValueError, match="nothing to draw"):
        integer(bytes(32), "x", 0)


@given(st.binary(min_size=32, max_size=32), st.lists(st.uuids().map(lambda u: u.hex), min_size=2, unique=True))
def test_whoever_leaves_the_list_changes_nobody_elses_order(drawn: bytes, numbers: list[str]) -> None:
    left = numbers[0]
    assert order(drawn, "2", numbers[1:]) == [n for n in order(drawn, "2", numbers) if n != left]
    assert order(drawn, "2", reversed(numbers)) == order(drawn, "2", numbers)


def test_a_ticket_is_of_one_stratum_and_one_number_only() -> None:
    tickets = {ticket(bytes(32), s, n) for s in ("2", "2a", "21") for n in ("a", "1a", "b")}
    assert len(tickets) == 9


def test_the_ticket_that_a_family_can_check_by_hand() -> None:
    # One hash: HMAC-SHA-256 over tag, stratum and number, each with its length in four bytes before it.
    import hmac

    tag = b"repatria/lottery/ticket/v1"
    message = len(tag).to_bytes(4, "big") + tag + b"\x00\x00\x00\x012" + b"\x00\x00\x00\x03abc"
    assert ticket(b"k" * 32, "2", "abc") == hmac.digest(b"k" * 32, message, "sha256")


# --- grinding and aborting --------------------------------------------------------------------------------------------


def test_a_nonce_other_than_the_committed_one_is_refused() -> None:
    committed = commitment("north", FREEZE, NONCES["north"])
    assert check_reveal("north", FREEZE, NONCES["north"], committed)
    assert not check_reveal("north", FREEZE, NONCES["south"], committed)
    assert not check_reveal("south", FREEZE, NONCES["north"], committed)
    assert not check_reveal("north", "e" * 64, NONCES["north"], committed)


def test_another_freeze_or_one_other_nonce_gives_another_seed() -> None:
    drawn = seed(FREEZE, NONCES)
    assert seed("e" * 64, NONCES) != drawn
    assert all(seed(FREEZE, NONCES | {name: bytes(32)}) != drawn for name in NONCES)
    assert seed(FREEZE, NONCES, b"beacon") != drawn


def test_a_list_changed_after_the_freeze_is_another_freeze() -> None:
    # Numbers are fixed before any commitment, so nobody tries numbers until the tickets please.
    table = (Chance("north", "2", 1, 2),)
    one = make_freeze("0" * 64, {"north": "1" * 64}, {"north": "2" * 64}, table)
    other = make_freeze("0" * 64, {"north": "9" * 64}, {"north": "2" * 64}, table)
    assert freeze_hash(one) != freeze_hash(other)
    assert commitment("north", freeze_hash(one), bytes(32)) != commitment("north", freeze_hash(other), bytes(32))


def test_the_last_to_reveal_gains_nothing_by_keeping_quiet() -> None:
    """Whoever does not like the draw it alone foresees keeps its nonce: two of three share holders open it."""
    held = share(NONCES["south"], b"r" * 32)
    for pair in ((0, 1), (0, 2), (1, 2), (2, 0)):
        opened = join([held[i] for i in pair])
        assert check_reveal("south", FREEZE, opened, commitment("south", FREEZE, NONCES["south"]))
        assert seed(FREEZE, NONCES | {"south": opened}) == seed(FREEZE, NONCES)


def test_an_aborter_who_could_abort_would_gain_and_one_who_cannot_does_not() -> None:
    # 2,000 draws for 1 place of 2. With the right to one redraw a party wins 3 of 4; with escrow, 1 of 2.
    numbers = [number("mine"), number("theirs")]
    firsts = [order(drawn, "2", numbers)[0] for drawn in seeds(4000)]
    redrawn = sum(a == numbers[0] or b == numbers[0] for a, b in zip(firsts[::2], firsts[1::2], strict=True))
    kept = sum(first == numbers[0] for first in firsts[::2])
    assert redrawn > 1400
    assert abs(kept - 1000) < 5 * (2000 * 0.25) ** 0.5


def test_one_share_alone_says_nothing() -> None:
    # For every possible nonce byte there is exactly one coefficient that gives this share.
    seen = {share(bytes([n]), bytes([c]))[1][1][0]: n for n in range(1) for c in range(256)}
    assert len(seen) == 256


def test_a_false_share_is_found_by_the_commitment() -> None:
    held = share(NONCES["south"], b"r" * 32)
    false = (2, bytes(32))
    assert not check_reveal("south", FREEZE, join([held[0], false]), commitment("south", FREEZE, NONCES["south"]))
    with pytest.raises(ValueError, match="two different shares"):
        join([held[0], held[0]])


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_says_how_many_of_how_many_before_anyone_draws() -> None:
    units, classes = lists(north=[(200, kind(1, everyone=True)), (1040, kind(2)), (5, kind(3))], south=[(800, kind(1))])
    table = probability_table(units, classes, one_place(900, 1, north=800, south=800))
    assert table == (
        Chance("north", "1/all", 200, 200),
        Chance("north", "2", 600, 1040),
        Chance("north", "3", 0, 5),
        Chance("south", "1", 800, 800),
    )
    assert table[1].permille == 577


def test_a_freeze_with_other_chances_or_another_algorithm_is_refused() -> None:
    units, classes = lists(north=[(3, kind(1))], south=[(2, kind(1))])
    terms = one_place(9, 1, north=2, south=2)
    table = probability_table(units, classes, terms)
    assert isinstance(table, tuple)
    freeze = make_freeze("0" * 64, {}, {}, table)
    assert freeze["algorithm"] == ALGORITHM
    assert check_freeze(freeze, units, classes, terms) == []
    for bent in (freeze | {"table": freeze["table"][1:]}, freeze | {"table": None}, freeze | {"algorithm": "mine"}):
        assert len(check_freeze(bent, units, classes, terms)) == 1


# --- the precedent ----------------------------------------------------------------------------------------------------


def test_the_worked_example_of_rfc_3797_re_verifies() -> None:
    """The kind of check that anyone can do, on someone else's numbers; the algorithm (MD5, mod) is not ours.

    Source: RFC 3797 section 6: ten selected of 25 with key "9319./2.5.8.10.12./9.18.26.34.41.45./".
    """
    key = b"9319./2.5.8.10.12./9.18.26.34.41.45./"
    pool = list(range(1, 26))
    selected = []
    for i in range(10):
        digest = hashlib.md5(i.to_bytes(2, "big") + key + i.to_bytes(2, "big"), usedforsecurity=False).digest()
        if i == 0:
            assert digest.hex() == "990dd0a5692a029a98b5e01aa28f3459"
        selected.append(pool.pop(int.from_bytes(digest, "big") % len(pool)))
    assert selected == [17, 7, 2, 16, 25, 23, 8, 24, 19, 13]
