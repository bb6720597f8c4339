"""A node's folder: what it keeps after a crash at any step, and whom it lets in."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repatria.exchange import commands, events
from repatria.exchange.cards import Card
from repatria.exchange.commands import By
from repatria.exchange.fold import fold
from repatria.exchange.state import State, state_hash
from repatria.office import Draft, Given, Outcome, Record, run
from repatria.problem import Problems
from repatria.store.delegate import create_key, open_key, read_public
from repatria.store.disk import Disk, File
from repatria.store.node import NodeFolder
from repatria.store.snapshot import _states
from repatria.store.tiles import LogStore
from repatria.sync.folder import export_, import_
from tests.sync.nodes import MEMBERS, NOW, PASSPHRASE, ROUND, SECRETARIAT, Nodes, make_nodes

PROPOSED = events.ClauseProposed(ROUND, events.Slug("total-north"), 12)


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes(round_open=True)


def codes(error: pytest.ExceptionInfo[Problems]) -> list[str]:
    return [problem.code for problem in error.value.problems]


class Stopped(Disk):
    """A disk that stops the program with this exception at its n-th operation that changes anything."""

    def __init__(self, at: int, error: BaseException) -> None:
        self.left, self._error = at, error

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise self._error

    def open(self, path: Path, create: bool = False) -> File:
        if create:
            self._count()
        return _StoppedFile(super().open(path, create), self)

    def rename(self, old: Path, new: Path) -> None:
        self._count()
        super().rename(old, new)

    def remove(self, path: Path) -> None:
        self._count()
        super().remove(path)

    def make_folder(self, path: Path) -> None:
        self._count()
        super().make_folder(path)

    def sync_folder(self, path: Path) -> None:
        self._count()
        super().sync_folder(path)


class _StoppedFile:
    def __init__(self, file: File, disk: Stopped) -> None:
        self._file, self._disk = file, disk

    def read(self, offset: int, length: int) -> bytes:
        return self._file.read(offset, length)

    def write(self, offset: int, data: bytes) -> None:
        self._disk._count()
        self._file.write(offset, data)

    def truncate(self, size: int) -> None:
        self._disk._count()
        self._file.truncate(size)

    def fsync(self) -> None:
        self._disk._count()
        self._file.fsync()

    def close(self) -> None:
        self._file.close()


def everything(state: State, request: None, given: Given) -> Outcome:
    """A command that keeps a record, a document, a letter to another and one to itself, and signs two events."""
    sealed = given.seal(b'{"data":{},"from":"north","kind":"note"}', [str(state.members["south"].recipient)])
    name = hashlib.sha256(sealed).hexdigest()
    return Outcome(
        drafts=(Draft(PROPOSED, "north"), Draft(events.ClauseProposed(ROUND, events.Slug("total-south"), 9), "north")),
        documents={"note": b"kept"},
        records=(Record("sought", "00000001", {"family_name": "Example"}, {"family_name": bytes(32)}),),
        mail={name: sealed},
        mail_to={name: ("south",)},
    )


def kept_besides(node: NodeFolder) -> tuple[list[str], list[str], list[str]]:
    """Documents, rows and who gets a letter."""
    letters = [member for member, _, _ in node.letters()]
    return node.vault.documents(), [row for row, _, _ in node.vault.records("sought")], letters


# --- crashes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "no space")], ids=["ctrl-c", "disk full"])
def test_a_commit_stopped_at_any_step_keeps_all_of_its_events_or_none(nodes: Nodes, error: BaseException) -> None:
    before = state_hash(nodes.state("north"))
    keep = nodes.folder / "keep"
    shutil.copytree(nodes.path("north"), keep)
    done = 0
    for at in range(200):
        shutil.rmtree(nodes.path("north"))
        shutil.copytree(keep, nodes.path("north"))
        disk = Stopped(10**6, error)
        node = nodes.open("north", disk=disk)
        given = nodes.given(node)
        disk.left = at
        try:
            run(node, everything, None, given)
            finished = True
        except (KeyboardInterrupt, OSError, Problems):
            finished = False
        finally:
            disk.left = 10**6
            node.close()
        with nodes.open("north") as again:
            outbox = [each.kind for each in again.outbox()]
            assert outbox in ([], ["ClauseProposed"] * 2)
            if finished:
                assert len(outbox) == 2
            if not outbox:
                assert state_hash(again.state()) == before
                assert kept_besides(again) == ([], [], [])
                run(again, everything, None, nodes.given(again))  # and the same command works after it
            assert len(again.outbox()) == 2
            assert kept_besides(again) == (["note"], ["00000001"], ["south"])
        if finished:
            done = at
            break
    assert done > 5  # there were steps to stop at


@pytest.mark.parametrize("moment", ["set aside", "entries", "letters"])
def test_a_commit_stopped_between_its_steps_is_settled_by_whoever_opens_the_vault_next(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The vault is not on the disk that the test above stops: here it is stopped after each of its own steps."""
    after = {"set aside": (NodeFolder, "_set_aside"), "entries": (NodeFolder, "_keep"), "letters": (NodeFolder, "post")}
    owner, name = after[moment]
    step = getattr(owner, name)

    def stopped(self: NodeFolder, *rest: object) -> None:
        step(self, *rest)
        raise KeyboardInterrupt

    with nodes.open("north") as node, monkeypatch.context() as patch:
        patch.setattr(owner, name, stopped)
        with pytest.raises(KeyboardInterrupt):
            run(node, everything, None, nodes.given(node))
    with nodes.open("north") as again:
        if moment == "set aside":
            assert again.outbox() == []
            assert kept_besides(again) == ([], [], [])
            run(again, everything, None, nodes.given(again))
        assert len(again.outbox()) == 2
        assert kept_besides(again) == (["note"], ["00000001"], ["south"])


def test_a_stick_carries_no_letter_of_a_commit_that_was_stopped(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    with nodes.open("north") as node, monkeypatch.context() as patch:
        patch.setattr(LogStore, "append", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(node, everything, None, nodes.given(node))
        patch.undo()
        assert list(node.letters()) == []
        with pytest.raises(Problems) as error:  # what became of its entries is not known before the next opening
            run(node, everything, None, nodes.given(node))
        assert codes(error) == ["log.stopped"]
    nodes.export("north")
    assert not (nodes.stick / "mail").exists()


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_secretariat_stopped_at_any_step_of_taking_a_stick_in_goes_on_with_the_next_try(nodes: Nodes) -> None:
    nodes.say("north", PROPOSED)
    nodes.say("south", events.ClauseProposed(ROUND, events.Slug("total-south"), 9))
    for member in ("north", "south"):
        nodes.export(member)
    keep = nodes.folder / "keep"
    shutil.copytree(nodes.path(SECRETARIAT), keep)
    size = nodes.state(SECRETARIAT).size
    for at in range(300):
        shutil.rmtree(nodes.path(SECRETARIAT))
        shutil.copytree(keep, nodes.path(SECRETARIAT))
        disk = Stopped(10**6, KeyboardInterrupt())
        node = nodes.open(SECRETARIAT, disk=disk)
        disk.left = at
        finished = False
        try:
            import_(node, nodes.stick, NOW)
            finished = True
        except (KeyboardInterrupt, Problems):
            pass
        finally:
            disk.left = 10**6
            node.close()
        assert nodes.state(SECRETARIAT).size in (size, size + 2)
        report = nodes.import_(SECRETARIAT)
        assert report.counts["ordered"] + report.counts["known"] == 2
        with nodes.open(SECRETARIAT) as again:
            assert again.ledger is not None
            signed = again.ledger.checkpoint()
            assert signed is not None
            assert (again.state().size, signed.size, again.waiting()) == (size + 2, size + 2, [])
        if finished:
            assert at > 20
            return
    pytest.fail("never finished")


def test_a_member_stopped_at_any_step_of_taking_a_ledger_in_goes_on_with_the_next_try(nodes: Nodes) -> None:
    nodes.say("north", PROPOSED)
    nodes.carry(("north", SECRETARIAT))
    goal = nodes.state(SECRETARIAT)
    keep = nodes.folder / "keep"
    shutil.copytree(nodes.path("south"), keep)
    for at in range(300):
        shutil.rmtree(nodes.path("south"))
        shutil.copytree(keep, nodes.path("south"))
        disk = Stopped(10**6, KeyboardInterrupt())
        node = nodes.open("south", disk=disk)
        disk.left = at
        finished = False
        try:
            finished = not import_(node, nodes.stick, NOW).problems
        except (KeyboardInterrupt, Problems):
            pass
        finally:
            disk.left = 10**6
            node.close()
        assert nodes.import_("south").problems == ()
        with nodes.open("south") as again:
            assert (again.state().size, again.state().root) == (goal.size, goal.root)
            assert "south" in again.cosigners()
        if finished:
            assert at > 20
            return
    pytest.fail("never finished")


def test_an_export_stopped_at_any_step_leaves_a_stick_that_the_next_export_completes(nodes: Nodes) -> None:
    nodes.say("north", PROPOSED)
    for at in range(0, 120, 3):
        stick = nodes.folder / f"stick-{at}"
        monkey = _interrupt_after(at)
        with nodes.open("north") as node:
            finished = False
            try:
                with monkey:
                    export_(node, stick, NOW)
                finished = True
            except KeyboardInterrupt:
                pass
            export_(node, stick, NOW)
        with nodes.open("south") as node:
            assert import_(node, stick, NOW).problems == ()
        assert len(list((stick / "outbox").iterdir())) == 1
        if finished:
            return
    pytest.fail("never finished")


class _interrupt_after:  # noqa: N801
    """Ctrl-C after so many file renames of this process, whoever does them."""

    def __init__(self, renames: int) -> None:
        self._left = renames

    def __enter__(self) -> None:
        self._replace = os.replace

        def replace(*args: object) -> None:
            self._left -= 1
            if self._left < 0:
                raise KeyboardInterrupt
            self._replace(*args)  # type: ignore[arg-type]

        os.replace = replace  # type: ignore[assignment]

    def __exit__(self, *_: object) -> None:
        os.replace = self._replace


def test_a_node_made_only_in_part_is_not_found_and_can_be_made_again(tmp_path: Path) -> None:
    for at in range(0, 60, 4):
        folder = tmp_path / "north"
        disk = Stopped(at, KeyboardInterrupt())
        try:
            NodeFolder.create(folder, "north", "party", PASSPHRASE, disk=disk).close()
        except (KeyboardInterrupt, Problems):
            if not (folder / "node.json").exists():
                with pytest.raises(Problems) as error:
                    NodeFolder.open(folder, PASSPHRASE)
                assert codes(error) == ["node.absent"]
                if at % 16:
                    continue  # the passphrase is stretched anew for each: a few whole tries are enough
                NodeFolder.create(folder, "north", "party", PASSPHRASE).close()
                shutil.rmtree(folder)
                continue
        NodeFolder.open(folder, PASSPHRASE).close()
        assert at > 5
        return
    pytest.fail("never finished")


# --- who is let in ---------------------------------------------------------------------------------------------------


def test_a_wrong_passphrase_opens_nothing_and_leaves_no_lock(nodes: Nodes) -> None:
    with pytest.raises(Problems) as error:
        NodeFolder.open(nodes.path("north"), "other words")
    assert codes(error) == ["vault.passphrase"]
    nodes.open("north").close()


def test_a_second_opening_in_this_process_is_told_who_is_in_the_way(nodes: Nodes) -> None:
    with nodes.open("north"), pytest.raises(Problems) as error:
        nodes.open("north")
    assert codes(error) == ["node.locked"]


def test_a_second_process_is_told_who_is_in_the_way(nodes: Nodes) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom repatria.problem import Problems\n"
        "from repatria.store.node import NodeFolder\n"
        "try:\n    NodeFolder.open(Path(sys.argv[1]), sys.argv[2])\n"
        "except Problems as error:\n    print(error.problems[0].code)\n"
    )
    with nodes.open("north"):
        held = subprocess.run(
            [sys.executable, "-c", program, str(nodes.path("north")), PASSPHRASE],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert held.stdout == "node.locked\n"


@pytest.mark.parametrize(
    ("member", "role", "code"),
    [("North", "party", "node.member"), ("../x", "party", "node.member"), ("north", "judge", "node.role")],
)
def test_a_node_with_a_name_or_role_that_no_ledger_could_hold_is_not_made(
    tmp_path: Path, member: str, role: str, code: str
) -> None:
    with pytest.raises(Problems) as error:
        NodeFolder.create(tmp_path / "x", member, role, PASSPHRASE)
    assert codes(error) == [code]
    assert not (tmp_path / "x").exists()


def test_a_node_is_never_made_over_anything(nodes: Nodes) -> None:
    with pytest.raises(Problems) as error:
        NodeFolder.create(nodes.path("north"), "north", "party", PASSPHRASE)
    assert codes(error) == ["node.exists"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"v":2,"member":"north","role":"party"}'])
def test_a_damaged_node_file_is_a_problem(nodes: Nodes, text: str) -> None:
    (nodes.path("north") / "node.json").write_text(text)
    with pytest.raises(Problems) as error:
        nodes.open("north")
    assert codes(error) == ["node.format"]


# --- what is so ------------------------------------------------------------------------------------------------------


def test_unordered_events_count_in_state_and_not_in_the_ledgers(nodes: Nodes) -> None:
    nodes.say("north", PROPOSED)
    with nodes.open("north") as node:
        assert node.state().clauses["total-north"].value == 12
        assert "total-north" not in node.ledger_state().clauses
        assert node.state().seen == (node.ledger_state().size, node.ledger_state().root)


def test_the_secretariats_own_events_are_in_its_ledger_at_once(nodes: Nodes) -> None:
    size = nodes.state(SECRETARIAT).size
    nodes.say(SECRETARIAT, PROPOSED)
    with nodes.open(SECRETARIAT) as node:
        assert (node.ledger_state().size, node.outbox()) == (size + 1, [])


def test_an_event_of_the_outbox_that_the_newer_ledger_makes_void_is_shown_so(nodes: Nodes) -> None:
    """North and south both suspend; while south's was on its way, the round closed over it: here, a clause agreed."""
    nodes.say("north", PROPOSED)
    nodes.carry()
    agreed = events.ClauseAgreed(ROUND, PROPOSED.clause, PROPOSED.value)
    for party in ("north", "south"):
        nodes.say(party, agreed, signed=True)
    nodes.say("gulf", events.ClauseProposed(ROUND, PROPOSED.clause, 13))
    nodes.carry(("north", "south", SECRETARIAT))
    nodes.import_("gulf")
    with nodes.open("gulf") as node:
        assert [(each.applied, each.rule is not None) for each in node.outbox()] == [(False, True)]


def test_a_state_handed_out_can_be_changed_without_harm(nodes: Nodes) -> None:
    with nodes.open("north") as node:
        before = state_hash(node.state())
        node.state().clauses.clear()
        node.state().events.clear()
        assert state_hash(node.state()) == before


def test_the_snapshot_is_disposable_and_one_that_was_changed_is_not_believed(nodes: Nodes) -> None:
    with nodes.open("north") as node:
        assert node.ledger is not None
        expected = state_hash(fold(node.ledger.entries(), node.attachment))
        path = node.path / "snapshot"
        node._snapshot.write(node.ledger_state())
        good = path.read_bytes()
        for written in (good, good[:-1], good[:32] + good[32:].replace(b"north", b"south"), b""):
            path.write_bytes(written)
            _states.clear()
            assert state_hash(node.ledger_state()) == expected
        path.unlink()
        _states.clear()
        assert state_hash(node.ledger_state()) == expected


def test_a_node_folder_copied_elsewhere_or_moved_goes_on(nodes: Nodes) -> None:
    nodes.say("north", PROPOSED)
    expected = state_hash(nodes.state("north"))
    shutil.move(nodes.path("north"), nodes.folder / "moved")
    with NodeFolder.open(nodes.folder / "moved", PASSPHRASE) as node:
        assert state_hash(node.state()) == expected


def test_the_note_of_what_is_drained_is_not_believed_for_an_older_ledger(nodes: Nodes) -> None:
    """Only the ledger's files are put back to an older copy: what it lacks is in the outbox again."""
    nodes.carry()
    old = nodes.folder / "old"
    shutil.copytree(nodes.path("north"), old)
    event = nodes.say("north", PROPOSED)
    nodes.carry()
    with nodes.open("north") as node:
        assert node.outbox() == []
        assert (node.path / "outbox" / "drained").exists()
    for name in ("ledger", "journal", "intent", "incoming"):
        path = nodes.path("north") / name
        if path.is_dir():
            shutil.rmtree(path)
            shutil.copytree(old / name, path)
        elif (old / name).exists():
            shutil.copy(old / name, path)
        elif path.exists():
            path.unlink()
    with nodes.open("north") as node:
        assert [each.event for each in node.outbox()] == [event]


def test_names_stand_nowhere_in_clear_in_the_folder(nodes: Nodes) -> None:
    record = Record("sought", "00000001", {"family_name": "Lindqvistine"}, {"family_name": bytes(32)})
    with nodes.open("north") as node:
        node.commit((), Outcome(records=(record,), documents={"d": b"Lindqvistine"}))
    for path in nodes.path("north").rglob("*"):
        assert not path.is_file() or b"Lindqvistine" not in path.read_bytes(), path


def test_a_letter_to_oneself_is_opened_at_once(nodes: Nodes) -> None:
    with nodes.open("north") as node:
        sealed = nodes.given(node).seal(b'{"data":{},"from":"north","kind":"note"}', [node.keyring.recipient])
        name = hashlib.sha256(sealed).hexdigest()
        node.commit((), Outcome(mail={name: sealed}, mail_to={name: ("north",)}))
        assert node.vault.documents("mail/") == [f"mail/note/north/{name}"]
        assert list(node.letters()) == []


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_fingerprint_changes_with_every_part_of_the_card() -> None:
    cards = [Card("north", "party", "a" * 64), Card("north", "mediator", "a" * 64), Card("south", "party", "a" * 64),
             Card("north", "party", "b" * 64)]  # fmt: skip
    prints = [card.fingerprint for card in cards]
    assert len(set(prints)) == 4
    assert all(len(text.split()) == 12 and len(text) == 71 for text in prints)


def test_the_opening_is_refused_with_a_log_key_that_is_not_this_nodes(tmp_path: Path) -> None:
    with NodeFolder.create(tmp_path / "straits", "straits", "mediator", PASSPHRASE) as node:
        exchange, log = node.found("straits.example/x")
        key = "c" * 63
        founders = (
            ("straits", "mediator", node.card.key, 0), ("north", "party", f"{key}1", 2),
            ("south", "party", f"{key}2", 2), ("cross", "neutral", f"{key}3", 0),
        )  # fmt: skip
        request = commands.OpenExchange(By("straits"), exchange, "straits.example/y", log, 1, founders)
        with pytest.raises(Problems) as error:
            run(node, commands.open_exchange, request, node.given(NOW))
        assert codes(error) == ["exchange.log"]
        assert node.ledger is None


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    create_key(tmp_path / "minister.key", "north/minister", PASSPHRASE, os.urandom)
    return tmp_path / "minister.key"


def test_a_key_file_opens_with_its_passphrase_only(key_file: Path) -> None:
    assert open_key(key_file, PASSPHRASE).author == "north/minister"
    with pytest.raises(Problems) as error:
        open_key(key_file, "other words")
    assert codes(error) == ["vault.passphrase"]


def test_a_key_file_is_never_written_over(key_file: Path) -> None:
    with pytest.raises(Problems) as error:
        create_key(key_file, "north/minister", PASSPHRASE, os.urandom)
    assert codes(error) == ["key.exists"]


def test_a_key_file_that_says_another_author_on_its_first_line_is_refused(key_file: Path) -> None:
    data = key_file.read_bytes()
    key_file.write_bytes(data.replace(b"north/minister", b"north/nobody00", 1))
    assert read_public(key_file)[0] == "north/nobody00"
    with pytest.raises(Problems) as error:
        open_key(key_file, PASSPHRASE)
    assert codes(error) == ["key.format"]


@pytest.mark.parametrize("author", ["north", "North/x", "north/x/y", "north/"])
def test_a_key_file_is_for_a_delegate_and_nothing_else(tmp_path: Path, author: str) -> None:
    with pytest.raises(Problems) as error:
        create_key(tmp_path / "x.key", author, PASSPHRASE, os.urandom)
    assert codes(error) == ["key.author"]


def test_node_json_says_which_exchange_it_is_and_who_keeps_the_ledger(nodes: Nodes) -> None:
    for member in MEMBERS:
        raw = json.loads((nodes.path(member) / "node.json").read_bytes())
        assert raw["exchange"] == nodes.state(member).exchange
        assert raw["secretariat"] == (member == SECRETARIAT)
