"""`make demo-web`: the five nodes of a small rehearsal, each served to its own people, until Ctrl-C.

The exchange is played up to a chapter (`--after`), so that something waits for everybody. Each node has its own name
below `localhost`, which browsers find without a network and trust as secure, and its own cookies. Whoever logs in types
the password and the code that are printed; Enter prints fresh codes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.scenario.exchange import Scenario
from tests.scenario.rehearsal import MEMBERS, PASSPHRASE
from tests.scenario.terms import TEST

CHAPTERS = ("open", "consult", "lists", "clear", "draw_and_plan", "hand_over")
OFFICES = {"north": ("clerk", "officer"), "south": ("clerk", "officer"), "straits": ("clerk", "officer"),
           "gulf": ("clerk", "officer"), "cross": ("clerk", "officer")}  # fmt: skip
CODE_SECONDS = 30


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("demo-web"), help="where to play it (replaced)")
    parser.add_argument("--after", choices=CHAPTERS, default="lists", help="the last chapter that is played")
    parser.add_argument("--port", type=int, default=8443, help="the first node's port; the others follow")
    parser.add_argument("--node", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.node:
        return serve(options.folder, options.node, options.port)
    play(options.folder, options.after)
    servers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.scenario.demo_web", "--folder", str(options.folder), "--node", member,
             "--port", str(options.port + at)],
            stdout=subprocess.PIPE, text=True,
        )
        for at, member in enumerate(MEMBERS)
    ]  # fmt: skip
    try:
        nodes = [json.loads(server.stdout.readline() or "null") for server in servers if server.stdout is not None]
        if None in nodes:
            print("A node could not be served: is one of the ports in use? Give another with --port.", file=sys.stderr)
            return 1
        print("\nFive nodes are served; the browser warns once of each node's own certificate, and is right to ask.")
        while True:
            print("\n".join(lines(nodes)))
            print("\nEnter: fresh codes. Ctrl-C: stop.", flush=True)
            if not sys.stdin.readline():
                time.sleep(10**6)
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait()


def play(folder: Path, after: str) -> None:
    """The rehearsal up to that chapter, with an officer at each member and a liaison at each party."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    scenario = Scenario(folder, TEST, lambda line: print("  " + line, flush=True))
    for chapter in CHAPTERS[: CHAPTERS.index(after) + 1]:
        getattr(scenario, chapter)()
    people = [(member, *each) for member, each in OFFICES.items()]
    for member, name, role in [*people, ("north", "family", "liaison"), ("south", "family", "liaison")]:
        key = scenario.at.key(f"{member}/{name}")
        scenario.at.do("node", "delegate", scenario.at.node(member), name, "--role", role, "--key-file", key)
    scenario.at.carry()


def serve(folder: Path, member: str, port: int) -> int:
    """One node, until it is told to stop; its address and logins as one line."""
    import signal

    from repatria.web import access
    from repatria.web.serve import begin, serving
    from repatria.web.served import Served
    from repatria.web.settings import Options

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this stops it

    def stop(*_: Any) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    node = folder / "nodes" / member
    served = Served.open(node, PASSPHRASE)
    try:
        options = Options(node, served.secret("django"), f"{member}.localhost")
        application = begin(options)
        access.serve(served)
        from repatria.web import jobs, mirror, rehearsal

        with mirror.kept(served), serving(application, options, served, port) as server, jobs.working(served):
            logins = [vars(each) for each in rehearsal.known_logins(served)]
            address = f"https://{member}.localhost:{port}/"
            print(json.dumps({"member": member, "address": address, "logins": logins}), flush=True)
            server.serve()
    finally:
        served.close()
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
    os.environ.setdefault("REPATRIA_PASSPHRASE", PASSPHRASE)
    sys.exit(main())
