"""`make demo-web`: what it prints opens what it serves."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from repatria.web.serve import free_port
from tests.scenario import demo_web
from tests.web.world import World


@pytest.mark.parametrize(("now", "expected"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_the_code_is_that_of_the_standard(now: int, expected: str) -> None:
    """RFC 6238, Appendix B, SHA1; the last six of its eight digits."""
    assert demo_web.code(base64.b32encode(b"12345678901234567890").decode(), now) == expected


def test_a_node_is_served_under_its_own_name_with_logins_printed_and_stops_when_told(tmp_path: Path) -> None:
    World.after("consult", tmp_path)
    command = [sys.executable, "-m", "tests.scenario.demo_web", "--folder", str(tmp_path), "--node", "gulf"]
    root = Path(__file__).resolve().parent.parent.parent
    with subprocess.Popen(
        [*command, "--port", str(free_port())], stdout=subprocess.PIPE, text=True, cwd=root, env=os.environ
    ) as server:
        assert server.stdout is not None
        said = json.loads(server.stdout.readline())
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
    assert said["address"].startswith("https://gulf.localhost:")
    assert [login["role"] for login in said["logins"]] == ["keeper"]
    assert "gulf" in "\n".join(demo_web.lines([said]))
