"""Records erased at real nodes: nothing of them can be read in any file any more, and all the rest still verifies."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from repatria.audit.commands import check_records
from repatria.audit.ledger import audit_ledger
from repatria.cli.main import main
from repatria.erasure.commands import ERASED, EraseRecords, erase_records, follow
from repatria.exchange import events
from repatria.exchange.commands import By
from repatria.exchange.state import State, state_hash
from repatria.files.locales import load_language
from repatria.files.tables import read_table
from repatria.ledger.note import parse_vkey
from repatria.linkage.commands import (
    ConfirmSure,
    FindLinks,
    GiveAnswers,
    confirm_all_sure,
    find_links,
    give_answers,
    linked_rows,
)
from repatria.message import Message, Name
from repatria.office import Draft, Given, Outcome, run
from repatria.people.commands import CommitRegister, DiscloseRegister, commit_register, disclose_register, post
from repatria.people.register import read_register
from repatria.problem import Problems
from repatria.report.audit_texts import told
from repatria.store.delegate import create_key
from repatria.store.node import NodeFolder
from repatria.store.vault import Vault
from tests.sync.nodes import PASSPHRASE, ROUND, SIGNATORIES, Nodes, delegate_key, make_nodes

# Invented people; the first of them is erased.
CSV = """family name,given names,date of birth,service number,place of detention
Zyxqvarenko,Ostravane,1991-02-03,QX-771122,camp 1
Beispielov,Example,1988-04-05,QX-771123,camp 1
Mustermanenko,Sample,1979-06-07,QX-771124,camp 1
"""
TOLD = ("Zyxqvarenko", "Ostravane", "1991-02-03", "QX-771122")


def by(member: str) -> By:
    return By(member, tuple(f"{member}/{name}" for name in SIGNATORIES))


def register(nodes: Nodes, member: str, kind: str) -> str:
    file = nodes.folder / f"{member}-{kind}.csv"
    file.write_text(CSV, encoding="utf-8")
    reading = read_register(read_table(file), kind, member, None)  # type: ignore[arg-type]
    done = nodes.run(member, commit_register, CommitRegister(By(member), kind, reading))
    file.unlink()
    return str(done.answer["register"])


@pytest.fixture
def nodes(tmp_path: Path) -> Nodes:
    folder = tmp_path / "nodes"
    shutil.copytree(answered().folder, folder)
    return Nodes(folder)


@cache
def answered() -> Nodes:
    """North seeks three people; south holds them, has linked and answered them. The first of them stands in both."""
    nodes = make_nodes(round_open=True)
    sought = register(nodes, "north", "sought")
    nodes.run("north", disclose_register, DiscloseRegister(by("north"), sought, ("south",)))
    register(nodes, "south", "held")
    nodes.carry()
    nodes.run("south", find_links, FindLinks(By("south"), sought))
    nodes.run("south", confirm_all_sure, ConfirmSure(By("south"), sought, "officer-2", f"{TOLD[0]}: number and name"))
    nodes.run("south", give_answers, GiveAnswers(By("south"), sought, False))
    nodes.carry()
    return nodes


def registers(nodes: Nodes) -> tuple[str, str]:
    """North's sought register and south's held one."""
    found = {fact.list_kind: name for name, fact in nodes.state("north").registers.items()}
    return found["sought"], found["held"]


def first(nodes: Nodes, member: str, name: str) -> str:
    with nodes.open(member) as node:
        return next(row for row, fields, _ in node.vault.records(name) if fields["family_name"] == TOLD[0])


def list_rows(nodes: Nodes, member: str, register: str, row: str, ended: bool = False) -> None:
    """A list's sealed rows as this node holds them: the erased person among others."""

    def command(state: State, request: None, given: Given) -> Outcome:
        rows = [
            {"number": "a" * 32, "row": row, "fields": {"family_name": TOLD[0], "service_number": TOLD[3]}},
            {"number": "b" * 32, "row": "0" * 16, "fields": {"family_name": "Beispielov"}},
        ]
        data = {"holder": "south", "list": "c" * 64, "rows": rows}
        sealed, name = post(state, given, "rows", member, data, (member,))
        event = events.DisputeRaised(events.Sha256("d" * 64), events.Slug("list"))
        return Outcome(drafts=() if ended else (Draft(event, member),), mail={name: sealed}, mail_to={name: (member,)},
                       documents={
                           f"reason/{'a' * 32}/{'e' * 64}": TOLD[0].encode(),
                           "law/told/1": json.dumps({"about": "record", "of": row, "facts": {"x": TOLD[1]}}).encode(),
                       })  # fmt: skip

    nodes.run(member, command, None)


def erase(nodes: Nodes, member: str, name: str, *rows: str) -> Any:
    return nodes.try_(member, erase_records, EraseRecords(by(member), name, rows))


def everything_readable(path: Path, rows: bool = True) -> Iterator[bytes]:
    """What whoever has this folder and its passphrase can read, with the program or without it."""
    for file in sorted(path.rglob("*")):
        if file.is_file():
            yield file.read_bytes()
    with NodeFolder.open(path, PASSPHRASE) as node:
        for name in node.vault.documents():
            yield name.encode() + (node.vault.document(name) or b"")
        for register in node.vault.registers():
            for row, fields, _ in node.vault.records(register):
                yield f"{row} {json.dumps(fields, ensure_ascii=False)}".encode()


def told_in(path: Path) -> set[str]:
    return {text for data in everything_readable(path) for text in TOLD if text.encode() in data}


def sealed_bytes(path: Path, register: str, row: str) -> list[bytes]:
    """The ciphertext of one record, its wrapped key, and every sealed document that says something of it."""
    with NodeFolder.open(path, PASSPHRASE) as node:
        kept = node.vault
        person = kept._token("person", register, row)
        found = list(kept._sealed.execute("SELECT head, fields FROM person WHERE person = ?", (person,)).fetchone())
        found += kept._keys.execute("SELECT wrapped FROM person_key WHERE person = ?", (person,)).fetchone()
        for name in kept.documents():
            if any(text.encode() in (kept.document(name) or b"") for text in TOLD):
                token = kept._token("document", name)
                found += kept._sealed.execute("SELECT sealed FROM document WHERE token = ?", (token,)).fetchone()
    return [bytes(each) for each in found]


# --- nothing is left ------------------------------------------------------------------------------------------------


def test_after_an_erasure_no_byte_of_the_person_can_be_read_in_any_file_of_the_node(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    list_rows(nodes, "north", sought, row)
    with nodes.open("north") as node:
        node.vault.put_document("web/signing-of/1/result", TOLD[0].encode())
    assert told_in(nodes.path("north")) == set(TOLD)
    before = sealed_bytes(nodes.path("north"), sought, row)
    assert len(before) == 7  # head, fields, key, the list's rows, a reason, what was told for the law, what waits
    done = erase(nodes, "north", sought, row)
    assert done.answer["erased"] == 1
    assert told_in(nodes.path("north")) == set()
    files = [file for file in nodes.path("north").rglob("*") if file.is_file()]
    assert {"sealed.db", "keys.db"} <= {file.name for file in files}
    for file in files:  # free pages, journals and write-ahead logs are among them
        data = file.read_bytes()
        assert not any(part[at : at + 24] in data for part in before for at in range(0, len(part) - 24, 24)), file.name
    with nodes.open("north") as node:
        assert len(list(node.vault.records(sought))) == 2
        (rows,) = [json.loads(node.vault.document(n) or b"") for n in node.vault.documents("mail/rows/")]
        assert [each["number"] for each in rows["data"]["rows"]] == ["b" * 32]


def test_a_backup_of_the_sealed_records_is_noise_without_the_key(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    backup = nodes.folder / "backup.db"
    with sqlite3.connect(nodes.path("north") / "vault" / "sealed.db") as live, sqlite3.connect(backup) as copy:
        live.backup(copy)
    erase(nodes, "north", sought, row)
    shutil.copy(backup, nodes.path("north") / "vault" / "sealed.db")
    with nodes.open("north") as node, pytest.raises(Problems) as error:
        list(node.vault.records(sought))
    assert [problem.code for problem in error.value.problems] == ["vault.key_missing"]


def test_the_holders_record_of_somebody_linked_takes_its_links_with_it(nodes: Nodes) -> None:
    sought, held = registers(nodes)
    row, asked = first(nodes, "south", held), first(nodes, "north", sought)
    list_rows(nodes, "south", sought, asked)
    _close(nodes)
    done = erase(nodes, "south", held, row)
    assert not isinstance(done, list), done
    list_rows(nodes, "south", sought, asked, ended=True)  # the next version of the list comes in
    nodes.run("south", follow, By("south"))
    with nodes.open("south") as node:
        links = linked_rows(nodes.given(node), sought)
        assert row not in links.values()
        assert len(links) == 2
        letters = [node.vault.document(name) or b"" for name in node.vault.documents("mail/rows/")]
    assert not any(TOLD[0].encode() in letter for letter in letters)


def _close(nodes: Nodes) -> None:
    """The exchange ends with nobody on a list, so that nobody is on the way any more."""
    for member in ("north", "south", "straits", "gulf", "cross"):
        signed = member in ("north", "south")
        nodes.say(member, events.RoundClosed(ROUND, ()), signed)
    nodes.carry()
    for member in ("north", "south", "straits", "gulf", "cross"):
        nodes.say(member, events.ExchangeClosed(ROUND), member in ("north", "south"))
    nodes.carry()
    assert nodes.state("north").closed


# --- what the ledger says -------------------------------------------------------------------------------------------


def test_the_tombstone_says_which_row_and_everybodys_state_is_the_same_from_the_bytes(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    erase(nodes, "north", sought, row)
    nodes.carry()
    states = {}
    for member in ("north", "south", "straits"):
        state = folded(nodes, member)
        assert list(state.erased) == [f"{sought}/{row}"]
        states[member] = state_hash(state)
    assert len(set(states.values())) == 1


def test_the_vaults_erasure_changes_no_state_hash(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    erase(nodes, "north", sought, row)
    nodes.carry()
    before = state_hash(folded(nodes, "north"))
    with nodes.open("north") as node:
        node.vault.erase_register(sought)
    assert state_hash(folded(nodes, "north")) == before


def folded(nodes: Nodes, member: str) -> State:
    """The state that the member's ledger gives, from its first entry on."""
    (nodes.path(member) / "snapshot").unlink(missing_ok=True)
    with nodes.open(member) as node:
        return node.ledger_state()


def test_the_ledger_verifies_and_verify_records_says_what_nobody_can_derive_again(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    assert told(_records(nodes).what).endswith("1 of the registers that north committed, 3 people, hash to their roots")
    erase(nodes, "north", sought, row)
    nodes.carry()
    check = _records(nodes)
    assert (check.ok, check.problems) == (True, ())
    assert told(check.what).endswith(
        "3 people, hash to their roots, 1 of them by what is kept of records that were erased"
    )


def test_a_record_that_is_gone_without_a_tombstone_is_still_a_problem(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    with nodes.open("north") as node:
        node.vault.erase(sought, first_row(node, sought))
    assert [problem.code for problem in _records(nodes).problems] == ["audit.records.missing"]


def test_a_root_that_was_kept_of_another_record_is_noticed(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    erase(nodes, "north", sought, row)
    nodes.carry()
    with nodes.open("north") as node:
        node.vault.put_document(ERASED, json.dumps({"roots": {sought: {row: "0" * 64}}, "numbers": []}).encode())
    assert [problem.code for problem in _records(nodes).problems] == ["audit.records.root"]


def first_row(node: NodeFolder, register: str) -> str:
    return next(row for row, _, _ in node.vault.records(register))


def _records(nodes: Nodes) -> Any:
    nodes.carry()  # once more, for everybody's cosignature
    ledger = nodes.path("north") / "ledger"
    with nodes.open("north") as node:
        log = parse_vkey(node.ledger_state().log)

        def read(path: str) -> bytes | None:
            file = ledger / path
            return file.read_bytes() if file.is_file() else None

        paths = [str(file.relative_to(ledger)) for file in ledger.rglob("*") if file.is_file()]
        audit = audit_ledger(read, lambda: paths, [log, *node.witness_keys()])
        assert audit.ok, audit.problems
        return check_records(audit, "north", audit.state.exchange, nodes.given(node))


# --- once, and whole ------------------------------------------------------------------------------------------------


def test_erasing_twice_says_it_once(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    one = erase(nodes, "north", sought, row)
    again = erase(nodes, "north", sought, row)
    assert (len(one.events), len(again.events), again.answer["said_before"]) == (1, 0, 1)
    nodes.carry()
    assert erase(nodes, "north", sought, row).events == ()
    with nodes.open("north") as node:
        assert list(json.loads(node.vault.document(ERASED) or b"")["roots"][sought]) == [row]


@pytest.mark.parametrize("moment", ["set aside", "entries", "documents", "keys"])
def test_an_erasure_stopped_between_its_steps_is_finished_by_whoever_opens_the_vault_next(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    list_rows(nodes, "north", sought, row)
    owner, name = {
        "set aside": (NodeFolder, "_set_aside"), "entries": (NodeFolder, "_keep"), "documents": (Vault, "erase_all"),
        "keys": (Vault, "_destroy_keys"),
    }[moment]  # fmt: skip
    step = getattr(owner, name)

    def stopped(self: Any, *rest: Any) -> None:
        if moment not in ("documents", "keys"):  # those are stopped before they do anything
            step(self, *rest)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, nodes.open("north") as node:
        patch.setattr(owner, name, stopped)
        with pytest.raises(KeyboardInterrupt):
            run(node, erase_records, EraseRecords(by("north"), sought, (row,)), nodes.given(node))
    with nodes.open("north") as node:
        said = [pending.kind for pending in node.outbox()]
        if moment == "set aside":
            assert "RecordErased" not in said
            assert len(list(node.vault.records(sought))) == 3
        else:
            assert said.count("RecordErased") == 1
            assert len(list(node.vault.records(sought))) == 2
    erase(nodes, "north", sought, row)
    assert told_in(nodes.path("north")) == set()


# --- who may, and when ----------------------------------------------------------------------------------------------


def test_one_officer_alone_erases_nobody(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    request = EraseRecords(By("north"), sought, (first(nodes, "north", sought),))
    problems = nodes.try_("north", erase_records, request)
    assert isinstance(problems, list)
    assert [problem.code for problem in problems] == ["authority.quorum"]
    assert told_in(nodes.path("north")) == set(TOLD)


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
def test_a_member_erases_in_its_own_registers_only(nodes: Nodes, whose: str) -> None:
    sought, held = registers(nodes)
    name = held if whose == "another's" else "f" * 32
    assert [problem.code for problem in erase(nodes, "north", name, "0" * 16)] == ["erase.owner"]
    assert [problem.code for problem in erase(nodes, "north", sought, "0" * 16)] == ["erase.row"]


def test_whom_a_holder_has_said_it_holds_it_does_not_erase_before_they_have_left(nodes: Nodes) -> None:
    _, held = registers(nodes)
    row = first(nodes, "south", held)
    problems = erase(nodes, "south", held, row)
    assert [(problem.code, problem.where) for problem in problems] == [("erase.awaited", row)]
    _close(nodes)
    assert not isinstance(erase(nodes, "south", held, row), list)
    nodes.carry()
    assert len(nodes.state("north").erased) == 1  # said after the close, and on the record


def test_an_erased_row_waits_for_no_answer_and_is_no_breach(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    fact = nodes.state("north").registers[sought]
    assert (fact.blank("south"), fact.rows) == (0, 3)
    erase(nodes, "north", sought, row)
    nodes.carry()
    fact = nodes.state("south").registers[sought]
    assert (fact.blank("south"), fact.rows, fact.erased, fact.answers["south"].answered) == (0, 3, 1, 2)


def test_the_officer_is_told_which_copies_nobody_here_can_reach(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    list_rows(nodes, "north", sought, row)
    copies = erase(nodes, "north", sought, row).answer["copies"]
    assert copies[0] == Message("erase.copy.disclosed", {"reader": Name("south")})
    assert Message("erase.copy.listed", {"reader": Name("cross")}) in copies
    said = [load_language("en").sentence(copy) for copy in copies]
    assert any(copy.startswith("Backups") for copy in said)
    assert any(copy.startswith("Sticks") for copy in said)
    assert not any(text in " ".join(said) for text in TOLD)


def test_another_member_takes_out_what_the_tombstone_asks_it_to(nodes: Nodes) -> None:
    sought, held = registers(nodes)
    row = first(nodes, "north", sought)
    list_rows(nodes, "south", sought, row)
    erase(nodes, "north", sought, row)
    nodes.carry()
    done = nodes.run("south", follow, By("south"))
    assert done.answer["asked"] == 1
    with nodes.open("south") as node:
        documents = [node.vault.document(name) or b"" for name in node.vault.documents("mail/")]
        assert not any(text.encode() in data for data in documents for text in TOLD)
        assert len(list(node.vault.records(held))) == 3  # its own register is its own
    nodes.carry()  # the letter still travels on sticks, and is not opened a second time
    with nodes.open("south") as node:
        documents = [node.vault.document(name) or b"" for name in node.vault.documents("mail/")]
    assert not any(TOLD[0].encode() in data for data in documents)
    assert nodes.run("south", follow, By("south")).answer["letters"] == 0


def test_a_letter_that_comes_in_after_the_erasure_is_rid_of_the_person_too(nodes: Nodes) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    erase(nodes, "north", sought, row)
    list_rows(nodes, "north", sought, row)
    assert told_in(nodes.path("north")) != set()
    assert nodes.run("north", follow, By("north")).answer["letters"] == 3
    assert told_in(nodes.path("north")) == set()


def test_the_verb_erases_with_the_signatories_keys_and_counts_the_letters_it_still_carries(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sought, _ = registers(nodes)
    row = first(nodes, "north", sought)
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    keys: list[str] = []
    for name in SIGNATORIES:
        seed = delegate_key(f"north/{name}").seed
        random = partial(_seeded, seed)
        create_key(tmp_path / f"{name}.key", f"north/{name}", PASSPHRASE, random)
        keys += ["--key-file", str(tmp_path / f"{name}.key")]
    words = ["register", "erase", str(nodes.path("north")), "sought", row, *keys, "--at", nodes.now, "--json"]
    assert main(words) == 0
    answer = json.loads(capsys.readouterr().out)["answer"]
    assert (answer["erased"], answer["sealed_letters_carried"]) == (1, 1)
    assert told_in(nodes.path("north")) == set()


def _seeded(seed: bytes, count: int) -> bytes:
    """Random bytes, but for a key's."""
    return seed if count == len(seed) else os.urandom(count)
