"""Where the bytes of a log lie: the paths of tlog-tiles, and what a growing log has to write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.ledger.tiles import (
    ENTRIES,
    BadBundle,
    Tile,
    build_bundle,
    entries_path,
    new_tiles,
    parse_bundle,
    parse_tile_path,
    tile_bytes,
    tile_path,
    tiles_for_size,
)
from repatria.ledger.tree import Tree, leaf_hash, root_of


def test_the_paths_that_the_specification_gives() -> None:
    assert tile_path(0, 5) == "tile/0/005"
    assert tile_path(3, 1234067) == "tile/3/x001/x234/067"
    assert tile_path(1, 0, 1) == "tile/1/000.p/1"
    assert entries_path(273, 112) == "tile/entries/273.p/112"
    assert tile_path(0, 1000) == "tile/0/x001/000"


@given(st.integers(-1, 63), st.integers(0, 2**55), st.integers(1, 256))
def test_a_path_written_and_read_is_the_same_tile(level: int, n: int, width: int) -> None:
    tile = Tile(level, n, width)
    assert parse_tile_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/64/000", "tile/00/000", "tile/-1/000", "tile/0/0", "tile/0/0000", "tile/0/x000/001", "tile/0/001/002",
        "tile/0/x001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000.p",
        "tile/entry/000", "tile/0/000/", "/tile/0/000", "tile/0/000\n", "TILE/0/000", "tile/0/000.p/1/2", "", "tile",
        "tile/0/٠٠٠", "tile/0/../0/000",
    ],
)  # fmt: skip
def test_no_tile_is_ever_at_another_path(path: str) -> None:
    assert parse_tile_path(path) is None


def test_a_log_of_256_and_one_of_70000_have_the_tiles_that_the_specification_counts() -> None:
    assert tiles_for_size(0) == []
    assert tiles_for_size(256) == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    paths = tiles_for_size(70_000)
    assert [len([p for p in paths if p.startswith(f"tile/{at}/")]) for at in ("entries", "0", "1", "2", "3")] == [
        274, 274, 2, 1, 0,
    ]  # fmt: skip
    assert {"tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"} <= set(paths)


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_what_growth_writes_is_what_the_larger_log_has_and_the_smaller_had_not(a: int, b: int) -> None:
    old, size = sorted((a, b))
    written = [tile.path for tile in new_tiles(old, size)]
    assert set(written) == set(tiles_for_size(size)) - set(tiles_for_size(old))
    assert len(written) == len(set(written))


def test_a_log_does_not_shrink() -> None:
    with pytest.raises(ValueError, match="shrink"):
        list(new_tiles(3, 2))


def test_each_hash_of_a_tile_is_the_root_of_the_leaves_below_it() -> None:
    leaves = [leaf_hash(b"%d" % i) for i in range(700)]
    tree = Tree(leaves)
    assert tile_bytes(tree, Tile(0, 2, 188)) == b"".join(leaves[512:700])
    assert tile_bytes(tree, Tile(1, 0, 2)) == root_of(leaves[:256]) + root_of(leaves[256:512])
    for tile in (Tile(0, 2, 189), Tile(1, 0, 3), Tile(2, 0, 1)):
        with pytest.raises(IndexError):
            tile_bytes(tree, tile)


@given(st.lists(st.binary(max_size=20), max_size=6))
def test_a_bundle_written_and_read_is_the_same_entries(entries: list[bytes]) -> None:
    assert parse_bundle(build_bundle(entries), len(entries)) == entries


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=6), st.data())
def test_a_cut_or_longer_bundle_is_refused_and_the_entries_before_the_damage_kept(
    entries: list[bytes], data: st.DataObject
) -> None:
    bundle = build_bundle(entries)
    cut = bundle[: data.draw(st.integers(0, len(bundle) - 1))]
    with pytest.raises(BadBundle) as refused:
        parse_bundle(cut, len(entries))
    assert refused.value.entries == entries[: len(refused.value.entries)]
    assert len(refused.value.entries) < len(entries)
    with pytest.raises(BadBundle, match="bytes after"):
        parse_bundle(bundle + b"\0", len(entries))


def test_the_longest_entry_fits_a_bundle_and_no_longer_one() -> None:
    assert parse_bundle(build_bundle([bytes(65535)]), 1) == [bytes(65535)]
    with pytest.raises(ValueError, match="at most 65535"):
        build_bundle([bytes(65536)])


def test_the_level_of_bundles_is_none_of_the_levels_of_hashes() -> None:
    assert parse_tile_path("tile/entries/000") == Tile(ENTRIES, 0)
    assert ENTRIES < 0
