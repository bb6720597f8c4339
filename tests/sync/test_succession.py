"""The log goes to a successor by a stick only: nothing is lost, and the old one cannot come back."""

from __future__ import annotations

import shutil

import pytest

from repatria.audit.ledger import audit_ledger
from repatria.exchange import events
from repatria.exchange.commands import By, Say, say
from repatria.exchange.state import state_hash
from repatria.ledger.note import VerifierKey, build_note, parse_note, parse_vkey, sign_note
from repatria.ledger.proof import check_fraud, parse_fraud
from repatria.ledger.tree import BadProof
from repatria.office import Done, run
from repatria.problem import Problems
from repatria.store.disk import Disk
from repatria.sync.folder import SyncReport, import_
from tests.store.test_node import Stopped
from tests.sync.nodes import MEMBERS, NOW, ROUND, SECRETARIAT, Nodes, forge, make_nodes, put_on

SUCCESSOR = "gulf"
OTHERS = tuple(member for member in MEMBERS if member != SECRETARIAT)


@pytest.fixture
def nodes() -> Nodes:
    """Everybody has the same ledger, cosigned."""
    made = make_nodes(round_open=True)
    made.carry()
    return made


def proposed(value: int) -> events.ClauseProposed:
    return events.ClauseProposed(ROUND, events.Slug("total-north"), value)


def agree(nodes: Nodes, members: tuple[str, ...] = OTHERS) -> events.SecretariatSucceeded:
    """The successor makes its card; each of these signs it in its own node."""
    with nodes.open(SUCCESSOR) as node:
        event = node.succession()
    for member in members:
        nodes.say(member, event, signed=member in ("north", "south"))
    return event


def bring(nodes: Nodes, members: tuple[str, ...] = OTHERS) -> list[SyncReport]:
    """What these members have, to the successor, each on the same stick, and what it has back to them."""
    for member in members:
        if member != SUCCESSOR:
            nodes.export(member)
    reports = [nodes.import_(SUCCESSOR), nodes.export(SUCCESSOR)]
    return [*reports, *(nodes.import_(member) for member in members if member != SUCCESSOR)]


def succeed(nodes: Nodes) -> events.SecretariatSucceeded:
    event = agree(nodes)
    for report in bring(nodes):
        assert report.problems == (), report.problems
    return event


def log_key_of(nodes: Nodes, member: str) -> VerifierKey:
    return parse_vkey(nodes.state(member).log)


def codes(report: SyncReport) -> list[str]:
    return [problem.code for problem in report.problems]


# --- the secretariat is gone ----------------------------------------------------------------------------------------


def test_the_successor_goes_on_with_the_same_tree_and_every_member_follows(nodes: Nodes) -> None:
    nodes.say("north", proposed(12))  # not ordered by anybody yet
    before = nodes.state("south")
    event = succeed(nodes)
    for member in OTHERS:
        state = nodes.state(member)
        assert (state.secretariat, state.log, state.size > before.size) == (SUCCESSOR, event.log, True)
        assert state.root_at(before.size) == before.root
        assert state.clauses["total-north"].value == 12
    assert len({state_hash(nodes.state(member)) for member in OTHERS if member != SUCCESSOR}) == 1
    with nodes.open("south") as node:
        assert node.cosigners() == ["gulf", "south"]


def test_the_exchange_goes_on_at_the_successor(nodes: Nodes) -> None:
    succeed(nodes)
    event = nodes.say("south", proposed(9))
    for report in bring(nodes):
        assert report.problems == ()
    assert nodes.state("north").events[event] >= 0
    bring(nodes)
    with nodes.open(SUCCESSOR) as node:
        assert node.cosigners() == sorted(OTHERS)


def test_agreements_on_several_sticks_add_up(nodes: Nodes) -> None:
    agree(nodes)
    for member in ("north", "south"):
        stick = nodes.folder / f"stick-{member}"
        nodes.export(member, stick)
        report = nodes.import_(SUCCESSOR, stick)
        assert report.counts["succession"] == (member == "south")
    assert nodes.state(SUCCESSOR).secretariat == SUCCESSOR


def test_without_one_party_the_successor_takes_nothing_over(nodes: Nodes) -> None:
    agree(nodes, ("gulf", "north", "cross"))
    reports = bring(nodes)
    assert reports[0].counts["succession"] == 0
    for member in OTHERS:
        assert nodes.state(member).secretariat == SECRETARIAT


def test_whoever_forges_an_agreement_puts_nothing_of_anybody_into_the_successors_outbox(nodes: Nodes) -> None:
    """A stick that names this node as successor by a thief's key, with entries of the same forged member beside it."""
    thief = [b"thief" * 6 + b"!!"]
    nodes.export("north")
    with nodes.open("gulf") as node:
        agreed = forge(node, "north", node.succession(), seeds=thief)
        absent = events.PersonAbsent(events.Slug("s1"), events.Slug("bridge"), events.Opaque("a" * 32), 1)
        put_on(nodes.stick, agreed, forge(node, "north/desk", absent, seeds=thief))
        put_on(nodes.stick, forge(node, "north", proposed(3), seeds=thief))
        before = [each.event for each in node.outbox()]
    report = nodes.import_("gulf")
    assert report.counts["succession"] == 0
    with nodes.open("gulf") as node:
        assert [each.event for each in node.outbox()] == before


def test_a_successor_behind_a_member_goes_on_from_what_that_member_has_cosigned(nodes: Nodes) -> None:
    """Gulf's copy is older than what north has cosigned: with north's agreement alone it takes nothing over; with
    north's ledger on the stick it has caught up first, and the clause that only north knew of is kept."""
    nodes.say("north", proposed(12))
    nodes.export("north")
    nodes.import_(SECRETARIAT)
    nodes.export(SECRETARIAT)
    nodes.import_("north")
    agree(nodes)
    nodes.export("north")
    nodes.export("south")
    shutil.copytree(nodes.stick, nodes.folder / "bare")
    shutil.rmtree(nodes.folder / "bare" / "ledger")
    report = nodes.import_(SUCCESSOR, nodes.folder / "bare")
    assert (report.counts["succession"], codes(report)) == (0, ["secretariat.behind"])
    assert nodes.import_(SUCCESSOR).counts["succession"] == 1
    assert nodes.state(SUCCESSOR).clauses["total-north"].value == 12


def test_a_log_key_that_no_entry_binds_is_not_followed(nodes: Nodes) -> None:
    """Gulf signs its copy with a fresh key, without anybody's agreement."""
    agree(nodes, ("gulf",))
    nodes.export("south")
    with nodes.open(SUCCESSOR) as node:
        assert node.ledger is not None
        key = node.keyring.seed("log")
        shutil.copytree(node.ledger.folder, nodes.folder / "forged" / "ledger")
    text = parse_note((nodes.folder / "forged" / "ledger" / "checkpoint").read_bytes())[0]
    note = build_note(text, [sign_note(text, text.split("\n")[0], key)])
    (nodes.folder / "forged" / "ledger" / "checkpoint").write_bytes(note)
    assert codes(nodes.import_("south", nodes.folder / "forged")) == ["sync.checkpoint"]


def test_a_member_that_has_not_heard_leaves_the_successors_ledger_on_the_stick_alone(nodes: Nodes) -> None:
    agree(nodes)
    for member in ("north", "south"):
        nodes.export(member)
    nodes.import_(SUCCESSOR)
    nodes.export(SUCCESSOR)
    before = (nodes.stick / "ledger" / "checkpoint").read_bytes()
    nodes.export("cross")  # still with the ledger of the first secretariat
    assert (nodes.stick / "ledger" / "checkpoint").read_bytes() == before
    assert nodes.import_("cross").problems == ()


def test_a_new_copy_made_after_the_succession_finds_its_key_by_the_entries(nodes: Nodes) -> None:
    event = succeed(nodes)
    folder = nodes.path("cross")
    for name in ("ledger", "journal", "intent", "incoming", "snapshot", "witness.json"):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    assert nodes.import_("cross").problems == ()
    assert nodes.state("cross").log == event.log


# --- power cuts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "no space")], ids=["killed", "disk full"])
def test_a_succession_cut_short_anywhere_has_happened_or_has_not_and_the_next_stick_completes_it(
    nodes: Nodes, error: BaseException
) -> None:
    event = agree(nodes)
    for member in ("north", "south", "cross"):
        nodes.export(member)
    kept = nodes.folder / "kept"
    before = (nodes.path(SUCCESSOR), nodes.path("south"), nodes.stick)
    for folder in before:
        shutil.copytree(folder, kept / folder.name)
    found = set()
    for at in range(400):
        try:
            with nodes.open(SUCCESSOR, disk=Stopped(at, error)) as node:
                import_(node, nodes.stick, NOW)
            break
        except (KeyboardInterrupt, OSError, Problems):
            with nodes.open(SUCCESSOR) as node:
                found.add(node.is_secretariat)
        nodes.import_(SUCCESSOR)
        nodes.export(SUCCESSOR)
        assert nodes.import_("south").problems == ()
        assert nodes.state("south").log == event.log
        for folder in before:
            shutil.rmtree(folder)
            shutil.copytree(kept / folder.name, folder)
    assert found == {False, True}  # it was cut before, and after


# --- the old secretariat comes back ---------------------------------------------------------------------------------


def came_back(nodes: Nodes) -> None:
    """The old secretariat, knowing nothing, has ordered and signed one more entry."""
    with nodes.open(SECRETARIAT) as node:
        assert isinstance(run(node, say, Say(By(SECRETARIAT), proposed(99)), nodes.given(node)), Done)
        node.sign(NOW)


def test_what_the_old_secretariat_signs_later_is_refused_and_kept_as_a_fraud_proof(nodes: Nodes) -> None:
    old = log_key_of(nodes, "south")
    event = succeed(nodes)
    came_back(nodes)
    nodes.export(SECRETARIAT, nodes.folder / "theirs")
    for member in ("south", SUCCESSOR):
        before = state_hash(nodes.state(member))
        with pytest.raises(Problems) as refused:
            nodes.import_(member, nodes.folder / "theirs")
        assert [problem.code for problem in refused.value.problems] == ["log.fork"]
        assert state_hash(nodes.state(member)) == before
        proof = parse_fraud((nodes.path(member) / "fraud-proof.txt").read_bytes())
        check_fraud(proof, old, parse_vkey(event.log))
        with pytest.raises((BadProof, ValueError)):
            check_fraud(proof, old)


def test_whoever_followed_the_old_secretariat_finds_it_out_at_first_contact(nodes: Nodes) -> None:
    agree(nodes, ("gulf", "north", "south"))
    came_back(nodes)
    nodes.export(SECRETARIAT, nodes.folder / "theirs")
    assert nodes.import_("cross", nodes.folder / "theirs").problems == ()
    bring(nodes, ("gulf", "north", "south"))
    report = nodes.import_("cross")
    assert codes(report) == ["log.fork"]
    assert (nodes.path("cross") / "fraud-proof.txt").exists()


def test_the_old_secretariat_that_signed_nothing_more_follows_the_successor(nodes: Nodes) -> None:
    succeed(nodes)
    assert nodes.import_(SECRETARIAT).problems == ()
    assert nodes.state(SECRETARIAT).secretariat == SUCCESSOR
    event = nodes.say(SECRETARIAT, proposed(7))
    nodes.export(SECRETARIAT)
    bring(nodes)
    assert nodes.state("north").events[event] >= 0


def test_the_old_secretariat_refuses_to_write_over_the_successors_ledger(nodes: Nodes) -> None:
    succeed(nodes)
    came_back(nodes)
    before = (nodes.stick / "ledger" / "checkpoint").read_bytes()
    with pytest.raises(Problems) as refused:
        nodes.export(SECRETARIAT)
    assert [problem.code for problem in refused.value.problems] == ["secretariat.succeeded"]
    assert (nodes.stick / "ledger" / "checkpoint").read_bytes() == before


def test_the_old_secretariat_that_went_on_steps_down_and_what_it_ordered_goes_to_the_successor(nodes: Nodes) -> None:
    succeed(nodes)
    came_back(nodes)
    report = nodes.import_(SECRETARIAT)
    assert codes(report) == ["witness.refused"]  # it has cosigned the other tree, and cosigns no second one
    assert nodes.state(SECRETARIAT).secretariat == SUCCESSOR
    assert (nodes.path(SECRETARIAT) / "superseded" / "ledger" / "checkpoint").exists()
    nodes.export(SECRETARIAT)
    bring(nodes)
    assert nodes.state("north").clauses["total-north"].value == 99


# --- handed over by the secretariat itself ---------------------------------------------------------------------------


def test_a_secretariat_that_hands_over_signs_up_to_that_entry_and_no_further(nodes: Nodes) -> None:
    old = log_key_of(nodes, "south")
    event = agree(nodes)
    nodes.say("south", proposed(9))
    reports = nodes.carry()
    assert all(not codes(report) for report in reports)
    state = nodes.state("north")
    assert (state.secretariat, state.logs[-1].since) == (SUCCESSOR, state.size - 1)
    with nodes.open("north") as node:
        assert node.ledger is not None
        note = node.ledger.checkpoint_note() or b""
        assert {line.key_id for line in parse_note(note)[1]} >= {old.key_id}
    for report in bring(nodes):
        assert report.problems == ()
    assert nodes.state("north").clauses["total-north"].value == 9
    assert nodes.import_(SECRETARIAT).problems == ()
    assert nodes.state(SECRETARIAT).log == event.log


def test_what_a_secretariat_would_have_ordered_after_handing_over_goes_to_the_successor(nodes: Nodes) -> None:
    """Its door gets the agreements, a clause and an entry that waits, in one go: a desk brings things but once."""
    agree(nodes)
    later = nodes.say("south", proposed(9))
    with nodes.open("south") as node:
        entries = [each.entry for each in node.outbox()]
    for member in ("gulf", "north"):
        with nodes.open(member) as node:
            entries += [each.entry for each in node.outbox()]
    with nodes.open("cross") as node:
        waits = forge(node, "cross/gate", events.PersonPresented(events.Slug("s"), events.Slug("p"), ()), seq=1,
                      prev="7" * 64)  # fmt: skip
    with nodes.open(SECRETARIAT) as node:
        decisions = node.let_in([*entries, waits], {}, NOW)
        node.sign(NOW)
        assert not node.is_secretariat
        assert node.ledger_state().logs[-1].since == node.ledger_state().size - 1
        ordered = {each.event for each in decisions.come_in}
        carried = [each.event for each in node.outbox()]
    assert (later in ordered) is not (later in carried)
    assert len(carried) == (later in carried) + 1


# --- verified by anybody ---------------------------------------------------------------------------------------------


def keys_of(nodes: Nodes) -> list[VerifierKey]:
    state = nodes.state("north")
    witnesses = [str(fact.witness) for _, fact in sorted(state.members.items())]
    return [parse_vkey(key) for key in (state.logs[0].key, *witnesses)]


def audit(nodes: Nodes, stick: str = "stick"):  # type: ignore[no-untyped-def]
    folder, disk = nodes.folder / stick / "ledger", Disk()
    return audit_ledger(lambda path: disk.read(folder / path), lambda: disk.files(folder), keys_of(nodes))


def failing(audit) -> set[str]:  # type: ignore[no-untyped-def]
    return {problem.code for problem in audit.problems} - {"log.checkpoint.cosignature.missing"}


def test_verify_follows_the_log_from_its_first_key_to_its_successors(nodes: Nodes) -> None:
    succeed(nodes)
    found = audit(nodes)
    assert failing(found) == set()
    assert "audit.note.successor" in [warning.id for warning in found.warnings]


def test_verify_refuses_what_the_first_key_signed_after_the_succession(nodes: Nodes) -> None:
    """The successor's entries, and a checkpoint over them by the old key."""
    succeed(nodes)
    with nodes.open(SECRETARIAT) as node:
        seed = node.keyring.seed("log")
    nodes.say("south", proposed(9))
    bring(nodes)
    text = parse_note((nodes.stick / "ledger" / "checkpoint").read_bytes())[0]
    (nodes.stick / "ledger" / "checkpoint").write_bytes(build_note(text, [sign_note(text, text.split("\n")[0], seed)]))
    assert "audit.keys.superseded" in failing(audit(nodes))


