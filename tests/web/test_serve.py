"""`repatria serve`: it says where it is, ends with Ctrl-C and nothing else, and leaves the node as it was."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from repatria.rehearsal.nodes import PASSPHRASE
from repatria.store.node import NodeFolder
from repatria.web.serve import free_port
from tests.web.world import World

ENTRY = "from repatria.cli import entry\nentry()\n"


def serve(world: World, *words: str) -> subprocess.Popen[str]:
    """The command, as the console script runs it."""
    command = [sys.executable, "-c", ENTRY, "serve", "--node", world.at.node("gulf"), *words]
    env = {**os.environ, "REPATRIA_PASSPHRASE": PASSPHRASE, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_ctrl_c_ends_it_and_the_node_opens_again(tmp_path: Path) -> None:
    world = World.after("consult", tmp_path)
    port = free_port()
    with serve(world, "--port", str(port)) as server:
        assert server.stdout is not None
        said = [server.stdout.readline() for _ in range(2)]
        with socket.create_connection(("127.0.0.1", port)):  # somebody connects and keeps quiet
            server.send_signal(signal.SIGINT)
            assert server.wait() == 0
    assert said[1].strip() == f"address: https://localhost:{port}/"
    with NodeFolder.open(Path(world.at.node("gulf")), PASSPHRASE) as node:
        assert node.outbox() == []


def test_a_port_in_use_is_a_problem_with_what_to_do(tmp_path: Path) -> None:
    world = World.after("consult", tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with serve(world, "--port", str(taken.getsockname()[1]), "--json") as server:
            out, _ = server.communicate()
    assert server.returncode == 1
    assert [problem["code"] for problem in json.loads(out)["problems"]] == ["web.port"]
