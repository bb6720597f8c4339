"""The five nodes of a rehearsal, each served to its own people, until Ctrl-C.

The exchange is played up to a chapter, so that something waits for everybody. Each node has its own name below
`localhost`, which browsers find without a network and trust as secure, and its own cookies. Whoever logs in types the
password and the code that are printed; Enter prints fresh codes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from repatria.problem import Problem, Problems
from repatria.rehearsal.exchange import Scenario
from repatria.rehearsal.nodes import MEMBERS, PASSPHRASE
from repatria.rehearsal.terms import TEST

CHAPTERS = ("open", "consult", "lists", "clear", "draw_and_plan", "hand_over")
CODE_SECONDS = 30
_MARK = "rehearsal.json"  # stands in a rehearsal's folder once it is whole
_BESIDES = [
    *((member, "clerk", "officer") for member in MEMBERS),
    ("north", "family", "liaison"), ("south", "family", "liaison"),
]  # fmt: skip


def make(folder: Path, after: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Play the exchange to the end of a chapter, or take the one that is there: whoever practised goes on.

    It is played beside its place and comes there whole. Gives back what stands in its mark: the chapter.

    Raises:
        Problems: `rehearsal.folder`: something else stands at that place.
    """
    mark = folder / _MARK
    if mark.exists():
        return dict(json.loads(mark.read_text(encoding="utf-8")))
    if folder.exists() and any(folder.iterdir()):
        do = "name a folder that is not there yet"
        raise Problems([Problem("rehearsal.folder", folder.name, "the folder holds something else", do)])
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    scenario = Scenario(part, TEST, say)
    for chapter in CHAPTERS[: CHAPTERS.index(after) + 1]:
        getattr(scenario, chapter)()
    at = scenario.at
    for member, name, role in _BESIDES:
        at.do("node", "delegate", at.node(member), name, "--role", role, "--key-file", at.key(f"{member}/{name}"))
    at.carry()
    said = {"after": after, "now": at.now}
    (part / _MARK).write_text(json.dumps(said) + "\n", encoding="utf-8")
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
    return said


@contextmanager
def served(folder: Path, port: int) -> Iterator[list[dict[str, Any]]]:
    """Each node in a process of its own, at this port and the next ones: who, where, and with which logins.

    Raises:
        Problems: `rehearsal.port`: a node could not be served.
    """
    servers = [
        subprocess.Popen(
            [sys.executable, "-m", "repatria.rehearsal.pages", str(folder), member, str(port + at)],
            stdout=subprocess.PIPE, text=True,
        )
        for at, member in enumerate(MEMBERS)
    ]  # fmt: skip
    try:
        nodes = [json.loads(server.stdout.readline() or "null") for server in servers if server.stdout is not None]
        if None in nodes:
            what = f"a node could not be served at a port from {port} to {port + len(MEMBERS) - 1}"
            raise Problems([Problem("rehearsal.port", "--port", what, "give another, where five in a row are free")])
        yield nodes
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait()


def serve(folder: Path, member: str, port: int) -> int:
    """One node, until it is told to stop; its address and logins as one line."""
    from repatria.web.serve import pages
    from repatria.web.served import Served
    from repatria.web.settings import Options

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this stops it

    def stop(*_: Any) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    node = folder / "nodes" / member
    own = Served.open(node, PASSPHRASE)
    try:
        options = Options(node, own.secret("django"), f"{member}.localhost")
        with pages(own, options, port) as server:
            from repatria.web import rehearsal

            logins = [vars(each) for each in rehearsal.known_logins(own)]
            address = f"https://{member}.localhost:{port}/"
            print(json.dumps({"member": member, "address": address, "logins": logins}), flush=True)
            server.serve()
    finally:
        own.close()
    return 0


def lines(nodes: list[dict[str, Any]]) -> list[str]:
    """The table of addresses and logins, with the codes of this half minute."""
    found = []
    for node in nodes:
        found.append(f"\n{node['member']:8} {node['address']}")
        found += [
            f"  {login['name']:12} {login['role']:12} {login['password']:32} {code(login['secret'], time.time())}"
            for login in node["logins"]
        ]
    return found


def code(secret: str, now: float) -> str:
    """The one-time code at a time in seconds since 1970 (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), int(now // CODE_SECONDS).to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


if __name__ == "__main__":
    sys.exit(serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
