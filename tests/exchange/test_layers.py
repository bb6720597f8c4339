"""A layered table is read as the dict would be that had been copied, whatever was done to it and to its twins."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.exchange import layers
from repatria.exchange.codec import plain
from repatria.exchange.door import attempt
from repatria.exchange.fold import fold
from repatria.exchange.layers import Layered, Leaves, forked
from repatria.exchange.state import dump_state, load_state, state_hash
from repatria.ledger.canonical import encode
from repatria.ledger.tree import root_of, root_of_peaks
from tests.exchange.hostile import Hostile
from tests.exchange.invariants import check
from tests.exchange.test_total import stormy_ledger
from tests.exchange.world import PHASES, forget_worlds, world_at

KEYS = "abcdefgh"


def do(table: dict[str, int], what: str, key: str, value: int) -> Any:
    """One thing done to a table, and what came back or was raised."""
    try:
        match what:
            case "set":
                table[key] = value
            case "delete":
                del table[key]
            case "pop":
                return table.pop(key, None)
            case "popitem":
                return table.popitem()
            case "setdefault":
                return table.setdefault(key, value)
            case "update":
                table.update({key: value, "z": value})
            case "clear":
                table.clear()
            case "ior":
                table |= {key: value}
            case "read":
                return table[key]
    except KeyError:
        return KeyError
    return None


_ACTS = st.tuples(
    st.sampled_from(["set", "set", "set", "delete", "pop", "popitem", "setdefault", "update", "clear", "ior", "read"]),
    st.sampled_from(KEYS), st.integers(0, 9), st.integers(0, 3),
)  # fmt: skip


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 9)), st.lists(_ACTS, max_size=40), st.integers(1, 6))
def test_forks_of_a_table_are_as_copies_of_a_dict(start: dict[str, int], acts: list[Any], merged_at: int) -> None:
    """`whose` picks one of the twins so far; every fourth act forks that one again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "LAYERED_FROM", 0)
        patch.setattr(layers, "MERGED_AT", merged_at)
        copies, tables = [dict(start)], [dict(start)]
        for turn, (what, key, value, whose) in enumerate(acts):
            at = whose % len(tables)
            if turn % 4 == 0:
                copies.append(dict(copies[at]))
                tables[at], twin = forked(tables[at])
                tables.append(twin)
                assert isinstance(twin, Layered)
            assert do(tables[at], what, key, value) == do(copies[at], what, key, value)
            for table, copied in zip(tables, copies, strict=True):
                same(table, copied)


def same(table: dict[str, int], copied: dict[str, int]) -> None:
    assert list(table) == list(copied)
    assert list(table.items()) == list(copied.items())
    assert list(table.values()) == list(copied.values())
    assert list(reversed(table)) == list(reversed(copied))
    assert (len(table), bool(table), repr(table)) == (len(copied), bool(copied), repr(copied))
    assert table == copied
    assert copied == table
    assert not table.__ne__(copied)
    assert table != {**copied, "other": 1}
    assert dict(table) == {**table} == table | {} == {} | table == copied
    assert encode(plain(table)) == encode(copied)
    for key in (*KEYS, "z"):
        assert (key in table, table.get(key), table.get(key, 7)) == (key in copied, copied.get(key), copied.get(key, 7))


def test_a_layered_table_goes_to_another_process_as_a_plain_one() -> None:
    under, _ = forked({"a": 1, "b": 2}, least=0)
    under["b"], under["c"] = 5, 3
    del under["a"]
    sent = pickle.loads(pickle.dumps(under))
    assert (type(sent), list(sent.items())) == (dict, [("b", 5), ("c", 3)])


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20)), max_size=60))
def test_leaves_in_chunks_have_the_root_of_one_tree_at_every_size(acts: list[tuple[int, int]]) -> None:
    """Also after some of them were forgotten, and asked in any order, the same size again, and of a fork."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "_LEAVES_EACH", 4)
        patch.setattr(layers, "_KNOWN_MOST", 3)
        leaves, wanted, others = Leaves(), b"", []
        for turn, (what, size) in enumerate(acts):
            if what:
                leaf = bytes([turn]) * 32
                leaves.append(leaf)
                wanted += leaf
            elif size <= len(leaves):
                others.append((leaves.copy(), wanted))
                leaves.cut(size)
                wanted = wanted[: 32 * size]
            assert (len(leaves), bytes(leaves)) == (len(wanted) // 32, wanted)
            assert leaves == Leaves(wanted)
            asked = min(size, len(leaves))
            assert leaves.root(asked) == root_at(wanted, asked)
        for of, whole in [*others, (leaves, wanted), (Leaves(wanted), wanted)]:
            assert bytes(of) == whole
            assert [of.root(size) for size in range(len(of) + 1)] == [root_at(whole, n) for n in range(len(of) + 1)]
            assert root_of_peaks(of.peaks()) == root_at(whole, len(of))


def root_at(leaves: bytes, size: int) -> bytes:
    return root_of([leaves[at : at + 32] for at in range(0, 32 * size, 32)])


@pytest.fixture
def layered() -> Iterator[None]:
    """Every table of every fork is a layered one, and is merged again after a few rows. Worlds made meanwhile are of
    that shape, and are not kept for the tests that come after."""
    forget_worlds()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "LAYERED_FROM", 0)
        patch.setattr(layers, "MERGED_AT", 5)
        patch.setattr(layers, "_LEAVES_EACH", 8)
        yield
    forget_worlds()


@pytest.mark.usefixtures("layered")
@pytest.mark.parametrize("seed", range(12))
def test_a_storm_over_layered_tables_gives_the_state_of_a_plain_fold(seed: int) -> None:
    random = Random(seed)
    world = world_at(random.choice(PHASES), people=(3, 3), spare=1)
    for _ in range(4):
        world.state = world.state.fork()
        before = dump_state(world.state)
        twin = world.copy()
        for _ in range(8):
            twin.take(Hostile(twin, random).entry())
            check(twin.state)
        assert dump_state(world.state) == before
        world = twin
    assert isinstance(world.state.fork().events, Layered)
    whole = fold(world.entries, world.attachments.get)
    assert whole == world.state
    assert state_hash(whole) == state_hash(world.state)
    assert load_state(dump_state(world.state)) == whole


@pytest.mark.usefixtures("layered")
def test_an_attempt_over_layered_tables_that_is_refused_leaves_nothing_behind() -> None:
    world, random = stormy_ledger(3, 10), Random(3)
    world.state = world.state.fork()
    for _ in range(40):
        before = dump_state(world.state)
        if not attempt(world.state, Hostile(world, random).entry(), world.attachments.get).applied:
            assert dump_state(world.state) == before
