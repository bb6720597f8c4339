"""Nodes served by processes of their own, each under a name of its own, over https with its own authority.

The browser is told of the key of each node's authority, after the server's certificate was verified here against that
authority under the node's name: no other certificate error is forgiven, and a node that starts again is trusted again.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from repatria.rehearsal.nodes import PASSPHRASE
from repatria.web.serve import free_port
from tests.web.browser import ARGUMENTS

STOP_SECONDS = 20


@dataclass
class Node:
    """A node served by `repatria serve`; where a file tells the time of day, by `main`, which is that but for it."""

    folder: Path
    name: str
    clock: Path | None = None
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    said: dict[str, str] = field(default_factory=dict)

    def start(self, *options: str) -> None:
        words = ["--node", str(self.folder), "--host", self.name, "--port", str(self.port)]
        if self.clock is None:
            command = ["-c", "from repatria.cli import entry; entry()", "serve", *words, "--json", *options]
        else:
            command = ["-m", "tests.web.nodes", *words, "--clock", str(self.clock), *options]
        self.process = subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.PIPE, text=True,
            env={"REPATRIA_PASSPHRASE": PASSPHRASE, "PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if line.rstrip() == "}":
                break
        self.said = json.loads("".join(lines))["answer"]

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=STOP_SECONDS)
            self.process = None

    def url(self, path: str = "/") -> str:
        return f"https://{self.name}:{self.port}{path}"

    def pinned(self) -> str:
        """The key of the node's authority, as Chromium names it; it has signed what the server shows, for this name."""
        authority = self.folder / "web" / "authority.pem"
        trusted = ssl.create_default_context(cafile=str(authority))
        with socket.create_connection(("127.0.0.1", self.port)) as plain:
            trusted.wrap_socket(plain, server_hostname=self.name).close()
        key = x509.load_pem_x509_certificate(authority.read_bytes()).public_key()
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(spki).digest()).decode()


def arguments(*nodes: Node) -> list[str]:
    """What a browser is started with to find these nodes by their names, and to trust what was verified."""
    rules = ", ".join(f"MAP {node.name} 127.0.0.1" for node in nodes)
    keys = ",".join(node.pinned() for node in nodes)
    return [*ARGUMENTS, f"--host-resolver-rules={rules}", f"--ignore-certificate-errors-spki-list={keys}"]


class Heard:
    """Everything that a page asked for, and every complaint of its browser."""

    def __init__(self, page: Any) -> None:
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def wrong(self, name: str) -> list[str]:
        """What was asked of any host but this one, reported against the policy of content, or failed in a script.

        An answer that refuses a form is no failure of the page.
        """
        hosts = {re.sub(r"^https?://([^/:]+).*", r"\1", url) for url in self.asked if not _inside(url)} - {name}
        return [
            *(f"asked of {host}" for host in hosts),
            *(f"reported: {url}" for url in self.asked if url.endswith("/csp")),
            *(each for each in self.complaints if not re.search(r"status of (400|403|409|422|429)", each)),
        ]


def _inside(url: str) -> bool:
    return url.startswith(("data:", "blob:"))


def main(argv: list[str] | None = None) -> int:
    """`repatria serve` with the time of day from a file, until SIGTERM."""
    from repatria.web import serve
    from repatria.web.served import Served
    from repatria.web.settings import Options

    parser = argparse.ArgumentParser(description=main.__doc__)
    for option in ("--node", "--host", "--clock"):
        parser.add_argument(option, required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args(argv)

    def stop(*_: Any) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)
    clock = Path(given.clock)
    served = Served.open(Path(given.node), os.environ["REPATRIA_PASSPHRASE"], clock=lambda: clock.read_text().strip())
    try:
        options = Options(Path(given.node), served.secret("django"), given.host)
        with serve.pages(served, options, given.port) as server:
            from repatria.web import invitations, mirror

            answer = {"member": served.member}
            if not mirror.has_keeper():
                code = invitations.invite(served, invitations.FIRST, keeper=True)
                answer["keeper"] = f"https://{given.host}:{given.port}/en/account/enrol/#{code}"
            print(json.dumps({"answer": answer}, indent=1), flush=True)
            server.serve()
    finally:
        served.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
