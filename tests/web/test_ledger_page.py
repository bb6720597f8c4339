"""The ledger as pages: any entry with a proof that holds, and a verification that finds a changed byte."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from repatria.ledger.tree import check_inclusion
from tests.web.world import World, client


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.with_clerks("draw_and_plan", tmp_path_factory.mktemp("web"))


def test_the_latest_entries_come_first_and_older_ones_are_one_link_away(world: World) -> None:
    with world.serving("north") as served:
        size = served.node.ledger.size  # type: ignore[union-attr]
        page = client("clerk").get("/en/ledger/").content.decode()
        assert re.findall(r"/en/ledger/(\d+)/", page)[0] == str(size - 1)
        older = client("clerk").get(re.search(r'href="(\?before=\d+)" rel="next"', page)[1].join(["/en/ledger/", ""]))  # type: ignore[index]
        assert re.findall(r"/en/ledger/(\d+)/", older.content.decode())[0] == str(size - 51)


def test_every_entry_is_shown_with_a_proof_that_anybody_can_check(world: World) -> None:
    with world.serving("north") as served:
        size = served.node.ledger.size  # type: ignore[union-attr]
        for index in (0, 1, size // 2, size - 1):
            page = client("clerk").get(f"/en/ledger/{index}/").content.decode()
            hashes = [bytes.fromhex(each) for each in re.findall(r'<code dir="ltr">([0-9a-f]{64})</code>', page)]
            leaf, root, *proof = hashes
            check_inclusion(proof, index, size, leaf, root)
        assert client("clerk").get(f"/en/ledger/{size}/").status_code == 404


@pytest.mark.parametrize("before", ["x", "-1", "99999999999999", "0", "²"])
def test_an_address_typed_wrong_shows_entries_all_the_same(world: World, before: str) -> None:
    with world.serving("north"):
        assert client("clerk").get("/en/ledger/", {"before": before}).status_code == 200


def test_verification_holds_and_finds_a_changed_byte(tmp_path: Path, world: World) -> None:
    other = World.after("lists", tmp_path)
    other.appoint("north", "clerk", "officer")
    with other.serving("north") as served:
        clerk = client("clerk")
        assert "Yes: every check holds" in clerk.post("/en/ledger/verify/").content.decode()
        (tile,) = (served.node.path / "ledger" / "tile" / "entries").glob("000*")
        data = bytearray(next(tile.rglob("*") if tile.is_dir() else iter([tile])).read_bytes())
        place = next(each for each in (tile.rglob("*") if tile.is_dir() else [tile]) if each.is_file())
        data[len(data) // 2] ^= 1
        place.write_bytes(bytes(data))
        assert "No: not every check holds" in clerk.post("/en/ledger/verify/").content.decode()


def test_the_draw_is_made_again_in_the_page(world: World) -> None:
    with world.serving("north") as served:
        page = client("clerk").post("/en/draw/verify/").content.decode()
        seed = re.search(r"Seed</dt><dd><code dir=\"ltr\">([0-9a-f]{64})", page)
        assert seed is not None
        assert served.state().draw is not None
    assert "Yes: the draw follows from the ledger" in page
    groups = re.findall(r'<th scope="row"><bdi>north</bdi></th><td><code dir="ltr">([^<]+)</code>', page)
    assert groups[0] == "0/outside/all", "whole, and before those who are drawn later"
    tiers = [int(group.partition("/")[0]) for group in groups]
    assert tiers == sorted(tiers)
    assert 'aria-current="step"' not in page, "nothing is due any more"
