"""Ctrl-C in the middle of every command: all as it was, or all of it done; the exchange ends as it always does."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from repatria.clearing.paper import short
from repatria.cli.main import NOUNS
from repatria.exchange.codec import event_id
from repatria.exchange.state import state_hash
from repatria.files.athome import format_events, parse_signatures
from repatria.ledger.entry import ENTRY_TYPE, decode_entry, pae
from repatria.ledger.note import ed25519_verify
from repatria.rehearsal.nodes import MEMBERS, NEUTRAL, PARTIES, PASSPHRASE, SECRETARIAT
from repatria.rehearsal.terms import TEST, Size
from repatria.store.delegate import read_public
from repatria.store.equipment import Equipment, parse_card, seal_equipment
from repatria.store.node import NodeFolder
from tests.scenario.counts import counts, golden
from tests.scenario.exchange import Scenario
from tests.scenario.interrupting import STOPPED, SUCCESSION, Interrupting, look_at, shape
from tests.scenario.test_exchange import Played, verify
from tests.sync.nodes import PASSPHRASE as WORDS
from tests.sync.nodes import Nodes, make_nodes

SCRIPT = "from repatria.cli import entry\nentry()\n"  # the console script


class Interrupted(Scenario):
    """The exchange with its commands stopped, and beside it those verbs that it does without."""

    def __init__(self, folder: Path, size: Size, thorough: bool = False) -> None:
        super().__init__(folder, size)
        self.at: Interrupting = Interrupting(folder, thorough=thorough)
        self.at.asides = {
            "exchange join": self._put_the_ledger_away,
            "terms propose": self._open_a_clause,
            "register import": self._check_a_small_ledger,
            "answer give": self._look_at_links_again,
            "clear places": self._look_around_before_the_draw,
            "plan propose": self._keep_the_node_that_plans,
            "stage open": self._look_around_after_the_draw,
            "exchange suspend": self._disputes,
            "exchange close-round": self._prove_what_was_published,
            "family hand": self._ask_for_somebody_otherwise,
        }

    def _put_the_ledger_away(self) -> None:
        with self.at.elsewhere() as at:
            at.run("exchange", "set-aside", at.node("north"))
            at.do("sync", "import", at.node("north"), at.stick)

    def _open_a_clause(self) -> None:
        with self.at.elsewhere() as at:
            at.do("terms", "open", at.node("gulf"), "carrier", "--kind", "word", "--word", "bus", "--word", "train")

    def _check_a_small_ledger(self) -> None:
        at = self.at
        at.carry()  # once more, for everybody's cosignature
        ledger, keys, facts = (str(at.folder / name) for name in ("stick/ledger", "keys/vkeys", "keys/facts.json"))
        Path(facts).write_text('{"about": "release", "facts": {}}', encoding="utf-8")
        with at.beside():
            at.run("node", "vkeys", at.node(NEUTRAL), "--out", keys)
            at.run("node", "card", at.node(NEUTRAL), "--out", str(at.folder / "keys" / "card"))
            at.run("verify", ledger, "--vkeys", keys)
            at.run("lottery", "verify", ledger, "--vkeys", keys)  # no draw yet
            at.run("report", ledger, "--vkeys", keys, "--out", str(at.folder / "report"))
            self._look_at_lists_alone(str(at.folder / "registers" / "north-held.csv"))
            at.run("register", "columns", str(at.folder / "registers" / "north-held.csv"), "--remember")
            at.run("exchange", "calendar", at.node("gulf"))
            at.run("law", "show", "GC III 119")
            at.run("law", "check", facts, fails="law")
            at.run("task", "codes")
            at.run("terms", "new", "--out", str(at.folder / "keys" / "new.toml"))
            at.run("terms", "schema")
            at.run("public", "definitions")
            at.run("rehearse", "--out", str(at.folder / "practice"), "--after", "open", "--only-make")
            at.run("chronology", "show", "--conflict", "ua")
            at.run("chronology", "totals", "--of", "ukraine", "--by", "year")
            at.run("chronology", "check")
            at.run("public", "site", "--out", str(at.folder / "public-site"), "--language", "en")
            at.run("terms", "shipped", "november-2025", "--out", str(at.folder / "keys" / "shipped.toml"))
            self._sign_elsewhere()
        with at.elsewhere() as there:
            there.run("task", "list", there.node("north"))
            there.do("task", "done", there.node("north"), "transport")

    def _sign_elsewhere(self) -> None:
        """What a page asks a signatory for, signed on another machine."""
        at, keys = self.at, self.at.folder / "keys"
        with NodeFolder.open(Path(at.node("north")), PASSPHRASE) as node:
            assert node.ledger is not None
            body = decode_entry(next(iter(node.ledger.entries(0)))).body
        (keys / "to-sign.json").write_bytes(format_events([body]))
        words = ("--key-file", at.key("north/sig-1"), "--out", str(keys / "signatures.json"))
        at.run("node", "countersign", str(keys / "to-sign.json"), *words)
        author, signed = parse_signatures((keys / "signatures.json").read_bytes())
        key = bytes.fromhex(read_public(Path(at.key("north/sig-1")))[1])
        assert author == "north/sig-1"
        assert ed25519_verify(key, signed[event_id(body)], pae(ENTRY_TYPE, body))

    def _look_at_lists_alone(self, held: str) -> None:
        """What a list officer does with files before there is a node."""
        at = self.at
        keys = at.folder / "keys"
        at.run("register", "check", held, "--kind", "held", "--annotated", str(keys / "looked-through.xlsx"))
        at.run("register", "check", held, "--kind", "held", "--page", str(keys / "page.html"), "--language", "ar")
        at.run("register", "compare", held, held, "--kind", "held", "--out", str(keys / "compared.xlsx"))
        at.run("register", "ready", held, "--kind", "held")
        at.run("register", "preview", held, "--kind", "held", "--for", "south")
        at.run("register", "template", "--kind", "held", "--language", "uk", "--out", str(keys / "template.xlsx"))
        at.run("register", "dictionary", "--kind", "held", "--language", "tr", "--out", str(keys / "dictionary.xlsx"))
        self._trace(keys / "missing.csv", str(keys / "trace.xml"))
        at.run("form", "capture-card", "--languages", "uk,en", "--list", held, "--out", str(keys / "cards.html"))
        at.run("form", "interview", "--languages", "tr,ar", "--out", str(keys / "interview.html"))
        at.run("form", "medical", "--languages", "en,ru", "--out", str(keys / "medical.html"))
        self._link_alone(keys)

    def _link_alone(self, keys: Path) -> None:
        rows = "1,Коваленко Сергій,1990-03-05\n2,Бондар Іван,1985-04-13\n"
        (keys / "table.csv").write_text(f"id,name,date_of_birth\n{rows}", encoding="utf-8")
        (keys / "pairs.csv").write_text("left,right\nКоваленко Сергій,Sergey Kovalenko\n", encoding="utf-8")
        table, out = str(keys / "table.csv"), ("--out", str(keys / "linked.csv"))
        self.at.run("link", "tables", table, table, "--one-to-one", *out)
        self.at.run("link", "spark", table, table, "--weights", table, *out, fails="link")
        truth = keys / "truth.csv"
        truth.write_text("left_id,right_id\n1,1\n2,2\n", encoding="utf-8")
        self.at.run("link", "evaluate", str(keys / "linked.csv"), "--truth", str(truth))
        self.at.run("link", "why-not", table, table, "1", "2")
        word = ("--verdict", "link", "--who", "officer-2", "--why", "looked at")
        of = ("--left", table, "--right", table, "--labels", str(keys / "labels.csv"))
        self.at.run("link", "label", "1", "1", *of, *word)
        self.at.run("link", "dedupe", table, *out)
        self.at.run("link", "names", str(keys / "pairs.csv"), *out)

    def _look_at_links_again(self) -> None:
        at, north = self.at, self.at.node("north")
        with at.beside():
            at.run("link", "review", "--node", north, "--who", "officer-4")
            pair = at.run("link", "list", north, "--all")["candidates"][0]
            at.run("link", "why-not", "--node", north, pair["sought"], pair["held"])
        with at.elsewhere() as there:
            rows = (pair["sought"], pair["held"])
            words = ("--who", "officer-2", "--why", "looked at again")
            there.do("link", "judge", there.node("north"), *rows, "--verdict", "undecided", *words)
            there.do("link", "undo", there.node("north"), *rows, *words)

    def _trace(self, missing: Path, out: str) -> None:
        row = "record_id,surname,first name,sharing consent\nM1,Invented,Test,icrc\n"
        missing.write_text(row, encoding="utf-8")
        until = (date.today() + timedelta(days=90)).isoformat()
        words = ("--kind", "missing", "--for", "icrc", "--until", until, "--domain", "north.example")
        self.at.run("register", "trace", str(missing), *words, "--out", out)

    def _look_around_before_the_draw(self) -> None:
        at, north = self.at, self.at.node("north")
        with at.beside():
            at.run("node", "show", north)
            at.run("terms", "show", north)
            at.run("register", "list", north)
            at.run("register", "preview", "sought", "--node", north)
            at.run("register", "export", north, "sought", "--out", str(at.folder / "keys" / "sought.xlsx"))
            at.run("answer", "export", north, "--out", str(at.folder / "keys" / "answers.csv"))
            at.run("list", "show", north)
            at.run("list", "export", north, "--holder", "south", "--out", str(at.folder / "keys" / "list.xlsx"))
        with self.at.elsewhere() as there:
            self._clear_otherwise(there)

    def _clear_otherwise(self, at: Interrupting) -> None:
        """A board, people seen, and interviews on paper: what this exchange goes without."""
        cross, keys = at.node(NEUTRAL), at.folder / "keys"
        place = at.run("clear", "places", cross)["places"][0]
        people = at.run("clear", "people", cross, "--place", place["place"])["people"]
        numbers = sorted(row["number"] for row in people)
        found, first, second = (keys / f"{name}.csv" for name in ("found", "first", "second"))
        found.write_text(f"number,finding\n{numbers[0]},direct_repatriation\n", encoding="utf-8")
        for file in (first, second):
            answers = "".join(f"{short(number)},{'no' if number == numbers[0] else 'yes'}\n" for number in numbers)
            file.write_text("code,answer\n" + answers, encoding="utf-8")
        words = (cross, "--place", place["place"], "--on", "2025-12-03")
        interviewer = ("--key-file", at.key("cross/interviewer"))
        doctors: list[str] = []
        for name in ("doctor-1", "doctor-2"):
            self._delegate(NEUTRAL, name, "physician", at=at)
            doctors += ["--key-file", at.key(f"cross/{name}")]
        at.do("clear", "board", *words, "--holder", place["holder"], "--findings", str(found), "--mixed", *doctors)
        at.run("clear", "boards", cross)
        at.do("clear", "seen", *words, "--identity", *interviewer)
        at.run("clear", "form", *words, "--out", str(keys / "forms.html"), "--language", "uk")
        at.do("clear", "typed", *words, "--first", str(first), "--second", str(second), *interviewer)

    def _keep_the_node_that_plans(self) -> None:
        shutil.copytree(self.at.node(SECRETARIAT), self.at.folder / "planning")

    def _look_around_after_the_draw(self) -> None:
        at, north = self.at, self.at.node("north")
        with NodeFolder.open(Path(north), PASSPHRASE) as node:
            number = next(iter(node.state().persons))
        receipt = str(at.folder / "keys" / "receipt.json")
        with at.beside():
            at.run("plan", "show", north)
            at.run("plan", "explain", north, number, "--language", "ar")
            at.run("plan", "explain", north, number, "--audience", "family", "--language", "uk")
            at.run("plan", "explain", north, "--all", "--out", str(at.folder / "keys" / "reasons.csv"))
            # No --pdf: its typesetter has threads, and they are not there in a copy of this process that a test makes.
            at.run("plan", "page", north, "--out", str(at.folder / "keys" / "plan.html"), "--language", "ar")
            at.run("lottery", "receipt", north, number, "--out", receipt)
            at.run("lottery", "ticket", receipt)
            at.run("law", "review", north)
        told = at.folder / "keys" / "told.json"
        told.write_text('{"about": "stage", "of": "*", "facts": {"route_under_fire": false}}', encoding="utf-8")
        with at.elsewhere() as there:
            there.do("law", "tell", there.node("north"), str(told))

    def _prove_what_was_published(self) -> None:
        at, keys = self.at, self.at.folder / "keys"
        with at.beside():
            at.run("public", "prove", at.node("south"), "--out", str(keys / "published.json"))
            at.run("public", "verify", str(keys / "published.json"), "--vkeys", str(keys / "vkeys"))

    def _disputes(self) -> None:
        """In a copy, at a moment when a desk is dark: what this exchange goes without."""
        with NodeFolder.open(Path(self.at.node("north")), PASSPHRASE) as node:
            state = node.state()
            dark = next(number for number, person in state.persons.items() if person.state == "unconfirmed")
            event, since = next(iter(state.events)), state.size - 10
        with self.at.elsewhere() as at:
            north, fresh = at.node("north"), at.key("north/supervisor-new")
            at.run("handover", "status", at.desk("north/desk-station", "s2"))
            self._equip_elsewhere(at, "north/desk-station")
            words = (north, "s2", "--place", "station", "--number", dark, "--outcome", "received")
            at.do("stage", "confirm", *words, "--key-file", at.key("north/supervisor"))
            at.do("stage", "abort", north, "s2", "--place", "station")
            at.do("exchange", "dispute", north, event, "--code", "handover")
            with NodeFolder.open(Path(north), PASSPHRASE) as node:
                (name,) = node.state().disputes
            at.signed("north", "exchange", "settle", name, "--outcome", "withdrawn")
            at.run("remains", "list", north)
            words = (north, dark, "--case", "new:unknown")  # nobody handed over remains in this exchange
            at.signed("north", "remains", "identify", *words[1:], fails="remains.account")
            self._erase_a_record(at)
            at.signed("north", "node", "rotate")
            words = (north, "--delegate", "supervisor", "--new-key-file", fresh)
            at.do("node", "rotate", *words, "--key-file", at.key("north/supervisor"))
            at.do("node", "compromised", north, "--delegate", "desk-station", "--since", str(since))
            at.do("node", "revoke", north, "sig-3")
            at.do("node", "object", north, "sig-3", "--key-file", at.key("north/sig-1"))
            at.run("node", "notices", north)
            self._hand_the_log_over(at)

    def _equip_elsewhere(self, at: Interrupting, author: str) -> None:
        """A desk by its card and a file, as it is equipped from a page."""
        card, file = at.folder / "keys" / "desk.json", at.folder / "keys" / "desk.equipment"
        at.run("handover", "card", author, "--desk-key", at.key(author), "--out", str(card))
        with NodeFolder.open(Path(at.node("north")), PASSPHRASE) as node:
            of = parse_card(card.read_bytes(), card.name)
            made = node.equipment("s2", "station", author, of.key)
            assert isinstance(made, Equipment)
            file.write_bytes(seal_equipment(made, of.recipient, node.vouch))
        words = ("--desk-key", at.key(author), "--out", at.desk(author, "again"))
        at.run("handover", "equip", str(file), *words)

    def _ask_for_somebody_otherwise(self) -> None:
        """A family that is told by word of mouth and withdraws, and somebody who asks what is held about them."""
        with NodeFolder.open(Path(self.at.node("north")), PASSPHRASE) as node:
            state = node.state()
            sought = next(n for n, f in state.registers.items() if (f.owner, f.list_kind) == ("north", "sought"))
            row = next(row for row, _, _ in node.vault.records(sought))
        with self.at.beside():
            self.at.run("family", "status", self.at.node("north"), self.told.family, "--language", "ar")
        with self.at.elsewhere() as at:
            about = ("--identity", "passport", "--as", "self", "--out", str(at.folder / "keys" / "about.html"))
            at.do("family", "about", at.node("north"), row, *about)
            at.do("family", "end", at.node("north"), self.told.family, "--why", "withdrawn")

    def _erase_a_record(self, at: Interrupting) -> None:
        """Of somebody whom north seeks and who is on no list; south, who was asked about them, follows."""
        with NodeFolder.open(Path(at.node("north")), PASSPHRASE) as node:
            state = node.state()
            listed = {person.row for person in state.persons.values()}
            sought = next(n for n, f in state.registers.items() if (f.owner, f.list_kind) == ("north", "sought"))
            row = next(row for row, _, _ in node.vault.records(sought) if row not in listed)
        at.signed("north", "register", "erase", "sought", row)
        at.carry()
        assert at.do("register", "forget", at.node("south"))["letters"] > 0

    def _hand_the_log_over(self, at: Interrupting) -> None:
        gulf, card = at.node("gulf"), str(at.folder / "keys" / SUCCESSION)
        at.do("node", "succeed", gulf, "--out", card)
        for party in PARTIES:
            at.signed(party, "node", "hand-over", "--card", card)
            at.do("sync", "export", at.node(party), at.stick)
        assert at.do("sync", "import", gulf, at.stick)["succession"] == 1
        at.do("sync", "export", gulf, at.stick)
        for member in ("north", SECRETARIAT):
            at.do("sync", "import", at.node(member), at.stick)
            assert at.run("node", "show", at.node(member))["secretariat"] is False


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interrupted]:
    yield from _played(tmp_path_factory)


def _played(tmp_path_factory: pytest.TempPathFactory, thorough: bool = False) -> Iterator[Interrupted]:
    memory = Path("/dev/shm")  # this is about what is written, not about how fast a disk syncs
    folder = tmp_path_factory.mktemp("interrupted")
    if os.access(memory, os.W_OK):
        folder = memory / f"repatria-{os.getpid()}-{folder.name}"
        folder.mkdir()
    try:
        played = Interrupted(folder / "exchange", TEST, thorough)
        played.play()
        yield played
    finally:
        shutil.rmtree(folder)


def verbs() -> set[str]:
    """Every verb of every noun of the command line."""
    found = set()
    for noun, _ in NOUNS:
        module = import_module(f"repatria.cli.{noun}")
        if noun == "serve":
            continue  # it ends with Ctrl-C and nothing else: tests/web/test_serve.py
        if hasattr(module, "command"):
            found.add(noun)
        else:
            found |= {f"{noun} {command.name}" for command in module.app.registered_commands}
    return found


def _ends_as_ever(scenario: Interrupted) -> None:
    """Every verb was stopped; the ledger verifies, is the same at every node, and comes to the same counts."""
    assert sorted(verbs() - scenario.at.stopped.keys()) == []
    played = Played(scenario.at.folder, scenario.told)
    code, told = verify(played.ledger, played.vkeys)
    assert (code, told["problems"]) == (0, [])
    wanted = state_hash(played.state())
    for member in MEMBERS:
        with NodeFolder.open(Path(scenario.at.node(member)), PASSPHRASE) as node:
            assert state_hash(node.ledger_state()) == wanted, member
    found = counts(played.bodies, played.told.incidents)
    assert found == golden(found)


def test_every_verb_is_stopped_in_the_middle_and_the_exchange_ends_as_ever(scenario: Interrupted) -> None:
    _ends_as_ever(scenario)


@pytest.mark.soak
def test_every_verb_is_stopped_at_many_instants_and_the_exchange_ends_as_ever(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    for scenario in _played(tmp_path_factory, thorough=True):
        _ends_as_ever(scenario)


# --- real processes ---------------------------------------------------------------------------------------------------


def ended(words: tuple[str, ...], passphrase: str, seconds: float | None = None) -> tuple[int, bytes, float]:
    """A process of its own, sent SIGINT after so many seconds: its exit code, standard error, and how long it took."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, "REPATRIA_PASSPHRASE": passphrase},
    )  # fmt: skip
    try:
        if seconds is not None:
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, errors, time.monotonic() - begun


def stopped_somewhere(words: tuple[str, ...], place: Path, passphrase: str, times: int) -> None:
    """Stop the command at moments all over its run: nothing or all of it is kept. Then, on what is left, it is done."""
    keep = place.with_name(place.name + "-keep")
    shutil.copytree(place, keep)
    code, errors, whole_run = ended(words, passphrase)
    assert (code, errors) == (0, b"")
    before, whole = look_at([keep, place], passphrase)
    draw = random.Random(7)
    heard = 0
    now = whole
    for part in range(times):
        if now != before:
            shutil.rmtree(place)
            shutil.copytree(keep, place)
        code, errors, _ = ended(words, passphrase, whole_run * (part + draw.random()) / times)
        (now,) = look_at([place], passphrase)
        if code == 130:
            heard += 1
            assert errors == f"\n{STOPPED}\n".encode()
            assert now == before or shape(before, now) == shape(before, whole)
        elif code == 0:
            assert shape(before, now) == shape(before, whole)
        else:  # before our first line, Ctrl-C is the interpreter's
            assert (code, now) == (-signal.SIGINT, before), errors
    assert heard
    if now == before:
        assert ended(words, passphrase)[0] == 0
        (now,) = look_at([place], passphrase)
    assert shape(before, now) == shape(before, whole)
    shutil.rmtree(keep)


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes(round_open=True)


def test_the_import_of_a_large_file_is_stopped_by_a_signal_at_any_moment(nodes: Nodes, tmp_path: Path) -> None:
    path = tmp_path / "held.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["record_id", "family_name", "given_names", "date_of_birth", "place_of_detention"])
        rows.writerows([f"NH-{at:05}", "Invented", f"Person {at}", "1990-01-02", "camp 1"] for at in range(1500))
    words = ("register", "import", str(nodes.path("north")), str(path), "--kind", "held", "--at", nodes.now)
    stopped_somewhere(words, nodes.path("north"), WORDS, times=2)


def test_the_making_of_a_plan_is_stopped_by_a_signal_at_any_moment(scenario: Interrupted, tmp_path: Path) -> None:
    # A copy: where a command came to its end in time the node has a proposal, and takes the same one no second time.
    place = shutil.copytree(scenario.at.folder / "planning", tmp_path / "planning")
    words = ("plan", "propose", str(place), "--at", "2025-12-04T08:00:00Z")
    stopped_somewhere(words, place, PASSPHRASE, times=2)


STRIKE = """
import signal
from repatria.plan import solve

place = solve.place

def struck(*words):  # who goes is settled, when and where is not
    for _ in range(TIMES):
        signal.raise_signal(signal.SIGINT)
    return place(*words)

solve.place = struck
from repatria.cli import entry
entry()
"""


def proposed(node: Path, *more: str, script: str = SCRIPT) -> tuple[int, dict[str, Any], str]:
    """The plan proposed in a process of its own: its exit code, what it answers, and its standard error."""
    words = ("plan", "propose", str(node), "--at", "2025-12-04T08:00:00Z", "--json", *more)
    run = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "REPATRIA_PASSPHRASE": PASSPHRASE},
    )  # fmt: skip
    return run.returncode, json.loads(run.stdout)["answer"] if run.stdout else {}, run.stderr


def told_how_far_from_proved(answer: dict[str, Any]) -> bool:
    open_ = [level for level in answer["levels"] if level["value"] != level["bound"]]
    return bool(open_) and all(level["gap"] != "0.00 %" and level["proof"] == "none" for level in open_)


def test_a_plan_is_proposed_when_its_seconds_are_over_and_says_how_far_it_is_from_proved(
    scenario: Interrupted, tmp_path: Path
) -> None:
    node = shutil.copytree(scenario.at.folder / "planning", tmp_path / "planning")
    (before,) = look_at([node], PASSPHRASE)
    code, answer, errors = proposed(node, "--budget", "0")
    assert (code, answer["stopped"], errors) == (0, True, "")
    assert told_how_far_from_proved(answer)
    assert look_at([node], PASSPHRASE) != [before]
    code, answer, _ = proposed(shutil.copytree(scenario.at.folder / "planning", tmp_path / "again"), "--budget", "600")
    assert (code, answer["stopped"]) == (0, False)
    assert {level["gap"] for level in answer["levels"]} == {"0.00 %"}


def test_ctrl_c_proposes_the_best_plan_so_far_and_pressed_twice_none(scenario: Interrupted, tmp_path: Path) -> None:
    node = shutil.copytree(scenario.at.folder / "planning", tmp_path / "planning")
    before = look_at([node], PASSPHRASE)
    code, answer, errors = proposed(node, script=STRIKE.replace("TIMES", "2"))
    assert (code, answer, look_at([node], PASSPHRASE)) == (130, {}, before)
    assert STOPPED in errors
    code, answer, errors = proposed(node, script=STRIKE.replace("TIMES", "1"))
    assert (code, answer["stopped"], STOPPED in errors) == (0, True, False)
    assert told_how_far_from_proved(answer)
    assert look_at([node], PASSPHRASE) != before
