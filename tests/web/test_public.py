"""The public record at a node's pages: for everybody, without a login, and nothing in it that is not public."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest

from repatria.exchange.documents import PublicCounts, read
from repatria.ledger.checkpoint import format_checkpoint
from repatria.ledger.note import build_note, cosign, sign_note
from repatria.ledger.proof import InclusionProof
from repatria.ledger.tree import Tree, leaf_hash
from repatria.public.commands import proven_table
from repatria.public.proof import Signed
from repatria.report.language import CODES
from tests.exchange.world import CROSS, world_at
from tests.public.test_published import claim, publish
from tests.web.world import HOST, World, application, client


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.after("consult", tmp_path_factory.mktemp("web"))


class Published:
    """A table with proofs of it in a log that grows."""

    def __init__(self) -> None:
        self.world = world_at("reconciled", people=(12, 11))
        publish(self.world)

    @property
    def table(self) -> PublicCounts:
        return read(PublicCounts, self.world.attachments[self.world.state.published[-1].table])

    def grow(self) -> None:
        self.world.must(CROSS, claim())

    def proof(self, witnesses: int) -> bytes:
        tree = Tree(map(leaf_hash, self.world.entries))
        text = format_checkpoint("log.example/x", tree.size, tree.root())
        lines = [cosign(text, f"witness-{at}", bytes([at]) * 32, 1_766_000_000) for at in range(witnesses)]
        note = build_note(text, [sign_note(text, "log.example/x", bytes(32)), *lines])
        entries = self.world.entries
        found = proven_table(self.world.state, self.world.attachments.get, lambda indexes: [
            Signed(entries[at], InclusionProof(at, tuple(tree.prove_inclusion(at)), note)) for at in indexes
        ])  # fmt: skip
        assert not isinstance(found, list)
        return found.data


def anybody() -> Any:
    application()
    from django.test import Client

    return Client(SERVER_NAME=HOST)


PAGES = ("public/", "public/timeline/", "public/returned/", "public/gaps/", "public/mediators/", "public/totals/",
         "public/exchange/", "public/data/")  # fmt: skip


def test_whoever_is_not_logged_in_reads_every_public_page_and_no_other(world: World) -> None:
    with world.serving("gulf"):
        who = anybody()
        for path, code in zip(PAGES, cycle(CODES), strict=False):
            answer = who.get(f"/{code}/{path}")
            assert answer.status_code == 200, path
            assert f'<html lang="{code}"' in answer.content.decode()
        assert who.get("/en/timeline/").status_code == 302
        assert who.get("/en/").status_code == 302


def test_an_address_narrows_a_page_and_one_that_asks_for_what_there_is_not_is_not_found(world: World) -> None:
    with world.serving("gulf"):
        who = anybody()
        year = who.get("/en/public/timeline/?conflict=ua&year=2025").content.decode()
        assert "22 November 2025" in year
        assert "30 December 2024" not in year
        both = who.get("/en/public/timeline/?conflict=ua&year=2025&mediator=uae").content.decode()
        assert "19 March 2025" in both
        assert "23 May 2025" not in both
        for wrong in ("conflict=xx", "year=20255", "counted=rumoured", "year=1999", "what=else", "mediator=nobody"):
            assert who.get(f"/en/public/timeline/?{wrong}").status_code == 404, wrong
        assert who.get("/en/public/nothing/").status_code == 404
        assert who.get("/en/public/index/").status_code == 404


def test_the_other_languages_are_of_the_same_view(world: World) -> None:
    with world.serving("gulf"):
        text = anybody().get("/en/public/timeline/?conflict=ye").content.decode()
    assert 'href="/uk/public/timeline/?conflict=ye"' in text


def test_files_come_by_the_name_that_bears_their_hash(world: World) -> None:
    with world.serving("gulf"):
        who = anybody()
        text = who.get("/en/public/data/").content.decode()
        found = [part.partition('"')[0] for part in text.split('href="/en/public/data/')[1:]]
        names = [name for name in found if name]
        assert len(names) > 40
        for name in names:
            answer = who.get(f"/en/public/data/{name}")
            assert answer.status_code == 200
            assert name in answer["Content-Disposition"]
        assert who.get("/en/public/data/chronology-1-000000000000.csv").status_code == 404


def test_an_exchange_that_has_published_nothing_says_so(world: World) -> None:
    with world.serving("gulf"):
        text = anybody().get("/en/public/exchange/").content.decode()
    assert "No counts have been published yet" in text
    assert "No claim is on record" in text


def test_whoever_is_logged_in_finds_it_in_the_menu(world: World) -> None:
    world.appoint("gulf", "clerk", "officer")
    with world.serving("gulf"):
        text = client("clerk").get("/en/public/").content.decode()
    assert 'href="/en/public/" aria-current="page"' in text


def test_what_the_public_gets_does_not_tell_how_the_ledger_grows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof bears the size of the log. Asked for each hour, it would tell on which day much was signed and on which
    nothing, and a file's name would be another each time."""
    from repatria.public import commands
    from repatria.public.record import Ledger
    from repatria.web.pages import public

    made = Published()
    now = [made.proof(witnesses=1)]
    monkeypatch.setattr(commands, "published_ledger", lambda *_: Ledger("invented", made.table, proof=now[0]))

    def got() -> dict[str, bytes]:
        monkeypatch.setattr(public, "_latest", [])  # as after a start
        with world.serving("gulf"):
            who = anybody()
            text = who.get("/en/public/data/").content.decode()
            files = sorted({part.partition('"')[0] for part in text.split('href="/en/public/data/')[1:]})
            return {name: who.get(f"/en/public/data/{name}").content for name in files if "counts" in name}

    first = got()
    assert now[0] in first.values()
    made.grow()
    now[0] = made.proof(witnesses=1)
    assert now[0] not in first.values()
    assert got() == first
    now[0] = made.proof(witnesses=2)  # more stand for it: that is worth another file
    assert now[0] in got().values()
    now[0] = made.proof(witnesses=1)
    assert now[0] not in got().values()
