"""A desk's folder: it works alone, hears other desks in any order, and loses nothing that it acknowledged."""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from repatria.exchange.commands import By
from repatria.exchange.fold import fold
from repatria.exchange.state import State
from repatria.handover import commands
from repatria.ledger.entry import Entry, Signature, decode_entry, encode_entry
from repatria.office import Done, Outcome, Record, run
from repatria.problem import Problems
from repatria.store.desk import DeskFolder, _views, read_entries
from tests.exchange import world
from tests.exchange.world import World, seed, world_at
from tests.store.test_node import Stopped, codes

PASSPHRASE = "four plain words here"
NOW = "2025-12-10T08:00:00Z"
AUTHORS = {"north": "north/desk-bridge", "south": "south/desk-bridge", "gate": "cross/gate-bridge"}


class Desks:
    """The three desks of a place, each in its folder, opened for each act as by a command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, name: str, disk: Any = None) -> DeskFolder:
        return DeskFolder.open(self.folder / name, PASSPHRASE, disk=disk)

    def do(self, name: str, command: Any, count: int = 0) -> Done:
        with self.open(name) as desk:
            by = By(desk.author)
            request = (
                commands.AtGate(by, "s1", "bridge", "2025-12-10") if name == "gate"
                else commands.AtDesk(by, "s1", "bridge", count)
            )  # fmt: skip
            done = run(desk, command, request, desk.given(NOW))
        assert isinstance(done, Done), done
        return done

    def tell(self, source: str, target: str) -> Any:
        with self.open(target) as desk:
            return desk.take(self.folder / source)

    def states(self, name: str) -> dict[str, str]:
        with self.open(name) as desk:
            return {number: person.state for number, person in desk.state().persons.items()}


@cache
def granted() -> World:
    return world_at("granted", people=(3, 3), bound=1)


@cache
def _template(folder: Path) -> Path:
    for name, author in AUTHORS.items():
        names = {number: {"family_name": "Invented"} for number in granted().manifest()}
        DeskFolder.create(
            folder / name, author, "s1", "bridge", granted().state, seed(author), PASSPHRASE, names
        ).close()
    return folder


@pytest.fixture
def desks(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Desks:
    shutil.copytree(_template(tmp_path_factory.getbasetemp() / "desks"), tmp_path / "desks")
    return Desks(tmp_path / "desks")


def merged(state: State) -> dict[str, object]:
    """What must not depend on the order in which things were heard."""
    return {
        "persons": state.persons, "books": state.books, "chains": state.chains,
        "receipts": {event: tuple(sorted(numbers)) for event, numbers in state.receipts.items()},
    }  # fmt: skip


def hand_over_everyone(desks: Desks) -> None:
    desks.do("gate", commands.present)
    for name in ("north", "south"):
        desks.tell("gate", name)
    for _ in range(6):
        for one, other in (("north", "south"), ("south", "north")):
            desks.do(one, commands.release)
            desks.tell(one, other)
            desks.do(other, commands.receive)
            desks.tell(other, one)


# --- alone ------------------------------------------------------------------------------------------------------------


def test_three_desks_hand_everyone_over_with_nothing_but_their_folders(desks: Desks) -> None:
    hand_over_everyone(desks)
    for name in ("north", "south"):
        assert set(desks.states(name).values()) == {"received"}
        with desks.open(name) as desk:
            assert (desk.waiting(), desk.problems()) == (0, [])


def test_what_the_desks_signed_takes_effect_in_the_ledger(desks: Desks) -> None:
    hand_over_everyone(desks)
    ledger = granted().copy()
    assert all(verdict.applied for verdict in ledger.hear(read_entries(desks.folder / "north")))
    assert set(ledger.states().values()) == {"received"}


def test_a_desk_alone_releases_only_as_many_as_its_bound_allows(desks: Desks) -> None:
    desks.do("gate", commands.present)
    desks.tell("gate", "north")
    assert desks.do("north", commands.release).answer["released"] == 1
    assert desks.do("north", commands.release).answer["released"] == 0


def test_an_act_is_durable_when_the_desk_says_so(desks: Desks) -> None:
    desks.do("gate", commands.present)
    desks.tell("gate", "north")
    desks.do("north", commands.release)
    before = desks.states("north")
    _views.clear()  # another process
    assert desks.states("north") == before
    (desks.folder / "north" / "snapshot").unlink(missing_ok=True)
    assert desks.states("north") == before


# --- merging ---------------------------------------------------------------------------------------------------------


def test_entries_heard_in_any_order_and_any_pieces_give_the_same_state(desks: Desks) -> None:
    """Every order of five groups of entries, brought to a fresh desk one after the other."""
    shutil.copytree(desks.folder / "gate", desks.folder / "unused")
    hand_over_everyone(desks)
    entries = read_entries(desks.folder / "north")
    pieces = [entries[at::5] for at in range(5)]
    fresh = desks.folder / "fresh"
    seen = []
    for order in itertools.islice(itertools.permutations(pieces), 0, 120, 4):
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(desks.folder / "unused", fresh)
        _views.clear()
        with DeskFolder.open(fresh, PASSPHRASE) as desk:
            for piece in order:
                heard = desk.receive(piece)
                assert heard.problems == ()
            assert (heard.waiting, len(desk.entries())) == (0, len(entries))
            seen.append(merged(desk.state()))
    assert all(state == seen[0] for state in seen)


def test_hearing_the_same_twice_is_hearing_it_once(desks: Desks) -> None:
    hand_over_everyone(desks)
    entries = read_entries(desks.folder / "north")
    with desks.open("south") as desk:
        before, journal = merged(desk.state()), desk.entries()
        heard = desk.receive([*entries, *entries])
        assert (heard.new, heard.known, heard.problems) == (0, len(entries), ())
        assert (merged(desk.state()), desk.entries()) == (before, journal)


def test_an_entry_before_what_it_relies_on_waits_and_survives_a_restart(desks: Desks) -> None:
    desks.do("gate", commands.present)
    desks.tell("gate", "north")
    desks.do("north", commands.release)
    presented, released = read_entries(desks.folder / "north")
    with desks.open("south") as desk:
        heard = desk.receive([released])
        assert (heard.new, heard.waiting, heard.problems) == (1, 1, ())
    _views.clear()
    with desks.open("south") as desk:
        assert desk.waiting() == 1
        assert desk.receive([presented]).waiting == 0
        assert sorted(person.state for person in desk.state().persons.values()).count("released") == 1


def test_a_forged_entry_is_kept_aside_reported_and_changes_nothing(desks: Desks) -> None:
    desks.do("gate", commands.present)
    (presented,) = read_entries(desks.folder / "gate")
    entry = decode_entry(presented)
    forged = encode_entry(Entry(entry.type, entry.body, (Signature(entry.sigs[0].keyid, bytes(64)),)))
    with desks.open("north") as desk:
        before = merged(desk.state())
        heard = desk.receive([forged, b"noise"])
        assert sorted(problem.code for problem in heard.problems) == ["entry.malformed", "signature.invalid"]
        assert (heard.new, desk.entries(), merged(desk.state())) == (0, [], before)
        assert len(list((desk.path / "refused").iterdir())) == 2
        assert desk.receive([presented]).new == 1


def test_an_act_of_a_desk_that_has_no_right_is_on_the_record_without_effect(desks: Desks) -> None:
    """North's desk, whose key is good, releases somebody whom the gate never let through."""
    person = granted().manifest("north")[0]
    outlaw = granted().apart()
    bad = outlaw.entry(AUTHORS["north"], outlaw.release_event(person))
    with desks.open("south") as desk:
        heard = desk.receive([bad])
        assert [problem.code for problem in heard.problems] == ["release.not_cleared"]
        assert {person.state for person in desk.state().persons.values()} == {"right-out"}
        assert len(desk.problems()) == 1
        assert desk.entries() == [bad]


def test_a_refusal_is_judged_again_when_something_else_is_heard(desks: Desks) -> None:
    """What one desk refused since it lacked something is the same everywhere once everything is everywhere."""
    person = granted().manifest("north")[0]
    outlaw = granted().apart()
    bad = outlaw.entry(AUTHORS["north"], outlaw.release_event(person))
    desks.do("gate", commands.present)
    (presented,) = read_entries(desks.folder / "gate")
    results = []
    for order in ([bad, presented], [presented, bad]):
        target = desks.folder / f"heard-{len(results)}"
        shutil.copytree(desks.folder / "south", target)
        with DeskFolder.open(target, PASSPHRASE) as desk:
            for entry in order:
                desk.receive([entry])
            results.append((merged(desk.state()), [problem.code for problem in desk.problems()]))
    assert results[0] == results[1]


# --- crashes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["commit", "receive"])
def test_a_desk_stopped_at_any_step_has_the_act_or_has_not(desks: Desks, act: str) -> None:
    desks.do("gate", commands.present)
    (presented,) = read_entries(desks.folder / "gate")
    if act == "commit":
        desks.tell("gate", "north")
    keep = desks.folder / "keep"
    shutil.copytree(desks.folder / "north", keep)
    before = len(read_entries(desks.folder / "north"))
    for at in range(60):
        shutil.rmtree(desks.folder / "north")
        shutil.copytree(keep, desks.folder / "north")
        _views.clear()
        disk = Stopped(10**6, KeyboardInterrupt())
        desk = desks.open("north", disk=disk)
        disk.left = at
        finished = False
        try:
            if act == "commit":
                run(desk, commands.release, commands.AtDesk(By(desk.author), "s1", "bridge"), desk.given(NOW))
            else:
                desk.receive([presented])
            finished = True
        except KeyboardInterrupt:
            pass
        finally:
            disk.left = 10**6
            desk.close()
        with desks.open("north") as again:
            assert len(again.entries()) in (before, before + 1)
            assert not finished or len(again.entries()) == before + 1
        if finished:
            assert at >= 2
            return
    pytest.fail("never finished")


# --- what is kept, and from whom -------------------------------------------------------------------------------------


def test_names_are_sealed_and_open_with_the_desks_passphrase(desks: Desks) -> None:
    for path in (desks.folder / "north").rglob("*"):
        assert not path.is_file() or b"Invented" not in path.read_bytes(), path
    with desks.open("north") as desk:
        assert desk.names() == {number: {"family_name": "Invented"} for number in granted().manifest()}


def test_a_wrong_passphrase_opens_nothing(desks: Desks) -> None:
    with pytest.raises(Problems) as error:
        DeskFolder.open(desks.folder / "north", "other words")
    assert codes(error) == ["vault.passphrase"]


def test_a_desk_open_elsewhere_is_locked(desks: Desks) -> None:
    with desks.open("north"), pytest.raises(Problems) as error:
        desks.open("north")
    assert codes(error) == ["desk.locked"]


def test_a_changed_base_is_not_believed(desks: Desks) -> None:
    path = desks.folder / "north" / "base"
    path.write_bytes(path.read_bytes().replace(b'"north"', b'"nerth"', 1))
    with desks.open("north") as desk, pytest.raises(Problems) as error:
        desk.state()
    assert codes(error) == ["desk.base"]


def test_a_changed_snapshot_is_ignored(desks: Desks) -> None:
    desks.do("gate", commands.present)
    before = desks.states("gate")
    with desks.open("gate") as desk:
        desk._write_snapshot(desk._view())
    path = desks.folder / "gate" / "snapshot"
    for data in (path.read_bytes().replace(b"bridge", b"brigde"), b"", path.read_bytes()):
        path.write_bytes(data)
        _views.clear()
        assert desks.states("gate") == before


def test_a_desk_keeps_nothing_but_entries(desks: Desks) -> None:
    with desks.open("north") as desk, pytest.raises(Problems) as error:
        desk.commit((), Outcome(records=(Record("r", "1", {}, {}),)))
    assert codes(error) == ["desk.vault"]


def test_a_desk_brought_up_to_a_newer_ledger_keeps_its_journal_and_finds_its_own_acts_in_it(desks: Desks) -> None:
    desks.do("gate", commands.present)
    desks.tell("gate", "north")
    desks.do("north", commands.release)
    ledger = granted().copy()
    ledger.hear(read_entries(desks.folder / "north"))
    before = desks.states("north")
    author = AUTHORS["north"]
    DeskFolder.create(
        desks.folder / "north", author, "s1", "bridge", ledger.state, seed(author), PASSPHRASE, {}
    ).close()
    assert desks.states("north") == before
    with desks.open("north") as desk:
        assert (desk.problems(), desk.waiting(), len(desk.entries())) == ([], 0, 2)
    desks.tell("north", "south")
    desks.do("south", commands.receive)
    desks.tell("south", "north")
    assert sorted(desks.states("north").values()).count("received") == 1


def test_a_desk_takes_no_older_ledger_than_it_has_had(desks: Desks) -> None:
    author, ledger = AUTHORS["north"], granted().copy()
    ledger.entries.pop()
    older = fold(ledger.entries, ledger.attachments.get)
    with pytest.raises(Problems) as error:
        DeskFolder.create(desks.folder / "north", author, "s1", "bridge", older, seed(author), PASSPHRASE, {})
    assert codes(error) == ["desk.older"]


def test_another_desks_folder_is_not_made_over(desks: Desks) -> None:
    author = AUTHORS["south"]
    with pytest.raises(Problems) as error:
        DeskFolder.create(
            desks.folder / "north", author, "s1", "bridge", granted().state, seed(author), PASSPHRASE, {}
        )
    assert codes(error) == ["desk.exists"]


@pytest.mark.usefixtures("stretched_as_in_use")
def test_a_desk_opened_a_hundred_times_pays_for_its_passphrase_once(tmp_path: Path) -> None:
    desks = Desks(_template(tmp_path))
    desks.open("north").close()
    began = time.process_time()
    for _ in range(100):
        desks.open("north").close()
    assert time.process_time() - began < 5  # at 0.2 s each, scrypt alone would take 20


def test_three_hundred_people_and_nine_hundred_entries_are_folded_quickly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole day at one place: presented, released, received; heard by a third desk at once."""
    terms_of: Callable[..., Any] = world.terms_of

    def roomy(scenario: world.Scenario) -> Any:
        terms = terms_of(scenario)
        places = tuple(
            replace(place, capacity={"north": 400, "south": 400}) for place in terms.stages[0].places
        )
        return replace(terms, stages=(replace(terms.stages[0], places=places),))

    monkeypatch.setattr(world, "terms_of", roomy)
    day = world_at("granted", people=(150, 150), bound=300)
    apart = day.apart()
    numbers = day.manifest()
    for at in range(0, 300, 4):
        apart.present(numbers[at : at + 4])
    apart.hand_over()
    author = AUTHORS["north"]
    path = tmp_path / "desk"
    with DeskFolder.create(path, author, "s1", "bridge", day.state, seed(author), PASSPHRASE, {}) as desk:
        began = time.process_time()
        heard = desk.receive(apart.entries)
        folded = time.process_time() - began
        assert (heard.new, heard.waiting, heard.problems) == (675, 0, ())
    _views.clear()
    began = time.process_time()
    with DeskFolder.open(path, PASSPHRASE) as desk:
        assert {person.state for person in desk.state().persons.values()} == {"received"}
    assert folded < 6  # about 0.5 s; a machine under load is slower
    assert time.process_time() - began < 3  # from the snapshot: about 0.05 s
