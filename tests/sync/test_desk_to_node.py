"""What a desk signed comes home: into its member's outbox, or at the secretariat through the door."""

from __future__ import annotations

from pathlib import Path

import pytest

from repatria.exchange import events
from repatria.exchange.codec import event_id
from repatria.exchange.state import State
from repatria.ledger.entry import decode_entry
from repatria.office import Draft, Given, Outcome, sign
from repatria.problem import Problems
from repatria.store.delegate import create_key
from repatria.store.desk import DeskFolder, read_entries
from repatria.store.node import NodeFolder
from repatria.sync.folder import take_desk
from tests.sync.nodes import NOW, PASSPHRASE, SECRETARIAT, Nodes, delegate_key, forge, make_nodes


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes(round_open=True)


@pytest.fixture
def desk(nodes: Nodes) -> Path:
    """North's desk, which has heard an act of its own from another device: void, since nobody has a right yet."""
    key = delegate_key("north/desk")
    absent = events.PersonAbsent(events.Slug("s1"), events.Slug("bridge"), events.Opaque("a" * 32), 1)
    path = nodes.folder / "desk"
    with nodes.open("north") as node:
        entry = forge(node, key.author, absent)
        with DeskFolder.create(path, key.author, "s1", "bridge", node.ledger_state(), key.seed, PASSPHRASE, {}) as made:
            assert [problem.code for problem in made.receive([entry]).problems] == ["person.unknown"]
    return path


def test_a_members_node_takes_a_desks_entries_into_its_outbox_once(nodes: Nodes, desk: Path) -> None:
    with nodes.open("north") as node:
        first, again = (take_desk(node, read_entries(desk), NOW).counts for _ in range(2))
        assert (first["recorded_as_refused"], first["known"]) == (1, 0)
        assert (again["recorded_as_refused"], again["known"]) == (0, 1)
        assert [(each.author, each.rule) for each in node.outbox()] == [("north/desk", "person.unknown")]
    nodes.carry()
    with nodes.open("north") as node:
        assert node.outbox() == []
        assert take_desk(node, read_entries(desk), NOW).counts["known"] == 1
        assert node.state().refusals[-1].author == "north/desk"


@pytest.mark.parametrize("member", ["north", SECRETARIAT])
def test_a_forged_entry_in_a_desks_folder_comes_into_no_outbox_and_no_ledger(nodes: Nodes, member: str) -> None:
    """Whoever has the stick can put anything into the folder; check-in turns it away, and so does this."""
    absent = events.PersonAbsent(events.Slug("s1"), events.Slug("bridge"), events.Opaque("a" * 32), 1)
    with nodes.open(member) as node:
        stolen = forge(node, "north/desk", absent, seeds=[b"thief" * 6 + b"!!"])
        elsewhere = forge(node, "north/desk", absent, exchange="f" * 32)
        true = forge(node, "north/desk", absent)
        before = node.state().size
        report = take_desk(node, [stolen, elsewhere, b"no entry at all"], NOW)
        assert node.state().size == before
        assert node.outbox() == []
        assert report.counts["turned_away"] == 3
        assert {each.code for each in report.problems} == {"signature.unknown", "exchange.other", "entry.malformed"}
        assert take_desk(node, [true, stolen], NOW).counts["recorded_as_refused"] == 1  # its own word, void as it is
        assert node.state().size == before + 1


def test_a_desks_entry_that_waits_is_not_kept_and_is_told_so_that_it_is_brought_again(nodes: Nodes) -> None:
    absent = events.PersonAbsent(events.Slug("s1"), events.Slug("bridge"), events.Opaque("a" * 32), 1)
    with nodes.open("north") as node:
        first = forge(node, "north/desk", absent)
        second = forge(node, "north/desk", absent, seq=1, prev=event_id(decode_entry(first).body), refs=("b" * 64,))
        report = take_desk(node, [second], NOW)
        assert (report.counts["waiting"], node.outbox()) == (1, [])
        assert len(report.problems) == 1


def test_at_the_secretariat_a_desks_entries_go_through_the_door_and_are_signed(nodes: Nodes, desk: Path) -> None:
    with nodes.open(SECRETARIAT) as node:
        report = take_desk(node, read_entries(desk), NOW)
        assert report.counts["recorded_as_refused"] == 1
        assert [problem.code for problem in report.problems] == ["person.unknown"]
        assert node.ledger is not None
        signed = node.ledger.checkpoint()
        assert signed is not None
        assert signed.size == node.state().size
        assert take_desk(node, read_entries(desk), NOW).counts["known"] == 1


def test_a_desks_void_act_does_not_hold_up_its_next_ones(nodes: Nodes, desk: Path) -> None:
    """The chain goes on over what is void, at the desk as in the ledger."""

    def nothing(state: State, request: None, given: Given) -> Outcome:
        event = events.RightReturned(events.Slug("s1"), events.Slug("bridge"), 1, (events.Opaque("b" * 32),))
        return Outcome(drafts=(Draft(event, "north/desk"),))

    with DeskFolder.open(desk, PASSPHRASE) as folder:
        refused = sign(folder.state(), nothing(folder.state(), None, folder.given(NOW)), folder.given(NOW))
        assert isinstance(refused, list)
        assert refused[0].code != "chain.place"


def test_a_desk_is_not_equipped_for_a_place_that_is_in_no_plan_or_with_another_places_key(
    nodes: Nodes, tmp_path: Path
) -> None:
    create_key(tmp_path / "desk.key", "north/desk-two", PASSPHRASE, lambda count: b"k" * count)
    with nodes.open("north") as node:
        problems = node.equip("s9", "bridge", tmp_path / "desk.key", tmp_path / "desk", PASSPHRASE)
    assert isinstance(problems, list)
    assert [problem.code for problem in problems] == ["desk.place", "desk.author"]
    assert not (tmp_path / "desk").exists()


def test_no_desk_and_no_node_are_told_apart(nodes: Nodes) -> None:
    for act, code in ((lambda: read_entries(nodes.path("north")), "desk.absent"),
                      (lambda: NodeFolder.open(nodes.folder, PASSPHRASE), "node.absent")):  # fmt: skip
        with pytest.raises(Problems) as error:
            act()
        assert [problem.code for problem in error.value.problems] == [code]
