"""The tutorial's commands, run by a shell exactly as they stand on the page.

The first use of each noun, which is a module of the program, is a process of its own, as at anybody's prompt. Of the
some three hundred commands most are a round of the stick once more: all others are handed, with their words, folder,
environment and open files, to this process, which has read the program already and runs them alike.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from repatria.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 900

# `repatria` as the shell finds it: asks at the socket, and is the console script itself where it is told to be.
ASKS = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as there:
    there.connect({at!r})
    said = json.dumps({{"words": sys.argv[1:], "folder": os.getcwd(), "env": dict(os.environ)}}).encode()
    socket.send_fds(there, [len(said).to_bytes(4, "big")], [0, 1, 2])
    there.sendall(said)
    code = there.recv(1)[0]
if code == {own}:
    os.execv({script!r}, [{script!r}, *sys.argv[1:]])
sys.exit(code)
"""
OWN = 255  # "be a process of your own"


def test_the_tutorial_runs_as_written(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, flags=re.M | re.S)
    assert len(blocks) > 8
    script = tmp_path / "tutorial.sh"
    script.write_text("set -eu\n" + "\n".join(blocks), encoding="utf-8")
    (tmp_path / "bin").mkdir()
    uses: Counter[str] = Counter()
    with _listening(tmp_path / "bin") as listener, (tmp_path / "told").open("w+b") as told:
        shell = subprocess.Popen(
            ["bash", str(script)], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
                 "LISTS": str(ROOT / "docs" / "tutorial")},
        )  # fmt: skip
        try:
            while shell.poll() is None:
                _answer(listener, uses)
        finally:
            shell.kill()
        told.seek(0)
        assert shell.returncode == 0, told.read()[-6000:].decode()
    assert len(uses) > 50
    assert uses["sync import"] > 50
    assert (tmp_path / "report" / "index.html").exists()
    assert "who goes when" in (tmp_path / "plan.html").read_text(encoding="utf-8")


@contextmanager
def _listening(folder: Path) -> Iterator[socket.socket]:
    """A socket for the commands, and beside it `repatria`."""
    name = os.path.relpath(folder / "at")  # the name of a socket has room for a hundred letters
    console, there = Path(sys.executable).parent / "repatria", str(folder / "at")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(name)
        listener.listen()
        listener.settimeout(0.1)
        ask = folder / "repatria"
        ask.write_text(ASKS.format(python=sys.executable, at=there, own=OWN, script=str(console)), encoding="utf-8")
        ask.chmod(0o700)
        yield listener


def _answer(listener: socket.socket, uses: Counter[str]) -> None:
    """The next command, if one comes soon: run here, or sent away to be a process of its own."""
    try:
        there, _ = listener.accept()
    except TimeoutError:
        return
    with there:
        head, files, _, _ = socket.recv_fds(there, 4, 3)
        with there.makefile("rb") as stream:
            said = json.loads(stream.read(int.from_bytes(head, "big")))
        verb = " ".join(word for word in said["words"][:2] if re.fullmatch("[a-z-]+", word))
        first = not any(each.partition(" ")[0] == said["words"][0] for each in uses)
        uses[verb] += 1
        code = OWN if first else _run(said["words"], said["folder"], said["env"], files)
        for each in files:
            os.close(each)
        there.sendall(bytes([code]))


def _run(words: list[str], folder: str, env: dict[str, str], files: list[int]) -> int:
    """The command line in this process, and everything here afterwards as it was."""
    had, was, streams = dict(os.environ), os.getcwd(), (sys.stdin, sys.stdout, sys.stderr)
    kept = [os.dup(each) for each in (0, 1, 2)]
    try:
        for at, each in enumerate(files):
            os.dup2(each, at)
        sys.stdin, sys.stdout, sys.stderr = (
            open(at, mode, encoding="utf-8", closefd=False) for at, mode in ((0, "r"), (1, "w"), (2, "w"))  # noqa: SIM115
        )
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(env)
        return main(words)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdin, sys.stdout, sys.stderr = streams
        for at, each in enumerate(kept):
            os.dup2(each, at)
            os.close(each)
        os.chdir(was)
        os.environ.clear()
        os.environ.update(had)
