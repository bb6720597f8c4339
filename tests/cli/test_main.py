"""The command line: what it says, what it ends with, and that nothing a person types ends in a traceback."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from repatria.cli.main import NOUNS, main
from repatria.cli.show import Said, printable, show
from repatria.cli.verb import AtNode, noun, verb
from repatria.problem import Problem, Problems
from repatria.store.delegate import create_key
from repatria.store.node import NodeFolder, Pending
from tests.sync.nodes import NOW, PASSPHRASE, ROUND, SECRETARIAT, Nodes, delegate_key, make_nodes

SCRIPT = "from repatria.cli import entry\nentry()\n"  # the console script


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes(round_open=True)


def said(*words: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(word) for word in words])
    return code, out.getvalue(), err.getvalue()


def answered(*words: object) -> dict[str, object]:
    code, out, _ = said(*words, "--json")
    assert code == 0, out
    return dict(json.loads(out)["answer"])


def problems(*words: object) -> list[str]:
    code, out, _ = said(*words, "--json")
    assert code == 1
    return [problem["code"] for problem in json.loads(out)["problems"]]


# --- what is loaded, and how it ends ---------------------------------------------------------------------------------


def test_help_loads_no_key_solver_or_table_library() -> None:
    program = (
        "import sys\nfrom repatria.cli.main import main\nmain(['--help'])\n"
        "heavy = ('highspy', 'nacl', 'cryptography', 'pyrage', 'rapidfuzz', 'python_calamine', 'repatria.exchange')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "sync" in done.stdout


@pytest.mark.parametrize(
    "words",
    [["no-such-noun"], ["node", "no-such-verb"], ["--no-such-option"], ["node", "init"], ["sync", "export"], [],
     ["node", "init", "x", "--member"]],
)  # fmt: skip
def test_a_line_that_is_not_understood_ends_with_2_and_says_so_on_standard_error(words: list[str]) -> None:
    code, out, err = said(*words)
    assert (code, out) == (2, "")
    assert err.strip()


def test_help_and_version_end_with_0() -> None:
    assert said("--help")[0] == 0
    assert said("node", "--help")[0] == 0
    assert said("--version")[1].startswith("repatria ")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("words", "code"),
    [(["register", "check", "no-such-file", "--kind", "sought", "--json"], 1), (["law", "show", "GC III 118"], 0),
     (["law", "show", "GC III 118", "--json"], 0), (["--help"], 0), (["register", "--help"], 0), (["no-such-noun"], 2)],
)  # fmt: skip
def test_a_reader_of_the_output_that_goes_away_is_no_error(words: list[str], code: int, unbuffered: str) -> None:
    """As `| head -1`: both streams lead into a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    # What goes wrong as the process ends can be said nowhere but in its exit code, 120.
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words], stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )  # fmt: skip
    silent = subprocess.run([sys.executable, "-c", SCRIPT, *words], stdout=writing, stderr=writing, check=False)
    os.close(writing)
    assert (done.returncode, silent.returncode) == (code, code), done.stderr
    assert "Error" not in done.stderr
    assert "Traceback" not in done.stderr


def test_every_verb_of_every_noun_has_json_and_an_example_in_its_help() -> None:
    missing = []
    for name, _ in NOUNS:
        if find_spec(f"repatria.cli.{name}") is None:
            continue
        module = import_module(f"repatria.cli.{name}")
        verbs = [module.command] if hasattr(module, "command") else [
            command.callback for command in module.app.registered_commands
        ]  # fmt: skip
        for function in verbs:
            app = typer.Typer()
            app.command()(function)
            options = {option for each in get_command(app).params for option in each.opts}
            if "--json" not in options or f"repatria {name}" not in (function.__doc__ or ""):
                missing.append(f"{name} {function.__name__}")
    assert missing == []


def test_a_problem_ends_with_1_and_names_code_and_remedy(tmp_path: Path) -> None:
    code, out, err = said("node", "show", tmp_path / "nowhere")
    assert (code, out) == (1, "")
    assert "[node.absent]" in err
    assert problems("node", "show", tmp_path / "nowhere") == ["node.absent"]


def test_of_very_many_problems_alike_a_screen_tells_a_hundred_and_json_every_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    alike = [Problem("a.b", f"row {at}", "wrong", "correct it") for at in range(150)]
    many = Said(problems=[*alike, Problem("c.d", "row 7", "wrong", "correct it")])
    assert show(many) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 100 + 1 + 2
    assert lines[-2:] == ["... and 50 more of [a.b]: --json tells every one of them", "151 problems"]
    assert show(many, as_json=True) == 1
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 151


def test_a_file_that_cannot_be_used_is_a_problem_and_no_traceback(nodes: Nodes) -> None:
    (nodes.folder / "file").write_text("")
    assert problems("node", "card", nodes.path("north"), "--out", nodes.folder / "file" / "x") == ["cli.file"]


@pytest.mark.parametrize(
    "words", [("terms", "check"), ("law", "check"), ("register", "check", "list.csv", "--kind", "sought", "--columns")]
)
def test_a_text_that_is_not_utf_8_is_a_problem_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list.csv").write_text("surname,first name,dob\nInvented,Test,1990\n")
    Path("words").write_bytes("Прізвище".encode("cp1251"))
    assert problems(*words, "words") == ["file.text"]


@pytest.mark.parametrize("limit", ["--megabytes=1", "--megabytes=-5", "--seconds=0"])
def test_a_limit_under_which_nothing_is_read_or_none_holds_is_not_understood(tmp_path: Path, limit: str) -> None:
    """Less than none at all, for the kernel, is no limit."""
    assert said("register", "check", tmp_path / "list.csv", "--kind", "sought", limit)[0] == 2


def test_ctrl_c_ends_with_130_and_leaves_the_node_openable(nodes: Nodes, capsys: pytest.CaptureFixture[str]) -> None:
    app = noun("A noun of this test.")

    @verb(app)
    def stop(at: AtNode) -> None:
        """Example: repatria stop"""
        raise KeyboardInterrupt

    command = get_command(app)
    assert command.main([str(nodes.path("north"))], standalone_mode=False) == 130
    nodes.open("north").close()


def test_ctrl_c_in_a_verb_is_told_in_one_line(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(NodeFolder, "cosigners", interrupted)
    code, out, err = said("node", "show", nodes.path("north"))
    assert (code, out) == (130, "")
    assert err.strip() == "Stopped. What was not finished was not kept."
    nodes.open("north").close()


def test_ctrl_c_while_problems_are_shown_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("repatria.cli.show.printable", interrupted)
    code, out, err = said("node", "show", tmp_path / "nowhere")
    assert (code, out) == (130, "")
    assert err.strip() == "Stopped. What was not finished was not kept."


def test_ctrl_c_while_a_passphrase_is_asked_for_ends_with_130(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPATRIA_PASSPHRASE")
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", SCRIPT, "node", "show", str(nodes.path("north"))])
    seen = b""
    while b"Passphrase of" not in seen:
        seen += os.read(terminal, 1000)
    time.sleep(0.1)  # until it reads
    os.write(terminal, b"\x03")
    with suppress(OSError):  # the terminal's end
        while more := os.read(terminal, 1000):
            seen += more
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    assert code == 130, seen
    assert seen.replace(b"\r", b"").endswith(b"\nStopped. What was not finished was not kept.\n")


@pytest.mark.parametrize("name", ["repatria.cli.main", "repatria.cli.node", "repatria.store.node"])
def test_ctrl_c_while_modules_are_loaded_is_told_in_one_line(nodes: Nodes, name: str) -> None:
    """SIGINT as the module's first line, which no timing would hit for sure."""
    program = (
        "import importlib.abc, signal, sys\n"
        "class Press(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == {name!r}:\n"
        "            signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Press())\n" + SCRIPT
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "node", "show", str(nodes.path("north"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "\nStopped. What was not finished was not kept.\n"


# --- passphrases and time --------------------------------------------------------------------------------------------


def test_a_passphrase_comes_from_its_file_before_the_environment(nodes: Nodes, tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_text(f"{PASSPHRASE}\nnot this line\n")
    assert said("node", "card", nodes.path("north"), "--passphrase-file", words)[0] == 0
    words.write_text("other words\n")
    assert problems("node", "card", nodes.path("north"), "--passphrase-file", words) == ["vault.passphrase"]


def test_without_a_passphrase_and_a_keyboard_nothing_hangs(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPATRIA_PASSPHRASE")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert problems("node", "card", nodes.path("north")) == ["cli.passphrase"]
    assert problems("node", "card", nodes.path("north"), "--passphrase-file", nodes.folder / "no") == ["cli.passphrase"]


@pytest.mark.parametrize("time", ["now", "2025-12-01", "2025-13-01T08:00:00Z", "2025-12-01T08:00:00+01:00", ""])
def test_a_time_that_a_ledger_could_not_hold_is_refused(nodes: Nodes, time: str) -> None:
    assert problems("node", "show", nodes.path("north"), "--at", time) == ["cli.time"]


def test_every_key_file_that_does_not_open_is_named_at_once(nodes: Nodes, tmp_path: Path) -> None:
    (tmp_path / "a.key").write_text("no key")
    keys = ("--key-file", tmp_path / "a.key", "--key-file", tmp_path / "b.key")
    found = problems("node", "show", nodes.path("north"), *keys)
    assert found == ["key.format", "key.absent"]


# --- the verbs of node and sync --------------------------------------------------------------------------------------


def test_a_node_is_made_and_shows_its_card_with_a_fingerprint(tmp_path: Path) -> None:
    made = answered("node", "init", tmp_path / "north", "--member", "north", "--role", "party")
    card = answered("node", "card", tmp_path / "north", "--out", tmp_path / "north.json")
    assert made == card == json.loads((tmp_path / "north.json").read_text())
    assert len(str(card["fingerprint"]).split()) == 12
    shown = answered("node", "show", tmp_path / "north")
    assert (shown["exchange"], shown["size"], shown["secretariat"]) == (None, 0, False)
    assert problems("node", "init", tmp_path / "north", "--member", "north", "--role", "party") == ["node.exists"]


def test_a_delegate_is_appointed_and_revoked(nodes: Nodes, tmp_path: Path) -> None:
    north, key = nodes.path("north"), tmp_path / "visitor.key"
    done = answered("node", "delegate", north, "desk-two", "--role", "desk", "--place", "quay", "--key-file", key)
    assert done == {"delegate": "north/desk-two", "role": "desk"}
    assert problems("node", "delegate", north, "desk-two", "--role", "desk", "--place", "quay", "--key-file", key) == [
        "delegate.key"
    ]
    answered("node", "revoke", north, "desk-two")
    delegates = answered("node", "show", north)["delegates"]
    assert isinstance(delegates, list)
    assert {"delegate": "north/desk-two", "role": "desk", "place": "quay", "revoked": True} in delegates


def test_a_key_that_was_used_is_told_and_what_it_did_can_be_undone(nodes: Nodes, tmp_path: Path) -> None:
    """North's people read their notices, find a desk that they did not appoint, and say that its key is bad."""
    north, key = nodes.path("north"), tmp_path / "thief.key"
    since = answered("node", "show", north)["size"]
    answered("node", "delegate", north, "desk-thief", "--role", "desk", "--place", "quay", "--key-file", key)
    nodes.carry()
    told = answered("node", "notices", north, "--since", since)["notices"]
    assert [(each["what"], each["kind"], each["author"], each["about"]) for each in told] == [
        ("changed", "DelegateAppointed", "north", "north/desk-thief")
    ]
    assert answered("node", "notices", nodes.path("south"), "--since", since)["notices"] == []
    answered("node", "compromised", north, "--delegate", "desk-thief", "--since", since)
    assert problems("node", "compromised", north, "--since", since) == ["compromise.key"]


def test_a_signatory_objects_to_the_removal_of_another(nodes: Nodes, tmp_path: Path) -> None:
    north, key = nodes.path("north"), tmp_path / "sig-1.key"
    write_key(key, "north/sig-1")
    answered("node", "revoke", north, "sig-2")
    answered("node", "object", north, "sig-2", "--key-file", key)
    delegates = answered("node", "show", north)["delegates"]
    assert {"delegate": "north/sig-2", "role": "signatory", "place": None, "revoked": False} in delegates
    assert problems("node", "object", north, "sig-2", "--key-file", key) == ["objection.late"]


def test_a_member_key_is_replaced_and_the_new_one_goes_on(nodes: Nodes, tmp_path: Path) -> None:
    north, keys = nodes.path("north"), [tmp_path / f"sig-{i}.key" for i in (1, 2)]
    for i, key in enumerate(keys, 1):
        write_key(key, f"north/sig-{i}")
    before = answered("node", "card", north)["key"]
    assert problems("node", "rotate", north, "--key-file", keys[0]) == ["authority.quorum"]
    done = answered("node", "rotate", north, "--key-file", keys[0], "--key-file", keys[1])
    assert done["key"] == answered("node", "card", north)["key"] != before
    answered("exchange", "suspend", north)
    nodes.carry()
    assert [each.kind for each in pending(nodes, "north")] == []
    given_up = answered("node", "compromised", north, "--since", 3, "--key-file", keys[0], "--key-file", keys[1])
    assert given_up == {"compromised": "north", "since": 3}


def test_a_delegates_key_is_replaced_and_a_lost_member_key_by_its_signatories(nodes: Nodes, tmp_path: Path) -> None:
    north, keys = nodes.path("north"), [tmp_path / f"sig-{i}.key" for i in (1, 2)]
    for i, key in enumerate(keys, 1):
        write_key(key, f"north/sig-{i}")
    both = ("--key-file", keys[0], "--key-file", keys[1])
    assert answered("node", "rotate", north, "--lost", "sig-1", *both)["author"] == "north"
    assert problems("node", "rotate", north, "--delegate", "sig-1", "--key-file", keys[0]) == ["key.file"]
    new = ("--new-key-file", tmp_path / "sig-1-new.key")
    assert answered("node", "rotate", north, "--delegate", "sig-1", *new, "--key-file", keys[0])["author"] == (
        "north/sig-1"
    )


def test_the_log_is_handed_to_a_successor_on_the_command_line(nodes: Nodes, tmp_path: Path) -> None:
    nodes.carry()
    card = tmp_path / "succession.json"
    answered("node", "succeed", nodes.path("gulf"), "--out", card)
    for party in ("north", "south"):
        keys: list[object] = []
        for i in (1, 2):
            write_key(tmp_path / f"{party}-{i}.key", f"{party}/sig-{i}")
            keys += ["--key-file", tmp_path / f"{party}-{i}.key"]
        answered("node", "hand-over", nodes.path(party), "--card", card, *keys)
        nodes.export(party)
    card.write_text("{}")
    assert problems("node", "hand-over", nodes.path("cross"), "--card", card) == ["secretariat.card"]
    taken = answered("sync", "import", nodes.path("gulf"), nodes.stick)
    assert taken["succession"] == 1
    assert answered("node", "show", nodes.path("gulf"))["secretariat"] is True


def pending(nodes: Nodes, member: str) -> list[Pending]:
    with nodes.open(member) as node:
        return node.outbox()


def write_key(path: Path, author: str) -> None:
    """A key file for a delegate of the nodes of these tests."""
    create_key(path, author, PASSPHRASE, lambda n: delegate_key(author).seed if n == 32 else os.urandom(n))


def test_a_refused_appointment_is_made_again_with_the_key_file_that_is_there(nodes: Nodes, tmp_path: Path) -> None:
    """A third signatory needs two who stand; the first try forgets them."""
    north, key = nodes.path("north"), tmp_path / "sig-3.key"
    words = ("node", "delegate", north, "sig-3", "--role", "signatory", "--key-file", key)
    assert problems(*words) == ["authority.quorum"]
    first = key.read_bytes()
    assert problems(*words) == ["authority.quorum"]
    assert key.read_bytes() == first


def test_a_stick_goes_round_by_the_command_line(nodes: Nodes) -> None:
    stick = nodes.folder / "stick"
    code, out, _ = said("exchange", "suspend", nodes.path("north"), "--at", NOW, "--json")
    assert code == 0, out
    answered("sync", "export", nodes.path("north"), stick, "--at", NOW)
    assert answered("sync", "import", nodes.path(SECRETARIAT), stick, "--at", NOW)["ordered"] == 1
    answered("sync", "export", nodes.path(SECRETARIAT), stick, "--at", NOW)
    assert answered("sync", "import", nodes.path("south"), stick, "--at", NOW)["entries"] == 1
    shown = answered("node", "show", nodes.path("south"))
    assert shown["size"] == shown["signed_size"]
    assert set(shown["cosigned_by"]) == {"south", SECRETARIAT}  # type: ignore[call-overload]
    assert nodes.state("south").suspended_at(nodes.state("south").size)
    assert nodes.state("south").round == ROUND


def test_a_stick_with_a_forged_entry_ends_with_1_and_tells_what_was_taken_in_nevertheless(nodes: Nodes) -> None:
    stick = nodes.folder / "stick"
    said("exchange", "suspend", nodes.path("north"), "--at", NOW)
    answered("sync", "export", nodes.path("north"), stick)
    (stick / "outbox" / f"{'a' * 64}.entry").write_bytes(b"noise")
    code, out, err = said("sync", "import", nodes.path(SECRETARIAT), stick)
    assert code == 1
    assert "ordered: 1" in out
    assert "[entry.malformed]" in err


def test_the_high_water_mark_may_come_from_the_environment(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPATRIA_HIGH_WATER", str(tmp_path / "mark"))
    assert problems("node", "show", nodes.path(SECRETARIAT)) == ["log.high-water.missing"]


def test_a_node_open_elsewhere_is_a_clear_problem(nodes: Nodes) -> None:
    with nodes.open("north"):
        assert problems("node", "show", nodes.path("north")) == ["node.locked"]


# --- showing ---------------------------------------------------------------------------------------------------------


def test_an_answer_is_shown_as_lines_and_tables(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"place": "bridge", "people": 12}, {"place": "quay", "people": 3}]
    assert show(Said({"open_places": rows, "nobody": [], "unknown": None, "done": True})) == 0
    assert capsys.readouterr().out == (
        "open places:\n  place   people\n  bridge      12\n  quay         3\nnobody: none\nunknown: -\ndone: yes\n"
    )


def test_every_problem_is_shown_at_once_with_their_number(capsys: pytest.CaptureFixture[str]) -> None:
    found = [Problem(f"x.{at}", "here", "is wrong", "mend it") for at in range(3)]
    assert show(Said(problems=found)) == 1
    assert capsys.readouterr().err.splitlines() == [*map(str, found), "3 problems"]


def test_a_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    name = "An\x1b[2Jna\u202eevil\nOlga"
    show(Said({"name": name.replace("\n", " "), "rows": [{"name": name}]}))
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert printable("Ольга Ó 李\u0301") == "Ольга Ó 李\u0301"


def test_problems_raised_anywhere_are_shown_as_json_when_json_was_asked_for(tmp_path: Path) -> None:
    code, out, err = said("node", "show", tmp_path, "--json")
    assert (code, err) == (1, "")
    assert json.loads(out)["ok"] is False


@pytest.fixture
def stopped() -> Iterator[typer.Typer]:
    app = noun("A noun of this test.")

    @verb(app)
    def fail(at: AtNode) -> list[Problem]:
        """Example: repatria fail"""
        raise Problems([Problem("x.y", "here", "is wrong", "mend it")])

    return app


def test_a_verb_that_raises_problems_closes_its_node(nodes: Nodes, stopped: typer.Typer) -> None:
    with pytest.raises(Problems):
        get_command(stopped).main([str(nodes.path("north"))], standalone_mode=False)
    nodes.open("north").close()
