"""Sticks: what honest ones carry, and what becomes of old ones, torn ones, foreign ones and hostile ones."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from repatria.exchange import commands, events
from repatria.exchange.commands import By, paper_bytes
from repatria.exchange.state import state_hash
from repatria.ledger.canonical import encode
from repatria.ledger.note import build_note, cosign, parse_note, sign_note
from repatria.ledger.proof import parse_fraud
from repatria.office import Done, Outcome, run
from repatria.people.commands import post
from repatria.problem import Problems
from repatria.store import vault
from repatria.store.node import LOG, WITNESS, NodeFolder
from repatria.sync.folder import export_, import_
from tests.sync.nodes import MEMBERS, NOW, PASSPHRASE, ROUND, SECRETARIAT, Nodes, forge, make_nodes, put_on

PROPOSED = events.ClauseProposed(ROUND, events.Slug("total-north"), 12)


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes(round_open=True)


def codes(error: pytest.ExceptionInfo[Problems]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def snapshot_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def transcribed(nodes: Nodes) -> str:
    """An event with an attachment: gulf enters a paper that south has signed. Its attachment's hash."""
    paper = events.ClauseProposed(ROUND, events.Slug("total-south"), 7)
    request = commands.Transcribe(By("gulf"), "south", "5" * 64, paper)
    nodes.run("gulf", commands.transcribe, request)
    return hashlib.sha256(paper_bytes(paper)).hexdigest()


# --- honest sticks ---------------------------------------------------------------------------------------------------


def test_after_the_stick_went_round_every_node_has_the_same_ledger_and_state(nodes: Nodes) -> None:
    nodes.say("north", PROPOSED)
    nodes.say("south", events.ClauseProposed(ROUND, events.Slug("total-south"), 9))
    nodes.carry()
    assert len({state_hash(nodes.state(member)) for member in MEMBERS if member != SECRETARIAT}) == 1
    assert len({(nodes.state(member).size, nodes.state(member).root) for member in MEMBERS}) == 1


def test_what_a_member_signed_leaves_its_outbox_exactly_when_the_ledger_has_it(nodes: Nodes) -> None:
    event = nodes.say("north", PROPOSED)
    for _ in range(2):  # however often it is carried
        nodes.export("north")
    with nodes.open("north") as node:
        assert [each.event for each in node.outbox()] == [event]
    first = nodes.import_(SECRETARIAT)
    again = nodes.import_(SECRETARIAT)
    assert (first.counts["ordered"], again.counts["ordered"], again.counts["known"]) == (1, 0, 1)
    nodes.export(SECRETARIAT)
    nodes.import_("north")
    with nodes.open("north") as node:
        assert node.outbox() == []
        assert node.state().events[event] >= 0
    assert not list((nodes.stick / "outbox").iterdir())  # and the secretariat took it off the stick


def test_export_and_import_repeated_change_nothing_more(nodes: Nodes) -> None:
    nodes.say("north", PROPOSED)
    for _ in range(3):  # the ledger; the cosignatures to the secretariat; all of them back to everyone
        nodes.carry()
    before = {member: snapshot_of(nodes.path(member)) for member in MEMBERS}
    stick = snapshot_of(nodes.stick)
    for report in nodes.carry():
        assert report.counts.get("files_written", 0) == 0
        assert report.problems == ()
    assert snapshot_of(nodes.stick) == stick
    assert {member: snapshot_of(nodes.path(member)) for member in MEMBERS} == before


def test_every_member_cosigns_and_the_lines_reach_the_secretariats_checkpoint(nodes: Nodes) -> None:
    nodes.carry()
    nodes.carry()
    with nodes.open(SECRETARIAT) as node:
        assert node.cosigners() == sorted(MEMBERS)
    nodes.import_("south")
    with nodes.open("south") as node:
        assert node.cosigners() == sorted(MEMBERS)


def test_two_sticks_at_once_bring_both_members_events(nodes: Nodes) -> None:
    nodes.say("north", PROPOSED)
    nodes.say("south", PROPOSED)
    for member in ("north", "south"):
        nodes.export(member, nodes.folder / f"stick-{member}")
    reports = [nodes.import_(SECRETARIAT, nodes.folder / f"stick-{member}") for member in ("south", "north")]
    assert [report.counts["ordered"] for report in reports] == [1, 1]
    for member in ("north", "south"):
        nodes.export(SECRETARIAT, nodes.folder / f"stick-{member}")
        nodes.import_(member, nodes.folder / f"stick-{member}")
    assert state_hash(nodes.state("north")) == state_hash(nodes.state("south"))


def test_a_letter_reaches_its_reader_through_the_secretariat_and_nobody_else_can_open_it(nodes: Nodes) -> None:
    """North writes to south; their sticks never meet."""
    with nodes.open("north") as node:
        given = nodes.given(node)
        sealed, name = post(node.state(), given, "note", "north", {"text": "hello"}, ("south",))
        node.commit((), Outcome(mail={name: sealed}, mail_to={name: ("south",)}))
        export_(node, nodes.folder / "a", NOW)
    assert nodes.import_(SECRETARIAT, nodes.folder / "a").counts["letters_handed_on"] == 1
    nodes.export(SECRETARIAT, nodes.folder / "b")
    assert nodes.import_("south", nodes.folder / "b").counts["letters"] == 1
    assert nodes.import_("south", nodes.folder / "b").counts["letters"] == 0
    with nodes.open("south") as node:
        assert node.vault.document(f"mail/note/north/{name}") == encode(
            {"kind": "note", "from": "north", "data": {"text": "hello"}}
        )
    with nodes.open(SECRETARIAT) as node:
        _, problems = node.receive({name: sealed})
        assert [problem.code for problem in problems] == ["vault.sealed"]


@pytest.mark.parametrize("data", [
    {}, [], "text", {"list": "0", "register": "0", "rows": {}, "places": [], "salt": "zz", "text": 1},
    {"list": "0", "register": "0", "rows": [{}], "places": {"1": 2}, "salt": "0", "text": ""},
    {"list": "0", "register": "0", "rows": [{"row": "x", "number": "1", "fields": {}}], "places": {"x": ""}},
], ids=str)  # fmt: skip
@pytest.mark.parametrize("kind", ["register", "rows", "visits", "annex"])
def test_a_letter_that_is_none_of_its_kind_is_refused_and_stops_nothing(nodes: Nodes, kind: str, data: object) -> None:
    """Whoever has a stick can seal one: it would be stumbled over wherever letters of that kind are read."""
    with nodes.open("north") as node:
        recipient = str(node.state().members["north"].recipient)
        sealed = vault.seal_to(encode({"kind": kind, "from": "south", "data": data}), [recipient])
        new, problems = node.receive({hashlib.sha256(sealed).hexdigest(): sealed})
        assert (new, [problem.code for problem in problems]) == (0, ["mail.format"])
        assert node.vault.documents(f"mail/{kind}/") == []


def test_an_attachment_travels_with_its_entry_to_every_node(nodes: Nodes) -> None:
    name = transcribed(nodes)
    nodes.carry()
    assert not list((nodes.stick / "attachments").iterdir())  # it lies in the ledger now
    for member in MEMBERS:
        with nodes.open(member) as node:
            assert node.ledger is not None
            assert node.ledger.has_attachment(name)


# --- old sticks ------------------------------------------------------------------------------------------------------


def test_an_older_checkpoint_on_a_stick_is_harmless_for_a_member(nodes: Nodes) -> None:
    nodes.carry()
    old = nodes.folder / "old"
    shutil.copytree(nodes.stick, old)
    nodes.say("north", PROPOSED)
    nodes.carry()
    before = nodes.state("south")
    report = nodes.import_("south", old)
    assert report.problems == ()
    assert (nodes.state("south").size, nodes.state("south").root) == (before.size, before.root)
    with nodes.open("south") as node:
        assert json.loads((node.path / "witness.json").read_bytes())["size"] == before.size


def test_a_member_writes_no_older_ledger_over_a_newer_one_on_the_stick(nodes: Nodes) -> None:
    nodes.carry()
    nodes.say("north", PROPOSED)
    nodes.carry(("north", SECRETARIAT))
    newer = (nodes.stick / "ledger" / "checkpoint").read_bytes()
    assert nodes.export("south").counts["ledger"] == nodes.state(SECRETARIAT).size
    assert (nodes.stick / "ledger" / "checkpoint").read_bytes() == newer


def test_a_replayed_old_stick_orders_nothing_again(nodes: Nodes) -> None:
    nodes.say("north", PROPOSED)
    nodes.export("north")
    old = nodes.folder / "old"
    shutil.copytree(nodes.stick, old)
    nodes.carry()
    nodes.say("north", events.ClauseProposed(ROUND, PROPOSED.clause, 13))
    nodes.carry()
    size = nodes.state(SECRETARIAT).size
    report = nodes.import_(SECRETARIAT, old)
    assert (report.counts["ordered"], report.counts["known"], report.problems) == (0, 1, ())
    assert nodes.state(SECRETARIAT).size == size


def test_a_secretariat_put_back_to_an_old_copy_is_refused_by_a_stick_that_knows_more(nodes: Nodes) -> None:
    nodes.carry()
    backup = nodes.folder / "backup"
    shutil.copytree(nodes.path(SECRETARIAT), backup)
    nodes.say("north", PROPOSED)
    nodes.carry()
    shutil.rmtree(nodes.path(SECRETARIAT))
    shutil.copytree(backup, nodes.path(SECRETARIAT))
    nodes.say("south", PROPOSED)
    nodes.export("south")
    before = snapshot_of(nodes.path(SECRETARIAT))
    for act in (nodes.import_, nodes.export):
        with pytest.raises(Problems) as error:
            act(SECRETARIAT)
        assert codes(error) == ["log.rollback"]
    assert snapshot_of(nodes.path(SECRETARIAT)) == before


def test_a_secretariat_put_back_to_an_old_copy_is_refused_by_the_high_water_mark(nodes: Nodes, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    mark.write_bytes((nodes.path(SECRETARIAT) / "ledger" / "checkpoint").read_bytes())
    backup = nodes.folder / "backup"
    shutil.copytree(nodes.path(SECRETARIAT), backup)
    nodes.say(SECRETARIAT, PROPOSED)
    with nodes.open(SECRETARIAT, mark) as node:
        export_(node, nodes.stick, NOW)
    shutil.rmtree(nodes.path(SECRETARIAT))
    shutil.copytree(backup, nodes.path(SECRETARIAT))
    with pytest.raises(Problems) as error:
        nodes.open(SECRETARIAT, mark)
    assert codes(error) == ["log.rollback"]
    shutil.rmtree(nodes.path(SECRETARIAT))
    NodeFolder.create(nodes.path(SECRETARIAT), SECRETARIAT, "mediator", PASSPHRASE).close()
    with pytest.raises(Problems) as error:  # nor can a node that never had a log begin one beside that mark
        nodes.open(SECRETARIAT, mark)
    assert codes(error) == ["log.rollback"]


def test_a_secretariat_whose_log_alone_was_put_back_is_refused_by_its_own_cosignature(nodes: Nodes) -> None:
    home = nodes.path(SECRETARIAT)
    names = ("ledger", "journal", "intent", "snapshot")
    for name in names:
        place = nodes.folder / "backup" / name
        if (home / name).is_dir():
            shutil.copytree(home / name, place)
        elif (home / name).exists():
            shutil.copy(home / name, place)
    nodes.say(SECRETARIAT, PROPOSED)
    nodes.export(SECRETARIAT)
    for name in names:
        shutil.rmtree(home / name) if (home / name).is_dir() else (home / name).unlink(missing_ok=True)
        place = nodes.folder / "backup" / name
        if place.is_dir():
            shutil.copytree(place, home / name)
        elif place.exists():
            shutil.copy(place, home / name)
    with pytest.raises(Problems) as error:
        nodes.open(SECRETARIAT)
    assert codes(error) == ["log.rollback"]


# --- torn and damaged sticks -----------------------------------------------------------------------------------------


def test_a_stick_torn_at_any_file_and_offset_bricks_nobody_and_a_good_one_repairs(nodes: Nodes) -> None:
    """Every file of an export, cut at several offsets, brought to a member and to the secretariat."""
    transcribed(nodes)
    nodes.say("north", PROPOSED)
    with nodes.open("north") as node:
        sealed, name = post(node.state(), nodes.given(node), "note", "north", {"text": "hello"}, ("south",))
        node.commit((), Outcome(mail={name: sealed}, mail_to={name: ("south",)}))
    for member in ("north", "gulf"):
        nodes.export(member)
    up = snapshot_of(nodes.stick)
    nodes.import_(SECRETARIAT)
    nodes.export(SECRETARIAT)
    down = snapshot_of(nodes.stick)
    goal = nodes.state(SECRETARIAT)

    for stick_files, member in ((down, "south"), (up, SECRETARIAT)):
        fresh = make_nodes(round_open=True) if member == SECRETARIAT else nodes
        home = fresh.path(member)
        keep = nodes.folder / f"keep-{member}"
        shutil.copytree(home, keep)
        for path, data in stick_files.items():
            for cut in sorted({0, len(data) // 2, len(data) - 1} & set(range(len(data)))):
                stick = nodes.folder / "torn"
                shutil.rmtree(stick, ignore_errors=True)
                for each, whole in stick_files.items():
                    (stick / each).parent.mkdir(parents=True, exist_ok=True)
                    (stick / each).write_bytes(whole[:cut] if each == path else whole)
                shutil.rmtree(home)
                shutil.copytree(keep, home)
                before = fresh.state(member)
                try:
                    with fresh.open(member) as node:
                        problems = list(import_(node, stick, NOW).problems)
                except Problems as error:
                    problems = list(error.problems)
                after = fresh.state(member)
                if member == "south":  # the old ledger or the new one, whole; and if the old one, it says why
                    assert (after.size, after.root) in ((before.size, before.root), (goal.size, goal.root))
                    assert after.size > before.size or problems, (path, cut)
                elif path.startswith(("outbox/", "attachments/", "mail/")):
                    assert problems, (path, cut)
                # The same stick, whole, brings everything.
                (stick / path).write_bytes(data)
                with fresh.open(member) as node:
                    again = import_(node, stick, NOW)
                if member == "south":
                    assert again.problems == (), (path, cut)
                    assert (fresh.state(member).size, fresh.state(member).root) == (goal.size, goal.root)
                    with fresh.open(member) as node:
                        assert node.vault.documents("mail/note/") != []


def test_a_stick_pulled_out_while_it_is_written_at_any_file_leaves_a_readable_stick(nodes: Nodes) -> None:
    """The files that an export wrote, up to each in the order of writing: what a pulled stick has."""
    nodes.say("north", PROPOSED)
    nodes.export("north")
    nodes.import_(SECRETARIAT)
    nodes.export(SECRETARIAT, nodes.folder / "whole")
    whole = snapshot_of(nodes.folder / "whole")
    order = [name for name in whole if name != "ledger/checkpoint"] + ["ledger/checkpoint"]
    before = nodes.state("south")
    for count in range(len(order)):
        stick = nodes.folder / f"pulled-{count}"
        for name in order[:count]:
            (stick / name).parent.mkdir(parents=True, exist_ok=True)
            (stick / name).write_bytes(whole[name])
        stick.mkdir(exist_ok=True)
        with nodes.open("south") as node:
            import_(node, stick, NOW)
        assert (nodes.state("south").size, nodes.state("south").root) == (before.size, before.root)
    nodes.import_("south", nodes.folder / "whole")
    assert nodes.state("south").size > before.size


def test_a_missing_attachment_refuses_the_update_and_the_whole_stick_repairs(nodes: Nodes) -> None:
    name = transcribed(nodes)
    nodes.carry(("gulf", SECRETARIAT))
    before = nodes.state("south")
    path = nodes.stick / "ledger" / "attachments" / name
    data = path.read_bytes()
    path.unlink()
    report = nodes.import_("south")
    assert [problem.code for problem in report.problems] == ["ledger.attachment_missing"]
    assert nodes.state("south").size == before.size
    path.write_bytes(data)
    assert nodes.import_("south").problems == ()
    assert nodes.state("south").size > before.size


def test_a_link_on_a_stick_is_refused_before_anything_is_written(nodes: Nodes, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    nodes.stick.mkdir()
    (nodes.stick / "outbox").symlink_to(tmp_path / "outside")
    nodes.say("north", PROPOSED)
    for act in (nodes.export, nodes.import_):
        with pytest.raises(Problems) as error:
            act("north")
        assert codes(error) == ["sync.stick"]
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_stick_of_another_exchange_is_refused(nodes: Nodes) -> None:
    nodes.carry()
    label = json.loads((nodes.stick / "repatria.json").read_bytes())
    (nodes.stick / "repatria.json").write_text(json.dumps(label | {"exchange": "f" * 32}))
    with pytest.raises(Problems) as error:
        nodes.import_("north")
    assert codes(error) == ["sync.exchange"]


def test_no_stick_is_a_problem_that_names_it(nodes: Nodes) -> None:
    with pytest.raises(Problems) as error:
        nodes.import_("north", nodes.folder / "nowhere")
    assert codes(error) == ["sync.absent"]


# --- hostile sticks --------------------------------------------------------------------------------------------------


def forked(nodes: Nodes) -> Path:
    """A stick by a secretariat that shows north one history and south another of the same length."""
    twin = nodes.folder / "twin"
    shutil.copytree(nodes.path(SECRETARIAT), twin)
    nodes.say(SECRETARIAT, PROPOSED)
    nodes.export(SECRETARIAT, nodes.folder / "for-north")
    nodes.import_("north", nodes.folder / "for-north")
    with NodeFolder.open(twin, PASSPHRASE) as node:
        other = commands.Say(By(SECRETARIAT), events.ClauseProposed(ROUND, PROPOSED.clause, 99))
        assert isinstance(run(node, commands.say, other, nodes.given(node)), Done)
        export_(node, nodes.folder / "for-south", NOW)
    return nodes.folder / "for-south"


def test_two_histories_signed_by_one_log_are_refused_and_kept_as_proof(nodes: Nodes) -> None:
    stick = forked(nodes)
    before = snapshot_of(nodes.path("north") / "ledger")
    report = nodes.import_("north", stick)
    assert [problem.code for problem in report.problems] == ["log.fork"]
    assert snapshot_of(nodes.path("north") / "ledger") == before
    assert parse_fraud((nodes.path("north") / "fraud-proof.txt").read_bytes())


def test_the_secretariat_refuses_a_stick_with_another_history_of_its_own_log(nodes: Nodes) -> None:
    stick = forked(nodes)
    with pytest.raises(Problems) as error:
        nodes.import_(SECRETARIAT, stick)
    assert codes(error) == ["log.fork"]


def test_a_checkpoint_signed_by_another_key_is_not_adopted(nodes: Nodes) -> None:
    nodes.say(SECRETARIAT, PROPOSED)
    nodes.export(SECRETARIAT)
    before = nodes.state("south").size
    path = nodes.stick / "ledger" / "checkpoint"
    text, _ = parse_note(path.read_bytes())
    path.write_bytes(build_note(text, [sign_note(text, text.split("\n")[0], bytes(32))]))
    report = nodes.import_("south")
    assert [problem.code for problem in report.problems] == ["sync.checkpoint"]
    assert nodes.state("south").size == before


def test_a_forged_cosignature_is_reported_and_not_merged(nodes: Nodes) -> None:
    nodes.say(SECRETARIAT, PROPOSED)
    nodes.export(SECRETARIAT)
    with nodes.open(SECRETARIAT) as node:
        assert node.ledger is not None
        text, _ = parse_note(node.ledger.checkpoint_note() or b"")
        size = node.ledger.size
        name = next(key.name for key in node.witness_keys() if key.name.startswith("south"))
    (nodes.stick / "cosignatures" / f"{size}-south.note").write_bytes(
        build_note(text, [cosign(text, name, bytes(32), 1)])
    )
    report = nodes.import_(SECRETARIAT)
    assert [problem.code for problem in report.problems] == ["log.cosignature.bad"]
    with nodes.open(SECRETARIAT) as node:
        assert "south" not in node.cosigners()


def test_a_ledger_that_does_not_name_this_member_as_a_founder_is_not_taken(nodes: Nodes, tmp_path: Path) -> None:
    nodes.carry()
    with NodeFolder.create(tmp_path / "east", "east", "party", PASSPHRASE) as node:
        report = import_(node, nodes.stick, NOW)
        assert [problem.code for problem in report.problems] == ["exchange.not_founder"]
        assert node.ledger is None
    with NodeFolder.create(tmp_path / "north", "north", "party", PASSPHRASE) as impostor:  # the name, not the key
        report = import_(impostor, nodes.stick, NOW)
        assert [problem.code for problem in report.problems] == ["exchange.not_founder"]


def test_a_letter_with_changed_bytes_or_a_foreign_shape_is_a_problem_and_the_rest_goes_on(nodes: Nodes) -> None:
    nodes.say("north", PROPOSED)
    nodes.export("north")
    folder = nodes.stick / "mail" / SECRETARIAT
    folder.mkdir(parents=True)
    (folder / f"{'a' * 64}.age").write_bytes(b"not those bytes")
    with nodes.open("north") as node:
        recipient = str(node.state().members[SECRETARIAT].recipient)
        sealed = nodes.given(node).seal(encode({"kind": "../x", "from": "north", "data": {}}), [recipient])
    (folder / f"{hashlib.sha256(sealed).hexdigest()}.age").write_bytes(sealed)
    report = nodes.import_(SECRETARIAT)
    assert sorted(problem.code for problem in report.problems) == ["mail.format", "sync.damaged"]
    assert report.counts["ordered"] == 1


def test_letters_to_nobody_of_the_exchange_are_not_handed_on(nodes: Nodes) -> None:
    nodes.export("north")
    folder = nodes.stick / "mail" / "somebody"
    folder.mkdir(parents=True)
    (folder / f"{hashlib.sha256(b'x').hexdigest()}.age").write_bytes(b"x")
    assert nodes.import_(SECRETARIAT).counts["letters_handed_on"] == 0
    with nodes.open(SECRETARIAT) as node:
        assert list(node.letters()) == []


def test_a_witness_that_has_promised_more_does_not_cosign_less(nodes: Nodes) -> None:
    """South's ledger folder is put back to an old copy, its promise is not: it takes the ledger, and cosigns anew."""
    nodes.carry()
    old = nodes.folder / "old"
    shutil.copytree(nodes.path("south"), old)
    nodes.say("north", PROPOSED)
    nodes.carry()
    promise = (nodes.path("south") / "witness.json").read_bytes()
    shutil.rmtree(nodes.path("south"))
    shutil.copytree(old, nodes.path("south"))
    (nodes.path("south") / "witness.json").write_bytes(promise)
    stale = nodes.folder / "stale"
    with nodes.open("south") as node:
        export_(node, stale, NOW)
        report = import_(node, stale, NOW)
    assert (nodes.path("south") / "witness.json").read_bytes() == promise
    assert all(problem.code == "witness.refused" for problem in report.problems)
    assert nodes.import_("south").problems == ()


def test_only_the_secretariat_orders(nodes: Nodes) -> None:
    with nodes.open("gulf") as node, pytest.raises(Problems) as error:
        node.let_in([], {}, NOW)
    assert codes(error) == ["node.not_secretariat"]
    put_on(nodes.stick, b"noise")
    assert "ordered" not in nodes.import_("gulf").counts


def test_the_keys_that_sign_checkpoints_and_cosign_are_not_the_members_key(nodes: Nodes) -> None:
    with nodes.open(SECRETARIAT) as node:
        seeds = {node.keyring.seed(name) for name in node.keyring.names()}
        assert {LOG, WITNESS} < set(node.keyring.names())
        assert len(seeds) == len(node.keyring.names())


def test_an_entry_that_waited_is_ordered_when_its_attachment_comes_on_another_stick(nodes: Nodes) -> None:
    transcribed(nodes)
    nodes.export("gulf")
    attachment = next((nodes.stick / "attachments").iterdir())
    data = attachment.read_bytes()
    attachment.unlink()
    assert nodes.import_(SECRETARIAT).counts["waiting"] == 1
    other = nodes.folder / "other"
    (other / "attachments").mkdir(parents=True)
    (other / "attachments" / attachment.name).write_bytes(data)
    report = nodes.import_(SECRETARIAT, other)
    assert (report.counts["ordered"], report.counts["waiting"]) == (1, 0)


def test_an_attachment_that_came_before_its_refs_is_kept_for_the_entry_that_waits(nodes: Nodes) -> None:
    transcribed(nodes)
    with nodes.open("gulf") as node:
        entry = node.outbox()[0].entry
        name = next(iter((node.path / "outbox" / "log" / "attachments").iterdir())).name
        attached = node.attachment(name) or b""
        second = forge(node, "gulf", events.Transcribed(events.Slug("south"), events.Sha256("6" * 64),
                                                        "ClauseProposed", events.Sha256(name)))  # fmt: skip
    first, stick = nodes.folder / "first", nodes.folder / "second"
    put_on(stick, second)
    (stick / "attachments").mkdir()
    (stick / "attachments" / name).write_bytes(attached)
    assert nodes.import_(SECRETARIAT, stick).counts["waiting"] == 1
    put_on(first, entry)  # without the attachment, which waits in the inbox
    report = nodes.import_(SECRETARIAT, first)
    assert (report.counts["waiting"], report.counts["ordered"] + report.counts["recorded_as_refused"]) == (0, 2)
